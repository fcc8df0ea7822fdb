//! Whether a column says how its rows ended: by its name, its texts, its codes.
//!
//! In: a table and one of its columns. Out: the word or the evidence by which it is a status.

use crate::measure::ending::{self, Outcome};
use crate::measure::http_code::CodeCount;
use crate::table::packed::Cells;
use crate::table::{CellType, Column, Role, Table};

use super::design::counted;
use super::error_parts;
use super::name;
use super::profile::Profile;
use super::tally;
use super::units;
use super::vocabulary::{self, Words};

/// The word by which a leaf says how a row ended: only where the whole leaf speaks of it (`status_code`, `is_success`), and
/// nothing around it speaks of a statistic (`percentiles1.ok`).
pub(super) fn status_word<'a>(path: &str, words: &'a [String]) -> Option<&'a str> {
    let parent = name::words(name::parent(path));
    let whole = words.iter().all(|word| vocabulary::STATUS.has(word) || vocabulary::BESIDE_STATUS.has(word));
    let of_statistics = parent.iter().any(|word| word.starts_with("percentile") || word == "stats");
    if !whole || of_statistics { None } else { vocabulary::STATUS.among(words) }
}

/// The word by which yes or no says that a row failed: `is_error`, `request_failure`. `stop_on_error` and `error_reporting` are
/// switches.
pub(super) fn failure_flag(words: &[String]) -> Option<&str> {
    let of_row = |word: &String| {
        vocabulary::FAILURE.has(word) || vocabulary::OF_FAILURE.has(word) || vocabulary::OF_ROW.has(word)
    };
    if let [.., time, out] = words
        && matches!((time.as_str(), out.as_str()), ("timed" | "time", "out"))
        && words[..words.len() - 2].iter().all(of_row)
    {
        return Some(time);
    }
    vocabulary::FAILURE.among(words).filter(|_| words.iter().all(of_row))
}

/// Whether all texts say how something ended, some of them badly; where all do, nothing else names the column.
pub(super) fn ends_well_and_badly(texts: &[String]) -> bool {
    let ended = |text: &&String| !text.is_empty() && !ending::is_not_ended(text);
    let outcomes = || texts.iter().filter(ended).map(|text| ending::by_first_word(text));
    outcomes().all(|outcome| outcome.is_some())
        && outcomes().any(|outcome| outcome == Some(false))
        && outcomes().any(|outcome| outcome == Some(true))
        || ending::are_states(texts.iter().map(String::as_str))
}

/// Whether a column is called the status or the outcome of something (`fetch_status`), no other column is one, and each of its texts is a word
/// for how something ended, some of them for a failure: `connection_error`. Of several such columns each is of something else.
pub(super) fn is_status_of_its_own(table: &Table, index: usize, words: &[String]) -> bool {
    let is_called = |words: &[String]| {
        words.len() > 1 && words.last().is_some_and(|last| matches!(last.as_str(), "status" | "outcome"))
    };
    let others = table.columns.iter().enumerate().filter(|(other, _)| *other != index);
    let mut others = others.map(|(_, column)| name::words(name::leaf(&column.name)));
    let texts = || table.columns[index].dictionary.iter().filter(|text| !text.is_empty());
    let known = |text: &String| ending::of_text(text, false) != Outcome::Unclear;
    let fails = |text: &String| ending::of_text(text, false) == Outcome::Failed && ending::is_message_of_failure(text);
    is_called(words)
        && texts().all(known)
        && texts().any(fails)
        && !is_beside_status(table, index)
        && !others.any(|words| is_called(&words))
}

/// Whether all texts are sentences of several words, none of which begins with how something ended or is a message of failure.
pub(super) fn remarks_in_sentences(texts: &[String]) -> bool {
    const FEWEST_WORDS: usize = 6;
    let words = |text: &str| text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
    let remarks = |text: &String| {
        words(text) >= FEWEST_WORDS && ending::by_first_word(text).is_none() && !ending::is_message_of_failure(text)
    };
    let mut ended = texts.iter().filter(|text| !text.is_empty()).peekable();
    ended.peek().is_some() && ended.all(remarks)
}

