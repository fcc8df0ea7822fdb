//! Histories: appended to by many at once, searched for changes that are true, acknowledged, imported.

use std::fmt::Write as _;

use serde_json::Value;

use crate::compare::samples;
use crate::support::{Place, fixture};

pub(crate) const FILE: &str = "perf-history.jsonl";

/// The night of a run, as an instant.
pub(crate) fn night(index: usize) -> String {
    let day = index % 28 + 1;
    format!("2026-{:02}-{day:02}T02:00:00Z", index / 28 + 1)
}

/// Noise of about 1% that repeats after 97 values, written down by nobody: a multiplicative generator.
fn noise(index: usize) -> f64 {
    let mixed = (index as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let other = (mixed ^ (mixed >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    // The sum of four uniform values is nearly normal, with a standard deviation of 0.577.
    let part = |shift: u32| ((other >> shift) & 0xffff) as f64 / 65_536.0 - 0.5;
    0.017 * (part(0) + part(16) + part(32) + part(48))
}

/// A history of one metric a name; each value is multiplied with noise.
pub(crate) fn history(runs: usize, metrics: &[(&str, &dyn Fn(usize) -> f64)]) -> String {
    let mut text = String::new();
    for run in 0..runs {
        let values: Vec<String> = metrics
            .iter()
            .enumerate()
            .map(|(place, (name, value))| {
                let value = value(run) * (1.0 + noise(run * 31 + place * 7919));
                format!(r#"{{"m":"{name}","d":"time","b":"<","c":{value:.6}}}"#)
            })
            .collect();
        writeln!(
            text,
            r#"{{"history":1,"at":"{}","commit":"{run:07x}","metrics":[{}]}}"#,
            night(run),
            values.join(",")
        )
        .unwrap();
    }
    text
}

pub(crate) fn reported(place: &Place, more: &str) -> Value {
    place.run(&format!("history report {FILE} -q -o out.json {more}")).exits(0);
    place.json("out.json")
}

pub(crate) fn changes<'a>(report: &'a Value, name: &str) -> Vec<&'a Value> {
    let metric = report["metrics"].as_array().unwrap().iter().find(|metric| metric["name"] == name).unwrap();
    metric["changes"].as_array().unwrap().iter().collect()
}

#[test]
fn a_run_is_one_line_and_the_same_files_are_refused() {
    let place = Place::new();
    place.write("a.csv", samples("latency_ms", 100, 50.0)).write("b.csv", samples("latency_ms", 100, 51.0));
    place.run(&format!("history add {FILE} a.csv --commit 3f2a91c")).exits(2).complains("--at");
    place.run(&format!("history add {FILE} a.csv --at 2026-11-28T02:00Z --commit 3f2a91c --branch main")).exits(0);
    place.run(&format!("history add {FILE} a.csv --at 2026-11-29T02:00Z")).exits(2).complains("added already");
    place.run(&format!("history add {FILE} b.csv --at 2026-11-27T02:00Z --env build=release")).exits(0).says("2 runs");
    let text = place.read(FILE);
    assert_eq!(text.lines().count(), 2);
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&line["history"], &line["at"], &line["commit"]),
        (&1.into(), &"2026-11-28T02:00:00Z".into(), &"3f2a91c".into())
    );
    let metric = &line["metrics"][0];
    assert_eq!((&metric["m"], &metric["d"], &metric["n"]), (&"latency_ms".into(), &"time".into(), &100.into()));
    let bytes = serde_json::to_string(metric).unwrap().len() - "latency_ms".len();
    assert!(bytes <= 150, "{bytes}: {metric}");
    let report = reported(&place, "");
    assert_eq!(report["runs"][0]["at"], "2026-11-27T02:00:00Z", "by instant, not by line");
    place.run("summarize perf-history.jsonl").exits(2).complains("history report");
}

