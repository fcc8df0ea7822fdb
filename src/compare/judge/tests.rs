use proptest::prelude::*;

use super::*;
use crate::compare::capture::{Environment, MetricRuns, Recording, ReportedNumbers, Share, ShareRuns, Values};
use crate::compare::outcome::{Effect, Scale};
use crate::measure::{Polarity, Statistic};
use crate::stats::moments::mean_and_stddev;
use crate::stats::rng::Rng;

mod tail;

fn recording(values: &[f64]) -> Recording {
    let (mean, stddev) = mean_and_stddev(values);
    let dependence = Dependence::of(values);
    Recording { values: Values::Samples(values.to_vec()), mean, stddev, dependence, shift: None, saturated_at: None }
}

fn metric(source: &str, name: &str, runs: &[&[f64]]) -> MetricRuns {
    MetricRuns {
        source: source.to_owned(),
        metric: name.to_owned(),
        group: None,
        dimension: Dimension::Time,
        recorded_unit: Some("ms".to_owned()),
        unit_assumed: false,
        polarity: Polarity::LowerIsBetter,
        meaning: None,
        runs: runs.iter().map(|values| recording(values)).collect(),
    }
}

fn capture(metrics: Vec<MetricRuns>) -> Vec<Capture> {
    vec![Capture {
        environment: Environment::default(),
        sources: Vec::new(),
        metrics,
        shares: Vec::new(),
        reported: Vec::new(),
        rates: Vec::new(),
    }]
}

fn one(before: &[f64], after: &[f64]) -> Change {
    runs(&[before], &[after])
}

fn runs(before: &[&[f64]], after: &[&[f64]]) -> Change {
    let (before, after) = (capture(vec![metric("a.csv", "t", before)]), capture(vec![metric("b.csv", "t", after)]));
    let mut found = compare(&before, &after, &Criteria::default());
    assert_eq!(found.changes.len(), 1);
    found.changes.remove(0)
}

fn effect(change: &Change, statistic: Statistic) -> &Effect {
    change.effects.iter().find(|effect| effect.statistic == statistic).unwrap()
}

fn lognormal(n: usize, center: f64, seed: u64) -> Vec<f64> {
    let mut rng = Rng::new(seed);
    (0..n).map(|_| center * (0.3 * rng.normal()).exp()).collect()
}

#[test]
fn a_metric_against_itself_is_unchanged_once_there_are_enough_samples() {
    let values = lognormal(2000, 0.1, 1);
    let change = one(&values, &values);
    assert_eq!(change.verdict, Verdict::Unchanged);
    for effect in &change.effects {
        let same = if effect.scale == Scale::Ratio { 1.0 } else { 0.0 };
        assert_eq!(effect.estimate, Some(same), "{effect:?}");
        assert!(effect.low.unwrap() <= same && effect.high.unwrap() >= same && !effect.excluded);
    }
}

#[test]
fn a_slower_metric_is_regressed_and_a_faster_one_improved() {
    let (base, slow) = (lognormal(500, 0.1, 1), lognormal(500, 0.12, 2));
    assert_eq!(one(&base, &slow).verdict, Verdict::Regressed);
    let faster = one(&slow, &base);
    assert_eq!(faster.verdict, Verdict::Improved);
    assert!(faster.drawing.is_some());
    let center = effect(&faster, Statistic::Center);
    assert!(center.scale == Scale::Ratio && center.low.unwrap() < 1.0 / 1.2 && center.high.unwrap() > 1.0 / 1.2);
}

#[test]
fn without_a_better_direction_it_only_changed() {
    let mut before = metric("a.csv", "t", &[&lognormal(500, 0.1, 1)]);
    let mut after = metric("a.csv", "t", &[&lognormal(500, 0.2, 2)]);
    (before.polarity, after.polarity) = (Polarity::Unknown, Polarity::Unknown);
    let found = compare(&capture(vec![before]), &capture(vec![after]), &Criteria::default());
    assert_eq!(found.changes[0].verdict, Verdict::Changed);
    assert_eq!((found.counts.changed, found.counts.regressed, found.tests), (1, 0, 1));
}

