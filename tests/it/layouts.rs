//! Layouts that people write: columns that blanks set apart without a header, a closing line below rows of JSON, tables that tools print,
//! several reports in one text, names that do not fit the rows below them.

use std::fmt::Write as _;

use crate::support::{Place, findings, groups, measured, metric, names, report, unit};

#[test]
fn numbers_with_blanks_between_them_and_no_header_are_columns() {
    let place = Place::new();
    let mut text = String::new();
    for row in 0..12 {
        let _ = writeln!(text, "{}.5 {:.4}", row * 20 + row % 3, measured(row));
    }
    place.write("plot.dat", &text);
    place.run("summarize plot.dat -o r.json").exits(0);
    let found = place.json("r.json");
    assert_eq!(found["sources"][0]["format"], "aligned");
    assert!(names(&found).contains(&"column_2"), "{:?}", names(&found));
    assert_eq!(findings(&found, "missing_header").len(), 1);
}

#[test]
fn a_time_of_day_in_front_is_no_duration() {
    let mut text = String::new();
    for row in 0..30 {
        let _ = writeln!(text, "09:15:{:02}.{:03} {:.3}", row * 2, 100 + row * 7, measured(row));
    }
    let found = report("probe.log", &text);
    assert_eq!(names(&found), ["column_2"]);
}

#[test]
fn the_advice_for_columns_with_blanks_works() {
    let place = Place::new();
    let mut text = String::new();
    for row in 0..8 {
        let _ = writeln!(text, "{} {} {} {:.3}", 1 + row % 2, 64 << (row % 3), row, measured(row));
    }
    place.write("grid.txt", &text);
    let refused = place.run("summarize grid.txt");
    refused.exits(2).complains("--format aligned reads it");
    place.run("summarize grid.txt --format aligned -o r.md").exits(0);
    place.run_words(&["summarize", "grid.txt", "--delimiter", " ", "-o", "r.md"], b"").exits(0);
}

#[test]
fn one_column_of_quoted_numbers_is_read() {
    let mut text = String::new();
    for row in 0..10 {
        let _ = writeln!(text, "\"{:.6}\"", measured(row) / 1000.0);
    }
    let found = report("rtt.csv", &text);
    assert_eq!(metric(&found, "column_1")["overall"]["clean"]["n"], 10);
    let found = report("rtt.csv", &format!("\"rtt_ms\"\n{text}"));
    assert_eq!((metric(&found, "rtt_ms")["overall"]["clean"]["n"].as_u64(), unit(&found, "rtt_ms")), (Some(10), "ms"));
}

#[test]
fn a_closing_line_of_other_fields_takes_no_samples_away() {
    let mut text = String::new();
    for row in 0..6 {
        let failed = row % 3 == 1;
        let _ =
            writeln!(text, "{{\"kind\":\"call\",\"id\":{row},\"answer_ms\":{:.1},\"failed\":{failed}}}", measured(row));
    }
    let rows = report("calls.jsonl", &text);
    text += "{\"kind\":\"end\",\"p50_answer_ms\":103.5,\"p95_answer_ms\":188.1,\"build\":{\"index_ms\":12.5}}\n";
    let closed = report("calls.jsonl", &text);
    for found in [&rows, &closed] {
        let headline = found["verdict"]["headline"].as_str().unwrap();
        assert!(headline.contains("6 rows, 33.3% failed"), "{headline}");
        assert_eq!(metric(found, "answer_ms")["overall"]["clean"]["n"], 4);
    }
    let reported = closed["reported"].as_array().unwrap();
    assert!(reported.iter().any(|one| one["metric"] == "build.index_ms"), "{reported:#?}");
}

#[test]
fn a_line_of_other_fields_among_rows_closes_nothing() {
    let mut text = String::new();
    for row in 0..20 {
        let _ = writeln!(text, "{{\"event\":\"call\",\"answer_ms\":{:.1}}}", measured(row));
        if row == 10 {
            text += "{\"event\":\"pause\",\"slept_s\":2.5}\n";
        }
    }
    let found = report("events.jsonl", &text);
    assert_eq!(metric(&found, "answer_ms")["overall"]["clean"]["n"], 20);
}

#[test]
fn curves_in_records_have_the_name_of_their_array_and_an_axis() {
    let mut text = String::new();
    for (row, (run, budget)) in
        [("plain", "10.0"), ("plain", "20.0"), ("cosine", "10.0"), ("cosine", "20.0")].iter().enumerate()
    {
        let points: Vec<String> =
            (1..6).map(|at| format!("[{}.{},{:.3}]", at * 2, row + 1, measured(at + row) / at as f64)).collect();
        let _ = writeln!(
            text,
            "{{\"run\":\"{run}\",\"budget_s\":{budget},\"loss\":{:.3},\"curve\":[{}]}}",
            measured(row),
            points.join(",")
        );
    }
    let found = report("runs.jsonl", &text);
    assert!(
        names(&found).contains(&"curve") && names(&found).iter().all(|name| !name.starts_with("column_")),
        "{:?}",
        names(&found)
    );
    assert!(!names(&found).contains(&"curve axis"));
    assert_eq!(groups(&found, "curve"), 4);
}

