//! Stretches of a run in which latency, failures or rate leave the rest of it.
//!
//! In: the requests of a run, as slices. Out: [`Incidents`]: from when to when, what moved and by how much, and how often chance
//! alone makes a stretch as strong in a run like this one (at most [`FALSE_ALARMS`] of runs without an incident show any). A
//! stretch at the beginning is a warm-up and one at the end in which only the rate falls is a drain: phases, no incidents. A
//! stretch that is not apart from what was before *and* what came after is a step or a drift, and none either. Refuses (with
//! `None`) runs of fewer than [`FEWEST_REQUESTS`] requests. How it works, and how often it is right, stands in
//! `docs/statistics.md`.

mod scan;
mod track;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::quantile::{QuantileMethod, quantile};
use super::sorting::sort;
use scan::{Stretch, Track, reach};
use track::{Bins, known};

pub use track::Requests;

/// Latency, failures and rate are searched.
const TRACKS: f64 = 3.0;
/// Each at less than a third of that, because dependence is estimated too.
const TRACK_LEVEL: f64 = 0.002;
/// Stretches of one track that are looked at, the strongest first.
const MOST_STRETCHES: usize = 12;
/// A stretch that begins within this share of the run's beginning belongs to it, and so for its end.
const EDGE_SHARE: f64 = 0.01;
/// A median at least this many times that before and after has moved.
const MEDIAN_FACTOR: f64 = 1.25;
/// So has a 95th percentile.
const TAIL_FACTOR: f64 = 1.5;
/// Latencies that a 95th percentile needs.
const TAIL_NEEDS: usize = 20;
/// So has a share of failures that is larger by this (a point)
const FAILURE_POINTS: f64 = 0.01;
/// and by this factor.
const FAILURE_FACTOR: f64 = 1.25;
/// So has a rate that is larger by this factor, or smaller by its inverse.
const RATE_FACTOR: f64 = 1.25;

/// What leaves the rest of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[allow(clippy::struct_field_names, reason = "as the report writes it")]
pub struct Incidents {
    /// How exact the ends of a stretch are: the length of a bin, in seconds.
    pub resolution: f64,
    /// Incidents in time.
    pub incidents: Vec<Incident>,
    /// The beginning, where it is another phase of the run: warm-up or ramp.
    pub beginning: Option<Incident>,
    /// The end, where only the rate falls: drain.
    pub end: Option<Incident>,
}

/// A stretch that leaves the rest of its run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Incident {
    /// When it begins, on the clock of the requests, in seconds.
    pub from: f64,
    /// When it ends.
    pub to: f64,
    /// Whether the run ends with it.
    pub at_end: bool,
    /// Requests that began in it.
    pub requests: u64,
    /// What moved beyond chance, latency first.
    pub moved: Vec<Symptom>,
    /// Median latency of requests that did not fail.
    pub median: Option<Level>,
    /// Their 95th percentile, where there are enough.
    pub p95: Option<Level>,
    /// Share of failed requests; absent where outcomes are not recorded.
    pub failed: Option<Level>,
    /// Requests a second.
    pub rate: Level,
    /// How often a run without an incident shows a stretch as strong, at most.
    pub p: f64,
}

/// A number in a stretch, and around it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Level {
    /// In it.
    pub within: f64,
    /// Before and after it, up to a fifth of the run each, without other incidents.
    pub around: f64,
}

/// What can move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Symptom {
    /// Latency rose.
    Latency,
    /// More requests failed.
    Failures,
    /// More or fewer requests a second.
    Rate,
}

impl Level {
    /// How many times as much.
    pub fn factor(&self) -> Option<f64> {
        (self.around > 0.0).then(|| self.within / self.around)
    }
}