#[test]
fn a_change_of_the_tail_alone_is_found_at_p95() {
    let base = lognormal(5000, 0.1, 1);
    let stretched: Vec<f64> =
        lognormal(5000, 0.1, 2).into_iter().map(|value| if value > 0.147 { value * 1.2 } else { value }).collect();
    let change = one(&base, &stretched);
    assert_eq!(effect(&change, Statistic::P95).verdict, Some(Verdict::Regressed));
    assert_eq!(effect(&change, Statistic::P50).verdict, Some(Verdict::Unchanged));
    assert_eq!(change.verdict, Verdict::Regressed);
    assert_eq!(effect(&change, Statistic::Mean).verdict, None, "the mean is shown and not judged");
}

#[test]
fn constant_metrics_are_judged_by_their_numbers_alone() {
    assert_eq!(
        one(&[0.012; 20], &[0.012; 20]).verdict,
        Verdict::CenterUnchanged,
        "20 durations do not show their tail"
    );
    assert_eq!(one(&[0.012; 400], &[0.012; 400]).verdict, Verdict::Unchanged);
    let counts =
        |count: usize| MetricRuns { dimension: Dimension::Count, ..metric("a.csv", "n", &[&vec![2.0; count]]) };
    let found = compare(&capture(vec![counts(5)]), &capture(vec![counts(5)]), &Criteria::default());
    assert_eq!(found.counts.unchanged, 1, "a count that is one number is that number");
    assert_eq!(one(&[0.012; 20], &[0.015; 20]).verdict, Verdict::Regressed);
    assert_eq!(one(&[0.0; 20], &[0.0; 20]).verdict, Verdict::CenterUnchanged);
    let changed = one(&[0.0; 20], &[3.0; 20]);
    assert_eq!(changed.verdict, Verdict::Regressed);
    assert_eq!(effect(&changed, Statistic::Center).scale, Scale::Shift);
}

#[test]
fn one_or_two_samples_say_nothing_and_say_how_many_would() {
    for (before, after) in [(vec![1.0], vec![9.0]), (vec![1.0, 1.1], vec![9.0, 9.1]), (vec![1.0], vec![2.0; 50])] {
        let change = one(&before, &after);
        assert_eq!(change.verdict, Verdict::Inconclusive);
        assert!(matches!(change.reason, Some(Reason::TooFewSamples { needs }) if needs >= 5), "{change:?}");
    }
    let p95 =
        one(&[1.0; 10], &[1.0; 10]).effects.into_iter().find(|effect| effect.statistic == Statistic::P95).unwrap();
    assert_eq!((p95.needs, p95.estimate, p95.verdict), (Some(20), None, None));
}

#[test]
fn what_is_on_one_side_only_is_missing_or_new() {
    let found = compare(
        &capture(vec![metric("a.csv", "kept", &[&[1.0; 9]]), metric("a.csv", "gone", &[&[1.0; 9]])]),
        &capture(vec![metric("a.csv", "kept", &[&[1.0; 9]]), metric("a.csv", "fresh", &[&[1.0; 9]])]),
        &Criteria::default(),
    );
    let verdicts: Vec<_> = found.changes.iter().map(|change| (change.metric.as_str(), change.verdict)).collect();
    assert_eq!(verdicts, [("gone", Verdict::Missing), ("kept", Verdict::CenterUnchanged), ("fresh", Verdict::New)]);
    let nothing = compare(&[], &capture(vec![metric("a.csv", "t", &[&[1.0]])]), &Criteria::default());
    assert_eq!(nothing.counts.new, 1);
    assert!(compare(&[], &[], &Criteria::default()).changes.is_empty());
}

