//! How a delimited text is written: its delimiter, its decimal mark, its header and the types of its columns.
//!
//! In: the first bytes of a text. Out: a [`Dialect`] and the evidence for it. Refuses text in which no delimiter gives
//! rows of equal length with numbers in them.

use crate::table::CellType;

use crate::ingest::head::Head;
use crate::ingest::text::amounts;
use crate::ingest::text::cells::{self, DecimalMark, Look};
use crate::ingest::text::column_types::{column_types, looks_like_header};
use crate::ingest::text::delimiter::{best_delimiter, sample_rows, usual_width};
use crate::ingest::text::header::is_name;
use crate::ingest::text::heading::{Heading, texts_of};
use crate::ingest::text::lines::{Record, Records};
use crate::ingest::text::named_types;
use crate::ingest::text::row::{Row, RowBuffer};
use crate::ingest::text::side_by_side::SideBySide;
use crate::ingest::text::split::Splitter;
use crate::ingest::text::unnamed_column;

/// Share of rows without a header that must have as many fields as most.
const LEAST_FITTING: f64 = 2.0 / 3.0;

/// How a delimited text is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dialect {
    /// Absent where there is one column only.
    pub(crate) delimiter: Option<u8>,
    pub(crate) mark: DecimalMark,
    /// Whether the numbers could be read with another mark.
    pub(crate) mark_is_assumed: bool,
    /// Whether the points of some numbers may as well group thousands.
    pub(crate) points_may_group: bool,
    /// Names of the columns, where the first row holds them.
    pub(crate) header: Option<Vec<String>>,
    /// The two rows that the header was put together from: groups, and the names below them.
    pub(crate) header_rows: Option<[Vec<String>; 2]>,
    /// The row below them that names only the first column, as pandas writes the name of an index.
    pub(crate) index_row: Option<Vec<String>>,
    pub(crate) types: Vec<CellType>,
    pub(crate) evidence: Vec<String>,
    /// Whether rows end in a delimiter that the header does not have.
    pub(crate) trailing: bool,
    /// Which field of most rows the header has no name for, where they have one more than names.
    pub(crate) unnamed: Option<usize>,
    /// Where samples of one thing stand side by side in a row: the header and the types are those of a table with one in a row.
    pub(crate) side_by_side: Option<SideBySide>,
}

