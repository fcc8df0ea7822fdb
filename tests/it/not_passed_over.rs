//! What a part of the evidence must not hide: failures by the part of a run that counts, summaries by samples beside them, one run by the
//! others, answers without content by their speed, and failures that a counter counts. And what is none of it passes.

use crate::support::Place;

/// The golden ratio's fraction: its multiples spread evenly.
const STEP: f64 = 0.618_033_988_749_895;

/// Milliseconds of a row of a run: +-20% around a level.
fn taken(run: usize, row: usize) -> f64 {
    100.0 * (0.8 + 0.4 * (row as f64 * STEP + run as f64 * 0.137).fract())
}

/// Exit code and text of a comparison of two files.
fn compared(name: &str, before: &str, after: &str, more: &str) -> (i32, String) {
    let place = Place::new();
    place.write(&format!("before.{name}"), before).write(&format!("after.{name}"), after);
    let run = place.run(&format!("compare before.{name} after.{name} --fail-on regression -o report.md {more}"));
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    (run.code.unwrap_or(-1), run.stdout.clone())
}

#[track_caller]
fn is_refused((code, said): (i32, String), why: &str) {
    assert!(code == 1 && said.contains(why), "{code}: {said}");
}

#[track_caller]
fn passes((code, said): (i32, String)) {
    assert_eq!(code, 0, "{said}");
}

/// A request each 200 ms, those of a range of rows answered at once with 503.
fn service(run: usize, down: std::ops::Range<usize>) -> String {
    (0..600).fold("timestamp,endpoint,status,latency_ms\n".to_owned(), |text, row| {
        let at = 1_764_500_000.0 + row as f64 / 5.0;
        let (status, ms) = if down.contains(&row) { (503, 1.5) } else { (200, taken(run, row)) };
        text + &format!("{at:.3},/{},{status},{ms:.3}\n", ["a", "b", "c"][row % 3])
    })
}

#[test]
fn a_stretch_in_which_all_fails_is_no_drain_and_no_ramp() {
    let before = service(1, 0..0);
    for down in [500..600, 0..120] {
        is_refused(compared("csv", &before, &service(2, down.clone()), "--steady"), "Failing");
        let place = Place::new();
        place.write("run.csv", service(2, down)).write(
            "perfreport.toml",
            "steady = true\n[[target]]\nmetric = \"latency_ms\"\nerror_rate = \"< 5%\"\n[[target]]\nmetric = \"latency_ms\"\np95 = \"< 300ms\"\n",
        );
        let run = place.run("summarize run.csv --fail-on target -o report.md");
        assert_eq!(run.code, Some(1), "{}", run.stdout);
    }
    passes(compared("csv", &before, &service(2, 0..0), "--steady"));
}

/// A summary of Locust.
fn summary(milliseconds: f64, rate: f64) -> String {
    let ms = |factor: f64| format!("{:.0}", milliseconds * factor);
    let head = "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,\
                Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%\n";
    let row = |kind: &str, name: &str| {
        let tail: Vec<String> = [1.0, 1.1, 1.2, 1.3, 1.5, 2.0, 2.5, 3.0, 3.5, 3.8, 4.0].map(ms).into();
        let [middle, least, most] = [ms(1.0), ms(0.5), ms(4.0)];
        format!("{kind},{name},400,0,{middle},{middle},{least},{most},100,{rate:.2},0.00,{}\n", tail.join(","))
    };
    format!("{head}{}{}", row("GET", "/list"), row("", "Aggregated"))
}

#[test]
fn samples_beside_a_summary_do_not_take_it_out_of_the_gate() {
    let place = Place::new();
    let write = |folder: &str, run: usize, milliseconds: f64, rate: f64| {
        place.write(&format!("{folder}/req.csv"), service(run, 0..0));
        place.write(&format!("{folder}/x_stats.csv"), summary(milliseconds, rate));
    };
    write("before", 1, 100.0, 66.67);
    let mut codes = Vec::new();
    for (at, (milliseconds, rate)) in
        [(100.0, 66.67), (110.0, 60.0), (2000.0, 66.67), (2000.0, 6.67), (100.0, 6.67), (50.0, 90.0)]
            .into_iter()
            .enumerate()
    {
        let folder = format!("after-{at}");
        write(&folder, 2, milliseconds, rate);
        codes.push(place.run(&format!("compare before {folder} --fail-on regression -q")).code.unwrap());
    }
    assert_eq!(codes, [0, 0, 1, 1, 1, 0]);
}

/// Counters beside durations: requests by tens, of which so many failed.
fn counted(run: usize, failed: usize) -> String {
    (0..200).fold("timestamp,requests_total,errors_total,latency_ms\n".to_owned(), |text, row| {
        let at = 1_764_500_000 + row;
        text + &format!("{at},{},{},{:.2}\n", row * 10, row * failed, taken(run, row))
    })
}

