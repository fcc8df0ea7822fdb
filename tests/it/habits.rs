//! More habits of strangers: designs beside a clock, merged cells, rows of units, running
//! statistics, facts of machines, and names whose file says something else.

use std::fmt::Write as _;

use crate::support::{Place, findings, groups, measured, metric, names, report, unit};

#[test]
fn labels_in_stretches_beside_a_clock_are_configurations() {
    // What was built on one host was not built on the other, so that no grid is full.
    let (mut text, mut row) = ("run #,host,flags,seconds,date\n".to_owned(), 0);
    for (host, flags) in [("h-one", ["plain", "zen", "v3"]), ("h-two", ["plain", "haswell", "v3"])] {
        for flags in flags {
            for run in 2..14 {
                row += 1;
                let _ = writeln!(
                    text,
                    "{run},{host},{flags},{:.4},2024-09-13 {:02}:{:02}:53",
                    measured(row),
                    10 + row / 60,
                    row % 60
                );
            }
        }
    }
    assert_eq!(groups(&report("builds.csv", &text), "seconds"), 6);
}

#[test]
fn labels_that_take_turns_beside_a_clock_are_configurations_though_a_row_is_missing() {
    let (mut text, mut row) = ("timestamp,server,protocol,cipher,latency_ms\n".to_owned(), 0);
    for _ in 0..20 {
        for server in ["alpha", "beta", "gamma"] {
            for protocol in ["h1", "h2"] {
                for cipher in ["aes", "chacha", "none"] {
                    row += 1;
                    if row != 171 {
                        let time = format!("2026-03-01 {:02}:{:02}:{:02}", 9 + row / 3600, row / 60 % 60, row % 60);
                        let _ = writeln!(text, "{time},{server},{protocol},{cipher},{:.3}", measured(row));
                    }
                }
            }
        }
    }
    assert_eq!(groups(&report("turns.csv", &text), "latency_ms"), 18);
}

#[test]
fn a_log_of_requests_keeps_its_one_label() {
    let (mut text, mut state) = ("timestamp,region,endpoint,latency_ms,status\n".to_owned(), 7_u64);
    for row in 0..400 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (region, endpoint) =
            (["eu", "us", "ap"][(state >> 33) as usize % 3], ["/a", "/b", "/c"][(state >> 45) as usize % 3]);
        let _ = writeln!(
            text,
            "2026-03-01 10:{:02}:{:02},{region},{endpoint},{:.3},200",
            row / 60,
            row % 60,
            measured(row)
        );
    }
    assert_eq!(groups(&report("requests.csv", &text), "latency_ms"), 3);
}

#[test]
fn models_with_versions_in_their_names_are_things_that_were_tried() {
    let (mut text, mut row) = ("run_id,model,place,length,execution_time_s\n".to_owned(), 0);
    for repetition in 0..10 {
        for model in ["lama3.1:8b", "gem1.1:2b", "qw2:1.5b", "mist0.2:7b"] {
            for place in ["device", "remote"] {
                for length in [100, 500, 1000] {
                    row += 1;
                    let _ = writeln!(
                        text,
                        "run_{row}_repetition_{repetition},{model},{place},{length},{:.4}",
                        measured(row)
                    );
                }
            }
        }
    }
    assert_eq!(groups(&report("runs.csv", &text), "execution_time_s"), 24);
}

#[test]
fn a_number_that_stands_once_above_its_block_holds_for_all_of_its_rows() {
    let mut text = "threads,run,time_s\n".to_owned();
    for threads in [1, 2, 4, 8] {
        for run in 1..=5 {
            let first = if run == 1 { threads.to_string() } else { String::new() };
            let _ = writeln!(text, "{first},{run},{:.3}", measured(run * threads));
        }
    }
    let found = report("scaling.csv", &text);
    assert_eq!(names(&found), ["time_s"]);
    let each = metric(&found, "time_s")["groups"].as_array().unwrap();
    assert!(each.len() == 4 && each.iter().all(|group| group["clean"]["n"] == 5), "{each:#?}");
}

#[test]
fn merged_cells_may_stand_within_merged_cells() {
    let mut text = "Server,Connections,Latency (ms)\n".to_owned();
    for server in ["x", "y"] {
        for connections in [10, 100, 1000] {
            for row in 0..3 {
                let server = if connections == 10 && row == 0 { server } else { "" };
                let number = if row == 0 { connections.to_string() } else { String::new() };
                let _ = writeln!(text, "{server},{number},{:.3}", measured(row + connections));
            }
        }
    }
    assert_eq!(groups(&report("merged.csv", &text), "Latency (ms)"), 6);
}

