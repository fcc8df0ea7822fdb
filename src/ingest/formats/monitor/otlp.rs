//! OTLP as JSON: spans as the OpenTelemetry protocol and the collector's file exporter write them.
//!
//! In: documents of `resourceSpans`, one or many; instants in nanoseconds, mostly as texts. Out: a row a span with its
//! duration (end - start) and whether its status is an error (code 2). Spans that hold others are no requests of a load: no number
//! is over all of them, and they have no rate. Tokens of a call to a language model become metrics where every span has them.
//! The names of protobuf (`resource_spans`) stand for those of its JSON. Definition: opentelemetry-proto, `trace.proto`, and the semantic conventions for generative AI.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::table::LabelIdentity;
use crate::table::storage::Storage;

use crate::ingest::benchmarks::keys_evidence;
use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, Format, Holds, IngestError, Role, RowKind, Sink, Unit,
};
use crate::ingest::json::documents;
use crate::ingest::json::outline::Outline;
use crate::ingest::text::row::RowBuffer;

const DURATION: &str = "duration";

pub(crate) const FORMAT: Format = Format {
    name: "otlp",
    about: "OpenTelemetry traces as JSON (OTLP): a row a span",
    latency: "from the start of a span to its end",
    failures: Failures::Recorded("the span's status code: 2 is an error"),
    holds: Holds::Samples,
    row: RowKind::Row,
    example: "perfreport summarize traces.json  # written by the collector's file exporter",
    upstream: "open-telemetry/opentelemetry-proto, trace/v1/trace.proto; collector-contrib, fileexporter",
    sniff: |head| {
        let first = Outline::of_first_object(head.bytes)?;
        let key = RESOURCE_SPANS.into_iter().find(|key| first.has_anywhere(&[key]))?;
        Some(keys_evidence("an object", &[key]))
    },
    read: |records, _, sink| read(records, sink),
};

/// Names of fields, in JSON and in protobuf.
const RESOURCE_SPANS: [&str; 2] = ["resourceSpans", "resource_spans"];
const SCOPE_SPANS: [&str; 2] = ["scopeSpans", "scope_spans"];
const START: [&str; 2] = ["startTimeUnixNano", "start_time_unix_nano"];
const END: [&str; 2] = ["endTimeUnixNano", "end_time_unix_nano"];
const TRACE_ID: [&str; 2] = ["traceId", "trace_id"];
const SPAN_ID: [&str; 2] = ["spanId", "span_id"];
const PARENT: [&str; 2] = ["parentSpanId", "parent_span_id"];
const TEXT: [&str; 2] = ["stringValue", "string_value"];
const WHOLE: [&str; 2] = ["intValue", "int_value"];

fn field<'v>(holder: &'v Value, names: [&str; 2]) -> Option<&'v Value> {
    names.into_iter().find_map(|name| holder.get(name))
}

/// Attributes that are results: tokens of a call.
const TOKENS: [(&str, &str); 2] =
    [("gen_ai.usage.input_tokens", "tokens of the prompt"), ("gen_ai.usage.output_tokens", "tokens of the answer")];

/// A span that has ended.
struct Span {
    start: i64,
    duration: i64,
    service: Option<String>,
    name: String,
    /// What it is to a call: client, server, producer, consumer; nothing for others.
    kind: Option<&'static str>,
    ended: Ended,
    tokens: [Option<i64>; TOKENS.len()],
    line: u64,
}

/// How a span ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Well,
    Badly,
    /// Its status says that all is well, and the code of the answer that it is not.
    Contradicted,
}

impl Ended {
    /// As a status says it.
    const fn word(self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Badly => "error",
            Self::Contradicted => "contradicted",
        }
    }

    /// By the status of a span, and where that is not set by the code of the answer: of HTTP from 500 on, of gRPC all but 0 for who called,
    /// and those that are the server's own fault for who answered.
    fn of(span: &Value, kind: Option<&str>) -> Self {
        const HTTP: [&str; 2] = ["http.response.status_code", "http.status_code"];
        const GRPC: [&str; 2] = ["rpc.grpc.status_code", "rpc.response.status_code"];
        const OF_SERVER: [i64; 6] = [2, 4, 12, 13, 14, 15];
        let status = span.get("status").and_then(|status| status.get("code"));
        let said =
            |number: i64, name: &str| integer(status) == Some(number) || status.and_then(Value::as_str) == Some(name);
        if said(2, "STATUS_CODE_ERROR") {
            return Self::Badly;
        }
        let code = |names: &[&str]| names.iter().find_map(|name| whole(attribute(span, name)?));
        let of_call = |code: i64| if kind == Some("server") { OF_SERVER.contains(&code) } else { code != 0 };
        let failed = code(&HTTP).is_some_and(|code| code >= 500) || code(&GRPC).is_some_and(of_call);
        match failed {
            false => Self::Well,
            true if said(1, "STATUS_CODE_OK") => Self::Contradicted,
            true => Self::Badly,
        }
    }
}

