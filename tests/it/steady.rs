//! `--steady`: what is left out is counted and said, what is left is what a person would have cut out by hand, and a run without a
//! steady part is never judged.

use std::fmt::Write as _;

use crate::reference::{close, type_6};
use crate::support::Place;

const START: i64 = 1_710_504_000_000;

/// A request as it is written into a file.
#[derive(Clone, Copy)]
struct Row {
    /// Milliseconds since [`START`].
    start: i64,
    /// Milliseconds.
    took: i64,
    fails: bool,
}

/// A ramp of so many seconds up to 40 requests a second, 60 seconds of these, a drain of six. Answers of the ramp take `slow`
/// milliseconds, all others 50 to 59; one in 50 fails, of the steady ones.
fn rows(ramp: i64, slow: i64, seed: u64) -> Vec<Row> {
    let mut state = seed;
    let mut rows = Vec::new();
    for second in 0..ramp + 66 {
        let count = match second {
            _ if second < ramp => 1 + 39 * second / ramp,
            _ if second < ramp + 60 => 40,
            _ => 6 * (ramp + 66 - second),
        };
        for index in 0..count {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let jitter = ((state >> 33) % 10) as i64;
            let in_ramp = second < ramp;
            let took = if in_ramp { slow } else { 50 + jitter };
            rows.push(Row {
                start: 1000 * second + 1000 * index / count,
                took,
                fails: !in_ramp && state >> 33 & 63 == 1,
            });
        }
    }
    rows
}

fn jtl(rows: &[Row]) -> String {
    let mut text = "timeStamp,elapsed,label,responseCode,success\n".to_owned();
    for row in rows {
        let code = if row.fails { 500 } else { 200 };
        let _ = writeln!(text, "{},{},GET /,{code},{}", START + row.start, row.took, !row.fails);
    }
    text
}

/// A load that rises to the end.
fn rising() -> String {
    let rows: Vec<Row> = (0..60)
        .flat_map(|second: i64| {
            (0..second).map(move |index| Row {
                start: 1000 * second + 1000 * index / second,
                took: 50 + index % 7,
                fails: false,
            })
        })
        .collect();
    jtl(&rows)
}

#[test]
fn the_numbers_are_those_of_the_rows_between_ramp_and_drain() {
    let place = Place::new();
    let all = rows(20, 400, 3);
    place.write("run.jtl", jtl(&all));
    let run = place.run("summarize run.jtl --steady -o out.json");
    let report = place.json("out.json");
    let phases = report["requests"][0]["phases"].as_array().unwrap();
    let steady = phases.iter().find(|phase| phase["kind"] == "steady").unwrap();
    let (from, to) = (steady["from"].as_f64().unwrap() * 1e3, steady["to"].as_f64().unwrap() * 1e3);
    assert!((17e3..=22e3).contains(&from) && (78e3..=83e3).contains(&to), "{from} to {to}");
    let inside = |row: &&Row| (from..to).contains(&(row.start as f64));
    let kept: Vec<Row> = all.iter().filter(inside).copied().collect();
    let before = all.iter().filter(|row| (row.start as f64) < from).count();
    let after = all.len() - kept.len() - before;
    let used = &report["requests"][0]["used"];
    assert_eq!(
        (&used["part"], &used["requests_before"], &used["requests_after"]),
        (&"steady".into(), &before.into(), &after.into())
    );
    let good: Vec<f64> = kept.iter().filter(|row| !row.fails).map(|row| row.took as f64 / 1e3).collect();
    let clean = &report["metrics"][0]["overall"]["clean"];
    assert_eq!(clean["n"], good.len());
    close(&clean["median"], type_6(&good, 0.5));
    close(&clean["mean"], good.iter().sum::<f64>() / good.len() as f64);
    // Failures are those of the whole run: one that fails at its end is not left out with its drain.
    assert_eq!(report["metrics"][0]["failures"]["failed"], all.iter().filter(|row| row.fails).count());
    assert_eq!(report["sources"][0]["rows_used"], kept.len());
    assert_eq!(report["sources"][0]["set_aside"][0]["rows"], before + after);
    // The run itself is told as a whole.
    assert_eq!(report["requests"][0]["requests"], all.len());
    let seconds = |text: f64| format!("{}", text.round());
    let end = report["requests"][0]["length"].as_f64().unwrap() - to / 1e3;
    let said = format!("first {} s and last {end:.2} s left out: {} requests", seconds(from / 1e3), before + after);
    let text = run.exits(0).stdout.replace('\u{a0}', " ");
    assert!(
        text.contains(&said) && text.contains(&format!("Measured: {} requests, 40 /s", thousands(all.len()))),
        "{text}"
    );
}

