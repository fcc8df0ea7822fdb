//! Files of benchmark tools: our numbers against those that the tools themselves print.
//!
//! Means, medians and standard deviations (n - 1) are defined alike everywhere, so that they differ in the last digits
//! of a double at most. Percentiles are not compared: pytest-benchmark's quartiles are medians of halves (Tukey), JMH's
//! and `BenchmarkDotNet`'s percentiles interpolate, pyperf rounds what it prints to three digits.

use perfreport::ingest::{SourceOptions, read};
use perfreport::measure::Polarity;
use perfreport::measure::Statistic;
use perfreport::measure::unit::Dimension;
use perfreport::table::Role;
use perfreport::table::source::Source;
use serde_json::Value;

use crate::support::{Place, fixture, metric};

/// What rounding of sums may add up to.
const ROUNDING: f64 = 1e-9;

fn summarized(name: &str) -> Value {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture(name))).exits(0);
    place.json("r.json")
}

fn source(name: &str) -> Source {
    source_of(name, &std::fs::read(fixture(name)).unwrap())
}

fn source_of(name: &str, bytes: &[u8]) -> Source {
    read(name, bytes, &SourceOptions::default()).unwrap()
}

fn json(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(fixture(name)).unwrap()).unwrap()
}

/// The numbers over all samples of a benchmark, also of those that are suspected.
#[track_caller]
fn of<'a>(report: &'a Value, name: &str, label: &str) -> &'a Value {
    let metric = metric(report, name);
    let groups = metric["groups"].as_array().unwrap();
    let group = groups.iter().find(|group| group["label"]["text"] == label);
    let group = group.unwrap_or_else(|| panic!("no {label} in {groups:#?}"));
    if group["raw"].is_null() { &group["clean"] } else { &group["raw"] }
}

#[track_caller]
fn close(ours: &Value, theirs: f64) {
    let ours = ours.as_f64().unwrap();
    assert!((ours - theirs).abs() <= ROUNDING * theirs.abs(), "{ours} instead of {theirs}");
}

#[track_caller]
fn reported(source: &Source, metric: &str, label: &str, statistic: Statistic) -> Option<f64> {
    let mut all = source.reported.iter();
    let found = all.find(|one| one.metric == metric && one.label.as_deref() == Some(label));
    let found = found.unwrap_or_else(|| panic!("no {metric} of {label} in {:#?}", source.reported));
    found.values.iter().find(|value| value.statistic == statistic).map(|value| value.unit.to_base(value.value))
}

#[test]
fn hyperfine_s_mean_median_and_deviation_are_ours() {
    let report = summarized("hyperfine/commands.json");
    for entry in json("hyperfine/commands.json")["results"].as_array().unwrap() {
        let command = entry["command"].as_str().unwrap();
        let n = entry["parameters"]["n"].as_str().unwrap();
        let label = if command.contains(n) { command.to_owned() } else { format!("{command} [n={n}]") };
        let ours = of(&report, "time", &label);
        for statistic in ["mean", "median", "stddev", "min", "max"] {
            close(&ours[statistic], entry[statistic].as_f64().unwrap());
        }
    }
    // Two commands end with exit code 3, ten times each.
    let time = metric(&report, "time");
    let failures = &time["failures"];
    assert_eq!((&failures["failed"], &failures["total"]), (&20.into(), &40.into()));
    // They always fail, and were measured all the same.
    assert!(time["failed"].is_null() && time["remarks"].to_string().contains("their numbers are those of failures"));
}

#[test]
fn hyperfine_s_csv_is_reported_and_a_deviation_of_zero_is_none() {
    let source = source("hyperfine/commands.csv");
    assert!(source.tables.is_empty());
    assert_eq!(reported(&source, "time", "sh -c \"exit 3\" [n=100000]", Statistic::Mean), Some(0.001_710_762));
    assert_eq!(reported(&source, "system", "sh -c \"exit 3\" [n=400000]", Statistic::Mean), Some(0.0));
    let once = source_of("x", b"command,mean,stddev,median,user,system,min,max\nsleep 1,1.5,0,1.5,0,0,1.5,1.5\n");
    assert_eq!(reported(&once, "time", "sleep 1", Statistic::Stddev), None);
    assert_eq!(reported(&once, "time", "sleep 1", Statistic::Max), Some(1.5));
}

