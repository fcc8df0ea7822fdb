//! What was chosen and not measured: the design of an experiment, as a small table shows it.
//!
//! In: a column of numbers among the others of its table. Out: how one sees that its numbers are settings. People choose round
//! numbers, and try each of them with each of the others; what is measured comes out as it comes out.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::table::packed::Cells;
use crate::table::{CellType, Column, Role, Table};

use super::name::{self, NameMeaning};
use super::vocabulary::{self, Kind};

/// Longer tables are recordings: the rules for settings in them ask for many rows each.
const MOST_ROWS: u64 = 10_000;
/// A sweep has a row for each configuration, or a few.
const MOST_CONFIGURATIONS: u64 = 400;
/// So many values of one setting that was tried with everything else, and of one that only its name tells.
const MOST_VALUES: usize = 64;
const MOST_NAMED_VALUES: usize = 20;
/// Digits before the zeros of a round number; of one in the first column, about which its name says nothing.
pub(super) const DIGITS: i32 = 3;
const DIGITS_OF_AXIS: i32 = 2;

/// How one sees that the numbers of a column were chosen; `None` where one does not.
pub(super) fn chosen(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> Option<String> {
    let rows = table.lines.rows();
    let column = &table.columns[index];
    if !(2..=MOST_ROWS).contains(&rows) {
        return None;
    }
    if said.statistic.is_some() {
        return is_limit(table, index, words).then(|| "the same limit in all rows: it was chosen".to_owned());
    }
    let is_axis = || is_first_axis(table, index, said);
    if rows > MOST_VALUES as u64 && rows <= MOST_CONFIGURATIONS && !has_clock(table, index) && is_axis() {
        return Some("multiples of the first number in the first column: they were chosen".to_owned());
    }
    let counts = counted(table.values(index), MOST_VALUES)?;
    let numbers = || counts.keys().map(|bits| f64::from_bits(*bits));
    // Rows that failed lack it.
    if (table.values(index).count() as u64) * 5 < rows * 4 || !are_round(numbers(), DIGITS) {
        return None;
    }
    if counts.len() == 1 {
        let is_length = matches!(said.kind, Some(Kind::Duration | Kind::RunLength))
            && words.iter().any(|word| vocabulary::RUN_OR_LATENCY.has(word) || word == "time");
        let whole = numbers().all(|number| number >= 1.0 && number.fract() == 0.0);
        return (is_length && whole && rows >= 3)
            .then(|| "the same round number in all rows: how long was measured, not what came out".to_owned());
    }
    if let Some(beside) = crossed(table, index, &counts)
        .filter(|_| !are_repetitions(numbers(), words) && vocabulary::COMES_OUT.among(words).is_none())
    {
        return Some(format!(
            "each of its {} round numbers stands equally often beside each `{beside}`: it was chosen",
            counts.len()
        ));
    }
    let is_question = column.cells == CellType::Integer
        && words.iter().any(|word| vocabulary::QUESTION.has(word))
        && words.last().is_some_and(|last| vocabulary::IDENTIFIER.has(last));
    let (fewest, most) = (counts.values().min().copied()?, counts.values().max().copied()?);
    if is_question && fewest >= 2 && most <= 2 * fewest {
        return Some(format!(
            "called `{}`, with {} numbers in several rows each: it names what was asked",
            column.name,
            counts.len()
        ));
    }
    if has_clock(table, index) || rows > MOST_CONFIGURATIONS {
        return None;
    }
    if let Some(word) = vocabulary::PARAMETER.among(words).filter(|_| {
        !name::in_unknown_unit(&column.name, said) && is_parameter(said) && counts.len() <= MOST_NAMED_VALUES
    }) && every_row_differs(table)
    {
        return Some(format!("called `{word}`, and every row has another configuration: it was chosen, not measured"));
    }
    is_axis().then(|| "round numbers that rise from row to row in the first column: they were chosen".to_owned())
}

/// How one sees by its values and its name that a column was chosen although it is called like something measured: switches, bits of
/// a number format, limits of time, and amounts of data that were tried one after the other.
pub(super) fn by_its_values(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> Option<String> {
    const SWITCH: [&str; 5] = ["is", "has", "use", "with", "enable"];
    let column = &table.columns[index];
    let counts = counted(table.values(index), MOST_NAMED_VALUES).filter(|_| said.statistic.is_none())?;
    let numbers = || counts.keys().map(|bits| f64::from_bits(*bits));
    let whole = column.cells == CellType::Integer;
    let first = words.first().map_or("", String::as_str);
    let ends = vocabulary::STATUS.among(words).or(vocabulary::FAILURE.among(words)).is_some();
    if whole && words.len() > 1 && SWITCH.contains(&first) && !ends && numbers().all(|one| one == 0.0 || one == 1.0) {
        return Some("0 or 1, by its name a switch".to_owned());
    }
    if whole && matches!(words, [only] if only == "bits") && numbers().all(|bits| (1.0..=256.0).contains(&bits)) {
        return Some("bits of a number format: chosen, not measured".to_owned());
    }
    let is_limit = words.iter().any(|word| matches!(word.as_str(), "timeout" | "deadline" | "slo" | "sla" | "ttl"));
    let is_time = matches!(said.kind, Some(Kind::Duration | Kind::RunLength));
    let several = table.values(index).count() > counts.len();
    if is_limit && is_time && several && are_round(numbers(), DIGITS_OF_AXIS) {
        return Some("round times that were allowed, not taken".to_owned());
    }
    let each = counts.values().next().copied().unwrap_or_default();
    let tried = said.kind == Some(Kind::Bytes) && whole && counts.len() >= 3 && each >= 2;
    (tried && counts.values().all(|count| *count == each) && are_round(numbers(), DIGITS_OF_AXIS))
        .then(|| "round amounts of data, each in as many rows: they were chosen".to_owned())
}

/// `thread_num`, `worker_count`: how many do the work.
pub(super) fn how_many_workers(words: &[String]) -> Option<&str> {
    let [.., who, last] = words else { return None };
    let many = matches!(last.as_str(), "num" | "count" | "number");
    let workers =
        matches!(who.as_str(), "thread" | "worker" | "process" | "proc" | "core" | "node" | "client" | "user");
    (many && workers).then_some(who)
}

/// Whether it is the most that was allowed (`max_tokens`, `max_workers`): one whole number for all rows.
fn is_limit(table: &Table, index: usize, words: &[String]) -> bool {
    let called = matches!(words, [most, what] if most == "max" && vocabulary::COUNTS.has(what));
    let numbers = table.values(index);
    let first = numbers.iter().flatten().next();
    called && first.is_some_and(|first| first > 0.0 && first.fract() == 0.0 && numbers.all(|number| number == first))
}

/// Whether another column tells when each row was.
pub(super) fn has_clock(table: &Table, index: usize) -> bool {
    let timed = |(other, column): (usize, &Column)| {
        other != index && (column.cells == CellType::Timestamp || column.role == Role::Timestamp)
    };
    table.columns.iter().enumerate().any(timed)
}

/// How often each number occurs; `None` where there are more than `most` different ones.
pub(super) fn counted(values: &Cells, most: usize) -> Option<BTreeMap<u64, usize>> {
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    let few = values.all(|value| {
        *counts.entry(value.to_bits()).or_default() += 1;
        counts.len() <= most
    });
    few.then_some(counts)
}

/// Whether numbers count repetitions of the same: called so, or one after the other from the first on under a name that is no
/// parameter's.
fn are_repetitions(numbers: impl Iterator<Item = f64>, words: &[String]) -> bool {
    let named = words.last().is_some_and(|last| {
        vocabulary::ACTOR.has(last) || vocabulary::RUN.has(last) || vocabulary::IDENTIFIER.has(last)
    });
    let numbers: Vec<f64> = numbers.collect();
    let first = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let last = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let in_a_row = (first == 0.0 || first == 1.0) && last - first + 1.0 == numbers.len() as f64;
    named || in_a_row && vocabulary::PARAMETER.among(words).is_none()
}

/// Whether few would measure such numbers: at most so many digits before zeros, or three binary ones.
pub(super) fn are_round(numbers: impl Iterator<Item = f64>, digits: i32) -> bool {
    let mut numbers = numbers;
    numbers.all(|number| {
        let size = number.abs();
        if size == 0.0 {
            return true;
        }
        let binary = size.to_bits().trailing_zeros() >= 50;
        let scaled = size / 10_f64.powi(size.log10().floor() as i32 + 1 - digits);
        binary || (scaled - scaled.round()).abs() <= 1e-9 * scaled
    })
}

/// Whether a name may be that of a setting, by what it measures.
fn is_parameter(said: &NameMeaning) -> bool {
    match said.kind {
        None | Some(Kind::Count) => true,
        Some(Kind::Rate | Kind::Bytes) => said.unit.is_none(),
        Some(Kind::Duration | Kind::RunLength | Kind::Share | Kind::Other) => false,
    }
}

/// The column of texts each of which was tried with each of the numbers, equally often.
fn crossed<'t>(table: &'t Table, index: usize, counts: &BTreeMap<u64, usize>) -> Option<&'t str> {
    // Yes and no stand beside anything.
    let choices = counts.len() >= 3 || counts.keys().any(|bits| f64::from_bits(*bits) >= 4.0);
    let rows = usize::try_from(table.lines.rows()).ok()?;
    let values = table.values(index);
    let texts = table.columns.iter().enumerate().filter(|(_, column)| column.cells == CellType::Text);
    let found = texts.filter(|_| choices).find(|(other, column)| {
        let labels = column.dictionary.iter().filter(|text| !text.is_empty()).count();
        if !(2..=MOST_VALUES).contains(&labels) || labels * counts.len() > rows {
            return false;
        }
        let codes = table.text_cells(*other);
        let mut together: HashMap<(u32, u64), usize> = HashMap::new();
        for row in 0..rows {
            let (Some(code), Some(number)) = (codes.code(row), values.number(row)) else { return false };
            *together.entry((code, number.to_bits())).or_default() += 1;
        }
        let each = rows / together.len();
        together.len() == labels * counts.len() && together.values().all(|count| *count == each)
    });
    found.map(|(_, column)| column.name.as_str())
}

