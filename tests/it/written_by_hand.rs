//! Tables as people write them into files: cells left empty below the first, names that come again with a title, numbers without names, years and
//! limits that were gone through, counters that a log writes in turn.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, metric, names, report};

fn labels(report: &Value, name: &str) -> Vec<String> {
    let groups = metric(report, name)["groups"].as_array().cloned().unwrap_or_default();
    groups.iter().filter_map(|group| Some(group["label"]["text"].as_str()?.to_owned())).collect()
}

/// What the terminal says of a file.
fn said(name: &str, text: &str) -> String {
    let place = Place::new();
    place.write(name, text);
    place.run(&format!("summarize {name} -o report.md")).exits(0).stdout.clone()
}

#[test]
fn several_settings_stand_once_above_each_block() {
    let mut text = "size\tload\ttool\ttook\n".to_owned();
    for (block, (size, load)) in [(2000, 50), (2000, 80), (9000, 50), (9000, 80)].into_iter().enumerate() {
        for (at, tool) in ["ash", "birch", "cedar"].into_iter().enumerate() {
            let front = if at == 0 { format!("{size}\t{load}") } else { "\t".to_owned() };
            writeln!(text, "{front}\t{tool}\t{}.{at}s", 3 + 7 * block + at).unwrap();
        }
    }
    let found = report("blocks.tsv", &text);
    assert_eq!(labels(&found, "took").len(), 12, "{:?}", labels(&found, "took"));
    assert!(labels(&found, "took").contains(&"cedar, size=9000, load=80".to_owned()), "{:?}", labels(&found, "took"));
}

#[test]
fn names_that_come_again_with_a_title_begin_a_block() {
    let block = |title: &str, by: usize| {
        let rows: String = ["one", "two", "three"]
            .iter()
            .enumerate()
            .map(|(at, row)| format!("{row};{};{}.5\n", by * (at + 3), by + at))
            .collect();
        format!("{title};hits;wait_ms\n{rows}")
    };
    let text = block("Fast disk", 100) + &block("Slow disk", 7) + &block("No disk", 2);
    let found = report("stacked.csv", &text);
    assert_eq!(labels(&found, "wait_ms").len(), 9, "{:?}", labels(&found, "wait_ms"));
    let said = said("stacked.csv", &text);
    assert!(said.contains("data: clean") && said.contains("Slow disk"), "{said}");
}

#[test]
fn blanks_between_numbers_and_a_word_in_front_are_a_table() {
    let mut text = String::new();
    for threads in [2, 4, 8, 16, 32, 64] {
        for kind in ["slow", "fast"] {
            let took = if kind == "slow" { 144.5 } else { 16.25 } / f64::from(threads);
            writeln!(text, "{kind} {threads} {took:.4} {:.4}", 0.1013 + took / 7.0).unwrap();
        }
    }
    let found = report("times.txt", &text);
    assert_eq!(names(&found), ["column_3", "column_4"]);
    assert_eq!(labels(&found, "column_3").len(), 12, "{:?}", labels(&found, "column_3"));
    // Nearly all numbers whole: nobody can say which of them came out.
    let place = Place::new();
    let whole: String = (0..12)
        .map(|row| format!("{} 2 {} {} {}.2\n", 4 + row % 3, 10 + row % 4, 11_314 + 7 * row, 35 + row))
        .collect();
    place.write("whole.txt", whole);
    place.run("summarize whole.txt -o report.md").exits(2).complains("not recognised");
}

#[test]
fn the_first_numbers_of_rows_without_names_are_gone_through() {
    let rows: String = [431, 231, 164, 131, 111, 97, 88, 81]
        .iter()
        .enumerate()
        .map(|(at, took)| format!("Normal distribution,{},{took}\n", at + 1))
        .collect();
    let found = report("cores.csv", &format!("500000\n{rows}"));
    assert_eq!(names(&found), ["column_3"]);
    assert_eq!(labels(&found, "column_3").len(), 8);
    assert_eq!(found["verdict"]["corrupted_samples"], 0, "the number above the rows is no broken row");
    // Below names it is one.
    let place = Place::new();
    place.write("torn.csv", "kind,cores,took_ms\n1\nash,2,30.5\nash,3,31.5\n");
    place.run("summarize torn.csv --fail-on corruption -o report.md").exits(1);
}

