//! Runs that share a file are named, numbered and shown apart.

use perfreport::stats::rng::Rng;

use crate::support::{Place, findings, fixture, metric};

/// Sixty samples around a level, one each two seconds from a day on.
fn run(rng: &mut Rng, day: u64, level: u64) -> Vec<(u64, u64)> {
    (0..60).map(|row| (1_773_576_000 + day * 86_400 + row * 2, level + rng.below(50) as u64)).collect()
}

fn rows(run: &[(u64, u64)]) -> String {
    run.iter().map(|(at, latency)| format!("{at},{latency}\n")).collect()
}

fn median(run: &[(u64, u64)]) -> f64 {
    let mut values: Vec<u64> = run.iter().map(|(_, latency)| *latency).collect();
    values.sort_unstable();
    (values[29] + values[30]) as f64 / 2e3
}

#[test]
fn runs_of_different_days_are_shown_apart_and_said() {
    let place = Place::new();
    let mut rng = Rng::new(11);
    let runs = [run(&mut rng, 0, 300), run(&mut rng, 3, 900), run(&mut rng, 4, 310)];
    let text: String = runs.iter().map(|run| rows(run)).collect();
    place.write("days.csv", format!("time,latency_ms\n{text}"));
    place.run("summarize days.csv -o r.json -o r.md").exits(0).says("run 2, lines 62 to 121");
    let report = place.json("r.json");
    let found = findings(&report, "appended_run");
    assert_eq!((found.len(), &found[0]["place"]["line"], &found[0]["count"]), (1, &62.into(), &2.into()));
    assert!(found[0]["reasons"][0].as_str().unwrap().contains("2 days"), "{}", found[0]);
    assert!(findings(&report, "clock_jump").is_empty());
    let apart = metric(&report, "latency_ms")["runs_apart"].as_array().unwrap().clone();
    assert_eq!(apart.len(), 3);
    for (number, (run, found)) in runs.iter().zip(&apart).enumerate() {
        assert_eq!(found["number"], number as u64 + 1);
        assert_eq!((&found["summary"]["n"], found["lines"][0].as_u64()), (&60.into(), Some(2 + 60 * number as u64)));
        assert!((found["summary"]["median"].as_f64().unwrap() - median(run)).abs() < 1e-12);
    }
    assert!(place.read("r.md").contains("holds 3 runs one after the other"));
}

#[test]
fn rows_that_come_once_an_hour_and_short_pauses_are_no_runs() {
    let place = Place::new();
    let mut rng = Rng::new(12);
    let hourly: String =
        (0..80_u64).map(|row| format!("{},{}\n", 1_773_576_000 + row * 3600, 50 + rng.below(40))).collect();
    place.write("hourly.csv", format!("time,latency_ms\n{hourly}"));
    let (first, mut second) = (run(&mut rng, 0, 300), run(&mut rng, 0, 300));
    for (at, _) in &mut second {
        *at += 900;
    }
    place.write("quarter.csv", format!("time,latency_ms\n{}{}", rows(&first), rows(&second)));
    for name in ["hourly.csv", "quarter.csv"] {
        place.run(&format!("summarize {name} -o r.json")).exits(0);
        let report = place.json("r.json");
        assert!(findings(&report, "appended_run").is_empty(), "{name}");
        assert!(metric(&report, "latency_ms")["runs_apart"].is_null(), "{name}");
    }
}

#[test]
fn runs_behind_another_table_are_shown_apart_too() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("chat/memory_usage_metrics.csv"))).exits(0);
    let report = place.json("r.json");
    let apart = metric(&report, "latency")["runs_apart"].as_array().unwrap().clone();
    let sizes: Vec<u64> = apart.iter().map(|run| run["summary"]["n"].as_u64().unwrap()).collect();
    assert_eq!(sizes, [80, 80, 80]);
    assert_eq!(apart[1]["lines"], serde_json::json!([84, 163]));
}