/// Whether a column is called like a check of the results and holds yes and no, and no other column says how rows ended.
pub(super) fn is_verification(table: &Table, index: usize, words: &[String]) -> bool {
    let column = &table.columns[index];
    let yes_or_no = |text: &String| {
        let lower = text.to_ascii_lowercase();
        text.is_empty()
            || ending::by_first_word(text).is_some()
            || matches!(lower.as_str(), "true" | "false" | "yes" | "no" | "y" | "n")
    };
    words.len() <= 2
        && vocabulary::VERIFIED.among(words).is_some()
        && column.dictionary.iter().all(yes_or_no)
        && !is_beside_status(table, index)
}

/// What whole numbers are that say how each row ended, or how many of several ended so.
pub(super) fn outcome_in_numbers(
    table: &Table,
    index: usize,
    profile: &Profile,
    words: &[String],
) -> Option<(Role, String)> {
    let (column, values) = (&table.columns[index], table.values(index));
    let of_pair = tally::is_of_pair(table, index);
    let says_nothing_else = || units::stated(&column.name).is_none() && name::read(&column.name).kind.is_none();
    if let Some(word) = status_word(&column.name, words)
        .filter(|_| !of_pair && says_nothing_else() && is_code(values) && !tally::beside_failures(table, index))
    {
        return Some((Role::Status, format!("called `{word}`, with whole numbers as status codes have")));
    }
    if is_exit(table, words, values) {
        return Some((Role::Status, "called `exit`, with numbers as processes end with".into()));
    }
    if profile.low >= 0.0 && profile.high <= 1.0 && is_check_of_result(table, index, words) {
        return Some((Role::Status, "0 or 1, by its name whether the result is right".into()));
    }
    (of_pair || error_parts::counts_a_code(table, index))
        .then(|| (Role::Metric, "whole numbers that count how many of several ended so".into()))
}

/// Whether 0 and 1 say that a row failed: under a name of failures that is no share and no number of them.
pub(super) fn is_failure_in_numbers(table: &Table, index: usize, profile: &Profile, words: &[String]) -> bool {
    let of_each_row = words.iter().eq(["failed"]) && is_beside_answers_alone(table, index);
    (vocabulary::FAILURE.among(words).is_some() || of_each_row)
        && words.len() <= 2
        && !words.iter().any(|word| word == "rate" || vocabulary::SHARES.has(word))
        && (profile.low >= 0.0 && profile.high <= 1.0)
        && !tally::counts_failures(table, index)
}

/// Whether a table has several rows, each with how long an answer took, and says of the object of a column neither how many of something
/// there were nor what sums them up: then nothing is counted of which some may have failed.
fn is_beside_answers_alone(table: &Table, index: usize) -> bool {
    const FEWEST_ROWS: u64 = 5;
    const COUNTS: [Words; 5] =
        [vocabulary::REQUESTS, vocabulary::TESTS, vocabulary::SUCCEEDED, vocabulary::MEASURED, vocabulary::HOW_MANY];
    let object = name::parent(&table.columns[index].name);
    // Whole numbers beside it that say nothing of what they are may be counts, too: `queued`, `running`.
    let is_silent = |column: &Column| {
        let said = name::read(&column.name);
        column.cells == CellType::Integer
            && column.role != Role::Timestamp
            && said.kind.is_none()
            && said.unit.is_none()
            && vocabulary::INSTANT.among(&name::words(&column.name)).is_none()
    };
    let answers = |column: &Column| {
        let words = name::words(name::leaf(&column.name));
        column.cells.is_number() && vocabulary::ANSWER.among(&words).or(vocabulary::DURATIONS.among(&words)).is_some()
    };
    let counts = |(other, column): (usize, &Column)| {
        other != index
            && name::parent(&column.name) == object
            && column.cells.is_number()
            && (name::read(&column.name).statistic.is_some()
                || is_silent(column)
                || COUNTS.iter().any(|known| known.among(&name::words(name::leaf(&column.name))).is_some()))
    };
    table.lines.rows() >= FEWEST_ROWS
        && table.columns.iter().any(answers)
        && !table.columns.iter().enumerate().any(counts)
}

