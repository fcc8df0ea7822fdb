//! Numbers and texts that say which one: which device of a machine, which question, which folder, which value of a parameter.
//!
//! In: a column among the others of its table. Out: its role, where its name and how often its values come again say so. One of several that
//! were measured again and again is of its own, and never pooled with the others; what names a row is no result.

use std::collections::BTreeMap;

use crate::table::{CellType, Column, Role, Table};

use super::design::{self, counted};
use super::label_design;
use super::name;
use super::vocabulary::{self, Words};

/// More different ones are no devices of a machine.
const MOST_DEVICES: usize = 64;
/// Rows of each of several that were measured again and again.
const ROWS_EACH: usize = 3;
/// In so few rows each question may stand once.
const FEW_QUESTIONS: u64 = 60;
/// What a machine or a cluster has several of.
const PLACES: Words =
    Words::of("node host container pod bus instance server machine sensor socket npu tpu accelerator");
/// What names a single one of them.
const NAMES: Words = Words::of("id uuid index idx");

/// What a column of numbers is that says which one.
pub(super) fn infer(table: &Table, index: usize, words: &[String]) -> Option<(Role, String)> {
    one_of_several(table, index, words)
        .map(|how| (Role::Setting, how))
        .or_else(|| value_of_parameter(table, index).map(|how| (Role::Setting, how)))
        .or_else(|| called_setting(table, index, words).map(|how| (Role::Setting, how)))
        .or_else(|| sampling(table, index, words).map(|how| (Role::Setting, how)))
        .or_else(|| question(table, index, words).map(|how| (Role::Setting, how)))
        .or_else(|| item(table, index, words).map(|how| (Role::Identifier, how)))
        .or_else(|| tick(table, index, words).map(|how| (Role::Unused, how)))
}

/// What a column of texts is that says which one.
pub(super) fn of_texts(table: &Table, index: usize, words: &[String]) -> Option<(Role, String)> {
    let parts = || names_parts(&table.columns[index], table.lines.rows(), words);
    one_of_several(table, index, words)
        .map(|how| (Role::Setting, how))
        .or_else(|| parts().map(|how| (Role::Label, how)))
}

/// `gpu_id`, `pci.bus_id`, and the `index` of a table about GPUs, each in several rows.
fn one_of_several(table: &Table, index: usize, words: &[String]) -> Option<String> {
    let (last, before) = words.split_last()?;
    let column = &table.columns[index];
    let parents = name::words(name::parent(&column.name));
    let of_device = |word: &String| vocabulary::DEVICE.has(word) || PLACES.has(word);
    let about_gpus = || table.columns.iter().any(|other| name::words(&other.name).iter().any(|word| word == "gpu"));
    let called = NAMES.has(last)
        && (before.iter().chain(&parents).any(of_device)
            || before.is_empty() && matches!(last.as_str(), "index" | "uuid") && about_gpus());
    if !called {
        return None;
    }
    let counts: Vec<usize> = match column.cells {
        CellType::Text => {
            let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
            let cells = table.text_cells(index);
            for code in (0..cells.rows()).filter_map(|row| cells.code(row)) {
                *counts.entry(code).or_default() += 1;
                if counts.len() > MOST_DEVICES {
                    return None;
                }
            }
            counts.into_values().collect()
        }
        CellType::Integer => counted(table.values(index), MOST_DEVICES)?.into_values().collect(),
        _ => return None,
    };
    let again = (2..=MOST_DEVICES).contains(&counts.len()) && counts.iter().all(|count| *count >= ROWS_EACH);
    again.then(|| format!("called `{}`, with {} in many rows each: it says which", column.name, counts.len()))
}

