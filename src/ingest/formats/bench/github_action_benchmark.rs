//! github-action-benchmark: the list of a run (`name`, `unit`, `value`), and `data.js` with the history of all runs.
//!
//! In: entries, each with its own unit. Out: of a list, reported numbers, a metric each; of a history, a row a run and
//! benchmark, with the instant of the run and its commit. Which way is better the tool's name says, or the unit. Definition: the action's
//! `src/extract.ts` and `src/write.ts`.

use serde_json::Value;

use crate::measure::unit::Dimension;
use crate::table::LabelIdentity;
use crate::table::storage::Storage;

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, Format, Head, Holds, IngestError, Polarity, Role, RowKind, Sink,
    Statistic, Unit,
};
use crate::ingest::json::documents;
use crate::ingest::json::outline::Outline;
use crate::ingest::summaries::{Summary, caveat};
use crate::ingest::text::row::RowBuffer;

pub(crate) const FORMAT: Format = Format {
    name: "github-action-benchmark",
    about: "github-action-benchmark: a run's list of names, units and values, or the history in data.js",
    latency: "whatever the names say, in the unit of each entry",
    failures: Failures::NotRecorded,
    holds: Holds::Summaries,
    row: RowKind::Row,
    example: "git show origin/gh-pages:dev/bench/data.js > data.js && perfreport summarize data.js",
    upstream: "benchmark-action/github-action-benchmark, src/extract.ts and src/write.ts",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// What a history begins with, so that a page can load it.
const HISTORY: &[u8] = b"window.BENCHMARK_DATA";
/// Keys of an entry.
const KEYS: &[&str] = &["name", "unit", "value"];
/// Keys that an entry may have beside those.
const OTHERS: &[&str] = &["range", "extra"];

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let text = head.bytes.trim_ascii_start();
    if text.starts_with(HISTORY) {
        return Some(vec!["it assigns window.BENCHMARK_DATA".to_owned()]);
    }
    let first = Outline::of_first_object(text).filter(|_| text.starts_with(b"["))?;
    let others = OTHERS.iter().filter(|other| first.has_at(1, &[other])).count();
    let entry = first.is_whole && first.has_at(1, KEYS) && first.len() == KEYS.len() + others;
    entry.then(|| {
        vec!["a list of objects with the keys `name`, `unit`, `value` and no others but `range`, `extra`".to_owned()]
    })
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let text = documents::whole_text(records, sink)?;
    if !text.trim_start().as_bytes().starts_with(HISTORY) {
        let (taken, broken) = documents::each_of(&text, |document: Value| {
            take_list(&document, sink);
            Ok(())
        })?;
        return broken.map_or(Ok(()), |broken| documents::note_broken(&broken.error, taken, sink));
    }
    let start = text.find('{').unwrap_or(text.len());
    let (taken, broken) = documents::each_of(text[start..].trim_end().trim_end_matches(';'), |document: Value| {
        take_history(&document, sink);
        Ok(())
    })?;
    broken.map_or(Ok(()), |broken| documents::note_broken(&broken.error, taken, sink))
}

/// The unit of an entry, and which way is better by it.
fn unit_of(written: &str) -> (Unit, Polarity) {
    let per = written.split_once('/').map(|(unit, per)| (unit.trim(), per.trim()));
    let unit = match per {
        // A time for each of something: `ns/iter`, `us/op`.
        Some((unit, per)) if !matches!(per, "s" | "sec" | "second") => Unit::parse(unit),
        // Something for each second: `ops/sec`, `req/s`, `iter/sec`.
        Some((_, _)) => Unit::parse(written).or(Some(Unit::PER_SECOND)),
        None => Unit::parse(written),
    };
    let unit = unit.unwrap_or(Unit::UNKNOWN);
    let polarity = match unit.dimension {
        Dimension::Time => Polarity::LowerIsBetter,
        Dimension::Rate | Dimension::ByteRate => Polarity::HigherIsBetter,
        _ => Polarity::Unknown,
    };
    (unit, polarity)
}

/// A value that may stand as a text.
fn value_of(entry: &Value) -> Option<f64> {
    let value = entry.get("value")?;
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn text_of<'v>(entry: &'v Value, name: &str) -> &'v str {
    entry.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn take_list(document: &Value, sink: &mut Sink) {
    for entry in document.as_array().into_iter().flatten() {
        let written = text_of(entry, "unit");
        let (unit, polarity) = unit_of(written);
        let meaning = format!("in {written}");
        let meaning = (unit.dimension == Dimension::Unknown && !written.is_empty()).then_some(meaning.as_str());
        let mut summary = Summary::new(text_of(entry, "name"), unit, meaning).polarity(polarity);
        summary.add(Statistic::Value, value_of(entry));
        summary.give(sink);
    }
    caveat(sink, "Each entry has its own unit, and nothing is computed over several of them.");
}

