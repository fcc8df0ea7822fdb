//! Files of several load generators that record one run, put together exactly.
//!
//! In: sources with the run of each. Out: one run over all of them, counted together on one clock; percentiles are those of all samples.
//! Files are of one run where their names differ only in numbers, their tool, columns and labels are the same, their bytes differ, and
//! most of the time of the shorter run lies in the other one: runs that were made one after the other stay apart.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::assemble::RunFacts;
use super::latency;
use super::part::{Labels, Part, causes_of, part_of};
use super::recognise::{Recognition, recognise};
use super::result::{LeftOut, RequestRun, Shards, UsedPart};
use crate::analysis::grouping::Grouping;
use crate::analysis::metric::Metric;
use crate::analysis::outcome::inflation_of;
use crate::measure::label::pattern;
use crate::stats::settings::Settings;
use crate::table::source::Source;
use crate::table::{Role, Table};

/// So much of the shorter run lies inside of the other one.
const OVERLAP: f64 = 0.5;

/// A source, its metrics, and its runs.
#[derive(Debug, Clone, Copy)]
pub struct Shard<'a> {
    /// What was read.
    pub source: &'a Source,
    /// Its metrics.
    pub metrics: &'a [Metric],
    /// Its runs.
    pub runs: &'a [RequestRun],
}

/// A shard whose only run may be a part of a joint one.
struct Candidate<'a> {
    shard: Shard<'a>,
    run: &'a RequestRun,
    table: &'a Table,
    metric: &'a Metric,
    column: usize,
    found: Recognition,
}

