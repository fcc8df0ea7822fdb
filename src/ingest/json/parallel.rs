//! Arrays of one object that are columns of one table: `{"threads": [1, 2, 4], "time_ms": [8.1, 4.2, 2.3]}`.
//!
//! In: arrays, by their paths. Out: those that stand side by side, and the others. Samples of two things may be equally many by chance;
//! rows are proved by an array that nobody measured: words, instants, or numbers that were chosen, one after the other.

use serde_json::value::RawValue;

use crate::ingest::json::value::{first_byte, is_scalar};
use crate::ingest::meaning::vocabulary::{self, Kind, Words};
use crate::ingest::meaning::{name, profile};

/// An array and its path.
pub(super) type Array<'t> = (String, &'t RawValue);

/// Arrays of equal length in one object.
pub(super) struct SideBySide<'a, 't> {
    /// The path of the object.
    pub(super) object: &'a str,
    /// Path and cells of each; what was chosen stands first.
    pub(super) columns: Vec<(&'a str, Vec<&'t RawValue>)>,
}

/// Parts of an object whose numbers are no results by their names, where they rise.
const POSITIONS: Words = Words::of("x step steps iteration iterations iter epoch epochs episode episodes round rounds");
/// Such arrays hold what was measured, however their numbers rise.
const MEASURED: Words = Words::of("before after baseline result results output outputs samples values");

/// The arrays that are columns, object by object, and those that are none.
pub(super) fn columns_of<'a, 't>(arrays: &'a [Array<'t>]) -> (Vec<SideBySide<'a, 't>>, Vec<&'a Array<'t>>) {
    let mut found: Vec<SideBySide<'a, 't>> = Vec::new();
    let mut objects: Vec<&str> = Vec::new();
    for (path, _) in arrays {
        if !objects.contains(&name::parent(path)) {
            objects.push(name::parent(path));
        }
    }
    for object in objects {
        let inside: Vec<&Array<'t>> = arrays.iter().filter(|(path, _)| name::parent(path) == object).collect();
        if inside.len() >= 2
            && let Some(columns) = side_by_side(&inside)
        {
            found.push(SideBySide { object, columns });
        }
    }
    let taken = |path: &str| found.iter().any(|one| one.columns.iter().any(|(column, _)| *column == path));
    let others = arrays.iter().filter(|(path, _)| !taken(path)).collect();
    (found, others)
}

/// Arrays of equal length, at least two and one of them with words in it. Those of a whole document may lie in several objects.
pub(super) fn beside_words<'a, 't>(arrays: &'a [Array<'t>]) -> Option<SideBySide<'a, 't>> {
    let columns: Option<Vec<(&str, Vec<&RawValue>)>> =
        arrays.iter().map(|(path, array)| Some((path.as_str(), cells(array)?))).collect();
    let columns = columns.filter(|columns| columns.len() >= 2)?;
    let equal = columns.iter().all(|(_, cells)| cells.len() == columns[0].1.len());
    let words = columns.iter().any(|(_, cells)| cells.iter().all(|cell| first_byte(cell) == b'"'));
    (equal && words).then_some(SideBySide { object: "", columns })
}

/// The cells of an array of at least two, none of which is an array or an object.
fn cells(array: &RawValue) -> Option<Vec<&RawValue>> {
    let cells: Vec<&RawValue> = serde_json::from_str(array.get()).ok()?;
    (cells.len() >= 2 && cells.iter().all(|cell| is_scalar(cell))).then_some(cells)
}

/// The arrays of one object that are as long as one that nobody measured, where another one holds results.
fn side_by_side<'a, 't>(arrays: &[&'a Array<'t>]) -> Option<Vec<(&'a str, Vec<&'t RawValue>)>> {
    let all: Vec<(&str, Vec<&RawValue>)> =
        arrays.iter().filter_map(|(path, array)| Some((path.as_str(), cells(array)?))).collect();
    let is_chosen = |(path, cells): &(&str, Vec<&RawValue>)| {
        numbers(cells).is_some_and(|numbers| are_instants(&numbers) || are_chosen(path, &numbers))
    };
    let length = all.iter().find(|one| is_chosen(one))?.1.len();
    let (mut columns, others): (Vec<_>, Vec<_>) =
        all.into_iter().filter(|(_, cells)| cells.len() == length).partition(is_chosen);
    let measured = others.iter().any(|(_, cells)| numbers(cells).is_some());
    columns.extend(others);
    measured.then_some(columns)
}

