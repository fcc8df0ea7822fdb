//! Experiments as people run them: with gaps where memory ran out, in any order, one factor after the other, a row for each of a hundred
//! sizes. What was tried is never pooled, and what rises with it is no clock.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, groups, measured, metric, report, unit};

/// What a column is used as.
fn role<'r>(report: &'r Value, name: &str) -> &'r str {
    let tables = report["sources"][0]["tables"].as_array().unwrap();
    let mut columns = tables.iter().flat_map(|table| table["columns"].as_array().unwrap());
    let column = columns.find(|column| column["name"] == name);
    column.unwrap_or_else(|| panic!("no column {name}"))["role"].as_str().unwrap()
}

/// Whether no number over all groups is shown.
fn is_apart(report: &Value, name: &str) -> bool {
    metric(report, name)["measured_apart"] == true
}

#[test]
fn a_grid_with_gaps_is_a_grid() {
    let mut text = "when,model,rows_used,seed,train_time_s\n".to_owned();
    for seed in [7, 21] {
        for (at, rows) in [1000, 10_000, 100_000].into_iter().enumerate() {
            for model in ["linear", "forest", "boosted"] {
                // The forest ran out of memory.
                if model != "forest" || rows < 100_000 {
                    let second = text.lines().count();
                    let time = measured(second) * f64::from(rows) / 1e5;
                    let _ = writeln!(text, "2026-03-01 10:{:02}:{second:02},{model},{rows},{seed},{time:.4}", at * 7);
                }
            }
        }
    }
    let report = report("gaps.csv", &text);
    assert_eq!((role(&report, "rows_used"), groups(&report, "train_time_s")), ("setting", 8));
}

#[test]
fn what_rises_with_a_sweep_is_a_duration_and_no_clock() {
    let mut text = "Algorithm,Sample Size,Elapsed Time (ms)\n".to_owned();
    for size in 1..=60 {
        let _ = writeln!(text, "shaker,{},{}", size * 5000, size * size * 3 + size % 3);
    }
    let found = report("sorts.csv", &text);
    assert_eq!(role(&found, "Elapsed Time (ms)"), "metric");
    assert_eq!((role(&found, "Sample Size"), groups(&found, "Elapsed Time (ms)")), ("setting", 60));
    // From none on, and with a second algorithm below the first.
    let mut text = "kind,n,Time(ms)\n".to_owned();
    for (kind, slow) in [("lsd", 1), ("msd", 3)] {
        for (n, time) in [(2000, 0), (4000, 1), (8000, 4), (16_000, 11)] {
            let _ = writeln!(text, "{kind},{n},{}", time * slow);
        }
    }
    assert_eq!(role(&report("kinds.csv", &text), "Time(ms)"), "metric");
    // A ramp of users beside a clock in even steps is none.
    let mut text = "time_s,users,rps\n".to_owned();
    for step in 0..30 {
        let _ = writeln!(text, "{},{},{:.2}", step * 5, step + 1, measured(step));
    }
    assert_eq!(role(&report("ramp.csv", &text), "time_s"), "timestamp");
}

#[test]
fn shuffled_and_incomplete_configurations_are_apart() {
    let mut text = "grid_dim,time_s,nprocs\n".to_owned();
    for at in 0..60_usize {
        let (dim, procs) = ((at * 37 % 20 + 1) * 10, 1 << (at * 11 % 7));
        let _ = writeln!(text, "{dim},{:.5},{procs}", measured(at));
    }
    let found = report("shuffled.csv", &text);
    assert_eq!((role(&found, "grid_dim"), role(&found, "nprocs")), ("setting", "setting"));
    assert!(is_apart(&found, "time_s"));
    // One factor after the other, the others at their defaults.
    let mut text = "N,M,T,section,cycles\n".to_owned();
    for (n, m, t) in [(2, 64, 4096), (4, 64, 4096), (64, 2, 4096), (64, 64, 256), (64, 64, 512), (64, 64, 1024)] {
        for section in ["fwd", "bwd"] {
            let _ = writeln!(text, "{n},{m},{t},{section},{:.0}", measured(n + t) * 1e5);
        }
    }
    let found = report("factors.csv", &text);
    assert_eq!((role(&found, "T"), groups(&found, "cycles")), ("setting", 12));
}

