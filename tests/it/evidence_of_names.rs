//! What names and cells say together: units with capitals inside, forms of a time, clocks beside clocks, configurations with long names, conditions
//! that are no outcomes, titles between rows, and what was set, counted or never filled.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, findings, measured, metric, names, report, unit};

/// What the terminal says of a file, from its first line on.
fn said(name: &str, text: &str) -> String {
    let place = Place::new();
    place.write(name, text);
    place.run(&format!("summarize {name} -o report.md")).exits(0).stdout.replace('\u{a0}', " ")
}

fn labels(report: &Value, name: &str) -> Vec<String> {
    let groups = metric(report, name)["groups"].as_array().cloned().unwrap_or_default();
    groups.iter().filter_map(|group| Some(group["label"]["text"].as_str()?.to_owned())).collect()
}

fn better(report: &Value, name: &str) -> String {
    metric(report, name)["better"]
        .as_str()
        .or_else(|| metric(report, name)["polarity"].as_str())
        .unwrap_or_default()
        .to_owned()
}

/// Rows of a name and a number, below a header.
fn rows(header: &str, count: usize, row: impl Fn(usize) -> String) -> String {
    let mut text = format!("{header}\n");
    for index in 0..count {
        writeln!(text, "{}", row(index)).unwrap();
    }
    text
}

#[test]
fn a_thousand_stays_in_front_of_a_unit_of_power() {
    for (name, symbol) in [
        ("Energy_kWh", "kWh"),
        ("power_kW", "kW"),
        ("SiteEnergyKWh", "kWh"),
        ("energykWh", "kWh"),
        ("Energy_MWh", "MWh"),
        ("Energy_Wh", "Wh"),
    ] {
        let text = rows(&format!("run,{name}"), 12, |row| format!("{row},{:.3}", 2.0 + measured(row)));
        assert_eq!(unit(&report("energy.csv", &text), name), symbol, "{name}");
    }
}

#[test]
fn a_header_says_that_hours_come_first() {
    let of = |header: &str| {
        let text = rows(&format!("algo,{header}"), 9, |row| format!("a,0{}:{}", row % 3, 10 + row));
        let found = report("training.csv", &text);
        metric(&found, header)["overall"]["clean"]["min"].as_f64().unwrap()
    };
    assert_eq!(of("Time (HH:MM)"), 600.0);
    assert_eq!(of("Time (MM:SS)"), 10.0);
    let seconds = rows("algo,Time (HH:MM)", 9, |row| format!("a,00:{}:00", 10 + row));
    let found = report("seconds.csv", &seconds);
    assert_eq!(metric(&found, "Time (HH:MM)")["overall"]["clean"]["min"], 600.0, "with seconds of its own: minutes");
}

#[test]
fn the_unit_of_a_clock_goes_before_its_digits() {
    let text = rows("Start (ns),Duration (ns),Op", 60, |row| {
        format!(
            "{},{},{}",
            1_912_340_111_u64 + 40_000 * row as u64,
            1_400 + 31 * (row * 7 % 13),
            ["copy", "add"][row % 2]
        )
    });
    let shown = said("trace.csv", &text);
    assert!(shown.contains("over 2.36 ms") || shown.contains("over 2.362 ms"), "{shown}");

    let stamped =
        rows("timestamp_ms,latency_ms", 30, |row| format!("{},{:.2}", 1_730_000_000 + row, 5.0 + measured(row)));
    assert!(said("stamped.csv", &stamped).contains("over 30 s"), "seconds since 1970, whatever the name says");
}

#[test]
fn a_time_that_all_rows_share_is_no_clock_beside_one_that_goes_on() {
    let text = rows("_start,_time,latency_ms", 30, |row| {
        format!("2025-03-04T10:00:00.25Z,2025-03-04T10:{:02}:00Z,{:.2}", row, 20.0 + measured(row))
    });
    let shown = said("window.csv", &text);
    assert!(shown.contains("over 1,741 s"), "{shown}");
}

#[test]
fn ends_beside_the_clock_of_their_rows_are_instants() {
    let text = rows("t_begin,t_start,t_show,delay_ms", 20, |row| {
        let at = 1_760_000_000.5 + 7.25 * row as f64;
        let shown = if row == 4 { 0.0 } else { at + 0.75 };
        format!("{:.3},{:.3},{shown:.3},{:.1}", at, at + 0.25, 500.0 + measured(row))
    });
    assert_eq!(names(&report("stages.csv", &text)), ["delay_ms"]);
}

#[test]
fn days_in_six_digits_beside_times_are_no_metric() {
    let text =
        rows("Day,Time,Ping (ms)", 6, |row| format!("0{}0321,10:1{row},{:.1}", 7 + row / 4, 20.0 + measured(row)));
    assert_eq!(names(&report("days.csv", &text)), ["Ping (ms)"]);
}

