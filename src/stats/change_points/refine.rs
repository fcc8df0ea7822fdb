//! Where exactly a change is: the place at which the absolute deviations from the medians on both sides are least.

use crate::stats::sample::median_of;

use super::scan::SHORTEST_SIDE;

/// Changes move into each other's ranges; twice is enough for them to settle.
const ROUNDS: usize = 2;

/// Moves each change to its best place between its neighbours.
pub(super) fn refined(values: &[f64], mut changes: Vec<usize>) -> Vec<usize> {
    for _ in 0..ROUNDS {
        for index in 0..changes.len() {
            let from = if index == 0 { 0 } else { changes[index - 1] };
            let to = changes.get(index + 1).copied().unwrap_or(values.len());
            changes[index] = best_place(values, from, changes[index], to);
        }
        changes.sort_unstable();
        changes.dedup();
    }
    changes
}

fn best_place(values: &[f64], from: usize, at: usize, to: usize) -> usize {
    let (left, right) = (median_of(&values[from..at]), median_of(&values[at..to]));
    let (mut sum, mut least, mut best) = (0.0, f64::INFINITY, at);
    // One odd run beside the change is no level of its own.
    let places = from + SHORTEST_SIDE..=to.saturating_sub(SHORTEST_SIDE);
    for (place, value) in (from + 1..to).zip(&values[from..]) {
        sum += (value - left).abs() - (value - right).abs();
        if sum < least && places.contains(&place) {
            (least, best) = (sum, place);
        }
    }
    best
}
