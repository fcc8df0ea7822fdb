//! `explain`: what a word of a report means, what makes it, and what to do.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::measure::did_you_mean;
use crate::report::explain::{Explanation, explanations};
use crate::report::text_table::wrapped;

use super::terminal::{Line, Stream, columns, say};

/// Columns that the longest words take in the list.
const WORD: usize = 32;

pub(super) fn explain(words: &[String]) -> Result<ExitCode> {
    let all = explanations();
    let lines = if words.is_empty() { listed(&all) } else { explained(&all, &words.join(" "))? };
    say(Stream::Out, &lines.into_iter().map(Line::new).collect::<Vec<_>>(), false)?;
    Ok(ExitCode::SUCCESS)
}

/// Everything that a word is said of, in full.
fn explained(all: &[Explanation], word: &str) -> Result<Vec<String>> {
    let found: Vec<&Explanation> = all.iter().filter(|one| one.is_called(word)).collect();
    if found.is_empty() {
        let known = all.iter().flat_map(|one| [one.word, one.name.as_str()]);
        let meant = did_you_mean(word, known);
        bail!("{word}: no report says that{meant}; `perfreport explain` lists every word");
    }
    let mut lines = Vec::new();
    for one in found {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(format!("{} ({})", one.word, one.topic.title()));
        for (title, text) in
            [("means", one.means.as_str()), ("made by", one.advice.made_by), ("to do", one.advice.to_do)]
        {
            lines.extend(under(&format!("  {title:<8}"), text));
        }
    }
    Ok(lines)
}

/// All words by what they are said of, each with what it means.
fn listed(all: &[Explanation]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut topic = None;
    for one in all {
        if topic.replace(one.topic) != Some(one.topic) {
            lines.extend((!lines.is_empty()).then(String::new));
            lines.push(format!("{}:", one.topic.title()));
        }
        lines.extend(under(&format!("  {:<WORD$}", one.word), &one.means));
    }
    lines
}

/// A text beside what it is about, its further lines below the first.
fn under(begin: &str, text: &str) -> Vec<String> {
    let indent = " ".repeat(begin.len() + 1);
    let lines = wrapped(text, columns().saturating_sub(indent.len()));
    let place = |(index, line): (usize, String)| {
        if index == 0 { format!("{begin} {line}") } else { format!("{indent}{line}") }
    };
    lines.into_iter().enumerate().map(place).collect()
}
