//! What a column is used as, by its name and its cells: label, metric, timestamp, status, identifier.
//!
//! In: a column of a finished table. Out: a role and the reason that the report shows.

use std::collections::HashSet;

use crate::measure::label::pattern;
use crate::measure::unit::Dimension;
use crate::table::packed::{Cells, PART};
use crate::table::{CellType, Role, Table};

use crate::ingest::meaning::units;
use crate::ingest::meaning::vocabulary::{self, Words};

/// A text column with more patterns than this share of its rows names rows, not kinds of rows.
const MOST_PATTERNS_SHARE: f64 = 0.5;
/// And so does one with more patterns than this, whatever its share.
const MOST_PATTERNS: usize = 10_000;

/// The role of a column by its name and its cells, and why.
pub(crate) fn infer(table: &Table, index: usize) -> (Role, String) {
    let column = &table.columns[index];
    let words = units::words(&column.name);
    let named = |known: Words| known.among(&words);
    match column.cells {
        CellType::Timestamp => (Role::Timestamp, "its cells are dates with times".into()),
        CellType::Boolean => match named(vocabulary::STATUS).or_else(|| named(vocabulary::FAILURE)) {
            Some(word) => (Role::Status, format!("called `{word}` and true or false")),
            None => (Role::Label, "true or false".into()),
        },
        CellType::Text => text_role(table, index, &words),
        CellType::Quantity(Dimension::Time) if named(vocabulary::CLOCK).is_some() || is_time_of_day(table, index) => {
            (Role::Unused, "its cells are times of day".into())
        }
        CellType::Quantity(dimension) => {
            let what = if dimension == Dimension::Time { "durations" } else { "amounts" };
            (Role::Metric, format!("its cells are {what} with units"))
        }
        CellType::Integer | CellType::Decimal => number_role(table, index, &words),
    }
}

fn text_role(table: &Table, index: usize, words: &[String]) -> (Role, String) {
    let column = &table.columns[index];
    let rows = table.lines.rows();
    let distinct = column.dictionary.iter().filter(|text| !text.is_empty()).count();
    let named = |known: Words| known.among(words);
    if distinct == 0 {
        return (Role::Unused, "all cells are empty".into());
    }
    if let Some(word) = named(vocabulary::STATUS).filter(|_| distinct <= 50) {
        return (Role::Status, format!("called `{word}`, with {distinct} different {}", plural(distinct, "text")));
    }
    // An empty cell says that nothing went wrong: `error`, `exception`.
    if let Some(word) = named(vocabulary::FAILURE).filter(|_| column.dictionary.iter().any(String::is_empty)) {
        return (Role::Status, format!("called `{word}`, and empty in some rows"));
    }
    if named(vocabulary::INSTANT).is_some()
        && distinct as f64 > 0.5 * rows as f64
        && looks_like_dates(&column.dictionary)
    {
        return (Role::Unused, "its texts look like dates in a notation that is not read".into());
    }
    if words.last().is_some_and(|word| vocabulary::UNIT.has(word)) {
        return (Role::Unused, "it names the unit of other columns".into());
    }
    let last_word_names_rows = words.last().is_some_and(|word| vocabulary::IDENTIFIER.has(word));
    if last_word_names_rows && distinct > 1 {
        return (Role::Identifier, format!("called `{}`", column.name));
    }
    let patterns: HashSet<String> = column.dictionary.iter().map(|text| pattern(text)).collect();
    if rows > 20 && (patterns.len() as f64 > MOST_PATTERNS_SHARE * rows as f64 || patterns.len() > MOST_PATTERNS) {
        return (
            Role::Identifier,
            format!("{} kinds of text in {rows} rows: it names rows, not kinds of rows", patterns.len()),
        );
    }
    (Role::Label, format!("{distinct} different {} in {rows} rows", plural(distinct, "text")))
}

fn number_role(table: &Table, index: usize, words: &[String]) -> (Role, String) {
    let column = &table.columns[index];
    let named = |known: Words| known.among(words);
    let values = table.values(index);
    let profile = Profile::of(values);
    let whole = column.cells == CellType::Integer;
    let states_unit = units::stated(&column.name).is_some();
    if profile.count == 0 {
        return (Role::Unused, "no cell holds a number".into());
    }
    if let Some(role) = timestamp_role(&profile, named(vocabulary::INSTANT), words) {
        return role;
    }
    if states_unit {
        return (Role::Metric, "its name states a unit".into());
    }
    let within = |low: f64, high: f64| profile.low >= low && profile.high <= high;
    if let Some(word) =
        named(vocabulary::STATUS).filter(|_| whole && !states_unit && (within(0.0, 1.0) || within(0.0, 999.0)))
    {
        return (Role::Status, format!("called `{word}`, with whole numbers as status codes have"));
    }
    if let Some(word) = named(vocabulary::IDENTIFIER).filter(|_| whole && !states_unit) {
        return (Role::Identifier, format!("called `{word}`, with whole numbers"));
    }
    let last_is_actor = words.last().is_some_and(|word| vocabulary::ACTOR.has(word));
    if whole && last_is_actor && !states_unit {
        return (Role::Identifier, format!("called `{}`, with whole numbers: it names who or which run", column.name));
    }
    if let Some(word) = named(vocabulary::SETTING) {
        return (Role::Unused, format!("a `{word}` is a setting, not a measurement"));
    }
    if whole && named(vocabulary::FAILURE).is_some() && words.len() <= 2 && within(0.0, 1.0) {
        return (Role::Status, "0 or 1, by its name a failure".into());
    }
    let unnamed = column.name.starts_with("column_") && index == 0 || column.name.starts_with("Unnamed");
    if whole && unnamed && profile.count > 2 && profile.by_ones == profile.count - 1 {
        return (Role::Identifier, "a first column without a name that counts the rows".into());
    }
    if whole && named(vocabulary::PARAMETER).is_some() && is_parameter(table, index) {
        return (Role::Label, "few different whole numbers, each in many rows: a setting that was varied".into());
    }
    let counts_rows = profile.count > 20 && profile.by_ones == profile.count - 1;
    if whole && counts_rows {
        return (Role::Identifier, "it counts the rows one by one".into());
    }
    (Role::Metric, if whole { "a column of whole numbers" } else { "a column of decimal numbers" }.into())
}

