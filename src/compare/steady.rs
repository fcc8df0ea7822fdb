//! Which part of their runs both sides captured: the steady part, or all of them.
//!
//! In: the captures of both sides. Out: for the sources of a pair, why they are not judged where one side is the steady part of a run
//! and the other is not, or where a steady part was asked for and not found.

use std::collections::{BTreeMap, BTreeSet};

use super::capture::{Capture, CapturedPart, CapturedSource};
use super::outcome::Reason;

/// What was captured of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// Everything, as nobody asked for less.
    Everything,
    Steady,
    /// Everything, as there is no steady part.
    Unsettled,
}

impl Part {
    fn of(source: &CapturedSource) -> Self {
        match source.part {
            None => Self::Everything,
            Some(CapturedPart::Steady { .. }) => Self::Steady,
            Some(CapturedPart::Whole) => Self::Unsettled,
        }
    }
}

/// What was captured of each source of both sides.
pub(crate) struct PartsOfRuns<'a> {
    before: BTreeMap<&'a str, BTreeSet<Part>>,
    after: BTreeMap<&'a str, BTreeSet<Part>>,
}

impl<'a> PartsOfRuns<'a> {
    pub(crate) fn of(before: &'a [Capture], after: &'a [Capture]) -> Self {
        let side = |captures: &'a [Capture]| {
            let mut parts: BTreeMap<&str, BTreeSet<Part>> = BTreeMap::new();
            for source in captures.iter().flat_map(|capture| &capture.sources) {
                parts.entry(&source.name).or_default().insert(Part::of(source));
            }
            parts
        };
        Self { before: side(before), after: side(after) }
    }

    /// Why the numbers of these sources are not judged against each other; `None` where both sides are of the same kind.
    pub(crate) fn differ<'s>(
        &self,
        before: impl Iterator<Item = &'s str>,
        after: impl Iterator<Item = &'s str>,
    ) -> Option<Reason> {
        let mut unsettled: Vec<String> = Vec::new();
        let mut side = |known: &BTreeMap<&str, BTreeSet<Part>>, names: &mut dyn Iterator<Item = &'s str>| {
            let mut all = BTreeSet::new();
            for name in names {
                let parts = known.get(name).cloned().unwrap_or_default();
                if parts.contains(&Part::Unsettled) && !unsettled.iter().any(|other| other == name) {
                    unsettled.push(name.to_owned());
                }
                all.extend(parts);
            }
            all
        };
        let (mut before, mut after) = (before, after);
        let (before, after) = (side(&self.before, &mut before), side(&self.after, &mut after));
        let differ = !before.is_empty() && !after.is_empty() && before != after;
        (differ || !unsettled.is_empty()).then_some(Reason::OtherPart { unsettled })
    }
}

/// The files of either side of which there is no steady part.
pub(crate) fn unsettled(before: &[Capture], after: &[Capture]) -> Vec<String> {
    let sources = before.iter().chain(after).flat_map(|capture| &capture.sources);
    let names: BTreeSet<&String> =
        sources.filter(|source| Part::of(source) == Part::Unsettled).map(|source| &source.name).collect();
    names.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(sources: &[(&str, Option<CapturedPart>)]) -> Vec<Capture> {
        let source = |(name, part): &(&str, Option<CapturedPart>)| CapturedSource {
            name: (*name).to_owned(),
            digest: String::new(),
            bytes: 1,
            lines: 1,
            format: "csv".to_owned(),
            part: *part,
            constants: Vec::new(),
        };
        vec![Capture { sources: sources.iter().map(source).collect(), ..Capture::default() }]
    }

    #[test]
    fn a_steady_part_is_only_held_against_a_steady_part() {
        let steady = Some(CapturedPart::Steady { left_out: 7 });
        let whole = Some(CapturedPart::Whole);
        for (before, after, expected) in [
            (None, None, None),
            (steady, steady, None),
            (None, steady, Some(Vec::new())),
            (steady, None, Some(Vec::new())),
            (steady, whole, Some(vec!["b".to_owned()])),
            (whole, whole, Some(vec!["a".to_owned(), "b".to_owned()])),
        ] {
            let (before, after) = (side(&[("a", before)]), side(&[("b", after)]));
            let parts = PartsOfRuns::of(&before, &after);
            let reason = parts.differ(["a"].into_iter(), ["b"].into_iter());
            assert_eq!(reason, expected.map(|unsettled| Reason::OtherPart { unsettled }));
        }
    }
}
