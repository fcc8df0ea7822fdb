//! What stands above the rows of a table: titles, groups of columns, names, statistics.
//!
//! In: the first rows of a text, all as wide as its table. Out: the row of names, the rows below it, and what stands around them.

use crate::ingest::meaning::name;
use crate::ingest::text::cells::{self, DecimalMark, Look};
use crate::ingest::text::column_types::{column_types, looks_like_header};
use crate::ingest::text::row::Row;
use crate::table::CellType;

/// The rows of a table and what stands above them.
pub(super) struct Heading<'r> {
    /// The row above the names: groups of columns, or what was measured.
    groups: Option<Vec<String>>,
    /// Whether the names are those of statistics.
    pub(super) of_statistics: bool,
    /// The row below the names that names only the first column.
    pub(super) index_row: Option<Vec<String>>,
    /// The row below the names that holds nothing but their units.
    units: Option<Vec<String>>,
    /// The row of names, or the first row of all.
    pub(super) first: Row<'r>,
    /// The rows below it.
    pub(super) body: Vec<Row<'r>>,
}

impl<'r> Heading<'r> {
    /// What stands above the rows; nothing is looked for where there is no header.
    pub(super) fn of(table: &[Row<'r>], header: Option<bool>, mark: DecimalMark) -> Option<Self> {
        let may = header != Some(false);
        let in_groups = may && stands_above_names(table, mark);
        let of_statistics = may && !in_groups && stands_above_statistics(table, mark);
        let groups = table.first().filter(|_| in_groups || of_statistics).map(texts_of);
        let titled = may && groups.is_none() && is_title_above_names(table, mark);
        let (first, body) = table[usize::from(groups.is_some() || titled)..].split_first()?;
        let index_row = body.first().filter(|row| of_statistics && names_the_index(row, mark)).map(texts_of);
        // A program called in a loop writes its header each time; where titles stand between the rows, what has no number is no row.
        let words = first.iter().all(|cell| cells::look(cell, mark) == Look::Text);
        let is_repeated = |row: &Row<'_>| words && row.iter().eq(first.iter());
        let has_number = |row: &Row<'_>| !titled || row.iter().any(|cell| cells::look(cell, mark).is_number());
        let units =
            body.first().filter(|row| may && groups.is_none() && !titled && are_units(first, row, &body[1..], mark));
        let units = units.map(texts_of);
        let body = body.iter().skip(usize::from(index_row.is_some() || units.is_some()));
        let body = body.filter(|row| !is_repeated(row) && has_number(row)).copied().collect();
        Some(Self { groups, of_statistics, index_row, units, first: *first, body })
    }

    /// Both rows of names, and the names that they make together; the names alone where there is one row.
    pub(super) fn names(&self, names: Option<Vec<String>>) -> (Option<[Vec<String>; 2]>, Option<Vec<String>>) {
        if let (Some(units), Some(names)) = (&self.units, &names) {
            let joined = names.iter().zip(units).map(|(name, unit)| with_unit(name, unit)).collect();
            return (Some([names.clone(), units.clone()]), Some(joined));
        }
        let rows = self.groups.clone().zip(names.clone()).map(|(groups, names)| [groups, names]);
        let joined = rows.as_ref().map(|[groups, names]| {
            let index = self.index_row.as_ref().and_then(|row| row.first());
            if self.of_statistics {
                names_with_statistics(groups, names, index)
            } else {
                names_in_groups(groups, names)
            }
        });
        (rows, joined.or(names))
    }
}

pub(super) fn texts_of(row: &Row<'_>) -> Vec<String> {
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

/// Whether the row below the names holds a unit for every column of numbers but those of whole numbers, and nothing else.
fn are_units(names: &Row<'_>, units: &Row<'_>, body: &[Row<'_>], mark: DecimalMark) -> bool {
    /// Symbols that are units of others where they stand in such a row.
    const SYMBOLS: &[&str] = &[
        "#", "-", "W", "J", "V", "A", "C", "°C", "K", "m", "h", "d", "n", "GB", "TB", "b", "B", "1", "count", "kWh",
        "Wh",
    ];
    let plain = |row: &Row<'_>| row.iter().all(|cell| matches!(cells::look(cell, mark), Look::Text | Look::Empty));
    let symbol = |cell: &[u8]| {
        let text = String::from_utf8_lossy(cell).trim().to_owned();
        let bare = without_brackets(&text).to_owned();
        let bracketed = bare.len() < text.len();
        (name::unit(&bare).is_some(), bracketed || SYMBOLS.contains(&bare.as_str()))
    };
    let types = column_types(body, names.len(), mark);
    let said: Vec<(usize, (bool, bool))> = (0..units.len())
        .filter(|index| !units.cell(*index).is_empty())
        .map(|index| (index, symbol(units.cell(index))))
        .collect();
    let known = said.iter().filter(|(index, (unit, _))| *unit && types[*index].is_number()).count();
    let words = names
        .iter()
        .all(|cell| cells::look(cell, mark) == Look::Text && !cell.ends_with(b")") && !cell.ends_with(b"]"));
    let decimals = types.iter().enumerate().filter(|(_, cells)| **cells == CellType::Decimal).map(|(index, _)| index);
    let mut decimals = decimals.peekable();
    words
        && plain(units)
        && body.len() >= 2
        && known >= 1
        && said.iter().all(|(_, (unit, symbol))| *unit || *symbol)
        && decimals.peek().is_some()
        && decimals.all(|index| !units.cell(index).is_empty())
}

/// A unit without the brackets around it.
fn without_brackets(text: &str) -> &str {
    [('(', ')'), ('[', ']'), ('<', '>')]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
        .unwrap_or(text)
        .trim()
}

/// A name with the unit that stands below it.
pub(crate) fn with_unit(name: &str, unit: &str) -> String {
    match without_brackets(unit.trim()) {
        "" | "-" | "#" => name.to_owned(),
        unit => format!("{name} ({unit})"),
    }
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
