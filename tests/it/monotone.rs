//! A worse run never passes where a better one failed, tried on the built program: runs that become worse step by step, in several formats.

use std::fmt::Write as _;

use crate::support::Place;

/// The golden ratio's fraction: its multiples spread evenly, so that nothing here is random and every part looks like the whole.
const STEP: f64 = 0.618_033_988_749_895;
const PAY: (&str, f64) = ("/pay", 80.0);
const LIST: (&str, f64) = ("/list", 30.0);

/// A request: endpoint, milliseconds, status.
type Row = (&'static str, f64, u16);

/// What a run is made of.
#[derive(Clone, Copy)]
struct Load {
    endpoints: &'static [(&'static str, f64)],
    requests: u32,
    slower: f64,
    /// Of 20 requests so many fail.
    failed: u32,
    /// Whether those that fail do so at once.
    refused: bool,
    offset: f64,
}

const RUN: Load = Load { endpoints: &[PAY, LIST], requests: 200, slower: 1.0, failed: 0, refused: true, offset: 0.0 };

impl Load {
    fn rows(self) -> Vec<Row> {
        let mut rows = Vec::new();
        for (path, milliseconds) in self.endpoints {
            for index in 0..self.requests {
                let place = (f64::from(index) * STEP + self.offset).fract();
                // Spread evenly, so that failures do not come in clusters.
                let fails = (index + 1) * self.failed / 20 > index * self.failed / 20;
                let taken = milliseconds * (0.8 + 0.4 * place) * self.slower;
                let taken = if fails && self.refused { 2.0 + place } else { taken };
                rows.push((*path, taken, if fails { 503 } else { 200 }));
            }
        }
        rows
    }
}

fn csv(rows: &[Row]) -> String {
    rows.iter().fold("path,latency_ms,status\n".to_owned(), |mut text, (path, taken, status)| {
        writeln!(text, "{path},{taken:.4},{status}").unwrap();
        text
    })
}

fn jmeter(rows: &[Row]) -> String {
    let head = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,bytes,Latency\n";
    rows.iter().enumerate().fold(head.to_owned(), |mut text, (index, (path, taken, status))| {
        let (at, ok) = (1_772_366_400_000 + 50 * index, *status == 200);
        writeln!(text, "{at},{taken:.0},{path},{status},m,t 1-1,{ok},512,{taken:.0}").unwrap();
        text
    })
}

fn ndjson(rows: &[Row]) -> String {
    rows.iter().enumerate().fold(String::new(), |mut text, (index, (path, taken, status))| {
        let at = 1_772_366_400.0 + 0.05 * index as f64;
        let row = format!("\"ts\":{at:.2},\"path\":\"{path}\",\"duration_ms\":{taken:.4},\"status\":{status}");
        writeln!(text, "{{{row}}}").unwrap();
        text
    })
}

