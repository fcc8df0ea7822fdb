//! `perfreport.toml`: what a user says about sources, margins, targets and gates, once, in a file.
//!
//! In: the text of the file. Out: a [`Config`], from which the options of a source are taken by its name. Refuses keys
//! that it does not know and values that mean nothing, naming the place.

mod gates;
mod place;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::analysis::chat::{EventKind, Field, ServiceOptions};
use crate::compare::gate::FailOn;
use crate::compare::margin::{DEFAULT_MARGIN, DEFAULT_TAIL_MARGIN, Margins};
use crate::compare::target::Target;
use crate::ingest::{ColumnOptions, SourceOptions};
use crate::measure::service_level::ServiceLevel;
use crate::measure::{Dimension, Polarity, Quantity, Unit};
use crate::table::Role;

pub use place::ConfigFault;

/// The name under which the file is found without being named.
pub const FILE_NAME: &str = "perfreport.toml";

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Title of the report.
    pub title: Option<String>,
    /// Definition of a percentile: `6`, `7`, `nearest-rank`, `harrell-davis`.
    pub quantile_method: Option<QuantileName>,
    /// Level of intervals, between 0.5 and 0.9999.
    pub confidence: Option<f64>,
    /// Columns whose labels form groups.
    #[serde(default)]
    pub group_by: Vec<String>,
    /// Whether labels that differ only in numbers are one population.
    pub collapse: Option<bool>,
    /// Whether of runs of requests only the steady part is counted.
    pub steady: Option<bool>,
    /// Whether every metric of requests is looked at as deeply as their duration.
    pub deep: Option<bool>,
    /// What is known about sources; later entries win.
    #[serde(default)]
    pub source: Vec<SourceConfig>,
    /// A change that is measured as smaller than this is never called a regression: `5%` is 0.05.
    #[serde(default, deserialize_with = "gates::margin")]
    pub margin: Option<f64>,
    /// A tail whose interval lies inside this share is unchanged.
    #[serde(default, deserialize_with = "gates::margin")]
    pub tail_margin: Option<f64>,
    /// Whether the whole interval of a regression has to lie beyond the margin.
    pub margin_test: Option<bool>,
    /// Exceptions to the margin; later entries win.
    #[serde(default)]
    margin_for: Vec<gates::MarginForConfig>,
    /// The margins of all metrics, from both.
    #[serde(skip)]
    pub margins: Margins,
    /// From this share of failures on a population is failing: `10%` is 0.1.
    #[serde(default, deserialize_with = "gates::margin")]
    pub failing: Option<f64>,
    /// What a request has to keep to be a good one: `response = "< 3s"`.
    #[serde(skip)]
    pub slo: Vec<ServiceLevel>,
    /// What must hold.
    #[serde(skip)]
    pub target: Vec<Target>,
    #[serde(default, rename = "slo")]
    slo_tables: Vec<toml::Table>,
    #[serde(default, rename = "target")]
    target_tables: Vec<toml::Table>,
    /// What to fail on: `regression`, `target`, `corruption`, `suspicious`, `inconclusive`.
    #[serde(default, deserialize_with = "gates::fail_on")]
    pub fail_on: Option<Vec<FailOn>>,
    /// Whether undecided targets count as missed.
    pub strict: Option<bool>,
    /// What becomes of a gate that cannot tell: `fail`, `pass`.
    pub undecided: Option<String>,
    /// Where it is measured: `build = "release"`. Runs from different environments are not compared.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
}

/// The name of a percentile definition, as a number or as a word.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum QuantileName {
    /// `quantile_method = 7`.
    Number(u8),
    /// `quantile_method = "nearest-rank"`.
    Word(String),
}

impl std::fmt::Display for QuantileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// What is known about the sources that a pattern matches.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceConfig {
    /// A glob over the path as given, or over the file's name alone.
    #[serde(rename = "match")]
    pub pattern: String,
    /// Name of the format.
    pub format: Option<String>,
    /// Delimiter: one character, or `tab`.
    pub delimiter: Option<String>,
    /// Whether the first row is a header.
    pub header: Option<bool>,
    /// Columns by name.
    #[serde(default)]
    pub columns: BTreeMap<String, ColumnConfig>,
    /// What is known about the service that it records.
    pub service: Option<ServiceConfig>,
}

