//! Margins, targets and what to fail on, as `perfreport.toml` holds them.
//!
//! In: values of TOML. Out: typed margins, targets and gates. Refuses a key that it does not know, because a statistic
//! with a slip of the pen would be a gate that never fails; the message names the target by number and metric.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::compare::gate::FailOn;
use crate::compare::margin::{MarginRule, parse_margin};
use crate::compare::target::{Target, TargetError};
use crate::measure::service_level::ServiceLevel;

/// What is wrong with an entry of a section.
#[derive(Debug)]
pub(super) struct EntryError {
    /// Which entry, from 0.
    pub(super) index: usize,
    /// The key in it, where one is to blame.
    pub(super) key: Option<String>,
    /// What is wrong, with entry and key.
    pub(super) message: String,
}

/// An exception to the margin.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MarginForConfig {
    /// Names of metrics, as a pattern.
    metric: String,
    /// `10%`.
    margin: String,
}

/// `margin = "5%"`.
pub(super) fn margin<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    parse_margin(&String::deserialize(deserializer)?).map(Some).map_err(D::Error::custom)
}

/// `[[margin_for]]`.
pub(super) fn margin_rules(entries: &[MarginForConfig]) -> Result<Vec<MarginRule>, EntryError> {
    let rule = |(index, entry): (usize, &MarginForConfig)| {
        MarginRule::new(&entry.metric, &entry.margin).map_err(|error| {
            let message = format!("margin_for `{}`: {error}", entry.metric);
            EntryError { index, key: Some("margin".to_owned()), message }
        })
    };
    entries.iter().enumerate().map(rule).collect()
}

/// `fail_on = ["regression", "target"]`.
pub(super) fn fail_on<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<FailOn>>, D::Error> {
    let words = Vec::<String>::deserialize(deserializer)?;
    FailOn::of_words(words.iter().map(String::as_str)).map(Some).map_err(D::Error::custom)
}

/// `[[target]]`.
pub(super) fn targets(tables: &[toml::Table]) -> Result<Vec<Target>, EntryError> {
    let read = |(index, table): (usize, &toml::Table)| {
        target(table).map_err(|TargetError { key, message }| {
            let metric = table.get("metric").and_then(toml::Value::as_str);
            let metric = metric.map(|metric| format!(" (`{metric}`)")).unwrap_or_default();
            EntryError { index, key, message: format!("target {}{metric}: {message}", index + 1) }
        })
    };
    tables.iter().enumerate().map(read).collect()
}

/// `[[slo]]`: every key is what a request has to keep, and its limit.
pub(super) fn service_levels(tables: &[toml::Table]) -> Result<Vec<ServiceLevel>, EntryError> {
    let level = |index: usize, subject: &str, limit: &toml::Value| {
        let wrong = |message: String| EntryError { index, key: Some(subject.to_owned()), message };
        let limit = limit
            .as_str()
            .ok_or_else(|| wrong(format!("slo: {subject}: write the limit in quotes: {subject} = \"< 500ms\"")))?;
        ServiceLevel::new(subject, limit).map_err(|error| wrong(format!("slo: {error}")))
    };
    let entries = tables.iter().enumerate();
    entries.flat_map(|(index, table)| table.iter().map(move |(subject, limit)| level(index, subject, limit))).collect()
}

fn target(table: &toml::Table) -> Result<Target, TargetError> {
    let at = |key: &str| {
        let key = key.to_owned();
        move |message: String| TargetError::at(&key, message)
    };
    let missing = || {
        let message = "`metric` is missing: say which, for example metric = \"latency\"".to_owned();
        TargetError { key: None, message }
    };
    let metric = text("metric", table.get("metric").ok_or_else(missing)?).map_err(at("metric"))?;
    let source = table.get("source").map(|source| text("source", source)).transpose().map_err(at("source"))?;
    let labels = match table.get("where") {
        None => Vec::new(),
        Some(toml::Value::Table(labels)) => labels
            .iter()
            .map(|(column, label)| {
                let key = format!("where.{column}");
                Ok((column.as_str(), text(&key, label).map_err(at(&key))?))
            })
            .collect::<Result<_, TargetError>>()?,
        Some(_) => {
            let remedy = "where: write a column and its label: where = { event = \"login\" }";
            return Err(TargetError::at("where", remedy.to_owned()));
        }
    };
    let conditions = table
        .iter()
        .filter(|(key, _)| !["metric", "source", "where"].contains(&key.as_str()))
        .map(|(key, limit)| Ok((key.as_str(), condition(key, limit).map_err(at(key))?)))
        .collect::<Result<Vec<_>, TargetError>>()?;
    Target::parse(metric, source, labels, conditions)
}

fn text<'a>(key: &str, value: &'a toml::Value) -> Result<&'a str, String> {
    value.as_str().ok_or_else(|| format!("{key}: write it in quotes, as a text"))
}