#[test]
fn labels_of_a_design_with_gaps_stay_in_the_group() {
    let mut text = "threads,input,program,time (ms)\n".to_owned();
    for threads in 1..=16 {
        for (input, programs) in
            [("a.bin", ["fast", "plain"]), ("b.bin", ["fast", "plain"]), ("c.bin", ["fft", "fft2"])]
        {
            for program in programs {
                let _ =
                    writeln!(text, "{threads},{input},{program},{:.3}", measured(threads) / f64::from(threads as u32));
            }
        }
    }
    assert_eq!(groups(&report("programs.csv", &text), "time (ms)"), 96);
    // Some were tried four times as often as others.
    let mut text = "shell,task,across,cache,time_s\n".to_owned();
    for (shell, often) in [("sh", 16), ("ps", 8)] {
        for run in 0..often {
            for (task, across, cache) in [
                ("install", "no", "warm"),
                ("install", "no", "cold"),
                ("find", "no", "none"),
                ("install", "yes", "warm"),
            ] {
                let _ = writeln!(text, "{shell},{task},{across},{cache},{:.3}", measured(run + cache.len()));
            }
        }
    }
    assert_eq!(groups(&report("shells.csv", &text), "time_s"), 8);
}

#[test]
fn two_channels_of_a_full_grid_and_sizes_in_brackets_are_settings() {
    let mut text = "Resolution,Time (ms),Type,Channels\n".to_owned();
    for resolution in ["480p", "720p"] {
        for (at, kind) in ["seq", "par"].into_iter().enumerate() {
            for channels in [1, 3] {
                let _ = writeln!(text, "{resolution},{:.3},{kind},{channels}", measured(at * 3 + channels));
            }
        }
    }
    assert_eq!(role(&report("channels.csv", &text), "Channels"), "setting");
    let mut text = "time (s),Array Size (elements)\n".to_owned();
    for size in [100, 500, 1000] {
        for run in 0..4 {
            let _ = writeln!(text, "{:.5},{size}", measured(size + run) / 1e3);
        }
    }
    let found = report("brackets.csv", &text);
    assert_eq!((role(&found, "Array Size (elements)"), groups(&found, "time (s)")), ("setting", 3));
    assert!(is_apart(&found, "time (s)"), "no run took what is the median of all sizes");
}

#[test]
fn nested_loops_without_names_are_settings_and_a_height_by_chance_is_none() {
    let mut text = String::new();
    for (one, other) in [(0, 1), (0, 2), (1, 1), (1, 2)] {
        for rate in 1..=3 {
            let _ = writeln!(text, "{one},{other},{rate},{:.2}", measured(one * 6 + other * 3 + rate) * 100.0);
        }
    }
    let found = report("loops.csv", &text);
    assert_eq!((role(&found, "column_3"), groups(&found, "column_4")), ("setting", 12));
    let mut text = "trial,n,insert_s,tree_height\n".to_owned();
    for trial in 1..=24_usize {
        let _ = writeln!(text, "{trial},1000,{:.4},{}", measured(trial) / 100.0, 20 + trial * 7 % 5 % 2);
    }
    assert_eq!(role(&report("trees.csv", &text), "tree_height"), "metric");
}

#[test]
fn rates_stay_rates_whatever_stands_behind_them() {
    let text = "name,tok_s_all,img_s_per_gpu,mb_s_read,cycles/cpu_second\na,41.5,12.5,300.25,97000000\nb,40.5,11.5,310.5,98000000\n";
    let found = report("rates.csv", text);
    for (name, symbol) in
        [("tok_s_all", "/s"), ("img_s_per_gpu", "/s"), ("mb_s_read", "MB/s"), ("cycles/cpu_second", "/s")]
    {
        assert_eq!(unit(&found, name), symbol, "{name}");
        assert_eq!(metric(&found, name)["polarity"], "higher_is_better", "{name}");
    }
    // A worse run of it is never an improvement.
    let place = Place::new();
    let rows = |rate: f64| {
        let mut text = "model,trial,tok_s_gpu\n".to_owned();
        for trial in 1..=12 {
            let _ = writeln!(text, "m,{trial},{:.2}", rate + measured(trial) / 20.0);
        }
        text
    };
    place.write("before.csv", rows(39.0));
    place.write("after.csv", rows(13.0));
    let run = place.run("compare before.csv after.csv --fail-on regression");
    assert!(!run.stdout.contains("mproved"), "{}", run.stdout);
    run.exits(1);
}

