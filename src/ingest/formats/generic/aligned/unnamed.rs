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
/// Of more columns without names most are settings, and nothing says which: such a table is read where the user asks for it.
const MOST_COLUMNS: usize = 3;

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
    let is_row = |row: &Vec<&str>| row.len() == width && row.iter().all(|cell| is_value(cell));
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
    let clock = (0..width).find(|index| timed(*index));
    let name = |index: usize| match index {
        0 if dated => DATE.to_owned(),
        index if clock == Some(index) => TIME.to_owned(),
        _ => String::new(),
    };
    measured.then(|| (0..width).map(name).collect())
}

/// Whether so few columns have no names that what they hold can be seen.
pub(super) fn are_few(names: &[String]) -> bool {
    names.iter().filter(|name| name.is_empty()).count() <= MOST_COLUMNS
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
        assert!(are_few(&vec![String::new(); 3]) && !are_few(&vec![String::new(); 4]));
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
