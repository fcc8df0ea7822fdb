//! Small tables in CSV that a tool writes beside its samples or instead of them: summaries, percentiles, counts.
//!
//! In: records, and how a header is known. Out: the tables, whose rows are read into structs by the names of their columns,
//! each row with its line. The `csv` crate splits and converts. Records are still found by our own reader, which knows the
//! line of one behind blank lines, and lets a quote that is never closed cost its own line only.

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use serde::Deserialize;

use crate::ingest::format::AnyRecords;
use crate::ingest::text::lines::Flaw;

/// Instead of a line that is too long to be kept: no struct can be read from it.
const TOO_LONG: &str = "(too long)";
/// Bytes for a row, most of which are short.
const BUFFER: usize = 1 << 10;

/// A header and the rows below it.
#[derive(Debug, Default)]
pub(crate) struct CsvTable {
    /// Names of the columns; none for rows that stand above any header.
    pub(crate) header: StringRecord,
    pub(crate) rows: Vec<CsvRow>,
}

#[derive(Debug)]
pub(crate) struct CsvRow {
    pub(crate) cells: StringRecord,
    /// Its first line.
    pub(crate) line: u64,
}

impl CsvRow {
    /// The row as a struct whose fields have the names of the columns. Absent where one is missing or of another kind.
    pub(crate) fn read<'r, T: Deserialize<'r>>(&'r self, header: &'r StringRecord) -> Option<T> {
        self.cells.deserialize(Some(header)).ok()
    }
}

/// Whether a row begins with these cells.
pub(crate) fn begins_with(row: &StringRecord, cells: &[&str]) -> bool {
    row.iter().take(cells.len()).eq(cells.iter().copied())
}

/// The tables of a text. A row for which `is_header` is true begins one; a row without content is passed over otherwise.
///
/// # Errors
/// When reading fails.
pub(crate) fn read(
    records: &mut AnyRecords<'_>,
    is_header: impl Fn(&StringRecord) -> bool,
) -> std::io::Result<Vec<CsvTable>> {
    records.quotes_after(b',');
    let mut tables: Vec<CsvTable> = Vec::new();
    while let Some(record) = records.next()? {
        let mut reader = ReaderBuilder::new();
        reader.has_headers(false).quoting(record.quoted).buffer_capacity(BUFFER);
        let mut cells = ByteRecord::new();
        // In memory nothing fails.
        let _ = reader.from_reader(record.bytes).read_byte_record(&mut cells);
        let mut cells = StringRecord::from_byte_record_lossy(cells);
        cells.trim();
        if record.flaw == Flaw::Overlong {
            cells.push_field(TOO_LONG);
        }
        if is_header(&cells) {
            tables.push(CsvTable { header: cells, rows: Vec::new() });
        } else if cells.iter().any(|cell| !cell.is_empty()) {
            let row = CsvRow { cells, line: record.line };
            match tables.last_mut() {
                Some(table) => table.rows.push(row),
                None => tables.push(CsvTable { rows: vec![row], ..CsvTable::default() }),
            }
        }
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::ingest::text::lines::Records;

    #[derive(Deserialize)]
    struct Timing<'r> {
        name: &'r str,
        #[serde(rename = "Time in ms")]
        time: f64,
    }

    /// A line, and name and time of the row on it where it is one.
    type Line = (u64, Option<(String, f64)>);

    fn timings(text: &str) -> Vec<Vec<Line>> {
        let mut bytes = text.as_bytes();
        let mut records: Records<&mut dyn Read> = Records::new(&mut bytes as &mut dyn Read);
        let tables = read(&mut records, |row| row.iter().any(|cell| cell == "name")).unwrap();
        let row = |table: &CsvTable, row: &CsvRow| {
            let timing = row.read::<Timing<'_>>(&table.header);
            (row.line, timing.map(|timing| (timing.name.to_owned(), timing.time)))
        };
        tables.iter().map(|table| table.rows.iter().map(|one| row(table, one)).collect()).collect()
    }

    #[test]
    fn rows_are_read_by_the_names_above_them_and_know_their_lines() {
        let text = "0,above\nTime in ms,name\n 1.5 ,a\n\n2,\"b,\nc\"\n3\nx,d\nname,Time in ms\ne,4\n";
        let row = |line, name: &str, time| (line, Some((name.to_owned(), time)));
        let expected = [
            vec![(1, None)],
            vec![row(3, "a", 1.5), row(5, "b,\nc", 2.0), (7, None), (8, None)],
            vec![row(10, "e", 4.0)],
        ];
        assert_eq!(timings(text), expected);
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_its_own_line() {
        let row = |line, name: &str, time| (line, Some((name.to_owned(), time)));
        let expected = [vec![row(2, "\"a", 1.0), row(3, "b", 2.0)]];
        assert_eq!(timings("Time in ms,name\n1,\"a\n2,b\n"), expected);
    }
}
