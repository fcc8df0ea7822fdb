//! Ids in a page that are made of names, so that a link keeps its meaning when the report is written anew.

use std::collections::{HashMap, HashSet};

use crate::report::contract::{Metric, Report};

/// The id of each metric of a report: `latency_ms`, with its file where several have one of that name.
#[derive(Debug, Default)]
pub(super) struct Anchors<'r> {
    by_id: HashMap<&'r str, String>,
}

impl<'r> Anchors<'r> {
    pub(super) fn of(report: &'r Report) -> Self {
        let mut names: HashMap<String, usize> = HashMap::new();
        for metric in &report.metrics {
            *names.entry(slug(&metric.name)).or_default() += 1;
        }
        let mut taken = UsedIds::default();
        let mut anchor = |metric: &'r Metric| {
            let name = slug(&metric.name);
            let name = if names[&name] > 1 { format!("{}/{name}", slug(&metric.source)) } else { name };
            (metric.id.as_str(), taken.take(name))
        };
        Self { by_id: report.metrics.iter().map(&mut anchor).collect() }
    }

    /// The id of a metric.
    pub(super) fn metric(&self, metric: &Metric) -> String {
        self.by_id.get(metric.id.as_str()).cloned().unwrap_or_else(|| slug(&metric.name))
    }
}

/// Ids that are used already.
#[derive(Debug, Default)]
pub(super) struct UsedIds(HashSet<String>);

impl UsedIds {
    /// The id itself, or with a number where it is used.
    pub(super) fn take(&mut self, id: String) -> String {
        let numbered = (2..).map(|number| format!("{id}-{number}"));
        let found = std::iter::once(id.clone()).chain(numbered).find(|id| !self.0.contains(id)).unwrap_or(id);
        self.0.insert(found.clone());
        found
    }
}

/// A name as a part of an id: letters and digits, and `-` for everything else.
pub(super) fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_alphanumeric() || letter == '_' || letter == '.' {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    // An id that begins like one of the page's own sections could be taken for it.
    if slug.is_empty() { "unnamed".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_made_of_names() {
        assert_eq!(slug("GET /search"), "GET-search");
        assert_eq!(slug("latency_ms"), "latency_ms");
        assert_eq!(slug("平均 (ms)"), "平均-ms");
        assert_eq!(slug("/"), "unnamed");
        let mut taken = UsedIds::default();
        let ids: Vec<String> = ["a", "a", "a-2", "b"].into_iter().map(|id| taken.take(id.to_owned())).collect();
        assert_eq!(ids, ["a", "a-2", "a-2-2", "b"]);
    }
}
