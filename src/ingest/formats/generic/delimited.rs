//! Delimited text: CSV and its relatives (RFC 4180 and what programs make of it).
//!
//! Recognised where some delimiter gives rows of equal length with numbers in them.

use crate::ingest::format::{Failures, Format, Head, Holds, RowKind};
use crate::ingest::text::delimited::read;
use crate::ingest::text::dialect::{self, Dialect};
use crate::ingest::text::split::is_blank_or_comment;
use crate::table::source::Families;

pub(crate) const FORMAT: Format = Format {
    name: "csv",
    about: "delimited text: commas, semicolons, tabs or bars; with or without a header; several tables in a file",
    latency: "whatever its columns say",
    failures: Failures::ByColumn,
    holds: Holds::Samples,
    row: RowKind::Unnamed,
    example: "perfreport summarize results.csv",
    upstream: "RFC 4180",
    sniff: |head| {
        let dialect = dialect::find(head, None, None).filter(|dialect| !is_no_table(head, dialect))?;
        Some(dialect.evidence)
    },
    read: |records, options, sink| {
        sink.provenance.families = Families::ByHeader;
        read(records, options, sink)
    },
};

/// Whether a text without a header is a program, whose statements end in semicolons, or a single number.
fn is_no_table(head: &Head<'_>, dialect: &Dialect) -> bool {
    if dialect.header.is_some() || dialect.delimiter == Some(b';') {
        return false;
    }
    let mut lines: Vec<&[u8]> = head.lines().into_iter().map(<[u8]>::trim_ascii).collect();
    lines.retain(|line| !is_blank_or_comment(line));
    let alone = dialect.delimiter.is_none() && head.complete && lines.len() == 1;
    alone || (!lines.is_empty() && lines.iter().all(|line| line.ends_with(b";")))
}
