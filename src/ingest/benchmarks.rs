//! What the readers of benchmark tools share: tables with a row a sample, and JSON documents one after the other.
//!
//! In: samples with their benchmark, run, unit and values as written. Out: tables, one for each set of values that
//! samples have, so that no cell is empty by construction. A document that was cut off is read as far as it goes, with a
//! finding; refuses a text that is no JSON from the start.

use std::borrow::Cow;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::measure::{FindingKind, Polarity, Severity, Statistic, Unit};
use crate::table::storage::Storage;
use crate::table::{CellType, LabelIdentity, Role};

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{AnyRecords, Head, IngestError, Sink};
use crate::ingest::json::documents::{self, Broken};
use crate::ingest::json::value::{LineCounter, Text};
use crate::ingest::meaning::declared::Declared;
use crate::ingest::summaries::Summary;
use crate::ingest::text::row::RowBuffer;

/// The column with the benchmark's name.
pub(crate) const LABEL: &str = "benchmark";
/// A benchmark without a name.
const UNNAMED: &str = "(unnamed)";
/// The column with the number of the process or fork.
const RUN: &str = "run";
/// The column that says whether what was measured succeeded.
const OUTCOME: &str = "outcome";

/// What every table of a benchmark tool has.
const COMMON: [Declared; 3] = [
    Declared::column(LABEL, Role::Label, "names the benchmark, with its parameters"),
    Declared::column(RUN, Role::Run, "names the run (a process of its own)"),
    Declared::column(OUTCOME, Role::Status, "what the tool says about the outcome"),
];

/// One sample, or several values that were measured together.
pub(crate) struct Sample<'a> {
    /// The benchmark.
    pub(crate) label: &'a str,
    /// Its process or fork within the document, from 1, where the tool tells them apart.
    pub(crate) run: Option<u64>,
    /// Whether it failed, where the tool says so.
    pub(crate) failed: Option<bool>,
    /// Name of a column of units and the unit of this row, where it stands in the row.
    pub(crate) unit: Option<(&'static str, &'a str)>,
    /// Names of metrics, and their values as written.
    pub(crate) values: &'a [(&'a str, &'a str)],
    pub(crate) line: u64,
}

/// Where samples of benchmarks go.
pub(crate) struct Bench<'s> {
    pub(crate) sink: &'s mut Sink,
    sheets: Vec<Sheet>,
    /// Runs of documents before the current one.
    runs_before: u64,
    /// The largest run of the current document.
    runs_here: u64,
    /// The benchmark of all rows so far, while there is one only.
    only_label: Option<String>,
    /// Whether there are several.
    several_labels: bool,
}

/// A table and the columns that its rows have.
struct Sheet {
    header: Vec<String>,
    builder: TableBuilder,
}

impl<'s> Bench<'s> {
    /// Samples for a sink; labels of benchmarks are exact.
    pub(crate) fn new(sink: &'s mut Sink, declared: impl IntoIterator<Item = Declared>) -> Self {
        sink.labels = LabelIdentity::Exact;
        sink.declared.extend(COMMON.into_iter().chain(declared));
        Self { sink, sheets: Vec::new(), runs_before: 0, runs_here: 0, only_label: None, several_labels: false }
    }

    /// Takes a row.
    pub(crate) fn push(&mut self, sample: &Sample<'_>) {
        match &self.only_label {
            None => self.only_label = Some(sample.label.to_owned()),
            Some(only) => self.several_labels |= only != sample.label,
        }
        let run = sample.run.map(|run| {
            self.runs_here = self.runs_here.max(run);
            (self.runs_before + run).to_string()
        });
        let outcome = sample.failed.map(|failed| if failed { "failed" } else { "ok" });
        let mut header: Vec<&str> = vec![LABEL];
        let mut row = RowBuffer::default();
        row.push(sample.label.as_bytes());
        for (name, cell) in [(RUN, run.as_deref()), (OUTCOME, outcome)] {
            if let Some(cell) = cell {
                header.push(name);
                row.push(cell.as_bytes());
            }
        }
        if let Some((name, unit)) = sample.unit {
            header.push(name);
            row.push(unit.as_bytes());
        }
        for (name, value) in sample.values {
            header.push(name);
            row.push(value.as_bytes());
        }
        let metrics = header.len() - sample.values.len();
        let index = self.sheets.iter().position(|sheet| sheet.header == header).unwrap_or_else(|| {
            let types = (0..header.len()).map(|at| match header[at] {
                _ if at >= metrics => CellType::Integer,
                RUN => CellType::Integer,
                _ => CellType::Text,
            });
            let types: Vec<CellType> = types.collect();
            let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
            let builder = TableBuilder::new(&Storage::MEMORY, header.clone(), &types);
            self.sheets.push(Sheet { header, builder });
            self.sheets.len() - 1
        });
        self.sheets[index].builder.push(row.row(), sample.line);
    }