/// Whether a column called `time` holds hours, minutes and seconds that only rise, beside numbers that were measured.
fn is_time_of_day(table: &Table, index: usize) -> bool {
    const DAY: f64 = 86_400.0;
    let profile = Profile::of(table.values(index));
    let beside = table.columns.iter().enumerate().any(|(other, column)| other != index && column.cells.is_number());
    table.columns[index].name.eq_ignore_ascii_case("time")
        && beside
        && profile.count > 1
        && profile.high < DAY
        && profile.falls == 0
}

/// Whether the values are few and each stands in several rows, beside another column of numbers that was measured.
fn is_parameter(table: &Table, index: usize) -> bool {
    /// More different values are a measurement.
    const MOST_SETTINGS: usize = 20;
    /// Rows that each setting has at least, on average.
    const ROWS_EACH: usize = 2;
    let values = table.values(index);
    let mut distinct: HashSet<u64> = HashSet::new();
    let all = (0..values.count()).step_by(PART).all(|from| {
        values.visit_present(from..(from + PART).min(values.count()), |block| {
            for value in block {
                if distinct.len() <= MOST_SETTINGS {
                    distinct.insert(value.to_bits());
                }
            }
        });
        distinct.len() <= MOST_SETTINGS
    });
    let measured = table.columns.iter().enumerate().any(|(other, column)| other != index && column.cells.is_number());
    measured && all && distinct.len() >= 2 && values.count() >= ROWS_EACH * distinct.len()
}

/// Whether texts that differ only in numbers have several of them, as dates do.
fn looks_like_dates(texts: &[String]) -> bool {
    let patterns: HashSet<String> = texts.iter().map(|text| pattern(text)).collect();
    patterns.len() <= 13 && patterns.iter().all(|pattern| pattern.matches('*').count() >= 3)
}

/// Numbers that are instants: within the range of a Unix clock, or called so and never falling back.
fn timestamp_role(profile: &Profile, named: Option<&str>, words: &[String]) -> Option<(Role, String)> {
    let in_range = |clock: usize| profile.in_clock[clock] as f64 >= 0.95 * profile.count as f64;
    if let Some(clock) = (0..CLOCKS.len()).find(|clock| in_range(*clock))
        && (named.is_some() || profile.is_rising())
    {
        return Some((Role::Timestamp, format!("its numbers are {} since 1970", CLOCKS[clock].1)));
    }
    let word = named?;
    let is_duration = words.len() > 1
        && words.iter().any(|word| matches!(word.as_str(), "elapsed" | "response" | "total" | "mean" | "real" | "cpu"));
    (!is_duration && profile.count > 2 && profile.rises > 0 && profile.is_rising())
        .then(|| (Role::Timestamp, format!("called `{word}` and never falls")))
}

/// Seconds since 1970 times the factor, and what they are called.
const CLOCKS: [(f64, &str); 4] = [(1.0, "seconds"), (1e3, "milliseconds"), (1e6, "microseconds"), (1e9, "nanoseconds")];
/// 2001-09-09 and 2096-10-02: the range in which seconds since 1970 have ten digits and begin with 1 to 3.
const UNIX_SECONDS: (f64, f64) = (1.0e9, 4.0e9);

/// What the numbers of a column look like, found in one pass.
struct Profile {
    count: usize,
    low: f64,
    high: f64,
    /// Numbers below the one above them, above it, and larger by exactly one.
    falls: usize,
    rises: usize,
    by_ones: usize,
    /// Numbers within the range of each clock.
    in_clock: [usize; CLOCKS.len()],
}

impl Profile {
    fn of(values: &Cells) -> Self {
        let nothing = [0; CLOCKS.len()];
        let mut profile = Self {
            count: 0,
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            falls: 0,
            rises: 0,
            by_ones: 0,
            in_clock: nothing,
        };
        let mut before = f64::NAN;
        values.visit_present(0..values.count(), |block| {
            profile.count += block.len();
            let (mut high, mut falls, mut rises, mut by_ones) = (f64::NEG_INFINITY, 0, 0, 0);
            for &value in block {
                profile.low = profile.low.min(value);
                high = high.max(value);
                falls += usize::from(value < before);
                rises += usize::from(value > before);
                by_ones += usize::from(value - before == 1.0);
                before = value;
            }
            profile.high = profile.high.max(high);
            profile.falls += falls;
            profile.rises += rises;
            profile.by_ones += by_ones;
            if high >= UNIX_SECONDS.0 {
                for (count, (scale, _)) in profile.in_clock.iter_mut().zip(CLOCKS) {
                    let inside = UNIX_SECONDS.0 * scale..UNIX_SECONDS.1 * scale;
                    *count += block.iter().filter(|value| inside.contains(*value)).count();
                }
            }
        });
        profile
    }

    /// Whether the values hardly ever fall.
    fn is_rising(&self) -> bool {
        self.falls as f64 <= 0.02 * self.count as f64
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
