//! What the tables and records of a run say: one value, made once, that every reader takes as it is.
//!
//! In: sources that were read. Out: an [`Analysis`], which is a part of the public contract. Sentences are made of it in
//! `report`; what needs its samples (a comparison, a target) finds them in its populations where they are kept.

pub mod anomaly;
pub mod chat;
mod clock;
pub(crate) mod codes;
mod column;
mod compared;
mod configurations;
pub(crate) mod convention;
pub mod endings;
pub(crate) mod entries;
mod error_beside;
mod failed;
pub mod failing;
pub mod goodput;
pub(crate) mod grouping;
mod groups;
pub mod histogram;
pub(crate) mod label_names;
pub mod metric;
mod only_outcomes;
pub mod outcome;
mod partition;
mod repetition;
pub mod reported;
pub mod requests;
mod row_names;
mod rows_of_one_kind;
pub mod runs_apart;
pub mod source;
pub mod steady;
pub mod swarm;
pub mod table;
mod unanswered;
mod unclear_rows;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::measure::finding::{Finding, FindingKind};
use crate::stats::settings::Settings;
use crate::table::source::{Families, SUB_SAMPLES, Source as SourceData};
use crate::table::{Role, Table};
use goodput::Goodput;
use metric::Metric;
use reported::Reported;
use requests::{LoadTrack, RequestRun, RequestSummary, SummaryBasis};
use source::Source;
use table::{RunBasis, TableAnalysis};

/// Something assumed because the data does not say it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Assumption {
    /// What it concerns: file and column.
    pub subject: String,
    /// What was assumed and why.
    pub text: String,
    /// The option that overrides it.
    pub how_to_override: Option<String>,
}

/// What a run says, or one of its sources.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct Analysis {
    /// The files, in the order in which they were given.
    pub sources: Vec<Source>,
    /// The metrics, by file and column.
    pub metrics: Vec<Metric>,
    /// Numbers that the tools have summarised themselves, by file, metric and label. Nothing is recomputed from them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported: Vec<Reported>,
    /// Requests as the tools have summarised them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub summaries: Vec<RequestSummary>,
    /// The runs of requests in the tables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestRun>,
    /// How many requests kept the declared service levels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goodput: Vec<Goodput>,
    /// What is wrong, odd or worth knowing; most serious first. Findings of the same kind are folded beyond a limit,
    /// with the number they stand for in `count`.
    pub findings: Vec<Finding>,
    /// What the program assumed, and how to override it.
    pub assumptions: Vec<Assumption>,
}

/// Analyses a source: its tables, its histograms, and what its tool reports. Where memory is scarce, one table after the
/// other.
pub fn analyse(data: &SourceData, settings: &Settings) -> Analysis {
    analyse_with(data, None, settings)
}

/// The same of the steady part of a source, of which the runs are known.
pub fn analyse_part(part: &SourceData, runs: Vec<RequestRun>, settings: &Settings) -> Analysis {
    analyse_with(part, Some(runs), settings)
}

fn analyse_with(data: &SourceData, known: Option<Vec<RequestRun>>, settings: &Settings) -> Analysis {
    let name = &data.provenance.name;
    let runs = if known.is_some() { Vec::new() } else { tables_of_runs(data) };
    let of_table = |(index, table)| {
        let basis = || RunBasis { format: data.provenance.format, load: LoadTrack::of(&data.tables, index) };
        table::analyse(name, index, table, runs.contains(&index).then(basis), settings)
    };
    let tables: Vec<TableAnalysis> = if data.tables.iter().any(table::is_scarce) {
        data.tables.iter().enumerate().map(of_table).collect()
    } else {
        data.tables.par_iter().enumerate().map(of_table).collect()
    };
    let mut source = Source::of(data);
    let (mut metrics, mut requests) = (Vec::new(), Vec::new());
    for ((found, of_source), data) in tables.into_iter().zip(&mut source.tables).zip(&data.tables) {
        of_source.anomalies = found.clock.map(|clock| anomaly::of_clock(&clock, &data.lines)).unwrap_or_default();
        of_source.too_many_groups = found.too_many_groups;
        of_source.row_labels = found.row_labels;
        source.rows_used += found.rows_used;
        metrics.extend(found.metrics);
        requests.extend(found.requests);
    }
    requests.extend(known.into_iter().flatten());
    let mut findings = data.findings.clone();
    // A file that only says how its rows ended says enough where they are failing.
    if findings.iter().any(|finding| finding.kind == FindingKind::NoMetric) {
        let of_rows = |(index, table)| only_outcomes::of_table(name, index, table, settings);
        let of_tables: Vec<Metric> = data.tables.iter().enumerate().filter_map(of_rows).collect();
        findings.retain(|finding| finding.kind != FindingKind::NoMetric || of_tables.is_empty());
        metrics.extend(of_tables);
    } else if data.reported.is_empty() {
        let of_list = |(index, table)| only_outcomes::of_list(name, index, table, settings);
        metrics.extend(data.tables.iter().enumerate().filter_map(of_list));
    }
    let judged = |(index, table)| goodput::of_table((name, index), table, &metrics, &requests, settings);
    let goodput = data.tables.iter().enumerate().filter_map(judged).collect();
    metrics.extend(histogram::analyse(name, data.tables.len(), &data.histograms, settings));
    // Of very many small files each keeps what it has, and no room for more.
    metrics.shrink_to_fit();
    let reported = Reported::of(data);
    let basis = SummaryBasis {
        source: name,
        row: data.provenance.row,
        reported: &reported,
        causes: &data.causes,
        metrics: &metrics,
        tables: &data.tables,
        format: data.provenance.format,
        confidence: settings.confidence,
    };
    let summaries = basis.summary().into_iter().collect();
    Analysis {
        sources: vec![source],
        metrics,
        reported,
        summaries,
        requests,
        goodput,
        findings,
        assumptions: Vec::new(),
    }
}

/// The tables whose rows are runs of requests. Where several tables record the same requests the first one stands for them.
fn tables_of_runs(data: &SourceData) -> Vec<usize> {
    // How many parts there were says nothing of how many requests: those are the samples around them, however few.
    let stands_inside = |table: &Table| {
        table.name.as_deref() == Some(SUB_SAMPLES)
            && data.tables.iter().any(|other| other.name != table.name && other.lines.rows() > 0)
    };
    let is_run = |table: &Table| {
        !stands_inside(table)
            && table::leader(table).is_some_and(|leader| requests::is_run(table, data.provenance.format, leader))
    };
    let mut headers: Vec<Option<u64>> = Vec::new();
    let mut found: Vec<usize> = Vec::new();
    for (index, table) in data.tables.iter().enumerate().filter(|(_, table)| is_run(table)) {
        let again = match data.provenance.families {
            Families::One => !found.is_empty(),
            Families::ByHeader => headers.contains(&table.header_line),
            Families::ByPlace => table.columns_as(Role::MetricName).next().is_some() && !found.is_empty(),
        };
        if !again {
            headers.push(table.header_line);
            found.push(index);
        }
    }
    found
}
