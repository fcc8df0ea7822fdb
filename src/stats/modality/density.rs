//! Where a sample is thin: a density estimate and the valleys between its peaks.
//!
//! In: ascending finite values. Out: places between sizeable peaks, as candidates for a test. Refuses nothing.

use crate::stats::quantile::{QuantileMethod, quantile};

/// The grid of the density estimate, in cells.
const GRID: usize = 8192;
/// Values farther than this many 1%-to-99% widths outside of that range do not stretch the grid (they sit in its last cell).
const GRID_REACH: f64 = 1.0;
/// The share of the sample whose shortest interval gives the local scale of the narrowest sizeable mode.
const LOCAL_SHARE: f64 = 0.2;
/// Width of the central 20% of a normal distribution in standard deviations: 2 `Phi^-1(0.6)`.
const LOCAL_WIDTH: f64 = 0.506_694;
/// Silverman's rule (1986, eq. 3.31): bandwidth = 0.9 sigma n^(-1/5).
const SILVERMAN: f64 = 0.9;
/// A bandwidth of so many cells is smooth enough.
const WIDE_ENOUGH: f64 = 24.0;
/// The kernel is cut off at this many bandwidths.
const KERNEL_REACH: f64 = 4.0;
/// A valley must fall below this share of the lower of its two peaks, or the peaks are one mode.
const VALLEY_DEPTH: f64 = 0.6;

/// A kernel density estimate on a grid; its bandwidth follows the narrowest sizeable mode, so that it never blurs two together.
pub(super) struct Density {
    origin: f64,
    cell: f64,
    heights: Vec<f64>,
}

impl Density {
    /// The estimate of ascending values.
    pub(super) fn of(points: &[f64]) -> Self {
        let n = points.len();
        let at = |p| quantile(points, p, QuantileMethod::Type7);
        let (first, last) = (at(0.01), at(0.99));
        let reach = GRID_REACH * (last - first);
        let low = points[0].max(first - reach);
        let high = points[n - 1].min(last + reach);
        let cell = ((high - low) / (GRID - 1) as f64).max(f64::MIN_POSITIVE);
        let mut counts = vec![0.0; GRID];
        for &point in points {
            let place = ((point - low) / cell).clamp(0.0, (GRID - 1) as f64);
            counts[place.round() as usize] += 1.0;
        }
        let held = ((n as f64 * LOCAL_SHARE) as usize).clamp(2, n) - 1;
        let shortest = (0..n - held).map(|i| points[i + held] - points[i]).fold(f64::INFINITY, f64::min);
        let bandwidth = SILVERMAN * shortest / LOCAL_WIDTH * (n as f64).powf(-0.2) / cell;
        let bandwidth = bandwidth.clamp(1.0, GRID as f64 / 8.0);
        // Cells far narrower than the kernel cost time and show nothing: several become one.
        let together = (bandwidth / WIDE_ENOUGH).max(1.0) as usize;
        if together > 1 {
            let counts: Vec<f64> = counts.chunks(together).map(|cells| cells.iter().sum()).collect();
            let heights = smooth(&counts, bandwidth / together as f64);
            // The middle of the cells that became one.
            let origin = low + cell * (together - 1) as f64 / 2.0;
            return Self { origin, cell: cell * together as f64, heights };
        }
        Self { origin: low, cell, heights: smooth(&counts, bandwidth) }
    }

    /// Positions of the valleys between peaks, after peaks without a real valley between them were merged.
    pub(super) fn valleys(&self) -> Vec<f64> {
        let mut peaks: Vec<f64> = Vec::new();
        let mut valleys: Vec<(f64, usize)> = Vec::new();
        let mut rising = true;
        let mut flat_from = 0;
        for i in 1..self.heights.len() {
            let (before, now) = (self.heights[i - 1], self.heights[i]);
            if now == before {
                continue;
            }
            if rising && now < before {
                peaks.push(before);
                rising = false;
            } else if !rising && now > before {
                valleys.push((before, usize::midpoint(flat_from, i - 1)));
                rising = true;
            }
            flat_from = i;
        }
        if rising {
            peaks.push(self.heights[self.heights.len() - 1]);
        }
        while let Some(worst) = (0..valleys.len())
            .map(|k| (valleys[k].0 / peaks[k].min(peaks[k + 1]), k))
            .filter(|(ratio, _)| *ratio > VALLEY_DEPTH)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, k)| k)
        {
            let merged = peaks[worst].max(peaks[worst + 1]);
            valleys.remove(worst);
            peaks.remove(worst + 1);
            peaks[worst] = merged;
        }
        valleys.into_iter().map(|(_, place)| self.origin + self.cell * place as f64).collect()
    }
}

/// A Gaussian smooth of the counts; cells without counts cost nothing.
fn smooth(counts: &[f64], bandwidth: f64) -> Vec<f64> {
    let reach = (KERNEL_REACH * bandwidth).ceil() as usize;
    let half = (0..=reach).map(|d| (-0.5 * (d as f64 / bandwidth).powi(2)).exp());
    let mut kernel: Vec<f64> = half.collect();
    // Both sides, so that one pass over neighbouring cells adds them; its middle is at `reach`.
    kernel.reverse();
    kernel.extend_from_within(..reach);
    kernel[reach + 1..].reverse();
    let mut heights = vec![0.0; counts.len()];
    for (place, &count) in counts.iter().enumerate() {
        if count == 0.0 {
            continue;
        }
        let from = place.saturating_sub(reach);
        let until = (place + reach).min(counts.len() - 1);
        let weights = &kernel[from + reach - place..];
        for (height, weight) in heights[from..=until].iter_mut().zip(weights) {
            *height += count * weight;
        }
    }
    heights
}
