//! criterion's `raw.csv` (cargo feature `csv_output`): a row a sample, with the time of a whole batch.
//!
//! In: CSV with criterion's header. Out: a row a sample with its time of one iteration, `sample_measured_value` divided
//! by `iteration_count`; a row without iterations is set aside.

use csv::StringRecord;
use serde::Deserialize;

use crate::ingest::benchmarks::{self, Bench, Sample};
use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Head, Holds, IngestError, Polarity, Role, RowKind, Sink, SourceOptions,
    Unit,
};
use crate::ingest::formats::bench::criterion::{MEANING, TIME};
use crate::ingest::signature;
use crate::ingest::text::csv_tables::{self, CsvTable};

pub(crate) const FORMAT: Format = Format {
    name: "criterion-csv",
    about: "criterion's raw.csv: the measured value and the number of iterations of each sample",
    latency: MEANING,
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "cargo bench && perfreport summarize target/criterion/*/new/raw.csv",
    upstream: "bheisler/criterion.rs: src/csv_report.rs",
    sniff,
    read,
};

const UNIT: &str = "unit";
const UNMEASURED: &str = "rows without a measured value or without iterations";
/// Columns of every version. The measured value was called `sample_time_nanos` before 0.3, and was always nanoseconds.
const COLUMNS: [&str; 4] = ["group", "function", "value", "iteration_count"];
const MEASURED: [&str; 2] = ["sample_time_nanos", "sample_measured_value"];

/// A row.
#[derive(Deserialize)]
struct Batch<'r> {
    group: &'r str,
    function: &'r str,
    value: &'r str,
    #[serde(alias = "sample_time_nanos")]
    sample_measured_value: f64,
    iteration_count: f64,
    unit: Option<&'r str>,
}

const DECLARED: [Declared; 2] = [
    Declared::metric(
        TIME,
        None,
        Some(Polarity::LowerIsBetter),
        Some(MEANING),
        "criterion: `sample_measured_value` divided by `iteration_count`",
    ),
    Declared::column(UNIT, Role::Unused, "names the unit of the value in its row"),
];

fn is_header(row: &StringRecord) -> bool {
    let has = |name: &&str| row.iter().any(|cell| cell == *name);
    COLUMNS.iter().all(has) && MEASURED.iter().any(has)
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let names = signature::cells(signature::first_line(head), b',');
    let [group, function, value, count] = COLUMNS;
    is_header(&StringRecord::from(names))
        .then(|| vec![format!("the header has `{group}`, `{function}`, `{value}`, a measured value and `{count}`")])
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let tables = csv_tables::read(records, is_header)?;
    if tables.iter().all(|table| table.header.is_empty()) {
        return Err(IngestError::Malformed("no header of criterion's raw.csv was found".to_owned()));
    }
    let mut bench = Bench::new(sink, DECLARED);
    for CsvTable { header, rows } in tables.iter().filter(|table| !table.header.is_empty()) {
        bench.begin_document();
        for row in rows {
            match row.read(header) {
                Some(batch) => take(&batch, row.line, &mut bench),
                None => bench.set_aside(UNMEASURED, row.line),
            }
        }
    }
    bench.finish();
    Ok(())
}

fn take(batch: &Batch<'_>, line: u64, bench: &mut Bench<'_>) {
    let time = batch.sample_measured_value / batch.iteration_count;
    if !(time.is_finite() && batch.sample_measured_value.is_finite() && batch.iteration_count > 0.0) {
        return bench.set_aside(UNMEASURED, line);
    }
    let parts = [batch.group, batch.function, batch.value].into_iter().filter(|part| !part.is_empty());
    let label = parts.collect::<Vec<_>>().join("/");
    let unit = Some((UNIT, batch.unit.unwrap_or(Unit::NANOSECOND.symbol)));
    let time = time.to_string();
    let values = &[(TIME, time.as_str())];
    let label = &benchmarks::or_unnamed(Some(&label));
    bench.push(&Sample { label, run: None, failed: None, unit, values, line });
}
