//! What stands beside samples in a document, what a row sums up, and whose count a count is.

use serde_json::Value;

use crate::support::{Place, fixture, metric};

/// The report of one file, and what the terminal says of it.
fn report(name: &str, text: &str) -> (Value, String) {
    let place = Place::new();
    place.write(name, text);
    let said = place.run(&format!("summarize {name} -o report.json")).exits(0).stdout.clone();
    (place.json("report.json"), said)
}

/// A number of what is reported of a metric and a label.
fn number(report: &Value, metric: &str, label: Option<&str>, statistic: &str) -> Option<f64> {
    let reported = report["reported"].as_array()?;
    let one = reported.iter().find(|one| one["metric"] == metric && one["label"].as_str() == label)?;
    one["values"].as_array()?.iter().find(|value| value["statistic"] == statistic)?["value"].as_f64()
}

fn metrics(report: &Value) -> Vec<&str> {
    report["metrics"].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect()
}

#[test]
fn numbers_beside_arrays_and_their_keys_are_shown_and_a_begin_and_an_end_are_no_metrics() {
    let (report, _) = report(
        "power.json",
        r#"{"draw": {"idle": {"soc_watts": 2.5, "fan_rpm": 900}, "load": {"soc_watts": 31.25, "fan_rpm": 4100}},
            "spans": {"idle": [1740000000.5, 1740000060.5], "load": [1740000061.0, 1740000121.5]}, "ambient_c": 21.5}"#,
    );
    assert!(metrics(&report).is_empty(), "{:?}", metrics(&report));
    assert_eq!(number(&report, "soc_watts", Some("idle"), "value"), Some(2.5));
    assert_eq!(number(&report, "soc_watts", Some("load"), "value"), Some(31.25));
    assert_eq!(number(&report, "ambient_c", None, "value"), Some(21.5));
    let aside = report["sources"][0]["set_aside"].as_array().unwrap();
    assert_eq!((aside[0]["rows"].as_u64(), aside.len()), (Some(2), 1), "{aside:?}");
}

#[test]
fn the_key_of_a_map_names_the_group_and_an_error_instead_of_numbers_is_a_failure() {
    let (report, said) = report(
        "models.json",
        r#"{"alpha 1b": {"load_s": 3.5, "decode_tps": [21.5, 22.5, 23.5]},
            "alpha 7b": {"load_s": 9.25, "decode_tps": [5.5, 6.5, 7.5]},
            "beta": {"error": "no such file"}}"#,
    );
    let groups = metric(&report, "decode_tps")["groups"].as_array().unwrap().clone();
    let of = |label: &str| {
        let group = groups.iter().find(|group| group["label"]["text"] == label).unwrap();
        group["population"]["clean"]["median"].as_f64().or_else(|| group["clean"]["median"].as_f64())
    };
    assert_eq!(groups.len(), 2, "names that differ in a number are two");
    assert_eq!((of("alpha 1b"), of("alpha 7b")), (Some(22.5), Some(6.5)));
    assert_eq!(number(&report, "load_s", Some("alpha 7b"), "value"), Some(9.25));
    assert_eq!(number(&report, "error", None, "failures"), Some(1.0));
    assert_eq!(number(&report, "error", None, "n"), Some(3.0));
    assert!(said.starts_with("Failing: beta: 1 of 1 attempt failed"), "{said}");
}

#[test]
fn a_count_is_that_of_its_object_and_counts_requests_where_the_file_says_so() {
    let (report, said) = report(
        "two.json",
        r#"{"cold": {"n": 40, "p50_ttft_s": 0.5, "p95_ttft_s": 0.75, "per_s": 2.5},
            "warm": {"n": 90, "p50_ttft_s": 0.25, "p95_ttft_s": 0.5, "per_s": 7.5}}"#,
    );
    assert_eq!(number(&report, "cold.ttft_s", None, "n"), Some(40.0));
    assert_eq!(number(&report, "warm.ttft_s", None, "n"), Some(90.0));
    assert_eq!(number(&report, "warm.ttft_s", None, "p95"), Some(0.5));
    assert_eq!(number(&report, "warm.per_s", None, "value"), Some(7.5));
    assert!(!said.contains("request"), "{said}");
}

