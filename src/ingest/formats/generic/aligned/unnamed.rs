//! Tables without a header whose columns blanks set apart: nothing but numbers and times, as plotting programs read them and probes log
//! them.
//!
//! In: the first lines. Out: what to call their columns, where every line is such a row.

use crate::ingest::format::{FindingKind, Head, Severity, Sink};
use crate::ingest::text::cells::{self, DecimalMark, Look};
use crate::ingest::text::split::is_blank_or_comment;

/// What a column of times of day is called.
pub(super) const TIME: &str = "time";
/// And what one of days is called.
pub(super) const DATE: &str = "date";
/// Fewer lines of as many numbers may be anything.
const FEWEST_ROWS: usize = 3;
/// Of more columns without names most are settings, which several rows have to show: such a table is read where they do, or where the user
/// asks for it.
const MOST_COLUMNS: usize = 3;
const MANY_COLUMNS: usize = 6;
const FEWEST_OF_MANY: usize = 10;
const MOST_WHOLE: usize = 2;

/// What the columns of these lines are called: nothing, but for a date and a time of day. Absent where some line is no row of numbers and
/// times, or where no column holds numbers alone.
pub(super) fn names(lines: &[&[u8]]) -> Option<Vec<String>> {
    let rows: Vec<Vec<&str>> = lines
        .iter()
        .filter(|line| !is_blank_or_comment(line))
        .map(|line| std::str::from_utf8(line).map(|text| text.split_whitespace().collect()))
        .collect::<Result<_, _>>()
        .ok()?;
    let width = rows.first()?.len();
    let is_row = |row: &Vec<&str>| {
        row.len() == width && row.iter().enumerate().all(|(index, cell)| is_value(cell) || index == 0 && is_word(cell))
    };
    if width < 2 || rows.len() < FEWEST_ROWS || !rows.iter().all(is_row) {
        return None;
    }
    let column = |index: usize| rows.iter().filter_map(move |row| row.get(index).copied());
    let measured = (0..width).any(|index| {
        let mut looks = column(index).map(|cell| cells::look(cell.as_bytes(), DecimalMark::Point));
        looks.all(Look::is_number)
    });
    let dated = column(0).all(is_date) && column(1).all(|cell| seconds_of_day(cell).is_some());
    let timed = |index: usize| {
        let times: Vec<f64> = column(index).filter_map(seconds_of_day).collect();
        let goes_on = times.windows(2).all(|pair| pair[0] <= pair[1]) && times.first() < times.last();
        times.len() == rows.len() && (goes_on || dated)
    };
    // A word in front tells rows apart in all of them, or in none.
    let words: Vec<&str> = column(0).filter(|cell| !is_value(cell)).collect();
    let kinds = words.iter().collect::<std::collections::HashSet<_>>().len();
    if !words.is_empty() && (words.len() < rows.len() || rows.len() < FEWEST_OF_MANY || 2 * kinds > rows.len()) {
        return None;
    }
    let clock = (0..width).find(|index| timed(*index));
    let name = |index: usize| match index {
        0 if dated => DATE.to_owned(),
        index if clock == Some(index) => TIME.to_owned(),
        _ => String::new(),
    };
    measured.then(|| (0..width).map(name).collect())
}

/// Whether so few columns have no names that what they hold can be seen, or a few more of them in several rows.
pub(super) fn are_few(names: &[String], lines: &[&[u8]]) -> bool {
    let unnamed = names.iter().filter(|name| name.is_empty()).count();
    let rows: Vec<&&[u8]> = lines.iter().filter(|line| !is_blank_or_comment(line)).collect();
    // Where nearly all numbers are whole, most were chosen.
    let whole = |index: usize| {
        rows.iter().all(|line| {
            let text = String::from_utf8_lossy(line);
            let cell = text.split_whitespace().nth(index).unwrap_or_default();
            cells::look(cell.as_bytes(), DecimalMark::Point) == Look::Integer
        })
    };
    let chosen = || (0..names.len()).filter(|index| whole(*index)).count();
    unnamed <= MOST_COLUMNS || unnamed <= MANY_COLUMNS && rows.len() >= FEWEST_OF_MANY && chosen() <= MOST_WHOLE
}

