//! A line of the terminal summary, and what its first word is coloured for.

use serde::{Serialize, Serializer};

use crate::compare::outcome::{GateOutcome, TargetOutcome, Verdict};
use crate::measure::finding::Severity;
use crate::report::contract::{DataStatus, ServiceStatus};
use crate::report::escape::visible;
use crate::report::text_table::{clip, width};
use crate::report::words;

/// Columns of the summary, at most.
pub(crate) const WIDTH: usize = 100;
/// Longest name in the first column.
const LONGEST_NAME: usize = 44;

/// Longest name in the first column of lines of so many columns.
pub(super) fn longest_name(columns: usize) -> usize {
    columns * LONGEST_NAME / WIDTH
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LineKind {
    Verdict,
    Data,
    Change,
    Target,
    Gate,
    Source,
    Head,
    Metric,
    Raw,
    Failed,
    Group,
    Reported,
    Requests,
    Service,
    Swarm,
    Finding,
    Note,
    More,
    Blank,
}

/// What a line speaks of; templates receive its word: `clean`, `corrupted`, `note`, `regressed`, `missed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// How what was measured did.
    Service(ServiceStatus),
    /// How sound the data is.
    Data(DataStatus),
    Gate(GateOutcome),
    Finding(Severity),
    Change(Verdict),
    Target(TargetOutcome),
}

/// How a reader should take a word, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
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
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Service(status) => words::service_status(status),
            Self::Data(status) => words::data_status(status),
            Self::Gate(GateOutcome::Pass) => "passed",
            Self::Gate(GateOutcome::Undecided) => "undecided",
            Self::Gate(GateOutcome::Fail) => "failed",
            Self::Finding(severity) => words::severity(severity),
            Self::Change(verdict) => words::change::verdict(verdict),
            // A target without data fails as a missed one does.
            Self::Target(TargetOutcome::NoData) => words::change::outcome(TargetOutcome::Missed),
            Self::Target(outcome) => words::change::outcome(outcome),
        }
    }

    /// How a reader should take it.
    pub(crate) fn tone(self) -> Tone {
        match self {
            Self::Service(ServiceStatus::Failing | ServiceStatus::Regressed | ServiceStatus::Missed)
            | Self::Data(DataStatus::Corrupted | DataStatus::Incomplete)
            | Self::Gate(GateOutcome::Fail)
            | Self::Finding(Severity::Corrupted)
            | Self::Change(Verdict::Regressed | Verdict::Missing | Verdict::Incomparable)
            | Self::Target(TargetOutcome::Missed | TargetOutcome::NoData) => Tone::Bad,
            Self::Service(ServiceStatus::Undecided)
            | Self::Data(DataStatus::Suspicious)
            | Self::Gate(GateOutcome::Undecided)
            | Self::Finding(Severity::Suspicious)
            | Self::Change(Verdict::Changed | Verdict::Inconclusive)
            | Self::Target(TargetOutcome::Undecided) => Tone::Doubtful,
            Self::Service(ServiceStatus::Healthy | ServiceStatus::Improved)
            | Self::Data(DataStatus::Clean)
            | Self::Gate(GateOutcome::Pass)
            | Self::Change(Verdict::Improved) => Tone::Good,
            Self::Service(ServiceStatus::Measured)
            | Self::Finding(Severity::Note)
            | Self::Change(Verdict::CenterUnchanged | Verdict::Unchanged | Verdict::New)
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
pub(crate) struct LineView {
    pub kind: LineKind,
    pub severity: Option<Subject>,
    pub word: &'static str,
    pub indent: &'static str,
    pub rest: String,
    pub text: String,
}

impl LineView {
    pub(super) fn plain(kind: LineKind, text: &str) -> Self {
        let text = clip(visible(text).trim_end(), WIDTH);
        Self { kind, severity: None, word: "", indent: "", rest: text.clone(), text }
    }

    /// The same on a narrower terminal. It wraps the verdict and the gate, which are never cut.
    pub(super) fn within(mut self, columns: usize) -> Self {
        if !matches!(self.kind, LineKind::Verdict | LineKind::Data | LineKind::Gate) && width(&self.text) > columns {
            let begin = width(self.indent) + width(self.word);
            self.rest = clip(&self.rest, columns.saturating_sub(begin));
            self.text = format!("{}{}{}", self.indent, self.word, self.rest);
        }
        self
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
        let whole = matches!(kind, LineKind::Verdict | LineKind::Data | LineKind::Gate);
        let room = if whole { usize::MAX } else { WIDTH.saturating_sub(width(indent) + width(word)) };
        let rest = clip(visible(rest).trim_end(), room);
        let text = format!("{indent}{word}{rest}");
        Self { kind, severity: Some(subject), word, indent, rest, text }
    }

    /// How many more there are than the lines above show; `None` where they show all.
    pub(super) fn more(more: u64, say: impl FnOnce(u64) -> String) -> Option<Self> {
        (more > 0).then(|| Self::plain(LineKind::More, &say(more)))
    }
}
