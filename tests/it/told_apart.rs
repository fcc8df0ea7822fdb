//! What is told apart from what was measured: attempts that failed, clocks and counters, properties of what was tried; and measured columns
//! that look like names, settings or percentiles.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, findings, groups, measured, metric, names, report, unit};

/// How many failed of how many, over all labels, table by table.
fn failures(report: &Value) -> Vec<(u64, u64)> {
    let all = report["verdict"]["failures"].as_array().cloned().unwrap_or_default();
    let mut wholes: Vec<(u64, u64, u64)> = all
        .iter()
        .filter(|one| one["label"].is_null())
        .map(|one| {
            let of = |key: &str| one[key].as_u64().unwrap_or_default();
            (of("table"), of("failed"), of("total"))
        })
        .collect();
    wholes.sort_unstable();
    wholes.into_iter().map(|(_, failed, total)| (failed, total)).collect()
}

fn samples(report: &Value, name: &str) -> u64 {
    metric(report, name)["overall"]["clean"]["n"].as_u64().unwrap_or_default()
}

/// The last value of a total that is shown as reported.
fn total(report: &Value, metric: &str) -> Option<f64> {
    let one = report["reported"].as_array()?.iter().find(|one| one["metric"] == metric)?;
    one["values"][0]["value"].as_f64()
}

#[test]
fn each_competitor_has_the_outcomes_of_its_own_attempts() {
    let text = "maze,bfs_answer,greedy_answer,bfs_steps,greedy_steps,bfs_seconds,greedy_seconds\n\
                m1,done,done,88,31,1.25,0.61\nm2,TIMEOUT,done,9000,47,600.0,0.75\nm3,done,TIMEOUT,93,9000,2.91,600.0\n\
                m4,TIMEOUT,done,9000,52,600.0,1.13\nm5,done,done,71,44,1.75,0.92\n";
    let found = report("mazes.csv", text);
    assert_eq!(failures(&found), [(2, 5), (1, 5)]);
    assert_eq!((samples(&found, "bfs_seconds"), samples(&found, "greedy_seconds")), (3, 4), "a limit is no sample");
    assert_eq!(samples(&found, "bfs_steps"), 3);
    assert_eq!(findings(&found, "no_result").len(), 2);
}

#[test]
fn what_never_answered_took_no_time() {
    let mut text = "question,old_latency,new_latency,old_status,new_status,error\n".to_owned();
    for row in 0..6 {
        writeln!(text, "q{row},0.0,0.0,connection_error,connection_error,old: connection_error").unwrap();
    }
    let place = Place::new();
    place.write("both.csv", &text);
    place.run("summarize both.csv -o report.json").exits(0).says("6 of 6 rows failed");
    let found = place.json("report.json");
    assert_eq!(failures(&found), [(6, 6), (6, 6)]);
    assert_eq!(found["verdict"]["samples"], 0);
}

#[test]
fn a_status_of_something_is_one_where_its_words_say_so() {
    let text = "page,fetch_status,fetch_ms\na,success,12.5\nb,connection_error,13.5\nc,success,11.25\n";
    assert_eq!(failures(&report("pages.csv", text)), [(1, 3)]);
    let text = "page,cache_status,fetch_ms\na,hit,12.5\nb,miss,13.5\nc,hit,11.25\n";
    assert!(failures(&report("pages.csv", text)).is_empty());
}

#[test]
fn columns_of_words_that_say_no_outcome_part_nothing() {
    let text = "case,old_mode,new_mode,old_ms,new_ms\na,no,yes,12.5,9.25\nb,yes,no,13.5,8.75\nc,no,no,11.25,9.5\n";
    let found = report("modes.csv", text);
    assert!(failures(&found).is_empty(), "{:?}", failures(&found));
    assert_eq!(samples(&found, "old_ms"), 3);
}

#[test]
fn each_object_that_says_how_it_ended_is_an_attempt() {
    let text = r#"{"north": {"crew": "A", "jobs": {"dig": {"seconds": 31.5, "exit_code": 0}, "lay": {"seconds": 12.25, "exit_code": 0}}},
                   "south": {"crew": "B", "jobs": {"dig": {"seconds": 900, "exit_code": 124}, "lay": {"seconds": 14.5, "exit_code": 0}}}}"#;
    let found = report("jobs.json", text);
    assert_eq!(failures(&found), [(1, 4)]);
    assert_eq!(names(&found), ["seconds"]);
    assert_eq!(metric(&found, "seconds")["groups"].as_array().unwrap().len(), 4, "each stands apart");
}

