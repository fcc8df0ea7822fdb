//! The text of targets: keys and limits.
//!
//! In: `p95` and `< 200ms`. Out: a [`Condition`]. Refuses keys that it does not know and limits that mean nothing or could
//! be misread, and says what to write.

use crate::measure::unit::{Dimension, Unit};

use super::super::outcome::Statistic;
use super::super::pattern::{Case, NamePattern, PatternError};
use super::{Condition, LabelRule, Limit, MEDIAN, Measure, Operator, Target};

/// The keys of conditions, for messages.
const KNOWN_KEYS: &str = "mean, median, p50, p90, p95, p99, \"p99.9\" (any percentile), min, max, stddev, cv, count, value, \
                          error_rate, center_change, median_change, p95_change, p99_change, mean_change";
/// The keys of changes, for messages.
const KNOWN_CHANGES: &str = "center_change, median_change, p95_change, p99_change, mean_change";
/// How a percentile is written, for messages.
const HOW_PERCENTILE: &str =
    "a percentile lies between 0 and 100: p95, \"p99.9\" (in quotes); for the ends write min or max";

/// What is wrong with the text of a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetTextError {
    /// A pattern is none.
    #[error("{key}: {error}")]
    Pattern {
        /// Where it stands.
        key: String,
        /// What is wrong.
        error: PatternError,
    },
    /// No statistic is called so.
    #[error("`{key}` is not known here; there are metric, source, where, and the statistics {KNOWN_KEYS}")]
    UnknownKey {
        /// As written.
        key: String,
    },
    /// No change of this statistic is computed.
    #[error("`{key}` is not compared with a baseline; there are {KNOWN_CHANGES}")]
    UnknownChange {
        /// As written.
        key: String,
    },
    /// A percentile that is none.
    #[error("`{key}`: {HOW_PERCENTILE}")]
    Percentile {
        /// As written.
        key: String,
    },
    /// A limit that means nothing, or could mean two things.
    #[error("{key}: `{text}`: {remedy}")]
    Limit {
        /// The statistic.
        key: String,
        /// As written.
        text: String,
        /// What to write.
        remedy: String,
    },
    /// There is nothing to hold the metric against.
    #[error("no condition: add one, for example p95 = \"< 200ms\"")]
    NoCondition,
    /// Failures are counted over all rows.
    #[error("error_rate is counted over all rows: write it into a [[target]] of its own, without `where`")]
    ErrorRateOfGroups,
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
    ) -> Result<Self, TargetTextError> {
        let pattern = |key: &str, text: &str, case| {
            NamePattern::new(text, case).map_err(|error| TargetTextError::Pattern { key: key.to_owned(), error })
        };
        let rule = |(column, label): (&str, &str)| {
            let label = pattern(&format!("where.{column}"), label, Case::Told)?;
            Ok(LabelRule { column: column.to_owned(), label })
        };
        let mut target = Self {
            metric: pattern("metric", metric, Case::Ignored)?,
            source: source.map(|source| pattern("source", source, Case::Told)).transpose()?,
            labels: labels.into_iter().map(rule).collect::<Result<_, TargetTextError>>()?,
            conditions: conditions
                .into_iter()
                .map(|(key, text)| Condition::parse(key, text))
                .collect::<Result<_, TargetTextError>>()?,
        };
        if target.conditions.is_empty() {
            return Err(TargetTextError::NoCondition);
        }
        let of_errors = |condition: &Condition| condition.measure == Measure::ErrorRate;
        if !target.labels.is_empty() && target.conditions.iter().any(of_errors) {
            return Err(TargetTextError::ErrorRateOfGroups);
        }
        // A table of TOML has no order, and the alphabet puts p5 behind p100.
        target.conditions.sort_by(|a, b| {
            place(a.measure).0.cmp(&place(b.measure).0).then(place(a.measure).1.total_cmp(&place(b.measure).1))
        });
        Ok(target)
    }
}

