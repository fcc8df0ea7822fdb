//! The baseline file: what earlier runs measured, small enough to stand in a repository.
//!
//! In: captures, or the bytes of a baseline file. Out: the bytes of a file that is the same whenever its content is, or a
//! [`Baseline`] in which everything fits together. Refuses, with the place and the remedy, whatever a gate could not rest
//! on: a damaged or edited file, a file of a newer perfreport, the same run twice. Reads and writes no files.

use std::borrow::Cow;
use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::capture::Capture;

mod check;
mod error;
mod read;
mod write;

pub use error::BaselineError;
use write::FileV1;
pub use write::Tool;

/// The value of `format` in a baseline file.
pub const FORMAT: &str = "perfreport baseline";
/// The newest version that is read. Every new field raises it, since unknown ones are refused. A file is written in the oldest
/// version that can hold what is in it, so that older programs read what they can.
///
/// Version 2 added what the files say of the measured machine (`environment.measured`) and numbers that tools have
/// summarised (`reported`); version 3 failures by label (`shares.group`); version 4 rates of requests (`rates`) and
/// the part of a run that was captured (`sources.part`); version 5 labels that all rows share (`sources.constants`).
pub const VERSION: u32 = 5;
/// Of a file with what version 4 added, and nothing newer.
const FOURTH_VERSION: u32 = 4;
/// Of a file with what version 3 added, and nothing newer.
const THIRD_VERSION: u32 = 3;
/// Of a file with what version 2 added, and nothing newer.
const SECOND_VERSION: u32 = 2;
/// Of a file without anything that a later version added.
const FIRST_VERSION: u32 = 1;

/// Runs that later runs are compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// What wrote it last.
    pub tool: Tool,
    /// The quantile method of the report that it was made with.
    pub quantile_method: String,
    /// One for each time that runs were captured, oldest first. Only [`Baseline::add`] checks what is put in.
    pub captures: Vec<Capture>,
}

impl Baseline {
    /// A baseline without runs.
    pub fn new(quantile_method: impl Into<String>) -> Self {
        Self { tool: Tool::this(), quantile_method: quantile_method.into(), captures: Vec::new() }
    }

    /// Adds what was captured, as the newest; very many samples become a sketch.
    ///
    /// # Errors
    /// [`BaselineError::SameRunTwice`] where all its files, or all files of an earlier capture, are in both: a run counted
    /// twice makes the noise between runs look smaller than it is. [`BaselineError::NothingToAdd`] where there are
    /// neither samples nor failures. [`BaselineError::Invalid`] where it could not be read again.
    pub fn add(&mut self, capture: Capture) -> Result<(), BaselineError> {
        let capture = reduced(capture);
        if let Some(files) = self.captures.iter().find_map(|earlier| same_run(earlier, &capture)) {
            return Err(BaselineError::SameRunTwice { files });
        }
        if capture.is_empty() {
            let files = capture.sources.into_iter().map(|source| source.name).collect();
            return Err(BaselineError::NothingToAdd { files });
        }
        check::capture(&capture, self.captures.len())?;
        self.captures.push(capture);
        self.tool = Tool::this();
        Ok(())
    }

    /// The file: one line for each run of a metric, so that a difference in version control can be read. The same baseline
    /// always gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        write::file(&self.as_file(&self.digest()))
    }

    /// The oldest version that holds all of it.
    fn version(&self) -> u32 {
        let fifth = |capture: &Capture| capture.sources.iter().any(|source| !source.constants.is_empty());
        let fourth =
            |capture: &Capture| !capture.rates.is_empty() || capture.sources.iter().any(|source| source.part.is_some());
        let third = |capture: &Capture| capture.shares.iter().any(|share| share.group.is_some());
        let second = |capture: &Capture| !capture.reported.is_empty() || !capture.environment.measured.is_empty();
        match () {
            () if self.captures.iter().any(fifth) => VERSION,
            () if self.captures.iter().any(fourth) => FOURTH_VERSION,
            () if self.captures.iter().any(third) => THIRD_VERSION,
            () if self.captures.iter().any(second) => SECOND_VERSION,
            () => FIRST_VERSION,
        }
    }

    /// Digest of the file without its digest.
    fn digest(&self) -> String {
        format!("blake3:{}", blake3::hash(&write::file(&self.as_file(""))).to_hex())
    }

    fn as_file<'a>(&'a self, digest: &'a str) -> FileV1<'a> {
        FileV1 {
            format: Cow::Borrowed(FORMAT),
            version: self.version(),
            tool: Cow::Borrowed(&self.tool),
            quantile_method: Cow::Borrowed(&self.quantile_method),
            digest: Cow::Borrowed(digest),
            captures: Cow::Borrowed(&self.captures),
        }
    }
}

/// The schema is that of the file.
impl JsonSchema for Baseline {
    fn schema_name() -> Cow<'static, str> {
        "Baseline".into()
    }

    fn schema_id() -> Cow<'static, str> {
        concat!(module_path!(), "::Baseline").into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        FileV1::json_schema(generator)
    }
}

fn reduced(mut capture: Capture) -> Capture {
    for run in capture.metrics.iter_mut().flat_map(|metric| &mut metric.runs) {
        let values = std::mem::replace(&mut run.values, super::Values::Samples(Vec::new()));
        run.values = values.reduced();
    }
    capture
}

/// The names of the later capture's files that both have, where one capture has no other files.
fn same_run(earlier: &Capture, later: &Capture) -> Option<Vec<String>> {
    let digests = |capture: &Capture| -> BTreeSet<String> {
        capture.sources.iter().map(|source| source.digest.clone()).collect()
    };
    let (old, new) = (digests(earlier), digests(later));
    let shared = later.sources.iter().filter(|source| old.contains(&source.digest));
    let counted = !new.is_empty() && !old.is_empty();
    (counted && (old.is_subset(&new) || new.is_subset(&old)))
        .then(|| shared.map(|source| source.name.clone()).collect())
}

#[cfg(test)]
mod tests;
