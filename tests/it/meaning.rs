//! What a file means: units, directions, settings, summaries and failures come from evidence, or are not stated.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, metric, report};

/// Dimension and recorded unit of a metric, and which way is better.
fn said<'a>(report: &'a Value, name: &str) -> (&'a str, &'a str, &'a str) {
    let found = metric(report, name);
    let text = |key: &str| found[key].as_str().unwrap_or_default();
    (text("dimension"), text("recorded_unit"), text("polarity"))
}

#[test]
fn rates_are_higher_is_better_whatever_they_end_in() {
    let mut text = "id,gen_tok_s,disk_mb_per_s,reads_per_minute,latency_s\n".to_owned();
    for row in 0..40 {
        let _ =
            writeln!(text, "{row},{},{},{},{}", 40 + row % 7, 120 + row % 5, 900 + row, 0.2 + f64::from(row) / 100.0);
    }
    let report = report("r.csv", &text);
    assert_eq!(said(&report, "gen_tok_s"), ("rate", "/s", "higher_is_better"));
    assert_eq!(said(&report, "disk_mb_per_s"), ("byte_rate", "MB/s", "higher_is_better"));
    assert_eq!(said(&report, "reads_per_minute"), ("rate", "/min", "higher_is_better"));
    assert_eq!(said(&report, "latency_s"), ("time", "s", "lower_is_better"));
}

#[test]
fn a_duration_without_a_unit_is_shown_as_recorded_and_said_first() {
    let mut text = "task,duration,success\n".to_owned();
    for row in 0..30 {
        let _ = writeln!(text, "t{row},{}.5,true", 20 + row);
    }
    let place = Place::new();
    place.write("tasks.csv", &text);
    let run = place.run("summarize tasks.csv -o r.json");
    run.exits(0).says("unit not stated: duration; numbers as recorded; --unit duration=ms states it");
    let second = run.stdout.lines().nth(1).unwrap_or_default();
    assert!(second.starts_with("unit not stated"), "{}", run.stdout);
    assert_eq!(said(&place.json("r.json"), "duration"), ("unstated_time", "", "lower_is_better"));
    place.run("summarize tasks.csv --unit duration=s -o r.json").exits(0);
    assert_eq!(said(&place.json("r.json"), "duration"), ("time", "s", "lower_is_better"));
}

#[test]
fn a_target_with_a_unit_on_a_duration_without_one_has_no_data_and_fails() {
    let place = Place::new();
    let rows: String = (0..60).map(|row| format!("{}\n", 100 + row % 13)).collect();
    place.write("t.csv", format!("latency\n{rows}"));
    place.write("perfreport.toml", "[[target]]\nmetric = \"latency\"\np95 = \"< 200ms\"\n");
    let run = place.run("summarize t.csv --fail-on target -o r.json");
    run.exits(1);
    let target = &place.json("r.json")["targets"][0];
    assert_eq!((target["outcome"].as_str(), target["value"].as_f64()), (Some("no_data"), None));
    assert!(target["note"].as_str().unwrap().starts_with("unit not stated"), "{target}");
}

#[test]
fn the_step_of_a_clock_tells_its_unit() {
    // Differences of a clock of nanoseconds, in seconds and in milliseconds, with the noise of doubles.
    let (mut seconds, mut millis) = ("call,latency\n".to_owned(), "call,latency\n".to_owned());
    for row in 0..50_u32 {
        let (start, nanos) = (271_828.182_845_904, f64::from(7_000_000 + row * 13_577));
        let measured = (start + nanos / 1e9) - start;
        let _ = writeln!(seconds, "c,{measured:.17}");
        let _ = writeln!(millis, "c,{:.17}", measured * 1e3);
    }
    assert_eq!(said(&report("s.csv", &seconds), "latency"), ("time", "s", "lower_is_better"));
    assert_eq!(said(&report("ms.csv", &millis), "latency"), ("time", "ms", "lower_is_better"));
}

#[test]
fn a_count_by_a_duration_that_is_a_rate_tells_the_unit() {
    let mut text = "tokens,duration,tokens_per_second\n".to_owned();
    for row in 0..20 {
        let (tokens, millis) = (100 + row * 3, 750 + row * 40);
        let _ = writeln!(text, "{tokens},{millis},{:.4}", f64::from(tokens) / f64::from(millis) * 1e3);
    }
    assert_eq!(said(&report("t.csv", &text), "duration"), ("time", "ms", "lower_is_better"));
}