#[test]
fn files_whose_names_differ_only_in_numbers_are_runs_of_one_thing() {
    let named = |names: [&str; 2]| {
        capture(names.iter().enumerate().map(|(i, name)| metric(name, "t", &[&lognormal(50, 1.0, i as u64)])).collect())
    };
    let found = compare(&named(["run-1.csv", "run-2.csv"]), &named(["run-7.csv", "run-8.csv"]), &Criteria::default());
    assert_eq!(found.changes.len(), 1);
    assert_eq!((found.changes[0].before.unwrap().runs, found.changes[0].after.unwrap().samples), (2, 100));
    let found = compare(&named(["cpu.csv", "old.csv"]), &named(["cpu.csv", "new.csv"]), &Criteria::default());
    assert_eq!(found.changes.len(), 2, "the one source that is left on each side is the same");
    let found = compare(&named(["cpu.csv", "old.csv"]), &named(["net.csv", "new.csv"]), &Criteria::default());
    assert_eq!((found.counts.missing, found.counts.new), (2, 2), "two and two are not");
}

#[test]
fn what_is_not_the_same_is_not_compared() {
    let base = || metric("a.csv", "t", &[&[1.0; 30]]);
    let against = |other: MetricRuns| compare(&capture(vec![base()]), &capture(vec![other]), &Criteria::default());
    let reason = |other: MetricRuns| {
        let change = against(other).changes.remove(0);
        assert_eq!(change.verdict, Verdict::Incomparable);
        assert!(change.effects.is_empty());
        change.reason.unwrap()
    };
    let bytes = MetricRuns { dimension: Dimension::Bytes, recorded_unit: Some("B".to_owned()), ..base() };
    assert_eq!(reason(bytes), Reason::UnitChanged { before: "ms".to_owned(), after: "B".to_owned() });
    let assumed = MetricRuns { recorded_unit: Some("s".to_owned()), unit_assumed: true, ..base() };
    assert_eq!(reason(assumed), Reason::UnitAssumed { before: "ms".to_owned(), after: "s".to_owned() });
    let stated = MetricRuns { recorded_unit: Some("s".to_owned()), ..base() };
    assert_eq!(against(stated).counts.center_unchanged, 1, "two stated units of one dimension are the same quantity");
    assert_eq!(reason(MetricRuns { polarity: Polarity::HigherIsBetter, ..base() }), Reason::PolarityChanged);
    assert_eq!(against(MetricRuns { polarity: Polarity::Unknown, ..base() }).counts.center_unchanged, 1);
    let mut elsewhere = capture(vec![base()]);
    elsewhere[0].environment.given.insert("host".to_owned(), "b".to_owned());
    let mut here = capture(vec![base()]);
    let found = compare(&here, &elsewhere, &Criteria::default());
    assert_eq!(found.counts.center_unchanged, 1, "a side of which nothing is known does not differ");
    here[0].environment.found.insert("os".to_owned(), "linux".to_owned());
    let found = compare(&here, &elsewhere, &Criteria::default());
    assert_eq!(found.changes[0].reason, Some(Reason::EnvironmentDiffers { keys: vec!["host".to_owned()] }));
}

#[test]
fn a_run_is_held_against_the_noise_between_runs() {
    let side = |levels: &[f64], seed: u64| -> Vec<Vec<f64>> {
        levels.iter().enumerate().map(|(i, level)| lognormal(500, *level, seed + i as u64)).collect()
    };
    let verdict = |before: &[f64], after: &[f64]| {
        let (before, after) = (side(before, 1), side(after, 100));
        let [before, after]: [Vec<&[f64]>; 2] = [&before, &after].map(|side| side.iter().map(Vec::as_slice).collect());
        runs(&before, &after)
    };
    let within = verdict(&[0.10, 0.11, 0.09, 0.105], &[0.115]);
    assert_eq!(within.verdict, Verdict::Inconclusive);
    assert!(matches!(within.reason, Some(Reason::TooFewRuns { needs }) if needs > 4), "{:?}", within.reason);
    assert!((within.noise_floor.unwrap() - 0.086).abs() < 0.03, "{:?}", within.noise_floor);
    let beyond = verdict(&[0.100, 0.101, 0.099, 0.1005, 0.0995], &[0.13, 0.1302, 0.1295]);
    assert_eq!(beyond.verdict, Verdict::Regressed);
}

