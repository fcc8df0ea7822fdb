//! `AIPerf` (and `GenAI-Perf` before it): its records, `profile_export.jsonl`, and the summaries that it writes beside them.
//!
//! In: `…_aiperf.csv`, tables stacked with blank lines between them, units inside names; or `…_aiperf.json`. Out: reported numbers.
//! In: `profile_export.jsonl`, a record a line. Out: tables as of any lines of JSON, with the metrics called as the
//! summaries call them, and the requests of the warm-up set aside.

use csv::StringRecord;
use serde_json::Value;

use crate::table::Table;
use crate::table::source::Source;

use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Head, Holds, IngestError, Polarity, Role, RowKind, Sink, SourceOptions,
    Statistic, Unit,
};
use crate::ingest::json::documents::{self, number};
use crate::ingest::json::lines as ndjson;
use crate::ingest::json::outline::Outline;
use crate::ingest::summaries::{Summary, caveat, setting, statistic};
use crate::ingest::text::csv_tables::{self, CsvRow, CsvTable};

const ABOUT: &str = "requests from sending to the last token; first token and gaps between tokens apart";
const FAILURES: Failures =
    Failures::Recorded("requests that failed, counted; their latencies are not among the others");

pub(crate) const CSV: Format = Format {
    name: "aiperf-csv",
    about: "AIPerf, summary tables (`profile_export_aiperf.csv`)",
    latency: ABOUT,
    failures: FAILURES,
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "aiperf profile --model m --url localhost:8000 --endpoint-type chat --streaming && perfreport summarize artifacts/*/profile_export_aiperf.csv",
    upstream: "ai-dynamo/aiperf, src/aiperf/exporters/metrics_csv_exporter.py",
    sniff: sniff_csv,
    read: |records, _, sink| read_csv(records, sink),
};

pub(crate) const JSON: Format = Format {
    name: "aiperf-json",
    about: "AIPerf, summary (`profile_export_aiperf.json`)",
    latency: ABOUT,
    failures: FAILURES,
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "aiperf profile --model m --url localhost:8000 --endpoint-type chat --streaming && perfreport summarize artifacts/*/profile_export_aiperf.json",
    upstream: "ai-dynamo/aiperf, src/aiperf/exporters/metrics_json_exporter.py",
    sniff: |head| {
        let outline = head.outline()?;
        [
            ["input_config", "request_latency.unit", "request_latency.avg"],
            ["input_config", "request_throughput.unit", "request_throughput.avg"],
            ["input_config", "records.request_latency", "records.request_latency.avg"],
            ["input_config", "records.request_latency", "records.request_latency.unit"],
            ["input_config", "records.ttft", "records.ttft.avg"],
        ]
        .iter()
        .find_map(|names| outline.evidence(names))
    },
    read: |records, _, sink| documents::each(records, sink, |document: Value, sink| take_document(&document, sink)),
};

pub(crate) const RECORDS: Format = Format {
    name: "aiperf-jsonl",
    about: "AIPerf, a record a request (`profile_export.jsonl`)",
    latency: ABOUT,
    failures: Failures::Recorded("the error of each request that failed, which has no latency"),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "aiperf profile --model m --url localhost:8000 --endpoint-type chat --streaming && perfreport summarize artifacts/*/profile_export.jsonl",
    upstream: "ai-dynamo/aiperf, src/aiperf/common/models/record_models.py, MetricRecordInfo",
    sniff: sniff_records,
    read: |records, _, sink| read_records(records, sink),
};

/// Columns that say in which phase of a run a request was sent, newer name first.
const PHASES: [&str; 2] = ["metadata.benchmark_phase", "metadata.credit_phase"];
/// The phase that is no part of the measurement, as it is written.
const WARM_UP: &[&str] = &["warmup", "warm_up", "warm-up"];
/// Parts of an error, the one that tells errors apart first.
const ERROR_PARTS: [&str; 4] = ["error.type", "error.code", "error.message", "error"];