/// Finds out how a text is written; `None` where it is no table with numbers.
pub(crate) fn find(head: &Head<'_>, delimiter: Option<u8>, header: Option<bool>) -> Option<Dialect> {
    let (delimiter, rows, agreement) = match delimiter {
        Some(delimiter) => (Some(delimiter), sample_rows(head, Some(delimiter)), 1.0),
        None => best_delimiter(head)?,
    };
    if let Some(dialect) = of_one_row(&rows, delimiter).filter(|_| head.complete && header.is_none()) {
        return Some(dialect);
    }
    if let Some(dialect) = of_lines(&rows, delimiter).filter(|_| head.complete && header.is_none()) {
        return Some(dialect);
    }
    let mut rows = rows;
    let mut width = usual_width(&rows)?;
    // Only the header ends in a delimiter, as `mtr --csv` writes it.
    if let Some((first, body)) = rows.split_first_mut()
        && first.cells.len() == width + 1
        && width > 1
        && first.cells.last().is_some_and(|(start, end)| start == end)
        && !body.is_empty()
        && body.iter().all(|row| row.cells.len() == width)
    {
        first.cells.truncate(width);
    }
    let trailing = ends_in_delimiters(&rows, width);
    if trailing {
        width -= 1;
        for row in &mut rows {
            row.cells.truncate(width);
        }
    }
    let (mark, mark_is_assumed) = decimal_mark(&rows, delimiter, width);
    let unnamed = if header == Some(false) { None } else { unnamed_column::complete(&mut rows, width, mark) };
    let table: Vec<Row<'_>> = rows.iter().map(RowBuffer::row).filter(|row| row.len() == width).collect();
    let heading = Heading::of(&table, header, mark)?;
    let (first, body) = (&heading.first, &heading.body[..]);
    let mut body_types = column_types(body, width, mark);
    let has_header = header.unwrap_or_else(|| {
        heading.of_statistics
            || looks_like_header(*first, &body_types, mark)
                && (body_types.iter().any(|cells| *cells != CellType::Text) || !continues_amounts(*first, body, mark))
    });
    if has_header {
        named_types::believe_names(&mut body_types, *first, body, mark);
        named_types::keep_identifiers(&mut body_types, *first, body);
        named_types::doubt_minutes(&mut body_types, *first, body);
        named_types::keep_settings(&mut body_types, *first, body, mark);
    }
    let mut types = if has_header { body_types } else { column_types(&table, width, mark) };
    named_types::keep_measured(&mut types, has_header.then_some(*first), if has_header { body } else { &table }, mark);
    let names = has_header.then(|| texts_of(first));
    let names = names
        .or_else(|| comment_header(head, delimiter, width))
        .or_else(|| header_in_blanks(head, delimiter, width).filter(|_| header.is_none()));
    let (header_rows, names) = heading.names(names);
    // What several programs printed has lines of any form.
    let fitting = rows.iter().filter(|row| row.cells.len() == width).count();
    if names.is_none() && delimiter.is_some() && (fitting as f64) < LEAST_FITTING * rows.len() as f64 {
        return None;
    }
    // A log of events may hold instants and words only.
    let measured = |cells: &&CellType| cells.is_number() || (**cells == CellType::Timestamp && width > 1);
    let numbers = types.iter().filter(measured).count();
    let header_only = has_header && body.is_empty() && delimiter.is_some() && rows.len() == 1 && head.complete;
    if numbers == 0
        && !header_only
        && !(width > 1 && holds_amounts(if has_header { body } else { &table }, width, mark))
    {
        return None;
    }
    let fields = match delimiter {
        Some(delimiter) if width > 1 => format!(
            "{} separates {width} fields in {:.0}% of the first {} rows",
            delimiter_name(delimiter),
            agreement * 100.0,
            rows.len()
        ),
        _ => "one number a line".to_owned(),
    };
    let mut evidence = vec![fields];
    evidence.extend(evidence_of(names.as_deref(), header_only, trailing, mark, &rows));
    let found = names.as_ref().filter(|_| has_header && header_rows.is_none());
    let (side_by_side, names, types) = match found.and_then(|names| SideBySide::of_columns(names, &types)) {
        Some((found, names, types)) => {
            evidence.push("repetitions stand side by side: each is a sample".to_owned());
            (Some(found), Some(names), types)
        }
        None => (None, names, types),
    };
    Some(Dialect {
        delimiter,
        mark,
        mark_is_assumed,
        points_may_group: mark == DecimalMark::Point && points_may_group(&rows, delimiter, width),
        header: names,
        header_rows,
        index_row: heading.index_row,
        types,
        evidence,
        trailing,
        unnamed,
        side_by_side,
    })
}

/// What keeps a text with numbers from being a table, in words: rows of unlike numbers of fields, and no names for most of them.
pub(crate) fn unlike_rows(head: &Head<'_>) -> Option<String> {
    let (Some(delimiter), rows, _) = best_delimiter(head)? else { return None };
    let width = usual_width(&rows).filter(|width| *width > 1)?;
    let has_number = |row: &&RowBuffer| row.row().iter().any(|cell| cells::look(cell, DecimalMark::Point).is_number());
    let fitting = rows.iter().filter(|row| row.cells.len() == width).count();
    let few = (fitting as f64) < LEAST_FITTING * rows.len() as f64;
    let first = rows.first()?.cells.len();
    let told = format!(
        "{} separates fields, but only {fitting} of the first {} rows have {width}, and the first row has {first}: \
         give every row as many fields as the header has names",
        delimiter_name(delimiter),
        rows.len()
    );
    (few && 2 * rows.iter().filter(has_number).count() > rows.len()).then_some(told)
}

/// How a text of a single row of samples is written.
fn of_one_row(rows: &[RowBuffer], delimiter: Option<u8>) -> Option<Dialect> {
    let [only] = rows else { return None };
    let (found, cells) = SideBySide::of_row(only.row())?;
    let evidence = format!("a single row of {} numbers of one kind: samples side by side", only.cells.len());
    Some(Dialect::of_samples(found, None, vec![cells], delimiter, evidence))
}

/// How a text is written of which each line has the name of a metric and its samples.
fn of_lines(rows: &[RowBuffer], delimiter: Option<u8>) -> Option<Dialect> {
    let (found, names, types) = SideBySide::of_lines(rows)?;
    let evidence = format!("each of {} lines is a name with its numbers: samples side by side", rows.len());
    Some(Dialect::of_samples(found, Some(names), types, delimiter, evidence))
}

