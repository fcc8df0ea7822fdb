//! What a column is used as, by its name and its cells: label, metric, timestamp, status, identifier.
//!
//! In: a column of a finished table. Out: a role and the reason that the report shows.

use std::collections::HashSet;

use crate::measure::ending;
use crate::measure::label::pattern;
use crate::measure::unit::Dimension;
use crate::table::{CellType, Column, Instants, Role, Table};

use crate::ingest::meaning::calendar::{self, LocalDates};
use crate::ingest::meaning::design::{self, counted};
use crate::ingest::meaning::profile::{CLOCKS, Profile, UNIX_SECONDS, even_steps};
use crate::ingest::meaning::status::{
    check_role, ends_well_and_badly, failure_flag, is_beside_status, is_check_of_result, is_failure_in_numbers,
    is_judgement, is_named_as_code, is_severity, is_verification, outcome_in_numbers, status_word,
};
use crate::ingest::meaning::vocabulary::{self, Kind, Words};
use crate::ingest::meaning::{answers, clock, label_design, machine, name, position, tried, units};

/// A text column with more patterns than this share of its rows names rows, not kinds of rows.
const MOST_PATTERNS_SHARE: f64 = 0.5;
/// Codes of answers that servers send.
const REGISTERED: [u32; 30] = [
    200, 201, 202, 203, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 408, 409, 410, 413, 418, 422,
    429, 499, 500, 501, 502, 503, 504,
];
/// More different codes than this are an amount.
const MOST_KINDS: usize = 20;
/// In so few rows each question or configuration may stand once.
const FEW_QUESTIONS: u64 = 60;
/// Why a column of lists is not read.
pub(crate) const LISTS_OF_NUMBERS: &str = "its cells are lists of numbers, which name nothing and are not read";
/// So many different numbers are looked at to see whether each occurs once only.
const MOST_ACTORS: usize = 1000;
/// And so does one with more patterns than this, whatever its share.
const MOST_PATTERNS: usize = 10_000;

