//! k6's `--out json`: a JSON object a line, `Metric` lines that declare a metric and `Point` lines with its values.
//!
//! In: lines, read by the reader of NDJSON. Out: a table a metric, with the unit that the file declares for it.
//! Definition: k6's `output/json`.

use serde::Deserialize;

use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Head, Holds, IngestError, Polarity, RowKind, Sink, SourceOptions, Unit,
};
use crate::ingest::formats::load::k6;
use crate::ingest::json::lines as ndjson;
use crate::ingest::json::outline::Outline;
use crate::ingest::signature;

pub(crate) const FORMAT: Format = Format {
    name: "k6-json",
    about: "k6 samples as JSON lines (--out json)",
    latency: k6::LATENCY,
    failures: Failures::Recorded("expected_response is false, which http_req_failed counts"),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "k6 run --out json=results.json script.js; perfreport summarize results.json",
    upstream: "k6 output/json",
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let line = signature::first_line(head);
    let keys = Outline::of(line)?;
    let line = String::from_utf8_lossy(line);
    let point = kind_of(&line, "Point") && keys.has_at(2, &["time", "value", "tags"]);
    let metric = kind_of(&line, "Metric") && keys.has_at(2, &["name", "type", "contains"]);
    (keys.has_at(1, &["type", "data", "metric"]) && (point || metric))
        .then(|| vec!["its first line has type, metric and data, as k6 writes Metric and Point lines".to_owned()])
}

/// Whether a line is of a kind.
fn kind_of(line: &str, kind: &str) -> bool {
    #[derive(Deserialize)]
    struct Kind<'a> {
        #[serde(borrow, rename = "type")]
        kind: Option<std::borrow::Cow<'a, str>>,
    }
    serde_json::from_str::<Kind<'_>>(line).is_ok_and(|found| found.kind.is_some_and(|found| found == kind))
}

/// A line that declares a metric.
#[derive(Deserialize)]
struct Metric {
    metric: String,
    data: Declaration,
}

#[derive(Deserialize)]
struct Declaration {
    #[serde(rename = "type")]
    kind: String,
    contains: String,
    #[serde(default)]
    thresholds: Vec<serde_json::Value>,
}

fn declares(line: &str) -> bool {
    kind_of(line, "Metric")
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    sink.settle = Some(k6::settle);
    let lines = ndjson::read_apart(records, &[], sink, Some(declares))?;
    sink.declared_by_file = k6::columns();
    for line in &lines {
        let Ok(Metric { metric, data }) = serde_json::from_str(line) else { continue };
        for threshold in &data.thresholds {
            let threshold = threshold.as_str().map_or_else(|| threshold.to_string(), str::to_owned);
            let told = format!("threshold of {metric}: {threshold} (the file does not say whether it was met)");
            sink.provenance.evidence.push(told);
        }
        sink.declared_by_file.push((metric, declared(&data)));
    }
    if !lines.is_empty() {
        sink.provenance.evidence.push(format!("{} lines declare metrics", lines.len()));
    }
    k6::declare_others(sink);
    Ok(())
}

