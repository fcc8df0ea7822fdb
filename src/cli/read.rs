//! Reading: options, files, progress; then the analysis of each source.

use std::fs::File;
use std::io::{IsTerminal, Read, stderr, stdin};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use crate::config::{self, Config};
use crate::ingest::{self, ColumnOptions, IngestError, SourceOptions};
use crate::model::finding::{Finding, FindingKind, Place, Severity};
use crate::report::build::{self, Analysed, Heading, build};
use crate::report::contract::Report;
use crate::sessions;
use crate::stats::analysis::{TableAnalysis, analyse};
use crate::stats::population::Settings;
use crate::stats::quantile::QuantileMethod;
use crate::swarm::{self, Swarm};

use super::args::{Input, YesNo};
use super::inputs::{self, Inputs, Missing, Named, Origin};

/// Less than this is read before a bar could be drawn.
const WORTH_A_BAR: u64 = 64 << 20;

/// Finds what was named.
pub(super) fn inputs(input: &Input) -> Result<Inputs> {
    inputs::expand(&input.paths, if input.keep_going { Missing::PassOver } else { Missing::Refuse })
}

/// Reads and analyses everything that was named, and builds the report.
pub(super) fn report(
    input: &Input,
    inputs: Inputs,
    title: Option<String>,
    generated: Option<String>,
) -> Result<Report> {
    let config = load_config(input)?;
    let settings = settings(input, &config)?;
    let Inputs { sources, mut findings } = inputs;
    let bar = progress(&sources);
    let outcomes: Vec<(&Named, Result<Analysed>)> =
        sources.par_iter().map(|source| (source, read_one(source, input, &config, &settings, bar.as_ref()))).collect();
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let mut analysed = Vec::new();
    let mut failures = Vec::new();
    for (source, outcome) in outcomes {
        match outcome {
            Ok(done) => analysed.push(done),
            Err(error) if input.keep_going || !source.explicit => findings.push(unread(source, &error)),
            Err(error) => failures.push(error),
        }
    }
    refuse(failures)?;
    findings.extend(same_bytes(&analysed));
    check_group_by(&settings, &analysed)?;
    check_columns(input, &analysed)?;
    let names: Vec<&str> = analysed.iter().map(|item| item.source.provenance.name.as_str()).collect();
    let swarm = swarm_of(&analysed);
    findings.extend(swarm.iter().flat_map(|swarm| build::swarm::findings(swarm, &names)));
    let mut report = build(&analysed, findings, &settings, Heading { title: title.or(config.title), generated });
    if let Some(swarm) = &swarm {
        build::swarm::attach(&mut report, swarm, &names);
    }
    if swarm.is_none()
        && report.service.is_empty()
        && report.verdict.samples == 0
        && report.verdict.corrupted_samples == 0
    {
        let reasons: Vec<String> = report
            .findings
            .iter()
            .filter(|finding| matches!(finding.kind, FindingKind::NoMetric | FindingKind::UnreadFile))
            .map(|finding| format!("  {}: {}", finding.place, finding.reasons.join("; ")))
            .collect();
        bail!("no samples: there is nothing to report\n{}", reasons.join("\n"));
    }
    Ok(report)
}

/// The records of an agent swarm in all sources together: its snapshots usually are a file each.
fn swarm_of(analysed: &[Analysed]) -> Option<Swarm> {
    let sources = analysed.iter().map(|item| &item.source);
    let inputs: Vec<swarm::Input> =
        sources.map(|source| swarm::Input { source: &source.provenance.name, records: &source.swarm }).collect();
    swarm::analyse(&inputs)
}

fn load_config(input: &Input) -> Result<Config> {
    let path = match &input.config {
        Some(path) => path.as_path(),
        None if Path::new(config::FILE_NAME).is_file() => Path::new(config::FILE_NAME),
        None => return Ok(Config::default()),
    };
    let text = std::fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    Config::parse(&text).with_context(|| format!("{}: not a valid configuration", path.display()))
}

