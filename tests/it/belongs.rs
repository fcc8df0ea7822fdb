//! What a number, a word and an instant belong to: one object, all rows, or the configuration that was tried.

use serde_json::Value;

use crate::support::{Place, metric, names, report};

/// The first line of the terminal about one file.
fn first_line(name: &str, text: &str) -> String {
    let place = Place::new();
    place.write(name, text);
    place.run(&format!("summarize {name}")).exits(0).stdout.lines().next().unwrap_or_default().to_owned()
}

/// How many samples of a metric each of its groups has.
fn groups(report: &Value, name: &str) -> Vec<(String, u64)> {
    let of_group = |group: &Value| {
        (group["label"].as_str().unwrap_or_default().to_owned(), group["clean"]["n"].as_u64().unwrap_or_default())
    };
    metric(report, name)["groups"].as_array().unwrap().iter().map(of_group).collect()
}

/// Failed and all rows of the whole of a metric.
fn failed(report: &Value, name: &str) -> (u64, u64) {
    let failures = &metric(report, name)["failures"];
    (failures["failed"].as_u64().unwrap_or(u64::MAX), failures["total"].as_u64().unwrap_or(u64::MAX))
}

#[test]
fn an_amount_of_the_document_is_said_once_and_no_sample_of_an_array_elsewhere() {
    let report = report(
        "page.json",
        r#"{"paint": {"shown": "3.1 s"}, "tests": {"failed": "0 failures"}, "steps": [{"ms": 210, "picture": "x"}, {"ms": 480, "picture": "y"}]}"#,
    );
    assert_eq!(names(&report), ["ms"]);
    assert!(metric(&report, "ms")["failures"].is_null());
    let reported = report["reported"].as_array().unwrap();
    assert_eq!(reported.iter().filter(|one| one["metric"] == "paint.shown").count(), 1, "{reported:?}");
}

#[test]
fn the_instant_of_a_document_is_that_of_no_row() {
    let rows: String =
        (0..20).map(|row| format!("{}{{\"ms\": {}}}", if row > 0 { "," } else { "" }, 40 + row)).collect();
    let line = first_line("d.json", &format!("{{\"timestamp\": \"2026-03-01T10:00:00Z\", \"rows\": [{rows}]}}"));
    assert!(!line.contains("/s"), "{line}");
}

#[test]
fn samples_stand_under_the_settings_of_the_object_around_them() {
    let entry = |mode: &str, size: u32, threads: u32| {
        format!(
            r#"{{"mode": "{mode}", "filesize": {size}, "threads": {threads}, "mean": 4.25, "timings": [{size}.5, {size}.7]}}"#
        )
    };
    let entries: Vec<String> = ["plain", "packed"]
        .iter()
        .flat_map(|mode| [100, 2000].map(|size| (mode, size)))
        .flat_map(|(mode, size)| [1, 8].map(|threads| entry(mode, size, threads)))
        .collect();
    let report = report("t.json", &format!("[{}]", entries.join(",")));
    let groups = groups(&report, "timings");
    assert!(groups.len() == 8 && groups.iter().all(|(_, n)| *n == 2), "{groups:?}");
}

#[test]
fn arrays_of_objects_with_the_same_names_are_called_by_their_keys() {
    let rows = |factor: u32| {
        (1..=4).map(|row| format!("{{\"case\": \"c{row}\", \"us\": {}.5}}", row * factor)).collect::<Vec<_>>().join(",")
    };
    let report = report("k.json", &format!("{{\"1000\": [{}], \"10000\": [{}]}}", rows(1), rows(10)));
    assert_eq!(names(&report), ["1000.us", "10000.us"]);
    assert_eq!(metric(&report, "10000.us")["overall"]["clean"]["max"], 0.000_040_5);
}

#[test]
fn names_of_benchmarks_are_no_statistics_and_count_nothing() {
    let report = report(
        "s.json",
        r#"{"scores": {"Sum.Count_rows": 4.61, "Table.Max_table": 7.3, "Table.Median_table": 164.9, "Text.Errors_100": 31.5, "Width_64_bit": 12.3}}"#,
    );
    assert!(report["reported"].as_array().is_none_or(Vec::is_empty));
    assert_eq!(names(&report).len(), 5);
    let width = metric(&report, "scores.Width_64_bit");
    assert_eq!((&width["dimension"], &width["overall"]["clean"]["max"]), (&"unknown".into(), &12.3.into()));
}

