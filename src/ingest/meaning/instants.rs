//! Whether a column tells when: instants since 1970 or since a beginning of its own, dates, times of day.
//!
//! In: a column among the others of its table. Out: the role of a clock and its reason, or that it only dates its rows. A duration that rises
//! with what a sweep went through is none.

use std::collections::HashSet;

use crate::measure::label::pattern;
use crate::measure::unit::{Dimension, Unit};
use crate::table::{CellType, Column, Instants, Role, Table};

use super::name;
use super::profile::{CLOCKS, Profile, UNIX_SECONDS, counts_since_1970, even_steps};
use super::vocabulary::{self, Kind, Words};
use super::{calendar, sweep};

/// Whether a column called `min` is a clock of minutes.
pub(super) fn counts_minutes(table: &Table, index: usize) -> bool {
    name::may_be_minutes(table.columns.iter().map(|one| one.name.as_str()), &table.columns[index].name)
        && even_steps(table.values(index))
        && is_beside_numbers(table, index)
}

/// Whether all instants are midnights and several rows are of one day, so that they only date the rows.
pub(super) fn are_dates_of_several(table: &Table, index: usize) -> bool {
    /// More rows than this have shown what they are.
    const LOOKED_AT: usize = 4096;
    let instants = Instants::of(table, index);
    let rows = table.instant_cells(index).rows().min(LOOKED_AT);
    let midnight = |row: usize| instants.at(row).is_none_or(|instant| instant % calendar::DAY == 0);
    // A look at the first rows settles it for most tables.
    if !(0..rows.min(8)).all(midnight) || !(0..rows).all(midnight) {
        return false;
    }
    let days: Vec<i64> = (0..rows).filter_map(|row| instants.at(row)).collect();
    days.iter().collect::<HashSet<_>>().len() < days.len()
}

/// Whether a column called like a time stands beside one of dates.
pub(super) fn is_beside_date(table: &Table, index: usize, words: &[String]) -> bool {
    let is = |words: &[String], known: Words| matches!(words, [only] if known.has(only));
    let dates = |(other, column): (usize, &Column)| {
        let named = is(&name::words(&column.name), vocabulary::DATE);
        other != index && named && (column.cells == CellType::Text || column.cells == CellType::Timestamp)
    };
    is(words, vocabulary::TIME_OF_DAY) && table.columns.iter().enumerate().any(dates)
}

/// Whether a column without a name holds whole minutes and seconds below a day's hours and minutes, beside a date: `08:00;16:30`.
pub(super) fn may_be_hours_and_minutes(table: &Table, index: usize) -> bool {
    const DAY_OF_MINUTES: f64 = 1440.0;
    const DAY: f64 = 86_400.0;
    const FEWEST: usize = 5;
    let dates = |column: &Column| {
        column.cells == CellType::Timestamp || column.cells == CellType::Text && looks_like_dates(&column.dictionary)
    };
    if !table.columns[index].name.starts_with("column_") || !table.columns.iter().any(dates) {
        return false;
    }
    let whole = |below: f64| table.values(index).all(|time| time < below && time.fract() == 0.0);
    // With seconds they go on from row to row, and begin anew where another recording does.
    let goes_on = || {
        let profile = Profile::of(table.values(index));
        profile.count >= FEWEST && profile.rises > 0 && profile.falls * 10 <= profile.count
    };
    whole(DAY_OF_MINUTES) || whole(DAY) && goes_on()
}

/// Whether a column called `time` holds hours, minutes and seconds that only rise, beside numbers that were measured.
pub(super) fn is_time_of_day(table: &Table, index: usize) -> bool {
    const DAY: f64 = 86_400.0;
    let beside = |(other, column): (usize, &Column)| other != index && column.cells.is_number();
    let name = name::without_brackets(&table.columns[index].name);
    if !name.eq_ignore_ascii_case("time") || !table.columns.iter().enumerate().any(beside) {
        return false;
    }
    if table.columns[index].shape.as_ref().is_some_and(|shape| shape.with_unit > 0) {
        return false;
    }
    let profile = Profile::of(table.values(index));
    profile.count > 1 && profile.high < DAY && profile.falls == 0
}