#[test]
fn durations_with_units_are_read_however_they_rise() {
    let text = "tool,size,time\nash,100,4.5s\nbirch,100,13.1s\ncedar,100,41.2s\nash,900,59.9s\nbirch,900,1m:51s\ncedar,900,2m:13s\n";
    let found = report("units.csv", text);
    assert_eq!(names(&found), ["time"]);
    let slowest = metric(&found, "time")["overall"]["clean"]["max"].as_f64().unwrap_or_default();
    assert!((slowest - 133.0).abs() < 1e-9, "{slowest}");
}

#[test]
fn percents_in_equal_steps_were_gone_through() {
    let mut text = "Items,Duplicate Percentage,Sort Time\n".to_owned();
    for items in [500, 1500, 2500] {
        for share in [0, 20, 40, 60, 80, 100] {
            writeln!(text, "{items},{share},{:.5}", f64::from(items * (share + 7)) / 91_000.0).unwrap();
        }
    }
    let found = report("grid.csv", &text);
    assert_eq!(names(&found), ["Sort Time"]);
    assert_eq!(labels(&found, "Sort Time").len(), 18);
}

#[test]
fn commas_in_all_numbers_are_said_to_be_taken_as_thousands() {
    let rows: String = (1..=12).map(|row| format!("{row},\"{},{:03}\"\n", row + 3, 213 + 7 * row)).collect();
    let said = said("commas.csv", &format!("Number of clients,proxy\n{rows}"));
    assert!(said.contains("ambiguous numbers"), "{said}");
}

#[test]
fn spreadsheets_write_what_was_not_measured_as_not_available() {
    let rows: String = (5..14_u32)
        .map(|power| {
            let slow = if power < 12 { format!("{}.25", 1_u64 << (2 * (power - 5))) } else { "#N/A".to_owned() };
            format!("{},{power},{}.5,{slow}\n", 1_u64 << power, 3 * power)
        })
        .collect();
    let found = report("sizes.csv", &format!("Size,log2(Size),Quick_ms,Bubble_ms\n{rows}"));
    assert_eq!(names(&found), ["Quick_ms", "Bubble_ms"]);
    assert_eq!(metric(&found, "Bubble_ms")["overall"]["clean"]["n"], 7);
}

#[test]
fn counters_of_several_containers_are_no_samples() {
    let mut text = "timestamp,container,cpu_percent,net_rx_b\n".to_owned();
    for minute in 0..12 {
        for (at, name) in ["app", "db", "cache"].into_iter().enumerate() {
            let counter = 1_000_000 * (at * 900 + 3) + minute * (4_000 + 1_000 * at);
            writeln!(text, "2025-09-12T00:{minute:02}:00Z,{name},{}.5,{counter}", 10 + (7 * minute + at) % 31).unwrap();
        }
    }
    let found = report("stats.csv", &text);
    assert_eq!(names(&found), ["cpu_percent"]);
    let of_db = found["reported"].as_array().and_then(|all| all.iter().find(|one| one["label"] == "db"));
    let last = of_db.and_then(|one| one["values"][0]["value"].as_f64());
    assert_eq!(last, Some(903_000_000.0 + 11.0 * 5_000.0));
}

#[test]
fn years_limits_codes_and_numbers_of_requests_tell_rows_apart() {
    let years: String = (0..24).map(|row| format!("{},{}.5\n", 2018 + row / 4, 30 + 9 * (row / 4) + row % 4)).collect();
    assert_eq!(labels(&report("years.csv", &format!("year,avg_ms\n{years}")), "avg_ms").len(), 6);
    let codes: String =
        (0..40).map(|row| format!("{},{}.5\n", [0, 8, 0, 0][row % 4], 4 + 5 * usize::from(row % 4 == 1))).collect();
    assert_eq!(labels(&report("codes.csv", &format!("exectype,latency_ms\n{codes}")), "latency_ms").len(), 2);
    let mut asked = "concurrency,request_num,rps\n".to_owned();
    for concurrency in [1, 10, 50] {
        for requests in [100, 1000] {
            writeln!(asked, "{concurrency},{requests},{}.5", 100 + concurrency + requests / 7).unwrap();
        }
    }
    assert_eq!(labels(&report("asked.csv", &asked), "rps").len(), 6);
    let limits: String = (0..12).map(|row| format!("{},{}.5\n", [8, 16, 16][row % 3], 90 + (5 * row) % 11)).collect();
    assert_eq!(
        labels(&report("limits.csv", &format!("max_batch_size,tokens_per_s\n{limits}")), "tokens_per_s").len(),
        2
    );
}