#[test]
fn a_measured_column_with_gaps_is_not_filled() {
    let mut text = "loss,step,time_ms\n".to_owned();
    for row in 0..24 {
        let loss = if row % 4 == 0 { format!("{:.4}", measured(row) / 100.0) } else { String::new() };
        let _ = writeln!(text, "{loss},{row},{:.3}", measured(row));
    }
    let found = report("train.csv", &text);
    assert_eq!(metric(&found, "loss")["overall"]["clean"]["n"], 6);
}

#[test]
fn gbps_is_no_bits_where_the_file_speaks_of_bytes() {
    let rows = "copy,181.2\nscale,179.3\nadd,190.7\ntriad,191.1\n";
    assert_eq!(unit(&report("plain.csv", &format!("kernel,gbps\n{rows}")), "gbps"), "", "people write both so");
    assert_eq!(unit(&report("plain.csv", &format!("link,gbps\n{rows}")), "gbps"), "Gbit/s");
    let table = "kernel,gbps,peak (GB/s)\ncopy,181.2,204.8\nscale,179.3,204.8\nadd,190.7,204.8\n";
    assert_eq!(unit(&report("peak.csv", table), "gbps"), "");
    let above = format!("# memory bandwidth in GB/s\nkernel,gbps\n{rows}");
    assert_eq!(unit(&report("above.csv", &above), "gbps"), "");
    let document = r#"{"description": "bandwidth (GB/s)", "results": [{"kernel": "copy", "gbps": 181.2}, {"kernel": "add", "gbps": 190.7}]}"#;
    assert_eq!(unit(&report("stream.json", document), "gbps"), "");
    let mut text = "bytes,seconds,gbps\n".to_owned();
    for (bytes, seconds) in [(1.0e9, 0.01013), (2.0e9, 0.02031), (4.0e9, 0.0405), (8.0e9, 0.0811)] {
        let _ = writeln!(text, "{bytes},{seconds},{:.4}", bytes / seconds / 1e9);
    }
    assert_eq!(unit(&report("counted.csv", &text), "gbps"), "GB/s");
}

#[test]
fn statistics_that_ran_along_are_no_samples_and_the_last_row_has_them_of_all() {
    let mut text = "time,Cur,Ave,Min,Max\n".to_owned();
    let (mut sum, mut low, mut high) = (0.0, f64::INFINITY, 0.0_f64);
    for row in 1..=40 {
        let now = measured(row);
        (sum, low, high) = (sum + now, low.min(now), high.max(now));
        let _ = writeln!(text, "{row},{now:.2},{:.2},{low:.2},{high:.2}", sum / row as f64);
    }
    let found = report("latency.csv", &text);
    assert_eq!(names(&found), ["Cur"]);
    let said = found["reported"].as_array().unwrap();
    assert_eq!(said.len(), 1, "{said:#?}");
    assert_eq!(said[0]["values"].as_array().unwrap().len(), 3);
}

#[test]
fn facts_of_a_machine_are_no_metrics() {
    let mut text = "host,cpu_mhz,cores,l3_cache_kb,ram_gb,time_s\n".to_owned();
    for row in 0..12 {
        let _ = writeln!(text, "n1,{:.3},28,35840,64,{:.3}", 2400.0 + measured(row) / 1e3, measured(row));
    }
    assert_eq!(names(&report("one.csv", &text)), ["time_s"]);
    let mut text = "cpu,cpu MHz,cache size,model,time_s\n".to_owned();
    for (cpu, mhz, cache, model) in [("xeon", 2400, "35840 KB", 79), ("epyc", 2250, "16384 KB", 49)] {
        for row in 0..5 {
            let _ = writeln!(text, "{cpu},{mhz},{cache},{model},{:.3}", measured(row));
        }
    }
    assert!(!names(&report("two.csv", &text)).iter().any(|name| matches!(*name, "cpu MHz" | "model")));
    // What differs from row to row was measured.
    let mut text = "timestamp,cpu_mhz,power_w\n".to_owned();
    for row in 0..30 {
        let _ = writeln!(text, "2026-03-01 10:00:{row:02},{:.0},{:.2}", 800.0 + measured(row) * 40.0, measured(row));
    }
    assert!(names(&report("clock.csv", &text)).contains(&"cpu_mhz"));
}

