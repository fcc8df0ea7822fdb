//! Files of load-test tools and of benchmarks of AI services: recognised without a flag, and read to the numbers that the
//! tools themselves print.

use std::collections::BTreeSet;
use std::fs;

use perfreport::analysis::anomaly::Anomaly;
use perfreport::analysis::metric::Metric;
use perfreport::analysis::table::analyse;
use perfreport::ingest::{SourceOptions, formats, read};
use perfreport::measure::Polarity;
use perfreport::measure::Statistic;
use perfreport::measure::reported::RecordedHistogram;
use perfreport::measure::unit::{Dimension, Unit};
use perfreport::stats::settings::Settings;
use perfreport::stats::summary::Summary;
use perfreport::table::Role;
use perfreport::table::source::Source;

use crate::support::{Place, fixture, fixtures};

/// Each fixture and the format that alone may recognise it.
const FILES: &[(&str, &str)] = &[
    ("vegeta/results.ndjson", "vegeta-json"),
    ("vegeta/results.csv", "vegeta-csv"),
    ("hey/hey.csv", "hey-csv"),
    ("oha/oha.csv", "oha-csv"),
    ("oha/oha_old.csv", "oha-csv"),
    ("oha/oha.json", "oha-json"),
    ("autocannon/autocannon.json", "autocannon"),
    ("wrk/wrk.txt", "wrk"),
    ("wrk/wrk2.txt", "wrk"),
    ("hdrhistogram/spectrum.hgrm", "hgrm"),
    ("ab/times.tsv", "ab-gnuplot"),
    ("ab/percentiles.csv", "ab-percentiles"),
    ("artillery/report.json", "artillery"),
    ("artillery/report_v1.json", "artillery"),
    ("hdrhistogram/tagged.hlog", "hlog"),
    ("hdrhistogram/v0.hlog", "hlog"),
    ("hdrhistogram/v1.hlog", "hlog"),
    ("aiperf/profile_export_aiperf.csv", "aiperf-csv"),
    ("aiperf/profile_export_aiperf.json", "aiperf-json"),
    ("aiperf/one_record.jsonl", "aiperf-jsonl"),
    ("service/aiperf_profile_export.jsonl", "aiperf-jsonl"),
    ("vllm/appended.json", "vllm"),
    ("vllm/summary.json", "vllm"),
    ("guidellm/benchmarks.json", "guidellm"),
];

fn source(name: &str) -> Source {
    source_with(name, &SourceOptions::default())
}

fn source_with(name: &str, options: &SourceOptions) -> Source {
    let bytes = fs::read(fixtures().join(name)).unwrap();
    read(name, bytes.as_slice(), options).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What a tool reports.
#[track_caller]
fn reported(source: &Source, metric: &str, label: Option<&str>, statistic: Statistic) -> f64 {
    let found = source.reported.iter().find(|found| found.metric == metric && found.label.as_deref() == label);
    let found = found.unwrap_or_else(|| panic!("no {metric} of {label:?} in {:#?}", source.reported));
    let value = found.values.iter().find(|value| value.statistic == statistic);
    value.unwrap_or_else(|| panic!("no {statistic:?} in {found:#?}")).value
}

fn analysis(source: &Source, metric: &str) -> Metric {
    let all = source.tables.iter().flat_map(|table| analyse("a tool", 0, table, None, &Settings::default()).metrics);
    all.into_iter().find(|found| found.name == metric).unwrap_or_else(|| panic!("no {metric}"))
}

fn summary(source: &Source, metric: &str) -> Summary {
    analysis(source, metric).overall.clean.unwrap()
}

fn percentile(summary: &Summary, percent: f64) -> f64 {
    if percent == 50.0 {
        return summary.median;
    }
    summary.percentiles.iter().find(|found| found.percent == percent).and_then(|found| found.value).unwrap()
}

/// The value of a histogram below or at which a share of its samples lies, as `HdrHistogram` tells it: the upper end of the
/// bucket.
fn of_histogram(histogram: &RecordedHistogram, percent: f64) -> f64 {
    let all: u64 = histogram.buckets.iter().map(|bucket| bucket.count).sum();
    let rank = ((percent / 100.0 * all as f64) + 0.5).floor().max(1.0) as u64;
    let mut seen = 0;
    let reached = histogram.buckets.iter().find(|bucket| {
        seen += bucket.count;
        seen >= rank
    });
    reached.unwrap().high
}

#[track_caller]
fn near(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within, "{found} is not {expected} ± {within}");
}