/// The role of a column by its name and its cells, and why.
pub(crate) fn infer(table: &Table, index: usize) -> (Role, String) {
    let column = &table.columns[index];
    // The leaf of a path decides: `result.size` is no result.
    let words = name::words(name::without_brackets(name::leaf(&column.name)));
    let named = |known: Words| known.among(&words);
    if let Some(role) = answers::role(table, index) {
        return role;
    }
    match column.cells {
        CellType::Timestamp if are_dates_of_several(table, index) => {
            (Role::Unused, "dates without a time of day, several rows of each: no row has an instant of its own".into())
        }
        CellType::Timestamp => (Role::Timestamp, "its cells are dates with times".into()),
        CellType::Boolean => match status_word(&column.name, &words).or_else(|| failure_flag(&words)) {
            Some(word) => (Role::Status, format!("called `{word}` and true or false")),
            None if is_verification(table, index, &words) => {
                (Role::Status, "true or false, by its name whether the result is right".into())
            }
            None if is_check_of_result(table, index, &words) => {
                (Role::Status, "true or false, by its name whether a check of the result passed".into())
            }
            None => (Role::Label, "true or false".into()),
        },
        CellType::Text => text_role(table, index, &words),
        CellType::Quantity(Dimension::Time)
            if named(vocabulary::CLOCK).is_some()
                || is_time_of_day(table, index)
                || is_beside_date(table, index, &words) =>
        {
            (Role::Unused, "its cells are times of day".into())
        }
        CellType::Quantity(_) if words.last().is_some_and(|last| matches!(last.as_str(), "name" | "label" | "id")) => {
            (Role::Unused, format!("called `{}`: its times or amounts name something", column.name))
        }
        CellType::Quantity(Dimension::Time) if may_be_hours_and_minutes(table, index) => {
            (Role::Unused, "hours and minutes, or minutes and seconds, without a name and beside dates".into())
        }
        CellType::Quantity(dimension) => {
            if let Some(how) = tried::sizes(table, index) {
                return (Role::Setting, how);
            }
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
        // A list of errors without any: nothing failed, which is as much as to say.
        let only = |word: &String| vocabulary::FAILURE.has(word) || vocabulary::OF_FAILURE.has(word);
        return match named(vocabulary::FAILURE).filter(|_| rows > 0 && words.iter().all(only)) {
            Some(word) => (Role::Status, format!("called `{word}`, and empty in all rows")),
            None => (Role::Unused, "all cells are empty".into()),
        };
    }
    if column.dictionary.iter().all(|text| text.is_empty() || clock::is_without_year(text)) {
        return (Role::Unused, "its cells are points in time without a year, so that no date can be told".into());
    }
    if calendar::of_texts(&column.dictionary) == Some(LocalDates::Ambiguous) {
        return (
            Role::Unused,
            "its cells are dates of which either number may be the day, so that no instant can be told".into(),
        );
    }
    if column.dictionary.iter().all(|text| text.is_empty() || is_list_of_numbers(text)) {
        return (Role::Unused, LISTS_OF_NUMBERS.into());
    }
    if let Some(word) = status_word(&column.name, words).filter(|_| distinct <= 50) {
        return (Role::Status, format!("called `{word}`, with {distinct} different {}", plural(distinct, "text")));
    }
    if distinct <= 50 && is_judgement(table, index) {
        return (Role::Status, "its texts say which results are right and which are wrong".into());
    }
    if distinct <= 50
        && vocabulary::KIND.among(words).is_none()
        && (ends_well_and_badly(&column.dictionary) || is_verification(table, index, words))
    {
        return (Role::Status, "its texts say what passed and what failed".into());
    }
    if column.name.starts_with("column_") && column.dictionary.iter().all(|text| ending::is_message_of_failure(text)) {
        return (Role::Status, "a column without a name whose texts all say that something failed".into());
    }
    // `level` with `ERROR` among `DEFAULT` and `WARNING`, as traces and logs have it.
    let severity = |text: &String| text.is_empty() || vocabulary::SEVERITY.has(&text.to_ascii_lowercase());
    let errors = || column.dictionary.iter().any(|text| text.eq_ignore_ascii_case("error"));
    if words.iter().eq(["level"]) && errors() && column.dictionary.iter().all(severity) {
        return (Role::Status, "called `level`, with `ERROR` among its texts".into());
    }
    // An empty cell says that nothing went wrong: `error`, `exception`.
    let none = |text: &String| matches!(text.trim(), "" | "-" | "none" | "None");
    if let Some(word) = named(vocabulary::FAILURE).filter(|_| column.dictionary.iter().any(none)) {
        return (Role::Status, format!("called `{word}`, and empty in some rows"));
    }
    let is_date = matches!(words, [only] if vocabulary::DATE.has(only));
    if (is_date || named(vocabulary::INSTANT).is_some() && distinct as f64 > 0.5 * rows as f64)
        && looks_like_dates(&column.dictionary)
    {
        return (Role::Unused, "its texts look like dates in a notation that is not read".into());
    }
    let in_units = || {
        let parents = name::words(name::parent(&column.name));
        let is_unit = |text: &String| text.is_empty() || name::unit(text).is_some();
        parents.last().is_some_and(|word| vocabulary::UNIT.has(word)) && column.dictionary.iter().all(is_unit)
    };
    if words.last().is_some_and(|word| vocabulary::UNIT.has(word)) || in_units() {
        return (Role::Unused, "it names the unit of other columns".into());
    }
    if matches!(words, [only] if vocabulary::REMARK.has(only)) && 2 * distinct as u64 > rows / 2 {
        return (
            Role::Unused,
            format!("called `{}`, with {distinct} different texts: remarks on single rows", column.name),
        );
    }
    // A hash may be of a row, or the function that was tried: few of them in many rows are kinds.
    let kinds = |word: &String| {
        let few = |each: u64| distinct > 1 && each * distinct as u64 <= rows;
        matches!(word.as_str(), "hash" | "table" | "index") && few(4)
            || word == "hash" && few(2) && column.dictionary.iter().all(|text| label_design::is_no_digest(text))
    };
    let last_word_names_rows = words.last().is_some_and(|word| vocabulary::IDENTIFIER.has(word) && !kinds(word));
    let is_id = || words.last().is_some_and(|word| word == "id");
    // `config_id`, `query_id`: what was tried or asked, where it comes again, or in a table that has a row for each.
    let asks = words.len() > 1 && words[..words.len() - 1].iter().any(|word| vocabulary::QUESTION.has(word));
    if is_id() && asks && distinct > 1 && (2 * distinct as u64 <= rows || rows <= FEW_QUESTIONS) {
        return (Role::Label, format!("called `{}`, with {distinct} texts: each is of its own", column.name));
    }
    if last_word_names_rows && (distinct > 1 || is_id()) {
        return (Role::Identifier, format!("called `{}`", column.name));
    }
    let patterns: HashSet<String> = column.dictionary.iter().map(|text| pattern(text)).collect();
    if distinct as u64 == rows && tried::are_programs(table, index, words) {
        return (Role::Label, format!("called `{}`, another one in each row: each row is of its own", column.name));
    }
    if rows > 20 && (patterns.len() as f64 > MOST_PATTERNS_SHARE * rows as f64 || patterns.len() > MOST_PATTERNS) {
        return (
            Role::Identifier,
            format!("{} kinds of text in {rows} rows: it names rows, not kinds of rows", patterns.len()),
        );
    }
    if let Some(word) =
        named(vocabulary::CONFIGURATION).filter(|_| (2..=20).contains(&distinct) && rows >= 5 * distinct as u64)
    {
        return (Role::Setting, format!("called `{word}`, with {distinct} different texts: what was varied"));
    }
    (Role::Label, format!("{distinct} different {} in {rows} rows", plural(distinct, "text")))
}

fn number_role(table: &Table, index: usize, words: &[String]) -> (Role, String) {
    let column = &table.columns[index];
    let named = |known: Words| known.among(words);
    let values = table.values(index);
    let profile = Profile::of(values);
    let whole = column.cells == CellType::Integer;
    let said = name::read(&column.name);
    let states_unit = units::stated(&column.name).is_some();
    if profile.count == 0 {
        return (Role::Unused, "no cell holds a number".into());
    }
    // A statistic is a number, however much it looks like an instant.
    if said.statistic.is_none()
        && let Some(role) = timestamp_role(table, index, &profile, words)
    {
        return role;
    }
    if profile.falls == 0 && profile.rises >= 2 && counts_minutes(table, index) {
        let reason = "`min` is minutes here: it goes on in even steps, and no other statistic stands beside";
        return (Role::Timestamp, reason.into());
    }
    if let Some(role) = position::infer(table, index, words) {
        return role;
    }
    if whole && words.iter().eq(["level"]) && is_severity(table, values) {
        let fails = profile.high >= ending::ERROR_SEVERITY && !is_beside_status(table, index);
        let reason = "severities of a log in numbers: 30 informs, 40 warns, 50 is an error";
        return (if fails { Role::Status } else { Role::Unused }, reason.into());
    }
    // Before what was chosen: where half of the requests of each endpoint fail, codes stand as evenly beside them as settings do.
    if whole && let Some(role) = outcome_in_numbers(table, index, &profile, words) {
        return role;
    }
    if let Some(role) = machine::fact(table, index, words).or_else(|| tried::device(table, index, words)) {
        return role;
    }
    if let Some(role) = setting_role(table, index, &profile, words) {
        return role;
    }
    if states_unit {
        return (Role::Metric, "its name states a unit".into());
    }
    let names_rows = |known: Words| words.last().is_some_and(|word| known.has(word));
    if whole && said.kind.is_none() && names_rows(vocabulary::IDENTIFIER) {
        return (Role::Identifier, format!("called `{}`, with whole numbers", column.name));
    }
    if whole && said.kind.is_none() && names_rows(vocabulary::RUN) && (0.0..=1000.0).contains(&profile.high) {
        return (Role::Run, format!("called `{}`, with whole numbers: it numbers the runs", column.name));
    }
    // `trial_num`, `repetition_no`.
    let numbers_runs = matches!(words, [.., what, last] if matches!(last.as_str(), "num" | "nr" | "no" | "idx")
        && (vocabulary::RUN.has(what) || matches!(what.as_str(), "run" | "rep" | "repetition" | "iteration" | "round" | "attempt" | "execution")));
    if whole && said.kind.is_none() && numbers_runs {
        return (Role::Identifier, format!("called `{}`, with whole numbers: it counts repetitions", column.name));
    }
    if whole && let Some(role) = check_role(table, index, &profile, words) {
        return role;
    }
    // Whoever does something does it again, or is one of a row of them.
    let few = || counted(values, MOST_ACTORS).is_some_and(|counts| counts.len() == profile.count);
    let are_names = || profile.count < 3 || 2 * profile.by_ones >= profile.count || !few();
    if whole && said.kind != Some(Kind::Rate) && names_rows(vocabulary::ACTOR) && are_names() {
        return (Role::Identifier, format!("called `{}`, with whole numbers: it names who or which run", column.name));
    }
    if whole && matches!(words, [only] if vocabulary::COUNTER.has(only)) && 2 * profile.by_ones >= profile.count {
        return (Role::Identifier, format!("called `{}`, and one more from row to row: it counts them", column.name));
    }
    if profile.counts_progress(words, whole) && is_beside_numbers(table, index) {
        return (Role::Unused, format!("called `{}`, and never falls: how far it had come, no result", column.name));
    }
    if tried::is_below_version(&column.name) {
        return (Role::Unused, "it stands below `version`, and is none of what was measured".into());
    }
    if let Some(word) = named(vocabulary::SETTING).filter(|word| whole || *word == "version") {
        return (Role::Unused, format!("a `{word}` is a setting, not a measurement"));
    }
    if whole && is_failure_in_numbers(table, index, &profile, words) {
        return (Role::Status, "0 or 1, by its name a failure".into());
    }
    let unnamed = column.name.starts_with("column_") && index == 0 || column.name.starts_with("Unnamed");
    if whole && unnamed && profile.count > 2 && profile.by_ones == profile.count - 1 {
        return (Role::Identifier, "a first column without a name that counts the rows".into());
    }
    if whole && is_named_as_code(words) && counted(values, MOST_KINDS).is_some() {
        return (Role::Unused, "few whole numbers, by their name codes of kinds".into());
    }
    let counts_rows = profile.count > 20 && profile.by_ones == profile.count - 1;
    if whole && counts_rows {
        return (Role::Identifier, "it counts the rows one by one".into());
    }
    if whole && column.name.starts_with("column_") && profile.count >= 10 && design::has_clock(table, index) {
        let registered = |code: &u64| REGISTERED.contains(&(f64::from_bits(*code) as u32));
        if counted(values, MOST_KINDS).is_some_and(|codes| codes.keys().all(registered)) {
            return (
                Role::Status,
                "a column without a name, beside instants, of codes of HTTP and nothing else".into(),
            );
        }
    }
    (Role::Metric, if whole { "a column of whole numbers" } else { "a column of decimal numbers" }.into())
}

/// Whether a column called `min` is a clock of minutes.
fn counts_minutes(table: &Table, index: usize) -> bool {
    name::may_be_minutes(table.columns.iter().map(|one| one.name.as_str()), &table.columns[index].name)
        && even_steps(table.values(index))
        && is_beside_numbers(table, index)
}

/// What was varied or chosen, not measured: numbers of an object of settings, and numbers called like a setting that are the
/// same in all rows, in stretches of rows, or as often each as the others.
fn setting_role(table: &Table, index: usize, profile: &Profile, words: &[String]) -> Option<(Role, String)> {
    /// More different values are a measurement.
    const MOST_SETTINGS: usize = 20;
    /// And of a sweep in which each row has another one.
    const MOST_SWEPT: usize = 128;
    /// Rows that each value of a setting has at least.
    const ROWS_EACH: usize = 5;
    /// So few values of a setting, in so small a table, were chosen however they stand.
    const FEW_VALUES: usize = 6;
    const SMALL_TABLE: usize = 400;
    let column = &table.columns[index];
    let said = name::read(&column.name);
    let mut parents = name::words(name::parent(&column.name));
    parents.extend(table.name.iter().flat_map(|name| name::words(name::parent(name))));
    let of_machine =
        vocabulary::MACHINE_OBJECT.among(&parents).filter(|_| matches!(said.kind, None | Some(Kind::Count)));
    let few = || counted(table.values(index), MOST_SETTINGS).is_some();
    // What failed was not chosen, nor how good an answer was.
    if vocabulary::FAILED.among(words).or(vocabulary::QUALITY.among(words)).is_some() {
        return None;
    }
    if let Some(word) = vocabulary::SETTINGS_OBJECT.among(&parents).or(of_machine).filter(|_| few()) {
        return Some((Role::Setting, format!("it stands in `{word}`, where settings do")));
    }
    // `latency_n`: how many were measured.
    if matches!(said.word.as_deref(), Some("n" | "num")) && said.kind == Some(Kind::Count) {
        return None;
    }
    if let Some(how) = design::by_its_values(table, index, &said, words) {
        return Some((Role::Setting, how));
    }
    if let Some(how) = design::chosen(table, index, &said, words).or_else(|| tried::chosen(table, index, &said, words))
    {
        return Some((Role::Setting, how));
    }
    if name::in_unknown_unit(&column.name, &said) {
        return None;
    }
    let word = vocabulary::PARAMETER.among(words).or_else(|| design::how_many_workers(words))?;
    let measured = |other: usize| other != index && table.columns[other].cells.is_number();
    if said.statistic.is_some()
        || matches!(said.kind, Some(Kind::Duration | Kind::RunLength | Kind::Share))
        || said.kind == Some(Kind::Rate) && said.unit.is_some()
        || !(0..table.columns.len()).any(measured)
    {
        return None;
    }
    let values = table.values(index);
    let counts = match counted(values, MOST_SETTINGS) {
        Some(counts) => counts,
        // One size after the other, each in one row or a few.
        None if profile.falls == 0
            && profile.by_ones == profile.rises
            && profile.rises >= MOST_SWEPT
            && column.cells == CellType::Integer
            && !design::has_clock(table, index) =>
        {
            return Some((Role::Setting, format!("called `{word}`, and goes through all numbers one by one")));
        }
        // A long sweep: one to sixty-four threads, a row each.
        None => counted(values, MOST_SWEPT).filter(|counts| {
            profile.by_ones + 1 == profile.count && counts.len() == profile.count && !design::has_clock(table, index)
        })?,
    };
    let round = design::are_round(counts.keys().map(|bits| f64::from_bits(*bits)), design::DIGITS);
    let chosen = |how: &str| Some((Role::Setting, format!("called `{word}`, and {how}: it was chosen, not measured")));
    if column.cells == CellType::Integer && vocabulary::ALWAYS_PARAMETER.has(word) {
        return chosen("of few values");
    }
    if counts.len() == 1 && profile.count > 1 {
        return chosen("the same in all rows");
    }
    if counts.values().all(|count| *count == 1) && profile.count > 1 && round && profile.is_rising() {
        return chosen("another and larger in every row");
    }
    let few = matches!(said.kind, None | Some(Kind::Count))
        && counts.len() <= FEW_VALUES
        && profile.count >= 2 * counts.len()
        && profile.count <= SMALL_TABLE;
    if counts.len() >= 2 && few && round && column.cells == CellType::Integer && !design::has_clock(table, index) {
        return chosen("of few round values in a small table without a clock");
    }
    // `n_gpu_layers` beside `n_ctx` and `n_batch`: how many of each were to be used.
    let how_many = |words: &[String]| {
        words.len() > 1
            && words.first().is_some_and(|first| matches!(first.as_str(), "n" | "num"))
            && words.last().is_some_and(|last| vocabulary::PARAMETER.has(last))
    };
    let beside = |(other, column): (usize, &Column)| other != index && how_many(&name::words(name::leaf(&column.name)));
    if how_many(words)
        && column.cells == CellType::Integer
        && profile.count >= 2 * counts.len()
        && !design::has_clock(table, index)
        && table.columns.iter().enumerate().any(beside)
    {
        return chosen("beside others that are called alike");
    }
    let first = counts.values().next().copied().unwrap_or_default();
    if counts.len() >= 2 && first >= 2 && round && counts.values().all(|count| *count == first) {
        return chosen("each of few values stands in as many rows");
    }
    // A size of nothing was measured.
    let empty = counts.contains_key(&0) && matches!(word, "size" | "sizes" | "length" | "width" | "height" | "dim");
    if counts.len() < 2 || empty || counts.values().any(|count| *count < ROWS_EACH) {
        return None;
    }
    let changes = profile.falls + profile.rises;
    let in_stretches = changes < counts.len() || changes * ROWS_EACH <= profile.count;
    if in_stretches { chosen("the same in stretches of rows") } else { None }
}

/// `[0.12, 0.13]`.
fn is_list_of_numbers(text: &str) -> bool {
    let inside = text.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inside.is_some_and(|inside| {
        inside.contains([',', ' ']) && inside.split([',', ' ']).all(|one| one.is_empty() || one.parse::<f64>().is_ok())
    })
}

/// Whether all instants are midnights and several rows are of one day, so that they only date the rows.
fn are_dates_of_several(table: &Table, index: usize) -> bool {
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
fn is_beside_date(table: &Table, index: usize, words: &[String]) -> bool {
    let is = |words: &[String], known: Words| matches!(words, [only] if known.has(only));
    let dates = |(other, column): (usize, &Column)| {
        let named = is(&name::words(&column.name), vocabulary::DATE);
        other != index && named && (column.cells == CellType::Text || column.cells == CellType::Timestamp)
    };
    is(words, vocabulary::TIME_OF_DAY) && table.columns.iter().enumerate().any(dates)
}

/// Whether a column without a name holds whole minutes and seconds below a day's hours and minutes, beside a date: `08:00;16:30`.
fn may_be_hours_and_minutes(table: &Table, index: usize) -> bool {
    const DAY_OF_MINUTES: f64 = 1440.0;
    let dates = |column: &Column| {
        column.cells == CellType::Timestamp || column.cells == CellType::Text && looks_like_dates(&column.dictionary)
    };
    table.columns[index].name.starts_with("column_")
        && table.values(index).all(|time| time < DAY_OF_MINUTES && time.fract() == 0.0)
        && table.columns.iter().any(dates)
}

/// Whether a column called `time` holds hours, minutes and seconds that only rise, beside numbers that were measured.
fn is_time_of_day(table: &Table, index: usize) -> bool {
    const DAY: f64 = 86_400.0;
    let beside = |(other, column): (usize, &Column)| other != index && column.cells.is_number();
    if !table.columns[index].name.eq_ignore_ascii_case("time") || !table.columns.iter().enumerate().any(beside) {
        return false;
    }
    let profile = Profile::of(table.values(index));
    profile.count > 1 && profile.high < DAY && profile.falls == 0
}

/// Whether texts that differ only in numbers have several of them, as dates do.
fn looks_like_dates(texts: &[String]) -> bool {
    let patterns: HashSet<String> = texts.iter().map(|text| pattern(text)).collect();
    patterns.len() <= 13 && patterns.iter().all(|pattern| pattern.matches('*').count() >= 3)
}

/// Numbers that are instants: within the range of a Unix clock and rising together, or called so and never falling back.
fn timestamp_role(table: &Table, index: usize, profile: &Profile, words: &[String]) -> Option<(Role, String)> {
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
    let in_range = |clock: usize| profile.in_clock[clock] as f64 >= 0.95 * profile.count as f64;
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
    let rises = || together && !is_value && !clock_beside();
    let may_be_instant = said.kind.is_none() || is_time;
    if may_be_instant
        && let Some(clock) = (0..CLOCKS.len()).find(|clock| in_range(*clock))
        && (named.is_some() || rises())
    {
        return Some((Role::Timestamp, format!("its numbers are {} since 1970", CLOCKS[clock].1)));
    }
    // `elapsed_ms` that goes on from 0 in even steps, beside what was measured then.
    let elapsed = words.iter().any(|word| word == "elapsed") && said.kind == Some(Kind::Duration);
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
    if is_duration && !long || profile.count < 3 || profile.rises == 0 || !profile.is_rising() {
        return None;
    }
    // In a sweep from small to large the durations rise as well: a clock goes on evenly, or for long.
    let clock = !is_time || even_steps(table.values(index)) || profile.low == 0.0 || profile.count >= RECORDING;
    clock.then(|| (Role::Timestamp, format!("called `{word}` and never falls")))
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
fn is_beside_numbers(table: &Table, index: usize) -> bool {
    (0..table.columns.len()).any(|other| other != index && table.columns[other].cells.is_number())
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
