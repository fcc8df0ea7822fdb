//! The median absolute deviation of numbers of which it is known between which keys how many lie.
//!
//! In: [`Cuts`]. Out: the deviation, exact, or what is missing noted: the segments in which the numbers of that distance may stand.

use super::cuts::{Cuts, Segment};
use crate::stats::sample::midpoint;

/// Segments that are asked for at once: near zero there may be thousands, of which the largest say most.
const MOST_MISSING: usize = 32;

/// A segment, and between which distances from the center its numbers lie.
struct Away {
    segment: Segment,
    least: f64,
    most: f64,
}

/// The median absolute deviation, unscaled.
pub(super) fn mad(cuts: &Cuts) -> f64 {
    let n = cuts.n();
    let (lower, upper) = (cuts.bracket((n - 1) / 2), cuts.bracket(n / 2));
    let (low, high) = (midpoint(lower.0, upper.0), midpoint(lower.1, upper.1));
    let away = |segment: Segment| Away {
        least: (segment.low - high).max(low - segment.high).max(0.0),
        most: (segment.high - low).max(high - segment.low),
        segment,
    };
    let mut all: Vec<Away> = cuts.segments().map(away).collect();
    let [(a_least, a_most), (b_least, b_most)] = [(n - 1) / 2, n / 2].map(|rank| between(&mut all, rank as u64 + 1));
    if low == high && a_least == a_most && b_least == b_most {
        for distance in [a_least, b_least] {
            cuts.note(low - distance);
            cuts.note(low + distance);
        }
        return midpoint(a_least, b_least).min(f64::MAX);
    }
    let mut missing: Vec<&Segment> = all
        .iter()
        .filter(|one| one.least <= b_most && one.most >= a_least && !one.segment.is_known())
        .map(|one| &one.segment)
        .collect();
    missing.sort_by_key(|segment| (std::cmp::Reverse(segment.count), segment.place));
    missing.into_iter().take(MOST_MISSING).for_each(|segment| cuts.miss(segment));
    for distance in [a_least, a_most, b_least, b_most] {
        cuts.note(low - distance);
        cuts.note(high + distance);
    }
    midpoint(midpoint(a_least, a_most), midpoint(b_least, b_most)).min(f64::MAX)
}

/// Between which distances the one of a rank, from 1, lies.
fn between(all: &mut [Away], rank: u64) -> (f64, f64) {
    let mut reached = |of: fn(&Away) -> f64| {
        all.sort_unstable_by(|a, b| of(a).total_cmp(&of(b)));
        let mut up_to = 0;
        let found = all.iter().find(|one| {
            up_to += one.segment.count;
            up_to >= rank
        });
        found.map_or(0.0, of)
    };
    (reached(|one| one.least), reached(|one| one.most))
}
