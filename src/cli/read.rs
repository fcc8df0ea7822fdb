//! Reading: options, files, progress; then the analysis of each source.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Cursor, Read, stdin};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rayon::prelude::*;

use crate::analysis::swarm::{self, Swarm};
use crate::analysis::table::GROUP_BYTES;
use crate::analysis::{
    self,
    chat::{self, ServiceOptions, Shape},
    requests::RequestRun,
    steady,
};
use crate::compare::baseline::Baseline;
use crate::compare::capture::{Capture, CapturedSource, Environment};
use crate::compare::collect::{self, capture};
use crate::compare::outcome::Growth;
use crate::config::{self, Config};
use crate::digest::sniff;
use crate::history::file::History;
use crate::ingest::{self, IngestError};
use crate::measure::{Finding, FindingKind, Place, Severity, did_you_mean};
use crate::report::build::{Material, SourceAnalysis, build};
use crate::report::contract::Report;
use crate::stats::settings::Settings;
use crate::table::source::{Provenance, Source};
use crate::table::storage::Storage;
use crate::table::{Role, Table};

use super::args::Understanding;
use super::digest_file as digest;
use super::inputs::{self, Inputs, Missing, NamedSource, Origin};
use super::limits;
use super::options::{flag_options, settings};
use super::places::HEAD;
use super::progress::Progress;
use super::stamp::Stamp;
use super::storage::{sized, storage};
use super::terminal::Lines;

/// Less than this is analysed sooner than a pool of threads has started and found its work (13 kB: 10.2 ms of processor time alone, 11.4 with two).
const WORTH_THREADS: u64 = 64 << 10;

/// What is to be known beyond the report.
#[derive(Default)]
pub(super) struct ReadOptions<'a> {
    /// Whether samples are needed after their numbers are computed: to compare, to save, to judge targets.
    pub(super) samples: bool,
    /// Whether durations over time are shown for each label of a run of requests.
    pub(super) label_heat: bool,
    /// What a baseline has seen: of files that begin with one of these, the new rows are read as a run of their own.
    pub(super) seen: Vec<&'a CapturedSource>,
}

/// Everything that was named, read and analysed.
pub(super) struct Reading {
    /// The sources and their analyses.
    pub(super) analysed: Vec<SourceAnalysis>,
    /// For each of them: the rows that the baseline has not seen, where it has seen the others.
    pub(super) fresh: Vec<Option<Box<Fresh>>>,
    /// Findings that concern no source that was read.
    pub(super) findings: Vec<Finding>,
    /// How it was analysed.
    pub(super) settings: Settings,
}

/// The new rows of a file that begins with what a baseline has seen.
pub(super) struct Fresh {
    /// The new rows, read and analysed.
    pub(super) analysed: SourceAnalysis,
    /// Lines that the baseline has seen.
    pub(super) seen_lines: u64,
}

impl Reading {
    /// Refuses records of an agent swarm where runs are held against each other: they are summed up, and nothing of them is compared.
    pub(super) fn refuse_records(&self) -> Result<()> {
        let only_records = |item: &SourceAnalysis| !item.source.swarm.is_empty() && item.analysis.metrics.is_empty();
        if self.analysed.is_empty() || !self.analysed.iter().all(only_records) {
            return Ok(());
        }
        bail!(
            "records of an agent swarm are summed up by `perfreport summarize`, and neither compared nor kept as a baseline or in a history: \
             their counters hold no single executions"
        );
    }

    /// Nothing was read: the run comes from a baseline.
    pub(super) fn nothing(settings: Settings) -> Self {
        Self { analysed: Vec::new(), fresh: Vec::new(), findings: Vec::new(), settings }
    }

    /// The run that is compared with a baseline: of files that have grown only what is new.
    pub(super) fn captured(&self, environment: Environment) -> Capture {
        let parts = self.analysed.iter().zip(&self.fresh);
        let chosen: Vec<&SourceAnalysis> =
            parts.map(|(all, fresh)| fresh.as_ref().map_or(all, |fresh| &fresh.analysed)).collect();
        capture(&readings(&chosen), environment)
    }

