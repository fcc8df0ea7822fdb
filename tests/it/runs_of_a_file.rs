//! Runs that share a file, directions that did not run, benchmarks that failed, and files that say nothing but an error.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{Place, measured, metric, names, report};

/// What the terminal says of a file, from its first line on.
fn said(name: &str, text: &str) -> String {
    let place = Place::new();
    place.write(name, text);
    place.run(&format!("summarize {name} -o report.md")).exits(0).stdout.clone()
}

fn labels(report: &Value, name: &str) -> Vec<String> {
    let groups = metric(report, name)["groups"].as_array().cloned().unwrap_or_default();
    groups.iter().filter_map(|group| Some(group["label"]["text"].as_str()?.to_owned())).collect()
}

/// The labels of what is reported about a metric, with one of its numbers.
fn reported(report: &Value, metric: &str, statistic: &str) -> Vec<(String, Option<f64>)> {
    let all = report["reported"].as_array().cloned().unwrap_or_default();
    let of = |one: &Value| {
        let values = one["values"].as_array()?;
        let number =
            values.iter().find(|value| value["statistic"] == statistic).and_then(|value| value["value"].as_f64());
        Some((one["label"].as_str().unwrap_or("(none)").to_owned(), number))
    };
    all.iter().filter(|one| one["metric"] == metric).filter_map(of).collect()
}

/// A column of the source and why it is used as what it is.
fn role(report: &Value, column: &str) -> String {
    let tables = report["sources"][0]["tables"].as_array().cloned().unwrap_or_default();
    let columns = tables.iter().flat_map(|table| table["columns"].as_array().cloned().unwrap_or_default());
    columns.filter(|one| one["name"] == column).map(|one| one["role"].as_str().unwrap_or("").to_owned()).collect()
}

/// A run of vLLM's benchmark.
fn serving(more: &Value, completed: u32, sent: u32) -> Value {
    let mut run = json!({"backend": "vllm", "model_id": "m", "tokenizer_id": "m", "num_prompts": sent, "burstiness": 1.0,
        "max_concurrency": null, "duration": 20.5, "completed": completed, "request_throughput": 2.5,
        "output_throughput": 40.0, "mean_ttft_ms": 31.5, "median_ttft_ms": 30.5, "p99_ttft_ms": 60.5});
    let run_of = run.as_object_mut().unwrap();
    run_of.extend(more.as_object().unwrap().clone());
    run
}

#[test]
fn runs_of_vllm_are_called_by_the_settings_in_which_they_differ() {
    let runs = [
        serving(&json!({"date": "20260301-101010", "framework": "a", "request_rate": 2.0}), 50, 50),
        serving(&json!({"date": "20260301-101510", "framework": "a", "request_rate": "inf"}), 120, 200),
        serving(&json!({"date": "20260301-102010", "framework": "b", "request_rate": 2.0}), 50, 50),
    ];
    let lines = runs.iter().fold(String::new(), |mut text, run| {
        writeln!(text, "{run}").unwrap();
        text
    });
    let names = ["framework=a, request_rate=2", "framework=a, request_rate=inf", "framework=b, request_rate=2"];
    for (file, text) in [("runs.jsonl", lines.clone()), ("runs.json", json!(runs).to_string())] {
        let found = report(file, &text);
        assert_eq!(found["sources"][0]["format"], "vllm", "{file}");
        let failed = reported(&found, "requests", "failures");
        let expected: Vec<(String, Option<f64>)> =
            names.iter().zip([0.0, 80.0, 0.0]).map(|(name, failed)| ((*name).to_owned(), Some(failed))).collect();
        assert_eq!(failed, expected, "{file}");
        assert_eq!(found["sources"][0]["environment"]["model_id"], "m");
        let first = said(file, &text);
        let line = first.lines().next().unwrap_or_default();
        assert!(line.starts_with("Failing: framework=a, request_rate=inf: 80 of 200 requests failed"), "{line}");
        assert!(!line.contains("none failed"), "{line}");
    }
}