#[test]
fn a_sentence_is_no_outcome() {
    let text =
        r#"{"review": {"outcome": "Kept as it was, since no reader of the page had asked for more."}, "fps": 24.5}"#;
    assert!(failures(&report("review.json", text)).is_empty());
    let failed =
        r#"{"review": {"outcome": "The page could not be drawn because the renderer crashed twice."}, "fps": 24.5}"#;
    assert_eq!(failures(&report("review.json", failed)), [(1, 1)]);
}

#[test]
fn measured_columns_with_names_of_something_else_are_kept() {
    // `batch` is one of the ways.
    let text = "rows,cols,batch,stream,single\n100,2,7,5,9\n1000,2,31,22,64\n10000,2,277,190,610\n100000,2,2603,1801,6004\n\
                100,3,7,6,11\n1000,3,40,29,81\n10000,3,391,264,803\n100000,3,3777,2555,7891\n";
    assert_eq!(names(&report("ways.csv", text)), ["batch", "stream", "single"]);
    // The same number in all rows, among letters of which others are none.
    let text = "fps,A,B,C\n10.25,0,12,0\n10.5,0,12,1\n10.125,0,12,0\n10.75,0,12,0\n10.5,0,12,2\n10.25,0,12,0\n";
    assert!(names(&report("frames.csv", text)).contains(&"B"));
    // A column of decimals called `time` in a table of blanks.
    let text =
        "file time energy\nalpha 118.379 3471.56\nbeta 75.142 2208.17\ngamma 18.967 562.416\ndelta 1.671 64.461\n";
    let found = report("energy.txt", text);
    assert!(names(&found).contains(&"time"), "{:?}", names(&found));
    // Millions or minutes: neither is said.
    let text = "program,seconds,reductions\nsort,7.34,110.527 m\ntree,3.13,207.132 m\nmap,15.61,88.301 m\nset,2.58,198.614 m\n";
    let found = report("reductions.csv", text);
    assert_eq!(unit(&found, "reductions (m)"), "");
    assert!((metric(&found, "reductions (m)")["overall"]["clean"]["max"].as_f64().unwrap() - 207.132).abs() < 1e-9);
    // What a shell calls how long it took is minutes.
    let found = report("shell.csv", "program,real\nsort,1.5 m\ntree,2.5 m\nmap,2.25 m\n");
    assert_eq!(metric(&found, "real")["overall"]["clean"]["max"], 150.0);
    // Twenty threads beside two and four.
    let text = r#"{"small": {"fit_ms": {"1": 91.5, "2": 48.25, "4": 27.75, "20": 19.5}}, "large": {"fit_ms": {"1": 191.5, "2": 98.25, "4": 57.75, "20": 31.5}}}"#;
    let found = report("threads.json", text);
    assert_eq!(names(&found).len(), 8, "{:?}", names(&found));
    assert_eq!(unit(&found, "small.fit_ms.20"), "ms");
    let text = r#"{"fit_ms": {"1": 9.5, "50": 48.25, "99": 127.75}}"#;
    assert!(report("percentiles.json", text)["reported"].as_array().is_some_and(|all| !all.is_empty()));
}

#[test]
fn clocks_and_counters_are_no_metrics() {
    let mut seconds = "Seconds,written (kB/s)\n".to_owned();
    let mut frames = "frame,stage,queue\n".to_owned();
    let mut episodes = "r,l,t\n".to_owned();
    let mut ends = "n,start,end,time\n".to_owned();
    let mut bare = String::new();
    for row in 0..12 {
        writeln!(seconds, "{},{:.2}", row * 5, measured(row)).unwrap();
        writeln!(frames, "{},{},{}", row / 2 + 1, ["in", "out"][row % 2], row * 37 % 11).unwrap();
        writeln!(episodes, "{:.1},{},{:.2}", -measured(row), row * 37 % 90, (row * row) as f64 / 3.0 + 4.5).unwrap();
        let start = 1_000_000 + row * 100_000;
        writeln!(ends, "{},{start},{},{}", row + 1, start + 80_000 + row * 37 % 41, 80_000 + row * 37 % 41).unwrap();
        writeln!(bare, "{:.4},{:.3}", (row % 6) as f64 * 1.01 + 1.2, measured(row)).unwrap();
    }
    assert_eq!(names(&report("disk.csv", &seconds)), ["written (kB/s)"]);
    assert_eq!(names(&report("frames.csv", &frames)), ["queue"]);
    assert_eq!(names(&report("monitor.csv", &episodes)), ["r", "l"]);
    let found = report("ends.csv", &ends);
    assert_eq!(names(&found), ["time"]);
    assert!(found["requests"].as_array().is_none_or(Vec::is_empty), "no clock of whole seconds");
    let found = report("fps.csv", &bare);
    assert_eq!(names(&found), ["column_2"]);
    assert_eq!(metric(&found, "column_2")["runs_apart"].as_array().map_or(0, Vec::len), 2, "two runs");
}