/// Whether a column is called after errors and every row has one: all of them failed. Of what kind an error was its texts have to show.
pub(super) fn is_failure_in_every_row(table: &Table, index: usize, words: &[String]) -> bool {
    const PLAIN: Words = Words::of("message msg text");
    const ABOUT_ERRORS: Words = Words::of(
        "throw thrown catch caught recovery recover recovered handle handling detect detection failover rollback unwind inject injected mttr restore",
    );
    let column = &table.columns[index];
    let called = vocabulary::FAILURE.among(words).is_some()
        && words.iter().all(|word| vocabulary::FAILURE.has(word) || vocabulary::OF_FAILURE.has(word));
    // Beside what says how rows ended an error may be what was tried; a single one in all rows contradicts what it stands beside.
    let of_kind = |word: &String| matches!(word.as_str(), "type" | "kind");
    let is_one = column.dictionary.len() == 1 && !words.iter().any(of_kind);
    let says_how = |(other, column): (usize, &Column)| {
        let is_empty = || match column.cells {
            CellType::Text => column.dictionary.iter().all(String::is_empty),
            _ => column.cells.is_number() && table.values(other).count() == 0,
        };
        other != index
            && !is_one
            && status_word(&column.name, &name::words(name::leaf(&column.name))).is_some()
            && !is_empty()
    };
    // Where errors are what was tried, how long each took to be thrown or got over was measured.
    let about_errors =
        |column: &Column| column.cells.is_number() && ABOUT_ERRORS.among(&name::words(&column.name)).is_some();
    if !called || table.columns.iter().enumerate().any(says_how) || table.columns.iter().any(about_errors) {
        return false;
    }
    let plain = words.iter().all(|word| vocabulary::FAILURE.has(word) || PLAIN.has(word));
    let in_words = |text: &str| text.split(|one: char| !one.is_alphabetic()).any(|word| word.chars().count() > 1);
    let names = |text: &String| ending::names_a_failure(text) || plain && in_words(text);
    column.dictionary.iter().all(names) && column.dictionary.iter().any(|text| ending::names_a_failure(text))
}

/// Whether a column of yes and no or of 1 and 0 is called like a check of its row's result (`correct`, `is_sorted`, `validation_ok`), no
/// other column says how rows ended, and none counts several of them. What half of the rows are was chosen: data that
/// `is_sorted`, `valid` signatures.
pub(super) fn is_check_of_result(table: &Table, index: usize, words: &[String]) -> bool {
    /// `correct` of so many.
    const ANSWERS: Words =
        Words::of("total count counts samples requests request reqs prompts tests test questions answers");
    const CHECKED: Words = Words::of("validation verification check checks checksum verify output answer solution");
    const STEP: Words = Words::of("step epoch iteration iter");
    let counts_steps = |column: &Column| matches!(&name::words(name::leaf(&column.name))[..], [only] if STEP.has(only));
    let column = &table.columns[index];
    let names = |word: &String| vocabulary::VERIFIED.has(word) || matches!(word.as_str(), "is" | "was" | "result");
    let is_sorted = words.iter().eq(["is", "sorted"]);
    let called = match words {
        [what, last] if matches!(last.as_str(), "ok" | "passed" | "success") => CHECKED.has(what),
        // Beside a number of the iteration it says how far a run had come.
        _ if was_reached(words) => !table.columns.iter().any(counts_steps),
        _ => vocabulary::VERIFIED.among(words).is_some() && words.iter().all(names) || is_sorted,
    };
    if !called || is_beside_status(table, index) {
        return false;
    }
    let object = name::parent(&column.name);
    let counts_several = |(other, one): (usize, &Column)| {
        other != index
            && one.cells == CellType::Integer
            && name::parent(&one.name) == object
            && ANSWERS.among(&name::words(name::leaf(&one.name))).is_some()
    };
    if column.cells.is_number() && table.columns.iter().enumerate().any(counts_several) {
        return false;
    }
    !is_sorted && !words.iter().eq(["valid"]) || !is_half(table, index)
}

