//! What a file tells in pieces: kinds of failures that may overlap, keys with a point in them, flags without a name, units that contradict
//! each other, parts of requests, shares by class of codes, stretches of the same time, numbers in groups, rows between other lines.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, findings, lines, measured, metric, names, report, unit};

/// The first line that the terminal says of a file.
fn first_line(name: &str, text: &str) -> String {
    said(name, text).lines().next().unwrap_or_default().to_owned()
}

/// What the terminal says of a file.
fn said(name: &str, text: &str) -> String {
    let place = Place::new();
    place.write(name, text);
    place.run(&format!("summarize {name} -o report.md")).exits(0).stdout.clone()
}

/// Numbers of a metric that is shown as reported.
fn reported<'r>(report: &'r Value, metric: &str, label: Option<&str>) -> Option<&'r Value> {
    report["reported"].as_array()?.iter().find(|one| one["metric"] == metric && one["label"].as_str() == label)
}

const COUNTERS: &str = r#"{"requests": 8000, "seconds_run": 20, "requests_per_sec": 400.0, "read_errors": 4, "http_errors": 260,
    "timeouts": 11, "write_errors": 0, "mean_ms": 14.5}"#;

#[test]
fn kinds_of_failures_that_may_overlap_are_named_one_by_one() {
    let first = first_line("run.json", COUNTERS);
    assert!(
        first.starts_with("Measured: 8,000 requests, 400\u{a0}/s, 260 http errors, 11 timeouts, 4 read errors"),
        "{first}"
    );
    let table = "requests,requests_per_sec,read_errors,http_errors,timeouts,mean_ms\n8000,400.0,4,260,11,14.5\n";
    let first = first_line("run.csv", table);
    assert!(first.contains("8,000 requests") && first.contains("260 http errors, 11 timeouts"), "{first}");
    // Where none of them counts any, nothing says that these are all kinds.
    let first = first_line("run.csv", &table.replace("4,260,11", "0,0,0"));
    assert!(first.contains("8,000 requests") && !first.contains("errors") && !first.contains("failed"), "{first}");
    // Nothing is summed up, and a worse run does not pass.
    let place = Place::new();
    place.write("before.json", COUNTERS).write("after.json", COUNTERS.replace("260", "7000"));
    place.run("compare before.json after.json --fail-on regression").exits(1);
}

#[test]
fn counters_that_are_told_to_be_all_stay_a_sum_and_others_are_no_failures() {
    let all = r#"{"requests": 8000, "errors": 275, "timeouts": 11, "mean_ms": 14.5, "p95_ms": 30.5}"#;
    let first = first_line("run.json", all);
    assert!(first.contains("3.44% failed") && !first.contains("timeouts"), "{first}");
    for other in [
        r#"{"requests": 8000, "timeout": 30, "mean_ms": 14.5, "p95_ms": 30.5}"#,
        r#"{"requests": 8000, "timeouts": 9000, "mean_ms": 14.5, "p95_ms": 30.5}"#,
        r#"{"mean_squared_error": 3, "read_errors": 4, "http_errors": 20, "mean_ms": 14.5}"#,
    ] {
        let first = first_line("run.json", other);
        assert!(!first.contains("timeouts") && !first.contains("errors,"), "{other}: {first}");
    }
}

#[test]
fn a_key_with_a_point_is_a_label_and_no_path() {
    let pages = r#"{"results": {
        "cart.html": {"latency_ms": {"mean": 11.5, "p50": 10.5, "p95": 20.5}, "requests": 40, "rate": 5.0, "codes": {"200": 40}},
        "list.html": {"latency_ms": {"mean": 91.5, "p50": 90.5, "p95": 120.5}, "requests": 70, "rate": 5.0, "codes": {"200": 56, "503": 14}}}}"#;
    let first = first_line("pages.json", pages);
    assert!(first.starts_with("Failing: list.html: 14 of 70 requests failed (20%)"), "{first}");
    assert!(!first.contains("p95"), "none speaks for all: {first}");
    let found = report("pages.json", pages);
    for (label, median) in [("cart.html", 0.0105), ("list.html", 0.0905)] {
        let one =
            reported(&found, "latency_ms", Some(label)).unwrap_or_else(|| panic!("{label}: {}", found["reported"]));
        let values = one["values"].as_array().unwrap();
        assert!(values.iter().any(|value| value["statistic"] == "median" && value["value"] == median), "{one}");
    }
    // Names of what is measured are no labels, whatever stands in them.
    let metrics = r#"{"http.latency_ms": {"mean": 11.5, "p50": 10.5, "p95": 20.5}, "http.size_bytes": {"mean": 91.5, "p50": 90.5, "p95": 120.5}}"#;
    let found = report("metrics.json", metrics);
    assert!(reported(&found, "http.latency_ms", None).is_some(), "{}", found["reported"]);
}

