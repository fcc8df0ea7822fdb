//! Counting good requests.
//!
//! In: requests one by one, with what became of each and what it shows of every level. Out: a [`Goodput`] with Wilson intervals. A
//! request that failed or was not answered keeps no level; one whose number is corrupted is not judged, and counted as such. A level
//! that a file does not record, or whose unit nobody states, has a note instead of a number, and then there is no goodput.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::measure::service_level::ServiceLevel;
use crate::measure::unit::{Dimension, Unit};
use crate::stats::interval::{Interval, wilson};
use crate::stats::settings::Settings;
use crate::table::Column;

/// How many requests kept the declared service levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Goodput {
    /// Name of the source.
    pub source: String,
    /// Index of the table in its source.
    pub table: u64,
    /// Requests that were judged.
    pub requests: u64,
    /// Of these, how many failed or were not answered: they keep no level.
    pub without_answer: u64,
    /// Requests with a corrupted number, which are not judged.
    pub not_judged: u64,
    /// How many kept all levels; absent where one of them is not recorded.
    pub good: Option<u64>,
    /// Per one.
    pub share: Option<f64>,
    /// Wilson interval of that.
    pub interval: Option<Interval>,
    /// Good requests a second; absent where the length of the run is not known.
    pub rate: Option<f64>,
    /// The interval of that, from the one of the share.
    pub rate_interval: Option<Interval>,
    /// Each level alone.
    pub levels: Vec<LevelShare>,
    /// For each judged request, in recorded order, whether it missed a level; empty where samples are not kept.
    #[serde(skip)]
    pub missed: Vec<bool>,
}

/// How many requests kept one level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LevelShare {
    /// The level.
    pub level: ServiceLevel,
    /// What shows it: a column, or the instants of the request.
    pub shown_by: Option<String>,
    /// How many kept it.
    pub kept: Option<u64>,
    /// Per one.
    pub share: Option<f64>,
    /// Wilson interval of that.
    pub interval: Option<Interval>,
    /// Why there is no number.
    pub note: Option<String>,
}

/// What a request shows of a level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum LevelValue {
    /// A number, base unit.
    Number(f64),
    Nothing,
    /// A number that is corrupted.
    Corrupted,
}

/// Counts requests.
#[derive(Debug)]
pub(crate) struct Tally<'a> {
    levels: Vec<(&'a ServiceLevel, Result<Measure, String>)>,
    kept: Vec<u64>,
    requests: u64,
    without_answer: u64,
    not_judged: u64,
    good: u64,
    missed: Option<Vec<bool>>,
    /// What the request that is looked at shows of each level.
    shown: Vec<LevelValue>,
}

/// By what a level is measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Measure {
    /// In words.
    pub(crate) shown_by: String,
    /// The limit in base units.
    pub(crate) limit: f64,
}

impl Measure {
    /// Of numbers of that name and unit; or why the level does not fit them. `assumed` says that nobody states the unit.
    pub(crate) fn of(level: &ServiceLevel, name: &str, unit: Unit, assumed: bool) -> Result<Self, String> {
        Ok(Self { shown_by: name.to_owned(), limit: limit_in(level, unit, assumed, name)? })
    }

    /// Of the numbers of a column.
    pub(crate) fn of_column(level: &ServiceLevel, column: &Column) -> Result<Self, String> {
        let assumed = column.unit.as_ref().is_some_and(|choice| choice.assumed);
        Self::of(level, &column.name, column.unit(), assumed)
    }

    /// Of what is not recorded.
    pub(crate) fn none() -> Result<Self, String> {
        Err("not recorded here".to_owned())
    }
}

/// The limit of a level in base units, for numbers of a unit; or why it does not fit.
fn limit_in(level: &ServiceLevel, unit: Unit, assumed: bool, name: &str) -> Result<f64, String> {
    let limit = level.limit;
    match (limit.unit, unit.dimension) {
        (None, Dimension::Count | Dimension::Unknown | Dimension::UnstatedTime) => Ok(limit.value),
        (None, _) => Err(format!("`{name}` has a unit: write it behind the limit, for example {level}ms")),
        (Some(_), _) if assumed => Err(format!("the unit of `{name}` is not stated: say it with --unit {name}=…")),
        (Some(written), dimension) if written.dimension == dimension => Ok(written.to_base(limit.value)),
        (Some(_), Dimension::Unknown | Dimension::UnstatedTime) => {
            Err(format!("the unit of `{name}` is not stated: say it with --unit {name}=…"))
        }
        (Some(written), _) => Err(format!("`{name}` is not measured in {}", written.symbol)),
    }
}

