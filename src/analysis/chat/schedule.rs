//! Coordinated omission: stalls during which nothing was sent although the schedule says it should have been.
//!
//! In: the instants of sending, and the rate if the user gives it. Out: the schedule and its stalls, or `None` where no
//! schedule is known or evident. A load generator that waits for a stalled service sends nothing, and the requests that
//! would have been slowest are missing from every distribution.

use crate::analysis::chat::instants::{NANOS, seconds};
use crate::analysis::chat::result::{Schedule, ScheduleBasis, Stall};

/// Gaps between sendings that vary by no more than this share (interquartile range to median) are a fixed schedule.
const EVEN: f64 = 0.1;
/// Gaps needed to see a schedule.
const LEAST_GAPS: usize = 20;
/// A fixed schedule is broken by a gap of so many intervals.
const BROKEN: f64 = 3.0;
/// Of random arrivals at a known rate, a gap is a stall where chance makes one so long in this share of runs.
const CHANCE: f64 = 0.01;
/// Stalls that are listed.
const LISTED: usize = 20;

/// Checks the instants of sending, ascending, with their rows; `line_of` is the line of a row.
pub(crate) fn check(
    sent: &[(i64, u32)],
    start: i64,
    given: Option<f64>,
    line_of: impl Fn(u32) -> Option<u64>,
) -> Option<Schedule> {
    let gaps: Vec<f64> = sent.windows(2).map(|pair| seconds(pair[0].0, pair[1].0)).collect();
    let longest_gap = gaps.iter().copied().fold(0.0, f64::max);
    let (basis, rate, threshold) = match given.filter(|rate| *rate > 0.0) {
        Some(rate) if !gaps.is_empty() => {
            (ScheduleBasis::Given, rate, ((gaps.len() as f64 / CHANCE).ln() / rate).max(BROKEN / rate))
        }
        Some(_) => return None,
        None => {
            let rate = 1.0 / even_interval(&gaps)?;
            (ScheduleBasis::Evident, rate, BROKEN / rate)
        }
    };
    let mut stalls: Vec<Stall> = sent
        .windows(2)
        .zip(&gaps)
        .filter(|(_, gap)| **gap > threshold)
        .map(|(pair, gap)| Stall {
            from: seconds(start, pair[0].0),
            length: *gap,
            missing: ((gap * rate).round() as u64).saturating_sub(1),
            line: line_of(pair[1].1),
        })
        .collect();
    let (count, missing) = (stalls.len() as u64, stalls.iter().map(|stall| stall.missing).sum());
    stalls.sort_by(|a, b| b.length.total_cmp(&a.length).then(a.from.total_cmp(&b.from)));
    stalls.truncate(LISTED);
    Some(Schedule { basis, rate, threshold, longest_gap, count, missing, stalls })
}

fn even_interval(gaps: &[f64]) -> Option<f64> {
    if gaps.len() < LEAST_GAPS {
        return None;
    }
    let mut sorted = gaps.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let (low, middle, high) = (sorted[sorted.len() / 4], sorted[sorted.len() / 2], sorted[sorted.len() * 3 / 4]);
    (middle > 1.0 / NANOS && (high - low) <= EVEN * middle).then_some(middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_in_an_even_schedule_is_a_stall_and_its_missing_messages_are_counted() {
        let sent: Vec<(i64, u32)> =
            (0..100).filter(|i| !(40..50).contains(i)).map(|i| (i * 100_000_000, i as u32)).collect();
        let schedule = check(&sent, 0, None, |row| Some(u64::from(row))).unwrap();
        assert_eq!((schedule.basis, schedule.count, schedule.missing), (ScheduleBasis::Evident, 1, 10));
        assert!((schedule.stalls[0].from - 3.9).abs() < 1e-9 && (schedule.stalls[0].length - 1.1).abs() < 1e-9);
        let uneven: Vec<(i64, u32)> = (0..100_i64).map(|i| (i * i * 1_000_000, i as u32)).collect();
        assert_eq!(check(&uneven, 0, None, |_| None), None);
    }
}
