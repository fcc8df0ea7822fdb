//! What is suspicious says how to set it aside, and what cannot be known decides nothing.

use perfreport::stats::rng::Rng;
use serde_json::Value;

use crate::support::{Place, findings, metric};

/// Durations around a tenth of a second, two digits after the point, in milliseconds.
fn durations(seed: u64, count: usize) -> Vec<f64> {
    let mut rng = Rng::new(seed);
    (0..count).map(|_| (10_000.0 * (0.2 * rng.normal()).exp()).round() / 100.0).collect()
}

fn file(values: &[f64]) -> String {
    let rows = values.iter().map(|value| format!("{value:.2}\n"));
    format!("latency_ms\n{}", rows.collect::<String>())
}

/// The lines that a report offers for `perfreport.toml`.
fn offered(text: &str) -> String {
    let lines = text.lines().skip_while(|line| !line.contains("perfreport.toml")).skip(1);
    let lines = lines.take_while(|line| line.starts_with("  "));
    lines.map(|line| format!("{}\n", line.trim_start())).collect()
}

fn clean(place: &Place) -> Value {
    place.run("summarize run.csv -q -o out.json").exits(0);
    metric(&place.json("out.json"), "latency_ms")["overall"]["clean"].clone()
}

/// Sets aside what a report offers, and looks again. `planted` are the rows, counted from 0.
fn set_aside(values: &[f64], planted: std::ops::Range<usize>, kind: &str) {
    let place = Place::new();
    place.write("run.csv", file(values));
    let before = clean(&place);
    assert!(before["mean"].as_f64().unwrap() > 1.0, "what was planted is in the mean: {before}");

    let remedy = offered(&place.run("check run.csv").exits(0).stdout);
    // The first value stands in line 2.
    let lines = match planted.len() {
        1 => format!("\"{}\"", planted.start + 2),
        _ => format!("\"{}-{}\"", planted.start + 2, planted.end + 1),
    };
    assert!(remedy.contains(&lines), "{lines}: {remedy}");
    place.run("summarize run.csv -q -o out.md").exits(0);
    assert!(place.read("out.md").contains(&remedy), "the page offers the same lines");

    place.write("perfreport.toml", &remedy);
    let after = clean(&place);
    let mut kept = values.to_vec();
    let count = planted.len();
    kept.drain(planted);
    let mean = kept.iter().sum::<f64>() / kept.len() as f64 / 1000.0;
    assert_eq!(after["n"], kept.len());
    assert!((after["mean"].as_f64().unwrap() / mean - 1.0).abs() < 1e-12, "{after}");
    let report = place.json("out.json");
    assert_eq!(findings(&report, kind).len(), 0);
    let aside = findings(&report, "set_aside");
    assert_eq!((aside.len(), &aside[0]["count"]), (1, &count.into()));
    // What the user has set aside is no corruption that a gate would fail on.
    assert_eq!(report["verdict"]["data"], "clean");
    place.run("summarize run.csv -q -o out.json --fail-on corruption,suspicious").exits(0);
}

#[test]
fn the_lines_that_a_finding_offers_set_its_rows_aside() {
    let mut values = durations(7, 200);
    values[60..68].iter_mut().for_each(|value| *value *= 1000.0);
    set_aside(&values, 60..68, "unit_block");
    let mut values = durations(8, 200);
    values[150] = 234_500.67;
    set_aside(&values, 150..151, "isolated");
}

#[test]
fn what_cannot_be_read_as_lines_is_refused() {
    let place = Place::new();
    place.write("run.csv", file(&durations(1, 30)));
    place.write("perfreport.toml", "[[source]]\nmatch = \"*\"\n[source.columns.latency_ms]\nset_aside = [\"9-2\"]\n");
    place.run("check run.csv").exits(2).complains("columns.latency_ms.set_aside");
}

/// Three of 400 durations end at 65535.
fn saturated(seed: u64) -> String {
    let mut rows: Vec<String> = durations(seed, 400).iter().map(|value| format!("{value:.2}")).collect();
    for place in [27, 283, 378] {
        "65535".clone_into(&mut rows[place]);
    }
    format!("latency_ms\n{}\n", rows.join("\n"))
}

#[test]
fn numbers_that_the_end_of_a_field_decides_are_at_least_so_large() {
    let place = Place::new();
    place.write("run.csv", saturated(3));
    let conditions = [
        ("p50", "< 1s", "met"),
        ("p95", "< 1s", "met"),
        // Of 400 samples three stand at the end: the 99th percentile is the fourth largest or so, its interval reaches beyond.
        ("p99", "< 1s", "undecided"),
        ("max", "< 100s", "undecided"),
        ("mean", "< 100s", "undecided"),
        ("cv", "< 900%", "undecided"),
        ("count", ">= 400", "met"),
    ];
    let targets =
        conditions.map(|(key, limit, _)| format!("[[target]]\nmetric = \"latency_ms\"\n{key} = \"{limit}\"\n"));
    place.write("perfreport.toml", targets.concat());
    place.run("summarize run.csv -q -o out.json").exits(0);
    let report = place.json("out.json");
    for (target, (key, limit, outcome)) in report["targets"].as_array().unwrap().iter().zip(conditions) {
        assert_eq!(target["outcome"], outcome, "{key} {limit}: {target}");
    }
    let clean = &metric(&report, "latency_ms")["overall"]["clean"];
    assert_eq!((&clean["saturation"]["count"], &clean["saturation"]["value"]), (&3.into(), &65.535.into()));
    place.run("summarize run.csv -q -o out.md").exits(0);
    let page = place.read("out.md");
    assert!(page.contains("3 samples stand at the end of a field"), "{page}");
    assert!(page.contains("≥ 65"), "{page}");
}

#[test]
fn a_comparison_is_not_decided_by_the_end_of_a_field() {
    let place = Place::new();
    place.write("before.csv", saturated(3)).write("after.csv", saturated(4));
    let compared = |before: &str, after: &str| {
        place.run(&format!("compare {before} {after} -q -o out.json")).exits(0);
        place.json("out.json")["comparison"]["changes"][0].clone()
    };
    let effect = |change: &Value, name: &str| {
        change["effects"].as_array().unwrap().iter().find(|effect| effect["statistic"] == name).unwrap().clone()
    };
    let change = compared("before.csv", "after.csv");
    assert!(["center_unchanged", "inconclusive"].contains(&change["verdict"].as_str().unwrap()), "{change}");
    let p99 = effect(&change, "p99");
    assert!(p99["low"].is_null() || p99["high"].is_null(), "{p99}");
    assert!(effect(&change, "p95")["low"].is_number() && effect(&change, "mean")["low"].is_null(), "{change}");
    // A baseline remembers where its largest samples stand.
    place.run("summarize before.csv -q --save-baseline base.json").exits(0);
    place.run("summarize after.csv -q --baseline base.json -o out.json").exits(0);
    let stored = place.json("out.json")["comparison"]["changes"][0].clone();
    assert_eq!(effect(&stored, "p99"), p99);
}
