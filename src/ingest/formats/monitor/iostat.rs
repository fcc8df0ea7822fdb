//! What `iostat` of sysstat prints again and again: a report of the processors and one of the devices for each interval.
//!
//! In: lines, `avg-cpu:` above one row and `Device` above a row for each device, maybe below a time (`-t`). Out: a table of processor time
//! and one of devices, a row an interval each; a report is a sample in time, and a device is never pooled with another. Units are those of
//! sysstat: its kilobytes and megabytes are 1,024 and 1,048,576 bytes, waits are milliseconds. The first report of a run is of the time since
//! the machine started, unless `-y` leaves it out. Definition: sysstat's `iostat.c` and `iostat(1)`.

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, FindingKind, Format, Head, Holds, IngestError, Polarity, Role, RowKind,
    Severity, Sink, Unit,
};
use crate::ingest::meaning::clock;
use crate::ingest::text::row::RowBuffer;
use crate::table::LabelIdentity;
use crate::table::source::Families;

pub(crate) const FORMAT: Format = Format {
    name: "iostat",
    about: "reports of `iostat`, one after the other, with or without `-x` and `-t`",
    latency: "`await`, `r_await`, `w_await`: the mean time of a request to a device, with the time in its queue",
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Row,
    example: "iostat -xyt 1 60 > iostat.log && perfreport summarize iostat.log",
    upstream: "sysstat/sysstat, iostat.c and iostat(1)",
    sniff,
    read: |records, _, sink| read(records, sink),
};

const CPU: &str = "avg-cpu:";
const TIME: &str = "time";
const DEVICE: &str = "device";
/// Lines of the head that are looked at.
const LOOKED_AT: usize = 12;

/// The names of a header of devices, without the first.
fn devices(line: &str) -> Option<Vec<&str>> {
    let mut cells = line.split_whitespace();
    let first = cells.next()?;
    let names: Vec<&str> = cells.collect();
    let is_counter = |name: &&str| matches!(*name, "tps" | "r/s" | "w/s" | "%util");
    (matches!(first, "Device" | "Device:") && names.iter().any(is_counter)).then_some(names)
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(head.bytes);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).take(LOOKED_AT);
    let is_report = |line: &str| line.starts_with(CPU) && line.contains("%iowait") || devices(line).is_some();
    let first = lines.find(|line| is_report(line))?;
    let word = first.split_whitespace().next().unwrap_or_default();
    Some(vec![format!("a report that begins with `{word}`, as iostat prints one for each interval")])
}

/// A report that is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Report {
    None,
    Cpu,
    /// Of devices, with the table at that place.
    Devices(usize),
}

/// The tables so far.
#[derive(Default)]
struct Reader {
    cpu: Option<TableBuilder>,
    /// Tables of devices with their headers: another selection of columns is another table.
    devices: Vec<(Vec<String>, TableBuilder)>,
    time: Option<String>,
}

impl Reader {
    fn open(names: &[&str], first: &[(&str, CellType)], line: u64, sink: &mut Sink) -> TableBuilder {
        let header: Vec<String> = first
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .chain(names.iter().map(|name| (*name).to_owned()))
            .collect();
        // A day and a month may stand in either order, as the place says that the machine is at.
        let unread = first.iter().any(|(name, cells)| *name == TIME && *cells == CellType::Text);
        if unread && !sink.declared.iter().any(|one| one.column == TIME) {
            let reason = "iostat: a time in the order of the place, so that no instant can be told";
            sink.declared.push(Declared::column(TIME, Role::Unused, reason));
        }
        let mut types: Vec<CellType> = first.iter().map(|(_, cells)| *cells).collect();
        types.resize(header.len(), CellType::Decimal);
        for name in names {
            if !sink.declared_by_file.iter().any(|(known, _)| known == name) {
                sink.declared_by_file.push(((*name).to_owned(), declared(name)));
            }
        }
        let mut table = TableBuilder::new(&sink.storage, header, &types);
        table.header_line = Some(line);
        table
    }

    /// What stands in front of a row: the time of its report, where times are written.
    fn front(&self) -> Vec<(&'static str, CellType)> {
        let cells = self
            .time
            .as_ref()
            .map(|time| if clock::instant(time.as_bytes()).is_some() { CellType::Timestamp } else { CellType::Text });
        cells.map(|cells| (TIME, cells)).into_iter().collect()
    }

    fn row(&self, cells: &[&str]) -> RowBuffer {
        let mut row = RowBuffer::default();
        for cell in self.time.as_deref().into_iter().chain(cells.iter().copied()) {
            row.push(cell.as_bytes());
        }
        row
    }

    /// Takes a row of a report; says whether it fits.
    fn take(&mut self, report: Report, cells: &[&str], line: u64) -> bool {
        let row = self.row(cells);
        let table = match report {
            Report::Cpu => self.cpu.as_mut(),
            Report::Devices(at) => self.devices.get_mut(at).map(|(_, table)| table),
            Report::None => None,
        };
        let Some(table) = table.filter(|table| table.header.len() == row.row().len()) else { return false };
        table.push(row.row(), line);
        true
    }