/// The whole number of an attribute, which some exporters write as a text.
fn whole(value: &Value) -> Option<i64> {
    integer(field(value, WHOLE).or_else(|| field(value, TEXT)))
}

/// Spans that have ended, and which of them hold others.
#[derive(Default)]
struct Spans {
    ended: Vec<Span>,
    /// Trace and number of each, and of its parent.
    ids: BTreeSet<(String, String)>,
    parents: Vec<(String, String)>,
}

impl Spans {
    /// Whether they are parts of each other: a tenth of them at least, and of more than a few that hold all; or some answer calls and
    /// others make them, so that a call is inside of what it was made for, whatever was exported of who holds whom.
    fn are_nested(&self) -> bool {
        self.answer_and_call() || self.hold_each_other()
    }

    fn answer_and_call(&self) -> bool {
        let is = |sides: [&str; 2]| self.ended.iter().any(|span| span.kind.is_some_and(|kind| sides.contains(&kind)));
        is(["server", "consumer"]) && is(["client", "producer"])
    }

    fn hold_each_other(&self) -> bool {
        let inside: Vec<&(String, String)> = self.parents.iter().filter(|parent| self.ids.contains(parent)).collect();
        let holding = inside.iter().collect::<BTreeSet<_>>().len();
        10 * inside.len() >= self.ended.len() && 20 * holding >= self.ended.len() && holding > 0
    }

    /// The name of each, behind its service where there are several, and with its side of the call where both have one name.
    fn labels(&self) -> Vec<String> {
        let several = self.ended.iter().any(|span| span.service != self.ended[0].service);
        let mut kinds: BTreeMap<(&Option<String>, &str), BTreeSet<Option<&str>>> = BTreeMap::new();
        for span in &self.ended {
            kinds.entry((&span.service, &span.name)).or_default().insert(span.kind);
        }
        let label = |span: &Span| {
            let service = span.service.as_ref().filter(|_| several);
            let both = kinds.get(&(&span.service, &*span.name)).is_some_and(|kinds| kinds.len() > 1);
            let name = service.map_or_else(|| span.name.clone(), |service| format!("{service} / {}", span.name));
            match span.kind.filter(|_| both) {
                Some(kind) => format!("{name} ({kind})"),
                None => name,
            }
        };
        self.ended.iter().map(label).collect()
    }
}

/// The side of a call, by number or by name.
fn kind(span: &Value) -> Option<&'static str> {
    const KINDS: [(i64, &str, &str); 4] = [
        (2, "SPAN_KIND_SERVER", "server"),
        (3, "SPAN_KIND_CLIENT", "client"),
        (4, "SPAN_KIND_PRODUCER", "producer"),
        (5, "SPAN_KIND_CONSUMER", "consumer"),
    ];
    let (number, name) = (integer(span.get("kind")), span.get("kind").and_then(Value::as_str));
    KINDS.iter().find(|kind| number == Some(kind.0) || name == Some(kind.1)).map(|kind| kind.2)
}

