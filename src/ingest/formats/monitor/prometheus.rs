//! Prometheus: the answer of its query API (`/api/v1/query_range`, `/api/v1/query`) as JSON.
//!
//! In: series, each with its labels and pairs of an instant and a value as text. Out: a table for each metric with a row a
//! point, grouped by series; of a query for one instant, reported numbers. NaN is how Prometheus writes that there is no
//! data. Definition: Prometheus, HTTP API and best practices for names (`_seconds`, `_bytes`, `_ratio`, `_total`).

use serde_json::Value;

use crate::measure::unit::Dimension;
use crate::table::LabelIdentity;
use crate::table::storage::Storage;

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    CellType, Declared, Failures, Format, Holds, Polarity, Role, RowKind, Sink, Statistic, Unit,
};
use crate::ingest::json::documents::{self, at};
use crate::ingest::summaries::Summary;
use crate::ingest::text::row::RowBuffer;

pub(crate) const FORMAT: Format = Format {
    name: "prometheus",
    about: "Prometheus, the answer of a query as JSON: series with their labels",
    latency: "whatever the query computed; the unit is the one that the metric's name ends with, if any",
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Row,
    example: "curl -s 'http://localhost:9090/api/v1/query_range?query=up&start=0&end=60&step=15' > range.json && perfreport summarize range.json",
    upstream: "prometheus/prometheus, docs/querying/api.md; prometheus.io, metric and label naming",
    sniff: |head| {
        // Loki answers queries for lines of logs in the same frame.
        let outline = head.outline()?;
        outline.evidence(&["data.resultType", "data.result"]).filter(|_| !outline.has(&["data.result.stream"]))
    },
    read: |records, _, sink| documents::each(records, sink, |document: Value, sink| take(&document, sink)),
};

/// The label that holds a metric's name.
const NAME: &str = "__name__";
const NO_NAME: &str = "value";
const SERIES: &str = "series";
const NO_DATA: &str = "points of NaN, which is how Prometheus writes that there is no data";

/// The unit that a name of Prometheus ends with, and which way is better, where the name says so.
pub(crate) fn unit_of(name: &str) -> (Unit, Polarity) {
    let stem = name.strip_suffix("_total").unwrap_or(name);
    let stem = ["_sum", "_bucket"].iter().find_map(|suffix| stem.strip_suffix(suffix)).unwrap_or(stem);
    let unit = match stem.rsplit('_').next() {
        _ if name.ends_with("_count") => Unit::COUNT,
        Some("seconds") => Unit::SECOND,
        Some("milliseconds" | "ms") => Unit::MILLISECOND,
        Some("microseconds") => Unit::MICROSECOND,
        Some("nanoseconds") => Unit::NANOSECOND,
        Some("bytes") => Unit::BYTE,
        Some("ratio") => Unit::RATIO,
        Some("percent") => Unit::PERCENT,
        _ if name.ends_with("_total") => Unit::COUNT,
        _ => Unit::UNKNOWN,
    };
    let is_latency = unit.dimension == Dimension::Time
        && !name.ends_with("_total")
        && ["duration", "latency", "time_to", "wait", "delay"].iter().any(|word| name.contains(word));
    (unit, if is_latency { Polarity::LowerIsBetter } else { Polarity::Unknown })
}

/// A series, its labels without the name, and its points.
struct Series<'v> {
    name: &'v str,
    labels: Vec<(&'v str, &'v str)>,
    points: Vec<(&'v Value, &'v str)>,
}

impl<'v> Series<'v> {
    fn of(entry: &'v Value) -> Self {
        let labels = entry.get("metric").and_then(Value::as_object).into_iter().flatten();
        let labels: Vec<(&str, &str)> =
            labels.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect();
        let name = labels.iter().find(|(name, _)| *name == NAME).map_or(NO_NAME, |(_, name)| name);
        let values = entry.get("values").and_then(Value::as_array).into_iter().flatten().chain(entry.get("value"));
        let points = values.filter_map(|pair| Some((pair.get(0)?, pair.get(1)?.as_str()?)));
        Self { name, points: points.collect(), labels: labels.into_iter().filter(|(name, _)| *name != NAME).collect() }
    }

    /// The labels that not all series of the metric share, and nothing where there are none.
    fn label(&self, of_metric: &[&Self]) -> Option<String> {
        let differs = |label: &&(&str, &str)| of_metric.iter().any(|other| !other.labels.contains(label));
        let told: Vec<String> =
            self.labels.iter().filter(differs).map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        (!told.is_empty()).then(|| told.join(", "))
    }
}

fn take(document: &Value, sink: &mut Sink) {
    let result = at(document, &["data", "result"]).and_then(Value::as_array);
    let series: Vec<Series<'_>> =
        result.into_iter().flatten().filter(|entry| entry.is_object()).map(Series::of).collect();
    let mut names: Vec<&str> = Vec::new();
    for one in &series {
        if !names.contains(&one.name) {
            names.push(one.name);
        }
    }
    sink.labels = LabelIdentity::Exact;
    sink.declared.extend([
        Declared::column("time", Role::Timestamp, "Prometheus: the instant of the point, in seconds since 1970"),
        Declared::column(SERIES, Role::Label, "Prometheus: the labels in which the series differ"),
    ]);
    for name in names {
        let of_metric: Vec<&Series<'_>> = series.iter().filter(|one| one.name == name).collect();
        note_shared(&of_metric, sink);
        // One point a series is an instant: numbers, no samples.
        if of_metric.iter().all(|one| one.points.len() == 1)
            && at(document, &["data", "resultType"]) != Some(&"matrix".into())
        {
            instant(name, &of_metric, sink);
        } else {
            table(name, &of_metric, sink);
        }
    }
    for error in ["error", "warnings"] {
        if let Some(found) = document.get(error) {
            sink.provenance.evidence.push(format!("{error} of the query: {found}"));
        }
    }
    if result.is_some_and(Vec::is_empty) {
        sink.provenance.evidence.push("the query found no series".to_owned());
    }
}