/// Whether texts that differ only in numbers have several of them, as dates do.
pub(super) fn looks_like_dates(texts: &[String]) -> bool {
    let patterns: HashSet<String> = texts.iter().map(|text| pattern(text)).collect();
    patterns.len() <= 13 && patterns.iter().all(|pattern| pattern.matches('*').count() >= 3)
}

/// Numbers that are instants: within the range of a Unix clock and rising together, or called so and never falling back.
pub(super) fn timestamp_role(
    table: &Table,
    index: usize,
    profile: &Profile,
    words: &[String],
) -> Option<(Role, String)> {
    /// A recording of so many rows that never falls back is no list of durations from short to long.
    const RECORDING: usize = 50;
    /// Fewer rows that rise without a name that tells may hold anything.
    const FEWEST_UNNAMED: usize = 5;
    /// So many steps that are all alike are those of a clock.
    const EVEN_STEPS: usize = 9;
    /// So many durations do not rise from row to row, from none at all on.
    const RISING: usize = 30;
    /// Two days of the years since 1970.
    const NEAR: f64 = 1e-4;
    let column = &table.columns[index];
    let said = name::read(&column.name);
    // Epochs of a training are counted; only a clock counts since one.
    let counted_from_one = |word: &&str| *word != "epoch" || profile.high >= UNIX_SECONDS.0;
    let named = vocabulary::INSTANT.among(words).filter(counted_from_one);
    let is_time = said.kind == Some(Kind::Duration);
    let in_range = |clock: usize| {
        let enough = profile.in_clock[clock] as f64 >= 0.95 * profile.count as f64;
        enough && !counts_in_less(said.unit, words, profile, CLOCKS[clock].0)
    };
    // Values that grow beside a column that tells the time are values.
    let is_value = words.iter().all(|word| vocabulary::VALUE.has(word));
    let clock_beside = || {
        let tells_time = |(other, column): (usize, &Column)| {
            let named = vocabulary::INSTANT.among(&name::words(name::leaf(&column.name))).is_some();
            other != index && (column.cells == CellType::Timestamp || named)
        };
        table.columns.iter().enumerate().any(tells_time)
    };
    // Series that stand behind each other start anew.
    let together = profile.rises > 0 && profile.falls * 10 <= profile.count && profile.count >= FEWEST_UNNAMED;
    // Nothing else has nineteen digits and hardly differs.
    let nanoseconds =
        in_range(3) && profile.falls == 0 && profile.rises > 0 && profile.high - profile.low < NEAR * profile.low;
    let rises = || (together || nanoseconds) && !is_value && !clock_beside();
    let may_be_instant = said.kind.is_none() || is_time;
    if may_be_instant
        && let Some(clock) = (0..CLOCKS.len()).find(|clock| in_range(*clock))
        && (named.is_some() || rises())
    {
        return Some((Role::Timestamp, since_1970(CLOCKS[clock].1)));
    }
    if let Some(clock) = mostly_since_1970(profile, words).filter(|_| said.unit.is_none()) {
        return Some((Role::Timestamp, format!("most of its numbers are {clock} since 1970")));
    }
    // What a sweep took rises with what it went through, and in no steps of a clock.
    let swept = |other: usize| other != index && sweep::goes_through(table, other);
    if (is_time || said.kind == Some(Kind::RunLength))
        && (0..table.columns.len()).any(swept)
        && (!even_steps(table.values(index)) || is_of_something(words))
    {
        return None;
    }
    // `elapsed_ms` that goes on from 0 in even steps, beside what was measured then.
    let elapsed = words.iter().any(|word| word == "elapsed") && is_time;
    // From nothing on, in front of what was measured then.
    let from_nothing = || {
        let numbers = table.values(index).some(2);
        let begins = matches!(numbers[..], [first, second] if first >= 0.0 && first <= 1e-3 * second);
        index == 0 && begins && profile.rises + 1 == profile.count && profile.count >= FEWEST_UNNAMED
    };
    if elapsed && from_nothing() && is_beside_numbers(table, index) && !clock_beside() {
        return Some((Role::Timestamp, "elapsed time that goes on from nothing in every row".into()));
    }
    let rises_always = || profile.rises + 1 == profile.count && profile.count >= RISING;
    let goes_on =
        || profile.low == 0.0 && profile.rises >= EVEN_STEPS && (even_steps(table.values(index)) || rises_always());
    if elapsed && goes_on() && is_beside_numbers(table, index) && !clock_beside() {
        return Some((Role::Timestamp, "elapsed time that goes on from 0".into()));
    }
    // `total_time` of a training, beside what it counts: no row took so long.
    let adds_up = (is_time || said.kind == Some(Kind::RunLength))
        && words.iter().any(|word| matches!(word.as_str(), "total" | "elapsed" | "cumulative"));
    if adds_up
        && profile.rises + 1 == profile.count
        && profile.count >= FEWEST_UNNAMED
        && has_progress_beside(table, index)
    {
        return Some((Role::Timestamp, "rises in every row, as a counter of what was done does: a clock".into()));
    }
    // Without a name: so long numbers so near each other are instants, in whatever order.
    let near = profile.high - profile.low <= NEAR * profile.high && profile.count >= FEWEST_UNNAMED;
    if column.name.starts_with("column_")
        && near
        && let Some(clock) = (1..CLOCKS.len()).find(|clock| profile.in_clock[*clock] == profile.count)
    {
        let reason = format!("a column without a name, whose numbers are {} since 1970", CLOCKS[clock].1);
        return Some((Role::Timestamp, reason));
    }
    // What something was at the start is no instant: `start_rss`.
    let word = named.filter(|_| !matches!(said.kind, Some(Kind::Bytes | Kind::Rate | Kind::Share)))?;
    // A name that can mean nothing else: where it falls back, the clock began anew.
    let is_stamp = words.iter().any(|word| matches!(word.as_str(), "timestamp" | "stamp"));
    if is_stamp && said.unit.is_none() && profile.rises > profile.falls {
        if is_second_of_minute(profile, column.cells == CellType::Integer) {
            let reason = "a few whole numbers below 60 for many rows: the second of a minute perhaps, and no clock";
            return Some((Role::Unused, reason.into()));
        }
        return Some(if profile.is_rising() {
            (Role::Timestamp, format!("called `{word}` and never falls"))
        } else {
            (Role::Unused, format!("called `{word}`, of a clock that begins anew"))
        });
    }
    let is_duration = words.len() > 1
        && words.iter().any(|word| matches!(word.as_str(), "elapsed" | "response" | "total" | "mean" | "real" | "cpu"));
    // `time_elapsed` in a long recording goes on and on, and so does no duration of single things.
    let long = profile.count >= RECORDING && profile.rises * 5 >= profile.count && words.len() <= 3;
    // What came is written down by several at once, and not quite in order.
    let nearly = arrives(words) && profile.count >= FEWEST_UNNAMED && 10 * profile.falls <= profile.count;
    if is_duration && !long || profile.count < 3 || profile.rises == 0 || !profile.is_rising() && !nearly {
        return None;
    }
    // In a sweep from small to large the durations rise as well: a clock goes on evenly, or for long.
    // `Start (ns)`: when each of several began, beside what they took.
    let starts = (words.iter().eq(["start"]) || arrives(words)) && profile.count >= FEWEST_UNNAMED;
    let clock =
        !is_time || starts || even_steps(table.values(index)) || profile.low == 0.0 || profile.count >= RECORDING;
    let falls = if profile.is_rising() { "never" } else { "hardly ever" };
    clock.then(|| (Role::Timestamp, format!("called `{word}` and {falls} falls")))
}

