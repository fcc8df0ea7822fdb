//! What stands in a table and is no measurement: instants, places, identifiers, words for a result that is not there, headers.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, is_clean, metric, names, report};

/// Findings of a kind.
fn findings<'a>(report: &'a Value, kind: &str) -> Vec<&'a Value> {
    report["findings"].as_array().unwrap().iter().filter(|finding| finding["kind"] == kind).collect()
}

/// What a column is used as.
fn role(report: &Value, name: &str) -> String {
    let columns = report["sources"][0]["tables"].as_array().unwrap().iter();
    let mut columns = columns.flat_map(|table| table["columns"].as_array().unwrap());
    let column = columns.find(|column| column["name"] == name).unwrap_or_else(|| panic!("no {name}: {report:#}"));
    column["role"].as_str().unwrap().to_owned()
}

/// Number of samples and median.
fn measured(report: &Value, name: &str) -> (u64, f64) {
    let clean = &metric(report, name)["overall"]["clean"];
    (clean["n"].as_u64().unwrap(), clean["median"].as_f64().unwrap())
}

#[test]
fn a_single_column_of_amounts_is_read_with_a_header_and_without() {
    let named = report("t.csv", "took\n1.5ms\n2500us\n4ms\n");
    assert_eq!(measured(&named, "took"), (3, 0.0025));
    let unnamed = report("t.txt", "20 MB\n10 MB\n30 MB\n");
    assert_eq!(measured(&unnamed, "column_1"), (3, 20e6));
}

#[test]
fn a_header_before_every_row_begins_no_run_and_no_table() {
    let mut text = String::new();
    for (second, load, used) in [(10, "31 %", "512 MiB"), (11, "35 %", "514 MiB"), (12, "33 %", "520 MiB")] {
        let _ =
            writeln!(text, "taken, board, load [%], used [MiB]\n2024/02/01 08:00:{second}.250, A100, {load}, {used}");
    }
    let report = report("gpu.csv", &text);
    assert_eq!(report["sources"][0]["tables"].as_array().unwrap().len(), 1);
    assert_eq!(measured(&report, "used [MiB]"), (3, 514.0 * 1024.0 * 1024.0));
    let found = findings(&report, "repeated_header");
    assert_eq!((found.len(), &found[0]["count"]), (1, &2.into()));
    assert!(!found[0]["reasons"][0].as_str().unwrap().contains("appended"), "{found:?}");
    assert!(is_clean(&report), "{report:#}");
}

#[test]
fn single_blanks_separate_columns_where_every_row_has_as_many_words_as_the_header() {
    let text = "date time peer hops rtt_ms\n2023-04-01 09:00:00.5 a 3 12.5\n2023-04-01 09:00:01.5 b 4 14.5\n\
                2023-04-01 09:00:02.5 a 3 13.0\n";
    let report = report("ping.txt", text);
    assert_eq!(report["sources"][0]["format"], "aligned");
    assert_eq!(measured(&report, "rtt_ms"), (3, 0.013));
    assert_eq!(role(&report, "date"), "timestamp");
    assert!(!names(&report).contains(&"time"), "{:?}", names(&report));
}

#[test]
fn where_blanks_may_separate_columns_the_refusal_names_what_reads_them() {
    let place = Place::new();
    place.write("t.txt", "some numbers of mine\n1 a 12.5\n2 b 14.5\n3 c 13.5\n4 d 11.0\n");
    let refused = place.run("summarize t.txt");
    assert!(refused.exits(2).stderr.contains("--delimiter ' ' reads it"), "{}", refused.stderr);
    place.run_words(&["summarize", "t.txt", "--delimiter", " "], b"").exits(0);
    place.write("prose.txt", "It was a dark night.\nNothing happened at all.\nThe end of it.\n");
    let prose = place.run("summarize prose.txt");
    assert!(!prose.exits(2).stderr.contains("aligned"), "{}", prose.stderr);
}