fn sniff_records(head: &Head<'_>) -> Option<Vec<String>> {
    /// Lines that are looked at.
    const LINES: usize = 100;
    let mut lines: Vec<&[u8]> = head.bytes.split(|byte| *byte == b'\n').collect();
    if !head.complete && lines.len() > 1 {
        lines.pop();
    }
    lines.retain(|line| !line.trim_ascii().is_empty());
    lines.truncate(LINES);
    let records = lines.iter().filter(|line| is_record(line)).count();
    (records > 0 && 2 * records >= lines.len()).then(|| {
        vec![format!(
            "{records} of the first {} lines are objects with `metadata` and `metrics`, as AIPerf writes them",
            lines.len()
        )]
    })
}

fn read_records(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    sink.settle = Some(settle_records);
    ndjson::read_lines(records, &[], sink)?;
    // A request that failed counts itself: the error says so already.
    let counts_itself = "AIPerf: 1 for a request that failed";
    sink.declared.extend([
        Declared::column("metrics.error_request_count.value", Role::Unused, counts_itself),
        Declared::column("metrics.error_request_count.unit", Role::Unused, counts_itself),
        Declared::column("metrics.error_request_count", Role::Unused, counts_itself),
    ]);
    let has = |name: &str| sink.tables.iter().any(|table| table.header.iter().any(|column| column == name));
    let telling = ERROR_PARTS.into_iter().find(|name| has(name));
    for name in ERROR_PARTS {
        let role = if telling == Some(name) && name != "error" { Role::Status } else { Role::Unused };
        sink.declared.push(Declared::column(name, role, "AIPerf: what went wrong, empty where nothing did"));
    }
    for name in ["metadata.request_end_ns", "metadata.request_ack_ns", "metadata.cancellation_time_ns"] {
        sink.declared.push(Declared::column(name, Role::Unused, "AIPerf: an instant, in nanoseconds since 1970"));
    }
    for name in PHASES {
        sink.declared.push(Declared::column(name, Role::Unused, "AIPerf: the phase of the run"));
    }
    Ok(())
}

/// Sets the requests of the warm-up aside, and calls the metrics as the summaries call them.
fn settle_records(source: &mut Source, _: &SourceOptions) {
    let mut tables = Vec::with_capacity(source.tables.len());
    for table in std::mem::take(&mut source.tables) {
        let (table, warm_up) = without_warm_up(table);
        for line in warm_up {
            source.provenance.set_aside("of the warm-up, by its phase", line);
        }
        tables.extend(table);
    }
    for column in tables.iter_mut().flat_map(|table| &mut table.columns) {
        let bare = column.name.strip_prefix("metrics.");
        if let Some(stem) = bare.and_then(|bare| bare.strip_suffix(".unit")) {
            column.name = format!("metrics.{}.unit", newer_name(stem));
        } else if let (Role::Metric, Some(bare)) = (column.role, bare) {
            column.name = newer_name(bare.strip_suffix(".value").unwrap_or(bare)).to_owned();
        }
        if column.role == Role::Metric && column.meaning.is_none() {
            column.meaning = meaning(&column.name).map(str::to_owned);
        }
    }
    source.tables = tables;
}

/// A table without the rows of the warm-up, and the lines of those.
fn without_warm_up(table: Table) -> (Option<Table>, Vec<u64>) {
    let Some(phase) = PHASES.iter().find_map(|name| table.position(name)) else { return (Some(table), Vec::new()) };
    let is_warm_up = |text: &String| WARM_UP.iter().any(|word| text.eq_ignore_ascii_case(word));
    let of_text: Vec<bool> = table.columns[phase].dictionary.iter().map(is_warm_up).collect();
    if !of_text.contains(&true) {
        return (Some(table), Vec::new());
    }
    let measured: Vec<bool> =
        table.codes(phase).into_iter().map(|code| of_text.get(code as usize) != Some(&true)).collect();
    let lines = (0..).zip(&measured).filter(|(_, measured)| !**measured).filter_map(|(row, _)| table.lines.line(row));
    (table.only(&measured), lines.collect())
}

