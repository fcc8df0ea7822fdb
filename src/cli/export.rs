//! `export`: read, analyse, and write the samples for other programs.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::analysis::anomaly::Anomaly;
#[cfg(feature = "parquet")]
use crate::export::parquet::Parquet;
use crate::export::samples::{Batch, Schema, Selection, batches, columns};
use crate::export::text::{Csv, Ndjson};
use crate::measure::finding::{FindingKind, Severity};
use crate::report::build::SourceAnalysis;
use crate::report::number::{count, counted};

use super::args;
use super::commit::{StagedFile, commit};
use super::options;
use super::outputs::Target;
use super::places::{Places, Use, is_ordinary};
use super::read::{self, ReadOptions, Reading};
use super::terminal::{Line, Lines, Stream, samples, say};

pub(super) fn export(arguments: &args::Export) -> Result<ExitCode> {
    let understanding = &arguments.input.understanding;
    let config = options::config(understanding)?;
    let mut places = Places::default();
    arguments.files.iter().try_for_each(|path| places.add(Use::Output, path))?;
    options::config_path(understanding).map_or(Ok(()), |path| places.add(Use::Config, path))?;
    let targets = targets(&arguments.files)?;
    let inputs = read::inputs(&arguments.input.paths, understanding)?;
    places.add_inputs(&inputs)?;
    read::stay_alone(&inputs);
    let reading = read::read(understanding, &config, inputs, &ReadOptions::default())?;
    let account = Account::of(&reading.analysed);
    let samples = if arguments.all { account.kept + account.aside } else { account.kept };
    if samples == 0 {
        bail!(account.nothing(&reading));
    }
    let schema = Schema::of(reading.analysed.iter().flat_map(|item| &item.source.tables));
    let outputs = targets.into_iter().map(|(target, form)| Output::open(target, form, &schema));
    let mut outputs: Vec<Output> = outputs.collect::<Result<_>>()?;
    let selection = Selection { schema: &schema, all: arguments.all, settings: &reading.settings };
    for item in &reading.analysed {
        for batch in batches(&item.source, &item.analysis.metrics, selection) {
            let batch = Arc::new(batch);
            outputs.iter_mut().try_for_each(|output| output.write(&batch))?;
        }
    }
    let mut columns = reading.analysed.iter().flat_map(|item| &item.source.tables).flat_map(|table| &table.columns);
    // What could not be read back from the temporary file was written as something else.
    if let Some(failure) = columns.find_map(|column| column.data.storage().failure()) {
        bail!(failure);
    }
    let to_stderr = outputs.iter().any(|output| output.target == Target::Stdout);
    let written = outputs.into_iter().map(Output::finish).collect::<Result<Vec<_>>>()?;
    let mut lines = Vec::new();
    let mut whole = Vec::new();
    for (target, file) in written {
        let Target::File(path) = target else { continue };
        whole.extend(file);
        lines.push(format!("wrote {}: {}", path.display(), account.written(samples, arguments.all)));
    }
    // Only when all are whole is any of them moved to its place.
    commit(whole)?;
    lines.extend(account.notes(&reading));
    if !arguments.quiet {
        let stream = if to_stderr { Stream::Err } else { Stream::Out };
        say(stream, &lines.into_iter().map(Line::new).collect::<Vec<_>>(), false)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Ndjson,
    Parquet,
}

/// Where the samples go, and in which form, found out before anything is read.
fn targets(files: &[PathBuf]) -> Result<Vec<(Target, Form)>> {
    let mut targets: Vec<(Target, Form)> = Vec::new();
    for path in files {
        let target = Target::new(path);
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let form = match ending.as_deref() {
            Some("csv") => Form::Csv,
            Some("ndjson" | "jsonl") => Form::Ndjson,
            Some("parquet") if cfg!(feature = "parquet") => Form::Parquet,
            Some("parquet") => {
                bail!("-o {}: this program was built without Parquet; write .csv or .ndjson", path.display())
            }
            None if target == Target::Stdout || !is_ordinary(path) => Form::Csv,
            _ => bail!(
                "-o {}: the ending chooses the form, and must be .csv, .parquet or .ndjson (or use -o - for CSV)",
                path.display()
            ),
        };
        targets.push((target, form));
    }
    Ok(targets)
}

/// What there is to export.
#[derive(Default)]
struct Account {
    metrics: u64,
    kept: u64,
    aside: u64,
    summarised: u64,
    histograms: u64,
    services: u64,
    swarm: bool,
}

impl Account {
    fn of(analysed: &[SourceAnalysis]) -> Self {
        let mut account = Self::default();
        for item in analysed {
            for (index, table) in item.source.tables.iter().enumerate() {
                for (column, found) in columns(table, index, &item.analysis.metrics) {
                    let foreign = |anomaly: &&Anomaly| matches!(anomaly, Anomaly::ForeignValue { .. });
                    let foreign = found.anomalies.iter().filter(foreign).count();
                    let kept = found.overall.clean.as_ref().map_or(0, |clean| clean.n);
                    let all = (table.values(column).count() + foreign) as u64;
                    account.metrics += u64::from(all > 0);
                    account.kept += kept;
                    account.aside += all.saturating_sub(kept);
                }
            }
            account.summarised += item.source.reported.len() as u64;
            account.histograms += item.source.histograms.len() as u64;
            account.services += u64::from(item.service.is_some());
            account.swarm |= !item.source.swarm.is_empty();
        }
        account
    }

    fn written(&self, samples: u64, all: bool) -> String {
        let of = format!("{} of {}", counted(samples, "sample"), counted(self.metrics, "metric"));
        match (self.aside, all) {
            (0, _) => of,
            (aside, true) => format!("{of}, of which {} were set aside", count(aside)),
            (aside, false) => format!("{of}; {} were set aside (--all writes them too)", count(aside)),
        }
    }

    /// Numbers behind which there are no samples, or none that stand in a row of their own.
    fn without_samples(&self) -> Vec<String> {
        let mut without = Vec::new();
        if self.summarised > 0 {
            without.push(format!("{} that a tool has summarised", counted(self.summarised, "number")));
        }
        if self.histograms > 0 {
            without.push(counted(self.histograms, "histogram"));
        }
        if self.services > 0 {
            without.push("the metrics of a service, each sample of which is made of several rows".to_owned());
        }
        if self.swarm {
            without.push("the counters of an agent swarm".to_owned());
        }
        without
    }

    fn notes(&self, reading: &Reading) -> Vec<String> {
        let mut notes = Vec::new();
        let without = self.without_samples();
        if !without.is_empty() {
            notes.push(format!("not exported, for want of samples: {}", without.join("; ")));
        }
        let unread = |kind: FindingKind, severity| kind == FindingKind::UnreadFile && severity == Severity::Suspicious;
        let unread = reading.findings.iter().filter(|finding| unread(finding.kind, finding.severity));
        notes.extend(
            unread.map(|finding| format!("{}: {}; {}", finding.place, finding.reasons.join("; "), finding.action)),
        );
        notes
    }

    /// Why there is nothing to export.
    fn nothing(&self, reading: &Reading) -> Lines {
        if self.aside > 0 {
            let aside = counted(self.aside, "sample");
            return Lines(vec![format!(
                "nothing to export: what there is ({aside}) was set aside; --all writes it, with the reasons"
            )]);
        }
        let without = self.without_samples();
        if !without.is_empty() {
            return Lines(vec![format!(
                "nothing to export: there are no samples behind {}; `perfreport summarize` reports them",
                without.join("; ")
            )]);
        }
        let found = reading.analysed.iter().flat_map(|item| &item.source.findings).chain(&reading.findings);
        let unused = found.filter(|finding| matches!(finding.kind, FindingKind::NoMetric | FindingKind::UnreadFile));
        let reasons = unused.map(|finding| format!("  {}: {}", finding.place, finding.reasons.join("; ")));
        Lines(std::iter::once("no samples: there is nothing to export".to_owned()).chain(reasons).collect())
    }
}

type FileWriter = BufWriter<Box<dyn Write + Send>>;

enum Writer {
    Csv(Box<Csv<FileWriter>>),
    Ndjson(Ndjson<FileWriter>),
    #[cfg(feature = "parquet")]
    Parquet(Box<Parquet<FileWriter>>),
}

/// An output that is being written.
struct Output {
    target: Target,
    /// Where the bytes of an ordinary file stand until all are there.
    file: Option<StagedFile>,
    /// Absent once the reader of standard output went away.
    writer: Option<Writer>,
}

impl Output {
    fn open(target: Target, form: Form, schema: &Schema) -> Result<Self> {
        let name = target.shown();
        let failed = || format!("{name}: cannot be written");
        let (file, stream): (Option<StagedFile>, Box<dyn Write + Send>) = match &target {
            Target::Stdout => (None, samples()),
            Target::File(path) if is_ordinary(path) || path.is_dir() => {
                let file = StagedFile::beside(path).with_context(failed)?;
                let stream = file.file().try_clone().with_context(failed)?;
                (Some(file), Box::new(stream))
            }
            Target::File(path) => {
                let device = std::fs::OpenOptions::new().write(true).open(path).with_context(failed)?;
                (None, Box::new(device))
            }
        };
        let stream = BufWriter::with_capacity(1 << 16, stream);
        let writer = match form {
            Form::Csv => Csv::new(stream, schema).map(|writer| Writer::Csv(Box::new(writer))),
            Form::Ndjson => Ok(Writer::Ndjson(Ndjson::new(stream, schema))),
            #[cfg(feature = "parquet")]
            Form::Parquet => Parquet::new(stream, schema).map(|writer| Writer::Parquet(Box::new(writer))),
            #[cfg(not(feature = "parquet"))]
            Form::Parquet => Err(io::Error::other("this program was built without Parquet")),
        };
        let writer = writer.with_context(failed)?;
        Ok(Self { target, file, writer: Some(writer) })
    }

    fn write(&mut self, batch: &Arc<Batch>) -> Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let outcome = match writer {
            Writer::Csv(writer) => writer.write(batch),
            Writer::Ndjson(writer) => writer.write(batch),
            #[cfg(feature = "parquet")]
            Writer::Parquet(writer) => writer.write(Arc::clone(batch)),
        };
        self.went(outcome)
    }

    /// A reader of standard output that went away (`| head`) is no error.
    fn went(&mut self, outcome: io::Result<()>) -> Result<()> {
        match outcome {
            Err(error) if self.target == Target::Stdout && error.kind() == ErrorKind::BrokenPipe => {
                self.writer = None;
                Ok(())
            }
            outcome => outcome.with_context(|| format!("{}: cannot be written", self.target.shown())),
        }
    }

    /// Writes what is left; the file is whole then, and not yet in its place.
    fn finish(mut self) -> Result<(Target, Option<StagedFile>)> {
        let outcome = match self.writer.take() {
            None => Ok(()),
            Some(Writer::Csv(writer)) => writer.finish(),
            Some(Writer::Ndjson(writer)) => writer.finish(),
            #[cfg(feature = "parquet")]
            Some(Writer::Parquet(writer)) => writer.finish(),
        };
        self.went(outcome)?;
        if let Some(file) = &self.file {
            let synced = file.file().sync_all();
            self.went(synced)?;
        }
        Ok((self.target, self.file))
    }
}