#[test]
fn a_word_for_a_result_that_is_not_there_is_noted_and_no_corruption() {
    let report = report("c.csv", "batch,fast_tok_s,slow_tok_s\n1,80.5,9.5\n2,61.5,4.5\n4,30.5,OOM\n8,17.5,skipped\n");
    assert_eq!(measured(&report, "slow_tok_s").0, 2);
    let found = findings(&report, "no_result");
    let of = |index: usize| (&found[index]["value"], &found[index]["place"]["line"], &found[index]["severity"]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(of(0), (&"OOM".into(), &4.into(), &"note".into()));
    assert_eq!(of(1), (&"skipped".into(), &5.into(), &"note".into()));
    assert!(is_clean(&report), "{report:#}");
    // Two things are measured in a row: the other one did not fail.
    assert!(metric(&report, "fast_tok_s")["failures"].is_null(), "{report:#}");
}

#[test]
fn where_a_row_measures_one_thing_the_word_makes_a_failed_row() {
    let mut text = "query,took_ms\n".to_owned();
    for row in 0..20 {
        let _ = writeln!(
            text,
            "q{row},{}",
            if row % 5 == 4 { "timed out".to_owned() } else { format!("{}.25", 100 + row) }
        );
    }
    text.push_str("q20,not run\n");
    let report = report("q.csv", &text);
    let failures = &metric(&report, "took_ms")["failures"];
    assert_eq!((failures["failed"].as_u64(), failures["total"].as_u64()), (Some(4), Some(20)), "{report:#}");
    assert_eq!(measured(&report, "took_ms").0, 16);
    assert!(findings(&report, "not_a_number").is_empty());
}

#[test]
fn most_results_may_be_missing_and_words_that_say_nothing_stay_corrupted() {
    let report = report("m.csv", "model,tok_s\na,12.5\nb,OOM\nc,OOM\nd,crashed\ne,Error: out of memory\n");
    assert_eq!(measured(&report, "tok_s").0, 1);
    assert_eq!(findings(&report, "no_result").len(), 3);
    let report = self::report("n.csv", "id,took_ms\n1,12.5\n2,13.5\n3,NaN\n4,banana\n5,14.5\n6,15.5\n7,11.5\n8,10.5\n");
    assert_eq!((findings(&report, "not_finite").len(), findings(&report, "not_a_number").len()), (1, 1));
}

#[test]
fn points_in_time_without_a_year_are_neither_labels_nor_dates() {
    for instants in [
        ["Jun 30 14:37:36 ", "Jun 30 14:41:45 ", "Jul 01 07:23:20 "],
        ["16-06 11:06:42", "16-06 11:06:47", "17-06 00:00:02"],
        ["Nov-28 09:00:00", "Nov-28 09:00:05", "Dec-01 09:00:00"],
    ] {
        let rows: String =
            instants.iter().zip(["58.5", "46.25", "91.0"]).map(|(at, ms)| format!("{at},{ms}\n")).collect();
        let report = report("log.csv", &format!("seen,rtt_ms\n{rows}"));
        assert_eq!(role(&report, "seen"), "unused");
        assert!(metric(&report, "rtt_ms")["groups"].as_array().is_none_or(Vec::is_empty), "{report:#}");
        assert!(!report.to_string().contains("1970-") && !report.to_string().contains("2000-"), "{report:#}");
    }
}

#[test]
fn digits_that_write_a_date_are_a_clock() {
    for (name, column) in [
        ("time", ["20220227235959", "20220228000001", "20220228000009", "20220301120000"]),
        ("x", ["202202272359", "202202280001", "202202280009", "202203011200"]),
        ("day", ["20220227", "20220228", "20220301", "20220302"]),
    ] {
        let rows: String = column.iter().enumerate().map(|(row, at)| format!("{at},{}\n", 8 + row)).collect();
        let report = report("d.csv", &format!("{name},startup\n{rows}"));
        assert_eq!(role(&report, name), "timestamp");
        assert_eq!(names(&report), ["startup"]);
    }
    // No date of the calendar, not in order, and not called a day.
    for (name, column) in [
        ("x", ["20221327235959", "20221328000001", "20221329000009", "20221330120000"]),
        ("x", ["20220301120000", "20220227235959", "20220226000001", "20220201000009"]),
        ("size", ["20220227", "20220228", "20220301", "20220302"]),
    ] {
        let rows: String = column.iter().enumerate().map(|(row, at)| format!("{at},{}.5\n", 8 + row)).collect();
        assert_ne!(role(&report("d.csv", &format!("{name},took_ms\n{rows}")), name), "timestamp", "{name} {column:?}");
    }
}

#[test]
fn start_and_end_of_a_stretch_are_points_in_time() {
    let mut text = "start time,end time,FPS,busy(S),app\n".to_owned();
    for (start, end) in
        [(907.5, 908.25), (908.25, 909.25), (909.25, 910.0), (906.5, 907.5), (907.5, 908.5), (908.5, 909.0)]
    {
        let _ = writeln!(text, "{start},{end},{},{},a", 55.5 + start - end, end - start);
    }
    let fps = report("fps.csv", &text);
    assert!(!names(&fps).iter().any(|name| name.contains("time")), "{:?}", names(&fps));
    // Sizes at the beginning and the end are amounts, and so is what does not go on together.
    let mut text = "start_rss,end_rss,start_ms,end_ms\n".to_owned();
    for (row, late) in [5, 9, 2, 8, 1, 7, 3].into_iter().enumerate() {
        let _ = writeln!(text, "{}.5,{}.5,{late}.5,{}.5", 100 + row, 120 + 2 * row, 10 - late + 8);
    }
    let sizes = report("s.csv", &text);
    assert!(["start_rss", "end_rss", "end_ms"].iter().all(|name| names(&sizes).contains(name)), "{:?}", names(&sizes));
}

#[test]
fn latitude_and_longitude_are_places() {
    let text = "lat,lon,took_ms\n52.52,13.405,20.5\n-33.87,151.21,31.5\n40.71,-74.01,25.5\n";
    let places = report("places.csv", text);
    assert_eq!(names(&places), ["took_ms"]);
    assert!(is_clean(&places), "{places:#}");
    // Alone, or beyond the poles, `lat` is a latency as before.
    assert!(names(&report("l.csv", "lat,ok\n12.5,1\n13.5,1\n11.5,1\n")).contains(&"lat"));
    assert!(names(&report("m.csv", "lat,long\n112.5,301.5\n113.5,305.5\n111.5,300.5\n")).contains(&"lat"));
}

#[test]
fn addresses_and_numbers_of_devices_are_no_amounts() {
    let mut text = "taken,index_gpu,pci_bus_id,slot_id,load\n".to_owned();
    for row in 0..24 {
        let gpu = row % 2;
        let _ = writeln!(
            text,
            "2024-02-01 08:00:{row:02},{gpu},0000000{gpu}:0{gpu}:00.0,0{gpu}:00.0,{}",
            30 + row * 7 % 13
        );
    }
    let report = report("gpu.csv", &text);
    assert_eq!(names(&report), ["load"]);
    for (column, wanted) in [("index_gpu", "identifier"), ("pci_bus_id", "setting"), ("slot_id", "identifier")] {
        assert_eq!(role(&report, column), wanted, "{column}");
    }
    assert_eq!(report["metrics"][0]["groups"].as_array().unwrap().len(), 2, "a busy device and an idle one are two");
}

#[test]
fn groups_above_the_names_of_columns_are_part_of_the_names() {
    let text = "when,latency,,traffic,\nat,p_ms,q_ms,in_bytes,out_bytes\n2024-02-01 08:00:00,1.5,2.5,130,200\n\
                2024-02-01 08:00:01,1.7,2.7,110,240\n2024-02-01 08:00:02,1.6,2.6,120,220\n";
    let report = report("two.csv", text);
    assert_eq!(names(&report), ["latency / p_ms", "latency / q_ms", "traffic / in_bytes", "traffic / out_bytes"]);
    assert_eq!(measured(&report, "latency / q_ms"), (3, 0.0026));
    assert!(is_clean(&report), "{report:#}");
}

#[test]
fn what_dstat_records_has_the_units_of_its_counters() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", crate::support::fixture("dstat/dstat.csv"))).exits(0);
    let report = place.json("r.json");
    assert!(is_clean(&report), "{report:#}");
    // Both runs are in one table, the second one behind a header of its own.
    assert_eq!(report["sources"][0]["tables"].as_array().unwrap().len(), 1);
    assert_eq!(measured(&report, "procs / run").0, 7);
    assert_eq!(findings(&report, "repeated_header").len(), 1);
    for (name, dimension, unit) in [
        ("total cpu usage / usr", "ratio", "%"),
        ("memory usage / buff", "bytes", "B"),
        ("net/total / recv", "byte_rate", "B/s"),
        ("system / csw", "rate", "/s"),
        ("io/total / writ", "rate", "/s"),
    ] {
        let found = metric(&report, name);
        assert_eq!((&found["dimension"], &found["recorded_unit"]), (&dimension.into(), &unit.into()), "{name}");
        assert_eq!(found["polarity"], "unknown", "{name}");
    }
    assert_eq!((role(&report, "epoch"), role(&report, "system / time")), ("timestamp".into(), "unused".into()));
}

