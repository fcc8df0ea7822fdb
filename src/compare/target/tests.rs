//! What a target says about numbers whose truth is known.

use crate::analysis::reported::{Reported, ReportedValue};
use crate::measure::{Dimension, Operator, Polarity, Refusal, Statistic, Unit};
use crate::stats::describe::describe;
use crate::stats::population::{Detail, Population};
use crate::stats::quantile::QuantileMethod;
use crate::stats::settings::Settings;

use super::super::outcome::{Change, Counts, Effect, Reason, Scale, TargetOutcome, TargetResult, Verdict, samples};
use super::condition::Condition;
use super::*;

fn target(metric: &str, labels: &[(&str, &str)], key: &str, limit: &str) -> Target {
    Target::parse(metric, None, labels.iter().copied(), [(key, limit)]).unwrap()
}

/// 1 to n milliseconds, in seconds.
fn ramp(n: u32) -> Population {
    let settings = Settings { keep_samples: true, ..Settings::default() };
    // Shuffled by a step that is prime to every n used here, so that the order shows no drift.
    let values = (0..n).map(|i| f64::from(i * 7919 % n + 1) / 1000.0).collect();
    describe(values, &[], None, Detail::Sorted, &settings)
}

fn subject<'a>(metric: &'a str, group: Option<&'a str>, population: &'a Population) -> Subject<'a> {
    Subject {
        source: "run.csv",
        metric,
        grouped_by: Some("event"),
        group,
        apart: false,
        dimension: Dimension::Time,
        summary: population.clean.as_ref(),
        samples: population.samples.as_ref().map(|samples| samples.values.as_slice()),
        value: None,
        interval: None,
        reported: None,
        failing: None,
        unanswered: 0,
    }
}

/// No failures of the rows of `latency`, or of those of one label.
fn share(group: Option<&str>) -> SubjectShare<'_> {
    let grouped_by = Some("event");
    SubjectShare {
        source: "run.csv",
        metric: "latency",
        grouped_by,
        group,
        failed: 0,
        total: 0,
        unclear: 0,
        silent: 0,
        inflation: 1.0,
    }
}

