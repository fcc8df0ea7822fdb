//! How a delimited text is written: its delimiter, its decimal mark, its header and the types of its columns.
//!
//! In: the first bytes of a text. Out: a [`Dialect`] and the evidence for it. Refuses text in which no delimiter gives
//! rows of equal length with numbers in them.

use crate::measure::unit::Dimension;
use crate::table::CellType;

use crate::ingest::head::Head;
use crate::ingest::meaning::{name, vocabulary};
use crate::ingest::text::amounts;
use crate::ingest::text::cells::{self, DecimalMark, Look};
use crate::ingest::text::delimiter::{best_delimiter, sample_rows, usual_width};
use crate::ingest::text::lines::{Record, Records};
use crate::ingest::text::named_types;
use crate::ingest::text::row::{Row, RowBuffer};
use crate::ingest::text::split::Splitter;

/// Share of a column's cells that must be numbers for it to be a column of numbers; fewer are words with numbers
/// among them.
const NUMBER_SHARE: f64 = 0.7;

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
    /// Whether the only row holds samples of one thing, side by side.
    pub(crate) one_row: bool,
}

/// Finds out how a text is written; `None` where it is no table with numbers.
pub(crate) fn find(head: &Head<'_>, delimiter: Option<u8>, header: Option<bool>) -> Option<Dialect> {
    let (delimiter, rows, agreement) = match delimiter {
        Some(delimiter) => (Some(delimiter), sample_rows(head, Some(delimiter)), 1.0),
        None => best_delimiter(head)?,
    };
    if let [only] = &rows[..]
        && head.complete
        && header.is_none()
        && let Some(cells) = row_of_samples(only.row())
    {
        let evidence = vec![format!("a single row of {} numbers of one kind: samples side by side", only.cells.len())];
        return Some(Dialect {
            delimiter,
            mark: DecimalMark::Point,
            mark_is_assumed: false,
            header: None,
            header_rows: None,
            index_row: None,
            types: vec![cells],
            evidence,
            trailing: false,
            one_row: true,
        });
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
    let table: Vec<Row<'_>> = rows.iter().map(RowBuffer::row).filter(|row| row.len() == width).collect();
    let groups = table.first().filter(|_| header != Some(false) && stands_above_names(&table, mark)).map(texts_of);
    let statistics = groups.is_none() && header != Some(false) && stands_above_statistics(&table, mark);
    let groups = groups.or_else(|| statistics.then(|| texts_of(&table[0])));
    let titled = groups.is_none() && header != Some(false) && is_title_above_names(&table, mark);
    let above = usize::from(groups.is_some() || titled);
    let (first, body) = table[above..].split_first()?;
    let index_row = body.first().filter(|row| statistics && names_the_index(row, mark)).map(texts_of);
    let body = &body[usize::from(index_row.is_some())..];
    // A program called in a loop writes its header each time.
    let words = first.iter().all(|cell| cells::look(cell, mark) == Look::Text);
    // Where titles stand between the rows, what has no number is no row.
    let has_number = |row: &Row<'_>| !titled || row.iter().any(|cell| cells::look(cell, mark).is_number());
    let is_repeated = |row: &Row<'_>| words && row.iter().eq(first.iter());
    let body: Vec<Row<'_>> = body.iter().filter(|row| !is_repeated(row) && has_number(row)).copied().collect();
    let body = &body[..];
    let mut body_types = column_types(body, width, mark);
    let has_header = header.unwrap_or_else(|| {
        statistics
            || looks_like_header(*first, &body_types, mark)
                && (body_types.iter().any(|cells| *cells != CellType::Text) || !continues_amounts(*first, body, mark))
    });
    if has_header {
        named_types::believe_names(&mut body_types, *first, body, mark);
        named_types::keep_identifiers(&mut body_types, *first, body);
        named_types::keep_settings(&mut body_types, *first, body, mark);
    }
    let mut types = if has_header { body_types } else { column_types(&table, width, mark) };
    named_types::keep_measured(&mut types, has_header.then_some(*first), if has_header { body } else { &table }, mark);
    let names = has_header.then(|| texts_of(first));
    let names = names.or_else(|| comment_header(head, delimiter, width));
    let header_rows = groups.zip(names.clone()).map(|(groups, names)| [groups, names]);
    let joined = header_rows.as_ref().map(|[groups, names]| match (statistics, &index_row) {
        (true, index) => names_with_statistics(groups, names, index.as_ref().and_then(|row| row.first())),
        (false, _) => names_in_groups(groups, names),
    });
    let names = joined.or(names);
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
    let mut evidence = vec![match delimiter {
        Some(delimiter) => format!(
            "{} separates {width} fields in {:.0}% of the first {} rows",
            delimiter_name(delimiter),
            agreement * 100.0,
            rows.len()
        ),
        None => "one number a line".to_owned(),
    }];
    evidence.push(match (&names, header_only) {
        (Some(_), true) => "there is nothing but a header".to_owned(),
        (Some(names), false) => format!("header: {}", names.join(", ")),
        (None, _) => "no header: the first row already holds numbers".to_owned(),
    });
    if trailing {
        evidence
            .push("every row ends in a delimiter, the header does not: the empty last cells are no column".to_owned());
    }
    if mark == DecimalMark::Comma {
        evidence.push("numbers have a decimal comma".to_owned());
    } else if rows.iter().any(|row| row.row().iter().any(has_groups)) {
        evidence.push("commas group the thousands of numbers".to_owned());
    }
    Some(Dialect {
        delimiter,
        mark,
        mark_is_assumed,
        header: names,
        header_rows,
        index_row,
        types,
        evidence,
        trailing,
        one_row: false,
    })
}

/// What the cells of a row are that holds samples of one thing side by side: many numbers, all whole or all decimal, and near each other.
fn row_of_samples(row: Row<'_>) -> Option<CellType> {
    const FEWEST: usize = 50;
    /// Numbers of unlike things lie farther apart.
    const FARTHEST: f64 = 1000.0;
    let mark = DecimalMark::Point;
    let cells = column_type((0..row.len()).map(|index| row.cell(index)), mark);
    let numbers: Vec<f64> = row.iter().filter_map(|cell| cells::number(cell, mark)).collect();
    let (low, high) = numbers.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), one| (low.min(*one), high.max(*one)));
    let alike = cells == CellType::Decimal || row.iter().all(|cell| cells::look(cell, mark) == Look::Integer);
    (numbers.len() >= FEWEST
        && numbers.len() == row.len()
        && cells.is_number()
        && alike
        && low > 0.0
        && high <= FARTHEST * low)
        .then_some(cells)
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

