//! Throughput against latency by the load that rows record, held against values calculated here by other means.

use std::fmt::Write as _;

use serde_json::Value;

use crate::reference::{close, report, type_6};
use crate::support::Place;

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
