//! How the rows of the newest run ended beside those of the runs before it: with other codes or words, or in a way that nobody knows.
//!
//! In: runs of one environment. Out: shares that rose beyond all of the runs before, as a comparison with a baseline says it. Says nothing
//! of what older lines do not record.

use std::collections::BTreeMap;

use crate::compare::beyond_noise::BeyondNoise;
use crate::compare::capture::Share;
use crate::compare::endings::{is_another, level_of_one};
use crate::compare::margin::{DEFAULT_MARGIN, LARGE};
use crate::compare::share_names::{ending_of, is_of_unknown_outcome};
use crate::compare::unknown::rose;
use crate::measure::{Dimension, Polarity};

use super::contract::{MetricHistory, NewestFailing, NewestValue, NewestVerdict};
use super::line::{Endings, Run};

/// A share of the newest run, and the largest one of the runs before it.
struct Beside<'a> {
    name: &'a str,
    label: &'a str,
    before: Share,
    after: Share,
}

fn share([count, total]: [u64; 2]) -> Share {
    Share { failed: count, total, dependence: 1.0 }
}

/// The share of a name in a run. Of a label of which it does not speak, all rows ended as all of the run did, or none did.
fn share_in(run: &Endings, name: &str, label: &str, total: u64) -> Share {
    let of_name = run.get(name);
    if let Some(own) = of_name.and_then(|of_name| of_name.get(label)) {
        return share(*own);
    }
    let whole = of_name.and_then(|of_name| of_name.get("")).map(|whole| share(*whole));
    let all = whole.is_some_and(|whole| whole.failed == whole.total);
    share([if all { total } else { 0 }, total])
}

/// The shares of the newest run beside the largest ones before it; none where no run before records any.
fn beside<'a>(earlier: &[&Run], newest: &'a Run) -> Vec<Beside<'a>> {
    let recorded: Vec<&Endings> = earlier.iter().filter_map(|run| run.endings.as_ref()).collect();
    let now = newest.endings.iter().flatten();
    let each = now.flat_map(|(name, labels)| labels.iter().map(move |(label, counts)| (name, label, share(*counts))));
    let of = |(name, label, after): (&'a String, &'a String, Share)| {
        let shares = recorded.iter().map(|run| share_in(run, name, label, after.total));
        let before = shares.filter(|share| share.total > 0).max_by(|a, b| a.share().total_cmp(&b.share()))?;
        (after.total > 0).then_some(Beside { name, label, before, after })
    };
    each.filter_map(of).collect()
}

/// Rows of which nobody knows any more how they ended: they may have failed.
pub(super) fn unknown(earlier: &[&Run], newest: &Run) -> Vec<NewestFailing> {
    let all = beside(earlier, newest);
    let of_unknown: Vec<&Beside<'_>> = all.iter().filter(|one| is_of_unknown_outcome(one.name)).collect();
    let level = level_of_one(of_unknown.len());
    let rises = of_unknown.into_iter().filter(|one| rose(one.before, one.after, level));
    let found = rises.map(|one| NewestFailing {
        metric: if one.label.is_empty() { one.name.to_owned() } else { format!("{}/{}", one.name, one.label) },
        failed: one.after.failed,
        total: one.after.total,
        before: Some(one.before.share()),
    });
    found.collect()
}

/// The labels of which rows ended with other codes or words than before.
#[derive(Debug, Default)]
pub(super) struct OtherEndings(BTreeMap<String, [f64; 2]>);

impl OtherEndings {
    pub(super) fn of(earlier: &[&Run], newest: &Run) -> Self {
        let all = beside(earlier, newest);
        let of_codes: Vec<&Beside<'_>> = all.iter().filter(|one| ending_of(one.name).is_some()).collect();
        let level = level_of_one(of_codes.len());
        let others = of_codes.into_iter().filter(|one| is_another(one.before, one.after, level));
        Self(others.map(|one| (one.label.to_owned(), [one.before.share(), one.after.share()])).collect())
    }

    /// What became quicker while it ended in other ways did not improve, and a gate cannot tell.
    pub(super) fn settle(&self, value: NewestValue, metric: &MetricHistory, group: Option<&str>) -> NewestValue {
        let dimension = metric.dimension;
        let is_speed = dimension.is_time() || matches!(dimension, Dimension::Rate | Dimension::ByteRate);
        if !is_speed || !seems_better(&value, metric.polarity) {
            return value;
        }
        let speaks_for_all = group.is_none() || self.0.keys().all(String::is_empty);
        let own = self.0.get(group.unwrap_or_default());
        match own.or_else(|| self.0.get("").filter(|_| speaks_for_all)) {
            None => value,
            Some([before, after]) => NewestValue {
                verdict: NewestVerdict::Inconclusive,
                large: true,
                beyond: Some(BeyondNoise::OtherEndings { before: *before, after: *after }),
                ..value
            },
        }
    }
}

/// Whether a value is better than its stretch explains, or seems to be by three margins.
fn seems_better(value: &NewestValue, polarity: Polarity) -> bool {
    let least = LARGE * DEFAULT_MARGIN.ln_1p();
    let by_far = |ratio: f64| match polarity {
        Polarity::LowerIsBetter => ratio.ln() <= -least,
        Polarity::HigherIsBetter => ratio.ln() >= least,
        Polarity::Unknown => false,
    };
    match value.verdict {
        NewestVerdict::Improved => true,
        NewestVerdict::Inconclusive => value.ratio.is_some_and(by_far),
        _ => false,
    }
}
