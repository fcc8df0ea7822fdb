//! Baseline files: saved, added to, shown, compared with, refused.

use std::fs;

use serde_json::Value;

use crate::compare::{change, samples};
use crate::support::{Place, fixture};

const FILE: &str = "perf-baseline.json";

fn saved(paths: &str) -> Place {
    let place = Place::new();
    place.run(&format!("summarize {paths} -q --save-baseline {FILE}")).exits(0);
    place
}

fn against(place: &Place, paths: &str) -> Value {
    place.run(&format!("summarize {paths} -q --baseline {FILE} -o out.json")).exits(0);
    place.json("out.json")
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let paths = fixture("chat");
    let (one, two) = (saved(&paths), saved(&paths));
    assert_eq!(one.read(FILE), two.read(FILE));
    assert!(one.read(FILE).len() < 40_000, "{} bytes are too many to commit", one.read(FILE).len());
}

#[test]
fn a_baseline_says_the_same_as_the_files_it_was_made_of() {
    let place = saved(&fixture("compare/before.csv"));
    let after = fixture("compare/after.csv");
    let held = against(&place, &after);
    place.run(&format!("compare {} {after} -q -o files.json", fixture("compare/before.csv"))).exits(0);
    let files = place.json("files.json");
    assert_eq!(held["comparison"]["changes"], files["comparison"]["changes"]);
    place.run(&format!("compare {FILE} {after} -q -o mixed.json")).exits(0);
    assert_eq!(place.json("mixed.json")["comparison"]["changes"], files["comparison"]["changes"]);
    place.run(&format!("compare {FILE} {FILE} -o both.json")).exits(0);
    assert_eq!(place.json("both.json")["comparison"]["counts"]["regressed"], 0);
}

#[test]
fn of_a_file_that_grew_only_the_new_rows_are_compared() {
    let place = Place::new();
    let old = samples("latency_ms", 100, 50.0);
    place.write("log.csv", &old);
    place.run(&format!("summarize log.csv -q --save-baseline {FILE}")).exits(0);
    let new: String = samples("latency_ms", 120, 75.0).lines().skip(1).map(|line| format!("{line}\n")).collect();
    place.write("log.csv", format!("{old}{new}"));
    let report = against(&place, "log.csv");
    assert_eq!(report["comparison"]["grown"][0]["seen_lines"], 101);
    assert_eq!(report["comparison"]["grown"][0]["new_lines"], 120);
    let found = change(&report, "latency_ms", None);
    assert_eq!((&found["before"]["samples"], &found["after"]["samples"]), (&100.into(), &120.into()));
    assert_eq!(found["verdict"], "regressed");
    assert_eq!(report["verdict"]["samples"], 220, "the report is about the whole file");
    // A change of the old part makes it another file.
    place.write("log.csv", format!("{}{new}", old.replacen('3', "4", 1)));
    let report = against(&place, "log.csv");
    assert!(report["comparison"]["grown"].as_array().unwrap().is_empty());
    assert_eq!(change(&report, "latency_ms", None)["after"]["samples"], 220);
}

#[test]
fn more_runs_make_the_noise_known() {
    let place = Place::new();
    for run in 1..=3 {
        place.run(&format!("baseline add {FILE} {}", fixture(&format!("runs/run-{run}.csv")))).exits(0);
    }
    place.run(&format!("baseline show {FILE}")).exits(0).says("3 recordings").says("noise between runs").says("query");
    let report = against(&place, &fixture("runs/run-4.csv"));
    let found = change(&report, "duration_ms", Some("query"));
    assert_eq!((&found["before"]["runs"], &found["after"]["runs"]), (&3.into(), &1.into()));
    assert_eq!(found["verdict"], "inconclusive", "runs of this program differ by more: {found:#}");
}