#[test]
fn requests_one_after_another_tell_their_unit_by_the_clock() {
    let mut text = "timestamp,latency\n".to_owned();
    let mut clock = 1_740_000_000.0;
    for row in 0..60 {
        let millis = 80 + row * 37 % 90;
        let _ = writeln!(text, "{clock:.3},{millis}");
        clock += f64::from(millis) / 1e3 + 0.001;
    }
    assert_eq!(said(&report("t.csv", &text), "latency"), ("time", "ms", "lower_is_better"));
}

#[test]
fn what_the_same_document_says_elsewhere_holds() {
    let text = r#"{"results": {"avgLatency": {"value": "0.47 ms"}},
        "summary": {"avgLatency": 0.4682, "p95Latency": 2.25, "p99Latency": 4.5, "testDuration": 30}}"#;
    let report = report("r.json", text);
    let found = report["reported"].as_array().unwrap().iter();
    let latency = found.clone().find(|one| one["metric"] == "summary.latency").unwrap();
    assert_eq!(latency["dimension"], "time", "{latency}");
    let p99 = latency["values"].as_array().unwrap().iter().find(|value| value["statistic"] == "p99").unwrap();
    assert_eq!(p99["value"], 0.0045);
}

#[test]
fn what_was_varied_is_never_pooled() {
    let mut text = "impl,threads,size,time_ms\n".to_owned();
    for (name, factor) in [("old", 2.0), ("new", 1.0)] {
        for threads in [1, 4] {
            for size in [10, 1000] {
                for rep in 0..6 {
                    let time = factor * f64::from(size) / f64::from(threads) + f64::from(rep) / 10.0;
                    let _ = writeln!(text, "{name},{threads},{size},{time}");
                }
            }
        }
    }
    let report = report("sweep.csv", &text);
    let found = metric(&report, "time_ms");
    assert_eq!(found["groups"].as_array().unwrap().len(), 8);
    let names: Vec<&str> =
        found["groups"].as_array().unwrap().iter().filter_map(|group| group["label"]["text"].as_str()).collect();
    assert!(names.iter().any(|name| name.contains("threads=4") && name.contains("size=1000")), "{names:?}");
    let metrics = report["metrics"].as_array().unwrap();
    assert_eq!(metrics.len(), 1, "settings are no metrics");
}

#[test]
fn what_is_varied_row_by_row_is_measured() {
    let mut text = "label,threads,elapsed_ms\n".to_owned();
    for row in 0..60 {
        let _ = writeln!(text, "a,{},{}", 1 + row * 7 % 11, 100 + row);
    }
    assert_eq!(said(&report("t.csv", &text), "threads").0, "count");
}

#[test]
fn durations_of_a_sweep_that_rise_are_no_clock() {
    let text = "n,time_ms\n10,0.13\n20,0.27\n50,0.66\n100,1.32\n200,2.6\n500,6.6\n1000,12.7\n";
    let report = report("sweep.csv", text);
    assert_eq!(metric(&report, "time_ms")["overall"]["clean"]["n"], 7);
    assert_eq!(report["metrics"].as_array().unwrap().len(), 1, "n was chosen");
}

#[test]
fn a_table_of_statistics_is_a_summary_and_its_total_is_no_sample() {
    let text = "endpoint,requests,failures,avg_ms,p50_ms,p95_ms\n/a,400,50,21,19,40\n/b,1600,32,17,16,39\nTotal,2000,82,18,17,39\n";
    let report = report("table.csv", text);
    assert!(report["metrics"].as_array().unwrap().is_empty());
    let reported = report["reported"].as_array().unwrap();
    let whole = reported.iter().find(|one| one["metric"] == "requests" && one["label"].is_null()).unwrap();
    let value = |name: &str| {
        let values = whole["values"].as_array().unwrap();
        values.iter().find(|value| value["statistic"] == name).and_then(|value| value["value"].as_f64())
    };
    assert_eq!((value("n"), value("failures")), (Some(2000.0), Some(82.0)));
    assert_eq!(reported.iter().filter(|one| one["metric"] == "ms").count(), 3);
}

