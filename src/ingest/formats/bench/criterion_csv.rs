//! criterion's `raw.csv` (cargo feature `csv_output`): a row a sample, with the time of a whole batch.
//!
//! In: CSV with criterion's header. Out: a row a sample with its time of one iteration, `sample_measured_value` divided
//! by `iteration_count`; a row without iterations is set aside.

use crate::measure::Polarity;
use crate::measure::unit::Unit;
use crate::table::Role;

use crate::ingest::benchmarks::{self, Bench, Sample};
use crate::ingest::format::{AnyRecords, Failures, Format, Head, Holds, IngestError, Sink, SourceOptions};
use crate::ingest::formats::bench::criterion::{MEANING, TIME};
use crate::ingest::meaning::declared::Declared;
use crate::ingest::text::dialect::{Splitter, sample_rows};
use crate::ingest::text::row::Row;

pub(crate) const FORMAT: Format = Format {
    name: "criterion-csv",
    about: "criterion's raw.csv: the measured value and the number of iterations of each sample",
    latency: MEANING,
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    example: "cargo bench && perfreport summarize target/criterion/*/new/raw.csv",
    upstream: "bheisler/criterion.rs: src/csv_report.rs",
    generic: false,
    sniff,
    read,
    settle: None,
};

const GROUP: [&str; 3] = ["group", "function", "value"];
const UNIT: &str = "unit";
/// The measured value, as versions before 0.3 call it (always nanoseconds), and since.
const VALUES: [&str; 2] = ["sample_time_nanos", "sample_measured_value"];
const COUNT: &str = "iteration_count";

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

/// Where the columns stand.
struct Columns {
    group: [usize; 3],
    value: usize,
    count: usize,
    unit: Option<usize>,
}

impl Columns {
    fn of(header: Row<'_>) -> Option<Self> {
        let at = |name: &str| header.iter().position(|cell| cell == name.as_bytes());
        let value = VALUES.iter().find_map(|name| at(name))?;
        let [group, function, parameter] = GROUP.map(at);
        Some(Self { group: [group?, function?, parameter?], value, count: at(COUNT)?, unit: at(UNIT) })
    }
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let rows = sample_rows(head, Some(b','));
    Columns::of(rows.first()?.row())?;
    Some(vec![format!("the header has `{}`, a measured value and `{COUNT}`", GROUP.join("`, `"))])
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    records.quotes_after(b',');
    let mut bench = Bench::new(sink, DECLARED);
    let mut splitter = Splitter::new(None);
    let mut columns: Option<Columns> = None;
    while let Some(record) = records.next()? {
        let line = record.line;
        let row = splitter.split(&record, Some(b','));
        if let Some(found) = Columns::of(row) {
            if columns.is_some() {
                bench.begin_document();
            }
            columns = Some(found);
        } else if let Some(columns) = &columns {
            take(row, columns, line, &mut bench);
        }
    }
    if columns.is_none() {
        return Err(IngestError::Malformed("no header of criterion's raw.csv was found".to_owned()));
    }
    bench.finish();
    Ok(())
}

fn take(row: Row<'_>, columns: &Columns, line: u64, bench: &mut Bench<'_>) {
    let text = |index: usize| String::from_utf8_lossy(row.cell(index)).into_owned();
    let number = |index: usize| text(index).parse::<f64>().ok().filter(|number| number.is_finite());
    if row.iter().all(<[u8]>::is_empty) {
        return;
    }
    let (Some(value), Some(count)) = (number(columns.value), number(columns.count).filter(|count| *count > 0.0)) else {
        return bench.set_aside("rows without a measured value or without iterations", line);
    };
    let parts: Vec<String> = columns.group.iter().map(|index| text(*index)).filter(|part| !part.is_empty()).collect();
    let unit = columns.unit.map_or_else(|| Unit::NANOSECOND.symbol.to_owned(), text);
    let time = (value / count).to_string();
    let (label, values) = (parts.join("/"), [(TIME, time.as_str())]);
    let label = benchmarks::or_unnamed(Some(&label));
    bench.push(&Sample { label: &label, run: None, failed: None, unit: Some((UNIT, &unit)), values: &values, line });
}
