//! Changes of level in a series of runs, with a known rate of false alarms, and breaks of its trend where the level itself moves.
//!
//! In: finite values in the order of time. Out: the first points of new levels, each with the probability that the whole scan shows
//! as much by chance. Refuses nothing: of fewer than [`FEWEST`] values, or of equal ones, nothing is said.
//!
//! The largest Mann-Whitney score over many intervals is compared with what points in random order give, after it is deflated by
//! how much neighbours depend on each other. Ranks need no noise model; seeded intervals keep two changes from hiding each other;
//! counted tails let two to four new points speak. How often that is wrong stands in `docs/history.md`.

mod exact;
mod intervals;
mod noise;
mod partition;
mod refine;
mod scan;
mod size;
mod thresholds;
mod trend;

use std::collections::BTreeMap;

use crate::stats::sample::median_of;

use exact::Tails;
use noise::{MOST_DEPENDENCE, dependence, dependence_between, differences, noise_width, shamos, tamed};
use partition::{Shape, partition};
use scan::{SHORTEST_SIDE, Scratch, best_split, dense_ranks, score_at};

pub use size::shift;
pub use trend::Line;

/// Of fewer values nothing is said.
pub const FEWEST: usize = 8;
/// The error of one series that is looked at alone.
pub const LEVEL: f64 = 0.05;
/// Candidates that only say which differences straddle a change cost so many times the logarithm of the number of points.
const CANDIDATE_PENALTY: f64 = 10.0;
/// Points between candidates.
const CANDIDATE_SIDE: usize = 3;
/// In longer series the few differences that straddle a change do not weigh.
const FEW_STRADDLE: usize = 2_000;
/// Dependence is estimated from all differences and from those between candidates; both count the same.
const SHARE_OF_ALL: f64 = 0.5;
/// A step of so many noise widths needs no allowance for dependence: no stationary noise wanders so far.
const LARGE: f64 = 5.0;
/// Such a step has so many points on either side.
const LARGE_SIDE: usize = 4;
/// A change also has to stand between its own neighbours: the normal score of 5%.
const KEPT: f64 = 1.96;

/// A change within so many points of another is that one.
pub const NEAR: usize = 5;

/// What all series of one length share: where to look, and how unlikely short sides are.
#[derive(Debug)]
pub struct Tables {
    intervals: Vec<(usize, usize)>,
    tails: BTreeMap<usize, Tails>,
}

impl Tables {
    /// For series of `n` values.
    pub fn of(n: usize) -> Self {
        let intervals = if n < FEWEST { Vec::new() } else { intervals::seeded(n) };
        let lengths: std::collections::BTreeSet<usize> = intervals.iter().map(|(from, to)| to - from).collect();
        Self { intervals, tails: lengths.into_iter().map(|length| (length, Tails::of(length))).collect() }
    }
}

/// A new level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangePoint {
    /// Its first point.
    pub at: usize,
    /// The probability that a series of this length and dependence without any change shows as much somewhere.
    pub p: f64,
}

/// An interval that stands apart.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    from: usize,
    to: usize,
    at: usize,
    /// As if neighbours were independent.
    raw: f64,
    /// Less what they depend on each other.
    deflated: f64,
    is_large: bool,
}

impl Candidate {
    fn score(&self, threshold: f64) -> f64 {
        if self.deflated <= threshold && self.is_large { self.raw.max(self.deflated) } else { self.deflated }
    }
}

/// A series that was looked at.
#[derive(Debug)]
pub struct Scan<'a> {
    values: &'a [f64],
    dense: Vec<u32>,
    /// Width of the noise.
    noise: f64,
    /// By what dependence multiplies the standard error of ranks.
    inflation: f64,
    /// Whether the level itself moves: then nothing is said of steps.
    drifting: bool,
    dependence: f64,
    candidates: Vec<Candidate>,
}