#[test]
fn what_something_is_not_is_a_condition_among_others() {
    let text = rows("level,status", 60, |row| {
        format!("{},{}", 60 - row, if row == 30 { "NOT_FILLING" } else { ["FILLING", "DRAINING"][row / 40] })
    });
    let found = report("tank.csv", &text);
    assert!(found["requests"].as_array().is_none_or(Vec::is_empty));
    assert!(said("tank.csv", &text).starts_with("Measured: 60 samples"), "{}", said("tank.csv", &text));
    let failed = rows("latency_ms,status", 20, |row| {
        format!("{:.2},{}", 5.0 + measured(row), if row == 3 { "NOT_FOUND" } else { "OK" })
    });
    assert!(said("calls.csv", &failed).contains("5% failed"), "{}", said("calls.csv", &failed));
}

#[test]
fn tokens_a_second_are_no_requests_a_second() {
    let one = r#"{"concurrency": 1, "num_requests": 40, "successful": 38, "failed": 2, "total_output_tokens": 3200,
        "throughput_avg_tps": 21.5, "ttft_avg_ms": 310.5, "latency_avg_s": 4.25, "latency_p50_s": 3.75, "wall_time_s": 170}"#;
    let shown = said("serving.json", one);
    let first = shown.lines().next().unwrap_or_default();
    assert!(first.contains("40 requests") && !first.contains("21.5") && !first.contains("21.50"), "{first}");
    let plain = one.replace("total_output_tokens", "total_bytes_out").replace("ttft_avg_ms", "connect_avg_ms");
    assert!(said("plain.json", &plain).contains("21.5"), "transactions a second where nothing speaks of tokens");
}