fn settings(input: &Input, config: &Config) -> Result<Settings> {
    let method = input.quantile_method.clone().or_else(|| config.quantile_method.as_ref().map(ToString::to_string));
    let quantile_method = match method {
        Some(name) => name.parse::<QuantileMethod>().map_err(|error| anyhow!("--quantile-method: {error}"))?,
        None => QuantileMethod::default(),
    };
    let confidence = input.confidence.or(config.confidence).unwrap_or(0.95);
    if !(0.5..=0.9999).contains(&confidence) {
        bail!("--confidence {confidence}: must lie between 0.5 and 0.9999, for example 0.95");
    }
    let group_by = if input.group_by.is_empty() { config.group_by.clone() } else { input.group_by.clone() };
    Ok(Settings {
        quantile_method,
        confidence,
        group_by,
        collapse: !input.no_collapse && config.collapse.unwrap_or(true),
    })
}

/// What flags say about the columns of every source.
fn flag_options(input: &Input) -> Result<SourceOptions> {
    let mut options = SourceOptions {
        format: input.format.clone(),
        delimiter: input.delimiter.as_deref().map(config::delimiter).transpose()?,
        header: input.header.map(|header| header == YesNo::Yes),
        session_data: session_data(&input.show_session_data)?,
        ..SourceOptions::default()
    };
    let mut set = |flag: &str, given: &str, apply: &dyn Fn(&mut ColumnOptions, &str) -> Result<()>| -> Result<()> {
        let (column, value) = given
            .rsplit_once('=')
            .ok_or_else(|| anyhow!("{flag} {given}: write COLUMN=VALUE, for example latency=ms"))?;
        apply(options.columns.entry(column.to_owned()).or_default(), value)
    };
    for given in &input.unit {
        set("--unit", given, &|column, value| {
            column.unit = Some(config::unit("--unit", value)?);
            Ok(())
        })?;
    }
    for given in &input.role {
        set("--role", given, &|column, value| {
            column.role = Some(config::role("--role", value)?);
            Ok(())
        })?;
    }
    for given in &input.better {
        set("--better", given, &|column, value| {
            column.polarity = Some(config::polarity("--better", value)?);
            Ok(())
        })?;
    }
    for given in &input.limit {
        set("--limit", given, &|column, value| {
            column.limit = Some(config::limit("--limit", value)?);
            Ok(())
        })?;
    }
    Ok(options)
}

/// Session data is shown only where it is named exactly.
fn session_data(keys: &[String]) -> Result<Vec<String>> {
    for key in keys {
        let field = key.split('.').next().unwrap_or_default();
        if !["sessionMemory", "sessionState"].contains(&field) {
            bail!(
                "--show-session-data {key}: write sessionMemory, sessionState, or one entry such as sessionState.phase"
            );
        }
    }
    Ok(keys.to_vec())
}

fn read_one(
    source: &Named,
    input: &Input,
    config: &Config,
    settings: &Settings,
    bar: Option<&ProgressBar>,
) -> Result<Analysed> {
    let (path, shown) = match &source.origin {
        Origin::File(path) => (path.as_path(), path.display().to_string()),
        Origin::Stdin => (Path::new("-"), source.name.clone()),
    };
    let mut options = config.options_for(path)?;
    config::overlay(&mut options, flag_options(input)?);
    let stored: Box<dyn Read> = match &source.origin {
        Origin::File(path) => Box::new(File::open(path).with_context(|| format!("{shown}: cannot be opened"))?),
        Origin::Stdin => Box::new(stdin().lock()),
    };
    let stored: Box<dyn Read> = match bar {
        Some(bar) => Box::new(bar.wrap_read(stored)),
        None => stored,
    };
    let mut data =
        ingest::read(&source.name, stored, &options).map_err(|error| anyhow::Error::from(error).context(shown))?;
    let service = sessions::analyse(&data.tables, &config.service_for(path)?, settings);
    if let Some(found) = &service {
        found.assign_roles(&mut data.tables[found.table]);
        // Most rows of such a log have no value in most columns; that is its form.
        data.findings.retain(|finding| !matches!(finding.kind, FindingKind::NoMetric | FindingKind::EmptyCell));
    }
    let mut tables: Vec<TableAnalysis> = data.tables.par_iter().map(|table| analyse(table, settings)).collect();
    if let Some(found) = &service {
        // The service has looked at its own clock, and knows events from rows.
        tables[found.table].clock = None;
    }
    Ok(Analysed { source: data, tables, service })
}

