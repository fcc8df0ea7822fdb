//! `BenchmarkDotNet`'s report as CSV (`*-report.csv`): a row a benchmark.
//!
//! In: numbers with their units in the cells (`1,234.5 ns`) or in the header (`Mean [ns]`); KB is 1,024 bytes. Out: reported
//! numbers, and a benchmark without numbers (`NA`) as one that failed. Definition: `BenchmarkDotNet`'s `CsvExporter` and its
//! `SizeUnit`.

use crate::ingest::format::{
    AnyRecords, Failures, FindingKind, Format, Head, Holds, IngestError, Polarity, RowKind, Severity, Sink, Statistic,
    Unit,
};
use crate::ingest::signature;
use crate::ingest::summaries::{self, Summary, caveat};
use crate::ingest::summary_tables::{self, TextRow};

const MEANING: &str = "time of one operation, averaged over an iteration, overhead subtracted";

pub(crate) const FORMAT: Format = Format {
    name: "benchmark-dotnet-csv",
    about: "BenchmarkDotNet's report as CSV",
    latency: MEANING,
    failures: Failures::Recorded("benchmarks whose numbers are `NA`"),
    holds: Holds::Summaries,
    row: RowKind::Run,
    example: "dotnet run -c Release -- --exporters csv && perfreport summarize BenchmarkDotNet.Artifacts/results/*-report.csv",
    upstream: "dotnet/BenchmarkDotNet: Exporters/Csv/CsvExporter.cs, Columns/SizeUnit.cs",
    sniff: |head| {
        find(head).map(|_| vec!["the header names Method, Mean, Error or StdDev, as BenchmarkDotNet does".to_owned()])
    },
    read: |records, _, sink| read(records, sink),
};

/// Columns of times.
const TIMES: &[(&str, Statistic)] = &[
    ("Mean", Statistic::Mean),
    ("StdDev", Statistic::Stddev),
    ("Error", Statistic::MeanError),
    ("Min", Statistic::Min),
    ("Q1", Statistic::Percentile(25.0)),
    ("Median", Statistic::Median),
    ("Q3", Statistic::Percentile(75.0)),
    ("Max", Statistic::Max),
];

/// A name of the header without its unit: `Mean [ns]`.
fn plain(name: &str) -> &str {
    name.split_once(" [").map_or(name, |(name, _)| name)
}

fn find(head: &Head<'_>) -> Option<u8> {
    let line = signature::first_line(head);
    b",;\t".iter().copied().find(|delimiter| {
        let header = signature::cells(line, *delimiter);
        let has = |wanted: &str| header.iter().any(|name| plain(name.trim()) == wanted);
        has("Method") && has("Mean") && (has("Error") || has("StdDev"))
    })
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let delimiter = find(&Head::of(records)?).unwrap_or(b',');
    let rows = summary_tables::rows(records, delimiter, sink)?;
    let header = rows.first().map(|row| row.cells.clone()).unwrap_or_default();
    let rows: Vec<&TextRow> = rows.iter().filter(|row| row.cells != header).collect();
    let decimal_comma = delimiter == b';' && rows.iter().any(|row| row.cells.iter().any(|cell| cell.contains(',')));
    let numbers = Numbers { header: &header, decimal_comma };
    let mut failed = 0;
    for row in &rows {
        let label = label(&header, row, &rows);
        if row.cell(numbers.column("Mean").unwrap_or_default()) == "NA" {
            failed += 1;
            let reason = format!("the benchmark `{label}` failed: BenchmarkDotNet has no numbers of it (NA)");
            let action = "it is counted as failed and has no numbers";
            sink.find(Severity::Suspicious, FindingKind::MalformedRecord, row.line, reason, action).label = Some(label);
            continue;
        }
        report(&numbers, row, &label, sink);
    }
    if failed > 0 {
        summaries::failed_benchmarks(sink, rows.len(), failed);
    }
    caveat(sink, "The JSON that `--exporters json` writes has every iteration, and gives intervals.");
    Ok(())
}

/// The method with what tells its rows apart: columns before the numbers that are not the same in all rows.
fn label(header: &[String], row: &TextRow, rows: &[&TextRow]) -> String {
    let numbers = header.iter().position(|name| plain(name) == "Mean").unwrap_or_default();
    let named = |name: &str| Some(row.named(header, name)).filter(|text| !text.is_empty());
    let differs = |index: &usize| rows.iter().any(|other| other.cell(*index) != row.cell(*index));
    let settings = (0..numbers).filter(|index| !["Method", "Type", "Namespace"].contains(&header[*index].as_str()));
    let told: Vec<String> =
        settings.filter(differs).map(|index| format!("{}={}", header[index], row.cell(index))).collect();
    let name: Vec<&str> = [named("Type"), named("Method")].into_iter().flatten().collect();
    let name = name.join(".");
    if told.is_empty() { name } else { format!("{name} [{}]", told.join(", ")) }
}

