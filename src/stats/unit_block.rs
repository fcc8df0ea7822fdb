//! Blocks of values that are in another unit than those around them.
//!
//! In: the values of a metric in recorded order. Out: stretches, or every so many-th value, that lie above or below all others
//! by a factor between units and are as spread as their neighbours: suspicious, because a service does not become exactly a
//! thousand times slower for a while and stay as steady as it was. What is merely slow lies anywhere and is spread in its own way;
//! timeouts are not spread at all.

use std::ops::Range;

use super::measured::LabelledNumbers;
use crate::measure::unit::Dimension;

/// Factors between units: of the clock, of a thousand, of a million, of binary multiples.
const FACTORS: [f64; 4] = [60.0, 1e3, 1e6, 1024.0];
/// Fewer values of a block have no spread of their own.
const FEWEST: usize = 5;
/// Blocks are apart from all other values by at least this factor: there is nothing between two units.
const LEAST_GAP: f64 = 1.5;
/// So many blocks are looked for in one metric; more are a second population.
const MOST_BLOCKS: usize = 8;
/// A block holds at most this share of the values: the others say what the unit is.
const MOST_SHARE: f64 = 0.5;
/// Values on either side of a block that it is compared with.
const NEIGHBOURS: usize = 50;
/// So many values of a block, and so many around it, show where they lie and how far apart; more would be kept beside the column.
const MOST_COMPARED: usize = 1 << 16;
/// The block's standard deviation of logarithms is that of its neighbours within this factor.
const SAME_SPREAD: f64 = 3.0;
/// The levels differ by the factor within so many standard errors...
const STANDARD_ERRORS: f64 = 2.5;
/// ...and at least within this share: a level drifts a little.
const LEAST_TOLERANCE: f64 = 0.05;
/// Neighbours that are steadier than this have no spread that a block could share.
const LEAST_SPREAD: f64 = 1e-3;
/// Bits of a positive number that tell its bin: its exponent and three bits more, 9 to 13% a bin.
const BIN_SHIFT: u32 = 49;
const BINS: usize = 1 << (63 - BIN_SHIFT);

/// Values in another unit.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitBlock {
    /// Indexes of the first and the last value.
    pub range: Range<usize>,
    /// How many values: all of the range, or one in so many.
    pub count: usize,
    /// The factor between the units.
    pub factor: f64,
    /// Whether the values are too large; too small otherwise.
    pub above: bool,
}

impl UnitBlock {
    /// One value in so many is of the block.
    pub(crate) fn every(&self) -> usize {
        ((self.range.len() - 1) / (self.count - 1).max(1)).max(1)
    }
}

