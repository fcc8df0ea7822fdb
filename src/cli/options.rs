//! What flags and the configuration say together; flags win.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use crate::config::{self, Config};
use crate::ingest::{ColumnOptions, SourceOptions};
use crate::stats::quantile::QuantileMethod;
use crate::stats::settings::{Depth, FAILING_SHARE, Settings, ShortRuns};

use super::args::{Understanding, YesNo};
use super::terminal::Lines;

/// Where the configuration is that is named, or lies where the program runs.
pub(super) fn config_path(understanding: &Understanding) -> Option<&Path> {
    config_named(understanding.config.as_deref())
}

/// The configuration of that name, or the one that lies where the program runs.
pub(super) fn config_named(named: Option<&Path>) -> Option<&Path> {
    named.or(Some(Path::new(config::FILE_NAME)).filter(|path| path.is_file()))
}

/// The configuration that is named, or lies where the program runs.
pub(super) fn config(understanding: &Understanding) -> Result<Config> {
    config_in(config_path(understanding))
}

/// The configuration of a file.
pub(super) fn config_in(path: Option<&Path>) -> Result<Config> {
    let Some(path) = path else { return Ok(Config::default()) };
    let text = std::fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    Config::parse(&text).map_err(|error| {
        let lines = error.in_file(&path.display().to_string());
        Lines(lines.lines().map(str::to_owned).collect()).into()
    })
}

/// How numbers are computed, by flags and configuration.
pub(super) fn settings(input: &Understanding, config: &Config) -> Result<Settings> {
    let (quantile_method, confidence) = percentiles(input.quantile_method.as_ref(), input.confidence, config)?;
    let group_by = if input.group_by.is_empty() { config.group_by.clone() } else { input.group_by.clone() };
    let mut service_levels = config.slo.clone();
    for given in &input.slo {
        service_levels.push(given.parse().map_err(|error| anyhow!("--slo: {error}"))?);
    }
    Ok(Settings {
        quantile_method,
        confidence,
        group_by,
        collapse_labels: !input.no_collapse && config.collapse.unwrap_or(true),
        failing: config.failing.unwrap_or(FAILING_SHARE),
        service_levels,
        short_runs: match () {
            () if input.short_runs.dependent => ShortRuns::Dependent,
            () if input.short_runs.independent => ShortRuns::Independent,
            () => ShortRuns::BySource,
        },
        steady: input.steady || config.steady.unwrap_or(false),
        deep: input.deep || config.deep.unwrap_or(false),
        depth: Depth::Full,
        keep_samples: false,
        label_heat: false,
    })
}

/// The definition of percentiles, and the level of intervals.
pub(super) fn percentiles(
    method: Option<&String>,
    level: Option<f64>,
    config: &Config,
) -> Result<(QuantileMethod, f64)> {
    let method = method.cloned().or_else(|| config.quantile_method.as_ref().map(ToString::to_string));
    let quantile_method = match method {
        Some(name) => name.parse::<QuantileMethod>().map_err(|error| anyhow!("--quantile-method: {error}"))?,
        None => QuantileMethod::default(),
    };
    let confidence = level.or(config.confidence).unwrap_or(0.95);
    if !(0.5..=0.9999).contains(&confidence) {
        bail!("--confidence {confidence}: must lie between 0.5 and 0.9999, for example 0.95");
    }
    Ok((quantile_method, confidence))
}

/// What flags say about the columns of every source.
pub(super) fn flag_options(input: &Understanding) -> Result<SourceOptions> {
    let mut options = SourceOptions {
        format: input.format.clone(),
        delimiter: input.delimiter.as_deref().map(config::delimiter).transpose()?,
        header: input.header.map(|header| header == YesNo::Yes),
        session_data: session_data(&input.show_session_data)?,
        ..SourceOptions::default()
    };
    let mut set = |flag: &str, given: &str, apply: &dyn Fn(&mut ColumnOptions, &str) -> Result<()>| -> Result<()> {
        let (column, value) = given
            .rsplit_once('=')
            .ok_or_else(|| anyhow!("{flag} {given}: write COLUMN=VALUE, for example latency=ms"))?;
        apply(options.columns.entry(column.to_owned()).or_default(), value)
    };
    for given in &input.unit {
        set("--unit", given, &|column, value| {
            column.unit = Some(config::unit("--unit", value)?);
            Ok(())
        })?;
    }
    for given in &input.role {
        set("--role", given, &|column, value| {
            column.role = Some(config::role("--role", value)?);
            Ok(())
        })?;
    }
    for given in &input.better {
        set("--better", given, &|column, value| {
            column.polarity = Some(config::polarity("--better", value)?);
            Ok(())
        })?;
    }
    for given in &input.limit {
        set("--limit", given, &|column, value| {
            column.limit = Some(config::limit("--limit", value)?);
            Ok(())
        })?;
    }
    Ok(options)
}

/// Session data is shown only where it is named exactly.
fn session_data(keys: &[String]) -> Result<Vec<String>> {
    for key in keys {
        let field = key.split('.').next().unwrap_or_default();
        if !["sessionMemory", "sessionState"].contains(&field) {
            bail!(
                "--show-session-data {key}: write sessionMemory, sessionState, or one entry such as sessionState.phase"
            );
        }
    }
    Ok(keys.to_vec())
}