/// How one sees that identifiers in words name parts of what was measured (`operator_id`: `Filter`, `Join`): few of them, which come
/// again. People, requests and traces come again as well, and are none.
fn names_parts(column: &Column, rows: u64, words: &[String]) -> Option<String> {
    const PASSING: Words = Words::of(
        "user users person customer client member account visitor player patient subject employee driver session conversation chat request req \
         response trace span parent correlation transaction order payment message msg event thread worker process task job run build commit \
         execution attempt iteration sample row record item ticket tenant device vehicle flow connection conn stream batch \
         prompt query question test case example problem text sentence document doc image file page site url",
    );
    /// More different ones come from outside.
    const MOST_PARTS: usize = 20;
    const FEWEST_LETTERS: usize = 3;
    let (last, before) = words.split_last()?;
    let texts = || column.dictionary.iter().filter(|text| !text.is_empty());
    let distinct = texts().count();
    let is_word = |text: &String| {
        (label_design::is_no_digest(text) || is_of_several_words(text))
            && text.split(|letter: char| !letter.is_alphabetic()).any(|word| word.chars().count() >= FEWEST_LETTERS)
    };
    let named = last == "id" && !before.is_empty() && !before.iter().any(|word| PASSING.has(word));
    (named && (2..=MOST_PARTS).contains(&distinct) && 2 * distinct as u64 <= rows && texts().all(is_word))
        .then(|| format!("called `{}`, with {distinct} texts that come again: it says which", column.name))
}

/// Whether a `question_id` has another text in each of ten rows and more, beside a label of a few kinds of questions: a group of one row says
/// nothing, and its kind does.
pub(super) fn is_asked_once(table: &Table, index: usize, words: &[String]) -> bool {
    const FEWEST: u64 = 10;
    const ROWS_TO_A_KIND: usize = 5;
    let rows = table.lines.rows();
    let texts = |column: &Column| column.dictionary.iter().filter(|text| !text.is_empty()).count();
    let is_kind = |(other, column): (usize, &Column)| {
        other != index
            && column.cells == CellType::Text
            && (2..=MOST_DEVICES).contains(&texts(column))
            && (ROWS_TO_A_KIND * texts(column)) as u64 <= rows
            && vocabulary::KIND.among(&name::words(name::leaf(&column.name))).is_some()
    };
    words.iter().any(|word| word == "question")
        && rows >= FEWEST
        && texts(&table.columns[index]) as u64 == rows
        && table.columns.iter().enumerate().any(is_kind)
}

/// Whether a long text is made of words and versions (`acme.small-17b-instruct-v1`), and is no digest and no number of a thing: what comes again
/// is a name, however long it is.
fn is_of_several_words(text: &str) -> bool {
    const FEWEST: usize = 2;
    let parts = || text.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty());
    let is_plain = |part: &&str| part.len() > 2 && part.chars().all(char::is_alphabetic) && !is_hexadecimal(part);
    parts().count() > FEWEST && parts().filter(is_plain).count() >= FEWEST
}

fn is_hexadecimal(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `tc setting (ms)`, `delay_setting`: what was set, whatever its unit says; few numbers, each in several rows.
fn called_setting(table: &Table, index: usize, words: &[String]) -> Option<String> {
    const CALLED: Words = Words::of("setting setpoint");
    const MOST: usize = 20;
    const EACH: usize = 2;
    let last = words.last().filter(|last| CALLED.has(last))?;
    let counts = counted(table.values(index), MOST)?;
    (counts.values().all(|count| *count >= EACH))
        .then(|| format!("called a `{last}`, with {} in several rows each: what was set", counts.len()))
}

/// `parameter_value` beside `parameter_name`.
fn value_of_parameter(table: &Table, index: usize) -> Option<String> {
    const OF: [&str; 7] = ["parameter", "param", "setting", "config", "option", "arg", "variable"];
    let name = table.columns[index].name.to_ascii_lowercase();
    let of = OF
        .into_iter()
        .find(|of| name.strip_prefix(of).is_some_and(|rest| rest.trim_start_matches(['_', ' ']) == "value"))?;
    let names = |other: &str| {
        other.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.trim_start_matches(['_', ' ']) == "name")
    };
    let beside =
        table.columns.iter().any(|other| other.cells == CellType::Text && names(&other.name.to_ascii_lowercase()));
    counted(table.values(index), MOST_DEVICES)?;
    beside.then(|| "the value of a parameter that a column beside it names".to_owned())
}

