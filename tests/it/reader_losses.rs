//! What a reader must not lose: requests whose line is odd, failures that another column or a closing line tells, durations that are written
//! in another way. Each kind with what looks like it and is none.

use std::fmt::Write as _;

use crate::support::Place;

/// Milliseconds of a row, spread evenly.
fn took(row: usize) -> f64 {
    80.0 + 40.0 * (row as f64 * 0.618_033_988_749_895).fract()
}

/// What the terminal says of a run beside another one, and the exit code of the gate.
fn compared(ending: &str, before: &str, after: &str) -> (i32, String) {
    let place = Place::new();
    place.write(&format!("before.{ending}"), before);
    place.write(&format!("after.{ending}"), after);
    let run = place.run(&format!("compare before.{ending} after.{ending} --fail-on regression -o report.md"));
    (run.code.unwrap_or(-1), run.stdout.clone())
}

/// What the terminal says of a run with a target, and the exit code of its gate.
fn targeted(name: &str, text: &str, config: &str) -> (i32, String) {
    let place = Place::new();
    place.write(name, text);
    place.write("perfreport.toml", config);
    let run = place.run(&format!("summarize {name} --fail-on target -o report.md"));
    (run.code.unwrap_or(-1), run.stdout.clone())
}

fn first_line(said: &str) -> &str {
    said.lines().next().unwrap_or_default()
}

/// A log of nginx; what stands behind the quote of the request is given by the row.
fn access_log(behind: &dyn Fn(usize) -> String) -> String {
    (0..300).fold(String::new(), |mut text, row| {
        let (minute, second) = (row / 60, row % 60);
        let path = ["/a", "/b", "/pay"][row % 3];
        writeln!(
            text,
            "192.0.2.1 - - [01/Jan/2026:00:{minute:02}:{second:02} +0000] \"GET {path} HTTP/1.1\" {}",
            behind(row)
        )
        .unwrap();
        text
    })
}

fn answered(row: usize) -> String {
    format!("200 1234 \"-\" \"curl/8\" rt={:.3}", took(row) / 1e3)
}

#[test]
fn requests_of_an_access_log_without_a_time_or_a_code_are_requests() {
    let before = access_log(&answered);
    let every_third = |odd: &str| {
        let odd = odd.to_owned();
        access_log(&move |row| if row % 10 < 3 { odd.clone() } else { answered(row + 7) })
    };
    for odd in [
        "502 52 \"-\" \"curl/8\" rt=-",
        "000 0 \"-\" \"curl/8\" rt=0.001",
        "503 52 \"-\" \"curl/8\" rt=",
        "499 0 \"-\" \"curl/8\" rt=-1",
    ] {
        let (code, said) = compared("log", &before, &every_third(odd));
        assert_eq!(code, 1, "{odd}: {said}");
        assert!(first_line(&said).contains("90 of 300 requests failed (30%"), "{odd}: {said}");
    }
    for odd in ["200 52 \"-\" \"curl/8\" rt=-", "- - \"-\" \"curl/8\" rt=0.090", ""] {
        let (code, said) = compared("log", &before, &every_third(odd));
        assert_eq!(code, 1, "{odd}: {said}");
    }
    let (code, said) = compared("log", &before, &every_third("200 1234 \"-\" \"curl/8\" rt=0,099"));
    assert!(code == 0 && first_line(&said).contains("300 requests, 1\u{a0}/s, none failed"), "{said}");
}

#[test]
fn a_log_of_untimed_requests_between_timed_ones_is_no_failure() {
    // Files that are served without a time in their format, one of them not found.
    let before = access_log(&answered);
    let mixed = access_log(&|row| match row % 10 {
        0 => "404 52 \"-\" \"curl/8\"".to_owned(),
        _ => answered(row),
    });
    let (code, said) = compared("log", &before, &mixed);
    assert!(code == 0 && first_line(&said).contains("none failed"), "{said}");
}

