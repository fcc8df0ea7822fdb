//! Dates that only a whole column tells: numbers whose digits are a date with a time (`20240315120000`), texts of which one alone
//! does not say which number is the day (`05-12-2025 08:02:34`), and a date beside its time of day.
//!
//! In: the cells of a whole column and its name. Out: instants, where every cell is one and the column leaves no doubt.

use crate::measure::unit::Dimension;
use crate::table::packed::{Cells, CellsBuilder};
use crate::table::storage::Storage;
use crate::table::{CellType, Column, Role, Table};

use crate::ingest::meaning::clock::LocalDate;
use crate::ingest::meaning::vocabulary::{self, Words};
use crate::ingest::meaning::{clock, name};
use crate::ingest::text::cells::is_empty_word;

/// Called so, eight digits are a day.
const DAYS: Words = Words::of("date day datum ymd yyyymmdd");
/// The share of rows that may lie before the one above them: what is written by several at once is not quite in order.
const MOST_FALLS: f64 = 0.02;

/// The instants that a column's numbers write out, if they do.
pub(crate) fn instants(column: &str, numbers: &Cells, storage: &Storage) -> Option<Cells> {
    let mut first = None;
    numbers.visit_present(0..numbers.count().min(1), |block| first = block.first().copied());
    clock::of_digits(first?)?;
    let words = name::words(name::leaf(column));
    let of_days = first.is_some_and(|first| first < clock::LEAST_WITH_TIME);
    let named = if of_days { DAYS } else { vocabulary::INSTANT }.among(&words).is_some();
    if of_days && !named {
        return None;
    }
    let (mut before, mut rises, mut falls) = (f64::NAN, 0_usize, 0_usize);
    let valid = numbers.all(|number| {
        rises += usize::from(number > before);
        falls += usize::from(number < before);
        before = number;
        (number < clock::LEAST_WITH_TIME) == of_days && clock::of_digits(number).is_some()
    });
    if !valid {
        return None;
    }
    let goes_on = rises > 0 && falls as f64 <= MOST_FALLS * numbers.count() as f64;
    (named || goes_on).then(|| {
        let mut instants = CellsBuilder::instants(storage.clone());
        numbers.visit(0..numbers.rows(), |block| {
            for (offset, number) in block.numbers.iter().enumerate() {
                instants.push_instant(if block.has(offset) { clock::of_digits(*number) } else { None });
            }
        });
        instants.finish()
    })
}

/// Which of the first two numbers of such texts is the day, as far as all of them tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LocalDates {
    /// What each text stands for; nothing where it says that there is no value. And whether they begin with the day, where
    /// that makes a difference.
    Instants(Vec<Option<i64>>, Option<bool>),
    /// Dates of which either number may be the day.
    Ambiguous,
}

/// The instants of texts, in the order in which they first stand in their column, if all of them are dates that begin with day or
/// month. A number above 12 is a day; so is what stands before a point; and where only one order goes on as a clock does, it is
/// that one.
pub(crate) fn of_texts(texts: &[String]) -> Option<LocalDates> {
    let dates: Vec<Option<LocalDate>> = texts
        .iter()
        .map(|text| if is_empty_word(text.as_bytes()) { Some(None) } else { LocalDate::of(text).map(Some) })
        .collect::<Option<_>>()?;
    let separator = dates.iter().flatten().next()?.separator;
    if dates.iter().flatten().any(|date| date.separator != separator) {
        return None;
    }
    let in_order = |day_first: bool| -> Option<Vec<Option<i64>>> {
        dates.iter().map(|date| date.map_or(Some(None), |date| date.instant(day_first).map(Some))).collect()
    };
    let goes_on = |instants: &Vec<Option<i64>>| instants.iter().flatten().is_sorted();
    let (day_first, month_first) = (in_order(true), in_order(false).filter(|_| separator != b'.'));
    match (day_first, month_first) {
        (Some(instants), None) => Some(LocalDates::Instants(instants, Some(true))),
        (None, Some(instants)) => Some(LocalDates::Instants(instants, Some(false))),
        (Some(day_first), Some(month_first)) => Some(match (goes_on(&day_first), goes_on(&month_first)) {
            _ if day_first == month_first => LocalDates::Instants(day_first, None),
            (true, false) => LocalDates::Instants(day_first, Some(true)),
            (false, true) => LocalDates::Instants(month_first, Some(false)),
            _ => LocalDates::Ambiguous,
        }),
        (None, None) => None,
    }
}

