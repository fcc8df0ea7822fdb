//! Lines in which each value has its name: logfmt (`status=200 latency=12ms`), and lists as scripts print them
//! (`size (Kb): 10, threads: 4, sort time (ms): 24`).
//!
//! In: lines. Out: tables, through the objects that the lines are. Recognised only where nearly every line has at least two names with values,
//! the same ones again, and numbers among them. A line of another kind costs only itself.

use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::ingest::format::{AnyRecords, Failures, Format, Head, Holds, IngestError, RowKind, Sink};
use crate::ingest::json::objects::ObjectTables;
use crate::ingest::json::value::Text;
use crate::ingest::meaning::vocabulary::{self, Kind};
use crate::ingest::meaning::{clock, name};
use crate::ingest::text::cells::{self, DecimalMark};
use crate::table::source::Families;

pub(crate) const FORMAT: Format = Format {
    name: "logfmt",
    about: "lines of names with their values: logfmt `status=200 latency=12ms`, and `threads: 4, time (ms): 24`",
    latency: "whatever its names say",
    failures: Failures::ByColumn,
    holds: Holds::Samples,
    row: RowKind::Unnamed,
    example: "grep 'latency=' service.log > requests.log && perfreport summarize requests.log",
    upstream: "what a logger or a script prints",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// Fewer lines may be anything.
const FEWEST_LINES: usize = 3;
/// A longer name is a sentence.
const LONGEST_NAME: usize = 40;
/// What a line begins with before its first name, where it tells when that was; the rest of it is a text.
const TIME: &str = "time";
const MESSAGE: &str = "message";

/// The names of a line with their values, in order; nothing where it has fewer than two.
fn fields(line: &str) -> Option<Vec<(String, String)>> {
    let found = listed(line).or_else(|| logged(line))?;
    (found.len() >= 2).then_some(found)
}

/// `size (Kb): 10, threads: 4`: every part between commas or semicolons is a name and a value.
fn listed(line: &str) -> Option<Vec<(String, String)>> {
    let separator = if line.contains(';') { ';' } else { ',' };
    let part = |part: &str| {
        let (name, value) = part.rsplit_once(": ").or_else(|| part.rsplit_once('='))?;
        let (name, value) = (name.trim(), value.trim());
        let named = is_name(name) && !name.contains(['=', '"', '{']) && !value.is_empty() && !value.contains('=');
        named.then(|| (name.to_owned(), unquoted(value).to_owned()))
    };
    line.trim().trim_end_matches(separator).split(separator).map(part).collect()
}

/// `ts=… level=info latency=12ms`: words with an equals sign; values in quotes hold blanks. What stands before the first of them is when it was
/// written, and a message.
fn logged(line: &str) -> Option<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut before: Vec<&str> = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let pair = rest.find('=').filter(|at| *at < end && is_key(&rest[..*at]));
        let Some(at) = pair else {
            // Words between the pairs belong to no name.
            if !found.is_empty() {
                return None;
            }
            before.push(&rest[..end]);
            rest = rest[end..].trim_start();
            continue;
        };
        let value = &rest[at + 1..];
        let length = match value.strip_prefix('"') {
            Some(inside) => 2 + inside.find('"')?,
            None => value.find(char::is_whitespace).unwrap_or(value.len()),
        };
        found.push((rest[..at].to_owned(), unquoted(&value[..length]).to_owned()));
        rest = value[length..].trim_start();
    }
    Some(preamble(&before).into_iter().chain(found).collect())
}