    /// The run as a whole.
    pub(super) fn captured_whole(&self, environment: Environment) -> Capture {
        capture(&readings(&self.analysed.iter().collect::<Vec<_>>()), environment)
    }

    /// Some of what was read, as a run of its own.
    pub(super) fn capture_of(some: &[&SourceAnalysis], environment: Environment) -> Capture {
        capture(&readings(some), environment)
    }

    /// The files of which only new rows are compared with the baseline.
    pub(super) fn grown(&self) -> Vec<Growth> {
        let grown = self.fresh.iter().flatten().map(|fresh| {
            let provenance = &fresh.analysed.source.provenance;
            let (source, seen_lines) = (provenance.name.clone(), fresh.seen_lines);
            Growth { source, seen_lines, new_lines: provenance.lines.saturating_sub(seen_lines) }
        });
        grown.collect()
    }

    /// Whether the steady part of a source was asked for and not found.
    pub(super) fn is_unsettled(&self, source: &str) -> bool {
        let mut runs = self.analysed.iter().flat_map(|item| &item.analysis.requests);
        runs.any(|run| run.source == source && run.is_unsettled())
    }

    /// What targets speak of.
    pub(super) fn measured(&self) -> Vec<collect::Reading<'_>> {
        readings(&self.analysed.iter().collect::<Vec<_>>())
    }
}

fn readings<'a>(analysed: &[&'a SourceAnalysis]) -> Vec<collect::Reading<'a>> {
    let reading =
        |item: &&'a SourceAnalysis| collect::Reading { analysis: &item.analysis, service: item.service.as_ref() };
    analysed.iter().map(reading).collect()
}

/// Finds what was named.
pub(super) fn inputs(paths: &[PathBuf], understanding: &Understanding) -> Result<Inputs> {
    inputs::expand(paths, if understanding.keep_going { Missing::PassOver } else { Missing::Refuse })
}

/// Does without other threads where so little was named that starting them takes longer than the work. Only for the one
/// reading of a process: it holds to its end.
pub(super) fn stay_alone(inputs: &Inputs) {
    let little = |source: &NamedSource| !matches!(source.origin, Origin::Stdin) && source.bytes > 0;
    let bytes: u64 = inputs.sources.iter().map(|source| source.bytes).sum();
    if bytes < WORTH_THREADS && inputs.sources.iter().all(little) {
        // Where `--threads` has already made the pool, that one holds.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global();
    }
}

/// Reads and analyses everything that was named.
pub(super) fn read(
    understanding: &Understanding,
    config: &Config,
    inputs: Inputs,
    options: &ReadOptions<'_>,
) -> Result<Reading> {
    let settings =
        Settings { keep_samples: options.samples, label_heat: options.label_heat, ..settings(understanding, config)? };
    let Inputs { sources, mut findings } = inputs;
    let progress = Progress::of(&sources);
    let storage = storage(understanding.memory)?;
    let reader = Reader {
        understanding,
        config,
        settings: &settings,
        seen: &options.seen,
        progress: progress.as_ref(),
        storage: &storage,
    };
    let read = |source| (source, reader.read(source));
    let outcomes: Vec<(&NamedSource, Result<_>)> =
        if storage.is_scarce() { sources.iter().map(read).collect() } else { sources.par_iter().map(read).collect() };
    if let Some(progress) = progress {
        progress.end();
    }
    let mut analysed = Vec::with_capacity(outcomes.len());
    let mut fresh = Vec::with_capacity(outcomes.len());
    let mut failures = Vec::new();
    for (source, outcome) in outcomes {
        match outcome {
            Ok(read) => {
                let (whole, new) = *read;
                analysed.push(whole);
                fresh.push(new);
            }
            Err(error) if understanding.keep_going || !source.explicit => findings.push(unread(source, &error)),
            Err(error) => failures.push(error),
        }
    }
    refuse(failures)?;
    if let Some(failure) = storage.failure() {
        bail!(failure);
    }
    refuse_too_many_groups(&analysed, storage.memory())?;
    findings.extend(same_bytes(&analysed));
    let parts = analysed.iter().zip(&fresh);
    findings.extend(parts.filter_map(|(item, fresh)| nothing_new(item, fresh.as_deref(), &options.seen)));
    check_group_by(&settings, &analysed)?;
    if understanding.steady {
        check_steady(&analysed)?;
    }
    check_service_levels(&settings, &analysed)?;
    check_columns(understanding, &analysed)?;
    limits::check(understanding, config, &analysed)?;
    Ok(Reading { analysed, fresh, findings, settings })
}

