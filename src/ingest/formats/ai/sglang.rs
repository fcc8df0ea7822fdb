//! `SGLang`: what `python -m sglang.bench_serving --output-file` appends, a line a run.
//!
//! In: lines of one run each, in **milliseconds**; `duration` in seconds; with `--output-details` arrays with an entry for
//! each request, in seconds. Out: reported numbers, a label for each load (concurrency, rate, lengths), so that no two loads
//! meet; and tables of requests where they are. Definition: `SGLang`'s `bench_serving.py`, of which earlier versions wrote
//! fewer fields.

use serde_json::Value;

use crate::ingest::format::{
    AnyRecords, Failures, Format, Holds, IngestError, Polarity, RowKind, Sink, Statistic, Unit,
};
use crate::ingest::formats::ai::vllm;
use crate::ingest::json::documents::{self, number};
use crate::ingest::json::outline::Outline;
use crate::ingest::summaries::{Summary, caveat, setting};

pub(crate) const FORMAT: Format = Format {
    name: "sglang",
    about: "SGLang, the results of bench_serving, a line a run",
    latency: "time to the first token, gaps between tokens, and from sending to the last token; open loop at a request rate",
    failures: Failures::Recorded("with --output-details the error of each request; otherwise not in the file"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "python -m sglang.bench_serving --backend sglang --output-file runs.jsonl && perfreport summarize runs.jsonl",
    upstream: "sgl-project/sglang, python/sglang/bench_serving.py",
    sniff: |head| {
        let first = Outline::of_first_object(head.bytes)?;
        let keys: &[&[&str]] = &[
            &["backend", "completed", "total_output_tokens_retokenized"],
            &["backend", "completed", "median_e2e_latency_ms"],
        ];
        keys.iter().find_map(|keys| first.evidence(keys))
    },
    read: |records, _, sink| read(records, sink),
};

/// Settings of a run; those in which runs differ name them.
const SETTINGS: &[&str] = &[
    "backend",
    "dataset_name",
    "request_rate",
    "max_concurrency",
    "sharegpt_output_len",
    "random_input_len",
    "random_output_len",
    "random_range_ratio",
    "num_prompts",
    "tag",
];

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    vllm::declare(sink);
    let mut runs: Vec<Value> = Vec::new();
    documents::each(records, sink, |document: Value, _| runs.push(document))?;
    for name in SETTINGS {
        if runs.iter().all(|run| run.get(*name) == runs[0].get(*name)) {
            setting(sink, name, runs[0].get(*name).filter(|value| !value.is_null()).map(text));
        }
    }
    let labels: Vec<Option<String>> = runs.iter().map(|run| label(run, &runs)).collect();
    for (index, (run, label)) in runs.iter().zip(&labels).enumerate() {
        // Runs under the same settings are repetitions, and keep their place.
        let alike = labels.iter().filter(|other| *other == label).count() > 1;
        let line = index as u64 + 1;
        let numbered =
            || format!("{}, run {line}", label.as_deref().unwrap_or_default()).trim_start_matches(", ").to_owned();
        let label = if alike { Some(numbered()) } else { label.clone() };
        take(run, label.as_deref(), sink);
        vllm::take_requests(run, line, label.as_deref().filter(|_| runs.len() > 1), sink);
    }
    caveat(
        sink,
        "SGLang leaves failed requests out of its latencies, and writes how many there were only with --output-details.",
    );
    Ok(())
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn label(run: &Value, runs: &[Value]) -> Option<String> {
    let differs = |name: &&&str| runs.iter().any(|other| other.get(**name) != run.get(**name));
    let told: Vec<String> = SETTINGS
        .iter()
        .filter(differs)
        .map(|name| format!("{name}={}", run.get(*name).map_or_else(|| "null".to_owned(), text)))
        .collect();
    (!told.is_empty()).then(|| told.join(", "))
}

fn take(run: &Value, label: Option<&str>, sink: &mut Sink) {
    let completed = number(run, &["completed"]);
    let errors = run.get("errors").and_then(Value::as_array);
    let failed =
        errors.map(|all| all.iter().filter(|one| one.as_str().is_some_and(|text| !text.is_empty())).count() as f64);
    let mut requests =
        Summary::new("requests", Unit::COUNT, Some("requests that were answered, and those that failed")).of(label);
    requests.add(Statistic::Count, completed.map(|completed| completed + failed.unwrap_or_default()));
    requests.add(Statistic::Failures, failed);
    requests.give(sink);
    // Without an answer there is no latency: the zeros stand for none.
    if completed != Some(0.0) {
        for (key, metric, meaning) in [
            ("e2e_latency", "latency", vllm::END_TO_END),
            ("ttft", "ttft", vllm::FIRST_TOKEN),
            ("tpot", "time_per_output_token", "(end to end − first token) / (tokens − 1), of each answer"),
            ("itl", "inter_token_latency", vllm::GAP),
        ] {
            vllm::latencies(run, key, Summary::new(metric, Unit::MILLISECOND, Some(meaning)).of(label)).give(sink);
        }
    }
    for (name, meaning) in [
        ("request_throughput", "requests answered over the duration of the run"),
        ("input_throughput", "tokens of prompts over the duration of the run"),
        ("output_throughput", "tokens of answers over the duration of the run"),
        ("total_throughput", "tokens of prompts and answers over the duration of the run"),
        ("max_output_tokens_per_s", "tokens of answers in the best second"),
    ] {
        value(run, name, Unit::PER_SECOND, meaning, Polarity::HigherIsBetter, label, sink);
    }
    value(run, "duration", Unit::SECOND, "how long the run took", Polarity::Unknown, label, sink);
    value(
        run,
        "concurrency",
        Unit::UNKNOWN,
        "requests under way at a time, on average",
        Polarity::Unknown,
        label,
        sink,
    );
    value(run, "accept_length", Unit::UNKNOWN, "tokens accepted of a draft", Polarity::HigherIsBetter, label, sink);
}

fn value(run: &Value, name: &str, unit: Unit, meaning: &str, polarity: Polarity, label: Option<&str>, sink: &mut Sink) {
    let mut summary = Summary::new(name, unit, Some(meaning)).of(label).polarity(polarity);
    summary.add_field(Statistic::Value, name, run.get(name).filter(|value| !value.is_null()));
    summary.give(sink);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn loads_stand_apart_in_both_schemas() {
        let new = |concurrency: u32, latency: f64| {
            format!(
                r#"{{"backend":"sglang","dataset_name":"random","request_rate":Infinity,"max_concurrency":{concurrency},"duration":20.5,"completed":30,
                "total_output_tokens_retokenized":1,"request_throughput":1.5,"mean_ttft_ms":60.5,"median_e2e_latency_ms":{latency},"p99_e2e_latency_ms":{latency}}}"#
            )
            .replace('\n', "")
        };
        let text = format!("{}\n{}\n", new(8, 700.0), new(16, 900.0));
        let found = read_text("runs.jsonl", text);
        assert_eq!(found.provenance.format, "sglang");
        let medians: Vec<(Option<&str>, Option<f64>)> = found
            .reported
            .iter()
            .filter(|one| one.metric == "latency")
            .map(|one| (one.label.as_deref(), one.number(Statistic::Median)))
            .collect();
        assert_eq!(medians, [(Some("max_concurrency=8"), Some(0.7)), (Some("max_concurrency=16"), Some(0.9))]);
        assert_eq!(found.provenance.environment["request_rate"], "Infinity");
        let old = r#"{"backend":"sglang","dataset_name":"random","request_rate":4.0,"total_output_tokens_retokenized":5,"mean_e2e_latency_ms":830.5,
            "median_e2e_latency_ms":820.5,"median_ttft_ms":85.5,"median_itl_ms":14.5,"output_throughput":533.5,"duration":301.5,"completed":300}"#
            .replace('\n', "");
        let found = read_text("runs.jsonl", old);
        assert_eq!(found.provenance.format, "sglang");
        let duration = found.reported.iter().find(|one| one.metric == "duration").unwrap();
        assert_eq!((duration.number(Statistic::Value), duration.label.as_deref()), (Some(301.5), None));
    }
}
