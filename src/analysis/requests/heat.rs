//! Durations over time as counts in cells: how many requests took how long, in each stretch of time.
//!
//! In: the sorted samples of each stretch. Out: edges at even distances of a logarithmic axis, and exact counts. What takes no time at
//! all has a row of its own; where a sample is negative there is no such map.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Steps of a decade in which samples are counted before neighbouring steps are joined.
const FINE: f64 = 40.0;
/// Steps that are joined: a decade is divided evenly by each of them.
const JOINED: [i32; 7] = [1, 2, 4, 5, 8, 10, 20];
const MOST_ROWS: i32 = 24;
/// Samples from which on there is something to see.
pub(super) const FEWEST_SAMPLES: u64 = 50;

/// Counts by duration for each bin of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HeatMap {
    /// Edges of the rows, one more than rows, ascending, base unit. They stand at even distances of a logarithmic axis; where the first
    /// one is 0, the first row holds the samples that are 0.
    pub edges: Vec<f64>,
    /// For each bin of the run the samples in each row, from the lower edge on and below the upper one.
    pub counts: Vec<Vec<u64>>,
}

/// The samples of a stretch of time by fine steps of duration.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Steps {
    zeros: u64,
    negative: bool,
    /// Ascending steps and the samples in each.
    counted: Vec<(i32, u64)>,
}

/// Where a step begins.
fn edge(step: i32) -> f64 {
    10f64.powf(f64::from(step) / FINE).clamp(f64::MIN_POSITIVE, f64::MAX)
}

/// The step in which a positive value lies.
fn step_of(value: f64) -> i32 {
    let near = (value.log10() * FINE).floor() as i32;
    let lower = near - i32::from(value < edge(near));
    lower + i32::from(value >= edge(lower + 1))
}

impl Steps {
    /// Of ascending samples.
    pub(super) fn of(sorted: &[f64]) -> Self {
        let zeros = sorted.partition_point(|value| *value <= 0.0);
        let mut rest = &sorted[zeros..];
        let mut counted = Vec::new();
        while let Some(first) = rest.first() {
            let step = step_of(*first);
            let end = edge(step + 1);
            let count = rest.partition_point(|value| *value < end).max(1);
            counted.push((step, count as u64));
            rest = &rest[count..];
        }
        Self { zeros: zeros as u64, negative: sorted.first().is_some_and(|value| *value < 0.0), counted }
    }
}