/// Messages of a service, with why each ended in a column of that name.
fn chat(column: &str, from: usize, ending: &dyn Fn(usize) -> &'static str) -> String {
    (0..200).fold(String::new(), |mut text, row| {
        let at = 1_767_225_600.0 + 0.5 * row as f64;
        let ending = ending(row);
        let quick = if matches!(ending, "stop" | "length" | "tool_calls") { 1.0 } else { 0.02 };
        let (ttft, whole) = (2.0 * took(from + row) * quick, 20.0 * took(from + row) * quick);
        writeln!(
            text,
            "{{\"timestamp\": {at:.2}, \"session_id\": \"s{}\", \"ttft_ms\": {ttft:.2}, \"latency_ms\": {whole:.2}, \"{column}\": \"{ending}\"}}",
            row % 20
        )
        .unwrap();
        text
    })
}

#[test]
fn why_an_answer_ended_says_whether_it_is_one() {
    for column in ["finish_reason", "stop_reason", "finishReason"] {
        let before = chat(column, 0, &|row| if row % 3 == 0 { "length" } else { "stop" });
        for reason in ["error", "timeout", "content_filter", "cancelled", "abort"] {
            let after = chat(column, 7, &|row| if row % 5 < 2 { reason } else { "stop" });
            let (code, said) = compared("ndjson", &before, &after);
            assert!(code == 1 && first_line(&said).starts_with("Failing: 80 of 200"), "{column} {reason}: {said}");
        }
        for reason in ["length", "tool_calls"] {
            let after = chat(column, 7, &|row| if row % 5 < 2 { reason } else { "stop" });
            let (code, said) = compared("ndjson", &before, &after);
            assert!(code == 0 && !first_line(&said).contains("Failing"), "{column} {reason}: {said}");
        }
    }
}

/// Requests as rows; the cell of the duration is given by the row.
fn rows(cell: &dyn Fn(usize) -> String) -> String {
    (0..300).fold("timestamp,endpoint,status,latency_ms\n".to_owned(), |mut text, row| {
        let (minute, second) = (row / 60, row % 60);
        writeln!(text, "2026-01-01T00:{minute:02}:{second:02}Z,{},200,{}", ["/a", "/b"][row % 2], cell(row)).unwrap();
        text
    })
}

const P95: &str = "[[target]]\nmetric = \"latency_ms\"\np95 = \"< 300ms\"\n";
const ERROR_RATE: &str = "[[target]]\nmetric = \"latency_ms\"\nerror_rate = \"< 2%\"\n";
const GOODPUT: &str = "[[slo]]\nlatency_ms = \"< 300ms\"\n[[target]]\nmetric = \"goodput\"\nvalue = \">= 95%\"\n";

#[test]
fn requests_without_a_duration_keep_no_target() {
    let plain = |row: usize| format!("{:.2}", took(row));
    for lost in ["timeout", ">30000", "NaN", "inf", "-", "null", "", "-1"] {
        let text = rows(&|row| if row % 4 < 2 { lost.to_owned() } else { plain(row) });
        for config in [P95, ERROR_RATE, GOODPUT] {
            let (_, said) = targeted("run.csv", &text, config);
            let first = first_line(&said);
            assert!(!first.starts_with("Healthy") && !said.contains("the target is met"), "{lost} {config}: {said}");
        }
        let (_, said) = targeted("run.csv", &text, ERROR_RATE);
        assert!(first_line(&said).contains("150 of unknown outcome"), "{lost}: {said}");
    }
    for config in [P95, ERROR_RATE, GOODPUT] {
        let (code, said) = targeted("run.csv", &rows(&plain), config);
        assert!(code == 0 && first_line(&said).starts_with("Healthy"), "{config}: {said}");
    }
}

#[test]
fn events_without_a_duration_are_no_lost_requests() {
    // A log of jobs, of which some are ticks of a clock: nothing was asked for, and nothing took long.
    let text = (0..600).fold("timestamp,event,outcome,latency_ms\n".to_owned(), |mut text, row| {
        let (minute, second) = (row / 60, row % 60);
        let (event, cell) = if row % 2 == 0 { ("tick", String::new()) } else { ("work", format!("{:.2}", took(row))) };
        writeln!(text, "2026-01-01T00:{minute:02}:{second:02}Z,{event},ok,{cell}").unwrap();
        text
    });
    for config in [P95, ERROR_RATE] {
        let (code, said) = targeted("jobs.csv", &text, config);
        assert!(code == 0 && first_line(&said).starts_with("Healthy"), "{config}: {said}");
    }
}

