//! k6's summaries as JSON, in their three forms: of `--summary-export`, of `handleSummary`, and the machine-readable one.
//!
//! In: one JSON document. Out: reported numbers; nothing is recomputed. In `--summary-export` a threshold that is `true`
//! was crossed, a rate is called `value`, and nothing states what a metric contains; the other forms say `ok`, `rate`,
//! `type` and `contains`. Definition: k6's `internal/js/summary.go` and `output/summary`, and grafana/k6-summary.

use serde_json::{Map, Value};

use crate::measure::reported::{Reported, ReportedValue};
use crate::measure::unit::Dimension;

use crate::ingest::format::{
    AnyRecords, Failures, Format, Head, Holds, IngestError, Polarity, RowKind, Sink, SourceOptions, Statistic, Unit,
};
use crate::ingest::formats::load::k6::{self, Kind};
use crate::ingest::json::documents;
use crate::ingest::meaning;
use crate::ingest::summaries;

pub(crate) const FORMAT: Format = Format {
    name: "k6-summary",
    about: "k6 summary as JSON (--summary-export, handleSummary, machine-readable)",
    latency: k6::LATENCY,
    failures: Failures::Recorded("http_req_failed"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "k6 run --summary-export summary.json script.js; perfreport summarize summary.json",
    upstream: "k6 summary, grafana/k6-summary",
    sniff,
    read,
};

/// Metrics of which every run has one at least.
const USUAL: &[&str] = &["iterations", "http_reqs", "iteration_duration", "vus", "http_req_duration", "data_sent"];

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let keys = head.outline()?;
    let has = |names: &[&str]| keys.has_at(1, names);
    let usual = USUAL.iter().any(|name| keys.has_at(2, &[name]));
    // Other keys may stand beyond the head, behind many metrics.
    if has(&["metrics"]) && usual && (has(&["root_group"]) || has(&["options"]) || has(&["state"]) || !head.complete) {
        return Some(vec!["it has metrics that k6 writes, with root_group, options or state".to_owned()]);
    }
    let has_metrics = keys.has_at(2, &["metrics"]);
    // Metrics stand in a list: their names are no keys, what they contain is one.
    let told = ["k6Version", "k6_version", "contains"].iter().any(|name| keys.has_anywhere(&[name]));
    (has(&["version", "config", "metadata", "results"]) && has_metrics && told)
        .then(|| vec!["it has version, metadata, config and results with metrics, as k6 writes them".to_owned()])
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let mut thresholds = Vec::new();
    let mut units_are_open = false;
    documents::each(records, sink, |document: Value, sink| {
        let found = metrics(&document);
        for (name, entry) in &found {
            sink.reported.extend(reported(name, entry));
            thresholds.extend(thresholds_of(name, entry));
            units_are_open |= k6::built_in(split_name(name).0).is_none() && !entry.contains_key("contains");
        }
        let metadata = &document["metadata"];
        if let Some(version) = metadata["k6Version"].as_str().or_else(|| metadata["k6_version"].as_str()) {
            sink.provenance.evidence.push(format!("k6 {version}"));
        }
    })?;
    // What was crossed stands first.
    thresholds.sort_by_key(|threshold| !threshold.crossed);
    let crossed = thresholds.iter().filter(|threshold| threshold.crossed);
    sink.provenance.missed = crossed.map(|threshold| format!("{} was crossed", threshold.told)).collect();
    sink.reported_caveats = thresholds
        .into_iter()
        .map(|Threshold { crossed, told }| {
            format!("{told} {}", if crossed { "was crossed: the run failed it" } else { "was met" })
        })
        .collect();
    sink.reported_caveats.push(format!("{}; http_req_blocked has these", k6::LATENCY));
    sink.reported_caveats.push(
        "failed requests are among the durations, except under {expected_response:true}, which has the successful ones alone"
            .to_owned(),
    );
    if units_are_open {
        let caveat = "this form of the summary does not state the units of the script's own metrics";
        sink.reported_caveats.push(caveat.to_owned());
    }
    Ok(())
}