#[test]
fn words_of_memory_and_of_rates_may_name_something_else() {
    let mut text = "n,quick,merge,heap\n".to_owned();
    for n in 1..=6 {
        let _ = writeln!(text, "{},{},{},{}", n * 1000, n * 8729, n * 8711, n * 1_962_711);
    }
    let found = report("sorts.csv", &text);
    assert_eq!((unit(&found, "heap"), &metric(&found, "heap")["polarity"]), ("", &Value::from("unknown")));
    let text = "model,quant_bits,prompt,latency_ms\nm,4,a,812\nm,8,a,910\nm,4,b,790\nm,8,b,905\n";
    assert_eq!(role(&report("quant.csv", text), "quant_bits"), "setting");
}

#[test]
fn every_endpoint_is_one_and_so_is_every_model() {
    let text = "endpoint,avg_ms\n/api/users,401.5\n/api/cart,29.2\n/api/login,143.3\n/api/orders,55.1\n";
    assert!(is_apart(&report("endpoints.csv", text), "avg_ms"));
    let mut text = "timestamp,model,latency_ms\n".to_owned();
    for row in 0..30 {
        let model = ["tiny3.1:8b", "tiny3.1:70b", "other"][row % 3];
        let _ = writeln!(text, "2026-01-05T10:00:{row:02},{model},{:.1}", measured(row) * 10.0);
    }
    let found = report("models.csv", &text);
    let groups = metric(&found, "latency_ms")["groups"].as_array().unwrap();
    let names: Vec<&str> = groups.iter().map(|group| group["label"]["text"].as_str().unwrap()).collect();
    assert_eq!(names, ["tiny3.1:8b", "tiny3.1:70b", "other"]);
}

#[test]
fn a_first_column_that_numbers_few_rows_and_how_words_were_drawn_are_no_results() {
    let mut text = "i,Latency (ms),top_p,temperature,tokens\n".to_owned();
    for row in 0..6 {
        let _ = writeln!(text, "{row},{:.2},0.9,0.7,{}", measured(row), 100 + row * 37 % 11);
    }
    let found = report("few.csv", &text);
    assert_eq!(role(&found, "i"), "identifier");
    assert_eq!((role(&found, "top_p"), role(&found, "temperature")), ("setting", "setting"));
    assert_eq!(role(&report("one.csv", "value\n1\n2\n3\n4\n5\n6\n"), "value"), "metric");
}

#[test]
fn one_of_several_devices_is_its_own_and_what_names_a_row_is_no_result() {
    let mut text = "timestamp,index,gpu_name,utilization.gpu [%]\n".to_owned();
    for second in 0..20 {
        for index in 0..2 {
            let _ = writeln!(text, "2026-01-05T10:00:{second:02},{index},card,{}", index * 90 + second % 7);
        }
    }
    assert_eq!(groups(&report("cards.csv", &text), "utilization.gpu [%]"), 2);
    let mut text = "folder,image,inference_ms\n".to_owned();
    for folder in ["1", "2", "3", "66", "66-2", "67"] {
        let _ = writeln!(text, "{folder},i{folder}.png,{:.2}", measured(folder.len() + 3));
    }
    let found = report("folders.csv", &text);
    assert_eq!(role(&found, "folder"), "identifier");
    assert_eq!(found["verdict"]["data"], "clean");
    let mut text = "attack,parameter_name,parameter_value,time_s\n".to_owned();
    for (attack, values) in [("short", [256, 512]), ("long", [20, 24])] {
        for value in values {
            for run in 0..6 {
                let _ = writeln!(text, "{attack},{attack}_bits,{value},{:.6}", measured(value + run) / 1e3);
            }
        }
    }
    assert_eq!(groups(&report("attacks.csv", &text), "time_s"), 4);
}
