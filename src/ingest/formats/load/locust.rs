//! What Locust's CSV files have in common. One run writes `X_stats.csv`, `X_stats_history.csv`, `X_failures.csv` and
//! `X_exceptions.csv`. Definition: Locust's `stats.py` (`StatsCSV`, `StatsEntry`).

use crate::table::source::{Provenance, RunPart};

use crate::ingest::format::{AnyRecords, IngestError, Sink, Statistic};
use crate::ingest::summaries::Summary;
use crate::ingest::text::csv_tables::{self, CsvRow, CsvTable};

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
pub(crate) fn label(kind: &str, name: &str) -> String {
    if kind.is_empty() { name.to_owned() } else { format!("{kind} {name}") }
}

/// Why a row is not used.
pub(crate) const NO_ROW: &str = "no row of this file: fields are missing, or hold no numbers";

/// Reports how often something failed, over the whole run and by what `count` makes of a row.
pub(crate) fn read_counts(
    records: &mut AnyRecords<'_>,
    sink: &mut Sink,
    header: &[&str],
    summary: impl Fn() -> Summary,
    count: impl Fn(&CsvTable, &CsvRow) -> Option<(String, f64)>,
) -> Result<(), IngestError> {
    let (mut counts, mut total) = (Vec::new(), 0.0);
    for table in csv_tables::read(records, |row| csv_tables::begins_with(row, header))? {
        for row in &table.rows {
            match count(&table, row).filter(|(_, count)| count.is_finite()) {
                Some((label, count)) => {
                    total += count;
                    counts.push((label, count, row.line));
                }
                None => sink.provenance.set_aside(NO_ROW, row.line),
            }
        }
    }
    // Without a row the file says that nothing failed, which is worth a number too.
    let mut whole = summary();
    whole.add(Statistic::Failures, Some(total));
    whole.give(sink);
    for (label, count, line) in counts {
        let mut one = summary().of(Some(&label));
        one.add_at(Statistic::Failures, Some(count), Some(line));
        one.give(sink);
    }
    Ok(())
}
