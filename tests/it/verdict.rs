//! The first line speaks of the service, the badge beside it of the data; what fails is never called good.

use serde_json::Value;

use crate::compare::change;
use crate::support::{Place, fixture};

/// Requests of two endpoints whose durations have nothing random in them: evenly spread over +-20% around the middle.
struct Endpoint {
    path: &'static str,
    count: u32,
    failed: u32,
    milliseconds: f64,
}

fn requests(endpoints: &[Endpoint]) -> String {
    let mut text = "path,latency_ms,status\n".to_owned();
    for endpoint in endpoints {
        for index in 0..endpoint.count {
            let place = (f64::from(index) * 0.618_033_988_749_895).fract();
            let value = endpoint.milliseconds * (0.8 + 0.4 * place);
            // The failed ones are spread evenly, so that they do not come in clusters.
            let before = index * endpoint.failed / endpoint.count;
            let failed = (index + 1) * endpoint.failed / endpoint.count > before;
            text += &format!("{},{value:.4},{}\n", endpoint.path, if failed { 503 } else { 200 });
        }
    }
    text
}

const PAY: Endpoint = Endpoint { path: "POST /pay", count: 200, failed: 0, milliseconds: 80.0 };
const LIST: Endpoint = Endpoint { path: "GET /list", count: 200, failed: 0, milliseconds: 30.0 };

fn verdict(place: &Place) -> Value {
    place.json("out.json")["verdict"].clone()
}

#[test]
fn without_a_baseline_the_first_line_says_what_was_measured_and_what_failed() {
    let place = Place::new();
    place.write("run.csv", requests(&[PAY, LIST]));
    place.run("summarize run.csv -o out.json -o out.md -o out.html").exits(0).says("Measured: 400 rows, none failed");
    assert_eq!((&verdict(&place)["service"], &verdict(&place)["data"]), (&"measured".into(), &"clean".into()));
    assert!(place.read("out.md").contains("**Measured: 400 rows"), "{}", place.read("out.md"));
    assert!(place.read("out.md").contains("Data: **clean**"));
    assert!(place.read("out.html").contains("<p class=\"badge clean\"><span>Data: <b>clean</b></span></p>"));
    // 5 of 400 are 1.25%: said, not failing.
    place.write("run.csv", requests(&[Endpoint { failed: 5, ..PAY }, LIST]));
    place.run("summarize run.csv -o out.json").exits(0).says("Measured: 400 rows, 1.25% failed");
    // 60 of 400 are 15%, 11.8% at least; all of them of one endpoint.
    place.write("run.csv", requests(&[Endpoint { failed: 60, ..PAY }, LIST]));
    let run = place.run("summarize run.csv -o out.json -o junit.xml --ci github");
    run.exits(0).says("Failing: POST /pay: 60 of 200 rows failed (30%)").says("60 of 400 rows failed (15%)");
    run.says("::error file=run.csv,title=Failing%3A POST /pay::60 of 200 rows failed (30%25)");
    let said = verdict(&place);
    assert_eq!((&said["service"], &said["failures"][0]["label"]), (&"failing".into(), &"POST /pay".into()));
    assert!(place.read("junit.xml").contains("<failure type=\"failing\""), "{}", place.read("junit.xml"));
    // The limit is the user's to move.
    place.write("perfreport.toml", "failing = \"40%\"\n");
    place.run("summarize run.csv").exits(0).says("Measured: 400 rows, 15% failed");
}

#[test]
fn a_file_of_nothing_but_failures_is_failing_and_its_speed_is_no_result() {
    let place = Place::new();
    place.write("run.csv", requests(&[Endpoint { failed: 50, count: 50, ..PAY }]));
    place.run("summarize run.csv").exits(0).says("Failing: 50 of 50 rows failed (100%)");
    place.write("perfreport.toml", "[[target]]\nmetric = \"latency_ms\"\np95 = \"< 200ms\"\n");
    let run = place.run("summarize run.csv --fail-on target");
    run.exits(1).says("1 target without data").says("50 of 50 failed");
}

