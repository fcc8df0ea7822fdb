//! How many failed is read from whatever counts them, and what a file says between its rows is heard.

use serde_json::{Value, json};

use crate::support::{Place, metric};

fn report(place: &Place, file: &str) -> Value {
    place.run(&format!("summarize {file} -o out.json")).exits(0);
    place.json("out.json")
}

/// The populations of which failures are known: metric, label, failed, total.
fn failures(report: &Value) -> Vec<(String, String, u64, u64)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |one: &Value| {
        let number = |name: &str| one[name].as_u64().unwrap();
        (text(&one["metric"]), text(&one["label"]), number("failed"), number("total"))
    };
    report["verdict"]["failures"].as_array().into_iter().flatten().map(one).collect()
}

fn first_line(report: &Value) -> &str {
    report["verdict"]["headline"].as_str().unwrap()
}

#[test]
fn a_document_says_how_many_of_its_requests_failed_in_many_ways() {
    for (document, said) in [
        (json!({"totalRequests": 80, "failedRequests": 20, "elapsed_s": 4.5}), "20 of 80 requests failed (25%)"),
        (json!({"concurrent_requests": 4, "num_requests": 80, "num_success": 60}), "20 of 80 requests failed (25%)"),
        (json!({"n_requests": 80, "n_errors": 20, "avg_ms": 3.5}), "20 of 80 requests failed (25%)"),
        (json!({"requests_per_user": 5, "requests_total": 80, "errors_total": 20}), "20 of 80 requests failed (25%)"),
        (json!({"total_requests": 80, "success_rate": 0.75, "avg_ms": 3.5}), "20 of 80 requests failed (25%)"),
        (json!({"total_requests": 80, "error_rate": 25.0, "avg_ms": 3.5}), "20 of 80 requests failed (25%)"),
        (json!({"success_count": 60, "error_count": 20, "avg_ms": 3.5}), "20 of 80 attempts failed (25%)"),
        (json!({"totalTests": 80, "passedTests": 60, "seconds": 3.5}), "20 of 80 tests failed (25%)"),
        (json!({"status_codes": {"200": 60, "503": 20}, "avg_ms": 3.5}), "20 of 80 requests failed (25%)"),
        (json!({"num_prompts": 80, "completed": 60, "mean_ttft_ms": 31.5}), "20 of 80 requests failed (25%)"),
        (json!({"totalRequests": 80, "failedRequests": 0, "elapsed_s": 4.5}), "80 requests, none failed"),
    ] {
        let place = Place::new();
        place.write("run.json", document.to_string());
        let report = report(&place, "run.json");
        assert!(first_line(&report).starts_with(said), "{document}: {}", first_line(&report));
    }
}

#[test]
fn what_could_be_another_share_or_another_number_is_no_count_of_failures() {
    for document in [
        // Half a percent of 100,000, or half of them.
        json!({"total_requests": 100_000, "error_rate": 0.5, "avg_ms": 3.5}),
        // Rounded to tenths: of a million nobody knows how many.
        json!({"total_requests": 1_234_567, "error_rate": 2.3, "avg_ms": 3.5}),
        json!({"max_requests": 100, "failed": 7, "avg_ms": 3.5}),
        json!({"concurrent_requests": 100, "error_budget": 7, "avg_ms": 3.5}),
    ] {
        let place = Place::new();
        place.write("run.json", document.to_string());
        let report = report(&place, "run.json");
        assert_eq!(failures(&report), [], "{document}");
        assert!(metric(&report, "avg_ms")["overall"]["clean"]["n"] == 1, "{document}");
    }
}

#[test]
fn runs_whose_documents_count_failures_are_compared_by_what_they_measured_and_by_those() {
    let place = Place::new();
    for run in 0..8 {
        let document = |failed: u64, ms: f64| json!({"n_requests": 500, "n_errors": failed, "avg_ms": ms}).to_string();
        let noise = f64::from(run % 4) * 0.25;
        place.write(&format!("before/run-{run}.json"), document(0, 100.5 + noise));
        place.write(&format!("slow/run-{run}.json"), document(0, 130.25 + noise));
        place.write(&format!("bad/run-{run}.json"), document(200, 100.5 + noise));
    }
    place.run("compare before slow --fail-on regression").exits(1).says("regressed").says("avg_ms");
    place.run("compare before bad --fail-on regression").exits(1).says("200 of 500 requests failed (40%");
    place.run("compare before before --fail-on regression --undecided pass").exits(0);
}