/// What is known about the service that a source records.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceConfig {
    /// `false`: the source is no service, whatever it looks like.
    pub enabled: Option<bool>,
    /// Columns by what they are: `time`, `session`, `message`, `event`, `error`, `status`, `sent`, `first_chunk`,
    /// `completed`, `timeout_detected`, `timeout_reported`, `memory`, `memory_peak`.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// What each name of an event means: `session_open`, `session_close`, `disconnect`, `message_sent`, `first_chunk`,
    /// `chunk`, `message_end`, `error`, `timeout_detected`, `timeout_reported`, `memory`, `ignore`.
    #[serde(default)]
    pub events: BTreeMap<String, String>,
    /// After how long an answer counts as timed out: `10s`.
    pub deadline: Option<String>,
    /// How many messages were to be sent over all sessions: `50/s`.
    pub rate: Option<String>,
    /// When a session counts as stable.
    #[serde(default)]
    pub stable: StableConfig,
}

/// When a session counts as stable.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StableConfig {
    /// At least so many answered messages; 1 where absent.
    pub min_answered: Option<u64>,
    /// At most this share of failed messages; 0.5 where absent.
    pub max_error_share: Option<f64>,
    /// Open at least so long: `5s`.
    pub min_duration: Option<String>,
}

/// What is known about a column.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnConfig {
    /// `label`, `metric`, `metric-name`, `timestamp`, `status`, `identifier`, `run`, `unused`.
    pub role: Option<String>,
    /// Unit of the values, for example `ms`.
    pub unit: Option<String>,
    /// `lower`, `higher` or `unknown`.
    pub better: Option<String>,
    /// The largest possible value, with a unit: `60s`.
    pub limit: Option<String>,
    /// Lines whose values are no measurements: `["22-29", "40"]`.
    #[serde(default)]
    pub set_aside: Vec<String>,
}

/// A value of a configuration that means nothing.
#[derive(Debug, thiserror::Error)]
#[error("{key}: {value:?} is not {expected}")]
pub struct ConfigError {
    /// Where.
    key: String,
    /// What stands there.
    value: String,
    /// What could stand there.
    expected: String,
}

impl Config {
    /// Reads the text of a configuration and checks every value in it.
    ///
    /// # Errors
    /// When the text is no TOML, has an unknown key, or a value that means nothing; with its line and column.
    pub fn parse(text: &str) -> Result<Self, ConfigFault> {
        let mut config: Self = toml::from_str(text)
            .map_err(|error| ConfigFault::at(text, error.span(), error.message().trim_end().to_owned()))?;
        let place = |section: &'static str| {
            move |error: gates::EntryError| {
                ConfigFault::in_section(text, (section, error.index), error.key.as_deref(), error.message)
            }
        };
        let default = config.margin.unwrap_or(DEFAULT_MARGIN);
        let tail = config.tail_margin.unwrap_or(DEFAULT_TAIL_MARGIN);
        let rules = gates::margin_rules(&config.margin_for).map_err(place("margin_for"))?;
        let test = config.margin_test.unwrap_or(false);
        config.margins = Margins { default, tail, test, rules };
        config.slo = gates::service_levels(&config.slo_tables).map_err(place("slo"))?;
        config.target = gates::targets(&config.target_tables).map_err(place("target"))?;
        for (index, source) in config.source.iter().enumerate() {
            let service = || source.service.iter().try_for_each(|service| service.options().map(drop));
            let checked = source.pattern().map(drop).and_then(|()| source.options().map(drop)).and_then(|()| service());
            checked.map_err(|error| {
                let key = error.key.strip_prefix("source.").unwrap_or(&error.key);
                ConfigFault::in_section(text, ("source", index), Some(key), error.to_string())
            })?;
        }
        Ok(config)
    }

    /// The options for a source, from all entries that match it.
    ///
    /// # Errors
    /// When a value means nothing; [`parse`](Self::parse) has checked that already.
    pub fn options_for(&self, path: &Path) -> Result<SourceOptions, ConfigError> {
        let mut options = SourceOptions::default();
        for source in &self.source {
            let pattern = source.pattern()?;
            let by_name = path.file_name().is_some_and(|name| pattern.matches(&name.to_string_lossy()));
            if by_name || pattern.matches_path(path) {
                overlay(&mut options, source.options()?);
            }
        }
        Ok(options)
    }
}

impl Config {
    /// What is said about the service of a source; the last entry that matches it and says something.
    ///
    /// # Errors
    /// When a value means nothing; [`parse`](Self::parse) has checked that already.
    pub fn service_for(&self, path: &Path) -> Result<ServiceOptions, ConfigError> {
        let mut options = ServiceOptions::default();
        for source in &self.source {
            let pattern = source.pattern()?;
            let by_name = path.file_name().is_some_and(|name| pattern.matches(&name.to_string_lossy()));
            if let Some(service) = source.service.as_ref().filter(|_| by_name || pattern.matches_path(path)) {
                options = service.options()?;
            }
        }
        Ok(options)
    }
}