/// Whether no two rows have the same settings and labels, so that each row is the result of another configuration. A text of which
/// every row has another one says nothing.
fn every_row_differs(table: &Table) -> bool {
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let parameters: Vec<usize> = (0..table.columns.len())
        .filter(|index| {
            let column = &table.columns[*index];
            // `Altitude (m)` has no parameter `m`.
            let leaf = name::words(name::without_brackets(name::leaf(&column.name)));
            column.cells.is_number()
                && vocabulary::PARAMETER.among(&leaf).is_some()
                && is_parameter(&name::read(&column.name))
                && counted(table.values(*index), MOST_VALUES)
                    .is_some_and(|counts| are_round(counts.keys().map(|bits| f64::from_bits(*bits)), DIGITS))
        })
        .collect();
    let labels: Vec<usize> = (0..table.columns.len())
        .filter(|index| {
            let column = &table.columns[*index];
            column.cells == CellType::Text && column.dictionary.len() < rows
        })
        .collect();
    let mut seen = HashSet::new();
    (0..rows).all(|row| {
        let numbers: Vec<Option<u64>> =
            parameters.iter().map(|column| table.values(*column).number(row).map(f64::to_bits)).collect();
        let texts: Vec<Option<u32>> = labels.iter().map(|column| table.text_cells(*column).code(row)).collect();
        seen.insert((numbers, texts))
    })
}

