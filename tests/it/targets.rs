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

#[test]
fn a_limit_states_its_unit_where_the_file_states_none() {
    let place = Place::new();
    place.write("plain.csv", samples("latency", 50, 50.0));
    place.write("stated.csv", samples("latency_ms", 50, 50.0));
    place.write("counted.csv", samples("retries", 50, 50.0));
    // 1 could be a second, in which 50 ms are far below, or a millisecond, of which every sample would be corrupted.
    let limited = |file: &str, limit: &str| place.run(&format!("summarize {file} -o out.json --limit {limit}"));
    limited("plain.csv", "latency=1")
        .exits(2)
        .complains("nobody states")
        .complains("--unit latency=ms --limit latency=1ms");
    limited("plain.csv", "latency=60s").exits(2).complains("--unit latency=ms");
    limited("plain.csv", "latency=60s --unit latency=ms").exits(0);
    limited("stated.csv", "latency_ms=60s").exits(0);
    limited("stated.csv", "latency_ms=60").exits(0).says("corrupted");
    limited("stated.csv", "latency_ms=60MB").exits(2).complains("is a time: write a limit such as 60ms");
    limited("counted.csv", "retries=100").exits(0);
    place.write("perfreport.toml", "[[source]]\nmatch = \"plain.csv\"\n[source.columns.latency]\nlimit = \"1\"\n");
    place.run("summarize plain.csv -o out.json").exits(2).complains("nobody states");
}

#[test]
fn a_name_with_a_slip_of_the_pen_finds_the_nearest() {
    let place = Place::new();
    place.write("run.csv", samples("latency_ms", 50, 50.0));
    place.run("summarize run.csv -q --unit latncy_ms=ms").exits(2).complains("did you mean `latency_ms`?");
    place.run("summarize run.csv -q --group-by latncy_ms").exits(2).complains("did you mean `latency_ms`?");
    place.write("perfreport.toml", "[[target]]\nmetric = \"latency_sm\"\np95 = \"< 1s\"\n");
    place.run("summarize run.csv -o out.json").exits(0);
    assert!(place.json("out.json")["targets"][0]["note"].as_str().unwrap().ends_with("did you mean `latency_ms`?"));
}

#[test]
fn an_error_of_the_configuration_names_file_line_and_column() {
    let place = Place::new();
    place.write("run.csv", samples("latency_ms", 50, 50.0));
    let first = "[[target]]\nmetric = \"a\"\nmean = \"< 1s\"\n\n";
    for (text, place_of, complaint) in [
        (
            format!("{first}[[target]]\nmetric = \"b\"\n  p59x = \"< 1s\"\n"),
            "perfreport.toml:7:3: ",
            "target 2 (`b`): `p59x`",
        ),
        (format!("{first}[[slo]]\nresponse = \"fast\"\n"), "perfreport.toml:6:1: ", "slo: "),
        (format!("{first}confidnce = 0.9\n"), "perfreport.toml:5:1: ", "confidnce"),
        (
            format!("{first}[[source]]\nmatch = \"*\"\n[source.columns.a]\nunit = \"parsec\"\n"),
            "perfreport.toml:8:1: ",
            "columns.a.unit",
        ),
        (format!("{first}margin = = 3\n"), "perfreport.toml:5:10: ", ""),
    ] {
        place.write("perfreport.toml", &text);
        place.run("summarize run.csv -q").exits(2).complains(place_of).complains(complaint);
    }
}

#[test]
fn error_rates_of_one_endpoint_are_held_apart() {
    let place = Place::new();
    // 4 of 400 fail, all of them of POST /pay: 1% of all, 4% of 100.
    let rows = (0..400).map(|row| {
        let (endpoint, failed) = if row % 4 == 0 { ("POST /pay", row % 100 == 0) } else { ("GET /", false) };
        format!(
            "{},{endpoint},{},{}\n",
            1_773_576_000_000_u64 + row * 100,
            if failed { 500 } else { 200 },
            40 + row * 7 % 23
        )
    });
    place.write("run.csv", format!("timestamp,endpoint,status,latency_ms\n{}", rows.collect::<String>()));
    place.write(
        "perfreport.toml",
        "[[target]]\nmetric = \"latency_ms\"\nerror_rate = \"< 6%\"\n\
         [[target]]\nmetric = \"latency_ms\"\nwhere = { endpoint = \"POST /pay\" }\nerror_rate = \"< 1%\"\n",
    );
    place.run("summarize run.csv -o out.json -o out.xml --fail-on target").exits(1).says("POST /pay");
    let targets = place.json("out.json")["targets"].clone();
    let outcomes: Vec<(&str, f64)> = targets
        .as_array()
        .unwrap()
        .iter()
        .map(|target| (target["outcome"].as_str().unwrap(), target["value"].as_f64().unwrap()))
        .collect();
    assert_eq!(outcomes, [("met", 0.01), ("missed", 0.04)]);
    assert_eq!(targets[1]["group"], "POST /pay");
    assert!(place.read("out.xml").contains("POST /pay"), "a case of JUnit for the group");
}

