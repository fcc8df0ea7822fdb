//! vLLM: what `vllm bench serve --save-result` writes.
//!
//! In: one document, or several one after the other (`--append-result`) or in an array, as sweeps collect them: aggregates in
//! **milliseconds**, and, with `--save-detailed`, arrays with an entry for each request in **seconds**. Out: reported numbers; a table of
//! requests; and a table of the gaps between tokens. Runs of one file are called by the settings in which they differ. A failed request
//! has a time to first token of 0.0, which is none.

use serde_json::Value;

use crate::measure::finding::{Finding, Place};

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, FindingKind, Format, Holds, IngestError, Role, RowKind, Severity, Sink,
    Statistic, Unit,
};
use crate::ingest::formats::ai::run_settings;
use crate::ingest::json::documents::{self, number};
use crate::ingest::json::outline::Outline;
use crate::ingest::summaries::{self, Summary, caveat, statistic};
use crate::ingest::text::row::RowBuffer;
use crate::table::LabelIdentity;
use crate::table::storage::Storage;

/// What a time to the first token is.
pub(crate) const FIRST_TOKEN: &str = "from sending to the first token";
/// What a latency is.
pub(crate) const END_TO_END: &str = "from sending to the last token";
/// The column that says of which run of a file a request is.
const RUN: &str = "run";
/// What a latency between tokens is.
pub(crate) const GAP: &str = "gaps between the chunks of an answer";

pub(crate) const FORMAT: Format = Format {
    name: "vllm",
    about: "vLLM, the result of a serving benchmark (`vllm bench serve --save-result`), with its requests where detailed",
    latency: "time to the first token, gaps between tokens, and from sending to the last token; open loop at a request rate",
    failures: Failures::Recorded("counted; with --save-detailed the error of each request"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "vllm bench serve --model m --save-result --save-detailed --result-filename vllm.json && perfreport summarize vllm.json",
    upstream: "vllm-project/vllm, vllm/benchmarks/serve.py",
    sniff: |head| {
        // SGLang's benchmark, which began as a copy of this one, calls its latencies by other names.
        let first = || Outline::of_first_object(head.bytes);
        let in_array = head.bytes.trim_ascii_start().first() == Some(&b'[');
        let of_array = if in_array { first() } else { None };
        let outline = of_array.as_ref().or_else(|| head.outline())?;
        let is_other = outline.has(&["total_output_tokens_retokenized"]) || outline.has(&["median_e2e_latency_ms"]);
        outline.evidence(&["completed", "request_throughput", "mean_ttft_ms"]).filter(|_| !is_other)
    },
    read: |records, _, sink| read(records, sink),
};

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    declare(sink);
    let text = documents::json_text(records, sink)?;
    // What tells runs apart is known once all have been seen; their lists of requests are too long to be kept.
    let mut settings = Vec::new();
    documents::each_of(&text, |document: Value| {
        settings.extend(runs_of(&document).iter().map(run_settings::of));
        Ok(())
    })?;
    let labels = run_settings::labels(&settings, sink);
    let (mut labels, mut line) = (labels.iter(), 0);
    let (taken, broken) = documents::each_of(&text, |document: Value| {
        // A document is written on a line of its own; those of an array stand where it does.
        line += 1;
        for run in runs_of(&document) {
            let label = labels.next().and_then(Option::as_deref);
            take(run, line.min(sink.provenance.lines.max(1)), label, sink);
        }
        Ok(())
    })?;
    if let Some(broken) = broken {
        return documents::note_broken(&broken.error, taken, sink);
    }
    if taken > 1 {
        sink.provenance.evidence.push(format!("{taken} documents one after the other"));
    }
    Ok(())
}

/// The runs of a document: those of an array, or itself.
fn runs_of(document: &Value) -> &[Value] {
    document.as_array().map_or(std::slice::from_ref(document), Vec::as_slice)
}

/// Says what the columns of requests are.
pub(crate) fn declare(sink: &mut Sink) {
    let duration = |column, meaning, reason| Declared::time(column, Unit::SECOND, meaning, reason);
    let tokens = |column, meaning| Declared::amount(column, Unit::COUNT, meaning, "vLLM: tokens of a request");
    sink.declared.extend([
        Declared::column(
            "start_time",
            Role::Timestamp,
            "vLLM: when the request was sent, by a monotonic clock in seconds",
        ),
        duration("ttft", FIRST_TOKEN, "vLLM: `ttfts`, in seconds"),
        duration("latency", END_TO_END, "vLLM: `ttfts` plus all of `itls`, in seconds"),
        duration("inter_token_latency", GAP, "vLLM: `itls`, in seconds"),
        tokens("input_tokens", "tokens of the prompt"),
        tokens("output_tokens", "tokens of the answer"),
        Declared::column("error", Role::Status, "vLLM: what went wrong, in words"),
        Declared::column(RUN, Role::Label, "the settings in which the runs of the file differ"),
    ]);
}

