//! The layout of a baseline file: JSON with one line for each run of a metric, so that a difference shows which runs
//! changed, and not a line for each number.

use std::borrow::Cow;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use crate::compare::capture::Capture;

/// The program that wrote a baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Tool {
    pub(super) fn this() -> Self {
        Self { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// A baseline file of perfreport: what earlier runs measured.
// Written by `file`, field by field in this order.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FileV1<'a> {
    /// `perfreport baseline`.
    pub(super) format: Cow<'a, str>,
    /// Version of the file format.
    pub(super) version: u32,
    /// What wrote it.
    pub(super) tool: Cow<'a, Tool>,
    /// The quantile method of the report that it was made with.
    pub(super) quantile_method: Cow<'a, str>,
    /// `blake3:` and the digest of the file as perfreport writes it with an empty text here, so that no number is changed
    /// unnoticed.
    pub(super) digest: Cow<'a, str>,
    /// One for each time that runs were captured, oldest first.
    pub(super) captures: Cow<'a, [Capture]>,
}

/// Containers nested deeper than this stand on one line: file, captures, capture, metrics, metric and runs have a line for
/// each entry, and a run is inside all of them.
const SPREAD_DEPTH: usize = 6;

/// The bytes of the file, which end with a line feed.
pub(super) fn file(file: &FileV1<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, Layout { pretty: PrettyFormatter::new(), depth: 0 });
    // Writing to memory cannot fail, and neither can types whose keys are texts and whose numbers were checked.
    let written = file.serialize(&mut serializer);
    debug_assert!(written.is_ok(), "{written:?}");
    bytes.push(b'\n');
    bytes
}

/// Spread above [`SPREAD_DEPTH`], compact below.
struct Layout {
    pretty: PrettyFormatter<'static>,
    depth: usize,
}

impl Layout {
    fn spread(&self) -> bool {
        self.depth <= SPREAD_DEPTH
    }
}

impl Formatter for Layout {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        if self.spread() { self.pretty.begin_array(writer) } else { writer.write_all(b"[") }
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let spread = self.spread();
        self.depth -= 1;
        if spread { self.pretty.end_array(writer) } else { writer.write_all(b"]") }
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if self.spread() {
            self.pretty.begin_array_value(writer, first)
        } else if first {
            Ok(())
        } else {
            writer.write_all(b",")
        }
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.spread() { self.pretty.end_array_value(writer) } else { Ok(()) }
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        if self.spread() { self.pretty.begin_object(writer) } else { writer.write_all(b"{") }
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let spread = self.spread();
        self.depth -= 1;
        if spread { self.pretty.end_object(writer) } else { writer.write_all(b"}") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if self.spread() {
            self.pretty.begin_object_key(writer, first)
        } else if first {
            Ok(())
        } else {
            writer.write_all(b", ")
        }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.spread() { self.pretty.end_object_value(writer) } else { Ok(()) }
    }
}