/// Whether a line is a record of `profile_export.jsonl`.
fn is_record(line: &[u8]) -> bool {
    Outline::of(line).is_some_and(|outline| {
        let sent = ["metadata.request_start_ns", "metadata.timestamp_ns"].iter().any(|name| outline.has(&[name]));
        outline.has(&["metadata", "metrics"]) && sent
    })
}

fn sniff_csv(head: &Head<'_>) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(head.bytes);
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    let names: Vec<&str> = first.trim().split(',').collect();
    let (metric, statistics) = names.split_first()?;
    let summary = *metric == "Metric"
        && statistics.contains(&"avg")
        && statistics.len() >= 3
        && statistics.iter().all(|name| statistic(name).is_some());
    let scalars =
        names == ["Metric", "Value"] && ["Request Count", "Request Throughput"].iter().any(|name| text.contains(name));
    (summary || scalars).then(|| vec![format!("header `{}`, as AIPerf writes it", first.trim())])
}

/// A name of `AIPerf` as its JSON calls the metric, and the unit in parentheses behind it.
fn name_and_unit(name: &str) -> (String, &str) {
    let name = name.trim();
    let (words, unit) = match name.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((words, unit)) => (words.trim(), unit.trim()),
        None => (name, ""),
    };
    let tag: String = words.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    (tag, unit)
}

/// What newer versions call a metric.
fn newer_name(tag: &str) -> &str {
    match tag {
        "ttft" => "time_to_first_token",
        "ttst" => "time_to_second_token",
        other => other,
    }
}

/// What a metric measures.
fn meaning(tag: &str) -> Option<&'static str> {
    match tag {
        "request_latency" => Some("from sending to the last token"),
        "time_to_first_token" => Some("from sending to the first token"),
        "time_to_second_token" => Some("from the first token to the second"),
        "inter_token_latency" => Some("mean gap between the tokens of an answer after the first"),
        "inter_chunk_latency" => Some("gaps between the chunks of an answer"),
        "output_token_throughput" => Some("tokens of all answers over the duration of the run"),
        "output_token_throughput_per_user" => Some("tokens of an answer over the time between them: one over the gap"),
        "request_throughput" => Some("answers over the duration of the run"),
        _ => None,
    }
}

/// A metric by its name and unit, with what it measures.
fn metric(tag: &str, unit: &str) -> Summary {
    let tag = newer_name(tag);
    let known = match unit {
        "sec" => Some(Unit::SECOND),
        "requests" | "tokens" | "images" | "count" | "" => Some(Unit::COUNT),
        unit if unit.starts_with("tokens/sec") || unit.starts_with("requests/sec") || unit.ends_with("/sec") => {
            Some(Unit::PER_SECOND)
        }
        other => Unit::parse(other),
    };
    // A unit that is not known stays with the name.
    let name = if known.is_some() { tag.to_owned() } else { format!("{tag} ({unit})") };
    let summary = Summary::new(&name, known.unwrap_or(Unit::UNKNOWN), meaning(tag));
    // The duration of the run is a setting; failed requests are better fewer.
    match tag {
        "benchmark_duration" => summary.polarity(Polarity::Unknown),
        "error_request_count" => summary.polarity(Polarity::LowerIsBetter),
        _ => summary,
    }
}

fn read_csv(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let mut counts = Counts::default();
    // A blank line ends a table.
    let begins = |row: &StringRecord| row.iter().all(str::is_empty) || row.iter().any(|cell| cell == "Metric");
    for CsvTable { header, rows } in csv_tables::read(records, begins)? {
        let name_at = header.iter().position(|name| name == "Metric");
        for CsvRow { cells, line } in rows {
            let Some(name_at) = name_at else {
                sink.provenance.set_aside("outside of the tables of metrics", line);
                continue;
            };
            if cells.len() != header.len() {
                sink.provenance.set_aside("another number of fields than the header", line);
                continue;
            }
            let (tag, unit) = name_and_unit(&cells[name_at]);
            // Before the metric stands what it is of: an endpoint and a device.
            let before = header.iter().zip(&cells).take(name_at);
            let of: Vec<&str> = before
                .filter(|(name, _)| !name.contains("UUID") && !name.contains("Name"))
                .map(|(_, cell)| cell)
                .collect();
            let label = (!of.is_empty()).then(|| of.join(" "));
            let mut summary = metric(&tag, unit).of(label.as_deref());
            for (name, cell) in header.iter().zip(&cells).skip(name_at + 1).filter(|(_, cell)| !cell.is_empty()) {
                let value: Option<f64> = cell.replace(',', "").parse().ok();
                let statistic = if name == "Value" { Some(Statistic::Value) } else { statistic(name) };
                if let Some(statistic) = statistic {
                    summary.add_written(statistic, cell, value, line);
                    counts.note(&tag, value);
                }
            }
            summary.give(sink);
        }
    }
    counts.give(sink);
    caveats(sink);
    Ok(())
}

