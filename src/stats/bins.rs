//! Counts of samples in bins, for drawing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::quantile::{QuantileMethod, quantile_of};

const MOST_BINS: usize = 60;
/// Fewest bins, from as many samples on.
const FEWEST_BINS: usize = 8;
/// Positive samples whose largest is this many times their smallest are drawn on a logarithmic axis.
const LOG_AXIS_RATIO: f64 = 30.0;

/// Counts in bins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Histogram {
    /// Whether the bins are equally wide on a logarithmic axis.
    pub log: bool,
    /// Edges, one more than counts.
    pub edges: Vec<f64>,
    /// Counts.
    pub counts: Vec<u64>,
}

impl Histogram {
    /// Equal bins over the whole range, by Freedman and Diaconis (1981) and at least twice the cube root of the number of samples (the
    /// rule of Rice University, which does not fall behind where a tail makes the quartiles far apart), on a logarithmic axis where the
    /// range is wide.
    /// `below` counts the values below ascending edges.
    pub(crate) fn of(n: usize, at: impl Fn(usize) -> f64 + Copy, below: impl Fn(&[f64]) -> Vec<u64>) -> Option<Self> {
        let (first, last) = (at(0), at(n.checked_sub(1)?));
        if first == last {
            return Some(Self { log: false, edges: vec![first, last], counts: vec![n as u64] });
        }
        let log = first > 0.0 && last / first >= LOG_AXIS_RATIO;
        let forward = |value: f64| if log { value.ln() } else { value };
        let (low, high) = (forward(first), forward(last));
        let at = |p| forward(quantile_of(n, at, p, QuantileMethod::Type7));
        let width = 2.0 * (at(0.75) - at(0.25)) / (n as f64).cbrt();
        let wanted = ((high - low) / width).ceil();
        let fewest = ((2.0 * (n as f64).cbrt()).ceil() as usize).clamp(FEWEST_BINS, MOST_BINS);
        let bins = if wanted.is_finite() { (wanted as usize).clamp(fewest, MOST_BINS) } else { MOST_BINS };
        let bins = bins.min(n.max(FEWEST_BINS));
        let edge = |index: usize| match index {
            0 => first,
            _ if index == bins => last,
            _ => {
                let position = low + (high - low) * index as f64 / bins as f64;
                if log { position.exp() } else { position }
            }
        };
        let edges: Vec<f64> = (0..=bins).map(edge).collect();
        if !edges.is_sorted() || !high.is_finite() || !low.is_finite() {
            return None;
        }
        let mut counts = Vec::with_capacity(bins);
        let mut before = 0;
        for below in below(&edges[1..bins]).into_iter().chain([n as u64]) {
            counts.push(below - before);
            before = below;
        }
        Some(Self { log, edges, counts })
    }
}
