//! From the analysis of histograms to metrics of the report.

use crate::report::contract::{Assumption, FromHistogram, Label, Metric, Population, Remark};
use crate::report::number;
use crate::stats::histogram::{Counted, HistogramAnalysis};

/// A metric that was recorded as histograms. `tables` is how many tables its source has: it belongs to none of them.
pub(super) fn metric(found: &HistogramAnalysis, source: &str, tables: usize) -> Metric {
    let error = found.relative_error();
    let below = found.error_below();
    let lowest = if below > 0.0 {
        format!(", and those below the lower quartile to within {}", number::quantity(found.dimension, below))
    } else {
        String::new()
    };
    let known = if error > 0.0 {
        format!("each value is known to within {} of itself{lowest}", number::percent(error))
    } else {
        format!("each bucket stands for a single value{lowest}")
    };
    let text = format!(
        "Its values come from a histogram: {known}. The order of the samples is not recorded, so that every interval takes \
         them as independent; where neighbours depend on each other it is too narrow."
    );
    Metric {
        id: format!("{source}#histogram/{}", found.metric),
        source: source.to_owned(),
        table: tables as u64,
        name: found.metric.clone(),
        dimension: found.dimension,
        unit: found.dimension.base_symbol().to_owned(),
        recorded_unit: Some(found.recorded_unit.symbol.to_owned()).filter(|symbol| !symbol.is_empty()),
        unit_assumed: found.unit_assumed,
        polarity: found.polarity,
        meaning: found.meaning.clone(),
        from_histogram: Some(FromHistogram {
            relative_error: error,
            error_below: below,
            buckets: found.overall.buckets.len() as u64,
        }),
        grouped_by: (!found.groups.is_empty()).then(|| "label".to_owned()),
        measured_apart: false,
        overall: population(&found.overall, None),
        groups: found.groups.iter().map(|(label, counted)| population(counted, Some(label.as_str()))).collect(),
        failures: None,
        failed: None,
        remarks: vec![Remark { topic: "histogram".to_owned(), text }],
    }
}

fn population(counted: &Counted, label: Option<&str>) -> Population {
    let label = label.map(|text| Label { text: text.to_owned(), members: 1, examples: vec![text.to_owned()] });
    Population { label, ..counted.population.clone() }
}

/// That the unit is not stated, where it is not.
pub(super) fn assumption(found: &HistogramAnalysis, source: &str) -> Option<Assumption> {
    found.unit_assumed.then(|| Assumption {
        subject: format!("{source}: {}", found.metric),
        text: match found.recorded_unit.symbol {
            "" => "the histogram does not state its unit, and none can be inferred: its values are shown without one"
                .into(),
            symbol => format!("the histogram does not state its unit: read as {symbol}"),
        },
        how_to_override: Some(format!("--unit {}=ms", found.metric)),
    })
}
