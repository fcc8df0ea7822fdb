//! Numbers that say where or which, and not how much: the ends of a stretch of time, places on earth, numbers of devices.
//!
//! In: a column of numbers among the others of its table. Out: a role and the reason for it, where another column of the table is
//! evidence; one name alone decides nothing.

use crate::table::packed::Cells;
use crate::table::{CellType, Column, Role, Table};

use crate::ingest::meaning::name;
use crate::ingest::meaning::vocabulary::Words;

/// What the first of two ends is called, and the second.
const STARTS: Words =
    Words::of("start starts started begin begins began begun arrival arrived submit submitted enqueued");
const ENDS: Words = Words::of("end ends ended stop stops stopped finish finishes finished");
/// What may stand beside such a word where the two are instants.
const BESIDE_END: Words = Words::of(
    "time times ts timestamp t at date datetime instant clock epoch s sec secs second seconds ms msec millis \
     us usec micros ns nsec nanos utc monotonic",
);
/// What the first of two coordinates is called and how far it reaches, and the second.
const LATITUDES: Words = Words::of("lat latitude");
const LONGITUDES: Words = Words::of("lon lng long longitude");
const MOST_LATITUDE: f64 = 90.0;
const MOST_LONGITUDE: f64 = 180.0;
/// What is numbered: `index_gpu`, `id_node`.
const NUMBERS: Words = Words::of("index idx id no");
const DEVICES: Words =
    Words::of("gpu cpu core device node host disk nic socket thread worker process user client session");

/// What a column of numbers is that tells where or which.
pub(crate) fn infer(table: &Table, index: usize, words: &[String]) -> Option<(Role, String)> {
    part_of_second(table, index, words)
        .or_else(|| end_of_stretch(table, index, words))
        .or_else(|| coordinate(table, index, words))
        .or_else(|| {
            let numbered = table.columns[index].cells == CellType::Integer
                && matches!(words, [first, second] if NUMBERS.has(first) && DEVICES.has(second));
            numbered.then(|| (Role::Identifier, format!("called `{}`, with whole numbers", table.columns[index].name)))
        })
}

/// `Fractional Seconds` beside a time of day: what is behind its point.
fn part_of_second(table: &Table, index: usize, words: &[String]) -> Option<(Role, String)> {
    const PARTS: Words = Words::of("fractional fraction fractions subsecond subseconds");
    const SECONDS: Words = Words::of("second seconds sec secs subsecond subseconds");
    let called = PARTS.among(words).is_some() && SECONDS.among(words).is_some();
    let is_time = |(other, column): (usize, &Column)| {
        let named = name::words(&column.name).iter().any(|word| matches!(word.as_str(), "time" | "date" | "seconds"));
        other != index && (column.cells == CellType::Timestamp || named)
    };
    (called
        && table.values(index).all(|number| (0.0..1.0).contains(&number))
        && table.columns.iter().enumerate().any(is_time))
    .then(|| (Role::Unused, "the part of a second behind a time of day: no duration".to_owned()))
}

/// Another column of numbers whose name differs in one word only, of two kinds of words that go together; and whether this
/// column is the first of the two.
fn partner(table: &Table, index: usize, words: &[String], firsts: Words, seconds: Words) -> Option<(usize, bool)> {
    let at = words.iter().position(|word| firsts.has(word) || seconds.has(word))?;
    let is_first = firsts.has(&words[at]);
    let wanted = if is_first { seconds } else { firsts };
    let parent = name::parent(&table.columns[index].name);
    let goes_with = |other: usize| {
        let column = &table.columns[other];
        if other == index || !column.cells.is_number() || name::parent(&column.name) != parent {
            return false;
        }
        let others = name::words(name::leaf(&column.name));
        others.len() == words.len()
            && others.iter().zip(words).enumerate().all(
                |(place, (other, own))| {
                    if place == at { wanted.has(other) } else { other == own }
                },
            )
    };
    (0..table.columns.len()).find(|other| goes_with(*other)).map(|other| (other, is_first))
}

/// `start time` beside `end time`: no row ends before it starts, and both go on together or lie as far apart as a third column
/// says. Of other things that have a start and an end (sizes, rates) only such a third column makes two instants.
fn end_of_stretch(table: &Table, index: usize, words: &[String]) -> Option<(Role, String)> {
    let (other, is_first) = partner(table, index, words, STARTS, ENDS)?;
    let (first, second) = if is_first { (index, other) } else { (other, index) };
    let (starts, ends) = (table.values(first), table.values(second));
    if !are_ordered(starts, ends) {
        return None;
    }
    if let Some(found) = end_with_length(table, index, words) {
        return Some(found);
    }
    let of_time = words.iter().all(|word| STARTS.has(word) || ENDS.has(word) || BESIDE_END.has(word));
    let name = |column: usize| &table.columns[column].name;
    let ordered = format!("`{}` is never below `{}`", name(second), name(first));
    (of_time && go_on_together(starts, ends))
        .then(|| (Role::Unused, format!("an end of a stretch, no amount: {ordered}, and both go on together")))
}

