//! siege: the summary that `siege --json-output` prints.
//!
//! In: one document; times in **seconds**, data in megabytes. Out: reported numbers.

use serde_json::Value;

use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Sink, Statistic, Unit};
use crate::ingest::json::documents::{self, number};
use crate::ingest::summaries::{Summary, caveat, setting};

const LATENCY: &str = "from sending to the last byte; closed loop";

pub(crate) const FORMAT: Format = Format {
    name: "siege",
    about: "siege, the summary of a run (`siege --json-output`)",
    latency: LATENCY,
    failures: Failures::Recorded("failed_transactions"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "siege --json-output -c 10 -t 30S http://localhost:8080/ > siege.json && perfreport summarize siege.json",
    upstream: "JoeDog/siege, src/main.c and src/data.c",
    sniff: |head| head.outline()?.evidence(&["transactions", "availability", "response_time", "failed_transactions"]),
    read: |records, _, sink| documents::each(records, sink, |document: Value, sink| take(&document, sink)),
};

fn take(document: &Value, sink: &mut Sink) {
    let of = |name: &str| number(document, &[name]);
    // `transactions` has every answer, whatever its code; `failed_transactions` those without one, and in some versions those
    // with 4xx and 5xx: what did not succeed is what is left of all of them.
    let (answered, successful) = (of("transactions"), of("successful_transactions"));
    let begun = answered
        .map(|answered| answered.max(successful.unwrap_or_default() + of("failed_transactions").unwrap_or_default()));
    let meaning = "transactions that were begun; failed: no answer, or one with 4xx or 5xx";
    let mut requests = Summary::new("requests", Unit::COUNT, Some(meaning));
    requests.add(Statistic::Count, begun);
    requests.add(Statistic::Failures, begun.zip(successful).map(|(begun, successful)| begun - successful));
    requests.give(sink);
    let mut latency = Summary::new("response_time", Unit::SECOND, Some(LATENCY));
    latency.add_fields(
        Some(document),
        &[
            ("response_time", Statistic::Mean),
            ("shortest_transaction", Statistic::Min),
            ("longest_transaction", Statistic::Max),
        ],
    );
    latency.give(sink);
    let megabytes_per_second = Unit::parse("MB/s").unwrap_or(Unit::UNKNOWN);
    for (name, unit, meaning) in [
        ("transaction_rate", Unit::PER_SECOND, "transactions over the duration of the run"),
        ("throughput", megabytes_per_second, "bytes of answers over the duration of the run"),
    ] {
        let mut rate = Summary::new(name, unit, Some(meaning)).polarity(Polarity::HigherIsBetter);
        rate.add_field(Statistic::Value, name, document.get(name));
        rate.give(sink);
    }
    let mut concurrency =
        Summary::new("concurrency", Unit::UNKNOWN, Some("time spent in transactions over that of the run"))
            .polarity(Polarity::Unknown);
    concurrency.add_field(Statistic::Value, "concurrency", document.get("concurrency"));
    concurrency.give(sink);
    setting(sink, "elapsed_time", of("elapsed_time").map(|seconds| format!("{seconds} s")));
    caveat(sink, "siege rounds its times to hundredths of a second.");
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    #[test]
    fn times_are_seconds() {
        let text = r#"{"transactions":1000,"availability":99.0,"elapsed_time":20.5,"data_transferred":3.2,"response_time":0.25,
            "transaction_rate":48.78,"throughput":0.16,"concurrency":12.1,"successful_transactions":990,"failed_transactions":10,
            "longest_transaction":3.5,"shortest_transaction":0.02}"#;
        let found = read_text("siege.json", text);
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("response_time").number(Statistic::Mean), Some(0.25));
        assert_eq!(of("requests").number(Statistic::Failures), Some(10.0));
        assert_eq!(of("requests").number(Statistic::Count), Some(1000.0));
    }

    #[test]
    fn an_answer_with_404_is_a_failure_although_siege_counts_none() {
        let text = r#"{"transactions":10,"availability":100.0,"elapsed_time":0.03,"response_time":0.0,"transaction_rate":333.3,
            "throughput":0.11,"concurrency":1.67,"successful_transactions":0,"failed_transactions":0,"longest_transaction":0.01,
            "shortest_transaction":0.0}"#;
        let found = read_text("siege.json", text);
        assert_eq!(found.reported[0].number(Statistic::Failures), Some(10.0));
    }
}