/// Rows with a duration written in some way, beside a size with a point.
fn written(cell: &dyn Fn(f64) -> String, slower: f64) -> String {
    (0..200).fold("timestamp\tendpoint\tstatus\tlatency\tsize_kb\n".to_owned(), |mut text, row| {
        let (minute, second) = (row / 60, row % 60);
        let size = 1.25 + (row % 7) as f64 / 2.0;
        let endpoint = ["/a", "/b"][row % 2];
        writeln!(text, "2026-01-01T00:{minute:02}:{second:02}Z\t{endpoint}\t200\t{}\t{size}", cell(took(row) * slower))
            .unwrap();
        text
    })
}

#[test]
fn a_duration_that_is_written_in_another_way_is_read() {
    let comma = |number: f64| format!("{number:.2}").replace('.', ",");
    let forms: [(&str, &dyn Fn(f64) -> String); 5] = [
        ("comma", &comma),
        ("timedelta", &|number| format!("0 days 00:00:{:09.6}", number / 1e3)),
        ("iso", &|number| format!("PT{:.3}S", number / 1e3)),
        ("took", &|number| format!("took {number:.1}ms")),
        ("key", &|number| format!("latency={number:.1}")),
    ];
    for (form, cell) in forms {
        let (code, said) = compared("tsv", &written(cell, 1.0), &written(cell, 10.0));
        assert!(code == 1 && first_line(&said).starts_with("Regressed"), "{form}: {said}");
        let (code, said) = compared("tsv", &written(cell, 1.0), &written(cell, 1.001));
        assert_eq!(code, 0, "{form}: {said}");
    }
}

#[test]
fn a_column_called_like_a_duration_that_is_not_read_is_said_first() {
    let list = |number: f64| format!("[{number:.1}]");
    let (code, said) = compared("tsv", &written(&list, 1.0), &written(&list, 10.0));
    assert!(code == 1 && first_line(&said).contains("`latency` was not read"), "{said}");
    // Classes of durations are labels.
    let class = |number: f64| if number < 100.0 { "<100ms".to_owned() } else { ">=100ms".to_owned() };
    let (code, said) = compared("tsv", &written(&class, 1.0), &written(&class, 1.0));
    assert!(!said.contains("was not read"), "{code}: {said}");
}