#[test]
fn whole_numbers_that_succeeded_beside_those_that_failed_are_counts() {
    let (report, said) = report(
        "batches.json",
        r#"[{"batch": 4, "run": {"passed": 4, "failed": 0, "median_s": 1.5, "p95_s": 1.75}},
            {"batch": 32, "run": {"passed": 20, "failed": 12, "median_s": 4.5, "p95_s": 9.5}}]"#,
    );
    assert!(metrics(&report).is_empty(), "{:?}", metrics(&report));
    assert_eq!(number(&report, "run.s", Some("batch=32"), "n"), Some(32.0));
    assert_eq!(number(&report, "run.s", Some("batch=32"), "failures"), Some(12.0));
    assert_eq!(number(&report, "run.s", Some("batch=4"), "failures"), Some(0.0));
    assert!(said.contains("batch=32: 12 of 32 attempts failed (37.5%)"), "{said}");
    // One of each a row says how the row ended.
    let rows: String =
        (0..30).map(|row| format!("{},{},{}.5\n", u8::from(row % 3 > 0), u8::from(row % 3 == 0), row)).collect();
    let (rows, _) = self::report("rows.csv", &format!("ok,failed,took_ms\n{rows}"));
    assert_eq!(metric(&rows, "took_ms")["failures"]["failed"], 10);
}

#[test]
fn percentile_columns_are_summaries_whatever_clock_stands_beside_them() {
    let (report, _) = report(
        "p.csv",
        "time,kind,frame,samples,p50,p99,max\n\
         2026-01-02 10:00:00,udp,64,5000,110,190,400\n\
         2026-01-02 10:01:00,udp,64,5000,112,185,380\n\
         2026-01-02 10:02:00,udp,512,4000,150,240,500\n\
         2026-01-02 10:03:00,udp,512,4000,152,236,510\n",
    );
    assert!(metrics(&report).is_empty(), "{:?}", metrics(&report));
    let labels: Vec<&str> =
        report["reported"].as_array().unwrap().iter().filter_map(|one| one["label"].as_str()).collect();
    assert_eq!(labels, ["frame=64 #1", "frame=64 #2", "frame=512 #1", "frame=512 #2"]);
    assert_eq!(number(&report, "reported", Some("frame=512 #1"), "n"), Some(4000.0));
    assert_eq!(number(&report, "reported", Some("frame=512 #2"), "p99"), Some(236.0));
}

#[test]
fn several_statistics_of_one_metric_sum_up_the_configuration_of_their_row() {
    let (report, _) = report(
        "d.csv",
        "runtime,edge,mean_infer_ms,std_infer_ms,min_infer_ms,p95_infer_ms,images_per_s\n\
         a,224,12.5,1.5,10.5,15.5,80\nb,224,8.5,0.5,7.5,9.5,117\na,448,40.5,2.5,36.5,45.5,24\nb,448,31.5,1.5,28.5,34.5,31\n",
    );
    assert!(metrics(&report).is_empty(), "{:?}", metrics(&report));
    assert_eq!(number(&report, "infer_ms", Some("b, edge=448"), "mean"), Some(0.0315));
    assert_eq!(number(&report, "infer_ms", Some("a, edge=224"), "stddev"), Some(0.0015));
    assert_eq!(number(&report, "images_per_s", Some("b, edge=224"), "value"), Some(117.0));
    assert_eq!(number(&report, "edge", Some("b, edge=448"), "value"), None, "it was chosen");
}