#[test]
fn failed_rows_without_a_duration_are_failed_rows() {
    let mut text = "time,status,latency_ms\n".to_owned();
    for row in 0..60 {
        let second = 1_740_000_000 + row;
        if row % 4 == 0 {
            let _ = writeln!(text, "{second},503,");
        } else {
            let _ = writeln!(text, "{second},200,{}", 50 + row);
        }
    }
    let report = report("r.csv", &text);
    let failures = &metric(&report, "latency_ms")["failures"];
    assert_eq!((failures["failed"].as_u64(), failures["total"].as_u64()), (Some(15), Some(60)));
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["n"], 45);
}

#[test]
fn a_status_is_a_whole_leaf_and_its_parents_are_none() {
    let text: String = (0..60)
        .map(|row| format!("{{\"result\": {{\"latency_ms\": {}, \"size\": {}}}}}\n", 300 + row, 200 + row * 37 % 101))
        .collect();
    let report = report("out.ndjson", &text);
    assert!(metric(&report, "result.latency_ms")["failures"].is_null());
    assert_eq!(metric(&report, "result.latency_ms")["overall"]["clean"]["n"], 60);
    assert_eq!(said(&report, "result.size"), ("unknown", "", "unknown"), "the size of what, in what, is not said");
}

#[test]
fn rows_of_unlike_units_are_metrics_of_their_own() {
    let text = "name,value,unit\nput,70.5,req/s\nget,71,req/s\nload,12.5,ms\nload,13,ms\nheap,150,MB\n";
    let report = report("r.csv", text);
    assert_eq!(said(&report, "value (req/s)"), ("rate", "/s", "higher_is_better"));
    assert_eq!(said(&report, "value (ms)"), ("time", "ms", "lower_is_better"));
    assert_eq!(said(&report, "value (MB)").0, "bytes");
}

#[test]
fn bits_are_bits() {
    let report = report("r.csv", "id,key_size_bits,link_mbps\na,256,80\nb,512,120\nc,128,40\n");
    assert_eq!(metric(&report, "key_size_bits")["overall"]["clean"]["max"], 64.0);
    assert_eq!(metric(&report, "link_mbps")["overall"]["clean"]["max"], 15e6);
}

