//! Counts of both sides in the same bins, for a page to draw.
//!
//! In: ascending points of both sides. Out: at most [`MOST_BINS`] equally wide bins over what both share, logarithmic where all
//! values are positive and span a range that asks for it, with the share of each side in each. Refuses sides with fewer than
//! [`LEAST_SAMPLES`] samples, and values without any spread.

use super::outcome::Drawing;
use super::sketch::OrderedPoints;

pub(crate) const MOST_BINS: usize = 40;
/// Fewer samples on a side are not drawn.
pub(crate) const LEAST_SAMPLES: u64 = 8;
/// Values that span more than this factor are drawn on a logarithmic axis.
const LOGARITHMIC_FROM: f64 = 10.0;

/// The drawing of a change, where it can be drawn.
pub(crate) fn drawing(before: &OrderedPoints, after: &OrderedPoints) -> Option<Drawing> {
    if before.samples.min(after.samples) < LEAST_SAMPLES {
        return None;
    }
    let low = before.points.first()?.min(*after.points.first()?);
    let high = before.points.last()?.max(*after.points.last()?);
    if low >= high {
        return None;
    }
    let log = low > 0.0 && high / low > LOGARITHMIC_FROM;
    let (start, end) = if log { (low.ln(), high.ln()) } else { (low, high) };
    // As many bins as the square root of the smaller side, so that few samples are not a comb.
    let bins = ((before.samples.min(after.samples) as f64).sqrt().ceil() as usize * 2).clamp(4, MOST_BINS);
    let mut edges: Vec<f64> = (0..=bins)
        .map(|index| {
            let share = index as f64 / bins as f64;
            let place = start * (1.0 - share) + end * share;
            if log { place.exp() } else { place }
        })
        .collect();
    edges[0] = low;
    edges[bins] = high;
    if !edges.is_sorted() {
        return None;
    }
    Some(Drawing { log, before: shares(&before.points, &edges), after: shares(&after.points, &edges), edges })
}

/// The share of ascending points in each bin; the last bin holds its upper edge too.
fn shares(points: &[f64], edges: &[f64]) -> Vec<f64> {
    let total = points.len() as f64;
    let upper = |index: usize| {
        if index + 2 == edges.len() { points.len() } else { points.partition_point(|&value| value < edges[index + 1]) }
    };
    let mut below = 0;
    (0..edges.len() - 1)
        .map(|index| {
            let count = upper(index).saturating_sub(below);
            below += count;
            count as f64 / total
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_both_sides_add_up_to_one_in_the_same_bins() {
        let side = |factor: f64| OrderedPoints {
            points: (1..=100).map(|i| f64::from(i) * factor).collect(),
            samples: 100,
            error: 0.0,
        };
        let drawn = drawing(&side(1.0), &side(2.0)).unwrap();
        assert!(drawn.log && drawn.edges.len() == drawn.before.len() + 1 && drawn.before.len() <= MOST_BINS);
        for shares in [&drawn.before, &drawn.after] {
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        assert_eq!((drawn.edges[0], drawn.edges[drawn.edges.len() - 1]), (1.0, 200.0));
        let flat = OrderedPoints { points: vec![3.0; 20], samples: 20, error: 0.0 };
        assert!(drawing(&flat, &flat).is_none());
    }
}
