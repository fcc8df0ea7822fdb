//! What must never pass a gate: endpoints without a single answer, runs that are down beside others that are not, values that only have a
//! lower end, and changes of what is good or bad. And what is none of that.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::Place;

/// The golden ratio's fraction: its multiples spread evenly.
const STEP: f64 = 0.618_033_988_749_895;
const HEAD: &str = "timestamp,endpoint,status,latency_ms\n";

/// Requests to three endpoints in turn, ten a second; `cells` are status and milliseconds of a request.
fn requests(count: u32, offset: f64, cells: impl Fn(u32, &str, f64) -> [String; 2]) -> String {
    (0..count).fold(HEAD.to_owned(), |mut text, index| {
        let endpoint = ["/list", "/pay", "/search"][index as usize % 3];
        let place = (f64::from(index) * STEP + offset).fract();
        let [status, taken] = cells(index, endpoint, 80.0 + 40.0 * place);
        let at = 1_764_500_000.0 + 0.1 * f64::from(index) + 0.03 * place;
        writeln!(text, "{at:.3},{endpoint},{status},{taken}").unwrap();
        text
    })
}

fn good(count: u32, offset: f64) -> String {
    requests(count, offset, |_, _, taken| ["200".to_owned(), format!("{taken:.2}")])
}

/// All requests to /pay end so.
fn pay(count: u32, offset: f64, [status, taken]: [&str; 2]) -> String {
    requests(count, offset, |_, endpoint, own| match endpoint {
        "/pay" => [status.to_owned(), taken.to_owned()],
        _ => ["200".to_owned(), format!("{own:.2}")],
    })
}

fn down(count: u32, [status, taken]: [&str; 2]) -> String {
    requests(count, 0.3, |_, _, _| [status.to_owned(), taken.to_owned()])
}

fn target(text: &str) -> String {
    format!("[[target]]\nmetric = \"latency_ms\"\n{text}\n")
}

fn outcomes(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let targets = report["targets"].as_array().unwrap().iter();
    targets.map(|one| (text(&one["group"]), text(&one["outcome"]))).collect()
}

/// How many failures the results as `JUnit` has them hold.
fn junit_failures(text: &str) -> usize {
    text.matches("<failure").count()
}

#[test]
fn a_pattern_of_labels_is_about_those_without_a_sample_too() {
    let place = Place::new();
    place.write("perfreport.toml", target("where = { endpoint = \"/*\" }\np95 = \"< 200ms\""));
    for [status, taken] in [["503", "1"], ["503", ""], ["", ""], ["200", ""]] {
        place.write("run.csv", pay(300, 0.0, [status, taken]));
        place.run("summarize run.csv -q -o out.json -o out.xml --fail-on target").exits(1);
        let met = |name: &str, outcome: &str| (name.to_owned(), outcome.to_owned());
        let found = outcomes(&place.json("out.json"));
        assert_eq!(found, [met("/list", "met"), met("/search", "met"), met("/pay", "no_data")], "{status} {taken}");
        assert!(junit_failures(&place.read("out.xml")) > 0);
    }
    place.write("perfreport.toml", target("where = { endpoint = \"/*\" }\nerror_rate = \"< 5%\""));
    place.write("run.csv", pay(300, 0.0, ["", ""]));
    place.run("summarize run.csv -q --fail-on target").exits(1);
    place.write("run.csv", good(300, 0.0));
    place.run("summarize run.csv -q --fail-on target").exits(0);
}

#[test]
fn a_label_that_another_metric_tells_of_and_a_line_of_a_log_are_no_groups_without_data() {
    let place = Place::new();
    place.write("perfreport.toml", "[[target]]\nmetric = \"*_ms\"\nwhere = { event = \"*\" }\np95 = \"< 200ms\"\n");
    let rows = |of: fn(u32, f64) -> String| {
        (0..200).fold(String::new(), |mut text, index| {
            let taken = 80.0 + 40.0 * (f64::from(index) * STEP).fract();
            writeln!(text, "{}", of(index, taken)).unwrap();
            text
        })
    };
    let each_its_own =
        rows(|index, taken| if index % 2 == 0 { format!("login,{taken:.2},") } else { format!("upload,,{taken:.2}") });
    place.write("run.csv", format!("event,login_ms,upload_ms\n{each_its_own}"));
    place.run("summarize run.csv -q --fail-on target").exits(0);
    let log = rows(|index, taken| {
        let at = 1_764_500_000 + index;
        if index % 4 == 0 { format!("{at},heartbeat,") } else { format!("{at},work,{taken:.2}") }
    });
    place.write("run.csv", format!("ts,event,took_ms\n{log}"));
    place.run("summarize run.csv -q --fail-on target").exits(0);
}

