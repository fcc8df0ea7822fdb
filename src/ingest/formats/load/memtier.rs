//! `memtier_benchmark`'s JSON (`--json-out-file`).
//!
//! In: one document with the statistics of all runs by kind of command; milliseconds, kilobytes of 1,024 bytes. Out: reported
//! numbers, `Totals` as the whole. Definition: `redis/memtier_benchmark`, `run_stats.cpp`.

use serde_json::Value;

use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Sink, Statistic, Unit};
use crate::ingest::json::documents;
use crate::ingest::summaries::{Summary, caveat, percentile};
use crate::ingest::summary_tables;

const LATENCY: &str = "from sending a command, with its pipeline, to the answer; closed loop";

pub(crate) const FORMAT: Format = Format {
    name: "memtier",
    about: "memtier_benchmark, statistics by kind of command (`--json-out-file`)",
    latency: LATENCY,
    failures: Failures::NotRecorded,
    holds: Holds::Summaries,
    row: RowKind::Row,
    example: "memtier_benchmark --json-out-file memtier.json && perfreport summarize memtier.json",
    upstream: "redis/memtier_benchmark, run_stats.cpp",
    sniff: |head| head.outline()?.evidence(&["ALL STATS", "ALL STATS.Totals"]),
    read: |records, _, sink| {
        documents::each(records, sink, |document: Value, sink| {
            for (kind, entry) in document.get("ALL STATS").and_then(Value::as_object).into_iter().flatten() {
                if entry.get("Count").is_some() || entry.get("Ops/sec").is_some() {
                    take(Some(kind.as_str()).filter(|kind| *kind != "Totals"), entry, sink);
                }
            }
        })?;
        summary_tables::whole_run_first(sink);
        Ok(())
    },
};

fn take(label: Option<&str>, entry: &Value, sink: &mut Sink) {
    let mut latency = Summary::new("latency", Unit::MILLISECOND, Some(LATENCY)).of(label);
    // Zeros stand for a kind of command that was not sent.
    let sent = entry.get("Count").and_then(Value::as_f64) != Some(0.0);
    latency.add_fields(Some(entry), &[("Count", Statistic::Count)]);
    if sent {
        let mean = entry.get("Average Latency").or_else(|| entry.get("Latency"));
        latency.add_field(Statistic::Mean, "Average Latency", mean);
        latency.add_fields(Some(entry), &[("Min Latency", Statistic::Min), ("Max Latency", Statistic::Max)]);
        for (name, value) in entry.get("Percentile Latencies").and_then(Value::as_object).into_iter().flatten() {
            // `p50.00`; beside them stands a histogram as text.
            if let Some(percent) = percentile(name) {
                latency.add_percentile(percent, name, Some(value));
            }
        }
    }
    latency.give(sink);
    let lost = entry.get("Connection Errors").and_then(Value::as_f64).filter(|lost| *lost > 0.0);
    let mut connections = Summary::new("connection_errors", Unit::COUNT, Some("connections that failed or were lost"))
        .of(label)
        .polarity(Polarity::LowerIsBetter);
    connections.add(Statistic::Value, lost);
    connections.give(sink);
    if let (Some(lost), None) = (lost, label) {
        caveat(sink, &format!("{lost} connections failed or were lost: what they would have sent is in no number."));
    }
    let kibibytes = Unit::parse("KiB/s").unwrap_or(Unit::UNKNOWN);
    for (key, metric, unit, polarity) in [
        ("Ops/sec", "operations_per_second", Unit::PER_SECOND, Polarity::HigherIsBetter),
        ("Hits/sec", "hits_per_second", Unit::PER_SECOND, Polarity::Unknown),
        ("Misses/sec", "misses_per_second", Unit::PER_SECOND, Polarity::Unknown),
        ("KB/sec", "data_per_second", kibibytes, Polarity::HigherIsBetter),
    ] {
        let mut rate = Summary::new(metric, unit, None).of(label).polarity(polarity);
        rate.add_field(Statistic::Value, key, entry.get(key).filter(|_| sent || label.is_none()));
        rate.give(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn totals_are_the_whole_and_kinds_stand_apart() {
        let text = r#"{"ALL STATS":{"Sets":{"Count":100,"Ops/sec":50.5,"Average Latency":2.5,"Percentile Latencies":{"p99.90":12.5}},
            "Waits":{"Count":0,"Ops/sec":0.0,"Average Latency":0.0},
            "Totals":{"Count":400,"Ops/sec":200.5,"Average Latency":3.5,"KB/sec":2.0,"Percentile Latencies":{"p50.00":2.5,"p99.00":8.5}}}}"#;
        let found = read_text("memtier.json", text);
        assert_eq!(found.provenance.format, "memtier");
        assert_eq!(
            (&found.reported[0].label, found.reported[0].number(Statistic::Percentile(99.0))),
            (&None, Some(0.0085))
        );
        let data = found.reported.iter().find(|one| one.metric == "data_per_second").unwrap();
        assert_eq!(data.number(Statistic::Value), Some(2048.0));
        let waits = found.reported.iter().find(|one| one.label.as_deref() == Some("Waits")).unwrap();
        assert_eq!(waits.number(Statistic::Mean), None);
    }
}
