//! The margin: a change that is measured as smaller than it is never called a regression.
//!
//! In: a percentage as people write it (`5%`), and exceptions for some metrics. Out: a ratio (0.05). Refuses a bare
//! number, because `5` could be 5% or a factor.

use super::pattern::{Case, NamePattern};
use crate::measure::{Dimension, Quantity, Refusal, Unit};

/// A change of so many margins is large.
pub(crate) const LARGE: f64 = 3.0;
/// A center that changes by this factor is not passed over because a short run is assumed to depend on itself.
pub(crate) const GLARING_FACTOR: f64 = 1.75;
/// The margin where nobody says otherwise (docs/statistics.md).
pub const DEFAULT_MARGIN: f64 = 0.05;
/// That of the tail: percentiles far out are known less well, and matter less, than the center.
pub const DEFAULT_TAIL_MARGIN: f64 = 0.2;
/// A margin of 100% or more would let a metric double unseen.
const LARGEST_MARGIN: f64 = 1.0;

/// A margin for the metrics that a pattern matches.
#[derive(Debug, Clone, PartialEq)]
pub struct MarginRule {
    /// Names of metrics; case is ignored.
    pub metric: NamePattern,
    /// The margin: 0.1 is 10%.
    pub margin: f64,
}

impl MarginRule {
    /// Reads an exception.
    ///
    /// # Errors
    /// When the pattern or the margin means nothing.
    pub fn new(metric: &str, margin: &str) -> Result<Self, Refusal> {
        Ok(Self { metric: NamePattern::new(metric, Case::Ignored)?, margin: parse_margin(margin)? })
    }
}

/// The margins of all metrics.
#[derive(Debug, Clone, PartialEq)]
pub struct Margins {
    /// Where no rule matches: 0.05 is 5%.
    pub default: f64,
    /// The tail is unchanged where its interval lies inside this: 0.2 is 20%.
    pub tail: f64,
    /// Whether the whole interval of a change has to lie beyond the margin, and not only the change as it was measured.
    pub test: bool,
    /// Exceptions; the last one that matches a metric holds.
    pub rules: Vec<MarginRule>,
}

impl Default for Margins {
    fn default() -> Self {
        Self { default: DEFAULT_MARGIN, tail: DEFAULT_TAIL_MARGIN, test: false, rules: Vec::new() }
    }
}

impl Margins {
    /// The margin that holds for a metric.
    pub fn of(&self, metric: &str) -> f64 {
        let rule = self.rules.iter().rev().find(|rule| rule.metric.matches(metric));
        rule.map_or(self.default, |rule| rule.margin)
    }
}

/// Reads a margin: `5%` is 0.05.
///
/// # Errors
/// When it is no percentage, or not from 0% to below 100%.
pub fn parse_margin(text: &str) -> Result<f64, Refusal> {
    let quantity = text.parse::<Quantity>().ok().filter(|quantity| quantity.unit == Some(Unit::PERCENT));
    quantity
        .and_then(|quantity| quantity.base_in(Dimension::Ratio))
        .filter(|margin| (0.0..LARGEST_MARGIN).contains(margin))
        .ok_or_else(|| {
            Refusal(format!("`{text}` is not a margin: write a percentage from 0% to below 100%, for example 5%"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_is_a_percentage_and_nothing_else() {
        for (text, expected) in [("5%", Some(0.05)), (" 2.5 %", Some(0.025)), ("0%", Some(0.0))] {
            assert_eq!(parse_margin(text).ok(), expected, "{text}");
        }
        for text in ["5", "0.05", "", "%", "-5%", "100%", "nan%", "inf%", "five%"] {
            let error = parse_margin(text).unwrap_err().to_string();
            assert!(error.contains("write a percentage") && error.contains(text), "{error}");
        }
    }

    #[test]
    fn the_last_rule_that_matches_a_metric_holds() {
        let rules = [("memory_*", "10%"), ("*", "7%"), ("memory_peak", "20%")];
        let rules = rules.map(|(metric, margin)| MarginRule::new(metric, margin).unwrap()).to_vec();
        let margins = Margins { rules: rules.clone(), ..Margins::default() };
        assert_eq!(margins.of("memory_peak"), 0.2);
        assert_eq!(margins.of("memory_current"), 0.07, "the rule for everything stands below that for memory");
        let margins = Margins { rules: rules[..1].to_vec(), ..Margins::default() };
        assert_eq!(margins.of("MEMORY_current"), 0.1);
        assert_eq!(margins.of("latency"), 0.05);
        assert_eq!(Margins::default().of("latency"), DEFAULT_MARGIN);
    }
}
