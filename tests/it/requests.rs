//! Runs of requests: rate, concurrency, failures and percentiles over time, compared with values calculated here by other means.

use std::fmt::Write as _;

use serde_json::Value;

use crate::reference::{close, type_6};
use crate::support::{Place, report};

/// A request as it is written into a file.
#[derive(Clone, Copy)]
struct Row {
    /// Milliseconds since 1970.
    start: i64,
    /// Milliseconds.
    took: i64,
    label: &'static str,
    code: u16,
}

const START: i64 = 1_710_504_000_250;

/// 100 seconds of 40 requests a second, of which every 50th fails, all of them between the 20th and the 30th second.
fn rows() -> Vec<Row> {
    let mut state = 7_u64;
    let mut next = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let row = |index: i64| {
        let start = START + index * 25 + next(20) as i64;
        let fails = (800..1200).contains(&index) && index % 10 == 0;
        let label = if index % 3 == 0 { "POST /pay" } else { "GET /cart" };
        let code = if !fails {
            200
        } else if index % 20 == 0 {
            503
        } else {
            500
        };
        Row { start, took: 40 + next(160) as i64, label, code }
    };
    (0..4000).map(row).collect()
}

fn jtl(rows: &[Row]) -> String {
    let mut text = "timeStamp,elapsed,label,responseCode,success\n".to_owned();
    for row in rows {
        let _ = writeln!(text, "{},{},{},{},{}", row.start, row.took, row.label, row.code, row.code == 200);
    }
    text
}

#[test]
fn rate_and_concurrency_of_a_run_are_those_of_its_intervals() {
    let rows = rows();
    let report = report("run.jtl", &jtl(&rows));
    let run = &report["requests"][0];
    let end = rows.iter().map(|row| row.start + row.took).max().unwrap();
    let begin = rows.iter().map(|row| row.start).min().unwrap();
    let length = (end - begin) as f64 / 1e3;
    close(&run["length"], length);
    close(&run["rate"], 4000.0 / length);
    close(&run["clock"]["start"], begin as f64 / 1e3);
    assert_eq!(run["clock"]["moment"], "start");
    let taken: i64 = rows.iter().map(|row| row.took).sum();
    close(&run["concurrency"]["mean"], taken as f64 / 1e3 / length);
    assert!(
        report["verdict"]["headline"].as_str().unwrap().contains("; 4,000 requests, 39.9"),
        "{}",
        report["verdict"]
    );
}

#[test]
fn every_bin_has_the_requests_failures_and_percentiles_of_its_time() {
    let rows = rows();
    let report = report("run.jtl", &jtl(&rows));
    let run = &report["requests"][0];
    let width = run["bin_width"].as_f64().unwrap();
    assert_eq!(width, 1.0);
    let begin = rows.iter().map(|row| row.start).min().unwrap();
    let end = rows.iter().map(|row| row.start + row.took).max().unwrap();
    let bins = run["bins"].as_array().unwrap();
    assert_eq!(bins.len() as i64, (end - 1).div_euclid(1000) - begin.div_euclid(1000) + 1);
    for (index, bin) in bins.iter().enumerate() {
        let from = (begin.div_euclid(1000) + index as i64) * 1000;
        let inside: Vec<&Row> = rows.iter().filter(|row| (from..from + 1000).contains(&row.start)).collect();
        assert_eq!(bin["requests"], inside.len(), "bin {index}");
        assert_eq!(bin["failed"], inside.iter().filter(|row| row.code != 200).count());
        let (low, high) = (from.max(begin), (from + 1000).min(end));
        close(&bin["from"], (low - begin) as f64 / 1e3);
        close(&bin["to"], (high - begin) as f64 / 1e3);
        close(&bin["rate"], inside.len() as f64 / ((high - low) as f64 / 1e3));
        let good: Vec<f64> = inside.iter().filter(|row| row.code == 200).map(|row| row.took as f64 / 1e3).collect();
        assert_eq!(bin["samples"], good.len());
        if good.len() >= 20 {
            close(&bin["p50"], type_6(&good, 0.5));
            close(&bin["p95"], type_6(&good, 0.95));
        } else {
            assert!(bin["p95"].is_null(), "{bin}");
        }
        assert!(bin["p99"].is_null(), "p99 needs 100 samples: {bin}");
        let overlap = |row: &Row| ((row.start + row.took).min(high) - row.start.max(low)).max(0);
        let in_progress: i64 = rows.iter().map(overlap).sum();
        close(&bin["concurrency"], in_progress as f64 / (high - low) as f64);
    }
}

