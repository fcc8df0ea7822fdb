//! Healthy files are called clean: what looks odd in them has an ordinary cause. Each stands beside a file in which the same
//! oddity is a fault.

use perfreport::stats::rng::Rng;
use serde_json::Value;

use crate::support::{findings, report};

const BEGIN: u64 = 1_773_576_000_000;

fn jmeter(rows: impl IntoIterator<Item = String>) -> String {
    let header =
        "timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,bytes,Latency,IdleTime,Connect\n";
    std::iter::once(header.to_owned()).chain(rows).collect()
}

/// Kinds of what is called corrupted or suspicious.
fn alarms(report: &Value) -> Vec<String> {
    let all = report["findings"].as_array().unwrap().iter();
    let alarming = all.filter(|finding| finding["severity"] != "note");
    alarming.map(|finding| finding["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_connection_that_is_used_again_takes_no_time_to_connect() {
    let mut rng = Rng::new(3);
    // New connections for the first two thirds of the run, none for the last.
    let rows = (0..500).map(|row: u64| {
        let connect = if row < 330 && rng.below(3) > 0 { 4 + rng.below(50) as u64 } else { 0 };
        let elapsed = 70 + rng.below(90) as u64 + connect;
        format!(
            "{},{elapsed},GET /a,200,OK,users 1-{},true,512,{},0,{connect}\n",
            BEGIN + row * 31,
            row % 6 + 1,
            elapsed - 1
        )
    });
    assert_eq!(alarms(&report("healthy.jtl", &jmeter(rows))), [""; 0]);
}

#[test]
fn timeouts_that_end_together_are_neither_stuck_nor_copied() {
    let mut rng = Rng::new(4);
    // Three bursts of thirty requests each wait for a host that is not there; the third succeeds after all.
    let rows = (0..300).map(|row: u64| {
        let burst = row / 30;
        let (at, elapsed, code) = match burst {
            3 | 5 => (60_000, 63_001 + row % 2, "Non HTTP response code: ConnectException"),
            7 => (90_000, 63_001, "200"),
            _ => (row * 40, 900 + rng.below(2500) as u64, "200"),
        };
        format!("{},{elapsed},GET /b,{code},,users 1-{},{},512,5,0,3\n", BEGIN + at, row + 1, code == "200")
    });
    let report = report("timeouts.jtl", &jmeter(rows));
    assert!(findings(&report, "stuck_value").is_empty() && findings(&report, "duplicate_block").is_empty(), "{report}");
}

#[test]
fn a_sensor_that_gives_one_value_for_minutes_is_stuck() {
    let mut rng = Rng::new(5);
    let mut text = String::from("time,latency_ms\n");
    for row in 0..300_u64 {
        let latency = if (120..150).contains(&row) { 87.25 } else { 40.0 + 0.01 * rng.below(9000) as f64 };
        text.push_str(&format!("{},{latency:.2}\n", BEGIN / 1000 + row * 10));
    }
    assert_eq!(alarms(&report("stuck.csv", &text)), ["stuck_value"]);
}

/// Thirty rows of whole milliseconds, written a second time; `later` moves the clock of the second time.
fn twice(later: u64) -> String {
    let mut rng = Rng::new(6);
    let mut text = String::from("timestamp,thread,latency_ms\n");
    let rows: Vec<u64> = (0..120).map(|_| 200 + rng.below(4000) as u64).collect();
    for (row, latency) in rows.iter().enumerate() {
        text.push_str(&format!("{},worker-{},{latency}\n", BEGIN + row as u64 * 10, row % 4));
    }
    for (row, latency) in rows.iter().enumerate().skip(40).take(30) {
        text.push_str(&format!("{},worker-{},{latency}\n", BEGIN + row as u64 * 10 + later, row % 4));
    }
    text
}

#[test]
fn a_block_is_a_copy_where_whole_rows_are_the_same_and_only_there() {
    assert_eq!(alarms(&report("copied.csv", &twice(0))), ["duplicate_block"]);
    assert_eq!(alarms(&report("again.csv", &twice(800))), [""; 0]);
}

#[test]
fn the_pauses_of_a_transaction_may_be_rounded_below_zero_and_its_row_carries_its_start() {
    let mut rng = Rng::new(7);
    let mut rows = Vec::new();
    for user in 0..40_u64 {
        let start = BEGIN + user * 9000;
        let first = 80 + rng.below(60) as u64;
        // A user thinks for five seconds between the two requests of a visit.
        let second = start + first + 5000;
        rows.push(format!("{start},{first},open,200,OK,users 1-{},true,512,{first},0,1\n", user % 2));
        rows.push(format!("{second},120,buy,200,OK,users 1-{},true,512,120,0,0\n", user % 2));
        let message = "\"Number of samples in transaction : 2, number of failing samples : 0\"";
        let idle = user as i64 % 3 - 1;
        rows.push(format!("{start},{},visit,200,{message},users 1-{},true,1024,0,{idle},0\n", first + 120, user % 2));
    }
    let report = report("visits.jtl", &jmeter(rows));
    assert_eq!(alarms(&report), [""; 0]);
    assert_eq!(crate::support::metric(&report, "transactions.elapsed")["overall"]["clean"]["n"], 40);
}

#[test]
fn the_clock_is_followed_thread_by_thread_label_by_label_and_table_by_table() {
    let mut rng = Rng::new(8);
    let mut row = |at: u64, name: &str| format!("{},{name},{}\n", BEGIN / 1000 + at, 20 + rng.below(60));
    let header = "timestamp,name,latency_ms\n";
    // Each of four threads writes what it did in one piece.
    let threads: String = (0..4_u64)
        .flat_map(|thread| (0..40_u64).map(move |step| (thread, step)))
        .map(|(thread, step)| row(100 * thread + step * 10, &format!("thread-{thread}")))
        .collect();
    assert_eq!(alarms(&report("threads.csv", &format!("{header}{threads}"))), [""; 0]);
    // Three series over the same time, without a name of their own.
    let stacked: String = (0..3).flat_map(|_| 0..50_u64).map(|step| row(step * 15, "cpu")).collect();
    assert_eq!(alarms(&report("stacked.csv", &format!("{header}{stacked}"))), [""; 0]);
    // The newest first.
    let newest: String = (0..80_u64).map(|step| row(8000 - step * 60, "cpu")).collect();
    assert_eq!(alarms(&report("newest.csv", &format!("{header}{newest}"))), [""; 0]);
    // A clock that is set back by an hour goes back for every thread.
    let back: String = (0..160_u64)
        .map(|step| row(5000 + step * 10 - if step > 100 { 3600 } else { 0 }, &format!("thread-{}", step % 4)))
        .collect();
    assert_eq!(alarms(&report("back.csv", &format!("{header}{back}"))), ["clock_backwards"]);
}

#[test]
fn a_timer_may_fire_before_its_time_and_a_duration_may_not() {
    let mut rng = Rng::new(9);
    let mut text = String::from("request,schedule_delay_ms,latency_ms\n");
    for row in 0..200 {
        let delay = if row == 70 { -0.2 } else { 0.01 * rng.below(300) as f64 };
        text.push_str(&format!("{row},{delay:.3},{:.3}\n", 20.0 + 0.1 * rng.below(500) as f64));
    }
    assert_eq!(alarms(&report("early.csv", &text)), [""; 0]);
    assert_eq!(alarms(&report("negative.csv", &text.replace("schedule_delay_ms", "queue_time_ms"))), ["negative"]);
}