    /// The table of devices with these names.
    fn devices_of(&mut self, names: &[&str], line: u64, sink: &mut Sink) -> usize {
        if let Some(at) = self.devices.iter().position(|(known, _)| known == names) {
            return at;
        }
        let mut front = self.front();
        front.push((DEVICE, CellType::Text));
        let mut table = Self::open(names, &front, line, sink);
        table.name = (!self.devices.is_empty()).then(|| format!("devices {}", self.devices.len() + 1));
        self.devices.push((names.iter().map(|name| (*name).to_owned()).collect(), table));
        self.devices.len() - 1
    }
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    sink.provenance.families = Families::ByHeader;
    sink.labels = LabelIdentity::Exact;
    sink.declared.push(Declared::column(DEVICE, Role::Label, "iostat: the device of the row"));
    let mut reader = Reader::default();
    let mut report = Report::None;
    while let Some(record) = records.next()? {
        let (line, terminated) = (record.line, record.terminated);
        let text = String::from_utf8_lossy(record.bytes).into_owned();
        let cells: Vec<&str> = text.split_whitespace().collect();
        let Some(first) = cells.first().copied() else {
            report = Report::None;
            continue;
        };
        if first == CPU {
            if reader.cpu.is_none() {
                reader.cpu = Some(Reader::open(&cells[1..], &reader.front(), line, sink));
            }
            report = Report::Cpu;
        } else if let Some(names) = devices(&text) {
            report = Report::Devices(reader.devices_of(&names, line, sink));
        } else if report != Report::None {
            if !reader.take(report, &cells, line) {
                let kind = if terminated { FindingKind::RaggedRow } else { FindingKind::TruncatedLine };
                let reason = format!("the row has {} fields, and its report another number", cells.len());
                sink.provenance.set_aside("wrong number of fields", line);
                sink.find(Severity::Corrupted, kind, line, reason, "the row was set aside");
            }
        } else if first.starts_with(|start: char| start.is_ascii_digit()) {
            reader.time = Some(text.trim().to_owned());
        }
    }
    let since_start = "the first report of a run is of the time since the machine started, unless `-y` left it out";
    sink.provenance.evidence.push(since_start.to_owned());
    if let Some(mut cpu) = reader.cpu.filter(|cpu| cpu.rows() > 0) {
        cpu.name = Some("processors".to_owned());
        sink.tables.push(cpu);
    }
    sink.tables.extend(reader.devices.into_iter().map(|(_, table)| table));
    Ok(())
}

/// What iostat prints in a column called so.
fn declared(column: &str) -> Declared {
    let unit = |symbol: &str| Unit::parse(symbol).unwrap_or(Unit::UNKNOWN);
    let (unit, polarity, meaning, reason) = match column {
        "await" | "r_await" | "w_await" | "d_await" | "f_await" | "svctm" => (
            Unit::MILLISECOND,
            Polarity::LowerIsBetter,
            "mean time of a request, with the time in the queue",
            "iostat: milliseconds",
        ),
        "%util" => {
            (Unit::PERCENT, Polarity::Unknown, "share of the time in which requests were under way", "iostat: percent")
        }
        _ if column.starts_with('%') => (Unit::PERCENT, Polarity::Unknown, "share of a whole", "iostat: percent"),
        "tps" | "r/s" | "w/s" | "d/s" | "f/s" | "rrqm/s" | "wrqm/s" | "drqm/s" => {
            (Unit::PER_SECOND, Polarity::Unknown, "requests to the device", "iostat: requests a second")
        }
        "rkB/s" | "wkB/s" | "dkB/s" | "kB_read/s" | "kB_wrtn/s" | "kB_dscd/s" => {
            (unit("KiB/s"), Polarity::Unknown, "moved by the device", "iostat: 1,024 bytes a second")
        }
        "rMB/s" | "wMB/s" | "dMB/s" | "MB_read/s" | "MB_wrtn/s" | "MB_dscd/s" => {
            (unit("MiB/s"), Polarity::Unknown, "moved by the device", "iostat: 1,048,576 bytes a second")
        }
        "kB_read" | "kB_wrtn" | "kB_dscd" | "rareq-sz" | "wareq-sz" | "dareq-sz" | "areq-sz" => {
            (unit("KiB"), Polarity::Unknown, "an amount of data", "iostat: 1,024 bytes")
        }
        "MB_read" | "MB_wrtn" | "MB_dscd" => {
            (unit("MiB"), Polarity::Unknown, "an amount of data", "iostat: 1,048,576 bytes")
        }
        _ => (Unit::UNKNOWN, Polarity::Unknown, "a number of iostat's", "iostat: a number without a unit of ours"),
    };
    Declared::metric("", Some(unit), Some(polarity), Some(meaning), reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kilobytes_are_those_of_sysstat_and_waits_milliseconds() {
        for (column, symbol) in
            [("rkB/s", "KiB/s"), ("wMB/s", "MiB/s"), ("r_await", "ms"), ("%util", "%"), ("tps", "/s"), ("aqu-sz", "")]
        {
            assert_eq!(declared(column).unit.map(|unit| unit.symbol), Some(symbol), "{column}");
        }
    }

    #[test]
    fn a_device_above_anything_else_is_none() {
        assert!(devices("Device            r/s     rkB/s  %util").is_some());
        assert!(devices("Device            price     colour").is_none());
    }
}