#[test]
fn rows_that_count_failures_say_each_how_many_and_stay_samples() {
    let place = Place::new();
    place.write(
        "runs.ndjson",
        "{\"ok\": 40, \"errors\": 60, \"avg_ms\": 3.5}\n{\"ok\": 95, \"errors\": 5, \"avg_ms\": 3.25}\n",
    );
    let report = report(&place, "runs.ndjson");
    let expected =
        [("attempts".to_owned(), "row 1".to_owned(), 60, 100), ("attempts".to_owned(), "row 2".to_owned(), 5, 100)];
    assert_eq!(failures(&report), expected);
    assert_eq!(metric(&report, "avg_ms")["overall"]["clean"]["n"], 2);
}

#[test]
fn the_states_of_a_batch_system_say_which_jobs_failed() {
    let place = Place::new();
    let states =
        ["COMPLETED", "FAILED", "TIMEOUT", "OUT_OF_MEMORY", "CANCELLED by 77", "NODE_FAIL", "COMPLETED", "RUNNING"];
    let rows: String = states
        .iter()
        .cycle()
        .take(24)
        .enumerate()
        .map(|(job, state)| format!("{}|00:0{}:17|{}K|{state}\n", 400 + job, job % 10, 2001 + 7 * job))
        .collect();
    place.write("sacct.psv", format!("JobID|Elapsed|MaxRSS|State\n{rows}"));
    let report = report(&place, "sacct.psv");
    // 5 of 8 states, of jobs that ended: 15 of 21.
    assert!(first_line(&report).starts_with("15 of 21 rows failed (71.4%)"), "{}", first_line(&report));
    let memory = metric(&report, "MaxRSS");
    assert_eq!(memory["dimension"], "bytes");
    assert_eq!(memory["overall"]["clean"]["min"].as_f64(), Some(2001.0 * 1024.0), "sacct's K are 1,024 bytes");
}

#[test]
fn lines_of_an_error_between_rows_are_rows_that_failed() {
    let place = Place::new();
    let mut text = "taken_at,server,ping_ms,down\n".to_owned();
    for minute in 10..40 {
        if minute % 5 == 0 {
            text += "Cannot reach the test server\n";
        } else {
            text += &format!("2025-02-03T08:{minute}:00,Oslo,{}.5,{}.25\n", minute % 7 + 20, 90 + minute % 4);
        }
    }
    place.write("speed.csv", text);
    let report = report(&place, "speed.csv");
    assert_eq!(failures(&report), [(String::new(), String::new(), 6, 30)]);
    assert_eq!(metric(&report, "ping_ms")["overall"]["clean"]["n"], 24);
    assert_eq!(report["verdict"]["corrupted_samples"], 0);
    place.run("summarize speed.csv").exits(0).says("30 rows").says("20% failed");
}