fn take(document: &Value, line: u64, label: Option<&str>, sink: &mut Sink) {
    let of = |name: &str| number(document, &[name]);
    let (completed, failed) = (of("completed"), of("failed"));
    let errors = document.get("errors").and_then(Value::as_array);
    let counted =
        errors.map(|errors| errors.iter().filter(|error| error.as_str().is_some_and(|text| !text.is_empty())).count());
    let failed = failed.or(counted.map(|count| count as f64)).or_else(|| Some(of("num_prompts")? - completed?));
    let mut requests =
        Summary::new("requests", Unit::COUNT, Some("requests that were sent, and those that failed")).of(label);
    requests.add(Statistic::Count, completed.map(|completed| completed + failed.unwrap_or(0.0)));
    requests.add(Statistic::Failures, failed.filter(|_| completed.is_some()));
    requests.give(sink);
    // Without an answer there is no latency: the zeros that stand for it are none.
    if completed == Some(0.0) {
        let reason = format!("all {} requests failed: there are no latencies", failed.unwrap_or_default());
        let action = "the zeros that stand in their place are not shown";
        sink.find(Severity::Suspicious, FindingKind::NoMetric, None, reason, action);
    } else {
        for (key, metric, meaning) in [
            ("ttft", "ttft", FIRST_TOKEN),
            ("tpot", "time_per_output_token", "(end to end − first token) / (tokens − 1), of each answer"),
            ("itl", "inter_token_latency", GAP),
            ("e2el", "latency", END_TO_END),
        ] {
            latencies(document, key, Summary::new(metric, Unit::MILLISECOND, Some(meaning)).of(label)).give(sink);
        }
    }
    for (name, meaning) in [
        ("request_throughput", "requests answered over the duration of the run"),
        ("request_goodput", "requests answered within their targets over the duration of the run"),
        ("output_throughput", "tokens of all answers over the duration of the run"),
        ("total_token_throughput", "tokens of prompts and answers over the duration of the run"),
    ] {
        let mut summary = Summary::new(name, Unit::PER_SECOND, Some(meaning)).of(label);
        // Without targets there is no goodput, and null is written for it.
        summary.add_field(Statistic::Value, name, document.get(name).filter(|value| !value.is_null()));
        summary.give(sink);
    }
    let detailed = take_requests(document, line, label, sink);
    caveat(
        sink,
        "vLLM leaves failed requests out of its latencies; percentiles are interpolated linearly (numpy's default).",
    );
    if !detailed {
        caveat(sink, "The file holds no single requests; --save-detailed writes them, and gives intervals.");
    }
}

/// A metric with the numbers whose names end with its key: `mean_ttft_ms`, `p99_ttft_ms`.
pub(crate) fn latencies(document: &Value, key: &str, mut summary: Summary) -> Summary {
    let suffix = format!("_{key}_ms");
    for name in ["mean", "median", "std"] {
        if let Some(statistic) = statistic(name) {
            let name = format!("{name}{suffix}");
            summary.add_field(statistic, &name, document.get(&name));
        }
    }
    let mut percentiles: Vec<(f64, &String, &Value)> = document
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((summaries::percentile(name.strip_suffix(&suffix)?)?, name, value)))
        .collect();
    percentiles.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (percentile, name, value) in percentiles {
        summary.add_field(Statistic::Percentile(percentile), name, Some(value));
    }
    summary
}

/// Lists with an entry for each request.
const LISTS: [&str; 6] = ["ttfts", "itls", "input_lens", "output_lens", "errors", "start_times"];

/// Entries of a list that are not what they should be, in requests that were answered.
#[derive(Default)]
struct Odd {
    count: u64,
    /// Place and text of the first.
    first: Option<(usize, String)>,
}