#[test]
fn failures_are_told_by_code_and_by_label_with_first_and_last_seen() {
    let rows = rows();
    let report = report("run.jtl", &jtl(&rows));
    let run = &report["requests"][0];
    let begin = rows.iter().map(|row| row.start).min().unwrap();
    let seen = |rows: &[&Row], found: &Value| {
        close(&found["first"], (rows.iter().map(|row| row.start).min().unwrap() - begin) as f64 / 1e3);
        close(&found["last"], (rows.iter().map(|row| row.start).max().unwrap() - begin) as f64 / 1e3);
        assert_eq!(found["failed"], rows.len());
    };
    let causes = run["causes"].as_array().unwrap();
    assert_eq!(causes.len(), 2);
    for cause in causes {
        let code: u16 = cause["cause"].as_str().unwrap().parse().unwrap();
        seen(&rows.iter().filter(|row| row.code == code).collect::<Vec<&Row>>(), cause);
        close(&cause["share"], 20.0 / 4000.0);
        // Wilson's interval of 20 of 4000 at 95%, from its formula.
        let (n, share, z) = (4000.0, 20.0 / 4000.0, 1.959_963_984_540_054_f64);
        let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        let low = (share + z * z / (2.0 * n) - half) / (1.0 + z * z / n);
        // They come in clusters, so that the interval is wider than that.
        let found = cause["interval"]["low"].as_f64().unwrap();
        assert!(0.0 < found && found < low, "{found} instead of below {low}");
    }
    for endpoint in run["endpoints"].as_array().unwrap() {
        let of_label: Vec<&Row> = rows.iter().filter(|row| row.label == endpoint["label"]).collect();
        assert_eq!(endpoint["requests"], of_label.len());
        seen(&of_label.into_iter().filter(|row| row.code != 200).collect::<Vec<&Row>>(), endpoint);
    }
}

#[test]
fn ramp_steady_part_and_drain_are_found_where_the_load_has_them() {
    // 20 requests a second, in the first and the last 30 of 300 seconds 5.
    let mut text = "timeStamp,elapsed,label,success\n".to_owned();
    for second in 0..300_i64 {
        let rate = if (30..270).contains(&second) { 20 } else { 5 };
        for index in 0..rate {
            let at = 1_710_504_000_000 + second * 1000 + index * 1000 / rate;
            let _ = writeln!(text, "{at},{},a,true", 200 + (second * 7 + index * 13) % 50);
        }
    }
    let report = report("run.jtl", &text);
    let phases: Vec<(&str, f64, f64)> = report["requests"][0]["phases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|phase| {
            (phase["kind"].as_str().unwrap(), phase["from"].as_f64().unwrap(), phase["to"].as_f64().unwrap().round())
        })
        .collect();
    assert_eq!(phases, [("ramp", 0.0, 30.0), ("steady", 30.0, 270.0), ("drain", 270.0, 300.0)]);
    let steady = &report["requests"][0]["phases"][1];
    close(&steady["rate"], 20.0);
    assert_eq!(steady["requests"], 4800);
}

#[test]
fn which_moment_an_instant_is_is_known_or_said_not_to_be() {
    let table = |instant: &str, in_order_of_ends: bool| {
        let mut rows: Vec<(i64, i64)> =
            (0..200).map(|index| (1_710_504_000_000 + index * 50, 20 + index * 37 % 400)).collect();
        if in_order_of_ends {
            rows.sort_by_key(|(start, took)| start + took);
        }
        let mut text = format!("{instant},endpoint,latency_ms,status\n");
        for (start, took) in rows {
            let _ = writeln!(text, "{start},/cart,{took},200");
        }
        text
    };
    for (instant, in_order_of_ends, moment) in [
        ("timestamp", false, "unknown"),
        ("timestamp", true, "start"),
        ("request_start", false, "start"),
        ("finished_at", false, "end"),
    ] {
        let report = report("run.csv", &table(instant, in_order_of_ends));
        let run = &report["requests"][0];
        assert_eq!(run["clock"]["moment"], moment, "{instant}: {}", run["clock"]);
        assert_eq!(run["are_requests"], true);
        assert!(report["verdict"]["headline"].as_str().unwrap().starts_with("200 requests, "));
    }
}

#[test]
fn runs_that_were_appended_to_one_file_are_runs_apart() {
    let rows = rows();
    let later: Vec<Row> = rows[..1000].iter().map(|row| Row { start: row.start + 86_400_000, ..*row }).collect();
    let text = jtl(&rows) + &jtl(&later);
    let report = report("run.jtl", &text);
    let runs = report["requests"].as_array().unwrap();
    let found: Vec<(u64, u64)> =
        runs.iter().map(|run| (run["run"].as_u64().unwrap(), run["requests"].as_u64().unwrap())).collect();
    assert_eq!(found, [(1, 4000), (2, 1000)]);
}

