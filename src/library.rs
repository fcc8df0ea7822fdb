//! The functions by which a program uses this crate: read a file, analyse it, compare two analyses.
//!
//! In: a path, or what the functions before gave. Out: a [`Source`], its [`Analysis`], a [`Comparison`]. Beside the command
//! line the only place that opens a file.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::analysis::metric::Metric;
use crate::analysis::{self, Analysis, steady};
use crate::compare::capture::Environment;
use crate::compare::collect::{Reading, capture};
use crate::compare::judge::Criteria;
use crate::compare::outcome::Comparison;
use crate::compare::sides::{self, NamedCaptures};
#[cfg(feature = "frames")]
use crate::export::samples::{Schema, Selection, batches};
use crate::ingest::{self, IngestError, SourceOptions};
use crate::stats::settings::Settings;
use crate::stats::summary::Percentile;
use crate::table::source::Source;

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It cannot be opened.
    #[error("{}: cannot be opened: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It cannot be read as metrics.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What was seen, and what to do.
        source: IngestError,
    },
}

/// How a file is read and analysed; the default infers whatever can be inferred.
///
/// ```
/// let options = perfreport::Options::default();
/// assert_eq!(options.settings.confidence, 0.95);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// What is said about the file instead of being inferred: units, roles, its format.
    pub source: SourceOptions,
    /// How numbers are computed. Samples are kept, so that analyses can be compared.
    pub settings: Settings,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            source: SourceOptions::default(),
            settings: Settings { keep_samples: true, label_heat: true, ..Settings::default() },
        }
    }
}

/// Reads a file of raw metrics: finds out its format, its tables, and what each column is.
///
/// ```
/// let source = perfreport::read("fixtures/compare/before.csv")?;
/// assert_eq!(source.provenance.format, "csv");
/// # Ok::<(), perfreport::Error>(())
/// ```
///
/// # Errors
/// When it cannot be opened, or is no file of metrics: the error says what was seen and what to do.
pub fn read(path: impl AsRef<Path>) -> Result<Source, Error> {
    read_with(path, &Options::default())
}

/// The same with options.
///
/// # Errors
/// As [`read`].
pub fn read_with(path: impl AsRef<Path>, options: &Options) -> Result<Source, Error> {
    let path = path.as_ref();
    let stored = File::open(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    ingest::read(&name, stored, &options.source).map_err(|source| Error::Read { path: path.to_owned(), source })
}

/// What the tables of a source say.
///
/// ```
/// use perfreport::{Options, analyse, read};
/// let analysis = analyse(&read("fixtures/compare/before.csv")?, &Options::default());
/// let p95 = analysis.metric("latency_ms").and_then(|metric| metric.percentile(95.0)).unwrap();
/// assert!(p95.value.is_some() && p95.interval.is_some());
/// # Ok::<(), perfreport::Error>(())
/// ```
pub fn analyse(source: &Source, options: &Options) -> Analysis {
    let mut whole = analysis::analyse(source, &options.settings);
    if !options.settings.steady {
        return whole;
    }
    whole.requests = steady::marked(std::mem::take(&mut whole.requests));
    match steady::part(source, &whole.requests) {
        Some(part) => analysis::analyse_part(&part, whole.requests, &options.settings),
        None => whole,
    }
}

/// How the metrics of a run changed since another one, and what is to be made of each change.
///
/// ```
/// use perfreport::{Options, Verdict, analyse, compare, read};
/// let of = |path| read(path).map(|source| analyse(&source, &Options::default()));
/// let comparison = compare(&of("fixtures/compare/before.csv")?, &of("fixtures/compare/after.csv")?);
/// assert!(comparison.changes.iter().any(|change| change.verdict == Verdict::Regressed));
/// # Ok::<(), perfreport::Error>(())
/// ```
pub fn compare(before: &Analysis, after: &Analysis) -> Comparison {
    let side = |name: &str, analysis: &Analysis| NamedCaptures {
        name: analysis.sources.first().map_or(name, |source| &source.name).to_owned(),
        captures: vec![capture(&[Reading { analysis, service: None }], Environment::default())],
    };
    sides::comparison(&side("before", before), &side("after", after), Vec::new(), &Criteria::default())
}

/// Hands over the samples of a source as frames, a stretch of a metric at a time: source, line, metric, unit, value in base
/// units, group, run, time, outcome, whether the numbers count it and what is odd about it (`docs/export.md`).
///
/// ```
/// use perfreport::{Options, analyse, read, visit_samples};
/// let (source, options) = (read("fixtures/compare/before.csv")?, Options::default());
/// let analysis = analyse(&source, &options);
/// let mut rows = 0;
/// visit_samples(&source, &analysis, &options, |frame| rows += frame.height()).unwrap();
/// assert_eq!(rows as u64, analysis.metric("latency_ms").unwrap().overall.clean.as_ref().unwrap().n);
/// # Ok::<(), perfreport::Error>(())
/// ```
///
/// # Errors
/// When polars cannot hold one.
#[cfg(feature = "frames")]
pub fn visit_samples(
    source: &Source,
    analysis: &Analysis,
    options: &Options,
    mut take: impl FnMut(polars::prelude::DataFrame),
) -> polars::prelude::PolarsResult<()> {
    let schema = Schema::of(source.tables.iter());
    let selection = Selection { schema: &schema, all: false, settings: &options.settings };
    let part = steady::part(source, &analysis.requests);
    for batch in batches(part.as_ref().unwrap_or(source), &analysis.metrics, selection) {
        take(batch.frame(&schema)?);
    }
    Ok(())
}

impl Analysis {
    /// The first metric of that name.
    pub fn metric(&self, name: &str) -> Option<&Metric> {
        self.metrics.iter().find(|metric| metric.name == name)
    }
}

impl Metric {
    /// A percentile of all clean samples: its value with its interval or, where there are too few samples to speak of it,
    /// how many it needs. 50, 25, 75, 90, 95, 99 and 99.9 are known.
    pub fn percentile(&self, percent: f64) -> Option<Percentile> {
        let summary = self.overall.clean.as_ref()?;
        if percent == 50.0 {
            return Some(Percentile {
                percent,
                value: Some(summary.median),
                needs: 1,
                interval: summary.median_interval,
                effective_sample_size: summary.median_effective_sample_size,
            });
        }
        summary.percentiles.iter().find(|percentile| percentile.percent == percent).copied()
    }
}
