//! What only all shards together show: values that are far away from all others, and clocks that do not meet.
//!
//! In: a [`Digest`]. Out: findings. A shard judges its values by its own rows, and one of a few rows cannot; here the outermost values, which
//! are known with file and line, are judged among all samples (`stats::isolation`). They stay in the numbers: what else speaks against a
//! value is known where its rows are.

use std::collections::BTreeSet;

use super::numbers::{Extreme, NAMED, Numbers};
use super::parts::{Digest, Group};
use super::plan::PlannedMetric;
use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::unit::Unit;
use crate::stats::corruption::LONGEST_PAUSE;
use crate::stats::isolation::{ISOLATION_P, Isolation, IsolationKind, Tail, isolation_of_end, looked_at};

/// A group is judged by itself from this size on; smaller ones are judged among all samples.
const GROUP_OF_ITS_OWN: u64 = 20;
/// Nanoseconds of a second.
const SECOND: i64 = 1_000_000_000;

/// The findings about all shards; `name` is what the digest is called.
pub(super) fn findings(digest: &Digest, name: &str) -> Vec<Finding> {
    let known: BTreeSet<(&str, u64)> = digest
        .found
        .values()
        .flat_map(|of_kind| &of_kind.first)
        .filter_map(|finding| Some((finding.place.source.as_str(), finding.place.line?)))
        .collect();
    let mut all = Vec::new();
    for (planned, groups) in digest.plan.metrics.iter().zip(&digest.groups) {
        let mut places = known.clone();
        let is_judged = |group: &&Group| group.others.n() >= GROUP_OF_ITS_OWN || groups.len() == 1;
        for group in groups.values().filter(is_judged) {
            isolated(planned, &group.others, &|_| false, &mut places, &mut all);
        }
        let Some(together) = pooled(groups.values()).filter(|_| groups.len() > 1) else { continue };
        // A label that is nothing but far away explains it.
        let explained = |gap: &Isolation| {
            groups
                .values()
                .filter_map(|group| group.others.range())
                .any(|(least, most)| gap.includes(least) && gap.includes(most))
        };
        isolated(planned, &together, &explained, &mut places, &mut all);
    }
    all.extend(pause(digest, name));
    all
}

fn pooled<'a>(mut groups: impl Iterator<Item = &'a Group>) -> Option<Numbers> {
    let mut all = Numbers::default();
    groups.try_for_each(|group| all.merge(&group.others))?;
    Some(all)
}

/// The values beyond a gap that the tail of the others does not show.
fn isolated<'a>(
    planned: &PlannedMetric,
    numbers: &'a Numbers,
    explained: &dyn Fn(&Isolation) -> bool,
    places: &mut BTreeSet<(&'a str, u64)>,
    all: &mut Vec<Finding>,
) {
    for tail in [Tail::Upper, Tail::Lower] {
        let End { positive, through_zero, values } = End::of(numbers, tail);
        let found = isolation_of_end(positive, through_zero, tail, &values);
        let Some(gap) = found.filter(|gap| gap.p < ISOLATION_P && !explained(gap)) else { continue };
        let mut ascending = values.clone();
        ascending.sort_by(f64::total_cmp);
        let extremes = if tail == Tail::Upper { &numbers.largest } else { &numbers.smallest };
        let body = values.iter().copied().find(|value| !gap.includes(*value));
        let alone = |extreme: &&'a Extreme| {
            let value = extreme.value;
            let pause = tail == Tail::Upper
                && planned.dimension.is_time()
                && body.is_some_and(|highest| value < LONGEST_PAUSE * highest);
            gap.includes(value)
                && gap.kind == IsolationKind::Scattered
                && !gap.is_in_company(value, &ascending)
                && !pause
        };
        for extreme in extremes.iter().filter(alone) {
            if places.insert((&extreme.shard, extreme.line)) {
                all.push(far_away(planned, extreme, &gap));
            }
        }
    }
}

