//! What is wrong or odd in the records of a service, as typed values; `report` makes sentences of them.

use std::collections::BTreeMap;

use crate::table::line_map::LineMap;

/// What can be wrong or odd about a row of a service's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnomalyKind {
    /// Its instant is on another clock than the others.
    OtherClock,
    /// Its instants contradict each other: an answer before its message.
    AnswerBeforeMessage,
    /// Its instant is before that of the row above.
    OutOfOrder,
    /// The same event a second time.
    Duplicate,
    /// A second answer to a message.
    AnsweredTwice,
    /// A session closed that was closed already.
    ClosedTwice,
    /// A session opened that is open already.
    OpenedTwice,
    /// A session opened by an event and closed by none.
    NeverClosed,
    /// An event whose kind is not known.
    UnknownKind,
    /// A status that is not understood.
    UnknownStatus,
    /// An event of a message that was never sent.
    WithoutMessage,
    /// An event of a message that had failed already.
    Late,
    /// A row without an instant.
    WithoutTime,
    /// A row without a session.
    WithoutSession,
    /// A request of a warm-up that the file itself declares.
    DeclaredWarmUp,
    /// All instants are too large to be held exactly.
    RoundedClock,
}

/// Rows that are wrong or odd in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anomaly {
    /// In what way.
    pub kind: AnomalyKind,
    /// The text that is not understood, where it is one.
    pub text: Option<String>,
    /// How many.
    pub count: u64,
    /// Their first few lines.
    pub lines: Vec<u64>,
}

/// Anomalies while records are read, by kind and text.
#[derive(Debug, Default)]
pub(crate) struct Anomalies {
    found: BTreeMap<(AnomalyKind, Option<String>), (u64, Vec<usize>)>,
}

impl Anomalies {
    /// Rows that are named for each kind.
    const NAMED: usize = 8;
    /// Unknown texts that are told apart.
    const TEXTS: usize = 20;

    pub(crate) fn note(&mut self, kind: AnomalyKind, row: usize) {
        self.note_text(kind, None, row);
    }

    pub(crate) fn note_text(&mut self, kind: AnomalyKind, text: Option<&str>, row: usize) {
        let mut key = (kind, text.map(str::to_owned));
        if self.found.len() > Self::TEXTS && !self.found.contains_key(&key) {
            key.1 = None;
        }
        let (count, rows) = self.found.entry(key).or_default();
        *count += 1;
        if rows.len() < Self::NAMED {
            rows.push(row);
        }
    }

    /// All of them; `rounded` says whether the clock's instants are too large to be held exactly.
    pub(crate) fn finish(self, lines: &LineMap, rounded: bool) -> Vec<Anomaly> {
        let found = self.found.into_iter().map(|((kind, text), (count, rows))| {
            let lines = rows.iter().filter_map(|row| lines.line(*row as u64)).collect();
            Anomaly { kind, text, count, lines }
        });
        let clock =
            rounded.then(|| Anomaly { kind: AnomalyKind::RoundedClock, text: None, count: 1, lines: Vec::new() });
        found.chain(clock).collect()
    }
}