#[test]
fn what_came_out_of_each_configuration_is_no_setting() {
    let text = r#"{"config_a": {"latency_ms": 12.5, "rps": 800.1, "timeout_ms": 500}, "config_b": {"latency_ms": 30.5, "rps": 300.2, "timeout_ms": 500}}"#;
    let found = report("both.json", text);
    assert_eq!(names(&found), ["config_a.latency_ms", "config_a.rps", "config_b.latency_ms", "config_b.rps"]);
}

#[test]
fn a_column_of_units_by_the_name_of_a_duration_is_of_the_statistics_beside_it() {
    let text = "name,latency-unit,mean,q90,max\nash,µs,2520.3,2940.25,4200.5\nbirch,µs,2720.3,3140.25,4300.5\ncedar,µs,1520.3,1940.25,2200.5\n";
    let said = said("units.csv", text);
    assert!(said.contains("2.52\u{a0}ms") && !said.contains("unit not stated"), "{said}");
}

#[test]
fn a_target_finds_a_setting_by_its_column() {
    let place = Place::new();
    let rows: String =
        (0..24).map(|row| format!("{},{},{}.5\n", ["a", "b"][row % 2], [4, 8][row / 2 % 2], 60 + row % 5)).collect();
    place.write("run.csv", format!("host,threads,time_ms\n{rows}"));
    place
        .write("perfreport.toml", "[[target]]\nmetric = \"time_ms\"\nwhere = { threads = \"4\" }\nmean = \"< 90ms\"\n");
    place.run("summarize run.csv --fail-on target -o report.md").exits(0);
}

#[test]
fn a_change_without_a_direction_does_not_pass_a_gate_on_regressions() {
    let place = Place::new();
    let column =
        |by: f64| (0..30).map(|row| format!("{:.3}\n", by * (3.0 + f64::from(row % 7) / 50.0))).collect::<String>();
    place.write("before.csv", column(1.0));
    place.write("after.csv", column(2.0));
    place.run("compare before.csv after.csv --fail-on regression").exits(1).says("which way is better");
    place.run("compare before.csv after.csv --fail-on regression --better column_1=higher").exits(0);
    place.run("compare before.csv after.csv --fail-on regression --better column_1=lower").exits(1).says("regressed");
    place.run("compare before.csv before.csv").exits(0);
}

/// Of two ways to do it one is left: the report calls its groups otherwise, and they are compared all the same.
#[test]
fn groups_are_known_again_when_a_label_is_gone_or_has_come() {
    let place = Place::new();
    let run = |kinds: &[&str], slower: f64| {
        let mut text = "SIMD,N,type,time_ms\n".to_owned();
        for simd in ["off", "on"] {
            for n in [64, 256] {
                for kind in kinds {
                    for again in 0..5 {
                        let took = f64::from(n)
                            * if simd == "on" { 1.0 } else { 2.0 }
                            * if *kind == "tiled" { 0.8 } else { 1.0 };
                        writeln!(text, "{simd},{n},{kind},{:.3}", slower * (took + f64::from(again) / 100.0)).unwrap();
                    }
                }
            }
        }
        text
    };
    place.write("both.csv", run(&["plain", "tiled"], 1.0));
    place.write("one.csv", run(&["plain"], 1.0));
    place.write("slower.csv", run(&["plain"], 1.5));
    let compared = place.run("compare both.csv one.csv --fail-on regression").exits(1).stdout.clone();
    assert!(compared.contains("4 missing") && !compared.contains("new"), "{compared}");
    place.run("compare both.csv slower.csv --fail-on regression").exits(1).says("4 regressed");
    // And the other way round, from a stored baseline.
    place.run("summarize one.csv --save-baseline base.json -o report.md").exits(0);
    place.write("one.csv", run(&["plain", "tiled"], 1.0));
    let grown =
        place.run("summarize one.csv --baseline base.json --fail-on regression -o report.md").exits(0).stdout.clone();
    assert!(grown.contains("4 new") && !grown.contains("missing"), "{grown}");
}
