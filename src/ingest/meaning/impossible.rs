//! Units that a header states and that cannot be: a ping of hours in every row, a line of terabytes a second.
//!
//! In: a table with units. Out: the same, in which such numbers have neither unit nor direction, and a finding. Names that stand over other
//! numbers than theirs, as where a column was left out, are the usual reason.

use crate::measure::Polarity;
use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::unit::Dimension;
use crate::table::{Role, Table};

use super::name;
use super::vocabulary::Words;
use crate::ingest::options::SourceOptions;

/// What goes to somebody and comes back.
const ROUND_TRIPS: Words = Words::of("ping rtt jitter ttfb ttft");
/// What a link carries.
const LINKS: Words = Words::of("download upload downlink uplink dl ul down up");

/// Takes units away that no number of a column can have.
pub(crate) fn settle(table: &mut Table, options: &SourceOptions, source: &str, findings: &mut Vec<Finding>) {
    let metrics: Vec<usize> = table.columns_as(Role::Metric).collect();
    for index in metrics {
        let name = table.columns[index].name.clone();
        let by_user = options.column(&name).is_some_and(|given| given.unit.is_some());
        let Some(what) = what_cannot_be(table, index).filter(|_| !by_user) else { continue };
        let reason = format!("{what}: the header does not fit to these numbers");
        let place = Place::source(source).column(&name);
        let action = "numbers as recorded, without a unit; --unit states one";
        let finding = Finding::new(Severity::Suspicious, FindingKind::Contradiction, place, reason, action);
        findings.push(finding.metric(&name));
        table.columns[index].unit = None;
        table.columns[index].polarity = Polarity::Unknown;
    }
}

/// What the numbers of a column would be, in words, where nothing is so.
fn what_cannot_be(table: &Table, index: usize) -> Option<&'static str> {
    const HOUR: f64 = 3600.0;
    /// Terabytes a second, on a line that is counted in bits.
    const NO_LINE: f64 = 1e12;
    const FEWEST: usize = 3;
    const NEARLY: f64 = 0.95;
    let column = &table.columns[index];
    let unit =
        column.unit.as_ref().filter(|choice| !choice.assumed && choice.unit.dimension != Dimension::Unknown)?.unit;
    let words = name::words(name::without_brackets(name::leaf(&column.name)));
    let (what, least) = match unit.dimension {
        Dimension::Time if ROUND_TRIPS.among(&words).is_some() => ("more than an hour in nearly every row", HOUR),
        Dimension::ByteRate if LINKS.among(&words).is_some() && unit.symbol.contains("bit") => {
            ("terabytes a second in nearly every row", NO_LINE)
        }
        _ => return None,
    };
    let (mut all, mut beyond) = (0_usize, 0_usize);
    for number in table.values(index).iter().flatten() {
        all += 1;
        beyond += usize::from(unit.to_base(number) > least);
    }
    (all >= FEWEST && beyond as f64 >= NEARLY * all as f64).then_some(what)
}
