//! vegeta: results as `vegeta encode` writes them, as JSON lines or as CSV without a header.
//!
//! In: a line a request, nanoseconds. Out: samples with status codes. The bodies and headers of answers, which both
//! notations carry, are never kept.

use crate::measure::finding::{Finding, Place};

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, FindingKind, Format, Head, Holds, IngestError, Role, RowKind, Severity,
    Sink, Unit,
};
use crate::ingest::json::lines as ndjson;
use crate::ingest::json::outline::Outline;
use crate::ingest::signature;
use crate::ingest::text::lines::Flaw;
use crate::ingest::text::row::Row;
use crate::ingest::text::split::Splitter;

const LATENCY: &str = "from sending, looking up and connecting included, to the last byte; open loop at the attack's rate, not \
                       counting how late the request was sent";
const FAILURES: Failures = Failures::Recorded("status codes, 0 where there was no answer; the error in words");

pub(crate) const JSON: Format = Format {
    name: "vegeta-json",
    about: "vegeta, a JSON line a request (`vegeta encode`)",
    latency: LATENCY,
    failures: FAILURES,
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "vegeta attack -rate 50 -duration 30s < targets.txt | vegeta encode > vegeta.ndjson && perfreport summarize vegeta.ndjson",
    upstream: "tsenart/vegeta, lib/results.go, NewJSONEncoder",
    sniff: |head| {
        let line = head.bytes.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty())?;
        Outline::of(line)?.evidence(&["attack", "seq", "code", "timestamp", "latency"])
    },
    read: |records, _, sink| {
        declare(sink);
        ndjson::read_lines(records, &["body", "headers"], sink)
    },
};

pub(crate) const CSV: Format = Format {
    name: "vegeta-csv",
    about: "vegeta, a row a request, without a header (`vegeta encode -to csv`)",
    latency: LATENCY,
    failures: FAILURES,
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "vegeta encode -to csv results.bin > vegeta.csv && perfreport summarize vegeta.csv",
    upstream: "tsenart/vegeta, lib/results.go, NewCSVEncoder",
    sniff,
    read: |records, _, sink| read_rows(records, sink),
};

/// Columns of the CSV by name, in its order; those without a name are never kept.
const COLUMNS: &[Option<(&str, CellType)>] = &[
    Some(("timestamp", CellType::Integer)),
    Some(("code", CellType::Integer)),
    Some(("latency", CellType::Integer)),
    Some(("bytes_out", CellType::Integer)),
    Some(("bytes_in", CellType::Integer)),
    Some(("error", CellType::Text)),
    None,
    Some(("attack", CellType::Text)),
    Some(("seq", CellType::Integer)),
    Some(("method", CellType::Text)),
    Some(("url", CellType::Text)),
    None,
];
/// Versions before 12.6 end with the sequence number.
const OLD_WIDTH: usize = 9;
/// 2001-09-09 to 2096-10-02 in nanoseconds since 1970.
const INSTANTS: std::ops::Range<u64> = 1_000_000_000_000_000_000..4_000_000_000_000_000_000;
/// Rows of another width that are named.
const NAMED_RAGGED: u64 = 50;