/// What a column counts in most of its rows that is called `timestamp` and nothing else: other numbers among its instants are mistakes, of
/// columns that changed places for one. Where something is written as 0 or -1 it is of something in the rows.
fn mostly_since_1970(profile: &Profile, words: &[String]) -> Option<&'static str> {
    /// A clock is one in this share of its numbers, whatever the others are.
    const MOSTLY: f64 = 0.6;
    let of_rows = words.iter().all(|word| matches!(word.as_str(), "time" | "timestamp" | "stamp"));
    let is_stamp = of_rows && words.iter().any(|word| word != "time");
    let goes_on = profile.rises > profile.falls && profile.low > 0.0;
    let mostly = |clock: &usize| profile.in_clock[*clock] as f64 >= MOSTLY * profile.count as f64;
    let clock = (0..CLOCKS.len()).find(mostly).filter(|_| is_stamp && goes_on)?;
    Some(CLOCKS[clock].1)
}

/// Whether a name says when something came: `arrival_time`, `sent at`. Sorted by chance so few rows are not.
fn arrives(words: &[String]) -> bool {
    const COMES: Words = Words::of("arrival arrivals arrived");
    const WHEN: Words = Words::of("time at instant s ms us ns sec seconds");
    COMES.among(words).is_some() && words.iter().all(|word| COMES.has(word) || WHEN.has(word))
}