#[test]
fn the_same_run_is_not_added_twice() {
    let place = Place::new();
    let run = fixture("runs/run-1.csv");
    place.run(&format!("baseline add {FILE} {run}")).exits(0);
    let before = place.read(FILE);
    place.run(&format!("baseline add {FILE} {run}")).exits(2).complains("run-1.csv");
    assert_eq!(place.read(FILE), before);
}

#[test]
fn several_runs_in_one_file_are_several_runs() {
    let place = Place::new();
    let run = |middle| samples("latency_ms", 40, middle);
    place.write("before.csv", format!("{}{}{}", run(50.0), run(52.0), run(49.0)));
    place.write("after.csv", run(51.0));
    place.run("compare before.csv after.csv -o out.json").exits(0);
    assert_eq!(change(&place.json("out.json"), "latency_ms", None)["before"]["runs"], 3);
}

#[test]
fn another_environment_is_not_compared() {
    let place = Place::new();
    place.write("old.csv", samples("latency_ms", 300, 50.0)).write("run.csv", samples("latency_ms", 300, 50.5));
    place.run(&format!("summarize old.csv -q --env build=debug --save-baseline {FILE}")).exits(0);
    let run = format!("summarize run.csv --baseline {FILE} --fail-on regression -o out.json");
    place.run(&format!("{run} --env build=debug")).exits(0);
    place.run(&format!("{run} --env build=release")).exits(0).says("1 incomparable");
    let report = place.json("out.json");
    let found = change(&report, "latency_ms", None);
    assert_eq!((&found["verdict"], &found["reason"]["kind"]), (&"incomparable".into(), &"environment_differs".into()));
    assert_eq!(found["effects"][0]["verdict"], Value::Null, "the effect is shown and not judged");
    assert!((found["effects"][0]["estimate"].as_f64().unwrap() - 1.01).abs() < 1e-9);
    // Twice as slow is too large to be passed over, wherever it was measured.
    place.write("run.csv", samples("latency_ms", 300, 100.0));
    place.run(&run).exits(1).says("Gate: undecided: 1 large change on another machine");
    place.run(&format!("{run} --undecided pass")).exits(0).says("Gate: undecided, and let pass");
    place.run(&format!("{run} --env build=debug --undecided pass")).exits(1).says("1 metric regressed");
    place.run(&format!("{run} --env build=debug --env build=release")).exits(2).complains("build");
}

#[test]
fn a_run_that_the_gate_stops_does_not_become_the_baseline() {
    let place = saved(&fixture("compare/before.csv"));
    let old = place.read(FILE);
    let after = fixture("compare/after.csv");
    place
        .run(&format!("summarize {after} --baseline {FILE} --fail-on regression --save-baseline {FILE}"))
        .exits(1)
        .says("not saved");
    assert_eq!(place.read(FILE), old);
    place.run(&format!("summarize {after} -q --baseline {FILE} --save-baseline {FILE}")).exits(0);
    assert_ne!(place.read(FILE), old);
}

#[test]
fn only_a_baseline_is_ever_replaced_by_one() {
    let place = Place::new();
    place.write("data.json", "[{\"latency_ms\": 1}, {\"latency_ms\": 2}]").write("run.csv", "latency_ms\n1\n2\n");
    for command in ["summarize run.csv -q --save-baseline data.json", "baseline add data.json run.csv"] {
        place.run(command).exits(2).complains("data.json");
        assert!(place.read("data.json").starts_with('['));
    }
    place.run("summarize run.csv -q --save-baseline run.csv").exits(2);
    place.run("summarize run.csv -o r.json -q").exits(0);
    place.run("summarize run.csv -q --save-baseline r.json").exits(2).complains("r.json");
    place.run("baseline show r.json").exits(2).complains("no baseline");
    place.run("baseline show nothing.json").exits(2).complains("does not exist");
}

