//! Patterns over names: of metrics, sources, columns and labels.
//!
//! In: a glob as people write it (`memory_*`, `agent_?.csv`). Out: whether a name matches. Refuses a glob that is none.
//! A name that equals the pattern always matches, so that `time [ms]` finds the column of that name although brackets
//! mean something else in a glob.

use glob::MatchOptions;

use crate::measure::Refusal;

/// Whether `A` and `a` are the same letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// They are: names of metrics and columns, where nobody means a difference by it.
    Ignored,
    /// They are not: labels (`GET`, `get`) and names of files.
    Distinct,
}

/// A pattern over names.
#[derive(Debug, Clone, PartialEq)]
pub struct NamePattern {
    text: String,
    glob: glob::Pattern,
    case: Case,
}

impl NamePattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// When it is empty or no glob.
    pub fn new(text: &str, case: Case) -> Result<Self, Refusal> {
        let error = |why: String| Refusal(format!("`{text}` is not a pattern: {why}"));
        if text.trim().is_empty() {
            return Err(error("it is empty; `*` matches everything".to_owned()));
        }
        let glob = glob::Pattern::new(text).map_err(|found| error(found.to_string()))?;
        Ok(Self { text: text.to_owned(), glob, case })
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a name matches.
    pub fn matches(&self, name: &str) -> bool {
        let told = self.case == Case::Distinct;
        let equal = if told { name == self.text } else { name.to_lowercase() == self.text.to_lowercase() };
        equal || self.glob.matches_with(name, MatchOptions { case_sensitive: told, ..MatchOptions::default() })
    }

    /// Whether the name of a source matches, with its folders or without.
    pub fn matches_source(&self, name: &str) -> bool {
        self.matches(name) || name.rsplit('/').next().is_some_and(|last| self.matches(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_matches_its_pattern_and_itself() {
        for (pattern, case, name, expected) in [
            ("memory_*", Case::Ignored, "memory_peak", true),
            ("memory_*", Case::Ignored, "Memory_Peak", true),
            ("memory_*", Case::Distinct, "Memory_Peak", false),
            ("time [ms]", Case::Distinct, "time [ms]", true),
            ("time to first chunk", Case::Ignored, "Time to first chunk", true),
            ("user_msg_*", Case::Distinct, "user_msg_*_*", true),
            ("GET", Case::Distinct, "get", false),
            ("latency", Case::Ignored, "latency_ms", false),
        ] {
            let found = NamePattern::new(pattern, case).unwrap().matches(name);
            assert_eq!(found, expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_source_matches_with_and_without_its_folders() {
        let pattern = NamePattern::new("agent_*.csv", Case::Distinct).unwrap();
        assert!(pattern.matches_source("agent_1.csv") && pattern.matches_source("new/agent_1.csv"));
        assert!(!pattern.matches_source("agent_1.json"));
        assert!(NamePattern::new("new/*", Case::Distinct).unwrap().matches_source("new/agent_1.csv"));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        assert!(NamePattern::new("a[", Case::Distinct).unwrap_err().to_string().starts_with("`a[` is not a pattern: "));
        assert!(NamePattern::new(" ", Case::Distinct).unwrap_err().to_string().contains("`*` matches everything"));
    }
}
