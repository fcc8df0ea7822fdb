//! Which numbers of a run a target is about.
//!
//! In: a target, and everything that was measured or compared. Out: what matches, or a note that says at which step
//! nothing did and what there is instead.

use crate::analysis::histogram::GROUPED_BY;
use crate::compare::outcome::Change;
use crate::measure::label::{SEPARATOR, of_setting};
use crate::measure::words::{Words, apart};
use crate::measure::{Statistic, did_you_mean};

use super::condition::{LabelRule, Target};
use super::subject::{Subject, SubjectShare};

/// Names that a note lists.
const NAMED: usize = 5;

/// Those whose source and metric match; `names` are both of one.
fn by_name<'a, T>(
    target: &Target,
    all: impl Iterator<Item = &'a T> + Clone,
    names: impl Fn(&'a T) -> (&'a str, &'a str),
) -> Result<Vec<&'a T>, String> {
    let (source_of, metric_of) = (|item| names(item).0, |item| names(item).1);
    let in_source = |item: &&'a T| target.source.as_ref().is_none_or(|source| source.matches_source(source_of(item)));
    if let Some(source) = target.source.as_ref().filter(|_| !all.clone().any(|item| in_source(&item))) {
        let names = all.map(source_of);
        return Err(format!("no source matches `{}`; {}", source.text(), there_are(source.text(), names)));
    }
    let found: Vec<&T> = all.clone().filter(in_source).filter(|item| target.metric.matches(metric_of(item))).collect();
    if found.is_empty() {
        let names = all.filter(in_source).map(metric_of);
        return Err(format!(
            "no metric matches `{}`; {}",
            target.metric.text(),
            there_are(target.metric.text(), names)
        ));
    }
    Ok(found)
}

/// The metrics, or the groups of metrics, that a condition on a statistic is about.
pub(super) fn subjects<'a>(
    target: &Target,
    statistic: Statistic,
    all: &'a [Subject<'a>],
) -> Result<Vec<&'a Subject<'a>>, String> {
    let named = by_name(target, all.iter(), |one| (one.source, one.metric))?;
    let wanted = |subject: &&&Subject<'_>| {
        let is_value = statistic == Statistic::Value;
        is_value == subject.value.is_some() || !is_value && subject.reported.is_some()
    };
    let of_kind: Vec<&Subject<'_>> = named.iter().filter(wanted).copied().collect();
    let Some(first) = of_kind.first() else {
        let name = named.first().map_or("", |subject| subject.metric);
        return Err(match statistic {
            Statistic::Value => format!("`{name}` has samples: write mean, p95, max, … instead of value"),
            _ => format!("`{name}` is one number without samples: write value"),
        });
    };
    // Where groups were measured apart, a number over all of them is of nobody: each of them is meant.
    let meant = |subject: &&&Subject<'_>| {
        let is_each = target.labels.is_empty() && subject.apart;
        if is_each { subject.group.is_some() } else { of_group(target, subject.group, subject.grouped_by) }
    };
    let found: Vec<&Subject<'_>> = of_kind.iter().filter(meant).copied().collect();
    if !found.is_empty() {
        return Ok(found);
    }
    Err(no_group(target, first.metric, of_kind.iter().map(|subject| (subject.group, subject.grouped_by))))
}

/// Whether a group is meant. `grouped_by` is absent where it is not known, as for a group that only the baseline has; then
/// only the labels are looked at.
fn of_group(target: &Target, group: Option<&str>, grouped_by: Option<&str>) -> bool {
    if target.labels.is_empty() {
        return group.is_none();
    }
    let Some(group) = group else { return false };
    let columns: Option<Vec<&str>> = grouped_by.map(|columns| columns.split(SEPARATOR).collect());
    target.labels.iter().all(|rule| {
        let Some(columns) = &columns else { return part_matches(group, 0, 1, rule) };
        let position = columns.iter().position(|column| column.to_lowercase() == rule.column.to_lowercase());
        // What a tool has summarised has names, and nobody says of which column.
        let position = position.or_else(|| (columns[..] == [GROUPED_BY]).then_some(0));
        position.is_some_and(|position| part_matches(group, position, columns.len(), rule))
    })
}

