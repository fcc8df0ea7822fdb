//! The unit of a metric: read from its name, else inferred from its name's meaning and how the values look.
//!
//! In: the name of a column and its numbers. Out: a unit with the reason for it. Where nothing speaks for a unit the
//! dimension stays unknown and the numbers are shown as they are: a wrong unit is worse than none. Durations that state none
//! are looked at with their whole table in [`time_evidence`](super::time_evidence).

use crate::measure::Polarity;
use crate::measure::unit::{Dimension, Unit};
use crate::table::{Shape, UnitChoice};

use super::name;
use super::vocabulary::Kind;

/// The unit that a name states: in brackets at its end, as its last word, or as `…/s`, `…_per_second`. That things are counted
/// is no unit.
pub(crate) fn stated(name: &str) -> Option<Unit> {
    name::read(name).unit.filter(|unit| unit.dimension != Dimension::Count)
}

/// Which way a metric is better, as far as its name says; what its unit says where the name says nothing.
pub(crate) fn polarity(name: &str, dimension: Dimension) -> Polarity {
    let said = name::read(name);
    match (said.polarity, dimension) {
        (Polarity::Unknown, Dimension::Time) if said.kind.is_none() => Polarity::LowerIsBetter,
        (Polarity::Unknown, Dimension::Rate | Dimension::ByteRate) if said.kind.is_none() => Polarity::HigherIsBetter,
        (polarity, _) => polarity,
    }
}

/// The unit of a metric from its name and its values as recorded.
pub(crate) fn infer(name: &str, values: &[f64], shape: Option<&Shape>) -> Option<UnitChoice> {
    let said = name::read(name);
    let word = said.word.as_deref().unwrap_or(name);
    if let Some(unit) = said.unit.filter(|unit| unit.dimension != Dimension::Count) {
        return Some(UnitChoice { unit, reason: format!("the name `{name}` states it"), assumed: false });
    }
    match said.kind? {
        Kind::Duration | Kind::RunLength => Some(UnitChoice {
            unit: Unit::UNSTATED_TIME,
            reason: format!("`{word}` is a duration, and nothing states its unit"),
            assumed: true,
        }),
        Kind::Bytes if are_bytes(values, shape) => Some(UnitChoice {
            unit: Unit::BYTE,
            reason: format!("`{word}` is an amount of memory or data, in whole numbers of millions: read as bytes"),
            assumed: true,
        }),
        Kind::Count => {
            Some(UnitChoice { unit: Unit::COUNT, reason: format!("`{word}` counts things"), assumed: false })
        }
        // How many times as much: no part of a whole.
        Kind::Share
            if name::words(name).iter().any(|word| word == "ratio") && values.iter().any(|value| *value > 1.0) =>
        {
            None
        }
        Kind::Share => {
            // Nothing is as much in percent as it is of one: the name decides.
            let nothing = !values.is_empty() && values.iter().all(|value| *value == 0.0);
            let called = name::words(name).iter().any(|word| Unit::parse(word) == Some(Unit::PERCENT));
            let percent = values.iter().any(|value| *value > 1.5) || nothing && called;
            Some(UnitChoice {
                unit: if percent { Unit::PERCENT } else { Unit::RATIO },
                reason: if nothing && called {
                    "called a percentage, and 0 in all rows".into()
                } else if percent {
                    "a share with values above 1: read as percent".into()
                } else {
                    "a share with values up to 1".into()
                },
                assumed: true,
            })
        }
        Kind::Bytes | Kind::Rate | Kind::Other => None,
    }
}

/// Whether amounts of memory that state no unit are bytes by their look: whole numbers, too many for kilobytes.
fn are_bytes(values: &[f64], shape: Option<&Shape>) -> bool {
    /// A megabyte: in kilobytes it would be a gigabyte.
    const MANY: f64 = 1_048_576.0;
    shape.is_none_or(|shape| shape.decimals() == 0) && rough_median(values) >= MANY
}

/// The median of at most some thousand values spread over the column: it only chooses a unit.
fn rough_median(values: &[f64]) -> f64 {
    const LOOKED_AT: usize = 4096;
    let step = values.len().div_ceil(LOOKED_AT).max(1);
    let mut some: Vec<f64> = values.iter().step_by(step).copied().filter(|value| *value > 0.0).collect();
    some.sort_unstable_by(f64::total_cmp);
    some.get(some.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_states_its_unit() {
        for (name, symbol) in [
            ("latency_ms", "ms"),
            ("durationMs", "ms"),
            ("duration (s)", "s"),
            ("elapsed[us]", "µs"),
            ("rss_bytes", "B"),
            ("heap.mib", "MiB"),
            ("Requests/s", "/s"),
            ("requests_per_second", "/s"),
            ("cpu_percent", "%"),
            ("total_s", "s"),
            ("Time (mean) [ms]", "ms"),
        ] {
            assert_eq!(stated(name).map(|unit| unit.symbol), Some(symbol), "{name}");
        }
        for name in ["latency", "latency_min", "users", "response", "p95", "kind", "days", "Latencies"] {
            assert_eq!(stated(name), None, "{name}");
        }
    }

    #[test]
    fn what_nothing_gives_away_is_not_stated() {
        let mut whole = Shape::default();
        whole.fraction_digits[0] = 3;
        let latency = infer("latency", &[141.0, 190.0, 200.0], Some(&whole)).unwrap();
        assert_eq!((latency.unit, latency.assumed), (Unit::UNSTATED_TIME, true));
        assert_eq!(infer("throughput", &[98.3], None), None);
        assert_eq!(polarity("throughput", Dimension::Unknown), Polarity::HigherIsBetter);
        assert_eq!(infer("metric1", &[154_023.0], Some(&whole)), None);
        assert_eq!(infer("memory_peak", &[2_633_826.0], Some(&whole)).unwrap().unit, Unit::BYTE);
        assert_eq!(infer("memory", &[5_120.0], Some(&whole)), None, "bytes, kilobytes or pages");
    }
}
