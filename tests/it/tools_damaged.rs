//! Files of tools that are damaged, cut off or put behind each other: what cannot be read is said, and what can be read
//! is what stands there.

use perfreport::ingest::{IngestError, SourceOptions, read};
use perfreport::measure::Statistic;
use perfreport::measure::finding::{Finding, FindingKind, Severity};
use perfreport::table::source::Source;
use perfreport::table::{Role, Table};

use crate::support::Place;

fn source(text: &str) -> Source {
    try_source(text).unwrap()
}

fn try_source(text: &str) -> Result<Source, IngestError> {
    read("x", text.as_bytes(), &SourceOptions::default())
}

/// Numbers of a metric, whichever table it is in.
#[track_caller]
fn numbers(source: &Source, metric: &str) -> Vec<f64> {
    let (table, column) = metric_column(source, metric);
    table.values(column).iter().flatten().collect()
}

#[track_caller]
fn metric_column<'a>(source: &'a Source, metric: &str) -> (&'a Table, usize) {
    let found = source.tables.iter().find_map(|table| {
        let column = table.position(metric)?;
        (table.columns[column].role == Role::Metric).then_some((table, column))
    });
    found.unwrap_or_else(|| panic!("no metric {metric}"))
}

fn reported(source: &Source, metric: &str, statistic: Statistic) -> Vec<(Option<String>, f64)> {
    let of = source.reported.iter().filter(|found| found.metric == metric);
    let values = |found: &perfreport::measure::reported::Reported| {
        found.values.iter().find(|value| value.statistic == statistic).map(|value| (found.label.clone(), value.value))
    };
    of.filter_map(values).collect()
}

#[track_caller]
fn only_finding(source: &Source, kind: FindingKind) -> &Finding {
    let mut all = source.findings.iter().filter(|finding| finding.kind == kind);
    let found = all.next().unwrap_or_else(|| panic!("no {kind:?} in {:#?}", source.findings));
    assert!(all.next().is_none(), "more than one {kind:?} in {:#?}", source.findings);
    assert_eq!(found.severity, Severity::Corrupted);
    found
}

const VLLM: &str = r#""completed":3,"failed":1,"request_throughput":1.5,"mean_ttft_ms":20.0,"num_prompts":4"#;

#[test]
fn lists_of_vllm_that_differ_in_length_are_a_finding_and_no_request_is_lost() {
    let text = format!(
        r#"{{{VLLM},"ttfts":[0.01,0.02],"itls":[[0.1],[0.1,0.2],[0.3],[]],"input_lens":[5,6,7,8],"output_lens":[2,3,4,1],"errors":["","","","boom"]}}"#
    );
    let source = source(&text);
    let finding = only_finding(&source, FindingKind::Contradiction);
    assert!(finding.reasons[0].contains("`ttfts` 2, `itls` 4"), "{finding:?}");
    assert_eq!(numbers(&source, "ttft"), [0.01, 0.02]);
    assert_eq!(numbers(&source, "input_tokens"), [5.0, 6.0, 7.0], "the request that failed has none");
    assert_eq!(numbers(&source, "inter_token_latency"), [0.1, 0.1, 0.2, 0.3]);
    let (table, _) = metric_column(&source, "ttft");
    assert_eq!(table.lines.rows(), 4);
}

#[test]
fn entries_of_vllm_that_are_no_numbers_are_findings_and_no_failures() {
    let text = format!(
        r#"{{{VLLM},"ttfts":[0.01,null,"NaN",0.0],"itls":[[0.1],[0.2],null,[]],"input_lens":[5,6,7,8],"output_lens":[2,3,4,1],"errors":["","","","boom"]}}"#
    );
    let source = source(&text);
    let of = |list: &str| {
        let column = |finding: &&Finding| finding.place.column.as_deref() == Some(list);
        source.findings.iter().find(column).map(|finding| (finding.severity, finding.count))
    };
    assert_eq!(of("ttfts"), Some((Severity::Corrupted, 2)));
    assert_eq!(of("itls"), Some((Severity::Corrupted, 1)));
    assert_eq!(of("input_lens"), None);
    assert_eq!(numbers(&source, "ttft"), [0.01]);
    assert_eq!(numbers(&source, "latency"), [0.11], "0.01 and a gap of 0.1");
    let (table, _) = metric_column(&source, "ttft");
    let status = &table.columns[table.position("error").unwrap()];
    assert!(status.dictionary.iter().all(|text| text != "failed"), "only one request failed, and it says boom");
}

