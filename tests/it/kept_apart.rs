//! What is never pooled and never lost: failures that each row counts, configurations that were chosen, blocks with titles of their own, rows that
//! measure this or that.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, groups, measured, metric, names, report};

/// What the terminal says of a file, from its first line on.
fn said(name: &str, text: &str) -> String {
    let place = Place::new();
    place.write(name, text);
    place.run(&format!("summarize {name} -o report.md")).exits(0).stdout.clone()
}

fn first_line(name: &str, text: &str) -> String {
    said(name, text).lines().next().unwrap_or_default().to_owned()
}

fn role<'r>(report: &'r Value, name: &str) -> &'r str {
    let tables = report["sources"][0]["tables"].as_array().unwrap();
    let mut columns = tables.iter().flat_map(|table| table["columns"].as_array().unwrap());
    let column = columns.find(|column| column["name"] == name);
    column.unwrap_or_else(|| panic!("no column {name}"))["role"].as_str().unwrap()
}

fn labels(report: &Value, name: &str) -> Vec<String> {
    let groups = metric(report, name)["groups"].as_array().cloned().unwrap_or_default();
    groups.iter().filter_map(|group| Some(group["label"]["text"].as_str()?.to_owned())).collect()
}

/// Rows of JSON, one a line.
fn lines(rows: impl IntoIterator<Item = String>) -> String {
    rows.into_iter().fold(String::new(), |mut text, row| {
        writeln!(text, "{{{row}}}").unwrap();
        text
    })
}

/// So many seconds of a load test, in each of which so many of a hundred requests failed.
fn seconds(rows: usize, failed: usize, clock: bool) -> String {
    lines((0..rows).map(|row| {
        let all = 90 + row * 7 % 20;
        let failed = all * failed / 100;
        let at = if clock { format!("\"ts\": {}, ", 1_772_366_400 + row) } else { String::new() };
        let ok = all - failed;
        format!(
            "{at}\"total_requests\": {all}, \"successful_requests\": {ok}, \"failed_requests\": {failed}, \"latency_ms\": {:.3}",
            measured(row)
        )
    }))
}

#[test]
fn failures_that_each_row_counts_are_told_however_many_rows_there_are() {
    for (rows, clock) in [(15, true), (30, false), (30, true), (700, false), (700, true)] {
        let first = first_line("load.jsonl", &seconds(rows, 40, clock));
        assert!(first.starts_with("Failing:") && first.contains("requests failed"), "{rows} rows: {first}");
        assert!(!first.contains(" /s"), "rows are no requests: {first}");
    }
    let none = first_line("load.jsonl", &seconds(40, 0, false));
    assert!(none.contains("none failed"), "{none}");

    let runs = |fails: usize| {
        lines((0..30).map(|row| {
            let (framework, workers) = (["threads", "procs"][row / 15], 1 << (row / 3 % 5));
            let failed = 300 * fails;
            let ok = 900 - failed;
            format!(
                "\"n_total\": 900, \"n_ok\": {ok}, \"n_failed\": {failed}, \"framework\": \"{framework}\", \"n_workers\": {workers}, \
                 \"run_idx\": {}, \"wall_time_s\": {:.4}",
                row % 3 + 1,
                400.0 / f64::from(workers) + measured(row) / 1e3
            )
        }))
    };
    let first = first_line("runs.jsonl", &runs(1));
    assert!(first.starts_with("Failing:") && first.contains("900 of 2,700 attempts failed (33.3%)"), "{first}");
    assert!(!first_line("runs.jsonl", &runs(0)).starts_with("Failing"), "nothing failed");
}

#[test]
fn counters_that_go_on_are_not_added_up() {
    let text = lines((1..=40).map(|row| {
        let (all, failed) = (100 * row, 20 * row);
        format!("\"total_requests\": {all}, \"successful_requests\": {}, \"failed_requests\": {failed}", all - failed)
    }));
    let first = first_line("counters.jsonl", &text);
    assert!(first.contains("800 of 4,000 requests failed (20%)"), "{first}");
}

#[test]
fn what_is_no_part_of_the_requests_is_no_failure_of_theirs() {
    // More errors than requests in some rows: they are of something else.
    let text = lines((0..40).map(|row| {
        format!("\"requests\": {}, \"errors\": {}, \"latency_ms\": {:.3}", 10 + row % 3, row % 30, measured(row))
    }));
    let first = first_line("load.jsonl", &text);
    assert!(!first.contains("requests failed"), "{first}");
}

