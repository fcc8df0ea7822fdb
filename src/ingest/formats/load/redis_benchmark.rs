//! redis-benchmark's `--csv`: a row a command.
//!
//! In: numbers that redis-benchmark has summarised, in milliseconds. Out: reported numbers. Definition: redis,
//! `src/redis-benchmark.c`, `showLatencyReport`; before version 6.2 there are rates only, and no header.

use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Statistic, Unit};
use crate::ingest::signature;
use crate::ingest::summary_tables::{self, Columns};

const LATENCY: &str = "from sending a command, with its pipeline, to the answer; closed loop";

pub(crate) const FORMAT: Format = Format {
    name: "redis-benchmark",
    about: "redis-benchmark's CSV, a row a command (`redis-benchmark --csv`)",
    latency: LATENCY,
    failures: Failures::NotRecorded,
    holds: Holds::Summaries,
    row: RowKind::Row,
    example: "redis-benchmark -t set,get -n 100000 --csv > redis.csv && perfreport summarize redis.csv",
    upstream: "redis/redis, src/redis-benchmark.c",
    sniff: |head| signature::header_of(head, &["test", "rps", "avg_latency_ms"], "redis-benchmark"),
    read: |records, _, sink| {
        let rows = summary_tables::rows(records, b',', sink)?;
        let header = rows.first().map(|row| row.cells.clone()).unwrap_or_default();
        for row in rows.iter().filter(|row| row.cells != header) {
            for metric in &METRICS {
                metric.give(&header, row, Some(row.cell(0)), sink);
            }
        }
        Ok(())
    },
};

const METRICS: [Columns; 2] = [
    Columns {
        metric: "latency",
        unit: Unit::MILLISECOND,
        polarity: Polarity::LowerIsBetter,
        meaning: LATENCY,
        numbers: &[
            ("avg_latency_ms", Statistic::Mean),
            ("min_latency_ms", Statistic::Min),
            ("p50_latency_ms", Statistic::Median),
            ("p95_latency_ms", Statistic::Percentile(95.0)),
            ("p99_latency_ms", Statistic::Percentile(99.0)),
            ("max_latency_ms", Statistic::Max),
        ],
    },
    Columns {
        metric: "requests_per_second",
        unit: Unit::PER_SECOND,
        polarity: Polarity::HigherIsBetter,
        meaning: "requests over the duration of the test",
        numbers: &[("rps", Statistic::Value)],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn each_command_has_its_own_numbers() {
        let text = "\"test\",\"rps\",\"avg_latency_ms\",\"min_latency_ms\",\"p50_latency_ms\",\"p95_latency_ms\",\"p99_latency_ms\",\"max_latency_ms\"\n\
            \"SET\",\"9000.50\",\"0.250\",\"0.100\",\"0.250\",\"0.400\",\"0.500\",\"2.000\"\n";
        let found = read_text("redis.csv", text);
        assert_eq!(found.provenance.format, "redis-benchmark");
        assert_eq!(found.reported[0].number(Statistic::Median), Some(0.00025));
        assert_eq!(
            (found.reported[0].label.as_deref(), found.reported[1].number(Statistic::Value)),
            (Some("SET"), Some(9000.5))
        );
    }
}
