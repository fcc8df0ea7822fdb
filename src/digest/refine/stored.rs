//! Answers of a digest as bytes, and back.
//!
//! In: a [`Refinement`]. Out: bytes, and one of those. Refuses questions that nobody asks and answers that do not fit them; room is made
//! for what was read, never for what a count says.

use std::collections::BTreeMap;

use super::super::codec::{Fault, Reader, Writer};
use super::answer::{Answer, Refinement};
use super::ask::{Ask, Fact, MOST_ASKED, MOST_COUNTS, MOST_KNOWN, Question, Stretch, Target};

const FAULT: Fault = "what it was asked is not as perfreport asks";
const NO_ANSWER: Fault = "its answers are not to what it was asked";
/// More questions than there are metrics and groups of any digest.
const MOST_QUESTIONS: u64 = 1 << 20;

impl Writer {
    pub(in crate::digest) fn refinement(&mut self, refinement: &Refinement) {
        let ask = &refinement.ask;
        for number in [ask.version.into(), ask.round, ask.shards] {
            self.number(u128::from(number));
        }
        self.text(ask.run.as_bytes());
        self.text(ask.plan.as_bytes());
        self.number(ask.questions.len() as u128);
        for (question, answer) in ask.questions.iter().zip(&refinement.answers) {
            self.question(question);
            for counts in &answer.stretches {
                self.number(counts.len() as u128);
                let mut before = 0;
                for (part, count) in counts {
                    self.number(u128::from(part - before));
                    self.number(u128::from(*count));
                    before = *part;
                }
            }
            let mut before = 0;
            for below in &answer.borders {
                self.number(u128::from(below - before));
                before = *below;
            }
        }
    }

    fn question(&mut self, question: &Question) {
        let Target { metric, group, failed } = &question.target;
        self.number(u128::from(*metric));
        self.number(u128::from(*failed) + 2 * u128::from(group.is_some()));
        if let Some(group) = group {
            self.text(group.as_bytes());
        }
        self.number(question.stretches.len() as u128);
        let mut before = 0;
        for stretch in &question.stretches {
            self.number(u128::from(stretch.from - before));
            self.number(u128::from(stretch.to - stretch.from));
            self.number(u128::from(stretch.shift));
            before = stretch.to;
        }
        self.number(question.borders.len() as u128);
        let mut before = 0;
        for border in &question.borders {
            self.number(u128::from(border - before));
            before = *border;
        }
        self.number(question.known.len() as u128);
        let mut before = (0, 0);
        for (key, below) in &question.known {
            self.number(u128::from(key - before.0));
            self.number(u128::from(below - before.1));
            before = (*key, *below);
        }
    }
}

impl Reader<'_> {
    pub(in crate::digest) fn refinement(&mut self) -> Result<Refinement, Fault> {
        let version = u32::try_from(self.number()?).map_err(|_| FAULT)?;
        let (round, shards) = (self.number()?, self.number()?);
        let (run, plan) = (self.words()?, self.words()?);
        let (mut questions, mut answers) = (Vec::new(), Vec::new());
        for _ in 0..self.count(MOST_QUESTIONS, FAULT)? {
            let question = self.question()?;
            let mut answer = Answer::default();
            for _ in &question.stretches {
                answer.stretches.push(self.parts()?);
            }
            let mut before = 0_u64;
            for _ in &question.borders {
                before = self.further(before, NO_ANSWER)?;
                answer.borders.push(before);
            }
            if !answer.answers(&question) {
                return Err(NO_ANSWER);
            }
            questions.push(question);
            answers.push(answer);
        }
        let ask = Ask::new(round, shards, run, plan, questions);
        if version != ask.version {
            return Err(FAULT);
        }
        ask.check()?;
        Ok(Refinement { ask, answers })
    }

    fn further(&mut self, before: u64, fault: Fault) -> Result<u64, Fault> {
        before.checked_add(self.number()?).ok_or(fault)
    }

    fn parts(&mut self) -> Result<BTreeMap<u64, u64>, Fault> {
        let mut counts = BTreeMap::new();
        let mut before = 0_u64;
        for place in 0..self.count(MOST_COUNTS, NO_ANSWER)? {
            let part = self.further(before, NO_ANSWER)?;
            if place > 0 && part == before {
                return Err(NO_ANSWER);
            }
            before = part;
            counts.insert(part, self.number()?);
        }
        Ok(counts)
    }

    fn question(&mut self) -> Result<Question, Fault> {
        let metric = self.number()?;
        let flags = self.number()?;
        if flags > 3 {
            return Err(FAULT);
        }
        let group = if flags & 2 == 0 { None } else { Some(self.words()?) };
        let target = Target { metric, group, failed: flags & 1 == 1 };
        let mut stretches = Vec::new();
        let mut before = 0;
        for _ in 0..self.count(MOST_ASKED as u64, FAULT)? {
            let from = self.further(before, FAULT)?;
            before = self.further(from, FAULT)?;
            let shift = u8::try_from(self.number()?).map_err(|_| FAULT)?;
            stretches.push(Stretch { from, to: before, shift });
        }
        let mut borders = Vec::new();
        let mut before = 0;
        for _ in 0..self.count(MOST_ASKED as u64, FAULT)? {
            before = self.further(before, FAULT)?;
            borders.push(before);
        }
        let mut known: Vec<Fact> = Vec::new();
        let mut before = (0, 0);
        for _ in 0..self.count(MOST_KNOWN as u64, FAULT)? {
            before = (self.further(before.0, FAULT)?, self.further(before.1, FAULT)?);
            known.push(before);
        }
        let question = Question { target, stretches, borders, known };
        // Before anything is computed with its stretches.
        question.check()?;
        Ok(question)
    }
}