#[test]
fn each_file_is_recognised_by_exactly_one_format() {
    for (name, format) in FILES {
        let source = source(name);
        assert_eq!(source.provenance.format, *format, "{name}");
        assert!(!source.provenance.evidence.is_empty(), "{name} gives its evidence");
        let measured = source.tables.iter().any(|table| table.columns_as(Role::Metric).next().is_some());
        assert!(measured || !source.reported.is_empty() || !source.histograms.is_empty(), "{name} holds numbers");
        for table in &source.tables {
            for column in table.columns_as(Role::Metric).map(|index| &table.columns[index]) {
                let known = *format == "ndjson" || column.meaning.is_some();
                assert!(known, "{name}: {} says what it measures", column.name);
            }
        }
    }
}

#[test]
fn neighbours_are_not_taken_for_files_of_a_tool() {
    let tools: Vec<&str> = FILES.iter().map(|(_, format)| *format).filter(|format| *format != "ndjson").collect();
    for text in [
        "response-time,status-code\n0.1,200\n0.2,200\n",
        "{\"latency\": {\"p50\": 3, \"p99\": 7}, \"requests\": 12}",
        "{\"attack\": \"frontal\", \"latency\": 3}\n{\"attack\": \"rear\", \"latency\": 4}\n",
        "{\"benchmarks\": [{\"name\": \"a\", \"mean\": 1.5}]}",
        "{\"metadata\": {\"a\": 1}, \"metrics\": {\"b\": 2.5}}",
        "Metric,Value\nlatency,3\nmemory,4\n",
        "1700000000000000000,5,3\n1700000000000000001,6,4\n",
        "starttime,seconds,ctime\na,1,2\nb,2,3\n",
    ] {
        if let Ok(source) = read("neighbour", text.as_bytes(), &SourceOptions::default()) {
            assert!(!tools.contains(&source.provenance.format), "{text}: {}", source.provenance.format);
        }
    }
}

#[test]
fn files_cut_off_anywhere_give_numbers_or_an_error() {
    for (name, _) in FILES {
        let bytes = fs::read(fixtures().join(name)).unwrap();
        for part in 1..24 {
            let cut = bytes.len() * part / 24;
            if let Ok(source) = read(name, &bytes[..cut], &SourceOptions::default()) {
                for table in &source.tables {
                    analyse("a tool", 0, table, None, &Settings::default());
                }
            }
        }
    }
}

#[test]
fn every_format_says_what_it_measures_and_what_writes_it() {
    for format in formats().filter(|format| FILES.iter().any(|(_, name)| *name == format.name)) {
        assert!(!format.about.is_empty() && !format.latency.is_empty(), "{}", format.name);
        assert!(!format.example.is_empty() && !format.upstream.is_empty(), "{}", format.name);
    }
}

