//! What is said of the slow end, of zeros and of rounded values.

use super::*;

/// A body of requests of which some are five times as slow; nothing in them is random.
fn with_slow_ones(n: usize, slow: usize, phase: f64) -> Vec<f64> {
    (0..n)
        .map(|index| {
            let place = (index as f64 * 0.618_033_988_749_895 + phase).fract();
            let is_slow = (index * slow / n) != ((index + 1) * slow / n);
            (0.8 + 0.4 * place) * if is_slow { 0.5 } else { 0.1 }
        })
        .collect()
}

#[test]
fn more_slow_requests_are_a_regression_of_the_tail_with_their_shares() {
    let change = one(&with_slow_ones(1000, 5, 0.0), &with_slow_ones(1000, 30, 0.3));
    assert_eq!(change.verdict, Verdict::Regressed);
    assert!(matches!(&change.reason, Some(Reason::Tail { statistics }) if statistics.contains(&Statistic::SlowShare)));
    let slow = effect(&change, Statistic::SlowShare);
    assert_eq!((slow.before, slow.after, slow.verdict), (Some(0.005), Some(0.03), Some(Verdict::Regressed)));
    // 5 of 1,000 against 30 of 1,000 by Newcombe's method 10: Wilson (0.00214, 0.01165) and (0.02109, 0.04252).
    assert!((slow.estimate.unwrap() - 0.025).abs() < 1e-12);
    assert!((slow.low.unwrap() - 0.0139).abs() < 2e-4 && (slow.high.unwrap() - 0.0378).abs() < 2e-4, "{slow:?}");
    assert!(slow.beyond.unwrap() > 0.12 && slow.beyond.unwrap() <= 0.5, "{slow:?}");
    assert_ne!(effect(&change, Statistic::Center).verdict, Some(Verdict::Regressed));
    // The other way round it improved, and throughput has its slow end below.
    assert_eq!(one(&with_slow_ones(1000, 30, 0.3), &with_slow_ones(1000, 5, 0.0)).verdict, Verdict::Improved);
    let rate = |values: Vec<f64>| MetricRuns {
        polarity: Polarity::HigherIsBetter,
        dimension: Dimension::Rate,
        ..metric("a.csv", "rate", &[&values.iter().map(|value| 1.0 / value).collect::<Vec<f64>>()])
    };
    let (before, after) = (rate(with_slow_ones(1000, 5, 0.0)), rate(with_slow_ones(1000, 30, 0.3)));
    let found = compare(&capture(vec![before]), &capture(vec![after]), &Criteria::default());
    assert_eq!(found.changes[0].verdict, Verdict::Regressed, "{:?}", found.changes[0].effects);
}

#[test]
fn zeros_and_what_is_not_zero_are_looked_at_apart() {
    let side = |zeros: usize, value: f64| -> Vec<f64> {
        let is_zero = |index: usize| index * zeros / 400 != (index + 1) * zeros / 400;
        let body = lognormal(400, value, 3);
        (0..400).map(|index| if is_zero(index) { 0.0 } else { body[index] }).collect()
    };
    // 95% are zero and the others twice as slow: the median says nothing of that.
    let change = one(&side(380, 0.1), &side(380, 0.2));
    assert_eq!(change.verdict, Verdict::Regressed, "{:?}", change.effects);
    assert!((effect(&change, Statistic::NonZero).estimate.unwrap() - 2.0).abs() < 1e-9);
    // 60% that become 50%: worse where lower is better.
    let change = one(&side(240, 0.1), &side(200, 0.1));
    assert_ne!(change.verdict, Verdict::Unchanged);
    let zeros = effect(&change, Statistic::ZeroShare);
    assert_eq!((zeros.before, zeros.after), (Some(0.6), Some(0.5)));
    let many = |share: f64| -> Vec<f64> {
        lognormal(6000, 0.1, 4)
            .into_iter()
            .enumerate()
            .map(|(i, v)| if (i as f64 * 0.618_034).fract() < share { 0.0 } else { v })
            .collect()
    };
    assert_eq!(one(&many(0.6), &many(0.5)).verdict, Verdict::Regressed);
}

