//! siege's log: a row for each of its runs.
//!
//! In: times in **seconds**, data in megabytes. Out: a table with a row a run, of the means that siege wrote, and how many
//! transactions there were and failed over all of them. Definition: siege's `log.c`.

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, Format, Holds, IngestError, Polarity, Role, RowKind, Sink, Statistic,
    Unit,
};
use crate::ingest::signature;
use crate::ingest::summaries::{Summary, caveat};
use crate::ingest::summary_tables::{self, number};
use crate::ingest::text::row::RowBuffer;

pub(crate) const FORMAT: Format = Format {
    name: "siege-log",
    about: "siege's log, a row a run (`siege --log`)",
    latency: "the mean response time of each run, in hundredths of a second",
    failures: Failures::Recorded("`Failed`: connections that got no answer"),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "siege --log=siege.log -c 10 -t 30S http://localhost:8080/ && perfreport summarize siege.log",
    upstream: "JoeDog/siege, src/log.c",
    sniff: |head| {
        let line = signature::first_line(head);
        let cells = signature::cells(line, b',');
        let begins =
            cells.iter().map(|cell| cell.trim()).take(4).eq(["Date & Time", "Trans", "Elap Time", "Data Trans"]);
        begins.then(|| vec!["the header is the one of siege's log".to_owned()])
    },
    read: |records, _, sink| read(records, sink),
};

const COLUMNS: &[(&str, CellType)] = &[
    ("Date & Time", CellType::Timestamp),
    ("Trans", CellType::Integer),
    ("Elap Time", CellType::Decimal),
    ("Data Trans", CellType::Integer),
    ("Resp Time", CellType::Decimal),
    ("Trans Rate", CellType::Decimal),
    ("Throughput", CellType::Decimal),
    ("Concurrent", CellType::Decimal),
    ("OKAY", CellType::Integer),
    ("Failed", CellType::Integer),
];

fn declared() -> [Declared; 10] {
    let megabytes = Unit::parse("MB").unwrap_or(Unit::UNKNOWN);
    let megabytes_per_second = Unit::parse("MB/s").unwrap_or(Unit::UNKNOWN);
    let (higher, lower) = (Polarity::HigherIsBetter, Polarity::LowerIsBetter);
    let rate = |column, unit, meaning| {
        Declared::metric(column, Some(unit), Some(higher), Some(meaning), "siege: over the run")
    };
    [
        Declared::column("Date & Time", Role::Timestamp, "siege: when the run ended"),
        Declared::amount("Elap Time", Unit::SECOND, "how long a run took", "siege: seconds"),
        Declared::time("Resp Time", Unit::SECOND, "mean response time of a run", "siege: seconds"),
        Declared::amount("Trans", Unit::COUNT, "transactions of a run", "siege: a count"),
        Declared::amount("Data Trans", megabytes, "data of a run", "siege: megabytes"),
        rate("Trans Rate", Unit::PER_SECOND, "transactions a second"),
        rate("Throughput", megabytes_per_second, "bytes of answers a second"),
        Declared::amount("Concurrent", Unit::UNKNOWN, "time in transactions over that of the run", "siege: a mean"),
        Declared::amount("OKAY", Unit::COUNT, "answers with a code below 400, of a run", "siege: a count"),
        Declared::metric(
            "Failed",
            Some(Unit::COUNT),
            Some(lower),
            Some("failed connections of a run"),
            "siege: a count",
        ),
    ]
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    sink.declared.extend(declared());
    let mut table = TableBuilder::of(&sink.storage, None, COLUMNS);
    let (mut transactions, mut failed) = (0.0, 0.0);
    for row in summary_tables::rows(records, b',', sink)? {
        let (Some(count), Some(failures)) = (number(row.cell(1)), number(row.cell(9))) else {
            // The header stands again where a message was logged, and such a message is no run.
            if !row.cell(0).starts_with("Date & Time") {
                sink.provenance.set_aside("a line that is no run", row.line);
            }
            continue;
        };
        let mut cells = RowBuffer::default();
        for index in 0..COLUMNS.len() {
            cells.push(row.cell(index).as_bytes());
        }
        table.push(cells.row(), row.line);
        transactions += count;
        failed += failures;
    }
    if table.rows() > 0 {
        let mut all = Summary::new("transactions", Unit::COUNT, Some("transactions of all runs; failed: `Failed`"));
        all.add(Statistic::Count, Some(transactions)).add(Statistic::Failures, Some(failed));
        all.give(sink);
        caveat(
            sink,
            "A row of siege's log is a whole run: what is computed here is about runs, not about transactions.",
        );
    }
    sink.tables.push(table);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn times_are_seconds_and_failures_stay() {
        let text = "      Date & Time,  Trans,  Elap Time,  Data Trans,  Resp Time,  Trans Rate,  Throughput,  Concurrent,    OKAY,   Failed\n\
            2025-04-01 09:00:30,    500,      19.90,           2,       0.25,       25.13,        0.10,        6.28,     495,       5\n\
            **** a message ****\n\
            2025-04-01 09:05:30,    520,      19.95,           2,       0.24,       26.07,        0.10,        6.25,     520,       2\n";
        let found = read_text("siege.log", text);
        assert_eq!(found.provenance.format, "siege-log");
        let table = &found.tables[0];
        let time = table.position("Resp Time").unwrap();
        assert_eq!((table.columns[time].unit(), table.numbers(time)), (Unit::SECOND, vec![Some(0.25), Some(0.24)]));
        assert_eq!(table.instants(0)[0], Some(1_743_498_030_000_000_000));
        assert_eq!(found.reported[0].number(Statistic::Count), Some(1020.0));
        assert_eq!(found.reported[0].number(Statistic::Failures), Some(7.0));
    }
}