/// The metrics of a summary, in the order in which a reader wants them.
fn metrics(document: &Value) -> Vec<(String, &Map<String, Value>)> {
    let metrics = document.get("metrics").unwrap_or(&document["results"]["metrics"]);
    let of_list = |entry: &'_ Value| entry["name"].as_str().map(str::to_owned);
    let mut found: Vec<(String, &Map<String, Value>)> = match metrics {
        Value::Object(metrics) => {
            metrics.iter().filter_map(|(name, entry)| Some((name.clone(), entry.as_object()?))).collect()
        }
        Value::Array(metrics) => {
            metrics.iter().filter_map(|entry| Some((of_list(entry)?, entry.as_object()?))).collect()
        }
        _ => Vec::new(),
    };
    // The schema has a list here, and its example an object.
    let checks: Vec<&Value> = match &document["results"]["checks"]["metrics"] {
        Value::Object(checks) => checks.values().collect(),
        Value::Array(checks) => checks.iter().collect(),
        _ => Vec::new(),
    };
    found.extend(checks.into_iter().filter_map(|entry| Some((of_list(entry)?, entry.as_object()?))));
    found.sort_by_cached_key(|(name, _)| (k6::rank(split_name(name).0), name.clone()));
    found
}

/// A metric's name and the tags behind it: `http_req_duration{expected_response:true}`.
fn split_name(name: &str) -> (&str, Option<&str>) {
    match name.split_once('{') {
        Some((metric, tags)) => (metric, Some(tags.strip_suffix('}').unwrap_or(tags))),
        None => (name, None),
    }
}

/// What the entry's values are: by the file's own words, else by k6's list, else by the values.
fn kind(name: &str, entry: &Map<String, Value>, values: &Map<String, Value>) -> (Option<Kind>, Unit) {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
    let stated = match (text("type"), text("contains")) {
        ("rate", _) => Some(Kind::Rate),
        (_, "time") => Some(Kind::Time),
        (_, "data") => Some(Kind::Data),
        ("counter", _) => Some(Kind::Counter),
        ("gauge", _) => Some(Kind::Gauge),
        _ => None,
    };
    let built_in = k6::built_in(name).map(|(kind, ..)| kind);
    let shaped = || values.contains_key("passes").then_some(Kind::Rate);
    let kind = stated.or(built_in).or_else(shaped);
    // A trend of the script's own may be told to be no time, and say in its name what it is.
    let by_name = || {
        let said = meaning::name::read(name).unit.filter(|unit| unit.dimension == Dimension::Time);
        said.filter(|_| built_in.is_none() && text("type") == "trend").unwrap_or(Unit::UNKNOWN)
    };
    (kind, kind.map_or_else(by_name, k6::unit))
}

fn reported(name: &str, entry: &Map<String, Value>) -> Vec<Reported> {
    let values = entry.get("values").and_then(Value::as_object).unwrap_or(entry);
    let (metric, label) = split_name(name);
    let (kind, unit) = kind(metric, entry, values);
    let (polarity, meaning) = match k6::built_in(metric) {
        Some((_, polarity, meaning)) => (polarity, Some(meaning.to_owned())),
        None if unit.dimension == Dimension::Time => (Polarity::LowerIsBetter, None),
        None => (Polarity::Unknown, None),
    };
    let one = |metric: String, polarity, meaning, values| Reported {
        metric,
        label: label.map(str::to_owned),
        meaning,
        polarity,
        values,
    };
    let number = |key: &str| values.get(key).and_then(Value::as_f64).filter(|value| value.is_finite());
    let value = |statistic, value, unit| ReportedValue::stated(statistic, value, unit, None);
    if kind == Some(Kind::Rate) {
        let share = number("rate").or_else(|| number("value"));
        let counts = number("passes").zip(number("fails"));
        let total = counts.map(|(passes, fails)| value(Statistic::Count, passes + fails, Unit::COUNT));
        let failed = counts.zip(share).and_then(|((passes, fails), share)| failures(metric, passes, fails, share));
        let failed = failed.map(|failed| value(Statistic::Failures, failed, Unit::COUNT));
        let share = share.map(|share| value(Statistic::Value, share, Unit::RATIO));
        let values = [total, failed, share].into_iter().flatten().collect::<Vec<_>>();
        return if values.is_empty() { Vec::new() } else { vec![one(metric.to_owned(), polarity, meaning, values)] };
    }
    let is_counter = number("count").is_some() && number("avg").is_none();
    if is_counter {
        let per_second = if unit == Unit::BYTE { Unit::parse("B/s") } else { Some(Unit::PER_SECOND) };
        let unit = if unit == Unit::UNKNOWN { Unit::COUNT } else { unit };
        let total = number("count").map(|count| vec![value(Statistic::Value, count, unit)]);
        let rate = number("rate").map(|rate| vec![value(Statistic::Value, rate, per_second.unwrap_or(Unit::UNKNOWN))]);
        let name = format!("{metric} per second");
        let total = total.map(|values| one(metric.to_owned(), Polarity::Unknown, meaning, values));
        return total.into_iter().chain(rate.map(|values| one(name, polarity, None, values))).collect();
    }
    let statistics =
        values.iter().filter_map(|(key, _)| Some(value(statistic(key)?, number(key)?, unit_of(key, unit))));
    let mut values: Vec<ReportedValue> = statistics.collect();
    values.sort_by_key(|value| order(value.statistic));
    if values.is_empty() { Vec::new() } else { vec![one(metric.to_owned(), polarity, meaning, values)] }
}