/// The order in which conditions are shown.
fn place(measure: Measure) -> (u8, f64) {
    match measure {
        Measure::Count => (0, 0.0),
        Measure::Min => (1, 0.0),
        Measure::Mean => (2, 0.0),
        Measure::Percentile(percent) => (3, percent),
        Measure::Max => (4, 0.0),
        Measure::Stddev => (5, 0.0),
        Measure::Cv => (6, 0.0),
        Measure::Value => (7, 0.0),
        Measure::ErrorRate => (8, 0.0),
        Measure::Change(statistic) => (9, f64::from(statistic as u8)),
    }
}

impl Condition {
    /// Reads a condition: a key (`p95`) and a limit (`< 200ms`). A limit without an operator is the largest value allowed.
    ///
    /// # Errors
    /// When the key is not known, or the limit means nothing.
    pub fn parse(key: &str, text: &str) -> Result<Self, TargetTextError> {
        let measure = Measure::parse(key)?;
        let error = |remedy: &str| TargetTextError::Limit {
            key: key.to_owned(),
            text: text.trim().to_owned(),
            remedy: remedy.to_owned(),
        };
        let (operator, rest) = operator_of(text.trim());
        let limit = limit_of(measure, rest).map_err(|remedy| error(&remedy))?;
        let operator = match operator {
            Some(operator) => operator,
            None if is_directed(measure, limit.dimension) => Operator::AtMost,
            None => return Err(error("say whether that is the least or the most: write >= or <= before it")),
        };
        Ok(Self { key: key.to_owned(), measure, operator, text: format!("{} {rest}", operator.symbol()), limit })
    }
}

/// Whether a bare limit can only be meant as the largest value allowed: not so for counts and rates.
fn is_directed(measure: Measure, dimension: Option<Dimension>) -> bool {
    let of_rate = matches!(dimension, Some(Dimension::Rate | Dimension::ByteRate));
    !of_rate && !matches!(measure, Measure::Count | Measure::Min | Measure::Value)
}

impl Measure {
    /// Reads the key of a condition.
    ///
    /// # Errors
    /// When no statistic is called so.
    pub fn parse(key: &str) -> Result<Self, TargetTextError> {
        if let Some(of) = key.strip_suffix("_change") {
            return match of {
                "center" => Ok(Self::Change(Statistic::Center)),
                "median" | "p50" => Ok(Self::Change(Statistic::P50)),
                "p95" => Ok(Self::Change(Statistic::P95)),
                "p99" => Ok(Self::Change(Statistic::P99)),
                "mean" => Ok(Self::Change(Statistic::Mean)),
                _ => Err(TargetTextError::UnknownChange { key: key.to_owned() }),
            };
        }
        match key {
            "count" => Ok(Self::Count),
            "min" => Ok(Self::Min),
            "mean" => Ok(Self::Mean),
            "median" => Ok(Self::Percentile(MEDIAN)),
            "max" => Ok(Self::Max),
            "stddev" => Ok(Self::Stddev),
            "cv" => Ok(Self::Cv),
            "value" => Ok(Self::Value),
            "error_rate" => Ok(Self::ErrorRate),
            _ => percentile_of(key),
        }
    }
}

fn percentile_of(key: &str) -> Result<Measure, TargetTextError> {
    let plain = |digits: &&str| digits.starts_with(|first: char| first.is_ascii_digit());
    let Some(digits) = key.strip_prefix('p').filter(plain) else {
        return Err(TargetTextError::UnknownKey { key: key.to_owned() });
    };
    let only_digits = digits.chars().all(|character| character.is_ascii_digit() || character == '.');
    let percent = digits.parse::<f64>().ok().filter(|percent| only_digits && *percent > 0.0 && *percent < 100.0);
    percent.map(Measure::Percentile).ok_or_else(|| TargetTextError::Percentile { key: key.to_owned() })
}