#[test]
fn a_damaged_or_newer_baseline_is_a_clear_error() {
    let place = saved(&fixture("compare/before.csv"));
    let whole = place.read(FILE);
    let cases = [
        (whole.replacen("\"version\": 3", "\"version\": 99", 1), "update perfreport"),
        (whole[..whole.len() / 2].to_owned(), "ends in the middle"),
        (whole.replacen("0.0", "0.1", 1), "changed"),
    ];
    for (text, complaint) in cases {
        assert_ne!(text, whole, "{complaint}");
        place.write(FILE, &text);
        let run = place.run(&format!("summarize {} -q --baseline {FILE}", fixture("compare/after.csv")));
        run.exits(2).complains(FILE).complains(complaint);
    }
}

#[test]
fn a_million_samples_fit_into_a_file_to_commit() {
    let place = Place::new();
    let mut text = String::from("latency_ms\n");
    for index in 0..200_000_u32 {
        text.push_str(&format!("{}\n", 5 + index.wrapping_mul(2_654_435_761) % 9973));
    }
    place.write("run.csv", text);
    place.run(&format!("summarize run.csv -q --save-baseline {FILE}")).exits(0);
    let size = fs::metadata(place.path().join(FILE)).unwrap().len();
    assert!(size < 40_000, "{size}");
    // What stands in a sketch is known to within its error, and the intervals allow for it.
    let report = against(&place, "run.csv");
    let found = change(&report, "latency_ms", None);
    assert!(found["before"]["value_error"].as_f64().unwrap() > 0.0);
    assert_eq!(found["verdict"], "unchanged", "{found:#}");
    let excluded = |effect: &Value| effect["excluded"] == true;
    assert!(!found["effects"].as_array().unwrap().iter().any(excluded), "whole milliseconds are no change: {found:#}");
}

#[test]
fn nothing_of_the_machine_but_its_kind_is_kept() {
    let place = saved(&fixture("runs/run-1.csv"));
    let text = place.read(FILE);
    let folder = place.path().to_string_lossy().into_owned();
    let user = std::env::var("USER").unwrap_or_else(|_| "nobody at all".to_owned());
    assert!(!text.contains(&folder) && !text.contains("fixtures") && !text.contains(&format!("\"{user}\"")));
}

#[test]
fn a_file_without_a_new_row_is_the_one_of_the_baseline() {
    let place = Place::new();
    let log = samples("latency_ms", 300, 50.0);
    place.write("log.csv", &log);
    place.run(&format!("summarize log.csv -q --save-baseline {FILE}")).exits(0);
    for text in [log.clone(), format!("{log}\n")] {
        place.write("log.csv", text);
        // Old results prove nothing, and nobody can wave them through.
        for undecided in ["fail", "pass"] {
            let gate = format!("--fail-on regression --undecided {undecided}");
            let run = place.run(&format!("summarize log.csv --baseline {FILE} {gate} -o out.json"));
            run.exits(1).says("data: suspicious").says("Gate: undecided: nothing new in log.csv");
        }
        let report = place.json("out.json");
        assert_eq!(change(&report, "latency_ms", None)["verdict"], "center_unchanged");
        assert_eq!((&report["gate"]["outcome"], &report["gate"]["passed"]), (&"undecided".into(), &false.into()));
    }
}

#[test]
fn a_compressed_baseline_is_one_and_on_standard_input_it_is_refused() {
    let place = saved(&fixture("compare/before.csv"));
    let after = fixture("compare/after.csv");
    let packed = zstd::encode_all(place.read(FILE).as_bytes(), 0).unwrap();
    place.write("packed.json.zst", packed);
    place.run(&format!("compare packed.json.zst {after} -q -o out.json")).exits(0);
    assert_eq!(place.json("out.json")["comparison"]["counts"]["regressed"], 1);
    let stdin = place.read(FILE);
    place.run_words(&["compare", "-", &after], stdin.as_bytes()).exits(2).complains("this is a baseline");
    place.run(&format!("summarize {FILE}")).exits(2).complains("this is a baseline");
}