#[test]
fn aggregates_of_google_benchmark_are_those_of_its_repetitions() {
    let report = summarized("google-benchmark/repetitions.json");
    let mut compared = 0;
    for entry in json("google-benchmark/repetitions.json")["benchmarks"].as_array().unwrap() {
        let statistic = entry["aggregate_name"].as_str().unwrap_or_default();
        if !["mean", "median", "stddev"].contains(&statistic) {
            continue;
        }
        let label = entry["run_name"].as_str().unwrap();
        let to_seconds = if entry["time_unit"] == "us" { 1e-6 } else { 1e-9 };
        for (name, factor) in
            [("real_time", to_seconds), ("cpu_time", to_seconds), ("items_per_second", 1.0), ("bytes_per_second", 1.0)]
        {
            close(&of(&report, name, label)[statistic], entry[name].as_f64().unwrap() * factor);
            compared += 1;
        }
    }
    assert_eq!(compared, 3 * 3 * 4);
    assert_eq!(metric(&report, "items_per_second")["polarity"], "higher_is_better");
    assert_eq!(metric(&report, "bytes_per_second")["dimension"], "byte_rate");
    // The five repetitions that ended in an error left zeros, which are no times.
    let aside = report["sources"][0]["set_aside"].as_array().unwrap();
    assert!(aside.iter().any(|one| one["reason"] == "benchmarks that ended in an error" && one["rows"] == 5));
    assert!(report["findings"].to_string().contains("ended in an error 5 times: no such device"));
}

#[test]
fn google_benchmark_s_aggregates_are_reported_where_there_is_nothing_else() {
    let source = source("google-benchmark/aggregates_only.json");
    assert!(source.tables.is_empty());
    let mean = reported(&source, "real_time", "BM_Sort/64", Statistic::Mean).unwrap();
    assert!((mean - 6.237_998_452_925_796e-7).abs() < 1e-18, "{mean}");
    assert_eq!(source.provenance.environment.get("cores").map(String::as_str), Some("2"));
    assert!(!source.provenance.environment.values().any(|value| value == "host"));
}

#[test]
fn entries_without_times_are_said_to_be_that() {
    let place = Place::new();
    let entry = |number: u32| {
        format!(
            "{{\"name\": \"a{number}\", \"run_type\": \"iteration\", \"family_index\": 0, \"repetition_index\": {number}}}"
        )
    };
    place.write("bench.json", format!("{{\"benchmarks\": [{}, {}]}}", entry(0), entry(1)));
    let run = place.run("summarize bench.json");
    run.exits(2).complains("2 entries without times (`real_time` and `cpu_time`)");
}

#[test]
fn numbers_over_separate_benchmarks_stand_in_no_document() {
    let place = Place::new();
    let file = fixture("google-benchmark/repetitions.json");
    let text = place.run(&format!("summarize {file} -o r.md -o r.html -o r.json")).exits(0).stdout.clone();
    let report = place.json("r.json");
    let metric = metric(&report, "real_time");
    let benchmarks = metric["groups"].as_array().unwrap();
    assert!(benchmarks.len() > 1 && metric["measured_apart"] == true);
    assert!(metric["overall"]["clean"]["n"].as_u64() > benchmarks[0]["clean"]["n"].as_u64(), "the JSON has them");
    assert!(text.lines().any(|line| line == "  real_time"), "{text}");
    let page = place.read("r.md");
    let row = page.lines().find(|line| line.starts_with("| **`real_time`**")).unwrap();
    assert!(!row.contains(|character: char| character.is_ascii_digit()), "{row}");
    assert!(!place.read("r.html").contains("on the axis of all samples"));
}

#[test]
fn pytest_benchmark_s_statistics_are_ours() {
    let report = summarized("pytest-benchmark/rounds.json");
    for entry in json("pytest-benchmark/rounds.json")["benchmarks"].as_array().unwrap() {
        let ours = of(&report, "time", entry["name"].as_str().unwrap());
        assert_eq!(ours["n"], entry["stats"]["rounds"]);
        for statistic in ["mean", "median", "stddev", "min", "max"] {
            close(&ours[statistic], entry["stats"][statistic].as_f64().unwrap());
        }
    }
    let without = source("pytest-benchmark/statistics.json");
    assert!(without.tables.is_empty());
    assert_eq!(reported(&without, "time", "test_sum[10]", Statistic::Count), Some(199.0));
    assert_eq!(reported(&without, "time", "test_sum[10]", Statistic::Mean), Some(2.643_670_436_029_525e-6));
    assert_eq!(without.provenance.environment.get("runtime").map(String::as_str), Some("CPython 3.11.7"));
}

