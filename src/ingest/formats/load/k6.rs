//! What k6's metrics are, whatever file they stand in. Definition: k6's `metrics/builtin.go` and its documentation of the
//! built-in metrics and of the system tags.

use crate::table::source::Source;

use crate::ingest::format::{Declared, Polarity, Role, Sink, SourceOptions, Unit};
use crate::ingest::settle;

/// The metric that a report of k6 begins with.
pub(crate) const LEADER: &str = "http_req_duration";
/// What it measures.
pub(crate) const LATENCY: &str =
    "http_req_duration: sending, waiting and receiving; without looking up the name, connecting and TLS";

const REASON: &str = "k6: one of its own metrics";

/// What a metric of k6 counts or measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Durations in milliseconds.
    Time,
    /// 1 for each time that something happened.
    Counter,
    /// Bytes.
    Data,
    /// 0 or 1.
    Rate,
    /// A value that is looked at from time to time.
    Gauge,
}

/// k6's own metrics, in the order in which a reader wants them; what each measures.
const BUILT_IN: &[(&str, Kind, Polarity, &str)] = &[
    (
        LEADER,
        Kind::Time,
        Polarity::LowerIsBetter,
        "time of sending, waiting and receiving, without looking up the name, connecting and TLS",
    ),
    ("http_req_failed", Kind::Rate, Polarity::LowerIsBetter, "share of requests that failed (1 is a failure)"),
    ("http_reqs", Kind::Counter, Polarity::HigherIsBetter, "requests"),
    (
        "iteration_duration",
        Kind::Time,
        Polarity::LowerIsBetter,
        "time of a whole iteration of the script, pauses included",
    ),
    ("group_duration", Kind::Time, Polarity::LowerIsBetter, "time of a whole group of the script, pauses included"),
    ("grpc_req_duration", Kind::Time, Polarity::LowerIsBetter, "time to the answer of a gRPC call"),
    ("ws_connecting", Kind::Time, Polarity::LowerIsBetter, "time to open a WebSocket"),
    ("ws_ping", Kind::Time, Polarity::LowerIsBetter, "time from a ping to its pong"),
    ("ws_session_duration", Kind::Time, Polarity::Unknown, "time that a WebSocket was open"),
    (
        "http_req_waiting",
        Kind::Time,
        Polarity::LowerIsBetter,
        "time from the end of sending to the first byte, connecting not included",
    ),
    ("http_req_blocked", Kind::Time, Polarity::LowerIsBetter, "time before a connection could be used"),
    (
        "http_req_connecting",
        Kind::Time,
        Polarity::LowerIsBetter,
        "time to open a TCP connection; 0 where one was used again",
    ),
    (
        "http_req_tls_handshaking",
        Kind::Time,
        Polarity::LowerIsBetter,
        "time of the TLS handshake; 0 where there was none",
    ),
    ("http_req_sending", Kind::Time, Polarity::LowerIsBetter, "time of sending the request"),
    ("http_req_receiving", Kind::Time, Polarity::LowerIsBetter, "time of receiving the response"),
    ("checks", Kind::Rate, Polarity::HigherIsBetter, "share of checks that passed (1 is a pass)"),
    ("iterations", Kind::Counter, Polarity::HigherIsBetter, "iterations of the script"),
    ("dropped_iterations", Kind::Counter, Polarity::LowerIsBetter, "iterations that could not be started"),
    ("ws_sessions", Kind::Counter, Polarity::HigherIsBetter, "WebSockets opened"),
    ("ws_msgs_sent", Kind::Counter, Polarity::Unknown, "WebSocket messages sent"),
    ("ws_msgs_received", Kind::Counter, Polarity::Unknown, "WebSocket messages received"),
    ("data_sent", Kind::Data, Polarity::Unknown, "bytes sent, since the value before"),
    ("data_received", Kind::Data, Polarity::Unknown, "bytes received, since the value before"),
    ("vus", Kind::Gauge, Polarity::Unknown, "virtual users at that moment: load, no result"),
    ("vus_max", Kind::Gauge, Polarity::Unknown, "virtual users that were set up: load, no result"),
];

/// Where a metric stands among the others: k6's own in their order, the script's own behind the durations of requests.
pub(crate) fn rank(metric: &str) -> usize {
    const BEHIND: &str = "ws_session_duration";
    let position = |name: &str| BUILT_IN.iter().position(|(other, ..)| *other == name);
    position(metric)
        .or_else(|| position(BEHIND))
        .map_or(usize::MAX, |at| 2 * at + usize::from(position(metric).is_none()))
}

/// What k6 says of one of its own metrics.
pub(crate) fn built_in(metric: &str) -> Option<(Kind, Polarity, &'static str)> {
    BUILT_IN.iter().find(|(name, ..)| *name == metric).map(|(_, kind, polarity, meaning)| (*kind, *polarity, *meaning))
}

/// The unit of a metric of a kind.
pub(crate) fn unit(kind: Kind) -> Unit {
    match kind {
        Kind::Time => Unit::MILLISECOND,
        Kind::Data => Unit::BYTE,
        Kind::Rate => Unit::RATIO,
        Kind::Counter | Kind::Gauge => Unit::COUNT,
    }
}