/// The blocks of a metric.
pub(crate) fn unit_blocks(values: &LabelledNumbers<'_>, dimension: Dimension) -> Vec<UnitBlock> {
    if !matches!(
        dimension,
        Dimension::Time
            | Dimension::UnstatedTime
            | Dimension::Bytes
            | Dimension::Rate
            | Dimension::ByteRate
            | Dimension::Unknown
    ) || values.len() < 4 * FEWEST
    {
        return Vec::new();
    }
    for (border, above) in borders(values) {
        let found = beyond(values, border, above, dimension);
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// Borders between the body and what lies apart from it, and on which side of it.
fn borders(values: &LabelledNumbers<'_>) -> Vec<(f64, bool)> {
    if !may_hold_two_units(values) {
        return Vec::new();
    }
    let mut counts = vec![0_usize; BINS];
    values.visit(0..values.len(), |_, block| {
        for value in block.iter().filter(|value| **value > 0.0) {
            counts[(value.to_bits() >> BIN_SHIFT) as usize % BINS] += 1;
        }
    });
    let occupied: Vec<usize> = (0..BINS).filter(|bin| counts[*bin] > 0).collect();
    let positive: usize = counts.iter().sum();
    let most = (MOST_SHARE * positive as f64) as usize;
    let start_of = |bin: usize| f64::from_bits((bin as u64) << BIN_SHIFT);
    let mut below = 0;
    let mut found = Vec::new();
    for pair in occupied.windows(2) {
        below += counts[pair[0]];
        let beyond = positive - below;
        if start_of(pair[1]) / start_of(pair[0] + 1) < LEAST_GAP {
            continue;
        }
        let border = start_of(pair[1]);
        if (FEWEST..=most).contains(&beyond) {
            found.push((border, true));
        }
        if (FEWEST..=most).contains(&below) {
            found.push((border, false));
        }
    }
    found
}

/// Whether the positive values lie far enough apart for two units: most metrics do not, which one plain pass tells.
fn may_hold_two_units(values: &LabelledNumbers<'_>) -> bool {
    /// Less than the least factor, by what levels may differ from it.
    const LEAST_RATIO: f64 = 30.0;
    let (mut low, mut high) = (f64::INFINITY, 0.0);
    values.visit(0..values.len(), |_, block| {
        (low, high) = block.iter().fold((low, high), |(low, high), &value| {
            (if value > 0.0 && value < low { value } else { low }, if value > high { value } else { high })
        });
    });
    high >= LEAST_RATIO * low
}

/// The blocks beyond a border, if all that lies there is blocks.
fn beyond(values: &LabelledNumbers<'_>, border: f64, above: bool, dimension: Dimension) -> Vec<UnitBlock> {
    let is_far = |value: f64| value > 0.0 && (value >= border) == above;
    let mut stretches: Vec<Range<usize>> = Vec::new();
    // Steps of single values, as long as they are all the same.
    let mut step: Option<Option<usize>> = None;
    values.visit(0..values.len(), |first, block| {
        for (index, _) in (first..).zip(block).filter(|(_, value)| is_far(**value)) {
            match stretches.last_mut() {
                Some(last) if last.end == index => last.end += 1,
                last => {
                    if let Some(last) = last {
                        let now = index - last.start;
                        step = Some(step.map_or(Some(now), |before| before.filter(|before| *before == now)));
                    }
                    stretches.push(index..index + 1);
                }
            }
            if stretches.len() > values.len() / 2 {
                return;
            }
        }
    });
    let found: Option<Vec<UnitBlock>> =
        if stretches.len() <= MOST_BLOCKS && stretches.iter().all(|one| one.len() >= FEWEST) {
            stretches.iter().map(|stretch| of_stretch(values, stretch, above, &is_far, dimension)).collect()
        } else if let (Some(Some(step)), true) =
            (step, stretches.len() >= FEWEST && stretches.iter().all(|one| one.len() == 1))
        {
            let range = stretches[0].start..stretches[stretches.len() - 1].end;
            let count = range.clone().step_by(step).count();
            let some = range.clone().step_by(step).take(MOST_COMPARED);
            let members: Vec<f64> = some.map(|index| values.at(index)).collect();
            let block = UnitBlock { range, count, factor: 1.0, above };
            compared(values, block, &members, &is_far, dimension).map(|block| vec![block])
        } else {
            None
        };
    found.unwrap_or_default()
}

fn of_stretch(
    values: &LabelledNumbers<'_>,
    stretch: &Range<usize>,
    above: bool,
    is_far: &dyn Fn(f64) -> bool,
    dimension: Dimension,
) -> Option<UnitBlock> {
    let members = values.copied(stretch.start..stretch.end.min(stretch.start + MOST_COMPARED));
    let block = UnitBlock { range: stretch.clone(), count: stretch.len(), factor: 1.0, above };
    compared(values, block, &members, is_far, dimension)
}

/// Holds values of what may be a block against its neighbours: the block with its factor.
fn compared(
    values: &LabelledNumbers<'_>,
    block: UnitBlock,
    members: &[f64],
    is_far: &dyn Fn(f64) -> bool,
    dimension: Dimension,
) -> Option<UnitBlock> {
    let range = &block.range;
    let around = range.start.saturating_sub(NEIGHBOURS)..(range.end + NEIGHBOURS).min(values.len());
    let mut neighbours = Vec::new();
    values.visit(around, |_, part| {
        let others = part.iter().filter(|value| **value > 0.0 && !is_far(**value));
        neighbours.extend(others.take(MOST_COMPARED - neighbours.len()));
    });
    if neighbours.len() < FEWEST {
        return None;
    }
    let (own, others) = (Logs::of(members), Logs::of(&neighbours));
    let ratio = own.deviation / others.deviation;
    if others.deviation < LEAST_SPREAD || !(1.0 / SAME_SPREAD..=SAME_SPREAD).contains(&ratio) {
        return None;
    }
    let difference = (own.level - others.level).abs();
    let error = others.deviation * (1.0 / members.len() as f64 + 1.0 / neighbours.len() as f64).sqrt();
    let tolerance = (STANDARD_ERRORS * error).max(LEAST_TOLERANCE);
    let distance = |factor: f64| (difference - factor.ln()).abs();
    let factor = FACTORS
        .into_iter()
        .filter(|factor| *factor != 60.0 || dimension.is_time())
        .filter(|factor| *factor != 1024.0 || matches!(dimension, Dimension::Bytes | Dimension::ByteRate))
        .filter(|factor| distance(*factor) <= tolerance)
        .min_by(|a, b| distance(*a).total_cmp(&distance(*b)))?;
    Some(UnitBlock { factor, ..block })
}

/// Logarithms of values: where they lie and how far apart.
struct Logs {
    level: f64,
    deviation: f64,
}

impl Logs {
    fn of(values: &[f64]) -> Self {
        let logs: Vec<f64> = values.iter().map(|value| value.ln()).collect();
        let n = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / n;
        let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
        Self { level: mean, deviation: variance.sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::measured::tests::column;
    use super::super::rng::Rng;
    use super::*;

    fn blocks(values: &[f64]) -> Vec<UnitBlock> {
        unit_blocks(&LabelledNumbers::new(&column(values), None), Dimension::Time)
    }

    fn lognormal(rng: &mut Rng, n: usize, sigma: f64) -> Vec<f64> {
        (0..n).map(|_| 0.08 * (sigma * rng.normal()).exp()).collect()
    }

    #[test]
    fn a_block_in_another_unit_is_found_with_its_factor() {
        for (factor, least) in [(1e3, 38), (1e-3, 38), (60.0, 36), (1e6, 38)] {
            let mut found = 0;
            for seed in 0..40 {
                let mut rng = Rng::new(seed);
                let n = [60, 500, 3000][seed as usize % 3];
                let mut values = lognormal(&mut rng, n, 0.45);
                let start = 5 + rng.below(n - 20);
                values[start..start + 8].iter_mut().for_each(|value| *value *= factor);
                let expected = UnitBlock {
                    range: start..start + 8,
                    count: 8,
                    factor: factor.max(1.0 / factor),
                    above: factor > 1.0,
                };
                found += usize::from(blocks(&values) == [expected]);
            }
            assert!(found >= least, "{factor}: {found} of 40");
        }
    }

    #[test]
    fn every_fourth_value_in_another_unit_is_found() {
        let mut rng = Rng::new(7);
        let mut values = lognormal(&mut rng, 200, 0.4);
        values.iter_mut().skip(2).step_by(4).for_each(|value| *value *= 1e3);
        let found = blocks(&values);
        assert_eq!((found.len(), found[0].count, found[0].factor), (1, 50, 1e3));
    }

    #[test]
    fn what_is_slow_for_a_while_is_no_other_unit() {
        let mut alarms = 0;
        for seed in 0..300 {
            let mut rng = Rng::new(1000 + seed);
            // A heavy tail whose neighbours are alike, timeouts one after the other, and an outage of any length.
            let mut state = rng.normal();
            let dependent: Vec<f64> = (0..600)
                .map(|_| {
                    state = 0.9 * state + (1.0_f64 - 0.81).sqrt() * rng.normal();
                    (1.5 * state).exp()
                })
                .collect();
            alarms += usize::from(!blocks(&dependent).is_empty());
            let mut timeouts = lognormal(&mut rng, 300, 0.4);
            timeouts[100..112].iter_mut().for_each(|value| *value = 60.0 + 0.01 * *value);
            alarms += usize::from(!blocks(&timeouts).is_empty());
            let mut slow = lognormal(&mut rng, 300, 0.4);
            let times = 3.0 * 10_f64.powf(rng.uniform());
            slow[100..130].iter_mut().for_each(|value| *value *= times);
            alarms += usize::from(!blocks(&slow).is_empty());
        }
        // Suspicious only: one in nine hundred of these is a hundred times slower for a while, and as steady as before.
        assert!(alarms <= 2, "{alarms}");
        assert!(blocks(&[1.0; 100]).is_empty() && blocks(&[]).is_empty());
    }
}