#[test]
fn dependent_samples_are_worth_fewer() {
    let mut rng = Rng::new(4);
    let mut level = 0.0;
    let values: Vec<f64> = (0..500)
        .map(|_| {
            level = 0.9 * level + rng.normal();
            (0.1 * level).exp()
        })
        .collect();
    let change = one(&values, &values);
    assert!(change.before.unwrap().effective < 100.0, "{:?}", change.before);
    assert_eq!(Dependence::of(&[1.0, 5.0, 2.0]), Dependence::none());
    assert_eq!(Dependence::of(&[3.0; 50]), Dependence::none());
}

#[test]
fn the_mean_has_the_interval_of_welch() {
    // Values of both signs, so that the effect is a shift. The pooled and Welch's t agree for equal sizes and variances.
    let before = [-2.0, -1.0, 0.0, 1.0, 2.0];
    let after = before.map(|value| value + 4.0);
    let change = one(&before, &after);
    let mean = effect(&change, Statistic::Mean);
    // s^2 = 2.5, standard error 1, t at 8 degrees of freedom 2.306.
    assert!((mean.estimate.unwrap() - 4.0).abs() < 1e-12);
    assert!((mean.low.unwrap() - (4.0 - 2.306_004)).abs() < 1e-5, "{mean:?}");
    assert_eq!((mean.p, mean.verdict, mean.excluded), (None, None, false));
}

#[test]
fn students_t_is_that_of_the_reference() {
    // [10, 11, 12] against [12, 13, 14.5]: p = 0.080 by the t-test with n - 1.
    let (before, after) = ([10.0, 11.0, 12.0], [12.0, 13.0, 14.5]);
    let (mean, spread) = (|v: &[f64]| mean_and_stddev(v).0, |v: &[f64]| mean_and_stddev(v).1.unwrap().powi(2) / 3.0);
    let (a, b) = (spread(&before), spread(&after));
    let t = (mean(&after) - mean(&before)) / (a + b).sqrt();
    let p = crate::compare::noise::two_sided(t, Some(4.0));
    assert!((p - 0.080).abs() < 1e-3, "{p}");
}

#[test]
fn failures_are_compared_by_an_absolute_margin() {
    let side = |failed| {
        let runs = vec![Share { failed, total: 10_000, dependence: 1.0 }];
        let shares =
            vec![ShareRuns { source: "a.csv".to_owned(), metric: "failed rows".to_owned(), group: None, runs }];
        vec![Capture { shares, ..Capture::default() }]
    };
    let verdict = |before, after| compare(&side(before), &side(after), &Criteria::default()).changes.remove(0).verdict;
    assert_eq!(verdict(10, 110), Verdict::Regressed);
    assert_eq!(verdict(110, 10), Verdict::Improved);
    assert_eq!(verdict(0, 0), Verdict::Unchanged);
    assert_eq!(verdict(10, 30), Verdict::Unchanged, "certain, and within 5 in 1,000");
}

#[test]
fn a_sketch_says_what_its_samples_say_with_wider_intervals() {
    let (base, slow) = (lognormal(5000, 0.1, 1), lognormal(5000, 0.115, 2));
    let sketched = |values: &[f64]| {
        let mut runs = metric("a.csv", "t", &[values]);
        runs.runs[0].values = runs.runs[0].values.clone().reduced();
        capture(vec![runs])
    };
    let exact = one(&base, &slow);
    let sketch = compare(&sketched(&base), &sketched(&slow), &Criteria::default()).changes.remove(0);
    assert!(sketch.before.unwrap().value_error > 0.0 && sketch.before.unwrap().samples == 5000);
    assert_eq!((exact.verdict, sketch.verdict), (Verdict::Regressed, Verdict::Regressed));
    for (exact, sketch) in exact.effects.iter().zip(&sketch.effects).filter(|(exact, _)| exact.verdict.is_some()) {
        assert!((exact.estimate.unwrap() / sketch.estimate.unwrap() - 1.0).abs() < 0.01, "{exact:?} {sketch:?}");
        assert!(sketch.low.unwrap() < exact.low.unwrap() && sketch.high.unwrap() > exact.high.unwrap());
    }
    // Two runs, one of them a sketch, are pooled by rank.
    let mut mixed = metric("a.csv", "t", &[&base, &base[..900]]);
    mixed.runs[0].values = mixed.runs[0].values.clone().reduced();
    let change = compare(&capture(vec![mixed]), &sketched(&base), &Criteria::default()).changes.remove(0);
    assert_eq!(change.before.unwrap().samples, 5900);
    assert!((effect(&change, Statistic::P95).estimate.unwrap() - 1.0).abs() < 0.02, "{:?}", change.effects);
}