#[test]
fn long_names_that_come_again_are_configurations() {
    let text = (0..40).fold(String::new(), |mut text, row| {
        let model = ["vendor.small-17b-instruct-preview-v1", "vendor.large-17b-instruct-preview-v1"][row % 2];
        let time = [1.5, 6.5][row % 2] + measured(row) / 10.0;
        writeln!(text, r#"{{"model_id": "{model}", "response_time_sec": {time:.3}}}"#).unwrap();
        text
    });
    assert_eq!(labels(&report("models.jsonl", &text), "response_time_sec").len(), 2);
}

#[test]
fn what_is_called_a_setting_was_set_whatever_its_unit() {
    let text = rows("delay setting (ms),rtt_ms", 18, |row| {
        format!("{},{:.1}", 40 * (row / 6), 72.0 + 40.0 * (row / 6) as f64 + measured(row))
    });
    let found = report("delays.csv", &text);
    assert_eq!(names(&found), ["rtt_ms"]);
    assert_eq!(labels(&found, "rtt_ms").len(), 3);
}

#[test]
fn a_log_whose_first_line_is_long_is_a_log() {
    for words in [9_000, 20_000] {
        let text = (0..8).fold(String::new(), |mut text, row| {
            let memo = "lorem ".repeat(words);
            writeln!(
                text,
                r#"{{"memo": "{memo}", "kind": "{}", "latency_ms": {:.2}}}"#,
                ["a", "b"][row % 2],
                5.0 + measured(row)
            )
            .unwrap();
            text
        });
        let found = report("long.jsonl", &text);
        assert_eq!(found["sources"][0]["format"], "ndjson");
        assert_eq!(metric(&found, "latency_ms")["overall"]["clean"]["n"], 8);
    }
    let one = format!(r#"{{"memo": "{}", "latency_ms": [1.5, 2.5, 3.5]}}"#, "lorem ".repeat(20_000));
    assert_eq!(report("one.json", &format!("{one}\n"))["sources"][0]["format"], "json");
}

#[test]
fn amounts_in_front_are_no_names() {
    let text = (0..20).fold(String::new(), |mut text, row| {
        writeln!(text, "{}.5%     {}MiB / 7.5GiB", 30 + row / 2, 20 + row / 2).unwrap();
        text
    });
    let place = Place::new();
    place.write("stats.txt", &text);
    let run = place.run("summarize stats.txt -o report.md");
    assert!(!run.stdout.contains("8.05 GB"), "{}", run.stdout);
}

#[test]
fn a_bracket_behind_every_number_is_no_part_of_it() {
    let text = rows("id,latency", 20, |row| format!("{row},{:.3}]", 6.0 + measured(row)));
    assert_eq!(names(&report("cut.csv", &text)), ["latency"]);
    let items = rows("item,latency_ms", 6, |row| format!("{}),{:.3}", row + 1, 6.0 + measured(row)));
    assert_eq!(names(&report("items.csv", &items)), ["latency_ms"]);
}

#[test]
fn how_long_somebody_stayed_has_no_direction_and_grades_have_one() {
    let text = rows("opened_at,session_duration_sec,latency_ms", 30, |row| {
        format!("2026-01-{:02}T10:00:00,{:.1},{:.2}", 1 + row, 900.0 + 90.0 * measured(row), 5.0 + measured(row))
    });
    let found = report("sessions.csv", &text);
    assert!(!better(&found, "session_duration_sec").contains("lower"));
    assert!(better(&found, "latency_ms").contains("lower"));

    let graded = |header: &str| rows(header, 24, |row| format!("q{row},{}", ["1.0", "0.75", "0.5"][row * 7 % 3]));
    assert!(better(&report("graded.csv", &graded("question_id,score")), "score").contains("higher"));
    assert!(!better(&report("found.csv", &graded("chunk_id,score")), "score").contains("higher"));
}

#[test]
fn a_header_that_cannot_be_is_suspicious() {
    let text = rows("Time,Ping (ms),Download (Mbit/s)", 20, |row| {
        format!("10:{:02}:00,{:.2},{:.2}", row, 27_000_000.0 + 1e5 * measured(row), 13_000_000.0 + 1e5 * measured(row))
    });
    let found = report("shifted.csv", &text);
    assert_eq!(findings(&found, "contradiction").len(), 2);
    let right = rows("Time,Ping (ms),Download (Mbit/s)", 20, |row| {
        format!("10:{row:02}:00,{:.2},{:.2}", 20.0 + measured(row), 90.0 + measured(row))
    });
    assert!(findings(&report("right.csv", &right), "contradiction").is_empty());
}

#[test]
fn thresholds_capacities_and_counters_are_no_metrics() {
    let text = (0..25).fold(String::new(), |mut text, row| {
        writeln!(
            text,
            r#"{{"games": {}, "K_thresh": 0.15, "G_thresh": 0.85, "loss": {:.4}, "gpu": {{"used_gb": {:.2}, "allocated_gb": 0.0, "total_gb": 15.93, "percent": 0.0}}}}"#,
            60 * (1 + row % 15),
            2.0 / (1.0 + row as f64) + 0.01 * measured(row),
            3.0 + measured(row) / 10.0
        )
        .unwrap();
        text
    });
    let found = report("training.jsonl", &text);
    assert_eq!(names(&found), ["loss", "gpu.used_gb", "gpu.allocated_gb", "gpu.percent"]);
    assert_eq!((unit(&found, "gpu.allocated_gb"), unit(&found, "gpu.percent")), ("GB", "%"));
}

#[test]
fn ends_of_an_interval_are_no_samples() {
    let text = rows("part,size,median_ms,ci_low_ms,ci_high_ms", 8, |row| {
        let median = 3.0 + measured(row);
        format!("{},{},{median:.3},{:.3},{:.3}", ["a", "b"][row % 2], 10 * (1 + row / 2), median - 0.2, median + 0.3)
    });
    assert!(!names(&report("bounds.csv", &text)).iter().any(|name| name.contains("ci_")));
}

#[test]
fn titles_between_rows_stand_beside_the_rows_below_them() {
    let mut text = String::new();
    for (section, title) in ["near,,,", "near,wall,,", "far,,,"].iter().enumerate() {
        writeln!(text, "{title}").unwrap();
        for row in 0..15 {
            writeln!(text, "3/6/2019,10:0{section}:{row:02},sig,-{}", 60 + row * 7 % 11).unwrap();
        }
    }
    let found = report("signal.csv", &text);
    assert_eq!(names(&found), ["column_4"], "times of day beside dates are no metric");
    assert_eq!(labels(&found, "column_4").len(), 3, "{:?}", labels(&found, "column_4"));
    assert!(findings(&found, "not_a_number").is_empty());
}

#[test]
fn the_total_leads_its_parts() {
    let text = rows("plan_latency_s,answer_latency_s,total_latency_s", 12, |row| {
        let (plan, answer) = (1.5 + measured(row) / 10.0, 2.5 + measured(row + 20) / 10.0);
        format!("{plan:.3},{answer:.3},{:.3}", plan + answer)
    });
    assert_eq!(names(&report("stages.csv", &text))[0], "total_latency_s");
    let apart = rows("plan_latency_s,answer_latency_s,total_latency_s", 12, |row| {
        format!("{:.3},2.5,{:.3}", 4.5 + measured(row), 1.0 + measured(row))
    });
    assert_ne!(names(&report("apart.csv", &apart))[0], "total_latency_s", "shorter than a part: no total of it");
}

#[test]
fn a_question_asked_once_is_no_group_beside_its_kind() {
    let text = rows("question_id,answer_type,llm_ms", 20, |row| {
        format!("q_{}{row},{},{:.2}", ["x", "y"][row % 2], ["open", "exact"][row % 2], 200.0 + measured(row))
    });
    assert_eq!(labels(&report("questions.csv", &text), "llm_ms").len(), 2);
}
