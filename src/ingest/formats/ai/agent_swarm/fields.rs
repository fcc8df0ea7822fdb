//! From the fields of a record to the record.
//!
//! In: a JSON value. Out: [`SwarmRecord`]s in the sink, and findings about fields that cannot be read. Session data is
//! passed over unless it was asked for by name; fields that are not known are passed over too.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::table::swarm::{ClientRecord, ProcessRecord, RecordedDuration, SessionDatum, Stamps, SwarmRecord};

use crate::ingest::format::Sink;
use crate::ingest::formats::ai::agent_swarm::values;
use crate::ingest::json::value::entries;
use crate::ingest::meaning::clock;
use crate::ingest::privacy;

/// What was done about a field that cannot be read.
const ABSENT: &str = "the value counts as absent";

/// A field of a record.
struct Field<'t> {
    name: &'t str,
    value: &'t RawValue,
    line: u64,
}

impl Field<'_> {
    fn is_null(&self) -> bool {
        self.value.get() == "null"
    }

    /// The value as written, if it is short and neither an object nor an array.
    fn shown(&self) -> Option<String> {
        const LONGEST: usize = 60;
        let text = self.value.get();
        let scalar = !text.starts_with(['{', '[']) && text.len() <= LONGEST;
        scalar.then(|| text.trim_matches('"').to_owned())
    }

    fn text(&self) -> Option<String> {
        serde_json::from_str(self.value.get()).ok()
    }
}

/// Reads the records of one source.
pub(crate) struct RecordReader<'s> {
    sink: &'s mut Sink,
    /// Session data that was asked for: `sessionState` or `sessionState.phase`.
    shown: &'s [String],
}

impl<'s> RecordReader<'s> {
    pub(crate) fn new(sink: &'s mut Sink, shown: &'s [String]) -> Self {
        sink.no_tables = true;
        Self { sink, shown }
    }

    /// Takes a value that begins on `line` of `text`.
    pub(crate) fn take(&mut self, value: &RawValue, line: u64, text: &str) {
        let lines = Lines { text, from: offset(value.get(), text), line };
        let fields = entries(value);
        let has = |name: &str| fields.iter().any(|(key, _)| key == name);
        let record = if has("processId") {
            self.process(&fields, &lines).map(SwarmRecord::Process)
        } else if has("clientId") {
            self.client(&fields, &lines, true).map(SwarmRecord::Client)
        } else {
            let reason = "the record has neither `processId` nor `clientId`";
            self.find(Severity::Corrupted, FindingKind::MalformedRecord, line, reason, "it was set aside");
            None
        };
        match record {
            Some(record) => self.sink.swarm.push(record),
            None => self.sink.provenance.set_aside("no record of an agent swarm", line),
        }
    }

    /// A record that is cut off, or no JSON from `until` on.
    pub(crate) fn note_broken(&mut self, line: u64, at_end: bool, until: u64) {
        let (kind, reason) = if at_end {
            (FindingKind::TruncatedLine, "the record ends too early: it was cut off while it was written".to_owned())
        } else {
            (FindingKind::MalformedRecord, format!("the record stops being JSON at line {until}"))
        };
        self.find(Severity::Corrupted, kind, line, reason, "the record was set aside");
        self.count_broken(line);
    }

    /// A broken record that is not named.
    pub(crate) fn count_broken(&mut self, line: u64) {
        self.sink.provenance.set_aside("broken record", line);
    }

    /// Says how many broken records were not named.
    pub(crate) fn finish(self, unnamed: u64) {
        if unnamed > 0 {
            let place = Place::source(&self.sink.provenance.name);
            let reason = format!("{unnamed} more records are broken");
            let action = "they were set aside";
            self.sink.findings.push(
                Finding::new(Severity::Corrupted, FindingKind::MalformedRecord, place, reason, action).count(unnamed),
            );
        }
    }

