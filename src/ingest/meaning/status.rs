//! Whether a column says how its rows ended: by its name, its texts, its codes.
//!
//! In: a table and one of its columns. Out: the word or the evidence by which it is a status.

use crate::measure::ending;
use crate::table::packed::Cells;
use crate::table::{CellType, Column, Role, Table};

use super::design::counted;
use super::name;
use super::profile::Profile;
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

/// Whether all numbers are severities as pino and bunyan write them, beside a message.
pub(super) fn is_severity(table: &Table, values: &Cells) -> bool {
    let message = |column: &Column| matches!(name::leaf(&column.name), "msg" | "message");
    let is = |number: f64| matches!(number, 10.0 | 20.0 | 30.0 | 40.0 | 50.0 | 60.0);
    table.columns.iter().any(message) && values.all(is)
}

/// Whether all numbers are codes: yes and no, codes of HTTP, or few small ones as of gRPC and of processes.
pub(super) fn is_code(values: &Cells) -> bool {
    const MOST_CODES: usize = 16;
    /// HTTP has more of them.
    const MOST_HTTP_CODES: usize = 66;
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
