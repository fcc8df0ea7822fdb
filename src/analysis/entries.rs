//! Entries of a map of names to summaries: `{"alpha": {"requests": 100}, "beta": {"requests": 40}}`.
//!
//! In: what a tool reports. Out: of which entry a metric is (`alpha.requests` of `alpha`), where others are of the same map. No entry
//! stands for all of them.

use std::collections::BTreeMap;

use super::reported::Reported;
use crate::measure::Dimension;
use crate::measure::words::{self, Words};

/// Names that say what is measured, and not of what: nobody has entries of them.
const MEASURES: Words = Words::of(
    "latency latencies requests second seconds duration durations time times ttft tpot itl e2e e2el response \
     elapsed wait delay connect throughput rps qps rate tokens bytes memory cpu gpu size errors",
);
/// Entries that are of all others.
const TOTALS: Words = Words::of("total totals all overall aggregate aggregated summary");

/// The maps of what is reported without labels: by source, path, last name and what it measures the keys of their entries.
pub(crate) struct Entries<'a> {
    maps: BTreeMap<(&'a str, &'a str, &'a str, Dimension), Vec<&'a str>>,
}

/// Last names that say nothing of what is measured: what stands before them is no entry then.
const NEUTRAL: Words = Words::of("value val result data stats statistics metric");

/// The path of a map, the key of an entry and the last name in it.
fn parts(metric: &str) -> Option<(&str, &str, &str)> {
    let (before, leaf) = split_last(metric)?;
    let (map, key) = split_last(before).unwrap_or(("", before));
    let named = !key.is_empty() && !leaf.is_empty() && !NEUTRAL.has_in_any_case(leaf.as_bytes());
    (named && MEASURES.among(&words::apart(key)).is_none()).then_some((map, key, leaf))
}

/// The parts of a path before and behind its last dot; the dot of a number (`llama 3.1`) is none.
fn split_last(path: &str) -> Option<(&str, &str)> {
    let bytes = path.as_bytes();
    let digit = |index: Option<usize>| index.and_then(|index| bytes.get(index)).is_some_and(u8::is_ascii_digit);
    let is_border = |index: &usize| !(digit(index.checked_sub(1)) && digit(Some(index + 1)));
    let dot = path.rmatch_indices('.').map(|(index, _)| index).find(is_border)?;
    Some((&path[..dot], &path[dot + 1..]))
}

impl<'a> Entries<'a> {
    /// The maps of what is reported.
    pub(crate) fn of(reported: &'a [Reported]) -> Self {
        let mut maps: BTreeMap<(&str, &str, &str, Dimension), Vec<&str>> = BTreeMap::new();
        for one in reported.iter().filter(|one| one.label.is_none()) {
            if let Some((map, key, leaf)) = parts(&one.metric) {
                let keys = maps.entry((&one.source, map, leaf, one.dimension)).or_default();
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        maps.retain(|_, keys| keys.len() > 1);
        Self { maps }
    }

    /// The key of the entry that a metric is of, where others stand beside it; with the path of the map where there are several maps.
    pub(crate) fn label(&self, one: &Reported) -> Option<String> {
        let (map, key, leaf) = parts(&one.metric).filter(|_| one.label.is_none())?;
        let known = self.maps.contains_key(&(one.source.as_str(), map, leaf, one.dimension))
            && !TOTALS.has_in_any_case(key.as_bytes());
        let several =
            || self.maps.keys().any(|(source, other, last, _)| *source == one.source && *last == leaf && *other != map);
        known.then(|| if several() { format!("{map}.{key}") } else { key.to_owned() })
    }

    /// The keys of the only map in a source whose entries have that last name, unless one of them is of all.
    pub(crate) fn only_map(&self, source: &str, leaf: &str) -> Option<&[&'a str]> {
        let mut maps = self.maps.iter().filter(|((of, _, last, _), _)| *of == source && *last == leaf);
        let (_, keys) = maps.next().filter(|_| maps.next().is_none())?;
        (!keys.iter().any(|key| TOTALS.has_in_any_case(key.as_bytes()))).then_some(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_before_the_last_name_is_the_entry() {
        assert_eq!(parts("alpha.requests"), Some(("", "alpha", "requests")));
        assert_eq!(parts("runs.llama3.1:8b.s"), Some(("runs", "llama3.1:8b", "s")));
        assert_eq!(parts("latency.ms"), None, "what is measured has no entries");
        assert_eq!(parts("requestsPerSecond.ms"), None);
        assert_eq!(parts("cold.value"), None, "the value of what stands before it");
        assert_eq!(parts("requests"), None);
    }
}
