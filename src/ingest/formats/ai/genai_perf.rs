//! genai-perf and Triton's Performance Analyzer: the raw requests of a run (`profile_export.json`).
//!
//! In: a document of experiments, each with its requests: nanoseconds when it was sent and when each part of the answer came.
//! Out: a row a request: time to the first part and to the last. The texts of prompts and answers are passed over. Experiments under
//! different loads are runs apart: no number is over all of them, and the pause between them is none of a service.
//! Definition: Performance Analyzer, `profile_data_exporter.cc`, and genai-perf's parser of LLM profile data.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::table::LabelIdentity;
use crate::table::storage::Storage;

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, Format, Holds, IngestError, Role, RowKind, Sink, Unit,
};
use crate::ingest::json::documents::{self, at};
use crate::ingest::summaries::setting;
use crate::ingest::text::row::RowBuffer;

const LATENCY: &str = "from sending to the last part of the answer";

pub(crate) const FORMAT: Format = Format {
    name: "genai-perf",
    about: "genai-perf and perf_analyzer, the requests of a run (`profile_export.json`)",
    latency: LATENCY,
    failures: Failures::Recorded("requests without any answer"),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "genai-perf profile -m m --streaming --profile-export-file profile_export.json && perfreport summarize artifacts/*/profile_export.json",
    upstream: "triton-inference-server/perf_analyzer, src/profile_data_exporter.cc; genai-perf, llm_profile_data_parser.py",
    sniff: |head| head.outline()?.evidence(&["experiments.experiment", "experiments.requests.timestamp"]),
    read: |records, _, sink| read(records, sink),
};

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let time = |column, meaning, reason| Declared::time(column, Unit::NANOSECOND, meaning, reason);
    sink.declared.extend([
        Declared::column(
            "timestamp",
            Role::Timestamp,
            "genai-perf: when the request was sent, in nanoseconds since 1970",
        ),
        Declared::column("load", Role::Label, "genai-perf: the load of the experiment"),
        time("latency", LATENCY, "genai-perf: the last of `response_timestamps` less `timestamp`"),
        time(
            "ttft",
            "from sending to the first part of the answer",
            "genai-perf: the first of `response_timestamps` less `timestamp`",
        ),
        Declared::column("outcome", Role::Status, "failed: no part of an answer came"),
    ]);
    sink.labels = LabelIdentity::Exact;
    documents::each(records, sink, |document: Value, sink| take(&document, sink))
}

fn take(document: &Value, sink: &mut Sink) {
    let experiments: Vec<&Value> =
        document.get("experiments").and_then(Value::as_array).into_iter().flatten().collect();
    for name in ["service_kind", "endpoint"] {
        setting(sink, name, document.get(name).and_then(Value::as_str));
    }
    let several = experiments.len() > 1;
    let load = |experiment: &Value| {
        let of = |name: &str| at(experiment, &["experiment", name]).map(ToString::to_string).unwrap_or_default();
        format!("{} {}", of("mode").trim_matches('"'), of("value"))
    };
    let loads: BTreeSet<String> = experiments.iter().map(|experiment| load(experiment)).collect();
    // Under several loads no row has a clock: a rate, and what a service did over time, would be of all of them.
    let apart = loads.len() > 1;
    if apart {
        sink.labels = LabelIdentity::Compared;
    }
    let requests = || experiments.iter().filter_map(|one| one.get("requests")?.as_array()).flatten();
    // Of answers in one part the first is the last.
    let streamed = requests().any(|request| instants(request).len() > 1);
    let mut columns: Vec<(&str, CellType)> = (!apart).then_some(("timestamp", CellType::Integer)).into_iter().collect();
    columns.extend(several.then_some(("load", CellType::Text)));
    columns.push(("latency", CellType::Integer));
    columns.extend(streamed.then_some(("ttft", CellType::Integer)));
    columns.push(("outcome", CellType::Text));
    let mut table = TableBuilder::of(&Storage::MEMORY, None, &columns);
    for experiment in &experiments {
        if !several {
            setting(sink, "load", Some(load(experiment)));
        }
        for request in experiment.get("requests").and_then(Value::as_array).into_iter().flatten() {
            let Some(sent) = request.get("timestamp").and_then(Value::as_i64) else {
                sink.provenance.set_aside("a request without the instant it was sent", 1);
                continue;
            };
            let parts = instants(request);
            let mut row = RowBuffer::default();
            if !apart {
                row.push_number(sent);
            }
            if several {
                row.push(load(experiment).as_bytes());
            }
            let since =
                |part: Option<&i64>| part.map_or_else(String::new, |part| part.saturating_sub(sent).to_string());
            row.push(since(parts.last()).as_bytes());
            if streamed {
                row.push(since(parts.first()).as_bytes());
            }
            row.push(if parts.is_empty() { b"failed" } else { b"ok" });
            table.push(row.row(), 1);
        }
    }
    sink.provenance.evidence.push("prompts and answers were passed over".to_owned());
    sink.tables.push(table);
}

/// When the parts of an answer came.
fn instants(request: &Value) -> Vec<i64> {
    request
        .get("response_timestamps")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_i64)
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;

    #[test]
    fn a_latency_ends_with_the_last_part_and_no_answer_is_a_failure() {
        let text = r#"{"service_kind":"openai","experiments":[{"experiment":{"mode":"concurrency","value":4},"requests":[
            {"timestamp":1700000000000000000,"request_inputs":{"payload":"secret"},"response_timestamps":[1700000000040000000,1700000000090000001]},
            {"timestamp":1700000001000000000,"response_timestamps":[1700000001050000000]},
            {"timestamp":1700000002000000000,"response_timestamps":[]}]}]}"#;
        let found = read_text("profile_export.json", text);
        assert_eq!(found.provenance.format, "genai-perf");
        let table = &found.tables[0];
        let of = |name: &str| table.numbers(table.position(name).unwrap());
        assert_eq!(of("latency"), [Some(90_000_001.0), Some(50_000_000.0), None]);
        assert_eq!(of("ttft"), [Some(40_000_000.0), Some(50_000_000.0), None]);
        assert_eq!(table.columns[table.position("outcome").unwrap()].dictionary, ["ok", "failed"]);
        assert_eq!(found.provenance.environment["load"], "concurrency 4");
    }
}
