//! Which format a source is of.
//!
//! In: the first bytes. Out: a format and the evidence for it, in words. Refuses binary data, and text that no format
//! recognises. The formats themselves say how they are recognised; nothing here knows one by name, but for the notations that a flag
//! asks for.

use std::io::Read;

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{AnyRecords, Format, Head, IngestError, Sink, SourceOptions};
use crate::ingest::formats::{NOTATIONS, TOOLS, formats};
use crate::ingest::head;
use crate::ingest::privacy;
use crate::ingest::relatives;
use crate::ingest::text::dialect::{self, Dialect};
use crate::ingest::text::lines::Records;

/// The notation of delimited text.
const DELIMITED: &str = "csv";
/// The notation of columns that blanks set apart.
const ALIGNED: &str = "aligned";

/// Finds the format, or takes the one that the user named.
pub(crate) fn detect<R: Read>(
    records: &mut Records<R>,
    options: &SourceOptions,
) -> Result<(&'static Format, Vec<String>), IngestError> {
    skip_byte_order_mark(records)?;
    let length = head::length(records)?;
    let bytes = records.peek(length)?;
    let bytes = &bytes[..bytes.len().min(length)];
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(IngestError::Empty);
    }
    let binary = binary(bytes);
    let length = bytes.len();
    let complete = records.sees_end() && records.peek(length)?.len() == length;
    let bytes = records.peek(length)?;
    let head = Head::new(&bytes[..length], complete);
    if let Some(what) = binary {
        // A tool may write binary records: then its format knows them for certain.
        let format = TOOLS.iter().find_map(|format| {
            let wanted = options.format.as_ref().is_none_or(|name| format.name == name);
            Some((format, (format.sniff)(&head).filter(|_| wanted)?))
        });
        return format.ok_or(IngestError::Binary { what });
    }
    if is_own_report(head.bytes) {
        return Err(IngestError::Unrecognised { seen: "it is a report that perfreport wrote".to_owned() });
    }
    let line_ends = head.bytes.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count();
    if line_ends > 0 && !head.bytes.contains(&b'\n') {
        return Err(IngestError::Malformed(
            "lines end in a carriage return alone, as on very old systems; convert them: tr '\\r' '\\n' < old > new"
                .into(),
        ));
    }
    if let Some(name) = &options.format {
        let format = formats()
            .find(|format| format.name == name)
            .ok_or_else(|| IngestError::UnknownFormat { name: name.clone(), known: known() })?;
        return Ok((format, vec!["named by --format or the configuration".to_owned()]));
    }
    let recognised = recognise(TOOLS, NOTATIONS, &head);
    let may_be_text = match &recognised {
        // A single line of delimited text is a header, and nothing below it.
        Ok((format, _)) => format.name == DELIMITED && head.complete && line_ends < 2,
        Err(refused) => matches!(refused, IngestError::Unrecognised { .. }),
    };
    if !may_be_text {
        return recognised;
    }
    if let Some((offset, found)) = behind_text(&head) {
        records.skip_lines(offset);
        return Ok(found);
    }
    recognised.or_else(|refused| by_delimiter(&head, options).ok_or(refused))
}

/// A document of JSON that ends the text, below a few lines that a tool printed before it, or behind the beginning of the only line; with
/// where it begins. Lines before it that hold numbers of their own, or documents, are what was measured.
fn behind_text(head: &Head<'_>) -> Option<(usize, (&'static Format, Vec<String>))> {
    /// More lines are a log.
    const MOST_LINES: usize = 10;
    let start = head.bytes.iter().position(|byte| *byte == b'{').filter(|start| *start > 0 && head.complete)?;
    let (before, document) = head.bytes.split_at(start);
    let alone = !document.trim_ascii_end().contains(&b'\n') && !before.contains(&b'\n');
    let below = before.ends_with(b"\n") && before.split(|byte| *byte == b'\n').count() <= MOST_LINES + 1;
    if !alone && (!below || before.split(|byte| *byte == b'\n').any(holds_numbers)) {
        return None;
    }
    serde_json::from_slice::<serde::de::IgnoredAny>(document).ok()?;
    let rest = Head::new(document, true);
    let (format, mut evidence) = recognise(TOOLS, NOTATIONS, &rest).ok()?;
    evidence.push("text before the document was passed over".to_owned());
    Some((start, (format, evidence)))
}

/// Whether a line is a row of numbers, or has a name with its number: `took=20`.
fn holds_numbers(line: &[u8]) -> bool {
    let words =
        line.split(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b';')).filter(|word| !word.is_empty());
    let is_number = |word: &[u8]| std::str::from_utf8(word).is_ok_and(|word| word.parse::<f64>().is_ok());
    let is_named = |word: &[u8]| {
        let value = word.iter().position(|byte| *byte == b'=').map(|at| &word[at + 1..]);
        value.is_some_and(|value| value.first().is_some_and(u8::is_ascii_digit))
    };
    let (mut numbers, mut all) = (0, 0);
    for word in words {
        if is_named(word) {
            return true;
        }
        all += 1;
        numbers += usize::from(is_number(word));
    }
    2 * numbers > all
}