/// Why a column is used as it is.
fn reason(report: &Value, name: &str) -> String {
    let columns = report["sources"][0]["tables"].as_array().unwrap().iter();
    let mut columns = columns.flat_map(|table| table["columns"].as_array().unwrap());
    let column = columns.find(|column| column["name"] == name).unwrap_or_else(|| panic!("no {name}: {report:#}"));
    column["role_reason"].as_str().unwrap().to_owned()
}

/// A number that is shown as reported.
fn reported(report: &Value, metric: &str) -> Option<f64> {
    let all = report["reported"].as_array()?;
    let one = all.iter().find(|one| one["metric"] == metric)?;
    one["values"].as_array()?.iter().find(|value| value["statistic"] == "value")?["value"].as_f64()
}

/// Rows of a logger: `first` numbers that grow by uneven steps, and a load that goes up and down.
fn counters(header: &str, first: &[f64], rows: usize) -> String {
    let mut text = format!("{header}\n");
    let mut totals = first.to_vec();
    for row in 0..rows {
        for (place, total) in totals.iter_mut().enumerate() {
            *total += f64::from(u32::try_from((row * 7 + place * 3) % 11).unwrap()) + 0.5;
            let _ = write!(text, "{total:.2},");
        }
        let _ = writeln!(text, "{}", 30 + (row * 13) % 17);
    }
    text
}