fn held(target: &Target, subjects: &[Subject<'_>]) -> Result<Vec<TargetResult>, Refusal> {
    evaluate(std::slice::from_ref(target), subjects, &[], None, 0.95, QuantileMethod::Type6)
}

/// The only result of a condition on 1 to n milliseconds.
fn on_ramp(n: u32, key: &str, limit: &str) -> TargetResult {
    let population = ramp(n);
    let mut results = held(&target("latency", &[], key, limit), &[subject("latency", None, &population)]).unwrap();
    assert_eq!(results.len(), 1);
    results.remove(0)
}

fn note(result: &TargetResult) -> &str {
    result.note.as_deref().unwrap_or("")
}

#[test]
fn conditions_are_read_as_people_write_them() {
    for (key, text, statistic, operator, value, dimension, shown) in [
        ("p95", "< 200ms", Statistic::Percentile(95.0), Operator::Less, 0.2, Some(Dimension::Time), "< 200ms"),
        ("p99.9", "<=1.5 s", Statistic::Percentile(99.9), Operator::AtMost, 1.5, Some(Dimension::Time), "<= 1.5 s"),
        ("p50", "≥ 2e3 us", Statistic::Percentile(50.0), Operator::AtLeast, 0.002, Some(Dimension::Time), ">= 2e3 us"),
        ("median", "200ms", Statistic::Median, Operator::AtMost, 0.2, Some(Dimension::Time), "<= 200ms"),
        ("mean", "> -5 min", Statistic::Mean, Operator::Greater, -300.0, Some(Dimension::Time), "> -5 min"),
        ("max", "< 1 MiB", Statistic::Max, Operator::Less, 1_048_576.0, Some(Dimension::Bytes), "< 1 MiB"),
        ("min", ">= 3", Statistic::Min, Operator::AtLeast, 3.0, None, ">= 3"),
        ("stddev", "< 10ms", Statistic::Stddev, Operator::Less, 0.01, Some(Dimension::Time), "< 10ms"),
        ("cv", "< 30%", Statistic::Cv, Operator::Less, 0.3, Some(Dimension::Ratio), "< 30%"),
        ("count", ">= 1_000", Statistic::Count, Operator::AtLeast, 1000.0, Some(Dimension::Count), ">= 1_000"),
        ("value", ">= 40/s", Statistic::Value, Operator::AtLeast, 40.0, Some(Dimension::Rate), ">= 40/s"),
        ("error_rate", "< 1/1000", Statistic::FailureShare, Operator::Less, 0.001, Some(Dimension::Ratio), "< 1/1000"),
        ("error_rate", "0.1%", Statistic::FailureShare, Operator::AtMost, 0.001, Some(Dimension::Ratio), "<= 0.1%"),
        (
            "error_rate",
            "< 1 per 1000",
            Statistic::FailureShare,
            Operator::Less,
            0.001,
            Some(Dimension::Ratio),
            "< 1 per 1000",
        ),
        ("error_rate", "< 0.001", Statistic::FailureShare, Operator::Less, 0.001, Some(Dimension::Ratio), "< 0.001"),
        ("error_rate", "<= 0", Statistic::FailureShare, Operator::AtMost, 0.0, Some(Dimension::Ratio), "<= 0"),
        ("p95_change", "< 3%", Statistic::P95, Operator::Less, 0.03, Some(Dimension::Ratio), "< 3%"),
        ("median_change", "> -5%", Statistic::P50, Operator::Greater, -0.05, Some(Dimension::Ratio), "> -5%"),
    ] {
        let found = Condition::parse(key, text).unwrap();
        let of_limit = found.limit.unit.map(|unit| unit.dimension);
        assert_eq!((found.statistic, found.operator, of_limit), (statistic, operator, dimension), "{text}");
        assert_eq!(found.is_change, key.ends_with("_change"));
        assert_eq!((found.limit.base(Unit::UNKNOWN), found.text.as_str(), found.key.as_str()), (value, shown, key));
    }
}

#[test]
fn a_key_or_limit_that_means_nothing_is_refused_with_what_to_write() {
    for (key, text, expected) in [
        ("p59x", "< 1s", "`p59x`: a percentile lies between 0 and 100"),
        ("p100", "< 1s", "for the ends write min or max"),
        ("p0", "< 1s", "for the ends write min or max"),
        ("p999", "< 1s", "\"p99.9\" (in quotes)"),
        ("P95", "< 1s", "`P95` is not known here; there are metric, source, where, and the statistics mean, median"),
        ("average", "< 1s", "`average` is not known here"),
        ("p90_change", "< 1%", "`p90_change` is not compared with a baseline; there are center_change"),
        ("p95", "", "is no limit: write for example < 200ms"),
        ("p95", "< fast", "`< fast`: is no limit"),
        ("p95", "= 200ms", "is no limit"),
        ("p95", "< 200 parsec", "`parsec` is no unit: ns, us, ms"),
        ("p95", "< 1,000ms", "is no unit"),
        ("p95", "< infs", "is no limit"),
        ("count", ">= 1000ms", "write no unit"),
        ("count", "1000", "write >= or <= before it"),
        ("min", "5ms", "write >= or <= before it"),
        ("value", "40/s", "write >= or <= before it"),
        ("mean", "40/s", "write >= or <= before it"),
        ("cv", "< 30", "write a percentage: < 30%"),
        ("cv", "< -3%", "is never below 0"),
        ("p95_change", "< 3", "write a percentage: < 3%"),
        ("p95_change", "< 3ms", "write a percentage"),
        ("error_rate", "< 1", "write a share of at most all: 0.1%, 1/1000"),
        ("error_rate", "< 3 per 2", "write a share"),
        ("error_rate", "< 1/0", "write a share"),
        ("error_rate", "< 1ms", "write a share"),
        ("error_rate", "< -1%", "is never below 0"),
    ] {
        let error = Condition::parse(key, text).unwrap_err().to_string();
        assert!(error.contains(expected), "{key} {text}: {error}");
    }
    assert_eq!(Target::parse("a", None, [], []).unwrap_err().key, None);
    let error = Target::parse("a[", None, [], [("mean", "< 1")]).unwrap_err().to_string();
    assert!(error.starts_with("metric: `a[` is not a pattern"), "{error}");
}

#[test]
fn conditions_stand_in_a_fixed_order() {
    let written = [("p95_change", "< 3%"), ("p99.9", "< 1s"), ("p5", "< 1s"), ("count", ">= 1"), ("p90", "< 1s")];
    let target = Target::parse("latency", Some("a.csv"), [("event", "x"), ("model", "y")], written).unwrap();
    let keys: Vec<&str> = target.conditions.iter().map(|condition| condition.key.as_str()).collect();
    assert_eq!(keys, ["count", "p5", "p90", "p99.9", "p95_change"]);
    assert_eq!(target.to_string(), "latency in a.csv where event = x and model = y");
}

#[test]
fn a_limit_is_met_missed_or_undecided_by_the_interval() {
    // 1..=1000 ms: type 6 gives p95 = 0.95 * 1001 = 950.95 ms; ranks 937 and 964 bound it at 95% (binomial).
    let met = on_ramp(1000, "p95", "< 965ms");
    assert_eq!((met.outcome, met.note.as_deref()), (TargetOutcome::Met, None));
    assert!((met.value.unwrap() - 0.95095).abs() < 1e-12);
    assert!((0.935..0.94).contains(&met.low.unwrap()) && (0.96..0.966).contains(&met.high.unwrap()));
    assert_eq!((met.limit, met.dimension, met.statistic.as_str()), (0.965, Dimension::Time, "p95"));
    assert_eq!((met.source.as_deref(), met.metric.as_deref(), met.group), (Some("run.csv"), Some("latency"), None));
    assert_eq!(on_ramp(1000, "p95", "< 930ms").outcome, TargetOutcome::Missed);
    for limit in ["< 955ms", "< 945ms"] {
        let result = on_ramp(1000, "p95", limit);
        assert_eq!(result.outcome, TargetOutcome::Undecided);
        assert_eq!(note(&result), "the interval lies on both sides of the limit");
    }
    assert_eq!(on_ramp(1000, "p95", "> 930ms").outcome, TargetOutcome::Met);
    assert_eq!(on_ramp(1000, "p95", "> 970ms").outcome, TargetOutcome::Missed);
}

#[test]
fn an_end_that_is_open_leaves_a_limit_undecided_and_says_how_many_samples_close_it() {
    let result = on_ramp(60, "p95", "< 10s");
    assert_eq!(result.outcome, TargetOutcome::Undecided);
    assert_eq!(note(&result), "the upper end of the interval is open: needs 72 samples, has 60");
    assert!(result.high.is_none() && result.low.is_some());
    assert_eq!(on_ramp(72, "p95", "< 10s").outcome, TargetOutcome::Met);
    assert_eq!(on_ramp(60, "p95", "< 1ms").outcome, TargetOutcome::Missed, "the lower end is enough to miss it");
}

#[test]
fn too_few_samples_for_the_number_are_no_data() {
    for (key, n, expected) in [
        ("p99", 60, "needs 100 samples, has 60"),
        ("p99.5", 199, "needs 200 samples, has 199"),
        ("median", 1, "needs 2 samples, has 1"),
        ("stddev", 1, "needs 2 samples, has 1"),
        ("cv", 1, "needs 2 samples, has 1"),
    ] {
        let limit = if key == "cv" { "< 30%" } else { "< 1s" };
        let result = on_ramp(n, key, limit);
        assert_eq!((result.outcome, note(&result)), (TargetOutcome::NoData, expected), "{key}");
        assert_eq!((result.value, result.low, result.high), (None, None, None));
    }
    let empty = Population::default();
    let result = held(&target("latency", &[], "p95", "< 1s"), &[subject("latency", None, &empty)]).unwrap();
    assert_eq!((result[0].outcome, note(&result[0])), (TargetOutcome::NoData, "no clean sample"));
}

#[test]
fn every_statistic_is_the_number_of_the_summary() {
    // 1..=1000 ms: mean 500.5, sample stddev sqrt(1000 * 1001 / 12) = 288.819…, p97 = 0.97 * 1001 = 970.97.
    let stddev = (1000.0_f64 * 1001.0 / 12.0).sqrt() / 1000.0;
    for (key, limit, value, interval) in [
        ("count", ">= 1000", 1000.0, false),
        ("min", ">= 1ms", 0.001, false),
        ("mean", "< 600ms", 0.5005, true),
        ("median", "< 600ms", 0.5005, true),
        ("p50", "< 600ms", 0.5005, true),
        ("p97", "< 990ms", 0.97097, true),
        ("max", "<= 1s", 1.0, false),
        ("stddev", "< 300ms", stddev, false),
        ("cv", "< 60%", stddev / 0.5005, false),
    ] {
        let result = on_ramp(1000, key, limit);
        assert_eq!(result.outcome, TargetOutcome::Met, "{key}");
        assert!((result.value.unwrap() - value).abs() < 1e-12, "{key}: {result:?}");
        assert_eq!((result.low.is_some(), result.high.is_some()), (interval, interval), "{key}");
        let by_number = note(&result) == "decided by the number alone: it has no interval";
        assert_eq!(by_number, !interval, "{key}");
    }
    assert_eq!(on_ramp(1000, "count", ">= 1001").outcome, TargetOutcome::Missed);
}

#[test]
fn a_mean_without_an_interval_decides_nothing() {
    let result = on_ramp(1, "mean", "< 1s");
    assert_eq!(result.outcome, TargetOutcome::Undecided);
    assert_eq!(note(&result), "there is no interval: needs 2 samples, has 1");
}

#[test]
fn a_percentile_that_no_summary_has_needs_the_samples() {
    let population = ramp(1000);
    let without = Subject { samples: None, ..subject("latency", None, &population) };
    let result = held(&target("latency", &[], "p97", "< 1s"), &[without]).unwrap();
    assert_eq!(result[0].outcome, TargetOutcome::NoData);
    assert!(note(&result[0]).contains("not kept"));
}

#[test]
fn a_target_without_labels_is_about_the_whole_and_with_labels_about_each_group() {
    let (all, login, one, two) = (ramp(400), ramp(200), ramp(100), ramp(101));
    let subjects = [
        subject("latency", None, &all),
        subject("latency", Some("login"), &login),
        subject("latency", Some("user_msg_1"), &one),
        subject("latency", Some("user_msg_2"), &two),
    ];
    let groups = |labels: &[(&str, &str)]| -> Vec<Option<String>> {
        held(&target("LATENCY", labels, "mean", "< 1s"), &subjects)
            .unwrap()
            .into_iter()
            .map(|result| result.group)
            .collect()
    };
    assert_eq!(groups(&[]), [None]);
    assert_eq!(groups(&[("event", "login")]), [Some("login".to_owned())]);
    assert_eq!(groups(&[("Event", "user_msg_*")]).len(), 2);
}

#[test]
fn a_target_that_matches_nothing_says_where_and_what_there_is() {
    let population = ramp(100);
    let subjects = [
        subject("latency", None, &population),
        subject("latency", Some("login"), &population),
        subject("memory_peak", None, &population),
    ];
    let told = |target: &Target| {
        let mut results = held(target, &subjects).unwrap();
        assert_eq!((results.len(), results[0].outcome), (1, TargetOutcome::NoData));
        assert_eq!((&results[0].source, &results[0].metric), (&None, &None));
        results.remove(0).note.unwrap()
    };
    assert_eq!(
        told(&target("latncy", &[], "p95", "< 1s")),
        "no metric matches `latncy`; there are latency, memory_peak; did you mean `latency`?"
    );
    let elsewhere = Target::parse("latency", Some("other_*.csv"), [], [("p95", "< 1s")]).unwrap();
    assert_eq!(told(&elsewhere), "no source matches `other_*.csv`; there are run.csv");
    assert_eq!(
        told(&target("latency", &[("event", "logn")], "p95", "< 1s")),
        "no group of `latency` matches `event = logn`; there are login; did you mean `login`?"
    );
    assert_eq!(
        told(&target("latency", &[("evnt", "login")], "p95", "< 1s")),
        "`latency` is grouped by `event`, not by `evnt`"
    );
    assert_eq!(
        told(&target("latency", &[], "value", ">= 1ms")),
        "`latency` has samples: write mean, p95, max, … instead of value"
    );
    let none = held(&target("latency", &[], "p95", "< 1s"), &[]).unwrap();
    assert_eq!(note(&none[0]), "no metric matches `latency`; there are none");
    let plain = [Subject { grouped_by: None, ..subjects[0] }];
    let labelled = held(&target("latency", &[("event", "login")], "p95", "< 1s"), &plain).unwrap();
    assert_eq!(note(&labelled[0]), "`latency` is not grouped: its samples have no labels, or only one");
}

#[test]
fn a_limit_whose_unit_does_not_fit_is_an_error_that_says_how_to_write_it() {
    let population = ramp(100);
    let message = |dimension, key: &str, limit: &str| {
        let subject = Subject { dimension, ..subject("latency", None, &population) };
        held(&target("late*", &[], key, limit), &[subject]).map_err(|error| error.to_string())
    };
    for (dimension, limit, remedy) in [
        (Dimension::Time, "< 200", "latency in run.csv is a time: write a unit: 200ms"),
        (Dimension::Time, "< 200MB", "latency in run.csv is a time: write a limit such as 200ms"),
        (Dimension::Bytes, "< 200ms", "is an amount of bytes: write a limit such as 200MB"),
        (Dimension::Bytes, "< 200", "is an amount of bytes: write a unit: 200MB"),
        (Dimension::ByteRate, "< 200", "write a unit: 200MB/s"),
        (Dimension::Rate, "< 200", "is a rate: write a unit: 200/s"),
        (Dimension::Ratio, "< 80", "is a share: write a unit: 80%"),
        (Dimension::Count, "< 200ms", "is a plain count: write a bare number such as 200"),
    ] {
        let error = message(dimension, "p95", limit).unwrap_err();
        assert!(error.starts_with(&format!("target late*: p95 {limit}: ")) && error.contains(remedy), "{error}");
    }
    for (dimension, limit) in [(Dimension::UnstatedTime, "< 200ms"), (Dimension::Unknown, "< 200MB")] {
        let results = message(dimension, "p95", limit).unwrap();
        assert_eq!(results[0].outcome, TargetOutcome::NoData);
        assert!(
            results[0].note.as_deref().is_some_and(|note| note.starts_with("unit not stated: say it with --unit late"))
        );
    }
    for (dimension, limit) in [
        (Dimension::Time, "< 2s"),
        (Dimension::Count, "< 200"),
        (Dimension::Unknown, "< 200"),
        (Dimension::Ratio, "< 80%"),
        (Dimension::Unknown, "< 200 count"),
    ] {
        assert!(message(dimension, "p95", limit).is_ok(), "{dimension:?} {limit}");
    }
    assert!(message(Dimension::Bytes, "count", ">= 3").is_ok(), "a number of samples has no unit of the metric");
    assert!(message(Dimension::Bytes, "cv", "< 3%").is_ok());
}

#[test]
fn throughput_is_one_number() {
    let population = ramp(100);
    let rate = Subject {
        metric: "throughput",
        dimension: Dimension::Rate,
        summary: None,
        samples: None,
        value: Some(41.5),
        interval: None,
        ..subject("throughput", None, &population)
    };
    let subjects = [subject("latency", None, &population), rate];
    let results = held(&target("throughput", &[], "value", ">= 40/s"), &subjects).unwrap();
    assert_eq!((results[0].outcome, results[0].value), (TargetOutcome::Met, Some(41.5)));
    let results = held(&target("throughput", &[], "value", "> 2500/min"), &subjects).unwrap();
    assert_eq!(results[0].outcome, TargetOutcome::Missed);
    let results = held(&target("throughput", &[], "p95", "< 1s"), &subjects).unwrap();
    assert_eq!(note(&results[0]), "`throughput` is one number without samples: write value");
    let results = held(&target("*", &[], "p95", "< 1s"), &subjects).unwrap();
    assert_eq!(results.len(), 1, "a pattern for all metrics passes over single numbers");
}

#[test]
fn error_rates_are_decided_by_wilsons_interval() {
    let population = ramp(100);
    let subjects = [subject("latency", None, &population)];
    let rate = |limit: &str, failed: u64, total: u64| {
        let shares = [SubjectShare { failed, total, ..share(None) }];
        let target = target("latency", &[], "error_rate", limit);
        evaluate(&[target], &subjects, &shares, None, 0.95, QuantileMethod::Type6).unwrap().remove(0)
    };
    // 81 of 263 is 0.2553 to 0.3662 (Newcombe 1998); 0 of 20 is 0 to 0.1611.
    assert_eq!(rate("< 40%", 81, 263).outcome, TargetOutcome::Met);
    assert_eq!(rate("< 35%", 81, 263).outcome, TargetOutcome::Undecided);
    assert_eq!(rate("< 1/4", 81, 263).outcome, TargetOutcome::Missed);
    assert_eq!(rate("< 0.1", 0, 20).outcome, TargetOutcome::Undecided);
    assert_eq!(rate("< 0.2", 0, 20).outcome, TargetOutcome::Met);
    let none = rate("< 1%", 0, 0);
    assert_eq!(
        (none.outcome, note(&none)),
        (TargetOutcome::NoData, "errors not recorded: no row says whether it failed")
    );
    let results = held(&target("latency", &[], "error_rate", "< 1%"), &subjects).unwrap();
    assert_eq!(results[0].outcome, TargetOutcome::NoData);
    assert!(note(&results[0]).starts_with("errors not recorded"));
    let results = held(&target("latncy", &[], "error_rate", "< 1%"), &subjects).unwrap();
    assert!(note(&results[0]).contains("no metric matches `latncy`"));
}

#[test]
fn error_rates_of_one_group_are_held_apart_from_the_others() {
    let population = ramp(100);
    let subjects = [subject("latency", None, &population), subject("latency", Some("GET /"), &population)];
    // 40 of 1,000 in all, every one of them of POST /pay, which has 100 rows; nothing of it has a duration.
    let shares = [
        SubjectShare { failed: 40, total: 1000, ..share(None) },
        SubjectShare { failed: 0, total: 900, ..share(Some("GET /")) },
        SubjectShare { failed: 40, total: 100, ..share(Some("POST /pay")) },
    ];
    let rate = |labels: &[(&str, &str)]| {
        let target = target("latency", labels, "error_rate", "< 10%");
        let results = evaluate(&[target], &subjects, &shares, None, 0.95, QuantileMethod::Type6).unwrap();
        results.into_iter().map(|one| (one.group, one.value, one.outcome, one.note)).collect::<Vec<_>>()
    };
    let pay = Some("POST /pay".to_owned());
    assert_eq!(rate(&[]), [(None, Some(0.04), TargetOutcome::Met, None)]);
    assert_eq!(rate(&[("event", "POST *")]), [(pay, Some(0.4), TargetOutcome::Missed, None)]);
    assert_eq!(rate(&[("event", "*")]).len(), 2);
    let slip = rate(&[("event", "POST /pya")]);
    assert_eq!((slip.len(), slip[0].2), (1, TargetOutcome::NoData));
    assert!(slip[0].3.as_deref().is_some_and(|note| note.ends_with("did you mean `POST /pay`?")), "{slip:?}");
}

fn effect(statistic: Statistic, estimate: Option<f64>, low: Option<f64>, high: Option<f64>) -> Effect {
    Effect { estimate, low, high, ..Effect::new(statistic, Scale::Ratio) }
}

fn change(metric: &str, group: Option<&str>, verdict: Verdict, effects: Vec<Effect>) -> Change {
    Change { verdict, effects, ..Change::new("run.csv", metric, group, Dimension::Time, Polarity::LowerIsBetter) }
}

fn changed(target: &Target, changes: Vec<Change>) -> Vec<TargetResult> {
    let population = ramp(100);
    let subjects = [subject("latency", None, &population), subject("latency", Some("login"), &population)];
    let comparison = samples::comparison(Counts::default(), changes);
    evaluate(std::slice::from_ref(target), &subjects, &[], Some(&comparison), 0.95, QuantileMethod::Type6).unwrap()
}

#[test]
fn a_change_is_held_against_its_interval() {
    let p95 = |estimate, low, high| {
        vec![change("latency", None, Verdict::Unchanged, vec![effect(Statistic::P95, Some(estimate), low, high)])]
    };
    let result = |limit: &str, changes| changed(&target("latency", &[], "p95_change", limit), changes).remove(0);
    let met = result("< 3%", p95(1.01, Some(0.99), Some(1.02)));
    assert_eq!((met.outcome, met.dimension, met.limit), (TargetOutcome::Met, Dimension::Ratio, 0.03));
    assert!((met.value.unwrap() - 0.01).abs() < 1e-12 && (met.high.unwrap() - 0.02).abs() < 1e-12);
    assert_eq!(result("< 3%", p95(1.01, Some(0.99), Some(1.04))).outcome, TargetOutcome::Undecided);
    assert_eq!(result("< 3%", p95(1.1, Some(1.05), Some(1.2))).outcome, TargetOutcome::Missed);
    assert_eq!(result("> -5%", p95(0.9, Some(0.85), Some(0.94))).outcome, TargetOutcome::Missed);
    let open = result("< 3%", p95(1.01, Some(0.99), None));
    assert_eq!(note(&open), "the upper end of the interval is open: needs more samples");
    assert_eq!(result("< 3%", p95(1.01, None, None)).outcome, TargetOutcome::Undecided);
    let exact = p95(103.0 / 100.0, Some(103.0 / 100.0), Some(103.0 / 100.0));
    assert_eq!(result("<= 3%", exact).outcome, TargetOutcome::Met, "a change of 3% is a change of at most 3%");
}

#[test]
fn a_change_that_cannot_be_told_says_why() {
    let condition = target("latency", &[], "p95_change", "< 3%");
    let told = |changes: Vec<Change>| {
        let results = changed(&condition, changes);
        assert_eq!((results.len(), results[0].outcome), (1, TargetOutcome::NoData));
        results[0].note.clone().unwrap()
    };
    let of = |verdict, reason| vec![Change { reason, ..change("latency", None, verdict, Vec::new()) }];
    assert!(told(of(Verdict::Missing, None)).contains("vanished"));
    assert!(told(of(Verdict::New, None)).contains("only the run has it"));
    let unit = Reason::UnitChanged { before: "ms".to_owned(), after: "B".to_owned() };
    assert_eq!(told(of(Verdict::Incomparable, Some(unit))), "not compared: the unit was `ms` and is now `B`");
    let keys = Reason::EnvironmentDiffers { keys: vec!["build".to_owned()] };
    assert_eq!(told(of(Verdict::Incomparable, Some(keys))), "not compared: the environment differs in build");
    assert_eq!(told(of(Verdict::Inconclusive, Some(Reason::TooFewRuns { needs: 3 }))), "needs 3 runs on each side");
    let few = Effect { needs: Some(20), ..effect(Statistic::P95, None, None, None) };
    assert_eq!(told(vec![change("latency", None, Verdict::Unchanged, vec![few])]), "needs 20 samples on each side");
    let shift = Effect { scale: Scale::Shift, ..effect(Statistic::P95, Some(0.1), None, None) };
    assert!(told(vec![change("latency", None, Verdict::Unchanged, vec![shift])]).contains("not by a ratio"));
    assert!(told(vec![change("other", None, Verdict::Unchanged, vec![])]).contains("there are other"));
    let results = held(&condition, &[]).unwrap();
    assert_eq!((results[0].outcome, note(&results[0])), (TargetOutcome::NoData, "needs a baseline: --baseline FILE"));
}

#[test]
fn a_change_without_labels_is_about_every_group_that_was_compared() {
    let center = || vec![effect(Statistic::Center, Some(1.0), Some(0.99), Some(1.01))];
    let changes = || {
        vec![
            change("latency", Some("login"), Verdict::Unchanged, center()),
            change("latency", Some("logout"), Verdict::Missing, Vec::new()),
            change(
                "failed rows",
                None,
                Verdict::Unchanged,
                vec![effect(Statistic::FailureShare, Some(0.0), None, None)],
            ),
        ]
    };
    let outcomes = |labels: &[(&str, &str)], metric: &str| -> Vec<TargetOutcome> {
        let target = target(metric, labels, "center_change", "< 3%");
        changed(&target, changes()).into_iter().map(|result| result.outcome).collect()
    };
    assert_eq!(outcomes(&[], "latency"), [TargetOutcome::Met, TargetOutcome::NoData], "a group that vanished fails");
    assert_eq!(outcomes(&[("event", "login")], "latency"), [TargetOutcome::Met]);
    assert_eq!(outcomes(&[], "*").len(), 2, "a share of failures has no center");
}

#[test]
fn numbers_that_a_tool_reports_decide_alone_and_say_so() {
    let value = |statistic, value| ReportedValue {
        statistic,
        value,
        recorded: None,
        dimension: Dimension::Time,
        unit: Some("ms".to_owned()),
        unit_assumed: false,
        line: None,
    };
    let reported = Reported {
        source: "run.csv".to_owned(),
        metric: "latency".to_owned(),
        dimension: Dimension::Time,
        label: None,
        meaning: None,
        polarity: Polarity::LowerIsBetter,
        values: vec![value(Statistic::Mean, 0.12), value(Statistic::Percentile(95.0), 0.25)],
    };
    let population = ramp(10);
    let subject = Subject {
        grouped_by: None,
        summary: None,
        samples: None,
        reported: Some(&reported),
        failing: None,
        unanswered: 0,
        ..subject("latency", None, &population)
    };
    let outcome = |key: &str, limit: &str| {
        let target = Target::parse("latency", None, [], [(key, limit)]).unwrap();
        let result = held(&target, &[subject]).unwrap().remove(0);
        (result.outcome, result.value, result.note.unwrap_or_default())
    };
    let (met, value, note) = outcome("p95", "< 300ms");
    assert_eq!((met, value), (TargetOutcome::Met, Some(0.25)));
    assert!(note.contains("no interval"), "{note}");
    assert_eq!(outcome("mean", "< 100ms").0, TargetOutcome::Missed);
    let (outcome, value, note) = outcome("p99", "< 1s");
    assert_eq!((outcome, value), (TargetOutcome::NoData, None));
    assert!(note.contains("mean, p95"), "{note}");
}