/// Builds the report. Refuses one in which nothing was measured.
pub(super) fn report(reading: Reading, extras: Material) -> Result<Report> {
    let compared = extras.comparison.is_some();
    let material = Material { findings: reading.findings, swarm: swarm_of(&reading.analysed), ..extras };
    let report = build(reading.analysed, material, reading.settings);
    let verdict = &report.verdict;
    let nothing = report.service.is_empty()
        && report.reported.is_empty()
        && verdict.samples == 0
        && verdict.corrupted_samples == 0
        && verdict.failures.iter().all(|one| one.failed == 0);
    if report.swarm.is_none() && nothing && !(compared && report.sources.is_empty()) {
        let unused = |finding: &&Finding| matches!(finding.kind, FindingKind::NoMetric | FindingKind::UnreadFile);
        let reasons = report.findings.iter().filter(unused);
        let reasons = reasons.map(|finding| format!("  {}: {}", finding.place, finding.reasons.join("; ")));
        bail!(Lines(std::iter::once("no samples: there is nothing to report".to_owned()).chain(reasons).collect()));
    }
    Ok(report)
}

/// The records of an agent swarm in all sources together: its snapshots usually are a file each.
fn swarm_of(analysed: &[SourceAnalysis]) -> Option<Swarm> {
    let sources = analysed.iter().map(|item| &item.source);
    let inputs: Vec<swarm::Input> =
        sources.map(|source| swarm::Input { source: &source.provenance.name, records: &source.swarm }).collect();
    swarm::analyse(&inputs)
}

/// How every source is read.
struct Reader<'a> {
    understanding: &'a Understanding,
    config: &'a Config,
    settings: &'a Settings,
    seen: &'a [&'a CapturedSource],
    progress: Option<&'a Progress>,
    storage: &'a Storage,
}

