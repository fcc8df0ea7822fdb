//! What was given to a run and stands among its numbers: goals, how much was to be done, what describes a model.
//!
//! In: a column of numbers among the others of its table. Out: that somebody chose it or that it describes what ran, and how one sees it. Names
//! are looked at first, numbers and neighbours only behind a name that may be meant so.

use std::collections::{BTreeMap, BTreeSet};

use crate::measure::{CHOSEN, Polarity};
use crate::table::{CellType, Column, Role, Table};

use super::design::counted;
use super::name::{self, NameMeaning};
use super::profile::Profile;
use super::vocabulary::{self, Kind, Words};

/// An object called so holds what is to be kept.
const GOALS: Words =
    Words::of("targets thresholds limits requirements budgets goals slo slos sla slas criteria objectives acceptance");
/// What else may stand in the name of such an object.
const OF_GOALS: Words = Words::of("target spec specs performance perf service level quality required");
/// What came out beside a goal: an object that says so holds no goals alone.
const CAME_OUT: Words = Words::of(
    "actual measured observed achieved attained attainment met violations violated violation compliance current value passed failed pass \
     fail result burn",
);
/// In front of an amount: so much was to be done.
const TO_BE_DONE: Words = Words::of("target desired planned intended offered");
/// Objects that describe what ran, where all that they hold is called like a setting.
const DESCRIBED: Words = Words::of("model workload");
/// How often something is done, as an object that describes a workload says it.
const HOW_OFTEN: Words = Words::of("runs repetitions repeats reps warmup seed sessions turns");
/// What the input of a model is called.
const INPUT: Words = Words::of("input image img");
/// What may stand beside the number of parameters of a model.
const OF_PARAMETERS: Words = Words::of("total trainable model num n number count m b million millions str");
const PARAMETERS: Words = Words::of("params parameters");
/// What speaks of memory, and of how much of it there is or is left.
const STORES: Words = Words::of("ram mem memory swap disk storage vram filesystem partition volume");
const ALL_OF_IT: Words = Words::of("total capacity installed");
const PART_OF_IT: Words = Words::of("used free avail available usage percent pct");