/// Whether the label of a column matches. A label may hold the separator itself; then every way to divide the text is
/// tried, because a group too many is seen and a group too few is not.
fn part_matches(group: &str, position: usize, columns: usize, rule: &LabelRule) -> bool {
    // The report writes settings as `threads=4`; either may be asked for.
    let matches = |text: &str| {
        let value = of_setting(text).filter(|(column, _)| column.eq_ignore_ascii_case(&rule.column));
        rule.label.matches(text) || value.is_some_and(|(_, value)| rule.label.matches(value))
    };
    if columns == 1 {
        return matches(group);
    }
    let parts: Vec<&str> = group.split(SEPARATOR).collect();
    let after = columns - 1 - position;
    let last = parts.len().saturating_sub(after);
    (position..last).any(|from| (from + 1..=last).any(|to| matches(&parts[from..to].join(SEPARATOR))))
}

/// Why no group of a metric is meant; the groups that there are, and the columns whose labels they have.
fn no_group<'a>(
    target: &Target,
    metric: &str,
    groups: impl Iterator<Item = (Option<&'a str>, Option<&'a str>)> + Clone,
) -> String {
    if target.labels.is_empty() {
        return format!("`{metric}` was not measured as a whole");
    }
    let columns = groups.clone().find_map(|(_, columns)| columns);
    let groups = groups.filter_map(|(group, _)| group);
    if let Some(columns) = columns {
        let known = |name: &str| {
            columns == GROUPED_BY || columns.split(SEPARATOR).any(|column| column.to_lowercase() == name.to_lowercase())
        };
        if let Some(rule) = target.labels.iter().find(|rule| !known(&rule.column)) {
            return format!("`{metric}` is grouped by `{columns}`, not by `{}`", rule.column);
        }
    } else if groups.clone().next().is_none() {
        return format!("`{metric}` is not grouped: its samples have no labels, or only one");
    }
    let rules: Vec<String> =
        target.labels.iter().map(|rule| format!("{} = {}", rule.column, rule.label.text())).collect();
    let meant = target.labels.first().map_or("", |rule| rule.label.text());
    let groups = there_are(meant, groups);
    format!("no group of `{metric}` matches `{}`; {groups}", rules.join(" and "))
}

/// The failures of summaries that count them under another name than their durations: those of requests, or the only ones that there are.
fn of_summaries<'a>(found: &[&Subject<'_>], all: &'a [SubjectShare<'a>]) -> Vec<&'a SubjectShare<'a>> {
    const OF_REQUESTS: Words = Words::of("request requests req reqs http");
    let mut sources: Vec<&str> = found.iter().filter(|one| one.reported.is_some()).map(|one| one.source).collect();
    sources.sort_unstable();
    sources.dedup();
    let of_source = |source: &str| {
        let shares: Vec<&SubjectShare<'_>> = all.iter().filter(|share| share.source == source).collect();
        let mut names: Vec<&str> = shares.iter().map(|share| share.metric).collect();
        names.sort_unstable();
        names.dedup();
        let of_requests = |name: &&str| apart(name).iter().any(|word| OF_REQUESTS.has(word));
        let requests: Vec<&str> = names.iter().copied().filter(of_requests).collect();
        let only = match (&names[..], &requests[..]) {
            ([one], _) | (_, [one]) => *one,
            _ => return Vec::new(),
        };
        shares.into_iter().filter(|share| share.metric == only).collect()
    };
    sources.into_iter().flat_map(of_source).collect()
}

/// The shares of failures that a target is about.
pub(super) fn shares<'a>(
    target: &Target,
    all: &'a [SubjectShare<'a>],
    subjects: &[Subject<'_>],
) -> Result<Vec<&'a SubjectShare<'a>>, String> {
    let named = by_name(target, all.iter(), |one| (one.source, one.metric)).or_else(|note| {
        // A metric that is there, without failures, is no slip of the pen.
        let found = by_name(target, subjects.iter(), |one| (one.source, one.metric)).map_err(|_| note)?;
        let counted = of_summaries(&found, all);
        if counted.is_empty() {
            let beside = all.iter().find(|share| found.iter().any(|one| one.source == share.source));
            return Err(beside.map_or_else(
                || "errors not recorded: no column or event says what failed".to_owned(),
                |beside| format!("failures are counted with `{}`: write metric = \"{0}\"", beside.metric),
            ));
        }
        Ok(counted)
    })?;
    let found: Vec<&SubjectShare<'_>> =
        named.iter().filter(|share| of_group(target, share.group, share.grouped_by)).copied().collect();
    if !found.is_empty() {
        return Ok(found);
    }
    // The only label of a summary is the whole of it.
    let is_only = matches!(&named[..], [one] if one.grouped_by == Some(GROUPED_BY)) && target.labels.is_empty();
    if is_only {
        return Ok(named);
    }
    let counted = |share: &&&SubjectShare<'_>| share.group.is_some();
    let elsewhere =
        all.iter().find(|share| share.group.is_some() && named.iter().any(|one| one.source == share.source));
    if let Some(other) = elsewhere.filter(|_| !named.iter().any(|share| counted(&share))) {
        return Err(format!("failures are counted by label with `{}`: write metric = \"{0}\"", other.metric));
    }
    let metric = named.first().map_or("", |share| share.metric);
    Err(no_group(target, metric, named.iter().map(|share| (share.group, share.grouped_by))))
}

