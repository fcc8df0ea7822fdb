//! What dstat records of a machine (`dstat --output`), and its successors dool and pcp-dstat.
//!
//! In: lines about the recording, a row of groups (`"memory usage",,,`), a row of names, and a row each few seconds. A file that was
//! written to again has all of that again. Out: a table for each header that differs; a column is called by its group and its name. Units are
//! those of the counters: bytes, bytes or events a second, percent of processor time. `time` has a day and a month and no year, so
//! that it tells no date; `epoch` does. The first row below a header of dstat's own counts from the start of the machine.
//! Definition: dstat's `dstat` (`csvheader`, `showcsv`, the classes of its counters) and plugins, dool's `dool`.

use crate::measure::folded::Folded;
use crate::table::source::Families;

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, FindingKind, Format, Head, Holds, IngestError, Role, RowKind, Severity,
    Sink, Unit,
};
use crate::ingest::signature;
use crate::ingest::text::cells::DecimalMark;
use crate::ingest::text::column_types::column_types;
use crate::ingest::text::heading::names_in_groups;
use crate::ingest::text::row::{Row, RowBuffer};
use crate::ingest::text::split::Splitter;

pub(crate) const FORMAT: Format = Format {
    name: "dstat",
    about: "what dstat, dool or pcp-dstat records of a machine (`--output`)",
    latency: "none: processor time, memory, disks and networks of a machine",
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Row,
    example: "dstat --epoch -cdnm --output dstat.csv 5 60 && perfreport summarize dstat.csv",
    upstream: "dagwieers/dstat, dstat and plugins/; scottchiefbaker/dool, dool",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// With what a line about the recording begins.
const ABOUT: [&str; 5] = ["Author:", "Host:", "Cmdline:", "URL:", "User:"];
/// How the first line ends, in any case.
const TITLE: &str = "csv output";
const TOOLS: [&str; 3] = ["dstat", "dool", "pcp-dstat"];
/// Rows that the types of columns are read from.
const SAMPLE_ROWS: usize = 400;
/// Lines that a finding names; the rest are counted.
const NAMED_LINES: usize = 8;
/// What turns the bytes of disks and networks into bits in dool.
const BITS: &str = "--bits";

/// The tool that a title names.
fn tool(cell: &str) -> Option<String> {
    let lower = cell.trim().to_ascii_lowercase();
    let tool = lower.split_whitespace().next()?.to_owned();
    (lower.ends_with(TITLE) && TOOLS.contains(&tool.as_str())).then_some(tool)
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let cells = signature::cells(signature::first_line(head), b',');
    let tool = tool(cells.first()?)?;
    Some(vec![format!("the first line is the title that {tool} writes into its CSV file")])
}

/// What the next row is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Groups,
    Names,
    Row,
}

/// A table whose columns wait for rows that show what they hold.
#[derive(Default)]
struct Header {
    groups: Vec<String>,
    names: Vec<String>,
    /// Where the names stand first, and where they stand again.
    line: u64,
    repeated: Vec<u64>,
    waiting: Vec<(RowBuffer, u64)>,
    table: Option<TableBuilder>,
}

impl Header {
    fn columns(&self) -> Vec<String> {
        let plain = |(index, name): (usize, &String)| {
            // With several disks the group stands before the name as well: `dsk/sda:read`.
            let group =
                self.groups.get(..=index).and_then(|groups| groups.iter().rev().find(|group| !group.is_empty()));
            let rest = group.and_then(|group| name.strip_prefix(group.as_str())?.strip_prefix(':'));
            rest.unwrap_or(name).to_owned()
        };
        let names: Vec<String> = self.names.iter().enumerate().map(plain).collect();
        names_in_groups(&self.groups, &names)
    }

    fn take(&mut self, row: Row<'_>, line: u64, bits: bool, sink: &mut Sink) {
        if let Some(table) = &mut self.table {
            table.push(row, line);
            return;
        }
        self.waiting.push((RowBuffer::copy_of(row), line));
        if self.waiting.len() == SAMPLE_ROWS {
            self.open(bits, sink);
        }
    }

