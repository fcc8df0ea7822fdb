use proptest::prelude::*;

use super::error::{Fault, OtherFile};
use super::*;
use crate::compare::capture::{
    CapturedSource, Dependence, Environment, MetricRuns, Recording, ReportedNumbers, Share, ShareRuns, Values,
};
use crate::compare::judge::{Criteria, compare};
use crate::compare::outcome::{Change, Verdict};
use crate::measure::{Dimension, Polarity, Statistic};

const METHOD: &str = "Hyndman-Fan type 6";

fn recording(samples: &[f64]) -> Recording {
    let count = samples.len() as f64;
    let mean = samples.iter().map(|sample| sample / count).sum::<f64>();
    let squares: f64 = samples.iter().map(|sample| (sample - mean).powi(2)).sum();
    Recording {
        values: Values::Samples(samples.to_vec()),
        mean,
        stddev: (samples.len() > 1).then(|| (squares / (count - 1.0)).sqrt()).filter(|stddev| stddev.is_finite()),
        dependence: Dependence { center: 1.25, p50: 1.0, p95: 1.5, p99: 1.0, mean: 1.75 },
        shift: None,
        saturated_at: None,
    }
}

fn metric(source: &str, name: &str, group: Option<&str>, runs: Vec<Recording>) -> MetricRuns {
    MetricRuns {
        source: source.to_owned(),
        metric: name.to_owned(),
        group: group.map(str::to_owned),
        dimension: Dimension::Time,
        recorded_unit: Some("ms".to_owned()),
        unit_assumed: false,
        polarity: Polarity::LowerIsBetter,
        meaning: None,
        runs,
    }
}

fn source(name: &str) -> CapturedSource {
    CapturedSource {
        name: name.to_owned(),
        digest: blake3::hash(name.as_bytes()).to_hex().to_string(),
        bytes: 4_711,
        lines: 81,
        format: "csv".to_owned(),
        part: None,
        constants: Vec::new(),
    }
}

fn capture(name: &str, metrics: Vec<MetricRuns>) -> Capture {
    Capture { sources: vec![source(name)], metrics, ..Capture::default() }
}

/// Two small captures with a bit of everything.
fn small() -> Baseline {
    let mut first =
        capture("run-1.csv", vec![metric("run-1.csv", "latency", None, vec![recording(&[0.1, 0.25, 1e-300])])]);
    first.environment.given.insert("build".to_owned(), "release".to_owned());
    let mut second =
        capture("run-2.csv", vec![metric("run-2.csv", "latency", Some("login"), vec![recording(&[-1.0, 0.0, 7.0])])]);
    let many: Vec<f64> = (0..1_200).map(|place| if place % 100 == 0 { -3.0 } else { 5.0 }).collect();
    second.metrics.push(metric("run-2.csv", "lag", None, vec![recording(&many)]));
    second.shares.push(ShareRuns {
        source: "run-2.csv".to_owned(),
        metric: "failed rows".to_owned(),
        group: None,
        runs: vec![Share { failed: 3, total: 80, dependence: 1.0 }],
    });
    let mut baseline = Baseline::new(METHOD);
    baseline.add(first).unwrap();
    baseline.add(second).unwrap();
    baseline
}

fn text() -> String {
    String::from_utf8(small().to_bytes()).unwrap()
}

/// What `parse` says about the small baseline with a change to its text.
fn changed(from: &str, to: &str) -> BaselineError {
    let text = text();
    assert!(text.contains(from), "{from} is not in\n{text}");
    Baseline::parse(text.replacen(from, to, 1).as_bytes()).unwrap_err()
}

/// What `parse` says about a capture that `add` did not check.
fn unchecked(change: impl FnOnce(&mut Capture)) -> (String, Fault) {
    let mut baseline = small();
    change(&mut baseline.captures[1]);
    match Baseline::parse(&baseline.to_bytes()) {
        Err(BaselineError::Invalid { path, fault }) => (path, fault),
        other => panic!("{other:?}"),
    }
}

prop_compose! {
    fn any_recording()(
        values in proptest::collection::vec(prop_oneof![3 => 1e-4..10.0_f64, 1 => -1e300..1e300_f64, 1 => Just(0.0)], 1..40),
        copies in prop_oneof![4 => Just(1_usize), 1 => Just(40)],
        factor in 1.0..50.0_f64,
    ) -> Recording {
        let mut recording = recording(&values.repeat(copies));
        recording.dependence.p99 = factor;
        recording
    }
}