/// What the file declares about a metric of the script.
fn declared(data: &Declaration) -> Declared {
    let (unit, reason) = match (data.kind.as_str(), data.contains.as_str()) {
        (_, "time") => (Unit::MILLISECOND, "k6: declared as time, which is milliseconds"),
        (_, "data") => (Unit::BYTE, "k6: declared as data, which is bytes"),
        ("rate", _) => (Unit::RATIO, "k6: declared as a rate, of 0 and 1"),
        ("counter", _) => (Unit::COUNT, "k6: declared as a counter"),
        _ => (Unit::UNKNOWN, "k6: declared as a number without a unit"),
    };
    let is_time = data.contains == "time";
    let polarity = Some(if is_time { Polarity::LowerIsBetter } else { Polarity::Unknown });
    Declared::metric("", Some(unit), polarity, None, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;
    use crate::table::source::Source;

    const TAGS: &str = "\"tags\":{\"expected_response\":\"true\",\"group\":\"\",\"method\":\"GET\",\"name\":\"home\",\
                        \"scenario\":\"default\",\"status\":\"200\",\"url\":\"http://x/\"}";

    fn point(metric: &str, second: u32, value: f64) -> String {
        format!(
            "{{\"metric\":\"{metric}\",\"type\":\"Point\",\"data\":{{\"time\":\"2024-03-15T12:00:{second:02}.5Z\",\
             \"value\":{value},{TAGS}}}}}\n"
        )
    }

    fn declaration(metric: &str, kind: &str, contains: &str) -> String {
        format!(
            "{{\"type\":\"Metric\",\"data\":{{\"name\":\"{metric}\",\"type\":\"{kind}\",\"contains\":\"{contains}\",\
             \"thresholds\":[\"p(95)<500\"],\"submetrics\":null}},\"metric\":\"{metric}\"}}\n"
        )
    }

    fn source(text: &str) -> Source {
        read_text("r.json", text)
    }

    #[test]
    fn the_file_says_what_its_metrics_are() {
        let mut text = declaration("http_reqs", "counter", "default") + &point("http_reqs", 0, 1.0);
        text += &(declaration("pizza_size", "trend", "default") + &point("pizza_size", 0, 250.0));
        text += &(declaration("page_load", "trend", "time") + &point("page_load", 0, 250.0));
        text += &(declaration("http_req_duration", "trend", "time") + &point("http_req_duration", 1, 12.5));
        let found = source(&text);
        assert_eq!(found.provenance.format, "k6-json");
        let shown: Vec<(&str, &str)> = found
            .tables
            .iter()
            .map(|table| {
                let name = table.name.as_deref().unwrap();
                (name, table.columns[table.position(name).unwrap()].unit().symbol)
            })
            .collect();
        assert_eq!(shown, [("http_req_duration", "ms"), ("pizza_size", ""), ("page_load", "ms")]);
        assert!(found.provenance.evidence.iter().any(|line| line.contains("p(95)<500")));
    }

    #[test]
    fn a_number_beside_the_value_is_no_measurement() {
        let mut text = declaration("http_req_duration", "trend", "time");
        for second in 0..60 {
            text += &point("http_req_duration", second, f64::from(second) + 0.5);
        }
        let before = source(&text);
        for (field, with) in [("{\"metric\"", "{\"zz\":1,\"metric\""), ("\"value\"", "\"v\":46.5,\"value\"")] {
            let found = source(&text.replace(field, with));
            assert_eq!(found.provenance.format, "k6-json");
            let (table, expected) = (&found.tables[0], &before.tables[0]);
            let metric = table.position("http_req_duration").unwrap();
            assert_eq!(table.columns_as(crate::table::Role::Metric).collect::<Vec<_>>(), [metric]);
            assert_eq!(table.numbers(metric), expected.numbers(expected.position("http_req_duration").unwrap()));
            assert_eq!(table.columns[metric].unit(), Unit::MILLISECOND);
        }
    }

    #[test]
    fn lines_that_declare_are_no_rows_however_many_points_there_are() {
        let mut text = declaration("http_req_duration", "trend", "time");
        for second in 0..60 {
            (0..20).for_each(|_| text += &point("http_req_duration", second, f64::from(second)));
        }
        text += &declaration("checks", "rate", "default");
        text += &point("checks", 59, 1.0);
        text += "{\"metric\":\"checks\",\"type\":\"Poi";
        let found = source(&text);
        assert_eq!(found.tables[0].lines.rows(), 1200);
        assert_eq!(found.tables[1].lines.rows(), 1);
        assert_eq!(
            found.findings.iter().filter(|it| it.kind == crate::measure::finding::FindingKind::TruncatedLine).count(),
            1
        );
    }
}