#[test]
fn a_flag_without_a_name_that_is_no_where_nothing_was_measured_is_the_outcome() {
    let rows = |unnamed: bool| {
        let head = if unnamed { "" } else { "at,site,cached,took\n" };
        (0..40).fold(head.to_owned(), |mut text, row| {
            let (flag, took) = match row % 8 {
                3 => ("False", "None".to_owned()),
                _ => ("True", format!("{:.4}", measured(row) / 100.0)),
            };
            writeln!(text, "2026-03-02 08:{row:02}:01,https://shop.test,{flag},{took}").unwrap();
            text
        })
    };
    let first = first_line("site.csv", &rows(true));
    assert!(first.contains("12.5%"), "{first}");
    // A name says what it is, and one row without the other says nothing.
    let first = first_line("site.csv", &rows(false));
    assert!(!first.contains("failed"), "{first}");
    let first = first_line("site.csv", &rows(true).replacen("False,None", "False,0.4", 1));
    assert!(!first.contains("failed"), "{first}");
    let first = first_line("site.csv", &rows(true).replacen("True,", "False,", 1));
    assert!(!first.contains("failed"), "{first}");
}

#[test]
fn a_unit_that_was_only_assumed_gives_way_to_the_one_that_is_stated_beside_it() {
    let of = |least: &str, most: &str| {
        report(
            "load.csv",
            &format!("latency_min,latency_max,latency_mean_ms,note\n{least},{most},12.5,a\n{least},{most},12.75,b\n"),
        )
    };
    let wrong = of("310", "900000");
    for name in ["latency_min", "latency_max"] {
        assert_eq!(unit(&wrong, name), "", "{name}");
    }
    assert_eq!(unit(&wrong, "latency_mean_ms"), "ms");
    let right = of("3.1", "900");
    assert_eq!(unit(&right, "latency_min"), unit(&of("3.2", "901"), "latency_min"), "what fits stays as it was");
}

/// A page with six parts, as JMeter writes it, so many times.
fn pages(count: usize) -> String {
    let mut text = "<?xml version=\"1.0\"?>\n<testResults version=\"1.2\">\n".to_owned();
    for page in 0..count {
        let at = 1_772_366_400_000_u64 + 600 * page as u64;
        let took = 210 + page % 7;
        writeln!(text, "<sample t=\"{took}\" ts=\"{at}\" s=\"true\" lb=\"Page\" rc=\"200\" tn=\"g 1-1\" by=\"600\">")
            .unwrap();
        for part in 0..6_u64 {
            let (begin, took) = (at + 30 * part, 20 + part);
            writeln!(text, "<httpSample t=\"{took}\" ts=\"{begin}\" s=\"true\" lb=\"/p{part}\" rc=\"200\" tn=\"g 1-1\" by=\"100\"/>")
                .unwrap();
        }
        text.push_str("</sample>\n");
    }
    text + "</testResults>\n"
}

#[test]
fn parts_of_requests_do_not_lead() {
    for (count, statistic) in [(5, "elapsed median"), (40, "elapsed p95")] {
        let first = first_line("pages.jtl", &pages(count));
        let expected = format!("Measured: {count} requests");
        assert!(first.starts_with(&expected) && first.contains(statistic) && !first.contains("sub-samples"), "{first}");
    }
}