#[test]
fn repetitions_of_vllm_are_numbered_and_found_again_in_another_file() {
    let sweep = |sequences: u32, rate: f64| {
        let run = |number: u32| {
            let date = format!("20260301-10{sequences:02}{number:02}");
            serving(
                &json!({"date": date, "max_num_seqs": sequences, "run_number": number, "request_throughput": rate}),
                8,
                8,
            )
        };
        json!([run(0), run(1)]).to_string()
    };
    let found = report("four.json", &sweep(4, 5.5));
    let names: Vec<String> = reported(&found, "requests", "n").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["run 1", "run 2"]);
    let place = Place::new();
    place.write("four.json", sweep(4, 5.5)).write("eight.json", sweep(8, 6.5));
    let run = place.run("compare four.json eight.json -o out.md");
    assert!(!run.stdout.contains("missing"), "{}", run.stdout);
}

/// One run alone has no name, and what it shares with nobody is no label.
#[test]
fn a_run_of_vllm_alone_is_the_whole_of_its_file() {
    let found = report("one.json", &serving(&json!({"request_rate": 2.0}), 48, 50).to_string());
    assert_eq!(reported(&found, "requests", "n"), [("(none)".to_owned(), Some(50.0))]);
}

#[test]
fn requests_of_several_runs_of_vllm_are_no_service_together() {
    let detailed = |rate: u32, first: f64| {
        let lists = json!({"request_rate": rate, "ttfts": vec![first; 12], "itls": vec![vec![0.011, 0.012]; 12],
            "input_lens": vec![5; 12], "output_lens": vec![3; 12], "errors": vec![""; 12],
            "start_times": (0..12).map(f64::from).collect::<Vec<f64>>()});
        serving(&lists, 12, 12)
    };
    let found = report("runs.jsonl", &format!("{}\n{}\n", detailed(1, 0.03), detailed(4, 0.25)));
    assert_eq!(labels(&found, "ttft"), ["request_rate=1", "request_rate=4"]);
    assert_eq!(metric(&found, "ttft")["measured_apart"], true);
    assert!(
        found["services"].as_array().is_none_or(Vec::is_empty)
            && found["requests"].as_array().is_none_or(Vec::is_empty)
    );
    let alone = report("run.json", &detailed(1, 0.03).to_string());
    assert!(labels(&alone, "ttft").is_empty());
}

fn experiments(loads: &[(u32, u64)]) -> String {
    let experiment = |(number, (load, took)): (usize, &(u32, u64))| {
        let request = |index: u64| {
            let at = 1_780_000_000_000_000_000 + 600_000_000_000 * number as u64 + index * 900_000_000;
            json!({"timestamp": at, "response_timestamps": [at + took * 1_000_000 / 4, at + took * 1_000_000]})
        };
        json!({"experiment": {"mode": "concurrency", "value": load}, "requests": (0..20).map(request).collect::<Vec<_>>()})
    };
    json!({"service_kind": "openai", "experiments": loads.iter().enumerate().map(experiment).collect::<Vec<_>>()})
        .to_string()
}

#[test]
fn experiments_under_different_loads_are_runs_apart() {
    let two = said("profile_export.json", &experiments(&[(2, 80), (64, 640)]));
    for pooled in ["throughput", "first chunk", "stall", "/s"] {
        assert!(!two.contains(pooled), "{pooled}: {two}");
    }
    let found = report("profile_export.json", &experiments(&[(2, 80), (64, 640)]));
    assert_eq!(labels(&found, "latency"), ["concurrency 2", "concurrency 64"]);
    // One load alone is a service.
    assert!(said("profile_export.json", &experiments(&[(2, 80)])).contains("first chunk"));
}

