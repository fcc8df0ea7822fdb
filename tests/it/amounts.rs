//! Numbers that stand in cells with words, in headers, and beside what names their unit.

use serde_json::Value;

use crate::support::{Place, is_clean, metric, names, report};

/// Samples, median, dimension and direction of a metric.
fn measured<'a>(report: &'a Value, name: &str) -> (u64, f64, &'a str, &'a str) {
    let found = metric(report, name);
    let clean = &found["overall"]["clean"];
    let text = |key: &str| found[key].as_str().unwrap_or_default();
    (clean["n"].as_u64().unwrap(), clean["median"].as_f64().unwrap(), text("dimension"), text("polarity"))
}

#[test]
fn a_decimal_comma_before_a_unit_separates_no_fields() {
    let found = report("a.csv", "page;took;sent\nhome;7,5 ms;0,5 MB\nhome;8,5 ms;1,5 MB\ncart;1,2 s;2,5 MB\n");
    assert_eq!(measured(&found, "took"), (3, 0.0085, "time", "lower_is_better"));
    assert_eq!(measured(&found, "sent").1, 1.5e6);
    assert!(is_clean(&found), "{:#}", found["findings"]);
    let alone = report("b.csv", "took\n7,5 ms\n8,5 ms\n9,5 ms\n");
    assert_eq!(measured(&alone, "took").1, 0.0085);
}

#[test]
fn cells_with_units_and_words_are_numbers_whether_the_unit_is_known_or_not() {
    let text = "board,draw,speed,price,found,heat\nx,7.5 W,31 tok/s,$0.5,4 hits,61 °C\ny,8.5 W,35 tok/s,$0.7,1 hit,62 °C\n\
                x,9.5 W,33 tok/s,$0.6,6 hits,63 °C\n";
    let found = report("c.csv", text);
    assert_eq!(measured(&found, "draw (W)"), (3, 8.5, "unknown", "unknown"));
    assert_eq!(measured(&found, "speed"), (3, 33.0, "rate", "higher_is_better"));
    assert_eq!(measured(&found, "price ($)").1, 0.6);
    assert_eq!(measured(&found, "found (hits)").1, 4.0);
    assert_eq!(measured(&found, "heat (°C)").1, 62.0);
    assert!(is_clean(&found));
    let found = report("u.csv", "insert,0.5 parsecs\nread,0.25 parsecs\ndrop,0.75 parsecs\n");
    assert_eq!(measured(&found, "column_2 (parsecs)"), (3, 0.5, "unknown", "unknown"));
    let found = report("u.csv", "insert,0.5 segundos\nread,0.25 segundos\ndrop,0.75 segundos\n");
    assert_eq!(measured(&found, "column_2"), (3, 0.5, "time", "lower_is_better"));
}

#[test]
fn what_may_be_a_name_stays_one() {
    let found =
        report("d.csv", "model,net,load,wait_ms\n7B,4G,10 users,5.5\n13B,5G,20 users,6.5\n7B,4G,20 users,7.5\n");
    assert_eq!(names(&found), ["wait_ms"]);
}

#[test]
fn use_and_limit_of_containers_are_two_columns() {
    let text = "{\"Name\":\"db\",\"MemUsage\":\"200MiB / 2GiB\",\"NetIO\":\"5kB / 2MB\"}\n\
                {\"Name\":\"db\",\"MemUsage\":\"300MiB / 2GiB\",\"NetIO\":\"7kB / 3MB\"}\n\
                {\"Name\":\"web\",\"MemUsage\":\"900kB / 2GiB\",\"NetIO\":\"0B / 1MB\"}\n";
    let found = report("e.jsonl", text);
    assert_eq!(measured(&found, "MemUsage used").1, 200.0 * 1_048_576.0);
    let columns = found["sources"][0]["tables"][0]["columns"].as_array().unwrap();
    let limit = columns.iter().find(|column| column["name"] == "MemUsage limit").unwrap();
    assert_eq!(limit["role"], "setting", "what was allowed is no result");
    assert_eq!(measured(&found, "NetIO received"), (3, 5000.0, "bytes", "unknown"));
    assert_eq!(measured(&found, "NetIO sent").1, 2e6);
}

#[test]
fn a_mean_with_its_deviation_is_no_sample() {
    let found = report("f.csv", "bench,time\nsort,7.5ms ± 0.5ms\nhash,900us ± 20us\n");
    assert_eq!(names(&found), [""; 0]);
    let reported = found["reported"].as_array().unwrap();
    let mean = |label: &str| {
        let one = reported.iter().find(|one| one["metric"] == "time" && one["label"] == label).unwrap();
        one["values"].as_array().unwrap()[0].clone()
    };
    assert_eq!(mean("sort")["statistic"], "mean");
    assert!((mean("sort")["value"].as_f64().unwrap() - 0.0075).abs() < 1e-12);
    assert!((mean("hash")["value"].as_f64().unwrap() - 0.0009).abs() < 1e-12);
}