/// A bar for a long read, on a terminal and nowhere else.
fn progress(sources: &[Named]) -> Option<ProgressBar> {
    let total: u64 = sources.iter().map(|source| source.bytes).sum();
    if total < WORTH_A_BAR || !stderr().is_terminal() || std::env::var_os("CI").is_some() {
        return None;
    }
    let style = ProgressStyle::with_template("reading {wide_bar} {bytes} of {total_bytes}, {eta} left").ok()?;
    Some(ProgressBar::new(total).with_style(style))
}

fn unread(source: &Named, error: &anyhow::Error) -> Finding {
    let text = format!("{error:#}");
    let reason = text.split_once(": ").map_or(text.as_str(), |(_, reason)| reason).to_owned();
    // A file that nobody named and that is no metrics file at all is only worth a note.
    let foreign = matches!(
        error.downcast_ref::<IngestError>(),
        Some(IngestError::Unrecognised { .. } | IngestError::Binary { .. } | IngestError::Empty)
    );
    let severity = if source.explicit || !foreign { Severity::Suspicious } else { Severity::Note };
    Finding::new(severity, FindingKind::UnreadFile, Place::source(&source.name), reason, "the file was passed over")
}

fn refuse(failures: Vec<anyhow::Error>) -> Result<()> {
    let mut failures = failures.into_iter();
    let Some(first) = failures.next() else { return Ok(()) };
    let rest: Vec<String> = failures.map(|error| format!("{error:#}")).collect();
    if rest.is_empty() {
        return Err(first);
    }
    bail!("{first:#}\n{}\n(--keep-going reports on the other files)", rest.join("\n"))
}

/// Files with the same bytes are one measurement counted twice.
fn same_bytes(analysed: &[Analysed]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, item) in analysed.iter().enumerate() {
        // Snapshots of a swarm that stand twice are used once; its analysis says so.
        if !item.source.swarm.is_empty() {
            continue;
        }
        let digest = &item.source.provenance.digest;
        if let Some(first) = analysed[..index].iter().find(|other| other.source.provenance.digest == *digest) {
            findings.push(Finding::new(
                Severity::Suspicious,
                FindingKind::DuplicateFile,
                Place::source(&item.source.provenance.name),
                format!("it holds exactly the same bytes as {}", first.source.provenance.name),
                "both are reported; if one is a copy, leave it out",
            ));
        }
    }
    findings
}

/// A column that a flag speaks of must exist somewhere: a limit with a slip of the pen would never be exceeded.
fn check_columns(input: &Input, analysed: &[Analysed]) -> Result<()> {
    let tables = || analysed.iter().flat_map(|item| &item.source.tables);
    for name in flag_options(input)?.columns.keys() {
        if !tables().any(|table| table.position(name).is_some()) {
            bail!("{name}: no file has a column of that name; there are {}", column_names(analysed).join(", "));
        }
    }
    Ok(())
}

fn column_names(analysed: &[Analysed]) -> Vec<&str> {
    let tables = analysed.iter().flat_map(|item| &item.source.tables);
    let mut known: Vec<&str> =
        tables.flat_map(|table| table.columns.iter().map(|column| column.name.as_str())).collect();
    known.sort_unstable();
    known.dedup();
    known
}

/// A column to group by must exist somewhere.
fn check_group_by(settings: &Settings, analysed: &[Analysed]) -> Result<()> {
    let tables = || analysed.iter().flat_map(|item| &item.source.tables);
    for name in &settings.group_by {
        if !tables().any(|table| table.position(name).is_some()) {
            let known = column_names(analysed);
            bail!("--group-by {name}: no file has such a column; there are {}", known.join(", "));
        }
    }
    Ok(())
}
