//! Sentences about what moved together in a comparison.
//!
//! In: a [`Comparison`]. Out: sentences for pages, shorter lines for a terminal. Decides nothing.

use crate::compare::outcome::{AgainstSuite, AsRecorded, Comparison, Counts};
use crate::report::escape::visible;
use crate::report::number;

/// What moved together, a sentence each: by how much the whole suite, and what stands out from it; that all changes point one way.
pub(in crate::report) fn together(comparison: &Comparison) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(suite) = &comparison.suite {
        let interval = number::change_interval(Some(suite.low), Some(suite.high));
        let out = match (suite.worse, suite.better) {
            (0, 0) => "nothing stands out from that".to_owned(),
            (worse, better) => {
                format!("{} worse than that and {} better", number::counted(worse, "metric"), number::count(better))
            }
        };
        sentences.push(format!(
            "{} of {} moved together, by {} {interval} for the worse as the median: machine or environment, or one cause \
             that all of them share; {out}. Verdicts are those of the plain numbers, nothing was normalised.",
            number::count(suite.along),
            number::count(suite.subjects),
            number::change(suite.factor),
        ));
    }
    if comparison.one_sided {
        let Counts { regressed, improved, .. } = comparison.counts;
        sentences.push(format!(
            "{} regressed and {} improved: results of one direction are a sign of a fault in the measurement (another load, \
             another order, a machine that throttles), or of one cause that all of them share.",
            number::count(regressed),
            number::count(improved)
        ));
    }
    sentences.extend(
        comparison.slow_end.iter().map(|tail| format!("{tail}; a single group has too few samples to show it.")),
    );
    sentences.extend(comparison.as_recorded.iter().map(|one| {
        format!("{}: nothing states the unit. `--unit {}=…` does.", as_recorded(one), visible(&one.metric))
    }));
    sentences
}

/// The same in lines that fit a terminal, where the first line has said the shift already.
pub(in crate::report) fn together_short(comparison: &Comparison) -> Vec<String> {
    let suite = comparison.suite.as_ref().map(|suite| {
        format!(
            "moved together: {} of {}, {} {}; beyond that {} worse, {} better",
            number::count(suite.along),
            number::count(suite.subjects),
            number::change(suite.factor),
            number::change_interval(Some(suite.low), Some(suite.high)),
            number::count(suite.worse),
            number::count(suite.better)
        )
    });
    let Counts { regressed, improved, .. } = comparison.counts;
    let one_sided = comparison.one_sided.then(|| {
        format!(
            "{} regressed, {} improved: one direction only is a sign of a fault in the measurement",
            number::count(regressed),
            number::count(improved)
        )
    });
    let slow_end = comparison.slow_end.iter().map(ToString::to_string);
    let as_recorded = comparison.as_recorded.iter().map(as_recorded);
    suite.into_iter().chain(one_sided).chain(slow_end).chain(as_recorded).collect()
}

/// That the numbers of a metric were compared as they stand, and which units were assumed for them.
fn as_recorded(one: &AsRecorded) -> String {
    let [before, after] = [&one.before, &one.after].map(|unit| if unit.is_empty() { "none" } else { unit });
    format!("compared as recorded, without a unit: {} (taken for {before} before, {after} now)", visible(&one.metric))
}

/// What a metric is beyond the shift of the whole suite: `-1.2% [-3.0%, +0.6%]`.
pub(in crate::report) fn against_suite(against: &AgainstSuite) -> String {
    let estimate = number::change(against.estimate);
    if against.low.is_none() && against.high.is_none() {
        return estimate;
    }
    format!("{estimate} {}", number::change_interval(against.low, against.high))
}