/// When a line was written, and the text before its names.
fn preamble(words: &[&str]) -> Vec<(String, String)> {
    let instant = |count: usize| {
        let text = words.get(..count)?.join(" ");
        clock::instant(text.as_bytes()).map(|_| text)
    };
    let time = (1..=2).rev().find_map(|count| Some((count, instant(count)?)));
    let from = time.as_ref().map_or(0, |(count, _)| *count);
    let message = words[from..].join(" ");
    let time = time.map(|(_, text)| (TIME.to_owned(), text));
    time.into_iter().chain((!message.is_empty()).then(|| (MESSAGE.to_owned(), message))).collect()
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Whether a word is a key of logfmt: no address and no expression.
fn is_key(word: &str) -> bool {
    is_name(word) && word.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.'))
}

/// Whether a name says that a number below it was measured.
fn is_measured(name: &str) -> bool {
    let said = name::read(name);
    let is_measure = matches!(said.kind, Some(Kind::Duration | Kind::Rate | Kind::RunLength | Kind::Share));
    is_measure || said.unit.is_some() || vocabulary::STATUS.among(&name::words(name::leaf(name))).is_some()
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    /// Of the lines, and of those that have a name.
    const NEARLY_ALL: f64 = 0.8;
    let lines = head.lines();
    let texts: Vec<&str> =
        lines.iter().filter_map(|line| std::str::from_utf8(line).ok()).filter(|line| !line.trim().is_empty()).collect();
    let mut often: HashMap<String, (usize, usize)> = HashMap::new();
    let mut read = 0_usize;
    for fields in texts.iter().filter_map(|text| fields(text)) {
        read += 1;
        for (name, value) in fields {
            let of = often.entry(name.clone()).or_default();
            of.0 += 1;
            // A number alone may be of anything: a name or a unit says that it was measured.
            let look = cells::look(value.as_bytes(), DecimalMark::Point);
            of.1 += usize::from(look.is_value() && (is_measured(&name) || !look.is_number()));
        }
    }
    let nearly = |count: usize, all: usize| count as f64 >= NEARLY_ALL * all as f64;
    let mut common: Vec<(&String, &(usize, usize))> = often.iter().filter(|(_, of)| nearly(of.0, read)).collect();
    let numbers = common.iter().any(|(_, of)| nearly(of.1, of.0));
    common.sort_unstable();
    (read >= FEWEST_LINES && nearly(read, texts.len()) && common.len() >= 2 && numbers).then(|| {
        let names: Vec<&str> = common.iter().map(|(name, _)| name.as_str()).collect();
        vec![format!("{read} of the first {} lines name their values: {}", texts.len(), names.join(", "))]
    })
}

/// A line as an object of JSON: numbers stay numbers, all else is text. Of a name that comes again, each has a number behind it.
fn as_object(fields: Vec<(String, String)>) -> String {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut text = String::from("{");
    for (name, value) in fields {
        let times = seen.entry(name.clone()).and_modify(|times| *times += 1).or_insert(1);
        let name = if *times > 1 { format!("{name}_{times}") } else { name };
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&serde_json::Value::String(name).to_string());
        text.push(':');
        match serde_json::from_str::<serde_json::Number>(&value) {
            Ok(_) => text.push_str(&value),
            Err(_) => text.push_str(&serde_json::Value::String(value).to_string()),
        }
    }
    text.push('}');
    text
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    const OTHER: &str = "no names with values";
    sink.provenance.families = Families::ByPlace;
    let mut tables = ObjectTables::new(sink);
    while let Some(record) = records.next()? {
        let line = record.line;
        let text = String::from_utf8_lossy(record.bytes);
        if text.trim().is_empty() {
            continue;
        }
        let object = fields(&text).map(as_object);
        match object.as_deref().map(|object| (object, serde_json::from_str::<&RawValue>(object))) {
            Some((whole, Ok(value))) => tables.take_row(value, Text { whole, first_line: line }),
            _ => tables.sink.provenance.set_aside(OTHER, line),
        }
    }
    tables.finish();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::fields;
    use crate::ingest::read_text;
    use crate::table::Role;

    fn named(line: &str) -> Vec<(String, String)> {
        fields(line).unwrap_or_default()
    }

    fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn names_stand_before_their_values() {
        assert_eq!(named("a=1 msg=\"two words\" b=3ms"), pairs(&[("a", "1"), ("msg", "two words"), ("b", "3ms")]));
        assert_eq!(
            named("size (Kb): 10, threads: 4, sort time (ms): 24"),
            pairs(&[("size (Kb)", "10"), ("threads", "4"), ("sort time (ms)", "24")])
        );
        assert_eq!(
            named("2026-02-03T04:05:06Z INFO done in=5 out=7"),
            pairs(&[("time", "2026-02-03T04:05:06Z"), ("message", "INFO done"), ("in", "5"), ("out", "7")])
        );
        assert!(named("a sentence with one=pair").is_empty());
        assert!(named("GET http://host/?a=1&b=2 200").is_empty(), "an address is no list of names");
        assert!(named("x=1 and then y=2").is_empty(), "a sentence");
    }

    #[test]
    fn lines_of_a_log_are_rows() {
        let line = |second: usize| {
            let status = if second % 7 == 3 { 503 } else { 200 };
            format!(
                "ts=2026-02-03T04:05:{second:02}Z level=info path=/cart status={status} latency={}ms\n",
                20 + second
            )
        };
        let lines: String = (10..40).map(line).collect();
        let log = read_text("service.log", format!("{lines}listening on port 8080\n"));
        assert_eq!(log.provenance.format, "logfmt");
        let table = &log.tables[0];
        let role = |name: &str| table.columns[table.position(name).unwrap()].role;
        assert_eq!((role("ts"), role("status"), role("latency")), (Role::Timestamp, Role::Status, Role::Metric));
        assert_eq!(table.lines.rows(), 30);
        assert_eq!(log.provenance.set_aside.iter().map(|entry| entry.rows).collect::<Vec<u64>>(), [1]);
    }
}