    /// Decides what the columns hold.
    fn open(&mut self, bits: bool, sink: &mut Sink) {
        let columns = self.columns();
        let rows: Vec<Row<'_>> = self.waiting.iter().map(|(row, _)| row.row()).collect();
        let types = column_types(&rows, columns.len(), DecimalMark::Point);
        for (name, cells) in columns.iter().zip(&types) {
            if let Some(declared) = declared(name, *cells, bits)
                && !sink.declared_by_file.iter().any(|(known, _)| known == name)
            {
                sink.declared_by_file.push((name.clone(), declared));
            }
        }
        let mut table = TableBuilder::new(&sink.storage, columns, &types);
        table.header_line = Some(self.line);
        self.waiting.drain(..).for_each(|(row, line)| table.push(row.row(), line));
        self.table = Some(table);
    }

    /// The same header stands again: the tool was started again.
    fn begin_run(&mut self, line: u64, bits: bool, sink: &mut Sink) {
        self.repeated.push(line);
        if self.table.is_none() {
            self.open(bits, sink);
        }
        if let Some(table) = &mut self.table {
            table.begin_run();
        }
    }

    fn finish(mut self, bits: bool, sink: &mut Sink) {
        if self.table.is_none() && !self.names.is_empty() {
            self.open(bits, sink);
        }
        if let [first, ..] = self.repeated[..] {
            let lines = Folded::of(&self.repeated, NAMED_LINES);
            let reason = format!("the header is repeated inside the file: another run was appended (lines {lines})");
            let action = "the rows continue their table";
            let finding = sink.find(Severity::Note, FindingKind::RepeatedHeader, first, reason, action);
            finding.count = self.repeated.len() as u64;
        }
        sink.tables.extend(self.table);
    }
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    sink.provenance.families = Families::ByHeader;
    records.quotes_after(b',');
    let mut splitter = Splitter::default();
    let mut header = Header::default();
    let (mut next, mut bits, mut groups) = (Next::Groups, false, Vec::new());
    while let Some(record) = records.next()? {
        let (line, terminated) = (record.line, record.terminated);
        if record.bytes.trim_ascii().is_empty() {
            continue;
        }
        let row = splitter.split(&record, Some(b','));
        let first = String::from_utf8_lossy(row.cell(0)).into_owned();
        let tool = tool(&first);
        if tool.is_some() || ABOUT.contains(&first.as_str()) {
            next = Next::Groups;
            bits = if first == "Cmdline:" { says(row, BITS) } else { bits };
            if tool.as_deref() == Some("dstat") {
                let since_start = "the first row below a header is the mean since the machine started, as dstat counts";
                sink.provenance.evidence.push(since_start.to_owned());
            }
            continue;
        }
        match next {
            Next::Groups => {
                groups = texts(row);
                next = Next::Names;
            }
            Next::Names => {
                let names = texts(row);
                if names == header.names && groups == header.groups {
                    header.begin_run(line, bits, sink);
                } else {
                    let new = Header { groups: std::mem::take(&mut groups), names, line, ..Header::default() };
                    std::mem::replace(&mut header, new).finish(bits, sink);
                }
                next = Next::Row;
            }
            Next::Row if row.len() == header.names.len() => header.take(row, line, bits, sink),
            Next::Row => {
                let (have, width) = (row.len(), header.names.len());
                let cut = !terminated && have < width;
                let kind = if cut { FindingKind::TruncatedLine } else { FindingKind::RaggedRow };
                let reason = format!("the row has {have} fields where its table has {width}");
                sink.provenance.set_aside("wrong number of fields", line);
                sink.find(Severity::Corrupted, kind, line, reason, "the row was set aside");
            }
        }
    }
    header.finish(bits, sink);
    Ok(())
}

/// The cells of a row.
fn texts(row: Row<'_>) -> Vec<String> {
    row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
}

fn says(row: Row<'_>, word: &str) -> bool {
    row.iter().any(|cell| String::from_utf8_lossy(cell).split_whitespace().any(|own| own == word))
}