#[test]
fn seconds_of_a_processor_since_it_started_are_counters() {
    let text = counters("user_time,kernel_time,idle_time,load", &[15_503.5, 6_995.2, 336_366.7], 12);
    let found = report("cpu.csv", &text);
    assert_eq!(names(&found), ["load"]);
    for name in ["user_time", "kernel_time", "idle_time"] {
        assert!(reported(&found, name).is_some_and(|last| last > 6_995.0), "{name}: {found:#}");
    }
    let net = counters("bytes_sent,bytes_recv,packets_sent,load", &[918_273_645.0, 777_123_456.0, 812_345.0], 12);
    assert_eq!(names(&report("net.csv", &net)), ["load"]);
    // What each of several runs took goes up and down, and so does a share of time.
    let mut runs = "run,real,user,sys\n".to_owned();
    for row in 0..15 {
        let _ =
            writeln!(runs, "{row},{:.3},{:.3},0.1{row:02}", 2.0 + measured_up_and_down(row), measured_up_and_down(row));
    }
    assert!(names(&report("runs.csv", &runs)).contains(&"user"));
}

/// Numbers that neither rise nor fall throughout.
fn measured_up_and_down(row: usize) -> f64 {
    f64::from(u32::try_from((row * 37) % 19).unwrap()) / 17.0 + 1.0
}

