//! Throughput against latency by the load that rows record, compared with values calculated here by other means.

use std::fmt::Write as _;

use serde_json::Value;

use crate::reference::{close, type_6};
use crate::support::{Place, report};

const START: i64 = 1_710_504_000_250;

/// A request as it is written into a file.
#[derive(Clone, Copy)]
struct Row {
    /// Milliseconds since 1970.
    start: i64,
    /// Milliseconds.
    took: i64,
    users: u64,
    fails: bool,
}

/// So many requests at a level, one every `every` microseconds, that take so long and up to half as long again.
fn stand(rows: &mut Vec<Row>, from: i64, users: u64, (count, every): (i64, i64), took: i64) {
    let mut state = users + 7;
    for index in 0..count {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let more = ((state >> 33) % 1000) as i64 * took / 2000;
        let fails = users == 32 && index % 40 == 3;
        rows.push(Row { start: START + from + index * every / 1000, took: took + more, users, fails });
    }
}

/// 100, 200, 206 and 204 requests a second at 4, 8, 16 and 32 users, 20 seconds each; a few on the way from 4 to 8, and half a minute
/// of nothing before the last level.
fn steps() -> Vec<Row> {
    let mut rows = Vec::new();
    stand(&mut rows, 0, 4, (2000, 10_000), 40);
    stand(&mut rows, 20_000, 6, (15, 10_000), 40);
    stand(&mut rows, 20_150, 8, (4000, 5000), 40);
    stand(&mut rows, 40_150, 16, (4120, 4854), 78);
    stand(&mut rows, 90_000, 32, (4080, 4902), 156);
    rows
}

fn jtl(rows: &[Row]) -> String {
    let mut text = "timeStamp,elapsed,label,responseCode,success,grpThreads,allThreads\n".to_owned();
    for row in rows {
        let code = if row.fails { 500 } else { 200 };
        let _ = writeln!(text, "{},{},GET /,{code},{},{3},{3}", row.start, row.took, !row.fails, row.users);
    }
    text
}

#[test]
fn every_level_has_the_requests_time_rate_failures_and_percentiles_of_its_rows() {
    let rows = steps();
    let report = report("run.jtl", &jtl(&rows));
    let levels = &report["requests"][0]["levels"];
    assert_eq!(levels["column"], "allThreads");
    assert_eq!(levels["elsewhere"], 15);
    let found = levels["levels"].as_array().unwrap();
    let users: Vec<f64> = found.iter().map(|level| level["level"].as_f64().unwrap()).collect();
    assert_eq!(users, [4.0, 8.0, 16.0, 32.0]);
    // From the first request to the next level's first one; before the pause and at the end, to the end of the last request.
    let end_of =
        |users: u64| rows.iter().filter(|row| row.users == users).map(|row| row.start + row.took).max().unwrap();
    let times = [20.0, 20.0, (end_of(16) - START - 40_150) as f64 / 1e3, (end_of(32) - START - 90_000) as f64 / 1e3];
    for (level, time) in found.iter().zip(times) {
        let own = || rows.iter().filter(|row| Some(row.users as f64) == level["level"].as_f64());
        let answered: Vec<f64> = own().filter(|row| !row.fails).map(|row| row.took as f64 / 1e3).collect();
        assert_eq!(level["requests"], own().count());
        assert_eq!(level["failed"], own().count() - answered.len());
        close(&level["time"], time);
        close(&level["rate"], own().count() as f64 / time);
        close(&level["p50"], type_6(&answered, 0.5));
        close(&level["p95"], type_6(&answered, 0.95));
        close(&level["p99"], type_6(&answered, 0.99));
    }
    assert_eq!(levels["plateau"]["from"], 8.0, "206 and 204 a second are no more than 200");
    assert_eq!(levels["plateau"]["to"], 32.0);
}

#[test]
fn documents_show_the_levels_and_say_where_throughput_stands_still() {
    let place = Place::new();
    let text = jtl(&steps());
    place.write("run.jtl", &text).run("summarize run.jtl -o out.md -o out.html").exits(0);
    let sentence =
        "From 8 on throughput no longer grows (200.0 → 201.7 /s at 32), while p95 goes from 59.0 to 230.0 ms.";
    for (name, row) in [("out.md", "       32 |    4,080 |"), ("out.html", "<caption>Load levels</caption>")] {
        // Units are not torn from their numbers.
        let document = place.read(name).replace('\u{a0}', " ");
        assert!(document.contains(sentence), "{name}: {document}");
        assert!(document.contains("15 requests at other levels, or at none, are in no row."), "{name}");
        assert!(document.contains(row), "{name}");
    }
    place.run("summarize run.jtl").exits(0).never_says("throughput no longer grows");
}