/// An end of some numbers, as far as the test looks at it.
struct End {
    /// How many are above zero.
    positive: usize,
    /// Whether some are not.
    through_zero: bool,
    /// The positive ones from the extreme inward; those that are known in buckets as their middles.
    values: Vec<f64>,
}

impl End {
    fn of(numbers: &Numbers, tail: Tail) -> Self {
        let mut buckets = numbers.buckets();
        buckets.retain(|bucket| bucket.high > 0.0);
        let positive = buckets.iter().map(|bucket| bucket.count).fold(0, u64::saturating_add);
        if tail == Tail::Upper {
            buckets.reverse();
        }
        let positive_rows = usize::try_from(positive).unwrap_or(usize::MAX);
        let reach = looked_at(positive_rows);
        let mut values = Vec::with_capacity(reach.min(positive_rows));
        for bucket in buckets {
            let room = reach - values.len();
            let middle = bucket.low.midpoint(bucket.high);
            values.extend(std::iter::repeat_n(middle, usize::try_from(bucket.count).unwrap_or(usize::MAX).min(room)));
        }
        let extremes = if tail == Tail::Upper { &numbers.largest } else { &numbers.smallest };
        let known = extremes.iter().filter(|extreme| extreme.value > 0.0).take(NAMED);
        values.iter_mut().zip(known).for_each(|(value, extreme)| *value = extreme.value);
        Self { positive: positive_rows, through_zero: positive < numbers.n(), values }
    }
}

fn far_away(planned: &PlannedMetric, extreme: &Extreme, gap: &Isolation) -> Finding {
    let unit = Unit::parse(&planned.unit).unwrap_or(Unit::UNKNOWN);
    let side = if gap.tail == Tail::Upper { "above" } else { "below" };
    let reason = format!(
        "it lies {side} all others of all shards, beyond a gap of {:.0} times; the tail of the others shows such a gap in fewer than one of a \
         million files",
        gap.gap_ratio
    );
    let place = match extreme.line {
        0 => Place::source(&*extreme.shard),
        line => Place::line(&*extreme.shard, line),
    };
    let place = place.column(&planned.name);
    let action = "kept: its own shard judged it by its own rows; look at its line";
    let recorded = format!("{} {}", extreme.value / unit.to_base(1.0), planned.unit);
    Finding::new(Severity::Suspicious, FindingKind::Isolated, place, reason, action)
        .metric(&planned.name)
        .value(recorded.trim_end())
}

/// That the shards lie so far apart on the clock that most of the run is between two of them.
fn pause(digest: &Digest, name: &str) -> Option<Finding> {
    let mut spans: Vec<((i64, i64), &str)> = digest
        .parts()
        .filter_map(|part| Some((part.span.filter(|(first, last)| first <= last)?, part.name.as_str())))
        .collect();
    spans.sort_unstable();
    let ((begin, mut end), mut last) = *spans.first()?;
    let (mut covered, mut from) = (0_i64, begin);
    let mut longest: Option<(i64, &str, &str)> = None;
    for ((first, until), shard) in &spans[1..] {
        if *first > end {
            covered = covered.saturating_add(end - from);
            let gap = first.saturating_sub(end);
            if longest.is_none_or(|(known, ..)| gap > known) {
                longest = Some((gap, last, shard));
            }
            from = *first;
        }
        if *until > end {
            (end, last) = (*until, shard);
        }
    }
    covered = covered.saturating_add(end - from);
    // Of shards with a row each nobody knows how long they were.
    let is_most = |gap: i64| gap > end.saturating_sub(begin) / 2 && gap > covered;
    let (gap, before, after) = longest.filter(|(gap, ..)| covered >= SECOND && is_most(*gap))?;
    let reason = format!(
        "no shard has a row in the {} s between the last of {before} and the first of {after}, and all of them together cover {} s: shards of one \
         time whose clocks differ look like that",
        gap / SECOND,
        covered / SECOND
    );
    let action = "the clocks are taken as they are: the run goes from the first row of all to the last, and its rate is over all of that";
    Some(Finding::new(Severity::Suspicious, FindingKind::ClockJump, Place::source(name), reason, action))
}
