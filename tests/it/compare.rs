//! Two sides compared with each other: what changed, what did not, and what cannot be told.

use serde_json::Value;

use crate::support::{Place, findings, fixture};

/// The change of a metric and group.
#[track_caller]
pub(crate) fn change<'a>(report: &'a Value, metric: &str, group: Option<&str>) -> &'a Value {
    let changes = report["comparison"]["changes"].as_array().unwrap();
    let is_it = |change: &&Value| change["metric"] == metric && change["group"].as_str() == group;
    changes.iter().find(is_it).unwrap_or_else(|| panic!("no change of {metric} {group:?} in {changes:#?}"))
}

/// The effect of a change on one statistic.
#[track_caller]
fn effect<'a>(change: &'a Value, statistic: &str) -> &'a Value {
    let effects = change["effects"].as_array().unwrap();
    effects.iter().find(|effect| effect["statistic"] == statistic).unwrap_or_else(|| panic!("no {statistic}"))
}

/// A load test of one metric with noise that has nothing random in it: evenly spread over +-30% around the middle, in
/// an order without trend (Weyl's sequence).
pub(crate) fn samples(name: &str, count: u32, middle: f64) -> String {
    let rows = (1..=count).map(|index| {
        let place = (f64::from(index) * 0.618_033_988_749_895).fract();
        format!("{:.6}\n", middle * (0.7 + 0.6 * place))
    });
    format!("{name}\n{}", rows.collect::<String>())
}

fn compare(place: &Place, before: &str, after: &str) -> Value {
    place.run(&format!("compare {before} {after} -o out.json")).exits(0);
    place.json("out.json")
}

fn fixtures(before: &str, after: &str) -> Value {
    compare(&Place::new(), &fixture(before), &fixture(after))
}

#[test]
fn what_changed_is_said_for_every_group() {
    let report = fixtures("compare/before.csv", "compare/after.csv");
    let verdict = |group| change(&report, "latency_ms", Some(group))["verdict"].clone();
    assert_eq!(verdict("GET /search"), "regressed");
    assert_eq!(verdict("POST /order"), "improved");
    assert_eq!(verdict("GET /login"), "center_unchanged", "300 samples a side do not bound p99");
    assert_eq!(verdict("GET /export"), "inconclusive", "20 samples a side are too few for 5%");
    let search = effect(change(&report, "latency_ms", Some("GET /search")), "center");
    let (low, high) = (search["low"].as_f64().unwrap(), search["high"].as_f64().unwrap());
    assert!(low < 140.0 / 120.0 && 140.0 / 120.0 < high, "the true ratio lies in {low}..{high}");
    assert_eq!(report["comparison"]["changes"][0]["group"], "GET /search", "the worst comes first");
    let counts = &report["comparison"]["counts"];
    assert_eq!((&counts["regressed"], &counts["improved"]), (&1.into(), &1.into()));
    let verdict = &report["verdict"];
    assert_eq!((&verdict["service"], &verdict["data"]), (&"regressed".into(), &"clean".into()));
    let headline = verdict["headline"].as_str().unwrap();
    assert!(headline.starts_with("latency_ms / GET /search ") && headline.contains(" slower ("), "{headline}");
    assert!(headline.contains("; 1 regressed, 1 improved ("), "{headline}");
}

#[test]
fn swapping_the_sides_mirrors_every_effect() {
    let there = fixtures("compare/before.csv", "compare/after.csv");
    let back = fixtures("compare/after.csv", "compare/before.csv");
    for one in there["comparison"]["changes"].as_array().unwrap() {
        let other = change(&back, one["metric"].as_str().unwrap(), one["group"].as_str());
        let mirrored = match one["verdict"].as_str().unwrap() {
            "regressed" => "improved",
            "improved" => "regressed",
            same => same,
        };
        assert_eq!(other["verdict"], mirrored, "{one:#}\n{other:#}");
        for (effect, mirror) in one["effects"].as_array().unwrap().iter().zip(other["effects"].as_array().unwrap()) {
            if let (Some(there), Some(back), "ratio") =
                (effect["estimate"].as_f64(), mirror["estimate"].as_f64(), effect["scale"].as_str().unwrap())
            {
                assert!((there * back - 1.0).abs() < 1e-12, "{there} and {back}");
            }
            assert_eq!(effect["p"], mirror["p"], "{effect:#}");
        }
    }
}

