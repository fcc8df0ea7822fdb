//! Environments of a history in words: what tells them apart, and what differs between them.

use std::collections::{BTreeMap, BTreeSet};

use crate::history::contract::{EnvironmentBoundary, EnvironmentDifference, HistoryReport};
use crate::report::number;

use super::words;

/// What tells environments apart is named up to so many facts.
const MOST_FACTS: usize = 3;
/// So many metrics that differ are named at a boundary.
const MOST_NAMED: usize = 5;

/// What tells each environment from the others, by its number: `build=debug`; `None` where nothing does.
pub(super) fn labels(report: &HistoryReport) -> Vec<Option<String>> {
    let all = &report.environments;
    let keys: BTreeSet<&String> = all.iter().flat_map(|one| one.keys()).collect();
    let differs = |key: &&String| all.iter().any(|other| other.get(*key) != all[0].get(*key));
    let differing: Vec<&String> = keys.into_iter().filter(differs).collect();
    let label = |this: &BTreeMap<String, String>| {
        let fact = |key: &&String| match this.get(*key) {
            Some(value) => format!("{key}={value}"),
            None => format!("{key} not stated"),
        };
        let shown: Vec<String> = differing.iter().take(MOST_FACTS).map(fact).collect();
        let more = differing.len() - shown.len();
        let more = if more > 0 { format!(" and {more} more facts") } else { String::new() };
        (!shown.is_empty()).then(|| format!("{}{more}", shown.join(", ")))
    };
    all.iter().map(label).collect()
}

/// Each boundary with what differs across it.
pub(super) fn boundaries(report: &HistoryReport, labels: &[Option<String>]) -> Vec<String> {
    let named = |environment: usize| labels.get(environment).and_then(Option::as_deref).unwrap_or_default();
    let difference = |one: &EnvironmentDifference| {
        let size = if let Some(ratio) = one.ratio {
            number::change(ratio)
        } else {
            number::shift(words::dimension(report, &one.metric), one.after - one.before, None, None).0
        };
        format!("`{}` {size}", one.metric)
    };
    let line = |boundary: &EnvironmentBoundary| {
        let run = &report.runs[boundary.run];
        let commit = if run.commit.is_empty() { String::new() } else { format!(" {}", words::commit(&run.commit)) };
        let differences: Vec<String> = boundary.differences.iter().take(MOST_NAMED).map(difference).collect();
        let more = boundary.differences.len() - differences.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let what = if differences.is_empty() {
            "no level differs by the margin".to_owned()
        } else {
            format!("{}{more}, explained by the environment and no change", differences.join(", "))
        };
        let (now, before) = (named(boundary.environment), named(boundary.before));
        format!("{}{commit}: {now} (before: {before}): {what}", words::day(&run.at))
    };
    report.boundaries.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::file::{History, RunDetail};
    use crate::history::judge::{HistoryQuestion, report};

    #[test]
    fn an_environment_is_called_by_what_tells_it_from_the_others() {
        let line = |day: usize, env: &str| {
            format!(
                r#"{{"history":1,"at":"2026-01-{day:02}T00:00:00Z","env":{{{env}}},"metrics":[{{"m":"q","d":"time","b":"<","c":{}}}]}}"#,
                if env.contains("debug") { 0.013 } else { 0.01 }
            )
        };
        let runs: Vec<String> = (1..=20)
            .map(|day| {
                line(
                    day,
                    if day < 11 { r#""build":"release","os":"linux""# } else { r#""build":"debug","os":"linux""# },
                )
            })
            .collect();
        let of = |text: &str| report(&History::parse(text, RunDetail::Center), &HistoryQuestion::default()).unwrap();
        let both = of(&runs.join("\n"));
        let named = labels(&both);
        assert_eq!(named[1].as_deref(), Some("build=debug"));
        let said =
            "2026-01-11: build=debug (before: build=release): `q` +30.0%, explained by the environment and no change";
        assert_eq!(boundaries(&both, &named), [said]);
        let one = of(&runs[..10].join("\n"));
        assert_eq!((labels(&one), boundaries(&one, &[None]).len()), (vec![None], 0));
    }
}
