//! The table of formats. One file a format and one line here; detection, `--format` and the help derive from it.

mod agent_swarm;
mod delimited;
mod dialect;
mod json;
mod ndjson;
mod objects;
mod skeleton;

use std::io::Read;

pub(super) use agent_swarm::{NAME as AGENT_SWARM, has_session_field, speaks_of_sessions};
pub(super) use dialect::{Dialect, OwnedRow, column_types};

use super::detect::Head;
use super::lines::Records;
use super::options::SourceOptions;
use super::{IngestError, Sink};

/// Records of any source, so that formats can stand in a table.
pub(super) type AnyRecords<'a> = Records<&'a mut dyn Read>;

/// A format that can be read.
pub(super) struct Format {
    /// Its name, for `--format`.
    pub(super) name: &'static str,
    /// What it is, in a line.
    pub(super) about: &'static str,
    /// The evidence that a source is of this format, if it is.
    pub(super) sniff: fn(&Head<'_>) -> Option<Vec<String>>,
    /// Reads a source to its end.
    pub(super) read: fn(&mut AnyRecords<'_>, &SourceOptions, &mut Sink) -> Result<(), IngestError>,
}

/// The formats, the most particular first.
pub(super) static FORMATS: &[Format] = &[agent_swarm::FORMAT, ndjson::FORMAT, json::FORMAT, delimited::FORMAT];

/// A format as shown to users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatInfo {
    /// Its name, for `--format`.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
}

/// All formats that are read.
pub fn formats() -> impl Iterator<Item = FormatInfo> {
    FORMATS.iter().map(|format| FormatInfo { name: format.name, about: format.about })
}