#[test]
fn requests_that_are_refused_within_a_millisecond_are_failures_and_no_empty_file() {
    let place = Place::new();
    let rows: String =
        (0..20).map(|index| format!("{},0,GET /list,503,false\n", 1_700_000_000_000_u64 + index * 50)).collect();
    place.write("run.jtl", format!("timeStamp,elapsed,label,responseCode,success\n{rows}"));
    place.run("summarize run.jtl").exits(0).says("Failing: 20 of 20 requests failed (100%)");
}

#[test]
fn a_request_that_failed_without_a_duration_is_a_failed_request() {
    let place = Place::new();
    let rows: String = (0..60)
        .map(|index| if index % 3 == 0 { "LOSS,\n".to_owned() } else { format!("ok,1{}.5\n", index % 9) })
        .collect();
    place.write("ping.csv", format!("status,rtt_ms\n{rows}"));
    place.run("summarize ping.csv").exits(0).says("Failing: 20 of 60 rows failed (33.3%)");
}

#[test]
fn failures_are_compared_label_by_label() {
    let place = Place::new();
    // 0 to 32 of 200 of one endpoint: Fisher's exact test gives p = 5e-11; of 400 in all it is 8%.
    place.write("before.csv", requests(&[PAY, LIST]));
    place.write("after.csv", requests(&[Endpoint { failed: 32, ..PAY }, LIST]));
    let run = place.run("compare before.csv after.csv --fail-on regression -o out.json");
    run.exits(1).says("Failing: POST /pay: 32 of 200 rows failed (16%, was 0%)");
    let report = place.json("out.json");
    let pay = change(&report, "failed rows", Some("POST /pay"));
    assert_eq!((&pay["verdict"], &pay["effects"][0]["after"]), (&"regressed".into(), &0.16.into()));
    assert_eq!(change(&report, "failed rows", None)["effects"][0]["after"], 0.08, "the share of all stands beside it");
    let changes = report["comparison"]["changes"].as_array().unwrap();
    let quiet = |one: &&Value| one["metric"] == "failed rows" && one["group"] == "GET /list";
    assert!(!changes.iter().any(|one| quiet(&one)), "a label without failures says nothing");
    // A baseline keeps them.
    place.run("summarize before.csv -q --save-baseline base.json").exits(0);
    place.run("summarize after.csv --baseline base.json --fail-on regression").exits(1).says("(16%, was 0%)");
}

#[test]
fn a_group_that_only_fails_has_regressed_and_is_neither_missing_nor_faster() {
    let place = Place::new();
    place.write("before.csv", requests(&[PAY, LIST]));
    let broken = Endpoint { failed: 200, milliseconds: 1.0, ..PAY };
    place.write("after.csv", requests(&[broken, LIST]));
    place
        .run("compare before.csv after.csv --fail-on regression -o out.json")
        .exits(1)
        .says("Failing: POST /pay: 200 of 200 rows failed (100%, was 0%)");
    let report = place.json("out.json");
    let pay = change(&report, "latency_ms", Some("POST /pay"));
    assert_eq!((&pay["verdict"], &pay["reason"]["kind"]), (&"regressed".into(), &"failing".into()));
    assert_eq!(report["comparison"]["counts"]["missing"], 0);
    // A baseline that says nothing of failures is no excuse.
    place.write("bare.csv", "latency_ms\n".to_owned() + &"80.5\n81.5\n".repeat(100));
    place.write("broken.csv", "latency_ms,status\n".to_owned() + &"1.5,503\n1.6,503\n".repeat(100));
    place.run("compare bare.csv broken.csv --fail-on regression -o out.json").exits(1);
    let latency = change(&place.json("out.json"), "latency_ms", None).clone();
    assert_eq!((&latency["verdict"], &latency["reason"]["kind"]), (&"regressed".into(), &"failing".into()));
}