#[test]
fn a_share_by_class_of_codes_is_no_failure() {
    let shares = |name: &str| {
        (0..12).fold(format!("host,code,{name}\n"), |mut text, host| {
            for (class, share) in [("2xx", 81.5), ("4xx", 3.25), ("5xx", 1.25)] {
                writeln!(text, "web-{host},{class},{:.3}", share + measured(host) / 10.0).unwrap();
            }
            text
        })
    };
    for name in ["pct", "share", "req_per_s"] {
        let first = first_line("codes.csv", &shares(name));
        assert!(!first.contains("failed") && !first.starts_with("Failing"), "{name}: {first}");
    }
    // Rows of requests say so by how long each took.
    let first = first_line("codes.csv", &shares("latency_ms"));
    assert!(first.contains("failed"), "{first}");
}

/// Two runs of 60 rows below each other; `origin` is the first instant of both, `name` what their clock is called.
fn twice(name: &str, origin: f64, thread: bool) -> String {
    let head = if thread { ",thread" } else { "" };
    (0..2).fold(format!("{name},path,latency_ms{head}\n"), |mut text, run| {
        for row in 0..60 {
            let at = origin + f64::from(row) * 0.5;
            let of = if thread { format!(",t-{run}") } else { String::new() };
            writeln!(text, "{at:.2},/p{},{:.3}{of}", row % 3, measured(row as usize + 7 * run)).unwrap();
        }
        text
    })
}

#[test]
fn two_runs_whose_clocks_begin_at_the_same_instant_have_no_common_rate() {
    let text = twice("time_s", 0.0, false);
    let found = report("twice.csv", &text);
    assert_eq!(lines(&found, "appended_run"), [62], "{}", found["findings"]);
    let first = first_line("twice.csv", &text);
    assert!(!first.contains("/s") || first.contains("in 2 runs"), "{first}");
    // Instants of a day may be of two writers: said, and counted together.
    let day = twice("timestamp", 1_772_366_400.0, false);
    assert_eq!(lines(&report("day.csv", &day), "appended_run"), [62]);
    assert!(first_line("day.csv", &day).contains("/s"));
    // Threads below each other, and one run.
    for text in [twice("time_s", 0.0, true), twice("timestamp", 1_772_366_400.0, true)] {
        assert!(findings(&report("threads.csv", &text), "appended_run").is_empty());
    }
    // Series that two columns name, of which only one changes at a time.
    let pairs = [("web", "db"), ("cart", "db"), ("cart", "queue")];
    let series = pairs.iter().fold("client,server,timestamp,latency_ms\n".to_owned(), |mut text, (client, server)| {
        for row in 0..60 {
            writeln!(text, "{client},{server},{},{:.3}", 1_772_366_400 + 5 * row, measured(row)).unwrap();
        }
        text
    });
    assert!(findings(&report("series.csv", &series), "appended_run").is_empty());
    let one: String = text.lines().take(61).fold(String::new(), |all, line| all + line + "\n");
    assert!(findings(&report("one.csv", &one), "appended_run").is_empty());
}

#[test]
fn thousands_are_read_however_they_are_grouped() {
    for (text, largest) in [
        ("path;latency_ms\n/a;1'234.5\n/a;2'025.2\n/b;964.5\n", 2.0252),
        ("path;latency_ms\n/a;1\u{2019}234.5\n/a;2\u{2019}025.2\n/b;964.5\n", 2.0252),
        ("path;latency_ms\n/a;1 234,5\n/a;2 025,2\n/b;964,5\n", 2.0252),
        ("path;latency_ms\n/a;1\u{202f}234,5\n/a;2\u{a0}025,2\n/b;964,5\n", 2.0252),
    ] {
        let found = report("groups.csv", text);
        let clean = &metric(&found, "latency_ms")["overall"]["clean"];
        assert!(clean["n"] == 3 && clean["max"] == largest, "{text}: {clean}");
    }
}

