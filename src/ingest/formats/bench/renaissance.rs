//! The Renaissance suite's JSON (`--json`): for each benchmark its repetitions.
//!
//! In: one document; nanoseconds. Out: a row a repetition, warm-up among them: the suite does not say where it ends.
//! Definition: renaissance, `JsonWriter`.

use serde_json::Value;

use crate::ingest::benchmarks::{self, Bench};
use crate::ingest::format::{Declared, Failures, Format, Holds, RowKind, Unit};
use crate::ingest::json::documents::at;

const MEANING: &str = "time of one repetition of a benchmark";

pub(crate) const FORMAT: Format = Format {
    name: "renaissance",
    about: "Renaissance, every repetition of each benchmark (`--json`)",
    latency: MEANING,
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "java -jar renaissance.jar -r 30 --json renaissance.json scrabble && perfreport summarize renaissance.json",
    upstream: "renaissance-benchmarks/renaissance, renaissance-harness, JsonWriter",
    sniff: |head| head.outline()?.evidence(&["format_version", "benchmarks", "environment", "data"]),
    read: |records, _, sink| {
        let declared = [Declared::time("duration", Unit::NANOSECOND, MEANING, "Renaissance: `duration_ns`")];
        benchmarks::read_values(records, sink, declared, take)
    },
};

fn take(document: &Value, line: u64, bench: &mut Bench<'_>) {
    for (fact, names) in [("os", ["environment", "os", "name"]), ("runtime", ["environment", "vm", "name"])] {
        bench.fact(fact, at(document, &names).and_then(Value::as_str).unwrap_or_default());
    }
    for (name, entry) in document.get("data").and_then(Value::as_object).into_iter().flatten() {
        for result in entry.get("results").and_then(Value::as_array).into_iter().flatten() {
            match result.get("duration_ns").and_then(Value::as_f64) {
                Some(time) => benchmarks::push_one(bench, name, None, "duration", time, line),
                None => bench.set_aside("repetitions without a duration", line),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::unit::Unit;

    #[test]
    fn each_repetition_is_a_row() {
        let text = r#"{"format_version":6,"benchmarks":["als"],"environment":{"os":{"name":"Linux"},"vm":{"name":"Some VM"}},"suite":{},
            "data":{"als":{"results":[{"duration_ns":900000000,"uptime_ns":1},{"duration_ns":700000000,"uptime_ns":2}]}}}"#;
        let found = read_text("r.json", text);
        assert_eq!(found.provenance.format, "renaissance");
        let table = &found.tables[0];
        let time = table.position("duration").unwrap();
        assert_eq!((table.numbers(time), table.columns[time].unit()), (vec![Some(9e8), Some(7e8)], Unit::NANOSECOND));
        assert!(table.position("uptime_ns").is_none());
    }
}