    /// Takes a metric of the file's own making, unless it is known.
    pub(crate) fn declare(&mut self, name: &str, declared: Declared) {
        let known = |list: &[(String, Declared)]| list.iter().any(|(other, _)| other == name);
        if !known(&self.sink.declared_by_file) && self.sink.declared.iter().all(|other| other.column != name) {
            self.sink.declared_by_file.push((name.to_owned(), declared));
        }
    }

    /// Notes a fact about the machine or the set-up. Where documents of one file differ, all values stand.
    pub(crate) fn fact(&mut self, name: &str, value: &str) {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if value.is_empty() {
            return;
        }
        let known = self.sink.provenance.environment.entry(name.to_owned()).or_default();
        if known.is_empty() {
            *known = value;
        } else if known.split(" and ").all(|one| one != value) {
            known.push_str(" and ");
            known.push_str(&value);
        }
    }

    /// Counts a row that is not used.
    pub(crate) fn set_aside(&mut self, reason: &str, line: u64) {
        self.sink.provenance.set_aside(reason, line);
    }

    /// Takes numbers that the tool has summarised; what stands there and is no number is a finding.
    pub(crate) fn report<'t>(
        &mut self,
        mut summary: Summary,
        values: impl IntoIterator<Item = (Statistic, Option<&'t RawValue>)>,
        lines: &mut LineCounter<'t>,
    ) {
        for (statistic, raw) in values {
            let Some(raw) = raw else { continue };
            let written = text_of(raw);
            // A single value has no standard deviation.
            if !(written == "null" && statistic == Statistic::Stddev) {
                summary.add_written(statistic, written, written.parse().ok(), lines.line(raw.get()));
            }
        }
        summary.give(self.sink);
    }

    /// Adds a finding.
    pub(crate) fn find(&mut self, severity: Severity, kind: FindingKind, line: u64, reason: String, action: &str) {
        self.sink.find(severity, kind, line, reason, action);
    }

    /// Another document, whose runs are others.
    pub(crate) fn begin_document(&mut self) {
        self.runs_before += std::mem::take(&mut self.runs_here);
        self.sheets.iter_mut().for_each(|sheet| sheet.builder.begin_run());
    }

    /// Gives the tables to the sink. A benchmark that is alone in its file is no group, and is named with the file.
    pub(crate) fn finish(mut self) {
        if let Some(only) = self.only_label.take().filter(|only| !self.several_labels && only != UNNAMED) {
            self.fact(LABEL, &only);
        }
        self.sink.tables.extend(self.sheets.into_iter().map(|sheet| sheet.builder));
    }
}

/// A metric of a benchmark whose numbers the tool reports, and of which less is better.
pub(crate) fn summary(metric: &str, unit: Unit, label: &str, meaning: &str) -> Summary {
    Summary::new(metric, unit, Some(meaning)).of(Some(label)).polarity(Polarity::LowerIsBetter)
}

/// A value as a cell: strings without their quotes, because tools write `"NaN"`.
pub(crate) fn text_of(value: &RawValue) -> &str {
    let text = value.get();
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

/// Whether a value is a number, or a string that stands for one.
pub(crate) fn is_number(value: &RawValue) -> bool {
    let text = text_of(value);
    text.parse::<f64>().is_ok()
}

/// A value as a number.
pub(crate) fn number(value: Option<&RawValue>) -> Option<f64> {
    text_of(value?).parse().ok().filter(|value: &f64| value.is_finite())
}

/// Takes a document of a format.
pub(crate) type Take = for<'t> fn(&'t RawValue, &mut LineCounter<'t>, &mut Bench<'_>) -> serde_json::Result<()>;

/// Reads JSON documents, one after the other, and gives the tables to the sink.
pub(crate) fn read_documents(
    records: &mut AnyRecords<'_>,
    sink: &mut Sink,
    declared: impl IntoIterator<Item = Declared>,
    take: Take,
) -> Result<(), IngestError> {
    let text = documents::json_text(records, sink)?;
    let mut bench = Bench::new(sink, declared);
    let mut lines = LineCounter::new(Text { whole: &text, first_line: 1 });
    let mut taken = 0;
    let (_, broken) = documents::each_of::<&RawValue>(&text, |document| {
        if taken > 0 {
            bench.begin_document();
        }
        let outcome = take(document, &mut lines, &mut bench).or_else(|error| give_up(&error, taken, &mut bench));
        taken += 1;
        outcome
    })?;
    if let Some(Broken { error, rest }) = broken {
        let line = lines.line(rest);
        let closed = Some(rest).filter(|_| error.is_eof()).and_then(closed);
        if !closed.is_some_and(|closed| take_cut(&closed, line, taken > 0, &mut bench, take)) {
            give_up(&error, taken, &mut bench)?;
        }
    }
    bench.finish();
    Ok(())
}