/// `fixtures/ab/printed.txt` is what ab printed about the same run.
#[test]
fn ab_prints_what_its_rows_say() {
    let source = source("ab/times.tsv");
    let total = summary(&source, "ttime");
    assert_eq!(total.n, 400);
    // `Total: 2 8 4.4 7 29`; ab rounds the mean to whole milliseconds.
    near(total.min, 0.002, 1e-12);
    near(total.mean, 0.008, 0.0005);
    near(total.stddev.unwrap(), 0.0044, 0.00005);
    near(total.median, 0.007, 1e-12);
    near(total.max, 0.029, 1e-12);
    // ab takes the sample at place n·p/100 counted from 0, one place above ours at most; both are whole milliseconds.
    for (percent, printed) in [(90.0, 15.0), (95.0, 18.0), (99.0, 24.0)] {
        near(percentile(&total, percent), printed / 1e3, 0.001);
    }
    assert_eq!(source.tables[0].columns[2].polarity, Polarity::LowerIsBetter);
    assert!(analysis(&source, "ttime").failures.is_none(), "ab -g does not say what failed");
}

#[test]
fn nothing_is_read_from_the_order_of_rows_that_ab_has_sorted() {
    let source = source("ab/times.tsv");
    assert!(source.tables.iter().all(|table| !table.order_is_recorded));
    let analysed = analyse("a tool", 0, &source.tables[0], None, &Settings::default());
    assert!(analysed.clock.is_none());
    for metric in analysed.metrics {
        assert!(metric.overall.order.is_none() && metric.overall.series.is_none(), "{}", metric.name);
        let repeats = |anomaly: &Anomaly| matches!(anomaly, Anomaly::Stuck { .. } | Anomaly::Repeat { .. });
        assert!(!metric.anomalies.iter().any(repeats), "{}", metric.name);
    }
    assert!(source.provenance.evidence.iter().any(|evidence| evidence.contains("sorts the rows")));
}

#[test]
fn percentiles_of_ab_are_shown_as_reported() {
    let source = source("ab/percentiles.csv");
    // The printed table has the same numbers in whole milliseconds: 50 % 7, 75 % 10, 90 % 15, 99 % 24.
    for (statistic, printed) in [
        (Statistic::Median, 7.0),
        (Statistic::Percentile(75.0), 10.0),
        (Statistic::Percentile(90.0), 15.0),
        (Statistic::Percentile(99.0), 24.0),
    ] {
        near(reported(&source, "ttime", None, statistic), printed, 0.5);
    }
    assert_eq!(reported(&source, "ttime", None, Statistic::Min), 1.784);
}

/// hey prints, of sorted latencies, the one at place ⌈n·p/100⌉ counted from 0; ours interpolates between that one and the one
/// before.
#[test]
fn percentiles_of_hey_are_ours_within_a_sample() {
    let source = source("hey/hey.csv");
    let text = fs::read_to_string(fixture("hey/hey.csv")).unwrap();
    // So many rows have a status of 503, and stand apart.
    let answered = text.lines().skip(1).filter(|line| line.split(',').nth(6) == Some("200"));
    let mut latencies: Vec<f64> = answered.map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    latencies.sort_by(f64::total_cmp);
    let ours = summary(&source, "response-time");
    assert_eq!((ours.n, latencies.len()), (377, 377));
    near(ours.mean, latencies.iter().sum::<f64>() / 377.0, 1e-12);
    for percent in [25.0_f64, 50.0, 75.0, 90.0, 95.0, 99.0] {
        let place = (377.0 * percent / 100.0).ceil() as usize;
        let found = ours.percentiles.iter().find(|found| found.percent == percent).and_then(|found| found.value);
        let found = if percent == 50.0 { Some(ours.median) } else { found };
        let Some(found) = found else { continue };
        assert!((latencies[place - 1]..=latencies[place]).contains(&found), "p{percent}: {found}");
    }
    let found = analysis(&source, "response-time");
    let failures = found.failures.unwrap();
    assert_eq!((failures.failed, failures.total, found.failed.unwrap().n), (23, 400, 23));
    assert!(source.provenance.evidence.iter().any(|evidence| evidence.contains("without an answer")));
}