/// The ending of a file, and how rows are written into it.
type Form = (&'static str, fn(&[Row]) -> String);

/// As nginx writes it: what no server answered has no time.
fn access_log(rows: &[Row]) -> String {
    rows.iter().enumerate().fold(String::new(), |mut text, (index, (path, taken, status))| {
        let (minute, second) = (index / 600, index / 10 % 60);
        let time = if *status == 503 { "-".to_owned() } else { format!("{:.6}", taken / 1e3) };
        let at = format!("01/Mar/2026:10:{minute:02}:{second:02} +0000");
        writeln!(text, "192.0.2.1 - - [{at}] \"GET {path} HTTP/1.1\" {status} 512 \"-\" \"curl/8\" rt={time}").unwrap();
        text
    })
}

const FORMS: [Form; 4] = [("csv", csv), ("jtl", jmeter), ("ndjson", ndjson), ("log", access_log)];

/// A column of outcomes by another name: what it holds of a row that failed, and of one that did not.
fn with_column(rows: &[Row], [name, failed, not]: [&str; 3]) -> String {
    rows.iter().fold(format!("path,latency_ms,{name}\n"), |mut text, (path, taken, status)| {
        writeln!(text, "{path},{taken:.4},{}", if *status == 200 { not } else { failed }).unwrap();
        text
    })
}

/// The exit codes of runs against a baseline, by what is failed on.
fn codes(ending: &str, before: &str, runs: &[String], fail_on: &str) -> Vec<i32> {
    let place = Place::new();
    place.write(&format!("before.{ending}"), before);
    // Of a run of JMeter the connection times are metrics, too.
    let metric = if ending == "jtl" { "elapsed" } else { "*" };
    place.write("perfreport.toml", format!("[[target]]\nmetric = \"{metric}\"\np95 = \"< 150ms\"\n"));
    let code = |run: &String| {
        place.write(&format!("after.{ending}"), run);
        let run = place.run(&format!("compare before.{ending} after.{ending} -q --fail-on {fail_on}"));
        assert!(matches!(run.code, Some(0..=2)) && !run.stderr.contains("panicked"), "{}", run.stderr);
        run.code.unwrap()
    };
    runs.iter().map(code).collect()
}

/// The last run does not pass, and none behind one that did not.
#[track_caller]
fn never_come_back(codes: &[i32], what: &str) {
    let first = codes.iter().position(|code| *code != 0);
    assert!(first.is_some_and(|first| codes[first..].iter().all(|code| *code != 0)), "{what}: {codes:?}");
}

/// In every form, by regression, by target and by both.
#[track_caller]
fn become_worse(what: &str, loads: &[Load], gates: &[&str]) {
    for (ending, form) in FORMS {
        let before = form(&Load { offset: 0.013, ..RUN }.rows());
        let runs: Vec<String> = loads.iter().map(|load| form(&load.rows())).collect();
        for gate in gates {
            never_come_back(&codes(ending, &before, &runs, gate), &format!("{what}, {ending}, {gate}"));
        }
    }
}

const GATES: [&str; 3] = ["regression", "target", "regression,target"];

#[test]
fn from_no_failure_to_nothing_but_failures() {
    let shares = |load: Load| [0, 1, 2, 4, 7, 10, 13, 16, 19, 20].map(|failed| Load { failed, ..load });
    become_worse("refused at once", &shares(RUN), &GATES);
    become_worse("failing as slowly", &shares(Load { refused: false, ..RUN }), &["regression"]);
    become_worse("slower, too", &shares(Load { slower: 1.5, ..RUN }), &["regression"]);
}

/// google/benchmark's results, of which the last so many ended in an error.
fn benchmarks(failed: usize, slower: f64) -> String {
    const ALL: usize = 4;
    let runs: Vec<String> = (0..ALL * 12)
        .map(|row| {
            let (of, time) = (row / 12, 50.0 * (0.95 + 0.1 * (row as f64 * STEP).fract()) * slower);
            let error = r#","error_occurred":true,"error_message":"no device""#;
            let (time, error) = if of + failed >= ALL { (0.0, error) } else { (time, "") };
            format!(
                r#"{{"name":"BM_{of}","run_name":"BM_{of}","run_type":"iteration","iterations":9,"real_time":{time:.3},"cpu_time":{time:.3},"time_unit":"ms"{error}}}"#
            )
        })
        .collect();
    format!(r#"{{"context":{{"num_cpus":8}},"benchmarks":[{}]}}"#, runs.join(",\n"))
}

#[test]
fn benchmarks_that_fail_one_by_one() {
    let before = benchmarks(0, 1.0);
    for slower in [1.0, 4.0] {
        let runs: Vec<String> = [0, 1, 2, 3, 4].map(|failed| benchmarks(failed, slower)).into();
        for gate in GATES {
            never_come_back(
                &codes("json", &before, &runs, gate),
                &format!("benchmarks, {slower} times as slow, {gate}"),
            );
        }
    }
}

/// Answers of another kind come at once, as failures do: the more of them, the less is known of the others.
#[test]
fn from_no_redirect_to_nothing_else() {
    for (ending, form) in [FORMS[0], FORMS[2]] {
        let run = |redirected: usize| {
            let rows = RUN.rows().into_iter().enumerate().map(|(index, (path, taken, status))| {
                if (index * 7) % 20 < redirected { (path, 1.5, 302) } else { (path, taken, status) }
            });
            form(&rows.collect::<Vec<Row>>())
        };
        let runs: Vec<String> = [0, 2, 5, 8, 10, 12, 15, 19, 20].map(run).into();
        let before = form(&Load { offset: 0.013, ..RUN }.rows());
        never_come_back(&codes(ending, &before, &runs, "regression"), &format!("redirected, {ending}"));
    }
}

/// Where every request fails, no cell of an error is empty, and no code but 0 is left: that is no reason to pass.
#[test]
fn however_a_failure_is_written() {
    for column in [
        ["error", "timeout", ""],
        ["error", "connection refused", ""],
        ["error_message", "ECONNREFUSED", ""],
        ["exception", "ReadTimeout", ""],
        ["error_type", "TimeoutError", ""],
        ["failed", "1", "0"],
        ["status", "0", "200"],
        ["http_status", "000", "200"],
        ["status", "503.0", "200.0"],
        ["status", "ETIMEDOUT", "200"],
        ["status", "socket hang up", "200"],
        ["status_class", "5xx", "2xx"],
        ["verdict", "FAIL", "PASS"],
        ["ergebnis", "fehler", "ok"],
        ["state", "crashed", "done"],
        ["status,error", ",connection refused", "200,"],
        ["finish_reason", "error", "stop"],
        ["stop_reason", "content_filter", "end_turn"],
        ["status,finish_reason", "200,timeout", "200,stop"],
    ] {
        let rows = |failed: u32| Load { failed, ..RUN }.rows();
        let before = with_column(&Load { offset: 0.013, ..RUN }.rows(), column);
        let runs: Vec<String> = [0, 10, 19, 20].map(|failed| with_column(&rows(failed), column)).into();
        let codes = codes("csv", &before, &runs, "target");
        assert_eq!(codes, [0, 1, 1, 1], "{column:?}");
    }
}

/// Of what ended in a way that nobody knows, or is said to have succeeded and failed, no more passes than of what failed.
#[test]
fn from_no_unknown_outcome_to_nothing_else() {
    for column in [
        ["status", "shed", "ok"],
        ["status", "degraded", "200"],
        ["status", "-1", "200"],
        ["status", "-", "200"],
        ["status,error", "200,connection refused", "200,"],
    ] {
        let rows = |failed: u32| Load { failed, ..RUN }.rows();
        let before = with_column(&Load { offset: 0.013, ..RUN }.rows(), column);
        let runs: Vec<String> = [0, 1, 4, 10, 16, 19, 20].map(|failed| with_column(&rows(failed), column)).into();
        let codes = codes("csv", &before, &runs, "regression");
        assert_eq!(codes, [0, 1, 1, 1, 1, 1, 1], "{column:?}");
    }
}

/// An error that is measured or of a kind is none of a row, and neither is a process that ended with 0.
#[test]
fn what_is_called_an_error_and_is_none() {
    for (column, cells) in [
        ("error", ["\u{b1}0.5", "\u{b1}0.7"]),
        ("error", ["no timeout", "ERR_NONE"]),
        ("error_type", ["relative", "absolute"]),
        ("status", ["0", "0"]),
        ("status_code", ["0", "0"]),
    ] {
        let place = Place::new();
        let rows: String = (0..40).map(|row| format!("t{},{}.5,{}\n", row % 4, 20 + row % 7, cells[row % 2])).collect();
        place.write("run.csv", format!("test,time_ms,{column}\n{rows}"));
        let said = place.run("summarize run.csv -o report.md").exits(0).stdout.clone();
        assert!(!said.contains("Failing") && !said.contains("failed ("), "{column}: {said}");
    }
    // Disks that failed were tried, jobs that failed are counted beside those that wait, and how long an error takes to be thrown is measured.
    for (head, row) in [
        ("raid,failed,rebuild_s", "r5,{f},{t}"),
        ("queued,running,failed,latency_ms", "7,3,{f},{t}"),
        ("exception,throw_ns", "IOError,{t}"),
    ] {
        let place = Place::new();
        let line = |at: usize| row.replace("{f}", &(at % 2).to_string()).replace("{t}", &format!("{}.5", 20 + at % 7));
        let rows: String = (0..40).map(|at| line(at) + "\n").collect();
        place.write("run.csv", format!("{head}\n{rows}"));
        let said = place.run("summarize run.csv -o report.md").exits(0).stdout.clone();
        assert!(!said.contains("Failing"), "{head}: {said}");
    }
}

/// What was not delivered failed, although nothing in its column is known to end well.
#[test]
fn what_was_to_be_done_and_was_not() {
    let place = Place::new();
    let rows: String = (0..120)
        .map(|at| format!("{},{}.5\n", if at % 3 == 0 { "NOT_DELIVERED" } else { "DELIVERED" }, 20 + at % 7))
        .collect();
    place.write("run.csv", format!("status,latency_ms\n{rows}"));
    place.run("summarize run.csv -o report.md").exits(0).says("40 of 120 rows failed");
}

/// The half of each endpoint's requests that fails is no setting that was tried with each of them.
#[test]
fn codes_of_exactly_the_half_are_outcomes() {
    let place = Place::new();
    place.write("run.csv", csv(&Load { failed: 10, ..RUN }.rows()));
    place.run("summarize run.csv -o out.json").exits(0).says("Failing").says("200 of 400 rows failed (50%)");
}

#[test]
fn from_as_fast_to_a_thousand_times_as_slow() {
    let factors = [1.0, 1.02, 1.05, 1.1, 1.2, 1.5, 2.0, 5.0, 30.0, 1000.0];
    become_worse("slower", &factors.map(|slower| Load { slower, ..RUN }), &GATES);
}

/// Twice as slow is seen with any number of samples, or what cannot be seen does not pass.
#[test]
fn from_as_many_samples_to_one() {
    let fewer = |load: Load| [200, 100, 50, 20, 10, 5, 3, 2, 1].map(|requests| Load { requests, ..load });
    become_worse("twice as slow and fewer", &fewer(Load { slower: 2.0, ..RUN }), &["regression"]);
    become_worse("half failed and fewer", &fewer(Load { failed: 10, ..RUN })[..8], &["regression"]);
    become_worse("fewer", &fewer(RUN), &["regression"]);
}

#[test]
fn from_all_endpoints_to_another_one() {
    let slower = Load { slower: 1.3, ..RUN };
    let loads = [
        RUN,
        slower,
        Load { endpoints: &[LIST], ..slower },
        Load { endpoints: &[LIST], ..RUN },
        Load { endpoints: &[("/new", 30.0)], ..RUN },
    ];
    become_worse("fewer endpoints", &loads, &["regression"]);
}

/// A run that regressed does not pass by leaving the column out, by another unit, without one, or as the baseline's own bytes.
#[test]
fn what_cannot_be_compared_does_not_pass() {
    let before = csv(&Load { offset: 0.013, ..RUN }.rows());
    let slower = csv(&Load { slower: 1.3, ..RUN }.rows());
    let renamed = |to: &str| slower.replacen("latency_ms", to, 1);
    let without: String = slower
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            format!("{},{}\n", cells[0], cells[2])
        })
        .collect();
    let same = before.clone();
    let runs = [slower.clone(), renamed("latency_s"), renamed("latency_us"), renamed("latency"), renamed("other_ms")];
    let codes = codes("csv", &before, &[&runs[..], &[same, without]].concat(), "regression");
    // Where nothing is measured any more there is no report, and that is an error.
    assert_eq!(codes, [1, 1, 1, 1, 1, 1, 2]);
}

