//! What was tried where not each value met each of the others: designs with gaps, one factor after the other, rows in any order.
//!
//! In: a column of whole numbers among the others of its table. Out: how one sees that its numbers were chosen. A cell of a grid may be
//! missing, because memory ran out or nobody wanted to wait; what was measured leaves no such pattern: it is not round throughout, and does
//! not tell exactly those rows apart that nothing else does.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::table::{CellType, Table};

use super::design::{self, counted};
use super::name::{self, NameMeaning};
use super::vocabulary::{self, Kind, Words};

/// Longer tables are recordings.
const MOST_ROWS: u64 = 5000;
/// So many values of one setting.
const MOST_VALUES: usize = 64;
/// Each column of a table is compared with the others; wider ones are documents with numbers of all kinds.
const MOST_COLUMNS: usize = 64;
/// Fewer rows may be alike by chance.
const FEWEST_ROWS: usize = 6;
/// What is done again and again, and for how long before it counts: the same in all rows, nobody measured it.
const REPEATED: Words = Words::of("runs repetitions repeats reps iters iterations rounds trials warmup warmups schema");

/// The texts and the numbers of a row that may have been chosen.
type Configuration = (Vec<Option<u32>>, Vec<Option<u64>>);

/// How one sees that the numbers of a column were chosen; `None` where one does not.
pub(super) fn chosen(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> Option<String> {
    if let Some(how) = how_often(table, index, words) {
        return Some(how);
    }
    if !(FEWEST_ROWS as u64..=MOST_ROWS).contains(&table.lines.rows()) || !may_be_chosen(table, index, said, words) {
        return None;
    }
    let counts = counted(table.values(index), MOST_VALUES).filter(|counts| counts.len() >= 2)?;
    let called = is_called_like_one(words);
    let numbers = counts.keys().map(|bits| f64::from_bits(*bits));
    if design::are_repetitions(numbers, words) {
        return None;
    }
    nested(table, index, &counts, called)
        .or_else(|| key(table, index, &counts))
        .or_else(|| few_steps(table, &counts, called))
        .or_else(|| called.then(|| stretches(table, index, &counts).or_else(|| passes(table, index))).flatten())
}

/// Whether a column is called like what a training was told (`lr`, `learning_rate`): nothing that came out of it.
pub(super) fn is_of_training(words: &[String]) -> bool {
    const SCHEDULE: Words = Words::of("lr momentum dropout");
    let is_rate = matches!(words, [.., learning, rate] if learning == "learning" && rate == "rate");
    is_rate || words.last().is_some_and(|last| SCHEDULE.has(last))
}

/// `runs`, `warmup_iters`: one whole number for all rows.
fn how_often(table: &Table, index: usize, words: &[String]) -> Option<String> {
    let counts = counted(table.values(index), 1)?;
    let number = counts.keys().next().map(|bits| f64::from_bits(*bits))?;
    let rows = counts.values().sum::<usize>();
    let several = rows >= 2 && rows as u64 == table.lines.rows();
    let named = words.last().is_some_and(|last| REPEATED.has(last));
    (named && several && number >= 0.0 && number.fract() == 0.0).then(|| {
        "the same whole number in all rows, called like what is done again and again: it was chosen".to_owned()
    })
}

/// Whether a name is that of a setting: a word for one, or a single letter.
fn is_called_like_one(words: &[String]) -> bool {
    let letter = matches!(words, [only] if only.len() == 1 && only.bytes().all(|byte| byte.is_ascii_lowercase()));
    let experiment =
        matches!(words, [only] if matches!(only.as_str(), "experiment" | "set" | "scenario" | "configuration"));
    letter || experiment || vocabulary::PARAMETER.among(words).is_some()
}

/// Whether a column may hold settings by its cells and its name, which speaks of nothing that comes out of a run.
fn may_be_chosen(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> bool {
    let column = &table.columns[index];
    let values = table.values(index);
    let whole = match column.cells {
        CellType::Integer => true,
        CellType::Decimal => values.all(|number| number.fract() == 0.0),
        _ => false,
    };
    let comes_out = |word: &String| {
        vocabulary::COMES_OUT.has(word)
            || vocabulary::QUALITY.has(word)
            || vocabulary::DERIVED.has(word)
            || vocabulary::FAILED.has(word)
            || vocabulary::STATUS.has(word)
            || vocabulary::IDENTIFIER.has(word)
            || vocabulary::ACTOR.has(word)
            || vocabulary::RUN.has(word)
            || vocabulary::INSTANT.has(word)
            || vocabulary::VALUE.has(word)
    };
    // `Density (%)` of a graph.
    let is_share_of_input = said.kind == Some(Kind::Share)
        && words.iter().any(|word| matches!(word.as_str(), "density" | "sparsity" | "selectivity" | "skew" | "fill"));
    whole
        && said.statistic.is_none()
        && (said.unit.is_none() && said.kind.is_none() || said.kind == Some(Kind::Count) || is_share_of_input)
        && !column.name.starts_with("column_")
        && !words.iter().any(comes_out)
        && values.count() as u64 == table.lines.rows()
        && values.all(|number| number >= 0.0)
}

/// Whether numbers are what people write who try things, and too far apart to count something: one digit before zeros, two from a hundred
/// on, fives and tens, or powers of two.
fn are_steps(counts: &BTreeMap<u64, usize>) -> bool {
    const FEWEST_DIFFERENT: f64 = 8.0;
    let numbers = || counts.keys().map(|bits| f64::from_bits(*bits));
    let is_step = |number: f64| {
        let power = number >= 1.0 && number.log2().fract() == 0.0;
        let fives = (10.0..100.0).contains(&number) && number % 5.0 == 0.0;
        let hundreds = number >= 100.0 && design::are_round(std::iter::once(number), 2);
        power || fives || hundreds || has_one_digit(number)
    };
    numbers().all(is_step) && numbers().fold(0.0, f64::max) >= FEWEST_DIFFERENT
}

/// Whether a whole number has one digit before its zeros.
fn has_one_digit(number: f64) -> bool {
    number == 0.0 || (number / 10_f64.powf(number.log10().floor())).fract() == 0.0
}

/// Of each combination of labels the same numbers, or some of them, each as often as the others.
fn nested(table: &Table, index: usize, counts: &BTreeMap<u64, usize>, called: bool) -> Option<String> {
    /// A part of the cells that hold as many rows as most of them do.
    const ALIKE: f64 = 0.75;
    let labels = design::labels_of_kinds(table);
    let round = are_steps(counts);
    if labels.is_empty() || !round && !called || counts.values().any(|count| *count < 2) {
        return None;
    }
    let groups = design::numbers_by_labels(table, &labels, index);
    let cells: Vec<usize> = groups.values().flat_map(|numbers| numbers.values().copied()).collect();
    let mut often: HashMap<usize, usize> = HashMap::new();
    for cell in &cells {
        *often.entry(*cell).or_default() += 1;
    }
    let alike = often.values().copied().max().unwrap_or_default() as f64 / cells.len() as f64;
    let whole = groups.values().any(|numbers| numbers.len() == counts.len());
    let several = groups.values().filter(|numbers| numbers.len() >= 2).count();
    let fewest = if called { 2 } else { 3 };
    (groups.len() >= 2 && whole && counts.len() >= fewest && 2 * several > groups.len() && alike >= ALIKE).then(|| {
        format!(
            "{} numbers, the same for each `{}` or some of them, each as often: they were chosen",
            counts.len(),
            table.columns[labels[0]].name
        )
    })
}

/// With it and the other things that may have been chosen each row is another configuration, or each has as many rows; without it some rows
/// are the same.
fn key(table: &Table, index: usize, counts: &BTreeMap<u64, usize>) -> Option<String> {
    /// So many rows at least that only it tells apart, and a part of all.
    const TOLD_APART: usize = 2;
    const PART: usize = 10;
    const NEARLY_ALL: f64 = 0.85;
    if !are_steps(counts) || table.columns.len() > MOST_COLUMNS {
        return None;
    }
    let others: Vec<usize> = (0..table.columns.len())
        .filter(|other| {
            let column = &table.columns[*other];
            let words = name::words(name::without_brackets(name::leaf(&column.name)));
            let steps = || counted(table.values(*other), MOST_VALUES).filter(|counts| counts.len() >= 2);
            *other != index
                && column.cells.is_number()
                && may_be_chosen(table, *other, &name::read(&column.name), &words)
                && steps().is_some_and(|counts| are_steps(&counts))
        })
        .collect();
    let labels = design::labels_of_kinds(table);
    let rows = usize::try_from(table.lines.rows()).ok()?;
    let kinds = |numbers: &[usize]| {
        let mut seen: HashMap<Configuration, usize> = HashMap::new();
        for row in 0..rows {
            let texts = labels.iter().map(|label| table.text_cells(*label).code(row)).collect();
            let numbers = numbers.iter().map(|one| table.values(*one).number(row).map(f64::to_bits)).collect();
            *seen.entry((texts, numbers)).or_default() += 1;
        }
        let as_often: HashSet<usize> = seen.values().copied().collect();
        // Some may have been tried once more.
        (seen.len(), as_often.len() == 1 || seen.len() as f64 >= NEARLY_ALL * rows as f64)
    };
    let without = kinds(&others).0;
    let (with, evenly) = kinds(&others.iter().copied().chain([index]).collect::<Vec<_>>());
    let apart = with - without.min(with);
    (evenly && apart >= TOLD_APART.max(with / PART)).then(|| {
        "with it each row is another configuration, and without it some are the same: it was chosen".to_owned()
    })
}

/// A few numbers far apart in many rows each, and nothing between them: 10, 50 and 250 in a thousand rows.
fn few_steps(table: &Table, counts: &BTreeMap<u64, usize>, called: bool) -> Option<String> {
    const VALUES: std::ops::RangeInclusive<usize> = 3..=8;
    const ROWS_EACH: usize = 10;
    const FEWEST_ROWS: u64 = 60;
    const APART: f64 = 1.5;
    let mut numbers: Vec<f64> = counts.keys().map(|bits| f64::from_bits(*bits)).collect();
    numbers.sort_unstable_by(f64::total_cmp);
    let apart = numbers.windows(2).all(|pair| pair[0] > 0.0 && pair[1] >= APART * pair[0]);
    (VALUES.contains(&counts.len())
        && apart
        && (called || are_steps(counts))
        && table.lines.rows() >= FEWEST_ROWS
        && counts.values().all(|count| *count >= ROWS_EACH))
    .then(|| {
        format!("{} round numbers far apart in many rows each, and none between them: they were chosen", counts.len())
    })
}

/// A few times the same way up, each time from the smallest number on.
fn passes(table: &Table, index: usize) -> Option<String> {
    const FEWEST: usize = 3;
    const LONGEST: usize = 4;
    if design::has_clock(table, index) {
        return None;
    }
    let numbers = table.values(index).present();
    let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let falls: Vec<&[f64]> = numbers.windows(2).filter(|pair| pair[1] < pair[0]).collect();
    let rises = numbers.windows(2).filter(|pair| pair[1] > pair[0]).count();
    let again = falls.iter().all(|pair| pair[1] == low);
    (again && numbers.first() == Some(&low) && falls.len() + 1 >= FEWEST && rises >= LONGEST * (falls.len() + 1))
        .then(|| format!("{} times the same way up, and called like a setting: it was chosen", falls.len() + 1))
}

/// Each number in a stretch of several rows, or in a few of them.
fn stretches(table: &Table, index: usize, counts: &BTreeMap<u64, usize>) -> Option<String> {
    const FEWEST: usize = 3;
    const STRETCHES_EACH: usize = 3;
    const ROWS_EACH: usize = 2;
    let numbers = table.values(index).present();
    let stretches = 1 + numbers.windows(2).filter(|pair| pair[0] != pair[1]).count();
    (counts.len() >= FEWEST
        && stretches <= STRETCHES_EACH * counts.len()
        && numbers.len() >= ROWS_EACH * stretches
        && numbers.len() >= FEWEST * counts.len()
        && !design::has_clock(table, index))
    .then(|| format!("each of its {} numbers in stretches of rows, called like a setting: it was chosen", counts.len()))
}

/// Whether a column is what a sweep went through, so that other numbers rise with it and no clock went on: called like a setting, larger in
/// every row or from the first number on again, and as people choose numbers.
pub(super) fn goes_through(table: &Table, index: usize) -> bool {
    const FEWEST: usize = 3;
    let column = &table.columns[index];
    if column.cells != CellType::Integer || table.columns.len() > MOST_COLUMNS {
        return false;
    }
    let words = name::words(name::without_brackets(name::leaf(&column.name)));
    if !is_called_like_one(&words) {
        return false;
    }
    // Users and connections grow while a clock goes on.
    let by_load = words.iter().any(|word| {
        matches!(word.as_str(), "users" | "vus" | "clients" | "connections" | "conns" | "rows" | "entries" | "epochs")
    });
    if by_load || name::read(&column.name).statistic.is_some() {
        return false;
    }
    let values = table.values(index);
    let steps = values.count().saturating_sub(1);
    let (mut first, mut step, mut before) = (f64::NAN, f64::NAN, f64::NAN);
    let (mut seen, mut again, mut even, mut round) = (0_usize, 0_usize, true, true);
    let rising = values.all(|number| {
        seen += 1;
        round &= design::are_round(std::iter::once(number), 2);
        match seen {
            1 => first = number,
            2 => step = number - first,
            _ => {}
        }
        let goes_on = if seen == 1 {
            true
        } else if number == first {
            // The same once more, for another algorithm.
            again += 1;
            3 * again <= steps
        } else {
            even &= number - before == step;
            number > before
        };
        before = number;
        goes_on
    });
    rising && seen >= FEWEST && (even && (step == 1.0 || step == first) || round)
}

/// Columns without names in front of a table, which go through all combinations of their numbers as nested loops do.
pub(super) fn nested_loops(table: &Table) -> usize {
    const FEWEST: usize = 8;
    const MOST: usize = 6;
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    if table.columns.len() > MOST_COLUMNS {
        return 0;
    }
    if !(FEWEST..=MOST_ROWS as usize).contains(&rows)
        || !table.columns.iter().all(|one| one.name.starts_with("column_"))
    {
        return 0;
    }
    let whole = |column: &usize| table.columns[*column].cells == CellType::Integer;
    let columns: Vec<usize> = (0..table.columns.len().saturating_sub(1)).take_while(whole).take(MOST).collect();
    let different =
        |one: &usize| table.values(*one).present().into_iter().map(f64::to_bits).collect::<BTreeSet<_>>().len();
    // A first column that is another in each row numbers them.
    if columns.first().is_none_or(|first| 2 * different(first) > rows) {
        return 0;
    }
    let in_order = |upto: usize| {
        let product: usize = columns[..upto].iter().map(different).fold(1, usize::saturating_mul);
        let rises = (1..rows).all(|row| {
            let number = |row: usize, at: usize| table.values(columns[at]).number(row).unwrap_or(f64::NAN);
            let place = (0..upto).find(|at| number(row - 1, *at) != number(row, *at));
            place.is_some_and(|at| number(row, at) > number(row - 1, at))
        });
        // With gaps, or without.
        product <= 4 * rows && rises
    };
    (2..=columns.len()).find(|upto| in_order(*upto)).unwrap_or(0)
}