#[test]
fn units_may_stand_in_a_row_of_their_own_below_the_names() {
    for units in [",req/s,ms,%", ",(req/s),(ms),(%)", ",[req/s],[ms],[%]"] {
        let mut text = format!("Run,Throughput,Latency,CPU\n{units}\n");
        for row in 0..12 {
            let _ = writeln!(text, "{row},{:.1},{:.2},{:.1}", measured(row) * 40.0, measured(row), measured(row));
        }
        let found = report("units.csv", &text);
        assert_eq!(unit(&found, "Latency (ms)"), "ms", "{units}");
        assert_eq!(unit(&found, "Throughput (req/s)"), "/s", "{units}");
        assert!(findings(&found, "not_a_number").is_empty(), "{units}");
    }
}

#[test]
fn tables_in_blanks_have_units_below_their_names_or_behind_them() {
    let place = Place::new();
    let mut below = "  Size     Bandwidth    Latency\n (bytes)     (MB/s)       (us)\n".to_owned();
    let mut behind = "# Some MPI Bandwidth Test\n# Size      Bandwidth (MB/s)    Avg Latency(us)\n".to_owned();
    for row in 1..12 {
        let _ = writeln!(below, "{:7} {:12.2} {:10.2}", 1 << row, measured(row) * 90.0, measured(row));
        let _ = writeln!(behind, "{:<10} {:18.2} {:18.2}", 1 << row, measured(row) * 90.0, measured(row));
    }
    place.write("below.txt", below).write("behind.txt", behind);
    for (file, bandwidth, latency) in
        [("below.txt", "Bandwidth (MB/s)", "Latency (us)"), ("behind.txt", "Bandwidth (MB/s)", "Avg Latency(us)")]
    {
        place.run(&format!("summarize {file} -o {file}.json")).exits(0);
        let found = place.json(&format!("{file}.json"));
        assert!(names(&found).contains(&latency), "{file}: {:?}", names(&found));
        assert_eq!(unit(&found, bandwidth), "MB/s", "{file}");
    }
}

#[test]
fn a_unit_beside_a_value_is_of_no_other_object() {
    let mut text = "[".to_owned();
    for row in 0..8 {
        let _ = write!(
            text,
            "{}{{\"library\": \"l{}\", \"value\": {:.3}, \"unit\": \"images/sec\", \"extra\": {{\"total_time\": {:.4}, \"batch_time\": {:.5}}}}}",
            if row == 0 { "" } else { "," },
            row % 2,
            measured(row) * 20.0,
            measured(row) / 90.0,
            measured(row) / 9000.0
        );
    }
    let found = report("images.json", &format!("{text}]"));
    assert_eq!(unit(&found, "value"), "/s");
    assert_eq!((unit(&found, "extra.total_time"), unit(&found, "extra.batch_time")), ("", ""));
}

#[test]
fn so_many_by_the_megabyte_are_no_megabytes() {
    let mut text = "name,peak_mb,avg_mb,samples_per_mb\n".to_owned();
    for row in 0..6 {
        let _ =
            writeln!(text, "c{row},{:.3},{:.3},{:.5}", measured(row) * 9.0, measured(row) * 8.0, measured(row) / 6.0);
    }
    let found = report("memory.csv", &text);
    let by_data = metric(&found, "samples_per_mb");
    assert!(by_data["dimension"] != "bytes" && by_data["polarity"] == "unknown", "{by_data}");
}

#[test]
fn numbers_of_workers_are_no_percentiles() {
    let text = r#"{"benchmarks": {"scalability": {"1": 279.1, "2": 272.8, "4": 231.3, "8": 6971.7}, "latency": {"50": 11.2, "95": 19.5, "99": 31.4}}}"#;
    let said = report("scale.json", text)["reported"].to_string();
    assert!(!said.contains("p1\"") && !said.contains("p8\"") && said.contains("p95"), "{said}");
}

#[test]
fn sizes_that_nobody_calls_round_are_settings_where_each_stands_beside_each_library() {
    let (mut text, mut row) = ("[".to_owned(), 0);
    for (filesize, filecount) in [(100, 100_000), (199, 50_251), (398, 25_125), (794, 12_594)] {
        for library in ["Serial", "Parallel"] {
            for threads in [1, 2, 4] {
                row += 1;
                let timings: Vec<String> = (0..6).map(|time| format!("{:.6}", measured(row * 7 + time))).collect();
                let _ = write!(
                    text,
                    "{}{{\"filesize\": {filesize}, \"filecount\": {filecount}, \"library\": \"{library}\", \"threadcount\": {threads}, \"timings\": [{}]}}",
                    if row == 1 { "" } else { "," },
                    timings.join(", ")
                );
            }
        }
    }
    let found = report("zip.json", &format!("{text}]"));
    assert_eq!(groups(&found, "timings"), 24, "{:?}", names(&found));
    assert!(!names(&found).contains(&"filesize"));
}