/// Delimited text, where the delimiter that the user named makes rows of it.
fn by_delimiter(head: &Head<'_>, options: &SourceOptions) -> Option<(&'static Format, Vec<String>)> {
    let dialect = dialect::find(head, Some(options.delimiter?), options.header)?;
    Some((named(DELIMITED)?, dialect.evidence))
}

/// The notation of a name.
fn named(name: &str) -> Option<&'static Format> {
    NOTATIONS.iter().find(|format| format.name == name)
}

/// Which flag reads a text in which blanks may separate columns, in words; tried, so that no advice fails.
fn flag_that_reads(head: &Head<'_>) -> Option<&'static str> {
    let aligned = || {
        let mut sink = Sink::default();
        let mut bytes = head.bytes;
        let mut records: AnyRecords<'_> = Records::new(&mut bytes as &mut dyn Read);
        let read = named(ALIGNED).map(|format| (format.read)(&mut records, &SourceOptions::default(), &mut sink));
        let rows: u64 = sink.tables.iter().filter(|table| table.holds_numbers()).map(TableBuilder::rows).sum();
        let left_out: u64 = sink.provenance.set_aside.iter().map(|entry| entry.rows).sum();
        matches!(read, Some(Ok(()))) && rows > left_out
    };
    // Lines of a log have few numbers among their words.
    let is_table = |dialect: &Dialect| {
        let numbers = dialect.types.iter().filter(|cells| cells.is_number()).count();
        dialect.types.len() > 1 && (dialect.header.is_some() || 2 * numbers >= dialect.types.len())
    };
    let delimited = || dialect::find(head, Some(b' '), None).is_some_and(|dialect| is_table(&dialect));
    match () {
        () if aligned() => Some("; where blanks separate its columns, --format aligned reads it"),
        () if delimited() => Some("; where blanks separate its columns, --delimiter ' ' reads it"),
        () => None,
    }
}

/// The one format of a particular tool that recognises a source, else the first notation that does.
fn recognise(
    tools: &'static [Format],
    notations: &'static [Format],
    head: &Head<'_>,
) -> Result<(&'static Format, Vec<String>), IngestError> {
    let sniff = |format: &'static Format| (format.sniff)(head).map(|evidence| (format, evidence));
    let mut candidates: Vec<(&'static Format, Vec<String>)> = tools.iter().filter_map(sniff).collect();
    if candidates.len() > 1 {
        let told = candidates.iter().map(|(format, evidence)| format!("{} ({})", format.name, evidence.join("; ")));
        return Err(IngestError::Ambiguous { candidates: told.collect::<Vec<_>>().join(" and ") });
    }
    if let Some(candidate) = candidates.pop() {
        return Ok(candidate);
    }
    if let Some(seen) = relatives::of(head.bytes) {
        return Err(IngestError::Unrecognised { seen });
    }
    notations.iter().find_map(sniff).ok_or_else(|| IngestError::Unrecognised { seen: seen(head) })
}

fn skip_byte_order_mark<R: Read>(records: &mut Records<R>) -> Result<(), IngestError> {
    let start = records.peek(3)?;
    if start.starts_with(&[0xef, 0xbb, 0xbf]) {
        records.skip(3);
    } else if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return Err(IngestError::Binary {
            what: "text in UTF-16 (PowerShell's `>` writes it: use `| Out-File -Encoding utf8`)".to_owned(),
        });
    }
    Ok(())
}

/// A JSON report of this program, found in a folder that is searched again.
fn is_own_report(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(512)];
    let has = |text: &[u8]| memchr::memmem::find(start, text).is_some();
    start.first() == Some(&b'{') && has(b"\"schema_version\"") && has(b"\"name\": \"perfreport\"")
}

/// What binary data this is, if it is any.
fn binary(bytes: &[u8]) -> Option<String> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"\x89PNG", "a PNG image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "a ZIP archive (or an Office document)"),
        (b"\x7fELF", "a program"),
        (b"PAR1", "a Parquet file"),
        (
            b"ARROW1",
            "an Arrow file (convert it: python3 -c \"import polars as p; p.read_ipc('in.arrow').write_csv('out.csv')\")",
        ),
        // The mark of a continued message, which opens every message of a stream since Arrow 0.15.
        (
            b"\xff\xff\xff\xff",
            "perhaps an Arrow stream (convert it: python3 -c \"import polars as p; \
             p.read_ipc_stream('in.arrows').write_csv('out.csv')\")",
        ),
        (b"SQLite format 3", "an SQLite database"),
        (b"BZh", "a bzip2 archive"),
        (b"\xfd7zXZ", "an xz archive"),
    ];
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some((*what).to_owned());
    }
    let position = bytes.iter().position(|byte| *byte == 0)?;
    Some(format!("binary data (a zero byte at offset {position})"))
}

/// The names of all formats.
fn known() -> String {
    formats().map(|format| format.name).collect::<Vec<_>>().join(", ")
}