/// One of two ends where a third column says how far they lie apart.
pub(super) fn end_with_length(table: &Table, index: usize, words: &[String]) -> Option<(Role, String)> {
    let (other, is_first) = partner(table, index, words, STARTS, ENDS)?;
    let (first, second) = if is_first { (index, other) } else { (other, index) };
    let (starts, ends) = (table.values(first), table.values(second));
    let is_difference = |column: usize| is_exact_difference(starts, ends, table.values(column));
    let others = || (0..table.columns.len()).filter(|column| ![first, second].contains(column));
    // A clock that begins anew each second may stand lower at the end.
    if let Some(length) = others().find(|column| table.columns[*column].cells.is_number() && is_difference(*column)) {
        let name = |column: usize| &table.columns[column].name;
        let reason = format!("a point in time: `{}` is `{}` less `{}`", name(length), name(second), name(first));
        return Some((Role::Unused, reason));
    }
    if !are_ordered(starts, ends) {
        return None;
    }
    let length = (0..table.columns.len()).find(|column| {
        ![first, second].contains(column)
            && table.columns[*column].cells.is_number()
            && lie_apart(starts, ends, table.values(*column))
    })?;
    let name = |column: usize| &table.columns[column].name;
    let (second, first, length) = (name(second), name(first), name(length));
    let reason =
        format!("a point in time: `{second}` is never below `{first}`, and `{length}` is how far they lie apart");
    Some((Role::Unused, reason))
}

/// The columns of numbers that are called like the first end of a stretch.
pub(super) fn starts(table: &Table) -> Vec<usize> {
    let is_start = |column: &usize| {
        let of = &table.columns[*column];
        of.cells.is_number() && STARTS.among(&name::words(name::leaf(&of.name))).is_some()
    };
    (0..table.columns.len()).filter(is_start).collect()
}

/// The columns of the two ends of stretches whose length a third column is, of those that begin in one of these.
pub(super) fn ends_of(table: &Table, length: usize, starts: &[usize]) -> Option<(usize, usize)> {
    starts.iter().filter(|start| **start != length).find_map(|start| {
        let words = name::words(name::leaf(&table.columns[*start].name));
        let (end, _) =
            partner(table, *start, &words, STARTS, ENDS).filter(|(end, is_first)| *is_first && *end != length)?;
        lie_apart(table.values(*start), table.values(end), table.values(length)).then_some((*start, end))
    })
}

/// Whether the second number is at least the first in every row, and larger somewhere.
fn are_ordered(starts: &Cells, ends: &Cells) -> bool {
    let mut larger = false;
    let ordered = starts.iter().zip(ends.iter()).all(|(start, end)| match (start, end) {
        (Some(start), Some(end)) => {
            larger |= end > start;
            end >= start
        }
        _ => true,
    });
    ordered && larger && starts.count() > 1
}

/// Whether a column is the difference of two others to the digit, in many rows.
fn is_exact_difference(starts: &Cells, ends: &Cells, lengths: &Cells) -> bool {
    const FEWEST: usize = 10;
    let rows = starts.iter().zip(ends.iter()).zip(lengths.iter());
    let all = rows.into_iter().all(|((start, end), length)| {
        start.zip(end).zip(length).is_none_or(|((start, end), length)| (end - start).to_bits() == length.to_bits())
    });
    all && lengths.count() >= FEWEST && lengths.iter().flatten().any(|length| length != 0.0)
}

/// Whether both rise and fall together from row to row, and mostly rise.
fn go_on_together(starts: &Cells, ends: &Cells) -> bool {
    /// Rows of which so many disagree are no stretches of one clock.
    const LEAST_TOGETHER: f64 = 0.95;
    let (mut steps, mut together, mut rises, mut falls) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut before: Option<(f64, f64)> = None;
    for (start, end) in starts.iter().zip(ends.iter()) {
        let (Some(start), Some(end)) = (start, end) else { continue };
        if let Some((last_start, last_end)) = before.replace((start, end)) {
            steps += 1;
            rises += usize::from(start > last_start);
            falls += usize::from(start < last_start);
            together += usize::from((start - last_start) * (end - last_end) >= 0.0);
        }
    }
    steps > 0 && rises >= 2 * falls && rises > 0 && together as f64 >= LEAST_TOGETHER * steps as f64
}

/// Whether a column is the difference of two others, in their unit or in one a thousand, a million or a billion times smaller
/// or larger, as far as it was rounded.
fn lie_apart(starts: &Cells, ends: &Cells, lengths: &Cells) -> bool {
    const FACTORS: [f64; 7] = [1.0, 1e3, 1e6, 1e9, 1e-3, 1e-6, 1e-9];
    /// Rounding to two digits moves a number by so much of itself.
    const ROUNDED: f64 = 0.05;
    let fits = |factor: f64| {
        let mut any = 0_usize;
        let rows = starts.iter().zip(ends.iter()).zip(lengths.iter());
        let all = rows.into_iter().all(|((start, end), length)| {
            let (Some(start), Some(end), Some(length)) = (start, end, length) else { return true };
            any += usize::from(length > 0.0);
            ((end - start) * factor - length).abs() <= ROUNDED * length.abs()
        });
        all && any > 1
    };
    FACTORS.into_iter().any(fits)
}

/// `lat` beside `lon`, each within its range.
fn coordinate(table: &Table, index: usize, words: &[String]) -> Option<(Role, String)> {
    let (other, is_first) = partner(table, index, words, LATITUDES, LONGITUDES)?;
    let (latitude, longitude) = if is_first { (index, other) } else { (other, index) };
    let within = |column: usize, most: f64| table.values(column).all(|value| value.abs() <= most);
    let name = |column: usize| &table.columns[column].name;
    (within(latitude, MOST_LATITUDE) && within(longitude, MOST_LONGITUDE)).then(|| {
        let what = if is_first { "latitude" } else { "longitude" };
        (Role::Unused, format!("a {what}: `{}` stands beside `{}`", name(latitude), name(longitude)))
    })
}
