//! Tables that are drawn with lines, as clients of databases and libraries for tables print them: `| a | b |` between lines of `+---+`, or
//! `│ a │ b │` between `├───┤`.
//!
//! In: lines. Out: a table for each drawing; drawings of the same names are one table, whose rows are told apart by the title above each. Recognised
//! only where names stand below a drawn line and a row of as many cells with a number below them. What stands around the drawings is set aside.

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{AnyRecords, CellType, Failures, Format, Head, Holds, IngestError, RowKind, Sink};
use crate::ingest::text::cells::{self, DecimalMark};
use crate::ingest::text::column_types::column_types;
use crate::ingest::text::row::{Row, RowBuffer};
use crate::table::source::Families;

pub(crate) const FORMAT: Format = Format {
    name: "boxed",
    about: "tables drawn with lines: `| a | b |` between `+---+`, or `│ a │ b │`; a title above each",
    latency: "whatever its columns say",
    failures: Failures::ByColumn,
    holds: Holds::Samples,
    row: RowKind::Unnamed,
    example: "./bench | tee table.txt && perfreport summarize table.txt",
    upstream: "what clients of databases and libraries for tables print",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// What stands between cells.
const BARS: [char; 4] = ['|', '│', '┃', '║'];
/// What lines are drawn with.
const CORNERS: &str = "+┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛┡╇┩┢╈┪╔╦╗╠╬╣╚╩╝╒╤╕╞╪╡╘╧╛╭╮╰╯╟╢╥╨╫╓╖╙╜╠╣";
const STROKES: [char; 5] = ['-', '=', '─', '━', '═'];
/// A longer title is a sentence.
const LONGEST_TITLE: usize = 100;

/// Whether a line is nothing but drawn: a corner, strokes, corners.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    let drawn = |letter: char| CORNERS.contains(letter) || STROKES.contains(&letter) || BARS.contains(&letter);
    // A table of Markdown has bars there, and is no drawing.
    line.starts_with(|first: char| CORNERS.contains(first))
        && line.chars().count() > 2
        && line.contains(STROKES)
        && line.chars().all(drawn)
}

/// The cells of a line that has bars at both of its ends.
fn cells_of(line: &str) -> Option<Vec<String>> {
    let inside = line.trim().strip_prefix(BARS)?.strip_suffix(BARS)?;
    Some(inside.split(BARS).map(|cell| cell.trim().to_owned()).collect())
}

fn is_number(cell: &str) -> bool {
    cells::look(cell.as_bytes(), DecimalMark::Point).is_value()
}

/// What a drawing holds so far.
#[derive(Default)]
struct Drawing {
    names: Vec<String>,
    header_line: u64,
    rows: Vec<(Vec<String>, u64)>,
    title: Option<String>,
}

/// Reads drawings line by line.
#[derive(Default)]
struct Reader {
    drawing: Option<Drawing>,
    done: Vec<Drawing>,
    /// Lines of words since the last drawing.
    words: Vec<String>,
    /// Lines that are no part of a drawing.
    around: Vec<u64>,
    /// Rows of another number of cells.
    misfits: Vec<u64>,
}