#[test]
fn beside_ticks_of_a_processor_a_log_has_a_clock_and_totals() {
    let mut text = "System Time,RDTSC,Elapsed Time (sec),Package Power_0(Watt),Cumulative Package Energy_0(Joules),\
                    Package Temperature_0(C),GPU Frequency(MHz)\n"
        .to_owned();
    let (mut energy, mut ticks) = (0.0, 880_000_000_000_u64);
    for row in 0..12_u32 {
        let power = 5.0 + f64::from(row * 13 % 7);
        energy += power * 0.1;
        ticks += 270_000_000 + u64::from(row % 5);
        let _ = writeln!(
            text,
            "10:11:{row:02}:040,{ticks},{:.3},{power:.3},{energy:.3},{},99999999",
            0.1 * f64::from(row + 1) + 0.001 * f64::from(row % 3),
            40 + row * 5 % 9
        );
    }
    let _ = write!(text, "\nTotal Elapsed Time (sec) = 1.203\nAverage Package Power_0 (Watt) = 7.75\n\n");
    let found = report("power.csv", &text);
    assert_eq!(names(&found), ["Package Power_0(Watt)", "Package Temperature_0(C)"]);
    assert_eq!(role(&found, "Elapsed Time (sec)"), "timestamp");
    assert_eq!(crate::support::unit(&found, "Package Temperature_0(C)"), "°C");
    assert_eq!(reported(&found, "Average Package Power_0 (Watt)"), Some(7.75));
    assert_eq!(reported(&found, "Total Elapsed Time (sec)"), Some(1.203));
    assert!(reported(&found, "Cumulative Package Energy_0(Joules)").is_some());
    assert!(is_clean(&found), "{found:#}");
    // One row of such a log is of a moment, too.
    let lines: Vec<&str> = text.lines().take(2).collect();
    let one = report("one.csv", &format!("{}\n", lines.join("\n")));
    assert_eq!(names(&one), ["Package Power_0(Watt)", "Package Temperature_0(C)"]);
}

#[test]
fn the_interval_of_a_logger_is_no_result() {
    let mut text = "Date,Time,Laptime,Laptime(ms),U(V),I(A),P(W)\n".to_owned();
    for row in 0..20 {
        let lap = if row == 0 { "0:00:00" } else { "0:01:00" };
        let _ =
            writeln!(text, "2024/03/05,8:{:02}:07,{lap},0,23{}.5,0.4{},9{}.25", row + 10, row % 3, row % 7, row % 5);
    }
    let found = report("meter.csv", &text);
    assert_eq!(names(&found), ["U(V)", "I(A)", "P(W)"]);
    let units: Vec<&str> = names(&found).into_iter().map(|name| crate::support::unit(&found, name)).collect();
    assert_eq!(units, ["V", "A", "W"]);

    let mut frames = "start time,end time,FPS,Time(S),max time(ms)\n".to_owned();
    for row in 0..8_u32 {
        let at = 100.0 + 1.066 * f64::from(row);
        let _ = writeln!(frames, "{at:.3},{:.3},{},1.066,{}", at + 1.066, 50 + row * 7 % 9, 20 + row * 5 % 7);
    }
    assert_eq!(names(&report("fps.csv", &frames)), ["FPS", "max time(ms)"]);
    let mut up = "timestamp,cpu_percent,uptime_hms\n".to_owned();
    for row in 0..12 {
        let _ = writeln!(up, "2024-03-05T18:00:{row:02},{}.5,04:52:{:02}", 10 + row * 7 % 5, row + 20);
    }
    assert_eq!(names(&report("up.csv", &up)), ["cpu_percent"]);
    // The phases of a program follow each other without a gap, and how long each takes is what was measured.
    let mut phases = "phase,start_time,end_time,duration_s,rate_mb_s\n".to_owned();
    let mut at = 100.0;
    for (row, phase) in ["load", "parse", "sort", "join", "write", "close"].into_iter().enumerate() {
        let next = at + 0.5 + measured_up_and_down(row);
        let _ =
            writeln!(phases, "{phase},{at:.3},{next:.3},{:.3},{:.2}", next - at, 40.0 + measured_up_and_down(row + 3));
        at = next;
    }
    assert!(names(&report("phases.csv", &phases)).contains(&"duration_s"));
}