/// A whole number, or a text that is one: JSON has no room for 64 bits.
fn integer(value: Option<&Value>) -> Option<i64> {
    let value = value?;
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn attribute<'v>(holder: &'v Value, name: &str) -> Option<&'v Value> {
    let all = holder.get("attributes")?.as_array()?;
    all.iter().find(|one| one.get("key").and_then(Value::as_str) == Some(name))?.get("value")
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let (mut spans, mut line) = (Spans::default(), 0);
    documents::each(records, sink, |document: Value, sink| {
        // The file exporter writes a document a line.
        line += 1;
        take(&document, line.min(sink.provenance.lines.max(1)), &mut spans, sink);
    })?;
    let labels = spans.labels();
    note_service(&spans, sink);
    // Spans that hold each other are no load: none of them has a clock.
    let nested = spans.are_nested();
    if nested {
        sink.labels = LabelIdentity::Compared;
    }
    let spans = spans.ended;
    sink.declared.extend([
        Declared::column("start", Role::Timestamp, "OTLP: startTimeUnixNano"),
        Declared::column("span", Role::Label, "OTLP: name of the span, behind its service where there are several"),
        Declared::column(
            "status",
            Role::Status,
            "OTLP: status.code, where 2 is an error; where it is not set, the code of the answer",
        ),
        Declared::time(
            DURATION,
            Unit::NANOSECOND,
            "from the start of a span to its end",
            "OTLP: end - start, in nanoseconds",
        ),
    ]);
    sink.declared.extend(
        TOKENS.map(|(name, meaning)| Declared::amount(name, Unit::COUNT, meaning, "OpenTelemetry: tokens of a call")),
    );
    let has_tokens = |index: usize| !spans.is_empty() && spans.iter().all(|span| span.tokens[index].is_some());
    let kept: Vec<usize> = (0..TOKENS.len()).filter(|index| has_tokens(*index)).collect();
    let mut columns = vec![("span", CellType::Text), (DURATION, CellType::Integer), ("status", CellType::Text)];
    columns.extend((!nested).then_some(("start", CellType::Integer)));
    columns.extend(kept.iter().map(|index| (TOKENS[*index].0, CellType::Integer)));
    let mut table = TableBuilder::of(&Storage::MEMORY, None, &columns);
    let mut row = RowBuffer::default();
    for (span, label) in spans.iter().zip(&labels) {
        row.clear();
        row.push(label.as_bytes());
        row.push_number(span.duration);
        row.push(span.ended.word().as_bytes());
        if !nested {
            row.push_number(span.start);
        }
        for index in &kept {
            row.push_number(span.tokens[*index].unwrap_or_default());
        }
        table.push(row.row(), span.line);
    }
    sink.tables.push(table);
    Ok(())
}

/// A service that stands for all spans belongs to the environment.
fn note_service(spans: &Spans, sink: &mut Sink) {
    if let Some(service) = spans.ended.first().and_then(|first| first.service.as_ref())
        && spans.ended.iter().all(|span| span.service.as_ref() == Some(service))
    {
        sink.provenance.environment.insert("service".to_owned(), service.clone());
    }
}

fn take(document: &Value, line: u64, spans: &mut Spans, sink: &mut Sink) {
    // Jaeger's API puts the document under `result`.
    let document = document.get("result").unwrap_or(document);
    for resource in field(document, RESOURCE_SPANS).and_then(Value::as_array).into_iter().flatten() {
        let service = service(resource);
        let scopes = field(resource, SCOPE_SPANS).or_else(|| resource.get("instrumentationLibrarySpans"));
        let scopes = scopes.and_then(Value::as_array).into_iter().flatten();
        for span in scopes.filter_map(|scope| scope.get("spans")?.as_array()).flatten() {
            let name = span.get("name").and_then(Value::as_str).unwrap_or("(no name)").to_owned();
            let start = integer(field(span, START)).filter(|start| *start > 0);
            let end = integer(field(span, END)).filter(|end| *end > 0);
            let (Some(start), Some(end)) = (start, end) else {
                sink.provenance.set_aside("a span without its start or its end", line);
                continue;
            };
            let tokens = TOKENS.map(|(name, _)| integer(attribute(span, name).and_then(|value| field(value, WHOLE))));
            let text =
                |names| field(span, names).and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
            let trace = text(TRACE_ID).unwrap_or_default();
            let (id, parent) = (text(SPAN_ID), text(PARENT));
            spans.parents.extend(parent.filter(|parent| id.as_ref() != Some(parent)).map(|one| (trace.clone(), one)));
            spans.ids.extend(id.map(|id| (trace, id)));
            let (service, kind) = (service.map(str::to_owned), kind(span));
            let duration = end.saturating_sub(start);
            let ended = Ended::of(span, kind);
            spans.ended.push(Span { start, duration, service, name, kind, ended, tokens, line });
        }
    }
}

