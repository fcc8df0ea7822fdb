//! Several runs of one benchmark of a model's server in one file: by which settings they are told apart.
//!
//! In: the documents of the runs. Out: a name for each, of those settings in which they differ; what they share belongs to the environment.
//! Runs under the same settings are repetitions, and keep their place.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::ingest::sink::Sink;
use crate::ingest::summaries::setting;
use crate::measure::words::Words;

/// What a benchmark was told, whatever kind of value it is.
const TOLD: [&str; 8] =
    ["backend", "endpoint_type", "model_id", "tokenizer_id", "request_rate", "burstiness", "max_concurrency", "label"];
/// The settings that every file names, one run or several.
const OF_EVERY_FILE: usize = 7;
/// How many requests were sent follows from a rate and a time: it tells runs apart where nothing else does.
const FOLLOWS: &str = "num_prompts";
/// What came out, in whole numbers or texts: no sweep has chosen it.
const RESULTS: Words = Words::of("date completed failed duration rtfx max_concurrent_requests");
/// What names of results begin with.
const BEGINNINGS: [&str; 9] =
    ["total_", "mean_", "median_", "std_", "min_", "max_output", "request_", "output_", "spec_decode"];
/// Which repetition it was.
const REPETITION: Words = Words::of("run run_number run_id run_index repeat repetition iteration trial seed_run");

/// What was chosen for a run.
pub(crate) type Settings = BTreeMap<String, String>;

/// A name for each run where there are several, of the settings in which they differ; what all share goes to the environment.
pub(crate) fn labels(runs: &[Settings], sink: &mut Sink) -> Vec<Option<String>> {
    let several = runs.len() > 1;
    let names: BTreeSet<&String> = runs.iter().flat_map(BTreeMap::keys).collect();
    let varies = |name: &String| runs.iter().any(|run| run.get(name) != runs[0].get(name));
    let (mut differ, shared): (Vec<&String>, Vec<&String>) = names.into_iter().partition(|name| varies(name));
    for name in shared {
        let always = TOLD[..OF_EVERY_FILE].contains(&name.as_str());
        setting(sink, name, runs[0].get(name).filter(|_| several || always));
    }
    if !several {
        return vec![None; runs.len()];
    }
    // What names the model names its tokenizer too.
    if differ.iter().any(|name| *name == "model_id") {
        differ.retain(|name| *name != "tokenizer_id");
    }
    if differ.len() > 1 {
        differ.retain(|name| *name != FOLLOWS);
    }
    let of = |run: &Settings| {
        let told = differ.iter().map(|name| format!("{name}={}", run.get(*name).map_or("none", String::as_str)));
        told.collect::<Vec<_>>().join(", ")
    };
    let labels: Vec<String> = runs.iter().map(of).collect();
    let times = |some: &[String], label: &String| some.iter().filter(|other| *other == label).count();
    let numbered = |(index, label): (usize, &String)| {
        let name = format!("{label}, run {}", times(&labels[..=index], label)).trim_start_matches(", ").to_owned();
        Some(if times(&labels, label) > 1 { name } else { label.clone() })
    };
    labels.iter().enumerate().map(numbered).collect()
}

/// What a document says that was chosen for its run: what the benchmark was told, and what a sweep or a user has added, in whole numbers
/// and texts. Numbers with a point beside them are results.
pub(crate) fn of(document: &Value) -> Settings {
    let fields = document.as_object().into_iter().flatten();
    fields.filter(|(name, value)| is_setting(name, value)).map(|(name, value)| (name.clone(), text(value))).collect()
}

fn is_setting(name: &str, value: &Value) -> bool {
    let scalar = value.is_string() || value.is_i64() || value.is_u64() || value.is_boolean();
    if TOLD.contains(&name) {
        return scalar || value.is_f64();
    }
    let came_out =
        RESULTS.has(name) || BEGINNINGS.iter().any(|begins| name.starts_with(begins)) || name.ends_with("_ms");
    scalar && !came_out && !REPETITION.has(name)
}

/// A setting as it is written; a whole number is one, with a point behind it or without.
fn text(value: &Value) -> String {
    let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    written.strip_suffix(".0").map_or(written.clone(), str::to_owned)
}