#[test]
fn one_wrong_clock_does_not_stretch_the_run() {
    let mut rows = rows();
    rows[17].start = 1000;
    let report = report("run.jtl", &jtl(&rows));
    let run = &report["requests"][0];
    assert_eq!((&run["requests"], &run["without_instant"]), (&4000.into(), &1.into()));
    assert!(run["length"].as_f64().unwrap() < 101.0, "{}", run["length"]);
}

#[test]
fn tables_of_statistics_and_benchmarks_are_no_runs() {
    let mut text = "timestamp,p50_ms,p95_ms,requests\n".to_owned();
    for index in 0..60 {
        let _ = writeln!(text, "{},{},{},{}", 1_710_504_000 + index, 20 + index % 5, 80 + index % 9, 100);
    }
    assert!(report("history.csv", &text).get("requests").is_none());
}

/// Every third row each, as three load generators write them.
fn shards(rows: &[Row]) -> [Vec<Row>; 3] {
    [0, 1, 2].map(|shard| rows.iter().skip(shard).step_by(3).copied().collect())
}

/// A report on three files of one kind.
fn report_on_three(texts: [String; 3]) -> Value {
    let place = Place::new();
    for (number, text) in (1..).zip(texts) {
        place.write(&format!("worker-{number}.jtl"), text);
    }
    place.run("summarize worker-1.jtl worker-2.jtl worker-3.jtl -o out.json").exits(0);
    place.json("out.json")
}

/// The labels come in their order of appearance, which differs between a file and its parts.
fn labelled(report: &Value, run: usize) -> Vec<(String, Value)> {
    let endpoints = report["requests"][run]["endpoints"].as_array().unwrap();
    let mut found: Vec<(String, Value)> =
        endpoints.iter().map(|one| (one["label"].as_str().unwrap().to_owned(), one.clone())).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

#[test]
fn files_of_several_load_generators_are_one_run_exactly() {
    // With a multiple of neither, so that each of the files has both labels.
    let rows: Vec<Row> = rows()
        .into_iter()
        .enumerate()
        .map(|(index, row)| Row { label: if index % 4 == 0 { "POST /pay" } else { "GET /cart" }, ..row })
        .collect();
    let whole = report("run.jtl", &jtl(&rows));
    let joint = report_on_three(shards(&rows).map(|rows| jtl(&rows)));
    let (one, found) = (&whole["requests"][0], &joint["requests"][0]);
    assert_eq!(found["source"], "worker-*.jtl");
    assert_eq!(found["shards"]["sources"].as_array().unwrap().len(), 3);
    for field in ["requests", "failed", "length", "rate", "bin_width", "bins", "phases"] {
        assert_eq!(one[field], found[field], "{field}");
    }
    // How failures cluster over several files is not known: their intervals are as wide as those of the worst file.
    let causes = |run: &Value| {
        let mut causes = run["causes"].clone();
        for cause in causes.as_array_mut().unwrap() {
            cause.as_object_mut().unwrap().remove("interval");
        }
        causes
    };
    assert_eq!(causes(one), causes(found));
    close(&found["concurrency"]["mean"], one["concurrency"]["mean"].as_f64().unwrap());
    let counted = |report: &Value| {
        labelled(report, 0)
            .into_iter()
            .map(|(label, mut endpoint)| {
                endpoint.as_object_mut().unwrap().remove("interval");
                (label, endpoint)
            })
            .collect::<Vec<(String, Value)>>()
    };
    assert_eq!(counted(&whole), counted(&joint));
    let good: Vec<f64> = rows.iter().filter(|row| row.code == 200).map(|row| row.took as f64 / 1e3).collect();
    for (name, p) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
        close(&found["shards"][name], type_6(&good, p));
    }
    let headline = joint["verdict"]["headline"].as_str().unwrap();
    assert!(headline.contains(": failed 0% → 10%; 4,000 requests in 3 files, 39.9"), "{headline}");
}

#[test]
fn runs_one_after_the_other_and_copies_are_not_joined() {
    let rows = rows();
    let later = |hours: i64| {
        let moved: Vec<Row> = rows.iter().map(|row| Row { start: row.start + hours * 3_600_000, ..*row }).collect();
        jtl(&moved)
    };
    for texts in [[later(0), later(1), later(2)], [later(0), later(0), later(0)]] {
        let report = report_on_three(texts);
        let runs = report["requests"].as_array().unwrap();
        assert_eq!(runs.len(), 3);
        assert!(runs.iter().all(|run| run.get("shards").is_none()));
    }
}

