//! hyperfine's `--export-csv`: a row a command with mean, standard deviation, median, user, system, min and max.
//!
//! In: CSV with that header. Out: reported numbers; there are no samples in it. A standard deviation of exactly 0 is what
//! hyperfine writes where there is none (one run): it is left out.

use csv::StringRecord;
use serde::Deserialize;

use crate::ingest::benchmarks;
use crate::ingest::formats::bench::hyperfine::{CPU, TIME, WALL, label};
use crate::ingest::signature;
use crate::ingest::summaries::Summary;
use crate::ingest::text::csv_tables::{self, CsvRow, CsvTable};

use crate::ingest::format::{
    AnyRecords, Failures, Format, Head, Holds, IngestError, RowKind, Sink, SourceOptions, Statistic, Unit,
};

pub(crate) const FORMAT: Format = Format {
    name: "hyperfine-csv",
    about: "hyperfine's CSV export: mean, standard deviation, median, min and max of each command",
    latency: WALL,
    failures: Failures::NotRecorded,
    holds: Holds::Summaries,
    row: RowKind::Run,
    example: "hyperfine --export-csv runs.csv 'grep -r x .' && perfreport summarize runs.csv",
    upstream: "sharkdp/hyperfine: src/export/csv.rs",
    sniff,
    read,
};

/// The header, before one column for each parameter.
const HEADER: [&str; 8] = ["command", "mean", "stddev", "median", "user", "system", "min", "max"];
/// What the names of parameters begin with.
const PARAMETER: &str = "parameter_";
const CAVEATS: [&str; 2] = [
    "hyperfine's CSV holds no samples; `--export-json` does.",
    "hyperfine writes a standard deviation of 0 where there was a single run: a 0 is left out.",
];

/// A row, its numbers as written.
#[derive(Deserialize)]
struct Timing<'r> {
    command: &'r str,
    mean: &'r str,
    stddev: &'r str,
    median: &'r str,
    user: &'r str,
    system: &'r str,
    min: &'r str,
    max: &'r str,
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let names = signature::cells(signature::first_line(head), b',');
    is_header(&StringRecord::from(names)).then(|| vec![format!("the header begins `{}`", HEADER.join(","))])
}

fn is_header(row: &StringRecord) -> bool {
    csv_tables::begins_with(row, &HEADER) && row.iter().skip(HEADER.len()).all(|name| name.starts_with(PARAMETER))
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    for CsvTable { header, rows } in &csv_tables::read(records, is_header)? {
        for row in rows {
            match row.read(header) {
                Some(timing) => report(&timing, header, row, sink),
                None => sink.provenance.set_aside("rows with fewer fields than the header", row.line),
            }
        }
    }
    sink.reported_caveats.extend(CAVEATS.map(str::to_owned));
    Ok(())
}

fn report(of: &Timing<'_>, header: &StringRecord, row: &CsvRow, sink: &mut Sink) {
    let pairs = header.iter().zip(&row.cells).skip(HEADER.len());
    let parameters: Vec<(&str, &str)> =
        pairs.filter_map(|(name, value)| Some((name.strip_prefix(PARAMETER)?, value))).collect();
    let label = label(&benchmarks::or_unnamed(Some(of.command)), &parameters);
    let wall = [
        (Statistic::Mean, of.mean),
        (Statistic::Stddev, of.stddev),
        (Statistic::Median, of.median),
        (Statistic::Min, of.min),
        (Statistic::Max, of.max),
    ];
    for (metric, meaning, numbers) in [
        (TIME, WALL, &wall[..]),
        ("user", CPU, &[(Statistic::Mean, of.user)]),
        ("system", CPU, &[(Statistic::Mean, of.system)]),
    ] {
        let mut summary = Summary::new(metric, Unit::SECOND, Some(meaning)).of(Some(&label));
        for (statistic, written) in numbers.iter().filter(|(_, written)| !written.is_empty()) {
            let value = written.parse().ok();
            if !(*statistic == Statistic::Stddev && value == Some(0.0)) {
                summary.add_written(*statistic, written, value, row.line);
            }
        }
        summary.give(sink);
    }
}