/// Whether it is the first column of a small table, of whole round numbers that rise from row to row by more than one, under a name
/// that speaks of no quantity.
fn is_first_axis(table: &Table, index: usize, said: &NameMeaning) -> bool {
    const ROWS: std::ops::RangeInclusive<usize> = 3..=60;
    if index != 0 || said.kind.is_some() || said.unit.is_some() || table.columns[index].cells != CellType::Integer {
        return false;
    }
    let numbers: Vec<f64> = table.values(index).present();
    let measured = table.columns.iter().skip(1).any(|column| column.cells.is_number());
    let words = name::words(&table.columns[index].name);
    let steps = are_multiples_of_the_first(&numbers);
    measured
        && (ROWS.contains(&numbers.len()) || steps && numbers.len() as u64 <= MOST_CONFIGURATIONS)
        && !words.iter().any(|word| {
            vocabulary::IDENTIFIER.has(word) || vocabulary::INSTANT.has(word) || vocabulary::ACTOR.has(word)
        })
        && (steps || are_round(numbers.iter().copied(), DIGITS_OF_AXIS))
        && numbers.windows(2).all(|pair| pair[1] > pair[0])
        && numbers.windows(2).any(|pair| pair[1] - pair[0] > 1.0)
        && (numbers.len() > 3
            || numbers[1] - numbers[0] == numbers[2] - numbers[1]
            || numbers[1] / numbers[0] == numbers[2] / numbers[1])
}

/// Whether numbers go on in steps of the first: 8, 16, 24, and so on.
fn are_multiples_of_the_first(numbers: &[f64]) -> bool {
    const FEWEST: usize = 5;
    let step = numbers.first().copied().unwrap_or_default();
    step > 1.0
        && numbers.len() >= FEWEST
        && numbers.iter().zip(1_u32..).all(|(number, place)| *number == step * f64::from(place))
}

#[cfg(test)]
mod tests {
    use super::{DIGITS, are_multiples_of_the_first, are_round};

    #[test]
    fn steps_of_the_first_are_an_axis() {
        assert!(are_multiples_of_the_first(&[8.0, 16.0, 24.0, 32.0, 40.0]));
        for other in [&[1.0, 2.0, 3.0, 4.0, 5.0][..], &[8.0, 16.0, 24.0, 32.0], &[8.0, 16.0, 24.0, 33.0, 41.0]] {
            assert!(!are_multiples_of_the_first(other), "{other:?}");
        }
    }

    #[test]
    fn what_people_choose_is_round() {
        for numbers in
            [&[10.0, 100.0, 250_000.0][..], &[0.0, 0.5, 0.01, 1.25], &[1536.0, 4096.0, 131_072.0, 16_777_216.0]]
        {
            assert!(are_round(numbers.iter().copied(), DIGITS), "{numbers:?}");
        }
        for measured in [1711.0, 0.11416, 5301.2, 4.506_019_3e-6, 54_321.0] {
            assert!(!are_round([measured].into_iter(), DIGITS), "{measured}");
        }
    }
}
