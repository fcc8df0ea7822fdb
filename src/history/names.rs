//! Which metric of a history a name means, and which names of a run are none of it.
//!
//! In: a [`History`] with a text, or with a run beside it. Out: the name, or a sentence that says why there is none.

use std::collections::BTreeSet;

use crate::compare::pattern::{Case, NamePattern};

use super::file::History;
use super::line::Run;
use super::measured::BEHIND_FILE;

/// Which metric a text names; an error lists those that it fits.
///
/// # Errors
/// Where it fits none, or several.
pub fn metric_named(history: &History, text: &str) -> Result<String, String> {
    let names = history.names();
    if names.iter().any(|name| name == text) {
        return Ok(text.to_owned());
    }
    let pattern = NamePattern::new(text, Case::Ignored).map_err(|error| error.to_string())?;
    let fits = |name: &&String| pattern.matches(name) || name.starts_with(&format!("{text}/"));
    let fitting: Vec<&String> = names.iter().filter(fits).collect();
    match fitting[..] {
        [only] => Ok(only.clone()),
        [] => {
            let near = crate::measure::did_you_mean(text, names.iter().map(String::as_str));
            Err(format!("no metric of the history is called `{text}`{near}"))
        }
        _ => {
            let listed: Vec<&str> = fitting.iter().take(8).map(|name| name.as_str()).collect();
            Err(format!("`{text}` fits {} metrics: {}", fitting.len(), listed.join(", ")))
        }
    }
}

/// Why a run has none of the names of a history, where several of its files hold what the history knows from one.
pub fn behind_files(history: &History, run: &Run) -> Option<String> {
    let newest = &history.runs.last()?.run;
    let known: BTreeSet<&str> = newest.metrics.iter().map(|one| one.metric.as_str()).collect();
    let (mut metrics, mut files) = (BTreeSet::new(), BTreeSet::new());
    for name in run.metrics.iter().map(|one| one.metric.as_str()).filter(|name| !known.contains(name)) {
        let Some((file, metric)) = name.split_once(BEHIND_FILE).filter(|(_, metric)| known.contains(metric)) else {
            continue;
        };
        metrics.insert(metric);
        files.insert(file);
    }
    let first = metrics.first()?;
    let more = if metrics.len() > 1 { format!(" and {} more", metrics.len() - 1) } else { String::new() };
    let files: Vec<&str> = files.into_iter().collect();
    Some(format!(
        "`{first}`{more} stands in several files ({}), each behind the name of its file, so that none continues `{first}` of the history: \
         give the file that does, or call repetitions by names that differ in a number",
        files.join(", ")
    ))
}
