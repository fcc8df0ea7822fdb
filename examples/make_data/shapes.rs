//! The shapes of `make_data`, row by row. The micro-benchmarks measure on the same ones.

use std::io::{self, Write};

use perfreport::stats::rng::Rng;
use rayon::prelude::*;

/// Rows that one generator makes; each chunk has a seed of its own, so chunks can be made in any order.
const CHUNK: u64 = 65_536;
/// Chunks that are made at a time: bounds what is held in memory to some tens of megabytes.
const CHUNKS_AT_A_TIME: u64 = 16;
/// Distance between the seeds of two chunks: any odd number does, `SplitMix64` mixes it.
const SEED_STEP: u64 = 0xD1B5_4A32_D192_ED03;
/// Latencies of the event shapes are printed in these steps, so that they have 17 decimals.
const STEPS_A_SECOND: f64 = 1e17;
/// Digits after the point of such a latency.
const DECIMALS: usize = 17;
/// First time stamp of the shapes that have one, in milliseconds since 1970.
const FIRST_TIME: u64 = 1_773_576_000_000;
/// One request in so many fails.
const FAILS_ONE_IN: usize = 100;
/// One failure in so many has a message with commas, quotes and a line break in it.
const LONG_MESSAGE_ONE_IN: usize = 10;
/// Numeric columns of the wide shape.
const WIDE_COLUMNS: u64 = 40;
/// One row in so many of the embedded shape begins a table of memory readings.
const EMBEDDED_EVERY: u64 = 80;

const ENDPOINTS: [&str; 12] = [
    "GET /",
    "GET /search",
    "GET /items",
    "GET /items/id",
    "POST /cart",
    "DELETE /cart",
    "POST /order",
    "GET /account",
    "PUT /account",
    "GET /export",
    "GET /login",
    "POST /login",
];
const PATHS: [&str; 12] =
    ["", "search", "items", "items/4711", "cart", "cart", "order", "account", "account", "export", "login", "login"];
const METRICS: [&str; 8] = [
    "http_req_duration",
    "http_req_waiting",
    "http_req_sending",
    "http_req_receiving",
    "http_req_connecting",
    "http_req_blocked",
    "http_req_tls_handshaking",
    "iteration_duration",
];

/// One shape: its name, its first line (if it has one), and what writes the row with a number.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    header: fn() -> String,
    row: fn(&mut Vec<u8>, &mut Rng, u64, u64),
}

pub(crate) const SHAPES: [Shape; 8] = [
    Shape { name: "events", header: || "event,latency\n".to_owned(), row: event },
    Shape { name: "jmeter", header: || format!("{JMETER}\n"), row: jmeter },
    Shape { name: "ndjson", header: String::new, row: point },
    Shape { name: "k6", header: String::new, row: k6_point },
    Shape { name: "wide", header: wide_header, row: wide },
    Shape { name: "labels", header: || "operation,latency\n".to_owned(), row: labelled },
    Shape { name: "embedded", header: || "event,latency\n".to_owned(), row: embedded },
    Shape { name: "quoted", header: || "\"time\",\"query\",\"duration_ms\",\"note\"\n".to_owned(), row: quoted },
];

/// The default columns of a results file of Apache `JMeter` 5.6 (jmeter.save.saveservice).
const JMETER: &str = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,\
                      bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect";

/// Writes a shape with so many rows; `labels` is for the shape `labels`.
pub(crate) fn write(shape: &Shape, rows: u64, labels: u64, seed: u64, out: &mut dyn Write) -> io::Result<()> {
    out.write_all((shape.header)().as_bytes())?;
    let chunks = rows.div_ceil(CHUNK);
    for first in (0..chunks).step_by(CHUNKS_AT_A_TIME as usize) {
        let texts: Vec<Vec<u8>> = (first..chunks.min(first + CHUNKS_AT_A_TIME))
            .into_par_iter()
            .map(|chunk| {
                let mut rng = Rng::new(seed ^ chunk.wrapping_mul(SEED_STEP));
                let mut text = Vec::new();
                for row in chunk * CHUNK..rows.min((chunk + 1) * CHUNK) {
                    (shape.row)(&mut text, &mut rng, row, labels);
                }
                text
            })
            .collect();
        for text in texts {
            out.write_all(&text)?;
        }
    }
    out.flush()
}

