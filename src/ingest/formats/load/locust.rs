//! What Locust's CSV files have in common. One run writes `X_stats.csv`, `X_stats_history.csv`, `X_failures.csv` and
//! `X_exceptions.csv`. Definition: Locust's `stats.py` (`StatsCSV`, `StatsEntry`).

use crate::measure::Statistic;
use crate::measure::reported::ReportedValue;
use crate::measure::unit::Unit;
use crate::table::source::{Provenance, RunPart};

/// What Locust's response time measures.
pub(crate) const MEANING: &str = "time from just before the request to the whole response";
/// The name of the row that sums up all others.
pub(crate) const AGGREGATED: &str = "Aggregated";

/// The files of one run, by the end of their names and what they hold.
const COMPANIONS: &[(&str, &str)] = &[
    ("_stats.csv", "totals and percentiles"),
    ("_stats_history.csv", "users and rates over time"),
    ("_failures.csv", "failures by their kinds"),
    ("_exceptions.csv", "exceptions of the script"),
];

/// Takes a file for a part of its run, where its name shows which, and names the other files in a sentence.
pub(crate) fn companions(provenance: &mut Provenance) -> Option<String> {
    let source = provenance.name.clone();
    let ends = COMPANIONS.iter().enumerate();
    let found = ends.into_iter().find_map(|(place, (end, _))| Some((place, source.strip_suffix(end)?, *end)));
    let (place, prefix, own) = found?;
    provenance.part = Some(RunPart { run: prefix.to_owned(), place });
    let prefix = prefix.rsplit(['/', '\\']).next().unwrap_or(prefix);
    let others =
        COMPANIONS.iter().filter(|(end, _)| *end != own).map(|(end, what)| format!("`{prefix}{end}` ({what})"));
    Some(format!("of the same run: {}; their totals are the same numbers again", others.collect::<Vec<_>>().join(", ")))
}

/// The name of a request: its method or type, and its name.
pub(crate) fn label(kind: &[u8], name: &[u8]) -> String {
    let (kind, name) = (String::from_utf8_lossy(kind), String::from_utf8_lossy(name));
    if kind.is_empty() { name.into_owned() } else { format!("{kind} {name}") }
}

/// The number in a cell; absent for `N/A` and whatever else is none.
pub(crate) fn number(cell: &[u8]) -> Option<f64> {
    let number: f64 = fast_float2::parse(cell).ok()?;
    number.is_finite().then_some(number)
}

/// A count as Locust reports it.
pub(crate) fn count(statistic: Statistic, value: f64, line: u64) -> ReportedValue {
    ReportedValue { statistic, value, unit: Unit::COUNT, line: Some(line) }
}