/// The numbers as they stand in `fixtures/wrk/wrk.txt`, which wrk printed.
#[test]
fn the_text_of_wrk_is_read_as_printed() {
    let source = source("wrk/wrk.txt");
    let target = Some("http://127.0.0.1:18082/flaky");
    let of = |metric: &str, statistic| reported(&source, metric, target, statistic);
    assert_eq!(of("latency", Statistic::Mean), 49.35);
    assert_eq!(of("latency", Statistic::Stddev), 5.24);
    assert_eq!(of("latency", Statistic::Max), 62.10);
    assert_eq!(of("latency", Statistic::Median), 48.10);
    assert_eq!(of("latency", Statistic::Percentile(99.0)), 59.95);
    assert_eq!(of("requests", Statistic::Count), 406.0);
    assert_eq!(of("requests", Statistic::Failures), 19.0);
    assert_eq!(of("requests_per_second", Statistic::Value), 80.69);
    assert_eq!(of("bytes_per_second", Statistic::Value), 9.92 * 1024.0);
    let rate = source.reported.iter().find(|found| found.metric == "requests_per_second").unwrap();
    assert_eq!(rate.polarity, Polarity::HigherIsBetter);
    assert_eq!(rate.values[0].line, Some(13));
    assert!(source.reported_caveats.iter().any(|caveat| caveat.contains("coordinated omission")));
    assert!(source.tables.is_empty(), "a summary holds no samples");
}

#[test]
fn runs_of_wrk_at_one_target_are_told_apart_by_their_load_and_all_count() {
    let place = Place::new();
    let run = |connections: u32, requests: u32, timeouts: u32| {
        format!(
            "Running 30s test @ http://127.0.0.1:18082/\n  12 threads and {connections} connections\n  \
             Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency   216.67ms  296.80ms   1.51s    84.37%\n    \
             Req/Sec   387.17    205.76     1.84k    72.36%\n  {requests} requests in 30.08s, 22.22MB read\n  \
             Socket errors: connect 0, read 0, write 0, timeout {timeouts}\nRequests/sec:   4454.04\nTransfer/sec:    756.66KB\n"
        )
    };
    place.write("wrk.txt", run(500, 1000, 10) + &run(1500, 3000, 30) + &run(1500, 4000, 0));
    let shown = place.run("summarize wrk.txt -o report.json").exits(0).stdout.clone();
    assert!(shown.starts_with("Measured: 8,000 requests, 0.5% failed"), "{shown}");
    let report = place.json("report.json");
    let labels: BTreeSet<&str> =
        report["reported"].as_array().unwrap().iter().filter_map(|one| one["label"].as_str()).collect();
    let target = "http://127.0.0.1:18082/, 12 threads,";
    let expected = ["1500 connections, run 2", "1500 connections, run 3", "500 connections"]
        .map(|load| format!("{target} {load}"));
    assert!(labels.iter().copied().eq(expected.iter().map(String::as_str)), "{labels:?}");
}

#[test]
fn wrk2_counts_from_when_a_request_was_due() {
    let source = source("wrk/wrk2.txt");
    let target = Some("http://127.0.0.1:8080/index.html");
    let of = |metric: &str, statistic| reported(&source, metric, target, statistic);
    assert_eq!(of("latency", Statistic::Mean), 1.07);
    assert_eq!(of("latency", Statistic::Stddev), 0.513);
    assert_eq!(of("latency", Statistic::Percentile(99.999)), 6.11);
    assert_eq!(of("requests", Statistic::Failures), 7.0);
    assert_eq!(of("requests_per_second_and_thread", Statistic::Mean), 1060.0);
    let latency = source.reported.iter().find(|found| found.metric == "latency").unwrap();
    assert!(latency.meaning.as_deref().unwrap().contains("was due"));
    assert_eq!(latency.values.iter().filter(|value| value.statistic == Statistic::Max).count(), 1);
}

