//! Equal stretches of time that begin at round times of the clock.
//!
//! In: the first and the last instant of a run, in nanoseconds. Out: a width such that there are about 60 to 120 stretches, and
//! the stretch of any instant.

/// Nanoseconds in a second.
pub(super) const SECOND: i64 = 1_000_000_000;
const MILLISECOND: i64 = SECOND / 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Widths that people count clocks in.
const WIDTHS: &[i64] = &[
    MILLISECOND,
    2 * MILLISECOND,
    5 * MILLISECOND,
    10 * MILLISECOND,
    20 * MILLISECOND,
    50 * MILLISECOND,
    100 * MILLISECOND,
    200 * MILLISECOND,
    500 * MILLISECOND,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
];
/// A duration in nanoseconds.
pub(super) fn nanos(seconds: f64) -> i64 {
    (seconds * SECOND as f64).round() as i64
}

/// More bins than this are no picture.
const MOST_BINS: i64 = 120;
/// As many as this a short run has too.
const FEWEST_BINS: i64 = 20;
/// So many requests a bin has on average, else there are fewer bins: 20 give a 95th percentile.
const IN_A_BIN: i64 = 25;

/// Stretches of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeBins {
    origin: i64,
    pub(super) width: i64,
    pub(super) count: usize,
}

impl TimeBins {
    /// Stretches from `start` to `end`, in which there are so many requests; none is narrower than the steps of the clock.
    pub(super) fn over(start: i64, end: i64, step: i64, requests: u64) -> Self {
        let most = (i64::try_from(requests).unwrap_or(i64::MAX) / IN_A_BIN).clamp(FEWEST_BINS, MOST_BINS);
        let bins = |width: i64| end.div_euclid(width).saturating_sub(start.div_euclid(width)).saturating_add(1);
        let width = WIDTHS.iter().copied().find(|width| *width >= step && bins(*width) <= most);
        let width = width.unwrap_or_else(|| {
            let days = (end.saturating_sub(start) / (most - 1)).div_euclid(DAY) + 1;
            days.saturating_mul(DAY)
        });
        // An end at a border is the end of the stretch before it.
        let last = if end > start { end - 1 } else { end };
        let count = last.div_euclid(width).saturating_sub(start.div_euclid(width)).saturating_add(1);
        Self {
            origin: start.div_euclid(width).saturating_mul(width),
            width,
            count: usize::try_from(count).unwrap_or(1).max(1),
        }
    }

    /// The stretch of an instant; those before and behind belong to the first and the last one.
    pub(super) fn index(&self, at: i64) -> usize {
        let index = at.saturating_sub(self.origin).div_euclid(self.width);
        usize::try_from(index).unwrap_or(0).min(self.count - 1)
    }

    /// Where a stretch begins.
    pub(super) fn from(&self, index: usize) -> i64 {
        // Clocks of any file may end where instants do.
        self.origin.saturating_add(i64::try_from(index).unwrap_or(0).saturating_mul(self.width))
    }
}

/// Finds the stretches of instants that mostly come in order: the one of the last instant is tried first, which spares a division.
#[derive(Debug, Clone)]
pub(super) struct Finder {
    bins: TimeBins,
    index: usize,
    /// The instants of that stretch.
    within: std::ops::Range<i64>,
}

impl Finder {
    /// Of some stretches.
    pub(super) fn new(bins: TimeBins) -> Self {
        Self { bins, index: 0, within: 0..0 }
    }

    /// What [`TimeBins::index`] says.
    pub(super) fn index(&mut self, at: i64) -> usize {
        if !self.within.contains(&at) {
            self.index = self.bins.index(at);
            let from = self.bins.from(self.index);
            self.within = from..from.saturating_add(self.bins.width);
        }
        self.index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_round_and_begin_at_round_times() {
        for (length, width) in [
            (60, SECOND),
            (100, SECOND),
            (600, 10 * SECOND),
            (3600, MINUTE),
            (86_400, 15 * MINUTE),
            (200 * 86_400, 2 * DAY),
        ] {
            let start = 1_700_000_000 * SECOND + 123 * MILLISECOND;
            let bins = TimeBins::over(start, start + length * SECOND, MILLISECOND, 100_000);
            assert_eq!(bins.width, width, "{length} s");
            assert!((50..=121).contains(&bins.count), "{length} s: {} bins", bins.count);
            assert_eq!(bins.from(0) % width, 0);
            assert!(bins.from(0) <= start && start < bins.from(1));
            assert_eq!(bins.index(start + length * SECOND), bins.count - 1);
            let mut finder = Finder::new(bins);
            for offset in
                [0, 1, 999, -SECOND, length * SECOND, length * MILLISECOND, length * SECOND / 2, i64::MAX - start, 5]
            {
                assert_eq!(finder.index(start + offset), bins.index(start + offset));
            }
        }
    }

    #[test]
    fn instants_at_the_ends_of_what_can_be_held_have_stretches_too() {
        for (start, end) in [(i64::MIN, i64::MAX), (i64::MAX - 5, i64::MAX), (i64::MIN, i64::MIN + 5), (0, i64::MAX)] {
            let bins = TimeBins::over(start, end, 1, 1000);
            assert!(bins.count >= 1 && bins.count <= 200, "{} bins", bins.count);
            let borders: Vec<i64> = (0..=bins.count).map(|index| bins.from(index)).collect();
            assert!(borders.is_sorted(), "{borders:?}");
            assert!(bins.index(start) < bins.count && bins.index(end) < bins.count);
        }
    }

    #[test]
    fn a_clock_in_whole_seconds_has_no_narrower_bins() {
        let bins = TimeBins::over(0, 10 * SECOND, SECOND, 1000);
        assert_eq!((bins.width, bins.count), (SECOND, 10));
        assert_eq!((bins.index(0), bins.index(SECOND - 1), bins.index(SECOND)), (0, 0, 1));
    }
}