#[test]
fn a_limit_below_the_end_of_a_field_is_missed() {
    let place = Place::new();
    let cut = |value: &str| {
        requests(300, 0.0, |index, _, taken| {
            ["200".to_owned(), if index % 5 < 2 { value.to_owned() } else { format!("{taken:.0}") }]
        })
    };
    place.write("run.csv", cut("65535"));
    for (condition, outcome, code) in [
        ("p95 = \"< 200ms\"", "missed", 1),
        ("p95 = \"< 100s\"", "undecided", 0),
        ("p95 = \">= 1s\"", "met", 0),
        ("max = \"< 1s\"", "missed", 1),
        ("max = \"< 100s\"", "undecided", 0),
        ("mean = \"< 200ms\"", "missed", 1),
        ("mean = \"< 100s\"", "undecided", 0),
        ("stddev = \"< 1s\"", "missed", 1),
        ("p50 = \"< 200ms\"", "met", 0),
    ] {
        place.write("perfreport.toml", target(condition));
        place.run("summarize run.csv -q -o out.json --fail-on target").exits(code);
        assert_eq!(place.json("out.json")["targets"][0]["outcome"], outcome, "{condition}");
    }
}

/// Three files of 150 requests; the last one is given.
fn three(place: &Place, folder: &str, offset: f64, last: &str) {
    for number in 1..=2 {
        place.write(&format!("{folder}/run-{number}.csv"), good(150, offset + 0.1 * f64::from(number)));
    }
    place.write(&format!("{folder}/run-3.csv"), last);
}

#[test]
fn what_fails_now_and_did_not_before_fails_the_gate_whatever_other_runs_do() {
    let place = Place::new();
    three(&place, "before", 0.0, &good(150, 0.7));
    place.run("summarize before -q --save-baseline base.json").exits(0);
    let failing = [
        ("all, at once", down(150, ["503", "1"])),
        ("all, late", down(150, ["504", "30000"])),
        ("all, without durations", down(150, ["503", ""])),
        ("/pay", pay(150, 0.2, ["503", "1"])),
    ];
    for (what, last) in &failing {
        three(&place, "after", 0.05, last);
        for command in ["compare before after", "summarize after --baseline base.json"] {
            place.run(&format!("{command} -q -o out.json -o out.xml --fail-on regression")).exits(1);
            let report = place.json("out.json");
            assert_eq!(report["verdict"]["service"], "failing", "{what}");
            assert_eq!(report["gate"]["outcome"], "fail", "{what}: {}", report["gate"]);
            assert!(junit_failures(&place.read("out.xml")) > 0, "{what}");
        }
    }
    // Two of them, and each of them in part.
    three(&place, "after", 0.05, &down(150, ["503", "1"]));
    place.write("after/run-2.csv", down(150, ["503", "1"]));
    place.run("compare before after -q --fail-on regression").exits(1);
    // What was down before as well is no news.
    three(&place, "before", 0.0, &down(150, ["503", "1"]));
    three(&place, "after", 0.05, &down(150, ["503", "1"]));
    place.write("after/run-3.csv", requests(150, 0.9, |_, _, _| ["503".to_owned(), "2".to_owned()]));
    place.run("compare before after -q -o out.json --fail-on regression");
    assert_eq!(place.json("out.json")["comparison"]["counts"]["regressed"], 0);
}

