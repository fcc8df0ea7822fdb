//! From sources and their analyses to the [`Report`].
//!
//! In: what ingest read and what statistics found. Out: the report as data. Decides the order in which a reader meets
//! things, folds what repeats, and counts; it computes no statistics and formats no numbers itself.

mod verdict;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::analysis::anomaly::Anomaly;
use crate::analysis::chat::Service;
use crate::analysis::failing::populations;
use crate::analysis::goodput::{Goodput, joined};
use crate::analysis::requests::{RequestRun, RequestSummary, Shard, join, sweeps};
use crate::analysis::swarm::Swarm;
use crate::analysis::{Analysis, Assumption};
use crate::compare::gate::{GateRules, RunState};
use crate::compare::outcome::{Comparison, TargetResult};
use crate::measure::finding::{Finding, FindingKind, Place};
use crate::measure::label::pattern;
use crate::stats::settings::Settings;
use crate::table::source::Source as SourceData;

use super::contract::{Report, SCHEMA_VERSION, SetAside, Source, Tool};
use super::words::measured::Measurements;
use super::{number, words};

/// Findings of one kind in one source beyond this number are folded into one.
const NAMED_FINDINGS: usize = 100;

/// Lines that the account of a source names for each reason.
const NAMED_LINES: usize = 10;

/// A source and what it says.
pub struct SourceAnalysis {
    /// What was read.
    pub source: SourceData,
    /// What was found.
    pub analysis: Analysis,
    /// The service that it records, if any.
    pub service: Option<Service>,
}

/// Things about a report that the data does not say.
#[derive(Debug, Clone, Default)]
pub struct Heading {
    /// The title; a default where absent.
    pub title: Option<String>,
    /// When, where the caller gives it.
    pub generated: Option<String>,
}

/// What a report is made of, beside the sources.
#[derive(Default)]
pub struct Material {
    /// Findings that concern no source that was read (files passed over, for example).
    pub findings: Vec<Finding>,
    /// The swarm that the sources record together.
    pub swarm: Option<Swarm>,
    /// The run compared with a baseline.
    pub comparison: Option<Comparison>,
    /// Targets and what became of them.
    pub targets: Vec<TargetResult>,
    /// What a gate is to fail on; absent where none was asked for.
    pub gate: Option<GateRules>,
    /// Things that the data does not say.
    pub heading: Heading,
}

/// Builds the report.
pub fn build(analysed: Vec<SourceAnalysis>, material: Material, settings: Settings) -> Report {
    let joint = joint_runs(&analysed, &settings);
    let mut all = material.findings;
    all.extend(material.swarm.iter().flat_map(words::swarm::findings));
    let mut assumptions: Vec<Assumption> = Vec::new();
    let mut services = Vec::new();
    let (mut sources, mut metrics, mut reported, mut requests) = (Vec::new(), Vec::new(), Vec::new(), joint);
    let (mut goodput, mut summaries) = (Vec::new(), Vec::new());
    for item in analysed {
        let name = &item.source.provenance.name;
        let mut found = item.analysis;
        all.append(&mut found.findings);
        if let Some(mut service) = item.service {
            all.extend(words::service::findings(&service));
            for metric in &mut service.distributions {
                metric.remarks = words::remarks(metric);
            }
            services.push(service);
        }
        all.extend(told(&found, name));
        assumptions.extend(words::assumptions(&found.metrics, name));
        for metric in &mut found.metrics {
            metric.remarks = words::remarks(metric);
        }
        sources.append(&mut found.sources);
        metrics.append(&mut found.metrics);
        reported.append(&mut found.reported);
        requests.append(&mut found.requests);
        summaries.append(&mut found.summaries);
        goodput.append(&mut found.goodput);
    }
    if let Some(swarm) = &material.swarm {
        for source in &mut sources {
            account(source, swarm);
        }
    }
    let given: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    put_runs_together(&mut sources);
    let summaries = with_companions(summaries, &sources);
    let sweeps = sweeps(&sources, &summaries, &requests, &metrics);
    goodput.extend(joint_goodput(&requests, &goodput, settings.confidence));
    let unsettled = unsettled(&requests);
    let silent = silent_runs(&all, &sources);
    let state = RunState::of(&all, &unsettled, &silent);
    let gate = material.gate.map(|asked| asked.judge(material.comparison.as_ref(), &material.targets, state));
    let of_services: Vec<&Service> = services.iter().collect();
    let populations = populations(&metrics, &reported, &requests, &of_services, &settings);
    let measured = Measurements {
        sources: &sources,
        metrics: &metrics,
        reported: &reported,
        requests: &requests,
        summaries: &summaries,
        services: &services,
        populations: &populations,
    };
    let verdict = verdict::verdict(&verdict::VerdictBasis {
        findings: &all,
        state,
        measured,
        sweeps: &sweeps,
        swarm: material.swarm.as_ref(),
        comparison: material.comparison.as_ref(),
        targets: &material.targets,
        gate: gate.as_ref(),
    });
    let report = Report {
        schema_version: SCHEMA_VERSION,
        run_id: String::new(),
        tool: Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        generated: material.heading.generated,
        title: material.heading.title.unwrap_or_else(|| "Performance metrics report".to_owned()),
        verdict,
        settings,
        sources,
        metrics,
        reported,
        summaries,
        sweeps,
        requests,
        goodput,
        service: services,
        swarm: material.swarm,
        comparison: material.comparison,
        targets: material.targets,
        gate,
        findings: fold(in_order(all, &given)),
        assumptions,
    };
    Report { run_id: digest_of(&report), ..report }
}

