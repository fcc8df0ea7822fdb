//! What was compared is never one number: competitors, settings beside a clock, texts of a table without one; names and numbers that tell
//! rows apart, however many rows there are; lines above blocks, fields without a name, and totals among their parts.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, findings, measured, metric, names, report, unit};

/// What the terminal says of a file.
fn said(name: &str, text: &str) -> String {
    let place = Place::new();
    place.write(name, text);
    place.run(&format!("summarize {name} -o report.md")).exits(0).stdout.clone()
}

fn labels(report: &Value, name: &str) -> Vec<String> {
    let groups = metric(report, name)["groups"].as_array().cloned().unwrap_or_default();
    groups.iter().filter_map(|group| Some(group["label"]["text"].as_str()?.to_owned())).collect()
}

fn is_apart(report: &Value, name: &str) -> bool {
    metric(report, name)["measured_apart"] == true
}

#[test]
fn texts_of_a_table_without_a_clock_were_compared() {
    let queries = "query,time_s\nq_scan,2.25\nq_join,0.5\nq_sort,61.5\nq_agg,5.125\nq_join,0.625\nq_union,318.25\n";
    assert!(is_apart(&report("queries.csv", queries), "time_s"));
    let shown = said("queries.csv", queries);
    assert!(!shown.lines().next().unwrap_or_default().contains("median"), "{shown}");
    assert!(!shown.contains("3.69 s"), "no query took what lies between two of them: {shown}");

    let mut models = "backbone,latency_s\n".to_owned();
    for row in 0..10 {
        let (model, from) = if row < 5 { ("swift-2", 3.0) } else { ("grande-70b", 9.0) };
        let _ = writeln!(models, "{model},{:.3}", from + measured(row) / 100.0);
    }
    assert!(is_apart(&report("models.csv", &models), "latency_s"));
}

#[test]
fn settings_and_competitors_beside_a_clock_were_compared() {
    let rows = |column: &str, texts: [&str; 2]| {
        let mut text = format!("timestamp,frame_ms,{column}\n");
        for row in 0..24 {
            let (value, from) = if row < 12 { (texts[0], 3.0) } else { (texts[1], 16.0) };
            let _ = writeln!(text, "{}.5,{:.3},{value}", 1_760_000_000 + row, from + measured(row) / 100.0);
        }
        text
    };
    for (column, texts) in [("grid", ["128", "384"]), ("backend", ["alpha", "beta"]), ("model", ["a-7b", "b-70b"])] {
        let found = report("frames.csv", &rows(column, texts));
        assert!(is_apart(&found, "frame_ms"), "{column}");
        assert_eq!(labels(&found, "frame_ms").len(), 2);
        // Nor on the first screen, where the run of these rows has a rate.
        let place = Place::new();
        place.write("frames.csv", rows(column, texts)).run("summarize frames.csv -o report.md").exits(0);
        let figures: Vec<String> = place.read("report.md").lines().take(12).map(str::to_owned).collect();
        assert!(figures.iter().any(|line| line.contains(" rate |")), "{figures:?}");
        assert!(!figures.iter().any(|line| line.contains("p50") || line.contains("p95")), "{figures:?}");
    }
    for (column, texts) in [("endpoint", ["/cart", "/buy"]), ("operation", ["read", "write"])] {
        assert!(!is_apart(&report("log.csv", &rows(column, texts)), "frame_ms"), "one service: {column}");
    }
}

#[test]
fn logs_keep_their_total() {
    let mut events = "event,latency_ms\n".to_owned();
    let mut tasks = "task,duration_ms,success\n".to_owned();
    for row in 0..40 {
        let _ = writeln!(events, "{},{:.3}", ["open", "send"][row % 2], measured(row));
        let _ = writeln!(tasks, "{},{:.3},{}", ["plan", "write", "check"][row % 3], measured(row), row % 9 != 0);
    }
    assert!(!is_apart(&report("events.csv", &events), "latency_ms"));
    assert!(!is_apart(&report("tasks.csv", &tasks), "duration_ms"));
}

#[test]
fn none_failed_is_said_of_what_was_compared_too() {
    let mut text = "model,size,seconds,exit_code\n".to_owned();
    for row in 0..24 {
        let _ = writeln!(text, "m{},{},{:.3},0", row % 2, [100, 1000, 5000][row / 8], measured(row));
    }
    let shown = said("runs.csv", &text);
    assert!(shown.starts_with("Measured: 24 rows, none failed"), "{shown}");
}

#[test]
fn the_first_texts_of_a_table_name_its_rows_however_many_there_are() {
    let word =
        |row: usize| format!("{}{}", ["push", "pop", "peek", "fold", "map"][row % 5], (b'a' + (row / 5) as u8) as char);
    for column in ["test", "name", "Metric", "matrix"] {
        let mut text = format!("{column},list,deque\n");
        for row in 0..40 {
            let _ =
                writeln!(text, "{} case,{:.2},{:.2}", word(row), measured(row) * (row + 1) as f64, measured(row + 9));
        }
        let found = report("tests.csv", &text);
        assert_eq!(labels(&found, "list").len(), 40, "{column}");
        assert!(is_apart(&found, "list"), "{column}");
    }
    // What comes in from outside is drawn, and a log says how each row ended.
    for (column, status) in [("prompt", ""), ("url", ""), ("name", ",OK")] {
        let ended = if status.is_empty() { "" } else { ",status" };
        let mut text = format!("{column},latency_ms{ended}\n");
        for row in 0..40 {
            let _ = writeln!(text, "{} case,{:.2}{status}", word(row), measured(row));
        }
        assert!(!is_apart(&report("inputs.csv", &text), "latency_ms"), "{column}");
    }
}