#[test]
fn more_failures_in_many_rows_never_pass_where_fewer_failed() {
    let place = Place::new();
    place.write("before.jsonl", seconds(60, 1, true));
    let codes: Vec<i32> = [1, 4, 10, 30, 60, 100]
        .into_iter()
        .map(|failed| {
            place.write("after.jsonl", seconds(60, failed, true));
            place.run("compare before.jsonl after.jsonl -q --fail-on regression").code.unwrap()
        })
        .collect();
    let first = codes.iter().position(|code| *code != 0);
    assert!(first.is_some_and(|first| codes[first..].iter().all(|code| *code != 0)), "{codes:?}");
}

#[test]
fn settings_part_rows_however_few_each_configuration_has() {
    // Ten configurations, eight sizes, two kinds, once each; one of them a second time.
    let mut rows = Vec::new();
    for (place, cfg) in ["ant", "bee", "cow", "dog", "elk", "fox", "gnu", "hen", "ibis", "jay"].into_iter().enumerate()
    {
        let again = if place == 3 { 2 } else { 1 };
        for round in 1..=again {
            for size in [500, 1000, 2000, 4000, 8000, 16000, 32000, 64000] {
                for kind in ["fill", "gen"] {
                    let at = 1_760_000_000.5 + 5.25 * rows.len() as f64;
                    let took = f64::from(size) * 2e-4 + measured(rows.len()) / 1e5;
                    rows.push(format!(
                        "\"kind\": \"{kind}\", \"cfg\": \"{cfg}\", \"target\": {size}, \"round\": {round}, \"ttft\": {took:.4}, \"ts\": {at}"
                    ));
                }
            }
        }
    }
    let found = report("sweep.jsonl", &lines(rows));
    assert_eq!((role(&found, "target"), groups(&found, "ttft")), ("setting", 160));
}

#[test]
fn a_log_of_requests_stays_one_run() {
    // Two endpoints in no order and no setting: what users see is all of it.
    let text = lines((0..200).map(|row| {
        let path = ["/pay", "/list"][usize::from(row * 7 % 10 < 4)];
        format!(
            "\"ts\": {}, \"path\": \"{path}\", \"duration_ms\": {:.3}, \"status\": 200",
            1_772_366_400 + row,
            measured(row)
        )
    }));
    let first = first_line("log.jsonl", &text);
    assert!(first.starts_with("Measured: 200 requests"), "{first}");
}

#[test]
fn as_many_workers_as_somebody_liked_were_chosen() {
    let many = [1, 2, 3, 4, 5, 7, 9, 11, 13, 17, 19, 23, 26, 29, 31, 37, 41, 47];
    let text = lines(many.iter().enumerate().map(|(row, workers)| {
        let took = 900.0 / f64::from(*workers) + measured(row) / 1e3;
        format!(
            "\"at\": {}, \"workers\": {workers}, \"splits\": 8, \"duration_seconds\": {took:.3}",
            1_772_366_400 + 500 * row
        )
    }));
    let found = report("scaling.jsonl", &text);
    assert_eq!((role(&found, "workers"), groups(&found, "duration_seconds")), ("setting", many.len()));
    // Threads that a service had at the moment, beside latencies.
    let gauge = lines((0..40).map(|row| {
        format!(
            "\"at\": {}, \"threads\": {}, \"latency_ms\": {:.3}",
            1_772_366_400 + row,
            11 + row * 7 % 13,
            measured(row)
        )
    }));
    assert_eq!(role(&report("gauge.jsonl", &gauge), "threads"), "metric");
}