#[test]
fn a_file_compared_with_itself_never_changes() {
    for name in ["compare/before.csv", "chat", "load/requests.csv", "json/spans.ndjson", "service/chat_events.csv"] {
        let place = Place::new();
        let path = fixture(name);
        place.run(&format!("compare {path} {path} -o out.json")).exits(0);
        for change in place.json("out.json")["comparison"]["changes"].as_array().unwrap() {
            assert!(
                ["unchanged", "center_unchanged", "inconclusive"].contains(&change["verdict"].as_str().unwrap()),
                "{name}: {change:#}"
            );
        }
    }
}

#[test]
fn the_scale_of_the_values_changes_no_verdict() {
    let place = Place::new();
    place.write("before.csv", samples("latency_ms", 300, 40.0)).write("after.csv", samples("latency_ms", 300, 47.0));
    place.write("b2.csv", samples("latency_ms", 300, 40_000.0)).write("a2.csv", samples("latency_ms", 300, 47_000.0));
    let (small, large) = (compare(&place, "before.csv", "after.csv"), compare(&place, "b2.csv", "a2.csv"));
    let (small, large) = (change(&small, "latency_ms", None), change(&large, "latency_ms", None));
    assert_eq!((&small["verdict"], &large["verdict"]), (&"regressed".into(), &"regressed".into()));
    let estimate = |change| effect(change, "center")["estimate"].as_f64().unwrap();
    assert!((estimate(small) - estimate(large)).abs() < 1e-3);
}

#[test]
fn better_means_more_for_throughput() {
    let place = Place::new();
    place.write("before.csv", samples("requests_per_second", 200, 100.0));
    place.write("after.csv", samples("requests_per_second", 200, 130.0));
    let report = compare(&place, "before.csv", "after.csv");
    assert_eq!(change(&report, "requests_per_second", None)["verdict"], "improved");
    let report = compare(&place, "after.csv", "before.csv");
    assert_eq!(change(&report, "requests_per_second", None)["verdict"], "regressed");
}

#[test]
fn a_metric_whose_better_direction_is_not_known_changes_and_passes_no_gate_on_regressions_alone() {
    let place = Place::new();
    place.write("before.csv", samples("widgets", 200, 100.0)).write("after.csv", samples("widgets", 200, 130.0));
    place.run("compare before.csv after.csv --better widgets=unknown --fail-on regression -o out.json").exits(1);
    assert_eq!(change(&place.json("out.json"), "widgets", None)["verdict"], "changed");
    assert_eq!(place.json("out.json")["gate"]["outcome"], "undecided");
    // Beside another whose direction is known it is said, and no more.
    let both = |by: f64| {
        let rows =
            (0..200).map(|row| format!("{:.3},{:.3}\n", by * (100.0 + f64::from(row % 7)), 20.0 + f64::from(row % 5)));
        format!("widgets,latency_ms\n{}", rows.collect::<String>())
    };
    place.write("before.csv", both(1.0)).write("after.csv", both(1.3));
    place.run("compare before.csv after.csv --better widgets=unknown --fail-on regression -o out.json").exits(0);
}

#[test]
fn what_vanished_fails_the_gate_and_what_is_new_does_not() {
    let place = Place::new();
    let one = "event,latency\n".to_owned() + &"login,0.5\nlogin,0.6\nlogin,0.55\n".repeat(20);
    let two = one.replace("0.55", "0.56") + &"search,0.5\nsearch,0.7\n".repeat(20);
    place.write("one.csv", one).write("two.csv", two);
    let run = place.run("compare two.csv one.csv --fail-on regression -o out.json");
    run.exits(1);
    assert_eq!(change(&place.json("out.json"), "latency", Some("search"))["verdict"], "missing");
    place.run("compare one.csv two.csv --fail-on regression -o out.json").exits(0);
    assert_eq!(change(&place.json("out.json"), "latency", Some("search"))["verdict"], "new");
}

#[test]
fn unlike_units_are_not_compared() {
    let place = Place::new();
    place.write("before.csv", samples("size_bytes", 100, 40.0)).write("after.csv", samples("size_bytes", 100, 40.0));
    place.run("compare before.csv after.csv -o out.json").exits(0);
    place.write("perfreport.toml", "[[source]]\nmatch = \"after.csv\"\ncolumns.size_bytes.unit = \"ms\"\n");
    place.run("compare before.csv after.csv --fail-on regression -o out.json").exits(1);
    let report = place.json("out.json");
    let found = change(&report, "size_bytes", None);
    assert_eq!((&found["verdict"], &found["reason"]["kind"]), (&"incomparable".into(), &"unit_changed".into()));
}

