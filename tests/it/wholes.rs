//! What belongs to one table, what is of a part and not of the whole, and what was added up: parallel arrays, entries of maps, rates that were
//! asked for, running totals, processes of one name.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, measured, metric, names, report};

/// What the terminal says of a file, from its first line on.
fn said(name: &str, text: &str) -> String {
    let place = Place::new();
    place.write(name, text);
    place.run(&format!("summarize {name} -o report.md")).exits(0).stdout.clone()
}

fn labels(report: &Value, name: &str) -> Vec<String> {
    let groups = metric(report, name)["groups"].as_array().cloned().unwrap_or_default();
    groups.iter().filter_map(|group| Some(group["label"]["text"].as_str()?.to_owned())).collect()
}

/// A number that is shown as reported.
fn reported(report: &Value, metric: &str, label: Option<&str>) -> Option<f64> {
    let all = report["reported"].as_array()?;
    let one = all.iter().find(|one| one["metric"] == metric && one["label"].as_str() == label)?;
    one["values"].as_array()?.iter().find(|value| value["statistic"] == "value")?["value"].as_f64()
}

#[test]
fn arrays_beside_one_that_was_chosen_are_columns_of_its_rows() {
    let one = report("scaling.json", r#"{"threads": [1, 2, 4, 8], "time_ms": [812.5, 420.25, 214.75, 118.5]}"#);
    assert_eq!(names(&one), ["time_ms"]);
    assert_eq!(labels(&one, "time_ms"), ["threads=1", "threads=2", "threads=4", "threads=8"]);
    let first = said("scaling.json", r#"{"threads": [1, 2, 4, 8], "time_ms": [812.5, 420.25, 214.75, 118.5]}"#);
    assert!(!first.lines().next().unwrap_or_default().contains("median"), "nothing is pooled: {first}");

    let two = report(
        "sizes.json",
        r#"{"small": {"batch_size": [1, 8, 32], "latency_ms": [3.1, 9.8, 35.4]},
            "large": {"batch_size": [1, 8, 32], "latency_ms": [13.1, 39.8, 135.4]}}"#,
    );
    assert_eq!(labels(&two, "latency_ms").len(), 6, "{:?}", labels(&two, "latency_ms"));
}

#[test]
fn samples_of_two_things_that_are_equally_many_stay_samples() {
    let of =
        |from: usize| (0..30).map(|row| format!("{:.3}", measured(row + from))).collect::<Vec<String>>().join(", ");
    let text = format!(r#"{{"before": [{}], "after": [{}]}}"#, of(0), of(40));
    let found = report("both.json", &text);
    for name in ["before", "after"] {
        assert_eq!(metric(&found, name)["overall"]["clean"]["n"], 30);
        assert!(labels(&found, name).is_empty());
    }
}

#[test]
fn an_entry_of_a_map_does_not_speak_for_the_others() {
    let text = r#"{"north": {"requests": 120, "errors": 12, "p50_ms": 5.25, "p95_ms": 11.5},
                   "south": {"requests": 50, "errors": 25, "p50_ms": 24.5, "p95_ms": 75.25},
                   "west": {"requests": 80, "errors": 3, "p50_ms": 42.5, "p95_ms": 61.5}}"#;
    let shown = said("regions.json", text);
    let first = shown.lines().next().unwrap_or_default();
    assert!(
        first.starts_with("Failing: south: 25 of 50 requests failed (50%); 40 of 250 requests failed (16%)"),
        "{first}"
    );
    assert!(!first.contains("p95") && !first.contains("120 requests"), "{first}");

    let none = said("regions.json", &text.replace("12,", "0,").replace("25,", "0,").replace("3,", "0,"));
    assert!(none.starts_with("Measured: 250 requests, none failed"), "{none}");

    let attempts = r#"{"north": {"n": 30, "errors": 0, "median_s": 0.5, "max_s": 1.25}, "south": {"n": 30, "errors": 0, "median_s": 2.5, "max_s": 7.5}}"#;
    let shown = said("attempts.json", attempts);
    assert!(!shown.starts_with("Measured: 30 attempts"), "{shown}");
}

#[test]
fn the_rate_that_was_asked_for_is_not_the_one_that_was_reached() {
    for asked in ["target_rps", "requested_rps", "offered_rps", "expected_rps", "max_rps"] {
        for reached in ["actual_rps", "achieved_rps", "throughput_rps"] {
            let text = format!(
                r#"{{"{asked}": 200, "duration_s": 30, "total_requests": 2700, "failed_requests": 0, "{reached}": 90.0,
                     "latency_ms": {{"p50": 12.5, "p95": 41.5, "p99": 82.5}}}}"#
            );
            let shown = said("load.json", &text);
            assert!(
                shown.starts_with("Measured: 2,700 requests, 90\u{a0}/s, none failed"),
                "{asked} {reached}: {shown}"
            );
        }
    }
}