/// Spans of a server with an attribute and a status.
fn spans(attribute: &dyn Fn(usize) -> (&'static str, u32), status: &str) -> String {
    let each = (0..100).map(|row| {
        let (key, code) = attribute(row);
        let start = 1_767_225_600_000_000_000_u64 + 200_000_000 * row as u64;
        let end = start + (took(row + code as usize) * 1e6) as u64;
        format!(
            "{{\"traceId\":\"{row:032}\",\"spanId\":\"{row:016}\",\"name\":\"GET /a\",\"kind\":2,\"startTimeUnixNano\":\"{start}\",\"endTimeUnixNano\":\"{end}\",\
             \"attributes\":[{{\"key\":\"{key}\",\"value\":{{\"intValue\":\"{code}\"}}}}],\"status\":{status}}}"
        )
    });
    format!(
        "{{\"resourceSpans\":[{{\"resource\":{{}},\"scopeSpans\":[{{\"spans\":[{}]}}]}}]}}",
        each.collect::<Vec<_>>().join(",")
    )
}

#[test]
fn the_code_of_an_answer_fails_a_span_without_a_status() {
    for (key, well, badly) in
        [("http.response.status_code", 200, 500), ("http.status_code", 200, 503), ("rpc.grpc.status_code", 0, 14)]
    {
        let before = spans(&|_| (key, well), "{}");
        let (code, said) =
            compared("json", &before, &spans(&|row| (key, if row % 10 < 3 { badly } else { well }), "{}"));
        assert!(code == 1 && first_line(&said).starts_with("Failing: 30 of 100"), "{key}: {said}");
    }
    // What was not found is an answer of a server, as its specification has it.
    let found = |code: u32| spans(&|row| ("http.response.status_code", if row % 10 < 3 { code } else { 200 }), "{}");
    let (code, said) = compared("json", &found(200), &found(404));
    assert!(code == 0 && first_line(&said).contains("none failed"), "{said}");
    let (_, said) = targeted(
        "spans.json",
        &spans(&|_| ("http.status_code", 500), "{\"code\":1}"),
        "[[target]]\nmetric=\"*\"\nerror_rate=\"< 5%\"\n",
    );
    assert!(!said.contains("the target is met"), "a contradiction: {said}");
}

fn go(lines: &[(&str, f64)], end: &str) -> String {
    let mut text = "goos: linux\ngoarch: amd64\npkg: x/y\n".to_owned();
    for (name, nanoseconds) in lines {
        for row in 0..10 {
            writeln!(text, "{name}-8   \t10000000\t{:.1} ns/op", nanoseconds * (1.0 + 0.01 * f64::from(row % 5)))
                .unwrap();
        }
    }
    text + end
}

#[test]
fn a_benchmark_that_is_named_as_failed_failed() {
    let before = go(&[("BenchmarkA", 100.0), ("BenchmarkB", 5000.0)], "PASS\nok  \tx/y\t9.0s\n");
    let failed = "--- FAIL: BenchmarkB-8\n    x_test.go:10: wrong answer\nFAIL\nexit status 1\nFAIL\tx/y\t1.0s\n";
    let (code, said) = compared("txt", &before, &go(&[("BenchmarkA", 100.0), ("BenchmarkB", 50.0)], failed));
    assert!(code == 1 && !first_line(&said).starts_with("Improved"), "{said}");
    let config = "[[target]]\nmetric = \"*time*\"\nwhere = { benchmark = \"*\" }\nmax = \"< 10us\"\n";
    for end in [
        failed,
        "BenchmarkB-8   \tpanic: index out of range\nFAIL\tx/y\t1.0s\n",
        "panic: test timed out after 10m0s\nFAIL\tx/y\t600.0s\n",
    ] {
        let (code, said) = targeted("bench.txt", &go(&[("BenchmarkA", 100.0)], end), config);
        assert_eq!(code, 1, "{end}: {said}");
    }
    let (code, said) = targeted("bench.txt", &before, config);
    assert!(code == 0 && first_line(&said).starts_with("Healthy"), "{said}");
}

fn wrk(requests: u32, behind: &str) -> String {
    let rate = f64::from(requests) / 60.0;
    format!(
        "Running 1m test @ http://localhost:8080/\n  2 threads and 10 connections\n  Thread Stats   Avg      Stdev     Max   +/- Stdev\n\
         \x20   Latency   100.00ms   12.00ms 800.00ms   90.00%\n    Req/Sec    50.00     10.00   80.00     70.00%\n  Latency Distribution\n\
         \x20    50%   90.00ms\n     75%  120.00ms\n     90%  160.00ms\n     99%  400.00ms\n  {requests} requests in 1.00m, 1.00MB read\n{behind}\
         Requests/sec: {rate:9.2}\nTransfer/sec:     10.00KB\n"
    )
}

#[test]
fn a_summary_of_nothing_but_failures_or_of_no_request_keeps_no_limit() {
    let config = "[[target]]\nmetric = \"*latency*\"\np99 = \"< 500ms\"\n";
    assert_eq!(targeted("wrk.txt", &wrk(6000, ""), config).0, 0);
    for text in [
        wrk(6000, "  Non-2xx or 3xx responses: 6000\n"),
        wrk(0, "  Socket errors: connect 10, read 0, write 0, timeout 0\n"),
        wrk(0, ""),
    ] {
        let (code, said) = targeted("wrk.txt", &text, config);
        assert!(code == 1 && !said.contains("the target is met"), "{said}");
    }
}

#[test]
fn more_failures_than_events_are_counted_beside_them() {
    let text = |events: u32, errors: u32| {
        format!(
            "sysbench 1.0.20 (using system LuaJIT 2.1.0)\n\nNumber of threads: 8\n\nSQL statistics:\n    transactions:   {events} (50.00 per sec.)\n\
             \x20   ignored errors:   {errors} (150.00 per sec.)\n\nGeneral statistics:\n    total time:   60.0s\n    total number of events:   {events}\n\n\
             Latency (ms):\n    min:   20.00\n    avg:   40.00\n    max:   360.00\n    95th percentile:   80.00\n"
        )
    };
    let config = "[[target]]\nmetric = \"*latency*\"\np95 = \"< 1s\"\n";
    let (code, said) = targeted("sysbench.txt", &text(3000, 9000), config);
    assert!(code == 1 && first_line(&said).contains("9,000 of 12,000"), "{said}");
    assert_eq!(targeted("sysbench.txt", &text(3000, 0), config).0, 0);

    let artillery = |completed: u32, codes: &str, errors: &str| {
        format!(
            "{{\"aggregate\": {{\"scenariosCreated\": 10, \"scenariosCompleted\": 9, \"requestsCompleted\": {completed}, \
             \"latency\": {{\"min\": 3.8, \"max\": 570, \"median\": 11.1, \"p95\": 48.7, \"p99\": 450.4}}, \"rps\": {{\"count\": 200, \"mean\": 32.7}}, \
             \"errors\": {{{errors}}}, \"codes\": {{{codes}}}, \"counters\": {{}}}}, \"intermediate\": []}}"
        )
    };
    for (completed, codes, errors, expected) in [
        (100, "\"200\": 100", "\"ETIMEDOUT\": 100", "100 of 200 requests failed (50%)"),
        (0, "", "\"ECONNREFUSED\": 200", "200 of 200 requests failed (100%)"),
    ] {
        let (_, said) = targeted("artillery.json", &artillery(completed, codes, errors), config);
        assert!(first_line(&said).contains(expected), "{said}");
    }
}

#[test]
fn lines_that_are_no_records_may_have_failed() {
    let lines = |broken: &str| {
        (0..300).fold(String::new(), |mut text, row| {
            let at = 1_767_225_600.0 + 0.5 * row as f64;
            let line = match row % 10 {
                0..3 if !broken.is_empty() => broken.to_owned(),
                _ => {
                    format!("{{\"ts\": {at:.1}, \"path\": \"/a\", \"status\": 200, \"latency_ms\": {:.2}}}", took(row))
                }
            };
            writeln!(text, "{line}").unwrap();
            text
        })
    };
    for broken in ["\"timeout\"", "null", "[]", "panic: runtime error"] {
        assert_eq!(compared("ndjson", &lines(""), &lines(broken)).0, 1, "{broken}");
        let (_, said) = targeted("run.ndjson", &lines(broken), ERROR_RATE);
        assert!(!said.contains("the target is met"), "{broken}: {said}");
    }
    assert_eq!(targeted("run.ndjson", &lines(""), ERROR_RATE).0, 0);
}

#[test]
fn a_file_of_a_folder_that_holds_nothing_does_not_pass() {
    let plain = rows(&|row| format!("{:.2}", took(row)));
    let config = "[[target]]\nmetric = \"latency_ms\"\np95 = \"< 300ms\"\n";
    let run = |files: &[(&str, &str)]| {
        let place = Place::new();
        place.write("perfreport.toml", config);
        for (name, text) in files {
            place.write(&format!("run/{name}"), *text);
        }
        let run = place.run("summarize run --fail-on target -o report.md");
        (run.code.unwrap_or(-1), run.stdout.clone())
    };
    for text in ["", "<html><body>502 Bad Gateway</body></html>\n", "timestamp,endpoint,status,latency_ms\n"] {
        let (code, said) = run(&[("web.csv", &plain), ("api.csv", &plain), ("db.csv", text)]);
        assert!(code == 1 && said.contains("db.csv"), "{text}: {said}");
    }
    let (code, said) = run(&[("web.csv", &plain), ("api.csv", &plain), ("settings.json", "{\"users\": 10}\n")]);
    assert_eq!(code, 0, "{said}");
}
