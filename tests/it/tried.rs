//! What strangers tried and what they measured: sweeps of whole numbers, sizes with units, devices that take turns, names of files made of
//! settings, checks and deviations.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, findings, fixture, groups, measured, metric, names, report, unit};

/// What a column is used as.
fn role<'r>(report: &'r Value, name: &str) -> &'r str {
    let tables = report["sources"][0]["tables"].as_array().unwrap();
    let mut columns = tables.iter().flat_map(|table| table["columns"].as_array().unwrap());
    let column = columns.find(|column| column["name"] == name);
    column.unwrap_or_else(|| panic!("no column {name}"))["role"].as_str().unwrap()
}

/// How many samples a metric has.
fn samples(report: &Value, name: &str) -> u64 {
    metric(report, name)["overall"]["clean"]["n"].as_u64().unwrap()
}

/// Which way a metric that a tool reported is better.
fn way<'r>(report: &'r Value, name: &str) -> &'r str {
    let reported = report["reported"].as_array().unwrap().iter().find(|one| one["metric"] == name);
    reported.unwrap_or_else(|| panic!("no {name} in {:#}", report["reported"]))["polarity"].as_str().unwrap()
}

#[test]
fn counts_and_limits_that_were_tried_with_each_other_are_settings() {
    let mut text = "Number of Threads,Max Prime,Events per second,Latency (ms)\n".to_owned();
    for threads in 1..=24 {
        for (at, prime) in [10_000, 50_000, 100_000, 500_000].into_iter().enumerate() {
            let number = measured(threads * 4 + at);
            let _ = writeln!(text, "{threads},{prime},{:.2},{number:.3}", 9000.0 / number);
        }
    }
    let report = report("threads.csv", &text);
    assert_eq!(role(&report, "Number of Threads"), "setting");
    assert_eq!(role(&report, "Max Prime"), "setting");
    assert_eq!(groups(&report, "Latency (ms)"), 96);
}

#[test]
fn round_sizes_with_units_are_settings_and_amounts_that_came_out_are_none() {
    let mut text = "Workload,CPU,L1,L2,IPC\n".to_owned();
    for (at, workload) in ["conv", "matmul"].into_iter().enumerate() {
        for (level, size) in ["8kB", "16kB", "32kB"].into_iter().enumerate() {
            for cpu in ["slow", "fast"] {
                let _ = writeln!(text, "{workload},{cpu},{size},256kB,{:.4}", measured(at * 6 + level * 2 + cpu.len()));
            }
        }
    }
    let found = report("caches.csv", &text);
    assert_eq!((role(&found, "L1"), role(&found, "L2")), ("setting", "setting"));
    assert_eq!(groups(&found, "IPC"), 12);
    let mut text = "Workload,Peak,IPC\n".to_owned();
    for row in 0..8 {
        let _ = writeln!(text, "w{},{:.1}kB,{:.3}", row % 2, 311.7 + measured(row), measured(row + 3));
    }
    assert_eq!(role(&report("peaks.csv", &text), "Peak"), "metric");
}

#[test]
fn decimals_in_even_steps_beside_every_label_were_tried() {
    let mut text = "engine,op,skew,median_s\n".to_owned();
    for engine in ["cpu", "gpu"] {
        for op in ["join", "sort"] {
            for skew in ["0.0", "0.25", "0.5", "0.75", "1.0", "1.25"] {
                let _ = writeln!(text, "{engine},{op},{skew},{:.5}", measured(text.len()) / 100.0);
            }
        }
    }
    let report = report("skew.csv", &text);
    assert_eq!((role(&report, "skew"), groups(&report, "median_s")), ("setting", 24));
}

#[test]
fn devices_that_take_turns_are_told_apart() {
    let mut text = "timestamp,gpu,power.draw\n".to_owned();
    for second in 0..12 {
        for gpu in 0..4 {
            let _ = writeln!(text, "2026-02-03T10:00:{second:02}Z,{gpu},{:.2}", measured(second * 4 + gpu));
        }
    }
    let found = report("gpus.csv", &text);
    assert_eq!((role(&found, "gpu"), groups(&found, "power.draw")), ("setting", 4));
    // What a processor was busy with is no number of one.
    let mut text = "timestamp,gpu,power.draw\n".to_owned();
    for second in 0..40 {
        let _ = writeln!(text, "2026-02-03T10:00:{second:02}Z,{},{:.2}", (second * 37) % 91, measured(second));
    }
    assert_eq!(role(&report("busy.csv", &text), "gpu"), "metric");
}

#[test]
fn a_first_column_without_a_name_names_the_rows() {
    let text = ",alpha,beta,gamma\n100,310.2,311.7,309.4\n1000,3242.1,3239.8,3251.6\n5000,12005.7,11890.4,11733.2\n";
    let report = report("frameworks.csv", text);
    assert_eq!((role(&report, "column_1"), groups(&report, "alpha")), ("setting", 3));
}