/// The first line, shortened, for an error message.
fn seen(head: &Head<'_>) -> String {
    const SHOWN: usize = 60;
    let bytes = head.bytes;
    if privacy::mentions_private(bytes) {
        return privacy::NOT_QUOTED.to_owned();
    }
    let line = bytes.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or(b"");
    let text: String =
        String::from_utf8_lossy(line.trim_ascii()).chars().filter(|character| !character.is_control()).collect();
    let short: String = text.chars().take(SHOWN).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    let hint = if relatives::may_have_columns(bytes) { flag_that_reads(head) } else { None }.unwrap_or_default();
    match dialect::unlike_rows(head) {
        Some(unlike) => format!("it starts with \"{short}{dots}\"; {unlike}"),
        None => format!("it starts with \"{short}{dots}\", and no table of numbers was found in it{hint}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::format::{Failures, Holds};
    use crate::ingest::read_text;

    const fn format(name: &'static str, sniff: fn(&Head<'_>) -> Option<Vec<String>>) -> Format {
        Format {
            name,
            about: "",
            latency: "",
            failures: Failures::NotRecorded,
            holds: Holds::Samples,
            row: crate::measure::RowKind::Row,
            example: "",
            upstream: "",
            sniff,
            read: |_, _, _| Ok(()),
        }
    }

    #[test]
    fn a_document_behind_text_is_read_and_one_among_rows_is_not() {
        let document = "{\"requests\":900,\"failed\":9,\"latency_ms\":{\"mean\":12.0,\"p95\":20.0}}\n";
        for before in ["Bench of http://h:1 with 2 request(s)\n[====] 100.00% 1s\nDone!\n", "run-bench:\t"] {
            let found = read_text("x", format!("{before}{document}"));
            assert_eq!(found.provenance.format, "json", "{before}");
            assert!(found.provenance.evidence.iter().any(|one| one.contains("passed over")));
        }
        // Text behind it, or a document that is cut, is no document.
        for text in ["a word\n{\"latency_ms\": 5}\nanother\n", "a word\n{\"latency_ms\": 5"] {
            let refused = super::super::read("x", text.as_bytes(), &SourceOptions::default());
            assert!(matches!(refused, Err(IngestError::Unrecognised { .. })), "{text}: {refused:?}");
        }
    }

    fn has(head: &Head<'_>, word: &str) -> Option<Vec<String>> {
        let found = memchr::memmem::find(head.bytes, word.as_bytes()).is_some();
        found.then(|| vec![format!("it says {word}")])
    }

    static FRUIT: &[Format] = &[format("apples", |head| has(head, "apple")), format("pears", |head| has(head, "pear"))];
    static WRITING: &[Format] = &[format("text", |head| has(head, "e")), format("letters", |head| has(head, "a"))];

    fn recognised(bytes: &[u8]) -> Result<&'static str, String> {
        let found = recognise(FRUIT, WRITING, &Head::new(bytes, true));
        found.map(|(format, _)| format.name).map_err(|error| error.to_string())
    }

    #[test]
    fn logs_programs_and_lone_numbers_are_no_metrics() {
        for text in [
            "[    0.000000] Linux version 6.1.0\n[    0.000001] Command line: ro quiet\n[    1.500000] usb 1-1: new\n",
            "[2025-11-23 04:44:07] the run began\n[2025-11-23 04:44:09] a request took 12.5 ms\n",
            "#include <stdio.h>\nint a[] = {1,2,3};\nint b[] = {4,5,6};\n",
            "SELECT 1,2,3;\nSELECT 4,5,6;\n",
            "5",
        ] {
            let refused = super::super::read("x", text.as_bytes(), &SourceOptions::default());
            assert!(matches!(refused, Err(IngestError::Unrecognised { .. })), "{text}: {refused:?}");
        }
        for (text, format) in
            [("[1.5, 2.5]\n", "json"), ("[1.5, 2.5]\n[3.5]\n", "json"), ("5\n6\n", "csv"), ("a;1;\nb;2;\n", "csv")]
        {
            let found = read_text("x", text);
            assert_eq!(found.provenance.format, format, "{text}");
        }
    }

    #[test]
    fn a_format_named_for_a_file_of_another_is_an_error_that_names_it() {
        let text = "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n\
                    0.0491,0.0010,0.0005,0.0000,0.0100,0.0001,503,0.0000\n";
        for name in ["gatling", "k6-json", "vegeta-csv"] {
            let options = SourceOptions { format: Some(name.to_owned()), ..SourceOptions::default() };
            let refused = super::super::read("x", text.as_bytes(), &options).unwrap_err().to_string();
            assert!(refused.contains(name) && refused.contains("line 1"), "{refused}");
        }
    }

    #[test]
    fn a_tool_goes_before_a_notation_and_two_tools_are_an_error_that_names_both() {
        assert_eq!(recognised(b"a pear").unwrap(), "pears");
        assert_eq!(recognised(b"an egg").unwrap(), "text");
        assert_eq!(recognised(b"a").unwrap(), "letters");
        let both = recognised(b"an apple and a pear").unwrap_err();
        assert_eq!(both, "it could be apples (it says apple) and pears (it says pear); --format NAME says which");
        assert!(recognised(b"0").unwrap_err().contains("not recognised"));
    }
}
