//! What was chosen and not measured: the design of an experiment, as a small table shows it.
//!
//! In: a column of numbers among the others of its table. Out: how one sees that its numbers are settings. People choose round
//! numbers, and try each of them with each of the others; what is measured comes out as it comes out.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::measure::Statistic;
use crate::table::packed::Cells;
use crate::table::{CellType, Column, Instants, Role, Table};

use super::name::{self, NameMeaning};
use super::vocabulary::{self, Kind, Words};

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

/// So many different numbers that nobody would call round, and twice as many rows each, are not alike beside every text by chance.
const FEWEST_TRIED: usize = 3;

/// How one sees that the numbers of a column were chosen; `None` where one does not.
pub(super) fn chosen(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> Option<String> {
    let rows = table.lines.rows();
    let column = &table.columns[index];
    if !(2..=MOST_ROWS).contains(&rows) {
        return None;
    }
    // `max_depth`, `tamanho`: called like something that is chosen, and in a loop inside the labels.
    let called = vocabulary::PARAMETER.among(words).is_some() && vocabulary::COMES_OUT.among(words).is_none();
    let is_most = said.statistic == Some(Statistic::Max) && words.len() > 1;
    if called && (said.statistic.is_none() && said.kind.is_none() || is_most) && rows <= MOST_CONFIGURATIONS {
        let counts = counted(table.values(index), MOST_VALUES);
        if let Some(beside) = counts.and_then(|counts| same_in_all_groups(table, index, &counts)) {
            return Some(format!("the same numbers for each `{beside}`, each as often: they were chosen"));
        }
    }
    if called
        && said.statistic.is_none()
        && said.kind.is_none()
        && !has_clock(table, index)
        && let Some(of) = fixed_by_label(table, index)
    {
        return Some(format!("each `{of}` has one number: a property of it"));
    }
    if said.statistic.is_some() {
        return chosen_limit(table, index, words);
    }
    if let Some(beside) = gone_through(table, index, said) {
        return Some(format!(
            "the same numbers in equal steps beside each `{beside}`, each as often: they were chosen"
        ));
    }
    let counts = counted(table.values(index), MOST_VALUES)?;
    let numbers = || counts.keys().map(|bits| f64::from_bits(*bits));
    // Rows that failed lack it.
    if (table.values(index).count() as u64) * 5 < rows * 4 {
        return None;
    }
    if !are_round(numbers(), DIGITS) {
        // 100, 199, 398, 794: in any steps, but in several rows beside each text, and no word says that they came out.
        let silent = said.kind.is_none() && said.unit.is_none() && column.cells == CellType::Integer;
        let each = counts.values().next().copied().unwrap_or_default();
        let often = counts.len() >= FEWEST_TRIED && each >= 2 * FEWEST_TRIED && !are_repetitions(numbers(), words);
        let beside = crossed(table, index, &counts).filter(|_| silent && often);
        return beside.filter(|_| vocabulary::COMES_OUT.among(words).is_none()).map(|beside| {
            format!("each of its {} numbers stands equally often beside each `{beside}`: it was chosen", counts.len())
        });
    }
    if counts.len() == 1 {
        return None;
    }
    let silent = said.kind.is_none() && said.unit.is_none();
    let ends = || vocabulary::STATUS.among(words).or(vocabulary::FAILURE.among(words)).is_some();
    if let Some(beside) = switched(table, index, &counts).filter(|_| silent && !ends()) {
        return Some(format!("0 and 1 as often beside each `{beside}`: a switch"));
    }
    if let Some(beside) = crossed(table, index, &counts)
        .or_else(|| crossed_with_numbers(table, index, &counts))
        .or_else(|| same_in_all_groups(table, index, &counts))
        .filter(|_| !are_repetitions(numbers(), words) && vocabulary::COMES_OUT.among(words).is_none())
        .filter(|_| said.kind != Some(Kind::Duration) || numbers().all(is_chosen_time))
    {
        return Some(format!(
            "each of its {} round numbers stands equally often beside each `{beside}`: it was chosen",
            counts.len()
        ));
    }
    if let Some(beside) = asked_beside(table, index, &counts, words) {
        return Some(format!("one digit before zeros, as often each beside `{beside}`: so many were to be made"));
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
    None
}

/// The column of what nobody measures, `concurrency`, each number of which stands beside the same numbers of requests: one digit before
/// zeros, each as often. Beside what failed they are those that were made.
fn asked_beside<'t>(
    table: &'t Table,
    index: usize,
    counts: &BTreeMap<u64, usize>,
    words: &[String],
) -> Option<&'t str> {
    let numbers = || counts.keys().map(|bits| f64::from_bits(*bits));
    let each = counts.values().next().copied().unwrap_or_default();
    let plain = counts.len() >= 2 && each >= 2 && counts.values().all(|count| *count == each);
    if !plain || vocabulary::REQUESTS.among(words).is_none() || !are_round(numbers(), 1) || numbers().any(|n| n < 10.0)
    {
        return None;
    }
    let leaf = |column: &Column| name::words(name::leaf(&column.name));
    if table.columns.iter().any(|column| vocabulary::FAILED.among(&leaf(column)).is_some()) {
        return None;
    }
    let values = table.values(index);
    let rows = usize::try_from(table.lines.rows()).ok()?;
    let goes_through = |(other, column): (usize, &'t Column)| {
        let never_measured = vocabulary::ALWAYS_PARAMETER.among(&leaf(column)).is_some();
        if other == index || column.cells != CellType::Integer || !never_measured {
            return None;
        }
        let others = table.values(other);
        let different = counted(others, MOST_NAMED_VALUES)?.len();
        let together: HashSet<(u64, u64)> = (0..rows)
            .map(|row| Some((values.number(row)?.to_bits(), others.number(row)?.to_bits())))
            .collect::<Option<_>>()?;
        (different >= 2 && together.len() == different * counts.len()).then_some(column.name.as_str())
    };
    table.columns.iter().enumerate().find_map(goes_through)
}

