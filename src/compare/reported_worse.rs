//! Numbers of a tool that are so much worse that no interval is needed to see it.
//!
//! In: the effects of a metric without samples, and which way is better. Out: whether it is too much to be passed over, whatever stands beside
//! it: a summary cannot be judged, and more data beside it must not turn that into a pass. Says nothing of what has no better direction, nor of
//! counts and totals, which grow with a run.

use super::margin::GLARING_FACTOR;
use super::outcome::{Effect, Scale};
use crate::measure::{Dimension, Polarity, Statistic};

/// The slow end is known less well.
const DOUBLED: f64 = 2.0;
/// Shares that differ by less are the same, whatever the factor.
const POINTS: f64 = 0.02;

/// Whether a summary is far worse than that of the baseline.
pub(super) fn is_far_worse(effects: &[Effect], dimension: Dimension, polarity: Polarity) -> bool {
    let is_worse = |effect: &Effect| {
        let Some((before, after)) = effect.before.zip(effect.after).filter(|_| effect.scale == Scale::Ratio) else {
            return false;
        };
        let ratio = match polarity {
            Polarity::LowerIsBetter => after / before,
            Polarity::HigherIsBetter => before / after,
            Polarity::Unknown => return false,
        };
        let is_small = dimension == Dimension::Ratio && (after - before).abs() < POINTS;
        match effect.statistic {
            Statistic::P50 | Statistic::Value | Statistic::Mean => ratio >= GLARING_FACTOR && !is_small,
            Statistic::P95 => ratio >= DOUBLED && !is_small,
            _ => false,
        }
    };
    // More of what is counted or added up is a longer run, and how many failed a second is told by how many of how many did.
    let grows = matches!(dimension, Dimension::Count | Dimension::Unknown)
        || dimension == Dimension::Rate && polarity == Polarity::LowerIsBetter;
    !grows && effects.iter().any(is_worse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Polarity::{HigherIsBetter, LowerIsBetter, Unknown};

    #[test]
    fn twice_as_slow_is_too_much_and_a_few_more_are_not() {
        let found = |statistic: Statistic, before: f64, after: f64, dimension: Dimension, polarity: Polarity| {
            let effect = Effect { before: Some(before), after: Some(after), ..Effect::new(statistic, Scale::Ratio) };
            is_far_worse(&[effect], dimension, polarity)
        };
        for (statistic, before, after, dimension, polarity, expected) in [
            (Statistic::P50, 0.1, 0.2, Dimension::Time, LowerIsBetter, true),
            (Statistic::P50, 0.1, 0.15, Dimension::Time, LowerIsBetter, false),
            (Statistic::P50, 0.2, 0.1, Dimension::Time, LowerIsBetter, false),
            (Statistic::P95, 0.1, 0.19, Dimension::Time, LowerIsBetter, false),
            (Statistic::P95, 0.1, 0.21, Dimension::Time, LowerIsBetter, true),
            (Statistic::P99, 0.1, 0.5, Dimension::Time, LowerIsBetter, false),
            (Statistic::Value, 60.0, 6.0, Dimension::Rate, HigherIsBetter, true),
            (Statistic::Value, 60.0, 6.0, Dimension::Rate, Unknown, false),
            (Statistic::Value, 6.0, 60.0, Dimension::Rate, HigherIsBetter, false),
            (Statistic::Value, 1.0, 2.0, Dimension::Count, LowerIsBetter, false),
            (Statistic::Value, 100.0, 200.0, Dimension::Count, LowerIsBetter, false),
            (Statistic::Value, 0.001, 0.002, Dimension::Ratio, LowerIsBetter, false),
            (Statistic::Value, 0.05, 0.2, Dimension::Ratio, LowerIsBetter, true),
        ] {
            assert_eq!(
                found(statistic, before, after, dimension, polarity),
                expected,
                "{before} {after} {statistic:?}"
            );
        }
    }
}