#[test]
fn goals_and_what_was_to_be_done_are_settings() {
    let text = r#"{"spec_targets": {"write_per_s_min": 1000}, "writer": {"target_msgs": 5000, "arrived": 4711, "took_s": 1.25},
                   "thresholds": {"recall@10": 0.8, "p95_ms": 200}, "metrics": {"recall@10": 0.85, "p95_ms": 187.5}}"#;
    let found = report("run.json", text);
    assert_eq!(names(&found), ["writer.arrived", "writer.took_s", "metrics.recall@10", "metrics.p95_ms"]);
    for name in ["spec_targets.write_per_s_min", "writer.target_msgs", "thresholds.recall@10", "thresholds.p95_ms"] {
        assert_eq!(role(&found, name), "setting", "{name}");
    }
    assert!(reason(&found, "writer.target_msgs").ends_with(": 5000"));
    // Hosts that were asked, and an object that says how often a goal was kept.
    let hosts = report("hosts.json", r#"{"targets": {"north": {"rtt_ms": 12.5}, "south": {"rtt_ms": 13.25}}}"#);
    assert_eq!(names(&hosts), ["targets.north.rtt_ms", "targets.south.rtt_ms"]);
    let kept = report("kept.json", r#"{"slo": {"p95_ms": 200, "actual_ms": 187.5}}"#);
    assert!(names(&kept).contains(&"slo.actual_ms"));
}

#[test]
fn settings_in_an_object_of_their_own_are_facts_beside_a_summary() {
    let text = r#"{"config": {"num_prompts": 15, "max_tokens": 100, "memory_share": 0.9},
                   "model": {"hidden_size": 256, "num_layers": 6, "vocab_size": 260},
                   "results": [{"name": "a", "mean_ms": 2.5, "p95_ms": 3.5}, {"name": "b", "mean_ms": 4.5, "p95_ms": 5.5}]}"#;
    let found = report("run.json", text);
    let said: Vec<&str> =
        found["reported"].as_array().unwrap().iter().filter_map(|one| one["metric"].as_str()).collect();
    assert!(said.iter().all(|metric| !metric.starts_with("config") && !metric.starts_with("model")), "{said:?}");
    let facts = &found["sources"][0]["environment"];
    assert_eq!(facts["config.max_tokens (setting)"], "100");
    assert_eq!(facts["model.hidden_size (setting)"], "256");
    // So is what is said about a run, called like no quantity, and how long it was to take.
    let planned = report(
        "planned.json",
        r#"{"metadata": {"selected_models": 19, "warmup": 20, "total_time_s": 3.5}, "workload": {"duration_s": 60},
            "observed": {"rps": 24.75, "took_s": 60.125}}"#,
    );
    assert_eq!(names(&planned), ["metadata.total_time_s", "observed.rps", "observed.took_s"]);
    // Another share of memory is another setting, and no other machine.
    let place = Place::new();
    place.write("a.json", text).write("b.json", text.replace("0.9", "0.8").replace("2.5", "2.75"));
    place.run("compare a.json b.json").exits(0).never_says("incomparable");
}

