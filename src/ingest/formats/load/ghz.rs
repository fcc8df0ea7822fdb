//! ghz: the report that `ghz -O json` writes for gRPC.
//!
//! In: one document; durations in nanoseconds. Out: a row a call where the report has all of them (`details`), otherwise
//! reported numbers.

use serde_json::Value;

use crate::table::storage::Storage;

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    CellType, Declared, Failures, Format, Holds, Polarity, Role, RowKind, Sink, Statistic, Unit,
};
use crate::ingest::json::documents::{self, number};
use crate::ingest::summaries::{Summary, causes_by_code, caveat, failed_by_code, setting};
use crate::ingest::text::row::RowBuffer;

const LATENCY: &str = "from sending a call to its answer; closed loop unless a rate was given";

pub(crate) const FORMAT: Format = Format {
    name: "ghz",
    about: "ghz, the report of a gRPC load, with its calls where they are in it (`ghz -O json`)",
    latency: LATENCY,
    failures: Failures::Recorded("calls by status, all but OK"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "ghz --insecure --call pkg.Service.Call -O json localhost:50051 > ghz.json && perfreport summarize ghz.json",
    upstream: "bojand/ghz, runner/reporter.go",
    sniff: |head| head.outline()?.evidence(&["statusCodeDistribution", "latencyDistribution", "fastest", "slowest"]),
    read: |records, _, sink| documents::each(records, sink, |document: Value, sink| take(&document, sink)),
};

/// The calls, where the report has all that it counts. Says whether it has.
fn take_calls(document: &Value, sink: &mut Sink) -> bool {
    let details = document.get("details").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let all = number(document, &["count"]) == Some(details.len() as f64);
    let sound = details
        .iter()
        .all(|call| number(call, &["latency"]).is_some() && call.get("status").is_some_and(Value::is_string));
    if details.is_empty() || !all || !sound {
        return false;
    }
    sink.declared.extend([
        Declared::column("timestamp", Role::Timestamp, "ghz: when the call was sent"),
        Declared::time("latency", Unit::NANOSECOND, LATENCY, "ghz: nanoseconds"),
        Declared::column("status", Role::Unused, "ghz: the gRPC status; `outcome` says what it means"),
        Declared::column("outcome", Role::Status, "failed: a status other than OK"),
    ]);
    let columns = [
        ("timestamp", CellType::Timestamp),
        ("latency", CellType::Integer),
        ("status", CellType::Text),
        ("outcome", CellType::Text),
    ];
    let mut table = TableBuilder::of(&Storage::MEMORY, None, &columns);
    for call in details {
        let text = |name: &str| call.get(name).and_then(Value::as_str).unwrap_or_default();
        let latency = call.get("latency").map(ToString::to_string).unwrap_or_default();
        let outcome = if text("status") == "OK" { "ok" } else { "failed" };
        let mut row = RowBuffer::default();
        for cell in [text("timestamp"), &latency, text("status"), outcome] {
            row.push(cell.as_bytes());
        }
        table.push(row.row(), 1);
    }
    sink.tables.push(table);
    true
}

fn take(document: &Value, sink: &mut Sink) {
    let of = |name: &str| number(document, &[name]);
    let mut requests = Summary::new("requests", Unit::COUNT, Some("calls; failed: a status other than OK"));
    requests.add(Statistic::Count, of("count"));
    requests.add(Statistic::Failures, failed_by_code(document.get("statusCodeDistribution")));
    requests.give(sink);
    causes_by_code(sink, document.get("statusCodeDistribution"));
    let calls = take_calls(document, sink);
    let mut latency = Summary::new("latency", Unit::NANOSECOND, Some(LATENCY));
    latency.add_fields(
        Some(document),
        &[("average", Statistic::Mean), ("fastest", Statistic::Min), ("slowest", Statistic::Max)],
    );
    for entry in document.get("latencyDistribution").and_then(Value::as_array).into_iter().flatten() {
        if let Some(percent) = number(entry, &["percentage"]) {
            latency.add_percentile(percent, "latency", entry.get("latency"));
        }
    }
    // Of calls that are all here the tool's own numbers say nothing more.
    if !calls {
        latency.give(sink);
    }
    let mut rate = Summary::new("requests_per_second", Unit::PER_SECOND, Some("calls over the duration of the run"))
        .polarity(Polarity::HigherIsBetter);
    rate.add_field(Statistic::Value, "rps", document.get("rps"));
    rate.give(sink);
    setting(sink, "duration", of("total").map(|nanos| format!("{} s", nanos / 1e9)));
    let details = document.get("details").and_then(Value::as_array).map_or(0, Vec::len);
    if details > 0 {
        caveat(sink, &format!("The {details} calls in `details` are not read: the numbers are those of ghz."));
    }
    caveat(sink, "Failed calls are among the latencies that ghz has summarised, unless --count-errors was left out.");
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    #[test]
    fn percentiles_are_no_samples_and_calls_without_ok_failed() {
        let text = r#"{"count":40,"total":2000000000,"average":5000000,"fastest":1000000,"slowest":9000000,"rps":20.0,
            "errorDistribution":{"gone":4},"statusCodeDistribution":{"OK":36,"Unavailable":4},
            "latencyDistribution":[{"percentage":50,"latency":4000000},{"percentage":99,"latency":8500000}],"details":[]}"#;
        let found = read_text("ghz.json", text);
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("latency").number(Statistic::Percentile(99.0)), Some(0.0085));
        assert_eq!(of("requests").number(Statistic::Failures), Some(4.0));
        assert!(found.tables.is_empty());
    }

    #[test]
    fn calls_that_are_all_in_the_report_are_samples() {
        let text = r#"{"count":2,"total":1000,"average":5000000,"fastest":1000000,"slowest":9000000,"rps":20.0,
            "statusCodeDistribution":{"OK":1,"Unavailable":1},"latencyDistribution":[{"percentage":50,"latency":4000000}],
            "details":[{"timestamp":"2025-03-03T10:00:00.5Z","latency":1000000,"error":"","status":"OK"},
            {"timestamp":"2025-03-03T10:00:01.5Z","latency":9000000,"error":"gone","status":"Unavailable"}]}"#;
        let found = read_text("ghz.json", text);
        let table = &found.tables[0];
        assert_eq!(table.numbers(table.position("latency").unwrap()), [Some(1e6), Some(9e6)]);
        assert_eq!(table.columns[table.position("outcome").unwrap()].dictionary, ["ok", "failed"]);
        assert!(found.reported.iter().all(|one| one.metric != "latency"));
    }
}