/// Requests that were answered and that failed.
#[derive(Default)]
struct Counts {
    answered: Option<f64>,
    failed: Option<f64>,
}

impl Counts {
    fn note(&mut self, tag: &str, value: Option<f64>) {
        match tag {
            "request_count" => self.answered = self.answered.or(value),
            "error_request_count" => self.failed = self.failed.or(value),
            _ => {}
        }
    }

    fn give(self, sink: &mut Sink) {
        let mut requests =
            Summary::new("requests", Unit::COUNT, Some("requests that were answered, and those that failed"));
        let all = (self.answered.is_some() || self.failed.is_some())
            .then(|| self.answered.unwrap_or(0.0) + self.failed.unwrap_or(0.0));
        // A run without errors writes no count of them.
        requests.add(Statistic::Count, all).add(Statistic::Failures, all.map(|_| self.failed.unwrap_or(0.0)));
        requests.give(sink);
    }
}

fn caveats(sink: &mut Sink) {
    caveat(sink, "Requests that failed, and those of the warm-up, are not in AIPerf's numbers.");
    caveat(
        sink,
        "AIPerf interpolates percentiles linearly (numpy's default); its records, profile_export.jsonl, give intervals.",
    );
}

fn take_document(document: &Value, sink: &mut Sink) {
    let metrics = document.get("records").unwrap_or(document).as_object();
    let mut counts = Counts::default();
    for (tag, values) in metrics.into_iter().flatten() {
        let Some(unit) = values.get("unit").and_then(Value::as_str) else { continue };
        let average = number(values, &["avg"]);
        counts.note(tag, average);
        let alone = values.get("min").is_none_or(Value::is_null) && values.get("p50").is_none_or(Value::is_null);
        let mut summary = metric(tag, unit);
        if alone {
            summary.add(Statistic::Value, average);
        } else {
            for name in
                ["count", "avg", "min", "max", "std", "p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99"]
            {
                if let Some(statistic) = statistic(name) {
                    // It writes null for what a metric does not have.
                    summary.add_field(statistic, name, values.get(name).filter(|value| !value.is_null()));
                }
            }
        }
        summary.give(sink);
    }
    if let Some(errors) = document.get("error_summary").and_then(Value::as_array)
        && counts.failed.is_none()
    {
        let failed: f64 = errors.iter().filter_map(|error| number(error, &["count"])).sum();
        counts.note("error_request_count", Some(failed));
    }
    counts.give(sink);
    setting(sink, "aiperf_version", document.get("aiperf_version").and_then(Value::as_str));
    if document.get("was_cancelled").and_then(Value::as_bool) == Some(true) {
        caveat(sink, "The run was cancelled before its end.");
    }
    caveats(sink);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_stand_inside_names() {
        assert_eq!(name_and_unit("Time to First Token (ms)"), ("time_to_first_token".to_owned(), "ms"));
        assert_eq!(name_and_unit("Request Count"), ("request_count".to_owned(), ""));
    }

    #[test]
    fn a_record_is_told_from_other_objects() {
        assert!(is_record(
            br#"{"metadata":{"request_start_ns":1,"worker_id":"w"},"metrics":{"ttft":{"value":1}},"error":null}"#
        ));
        assert!(!is_record(br#"{"metadata":{"title":"t"},"metrics":{}}"#));
    }
}
