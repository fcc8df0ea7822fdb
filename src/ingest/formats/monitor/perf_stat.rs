//! `perf stat -x`: a line a counter, without a header.
//!
//! In: lines of `[time,][where,[cpus,]]value,unit,event,[variance%,]running time,percent of it[,metric,its unit]`. Out: a table with a
//! metric for each event, in the unit that perf writes beside it; with `-I` a row a step of time. Definition: the section on CSV of
//! `perf-stat(1)`. Which counts are better lower nobody says but their names (`cache-misses`).

use crate::measure::ending;

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, Format, Head, Holds, IngestError, Polarity, Role, RowKind, Sink, Unit,
};
use crate::ingest::meaning::name;
use crate::ingest::signature;
use crate::ingest::summaries::caveat;
use crate::ingest::summary_tables::{TextRow, number};
use crate::ingest::text::row::RowBuffer;

pub(crate) const FORMAT: Format = Format {
    name: "perf-stat",
    about: "counters of `perf stat -x`, a line an event, also with `-I`",
    latency: "none but processor time: counters of a processor and its kernel",
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Row,
    example: "perf stat -x, -o counters.csv ./program && perfreport summarize counters.csv",
    upstream: "perf-stat(1) of Linux, CSV FORMAT",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// What may stand between fields.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Lines that are looked at.
const LOOKED_AT: usize = 12;
const SECONDS: &str = "perf: seconds since the beginning";

/// A line.
struct Counter<'r> {
    time: Option<&'r str>,
    place: Option<&'r str>,
    value: &'r str,
    unit: &'r str,
    event: &'r str,
    /// A number that perf derives from it, and in what.
    derived: Option<(&'r str, &'r str)>,
}

impl<'r> Counter<'r> {
    fn of(row: &'r TextRow) -> Option<Self> {
        let cells: Vec<&str> = row.cells.iter().map(String::as_str).collect();
        let is_value = |cell: &str| number(cell).is_some() || ending::no_result(cell.as_bytes()).is_some();
        let is_time = |cell: &str| cell.contains('.') && number(cell).is_some();
        // perf writes `msec`, `Joules`, `MiB`, or nothing.
        let is_unit =
            |cell: &str| cell.chars().all(|letter| letter.is_alphabetic() || matches!(letter, '/' | '%' | '^'));
        // The event is the first name behind a value and its unit; the running time and its share stand behind it.
        let event = (2..cells.len().min(6)).find(|at| {
            let name = cells[*at];
            let words = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '{');
            let is_event = words && !matches!(name, "true" | "false" | "null");
            is_event && is_value(cells[at - 2]) && is_unit(cells[at - 1])
        })?;
        let running = (event + 1..=event + 2).find(|at| {
            let percent = cells.get(at + 1).and_then(|cell| number(cell));
            let time = cells.get(*at).filter(|cell| cell.bytes().all(|byte| byte.is_ascii_digit()) && !cell.is_empty());
            time.is_some() && percent.is_some_and(|percent| (0.0..=100.0).contains(&percent))
        })?;
        let before = &cells[..event - 2];
        let time = before.first().copied().filter(|cell| is_time(cell));
        let place = before.get(usize::from(time.is_some())).copied();
        let derived = cells.get(running + 2).zip(cells.get(running + 3)).map(|(value, unit)| (*value, *unit));
        let derived = derived.filter(|(value, unit)| number(value).is_some() && !unit.is_empty());
        Some(Self { time, place, value: cells[event - 2], unit: cells[event - 1], event: cells[event], derived })
    }
}

fn text_row(line: &[u8], delimiter: u8) -> TextRow {
    let cells = signature::cells(line, delimiter).iter().map(|cell| cell.trim().to_owned()).collect();
    TextRow { cells, line: 0 }
}