#[test]
fn words_that_say_what_passed_are_outcomes_whatever_their_column_is_called() {
    let csv = "mode,size,time_ms,verified\na,1,70.5,PASS\nb,1,0.5,FAIL\na,2,71.5,PASS\nb,2,0.6,FAIL\nb,3,0.7,FAIL\n";
    assert_eq!(failed(&report("v.csv", csv), "time_ms"), (3, 5));
    let two = "range,checkSeconds,checkStatus\n64,0.5,ok\n128,7.5,failed:SIGSEGV\n256,0.7,ok\n";
    assert_eq!(failed(&report("c.csv", two), "checkSeconds"), (1, 3));
    let flags = "case,time_ms,valid\na,2.5,true\nb,1.7,false\nc,1.9,true\n";
    assert_eq!(failed(&report("f.csv", flags), "time_ms"), (1, 3));
    let dash = "op,latency_ms,error\nget,10.1,-\nget,5000.5,timeout\nset,11.2,-\n";
    assert_eq!(failed(&report("e.csv", dash), "latency_ms"), (1, 3));
    // A result that is wrong is no failed request where the request says how it ended.
    let both = "case,time_ms,ok,correct\na,2.5,true,false\nb,1.7,true,false\nc,1.9,false,true\n";
    assert_eq!(failed(&report("b.csv", both), "time_ms"), (1, 3));
}

#[test]
fn rows_of_a_summary_that_say_error_instead_of_numbers_failed() {
    let row = |model: &str, p50: f64, p95: f64, status: &str| {
        format!(
            r#"{{"model": "{model}", "p50_ms": {p50}, "p95_ms": {p95}, "throughput": {p50}, "status": "{status}"}}"#
        )
    };
    let rows = [row("a", 118.3, 156.1, "ok"), row("b", 0.0, 0.0, "error: out of memory"), row("c", 60.4, 87.7, "ok")];
    let report = report("s.json", &format!("[{}]", rows.join(",")));
    let failures = &report["verdict"]["failures"];
    assert!(failures.as_array().unwrap().iter().any(|one| one["failed"] == 1 && one["total"] == 3), "{failures}");
    assert!(!report["reported"].to_string().contains("\"value\":0.0,\"unit\":\"ms\""), "no zeros of what failed");
}

#[test]
fn rows_of_which_every_part_failed_are_failed_rows() {
    let csv = "model,tps,seconds\na,9.5,32.5\nb,FAIL,FAIL\nc,22.5,13.5\nd,FAIL,FAIL\n";
    assert_eq!(failed(&report("m.csv", csv), "seconds"), (2, 4));
    let one_part = "model,load_s,run_s\na,9.5,32.5\nb,8.5,FAIL\nc,22.5,13.5\n";
    assert!(metric(&report("m.csv", one_part), "load_s")["failures"].is_null(), "the load did not fail");
}

#[test]
fn what_few_rows_say_of_themselves_is_not_said_of_all() {
    let rows: String = (0..30)
        .map(|row| match row {
            3 | 9 => format!("{{\"cost_ms\": {}.5, \"ok\": true}}\n", 10 + row),
            _ => format!("{{\"cost_ms\": {}.5}}\n", 10 + row),
        })
        .collect();
    let line = first_line("s.ndjson", &rows);
    assert!(line.contains("30 rows") && line.contains("0 of the 2 rows that say how they ended failed"), "{line}");
}

#[test]
fn counts_are_of_what_their_names_say() {
    let csv = "label,latency_n,latency_p50_s,latency_p95_s\np1,5,0.891,1.191\np2,9,0.73,2.051\np4,3,0.23,1.232\n";
    let counted = report("n.csv", csv);
    let n = |report: &Value, label: &str| {
        let of = |one: &&Value| one["label"] == label;
        let one = report["reported"].as_array().unwrap().iter().find(of)?.clone();
        let values = one["values"].as_array()?.clone();
        values.iter().find(|value| value["statistic"] == "n").and_then(|value| value["value"].as_f64())
    };
    assert_eq!(n(&counted, "p2"), Some(9.0));
    let painters = report("p.csv", "case,PainterCount,TimeMean,TimeMax\na,8,1.25,2.5\nb,12,1.5,2.75\nc,16,1.75,3.5\n");
    assert_eq!(n(&painters, "a"), None, "how many painters there were is no number of samples");
    let both = r#"{"total_requests": 400, "successful_requests": 400, "failed_requests": 50, "latency": {"mean": 9.5, "median": 8.5, "max": 30.5}}"#;
    let failures = report("b.json", both)["verdict"]["failures"].clone();
    assert!(failures.as_array().unwrap().iter().any(|one| one["failed"] == 50 && one["total"] == 450), "{failures}");
}

