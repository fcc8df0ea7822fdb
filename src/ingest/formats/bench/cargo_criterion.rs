//! cargo-criterion's messages (`cargo criterion --message-format=json`): a line for each benchmark.
//!
//! In: lines of one object each, of which those with the reason `benchmark-complete` hold samples. Out: a row a sample with
//! the time of one iteration (`measured_values` divided by `iteration_count`). Definition: the book of cargo-criterion,
//! external tools.

use serde_json::Value;

use crate::ingest::benchmarks::{self, Bench, Sample};
use crate::ingest::format::{Declared, Failures, Format, Holds, Polarity, Role, RowKind, Statistic, Unit};
use crate::ingest::formats::bench::criterion::{MEANING, TIME};
use crate::ingest::json::documents::number;
use crate::ingest::json::outline::Outline;

const UNIT: &str = "unit";

pub(crate) const FORMAT: Format = Format {
    name: "cargo-criterion",
    about: "cargo-criterion's messages, a line a benchmark (`--message-format=json`)",
    latency: MEANING,
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "cargo criterion --message-format=json > messages.json && perfreport summarize messages.json",
    upstream: "bheisler/cargo-criterion, book/src/cargo_criterion/external_tools.md",
    sniff: |head| {
        let first = Outline::of_first_object(head.bytes)?;
        let tells = first.has_at(1, &["reason"])
            && (first.has_at(1, &["id", "unit"])
                || first.has_at(1, &["id", "typical"])
                || first.has_at(1, &["group_name", "benchmarks"]));
        let says = |reason: &str| memchr::memmem::find(head.bytes, reason.as_bytes()).is_some();
        (tells && (says("benchmark-complete") || says("group-complete")))
            .then(|| vec!["lines with a `reason`: benchmark-complete or group-complete".to_owned()])
    },
    read: |records, _, sink| {
        let reason = "cargo-criterion: `measured_values` divided by `iteration_count`";
        let declared = [
            Declared::metric(TIME, None, Some(Polarity::LowerIsBetter), Some(MEANING), reason),
            Declared::column(UNIT, Role::Unused, "names the unit of the value in its row"),
        ];
        benchmarks::read_values(records, sink, declared, take)
    },
};

fn take(message: &Value, line: u64, bench: &mut Bench<'_>) {
    let text = |name: &str| message.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("reason") != "benchmark-complete" {
        return;
    }
    let numbers = |name: &str| -> Vec<f64> {
        message.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_f64).collect()
    };
    let (counts, values) = (numbers("iteration_count"), numbers("measured_values"));
    let label = benchmarks::or_unnamed(Some(text("id")));
    for (count, value) in counts.iter().zip(&values).filter(|(count, _)| **count > 0.0) {
        let value = (value / count).to_string();
        let unit = Some((UNIT, text("unit")));
        bench.push(&Sample { label: &label, run: None, failed: None, unit, values: &[(TIME, &value)], line });
    }
    if values.is_empty() {
        let unit =
            Unit::parse(message.get("mean").and_then(|mean| mean.get("unit")).and_then(Value::as_str).unwrap_or("ns"));
        let mut summary = benchmarks::summary(TIME, unit.unwrap_or(Unit::UNKNOWN), &label, MEANING);
        summary.add_at(Statistic::Mean, number(message, &["mean", "estimate"]), Some(line));
        summary.add_at(Statistic::Median, number(message, &["median", "estimate"]), Some(line));
        summary.give(bench.sink);
    }
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;

    #[test]
    fn a_sample_is_the_time_of_one_iteration() {
        let text = "{\"reason\":\"benchmark-complete\",\"id\":\"g/a\",\"iteration_count\":[10,20],\"measured_values\":[500.0,1100.0],\"unit\":\"us\"}\n\
            {\"reason\":\"group-complete\",\"group_name\":\"g\",\"benchmarks\":[\"g/a\"]}\n";
        let found = read_text("m.json", text);
        assert_eq!(found.provenance.format, "cargo-criterion");
        let table = &found.tables[0];
        let time = table.position("time").unwrap();
        assert_eq!(table.numbers(time), [Some(50.0), Some(55.0)]);
        assert_eq!(table.columns[time].unit().symbol, "µs");
    }
}
