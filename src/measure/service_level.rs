//! A service level: what a request has to keep to count as a good one (`response < 3s`).
//!
//! In: text of a flag or of the configuration. Out: a [`ServiceLevel`]. Refuses limits without a comparison or a number, and numbers
//! that nobody can read. Whether its unit fits what is measured is the analysis' to say.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::operator::Operator;
use super::quantity::Quantity;
use super::refusal::Refusal;

/// What a request has to keep. Its text is `response < 3s`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct ServiceLevel {
    /// What of the request: `first_chunk`, `response`, `time_per_output_token`, or a column.
    pub subject: String,
    /// On which side of the limit it has to be.
    pub bound: Operator,
    /// The limit.
    pub limit: Quantity,
    /// The limit as written.
    text: String,
}

impl ServiceLevel {
    /// Of a subject and its limit: `response` and `< 3s`.
    ///
    /// # Errors
    /// When the limit has no comparison or no number with a unit that is known.
    pub fn new(subject: &str, limit: &str) -> Result<Self, Refusal> {
        let error =
            |remedy: String| Refusal(format!("`{} {}` is no service level: {remedy}", subject.trim(), limit.trim()));
        let example = || "write for example response < 3s".to_owned();
        let (bound, rest) = Operator::split(limit.trim());
        let bound = bound.ok_or_else(|| error(example()))?;
        let quantity = rest.parse::<Quantity>().map_err(|found| error(format!("{rest} {found}")))?;
        if subject.trim().is_empty() {
            return Err(error(example()));
        }
        Ok(Self { subject: subject.trim().to_owned(), bound, limit: quantity, text: rest.to_owned() })
    }
}

impl FromStr for ServiceLevel {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let place = text.find(['<', '>', '≤', '≥']).unwrap_or(text.len());
        let (subject, limit) = text.split_at(place);
        Self::new(subject, limit)
    }
}

impl fmt::Display for ServiceLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.subject, self.bound.symbol(), self.text)
    }
}

impl TryFrom<String> for ServiceLevel {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<ServiceLevel> for String {
    fn from(level: ServiceLevel) -> Self {
        level.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_read_and_written_back() {
        for (text, written) in [
            ("response<3s", "response < 3s"),
            ("first_chunk <= 500 ms", "first_chunk <= 500 ms"),
            ("tokens per second ≥ 20/s", "tokens per second >= 20/s"),
            ("elapsed>1", "elapsed > 1"),
        ] {
            let level: ServiceLevel = text.parse().unwrap();
            assert_eq!(level.to_string(), written);
            assert_eq!(written.parse(), Ok(level));
        }
    }

    #[test]
    fn what_is_none_is_refused_with_a_remedy() {
        for text in ["response", "response 3s", "<3s", "response <", "response < fast", "response < 3 parsec"] {
            assert!(text.parse::<ServiceLevel>().is_err(), "{text}");
        }
        let error = "response < 3 parsec".parse::<ServiceLevel>().unwrap_err().to_string();
        assert!(error.contains("`parsec` is no unit"), "{error}");
    }

    #[test]
    fn a_limit_itself_is_kept_only_where_it_says_so() {
        let keeps = |text: &str, value: f64| {
            let level: ServiceLevel = text.parse().unwrap();
            level.bound.holds(value, level.limit.value)
        };
        assert_eq!(["a < 3", "a <= 3", "a > 3", "a >= 3"].map(|text| keeps(text, 3.0)), [false, true, false, true]);
    }
}