impl Dialect {
    /// Of a text without a header whose rows hold samples side by side.
    fn of_samples(
        side_by_side: SideBySide,
        header: Option<Vec<String>>,
        types: Vec<CellType>,
        delimiter: Option<u8>,
        evidence: String,
    ) -> Self {
        Self {
            delimiter,
            mark: DecimalMark::Point,
            mark_is_assumed: false,
            points_may_group: false,
            header,
            header_rows: None,
            index_row: None,
            types,
            evidence: vec![evidence],
            trailing: false,
            unnamed: None,
            side_by_side: Some(side_by_side),
        }
    }
}

/// What else was seen of the header and the numbers.
fn evidence_of(
    names: Option<&[String]>,
    header_only: bool,
    trailing: bool,
    mark: DecimalMark,
    rows: &[RowBuffer],
) -> Vec<String> {
    let mut evidence = vec![match (names, header_only) {
        (Some(_), true) => "there is nothing but a header".to_owned(),
        (Some(names), false) => format!("header: {}", names.join(", ")),
        (None, _) => "no header: the first row already holds numbers".to_owned(),
    }];
    if trailing {
        evidence
            .push("every row ends in a delimiter, the header does not: the empty last cells are no column".to_owned());
    }
    if mark == DecimalMark::Comma {
        evidence.push("numbers have a decimal comma".to_owned());
    } else if rows.iter().any(|row| row.row().iter().any(has_groups)) {
        evidence.push("commas group the thousands of numbers".to_owned());
    }
    evidence
}

/// Whether the first row has an amount (`0.5 segundos`) where the rows below it have.
fn continues_amounts(first: Row<'_>, body: &[Row<'_>], mark: DecimalMark) -> bool {
    (0..first.len()).any(|index| {
        let all: Vec<&[u8]> = std::iter::once(first).chain(body.iter().copied()).map(|row| row.cell(index)).collect();
        all.len() > 1 && amounts::are(&all, mark) && amounts::is_one(first.cell(index), mark)
    })
}

/// Whether the cells of a column are amounts with words that none is read with by itself (`12 W`).
fn holds_amounts(body: &[Row<'_>], width: usize, mark: DecimalMark) -> bool {
    (0..width).any(|index| {
        let cells: Vec<&[u8]> = body.iter().map(|row| row.cell(index)).collect();
        !cells.is_empty() && amounts::are(&cells, mark)
    })
}

/// Whether every row but the first has one empty cell more than the first.
fn ends_in_delimiters(rows: &[RowBuffer], width: usize) -> bool {
    let Some((first, body)) = rows.split_first() else { return false };
    let ends_empty =
        |row: &RowBuffer| row.cells.len() == width && row.cells.last().is_some_and(|(start, end)| start == end);
    width > 2 && first.cells.len() + 1 == width && !body.is_empty() && body.iter().all(ends_empty)
}

fn delimiter_name(delimiter: u8) -> &'static str {
    match delimiter {
        b',' => "a comma",
        b';' => "a semicolon",
        b'\t' => "a tab",
        b'|' => "a bar",
        b' ' => "a space",
        _ => "the given delimiter",
    }
}

/// Whether a number is written in groups of thousands.
fn has_groups(cell: &[u8]) -> bool {
    cell.contains(&b',') && cells::number(cell, DecimalMark::Point).is_some()
}

/// A decimal comma is believed only where the comma does not separate fields, some number needs it (`12,5`, `0,912`), and none
/// contradicts it (`12.5`). `1,024` says nothing: it is a number either way. Where all numbers of its column are written so, with
/// three digits behind one comma, they are decimals of a program that writes three digits: numbers in groups of three would be
/// shorter or longer here and there. The flag says that nothing but this decided.
fn decimal_mark(rows: &[RowBuffer], delimiter: Option<u8>, width: usize) -> (DecimalMark, bool) {
    let mut needs_comma = false;
    // For each column its ambiguous numbers and all others.
    let mut columns = vec![(0_usize, 0_usize); width];
    for owned in rows {
        for (index, cell) in owned.row().iter().map(cells::without_unit).enumerate() {
            let as_point = cells::number(cell, DecimalMark::Point).is_some();
            let as_comma = cells::number(cell, DecimalMark::Comma).is_some();
            if as_point && !as_comma {
                return (DecimalMark::Point, false);
            }
            needs_comma |= as_comma && !as_point;
            if let Some((ambiguous, others)) = columns.get_mut(index).filter(|_| as_point) {
                if cells::is_ambiguous(cell) { *ambiguous += 1 } else { *others += 1 }
            }
        }
    }
    let ambiguous = columns.iter().any(|(ambiguous, _)| *ambiguous > 0);
    let decimals = columns.iter().all(|(ambiguous, others)| *ambiguous == 0 || *others == 0);
    match () {
        () if needs_comma => (DecimalMark::Comma, false),
        () if ambiguous && decimals && delimiter != Some(b',') => (DecimalMark::Comma, true),
        // Quoted between commas, nearly nobody writes decimals so.
        () if ambiguous && decimals => (DecimalMark::Point, true),
        () => (DecimalMark::Point, false),
    }
}