/// What a column of numbers was given or describes; `None` where it may have been measured.
pub(super) fn infer(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> Option<(Role, String)> {
    let set = |how: &str| Some((Role::Setting, with_number(table, index, how.to_owned())));
    let parent = name::words(name::leaf(name::parent(&table.columns[index].name)));
    if is_goal(table, index, &parent, said, words) {
        return set("it stands among what is to be kept, and was chosen");
    }
    if is_goal_of_settings(&parent, words) {
        return set("by its name a goal, among the settings of the run");
    }
    if is_to_be_done(table, index, said, words) {
        return set("by its name how much was to be done, and the same in all rows");
    }
    if DESCRIBED.among(&parent).is_some() && is_described(table, index) {
        return set("it stands in an object whose numbers are all called like settings");
    }
    if is_of_metadata(table, index, &parent, said, words) {
        return set("it stands in the data about a run, called like no quantity");
    }
    if is_capacity(table, index, said, words) {
        return set("by its name all that there is, the same in all rows beside what was used of it");
    }
    if let Some(of) = follows_from(table, index) {
        return Some((Role::Unused, format!("by its name worked out from `{of}`")));
    }
    if is_without_name_and_change(table, index) {
        return set("a column without a name and the same in all rows");
    }
    describes_what_ran(table, index, words)
}

/// The column that a name like `log2(Size)` is a function of.
fn follows_from(table: &Table, index: usize) -> Option<&str> {
    const FUNCTIONS: [&str; 6] = ["log2", "log10", "log", "lg", "ln", "sqrt"];
    let (function, inside) = table.columns[index].name.trim().strip_suffix(')')?.split_once('(')?;
    let known = FUNCTIONS.iter().any(|known| function.trim().eq_ignore_ascii_case(known));
    let mut others =
        table.columns.iter().enumerate().filter(|(other, column)| *other != index && column.cells.is_number());
    let of = others.find(|(_, column)| known && column.name.trim().eq_ignore_ascii_case(inside.trim()))?;
    Some(of.1.name.as_str())
}

/// Whether a column without a name holds one number in several rows, beside others that differ.
fn is_without_name_and_change(table: &Table, index: usize) -> bool {
    const FEWEST: usize = 4;
    let differs = |(other, column): (usize, &Column)| {
        other != index && column.cells.is_number() && counted(table.values(other), 1).is_none()
    };
    table.columns[index].name.starts_with("column_")
        && table.values(index).count() >= FEWEST
        && is_one_number(table, index)
        && table.values(index).all(|number| number > 0.0)
        && table.columns.iter().enumerate().any(differs)
}

/// `config.P95_THRESHOLD_MS`: what somebody wished for stands among what else was set.
fn is_goal_of_settings(parent: &[String], words: &[String]) -> bool {
    const GOAL: Words = Words::of("threshold thresholds limit slo sla budget goal");
    parent.last().is_some_and(|last| vocabulary::SETTINGS_OBJECT.has(last)) && GOAL.among(words).is_some()
}

/// Whether a number stands in an object of goals, beside nothing that came out.
fn is_goal(table: &Table, index: usize, parent: &[String], said: &NameMeaning, words: &[String]) -> bool {
    let all_known = !parent.is_empty() && parent.iter().all(|word| GOALS.has(word) || OF_GOALS.has(word));
    let specified = parent.len() > 1 && parent.iter().all(|word| OF_GOALS.has(word));
    if !all_known || GOALS.among(parent).is_none() && !specified {
        return false;
    }
    let leaf = name::leaf(&table.columns[index].name);
    let is_held_against_it = || {
        let same = |other: usize| other != index && name::leaf(&table.columns[other].name) == leaf;
        (0..table.columns.len()).any(same)
    };
    // `targets.north` may be somebody who was asked: a goal is of some quantity, or a bound, or stands beside what came out.
    let is_of_something = said.kind.is_some()
        || said.statistic.is_some()
        || words.iter().any(|word| matches!(word.as_str(), "min" | "max" | "least" | "most" | "minimum" | "maximum"));
    let object = name::parent(&table.columns[index].name);
    let came_out = |column: &Column| {
        name::parent(&column.name) == object && CAME_OUT.among(&name::words(name::leaf(&column.name))).is_some()
    };
    (is_of_something || is_held_against_it()) && is_one_number(table, index) && !table.columns.iter().any(came_out)
}

/// `target_msgs`, `planned_duration_s`: one number above none.
fn is_to_be_done(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> bool {
    let [first, rest @ ..] = words else { return false };
    let amount = || {
        matches!(said.kind, Some(Kind::Rate | Kind::Count | Kind::Duration | Kind::RunLength))
            || rest.last().is_some_and(|last| vocabulary::COUNTED_BY_SECOND.has(last) || vocabulary::COUNTS.has(last))
    };
    let sums_up = || rest.iter().any(|word| CAME_OUT.has(word) || vocabulary::FAILED.has(word));
    TO_BE_DONE.has(first)
        && !rest.is_empty()
        && amount()
        && !sums_up()
        && is_one_number(table, index)
        && table.values(index).all(|number| number > 0.0)
}

/// Whether a column holds a single number, however often.
fn is_one_number(table: &Table, index: usize) -> bool {
    counted(table.values(index), 1).is_some_and(|counts| counts.len() == 1)
}

/// Whether a number of the data about a run is called like no quantity, and not by what came out: `metadata.selected_models`.
fn is_of_metadata(table: &Table, index: usize, parent: &[String], said: &NameMeaning, words: &[String]) -> bool {
    let about = parent.last().is_some_and(|last| matches!(last.as_str(), "metadata" | "meta"));
    let says_nothing = said.kind.is_none() && said.unit.is_none() && said.polarity == Polarity::Unknown;
    let came_out = |word: &String| {
        [
            vocabulary::FAILED,
            vocabulary::QUALITY,
            vocabulary::SUCCEEDED,
            vocabulary::TESTS,
            vocabulary::DERIVED,
            CAME_OUT,
        ]
        .iter()
        .any(|known| known.has(word))
    };
    let whole = table.columns[index].cells == CellType::Integer;
    about && says_nothing && whole && !words.iter().any(came_out) && is_one_number(table, index)
}

/// Whether all numbers of the object of a column are whole and called like what is chosen, most of them by a word for it.
fn is_described(table: &Table, index: usize) -> bool {
    let object = name::parent(&table.columns[index].name);
    let (mut all, mut called) = (0_usize, 0_usize);
    for (other, column) in table.columns.iter().enumerate().filter(|(_, column)| column.cells.is_number()) {
        if name::parent(&column.name) != object {
            continue;
        }
        let words = name::words(name::leaf(&column.name));
        let said = name::read(&column.name);
        let silent = matches!(said.kind, None | Some(Kind::Count)) && said.polarity == Polarity::Unknown;
        // `workload.duration_s`: how long it was to take, in round numbers.
        let is_length = matches!(said.kind, Some(Kind::Duration | Kind::RunLength))
            && words.iter().any(|word| word == "duration")
            && said.statistic.is_none()
            && table.values(other).all(|number| number > 0.0 && number % 5.0 == 0.0);
        if !silent && !is_length
            || column.cells != CellType::Integer
            || vocabulary::FAILED.among(&words).is_some()
            || words.last().is_some_and(|last| vocabulary::VALUE.has(last))
        {
            return false;
        }
        let is_setting = |word: &String| {
            vocabulary::PARAMETER.has(word) || HOW_OFTEN.has(word) || matches!(word.as_str(), "num" | "max" | "number")
        };
        all += 1;
        called += usize::from(is_length || words.iter().any(is_setting));
    }
    (all > 1 || called == 1) && 3 * called >= 2 * all && is_one_number(table, index)
}

/// `TOTAL_RAM_VALUE` that never differs, beside what was used of it.
fn is_capacity(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> bool {
    const FEWEST: usize = 3;
    let of_object = || said.statistic.is_none() && is_all_of_object(table, index, words);
    (is_all_of_store(table, index, words) || of_object())
        && table.values(index).count() >= FEWEST
        && is_one_number(table, index)
        && table.values(index).all(|number| number > 0.0)
}

/// Whether a name speaks of all of some memory, and that of another column of a part of it.
fn is_all_of_store(table: &Table, index: usize, words: &[String]) -> bool {
    let is_part = |(other, column): (usize, &Column)| {
        let beside = name::words(name::leaf(&column.name));
        other != index
            && column.cells.is_number()
            && PART_OF_IT.among(&beside).is_some()
            && STORES.among(&beside).is_some()
    };
    ALL_OF_IT.among(words).is_some()
        && STORES.among(words).is_some()
        && PART_OF_IT.among(words).is_none()
        && table.columns.iter().enumerate().any(is_part)
}

/// Whether a name begins with all of what its object holds, in the unit in which a part of it stands beside: `gpu.total_gb` and `gpu.used_gb`.
fn is_all_of_object(table: &Table, index: usize, words: &[String]) -> bool {
    const ALL: Words = Words::of("total capacity");
    const PART: Words = Words::of("used free available allocated reserved cached");
    const OF_DATA: Words = Words::of("b kb mb gb mib gib bytes");
    let object = name::parent(&table.columns[index].name);
    let Some(unit) = words.last().filter(|last| OF_DATA.has(last) && !object.is_empty()) else { return false };
    let is_part = |column: &Column| {
        let beside = name::words(name::leaf(&column.name));
        name::parent(&column.name) == object && PART.among(&beside).is_some() && beside.last() == Some(unit)
    };
    ALL.has(&words[0]) && table.columns.iter().any(is_part)
}

/// The year of a model, how many parameters it has, how large its input and its keys are: where each row has a name of its own, or all have
/// one number. Where nothing else tells rows apart, such numbers were tried.
fn describes_what_ran(table: &Table, index: usize, words: &[String]) -> Option<(Role, String)> {
    const YEARS: (f64, f64) = (1950.0, 2100.0);
    const MOST_YEARS: usize = 40;
    const HOW_MANY: &str = "how many parameters a model has";
    const WORK: &str = "how many operations it takes";
    let whole = table.columns[index].cells == CellType::Integer;
    let texts: Vec<&str> = words.iter().map(String::as_str).collect();
    let what = match texts[..] {
        ["year"] => "a year",
        [what, "size" | "resolution"] if INPUT.has(what) => "the size of the input",
        // One that states its unit (`key_size_bits`) stays what it is.
        ["key", "size" | "length" | "len"] => "the size of keys",
        _ if is_of_parameters(words) => HOW_MANY,
        _ if whole && is_work_of_a_model(table, index, words) => WORK,
        _ => return None,
    };
    if what != HOW_MANY && !whole {
        return None;
    }
    let profile = Profile::of(table.values(index));
    if what == "a year" && (profile.low < YEARS.0 || profile.high > YEARS.1) || profile.low <= 0.0 {
        return None;
    }
    // Several rows of each year: the years were gone through.
    if what == "a year" && table.columns.len() > 1 {
        let counts = counted(table.values(index), MOST_YEARS);
        if counts.is_some_and(|counts| counts.len() > 1 && counts.values().all(|rows| *rows > 1)) {
            return Some((Role::Setting, "years, several rows of each: nothing that came out".to_owned()));
        }
    }
    let one = is_one_number(table, index);
    let in_an_object = !name::parent(&table.columns[index].name).is_empty();
    let described = one && (table.lines.rows() > 1 || in_an_object)
        || table.columns.iter().any(|of| names_each(table, of))
        || what == HOW_MANY && (0..table.columns.len()).any(|of| tells_each(table, of, index));
    described.then(|| (Role::Unused, with_number(table, index, format!("{what}, and nothing that came out"))))
}

/// Whether a column has another name in each of few rows, and no number or instant of the row.
fn names_each(table: &Table, column: &Column) -> bool {
    const MOST_ROWS: u64 = 60;
    let rows = table.lines.rows();
    if !(2..=MOST_ROWS).contains(&rows) || column.cells != CellType::Text {
        return false;
    }
    let words = name::words(name::leaf(&column.name));
    let no_name = |word: &String| vocabulary::IDENTIFIER.has(word) || vocabulary::INSTANT.has(word);
    column.dictionary.iter().filter(|text| !text.is_empty()).count() as u64 == rows && !words.iter().any(no_name)
}

/// Whether each text of a column has one number in another, several rows each, and not all the same.
fn tells_each(table: &Table, of: usize, index: usize) -> bool {
    const MOST_ROWS: u64 = 10_000;
    if table.columns[of].cells != CellType::Text || table.lines.rows() > MOST_ROWS {
        return false;
    }
    let mut numbers: BTreeMap<u32, u64> = BTreeMap::new();
    let (codes, values) = (table.text_cells(of), table.values(index));
    let rows = usize::try_from(table.lines.rows()).unwrap_or_default();
    let one_each = (0..rows).all(|row| match codes.code(row).zip(values.number(row)) {
        Some((code, number)) => *numbers.entry(code).or_insert(number.to_bits()) == number.to_bits(),
        None => true,
    });
    let different: BTreeSet<u64> = numbers.values().copied().collect();
    one_each && different.len() > 1 && numbers.len() + 2 <= values.count()
}

/// Whether operations are those that a model takes for one answer: whole numbers beside how many parameters it has, or beside its
/// multiplications; and whole numbers beside a rate of them are no rate either.
pub(super) fn is_work_of_a_model(table: &Table, index: usize, words: &[String]) -> bool {
    const WORK: Words = Words::of("flops flop macs mac");
    const BESIDE: Words = Words::of("total model num number count str");
    let named =
        |words: &[String]| WORK.among(words).is_some() && words.iter().all(|word| WORK.has(word) || BESIDE.has(word));
    if !named(words) {
        return false;
    }
    let object = name::parent(name::parent(&table.columns[index].name));
    let whole = table.columns[index].cells == CellType::Integer;
    let is_rate = |words: &[String]| matches!(words, [only] if matches!(only.as_str(), "mflops" | "gflops" | "tflops"));
    let tells = |(other, column): (usize, &Column)| {
        if other == index || !column.cells.is_number() || !column.name.starts_with(object) {
            return false;
        }
        let beside = name::words(name::leaf(&column.name));
        let other_work = named(&beside) && WORK.among(&beside) != WORK.among(words);
        other_work || is_of_parameters(&beside) || whole && is_rate(&beside)
    };
    table.columns.iter().enumerate().any(tells)
}

fn is_of_parameters(words: &[String]) -> bool {
    // `param_str`; alone a `param` may be what was tried.
    let named = |word: &String| PARAMETERS.has(word) || words.len() > 1 && word == "param";
    words.iter().any(named) && words.iter().all(|word| named(word) || OF_PARAMETERS.has(word))
}

/// A reason with the number that a column holds in all rows.
pub(super) fn with_number(table: &Table, index: usize, reason: String) -> String {
    let one = counted(table.values(index), 1).and_then(|counts| counts.keys().next().copied());
    match one {
        Some(bits) => format!("{reason}: {}", table.columns[index].cells.written(f64::from_bits(bits))),
        None => reason,
    }
}

/// Whether a number came out of one of several configurations: it is called like a result, and an object beside its own, under the same
/// roof, has one that is called the same (`config_a.latency_ms`, `config_b.latency_ms`).
fn came_out_of_one(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> bool {
    const TIMES: Words = Words::of("latency elapsed ttft tpot itl response took runtime");
    const BOUNDS: Words = Words::of("timeout deadline limit threshold slo sla budget simulated injected");
    let named = match said.kind {
        Some(Kind::Duration) => TIMES.among(words).is_some() || said.statistic.is_some(),
        Some(Kind::Rate) => true,
        _ => vocabulary::COMES_OUT.among(words).is_some(),
    };
    if !named || BOUNDS.among(words).or(vocabulary::ASKED_FOR.among(words)).is_some() {
        return false;
    }
    let column = &table.columns[index];
    let (leaf, object) = (name::leaf(&column.name), name::parent(&column.name));
    let alike = |other: &Column| {
        let beside = name::parent(&other.name);
        beside != object && name::leaf(&other.name) == leaf && name::parent(beside) == name::parent(object)
    };
    !object.is_empty() && table.columns.iter().any(alike)
}

/// The word by which the objects around a number hold settings. What was sent back is no setting: `result_payload`, `response.payload`; nor
/// is what came out of each of several configurations.
pub(super) fn settings_object<'p>(
    (table, index): (&Table, usize),
    (said, words): (&NameMeaning, &[String]),
    parents: &'p [String],
) -> Option<&'p str> {
    const SENT_BACK: Words = Words::of("result results response responses reply output outputs returned");
    // `config_results`, `parameters_tuned`.
    const RESULTS: Words =
        Words::of("result results metrics measured measurements outcome outcomes tuned best scores timings");
    let is_setting = |(at, word): &(usize, &String)| {
        vocabulary::SETTINGS_OBJECT.has(word)
            && !(*word == "payload" && SENT_BACK.among(parents).is_some())
            && RESULTS.among(&parents[at + 1..]).is_none()
    };
    let (_, word) = parents.iter().enumerate().find(is_setting)?;
    (!came_out_of_one(table, index, said, words)).then_some(word.as_str())
}

/// The settings that stand once beside the samples of a document, each in an object of its own, as facts of the run: the name of each and its
/// number.
pub(super) fn facts(table: &Table) -> Vec<(String, String)> {
    const MOST: usize = 30;
    let settings = table.columns_as(Role::Setting).filter(|column| {
        let of = &table.columns[*column];
        of.cells.is_number() && !name::parent(&of.name).is_empty()
    });
    let fact = |column: usize| {
        let of = &table.columns[column];
        let counts = counted(table.values(column), 1)?;
        let number = f64::from_bits(*counts.keys().next()?);
        Some((format!("{}{CHOSEN}", of.name), of.cells.written(number)))
    };
    settings.filter_map(fact).take(MOST).collect()
}
