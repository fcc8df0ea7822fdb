//! Which metric of one side is which of the other, and whether they may be compared at all.
//!
//! In: the captures of both sides. Out: pairs by source, metric and group, with all runs of each side. Sources of one name on
//! both sides are a pair, whatever numbers the name holds, unless it numbers runs (`run-2.csv`); sources of one side whose
//! names differ only in numbers are runs of one thing, and a single source on each side is the same whatever its name. Where a
//! pair may not be compared, the [`Reason`].

use std::collections::{BTreeMap, BTreeSet};

use crate::measure::Polarity;
use crate::measure::label::pattern;
use crate::measure::unit::as_written;

use super::beyond_noise::{BothSides, beyond_noise};
use super::capture::{Capture, MetricRuns, RateRun, ReportedNumbers, Share, both_say_where, is_of_machine};
use super::outcome::Reason;
use super::regrouped;
use super::share_names::{BEYOND, UNANSWERED, WITHOUT, ending_of, is_of_failures, is_of_unknown_outcome};

/// What identifies a metric: pattern of the source, name, group.
type Key = (String, String, Option<String>);

/// What both sides have under one key; one of them may be empty.
#[derive(Debug)]
pub(crate) struct Pair<'a, T> {
    /// By which name of the source it is known on both sides.
    pub(crate) source: String,
    pub(crate) before: Vec<&'a T>,
    pub(crate) after: Vec<&'a T>,
}

impl<T> Default for Pair<'_, T> {
    fn default() -> Self {
        Self { source: String::new(), before: Vec::new(), after: Vec::new() }
    }
}

/// Failures of one kind on both sides; one of them may be empty.
#[derive(Debug, Default)]
pub(crate) struct SharePair<'a> {
    /// By which name of the source it is known on both sides.
    pub(crate) source: String,
    pub(crate) metric: String,
    pub(crate) group: Option<String>,
    pub(crate) before: Vec<ShareSide<'a>>,
    pub(crate) after: Vec<ShareSide<'a>>,
}

impl SharePair<'_> {
    /// Whether it counts requests that missed a service level: those have not failed.
    pub(crate) fn is_of_service_levels(&self) -> bool {
        self.metric.starts_with(BEYOND)
    }

    /// Whether what it counts has failed.
    pub(crate) fn is_of_failures(&self) -> bool {
        is_of_failures(&self.metric)
    }

    /// Whether it counts rows of which nobody knows how they ended.
    pub(crate) fn is_of_unknown_outcome(&self) -> bool {
        is_of_unknown_outcome(&self.metric)
    }

    /// Whether it counts rows that hold no value of a metric: those need not have failed.
    pub(crate) fn is_of_absent_values(&self) -> bool {
        self.metric.starts_with(WITHOUT)
    }

    /// Whether values that the baseline has throughout are gone: many of them, beyond chance.
    fn values_are_gone(&self) -> bool {
        let absent = Some([&self.before, &self.after].map(|sides| Share::pooled(&runs_of(sides))));
        beyond_noise(&BothSides { absent, ..BothSides::default() }, 0.0).is_some()
    }

    /// Whether it says anything beside the share of all rows: a label without a single failure on either side does not, nor one
    /// that vanished, of which the metric tells.
    pub(crate) fn is_shown(&self) -> bool {
        let failed = |sides: &[ShareSide<'_>]| sides.iter().flat_map(|side| &side.runs).any(|share| share.failed > 0);
        if self.is_of_service_levels() {
            // With other levels it is another share, and neither missing nor new.
            return !self.before.is_empty() && !self.after.is_empty();
        }
        if self.is_of_absent_values() {
            return self.values_are_gone();
        }
        // These are told where they became many.
        if self.is_of_unknown_outcome() || ending_of(&self.metric).is_some() {
            return false;
        }
        self.group.is_none() && self.metric != UNANSWERED
            || !self.after.is_empty() && (failed(&self.before) || failed(&self.after))
    }
}

/// The runs of all sources of a side.
pub(crate) fn runs_of(sides: &[ShareSide<'_>]) -> Vec<Share> {
    sides.iter().flat_map(|side| &side.runs).copied().collect()
}

/// The runs of one source.
#[derive(Debug)]
pub(crate) struct ShareSide<'a> {
    pub(crate) source: &'a String,
    pub(crate) runs: Vec<Share>,
}

/// A metric of which one side has samples and the other what a tool made of them.
#[derive(Debug)]
pub(crate) struct MixedPair<'a> {
    pub(crate) reported: &'a ReportedNumbers,
    pub(crate) samples: Vec<&'a MetricRuns>,
    pub(crate) reported_before: bool,
}