/// How many failed. `passes` counts values that are not 0, which in `http_req_failed` are the failures; the share tells
/// which of the two it is, whatever a version calls them.
fn failures(metric: &str, passes: f64, fails: f64, share: f64) -> Option<f64> {
    let of_share = share * (passes + fails);
    match metric {
        "http_req_failed" => Some(if (passes - of_share).abs() <= (fails - of_share).abs() { passes } else { fails }),
        "checks" => Some(fails),
        _ => None,
    }
}

fn statistic(key: &str) -> Option<Statistic> {
    match key {
        "avg" => Some(Statistic::Mean),
        "min" => Some(Statistic::Min),
        "med" => Some(Statistic::Median),
        "max" => Some(Statistic::Max),
        "count" => Some(Statistic::Count),
        "value" => Some(Statistic::Value),
        _ => {
            let Some(percent) = key.strip_prefix("p(") else {
                return summaries::percentile(key).map(Statistic::Percentile);
            };
            let percent: f64 = percent.strip_suffix(')')?.parse().ok()?;
            (0.0..=100.0).contains(&percent).then_some(Statistic::Percentile(percent))
        }
    }
}

fn unit_of(key: &str, unit: Unit) -> Unit {
    if key == "count" { Unit::COUNT } else { unit }
}

/// The order in which a reader wants the numbers of a metric; percentiles ascend, in hundredths.
fn order(statistic: Statistic) -> (u8, u64) {
    match statistic {
        Statistic::Count => (0, 0),
        Statistic::Failures => (1, 0),
        Statistic::Value => (2, 0),
        Statistic::Mean => (3, 0),
        Statistic::Stddev => (4, 0),
        Statistic::Min => (5, 0),
        Statistic::Median => (6, 0),
        Statistic::Percentile(percent) => (7, (percent * 100.0) as u64),
        _ => (8, 0),
    }
}

/// A threshold of a test.
struct Threshold {
    crossed: bool,
    /// Which one it is, in words.
    told: String,
}

