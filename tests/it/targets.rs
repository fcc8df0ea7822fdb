//! Targets of the configuration, and the gate that fails on them.

use serde_json::Value;

use crate::compare::samples;
use crate::support::{Place, fixture};

/// A place whose run has 200 samples of 35 to 65 ms.
fn place(target: &str) -> Place {
    let place = Place::new();
    place.write("run.csv", samples("latency_ms", 200, 50.0));
    place.write("perfreport.toml", format!("[[target]]\nmetric = \"latency_ms\"\n{target}\n"));
    place
}

fn outcomes(place: &Place, command: &str, code: i32) -> Vec<(String, String)> {
    place.run(&format!("{command} -q -o out.json --fail-on target")).exits(code);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let report = place.json("out.json");
    report["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| (text(&target["statistic"]), text(&target["outcome"])))
        .collect()
}

#[track_caller]
fn outcome(target: &str, expected: &str, code: i32) {
    let found = outcomes(&place(target), "summarize run.csv", code);
    assert_eq!(found.len(), 1, "{target}");
    assert_eq!(found[0].1, expected, "{target}");
}

#[test]
fn a_target_is_met_missed_or_undecided() {
    outcome("p95 = \"< 200ms\"", "met", 0);
    outcome("p95 = \"< 40ms\"", "missed", 1);
    outcome("p50 = \"< 50.1ms\"", "undecided", 0);
    outcome("max = \"< 1s\"", "met", 0);
    outcome("count = \">= 1000\"", "missed", 1);
    outcome("cv = \"< 30%\"", "met", 0);
}

#[test]
fn an_undecided_target_fails_where_it_has_to() {
    let place = place("p50 = \"< 50.1ms\"");
    place.run("summarize run.csv -q --fail-on target --strict").exits(1);
}

#[test]
fn a_target_without_data_fails() {
    outcome("\"p99.9\" = \"< 1s\"", "no_data", 1);
    outcome("error_rate = \"< 1/1000\"", "no_data", 1);
    outcome("p95_change = \"< 3%\"", "no_data", 1);
    let place = Place::new();
    place.write("run.csv", samples("latency_ms", 200, 50.0));
    place.write("perfreport.toml", "[[target]]\nmetric = \"latncy_ms\"\np95 = \"< 1s\"\n");
    place.run("summarize run.csv -o - --fail-on target").exits(1).says("latncy_ms").says("latency_ms");
}

#[test]
fn a_target_speaks_of_groups_where_it_says_so() {
    let place = Place::new();
    place.write(
        "perfreport.toml",
        "[[target]]\nmetric = \"latency_ms\"\nwhere = { endpoint = \"GET *\" }\np50 = \"< 100ms\"\n",
    );
    let before = fixture("compare/before.csv");
    place.run(&format!("summarize {before} -q -o out.json")).exits(0);
    let report = place.json("out.json");
    let groups: Vec<(&str, &str)> = report["targets"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|target| target["statistic"] == "p50")
        .map(|target| (target["group"].as_str().unwrap(), target["outcome"].as_str().unwrap()))
        .collect();
    let mut groups = groups;
    groups.sort_unstable();
    assert_eq!(groups, [("GET /export", "met"), ("GET /login", "met"), ("GET /search", "missed")]);
}

#[test]
fn changes_can_be_targets() {
    let place = Place::new();
    place.write(
        "perfreport.toml",
        "[[target]]\nmetric = \"latency_ms\"\nwhere = { endpoint = \"GET /login\" }\np50_change = \"< 15%\"\n",
    );
    let (before, after) = (fixture("compare/before.csv"), fixture("compare/after.csv"));
    assert_eq!(
        outcomes(&place, &format!("compare {before} {after}"), 0),
        [("p50_change".to_owned(), "met".to_owned())]
    );
}

#[test]
fn services_have_targets_too() {
    let place = Place::new();
    place.write(
        "perfreport.toml",
        "[[target]]\nmetric = \"time to first chunk\"\np50 = \"< 2s\"\nerror_rate = \"< 500/1000\"\n[[target]]\nmetric = \"throughput\"\nvalue = \"> 0.1/s\"\n",
    );
    let found = outcomes(&place, &format!("summarize {}", fixture("service/chat_events.csv")), 0);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|(_, outcome)| outcome == "met"), "{found:?}");
}

#[test]
fn a_target_that_means_nothing_is_an_error() {
    for (target, complaint) in [
        ("p95 = \"< 200\"", "200ms"),
        ("p95 = \"< 200MB\"", "latency_ms"),
        ("p96ms = \"< 1s\"", "p96ms"),
        ("p99.9 = \"< 1s\"", "\"p99.9\""),
        ("p95 = 200", "quotes"),
        ("p95 = \"about 200ms\"", "about 200ms"),
    ] {
        place(target).run("summarize run.csv -q").exits(2).complains(complaint);
    }
}

#[test]
fn a_gate_that_could_never_fail_is_an_error() {
    let place = Place::new();
    place.write("run.csv", samples("latency_ms", 20, 50.0));
    place.run("summarize run.csv -q --fail-on regression").exits(2).complains("--baseline");
    place.run("summarize run.csv -q --fail-on target").exits(2).complains("[[target]]");
    place.run("summarize run.csv -q --fail-on regresion").exits(2).complains("regression, target, corruption");
    place.run("summarize run.csv -q --margin 5 --baseline run.csv").exits(2).complains("5%");
}

#[test]
fn the_gate_says_why_it_failed() {
    let place = Place::new();
    let chat = fixture("chat/memory_usage_metrics.csv");
    place.run(&format!("summarize {chat} --fail-on corruption -o out.md")).exits(1).says("Gate: failed");
    assert!(place.read("out.md").contains("3 corrupted samples"));
    place.run(&format!("summarize {} --fail-on corruption -o out.md", fixture("load"))).exits(0).says("Gate: passed");
}

#[test]
fn margins_say_what_matters() {
    let place = Place::new();
    let (before, after) = (fixture("compare/before.csv"), fixture("compare/after.csv"));
    let command = format!("compare {before} {after} -q --fail-on regression");
    place.run(&command).exits(1);
    place.run(&format!("{command} --margin 30%")).exits(0);
    place.run(&format!("{command} --margin latency_*=30%")).exits(0);
    place.write("perfreport.toml", "[[margin_for]]\nmetric = \"latency_ms\"\nmargin = \"30%\"\n");
    place.run(&command).exits(0);
}