#[test]
fn clients_that_were_chosen_are_levels_whatever_the_tool() {
    let mut text = "started_at,request,concurrency,latency_ms\n".to_owned();
    for row in steps().iter().filter(|row| row.users != 6) {
        let _ = writeln!(text, "{},GET /,{},{}", row.start, row.users, row.took);
    }
    let report = report("sweep.csv", &text);
    let levels = &report["requests"][0]["levels"];
    assert_eq!(levels["column"], "concurrency");
    assert_eq!(levels["levels"].as_array().unwrap().len(), 4);
    assert_eq!(levels["levels"][0]["failed"], Value::Null, "nobody says what failed");
    close(&levels["levels"][1]["rate"], 4000.0 / 20.0);
}

#[test]
fn without_levels_of_their_own_time_there_is_no_table() {
    let mut ramp = Vec::new();
    for users in 1..=30 {
        stand(&mut ramp, users * 2000, users as u64, (100, 20_000), 40);
    }
    let mut turns = steps();
    for (index, row) in turns.iter_mut().enumerate() {
        row.users = if index % 2 == 0 { 8 } else { 16 };
    }
    let mut one = steps();
    for row in &mut one {
        row.users = 8;
    }
    let mut few = one.clone();
    for row in few.iter_mut().take(19) {
        row.users = 4;
    }
    for (why, rows) in [
        ("the load changes all the time", ramp),
        ("levels take turns", turns),
        ("there is one level", one),
        ("19 requests are no level", few),
    ] {
        assert_eq!(report("run.jtl", &jtl(&rows))["requests"][0]["levels"], Value::Null, "{why}");
    }
}

/// k6's rows: requests by their ends, and the virtual users a second in rows of their own.
fn k6(levels: &[(u64, u64, u64)]) -> String {
    let mut text = "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,service,status,subproto,tls_version,url,extra_tags,metadata\n".to_owned();
    let mut second = 1_700_000_000_u64;
    for (users, rate, took) in levels {
        for _ in 0..20 {
            let _ = writeln!(text, "vus,{second},{users},,,,,,,,,,,,,,,,");
            for index in 0..*rate {
                let took = took + index % 7;
                let _ = writeln!(
                    text,
                    "http_req_duration,{second},{took},,,,true,,GET,http://h/,HTTP/1.1,default,,200,,,http://h/,,"
                );
            }
            second += 1;
        }
    }
    text
}

#[test]
fn the_virtual_users_of_k6_are_levels_of_its_requests() {
    let report = report("run.csv", &k6(&[(5, 40, 50), (10, 80, 60), (20, 82, 120)]));
    let run = &report["requests"].as_array().unwrap()[0];
    let levels = &run["levels"];
    assert_eq!(levels["column"], "vus", "{run}");
    assert!(levels["measured"].is_null());
    let rows = levels["levels"].as_array().unwrap();
    let found: Vec<(f64, u64)> =
        rows.iter().map(|row| (row["level"].as_f64().unwrap(), row["requests"].as_u64().unwrap())).collect();
    assert_eq!(found, [(5.0, 800), (10.0, 1600), (20.0, 1640)]);
    let durations = |rate: u64, took: u64| -> Vec<f64> {
        (0..20).flat_map(|_| (0..rate).map(|index| (took + index % 7) as f64 / 1e3)).collect()
    };
    close(&rows[0]["p50"], type_6(&durations(40, 50), 0.5));
    close(&rows[2]["p95"], type_6(&durations(82, 120), 0.95));
}