#[test]
fn a_benchmark_that_fails_quickly_is_no_improvement() {
    let place = Place::new();
    let bench = |times: &[f64], code: u32| {
        let codes = vec![code; times.len()];
        format!(
            r#"{{"results":[{{"command":"tool","mean":1.0,"stddev":0.01,"median":1.0,"user":0.5,"system":0.1,"min":0.9,"max":1.1,"times":{times:?},"exit_codes":{codes:?}}}]}}"#
        )
    };
    let times = |middle: f64| (0..10).map(|index| middle * (1.0 + 0.003 * f64::from(index))).collect::<Vec<f64>>();
    place.write("before.json", bench(&times(1.9), 0));
    place.write("after.json", bench(&times(0.009), 127));
    let run = place.run("compare before.json after.json --fail-on regression -o out.json");
    run.exits(1).says("Failing: 10 of 10 runs failed (100%, was 0%)");
    assert_eq!(place.json("out.json")["comparison"]["counts"]["improved"], 0);
    let time = change(&place.json("out.json"), "time", Some("tool")).clone();
    assert_eq!(time["verdict"], "regressed", "{time:#}");
}

/// Benchmarks as `go test -bench -count n` prints them; `slower` is the factor of the eighth, whose allocations double too.
fn go_benchmarks(count: u32, run: u32, slower: f64) -> String {
    let mut text = "goos: linux\ngoarch: amd64\npkg: example.com/x\n".to_owned();
    for bench in 0..30_u32 {
        for sample in 0..count {
            // Spread evenly over +-3%, differently for each benchmark and run.
            let seed = f64::from(bench * 1009 + sample * 17 + run * 7919 + bench * sample);
            let place = (seed * 0.618_033_988_749_895).fract();
            let factor = if bench == 7 { slower } else { 1.0 };
            let time = (100.0 + 40.0 * f64::from(bench)) * factor * (0.97 + 0.06 * place);
            let allocations = if bench == 7 && slower > 1.0 { 4 } else { 2 };
            text +=
                &format!("BenchmarkItem{bench:02}-8  \t 1000\t {time:.2} ns/op\t 512 B/op\t {allocations} allocs/op\n");
        }
    }
    text + "PASS\n"
}

#[test]
fn one_of_thirty_benchmarks_that_is_twice_as_slow_is_found_with_five_runs() {
    for count in [3, 5, 6, 8, 10] {
        let place = Place::new();
        place.write("old.txt", go_benchmarks(count, 1, 1.0)).write("new.txt", go_benchmarks(count, 2, 2.0));
        place.write("same.txt", go_benchmarks(count, 3, 1.0));
        place.run("compare old.txt new.txt --fail-on regression -o out.json").exits(1).says("Regressed: ");
        let report = place.json("out.json");
        for metric in ["time", "allocations"] {
            let changes = report["comparison"]["changes"].as_array().unwrap();
            let named = |one: &&Value| one["group"] == "Item07" && one["metric"].as_str().unwrap().contains(metric);
            let found: Vec<&Value> = changes.iter().filter(named).collect();
            assert!(found.iter().all(|one| one["verdict"] == "regressed"), "{count} {metric}: {found:#?}");
        }
        place.run("compare old.txt same.txt --fail-on regression").exits(0);
    }
}

#[test]
fn a_worse_run_never_passes_where_a_better_one_failed() {
    let place = Place::new();
    place.write("before.csv", requests(&[PAY, LIST]));
    place.run("summarize before.csv -q --save-baseline base.json").exits(0);
    let mut stopped = false;
    for failed in [0, 1, 2, 4, 8, 12, 16, 24, 40, 80, 120, 160, 190, 198, 199, 200] {
        // Failures come fast, as they do.
        let milliseconds = if failed == 200 { 0.5 } else { 81.0 };
        place.write("after.csv", requests(&[Endpoint { failed, milliseconds, ..PAY }, LIST]));
        let run = place.run("summarize after.csv --baseline base.json --fail-on regression -q");
        assert!(!stopped || run.code == Some(1), "{failed} of 200 pass although fewer did not");
        stopped = run.code == Some(1);
    }
    assert!(stopped);
    stopped = false;
    for percent in [100, 102, 104, 106, 110, 115, 120, 150, 200, 1000, 10_000] {
        place.write("after.csv", requests(&[Endpoint { milliseconds: 0.8 * f64::from(percent), ..PAY }, LIST]));
        let run = place.run("summarize after.csv --baseline base.json --fail-on regression -q");
        // 100% are the very bytes of the baseline.
        assert!(!stopped || run.code == Some(1), "{percent}% pass although less did not");
        stopped = run.code == Some(1) && percent > 100;
    }
    assert!(stopped);
}