fn texts_of(row: &Row<'_>) -> Vec<String> {
    row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
}

/// Whether the first row names groups of columns, each over the first of its columns with empty cells behind it, and the second
/// the columns: words where numbers stand below.
fn stands_above_names(table: &[Row<'_>], mark: DecimalMark) -> bool {
    let [groups, names, body @ ..] = table else { return false };
    let looks = || groups.iter().map(|cell| cells::look(cell, mark));
    let all_words = names.iter().all(|cell| cells::look(cell, mark) == Look::Text);
    let of_groups = looks().all(|look| matches!(look, Look::Text | Look::Empty))
        && groups.iter().filter(|cell| !cell.is_empty()).count() > 1
        && groups.iter().any(<[u8]>::is_empty);
    all_words
        && of_groups
        && looks_like_header(*names, &column_types(body, names.len(), mark), mark)
        && column_types(body, names.len(), mark).iter().any(|cells| cells.is_number())
}

/// Whether the first row names what was measured and the second the statistic of each column, as pandas writes a table of several
/// aggregates.
fn stands_above_statistics(table: &[Row<'_>], mark: DecimalMark) -> bool {
    let [measured, statistics, body @ ..] = table else { return false };
    let words = |row: &Row<'_>| row.iter().all(|cell| matches!(cells::look(cell, mark), Look::Text | Look::Empty));
    let is_statistic = |cell: &[u8]| {
        let said = name::read(&String::from_utf8_lossy(cell));
        said.statistic.is_some() && said.base.is_empty() || matches!(cell, b"count" | b"sum" | b"var" | b"size")
    };
    let named: Vec<&[u8]> = statistics.iter().skip(1).filter(|cell| !cell.is_empty()).collect();
    words(measured)
        && measured.iter().skip(1).any(|cell| !cell.is_empty())
        && statistics.cell(0).is_empty()
        && named.len() > 1
        && named.into_iter().all(is_statistic)
        && column_types(body, statistics.len(), mark).iter().any(|cells| cells.is_number())
}

/// Whether a row holds nothing but a text in its first cell.
fn names_the_index(row: &Row<'_>, mark: DecimalMark) -> bool {
    cells::look(row.cell(0), mark) == Look::Text && row.len() > 1 && row.iter().skip(1).all(<[u8]>::is_empty)
}

/// What was measured with the statistic of each column: `latency_ms mean`.
fn names_with_statistics(measured: &[String], statistics: &[String], index: Option<&String>) -> Vec<String> {
    let mut of = "";
    let join = |(place, statistic): (usize, &String)| {
        of = measured.get(place).filter(|name| !name.is_empty()).map_or(of, |name| name);
        match (place, index) {
            (0, Some(index)) => index.clone(),
            _ if statistic.is_empty() => measured.get(place).cloned().unwrap_or_default(),
            _ => format!("{of} {statistic}"),
        }
    };
    statistics.iter().enumerate().map(join).collect()
}

/// Whether the first row holds one text only and the second the names of the columns: a title.
fn is_title_above_names(table: &[Row<'_>], mark: DecimalMark) -> bool {
    let [title, names, body @ ..] = table else { return false };
    let words = |row: &Row<'_>| row.iter().all(|cell| cells::look(cell, mark) == Look::Text);
    let alone =
        title.len() > 1 && cells::look(title.cell(0), mark) == Look::Text && title.iter().skip(1).all(<[u8]>::is_empty);
    alone && words(names) && column_types(body, names.len(), mark).iter().any(|cells| cells.is_number())
}

/// Names with the group that each stands in: `memory / used`.
pub(crate) fn names_in_groups(groups: &[String], names: &[String]) -> Vec<String> {
    let mut group = "";
    let mut in_group = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        if let Some(next) = groups.get(index).filter(|next| !next.is_empty()) {
            group = next;
        }
        let plain = group.is_empty() || group == name;
        in_group.push(if plain { name.clone() } else { format!("{group} / {name}") });
    }
    in_group
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
        () => (DecimalMark::Point, false),
    }
}

/// The type of each column, by the majority of its cells.
pub(crate) fn column_types(rows: &[Row<'_>], width: usize, mark: DecimalMark) -> Vec<CellType> {
    (0..width).map(|index| column_type(rows.iter().map(|row| row.cell(index)), mark)).collect()
}

/// The type of a column, by the majority of its cells. `8B` and `27B` are as often billions of parameters as bytes: names, unless some
/// cell can be nothing but an amount.
pub(crate) fn column_type<'c>(cells: impl Iterator<Item = &'c [u8]> + Clone, mark: DecimalMark) -> CellType {
    let found = type_of_looks(cells.clone().map(|cell| cells::look(cell, mark)));
    let is_name = |cell: &[u8]| cells::is_amount_of_b(cell) || cells::is_empty_word(cell);
    let mut cells = cells;
    if found == CellType::Quantity(Dimension::Bytes) && cells.all(is_name) { CellType::Text } else { found }
}

fn type_of_looks(looks: impl Iterator<Item = Look>) -> CellType {
    let mut counts = [0_usize; 6];
    let mut quantity = None;
    for look in looks {
        match look {
            Look::Integer => counts[0] += 1,
            Look::Decimal => counts[1] += 1,
            Look::Boolean => counts[2] += 1,
            Look::Timestamp => counts[3] += 1,
            Look::Quantity(dimension) => {
                counts[4] += 1;
                quantity.get_or_insert(dimension);
            }
            Look::Text => counts[5] += 1,
            Look::Empty | Look::NotFinite => {}
        }
    }
    let all = counts.iter().sum::<usize>() as f64;
    let mostly = |count: usize| count > 0 && count as f64 >= NUMBER_SHARE * all;
    match quantity {
        _ if mostly(counts[0] + counts[1]) && counts[1] > 0 => CellType::Decimal,
        _ if mostly(counts[0]) => CellType::Integer,
        _ if mostly(counts[2]) => CellType::Boolean,
        _ if mostly(counts[3]) => CellType::Timestamp,
        Some(dimension) if mostly(counts[4]) => CellType::Quantity(dimension),
        _ => CellType::Text,
    }
}

/// A header has no number and no instant in it, and is unlike the rows below it wherever those are not words.
fn looks_like_header(first: Row<'_>, types: &[CellType], mark: DecimalMark) -> bool {
    let looks: Vec<Look> = first.iter().map(|cell| cells::look(cell, mark)).collect();
    let named = looks.iter().filter(|look| **look == Look::Text).count();
    let wordless =
        looks.iter().any(|look| look.is_number() || matches!(look, Look::Timestamp | Look::NotFinite | Look::Boolean));
    let unlike_body = looks.iter().zip(types).any(|(look, cells)| *look == Look::Text && *cells != CellType::Text);
    let speaking = first
        .iter()
        .zip(&looks)
        .filter(|(_, look)| **look == Look::Text)
        .all(|(cell, _)| vocabulary::LABEL_HEADER.has_in_any_case(cell));
    let numbered = looks.contains(&Look::Integer) && !looks.contains(&Look::Decimal);
    if named > 0 && speaking && numbered && types.contains(&CellType::Decimal) {
        // `name,2019,2020,2021`: the numbers are names.
        return true;
    }
    if named > 0 && are_numbered_names(first, &looks, types, mark) {
        return true;
    }
    named > 0 && !wordless && (unlike_body || types.iter().all(|cells| *cells == CellType::Text))
}

/// Whether whole numbers among the words of a first row name columns (`round,64,128,256`): they rise from left to right, and below
/// them stands something else. That is a column of decimals, where there are two or more and all stand above such; or a column of numbers
/// under a word of the same row, where there are three or more.
fn are_numbered_names(first: Row<'_>, looks: &[Look], types: &[CellType], mark: DecimalMark) -> bool {
    if looks.iter().any(|look| !matches!(look, Look::Text | Look::Integer)) {
        return false;
    }
    let numbered = || looks.iter().zip(types).filter(|(look, _)| **look == Look::Integer).map(|(_, cells)| *cells);
    let numbers: Vec<f64> = first.iter().filter_map(|cell| cells::number(cell, mark)).collect();
    let rising = numbers.windows(2).all(|pair| pair[0] < pair[1]) && numbers.first().is_some_and(|first| *first >= 0.0);
    let unlike = looks.iter().zip(types).any(|(look, cells)| *look == Look::Text && cells.is_number());
    let decimals = numbered().all(|cells| cells == CellType::Decimal);
    let fewest = if unlike && decimals { 2 } else { 3 };
    rising && numbers.len() >= fewest && (decimals || unlike && numbered().all(CellType::is_number))
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
        assert!(find_in(&format!("{samples}\n")).unwrap().one_row);
        assert!(!find_in(&format!("{samples}\n{samples}\n")).unwrap().one_row);
        let unlike = row(&mut (0..60).map(|index| if index % 2 == 0 { 3 } else { 90_000 + index }));
        assert!(!find_in(&format!("{unlike}\n")).unwrap().one_row);
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
