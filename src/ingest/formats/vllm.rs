//! vLLM: what `vllm bench serve --save-result` writes.
//!
//! In: one document, or several one after the other (`--append-result`): aggregates in **milliseconds**, and, with
//! `--save-detailed`, arrays with an entry for each request in **seconds**. Out: reported numbers; a table of requests; and a
//! table of the gaps between tokens. A failed request has a time to first token of 0.0, which is none.

use serde_json::Value;

use crate::model::reported::Statistic;
use crate::model::table::{CellType, Polarity, Role};
use crate::model::unit::Unit;

use super::super::Sink;
use super::super::builder::{Row, TableBuilder};
use super::super::cells::DecimalMark;
use super::super::declared::Declared;
use super::documents::{self, Outline, number};
use super::summaries::{Summary, caveat, setting, statistic};
use super::{Failures, Format, FormatInfo, Holds};

const FIRST_TOKEN: &str = "from sending to the first token";
const END_TO_END: &str = "from sending to the last token";
const GAP: &str = "gaps between the chunks of an answer";

pub(super) const FORMAT: Format = Format {
    info: FormatInfo {
        name: "vllm",
        about: "vLLM, the result of a serving benchmark (`vllm bench serve --save-result`), with its requests where detailed",
        latency: "time to the first token, gaps between tokens, and from sending to the last token; open loop at a request rate",
        failures: Failures::Recorded("counted; with --save-detailed the error of each request"),
        holds: Holds::Summaries,
        example: "vllm bench serve --model m --save-result --save-detailed --result-filename vllm.json && perfreport summarize vllm.json",
        upstream: "vllm-project/vllm, vllm/benchmarks/serve.py",
    },
    generic: false,
    sniff: |head| Outline::of(head)?.evidence(&["completed", "request_throughput", "mean_ttft_ms"]),
    read: |records, _, sink| {
        declare(sink);
        let mut line = 0;
        documents::each(records, sink, |document: Value, sink| {
            // A document is written on a line of its own.
            line += 1;
            take(&document, line.min(sink.provenance.lines.max(1)), line > 1, sink);
        })
    },
    settle: None,
};

fn declare(sink: &mut Sink) {
    let other = |column, role, reason| Declared { column, role, unit: None, polarity: None, meaning: None, reason };
    let duration = |column, meaning, reason| Declared {
        column,
        role: Role::Metric,
        unit: Some(Unit::SECOND),
        polarity: Some(Polarity::LowerIsBetter),
        meaning: Some(meaning),
        reason,
    };
    let tokens = |column, meaning| Declared {
        unit: Some(Unit::COUNT),
        polarity: Some(Polarity::Unknown),
        meaning: Some(meaning),
        ..other(column, Role::Metric, "vLLM: tokens of a request")
    };
    sink.declared.extend([
        other("start_time", Role::Timestamp, "vLLM: when the request was sent, by a monotonic clock in seconds"),
        duration("ttft", FIRST_TOKEN, "vLLM: `ttfts`, in seconds"),
        duration("latency", END_TO_END, "vLLM: `ttfts` plus all of `itls`, in seconds"),
        duration("inter_token_latency", GAP, "vLLM: `itls`, in seconds"),
        tokens("input_tokens", "tokens of the prompt"),
        tokens("output_tokens", "tokens of the answer"),
        other("error", Role::Status, "vLLM: what went wrong, in words"),
    ]);
}

fn take(document: &Value, line: u64, appended: bool, sink: &mut Sink) {
    let of = |name: &str| number(document, &[name]);
    let (completed, failed) = (of("completed"), of("failed"));
    let errors = document.get("errors").and_then(Value::as_array);
    let counted =
        errors.map(|errors| errors.iter().filter(|error| error.as_str().is_some_and(|text| !text.is_empty())).count());
    let failed = failed.or(counted.map(|count| count as f64)).or_else(|| Some(of("num_prompts")? - completed?));
    let mut requests = Summary::new("requests", Unit::COUNT, Some("requests that were sent, and those that failed"));
    requests.add(Statistic::Count, completed.map(|completed| completed + failed.unwrap_or(0.0)));
    requests.add(Statistic::Failures, failed.filter(|_| completed.is_some()));
    requests.give(sink);
    for (key, metric, meaning) in [
        ("ttft", "ttft", FIRST_TOKEN),
        ("tpot", "time_per_output_token", "(end to end − first token) / (tokens − 1), of each answer"),
        ("itl", "inter_token_latency", GAP),
        ("e2el", "latency", END_TO_END),
    ] {
        let mut summary = Summary::new(metric, Unit::MILLISECOND, Some(meaning));
        let suffix = format!("_{key}_ms");
        for name in ["mean", "median", "std"] {
            if let Some(statistic) = statistic(name) {
                summary.add(statistic, of(&format!("{name}{suffix}")));
            }
        }
        let mut percentiles: Vec<(f64, Option<f64>)> = document
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((documents::percentile(name.strip_suffix(&suffix)?)?, value.as_f64())))
            .collect();
        percentiles.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (percentile, value) in percentiles {
            summary.add(Statistic::Percentile(percentile), value);
        }
        summary.give(sink);
    }
    for (name, meaning) in [
        ("request_throughput", "requests answered over the duration of the run"),
        ("request_goodput", "requests answered within their targets over the duration of the run"),
        ("output_throughput", "tokens of all answers over the duration of the run"),
        ("total_token_throughput", "tokens of prompts and answers over the duration of the run"),
    ] {
        let mut summary = Summary::new(name, Unit::PER_SECOND, Some(meaning));
        summary.add(Statistic::Value, of(name));
        summary.give(sink);
    }
    let unit_of_setting = |name: &str| document.get(name).filter(|value| value.is_number() || value.is_string());
    for name in
        ["backend", "endpoint_type", "model_id", "tokenizer_id", "request_rate", "burstiness", "max_concurrency"]
    {
        let text = unit_of_setting(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        setting(sink, name, text);
    }
    let detailed = take_requests(document, line, appended, sink);
    caveat(
        sink,
        "vLLM leaves failed requests out of its latencies; percentiles are interpolated linearly (numpy's default).",
    );
    if !detailed {
        caveat(sink, "The file holds no single requests; --save-detailed writes them, and gives intervals.");
    }
}