#[test]
fn very_many_samples_are_represented_by_their_order_statistics() {
    let (base, slow) =
        (lognormal(30_000, 0.1, 1), lognormal(30_000, 0.1, 2).iter().map(|v| v * 1.03).collect::<Vec<_>>());
    let change = one(&base, &slow);
    let center = effect(&change, Statistic::Center);
    // The standard error of the center is 0.3 * sqrt(pi / 3) * sqrt(2 / 30,000).
    let error = 0.3 * (std::f64::consts::PI / 3.0).sqrt() * (2.0_f64 / 30_000.0).sqrt();
    assert!((center.estimate.unwrap() - 1.03).abs() < 4.0 * error);
    let width = (center.high.unwrap() / center.low.unwrap()).ln();
    assert!((width / (2.0 * 1.96 * error) - 1.0).abs() < 0.15, "{width} {error}");
    assert_eq!((change.verdict, center.excluded), (Verdict::Unchanged, false), "what is below the margin is not shown");
    assert!(center.low.unwrap() > 1.0 && center.p.unwrap() < 1e-6, "though it is certain");
}

#[test]
fn many_quiet_metrics_do_not_raise_an_alarm() {
    let side = |seed: u64| {
        capture((0..40).map(|i| metric("a.csv", &format!("m{i}"), &[&lognormal(60, 0.1, seed + i)])).collect())
    };
    let found = compare(&side(0), &side(1000), &Criteria::default());
    assert_eq!((found.counts.regressed, found.counts.improved), (0, 0));
    assert_eq!(found.tests, 40, "each metric is one test, whatever its parts");
}

fn extreme() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![
        -1e300..1e300_f64,
        1e-300..1e-290_f64,
        Just(0.0),
        Just(1e308),
        Just(-1e308),
        (0..5_i32).prop_map(f64::from)
    ];
    prop::collection::vec(value, 0..30)
}

fn finite(effect: &Effect) -> bool {
    let values = [effect.before, effect.after, effect.estimate, effect.low, effect.high, effect.p, effect.detectable];
    values.into_iter().flatten().all(f64::is_finite)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_is_too_odd_to_be_compared(before in extreme(), after in extreme()) {
        let sides = [&before, &after].map(|values| capture(vec![metric("a.csv", "t", &[values])]));
        let found = compare(&sides[0], &sides[1], &Criteria::default());
        for change in &found.changes {
            prop_assert!(change.effects.iter().all(finite), "{:?}", change.effects);
        }
    }

    #[test]
    fn swapped_sides_mirror_every_effect(
        before in prop::collection::vec((1..40_i32).prop_map(|i| f64::from(i) / 8.0), 1..70),
        after in prop::collection::vec((1..60_i32).prop_map(|i| f64::from(i) / 8.0), 1..70),
    ) {
        let (there, back) = (one(&before, &after), one(&after, &before));
        let mirrored = |verdict: Verdict| match verdict {
            Verdict::Regressed => Verdict::Improved,
            Verdict::Improved => Verdict::Regressed,
            same => same,
        };
        for (there, back) in there.effects.iter().zip(&back.effects) {
            prop_assert_eq!(there.p, back.p);
            prop_assert_eq!((there.verdict.map(mirrored), there.excluded), (back.verdict, back.excluded));
            prop_assert_eq!((there.before, there.after), (back.after, back.before));
            for (ours, theirs) in [(there.estimate, back.estimate), (there.low, back.high), (there.high, back.low)] {
                prop_assert_eq!(ours.is_some(), theirs.is_some());
                if let (Some(ours), Some(theirs)) = (ours, theirs) {
                    let mirrored = if there.scale == Scale::Ratio { ours * theirs - 1.0 } else { ours + theirs };
                    prop_assert!(mirrored.abs() < 1e-12, "{} {}", ours, theirs);
                }
            }
        }
    }

    #[test]
    fn a_common_factor_of_two_changes_no_bit(
        before in prop::collection::vec(0.01..10.0_f64, 1..60), after in prop::collection::vec(-1.0..10.0_f64, 1..60),
        power in -60..60_i32,
    ) {
        let scaled = |values: &[f64]| values.iter().map(|value| value * f64::powi(2.0, power)).collect::<Vec<_>>();
        for after in [after.iter().map(|value| value.abs() + 0.01).collect(), after] {
            let (plain, scaled) = (one(&before, &after), one(&scaled(&before), &scaled(&after)));
            for (plain, scaled) in plain.effects.iter().zip(&scaled.effects) {
                prop_assert_eq!((plain.p, plain.verdict), (scaled.p, scaled.verdict));
                let is_share = plain.statistic.dimension(Dimension::Time) == Dimension::Ratio;
                let factor = if plain.scale == Scale::Ratio || is_share { 1.0 } else { f64::powi(2.0, power) };
                prop_assert_eq!(plain.estimate.map(|estimate| estimate * factor), scaled.estimate);
                prop_assert_eq!(plain.low.map(|low| low * factor), scaled.low);
            }
        }
    }
}