#[test]
fn lines_of_go_that_lost_something_are_findings_and_no_metrics() {
    let text = "goos: linux\nBenchmarkA-8 100 1.0 ns/op\nBenchmarkA-8 says 5 things\n 100 2.0 ns/op\n\
        BenchmarkA-8 100 abc ns/op\nBenchmarkA-8 100 3.0 ns/op 5\nBenchmarkA-8 100 3.0 ns\n\
        BenchmarkA-8 7 of 9 are done\n 100 4.0 ns/op\nPASS\n";
    let whole = source(text);
    assert_eq!(numbers(&whole, "time/op"), [1.0, 2.0, 4.0]);
    let damaged: Vec<Option<u64>> = whole
        .findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::MalformedRecord)
        .map(|finding| finding.place.line)
        .collect();
    assert_eq!(damaged, [Some(5), Some(6), Some(7)]);
    assert!(whole.tables.iter().all(|table| table.position("ns").is_none()));

    for end in ["100 2.0 n", "100 2.0", "100", "100 2.0 ns/op 16 B"] {
        let cut = source(&format!("BenchmarkA-8 100 1.0 ns/op\nBenchmarkB-8 {end}"));
        assert_eq!(numbers(&cut, "time/op"), [1.0], "{end}");
        assert_eq!(only_finding(&cut, FindingKind::TruncatedLine).place.line, Some(2), "{end}");
    }
    let own = source("BenchmarkA-8 100 5 widgets\nBenchmarkA-8 100 1.0 ns/op 6 widgets");
    assert_eq!(numbers(&own, "widgets"), [5.0, 6.0], "a unit of the benchmark's own");
}

const WRK: &str = "Running 1s test @ http://a/\n  1 threads and 1 connections\n  Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency    42.28ms    3.67ms  46.51ms   66.67%\n    Req/Sec    16.33      7.51    25.00     66.67%\n  18 requests in 1.01s, 852.59KB read\nRequests/sec:     17.81\nTransfer/sec:    843.38KB";

#[test]
fn numbers_of_wrk_that_are_none_are_findings() {
    let source = source(&WRK.replace("42.28ms", "-nan").replace("3.67ms", "-nanus"));
    let odd: Vec<&Finding> =
        source.findings.iter().filter(|finding| finding.metric.as_deref() == Some("latency")).collect();
    assert_eq!(odd.len(), 2, "{odd:?}");
    assert!(odd.iter().all(|finding| finding.place.line == Some(4) && finding.severity == Severity::Corrupted));
    assert_eq!(reported(&source, "latency", Statistic::Max), [(Some("http://a/".to_owned()), 46.51)]);
}

#[test]
fn a_text_of_wrk_that_was_cut_is_a_finding() {
    let cut = source(WRK.split("51    25.00").next().unwrap());
    assert_eq!(only_finding(&cut, FindingKind::TruncatedLine).place.line, Some(5));
    assert!(reported(&cut, "latency", Statistic::Mean).len() == 1);
}

#[test]
fn numbers_of_json_summaries_that_are_none_are_findings() {
    let autocannon = source(
        r#"{"latency":{"average":12.5,"mean":12.5,"stddev":3,"min":1,"max":99,"p1":2,"p2_5":3,"p50":11,"p97_5":"NaN","p99":null,"totalCount":9},"requests":{"average":9,"mean":9,"total":9,"p10":4},"throughput":{"average":1},"errors":0,"non2xx":0}"#,
    );
    assert_eq!(autocannon.provenance.format, "autocannon");
    let kinds: Vec<FindingKind> = autocannon.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::NotFinite, FindingKind::NotANumber]);
    assert_eq!(autocannon.findings[0].metric.as_deref(), Some("latency"));
    // All percentiles that stand in the file, of the rates too.
    assert_eq!(reported(&autocannon, "latency", Statistic::Percentile(1.0)), [(None, 2.0)]);
    assert_eq!(reported(&autocannon, "requests_per_second", Statistic::Percentile(10.0)), [(None, 4.0)]);

    let vllm = source(&format!("{{{}}}", VLLM.replace("20.0", "NaN")));
    assert_eq!(only_finding(&vllm, FindingKind::NotFinite).metric.as_deref(), Some("ttft"));

    let hyperfine = source(
        r#"{"results":[{"command":"a","mean":"x","stddev":null,"median":0.2,"user":0.1,"system":0.1,"min":0.1,"max":0.3}]}"#,
    );
    assert_eq!(only_finding(&hyperfine, FindingKind::NotANumber).value.as_deref(), Some("x"));
    let criterion = source(r#"{"sampling_mode":"Linear","iters":[1,2,0,4],"times":[10,"x",30,40]}"#);
    assert_eq!(only_finding(&criterion, FindingKind::NotANumber).count, 2);
    assert_eq!(numbers(&criterion, "time"), [10.0, 10.0]);
}

