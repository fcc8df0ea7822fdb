//! How many failed: counters that are called in many ways, parts of errors, checks of results, words that nobody knows, rows without a
//! value; and what is a statistic, however many rows there are.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, is_clean, measured, metric, names, report};

/// How many of how many failed, over the whole of a file, as it was reported.
fn failed(report: &Value) -> Option<(u64, u64)> {
    of_label(report, None)
}

/// The same of a label.
fn of_label(report: &Value, label: Option<&str>) -> Option<(u64, u64)> {
    let number = |one: &Value, wanted: &str| {
        let values = one["values"].as_array()?;
        values.iter().find(|value| value["statistic"] == wanted)?["value"].as_f64().map(|number| number as u64)
    };
    let mut reported = report["reported"].as_array()?.iter().filter(|one| one["label"].as_str() == label);
    reported.find_map(|one| Some((number(one, "failures")?, number(one, "n")?)))
}

/// How many rows of a metric failed, of how many that have a status, and of how many of those nobody knows how they ended.
fn rows(report: &Value, name: &str) -> (u64, u64, u64) {
    let failures = &metric(report, name)["failures"];
    let number = |key: &str| failures[key].as_u64().unwrap_or_else(|| panic!("no {key} in {failures}"));
    (number("failed"), number("total"), number("unclear"))
}

/// What the terminal says of a file, and how the program ends, against another one.
fn gate(before: &str, after: &str, name: &str) -> (Option<i32>, String) {
    let place = Place::new();
    place.write(&format!("before/{name}"), before).write(&format!("after/{name}"), after);
    let run = place.run(&format!("summarize after/{name} --baseline before/{name} --fail-on regression -o out.md"));
    (run.code, run.stdout)
}

#[test]
fn a_number_of_failures_beside_a_number_of_requests_is_no_status() {
    let found = report(
        "services.json",
        r#"[{"service": "pay", "request_count": 812, "failure_count": 1, "mean_ms": 31.5},
            {"service": "ship", "request_count": 977, "failure_count": 0, "mean_ms": 44.1},
            {"service": "mail", "request_count": 1203, "failure_count": 0, "mean_ms": 12.7}]"#,
    );
    assert_eq!(of_label(&found, Some("pay")), Some((1, 812)));
    assert_eq!(of_label(&found, Some("mail")), Some((0, 1203)));
    // Alone it says of each row that it failed.
    let found = report("rows.csv", "error_count,latency_ms\n0,12.5\n1,13.5\n0,11.2\n0,12.9\n");
    assert_eq!(rows(&found, "latency_ms"), (1, 4, 0));
}

#[test]
fn parts_of_errors_are_added_where_another_number_proves_the_sum() {
    let of = |text: &str| failed(&report("load.json", text));
    let codes = r#"{"total_requests": 600, "ok_200": 90, "throttled_429": 510, "other_errors": 0, "mean_ms": 91.3, "p95_ms": 204.8}"#;
    assert_eq!(of(codes), Some((510, 600)));
    let successes = r#"{"total_requests": 900, "successful_requests": 640, "timeout_errors": 180, "dns_errors": 0,
        "server_errors": 80, "mean_ms": 44.9, "p95_ms": 140.1}"#;
    assert_eq!(of(successes), Some((260, 900)));
    // What no number proves is not stated: neither the first part nor their sum.
    let unproven =
        r#"{"total_requests": 900, "timeout_errors": 180, "dns_errors": 2, "mean_ms": 44.9, "p95_ms": 140.1}"#;
    assert_eq!(of(unproven), None);
    // A part that is more than what is called all of them.
    let contradiction =
        r#"{"total_requests": 900, "errors": 0, "timeout_errors": 180, "mean_ms": 44.9, "p95_ms": 140.1}"#;
    assert_eq!(of(contradiction), None);
    let whole = r#"{"total_requests": 900, "errors": 181, "timeout_errors": 180, "mean_ms": 44.9, "p95_ms": 140.1}"#;
    assert_eq!(of(whole), Some((181, 900)));
    let answers = r#"{"total_requests": 900, "errors": 0, "status_codes": {"200": 500, "503": 400}, "mean_ms": 44.9, "p95_ms": 140.1}"#;
    assert_eq!(of(answers), Some((400, 900)));
    // Tests that were skipped did not fail.
    let skipped = r#"{"totalTests": 12, "passedTests": 8, "failedTests": 1, "skippedTests": 3, "mean_ms": 44.9, "p95_ms": 140.1}"#;
    assert_eq!(of(skipped), Some((1, 12)));
    let table = "clients,total_requests,status_2xx,status_4xx,status_5xx,errors,mean_ms,p95_ms\n\
                 5,800,790,4,6,0,19.5,38.1\n25,4000,3100,0,900,0,71.2,190.7\n75,7000,4200,0,2800,0,170.4,480.2\n";
    let found = report("steps.csv", table);
    assert_eq!(of_label(&found, Some("clients=25")), Some((900, 4000)));
    assert_eq!(of_label(&found, Some("clients=75")), Some((2800, 7000)));
}