#[test]
fn what_a_sweep_took_is_no_clock() {
    let text = "seconds,depth\n1,10\n2,20\n3,30\n4,40\n5,50\n6,60\n";
    assert!(names(&report("sweep.csv", text)).contains(&"seconds"));
}

#[test]
fn counters_of_a_machine_are_totals() {
    let mut text = "time,bytes sent,heap bytes\n".to_owned();
    let (mut sent, mut heap) = (48_120_331, 1_310_720);
    for row in 0..9 {
        writeln!(text, "2024-05-06 10:00:0{row},{sent},{heap}").unwrap();
        (sent, heap) = (sent + 1_000 + row * 37 % 11, heap + 4_096);
    }
    let found = report("net.csv", &text);
    assert_eq!(names(&found), ["heap bytes"], "memory that grows was measured");
    assert!(total(&found, "bytes sent").is_some_and(|last| last > 48_120_331.0));
    // A ramp begins with little.
    let mut text = "time,bytes sent\n".to_owned();
    for row in 1..9 {
        writeln!(text, "2024-05-06 10:00:0{row},{}", row * row * 1_013).unwrap();
    }
    assert_eq!(names(&report("ramp.csv", &text)), ["bytes sent"]);
}

#[test]
fn numbers_beside_it_decide_against_a_name() {
    let text = r#"{"load": {"rows_loaded": 8, "total_time_ms": 6412750, "average_time_ms": 801594, "throughput_per_sec": 1247.514716}}"#;
    let found = report("load.json", text);
    assert_eq!(unit(&found, "load.total_time_ms"), "ns");
    assert_eq!(unit(&found, "load.average_time_ms"), "ns");
    assert_eq!(findings(&found, "contradiction").len(), 1);
    let right = r#"{"load": {"rows_loaded": 8, "total_time_ms": 6413, "throughput_per_sec": 1.247466}}"#;
    let found = report("load.json", right);
    assert_eq!(unit(&found, "load.total_time_ms"), "ms");
    assert!(findings(&found, "contradiction").is_empty());
}

#[test]
fn a_word_in_a_name_gives_no_unit_and_no_direction() {
    let text = "impl,mean_ms,gops_per_frame\nA,354.7,0.8713\nB,84.21,0.8713\nA,361.2,0.8714\nB,83.01,0.8714\n";
    let found = report("frames.csv", text);
    let work = metric(&found, "gops_per_frame");
    assert_eq!((&work["unit"], &work["polarity"]), (&"".into(), &"unknown".into()));
    let text = r#"{"speed":[{"n":100,"cpu_ms":60.5},{"n":500,"cpu_ms":300.25}],
                   "accuracy":{"rows":[{"n":100,"option_price":10.41},{"n":500,"option_price":10.47}]}}"#;
    let found = report("price.json", text);
    let price = names(&found).into_iter().find(|name| name.ends_with("option_price")).unwrap().to_owned();
    assert_eq!(metric(&found, &price)["polarity"], "unknown");
    let text = "case,someone/quick-queue,other/constant-time-queue\na,12.5,11.25\nb,13.75,9.5\nc,12.25,10.75\n";
    let found = report("queues.csv", text);
    assert_eq!(
        metric(&found, "other/constant-time-queue")["dimension"],
        metric(&found, "someone/quick-queue")["dimension"]
    );
}