fn reported(source: &str, meaning: &str, values: &[(&str, f64)]) -> ReportedNumbers {
    ReportedNumbers {
        source: source.to_owned(),
        metric: "latency".to_owned(),
        label: None,
        dimension: Dimension::Time,
        assumed_unit: None,
        unit: None,
        polarity: Polarity::LowerIsBetter,
        meaning: Some(meaning.to_owned()),
        values: values.iter().map(|(name, value)| (name.parse().unwrap(), *value)).collect(),
    }
}

fn summaries(numbers: ReportedNumbers) -> Vec<Capture> {
    vec![Capture { reported: vec![numbers], ..Capture::default() }]
}

#[test]
fn what_tools_have_summarised_is_shown_and_never_judged() {
    let before = summaries(reported("a.json", "to the last byte", &[("n", 100.0), ("median", 0.1), ("p95", 0.2)]));
    let after = summaries(reported("b.json", "to the last byte", &[("n", 90.0), ("median", 0.3), ("p99", 0.9)]));
    let found = compare(&before, &after, &Criteria::default());
    assert_eq!((found.counts.inconclusive, found.tests), (1, 0));
    let [change] = &found.changes[..] else { panic!("one change") };
    assert_eq!((change.verdict, &change.reason), (Verdict::Inconclusive, &Some(Reason::SummaryOnly)));
    // Only statistics of both sides: 0.3 / 0.1.
    let [effect] = &change.effects[..] else { panic!("one effect") };
    assert_eq!(effect.statistic, Statistic::P50);
    assert!((effect.estimate.unwrap() - 3.0).abs() < 1e-12);
    assert_eq!((effect.low, effect.high, effect.p, effect.verdict), (None, None, None, None));
    assert_eq!(change.after.unwrap().samples, 90);
}

#[test]
fn what_tools_have_summarised_is_not_compared_where_it_means_something_else() {
    let before = summaries(reported("a.json", "to the first byte", &[("median", 0.1)]));
    let after = summaries(reported("a.json", "to the last byte", &[("median", 0.1)]));
    let found = compare(&before, &after, &Criteria::default());
    assert_eq!(found.changes[0].verdict, Verdict::Incomparable);
    assert!(matches!(found.changes[0].reason, Some(Reason::MeaningChanged { .. })));
    let gone = compare(&before, &[Capture::default()], &Criteria::default());
    assert_eq!(gone.changes[0].verdict, Verdict::Missing);
}