/// The thresholds of a metric.
fn thresholds_of(name: &str, entry: &Map<String, Value>) -> Vec<Threshold> {
    let Some(Value::Object(thresholds)) = entry.get("thresholds") else { return Vec::new() };
    let told = thresholds.iter().filter_map(|(text, outcome)| {
        // A bare `true` is of --summary-export, and means that the threshold was crossed.
        let crossed = match outcome {
            Value::Bool(crossed) => *crossed,
            outcome => !outcome["ok"].as_bool()?,
        };
        Some(Threshold { crossed, told: format!("k6's threshold `{text}` of {name}") })
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;
    use crate::table::source::Source;

    fn source(text: &str) -> Source {
        read_text("summary.json", text)
    }

    fn find<'a>(source: &'a Source, metric: &str) -> &'a Reported {
        source.reported.iter().find(|one| one.metric == metric && one.label.is_none()).unwrap()
    }

    #[test]
    fn in_an_exported_summary_true_is_a_crossed_threshold_and_value_a_rate() {
        let found = source(
            "{\"root_group\": {\"name\": \"\"}, \"metrics\": {\"vus\": {\"value\": 1, \"min\": 1, \"max\": 5},\
             \"http_req_duration\": {\"avg\": 21.5, \"min\": 3, \"med\": 20, \"max\": 99, \"p(90)\": 40, \"p(95)\": 50.5,\
             \"thresholds\": {\"p(95)<50\": true, \"avg<100\": false}},\
             \"http_req_failed\": {\"passes\": 3, \"fails\": 97, \"value\": 0.03},\
             \"http_reqs\": {\"count\": 100, \"rate\": 9.5}, \"mine\": {\"avg\": 1, \"min\": 1, \"med\": 1, \"max\": 1}}}",
        );
        assert_eq!(found.provenance.format, "k6-summary");
        assert_eq!(found.reported[0].metric, "http_req_duration");
        let duration = find(&found, "http_req_duration");
        assert_eq!(duration.number(Statistic::Percentile(95.0)), Some(0.0505));
        let failed = find(&found, "http_req_failed");
        assert_eq!((failed.number(Statistic::Count), failed.number(Statistic::Failures)), (Some(100.0), Some(3.0)));
        assert_eq!(failed.number(Statistic::Value), Some(0.03));
        assert_eq!(find(&found, "http_reqs per second").number(Statistic::Value), Some(9.5));
        assert_eq!(find(&found, "mine").values[0].unit, Unit::UNKNOWN, "nothing says that it is a time");
        assert!(found.reported_caveats[0].contains("`p(95)<50` of http_req_duration was crossed"));
        assert!(found.reported_caveats[1].contains("`avg<100` of http_req_duration was met"));
    }

    #[test]
    fn of_handle_summary_the_file_says_what_a_metric_contains() {
        let found = source(
            "{\"options\": {}, \"state\": {\"testRunDurationMs\": 1.0}, \"metrics\": {\
             \"page\": {\"type\": \"trend\", \"contains\": \"time\", \"values\": {\"avg\": 2, \"p(99.9)\": 7}},\
             \"http_req_duration{expected_response:true}\": {\"type\": \"trend\", \"contains\": \"time\", \"values\": {\"avg\": 5},\
             \"thresholds\": {\"avg<9\": {\"ok\": true}}},\
             \"data_sent\": {\"type\": \"counter\", \"contains\": \"data\", \"values\": {\"count\": 2048, \"rate\": 10}}}}",
        );
        assert_eq!(find(&found, "page").number(Statistic::Percentile(99.9)), Some(0.007));
        let tagged = found.reported.iter().find(|one| one.label.is_some()).unwrap();
        assert_eq!(
            (tagged.metric.as_str(), tagged.label.as_deref()),
            ("http_req_duration", Some("expected_response:true"))
        );
        assert_eq!(find(&found, "data_sent").values[0].unit, Unit::BYTE);
        assert!(found.reported_caveats[0].contains("was met"));
    }

    #[test]
    fn the_machine_readable_form_is_known_in_any_order_of_its_keys() {
        let found = source(
            "{\"config\": {\"execution\": \"local\", \"duration\": 30}, \"metadata\": {\"k6_version\": \"1.0.0\"}, \
             \"results\": {\"passed\": true, \"metrics\": [{\"name\": \"http_req_duration\", \"type\": \"trend\", \
             \"contains\": \"time\", \"values\": {\"avg\": 10.0, \"p90\": 15, \"p(99)\": 25}}], \"checks\": {\"metrics\": \
             [{\"name\": \"checks_succeeded\", \"type\": \"rate\", \"contains\": \"default\", \"values\": {\"rate\": 0.75, \
             \"passes\": 3, \"fails\": 1}}]}}, \"version\": \"1.0.0\"}",
        );
        assert_eq!(found.provenance.format, "k6-summary");
        let duration = find(&found, "http_req_duration");
        assert_eq!(duration.number(Statistic::Mean), Some(0.01));
        assert_eq!(duration.number(Statistic::Percentile(90.0)), Some(0.015));
        assert_eq!(duration.number(Statistic::Percentile(99.0)), Some(0.025));
        assert_eq!(find(&found, "checks_succeeded").number(Statistic::Value), Some(0.75));
    }

    #[test]
    fn the_machine_readable_form_has_a_list_of_metrics() {
        let found = source(
            "{\"version\": \"1.0.0\", \"metadata\": {\"k6Version\": \"1.1.0\"}, \"config\": {}, \"results\": {\"metrics\": [\
             {\"name\": \"http_req_duration\", \"type\": \"trend\", \"contains\": \"time\", \"values\": {\"avg\": 245.5, \
             \"count\": 1500}}, {\"name\": \"http_req_failed\", \"type\": \"rate\", \"contains\": \"default\", \"values\": \
             {\"rate\": 0.02, \"passes\": 1470, \"fails\": 30}}]}}",
        );
        assert_eq!(found.provenance.format, "k6-summary");
        assert_eq!(find(&found, "http_req_duration").number(Statistic::Count), Some(1500.0));
        assert_eq!(find(&found, "http_req_failed").number(Statistic::Failures), Some(30.0), "2% of 1500");
    }
}
