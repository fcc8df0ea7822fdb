//! The intervals of a series in which a change is looked for: all of it, then ever shorter ones that overlap by half (seeded
//! intervals: Kovács, Bühlmann, Li & Munk 2023), and every one of a few points, so that a change near an end is not missed.

/// Shorter intervals can show no change.
pub(super) const SHORTEST: usize = 6;
/// Every interval shorter than this is looked at.
const EVERY_BELOW: usize = 9;

/// Intervals from the first point to before the last, the shortest first.
pub(super) fn seeded(n: usize) -> Vec<(usize, usize)> {
    let decay = 0.5_f64.sqrt();
    let mut intervals = vec![(0, n)];
    for layer in 1_i32.. {
        let exact = n as f64 * decay.powf(f64::from(layer));
        if exact < SHORTEST as f64 {
            break;
        }
        let length = exact.ceil() as usize;
        let count = 2 * (1.0 / decay).powf(f64::from(layer)).ceil() as usize - 1;
        let begin = |index: usize| (index * (n - length)) / (count - 1).max(1);
        intervals.extend((0..count).map(|index| (begin(index), begin(index) + length)));
    }
    for length in SHORTEST..n.min(EVERY_BELOW) {
        intervals.extend((0..=n - length).map(|begin| (begin, begin + length)));
    }
    intervals.sort_unstable_by_key(|(from, to)| (to - from, *from));
    intervals.dedup();
    intervals
}