/// Pairs of everything that both sides hold, in the order of their keys.
pub(crate) struct Pairs<'a> {
    pub(crate) metrics: Vec<Pair<'a, MetricRuns>>,
    pub(crate) shares: Vec<SharePair<'a>>,
    pub(crate) reported: Vec<Pair<'a, ReportedNumbers>>,
    pub(crate) mixed: Vec<MixedPair<'a>>,
    pub(crate) rates: Vec<Pair<'a, RateRun>>,
}

impl<'a> Pairs<'a> {
    pub(crate) fn of(before: &'a [Capture], after: &'a [Capture]) -> Self {
        let shared = shared_names(before, after);
        let renamed = single_sources(&sources(before, &shared), &sources(after, &shared));
        let source = |name: &str, side_is_before: bool| {
            let key = key_of(name, &shared);
            match &renamed {
                Some((from, to)) if side_is_before && *from == key => to.clone(),
                _ => key,
            }
        };
        let regrouped = regrouped::groups(before, after, source);
        let key = |name: &str, metric: &str, group: Option<&String>, is_before: bool| -> Key {
            let source = source(name, is_before);
            let now = |group: &String| is_before.then(|| regrouped.get(&(source.clone(), group.clone()))).flatten();
            let group = group.map(|group| now(group).unwrap_or(group).clone());
            (source, metric.to_owned(), group)
        };
        let mut metrics: BTreeMap<Key, Pair<'a, MetricRuns>> = BTreeMap::new();
        let mut shares: BTreeMap<Key, SharePair<'a>> = BTreeMap::new();
        let mut rates: BTreeMap<String, Pair<'a, RateRun>> = BTreeMap::new();
        let mut failing = |key: Key, is_before: bool, side: ShareSide<'a>| {
            let pair = shares.entry(key).or_insert_with_key(|(source, metric, group)| SharePair {
                source: source.clone(),
                metric: metric.clone(),
                group: group.clone(),
                ..SharePair::default()
            });
            if is_before { &mut pair.before } else { &mut pair.after }.push(side);
        };
        for (captures, is_before) in [(before, true), (after, false)] {
            for runs in captures.iter().flat_map(|capture| &capture.metrics) {
                let key = key(&runs.source, &runs.metric, runs.group.as_ref(), is_before);
                let named = |key: &Key| Pair { source: key.0.clone(), ..Pair::default() };
                let pair = metrics.entry(key).or_insert_with_key(named);
                if is_before { &mut pair.before } else { &mut pair.after }.push(runs);
            }
            for runs in captures.iter().flat_map(|capture| &capture.shares) {
                let key = key(&runs.source, &runs.metric, runs.group.as_ref(), is_before);
                failing(key, is_before, ShareSide { source: &runs.source, runs: runs.runs.clone() });
            }
            for run in captures.iter().flat_map(|capture| &capture.rates) {
                let key = source(&run.source, is_before);
                let pair = rates.entry(key).or_insert_with_key(|key| Pair { source: key.clone(), ..Pair::default() });
                if is_before { &mut pair.before } else { &mut pair.after }.push(run);
            }
            // Requests and how many of them failed are counts even where nothing else but summaries is known.
            for numbers in captures.iter().flat_map(|capture| &capture.reported) {
                if let Some(share) = numbers.share() {
                    let key = (source(&numbers.source, is_before), numbers.share_name(), numbers.label.clone());
                    failing(key, is_before, ShareSide { source: &numbers.source, runs: vec![share] });
                }
            }
        }
        // Numbers without samples cannot be pooled: the first of a kind of one side is that of the other, and of several
        // captures the newest stands for its side.
        let mut reported: BTreeMap<(Key, usize), Pair<'a, ReportedNumbers>> = BTreeMap::new();
        for (captures, is_before) in [(before, true), (after, false)] {
            for capture in captures {
                let mut seen: BTreeMap<Key, usize> = BTreeMap::new();
                for numbers in capture.reported.iter().filter(|numbers| !numbers.only_counts()) {
                    let key = (source(&numbers.source, is_before), numbers.metric.clone(), numbers.label.clone());
                    let place = seen.entry(key.clone()).or_default();
                    let named = |key: &(Key, usize)| Pair { source: key.0.0.clone(), ..Pair::default() };
                    let pair = reported.entry((key, *place)).or_insert_with_key(named);
                    *place += 1;
                    *if is_before { &mut pair.before } else { &mut pair.after } = vec![numbers];
                }
            }
        }
        let mixed = mixed(&mut metrics, &mut reported);
        Self {
            mixed,
            metrics: metrics.into_values().flat_map(by_meaning).collect(),
            shares: shares.into_values().collect(),
            reported: reported.into_values().collect(),
            rates: rates.into_values().collect(),
        }
    }
}

