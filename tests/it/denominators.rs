//! Units that say what they are divided by, units that were only assumed, sizes beside their labels, limits beside values, counts of
//! states, and numbers that repeat by themselves.

use std::fmt::Write as _;

use crate::support::{Place, findings, is_clean, measured, metric, names, report};

/// The unit that a metric was recorded in, and which way it is better.
fn recorded<'r>(found: &'r serde_json::Value, name: &str) -> (Option<&'r str>, Option<&'r str>) {
    let found = metric(found, name);
    (found["recorded_unit"].as_str(), found["polarity"].as_str())
}

#[test]
fn a_unit_keeps_what_it_is_divided_by() {
    let mut text =
        "pass,cpu_seconds_per_gib,cache [MB/token],slope_s_per_tok,ms_per_request_per_user,ms_per_token\n".to_owned();
    for row in 0..8 {
        let value = measured(row);
        let _ = writeln!(
            text,
            "p{row},{:.3},{:.2},{:.6},{value:.1},{:.3}",
            value / 90.0,
            value / 20.0,
            value / 9e4,
            value / 7.0
        );
    }
    let found = report("costs.csv", &text);
    assert_eq!(recorded(&found, "cpu_seconds_per_gib"), (Some("s/GiB"), Some("lower_is_better")));
    assert_eq!(recorded(&found, "cache [MB/token]"), (Some("MB/token"), Some("lower_is_better")));
    assert_eq!(recorded(&found, "slope_s_per_tok"), (Some("s/token"), Some("unknown")));
    assert_eq!(recorded(&found, "ms_per_request_per_user"), (None, Some("unknown")));
    assert_eq!(recorded(&found, "ms_per_token"), (Some("ms"), Some("lower_is_better")));
    let largest = metric(&found, "cpu_seconds_per_gib")["overall"]["clean"]["max"].as_f64().unwrap();
    assert!((0.1..10.0).contains(&largest), "as recorded: {largest}");
}

/// A summary of one script, whose clock gives the unit away where the least is short enough.
fn of_script(least: f64) -> String {
    format!(
        "{{\"results\": {{\"total_requests\": 300, \"failed_requests\": 0, \"average_response_time\": 1.529162054657936, \
         \"min_response_time\": {least}, \"max_response_time\": 2.9979069232940674, \"p50_response_time\": 1.5788583755493164, \
         \"p95_response_time\": 2.8753185272216797}}}}"
    )
}

#[test]
fn a_unit_that_was_only_assumed_makes_nothing_incomparable() {
    let place = Place::new();
    place.write("before.json", of_script(0.011_975_288_391_113_281));
    place.write("after.json", of_script(0.109_552_383_422_851_56));
    place.run("compare before.json after.json -o r.json -o r.md").exits(0);
    let found = place.json("r.json");
    let comparison = &found["comparison"];
    assert_eq!(comparison["counts"]["incomparable"], 0, "{comparison:#}");
    assert_eq!(comparison["as_recorded"][0]["before"], "s");
    assert_eq!(comparison["as_recorded"][0]["after"], "");
    assert!(place.read("r.md").contains("compared as recorded, without a unit"));
}

#[test]
fn times_that_became_longer_are_no_improvement_in_another_assumed_unit() {
    let rows = |factor: f64| {
        let mut text = "timestamp,model,ttft,latency\n".to_owned();
        for row in 0..60 {
            let first = factor * (40.0 + measured(row) / 10.0);
            let _ = writeln!(
                text,
                "2026-01-05 10:{:02}:{:02}.000000,m,{first:.6},{:.15}",
                row / 60 + row / 2,
                (row % 2) * 30,
                first + 0.02
            );
        }
        text
    };
    let place = Place::new();
    place.write("before.csv", rows(1.0));
    place.write("after.csv", rows(3.0));
    place.run("compare before.csv after.csv -o r.json");
    let found = place.json("r.json");
    let changes = found["comparison"]["changes"].as_array().unwrap();
    assert!(
        changes.iter().all(|change| change["verdict"] != "improved" && change["verdict"] != "incomparable"),
        "{changes:#?}"
    );
    let first = changes.iter().find(|change| change["metric"] == "ttft").expect("it is compared");
    assert_eq!(first["verdict"], "regressed");
}

