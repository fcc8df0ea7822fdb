//! NDJSON, also called JSON Lines: one JSON object a line.
//!
//! In: lines. Out: tables, through `objects`. A line that is no object costs only itself: it is set aside with a finding.

use serde_json::value::RawValue;

use crate::model::finding::{Finding, FindingKind, Place, Severity};

use super::super::detect::Head;
use super::super::lines::{Flaw, MAX_RECORD};
use super::super::options::SourceOptions;
use super::super::{IngestError, Sink};
use super::json;
use super::objects::{ObjectTables, Text};
use super::{AnyRecords, Format};

pub(super) const FORMAT: Format = Format {
    name: "ndjson",
    about: "NDJSON (JSON Lines): one JSON object a line; nested names are dotted",
    sniff,
    read,
};

/// Lines that detection looks at.
const SAMPLE_LINES: usize = 100;
/// Broken lines that are named; the rest are counted.
const NAMED_BROKEN: u64 = 50;

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let mut lines: Vec<&[u8]> = head.bytes.split(|byte| *byte == b'\n').collect();
    if !head.complete {
        lines.pop();
    }
    lines.retain(|line| !line.trim_ascii().is_empty());
    lines.truncate(SAMPLE_LINES);
    let objects = lines.iter().filter(|line| is_object(line)).count();
    // A document that spans lines never has a whole object on its first line.
    let starts_with_one = lines.len() >= 2 && lines.first().is_some_and(|line| is_object(line));
    (starts_with_one || (objects >= 2 && objects * 2 >= lines.len()))
        .then(|| vec![format!("{objects} of the first {} lines are JSON objects", lines.len())])
}

fn is_object(line: &[u8]) -> bool {
    line.trim_ascii_start().first() == Some(&b'{') && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let source = sink.provenance.name.clone();
    let mut findings = Vec::new();
    let mut aside = Vec::new();
    let mut broken = 0_u64;
    let mut bad_utf8 = None;
    let mut tables = ObjectTables::new(sink);
    while let Some(record) = records.next()? {
        let line = record.line;
        if record.flaw == Flaw::Overlong {
            aside.push(("line too long", line));
            let reason = format!("the line is longer than {} MiB", MAX_RECORD >> 20);
            let place = Place::line(&source, line);
            let action = "the line was passed over";
            findings.push(Finding::new(Severity::Corrupted, FindingKind::OverlongLine, place, reason, action));
            continue;
        }
        if record.bytes.trim_ascii().is_empty() {
            continue;
        }
        let text = String::from_utf8_lossy(record.bytes);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            bad_utf8.get_or_insert(line);
        }
        let text = json::with_quoted_non_numbers(text);
        match serde_json::from_str::<&RawValue>(&text) {
            Ok(value) if value.get().starts_with('{') => {
                tables.take_row(value, Text { whole: &text, first_line: line });
            }
            outcome => {
                broken += 1;
                aside.push(("not a JSON object", line));
                if broken > NAMED_BROKEN {
                    continue;
                }
                let reason = match outcome {
                    Err(error) => format!("not valid JSON: {}", json::reason(&error)),
                    Ok(_) => "the line is JSON but no object".to_owned(),
                };
                let kind = if record.terminated { FindingKind::MalformedRecord } else { FindingKind::TruncatedLine };
                let place = Place::line(&source, line);
                findings.push(Finding::new(Severity::Corrupted, kind, place, reason, "the line was set aside"));
            }
        }
    }
    tables.finish();
    if broken > NAMED_BROKEN {
        let more = broken - NAMED_BROKEN;
        let reason = format!("{more} more lines are no JSON objects");
        let place = Place::source(&source);
        let action = "the lines were set aside";
        findings
            .push(Finding::new(Severity::Corrupted, FindingKind::MalformedRecord, place, reason, action).count(more));
    }
    if let Some(line) = bad_utf8 {
        findings.push(Finding::new(
            Severity::Suspicious,
            FindingKind::InvalidUtf8,
            Place::line(&source, line),
            "the text has bytes that are not UTF-8; this is the first such line",
            "the bytes are shown as \u{fffd}; numbers are not affected",
        ));
    }
    for (reason, line) in aside {
        sink.provenance.set_aside(reason, line);
    }
    sink.findings.append(&mut findings);
    Ok(())
}
