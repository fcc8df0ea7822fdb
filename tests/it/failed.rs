//! Durations of failed requests stand apart from those of requests that succeeded.

use serde_json::Value;

use crate::support::{Place, metric};

fn report(place: &Place) -> Value {
    place.run("summarize run.csv -o out.json -o out.md -o out.html").exits(0);
    place.json("out.json")
}

/// 40 answers of 1 to 40 ms, and after each of the first 30 two errors of half a millisecond and of a thousandth more.
fn mixed(good: &str, bad: &str) -> String {
    let mut text = "path,latency_ms,size_bytes,outcome\n".to_owned();
    for index in 1..=40 {
        text += &format!("/a,{index}.0,100,{good}\n");
        if index <= 30 {
            text += &format!("/a,0.5,7,{bad}\n/a,0.501,7,{bad}\n");
        }
    }
    text
}

#[test]
fn numbers_are_those_of_successes_and_failures_stand_beside_them() {
    for (status, good, bad) in
        [("status", "200", "503"), ("ok", "true", "false"), ("success", "1", "0"), ("error", "", "reset by peer")]
    {
        let place = Place::new();
        place.write("run.csv", mixed(good, bad).replacen("outcome", status, 1));
        let report = report(&place);
        let latency = metric(&report, "latency_ms");
        let clean = &latency["overall"]["clean"];
        assert_eq!((&clean["n"], &clean["min"], &clean["max"]), (&40.into(), &0.001.into(), &0.04.into()), "{status}");
        assert!((clean["median"].as_f64().unwrap() - 0.0205).abs() < 1e-12, "{status}: {clean:#}");
        let failed = &latency["failed"];
        assert_eq!((&failed["n"], &failed["min"]), (&60.into(), &0.0005.into()), "{status}");
        assert!((failed["median"].as_f64().unwrap() - 0.000_500_5).abs() < 1e-12, "{status}: {failed:#}");
        assert_eq!((&latency["failures"]["failed"], &latency["failures"]["total"]), (&60.into(), &100.into()));
        assert_eq!(report["sources"][0]["rows_used"], 100, "rows that failed were read and counted");
        assert!(latency["remarks"].to_string().contains("60 of 100 samples are of failed rows"), "{latency:#}");
        for form in ["out.md", "out.html"] {
            assert!(place.read(form).contains("failed, apart"), "{form}");
        }
        place.run("summarize run.csv").exits(0).says("failed, apart");
        // Only how long it took changes its meaning with the outcome.
        assert_eq!(metric(&report, "size_bytes")["overall"]["clean"]["n"], 100);
        assert!(metric(&report, "size_bytes")["failed"].is_null());
    }
}

#[test]
fn where_every_row_failed_the_failures_are_the_numbers() {
    let place = Place::new();
    let rows: String = (1..=20).map(|index| format!("{index}.5,500\n")).collect();
    place.write("run.csv", format!("latency_ms,status\n{rows}"));
    let report = report(&place);
    let latency = metric(&report, "latency_ms");
    assert_eq!(latency["overall"]["clean"]["n"], 20);
    assert!(latency["failed"].is_null());
    assert!(latency["remarks"].to_string().contains("the numbers are those of failures"), "{latency:#}");
}

#[test]
fn a_row_without_a_status_is_not_called_failed() {
    let place = Place::new();
    let rows: String = (1..=30).map(|index| format!("{index}.5,{}\n", ["ok", "", "timeout"][index % 3])).collect();
    place.write("run.csv", format!("latency_ms,status\n{rows}"));
    let report = report(&place);
    let latency = metric(&report, "latency_ms");
    assert_eq!((&latency["overall"]["clean"]["n"], &latency["failed"]["n"]), (&20.into(), &10.into()));
}

#[test]
fn a_corrupted_value_in_a_failed_row_is_a_finding_and_in_neither_numbers() {
    let place = Place::new();
    let mut text = mixed("200", "503").replacen("outcome", "status", 1);
    text += "/a,-1,7,503\n/a,-1,7,200\n";
    place.write("run.csv", text);
    let report = report(&place);
    let latency = metric(&report, "latency_ms");
    assert_eq!((&latency["overall"]["clean"]["n"], &latency["failed"]["n"]), (&40.into(), &60.into()));
    assert_eq!(latency["overall"]["corrupted"], 2);
    assert_eq!(report["verdict"]["corrupted_samples"], 2);
    let lines: Vec<u64> =
        report["findings"].as_array().unwrap().iter().filter_map(|finding| finding["place"]["line"].as_u64()).collect();
    assert!(lines.contains(&102) && lines.contains(&103), "{:#}", report["findings"]);
}