fn declare(sink: &mut Sink) {
    let bytes = |column, meaning| Declared::amount(column, Unit::BYTE, meaning, "vegeta: bytes of a body");
    sink.declared.extend([
        Declared::time("latency", Unit::NANOSECOND, LATENCY, "vegeta writes latencies in nanoseconds"),
        bytes("bytes_out", "size of the request's body"),
        bytes("bytes_in", "size of the answer's body"),
        Declared::column("timestamp", Role::Timestamp, "vegeta: when the request was sent"),
        Declared::column("code", Role::Status, "vegeta: the status code, 0 where there was no answer"),
        Declared::column("error", Role::Status, "vegeta: what went wrong, in words"),
        Declared::column("attack", Role::Label, "vegeta: the name of the attack"),
        Declared::column("seq", Role::Identifier, "vegeta: numbers the requests"),
    ]);
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let whole = signature::whole_first_line(head).is_some();
    let cells: Vec<&[u8]> = signature::first_line(head).split(|byte| *byte == b',').collect();
    let number = |index: usize| -> Option<u64> { std::str::from_utf8(cells.get(index)?).ok()?.parse().ok() };
    let plausible = number(0).is_some_and(|at| INSTANTS.contains(&at))
        && number(1).is_some_and(|code| code == 0 || (100..600).contains(&code))
        && (2..5).all(|index| number(index).is_some());
    // The words of an error may hold commas, so that there may be more cells here; a body may be longer than what is seen.
    let wide = if whole { cells.len() >= OLD_WIDTH } else { cells.len() > 5 };
    (plausible && wide).then(|| {
        vec!["no header; rows begin with nanoseconds since 1970, a status code, a latency and two sizes, as vegeta writes them"
            .to_owned()]
    })
}

fn read_rows(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    declare(sink);
    records.quotes_after(b',');
    let kept: Vec<(usize, &str, CellType)> = COLUMNS
        .iter()
        .enumerate()
        .filter_map(|(index, column)| column.map(|(name, cells)| (index, name, cells)))
        .collect();
    let columns: Vec<(&str, CellType)> = kept.iter().map(|(_, name, cells)| (*name, *cells)).collect();
    let mut table = TableBuilder::of(&sink.storage, None, &columns);
    let mut splitter = Splitter::default();
    let mut cells: Vec<(usize, usize)> = Vec::new();
    let mut ragged = 0;
    while let Some(record) = records.next()? {
        let line = record.line;
        if record.flaw == Flaw::Overlong {
            sink.provenance.set_aside("line too long", line);
            continue;
        }
        if record.bytes.trim_ascii().is_empty() {
            continue;
        }
        let row = splitter.split(&record, Some(b','));
        if row.len() != COLUMNS.len() && row.len() != OLD_WIDTH {
            ragged += 1;
            sink.provenance.set_aside("another number of fields", line);
            if ragged <= NAMED_RAGGED {
                let kind = if record.terminated { FindingKind::RaggedRow } else { FindingKind::TruncatedLine };
                let reason = format!("{} fields instead of {}", row.len(), COLUMNS.len());
                let place = Place::line(&sink.provenance.name, line);
                sink.findings.push(Finding::new(Severity::Corrupted, kind, place, reason, "the row was set aside"));
            }
            continue;
        }
        cells.clear();
        cells.extend(kept.iter().map(|(index, ..)| row.cells.get(*index).copied().unwrap_or((0, 0))));
        table.push(Row { text: row.text, cells: &cells }, line);
    }
    if ragged > NAMED_RAGGED {
        let more = ragged - NAMED_RAGGED;
        let reason = format!("{more} more rows have another number of fields");
        let place = Place::source(&sink.provenance.name);
        let kind = FindingKind::RaggedRow;
        let finding = Finding::new(Severity::Corrupted, kind, place, reason, "the rows were set aside");
        sink.findings.push(finding.count(more));
    }
    sink.provenance.evidence.push("bodies and headers of answers were passed over".to_owned());
    sink.tables.push(table);
    Ok(())
}

#[cfg(test)]
#[allow(clippy::format_push_string, reason = "texts are short here")]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn every_ragged_row_counts_however_many_there_are() {
        let mut text = String::new();
        for number in 0..150_u64 {
            let at = 1_700_000_000_000_000_000 + number * 20_000_000;
            text += &format!("{at},200,{},0,500,,Ym9keQ==,a,{number},GET,http://x/,\nx,y\n", 45_000_000 + number);
        }
        let found = read_text("r.csv", text);
        assert_eq!(found.provenance.format, "vegeta-csv");
        let ragged = found.findings.iter().filter(|finding| finding.kind == FindingKind::RaggedRow);
        assert_eq!(ragged.map(|finding| finding.count).sum::<u64>(), 150);
        assert_eq!(found.provenance.set_aside[0].rows, 150);
    }
}