/// What is odd about the values and the clock of a source, beside what was found while it was read.
pub(crate) fn told(found: &Analysis, name: &str) -> Vec<Finding> {
    let mut all = Vec::new();
    let tables = found.sources.iter().flat_map(|source| &source.tables);
    for (index, table) in tables.enumerate() {
        all.extend(table.anomalies.iter().map(|anomaly| words::finding(anomaly, None, name)));
        for metric in found.metrics.iter().filter(|metric| metric.table == index as u64) {
            // What the user has set aside is told by stretches.
            let is_told = |anomaly: &&Anomaly| !matches!(anomaly, Anomaly::Suspect { suspect, .. } if suspect.kind == FindingKind::SetAside);
            let told = metric.anomalies.iter().filter(is_told);
            all.extend(told.map(|anomaly| words::finding(anomaly, Some(metric), name)));
        }
    }
    all
}

/// So many hexadecimal digits tell any two runs apart.
const RUN_ID_DIGITS: usize = 16;

/// The digest of a report, by which its outputs are known to belong together.
fn digest_of(report: &Report) -> String {
    let mut hasher = blake3::Hasher::new();
    // A number that JSON cannot hold is an error of the rendering, which tells it.
    match serde_json::to_writer(&mut hasher, report) {
        Ok(()) => hasher.finalize().to_hex()[..RUN_ID_DIGITS].to_owned(),
        Err(_) => String::new(),
    }
}

/// The goodput of joint runs, of that of their files.
fn joint_goodput(requests: &[RequestRun], goodput: &[Goodput], confidence: f64) -> Vec<Goodput> {
    let of_run = |run: &RequestRun| {
        let shards = run.shards.as_ref()?;
        let of_file = |name: &String| goodput.iter().find(|one| one.source == *name && one.table == run.table);
        let parts: Option<Vec<&Goodput>> = shards.sources.iter().map(of_file).collect();
        joined(&run.source, &parts?, run.length, confidence)
    };
    requests.iter().filter_map(of_run).collect()
}

/// The files whose steady part was asked for and not found.
fn unsettled(requests: &[RequestRun]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for run in requests.iter().filter(|run| run.shards.is_none() && run.is_unsettled()) {
        if !names.contains(&run.source) {
            names.push(run.source.clone());
        }
    }
    names
}

/// Files in which nothing was measured, beside others whose names differ from theirs in numbers only, or that are tables as well: runs of one
/// thing, one of which left nothing behind.
fn silent_runs(findings: &[Finding], sources: &[Source]) -> Vec<String> {
    let is_of_nothing = |finding: &&Finding| matches!(finding.kind, FindingKind::NoMetric | FindingKind::UnreadFile);
    let silent: BTreeSet<&str> =
        findings.iter().filter(is_of_nothing).map(|finding| finding.place.source.as_str()).collect();
    let measured = sources.iter().map(|source| source.name.as_str()).filter(|name| !silent.contains(name));
    let measured: Vec<&str> = measured.collect();
    let patterns: BTreeSet<String> = measured.iter().map(|name| pattern(name)).collect();
    // Beside a table an empty file of the same kind of name is a table that was never written; of documents some are settings.
    let kinds: BTreeSet<&str> = measured.iter().filter_map(|name| table_ending(name)).collect();
    let is_alike = |name: &&str| table_ending(name).is_some_and(|ending| kinds.contains(ending));
    silent.into_iter().filter(|name| patterns.contains(&pattern(name)) || is_alike(name)).map(str::to_owned).collect()
}

/// The ending of the name of a file of rows.
fn table_ending(name: &str) -> Option<&str> {
    const ENDINGS: [&str; 5] = ["csv", "tsv", "jtl", "ndjson", "jsonl"];
    let (_, ending) = name.rsplit_once('.')?;
    ENDINGS.contains(&ending).then_some(ending)
}

/// The runs that several files record together; they stand before those of single files.
fn joint_runs(analysed: &[SourceAnalysis], settings: &Settings) -> Vec<RequestRun> {
    fn shard(item: &SourceAnalysis) -> Shard<'_> {
        let Analysis { metrics, requests, .. } = &item.analysis;
        Shard { source: &item.source, metrics, runs: requests }
    }
    join(&analysed.iter().map(shard).collect::<Vec<Shard<'_>>>(), settings)
}