#[test]
fn gbps_of_a_processor_is_not_stated_and_of_a_link_is_bits() {
    let table = |header: &str, row: fn(usize, f64) -> String| {
        let mut text = format!("{header}\n");
        (0..8).for_each(|at| text += &row(at, measured(at)));
        report("rates.csv", &text)
    };
    let of_kernel =
        table("kernel,us,tflops,gbps", |at, value| format!("k{at},{value:.2},{:.2},{:.2}\n", value / 9.0, 7.3 * value));
    assert_eq!(recorded(&of_kernel, "gbps"), (None, Some("higher_is_better")));
    let copied = table("variant,h2d_ms,h2d_gbps", |at, value| format!("v{at},{value:.2},{:.3}\n", value / 4.0));
    assert_eq!(recorded(&copied, "h2d_gbps"), (None, Some("higher_is_better")));
    let disk = table("disk,read_mbps,iops", |at, value| format!("d{at},{value:.2},{:.1}\n", 40.0 * value));
    assert_eq!(recorded(&disk, "read_mbps"), (None, Some("higher_is_better")));
    let link = table("link,jitter_ms,gbps", |at, value| format!("l{at},{:.3},{:.3}\n", value / 90.0, value / 12.0));
    assert_eq!(recorded(&link, "gbps"), (Some("Gbit/s"), Some("higher_is_better")));
    let internet = table("at,download_mbps,upload_mbps", |at, value| format!("p{at},{value:.2},{:.2}\n", value / 7.0));
    assert_eq!(recorded(&internet, "download_mbps"), (Some("Mbit/s"), Some("higher_is_better")));
}

#[test]
fn a_size_stays_as_written_and_is_said_once() {
    let mut text = "file_size,size_bytes,cipher,run,enc_sec\n".to_owned();
    for (at, (size, bytes)) in [("1 KB", 1024), ("100 KB", 102_400), ("1 MB", 1_048_576)].into_iter().enumerate() {
        for cipher in ["stream", "block"] {
            for run in 0..2 {
                let _ = writeln!(
                    text,
                    "{size},{bytes},{cipher},{run},{:.6}",
                    measured(at * 7 + run) * f64::from(bytes) / 1e9
                );
            }
        }
    }
    let found = report("ciphers.csv", &text);
    assert!(!names(&found).contains(&"size_bytes"), "{:?}", names(&found));
    let labels = group_labels(&found, "enc_sec");
    assert!(labels.iter().any(|label| label.contains("1 kB")), "{labels:?}");
    assert!(labels.iter().all(|label| !label.contains("1000 B") && !label.contains("1024")), "{labels:?}");
}

#[test]
fn numbers_beside_text_sizes_say_the_same() {
    let mut text = "block,bytes,engine,lat_ms\n".to_owned();
    for (at, (block, bytes)) in [("4K", 4096), ("64K", 65_536), ("1M", 1_048_576)].into_iter().enumerate() {
        for engine in ["sync", "uring"] {
            for run in 0..3 {
                let _ = writeln!(text, "{block},{bytes},{engine},{:.3}", measured(at * 11 + run));
            }
        }
    }
    let found = report("blocks.csv", &text);
    assert_eq!(names(&found), ["lat_ms"]);
    assert!(group_labels(&found, "lat_ms").iter().all(|label| !label.contains("4096")));
}

#[test]
fn what_a_value_is_held_against_is_no_metric() {
    let mut text = String::new();
    for row in 0..12 {
        let value = measured(row);
        let _ = writeln!(
            text,
            "{{\"check\":\"c{}\",\"metric\":\"cpu\",\"value\":{value:.2},\"threshold\":{}}}",
            row % 3,
            80 + row % 2
        );
    }
    let found = report("alarms.jsonl", &text);
    assert!(!names(&found).contains(&"threshold"), "{:?}", names(&found));
    let alone = "run,target\na,12.5\nb,13.25\nc,12.75\nd,12.5\n";
    assert!(names(&report("alone.csv", alone)).contains(&"target"), "nothing is held against it");
}