/// The changes that a target is about. Without `where`, a metric that was compared group by group is meant with all of
/// its groups.
pub(super) fn changes<'a>(
    target: &Target,
    all: &'a [Change],
    subjects: &[Subject<'_>],
) -> Result<Vec<&'a Change>, String> {
    // Shares of failures are no metrics with a center.
    let of_share = |change: &Change| {
        let mut statistics = change.effects.iter().map(|effect| effect.statistic);
        !change.effects.is_empty() && statistics.all(|statistic| statistic == Statistic::FailureShare)
    };
    let of_metrics = all.iter().filter(|change| !of_share(change));
    let named = by_name(target, of_metrics, |one| (&one.source, &one.metric))?;
    let grouped_by = |change: &Change| {
        let same = |subject: &&Subject<'_>| subject.source == change.source && subject.metric == change.metric;
        subjects.iter().filter(same).find_map(|subject| subject.grouped_by)
    };
    let as_a_whole = |change: &Change| {
        let same = |other: &&&Change| other.source == change.source && other.metric == change.metric;
        named.iter().filter(same).any(|other| other.group.is_none())
    };
    let meant = |change: &&&Change| {
        if target.labels.is_empty() {
            return change.group.is_none() || !as_a_whole(change);
        }
        of_group(target, change.group.as_deref(), grouped_by(change))
    };
    let found: Vec<&Change> = named.iter().filter(meant).copied().collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let of_run: Vec<&Subject<'_>> =
        by_name(target, subjects.iter(), |one| (one.source, one.metric)).unwrap_or_default();
    let groups = of_run.iter().map(|subject| (subject.group, subject.grouped_by));
    Err(no_group(target, named.first().map_or("", |change| change.metric.as_str()), groups))
}

/// The first few names, without repetition, and the one that may have been meant.
fn there_are<'a>(meant: &str, names: impl Iterator<Item = &'a str>) -> String {
    let mut distinct: Vec<&str> = Vec::new();
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    let listed = match distinct.len() {
        0 => "there are none".to_owned(),
        count if count > NAMED => format!("there are {} and {} more", distinct[..NAMED].join(", "), count - NAMED),
        _ => format!("there are {}", distinct.join(", ")),
    };
    listed + &did_you_mean(meant, distinct)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_lists_five_names_and_counts_the_rest() {
        assert_eq!(there_are("xyz", ["a", "b", "a"].into_iter()), "there are a, b");
        assert_eq!(
            there_are("xyz", ["a", "b", "c", "d", "e", "f", "g"].into_iter()),
            "there are a, b, c, d, e and 2 more"
        );
        assert_eq!(there_are("xyz", std::iter::empty()), "there are none");
    }

    #[test]
    fn a_group_over_several_columns_is_found_by_each() {
        let target =
            |rules: &[(&str, &str)]| Target::parse("*", None, rules.iter().copied(), [("mean", "< 1")]).unwrap();
        let by = Some("event, model");
        assert!(of_group(&target(&[("event", "login")]), Some("login, large"), by));
        assert!(of_group(&target(&[("MODEL", "large")]), Some("login, large"), by));
        assert!(of_group(&target(&[("event", "login"), ("model", "l*")]), Some("login, large"), by));
        assert!(!of_group(&target(&[("event", "large")]), Some("login, large"), by));
        assert!(!of_group(&target(&[("host", "login")]), Some("login, large"), by));
        assert!(of_group(&target(&[("event", "a, b")]), Some("a, b, large"), by), "a label with the separator in it");
        assert!(of_group(&target(&[("model", "large")]), Some("a, b, large"), by));
        assert!(!of_group(&target(&[]), Some("login"), Some("event")));
        assert!(of_group(&target(&[("event", "login")]), Some("login"), None), "the baseline does not name the column");
    }
}