fn spans(second: (&str, u8)) -> String {
    let span = |index: u64, name: &str, kind: u8, took: u64| {
        let start = 1_780_000_000_000_000_000 + index * 1_000_000_000;
        json!({"spanId": format!("{name}{index}"), "name": name, "kind": kind, "startTimeUnixNano": start.to_string(),
            "endTimeUnixNano": (start + took * 1_000_000).to_string()})
    };
    (0..25).fold(String::new(), |mut text, index| {
        let all = [span(index, second.0, second.1, 2), span(index, "POST /order", 2, 180 + index)];
        writeln!(text, "{}", json!({"resourceSpans": [{"scopeSpans": [{"spans": all}]}]})).unwrap();
        text
    })
}

#[test]
fn calls_inside_of_what_they_were_made_for_are_no_load() {
    let inside = said("traces.json", &spans(("SELECT", 3)));
    assert!(!inside.contains("/s"), "{inside}");
    assert!(inside.starts_with("Measured: 50 rows, none failed\n"), "{inside}");
    // Two endpoints of one service are a load.
    assert!(said("traces.json", &spans(("GET /order", 2))).contains("/s over"));
}

#[test]
fn a_history_of_commits_has_no_rate_and_a_run_of_one_commit_has() {
    let rows = |commit: fn(usize) -> String| {
        (0..60).fold("time,commit,case,took_ms\n".to_owned(), |mut text, row| {
            let at = 1_780_000_000 + row as u64 * 7200;
            writeln!(text, "{at},{},{},{:.3}", commit(row), ["small", "large"][row % 2], 300.0 + measured(row))
                .unwrap();
            text
        })
    };
    assert!(!said("history.csv", &rows(|row| format!("{:07x}", 48_271 * (row / 2 + 1)))).contains("/s over"));
    assert!(said("run.csv", &rows(|_| "3f2a9bc".to_owned())).contains("/s over"));
}

#[test]
fn a_broken_instant_among_others_is_named_and_leads_nothing() {
    let rows = |broken: Option<u64>| {
        (0..60).fold(String::new(), |mut text, row| {
            let sent = 1_780_000_000_000 + row * 1000;
            let came = if broken == Some(row) { 178_000_000_103 } else { sent + 250 + row % 7 };
            let day = format!("2026-05-28T20:{:02}:{:02}.000", 26 + row / 60, row % 60);
            writeln!(text, "{day}, {sent}, {came}, {}", i128::from(came) - i128::from(sent)).unwrap();
            text
        })
    };
    let sound = report("offsets.csv", &rows(None));
    assert_eq!(names(&sound), ["column_4"]);
    let unit = &metric(&sound, "column_4")["unit"];
    assert!(metric(&sound, "column_4")["dimension"] == "time", "{unit}");
    let found = report("offsets.csv", &rows(Some(40)));
    assert_eq!(names(&found), ["column_4"]);
    let findings = found["findings"].as_array().unwrap();
    let broken = findings.iter().find(|one| one["kind"] == "contradiction").unwrap();
    assert_eq!((&broken["place"]["line"], &broken["value"]), (&json!(41), &json!("178000000103")));
}

#[test]
fn what_stays_the_same_is_a_setting_although_a_row_was_not_measured() {
    let table = |last: &str| {
        let rows =
            (0..12).fold("card,workers,rate_mpps,rate_sd_mpps,repeats,window_seconds\n".to_owned(), |mut text, row| {
                writeln!(text, "nic{},{},{}.5,0.0{},3,20", row / 4, row % 4 + 1, 3 + row, row + 10).unwrap();
                text
            });
        rows + last
    };
    let found = report("cards.csv", &table("nic3,,,,,\n"));
    assert_eq!(names(&found), ["rate_mpps", "rate_sd_mpps"]);
    assert_eq!(metric(&found, "rate_sd_mpps")["polarity"], "unknown");
    assert_eq!(metric(&found, "rate_mpps")["polarity"], "higher_is_better");
    // A row that holds other numbers was measured, and lacks this one.
    let sparse = report("cards.csv", &table("nic3,1,9.5,0.02,,\n"));
    assert!(names(&sparse).contains(&"window_seconds") || role(&sparse, "window_seconds") == "setting");
}

