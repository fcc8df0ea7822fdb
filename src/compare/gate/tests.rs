//! What passes a gate and what does not.

use crate::measure::{Dimension, Polarity, Statistic};

use super::super::outcome::{Effect, Reason, Scale};
use super::*;
use crate::compare::outcome::samples::{self, target};

fn change(verdict: Verdict, tested: bool) -> Change {
    let effect =
        Effect { p: tested.then_some(0.5), verdict: Some(verdict), ..Effect::new(Statistic::Center, Scale::Ratio) };
    let of = Change::new("run.csv", "latency", None, Dimension::Time, Polarity::LowerIsBetter);
    Change { verdict, effects: vec![effect], ..of }
}

fn comparison(changes: &[(Verdict, bool)]) -> Comparison {
    let counts = changes.iter().map(|(verdict, _)| *verdict).collect();
    samples::comparison(counts, changes.iter().map(|(verdict, tested)| change(*verdict, *tested)).collect())
}

fn asked(fail_on: &[FailOn], strict: bool) -> GateRules {
    GateRules { fail_on: fail_on.to_vec(), strict, undecided_passes: false }
}

/// What was found and what could not be seen: neither passes.
fn everything(gate: Gate) -> Vec<String> {
    gate.failures.into_iter().chain(gate.undecided).collect()
}

fn failures(fail_on: &[FailOn], strict: bool, changes: &[(Verdict, bool)], targets: &[TargetOutcome]) -> Vec<String> {
    let targets: Vec<TargetResult> = targets.iter().copied().map(target).collect();
    everything(asked(fail_on, strict).judge(
        Some(&comparison(changes)),
        &targets,
        RunState { corrupted: 3, suspicious: 1, ..RunState::default() },
    ))
}

#[test]
fn a_gate_on_regressions_fails_on_what_is_worse_and_on_what_it_cannot_see() {
    use Verdict::{Changed, Improved, Incomparable, Inconclusive, Missing, New, Regressed, Unchanged};
    for (changes, expected) in [
        (&[(Regressed, true), (Regressed, true), (Unchanged, true)][..], &["2 metrics regressed"][..]),
        (&[(Unchanged, true), (Missing, false)], &["1 metric vanished"]),
        (&[(Unchanged, true), (Incomparable, false), (Incomparable, false)], &["2 metrics became incomparable"]),
        (&[(Missing, false)], &["1 metric vanished", "nothing could be compared"]),
        (&[(New, false)], &["nothing could be compared"]),
        (&[], &["nothing could be compared"]),
        (&[(Inconclusive, false)], &["nothing could be compared"]),
        (&[(Inconclusive, true)], &[]),
        (&[(Changed, true), (Improved, true), (Unchanged, true), (New, false)], &[]),
    ] {
        assert_eq!(failures(&[FailOn::Regression], false, changes, &[]), expected, "{changes:?}");
    }
}

#[test]
fn a_gate_on_targets_fails_without_data_and_when_strict_without_a_decision() {
    use TargetOutcome::{Met, Missed, NoData, Undecided};
    for (outcomes, strict, expected) in [
        (&[Met, Met][..], true, &[][..]),
        (&[Met, Missed], false, &["1 target missed"]),
        (&[Missed, Missed, NoData], false, &["2 targets missed", "1 target without data"]),
        (&[Undecided], false, &[]),
        (&[Undecided], true, &["1 target undecided (--strict)"]),
        (&[], false, &["no target was given"]),
    ] {
        assert_eq!(failures(&[FailOn::Target], strict, &[], outcomes), expected, "{outcomes:?} {strict}");
    }
}

#[test]
fn a_gate_looks_only_at_what_it_was_asked_for() {
    let changes = [(Verdict::Regressed, true), (Verdict::Inconclusive, true)];
    assert_eq!(failures(&[], true, &changes, &[TargetOutcome::Missed]), Vec::<String>::new());
    assert_eq!(failures(&[FailOn::Corruption], true, &changes, &[]), ["3 corrupted samples"]);
    assert_eq!(failures(&[FailOn::Suspicious], true, &changes, &[]), ["1 suspicious finding"]);
    assert_eq!(failures(&[FailOn::Inconclusive], true, &changes, &[]), ["1 metric inconclusive"]);
    let gate = asked(&[FailOn::Corruption], true).judge(None, &[], RunState { suspicious: 5, ..RunState::default() });
    assert!(gate.passed && gate.strict && gate.failures.is_empty());
    assert_eq!(gate.fail_on, ["corruption"]);
}

#[test]
fn all_clauses_stand_in_the_order_in_which_a_gate_looks() {
    let changes = [(Verdict::Regressed, true), (Verdict::Inconclusive, true)];
    let clauses = failures(&FailOn::ALL, false, &changes, &[TargetOutcome::Missed]);
    assert_eq!(
        clauses,
        [
            "1 metric regressed",
            "1 target missed",
            "3 corrupted samples",
            "1 suspicious finding",
            "1 metric inconclusive"
        ]
    );
}