/// The joint runs of sources that belong together.
pub fn join(shards: &[Shard<'_>], settings: &Settings) -> Vec<RequestRun> {
    let mut by_name: BTreeMap<(String, &str), Vec<Candidate<'_>>> = BTreeMap::new();
    for candidate in shards.iter().filter_map(Candidate::of) {
        let name = pattern(&candidate.shard.source.provenance.name);
        by_name.entry((name, candidate.shard.source.provenance.format)).or_default().push(candidate);
    }
    let joint = by_name.into_iter().filter(|(_, parts)| are_one_run(parts));
    joint.filter_map(|((name, _), parts)| joined(&name, &parts, settings)).collect()
}

impl<'a> Candidate<'a> {
    fn of(shard: &Shard<'a>) -> Option<Self> {
        let [run] = shard.runs else { return None };
        let table = shard.source.tables.get(usize::try_from(run.table).ok()?)?;
        let metric = shard.metrics.iter().find(|metric| metric.leads && metric.table == run.table)?;
        let column = table.columns_as(Role::Metric).find(|column| table.columns[*column].name == run.metric)?;
        let found = recognise(table, shard.source.provenance.format, column)?;
        // Clocks that count from a beginning of their own cannot be laid over each other.
        (run.run.is_none() && run.clock.start.is_some()).then_some(Self {
            shard: *shard,
            run,
            table,
            metric,
            column,
            found,
        })
    }

    /// What must be the same in all parts.
    fn kind(&self) -> (&str, &str, Vec<&str>) {
        (
            &self.run.metric,
            &self.run.clock.column,
            self.table.columns.iter().map(|column| column.name.as_str()).collect(),
        )
    }

    /// From when to when it goes.
    fn span(&self) -> (f64, f64) {
        let start = self.run.clock.start.unwrap_or_default();
        (start, start + self.run.length)
    }

    fn labels(&self) -> BTreeSet<&str> {
        self.metric.labelled().map(|(label, _)| label).collect()
    }
}

/// Whether candidates whose names differ only in numbers record one run.
fn are_one_run(parts: &[Candidate<'_>]) -> bool {
    let Some((first, others)) = parts.split_first().filter(|(_, others)| !others.is_empty()) else { return false };
    let digests: BTreeSet<&str> = parts.iter().map(|part| part.shard.source.provenance.digest.as_str()).collect();
    let overlaps = |a: (f64, f64), b: (f64, f64)| {
        let shorter = (a.1 - a.0).min(b.1 - b.0);
        a.1.min(b.1) - a.0.max(b.0) >= OVERLAP * shorter
    };
    digests.len() == parts.len()
        && others.iter().all(|part| part.kind() == first.kind() && part.labels() == first.labels())
        && others.iter().all(|part| overlaps(part.span(), first.span()))
}

fn joined(name: &str, candidates: &[Candidate<'_>], settings: &Settings) -> Option<RequestRun> {
    let groupings: Vec<Option<Grouping<'_>>> =
        candidates.iter().map(|candidate| Grouping::choose(candidate.table, settings)).collect();
    let (mut names, mut numbers): (Vec<String>, HashMap<&str, u32>) = (Vec::new(), HashMap::new());
    for label in groupings.iter().flatten().flat_map(|grouping| &grouping.groups) {
        numbers.entry(&label.text).or_insert_with(|| {
            names.push(label.text.clone());
            names.len() as u32 - 1
        });
    }
    let mut parts: Vec<Part<'_>> = Vec::new();
    for (candidate, grouping) in candidates.iter().zip(&groupings) {
        let labels = grouping.as_ref().map(|grouping| {
            let label = |group: &u32| grouping.groups.get(*group as usize).and_then(|label| numbers.get(&*label.text));
            let of_code = grouping.of_code.iter().map(|group| label(group).copied().unwrap_or(u32::MAX));
            Labels { codes: &grouping.codes, of_code: Cow::Owned(of_code.collect()) }
        });
        let rows = usize::try_from(candidate.table.lines.rows()).unwrap_or_default();
        let columns = (candidate.found.instant, candidate.column);
        let part = part_of(candidate.table, columns, candidate.metric, 0..rows, labels);
        parts.push(Part { causes: causes_of(candidate.table, candidate.metric), ..part });
    }
    let first = candidates.first()?;
    // How failures of several files come together is not known: as clustered as those of the worst.
    let of_file = |candidate: &Candidate<'_>| {
        candidate.metric.failures.as_ref().map_or(1.0, |all| inflation_of(all.clusters, all.total))
    };
    let inflation = candidates.iter().map(of_file).fold(1.0, f64::max);
    let facts = RunFacts {
        source: name,
        table: first.run.table,
        metric: &first.run.metric,
        dimension: first.run.dimension,
        are_requests: first.found.are_requests,
        clock: &first.run.clock.column,
        moment: Some((first.run.clock.moment, first.run.clock.reason.clone())),
        recorded: candidates.iter().all(|candidate| candidate.metric.failures.is_some()),
        labels: &names,
        inflation: (inflation, &[]),
        memory: first.table.memory(),
        settings,
    };
    let run = facts.run(&mut parts)?;
    let samples = run.bins.iter().map(|bin| bin.samples).sum();
    let say = |samples: &[f64]| latency::Latency::of(samples, settings.quantile_method);
    let whole = latency::by_slot(&parts, &[samples], |_| 0, say, latency::GATHERED).pop()?;
    let shards = Shards {
        sources: candidates.iter().map(|candidate| candidate.shard.source.provenance.name.clone()).collect(),
        reason: "their names differ only in numbers, their columns and labels are the same, and their clocks overlap"
            .to_owned(),
        p50: whole.p50,
        p95: whole.p95,
        p99: whole.p99,
    };
    Some(RequestRun { shards: Some(shards), used: used_of(candidates), ..run })
}

/// What is left out of all of them together; whole where one of them is.
fn used_of(candidates: &[Candidate<'_>]) -> Option<UsedPart> {
    let mut used = candidates.iter().map(|candidate| candidate.run.used);
    let first = used.next().flatten()?;
    used.try_fold(first, |all, one| match (all, one?) {
        (UsedPart::Steady(all), UsedPart::Steady(one)) => Some(UsedPart::Steady(LeftOut {
            before: all.before.max(one.before),
            requests_before: all.requests_before + one.requests_before,
            after: all.after.max(one.after),
            requests_after: all.requests_after + one.requests_after,
            without_instant: all.without_instant + one.without_instant,
        })),
        _ => Some(UsedPart::Whole),
    })
}