#[test]
fn names_of_files_made_of_settings_hide_no_configuration() {
    let mut text = "filename,replicas,consistency,workload,threads,throughput_ops_sec\n".to_owned();
    for replicas in [1, 3, 5] {
        for consistency in ["none", "weak", "strong"] {
            for workload in ["a", "b", "c"] {
                for threads in [1, 2, 4, 8] {
                    let file = format!("run_rf{replicas}_{consistency}_{workload}_threads{threads}.log");
                    let rate = 40.0 * measured(text.len());
                    let _ = writeln!(text, "{file},{replicas},{consistency},{workload},{threads},{rate:.3}");
                }
            }
        }
    }
    assert_eq!(groups(&report("files.csv", &text), "throughput_ops_sec"), 108);
}

#[test]
fn what_settings_tell_already_is_no_part_of_a_grid() {
    let mut text = "nr,operation,volume,clients,servers,server type,seconds,succeeded clients\n".to_owned();
    let mut row = 0;
    for kind in ["thread", "process"] {
        for operation in ["upload", "download"] {
            for volume in [10, 50, 100] {
                for clients in [1, 5, 50] {
                    for servers in [1, 5, 50] {
                        row += 1;
                        let seconds = measured(row);
                        let _ = writeln!(
                            text,
                            "{row},{operation},{volume},{clients},{servers},{kind},{seconds:.4},{clients}"
                        );
                    }
                }
            }
        }
    }
    assert_eq!(groups(&report("transfer.csv", &text), "seconds"), 108);
}

#[test]
fn rows_of_a_long_design_without_a_clock_are_never_pooled() {
    // Some were tried with fewer sizes, so that no grid is full.
    let mut text = String::new();
    for operation in ["sum", "min", "max", "xor"] {
        for kind in ["query", "mixed", "range"] {
            for power in 2..if kind == "range" { 20 } else { 36 } {
                let size = if power % 2 == 0 { 1_u64 << (power / 2) } else { 3 << (power / 2) };
                let _ = writeln!(text, "{operation},{kind},{size},{:.3}", measured(text.len()));
            }
        }
    }
    let report = report("sizes.csv", &text);
    assert_eq!(text.lines().count(), 344);
    assert_eq!(groups(&report, "column_4"), 344);
}

#[test]
fn each_digest_of_a_configuration_is_its_own() {
    let mut text = "config_id\ttok_s\tvram_gb\n".to_owned();
    for (row, id) in ["4f9a41c", "0cb4c2e", "558b915", "7a73e8b", "2455054"].into_iter().enumerate() {
        let _ = writeln!(text, "{id}\t{:.2}\t{:.1}", measured(row), 9.0 + measured(row) / 90.0);
    }
    let report = report("tuning.tsv", &text);
    assert_eq!((role(&report, "config_id"), groups(&report, "tok_s")), ("label", 5));
}

#[test]
fn samples_of_a_question_are_never_pooled_with_those_of_another() {
    let mut queries = Vec::new();
    for query in 1..=4 {
        let times: Vec<String> = (0..6).map(|run| format!("{:.3}", measured(query * 6 + run))).collect();
        queries.push(format!("{{\"query_id\": \"Q{query}\", \"runs\": 6, \"times_ms\": [{}]}}", times.join(", ")));
    }
    let text = format!("{{\"suite\": \"own\", \"queries\": [{}]}}", queries.join(", "));
    assert_eq!(groups(&report("queries.json", &text), "times_ms"), 4);
}

#[test]
fn a_few_rows_of_each_algorithm_are_not_pooled() {
    let text = "algo,cycles,misses\nclassic,139794642,1956850\ntiling,160872472,1555253\npar_tiling,210877674,1834152\n\
                par_tiling,210105624,1611486\nhybrid,41521880,818784\n";
    let report = report("counters.csv", text);
    assert_eq!(groups(&report, "cycles"), 4);
    assert!(
        metric(&report, "cycles")["measured_apart"].as_bool().unwrap_or_default(),
        "{:#}",
        metric(&report, "cycles")
    );
}

#[test]
fn deviations_have_no_direction() {
    let text = "policy,throughput_rps,throughput_rps_std,throughput_rps_ci95,p50_latency_ms,p95_latency_ms\n\
                fifo,7.72,0.42,0.37,3100.5,4423.7\nsjf,7.70,0.48,0.42,2904.1,4391.2\nrr,7.11,0.39,0.31,3404.4,4702.9\n";
    let report = report("policies.csv", text);
    assert_eq!(way(&report, "throughput_rps"), "higher_is_better");
    assert_eq!(way(&report, "throughput_rps_ci95"), "unknown");
    assert_eq!(way(&report, "throughput_rps_std"), "unknown");
    let text = "op,score_us,error_us\nsign,87.984,1.328\nverify,110.425,0.726\nsign,88.1,1.4\n";
    let report = self::report("scores.csv", text);
    assert_eq!(metric(&report, "error_us")["polarity"], "unknown");
    assert_eq!(metric(&report, "score_us")["polarity"], "lower_is_better");
}