fn counted(metric: &str, label: Option<&str>, values: &[(&str, f64)]) -> ReportedNumbers {
    let (metric, label) = (metric.to_owned(), label.map(str::to_owned));
    ReportedNumbers { metric, label, dimension: Dimension::Count, ..reported("wrk.txt", "requests", values) }
}

#[test]
fn failures_that_a_tool_has_counted_are_compared_as_shares() {
    // Newcombe 1998, method 10, example (a): 56/70 against 48/80 is 0.2, from 0.0524 to 0.3339.
    let before = summaries(counted("requests", Some("GET /"), &[("n", 80.0), ("failures", 48.0)]));
    let after = summaries(counted("requests", Some("GET /"), &[("n", 70.0), ("failures", 56.0)]));
    let found = compare(&before, &after, &Criteria::default());
    let [change] = &found.changes[..] else { panic!("{:?}", found.changes) };
    assert_eq!((change.metric.as_str(), change.group.as_deref()), ("failed requests", Some("GET /")));
    let share = effect(change, Statistic::FailureShare);
    assert!((share.estimate.unwrap() - 0.2).abs() < 1e-12, "{share:?}");
    assert!((share.low.unwrap() - 0.0524).abs() < 5e-5 && (share.high.unwrap() - 0.3339).abs() < 5e-5, "{share:?}");
    assert_eq!((change.before.unwrap().samples, change.after.unwrap().samples), (80, 70));
    // All of them fail where none did.
    let none = summaries(counted("requests", None, &[("n", 1381.0), ("failures", 0.0)]));
    let all = summaries(counted("requests", None, &[("n", 918.0), ("failures", 918.0)]));
    assert_eq!(compare(&none, &all, &Criteria::default()).counts.regressed, 1);
}

#[test]
fn failures_counted_beside_a_share_or_a_summary_are_told_once() {
    let share = |failed: f64| {
        let values = [("n", 1000.0), ("failures", failed), ("value", failed / 1000.0)];
        ReportedNumbers { dimension: Dimension::Ratio, ..counted("http_req_failed", None, &values) }
    };
    let found = compare(&summaries(share(0.0)), &summaries(share(100.0)), &Criteria::default());
    let told: Vec<(&str, Verdict)> = found.changes.iter().map(|one| (one.metric.as_str(), one.verdict)).collect();
    assert_eq!(told, [("http_req_failed", Verdict::Regressed)]);
    let timed = |failed| reported("a.csv", "", &[("n", 1000.0), ("failures", failed), ("median", 0.1)]);
    let found = compare(&summaries(timed(0.0)), &summaries(timed(100.0)), &Criteria::default());
    let told: Vec<(&str, Verdict)> = found.changes.iter().map(|one| (one.metric.as_str(), one.verdict)).collect();
    assert_eq!(told, [("failures of latency", Verdict::Regressed), ("latency", Verdict::Inconclusive)]);
    // Counts that fit no share say nothing.
    let odd = || summaries(counted("requests", None, &[("n", 10.0), ("failures", 11.0)]));
    assert!(compare(&odd(), &odd(), &Criteria::default()).changes.is_empty());
}

#[test]
fn several_summaries_of_a_side_are_several_runs_of_its_failures() {
    let runs = |failed: [f64; 2]| {
        failed.map(|failed| summaries(counted("requests", None, &[("n", 500.0), ("failures", failed)])).remove(0))
    };
    let found = compare(&runs([1.0, 2.0]), &runs([2.0, 1.0]), &Criteria::default());
    let side = found.changes[0].before.unwrap();
    assert_eq!((side.runs, side.samples), (2, 1000));
}

