//! From sources and their analyses to the [`Report`].
//!
//! In: what ingest read and what statistics found. Out: the report as data. Decides the order in which a reader meets
//! things, folds what repeats, and counts; it computes no statistics and formats no numbers itself.

mod reported;
mod service;
mod verdict;

use std::collections::BTreeMap;

use crate::analysis::chat::ServiceAnalysis;
use crate::analysis::metric::Metric;
use crate::analysis::oddity::Oddity;
use crate::analysis::swarm::Swarm;
use crate::analysis::table::TableAnalysis;
use crate::compare::gate::GateRules;
use crate::compare::outcome::{Comparison, TargetResult};
use crate::measure::finding::{Finding, Place};
use crate::stats::recording::Clock;
use crate::stats::settings::Settings as StatSettings;
use crate::table::source::Source as SourceData;
use crate::table::{Column as ColumnData, Table as TableData};

use super::contract::{Assumption, Column, Report, Reported, SCHEMA_VERSION, SetAside, Settings, Source, Table, Tool};
use super::{number, words};
use verdict::State;

/// Findings of one kind in one source beyond this number are folded into one.
const NAMED_FINDINGS: usize = 100;

/// Lines that the account of a source names for each reason.
const NAMED_LINES: usize = 10;

/// Stretches of lines of a table that are named. Metrics that take turns line by line would have one for each row.
const NAMED_RANGES: usize = 1000;

/// A source and the analyses of its tables, in the same order.
pub struct Analysed {
    /// What was read.
    pub source: SourceData,
    /// What was found.
    pub tables: Vec<TableAnalysis>,
    /// The service that it records, if any.
    pub service: Option<ServiceAnalysis>,
    /// What its histograms say.
    pub histograms: Vec<Metric>,
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
pub struct Material<'a> {
    /// Findings that concern no source that was read (files passed over, for example).
    pub findings: Vec<Finding>,
    /// The swarm that the sources record together.
    pub swarm: Option<Swarm>,
    /// The run held against a baseline.
    pub comparison: Option<Comparison>,
    /// Targets and what became of them.
    pub targets: Vec<TargetResult>,
    /// What a gate is to fail on; absent where none was asked for.
    pub gate: Option<&'a GateRules>,
    /// Things that the data does not say.
    pub heading: Heading,
}

/// Builds the report.
pub fn build(analysed: &[Analysed], material: Material<'_>, settings: &StatSettings) -> Report {
    let mut all = material.findings;
    all.extend(material.swarm.iter().flat_map(words::swarm::findings));
    let mut metrics = Vec::new();
    let mut assumptions: Vec<Assumption> = Vec::new();
    let mut services = Vec::new();
    for item in analysed {
        let name = &item.source.provenance.name;
        all.extend(item.source.findings.iter().cloned());
        if let Some((found, table)) =
            item.service.as_ref().and_then(|found| Some((found, item.source.tables.get(found.table)?)))
        {
            all.extend(service::findings(found, table, name));
            services.push(service::service(found, table, name));
        }
        for (table, analysis) in item.source.tables.iter().zip(&item.tables) {
            let oddities = analysis.clock.iter().flat_map(|found| clock(found, table));
            all.extend(oddities.map(|oddity| words::finding(&oddity, None, name)));
            assumptions.extend(words::assumptions(&analysis.metrics, name));
            for found in &analysis.metrics {
                all.extend(found.oddities.iter().map(|oddity| words::finding(oddity, Some(found), name)));
                metrics.push(with_remarks(found));
            }
        }
        assumptions.extend(words::assumptions(&item.histograms, name));
        metrics.extend(item.histograms.iter().map(with_remarks));
    }
    let mut sources: Vec<Source> = analysed.iter().map(source).collect();
    if let Some(swarm) = &material.swarm {
        for source in &mut sources {
            account(source, swarm);
        }
    }
    let mut sources: Vec<((usize, usize), Source)> = places(analysed).into_iter().zip(sources).collect();
    sources.sort_by_key(|(place, _)| *place);
    let sources: Vec<Source> = sources.into_iter().map(|(_, source)| source).collect();
    let reported: Vec<Reported> = analysed.iter().flat_map(|item| reported::reported(&item.source)).collect();
    let state = State::of(&all);
    let gate = material
        .gate
        .map(|asked| asked.judge(material.comparison.as_ref(), &material.targets, state.corrupted, state.suspicious));
    let verdict = verdict::verdict(&verdict::Ground {
        findings: &all,
        state,
        metrics: &metrics,
        reported: &reported,
        services: &services,
        swarm: material.swarm.as_ref(),
        comparison: material.comparison.as_ref(),
        targets: &material.targets,
        gate: gate.as_ref(),
        files: analysed.len(),
    });
    Report {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        generated: material.heading.generated,
        title: material.heading.title.unwrap_or_else(|| "Performance metrics report".to_owned()),
        verdict,
        settings: Settings {
            quantile_method: settings.quantile_method.name().to_owned(),
            confidence: settings.confidence,
            group_by: settings.group_by.clone(),
            collapse_labels: settings.collapse,
        },
        sources,
        metrics,
        reported,
        service: services,
        swarm: material.swarm,
        comparison: material.comparison,
        targets: material.targets,
        gate,
        findings: fold(in_order(all, analysed)),
        assumptions,
    }
}