/// Thirty answers of about 100 ms, of which those fail for which `failed` says so.
fn answers(header: &str, good: &str, bad: &str, failed: impl Fn(u32) -> bool) -> String {
    let row = |index: u32| {
        let outcome = if failed(index) { bad } else { good };
        format!("Q1,{outcome},{}\n", 100.0 + f64::from(index * 7 % 11) / 10.0)
    };
    format!("{header}\n{}", (0..30).map(row).collect::<String>())
}

#[test]
fn an_outage_fails_the_gate_as_scattered_failures_do() {
    let place = Place::new();
    let of = |failed: fn(u32) -> bool| answers("request,status,latency_ms", "OK", "ERROR", failed);
    place.write("before/run.csv", of(|_| false));
    for (name, failed) in [("scattered", (|index| index % 5 < 3) as fn(u32) -> bool), ("outage", |index| index >= 12)] {
        place.write(&format!("{name}/run.csv"), of(failed));
        place.run(&format!("compare before {name} --fail-on regression")).exits(1).says("60%").says("Gate: failed");
    }
}

#[test]
fn a_list_of_errors_that_was_empty_says_that_nothing_failed() {
    let place = Place::new();
    let of = |failed: fn(u32) -> bool| answers("request,error,latency_ms", "", "connection refused", failed);
    place.write("before/run.csv", of(|_| false)).write("after/run.csv", of(|index| index % 2 == 0));
    place.run("summarize before/run.csv").exits(0).says("none failed");
    let run = place.run("compare before after --fail-on regression");
    run.exits(1).says("15 of 30 rows failed (50%, was 0%)").says("Gate: failed");
}

#[test]
fn what_fails_never_passes_because_the_baseline_says_nothing_of_failures() {
    let place = Place::new();
    let of = |failed: fn(u32) -> bool| {
        let row = |index: u32| {
            let cell = if failed(index) { "timeout".to_owned() } else { format!("{}", 100 + index * 7 % 11) };
            format!("a,{cell}\n")
        };
        format!("label,latency_ms\n{}", (0..30).map(row).collect::<String>())
    };
    place.write("before/run.csv", of(|_| false)).write("after/run.csv", of(|index| index % 2 == 0));
    for more in ["", " --undecided pass"] {
        let run = place.run(&format!("compare before after --fail-on regression{more}"));
        run.exits(1).says("the baseline records no failures");
    }
}

#[test]
fn values_that_are_gone_do_not_pass() {
    let place = Place::new();
    let of = |gone: fn(u32) -> bool| {
        let cell = |index: u32| if gone(index) { String::new() } else { format!("{}", 100 + index * 7 % 11) };
        format!("label,latency_ms\n{}", (0..40).map(|index| format!("a,{}\n", cell(index))).collect::<String>())
    };
    place.write("before/run.csv", of(|_| false)).write("after/run.csv", of(|index| index % 2 == 0));
    place.write("one/run.csv", of(|index| index == 3));
    place.run("compare before after --fail-on regression").exits(1).says("rows without latency_ms");
    place.run("compare before one --fail-on regression").exits(0);
}

#[test]
fn a_run_of_which_half_is_three_times_slower_does_not_pass_where_a_slower_one_fails() {
    let place = Place::new();
    let of = |slower_from: u32| {
        let row = |index: u32| {
            let slow = if index >= slower_from { 3.0 } else { 1.0 };
            format!("2024-05-01T10:00:{index:02}Z,{}\n", slow * (100.0 + f64::from(index * 7 % 11) / 10.0))
        };
        format!("time,latency_ms\n{}", (0..30).map(row).collect::<String>())
    };
    place.write("before/run.csv", of(30)).write("half/run.csv", of(13)).write("all/run.csv", of(0));
    for after in ["half", "all"] {
        place.run(&format!("compare before {after} --fail-on regression")).exits(1);
    }
    place.run("compare before half --fail-on regression").exits(1).says("large change cannot be decided");
}