/// Whether a column between semicolons has numbers with three digits behind one point, and others below a thousand without any: who writes
/// three decimals writes them always, and who groups thousands has nothing to group there.
fn points_may_group(rows: &[RowBuffer], delimiter: Option<u8>, width: usize) -> bool {
    const FEWEST: usize = 2;
    if delimiter != Some(b';') {
        return false;
    }
    // For each column its numbers of three digits behind a point, its small whole ones, and all others.
    let mut columns = vec![[0_usize; 3]; width];
    for owned in rows {
        for (index, cell) in owned.row().iter().map(cells::without_unit).enumerate() {
            let Some(counts) = columns.get_mut(index) else { continue };
            let small = !cell.is_empty() && cell.len() <= 3 && cell.iter().all(u8::is_ascii_digit);
            match () {
                () if cells::may_be_grouped_by_point(cell) => counts[0] += 1,
                () if small => counts[1] += 1,
                () if cells::number(cell, DecimalMark::Point).is_some() => counts[2] += 1,
                () => {}
            }
        }
    }
    columns.iter().any(|[grouped, small, others]| *grouped >= FEWEST && *small > 0 && *others == 0)
}

/// Names in a comment above a table without a header: `# time latency`.
fn comment_header(head: &Head<'_>, delimiter: Option<u8>, width: usize) -> Option<Vec<String>> {
    let mut records = Records::with_buffer(head.bytes, head.bytes.len() * 2);
    let mut splitter = Splitter::default();
    let mut names = None;
    while let Ok(Some(record)) = records.next() {
        let line = record.bytes.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let Some(comment) = line.strip_prefix(b"#") else { break };
        let row = splitter.split(&Record { bytes: comment.trim_ascii(), ..record }, delimiter);
        // Columns that are always empty have no name.
        let looks: Vec<Look> = row.iter().map(|cell| cells::look(cell, DecimalMark::Point)).collect();
        let are_words =
            looks.contains(&Look::Text) && looks.iter().all(|look| matches!(look, Look::Text | Look::Empty));
        names = (row.len() == width && are_words)
            .then(|| row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect());
    }
    names
}

