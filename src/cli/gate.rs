//! Margins, targets and what to fail on, from flags and configuration; flags win.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::compare::gate::{FailOn, GateRules, unusable};
use crate::compare::margin::{MarginRule, Margins, parse_margin};
use crate::compare::outcome::{Comparison, TargetOutcome, TargetResult};
use crate::compare::subject_shares::subject_shares;
use crate::compare::subjects::subjects;
use crate::compare::target::{Target, evaluate};
use crate::config::Config;
use crate::measure::did_you_mean;

use super::args::{Gate, Undecided};
use super::read::Reading;

/// The exit code where a check that was asked for failed.
pub(super) const CHECK_FAILED: u8 = 1;

/// What a gate is to fail on; `None` where nobody asks for one.
pub(super) fn gate_rules(gate: &Gate, config: &Config) -> Result<Option<GateRules>> {
    let fail_on = if gate.fail_on.is_empty() {
        config.fail_on.clone()
    } else {
        Some(FailOn::parse_list(&gate.fail_on.join(",")).context("--fail-on")?)
    };
    let strict = gate.strict || config.strict.unwrap_or(false);
    let undecided_passes = match gate.undecided.map(Undecided::word).or(config.undecided.as_deref()) {
        None | Some("fail") => false,
        Some("pass") => true,
        Some(other) => bail!("undecided = \"{other}\": write \"pass\" or \"fail\""),
    };
    Ok(fail_on.filter(|list| !list.is_empty()).map(|fail_on| GateRules { fail_on, strict, undecided_passes }))
}

/// A gate that could never fail is an error before anything is read.
pub(super) fn require(gate_rules: Option<&GateRules>, baseline: Option<&Path>, config: &Config) -> Result<()> {
    match gate_rules.and_then(|gate_rules| unusable(&gate_rules.fail_on, baseline.is_some(), !config.target.is_empty()))
    {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

/// The margins of all metrics.
pub(super) fn margins(gate: &Gate, config: &Config) -> Result<Margins> {
    let mut margins = config.margins.clone();
    for given in &gate.margin {
        let context = || format!("--margin {given}");
        match given.rsplit_once('=') {
            Some((metric, margin)) => margins.rules.push(MarginRule::new(metric, margin).with_context(context)?),
            None => margins.default = parse_margin(given).with_context(context)?,
        }
    }
    margins.test |= gate.margin_test;
    if let Some(tail) = &gate.tail_margin {
        margins.tail = parse_margin(tail).with_context(|| format!("--tail-margin {tail}"))?;
    }
    Ok(margins)
}

/// What became of the targets.
pub(super) fn results(
    targets: &[Target],
    reading: &Reading,
    comparison: Option<&Comparison>,
) -> Result<Vec<TargetResult>> {
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    let readings = reading.measured();
    let settings = &reading.settings;
    let (subjects, shares) = (subjects(&readings, settings.failing), subject_shares(&readings));
    let mut results = evaluate(targets, &subjects, &shares, comparison, settings.confidence, settings.quantile_method)?;
    for result in &mut results {
        let unsettled = |name: &String| reading.is_unsettled(name);
        if result.source.as_ref().is_some_and(unsettled) && result.outcome != TargetOutcome::NoData {
            result.outcome = TargetOutcome::Undecided;
            result.note = Some("of the whole run: it has no steady part".to_owned());
        }
    }
    Ok(results)
}

/// A margin for a metric that is not there is a slip of the pen.
pub(super) fn check_margins(gate: &Gate, comparison: &Comparison) -> Result<()> {
    for given in gate.margin.iter().filter_map(|given| Some((given, given.rsplit_once('=')?))) {
        let (text, (metric, margin)) = given;
        let rule = MarginRule::new(metric, margin)?;
        if !comparison.changes.iter().any(|change| rule.metric.matches(&change.metric)) {
            let mut known: Vec<&str> = comparison.changes.iter().map(|change| change.metric.as_str()).collect();
            known.sort_unstable();
            known.dedup();
            let listed = known.join(", ");
            bail!("--margin {text}: no metric matches {metric}; there are {listed}{}", did_you_mean(metric, known));
        }
    }
    Ok(())
}