impl Reader<'_> {
    fn read(&self, source: &NamedSource) -> Result<Box<(SourceAnalysis, Option<Box<Fresh>>)>> {
        let (path, shown) = match &source.origin {
            Origin::File(path) => (path.clone(), path.display().to_string()),
            Origin::Member(member) => {
                let path = member.archive.join(&member.name);
                (path.clone(), path.display().to_string())
            }
            Origin::Stdin => (PathBuf::from("-"), source.name.clone()),
        };
        let path = path.as_path();
        let mut options = self.config.options_for(path)?;
        config::overlay(&mut options, flag_options(self.understanding)?);
        options.prefixes = self.seen.iter().map(|seen| seen.bytes).collect();
        options.path = source.lies_in().map(|_| whole_path(path));
        let file = source.path().map(|path| File::open(path).with_context(|| format!("{shown}: cannot be opened")));
        let file = file.transpose()?;
        let opened = file.as_ref().and_then(Stamp::of);
        let stored: Box<dyn Read + '_> = match (&file, &source.origin) {
            (Some(file), _) => Box::new(file),
            (None, Origin::Member(member)) => Box::new(member.open()),
            (None, _) => Box::new(stdin().lock()),
        };
        let (stored, kind) = refuse_baseline(stored, &shown)?;
        if kind == FileKind::Digest {
            let analysed = digest::analysed(stored, &source.name, self.settings).context(shown)?;
            return Ok(Box::new((analysed, None)));
        }
        let stored: Box<dyn Read + '_> = match self.progress {
            Some(progress) => Box::new(progress.wrap(stored)),
            None => stored,
        };
        let mut data = ingest::read_into(self.storage, &source.name, stored, &options)
            .map_err(|error| anyhow::Error::from(error).context(shown))?;
        if let Some(progress) = self.progress {
            progress.has_read();
        }
        let now = file.as_ref().and_then(Stamp::of);
        let changed = opened.and_then(|opened| opened.finding(now, data.provenance.bytes, &source.name));
        data.findings.extend(changed);
        let service = self.config.service_for(path)?;
        self.refuse_what_does_not_fit(&data, &service).with_context(|| source.name.clone())?;
        let new = self.seen_of(&data.provenance).map(|seen_lines| (below(&data, seen_lines), seen_lines));
        // Without a single new row it is the file of the baseline, as a whole.
        let fresh = new
            .filter(|(rows, _)| !rows.tables.is_empty())
            .map(|(rows, seen_lines)| Box::new(Fresh { analysed: self.analyse(rows, &service), seen_lines }));
        Ok(Box::new((self.analyse(data, &service), fresh)))
    }

    /// Samples that are kept for a comparison, and the messages of a service, are held in memory as a whole.
    fn refuse_what_does_not_fit(&self, data: &Source, options: &ServiceOptions) -> Result<()> {
        /// A sample that is kept: itself, in order, and in the sketch on its way.
        const KEPT: u64 = 24;
        let Some(memory) = self.storage.memory() else { return Ok(()) };
        let samples: u64 = if self.settings.keep_samples {
            let metrics =
                |table: &Table| table.columns_as(Role::Metric).map(|metric| table.values(metric).count()).sum();
            data.tables.iter().map(|table| -> usize { metrics(table) }).sum::<usize>() as u64
        } else {
            0
        };
        let service = chat::memory_needed(&data.tables, options);
        for (needed, what) in [(samples * KEPT, "the samples to compare"), (service, "the messages of a service")] {
            if needed > memory / 2 {
                let (needed, memory) = (sized(2 * needed), sized(memory));
                bail!("{what} do not fit into --memory {memory}; give --memory {needed}");
            }
        }
        Ok(())
    }

    /// Lines of the longest beginning of a file that the baseline has seen; absent where it has seen none or all.
    fn seen_of(&self, provenance: &Provenance) -> Option<u64> {
        let seen = self.seen.iter().filter(|seen| {
            seen.bytes < provenance.bytes
                && provenance.prefixes.iter().any(|(size, digest)| *size == seen.bytes && *digest == seen.digest)
        });
        seen.map(|seen| seen.lines).max()
    }

    fn analyse(&self, data: Source, options: &ServiceOptions) -> SourceAnalysis {
        if !self.settings.steady {
            return self.analyse_part(data, options, None);
        }
        let mut whole = self.analyse_part(data.clone(), options, None);
        whole.analysis.requests = steady::marked(std::mem::take(&mut whole.analysis.requests));
        match steady::part(&data, &whole.analysis.requests) {
            Some(part) => {
                let mut steady = self.analyse_part(part, options, Some(whole.analysis.requests));
                steady::count_failures_of_all(&whole.analysis.metrics, &mut steady.analysis.metrics);
                steady
            }
            None => whole,
        }
    }

    /// `runs` are those that only the steady part is left of.
    fn analyse_part(
        &self,
        mut data: Source,
        options: &ServiceOptions,
        runs: Option<Vec<RequestRun>>,
    ) -> SourceAnalysis {
        let mut service = chat::analyse(&data.provenance.name, &mut data.tables, options, self.settings);
        if service.is_some() {
            // Most rows of such a log have no value in most columns; that is its form.
            data.findings.retain(|finding| !matches!(finding.kind, FindingKind::NoMetric | FindingKind::EmptyCell));
        }
        let mut analysis = match runs {
            Some(runs) => analysis::analyse_part(&data, runs, self.settings),
            None => analysis::analyse(&data, self.settings),
        };
        if let Some(found) = &mut service {
            // The messages are the requests; rows of the same table are not counted again.
            analysis.goodput.retain(|one| one.table != found.table);
            analysis.goodput.extend(found.goodput.take());
            // Rows of an event log are no requests; the service has put them together.
            if found.shape == Shape::Events {
                analysis.requests.clear();
            }
            // The service has looked at its own clock, and knows events from rows.
            let tables = analysis.sources.iter_mut().flat_map(|source| &mut source.tables);
            tables.skip(found.table as usize).take(1).for_each(|table| table.anomalies.clear());
        }
        SourceAnalysis { source: data, analysis, service }
    }
}