    fn process(&mut self, fields: &[(Cow<'_, str>, &RawValue)], lines: &Lines) -> Option<ProcessRecord> {
        let mut record = ProcessRecord { line: lines.line, ..ProcessRecord::default() };
        let mut id = None;
        for field in self.once(fields, lines) {
            match field.name {
                "processId" => id = self.identity(&field),
                "totalExecutionCount" => record.executions = self.count(&field),
                "totalResponseTime" => record.response_time = self.duration(&field),
                "averageResponseTime" => record.average_response_time = self.duration(&field),
                "clients" => record.clients = self.clients(&field, lines),
                _ => self.stamp(&field, &mut record.stamps),
            }
        }
        record.id = id?;
        if let Some((moment, time)) = values::process_file(&self.sink.provenance.name) {
            record.stamps.file_moment = Some(moment);
            record.stamps.file_time = Some(time);
        }
        Some(record)
    }

    fn clients(&mut self, field: &Field<'_>, lines: &Lines) -> Vec<ClientRecord> {
        let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(field.value.get()) else {
            if !field.is_null() {
                self.unreadable(field, "`clients` is no array");
            }
            return Vec::new();
        };
        let mut clients = Vec::new();
        for element in elements {
            let lines = Lines { text: lines.text, from: offset(element.get(), lines.text), line: lines.of(element) };
            let inner = entries(element);
            match self.client(&inner, &lines, false) {
                Some(client) => clients.push(client),
                None if !inner.iter().any(|(key, _)| key == "clientId") => {
                    let reason = "a client has no `clientId`";
                    let action = "the client was left out; the process's own totals keep it";
                    self.find(Severity::Corrupted, FindingKind::MalformedRecord, lines.line, reason, action);
                }
                None => {}
            }
        }
        clients
    }

    fn client(&mut self, fields: &[(Cow<'_, str>, &RawValue)], lines: &Lines, alone: bool) -> Option<ClientRecord> {
        let mut record = ClientRecord { line: lines.line, ..ClientRecord::default() };
        let mut id = None;
        for field in self.once(fields, lines) {
            match field.name {
                "clientId" => id = self.identity(&field),
                "executionCount" => record.executions = self.count(&field),
                "executionInputTotal" => record.input_total = self.size(&field),
                "executionOutputTotal" => record.output_total = self.size(&field),
                "executionInputAverage" => record.input_average = self.size(&field),
                "executionOutputAverage" => record.output_average = self.size(&field),
                "executionTimeTotal" => record.time_total = self.duration(&field),
                "executionTimeAverage" => record.time_average = self.duration(&field),
                name if privacy::is_private(name) => record.session_data.extend(self.asked_for(&field)),
                _ if alone => self.stamp(&field, &mut record.stamps),
                _ => {}
            }
        }
        record.id = id?;
        if alone {
            record.stamps.file_moment = values::client_file(&self.sink.provenance.name, &record.id);
        }
        Some(record)
    }

    /// The fields of a record, each name once.
    fn once<'t>(&mut self, fields: &'t [(Cow<'_, str>, &'t RawValue)], lines: &Lines) -> Vec<Field<'t>> {
        let mut kept = Vec::new();
        for (index, (name, value)) in fields.iter().enumerate() {
            let known = KNOWN_FIELDS.contains(&name.as_ref());
            if !known && !privacy::is_private(name) {
                continue;
            }
            let field = Field { name, value, line: lines.of(value) };
            if !fields[index + 1..].iter().any(|(later, _)| later == name) {
                kept.push(field);
            } else if known {
                let place = self.place(field.line).column(field.name);
                let reason = format!("the key `{}` stands more than once in one record", field.name);
                let action = "the last value was used, as most readers of JSON do";
                let finding = Finding::new(Severity::Suspicious, FindingKind::DuplicateKey, place, reason, action);
                self.sink.findings.push(finding);
            }
        }
        kept
    }

    /// What was asked for of a session: the whole field, or one entry of it.
    fn asked_for(&self, field: &Field<'_>) -> Vec<SessionDatum> {
        let mut data = Vec::new();
        for key in self.shown {
            let (name, inner) = key.split_once('.').map_or((key.as_str(), None), |(name, inner)| (name, Some(inner)));
            if name != field.name {
                continue;
            }
            let value = match inner {
                None => Some(field.value),
                Some(inner) => entries(field.value).into_iter().find(|(key, _)| key == inner).map(|(_, value)| value),
            };
            data.extend(value.map(|value| SessionDatum { key: key.clone(), value: value.get().to_owned() }));
        }
        data
    }

    fn stamp(&mut self, field: &Field<'_>, stamps: &mut Stamps) {
        match field.name {
            "momentStamp" => stamps.moment = self.count(field).and_then(|days| i64::try_from(days).ok()),
            "timeStamp" => {
                stamps.time = self.size(field);
                if stamps.time.is_some_and(|time| !values::within_a_day(time)) {
                    self.unreadable(field, "it is no number of seconds since midnight");
                    stamps.time = None;
                }
            }
            "date" if !field.is_null() => {
                stamps.date_text = field.text();
                stamps.date = stamps.date_text.as_deref().and_then(|text| clock::instant(text.as_bytes()));
                if stamps.date.is_none() {
                    self.unreadable(field, "it is a date neither in ISO 8601 nor in RFC 1123");
                }
            }
            _ => {}
        }
    }

    fn identity(&mut self, field: &Field<'_>) -> Option<String> {
        let number = field.value.get().starts_with(|first: char| first.is_ascii_digit());
        let id = if number { Some(field.value.get().to_owned()) } else { field.text() };
        let id = id.filter(|id| !id.is_empty());
        if id.is_none() {
            let reason = format!("`{}` is empty or no text", field.name);
            self.find(Severity::Corrupted, FindingKind::MalformedRecord, field.line, reason, "the record was left out");
        }
        id
    }

    fn count(&mut self, field: &Field<'_>) -> Option<u64> {
        let count = serde_json::from_str(field.value.get()).ok();
        // Some writers have only floating-point numbers: 12.0 is a count.
        let count = count.or_else(|| {
            let number: f64 = serde_json::from_str(field.value.get()).ok()?;
            (number >= 0.0 && number.fract() == 0.0 && number < u64::MAX as f64).then_some(number as u64)
        });
        if count.is_none() && !field.is_null() {
            self.unreadable(field, "it is no whole number from 0 on");
        }
        count
    }

    fn size(&mut self, field: &Field<'_>) -> Option<f64> {
        let size = serde_json::from_str(field.value.get()).ok().filter(|size: &f64| size.is_finite() && *size >= 0.0);
        if size.is_none() && !field.is_null() {
            self.unreadable(field, "it is no number from 0 on");
        }
        size
    }

    fn duration(&mut self, field: &Field<'_>) -> Option<RecordedDuration> {
        let duration = field.text().and_then(|text| values::duration(&text));
        if duration.is_none() && !field.is_null() {
            self.unreadable(field, "it is a duration neither like `500ms` or `1.23s` nor like `HH:MM:SS.ms`");
        }
        duration
    }

    fn unreadable(&mut self, field: &Field<'_>, reason: &str) {
        let place = self.place(field.line).column(field.name);
        let kind = FindingKind::UnreadableField;
        let mut finding = Finding::new(Severity::Corrupted, kind, place, reason, ABSENT).metric(field.name);
        // A text that stands where a number should may be anything, users' data included: only a short word is quoted.
        finding.value = field.shown().filter(|text| is_harmless(text));
        self.sink.findings.push(finding);
    }

    fn find(&mut self, severity: Severity, kind: FindingKind, line: u64, reason: impl Into<String>, action: &str) {
        let place = self.place(line);
        self.sink.findings.push(Finding::new(severity, kind, place, reason, action));
    }

    fn place(&self, line: u64) -> Place {
        Place::line(&self.sink.provenance.name, line)
    }
}

/// Whether a cell can be quoted: it is short and made of what numbers, dates and durations are made of.
fn is_harmless(text: &str) -> bool {
    const LONGEST: usize = 32;
    text.len() <= LONGEST && text.chars().filter(char::is_ascii_alphabetic).count() <= 6 && !text.contains(['{', '['])
}

/// Fields that are read, beside those of sessions.
const KNOWN_FIELDS: [&str; 16] = [
    "processId",
    "clients",
    "totalExecutionCount",
    "totalResponseTime",
    "averageResponseTime",
    "momentStamp",
    "timeStamp",
    "date",
    "clientId",
    "executionCount",
    "executionInputTotal",
    "executionOutputTotal",
    "executionInputAverage",
    "executionOutputAverage",
    "executionTimeTotal",
    "executionTimeAverage",
];

/// Counts lines from the beginning of a record.
struct Lines<'t> {
    text: &'t str,
    from: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&self, part: &RawValue) -> u64 {
        let to = offset(part.get(), self.text).max(self.from);
        self.line + memchr::memchr_iter(b'\n', &self.text.as_bytes()[self.from..to]).count() as u64
    }
}

/// Where a part of a text begins in it.
fn offset(part: &str, text: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len())
}
