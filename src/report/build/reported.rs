//! From what a tool has summarised to the contract: nothing is computed but base units.

use crate::measure::Statistic;
use crate::measure::reported::{Reported as Found, ReportedValue as FoundValue};
use crate::measure::unit::Dimension;
use crate::report::contract::{Reported, ReportedValue};
use crate::table::source::Source;

/// What a source reports, in the order of the file.
pub(super) fn reported(source: &Source) -> Vec<Reported> {
    source
        .reported
        .iter()
        .map(|found| one(found, &source.provenance.name))
        .filter(|one| !one.values.is_empty())
        .collect()
}

fn one(found: &Found, source: &str) -> Reported {
    Reported {
        source: source.to_owned(),
        metric: found.metric.clone(),
        label: found.label.clone(),
        meaning: found.meaning.clone(),
        polarity: found.polarity,
        dimension: found.dimension(),
        values: found.values.iter().filter_map(value).collect(),
    }
}

fn value(found: &FoundValue) -> Option<ReportedValue> {
    let is_count = matches!(found.statistic, Statistic::Count | Statistic::Failures);
    Some(ReportedValue {
        statistic: found.statistic.to_string(),
        value: found.base()?,
        recorded: Some(found.value).filter(|value| value.is_finite()),
        dimension: if is_count { Dimension::Count } else { found.unit.dimension },
        unit: Some(found.unit.symbol.to_owned()).filter(|symbol| !symbol.is_empty()),
        line: found.line,
    })
}
