//! A shift of the whole suite is said first and hides nothing; one-sided results are said.

use crate::support::Place;

/// Forty benchmarks of six runs each with a noise of up to 1% that is nowhere the same; `factor` of each by its number.
fn suite(seed: u32, factor: impl Fn(u32) -> f64) -> String {
    let mut text = "goos: linux\ngoarch: amd64\npkg: example\n".to_owned();
    for run in 0..6 {
        for index in 0..40 {
            let place = (f64::from(index * 6 + run + seed * 1000) * 0.754_877_666_246_692_8).fract();
            let value = 100.0 * f64::from(index + 1) * factor(index) * (0.99 + 0.02 * place);
            text += &format!("BenchmarkItem{index:02}-8\t1000000\t{value:.3} ns/op\t64 B/op\t2 allocs/op\n");
        }
    }
    text + "PASS\n"
}

#[test]
fn a_suite_that_moved_together_is_said_first_and_what_stands_out_of_it_is_named() {
    let place = Place::new();
    place.write("old.txt", suite(1, |_| 1.0));
    place.write("new.txt", suite(2, |index| if index == 7 { 1.19 * 1.6 } else { 1.19 }));
    let run = place.run("compare old.txt new.txt --fail-on regression -o out.json -o out.md -o out.html");
    run.exits(1).says("Regressed: all 40 benchmarks about 19% slower: machine or environment; ");
    // The first that is named is the one that did more than all.
    run.says("environment; time/op / BenchmarkItem07").says("; beyond that 1 worse, 0 better");
    run.says("(40 of 40 moved together for the worse, as with another machine)");
    let report = place.json("out.json");
    let suite = &report["comparison"]["suite"];
    assert!((suite["factor"].as_f64().unwrap() - 1.19).abs() < 0.02, "{suite}");
    let changes = report["comparison"]["changes"].as_array().unwrap();
    let out: Vec<&str> = changes
        .iter()
        .filter(|change| change["against_suite"]["stands_out"] == true)
        .map(|change| change["group"].as_str().unwrap())
        .collect();
    assert_eq!(out, ["BenchmarkItem07-8"]);
    // Allocations are no matter of the machine.
    let counts = changes.iter().filter(|change| change["dimension"] == "count");
    assert!(counts.into_iter().all(|change| change["against_suite"].is_null()));
    assert!(place.read("out.md").contains("| against the suite |"), "{}", place.read("out.md"));
    assert!(place.read("out.html").contains("against the suite"));
}

#[test]
fn a_faster_machine_hides_nothing_that_became_slower_against_it() {
    let place = Place::new();
    place.write("old.txt", suite(1, |_| 1.0));
    place.write("new.txt", suite(2, |index| if index == 7 { 1.0 } else { 0.8 }));
    let run = place.run("compare old.txt new.txt --fail-on regression");
    run.exits(0).says("39 of 40 benchmarks about 20% faster: machine or environment").says("beyond that 1 worse");
    run.says("Gate: passed (regression) (39 of 40 moved together for the better, as with another machine)");
}

#[test]
fn a_suite_of_single_runs_that_became_three_times_slower_does_not_pass() {
    let place = Place::new();
    let of = |factor: u32| {
        let row = |index: u32| format!("case {index},{}\n", factor * (20 + index * index));
        format!("benchmark,time_ms\n{}", (1..=20).map(row).collect::<String>())
    };
    place.write("before.csv", of(1)).write("after.csv", of(3));
    let run = place.run("compare before.csv after.csv --fail-on regression");
    run.exits(1).says("all 20 metrics about 200% slower: machine or environment");
    run.says("Gate: undecided: ").says("20 of 20 moved together for the worse by a large factor");
}

#[test]
fn a_suite_that_became_ten_times_as_quick_is_looked_at_before_it_passes() {
    // Every request of a service that is down comes back in 2 ms, and nothing says how it ended.
    let place = Place::new();
    let of = |duration: &dyn Fn(u32) -> u32| {
        let row = |index: u32| format!("GET /{},{}\n", index % 10, duration(index));
        format!("endpoint,latency_ms\n{}", (0..300).map(row).collect::<String>())
    };
    place.write("before.csv", of(&|index| 60 + index % 10 * 20 + index * 7 % 31)).write("after.csv", of(&|_| 2));
    let run = place.run("compare before.csv after.csv --fail-on regression");
    run.exits(1).says("better by a factor of ten and more: look whether the same was measured");
    place.run("compare before.csv after.csv --fail-on regression --undecided pass").exits(0);
    // Three times as quick is what people work for.
    place.write("after.csv", of(&|index| (60 + index % 10 * 20 + index * 7 % 31) / 3));
    place.run("compare before.csv after.csv --fail-on regression").exits(0);
}

#[test]
fn a_run_that_ended_before_its_time_passes_and_is_said_to_be_short() {
    let place = Place::new();
    let of = |rows: u64| {
        let row = |index: u64| {
            format!("{},{},GET /a,200,true\n", 1_700_000_000_000 + index * 200, 60 + index * 7 % 31 + index * 13 % 17)
        };
        format!("timeStamp,elapsed,label,responseCode,success\n{}", (0..rows).map(row).collect::<String>())
    };
    place.write("before.jtl", of(1000)).write("after.jtl", of(300)).write("same.jtl", of(990));
    let run = place.run("compare before.jtl after.jtl --fail-on regression");
    run.exits(0).says("stretch over 30% of the time of the baseline's: cut off, or a shorter test");
    place.run("compare before.jtl same.jtl --fail-on regression").exits(0).never_says("cut off");
}

#[test]
fn some_regressions_are_no_shift_and_many_without_an_improvement_are_a_sign() {
    let place = Place::new();
    place.write("old.txt", suite(1, |_| 1.0));
    place.write("few.txt", suite(2, |index| if index % 8 == 0 { 1.5 } else { 1.0 }));
    let run = place.run("compare old.txt few.txt");
    run.exits(0).says("Regressed").never_says("machine or environment").never_says("one direction");
    place.write("many.txt", suite(2, |index| if index % 3 == 0 { 1.5 } else { 1.0 }));
    let run = place.run("compare old.txt many.txt --fail-on regression");
    run.exits(1).says("14 regressed, 0 improved: one direction only is a sign of a fault in the measurement");
    run.never_says("machine or environment").says("all changes point one way");
}