#[test]
fn summaries_behind_each_other_are_all_shown() {
    let spectrum = |median: &str| {
        format!(
            "       Value     Percentile TotalCount 1/(1-Percentile)\n\n  1.000 0.000000000000   1   1.00\n  {median} 0.500000000000 500  2.00\n  99.000 1.000000000000 1000\n#[Mean    =  13.100, StdDeviation   = 5.200]\n#[Max     = 99.000, Total count    = 1000]\n"
        )
    };
    let two = source(&format!("{}{}", spectrum("12.000"), spectrum("88.000")));
    let named = |number: u8| Some(format!("spectrum {number}"));
    assert_eq!(reported(&two, "value", Statistic::Median), [(named(1), 12.0), (named(2), 88.0)]);
    assert_eq!(reported(&two, "value", Statistic::Count), [(named(1), 1000.0), (named(2), 1000.0)]);
    assert_eq!(reported(&source(&spectrum("12.0")), "value", Statistic::Median), [(None, 12.0)]);

    let ab = "Percentage served,Time in ms\n0,1.0\n50,5.0\n100,9.0\n";
    let two = source(&format!("{ab}{}", ab.replace("5.0", "6.0")));
    let run = |number: u8| Some(format!("run {number}"));
    assert_eq!(reported(&two, "ttime", Statistic::Median), [(run(1), 5.0), (run(2), 6.0)]);

    // wrk writes no line break behind its last line where the file was put together by hand.
    let two = source(&format!("{WRK}{}\n", WRK.replace("http://a/", "http://b/")));
    let of = |url: &str| (Some(url.to_owned()), 17.81);
    assert_eq!(reported(&two, "requests_per_second", Statistic::Value), [of("http://a/"), of("http://b/")]);
}