/// Searches the requests of a run for incidents.
pub fn incidents(run: &Requests) -> Option<Incidents> {
    let bins = Bins::of(run)?;
    let tracks = [
        (Symptom::Latency, bins.latency(run).map(|track| (track, 1))),
        (Symptom::Failures, bins.failures()),
        (Symptom::Rate, Some((bins.rate(), 1))),
    ];
    let mut pieces = Vec::new();
    for (moved, track) in tracks {
        if let Some((track, together)) = track {
            pieces.extend(stretches(track).into_iter().map(|(stretch, p)| Piece {
                moved,
                from: stretch.from * together,
                to: (stretch.to * together).min(bins.count()),
                p,
            }));
        }
    }
    pieces.sort_by_key(|piece| (piece.from, piece.to, piece.moved));
    let taken: Vec<bool> =
        (0..bins.count()).map(|bin| pieces.iter().any(|piece| (piece.from..piece.to).contains(&bin))).collect();
    let room = Room { run, bins: &bins, taken: &taken };
    pieces.retain(|piece| room.is_apart(piece));
    let edge = (bins.count() as f64 * EDGE_SHARE) as usize;
    // What adjoins the beginning belongs to it, and so does what adjoins that.
    let beginning = taken_from(&mut pieces, edge, |piece, end| (piece.from <= end).then_some(piece.to + edge));
    pieces.reverse();
    let last = bins.count() - edge;
    let end = taken_from(&mut pieces, last, |piece, start| {
        (piece.moved == Symptom::Rate && piece.to >= start && room.rate(piece) == Some(std::cmp::Ordering::Less))
            .then(|| piece.from.saturating_sub(edge))
    });
    pieces.reverse();
    let mut together: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        match together.last_mut().filter(|group| group.iter().any(|other| piece.from <= other.to)) {
            Some(group) => group.push(piece),
            None => together.push(vec![piece]),
        }
    }
    let told = |pieces: Vec<Piece>| room.told(&pieces);
    Some(Incidents {
        resolution: bins.length,
        incidents: together.into_iter().filter_map(told).collect(),
        beginning: room.told(&beginning),
        end: room.told(&end),
    })
}

/// A stretch of one track.
#[derive(Debug, Clone, Copy)]
struct Piece {
    moved: Symptom,
    from: usize,
    to: usize,
    p: f64,
}

/// The stretches of a track that chance does not make, with their p.
fn stretches(mut track: Track) -> Vec<(Stretch, f64)> {
    let mut found = Vec::new();
    while found.len() < MOST_STRETCHES {
        let Some((stretch, p)) = track.strongest(TRACK_LEVEL) else { break };
        track.forget(stretch.from, stretch.to);
        found.push((stretch, p));
    }
    found
}

/// The pieces that a chain beginning at `border` takes; the others stay.
fn taken_from(pieces: &mut Vec<Piece>, border: usize, next: impl Fn(&Piece, usize) -> Option<usize>) -> Vec<Piece> {
    let (mut border, mut chain) = (border, Vec::new());
    pieces.retain(|piece| match next(piece, border) {
        Some(next) => {
            border = next;
            chain.push(*piece);
            false
        }
        None => true,
    });
    chain
}

/// The run around stretches.
struct Room<'a> {
    run: &'a Requests<'a>,
    bins: &'a Bins,
    /// Bins of any stretch: what is around another one is taken from the rest.
    taken: &'a [bool],
}

/// What a set of bins shows.
struct BinStats {
    median: Option<f64>,
    p95: Option<f64>,
    failed: f64,
    rate: f64,
    requests: u64,
}