/// What the columns of a text are called that is about to be read, with a note that its columns have no names; nothing where it has a header.
pub(super) fn announced(head: &Head<'_>, sink: &mut Sink) -> Vec<String> {
    let Some(names) = names(&head.lines()) else { return Vec::new() };
    let reason = "the first row already holds numbers, so the columns have no names";
    let action = "columns are called column_1, column_2, …; roles and units are inferred from the values alone";
    sink.find(Severity::Note, FindingKind::MissingHeader, 1, reason, action);
    names
}

/// Whether a cell is a number, nothing in words, an amount or an instant.
fn is_value(cell: &str) -> bool {
    let look = cells::look(cell.as_bytes(), DecimalMark::Point);
    !matches!(look, Look::Text | Look::Boolean) || is_date(cell)
}

/// Whether a cell is a word that may name what its row is of: letters, and digits behind them.
fn is_word(cell: &str) -> bool {
    cell.starts_with(|first: char| first.is_alphabetic())
        && cell.chars().all(|one| one.is_alphanumeric() || matches!(one, '_' | '-' | '.'))
        && !cell.ends_with(['.', '-'])
}

/// Whether a cell is a day of the calendar, with its year in front.
fn is_date(cell: &str) -> bool {
    let parts: Vec<&str> = cell.split(['-', '/']).collect();
    let digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(digits) && parts.iter().map(|part| part.len()).eq([4, 2, 2])
}

/// The seconds since midnight of a time of day with all of its parts: `11:42:53.313`.
fn seconds_of_day(cell: &str) -> Option<f64> {
    let [hours, minutes, seconds] = cell.split(':').collect::<Vec<_>>().try_into().ok()?;
    let two = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    let whole = seconds.split_once('.').map_or(seconds, |(whole, _)| whole);
    let number = |part: &str| part.parse::<f64>().ok();
    let (hours, minutes) = (number(hours).filter(|_| two(hours))?, number(minutes).filter(|_| two(minutes))?);
    let seconds = number(seconds).filter(|_| two(whole))?;
    (hours < 24.0 && minutes < 60.0 && seconds < 61.0).then_some((hours * 60.0 + minutes) * 60.0 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_of(text: &str) -> Option<Vec<String>> {
        names(&text.split('\n').map(str::as_bytes).collect::<Vec<_>>())
    }

    #[test]
    fn lines_of_as_many_numbers_are_rows_without_names() {
        let unnamed = |count: usize| Some(vec![String::new(); count]);
        assert_eq!(names_of("10.5 226.5\n40.5 605.2\n\n60.5  1025.5\n"), unnamed(2));
        assert_eq!(names_of("1 2 0.5\n2 3 nan\n3 4 0.7\n"), unnamed(3));
        let few = |columns: usize, rows: usize| {
            are_few(&vec![String::new(); columns], &vec![&b"1 2 0.5 0.25 1.5 2.5 3.5"[..]; rows])
        };
        assert!(!are_few(&vec![String::new(); 4], &[&b"1 2 3 0.5"[..]; 10]), "nearly all whole");
        assert!(few(3, 3) && !few(4, 9) && few(4, 10) && !few(7, 10));
        let named = "slow 4 0.5\nfast 4 0.25\n".repeat(5);
        assert_eq!(names_of(&named), unnamed(3));
        assert_eq!(names_of(&named.replace("fast 4", "5 4")), None, "a word in some rows");
        assert_eq!(
            names_of("11:42:53.313 0.18\n11:42:53.323 0.19\n11:42:54.001 0.2\n"),
            Some(vec![TIME.into(), String::new()])
        );
        let dated = names_of("2025-03-04 11:42:53 7\n2025-03-04 11:42:54 9\n2025-03-05 00:00:01 8\n");
        assert_eq!(dated, Some(vec![DATE.into(), TIME.into(), String::new()]));
    }

    #[test]
    fn words_lines_of_other_lengths_and_few_lines_are_none() {
        for text in [
            "1 2\n3 4\n",
            "a 1\nb 2\nc 3\n",
            "1 2\n3 4 5\n6 7\n",
            "1\n2\n3\n",
            "the 3\n4 5\n6 7\n",
            "11:42:53 11:42:54\n11:42:54 11:42:55\n11:42:56 11:42:57\n",
        ] {
            assert_eq!(names_of(text), None, "{text}");
        }
    }
}