#[test]
fn totals_and_codes_that_disagree_are_one_population() {
    let text = |failed: u64| {
        format!(
            r#"{{"total_requests": 3000, "successful_requests": 3000, "failed_requests": {failed}, "status_codes": {{"200": 3000}},
                "requests_per_second": 66.5, "latency": {{"mean": 97.5, "median": 50.7}}}}"#
        )
    };
    assert_eq!(failed(&report("run.json", &text(90))), Some((90, 3090)));
    let (code, said) = gate(&text(90), &text(1500), "run.json");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("was 2.91%") && said.contains("1 regressed") && said.contains("1 run before"), "{said}");
}

#[test]
fn successes_and_failures_with_a_word_in_front_are_counts() {
    let text = |swapped: bool| {
        let mut text = "pool,total_time,client_success,client_failed,served_rps\n".to_owned();
        for (pool, failed) in [(2, 0), (10, 1), (40, 4), (80, 9), (160, 41)] {
            let ok = pool - failed;
            let (ok, failed) = if swapped { (failed, ok) } else { (ok, failed) };
            let _ = writeln!(text, "{pool},{:.1},{ok},{failed},{:.1}", measured(pool), measured(pool + 3));
        }
        text
    };
    let found = report("stress.csv", &text(false));
    assert_eq!(of_label(&found, Some("pool=160")), Some((41, 160)));
    let (code, said) = gate(&text(false), &text(true), "stress.csv");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("regressed"), "{said}");
    // Where none failed, as many succeeded as were started: a count all the same.
    let all = "pool,total_time,client_success,client_failed\n2,11.5,2,0\n10,14.1,10,0\n40,30.7,40,0\n80,50.2,80,0\n";
    assert_eq!(of_label(&report("fine.csv", all), Some("pool=40")), Some((0, 40)));
    // Of a part of the requests only: what is no success of it did not fail.
    let part = r#"{"total_requests": 400, "dns_success": 3, "dns_fail": 1, "mean_ms": 44.9, "p95_ms": 140.1}"#;
    assert_eq!(failed(&report("part.json", part)), Some((1, 4)));
    // Two of them are counts of their own.
    let two = "way,total_time,client_success,client_fail,server_success,server_fail\n\
               up,11.5,20,1,18,3\ndown,14.1,21,0,21,0\nboth,30.7,30,4,34,0\n";
    let found = report("two.csv", two);
    let attempts = |metric: &str| {
        let mut of = found["reported"].as_array().unwrap().iter().filter(|one| one["metric"] == metric);
        of.find(|one| one["label"] == "up").unwrap()["values"][1]["value"].as_f64()
    };
    assert_eq!((attempts("client.attempts"), attempts("server.attempts")), (Some(1.0), Some(3.0)));
}

#[test]
fn rows_that_ended_in_a_way_nobody_knows_do_not_vanish() {
    let mut text = "at,kind,seconds,score,Status\n".to_owned();
    for row in 0..12 {
        let at = format!("2025-03-04 10:{row:02}:00");
        let _ = if row % 4 == 3 {
            writeln!(text, "{at},large,,,StockElsewhere")
        } else if row == 2 {
            writeln!(text, "{at},large,,,QuotaExceeded")
        } else {
            writeln!(text, "{at},small,{:.1},{:.2},SUCCESS", measured(row), measured(row + 5))
        };
    }
    let found = report("cloud.csv", &text);
    assert_eq!(rows(&found, "seconds"), (1, 12, 3));
}

