//! From a digest to what a report is made of.
//!
//! In: a [`Digest`] and the name of its file. Out: a source without tables, and its [`Analysis`]: each metric of the plan with its
//! groups, failures and findings, in the types that files give. Numbers of which every sample is counted are those of the samples; of
//! others those that buckets leave open are known to their stated error. What needs the order of the samples is absent.

use std::collections::BTreeMap;

use super::among_all;
use super::numbers::{Extreme, Numbers};
use super::parts::{Digest, Group, MOST_MEMBERS};
use super::plan::PlannedMetric;
use super::refine::ask::Target;
use super::refine::shown::{self, Together};
use crate::analysis::Analysis;
use crate::analysis::failing::is_failing;
use crate::analysis::histogram::of_buckets;
use crate::analysis::metric::{Evidence, Metric, PlacedValue};
use crate::analysis::outcome::{CauseCount, Failures, GroupFailures, UnknownOutcomes};
use crate::analysis::requests::{CountedRun, RequestRun};
use crate::analysis::source::Source;
use crate::measure::finding::{Finding, Place};
use crate::measure::label::Label;
use crate::measure::{Dimension, Polarity};
use crate::stats::counted;
use crate::stats::counts::Counts;
use crate::stats::population::Population;
use crate::stats::settings::Settings;
use crate::table::source::{Provenance, SetAside, Source as SourceData};

/// The format of a digest, as reports call it.
pub(crate) const FORMAT: &str = "digest";
/// Causes that are not told apart any more.
const OTHER_CAUSES: &str = "(other causes)";
/// Causes that are named.
const NAMED_CAUSES: usize = 5;
/// Stretches of time in a picture.
const MOST_BINS: i64 = 120;

/// The source that a digest stands for; `stored` is the digest of its file, and the size of that.
pub fn digest_source(digest: &Digest, name: &str, stored: (String, u64)) -> SourceData {
    let parts = || digest.parts.values();
    let mut set_aside: BTreeMap<&str, u64> = BTreeMap::new();
    for one in parts().flat_map(|part| &part.set_aside) {
        let rows = set_aside.entry(&one.reason).or_default();
        *rows = rows.saturating_add(one.rows);
    }
    let set_aside = set_aside.into_iter().map(|(reason, rows)| SetAside {
        reason: reason.to_owned(),
        rows,
        first_lines: Vec::new(),
    });
    let sum = |of: fn(&super::Part) -> u64| parts().map(of).fold(0, u64::saturating_add);
    SourceData {
        provenance: Provenance {
            name: name.to_owned(),
            digest: stored.0,
            bytes: stored.1,
            format: FORMAT,
            evidence: evidence(digest),
            lines: sum(|part| part.lines),
            rows_read: sum(|part| part.rows_read),
            set_aside: set_aside.collect(),
            ..Provenance::default()
        },
        findings: findings(digest, name).into_iter().chain(among_all::findings(digest, name)).collect(),
        ..SourceData::default()
    }
}

