//! Rows that are of another thing each, switches and steps that somebody chose, whether what was looked for was found, and lines in which each
//! value has its name.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, metric, names, report};

/// What the terminal says of a file.
fn said(name: &str, text: &str) -> String {
    let place = Place::new();
    place.write(name, text);
    place.run(&format!("summarize {name} -o report.md")).exits(0).stdout.clone()
}

fn first_line(name: &str, text: &str) -> String {
    said(name, text).lines().next().unwrap_or_default().to_owned()
}

fn labels(report: &Value, name: &str) -> Vec<String> {
    let groups = metric(report, name)["groups"].as_array().cloned().unwrap_or_default();
    groups.iter().filter_map(|group| Some(group["label"]["text"].as_str()?.to_owned())).collect()
}

/// A number that looks measured.
fn noise(row: usize) -> f64 {
    10.0 + ((row * 7919 + 13) % 1009) as f64 / 97.0
}

#[test]
fn rows_of_which_most_names_are_like_no_other_are_of_another_thing_each() {
    let letters = |number: usize| char::from(b'a' + (number % 26) as u8);
    let mut text = String::from("matrix,time_us\n");
    for row in 0..90_usize {
        let name = if row % 3 == 0 {
            format!("net{}-{}-b{}", row / 9 + 2, row % 9, row % 4 + 1)
        } else {
            format!("{}{}{}or", letters(row), letters(row / 5), letters(7 * row))
        };
        writeln!(text, "{name},{:.3}", noise(row)).unwrap();
    }
    let found = report("spmv.csv", &text);
    assert_eq!(labels(&found, "time_us").len(), 90);
    assert!(!first_line("spmv.csv", &text).contains("p95"), "a number over all of them is one of nobody");
    // Images of a series, users and paths with numbers are what happened again and again.
    for what in ["img_", "user ", "/orders/", "scene_2_cam_"] {
        let mut text = String::from("name,time_ms\n");
        for row in 0..90 {
            writeln!(text, "{what}{row:04},{:.3}", noise(row)).unwrap();
        }
        assert!(first_line("names.csv", &text).contains("p95"), "{what}");
    }
}

#[test]
fn what_was_switched_on_and_off_beside_every_program_was_chosen() {
    let mut text = String::from("program,huge_pages,pinned,walk\n");
    for (row, (huge, pinned)) in [(0, 0), (1, 0), (1, 1)].into_iter().cycle().take(30).enumerate() {
        writeln!(
            text,
            "p{},{huge},{pinned},{:.3}",
            ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"][row / 3],
            noise(row)
        )
        .unwrap();
    }
    let found = report("switches.csv", &text);
    assert_eq!(names(&found), ["walk"]);
    // What came out so in some rows and not in others is no switch.
    let uneven: String = text.lines().enumerate().fold(String::new(), |mut all, (row, line)| {
        let line = if row == 4 { line.replacen(",0,", ",1,", 1) } else { line.to_owned() };
        writeln!(all, "{line}").unwrap();
        all
    });
    assert!(names(&report("uneven.csv", &uneven)).contains(&"huge_pages"));
}

#[test]
fn decimals_in_equal_steps_beside_every_name_were_gone_through() {
    let mut text = String::from("solver,Flow,residue\n");
    for step in 0..100_usize {
        for (number, solver) in ["lu", "cg", "mg"].into_iter().enumerate() {
            writeln!(text, "{solver},{:.8},{:.2E}", 2.0 + step as f64 * 8.0 / 99.0, noise(3 * step + number) * 1e-15)
                .unwrap();
        }
    }
    let found = report("sweep.csv", &text);
    assert_eq!(names(&found), ["residue"]);
    let shown = said("sweep.csv", &text);
    assert!(shown.contains("e-14") && !shown.contains("<0.0"), "digits of a tiny number are told: {shown}");
}