#[test]
fn samples_of_one_side_are_shown_beside_the_summary_of_the_other() {
    let values: Vec<f64> = (1..=9).map(f64::from).collect();
    let of = |group: &str, values: &[f64]| MetricRuns {
        group: Some(group.to_owned()),
        ..metric("run.json", "latency", &[values])
    };
    let told = |label: Option<&str>, samples: Vec<MetricRuns>| {
        let numbers = reported("run.csv", "", &[("median", 10.0), ("mean", 20.0)]);
        let numbers = ReportedNumbers { label: label.map(str::to_owned), meaning: None, ..numbers };
        compare(&capture(samples), &summaries(numbers), &Criteria::default())
    };
    let found = told(Some("GET /"), vec![of("GET /", &values), of("GET /b", &values)]);
    assert_eq!((found.counts.inconclusive, found.counts.missing, found.counts.new), (1, 1, 0));
    let change = found.changes.iter().find(|change| change.verdict == Verdict::Inconclusive).unwrap();
    assert_eq!((&change.reason, change.group.as_deref()), (&Some(Reason::SummaryOnly), Some("GET /")));
    assert_eq!(effect(change, Statistic::P50).estimate, Some(2.0), "10 against the median 5");
    assert_eq!(effect(change, Statistic::Mean).estimate, Some(4.0), "20 against the mean 5");
    // A summary of the whole stands beside all groups together.
    let found = told(None, vec![of("GET /", &values[..4]), of("GET /b", &values[4..])]);
    let [change] = &found.changes[..] else { panic!("{:?}", found.changes) };
    assert_eq!((change.before.unwrap().samples, change.group.as_deref()), (9, None));
    assert_eq!(effect(change, Statistic::P50).before, Some(5.0));
}

fn meaning(source: &str, meaning: Option<&str>, values: &[f64]) -> MetricRuns {
    MetricRuns { meaning: meaning.map(str::to_owned), ..metric(source, "latency", &[values]) }
}

#[test]
fn unlike_meanings_are_neither_compared_nor_pooled() {
    let values: Vec<f64> = (1..=50).map(f64::from).collect();
    let slow: Vec<f64> = values.iter().map(|value| value * 10.0).collect();
    let first = capture(vec![meaning("run-1.csv", Some("to the first byte"), &values)]);
    let last = capture(vec![meaning("run-1.csv", Some("to the last byte"), &slow)]);
    let found = compare(&first, &last, &Criteria::default());
    assert_eq!(found.changes[0].verdict, Verdict::Incomparable);
    // Both in the baseline: the run is compared with the one that means the same, and not against a pool of both.
    let both: Vec<Capture> = first.iter().chain(&last).cloned().collect();
    let found = compare(&both, &last, &Criteria::default());
    let verdicts: Vec<Verdict> = found.changes.iter().map(|change| change.verdict).collect();
    assert_eq!(verdicts, [Verdict::Missing, Verdict::Inconclusive]);
    assert_eq!(found.changes[1].before.unwrap().samples, 50);
    assert_eq!(found.changes[1].effects[0].estimate, Some(1.0));
    // What does not say what it means is compared.
    let silent = capture(vec![meaning("run-1.csv", None, &values)]);
    assert_ne!(compare(&silent, &last, &Criteria::default()).changes[0].verdict, Verdict::Incomparable);
}

#[test]
fn another_machine_in_the_measured_files_is_not_compared_and_another_version_is() {
    let values: Vec<f64> = (1..=50).map(f64::from).collect();
    let on = |key: &str, value: &str| {
        let mut captures = capture(vec![metric("run.json", "time", &[&values])]);
        captures[0].environment.measured.insert(key.to_owned(), value.to_owned());
        captures
    };
    let verdict = |before: &[Capture], after: &[Capture]| {
        let found = compare(before, after, &Criteria::default());
        (found.changes[0].verdict, found.changes[0].reason.clone())
    };
    let keys = vec!["cpu_model".to_owned()];
    let differs = (Verdict::Incomparable, Some(Reason::EnvironmentDiffers { keys }));
    assert_eq!(verdict(&on("cpu_model", "A"), &on("cpu_model", "B")), differs);
    assert_ne!(verdict(&on("cpu_model", "A"), &on("cpu_model", "A")).0, Verdict::Incomparable);
    assert_ne!(verdict(&on("cpu_model", "A"), &on("cores", "4")).0, Verdict::Incomparable, "one side does not say it");
    assert_ne!(verdict(&on("python_version", "3.11"), &on("python_version", "3.13")).0, Verdict::Incomparable);
}