#[test]
fn titles_between_tables_of_the_same_columns_keep_them_apart() {
    let place = Place::new();
    let table = |title: &str, factor: f64| {
        let rows: String = (3..=8).map(|size| format!("{size},{:.3}\n", f64::from(size) * factor)).collect();
        format!("{title},\nsize,seconds\n{rows}\n")
    };
    place.write("methods.csv", table("DIRECT", 0.125) + &table("ITERATIVE", 0.5));
    let report = report(&place, "methods.csv");
    let groups: Vec<&str> = metric(&report, "seconds")["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["label"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(groups.len(), 12, "{groups:?}");
    assert!(groups.iter().filter(|label| label.contains("ITERATIVE")).count() == 6, "{groups:?}");
    assert_eq!(report["verdict"]["data"], "clean");
}

#[test]
fn the_object_whose_rows_all_failed_is_named_beside_one_whose_rows_did_not() {
    let place = Place::new();
    let tries = |ok: bool, off: f64| -> Vec<Value> {
        (0..6).map(|index| json!({"ok": ok, "seconds": 40.125 + off + 1.37 * f64::from(index * 5 % 6)})).collect()
    };
    let document =
        json!({"clients": 4, "one_by_one": {"tries": tries(true, 0.0)}, "all_at_once": {"tries": tries(false, 0.71)}});
    place.write("run.json", document.to_string());
    let report = report(&place, "run.json");
    assert!(first_line(&report).starts_with("all_at_once.tries: 6 of 6 rows failed (100%)"), "{}", first_line(&report));
}

#[test]
fn every_combination_of_a_full_design_stands_apart() {
    let place = Place::new();
    let mut text = "version,fixture,median_ms\n".to_owned();
    for version in 0..24 {
        for (fixture, base) in [("small", 20.0), ("medium", 80.0), ("large", 400.0), ("huge", 1900.0)] {
            text += &format!("1.{version}.0,{fixture},{:.1}\n", base + 0.7 * f64::from(version * 5 % 11));
        }
    }
    place.write("history.csv", text);
    let report = report(&place, "history.csv");
    let median = metric(&report, "median_ms");
    assert_eq!(median["groups"].as_array().unwrap().len(), 96, "{:#}", median["grouped_by"]);
}

#[test]
fn settings_that_are_numbers_here_and_words_there_tell_rows_apart() {
    let place = Place::new();
    place.write("speed.csv", "concurrency,tok_s\none_stream,81.5\n8,247\n16,371\n32,498\n64,512\n");
    let report = report(&place, "speed.csv");
    let labels: Vec<&str> = metric(&report, "tok_s")["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["label"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["one_stream", "8", "16", "32", "64"]);
}

#[test]
fn repetitions_in_columns_are_samples_of_their_row() {
    let place = Place::new();
    let rows: String = [1, 2, 4, 8, 16]
        .map(|threads| {
            let runs: Vec<f64> = (0..4).map(|run| f64::from(threads) * 0.125 + 0.01 * f64::from(run * 3 % 4)).collect();
            let cells: Vec<String> = runs.iter().map(|run| format!("{run:.3}")).collect();
            format!("{threads},{},{:.4}\n", cells.join(","), runs.iter().sum::<f64>() / 4.0)
        })
        .concat();
    place.write("runs.csv", format!("threads,run1_s,run2_s,run3_s,run4_s,average\n{rows}"));
    let report = report(&place, "runs.csv");
    assert_eq!(report["metrics"].as_array().unwrap().len(), 1, "an average is no sample");
    let sample = metric(&report, "measured_s");
    assert_eq!((&sample["overall"]["clean"]["n"], &sample["unit"]), (&20.into(), &"s".into()));
    assert_eq!(sample["groups"].as_array().unwrap().len(), 5);
}

#[test]
fn empty_cells_behind_the_last_name_are_no_ragged_rows() {
    let place = Place::new();
    let rows: String = (0..8)
        .map(|row| format!("tar,create,{}.5,5.25\nzst,extract,{}.25,,\n", 20 + row * 3 % 7, 15 + row * 5 % 7))
        .collect();
    place.write("runs.csv", format!("tool,operation,time_ms,ratio\n{rows}"));
    let report = report(&place, "runs.csv");
    assert_eq!(metric(&report, "time_ms")["overall"]["clean"]["n"], 16);
    assert_eq!(report["verdict"]["corrupted_samples"], 0);
}

#[test]
fn a_total_holds_what_was_skipped_as_well() {
    let place = Place::new();
    place.write("run.json", json!({"passed": 30, "failed": 5, "blocked": 5, "total": 40, "seconds": 12.5}).to_string());
    let report = report(&place, "run.json");
    assert_eq!(failures(&report).first().map(|one| (one.2, one.3)), Some((5, 40)));
}

#[test]
fn durations_of_a_few_steps_of_a_coarse_clock_are_not_stuck() {
    let place = Place::new();
    let rows = |middle: &str| -> String {
        (0..60)
            .map(|index| if (20..40).contains(&index) { middle.to_owned() } else { format!("{}\n", 1 + index * 7 % 5) })
            .collect()
    };
    place.write("coarse.csv", format!("took_ms\n{}", rows("3\n")));
    place.run("check coarse.csv").exits(0);
    let fine: String = (0..60)
        .map(|index| {
            if (20..40).contains(&index) {
                "3.217\n".to_owned()
            } else {
                format!("{}.{:03}\n", 1 + index * 7 % 5, index * 137 % 1000)
            }
        })
        .collect();
    place.write("fine.csv", format!("took_ms\n{fine}"));
    place.run("check fine.csv").says("stuck value");
}
