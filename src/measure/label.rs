//! Labels and the patterns they share.
//!
//! In: a label as written. Out: its pattern, with `*` for every run of digits. Labels with the same pattern differ only
//! in numbers and are one population, unless they are nothing but a number: then the number is what tells them apart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::Words;

/// Names of columns of programs: a table may have a row for each of them.
pub(crate) const PROGRAMS: &[&str] = &[
    "app",
    "application",
    "program",
    "benchmark",
    "bench",
    "kernel",
    "workload",
    "circuit",
    "function",
    "problem",
    "testcase",
];
/// Other names of columns whose texts name what was run.
const RUN_BY_NAME: Words =
    Words::of("name test case scenario metric query operation op command instance method algorithm");
/// Words for what comes to a program from outside, or for who sends it: rows that differ in it are samples.
const COMES_IN: Words = Words::of(
    "prompt question sentence text input image img picture photo frame file filename filepath path folder directory url uri link \
     domain host hostname ip address site page video audio document doc article word user username client customer email person \
     player session thread worker message request req response answer transaction event endpoint label id uuid guid key token hash \
     date day time timestamp row record item sample run iteration title description comment note",
);

/// Names of columns whose texts compete: whoever measures several of them wants to know which one is better.
const COMPETITORS: Words = Words::of(
    "model models backbone llm backend machine library lib framework language lang engine implementation impl algorithm algo \
     variant compiler codec solver gpu strategy approach optimizer quantization",
);

/// Whether the texts of a column of that name compete.
pub(crate) fn names_a_competitor(column: &str) -> bool {
    let last = last_word(column);
    let before =
        || column.get(..column.len() - last.len()).map(|rest| last_word(rest.trim_end_matches(['.', '_', ' '])));
    COMPETITORS.has(&last)
        || matches!(last.as_str(), "type" | "name") && before().is_some_and(|word| COMPETITORS.has(&word))
}

/// The last word of a column's name.
pub(crate) fn last_word(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    name.rsplit(['.', '_', ' ']).next().unwrap_or(&name).to_owned()
}

/// Whether texts under a name, another one in each row, name what the rows are of: always, or where nothing beside them tells kinds of
/// rows apart.
pub(crate) fn names_what_ran(last_word: &str, others_tell: bool) -> bool {
    let known = PROGRAMS.contains(&last_word) || RUN_BY_NAME.has(last_word);
    known || !others_tell && !COMES_IN.has(last_word)
}

/// So many programs may stand in a table with a row for each.
pub(crate) const MOST_PROGRAMS: usize = 400;
/// Names of the column whose texts say what the rows of a table are of, the most telling first.
pub(crate) const LEADING: &[&str] = &[
    "event",
    "label",
    "endpoint",
    "operation",
    "op",
    "name",
    "command",
    "test",
    "benchmark",
    "scenario",
    "route",
    "path",
    "request",
    "transaction",
    "query",
];

/// A label or a pattern of labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Label {
    /// The text, with `*` for numbers that differ.
    pub text: String,
    /// How many different labels it stands for.
    pub members: u64,
    /// The first few of them.
    pub examples: Vec<String>,
}

/// Between the labels of a group over several columns, and between the names of these.
pub(crate) const SEPARATOR: &str = ", ";

/// A setting as a group is called by it: `threads=4`.
pub(crate) fn setting(column: &str, text: &str) -> String {
    format!("{column}={text}")
}

/// The column and the text of a setting in the name of a group; `None` of a plain label.
pub(crate) fn of_setting(part: &str) -> Option<(&str, &str)> {
    part.split_once('=')
}

/// The pattern of a label: each run of digits becomes `*`. A label of digits alone is its own pattern.
pub fn pattern(label: &str) -> String {
    if label.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return label.to_owned();
    }
    let mut pattern = String::with_capacity(label.len());
    let mut in_number = false;
    for character in label.chars() {
        if character.is_ascii_digit() {
            if !in_number {
                pattern.push('*');
            }
            in_number = true;
        } else {
            pattern.push(character);
            in_number = false;
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn labels_that_differ_only_in_numbers_share_a_pattern() {
        assert_eq!(pattern("user_msg_3_7"), "user_msg_*_*");
        assert_eq!(pattern("user_msg_3_7"), pattern("user_msg_41_0"));
        assert_ne!(pattern("user_msg_3"), pattern("user_msg_3_7"));
        assert_eq!(pattern("start_session"), "start_session");
    }

    #[test]
    fn a_bare_number_is_a_label_of_its_own() {
        assert_eq!(pattern("200"), "200");
        assert_ne!(pattern("200"), pattern("500"));
    }
}