/// Most serious first, then by file and line.
fn in_order(mut findings: Vec<Finding>, sources: &[String]) -> Vec<Finding> {
    let places = places(sources.iter().map(String::as_str));
    let place = |finding: &Finding| {
        let file = places.get(finding.place.source.as_str());
        (finding.severity, file.copied().unwrap_or(usize::MAX), finding.place.line)
    };
    findings.sort_by_cached_key(place);
    findings
}

/// Findings beyond those that are named.
#[derive(Default)]
struct Remainder {
    seen: usize,
    count: u64,
    last_line: Option<u64>,
}

/// Of very many of one kind the first ones and the number of the others.
fn fold(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    let mut kinds: BTreeMap<_, Remainder> = BTreeMap::new();
    for finding in findings {
        let key = (finding.severity, finding.kind, finding.place.source.clone(), finding.metric.clone());
        let folded = kinds.entry(key).or_default();
        folded.seen += 1;
        if folded.seen <= NAMED_FINDINGS {
            kept.push(finding);
        } else {
            folded.count += finding.count;
            folded.last_line = finding.place.line.or(folded.last_line);
        }
    }
    for ((severity, kind, source, metric), folded) in kinds {
        if folded.count == 0 {
            continue;
        }
        let place = Place { source, line: None, last_line: None, column: metric.clone() };
        let until = folded.last_line.map_or_else(String::new, |line| format!(", the last one at line {line}"));
        let reason = format!("{} more findings of this kind{until}", number::count(folded.count));
        let mut finding = Finding::new(severity, kind, place, reason, "treated like those above").count(folded.count);
        finding.metric = metric;
        let end = kept.partition_point(|other| other.severity <= severity);
        kept.insert(end, finding);
    }
    kept
}

/// Every record of a swarm's source is used or set aside.
fn account(source: &mut Source, swarm: &Swarm) {
    for (reason, line) in words::swarm::set_aside(swarm, &source.name) {
        let place = source.set_aside.iter().position(|entry| entry.reason == reason).unwrap_or_else(|| {
            source.set_aside.push(SetAside { reason: reason.to_owned(), rows: 0, first_lines: Vec::new() });
            source.set_aside.len() - 1
        });
        let entry = &mut source.set_aside[place];
        entry.rows += 1;
        if entry.first_lines.len() < NAMED_LINES {
            entry.first_lines.push(line);
        }
    }
    let aside: u64 = source.set_aside.iter().map(|entry| entry.rows).sum();
    source.rows_used = source.rows_read.saturating_sub(aside);
}

/// Summaries of requests, with what another file of the same run counts of their failures.
fn with_companions(summaries: Vec<RequestSummary>, sources: &[Source]) -> Vec<RequestSummary> {
    let run_of =
        |name: &str| sources.iter().find(|source| source.name == name).and_then(|source| source.run.as_deref());
    let (mut whole, causes): (Vec<RequestSummary>, Vec<RequestSummary>) =
        summaries.into_iter().partition(|summary| summary.rows().next().is_some());
    // Totals of one run stand in several of its files: those of the main one are told.
    let place = |name: &str| sources.iter().position(|source| source.name == name);
    let mains: Vec<(Option<String>, Option<usize>)> =
        whole.iter().map(|summary| (run_of(&summary.source).map(str::to_owned), place(&summary.source))).collect();
    whole.retain(|summary| {
        let (run, own) = (run_of(&summary.source), place(&summary.source));
        run.is_none() || !mains.iter().any(|(other, at)| other.as_deref() == run && *at < own)
    });
    for mut of_causes in causes {
        let run = run_of(&of_causes.source);
        match whole.iter_mut().find(|summary| run.is_some() && run_of(&summary.source) == run) {
            Some(summary) => {
                summary.causes.append(&mut of_causes.causes);
                summary.causes.sort_by_key(|cause| std::cmp::Reverse(cause.failed));
            }
            None => whole.push(of_causes),
        }
    }
    whole
}

/// The order in which sources are listed: as given, but the files of one run together, behind the first of them, the one
/// with the main numbers leading.
fn put_runs_together(sources: &mut [Source]) {
    let runs = places(sources.iter().map(|source| source.run.as_deref().unwrap_or_default()));
    let first = |source: &Source| source.run.as_deref().and_then(|run| runs.get(run).copied());
    let mut order: Vec<(usize, usize, usize)> = sources
        .iter()
        .enumerate()
        .map(|(index, source)| (first(source).unwrap_or(index), source.place_in_run, index))
        .collect();
    order.sort_unstable();
    let mut target = vec![0; sources.len()];
    for (to, (_, _, from)) in order.into_iter().enumerate() {
        target[from] = to;
    }
    let mut targets = target.into_iter();
    sources.sort_by_cached_key(|_| targets.next());
}

/// Where each name stands first.
fn places<'a>(names: impl Iterator<Item = &'a str>) -> HashMap<&'a str, usize> {
    let mut places = HashMap::new();
    for (index, name) in names.enumerate() {
        places.entry(name).or_insert(index);
    }
    places
}

#[cfg(test)]
mod tests;