#[test]
fn one_of_several_runs_in_which_nothing_was_measured_leaves_the_gate_undecided() {
    let place = Place::new();
    three(&place, "before", 0.0, &good(150, 0.7));
    place.write("perfreport.toml", target("p95 = \"< 200ms\""));
    for last in ["", HEAD, "<html>502 Bad Gateway</html>\n"] {
        three(&place, "after", 0.05, last);
        for command in ["compare before after --fail-on regression", "summarize after --fail-on target"] {
            place.run(&format!("{command} -q -o out.json -o out.xml")).exits(1);
            let gate = &place.json("out.json")["gate"];
            assert_eq!(gate["outcome"], "undecided", "{last}: {gate}");
            assert!(gate["undecided"].to_string().contains("run-3.csv"), "{last}: {gate}");
            assert!(junit_failures(&place.read("out.xml")) > 0);
        }
    }
    // Another file that holds no metrics is none of the runs.
    three(&place, "after", 0.05, &good(150, 0.8));
    place.write("after/notes.txt", "").write("after/README.md", "nothing\n");
    place.run("compare before after -q --fail-on regression").exits(0);
}

#[test]
fn results_of_tests_fail_exactly_where_the_exit_code_does() {
    let place = Place::new();
    place.write("base.csv", good(600, 0.0));
    let slow = requests(600, 0.4, |_, _, taken| ["200".to_owned(), format!("{:.2}", taken * 1.5)]);
    // The same durations at two fifths of the rate.
    let rare = good(600, 0.4).lines().enumerate().fold(String::new(), |mut text, (index, line)| {
        let rest = line.split_once(',').map_or("", |(_, rest)| rest);
        let at = 1_764_500_000.0 + 0.25 * index as f64;
        let line = if index == 0 { line.to_owned() } else { format!("{at:.3},{rest}") };
        writeln!(text, "{line}").unwrap();
        text
    });
    let few = requests(600, 0.4, |index, _, taken| {
        [if index % 100 == 7 { "503" } else { "200" }.to_owned(), format!("{taken:.2}")]
    });
    place.write("perfreport.toml", target("p95 = \"< 150ms\""));
    let bad = good(600, 0.4).replacen(",200,", ",200,-", 1);
    let runs = [
        ("same", good(600, 0.0)),
        ("good", good(600, 0.4)),
        ("slow", slow),
        ("rare", rare),
        ("few", few),
        ("pay", pay(600, 0.4, ["503", "1"])),
        ("down", down(600, ["503", "1"])),
        ("nothing", down(600, ["503", ""])),
        ("bad", bad),
    ];
    for (what, run) in &runs {
        place.write("run.csv", run);
        for gate in ["regression", "target", "regression,target", "corruption", "inconclusive"] {
            for more in ["", "--undecided pass"] {
                let flags = format!("-q -o out.xml --fail-on {gate} {more}");
                let code = place.run(&format!("summarize run.csv --baseline base.csv {flags}")).code;
                let failures = junit_failures(&place.read("out.xml"));
                assert_eq!(code == Some(1), failures > 0, "{what} {gate} {more}: {code:?}, {failures} failures");
                assert!(matches!(code, Some(0 | 1)), "{what} {gate}: {code:?}");
            }
        }
    }
}

#[test]
fn a_status_is_enough_for_a_report_of_what_failed() {
    let place = Place::new();
    place.write("base.csv", good(300, 0.0));
    let without = |text: &str| {
        let line = |line: &str| line.rsplit_once(',').map_or("", |(rest, _)| rest).to_owned() + "\n";
        text.lines().map(line).collect::<String>()
    };
    let lines = down(300, ["500", ""]).lines().skip(1).fold(String::new(), |mut text, line| {
        let cells: Vec<&str> = line.split(',').collect();
        let row = format!(
            "\"timestamp\":{},\"endpoint\":\"{}\",\"status\":{},\"latency_ms\":null",
            cells[0], cells[1], cells[2]
        );
        writeln!(text, "{{{row}}}").unwrap();
        text
    });
    place.write("blank.csv", down(300, ["503", ""])).write("lines.ndjson", lines);
    place.write("status.csv", without(&down(300, ["503", ""])));
    for run in ["blank.csv", "lines.ndjson", "status.csv"] {
        place.run(&format!("summarize {run} -o out.json")).exits(0).says("300 of 300").says("failed (100%)");
        assert_eq!(place.json("out.json")["verdict"]["service"], "failing", "{run}");
        place.run(&format!("compare base.csv {run} -q -o out.json -o out.xml --fail-on regression")).exits(1);
        assert_eq!(place.json("out.json")["gate"]["outcome"], "fail", "{run}");
        assert!(junit_failures(&place.read("out.xml")) > 0, "{run}");
        place.run(&format!("summarize {run} --baseline base.csv -q --fail-on regression")).exits(1);
    }
    place.write("perfreport.toml", target("error_rate = \"< 1%\""));
    place.run("summarize blank.csv -q -o out.json --fail-on target").exits(1);
    assert_eq!(place.json("out.json")["targets"][0]["outcome"], "missed");
}