#[test]
fn two_letters_are_a_deviation_beside_what_they_are_of() {
    let rows = |name: &str| {
        (0..12).fold(format!("host,read_mb_s,{name}\n"), |mut text, row| {
            writeln!(text, "h{row},{}.5,{}.25", 80 + row, 20 + row).unwrap();
            text
        })
    };
    assert_eq!(metric(&report("a.csv", &rows("read_sd_mb_s")), "read_sd_mb_s")["polarity"], "unknown");
}

#[test]
fn a_date_in_digits_is_an_instant_where_it_is_of_a_row() {
    let rows = |each: usize| {
        (0..40).fold("date,took_ms\n".to_owned(), |mut text, row| {
            writeln!(text, "20260301-10{:02}{:02},{:.3}", row / each, 7, 50.0 + measured(row)).unwrap();
            text
        })
    };
    assert_eq!(role(&report("a.csv", &rows(1)), "date"), "timestamp");
    // Twenty rows of each are runs that somebody may want to compare.
    assert_eq!(labels(&report("a.csv", &rows(20)), "took_ms").len(), 2);
}

#[test]
fn a_number_that_its_label_says_was_not_measured() {
    let found =
        report("gpus.csv", "model,config,gpus,ttft_ms\nA,1xGPU,1,40\nA,2xGPU,2,39\nA,4xGPU,4,38\nB,4xGPU,4,88\n");
    assert_eq!(names(&found), ["ttft_ms"]);
    // What was reached may be what was asked for.
    let reached = report("rates.csv", "asked,requests_per_s\nr100,100\nr200,200\nr400,400\n");
    assert_eq!(names(&reached), ["requests_per_s"]);
    let queue = "impl,level_max,mean_ms\n";
    let rows: String = (0..12).map(|row| format!("{},64,{}.25\n", ["a", "b"][row % 2], 10 + row)).collect();
    assert!(names(&report("a.csv", &format!("{queue}{rows}"))).contains(&"level_max"), "the most that came out");
    assert_eq!(names(&report("a.csv", &format!("impl,max_level,mean_ms\n{rows}"))), ["mean_ms"]);
}

#[test]
fn how_long_a_process_was_up_is_no_metric_and_its_start_no_clock() {
    let rows = (0..20_u64).fold(
        "benchmark,duration_ns,uptime_ns,vm_start_unix_ms,vm_start_ns\n".to_owned(),
        |mut text, row| {
            let (of, index) = (row / 10, row % 10);
            let took = 300_000_000 + index * 1000;
            let up = 1_000_000_000 + index * 300_000_000 + index * (index + 1) / 2 * 1000;
            writeln!(
                text,
                "{},{took},{up},{},{}",
                ["web", "sort"][of as usize],
                1_780_000_000_000 + of * 60_000,
                5_000_000 + of
            )
            .unwrap();
            text
        },
    );
    let found = report("repetitions.csv", &rows);
    assert_eq!(names(&found), ["duration_ns"]);
    assert!(found["requests"].as_array().is_none_or(Vec::is_empty));
    // A share of the time that something was up adds up to nothing.
    let shares =
        "host,latency_ms,uptime_pct\na,5.5,99.5\na,6.5,99.6\na,7.5,99.4\nb,5.25,99.9\nb,6.25,98.5\nb,7.25,99.1\n";
    assert!(names(&report("up.csv", shares)).contains(&"uptime_pct"));
}

