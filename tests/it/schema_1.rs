//! What a JSON report of schema version 1 and a baseline of an earlier version held is held by those of today: reports
//! change their shape, not what they say. `tests/data` was written by the last program with that schema.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::approved::{REQUESTS, answered_later, place};
use crate::support::Place;

/// Keys of version 1 under which a string is data, not a sentence or a word for what the program decided.
const DATA: [&str; 18] = [
    "column",
    "digest",
    "first",
    "format",
    "from",
    "group",
    "grouped_by",
    "id",
    "label",
    "last",
    "last_seen",
    "meaning",
    "metric",
    "name",
    "recorded_unit",
    "source",
    "to",
    "unit",
];

#[derive(Default)]
struct Content {
    /// Their bits.
    numbers: HashSet<u64>,
    texts: HashSet<String>,
}

impl Content {
    fn add(&mut self, value: &Value) {
        match value {
            Value::Number(number) => {
                self.numbers.insert(number.as_f64().unwrap().to_bits());
            }
            Value::String(text) => {
                self.texts.insert(text.clone());
            }
            Value::Array(items) => items.iter().for_each(|item| self.add(item)),
            Value::Object(entries) => {
                for (key, entry) in entries {
                    self.texts.insert(key.clone());
                    self.add(entry);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Whether a number is here, but for the last digits of a double: means and standard deviations are rounded once today.
    fn has(&self, number: f64) -> bool {
        const LAST_DIGITS: u64 = 4;
        let bits = number.to_bits();
        (bits.saturating_sub(LAST_DIGITS)..=bits.saturating_add(LAST_DIGITS)).any(|near| self.numbers.contains(&near))
    }

    /// Numbers and data of an old report that are not here, with their places.
    fn lacks(&self, old: &Value, key: &str, path: &str, lacking: &mut Vec<String>) {
        match old {
            Value::Number(number) if !self.has(number.as_f64().unwrap()) => {
                lacking.push(format!("{path}: {number}"));
            }
            Value::String(text) if DATA.contains(&key) && !self.texts.contains(text) => {
                lacking.push(format!("{path}: {text:?}"));
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.lacks(item, key, &format!("{path}[{index}]"), lacking);
                }
            }
            Value::Object(entries) => {
                for (key, entry) in entries {
                    self.lacks(entry, key, &format!("{path}.{key}"), lacking);
                }
            }
            _ => {}
        }
    }
}

fn stored(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[track_caller]
fn everything_is_still_there(name: &str, place: &Place, command: &str) {
    place.run(&format!("{command} -q -o new.json")).exits(0);
    let old: Value = serde_json::from_str(&stored(&format!("schema-1/{name}.json"))).unwrap();
    let mut new = Content::default();
    new.add(&place.json("new.json"));
    let mut lacking = Vec::new();
    new.lacks(&old, "", "", &mut lacking);
    // What would have been found depends on how many tests share the level, which is a matter of the method.
    // Intervals of short runs with a clock, of tails and of failures in clusters have become wider.
    let of_method = [".detectable:", ".mean_interval.", ".effects[", ".failures.interval."];
    lacking.retain(|found| !found.starts_with(".schema_version:") && !of_method.iter().any(|key| found.contains(key)));
    assert!(
        lacking.is_empty(),
        "{} of {name} are in no report any more:\n{}",
        lacking.len(),
        lacking.iter().take(40).fold(String::new(), |text, line| text + line + "\n")
    );
}

#[test]
fn numbers_of_samples_and_targets() {
    let place = Place::new();
    place.write("requests.csv", REQUESTS);
    let targets = "[[target]]\nmetric = \"latency_ms\"\nmean = \"< 1s\"\np50 = \"< 1ms\"\nmax = \"< 34ms\"\n";
    place.write("perfreport.toml", targets);
    everything_is_still_there("targets", &place, "summarize requests.csv");
}

#[test]
fn numbers_of_runs_and_of_a_comparison() {
    let place = place(&["runs"]);
    everything_is_still_there("runs", &place, "summarize runs");
    everything_is_still_there("comparison", &place, "compare runs/run-1.csv runs/run-2.csv");
}

#[test]
fn numbers_of_summaries() {
    let place = place(&["k6/handle_summary.json", "locust/run_stats.csv"]);
    everything_is_still_there("summaries", &place, "summarize k6/handle_summary.json locust/run_stats.csv");
}

#[test]
fn numbers_of_a_histogram() {
    everything_is_still_there("histogram", &place(&["hdrhistogram/v1.hlog"]), "summarize hdrhistogram/v1.hlog");
}

#[test]
fn numbers_of_a_service() {
    let place = place(&["service/chat_requests.csv"]);
    everything_is_still_there("service", &place, "summarize service/chat_requests.csv");
}

#[test]
fn numbers_of_a_swarm() {
    everything_is_still_there("swarm", &place(&["swarm"]), "summarize swarm");
}

#[test]
fn numbers_of_benchmarks() {
    let place = place(&["hyperfine/commands.json"]);
    everything_is_still_there("benchmarks", &place, "summarize hyperfine/commands.json");
}

#[test]
fn numbers_of_a_damaged_file() {
    let place = place(&["chat/memory_usage_metrics.csv"]);
    everything_is_still_there("damaged", &place, "summarize chat/memory_usage_metrics.csv");
}

/// Verdicts of a run against a stored baseline, as many as there are of each.
fn verdicts(place: &Place, paths: &str, baseline: &str) -> Vec<(String, usize)> {
    place.write(baseline, stored(baseline));
    place.run(&format!("summarize {paths} -q --baseline {baseline} -o out.json")).exits(0);
    let report = place.json("out.json");
    let changes = report["comparison"]["changes"].as_array().unwrap();
    let mut counts: Vec<(String, usize)> = Vec::new();
    for change in changes {
        let verdict = change["verdict"].as_str().unwrap();
        match counts.iter_mut().find(|(found, _)| found == verdict) {
            Some((_, count)) => *count += 1,
            None => counts.push((verdict.to_owned(), 1)),
        }
    }
    counts.sort();
    counts
}

const SAMPLES: &str = "requests.csv runs/run-1.csv service/chat_requests.csv";
const OTHERS: &str = "locust/run_stats.csv hdrhistogram/v1.hlog";

fn the_same_run() -> Place {
    let place = place(&["runs/run-1.csv", "service/chat_requests.csv", "locust/run_stats.csv", "hdrhistogram/v1.hlog"]);
    place.write("requests.csv", REQUESTS);
    place
}

#[test]
fn a_baseline_of_version_1_is_read_and_compared() {
    let place = the_same_run();
    assert_eq!(verdicts(&place, SAMPLES, "baseline-1.json"), [("inconclusive".to_owned(), 8)]);
    place.write("service/chat_requests.csv", answered_later(&place.read("service/chat_requests.csv")));
    assert_eq!(
        verdicts(&place, SAMPLES, "baseline-1.json"),
        [("inconclusive".to_owned(), 7), ("regressed".to_owned(), 1)]
    );
}

#[test]
fn a_baseline_of_version_2_is_read_and_compared() {
    let paths = format!("{SAMPLES} {OTHERS}");
    let place = the_same_run();
    // Labels without a failure on either side are no changes of their own.
    assert_eq!(verdicts(&place, &paths, "baseline-2.json"), [("inconclusive".to_owned(), 31)]);
}