#[test]
fn an_incident_is_named_with_its_time_and_what_moved() {
    let rows: Vec<Row> = rows()
        .into_iter()
        .map(|row| {
            let second = (row.start - START) / 1000;
            Row { took: if (60..70).contains(&second) { row.took * 3 } else { row.took }, code: 200, ..row }
        })
        .collect();
    let place = Place::new();
    place
        .write("run.jtl", jtl(&rows))
        .run("summarize run.jtl -o out.json -o out.html -o out.md")
        .exits(0)
        .says("incident");
    let report = place.json("out.json");
    let found = report["requests"][0]["incidents"]["found"].as_array().unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    let (from, to) = (found[0]["from"].as_f64().unwrap(), found[0]["to"].as_f64().unwrap());
    assert!((from - 60.0).abs() < 1.5 && (to - 70.0).abs() < 1.5, "{from} to {to}");
    assert_eq!(found[0]["moved"], serde_json::json!(["latency"]));
    let factor = found[0]["median"]["within"].as_f64().unwrap() / found[0]["median"]["around"].as_f64().unwrap();
    assert!((2.7..3.3).contains(&factor), "{factor}");
    let headline = report["verdict"]["headline"].as_str().unwrap();
    assert!(headline.starts_with("incident 12:01:") && headline.contains("; 4,000 requests"), "{headline}");
    assert!(place.read("out.html").contains("class=\"incident\""));
    assert!(place.read("out.md").contains("| **Incidents**"));
}

#[test]
fn a_steady_run_has_no_incident() {
    let rows: Vec<Row> = rows().into_iter().map(|row| Row { code: 200, ..row }).collect();
    let report = report("run.jtl", &jtl(&rows));
    assert_eq!(report["requests"][0]["incidents"]["found"], serde_json::json!([]));
}

#[test]
fn of_the_many_durations_of_k6_the_first_line_speaks_of_the_requests() {
    let mut text =
        "metric_name,timestamp,metric_value,error,error_code,expected_response,method,name,status\n".to_owned();
    for index in 0..200_i64 {
        let (at, took, fails) = (1_710_504_000 + index / 5, 100 + index % 20, index % 50 == 49);
        let (code, status) = if fails { ("1503", 503) } else { ("", 200) };
        for (metric, value) in [("http_reqs", 1), ("http_req_duration", took), ("http_req_waiting", took - 1)] {
            let _ = writeln!(text, "{metric},{at},{value},,{code},{},GET,home,{status}", !fails);
        }
    }
    let report = report("k6.csv", &text);
    let [run] = &report["requests"].as_array().unwrap()[..] else { panic!("{}", report["requests"]) };
    assert_eq!((&run["clock"]["moment"], &run["clock"]["whole_seconds"]), (&"end".into(), &true.into()));
    // 40 whole seconds, and the first request began 100 ms before the first of them.
    close(&run["length"], 40.0 + 0.104);
    assert_eq!(run["causes"].as_array().unwrap().len(), 1);
    let headline = report["verdict"]["headline"].as_str().unwrap();
    assert!(headline.starts_with("200 requests, 4.99"), "{headline}");
    assert!(headline.contains("2% failed, http_req_duration p95 118"), "{headline}");
}

#[test]
fn a_pause_of_many_minutes_inside_of_a_run_is_said_with_its_rate() {
    let mut rows = rows();
    let half = rows.len() / 2;
    for row in &mut rows[half..] {
        row.start += 18 * 60_000;
    }
    let place = Place::new();
    place.write("run.jtl", jtl(&rows));
    let text = place.run("summarize run.jtl -o out.md").exits(0).stdout.replace('\u{a0}', " ");
    assert!(text.contains("18 min without requests inside"), "{text}");
    assert!(place.read("out.md").contains("18 min without requests inside"));
    // Requests that wait are no pause.
    let place = Place::new();
    rows[half - 1].took = 18 * 60_000;
    place.write("run.jtl", jtl(&rows));
    place.run("summarize run.jtl -o out.md").exits(0).never_says("without requests inside");
}

#[test]
fn intervals_of_causes_know_that_failures_come_in_clusters() {
    // 2,000 requests, of which 100 in a row fail.
    let rows: Vec<Row> = (0..2000)
        .map(|index| {
            let code = if (900..1000).contains(&index) { 503 } else { 200 };
            Row { start: START + index * 50, took: 40 + index % 13, label: "GET /cart", code }
        })
        .collect();
    let report = report("run.jtl", &jtl(&rows));
    let cause = &report["requests"][0]["causes"][0];
    let width = |interval: &Value| interval["high"].as_f64().unwrap() - interval["low"].as_f64().unwrap();
    // Wilson's interval of 100 of 2,000 independent requests at 95% is 1.9 points wide.
    assert!(width(&cause["interval"]) > 0.1, "{cause}");
    assert!((width(&cause["interval"]) - width(&report["requests"][0]["endpoints"][0]["interval"])).abs() < 1e-9);
}