/// The limit of a condition, which may have been written in one of the ways that TOML reads otherwise.
fn condition<'a>(key: &str, limit: &'a toml::Value) -> Result<&'a str, String> {
    match limit {
        toml::Value::String(limit) => Ok(limit),
        // `p99.9 = …` without quotes is the key 9 in the table p99.
        toml::Value::Table(inner) if key.starts_with('p') => {
            let decimals = inner.keys().next().map_or("", String::as_str);
            Err(format!("a percentile with a point is written in quotes: \"{key}.{decimals}\" = …"))
        }
        _ => Err(format!("{key}: write the limit in quotes, with its operator and unit: {key} = \"< …\"")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Config;
    use super::*;
    use crate::compare::margin::DEFAULT_MARGIN;

    #[test]
    fn a_file_without_any_of_it_asks_for_nothing() {
        let config = Config::parse("").unwrap();
        assert_eq!((config.fail_on, config.strict, config.margin), (None, None, None));
        assert!(config.target.is_empty() && config.environment.is_empty());
        assert_eq!(config.margins.of("latency"), DEFAULT_MARGIN);
    }

    #[test]
    fn margins_targets_and_gates_are_read() {
        let config = Config::parse(
            r#"
            margin = "3%"
            fail_on = ["target", "regression"]
            strict = true
            environment = { build = "release" }
            [[margin_for]]
            metric = "memory_*"
            margin = "10%"
            [[margin_for]]
            metric = "memory_peak"
            margin = "20%"
            [[target]]
            metric = "latency"
            source = "agent_*.csv"
            where = { event = "user_msg_*" }
            "p99.9" = "< 1s"
            p95 = "200ms"
            [[target]]
            metric = "latency"
            error_rate = "< 1/1000"
            "#,
        )
        .unwrap();
        assert_eq!(config.fail_on, Some(vec![FailOn::Regression, FailOn::Target]));
        assert_eq!(config.strict, Some(true));
        assert_eq!(config.environment, BTreeMap::from([("build".to_owned(), "release".to_owned())]));
        let margins = ["latency", "memory_current", "memory_peak"].map(|metric| config.margins.of(metric));
        assert_eq!(margins, [0.03, 0.1, 0.2]);
        assert_eq!(config.target[0].to_string(), "latency in agent_*.csv where event = user_msg_*");
        let conditions: Vec<(&str, &str)> = config.target[0]
            .conditions
            .iter()
            .map(|condition| (condition.key.as_str(), condition.text.as_str()))
            .collect();
        assert_eq!(conditions, [("p95", "<= 200ms"), ("p99.9", "< 1s")]);
        assert_eq!(config.target.len(), 2);
        assert_eq!(Config::parse("fail_on = []").unwrap().fail_on, Some(Vec::new()));
    }

    #[test]
    fn what_means_nothing_is_refused_with_its_place_and_a_remedy() {
        let first = "[[target]]\nmetric = \"a\"\nmean = \"< 1s\"\n[[target]]\nmetric = \"latency\"\n";
        for (text, expected) in [
            ("margin = \"5\"", "`5` is not a margin: write a percentage"),
            ("margin = 5", "margin = 5"),
            ("[[margin_for]]\nmetric = \"a*\"\nmargin = \"x\"", "margin_for `a*`: `x` is not a margin"),
            ("[[margin_for]]\nmetric = \"a\"\nmargn = \"5%\"", "margn"),
            ("fail_on = [\"regresion\"]", "`regresion` is nothing to fail on: write regression, target, corruption"),
            ("fail_on = \"target\"", "fail_on"),
            ("[[target]]\np95 = \"< 1s\"", "target 1: `metric` is missing"),
            ("[[target]]\nmetric = 3", "target 1: metric: write it in quotes"),
            (&format!("{first}p59x = \"< 1s\""), "target 2 (`latency`): `p59x`: a percentile"),
            (
                &format!("{first}latncy = \"< 1s\""),
                "target 2 (`latency`): `latncy` is not known here; there are metric",
            ),
            (first, "target 2 (`latency`): no condition"),
            (&format!("{first}p95 = 200"), "p95: write the limit in quotes"),
            (&format!("{first}p99.9 = \"< 1s\""), "in quotes: \"p99.9\""),
            (&format!("{first}p95 = \"< 2 parsec\""), "p95: `< 2 parsec`: `parsec` is no unit"),
            (&format!("{first}where = \"x\"\np95 = \"< 1s\""), "where = { event"),
            (&format!("{first}where = {{ event = 3 }}\np95 = \"< 1s\""), "where.event: write it in quotes"),
            (&format!("{first}where = {{ event = \"a[\" }}\np95 = \"< 1s\""), "where.event: `a[` is not a pattern"),
        ] {
            let error = Config::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}\n{error}");
            assert!(error.contains("line "), "{error}");
            let last = format!("line {}, column ", text.lines().count());
            let of_entry = ["missing", "no condition", "where"].iter().any(|word| expected.contains(word));
            assert!(of_entry || error.starts_with(&last), "the last line is wrong: {error}");
            let refused = Config::parse(text).unwrap_err();
            assert!(std::error::Error::source(&refused).is_none(), "printed with its causes, it is said once");
        }
    }
}