/// The requests, where the file has them, as a table. Those of one of several runs have its name beside them, in one table with those of the
/// others, and no clock: neither a number nor a rate is over all of them. Says whether the file has requests.
pub(crate) fn take_requests(document: &Value, line: u64, run: Option<&str>, sink: &mut Sink) -> bool {
    let array = |name: &str| document.get(name).and_then(Value::as_array).filter(|all| !all.is_empty());
    if array("ttfts").is_none() {
        return false;
    }
    let clock = array("start_times").is_some() && run.is_none();
    let start = clock.then_some(("start_time", CellType::Decimal));
    let columns = [
        ("ttft", CellType::Decimal),
        ("latency", CellType::Decimal),
        ("input_tokens", CellType::Integer),
        ("output_tokens", CellType::Integer),
        ("error", CellType::Text),
    ];
    if run.is_some() {
        sink.labels = LabelIdentity::Compared;
    }
    let of_run = || run.map(|_| (RUN, CellType::Text));
    let columns: Vec<(&str, CellType)> = of_run().into_iter().chain(start).chain(columns).collect();
    let mut requests = table_of(&columns, None, sink);
    requests.absence_is_told = run.is_some();
    let gap = "inter_token_latency";
    let columns: Vec<(&str, CellType)> = of_run().into_iter().chain([(gap, CellType::Decimal)]).collect();
    let mut gaps = table_of(&columns, Some(gap), sink);
    let mut odd: [Odd; LISTS.len()] = Default::default();
    for index in 0..note_lengths(document, line, sink) {
        let entry = |name: &str| array(name).and_then(|all| all.get(index));
        let error = entry("errors").and_then(Value::as_str).unwrap_or_default();
        let first = entry("ttfts").and_then(Value::as_f64);
        // Without an array of errors a failed request is told by its time of zero.
        let failed = !error.is_empty() || first.is_some_and(|first| first <= 0.0);
        let error = if error.is_empty() && failed { "failed" } else { first_line(error) };
        let between = entry("itls").and_then(Value::as_array);
        let numbers: Vec<f64> = between.into_iter().flatten().filter_map(Value::as_f64).collect();
        let all_gaps = between.is_some_and(|between| between.len() == numbers.len());
        if !failed {
            let number = |name: &str| entry(name).is_some_and(Value::is_number);
            let sound = [number("ttfts"), all_gaps, number("input_lens"), number("output_lens"), true, true];
            for ((name, sound), odd) in LISTS.iter().zip(sound).zip(&mut odd) {
                if let (false, Some(entry)) = (sound, entry(name)) {
                    odd.count += 1;
                    odd.first.get_or_insert_with(|| (index, entry.to_string()));
                }
            }
        }
        let number_of = |name: &str| text(entry(name).and_then(Value::as_f64).filter(|_| !failed));
        let latency = first.filter(|_| !failed && all_gaps).map(|first| first + numbers.iter().sum::<f64>());
        let mut cells: Vec<String> = vec![
            text(first.filter(|_| !failed)),
            text(latency),
            number_of("input_lens"),
            number_of("output_lens"),
            error.to_owned(),
        ];
        if clock {
            cells.insert(0, text(entry("start_times").and_then(Value::as_f64)));
        }
        push(&mut requests, run, &cells, line);
        for gap in numbers.into_iter().filter(|_| !failed) {
            push(&mut gaps, run, &[text(Some(gap))], line);
        }
    }
    for (name, odd) in LISTS.iter().zip(odd) {
        let Some((index, written)) = odd.first else { continue };
        let what = if *name == "itls" { "list of numbers" } else { "number" };
        let reason = format!(
            "`{name}` has no {what} for {} of the requests without an error, the first one is request {}",
            odd.count,
            index + 1
        );
        let place = Place::line(&sink.provenance.name, line).column(*name);
        let action = "their values are not in the statistics, nor are latencies that need them";
        let kind = if written.contains("NaN") { FindingKind::NotFinite } else { FindingKind::NotANumber };
        let finding = Finding::new(Severity::Corrupted, kind, place, reason, action);
        sink.findings.push(finding.value(shortened(&written)).count(odd.count));
    }
    sink.tables.push(requests);
    if gaps.rows() > 0 {
        sink.tables.push(gaps);
    }
    true
}

/// How many requests there are; where lists differ in length, that is said.
fn note_lengths(document: &Value, line: u64, sink: &mut Sink) -> usize {
    let lengths = LISTS.iter().filter_map(|name| Some((*name, document.get(*name)?.as_array()?.len())));
    let lengths: Vec<(&str, usize)> = lengths.filter(|(_, length)| *length > 0).collect();
    let longest = lengths.iter().map(|(_, length)| *length).max().unwrap_or_default();
    if lengths.iter().any(|(_, length)| *length != longest) {
        let told: Vec<String> = lengths.iter().map(|(name, length)| format!("`{name}` {length}")).collect();
        let reason = format!("lists with an entry for each request differ in length: {}", told.join(", "));
        let action = "entries at the same place are read as one request; what is missing counts as absent";
        let place = Place::line(&sink.provenance.name, line);
        sink.findings.push(Finding::new(Severity::Corrupted, FindingKind::Contradiction, place, reason, action));
    }
    longest
}

/// The beginning of a text.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    if text.chars().count() <= SHOWN { text.to_owned() } else { text.chars().take(SHOWN).chain(['…']).collect() }
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

/// The table of these columns: the one that another run has begun, or a new one.
fn table_of(columns: &[(&str, CellType)], name: Option<&str>, sink: &mut Sink) -> TableBuilder {
    let begun = |table: &TableBuilder| table.header.iter().eq(columns.iter().map(|(name, _)| *name));
    match sink.tables.iter().position(begun).filter(|_| columns[0].0 == RUN) {
        Some(index) => sink.tables.remove(index),
        None => TableBuilder::of(&Storage::MEMORY, name, columns),
    }
}

fn push(table: &mut TableBuilder, run: Option<&str>, cells: &[String], line: u64) {
    let mut row = RowBuffer::default();
    for cell in run.into_iter().chain(cells.iter().map(String::as_str)) {
        row.push(cell.as_bytes());
    }
    table.push(row.row(), line);
}
