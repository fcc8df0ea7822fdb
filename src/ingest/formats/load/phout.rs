//! Yandex.Tank's `phout.log`: a row a request, without a header.
//!
//! In: twelve columns between tabs; seconds since 1970, then durations in **microseconds**. Out: samples; a request failed
//! whose network code is not 0 or whose protocol code is none or 400 and above. Definition: `phout_columns` of
//! Yandex.Tank's readers, and the manual of phantom.

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, Format, Head, Holds, IngestError, Role, RowKind, Sink, Unit,
};
use crate::ingest::signature;
use crate::ingest::text::lines::Flaw;
use crate::ingest::text::row::RowBuffer;

const LATENCY: &str = "from the beginning of connecting to the last byte; open loop, by the load's schedule";

pub(crate) const FORMAT: Format = Format {
    name: "phout",
    about: "Yandex.Tank and Pandora, a row a request (`phout.log`)",
    latency: LATENCY,
    failures: Failures::Recorded("a network code other than 0, or a protocol code of 0 or of 400 and above"),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "yandex-tank -c load.yaml && perfreport summarize logs/*/phout*.log",
    upstream: "yandex/yandex-tank, yandextank/plugins/Phantom/reader.py, phout_columns",
    sniff,
    read: |records, _, sink| read(records, sink),
};

const WIDTH: usize = 12;
/// The column with the name of the request.
const TAG: usize = 1;
const NET_CODE: usize = 10;
const PROTO_CODE: usize = 11;
/// A request without a name.
const NO_TAG: &[u8] = b"(no tag)";

const COLUMNS: &[(&str, CellType)] = &[
    ("time", CellType::Decimal),
    ("tag", CellType::Text),
    ("interval_real", CellType::Integer),
    ("connect_time", CellType::Integer),
    ("send_time", CellType::Integer),
    ("latency", CellType::Integer),
    ("receive_time", CellType::Integer),
    ("interval_event", CellType::Integer),
    ("size_out", CellType::Integer),
    ("size_in", CellType::Integer),
    ("net_code", CellType::Integer),
    ("proto_code", CellType::Integer),
    ("outcome", CellType::Text),
];

fn declared() -> impl Iterator<Item = Declared> {
    let times = [
        ("interval_real", LATENCY),
        ("connect_time", "connecting"),
        ("send_time", "sending the request"),
        ("latency", "from the request's last byte to the answer's first"),
        ("receive_time", "from the answer's first byte to its last"),
    ]
    .map(|(column, meaning)| Declared::time(column, Unit::MICROSECOND, meaning, "phout: microseconds"));
    let sizes = [("size_out", "size of the request"), ("size_in", "size of the answer")]
        .map(|(column, meaning)| Declared::amount(column, Unit::BYTE, meaning, "phout: bytes"));
    let others = [
        Declared::column("time", Role::Timestamp, "phout: when the request was sent, in seconds since 1970"),
        Declared::column("tag", Role::Label, "phout: name of the request, without its number"),
        Declared::column("interval_event", Role::Unused, "phout: `interval_real` as the generator's clock has it"),
        Declared::column("net_code", Role::Unused, "phout: errno of the network; `outcome` says what it means"),
        Declared::column("proto_code", Role::Unused, "phout: HTTP status; `outcome` says what it means"),
        Declared::column("outcome", Role::Status, "failed: net_code is not 0, or proto_code is 0 or 400 and above"),
    ];
    times.into_iter().chain(sizes).chain(others)
}

/// The cells of a row, if it is one.
fn cells(line: &[u8]) -> Option<Vec<&[u8]>> {
    let cells: Vec<&[u8]> = line.split(|byte| *byte == b'\t').map(<[u8]>::trim_ascii).collect();
    let whole = |cell: &[u8]| !cell.is_empty() && cell.iter().all(u8::is_ascii_digit);
    let instant = || {
        let text = std::str::from_utf8(cells[0]).ok()?;
        let (seconds, fraction) = text.split_once('.')?;
        (seconds.len() == 10 && whole(seconds.as_bytes()) && whole(fraction.as_bytes())).then_some(())
    };
    (cells.len() == WIDTH && instant().is_some() && cells[2..].iter().all(|cell| whole(cell))).then_some(cells)
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    cells(signature::whole_first_line(head)?)?;
    Some(vec![
        "no header; twelve columns between tabs: seconds since 1970, a tag, and ten whole numbers, as in phout"
            .to_owned(),
    ])
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    sink.declared.extend(declared());
    let mut table = TableBuilder::of(&sink.storage, None, COLUMNS);
    let mut row = RowBuffer::default();
    while let Some(record) = records.next()? {
        let line = record.line;
        if record.bytes.trim_ascii().is_empty() {
            continue;
        }
        let Some(cells) = cells(record.bytes).filter(|_| record.flaw != Flaw::Overlong) else {
            sink.provenance.set_aside("a line that is no request", line);
            continue;
        };
        row.clear();
        for (index, cell) in cells.iter().enumerate() {
            row.push(if index == TAG { tag(cell) } else { cell });
        }
        let code: Option<u32> = std::str::from_utf8(cells[PROTO_CODE]).ok().and_then(|code| code.parse().ok());
        let failed = cells[NET_CODE] != b"0" || code.is_none_or(|code| code == 0 || code >= 400);
        row.push(if failed { b"failed" } else { b"ok" });
        table.push(row.row(), line);
    }
    sink.tables.push(table);
    Ok(())
}

/// A name without the number of the request in its file: `cart#17`.
fn tag(cell: &[u8]) -> &[u8] {
    let name = match cell.iter().rposition(|byte| *byte == b'#') {
        Some(at) if cell[at + 1..].iter().all(u8::is_ascii_digit) => &cell[..at],
        _ => cell,
    };
    if name.is_empty() { NO_TAG } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn durations_are_microseconds_and_a_network_code_is_a_failure() {
        let text = "1700000000.100\tcart#1\t5000\t400\t50\t4000\t550\t4900\t60\t900\t0\t200\n\
                    1700000000.200\tcart#2\t7000\t400\t50\t6000\t550\t6900\t60\t900\t104\t200\n\
                    1700000000.300\t\t9000\t400\t50\t8000\t550\t8900\t60\t900\t0\t503\nbroken\n";
        let found = read_text("phout.log", text);
        assert_eq!(found.provenance.format, "phout");
        let table = &found.tables[0];
        let of = |name: &str| &table.columns[table.position(name).unwrap()];
        assert_eq!((of("interval_real").unit(), of("time").role), (Unit::MICROSECOND, Role::Timestamp));
        assert_eq!(of("tag").dictionary, ["cart", "(no tag)"]);
        assert_eq!(of("outcome").dictionary, ["ok", "failed"]);
        assert_eq!(table.lines.rows(), 3);
        assert_eq!(found.provenance.set_aside[0].rows, 1);
    }
}
