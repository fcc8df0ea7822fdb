//! Groups that are called otherwise because a label is gone, or has come.
//!
//! In: the captures of both sides. Out: of groups that only one side has, which is which: where `plain, SIMD=off, N=64` is left of two ways
//! to do it, the other side calls it `off, N=64`. What all rows of a file share stands with its source, and tells that all of them are `plain`.

use std::collections::{BTreeMap, BTreeSet};

use super::capture::Capture;
use crate::measure::label::{SEPARATOR, of_setting};

/// More groups of one side are not held against each other.
const MOST: usize = 500;

/// By source and group of the baseline, what the run calls that group.
pub(super) type Renamed = BTreeMap<(String, String), String>;

/// Of the groups that only one side has, those that are the same.
pub(super) fn groups(before: &[Capture], after: &[Capture], source: impl Fn(&str, bool) -> String) -> Renamed {
    let sides =
        [(before, true), (after, false)].map(|(captures, is_before)| side(captures, |name| source(name, is_before)));
    let [before, after] = &sides;
    let mut renamed = Renamed::new();
    for (name, earlier) in before {
        let Some(later) = after.get(name) else { continue };
        let gone: Vec<&String> = earlier.groups.difference(&later.groups).collect();
        let come: Vec<&String> = later.groups.difference(&earlier.groups).collect();
        if gone.is_empty() || come.is_empty() || gone.len() > MOST || come.len() > MOST {
            continue;
        }
        let same = |gone: &str, come: &str| {
            let (gone, come) = (parts(gone), parts(come));
            is_within(&gone, &come, &later.constants) && is_within(&come, &gone, &earlier.constants)
        };
        let only = |one: &str, others: &[&String], same: &dyn Fn(&str, &str) -> bool| -> Option<String> {
            let mut found = others.iter().filter(|other| same(one, other));
            found.next().filter(|_| found.next().is_none()).map(|other| (*other).clone())
        };
        for group in &gone {
            let Some(now) = only(group, &come, &same) else { continue };
            if only(&now, &gone, &|now, gone| same(gone, now)).is_some() {
                renamed.insert((name.clone(), (*group).clone()), now);
            }
        }
    }
    renamed
}

/// What a side has of a source.
#[derive(Default)]
struct Side<'a> {
    groups: BTreeSet<String>,
    /// Labels that all of its rows share.
    constants: BTreeSet<&'a str>,
}

fn side<'a>(captures: &'a [Capture], source: impl Fn(&str) -> String) -> BTreeMap<String, Side<'a>> {
    let mut sides: BTreeMap<String, Side<'a>> = BTreeMap::new();
    for capture in captures {
        for runs in &capture.metrics {
            sides.entry(source(&runs.source)).or_default().groups.extend(runs.group.clone());
        }
        for of in &capture.sources {
            sides.entry(source(&of.name)).or_default().constants.extend(of.constants.iter().map(String::as_str));
        }
    }
    sides
}

/// The labels of a group, without the names of their columns.
fn parts(group: &str) -> Vec<&str> {
    group.split(SEPARATOR).map(|part| of_setting(part).map_or(part, |(_, text)| text)).collect()
}

/// Whether each label stands among those of the other side's group, as often, or among what all rows of that side share.
fn is_within(labels: &[&str], of: &[&str], constants: &BTreeSet<&str>) -> bool {
    let mut left = of.to_vec();
    labels.iter().all(|label| match left.iter().position(|other| other == label) {
        Some(at) => {
            left.swap_remove(at);
            true
        }
        None => constants.contains(label),
    })
}

#[cfg(test)]
mod tests {
    use super::{is_within, parts};

    #[test]
    fn labels_are_those_of_the_other_side_or_shared_by_all_of_its_rows() {
        let constants = ["plain", "1.1"].into();
        assert_eq!(parts("plain, SIMD=off, N=64"), ["plain", "off", "64"]);
        assert!(is_within(&parts("plain, SIMD=off, N=64"), &parts("off, N=64"), &constants));
        assert!(!is_within(&parts("tiled, SIMD=off, N=64"), &parts("off, N=64"), &constants));
        assert!(!is_within(&parts("a=64, b=64"), &parts("b=64"), &[].into()), "each as often");
    }
}