/// Whether words ask whether somebody found what was looked for: `solution_found`, `goal_reached`, `converged`. A key that a lookup has
/// `found` may be absent.
fn was_reached(words: &[String]) -> bool {
    const LOOKED_FOR: Words = Words::of(
        "solution solutions path goal route plan target optimum optimal answer counterexample proof is was has",
    );
    const REACHED: Words = Words::of("found reached solved converged");
    let Some((last, before)) = words.split_last() else { return false };
    let stands_alone = matches!(last.as_str(), "solved" | "converged");
    REACHED.has(last) && before.iter().all(|word| LOOKED_FOR.has(word)) && (stands_alone || !before.is_empty())
}

/// Whether a column of two values has each of them in as many rows.
fn is_half(table: &Table, index: usize) -> bool {
    let column = &table.columns[index];
    let rows = column.data.rows();
    let mut first = 0;
    let says = |row: usize| {
        if column.cells.is_number() {
            column.data.number(row) == Some(1.0)
        } else {
            column.data.code(row) == column.data.code(0)
        }
    };
    for row in 0..rows {
        first += usize::from(says(row));
    }
    2 * first == rows
}

/// Whether whole numbers called `exit` are those with which processes end, and no exit of somebody who entered.
fn is_exit(table: &Table, words: &[String], values: &Cells) -> bool {
    const ENTERED: Words = Words::of("enter entry entries in entrance");
    let enters = |column: &Column| ENTERED.among(&name::words(name::leaf(&column.name))).is_some();
    let is_code = |number: f64| (-128.0..=255.0).contains(&number) && number.fract() == 0.0;
    words.iter().eq(["exit"]) && values.all(is_code) && is_code_of_few(values) && !table.columns.iter().any(enters)
}

/// Whether few different numbers occur.
fn is_code_of_few(values: &Cells) -> bool {
    const MOST_CODES: usize = 16;
    counted(values, MOST_CODES).is_some()
}

/// Whether another column is called like one that says how rows ended.
pub(super) fn is_beside_status(table: &Table, index: usize) -> bool {
    let is_status = |(other, column): (usize, &Column)| {
        let words = name::words(name::leaf(&column.name));
        other != index && (status_word(&column.name, &words).is_some() || vocabulary::FAILURE.among(&words).is_some())
    };
    table.columns.iter().enumerate().any(is_status)
}

/// Whether the texts of a column judge the results of their rows; beside a column that says how rows ended only where they know
/// errors as well.
pub(super) fn is_judgement(table: &Table, index: usize) -> bool {
    let texts = || table.columns[index].dictionary.iter().map(String::as_str);
    let fails = |text: &str| ending::by_first_word(text) == Some(false);
    ending::are_of_a_judge(texts()) && (texts().any(fails) || !is_beside_status(table, index))
}

/// `exectype`, `ordstatus`: a code of a kind, not an amount.
pub(super) fn is_named_as_code(words: &[String]) -> bool {
    let ends = |word: &String| ["type", "status", "code", "kind"].iter().any(|end| word.ends_with(end));
    words.last().is_some_and(ends)
}

/// `STATUS_MAXMIN`: the flags of a part of what a device logs. How many failed is called by a word for it.
pub(super) fn is_status_of_what(words: &[String]) -> bool {
    let [status, what] = words else { return false };
    let counts = |word: &str| {
        vocabulary::COUNTS.has(word)
            || vocabulary::FAILED.has(word)
            || vocabulary::STATUS.has(word)
            || vocabulary::HOW_MANY.has(word)
            || word.bytes().any(|byte| byte.is_ascii_digit())
    };
    status == "status" && !counts(what)
}

