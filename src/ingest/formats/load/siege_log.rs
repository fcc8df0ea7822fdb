//! siege's log: a row for each of its runs.
//!
//! In: times in **seconds**, data in megabytes. Out: a table with a row a run, of the means that siege wrote, and how many
//! transactions there were and failed over all of them. Columns that somebody added behind siege's tell runs apart. Definition:
//! siege's `log.c`; what it counts: `browser.c` and `response.c`.

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, Format, Holds, IngestError, Polarity, Role, RowKind, Sink, Statistic,
    Unit,
};
use crate::ingest::settle;
use crate::ingest::signature;
use crate::ingest::summaries::{Summary, caveat};
use crate::ingest::summary_tables::{self, TextRow, number};
use crate::ingest::text::row::RowBuffer;
use crate::measure::{FindingKind, Severity};

pub(crate) const FORMAT: Format = Format {
    name: "siege-log",
    about: "siege's log, a row a run (`siege --log`)",
    latency: "the mean response time of each run, in hundredths of a second",
    failures: Failures::Recorded("what was begun and is not among `OKAY`, the answers with a code below 400"),
    holds: Holds::Samples,
    row: RowKind::Run,
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
        Declared::column("Date & Time", Role::Identifier, "siege: when the run ended: its rows are runs, and no load"),
        Declared::amount("Elap Time", Unit::SECOND, "how long a run took", "siege: seconds"),
        Declared::time("Resp Time", Unit::SECOND, "mean response time of a run", "siege: seconds"),
        Declared::amount("Trans", Unit::COUNT, "transactions of a run", "siege: a count"),
        Declared::amount("Data Trans", megabytes, "data of a run", "siege: megabytes"),
        rate("Trans Rate", Unit::PER_SECOND, "transactions a second"),
        rate("Throughput", megabytes_per_second, "bytes of answers a second"),
        Declared::amount("Concurrent", Unit::UNKNOWN, "time in transactions over that of the run", "siege: a mean"),
        Declared::amount("OKAY", Unit::COUNT, "answers with a code below 400, of a run", "siege: a count"),
        Declared::metric("Failed", Some(Unit::COUNT), Some(lower), Some("failures of a run"), "siege: a count"),
    ]
}

/// What siege counted in a run.
struct Counted {
    /// Transactions that were begun: failures without an answer are none of siege's transactions, those with 4xx are.
    begun: f64,
    failed: f64,
}

impl Counted {
    fn of(row: &TextRow) -> Option<Self> {
        let (transactions, okay, failed) = (number(row.cell(1))?, number(row.cell(8)), number(row.cell(9))?);
        let okay = okay.unwrap_or((transactions - failed).max(0.0));
        let begun = transactions.max(okay + failed);
        Some(Self { begun, failed: begun - okay })
    }
}