#[test]
fn decimals_that_may_be_thousands_are_said_to_be_so() {
    let of = |text: &str| report("marks.csv", text);
    let doubtful = of("path;latency_ms\n/a;1.234\n/a;2.025\n/b;3.125\n/b;964\n");
    assert_eq!(findings(&doubtful, "ambiguous_numbers").len(), 1, "{}", doubtful["findings"]);
    for clear in [
        "path;latency_ms\n/a;1.234\n/a;2.025\n/b;3.125\n/b;964.125\n",
        "path;latency_ms\n/a;1.23\n/a;2.025\n/b;3.125\n/b;964\n",
        "path,latency_ms\n/a,1.234\n/a,2.025\n/b,3.125\n/b,964\n",
    ] {
        assert!(findings(&of(clear), "ambiguous_numbers").is_empty(), "{clear}");
    }
    // A comma that separates and marks decimals tears numbers in two.
    let torn = of("path,latency_ms\n/a,1,5\n/a,2,25\n/b,3,125\n/b,4,5\n");
    let found = findings(&torn, "missing_header");
    let reason = found.first().map(|one| one["reasons"].to_string()).unwrap_or_default();
    assert!(reason.contains("decimal mark"), "{}", torn["findings"]);
    assert_eq!(found[0]["severity"], "suspicious");
}

#[test]
fn how_long_something_took_is_the_difference_of_its_instants() {
    let rows = |end: &dyn Fn(usize) -> f64| {
        (0..40).fold("start,end\n".to_owned(), |mut text, row| {
            let start = 1_772_366_400.0 + 0.25 * row as f64;
            writeln!(text, "{start:.4},{:.4}", start + end(row)).unwrap();
            text
        })
    };
    let found = report("jobs.csv", &rows(&|row| measured(row) / 1000.0));
    assert_eq!(names(&found), ["duration"]);
    let clean = &metric(&found, "duration")["overall"]["clean"];
    let largest = (0..40).map(measured).fold(0.0, f64::max) / 1000.0;
    assert!((clean["max"].as_f64().unwrap() - largest).abs() < 1e-4 && clean["n"] == 40, "{clean}");
    // What ends before it begins is no duration, nor are days.
    for text in [
        rows(&|row| measured(row) / 1000.0 - 0.03),
        "start,end\n2026-03-01,2026-03-04\n2026-03-02,2026-03-05\n".to_owned(),
    ] {
        let place = Place::new();
        place.write("jobs.csv", text).run("summarize jobs.csv -o report.md").exits(2);
    }
}

#[test]
fn cells_that_changed_places_are_left_out() {
    let rows = |changed: &dyn Fn(usize) -> bool| {
        (0..120).fold("path,latency_ms,bytes\n".to_owned(), |mut text, row| {
            let (took, size) = (format!("{:.2}", measured(row)), (21_000 + 613 * (row * 37 % 83)).to_string());
            let [first, second] = if changed(row) { [&size, &took] } else { [&took, &size] };
            writeln!(text, "/p{},{first},{second}", row % 3).unwrap();
            text
        })
    };
    let found = report("sizes.csv", &rows(&|row| row % 20 == 7));
    assert_eq!(metric(&found, "latency_ms")["overall"]["clean"]["n"], 114, "{}", found["findings"]);
    let largest = metric(&found, "latency_ms")["overall"]["clean"]["max"].as_f64().unwrap();
    assert!(largest < 0.1, "{largest}");
    assert_eq!(findings(&found, "contradiction").first().map(|one| &one["severity"]), Some(&"corrupted".into()));
    // A slow request is none, nor is a whole number.
    let slow = rows(&|_| false).replacen("/p0,20.00,", "/p0,31000,", 1);
    let found = report("sizes.csv", &slow);
    assert!(findings(&found, "contradiction").is_empty(), "{}", found["findings"]);
    assert_eq!(metric(&found, "bytes")["overall"]["clean"]["n"], 120);
}

