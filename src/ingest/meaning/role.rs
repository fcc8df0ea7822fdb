//! What a column is used as, by its name and its cells: label, metric, timestamp, status, identifier.
//!
//! In: a column of a finished table. Out: a role and the reason that the report shows.

use std::collections::HashSet;

use crate::measure::ending;
use crate::measure::finish_reason;
use crate::measure::label::pattern;
use crate::measure::unit::Dimension;
use crate::table::{CellType, Instants, Role, Table};

use crate::ingest::meaning::calendar::{self, LocalDates};
use crate::ingest::meaning::design::{self, counted};
use crate::ingest::meaning::instants::{
    are_dates_of_several, are_days_in_digits, counts_minutes, is_beside_date, is_beside_numbers, is_same_beside_clock,
    is_time_of_day, looks_like_dates, may_be_hours_and_minutes, timestamp_role,
};
use crate::ingest::meaning::profile::{CLOCKS, Profile};
use crate::ingest::meaning::status::{
    are_codes_with_a_point, check_role, ends_well_and_badly, failure_flag, is_beside_status, is_check_of_result,
    is_failure_in_every_row, is_failure_in_numbers, is_judgement, is_named_as_code, is_severity, is_status_of_its_own,
    is_status_of_what, is_verification, outcome_in_numbers, remarks_in_sentences, status_word,
};
use crate::ingest::meaning::vocabulary::{self, Kind, Words};
use crate::ingest::meaning::{
    answers, checksum, choice, clock, competitor, constant, even_count, given, held_size, label_design, machine, name,
    parallelism, position, property, since_start, sweep, tally, told_by_words, tried, units, which,
};

