//! Limits against what they limit, once the files are read.
//!
//! In: the limits of flags and configuration, and the columns. Refuses a limit whose unit does not fit its column, and a bare
//! number where nothing in the file states the unit: read in another one it would set good samples aside, or none at all.

use std::path::Path;

use anyhow::{Result, bail};

use crate::config::{self, Config};
use crate::measure::limit::{Misfit, is_pure, misfit};
use crate::measure::{Dimension, Quantity, Unit};
use crate::report::build::SourceAnalysis;
use crate::table::Column;

use super::args::Understanding;
use super::options::flag_options;

/// Refuses the first limit that is none for its column.
pub(super) fn check(understanding: &Understanding, config: &Config, analysed: &[SourceAnalysis]) -> Result<()> {
    for item in analysed {
        let name = &item.source.provenance.name;
        let mut options = config.options_for(Path::new(name))?;
        config::overlay(&mut options, flag_options(understanding)?);
        for column in item.source.tables.iter().flat_map(|table| &table.columns) {
            let Some(limit) = options.column(&column.name).and_then(|options| options.limit) else { continue };
            if let Some(remedy) = refusal(column, limit) {
                bail!("limit of {} in {name}: it {remedy}", column.name);
            }
        }
    }
    Ok(())
}

/// What the column is and what to write, as the end of a sentence; `None` where the limit is one for it.
fn refusal(column: &Column, limit: Quantity) -> Option<String> {
    let choice = column.unit.as_ref();
    let unit = choice.map_or(Unit::UNKNOWN, |choice| choice.unit);
    let (name, value) = (&column.name, limit.value);
    match limit.unit {
        _ if unit.dimension == Dimension::UnstatedTime => Some(format!(
            "is a time in a unit that nobody states: write both units, for example --unit {name}=ms --limit {name}={value}ms"
        )),
        None if !is_pure(unit.dimension) && choice.is_some_and(|choice| choice.assumed) => Some(format!(
            "is in {} only by assumption: write the unit, for example --limit {name}={value}{0}",
            unit.symbol
        )),
        None => None,
        Some(_) => {
            misfit(name, limit, unit.dimension).map(|Misfit { measured, remedy }| format!("{measured}: {remedy}"))
        }
    }
}