/// One table for each unit and direction, so that no two units ever meet.
fn take_history(document: &Value, sink: &mut Sink) {
    sink.labels = LabelIdentity::Exact;
    sink.declared.extend([
        Declared::column("date", Role::Timestamp, "when the run was stored, in milliseconds since 1970"),
        Declared::column("commit", Role::Identifier, "the commit that the run measured"),
        Declared::column("benchmark", Role::Label, "names the suite and the benchmark"),
    ]);
    let mut tables: Vec<(String, TableBuilder)> = Vec::new();
    let mut runs = 0;
    for (suite, entries) in document.get("entries").and_then(Value::as_object).into_iter().flatten() {
        for run in entries.as_array().into_iter().flatten() {
            runs += 1;
            let date = run.get("date").and_then(Value::as_i64).unwrap_or_default();
            for bench in run.get("benches").and_then(Value::as_array).into_iter().flatten() {
                let Some(value) = value_of(bench) else {
                    sink.provenance.set_aside("an entry without a number", 1);
                    continue;
                };
                let written = text_of(bench, "unit");
                let column = column(written, text_of(run, "tool"), sink);
                let index = tables.iter().position(|(known, _)| *known == column).unwrap_or_else(|| {
                    let types = [
                        ("date", CellType::Integer),
                        ("commit", CellType::Text),
                        ("benchmark", CellType::Text),
                        (column.as_str(), CellType::Integer),
                    ];
                    let table = TableBuilder::of(&Storage::MEMORY, Some(&column), &types);
                    tables.push((column, table));
                    tables.len() - 1
                });
                let mut row = RowBuffer::default();
                row.push_number(date);
                row.push(run.pointer("/commit/id").and_then(Value::as_str).unwrap_or_default().as_bytes());
                row.push(format!("{suite}: {}", text_of(bench, "name")).as_bytes());
                row.push(value.to_string().as_bytes());
                tables[index].1.push(row.row(), 1);
            }
        }
    }
    sink.provenance.evidence.push(format!("{runs} runs: each value is a run of its own, at another commit"));
    sink.tables.extend(tables.into_iter().map(|(_, table)| table));
}

/// The column of values in a unit, declared when it first appears.
fn column(written: &str, tool: &str, sink: &mut Sink) -> String {
    let (unit, by_unit) = unit_of(written);
    let polarity = match tool {
        "customSmallerIsBetter" => Polarity::LowerIsBetter,
        "customBiggerIsBetter" => Polarity::HigherIsBetter,
        _ => by_unit,
    };
    let direction = match polarity {
        Polarity::LowerIsBetter => ", smaller is better",
        Polarity::HigherIsBetter => ", bigger is better",
        Polarity::Unknown => "",
    };
    let name = format!("value in {}{direction}", if written.is_empty() { "no unit" } else { written });
    if sink.declared_by_file.iter().all(|(known, _)| *known != name) {
        let reason = "the unit that stands beside each value, and the direction that the tool's name says";
        sink.declared_by_file.push((name.clone(), Declared::metric("value", Some(unit), Some(polarity), None, reason)));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn each_entry_of_a_list_has_its_own_unit() {
        let text = r#"[{"name":"CPU","unit":"Percent","value":55},{"name":"p95","unit":"ms","value":12.5,"range":"3"},
            {"name":"rate","unit":"req/s","value":"70"},{"name":"size","unit":"KiB","value":300},{"name":"steps","unit":"gates","value":9}]"#;
        let found = read_text("output.json", text);
        assert_eq!(found.provenance.format, "github-action-benchmark");
        let values: Vec<(&str, Option<f64>, Dimension)> = found
            .reported
            .iter()
            .map(|one| (one.metric.as_str(), one.number(Statistic::Value), one.dimension()))
            .collect();
        assert_eq!(
            values,
            [
                ("CPU", Some(0.55), Dimension::Ratio),
                ("p95", Some(0.0125), Dimension::Time),
                ("rate", Some(70.0), Dimension::Rate),
                ("size", Some(307_200.0), Dimension::Bytes),
                ("steps", Some(9.0), Dimension::Unknown)
            ]
        );
    }

    #[test]
    fn a_history_is_a_row_a_run_and_the_tool_says_the_direction() {
        let text = r#"window.BENCHMARK_DATA = {"lastUpdate":1,"repoUrl":"x","entries":{"Suite":[
            {"commit":{},"date":1700000000000,"tool":"customBiggerIsBetter","benches":[{"name":"a","value":5,"unit":"gates"}]},
            {"commit":{},"date":1700000100000,"tool":"cargo","benches":[{"name":"b","value":20,"unit":"ns/iter","range":"± 1"}]}]}}"#;
        let found = read_text("data.js", text);
        assert_eq!(found.provenance.format, "github-action-benchmark");
        let columns: Vec<(Unit, Polarity)> =
            found.tables.iter().map(|table| (table.columns[3].unit(), table.columns[3].polarity)).collect();
        assert_eq!(columns, [(Unit::UNKNOWN, Polarity::HigherIsBetter), (Unit::NANOSECOND, Polarity::LowerIsBetter)]);
    }
}
