//! Samples at the end of a field (65535 ms), and which numbers they leave unknown.
//!
//! In: the value at which a field ends, and samples. Out: how many of them stand there, and which numbers are only "at least" what
//! they read. Refuses (with `None`) samples of which none stands there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::interval::Interval;

/// The largest samples stand where a field ends: what was measured is at least so large.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Saturation {
    /// Where the field ends, base unit.
    pub value: f64,
    /// Samples that stand there.
    pub count: u64,
    /// The largest sample below; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// Lower end of the interval of the mean as it reads: that of what was measured is no smaller.
    #[serde(skip)]
    pub mean_from: Option<f64>,
}

impl Saturation {
    /// Of the samples that `visit` shows block by block.
    pub(crate) fn of(value: f64, visit: impl FnOnce(&mut dyn FnMut(&[f64]))) -> Option<Self> {
        let (mut count, mut below) = (0, None);
        visit(&mut |block: &[f64]| {
            for sample in block {
                if *sample >= value {
                    count += 1;
                } else {
                    below = Some(below.map_or(*sample, |most: f64| most.max(*sample)));
                }
            }
        });
        (count > 0).then_some(Self { value, count, below, mean_from: None })
    }

    /// Whether a number made of order statistics is only "at least" what it reads: it lies above all samples that are known.
    pub fn touches(&self, number: f64) -> bool {
        self.below.is_none_or(|below| number > below)
    }

    /// An interval without an upper end that nobody knows.
    pub(crate) fn opened(&self, interval: Interval) -> Interval {
        Interval { high: interval.high.filter(|high| !self.touches(*high)), ..interval }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_above_the_known_samples_is_at_least_so_large() {
        let of = |samples: &[f64]| Saturation::of(65.535, |look| look(samples));
        assert_eq!(of(&[0.1, 0.3, 0.2]), None);
        let found = of(&[0.1, 65.535, 0.3, 65.535]).unwrap();
        assert_eq!((found.count, found.below), (2, Some(0.3)));
        assert!(!found.touches(0.3) && found.touches(0.300_001) && found.touches(65.535));
        let interval = |high: f64| Interval { low: Some(0.1), high: Some(high), level: 0.95 };
        assert_eq!(found.opened(interval(0.3)), interval(0.3));
        assert_eq!(found.opened(interval(20.0)), Interval { high: None, ..interval(20.0) });
        let all = of(&[65.535; 3]).unwrap();
        assert!(all.touches(65.535) && all.below.is_none());
    }
}