#[test]
fn what_describes_a_run_was_not_measured() {
    let text = "kind,threads,duration,throughput\nA,1,60.51,1563375\nA,16,60.82,661900\nB,1,60.54,693800\nB,16,60.65,10923200\n";
    assert_eq!(names(&report("fixed.csv", text)), ["throughput"]);
    // Where as much was done in each, the time is the result.
    let text = "kind,threads,duration,throughput\nA,1,60.51,1563375\nA,16,60.82,1561900\nB,1,60.54,1563800\nB,16,60.65,1562200\n";
    assert!(names(&report("free.csv", text)).contains(&"duration"));
    let text = "p,pr,pc,total\n1,1,1,3.45\n2,2,1,1.74\n4,2,2,0.78\n8,4,2,0.41\n16,4,4,0.23\n";
    assert_eq!(names(&report("grid.csv", text)), ["total"]);
    let text = "sensor,assigned_core,load\nS1,13,40.0\nS2,1,41.5\nS3,7,12.5\nS1,4,12.75\nS2,11,31.0\nS3,2,31.25\n";
    assert_eq!(names(&report("cores.csv", text)), ["load"]);
    let text = r#"{"model": "net", "input_shape": [1, 3, 224, 224], "sweep_batch_sizes": [1, 4, 8, 16, 32],
                   "results": [{"backend": "A", "step_ms": 75.1}, {"backend": "B", "step_ms": 34.7}]}"#;
    let found = report("shape.json", text);
    assert!(names(&found).iter().all(|name| name.ends_with("step_ms")), "{:?}", names(&found));
    let text = r#"{"runs": [{"K": 1, "dropped": [8], "ppl": 16.4}, {"K": 2, "dropped": [8, 11], "ppl": 18.5}, {"K": 3, "dropped": [8, 11, 14], "ppl": 21.2}]}"#;
    let found = report("layers.json", text);
    assert!(names(&found).iter().all(|name| name.ends_with("ppl")), "{:?}", names(&found));
    // As many times as processes: measured.
    let text = r#"{"runs": [{"procs": 1, "times_us": [812]}, {"procs": 2, "times_us": [413, 427]}, {"procs": 3, "times_us": [275, 301, 288]}]}"#;
    let found = report("procs.json", text);
    assert!(names(&found).iter().any(|name| name.contains("times_us")), "{:?}", names(&found));
}

#[test]
fn columns_without_names_through_which_a_program_was_run_tell_its_runs_apart() {
    // Levels in blocks, in which ways were tried in turn.
    let mut text = String::new();
    for (level, times) in [(1, 1.0), (2, 3.0), (3, 9.0), (4, 27.0)] {
        for row in 0..6 {
            let (way, factor) = if row % 2 == 0 { ("fast", 1.0) } else { ("plain", 40.0) };
            writeln!(text, "{level},{way},{:.6}", factor * times * measured(row + 7 * level)).unwrap();
        }
    }
    let found = report("levels.csv", &text);
    assert_eq!(names(&found), ["column_3"]);
    assert_eq!(groups(&found, "column_3"), 8);
    // Loads that rise for each of several programs.
    let mut text = String::new();
    for (program, loads) in [("a", &[250, 1000][..]), ("b", &[250, 1000, 2000]), ("c", &[100, 250, 1000])] {
        for load in loads {
            let rate = 0.973 * f64::from(*load);
            writeln!(text, "lab,{program},{load},{rate:.2},{:.2}", 1000.0 + rate / 7.0).unwrap();
        }
    }
    let found = report("loads.csv", &text);
    assert_eq!(names(&found), ["column_4", "column_5"]);
    assert_eq!(groups(&found, "column_4"), 8);
}

#[test]
fn which_repetition_it_was_tells_nothing_apart() {
    let mut text = String::new();
    for (row, threads) in [1, 2, 4, 8, 16].into_iter().enumerate() {
        for take in [1, 2, 3] {
            for memory in ["8G", "16G"] {
                writeln!(text, "1000000,{take},{threads},{memory},{:.2}", measured(row + 3 * take) / 9.0).unwrap();
            }
        }
    }
    let found = report("takes.csv", &text);
    assert_eq!(groups(&found, "column_5"), 10, "three takes of each are its samples");
}

#[test]
fn the_most_that_was_allowed_is_a_setting_and_no_largest_of_anything() {
    let mut text = "prompt,max_new_tokens,batch_size,latency_s\n".to_owned();
    for (row, prompt) in ["short", "medium", "long"].into_iter().enumerate() {
        for tokens in [128, 256] {
            for batch in [1, 4, 8] {
                let latency = f64::from(tokens) / 51.3 + measured(row + batch) / 90.0;
                writeln!(text, "{prompt},{tokens},{batch},{latency:.4}").unwrap();
            }
        }
    }
    let found = report("allowed.csv", &text);
    assert_eq!(names(&found), ["latency_s"]);
    assert_eq!(groups(&found, "latency_s"), 18);
}