#[test]
fn closing_rows_are_no_samples_and_what_they_are_is_said() {
    let rows = "when,what,cpu\n2026-01-02 10:00,a,2.5\n2026-01-02 10:01,a,3.5\n2026-01-02 10:02,a,3.0\n2026-01-02 10:03,a,5.5\n";
    let (report, _) = report("c.csv", &format!("{rows},,3.625\n,,3.25\n"));
    assert_eq!(metric(&report, "cpu")["overall"]["clean"]["n"], 4);
    let finding = report["findings"].as_array().unwrap().iter().find(|one| one["kind"] == "closing_row").unwrap();
    let reason = finding["reasons"].to_string();
    assert!(reason.contains("without `when`, `what`") && reason.contains("mean, median of the rows above"), "{reason}");
    assert_eq!(report["sources"][0]["set_aside"][0]["rows"], 2);
    // A label that was left out makes no summary.
    let (report, _) = self::report("l.csv", "what,cpu\na,2.5\na,3.5\na,3.0\na,5.5\n,4.5\n");
    assert_eq!(metric(&report, "cpu")["overall"]["clean"]["n"], 5);
}

#[test]
fn errors_in_the_name_of_a_benchmark_give_no_direction() {
    let (report, _) = report(
        "scores.json",
        r#"{"scores": {"lex.short": 3.5, "lex.withErrors": 4, "lex.manyErrors": 90.5, "lex.long": 8.25}}"#,
    );
    for name in ["scores.lex.short", "scores.lex.withErrors", "scores.lex.manyErrors"] {
        let found = metric(&report, name);
        assert_eq!((&found["polarity"], &found["dimension"]), (&"unknown".into(), &"unknown".into()), "{name}");
    }
}

#[test]
fn errors_of_a_script_are_no_failed_requests_and_users_are_none() {
    let (report, said) = report(
        "a.json",
        r#"{"aggregate": {"counters": {"vusers.created": 20, "vusers.completed": 18, "vusers.failed": 2, "http.requests": 50,
            "http.responses": 48, "http.codes.200": 47, "http.codes.503": 1, "errors.ECONNRESET": 2,
            "errors.Undefined function \"pick\"": 70}, "summaries": {"http.response_time":
            {"min": 1, "max": 9, "count": 48, "mean": 3, "median": 2, "p95": 8, "p99": 9}}}, "intermediate": []}"#,
    );
    assert_eq!(number(&report, "http.requests", None, "failures"), Some(3.0));
    assert_eq!(number(&report, "errors", Some("Undefined function \"pick\""), "value"), Some(70.0));
    assert!(
        said.starts_with("Measured: 50 requests, 6% failed") || said.starts_with("Measured: 50 requests, 6.00% failed"),
        "{said}"
    );
}

#[test]
fn google_benchmark_s_csv_is_read_as_its_json_with_what_is_printed_above() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("google-benchmark/printed.csv"))).exits(0);
    let report = place.json("r.json");
    let found = metric(&report, "real_time");
    let labels: Vec<&str> =
        found["groups"].as_array().unwrap().iter().filter_map(|one| one["label"]["text"].as_str()).collect();
    assert_eq!(labels, ["sum_list/1", "sum_list/8", "sum_list/64", "sum_list/512", "sort_with_counter"]);
    assert_eq!(found["dimension"], "time");
    assert_eq!(report["sources"][0]["environment"]["cores"], "2");
    let aside = report["sources"][0]["set_aside"].to_string();
    assert!(aside.contains("aggregates, of which the repetitions stand in the file"), "{aside}");
    assert!(report["findings"].to_string().contains("`fails` ended in an error 4 times: no \\\"device\\\", none"));
    // Only aggregates: reported as the library computed them.
    let rows = "name,iterations,real_time,cpu_time,time_unit,bytes_per_second,items_per_second,label,error_occurred,error_message\n\
        \"BM_a/8_mean\",5,1.5,1.25,us,,,,,\n\"BM_a/8_median\",5,1.4,1.2,us,,,,,\n\"BM_a/8_stddev\",5,0.1,0.1,us,,,,,\n\"BM_of_mean\",900,7.5,7.5,ns,,,,,\n";
    place.write("only.csv", rows);
    place.run("summarize only.csv -o only.json").exits(0);
    let only = place.json("only.json");
    assert_eq!(number(&only, "real_time", Some("BM_a/8"), "mean"), Some(1.5e-6));
    assert_eq!(metric(&only, "real_time")["overall"]["clean"]["n"], 1);
}
