//! Where data came from: the file, how it was recognised, and the account of its rows.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::measure::reported::{RecordedHistogram, Reported, ReportedCause};
use crate::measure::{Finding, RowKind};
use crate::table::Table;
use crate::table::swarm::SwarmRecord;

/// The name of a table of samples inside others: embedded resources, redirects, the samples of a transaction. The samples around them
/// contain their time.
pub const SUB_SAMPLES: &str = "sub-samples";
/// Why a line is set aside that is none of the records of its file.
pub const NOT_AN_OBJECT: &str = "not a JSON object";

/// Rows that were read and not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetAside {
    /// Why.
    pub reason: String,
    /// How many.
    pub rows: u64,
    /// The first few lines concerned.
    pub first_lines: Vec<u64>,
}

/// A file's part in a run of which a tool writes several files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunPart {
    /// What the names of all its files begin with.
    pub run: String,
    /// The place of this file among them: the one with the main numbers first.
    pub place: usize,
}

/// Which tables of a source record the same requests, so that a request must not be counted in each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Families {
    /// All: a tool writes one for each metric, or for parts of its requests.
    #[default]
    One,
    /// Those under the same header.
    ByHeader,
    /// None, unless one table was divided: each table of a document may record something else.
    ByPlace,
}

/// A file and the account of what was read from it.
#[derive(Debug, Clone, Default)]
pub struct Provenance {
    /// The name by which reports call it.
    pub name: String,
    /// BLAKE3 digest of the bytes as stored, in hexadecimal.
    pub digest: String,
    /// Size as stored.
    pub bytes: u64,
    /// `gzip`, `zstd`, or absent.
    pub compression: Option<&'static str>,
    /// The format that was recognised.
    pub format: &'static str,
    /// What a row of that format is.
    pub row: RowKind,
    /// Which of its tables record the same requests.
    pub families: Families,
    /// What showed it.
    pub evidence: Vec<String>,
    /// Sizes that were asked for, and the digest of the stored bytes up to there.
    pub prefixes: Vec<(u64, String)>,
    /// Lines of text.
    pub lines: u64,
    /// Rows read, over all tables, including the ones set aside.
    pub rows_read: u64,
    /// Rows not used, by reason.
    pub set_aside: Vec<SetAside>,
    /// What the file says about the machine and the set-up that it was measured on, by name.
    pub environment: BTreeMap<String, String>,
    /// What its tool was told to hold and did not, in words, as the file says.
    pub missed: Vec<String>,
    /// The run that it is a part of, where its tool writes several files a run.
    pub part: Option<RunPart>,
}

impl Provenance {
    /// How many lines a [`SetAside`] names.
    const NAMED_LINES: usize = 10;

    /// Counts a row that is not used.
    pub fn set_aside(&mut self, reason: &str, line: u64) {
        let index = self.set_aside.iter().position(|entry| entry.reason == reason).unwrap_or_else(|| {
            self.set_aside.push(SetAside { reason: reason.to_owned(), rows: 0, first_lines: Vec::new() });
            self.set_aside.len() - 1
        });
        let entry = &mut self.set_aside[index];
        entry.rows += 1;
        // Many rows may stand on one line of a JSON document.
        if entry.first_lines.len() < Self::NAMED_LINES && entry.first_lines.last() != Some(&line) {
            entry.first_lines.push(line);
        }
    }
}

/// A source read to its end: its account, its tables, and what was found on the way.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// Where the data came from and what became of its rows.
    pub provenance: Provenance,
    /// The tables found in it.
    pub tables: Vec<Table>,
    /// Performance records of an agent swarm; empty for every other format.
    pub swarm: Vec<SwarmRecord>,
    /// Numbers that the tool has already summarised; nothing is recomputed from them.
    pub reported: Vec<Reported>,
    /// What the tool's definition says about those numbers, in sentences: how they are rounded, what they leave out.
    pub reported_caveats: Vec<String>,
    /// Failures by code or message, as the tool counts them.
    pub causes: Vec<ReportedCause>,
    /// Distributions recorded as histograms.
    pub histograms: Vec<RecordedHistogram>,
    /// What was wrong, odd or worth knowing.
    pub findings: Vec<Finding>,
}