impl Room<'_> {
    fn before(&self, from: usize) -> Vec<usize> {
        (0..from).rev().filter(|bin| !self.taken[*bin]).take(reach(self.bins.count())).collect()
    }

    fn after(&self, to: usize) -> Vec<usize> {
        (to..self.bins.count()).filter(|bin| !self.taken[*bin]).take(reach(self.bins.count())).collect()
    }

    fn shown(&self, bins: &[usize]) -> Option<BinStats> {
        if bins.is_empty() {
            return None;
        }
        let mut asked = vec![false; self.bins.count()];
        for bin in bins {
            asked[*bin] = true;
        }
        let in_bins = |index: usize| self.bins.of[index].is_some_and(|bin| asked[usize::from(bin)]);
        let mut latencies: Vec<f64> = (0..self.bins.of.len())
            .filter(|index| in_bins(*index) && known(self.run, *index))
            .map(|index| self.run.latency[index])
            .collect();
        sort(&mut latencies);
        let at = |p: f64| quantile(&latencies, p, QuantileMethod::Type6);
        let requests: u64 = bins.iter().map(|bin| self.bins.requests[*bin]).sum();
        let failed: u64 = bins.iter().map(|bin| self.bins.failed[*bin]).sum();
        Some(BinStats {
            median: (!latencies.is_empty()).then(|| at(0.5)),
            p95: (latencies.len() >= TAIL_NEEDS).then(|| at(0.95)),
            failed: failed as f64 / requests.max(1) as f64,
            rate: requests as f64 / (bins.len() as f64 * self.bins.length),
            requests,
        })
    }

    /// Whether a stretch is apart from what was before it and from what came after it, by an amount that matters.
    fn is_apart(&self, piece: &Piece) -> bool {
        let within: Vec<usize> = (piece.from..piece.to).collect();
        let Some(within) = self.shown(&within) else { return false };
        let sides = [self.before(piece.from), self.after(piece.to)];
        let mut sides = sides.iter().filter_map(|bins| self.shown(bins)).peekable();
        let more = |within: Option<f64>, side: Option<f64>, factor: f64| {
            within.zip(side).is_some_and(|(within, side)| within >= factor * side && within > side)
        };
        sides.peek().is_some()
            && match piece.moved {
                Symptom::Latency => sides.all(|side| {
                    more(within.median, side.median, MEDIAN_FACTOR) || more(within.p95, side.p95, TAIL_FACTOR)
                }),
                Symptom::Failures => sides.all(|side| {
                    within.failed >= side.failed + FAILURE_POINTS && within.failed >= FAILURE_FACTOR * side.failed
                }),
                Symptom::Rate => self.rate(piece).is_some(),
            }
    }

    /// Whether the rate of a stretch is above or below that on both sides.
    fn rate(&self, piece: &Piece) -> Option<std::cmp::Ordering> {
        let of = |bins: &[usize]| {
            (!bins.is_empty())
                .then(|| bins.iter().map(|bin| self.bins.requests[*bin]).sum::<u64>() as f64 / bins.len() as f64)
        };
        let within = of(&(piece.from..piece.to).collect::<Vec<usize>>())?;
        let sides: Vec<f64> =
            [self.before(piece.from), self.after(piece.to)].iter().filter_map(|bins| of(bins)).collect();
        if sides.iter().all(|side| within * RATE_FACTOR <= *side) {
            return Some(std::cmp::Ordering::Less);
        }
        sides.iter().all(|side| within >= side * RATE_FACTOR).then_some(std::cmp::Ordering::Greater)
    }

    /// Pieces that belong together as one stretch with its numbers.
    fn told(&self, pieces: &[Piece]) -> Option<Incident> {
        let from = pieces.iter().map(|piece| piece.from).min()?;
        let to = pieces.iter().map(|piece| piece.to).max()?;
        let within = self.shown(&(from..to).collect::<Vec<usize>>())?;
        let around = self.shown(&[self.before(from), self.after(to)].concat())?;
        let level = |within: Option<f64>, around: Option<f64>| {
            within.zip(around).map(|(within, around)| Level { within, around })
        };
        let mut moved: Vec<Symptom> = pieces.iter().map(|piece| piece.moved).collect();
        moved.sort_unstable();
        moved.dedup();
        Some(Incident {
            from: self.bins.from(from),
            to: self.bins.from(to),
            at_end: to == self.bins.count(),
            requests: within.requests,
            moved,
            median: level(within.median, around.median),
            p95: level(within.p95, around.p95),
            failed: (!self.run.failed.is_empty()).then_some(Level { within: within.failed, around: around.failed }),
            rate: Level { within: within.rate, around: around.rate },
            p: (pieces.iter().map(|piece| piece.p).fold(1.0, f64::min) * TRACKS).min(1.0),
        })
    }
}

#[cfg(test)]
mod tests;
