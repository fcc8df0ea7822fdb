//! What the name of a column and the words in it say of the type of its cells, against what most of them look like.
//!
//! In: the types by the majority of cells, the header, and the rows below it. Out: the same types, changed where there is evidence.

use crate::measure::{Dimension, ending};
use crate::table::CellType;

use crate::ingest::meaning::vocabulary::{self, Kind, Words};
use crate::ingest::meaning::{name, units};
use crate::ingest::text::cells::{self, DecimalMark, Look};
use crate::ingest::text::identifiers;
use crate::ingest::text::row::Row;

/// A name that states a unit (`latency_ms`) makes a column of numbers of one in which words prevail: the words are what
/// has to be reported.
pub(super) fn believe_names(types: &mut [CellType], header: Row<'_>, body: &[Row<'_>], mark: DecimalMark) {
    /// Fewer numbers than this among the cells, and the name means something else.
    const LEAST_SHARE: f64 = 0.1;
    for (index, cells) in types.iter_mut().enumerate() {
        let name = String::from_utf8_lossy(header.cell(index)).into_owned();
        if *cells != CellType::Text || units::stated(&name).is_none() {
            continue;
        }
        let looks: Vec<Look> = body.iter().map(|row| cells::look(row.cell(index), mark)).collect();
        let numbers = looks.iter().filter(|look| look.is_number()).count();
        if numbers > 0 && numbers as f64 >= LEAST_SHARE * looks.len() as f64 {
            let decimal = looks.contains(&Look::Decimal);
            *cells = if decimal { CellType::Decimal } else { CellType::Integer };
        }
    }
}

/// Numbers among which words say that a result is not there (`12.5`, `OOM`, `OOM`) are a column of numbers, however many there
/// are, except where it may be the words that were recorded.
pub(super) fn keep_measured(types: &mut [CellType], header: Option<Row<'_>>, body: &[Row<'_>], mark: DecimalMark) {
    for (index, cells) in types.iter_mut().enumerate().filter(|(_, cells)| **cells == CellType::Text) {
        let (mut numbers, mut decimals, mut words) = (0_usize, 0_usize, 0_usize);
        let known = body.iter().all(|row| match cells::look(row.cell(index), mark) {
            Look::Integer => {
                numbers += 1;
                true
            }
            Look::Decimal => {
                decimals += 1;
                true
            }
            Look::Text => {
                words += 1;
                ending::no_result(row.cell(index)).is_some()
            }
            look => look == Look::Empty,
        });
        let name = header.map(|header| String::from_utf8_lossy(header.cell(index)).into_owned());
        let of_status = name.is_none_or(|name| vocabulary::STATUS.among(&name::words(&name)).is_some());
        if known && words > 0 && numbers + decimals > 0 && (decimals > 0 || !of_status) {
            *cells = if decimals > 0 { CellType::Decimal } else { CellType::Integer };
        }
    }
}

/// Settings that are numbers here and words there (`1`, `8`, `one stream`) are texts: nobody measured them, and each tells rows apart.
pub(super) fn keep_settings(types: &mut [CellType], header: Row<'_>, body: &[Row<'_>], mark: DecimalMark) {
    for (index, cells) in types.iter_mut().enumerate().filter(|(_, cells)| **cells == CellType::Integer) {
        let name = String::from_utf8_lossy(header.cell(index)).into_owned();
        let words = name::words(name::leaf(&name));
        let is_setting =
            words.len() <= 2 && vocabulary::PARAMETER.among(&words).is_some() && name::read(&name).unit.is_none();
        let has_number = |row: &Row<'_>| row.iter().any(|cell| cells::look(cell, mark).is_number());
        let is_word = |row: &Row<'_>| {
            let cell = row.cell(index);
            // Titles and headers between the rows are none.
            if !has_number(row) {
                return false;
            }
            cells::look(cell, mark) == Look::Text && ending::no_result(cell).is_none() && !cell.starts_with(b"~")
        };
        if is_setting && body.iter().any(is_word) {
            *cells = CellType::Text;
        }
    }
}

/// `110.527 m` under a name that speaks of no time is as well millions as minutes: a number with that letter, and no duration.
pub(super) fn doubt_minutes(types: &mut [CellType], header: Row<'_>, body: &[Row<'_>]) {
    /// What a shell and a build call how long they took.
    const TOOK: Words = Words::of("real user sys wall build compile link test tests");
    for (index, cells) in types.iter_mut().enumerate() {
        let column = String::from_utf8_lossy(header.cell(index));
        let said = name::read(&column);
        let is_time = matches!(said.kind, Some(Kind::Duration | Kind::RunLength))
            || said.unit.is_some_and(|unit| unit.dimension == Dimension::Time)
            || TOOK.among(&name::words(&column)).is_some();
        if *cells != CellType::Quantity(Dimension::Time) || is_time {
            continue;
        }
        let in_letter = |cell: &[u8]| {
            let number = cell.trim_ascii().strip_suffix(b" m");
            number.is_some_and(|number| cells::number(number, DecimalMark::Point).is_some())
        };
        let mut amounts = body
            .iter()
            .map(|row| row.cell(index))
            .filter(|cell| matches!(cells::look(cell, DecimalMark::Point), Look::Quantity(_)));
        if amounts.all(in_letter) {
            *cells = CellType::Text;
        }
    }
}

/// Identifiers of more digits than a number holds are texts, and so are those that look like amounts (`01:00.0`).
pub(super) fn keep_identifiers(types: &mut [CellType], header: Row<'_>, body: &[Row<'_>]) {
    for (index, cells) in types.iter_mut().enumerate() {
        let name = String::from_utf8_lossy(header.cell(index)).into_owned();
        if matches!(cells, CellType::Quantity(_)) && identifiers::ends_in_id(&name) {
            *cells = CellType::Text;
        }
    }
    for (index, cells) in types.iter_mut().enumerate().filter(|(_, cells)| **cells == CellType::Integer) {
        let named = || identifiers::is_name(&String::from_utf8_lossy(header.cell(index)));
        if body.iter().any(|row| identifiers::loses_digits(row.cell(index))) && named() {
            *cells = CellType::Text;
        }
    }
}