// ---- pieces of a row ----

/// Appends a whole number; `write!` would cost more than the random numbers do.
fn push_int(text: &mut Vec<u8>, value: u64) {
    push_padded(text, value, 1);
}

/// Appends a whole number with zeros in front up to `width`.
fn push_padded(text: &mut Vec<u8>, mut value: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    while value > 0 || digits.len() - at < width {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
    }
    text.extend_from_slice(&digits[at..]);
}

/// Appends so many steps of 10^-`decimals`, with all digits after the point.
fn push_decimal(text: &mut Vec<u8>, steps: u64, decimals: usize) {
    let unit = 10_u64.pow(decimals as u32);
    push_int(text, steps / unit);
    text.push(b'.');
    push_padded(text, steps % unit, decimals);
}

/// A lognormal deviate: what latencies look like.
fn latency(rng: &mut Rng, median: f64, sigma: f64) -> f64 {
    median * (sigma * rng.normal()).exp()
}

/// A latency in seconds with 17 decimals.
fn push_seconds(text: &mut Vec<u8>, rng: &mut Rng, median: f64) {
    push_decimal(text, (latency(rng, median, 0.3) * STEPS_A_SECOND) as u64, DECIMALS);
}

// ---- the shapes ----

/// 80 events that differ in their numbers only.
fn event(text: &mut Vec<u8>, rng: &mut Rng, _: u64, _: u64) {
    let (session, message) = (rng.below(8), rng.below(10));
    text.extend_from_slice(b"user_msg_");
    push_int(text, session as u64);
    text.push(b'_');
    push_int(text, message as u64);
    text.push(b',');
    push_seconds(text, rng, 0.050 + 0.002 * message as f64);
    text.push(b'\n');
}

fn jmeter(text: &mut Vec<u8>, rng: &mut Rng, row: u64, _: u64) {
    let endpoint = rng.below(ENDPOINTS.len());
    let failed = rng.below(FAILS_ONE_IN) == 0;
    let elapsed = latency(rng, 40.0 + 15.0 * endpoint as f64, 0.5) as u64 + 1;
    push_int(text, FIRST_TIME + row / 2);
    text.push(b',');
    push_int(text, elapsed);
    text.push(b',');
    text.extend_from_slice(ENDPOINTS[endpoint].as_bytes());
    text.extend_from_slice(if failed { b",500,Internal Server Error," } else { b",200,OK," });
    text.extend_from_slice(b"Thread Group 1-");
    push_int(text, 1 + rng.below(50) as u64);
    text.extend_from_slice(if failed { b",text,false," } else { b",text,true," });
    if failed && rng.below(LONG_MESSAGE_ONE_IN) == 0 {
        text.extend_from_slice(b"\"Test failed: text expected to contain \"\"ok, done\"\"\nreceived: 500\"");
    } else if failed {
        text.extend_from_slice(b"Test failed: code expected to equal 200");
    }
    let connect = if rng.below(20) == 0 { rng.below(8) as u64 } else { 0 };
    for value in [500 + rng.below(9000) as u64, 120 + rng.below(60) as u64, 50, 50] {
        text.push(b',');
        push_int(text, value);
    }
    text.extend_from_slice(b",https://shop.example.com/");
    text.extend_from_slice(PATHS[endpoint].as_bytes());
    for value in [elapsed - elapsed / 8, 0, connect] {
        text.push(b',');
        push_int(text, value);
    }
    text.push(b'\n');
}

/// One measurement a line, as exporters of time series write it.
fn point(text: &mut Vec<u8>, rng: &mut Rng, _: u64, _: u64) {
    let metric = rng.below(METRICS.len());
    text.extend_from_slice(b"{\"metric\":\"");
    text.extend_from_slice(METRICS[metric].as_bytes());
    text.extend_from_slice(b"\",\"value\":");
    push_decimal(text, (latency(rng, 5.0 + 7.0 * metric as f64, 0.4) * 1e9) as u64, 9);
    text.extend_from_slice(b"}\n");
}