/// What dstat counts in a column called so. Absent where that is left to its cells: instants, and numbers of plugins that are not
/// known.
fn declared(column: &str, cells: CellType, bits: bool) -> Option<Declared> {
    let (group, name) = column.split_once(" / ").unwrap_or(("", column));
    if cells == CellType::Text {
        let reason = if name == "time" {
            "dstat: a day, a month and a time, without a year"
        } else {
            "dstat: what a plugin names"
        };
        return Some(Declared::column("", Role::Unused, reason));
    }
    if cells == CellType::Timestamp {
        return None;
    }
    if column == "epoch" {
        return Some(Declared::column("", Role::Timestamp, "dstat: seconds since 1970"));
    }
    let bytes_a_second = Unit::parse(if bits { "bit/s" } else { "B/s" }).unwrap_or(Unit::UNKNOWN);
    let of_processor = group.ends_with("cpu usage") || matches!(group, "total cpu" | "dstat cpu" | "vm cpu");
    let of_one_processor = group.starts_with("cpu") && group.ends_with("usage");
    let of_memory = matches!(group, "memory usage" | "advanced memory usage" | "swap");
    let (kind, of) = group.split_once('/').unwrap_or((group, ""));
    let (unit, meaning, reason) = match (kind, name) {
        _ if of_processor || of_one_processor => (Unit::PERCENT, "share of processor time", "dstat: percent"),
        _ if of_memory => (Unit::BYTE, "memory in this use", "dstat: bytes"),
        ("dsk", "read" | "writ") => (bytes_a_second, "read from or written to disks", "dstat: bytes a second"),
        ("net", "recv" | "send") => (bytes_a_second, "received or sent by networks", "dstat: bytes a second"),
        ("paging", "in" | "out") if of.is_empty() => {
            let unit = Unit::parse("B/s").unwrap_or(Unit::UNKNOWN);
            (unit, "moved between memory and swap", "dstat: bytes a second")
        }
        ("io", "read" | "writ") | ("dsk", "#read" | "#writ") => {
            (Unit::PER_SECOND, "requests to disks", "dstat: events a second")
        }
        ("pkt", "#recv" | "#send") => (Unit::PER_SECOND, "packets of networks", "dstat: events a second"),
        ("system", "int") => (Unit::PER_SECOND, "interrupts", "dstat: events a second"),
        ("system", "csw") => (Unit::PER_SECOND, "changes of context", "dstat: events a second"),
        ("interrupts", _) => (Unit::PER_SECOND, "interrupts of one line", "dstat: events a second"),
        ("virtual memory" | "advanced virtual memory", _) => {
            (Unit::PER_SECOND, "events of the virtual memory", "dstat: events a second")
        }
        ("procs", "new") => (Unit::PER_SECOND, "new processes", "dstat: events a second"),
        ("procs", "run" | "blk" | "total") => (Unit::COUNT, "processes", "dstat: a count"),
        ("sockets" | "tcp sockets" | "udp" | "unix sockets" | "raw" | "sysv ipc" | "file locks" | "filesystem", _)
        | ("async", "#aio") => (Unit::COUNT, "things in use", "dstat: a count"),
        ("load avg", _) => (Unit::UNKNOWN, "processes that run or wait, averaged", "dstat: load of the machine"),
        _ => (Unit::UNKNOWN, "number of a plugin", "dstat: a number of a plugin, whose unit is not written"),
    };
    Some(Declared::amount("", unit, meaning, reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit_of(column: &str, bits: bool) -> Option<Unit> {
        declared(column, CellType::Decimal, bits).and_then(|declared| declared.unit)
    }

    #[test]
    fn every_group_has_the_unit_of_its_counters() {
        for (column, unit) in [
            ("total cpu usage / idl", "%"),
            ("cpu0 usage / usr", "%"),
            ("dsk/sda / writ", "B/s"),
            ("net/total / recv", "B/s"),
            ("memory usage / buff", "B"),
            ("swap / used", "B"),
            ("system / csw", "/s"),
            ("io/total / read", "/s"),
            ("procs / blk", ""),
            ("load avg / 15m", ""),
        ] {
            assert_eq!(unit_of(column, false).map(|unit| unit.symbol), Some(unit), "{column}");
        }
        assert_eq!(unit_of("net/total / recv", true).map(|unit| unit.symbol), Some("bit/s"));
        assert_eq!(unit_of("memory usage / used", true), Some(Unit::BYTE));
    }

    #[test]
    fn instants_are_told_by_epoch_and_not_by_a_time_without_a_year() {
        assert_eq!(declared("epoch", CellType::Decimal, false).map(|it| it.role), Some(Role::Timestamp));
        assert_eq!(declared("system / time", CellType::Text, false).map(|it| it.role), Some(Role::Unused));
        assert_eq!(declared("system / time", CellType::Timestamp, false), None);
    }

    #[test]
    fn a_title_of_another_program_is_none() {
        assert_eq!(tool("pcp-dstat 5.3.7 CSV Output").as_deref(), Some("pcp-dstat"));
        assert_eq!(tool("\u{feff}x"), None);
        assert_eq!(tool("Something CSV output"), None);
    }
}