#[test]
fn what_timed_out_failed_and_an_arrival_is_no_duration() {
    let mut text = String::new();
    for job in 0..20 {
        let arrival = job as f64 * 0.61 + measured(job) / 1000.0;
        let (start, service) = (arrival + 0.002, measured(job) / 1000.0);
        let _ = writeln!(
            text,
            "{{\"job_id\": {job}, \"arrival_s\": {arrival:.6}, \"start_s\": {start:.6}, \"end_s\": {:.6}, \"service_ms\": {:.6}, \
             \"timed_out\": {}}}",
            start + service,
            service * 1000.0,
            job % 5 == 0
        );
    }
    let report = report("trace.jsonl", &text);
    assert_eq!(names(&report), ["service_ms"], "{:#}", report["metrics"]);
    let failures = &metric(&report, "service_ms")["failures"];
    assert_eq!((failures["failed"].as_u64(), failures["total"].as_u64()), (Some(4), Some(20)));
}

#[test]
fn a_rate_of_errors_that_is_zero_counts_what_was_tried() {
    let levels: Vec<String> = [2, 5, 10]
        .iter()
        .map(|level| {
            format!(
                "{{\"level\": {level}, \"p50\": {:.4}, \"p95\": {:.4}, \"p99\": {:.4}, \"errorRate\": 0, \"totalRequests\": {}}}",
                measured(*level) / 30.0,
                measured(*level) / 10.0,
                measured(*level) / 4.0,
                level * 25
            )
        })
        .collect();
    let report = report("levels.json", &format!("{{\"levels\": [{}]}}", levels.join(", ")));
    let values = report["reported"].as_array().unwrap().iter().flat_map(|one| one["values"].as_array().unwrap());
    let failures: Vec<f64> =
        values.filter(|value| value["statistic"] == "failures").filter_map(|value| value["value"].as_f64()).collect();
    assert_eq!(failures, [0.0; 3], "{:#}", report["reported"]);
}

#[test]
fn percentiles_of_two_things_are_summaries_beside_a_clock() {
    let mut text = "algorithm,size,sign_mean_ns,sign_p95_ns,sign_p99_ns,verify_mean_ns,verify_p95_ns,verify_p99_ns,cv,skew,extra,more,joules,watts,timestamp\n".to_owned();
    for (at, algorithm) in ["ecdsa", "ed25519", "mldsa"].into_iter().enumerate() {
        for size in [64, 1024] {
            let mean = 1000.0 * measured(at * 2 + size / 1024);
            let _ = writeln!(
                text,
                "{algorithm},{size},{mean:.2},{:.2},{:.2},{:.2},{:.2},{:.2},{:.2},{:.2},{:.3},{:.3},{:.3},{:.3},2026-07-04 04:3{at}:00",
                mean * 1.2,
                mean * 1.4,
                mean * 0.5,
                mean * 0.7,
                mean * 0.8,
                measured(at) / 9.0,
                measured(size) / 9.0,
                measured(at + 1),
                measured(at + 2),
                measured(at + 3),
                measured(at + 4)
            );
        }
    }
    let report = report("signing.csv", &text);
    assert!(names(&report).is_empty(), "{:?}", names(&report));
    assert_eq!(way(&report, "sign_ns"), "lower_is_better");
}

#[test]
fn hops_of_a_route_are_summaries() {
    let text = "Version,Start_Time,Host,Hop,Ip,Loss%,Snt,Last,Avg,Best,Wrst,StDev\n\
                M.1,1785589533,own.example,1,10.0.0.1,90.00,10,0.70,0.70,0.70,0.71,0.00\n\
                M.1,1785589533,own.example,2,10.0.7.1,0.00,10,0.40,0.48,0.37,0.68,0.10\n\
                M.1,1785589533,own.example,3,gate.example,0.00,10,25.44,14.62,9.53,26.72,6.57\n\
                M.1,1785589533,own.example,4,core.example,0.00,10,15.71,12.90,9.20,19.28,3.75\n";
    let report = report("route.csv", text);
    assert!(names(&report).is_empty(), "{:?}", names(&report));
    let of = |statistic: &str| {
        let values = report["reported"].as_array().unwrap().iter().flat_map(|one| one["values"].as_array().unwrap());
        values.filter(|value| value["statistic"] == statistic).count()
    };
    assert_eq!((of("mean"), of("min"), of("max"), of("stddev")), (4, 4, 4, 4), "{:#}", report["reported"]);
    // The best of a score is the most.
    let text = "generation,best,avg,worst\n1,9.4,5.1,1.2\n2,9.9,5.4,1.9\n3,10.3,6.0,2.2\n";
    assert!(names(&self::report("scores.csv", text)).contains(&"best"));
}

