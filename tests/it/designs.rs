//! What was tried with what: configurations are never pooled, and settings are no results. How things ended is read in the words of
//! those who judge.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, findings, groups, measured, metric, names, report};

#[test]
fn a_loop_over_several_labels_and_settings_keeps_each_combination_apart() {
    // 3 x 4 x 4 x 4 combinations, five rows each: more than a small table has.
    let (mut text, mut row) = ("work,queue,ncons,frame_sz,fps\n".to_owned(), 0);
    for _ in 0..5 {
        for work in ["none", "average", "heavy"] {
            for queue in ["ring", "array", "list", "pipe"] {
                for consumers in [1, 5, 10, 25] {
                    for size in [4096, 65_536, 1_048_576, 16_777_216] {
                        row += 1;
                        let _ = writeln!(text, "{work},{queue},{consumers},{size},{:.4}", measured(row));
                    }
                }
            }
        }
    }
    let report = report("queues.csv", &text);
    assert_eq!(names(&report), ["fps"]);
    assert_eq!(groups(&report, "fps"), 192, "{}", metric(&report, "fps")["grouped_by"]);
}

#[test]
fn sizes_that_stand_in_a_loop_inside_labels_are_settings_whatever_their_language() {
    // The sizes of one algorithm are others than those of another, and the clock stands beside.
    let (mut text, mut row) = ("timestamp,algoritmo,linguagem,tamanho_entrada,tempo_s\n".to_owned(), 0);
    for language in ["c++", "java", "kotlin"] {
        for (algorithm, sizes) in [("sort", [100_000, 200_000, 500_000]), ("matmul", [128, 256, 512])] {
            for size in sizes {
                row += 1;
                let _ = writeln!(
                    text,
                    "2025-10-12 18:2{}:{:02},{algorithm},{language},{size},{:.5}",
                    row / 60,
                    row % 60,
                    measured(row)
                );
            }
        }
    }
    let report = report("tempos.csv", &text);
    assert_eq!(names(&report), ["tempo_s"]);
    assert_eq!(groups(&report, "tempo_s"), 18, "{}", metric(&report, "tempo_s")["grouped_by"]);
}

#[test]
fn numbers_that_were_tried_with_each_other_are_settings() {
    let (mut text, mut row) = ("slots;page;faults;tiempo\n".to_owned(), 0);
    for _ in 0..2 {
        for slots in [4, 6, 8] {
            for page in [256, 512] {
                row += 1;
                let _ = writeln!(text, "{slots};{page};{};{:.2}", 50 + (row * 37) % 41, measured(row));
            }
        }
    }
    let report = report("faults.csv", &text);
    assert_eq!(names(&report), ["faults", "tiempo"]);
    assert_eq!(groups(&report, "tiempo"), 6);
}

#[test]
fn yes_and_no_tell_configurations_apart_too() {
    let (mut text, mut row) = ("model,dtype,caching,LPS\n".to_owned(), 0);
    for model in ["small", "large", "distilled"] {
        for dtype in ["fp32", "fp16"] {
            for caching in ["False", "True"] {
                row += 1;
                let _ = writeln!(text, "{model},{dtype},{caching},{:.3}", measured(row));
            }
        }
    }
    assert_eq!(groups(&report("speed.csv", &text), "LPS"), 12);
}

#[test]
fn few_hashes_in_many_rows_are_functions_that_were_tried() {
    let (mut text, mut row) = ("hash,reducer,ns_per_key\n".to_owned(), 0);
    for hash in ["mult64", "murmur", "xxh3", "city", "aqua", "meow", "fibo"] {
        for reducer in ["modulo", "fast_modulo", "fastrange", "none"] {
            row += 1;
            let _ = writeln!(text, "{hash},{reducer},{:.5}", measured(row));
        }
    }
    assert_eq!(groups(&report("hash.csv", &text), "ns_per_key"), 28);
}