/// How one sees that what is called the most of something was a limit.
fn chosen_limit(table: &Table, index: usize, words: &[String]) -> Option<String> {
    if vocabulary::COMES_OUT.among(words).is_some() {
        return None;
    }
    let beside = crossed_with_numbers(table, index, &counted(table.values(index), MOST_VALUES)?)?;
    Some(format!("each of its limits was tried with each `{beside}`"))
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
    if whole && are_bits_of_format(words) && numbers().all(|bits| (1.0..=256.0).contains(&bits)) {
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

/// `bits`, `quant_bits`, `kv_bits`: how wide a number is.
fn are_bits_of_format(words: &[String]) -> bool {
    const OF: Words = Words::of(
        "quant quantization quantisation weight weights w n num kv cache act activation a precision model dtype adc group",
    );
    words.split_last().is_some_and(|(last, before)| last == "bits" && before.iter().all(|word| OF.has(word)))
}

/// `thread_num`, `worker_count`: how many do the work.
pub(super) fn how_many_workers(words: &[String]) -> Option<&str> {
    let [.., who, last] = words else { return None };
    let many = matches!(last.as_str(), "num" | "count" | "number");
    let workers =
        matches!(who.as_str(), "thread" | "worker" | "process" | "proc" | "core" | "node" | "client" | "user");
    (many && workers).then_some(who)
}

/// Whether another column tells when each row was. An instant that all rows share is of the run.
pub(super) fn has_clock(table: &Table, index: usize) -> bool {
    let timed = |(other, column): (usize, &Column)| {
        other != index
            && (column.cells == CellType::Timestamp || column.role == Role::Timestamp)
            && Instants::of(table, other).goes_on()
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

/// Whether they are all whole numbers from nought or one on, each as often as the others, in whatever order.
pub(super) fn number_one_after_the_other(values: &Cells) -> bool {
    const FEWEST: usize = 5;
    const MOST: usize = 100_000;
    let Some(counts) = counted(values, MOST).filter(|counts| counts.len() >= FEWEST) else { return false };
    let numbers = || counts.keys().map(|bits| f64::from_bits(*bits));
    let first = numbers().fold(f64::INFINITY, f64::min);
    let last = numbers().fold(f64::NEG_INFINITY, f64::max);
    let each = counts.values().next().copied().unwrap_or_default();
    (first == 0.0 || first == 1.0)
        && last - first + 1.0 == counts.len() as f64
        && counts.values().all(|count| *count == each)
}

/// Whether numbers count repetitions of the same: called so, or one after the other from the first on under a name that is no
/// parameter's.
pub(super) fn are_repetitions(numbers: impl Iterator<Item = f64>, words: &[String]) -> bool {
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

/// Whether somebody would choose such a time: whole, a half, a quarter, or one digit. 0.66 s came out.
fn is_chosen_time(number: f64) -> bool {
    number.fract() == 0.0 || (4.0 * number).fract() == 0.0 || are_round(std::iter::once(number), 1)
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

/// The column of texts that tells the whole number of each row: several rows each, and nearly as many numbers as texts.
fn fixed_by_label(table: &Table, index: usize) -> Option<&str> {
    const FEWEST: usize = 3;
    let rows = usize::try_from(table.lines.rows()).ok()?;
    let values = table.values(index);
    if !values.all(|number| number.fract() == 0.0) {
        return None;
    }
    let texts = table.columns.iter().enumerate().filter(|(_, column)| column.cells == CellType::Text);
    let mut found = texts.filter(|(other, column)| {
        let labels = column.dictionary.iter().filter(|text| !text.is_empty()).count();
        if !(FEWEST..=MOST_CONFIGURATIONS as usize).contains(&labels) || 2 * labels > rows {
            return false;
        }
        let codes = table.text_cells(*other);
        let mut number_of: HashMap<u32, u64> = HashMap::new();
        let one_each = (0..rows).all(|row| match (codes.code(row), values.number(row)) {
            (Some(code), Some(number)) => *number_of.entry(code).or_insert(number.to_bits()) == number.to_bits(),
            _ => true,
        });
        let numbers: HashSet<u64> = number_of.values().copied().collect();
        one_each && numbers.len() >= FEWEST && 2 * numbers.len() > number_of.len()
    });
    found.next().map(|(_, column)| column.name.as_str())
}

/// The column of whole round numbers each of which was tried with each of these, equally often. Flags stand beside anything.
fn crossed_with_numbers<'t>(table: &'t Table, index: usize, counts: &BTreeMap<u64, usize>) -> Option<&'t str> {
    const FEWEST_TOGETHER: usize = 4;
    const FEWEST_ONCE: usize = 9;
    let is_plain = |index: usize| {
        let column = &table.columns[index];
        if column.cells != CellType::Integer {
            return false;
        }
        let said = name::read(&column.name);
        let words = name::words(name::leaf(&column.name));
        // `Number of Threads`, `Max Prime`.
        let workers = said.kind == Some(Kind::Count) && vocabulary::PARAMETER.among(&words).is_some();
        let limit = said.statistic == Some(Statistic::Max) && words.len() > 1;
        let share = said.kind == Some(Kind::Share) && are_levels(table.values(index));
        (said.kind.is_none() && said.unit.is_none() || workers || share) && (said.statistic.is_none() || limit)
    };
    let are_flags = |counts: &BTreeMap<u64, usize>| counts.keys().all(|bits| f64::from_bits(*bits) <= 1.0);
    let rows = usize::try_from(table.lines.rows()).ok()?;
    // Before any name is read: so many numbers in so few rows cannot each stand with each of others.
    let different = counts.len();
    let once = different >= 3 && rows.is_multiple_of(different) && rows / different >= 3;
    if different < 2 || 4 * different > rows && !once || are_flags(counts) || !is_plain(index) {
        return None;
    }
    let values = table.values(index);
    (0..table.columns.len()).filter(|other| *other != index && is_plain(*other)).find_map(|other| {
        let others = table.values(other);
        let of_other = counted(others, MOST_VALUES).filter(|counts| counts.len() >= 2 && !are_flags(counts))?;
        let combinations = of_other.len() * counts.len();
        let numbers = of_other.keys().map(|bits| f64::from_bits(*bits));
        // Each once is no chance where there are several of both.
        let once = counts.len() >= 3 && of_other.len() >= 3 && combinations >= FEWEST_ONCE && rows == combinations;
        if combinations < FEWEST_TOGETHER || combinations * 2 > rows && !once || !are_round(numbers, DIGITS) {
            return None;
        }
        let mut together: HashMap<(u64, u64), usize> = HashMap::new();
        for row in 0..rows {
            *together.entry((values.number(row)?.to_bits(), others.number(row)?.to_bits())).or_default() += 1;
        }
        let each = rows / together.len();
        let is_grid = together.len() == combinations && together.values().all(|count| *count == each);
        is_grid.then_some(table.columns[other].name.as_str())
    })
}

/// Whether whole percents are levels that somebody went through: several in equal steps of five and more, from none or up to all.
pub(super) fn are_levels(values: &Cells) -> bool {
    const FEWEST: usize = 4;
    const ALL: f64 = 100.0;
    const LEAST_STEP: f64 = 5.0;
    let Some(counts) = counted(values, MOST_NAMED_VALUES + 1).filter(|counts| counts.len() >= FEWEST) else {
        return false;
    };
    let mut levels: Vec<f64> = counts.keys().map(|bits| f64::from_bits(*bits)).collect();
    levels.sort_by(f64::total_cmp);
    let step = levels[1] - levels[0];
    let ends = levels[0] == 0.0 || levels[levels.len() - 1] == ALL;
    ends && levels[levels.len() - 1] <= ALL
        && step >= LEAST_STEP
        && levels.windows(2).all(|pair| pair[1] - pair[0] == step)
}

/// The columns of texts that tell kinds of rows apart: several texts, each in two rows on average.
pub(super) fn labels_of_kinds(table: &Table) -> Vec<usize> {
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let is_label = |(_, column): &(usize, &Column)| {
        let texts = column.dictionary.iter().filter(|text| !text.is_empty()).count();
        matches!(column.cells, CellType::Text | CellType::Boolean) && texts >= 2 && 2 * texts <= rows
    };
    table.columns.iter().enumerate().filter(is_label).map(|(label, _)| label).collect()
}

/// The texts of a row in these columns, by their codes.
pub(super) fn texts_of_row(table: &Table, labels: &[usize], row: usize) -> Vec<Option<u32>> {
    labels.iter().map(|label| table.text_cells(*label).code(row)).collect()
}

/// How often each number of a column stands beside each combination of labels.
pub(super) fn numbers_by_labels(
    table: &Table,
    labels: &[usize],
    index: usize,
) -> HashMap<Vec<Option<u32>>, BTreeMap<Option<u64>, usize>> {
    let values = table.values(index);
    let mut groups: HashMap<Vec<Option<u32>>, BTreeMap<Option<u64>, usize>> = HashMap::new();
    for row in 0..usize::try_from(table.lines.rows()).unwrap_or(usize::MAX) {
        *groups
            .entry(texts_of_row(table, labels, row))
            .or_default()
            .entry(values.number(row).map(f64::to_bits))
            .or_default() += 1;
    }
    groups
}

/// The first label of a table of which every combination of labels has several of the numbers, and exactly those of another
/// combination, each as often: they were tried in a loop inside it.
fn same_in_all_groups<'t>(table: &'t Table, index: usize, counts: &BTreeMap<u64, usize>) -> Option<&'t str> {
    const FEWEST_OF_TWO: usize = 4;
    const FEWEST_GROUPS: usize = 2;
    let several = counts.len() >= 3 || counts.keys().any(|bits| f64::from_bits(*bits) >= 4.0);
    // One channel and three: two numbers, neither of which says no.
    let two = || counts.keys().all(|bits| f64::from_bits(*bits) >= 1.0);
    if table.columns[index].cells != CellType::Integer || counts.len() < 2 || !several && !two() {
        return None;
    }
    let labels = labels_of_kinds(table);
    let first = &table.columns[*labels.first()?];
    let groups = numbers_by_labels(table, &labels, index);
    if !several && groups.len() < FEWEST_OF_TWO {
        return None;
    }
    let mut alike: HashMap<&BTreeMap<Option<u64>, usize>, usize> = HashMap::new();
    for numbers in groups.values() {
        *alike.entry(numbers).or_default() += 1;
    }
    let tried = |(numbers, groups): (&&BTreeMap<Option<u64>, usize>, &usize)| {
        let each = numbers.values().next().copied().unwrap_or_default();
        *groups >= FEWEST_GROUPS && numbers.values().all(|count| *count == each)
    };
    let several = alike.keys().any(|numbers| numbers.len() >= 2);
    (several && alike.iter().all(tried)).then_some(first.name.as_str())
}

/// The first label of a table where nought and one stand in as many rows each beside every combination of so many labels, in front of all
/// decimals: somebody switched it. One of several switches is on in fewer rows than off.
fn switched<'t>(table: &'t Table, index: usize, counts: &BTreeMap<u64, usize>) -> Option<&'t str> {
    const FEWEST_GROUPS: usize = 8;
    let is_flag = counts.len() == 2 && counts.keys().all(|bits| matches!(f64::from_bits(*bits), 0.0 | 1.0));
    if table.columns[index].cells != CellType::Integer || !is_flag || !stands_in_front(table, index) {
        return None;
    }
    let labels = labels_of_kinds(table);
    let first = &table.columns[*labels.first()?];
    let groups = numbers_by_labels(table, &labels, index);
    let mut all = groups.values();
    let one = all.next()?;
    (groups.len() >= FEWEST_GROUPS && one.len() == 2 && all.all(|other| other == one)).then_some(first.name.as_str())
}