/// What the digest says of itself.
fn evidence(digest: &Digest) -> Vec<String> {
    let plan = &digest.plan;
    let bytes = digest.parts.values().map(|part| part.bytes).fold(0, u64::saturating_add);
    let shards = digest.parts.len();
    let mut said = vec![format!("a digest of {shards} {} of {} ({bytes} bytes)", plural(shards, "shard"), plan.format)];
    if !plan.group_by.is_empty() {
        said.push(format!("grouped by `{}`, as its plan says", plan.group_by.join(", ")));
    }
    if let Some(answers) = &digest.refinement {
        let (round, asked) = (answers.ask.round, plural(answers.ask.shards as usize, "shard"));
        said.push(if shown::is_complete(digest) {
            format!("{round} {} of `refine`, answered by all of them", plural(round as usize, "round"))
        } else {
            format!("its answers are not those of the {} {asked} that were asked, and are not used", answers.ask.shards)
        });
    }
    if digest.groups.iter().flat_map(BTreeMap::values).any(|group| group.members.len() == MOST_MEMBERS) {
        said.push(format!("labels that are put together are counted up to {MOST_MEMBERS}"));
    }
    said
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// The findings that were kept, and how many more there are.
fn findings(digest: &Digest, name: &str) -> Vec<Finding> {
    let mut all = Vec::new();
    for of_kind in digest.found.values() {
        let told = of_kind.first.iter().map(|finding| finding.count).fold(0, u64::saturating_add);
        let more = of_kind.count.saturating_sub(told);
        all.extend(of_kind.first.iter().cloned());
        if let Some(first) = of_kind.first.first().filter(|_| more > 0) {
            let reason = format!("{more} more in the shards, which the digest counts and does not name");
            let action = first.action.clone();
            all.push(Finding::new(first.severity, first.kind, Place::source(name), reason, action).count(more));
        }
    }
    all
}

/// The analysis of a digest.
pub fn reported(digest: &Digest, data: &SourceData, settings: &Settings) -> Analysis {
    let mut source = Source::of(data);
    source.rows_used = digest.parts.values().map(|part| part.rows_used).fold(0, u64::saturating_add);
    let source_name = source.name.clone();
    let metrics = digest.plan.metrics.iter().zip(&digest.groups).enumerate();
    Analysis {
        metrics: metrics
            .filter_map(|(place, (planned, groups))| {
                let mut reading = MetricReader { digest, place: place as u64, settings, error: 0.0, unrefined: 0.0 };
                reading.metric(&source.name, planned, groups)
            })
            .collect(),
        sources: vec![source],
        findings: data.findings.clone(),
        requests: run(digest, &source_name, settings).into_iter().collect(),
        ..Analysis::default()
    }
}

/// A metric that is read back.
struct MetricReader<'a> {
    digest: &'a Digest,
    /// Its place in the plan.
    place: u64,
    settings: &'a Settings,
    /// By how much, relative to itself, a number in a bucket may be off.
    error: f64,
    /// The same of order statistics that no further round has shown.
    unrefined: f64,
}