/// Takes out what only one side has as samples and only the other as a summary, under the same name: of the same label, or of
/// all labels together where the summary has none.
fn mixed<'a>(
    metrics: &mut BTreeMap<Key, Pair<'a, MetricRuns>>,
    reported: &mut BTreeMap<(Key, usize), Pair<'a, ReportedNumbers>>,
) -> Vec<MixedPair<'a>> {
    let one_sided =
        |(_, pair): &(&(Key, usize), &Pair<'a, ReportedNumbers>)| pair.before.is_empty() != pair.after.is_empty();
    let mut alone: Vec<(Key, usize)> = reported.iter().filter(one_sided).map(|(key, _)| key.clone()).collect();
    // Labels first: what is left of a metric belongs to the summary of the whole.
    alone.sort_by_key(|((_, _, label), _)| label.is_none());
    let mut found = Vec::new();
    for place in alone {
        let (source, metric, label) = &place.0;
        let Some(pair) = reported.get(&place) else { continue };
        let reported_before = pair.after.is_empty();
        let Some(numbers) = pair.before.first().or(pair.after.first()).copied() else { continue };
        let of_other_side = |pair: &Pair<'a, MetricRuns>| {
            if reported_before { pair.before.is_empty() } else { pair.after.is_empty() }
        };
        let keys: Vec<Key> = metrics
            .iter()
            .filter(|((of_source, name, group), pair)| {
                of_source == source && name == metric && (label.is_none() || group == label) && of_other_side(pair)
            })
            .map(|(key, _)| key.clone())
            .collect();
        let taken = keys.iter().filter_map(|key| metrics.remove(key));
        let samples: Vec<&MetricRuns> = taken.flat_map(|pair| pair.before.into_iter().chain(pair.after)).collect();
        if !samples.is_empty() {
            reported.remove(&place);
            found.push(MixedPair { reported: numbers, samples, reported_before });
        }
    }
    found
}

/// Runs of one name and several meanings on one side are never pooled: they are pairs of their own. Where each side has one
/// meaning only, they stay a pair, for [`incomparable`] to say that it has changed.
fn by_meaning<'a>(pair: Pair<'a, MetricRuns>) -> Vec<Pair<'a, MetricRuns>> {
    let meanings =
        |side: &[&MetricRuns]| -> BTreeSet<String> { side.iter().filter_map(|runs| runs.meaning.clone()).collect() };
    let (before, after) = (meanings(&pair.before), meanings(&pair.after));
    if before.len() <= 1 && after.len() <= 1 {
        return vec![pair];
    }
    let mut apart: BTreeMap<Option<String>, Pair<'a, MetricRuns>> = BTreeMap::new();
    let blank = || Pair { source: pair.source.clone(), ..Pair::default() };
    for runs in pair.before {
        apart.entry(runs.meaning.clone()).or_insert_with(blank).before.push(runs);
    }
    for runs in pair.after {
        apart.entry(runs.meaning.clone()).or_insert_with(blank).after.push(runs);
    }
    apart.into_values().collect()
}

/// What a source is paired by: its name where both sides have it, else the pattern of its name.
fn key_of(name: &str, shared: &BTreeSet<&str>) -> String {
    if shared.contains(name) { name.to_owned() } else { pattern(name) }
}

/// The names that both sides have and that number no runs.
fn shared_names<'a>(before: &'a [Capture], after: &'a [Capture]) -> BTreeSet<&'a str> {
    let after: BTreeSet<&str> = names(after).collect();
    names(before).filter(|name| after.contains(name) && !numbers_runs(name)).collect()
}

/// Whether the numbers of a name count runs: `run-2.csv`, `rep3/latency.csv`.
fn numbers_runs(name: &str) -> bool {
    const RUNS: &[&str] =
        &["run", "rep", "repeat", "repetition", "trial", "iter", "iteration", "attempt", "round", "fork"];
    let lower = name.to_ascii_lowercase();
    let digits =
        |rest: &str| rest.trim_start_matches(['-', '_', '.', ' ', '#']).starts_with(|c: char| c.is_ascii_digit());
    let behind = |word: &&str| {
        lower.match_indices(*word).any(|(at, word)| {
            let begins = !lower[..at].ends_with(|c: char| c.is_ascii_alphabetic());
            begins && digits(&lower[at + word.len()..])
        })
    };
    RUNS.iter().any(behind)
}

/// The names of the sources of a side.
fn names(captures: &[Capture]) -> impl Iterator<Item = &str> {
    captures.iter().flat_map(|capture| {
        let metrics = capture.metrics.iter().map(|runs| &runs.source);
        let shares = capture.shares.iter().map(|runs| &runs.source);
        metrics.chain(shares).chain(capture.reported.iter().map(|numbers| &numbers.source)).map(String::as_str)
    })
}

