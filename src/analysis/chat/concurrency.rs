//! How many sessions are open at a time, and which part of the run is steady.
//!
//! In: intervals in nanoseconds. Out: levels over time. An interval is open from its first instant up to, and without,
//! its last: a session that closes as another opens does not overlap it.

use crate::analysis::chat::instants::seconds;
use crate::analysis::chat::result::{Level, Steady};

/// The steady part begins and ends where this share of the usual number of sessions is open.
const STEADY_SHARE: f64 = 0.9;
/// A steady part shorter than this share of the run is none.
const LEAST_STEADY_SHARE: f64 = 0.2;
/// And one with fewer messages than this.
const LEAST_STEADY_MESSAGES: usize = 20;

/// How many are open from each instant on.
pub(crate) struct Steps {
    from: Vec<(i64, u64)>,
    start: i64,
    end: i64,
}

impl Steps {
    pub(crate) fn new(intervals: impl Iterator<Item = (i64, i64)>, start: i64, end: i64) -> Self {
        let mut changes: Vec<(i64, i64)> = Vec::new();
        for (from, to) in intervals.filter(|(from, to)| from < to) {
            changes.push((from, 1));
            changes.push((to, -1));
        }
        changes.sort_unstable();
        let mut steps: Vec<(i64, u64)> = vec![(start, 0)];
        let mut open = 0_i64;
        for (at, change) in changes {
            open += change;
            match steps.last_mut() {
                Some(last) if last.0 == at => last.1 = open.max(0) as u64,
                _ => steps.push((at, open.max(0) as u64)),
            }
        }
        Self { from: steps, start, end }
    }

    /// Stretches of a constant number: from, to, how many.
    fn stretches(&self) -> impl Iterator<Item = (i64, i64, u64)> + '_ {
        self.from.iter().enumerate().map(|(index, (from, open))| {
            (*from, self.from.get(index + 1).map_or(self.end, |next| next.0).max(*from), *open)
        })
    }

    /// The time-weighted average between two instants.
    pub(crate) fn average(&self, from: i64, to: i64) -> Option<f64> {
        let length = seconds(from, to);
        if length <= 0.0 {
            return None;
        }
        let first = self.from.partition_point(|step| step.0 <= from).saturating_sub(1);
        let mut area = 0.0;
        for (index, (at, open)) in self.from.iter().enumerate().skip(first) {
            if *at >= to {
                break;
            }
            let until = self.from.get(index + 1).map_or(to, |next| next.0.min(to));
            area += *open as f64 * seconds((*at).max(from), until).max(0.0);
        }
        Some(area / length)
    }

    /// The most open between two instants.
    pub(crate) fn most(&self, from: i64, to: i64) -> u64 {
        let first = self.from.partition_point(|step| step.0 <= from).saturating_sub(1);
        self.from[first..].iter().take_while(|step| step.0 < to).map(|step| step.1).max().unwrap_or(0)
    }

    pub(crate) fn level(&self, steady: Option<(i64, i64)>) -> Level {
        let (peak_at, peak) =
            self.from.iter().copied().fold((self.start, 0), |best, step| if step.1 > best.1 { step } else { best });
        Level {
            peak,
            peak_at: seconds(self.start, peak_at),
            average: self.average(self.start, self.end).unwrap_or(peak as f64),
            steady_average: steady.and_then(|(from, to)| self.average(from, to)),
        }
    }

    /// The time-weighted median.
    fn usual(&self) -> u64 {
        let mut weighted: Vec<(u64, f64)> =
            self.stretches().map(|(from, to, open)| (open, seconds(from, to))).collect();
        weighted.sort_unstable_by_key(|(open, _)| *open);
        let half = weighted.iter().map(|(_, length)| length).sum::<f64>() / 2.0;
        let mut sum = 0.0;
        for (open, length) in weighted {
            sum += length;
            if sum >= half {
                return open;
            }
        }
        0
    }

    /// The part between the first and the last instant at which nearly as many are open as usual; it ends at the last
    /// sending at the latest. `None` where that is hardly a part of the run.
    pub(crate) fn steady(&self, sent: &[(i64, u32)]) -> Option<(Steady, i64, i64)> {
        let usual = self.usual();
        let enough = |open: u64| usual > 0 && open as f64 >= STEADY_SHARE * usual as f64;
        let from = self.stretches().find(|(.., open)| enough(*open))?.0;
        let to = self.stretches().filter(|(.., open)| enough(*open)).last()?.1.min(sent.last()?.0);
        let inside = sent.iter().filter(|(at, _)| (from..to).contains(at)).count();
        let long_enough = seconds(from, to) >= LEAST_STEADY_SHARE * seconds(self.start, self.end);
        (from < to && long_enough && inside >= LEAST_STEADY_MESSAGES).then(|| {
            (Steady { from: seconds(self.start, from), to: seconds(self.start, to), usual_sessions: usual }, from, to)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000_000;

    #[test]
    fn the_average_weighs_with_time_and_touching_intervals_do_not_overlap() {
        let steps = Steps::new([(0, 4 * S), (4 * S, 8 * S), (2 * S, 3 * S)].into_iter(), 0, 10 * S);
        let level = steps.level(None);
        assert_eq!((level.peak, level.peak_at), (2, 2.0));
        assert!((level.average - 0.9).abs() < 1e-12);
        assert_eq!(steps.most(4 * S, 9 * S), 1);
        assert_eq!(steps.average(2 * S, 3 * S), Some(2.0));
    }

    #[test]
    fn the_steady_part_leaves_out_ramps_at_both_ends() {
        let intervals = (0..20).map(|i| (i * S, (100 - i) * S));
        let sent: Vec<(i64, u32)> = (0..100).map(|i| (i * S, 0)).collect();
        let steps = Steps::new(intervals, 0, 100 * S);
        let (steady, ..) = steps.steady(&sent).unwrap();
        assert_eq!(steady, Steady { from: 17.0, to: 83.0, usual_sessions: 20 });
        assert!(steps.steady(&sent[..10]).is_none());
    }
}
