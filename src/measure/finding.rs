//! Findings: what is wrong, odd or worth knowing about the data, as values that ride to the report.
//!
//! A finding is not an error: the program goes on, and the finding says where, what, why and what was done about it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The value or row is not a measurement of its metric; it left the clean statistics.
    Corrupted,
    /// Odd, but it may be real; it was kept.
    Suspicious,
    /// Worth knowing; nothing is wrong with the data itself.
    Note,
}

/// The kinds of findings. The name of a kind is stable: scripts may rely on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A row of another table, under an embedded header, that a reader of the first header would have counted.
    ForeignTable,
    /// A row at the end of a table that sums up the rows above.
    ClosingRow,
    /// A header inside the file starts another table.
    EmbeddedHeader,
    /// A row with more or fewer fields than its table.
    RaggedRow,
    /// A cell of a measured column that is not a number.
    NotANumber,
    /// A column that is called like a duration, of which no cell is read as a number.
    UnreadColumn,
    /// Numbers that stand behind a sign for "about": `~1890`.
    Approximate,
    /// A word in a measured column that says that there is no result: the run failed or did not end, or was not measured.
    NoResult,
    /// NaN or an infinity.
    NotFinite,
    /// A cell of a measured column that is empty.
    EmptyCell,
    /// A duration, size or count below zero.
    Negative,
    /// A value that programs write for "none": -1, 2^31-1, 2^63-1, 1e308 and the like.
    Sentinel,
    /// The end of a field (65535, 99999): what was measured is at least so large.
    Saturated,
    /// A stretch of values that lies a factor between units (1,000, 60) above or below its neighbours.
    UnitBlock,
    /// Far from all other samples and unlike them in another way (text, label, unit, impossible).
    IsolatedForeign,
    /// Far from all other samples, with no other evidence.
    Isolated,
    /// Above or below a limit that was declared in the configuration.
    BeyondLimit,
    /// The configuration sets these lines aside.
    SetAside,
    /// The last line was cut off.
    TruncatedLine,
    /// A quote that is never closed.
    UnclosedQuote,
    /// Bytes that are not UTF-8.
    InvalidUtf8,
    /// A line too long to be a record of measurements.
    OverlongLine,
    /// A record that is not valid in its format (a broken JSON line, for example).
    MalformedRecord,
    /// The same key twice in one JSON object.
    DuplicateKey,
    /// Rows continue an earlier table without repeating its header: another run was appended.
    AppendedRun,
    /// The header was repeated inside the file: another run was appended.
    RepeatedHeader,
    /// Numbers that can be read in two ways: the comma in `42,068` may be a decimal mark or group thousands.
    AmbiguousNumbers,
    /// The file has no header.
    MissingHeader,
    /// A timestamp before the one of the row above it.
    ClockBackwards,
    /// A pause in the timestamps far longer than all others.
    ClockJump,
    /// A block of consecutive rows that occurs twice.
    DuplicateBlock,
    /// The same value many times in a row in a metric that otherwise varies.
    StuckValue,
    /// A table or file without any measured value.
    NoMetric,
    /// The same file was given twice.
    DuplicateFile,
    /// A file that could not be read as metrics and was passed over.
    UnreadFile,
    /// A file that was cut or written to while it was read.
    FileChanged,
    /// Instants of a service that come from two clocks, or contradict each other.
    TwoClocks,
    /// Events of a service that stand in another order than they happened.
    OutOfOrder,
    /// An event of a service that is recorded twice.
    DuplicateEvent,
    /// A message that was answered more than once.
    AnsweredTwice,
    /// A session that was closed more than once.
    ClosedTwice,
    /// A session that was opened while it was open.
    OpenedTwice,
    /// A session that was opened and never closed.
    NeverClosed,
    /// Events of a kind that is not known.
    UnknownEvent,
    /// An event without its message, session or instant.
    OrphanEvent,
    /// An event of a message whose outcome was settled before.
    LateEvent,
    /// Requests that the file itself declares to be warm-up.
    DeclaredWarmUp,
    /// Stretches in which nothing was sent although the schedule says so.
    ScheduleStall,
    /// Whole numbers too large to be held exactly.
    RoundedIntegers,
    /// Instants too large to be held exactly.
    RoundedClock,
    /// A field of a record that cannot be read as what it should be.
    UnreadableField,
    /// A record whose own numbers contradict each other.
    Contradiction,
    /// A snapshot of counters that stands more than once.
    DuplicateSnapshot,
    /// Snapshots of counters that do not stand in the order of their times.
    OutOfOrderSnapshot,
    /// A counter fell: the process started again.
    Restart,
    /// A snapshot without a time or without counters, which cannot stand in a series.
    UnusableSnapshot,
    /// A client's record whose process is not there.
    LoneClient,
    /// Something was wrong with the files that a run is compared with.
    InBaseline,
    /// A shard does not fit the plan by which it was read.
    OtherPlan,
}

