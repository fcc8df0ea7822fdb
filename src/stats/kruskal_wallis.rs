//! Whether several samples differ: Kruskal and Wallis' test (1952).

use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::order::ranks;

/// p-value of the Kruskal-Wallis test, with the correction for ties; `None` where all values are equal.
pub(crate) fn kruskal_wallis(samples: &[Vec<f64>]) -> Option<f64> {
    let pooled: Vec<f64> = samples.iter().flatten().copied().collect();
    let n = pooled.len() as f64;
    let ranks = ranks(&pooled);
    let mut start = 0;
    let mut between = 0.0;
    for sample in samples {
        let sum: f64 = ranks[start..start + sample.len()].iter().sum();
        between += sum * sum / sample.len() as f64;
        start += sample.len();
    }
    let mut sorted = pooled;
    sorted.sort_unstable_by(f64::total_cmp);
    let ties: f64 = sorted.chunk_by(|a, b| a == b).map(|tied| (tied.len() as f64).powi(3) - tied.len() as f64).sum();
    let correction = 1.0 - ties / (n.powi(3) - n);
    if correction <= 0.0 {
        return None;
    }
    let statistic = (12.0 / (n * (n + 1.0)) * between - 3.0 * (n + 1.0)) / correction;
    let distribution = ChiSquared::new(samples.len() as f64 - 1.0).ok()?;
    Some(distribution.sf(statistic.max(0.0)))
}