/// Tags that k6 writes, as columns of its CSV.
const TAGS: &[(&str, Role, &str)] = &[
    ("expected_response", Role::Status, "k6: whether the response was an expected one; false is a failed request"),
    ("status", Role::Status, "k6: code of the response; `expected_response` decides"),
    ("name", Role::Label, "k6: name of the request"),
    ("check", Role::Label, "k6: name of the check"),
    ("group", Role::Label, "k6: group of the script"),
    ("scenario", Role::Label, "k6: scenario of the script"),
    ("method", Role::Label, "k6: method of the request"),
    ("url", Role::Unused, "k6: address of the request; `name` stands for it"),
    ("error", Role::Unused, "k6: text of the error"),
    ("error_code", Role::Unused, "k6: number of the error's kind"),
    ("proto", Role::Unused, "k6: protocol of the request"),
    ("subproto", Role::Unused, "k6: protocol of the WebSocket"),
    ("service", Role::Unused, "k6: gRPC service"),
    ("tls_version", Role::Unused, "k6: version of TLS"),
    ("ip", Role::Unused, "k6: address that answered"),
    ("vu", Role::Identifier, "k6: number of the virtual user"),
    ("iter", Role::Identifier, "k6: number of the iteration"),
    ("extra_tags", Role::Unused, "k6: tags of the script"),
    ("metadata", Role::Unused, "k6: metadata of the sample"),
];

/// What k6's definitions say about its CSV file, and, under dotted names, about the lines of its JSON file.
pub(crate) fn columns() -> Vec<(String, Declared)> {
    let metrics = BUILT_IN.iter().map(|(name, kind, polarity, meaning)| {
        let declared = Declared::metric(name, Some(unit(*kind)), Some(*polarity), Some(*meaning), REASON);
        ((*name).to_owned(), declared)
    });
    let tags = TAGS.iter().flat_map(|(name, role, reason)| {
        [(*name).to_owned(), format!("data.tags.{name}")].map(|name| (name, Declared::column("", *role, reason)))
    });
    let frame = [
        ("metric_name", Role::MetricName, "k6: name of the metric"),
        ("metric", Role::MetricName, "k6: name of the metric"),
        ("metric_value", Role::Metric, "k6: value of the metric that the row names"),
        ("data.value", Role::Metric, "k6: value of the metric that the line names"),
        ("timestamp", Role::Timestamp, "k6: when the value was recorded"),
        ("data.time", Role::Timestamp, "k6: when the value was recorded"),
        ("type", Role::Unused, "k6: kind of the line"),
    ];
    let frame = frame.map(|(name, role, reason)| (name.to_owned(), Declared::column("", role, reason)));
    metrics.chain(tags).chain(frame).collect()
}

/// Declares what neither k6 nor its script measured: a number beside the value that a line names is of whatever wrote the
/// line on, and no metric. Tags stay what their texts make them.
pub(crate) fn declare_others(sink: &mut Sink) {
    let mut others: Vec<String> = Vec::new();
    for table in &sink.tables {
        for (name, column) in table.header.iter().zip(&table.columns) {
            let known = sink.declared_by_file.iter().any(|(known, _)| known == name);
            if !known && column.cell_type().is_number() && !others.contains(name) {
                others.push(name.clone());
            }
        }
    }
    let declared = || Declared::column("", Role::Unused, "no value of k6, which stands in a field of its own");
    sink.declared_by_file.extend(others.into_iter().map(|name| (name, declared())));
}

/// Sets aside what k6 writes as iterations of `setup()` and `teardown()`: they run once, and nothing of the script is in them.
fn set_preparations_aside(source: &mut Source) {
    const GROUPS: [&str; 2] = ["::setup", "::teardown"];
    let Source { tables, provenance, .. } = source;
    for table in tables.iter_mut().filter(|table| table.name.as_deref() == Some("iteration_duration")) {
        let Some(group) = ["group", "data.tags.group"].iter().find_map(|name| table.position(name)) else { continue };
        if !table.columns[group].dictionary.iter().any(|text| GROUPS.contains(&&**text)) {
            continue;
        }
        if let (Some(prepared), Some(others)) = settle::part(table, group, |text| GROUPS.contains(&text)) {
            (0..prepared.lines.rows())
                .filter_map(|row| prepared.lines.line(row))
                .for_each(|line| provenance.set_aside("`iteration_duration` of setup() or teardown()", line));
            *table = others;
        }
    }
}

/// Brings the metrics into the order in which they are wanted, and takes out what only counts: a request is one value of
/// each of nine metrics, and failures stand beside the durations as their status.
pub(crate) fn settle(source: &mut Source, _: &SourceOptions) {
    settle::set_tables_aside(source, |table| {
        let metric = table.name.as_deref()?;
        match built_in(metric) {
            // Where requests have no status, this metric is the only place that knows of failures.
            Some((Kind::Rate, ..)) if metric == "http_req_failed" => {
                let tag =
                    ["expected_response", "data.tags.expected_response"].iter().find_map(|tag| table.position(tag))?;
                let told = table.columns[tag].dictionary.iter().any(|text| !text.is_empty());
                told.then(|| "`http_req_failed` says again what `expected_response` says of each request".to_owned())
            }
            Some((Kind::Counter, ..)) => {
                Some(format!("`{metric}` only counts: each row is one more, and no measurement"))
            }
            _ => None,
        }
    });
    set_preparations_aside(source);
    source.tables.sort_by_cached_key(|table| table.name.as_deref().map_or(usize::MAX, rank));
    if source.tables.iter().any(|table| table.name.as_deref() == Some(LEADER)) {
        source.provenance.evidence.push(format!("{LATENCY} (http_req_blocked has these)"));
    }
}