#[test]
fn marks_of_footnotes_and_degrees_are_no_texts() {
    let text = "adapter,PER,KER\none,1.31%*,4.75%\ntwo,—,1.60%\nthree,1.10%*,4.63%\nfour,1.09%*,4.65%\n";
    let found = report("errors.tsv", &text.replace(',', "\t"));
    assert_eq!((role(&found, "PER"), samples(&found, "PER")), ("metric", 3));
    let mut text = "second,core temperature,load\n".to_owned();
    for row in 0..30 {
        let _ = writeln!(text, "{row},{}.5C,{:.2}", 34 + row % 3, measured(row));
    }
    let found = report("degrees.csv", &text);
    assert_eq!(samples(&found, "core temperature (C)"), 30);
    // Elsewhere it is a name.
    let text = "grade,load\n3C,7.31\n4C,8.92\n3C,7.44\n4C,9.17\n";
    assert_eq!(role(&report("grades.csv", text), "grade"), "label");
}

#[test]
fn the_list_of_what_was_tried_was_not_measured() {
    let rows: Vec<String> = [100, 500, 1000, 5000]
        .iter()
        .map(|paths| {
            format!(
                "{{\"paths\": {paths}, \"cpu_ms\": {:.4}, \"gpu_ms\": {:.4}}}",
                measured(*paths),
                measured(paths + 1)
            )
        })
        .collect();
    let text = format!("{{\"sweep\": [100, 500, 1000, 5000], \"scaling\": [{}]}}", rows.join(", "));
    let report = report("sweep.json", &text);
    assert!(!names(&report).iter().any(|name| name.contains("sweep")), "{:?}", names(&report));
    assert_eq!(names(&report).len(), 2, "{:?}", names(&report));
}

#[test]
fn codes_of_return_say_how_it_ended_and_versions_nothing() {
    let text = "{\"Version\": {\"engine\": 147, \"other\": 15}, \"runs\": [{\"wall_s\": 2.417, \"rc\": 0}, {\"wall_s\": 2.391, \"rc\": 0}, \
                {\"wall_s\": 2.513, \"rc\": 1}]}";
    let report = report("codes.json", text);
    assert_eq!(names(&report).len(), 1, "{:?}", names(&report));
    assert_eq!(metric(&report, names(&report)[0])["failures"]["failed"], 1);
}

#[test]
fn lists_of_numbers_that_are_not_read_are_said() {
    let text = "op,median_s,times_s\njoin,0.131,\"[0.132, 0.157, 0.131]\"\nsort,0.243,\"[0.263, 0.243, 0.159]\"\n";
    let report = report("lists.csv", text);
    let notes: Vec<&Value> =
        findings(&report, "not_a_number").into_iter().filter(|one| one["severity"] == "note").collect();
    assert_eq!(notes.len(), 1, "{:#}", report["findings"]);
}

#[test]
fn one_instant_for_all_rows_is_no_clock() {
    let mut text = "machine,stamp,benchmark,run_ms\n".to_owned();
    for row in 0..24 {
        let letters: String =
            (0..3).map(|at| char::from(b'a' + u8::try_from((row * 7 + at * 3) % 26).unwrap())).collect();
        let _ = writeln!(text, "box,2026-06-28T02:29:10Z,{letters}{},{:.3}", "xyz".repeat(row % 3), measured(row));
    }
    let report = report("apps.csv", &text);
    assert_eq!(groups(&report, "run_ms"), 24);
}

#[test]
fn reports_of_iostat_are_samples_of_each_device() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("iostat/iostat.log"))).exits(0);
    let report = place.json("r.json");
    assert_eq!((groups(&report, "%util"), samples(&report, "%util")), (2, 6));
    assert_eq!((unit(&report, "rkB/s"), unit(&report, "w_await")), ("KiB/s", "ms"));
    assert_eq!((unit(&report, "%iowait"), samples(&report, "%iowait")), ("%", 3));
    assert_eq!(metric(&report, "r/s")["polarity"], "unknown");
}

#[test]
fn lines_of_tegrastats_are_samples() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("tegrastats/tegrastats.log"))).exits(0);
    let report = place.json("r.json");
    assert_eq!((unit(&report, "RAM"), unit(&report, "CPU0 load"), unit(&report, "VDD_IN")), ("MiB", "%", "mW"));
    assert_eq!(samples(&report, "GPU temperature (C)"), 3);
}