#[test]
fn numbers_name_columns_where_they_rise_beside_words_above_something_else() {
    let found = report("g.csv", "Versuch,16,32,64\n1,0.25,0.5,0.75\n2,0.35,0.6,0.85\n3,0.45,0.7,0.95\n");
    assert_eq!(measured(&found, "64").1, 0.85);
    assert_eq!(measured(&found, "16").0, 3);
    let found =
        report("h.csv", "server,port,rps,50,75,90,95,99\na,80,410.5,20,30,41,52,77\nb,81,512.5,18,25,37,44,61\n");
    assert!(names(&found).is_empty(), "percentiles are summaries");
    let p95 = found["reported"].to_string().contains("p95");
    assert!(p95 && is_clean(&found), "{:#}", found["reported"]);
    let plain = report("i.csv", "a,10,20\nb,30,40\nc,50,60\n");
    assert_eq!(measured(&plain, "column_2").0, 3, "a first row like the others is none");
}

#[test]
fn units_of_power_and_of_data_are_stated_by_names_that_speak_of_them() {
    let found = report(
        "j.csv",
        "board_power_w,Energy (kWh),gpu_vram_gb,sales_gb\n70.5,0.5,19.5,3\n71.5,0.6,20.5,5\n72.5,0.7,21.5,9\n",
    );
    assert_eq!(metric(&found, "board_power_w")["recorded_unit"], "W");
    assert_eq!(metric(&found, "Energy (kWh)")["recorded_unit"], "kWh");
    assert_eq!(measured(&found, "gpu_vram_gb").1, 20.5e9);
    assert_eq!(metric(&found, "sales_gb")["recorded_unit"], Value::Null);
}

#[test]
fn an_object_of_units_states_those_of_the_numbers_beside_it() {
    let line = |second: u32, wait: f64| {
        format!(
            "{{\"ts\":\"2025-03-01T10:00:{second}Z\",\"metrics\":{{\"wait\":{wait},\"disk.used\":41.5}},\"unit\":{{\"wait\":\"ms\",\"disk.used\":\"%\"}}}}\n"
        )
    };
    let found = report("k.jsonl", &[line(11, 5.5), line(13, 6.5), line(19, 9.5)].concat());
    assert_eq!(measured(&found, "metrics.wait"), (3, 0.0065, "time", "lower_is_better"));
    assert_eq!(measured(&found, "metrics.disk.used").2, "ratio");
}

#[test]
fn arrays_whose_objects_state_a_unit_each_are_told_apart_by_their_keys() {
    let text = "{\"host\":\"x\",\"tests\":{\"cpu\":{\"scores\":[510.5,512.5,511.5],\"unit\":\"events/sec\"},\
                \"memory\":{\"scores\":[30.5,31.5,32.5],\"unit\":\"MiB/sec\"}}}";
    let found = report("l.json", text);
    let all: Vec<(u64, f64, &str, &str)> = names(&found).iter().map(|name| measured(&found, name)).collect();
    assert!(all.contains(&(3, 511.5, "rate", "higher_is_better")), "{all:?}");
    assert!(all.contains(&(3, 31.5 * 1_048_576.0, "byte_rate", "higher_is_better")), "{all:?}");
}

#[test]
fn nan_of_whole_labels_was_not_measured_and_nan_among_numbers_is_corrupted() {
    let found = report("m.csv", "site,wait_ms\na,5.5\nb,NaN\nc,7.5\na,6.5\nb,NaN\nc,8.5\n");
    assert_eq!(measured(&found, "wait_ms").0, 4);
    assert!(is_clean(&found), "{:#}", found["findings"]);
    let found = report("n.csv", "site,wait_ms\na,5.5\nb,NaN\nc,7.5\na,NaN\nb,9.5\nc,8.5\n");
    assert!(!is_clean(&found));
}

#[test]
fn rows_that_sum_up_those_above_are_no_samples() {
    let rows =
        |from: u32| (0..20).map(|row| format!("{};{}\n", from + row % 7, from / 2 + row % 5)).collect::<String>();
    let text = format!(
        "Java;Rust\n{}Media;Media\n703;352\n-----;\nsecond;\nJava;Rust\n{}Average;Average\n903;452\n",
        rows(700),
        rows(900)
    );
    let found = report("o.csv", &text);
    assert_eq!(measured(&found, "Java").0, 40);
    assert_eq!(measured(&found, "Rust").0, 40);
    assert!(is_clean(&found), "{:#}", found["findings"]);
}

#[test]
fn lines_that_several_programs_printed_are_no_table() {
    let text = "warming up\t done: 512\n4096\t trees of depth 2\t sum: 100\n1024\t trees of depth 4\t sum: 120\n256\t trees of depth 6\t sum: 140\n\
                finished\t sum: 77\nstarted: 16.5\nended: 18.25\nran: 1.75\n";
    let place = Place::new();
    place.write("out.txt", text);
    let run = place.run("summarize out.txt");
    run.exits(2);
    assert!(run.stderr.contains("not recognised as metrics"), "{}", run.stderr);
}

#[test]
fn operations_beside_their_rate_are_counted() {
    let found = report("p.csv", "threads,ops,ops_per_sec,wait times\n1,500,50.5,0\n2,900,90.5,0\n4,1600,160.5,2\n");
    assert_eq!(metric(&found, "ops")["dimension"], "count");
    assert_eq!(metric(&found, "ops_per_sec")["dimension"], "rate");
    assert_eq!(metric(&found, "wait times")["dimension"], "unknown");
}