/// The exit codes of runs with a target on every endpoint.
fn codes_by_endpoint(runs: &[String]) -> Vec<i32> {
    let place = Place::new();
    place.write("perfreport.toml", "[[target]]\nmetric = \"*\"\nwhere = { path = \"/*\" }\np95 = \"< 150ms\"\n");
    let code = |run: &String| {
        place.write("run.csv", run);
        place.run("summarize run.csv -q --fail-on target").code.unwrap()
    };
    runs.iter().map(code).collect()
}

/// An endpoint that answers less and less often, in the words of a server or not at all.
#[test]
fn an_endpoint_that_stops_answering() {
    for [status, taken] in [["503", "1.5"], ["503", ""], ["", ""], ["200", ""]] {
        let run = |failed: usize| {
            Load { failed: 0, ..RUN }.rows().iter().enumerate().fold(
                "path,latency_ms,status\n".to_owned(),
                |mut text, (index, (path, own, _))| {
                    let fails = *path == PAY.0 && index % 20 < failed;
                    let [status, taken] = if fails {
                        [status.to_owned(), taken.to_owned()]
                    } else {
                        ["200".to_owned(), format!("{own:.4}")]
                    };
                    writeln!(text, "{path},{taken},{status}").unwrap();
                    text
                },
            )
        };
        let runs: Vec<String> = [0, 4, 10, 19, 20].map(run).into();
        never_come_back(&codes_by_endpoint(&runs), &format!("`{status}` after `{taken}` ms"));
    }
}

