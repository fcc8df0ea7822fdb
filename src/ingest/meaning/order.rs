//! Whether columns that are called statistics can be that: a larger percentile is never the smaller one, and a mean lies between the
//! extremes.
//!
//! In: the columns of a table and the metrics that they seem to be statistics of. Out: whether their numbers speak against it, or prove it
//! row by row.

use std::collections::BTreeMap;

use crate::measure::Statistic;
use crate::table::Table;

use super::counters::{Part, base};
use super::name::{self, NameMeaning};
use super::vocabulary;

/// `95_percent_success`: what goes well in so many percent is no percentile.
pub(super) fn is_share_of_successes(column: &str) -> bool {
    let words = name::words(name::leaf(column));
    is_in_percent(column)
        && words.last().is_some_and(|last| vocabulary::SUCCEEDED.has(last) || vocabulary::FAILED.has(last))
}

/// Whether a leaf has a word for percent.
fn is_in_percent(column: &str) -> bool {
    name::words(name::leaf(column)).iter().any(|word| matches!(word.as_str(), "percent" | "pct"))
}

/// Whether what is called statistics of one metric cannot be that: in most rows a percentile lies far below a smaller one, or a mean
/// outside of the extremes. Names of benchmarks (`Max_table`, `Median_table`) look like statistics and are none.
pub(super) fn contradict(table: &Table, columns: &[(usize, NameMeaning)], of: &str) -> bool {
    /// What rounding and estimates of percentiles explain.
    const FACTOR: f64 = 1.5;
    let ranked: Vec<(f64, usize)> = columns
        .iter()
        .filter(|(_, meaning)| meaning.statistic.is_some() && base(meaning) == of)
        .filter_map(|(index, meaning)| Some((rank(meaning.statistic?)?, *index)))
        .collect();
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let (mut odd, mut known, mut falling) = (0, 0, 0);
    for row in 0..rows {
        let mut numbers: Vec<(f64, f64)> = ranked
            .iter()
            .filter_map(|(rank, index)| Some((*rank, table.values(*index).number(row)?)))
            .filter(|(_, number)| *number > 0.0)
            .collect();
        numbers.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        known += usize::from(numbers.len() >= 2);
        let percentiles = || numbers.iter().filter(|(rank, _)| (0.0..=100.0).contains(rank));
        let falls = percentiles().zip(percentiles().skip(1)).all(|(one, next)| one.0 < next.0 && one.1 > next.1);
        falling += usize::from(percentiles().count() >= 2 && falls);
        odd += usize::from(numbers.windows(2).any(|pair| pair[0].0 < pair[1].0 && pair[0].1 > FACTOR * pair[1].1));
    }
    // A larger percentile is never the smaller one. What is plainly called percentiles and falls is told elsewhere, as numbers that cannot
    // be of the same requests; what is called so many percent of something is none.
    let in_percent = |(_, index): &(f64, usize)| is_in_percent(&table.columns[*index].name);
    known > 0 && (2 * odd > known || falling == known && ranked.iter().all(in_percent))
}

/// Whether in every row the percentiles and extremes of each metric rise with their rank, of two percentiles at least: so do numbers
/// that are called alike by chance in no long table.
pub(super) fn are_in_order(table: &Table, parts: &[(usize, Part)]) -> bool {
    let mut ranked: BTreeMap<&str, Vec<(f64, usize)>> = BTreeMap::new();
    for (index, part) in parts {
        if let Part::Statistic(metric, statistic) = part
            && let Some(rank) = rank(*statistic)
        {
            ranked.entry(metric).or_default().push((rank, *index));
        }
    }
    ranked.retain(|_, columns| columns.iter().filter(|(rank, _)| (0.0..=100.0).contains(rank)).count() >= 2);
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let rises = |columns: &mut Vec<(f64, usize)>| {
        columns.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        (0..rows).all(|row| {
            let numbers: Vec<f64> =
                columns.iter().filter_map(|(_, column)| table.values(*column).number(row)).collect();
            numbers.windows(2).all(|pair| pair[0] <= pair[1])
        })
    };
    !ranked.is_empty() && ranked.values_mut().all(rises)
}

/// Whether in every row that has any of them the mean and the percentiles of a metric lie between its least and its most.
pub(super) fn are_complete(table: &Table, parts: &[(usize, Part)], metric: &str) -> bool {
    let of = |row: usize, wanted: Statistic| {
        parts.iter().find_map(|(index, part)| match part {
            Part::Statistic(of, statistic) if of == metric && *statistic == wanted => table.values(*index).number(row),
            _ => None,
        })
    };
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    (0..rows).all(|row| {
        let extremes = (of(row, Statistic::Min), of(row, Statistic::Max));
        let (Some(low), Some(high)) = extremes else { return extremes == (None, None) };
        let within = |part: &(usize, Part)| match &part.1 {
            Part::Statistic(of, statistic)
                if of == metric && (*statistic == Statistic::Mean || statistic.percent().is_some()) =>
            {
                table.values(part.0).number(row).is_some_and(|number| (low..=high).contains(&number))
            }
            _ => true,
        };
        low <= high && parts.iter().all(within)
    })
}

/// Where a statistic stands among samples from small to large; a mean is only compared with the extremes.
fn rank(statistic: Statistic) -> Option<f64> {
    match statistic {
        Statistic::Min => Some(-1.0),
        Statistic::Max => Some(101.0),
        other => other.percent(),
    }
}