impl<'a> Scan<'a> {
    /// Looks at a series; the tables are those of its length.
    pub fn of(values: &'a [f64], tables: &Tables) -> Self {
        let n = values.len();
        let nothing = Self {
            values,
            dense: Vec::new(),
            noise: 0.0,
            inflation: 1.0,
            drifting: false,
            dependence: 0.0,
            candidates: Vec::new(),
        };
        if n < FEWEST || values.iter().all(|value| *value == values[0]) {
            return nothing;
        }
        let of_all = dependence(values);
        let places = if n > FEW_STRADDLE { Vec::new() } else { candidates(values) };
        let between = if places.is_empty() { of_all } else { dependence_between(values, &places) };
        // Of few runs the steps themselves are much of what two differences over two runs straddle.
        let drifts = trend::is_drifting(of_all, n);
        if drifts && (trend::is_drifting(between, n) || !trend::stairs(values, of_all, &places)) {
            return Self { drifting: true, dependence: of_all, ..nothing };
        }
        let of_all = if drifts { between } else { of_all };
        let phi = (SHARE_OF_ALL * of_all + (1.0 - SHARE_OF_ALL) * between).clamp(0.0, MOST_DEPENDENCE);
        let mut scan = Self {
            dense: dense_ranks(values),
            noise: noise_width(values, phi),
            inflation: inflation(phi),
            dependence: phi,
            ..nothing
        };
        let threshold = thresholds::threshold(n, LEVEL);
        let mut scratch = Scratch::default();
        for (from, to) in &tables.intervals {
            let Some(tails) = tables.tails.get(&(to - from)) else { continue };
            let split = best_split(&scan.dense[*from..*to], *from, tails, &mut scratch);
            if split.score <= threshold {
                continue;
            }
            scan.candidates.push(Candidate {
                from: *from,
                to: *to,
                at: split.at,
                raw: split.score,
                deflated: split.score / scan.inflation,
                is_large: scan.is_large(*from, split.at, *to),
            });
        }
        scan.add_large(&places, threshold);
        scan
    }

    /// Adds the large steps among the candidates, each between its neighbours: the intervals of a scan seldom begin or end inside a
    /// stretch of a few runs, and one that reaches over both of its ends shows neither.
    fn add_large(&mut self, places: &[usize], threshold: f64) {
        let ends: Vec<usize> = [0].into_iter().chain(places.iter().copied()).chain([self.values.len()]).collect();
        for around in ends.windows(3) {
            let [from, at, to] = [around[0], around[1], around[2]];
            if !self.is_large_here(from, at, to) {
                continue;
            }
            let raw = score_at(&self.dense[from..to], at - from, &Tails::of(to - from));
            if raw > threshold {
                let deflated = raw / self.inflation;
                self.candidates.push(Candidate { from, to, at, raw, deflated, is_large: self.inflation > 1.0 });
            }
        }
    }

    /// The largest score of all intervals, as if neighbours were independent: by it the thresholds are simulated.
    #[cfg(feature = "internals")]
    pub fn largest_score(values: &[f64], tables: &Tables) -> f64 {
        let (dense, mut scratch) = (dense_ranks(values), Scratch::default());
        let score = |(from, to): &(usize, usize)| {
            let tails = tables.tails.get(&(to - from))?;
            Some(best_split(&dense[*from..*to], *from, tails, &mut scratch).score)
        };
        tables.intervals.iter().filter_map(score).fold(0.0, f64::max)
    }

    /// The probability that a series without any change shows as much; 1 where it shows nothing.
    pub fn p(&self) -> f64 {
        let threshold = thresholds::threshold(self.values.len(), LEVEL);
        let most = self.candidates.iter().map(|candidate| candidate.score(threshold)).max_by(f64::total_cmp);
        most.filter(|most| *most > threshold).map_or(1.0, |most| thresholds::probability(self.values.len(), most))
    }

    /// Whether the level itself moves, so that there are no steps but lines that break.
    pub fn is_drifting(&self) -> bool {
        self.drifting
    }

    /// By how much neighbours depend on each other where no change is between them: the coefficient of an autoregression of first order.
    pub fn dependence(&self, changes: &[usize]) -> f64 {
        if self.dense.is_empty() || changes.is_empty() {
            return self.dependence;
        }
        dependence_between(self.values, changes).clamp(0.0, MOST_DEPENDENCE)
    }

    /// The first points of new lines of a series whose level moves.
    pub fn breaks(&self) -> Vec<usize> {
        if self.drifting { trend::breaks(self.values, self.dependence) } else { Vec::new() }
    }