#[test]
fn several_runs_a_side_show_the_noise_between_runs() {
    let place = Place::new();
    for (index, middle) in [50.0, 53.0, 48.0].into_iter().enumerate() {
        place.write(&format!("before/run-{index}.csv"), samples("latency_ms", 400, middle));
        place.write(&format!("after/run-{index}.csv"), samples("latency_ms", 400, middle * 1.06));
    }
    let report = compare(&place, "before", "after");
    let found = change(&report, "latency_ms", None);
    assert_eq!((&found["before"]["runs"], &found["after"]["runs"]), (&3.into(), &3.into()));
    assert_eq!(found["verdict"], "inconclusive", "6% is less than what runs of the same code differ by: {found:#}");
    let noise = found["noise_floor"].as_f64().unwrap();
    assert!((0.04..0.06).contains(&noise), "{noise}");
    // The same samples without their runs seem to show it: that is what runs are for.
    place
        .write("one/run.csv", samples("latency_ms", 1200, 50.0))
        .write("two/run.csv", samples("latency_ms", 1200, 53.0));
    assert_eq!(change(&compare(&place, "one", "two"), "latency_ms", None)["verdict"], "regressed");
}

#[test]
fn errors_that_became_more_are_a_regression() {
    let place = Place::new();
    let log = |failing: usize| {
        let rows = (0..1000).map(|index| {
            let status = if index * 7919 % 1000 < failing { 503 } else { 200 };
            format!("{},{status}\n", 10 + index * 31 % 17)
        });
        format!("latency_ms,status\n{}", rows.collect::<String>())
    };
    place.write("before.csv", log(2)).write("after.csv", log(40));
    let report = compare(&place, "before.csv", "after.csv");
    assert_eq!(change(&report, "failed rows", None)["verdict"], "regressed");
    let report = compare(&place, "before.csv", "before.csv");
    assert_ne!(change(&report, "failed rows", None)["verdict"], "regressed");
}