#[test]
fn where_nothing_failed_or_a_log_says_error_nothing_is_made_of_it() {
    let place = Place::new();
    let status =
        |status: &str| (0..60).map(|index| format!("{},/a,{status}\n", 1_764_500_000 + index)).collect::<String>();
    place.write("run.csv", format!("timestamp,endpoint,status\n{}", status("200")));
    place.run("summarize run.csv -q").exits(2).complains("no samples");
    let log = |index: u32| format!("{{\"time\":{},\"level\":\"error\",\"msg\":\"m{index}\"}}\n", 1_764_500_000 + index);
    place.write("run.ndjson", (0..60).map(log).collect::<String>());
    place.run("summarize run.ndjson -q").exits(2).complains("no samples");
}

/// A column beside the latency, around a number.
fn beside(name: &str, around: f64, offset: f64) -> String {
    (0..300).fold(format!("timestamp,{name},latency_ms\n"), |mut text, index| {
        let place = (f64::from(index) * STEP + offset).fract();
        let at = 1_764_500_000.0 + 0.1 * f64::from(index);
        writeln!(text, "{at:.3},{:.5},{:.3}", around * (0.99 + 0.02 * place), 80.0 + 40.0 * place).unwrap();
        text
    })
}

fn compared(name: &str, before: f64, after: f64) -> (Option<i32>, String) {
    let place = Place::new();
    place.write("before.csv", beside(name, before, 0.0)).write("after.csv", beside(name, after, 0.31));
    let code = place.run("compare before.csv after.csv -q -o out.json --fail-on regression").code;
    let report = place.json("out.json");
    let changes = report["comparison"]["changes"].as_array().unwrap();
    let change = changes.iter().find(|change| change["metric"] == name).unwrap();
    (code, change["verdict"].as_str().unwrap().to_owned())
}

#[test]
fn shares_and_counts_of_outcomes_know_their_direction() {
    for (name, before, after) in [
        ("success_rate", 0.98, 0.5),
        ("hit_rate", 0.98, 0.5),
        ("cache_hit_ratio", 0.98, 0.5),
        ("pass_rate", 0.98, 0.5),
        ("ok_rate", 0.98, 0.5),
        ("success_pct", 98.0, 50.0),
        ("uptime_pct", 98.0, 50.0),
        ("completion_rate", 0.98, 0.5),
        ("failure_rate", 0.01, 0.5),
        ("timeout_rate", 0.01, 0.5),
        ("packet_loss_pct", 1.0, 50.0),
        ("rejected_pct", 1.0, 50.0),
        ("drop_rate", 0.01, 0.5),
        ("http_5xx", 2.0, 20.0),
        ("gc_pause_ms", 1.5, 500.0),
    ] {
        assert_eq!(compared(name, before, after), (Some(1), "regressed".to_owned()), "{name}");
        assert_eq!(compared(name, after, before), (Some(0), "improved".to_owned()), "{name}");
    }
}

#[test]
fn what_has_no_direction_and_changed_much_is_no_pass_and_what_is_neither_good_nor_bad_is() {
    let changed = |code: i32| (Some(code), "changed".to_owned());
    assert_eq!(compared("score", 0.98, 0.5), changed(1));
    assert_eq!(compared("score", 0.98, 0.8), changed(0));
    for (name, before, after) in [
        ("cpu_temperature", 45.0, 90.0),
        ("gpu_power_w", 100.0, 250.0),
        ("response_size_bytes", 1000.0, 9000.0),
        ("offered_rate", 10.0, 50.0),
        ("think_time_ms", 100.0, 700.0),
        ("gpu_util_pct", 95.0, 40.0),
    ] {
        let (code, verdict) = compared(name, before, after);
        assert_eq!((code, verdict != "regressed"), (Some(0), true), "{name}: {verdict}");
    }
}
