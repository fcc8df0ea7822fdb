//! Requests that tools have summarised: the same words as of runs of requests, an endpoint a row, its failures beside it.

use serde_json::Value;

use crate::reference::close;
use crate::support::{Place, fixture};

const STATS: &str = "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,\
                     Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%\n\
                     GET,/a,90,0,20,21.5,10,80,100,9.0,0.0,20,22,24,25,30,40,60,70,80,80,80\n\
                     POST,/pay,10,4,50,55.5,30,90,100,1.0,0.4,50,52,54,55,70,85,90,90,90,90,90\n\
                     ,Aggregated,100,4,21,24.9,10,90,100,10.0,0.4,21,23,25,28,35,60,80,85,90,90,90\n";
const VEGETA: &str = r#"{"latencies":{"total":9,"mean":2000000,"50th":1000000,"90th":3000000,"95th":4000000,"99th":5000000,
    "max":6000000,"min":500000},"bytes_in":{"total":10,"mean":1},"bytes_out":{"total":0,"mean":0},"duration":1000000000,
    "requests":40,"rate":40.0,"throughput":36.0,"success":0.9,"status_codes":{"0":1,"200":36,"500":3},"errors":[]}"#;
const LOCUST_JSON: &str = r#"[{"name":"/a","method":"GET","num_requests":5,"num_failures":1,"max_response_time":151.3,
    "min_response_time":20.2,"response_times":{"20":1,"60":3,"150":1}},
    {"name":"/b","method":"GET","num_requests":3,"num_failures":0,"max_response_time":30,"min_response_time":30,
    "response_times":{"30":3}}]"#;

fn summary(place: &Place, files: &str) -> Value {
    place.run(&format!("summarize {files} -o out.json -o out.md -o out.html -q")).exits(0);
    let report = place.json("out.json");
    assert_eq!(report["summaries"].as_array().unwrap().len(), 1, "{}", report["summaries"]);
    report["summaries"][0].clone()
}

#[test]
fn an_endpoint_is_a_row_with_its_failures_beside_it() {
    let place = Place::new();
    place.write("r_stats.csv", STATS);
    let found = summary(&place, "r_stats.csv");
    let all = &found["all"];
    assert_eq!((&all["requests"], &all["failed"]), (&100.into(), &4.into()));
    for (name, expected) in
        [("rate", 10.0), ("mean", 0.0249), ("p50", 0.021), ("p95", 0.06), ("p99", 0.085), ("max", 0.09)]
    {
        close(&all[name], expected);
    }
    let pay = &found["endpoints"][1];
    assert_eq!((&pay["label"], &pay["requests"], &pay["failed"]), (&"POST /pay".into(), &10.into(), &4.into()));
    // Wilson's interval of 4 of 10 at 95%: (n p + z²/2 ± z √(n p (1 - p) + z²/4)) / (n + z²), z = 1.959964.
    let z2 = 1.959_963_984_540_054_f64.powi(2);
    let half = (z2 * (10.0 * 0.4 * 0.6 + z2 / 4.0)).sqrt();
    close(&pay["interval"]["low"], (4.0 + z2 / 2.0 - half) / (10.0 + z2));
    close(&pay["interval"]["high"], (4.0 + z2 / 2.0 + half) / (10.0 + z2));
    let text = place.read("out.md");
    let row = text.lines().find(|line| line.contains("`POST /pay`") && line.contains("40%")).unwrap();
    for cell in [" 10 |", "40%", " 1 /s |", " 85 |"] {
        assert!(row.replace('\u{a0}', " ").contains(cell), "{row} lacks {cell}");
    }
    assert!(place.read("out.html").contains("<caption>Requests of r_stats.csv</caption>"));
    let run = place.run("summarize r_stats.csv -o out.md");
    run.exits(0).says("as reported by the tool  requests   failed   rate").says("40% (4)");
}