/// The path of a file from the root on, parts joined by `/`.
fn whole_path(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    whole.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// What was given as raw metrics is another file of this program.
#[derive(Debug, thiserror::Error)]
#[error("this is {0}")]
struct OwnFile(&'static str);

/// What a file holds, as far as its first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    /// A digest of this program.
    Digest,
    /// Anything else: raw metrics, probably.
    Metrics,
}

/// A baseline read as raw metrics would give numbers that nobody measured.
pub(super) fn refuse_baseline<'a>(
    mut stored: Box<dyn Read + 'a>,
    shown: &str,
) -> Result<(Box<dyn Read + 'a>, FileKind)> {
    let mut head = Vec::new();
    stored.by_ref().take(HEAD).read_to_end(&mut head).with_context(|| format!("{shown}: cannot be read"))?;
    let own = |what| anyhow::Error::from(OwnFile(what)).context(shown.to_owned());
    if Baseline::sniff(&head) {
        return Err(own("a baseline, not raw metrics; give its file to --baseline, `compare` or `baseline show`"));
    }
    if History::sniff(&head) {
        return Err(own("a history, not raw metrics; see `perfreport history report`"));
    }
    let kind = if sniff(&head) { FileKind::Digest } else { FileKind::Metrics };
    Ok((Box::new(Cursor::new(head).chain(stored)), kind))
}

/// What stands below a line, as a source of its own with the provenance of the whole.
fn below(data: &Source, line: u64) -> Source {
    Source {
        provenance: data.provenance.clone(),
        tables: data.tables.iter().filter_map(|table| table.below(line)).collect(),
        ..Source::default()
    }
}

fn unread(source: &NamedSource, error: &anyhow::Error) -> Finding {
    let text = format!("{error:#}");
    let reason = text.split_once(": ").map_or(text.as_str(), |(_, reason)| reason).to_owned();
    // A file that nobody named and that is no metrics file at all is only worth a note.
    let foreign = matches!(
        error.downcast_ref::<IngestError>(),
        Some(IngestError::Unrecognised { .. } | IngestError::Binary { .. } | IngestError::Empty)
    ) || error.is::<OwnFile>();
    let severity = if source.explicit || !foreign { Severity::Suspicious } else { Severity::Note };
    Finding::new(severity, FindingKind::UnreadFile, Place::source(&source.name), reason, "the file was passed over")
}

fn refuse(failures: Vec<anyhow::Error>) -> Result<()> {
    let mut failures = failures.into_iter();
    let Some(first) = failures.next() else { return Ok(()) };
    let mut lines = vec![format!("{first:#}")];
    lines.extend(failures.map(|error| format!("{error:#}")));
    if lines.len() == 1 {
        return Err(first);
    }
    lines.push("(--keep-going reports on the other files)".to_owned());
    bail!(Lines(lines))
}

/// The numbers of every group are held until the report is written.
fn refuse_too_many_groups(analysed: &[SourceAnalysis], memory: Option<u64>) -> Result<()> {
    for item in analysed {
        let tables = || item.analysis.sources.iter().flat_map(|source| &source.tables);
        let Some(groups) = tables().find_map(|table| table.too_many_groups) else { continue };
        let needed = sized(2 * groups as u64 * GROUP_BYTES + (64 << 20));
        bail!(
            "{}: the numbers of {groups} groups do not fit into --memory {}; give --memory {needed}, \
             or group by something with fewer labels",
            item.source.provenance.name,
            sized(memory.unwrap_or_default())
        );
    }
    Ok(())
}

/// Files with the same bytes are one measurement counted twice.
fn same_bytes(analysed: &[SourceAnalysis]) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Files that their folders name hold different things even where the bytes are the same.
    let mut first: HashMap<(&str, Vec<&String>), &str> = HashMap::new();
    for item in analysed {
        // Snapshots of a swarm that stand twice are used once; its analysis says so.
        if !item.source.swarm.is_empty() {
            continue;
        }
        let Provenance { name, digest, .. } = &item.source.provenance;
        if let Some(first) = first.get(&(digest.as_str(), labels(&item.source).collect())) {
            findings.push(Finding::new(
                Severity::Suspicious,
                FindingKind::DuplicateFile,
                Place::source(name),
                format!("it holds exactly the same bytes as {first}"),
                "both are reported; if one is a copy, leave it out",
            ));
        } else {
            first.insert((digest.as_str(), labels(&item.source).collect()), name.as_str());
        }
    }
    findings
}

