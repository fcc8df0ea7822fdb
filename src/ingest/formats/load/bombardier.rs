//! bombardier: the result that `bombardier -p r -o json` writes.
//!
//! In: one document; latencies in **microseconds**. Out: reported numbers.

use serde_json::Value;

use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Sink, Statistic, Unit};
use crate::ingest::json::documents::{self, at, number};
use crate::ingest::summaries::{Summary, cause, caveat, setting};

const LATENCY: &str = "from sending to the last byte; closed loop";
const STATISTICS: &[(&str, Statistic)] =
    &[("mean", Statistic::Mean), ("stddev", Statistic::Stddev), ("max", Statistic::Max)];

pub(crate) const FORMAT: Format = Format {
    name: "bombardier",
    about: "bombardier, the result of a run (`bombardier -o json`)",
    latency: LATENCY,
    failures: Failures::Recorded("answers 4xx, 5xx and `others` (no answer)"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "bombardier --latencies -p r -o json http://localhost:8080/ > bombardier.json && perfreport summarize bombardier.json",
    upstream: "codesenberg/bombardier, internal/test_info.go and templates",
    sniff: |head| head.outline()?.evidence(&["spec.numberOfConnections", "result.timeTakenSeconds", "result.latency"]),
    read: |records, _, sink| documents::each(records, sink, |document: Value, sink| take(&document, sink)),
};

fn take(document: &Value, sink: &mut Sink) {
    let count = |name: &str| number(document, &["result", name]).unwrap_or_default();
    let mut requests =
        Summary::new("requests", Unit::COUNT, Some("answers and requests without one; failed: 4xx, 5xx and no answer"));
    let failed = count("req4xx") + count("req5xx") + count("others");
    requests.add(Statistic::Count, Some(count("req1xx") + count("req2xx") + count("req3xx") + failed));
    requests.add(Statistic::Failures, Some(failed));
    requests.give(sink);
    for (name, said) in [("req4xx", "4xx"), ("req5xx", "5xx"), ("others", "no answer")] {
        cause(sink, None, said, Some(count(name)));
    }
    for (key, metric, unit, meaning, polarity) in [
        ("latency", "latency", Unit::MICROSECOND, LATENCY, Polarity::LowerIsBetter),
        (
            "rps",
            "requests_per_second",
            Unit::PER_SECOND,
            "requests in each second of the run",
            Polarity::HigherIsBetter,
        ),
    ] {
        let mut summary = Summary::new(metric, unit, Some(meaning)).polarity(polarity);
        let found = at(document, &["result", key]);
        summary.add_fields(found, STATISTICS);
        let percentiles = found.and_then(|found| found.get("percentiles")).and_then(Value::as_object);
        for (name, value) in percentiles.into_iter().flatten() {
            if let Ok(percent) = name.parse::<f64>() {
                summary.add_percentile(percent, name, Some(value));
            }
        }
        summary.give(sink);
    }
    for name in ["url", "method", "client"] {
        setting(sink, name, at(document, &["spec", name]).and_then(Value::as_str));
    }
    setting(sink, "connections", number(document, &["spec", "numberOfConnections"]));
    caveat(sink, "Answers with any code are among the latencies.");
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    #[test]
    fn latencies_are_microseconds_and_failures_are_counted() {
        let text = r#"{"spec":{"numberOfConnections":8,"method":"GET","url":"http://127.0.0.1/"},"result":{"timeTakenSeconds":5,
            "req1xx":0,"req2xx":70,"req3xx":5,"req4xx":10,"req5xx":12,"others":3,"latency":{"mean":250.5,"stddev":9,"max":90000,
            "percentiles":{"50":240,"99":800}},"rps":{"mean":20,"stddev":1,"max":25,"percentiles":{"50":20}}}}"#;
        let found = read_text("b.json", text);
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("latency").number(Statistic::Median), Some(240e-6));
        assert_eq!(of("latency").number(Statistic::Max), Some(0.09));
        assert_eq!(of("requests").number(Statistic::Count), Some(100.0));
        assert_eq!(of("requests").number(Statistic::Failures), Some(25.0));
    }
}
