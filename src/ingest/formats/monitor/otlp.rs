//! OTLP as JSON: spans as the OpenTelemetry protocol and the collector's file exporter write them.
//!
//! In: documents of `resourceSpans`, one or many; instants in nanoseconds, mostly as texts. Out: a row a span with its
//! duration (end - start) and whether its status is an error (code 2). Tokens of a call to a language model become metrics
//! where every span has them. Definition: opentelemetry-proto, `trace.proto`, and the semantic conventions for generative AI.

use serde_json::Value;

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
        let traces = first.has_anywhere(&["resourceSpans"]);
        traces.then(|| keys_evidence("an object", &["resourceSpans"]))
    },
    read: |records, _, sink| read(records, sink),
};

/// Attributes that are results: tokens of a call.
const TOKENS: [(&str, &str); 2] =
    [("gen_ai.usage.input_tokens", "tokens of the prompt"), ("gen_ai.usage.output_tokens", "tokens of the answer")];

/// A span that has ended.
struct Span {
    start: i64,
    duration: i64,
    name: String,
    failed: bool,
    tokens: [Option<i64>; TOKENS.len()],
    line: u64,
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
    let (mut spans, mut line): (Vec<Span>, u64) = (Vec::new(), 0);
    documents::each(records, sink, |document: Value, sink| {
        // The file exporter writes a document a line.
        line += 1;
        take(&document, line.min(sink.provenance.lines.max(1)), &mut spans, sink);
    })?;
    sink.declared.extend([
        Declared::column("start", Role::Timestamp, "OTLP: startTimeUnixNano"),
        Declared::column("span", Role::Label, "OTLP: name of the span, behind its service where there are several"),
        Declared::column("status", Role::Status, "OTLP: status.code, where 2 is an error"),
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
    let mut columns = vec![
        ("start", CellType::Integer),
        ("span", CellType::Text),
        (DURATION, CellType::Integer),
        ("status", CellType::Text),
    ];
    columns.extend(kept.iter().map(|index| (TOKENS[*index].0, CellType::Integer)));
    let mut table = TableBuilder::of(&Storage::MEMORY, None, &columns);
    let mut row = RowBuffer::default();
    for span in &spans {
        row.clear();
        row.push_number(span.start);
        row.push(span.name.as_bytes());
        row.push_number(span.duration);
        row.push(if span.failed { b"error" } else { b"ok" });
        for index in &kept {
            row.push_number(span.tokens[*index].unwrap_or_default());
        }
        table.push(row.row(), span.line);
    }
    sink.tables.push(table);
    Ok(())
}

fn take(document: &Value, line: u64, spans: &mut Vec<Span>, sink: &mut Sink) {
    // Jaeger's API puts the document under `result`.
    let document = document.get("result").unwrap_or(document);
    let of = |name: &str| document.get(name).and_then(Value::as_array).into_iter().flatten();
    let services: Vec<Option<&str>> = of("resourceSpans").map(service).collect();
    let several = services.iter().any(|other| *other != services[0]);
    for (resource, service) in of("resourceSpans").zip(&services) {
        if let (false, Some(service)) = (several, service) {
            sink.provenance.environment.insert("service".to_owned(), (*service).to_owned());
        }
        let scopes = ["scopeSpans", "instrumentationLibrarySpans"].iter().find_map(|name| resource.get(*name));
        let scopes = scopes.and_then(Value::as_array).into_iter().flatten();
        for span in scopes.filter_map(|scope| scope.get("spans")?.as_array()).flatten() {
            let name = span.get("name").and_then(Value::as_str).unwrap_or("(no name)");
            let name =
                service.filter(|_| several).map_or_else(|| name.to_owned(), |service| format!("{service} / {name}"));
            let start = integer(span.get("startTimeUnixNano")).filter(|start| *start > 0);
            let end = integer(span.get("endTimeUnixNano")).filter(|end| *end > 0);
            let (Some(start), Some(end)) = (start, end) else {
                sink.provenance.set_aside("a span without its start or its end", line);
                continue;
            };
            let code = span.get("status").and_then(|status| status.get("code"));
            let failed = integer(code) == Some(2) || code.and_then(Value::as_str) == Some("STATUS_CODE_ERROR");
            let tokens = TOKENS.map(|(name, _)| integer(attribute(span, name).and_then(|value| value.get("intValue"))));
            spans.push(Span { start, duration: end.saturating_sub(start), name, failed, tokens, line });
        }
    }
}

fn service(resource: &Value) -> Option<&str> {
    attribute(resource.get("resource")?, "service.name")?.get("stringValue")?.as_str()
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
}