#[test]
fn an_amount_that_is_held_while_something_is_repeated_was_set() {
    let rows = |measured_size: bool| {
        let mut rows = Vec::new();
        for (kind, sizes) in [("old", &[1024, 2048][..]), ("new", &[1024, 2048, 4096, 10240])] {
            for (place, size) in sizes.iter().enumerate() {
                for repetition in 1..=5 + place {
                    let row = rows.len();
                    let size = if measured_size { size + row % 3 } else { *size };
                    rows.push(format!(
                        "\"kind\": \"{kind}\", \"memoryMb\": {size}, \"repetition\": {repetition}, \"durationSeconds\": {:.3}, \"maxMemoryMb\": {}",
                        20.0 / (place + 1) as f64 + measured(row) / 1e3,
                        200 + row * 13 % 97
                    ));
                }
            }
        }
        lines(rows)
    };
    let found = report("sizes.jsonl", &rows(false));
    assert_eq!((role(&found, "memoryMb"), groups(&found, "durationSeconds")), ("setting", 6));
    assert_eq!(role(&found, "maxMemoryMb"), "metric");
    assert_eq!(role(&report("sizes.jsonl", &rows(true)), "memoryMb"), "metric");
}

#[test]
fn the_object_around_a_time_states_its_unit() {
    let text = lines((0..12).map(|row| {
        format!(
            "\"phaseMs\": {{\"plan\": {:.2}, \"copy\": {:.2}, \"retries\": {}}}",
            measured(row),
            3.0 * measured(row),
            row % 2
        )
    }));
    let found = report("phases.jsonl", &text);
    assert_eq!(
        metric(&found, "phaseMs.plan")["unit"]["recorded"]
            .as_str()
            .or(metric(&found, "phaseMs.plan")["recorded_unit"].as_str()),
        Some("ms")
    );
}

#[test]
fn what_only_successes_have_names_no_configuration() {
    let ok = |name: &str, variant: &str, row: usize| {
        format!(
            "\"name\": \"{name}\", \"variant\": \"{variant}\", \"family\": \"{name}-like\", \"load_s\": {:.3}, \"decode_tok_s\": {:.2}, \"sample\": \"text {row}\"",
            measured(row) / 10.0,
            40.0 + measured(row) / 9.0
        )
    };
    let bad = |name: &str, variant: &str| {
        format!("\"name\": \"{name}\", \"variant\": \"{variant}\", \"error\": \"out of memory\"")
    };
    let mut rows = vec![ok("ant", "fast", 1), bad("ant", "fast"), ok("ant", "fast", 2)];
    rows.extend([ok("bee", "fast", 3), bad("bee", "slow"), ok("bee", "slow", 4), ok("bee", "slow", 5)]);
    rows.extend([ok("cow", "slow", 6), ok("cow", "slow", 7), ok("cow", "fast", 8), ok("dog", "fast", 9)]);
    // Of the last two only the rate was measured.
    rows.extend(
        ["x1", "x2"].map(|variant| format!("\"name\": \"dog\", \"variant\": \"{variant}\", \"decode_tok_s\": 61.5")),
    );
    let first = first_line("models.jsonl", &lines(rows));
    assert!(first.contains("13 rows, 15.4% failed") || first.contains("2 of 13 rows failed"), "{first}");
    assert!(!first.contains("1 of 1 row"), "{first}");
}

#[test]
fn the_rate_of_a_script_is_not_that_of_all_requests() {
    let text = r#"{"root_group": {"name": ""}, "metrics": {
        "cart_requests": {"count": 100, "rate": 4}, "http_reqs": {"count": 300, "rate": 12}, "iterations": {"count": 100, "rate": 4},
        "http_req_failed": {"passes": 0, "fails": 300, "value": 0},
        "http_req_duration": {"avg": 120.5, "min": 3.1, "med": 100.2, "max": 900.3, "p(90)": 200.1, "p(95)": 300.4}}}"#;
    let first = first_line("k6.json", text);
    assert!(first.contains("300 requests, 12"), "{first}");
}

#[test]
fn tasks_of_a_list_that_only_say_whether_they_passed_count() {
    let run = |model: &str, passed: usize| {
        let task = |place: usize| {
            let error = if place < passed { "null" } else { "\"AssertionError\"" };
            format!("{{\"id\": \"task-{place}\", \"pass\": {}, \"error\": {error}}}", place < passed)
        };
        let tasks: Vec<String> = (0..5).map(task).collect();
        format!(
            "\"model\": \"{model}\", \"results\": {{\"tokens_per_sec_gen\": {}}}, \"per_task\": [{}]",
            40.0 + measured(passed),
            tasks.join(", ")
        )
    };
    let text = |passed: [usize; 4]| {
        lines(["alpha", "alpha", "beta", "beta"].into_iter().zip(passed).map(|(model, passed)| run(model, passed)))
    };
    let first = first_line("tasks.jsonl", &text([4, 3, 4, 3]));
    assert!(
        first.starts_with("Failing") && first.contains("20 rows, 30% failed") || first.contains("6 of 20 rows failed"),
        "{first}"
    );
    let place = Place::new();
    place.write("before.jsonl", text([5, 5, 5, 5]));
    for (passed, code) in [([5, 5, 5, 5], 0), ([1, 1, 1, 1], 1), ([0, 0, 0, 0], 1)] {
        place.write("after.jsonl", text(passed));
        let run = place.run("compare before.jsonl after.jsonl -q --fail-on regression");
        assert!(code == 0 || run.code != Some(0), "{passed:?}: {:?}", run.code);
    }
}

