//! Durations that no recording of this length could hold, in whatever number.
//!
//! In: the values of one metric that were recorded with instants. Out: those that last far longer than the whole recording and lie
//! far above all others, between which and them is nothing. Isolation asks how surprising such a gap is in a tail, and looks at few
//! values; here so many may be wrong that they are no tail: rows of another table in a short file, columns that changed places.

use crate::measure::{Dimension, FindingKind, Severity};

use super::case::{Case, Reason, Suspect};
use super::signs::{FOREIGN_RATIO, IMPOSSIBLE_SPANS, is_timeout, whole_among_decimals};
use crate::stats::isolation::MIN_POSITIVE;

/// Of more values it is not told which.
const MOST: usize = 20_000;
/// Nanoseconds in what an instant may be counted in.
const CLOCK_UNITS: [f64; 4] = [1e9, 1e6, 1e3, 1.0];

/// What lies within the recording, and what lasts longer.
#[derive(Default)]
struct Sides {
    inside: usize,
    longest_inside: f64,
    beyond: Vec<usize>,
    shortest_beyond: f64,
    too_many: bool,
}

/// The durations beyond the recording that are not among those taken before (ascending).
pub(super) fn beyond_recording(case: &Case<'_>, taken: &[usize]) -> Vec<Suspect> {
    let Some(span) = case.span.filter(|span| case.dimension == Dimension::Time && *span > 0.0) else {
        return Vec::new();
    };
    let sides = sides(case, IMPOSSIBLE_SPANS * span, taken);
    let (inside, beyond) = (sides.inside, sides.beyond.len());
    let ratio = sides.shortest_beyond / sides.longest_inside;
    // Where most rows last longer, the instants are those of something else.
    if beyond == 0 || sides.too_many || beyond > inside || inside < MIN_POSITIVE || ratio < FOREIGN_RATIO {
        return Vec::new();
    }
    // Jobs, connections and ages of things may be far older than their log; requests are not.
    let whole = whole_among_decimals(case, &sides.beyond, inside).filter(|_| case.of_requests);
    let of = |index: &usize| {
        if is_timeout(case, *index) {
            return None;
        }
        let instant = is_instant(case, *index).then_some(Reason::IsInstant);
        let evidence: Vec<Reason> = whole.clone().into_iter().chain(instant).collect();
        let (severity, kind) = match evidence.is_empty() {
            true if !case.of_requests => return None,
            true => (Severity::Suspicious, FindingKind::Isolated),
            false => (Severity::Corrupted, FindingKind::IsolatedForeign),
        };
        let far = [Reason::FarAbove { ratio, count: beyond as u64 }, Reason::LongerThanFile(span)];
        Some(Suspect { index: *index, severity, kind, reasons: far.into_iter().chain(evidence).collect() })
    };
    sides.beyond.iter().filter_map(of).collect()
}

fn sides(case: &Case<'_>, limit: f64, taken: &[usize]) -> Sides {
    let mut sides = Sides { shortest_beyond: f64::INFINITY, ..Sides::default() };
    // Conversion keeps the order, so that only the two values at the gap need it.
    let recorded_limit = case.unit.of_base(limit);
    let mut taken = taken.iter().copied().peekable();
    let (mut longest, mut shortest) = (f64::NEG_INFINITY, f64::INFINITY);
    case.measured.visit(0..case.measured.len(), |first, block| {
        for (index, &recorded) in (first..).zip(block) {
            if taken.next_if_eq(&index).is_some() {
                continue;
            }
            if recorded <= recorded_limit {
                sides.inside += 1;
                longest = longest.max(recorded);
            } else if sides.beyond.len() < MOST {
                sides.beyond.push(index);
                shortest = shortest.min(recorded);
            } else {
                sides.too_many = true;
            }
        }
    });
    sides.longest_inside = case.unit.to_base(longest);
    sides.shortest_beyond = case.unit.to_base(shortest);
    sides
}

/// Whether the number, as it was recorded, is an instant of the file's own clock.
fn is_instant(case: &Case<'_>, index: usize) -> bool {
    let Some((first, last)) = case.clock else { return false };
    let recorded = case.measured.at(index);
    // An instant that lies where its row should have its own is a little outside of the others.
    let slack = 0.5 * (last - first);
    CLOCK_UNITS.iter().any(|unit| (first - slack..=last + slack).contains(&(recorded * unit)))
}
