//! Chosen or measured: no sign decides alone, several together do. Each of these tables has a column that neither its name nor its numbers
//! give away by themselves.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, groups, measured, metric, report};

/// What a column is used as, and why.
fn role(report: &Value, name: &str) -> (String, String) {
    let tables = report["sources"][0]["tables"].as_array().unwrap();
    let mut columns = tables.iter().flat_map(|table| table["columns"].as_array().unwrap());
    let column = columns.find(|column| column["name"] == name).unwrap_or_else(|| panic!("no column {name}"));
    (column["role"].as_str().unwrap().to_owned(), column["role_reason"].as_str().unwrap_or_default().to_owned())
}

/// A table of the rows that a function writes.
fn table(header: &str, rows: impl IntoIterator<Item = String>) -> Value {
    let mut text = format!("{header}\n");
    for row in rows {
        let _ = writeln!(text, "{row}");
    }
    report("table.csv", &text)
}

#[test]
fn an_axis_in_front_is_chosen_though_the_times_fall_with_it() {
    let sizes = [32, 64, 128, 192, 320, 832, 1088];
    let found = table(
        "dims,a,b",
        sizes.into_iter().enumerate().map(|(at, size)| {
            format!("{size},{:.5},{:.5}", measured(at) / f64::from(size), measured(at + 9) / f64::from(size))
        }),
    );
    assert_eq!(role(&found, "dims").0, "setting");
    assert_eq!((groups(&found, "a"), &metric(&found, "a")["measured_apart"]), (7, &Value::Bool(true)));
}

#[test]
fn how_many_were_used_is_chosen_whatever_the_abbreviation() {
    let rows = || [(1, 1), (1, 2), (2, 2), (2, 4), (4, 4), (4, 8)].into_iter().enumerate();
    for header in ["ngpu,ncpu,wall_s", "num_gpu,num_cpu,wall_s", "gpus,cpus,wall_s", "P_mpi,P_omp,wall_s"] {
        let found = table(header, rows().map(|(at, (one, other))| format!("{one},{other},{:.3}", measured(at))));
        let names: Vec<&str> = header.split(',').collect();
        // `P_…` says nothing by itself, and its six rows too little.
        if names[0] != "P_mpi" {
            assert_eq!((role(&found, names[0]).0.as_str(), role(&found, names[1]).0.as_str()), ("setting", "setting"));
        }
    }
}

#[test]
fn tiles_of_a_grid_are_chosen_and_a_reason_names_the_signs() {
    let tiles = [(16, 16), (16, 32), (32, 16), (32, 32), (64, 16), (64, 32)];
    let sizes = [1024, 2048, 4096];
    let rows = sizes.into_iter().flat_map(|size| tiles.into_iter().map(move |(x, y)| (size, x, y)));
    let found = table(
        "H,tile_x,tile_y,gpu_ms",
        rows.enumerate().map(|(at, (size, x, y))| format!("{size},{x},{y},{:.4}", measured(at))),
    );
    let (role, reason) = role(&found, "tile_x");
    assert_eq!(role, "setting");
    assert!(reason.contains("chosen"), "{reason}");
    assert_eq!(groups(&found, "gpu_ms"), 18);
}

#[test]
fn what_comes_out_in_whole_numbers_stays_measured() {
    // Heights of trees: few values, called like a size, in no order.
    let heights = table(
        "seed,n,height,insert_ms",
        (0..60_usize).map(|at| format!("{},1000,{},{:.4}", at * 7919 % 10_007, 20 + at * 37 % 5, measured(at))),
    );
    assert_eq!(role(&heights, "height").0, "metric");
    // Tokens of prompts that somebody typed: another number in each row.
    let prompts =
        table("prompt_tokens,ttft_s", (0..60_usize).map(|at| format!("{},{:.4}", 40 + at * 1009 % 1871, measured(at))));
    assert_eq!(role(&prompts, "prompt_tokens").0, "metric");
    // The same few prompts again and again were chosen.
    let prompts = table(
        "prompt_tokens,ttft_s",
        (0..30_usize).map(|at| format!("{},{:.4}", [128, 512, 2048][at % 3], measured(at))),
    );
    assert_eq!(role(&prompts, "prompt_tokens").0, "setting");
}

#[test]
fn repetitions_are_samples_however_they_are_called() {
    for name in ["rep", "run_num", "trial", "iteration", "seed"] {
        let found = table(
            &format!("size,{name},time_ms"),
            (0..30_usize).map(|at| format!("{},{},{:.4}", [100, 1000, 10_000][at / 10], at % 10, measured(at))),
        );
        assert_ne!(role(&found, name).0, "setting", "{name}");
        assert_eq!(groups(&found, "time_ms"), 3, "{name}");
    }
}

#[test]
fn a_name_that_says_what_came_out_is_outweighed_by_nothing() {
    // Round, in front, rising, each in as many rows: all the same times, shares and rates.
    for name in ["latency_ms", "hit_rate", "throughput_mbps", "p95", "errors", "recall"] {
        let found = table(
            &format!("{name},memory_mb"),
            (1..=12_u32).map(|at| format!("{},{:.3}", at * 10, measured(at as usize))),
        );
        assert_ne!(role(&found, name).0, "setting", "{name}");
    }
}

#[test]
fn a_setting_that_the_user_names_is_one_and_nothing_else_changes() {
    let place = Place::new();
    // How deep each search went looks measured; who varied it knows better.
    let mut text = "tile,note,reached_mean,wall_s\n".to_owned();
    for at in 0..36 {
        let (tile, reached) = ([16, 32, 64][at % 3], ["7.31", "11.02", "19.87"][at / 12]);
        let _ = writeln!(text, "{tile},{},{reached},{:.4}", at * at + 3, measured(at));
    }
    place.write("deep.csv", &text);
    let read = |flags: &str| {
        place.run(&format!("summarize deep.csv -o report.json {flags}")).exits(0);
        place.json("report.json")
    };
    let found = read("");
    assert_eq!((role(&found, "reached_mean").0.as_str(), groups(&found, "wall_s")), ("metric", 3));
    let told = read("--role reached_mean=setting");
    assert_eq!(role(&told, "reached_mean"), ("setting".to_owned(), "given by the user".to_owned()));
    assert_eq!((groups(&told, "wall_s"), &metric(&told, "wall_s")["measured_apart"]), (9, &Value::Bool(true)));
    // What is said of one column takes nothing from the others.
    let told = read("--role note=unused");
    for column in ["tile", "reached_mean", "wall_s"] {
        assert_eq!(role(&told, column), role(&found, column));
    }
    assert_eq!(groups(&told, "wall_s"), 3);
    place
        .run("summarize deep.csv -o report.json --role note=chosen")
        .exits(2)
        .complains("label, setting, metric, metric-name, timestamp, status, identifier, run, unused");
}

#[test]
fn a_rate_that_was_asked_for_is_chosen_and_one_that_was_reached_is_not() {
    let rows = || [(100, 1), (100, 1), (500, 2), (500, 2), (1000, 9), (1000, 9)].into_iter().enumerate();
    let found = table(
        "target_qps,reached_qps,p50_ms",
        rows().map(|(at, (rate, time))| format!("{rate},{:.1},{time}.{at}", f64::from(rate) - measured(at) / 40.0)),
    );
    assert_eq!((role(&found, "target_qps").0, role(&found, "reached_qps").0), ("setting".into(), "metric".into()));
    assert_eq!((groups(&found, "p50_ms"), &metric(&found, "p50_ms")["measured_apart"]), (3, &Value::Bool(true)));
}
