//! Writes the files under `fixtures/` that are too long to be written by hand.
//!
//! ```text
//! cargo run --release --example make_fixtures
//! ```
//!
//! Seeded: it writes the same bytes every time. What each file is for stands in `fixtures/README.md`.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use perfreport::stats::rng::Rng;

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let files = [
        ("chat/memory_usage_metrics.csv", memory_usage(Header::Embedded)),
        ("corrupt/memory_rows_without_header.csv", memory_usage(Header::Missing)),
        ("chat/timeout_metrics.csv", timeouts()),
        ("chat/session_metrics.csv", sessions()),
        ("load/requests.csv", requests()),
        ("json/spans.ndjson", spans()),
        ("corrupt/one_in_microseconds.csv", one_in_microseconds()),
        ("corrupt/copied_rows.csv", copied_rows()),
        ("compare/before.csv", endpoints(0x5eed_0008, [35.0, 120.0, 210.0, 80.0])),
        ("compare/after.csv", endpoints(0x5eed_000b, [35.0, 140.0, 178.0, 84.0])),
        ("runs/run-1.csv", one_run(0x5eed_0011, 1.00)),
        ("runs/run-2.csv", one_run(0x5eed_0012, 1.06)),
        ("runs/run-3.csv", one_run(0x5eed_0013, 0.97)),
        ("runs/run-4.csv", one_run(0x5eed_0014, 1.05)),
        ("history/perf-history.jsonl", history()),
    ];
    for (name, text) in files {
        let path = root.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}

/// Whether the memory rows stand under a header of their own.
#[derive(Clone, Copy, PartialEq)]
enum Header {
    Embedded,
    Missing,
}