#[test]
fn files_of_one_name_on_both_sides_are_pairs() {
    let place = Place::new();
    for (side, slow) in [("before", 1.0), ("after", 1.5)] {
        for (level, factor) in [(8, 1.0), (64, slow)] {
            let rows: String = (0..120)
                .map(|row| format!("{:.2}\n", f64::from(level) * factor * (10.0 + f64::from(row * 7 % 13) / 10.0)))
                .collect();
            place.write(&format!("{side}/conc{level}.csv"), format!("latency_ms\n{rows}"));
        }
    }
    place.run("compare before after --fail-on regression -o r.json").exits(1);
    let report = place.json("r.json");
    let changes = report["comparison"]["changes"].as_array().unwrap();
    let status = |source: &str| {
        let change = changes.iter().find(|change| change["source"] == source).unwrap();
        change["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!((status("conc8.csv").as_str(), status("conc64.csv").as_str()), ("center_unchanged", "regressed"));
}

/// A table of durations, rates and failures by endpoint, and ways to write the same differently.
#[derive(Debug, Clone)]
struct Spelling {
    /// Places of the columns.
    order: Vec<usize>,
    /// Whether a column that is the same in all rows stands beside them.
    constant: bool,
    /// Whether the objects lie one level deeper.
    nested: bool,
    /// Synonyms: of the duration, of the rate, of the failure, of the label, of the setting.
    names: [&'static str; 5],
}

fn spelling() -> impl proptest::strategy::Strategy<Value = Spelling> {
    use proptest::prelude::*;
    (
        Just(vec![0, 1, 2, 3, 4]).prop_shuffle(),
        any::<bool>(),
        any::<bool>(),
        prop::sample::select(vec!["latency_ms", "responseTimeMs", "elapsed_ms", "duration_ms", "rtt_ms", "took_ms"]),
        prop::sample::select(vec!["tokens_per_second", "tok_s", "rows_per_sec", "rps", "qps", "output_tokens/s"]),
        prop::sample::select(vec!["status", "http_status", "status_code", "response_code"]),
        prop::sample::select(vec!["endpoint", "operation", "route", "label"]),
        prop::sample::select(vec!["threads", "concurrency", "batch_size", "workers"]),
    )
        .prop_map(|(order, constant, nested, a, b, c, d, e)| Spelling {
            order,
            constant,
            nested,
            names: [a, b, c, d, e],
        })
}

/// The table in that spelling, as objects line by line.
fn spelled(how: &Spelling) -> String {
    let mut text = String::new();
    for row in 0..48_u32 {
        let values = [
            (100 + row * 7 % 30).to_string() + ".5",
            (40 + row * 5 % 11).to_string() + ".25",
            if row % 8 == 0 { "503".to_owned() } else { "200".to_owned() },
            format!("\"{}\"", ["/search", "/pay"][(row % 2) as usize]),
            [1, 8][(row / 24) as usize].to_string(),
        ];
        let mut fields: Vec<String> =
            how.order.iter().map(|column| format!("\"{}\": {}", how.names[*column], values[*column])).collect();
        if how.constant {
            fields.push("\"region\": \"eu\"".to_owned());
        }
        let object = format!("{{{}}}", fields.join(", "));
        let _ = writeln!(text, "{}", if how.nested { format!("{{\"sample\": {object}}}") } else { object });
    }
    text
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 24, ..Default::default() })]

    /// Neither the order of columns, nor synonyms, nor a constant column, nor a level of nesting changes what a file means.
    #[test]
    fn the_same_table_means_the_same_however_it_is_spelled(how in spelling()) {
        let report = report("run.ndjson", &spelled(&how));
        let path = |name: &str| if how.nested { format!("sample.{name}") } else { name.to_owned() };
        let (duration, rate) = (path(how.names[0]), path(how.names[1]));
        proptest::prop_assert_eq!(said(&report, &duration), ("time", "ms", "lower_is_better"));
        proptest::prop_assert_eq!(said(&report, &rate), ("rate", "/s", "higher_is_better"));
        let found = metric(&report, &duration);
        let share = (found["failures"]["failed"].as_u64(), found["failures"]["total"].as_u64());
        proptest::prop_assert_eq!(share, (Some(6), Some(48)));
        let groups: Vec<&str> =
            found["groups"].as_array().unwrap().iter().filter_map(|group| group["label"]["text"].as_str()).collect();
        proptest::prop_assert_eq!(groups.len(), 4, "{:?}", groups);
        proptest::prop_assert_eq!(report["metrics"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn values_of_the_size_of_a_clock_beside_a_clock_are_values() {
    let mut text = "Time,Value\n".to_owned();
    for row in 0..8_u64 {
        let _ = writeln!(text, "2024-07-26T12:00:{row:02}Z,{}", 1_721_992_142_u64 + row * row * 1000);
    }
    assert_eq!(metric(&report("r.csv", &text), "Value")["overall"]["clean"]["n"], 8);
}

#[test]
fn a_level_of_error_is_a_failure() {
    let mut text = "name,level,latency_ms\n".to_owned();
    for row in 0..40 {
        let _ = writeln!(text, "call,{},{}", if row % 8 == 0 { "ERROR" } else { "DEFAULT" }, 900 + row);
    }
    let report = report("spans.csv", &text);
    let failures = &metric(&report, "latency_ms")["failures"];
    assert_eq!((failures["failed"].as_u64(), failures["total"].as_u64()), (Some(5), Some(40)));
}

#[test]
fn instants_of_series_behind_each_other_are_no_metric() {
    let series = |from: f64| -> String {
        let points: Vec<String> =
            (0..12).map(|point| format!("[{:.2},{}]", from + f64::from(point), 1_740_000_000 + point * 60)).collect();
        points.join(",")
    };
    let text = format!(
        r#"[{{"target":"api","datapoints":[{}]}},{{"target":"web","datapoints":[{}]}}]"#,
        series(100.0),
        series(200.0)
    );
    let report = report("series.json", &text);
    let metrics = report["metrics"].as_array().unwrap();
    assert_eq!(metrics.len(), 1, "{:?}", metrics.iter().map(|found| &found["name"]).collect::<Vec<_>>());
    assert_eq!(metrics[0]["overall"]["clean"]["n"], 24);
}

#[test]
fn annotated_csv_of_a_database_is_a_long_table() {
    let mut text = "#group,false,false,false,false,true\n#datatype,string,long,dateTime:RFC3339,double,string\n#default,_result,,,,\n,result,table,_time,_value,_field\n"
        .to_owned();
    for (table, field, from) in [(0, "response_time_ms", 120.5), (1, "cpu_percent", 40.5)] {
        for row in 0..12 {
            let _ = writeln!(text, ",,{table},2026-01-01T00:{row:02}:00Z,{},{field}", from + f64::from(row));
        }
    }
    let report = report("query.csv", &text);
    assert_eq!(said(&report, "response_time_ms"), ("time", "ms", "lower_is_better"));
    assert_eq!(said(&report, "cpu_percent").0, "ratio");
    assert_eq!(report["metrics"].as_array().unwrap().len(), 2);
}

#[test]
fn what_was_tried_with_everything_else_was_chosen_and_is_never_pooled() {
    let rows = |label: &str, factor: f64| -> String {
        [1, 10, 100].iter().map(|work| format!("{label},{work},{}\n", 7329.6 * factor / f64::from(*work))).collect()
    };
    let report =
        report("r.csv", &format!("mode,work_ms,events_per_sec\n{}{}", rows("queue", 1.0), rows("direct", 0.37)));
    let events = metric(&report, "events_per_sec");
    assert_eq!((events["groups"].as_array().unwrap().len(), &events["measured_apart"]), (6, &true.into()));
    assert!(report["metrics"].as_array().unwrap().iter().all(|metric| metric["name"] != "work_ms"));
}

#[test]
fn a_method_called_like_a_setting_is_measured_and_the_axis_of_a_sweep_is_none() {
    let report = report(
        "r.csv",
        "Size;Classic;Batch\n10;0.04346;0.11416\n100;0.29722;0.62072\n200;0.55172;1.14524\n300;0.8391;1.6346\n",
    );
    for name in ["Classic", "Batch"] {
        let groups = metric(&report, name)["groups"].as_array().unwrap().clone();
        let labels: Vec<&str> = groups.iter().map(|group| group["label"]["text"].as_str().unwrap()).collect();
        assert_eq!(labels, ["Size=10", "Size=100", "Size=200", "Size=300"], "{name}");
    }
}

#[test]
fn labels_that_differ_in_a_number_stay_apart_unless_they_count_somebody() {
    let kinds =
        report("r.csv", "kind,latency_ns\nDDR4 Dual,89.5\nDDR5 Dual,64.1\nCache L1,0.8\nCache L2,3.1\nCache L3,12.2\n");
    assert_eq!(metric(&kinds, "latency_ns")["groups"].as_array().unwrap().len(), 5);
    let text: String = (0..40).map(|row| format!("user_{row},{}.5\n", 100 + row * 7 % 31)).collect();
    let users = report("u.csv", &format!("event,latency_ms\n{text}"));
    assert!(metric(&users, "latency_ms")["groups"].as_array().is_none_or(|groups| groups.len() < 2));
}

#[test]
fn billions_of_parameters_are_no_bytes_and_processors_no_microseconds() {
    let text = "model,parameters,Number of vCPUs,ops_sec,messages_per_10_seconds\n\
        a,1.54B,32,1331.6,3677\nb,494M,32,2658.8,4985\nc,8B,32,5301.2,4924\n";
    let report = report("m.csv", text);
    assert_eq!(said(&report, "ops_sec"), ("rate", "/s", "higher_is_better"));
    assert_eq!(said(&report, "messages_per_10_seconds").2, "higher_is_better");
    let named = |name: &str| report["metrics"].as_array().unwrap().iter().any(|metric| metric["name"] == name);
    assert!(!named("parameters") && !named("Number of vCPUs"));
}

#[test]
fn a_number_of_a_query_tells_queries_apart_and_the_length_of_a_test_is_no_result() {
    let text: String = (0..3)
        .flat_map(|round| {
            [(9, 1.29), (20, 0.68), (6, 0.13)]
                .map(|(query, time)| format!("{query},{},30\n", time + 0.001 * f64::from(round)))
        })
        .collect();
    let report = report("q.csv", &format!("query_number,execution_time_seconds,duration_seconds\n{text}"));
    let time = metric(&report, "execution_time_seconds");
    assert_eq!((time["groups"].as_array().unwrap().len(), &time["grouped_by"]), (3, &"query_number".into()));
    assert!(report["metrics"].as_array().unwrap().iter().all(|metric| metric["name"] != "duration_seconds"));
}

#[test]
fn what_looks_like_a_unit_and_is_none_is_none() {
    let text = "run,ns/day,J/ns,Request(s),RNNs,speed km/h,CPU MHz,time-to-first-byte,free_memory_mb,time_saved_ms,link Mb/s,gb_sec\n\
        a,1.5,33206900,1201,2.1,31.5,2251,187.8,1007,12.5,94.3,2.1\nb,3.1,34100000,1302,2.2,33.1,2303,172.2,1019,17.1,94.1,2.3\n\
        a,5.6,35900000,1253,2.4,30.7,2287,181.9,993,13.3,94.7,2.2\n";
    let report = report("r.csv", text);
    for name in ["ns/day", "J/ns", "Request(s)", "RNNs", "speed km/h"] {
        assert_eq!(said(&report, name), ("unknown", "", "unknown"), "{name}");
    }
    assert_eq!(said(&report, "CPU MHz"), ("unknown", "MHz", "unknown"), "how fast a clock ticks, as it is written");
    assert_eq!(said(&report, "time-to-first-byte").0, "time", "an amount of bytes it is not");
    assert_eq!(said(&report, "free_memory_mb"), ("bytes", "MB", "unknown"));
    assert_eq!(said(&report, "time_saved_ms"), ("time", "ms", "unknown"));
    assert_eq!(said(&report, "link Mb/s"), ("byte_rate", "Mbit/s", "higher_is_better"));
    assert_eq!(said(&report, "gb_sec"), ("byte_rate", "GB/s", "higher_is_better"));
}

#[test]
fn a_word_for_a_phase_names_no_duration_before_another_word() {
    let text = "run,total_blocked_ips,http_req_blocked,pps\na,3,1.5,120\nb,1,2.5,40\nc,2,3.5,80\n";
    let report = report("r.csv", text);
    assert_eq!(said(&report, "total_blocked_ips").0, "unknown");
    assert_eq!(said(&report, "http_req_blocked").0, "unstated_time");
    assert_eq!(said(&report, "pps"), ("rate", "/s", "higher_is_better"));
}

#[test]
fn digits_of_a_rounded_number_are_no_clock() {
    let rows: String = (0..12).map(|row| format!("{}.{:04}\n", 5000 + row * 37, 1605 + row * 311)).collect();
    let report = report("l.csv", &format!("total-blocking-time\n{rows}"));
    assert_eq!(said(&report, "total-blocking-time").0, "unstated_time");
}

#[test]
fn a_time_beside_a_date_is_when_and_a_stamp_that_begins_anew_is_no_duration() {
    let days = report(
        "s.csv",
        "Datum;Zeit;Laufzeit (ms)\n04.12.2025;10:30:00;15\n04.12.2025;10:40:00;16\n04.12.2025;10:50:00;19\n",
    );
    assert_eq!(days["metrics"].as_array().unwrap().len(), 1);
    let phases = report(
        "p.csv",
        "time_stamp,cpu_pct,phase\n0.0,45.1,warm\n2.01,89.8,warm\n4.03,80.5,warm\n0.0,53.1,High\n2.01,84.1,High\n4.02,81.1,High\n",
    );
    assert!(phases["metrics"].as_array().unwrap().iter().all(|metric| metric["name"] != "time_stamp"));
}

#[test]
fn counts_of_no_failures_and_what_was_not_run_are_no_failures() {
    let text = "case,ms,status\na,10.1,\"4 passed, 0 failed\"\nb,10.4,\"5 passed, 0 failed\"\nc,9.9,not run\nd,11.9,\"3 passed, 1 failed\"\n";
    let report = report("s.csv", text);
    let failures = &metric(&report, "ms")["failures"];
    assert_eq!((&failures["failed"], &failures["total"]), (&1.into(), &3.into()), "{failures}");
}

#[test]
fn repetitions_of_each_configuration_are_samples_and_no_settings() {
    let rows: String = ["base", "opt"]
        .iter()
        .flat_map(|variant| [1, 8].map(|threads| (variant, threads)))
        .flat_map(|(variant, threads)| {
            (0..6).map(move |rep| format!("{variant},{threads},{rep},{}.{rep}1\n", 100 / threads))
        })
        .collect();
    let report = report("r.csv", &format!("impl,threads,rep,time_ms\n{rows}"));
    let groups = metric(&report, "time_ms")["groups"].as_array().unwrap().clone();
    assert!(groups.len() == 4 && groups.iter().all(|group| group["clean"]["n"] == 6), "{groups:?}");
}

#[test]
fn requests_that_did_not_succeed_failed() {
    let row = |level: u32, ok: u32| {
        format!(
            "{{\"concurrency\":{level},\"total_requests\":500,\"successful_requests\":{ok},\"latency\":{{\"average\":3.87,\"p50\":3.34,\"p95\":6.48}}}}"
        )
    };
    let report = report("r.json", &format!("[{},{}]", row(1, 500), row(50, 123)));
    let failures = &report["verdict"]["failures"];
    assert!(failures.as_array().unwrap().iter().any(|one| one["failed"] == 377 && one["total"] == 500), "{failures}");
}

#[test]
fn a_unit_in_brackets_is_of_a_measurement() {
    let report = report("d.csv", "sample,depth (m)\na,1.5\nb,2.5\nc,3.5\nd,4.5\n");
    assert_eq!(said(&report, "depth (m)"), ("unknown", "", "unknown"));
}

#[test]
fn a_clock_counts_in_the_unit_that_its_name_states() {
    let place = Place::new();
    // 60 frames a second, however the clock is called: 0, 16.666 ms, ...
    for (name, factor) in [("Time (ms)", 1000.0 / 60.0), ("time_ns", 1e9 / 60.0), ("time_s", 1.0 / 60.0)] {
        let rows: String =
            (0..120).map(|frame| format!("{},{}\n", f64::from(frame) * factor, 14 + frame % 3)).collect();
        place.write("frames.csv", format!("{name},frame_time_ms\n{rows}"));
        place.run("summarize frames.csv").exits(0).says("60.50").says("over 1.98");
    }
}

/// The word by which the report names the role of a column.
fn role_of<'a>(report: &'a Value, column: &str) -> &'a str {
    let columns = report["sources"][0]["tables"][0]["columns"].as_array().unwrap();
    columns.iter().find(|one| one["name"] == column).unwrap()["role"].as_str().unwrap()
}

#[test]
fn what_leads_is_the_answer_and_no_preparation_axis_or_counter() {
    let mut plans = "sql,init_ms,exec_ms\n".to_owned();
    let mut axis = "elapsed_ms,rss_mb,latency_ms\n".to_owned();
    let mut counted = "codec,iter,wall_ms\n".to_owned();
    for row in 0..40_u64 {
        let _ = writeln!(plans, "select {},{}.{},{}.5", row % 2, 1 + row % 3, row % 7, 900 + row * 31 % 57);
        let _ = writeln!(axis, "{},{},{}.25", row * 250, 110 + row * 7 % 19, 9 + row * 13 % 11);
        let _ = writeln!(counted, "{},{},{}.75", if row < 20 { "lz" } else { "zs" }, row % 4, 8 + row * 13 % 11);
    }
    let plans = report("plans.csv", &plans);
    assert_eq!(plans["metrics"][0]["name"], "exec_ms");
    assert_eq!(metric(&plans, "init_ms")["dimension"], "time", "it is still measured");
    let axis = report("axis.csv", &axis);
    assert_eq!(role_of(&axis, "elapsed_ms"), "timestamp");
    assert!(axis["verdict"]["headline"].as_str().unwrap().contains("latency_ms"), "{}", axis["verdict"]);
    assert_eq!(role_of(&report("counted.csv", &counted), "iter"), "identifier");
}

#[test]
fn elapsed_times_that_do_not_go_on_from_zero_evenly_are_durations() {
    let mut text = "elapsed_ms,rss_mb\n".to_owned();
    for row in 0..40_u64 {
        let _ = writeln!(text, "{},{}", 20 + row * row, 110 + row * 7 % 19);
    }
    assert_eq!(role_of(&report("sorted.csv", &text), "elapsed_ms"), "metric");
}