#[test]
fn groups_are_of_successes_and_one_that_only_failed_is_named() {
    let place = Place::new();
    let mut text = "path,latency_ms,status\n".to_owned();
    for index in 0..30 {
        text += &format!("/cart,{}.25,200\n/search,{}.75,200\n/pay,3000.5,504\n", 10 + index, 50 + index);
        if index % 3 == 0 {
            text += "/cart,0.25,500\n";
        }
    }
    place.write("run.csv", text);
    let report = report(&place);
    let latency = metric(&report, "latency_ms");
    let groups: Vec<(&str, u64)> = latency["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (group["label"]["text"].as_str().unwrap(), group["clean"]["n"].as_u64().unwrap()))
        .collect();
    assert_eq!(groups, [("/cart", 30), ("/search", 30)]);
    assert_eq!(latency["groups"][0]["clean"]["min"], 0.01025);
    assert_eq!(latency["failed"]["n"], 40);
    assert!(latency["remarks"].to_string().contains("Every sample of `/pay` is of a failed row"), "{latency:#}");
}

#[test]
fn places_of_outliers_are_their_lines_with_failures_between() {
    let place = Place::new();
    let mut text = "latency_ms,status\n".to_owned();
    for index in 0..200 {
        text += &format!("{}.5,{}\n", 20 + index * 7 % 11, if index % 4 == 1 { 500 } else { 200 });
    }
    text += "900.5,200\n";
    place.write("run.csv", text);
    let report = report(&place);
    let extremes = &metric(&report, "latency_ms")["overall"]["outliers"]["extremes"];
    assert_eq!((&extremes[0]["line"], &extremes[0]["value"]), (&202.into(), &0.9005.into()), "{extremes:#}");
}

#[test]
fn errors_that_come_at_once_do_not_make_a_service_faster() {
    let place = Place::new();
    let log = |failing: usize| {
        let rows = (0..600).map(|index| {
            let fails = index * 7919 % 600 < failing;
            let latency = if fails { 0.4 } else { 40.25 + (index * 31 % 170) as f64 / 10.0 };
            format!("{latency},{}\n", if fails { 503 } else { 200 })
        });
        format!("latency_ms,status\n{}", rows.collect::<String>())
    };
    place.write("before.csv", log(3)).write("after.csv", log(330));
    place.run("compare before.csv after.csv -o out.json").exits(0);
    let report = place.json("out.json");
    let changes = report["comparison"]["changes"].as_array().unwrap();
    let verdict = |name: &str| &changes.iter().find(|change| change["metric"] == name).unwrap()["verdict"];
    assert_eq!(verdict("failed rows"), "regressed");
    assert_ne!(verdict("latency_ms"), "improved", "errors that come at once are no improvement");
    assert_ne!(verdict("latency_ms"), "regressed");
}

#[test]
fn an_outcome_that_is_not_understood_is_neither_failed_nor_left_out() {
    let place = Place::new();
    let of = |words: &dyn Fn(u32) -> &'static str| -> String {
        let rows = (0..20).map(|row| format!("s{},{},{}\n", row % 2, words(row), 10 + row % 7));
        format!("solver,result,time_s\n{}", rows.collect::<String>())
    };
    place.write("run.csv", of(&|row| if row % 4 == 0 { "TIMEOUT" } else { "SAT" }));
    place.run("summarize run.csv").exits(0).says("5 of 20 rows failed (25%)");
    place.write("run.csv", of(&|row| if row % 4 == 0 { "maybe" } else { "ok" }));
    place.run("summarize run.csv").exits(0).says("none known to have failed, 5 of unknown outcome");
}

#[test]
fn a_switch_that_is_about_failures_is_none() {
    let place = Place::new();
    for (name, expected) in [("stop_on_error", "40 samples"), ("error_reporting", "40 samples"), ("is_error", "75%")] {
        let rows: String = (0..40).map(|row| format!("{},{}\n", row % 4 != 0, 10 + row % 7)).collect();
        place.write("run.csv", format!("{name},latency_ms\n{rows}"));
        place.run("summarize run.csv").exits(0).says(expected);
    }
}