#[test]
fn endpoints_that_rows_and_summaries_name_are_counted_once() {
    let mut rows = Vec::new();
    let mut summaries = Vec::new();
    for (endpoint, failing) in [("GET /list", 7), ("POST /list", 10), ("GET /item", 1)] {
        let (method, path) = endpoint.split_once(' ').unwrap();
        summaries.push(format!(
            r#"{{"endpoint": "{endpoint}", "totalRequests": 24, "successCount": {}, "failCount": {failing}, "averageMs": 25.5, "p95Ms": 31}}"#,
            24 - failing
        ));
        for row in 0..24 {
            let code = if row < failing { 500 } else { 200 };
            rows.push(format!(
                r#"{{"endpoint": "{endpoint}", "method": "{method}", "path": "{path}", "statusCode": {code}, "responseMs": {}}}"#,
                20 + row * 7 % 13
            ));
        }
    }
    let text = format!(r#"{{"summaries": [{}], "results": [{}]}}"#, summaries.join(","), rows.join(","));
    let shown = said("endpoints.json", &text);
    assert!(shown.contains("10 of 24 rows failed (41.7%) and 1 more group failing"), "{shown}");
}

#[test]
fn the_key_of_a_map_is_no_metric_and_a_text_names_no_rows_of_another_part() {
    let text = r#"{"prefill": {"per_size": {"128": {"runs": [{"tokens": 128, "ttft_s": 0.3125}, {"tokens": 128, "ttft_s": 0.3175}]},
                                            "256": {"runs": [{"tokens": 256, "ttft_s": 0.5125}, {"tokens": 256, "ttft_s": 0.5225}]}},
                               "fit": {"slope": 0.00156, "model": "ttft = a + b * tokens"}},
                   "decode": {"runs": [{"wall_s": 5.125}, {"wall_s": 5.25}, {"wall_s": 12.5}]}}"#;
    let found = report("fit.json", text);
    assert!(!names(&found).contains(&"key"), "{:?}", names(&found));
    let shown = said("fit.json", text);
    assert!(!shown.contains("ttft = a"), "{shown}");
}

#[test]
fn what_is_not_supported_is_of_unknown_outcome() {
    let mut text = "start,case,took_s,status\n".to_owned();
    for row in 0..40 {
        let (took, status) = match row % 8 {
            0 => (String::new(), "Unsupported"),
            1 => (String::new(), "QuotaExceeded"),
            _ => (format!("{:.3}", measured(row)), "SUCCESS"),
        };
        let _ = writeln!(text, "2025-03-02T10:{row:02}:00Z,solve,{took},{status}");
    }
    let shown = said("cloud.csv", &text);
    assert!(shown.lines().next().unwrap_or_default().contains("5 of unknown outcome"), "{shown}");
}

#[test]
fn totals_up_to_each_row_are_no_samples() {
    let mut text = "timestamp,run_id,duration,emissions,energy_consumed,cpu_power\n".to_owned();
    let (mut energy, mut elapsed) = (0.0, 0.0);
    for row in 0..40 {
        elapsed += 15.0 + measured(row) / 1e4;
        energy += 0.000_13 + measured(row) / 1e8;
        let (minute, second) = (row * 15 / 60, row * 15 % 60);
        let power = 42.0 + measured(row) / 50.0;
        let _ = writeln!(
            text,
            "2024-01-12T09:{minute:02}:{second:02},7a6c,{elapsed:.3},{:.9},{energy:.9},{power:.3}",
            energy * 0.3
        );
    }
    let found = report("emissions.csv", &text);
    assert_eq!(names(&found), ["cpu_power"]);
    let last = reported(&found, "duration", None).unwrap();
    assert!((last - elapsed).abs() < 0.01, "{last}");
    assert!(reported(&found, "energy_consumed", None).is_some());
    assert!(reported(&found, "emissions", None).is_some());
}