impl ServiceConfig {
    fn options(&self) -> Result<ServiceOptions, ConfigError> {
        let amount = |key: &str, text: &Option<String>, dimension: Dimension| -> Result<Option<f64>, ConfigError> {
            let Some(text) = text else { return Ok(None) };
            let (plain, example) = match dimension {
                Dimension::Time => (Unit::SECOND, "a duration such as 10s"),
                _ => (Unit::PER_SECOND, "a rate such as 50/s"),
            };
            let quantity = text.parse::<Quantity>().ok().filter(|quantity| quantity.value > 0.0);
            let value = quantity.and_then(|quantity| quantity.or_in(plain).base_in(dimension));
            value.map(Some).ok_or_else(|| value_error(key, text, example))
        };
        let mut options = ServiceOptions {
            enabled: self.enabled,
            deadline: amount("service.deadline", &self.deadline, Dimension::Time)?,
            rate: amount("service.rate", &self.rate, Dimension::Rate)?,
            ..ServiceOptions::default()
        };
        for (name, column) in &self.columns {
            let known = Field::ALL.map(Field::name).join(", ");
            let field = Field::parse(name).ok_or_else(|| value_error("service.columns", name, known))?;
            options.columns.insert(field, column.clone());
        }
        for (name, kind) in &self.events {
            let known = EventKind::ALL.map(EventKind::name).join(", ");
            let key = format!("service.events.{name}");
            let kind = EventKind::parse(kind).ok_or_else(|| value_error(&key, kind, known))?;
            options.events.insert(name.clone(), kind);
        }
        let stable = &mut options.stable;
        stable.min_answered = self.stable.min_answered.unwrap_or(stable.min_answered);
        stable.max_error_share = self.stable.max_error_share.unwrap_or(stable.max_error_share);
        if !(0.0..=1.0).contains(&stable.max_error_share) {
            let value = stable.max_error_share.to_string();
            return Err(value_error("service.stable.max_error_share", &value, "a share from 0 to 1"));
        }
        let min_duration = amount("service.stable.min_duration", &self.stable.min_duration, Dimension::Time)?;
        stable.min_duration = min_duration.unwrap_or(stable.min_duration);
        Ok(options)
    }
}

/// Lets what `over` says win over what `options` says.
pub fn overlay(options: &mut SourceOptions, over: SourceOptions) {
    options.format = over.format.or(options.format.take());
    options.delimiter = over.delimiter.or(options.delimiter);
    options.header = over.header.or(options.header);
    options.session_data.extend(over.session_data);
    for (name, column) in over.columns {
        let entry = options.columns.entry(name).or_default();
        entry.role = column.role.or(entry.role);
        entry.unit = column.unit.or(entry.unit);
        entry.polarity = column.polarity.or(entry.polarity);
        entry.limit = column.limit.or(entry.limit);
        entry.set_aside.extend(column.set_aside);
    }
}

impl SourceConfig {
    fn pattern(&self) -> Result<glob::Pattern, ConfigError> {
        glob::Pattern::new(&self.pattern)
            .map_err(|error| value_error("source.match", &self.pattern, format!("a glob ({error})")))
    }

    fn options(&self) -> Result<SourceOptions, ConfigError> {
        let mut columns = BTreeMap::new();
        for (name, column) in &self.columns {
            columns.insert(name.clone(), column.options(name)?);
        }
        Ok(SourceOptions {
            format: self.format.clone(),
            delimiter: self.delimiter.as_deref().map(delimiter).transpose()?,
            header: self.header,
            columns,
            ..SourceOptions::default()
        })
    }
}

impl ColumnConfig {
    fn options(&self, name: &str) -> Result<ColumnOptions, ConfigError> {
        let unit = self.unit.as_deref().map(|text| unit(&format!("columns.{name}.unit"), text)).transpose()?;
        Ok(ColumnOptions {
            role: self.role.as_deref().map(|text| role(&format!("columns.{name}.role"), text)).transpose()?,
            unit,
            polarity: self
                .better
                .as_deref()
                .map(|text| polarity(&format!("columns.{name}.better"), text))
                .transpose()?,
            limit: self.limit.as_deref().map(|text| limit(&format!("columns.{name}.limit"), text)).transpose()?,
            set_aside: self
                .set_aside
                .iter()
                .map(|text| lines(&format!("columns.{name}.set_aside"), text))
                .collect::<Result<_, ConfigError>>()?,
            day_first: None,
        })
    }
}

