//! Files in the habits of strangers: names above several rows, averages below blocks, tables without a header, and words that mean
//! something else than they look like.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, findings, metric, names, report, unit};

fn count(report: &Value, name: &str) -> u64 {
    metric(report, name)["overall"]["clean"]["n"].as_u64().unwrap_or_default()
}

#[test]
fn an_apostrophe_with_an_s_is_no_second_and_a_thousandth_of_a_time_is_one_of_a_second() {
    let text = "card,Anna’s 3D,Bert's load,maria_exec_milli,supply_current_milli\n\
                a,21.7,6.2,92,310\nb,55.5,13.1,43,312\nc,56.2,12.5,42,309\n";
    let report = report("bench.csv", text);
    for name in ["Anna’s 3D", "Bert's load", "supply_current_milli"] {
        assert_ne!(metric(&report, name)["dimension"], "time", "{name}");
    }
    assert_eq!(unit(&report, "maria_exec_milli"), "ms");
    assert_eq!(metric(&report, "maria_exec_milli")["polarity"], "lower_is_better");
}

#[test]
fn how_good_an_answer_was_is_a_result_whatever_else_stands_in_its_name() {
    let mut text = "size,name,recall_at_k,avg_latency_us\n".to_owned();
    for size in [100, 500, 1000] {
        for (name, recall) in [("flat", 1.0), ("tree", 1.0), ("graph", 1.0 - f64::from(size) / 20_000.0)] {
            let _ = writeln!(text, "{size},{name},{recall},{:.4}", 41.3 + f64::from(size) / 7.0);
        }
    }
    let report = report("search.csv", &text);
    assert_eq!(metric(&report, "recall_at_k")["polarity"], "higher_is_better");
    assert_eq!(metric(&report, "recall_at_k")["groups"].as_array().unwrap().len(), 9);
}

#[test]
fn total_time_of_a_training_is_its_clock_and_what_it_counts_no_result() {
    let mut text = "total_time,num_episodes,total timesteps,ep_rew_mean\n".to_owned();
    let (mut time, mut episodes) = (2.92, 1447);
    for row in 1..=40_u32 {
        let _ = writeln!(text, "{time:.6},{episodes},{},{:.5}", row * 8192, 52.8 + f64::from(row * row % 17));
        time += 11.4 + f64::from(row % 3) / 10.0;
        episodes += 1300 - row * 17;
    }
    assert_eq!(names(&report("run.csv", &text)), ["ep_rew_mean"]);
}

#[test]
fn epochs_that_never_fall_are_no_metric_and_losses_are() {
    let rows: Vec<String> = (0..24_u32)
        .map(|row| {
            let (epoch, loss) = (f64::from(row / 2), 2.5 / f64::from(row + 1));
            format!("{{\"epoch\": {epoch:.1}, \"step\": {}, \"loss\": {loss:.5}}}", row / 2 * 401)
        })
        .collect();
    assert_eq!(names(&report("state.json", &format!("{{\"log_history\": [{}]}}", rows.join(",")))), ["loss"]);
}

#[test]
fn the_part_of_a_second_behind_a_time_of_day_is_no_duration() {
    let mut text = "Reading,Date,Time,Fractional Seconds\n".to_owned();
    for row in 0..30_u32 {
        let place = row * 7;
        let _ = writeln!(
            text,
            "{}e-3,02/18/2025,13:38:{:02},.{:03}",
            410 + row * 37 % 91,
            5 + place / 100,
            place * 10 % 1000
        );
    }
    assert_eq!(names(&report("meter.csv", &text)), ["Reading"]);
}

#[test]
fn instants_and_codes_are_told_without_a_header() {
    let mut text = String::new();
    for row in 0..60_u64 {
        let code = if row % 20 == 7 { 503 } else { 200 };
        let at = 1_721_140_471_000_000_000 + row * 35 % 60 * 7_919_337;
        let _ = writeln!(text, "{at},{code},{},{row}", 23_646_709 + row * 37 % 91 * 1009);
    }
    let report = report("out.csv", &text);
    assert_eq!(names(&report), ["column_3"]);
    assert_eq!(metric(&report, "column_3")["failures"]["failed"], 3);
}

#[test]
fn a_table_of_names_and_values_is_a_metric_a_name_however_short_it_is() {
    let mut text = "metric,value\niters,300\nhandshake_rate_pct,100.00\n".to_owned();
    for step in 0..20 {
        let _ = writeln!(text, "stage{step}_client_us,{}.25\nstage{step}_sent_bytes,{}", 41 + step, 2356 + step);
    }
    let report = report("bench.csv", &text);
    assert_eq!(unit(&report, "stage3_client_us"), "µs");
    assert_eq!(unit(&report, "stage3_sent_bytes"), "B");
    assert!(!names(&report).contains(&"value"));
}