/// How numbers are written.
struct Numbers<'h> {
    header: &'h [String],
    decimal_comma: bool,
}

impl Numbers<'_> {
    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|other| plain(other) == name)
    }

    /// A number with its unit: `1,234.5 ns`, or `1,234.5` under `Mean [ns]`.
    fn read(&self, row: &TextRow, name: &str) -> Option<(f64, Unit)> {
        let index = self.column(name)?;
        let cell = row.cell(index);
        let (digits, unit) = match cell.split_once(' ') {
            Some((digits, unit)) => (digits, unit),
            None => (cell, self.header[index].split_once(" [").map_or("", |(_, unit)| unit.trim_end_matches(']'))),
        };
        let digits =
            if self.decimal_comma { digits.replace('.', "").replace(',', ".") } else { digits.replace(',', "") };
        Some((digits.parse().ok().filter(|number: &f64| number.is_finite())?, unit_of(unit)))
    }
}

/// Its units: a kilobyte has 1,024 bytes.
fn unit_of(written: &str) -> Unit {
    let binary = match written {
        "KB" => "KiB",
        "MB" => "MiB",
        "GB" => "GiB",
        "TB" => "TiB",
        "m" => "min",
        other => other,
    };
    Unit::parse(binary).unwrap_or(Unit::UNKNOWN)
}

fn report(numbers: &Numbers<'_>, row: &TextRow, label: &str, sink: &mut Sink) {
    let mut time =
        Summary::new("time", Unit::NANOSECOND, Some(MEANING)).of(Some(label)).polarity(Polarity::LowerIsBetter);
    let percentiles = (1..100_u8).map(|percent| (format!("P{percent}"), Statistic::Percentile(f64::from(percent))));
    for (name, statistic) in TIMES.iter().map(|(name, statistic)| ((*name).to_owned(), *statistic)).chain(percentiles) {
        if let Some((value, unit)) = numbers.read(row, &name) {
            time.add_in(statistic, value, unit, row.line);
        }
    }
    time.give(sink);
    for (column, metric, meaning, polarity) in [
        ("Op/s", "operations_per_second", "operations in a second", Polarity::HigherIsBetter),
        ("Allocated", "allocated", "memory allocated for one operation", Polarity::LowerIsBetter),
    ] {
        let mut summary = Summary::new(metric, Unit::UNKNOWN, Some(meaning)).of(Some(label)).polarity(polarity);
        if let Some((value, unit)) = numbers.read(row, column) {
            let unit = if column == "Op/s" { Unit::PER_SECOND } else { unit };
            summary.add_in(Statistic::Value, value, unit, row.line);
        }
        summary.give(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn a_cell_has_its_unit_and_a_benchmark_without_numbers_failed() {
        let text = "Method,Job,Runtime,N,Mean,Error,StdDev,Median,Gen0,Allocated\n\
            Sort,DefaultJob,.NET 8.0,10,\"1,234.5 ns\",10.5 ns,9.8 ns,\"1,230.0 ns\",0.01,32 B\n\
            Sort,DefaultJob,.NET 8.0,1000,1.5 ms,2.25 μs,2.0 μs,1.4 ms,0.5,1.5 KB\n\
            Scan,DefaultJob,.NET 8.0,10,NA,NA,NA,NA,NA,NA\n";
        let found = read_text("x-report.csv", text);
        assert_eq!(found.provenance.format, "benchmark-dotnet-csv");
        let of = |metric: &str, label: &str| {
            found.reported.iter().find(|one| one.metric == metric && one.label.as_deref() == Some(label)).unwrap()
        };
        let (small, large) = ("Sort [N=10]", "Sort [N=1000]");
        assert_eq!(of("time", small).number(Statistic::Mean), Some(1234.5 / 1e9));
        assert_eq!(of("time", large).number(Statistic::Stddev), Some(2.0 / 1e6));
        assert!(of("time", large).number(Statistic::MeanError).is_some());
        assert_eq!(of("allocated", large).number(Statistic::Value), Some(1536.0));
        let benchmarks = found.reported.iter().find(|one| one.metric == "benchmarks").unwrap();
        assert_eq!(benchmarks.number(Statistic::Failures), Some(1.0));
        assert_eq!(found.findings[0].label.as_deref(), Some("Scan [N=10]"));
    }

    #[test]
    fn units_in_the_header_and_decimal_commas_are_read() {
        let text = "Method;N;Mean [us];Error [us];StdDev [us]\nSort;10;1.234,5;0,5;0,25\nSort;20;2,5;0,5;0,25\n";
        let found = read_text("x-report.csv", text);
        assert_eq!(found.reported[0].number(Statistic::Mean), Some(1234.5 / 1e6));
    }
}