#[test]
fn what_stands_below_counts_is_counted() {
    let text = r#"{"run": "a", "status_counts": {"PASS": 12, "FAIL": 4, "BLOCKED": 18}, "wall_s": 30.5}"#;
    let found = report("counts.json", text);
    let reported = found["reported"].as_array().cloned().unwrap_or_default();
    let blocked = reported.iter().filter(|one| one["metric"].as_str().is_some_and(|name| name.contains("BLOCKED")));
    assert!(blocked.clone().all(|one| one["dimension"] == "count" && one["polarity"] == "unknown"), "{reported:#?}");
    assert!(blocked.count() > 0 || names(&found).iter().any(|name| name.contains("BLOCKED")), "{found:#}");
}

#[test]
fn states_of_tests_are_outcomes() {
    let states = ["PASS", "FAIL", "TLE", "ERROR", "BLOCKED"];
    let mut text = "task,harness_status,error,latency_ms\n".to_owned();
    for row in 0..40 {
        let state = states[row % states.len()];
        let error = if state == "BLOCKED" { "SyntaxError" } else { "" };
        let _ = writeln!(text, "t{},{state},{error},{:.1}", row % 4, measured(row));
    }
    let found = report("judge.csv", &text);
    let failures = &metric(&found, "latency_ms")["failures"];
    assert_eq!((failures["failed"].as_u64(), failures["total"].as_u64()), (Some(32), Some(40)), "{failures:#}");
}

#[test]
fn an_answer_that_never_came_has_no_size() {
    let rows = |failed: bool| {
        let mut text = "path,status,time_ms,response_size_bytes\n".to_owned();
        for row in 0..30 {
            let lost = row % 10 == 7;
            let (status, size) = if lost { (if failed { 503 } else { 200 }, -1) } else { (200, 900 + 31 * row as i64) };
            let _ = writeln!(text, "/p{},{status},{:.1},{size}", row % 3, measured(row));
        }
        report("sizes.csv", &text)
    };
    assert!(is_clean(&rows(true)), "{:#?}", rows(true)["findings"]);
    assert!(!is_clean(&rows(false)), "in a row that succeeded it is a sentinel");
}

#[test]
fn what_neighbours_repeat_is_not_stuck_and_what_they_do_not_is() {
    let file = |repeats: usize| {
        let mut text = "at,elapsed_ms\n".to_owned();
        let mut value = 900;
        for row in 0..200_usize {
            if row % repeats == 0 || row == 100 || row == 112 {
                value = 300 + (row * 7919) % 401;
            }
            let value = if (100..112).contains(&row) { 512 } else { value };
            let _ = writeln!(text, "2026-02-03 10:{:02}:{:02},{value}", row / 60, row % 60);
        }
        findings(&report("steps.csv", &text), "stuck_value").len()
    };
    assert_eq!((file(1), file(5)), (1, 0));
}

#[test]
fn files_put_together_have_no_clock_that_runs_backwards() {
    let file = |method: fn(usize) -> usize| {
        let mut text = "at,method,answer_ms\n".to_owned();
        for row in 0..96_usize {
            let _ = writeln!(text, "2026-02-03 10:{:02}:00,m{},{:.2}", row % 24 + row / 24, method(row), measured(row));
        }
        findings(&report("together.csv", &text), "clock_backwards").len()
    };
    assert_eq!(file(|row| row / 24), 0);
    assert_eq!(file(|row| row % 3), 1);
}

#[test]
fn numbers_of_rows_have_names_in_many_languages() {
    for name in ["번호", "número", "序号", "Nummer", "índice"] {
        let mut text = format!("kind,{name},zeit_ms\n");
        for row in 0..24 {
            let _ = writeln!(text, "{},{},{:.2}", ["x", "y"][row % 2], 1 + (row * 5) % 8, measured(row));
        }
        assert_eq!(names(&report("rows.csv", &text)), ["zeit_ms"], "{name}");
    }
}

/// The labels of the groups of a metric.
fn group_labels(found: &serde_json::Value, name: &str) -> Vec<String> {
    let groups = metric(found, name)["groups"].as_array().cloned().unwrap_or_default();
    groups
        .iter()
        .filter_map(|group| group["label"]["text"].as_str().or(group["label"].as_str()).map(str::to_owned))
        .collect()
}