/// Whether a name says whose time it is: `merge_time_ms`. A clock is called `time_ms`.
fn is_of_something(words: &[String]) -> bool {
    const CLOCK: Words =
        Words::of("ms us ns s sec secs seconds millis since start elapsed total sim wall clock t run real");
    !words.iter().all(|word| vocabulary::INSTANT.has(word) || vocabulary::CLOCK.has(word) || CLOCK.has(word))
}

/// Why numbers are instants that count so since 1970.
fn since_1970(clock: &str) -> String {
    format!("its numbers are {clock} since 1970")
}

/// Whether a clock was found to count since 1970 in a longer unit than the one its name states: what the name says of it is wrong.
pub(super) fn contradicts(reason: &str, unit: Unit) -> bool {
    CLOCKS.iter().any(|(scale, clock)| reason == since_1970(clock) && unit.of_base(1.0) > *scale)
}

/// Whether the name states a shorter unit than that in which the numbers would count since 1970: `Start (ns)` of `1812340111` is less than
/// two seconds of a clock of its own. What is called a stamp in milliseconds and lies within two days of the present is written in seconds
/// all the same.
fn counts_in_less(unit: Option<Unit>, words: &[String], profile: &Profile, scale: f64) -> bool {
    const PRESENT: std::ops::Range<f64> = 1.4e9..2.2e9;
    const NEAR: f64 = 1e-4;
    let Some(unit) = unit.filter(|unit| unit.dimension == Dimension::Time) else { return false };
    let stamp = words.iter().any(|word| matches!(word.as_str(), "timestamp" | "stamp" | "epoch" | "unix"));
    let present = PRESENT.contains(&profile.low) && profile.high - profile.low <= NEAR * profile.high;
    unit.of_base(1.0) > scale && !(stamp && unit == Unit::MILLISECOND && present)
}

/// With what the reason of columns begins that hold instants beside a clock.
pub(super) const INSTANTS: &str = "instants";

/// Sets numbers aside that are instants beside the clock of their rows (`t_show` beside `t_start`): within a day of it in every row, or 0,
/// where what they tell of did not happen. Gives those in which a few of very many are something else, with the rows: they are broken.
pub(super) fn set_ends_aside(table: &mut Table) -> Vec<(usize, Vec<usize>)> {
    /// More rows than this have shown what they are.
    const LOOKED_AT: usize = 4096;
    const FEWEST: usize = 3;
    /// So many rows show what a column is although some of it is broken, and so small a part of them.
    const FEWEST_SOUND: usize = 20;
    const MOST_BROKEN: f64 = 0.05;
    let Some(clock) = table.columns_as(Role::Timestamp).next() else { return Vec::new() };
    let first = |index: usize| table.values(index).some(LOOKED_AT).into_iter().find(|number| *number != 0.0);
    let may_be = |index: &usize| {
        let words = name::words(name::leaf(&table.columns[*index].name));
        // A `value` of that size may be anything.
        let is_value = words.iter().all(|word| vocabulary::VALUE.has(word));
        table.columns[*index].cells.is_number()
            && !is_value
            && matches!(name::read(&table.columns[*index].name).kind, None | Some(Kind::Duration))
            && first(*index).is_some_and(|number| counts_since_1970(number).is_some())
    };
    let ends: Vec<usize> = table.columns_as(Role::Metric).filter(may_be).collect();
    let mut aside = Vec::new();
    for index in ends {
        let (instants, beside) = (Instants::of(table, index), Instants::of(table, clock));
        let is_near = |row: usize| {
            let (Some(at), Some(clock)) = (instants.at(row), beside.at(row)) else { return None };
            (at != 0 && clock != 0).then_some(at.saturating_sub(clock).unsigned_abs() < calendar::DAY.unsigned_abs())
        };
        let rows = table.values(index).rows();
        let looked_at: Vec<bool> = (0..rows.min(LOOKED_AT)).filter_map(is_near).collect();
        let near = looked_at.iter().filter(|near| **near).count();
        let broken = looked_at.len() - near;
        if broken == 0 && near >= FEWEST {
            aside.push((index, Vec::new()));
        } else if near >= FEWEST_SOUND && broken as f64 <= MOST_BROKEN * looked_at.len() as f64 {
            aside.push((index, (0..rows).filter(|row| is_near(*row) == Some(false)).collect()));
        }
    }
    let name = table.columns[clock].name.clone();
    for (index, broken) in &aside {
        let column = &mut table.columns[*index];
        let rows = if broken.is_empty() { "every row" } else { "nearly every row" };
        column.role = Role::Unused;
        column.role_reason = format!("{INSTANTS} within a day of `{name}` in {rows}: when, and not how much");
    }
    aside.retain(|(_, broken)| !broken.is_empty());
    aside
}