#[test]
fn what_locust_counts_in_another_file_of_the_run_stands_beside_it() {
    let place = Place::new();
    place.write("r_stats.csv", STATS).write(
        "r_failures.csv",
        "Method,Name,Error,Occurrences,First Seen,Last Seen\nPOST,/pay,\"HTTPError('503, busy')\",3,x,y\nPOST,/pay,no answer,1,x,y\n",
    );
    let found = summary(&place, "r_stats.csv r_failures.csv");
    let causes: Vec<(&str, &str, u64)> = found["causes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["label"].as_str().unwrap(), one["cause"].as_str().unwrap(), one["failed"].as_u64().unwrap()))
        .collect();
    assert_eq!(causes, [("POST /pay", "HTTPError('503, busy')", 3), ("POST /pay", "no answer", 1)]);
}

#[test]
fn failures_by_code_stand_beside_the_counts() {
    let place = Place::new();
    place.write("report.json", VEGETA);
    let found = summary(&place, "report.json");
    let causes: Vec<(&str, u64)> = found["causes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["cause"].as_str().unwrap(), one["failed"].as_u64().unwrap()))
        .collect();
    assert_eq!(causes, [("500", 3), ("no answer", 1)]);
    // As of a run: all requests a second, and not those that succeeded.
    close(&found["all"]["rate"], 40.0);
    let text = place.run("summarize report.json -o out.md").exits(0).stdout.replace('\u{a0}', " ");
    assert!(text.contains("Measured: 40 requests, 40 /s, 10% failed, latency p95 4 ms"), "{text}");
    for (format, file, expected) in [
        ("oha", "oha/oha.json", 4),
        ("autocannon", "autocannon/autocannon.json", 21),
        ("bombardier", "bombardier/bombardier.json", 40),
        ("artillery", "artillery/report.json", 10),
        ("wrk", "wrk/wrk.txt", 19),
        ("loadtest", "loadtest/printed.txt", 30),
        ("fortio", "fortio/fortio.json", 12),
        ("ghz", "ghz/ghz.json", 5),
    ] {
        let found = summary(&place, &fixture(file));
        let causes = found["causes"].as_array().unwrap().iter();
        assert_eq!(causes.map(|one| one["failed"].as_u64().unwrap()).sum::<u64>(), expected, "{format}: {found}");
        assert_eq!(found["all"]["failed"], expected, "{format}");
    }
}

#[test]
fn counts_add_up_where_the_tool_says_nothing_of_the_whole_and_nothing_else_does() {
    let place = Place::new();
    place.write("locust.json", LOCUST_JSON);
    let found = summary(&place, "locust.json");
    let all = &found["all"];
    assert_eq!((&found["added_up"], &all["requests"], &all["failed"]), (&true.into(), &8.into(), &1.into()));
    assert!(all["rate"].is_null());
    // The fourth and fifth of 20, 30, 30, 30, 60, 60, 60, 150 ms, as far as the histogram knows them.
    let median = all["p50"].as_f64().unwrap();
    assert!((0.0295..=0.0605).contains(&median), "{median}");
    assert_eq!(found["endpoints"][0]["failed"], 1);
    place.run("summarize locust.json -o out.md").exits(0).says("Measured: 8 requests, 12.5% failed, response time ");
}

#[test]
fn load_levels_are_no_endpoints_of_one_run() {
    let place = Place::new();
    let found = summary(&place, &fixture("sglang/runs.jsonl"));
    assert!(found["all"].is_null(), "{found}");
    assert_eq!(found["endpoints"].as_array().unwrap().len(), 3);
    let found = summary(&place, &fixture("guidellm/benchmarks.json"));
    assert!(found["all"].is_null(), "{found}");
}

#[test]
fn a_history_says_its_totals_and_the_main_file_of_a_run_goes_before_it() {
    let place = Place::new();
    let header = "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,100%,Total Request Count,Total Failure Count,\
                  Total Median Response Time,Total Average Response Time,Total Min Response Time,Total Max Response Time,\
                  Total Average Content Size";
    let row = |at: u64, all: u64, failed: u64| {
        format!("{at},5,,Aggregated,10.0,0.4,20,90,{all},{failed},21,24.9,10,90,100\n")
    };
    let rows: String = (0..12).map(|index| row(1_795_276_954 + index, 8 * index + 12, index / 3)).collect();
    place.write("r_stats_history.csv", format!("{header}\n{rows}"));
    let text = place.run("summarize r_stats_history.csv -o out.md").exits(0).stdout.replace('\u{a0}', " ");
    assert!(text.starts_with("Measured: 100 requests, 3% failed, response time median 21 ms"), "{text}");
    place.write("r_stats.csv", STATS);
    let found = summary(&place, "r_stats.csv r_stats_history.csv");
    assert_eq!(found["source"], "r_stats.csv");
}