/// Whether all numbers are severities as pino and bunyan write them, beside a message.
pub(super) fn is_severity(table: &Table, values: &Cells) -> bool {
    let message = |column: &Column| matches!(name::leaf(&column.name), "msg" | "message");
    let is = |number: f64| matches!(number, 10.0 | 20.0 | 30.0 | 40.0 | 50.0 | 60.0);
    table.columns.iter().any(message) && values.all(is)
}

/// How many numbers of a column are codes of HTTP.
pub(super) fn code_count(values: &Cells) -> CodeCount {
    let mut count = CodeCount::default();
    values.visit_present(0..values.count(), |block| count.count(block));
    count
}

/// Whether a column that is called after codes holds them with a point, as a table writes it that ever had a gap in them (`503.0`), or nearly
/// all of them: one odd number takes nothing away from what all others say.
pub(super) fn are_codes_with_a_point(name: &str, words: &[String], values: &Cells) -> bool {
    const CODES: Words =
        Words::of("status code statuscode responsecode httpstatus httpcode exitcode returncode retcode rc");
    CODES.among(words).is_some()
        && status_word(name, words).is_some()
        && (values.all(|number| number.fract() == 0.0) || code_count(values).are_mostly_codes())
}

/// Whether all numbers are codes, or nearly all of them: yes and no, codes of HTTP, or few small ones as of gRPC and of
/// processes.
fn is_code(values: &Cells) -> bool {
    const MOST_CODES: usize = 16;
    /// HTTP has more of them.
    const MOST_HTTP_CODES: usize = 66;
    if code_count(values).are_mostly_codes() {
        return true;
    }
    let Some(codes) = counted(values, MOST_HTTP_CODES) else { return false };
    let all = |low: f64, high: f64| codes.keys().all(|bits| (low..=high).contains(&f64::from_bits(*bits)));
    let http = || codes.keys().all(|bits| matches!(f64::from_bits(*bits), 0.0 | 100.0..=599.0));
    all(0.0, 1.0) || http() || codes.len() <= MOST_CODES && all(-1.0, 999.0)
}

/// What a check may be of that is measured.
const MEASURED: Words =
    Words::of("timing time latency duration perf performance speed slo sla budget memory mem size threshold limit");

/// 0 and 1 under a name that says that something passed (`pass_overall`, `checks_passed`): how the row ended where it is the only such
/// column or the one of all checks. A check of what is measured (`pass_timing`) says nothing of the kind, nor does the one of all beside it:
/// a row that is slower than somebody wished did not fail, and its duration counts.
pub(super) fn check_role(table: &Table, index: usize, profile: &Profile, words: &[String]) -> Option<(Role, String)> {
    let passes = |words: &[String]| {
        let is = |word: Option<&String>| word.is_some_and(|word| matches!(word.as_str(), "pass" | "passed"));
        words.len() > 1 && (is(words.first()) || is(words.last()))
    };
    if !passes(words) || profile.low < 0.0 || profile.high > 1.0 {
        return None;
    }
    let is_of_measured = |words: &[String]| words.iter().any(|word| MEASURED.has(word));
    let of_all = words.iter().any(|word| matches!(word.as_str(), "overall" | "all" | "total" | "final"));
    let others: Vec<Vec<String>> = table
        .columns
        .iter()
        .enumerate()
        .filter(|(other, column)| *other != index && column.cells == CellType::Integer)
        .map(|(_, column)| name::words(name::leaf(&column.name)))
        .filter(|words| passes(words))
        .collect();
    if is_of_measured(words) || others.iter().any(|words| is_of_measured(words)) {
        let reason = "0 or 1, by its name whether what was measured is within a budget: targets say that here";
        return Some((Role::Unused, reason.into()));
    }
    Some(if of_all || others.is_empty() {
        (Role::Status, "0 or 1, by its name whether the row passed".into())
    } else {
        (Role::Unused, "0 or 1, by its name whether one of several checks passed".into())
    })
}