/// What separates the fields, where all of the first lines are counters.
fn delimiter(head: &Head<'_>) -> Option<u8> {
    let lines = || {
        let plain = head.bytes.split(|byte| *byte == b'\n').take(LOOKED_AT + 1).collect::<Vec<_>>();
        // The last of so many bytes may be cut.
        let whole = if plain.len() > 1 { plain.len() - 1 } else { plain.len() };
        let told = plain.into_iter().take(whole).filter(|line| !line.trim_ascii().is_empty() && line[0] != b'#');
        told.collect::<Vec<_>>()
    };
    let lines = lines();
    DELIMITERS.into_iter().find(|delimiter| {
        lines.len() > 1 && lines.iter().all(|line| Counter::of(&text_row(line, *delimiter)).is_some())
    })
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    delimiter(head).map(|_| vec!["lines of a value, its unit, an event and how long it was counted".to_owned()])
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let mut lines: Vec<(Vec<u8>, u64)> = Vec::new();
    while let Some(record) = records.next()? {
        let bytes = record.bytes.trim_ascii();
        if !bytes.is_empty() && bytes[0] != b'#' {
            lines.push((record.bytes.to_vec(), record.line));
        }
    }
    let counters = |delimiter: u8| {
        let first = lines.iter().take(LOOKED_AT);
        first.filter(|(line, _)| Counter::of(&text_row(line, delimiter)).is_some()).count()
    };
    let delimiter = DELIMITERS.into_iter().max_by_key(|delimiter| counters(*delimiter)).unwrap_or(b',');
    let columns = [
        ("time", CellType::Decimal),
        ("place", CellType::Text),
        ("event", CellType::Text),
        ("value", CellType::Decimal),
        ("unit", CellType::Text),
    ];
    let is_timed = lines
        .iter()
        .any(|(line, _)| Counter::of(&text_row(line, delimiter)).is_some_and(|counter| counter.time.is_some()));
    let columns = if is_timed { &columns[..] } else { &columns[1..] };
    let time = Declared { unit: Some(Unit::SECOND), ..Declared::column("time", Role::Timestamp, SECONDS) };
    sink.declared.extend([
        time,
        Declared::column("place", Role::Label, "perf: the processor, core or socket"),
        Declared::column("event", Role::MetricName, "perf: what was counted"),
        Declared::metric("value", None, None, None, "perf: the counter"),
        Declared::column("unit", Role::Unused, "perf: the unit of the counter"),
    ]);
    let mut table = TableBuilder::of(&sink.storage, None, columns);
    let mut repeated = false;
    for (line, number) in &lines {
        let row = text_row(line, delimiter);
        let Some(counter) = Counter::of(&row) else {
            sink.provenance.set_aside("a line that is no counter", *number);
            continue;
        };
        repeated |= row.cells.iter().any(|cell| cell.ends_with('%'));
        let mut push = |event: &str, value: &str, unit: &str| {
            let mut cells = RowBuffer::default();
            if is_timed {
                cells.push(counter.time.unwrap_or_default().as_bytes());
            }
            for cell in [counter.place.unwrap_or_default(), event, value, unit] {
                cells.push(cell.as_bytes());
            }
            table.push(cells.row(), *number);
        };
        push(counter.event, counter.value, if counter.unit == "msec" { "ms" } else { counter.unit });
        if let Some((value, what)) = counter.derived {
            let name = format!("{} ({what})", counter.event);
            push(&name, value, if unit_of(what).is_some() { what } else { "" });
            declare(name, what, sink);
        }
    }
    if repeated {
        caveat(
            sink,
            "perf counted several runs (`-r`): its numbers are their means, and how far they deviate stays in the file.",
        );
    }
    sink.tables.push(table);
    Ok(())
}

/// The unit of a number that perf derives, where it is one of ours.
fn unit_of(what: &str) -> Option<Unit> {
    what.ends_with("/sec").then(|| name::unit(what).map(|(unit, _)| unit))?
}