#[test]
fn many_models_whose_names_hold_numbers_are_models() {
    let mut text = "model,concurrency,tokens_per_s\n".to_owned();
    for family in ["alpha", "beta", "gamma", "delta", "kappa", "theta", "sigma", "omega"] {
        for (row, size) in ["1.5-7b-v2", "2.0-13b-v2", "2.0-70b-v1"].into_iter().enumerate() {
            for concurrency in [1, 4, 16] {
                writeln!(text, "{family}-{size},{concurrency},{:.2}", measured(row + concurrency) * 10.0).unwrap();
            }
        }
    }
    assert_eq!(groups(&report("models.csv", &text), "tokens_per_s"), 72);
}

#[test]
fn what_numbers_requests_is_no_result() {
    let order = [11, 2, 7, 3, 1, 12, 9, 4, 10, 5, 8, 6];
    let mut text = "req_id,request_num,http_code,latency_ms\n".to_owned();
    for (row, number) in order.into_iter().enumerate() {
        writeln!(text, "{},{number},200,{:.3}", 500 + 3 * number, measured(row)).unwrap();
    }
    assert_eq!(names(&report("requests.csv", &text)), ["latency_ms"]);
}

#[test]
fn the_second_of_a_minute_is_no_clock() {
    let row = |row: usize| format!("{},in{},{:.15}\n", 24 + row / 22, row % 4, measured(row) / 1000.0);
    let text = "timestamp,input,latency\n".to_owned() + &(0..40).map(row).collect::<String>();
    let place = Place::new();
    place.write("probe.csv", &text);
    place.run("summarize probe.csv").exits(0).never_says("/s over");
}

#[test]
fn a_last_number_without_the_digits_that_all_others_have_was_cut_off() {
    let rows = |last: &str| {
        let row = |second: usize| format!("2026-03-04 08:00:{second:02},{:.3}\n", 46.0 + measured(second) / 37.0);
        (0..40).map(row).collect::<String>() + "2026-03-04 08:00:43," + last
    };
    let found = report("temperature.csv", &rows("4"));
    assert_eq!(findings(&found, "truncated_line").len(), 1);
    assert_eq!(samples(&found, "column_2"), 40);
    for whole in ["47.123", "47.12"] {
        let found = report("temperature.csv", &rows(whole));
        assert!(findings(&found, "truncated_line").is_empty(), "one digit fewer may have been a nought: {whole}");
    }
}

#[test]
fn by_the_millisecond_is_a_rate_whatever_blanks_stand_around_the_slash() {
    for name in ["docs/ms", "Docs / ms"] {
        let text = format!("{name}\n80\n85\n91\n88\n");
        assert_eq!(unit(&report("rate.csv", &text), name), "k/s", "{name}");
    }
}

#[test]
fn means_in_milliseconds_that_keep_the_steps_of_a_clock_of_seconds_have_no_unit() {
    let step = 1.0 / 4_194_304.0;
    let column = |times: f64| {
        let value =
            |row: usize| format!("{}\n", (30_000.0 + (measured(row) * 1171.0).round() * 2.0 + 1.0) * times * step);
        "match_lat\n".to_owned() + &(0..30).map(value).collect::<String>()
    };
    assert_eq!(unit(&report("each.csv", &column(1.0)), "match_lat"), "s", "differences of the clock itself");
    // (end - start) / 20 * 1000
    assert_eq!(unit(&report("means.csv", &column(50.0)), "match_lat"), "");
}

#[test]
fn a_share_of_the_time_and_how_long_a_start_took_are_no_clock() {
    let day = |row: usize| format!("2026-02-{:02} 00:00:00", row + 1);
    let rows = |name: &str, value: fn(usize) -> f64| {
        let row = |row: usize| format!("{},{:.2}\n", day(row), value(row));
        format!("date,{name}\n") + &(0..12).map(row).collect::<String>()
    };
    let share = |row: usize| 98.0 + measured(row) / 25.0;
    let start = |row: usize| measured(row);
    assert_eq!(samples(&report("shares.csv", &rows("uptime_percent", share)), "uptime_percent"), 12);
    assert_eq!(samples(&report("starts.csv", &rows("uptime_s", start)), "uptime_s"), 12);
}

#[test]
fn what_came_out_of_a_configuration_is_none() {
    let text = r#"{"config":{"max_tokens":128},"config_results":{"latency_ms":12.4},"runs":[{"ms":10.2},{"ms":6.1}]}"#;
    let found = report("results.json", text);
    assert_eq!(total(&found, "config_results.latency_ms"), Some(0.0124));
}