#[test]
fn what_describes_a_model_or_a_machine_is_no_result() {
    let models = "model,params,flops,macs,input_size,year,latency_ms\nr18,11689512,3628146688,1814073344,224,2015,5.5\n\
                  r50,25557032,8178368512,4089184256,224,2015,9.25\nvit,86567656,35165480448,17582740224,384,2020,14.75\n";
    assert_eq!(names(&report("models.csv", models)), ["latency_ms"]);
    let mut sweep = "run_id,params,latency_ms\n".to_owned();
    for row in 0..12 {
        let _ =
            writeln!(sweep, "x{row:02}ab,{},{:.2}", [1_000_000, 10_000_000][row / 6], 5.0 + measured_up_and_down(row));
    }
    assert_eq!(report("sweep.csv", &sweep)["metrics"][0]["groups"].as_array().unwrap().len(), 2, "sizes were tried");
    let work = "size,flops,gflops\n256,33554432,126.5\n512,268435456,138.25\n1024,2147483648,187.75\n";
    let found = report("gemm.csv", work);
    assert_eq!(
        (metric(&found, "flops")["dimension"].as_str(), metric(&found, "flops")["polarity"].as_str()),
        (Some("unknown"), Some("unknown"))
    );
    assert_eq!(metric(&found, "gflops")["dimension"], "rate");
    let mut memory = "when,TOTAL_RAM,USED_RAM\n".to_owned();
    for row in 0..10 {
        let _ = writeln!(memory, "2024-03-05T10:00:{row:02}Z,4046680,{}", 277_000 + row * 37 % 11 * 1_000);
    }
    assert_eq!(names(&report("memory.csv", &memory)), ["USED_RAM"]);
}

#[test]
fn an_improvement_is_better_where_it_is_larger() {
    let text = r#"{"a": {"latency_ms": 5.25}, "b": {"latency_ms": 4.75}, "improvements": {"latency_percent": 9.5},
                   "delta": {"latency_percent": -9.5}}"#;
    let found = report("both.json", text);
    let way = |name: &str| metric(&found, name)["polarity"].as_str().map(str::to_owned);
    assert_eq!(way("improvements.latency_percent").as_deref(), Some("higher_is_better"));
    assert_eq!(way("delta.latency_percent").as_deref(), Some("unknown"));
    assert_eq!(way("a.latency_ms").as_deref(), Some("lower_is_better"));
}

#[test]
fn what_was_sent_back_is_measured_and_leads_before_what_does_nothing() {
    let text = r#"{"noise_baseline": {"seconds": 0.0725}, "raw": {"seconds": 217.25}, "result_payload": {"latency": 215.875},
                   "payload": {"size": 64}}"#;
    let found = report("function.json", text);
    assert!(names(&found).contains(&"result_payload.latency"), "{:?}", names(&found));
    assert_eq!(role(&found, "payload.size"), "setting");
    let place = Place::new();
    place.write("function.json", text);
    place.run("summarize function.json -o r.json").exits(0).says("`raw.seconds`");
}

#[test]
fn lines_of_numbers_behind_a_name_are_a_metric_each_and_without_names_none() {
    let (mut named, mut bare) = (String::new(), String::new());
    for (name, scale) in [("latency_ms", 12.0), ("loss", 0.25), ("memory_mb", 110.0)] {
        let numbers: Vec<String> = (0..30).map(|row| format!("{:.3}", scale * measured_up_and_down(row))).collect();
        let _ = writeln!(named, "{name},{}", numbers.join(","));
        let _ = writeln!(bare, "{}", [numbers.join(","), numbers.join(",")].join(","));
    }
    let found = report("named.csv", &named);
    assert_eq!(names(&found), ["latency_ms", "loss", "memory_mb"]);
    assert_eq!(measured(&found, "latency_ms").0, 30);
    let place = Place::new();
    place.write("bare.csv", &bare);
    place.run("summarize bare.csv").exits(2).complains("no column holds measured values");
}