/// What the clock of a table did, with the lines.
fn clock(clock: &Clock, table: &TableData) -> Vec<Oddity> {
    let lines = |rows: &[usize]| -> Vec<u64> { rows.iter().filter_map(|row| table.lines.line(*row as u64)).collect() };
    let (backwards, jumps) = (lines(&clock.backwards), lines(&clock.jumps));
    let backwards = (!backwards.is_empty()).then_some(Oddity::ClockBackwards(backwards));
    backwards.into_iter().chain((!jumps.is_empty()).then_some(Oddity::ClockJump(jumps))).collect()
}

/// A metric with what a reader should see next to its numbers.
fn with_remarks(metric: &Metric) -> Metric {
    Metric { remarks: words::remarks(metric), ..metric.clone() }
}

/// Most serious first, then by file and line.
fn in_order(mut findings: Vec<Finding>, analysed: &[Analysed]) -> Vec<Finding> {
    let place = |finding: &Finding| {
        let file = analysed.iter().position(|item| item.source.provenance.name == finding.place.source);
        (finding.severity, file.unwrap_or(usize::MAX), finding.place.line)
    };
    findings.sort_by_cached_key(place);
    findings
}

/// Findings beyond those that are named.
#[derive(Default)]
struct Folded {
    seen: usize,
    count: u64,
    last_line: Option<u64>,
}

/// Of very many of one kind the first ones and the number of the others.
fn fold(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    let mut kinds: BTreeMap<_, Folded> = BTreeMap::new();
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

fn source(item: &Analysed) -> Source {
    let provenance = &item.source.provenance;
    Source {
        name: provenance.name.clone(),
        digest: format!("blake3:{}", provenance.digest),
        bytes: provenance.bytes,
        compression: provenance.compression.map(str::to_owned),
        format: provenance.format.to_owned(),
        evidence: provenance.evidence.clone(),
        lines: provenance.lines,
        rows_read: provenance.rows_read,
        rows_used: item.tables.iter().map(|found| found.rows_used).sum(),
        set_aside: provenance
            .set_aside
            .iter()
            .map(|entry| SetAside {
                reason: entry.reason.clone(),
                rows: entry.rows,
                first_lines: entry.first_lines.clone(),
            })
            .collect(),
        tables: item.source.tables.iter().map(table).collect(),
        environment: provenance.environment.clone(),
        run: provenance.part.as_ref().map(|part| part.run.clone()),
        reported_caveats: item.source.reported_caveats.clone(),
    }
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

fn table(table: &TableData) -> Table {
    let (ranges, more) = table.lines.first_ranges(NAMED_RANGES);
    Table {
        name: table.name.clone(),
        header_line: table.header_line,
        line_ranges: ranges,
        more_line_ranges: more,
        rows: table.lines.rows(),
        columns: table.columns.iter().map(column).collect(),
    }
}

fn column(column: &ColumnData) -> Column {
    Column {
        name: column.name.clone(),
        cell_type: column.cells.name().to_owned(),
        role: column.role.name().to_owned(),
        role_reason: column.role_reason.clone(),
        unit: column.unit.as_ref().map(|choice| choice.unit.symbol.to_owned()).filter(|symbol| !symbol.is_empty()),
        unit_reason: column.unit.as_ref().map(|choice| choice.reason.clone()),
    }
}

/// The order in which sources are listed: as given, but the files of one run together, behind the first of them, the one
/// with the main numbers leading.
fn places(analysed: &[Analysed]) -> Vec<(usize, usize)> {
    let part = |item: &Analysed| item.source.provenance.part.clone();
    let first = |run: &str| analysed.iter().position(|other| part(other).is_some_and(|other| other.run == run));
    let place = |(index, item): (usize, &Analysed)| match part(item) {
        Some(part) => (first(&part.run).unwrap_or(index), part.place),
        None => (index, 0),
    };
    analysed.iter().enumerate().map(place).collect()
}

#[cfg(test)]
mod tests;