#[test]
fn the_targets_of_the_readme_hold_for_runs_of_that_kind() {
    let readme = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let example = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let place = Place::new();
    place.write("perfreport.toml", example);
    let chat = fixture("chat/session_metrics.csv");
    place.run(&format!("summarize {chat} -o out.json")).exits(0);
    let report = place.json("out.json");
    let targets = report["targets"].as_array().unwrap();
    assert!(targets.iter().any(|target| target["statistic"] == "p95" && target["group"].is_string()), "{targets:?}");
    let noted = |target: &Value| target["note"].as_str().unwrap_or_default().to_owned();
    for target in targets {
        assert!(!noted(target).contains("matches"), "every target of the example is about something: {target}");
    }
}

#[test]
fn a_comment_has_the_numbers_and_folds_all_but_twelve_rows() {
    let place = Place::new();
    // 20 endpoints of 30 requests each; every request of the first takes 10 ms, of the second 11 ms, and so on.
    let row = |row: u64| format!("{},GET /{:02},{}\n", 1_773_576_000_000 + row * 100, row % 20, 10 + row % 20);
    place.write("run.csv", format!("timestamp,endpoint,latency_ms\n{}", (0..600).map(row).collect::<String>()));
    place.run("summarize run.csv -q --comment c.md --no-collapse").exits(0);
    // A number and its unit are never broken apart.
    let comment = place.read("c.md").replace('\u{a0}', " ");
    let (open, folded) = comment.split_once("<details>").unwrap();
    let rows = |text: &str| text.lines().filter(|line| line.starts_with("| `latency_ms`")).count();
    assert_eq!((rows(open), rows(folded)), (12, 9), "21 rows, the whole first:\n{comment}");
    assert!(folded.contains("9 more rows"), "{folded}");
    // 600 requests, one every 100 ms.
    assert!(open.contains("- 10.0"), "requests a second:\n{open}");
    assert!(open.contains("| `latency_ms` `GET /03` | 30 | – | 13 ms | 13 ms |"), "{open}");
}

#[test]
fn a_narrow_terminal_gets_lines_that_fit_and_names_that_differ() {
    let place = Place::new();
    let name = |row: u64| {
        format!("Benchmark/encode/{}/with-a-long-end-that-says-nothing", ["small", "large"][row as usize % 2])
    };
    let rows: String = (0..80).map(|row| format!("{},{}\n", name(row), 10 + row % 7)).collect();
    place.write("run.csv", format!("benchmark,latency_ms\n{rows}"));
    let words = ["summarize", "run.csv", "-o", "out.md"];
    let run = place.run_with(&words, b"", &[("COLUMNS", "50")]);
    run.exits(0);
    let lines: Vec<&str> = run.stdout.lines().skip(2).collect();
    assert!(lines.iter().all(|line| line.chars().count() <= 50), "{lines:#?}");
    let name = |line: &&&str| line.chars().take(24).collect::<String>();
    let named: Vec<String> = lines.iter().filter(|line| line.contains('…')).map(|line| name(&line)).collect();
    assert!(named.len() == 2 && named[0] != named[1], "{lines:#?}");
}

#[test]
fn a_comment_has_the_only_label_of_a_metric_once() {
    let place = Place::new();
    let rows: String =
        (0..50).map(|row| format!("GET /only,{},{}\n", 40 + row % 9, if row < 2 { 500 } else { 200 })).collect();
    place.write("one.csv", format!("path,latency_ms,status\n{rows}"));
    place.run("summarize one.csv -q --comment c.md").exits(0);
    let comment = place.read("c.md").replace('\u{a0}', " ");
    let of_metric: Vec<&str> = comment.lines().filter(|line| line.starts_with("| `latency_ms`")).collect();
    // 2 of 50 failed.
    assert!(matches!(of_metric[..], [only] if only.contains("`GET /only`") && only.contains("4% (2)")), "{comment}");
}
