use super::*;
use crate::compare::outcome::Counts;
use crate::compare::outcome::samples::{self, target};

fn comparison(counts: Counts) -> Comparison {
    samples::comparison(counts, Vec::new())
}

#[test]
fn the_headline_names_what_matters_first_and_never_promises_what_was_not_found() {
    let said = |counts: Counts| changes(&comparison(counts));
    let none = Counts::default();
    let mixed = Counts { regressed: 2, improved: 1, unchanged: 12, inconclusive: 3, ..none };
    assert_eq!(said(mixed), "2 regressed, 1 improved (12 unchanged, 3 inconclusive)");
    assert_eq!(said(Counts { unchanged: 2, new: 1, ..none }), "nothing regressed (2 unchanged, 1 new)");
    assert_eq!(said(Counts { inconclusive: 3, ..none }), "nothing can be told about changes (3 inconclusive)");
    assert_eq!(said(Counts { missing: 1, ..none }), "1 missing");
    assert_eq!(said(none), "nothing to compare");
}

#[test]
fn targets_are_counted_by_what_became_of_them() {
    use TargetOutcome::{Met, Missed, NoData, Undecided};
    let said = |outcomes: &[TargetOutcome]| {
        target_clause(&outcomes.iter().map(|outcome| target(*outcome)).collect::<Vec<_>>()).unwrap_or_default()
    };
    assert_eq!(said(&[]), "");
    assert_eq!(said(&[Met]), "the target is met");
    assert_eq!(said(&[Met, Met]), "all 2 targets met");
    assert_eq!(said(&[Missed]), "1 target missed");
    assert_eq!(said(&[Met, Missed, Met, Met]), "1 target missed of 4");
    assert_eq!(said(&[Missed, NoData, Undecided, Missed]), "2 targets missed, 1 without data, 1 undecided of 4");
}

#[test]
fn a_gate_says_what_it_failed_on_or_what_it_looked_for() {
    let fail_on = vec!["regression".to_owned(), "target".to_owned()];
    let passed = Gate {
        fail_on,
        strict: false,
        passed: true,
        outcome: GateOutcome::Pass,
        failures: Vec::new(),
        undecided: Vec::new(),
        undecided_targets: 0,
        notes: Vec::new(),
    };
    assert_eq!(gate(&passed), "passed (regression, target)");
    let failures = vec!["2 metrics regressed".to_owned(), "1 target missed".to_owned()];
    let outcome = GateOutcome::Fail;
    let failed = Gate { passed: false, outcome, failures, ..passed };
    assert_eq!(gate(&failed), "failed: 2 metrics regressed; 1 target missed");
    assert_eq!(headline(None, &[], Some(&failed)), ["gate failed"]);
    let undecided = vec!["nothing could be compared".to_owned()];
    let blind = Gate { outcome: GateOutcome::Undecided, failures: Vec::new(), undecided, ..failed };
    assert_eq!(gate(&blind), "undecided: nothing could be compared");
    assert_eq!(headline(None, &[], Some(&blind)), ["gate undecided"]);
}
