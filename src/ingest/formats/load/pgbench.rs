//! pgbench's log of transactions (`pgbench -l`): a row a transaction, without a header.
//!
//! In: numbers between spaces: client, transaction, time in **microseconds**, script, seconds and microseconds since 1970, and
//! perhaps how late it began and how often it was tried again. Out: samples. `failed`, `serialization` and `deadlock` in place of a
//! time are transactions that failed; so did those that were skipped, which were due and so late that they were never begun. Definition: `PostgreSQL`, pgbench, "Per-Transaction Logging".

use std::borrow::Cow;

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, Format, Head, Holds, IngestError, Role, RowKind, Sink, Unit,
};
use crate::ingest::signature;
use crate::ingest::text::lines::Flaw;
use crate::ingest::text::row::RowBuffer;

const LATENCY: &str = "time of a transaction; closed loop, or with --rate from when it was due";

pub(crate) const FORMAT: Format = Format {
    name: "pgbench-log",
    about: "pgbench's log, a row a transaction (`pgbench -l`)",
    latency: LATENCY,
    failures: Failures::Recorded("a word (`skipped`, `failed`, `serialization`, `deadlock`) in place of the time"),
    holds: Holds::Samples,
    row: RowKind::Row,
    example: "pgbench -c 8 -T 60 -l && perfreport summarize pgbench_log.*",
    upstream: "postgresql.org, pgbench, Per-Transaction Logging",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// What stands where a transaction has no time.
const NO_TIME: &[&str] = &["skipped", "failed", "serialization", "deadlock"];

/// The fields of a row, if it is one.
fn fields(line: &[u8]) -> Option<Vec<&str>> {
    let fields: Vec<&str> = std::str::from_utf8(line).ok()?.split_ascii_whitespace().collect();
    let number = |index: usize| -> Option<u64> { fields.get(index)?.parse().ok() };
    let clock = number(4).is_some_and(|seconds| (1_000_000_000..4_000_000_000).contains(&seconds))
        && number(5).is_some_and(|micros| micros < 1_000_000);
    let time = number(2).is_some() || NO_TIME.contains(fields.get(2)?);
    let fits = (6..=8).contains(&fields.len()) && number(0).is_some() && number(1).is_some() && number(3).is_some();
    (fits && clock && time).then_some(fields)
}

/// What became of a transaction, by its third field.
fn outcome(time: &str) -> Cow<'_, str> {
    match time {
        "failed" => time.into(),
        cause if NO_TIME.contains(&cause) => format!("failed: {cause}").into(),
        _ => "ok".into(),
    }
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    fields(signature::whole_first_line(head)?)?;
    Some(vec![
        "no header; rows of client, transaction, time, script, seconds since 1970 and microseconds, as pgbench logs"
            .to_owned(),
    ])
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    sink.declared.extend([
        Declared::column("instant", Role::Timestamp, "pgbench: when the transaction ended"),
        Declared::column("script", Role::Label, "pgbench: number of the script"),
        Declared::time("latency", Unit::MICROSECOND, LATENCY, "pgbench: microseconds"),
        Declared::time("schedule_lag", Unit::MICROSECOND, "how late a transaction began", "pgbench: microseconds"),
        Declared::column("client", Role::Identifier, "pgbench: number of the client"),
        Declared::column("outcome", Role::Status, "pgbench: a word in place of the time is a failure"),
    ]);
    let mut table: Option<TableBuilder> = None;
    let mut row = RowBuffer::default();
    while let Some(record) = records.next()? {
        let line = record.line;
        if record.bytes.trim_ascii().is_empty() {
            continue;
        }
        let Some(fields) = fields(record.bytes).filter(|_| record.flaw != Flaw::Overlong) else {
            sink.provenance.set_aside("a line that is no transaction", line);
            continue;
        };
        let late = fields.len() > 6;
        let table = table.get_or_insert_with(|| {
            let mut columns = vec![
                ("instant", CellType::Decimal),
                ("client", CellType::Integer),
                ("script", CellType::Text),
                ("latency", CellType::Integer),
                ("outcome", CellType::Text),
            ];
            columns.extend(late.then_some(("schedule_lag", CellType::Integer)));
            TableBuilder::of(&sink.storage, None, &columns)
        });
        let failed = NO_TIME.contains(&fields[2]);
        row.clear();
        row.push(format!("{}.{:0>6}", fields[4], fields[5]).as_bytes());
        row.push(fields[0].as_bytes());
        row.push(format!("script {}", fields[3]).as_bytes());
        row.push(if failed { b"" } else { fields[2].as_bytes() });
        row.push(outcome(fields[2]).as_bytes());
        if table.columns.len() > 5 {
            row.push(fields.get(6).copied().unwrap_or_default().as_bytes());
        }
        table.push(row.row(), line);
    }
    sink.tables.extend(table);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn the_third_column_is_a_time_in_microseconds_or_a_failure() {
        let text = "0 1 2500 0 1700000000 5\n1 1 3500 0 1700000000 250000\n0 2 failed 0 1700000001 100\n1 2 4500 0 1700000001 900000\n";
        let found = read_text("pgbench_log.77", text);
        assert_eq!(found.provenance.format, "pgbench-log");
        let table = &found.tables[0];
        let time = table.position("latency").unwrap();
        assert_eq!(table.numbers(time), [Some(2500.0), Some(3500.0), None, Some(4500.0)]);
        assert_eq!(table.columns[time].unit(), Unit::MICROSECOND);
        assert_eq!((table.numbers(0)[0], table.columns[0].role), (Some(1_700_000_000.000_005), Role::Timestamp));
        assert_eq!(table.columns[table.position("outcome").unwrap()].dictionary, ["ok", "failed"]);
    }

    #[test]
    fn the_cause_of_a_failure_stays() {
        let outcomes = ["2500", "failed", "serialization", "deadlock", "skipped"].map(outcome);
        assert_eq!(outcomes, ["ok", "failed", "failed: serialization", "failed: deadlock", "failed: skipped"]);
    }
}