#[test]
fn what_was_tried_through_is_never_pooled() {
    let rows: String = ["plain", "luks"]
        .iter()
        .flat_map(|scenario| ["write", "read"].map(|operation| (scenario, operation)))
        .flat_map(|(scenario, operation)| {
            (1..=6).map(move |time| format!("{scenario},{operation},0.{time}{}\n", scenario.len() * operation.len()))
        })
        .collect();
    let sets = groups(&report("s.csv", &format!("scenario,operation,wall_seconds\n{rows}")), "wall_seconds");
    assert!(sets.len() == 4 && sets.iter().all(|(_, n)| *n == 6), "{sets:?}");
    let threads: String =
        (1..=24).map(|threads| format!("{threads},{}\n", 5_435_451 / threads + 913 * threads)).collect();
    let sets = groups(&report("t.csv", &format!("threads,time_microseconds\n{threads}")), "time_microseconds");
    assert_eq!(sets.len(), 24);
    let flags: String = (0..24)
        .map(|row| format!("{},{},{},0.{:02}3\n", [1000, 9000][row / 12], row / 6 % 2, [1, 2, 4][row % 3], 11 + row))
        .collect();
    let sets = groups(&report("f.csv", &format!("matrix_size,is_row,thread_num,seconds\n{flags}")), "seconds");
    assert_eq!(sets.len(), 12);
    let sizes: String = (0..12).map(|row| format!("{},{}.5\n", [1, 1000, 500_000][row / 4], 4 + row)).collect();
    let sets = groups(&report("b.csv", &format!("payload_bytes,rtt_ms\n{sizes}")), "rtt_ms");
    assert_eq!(sets.len(), 3);
}

#[test]
fn what_failed_was_not_chosen_and_limits_of_time_were() {
    let rows: String = (0..20)
        .map(|row| format!("{}.5,{},{}\n", 40 + row, if row < 10 { 0 } else { 5 }, if row < 10 { 2 } else { 1 }))
        .collect();
    let report = report("e.csv", &format!("mean_rps,http_errors,drain_timeout_seconds\n{rows}"));
    assert!(names(&report).contains(&"http_errors"));
    assert!(!names(&report).contains(&"drain_timeout_seconds"));
}

#[test]
fn epochs_and_days_are_no_instants_of_rows() {
    let epochs: String = (1..=12).map(|epoch| format!("{epoch},{},{}.5\n", 2000 + epoch * 17, 300 + epoch)).collect();
    let report = report("e.csv", &format!("epoch,epoch_writes,elapsed_s\n{epochs}"));
    assert!(names(&report).contains(&"epoch_writes") && !names(&report).contains(&"epoch"));
    let days = "model,ttft_ms,date\na,31.5,2026-07-17\nb,44.5,2026-07-19\nc,22.5,2026-07-17\nd,52.5,2026-07-18\n";
    let line = first_line("d.csv", days);
    assert!(!line.contains("/s"), "{line}");
}

#[test]
fn a_clock_of_something_else_lends_no_unit() {
    let rows: String = (0..12).map(|row| format!("{}.5,{}\n", 5 + row, 26_000 + row * 4100)).collect();
    let report = report("k.csv", &format!("avg_latency,check_curr_ns\n{rows}"));
    assert_eq!(metric(&report, "avg_latency")["dimension"], "unstated_time");
}

#[test]
fn a_last_row_of_sums_is_no_sample_and_all_may_be_a_setting() {
    let stages =
        report("s.csv", "stage,old (s),new (s)\nread,1.25,2.5\nfilter,0.75,1.5\nsort,2.5,3.5\nTOTAL,4.5,7.5\n");
    assert_eq!(metric(&stages, "old (s)")["overall"]["clean"]["n"], 3);
    let levels = "level,write_mean,write_median,write_errors\nONE,2.93,2.15,0\nQUORUM,3.51,3.23,0\nALL,3.75,3.28,3\n";
    let report = report("l.csv", levels);
    assert!(report["reported"].as_array().unwrap().iter().all(|one| !one["label"].is_null()), "{}", report["reported"]);
}

#[test]
fn how_much_more_is_no_per_cent() {
    let report = report("r.csv", "bits,perplexity_ratio,cache_ratio\n16,1.0093,0.25\n8,1.05,0.5\n4,6.725,0.75\n");
    let factor = metric(&report, "perplexity_ratio");
    assert_eq!((&factor["dimension"], &factor["overall"]["clean"]["max"]), (&"unknown".into(), &6.725.into()));
    assert_eq!(metric(&report, "cache_ratio")["dimension"], "ratio");
}