#[test]
fn what_grows_and_is_no_total_stays_measured() {
    let mut text = "timestamp,rss_bytes,tokens,latency_ms\n".to_owned();
    for row in 0..40_usize {
        let tokens = 400 + row * 37 % 90;
        let _ = writeln!(text, "2024-01-12T09:{row:02}:00,{},{tokens},{:.2}", 90_000_000 + row * 40_960, measured(row));
    }
    let found = report("leak.csv", &text);
    for name in ["rss_bytes", "tokens", "latency_ms"] {
        assert!(names(&found).contains(&name), "{name}: {:?}", names(&found));
    }
}

#[test]
fn totals_that_begin_anew_with_a_counter_are_totals_of_their_stretches() {
    let mut text = String::new();
    let mut row = 0;
    for session in 0..3 {
        let (mut tokens, mut characters) = (0, 0);
        for turn in 1..=10 {
            row += 1;
            tokens += 800 + row * 13 % 70;
            characters += row * 31 % 200;
            let _ = writeln!(
                text,
                r#"{{"ts": "2026-02-03T1{session}:{turn:02}:00Z", "turns": {turn}, "in_tokens": {tokens}, "tts_chars": {characters}}}"#
            );
        }
    }
    let found = report("turns.jsonl", &text);
    assert!(names(&found).is_empty(), "{:?}", names(&found));
    let all = found["reported"].as_array().unwrap();
    assert_eq!(all.iter().filter(|one| one["metric"] == "in_tokens").count(), 3);
}

#[test]
fn a_first_column_without_a_name_that_only_rises_is_a_position() {
    let mut text = String::new();
    let mut at = 0.0;
    for row in 0..60 {
        at += measured(row) / 1e5;
        let _ = writeln!(text, "{at:.6},{:.3},{}", measured(row + 3), row * 7 % 5);
    }
    let found = report("capture.csv", &text);
    assert!(!names(&found).contains(&"column_1"), "{:?}", names(&found));
    assert!(names(&found).contains(&"column_2"));
}

#[test]
fn processes_of_one_name_at_one_instant_are_told_apart() {
    let mut text = String::new();
    for row in 0..6_usize {
        let process = |pid: usize, name: &str, load: f64| {
            format!(r#"{{"pid": {pid}, "name": "{name}", "cpu_percent": {:.2}}}"#, load + measured(row + pid) / 1e3)
        };
        let all = [process(11, "web", 1.0), process(12, "web", 0.5), process(20, "db", 3.0)].join(", ");
        let _ = writeln!(text, r#"{{"timestamp": "2026-03-08T18:01:{:02}Z", "processes": [{all}]}}"#, row * 2);
    }
    let found = report("processes.jsonl", &text);
    assert_eq!(labels(&found, "cpu_percent").len(), 3, "{:?}", labels(&found, "cpu_percent"));
}

#[test]
fn an_error_of_iperf_alone_is_refused_with_what_it_says() {
    let place = Place::new();
    place.write("iperf3.txt", "iperf3: error - unable to connect to server: Connection refused\n");
    place
        .run("summarize iperf3.txt")
        .exits(2)
        .complains("iperf failed, and measured nothing: iperf3: error - unable to connect");
}

#[test]
fn few_requests_of_k6_are_counted_in_the_first_line() {
    let mut text = String::new();
    for row in 0..7 {
        let (code, expected, failed) = if row == 3 { (503, "false", 1) } else { (200, "true", 0) };
        let mut point = |metric: &str, value: String| {
            let _ = writeln!(
                text,
                r#"{{"metric":"{metric}","type":"Point","data":{{"time":"2024-09-09T15:07:{:02}.5Z","value":{value},"tags":{{"expected_response":"{expected}","method":"GET","name":"http://h/a","status":"{code}","scenario":"default"}}}}}}"#,
                10 + row
            );
        };
        point("http_reqs", "1".to_owned());
        point("http_req_duration", format!("{:.3}", measured(row)));
        point("http_req_waiting", format!("{:.3}", measured(row) / 2.0));
        point("http_req_failed", failed.to_string());
        point("iteration_duration", format!("{:.3}", measured(row) + 100.0));
    }
    let shown = said("k6.json", &text);
    assert!(
        shown.starts_with("Failing: 1 of 7 requests") || shown.starts_with("Measured: 7 requests, 14.3% failed"),
        "{shown}"
    );
}