/// Whether another column of dates goes on where all instants of this one are the same: the window of a query (`_start`) is no clock of its
/// rows.
pub(super) fn is_same_beside_clock(table: &Table, index: usize) -> bool {
    let goes_on = |other: usize| {
        other != index && table.columns[other].cells == CellType::Timestamp && Instants::of(table, other).goes_on()
    };
    table.lines.rows() > 1 && !Instants::of(table, index).goes_on() && (0..table.columns.len()).any(goes_on)
}

/// Whether whole numbers called like a date are days of six or eight digits whose first zero is lost (`051220`), beside times of day.
pub(super) fn are_days_in_digits(table: &Table, index: usize, words: &[String]) -> bool {
    let column = &table.columns[index];
    let time_of_day = |(other, column): (usize, &Column)| {
        let words = name::words(&column.name);
        other != index
            && column.cells == CellType::Quantity(Dimension::Time)
            && matches!(&words[..], [only] if vocabulary::TIME_OF_DAY.has(only))
    };
    let is_day = |number: f64| {
        let digits = number as u64;
        let in_month = |day: u64, month: u64| (1..=31).contains(&day) && (1..=12).contains(&month);
        let (first, second, third) = match digits {
            10_000..1_000_000 => (digits / 10_000, digits / 100 % 100, digits % 100),
            1_000_000..100_000_000 => (digits / 1_000_000, digits / 10_000 % 100, digits % 10_000),
            _ => return false,
        };
        let year_last = third < 100 || (1970..2100).contains(&third);
        year_last && (in_month(first, second) || in_month(second, first)) || third < 100 && in_month(third, second)
    };
    matches!(words, [only] if vocabulary::DATE.has(only))
        && column.cells == CellType::Integer
        && table.columns.iter().enumerate().any(time_of_day)
        && table.values(index).all(is_day)
}

/// Whether the numbers of a clock may be nothing but which second of its minute it was: few, whole, from the middle of one on, and each of
/// many rows.
fn is_second_of_minute(profile: &Profile, whole: bool) -> bool {
    const ROWS_EACH: usize = 4;
    const FEWEST: usize = 10;
    let few = ROWS_EACH * (profile.rises + 1) <= profile.count && profile.count >= FEWEST;
    whole && few && profile.low > 1.0 && profile.high < 60.0
}

/// Whether another column adds up what was measured, or counts what was done in uneven steps, and rises in nearly every row.
fn has_progress_beside(table: &Table, index: usize) -> bool {
    (0..table.columns.len()).any(|other| {
        let column = &table.columns[other];
        let words = name::words(name::leaf(&column.name));
        let adds_up = words.iter().any(|word| matches!(word.as_str(), "cumulative" | "cumulated" | "accumulated"));
        let counts = column.cells == CellType::Integer && words.iter().any(|word| vocabulary::PROGRESS.has(word));
        if other == index || !column.cells.is_number() || !adds_up && !counts {
            return false;
        }
        let profile = Profile::of(table.values(other));
        let rises = profile.falls == 0 && 5 * profile.rises >= 4 * profile.count;
        rises && (adds_up || !even_steps(table.values(other)))
    })
}

/// Whether another column holds numbers too.
pub(super) fn is_beside_numbers(table: &Table, index: usize) -> bool {
    (0..table.columns.len()).any(|other| other != index && table.columns[other].cells.is_number())
}