/// The mean response time and the concurrency of a row, as far as they may be true: where nothing was answered siege divides by
/// nothing, and where its sum overflowed an answer takes longer than the whole run.
fn believed(row: &TextRow, sink: &mut Sink) -> [String; 2] {
    let [time, concurrent] = [row.cell(4), row.cell(7)].map(str::to_owned);
    if number(row.cell(1)) == Some(0.0) {
        return [String::new(), concurrent];
    }
    let too_long = number(&time).zip(number(row.cell(2))).filter(|(time, elapsed)| *time > 2.0 * elapsed);
    if let Some((_, elapsed)) = too_long {
        let reason = format!("a mean response time of {time} s in a run of {elapsed} s");
        let action = "it is left out, as is the concurrency that is computed of it";
        sink.find(Severity::Corrupted, FindingKind::Contradiction, Some(row.line), &reason, action);
        return [String::new(), String::new()];
    }
    [time, concurrent]
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    sink.declared.extend(declared());
    sink.settle = Some(|source, _| settle::lead_with(source, "Resp Time"));
    let rows = summary_tables::rows(records, b',', sink)?;
    let added = rows.first().map(|header| header.cells.get(COLUMNS.len()..).unwrap_or_default().to_vec());
    let added = added.unwrap_or_default();
    let mut columns: Vec<(&str, CellType)> = COLUMNS.to_vec();
    columns.extend(added.iter().map(|name| (name.as_str(), CellType::Text)));
    // What somebody wrote behind siege's columns was chosen, but for notes.
    let chosen = added.iter().filter(|name| !name.to_lowercase().contains("note"));
    let reason = "a column that siege does not write, behind its own";
    sink.declared_by_file.extend(chosen.map(|name| (name.clone(), Declared::column("", Role::Setting, reason))));
    let mut table = TableBuilder::of(&sink.storage, None, &columns);
    let (mut begun, mut failed) = (0.0, 0.0);
    for row in rows {
        let Some(counted) = Counted::of(&row) else {
            // The header stands again where a message was logged, and such a message is no run.
            if !row.cell(0).starts_with("Date & Time") {
                sink.provenance.set_aside("a line that is no run", row.line);
            }
            continue;
        };
        let [time, concurrent] = believed(&row, sink);
        let mut cells = RowBuffer::default();
        for index in 0..columns.len() {
            let cell = match index {
                4 => &time,
                7 => &concurrent,
                _ => row.cell(index),
            };
            cells.push(cell.as_bytes());
        }
        table.push(cells.row(), row.line);
        begun += counted.begun;
        failed += counted.failed;
    }
    if table.rows() > 0 {
        let meaning = "transactions that were begun, of all runs; failed: no answer, or one with 4xx or 5xx";
        let mut all = Summary::new("transactions", Unit::COUNT, Some(meaning));
        all.add(Statistic::Count, Some(begun)).add(Statistic::Failures, Some(failed));
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
        // The second run failed twice beside all of its transactions.
        assert_eq!(found.reported[0].number(Statistic::Count), Some(1022.0));
        assert_eq!(found.reported[0].number(Statistic::Failures), Some(7.0));
    }

    const HEADER: &str = "Date & Time,  Trans,  Elap Time,  Data Trans,  Resp Time,  Trans Rate,  Throughput,  Concurrent,    OKAY,   Failed";

    #[test]
    fn a_run_without_an_answer_has_no_time_and_one_that_overflowed_none_that_is_believed() {
        let text = format!(
            "{HEADER}\n2024-01-02 10:00:00, 900, 30.00, 4, 0.05, 30.00, 0.13, 1.50, 900, 0\n\
             2024-01-02 11:00:00, 0, 12.00, 0, nan, 0.00, 0.00, 0.00, 0, 40\n\
             2024-01-02 12:00:00, 100, 600.00, 1, 434249465856.00, 0.17, 0.00, 2585595215872.00, 100, 300\n"
        );
        let found = read_text("siege.log", text);
        let table = &found.tables[0];
        assert_eq!(table.numbers(table.position("Resp Time").unwrap()), [Some(0.05), None, None]);
        assert_eq!(found.reported[0].number(Statistic::Count), Some(1340.0));
        assert_eq!(found.reported[0].number(Statistic::Failures), Some(340.0));
        let kinds: Vec<FindingKind> = found.findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds[0], FindingKind::Contradiction);
    }

    #[test]
    fn columns_that_were_added_tell_runs_apart() {
        let text = format!(
            "{HEADER}, instances, size\n2024-02-11 22:36:37, 40, 59.31, 0, 11.50, 0.67, 0.00, 8.60, 40, 0, 1, 512/0.2\n\
             2024-02-11 22:39:27, 400, 59.48, 0, 1.20, 6.72, 0.00, 8.79, 400, 0, 8, 512/0.2\n"
        );
        let found = read_text("siege.log", text);
        let table = &found.tables[0];
        let labels: Vec<&str> = table.columns_as(Role::Setting).map(|at| table.columns[at].name.as_str()).collect();
        assert_eq!(labels, ["instances", "size"]);
    }
}
