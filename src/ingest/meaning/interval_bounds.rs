//! The ends of an interval around a mean or a median: `ci_low_ms` and `ci_high_ms` beside `median_ms`.
//!
//! In: a table with roles. Out: the same, in which they are no metrics: they say how sure a number beside them is.

use crate::table::{Role, Table};

use super::name;
use super::vocabulary::Words;

const LOW: Words = Words::of("low lower lo lb min");
const HIGH: Words = Words::of("high upper hi ub max");

/// Takes both ends of each interval from among the metrics, where the low one is never above the other.
pub(super) fn settle(table: &mut Table) {
    let metrics: Vec<usize> = table.columns_as(Role::Metric).collect();
    let end = |index: usize, which: Words| of_interval(&table.columns[index].name, which);
    let lows: Vec<(usize, String)> = metrics.iter().filter_map(|index| Some((*index, end(*index, LOW)?))).collect();
    let mut ends = Vec::new();
    for (low, rest) in lows {
        let high = metrics.iter().copied().find(|index| end(*index, HIGH).as_ref() == Some(&rest));
        let Some(high) = high.filter(|high| lies_below(table, low, *high)) else { continue };
        let between = metrics.iter().copied().find(|index| {
            *index != low && *index != high && lies_below(table, low, *index) && lies_below(table, *index, high)
        });
        ends.extend(between.map(|between| (low, high, table.columns[between].name.clone())));
    }
    for (low, high, between) in ends {
        for index in [low, high] {
            table.columns[index].role = Role::Unused;
            table.columns[index].role_reason = format!("an end of the interval around `{between}`, and no sample");
        }
    }
}

/// The words of a name but those for an end of an interval of confidence; absent where it has none.
fn of_interval(name: &str, which: Words) -> Option<String> {
    let words = name::words(name);
    let is_interval = |word: &str| matches!(word, "ci" | "ci90" | "ci95" | "ci99" | "conf" | "confidence");
    let at = words
        .windows(2)
        .position(|pair| is_interval(&pair[0]) && which.has(&pair[1]) || which.has(&pair[0]) && is_interval(&pair[1]));
    let pair = at.or_else(|| {
        // `ci_95_low`.
        let three = |three: &[String]| {
            is_interval(&three[0]) && three[1].bytes().all(|byte| byte.is_ascii_digit()) && which.has(&three[2])
        };
        words.windows(3).position(three)
    })?;
    let rest = words.iter().enumerate().filter(|(index, word)| *index < pair || !which.has(word));
    Some(rest.map(|(_, word)| word.as_str()).collect::<Vec<&str>>().join(" "))
}

/// Whether the numbers of one column are in no row above those of another.
fn lies_below(table: &Table, low: usize, high: usize) -> bool {
    /// More rows than this have shown it.
    const LOOKED_AT: usize = 4096;
    let (low, high) = (table.values(low), table.values(high));
    let both = |row: usize| low.number(row).zip(high.number(row));
    (0..low.rows().min(LOOKED_AT)).all(|row| both(row).is_none_or(|(low, high)| low <= high))
        && (0..low.rows().min(LOOKED_AT)).any(|row| both(row).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_an_interval_are_called_so() {
        for (name, which, rest) in [
            ("ci_low_ms", LOW, Some("ci ms")),
            ("ci_high_ms", HIGH, Some("ci ms")),
            ("latency_ci95_lower", LOW, Some("latency ci95")),
            ("upper_ci", HIGH, Some("ci")),
            ("ci_95_high", HIGH, Some("ci 95")),
            ("low", LOW, None),
            ("ci_run", LOW, None),
        ] {
            assert_eq!(of_interval(name, which).as_deref(), rest, "{name}");
        }
    }
}