#[test]
fn a_part_that_few_rows_speak_of_is_no_outcome_of_theirs() {
    let text = |ok: bool| {
        lines((0..60).map(|row| {
            let part = if row % 6 == 3 {
                format!(", \"cpu\": {{\"ok\": {ok}, \"cost_us\": {}}}", 30 + row)
            } else {
                String::new()
            };
            format!(
                "\"ts\": {}, \"metrics\": {{\"loop_cost_ms\": {:.4}{part}}}",
                1_772_366_400 + 60 * row,
                measured(row) / 100.0
            )
        }))
    };
    let first = first_line("monitor.jsonl", &text(true));
    assert!(!first.contains("failed"), "{first}");
    let failed = first_line("monitor.jsonl", &text(false));
    assert!(failed.contains("failed"), "what says that it failed is not passed over: {failed}");
}

#[test]
fn values_of_two_names_are_never_pooled() {
    let text = lines((0..60).map(|row| {
        if row % 4 == 3 {
            let name = ["mem.usage", "cpu.usage"][row / 4 % 2];
            return format!(
                "\"ts\": {}, \"metric\": \"{name}\", \"value\": {:.3}, \"threshold\": 40",
                1_772_366_400 + row,
                measured(row)
            );
        }
        format!(
            "\"ts\": {}, \"metrics\": {{\"loop_cost_ms\": {:.3}, \"mem_pct\": {:.2}}}",
            1_772_366_400 + row,
            measured(row),
            40.0 + measured(row) / 50.0
        )
    }));
    let found = report("monitor.jsonl", &text);
    let all = names(&found);
    assert!(
        all.contains(&"mem.usage") && all.contains(&"cpu.usage") && all.contains(&"metrics.loop_cost_ms"),
        "{all:?}"
    );
    assert!(!all.contains(&"value"), "{all:?}");
    assert_eq!(metric(&found, "metrics.loop_cost_ms")["overall"]["clean"]["n"], 45);
}

#[test]
fn blocks_under_titles_of_their_own_are_not_pooled() {
    let block = |title: &str, from: usize| {
        let rows: String = (1..=6).fold(String::new(), |mut text, row| {
            writeln!(text, "{row}        7            {:.6}", measured(row + from) / 1e3).unwrap();
            text
        });
        format!(
            "{title}\n------------------------------------\nthreads  rows_count   Time per Run (s)\n------------------------------------\n{rows}\n"
        )
    };
    let text = |titles: [&str; 3]| {
        let blocks: String = titles.iter().enumerate().map(|(place, title)| block(title, 20 * place)).collect();
        format!("=====\nResults\n=====\n\n{blocks}")
    };
    let found = report("blocks.txt", &text(["Variant: baseline", "Variant: hash index", "Variant: tree index"]));
    assert_eq!(groups(&found, "Time per Run (s)"), 18, "{:?}", labels(&found, "Time per Run (s)"));
    let pages = report("pages.txt", &text(["Page of results", "Page of results", "Page of results"]));
    assert_eq!(groups(&pages, "Time per Run (s)"), 6, "pages of one listing");
}

