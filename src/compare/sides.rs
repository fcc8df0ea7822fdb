//! Two sides compared with each other, as a whole: what each one is, what differs about where it was measured, and how
//! every metric changed.

use std::collections::{BTreeMap, BTreeSet};

use crate::measure::label::pattern;

use super::capture::{Capture, CapturedPart, Environment, both_say_where};
use super::judge::{Criteria, compare};
use super::outcome::{Comparison, EnvironmentDifference, Growth, Side};
use super::stale::stale;
use super::steady::unsettled;

/// One side: everything that was captured under one name.
#[derive(Debug, Clone, Default)]
pub struct NamedCaptures {
    /// What a person named.
    pub name: String,
    /// What was captured; several where a baseline holds several runs.
    pub captures: Vec<Capture>,
}

impl NamedCaptures {
    /// How often the same numbers were summarised by a tool, at most.
    fn summaries(&self) -> u64 {
        let mut runs: BTreeMap<(String, &str, Option<&str>), u64> = BTreeMap::new();
        for numbers in self.captures.iter().flat_map(|capture| &capture.reported) {
            *runs.entry((pattern(&numbers.source), &numbers.metric, numbers.label.as_deref())).or_default() += 1;
        }
        runs.into_values().max().unwrap_or(0)
    }

    /// Requests that were left out of it, where only steady parts were captured.
    fn left_out(&self) -> Option<u64> {
        let sources = self.captures.iter().flat_map(|capture| &capture.sources);
        let left_out = sources.filter_map(|source| match source.part? {
            CapturedPart::Steady { left_out } => Some(left_out),
            CapturedPart::Whole => None,
        });
        left_out.reduce(|all, one| all + one)
    }

    /// The sources of all captures.
    fn info(&self) -> Side {
        let mut sources: Vec<String> = Vec::new();
        for source in self.captures.iter().flat_map(|capture| &capture.sources) {
            if !sources.contains(&source.name) {
                sources.push(source.name.clone());
            }
        }
        let metrics = || self.captures.iter().flat_map(|capture| &capture.metrics);
        Side {
            name: self.name.clone(),
            sources,
            runs: self.summaries(),
            samples: metrics().flat_map(|metric| &metric.runs).map(|run| run.values.len() as u64).sum(),
            left_out: self.left_out(),
        }
    }
}

/// Compares a run with a baseline. `grown` are the files of the run of which only new rows were captured.
pub fn comparison(
    before: &NamedCaptures,
    after: &NamedCaptures,
    grown: Vec<Growth>,
    criteria: &Criteria,
) -> Comparison {
    let found = compare(&before.captures, &after.captures, criteria);
    let mut infos = [before.info(), after.info()];
    for change in &found.changes {
        for (info, side) in infos.iter_mut().zip([change.before, change.after]) {
            info.runs = info.runs.max(side.map_or(0, |side| side.runs));
        }
    }
    let [before_info, after_info] = infos;
    let stale = stale(&before.captures, &after.captures, &grown);
    Comparison {
        before: before_info,
        after: after_info,
        environment: differences(&before.captures, &after.captures),
        grown,
        unsettled: unsettled(&before.captures, &after.captures),
        stale,
        ..found
    }
}

/// What differs between the environments. A baseline of several runs may itself have several values for a key.
fn differences(before: &[Capture], after: &[Capture]) -> Vec<EnvironmentDifference> {
    let mut differences = Vec::new();
    for (given, measured) in [(true, false), (false, true), (false, false)] {
        // What the user and this machine say can only differ where both sides say anything.
        if !measured && !both_say_where(before, after) {
            continue;
        }
        let part = |environment: &Environment| match (given, measured) {
            (true, _) => environment.given.clone(),
            (_, true) => environment.measured.clone(),
            _ => environment.found.clone(),
        };
        let keys: BTreeSet<String> =
            before.iter().chain(after).flat_map(|capture| part(&capture.environment).into_keys()).collect();
        for key in keys {
            let values = |captures: &[Capture]| -> BTreeSet<Option<String>> {
                captures.iter().map(|capture| part(&capture.environment).remove(&key)).collect()
            };
            let (old, new) = (values(before), values(after));
            // What a machine does not say of itself is no difference.
            let silent = !given && (old.contains(&None) || new.contains(&None));
            if old != new && !silent {
                let said = |values: BTreeSet<Option<String>>| {
                    let known: Vec<String> = values.into_iter().flatten().collect();
                    (!known.is_empty()).then(|| known.join(", "))
                };
                differences.push(EnvironmentDifference { key, before: said(old), after: said(new), given, measured });
            }
        }
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(given: &[(&str, &str)], found: &[(&str, &str)]) -> Capture {
        let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        Capture {
            environment: Environment { given: map(given), found: map(found), ..Environment::default() },
            ..Capture::default()
        }
    }

    #[test]
    fn environments_differ_where_a_given_key_is_not_the_same() {
        let found = differences(
            &[captured(&[("build", "release")], &[("cpu", "A")])],
            &[captured(&[("build", "debug"), ("gc", "on")], &[("cpu", "A")])],
        );
        let keys: Vec<(&str, bool)> = found.iter().map(|found| (found.key.as_str(), found.given)).collect();
        assert_eq!(keys, [("build", true), ("gc", true)]);
        assert_eq!((found[1].before.as_deref(), found[1].after.as_deref()), (None, Some("on")));
    }

    #[test]
    fn every_file_that_a_tool_has_summarised_is_a_run() {
        let numbers = |source: &str| super::super::capture::ReportedNumbers {
            source: source.to_owned(),
            metric: "latency".to_owned(),
            label: None,
            dimension: crate::measure::unit::Dimension::Time,
            assumed_unit: None,
            unit: None,
            polarity: crate::measure::Polarity::LowerIsBetter,
            meaning: None,
            values: BTreeMap::from([(crate::measure::Statistic::Mean, 0.1)]),
        };
        let held = |sources: &[&str]| NamedCaptures {
            name: "side".to_owned(),
            captures: vec![Capture {
                reported: sources.iter().map(|source| numbers(source)).collect(),
                ..Capture::default()
            }],
        };
        let found =
            comparison(&held(&["wrk-1.txt", "wrk-2.txt"]), &held(&["wrk-1.txt"]), Vec::new(), &Criteria::default());
        assert_eq!((found.before.runs, found.after.runs), (2, 1));
    }

    #[test]
    fn a_side_that_says_nothing_about_its_machine_does_not_differ_from_one_that_does() {
        assert!(differences(&[captured(&[], &[("cpu", "A")])], &[captured(&[], &[])]).is_empty());
        assert_eq!(differences(&[captured(&[], &[("cpu", "A")])], &[captured(&[], &[("cpu", "B")])]).len(), 1);
    }
}