/// The instants of texts that write a day and a time in digits (`20260818-021333`), of a column that is called like a date and names its
/// rows: where many rows share one, it names a run, and tells when none of them was.
pub(crate) fn of_stamps(column: &str, texts: &[String], rows: usize) -> Option<Vec<Option<i64>>> {
    let words = name::words(name::leaf(column));
    // Under `time` they may be all that names the rows, and a clock beside them says it better.
    let named = words.iter().any(|word| vocabulary::DATE.has(word));
    if !named || 2 * texts.len() <= rows {
        return None;
    }
    let instant = |text: &String| {
        if is_empty_word(text.as_bytes()) {
            return Some(None);
        }
        let (day, time) = text.trim().split_once(['-', '_', 'T', ' '])?;
        let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        let stamp = (digits(day, 8) && digits(time, 6)).then(|| format!("{day}{time}"))?;
        clock::of_digits(stamp.parse().ok()?).map(Some)
    };
    let instants: Vec<Option<i64>> = texts.iter().map(instant).collect::<Option<_>>()?;
    instants.iter().any(Option::is_some).then_some(instants)
}

/// Reads the dates of a column in an order that others have shown, whatever these rows show by themselves; nothing is changed where one
/// of them has no such date.
pub(crate) fn read_in_order(column: &mut Column, day_first: bool, storage: &Storage) {
    let mut instants = CellsBuilder::instants(storage.clone());
    if column.cells == CellType::Text {
        let date = |text: &String| match LocalDate::of(text) {
            _ if is_empty_word(text.as_bytes()) => Some(None),
            found => found?.instant(day_first).map(Some),
        };
        let Some(dates) = column.dictionary.iter().map(date).collect::<Option<Vec<Option<i64>>>>() else { return };
        column.data.visit_codes(0..column.data.rows(), |_, block| {
            for code in block {
                instants.push_instant(dates.get(*code as usize).copied().flatten());
            }
        });
    } else if column.cells == CellType::Timestamp && column.day_first == Some(!day_first) {
        for instant in column.data.instants() {
            let turned = instant.map(clock::with_day_and_month_changed);
            if turned == Some(None) {
                return;
            }
            instants.push_instant(turned.flatten());
        }
    } else {
        return;
    }
    (column.cells, column.data) = (CellType::Timestamp, instants.finish());
    (column.dictionary, column.day_first) = (Vec::new(), Some(day_first));
}

/// Nanoseconds of a day.
pub(super) const DAY: i64 = 86_400 * 1_000_000_000;

