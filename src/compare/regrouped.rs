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
        renamed.extend(coarser(name, earlier, later));
        for group in &gone {
            let Some(now) = only(group, &come, &same) else { continue };
            if only(&now, &gone, &|now, gone| same(gone, now)).is_some() {
                renamed.insert((name.clone(), (*group).clone()), now);
            }
        }
    }
    renamed
}

/// Groups of one side that the other tells apart by fewer labels: `/a, GET` where that calls it `/a`. Only where all groups of a side have as
/// many labels, those of the other have another number, and each is the only one that fits: what two methods were is no single one.
fn coarser(source: &str, earlier: &Side<'_>, later: &Side<'_>) -> Renamed {
    let all = |side: &Side<'_>| -> Vec<(String, Vec<String>)> {
        let labels = |group: &String| parts(group).into_iter().map(str::to_owned).collect();
        side.groups.iter().map(|group| (group.clone(), labels(group))).collect()
    };
    let count = |groups: &[(String, Vec<String>)]| {
        let first = groups.first()?.1.len();
        groups.iter().all(|(_, labels)| labels.len() == first).then_some(first)
    };
    let (before, after) = (all(earlier), all(later));
    let Some((first, second)) = count(&before).zip(count(&after)).filter(|(first, second)| first != second) else {
        return Renamed::new();
    };
    let (fine, coarse) = if first > second { (&before, &after) } else { (&after, &before) };
    let within = |few: &[String], many: &[String]| few.iter().all(|label| many.contains(label));
    let mut found = Renamed::new();
    for (short, few) in coarse {
        let mut fits = fine.iter().filter(|(_, many)| within(few, many));
        let Some((long, many)) = fits.next().filter(|_| fits.next().is_none()) else { continue };
        if coarse.iter().filter(|(_, few)| within(few, many)).count() == 1 {
            let (old, new) = if first > second { (long, short) } else { (short, long) };
            found.insert((source.to_owned(), old.clone()), new.clone());
        }
    }
    found
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
    use std::collections::BTreeMap;

    use super::{Side, coarser, is_within, parts};

    #[test]
    fn groups_with_fewer_labels_are_the_same_where_only_one_fits() {
        let side = |groups: &[&str]| Side {
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            ..Side::default()
        };
        let renamed = |before: &[&str], after: &[&str]| -> BTreeMap<String, String> {
            coarser("run", &side(before), &side(after)).into_iter().map(|((_, old), new)| (old, new)).collect()
        };
        let found = renamed(&["/a, GET", "/b, POST"], &["/a", "/b", "/c"]);
        assert_eq!(found.len(), 2);
        assert_eq!(found["/a, GET"], "/a");
        let back = renamed(&["/a", "/b", "/c"], &["/a, GET", "/b, POST"]);
        assert_eq!((back.len(), back["/b"].as_str()), (2, "/b, POST"));
        assert_eq!(
            renamed(&["/a, GET", "/a, POST", "/b, GET"], &["/a", "/b"]).len(),
            1,
            "two methods are no single one"
        );
        assert!(renamed(&["/pay", "/list"], &["/pay, retry", "/list"]).is_empty(), "a label that holds a comma");
        assert!(renamed(&["/pay", "/list"], &["/cart", "/list"]).is_empty());
    }

    #[test]
    fn labels_are_those_of_the_other_side_or_shared_by_all_of_its_rows() {
        let constants = ["plain", "1.1"].into();
        assert_eq!(parts("plain, SIMD=off, N=64"), ["plain", "off", "64"]);
        assert!(is_within(&parts("plain, SIMD=off, N=64"), &parts("off, N=64"), &constants));
        assert!(!is_within(&parts("tiled, SIMD=off, N=64"), &parts("off, N=64"), &constants));
        assert!(!is_within(&parts("a=64, b=64"), &parts("b=64"), &[].into()), "each as often");
    }
}
