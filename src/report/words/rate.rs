//! Sentences about how many requests a second both sides made.

use crate::compare::outcome::Comparison;
use crate::compare::rate::RateChange;
use crate::measure::unit::Dimension;
use crate::report::escape::visible;
use crate::report::number;

/// Sources that are named.
const NAMED: usize = 4;

/// `request rate 206 → 198 /s, -3.9% [-6.1%, -1.6%]`, for each source that both sides have.
pub(in crate::report) fn changes(comparison: &Comparison) -> Vec<String> {
    let several = comparison.rates.len() > 1;
    let said = comparison.rates.iter().take(NAMED).map(|change| {
        let place = if several { format!(" of `{}`", visible(&change.source)) } else { String::new() };
        format!("{} rate{place} {}", change.of.noun(), one(change))
    });
    let more = comparison.rates.len().saturating_sub(NAMED) as u64;
    let more = (more > 0).then(|| format!("… and the rates of {}", number::counted(more, "more file")));
    said.chain(more).collect()
}

fn one(change: &RateChange) -> String {
    let values = number::before_after(Dimension::Rate, Some(change.before.rate), Some(change.after.rate));
    let interval = match (change.low, change.high) {
        (None, None) => String::new(),
        (low, high) => format!(" {}", number::change_interval(low, high)),
    };
    format!("{values}, {}{interval}; shown, not judged", number::change(change.ratio))
}