fn service(resource: &Value) -> Option<&str> {
    field(attribute(resource.get("resource")?, "service.name")?, TEXT)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::options::SourceOptions;
    use crate::ingest::read as ingest;

    #[test]
    fn a_duration_is_the_end_less_the_start_and_code_2_is_an_error() {
        let span = |name: &str, start: u64, end: u64, code: &str| {
            format!(
                r#"{{"traceId":"a","spanId":"b","name":"{name}","startTimeUnixNano":"{start}","endTimeUnixNano":"{end}","attributes":[],"status":{{{code}}}}}"#
            )
        };
        let text = format!(
            "{{\"resourceSpans\":[{{\"resource\":{{\"attributes\":[{{\"key\":\"service.name\",\"value\":{{\"stringValue\":\"shop\"}}}}]}},\
             \"scopeSpans\":[{{\"spans\":[{},{},{},{}]}}]}}]}}\n",
            span("pay", 1_700_000_000_000_000_001, 1_700_000_000_250_000_002, ""),
            span("pay", 1_700_000_001_000_000_000, 1_700_000_001_000_000_007, "\"code\":2"),
            span("list", 1_700_000_002_000_000_000, 1_700_000_002_000_000_009, "\"code\":\"STATUS_CODE_OK\""),
            span("open", 1_700_000_003_000_000_000, 0, "")
        );
        let found = ingest("traces.json", format!("{text}{text}").as_bytes(), &SourceOptions::default()).unwrap();
        assert_eq!(found.provenance.format, "otlp");
        let table = &found.tables[0];
        let durations = table.numbers(table.position(DURATION).unwrap());
        assert_eq!(durations[..3], [Some(250_000_001.0), Some(7.0), Some(9.0)]);
        let status = &table.columns[table.position("status").unwrap()];
        assert_eq!(status.dictionary, ["ok", "error"]);
        assert_eq!(found.provenance.set_aside[0].rows, 2);
        assert_eq!(found.provenance.environment["service"], "shop");
    }

    /// A document of one span, as an exporter writes it on a line.
    fn line(service: &str, id: &str, parent: &str, kind: u8, milliseconds: u64) -> String {
        format!(
            "{{\"resourceSpans\":[{{\"resource\":{{\"attributes\":[{{\"key\":\"service.name\",\"value\":{{\"stringValue\":\"{service}\"}}}}]}},\
             \"scopeSpans\":[{{\"spans\":[{{\"spanId\":\"{id}\",\"parentSpanId\":\"{parent}\",\"name\":\"POST /pay\",\"kind\":{kind},\
             \"startTimeUnixNano\":\"1700000000000000000\",\"endTimeUnixNano\":\"{}\"}}]}}]}}]}}\n",
            1_700_000_000_000_000_000 + milliseconds * 1_000_000
        )
    }

    fn spans_of(table: &crate::table::Table) -> Vec<String> {
        table.columns[table.position("span").unwrap()].dictionary.clone()
    }

    #[test]
    fn services_on_lines_of_their_own_stay_apart_and_spans_that_hold_each_other_are_no_load() {
        let text = [line("till", "a1", "", 3, 40), line("bank", "b1", "a1", 2, 8)].concat();
        let found = ingest("traces.json", text.as_bytes(), &SourceOptions::default()).unwrap();
        assert_eq!(spans_of(&found.tables[0]), ["till / POST /pay", "bank / POST /pay"]);
        assert_eq!(found.tables[0].labels, LabelIdentity::Compared);
        assert_eq!(found.tables[0].columns_as(Role::Timestamp).count(), 0);
        assert_eq!(found.provenance.environment.get("service"), None);
        let text = [line("shop", "a1", "", 3, 40), line("shop", "b1", "", 2, 8)].concat();
        let found = ingest("traces.json", text.as_bytes(), &SourceOptions::default()).unwrap();
        assert_eq!(spans_of(&found.tables[0]), ["POST /pay (client)", "POST /pay (server)"]);
        assert_eq!(found.tables[0].columns_as(Role::Timestamp).count(), 0, "one side calls, the other one answers");
        let text = [line("shop", "a1", "", 2, 40), line("shop", "b1", "", 2, 8)].concat();
        let found = ingest("traces.json", text.as_bytes(), &SourceOptions::default()).unwrap();
        assert_eq!(found.tables[0].columns_as(Role::Timestamp).count(), 1, "answers of one service are its load");
    }

    #[test]
    fn the_names_of_protobuf_stand_for_those_of_its_json() {
        let text = "{\"resource_spans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"string_value\":\"lab\"}}]},\
             \"scope_spans\":[{\"spans\":[{\"span_id\":\"1\",\"name\":\"step\",\"kind\":\"SPAN_KIND_INTERNAL\",\"flags\":256,\
             \"start_time_unix_nano\":\"1700000000000000000\",\"end_time_unix_nano\":\"1700000000300000000\",\
             \"status\":{\"code\":\"STATUS_CODE_ERROR\"}}]}]}]}\n";
        let found = ingest("traces.json", text.as_bytes(), &SourceOptions::default()).unwrap();
        assert_eq!(found.provenance.format, "otlp");
        let table = &found.tables[0];
        assert_eq!(table.numbers(table.position(DURATION).unwrap()), [Some(3e8)]);
        assert_eq!(table.columns[table.position("status").unwrap()].dictionary, ["error"]);
    }
}
