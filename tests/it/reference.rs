//! Numbers of a report compared with values that were calculated by other means.

use serde_json::Value;

/// Whether a number of a report is the one that was calculated.
#[track_caller]
pub(crate) fn close(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap_or_else(|| panic!("{found} instead of {expected}"));
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} instead of {expected}");
}

/// Hyndman and Fan's type 6, of values in any order.
pub(crate) fn type_6(values: &[f64], p: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let position = (p * (sorted.len() as f64 + 1.0)).clamp(1.0, sorted.len() as f64);
    let below = position.floor() as usize;
    let above = sorted[below.min(sorted.len() - 1)];
    sorted[below - 1] + (position - below as f64) * (above - sorted[below - 1])
}
