//! What shards are asked: the JSON of `refine ask`.
//!
//! In: bytes of a file. Out: an [`Ask`]. Refuses what a newer program has written, and what no program asks.

use serde::{Deserialize, Serialize};

/// The version that is written and read.
const VERSION: u32 = 1;
/// Stretches, and borders, that one question names.
pub(in crate::digest) const MOST_ASKED: usize = 256;
/// Facts of earlier rounds that go along with a question.
pub(in crate::digest) const MOST_KNOWN: usize = 1 << 18;
/// Numbers, or parts of a stretch, that one answer may have: a stretch with no more samples is answered by its numbers.
pub(in crate::digest) const MOST_COUNTS: u64 = 4096;

/// A key, and how many samples have smaller ones.
pub(in crate::digest) type Fact = (u64, u64);

/// What every shard of a run is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Version.
    #[serde(rename = "ask")]
    pub(in crate::digest) version: u32,
    /// Which round it is, from 1.
    pub(crate) round: u64,
    /// Questions that are not answered yet; with none of them nothing is left to ask.
    pub(crate) open: u64,
    /// How many shards are asked.
    pub(crate) shards: u64,
    /// A digest of which ones those are.
    pub(in crate::digest) run: String,
    /// A digest of their plan.
    pub(in crate::digest) plan: String,
    /// The questions, and what is known already.
    pub(in crate::digest) questions: Vec<Question>,
}

/// What is asked about the numbers of one population.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::digest) struct Question {
    /// Which numbers.
    #[serde(flatten)]
    pub(in crate::digest) target: Target,
    /// Ascending stretches of keys.
    pub(in crate::digest) stretches: Vec<Stretch>,
    /// Ascending keys; how many samples have smaller ones?
    pub(in crate::digest) borders: Vec<u64>,
    /// What earlier rounds have shown.
    pub(in crate::digest) known: Vec<Fact>,
}

/// Which numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(in crate::digest) struct Target {
    /// The place of the metric in the plan.
    pub(in crate::digest) metric: u64,
    /// The group; absent for all of them together.
    pub(in crate::digest) group: Option<String>,
    /// Whether durations of rows that failed.
    pub(in crate::digest) failed: bool,
}

/// Keys from one to another, that one left out, in parts of 2 to the power of `shift`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::digest) struct Stretch {
    pub(in crate::digest) from: u64,
    pub(in crate::digest) to: u64,
    pub(in crate::digest) shift: u8,
}

impl Stretch {
    /// Of so many samples: their numbers, or parts so fine that an answer has room for all of them.
    pub(in crate::digest) fn of(from: u64, to: u64, samples: u64) -> Self {
        let bits = u64::BITS - (to - from - 1).leading_zeros();
        let kept = MOST_COUNTS.ilog2();
        let shift = if samples <= MOST_COUNTS { 0 } else { bits.saturating_sub(kept) };
        Self { from, to, shift: u8::try_from(shift).unwrap_or_default() }
    }

    /// The part in which a key lies.
    pub(in crate::digest) fn part(&self, key: u64) -> Option<u64> {
        (self.from..self.to).contains(&key).then(|| (key - self.from) >> self.shift)
    }

    /// From where to where a part goes.
    pub(in crate::digest) fn ends(&self, part: u64) -> (u64, u64) {
        let from = self.from + (part << self.shift);
        (from, from.saturating_add(1 << self.shift).min(self.to))
    }

    /// How many parts it has.
    pub(in crate::digest) fn parts(&self) -> u64 {
        ((self.to - self.from - 1) >> self.shift) + 1
    }
}

/// Why there is nothing to ask or to answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// It is none.
    #[error("this is no ask of perfreport: {0}")]
    NoAsk(String),
    /// It was written by a newer program.
    #[error("this ask is of version {0}, which a newer perfreport has written; this one reads version {VERSION}")]
    Newer(u32),
    /// It says what nobody asks.
    #[error("this ask was not written by perfreport, or was changed: {0}")]
    Impossible(&'static str),
}

impl Ask {
    /// Of a round.
    pub(in crate::digest) fn new(round: u64, shards: u64, run: String, plan: String, questions: Vec<Question>) -> Self {
        let open = questions.iter().filter(|question| question.is_open()).count() as u64;
        Self { version: VERSION, round, open, shards, run, plan, questions }
    }

    /// Reads one.
    ///
    /// # Errors
    /// Where it is none that this program writes.
    pub fn parse(bytes: &[u8]) -> Result<Self, AskError> {
        #[derive(Deserialize)]
        struct Version {
            ask: u32,
        }
        let no_ask = |error: serde_json::Error| AskError::NoAsk(error.to_string());
        let Version { ask } = serde_json::from_slice(bytes).map_err(no_ask)?;
        if ask > VERSION {
            return Err(AskError::Newer(ask));
        }
        let ask: Self = serde_json::from_slice(bytes).map_err(no_ask)?;
        ask.check().map_err(AskError::Impossible)?;
        Ok(ask)
    }

    /// Whether it is what a program asks.
    pub(in crate::digest) fn check(&self) -> Result<(), &'static str> {
        let open = self.questions.iter().filter(|question| question.is_open()).count() as u64;
        if self.version != VERSION || self.open != open || self.round == 0 {
            return Err("its questions are not as many as it says");
        }
        let mut targets = std::collections::HashSet::new();
        if !self.questions.iter().all(|question| targets.insert(&question.target)) {
            return Err("it asks about the same numbers twice");
        }
        self.questions.iter().try_for_each(Question::check)
    }
}

impl Question {
    fn is_open(&self) -> bool {
        !self.stretches.is_empty() || !self.borders.is_empty()
    }

    /// Whether it is one that a program asks.
    pub(in crate::digest) fn check(&self) -> Result<(), &'static str> {
        let sound = |one: &Stretch| one.from < one.to && one.shift < 64 && one.parts() > 0;
        let apart = self.stretches.windows(2).all(|pair| pair[0].to <= pair[1].from);
        if !self.stretches.iter().all(sound) || !apart || !self.borders.is_sorted_by(|a, b| a < b) {
            return Err("its stretches or borders are not ascending");
        }
        if self.stretches.len() > MOST_ASKED || self.borders.len() > MOST_ASKED || self.known.len() > MOST_KNOWN {
            return Err("a question names more than a question may");
        }
        let ascending = self.known.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1);
        if ascending { Ok(()) } else { Err("what it knows is not ascending") }
    }
}