#[test]
fn a_benchmark_that_failed_is_counted_and_its_record_is_sound() {
    let run = |name: &str, more: &str| {
        format!(
            r#"{{"name":"{name}","run_name":"{name}","run_type":"iteration","iterations":9,"real_time":50.5,"cpu_time":49.5,"time_unit":"ns"{more}}}"#
        )
    };
    let broken = r#","error_occurred":true,"error_message":"no device""#;
    let file = |runs: &[String]| format!(r#"{{"context":{{"num_cpus":8}},"benchmarks":[{}]}}"#, runs.join(","));
    let sound: Vec<String> = ["BM_a", "BM_b", "BM_c"].iter().map(|name| run(name, "")).collect();
    let mut with_failed = sound.clone();
    with_failed.push(run("BM_d", broken));
    let found = report("bench.json", &file(&with_failed));
    assert_eq!(reported(&found, "benchmarks", "failures"), [("(none)".to_owned(), Some(1.0))]);
    assert_eq!(reported(&found, "benchmarks", "n"), [("(none)".to_owned(), Some(4.0))]);
    let terminal = said("bench.json", &file(&with_failed));
    assert!(
        terminal.starts_with("Measured: 4 benchmarks, 25% failed") && terminal.contains("data: clean"),
        "{terminal}"
    );
    assert!(terminal.contains("no device"), "{terminal}");
    assert!(reported(&report("bench.json", &file(&sound)), "benchmarks", "failures").is_empty());
    // What failed now and did not before fails the gate.
    let place = Place::new();
    let ran: Vec<String> = sound.iter().cloned().chain([run("BM_d", "")]).collect();
    place.write("before.json", file(&ran)).write("after.json", file(&with_failed));
    place.run("compare before.json after.json -q --fail-on regression").exits(1);
}

#[test]
fn the_direction_that_did_not_run_has_no_numbers() {
    let head = "rw,iodepth,read-iops,read-bw(KiB/s),latency-read(us),write-iops,write-bw(KiB/s),latency-write(us)\n";
    let rows = "randread,1,1000,4000,81,0,0,0\nrandread,8,8000,32000,88,0,0,0\nrandwrite,1,0,0,0,900,3600,95\nrandwrite,8,0,0,0,7000,28000,99\n";
    let found = report("fio.csv", &format!("{head}{rows}"));
    assert_eq!(labels(&found, "latency-write(us)").len(), 2);
    // A mixture in which nothing was written is one that failed to write.
    let mixed = report("fio.csv", &format!("{head}{}", rows.replace("randread", "randrw").replace("randwrite", "rw")));
    assert_eq!(labels(&mixed, "latency-write(us)").len(), 4);
    // In a log a second without a write is a number.
    let log: String = (0..30)
        .map(|row| {
            format!("2026-03-01T10:00:{row:02}Z,{},80,{},95\n", 900 + row, if row % 5 == 0 { "0" } else { "300" })
        })
        .collect();
    let log = report("disk.csv", &format!("time,read_iops,read_latency_us,write_iops,write_latency_us\n{log}"));
    assert_eq!(metric(&log, "write_iops")["overall"]["clean"]["min"], 0.0);
}

#[test]
fn names_that_end_alike_stay_different_in_the_first_line() {
    let one = |engine: &str, mean: f64| {
        json!({"command": format!("python3 run.py --engine={engine} --input data/everything_measured.txt"), "mean": mean,
            "times": [mean, mean + 0.01, mean + 0.02], "exit_codes": [0, 0, 0]})
    };
    let text = json!({"results": [one("alpha", 2.0), one("beta", 3.0)]}).to_string();
    let first = said("bench.json", &text).lines().next().unwrap_or_default().to_owned();
    assert!(first.contains("alpha") && first.contains("beta"), "{first}");
}

#[test]
fn whether_a_goal_was_met_is_no_kind_of_row_and_arrivals_are_a_clock() {
    let rows = (0..24).fold("model,arrival_time,latency_seconds,slo_met,cached\n".to_owned(), |mut text, row| {
        let at = if row == 9 { 5.5 } else { 0.7 * f64::from(row) };
        let met = if row % 3 == 0 { "True" } else { "False" };
        writeln!(
            text,
            "{},{at:.2},{:.3},{met},{}",
            ["big", "tiny"][row as usize % 2],
            2.0 + measured(row as usize),
            row % 2 == 0
        )
        .unwrap();
        text
    });
    let found = report("run.csv", &rows);
    assert_eq!(names(&found), ["latency_seconds"]);
    assert_eq!(role(&found, "arrival_time"), "timestamp");
    assert_eq!((role(&found, "slo_met"), role(&found, "cached")), ("unused".to_owned(), "label".to_owned()));
}

#[test]
fn a_transfer_that_never_began_says_its_error_and_fails() {
    let text = r#"{"start": {"connected": [], "version": "iperf 3.9", "system_info": "x"}, "intervals": [], "end": {},
        "error": "error - unable to connect to server: Connection refused"}"#;
    let terminal = said("iperf3.json", text);
    assert!(terminal.starts_with("Failing: 1 of 1 run failed (100%)"), "{terminal}");
    assert!(terminal.contains("unable to connect to server"), "{terminal}");
}