/// Reads documents whose places in the text do not matter; `take` gets each with its number, which is its line where each
/// stands on one.
pub(crate) fn read_values(
    records: &mut AnyRecords<'_>,
    sink: &mut Sink,
    declared: impl IntoIterator<Item = Declared>,
    take: fn(&Value, u64, &mut Bench<'_>),
) -> Result<(), IngestError> {
    let text = documents::json_text(records, sink)?;
    let mut bench = Bench::new(sink, declared);
    let last = bench.sink.provenance.lines.max(1);
    let mut number = 0;
    let (taken, broken) = documents::each_of(&text, |document: Value| {
        number += 1;
        take(&document, number.min(last), &mut bench);
        Ok(())
    })?;
    if let Some(broken) = broken {
        documents::note_broken(&broken.error, taken, bench.sink)?;
    }
    bench.finish();
    Ok(())
}

/// A sample of a benchmark: its one value, in the unit that its column is declared with.
pub(crate) fn push_one(bench: &mut Bench<'_>, label: &str, run: Option<u64>, metric: &str, value: f64, line: u64) {
    let value = value.to_string();
    bench.push(&Sample { label, run, failed: None, unit: None, values: &[(metric, &value)], line });
}

/// Takes a document that was cut off and closed again. Says whether it could be read.
fn take_cut(closed: &str, line: u64, another: bool, bench: &mut Bench<'_>, take: Take) -> bool {
    let Ok(document) = serde_json::from_str::<&RawValue>(closed) else { return false };
    if another {
        bench.begin_document();
    }
    let mut lines = LineCounter::new(Text { whole: closed, first_line: line });
    if take(document, &mut lines, bench).is_err() {
        return false;
    }
    let line = bench.sink.provenance.lines;
    let reason = "the document ends before its brackets are closed: was the run interrupted?".to_owned();
    let action = "what stands before was read; the last benchmark may lack samples";
    bench.find(Severity::Corrupted, FindingKind::TruncatedLine, line, reason, action);
    true
}

/// An error where nothing was read before, otherwise a finding.
fn give_up(error: &serde_json::Error, taken: usize, bench: &mut Bench<'_>) -> Result<(), IngestError> {
    let words = documents::reason(error);
    // A field that is missing is named; of one that is something else only our own types would be.
    let reason = if error.is_data() && !words.starts_with("missing field") {
        let (line, column) = (error.line(), error.column());
        format!("what stands at line {line}, column {column} of it is of another kind than its tool writes there")
    } else {
        words
    };
    if taken == 0 {
        return Err(IngestError::Malformed(format!("not a document of this format: {reason}")));
    }
    let reason = format!("document {} is not one of this format: {reason}", taken + 1);
    bench.find(Severity::Corrupted, FindingKind::MalformedRecord, error.line() as u64, reason, "it was not read");
    Ok(())
}

/// A JSON text that ends too early, cut behind its last whole element and with its brackets closed.
fn closed(text: &str) -> Option<String> {
    let (mut open, mut open_at_cut) = (Vec::new(), Vec::new());
    let (mut cut, mut in_string, mut escaped) = (0, false, false);
    for (at, byte) in text.bytes().enumerate() {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = byte == b'\\' && !escaped;
            continue;
        }
        let end = match byte {
            b'"' => {
                in_string = true;
                continue;
            }
            b'{' | b'[' => {
                open.push(if byte == b'{' { '}' } else { ']' });
                at + 1
            }
            b'}' | b']' => {
                open.pop()?;
                at + 1
            }
            b',' => at,
            _ => continue,
        };
        cut = end;
        open_at_cut.clone_from(&open);
    }
    let mut closed = text.get(..cut)?.to_owned();
    closed.extend(open_at_cut.into_iter().rev());
    Some(closed)
}

/// The evidence that keys were found, in words.
pub(crate) fn keys_evidence(what: &str, keys: &[&str]) -> Vec<String> {
    vec![format!("{what} with the keys `{}`", keys.join("`, `"))]
}

/// The evidence that a source is an object with all keys of one of these lists, wherever they stand in it.
pub(crate) fn object_with(head: &Head<'_>, lists: &[&[&str]]) -> Option<Vec<String>> {
    let outline = head.outline()?;
    let found = lists.iter().find(|keys| outline.has_anywhere(keys));
    found.map(|keys| keys_evidence("an object", keys))
}

/// A text that a document may lack.
pub(crate) fn or_unnamed(text: Option<&str>) -> Cow<'_, str> {
    text.filter(|text| !text.trim().is_empty()).map_or(Cow::Borrowed(UNNAMED), Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_was_cut_off_is_closed_behind_its_last_whole_element() {
        for (text, expected) in [
            (r#"{"a":[1,2,3"#, r#"{"a":[1,2]}"#),
            (r#"{"a":{"b":"x,\"]","c"#, r#"{"a":{"b":"x,\"]"}}"#),
            (r#"[{"a":1},{"#, r#"[{"a":1},{}]"#),
            (r#"[{"a":1}"#, r#"[{"a":1}]"#),
            ("[", "[]"),
        ] {
            let closed = closed(text).unwrap();
            assert_eq!(closed, expected);
            assert!(serde_json::from_str::<serde_json::Value>(&closed).is_ok(), "{closed}");
        }
        assert_eq!(closed("]"), None);
    }
}