/// `top_p`, `top_k`, and the `temperature` of a language model: how its words were drawn.
fn sampling(table: &Table, index: usize, words: &[String]) -> Option<String> {
    const HOTTEST: f64 = 2.0;
    const OF_MODELS: Words = Words::of("model token tokens prompt llm ttft");
    let of_models = || table.columns.iter().any(|column| OF_MODELS.among(&name::words(&column.name)).is_some());
    let called = match words {
        [top, p] => top == "top" && matches!(p.as_str(), "p" | "k"),
        [only] => {
            only == "temperature" && of_models() && table.values(index).all(|number| (0.0..=HOTTEST).contains(&number))
        }
        _ => false,
    };
    (called && counted(table.values(index), MOST_DEVICES).is_some())
        .then(|| "how a language model draws its words: it was chosen".to_owned())
}

/// `query_id` of a small table without a clock, each once: another question in each row.
fn question(table: &Table, index: usize, words: &[String]) -> Option<String> {
    let column = &table.columns[index];
    let (last, before) = words.split_last()?;
    let called = matches!(last.as_str(), "id" | "number" | "no" | "nr")
        && before.iter().any(|word| vocabulary::QUESTION.has(word));
    let rows = table.lines.rows();
    if !called
        || column.cells != CellType::Integer
        || !(3..=FEW_QUESTIONS).contains(&rows)
        || design::has_clock(table, index)
    {
        return None;
    }
    let counts = counted(table.values(index), usize::try_from(rows).ok()?)?;
    (counts.len() as u64 == rows)
        .then(|| format!("called `{}`, another one in each row: each is of its own", column.name))
}

/// `streamid`, `folder`: whole numbers, all of them different.
fn item(table: &Table, index: usize, words: &[String]) -> Option<String> {
    const FEWEST: usize = 3;
    const MOST: usize = 100_000;
    const RUN_TOGETHER: Words = Words::of(
        "streamid flowid connid sessionid requestid reqid userid taskid jobid traceid spanid eventid msgid messageid orderid itemid clientid \
         threadid processid rowid testid runid batchid queryid imageid fileid frameid trackid deviceid",
    );
    let column = &table.columns[index];
    let called = words.last().is_some_and(|last| RUN_TOGETHER.has(last)) || is_item(words);
    if !called || column.cells != CellType::Integer {
        return None;
    }
    let values = table.values(index);
    let different = counted(values, MOST)?.len() == values.count();
    (different && values.count() >= FEWEST)
        .then(|| format!("called `{}`, all of them different: it names the rows", column.name))
}

/// Whether a name is that of things which are numbered one by one.
pub(super) fn is_item(words: &[String]) -> bool {
    const ITEMS: Words = Words::of("folder directory subject participant patient scene clip");
    matches!(words, [only] if ITEMS.has(only))
}

/// `time` that counts 1, 2, 3 and begins anew with each experiment.
fn tick(table: &Table, index: usize, words: &[String]) -> Option<String> {
    const FEWEST: usize = 6;
    let called =
        matches!(words, [only] if matches!(only.as_str(), "time" | "t" | "second" | "seconds" | "sec" | "tick"));
    let column = &table.columns[index];
    if !called || column.cells != CellType::Integer {
        return None;
    }
    let (mut seen, mut anew, mut first, mut before) = (0_usize, 0_usize, f64::NAN, f64::NAN);
    let goes_on = table.values(index).all(|number| {
        let fits = if seen == 0 {
            first = number;
            first == 0.0 || first == 1.0
        } else {
            anew += usize::from(number < before);
            number - before == 1.0 || number == before || number == first
        };
        (seen, before) = (seen + 1, number);
        fits
    });
    (goes_on && seen >= FEWEST && anew > 0 && 3 * anew <= seen)
        .then(|| "goes on by one and begins anew: a clock of each experiment, no result".to_owned())
}