/// Labels that all series of a metric have belong to its environment.
fn note_shared(of_metric: &[&Series<'_>], sink: &mut Sink) {
    for (name, value) in of_metric.first().map(|one| &one.labels).into_iter().flatten() {
        if of_metric.iter().all(|other| other.labels.contains(&(*name, *value))) {
            sink.provenance.environment.insert((*name).to_owned(), (*value).to_owned());
        }
    }
}

/// The unit of the points of a metric: the buckets of a histogram, which have bounds, count what was no longer than these.
fn unit_of_points(name: &str, of_metric: &[&Series<'_>]) -> (Unit, Polarity) {
    let has_bound = |one: &&Series<'_>| one.labels.iter().any(|(label, _)| *label == "le");
    if name.ends_with("_bucket") && of_metric.iter().all(has_bound) {
        return (Unit::COUNT, Polarity::Unknown);
    }
    unit_of(name)
}

fn instant(name: &str, of_metric: &[&Series<'_>], sink: &mut Sink) {
    let (unit, polarity) = unit_of_points(name, of_metric);
    for one in of_metric {
        let label = one.label(of_metric);
        let mut summary = Summary::new(name, unit, None).of(label.as_deref()).polarity(polarity);
        match one.points.first().map(|(_, value)| *value) {
            Some("NaN") => sink.provenance.set_aside(NO_DATA, 1),
            Some(value) => {
                summary.add(Statistic::Value, value.parse().ok());
            }
            None => {}
        }
        summary.give(sink);
    }
}

fn table(name: &str, of_metric: &[&Series<'_>], sink: &mut Sink) {
    let (unit, polarity) = unit_of_points(name, of_metric);
    let reason = "Prometheus: the value of a point, in the unit that the metric's name ends with";
    sink.declared_by_file.push((name.to_owned(), Declared::metric(NO_NAME, Some(unit), Some(polarity), None, reason)));
    let several = of_metric.len() > 1;
    let mut columns = vec![("time", CellType::Decimal)];
    if several {
        columns.push((SERIES, CellType::Text));
    }
    columns.push((name, CellType::Integer));
    let mut table = TableBuilder::of(&Storage::MEMORY, None, &columns);
    for one in of_metric {
        let label = one.label(of_metric).unwrap_or_default();
        for (instant, value) in &one.points {
            if *value == "NaN" {
                sink.provenance.set_aside(NO_DATA, 1);
                continue;
            }
            let mut row = RowBuffer::default();
            row.push(instant.to_string().as_bytes());
            if several {
                row.push(label.as_bytes());
            }
            row.push(value.as_bytes());
            table.push(row.row(), 1);
        }
    }
    sink.tables.push(table);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn series_stand_apart_by_their_labels_and_nan_is_no_data() {
        let text = r#"{"status":"success","data":{"resultType":"matrix","result":[
            {"metric":{"__name__":"rpc_duration_seconds","job":"shop","quantile":"0.9"},"values":[[1700000000,"0.25"],[1700000015,"NaN"],[1700000030.5,"0.5"]]},
            {"metric":{"__name__":"rpc_duration_seconds","job":"shop","quantile":"0.5"},"values":[[1700000000,"0.125"],[1700000015,"NaN"]]}]}}"#;
        let found = read_text("range.json", text);
        assert_eq!(found.provenance.format, "prometheus");
        let table = &found.tables[0];
        let value = table.position("rpc_duration_seconds").unwrap();
        assert_eq!(table.numbers(value), [Some(0.25), Some(0.5), Some(0.125)]);
        assert_eq!(
            (table.columns[value].unit(), table.columns[value].polarity),
            (Unit::SECOND, Polarity::LowerIsBetter)
        );
        let series = &table.columns[table.position(SERIES).unwrap()];
        assert_eq!(series.dictionary, ["quantile=\"0.9\"", "quantile=\"0.5\""]);
        assert_eq!(found.provenance.set_aside[0].rows, 2);
        assert_eq!(found.provenance.environment["job"], "shop");
        assert!(found.findings.is_empty(), "{:?}", found.findings);
    }

    #[test]
    fn a_query_for_one_instant_gives_numbers_and_names_say_units() {
        let text = r#"{"status":"success","data":{"resultType":"vector","result":[
            {"metric":{"code":"200"},"value":[1700000000.1,"41.5"]},{"metric":{"code":"500"},"value":[1700000000.1,"0.5"]}]}}"#;
        let found = read_text("query.json", text);
        let first = &found.reported[0];
        assert_eq!((first.label.as_deref(), first.number(Statistic::Value)), (Some("code=\"200\""), Some(41.5)));
        assert_eq!(first.dimension(), Dimension::Unknown);
        for (name, unit) in [
            ("node_cpu_seconds_total", Unit::SECOND),
            ("http_requests_total", Unit::COUNT),
            ("rpc_duration_seconds_count", Unit::COUNT),
            ("rpc_duration_seconds_sum", Unit::SECOND),
            ("go_memstats_alloc_bytes", Unit::BYTE),
            ("up", Unit::UNKNOWN),
        ] {
            assert_eq!(unit_of(name).0, unit, "{name}");
        }
    }
}