#[test]
fn where_nothing_records_the_load_it_is_measured() {
    // 20 seconds each at 10, 40 and 160 requests a second that take 100 ms: 1, 4 and 16 in progress.
    let mut text = "started_at,endpoint,latency_ms\n".to_owned();
    for (place, rate) in [10_u64, 40, 160].into_iter().enumerate() {
        for index in 0..20 * rate {
            let _ =
                writeln!(text, "{},/a,{}", START as u64 + 20_000 * place as u64 + 1000 * index / rate, 95 + index % 11);
        }
    }
    let report = report("run.csv", &text);
    let levels = &report["requests"][0]["levels"];
    assert_eq!(levels["measured"], true, "{}", report["requests"][0]["phases"]);
    let rows = levels["levels"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    for (row, (level, rate)) in rows.iter().zip([(1.0, 10.0), (4.0, 40.0), (16.0, 160.0)]) {
        assert!((row["level"].as_f64().unwrap() / level - 1.0).abs() < 0.1, "{row}");
        assert!((row["rate"].as_f64().unwrap() / rate - 1.0).abs() < 0.1, "{row}");
        assert!((row["p50"].as_f64().unwrap() - 0.1).abs() < 0.002, "{row}");
    }
    assert!(levels["plateau"].is_null());
}

/// A file of vLLM's benchmark at a level of concurrency.
fn vllm(concurrency: u64, rate: f64, median: f64, backend: &str) -> String {
    format!(
        r#"{{"date": "20260102-04050{}", "backend": "{backend}", "model_id": "m", "num_prompts": 20, "request_rate": "inf",
        "max_concurrency": {concurrency}, "duration": {}, "completed": 20, "failed": 1, "total_input_tokens": 790,
        "total_output_tokens": 155, "request_throughput": {rate}, "output_throughput": 61.0, "total_token_throughput": 372.0,
        "mean_ttft_ms": 89.5, "median_ttft_ms": 83.0, "p99_ttft_ms": 137.0, "mean_e2el_ms": {median}, "median_e2el_ms": {median},
        "p99_e2el_ms": 900.0}}"#,
        concurrency % 10,
        20.0 / rate
    )
}

#[test]
fn files_at_several_levels_of_load_are_one_table() {
    let place = Place::new();
    for (concurrency, rate, median) in [(16, 6.4, 2500.0), (4, 2.0, 2000.0), (64, 7.0, 9000.0)] {
        place.write(&format!("c{concurrency}.json"), vllm(concurrency, rate, median, "vllm"));
    }
    let run = place.run("summarize c4.json c16.json c64.json -o out.json -o out.md");
    run.exits(0).says("3 runs by max_concurrency 4 to 64: 2").says("by max_concurrency");
    let sweep = place.json("out.json")["sweeps"][0].clone();
    assert_eq!(sweep["setting"], "max_concurrency");
    let points: Vec<(f64, f64, f64, u64)> = sweep["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let number = |name: &str| one[name].as_f64().unwrap();
            (number("level"), number("rate"), number("p50"), one["failed"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(points, [(4.0, 2.0, 2.0, 1), (16.0, 6.4, 2.5, 1), (64.0, 7.0, 9.0, 1)]);
    assert!(place.read("out.md").contains("## Throughput against latency by `max_concurrency`"));
    // Another server is another thing.
    place.write("c64.json", vllm(64, 7.0, 9000.0, "sglang"));
    place.run("summarize c4.json c16.json c64.json -o out.json -q").exits(0);
    assert!(place.json("out.json")["sweeps"].is_null());
}

#[test]
fn the_change_of_the_rate_is_shown_with_its_interval_and_not_judged() {
    let place = Place::new();
    let rows = |rate: u64, seed: u64| {
        let mut rows = Vec::new();
        let mut state = seed;
        for index in 0..60 * rate {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let start = START + (1000 * index / rate) as i64 + ((state >> 33) % 20) as i64;
            rows.push(Row { start, took: 50 + ((state >> 40) % 10) as i64, users: 5, fails: false });
        }
        jtl(&rows)
    };
    place.write("before.jtl", rows(50, 3)).write("after.jtl", rows(40, 4));
    let run = place.run("compare before.jtl after.jtl --fail-on regression -o out.json --comment c.md -o out.md");
    run.exits(0).says("request rate 49.9").says("shown, not judged");
    let rate = place.json("out.json")["comparison"]["rates"][0].clone();
    let side = |name: &str| (rate[name]["requests"].as_u64().unwrap(), rate[name]["seconds"].as_f64().unwrap());
    assert_eq!((side("before").0, side("after").0), (3000, 2400));
    close(&rate["ratio"], 2400.0 / side("after").1 / (3000.0 / side("before").1));
    let (low, high) = (rate["low"].as_f64().unwrap(), rate["high"].as_f64().unwrap());
    assert!(low < 0.8 && 0.8 < high && high - low < 0.05, "{rate}");
    for file in ["c.md", "out.md"] {
        assert!(place.read(file).contains("request rate"), "{file}");
    }
    // A baseline knows it too.
    place.run("summarize before.jtl --save-baseline b.json -q").exits(0);
    place.run("summarize after.jtl --baseline b.json -q -o again.json").exits(0);
    assert_eq!(place.json("again.json")["comparison"]["rates"][0]["ratio"], rate["ratio"]);
}