#[test]
fn failures_in_clusters_that_rise_by_ten_points_do_not_pass() {
    let place = Place::new();
    // 200 requests, one a second, that fail in stretches of 20: two of five before, three of five after.
    let of = |stretches: u32| {
        let row = |index: u32| {
            let code = if index / 20 * 7 % 10 < stretches { 503 } else { 200 };
            format!("{},{code},{}\n", 1_700_000_000 + index, 100 + index * 29 % 41)
        };
        format!("time,status,latency_ms\n{}", (0..200).map(row).collect::<String>())
    };
    place.write("before/run.csv", of(4)).write("after/run.csv", of(6));
    let run = place.run("compare before after --fail-on regression");
    run.exits(1).says("120 of 200 rows failed (60%, was 40%)").says("large change cannot be decided");
}

#[test]
fn a_doubling_is_not_passed_over_because_a_short_run_may_be_dependent() {
    let place = Place::new();
    // 40 requests, one a second, spread over a factor of 17: with the dependence that is assumed of so short a run, chance could make a
    // doubling.
    let of = |factor: u32, from: u32| {
        let row =
            |index: u32| format!("2024-05-01T10:00:{index:02}Z,{}\n", factor * (60 + (index + from) * 29 % 41 * 24));
        format!("time,latency_ms\n{}", (0..40).map(row).collect::<String>())
    };
    place.write("before/run.csv", of(1, 0)).write("again/run.csv", of(1, 17)).write("doubled/run.csv", of(2, 17));
    place.run("compare before again --fail-on regression").exits(0);
    place.run("compare before doubled --fail-on regression").exits(1).says("1 large change cannot be decided");
}

#[test]
fn timeouts_of_one_request_in_twenty_do_not_pass_in_a_short_run() {
    let place = Place::new();
    // 200 requests, one a second.
    let of = |timeout: fn(u32) -> bool| {
        let row = |index: u32| {
            let took = if timeout(index) { 30_000 } else { 80 + index * 29 % 41 };
            format!("{},{took}\n", 1_700_000_000 + index)
        };
        format!("time,latency_ms\n{}", (0..200).map(row).collect::<String>())
    };
    place.write("before/run.csv", of(|_| false)).write("after/run.csv", of(|index| index % 20 == 7));
    place.run("compare before after --fail-on regression").exits(1);
}

#[test]
fn durations_that_are_all_zero_are_no_improvement() {
    let place = Place::new();
    let of = |took: fn(u32) -> u32| {
        format!("latency_ms\n{}", (0..400).map(|index| format!("{}\n", took(index))).collect::<String>())
    };
    place.write("before/run.csv", of(|index| 80 + index * 29 % 41)).write("after/run.csv", of(|_| 0));
    place.run("compare before after --fail-on regression").exits(1).says("large change cannot be decided");
}

#[test]
fn a_factor_of_a_thousand_is_another_unit_where_none_is_stated() {
    let place = Place::new();
    let of = |divisor: f64, from: u32| {
        let row = |index: u32| format!("{:.7}\n", (80.0 + f64::from((index + from) * 29 % 41)) / divisor);
        format!("latency\n{}", (0..400).map(row).collect::<String>())
    };
    place.write("before/run.csv", of(1.0, 0)).write("after/run.csv", of(1000.0, 7)).write("fast/run.csv", of(8.0, 7));
    place.run("compare before after --fail-on regression").exits(1);
    place.run("compare before fast --fail-on regression").exits(0).says("Improved");
    // Where both sides are said to be of one unit, it is what it looks like, and too good to pass unseen.
    let said = place.run("compare before after --fail-on regression --unit latency=ms");
    said.exits(1).says("1 improved").says("times as quick: look whether the same was measured");
    place.run("compare before after --fail-on regression --unit latency=ms --undecided pass").exits(0);
}