fn value_error(key: &str, value: &str, expected: impl Into<String>) -> ConfigError {
    ConfigError { key: key.to_owned(), value: value.to_owned(), expected: expected.into() }
}

/// A delimiter: one ASCII character, `tab` or `\t`.
///
/// # Errors
/// When it is anything else.
pub fn delimiter(text: &str) -> Result<u8, ConfigError> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && *byte != b'"' => Ok(*byte),
        _ => Err(value_error("delimiter", text, "one character such as , ; | or the word tab")),
    }
}

/// A unit by its name.
///
/// # Errors
/// When no unit has that name.
pub fn unit(key: &str, text: &str) -> Result<Unit, ConfigError> {
    Unit::parse(text).ok_or_else(|| {
        value_error(key, text, "a unit: ns, us, ms, s, min, h, B, kB, MB, GB, KiB, MiB, GiB, %, count, /s, …")
    })
}

/// A role by its name.
///
/// # Errors
/// When no role has that name.
pub fn role(key: &str, text: &str) -> Result<Role, ConfigError> {
    let roles = || format!("a role: {}", Role::ALL.map(Role::name).join(", "));
    Role::parse(text).ok_or_else(|| value_error(key, text, roles()))
}

/// Which way is better.
///
/// # Errors
/// When it is not `lower`, `higher` or `unknown`.
pub fn polarity(key: &str, text: &str) -> Result<Polarity, ConfigError> {
    match text {
        "lower" => Ok(Polarity::LowerIsBetter),
        "higher" => Ok(Polarity::HigherIsBetter),
        "unknown" => Ok(Polarity::Unknown),
        _ => Err(value_error(key, text, "lower, higher or unknown")),
    }
}

/// A limit with its unit (`60s`, `2 GiB`), or a bare number in the unit in which the column is recorded.
///
/// # Errors
/// When it is no number, or its unit is not known.
pub fn limit(key: &str, text: &str) -> Result<Quantity, ConfigError> {
    text.parse().map_err(|_| value_error(key, text.trim(), "a number with a unit, such as 60s"))
}

/// A line (`40`), or a first and a last one (`22-29`).
fn lines(key: &str, text: &str) -> Result<(u64, u64), ConfigError> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.trim().parse::<u64>().ok().filter(|line| *line > 0);
    let both = number(first).zip(number(last)).filter(|(first, last)| first <= last);
    both.ok_or_else(|| value_error(key, text, "a line such as 40, or lines such as 22-29"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = r#"
quantile_method = 7
confidence = 0.99

[[source]]
match = "results/*_metrics.csv"
delimiter = ";"

[source.columns.latency]
unit = "ms"
better = "lower"
limit = "60s"

[[source]]
match = "old.csv"
[source.columns.latency]
unit = "us"
"#;

    #[test]
    fn a_source_gets_the_options_of_all_entries_that_match_it() {
        let config = Config::parse(EXAMPLE).unwrap();
        let options = config.options_for(Path::new("results/memory_metrics.csv")).unwrap();
        let latency = options.column("latency").unwrap();
        assert_eq!(options.delimiter, Some(b';'));
        assert_eq!(latency.unit, Some(Unit::MILLISECOND));
        assert_eq!(latency.limit, "60s".parse().ok());
        let options = config.options_for(Path::new("anywhere/old.csv")).unwrap();
        assert_eq!(options.column("latency").unwrap().unit, Some(Unit::MICROSECOND));
        assert_eq!(config.options_for(Path::new("other.csv")).unwrap(), SourceOptions::default());
    }

    #[test]
    fn what_means_nothing_is_refused_with_its_place() {
        for (text, expected) in [
            ("confidnce = 0.9", "confidnce"),
            ("[[source]]\nmatch = \"*\"\n[source.columns.a]\nunit = \"parsec\"", "columns.a.unit"),
            ("[[source]]\nmatch = \"*\"\n[source.columns.a]\nrole = \"king\"", "columns.a.role"),
            ("[[source]]\nmatch = \"*\"\n[source.columns.a]\nset_aside = [\"9-2\"]", "columns.a.set_aside"),
            ("[[source]]\nmatch = \"[\"", "source.match"),
            ("[[source]]\nmatch = \"*\"\ndelimiter = \"ab\"", "delimiter"),
        ] {
            let error = Config::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
            assert!(error.starts_with(&format!("line {}, column 1: ", text.lines().count())), "{error}");
        }
    }
}