#[test]
fn numbers_of_an_element_tell_its_samples_apart_be_they_round_or_not() {
    let mut elements = Vec::new();
    for size in [100, 199, 1584, 6309] {
        for lib in ["A", "B"] {
            elements
                .push(format!(r#"{{"size": {size}, "lib": "{lib}", "timings": [0.{size}1, 0.{size}5, 0.{size}7]}}"#));
        }
    }
    let found = report("sizes.json", &format!("[{}]", elements.join(", ")));
    let labels = labels(&found, "timings");
    assert_eq!(labels.len(), 8, "{labels:?}");
    assert!(labels.iter().all(|label| !label.contains("size=,")), "{labels:?}");
}

#[test]
fn identifiers_in_words_that_come_again_say_which() {
    let mut text = "operator_id,instance_id,processing_rate\n".to_owned();
    for (operator, rate) in [("Filter", 77_350.5), ("Join", 4_180.25), ("Sink", 450_100.75)] {
        for instance in 0..2 {
            let _ = writeln!(text, "{operator},{instance},{}", rate - f64::from(instance));
        }
    }
    assert_eq!(labels(&report("rates.csv", &text), "processing_rate").len(), 6);
    // People come again as well.
    let people = text.replace("operator_id", "user_id");
    assert!(labels(&report("people.csv", &people), "processing_rate").iter().all(|label| !label.contains("Join")));
}

#[test]
fn digits_in_groups_are_numbers() {
    let mut text = "file,mode,time_s,rewrites\n".to_owned();
    for row in 0..72 {
        let count = 100_000_000 + 1_001_001 * row;
        let grouped = format!("{}_{:03}_{:03}", count / 1_000_000, count / 1_000 % 1_000, count % 1_000);
        let _ = writeln!(
            text,
            "sort{}.x,mode{},{:.3},{grouped}",
            (b'a' + (row / 12) as u8) as char,
            row % 12,
            measured(row)
        );
    }
    let found = report("programs.csv", &text);
    assert!(names(&found).contains(&"rewrites"), "{:?}", names(&found));
    assert_eq!(labels(&found, "time_s").len(), 72);
}

#[test]
fn lines_above_blocks_are_carried_down() {
    let mut text = String::new();
    for (size, nodes) in [(500, 1), (500, 4), (2000, 1), (2000, 4)] {
        let _ = writeln!(text, "N,{size},nodes,{nodes}");
        for row in 0..3 {
            let took = measured(row) * f64::from(size) / f64::from(nodes);
            let _ = writeln!(text, "Computation duration:,{:.0},us,", took * 100.0);
            let _ = writeln!(text, "Total duration:,{:.0},us,", took * 900.0);
        }
    }
    let found = report("blocks.csv", &text);
    assert_eq!(names(&found), ["value"]);
    let labels = labels(&found, "value");
    assert_eq!(labels.len(), 8, "{labels:?}");
    assert!(labels.iter().any(|label| label.contains("Total duration") && label.contains("N=2000")), "{labels:?}");
    assert!(unit(&found, "value").contains('s'), "the unit stands beside the number");
    assert!(metric(&found, "value")["groups"].as_array().unwrap().iter().all(|group| group["clean"]["n"] == 3));
}

#[test]
fn a_field_without_a_name_behind_the_others_takes_no_name_away() {
    let mut text = "File,Gzip Time(s),Zstd Size(B),Zstd Time(s)\n".to_owned();
    for file in ["notes.txt", "words.txt"] {
        let _ = writeln!(text, "{file},0.0035,17627,0.0074");
        for level in 1..=8 {
            let _ = writeln!(text, "{file},0.0035,{},{:.4},{level}", 17_900 - 37 * level, 0.003 * f64::from(level));
        }
    }
    let found = report("levels.csv", &text);
    assert!(names(&found).contains(&"Zstd Time(s)"), "{:?}", names(&found));
    assert!(!names(&found).contains(&"column_5"), "nobody says that it was measured: {:?}", names(&found));
    assert_eq!(findings(&found, "missing_header").len(), 1);
    assert!(findings(&found, "ragged_row").is_empty());
    assert_eq!(labels(&found, "Zstd Time(s)").len(), 18, "{:?}", labels(&found, "Zstd Time(s)"));
}

#[test]
fn totals_among_their_parts_are_no_samples() {
    let mut text = String::new();
    for second in 0..12 {
        let (one, other) = (f64::from(second) * 3.17 + 10.0, f64::from(second) * 1.31 + 1.0);
        // Every third total was rounded from finer parts.
        let sum = one + other + if second % 3 == 2 { 0.01 } else { 0.0 };
        let at = 1_760_000_000 + second;
        let _ = writeln!(text, "{at},eth0,{one:.2},{:.2}\n{at},lo,{other:.2},{:.2}", one / 2.0, other / 2.0);
        let _ = writeln!(text, "{at},total,{sum:.2},{:.2}", f64::midpoint(one, other));
    }
    let found = report("traffic.txt", &text);
    assert_eq!(labels(&found, "column_3"), ["eth0", "lo"]);
    assert_eq!(metric(&found, "column_3")["overall"]["clean"]["n"], 24);
    assert!(is_apart(&found, "column_3"), "interfaces that are read together have no median in common");
}

#[test]
fn measures_in_rows_are_no_population() {
    let mut text = "Metric,first_run,second_run\n".to_owned();
    for row in 0..30 {
        let name = ["User time", "Page faults", "Swaps"][row % 3];
        let _ = writeln!(
            text,
            "{name} {} (kind),{:.2},{:.2}",
            (b'a' + row as u8 % 26) as char,
            measured(row),
            measured(row + 3)
        );
    }
    let found = report("measures.csv", &text);
    assert!(is_apart(&found, "first_run"), "seconds and pages have no median");
}