impl MetricReader<'_> {
    fn metric(&mut self, source: &str, planned: &PlannedMetric, groups: &BTreeMap<String, Group>) -> Option<Metric> {
        let (digest, settings) = (self.digest, self.settings);
        let together = Together::of(groups)?;
        let only_failed = together.only_failed();
        let Together { others, failed } = &together;
        let shown = if only_failed { failed } else { others };
        let corrupted = groups.values().map(|group| group.corrupted).fold(0, u64::saturating_add);
        if shown.n() == 0 && corrupted == 0 {
            return only_outcomes(digest, source, planned, groups, settings);
        }
        let is_grouped = !digest.plan.group_by.is_empty();
        let of_group = |group: &Group| if only_failed { group.failed.clone() } else { group.others.clone() };
        let all = groups.iter().filter(|_| is_grouped).map(|(name, group)| (name, group, of_group(group)));
        let (with, without): (Vec<_>, Vec<_>) = all.partition(|(_, _, numbers)| numbers.n() > 0);
        let failed_groups =
            without.into_iter().filter(|(_, group, _)| group.failed.n() > 0).map(|(name, ..)| name.clone()).collect();
        // The numbers of a single group are those of all.
        let several = with.len() > 1;
        let mut by_label: Vec<Population> = Vec::new();
        for (name, group, numbers) in with {
            let label = Label {
                text: name.clone(),
                members: group.members.len() as u64,
                examples: group.examples.iter().cloned().collect(),
            };
            let found = if several { self.population(&numbers, Some(name), only_failed) } else { None };
            by_label.push(Population { label: Some(label), corrupted: group.corrupted, ..found.unwrap_or_default() });
        }
        let label = if several { None } else { by_label.pop().and_then(|only| only.label) };
        let overall = self.population(shown, None, only_failed).unwrap_or_default();
        let of_failed = if only_failed { None } else { self.population(failed, None, true) };
        Some(Metric {
            recorded_unit: Some(planned.unit.clone()).filter(|unit| !unit.is_empty()),
            unit_assumed: planned.unit_assumed,
            unit_reason: Some("as the plan of the digest says".to_owned()),
            meaning: planned.meaning.clone(),
            evidence: Evidence::Digest {
                relative_error: self.error,
                refined: self.error > 0.0 && self.unrefined == 0.0,
                shards: digest.parts.len() as u64,
                smallest: placed(&shown.smallest),
                largest: placed(&shown.largest),
            },
            grouped_by: (is_grouped && (label.is_some() || !by_label.is_empty()))
                .then(|| digest.plan.group_by.join(", ")),
            overall: Population { label, corrupted, ..overall },
            groups: by_label,
            failures: failures(digest, planned, groups, settings),
            leads: planned.leads,
            failed: of_failed.and_then(|failed| failed.clean),
            only_failed,
            failed_groups,
            ..Metric::new(
                source,
                usize::try_from(planned.table).unwrap_or_default(),
                &planned.name,
                planned.dimension,
                planned.polarity,
            )
        })
    }

    fn population(&mut self, numbers: &Numbers, group: Option<&String>, failed: bool) -> Option<Population> {
        self.error = self.error.max(numbers.relative_error());
        if numbers.are_exact() {
            let found = counted::population(&Counts::of_counted(numbers.counted()), self.settings)?;
            return Some(Population { buckets: numbers.buckets(), ..found });
        }
        let target = Target { metric: self.place, group: group.cloned(), failed };
        if let Some(found) = shown::refined(self.digest, &target, numbers, self.settings) {
            return Some(found);
        }
        self.unrefined = self.unrefined.max(numbers.relative_error());
        let mut found = of_buckets(numbers.buckets(), Some(numbers.sums()), self.settings)?;
        // Both ends are known, wherever the middles of their buckets are.
        if let Some((clean, (least, most))) = found.clean.as_mut().zip(numbers.range()) {
            (clean.min, clean.max) = (least, most);
        }
        Some(found)
    }
}

/// The rows of which nothing is known but how they ended, where they are failing: nothing was measured then, and that is the news.
fn only_outcomes(
    digest: &Digest,
    source: &str,
    planned: &PlannedMetric,
    groups: &BTreeMap<String, Group>,
    settings: &Settings,
) -> Option<Metric> {
    let failures = failures(digest, planned, groups, settings).filter(|_| planned.leads)?;
    if !is_failing(failures.failed, failures.total, settings.failing) {
        return None;
    }
    let name = failures.column.clone();
    let evidence = Evidence::Digest {
        relative_error: 0.0,
        refined: false,
        shards: digest.parts.len() as u64,
        smallest: Vec::new(),
        largest: Vec::new(),
    };
    let table = usize::try_from(planned.table).unwrap_or_default();
    let blank = Metric::new(source, table, &name, Dimension::Unknown, Polarity::Unknown);
    Some(Metric { failures: Some(failures), leads: true, evidence, ..blank })
}

