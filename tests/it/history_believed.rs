//! What a history must not make of its runs: a drift of a step, a change of an odd night, one run of two machines, nothing of one sample.

use serde_json::Value;

use crate::compare::samples;
use crate::history::{FILE, changes, history, night, reported};
use crate::support::{Place, fixture};

/// A history of exact values.
fn exact(runs: usize, value: impl Fn(usize) -> f64) -> String {
    let line = |run: usize| {
        let metric = format!(r#"{{"m":"size","d":"bytes","b":"<","c":{}}}"#, value(run));
        format!("{{\"history\":1,\"at\":\"{}\",\"commit\":\"{run:07x}\",\"metrics\":[{metric}]}}\n", night(run))
    };
    (0..runs).map(line).collect()
}

#[test]
fn a_step_of_a_value_without_noise_fails_the_gate_and_an_odd_night_of_it_does_not() {
    let place = Place::new();
    place.write(FILE, exact(60, |run| if run < 30 { 100.0 } else { 110.0 }));
    let gate = place.run(&format!("history report {FILE} --fail-on change:60d"));
    gate.exits(1).says("+10.0%").says("000001d..000001e").never_says("drift");
    place.write(FILE, exact(60, |run| if run < 57 { 100.0 } else { 110.0 }));
    place.run(&format!("history report {FILE} --fail-on change:60d")).exits(1).says("1 new change for the worse");
    for odd in [0, 30, 59] {
        place.write(FILE, exact(60, |run| if run == odd { 110.0 } else { 100.0 }));
        place.run(&format!("history report {FILE} --fail-on change:60d")).exits(0).says("no change in 60 runs");
    }
}

#[test]
fn what_was_slow_for_five_nights_is_listed_though_it_recovered() {
    let place = Place::new();
    let slow: &dyn Fn(usize) -> f64 = &|run| if (30..35).contains(&run) { 0.015 } else { 0.01 };
    let names: Vec<String> = (0..10).map(|index| format!("q{index}")).collect();
    let metrics: Vec<(&str, &dyn Fn(usize) -> f64)> = names.iter().map(|name| (name.as_str(), slow)).collect();
    place.write(FILE, history(80, &metrics));
    let report = reported(&place, "");
    for name in &names {
        let found = changes(&report, name);
        let runs: Vec<&Value> = found.iter().map(|change| &change["run"]).collect();
        assert_eq!(runs, [30, 35], "{name}");
        assert_eq!(found[0]["state"], "recovered");
    }
}

#[test]
fn another_environment_is_named_with_what_it_explains() {
    let place = Place::new();
    let of = |alternate: bool| -> String {
        let value = |run: usize| if alternate && run % 2 == 1 || !alternate && run >= 40 { 0.013 } else { 0.01 };
        let text = history(80, &[("search", &value), ("order", &|_| 0.02)]);
        let named = text.lines().enumerate().map(|(run, line)| {
            let build = if alternate && run % 2 == 1 || !alternate && run >= 40 { "debug" } else { "release" };
            line.replace(r#""metrics""#, &format!(r#""env":{{"build":"{build}"}},"metrics""#)) + "\n"
        });
        named.collect()
    };
    place.write(FILE, of(false));
    let run = place.run(&format!("history report {FILE} -o out.md -o out.html -o out.json --fail-on change"));
    run.exits(0).says("1 difference explained by the environment in 80 runs");
    let said = "2026-02-13 0000028: build=debug (before: build=release): `search` +";
    run.says(&format!("environment: {said}")).says("explained by the environment and no change");
    assert!(place.read("out.md").contains(&format!("- environment: {said}")));
    let page = place.read("out.html");
    assert!(page.contains("<code>search</code> +") && page.contains("build=debug"), "the list and the chart say it");
    let boundary = &place.json("out.json")["boundaries"][0];
    assert_eq!((&boundary["run"], &boundary["after_run"]), (&40.into(), &39.into()));
    assert_eq!(boundary["differences"].as_array().unwrap().len(), 1, "what does not differ is not listed");
    // Where two take turns the boundary is named once.
    place.write(FILE, of(true));
    let turns = reported(&place, "");
    assert_eq!(turns["boundaries"].as_array().unwrap().len(), 1);
    assert_eq!(turns["environments"], serde_json::json!([{"build": "release"}, {"build": "debug"}]));
}

#[test]
fn names_are_whole_where_nobody_knows_how_wide_a_line_may_be() {
    let place = Place::new();
    let name = format!("Suite: Benchmarks::{}::Insert<2, false>/10000", "Deeply".repeat(20));
    place.write(FILE, history(60, &[(&name, &|run| if run < 40 { 0.05 } else { 0.06 })]));
    place.run(&format!("history report {FILE} -o list.txt -o out.md")).exits(0).says(&name).says("0000027..0000028");
    assert!(place.read("list.txt").contains(&name));
    assert!(place.read("out.md").contains("`0000027..0000028`"));
}

#[test]
fn a_line_without_metrics_or_with_one_of_them_twice_is_named() {
    let place = Place::new();
    let good = history(10, &[("search", &|_| 0.05)]);
    place.write(FILE, good.replacen(r#""metrics""#, r#""metr""#, 1));
    place.run(&format!("history report {FILE}")).exits(2).complains(":1: a run without metrics");
    let twice = r#""metrics":[{"m":"search","d":"time","b":"<","c":0.07},"#;
    place.write(FILE, good.replacen(r#""metrics":["#, twice, 1));
    place.run(&format!("history report {FILE}")).exits(2).complains(":1: `search` stands in it twice");
    place.run(&format!("history report {FILE} --keep-going")).exits(0).says("line 1 was passed over");
}

#[test]
fn a_run_of_one_sample_or_of_a_tools_own_summary_is_added() {
    let place = Place::new();
    place.write("one.csv", "latency_ms\n20.5\n");
    place.run(&format!("history add {FILE} one.csv --at 2026-01-01")).exits(0).says("1 metric");
    let line: Value = serde_json::from_str(&place.read(FILE)).unwrap();
    assert_eq!(line["metrics"], serde_json::json!([{"m": "latency_ms", "d": "time", "b": "<", "n": 1, "c": 0.0205}]));
    // Mean and median of one name are two statements about one metric.
    let aggregates = fixture("google-benchmark/aggregates_only.json");
    place.run(&format!("history add other.jsonl {aggregates} --at 2026-01-01")).exits(0);
    let line: Value = serde_json::from_str(&place.read("other.jsonl")).unwrap();
    let metrics = line["metrics"].as_array().unwrap();
    let real: Vec<&Value> = metrics.iter().filter(|one| one["m"] == "real_time" && one["g"] == "BM_Sort/64").collect();
    assert_eq!(real.len(), 1, "{metrics:?}");
    assert_eq!(real[0]["c"], 6.591e-7, "the median that the tool states");
}

/// A file of Google Benchmark, of a machine with so much cache.
fn google(place: &Place, name: &str, date: &str, cache: u64, time: f64) {
    let benchmark = format!(
        r#"{{"name":"BM_A","run_name":"BM_A","run_type":"iteration","repetitions":1,"repetition_index":0,"threads":1,"iterations":10,"real_time":{time},"cpu_time":{time},"time_unit":"ns"}}"#
    );
    let caches = format!(r#"[{{"type":"Unified","level":3,"size":{cache},"num_sharing":2}}]"#);
    let context = format!(r#"{{"date":"{date}","num_cpus":2,"mhz_per_cpu":2400,"caches":{caches}}}"#);
    place.write(name, format!(r#"{{"context":{context},"benchmarks":[{benchmark}]}}"#));
}

#[test]
fn dated_files_of_one_day_are_runs_of_their_hour_and_those_of_two_machines_are_two_runs() {
    let place = Place::new();
    google(&place, "kokkos/Atomic_2023-02-22_T16-27-08.json", "2023-02-22T16:31:00+00:00", 37_486_592, 100.0);
    google(&place, "kokkos/Atomic_2023-02-22_T17-36-59.json", "2023-02-22T17:40:00+00:00", 50_331_648, 120.0);
    place.run("history import kokkos -o kokkos.jsonl").exits(0).says("added 2 runs");
    let text = place.read("kokkos.jsonl");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["at"], "2023-02-22T16:31:00Z", "the file knows it better than its name");
    assert_ne!(lines[0]["machine"], lines[1]["machine"]);
    // One day, two machines.
    google(&place, "nightly/2023-02-23/a.json", "2023-02-23T01:00:00+00:00", 37_486_592, 100.0);
    google(&place, "nightly/2023-02-23/b.json", "2023-02-23T01:10:00+00:00", 50_331_648, 120.0);
    place.run("history import nightly -o nightly.jsonl").exits(0).says("added 2 runs");
    assert!(place.read("nightly.jsonl").lines().all(|line| line.contains("2023-02-23T00:00:00Z")));
}

#[test]
fn two_files_that_hold_the_metric_of_a_history_are_said_to_be_why_it_is_missing() {
    let place = Place::new();
    place.write(FILE, history(40, &[("latency_ms", &|_| 0.05)]));
    place.write("same.csv", samples("latency_ms", 50, 50.0)).write("slower.csv", samples("latency_ms", 50, 70.0));
    let run = place.run(&format!("history compare {FILE} same.csv slower.csv --fail-on regression"));
    run.exits(1).says("`latency_ms` stands in several files (same, slower)");
}