#[test]
fn a_request_that_failed_is_counted_once_however_many_metrics_it_has() {
    let place = Place::new();
    let k6 = |failing: usize| {
        let rows = (0..100).flat_map(|index| {
            ["http_req_duration", "http_req_waiting", "http_req_blocked"].map(|metric| {
                let time = 10 + index * 31 % 17;
                format!("{metric},17000000{index:02},{time}.5,,,,{},,GET,a,,,,200,,,http://x/,,\n", index >= failing)
            })
        });
        let head = "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,\
                    scenario,service,status,subproto,tls_version,url,extra_tags,metadata";
        format!("{head}\n{}", rows.collect::<String>())
    };
    place.write("before.csv", k6(3)).write("after.csv", k6(9));
    let report = compare(&place, "before.csv", "after.csv");
    let share = change(&report, "failed rows", None);
    assert_eq!((&share["before"]["samples"], &share["before"]["runs"]), (&100.into(), &1.into()));
    let share = effect(share, "failure_share");
    assert_eq!((share["before"].as_f64(), share["after"].as_f64()), (Some(0.03), Some(0.09)));
    // Sub-samples are parts of a page, not pages.
    let jmeter = |failing: usize| {
        let pages = (0..30).map(|index| {
            let part = r#"<httpSample t="4" lt="3" ts="1700000000000" s="true" lb="part" rc="200"/>"#;
            let s = index >= failing;
            format!(
                r#"<httpSample t="{}" lt="9" ts="170000000{index:02}00" s="{s}" lb="page" rc="200">{part}{part}</httpSample>"#,
                10 + index
            ) + "\n"
        });
        format!("<?xml version=\"1.0\"?>\n<testResults version=\"1.2\">\n{}</testResults>\n", pages.collect::<String>())
    };
    place.write("before.xml", jmeter(1)).write("after.xml", jmeter(1));
    let report = compare(&place, "before.xml", "after.xml");
    let share = change(&report, "failed rows", None);
    assert_eq!((&share["before"]["samples"], &share["before"]["runs"]), (&30.into(), &1.into()));
    // Tables at unlike paths of a document hold unlike rows: both are told.
    let table = |name: &str, failing: usize| {
        let rows = (0..40).map(|index| {
            format!(r#"{{"{name}_ms":{},"status":{}}}"#, 10 + index % 7, if index < failing { 500 } else { 200 })
        });
        rows.collect::<Vec<String>>().join(",")
    };
    place.write("two.json", format!(r#"{{"reads":[{}],"writes":[{}]}}"#, table("read", 1), table("write", 6)));
    let report = compare(&place, "two.json", "two.json");
    let share = |metric: &str| effect(change(&report, metric, None), "failure_share")["before"].as_f64();
    assert_eq!((share("reads failed rows"), share("writes failed rows")), (Some(0.025), Some(0.15)));
}

#[test]
fn services_are_compared_by_what_they_are_judged_by() {
    let report = fixtures("service/chat_events.csv", "service/chat_events.csv");
    for metric in ["time to first chunk", "time to response", "failed messages"] {
        change(&report, metric, None);
    }
}

#[test]
fn corrupted_samples_of_the_older_side_are_told() {
    let report = fixtures("chat/memory_usage_metrics.csv", "chat/memory_usage_metrics.csv");
    assert!(!findings(&report, "in_baseline").is_empty(), "{:#}", report["findings"]);
}

#[test]
fn odd_samples_have_a_verdict_too() {
    let cases: &[(&str, &str, &str)] = &[
        ("one sample", "latency_ms\n5\n", "latency_ms\n6\n"),
        ("two samples", "latency_ms\n5\n7\n", "latency_ms\n6\n8\n"),
        ("equal", "latency_ms\n5\n5\n5\n5\n5\n5\n5\n5\n", "latency_ms\n5\n5\n5\n5\n5\n5\n5\n5\n"),
        ("one side equal", "latency_ms\n5\n5\n5\n5\n5\n5\n5\n", "latency_ms\n5\n6\n9\n5\n7\n5\n5\n"),
        ("zeros", "errors\n0\n0\n0\n0\n0\n0\n0\n", "errors\n0\n0\n1\n0\n0\n2\n0\n"),
        ("negative", "delta\n-1.5\n2.5\n-3.5\n1.5\n", "delta\n-2.5\n3.5\n-1.5\n2.5\n"),
    ];
    for (what, before, after) in cases {
        let place = Place::new();
        place.write("before.csv", before).write("after.csv", after);
        place.run("compare before.csv after.csv -o out.json -o out.md -o out.html -o out.xml").exits(0);
        let report = place.json("out.json");
        let found = &report["comparison"]["changes"][0];
        assert!(
            ["unchanged", "center_unchanged", "inconclusive"].contains(&found["verdict"].as_str().unwrap()),
            "{what}: {found:#}"
        );
    }
    // A constant that becomes another constant has no spread, and yet changed.
    let place = Place::new();
    place.write("before.csv", "latency_ms\n".to_owned() + &"12\n".repeat(30));
    place.write("after.csv", "latency_ms\n".to_owned() + &"15\n".repeat(30));
    let report = compare(&place, "before.csv", "after.csv");
    assert_eq!(change(&report, "latency_ms", None)["verdict"], "regressed");
}

#[test]
fn an_input_is_never_replaced_by_the_report_about_it() {
    let place = Place::new();
    place.write("a.json", "[{\"latency_ms\":1},{\"latency_ms\":2}]").write("b.csv", "latency_ms\n1\n2\n");
    place.run("compare a.json b.csv -o a.json").exits(2).complains("one of the files to be read");
    place.run("compare a.json b.csv --comment b.csv").exits(2).complains("one of the files to be read");
    assert_eq!(place.files(), ["a.json", "b.csv"]);
}

/// Rows of one metric.
fn rows(name: &str, values: impl IntoIterator<Item = f64>) -> String {
    format!("{name}\n{}", values.into_iter().map(|value| format!("{value}\n")).collect::<String>())
}

#[test]
fn nothing_is_unchanged_whose_tail_or_mean_changed() {
    let place = Place::new();
    let body = |index: u32| 50.0 + f64::from(index * 37 % 100) / 50.0;
    place.write("before.csv", rows("latency_ms", (0..80).map(body)));
    // One request in ten takes eight times as long; the center does not see it.
    let slow = |index: u32| if index.is_multiple_of(10) { 8.0 * body(index) } else { body(index) };
    place.write("after.csv", rows("latency_ms", (0..80).map(slow)));
    place.run("compare before.csv after.csv --fail-on regression,inconclusive -o out.json").exits(1);
    let report = place.json("out.json");
    let found = change(&report, "latency_ms", None);
    assert_ne!(found["verdict"], "unchanged", "{found:#}");
}

#[test]
fn steps_between_values_do_not_hide_a_change() {
    let place = Place::new();
    let ticks = |share: u32| move |index: u32| if index * 7919 % 100 < share { 3.0 } else { 2.0 };
    place.write("before.csv", rows("latency_ms", (0..1000).map(ticks(20))));
    place.write("after.csv", rows("latency_ms", (0..1000).map(ticks(45))));
    let report = compare(&place, "before.csv", "after.csv");
    let found = change(&report, "latency_ms", None);
    assert_eq!((&found["verdict"], &found["reason"]["kind"]), (&"inconclusive".into(), &"hidden_by_ties".into()));
}

#[test]
fn five_samples_a_side_suffice_for_ten_times_as_slow() {
    let place = Place::new();
    place.write("before.csv", rows("latency_ms", [100.0, 103.0, 99.0, 101.0, 98.0]));
    place.write("after.csv", rows("latency_ms", [1000.0, 980.0, 1010.0, 1020.0, 990.0]));
    place.run("compare before.csv after.csv --fail-on regression").exits(1).says("regressed");
}

#[test]
fn a_margin_for_a_metric_that_is_not_there_is_an_error() {
    let (before, after) = (fixture("compare/before.csv"), fixture("compare/after.csv"));
    let command = format!("compare {before} {after} --margin latncy*=30%");
    Place::new().run(&command).exits(2).complains("no metric matches latncy*").complains("latency_ms");
}

#[test]
fn the_same_place_twice_is_called_by_its_short_name() {
    let path = fixture("compare/before.csv");
    let run = Place::new().run(&format!("compare {path} {path} -o -"));
    assert!(!run.exits(0).stdout.contains(&path), "{}", run.stdout);
}

#[test]
fn a_margin_test_wants_the_whole_interval_beyond_the_margin() {
    let place = Place::new();
    place.write("before.csv", samples("latency_ms", 120, 50.0)).write("after.csv", samples("latency_ms", 120, 54.0));
    let center = |words: &str| {
        place.run(&format!("compare before.csv after.csv -q -o out.json {words}")).exits(0);
        let center = place.json("out.json")["comparison"]["changes"][0]["effects"][0].clone();
        (center["verdict"].as_str().unwrap().to_owned(), center["low"].as_f64().unwrap())
    };
    // 8% more is beyond chance and was measured as more than 5%, but may be less.
    let (plain, low) = center("");
    assert!(plain == "regressed" && low > 1.0 && low < 1.05, "{plain} {low}");
    assert_eq!(center("--margin-test").0, "inconclusive");
    assert_eq!(center("--margin-test --margin 1%").0, "regressed");
    place.write("perfreport.toml", "margin_test = true\n");
    assert_eq!(center("").0, "inconclusive");
    assert_eq!(place.json("out.json")["comparison"]["margin_test"], true);
}

#[test]
fn units_of_which_nothing_is_converted_stand_in_changes_and_another_one_is_not_compared() {
    let rows = |unit: &str, factor: f64| {
        let values = samples("power", 200, 100.0 * factor);
        values
            .lines()
            .skip(1)
            .fold("metric,value,unit\n".to_owned(), |all, value| format!("{all}power,{value},{unit}\n"))
    };
    let place = Place::new();
    place.write("before.csv", rows("W", 1.0)).write("after.csv", rows("W", 1.2)).write("kilo.csv", rows("kW", 0.0012));
    place.run("compare before.csv after.csv -o out.json").exits(0).says("W");
    let found = place.json("out.json");
    assert_eq!(change(&found, "power", None)["unit"], "W");
    assert_eq!(change(&found, "power", None)["verdict"], "changed");
    place.run("compare before.csv after.csv").says("100.3 → 120.4").says("W  +20.0%");
    place.run("compare before.csv kilo.csv -o out.json").exits(0).says("the unit changed from `W` to `kW`");
    assert_eq!(change(&place.json("out.json"), "power", None)["verdict"], "incomparable");
    // A row of its own for each unit is no population with the others.
    let both = rows("W", 1.0) + &rows("kW", 0.001).lines().skip(1).map(|row| format!("{row}\n")).collect::<String>();
    place.write("both.csv", both).run("summarize both.csv -o report.json").exits(0);
    assert_eq!(crate::support::names(&place.json("report.json")), ["power (W)", "power (kW)"]);
}