#[test]
fn drawn_tables_are_read_with_their_titles() {
    let table = |failed: [u32; 2]| {
        format!(
            "+-------+----------+---------+--------+-----------+\n| NAME  | REQUESTS | SUCCESS | FAILED | AVG TIME  |\n\
             +-------+----------+---------+--------+-----------+\n| alpha |     5000 |    {} |   {} | 120.50 ms |\n\
             | beta  |     5000 |    {} |   {} | 95.30 ms  |\n+-------+----------+---------+--------+-----------+\n\n",
            5000 - failed[0],
            failed[0],
            5000 - failed[1],
            failed[1]
        )
    };
    let text = format!(
        "Starting\n\n** no cache\nCompleted alpha: 5000 requests\n{}** with cache\nCompleted beta: 5000 requests\n{}",
        table([400, 100]),
        table([0, 0])
    );
    let shown = said("table.txt", &text);
    assert!(
        shown.contains("20,000 requests, 2.5% failed") || shown.contains("500 of 20,000 requests failed"),
        "{shown}"
    );
    let found = report("table.txt", &text);
    assert_eq!(found["sources"][0]["format"], "boxed");
    let times = found["reported"].as_array().map(|all| all.iter().filter(|one| one["metric"] == "time").count());
    assert_eq!(times, Some(4), "a mean of each, as the tool reports it");
    Place::new().write("prose.txt", "| a | b |\nno table at all\n").run("summarize prose.txt -o r.md").exits(2);
}

#[test]
fn decimal_commas_in_aligned_columns_are_read() {
    let text = "name      score   error\nant       0,730   0,002\nbee       4,218   0,011\ncow       9,045   0,020\n";
    let found = report("scores.txt", text);
    assert_eq!(role(&found, "score"), "metric");
    let n: usize = groups(&found, "score");
    assert_eq!(n, 3);
    let refused = Place::new();
    refused.write("bench.txt", "sort/100      time:   [98.0 ns 98.2 ns 98.4 ns]\n");
    refused.run("summarize bench.txt -o r.md").exits(2).complains("criterion");
}

#[test]
fn what_describes_and_what_checks_was_not_measured() {
    let params = lines((0..8).map(|row| {
        let (name, size) = [("ant", 3.9), ("bee", 7.1), ("cow", 12.2), ("dog", 30.5)][row / 2];
        format!(
            "\"name\": \"{name}\", \"params_total_b\": {size}, \"device\": \"{}\", \"tok_s\": {:.2}",
            ["gpu", "cpu"][row % 2],
            measured(row)
        )
    }));
    assert_eq!(role(&report("models.jsonl", &params), "params_total_b"), "unused");

    let sums = |changes: bool| {
        lines((0..24).map(|row| {
            let (work, engine) = (["sum", "sort"][row / 12], ["fast", "slow"][row / 6 % 2]);
            let result = [953_888_195, 519_495_054][row / 12] + if changes { row } else { 0 };
            format!(
                "\"work\": \"{work}\", \"engine\": \"{engine}\", \"iter\": {}, \"total_ns\": {}, \"result\": {result}",
                row % 6,
                12_000 + row * 37 % 101
            )
        }))
    };
    assert_eq!(role(&report("sums.jsonl", &sums(false)), "result"), "unused");
    assert_eq!(role(&report("sums.jsonl", &sums(true)), "result"), "metric");

    let ids = lines((0..20).map(|row| {
        let (one, other) = (2297 + row * 17, 4250 + row * 13);
        format!(
            "\"request_id\": \"q-{row}\", \"hit_rate\": 0.{}, \"block_ids\": [{one}, {other}, {}]",
            30 + row,
            one + 7
        )
    }));
    assert!(!names(&report("hits.jsonl", &ids)).contains(&"block_ids"));

    let words = lines((0..12).map(|row| {
        format!(
            "\"words_on_page\": 1312.7755102040817, \"accuracy\": 0.912345678, \"wall_time_s\": {:.3}, \"workers\": {}",
            measured(row),
            1 + row / 6
        )
    }));
    let found = report("pages.jsonl", &words);
    assert_eq!((role(&found, "words_on_page"), role(&found, "accuracy")), ("setting", "metric"));

    let blocked = lines((0..6).map(|row| {
        format!(
            "\"ts\": {}, \"model\": \"{}\", \"n\": 14, \"blocked\": {}, \"errored\": 0",
            1_772_366_400 + 3600 * row,
            ["ant", "bee"][row % 2],
            2 + row
        )
    }));
    assert!(!said("eval.jsonl", &blocked).contains("unit not stated: blocked"));
    let times =
        lines((0..12).map(|row| format!("\"blocked\": {}, \"total_ms\": {:.1}", 3 + row * 5 % 7, measured(row))));
    assert!(said("times.jsonl", &times).contains("blocked"), "a part of a duration stays one");
}