#[test]
fn a_name_holds_for_the_rows_below_it_and_their_average_is_no_sample() {
    let text = "App,KERNEL,TOTAL\nLava,1.70,1.91\n,1.69,1.89\n,1.90,2.08\nAverage,1.763333333,1.96\n\
                Srad,0.46,0.77\n,0.44,0.73\n,0.53,0.81\nAverage,0.476666667,0.77\n";
    let report = report("runs.csv", text);
    assert_eq!(count(&report, "KERNEL"), 6);
    let groups: Vec<&str> = metric(&report, "KERNEL")["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["label"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(groups, ["Lava", "Srad"]);
    assert_eq!(findings(&report, "closing_row").len(), 1);
}

#[test]
fn two_durations_in_one_cell_are_not_added() {
    let text = "tool,wait\na,40.86ms 2.19ms\nb,76.24ms 192.32ms\nc,12.11ms 3.05ms\n";
    let place = Place::new();
    place.write("w.csv", text);
    let run = place.run("summarize w.csv -o out.json");
    assert!(!run.stdout.contains("43.05"), "{}", run.stdout);
}

#[test]
fn a_line_with_two_brackets_begins_no_json() {
    let place = Place::new();
    let lines: String = (0..20)
        .map(|row| format!("[18-08-17 12:07:{row:02}] [INFO] DEBUG - Memory usage: {} (kb)\n", 314_036 + row))
        .collect();
    place.write("latency.log", lines);
    let run = place.run("summarize latency.log");
    assert!(!run.stderr.contains("JSON: expected") && !run.stderr.contains("not valid JSON"), "{}", run.stderr);
}

#[test]
fn rows_of_jmeter_are_known_without_a_header_whatever_columns_were_chosen() {
    let mut text = String::new();
    for row in 0..40_u64 {
        let (code, passed) = if row % 10 == 3 { (500, false) } else { (200, true) };
        let _ = writeln!(
            text,
            "{}|{}|Cart page|{code}|Thread Group 1-{}|{passed}|4092|23|23|{}|1|0|null",
            1_452_611_926_000 + row * 250,
            140 + row * 37 % 91,
            row % 5 + 1,
            90 + row % 7
        );
    }
    let report = report("power.jtl", &text);
    assert_eq!(report["sources"][0]["format"], "jmeter");
    let elapsed = metric(&report, "elapsed");
    assert_eq!((&elapsed["failures"]["failed"], unit(&report, "elapsed")), (&Value::from(4), "ms"));
    assert_eq!(names(&report), ["elapsed", "bytes"]);
}

#[test]
fn what_an_object_says_of_its_own_array_names_no_other() {
    let text = r#"{"host": "n1", "results": {
        "multiply": {"name": "multiply", "details": {"by_size": [{"size": 1024, "tflops": 71.3}, {"size": 4096, "tflops": 72.9}]}},
        "reduce": {"name": "reduce", "details": {"by_size": [{"size_mb": 1, "latency_ms": 0.046}, {"size_mb": 10, "latency_ms": 0.091}]}}}}"#;
    let report = report("health.json", text);
    let labels: Vec<String> = metric(&report, "latency_ms")["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["label"]["text"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(labels.len(), 2);
    assert!(labels.iter().all(|label| !label.contains("multiply")), "{labels:?}");
}

#[test]
fn a_table_is_read_although_more_lines_of_text_stand_below_it_than_rows() {
    let mut text = "System Time,Elapsed Time (sec),Power_0(Watt),Cumulative Energy_0(Joules)\n".to_owned();
    for row in 0..7 {
        let at = f64::from(row) * 0.1 + 0.117;
        let _ = writeln!(
            text,
            "04:23:07:{},   {at:.3},  {:.3},  {:.3}",
            234 + row * 100,
            45.87 - f64::from(row % 3),
            at * 45.1
        );
    }
    for line in 0..12 {
        let _ = writeln!(text, "\nAverage Power_{line} (Watt) = 44.7{line}");
    }
    let report = report("power.csv", &text);
    assert_eq!(count(&report, "Power_0(Watt)"), 7);
    assert!(!names(&report).contains(&"Elapsed Time (sec)"));
}

#[test]
fn rows_of_something_else_are_no_requests_of_a_run() {
    let mut text = "timestamp,endpoint,latency_s\n".to_owned();
    for row in 0..66_u32 {
        let line = if (30..36).contains(&row) {
            format!("2025-03-01T10:00:{:02}Z,web-{},{}", row / 2, row % 3, 2_549_000 + row * 137)
        } else {
            let endpoint = ["/pay", "/login"][row as usize % 2];
            format!("2025-03-01T10:00:{:02}Z,{endpoint},{:.4}", row / 2, 0.07 + f64::from(row * 37 % 41) / 300.0)
        };
        let _ = writeln!(text, "{line}");
    }
    let report = report("requests.csv", &text);
    assert_eq!(count(&report, "latency_s"), 60);
    assert_eq!(report["requests"][0]["requests"], 60, "{}", report["requests"]);
}
