//! Corrupted samples are named; slow ones are kept.

use perfreport::stats::rng::Rng;

use crate::support::{Place, findings, fixture, is_clean, lines, metric};

#[test]
fn rows_of_another_table_leave_the_clean_numbers_and_become_a_metric_of_their_own() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("chat/memory_usage_metrics.csv"))).exits(0);
    let report = place.json("r.json");
    assert_eq!(lines(&report, "foreign_table"), [83, 165, 247]);
    for (finding, header) in findings(&report, "foreign_table").iter().zip([82, 164, 246]) {
        let reason = finding["reasons"][0].as_str().unwrap();
        assert!(reason.contains("memory_current,memory_peak"), "{reason}");
        assert!(reason.contains(&format!("line {header}")), "{reason}");
    }
    let latency = &metric(&report, "latency")["overall"];
    assert_eq!((&latency["clean"]["n"], &latency["raw"]["n"]), (&240.into(), &243.into()));
    assert!(latency["clean"]["max"].as_f64().unwrap() < 0.2);
    assert!(latency["raw"]["max"].as_f64().unwrap() > 2e6);
    let memory = metric(&report, "memory_peak");
    assert_eq!((&memory["unit"], &memory["overall"]["clean"]["n"]), (&"B".into(), &3.into()));
}

#[test]
fn the_same_rows_are_found_without_their_header() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("corrupt/memory_rows_without_header.csv"))).exits(0);
    let report = place.json("r.json");
    assert_eq!(lines(&report, "isolated_foreign"), [82, 163, 244]);
    for finding in findings(&report, "isolated_foreign") {
        let reasons = finding["reasons"].to_string();
        assert!(reasons.contains("above all others"), "{reasons}");
        assert!(reasons.contains("a whole number, where the others have"), "{reasons}");
        assert!(reasons.contains("its label"), "{reasons}");
    }
    let latency = &metric(&report, "latency")["overall"];
    assert_eq!((&latency["clean"]["n"], &latency["raw"]["n"]), (&240.into(), &243.into()));
}

#[test]
fn a_value_in_another_unit_is_named() {
    let place = Place::new();
    place.run(&format!("check {}", fixture("corrupt/one_in_microseconds.csv"))).exits(1).says(":122: corrupted");
}

#[test]
fn copied_rows_are_suspicious_and_kept() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("corrupt/copied_rows.csv"))).exits(0);
    let report = place.json("r.json");
    let found = findings(&report, "duplicate_block");
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["place"]["line"], &found[0]["place"]["last_line"]), (&112.into(), &151.into()));
    assert_eq!(metric(&report, "duration")["overall"]["clean"]["n"], 200);
}