    /// The changes that stand at an error of at most [`LEVEL`] for the whole series.
    pub fn changes(&self, level: f64) -> Vec<ChangePoint> {
        let n = self.values.len();
        let threshold = thresholds::threshold(n, level.min(LEVEL));
        let mut found = Vec::new();
        self.divide(0, n, threshold, &mut found);
        found.sort_unstable();
        found.dedup();
        let mut places = refine::refined(self.values, found);
        loop {
            let scores = self.scores(&places);
            let weakest = (0..scores.len()).min_by(|one, other| scores[*one].total_cmp(&scores[*other]));
            match weakest.filter(|weakest| scores[*weakest] < KEPT) {
                Some(weakest) => {
                    places.remove(weakest);
                    places = refine::refined(self.values, places);
                }
                None => return self.with_probabilities(&places, &scores, threshold),
            }
        }
    }

    /// The strongest split inside, then both of its sides.
    fn divide(&self, from: usize, to: usize, threshold: f64, found: &mut Vec<usize>) {
        let inside = self.candidates.iter().filter(|one| one.from >= from && one.to <= to);
        let standing = inside.map(|one| (one.score(threshold), one.at)).filter(|(score, _)| *score > threshold);
        // Of equal ones the first, which is the shortest.
        let best = standing.reduce(|best, next| if next.0 > best.0 { next } else { best });
        if let Some((_, at)) = best {
            found.push(at);
            self.divide(from, at, threshold, found);
            self.divide(at, to, threshold, found);
        }
    }

    /// How far each change stands apart between its neighbours.
    fn scores(&self, places: &[usize]) -> Vec<f64> {
        let n = self.values.len();
        let score = |(index, at): (usize, &usize)| {
            let from = if index == 0 { 0 } else { places[index - 1] };
            let to = places.get(index + 1).copied().unwrap_or(n);
            self.score_between(from, *at, to)
        };
        places.iter().enumerate().map(score).collect()
    }

    /// How far the points on both sides of a place stand apart, less what dependence adds; one point is no side.
    fn score_between(&self, from: usize, at: usize, to: usize) -> f64 {
        if (at - from).min(to - at) < SHORTEST_SIDE {
            return 0.0;
        }
        let raw = score_at(&self.dense[from..to], at - from, &Tails::of(to - from));
        if self.is_large_here(from, at, to) { raw } else { raw / self.inflation }
    }

    fn with_probabilities(&self, places: &[usize], scores: &[f64], threshold: f64) -> Vec<ChangePoint> {
        let n = self.values.len();
        let change = |(index, at): (usize, &usize)| {
            let from = if index == 0 { 0 } else { places[index - 1] };
            let to = places.get(index + 1).copied().unwrap_or(n);
            // An interval between its neighbours may show it better than all that lies between them.
            let shown =
                self.candidates.iter().filter(|one| one.from >= from && one.to <= to && one.from < *at && *at < one.to);
            let most = shown.map(|one| one.score(threshold)).fold(scores[index], f64::max);
            ChangePoint { at: *at, p: thresholds::probability(n, most) }
        };
        places.iter().enumerate().map(change).collect()
    }

    /// Where dependence is allowed for at all, whether a step is so large that it need not be.
    fn is_large(&self, from: usize, at: usize, to: usize) -> bool {
        self.inflation > 1.0 && self.is_large_here(from, at, to)
    }

    fn is_large_here(&self, from: usize, at: usize, to: usize) -> bool {
        self.noise > 0.0
            && (at - from).min(to - at) >= LARGE_SIDE
            && (median_of(&self.values[from..at]) - median_of(&self.values[at..to])).abs() > LARGE * self.noise
    }
}

/// What dependence multiplies the standard error of ranks by.
pub fn inflation(dependence: f64) -> f64 {
    let phi = dependence.clamp(0.0, MOST_DEPENDENCE);
    ((1.0 + phi) / (1.0 - phi)).sqrt()
}

/// Where changes may be, so that differences across them do not count as noise.
fn candidates(values: &[f64]) -> Vec<usize> {
    let noise = shamos(&differences(values, 1)) / 2.0_f64.sqrt();
    if noise <= 0.0 {
        return Vec::new();
    }
    let penalty = CANDIDATE_PENALTY * noise * noise * (values.len() as f64).ln();
    partition(&tamed(values, noise), Shape::Level, penalty, CANDIDATE_SIDE)
}

#[cfg(test)]
mod tests;
