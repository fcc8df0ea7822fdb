//! NDJSON, also called JSON Lines: one JSON object a line.
//!
//! In: lines. Out: tables, through `objects`. A line that is no object costs only itself: it is set aside with a finding.

use crate::ingest::format::{Failures, Format, Head, Holds, RowKind};
use crate::ingest::json::lines::read_lines;
use crate::table::source::Families;

pub(crate) const FORMAT: Format = Format {
    name: "ndjson",
    about: "NDJSON (JSON Lines): one JSON object a line; nested names are dotted",
    latency: "whatever its names say",
    failures: Failures::ByColumn,
    holds: Holds::Samples,
    row: RowKind::Unnamed,
    example: "perfreport summarize events.ndjson",
    upstream: "RFC 8259, one document a line",
    sniff,
    read: |records, _, sink| {
        sink.provenance.families = Families::ByPlace;
        read_lines(records, &[], sink)
    },
};

/// Lines that detection looks at.
const SAMPLE_LINES: usize = 100;

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let mut lines = head.lines();
    lines.retain(|line| !line.trim_ascii().is_empty());
    lines.truncate(SAMPLE_LINES);
    let objects = lines.iter().filter(|line| is_object(line)).count();
    // A document that spans lines never has a whole object on its first line. The second line may be longer than what is looked at.
    let second_begins = || {
        let end = memchr::memchr(b'\n', head.bytes.trim_ascii_start());
        end.is_some_and(|end| head.bytes.trim_ascii_start()[end..].trim_ascii_start().first() == Some(&b'{'))
    };
    let goes_on = lines.len() >= 2 || !head.complete && second_begins();
    let starts_with_one = goes_on && lines.first().is_some_and(|line| is_object(line));
    (starts_with_one || (objects >= 2 && objects * 2 >= lines.len()))
        .then(|| vec![format!("{objects} of the first {} lines are JSON objects", lines.len())])
}

fn is_object(line: &[u8]) -> bool {
    line.trim_ascii_start().first() == Some(&b'{') && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}