#[test]
fn half_of_the_requests_do_not_pass_as_if_nothing_had_changed() {
    let place = Place::new();
    let of = |apart: u32| {
        let row = |index: u32| {
            let took = 80 + (index + apart) * 29 % 41;
            format!("{},{took},GET /list,200\n", 1_700_000_000_000 + u64::from(index * apart))
        };
        format!("timeStamp,elapsed,label,responseCode\n{}", (0..400).map(row).collect::<String>())
    };
    place.write("before/run.jtl", of(200)).write("again/run.jtl", of(220)).write("after/run.jtl", of(500));
    place.run("compare before after --fail-on regression").exits(1).says("came at 40% of the rate of the baseline");
    place.run("compare before again --fail-on regression").exits(0);
}

/// A run of google/benchmark on a machine with a third-level cache of that size.
fn google_benchmark(cache: u64, megahertz: u32, nanoseconds: f64) -> String {
    let repetition = |index: u32| {
        let time = nanoseconds * (1.0 + 0.002 * f64::from(index));
        format!(
            r#"{{"name":"BM_X","run_name":"BM_X","run_type":"iteration","repetitions":8,"repetition_index":{index},"threads":1,"iterations":100,"real_time":{time},"cpu_time":{time},"time_unit":"ns"}}"#
        )
    };
    let repetitions: Vec<String> = (0..8).map(repetition).collect();
    format!(
        r#"{{"context":{{"num_cpus":4,"mhz_per_cpu":{megahertz},"cpu_scaling_enabled":false,"caches":[{{"type":"Unified","level":3,"size":{cache},"num_sharing":4}}],"library_build_type":"release"}},"benchmarks":[{}]}}"#,
        repetitions.join(",")
    )
}

#[test]
fn on_another_machine_nothing_is_called_slower_and_a_clock_reading_is_no_machine() {
    let place = Place::new();
    place.write("a.json", google_benchmark(50_331_648, 3492, 100.0));
    place.write("other.json", google_benchmark(33_554_432, 2445, 140.0));
    let run = place.run("compare a.json other.json --fail-on regression -o out.json -o out.md");
    run.exits(1).says("Undecided: ").says("large changes on another machine");
    let report = place.json("out.json");
    let counts = &report["comparison"]["counts"];
    assert_eq!((&counts["regressed"], &counts["incomparable"]), (&0.into(), &2.into()));
    assert!(place.read("out.md").contains("keep one baseline a machine"));
    place.write("same.json", google_benchmark(50_331_648, 2445, 140.0));
    place.run("compare a.json same.json --fail-on regression").exits(1).says("2 regressed");
}

/// The files of `docs/verdict.md`.
fn documented() -> Place {
    let place = Place::new();
    let three = |middle: f64| format!("latency_ms\n{}\n{}\n{}\n", middle * 0.99, middle, middle * 1.01);
    let target = |limit: &str| format!("[[target]]\nmetric = \"latency_ms\"\np95 = \"< {limit}\"\n");
    let of_pay = "[[target]]\nmetric = \"latency_ms\"\nwhere = { path = \"POST /pay\" }\np95 = \"< 1s\"\n";
    place
        .write("good.csv", requests(&[PAY, LIST]))
        .write("again.csv", requests(&[PAY, Endpoint { milliseconds: 30.05, ..LIST }]))
        .write("slower.csv", requests(&[PAY, Endpoint { milliseconds: 45.0, ..LIST }]))
        .write("pay-fails.csv", requests(&[Endpoint { failed: 32, ..PAY }, LIST]))
        .write("broken.csv", requests(&[Endpoint { failed: 200, milliseconds: 1.0, ..PAY }, LIST]))
        .write("list-only.csv", requests(&[LIST, Endpoint { path: "GET /item", ..LIST }]))
        .write("negative.csv", requests(&[PAY, LIST]) + "GET /list,-1,200\n")
        .write("three.csv", three(100.0))
        .write("three-slower.csv", three(200.0))
        .write("met.toml", target("1s"))
        .write("missed.toml", target("50ms"))
        .write("undecided.toml", target("93ms"))
        .write("broken.toml", of_pay);
    place
}