/// The numbers of an array, where it holds nothing but numbers and absent ones, at least half of them numbers.
fn numbers(cells: &[&RawValue]) -> Option<Vec<f64>> {
    let present: Vec<&&RawValue> = cells.iter().filter(|cell| first_byte(cell) != b'n').collect();
    let numbers: Option<Vec<f64>> = present.iter().map(|cell| cell.get().parse().ok()).collect();
    numbers.filter(|numbers| 2 * numbers.len() >= cells.len())
}

/// Whether numbers are instants since 1970 that never go back.
fn are_instants(numbers: &[f64]) -> bool {
    numbers.iter().all(|number| profile::counts_since_1970(*number).is_some())
        && numbers.windows(2).all(|pair| pair[0] <= pair[1])
        && numbers.first() != numbers.last()
}

/// Whether numbers are settings or positions: called so and rising or falling throughout, or each as often as the others; or of another
/// name that speaks of no result, in steps that nothing measured has.
fn are_chosen(path: &str, numbers: &[f64]) -> bool {
    /// In so many steps of the same size nothing rises that was measured.
    const EVEN: usize = 5;
    /// Nor in so many steps that grow by a factor.
    const GROWING: usize = 4;
    let whole = numbers.iter().all(|number| number.fract() == 0.0 && *number >= 0.0 && *number < 1e12);
    let rising = numbers.windows(2).all(|pair| pair[0] < pair[1]);
    let falling = numbers.windows(2).all(|pair| pair[0] > pair[1]);
    let leaf = name::words(name::leaf(path));
    let said = name::read(name::leaf(path));
    let among = |known: Words| known.among(&leaf).is_some();
    if !whole || said.statistic.is_some() || among(vocabulary::FAILED) || among(vocabulary::MEMORY) {
        return false;
    }
    let setting = among(vocabulary::PARAMETER) || among(vocabulary::ALWAYS_PARAMETER) || among(vocabulary::ACTOR);
    let result = matches!(said.kind, Some(Kind::Duration | Kind::RunLength | Kind::Share))
        || among(vocabulary::COMES_OUT)
        || among(MEASURED)
        || among(vocabulary::VALUE);
    match () {
        () if result => false,
        () if setting || among(POSITIONS) => rising || falling || stand_equally_often(numbers),
        () if matches!(said.kind, Some(Kind::Rate | Kind::Bytes)) => false,
        () => {
            let step = numbers[1] - numbers[0];
            let even = numbers.windows(2).all(|pair| pair[1] - pair[0] == step);
            let grows = numbers.windows(2).all(|pair| pair[1] >= 1.5 * pair[0]);
            rising && (even && numbers.len() >= EVEN || grows && numbers.len() >= GROWING)
        }
    }
}

/// Whether each of a few round numbers stands as often as each other, as repetitions of a list do.
fn stand_equally_often(numbers: &[f64]) -> bool {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let runs: Vec<usize> = sorted.chunk_by(|a, b| a == b).map(<[f64]>::len).collect();
    let round =
        numbers.iter().all(|number| number % 10.0 == 0.0 || *number < 10.0 || profile::is_power_of_two(*number));
    runs.len() >= 2 && round && runs.iter().all(|length| *length == runs[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_and_positions_make_rows_of_the_arrays_beside_them_and_samples_do_not() {
        let chosen = |path: &str, numbers: &[f64]| are_chosen(path, numbers);
        assert!(chosen("threads", &[1.0, 2.0, 4.0]));
        assert!(chosen("run.batch_sizes", &[32.0, 8.0, 1.0]));
        assert!(chosen("thread_counts", &[1.0, 2.0, 1.0, 2.0]));
        assert!(chosen("seq_len", &[10.0, 50.0, 100.0]));
        assert!(chosen("bucket", &[1.0, 10.0, 100.0, 1000.0]));
        assert!(!chosen("time_ms", &[1.0, 2.0, 4.0]), "a duration was measured");
        assert!(!chosen("before", &[1.0, 2.0, 3.0, 4.0, 5.0]));
        assert!(!chosen("score_a", &[12.0, 15.0, 19.0, 40.0]), "rising by chance");
        assert!(!chosen("errors", &[0.0, 1.0, 2.0, 3.0, 4.0]));
        assert!(!chosen("size", &[812.0, 977.0, 901.0]), "sizes that came out");
        assert!(are_instants(&[1.76e9, 1.76e9 + 1.0]));
    }
}