#[test]
fn a_wrk_that_was_interrupted_says_so() {
    let text = fs::read_to_string(fixture("wrk/wrk.txt")).unwrap();
    let cut = text.split("Requests/sec").next().unwrap();
    let source = read("cut", cut.as_bytes(), &SourceOptions::default()).unwrap();
    assert!(source.reported_caveats.iter().any(|caveat| caveat.contains("interrupted")));
    let nothing = read(
        "nothing",
        "Running 1s test @ http://x\n  1 threads\n  Thread Stats".as_bytes(),
        &SourceOptions::default(),
    );
    assert!(nothing.unwrap_err().to_string().contains("no numbers"));
}

#[test]
fn the_summary_of_autocannon_is_read_as_it_stands() {
    let source = source("autocannon/autocannon.json");
    let of = |metric: &str, statistic| reported(&source, metric, None, statistic);
    assert_eq!(of("latency", Statistic::Count), 311.0);
    assert_eq!(of("latency", Statistic::Mean), 50.54);
    assert_eq!(of("latency", Statistic::Percentile(97.5)), 63.0);
    assert_eq!(of("latency", Statistic::Percentile(99.9)), 75.0);
    assert_eq!((of("requests", Statistic::Count), of("requests", Statistic::Failures)), (311.0, 21.0));
    assert_eq!(of("requests_per_second", Statistic::Mean), 77.75);
    let polarity = |metric: &str| source.reported.iter().find(|found| found.metric == metric).unwrap().polarity;
    assert_eq!(polarity("requests_per_second"), Polarity::HigherIsBetter);
    assert_eq!(polarity("latency"), Polarity::LowerIsBetter);
}

/// 80 requests, four answered by 503 and one not at all; the sum of all latencies is 471,901,837 ns, the 38th of the
/// 75 with 200 is 5,541,497 ns.
#[test]
fn both_notations_of_vegeta_hold_the_same_numbers() {
    for name in ["vegeta/results.ndjson", "vegeta/results.csv"] {
        let source = source(name);
        let found = analysis(&source, "latency");
        let (latency, failed) = (found.overall.clean.unwrap(), found.failed.unwrap());
        assert_eq!((latency.n, failed.n), (75, 5), "{name}");
        near((latency.sum + failed.sum) / 80.0, 471_901_837.0 / 80.0 / 1e9, 1e-15);
        near(latency.median, 5_541_497e-9, 1e-15);
        let failures = found.failures.unwrap();
        assert_eq!((failures.column.as_str(), failures.failed, failures.total), ("code", 5, 80), "{name}");
        let table = &source.tables[0];
        assert!(table.position("body").is_none() && table.position("headers").is_none(), "{name} keeps no bodies");
        assert_eq!(table.lines.line(79), Some(80), "{name}");
        let clock = analyse("a tool", 0, table, None, &Settings::default()).clock.unwrap();
        assert!((clock.span.unwrap() - 1_580_000_000).abs() < 100_000, "{name}: {clock:?}");
    }
}

#[test]
fn a_row_of_vegeta_with_another_width_costs_only_itself() {
    let mut text = fs::read_to_string(fixture("vegeta/results.csv")).unwrap();
    text.push_str("1700000000000000000,200,5\n1700000002000000000,200,50");
    let source = read("damaged", text.as_bytes(), &SourceOptions::default()).unwrap();
    assert_eq!(summary(&source, "latency").n, 75, "and the five that failed");
    assert_eq!(source.provenance.rows_read, 82);
    let kinds: Vec<&str> = source.findings.iter().map(|finding| finding.kind.words()).collect();
    assert_eq!(kinds, ["ragged row", "truncated last line"]);
}

