//! Tables in text with a row for each summary: of a request, of a benchmark, of a run.
//!
//! In: records, a delimiter, and which column is which number of which metric. Out: the rows as texts with their lines, and
//! reported numbers. A number with a decimal comma is one; an empty cell, `N/A` and `-` are none.

use crate::measure::{Polarity, Statistic, Unit};

use crate::ingest::format::{AnyRecords, IngestError, Sink};
use crate::ingest::signature;
use crate::ingest::summaries::Summary;
use crate::ingest::text::lines::Flaw;

/// Why a row is set aside that is shorter than the header.
const CUT: &str = "a row with fewer fields than the header";

/// A row of texts, without their quotes.
#[derive(Debug)]
pub(crate) struct TextRow {
    pub(crate) cells: Vec<String>,
    pub(crate) line: u64,
}

impl TextRow {
    /// The text of a column; empty where the row has none.
    pub(crate) fn cell(&self, index: usize) -> &str {
        self.cells.get(index).map_or("", String::as_str)
    }

    /// The text under a name of the header.
    pub(crate) fn named(&self, header: &[String], name: &str) -> &str {
        header.iter().position(|other| other == name).map_or("", |index| self.cell(index))
    }
}

/// A metric, and the columns that hold its numbers.
pub(crate) struct Columns {
    pub(crate) metric: &'static str,
    pub(crate) unit: Unit,
    pub(crate) polarity: Polarity,
    pub(crate) meaning: &'static str,
    /// Names in the header, and which number each is.
    pub(crate) numbers: &'static [(&'static str, Statistic)],
}

impl Columns {
    /// Gives the metric of a row to the sink.
    pub(crate) fn give(&self, header: &[String], row: &TextRow, label: Option<&str>, sink: &mut Sink) {
        let mut summary = Summary::new(self.metric, self.unit, Some(self.meaning)).of(label).polarity(self.polarity);
        for (name, statistic) in self.numbers {
            add(&mut summary, *statistic, row.named(header, name), row.line);
        }
        summary.give(sink);
    }
}

/// Adds the number of a cell, if it is not one that stands for none.
pub(crate) fn add(summary: &mut Summary, statistic: Statistic, cell: &str, line: u64) {
    if !matches!(cell, "" | "N/A" | "-" | "NA" | "null") {
        summary.add_written(statistic, cell, number(cell), line);
    }
}

/// A number as people and tools write it: also with a decimal comma.
pub(crate) fn number(cell: &str) -> Option<f64> {
    let plain = cell.trim();
    let comma = plain.contains(',') && !plain.contains('.') && plain.matches(',').count() == 1;
    let parsed = if comma { plain.replace(',', ".").parse() } else { plain.parse() };
    parsed.ok().filter(|number: &f64| number.is_finite())
}

/// All rows of a text, the header among them; rows without content are left out, those that are cut are set aside.
pub(crate) fn rows(records: &mut AnyRecords<'_>, delimiter: u8, sink: &mut Sink) -> Result<Vec<TextRow>, IngestError> {
    records.quotes_after(delimiter);
    let mut rows: Vec<TextRow> = Vec::new();
    while let Some(record) = records.next()? {
        if record.flaw == Flaw::Overlong {
            sink.provenance.set_aside("line too long", record.line);
            continue;
        }
        let line = record.line;
        let cells: Vec<String> =
            signature::cells(record.bytes, delimiter).iter().map(|cell| cell.trim().to_owned()).collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        // A row that was cut may end in half a number.
        let whole = record.terminated || rows.first().is_none_or(|header| cells.len() >= header.cells.len());
        if whole {
            rows.push(TextRow { cells, line });
        } else {
            sink.provenance.set_aside(CUT, line);
        }
    }
    Ok(rows)
}

/// The whole run first, and each label behind it.
pub(crate) fn whole_run_first(sink: &mut Sink) {
    sink.reported.sort_by_key(|one| one.label.is_some());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_comma_is_read_and_words_are_not() {
        for (cell, expected) in [
            ("474,83381", Some(474.833_81)),
            (",6", Some(0.6)),
            ("12.5", Some(12.5)),
            ("1,234.5", None),
            ("1,2,3", None),
            ("NaN", None),
            ("x", None),
        ] {
            assert_eq!(number(cell), expected, "{cell}");
        }
    }
}