#[test]
fn rounds_that_are_not_all_do_not_replace_the_statistics() {
    let text = r#"{"machine_info": {"python_version": "3"}, "benchmarks": [{"name": "t",
        "stats": {"rounds": 5, "mean": 2.5, "data": [1.0, 2.0, "... omitted"]}}]}"#;
    let source = source_of("x", text.as_bytes());
    assert_eq!(reported(&source, "time", "t", Statistic::Mean), Some(2.5));
    assert_eq!(source.tables[0].lines.rows(), 2);
    let reasons = source.findings[0].reasons.join(" ");
    assert!(reasons.contains("2 numbers in `data`") && reasons.contains("5 rounds"), "{reasons}");
}

#[test]
fn criterion_s_estimates_are_those_of_its_samples() {
    let folder = "criterion/sum/1000/new";
    let estimates = json(&format!("{folder}/estimates.json"));
    for file in ["sample.json", "raw.csv"] {
        let report = summarized(&format!("{folder}/{file}"));
        let ours = &metric(&report, "time")["overall"]["clean"];
        for (statistic, name) in [("mean", "mean"), ("median", "median"), ("stddev", "std_dev")] {
            close(&ours[statistic], estimates[name]["point_estimate"].as_f64().unwrap() * 1e-9);
        }
    }
    let bytes = std::fs::read(fixture(&format!("{folder}/estimates.json"))).unwrap();
    let named = source_of("target/criterion/sum/1000/new/estimates.json", &bytes);
    assert!(reported(&named, "slope", "sum/1000", Statistic::Value).is_some());
}

#[test]
fn a_folder_of_criterion_is_read_with_the_names_of_its_benchmarks() {
    let report = summarized("criterion");
    let mut labels: Vec<&str> = report["metrics"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|metric| metric["overall"]["label"]["text"].as_str())
        .collect();
    labels.dedup();
    assert_eq!(report["metrics"].as_array().unwrap().len(), 2, "sample.json and raw.csv");
    assert!(labels.iter().all(|label| *label == "sum/1000"), "{labels:?}");
    let silent = crate::support::findings(&report, "no_metric");
    assert!(silent.iter().all(|finding| !finding["place"].to_string().contains("benchmark.json")), "{silent:#?}");
}

#[test]
fn jmh_s_scores_are_means_of_its_iterations() {
    let report = summarized("jmh/modes.json");
    let factor = |unit: &str| match unit {
        "ops/us" => 1e6,
        "us/op" => 1e-6,
        "ns/op" => 1e-9,
        "ms/op" => 1e-3,
        other => panic!("{other}"),
    };
    let names = [("thrpt", "throughput"), ("avgt", "average time"), ("ss", "single shot time")];
    for entry in json("jmh/modes.json").as_array().unwrap() {
        let Some((_, name)) = names.iter().find(|(mode, _)| entry["mode"] == *mode) else { continue };
        let (benchmark, size) = (entry["benchmark"].as_str().unwrap(), entry["params"]["size"].as_str());
        let label = size.map_or_else(|| benchmark.to_owned(), |size| format!("{benchmark} [size={size}]"));
        let theirs = entry["primaryMetric"]["score"].as_f64().unwrap();
        let theirs = theirs * factor(entry["primaryMetric"]["scoreUnit"].as_str().unwrap());
        let one = &metric(&report, name)["overall"]["clean"];
        let ours = if entry["mode"] == "ss" { one } else { of(&report, name, &label) };
        close(&ours["mean"], theirs);
    }
    assert_eq!(metric(&report, "throughput")["polarity"], "higher_is_better");
    assert_eq!(metric(&report, "average time")["polarity"], "lower_is_better");
    // Allocation: MB are mebibytes there, and less is better although it is a rate.
    let allocation = metric(&report, "gc.alloc.rate");
    assert_eq!((&allocation["polarity"], &allocation["dimension"]), (&"lower_is_better".into(), &"byte_rate".into()));
}