/// A point as `k6 run --out json` writes it.
fn k6_point(text: &mut Vec<u8>, rng: &mut Rng, row: u64, _: u64) {
    let (metric, endpoint) = (rng.below(METRICS.len()), rng.below(ENDPOINTS.len()));
    let status = if rng.below(FAILS_ONE_IN) == 0 { 500 } else { 200 };
    let second = row / 2000;
    text.extend_from_slice(b"{\"metric\":\"");
    text.extend_from_slice(METRICS[metric].as_bytes());
    text.extend_from_slice(b"\",\"type\":\"Point\",\"data\":{\"time\":\"2026-03-15T");
    push_padded(text, second / 3600 % 24, 2);
    text.push(b':');
    push_padded(text, second / 60 % 60, 2);
    text.push(b':');
    push_padded(text, second % 60, 2);
    text.push(b'.');
    push_padded(text, row % 2000 * 500_000, 9);
    text.extend_from_slice(b"Z\",\"value\":");
    push_decimal(text, (latency(rng, 5.0 + 7.0 * metric as f64, 0.4) * 1e6) as u64, 6);
    text.extend_from_slice(b",\"tags\":{\"name\":\"https://shop.example.com/");
    text.extend_from_slice(PATHS[endpoint].as_bytes());
    text.extend_from_slice(b"\",\"status\":\"");
    push_int(text, status);
    text.extend_from_slice(b"\",\"group\":\"\",\"scenario\":\"default\"}}}\n");
}

fn wide_header() -> String {
    let names: Vec<String> = (0..WIDE_COLUMNS).map(|column| format!("stage_{}_ms", word(column))).collect();
    format!("time_ms,{}\n", names.join(","))
}

fn wide(text: &mut Vec<u8>, rng: &mut Rng, row: u64, _: u64) {
    push_int(text, FIRST_TIME + row * 10);
    for column in 0..WIDE_COLUMNS {
        text.push(b',');
        push_decimal(text, (latency(rng, 10.0 + column as f64, 0.3) * 1e3) as u64, 3);
    }
    text.push(b'\n');
}

/// A number in letters: labels that differ in digits only would be one population.
fn word(mut number: u64) -> String {
    let mut letters = String::new();
    loop {
        letters.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
        if number == 0 {
            return letters;
        }
    }
}

/// Very many labels, some of them much more frequent than others.
fn labelled(text: &mut Vec<u8>, rng: &mut Rng, _: u64, labels: u64) {
    let label = (labels as f64 * rng.uniform() * rng.uniform()) as u64;
    text.extend_from_slice(b"op_");
    text.extend_from_slice(word(label).as_bytes());
    text.push(b',');
    push_seconds(text, rng, 0.050);
    text.push(b'\n');
}

/// Events, and every 80 rows a table of memory readings with a header of its own, as collectors that append write it.
fn embedded(text: &mut Vec<u8>, rng: &mut Rng, row: u64, _: u64) {
    if row % EMBEDDED_EVERY == EMBEDDED_EVERY - 1 {
        let current = 2_590_000 + rng.below(20_000) as u64;
        text.extend_from_slice(b"memory_current,memory_peak\n");
        push_int(text, current);
        text.push(b',');
        push_int(text, current + 33_000 + rng.below(300) as u64);
        text.extend_from_slice(b"\nevent,latency\n");
    } else {
        event(text, rng, row, 0);
    }
}

/// Every field in quotes, with delimiters, doubled quotes and now and then a line break inside.
fn quoted(text: &mut Vec<u8>, rng: &mut Rng, row: u64, _: u64) {
    let endpoint = rng.below(ENDPOINTS.len());
    text.push(b'"');
    push_int(text, FIRST_TIME + row * 10);
    text.extend_from_slice(b"\",\"SELECT a, \"\"b\"\" FROM ");
    text.extend_from_slice(ENDPOINTS[endpoint].as_bytes());
    text.extend_from_slice(b"\",\"");
    push_decimal(text, (latency(rng, 5.0 + endpoint as f64, 0.4) * 1e3) as u64, 3);
    text.extend_from_slice(if rng.below(50) == 0 { b"\",\"first,\nsecond\"\n" } else { b"\",\"\"\n" });
}