#[test]
fn a_table_with_a_name_of_its_own_in_each_row_has_no_number_over_all() {
    let text = "benchmark,tiempo_ms\ninsert sorted,428.51\ninsert random,4.44\nlookup,0.0893\ndelete,31.27\n";
    let report = report("bst.csv", text);
    assert_eq!(groups(&report, "tiempo_ms"), 4);
    let headline = report["verdict"]["headline"].as_str().unwrap();
    assert!(!headline.contains("median") && !headline.contains("p95"), "{headline}");
}

#[test]
fn what_is_the_same_in_all_rows_is_a_setting() {
    let mut text = "isolation_lvl,concurrent,rounds_per_block,latency_ms\n".to_owned();
    for row in 0..24 {
        let _ = writeln!(text, "{},{},1370,{:.3}", 1 + row / 12, [1, 10, 50][row % 3], measured(row));
    }
    assert_eq!(names(&report("isolation.csv", &text)), ["latency_ms"]);
}

#[test]
fn a_mean_and_a_deviation_in_other_languages_are_a_summary() {
    let text = "Tipo,Tamanho,Media,DesvioPadrao\nserial,20000,0.66454,0.00196\nmpi,20000,1.07829,0.00173\n\
        serial,40000,2.71828,0.00271\nmpi,40000,1.41421,0.00314\n";
    let report = report("mpi.csv", text);
    assert!(report["metrics"].as_array().unwrap().is_empty(), "{:?}", names(&report));
    let reported = report["reported"].to_string();
    assert!(reported.contains("stddev") && reported.contains("Tamanho=20000"), "{reported}");
}

#[test]
fn who_knows_the_right_result_says_what_failed() {
    let text = "task,status,category,cputime (s)\na,true,correct,12.125\nb,false(unreach-call),correct,3.5\n\
        c,TIMEOUT,error,900.25\nd,true,wrong,100.75\ne,OUT OF MEMORY,error,61.5\nf,true,correct,22.125\n";
    let report = report("verifier.csv", text);
    let headline = report["verdict"]["headline"].as_str().unwrap();
    assert!(headline.contains("50% failed") || headline.contains("3 of 6"), "{headline}");
}

#[test]
fn severities_in_numbers_are_no_metric_and_tell_of_errors() {
    let text: String = (0..40)
        .map(|row| {
            let level = if row % 10 == 3 { 50 } else { 30 };
            let time = 1_740_000_000_000_u64 + row * 1000;
            format!(
                "{{\"level\":{level},\"time\":{time},\"msg\":\"done\",\"responseTime\":{:.1}}}\n",
                measured(usize::try_from(row).unwrap())
            )
        })
        .collect();
    let report = report("pino.ndjson", &text);
    assert_eq!(names(&report), ["responseTime"]);
    let headline = report["verdict"]["headline"].as_str().unwrap();
    assert!(headline.contains("10% failed"), "{headline}");
}

#[test]
fn about_so_much_is_a_number_with_a_note() {
    let text = "model,tok_s\na,~1890\nb,1720.5\nc,~1650\nd,1600.25\ne,1580\n";
    let report = report("speed.csv", text);
    assert_eq!(metric(&report, "tok_s")["overall"]["clean"]["max"], 1890.0);
    assert_eq!(report["verdict"]["corrupted_samples"], 0);
    assert_eq!(findings(&report, "approximate").len(), 1);
}

#[test]
fn codes_of_kinds_and_clocks_from_zero_are_no_metrics() {
    let mut text = "elapsed_s,exectype,latency_ms\n".to_owned();
    let mut elapsed = 0;
    for row in 0..60 {
        let _ = writeln!(text, "{elapsed},{},{:.3}", [0, 4, 8][row * 7 % 3], measured(row));
        elapsed += 3 + row % 3;
    }
    assert_eq!(names(&report("orders.csv", &text)), ["latency_ms"]);
}

#[test]
fn so_many_by_the_second_is_no_time() {
    let text = "event,value,unit\nswitch,12.5,/sec\nswitch,13.25,/sec\nswitch,11.75,/sec\n";
    let report = report("events.csv", text);
    assert_eq!(metric(&report, "value")["dimension"], "rate");
    let text = "mode,ghash_per_s\ncpu,0.0072\ngpu,4.828\n";
    assert_eq!(metric(&self::report("hash.csv", text), "ghash_per_s")["recorded_unit"], "G/s");
}