#[test]
fn checks_of_a_result_say_which_rows_failed() {
    let text = |name: &str, yes: &str, no: &str| {
        let mut text = format!("sorter,threads,seconds,{name}\n");
        for (at, sorter) in ["heap", "merge", "radix"].into_iter().enumerate() {
            for threads in [1, 2, 4] {
                let said = if (at, threads) == (1, 2) { no } else { yes };
                let _ = writeln!(text, "{sorter},{threads},{:.3},{said}", measured(at * 3 + threads));
            }
        }
        text
    };
    for name in ["correct", "valid", "verified", "is_sorted", "IsSorted", "validation_ok", "check_passed"] {
        for (yes, no) in [("1", "0"), ("true", "false")] {
            let found = report("checks.csv", &text(name, yes, no));
            assert_eq!(rows(&found, "seconds"), (1, 9, 0), "{name}={yes}");
            assert_eq!(names(&found), ["seconds"], "{name}={yes}");
        }
    }
    // Half of the rows were sorted before: that was chosen. And of so many questions one answer was right: a number.
    let chosen = "n,is_sorted,seconds\n100,true,1.13\n100,false,2.17\n900,true,4.11\n900,false,9.73\n";
    assert!(metric(&report("chosen.csv", chosen), "seconds")["failures"].is_null());
    let counted = "topic,questions,correct,seconds\na,4,1,3.17\nb,4,0,3.31\nc,5,1,2.93\n";
    assert!(metric(&report("counted.csv", counted), "seconds")["failures"].is_null());
}

#[test]
fn a_status_counts_rows_of_a_summary_that_have_numbers_all_the_same() {
    let found = report(
        "sweep.csv",
        "model,format,status,infer_ms_mean,infer_ms_p95\nfox,f32,ok,310.7,333.1\nfox,i8,error,209.9,222.2\n\
         owl,f32,error,,\nowl,i8,ok,401.3,409.9\nelk,f32,ok,77.7,79.1\n",
    );
    assert_eq!(failed(&found), Some((2, 5)));
    assert_eq!(of_label(&found, Some("fox, i8")), Some((1, 1)));
}

#[test]
fn words_that_nobody_knows_are_in_every_denominator() {
    let text = |failed: usize, more: f64| {
        let mut text = "status,answer_ms\n".to_owned();
        for row in 0..30 {
            let said = if row < failed { "FAILED" } else { "PARTIAL" };
            let _ = writeln!(text, "{said},{:.2}", measured(row) + more);
        }
        text
    };
    let found = report("eval.csv", &text(3, 0.0));
    assert_eq!(rows(&found, "answer_ms"), (3, 30, 27));
    assert_eq!(metric(&found, "answer_ms")["failures"]["per_thousand"], 100.0);
    let (code, said) = gate(&text(3, 0.0), &text(3, 0.01), "eval.csv");
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = gate(&text(3, 0.0), &text(21, 0.01), "eval.csv");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("70%, was 10%"), "{said}");
}

#[test]
fn percentiles_in_their_order_are_summaries_however_many_rows_there_are() {
    let text = |rows: usize| {
        let mut text = "at,cart_p50,cart_p90,cart_p99,pay_p50,pay_p90,pay_p99\n".to_owned();
        for row in 0..rows {
            let (minute, second, low) = (row / 60, row % 60, 300 + row * 7 % 11);
            let _ = writeln!(
                text,
                "2025-01-09 03:{minute:02}:{second:02},{low},{},{},{},{},{}",
                low + 40,
                low + 97,
                low + 900,
                low + 990,
                low + 1412
            );
        }
        text
    };
    for rows in [60, 540] {
        let found = report("monitor.csv", &text(rows));
        assert!(names(&found).is_empty(), "{rows}: {:?}", names(&found));
        assert_eq!(found["reported"].as_array().unwrap().len(), 2 * rows);
    }
}

#[test]
fn a_constant_column_makes_no_samples_of_summaries() {
    let row = |schema: &str, size: usize, low: usize| {
        format!(
            "{{{schema}\"model_bytes\":{size},\"runs\":20,\"min_us\":{low},\"p50_us\":{},\"mean_us\":{},\"max_us\":{}}}\n",
            low + 9,
            low + 11,
            low + 57
        )
    };
    for schema in ["", "\"schema\":2,\"level\":7,"] {
        let text: String = [(51_200, 9123), (97_311, 40_127), (270_001, 3011)]
            .into_iter()
            .map(|(size, low)| row(schema, size, low))
            .collect();
        assert!(names(&report("models.jsonl", &text)).is_empty(), "{schema}");
    }
}