/// From no sample at the end of a field to all of them.
#[test]
fn durations_that_end_where_a_field_does() {
    let run = |cut: usize| {
        let mut rows = RUN.rows();
        rows.iter_mut().enumerate().filter(|(index, _)| index % 20 < cut).for_each(|(_, row)| row.1 = 65535.0);
        csv(&rows)
    };
    let runs: Vec<String> = [0, 1, 2, 5, 10, 15, 19].map(run).into();
    never_come_back(&codes("csv", &csv(&RUN.rows()), &runs, "target"), "saturated");
}

/// Of three runs none to all are down.
#[test]
fn runs_that_are_down_one_after_the_other() {
    for (what, refused) in [("at once", true), ("as slowly", false)] {
        let place = Place::new();
        let write = |folder: &str, down: usize| {
            for number in 0..3 {
                let offset = 0.1 * number as f64;
                let failed = if number < down { 20 } else { 0 };
                let rows = Load { failed, refused, offset, ..RUN }.rows();
                place.write(&format!("{folder}/run-{number}.csv"), csv(&rows));
            }
        };
        write("before", 0);
        let code = |down: usize| {
            let folder = format!("after-{down}");
            write(&folder, down);
            place.run(&format!("compare before {folder} -q --fail-on regression --undecided pass")).code.unwrap()
        };
        never_come_back(&[1, 2, 3].map(code), what);
    }
}

