//! hyperfine's `--export-csv`: a row a command with mean, standard deviation, median, user, system, min and max.
//!
//! In: CSV with that header. Out: reported numbers; there are no samples in it. A standard deviation of exactly 0 is what
//! hyperfine writes where there is none (one run): it is left out.

use crate::measure::reported::ReportedValue;
use crate::measure::unit::Unit;
use crate::measure::{Polarity, Statistic};

use crate::ingest::benchmarks;
use crate::ingest::format::{AnyRecords, Failures, Format, Head, Holds, IngestError, Sink, SourceOptions};
use crate::ingest::formats::bench::hyperfine::{CPU, TIME, WALL, label};
use crate::ingest::summaries::refuse;
use crate::ingest::text::dialect::{Splitter, sample_rows};
use crate::ingest::text::row::Row;

pub(crate) const FORMAT: Format = Format {
    name: "hyperfine-csv",
    about: "hyperfine's CSV export: mean, standard deviation, median, min and max of each command",
    latency: WALL,
    failures: Failures::NotRecorded,
    holds: Holds::Summaries,
    example: "hyperfine --export-csv runs.csv 'grep -r x .' && perfreport summarize runs.csv",
    upstream: "sharkdp/hyperfine: src/export/csv.rs",
    generic: false,
    sniff,
    read,
    settle: None,
};

/// The header, before one column for each parameter.
const HEADER: [&str; 8] = ["command", "mean", "stddev", "median", "user", "system", "min", "max"];
/// What the names of parameters begin with.
const PARAMETER: &str = "parameter_";
const CAVEATS: [&str; 2] = [
    "hyperfine's CSV holds no samples; `--export-json` does.",
    "hyperfine writes a standard deviation of 0 where there was a single run: a 0 is left out.",
];

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let rows = sample_rows(head, Some(b','));
    let first = rows.first()?.row();
    is_header(first).then(|| vec![format!("the header begins `{}`", HEADER.join(","))])
}

fn is_header(row: Row<'_>) -> bool {
    row.len() >= HEADER.len()
        && row.iter().zip(HEADER).all(|(cell, name)| cell == name.as_bytes())
        && row.iter().skip(HEADER.len()).all(|cell| cell.starts_with(PARAMETER.as_bytes()))
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    records.quotes_after(b',');
    let mut splitter = Splitter::new(None);
    let mut parameters: Vec<String> = Vec::new();
    while let Some(record) = records.next()? {
        let line = record.line;
        let row = splitter.split(&record, Some(b','));
        if is_header(row) {
            let names = row.iter().skip(HEADER.len());
            let bare = |name: &[u8]| String::from_utf8_lossy(name.get(PARAMETER.len()..).unwrap_or(name)).into_owned();
            parameters = names.map(bare).collect();
        } else if row.len() >= HEADER.len() {
            take(row, &parameters, line, sink);
        } else if row.iter().any(|cell| !cell.is_empty()) {
            sink.provenance.set_aside("rows with fewer fields than the header", line);
        }
    }
    sink.reported_caveats.extend(CAVEATS.map(str::to_owned));
    Ok(())
}

fn take(row: Row<'_>, parameters: &[String], line: u64, sink: &mut Sink) {
    let text = |index: usize| String::from_utf8_lossy(row.cell(index)).into_owned();
    let values: Vec<String> = (HEADER.len()..row.len()).map(text).collect();
    let pairs: Vec<(&str, &str)> =
        parameters.iter().zip(&values).map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let command = text(0);
    let label = label(&benchmarks::or_unnamed(Some(&command)), &pairs);
    let wall = [
        (1, Statistic::Mean),
        (2, Statistic::Stddev),
        (3, Statistic::Median),
        (6, Statistic::Min),
        (7, Statistic::Max),
    ];
    let metrics =
        [(TIME, WALL, &wall[..]), ("user", CPU, &[(4, Statistic::Mean)]), ("system", CPU, &[(5, Statistic::Mean)])];
    for (metric, meaning, statistics) in metrics {
        let mut about = benchmarks::about(metric, &label, meaning, Polarity::LowerIsBetter);
        for (index, statistic) in statistics {
            let (written, statistic) = (text(*index), *statistic);
            let absent = |value: f64| statistic == Statistic::Stddev && value == 0.0;
            match written.parse::<f64>().ok().filter(|value| value.is_finite()) {
                Some(value) if absent(value) => {}
                Some(value) => {
                    about.values.push(ReportedValue { statistic, value, unit: Unit::SECOND, line: Some(line) });
                }
                None if written.is_empty() => {}
                None => refuse(sink, &about, &statistic.to_string(), &written, Some(line)),
            }
        }
        if !about.values.is_empty() {
            sink.reported.push(about);
        }
    }
}