#[test]
fn a_gate_without_anything_to_look_at_fails_and_can_be_refused_before() {
    let gate =
        asked(&[FailOn::Regression, FailOn::Target, FailOn::Inconclusive], false).judge(None, &[], RunState::default());
    assert_eq!(gate.failures, ["nothing was compared: no baseline", "no target was given"]);
    assert!(!gate.passed);
    for (fail_on, baseline, targets, expected) in [
        (&[FailOn::Regression][..], false, true, Some("failing on regression needs a baseline: --baseline FILE")),
        (&[FailOn::Inconclusive], false, true, Some("failing on inconclusive needs a baseline: --baseline FILE")),
        (&[FailOn::Regression], true, false, None),
        (&[FailOn::Target], true, false, Some("failing on target needs a [[target]] in perfreport.toml")),
        (&[FailOn::Target, FailOn::Corruption], false, true, None),
        (&[], false, false, None),
    ] {
        let found = unusable(fail_on, baseline, targets).map(|lacking| lacking.to_string());
        assert_eq!(found.as_deref(), expected);
    }
}

#[test]
fn a_first_run_is_held_to_everything_that_needs_no_baseline() {
    for (given, left) in [
        (&[FailOn::Regression, FailOn::Inconclusive][..], None),
        (&[FailOn::Regression, FailOn::Target, FailOn::Corruption], Some(vec![FailOn::Target, FailOn::Corruption])),
        (&[FailOn::Suspicious], Some(vec![FailOn::Suspicious])),
    ] {
        let found = asked(given, true).without_comparison();
        assert_eq!(found.as_ref().map(|rules| rules.fail_on.clone()), left, "{given:?}");
        assert!(found.is_none_or(|rules| rules.strict));
    }
}

#[test]
fn words_are_read_in_any_order_and_unknown_ones_refused() {
    let list = FailOn::parse_list("target, regression,target").unwrap();
    assert_eq!(list, [FailOn::Regression, FailOn::Target]);
    assert_eq!(FailOn::parse_list("none").unwrap(), []);
    for fail_on in FailOn::ALL {
        assert_eq!(FailOn::parse(&fail_on.to_string()), Ok(fail_on));
    }
    for text in ["", "regresion", "none,target", "Regression"] {
        let error = FailOn::parse_list(text).unwrap_err().to_string();
        assert!(error.contains("regression, target, corruption, suspicious, inconclusive"), "{error}");
    }
}

#[test]
fn what_cannot_be_judged_does_not_pass_whether_samples_are_few_or_there_are_none() {
    for reason in [Reason::SummaryOnly, Reason::TooFewSamples { needs: 8 }] {
        let mut comparison = comparison(&[(Verdict::Inconclusive, false)]);
        comparison.changes[0].reason = Some(reason);
        let found = |what, comparison: &Comparison| {
            everything(asked(&[what], false).judge(Some(comparison), &[], RunState::default()))
        };
        assert_eq!(found(FailOn::Regression, &comparison), ["nothing could be compared"]);
        assert_eq!(found(FailOn::Inconclusive, &comparison), ["1 metric inconclusive"]);
        // Failures alone do not say that nothing became slower.
        let mut failures = change(Verdict::Unchanged, true);
        failures.effects[0].statistic = Statistic::FailureShare;
        comparison.changes.push(failures);
        assert_eq!(found(FailOn::Regression, &comparison), ["only how much failed could be compared, and no metric"]);
        comparison.changes.remove(0);
        assert!(found(FailOn::Regression, &comparison).is_empty());
    }
}

#[test]
fn the_matrix_of_outcomes() {
    use Verdict::{CenterUnchanged, Incomparable, Inconclusive, Missing, Regressed, Unchanged};
    let elsewhere = Some(Reason::EnvironmentDiffers { keys: vec!["cpu".to_owned()] });
    let failing = Some(Reason::Failing { failed: 9, total: 9, before: Some(1.0) });
    let none = || None::<Reason>;
    let (pass, undecided, fail) = (GateOutcome::Pass, GateOutcome::Undecided, GateOutcome::Fail);
    // Verdict, whether large, reason, whether stale; what the gate answers, and the exit code without and with `--undecided pass`.
    for (verdict, large, reason, stale, outcome, exits) in [
        (Regressed, false, none(), false, fail, [1, 1]),
        (Missing, false, none(), false, fail, [1, 1]),
        (Inconclusive, false, failing, false, fail, [1, 1]),
        (Inconclusive, true, none(), false, undecided, [1, 0]),
        (Inconclusive, false, none(), false, pass, [0, 0]),
        (CenterUnchanged, false, none(), false, pass, [0, 0]),
        (Unchanged, false, none(), true, undecided, [1, 1]),
        (Incomparable, true, elsewhere.clone(), false, undecided, [1, 0]),
        (Incomparable, false, elsewhere, false, pass, [0, 0]),
        (Incomparable, false, Some(Reason::PolarityChanged), false, fail, [1, 1]),
    ] {
        // Something else could be told in each of these reports.
        let mut comparison = comparison(&[(verdict, true), (Unchanged, true)]);
        comparison.changes[0].large = large;
        comparison.changes[0].reason.clone_from(&reason);
        comparison.stale = if stale { vec!["run.csv".to_owned()] } else { Vec::new() };
        for (undecided_passes, exit) in [false, true].into_iter().zip(exits) {
            let rules = GateRules { undecided_passes, ..asked(&[FailOn::Regression], false) };
            let gate = rules.judge(Some(&comparison), &[], RunState::default());
            let said = format!("{verdict:?} {large} {reason:?} {stale} {undecided_passes}");
            assert_eq!((gate.outcome, i32::from(!gate.passed)), (outcome, exit), "{said}");
        }
        // A word of its own asks for every decision.
        let strict = asked(&[FailOn::Inconclusive], false).judge(Some(&comparison), &[], RunState::default());
        assert_eq!(strict.passed, verdict != Inconclusive, "{verdict:?}");
    }
}
