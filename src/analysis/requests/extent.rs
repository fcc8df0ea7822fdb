//! From when to when a run goes, and which moment of a request its instants are.
//!
//! In: the rows of a run. Out: its first and last instant, with the clock of a few rows that are of another one left out; when the
//! first request began and the last one ended; and what the order of rows shows.

use super::result::Moment;
use super::rows::{NO_INSTANT, Rows};
use super::time_bins::{SECOND, nanos};
use crate::measure::unit::Dimension;

/// Only instants that lie further apart may be of two clocks.
const DAY: i64 = 86_400 * SECOND;
/// The gap between two clocks is so many times the length of the run.
const GAP: usize = 10;
/// And less than this share of the rows is of the wrong one.
const FEW: f64 = 0.1;
/// Slots in which instants are counted to find a gap.
const SLOTS: i64 = 4096;
/// So many wrong clocks are looked for.
const ROUNDS: usize = 8;

/// From when to when, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// The first and the last instant.
    pub(super) instants: (i64, i64),
    /// The earliest instant less its duration, the latest with it.
    pub(super) reach: (i64, i64),
    /// Requests with an instant.
    pub(super) timed: u64,
    /// Pairs of neighbouring rows, those in which the instant steps back, and those in which it does with the duration added.
    pub(super) steps: (u64, u64, u64),
    /// Whether every instant is a whole second.
    pub(super) whole_seconds: bool,
}

impl Extent {
    /// Looks at all rows; `None` where there are no two instants. Rows of another clock are left out from here on.
    pub(super) fn of(rows: &mut Rows<'_>, dimension: Dimension) -> Option<Self> {
        let mut extent = Self::measured(rows, dimension)?;
        for _ in 0..ROUNDS {
            let (first, last) = extent.instants;
            let apart = last.saturating_sub(first) > DAY;
            let Some(window) = apart.then(|| own_clock(rows, (first, last))).flatten() else { break };
            rows.window = window;
            extent = Self::measured(rows, dimension)?;
        }
        (extent.instants.0 < extent.reach.1).then_some(extent)
    }

    /// The same of several tables together.
    pub(super) fn of_all<'a, 'b: 'a>(
        rows: impl Iterator<Item = &'a mut Rows<'b>>,
        dimension: Dimension,
    ) -> Option<Self> {
        rows.filter_map(|rows| Self::of(rows, dimension)).reduce(|a, b| Self {
            instants: (a.instants.0.min(b.instants.0), a.instants.1.max(b.instants.1)),
            reach: (a.reach.0.min(b.reach.0), a.reach.1.max(b.reach.1)),
            timed: a.timed + b.timed,
            steps: (a.steps.0 + b.steps.0, a.steps.1 + b.steps.1, a.steps.2 + b.steps.2),
            whole_seconds: a.whole_seconds && b.whole_seconds,
        })
    }

    fn measured(rows: &Rows<'_>, dimension: Dimension) -> Option<Self> {
        let is_time = dimension == Dimension::Time;
        let (mut instants, mut reach) = ((i64::MAX, i64::MIN), (i64::MAX, i64::MIN));
        let (mut timed, mut steps, mut whole_seconds) = (0, (0, 0, 0), true);
        let mut before: Option<(i64, i64)> = None;
        rows.stretches(|stretch| {
            for request in stretch.requests().filter(|request| request.at != NO_INSTANT) {
                let at = request.at;
                let length = if is_time { request.duration.map_or(0, nanos) } else { 0 };
                let end = at.saturating_add(length);
                timed += 1;
                instants = (instants.0.min(at), instants.1.max(at));
                reach = (reach.0.min(at.saturating_sub(length)), reach.1.max(end));
                whole_seconds = whole_seconds && at % SECOND == 0;
                if let Some((last, last_end)) = before {
                    steps = (steps.0 + 1, steps.1 + u64::from(at < last), steps.2 + u64::from(end < last_end));
                }
                before = Some((at, end));
            }
        });
        (timed > 0).then_some(Self { instants, reach, timed, steps, whole_seconds })
    }

    /// When the first request began and the last one ended, as far as that is known.
    pub(super) fn bounds(&self, moment: Moment) -> (i64, i64) {
        // An instant in whole seconds stands for the whole of its second.
        let step = if self.whole_seconds { SECOND } else { 0 };
        let (first, last) = (self.instants.0, self.instants.1.saturating_add(step));
        match moment {
            Moment::Start => (first, self.reach.1.max(last)),
            Moment::End => (self.reach.0, last),
            Moment::Unknown => (first, last),
        }
    }
}

/// The instants of the clock that most rows have, where a few have another one.
fn own_clock(rows: &Rows<'_>, (first, last): (i64, i64)) -> Option<(i64, i64)> {
    let width = last.saturating_sub(first) / SLOTS + 1;
    let mut counts = vec![0_u64; usize::try_from(SLOTS).unwrap_or_default()];
    let slots = counts.len();
    rows.stretches(|stretch| {
        for request in stretch.requests().filter(|request| request.at != NO_INSTANT) {
            counts[((request.at.saturating_sub(first) / width).max(0) as usize).min(slots - 1)] += 1;
        }
    });
    let (mut longest, mut from) = (0..0, 0);
    for (slot, count) in counts.iter().enumerate() {
        if *count > 0 {
            if slot - from > longest.len() {
                longest = from..slot;
            }
            from = slot + 1;
        }
    }
    let (below, above): (u64, u64) = (counts[..longest.start].iter().sum(), counts[longest.end..].iter().sum());
    let length = |slots: usize| i64::try_from(slots).unwrap_or(i64::MAX).saturating_mul(width);
    let border = |slot: usize| first.saturating_add(length(slot));
    let few = FEW * (below + above) as f64;
    let (window, own_slots) = if below as f64 >= few {
        ((first, border(longest.start) - 1), longest.start)
    } else {
        ((border(longest.end), last), slots - longest.end)
    };
    let is_gap = longest.len() >= GAP * own_slots && length(longest.len()) > DAY;
    (is_gap && (below.min(above) as f64) < few).then_some(window)
}