prop_compose! {
    fn any_capture()(
        name in "[a-z0-9 \"\\\\é/]{1,12}",
        runs in proptest::collection::vec(proptest::collection::vec(any_recording(), 1..3), 1..4),
        group in proptest::option::of(".{0,8}"),
        cpu in proptest::option::of("[A-Z]{1,4}"),
        failed in 0..9_u64,
    ) -> Capture {
        let metrics = runs.into_iter().enumerate();
        let metrics = metrics.map(|(place, runs)| metric(&name, &format!("m{place}"), group.as_deref(), runs)).collect();
        let shares = ShareRuns {
            source: name.clone(),
            metric: "failed rows".to_owned(),
        group: None,
            runs: vec![Share { failed, total: 10, dependence: 1.0 }],
        };
        let environment = Environment { found: cpu.map(|cpu| ("cpu".to_owned(), cpu)).into_iter().collect(), ..Environment::default() };
        Capture { environment, shares: vec![shares], ..capture(&name, metrics) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_written_is_read_as_it_was(captures in proptest::collection::vec(any_capture(), 0..4)) {
        let mut baseline = Baseline::new(METHOD);
        for capture in captures {
            let name = capture.sources[0].name.clone();
            let known = baseline.captures.iter().any(|earlier| earlier.sources[0].name == name);
            prop_assert_eq!(baseline.add(capture).is_err(), known);
        }
        let bytes = baseline.to_bytes();
        let read = Baseline::parse(&bytes).unwrap();
        prop_assert_eq!(&read, &baseline);
        prop_assert_eq!(read.to_bytes(), bytes);
    }

    #[test]
    fn any_text_is_refused_without_a_panic(text in ".{0,200}") {
        prop_assert!(Baseline::parse(text.as_bytes()).is_err());
    }
}

#[test]
fn no_single_byte_changes_a_number_unnoticed() {
    let baseline = small();
    let bytes = baseline.to_bytes();
    for place in 0..bytes.len() {
        for put in [b'0', b'1', b'9', b'-', b'.', b'e', b' ', b'"', b',', b'x', bytes[place] ^ 1, bytes[place] ^ 0x80] {
            let mut damaged = bytes.clone();
            damaged[place] = put;
            if let Ok(read) = Baseline::parse(&damaged) {
                assert_eq!(read, baseline, "byte {place} became {:?}", char::from(put));
            }
        }
    }
}

#[test]
fn a_file_that_was_cut_off_is_refused_wherever_it_was_cut() {
    let bytes = small().to_bytes();
    // Without the last line feed it is still whole.
    assert!(Baseline::parse(&bytes[..bytes.len() - 1]).is_ok());
    for end in 0..bytes.len() - 1 {
        assert!(Baseline::parse(&bytes[..end]).is_err(), "{end}");
    }
    let message = Baseline::parse(&bytes[..bytes.len() / 2]).unwrap_err().to_string();
    assert!(message.contains("ends in the middle"), "{message}");
}

#[test]
fn every_run_stands_on_a_line_of_its_own() {
    let text = text();
    assert!(text.ends_with("}\n") && !text.ends_with("\n\n"));
    assert!(text.contains("          {\"samples\": [0.1,0.25,1e-300], \"mean\": "), "{text}");
    let runs = text.lines().filter(|line| line.contains("\"samples\"") || line.contains("\"sketch\"")).count();
    assert_eq!(runs, 3);
}

#[test]
fn other_line_ends_and_indents_are_the_same_baseline() {
    let text = text();
    assert_eq!(Baseline::parse(text.replace('\n', "\r\n").as_bytes()), Ok(small()));
    assert_eq!(Baseline::parse(format!("\u{feff}{}", text.replace("  ", "\t")).as_bytes()), Ok(small()));
}

#[test]
fn what_is_no_baseline_is_called_by_its_name() {
    let found = |text: &str| match Baseline::parse(text.as_bytes()) {
        Err(BaselineError::NotABaseline { found }) => found,
        other => panic!("{other:?}"),
    };
    assert_eq!(found(r#"{"schema_version": 1, "title": "t", "verdict": {}, "metrics": []}"#), OtherFile::Report);
    for other in
        [r#"[{"latency_ms": 12}]"#, r#"{"latency_ms": [1, 2]}"#, "12", "\"text\"", "null", "[]", r#"{"format": 3}"#]
    {
        assert_eq!(found(other), OtherFile::OtherJson, "{other}");
    }
    let says = |text: &str, expected: &str| {
        let message = Baseline::parse(text.as_bytes()).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    };
    says("event,latency\nlogin,12\n", "not JSON");
    says("event,latency\nlogin,12\n", "line 1");
    says("", "ends in the middle");
    says("version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull");
    says(&text().replacen("  \"captures\"", "<<<<<<< HEAD\n  \"captures\"", 1), "merge conflict");
}

#[test]
fn a_newer_version_names_who_wrote_it_and_what_to_do() {
    let newer = text()
        .replacen("\"version\": 1", "\"version\": 6", 1)
        .replacen(&format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION")), "\"version\": \"9.1.0\"", 1)
        .replacen("\"captures\"", "\"runs\"", 1);
    let message = Baseline::parse(newer.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        message,
        "it was written by perfreport 9.1.0, version 6 of the format; this program reads up to 5: update perfreport"
    );
    for none in ["0", "-1", "1.5", "\"1\"", "null"] {
        let error = changed("\"version\": 1", &format!("\"version\": {none}"));
        assert!(matches!(error, BaselineError::NoSuchVersion { .. }), "{error:?}");
    }
}

#[test]
fn damage_is_found_at_its_place() {
    let damaged = |from: &str, to: &str, expected: &str| {
        let message = changed(from, to).to_string();
        assert!(message.contains(expected), "{message}");
    };
    let line = text().lines().position(|line| line.contains("1e-300")).unwrap() + 1;
    damaged("0.25,", "null,", &format!("line {line}"));
    damaged("0.25,", "null,", "invalid type: null");
    damaged("0.25,", "NaN,", &format!("line {line}"));
    damaged("0.25,", "1e999,", "number out of range");
    damaged("\"polarity\"", "\"polarty\"", "unknown field `polarty`");
    damaged("          \"polarity\": \"lower_is_better\",", "", "missing field `polarity`");
    damaged("lower_is_better", "best", "unknown variant `best`");
    damaged("\"lines\": 81", "\"lines\": -81", "invalid value");
    damaged("\"quantile_method\"", "\"version\": 1, \"quantile_method\"", "duplicate field");
    damaged("\"samples\": [0.1,0.25,1e-300], ", "", "samples");
    damaged("0.25", "0.26", "changed by hand");
    damaged("\"build\": \"release\"", "\"build\": \"debug\"", "changed by hand");
    damaged(METHOD, "nearest rank", "changed by hand");
    damaged("blake3:", "blake3:0", "changed by hand");
}

#[test]
fn what_cannot_have_been_measured_is_refused_even_with_a_fitting_digest() {
    let run = |change: fn(&mut Recording)| unchecked(|capture| change(&mut capture.metrics[0].runs[0])).1;
    assert_eq!(run(|run| run.values = Values::Samples(Vec::new())), Fault::NoSamples);
    assert_eq!(run(|run| run.mean = 8.0), Fault::Mean);
    assert_eq!(run(|run| run.stddev = Some(-0.1)), Fault::Deviation);
    assert_eq!(run(|run| run.dependence.p95 = 0.99), Fault::Dependence);
    assert_eq!(unchecked(|capture| capture.metrics[0].runs.clear()).1, Fault::NoRuns);
    assert_eq!(unchecked(|capture| capture.metrics[0].source = "other.csv".into()).1, Fault::ForeignSource);
    assert_eq!(unchecked(|capture| capture.sources.clear()).1, Fault::NoSources);
    assert_eq!(unchecked(|capture| capture.sources[0].digest.clear()).1, Fault::NoDigest);
    assert_eq!(unchecked(|capture| capture.shares[0].runs[0].total = 2).1, Fault::Share);
    assert_eq!(
        unchecked(|capture| capture.shares[0].runs[0] = Share { failed: 0, total: 0, dependence: 1.0 }).1,
        Fault::Share
    );
    assert_eq!(unchecked(|capture| capture.shares[0].runs[0].dependence = 0.5).1, Fault::Dependence);
    assert_eq!(unchecked(|capture| capture.sources = vec![source("run-1.csv"), source("run-2.csv")]).1, Fault::Twice);
    let nothing = unchecked(|capture| {
        capture.metrics.clear();
        capture.shares.clear();
    });
    assert_eq!(nothing.1, Fault::NothingMeasured);
    let (path, _) = unchecked(|capture| capture.metrics[0].runs[0].mean = f64::from(u32::MAX));
    assert_eq!(path, "captures[1].metrics[0].runs[0], latency where login of run-2.csv");
    // The sketch of 12 times -3 and 1188 times 5, whose counts no longer add up.
    let error = changed("\"count\": 1200", "\"count\": 1201");
    assert!(matches!(error, BaselineError::Invalid { fault: Fault::Sketch(_), .. }), "{error:?}");
}

#[test]
fn the_same_run_is_not_counted_twice() {
    let mut baseline = small();
    let before = baseline.clone();
    let again = capture("run-1.csv", vec![metric("run-1.csv", "latency", None, vec![recording(&[0.5])])]);
    let message = baseline.add(again.clone()).unwrap_err().to_string();
    assert_eq!(
        message,
        "the baseline already holds this run: the content of `run-1.csv` is the same; nothing was added"
    );
    // Neither under another name, nor together with a new file.
    let mut renamed = again.clone();
    renamed.sources[0].name = "copy.csv".to_owned();
    renamed.metrics[0].source = "copy.csv".to_owned();
    assert!(baseline.add(renamed).unwrap_err().to_string().contains("`copy.csv`"));
    let mut with_another = again;
    with_another.sources.push(source("run-3.csv"));
    assert!(baseline.add(with_another).is_err());
    assert_eq!(baseline, before);
}

#[test]
fn runs_may_share_a_file_that_is_always_the_same() {
    let run = |name: &str| {
        let mut capture = capture(name, vec![metric(name, "latency", None, vec![recording(&[0.5])])]);
        capture.sources.push(source("machine.csv"));
        capture
    };
    let mut baseline = Baseline::new(METHOD);
    baseline.add(run("run-1.csv")).unwrap();
    baseline.add(run("run-2.csv")).unwrap();
    assert_eq!(baseline.captures.len(), 2);
}

#[test]
fn what_could_not_be_read_again_is_not_added() {
    let mut baseline = small();
    let mut broken = recording(&[1.0, 2.0]);
    broken.values = Values::Samples(vec![1.0, f64::NAN]);
    let added = baseline.add(capture("run-3.csv", vec![metric("run-3.csv", "latency", None, vec![broken])]));
    assert!(matches!(added, Err(BaselineError::Invalid { fault: Fault::NotFinite, .. })), "{added:?}");
    let nothing = baseline.add(capture("run-3.csv", Vec::new())).unwrap_err().to_string();
    assert!(nothing.contains("no clean samples") && nothing.contains("`run-3.csv`"), "{nothing}");
    assert_eq!(baseline, small());
}

#[test]
fn a_baseline_is_told_from_metrics_by_its_beginning() {
    let text = text();
    assert!(Baseline::sniff(text.as_bytes()));
    assert!(Baseline::sniff(&text.as_bytes()[..100]));
    assert!(Baseline::sniff(format!("\u{feff}{text}").as_bytes()));
    assert!(Baseline::sniff(text.replace(": ", ":").as_bytes()));
    for other in ["", "[1, 2]", r#"{"format": "perf"}"#, "format,perfreport baseline\n", r#"{"schema_version": 1}"#] {
        assert!(!Baseline::sniff(other.as_bytes()), "{other}");
    }
}

#[test]
fn the_schema_is_that_of_the_file() {
    let schema = serde_json::to_value(schemars::schema_for!(Baseline)).unwrap();
    let file: serde_json::Value = serde_json::from_slice(&small().to_bytes()).unwrap();
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(&schema["properties"]), keys(&file));
    assert_eq!(schema["title"], "Baseline");
    for part in ["Recording", "Sketch", "MetricRuns"] {
        assert!(schema["$defs"].as_object().unwrap().keys().any(|key| key.starts_with(part)), "{part}: {schema:#}");
    }
}

/// Lognormal samples with a median of 0.2 s and a standard deviation of 0.5 on logs.
fn lognormal(count: usize, seed: u64) -> Vec<f64> {
    use statrs::distribution::{ContinuousCDF, Normal};
    let normal = Normal::standard();
    let mut state = seed;
    (0..count)
        .map(|_| {
            // Knuth's MMIX generator.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let uniform = ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
            0.2 * (0.5 * normal.inverse_cdf(uniform)).exp()
        })
        .collect()
}

#[test]
fn files_are_small_enough_to_commit() {
    let size = |captures: Vec<Capture>| {
        let mut baseline = Baseline::new(METHOD);
        for capture in captures {
            baseline.add(capture).unwrap();
        }
        let bytes = baseline.to_bytes();
        assert_eq!(Baseline::parse(&bytes), Ok(baseline));
        bytes.len()
    };
    let few = (1..=3).map(|run| {
        let name = format!("run-{run}.csv");
        capture(&name, vec![metric(&name, "latency", None, vec![recording(&lognormal(80, run))])])
    });
    let few = size(few.collect());
    let many = size(vec![capture(
        "run.csv",
        vec![metric("run.csv", "latency", None, vec![recording(&lognormal(1_000_000, 1))])],
    )]);
    let groups = (0..200).map(|group| {
        metric("run.csv", "latency", Some(&format!("event-{group}")), vec![recording(&lognormal(5_000, group + 1))])
    });
    let groups = size(vec![capture("run.csv", groups.collect())]);
    assert!(few < 10_000 && many < 20_000 && groups < 700_000, "{few}, {many}, {groups} bytes");
}

#[test]
fn a_file_is_of_the_oldest_version_that_holds_what_is_in_it() {
    let version = |baseline: &Baseline| {
        let file: serde_json::Value = serde_json::from_slice(&baseline.to_bytes()).unwrap();
        file["version"].as_u64().unwrap()
    };
    assert_eq!(version(&small()), 1);
    let mut with_summaries = Baseline::new(METHOD);
    let mut captured = capture("wrk.txt", Vec::new());
    captured.reported.push(ReportedNumbers {
        source: "wrk.txt".to_owned(),
        metric: "latency".to_owned(),
        label: None,
        dimension: Dimension::Time,
        assumed_unit: None,
        unit: None,
        polarity: Polarity::LowerIsBetter,
        meaning: Some("to the last byte".to_owned()),
        values: [(Statistic::Mean, 0.001), (Statistic::Percentile(99.9), 0.25)].into(),
    });
    captured.environment.measured.insert("cpu".to_owned(), "A".to_owned());
    with_summaries.add(captured).unwrap();
    assert_eq!(version(&with_summaries), 2);
    assert_eq!(Baseline::parse(&with_summaries.to_bytes()).unwrap(), with_summaries);
    let mut broken = with_summaries.captures[0].clone();
    broken.sources[0].digest = "1".to_owned();
    broken.reported[0].values.insert(Statistic::Max, f64::INFINITY);
    assert!(matches!(with_summaries.add(broken), Err(BaselineError::Invalid { fault: Fault::NotFinite, .. })));
}

/// As perfreport wrote it when the statistics of tools were named by any text.
const OLDER: &str = include_str!("../../../tests/baselines/version_2.json");

#[test]
fn an_older_file_is_read_and_stands_as_it_was_written() {
    let older = Baseline::parse(OLDER.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(older.to_bytes()).unwrap(), OLDER);
    let latency = older.captures[0].reported.iter().find(|numbers| numbers.metric == "latency").unwrap();
    assert_eq!(latency.values.get(&Statistic::Percentile(75.0)), Some(&0.05198));
    assert_eq!(latency.values.get(&Statistic::Median), Some(&0.048_100_000_000_000_004));
}

#[test]
fn what_an_older_baseline_lacks_is_never_worse() {
    let older = Baseline::parse(OLDER.as_bytes()).unwrap().captures;
    let mut later = older[0].clone();
    later.environment.measured.insert("cpu".to_owned(), "A".to_owned());
    later.environment.found.insert("os".to_owned(), "B".to_owned());
    later.shares.push(ShareRuns {
        source: "wrk.txt".to_owned(),
        metric: "failed rows".to_owned(),
        group: None,
        runs: vec![Share { failed: 9, total: 10, dependence: 1.0 }],
    });
    later.metrics.push(metric("wrk.txt", "wait", None, vec![recording(&[9.0; 50])]));
    // Counts stay counts: one with a percentile would be another metric.
    for numbers in later.reported.iter_mut().filter(|numbers| !numbers.only_counts()) {
        numbers.values.insert(Statistic::P95, 1e9);
        numbers.values.insert(Statistic::Cv, 1e9);
    }
    let found = compare(&older, &[later], &Criteria::default());
    let worse =
        |change: &&Change| matches!(change.verdict, Verdict::Regressed | Verdict::Missing | Verdict::Incomparable);
    assert_eq!(found.changes.iter().find(worse), None);
    let new: Vec<&str> = found
        .changes
        .iter()
        .filter(|change| change.verdict == Verdict::New)
        .map(|change| change.metric.as_str())
        .collect();
    assert_eq!(new, ["failed rows", "wait"]);
}