#[test]
fn a_missing_header_and_a_repeated_one_are_noted() {
    let place = Place::new();
    place.write("headless.csv", "a,1.5\nb,2.5\na,3.5\n");
    place.run("summarize headless.csv -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(findings(&report, "missing_header").len(), 1);
    assert_eq!(metric(&report, "column_2")["overall"]["clean"]["n"], 3);
    place.write("twice.csv", "event,latency_ms\na,1\nb,2\nevent,latency_ms\na,3\n");
    place.run("summarize twice.csv -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(lines(&report, "repeated_header"), [4]);
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["n"], 3);
}

#[test]
fn errors_counted_under_their_own_header_give_way_to_the_next_run() {
    let place = Place::new();
    place.write(
        "runs.csv",
        "event,latency\nuser_msg_0,0.0123456789\nuser_msg_1,0.0133456789\nerror_type,count\ntimeout,3\ndisconnect,1\n\
         memory_current,memory_peak\n2600804,2633826\nuser_msg_0,0.0143456789\nuser_msg_1,0.0153456789\n\
         error_type,count\ntimeout,2\n",
    );
    place.run("summarize runs.csv -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "latency")["overall"]["clean"]["n"], 4);
    assert_eq!(metric(&report, "count")["overall"]["clean"]["sum"], 6.0);
    assert_eq!(metric(&report, "memory_peak")["overall"]["clean"]["max"], 2_633_826.0);
    let tables = report["sources"][0]["tables"].as_array().unwrap();
    assert_eq!(tables[0]["line_ranges"], serde_json::json!([[2, 3], [9, 10]]));
    assert_eq!(tables[1]["line_ranges"], serde_json::json!([[5, 6], [12, 12]]));
}

#[test]
fn tables_set_apart_by_a_blank_line_are_two_tables_and_no_corruption() {
    let place = Place::new();
    place.write("stacked.csv", "metric,avg\nttft_ms,12.5\nlatency_ms,250.5\n\nmetric,value\nrequests,100\nerrors,2\n");
    place.run("check stacked.csv").exits(0);
}

#[test]
fn a_difference_may_be_negative_and_a_duration_may_not() {
    let place = Place::new();
    let rows: Vec<String> = (0..60).map(|row| format!("sync,{}", (row * 37 % 41) - 20)).collect();
    place.write("offsets.csv", format!("event,latency_ms\n{}\n", rows.join("\n")));
    place.run("check offsets.csv").exits(0);
    place.write("named.csv", "event,clock_offset_ms\na,5\na,-3\na,4\na,6\na,7\na,5\na,6\na,5\na,8\na,4\na,5\n");
    place.run("check named.csv").exits(0);
}

#[test]
fn a_request_that_hangs_is_no_corruption() {
    let place = Place::new();
    let mut rows: Vec<String> = (0..200)
        .map(|row| {
            format!("{},{:.6}", 1_773_576_000_000_i64 + row * 10, 20.0 + f64::from((row * 7919 % 97) as i32) / 10.0)
        })
        .collect();
    rows[120] = "1773576001200,45000.123456".to_owned();
    place.write("hang.csv", format!("timestamp,latency_ms\n{}\n", rows.join("\n")));
    place.run("check hang.csv").exits(0).says("isolated");
}

/// Two hundred rows, one each 0.4 s; `edit` changes some before they are written.
fn timed(edit: impl Fn(usize, &mut [String; 3])) -> String {
    let mut rng = Rng::new(21);
    let mut text = String::from("timestamp,endpoint,latency_s\n");
    for row in 0..200 {
        let endpoint = ["/cart", "/login", "/search"][rng.below(3)].to_owned();
        let latency = 0.09 * (0.45 * rng.normal()).exp();
        let mut cells = [format!("{:.3}", 1_773_576_000.0 + 0.4 * row as f64), endpoint, latency.to_string()];
        edit(row, &mut cells);
        text.push_str(&format!("{}\n", cells.join(",")));
    }
    text
}

fn timed_report(edit: impl Fn(usize, &mut [String; 3])) -> serde_json::Value {
    let place = Place::new();
    place.write("timed.csv", timed(edit));
    place.run("summarize timed.csv -o r.json").exits(0);
    place.json("r.json")
}

#[test]
fn milliseconds_among_seconds_are_named_with_the_factor_and_kept() {
    let report = timed_report(|row, cells| {
        if (100..109).contains(&row) {
            cells[2] = (cells[2].parse::<f64>().unwrap() * 1e3).to_string();
        }
    });
    let found = findings(&report, "unit_block");
    assert_eq!((found.len(), &found[0]["severity"]), (1, &"suspicious".into()));
    assert_eq!((&found[0]["place"]["line"], &found[0]["place"]["last_line"]), (&102.into(), &110.into()));
    assert!(found[0]["reasons"][0].as_str().unwrap().contains("about 1,000 times above"), "{}", found[0]);
    assert_eq!(metric(&report, "latency_s")["overall"]["clean"]["n"], 200);
}

#[test]
fn rows_of_another_table_without_its_header_leave_whatever_their_label_is() {
    let report = timed_report(|row, cells| {
        if (60..66).contains(&row) {
            cells[1] = format!("node-{row}");
            cells[2] = (2_400_000_000_u64 + 31_000_123 * row as u64).to_string();
        }
    });
    let lines = lines(&report, "isolated_foreign");
    assert_eq!(lines, [62, 63, 64, 65, 66, 67]);
    let clean = &metric(&report, "latency_s")["overall"]["clean"];
    assert!(clean["n"] == 194 && clean["mean"].as_f64().unwrap() < 0.2, "{clean}");
    // A kind of request that takes 40 s is real, whole numbers or not.
    let report = timed_report(|row, cells| {
        if row % 50 == 7 {
            cells[1] = "/nightly".to_owned();
            cells[2] = format!("{}.{row:09}", 40 + row / 50);
        }
    });
    assert!(report["findings"].as_array().unwrap().iter().all(|finding| finding["severity"] != "corrupted"));
}

#[test]
fn an_instant_in_the_place_of_a_duration_is_corrupted() {
    let report = timed_report(|row, cells| {
        if row == 90 {
            cells.swap(0, 2);
        }
    });
    assert_eq!(lines(&report, "isolated_foreign"), [92]);
    assert!(metric(&report, "latency_s")["overall"]["clean"]["mean"].as_f64().unwrap() < 0.2);
}

/// However many there are: more than a tail holds are no second kind of request.
#[test]
fn rows_of_another_table_and_swapped_columns_leave_in_any_number() {
    for every in [40, 12, 5, 3] {
        let report = timed_report(|row, cells| {
            if row % every == 1 {
                cells[1] = format!("node-{}", row % 2);
                cells[2] = (2_400_000_u64 + 31_123 * row as u64).to_string();
            }
        });
        let expected: Vec<usize> = (0..200).filter(|row| row % every == 1).map(|row| row + 2).collect();
        assert_eq!(lines(&report, "isolated_foreign").len(), expected.len(), "one row in {every}");
        let clean = &metric(&report, "latency_s")["overall"]["clean"];
        assert!(clean["max"].as_f64().unwrap() < 1.0, "one row in {every}: {clean}");

        let report = timed_report(|row, cells| {
            if row % every == 1 {
                cells.swap(0, 2);
            }
        });
        let found = findings(&report, "isolated_foreign");
        assert_eq!(found.len(), expected.len(), "one row in {every} is swapped");
        let clean = &metric(&report, "latency_s")["overall"]["clean"];
        assert!(clean["max"].as_f64().unwrap() < 1.0, "one row in {every} is swapped: {clean}");
    }
    let reasons = findings(
        &timed_report(|row, cells| {
            if row % 3 == 1 {
                cells.swap(0, 2);
            }
        }),
        "isolated_foreign",
    )[0]["reasons"]
        .to_string();
    assert!(reasons.contains("an instant of this file's own clock"), "{reasons}");
}

/// What is long is no corruption where it may be true.
#[test]
fn what_lasts_longer_than_its_recording_may_have_begun_before() {
    // Connections that were opened days ago, in a log of 80 s: named, and kept.
    let report = timed_report(|row, cells| {
        if row % 4 == 1 {
            cells[1] = "/socket".to_owned();
            cells[2] = format!("{}.25", 180_000 + 900 * row);
        }
    });
    assert!(report["findings"].as_array().unwrap().iter().all(|finding| finding["severity"] != "corrupted"));
    assert_eq!(metric(&report, "latency_s")["overall"]["clean"]["n"], 200);
    // All was written when it was over, within a second.
    let report = timed_report(|row, cells| {
        cells[0] = format!("{:.3}", 1_773_576_000.0 + 0.001 * row as f64);
        cells[2] = format!("{:.6}", 40.0 + 0.01 * row as f64);
    });
    assert!(is_clean(&report), "{}", report["findings"]);
    // Requests of a burst that waited for their time-out.
    let report = timed_report(|row, cells| {
        cells[0] = format!("{:.3}", 1_773_576_000.0 + 0.001 * row as f64);
        cells[2] = if row % 5 == 0 { "30.001".to_owned() } else { format!("{:.6}", 0.001 + 0.000_001 * row as f64) };
    });
    assert!(report["findings"].as_array().unwrap().iter().all(|finding| finding["severity"] != "corrupted"));
}

#[test]
fn the_end_of_a_field_is_suspicious_and_a_round_timeout_is_none() {
    let written = |end: &'static str| {
        timed_report(move |row, cells| {
            cells[2] =
                if row % 90 == 41 { end.to_owned() } else { format!("{:.2}", 1e3 * cells[2].parse::<f64>().unwrap()) };
        })
    };
    for end in ["65535", "16383", "99999"] {
        let report = written(end);
        assert_eq!(lines(&report, "saturated"), [43, 133], "{end}");
        assert_eq!(metric(&report, "latency_s")["overall"]["clean"]["n"], 200);
    }
    for timeout in ["60000", "5000", "30000"] {
        assert!(findings(&written(timeout), "saturated").is_empty(), "{timeout}");
    }
}

#[test]
fn one_long_pause_among_even_requests_is_slow_and_nothing_else() {
    for times in [5.0, 20.0, 60.0, 150.0] {
        let report = timed_report(|row, cells| {
            if row == 111 {
                cells[2] = (0.09 * times).to_string();
            }
        });
        let alarms: Vec<&serde_json::Value> = report["findings"].as_array().unwrap().iter().collect();
        assert!(alarms.iter().all(|finding| finding["severity"] == "note"), "{times}: {alarms:?}");
    }
}
