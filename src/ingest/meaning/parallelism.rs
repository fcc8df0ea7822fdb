//! How many did the work, where the numbers are neither few nor round: 1, 2, 3, 5, 7 … workers that somebody tried as he liked.
//!
//! In: a column of whole numbers among the others of its table. Out: that it was chosen, where it is called like how many worked together, and
//! how long each row took falls with it. A number of threads beside latencies may be what a service had at the moment: only the length of a
//! whole piece of work says something.

use crate::table::{CellType, Table};

use super::design::counted;
use super::name::{self, NameMeaning};
use super::profile::Profile;
use super::vocabulary::{Kind, Words};

/// Called so, whole numbers say how many worked together.
const TOGETHER: Words =
    Words::of("workers threads nodes procs processes ranks mappers reducers clients splits partitions shards cores");
/// In front of it.
const HOW_MANY: Words = Words::of("n num nb number");
/// What a piece of work takes is called so.
const TAKEN: Words = Words::of("duration elapsed runtime walltime makespan wall");

/// Fewer numbers, and fewer rows, show nothing.
const FEWEST: usize = 4;
const FEWEST_ROWS: usize = 8;
const MOST_ROWS: u64 = 10_000;
/// So many times as many were tried.
const WIDE: f64 = 4.0;
/// As closely the ranks of both have to go against each other.
const AGAINST: f64 = -0.6;

/// How one sees that so many were to work together; `None` where one does not.
pub(super) fn chosen(table: &Table, index: usize, profile: &Profile, words: &[String]) -> Option<String> {
    if !is_called_so(words) || table.columns[index].cells != CellType::Integer || table.lines.rows() > MOST_ROWS {
        return None;
    }
    let different = counted(table.values(index), MOST_ROWS as usize)?.len();
    let enough = different >= FEWEST && profile.count >= FEWEST_ROWS && profile.count as u64 == table.lines.rows();
    if !enough || profile.low < 1.0 || profile.high < WIDE * profile.low {
        return None;
    }
    let takes = (0..table.columns.len()).find(|other| *other != index && falls_with(table, index, *other))?;
    Some(format!(
        "called `{}`, and `{}` falls with it: so many were to do it",
        words.join("_"),
        table.columns[takes].name
    ))
}

fn is_called_so(words: &[String]) -> bool {
    match words {
        [only] => TOGETHER.has(only),
        [many, of] => HOW_MANY.has(many) && TOGETHER.has(of),
        _ => false,
    }
}

/// Whether a column says how long each row took, and is the shorter the larger the other number is.
fn falls_with(table: &Table, index: usize, other: usize) -> bool {
    let column = &table.columns[other];
    if !column.cells.is_number() {
        return false;
    }
    let said: NameMeaning = name::read(&column.name);
    let words = name::words(name::leaf(&column.name));
    let takes = matches!(said.kind, Some(Kind::Duration | Kind::RunLength))
        && said.statistic.is_none()
        && (said.kind == Some(Kind::RunLength) || TAKEN.among(&words).is_some());
    if !takes {
        return false;
    }
    let rows = table.values(index).iter().zip(table.values(other).iter());
    let pairs: Vec<(f64, f64)> = rows.into_iter().filter_map(|(many, taken)| many.zip(taken)).collect();
    pairs.len() >= FEWEST_ROWS && correlation_of_ranks(&pairs) <= AGAINST
}

/// How two numbers of each row go with each other, by their ranks (Spearman 1904); equal ones share a rank.
fn correlation_of_ranks(pairs: &[(f64, f64)]) -> f64 {
    let first = ranks(pairs.iter().map(|pair| pair.0));
    let second = ranks(pairs.iter().map(|pair| pair.1));
    let mean = f64::midpoint(pairs.len() as f64, 1.0);
    let (mut together, mut of_first, mut of_second) = (0.0, 0.0, 0.0);
    for (one, other) in first.into_iter().zip(second) {
        let (one, other) = (one - mean, other - mean);
        together += one * other;
        of_first += one * one;
        of_second += other * other;
    }
    if of_first > 0.0 && of_second > 0.0 { together / (of_first * of_second).sqrt() } else { 0.0 }
}

fn ranks(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let numbers: Vec<f64> = numbers.collect();
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|one, other| numbers[*one].total_cmp(&numbers[*other]));
    let mut ranks = vec![0.0; numbers.len()];
    let mut before = 0.0;
    for equal in order.chunk_by(|one, other| numbers[*one].total_cmp(&numbers[*other]).is_eq()) {
        for place in equal {
            ranks[*place] = before + f64::midpoint(equal.len() as f64, 1.0);
        }
        before += equal.len() as f64;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::correlation_of_ranks;

    #[test]
    fn ranks_go_with_each_other_or_against() {
        // R: cor(c(1,2,3,4), c(9,7,7,1), method = "spearman").
        let pairs = [(1.0, 9.0), (2.0, 7.0), (3.0, 7.0), (4.0, 1.0)];
        assert!((correlation_of_ranks(&pairs) + 0.948_683_298).abs() < 1e-8);
        assert_eq!(correlation_of_ranks(&[(1.0, 5.0), (1.0, 6.0)]), 0.0);
    }
}
