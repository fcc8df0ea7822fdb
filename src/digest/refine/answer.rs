//! Answers of shards, in a form that merges exactly.
//!
//! In: the numbers of a shard, one by one, and what was asked. Out: [`Answer`]s: counts, of which those of several shards add up. Refuses
//! to add answers to different asks, and a shard that holds more than the ask has room for: it was asked about others.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;

use super::ask::{Ask, MOST_COUNTS, Question, Target};

/// Answers to what was asked.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::digest) struct Refinement {
    /// What was asked.
    pub(in crate::digest) ask: Ask,
    /// An answer for each question.
    pub(in crate::digest) answers: Vec<Answer>,
}

/// An answer to a question.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::digest) struct Answer {
    /// For each stretch how many samples lie in its parts, none of them empty.
    pub(in crate::digest) stretches: Vec<BTreeMap<u64, u64>>,
    /// For each border how many samples are smaller.
    pub(in crate::digest) borders: Vec<u64>,
}

/// Why answers do not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::digest) enum Misfit {
    /// They answer different asks.
    OtherAsk,
    /// They are more than were asked for.
    TooMany,
}

impl Refinement {
    /// With the answers of other shards.
    pub(in crate::digest) fn merge(&mut self, other: &Self) -> Result<(), Misfit> {
        if self.ask != other.ask {
            return Err(Misfit::OtherAsk);
        }
        for (mine, theirs) in self.answers.iter_mut().zip(&other.answers) {
            mine.merge(theirs).ok_or(Misfit::TooMany)?;
        }
        Ok(())
    }

    /// The question about some numbers, and its answer.
    pub(in crate::digest) fn about(&self, target: &Target) -> Option<(&Question, &Answer)> {
        self.ask.questions.iter().zip(&self.answers).find(|(question, _)| question.target == *target)
    }
}

impl Answer {
    fn merge(&mut self, other: &Self) -> Option<()> {
        for (mine, theirs) in self.stretches.iter_mut().zip(&other.stretches) {
            for (part, count) in theirs {
                let known = mine.entry(*part).or_default();
                *known = known.checked_add(*count)?;
            }
            if mine.len() as u64 > MOST_COUNTS {
                return None;
            }
        }
        for (mine, theirs) in self.borders.iter_mut().zip(&other.borders) {
            *mine = mine.checked_add(*theirs)?;
        }
        Some(())
    }

    /// Whether it is one to that question.
    pub(in crate::digest) fn answers(&self, question: &Question) -> bool {
        let fits = |(answer, stretch): (&BTreeMap<u64, u64>, &super::ask::Stretch)| {
            answer.len() as u64 <= MOST_COUNTS
                && answer.last_key_value().is_none_or(|(last, _)| *last < stretch.parts())
                && answer.values().all(|count| *count > 0)
        };
        self.stretches.len() == question.stretches.len()
            && self.borders.len() == question.borders.len()
            && self.borders.is_sorted()
            && self.stretches.iter().zip(&question.stretches).all(fits)
    }
}

/// Where the numbers of a shard are counted, for all questions.
pub(in crate::digest) struct Counters<'a> {
    ask: &'a Ask,
    questions: Vec<Counter<'a>>,
    places: HashMap<&'a Target, usize>,
}

/// The counters that some numbers go to.
pub(in crate::digest) type Places = [Option<usize>; 2];

impl<'a> Counters<'a> {
    pub(in crate::digest) fn of(ask: &'a Ask) -> Self {
        let places = ask.questions.iter().enumerate().map(|(place, question)| (&question.target, place));
        Self { ask, questions: ask.questions.iter().map(Counter::of).collect(), places: places.collect() }
    }

    /// Those of a group of a metric and of all groups together, for rows that did not fail and for those that did.
    pub(in crate::digest) fn of_group(&self, metric: usize, group: &str) -> [Places; 2] {
        [false, true].map(|failed| {
            [Some(group), None].map(|group| {
                let target = Target { metric: metric as u64, group: group.map(str::to_owned), failed };
                self.places.get(&target).copied()
            })
        })
    }

    /// Counts a key.
    #[inline]
    pub(in crate::digest) fn push(&mut self, places: &Places, key: u64) {
        for place in places.iter().flatten() {
            self.questions[*place].push(key);
        }
    }

    /// The answers.
    ///
    /// # Errors
    /// Where the shard holds more than the ask has room for.
    pub(in crate::digest) fn finish(self) -> Result<Refinement, String> {
        let answers = self.questions.into_iter().map(Counter::finish).collect::<Option<Vec<Answer>>>();
        let other =
            "it holds more of what is asked for than all shards together are said to: the ask is about other shards";
        Ok(Refinement { ask: self.ask.clone(), answers: answers.ok_or(other)? })
    }
}

/// Where numbers are counted for one question.
struct Counter<'a> {
    question: &'a Question,
    stretches: Vec<HashMap<u64, u64, FixedState>>,
    /// One more than borders: samples between one and the next.
    between: Vec<u64>,
}

impl<'a> Counter<'a> {
    fn of(question: &'a Question) -> Self {
        let stretches = question.stretches.iter().map(|_| HashMap::default()).collect();
        Self { question, stretches, between: vec![0; question.borders.len() + 1] }
    }

    #[inline]
    fn push(&mut self, key: u64) {
        let place = self.question.borders.partition_point(|border| *border <= key);
        self.between[place] += 1;
        let place = self.question.stretches.partition_point(|stretch| stretch.from <= key);
        let Some(place) = place.checked_sub(1) else { return };
        let Some(part) = self.question.stretches[place].part(key) else { return };
        let counts = &mut self.stretches[place];
        // One more than there may be says that there are too many.
        if counts.len() as u64 <= MOST_COUNTS {
            *counts.entry(part).or_default() += 1;
        }
    }

    fn finish(self) -> Option<Answer> {
        if self.stretches.iter().any(|counts| counts.len() as u64 > MOST_COUNTS) {
            return None;
        }
        let up_to = self.between.iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        Some(Answer {
            borders: up_to.take(self.question.borders.len()).collect(),
            stretches: self.stretches.into_iter().map(|counts| counts.into_iter().collect()).collect(),
        })
    }
}