#[test]
fn rows_and_summary_of_oha_agree() {
    let (rows, old, document) = (source("oha/oha.csv"), source("oha/oha_old.csv"), source("oha/oha.json"));
    let of = |metric: &str, statistic| reported(&document, metric, None, statistic);
    for rows in [&rows, &old] {
        let found = analysis(rows, "request-duration");
        // Its summary is of all answers, 503 or not.
        let (duration, failed) = (found.overall.clean.unwrap(), found.failed.unwrap());
        let n = (duration.n + failed.n) as f64;
        assert_eq!(n, of("request-duration", Statistic::Count));
        near((duration.sum + failed.sum) / n, of("request-duration", Statistic::Mean), 1e-12);
        near(duration.max.max(failed.max), of("request-duration", Statistic::Max), 1e-12);
        let failures = found.failures.unwrap();
        assert_eq!(
            (failures.failed, failures.total),
            (2, 60),
            "two answers of 503; the refused two are not in the rows"
        );
    }
    assert_eq!((of("requests", Statistic::Count), of("requests", Statistic::Failures)), (62.0, 4.0));
    let unit = |metric: &str| {
        document.reported.iter().find(|found| found.metric == metric).unwrap().values.last().unwrap().unit
    };
    assert_eq!(unit("request-duration"), Unit::SECOND);
    assert_eq!(unit("requests_per_second"), Unit::PER_SECOND);
}

#[test]
fn reports_of_artillery_say_where_their_response_time_ends() {
    let new = source("artillery/report.json");
    let of = |metric: &str, label, statistic| reported(&new, metric, label, statistic);
    assert_eq!(of("http.response_time", None, Statistic::Percentile(99.9)), 206.5);
    assert_eq!(of("http.response_time", Some("/search"), Statistic::Median), 44.3);
    assert_eq!(of("vusers.session_length", None, Statistic::Count), 118.0);
    assert_eq!(of("http.request_rate", None, Statistic::Value), 12.0);
    // Eight answers of 500 and two requests that timed out.
    assert_eq!(
        (of("http.requests", None, Statistic::Count), of("http.requests", None, Statistic::Failures)),
        (240.0, 10.0)
    );
    let time = new.reported.iter().find(|found| found.metric == "http.response_time").unwrap();
    assert!(time.meaning.as_deref().unwrap().contains("first byte"));
    let old = source("artillery/report_v1.json");
    assert_eq!(reported(&old, "http.response_time", None, Statistic::Percentile(95.0)), 80.2);
    assert_eq!(reported(&old, "http.requests", None, Statistic::Failures), 4.0);
}

/// The percentiles are those that the Python library `hdrhistogram` tells of the same histograms before they were written.
#[test]
fn logs_of_hdr_histogram_are_merged_by_tag() {
    let source = source("hdrhistogram/tagged.hlog");
    let tags: Vec<Option<&str>> = source.histograms.iter().map(|found| found.label.as_deref()).collect();
    assert_eq!(tags, [None, Some("read")]);
    let references = [
        [(50.0, 1_206_271.0), (90.0, 2_011_135.0), (99.0, 3_096_575.0), (99.9, 3_756_031.0), (100.0, 4_595_711.0)],
        [(50.0, 5_341_183.0), (90.0, 8_814_591.0), (99.0, 13_058_047.0), (99.9, 17_104_895.0), (100.0, 18_890_751.0)],
    ];
    for (histogram, reference) in source.histograms.iter().zip(references) {
        assert_eq!(histogram.buckets.iter().map(|bucket| bucket.count).sum::<u64>(), 1200);
        for (percent, expected) in reference {
            assert_eq!(of_histogram(histogram, percent), expected, "{:?} p{percent}", histogram.label);
        }
        assert_eq!((histogram.unit, histogram.unit_assumed), (Unit::NANOSECOND, true));
        assert!(histogram.buckets.windows(2).all(|pair| pair[0].high < pair[1].low), "ascending and apart");
        assert!(histogram.buckets.iter().all(|bucket| bucket.count > 0 && bucket.low <= bucket.high));
    }
}