#[test]
fn a_target_without_where_holds_for_each_benchmark_measured_apart() {
    let one = |name: &str, mean: f64| {
        let times: Vec<f64> = (0..11).map(|index| mean + 0.01 * f64::from(index)).collect();
        json!({"command": name, "mean": mean, "times": times, "exit_codes": vec![0; 11]})
    };
    let place = Place::new();
    place.write("perfreport.toml", "[[target]]\nmetric = \"time\"\np50 = \"< 10s\"\n");
    place.write("fast.json", json!({"results": [one("a", 1.0), one("b", 1.2), one("c", 1.1)]}).to_string());
    place.write("slow.json", json!({"results": [one("a", 1.0), one("b", 60.0), one("c", 1.1)]}).to_string());
    place.run("summarize fast.json -q --fail-on target -o fast.out.json").exits(0);
    place.run("summarize slow.json -q --fail-on target -o slow.out.json").exits(1);
    let targets = place.json("slow.out.json")["targets"].clone();
    assert_eq!(targets.as_array().map(Vec::len), Some(3), "{targets}");
    // Endpoints of a service belong to one run, and are meant together.
    let rows: String = (0..80).map(|row| format!("{},{:.3}\n", ["/a", "/b"][row % 2], 40.0 + measured(row))).collect();
    place.write("run.csv", format!("endpoint,latency_ms\n{rows}"));
    place.write("perfreport.toml", "[[target]]\nmetric = \"latency_ms\"\np50 = \"< 10s\"\n");
    place.run("summarize run.csv -q --fail-on target -o run.out.json").exits(0);
    assert_eq!(place.json("run.out.json")["targets"].as_array().map(Vec::len), Some(1));
}

#[test]
fn first_versions_of_deno_and_asv_are_known() {
    let deno = r#"{"runtime": "Deno/1.30.0 x86_64", "cpu": "X", "benches": [{"origin": "file:///b.ts", "group": null, "name": "one",
        "baseline": true, "results": [{"ok": {"n": 50, "min": 9000.5, "max": 20000.5, "avg": 11000.5, "p75": 12000.5, "p99": 15000.5}}]}]}"#;
    let found = report("deno.json", deno);
    assert_eq!(found["sources"][0]["format"], "deno-bench");
    let asv = r#"{"results": {"a.time_b": 4e-05, "a.mem_c": 512}, "params": {"cpu": "X"}, "requirements": {"numpy": "1.8"},
        "commit_hash": "aaaa", "date": 1, "python": "2.7", "version": 1}"#;
    let found = report("asv.json", asv);
    assert_eq!(found["sources"][0]["format"], "asv");
    assert_eq!(reported(&found, "time", "median"), [("a.time_b".to_owned(), Some(4e-05))]);
}