/// The labels in a source, in their order.
fn labels(source: &Source) -> impl Iterator<Item = &String> {
    let of_tables = source
        .tables
        .iter()
        .flat_map(|table| table.columns_as(Role::Label).flat_map(|column| &table.columns[column].dictionary));
    of_tables.chain(source.reported.iter().filter_map(|reported| reported.label.as_ref()))
}

/// A run compared with itself says nothing about a change.
fn nothing_new(item: &SourceAnalysis, fresh: Option<&Fresh>, seen: &[&CapturedSource]) -> Option<Finding> {
    let provenance = &item.source.provenance;
    let begins = |seen: &&&CapturedSource| {
        let size_and_digest = (seen.bytes, seen.digest.clone());
        seen.digest == provenance.digest || provenance.prefixes.contains(&size_and_digest)
    };
    let same = seen.iter().find(begins).filter(|_| fresh.is_none())?;
    let reason = format!("it has no row that the baseline has not seen ({})", same.name);
    let action = "it was compared with itself; measure again for a comparison that says something";
    let place = Place::source(&provenance.name);
    Some(Finding::new(Severity::Suspicious, FindingKind::DuplicateFile, place, reason, action))
}

/// A column that a flag speaks of must exist somewhere: a limit with a slip of the pen would never be exceeded.
fn check_columns(input: &Understanding, analysed: &[SourceAnalysis]) -> Result<()> {
    let tables = || analysed.iter().flat_map(|item| &item.source.tables);
    for name in flag_options(input)?.columns.keys() {
        let histograms = || analysed.iter().flat_map(|item| &item.source.histograms);
        let known = tables().any(|table| table.position(name).is_some())
            || histograms().any(|histogram| histogram.metric == *name);
        if !known {
            let known = column_names(analysed);
            let listed = known.join(", ");
            bail!("{name}: no file has a column of that name; there are {listed}{}", did_you_mean(name, known));
        }
    }
    Ok(())
}

fn column_names(analysed: &[SourceAnalysis]) -> Vec<&str> {
    let tables = analysed.iter().flat_map(|item| &item.source.tables);
    let mut known: Vec<&str> =
        tables.flat_map(|table| table.columns.iter().map(|column| column.name.as_str())).collect();
    known.sort_unstable();
    known.dedup();
    known
}

/// A service level must be recorded somewhere, in a unit that is stated: one with a slip of the pen would judge nothing.
fn check_service_levels(settings: &Settings, analysed: &[SourceAnalysis]) -> Result<()> {
    let goodput = || analysed.iter().flat_map(|item| &item.analysis.goodput);
    for level in &settings.service_levels {
        let levels = || goodput().flat_map(|one| &one.levels).filter(|one| one.level == *level);
        if levels().any(|one| one.kept.is_some()) {
            continue;
        }
        if let Some(note) = levels().filter_map(|one| one.note.as_ref()).find(|note| note.contains('`')) {
            bail!("service level {level}: {note}");
        }
        let known = column_names(analysed).join(", ");
        bail!(
            "service level {level}: no file records it; there are first_chunk, response and time_per_output_token of \
             services, and the columns {known}"
        );
    }
    Ok(())
}

/// Who asks for the steady part by a flag means a run that has one.
fn check_steady(analysed: &[SourceAnalysis]) -> Result<()> {
    if analysed.iter().all(|item| item.analysis.requests.is_empty()) {
        bail!(
            "--steady: no file is a run of requests with a clock, so that there is no steady part; leave it out to count everything"
        );
    }
    Ok(())
}

/// A column to group by must exist somewhere.
fn check_group_by(settings: &Settings, analysed: &[SourceAnalysis]) -> Result<()> {
    let tables = || analysed.iter().flat_map(|item| &item.source.tables);
    for name in &settings.group_by {
        if !tables().any(|table| table.position(name).is_some()) {
            let known = column_names(analysed);
            let listed = known.join(", ");
            bail!("--group-by {name}: no file has such a column; there are {listed}{}", did_you_mean(name, known));
        }
    }
    Ok(())
}