#[test]
fn no_interval_is_narrower_than_the_step_to_which_values_were_rounded() {
    let rounded = |seed: u64, center: f64, step: f64| -> Vec<f64> {
        lognormal(2000, center, seed).into_iter().map(|value| (value / step).round() * step).collect()
    };
    let coarse = one(&rounded(1, 0.002, 0.001), &rounded(2, 0.002, 0.001));
    assert_eq!((coarse.verdict, &coarse.reason), (Verdict::Inconclusive, &Some(Reason::Rounded)));
    let center = effect(&coarse, Statistic::Center);
    // Half a millisecond of two is a quarter.
    assert!(center.low.unwrap() <= 1.0 / 1.24 && center.high.unwrap() >= 1.24, "{center:?}");
    assert_eq!(one(&rounded(1, 0.2, 0.001), &rounded(2, 0.2, 0.001)).verdict, Verdict::Unchanged);
}

#[test]
fn failures_that_are_five_times_as_many_matter_below_the_margin_too() {
    let side = |failed| {
        let runs = vec![Share { failed, total: 20_000, dependence: 1.0 }];
        let of = ShareRuns { source: "a.csv".to_owned(), metric: "failed rows".to_owned(), group: None, runs };
        vec![Capture { shares: vec![of], ..Capture::default() }]
    };
    let verdict = |before, after| compare(&side(before), &side(after), &Criteria::default()).changes.remove(0).verdict;
    assert_eq!(verdict(20, 100), Verdict::Regressed);
    assert_eq!(verdict(100, 20), Verdict::Improved);
    assert_eq!(verdict(400, 480), Verdict::Inconclusive, "0.4 points more of 2% are no five times");
}

#[test]
fn a_slow_end_that_doubled_is_large_though_a_short_run_may_depend_on_itself() {
    let timed = |values: &[f64]| {
        let mut metric = metric("a.csv", "latency", &[values]);
        metric.runs[0].dependence = Dependence::none().at_least(6.0);
        metric
    };
    // 15 of 300 time out after 30 s; of independent samples that happens by chance with 2^-14.
    let body = lognormal(300, 0.1, 5);
    let timeouts: Vec<f64> = lognormal(300, 0.1, 6)
        .into_iter()
        .enumerate()
        .map(|(i, value)| if i % 20 == 7 { 30.0 } else { value })
        .collect();
    let of = |after: &[f64]| {
        compare(&capture(vec![timed(&body)]), &capture(vec![timed(after)]), &Criteria::default()).changes.remove(0)
    };
    let change = of(&timeouts);
    assert!(change.large || change.verdict == Verdict::Regressed, "{change:?}");
    assert!(!of(&lognormal(300, 0.1, 6)).large);
}

#[test]
fn durations_that_became_zero_or_another_unit_are_no_improvement() {
    let body = lognormal(5000, 0.1, 5);
    let zeros = one(&body, &vec![0.0; 5000]);
    assert_eq!((zeros.verdict, &zeros.reason, zeros.large), (Verdict::Inconclusive, &Some(Reason::Zeros), true));
    let shrunk: Vec<f64> = lognormal(5000, 0.1, 6).into_iter().map(|value| value / 1000.0).collect();
    assert_eq!(one(&body, &shrunk).verdict, Verdict::Improved, "both sides state their unit");
    let assumed = |values: &[f64]| MetricRuns { unit_assumed: true, ..metric("a.csv", "latency", &[values]) };
    let found = compare(&capture(vec![assumed(&body)]), &capture(vec![assumed(&shrunk)]), &Criteria::default());
    let change = &found.changes[0];
    assert_eq!(change.reason, Some(Reason::OtherUnit { factor: 1000.0 }));
    assert_eq!((change.verdict, change.large), (Verdict::Inconclusive, true));
    // Ten times as fast is no unit.
    let faster: Vec<f64> = body.iter().map(|value| value / 10.0).collect();
    let found = compare(&capture(vec![assumed(&body)]), &capture(vec![assumed(&faster)]), &Criteria::default());
    assert_eq!(found.changes[0].verdict, Verdict::Improved);
}