/// The rows as a run, where they have a clock.
fn run(digest: &Digest, source: &str, settings: &Settings) -> Option<RequestRun> {
    let clock = digest.plan.clock.as_ref()?;
    let (planned, groups) = digest.plan.metrics.iter().zip(&digest.groups).find(|(planned, _)| planned.leads)?;
    let recorded = digest.plan.outcome.is_some();
    // Where nobody says how a row ended, the samples are all there is.
    let rows = |group: &Group| {
        let told = group.outcomes.iter().copied().fold(0, u64::saturating_add);
        let samples = group.others.n().saturating_add(group.failed.n()).saturating_add(group.corrupted);
        if recorded { told } else { samples }
    };
    let labels: Vec<(String, u64, u64)> =
        groups.iter().map(|(label, group)| (label.clone(), rows(group), group.outcomes[1])).collect();
    let sum = |of: fn(&(String, u64, u64)) -> u64| labels.iter().map(of).fold(0, u64::saturating_add);
    let (requests, failed) = (sum(|one| one.1), sum(|one| one.2));
    let bounds = digest.time.bounds(clock.moment);
    if digest.time.is_empty() || bounds.0 >= bounds.1 {
        return None;
    }
    let (width, counts) = digest.time.within(bounds, MOST_BINS);
    let named = digest.causes.first.values().copied().fold(0, u64::saturating_add);
    let silent = failed.saturating_sub(digest.causes.all);
    let others = digest.causes.all.saturating_sub(named);
    let causes = digest.causes.first.iter().map(|(cause, count)| (Some(cause.clone()), *count));
    let rest = [(Some(OTHER_CAUSES.to_owned()), others), (None, silent)];
    let counted = CountedRun {
        source,
        table: planned.table,
        metric: &planned.name,
        dimension: planned.dimension,
        are_requests: clock.are_requests,
        clock: (&clock.column, clock.moment, &clock.reason),
        whole_seconds: digest.time.whole_seconds(),
        bounds,
        recorded,
        requests,
        timed: digest.time.rows(),
        failed,
        width,
        counts,
        labels,
        cause_column: digest.plan.cause.as_deref(),
        causes: causes.chain(rest).filter(|(_, count)| *count > 0).collect(),
        confidence: settings.confidence,
    };
    Some(counted.run())
}

fn placed(extremes: &[Extreme]) -> Vec<PlacedValue> {
    let place = |extreme: &Extreme| match extreme.line {
        0 => Place::source(&*extreme.shard),
        line => Place::line(&*extreme.shard, line),
    };
    extremes.iter().map(|extreme| PlacedValue { value: extreme.value, place: place(extreme) }).collect()
}

fn failures(
    digest: &Digest,
    planned: &PlannedMetric,
    groups: &BTreeMap<String, Group>,
    settings: &Settings,
) -> Option<Failures> {
    let outcome = digest.plan.outcome.as_ref()?;
    let sum = |place: usize| groups.values().map(|group| group.outcomes[place]).fold(0, u64::saturating_add);
    let [succeeded, failed, not_said, unclear] = [0, 1, 2, 3].map(sum);
    // Where there is a run, they stand there.
    let mut causes: Vec<CauseCount> = digest
        .causes
        .first
        .iter()
        .filter(|_| planned.leads && digest.time.is_empty())
        .map(|(cause, failed)| CauseCount { cause: cause.clone(), failed: *failed })
        .collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.failed));
    causes.truncate(NAMED_CAUSES);
    let several = planned.leads && groups.len() > 1 && !digest.plan.group_by.is_empty();
    let by_label = groups.iter().filter(|_| several).map(|(label, group)| {
        let [succeeded, failed, _, unclear] = group.outcomes;
        GroupFailures::counted(label, failed, succeeded.saturating_add(failed).saturating_add(unclear), unclear)
    });
    let unknown_of = groups.iter().filter(|_| several);
    let unknown_of = unknown_of.filter_map(|(label, group)| UnknownOutcomes::of(Some(label), group.outcomes));
    let whole_unknown = UnknownOutcomes::of(None, [succeeded, failed, not_said, unclear]);
    let total = succeeded.checked_add(failed)?.checked_add(unclear).filter(|total| *total > unclear)?;
    let whole = Failures::counted(failed, total, settings.confidence)?;
    Some(Failures {
        column: outcome.column.clone(),
        convention: outcome.convention.clone(),
        not_said,
        unclear,
        causes,
        groups: by_label.filter(|group| group.total > group.unclear).collect(),
        unknown: whole_unknown.into_iter().chain(unknown_of).collect(),
        ..whole
    })
}
