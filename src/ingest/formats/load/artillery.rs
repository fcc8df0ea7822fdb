//! Artillery: the report that `artillery run -o` writes.
//!
//! In: one document with the whole run (`aggregate`) and its periods (`intermediate`); milliseconds. Out: the numbers of the
//! whole run. `http.response_time` ends at the first byte, and percentiles come from a sketch of one percent.

use serde_json::{Map, Value};

use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Sink, Statistic, Unit};
use crate::ingest::json::documents::{self, at, number};
use crate::ingest::summaries::{Summary, cause, caveat, statistic};

const FIRST_BYTE: &str =
    "from sending, connecting not included, to the answer's first byte; open loop, users arrive at a rate";

pub(crate) const FORMAT: Format = Format {
    name: "artillery",
    about: "Artillery, the report of a run (`artillery run -o`)",
    latency: FIRST_BYTE,
    failures: Failures::Recorded("status codes, errors and failed users, counted"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "artillery run -o report.json scenario.yml && perfreport summarize report.json",
    upstream: "artilleryio/artillery, packages/core/lib/ssms.js",
    sniff: |head| {
        let outline = head.outline()?;
        ["aggregate.counters", "aggregate.latency", "aggregate.scenariosCompleted"]
            .iter()
            .find_map(|name| outline.evidence(&["aggregate", name]))
            .filter(|_| {
                outline.has(&["aggregate.summaries"])
                    || outline.has(&["aggregate.rps"])
                    || outline.has(&["intermediate"])
            })
    },
    read: |records, _, sink| {
        documents::each(records, sink, |document: Value, sink| match document.get("aggregate") {
            // Version 1 has an empty object of counters, too.
            Some(aggregate) if is_of_version_1(aggregate) => take_old(aggregate, sink),
            Some(aggregate) => take(aggregate, sink),
            None => {}
        })
    },
};

const NAMES: &[&str] = &["min", "max", "mean", "median", "p50", "p75", "p90", "p95", "p99", "p999"];

fn numbers(values: &Value, summary: &mut Summary) {
    summary.add_field(Statistic::Count, "count", values.get("count"));
    for name in NAMES {
        // `p50` and `median` are the same number.
        if *name == "p50" && values.get("median").is_some() {
            continue;
        }
        if let Some(statistic) = statistic(name) {
            // Version 1 writes null where it has no data.
            summary.add_field(statistic, name, values.get(name).filter(|value| !value.is_null()));
        }
    }
}

/// The sum of the counters with this beginning whose ending is taken.
fn sum(counters: &Map<String, Value>, prefix: &str, taken: impl Fn(&str) -> bool) -> f64 {
    let of = |(name, count): (&String, &Value)| {
        name.strip_prefix(prefix).filter(|rest| taken(rest)).and_then(|_| count.as_f64())
    };
    counters.iter().filter_map(of).sum()
}

fn is_failure(code: &str) -> bool {
    code.parse::<u32>().is_ok_and(|code| code >= 400)
}

fn take(aggregate: &Value, sink: &mut Sink) {
    if let Some(counters) = aggregate.get("counters").and_then(Value::as_object) {
        take_requests(counters, sink);
        let mut users = Summary::new("vusers", Unit::COUNT, Some("users that were created, and those that failed"));
        users.add(Statistic::Count, counters.get("vusers.created").and_then(Value::as_f64));
        users.add(Statistic::Failures, counters.get("vusers.failed").and_then(Value::as_f64));
        users.give(sink);
    }
    let sent = at(aggregate, &["counters"]).and_then(|counters| counters.get("http.requests")).and_then(Value::as_f64);
    if let Some(rate) = sent.zip(seconds(aggregate)).map(|(sent, seconds)| sent / seconds) {
        let meaning = "requests sent over the time between the first and the last count";
        let mut summary = Summary::new("requests_per_second", Unit::PER_SECOND, Some(meaning));
        summary.add(Statistic::Value, Some(rate));
        summary.give(sink);
    }
    if let Some(rates) = aggregate.get("rates").and_then(Value::as_object) {
        for (name, rate) in rates {
            let mut summary =
                Summary::new(name, Unit::PER_SECOND, Some("as Artillery aggregates it: not of the whole run"));
            summary.add(Statistic::Value, rate.as_f64());
            summary.give(sink);
        }
    }
    // `histograms` repeats `summaries`.
    let summaries =
        ["summaries", "histograms"].iter().find_map(|name| at(aggregate, &[name]).and_then(Value::as_object));
    for (name, values) in summaries.into_iter().flatten() {
        // By endpoint: `plugins.metrics-by-endpoint.response_time./path`.
        const BY_ENDPOINT: &str = "plugins.metrics-by-endpoint.response_time.";
        let (metric, label) = match name.strip_prefix(BY_ENDPOINT) {
            Some(path) => ("http.response_time", Some(path)),
            None => (name.as_str(), None),
        };
        let meaning = match metric {
            "vusers.session_length" => Some("how long a user took for its scenario, pauses included"),
            name if name.starts_with("http.response_time") => Some(FIRST_BYTE),
            _ => None,
        };
        // Plugins and scripts may record anything; only these are known to be durations.
        let is_time = meaning.is_some();
        let mut summary =
            Summary::new(metric, if is_time { Unit::MILLISECOND } else { Unit::UNKNOWN }, meaning).of(label);
        numbers(values, &mut summary);
        summary.give(sink);
    }
    caveat(sink, "Artillery's response time ends at the first byte of the answer: reading a long answer is not in it.");
    caveat(sink, "Percentiles come from a sketch (DDSketch) that is off by up to 1 %, and are rounded to 0.1 ms.");
}

/// The time over which was counted.
fn seconds(aggregate: &Value) -> Option<f64> {
    let of = |name: &str| number(aggregate, &[name]);
    let seconds = (of("lastCounterAt")? - of("firstCounterAt")?) / 1e3;
    Some(seconds).filter(|seconds| *seconds >= 1.0)
}

/// Requests and those that failed, and errors, which may as well be the script's own: an `errors.…` counter says only that
/// something went wrong. A request without an answer is one that was sent and is not among the answers.
fn take_requests(counters: &Map<String, Value>, sink: &mut Sink) {
    let of = |name: &str| counters.get(name).and_then(Value::as_f64);
    let failed = sum(counters, "http.codes.", is_failure);
    let network = sum(counters, "errors.", is_of_network);
    let sent = of("http.requests");
    let failures = sent.map(|sent| {
        let unanswered = of("http.responses").map_or(network, |answered| sent - answered);
        (failed + unanswered.max(0.0)).min(sent)
    });
    let meaning = "requests sent; failed: status 400 and above, and those without an answer";
    let mut requests = Summary::new("http.requests", Unit::COUNT, Some(meaning));
    requests.add(Statistic::Count, sent);
    requests.add(Statistic::Failures, failures);
    requests.give(sink);
    for (name, count) in counters {
        let code = name.strip_prefix("http.codes.").filter(|code| is_failure(code));
        let error = name.strip_prefix("errors.").filter(|error| is_of_network(error));
        if let Some(said) = code.or(error) {
            cause(sink, None, said, count.as_f64());
        }
    }
    let meaning = "errors that Artillery counts, of the network or of the script: no number of requests";
    let errors: Vec<(&str, f64)> =
        counters.iter().filter_map(|(name, count)| Some((name.strip_prefix("errors.")?, count.as_f64()?))).collect();
    for (name, count) in errors.into_iter().filter(|(name, _)| !is_of_network(name)) {
        let mut error =
            Summary::new("errors", Unit::COUNT, Some(meaning)).of(Some(name)).polarity(Polarity::LowerIsBetter);
        error.add(Statistic::Value, Some(count));
        error.give(sink);
    }
}

/// Whether an error is one of sending and receiving, by its code: `ECONNREFUSED`, `ERR_GOT_REQUEST_ERROR`.
fn is_of_network(error: &str) -> bool {
    error.len() > 2
        && error.starts_with('E')
        && error.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_of_version_1(aggregate: &Value) -> bool {
    aggregate.get("latency").is_some() || aggregate.get("scenariosCompleted").is_some()
}

/// Reports of Artillery 1.
fn take_old(aggregate: &Value, sink: &mut Sink) {
    let mut requests =
        Summary::new("http.requests", Unit::COUNT, Some("requests sent; failed: status 400 and above, and errors"));
    let of = |name: &str| aggregate.get(name).and_then(Value::as_object);
    let failed = of("codes").map_or(0.0, |codes| sum(codes, "", is_failure));
    let errors = of("errors").map_or(0.0, |errors| sum(errors, "", |_| true));
    // What was refused or timed out was never completed; an error of the script may stand beside an answer.
    let unanswered = of("errors").map_or(0.0, |errors| sum(errors, "", is_of_network));
    let sent = number(aggregate, &["requestsCompleted"]).map(|completed| completed + unanswered);
    requests.add(Statistic::Count, sent);
    requests.add(Statistic::Failures, sent.map(|sent| (failed + errors).min(sent)));
    requests.give(sink);
    let codes = of("codes").into_iter().flatten().filter(|(code, _)| is_failure(code));
    for (said, count) in codes.chain(of("errors").into_iter().flatten()) {
        cause(sink, None, said, count.as_f64());
    }
    let mut rate = Summary::new("http.request_rate", Unit::PER_SECOND, Some("the mean rate over the run"));
    rate.add(Statistic::Value, number(aggregate, &["rps", "mean"]));
    rate.give(sink);
    for (key, metric, meaning) in [
        ("latency", "http.response_time", FIRST_BYTE),
        ("scenarioDuration", "vusers.session_length", "how long a user took for its scenario, pauses included"),
    ] {
        let mut summary = Summary::new(metric, Unit::MILLISECOND, Some(meaning));
        if let Some(values) = aggregate.get(key) {
            numbers(values, &mut summary);
        }
        summary.give(sink);
    }
    caveat(sink, "Artillery's response time ends at the first byte of the answer: reading a long answer is not in it.");
    caveat(sink, "This is a report of Artillery 1, whose latencies are rounded to 0.1 ms.");
}
