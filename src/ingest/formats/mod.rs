//! The table of formats. One file a format and one line here; detection, `--format` and the help derive from it.

mod ab;
mod agent_swarm;
mod aiperf;
mod artillery;
mod autocannon;
mod bench;
mod benchmark_dotnet;
mod criterion;
mod criterion_csv;
mod delimited;
mod dialect;
mod documents;
mod gatling;
mod go_bench;
mod google_benchmark;
mod guidellm;
mod hdr_log;
mod hey;
mod hyperfine;
mod hyperfine_csv;
mod jmeter;
mod jmeter_statistics;
mod jmeter_xml;
mod jmh;
mod json;
mod k6;
mod k6_csv;
mod k6_json;
mod k6_summary;
mod locust;
mod locust_exceptions;
mod locust_failures;
mod locust_history;
mod locust_requests;
mod locust_stats;
mod ndjson;
mod objects;
mod oha;
mod parquet;
mod pyperf;
mod pytest_benchmark;
mod rows;
mod signature;
mod skeleton;
mod summaries;
mod vegeta;
mod vllm;
mod wrk;

use std::io::Read;

use crate::model::source::Source;

pub(super) use agent_swarm::{NAME as AGENT_SWARM, has_session_field, speaks_of_sessions};
pub(super) use dialect::{Dialect, OwnedRow, column_types};

use super::detect::Head;
use super::lines::Records;
use super::options::SourceOptions;
use super::{IngestError, Sink};

/// Records of any source, so that formats can stand in a table.
pub(super) type AnyRecords<'a> = Records<&'a mut dyn Read>;

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
pub(super) struct Format {
    /// What users are told about it.
    pub(super) info: FormatInfo,
    /// Whether it is a notation that any program writes, and gives way to the format of a particular tool.
    pub(super) generic: bool,
    /// The evidence that a source is of this format, if it is.
    pub(super) sniff: fn(&Head<'_>) -> Option<Vec<String>>,
    /// Reads a source to its end.
    pub(super) read: fn(&mut AnyRecords<'_>, &SourceOptions, &mut Sink) -> Result<(), IngestError>,
    /// What is left to do once the tables of the source stand, such as leaving out rows that sum up others.
    pub(super) settle: Option<fn(&mut Source, &SourceOptions)>,
}

/// The formats: those of particular tools, of which one at most may recognise a source, then the notations in the order in
/// which they are tried.
pub(super) static FORMATS: &[Format] = &[
    agent_swarm::FORMAT,
    hyperfine::FORMAT,
    hyperfine_csv::FORMAT,
    google_benchmark::FORMAT,
    pytest_benchmark::FORMAT,
    criterion::FORMAT,
    criterion_csv::FORMAT,
    jmh::FORMAT,
    benchmark_dotnet::FORMAT,
    go_bench::FORMAT,
    pyperf::FORMAT,
    jmeter::FORMAT,
    jmeter_xml::FORMAT,
    jmeter_statistics::FORMAT,
    k6_csv::FORMAT,
    k6_json::FORMAT,
    k6_summary::FORMAT,
    locust_stats::FORMAT,
    locust_history::FORMAT,
    locust_failures::FORMAT,
    locust_exceptions::FORMAT,
    locust_requests::FORMAT,
    gatling::FORMAT,
    vegeta::JSON,
    vegeta::CSV,
    hey::FORMAT,
    oha::CSV,
    oha::JSON,
    autocannon::FORMAT,
    wrk::WRK,
    wrk::SPECTRUM,
    ab::SAMPLES,
    ab::PERCENTILES,
    artillery::FORMAT,
    hdr_log::FORMAT,
    aiperf::RECORDS,
    aiperf::CSV,
    aiperf::JSON,
    vllm::FORMAT,
    guidellm::FORMAT,
    parquet::FORMAT,
    ndjson::FORMAT,
    json::FORMAT,
    delimited::FORMAT,
];

/// All formats that are read.
pub fn formats() -> impl Iterator<Item = FormatInfo> {
    FORMATS.iter().map(|format| format.info)
}