#[test]
fn a_number_with_its_share_is_a_number() {
    let text = "method,time,calls\nread,\"1,204 ms (41.5%)\",3\nparse,\"902 ms (31.1%)\",9\nwait,\"702 ms (24.2%)\",2\nclose,\"93.5 ms (3.2%)\",5\n";
    let found = report("profile.csv", text);
    assert!(names(&found).contains(&"time"), "{:?}", names(&found));
    assert_eq!(unit(&found, "time"), "s");
}

#[test]
fn names_that_do_not_fit_the_rows_are_told() {
    let mut text = "M,N,time_ms,mode\n".to_owned();
    for row in 0..8 {
        let _ =
            writeln!(text, "square,{},{},{:.3},{}", 1024 << (row % 2), 512, measured(row), ["fast", "slow"][row / 4]);
    }
    let found = report("gemm.csv", &text);
    let told = findings(&found, "missing_header");
    assert_eq!((told.len(), told[0]["severity"].as_str()), (1, Some("suspicious")), "{told:#?}");
    assert!(!names(&found).contains(&"time_ms"));
}

#[test]
fn text_in_utf_16_is_read() {
    let place = Place::new();
    let mut text = "\u{feff}name,latency_ms\r\n".to_owned();
    for row in 0..8 {
        let _ = write!(text, "{},{:.2}\r\n", ["größer", "kleiner"][row % 2], measured(row));
    }
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    place.write("gpu.csv", &bytes);
    place.run("summarize gpu.csv -o r.json").exits(0);
    let wide = place.json("r.json");
    assert_eq!(metric(&wide, "latency_ms")["overall"]["clean"]["n"], 8);
    assert!(wide["metrics"].to_string().contains("größer"));
}

#[test]
fn rows_of_unlike_numbers_of_fields_are_called_what_they_are() {
    let place = Place::new();
    let mut text = "query,answer,embed,search\n".to_owned();
    for row in 0..9 {
        let fields = [2, 2, 2, 4, 4, 4, 4, 4, 5][row];
        let numbers: Vec<String> = (0..fields).map(|at| format!("{:.3}", measured(row + at))).collect();
        let _ = writeln!(text, "what is it?,a thing,{}", numbers.join(","));
    }
    place.write("log.csv", &text);
    place.run("summarize log.csv").exits(2).complains("rows have 6, and the first row has 4");
}

#[test]
fn what_k6_prepares_is_no_iteration() {
    let point = |metric: &str, second: usize, value: f64, tags: &str| {
        format!(
            "{{\"metric\":\"{metric}\",\"type\":\"Point\",\"data\":{{\"time\":\"2025-02-03T10:00:{second:02}.250Z\",\"value\":{value},\"tags\":{tags}}}}}\n"
        )
    };
    let mut text = point("iteration_duration", 0, 0.002, "{\"group\":\"::setup\"}");
    for row in 0..30 {
        let tags = "{\"scenario\":\"default\",\"group\":\"\"}";
        text += &point("iteration_duration", 1 + row, 1000.0 + measured(row), tags);
        text += &point(
            "http_req_duration",
            1 + row,
            measured(row + 7),
            "{\"expected_response\":\"true\",\"name\":\"home\",\"group\":\"\"}",
        );
    }
    text += &point("iteration_duration", 40, 0.001, "{\"group\":\"::teardown\"}");
    let found = report("k6.json", &text);
    assert_eq!(metric(&found, "iteration_duration")["overall"]["clean"]["n"], 30);
    assert!(findings(&found, "isolated_value").is_empty());
}

#[test]
fn the_zeros_of_one_setting_are_no_stuck_sensor() {
    let mut text = "procs,threads,time_taken,mpi_time\n".to_owned();
    for procs in [1, 2, 4] {
        for threads in 1..=20 {
            let time = 6.1 / f64::from(procs * threads) + 0.003 * measured(threads as usize);
            let waited = if procs == 1 { 0.0 } else { 0.01 * measured((procs * 7 + threads) as usize) };
            let _ = writeln!(text, "{procs},{threads},{time:.3},{waited:.3}");
        }
    }
    let found = report("scaling.csv", &text);
    assert!(findings(&found, "stuck_value").is_empty(), "{:#?}", findings(&found, "stuck_value"));
}
