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
    /// A smaller part of a rate is no difference that anybody reads.
    const SMALLEST: f64 = 1e-4;
    let (before, after) = (change.before.rate, change.after.rate);
    let is_same = before.to_bits() != after.to_bits() && (change.ratio - 1.0).abs() < SMALLEST;
    let values = if is_same {
        format!("{} on both sides", number::short(Dimension::Rate, after))
    } else {
        number::before_after(Dimension::Rate, Some(before), Some(after))
    };
    let interval = match (change.low, change.high) {
        (None, None) => String::new(),
        (low, high) => format!(" {}", number::change_interval(low, high)),
    };
    format!("{values}, {}{interval}; shown, not judged", number::change(change.ratio))
}