impl FindingKind {
    /// The kind in a few plain words.
    pub fn words(self) -> &'static str {
        match self {
            Self::ForeignTable => "row of another table",
            Self::ClosingRow => "closing row",
            Self::EmbeddedHeader => "embedded header",
            Self::RaggedRow => "ragged row",
            Self::NotANumber => "not a number",
            Self::UnreadColumn => "a column that was not read",
            Self::Approximate => "approximate",
            Self::NoResult => "no result",
            Self::NotFinite => "not finite",
            Self::EmptyCell => "empty cell",
            Self::Negative => "negative",
            Self::Sentinel => "sentinel value",
            Self::Saturated => "saturated value",
            Self::UnitBlock => "block in another unit",
            Self::IsolatedForeign => "not a measurement of this metric",
            Self::Isolated => "isolated value",
            Self::BeyondLimit => "beyond the declared limit",
            Self::SetAside => "set aside",
            Self::TruncatedLine => "truncated last line",
            Self::UnclosedQuote => "unclosed quote",
            Self::InvalidUtf8 => "invalid UTF-8",
            Self::OverlongLine => "overlong line",
            Self::MalformedRecord => "malformed record",
            Self::DuplicateKey => "duplicate key",
            Self::AppendedRun => "appended run",
            Self::RepeatedHeader => "repeated header",
            Self::AmbiguousNumbers => "ambiguous numbers",
            Self::MissingHeader => "missing header",
            Self::ClockBackwards => "clock runs backwards",
            Self::ClockJump => "clock jump",
            Self::DuplicateBlock => "duplicated rows",
            Self::StuckValue => "stuck value",
            Self::NoMetric => "no metric",
            Self::DuplicateFile => "same file twice",
            Self::UnreadFile => "file passed over",
            Self::FileChanged => "file changed while it was read",
            Self::TwoClocks => "two clocks",
            Self::OutOfOrder => "events out of order",
            Self::DuplicateEvent => "duplicate event",
            Self::AnsweredTwice => "message answered twice",
            Self::ClosedTwice => "session closed twice",
            Self::OpenedTwice => "session opened twice",
            Self::NeverClosed => "session never closed",
            Self::UnknownEvent => "unknown kind of event",
            Self::OrphanEvent => "event without its message",
            Self::LateEvent => "late event",
            Self::DeclaredWarmUp => "declared warm-up",
            Self::ScheduleStall => "stall in the schedule",
            Self::RoundedIntegers => "rounded integers",
            Self::RoundedClock => "rounded instants",
            Self::UnreadableField => "unreadable field",
            Self::Contradiction => "contradiction",
            Self::DuplicateSnapshot => "duplicate snapshot",
            Self::OutOfOrderSnapshot => "snapshots out of order",
            Self::Restart => "restart",
            Self::UnusableSnapshot => "unusable snapshot",
            Self::LoneClient => "client without its process",
            Self::InBaseline => "corrupted in the baseline",
            Self::OtherPlan => "does not fit the plan",
        }
    }
}

/// Where in the input something is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The source's name as the report shows it.
    pub source: String,
    /// First line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Last line, where more than one is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_line: Option<u64>,
    /// The column or field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl Place {
    /// A whole source.
    pub fn source(name: impl Into<String>) -> Self {
        Self { source: name.into(), line: None, last_line: None, column: None }
    }

    /// A line of a source.
    pub fn line(name: impl Into<String>, line: u64) -> Self {
        Self { source: name.into(), line: Some(line), last_line: None, column: None }
    }

    /// The same place, up to and including `last`.
    #[must_use]
    pub fn up_to_line(mut self, last: u64) -> Self {
        self.last_line = Some(last).filter(|last| Some(*last) != self.line);
        self
    }

    /// The same place, narrowed to a column.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }
}

impl std::fmt::Display for Place {
    /// `file`, `file:12` or `file:12-15`, the form that editors and terminals make clickable.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.source)?;
        match (self.line, self.last_line) {
            (Some(line), Some(last)) => write!(f, ":{line}-{last}"),
            (Some(line), None) => write!(f, ":{line}"),
            _ => Ok(()),
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What kind of thing it is.
    pub kind: FindingKind,
    /// Where it is.
    pub place: Place,
    /// The metric concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// The label of the row concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The value as it was written, with its unit where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The evidence, a sentence each.
    pub reasons: Vec<String>,
    /// What was done about it.
    pub action: String,
    /// How many rows or values this finding stands for.
    pub count: u64,
    /// The lines (first and last of each stretch) that `set_aside` in `perfreport.toml` would take out of the clean numbers; empty where
    /// that is no remedy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<(u64, u64)>,
}

impl Finding {
    /// A finding about one row or value, with one reason.
    pub fn new(
        severity: Severity,
        kind: FindingKind,
        place: Place,
        reason: impl Into<String>,
        action: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            kind,
            place,
            metric: None,
            label: None,
            value: None,
            reasons: vec![reason.into()],
            action: action.into(),
            count: 1,
            set_aside: Vec::new(),
        }
    }

    /// The same finding with the value as it was written.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// The same finding for a metric.
    #[must_use]
    pub fn metric(mut self, metric: impl Into<String>) -> Self {
        self.metric = Some(metric.into());
        self
    }

    /// The same finding, with the lines by which its rows can be set aside.
    #[must_use]
    pub fn set_aside(mut self, lines: Vec<(u64, u64)>) -> Self {
        self.set_aside = lines;
        self
    }

    /// The same finding, standing for `count` rows or values.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        self.count = count;
        self
    }
}
