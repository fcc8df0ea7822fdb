//! `ReBench`'s data file: a row a measurement.
//!
//! In: columns between tabs under a header: invocation, iteration, value, unit, criterion, and what was run with which
//! settings; comments above each execution. Out: a row an iteration, its invocation as run; what differs is in the name.
//! Definition: `ReBench`, `rebench/persistence.py` and `rebench/model/measurement.py`.

use crate::ingest::benchmarks::{Bench, Sample};
use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Holds, IngestError, Polarity, Role, RowKind, Sink,
};
use crate::ingest::summary_tables::{self, TextRow};

const UNIT: &str = "unit";
/// The criterion that is the measurement itself; others are parts of it.
const TOTAL: &str = "total";

pub(crate) const FORMAT: Format = Format {
    name: "rebench",
    about: "ReBench's data file, a row a measurement",
    latency: "what the benchmark measures of itself, in the unit of its row",
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "rebench rebench.conf && perfreport summarize rebench.data",
    upstream: "smarr/ReBench, rebench/persistence.py",
    sniff: |head| {
        let mut lines = head.bytes.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"#"));
        let begins = lines
            .find(|line| !line.trim_ascii().is_empty())?
            .starts_with(b"invocation\titeration\tvalue\tunit\tcriterion");
        begins.then(|| {
            vec![
                "the header begins with invocation, iteration, value, unit, criterion, as ReBench writes it".to_owned(),
            ]
        })
    },
    read: |records, _, sink| read(records, sink),
};

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let rows = summary_tables::rows(records, b'\t', sink)?;
    let is_header = |row: &TextRow| row.cell(0) == "invocation";
    let header = rows.iter().find(|row| is_header(row)).map(|row| row.cells.clone()).unwrap_or_default();
    let rows: Vec<&TextRow> = rows.iter().filter(|row| !is_header(row) && !row.cell(0).starts_with('#')).collect();
    let first = header.iter().position(|name| name == "benchmark").unwrap_or(header.len());
    let differing: Vec<usize> = (first + 1..header.len())
        .filter(|index| rows.iter().any(|row| row.cell(*index) != rows[0].cell(*index)))
        .collect();
    for (index, name) in header.iter().enumerate().skip(first + 1) {
        let shared = rows.first().map_or("", |row| row.cell(index));
        if !differing.contains(&index) && !shared.is_empty() {
            sink.provenance.environment.insert(name.clone(), shared.to_owned());
        }
    }
    let declared = [
        Declared::column(UNIT, Role::Unused, "names the unit of the value in its row"),
        Declared::metric(TOTAL, None, Some(Polarity::LowerIsBetter), None, "ReBench: a value of criterion `total`"),
    ];
    let mut bench = Bench::new(sink, declared);
    for row in rows {
        if row.cells.len() <= first {
            bench.set_aside("a row with fewer fields than the header", row.line);
            continue;
        }
        let told: Vec<String> = differing
            .iter()
            .filter(|index| !row.cell(**index).is_empty())
            .map(|index| format!("{}={}", header[*index], row.cell(*index)))
            .collect();
        let name = row.cell(first);
        let label = if told.is_empty() { name.to_owned() } else { format!("{name} [{}]", told.join(", ")) };
        let run = row.cell(0).parse().ok();
        let values = [(row.cell(4), row.cell(2))];
        bench.push(&Sample {
            label: &label,
            run,
            failed: None,
            unit: Some((UNIT, row.cell(3))),
            values: &values,
            line: row.line,
        });
    }
    bench.finish();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn invocations_are_runs_and_settings_are_in_the_name() {
        let text = "#!/usr/bin/env rebench\n# Execution Start: 2025-03-03T10:00:00\n\
            invocation\titeration\tvalue\tunit\tcriterion\tbenchmark\texecutor\tsuite\textraArgs\tcores\n\
            1\t1\t120.5\tms\ttotal\tSort\tVM\tmicro\t10\t1\n2\t1\t121.5\tms\ttotal\tSort\tVM\tmicro\t10\t1\n\
            1\t1\t220.5\tms\ttotal\tSort\tVM\tmicro\t20\t1\n";
        let found = read_text("rebench.data", text);
        assert_eq!(found.provenance.format, "rebench");
        let table = &found.tables[0];
        let value = table.position(TOTAL).unwrap();
        assert_eq!(
            (table.numbers(value), table.columns[value].unit().symbol),
            (vec![Some(120.5), Some(121.5), Some(220.5)], "ms")
        );
        assert_eq!(table.columns[0].dictionary, ["Sort [extraArgs=10]", "Sort [extraArgs=20]"]);
        assert_eq!(table.columns[table.position("run").unwrap()].role, Role::Run);
        assert_eq!(found.provenance.environment["suite"], "micro");
    }
}
