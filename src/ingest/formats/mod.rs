//! The table of formats. One file a format and one line here; detection, `--format` and the help derive from it.

pub(crate) mod ai;
pub(crate) mod bench;
pub(crate) mod generic;
pub(crate) mod histogram;
pub(crate) mod load;

use std::io::Read;

use crate::table::source::Source;

pub(crate) use crate::ingest::text::dialect::{Dialect, OwnedRow, column_types};
pub(crate) use ai::agent_swarm::{NAME as AGENT_SWARM, has_session_field, speaks_of_sessions};

use super::detect::Head;
use super::options::SourceOptions;
use super::{IngestError, Sink};
use crate::ingest::text::lines::Records;

/// Records of any source, so that formats can stand in a table.
pub(crate) type AnyRecords<'a> = Records<&'a mut dyn Read>;

/// What a file of a format holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Every sample.
    Samples,
    /// Numbers that the tool has summarised.
    Summaries,
    /// Counts by bucket.
    Histograms,
}

/// What a file of a format says about failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failures {
    /// They stand in it, as these words say.
    Recorded(&'static str),
    /// The tool cannot write them.
    NotRecorded,
    /// Whatever the columns of the file say.
    ByColumn,
}

/// A format as shown to users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatInfo {
    /// Its name, for `--format`.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// What its durations measure, in words.
    pub latency: &'static str,
    /// What it says about failures.
    pub failures: Failures,
    /// Samples, or summaries only.
    pub holds: Holds,
    /// A command that writes such a file.
    pub example: &'static str,
    /// Where its definition stands: a program's source file or documentation page, by name.
    pub upstream: &'static str,
}

/// A format that can be read.
pub(crate) struct Format {
    /// What users are told about it.
    pub(crate) info: FormatInfo,
    /// Whether it is a notation that any program writes, and gives way to the format of a particular tool.
    pub(crate) generic: bool,
    /// The evidence that a source is of this format, if it is.
    pub(crate) sniff: fn(&Head<'_>) -> Option<Vec<String>>,
    /// Reads a source to its end.
    pub(crate) read: fn(&mut AnyRecords<'_>, &SourceOptions, &mut Sink) -> Result<(), IngestError>,
    /// What is left to do once the tables of the source stand, such as leaving out rows that sum up others.
    pub(crate) settle: Option<fn(&mut Source, &SourceOptions)>,
}

/// The formats: those of particular tools, of which one at most may recognise a source, then the notations in the order in
/// which they are tried.
pub(crate) static FORMATS: &[Format] = &[
    ai::agent_swarm::FORMAT,
    bench::hyperfine::FORMAT,
    bench::hyperfine_csv::FORMAT,
    bench::google_benchmark::FORMAT,
    bench::pytest_benchmark::FORMAT,
    bench::criterion::FORMAT,
    bench::criterion_csv::FORMAT,
    bench::jmh::FORMAT,
    bench::benchmark_dotnet::FORMAT,
    bench::go_bench::FORMAT,
    bench::pyperf::FORMAT,
    load::jmeter::FORMAT,
    load::jmeter_xml::FORMAT,
    load::jmeter_statistics::FORMAT,
    load::k6_csv::FORMAT,
    load::k6_json::FORMAT,
    load::k6_summary::FORMAT,
    load::locust_stats::FORMAT,
    load::locust_history::FORMAT,
    load::locust_failures::FORMAT,
    load::locust_exceptions::FORMAT,
    load::locust_requests::FORMAT,
    load::gatling::FORMAT,
    load::vegeta::JSON,
    load::vegeta::CSV,
    load::hey::FORMAT,
    load::oha::CSV,
    load::oha::JSON,
    load::autocannon::FORMAT,
    load::wrk::WRK,
    load::wrk::SPECTRUM,
    load::ab::SAMPLES,
    load::ab::PERCENTILES,
    load::artillery::FORMAT,
    histogram::hdr_log::FORMAT,
    ai::aiperf::RECORDS,
    ai::aiperf::CSV,
    ai::aiperf::JSON,
    ai::vllm::FORMAT,
    ai::guidellm::FORMAT,
    generic::parquet::FORMAT,
    generic::ndjson::FORMAT,
    generic::json::FORMAT,
    generic::delimited::FORMAT,
];

/// All formats that are read.
pub fn formats() -> impl Iterator<Item = FormatInfo> {
    FORMATS.iter().map(|format| format.info)
}