#[test]
fn old_encodings_of_hdr_histogram_hold_the_same_as_new_ones() {
    for name in ["hdrhistogram/v0.hlog", "hdrhistogram/v1.hlog"] {
        let source = source(name);
        let histogram = &source.histograms[0];
        assert_eq!(histogram.buckets.iter().map(|bucket| bucket.count).sum::<u64>(), 203, "{name}");
        for (percent, expected) in
            [(50.0, 22_544_383.0), (90.0, 43_941_887.0), (99.0, 48_398_335.0), (100.0, 3_001_024_511.0)]
        {
            assert_eq!(of_histogram(histogram, percent), expected, "{name} p{percent}");
        }
        assert_eq!(histogram.buckets[0].low, 1000.0);
        assert_eq!(histogram.buckets[0].count, 2, "{name}");
    }
}

#[test]
fn the_unit_of_a_histogram_may_be_given() {
    let mut options = SourceOptions::default();
    options.columns.entry("latency".to_owned()).or_default().unit = Some(Unit::MICROSECOND);
    let source = source_with("hdrhistogram/v1.hlog", &options);
    assert_eq!((source.histograms[0].unit, source.histograms[0].unit_assumed), (Unit::MICROSECOND, false));
}

#[test]
fn an_interval_that_is_damaged_costs_only_itself() {
    let text = fs::read_to_string(fixture("hdrhistogram/tagged.hlog")).unwrap();
    let damaged = text.replacen("1.000000,3.000000,HISTFAAA", "1.000000,3.000000,HISTFAAB", 1);
    assert_ne!(text, damaged);
    let source = read("damaged", damaged.as_bytes(), &SourceOptions::default()).unwrap();
    assert_eq!(source.histograms.iter().flat_map(|found| &found.buckets).map(|bucket| bucket.count).sum::<u64>(), 2000);
    assert_eq!(source.provenance.set_aside[0].rows, 1);
    let nothing =
        read("none", "#[Histogram log format version 1.3]\n0,1,2,HISTxx\n".as_bytes(), &SourceOptions::default());
    assert!(nothing.unwrap_err().to_string().contains("can be decoded"));
}

#[test]
fn a_percentile_spectrum_is_shown_as_printed() {
    let source = source("hdrhistogram/spectrum.hgrm");
    let of = |statistic| reported(&source, "value", None, statistic);
    assert_eq!(of(Statistic::Min), 0.001);
    assert_eq!(of(Statistic::Max), 3001.025);
    assert_eq!(of(Statistic::Mean), 38.457);
    assert_eq!(of(Statistic::Count), 203.0);
    assert!(!source.reported[0].values.iter().any(|value| value.statistic == Statistic::Stddev), "it is impossible");
    assert_eq!(source.reported[0].values[0].unit.dimension, Dimension::Unknown);
}

/// Numbers as they stand in the documentation of `AIPerf`.
#[test]
fn summaries_of_aiperf_are_read_from_both_notations() {
    for name in ["aiperf/profile_export_aiperf.csv", "aiperf/profile_export_aiperf.json"] {
        let source = source(name);
        let of = |metric: &str, statistic| reported(&source, metric, None, statistic);
        assert_eq!(of("request_latency", Statistic::Mean), 6550.36, "{name}");
        assert_eq!(of("request_latency", Statistic::Percentile(99.0)), 9381.63, "{name}");
        assert_eq!(of("time_to_first_token", Statistic::Stddev), 1189.99, "{name}");
        assert_eq!(of("output_token_throughput", Statistic::Value), 1274.63, "{name}");
        assert_eq!((of("requests", Statistic::Count), of("requests", Statistic::Failures)), (203.0, 3.0), "{name}");
        let throughput = source.reported.iter().find(|found| found.metric == "request_throughput").unwrap();
        assert_eq!(throughput.polarity, Polarity::HigherIsBetter, "{name}");
        assert_eq!(throughput.values[0].unit, Unit::PER_SECOND, "{name}");
    }
    let csv = source("aiperf/profile_export_aiperf.csv");
    assert_eq!(reported(&csv, "gpu_power_usage (W)", Some("localhost:9401 0"), Statistic::Mean), 43.37);
}