/// Eighty nights of eight metrics: from the 56th on a search takes 12% longer, memory grows by 0.4% a night, and
/// in the 30th everything takes a third longer.
fn history() -> String {
    const DAY: i64 = 86_400;
    // 2026-09-01T02:00:00Z.
    const FIRST: i64 = 1_788_228_000;
    let mut rng = Rng::new(0x5eed_0017);
    let endpoints = ["GET-search", "GET-item", "POST-order", "GET-cart", "GET-home", "POST-login"];
    let mut text = String::new();
    for night in 0..80_i32 {
        let at = jiff::Timestamp::from_second(FIRST + i64::from(night) * DAY).unwrap_or_default();
        let host = if night == 29 { 1.33 } else { 1.0 };
        let commit = rng.below(0x0fff_ffff);
        write!(text, r#"{{"history":1,"at":"{at}","commit":"{commit:07x}","branch":"main","metrics":["#).ok();
        for (place, endpoint) in endpoints.iter().enumerate() {
            let step = if night >= 55 && place == 0 { 1.12 } else { 1.0 };
            let center = latency(&mut rng, 0.020 * (place + 1) as f64, 0.02) * step * host;
            let slow = center * 2.1;
            write!(
                text,
                r#"{{"m":"latency","g":"{endpoint}","d":"time","b":"<","n":2400,"c":{center:.6},"v":[-11,12,{},{},{}]}},"#,
                ((slow / center - 1.0) * 1000.0).round(),
                1050,
                1160
            )
            .ok();
        }
        let memory = latency(&mut rng, 180e6, 0.01) * (1.0 + 0.004 * f64::from(night));
        let rate = latency(&mut rng, 4_200.0, 0.02) / host;
        writeln!(
            text,
            r#"{{"m":"memory","d":"bytes","b":"<","c":{memory:.0}}},{{"m":"throughput","d":"rate","b":">","c":{rate:.1},"v":[-15,15]}}]}}"#
        )
        .ok();
    }
    text
}

/// A latency in seconds around `median`, with the digits of a floating-point clock.
fn latency(rng: &mut Rng, median: f64, sigma: f64) -> f64 {
    median * (sigma * rng.normal()).exp()
}

/// Three runs of a collector that appends: rows of events, then memory in bytes.
fn memory_usage(header: Header) -> String {
    let mut rng = Rng::new(0x5eed_0001);
    let mut text = String::from("event,latency\n");
    for run in 0..3 {
        for session in 0..8 {
            for message in 0..10 {
                let seconds = latency(&mut rng, 0.060 + 0.004 * f64::from(run), 0.25);
                writeln!(text, "user_msg_{session}_{message},{seconds:.18}").ok();
            }
        }
        let current = 2_590_000 + rng.below(20_000);
        if header == Header::Embedded {
            text.push_str("memory_current,memory_peak\n");
        }
        writeln!(text, "{current},{}", current + 33_000 + rng.below(300)).ok();
    }
    text
}

/// Two events that have nothing in common.
fn timeouts() -> String {
    let mut rng = Rng::new(0x5eed_0002);
    let mut text = String::from("event,latency\n");
    for _ in 0..6 {
        writeln!(text, "start_session,{:.18}", latency(&mut rng, 0.0024, 0.15)).ok();
        writeln!(text, "timeout_trigger,{:.15}", 10.0 + 0.016 * rng.uniform()).ok();
    }
    text
}

/// A session whose first messages are slow.
fn sessions() -> String {
    let mut rng = Rng::new(0x5eed_0003);
    let mut text = String::from("event,latency\n");
    writeln!(text, "start_session,{:.18}", latency(&mut rng, 0.0022, 0.05)).ok();
    for message in 0..120 {
        let median = if message < 20 { 0.0018 } else { 0.0006 };
        writeln!(text, "user_msg_{message},{:.18}", latency(&mut rng, median, 0.2)).ok();
    }
    text
}

/// A load test with a wall clock, endpoints, status codes and a heavy tail.
fn requests() -> String {
    let mut rng = Rng::new(0x5eed_0004);
    let mut text = String::from("timestamp;endpoint;status;latency_ms;bytes\n");
    let mut millis = 1_773_576_000_000_f64;
    for _ in 0..600 {
        millis += 40.0 * rng.exponential();
        let (endpoint, median) = [("GET /login", 35.0), ("GET /search", 120.0), ("POST /order", 210.0)][rng.below(3)];
        let failed = rng.below(50) == 0;
        let status = if failed { 503 } else { 200 };
        let milliseconds = latency(&mut rng, if failed { 4.0 } else { median }, 0.45);
        writeln!(text, "{millis:.0};{endpoint};{status};{milliseconds:.3};{}", 500 + rng.below(4000)).ok();
    }
    text
}

/// Spans as NDJSON, with nested names and an array of samples in each.
fn spans() -> String {
    let mut rng = Rng::new(0x5eed_0005);
    let mut text = String::new();
    for index in 0..80 {
        let name = ["plan", "answer"][index % 2];
        let duration = latency(&mut rng, 240.0, 0.3);
        let chunks: Vec<String> = (0..3).map(|_| format!("{:.2}", latency(&mut rng, 18.0, 0.2))).collect();
        writeln!(
            text,
            "{{\"name\":\"{name}\",\"duration_ms\":{duration:.2},\"host\":{{\"rss_bytes\":{}}},\"chunk_ms\":[{}]}}",
            180_000_000 + rng.below(4_000_000),
            chunks.join(",")
        )
        .ok();
    }
    text
}

/// Latencies in seconds, and one whose unit was mistaken.
fn one_in_microseconds() -> String {
    let mut rng = Rng::new(0x5eed_0006);
    let mut text = String::from("operation,duration\n");
    for index in 0..200 {
        let seconds = latency(&mut rng, 0.080, 0.2);
        let recorded = if index == 120 { seconds * 1e6 } else { seconds };
        writeln!(text, "query,{recorded:.9}").ok();
    }
    text
}

/// Forty rows that stand twice.
fn copied_rows() -> String {
    let mut rng = Rng::new(0x5eed_0007);
    let mut rows: Vec<String> = (0..160).map(|_| format!("query,{:.9}", latency(&mut rng, 0.080, 0.3))).collect();
    let copy = rows[30..70].to_vec();
    rows.splice(110..110, copy);
    format!("operation,duration\n{}\n", rows.join("\n"))
}

/// A load test before or after a change: three endpoints with many samples, one with few.
fn endpoints(seed: u64, medians: [f64; 4]) -> String {
    let mut rng = Rng::new(seed);
    let mut text = String::from("endpoint,latency_ms,status\n");
    let names = ["GET /login", "GET /search", "POST /order", "GET /export"];
    for index in 0..960 {
        let which = if index % 48 == 0 { 3 } else { index % 3 };
        let milliseconds = latency(&mut rng, medians[which], 0.15);
        let status = if rng.below(250) == 0 { 503 } else { 200 };
        writeln!(text, "{},{milliseconds:.3},{status}", names[which]).ok();
    }
    text
}

/// A run of the same program on a machine that is not equally fast every time.
fn one_run(seed: u64, speed: f64) -> String {
    let mut rng = Rng::new(seed);
    let mut text = String::from("operation,duration_ms\n");
    for _ in 0..80 {
        writeln!(text, "query,{:.3}", latency(&mut rng, 60.0 * speed, 0.2)).ok();
    }
    text
}