#[test]
fn how_many_of_each_were_used_tells_configurations_apart() {
    let mut text = "exp,tok_per_sec,n_ctx,n_gpu_layers,n_batch,status\n".to_owned();
    for row in 0..40 {
        let layers = 5 + (row * 7) % 13;
        let _ = writeln!(text, "{row},{:.3},512,{layers},{},keep", measured(row), [256, 512][row / 20]);
    }
    let found = report("tuning.csv", &text);
    assert_eq!(names(&found), ["tok_per_sec"]);
    assert_eq!(groups(&found, "tok_per_sec"), 26);
}

#[test]
fn hash_functions_are_named_and_digests_are_not() {
    let mut text = "reducer,hash,throughput\n".to_owned();
    for (row, (reducer, hash)) in [
        ("mod", "aqua"),
        ("mod", "murmur64"),
        ("mod", "xxh3"),
        ("clamp", "rmi"),
        ("clamp", "rmi"),
        ("clamp", "pgm"),
        ("mod", "aqua"),
        ("mod", "xxh3"),
        ("clamp", "pgm"),
        ("mod", "murmur64"),
        ("clamp", "rmi"),
    ]
    .into_iter()
    .enumerate()
    {
        let _ = writeln!(text, "{reducer},{hash},{:.2}", measured(row));
    }
    assert_eq!(groups(&report("hash.csv", &text), "throughput"), 5);
}

#[test]
fn a_dash_is_no_value_whichever_it_is() {
    let mut text = "adapter\toptions\tKER\n".to_owned();
    for row in 0..12 {
        let ker = if row % 4 == 1 { "—".to_owned() } else { format!("4.{row:02}%") };
        let _ = writeln!(text, "tool{}\topt{row}\t{ker}", row / 4);
    }
    assert_eq!(metric(&report("rates.tsv", &text), "KER")["dimension"], "ratio");
}

#[test]
fn a_check_that_passed_is_an_outcome_or_nothing_and_no_metric() {
    let mut text = "trial_num,time_ms,pass_timing,pass_memory,pass_overall\n".to_owned();
    for row in 0..60 {
        let failed = row % 5 == 0;
        let _ = writeln!(text, "{},{:.3},{},1,{}", 1 + row % 20, measured(row), u8::from(!failed), u8::from(!failed));
    }
    let found = report("device.csv", &text);
    assert_eq!(names(&found), ["time_ms"]);
    // Whoever is slower than somebody wished did not fail: no duration is left out.
    assert!(metric(&found, "time_ms")["failures"].is_null());
    let text = text.replace("pass_timing,pass_memory,pass_overall", "pass_syntax,pass_schema,pass_overall");
    assert_eq!(metric(&report("device.csv", &text), "time_ms")["failures"]["failed"], 12);
}

#[test]
fn a_time_that_nobody_would_choose_was_measured_although_each_model_has_one() {
    let mut text = "Model,Prompt,Tokens,Load Time (s),CPU Load Change (%)\n".to_owned();
    for (model, load) in [("big", 0.66), ("mid", 0.37), ("small", 0.29)] {
        for (row, prompt) in ["why", "how", "when"].into_iter().enumerate() {
            let _ = writeln!(text, "{model},{prompt},{},{load},{:.2}", 6 + row * 37, measured(row) - 30.0);
        }
    }
    let found = report("models.csv", &text);
    assert!(names(&found).contains(&"Load Time (s)"), "{:?}", names(&found));
    assert_eq!(metric(&found, "CPU Load Change (%)")["polarity"], "unknown");
}

#[test]
fn metrics_that_are_named_in_rows_one_after_the_other_are_no_settings() {
    let mut text = "time,metric,unit,value,endpoint\n".to_owned();
    for (metric, unit) in [("latency", "ms"), ("size", "B")] {
        for row in 0..30 {
            let endpoint = ["/a", "/b", "/c"][row % 3];
            let _ = writeln!(text, "{},{metric},{unit},{:.2},{endpoint}", 1_767_225_600 + row, measured(row));
        }
    }
    assert_eq!(names(&report("long.csv", &text)), ["latency", "size"]);
}