#[test]
fn a_letter_beside_one_that_never_changes_is_a_setting() {
    let mut text = String::from("method,R,T,repeat,seconds\n");
    for (method, sizes) in [("whole", &[288][..]), ("fold", &[48, 96, 144]), ("scan", &[48, 96, 144])] {
        for (row, size) in sizes.iter().flat_map(|size| [*size; 10]).enumerate() {
            writeln!(text, "{method},6,{size},{},{:.9}", row % 10 + 1, noise(row + size) * 1e-6 * size as f64).unwrap();
        }
    }
    assert_eq!(names(&report("letters.csv", &text)), ["seconds"]);
}

#[test]
fn a_search_that_found_nothing_failed() {
    for name in ["path_found", "goal_reached", "converged", "solved"] {
        let mut text = format!("planner,{name},elapsed_ms\n");
        for row in 0..40 {
            writeln!(text, "deep,{},{:.3}", usize::from(row % 4 != 1), noise(row)).unwrap();
        }
        let first = first_line("search.csv", &text);
        assert!(first.contains("10 of 40 rows failed"), "{name}: {first}");
    }
    // A lookup may be for a key that is not there, and half of what was solved may have been chosen so.
    let mut text = String::from("op,found,elapsed_ns\n");
    for row in 0..40 {
        writeln!(text, "get,{},{:.3}", usize::from(row % 8 != 5), noise(row)).unwrap();
    }
    assert!(!first_line("lookups.csv", &text).contains("failed"));
}

#[test]
fn what_goes_on_as_the_clock_does_is_no_duration() {
    let mut text = String::from("t,ts_unix,queue\n");
    for row in 0..60_u64 {
        let t = row * 2 + row % 3 / 2;
        writeln!(text, "{t}.2,{}.2,{:.2}", 1_790_000_000 + t, noise(row as usize)).unwrap();
    }
    let found = report("watch.csv", &text);
    assert_eq!(names(&found), ["queue"]);
}

#[test]
fn groups_that_have_as_many_rows_each_were_tried() {
    let mut text = String::from("Method,Function,Time_us\n");
    let slow = |method: usize| 10_f64.powi(method as i32);
    for (number, (method, functions)) in
        [("plain", &["loop", "sort", "copy"][..]), ("hooked", &["loop", "sort", "copy"]), ("traced", &["deep"])]
            .into_iter()
            .enumerate()
    {
        for (row, function) in functions.iter().flat_map(|function| [*function; 10]).enumerate() {
            writeln!(text, "{method},{function},{:.1}", noise(row) * slow(number)).unwrap();
        }
    }
    let first = first_line("hooks.csv", &text);
    assert!(!first.contains("p95") && !first.contains("median"), "{first}");
}

#[test]
fn lines_that_name_their_values_are_rows() {
    let mut log = String::new();
    for row in 0..60_usize {
        let status = if row % 4 == 1 { 502 } else { 200 };
        writeln!(
            log,
            "ts=2026-02-03T04:{:02}:{:02}Z level=info msg=\"request done\" path=/cart status={status} latency={:.1}ms",
            row / 60,
            row % 60,
            noise(row)
        )
        .unwrap();
    }
    let first = first_line("service.log", &log);
    assert!(first.starts_with("Failing: 15 of 60 requests failed") && first.contains("ms"), "{first}");
    let mut list = String::new();
    for row in 0..24_usize {
        writeln!(
            list,
            "size (Kb): {}, threads: {}, sort time (ms): {:.2}",
            10 * (row / 8 + 1),
            1 << (row % 4),
            noise(row)
        )
        .unwrap();
    }
    let found = report("sorts.txt", &list);
    assert_eq!(names(&found), ["sort time (ms)"]);
    assert_eq!(labels(&found, "sort time (ms)").len(), 12);
    // A text with an equals sign in it is none.
    let place = Place::new();
    place.write("notes.txt", "we set a=1 and b=2 there\nthen c=3 failed\nand d=4 was fine\n");
    place.run("summarize notes.txt").exits(2);
}