#[test]
fn jmh_s_sampled_times_are_a_histogram() {
    let source = source("jmh/modes.json");
    let [histogram] = &source.histograms[..] else { panic!("{:#?}", source.histograms) };
    assert_eq!(histogram.buckets.iter().map(|bucket| bucket.count).sum::<u64>(), 434 + 426);
    assert_eq!((histogram.buckets[1].low, histogram.buckets[1].count), (2048.0, 610));
    // 2048 ns is stored to 10 bits: up to 2051 ns.
    assert_eq!(histogram.buckets[1].high, 2052.0);
    assert_eq!((histogram.unit.symbol, histogram.polarity), ("ns", Polarity::LowerIsBetter));
    let environment = &source.provenance.environment;
    assert_eq!(environment["runtime"], "OpenJDK 64-Bit Server VM 17.0.9+9");
    assert_eq!(environment["jvm arguments"], "-Xmx1g");
}

#[test]
fn benchmark_dotnet_s_statistics_are_those_of_its_results() {
    let report = summarized("benchmark-dotnet/full.json");
    for entry in json("benchmark-dotnet/full.json")["Benchmarks"].as_array().unwrap() {
        let label = format!("Sorting.Sort [{}]", entry["Parameters"].as_str().unwrap());
        let ours = of(&report, "time", &label);
        assert_eq!(ours["n"], entry["Statistics"]["N"]);
        for (statistic, name) in [("mean", "Mean"), ("median", "Median"), ("stddev", "StandardDeviation")] {
            close(&ours[statistic], entry["Statistics"][name].as_f64().unwrap() * 1e-9);
        }
    }
    let source = source("benchmark-dotnet/full.json");
    assert_eq!(reported(&source, "allocated", "Sorting.Sort [N=100]", Statistic::Value), Some(424.0));
    // 3 launches of 2 benchmarks: 8 raw iterations, and 4 for jitting and warm-up.
    let rows: Vec<u64> = source.provenance.set_aside.iter().map(|aside| aside.rows).collect();
    assert_eq!(rows, [24, 48]);
    let environment = &source.provenance.environment;
    assert_eq!((environment["cores"].as_str(), environment["cpu"].as_str()), ("4", "AMD EPYC"));
}

#[test]
fn go_s_lines_are_samples_with_a_metric_for_each_unit() {
    let source = source("go-bench/sort.txt");
    let metric = |name: &str| {
        let found = source.tables.iter().find_map(|table| Some((table, table.position(name)?)));
        let (table, column) = found.unwrap();
        (table.lines.rows(), table.columns[column].unit().dimension, table.columns[column].polarity)
    };
    assert_eq!(metric("time/op"), (30, Dimension::Time, Polarity::LowerIsBetter));
    assert_eq!(metric("speed"), (20, Dimension::ByteRate, Polarity::HigherIsBetter));
    assert_eq!(metric("alloc/op"), (30, Dimension::Bytes, Polarity::LowerIsBetter));
    assert_eq!(metric("allocs/op"), (30, Dimension::Count, Polarity::LowerIsBetter));
    assert_eq!(metric("items/op").0, 20);
    assert_eq!(source.provenance.environment["os"], "linux amd64");
    let report = summarized("go-bench/sort.txt");
    // The mean of 1237, 2139, 2962, 2431 and 1431 ns.
    close(&of(&report, "time/op", "BenchmarkSort/n=64")["mean"], 2040e-9);
    close(&of(&report, "speed", "BenchmarkSort/n=64-2")["max"], 219.88e6);
}

#[test]
fn go_s_split_lines_packages_and_failures_are_understood() {
    let text = "pkg: a\nBenchmarkX-8 \tprinted by it\n1000\t 12 ns/op\n--- FAIL: BenchmarkY\n    y_test.go:5: no\nFAIL\n\
        pkg: b\nBenchmarkX-8 1000 14 ns/op 3 p99-ns/op\nPASS\nok  \tb\t1s\n";
    let source = source_of("x", text.as_bytes());
    let labels = &source.tables[0].columns[0].dictionary;
    assert_eq!(*labels, ["a.BenchmarkX-8", "b.BenchmarkX-8", "a.BenchmarkY"], "what failed is a row without a time");
    assert_eq!(source.provenance.set_aside[0].reason, "`BenchmarkY` failed");
    let found = source.tables.iter().find_map(|table| Some((table, table.position("p99-ns/op")?)));
    let (own, column) = found.unwrap();
    assert_eq!(own.columns[column].unit().symbol, "ns");
}