#[test]
fn exports_without_optional_fields_are_known_by_the_others() {
    let hyperfine = source(r#"{"results":[{"command":"a","mean":0.1,"times":[0.2,0.3],"exit_codes":[0,1]}]}"#);
    assert_eq!(hyperfine.provenance.format, "hyperfine");
    assert_eq!(numbers(&hyperfine, "time"), [0.2, 0.3]);
    let google = source(
        r#"{"context":{},"benchmarks":[{"name":"a","run_type":"iteration","iterations":1,"real_time":100.0,"cpu_time":90.0}]}"#,
    );
    assert_eq!(google.provenance.format, "google-benchmark");
    let (table, column) = metric_column(&google, "real_time");
    assert_eq!(table.columns[column].unit().symbol, "ns", "the library's own unit");
}

#[test]
fn a_coefficient_of_variation_is_a_share_in_every_version() {
    let text = r#"{"benchmarks":[{"name":"a_cv","run_name":"a","run_type":"aggregate","aggregate_name":"cv","iterations":3,"real_time":0.05,"cpu_time":0.06,"time_unit":"us"}]}"#;
    let source = source(text);
    let cv = source.reported.iter().find(|found| found.metric == "real_time (cv)").unwrap();
    assert_eq!((cv.values[0].value, cv.values[0].unit.dimension), (0.05, perfreport::measure::unit::Dimension::Ratio));
}

#[test]
fn one_bad_entry_of_pytest_benchmark_costs_only_itself() {
    let text = r#"{"machine_info":{"python_version":"3"},"benchmarks":[{"name":"t","fullname":"t","stats":{"rounds":2,"data":[0.1,null,0.3],"mean":0.2}},{"name":"u","fullname":"u","stats":null}]}"#;
    let with_bad = source(text);
    assert_eq!(numbers(&with_bad, "time"), [0.1, 0.3]);
    let finding = only_finding(&with_bad, FindingKind::MalformedRecord);
    assert!(finding.reasons[0].contains("`u`"), "{finding:?}");
    assert!(only_finding(&with_bad, FindingKind::NotANumber).reasons[0].contains("`t` has 1 round"));
    let error = try_source(r#"{"machine_info":{"python_version":"3"},"benchmarks":5}"#).unwrap_err().to_string();
    assert!(!error.contains("expected"), "words of a library: {error}");
}

/// Ten requests: two of the warm-up, six answered in 100 to 105 ms, two that failed and have no latency.
fn aiperf() -> String {
    let metadata = |index: usize, phase: &str| {
        format!(
            r#""metadata":{{"x_request_id":"r{index}","conversation_id":"c{index}","request_start_ns":{},"benchmark_phase":"{phase}"}}"#,
            1_700_000_000_000_000_000_u64 + index as u64 * 1_000_000_000
        )
    };
    let answered = |index: usize, phase: &str, latency: u32| {
        format!(
            r#"{{{},"metrics":{{"request_latency":{{"value":{latency}.5,"unit":"ms"}},"inter_chunk_latency":{{"value":[1.5,2.5],"unit":"ms"}}}},"error":null}}"#,
            metadata(index, phase)
        )
    };
    let failed = |index: usize| {
        format!(
            r#"{{{},"metrics":{{"error_request_count":{{"value":1,"unit":"requests"}}}},"error":{{"code":500,"type":"Boom","message":"m"}}}}"#,
            metadata(index, "profiling")
        )
    };
    let mut lines: Vec<String> = (0..2).map(|index| answered(index, "warmup", 900)).collect();
    lines.extend((2..8).map(|index| answered(index, "profiling", 98 + u32::try_from(index).unwrap())));
    lines.extend((8..10).map(failed));
    lines.join("\n") + "\n"
}

#[test]
fn records_of_aiperf_are_read_by_their_definition() {
    let text = aiperf();
    let source = source(&text);
    assert_eq!(source.provenance.format, "aiperf-jsonl");
    assert_eq!(numbers(&source, "request_latency"), [100.5, 101.5, 102.5, 103.5, 104.5, 105.5], "without the warm-up");
    assert_eq!(numbers(&source, "inter_chunk_latency").len(), 12);
    let aside = &source.provenance.set_aside;
    assert!(aside.iter().any(|aside| aside.reason.contains("warm-up") && aside.rows >= 2), "{aside:?}");
    let counts = source.tables.iter().flat_map(|table| &table.columns).filter(|column| column.role == Role::Metric);
    assert!(counts.clone().all(|column| !column.name.contains("error_request_count")));

    let place = Place::new();
    let run = place.write("records.jsonl", &text).run("summarize records.jsonl -o r.json");
    run.exits(0).says("8 messages sent: 6 answered, 2 failed");
    let report = place.json("r.json");
    assert!(report["metrics"].as_array().unwrap().iter().any(|metric| metric["name"] == "request_latency"));
    assert_eq!(report["service"][0]["shape"], "aiperf");
}

#[test]
fn a_benchmark_alone_in_its_file_is_named() {
    let alone = source(r#"{"results":[{"command":"make all","mean":0.1,"times":[0.2,0.3],"exit_codes":[0,0]}]}"#);
    assert_eq!(alone.provenance.environment["benchmark"], "make all");
    let two = source("BenchmarkA-8 100 1.0 ns/op\nBenchmarkB-8 100 1.0 ns/op\n");
    assert!(!two.provenance.environment.contains_key("benchmark"), "several are labels");
}

#[test]
fn benchmarks_of_criterion_with_the_same_bytes_are_not_the_same_file() {
    let estimate = r#"{"confidence_interval":{},"point_estimate":5.0,"standard_error":0.1}"#;
    let text = format!(r#"{{"mean":{estimate},"median":{estimate},"std_dev":{estimate}}}"#);
    let place = Place::new();
    for file in
        ["criterion/a/new/estimates.json", "criterion/b/new/estimates.json", "copy/criterion/a/new/estimates.json"]
    {
        place.write(file, &text);
    }
    let same = |files: &str| {
        place.run(&format!("summarize {files} -o r.json"));
        place.json("r.json").to_string().contains("exactly the same bytes")
    };
    assert!(!same("criterion/a/new/estimates.json criterion/b/new/estimates.json"));
    assert!(same("criterion/a/new/estimates.json copy/criterion/a/new/estimates.json"));
}
