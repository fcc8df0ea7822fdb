//! What tests of several rooms start from.

use crate::compare::outcome::{Change, Comparison, Counts, Side, TargetOutcome, TargetResult};
use crate::measure::unit::Dimension;

/// A comparison in which nothing else is said.
pub(crate) fn comparison(counts: Counts, changes: Vec<Change>) -> Comparison {
    let side = |name: &str| Side { name: name.to_owned(), sources: Vec::new(), runs: 1, samples: 10, left_out: None };
    Comparison {
        before: side("a"),
        after: side("b"),
        margin: 0.05,
        margin_test: false,
        confidence: 0.95,
        gate_level: 0.01,
        tests: 3,
        counts,
        changes,
        environment: Vec::new(),
        suite: None,
        too_quick: None,
        one_sided: false,
        as_recorded: Vec::new(),
        slow_end: Vec::new(),
        odd_runs: Vec::new(),
        rates: Vec::new(),
        grown: Vec::new(),
        unsettled: Vec::new(),
        stale: Vec::new(),
    }
}

/// A target about the p95 of a latency.
pub(crate) fn target(outcome: TargetOutcome) -> TargetResult {
    TargetResult {
        subject: "latency".to_owned(),
        source: None,
        metric: None,
        group: None,
        statistic: "p95".to_owned(),
        is_change: false,
        condition: "< 200ms".to_owned(),
        dimension: Dimension::Time,
        limit: 0.2,
        value: None,
        low: None,
        high: None,
        outcome,
        note: None,
    }
}