/// Adds the times of day of a column to the dates of another beside it, which then tell the time of a row: `Date`, `Time`.
pub(crate) fn join_date_and_time(table: &mut Table, storage: &Storage) {
    let is = |column: &Column, known: Words| matches!(&name::words(&column.name)[..], [only] if known.has(only));
    let date =
        table.columns.iter().position(|column| column.cells == CellType::Timestamp && is(column, vocabulary::DATE));
    let is_time =
        |column: &Column| column.cells == CellType::Quantity(Dimension::Time) && is(column, vocabulary::TIME_OF_DAY);
    let time = table.columns.iter().position(is_time);
    let (Some(date), Some(time)) = (date, time) else { return };
    let seconds_a_day = DAY as f64 / 1e9;
    let whole_days = table.columns[date].data.instants().flatten().all(|instant| instant % DAY == 0);
    if !whole_days || !table.columns[time].data.all(|seconds| (0.0..seconds_a_day).contains(&seconds)) {
        return;
    }
    let mut joined = CellsBuilder::instants(storage.clone());
    let (days, times) = (&table.columns[date].data, &table.columns[time].data);
    let mut days = days.instants();
    times.visit(0..times.rows(), |block| {
        for (offset, seconds) in block.numbers.iter().enumerate() {
            let day = days.next().flatten().filter(|_| block.has(offset));
            joined.push_instant(day.and_then(|day| day.checked_add((seconds * 1e9).round() as i64)));
        }
    });
    drop(days);
    table.columns[date].data = joined.finish();
    let reason = |other: &str| format!("together with `{other}` it tells the time of a row");
    let (date_name, time_name) = (table.columns[date].name.clone(), table.columns[time].name.clone());
    (table.columns[date].role, table.columns[date].role_reason) = (Role::Timestamp, reason(&time_name));
    (table.columns[time].role, table.columns[time].role_reason) = (Role::Unused, reason(&date_name));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::options::SourceOptions;

    fn of(texts: &[&str]) -> Option<LocalDates> {
        of_texts(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    fn seconds(texts: &[&str]) -> Vec<i64> {
        let Some(LocalDates::Instants(instants, _)) = of(texts) else { panic!("{texts:?}: {:?}", of(texts)) };
        instants.iter().flatten().map(|nanos| nanos / 1_000_000_000).collect()
    }

    #[test]
    fn a_number_above_twelve_is_the_day_for_the_whole_column() {
        // 2025-12-05 08:00:00 and 2025-12-23 08:02:34.
        assert_eq!(seconds(&["05-12-2025 08:00:00", "23-12-2025 08:02:34"]), [1_764_921_600, 1_766_476_954]);
        assert_eq!(seconds(&["12/05/2025 8:00", "12/23/2025 8:02"]), [1_764_921_600, 1_766_476_920]);
        assert_eq!(seconds(&["05.12.2025 08:00:00", "", "06.12.2025 08:00:00"]), [1_764_921_600, 1_765_008_000]);
    }

    #[test]
    fn where_nothing_tells_the_day_there_is_no_instant() {
        assert_eq!(of(&["05/06/2025 08:00:00", "05/06/2025 09:00:00"]), Some(LocalDates::Ambiguous));
        assert_eq!(
            of(&["05/13/2025 08:00:00", "13/05/2025 09:00:00"]),
            None,
            "either order leaves one without a month"
        );
        assert_eq!(of(&["05/06/2025 08:00:00", "late"]), None);
        assert_eq!(of(&["1.2.3", "4.5.6"]), None, "versions");
        // As days they go on, as months they fall back.
        assert_eq!(seconds(&["30/09/2025", "01/10/2025"]).len(), 2);
        assert_eq!(seconds(&["09/09/2025 10:00", "01/10/2025 10:00", "02/11/2025 10:00"])[1], 1_759_312_800);
    }

    #[test]
    fn dates_are_read_in_the_order_that_others_show() {
        let seconds = |text: &str, day_first: bool| -> Option<Vec<i64>> {
            let source = crate::ingest::read_text("d.csv", format!("timestamp,ms\n{text}"));
            let mut column = source.tables[0].columns[0].without_data();
            column.data = source.tables[0].columns[0].data.clone();
            read_in_order(&mut column, day_first, &Storage::MEMORY);
            let instants =
                |column: &Column| column.data.instants().flatten().map(|nanos| nanos / 1_000_000_000).collect();
            (column.cells == CellType::Timestamp).then(|| instants(&column))
        };
        // Either number may be the day; 2025-06-05 and 2025-05-06.
        let either = "05/06/2025 08:00:00,1\n05/06/2025 08:00:01,2\n";
        assert_eq!(seconds(either, true), Some(vec![1_749_110_400, 1_749_110_401]));
        assert_eq!(seconds(either, false), Some(vec![1_746_518_400, 1_746_518_401]));
        // As months they go on, and days they are.
        let other = "01/02/2025 00:00:00,1\n02/01/2025 00:00:00,2\n";
        assert_eq!(seconds(other, true), Some(vec![1_738_368_000, 1_735_776_000]));
        let certain = "13/02/2025 00:00:00,1\n14/02/2025 00:00:00,2\n";
        assert_eq!(seconds(certain, false), seconds(certain, true), "there is no such month");
    }

    #[test]
    fn a_date_beside_its_time_of_day_is_one_point_in_time() {
        let rows: Vec<String> = (0..6).map(|row| format!("2025/03/04,23:5{row}:30,{}.5", 100 + row)).collect();
        let text = format!("Date,Time,P(W)\n{}\n2025/03/05,00:00:30,101.5\n", rows.join("\n"));
        let source = crate::ingest::read("p.csv", text.as_bytes(), &SourceOptions::default()).unwrap();
        let table = &source.tables[0];
        let date = table.position("Date").unwrap();
        assert_eq!(table.columns[date].role, Role::Timestamp);
        assert_eq!(table.columns[table.position("Time").unwrap()].role, Role::Unused);
        let found: Vec<i64> =
            table.columns[date].data.instants().flatten().map(|nanos| nanos / 1_000_000_000).collect();
        assert_eq!((found[0], found[6] - found[5]), (1_741_132_230, 5 * 60));
    }
}