#[test]
fn minus_one_in_all_measured_cells_is_a_test_that_failed() {
    let found = report(
        "speed.csv",
        "test,down_mbps,up_mbps,server\n1,31.2,9.8,a.example\n2,-1,-1,-1\n3,30.9,9.1,a.example\n4,32.1,9.9,b.example\n\
         5,-1,-1,-1\n6,31.5,9.2,a.example\n7,30.2,9.3,b.example\n",
    );
    assert!(is_clean(&found), "{:#}", found["findings"]);
    assert_eq!(rows(&found, "down_mbps").0, 2);
    assert_eq!(metric(&found, "down_mbps")["overall"]["clean"]["n"], 5);
    // Degrees may be that cold.
    let found = report("cold.csv", "at,inside,outside\n1,3,2\n2,-1,-1\n3,2,1\n4,4,0\n5,3,1\n");
    assert!(metric(&found, "inside")["failures"].is_null());
    // One measured column of two is a sentinel, as ever.
    let found = report("one.csv", "down_mbps,up_mbps\n31.2,9.8\n-1,9.4\n30.9,9.1\n32.1,9.9\n31.5,9.2\n30.2,9.3\n");
    assert!(!is_clean(&found));
}

#[test]
fn exit_beside_a_duration_is_how_a_process_ended() {
    let mut text = "task,ms,exit\n".to_owned();
    for row in 0..8 {
        let _ = writeln!(text, "t{},{:.2},{}", row % 2, measured(row), [0, 0, 1, 0, 137, 0, 0, 0][row]);
    }
    let found = report("tasks.csv", &text);
    assert_eq!(rows(&found, "ms"), (2, 8, 0));
    assert_eq!(names(&found), ["ms"]);
    // Who enters leaves again.
    let doors = "door,enter,exit,open_ms\na,3,2,14.7\nb,4,4,13.1\nc,1,2,15.9\n";
    assert!(names(&report("doors.csv", doors)).contains(&"exit"));
}

#[test]
fn a_load_with_so_many_percent_of_success_is_no_percentile() {
    for numbers in [
        "31, \"98_percent_success\": 34, \"90_percent_success\": 41",
        "31, \"98_percent_success\": 31, \"90_percent_success\": 31",
    ] {
        let text = format!("{{\"ramp_seconds\": 30, \"largest_tps\": {{\"100_percent_success\": {numbers}}}}}");
        let found = report("largest.json", &text);
        let all = format!("{:#}{:#}", found["metrics"], found["reported"]);
        assert!(!all.contains("\"p90\": 4") && all.contains("largest_tps.90_percent_success"), "{all}");
    }
    // What is called so many percent of something and falls as the percent rises is none either.
    let text = r#"{"seconds": 30, "load": {"99_percent_met": 20.5, "95_percent_met": 22.5, "90_percent_met": 25.5}}"#;
    let found = report("levels.json", text);
    let statistics = format!("{:#}", found["reported"]);
    assert!(!statistics.contains("\"p99\"") && !statistics.contains("\"p95\""), "{statistics}");
}

#[test]
fn right_answers_and_those_that_were_given_are_not_measured() {
    let found = report(
        "judge.csv",
        "case,expected,got,latency_ms,status\na,5,5,11.5,PASS\nb,9,9,12.5,PASS\nc,21,22,11.1,FAIL\nd,1 0,1 0,10.9,PASS\n\
         e,6,6,11.2,PASS\n",
    );
    assert!(is_clean(&found), "{:#}", found["findings"]);
    assert_eq!(names(&found), ["latency_ms"]);
    let found = report("qa.csv", "q,gold,pred,latency_ms\na,2550,1000,11.5\nb,2064,15,12.5\nc,1683,1,11.1\n");
    assert_eq!(names(&found), ["latency_ms"]);
    // What was expected of a service and what came out of it are measurements.
    let found =
        report("rates.csv", "step,expected,actual,latency_ms\n1,100,99.5,11.5\n2,200,187.1,12.5\n3,400,251.7,31.1\n");
    assert!(names(&found).contains(&"actual"));
}