/// Whether no column of decimals stands before a column: results stand behind what was tried.
fn stands_in_front(table: &Table, index: usize) -> bool {
    table.columns[..index].iter().all(|column| column.cells != CellType::Decimal)
}

/// The column of texts beside each of which decimals go through the same equal steps, each as often: nobody measures those.
fn gone_through<'t>(table: &'t Table, index: usize, said: &NameMeaning) -> Option<&'t str> {
    const FEWEST: usize = 5;
    const MOST: usize = 2000;
    /// Of a step: what rounding of the decimals leaves.
    const EVEN: f64 = 1e-3;
    let column = &table.columns[index];
    let silent = said.kind.is_none() && said.unit.is_none() && said.statistic.is_none();
    if column.cells != CellType::Decimal || !silent || !stands_in_front(table, index) || has_clock(table, index) {
        return None;
    }
    let counts = counted(table.values(index), MOST).filter(|counts| counts.len() >= FEWEST)?;
    let mut numbers: Vec<f64> = counts.keys().map(|bits| f64::from_bits(*bits)).collect();
    numbers.sort_unstable_by(f64::total_cmp);
    let step = (numbers[numbers.len() - 1] - numbers[0]) / (numbers.len() - 1) as f64;
    let even = numbers.windows(2).all(|pair| (pair[1] - pair[0] - step).abs() <= EVEN * step);
    crossed(table, index, &counts).filter(|_| even)
}

#[cfg(test)]
mod tests {
    use super::{DIGITS, are_round};

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