#[test]
fn a_percentile_of_each_of_several_metrics_is_a_summary_and_failures_are_counted() {
    let text = "model,num_requests,concurrency,output_tokens,successful_requests,failed_requests,ttft_p50_ms,e2e_latency_p50_ms\n\
        small,100,8,1024,100,0,25.59,7859.38\nlarge,100,8,1024,70,30,52.44,7653.21\nother,100,8,1024,98,2,33.81,12955.2\n";
    let report = report("load.csv", text);
    assert!(report["metrics"].as_array().unwrap().is_empty(), "{:?}", names(&report));
    let headline = report["verdict"]["headline"].as_str().unwrap();
    assert!(headline.contains("30 of 100"), "{headline}");
}

#[test]
fn decimal_commas_in_columns_of_blanks_separate_nothing() {
    let place = Place::new();
    let text = "Benchmark         Mode  Cnt  Score   Error  Units\nStore.get_a         ss   40  0,022 ± 0,004  ms/op\n\
        Store.get_b         ss   40  0,469 ± 0,271  ms/op\nStore.get_c         ss   40  0,222 ± 0,016  ms/op\n";
    place.write("jmh.txt", text);
    let run = place.run("summarize jmh.txt");
    assert!(!run.stdout.contains("22 ms") && !run.stdout.contains("469 ms"), "{}", run.stdout);
}

#[test]
fn times_of_day_name_and_date_and_are_no_durations() {
    let mut text = "test_name,container,capacity,throughput\n".to_owned();
    for row in 0..12 {
        let _ = writeln!(text, "11:40:33,lru_{},1051635,{:.2}", ["a", "b", "c"][row % 3], measured(row));
    }
    assert_eq!(names(&report("perf.csv", &text)), ["throughput"]);
    let place = Place::new();
    place.write("hours.csv", "Ann;08:00;16:30;01.01.2024\nBob;07:21;15:44;01.01.2024\nAnn;08:25;17:15;13.01.2024\n");
    place.run("summarize hours.csv").exits(2);
}

#[test]
fn the_first_column_of_blocks_of_as_many_rows_was_swept() {
    let mut text = "r,random_decision,seconds\n".to_owned();
    for row in 0..40 {
        let _ = writeln!(text, "{:.1},{},{:.4}", 0.2 * (1 + row / 5) as f64, 60 + row * 37 % 23, measured(row));
    }
    let report = report("sat.csv", &text);
    assert_eq!(names(&report), ["random_decision", "seconds"]);
    assert_eq!(groups(&report, "seconds"), 8);
}

#[test]
fn a_label_that_is_the_same_in_all_rows_of_a_table_is_in_no_name() {
    let mut text = "instant,method,name,scenario,duration_ms\n".to_owned();
    for row in 0..30 {
        let (second, name) = (10 + row, ["home", "cart"][row % 2]);
        let _ = writeln!(text, "2025-03-01T10:00:{second}Z,GET,{name},default,{:.3}", measured(row));
    }
    let report = report("requests.csv", &text);
    let label = |group: &Value| group["label"]["text"].as_str().unwrap().to_owned();
    let labels: Vec<String> = metric(&report, "duration_ms")["groups"].as_array().unwrap().iter().map(label).collect();
    assert_eq!(labels, ["home", "cart"]);
}

#[test]
fn each_combination_once_is_a_group_of_its_own_with_one_label_and_settings_in_words_and_numbers() {
    let (mut text, mut row) = ("Algorithm,Layout,Vertices,Density,Time\n".to_owned(), 0);
    for algorithm in ["prim", "kruskal"] {
        for layout in ["dense", "sparse"] {
            for vertices in [10, 50, 100, 150, 200, 250, 300] {
                for density in [25, 50, 99] {
                    row += 1;
                    let _ = writeln!(text, "{algorithm},{layout},{vertices},{density},{:.6}", measured(row));
                }
            }
        }
    }
    let report = report("wyniki.csv", &text);
    assert_eq!(names(&report), ["Time"]);
    assert_eq!(groups(&report, "Time"), 84, "{}", metric(&report, "Time")["grouped_by"]);
}