#[test]
fn a_single_record_of_aiperf_is_a_service_too() {
    let source = source("aiperf/one_record.jsonl");
    let records = source.tables.iter().find(|table| table.position("metadata.request_start_ns").is_some()).unwrap();
    assert_eq!(records.lines.rows(), 1);
    Place::new()
        .run(&format!("summarize {}", fixture("aiperf/one_record.jsonl")))
        .exits(0)
        .says("1 message sent: 1 answered");
}

/// The aggregates stand in the file in milliseconds, the samples in seconds.
#[test]
fn vllm_leaves_out_failed_requests_and_so_do_we() {
    let source = source("vllm/appended.json");
    // Two documents: 24 requests of which two failed, and 20 more, apart in one table.
    let requests: Vec<_> = source.tables.iter().filter(|table| table.position("ttft").is_some()).collect();
    assert_eq!(requests.len(), 1);
    let first = analyse("a tool", 0, requests[0], None, &Settings::default());
    let ttft = first.metrics.iter().find(|metric| metric.name == "ttft").unwrap();
    assert_eq!((ttft.measured_apart, ttft.groups.len()), (true, 2));
    let clean = ttft.groups[0].clean.as_ref().unwrap();
    assert_eq!(clean.n, 22, "a failed request has a time of 0.0, which is none");
    let stated: serde_json::Value = {
        let text = fs::read_to_string(fixture("vllm/appended.json")).unwrap();
        serde_json::Deserializer::from_str(&text).into_iter().next().unwrap().unwrap()
    };
    let stated = |name: &str| stated[name].as_f64().unwrap();
    near(clean.mean * 1e3, stated("mean_ttft_ms"), 1e-9);
    near(clean.median * 1e3, stated("median_ttft_ms"), 1e-9);
    let latency = first.metrics.iter().find(|metric| metric.name == "latency").unwrap();
    near(latency.groups[0].clean.as_ref().unwrap().mean * 1e3, stated("mean_e2el_ms"), 1e-9);
    // numpy divides by n, we by n − 1.
    let stddev = clean.stddev.unwrap() * (21.0_f64 / 22.0).sqrt();
    near(stddev * 1e3, stated("std_ttft_ms"), 1e-9);
    let status = requests[0].columns_as(Role::Status).next().unwrap();
    let texts = &requests[0].columns[status].dictionary;
    assert!(texts.iter().any(|text| text == "aiohttp.client_exceptions.ServerDisconnectedError: Server disconnected"));
    assert_eq!(reported(&source, "requests", Some("num_prompts=24"), Statistic::Failures), 2.0);
    assert_eq!(source.reported.iter().filter(|found| found.metric == "requests").count(), 2);
}

#[test]
fn a_summary_of_vllm_alone_says_what_would_give_intervals() {
    let source = source("vllm/summary.json");
    assert!(source.tables.is_empty());
    assert!(source.reported_caveats.iter().any(|caveat| caveat.contains("--save-detailed")));
    assert_eq!(reported(&source, "requests", None, Statistic::Count), 20.0);
}

#[test]
fn benchmarks_of_guidellm_are_told_apart_by_their_load() {
    let source = source("guidellm/benchmarks.json");
    let of = |metric: &str, label, statistic| reported(&source, metric, Some(label), statistic);
    assert_eq!(of("request_latency", "1: synchronous", Statistic::Mean), 0.815);
    assert_eq!(of("time_to_first_token", "2: constant 5.0", Statistic::Percentile(99.9)), 160.1);
    assert_eq!(of("requests", "1: synchronous", Statistic::Failures), 1.0);
    let unit =
        |metric: &str| source.reported.iter().find(|found| found.metric == metric).unwrap().values.last().unwrap().unit;
    assert_eq!(unit("request_latency"), Unit::SECOND);
    assert_eq!(unit("time_to_first_token"), Unit::MILLISECOND);
    assert!(source.reported_caveats.iter().any(|caveat| caveat.contains("still under way")));
}