#[test]
fn rows_between_the_lines_of_something_else_stay() {
    let text = (0..60).fold("timestamp,path,status,latency_ms\n".to_owned(), |mut text, row| {
        writeln!(text, "{},/p{},200,{:.2}", 1_772_366_400 + row, row % 3, measured(row)).unwrap();
        if row % 3 == 1 {
            text.push_str("java.lang.IllegalStateException: queue, full\n\tat shop.Cart.add(Cart.java:17)\n");
        }
        text
    });
    let found = report("run.csv", &text);
    assert_eq!(metric(&found, "latency_ms")["overall"]["clean"]["n"], 60);
    assert!(!findings(&found, "ragged_row").is_empty(), "{}", found["findings"]);
    // Words are no table, however many commas stand in them.
    let place = Place::new();
    let prose =
        "who,what,why,when\n".to_owned() + &"it was, as ever, a late, and, oddly, long day\nin June\n".repeat(20);
    place.write("prose.csv", prose).run("summarize prose.csv -o report.md").exits(2);
}

#[test]
fn nothing_that_acts_on_a_terminal_leaves_a_history() {
    let place = Place::new();
    let bad = "\\u001b[31mX\\u009b31m\\u202eY\\r\\n::error::no";
    let run = |day: u32| {
        format!(
            r#"{{"history":1,"at":"2026-01-{day:02}T00:00:00Z","commit":"{bad}{day}","branch":"{bad}","env":{{"k":"{bad}{}"}},"digest":"5a1674c94ed24{day:03}","metrics":[{{"m":"latency_ms","g":"{bad}","d":"time","b":"<","n":20,"c":0.1{day:02},"v":[-19,10,29,19]}}]}}"#,
            day / 6
        )
    };
    let text: Vec<String> = (1..=12).map(run).collect();
    place.write("h.jsonl", text.join("\n") + "\n");
    place.run("history report h.jsonl -q -o h.html -o h.md -o h.json").exits(0);
    for name in ["h.html", "h.md", "h.json"] {
        let written = place.read(name);
        let acts = |letter: char| letter.is_control() && letter != '\n' && letter != '\t' || letter == '\u{202e}';
        assert!(!written.contains(acts), "{name}");
        assert!(!written.lines().any(|line| line.trim_start().starts_with("::error::")), "{name}");
    }
    assert!(place.json("h.json").to_string().contains('\u{202e}'), "the data are the same");
}

#[test]
fn records_of_a_swarm_are_refused_with_a_reason_where_runs_are_compared() {
    let place = Place::new();
    let record = |step: u64| {
        format!(
            r#"{{"processId":"p-1","clients":[],"totalExecutionCount":{},"totalResponseTime":"{}s","averageResponseTime":"2s","momentStamp":"20000","timeStamp":"{}"}}"#,
            40 * step,
            80 * step,
            300 * step
        )
    };
    let text: Vec<String> = (1..=4).map(record).collect();
    place.write("a.json", format!("[{}]", text.join(",")));
    place.run("summarize a.json -o report.md").exits(0);
    for command in ["compare a.json a.json", "summarize a.json --save-baseline base.json", "history add h.jsonl a.json"]
    {
        place.run(command).exits(2).complains("records of an agent swarm are summed up");
    }
}

#[test]
fn a_goal_among_settings_and_a_mean_of_several_are_no_samples() {
    let text = r#"{"config": {"USERS": 10, "P95_THRESHOLD_MS": 250, "ERROR_RATE_THRESHOLD": 0.002},
        "endpoints": [{"name": "a", "requests": 900, "errors": 0, "latencyMs": {"p50": 50.1, "p95": 80.2}},
                      {"name": "b", "requests": 800, "errors": 0, "latencyMs": {"p50": 55.1, "p95": 90.2}}]}"#;
    let found = report("run.json", text);
    assert!(reported(&found, "config.P95_THRESHOLD_MS", None).is_none(), "{}", found["reported"]);
    assert!(reported(&found, "config.ERROR_RATE_THRESHOLD", None).is_none(), "{}", found["reported"]);

    let parts = r#"{"endpoints": [{"name": "A", "count": 600, "success_count": 590, "failed_count": 10, "avg_latency": "18.0ms"},
                                  {"name": "B", "count": 300, "success_count": 300, "failed_count": 0, "avg_latency": "25.5ms"}]}"#;
    let found = report("parts.json", parts);
    assert!(names(&found).is_empty(), "{:?}", names(&found));
    assert!(found["reported"].to_string().contains("0.0255"), "{}", found["reported"]);
}