#[test]
fn round_numbers_that_were_tried_with_each_other_once_are_settings() {
    let (mut text, mut row) = ("n,filled,tempo_us\n".to_owned(), 0);
    for filled in [10, 20, 30, 40] {
        for n in [100, 200, 300, 400, 500] {
            row += 1;
            let _ = writeln!(text, "{n},{filled},{}", 1000 + row * 7919 % 10_007);
        }
    }
    let report = report("risultati.csv", &text);
    assert_eq!(names(&report), ["tempo_us"]);
    assert_eq!(groups(&report, "tempo_us"), 20, "{}", metric(&report, "tempo_us")["grouped_by"]);
}

#[test]
fn what_was_tried_with_the_leading_label_unevenly_and_in_any_order_is_kept_apart() {
    let mut text = "Library,Test,Length,Time\n".to_owned();
    for row in 0..900_usize {
        let (library, test) = (["auto", "hand"][row * 7 % 5 % 2], ["h0", "h1", "h2"][row * 11 % 7 % 3]);
        let length = [10, 50, 500, 3000][row * 13 % 11 % 4];
        let _ = writeln!(text, "\"{library}\",\"{test}\",\"{length}\",\"{:.5}\"", measured(row));
    }
    let report = report("escape.csv", &text);
    assert_eq!(names(&report), ["Time"]);
    assert_eq!(groups(&report, "Time"), 24, "{}", metric(&report, "Time")["grouped_by"]);
}

#[test]
fn how_a_row_ended_is_no_configuration() {
    let mut text = "place,predicted,ms\n".to_owned();
    for row in 0..300_usize {
        let predicted = ["clean", "misuse"][row * 7 % 5 % 2];
        let _ = writeln!(text, "{},{predicted},{:.4}", ["rome", "oslo", "lyon"][row * 11 % 7 % 3], measured(row));
    }
    assert_eq!(groups(&report("judged.csv", &text), "ms"), 3);
}

#[test]
fn names_of_which_one_number_differs_are_things_and_not_moments() {
    let mut text = "Phase,Power\n".to_owned();
    for row in 0..60_usize {
        let _ = writeln!(text, "net11_prune_0_{}.onnx,{:.4}", ["05", "1", "15"][row / 20], measured(row));
    }
    assert_eq!(groups(&report("power.csv", &text), "Power"), 3);
}

#[test]
fn a_row_with_a_name_of_its_own_is_not_pooled_by_what_kind_it_is() {
    let text = "operation,name,frame_ms\nstatic,line-100k,4.71\nstatic,line-1m,9.32\npan,line-1m-pan,16.93\n\
                pan,line-10m-pan,51.24\n";
    assert_eq!(groups(&report("charts.csv", text), "frame_ms"), 4);
}

#[test]
fn means_with_deviations_are_one_configuration_a_row_although_a_clock_stands_beside() {
    let (mut text, mut row) =
        ("timestamp,modo,tamanho,max_depth,tempo_medio_s,desvio_padrao_s,medicoes_s\n".to_owned(), 0);
    for size in [100_000, 500_000, 2_000_000] {
        for (mode, depth) in [("sequential", ""), ("parallel", "2"), ("parallel", "8")] {
            row += 1;
            let (mean, off) = (measured(row) / 10.0, measured(row) / 300.0);
            let _ = writeln!(
                text,
                "2025-10-12 18:27:{row:02},{mode},{size},{depth},{mean:.5},{off:.5},\"[{:.5}, {:.5}]\"",
                mean - off,
                mean + off
            );
        }
    }
    let report = report("resultados.csv", &text);
    assert_eq!(names(&report), Vec::<&str>::new());
    let reported = report["reported"].as_array().unwrap();
    let labels: std::collections::BTreeSet<_> = reported.iter().filter_map(|one| one["label"].as_str()).collect();
    assert_eq!(labels.len(), 9, "{reported:?}");
    assert!(labels.iter().all(|label| !label.contains('[')), "{labels:?}");
}