/// The operator, where there is one, and the rest.
fn operator_of(text: &str) -> (Option<Operator>, &str) {
    let operators = [
        ("<=", Operator::AtMost),
        (">=", Operator::AtLeast),
        ("≤", Operator::AtMost),
        ("≥", Operator::AtLeast),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ];
    let found = operators.iter().find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)));
    found.map_or((None, text), |(operator, rest)| (Some(operator), rest.trim()))
}

/// The limit for a statistic, or what to write instead.
fn limit_of(measure: Measure, text: &str) -> Result<Limit, String> {
    let (number, symbol) = text.split_at(number_end(text));
    let (number, symbol) = (number.trim(), symbol.trim());
    let value = number.replace('_', "").parse::<f64>().ok().filter(|value| value.is_finite());
    let value = value.ok_or_else(|| format!("is no limit: write for example {}", example(measure)))?;
    let signed = matches!(
        measure,
        Measure::Change(_) | Measure::Min | Measure::Mean | Measure::Percentile(_) | Measure::Max | Measure::Value
    );
    if value < 0.0 && !signed {
        return Err("is never below 0".to_owned());
    }
    let limit = |value: f64, dimension| Limit { value, dimension, number: number.to_owned() };
    match measure {
        Measure::Count if symbol.is_empty() => Ok(limit(value, Some(Dimension::Count))),
        Measure::Count => Err("is a number of samples: write no unit".to_owned()),
        Measure::Cv | Measure::Change(_) if symbol == Unit::PERCENT.symbol => {
            Ok(limit(Unit::PERCENT.to_base(value), Some(Dimension::Ratio)))
        }
        Measure::Cv | Measure::Change(_) => Err(format!("write a percentage: {}", example(measure))),
        Measure::ErrorRate => share_of(value, symbol).map(|share| limit(share, Some(Dimension::Ratio))),
        _ if symbol.is_empty() => Ok(limit(value, None)),
        _ => {
            let unit = Unit::parse(symbol).filter(|_| symbol != "1");
            let unit = unit.ok_or_else(|| {
                format!("`{symbol}` is no unit: ns, us, ms, s, min, h, B, kB, MB, GB, KiB, MiB, GiB, %, /s, MB/s, …")
            })?;
            Ok(limit(unit.to_base(value), Some(unit.dimension)))
        }
    }
}

/// A share of failures: `0.1%`, `1/1000`, `1 per 1000`, `0.001`.
fn share_of(value: f64, symbol: &str) -> Result<f64, String> {
    let how = "write a share of at most all: 0.1%, 1/1000, 1 per 1000 or 0.001".to_owned();
    let of = symbol.strip_prefix('/').or_else(|| symbol.strip_prefix("per "));
    let share = match (symbol, of) {
        ("", _) if value < 1.0 => value,
        // One could be 1% or everything.
        ("", _) => return Err(how),
        ("%", _) => Unit::PERCENT.to_base(value),
        (_, Some(of)) => {
            let of = of.trim().replace('_', "").parse::<f64>().ok().filter(|of| of.is_finite() && *of > 0.0);
            value / of.ok_or_else(|| how.clone())?
        }
        _ => return Err(how),
    };
    if share <= 1.0 { Ok(share) } else { Err(how) }
}

/// Where the number at the beginning ends.
fn number_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    while let Some(byte) = bytes.get(end) {
        let exponent = matches!(byte, b'e' | b'E')
            && (digit(end + 1) || matches!(bytes.get(end + 1), Some(b'+' | b'-')) && digit(end + 2));
        let sign = matches!(byte, b'+' | b'-') && (end == 0 || matches!(bytes[end - 1], b'e' | b'E'));
        if !(byte.is_ascii_digit() || matches!(byte, b'.' | b'_') || exponent || sign) {
            break;
        }
        end += 1;
    }
    end
}

/// A condition as it could be written.
fn example(measure: Measure) -> &'static str {
    match measure {
        Measure::Count => ">= 1000",
        Measure::Cv => "< 30%",
        Measure::ErrorRate => "< 1/1000",
        Measure::Change(_) => "< 3%",
        Measure::Value => ">= 40/s",
        _ => "< 200ms",
    }
}