fn thousands(count: usize) -> String {
    if count < 1000 { count.to_string() } else { format!("{},{:03}", count / 1000, count % 1000) }
}

#[test]
fn a_longer_ramp_is_no_regression_of_the_steady_part() {
    let place = Place::new();
    place.write("before.jtl", jtl(&rows(10, 60, 5))).write("after.jtl", jtl(&rows(25, 120, 6)));
    place.run("compare before.jtl after.jtl --fail-on regression").exits(1).says("regressed");
    let run =
        place.run("compare before.jtl after.jtl --steady --fail-on regression -o out.json --comment c.md -o out.md");
    run.exits(0).says("steady parts only: ").says(" after left out").never_says("regressed:");
    let report = place.json("out.json");
    let left_out = |side: &str| report["comparison"][side]["left_out"].as_u64().unwrap();
    assert!(left_out("before") > 100 && left_out("after") > 400);
    assert!(place.read("out.md").contains("of steady parts, "), "{}", place.read("out.md"));
    assert!(place.read("c.md").contains("left out"));
    // The same by the configuration, and by a baseline.
    place.write("perfreport.toml", "steady = true\n");
    place.run("summarize before.jtl --save-baseline b.json -q").exits(0);
    place.run("summarize after.jtl --baseline b.json --fail-on regression -q").exits(0);
    // A baseline of whole runs says nothing about a steady part.
    place.write("perfreport.toml", "");
    let run = place.run("summarize after.jtl --baseline b.json --fail-on regression -o -");
    run.exits(1).says("one side is the steady part of a run");
}

#[test]
fn a_run_without_a_steady_part_is_not_judged() {
    let place = Place::new();
    place.write("before.jtl", jtl(&rows(20, 60, 5))).write("rising.jtl", rising());
    let run = place.run("summarize rising.jtl --steady -o out.json");
    run.exits(0).says("Undecided: no steady part in rising.jtl").says("1,770 requests");
    assert_eq!(place.json("out.json")["requests"][0]["used"]["part"], "whole");
    let run = place.run("compare before.jtl rising.jtl --steady --fail-on regression -o out.json");
    run.exits(1).says("Gate: undecided: nothing could be compared; no steady part was found in rising.jtl");
    assert_eq!(place.json("out.json")["gate"]["outcome"], "undecided");
    let changes = place.json("out.json")["comparison"]["changes"].clone();
    assert!(changes.as_array().unwrap().iter().all(|change| change["verdict"] == "incomparable"), "{changes}");
    place.run("compare before.jtl rising.jtl --steady --fail-on regression --undecided pass").exits(0);
    // A target on it is as undecided.
    place.write("perfreport.toml", "[[target]]\nmetric = \"elapsed\"\np95 = \"< 1s\"\n");
    place.run("summarize rising.jtl --steady --fail-on target -q").exits(1);
    place.run("summarize rising.jtl --fail-on target -q").exits(0);
    place.run("summarize before.jtl --steady --fail-on target -q").exits(0);
}

#[test]
fn who_asks_for_the_steady_part_of_what_is_no_run_is_told_so() {
    let place = Place::new();
    place.write("bench.csv", "name,latency_ms\nabc,1.5\nabc,1.6\nabc,1.7\n");
    place.run("summarize bench.csv --steady").exits(2).complains("--steady: no file is a run of requests");
    // The configuration speaks of whatever runs there are.
    place.write("perfreport.toml", "steady = true\n");
    place.run("summarize bench.csv").exits(0);
}

#[test]
fn only_samples_of_the_steady_part_are_exported() {
    let place = Place::new();
    place.write("run.jtl", jtl(&rows(20, 400, 3)));
    place.run("export run.jtl --steady -o out.csv").exits(0);
    let text = place.read("out.csv");
    assert!(text.lines().count() > 2000 && !text.contains("0.4,"), "the answers of the ramp took 0.4 s");
}
