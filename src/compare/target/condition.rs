//! Targets and their conditions, and how both are written.
//!
//! In: patterns over metrics, keys such as `p95` and limits such as `< 200ms`. Out: [`Target`]s. Refuses keys that it does not
//! know and limits that mean nothing or could be misread, and says what to write.

use std::fmt;

use crate::compare::pattern::{Case, NamePattern};
use crate::measure::{Dimension, Operator, Quantity, QuantityError, Statistic, StatisticError, Unit};

/// The keys of conditions, for messages.
const KNOWN_KEYS: &str = "mean, median, p50, p90, p95, p99, \"p99.9\" (any percentile), min, max, stddev, cv, count, value, \
                          error_rate, center_change, median_change, p95_change, p99_change, mean_change";
/// The keys of changes, for messages.
const KNOWN_CHANGES: &str = "center_change, median_change, p95_change, p99_change, mean_change";
/// How a percentile is written, for messages.
const HOW_PERCENTILE: &str =
    "a percentile lies between 0 and 100: p95, \"p99.9\" (in quotes); for the ends write min or max";

/// What a user wants some numbers to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Names of metrics; case is ignored.
    pub metric: NamePattern,
    /// Names of sources; absent for all.
    pub source: Option<NamePattern>,
    /// Which groups; empty for all samples of the metric together.
    pub labels: Vec<LabelRule>,
    /// What must hold; at least one, in a fixed order.
    pub conditions: Vec<Condition>,
}

/// A column of labels and which of them are meant.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelRule {
    /// Name of the column; case is ignored.
    pub column: String,
    /// The labels.
    pub label: NamePattern,
}

/// A condition on one statistic.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The statistic as its key is written: `p95`, `median`, `mean_change`.
    pub key: String,
    /// The statistic.
    pub statistic: Statistic,
    /// Whether it is about the change of it since the baseline: after / before - 1.
    pub is_change: bool,
    /// How the number is compared with the limit.
    pub operator: Operator,
    /// The limit. For a change, its difference from no change: 3%.
    pub limit: Quantity,
    /// Operator and limit for a reader: `< 200ms`.
    pub text: String,
}

/// What is wrong with the text of a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TargetError {
    /// The key that is to blame; `None` where nothing is written that could be.
    pub key: Option<String>,
    /// What is wrong, and what to write.
    pub message: String,
}

impl TargetError {
    /// Of what stands under a key.
    pub fn at(key: &str, message: String) -> Self {
        Self { key: Some(key.to_owned()), message }
    }
}

impl Target {
    /// Reads a target. `labels` are columns and patterns over their labels, `conditions` keys and limits.
    ///
    /// # Errors
    /// When something means nothing; the message names the key.
    pub fn parse<'a>(
        metric: &str,
        source: Option<&str>,
        labels: impl IntoIterator<Item = (&'a str, &'a str)>,
        conditions: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, TargetError> {
        let pattern = |key: &str, text: &str, case| {
            NamePattern::new(text, case).map_err(|error| TargetError::at(key, format!("{key}: {error}")))
        };
        let rule = |(column, label): (&str, &str)| {
            let label = pattern(&format!("where.{column}"), label, Case::Distinct)?;
            Ok(LabelRule { column: column.to_owned(), label })
        };
        let mut target = Self {
            metric: pattern("metric", metric, Case::Ignored)?,
            source: source.map(|source| pattern("source", source, Case::Distinct)).transpose()?,
            labels: labels.into_iter().map(rule).collect::<Result<_, TargetError>>()?,
            conditions: conditions
                .into_iter()
                .map(|(key, text)| Condition::parse(key, text))
                .collect::<Result<_, TargetError>>()?,
        };
        if target.conditions.is_empty() {
            let message = "no condition: add one, for example p95 = \"< 200ms\"".to_owned();
            return Err(TargetError { key: None, message });
        }
        // A table of TOML has no order, and the alphabet puts p5 behind p100. Of changes, the mean stands behind the percentiles.
        target.conditions.sort_by_key(|condition| {
            let Condition { statistic, is_change, .. } = *condition;
            (is_change, is_change && statistic == Statistic::Mean, statistic)
        });
        Ok(target)
    }
}