impl Reader {
    fn take(&mut self, text: &str, line: u64) {
        if is_rule(text) {
            self.drawing.get_or_insert_default();
            return;
        }
        let Some(cells) = cells_of(text).filter(|_| self.drawing.is_some()) else {
            self.close();
            if text.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
                self.words.push(text.trim().to_owned());
                self.around.push(line);
            }
            return;
        };
        let Some(drawing) = &mut self.drawing else { return };
        match cells.len() {
            // A title inside of the drawing.
            1 if drawing.names.is_empty() => drawing.title = cells.into_iter().next(),
            _ if drawing.names.is_empty() => (drawing.names, drawing.header_line) = (cells, line),
            width if width == drawing.names.len() => drawing.rows.push((cells, line)),
            _ => self.misfits.push(line),
        }
    }

    /// Ends a drawing where the text goes on. Its title is the last line above it that speaks of none of its rows.
    fn close(&mut self) {
        let Some(mut drawing) = self.drawing.take() else { return };
        if drawing.rows.is_empty() {
            return;
        }
        let first = |(cells, _): &(Vec<String>, u64)| cells.first().map(|cell| cell.to_lowercase()).unwrap_or_default();
        let names: Vec<String> = drawing.rows.iter().map(first).filter(|name| !name.is_empty()).collect();
        let is_title = |line: &&String| {
            let lower = line.to_lowercase();
            line.len() <= LONGEST_TITLE
                && lower.bytes().any(|byte| byte.is_ascii_alphabetic())
                && !names.iter().any(|name| lower.contains(name.as_str()))
        };
        let above =
            self.words.iter().rev().find(is_title).map(|line| line.trim_matches(['#', ' ', '=', '-', ':', '*']));
        drawing.title = drawing.title.take().or_else(|| above.map(str::to_owned)).filter(|title| !title.is_empty());
        self.words.clear();
        self.done.push(drawing);
    }
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let mut reader = Reader::default();
    for (line, text) in (1..).zip(head.lines()) {
        reader.take(&String::from_utf8_lossy(text), line);
    }
    reader.close();
    let measures = |drawing: &&Drawing| {
        let has_names = drawing.names.len() > 1 && drawing.names.iter().any(|name| name.contains(char::is_alphabetic));
        has_names && drawing.rows.iter().any(|(cells, _)| cells.iter().any(|cell| is_number(cell)))
    };
    let found = reader.done.iter().find(measures)?;
    Some(vec![format!("drawn lines around {} columns: {}", found.names.len(), found.names.join(", "))])
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    sink.provenance.families = Families::ByHeader;
    let mut reader = Reader::default();
    while let Some(record) = records.next()? {
        reader.take(&String::from_utf8_lossy(record.bytes), record.line);
    }
    reader.close();
    let Reader { done, around, misfits, .. } = reader;
    for line in around {
        sink.provenance.set_aside("text around the drawn tables", line);
    }
    for line in misfits {
        sink.provenance.set_aside("wrong number of fields", line);
    }
    let mut kinds: Vec<Vec<Drawing>> = Vec::new();
    for drawing in done {
        match kinds.iter_mut().find(|kind| kind[0].names == drawing.names) {
            Some(kind) => kind.push(drawing),
            None => kinds.push(vec![drawing]),
        }
    }
    for kind in kinds {
        let table = table(&kind, sink);
        sink.tables.push(table);
    }
    Ok(())
}

/// Drawings of the same names as one table. Nobody knows that two of them are of one thing: each has a title, or its number.
fn table(kind: &[Drawing], sink: &Sink) -> TableBuilder {
    let buffer = |cells: &[String]| {
        let mut row = RowBuffer::default();
        for cell in cells {
            row.push(cell.as_bytes());
        }
        row
    };
    let names = kind[0].names.clone();
    let rows: Vec<(RowBuffer, u64)> =
        kind.iter().flat_map(|one| &one.rows).map(|(cells, line)| (buffer(cells), *line)).collect();
    let of_rows: Vec<Row<'_>> = rows.iter().map(|(row, _)| row.row()).collect();
    let types: Vec<CellType> = column_types(&of_rows, names.len(), DecimalMark::Point);
    let mut table = TableBuilder::new(&sink.storage, names, &types);
    table.header_line = Some(kind[0].header_line);
    let mut first = 0;
    let mut titles: Vec<(u64, String)> = Vec::new();
    for (number, drawing) in kind.iter().enumerate() {
        let title = drawing.title.clone().unwrap_or_else(|| format!("table {}", number + 1));
        let is_same = |other: &&Drawing| other.title.as_ref() == Some(&title);
        let before = kind[..number].iter().filter(is_same).count();
        titles.push((first, if before == 0 { title } else { format!("{title} ({})", before + 1) }));
        first += drawing.rows.len() as u64;
    }
    if titles.len() > 1 {
        table.titles = titles;
    }
    for (row, line) in &rows {
        table.push(row.row(), *line);
    }
    table
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;

    #[test]
    fn drawings_of_the_same_names_are_told_apart_by_their_titles() {
        let table = |ms: [f64; 2]| {
            format!(
                "+-------+--------+---------+\n| NAME  | FAILED | TIME    |\n+-------+--------+---------+\n| ant   |      3 | {} ms |\n\
                 | bee   |      0 | {} ms |\n+-------+--------+---------+\n\n",
                ms[0], ms[1]
            )
        };
        let text = format!(
            "** plain\nDone: ant 5, bee 7\n{}** cached\nDone: ant 2\n{}",
            table([12.5, 3.25]),
            table([1.5, 0.25])
        );
        let found = read_text("t.txt", text);
        assert_eq!(found.provenance.format, "boxed");
        let read = &found.tables[0];
        assert_eq!(read.lines.rows(), 4);
        let section = read.position("section").unwrap();
        let titles = read.columns[section].dictionary.iter().filter(|title| !title.is_empty());
        assert!(titles.eq(["plain", "cached"]));
    }

    #[test]
    fn lines_may_be_drawn_with_any_characters() {
        let text = "┏━━━━━━┳━━━━━━━━━┓\n┃ name ┃ time ms ┃\n┡━━━━━━╇━━━━━━━━━┩\n│ ant  │ 1.5     │\n│ bee  │ 2.25    │\n└──────┴─────────┘\n";
        let found = read_text("t.txt", text);
        assert_eq!((found.provenance.format, found.tables[0].lines.rows()), ("boxed", 2));
    }
}
