//! A bound of memory is kept, and changes no number.

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use crate::support::Place;

/// Rows that take more than the bound leaves for columns.
const ROWS: usize = 500_000;
/// The smallest bound that the program takes.
const BOUND: &str = "48MiB";

/// Seventeen-digit latencies of many groups, by a generator that is written down here.
fn rows(labels: u64) -> String {
    let mut text = String::from("event,latency,size,status\n");
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for row in 0..ROWS {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (label, unit) = ((state >> 33) % labels, (state >> 11) as f64 / (1_u64 << 53) as f64);
        let latency = 0.02 - 0.05 * (1.0 - unit).ln();
        // One row in a thousand has no size.
        let size = if row % 1000 == 7 { String::new() } else { (state >> 40).to_string() };
        // And one in 97 failed, never the first ones: stretches with and without failures.
        let status = if row > ROWS / 3 && row % 97 == 3 { 503 } else { 200 };
        let _ = writeln!(text, "{}_op,{latency:.17},{size},{status}", letters(label));
    }
    text
}

/// A number in letters: labels that are no pattern of each other.
fn letters(mut number: u64) -> String {
    let mut letters = String::new();
    for _ in 0..4 {
        letters.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
    letters
}

#[test]
fn a_report_under_a_bound_of_memory_is_the_same_to_the_byte() {
    let place = Place::new();
    place.write("many.csv", rows(300));
    place.run("summarize many.csv -o free.json").exits(0);
    place.run(&format!("summarize many.csv -o bound.json --memory {BOUND}")).exits(0);
    place.run(&format!("summarize many.csv -o one.json --memory {BOUND} --threads 1")).exits(0);
    let free = place.read("free.json");
    assert!(free == place.read("bound.json"), "the bound changes the report");
    assert!(free == place.read("one.json"), "the number of threads changes the report");
}

#[test]
#[cfg(target_os = "linux")]
fn the_bound_holds_inside_a_limited_address_space() {
    let place = Place::new();
    place.write("many.csv", rows(3));
    // The bound and 192 MiB, in KiB.
    let limited =
        format!("ulimit -v {}; exec \"$0\" summarize many.csv -o limited.json --memory {BOUND}", (48 + 192) << 10);
    let mut child = Command::new("sh")
        .args(["-c", &limited, env!("CARGO_BIN_EXE_perfreport")])
        .current_dir(place.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let peak = crate::support::peak_until_it_ends(&mut child);
    assert!(child.wait().unwrap().success());
    assert!(peak > 0 && peak <= 48 << 10, "{peak} kB");
    place.run("summarize many.csv -o free.json").exits(0);
    assert!(place.read("free.json") == place.read("limited.json"));
}

#[test]
fn a_bound_that_is_too_small_says_what_would_do() {
    let place = Place::new();
    place.write("few.csv", "event,latency\na,1.5\nb,2.5\n");
    place.run("summarize few.csv --memory 10MiB").exits(2).complains("the program itself needs 48 MiB");
    place.run("summarize few.csv --memory 64parsecs").exits(2).complains("write KiB, MiB");
    let mut labels = String::from("user,latency\n");
    for row in 0..400_000 {
        let _ = writeln!(labels, "user_{row}_of_many,0.5");
    }
    place.write("labels.csv", labels);
    place.run(&format!("summarize labels.csv --memory {BOUND}")).exits(2).complains("give --memory");
    place.write("groups.csv", rows(20_000));
    place
        .run(&format!("summarize groups.csv --memory {BOUND} --group-by event --no-collapse"))
        .exits(2)
        .complains("groups do not fit into --memory 48MiB; give --memory");
    assert!(!place.path().join("performance_metrics_report.md").exists(), "nothing is written");
    let twice = rows(3) + &rows(3);
    place.write("many.csv", twice);
    place
        .run(&format!("summarize many.csv --memory {BOUND} --save-baseline b.json"))
        .exits(2)
        .complains("the samples to compare do not fit");
}