#[test]
fn failures_that_a_counter_counts_are_failures() {
    let before = counted(1, 0);
    is_refused(compared("csv", &before, &counted(2, 5), ""), "995 of 1,990");
    passes(compared("csv", &before, &counted(2, 0), ""));
    passes(compared("csv", &counted(1, 1), &counted(2, 1), ""));
}

/// A row of a run of three endpoints: its status and milliseconds, `None` where there is no row.
type RowOf = fn(usize, f64) -> Option<(&'static str, String)>;

fn requests(run: usize, rate: f64, cell: RowOf) -> String {
    (0..300).fold("timestamp,endpoint,status,latency_ms\n".to_owned(), |text, row| {
        let at = 1_764_500_000.0 + row as f64 / rate;
        let endpoint = ["/a", "/b", "/pay"][row % 3];
        match cell(row, taken(run, row)) {
            Some((status, ms)) => text + &format!("{at:.3},{endpoint},{status},{ms}\n"),
            None => text,
        }
    })
}

#[expect(clippy::unnecessary_wraps, reason = "a row of other runs may be missing")]
fn as_usual(_: usize, ms: f64) -> Option<(&'static str, String)> {
    Some(("200", format!("{ms:.3}")))
}

/// Of three runs the last is another one.
fn one_of_three(rate: f64, cell: RowOf) -> (i32, String) {
    let place = Place::new();
    for run in 0..3 {
        place.write(&format!("before/run-{run}.csv"), requests(run, 5.0, as_usual));
        let odd = if run == 2 { requests(run + 3, rate, cell) } else { requests(run + 3, 5.0, as_usual) };
        place.write(&format!("after/run-{run}.csv"), odd);
    }
    let run = place.run("compare before after --fail-on regression -o report.md");
    (run.code.unwrap_or(-1), run.stdout.clone())
}

#[test]
fn one_of_three_runs_is_not_hidden_by_the_others() {
    passes(one_of_three(5.0, as_usual));
    passes(one_of_three(4.6, as_usual));
    is_refused(
        one_of_three(5.0, |row, ms| if row % 3 == 2 { None } else { as_usual(row, ms) }),
        "has no latency_ms of /pay",
    );
    is_refused(
        one_of_three(5.0, |row, ms| if row % 2 == 0 { Some(("200", String::new())) } else { as_usual(row, ms) }),
        "rows without latency_ms",
    );
    is_refused(one_of_three(1.6, as_usual), "of the rate of the baseline");
    is_refused(
        one_of_three(5.0, |row, ms| as_usual(row, if row % 16 == 0 { 10.0 * ms } else { ms })),
        "beyond twice the slow end of the baseline",
    );
    is_refused(one_of_three(5.0, |row, ms| as_usual(row, ms / 100.0)), "look whether the same was measured");
}

#[test]
fn answers_without_content_are_quick_and_no_improvement() {
    let answers = |run: usize, head: &str, empty: usize, ordinary: &dyn Fn(usize) -> usize| {
        (0..300).fold(format!("timestamp,latency_ms,{head}\n"), |text, row| {
            let at = 1_764_500_000 + row;
            let is_empty = (row * 7) % 10 < empty;
            let (ms, amount) = if is_empty { (3.0, 0) } else { (taken(run, row), ordinary(row)) };
            text + &format!("{at},{ms:.3},{amount}\n")
        })
    };
    let ordinary = |row: usize| 80 + (row * 37) % 50;
    for head in ["completion_tokens", "bytes"] {
        let run = |run: usize, empty: usize| answers(run, head, empty, &ordinary);
        for empty in [3, 6, 10] {
            is_refused(compared("csv", &run(1, 0), &run(2, empty), ""), head);
        }
        // A cache may be read instead: what was sent in says nothing of answers.
        passes(compared("csv", &run(1, 0), &run(2, 0), ""));
    }
    let half = answers(2, "bytes", 0, &|row| ordinary(row) / 2).replace(",1", ",0");
    let (code, said) = compared("csv", &answers(1, "bytes", 0, &ordinary), &half, "");
    assert!(code == 0 || !said.contains("less was asked"), "packed answers are answers: {said}");
}

#[test]
fn a_message_that_becomes_an_error_is_an_outcome() {
    let run = |run: usize, failed: usize| {
        (0..300).fold("timestamp,latency_ms,message\n".to_owned(), |text, row| {
            let message = if (row * 7) % 10 < failed { "connection reset by peer" } else { "ok" };
            text + &format!("{},{:.3},{message}\n", 1_764_500_000 + row, taken(run, row))
        })
    };
    is_refused(compared("csv", &run(1, 0), &run(2, 5), ""), "Failing");
    passes(compared("csv", &run(1, 0), &run(2, 0), ""));
    let log = (0..60).fold("timestamp,latency_ms,message\n".to_owned(), |text, row| {
        let message = ["ok", "connection reset by peer", "user logged in"][row % 3];
        text + &format!("{},{:.3},{message}\n", 1_764_500_000 + row, taken(1, row))
    });
    let place = Place::new();
    place.write("log.csv", log);
    let said = place.run("summarize log.csv -o report.md").exits(0).stdout.clone();
    assert!(!said.contains("Failing"), "a log of anything: {said}");
}

#[test]
fn a_target_that_every_sample_misses_by_far_is_missed() {
    let place = Place::new();
    place.write("perfreport.toml", "[[target]]\nmetric = \"latency_ms\"\nmedian = \"< 150ms\"\nmean = \"< 150ms\"\n");
    let outcome = |rows: usize, factor: f64| {
        let text = (0..rows).fold("timestamp,latency_ms\n".to_owned(), |text, row| {
            text + &format!("{},{:.3}\n", 1_764_500_000 + row, factor * taken(1, row))
        });
        place.write("run.csv", text);
        place.run("summarize run.csv --fail-on target -q").code.unwrap()
    };
    for rows in [5, 12, 20, 30, 300] {
        assert_eq!(outcome(rows, 10.0), 1, "{rows}");
        assert_eq!(outcome(rows, 0.5), 0, "{rows}");
    }
    assert_eq!(outcome(12, 1.6), 0, "twelve samples around the limit decide nothing");
}

#[test]
fn failures_of_a_summary_are_found_by_the_name_of_its_durations() {
    let place = Place::new();
    let tool = |errors: usize| {
        format!(
            "Running 30s test @ http://localhost:8080/\n  4 threads and 100 connections\n  Thread Stats   Avg      Stdev     Max   +/- Stdev\n    \
             Latency    10.25ms    3.10ms  80.00ms   81.00%\n    Req/Sec     2.50k   100.00     3.00k    70.00%\n  Latency Distribution\n     \
             50%    9.80ms\n     75%   11.90ms\n     90%   14.10ms\n     99%   20.20ms\n  6000 requests in 30.00s, 12.00MB read\n{}Requests/sec:    \
             200.00\nTransfer/sec:      0.40MB\n",
            if errors > 0 { format!("  Non-2xx or 3xx responses: {errors}\n") } else { String::new() }
        )
    };
    place.write("perfreport.toml", "[[target]]\nmetric = \"*latency*\"\nerror_rate = \"< 2%\"\n");
    for (errors, expected) in [(0, 0), (10, 0), (1800, 1)] {
        place.write("wrk.txt", tool(errors));
        let run = place.run("summarize wrk.txt --fail-on target -o report.md");
        assert_eq!(run.code, Some(expected), "{errors}: {}", run.stdout);
        assert!(!run.stdout.contains("errors not recorded"), "{}", run.stdout);
    }
}

#[test]
fn one_new_label_does_not_rename_the_others() {
    let run = |run: usize, new: bool| {
        (0..600).fold("timestamp,endpoint,method,status,latency_ms\n".to_owned(), |text, row| {
            let paths = [("/a", "GET"), ("/b", "POST"), ("/c", "GET"), ("/d", "POST")];
            let (path, method) = paths[row % 4];
            let (path, method) = if new && row % 60 == 7 { (path, "PATCH") } else { (path, method) };
            text + &format!("{},{path},{method},200,{:.3}\n", 1_764_500_000 + row, taken(run, row))
        })
    };
    for (before, after) in [(false, true), (true, false), (false, false)] {
        let (_, said) = compared("csv", &run(1, before), &run(2, after), "");
        assert!(!said.contains("4 missing"), "{said}");
    }
}

#[test]
fn a_baseline_in_which_all_failed_is_nothing_to_compare_durations_with() {
    passes(compared("csv", &service(1, 0..600), &service(2, 0..0), ""));
    is_refused(compared("csv", &service(1, 0..0), &service(2, 0..600), ""), "Failing");
}

#[test]
fn a_history_says_what_became_too_quick() {
    let place = Place::new();
    for night in 0..6 {
        place.write("run.csv", service(night, 0..0));
        place.run(&format!("history add nights.jsonl run.csv --at 2026-11-{:02}T02:00Z", night + 1)).exits(0);
    }
    let quick = |factor: f64| {
        let rows = (0..600).fold("timestamp,endpoint,status,latency_ms\n".to_owned(), |text, row| {
            let at = 1_764_500_000.0 + row as f64 / 5.0;
            text + &format!("{at:.3},/{},200,{:.4}\n", ["a", "b", "c"][row % 3], taken(9, row) / factor)
        });
        place.write("new.csv", rows);
        let run = place.run("history compare nights.jsonl new.csv --fail-on regression");
        (run.code.unwrap_or(-1), run.stdout.clone())
    };
    passes(quick(1.0));
    passes(quick(2.0));
    is_refused(quick(100.0), "look whether the same was measured");
    is_refused(quick(1000.0), "look whether the same was measured");
}