/// The requests, where the file has them. Says whether it has.
fn take_requests(document: &Value, line: u64, appended: bool, sink: &mut Sink) -> bool {
    let array = |name: &str| document.get(name).and_then(Value::as_array);
    let Some(first_tokens) = array("ttfts").filter(|all| !all.is_empty()) else { return false };
    let number_at = |name: &str, index: usize| array(name).and_then(|all| all.get(index)).and_then(Value::as_f64);
    let name = document.get("date").and_then(Value::as_str).map(str::to_owned).filter(|_| appended);
    let clock = array("start_times").is_some();
    let mut header: Vec<String> =
        ["ttft", "latency", "input_tokens", "output_tokens", "error"].map(str::to_owned).to_vec();
    let mut types = vec![CellType::Decimal, CellType::Decimal, CellType::Integer, CellType::Integer, CellType::Text];
    if clock {
        header.insert(0, "start_time".to_owned());
        types.insert(0, CellType::Decimal);
    }
    let mut requests = TableBuilder::new(name.clone(), header, None, &types, DecimalMark::Point);
    let gap_name = "inter_token_latency".to_owned();
    let mut gaps =
        TableBuilder::new(Some(gap_name.clone()), vec![gap_name], None, &[CellType::Decimal], DecimalMark::Point);
    for (index, first) in first_tokens.iter().enumerate() {
        let error = array("errors").and_then(|all| all.get(index)).and_then(Value::as_str).unwrap_or_default();
        let first = first.as_f64();
        let between: Vec<f64> = array("itls")
            .and_then(|all| all.get(index)?.as_array())
            .map(|gaps| gaps.iter().filter_map(Value::as_f64).collect())
            .unwrap_or_default();
        // Without an array of errors a failed request is told by its time of zero.
        let answered = error.is_empty() && first.is_some_and(|first| first > 0.0);
        let first = first.filter(|_| answered);
        let error = if error.is_empty() && !answered { "failed" } else { first_line(error) };
        let latency = first.map(|first| first + between.iter().sum::<f64>()).filter(|_| array("itls").is_some());
        let mut cells: Vec<String> = vec![
            text(first),
            text(latency),
            text(number_at("input_lens", index).filter(|_| answered)),
            text(number_at("output_lens", index).filter(|_| answered)),
            error.to_owned(),
        ];
        if clock {
            cells.insert(0, text(number_at("start_times", index)));
        }
        push(&mut requests, &cells, line);
        for gap in between.into_iter().filter(|_| answered) {
            push(&mut gaps, &[text(Some(gap))], line);
        }
    }
    sink.tables.push(requests);
    if gaps.rows() > 0 {
        sink.tables.push(gaps);
    }
    true
}

/// The last line of a Python traceback names the error, the first one of anything else.
fn first_line(error: &str) -> &str {
    let mut lines = error.lines().map(str::trim).filter(|line| !line.is_empty());
    if error.trim_start().starts_with("Traceback") { lines.next_back() } else { lines.next() }.unwrap_or_default()
}

/// A number as it is written, empty where there is none.
fn text(number: Option<f64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

fn push(table: &mut TableBuilder, cells: &[String], line: u64) {
    let mut all = String::new();
    let mut places = Vec::with_capacity(cells.len());
    for cell in cells {
        let start = all.len();
        all.push_str(cell);
        places.push((start, all.len()));
    }
    let row = Row { text: all.as_bytes(), cells: &places };
    if !table.try_push(row, line) {
        table.push_with_odd_cells(row, line);
    }
}
