//! A line of the terminal summary, and what its first word is coloured for.

use serde::{Serialize, Serializer};

use crate::compare::outcome::{TargetOutcome, Verdict};
use crate::measure::finding::Severity;
use crate::report::contract::Status;
use crate::report::text_table::{clip, width};
use crate::report::words;

/// Columns of the summary.
pub(super) const WIDTH: usize = 100;
/// Longest name in the first column.
pub(super) const LONGEST_NAME: usize = 44;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// The answer in one line.
    Verdict,
    /// A change since the baseline.
    Change,
    /// A target that is not met.
    Target,
    /// What the gate answers.
    Gate,
    /// The name of a file.
    Source,
    /// The head of a table.
    Head,
    /// The numbers of a metric.
    Metric,
    /// The same with corrupted samples.
    Raw,
    /// The samples of rows that failed.
    Failed,
    /// The numbers of a group.
    Group,
    /// Numbers that a tool reports.
    Reported,
    /// The metrics of a service.
    Service,
    /// A process of an agent swarm.
    Swarm,
    /// A finding.
    Finding,
    /// What was assumed.
    Note,
    /// How many more there are.
    More,
    /// An empty line.
    Blank,
}

/// What a line speaks of; templates receive its word: `clean`, `corrupted`, `note`, `regressed`, `missed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The whole report, or a gate.
    Status(Status),
    /// A finding.
    Finding(Severity),
    /// A change.
    Change(Verdict),
    /// A target.
    Target(TargetOutcome),
}

/// How a reader should take a word, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something failed.
    Bad,
    /// It cannot be told, or it may be wrong.
    Doubtful,
    /// All is well.
    Good,
    /// Neither.
    Neutral,
}

impl Subject {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Status(status) => words::status(status),
            Self::Finding(severity) => words::severity(severity),
            Self::Change(verdict) => words::change::verdict(verdict),
            // A target without data fails as a missed one does.
            Self::Target(TargetOutcome::NoData) => words::change::outcome(TargetOutcome::Missed),
            Self::Target(outcome) => words::change::outcome(outcome),
        }
    }

    /// How a reader should take it.
    pub fn tone(self) -> Tone {
        match self {
            Self::Status(Status::Corrupted | Status::Regressed | Status::Missed | Status::Incomplete)
            | Self::Finding(Severity::Corrupted)
            | Self::Change(Verdict::Regressed | Verdict::Missing | Verdict::Incomparable)
            | Self::Target(TargetOutcome::Missed | TargetOutcome::NoData) => Tone::Bad,
            Self::Status(Status::Suspicious | Status::Inconclusive)
            | Self::Finding(Severity::Suspicious)
            | Self::Change(Verdict::Changed | Verdict::Inconclusive)
            | Self::Target(TargetOutcome::Undecided) => Tone::Doubtful,
            Self::Status(Status::Clean) | Self::Change(Verdict::Improved) => Tone::Good,
            Self::Finding(Severity::Note)
            | Self::Change(Verdict::Unchanged | Verdict::New)
            | Self::Target(TargetOutcome::Met) => Tone::Neutral,
        }
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// A line of the summary.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LineView {
    /// `verdict`, `change`, `metric` and so on.
    pub kind: LineKind,
    /// The severity, status or verdict it speaks of; absent for others.
    pub severity: Option<Subject>,
    /// The word to colour, with which the line begins (after its indent); empty where there is none.
    pub word: &'static str,
    /// The spaces before the word.
    pub indent: &'static str,
    /// The line after the word.
    pub rest: String,
    /// The whole line.
    pub text: String,
}

impl LineView {
    pub(super) fn plain(kind: LineKind, text: &str) -> Self {
        let text = clip(text.trim_end(), WIDTH);
        Self { kind, severity: None, word: "", indent: "", rest: text.clone(), text }
    }

    pub(super) fn blank() -> Self {
        Self::plain(LineKind::Blank, "")
    }

    /// A line that begins with a word to colour.
    pub(super) fn coloured(
        kind: LineKind,
        subject: Subject,
        indent: &'static str,
        word: &'static str,
        rest: &str,
    ) -> Self {
        // A terminal wraps the verdict and the gate, which are never cut.
        let whole = matches!(kind, LineKind::Verdict | LineKind::Gate);
        let room = if whole { usize::MAX } else { WIDTH.saturating_sub(width(indent) + width(word)) };
        let rest = clip(rest.trim_end(), room);
        let text = format!("{indent}{word}{rest}");
        Self { kind, severity: Some(subject), word, indent, rest, text }
    }

    /// How many more there are than the lines above show; `None` where they show all.
    pub(super) fn more(more: u64, say: impl FnOnce(u64) -> String) -> Option<Self> {
        (more > 0).then(|| Self::plain(LineKind::More, &say(more)))
    }
}