/// A text column with more patterns than this share of its rows names rows, not kinds of rows.
const MOST_PATTERNS_SHARE: f64 = 0.5;
/// Codes of answers that servers send.
const REGISTERED: [u32; 30] = [
    200, 201, 202, 203, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 408, 409, 410, 413, 418, 422,
    429, 499, 500, 501, 502, 503, 504,
];
/// More different codes than this are an amount.
const MOST_KINDS: usize = 20;
/// So many rows a first column numbers from 0 or 1 on, and measures nothing.
const FEWEST_NUMBERED: usize = 5;
/// Behind what was answered: whether it was right.
const GOODNESS: Words = Words::of("correct valid");
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
        CellType::Timestamp if Instants::of(table, index).are_of_records(table) => {
            (Role::Unused, "the instant of a record, the same for all of its samples: none has one of its own".into())
        }
        CellType::Timestamp if is_same_beside_clock(table, index) => (
            Role::Unused,
            "the same instant in all rows, beside one that goes on: no row has an instant of its own".into(),
        ),
        CellType::Timestamp => (Role::Timestamp, "its cells are dates with times".into()),
        CellType::Boolean => {
            match status_word(&column.name, &words).or_else(|| failure_flag(&words)).or_else(|| passed(&words)) {
                Some(word) => (Role::Status, format!("called `{word}` and true or false")),
                None if is_verification(table, index, &words) => {
                    (Role::Status, "true or false, by its name whether the result is right".into())
                }
                None if is_check_of_result(table, index, &words) => {
                    (Role::Status, "true or false, by its name whether a check of the result passed".into())
                }
                None if words.len() > 1 && words.last().is_some_and(|last| GOODNESS.has(last)) => (
                    Role::Unused,
                    "true or false, by its name how good an answer was, and nothing that was tried".into(),
                ),
                None if is_goal_met(&words) => (
                    Role::Unused,
                    "true or false, by its name whether a goal was met: what came out, and no kind of row".into(),
                ),
                None => (Role::Label, "true or false".into()),
            }
        }
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
        CellType::Quantity(_) if words.last().is_some_and(|last| last == "limit") && is_allowed(table, index) => {
            (Role::Setting, "what was allowed, and not what was used".into())
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

/// Whether yes or no says by its name that a goal was met: `slo_met`, `met_deadline`, `within_budget`.
fn is_goal_met(words: &[String]) -> bool {
    const GOALS: Words = Words::of("slo sla slos slas goal target deadline objective budget");
    const MET: Words = Words::of("met within meets satisfied attained violated violation missed breached");
    match words {
        [only] => only == "met",
        _ => {
            MET.among(words).is_some()
                && (GOALS.among(words).is_some() || matches!(words[0].as_str(), "within" | "met"))
        }
    }
}

/// Whether amounts are limits: the same in all rows, or one for each of a few labels.
fn is_allowed(table: &Table, index: usize) -> bool {
    const FEWEST: usize = 3;
    let values = table.values(index);
    values.count() >= FEWEST && counted(values, MOST_KINDS).is_some_and(|counts| 3 * counts.len() <= values.count())
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
    if distinct <= MOST_KINDS && name::parent(&column.name).split('.').any(|object| vocabulary::UNIT.has(object)) {
        return (Role::Unused, "it names the unit of other columns".into());
    }
    if let Some(role) = status_of_texts(table, index, words, distinct) {
        return role;
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
    if is_id()
        && asks
        && !which::is_asked_once(table, index, words)
        && distinct > 1
        && (2 * distinct as u64 <= rows || rows <= FEW_QUESTIONS)
    {
        return (Role::Label, format!("called `{}`, with {distinct} texts: each is of its own", column.name));
    }
    if let Some(role) = which::of_texts(table, index, words) {
        return role;
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

/// Whether texts say how their rows ended, by their name or by themselves; or remark on it in sentences.
fn status_of_texts(table: &Table, index: usize, words: &[String], distinct: usize) -> Option<(Role, String)> {
    let column = &table.columns[index];
    let status = |reason: String| Some((Role::Status, reason));
    if status_word(&column.name, words).is_some() && remarks_in_sentences(&column.dictionary) {
        return Some((
            Role::Unused,
            "sentences that remark on what came out, none of which says that something failed".into(),
        ));
    }
    if distinct <= 50 && told_by_words::are_shares_by_class(table, index) {
        return None;
    }
    if distinct <= 50 && ending::are_conditions(column.dictionary.iter().map(String::as_str)) {
        return None;
    }
    if distinct <= 50
        && finish_reason::is_called(&column.name)
        && finish_reason::are_reasons(column.dictionary.iter().map(String::as_str))
    {
        return status("called like the reason why an answer ended, and each of its texts is one".into());
    }
    if let Some(word) = status_word(&column.name, words).filter(|_| distinct <= 50) {
        return status(format!("called `{word}`, with {distinct} different {}", plural(distinct, "text")));
    }
    if distinct <= 50 && is_judgement(table, index) {
        return status("its texts say which results are right and which are wrong".into());
    }
    if distinct <= 50
        && vocabulary::KIND.among(words).is_none()
        && (ends_well_and_badly(&column.dictionary) || is_verification(table, index, words))
    {
        return status("its texts say what passed and what failed".into());
    }
    if distinct <= 50
        && let Some(reason) = told_by_words::by_texts(table, index, words)
    {
        return status(reason.to_owned());
    }
    if distinct <= 50 && is_status_of_its_own(table, index, words) {
        return status("called a status of something, and its texts say that some failed".into());
    }
    if column.name.starts_with("column_") && column.dictionary.iter().all(|text| ending::is_message_of_failure(text)) {
        return status("a column without a name whose texts all say that something failed".into());
    }
    // `level` with `ERROR` among `DEFAULT` and `WARNING`, as traces and logs have it.
    let severity = |text: &String| text.is_empty() || vocabulary::SEVERITY.has(&text.to_ascii_lowercase());
    let errors = || column.dictionary.iter().any(|text| text.eq_ignore_ascii_case("error"));
    if words.iter().eq(["level"]) && errors() && column.dictionary.iter().all(severity) {
        return status("called `level`, with `ERROR` among its texts".into());
    }
    // An empty cell says that nothing went wrong: `error`, `exception`.
    let none = |text: &String| matches!(text.trim(), "" | "-" | "none" | "None");
    if let Some(word) = vocabulary::FAILURE.among(words).filter(|_| column.dictionary.iter().any(none)) {
        return status(format!("called `{word}`, and empty in some rows"));
    }
    // Where everything failed, no cell is empty.
    if distinct <= 50 && is_failure_in_every_row(table, index, words) {
        return status("called an error, and every text names one".into());
    }
    None
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
    if let Some(role) = when_or_where(table, index, &profile, words) {
        return role;
    }
    if whole && words.iter().eq(["level"]) && is_severity(table, values) {
        let fails = profile.high >= ending::ERROR_SEVERITY && !is_beside_status(table, index);
        let reason = "severities of a log in numbers: 30 informs, 40 warns, 50 is an error";
        return (if fails { Role::Status } else { Role::Unused }, reason.into());
    }
    // Before what was chosen: where half of the requests of each endpoint fail, codes stand as evenly beside them as settings do.
    if let Some(role) = outcome_role(table, index, &profile, words) {
        return role;
    }
    let described = machine::fact(table, index, words).or_else(|| property::infer(table, index, words));
    let described =
        described.or_else(|| checksum::infer(table, index, words)).or_else(|| listed_names(table, index, words));
    if let Some(role) = described.or_else(|| tried::device(table, index, words)) {
        return role;
    }
    if let Some(role) = which::infer(table, index, words) {
        return role;
    }
    if let Some(role) = given::infer(table, index, &said, words) {
        return role;
    }
    if let Some(role) = setting_role(table, index, &profile, words) {
        return role;
    }
    if sweep::is_of_training(words) {
        return (Role::Unused, "by its name what a training was told, and nothing that came out".into());
    }
    if states_unit {
        return (Role::Metric, "its name states a unit".into());
    }
    if let Some(role) = numbers_rows(table, index, &profile, said.kind, words) {
        return role;
    }
    if whole && let Some(role) = check_role(table, index, &profile, words) {
        return role;
    }
    let names_rows = |known: Words| words.last().is_some_and(|word| known.has(word));
    // Whoever does something does it again, or is one of a row of them.
    let few = || counted(values, MOST_ACTORS).is_some_and(|counts| counts.len() == profile.count);
    let are_names = || profile.count < 3 || 2 * profile.by_ones >= profile.count || !few();
    if whole
        && said.kind != Some(Kind::Rate)
        && names_rows(vocabulary::ACTOR)
        && are_names()
        && !competitor::goes_with_others(table, index)
    {
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
    let is_code = is_named_as_code(words) || is_status_of_what(words) && profile.low == 0.0 && profile.high == 0.0;
    if whole
        && is_code
        && let Some(role) = of_codes(table, index)
    {
        return role;
    }
    let numbers_rows = index == 0
        && profile.count >= FEWEST_NUMBERED
        && (profile.low == 0.0 || profile.low == 1.0)
        && said.kind.is_none()
        && named(vocabulary::VALUE).is_none()
        && is_beside_numbers(table, index);
    let counts_rows = (profile.count > 20 || numbers_rows) && profile.by_ones == profile.count - 1;
    if whole && counts_rows {
        return (Role::Identifier, "it counts the rows one by one".into());
    }
    if whole && profile.count >= 10 && are_answers_without_name(table, index) {
        return (Role::Status, "a column without a name, beside instants, of codes of HTTP and nothing else".into());
    }
    (Role::Metric, if whole { "a column of whole numbers" } else { "a column of decimal numbers" }.into())
}

/// A truth value that is called `pass` and nothing else.
fn passed(words: &[String]) -> Option<&str> {
    matches!(words, [only] if only == "pass").then_some("pass")
}

/// What the numbers of a list are that is called after names: `block_ids` of one thing and of another.
fn listed_names(table: &Table, index: usize, words: &[String]) -> Option<(Role, String)> {
    let column = &table.columns[index];
    let is_list = table.name.as_deref().is_some_and(|name| name::leaf(name) == column.name);
    let names = matches!(words, [_, .., last] if last == "ids") && column.cells == CellType::Integer;
    (is_list && names).then(|| (Role::Unused, format!("lists called `{}`: numbers that name something", column.name)))
}

/// What numbers are that say how each row ended: under a name for that, or as codes that can be nothing else.
fn outcome_role(table: &Table, index: usize, profile: &Profile, words: &[String]) -> Option<(Role, String)> {
    let column = &table.columns[index];
    let are_codes =
        column.cells == CellType::Integer || are_codes_with_a_point(&column.name, words, table.values(index));
    let by_name = are_codes.then(|| outcome_in_numbers(table, index, profile, words)).flatten();
    by_name.or_else(|| Some((Role::Status, told_by_words::by_codes(table, index, words)?.to_owned())))
}

/// Whether a column without a name beside a clock holds codes of answers that servers send, and nothing else.
fn are_answers_without_name(table: &Table, index: usize) -> bool {
    let registered = |code: &u64| REGISTERED.contains(&(f64::from_bits(*code) as u32));
    table.columns[index].name.starts_with("column_")
        && design::has_clock(table, index)
        && counted(table.values(index), MOST_KINDS).is_some_and(|codes| codes.keys().all(registered))
}

/// What whole numbers are that are called like codes of kinds: rows of several kinds are not of one.
fn of_codes(table: &Table, index: usize) -> Option<(Role, String)> {
    let codes = counted(table.values(index), MOST_KINDS)?;
    let kinds = codes.len() > 1 && codes.values().all(|rows| *rows > 1);
    let role = if kinds { Role::Setting } else { Role::Unused };
    Some((role, "few whole numbers, by their name codes of kinds".into()))
}

/// What numbers are that tell when a row was or where something is: of a clock, a counter, one of two ends.
fn when_or_where(table: &Table, index: usize, profile: &Profile, words: &[String]) -> Option<(Role, String)> {
    let column = &table.columns[index];
    // Before a clock: nanoseconds of a `start` and an `end` would be taken for whole seconds.
    if column.cells == CellType::Integer
        && units::stated(&column.name).is_none()
        && profile.in_clock == [0; CLOCKS.len()]
        && let Some(role) = position::end_with_length(table, index, words)
    {
        return Some(role);
    }
    if are_days_in_digits(table, index, words) {
        return Some((Role::Unused, "days written in digits, of which none says which is the month".into()));
    }
    // A statistic is a number, however much it looks like an instant.
    if name::read(&column.name).statistic.is_none()
        && let Some(role) = timestamp_role(table, index, profile, words)
    {
        return Some(role);
    }
    if let Some(role) = since_start::infer(table, index, profile, words) {
        return Some(role);
    }
    if profile.falls == 0 && profile.rises >= 2 && counts_minutes(table, index) {
        let reason = "`min` is minutes here: it goes on in even steps, and no other statistic stands beside";
        return Some((Role::Timestamp, reason.into()));
    }
    position::infer(table, index, words)
}

/// What whole numbers are that name rows, or the run that a row is of.
fn numbers_rows(
    table: &Table,
    index: usize,
    profile: &Profile,
    kind: Option<Kind>,
    words: &[String],
) -> Option<(Role, String)> {
    /// What is called so names one and is no number of them: `req_id`, where `req` alone counts requests.
    const NAMES_ONE: Words = Words::of("id uuid guid index idx seq sequence pid tid");
    const NUMBER: Words = Words::of("num number no nr");
    let column = &table.columns[index];
    if column.cells != CellType::Integer {
        return None;
    }
    let (last, before) = words.split_last()?;
    if NUMBER.has(last) && !before.is_empty() && design::number_one_after_the_other(table.values(index)) {
        return Some((
            Role::Identifier,
            format!("called `{}`, with each number from the first on as often", column.name),
        ));
    }
    if kind.is_some_and(|kind| kind != Kind::Count || !NAMES_ONE.has(last)) {
        return None;
    }
    if vocabulary::IDENTIFIER.has(last) {
        return Some((Role::Identifier, format!("called `{}`, with whole numbers", column.name)));
    }
    if vocabulary::RUN.has(last) && (0.0..=1000.0).contains(&profile.high) {
        return Some((Role::Run, format!("called `{}`, with whole numbers: it numbers the runs", column.name)));
    }
    // `trial_num`.
    let numbers_runs =
        matches!(last.as_str(), "num" | "idx") && before.last().is_some_and(|what| vocabulary::REPETITION.has(what));
    if numbers_runs {
        return Some((
            Role::Identifier,
            format!("called `{}`, with whole numbers: it counts repetitions", column.name),
        ));
    }
    even_count::counts_on(table, index, words).map(|how| (Role::Unused, how))
}

/// What was varied or chosen, not measured: numbers of an object of settings, and numbers called like a setting that are the
/// same in all rows, in stretches of rows, or as often each as the others.
fn setting_role(table: &Table, index: usize, profile: &Profile, words: &[String]) -> Option<(Role, String)> {
    /// More different values are a measurement.
    const MOST_SETTINGS: usize = 20;
    let column = &table.columns[index];
    let said = name::read(&column.name);
    let mut parents = name::words(name::parent(&column.name));
    parents.extend(table.name.iter().flat_map(|name| name::words(name::parent(name))));
    let of_machine =
        vocabulary::MACHINE_OBJECT.among(&parents).filter(|_| matches!(said.kind, None | Some(Kind::Count)));
    let few = || counted(table.values(index), MOST_SETTINGS).is_some();
    // What failed was not chosen, nor how good an answer was.
    if vocabulary::FAILED.among(words).or(vocabulary::QUALITY.among(words)).is_some()
        || competitor::is_one_of_letters(table, index)
        || tally::is_of_sum(table, index)
    {
        return None;
    }
    if index < sweep::nested_loops(table) {
        return Some((Role::Setting, "the columns in front go through all of their numbers as nested loops do".into()));
    }
    if let Some(word) =
        given::settings_object((table, index), (&said, words), &parents).or(of_machine).filter(|_| few())
    {
        let reason = format!("it stands in `{word}`, where settings do");
        return Some((Role::Setting, given::with_number(table, index, reason)));
    }
    if let Some(with) = sweep::without_name(table, index, profile) {
        let reason =
            format!("the first numbers of a row without names, and `{with}` goes one way with them: gone through");
        return Some((Role::Setting, reason));
    }
    // `latency_n`: how many were measured.
    if matches!(said.word.as_deref(), Some("n" | "num")) && said.kind == Some(Kind::Count) {
        return None;
    }
    if let Some(how) = design::by_its_values(table, index, &said, words) {
        return Some((Role::Setting, how));
    }
    if let Some(how) = constant::chosen(table, index, &said, words)
        .or_else(|| design::chosen(table, index, &said, words))
        .or_else(|| tried::chosen(table, index, &said, words))
    {
        return Some((Role::Setting, how));
    }
    if let Some(how) =
        parallelism::chosen(table, index, profile, words).or_else(|| held_size::chosen(table, index, &said))
    {
        return Some((Role::Setting, how));
    }
    choice::chosen(table, index, profile, (&said, words)).map(|how| (Role::Setting, how))
}

/// `[0.12, 0.13]`.
fn is_list_of_numbers(text: &str) -> bool {
    let inside = text.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inside.is_some_and(|inside| {
        inside.contains([',', ' ']) && inside.split([',', ' ']).all(|one| one.is_empty() || one.parse::<f64>().is_ok())
    })
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