/// A name as it is compared: letters and digits in lower case, without a unit of time at its end.
pub(crate) fn spelled(name: &str) -> String {
    let mut words: Vec<&str> =
        name.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_time = |word: &&str| Unit::parse(word).is_some_and(|unit| unit.dimension == Dimension::Time);
    if words.len() > 1 && words.last().is_some_and(is_time) {
        words.pop();
    }
    words.concat().to_lowercase()
}

impl<'a> Tally<'a> {
    pub(crate) fn new(levels: Vec<(&'a ServiceLevel, Result<Measure, String>)>, settings: &Settings) -> Self {
        let kept = vec![0; levels.len()];
        let missed = settings.keep_samples.then(Vec::new);
        Self { levels, kept, requests: 0, without_answer: 0, not_judged: 0, good: 0, missed, shown: Vec::new() }
    }

    /// A request: whether it was answered, and what it shows of each level.
    pub(crate) fn request(&mut self, answered: bool, shown: impl Fn(usize) -> LevelValue) {
        self.shown.clear();
        self.shown.extend((0..self.levels.len()).map(shown));
        let is_corrupted = |((_, measure), shown): (&(_, Result<Measure, String>), &LevelValue)| {
            measure.is_ok() && *shown == LevelValue::Corrupted
        };
        if answered && self.levels.iter().zip(&self.shown).any(is_corrupted) {
            self.not_judged += 1;
            return;
        }
        self.requests += 1;
        self.without_answer += u64::from(!answered);
        let mut all = true;
        for (((level, measure), kept), shown) in self.levels.iter().zip(&mut self.kept).zip(&self.shown) {
            let Ok(measure) = measure else { continue };
            let keeps = match *shown {
                LevelValue::Number(value) => answered && level.bound.holds(value, measure.limit),
                LevelValue::Nothing | LevelValue::Corrupted => false,
            };
            *kept += u64::from(keeps);
            all &= keeps;
        }
        self.good += u64::from(all);
        if let Some(missed) = &mut self.missed {
            missed.push(!all);
        }
    }

    /// What the requests amount to, over so many seconds.
    pub(crate) fn finish(self, source: &str, table: usize, length: Option<f64>, confidence: f64) -> Option<Goodput> {
        if self.requests == 0 {
            return None;
        }
        let n = self.requests;
        let share = |count: u64| count as f64 / n as f64;
        let good = self.levels.iter().all(|(_, measure)| measure.is_ok()).then_some(self.good);
        let interval = good.and_then(|good| wilson(good, n, confidence));
        let (rate, rate_interval) = rates(good, interval, n, length);
        let levels = self.levels.into_iter().zip(self.kept).map(|((level, measure), kept)| {
            let level = level.clone();
            match measure {
                Ok(measure) => LevelShare {
                    level,
                    shown_by: Some(measure.shown_by),
                    kept: Some(kept),
                    share: Some(share(kept)),
                    interval: wilson(kept, n, confidence),
                    note: None,
                },
                Err(note) => {
                    LevelShare { level, shown_by: None, kept: None, share: None, interval: None, note: Some(note) }
                }
            }
        });
        Some(Goodput {
            source: source.to_owned(),
            table: table as u64,
            requests: n,
            without_answer: self.without_answer,
            not_judged: self.not_judged,
            good,
            share: good.map(share),
            interval,
            rate,
            rate_interval,
            levels: levels.collect(),
            missed: self.missed.filter(|_| good.is_some()).unwrap_or_default(),
        })
    }
}

/// How many good requests a second there were, and the interval of their share among all as such a rate.
pub(super) fn rates(
    good: Option<u64>,
    share: Option<Interval>,
    requests: u64,
    seconds: Option<f64>,
) -> (Option<f64>, Option<Interval>) {
    let seconds = seconds.filter(|seconds| *seconds > 0.0);
    let interval = share.zip(seconds).map(|(interval, seconds)| {
        let a_second = requests as f64 / seconds;
        let scaled = |end: f64| end * a_second;
        Interval { low: interval.low.map(scaled), high: interval.high.map(scaled), ..interval }
    });
    (good.zip(seconds).map(|(good, seconds)| good as f64 / seconds), interval)
}

impl Goodput {
    /// The levels together: `first_chunk < 500ms and response < 3s`.
    pub fn levels_in_words(&self) -> String {
        self.levels.iter().map(|one| one.level.to_string()).collect::<Vec<String>>().join(" and ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels() -> Vec<ServiceLevel> {
        ["first < 0.5s", "whole <= 3s"].map(|text| text.parse().unwrap()).to_vec()
    }

    fn measured(levels: &[ServiceLevel]) -> Vec<(&ServiceLevel, Result<Measure, String>)> {
        levels
            .iter()
            .map(|level| (level, Ok(Measure { shown_by: level.subject.clone(), limit: level.limit.value })))
            .collect()
    }

    #[test]
    fn a_request_is_good_where_it_keeps_all_levels() {
        let levels = levels();
        let settings = Settings { keep_samples: true, ..Settings::default() };
        let mut tally = Tally::new(measured(&levels), &settings);
        for (answered, first, whole) in [
            (true, LevelValue::Number(0.2), LevelValue::Number(1.0)),
            (true, LevelValue::Number(0.2), LevelValue::Number(3.0)),
            (true, LevelValue::Number(0.5), LevelValue::Number(1.0)),
            (true, LevelValue::Number(0.2), LevelValue::Number(4.0)),
            (true, LevelValue::Nothing, LevelValue::Number(1.0)),
            (false, LevelValue::Number(0.1), LevelValue::Number(0.1)),
            (false, LevelValue::Corrupted, LevelValue::Nothing),
            (true, LevelValue::Corrupted, LevelValue::Number(1.0)),
        ] {
            tally.request(answered, |index| [first, whole][index]);
        }
        let found = tally.finish("a.csv", 0, Some(4.0), 0.95).unwrap();
        assert_eq!((found.requests, found.without_answer, found.not_judged, found.good), (7, 2, 1, Some(2)));
        assert_eq!(found.missed, [false, false, true, true, true, true, true]);
        assert_eq!(found.levels.iter().map(|one| one.kept).collect::<Vec<_>>(), [Some(3), Some(4)]);
        // Wilson (1927), z = 1.959964, 2 of 7: 0.0822 to 0.6411 by hand.
        let interval = found.interval.unwrap();
        assert!((interval.low.unwrap() - 0.0822).abs() < 5e-5 && (interval.high.unwrap() - 0.6411).abs() < 5e-5);
        assert_eq!((found.share, found.rate), (Some(2.0 / 7.0), Some(0.5)));
        let rate = found.rate_interval.unwrap();
        assert!((rate.high.unwrap() - 0.6411 * 7.0 / 4.0).abs() < 1e-4);
    }

    #[test]
    fn a_level_that_is_not_recorded_leaves_no_goodput() {
        let levels = levels();
        let mut measures = measured(&levels);
        measures[0].1 = Err("not recorded".to_owned());
        let mut tally = Tally::new(measures, &Settings::default());
        tally.request(true, |_| LevelValue::Number(1.0));
        let found = tally.finish("a.csv", 0, None, 0.95).unwrap();
        assert_eq!((found.good, found.share, found.rate), (None, None, None));
        assert_eq!((found.levels[0].note.as_deref(), found.levels[1].kept), (Some("not recorded"), Some(1)));
        assert!(found.missed.is_empty());
    }

    #[test]
    fn a_unit_that_nobody_states_is_not_guessed() {
        let level = |text: &str| text.parse::<ServiceLevel>().unwrap();
        let (ms, none) = (Unit::MILLISECOND, Unit::UNKNOWN);
        assert_eq!(limit_in(&level("a < 300ms"), ms, false, "a"), Ok(0.3));
        assert_eq!(limit_in(&level("a < 300"), none, false, "a"), Ok(300.0));
        for (text, unit, assumed) in [("a < 300ms", none, false), ("a < 300ms", ms, true), ("a < 300", ms, false)] {
            assert!(limit_in(&level(text), unit, assumed, "a").is_err(), "{text}");
        }
        assert!(limit_in(&level("a < 3MB"), ms, false, "a").is_err());
    }

    #[test]
    fn a_name_is_the_same_with_another_spelling_or_unit() {
        for name in ["first_chunk", "First Chunk", "firstChunk", "first-chunk_ms", "first_chunk (s)"] {
            assert_eq!(spelled(name), "firstchunk", "{name}");
        }
        assert_eq!((spelled("ms"), spelled("elapsed")), ("ms".to_owned(), "elapsed".to_owned()));
    }
}