/// A share of what succeeded, alone and beside a latency that stays as it was: more columns make no pass of it.
#[test]
fn a_share_of_success_that_falls() {
    for name in ["success_rate", "score"] {
        for beside in [false, true] {
            let run = |share: f64, offset: f64| {
                let head = if beside { format!("{name},latency_ms\n") } else { format!("{name}\n") };
                (0..200).fold(head, |mut text, index| {
                    let place = (f64::from(index) * STEP + offset).fract();
                    let share = share * (0.98 + 0.02 * place);
                    let latency = if beside { format!(",{:.3}", 80.0 + 40.0 * place) } else { String::new() };
                    writeln!(text, "{share:.5}{latency}").unwrap();
                    text
                })
            };
            let runs: Vec<String> = [0.99, 0.97, 0.9, 0.8, 0.5, 0.1, 0.01].map(|share| run(share, 0.2)).into();
            never_come_back(&codes("csv", &run(0.99, 0.0), &runs, "regression"), &format!("{name} {beside}"));
        }
    }
}

/// Answers that become empty one after the other: they are quick, and no improvement.
#[test]
fn from_whole_answers_to_empty_ones() {
    for name in ["bytes", "completion_tokens"] {
        let run = |empty: u32, offset: f64| {
            let load = Load { failed: empty, offset, ..RUN };
            load.rows().iter().enumerate().fold(format!("path,latency_ms,{name}\n"), |mut text, (index, row)| {
                let (path, taken, status) = row;
                let amount = if *status == 200 { 900 + index * 37 % 200 } else { 0 };
                writeln!(text, "{path},{taken:.4},{amount}").unwrap();
                text
            })
        };
        let runs: Vec<String> = [0, 1, 4, 10, 16, 19, 20].map(|empty| run(empty, 0.0)).into();
        never_come_back(&codes("csv", &run(0, 0.013), &runs, "regression"), name);
    }
}