/// Names set apart by blanks, above rows that commas or semicolons separate into as many fields.
fn header_in_blanks(head: &Head<'_>, delimiter: Option<u8>, width: usize) -> Option<Vec<String>> {
    const FEWEST: usize = 3;
    let delimiter = delimiter.filter(|delimiter| matches!(delimiter, b',' | b';'))?;
    let mut lines = head.bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let line = lines.next().filter(|line| !line.contains(&delimiter))?;
    let mut names: Vec<&[u8]> = line.split(u8::is_ascii_whitespace).filter(|name| !name.is_empty()).collect();
    if names.len() != width || width < FEWEST || !names.iter().all(|name| is_name(name)) {
        return None;
    }
    let found = names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    names.sort_unstable();
    names.windows(2).all(|pair| pair[0] != pair[1]).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(text: &str) -> Option<Dialect> {
        find(&Head::new(text.as_bytes(), true), None, None)
    }

    #[test]
    fn delimiter_header_and_types_are_found_out() {
        for (text, delimiter) in [
            ("event,latency\na,0.5\nb,0.7\n", b','),
            ("event;latency\na;0.5\nb;0.7\n", b';'),
            ("event\tlatency\na\t0.5\nb\t0.7\n", b'\t'),
            ("event|latency\na|0.5\nb|0.7\n", b'|'),
        ] {
            let dialect = find_in(text).unwrap();
            assert_eq!(dialect.delimiter, Some(delimiter), "{text}");
            assert_eq!(dialect.header, Some(vec!["event".into(), "latency".into()]));
            assert_eq!(dialect.types, [CellType::Text, CellType::Decimal]);
        }
    }

    #[test]
    fn a_missing_header_is_recognised() {
        let dialect = find_in("a,0.5\nb,0.7\n").unwrap();
        assert_eq!(dialect.header, None);
        assert_eq!(find_in("1\n2\n3\n").unwrap().delimiter, None);
    }

    #[test]
    fn a_header_in_a_comment_is_used() {
        let dialect = find_in("# event,latency\na,0.5\nb,0.7\n").unwrap();
        assert_eq!(dialect.header, Some(vec!["event".into(), "latency".into()]));
    }

    #[test]
    fn a_header_may_have_empty_columns_or_one_delimiter_more_at_its_end() {
        let dialect = find_in("#size\t\ttime(s)\n8\t\t0.5\n16\t\t0.75\n").unwrap();
        assert_eq!(dialect.header, Some(vec!["size".into(), String::new(), "time(s)".into()]));
        let dialect = find_in("host,Loss%,Avg,\na,0.5,12.1\nb,0.0,13.5\n").unwrap();
        assert_eq!(dialect.header, Some(vec!["host".into(), "Loss%".into(), "Avg".into()]));
    }

    #[test]
    fn what_pandas_writes_of_several_aggregates_is_one_header() {
        for (index, first) in [("", ""), ("host,,,\n", "host")] {
            let dialect =
                find_in(&format!(",ms,ms,rps\n,mean,std,mean\n{index}a,12.5,1.25,340\nb,13.5,1.5,330\n")).unwrap();
            assert_eq!(dialect.header, Some([first, "ms mean", "ms std", "rps mean"].map(str::to_owned).to_vec()));
            assert_eq!(dialect.types[1], CellType::Decimal);
        }
    }

    #[test]
    fn a_single_row_of_numbers_of_one_kind_holds_samples() {
        let row =
            |numbers: &mut dyn Iterator<Item = u32>| numbers.map(|one| one.to_string()).collect::<Vec<_>>().join(",");
        let samples = row(&mut (0..60).map(|index| 200 + index * 37 % 91));
        assert!(find_in(&format!("{samples}\n")).unwrap().side_by_side.is_some());
        assert!(find_in(&format!("{samples}\n{samples}\n")).unwrap().side_by_side.is_none());
        let unlike = row(&mut (0..60).map(|index| if index % 2 == 0 { 3 } else { 90_000 + index }));
        assert!(find_in(&format!("{unlike}\n")).unwrap().side_by_side.is_none());
    }

    #[test]
    fn a_decimal_comma_is_recognised() {
        let dialect = find_in("event;latency\na;0,5\nb;0,75\n").unwrap();
        assert_eq!((dialect.delimiter, dialect.mark), (Some(b';'), DecimalMark::Comma));
    }

    #[test]
    fn commas_in_numbers_are_told_from_commas_between_them() {
        let found =
            |text: &str| find_in(text).map(|dialect| (dialect.delimiter, dialect.mark, dialect.mark_is_assumed));
        let (point, comma) = (DecimalMark::Point, DecimalMark::Comma);
        assert_eq!(found("wait_ms\n7,25\n11,5\n8\n9,125\n"), Some((None, comma, false)), "one column");
        assert_eq!(found("a,b\n7,25\n11,5\n"), Some((Some(b','), point, false)), "two names are two columns");
        assert_eq!(found("7,25\n11,5\n"), Some((Some(b','), point, false)), "no name says nothing");
        assert_eq!(found("k\tms\nx\t0,450\nx\t31,200\n"), Some((Some(b'\t'), comma, false)), "no group is 0");
        assert_eq!(found("k\tms\nx\t17,450\nx\t31,200\n"), Some((Some(b'\t'), comma, true)), "either is possible");
        assert_eq!(found("k\tms\nx\t450\nx\t31,200\n"), Some((Some(b'\t'), point, false)), "450 has no decimals");
        let groups = "\"k\";\"v\"\n\"x\";2,721,992,142.5\n\"x\";1,833,214,475.25\n";
        assert_eq!(found(groups), Some((Some(b';'), point, false)));
    }

    #[test]
    fn prose_and_source_code_are_no_tables() {
        assert_eq!(find_in("Dear reader,\nthis is a letter, with commas,\nand no numbers at all.\n"), None);
        assert_eq!(find_in("fn main() {\n    let x = vec![1, 2, 3];\n    println!(\"{x:?}\");\n}\n"), None);
        assert_eq!(find_in("a\nb\nc\n"), None);
    }
}
