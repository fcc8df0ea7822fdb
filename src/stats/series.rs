//! Samples in recorded order, thinned to a number that can be drawn.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::quantile::{QuantileMethod, quantile, samples_needed};
use super::sample::median_of_sorted;
use super::sorting::sort;

/// Points by which samples in recorded order are drawn.
pub(super) const SERIES_POINTS: usize = 240;

/// Samples in recorded order, thinned to a number that can be drawn. Each point stands for `stride` consecutive
/// samples: their minimum, median and maximum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Series {
    /// Consecutive samples a point stands for.
    pub stride: u64,
    /// Points in order.
    pub points: Vec<SeriesPoint>,
    /// Where corrupted samples stood among them; the first ones only where there are very many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrupted: Vec<CorruptedPlace>,
}

/// Where a corrupted sample stood.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CorruptedPlace {
    /// How many clean samples stand before it.
    pub after: u64,
    /// Its line.
    pub line: Option<u64>,
    /// What it would be as a sample, base unit.
    pub value: f64,
}

/// A point of a [`Series`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SeriesPoint {
    /// Smallest.
    pub min: f64,
    /// Median.
    pub median: f64,
    /// 95th percentile; absent where the point stands for too few samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95: Option<f64>,
    /// Largest.
    pub max: f64,
    /// Which group it belongs to, where all its samples share one.
    pub group: Option<u32>,
}

/// The 95th percentile of ascending samples, where there are enough of them.
pub(super) fn p95_of(sorted: &[f64]) -> Option<f64> {
    (sorted.len() >= samples_needed(0.95)).then(|| quantile(sorted, 0.95, QuantileMethod::Type7))
}

/// How many samples a point of a series stands for.
pub(super) fn stride_of(n: usize) -> usize {
    n.div_ceil(SERIES_POINTS).max(1)
}

/// The points of samples; `groups` names the group of each.
pub(super) fn series(values: &[f64], groups: Option<&[u32]>) -> Series {
    let stride = stride_of(values.len());
    let mut buffer = Vec::with_capacity(stride);
    let points = values
        .chunks(stride)
        .enumerate()
        .map(|(index, chunk)| {
            buffer.clear();
            buffer.extend_from_slice(chunk);
            sort(&mut buffer);
            let of_chunk = groups.map(|groups| &groups[index * stride..index * stride + chunk.len()]);
            let group = of_chunk.and_then(|groups| groups.iter().all(|group| *group == groups[0]).then_some(groups[0]));
            SeriesPoint {
                min: buffer[0],
                median: median_of_sorted(&buffer),
                p95: p95_of(&buffer),
                max: buffer[buffer.len() - 1],
                group,
            }
        })
        .collect();
    Series { stride: stride as u64, points, corrupted: Vec::new() }
}