#[test]
fn pyperf_s_values_are_apart_from_warm_ups_and_calibration() {
    let report = summarized("pyperf/two.json");
    // As `pyperf stats` prints them, to three digits: 28.8 us +- 15.0 us and 83.0 us +- 44.1 us, medians 35.8 and 78.7 us.
    for (label, mean, stddev, median) in
        [("sorted(list(range(1000)))", 28.8, 15.0, 35.8), ("sum(range(1000))", 83.0, 44.1, 78.7)]
    {
        let ours = of(&report, "time", label);
        assert_eq!(ours["n"], 12);
        for (name, theirs) in [("mean", mean), ("stddev", stddev), ("median", median)] {
            let ours = ours[name].as_f64().unwrap() * 1e6;
            assert!((ours - theirs).abs() <= 0.05, "{label} {name}: {ours} instead of {theirs}");
        }
    }
    let source = source("pyperf/two.json");
    let table = &source.tables[0];
    let runs = table.values(table.position("run").unwrap()).iter().flatten().collect::<Vec<f64>>();
    assert_eq!(runs[..12], [1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 3.0, 3.0, 3.0, 4.0, 4.0, 4.0]);
    assert!(table.columns_as(Role::Metric).eq([table.position("time").unwrap()]));
    assert_eq!(source.provenance.environment["cpu"], "AMD EPYC");
    let volatile = ["load_avg_1min", "boot_time", "cpu_freq", "hostname", "uptime"];
    assert!(volatile.iter().all(|name| !source.provenance.environment.contains_key(*name)));
}

#[test]
fn labels_that_differ_in_numbers_stay_apart() {
    let text = "BenchmarkF/8 100 10 ns/op\nBenchmarkF/16 100 20 ns/op\nBenchmarkF/32 100 40 ns/op\n";
    let place = Place::new();
    place.write("b.txt", text).run("summarize b.txt -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "time/op")["groups"].as_array().unwrap().len(), 3);
}

#[test]
fn documents_behind_each_other_are_runs_and_a_cut_one_is_read_as_far_as_it_goes() {
    let whole = std::fs::read_to_string(fixture("pyperf/two.json")).unwrap();
    let twice = source_of("x", format!("{whole}{whole}").as_bytes());
    let table = &twice.tables[0];
    assert_eq!(table.lines.rows(), 48);
    let runs = table.values(table.position("run").unwrap()).iter().flatten().collect::<Vec<f64>>();
    assert_eq!(runs.iter().copied().fold(0.0, f64::max), 8.0);

    let cut = source_of("x", &std::fs::read(fixture("hyperfine/commands.json")).unwrap()[..900]);
    assert_eq!(cut.provenance.format, "hyperfine");
    assert!(cut.findings.iter().any(|finding| finding.reasons.join(" ").contains("interrupted")));
}

#[test]
fn every_prefix_of_every_file_ends_in_a_source_or_an_error() {
    for (name, format) in [
        ("hyperfine/commands.json", "hyperfine"),
        ("hyperfine/commands.csv", "hyperfine-csv"),
        ("google-benchmark/aggregates_only.json", "google-benchmark"),
        ("google-benchmark/printed.csv", "google-benchmark-csv"),
        ("pytest-benchmark/statistics.json", "pytest-benchmark"),
        ("criterion/sum/1000/new/sample.json", "criterion"),
        ("criterion/sum/1000/new/estimates.json", "criterion"),
        ("criterion/sum/1000/new/raw.csv", "criterion-csv"),
        ("jmh/modes.json", "jmh"),
        ("benchmark-dotnet/full.json", "benchmark-dotnet"),
        ("go-bench/sort.txt", "go-bench"),
        ("pyperf/two.json", "pyperf"),
        ("llama-bench/threads.json", "llama-bench"),
    ] {
        let bytes = std::fs::read(fixture(name)).unwrap();
        assert_eq!(source_of(name, &bytes).provenance.format, format, "{name}");
        let options = SourceOptions { format: Some(format.to_owned()), ..SourceOptions::default() };
        let step = bytes.len().div_ceil(60);
        for end in (1..bytes.len()).step_by(step) {
            // Whatever comes out: no panic.
            let _ = read(name, &bytes[..end], &options);
            let mut changed = bytes.clone();
            changed[end] ^= 0x15;
            let _ = read(name, &changed[..], &options);
        }
    }
}