/// What perf derives from a counter is better higher where it is work by cycle; of the rest nobody says.
fn declare(name: String, what: &str, sink: &mut Sink) {
    let polarity = if what == "insn per cycle" { Polarity::HigherIsBetter } else { Polarity::Unknown };
    let known = sink.declared_by_file.iter().any(|(known, _)| *known == name);
    if !known {
        let declared = Declared::metric("", unit_of(what), Some(polarity), None, "perf: derived from the counter");
        sink.declared_by_file.push((name, declared));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;
    use crate::table::source::Source;

    fn metric(found: &Source, name: &str) -> (Option<Unit>, Polarity, Vec<Option<f64>>) {
        let (table, column) =
            found.tables.iter().find_map(|table| Some((table, table.position(name)?))).expect("the metric is there");
        let unit = table.columns[column].unit.as_ref().map(|choice| choice.unit);
        (unit, table.columns[column].polarity, table.numbers(column))
    }

    #[test]
    fn each_event_is_a_metric_in_the_unit_that_stands_beside_it() {
        let text = "# started on Tue Jan  7 08:00:00 2025\n\n\
            812.50,msec,task-clock,812500000,100.00,0.981,CPUs utilized\n\
            31,,context-switches,812500000,100.00,38.154,/sec\n\
            2000000000,,cycles,812500000,100.00,2.462,GHz\n\
            3000000000,,instructions,812500000,100.00,1.50,insn per cycle\n\
            <not supported>,,LLC-loads,0,100.00,,\n";
        let found = read_text("counters.csv", text);
        assert_eq!(found.provenance.format, "perf-stat");
        let clock = metric(&found, "task-clock");
        assert_eq!(clock, (Some(Unit::MILLISECOND), Polarity::LowerIsBetter, vec![Some(812.5)]));
        assert_eq!(metric(&found, "cycles").2, [Some(2e9)]);
        assert_eq!(metric(&found, "context-switches").1, Polarity::Unknown);
        let by_second = metric(&found, "context-switches (/sec)");
        assert_eq!(by_second, (Some(Unit::PER_SECOND), Polarity::Unknown, vec![Some(38.154)]));
        assert_ne!(metric(&found, "cycles (GHz)").0, Some(Unit::SECOND));
        let ipc = metric(&found, "instructions (insn per cycle)");
        assert_eq!((ipc.1, ipc.2), (Polarity::HigherIsBetter, vec![Some(1.5)]));
    }

    #[test]
    fn steps_of_time_are_samples_and_processors_are_labels() {
        let text = "1.001,CPU0,12,,context-switches,1001000000,100.00,,\n\
            1.001,CPU1,7,,context-switches,1001000000,100.00,,\n\
            2.002,CPU0,15,,context-switches,1001000000,100.00,,\n\
            2.002,CPU1,9,,context-switches,1001000000,100.00,,\n";
        let found = read_text("steps.csv", text);
        assert_eq!(found.provenance.format, "perf-stat");
        assert_eq!(metric(&found, "context-switches").2, [Some(12.0), Some(7.0), Some(15.0), Some(9.0)]);
        let table = &found.tables[0];
        assert_eq!(table.columns_as(Role::Timestamp).count(), 1);
        let place = table.position("place").unwrap();
        assert_eq!(table.columns[place].dictionary, ["CPU0", "CPU1"]);
    }

    #[test]
    fn semicolons_and_deviations_are_read() {
        let text = "812.50;msec;task-clock;0.50%;812500000;100.00;0.981;CPUs utilized\n\
            31;;page-faults;1.20%;812500000;100.00;38.154;/sec\n";
        let found = read_text("r.csv", text);
        assert_eq!(found.provenance.format, "perf-stat");
        assert_eq!(metric(&found, "task-clock").2, [Some(812.5)]);
        assert!(found.reported_caveats.iter().any(|caveat| caveat.contains("their means")));
    }
}