impl HeatMap {
    /// Of the stretches of a run, in order of time; absent where there is nothing to see.
    pub(super) fn of(stretches: &[Steps]) -> Option<Self> {
        let all = || stretches.iter().flat_map(|stretch| &stretch.counted);
        let zeros: u64 = stretches.iter().map(|stretch| stretch.zeros).sum();
        let samples: u64 = all().map(|(_, count)| count).sum::<u64>() + zeros;
        if samples < FEWEST_SAMPLES || stretches.iter().any(|stretch| stretch.negative) {
            return None;
        }
        let (low, high) = (all().map(|(step, _)| *step).min()?, all().map(|(step, _)| *step).max()?);
        let rows = |joined: i32| high.div_euclid(joined) - low.div_euclid(joined) + 1;
        let decades = std::iter::successors(Some(FINE as i32), |joined| joined.checked_mul(2));
        let joined = JOINED.into_iter().chain(decades).find(|joined| rows(*joined) <= MOST_ROWS)?;
        let (first, zero_row) = (low.div_euclid(joined), usize::from(zeros > 0));
        let rows = usize::try_from(rows(joined)).ok()? + zero_row;
        let mut edges: Vec<f64> = (first..).take(rows + 1 - zero_row).map(|row| edge(row * joined)).collect();
        if zeros > 0 {
            edges.insert(0, 0.0);
        }
        let counted = |stretch: &Steps| {
            let mut counts = vec![0; rows];
            if zeros > 0 {
                counts[0] = stretch.zeros;
            }
            for (step, count) in &stretch.counted {
                let row = usize::try_from(step.div_euclid(joined) - first).unwrap_or(0) + zero_row;
                counts[row] += count;
            }
            counts
        };
        Some(Self { edges, counts: stretches.iter().map(counted).collect() })
    }

    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.edges.len() - 1
    }

    /// The row in which a sample of the map lies.
    pub(super) fn row_of(&self, sample: f64) -> usize {
        self.edges.partition_point(|edge| *edge <= sample).clamp(1, self.rows()) - 1
    }

    /// The map of some of its samples, counted by bin and row: the rows between the fastest and the slowest of them. Absent where these
    /// are too few to see anything.
    pub(super) fn part(&self, counts: &[Vec<u64>]) -> Option<Self> {
        if counts.iter().flatten().sum::<u64>() < FEWEST_SAMPLES {
            return None;
        }
        let holds = |row: &usize| counts.iter().any(|bin| bin[*row] > 0);
        let (first, last) = ((0..self.rows()).find(holds)?, (0..self.rows()).rfind(holds)?);
        let edges = self.edges[first..=last + 1].to_vec();
        let counts = counts.iter().map(|bin| bin[first..=last].to_vec()).collect();
        Some(Self { edges, counts })
    }

    /// The counts of a part of it by all of its own rows, bin by bin.
    pub fn spread_out(&self, part: &Self) -> Option<Vec<Vec<u64>>> {
        let first = self.edges.iter().position(|edge| Some(edge) == part.edges.first())?;
        let above = (self.edges.len()).checked_sub(first + part.edges.len())?;
        let whole = |bin: &Vec<u64>| [&vec![0; first][..], bin, &vec![0; above][..]].concat();
        Some(part.counts.iter().map(whole).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_counted_in_the_row_that_holds_it() {
        let mut slow: Vec<f64> = (0..300).map(|index| 0.02 * 1.02_f64.powi(index)).collect();
        slow.sort_by(f64::total_cmp);
        let fast: Vec<f64> = vec![0.001; 70];
        let found = HeatMap::of(&[Steps::of(&slow), Steps::of(&[]), Steps::of(&fast)]).unwrap();
        assert!(found.edges.len() <= 25 && found.edges.windows(2).all(|pair| pair[0] < pair[1]));
        for (counts, samples) in found.counts.iter().zip([&slow, &Vec::new(), &fast]) {
            for (row, count) in counts.iter().enumerate() {
                let within = samples.iter().filter(|one| (found.edges[row]..found.edges[row + 1]).contains(*one));
                assert_eq!(*count, within.count() as u64, "row {row}");
            }
            assert_eq!(counts.iter().sum::<u64>(), samples.len() as u64);
        }
        let widths: Vec<f64> = found.edges.windows(2).map(|pair| pair[1] / pair[0]).collect();
        assert!(widths.iter().all(|width| (width / widths[0] - 1.0).abs() < 1e-9), "even on a logarithmic axis");
    }

    #[test]
    fn what_takes_no_time_has_a_row_of_its_own_and_what_takes_less_has_no_map() {
        let mut samples = vec![0.0; 20];
        samples.extend(vec![0.003; 40]);
        let found = HeatMap::of(&[Steps::of(&samples)]).unwrap();
        assert_eq!((found.edges[0], found.counts[0][0]), (0.0, 20));
        assert_eq!(found.counts[0].iter().sum::<u64>(), 60);
        samples.insert(0, -1.0);
        assert_eq!(HeatMap::of(&[Steps::of(&samples)]), None);
        assert_eq!(HeatMap::of(&[Steps::of(&[0.1; 20])]), None, "too few to see anything");
        assert_eq!(HeatMap::of(&[Steps::of(&[0.0; 80])]), None, "nothing took any time");
    }

    #[test]
    fn a_part_has_the_edges_of_the_whole_and_only_the_rows_that_hold_its_samples() {
        let slow: Vec<f64> = (0..200).map(|index| 0.02 * 1.02_f64.powi(index)).collect();
        let whole = HeatMap::of(&[Steps::of(&slow), Steps::of(&slow)]).unwrap();
        for sample in &slow {
            let row = whole.row_of(*sample);
            assert!((whole.edges[row]..whole.edges[row + 1]).contains(sample), "{sample} in row {row}");
        }
        let middle = &slow[60..140];
        let mut counts = vec![vec![0; whole.rows()]; 2];
        for sample in middle {
            counts[1][whole.row_of(*sample)] += 1;
        }
        let part = whole.part(&counts).unwrap();
        assert!(part.edges[0] <= middle[0] && middle[0] < part.edges[1]);
        assert!(part.edges[part.rows() - 1] <= middle[79] && middle[79] < part.edges[part.rows()]);
        assert_eq!(part.counts.iter().map(|bin| bin.iter().sum::<u64>()).collect::<Vec<_>>(), [0, 80]);
        assert_eq!(whole.spread_out(&part), Some(counts));
        assert_eq!(HeatMap { edges: vec![7.0, 8.0], counts: Vec::new() }.spread_out(&part), None, "of another run");
        let mut few = vec![vec![0; whole.rows()]; 2];
        few[0][3] = 49;
        assert_eq!(whole.part(&few), None, "too few to see anything");
    }

    #[test]
    fn values_at_the_ends_of_what_can_be_held_have_a_row_too() {
        let mut samples = vec![5e-324, 1e-300, 1.0, 1e300, f64::MAX];
        samples.extend(vec![f64::MAX; 50]);
        let found = HeatMap::of(&[Steps::of(&samples)]).unwrap();
        assert_eq!(found.counts[0].iter().sum::<u64>(), 55);
        assert!(found.edges.iter().all(|edge| edge.is_finite()));
    }
}