#[test]
fn twenty_writers_at_once_lose_nothing() {
    let place = Place::new();
    for writer in 0..20 {
        place.write(&format!("{writer}.csv"), samples("latency_ms", 20, 50.0 + f64::from(writer)));
    }
    std::thread::scope(|scope| {
        for writer in 0..20 {
            let place = &place;
            scope.spawn(move || {
                place.run(&format!("history add {FILE} {writer}.csv --at 2026-11-{:02}T02:00Z", writer + 1)).exits(0);
            });
        }
    });
    let text = place.read(FILE);
    assert_eq!(text.lines().count(), 20);
    assert!(text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    assert_eq!(reported(&place, "")["counts"]["runs"], 20);
}

#[test]
fn a_step_is_reported_with_its_run_and_commit_and_a_quiet_metric_is_not() {
    let place = Place::new();
    let step = |run: usize| if run < 40 { 0.050 } else { 0.056 };
    place.write(FILE, history(60, &[("search", &step), ("order", &|_| 0.080)]));
    let run = place.run(&format!("history report {FILE}"));
    run.exits(0).says("search").says("0000028").says("since 2026-02-13").never_says("order ");
    let report = reported(&place, "");
    let found = changes(&report, "search");
    assert_eq!(found.len(), 1, "{found:?}");
    let change = found[0];
    assert_eq!(
        (&change["run"], &change["commit"], &change["after_commit"]),
        (&40.into(), &"0000028".into(), &"0000027".into())
    );
    assert_eq!((&change["direction"], &change["state"]), (&"worse".into(), &"new".into()));
    let (ratio, low, high) =
        (change["ratio"].as_f64().unwrap(), change["low"].as_f64().unwrap(), change["high"].as_f64().unwrap());
    assert!((ratio - 1.12).abs() < 0.01 && low < 1.12 && high > 1.12, "{ratio} [{low}, {high}]");
    assert!(changes(&report, "order").is_empty());
}

#[test]
fn one_odd_night_is_no_change_and_a_slow_host_is_none_of_all() {
    let place = Place::new();
    let odd = |run: usize| if run == 59 { 0.09 } else { 0.05 };
    place.write(FILE, history(60, &[("search", &odd)]));
    assert!(changes(&reported(&place, ""), "search").is_empty());
    let slow = |run: usize| if run == 30 { 0.07 } else { 0.05 };
    let names = ["a", "b", "c", "d", "e", "f"];
    let metrics: Vec<(&str, &dyn Fn(usize) -> f64)> = names.iter().map(|name| (*name, &slow as _)).collect();
    place.write(FILE, history(60, &metrics));
    let report = reported(&place, "");
    assert!(report["runs"][30]["slow_host"].as_f64().is_some_and(|factor| (factor - 1.4).abs() < 0.03));
    assert!(names.iter().all(|name| changes(&report, name).is_empty()));
    place.run(&format!("history report {FILE}")).exits(0).says("odd host").never_says("alternates");
    // Two kinds of machines in turn are no accident of a night.
    let slow = |run: usize| if run % 4 == 1 { 0.07 } else { 0.05 };
    let metrics: Vec<(&str, &dyn Fn(usize) -> f64)> = names.iter().map(|name| (*name, &slow as _)).collect();
    place.write(FILE, history(60, &metrics));
    let report = reported(&place, "");
    let note = report["notes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|note| note.as_str())
        .find(|note| note.contains("alternates"));
    assert!(
        note.is_some_and(|note| note.starts_with("14 of 60 runs were on an odd host") || note.starts_with("15 of 60")),
        "{report}"
    );
}

#[test]
fn another_environment_is_a_boundary_and_no_change() {
    let place = Place::new();
    let text: String = history(60, &[("search", &|run| if run < 30 { 0.05 } else { 0.08 })])
        .lines()
        .enumerate()
        .map(|(run, line)| {
            let machine = if run < 30 { "Model A" } else { "Model B" };
            line.replace(r#""metrics""#, &format!(r#""machine":{{"cpu":"{machine}"}},"metrics""#)) + "\n"
        })
        .collect();
    place.write(FILE, text);
    let report = reported(&place, "");
    assert!(changes(&report, "search").is_empty());
    assert_eq!((&report["runs"][29]["environment"], &report["runs"][30]["environment"]), (&0.into(), &1.into()));
}

#[test]
fn a_drift_is_said_to_be_one() {
    let place = Place::new();
    place.write(FILE, history(80, &[("memory", &|run| 0.1 * (1.0 + 0.004 * run as f64))]));
    place.run(&format!("history report {FILE}")).exits(0).says("drifts");
    let report = reported(&place, "");
    let drift = &report["metrics"][0]["drift"]["lines"][0];
    let (first, last) = (drift["first"].as_f64().unwrap(), drift["last"].as_f64().unwrap());
    assert!((last / first - 1.316).abs() < 0.04, "{first} {last}");
}

#[test]
fn a_gate_fails_on_what_began_lately_and_an_acknowledged_change_passes_it() {
    let place = Place::new();
    place.write(FILE, history(60, &[("search", &|run| if run < 40 { 0.050 } else { 0.058 }), ("order", &|_| 0.080)]));
    place.run(&format!("history report {FILE} --fail-on change:30d")).exits(1).says("gate failed");
    place.run(&format!("history report {FILE} --fail-on change:10d")).exits(0).says("gate passed");
    place.run(&format!("history report {FILE} --fail-on change:soon")).exits(2).complains("change:30d");
    place.run(&format!("history ack {FILE} searhc 0000028 --note x")).exits(2).complains("did you mean `search`");
    place.run(&format!("history ack {FILE} search fffffff --note x")).exits(2).complains("no run");
    let words = ["history", "ack", FILE, "search", "0000028", "--note", "new TLS library, accepted"];
    place.run_words(&words, b"").exits(0);
    assert_eq!(place.read(FILE).lines().count(), 61, "a line is appended");
    place.run(&format!("history report {FILE} --fail-on change:30d")).exits(0).says("acknowledged (new TLS library");
}

#[test]
fn what_went_back_is_recovered_and_still_shown() {
    let place = Place::new();
    place.write(FILE, history(90, &[("search", &|run| if (30..60).contains(&run) { 0.06 } else { 0.05 })]));
    let report = reported(&place, "");
    let states: Vec<&Value> = changes(&report, "search").iter().map(|change| &change["state"]).collect();
    assert_eq!(states, ["recovered", "new"], "the way back is a change for the better");
    assert_eq!(report["counts"]["worse"], 0);
}

#[test]
fn few_runs_say_nothing_and_a_gate_on_them_is_undecided() {
    let place = Place::new();
    place.write(FILE, history(2, &[("search", &|run| if run < 1 { 0.05 } else { 0.5 })]));
    place.run(&format!("history report {FILE}")).exits(0).says("too few runs");
    assert!(changes(&reported(&place, ""), "search").is_empty());
    place.run(&format!("history report {FILE} --fail-on change")).exits(1).says("gate undecided");
}

#[test]
fn a_damaged_or_newer_line_is_named_and_passed_over_only_when_asked_for() {
    let place = Place::new();
    let good = history(10, &[("search", &|_| 0.05)]);
    place.write(FILE, format!("{good}{{\"history\":1,\"at\":\"20\n{{\"history\":7,\"when\":1}}\n"));
    let run = place.run(&format!("history report {FILE}"));
    run.exits(2).complains("perf-history.jsonl:11").complains("version 7");
    place.run(&format!("history report {FILE} --keep-going")).exits(0).says("line 11 was passed over");
    // Who adds a run loses nothing of it, and stops at nothing of it.
    place.write("a.csv", samples("latency_ms", 20, 50.0));
    place.run(&format!("history add {FILE} a.csv --at 2026-11-28T02:00Z")).exits(0);
    assert_eq!(place.read(FILE).lines().count(), 13);
    place.write("other.txt", "no history\n");
    place.run("history add other.txt a.csv --at 2026-11-28T02:00Z").exits(2).complains("no history");
    assert_eq!(place.read("other.txt"), "no history\n");
}

#[test]
fn only_what_is_asked_for_is_looked_at() {
    let place = Place::new();
    let step = |run: usize| if run < 20 { 0.050 } else { 0.058 };
    place.write(FILE, history(60, &[("search", &step), ("order", &step)]));
    let report = reported(&place, "--metric sea*");
    assert_eq!(report["metrics"].as_array().unwrap().len(), 1);
    place.run(&format!("history report {FILE} --metric nothing")).exits(2).complains("no metric matches");
    let lately = reported(&place, "--since 20d");
    assert!(lately["runs"].as_array().unwrap().len() <= 21 && changes(&lately, "search").is_empty());
    let small = reported(&place, "--margin 30%");
    assert_eq!(small["counts"]["small"], 2);
}

#[test]
fn metrics_of_one_name_are_told_apart_by_their_files_and_repetitions_are_one() {
    let place = Place::new();
    place.write("a.csv", samples("latency_ms", 20, 50.0)).write("b.csv", samples("latency_ms", 20, 60.0));
    place.run(&format!("history add {FILE} a.csv b.csv --at 2026-11-28T02:00Z --commit 1234567")).exits(0);
    let line: Value = serde_json::from_str(&place.read(FILE)).unwrap();
    let names: Vec<&Value> = line["metrics"].as_array().unwrap().iter().map(|metric| &metric["m"]).collect();
    assert_eq!(names, ["a: latency_ms", "b: latency_ms"]);
    place.run(&format!("history ack {FILE} *latency_ms 1234567 --note x")).exits(2).complains("fits 2 metrics");
    // Files that differ in a number are repetitions.
    place.write("run-1.csv", samples("latency_ms", 20, 50.0)).write("run-2.csv", samples("latency_ms", 20, 50.5));
    place.run("history add other.jsonl run-1.csv run-2.csv --at 2026-11-28T02:00Z").exits(0);
    let line: Value = serde_json::from_str(&place.read("other.jsonl")).unwrap();
    assert_eq!(line["metrics"][0]["n"], 40);
}

#[test]
fn a_page_is_whole_without_script_or_request_and_says_what_the_list_says() {
    let place = Place::new();
    let file = fixture("history/perf-history.jsonl");
    place.run(&format!("history report {file} -o history.html -o history.md -o history.json -o list.txt")).exits(0);
    let page = place.read("history.html");
    assert!(page.contains("script-src 'none'") && !page.contains("<script"));
    assert!(!page.contains("http://") || !page.replace("http://www.w3.org/2000/svg", "").contains("http://"));
    assert!(!page.contains("https://") && !page.contains("{CSP-STYLE}"));
    for part in ["latency/GET-search", "mark worse", "steps", "heat worse", "<details", "95% interval"] {
        assert!(page.contains(part), "{part}");
    }
    let list = place.read("list.txt");
    assert!(list.contains("latency/GET-search") && list.contains("memory drifts"), "{list}");
    assert!(list.contains("odd host: 2026-09-30T02:00:00Z"), "{list}");
    let report = place.json("history.json");
    let change = changes(&report, "latency/GET-search");
    assert_eq!((change.len(), &change[0]["run"]), (1, &55.into()));
    assert!(place.read("history.md").contains("| `latency/GET-search` |"));
    let (first, second) = (page, {
        place.run(&format!("history report {file} -o history.html -q")).exits(0);
        place.read("history.html")
    });
    assert_eq!(first, second, "the same input gives the same bytes");
}

#[test]
fn a_history_of_github_action_benchmark_is_imported_with_its_commits() {
    let place = Place::new();
    let data = fixture("github-action-benchmark/data.js");
    place.run(&format!("history import {data} -o {FILE}")).exits(0).says("added");
    let text = place.read(FILE);
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(first["commit"], "0000000000000000000000000000000000000001");
    assert_eq!(first["at"], "2025-03-01T10:00:00Z");
    let parse = first["metrics"].as_array().unwrap().iter().find(|metric| metric["m"] == "Shop: parse").unwrap();
    assert_eq!((&parse["d"], &parse["b"], &parse["c"]), (&"time".into(), &"<".into(), &0.041_02.into()));
    let lines = text.lines().count();
    place.run(&format!("history import {data} -o {FILE}")).exits(0).says("were there already");
    assert_eq!(place.read(FILE).lines().count(), lines, "nothing is added twice");
}

#[test]
fn rows_baselines_documents_and_dated_folders_are_imported() {
    let place = Place::new();
    let mut rows = "time,commit,latency_ms,throughput_rps\n".to_owned();
    for run in 0..12 {
        writeln!(rows, "{},{run:07x}a,{},{}", night(run), 20 + run, 900 - run).unwrap();
    }
    place.write("otava.csv", rows);
    place.run("history import otava.csv -o rows.jsonl").exits(0).says("added 12 runs");
    let first: Value = serde_json::from_str(place.read("rows.jsonl").lines().next().unwrap()).unwrap();
    assert_eq!(first["commit"], "0000000a");
    let latency = first["metrics"].as_array().unwrap().iter().find(|metric| metric["m"] == "latency_ms").unwrap();
    assert_eq!((&latency["c"], &latency["d"]), (&0.02.into(), &"time".into()));

    for (folder, median) in [("results/2026-11-27", 50.0), ("results/2026-11-28", 51.0)] {
        place.write(&format!("{folder}/run.csv"), samples("latency_ms", 50, median));
    }
    place.run("history import results -o dated.jsonl").exits(0).says("added 2 runs");
    assert!(place.read("dated.jsonl").lines().next().unwrap().contains("2026-11-27T00:00:00Z"));

    place.run("summarize results/2026-11-27/run.csv -q --save-baseline base-2026-11-27-3f2a91c.json").exits(0);
    place.run("history import base-2026-11-27-3f2a91c.json -o base.jsonl").exits(0);
    assert!(place.read("base.jsonl").contains(r#""commit":"3f2a91c""#));

    let asv = fixture("asv/0123456-virtualenv-py3.12.json");
    place.run(&format!("history import {asv} -o asv.jsonl")).exits(0).says("added 1 run");
    place.write("plain.csv", samples("latency_ms", 50, 50.0));
    place.run("history import plain.csv -o none.jsonl").exits(2).complains("states one instant");
}

#[test]
fn a_service_that_is_down_fails_the_gate_of_its_history_at_once_and_its_quick_failures_are_no_improvement() {
    let place = Place::new();
    for index in 0..12 {
        let down = index == 11;
        let row = |request: usize| {
            let (took, code) = if down { (2, 503) } else { (80 + request * 29 % 41 + index % 3, 200) };
            format!("{},{took},/pay,{code}\n", 1_700_000_000_000_u64 + (index * 86_400_000 + request * 500) as u64)
        };
        let rows: String = (0..60).map(row).collect();
        place.write("run.jtl", format!("timeStamp,elapsed,label,responseCode\n{rows}"));
        place.run(&format!("history add {FILE} run.jtl --at {} --commit {index:07x}", night(index))).exits(0);
        let gate = place.run(&format!("history report {FILE} --fail-on change:30d"));
        if down {
            gate.exits(1).says("`failed rows`: 60 of 60 failed in the newest run");
        } else if index == 10 {
            gate.exits(0);
        }
    }
    let report = reported(&place, "");
    let elapsed = report["metrics"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "elapsed/pay" || one["name"] == "elapsed//pay");
    assert_eq!(elapsed.unwrap()["points"].as_array().unwrap().len(), 11, "the last run has nothing but failures");
    assert_eq!(report["failing"][0]["before"], 0.0);
}

/// A history of forty nights of one metric around 50 ms, and a file of a run whose median is so many times that.
fn with_run(place: &Place, factor: f64) {
    place.write(FILE, history(40, &[("latency_ms", &|_| 0.05)]));
    let values = (0..100).fold("latency_ms\n".to_owned(), |text, index| {
        // Sixteen steps of 1 ms around the level.
        format!("{text}{:.3}\n", factor * (42.0 + f64::from(index * 7 % 17)))
    });
    place.write("run.csv", &values);
}

#[test]
fn a_run_is_compared_with_the_nights_before_it_and_added_nowhere() {
    let place = Place::new();
    with_run(&place, 1.0);
    let before = place.read(FILE);
    let said =
        place.run(&format!("history compare {FILE} run.csv --fail-on regression -o out.json")).exits(0).stdout.clone();
    assert!(said.contains("this run: nothing that the runs before it do not explain"), "{said}");
    let report = place.json("out.json");
    let value = &report["newest"]["metrics"][0];
    assert_eq!((&report["newest"]["is_kept"], &value["metric"]), (&Value::Bool(false), &Value::from("latency_ms")));
    assert_eq!(value["runs"], 40);
    // The run knows its own median to 2%, more than its nights differ by: one more night lies within about 4% of the level.
    let [low, level, high] = ["low", "level", "high"].map(|key| value[key].as_f64().unwrap());
    assert!((0.047..0.049).contains(&low) && (0.051..0.053).contains(&high), "{value}");
    assert!((level / 0.05 - 1.0).abs() < 0.01, "{value}");
    with_run(&place, 1.3);
    let said = place.run(&format!("history compare {FILE} run.csv --fail-on regression")).exits(1).stdout.clone();
    assert!(said.starts_with("this run: `latency_ms` +29.9% beside 40 runs before it"), "{said}");
    assert!(said.contains("gate failed: `latency_ms` is worse than the runs before it"), "{said}");
    with_run(&place, 0.5);
    let said = place.run(&format!("history compare {FILE} run.csv --fail-on regression")).exits(0).stdout.clone();
    assert!(said.contains("improved"), "{said}");
    assert_eq!(place.read(FILE), before);
}

#[test]
fn one_odd_night_is_said_of_the_newest_run_before_it_is_a_change() {
    let place = Place::new();
    place.write(
        FILE,
        history(40, &[("slow", &|run| if run == 39 { 1.2 } else { 1.0 }), ("calm", &|_| 1.0), ("quick", &|_| 0.002)]),
    );
    let report = reported(&place, "");
    assert_eq!(changes(&report, "slow").len(), 0);
    assert_eq!(report["newest"]["counts"]["regressed"], 1);
    assert_eq!(report["newest"]["metrics"][0]["metric"], "slow");
    assert_eq!(report["newest"]["metrics"][0]["runs"], 39);
    place.run(&format!("history report {FILE} -q --fail-on change:30d")).exits(0);
    let said = place.run(&format!("history report {FILE} --fail-on change:30d,regression")).exits(1).stdout.clone();
    assert!(said.starts_with("the newest run: `slow` +"), "{said}");
    place.run(&format!("history report {FILE} -q -o out.md -o out.html")).exits(0);
    for form in ["out.md", "out.html"] {
        let text = place.read(form);
        assert!(text.contains("The newest run, ") && text.contains("39 runs since"), "{form}: {text}");
    }
}

#[test]
fn what_the_newest_run_cannot_be_compared_on_leaves_the_gate_undecided() {
    let place = Place::new();
    // Three nights are no stretch.
    place.write(FILE, history(4, &[("latency", &|_| 1.0)]));
    let said = place.run(&format!("history report {FILE} --fail-on regression")).exits(1).stdout.clone();
    assert!(said.contains("gate undecided: no metric has 4 runs since its last change"), "{said}");
    // A metric that is gone is worse than any.
    let mut text = history(20, &[("latency", &|_| 1.0), ("gone", &|_| 1.0)]);
    text.push_str(history(21, &[("latency", &|_| 1.0)]).lines().last().unwrap());
    place.write(FILE, &text);
    let said = place.run(&format!("history report {FILE} --fail-on regression")).exits(1).stdout.clone();
    assert!(said.contains("`gone` is missing"), "{said}");
}

#[test]
fn a_newest_run_on_a_slow_host_is_said_to_be_one() {
    let place = Place::new();
    let names: Vec<String> = (0..8).map(|index| format!("m{index}")).collect();
    let slow: &dyn Fn(usize) -> f64 = &|run| if run == 29 { 1.4 } else { 1.0 };
    let metrics: Vec<(&str, &dyn Fn(usize) -> f64)> = names.iter().map(|name| (name.as_str(), slow)).collect();
    place.write(FILE, history(30, &metrics));
    let said = place.run(&format!("history report {FILE}")).exits(0).stdout.clone();
    assert!(said.starts_with("the newest run: all metrics together 40"), "{said}");
    let report = reported(&place, "");
    assert_eq!(report["newest"]["counts"]["regressed"], 8);
}

#[test]
fn a_run_that_is_in_the_history_is_no_other_run() {
    let place = Place::new();
    with_run(&place, 1.0);
    place.run(&format!("history add {FILE} run.csv --at 2027-11-28T02:00:00Z")).exits(0);
    let said = place.run(&format!("history compare {FILE} run.csv")).exits(2).stderr.clone();
    assert!(said.contains("the same files were added already"), "{said}");
    place.run("history compare nowhere.jsonl run.csv").exits(2);
    let said = place.run(&format!("history compare {FILE} run.csv --fail-on worse")).exits(2).stderr.clone();
    assert!(said.contains("write change:30d"), "{said}");
}

#[test]
fn a_drift_that_turns_is_drawn_as_the_lines_it_is_made_of() {
    let place = Place::new();
    let turning = |run: usize| if run < 60 { 0.1 + 0.002 * run as f64 } else { 0.22 - 0.003 * (run - 60) as f64 };
    place.write(FILE, history(100, &[("memory", &turning)]));
    place.run(&format!("history report {FILE} -o history.html -o history.json")).exits(0).says("drifts");
    let report = place.json("history.json");
    let drift = &report["metrics"][0]["drift"];
    let lines = drift["lines"].as_array().unwrap();
    assert_eq!((lines.len(), &drift["steps_tested"]), (2, &false.into()), "{drift}");
    let turn = lines[1]["from"].as_u64().unwrap();
    assert!((56..=64).contains(&turn), "{drift}");
    assert_eq!(lines[0]["to"].as_u64(), Some(turn - 1));
    assert!(lines[1]["last"].as_f64() < lines[1]["first"].as_f64(), "{drift}");
    let path =
        place.read("history.html").split("class=\"drift\"").nth(1).unwrap().split("/>").next().unwrap().to_owned();
    assert_eq!(path.matches('M').count(), 2, "{path}");
}

#[test]
fn samples_before_and_after_a_change_stand_beside_each_other() {
    let place = Place::new();
    let line = |run: usize| {
        let center = if run < 30 { 0.050 } else { 0.060 } * (1.0 + noise(run));
        // From 0.8 to twice the center.
        let shape = r#"[-200,1000,"048CGKOSWaeimquz"]"#;
        let metric = format!(r#"{{"m":"latency","d":"time","b":"<","n":500,"c":{center:.6},"q":{shape}}}"#);
        format!(r#"{{"history":1,"at":"{}","commit":"{run:07x}","metrics":[{metric}]}}"#, night(run))
    };
    place.write(FILE, (0..40).map(line).collect::<Vec<String>>().join("\n"));
    let report = reported(&place, "-o out.html");
    let found = &changes(&report, "latency")[0]["distributions"];
    assert_eq!(found["runs"], serde_json::json!([20, 10]), "the nearest runs of each level");
    let ends = [("before", 0.04, 0.1), ("after", 0.048, 0.12)];
    for (side, least, most) in ends {
        let quantiles: Vec<f64> = found[side].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
        assert!(
            (quantiles[0] / least - 1.0).abs() < 0.02 && (quantiles[15] / most - 1.0).abs() < 0.02,
            "{quantiles:?}"
        );
    }
    let page = place.read("out.html");
    assert!(page.contains("10 runs after it, 20 runs before it (grey)"), "the page says whose samples they are");
}