fn sources(captures: &[Capture], shared: &BTreeSet<&str>) -> BTreeSet<String> {
    names(captures).map(|name| key_of(name, shared)).collect()
}

/// The one source of each side that has no namesake on the other, where there is exactly one on each.
fn single_sources(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Option<(String, String)> {
    let left: Vec<&String> = before.difference(after).collect();
    let right: Vec<&String> = after.difference(before).collect();
    match (left.as_slice(), right.as_slice()) {
        ([from], [to]) => Some(((*from).clone(), (*to).clone())),
        _ => None,
    }
}

/// Every value that the captures of a side give for a key.
fn given<'a>(side: &'a [Capture], key: &str) -> BTreeSet<Option<&'a String>> {
    side.iter().map(|capture| capture.environment.given.get(key)).collect()
}

/// Keys of the given environment in which both sides differ, or which only one of them has.
pub(crate) fn differing_environment(before: &[Capture], after: &[Capture]) -> Vec<String> {
    if !both_say_where(before, after) {
        return Vec::new();
    }
    let keys: BTreeSet<&String> =
        before.iter().chain(after).flat_map(|capture| capture.environment.given.keys()).collect();
    keys.into_iter().filter(|key| given(before, key) != given(after, key)).cloned().collect()
}

/// Keys of what the files say of the machine that was measured, in which both sides differ. What one side does not say is no
/// difference, and what the user gave goes before it.
pub(crate) fn differing_machine(before: &[Capture], after: &[Capture]) -> Vec<String> {
    let said = |side: &[Capture], key: &str| -> BTreeSet<String> {
        side.iter().filter_map(|capture| capture.environment.measured.get(key).cloned()).collect()
    };
    let keys: BTreeSet<&String> = before.iter().flat_map(|capture| capture.environment.measured.keys()).collect();
    let differs = |key: &&&String| {
        let (old, new) = (said(before, key), said(after, key));
        is_of_machine(key) && !new.is_empty() && old != new
    };
    keys.iter().filter(differs).map(|key| (*key).clone()).collect()
}

/// Why numbers that tools report may not be compared with each other.
pub(crate) fn incomparable_reported(before: &ReportedNumbers, after: &ReportedNumbers) -> Option<Reason> {
    let unit =
        |numbers: &ReportedNumbers| numbers.unit.clone().unwrap_or_else(|| numbers.dimension.base_symbol().to_owned());
    let another = before.unit.is_some() && after.unit.is_some() && before.unit != after.unit;
    if before.dimension != after.dimension || another {
        return Some(Reason::UnitChanged { before: unit(before), after: unit(after) });
    }
    match (&before.meaning, &after.meaning) {
        (Some(first), Some(second)) if first != second => {
            Some(Reason::MeaningChanged { before: first.clone(), after: second.clone() })
        }
        _ => None,
    }
}

/// Why what stands under one key on both sides may not be compared.
pub(crate) fn incomparable(pair: &Pair<'_, MetricRuns>) -> Option<Reason> {
    let pairs = || pair.before.iter().flat_map(|before| pair.after.iter().map(move |after| (*before, *after)));
    let unit = |runs: &MetricRuns| {
        runs.recorded_unit
            .clone()
            .filter(|unit| !unit.is_empty())
            .unwrap_or_else(|| runs.dimension.base_symbol().to_owned())
    };
    let units = |(before, after): (&MetricRuns, &MetricRuns)| (unit(before), unit(after));
    // Watts are not converted into kilowatts.
    let as_stated = |runs: &MetricRuns| as_written(runs.recorded_unit.as_deref(), runs.dimension);
    let differ = |(before, after): &(&MetricRuns, &MetricRuns)| {
        let stated = as_stated(before).zip(as_stated(after));
        before.dimension != after.dimension || stated.is_some_and(|(before, after)| before != after)
    };
    if let Some((before, after)) = pairs().find(differ).map(units) {
        return Some(Reason::UnitChanged { before, after });
    }
    let assumed = |(before, after): &(&MetricRuns, &MetricRuns)| {
        before.recorded_unit != after.recorded_unit && (before.unit_assumed || after.unit_assumed)
    };
    if let Some((before, after)) = pairs().find(assumed).map(units) {
        return Some(Reason::UnitAssumed { before, after });
    }
    for (before, after) in pairs() {
        if let (Some(first), Some(second)) = (&before.meaning, &after.meaning)
            && first != second
        {
            return Some(Reason::MeaningChanged { before: first.clone(), after: second.clone() });
        }
    }
    let known = |polarity: Polarity| polarity != Polarity::Unknown;
    pairs()
        .any(|(before, after)| known(before.polarity) && known(after.polarity) && before.polarity != after.polarity)
        .then_some(Reason::PolarityChanged)
}