impl Condition {
    /// Reads a condition: a key (`p95`) and a limit (`< 200ms`). A limit without an operator is the largest value allowed.
    ///
    /// # Errors
    /// When the key is not known, or the limit means nothing.
    pub fn parse(key: &str, text: &str) -> Result<Self, TargetError> {
        let (statistic, is_change) = statistic_of(key)?;
        let error = |remedy: &str| TargetError::at(key, format!("{key}: `{}`: {remedy}", text.trim()));
        let (operator, rest) = Operator::split(text.trim());
        let limit = limit_of(statistic, is_change, rest).map_err(|remedy| error(&remedy))?;
        // A bare limit can only be meant as the largest value allowed, but for counts and rates.
        let of_rate = limit.unit.is_some_and(|unit| matches!(unit.dimension, Dimension::Rate | Dimension::ByteRate));
        let is_directed = !matches!(statistic, Statistic::Count | Statistic::Min | Statistic::Value) && !of_rate;
        let operator = operator
            .or(is_directed.then_some(Operator::AtMost))
            .ok_or_else(|| error("say whether that is the least or the most: write >= or <= before it"))?;
        let text = format!("{} {rest}", operator.symbol());
        Ok(Self { key: key.to_owned(), statistic, is_change, operator, limit, text })
    }

    /// What the number measures, for a metric of a dimension.
    pub fn dimension(&self, of_metric: Dimension) -> Dimension {
        if self.is_change { Dimension::Ratio } else { self.statistic.dimension(of_metric) }
    }
}

/// The statistic of a key, and whether its change is meant.
fn statistic_of(key: &str) -> Result<(Statistic, bool), TargetError> {
    if let Some(of) = key.strip_suffix("_change") {
        return match of.parse() {
            Ok(Statistic::Median) => Ok((Statistic::P50, true)),
            Ok(of @ (Statistic::Center | Statistic::P50 | Statistic::P95 | Statistic::P99 | Statistic::Mean)) => {
                Ok((of, true))
            }
            _ => {
                let message = format!("`{key}` is not compared with a baseline; there are {KNOWN_CHANGES}");
                Err(TargetError::at(key, message))
            }
        };
    }
    match key.parse() {
        Ok(Statistic::Center | Statistic::Failures) | Err(StatisticError::Unknown) => {
            let there = "there are metric, source, where, and the statistics";
            Err(TargetError::at(key, format!("`{key}` is not known here; {there} {KNOWN_KEYS}")))
        }
        Ok(Statistic::Percentile(0.0 | 100.0)) | Err(StatisticError::Percentile) => {
            Err(TargetError::at(key, format!("`{key}`: {HOW_PERCENTILE}")))
        }
        Ok(statistic) => Ok((statistic, false)),
    }
}

/// The limit for a statistic, or what to write instead.
fn limit_of(statistic: Statistic, is_change: bool, text: &str) -> Result<Quantity, String> {
    let example = match statistic {
        _ if is_change => "< 3%",
        Statistic::Count => ">= 1000",
        Statistic::Cv => "< 30%",
        Statistic::FailureShare => "< 1/1000",
        Statistic::Value => ">= 40/s",
        _ => "< 200ms",
    };
    let never_negative =
        matches!(statistic, Statistic::Count | Statistic::Stddev | Statistic::Cv | Statistic::FailureShare);
    let quantity = text.parse::<Quantity>();
    if quantity == Err(QuantityError::Number) {
        return Err(format!("is no limit: write for example {example}"));
    }
    if never_negative && text.starts_with('-') {
        return Err("is never below 0".to_owned());
    }
    if statistic == Statistic::FailureShare && !is_change {
        let how = "write a share of at most all: 0.1%, 1/1000, 1 per 1000 or 0.001";
        let value = Quantity::share(text).ok_or(how)?;
        return Ok(Quantity { value, unit: Some(Unit::RATIO) });
    }
    match statistic {
        Statistic::Count => quantity
            .ok()
            .filter(|quantity| quantity.unit.is_none())
            .map(|quantity| Quantity { unit: Some(Unit::COUNT), ..quantity })
            .ok_or_else(|| "is a number of samples: write no unit".to_owned()),
        _ if is_change || statistic == Statistic::Cv => quantity
            .ok()
            .filter(|quantity| quantity.unit == Some(Unit::PERCENT))
            .ok_or_else(|| format!("write a percentage: {example}")),
        _ => quantity.map_err(|error| error.to_string()),
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.metric.text())?;
        if let Some(source) = &self.source {
            write!(f, " in {}", source.text())?;
        }
        for (index, rule) in self.labels.iter().enumerate() {
            let word = if index == 0 { "where" } else { "and" };
            write!(f, " {word} {} = {}", rule.column, rule.label.text())?;
        }
        Ok(())
    }
}