#[test]
fn every_command_of_the_documentation_of_the_verdict_says_and_exits_what_stands_there() {
    let text =
        std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verdict.md")).unwrap();
    let place = documented();
    let blocks = text.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("text\n"));
    let mut tried = 0;
    for example in blocks.flat_map(|block| block.split("$ perfreport ").skip(1)) {
        let mut lines = example.lines().filter(|line| !line.is_empty());
        let run = place.run(lines.next().unwrap());
        for line in lines {
            match line.strip_prefix("exit ") {
                Some(code) => run.exits(code.parse().unwrap()),
                None => run.says(line),
            };
        }
        tried += 1;
    }
    assert!(tried >= 18, "{tried} commands were found");
}

/// The first line of the report, with plain blanks.
fn headline(place: &Place) -> String {
    verdict(place)["headline"].as_str().unwrap_or_default().replace('\u{a0}', " ")
}

#[test]
fn requests_lead_the_first_line_of_a_k6_summary_whatever_its_checks_count() {
    let place = Place::new();
    // Three checks of each of the 410 requests, none of which failed.
    place.write(
        "k6.json",
        "{\"root_group\": {\"name\": \"\"}, \"metrics\": {\
         \"checks\": {\"passes\": 1230, \"fails\": 0, \"value\": 1},\
         \"http_req_duration\": {\"avg\": 12.5, \"min\": 4, \"med\": 11, \"max\": 77, \"p(90)\": 25, \"p(95)\": 31.5},\
         \"http_req_failed\": {\"passes\": 0, \"fails\": 410, \"value\": 0},\
         \"http_reqs\": {\"count\": 410, \"rate\": 20.5}}}",
    );
    let said = "410 requests, 20.50 /s, none failed, http_req_duration p95 31.50 ms";
    place.run("summarize k6.json -o out.json").exits(0);
    assert_eq!(headline(&place), said);
}

#[test]
fn what_a_network_lost_were_datagrams_and_no_requests() {
    let place = Place::new();
    place
        .run(&format!("summarize {}", fixture("iperf3/udp.json")))
        .exits(0)
        .says("Measured: 567,000 datagrams, 0.00159% failed");
}

#[test]
fn several_runs_in_one_file_are_counted_together_in_the_first_line() {
    let place = Place::new();
    let mut text = "timeStamp,elapsed,label,responseCode,success\n".to_owned();
    // Three runs of 120 requests, a day apart; 6 of each failed.
    for run in 0..3_u64 {
        for row in 0..120_u64 {
            let at = 1_750_000_000_000 + run * 86_400_000 + row * 500;
            let failed = row % 20 == 7;
            let (code, success) = if failed { (500, false) } else { (200, true) };
            text += &format!("{at},{},GET /a,{code},{success}\n", 80 + (row * 37 + run) % 41);
        }
    }
    place.write("three.jtl", &text);
    place.run("summarize three.jtl -o out.json").exits(0);
    let said = headline(&place);
    assert!(said.contains("360 requests in 3 runs, 5% failed, elapsed p95"), "{said}");
}

#[test]
fn timeouts_that_are_few_in_each_of_many_endpoints_do_not_pass() {
    let place = Place::new();
    // Ten endpoints of thirty requests, one of twenty times out: three a group at most.
    let of = |timeout: fn(u32) -> bool, shift: u32| {
        let row = |index: u32| {
            let took = if timeout(index) { 30_000 } else { (80 + (index + shift) * 29 % 41) * (1 + index % 10) };
            format!(
                "{},{took},/page/{},200\n",
                1_700_000_000_000_u64 + u64::from(index) * 200,
                ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"][index as usize % 10]
            )
        };
        format!("timeStamp,elapsed,label,responseCode\n{}", (0..300).map(row).collect::<String>())
    };
    place.write("before/run.jtl", of(|_| false, 0)).write("again/run.jtl", of(|_| false, 5));
    place.write("after/run.jtl", of(|index| index * 7 % 20 == 3, 5));
    place.run("compare before again --fail-on regression").exits(0);
    let run = place.run("compare before after --fail-on regression");
    run.exits(1).says("5.0% of all elapsed take over 10 times as long as their group did (0.0% before)");
}
