//! Throughput against latency: the requests of a run by the load that their rows record.
//!
//! In: a table with a column of virtual users, threads, concurrency or the rate that was asked for, or another table that records them over
//! time, and the rows of a run. Out: a table
//! by level, or none where no such column has levels that stand apart: a load that changes all the time has too many, and levels that
//! take turns from request to request ran at the same time, so that neither has a time of its own.

use std::collections::HashMap;

use super::count::Tally;
use super::load::{LoadTrack, place_of};
use super::part::Part;
use super::result::{LoadLevel, LoadLevels, Plateau, RequestRun};
use super::rows::{NO_INSTANT, Request, Stretch};
use super::time_bins::SECOND;
use crate::stats::describe::describe;
use crate::stats::interval::{Interval, normal_quantile};
use crate::stats::population::{Detail, Population};
use crate::stats::settings::Settings;
use crate::table::packed::Cells;
use crate::table::{Role, Table};

/// Requests that a level has.
const FEWEST_REQUESTS: u64 = 20;
/// A load with more levels changes all the time.
const MOST_LEVELS: usize = 12;
/// Different numbers that are counted; a column with more is no load that was chosen.
const MOST_NUMBERS: usize = 4096;
/// The levels hold at least this share of the requests.
const COVERED: f64 = 0.5;
/// Neighbouring requests of a level, on average: fewer, and levels take turns.
const STRETCH_LENGTH: u64 = 4;
/// Requests whose moments are put in order; of more, one in so many.
const ORDERED: u64 = 1 << 20;
/// Throughput that grows by less does not grow.
const GROWTH: f64 = 1.05;
/// And then the load itself has grown by at least this.
const LOAD_GROWTH: f64 = 1.25;

/// Where the load of a request stands.
#[derive(Clone, Copy)]
enum LoadSource<'a> {
    /// In a column of its row.
    Column(&'a Cells),
    /// In another table, by the instant.
    Track(&'a LoadTrack),
}

/// The recorded numbers, by the level that each of them is.
struct Load<'a> {
    recorded: LoadSource<'a>,
    levels: HashMap<u64, usize>,
}

/// When a request began and ended, and its level.
type RequestTime = (i64, i64, Option<usize>);

/// Whether anything records the load, beside the metric itself.
pub(super) fn is_recorded(table: &Table, metric: usize, load: Option<&LoadTrack>) -> bool {
    let mut others = (0..table.columns.len()).filter(|column| *column != metric);
    load.is_some() || others.any(|column| place_of(&table.columns[column].name).is_some())
}

/// The levels of the first column of load that has some, without the metric's own, or else of the load in another table.
pub(super) fn levels(
    table: &Table,
    metric: usize,
    load: Option<&LoadTrack>,
    part: &Part<'_>,
    run: &RequestRun,
    (settings, most): (&Settings, usize),
) -> Option<LoadLevels> {
    let place = |column: usize| {
        let column = &table.columns[column];
        let used = !matches!(column.role, Role::Timestamp | Role::Status | Role::Identifier | Role::Run);
        place_of(&column.name).filter(|_| column.cells.is_number() && used)
    };
    let others = (0..table.columns.len()).filter(|column| *column != metric);
    let mut found: Vec<(usize, usize)> = others.filter_map(|column| Some((place(column)?, column))).collect();
    found.sort_unstable();
    let in_rows = found.into_iter().find_map(|(_, column)| {
        let name = &table.columns[column].name;
        levels_by(LoadSource::Column(table.values(column)), name, part, run, (settings, most))
    });
    in_rows.or_else(|| levels_by(LoadSource::Track(load?), &load?.name, part, run, (settings, most)))
}

fn levels_by(
    recorded: LoadSource<'_>,
    name: &str,
    part: &Part<'_>,
    run: &RequestRun,
    (settings, most): (&Settings, usize),
) -> Option<LoadLevels> {
    let timed = run.requests - run.without_instant;
    let stride = timed.div_ceil(ORDERED).max(1);
    let all = numbers(recorded, part)?;
    let mut chosen: Vec<(f64, Tally)> =
        all.into_iter().filter(|(_, tally)| tally.requests >= FEWEST_REQUESTS * stride).collect();
    chosen.sort_by(|a, b| a.0.total_cmp(&b.0));
    let covered: u64 = chosen.iter().map(|(_, tally)| tally.requests).sum();
    if !(2..=MOST_LEVELS).contains(&chosen.len()) || (covered as f64) < COVERED * timed as f64 {
        return None;
    }
    let load =
        Load { recorded, levels: (0..).zip(&chosen).map(|(index, (level, _))| (level.to_bits(), index)).collect() };
    let times = load.times(part, run, (chosen.len(), stride))?;
    let latencies = load.latencies(part, &chosen, (settings, most));
    let mut found = Vec::with_capacity(chosen.len());
    let mut intervals = Vec::with_capacity(chosen.len());
    for (((level, tally), time), population) in chosen.into_iter().zip(times).zip(latencies) {
        let clean = population.clean.as_ref();
        let at = |percent: f64| clean?.percentiles.iter().find(|found| found.percent == percent);
        let value = |percent: f64| at(percent).and_then(|found| found.value);
        found.push(LoadLevel {
            level,
            requests: tally.requests,
            time,
            rate: tally.requests as f64 / time,
            failed: run.failed.map(|_| tally.failed),
            p50: clean.filter(|clean| clean.n >= 2).map(|clean| clean.median),
            p95: value(95.0),
            p99: value(99.0),
        });
        intervals.push(at(95.0).and_then(|found| found.interval));
    }
    let plateau = plateau(&found, &intervals, settings.confidence);
    Some(LoadLevels { column: name.to_owned(), measured: false, elsewhere: timed - covered, levels: found, plateau })
}

/// How often each number occurs in rows that have an instant; `None` where there are too many.
fn numbers(load: LoadSource<'_>, part: &Part<'_>) -> Option<Vec<(f64, Tally)>> {
    let mut tallies: HashMap<u64, Tally> = HashMap::new();
    let mut recorded = Vec::new();
    // Neighbours mostly have the same number.
    let mut current: Option<(u64, Tally)> = None;
    part.rows.stretches(|stretch| {
        if tallies.len() > MOST_NUMBERS {
            return;
        }
        each(load, stretch, &mut recorded, |request, number| {
            // Nobody was there, or nobody says how many were.
            let Some(number) = number.filter(|number| *number > 0.0) else { return };
            let bits = number.to_bits();
            if current.as_ref().is_none_or(|(of, _)| *of != bits)
                && let Some((of, tally)) = current.replace((bits, Tally::default()))
            {
                tallies.entry(of).or_default().add(&tally);
            }
            if let Some((_, tally)) = &mut current {
                tally.requests += 1;
                tally.failed += u64::from(request.has_failed());
                tally.samples += u64::from(request.sample().is_some());
            }
        });
    });
    if let Some((of, tally)) = current {
        tallies.entry(of).or_default().add(&tally);
    }
    let few = tallies.len() <= MOST_NUMBERS;
    few.then(|| tallies.into_iter().map(|(bits, tally)| (f64::from_bits(bits), tally)).collect())
}

/// Hands over the requests of a stretch that have an instant, each with its number.
fn each(load: LoadSource<'_>, stretch: &Stretch, recorded: &mut Vec<f64>, mut take: impl FnMut(&Request, Option<f64>)) {
    let timed = stretch.requests().filter(|request| request.at != NO_INSTANT);
    let cells = match load {
        LoadSource::Column(cells) => cells,
        LoadSource::Track(track) => return timed.for_each(|request| take(&request, track.at(request.at))),
    };
    recorded.clear();
    cells.visit(stretch.rows(), |block| {
        let numbers = block.numbers.iter().enumerate();
        recorded.extend(numbers.map(|(offset, number)| if block.has(offset) { *number } else { f64::NAN }));
    });
    for request in timed {
        let number = recorded.get(request.row - stretch.first_row).copied();
        take(&request, number.filter(|number| !number.is_nan()));
    }
}

impl Load<'_> {
    fn of(&self, number: Option<f64>) -> Option<usize> {
        self.levels.get(&number?.to_bits()).copied()
    }

    /// Seconds at each level: stretches of neighbouring requests at one level, each from its first beginning to the beginning of the
    /// next stretch, or to its last end where that is earlier. `None` where levels take turns.
    fn times(&self, part: &Part<'_>, run: &RequestRun, (levels, stride): (usize, u64)) -> Option<Vec<f64>> {
        let mut moments: Vec<RequestTime> = Vec::new();
        let (mut recorded, mut seen) = (Vec::new(), 0);
        part.rows.stretches(|stretch| {
            each(self.recorded, stretch, &mut recorded, |request, number| {
                seen += 1;
                if (seen - 1) % stride == 0 {
                    let (begin, end) = request.interval(run.clock.moment);
                    moments.push((begin, end, self.of(number)));
                }
            });
        });
        // Rows of the same moment stay as they were written.
        moments.sort_by_key(|(begin, ..)| *begin);
        let step = if run.clock.whole_seconds { SECOND } else { 0 };
        let mut sums = vec![(0_i64, 0_u64, 0_u64); levels];
        let mut stretches = moments.chunk_by(|a, b| a.2 == b.2).peekable();
        while let Some(stretch) = stretches.next() {
            let (Some((from, _, Some(level))), Some(last)) =
                (stretch.first(), stretch.iter().map(|(_, end, _)| *end).max())
            else {
                continue;
            };
            let next = stretches.peek().and_then(|next| next.first()).map_or(i64::MAX, |(begin, ..)| *begin);
            let (time, count, requests) = &mut sums[*level];
            *time += next.min(last.saturating_add(step)) - from;
            *count += 1;
            *requests += stretch.len() as u64;
        }
        let apart = |(time, count, requests): &(i64, u64, u64)| *time > 0 && *requests >= STRETCH_LENGTH * count;
        sums.iter().all(apart).then(|| sums.iter().map(|(time, ..)| *time as f64 / SECOND as f64).collect())
    }

    /// What the durations of each level amount to. The samples of so many levels are gathered at a time as fit into a bound.
    fn latencies(
        &self,
        part: &Part<'_>,
        chosen: &[(f64, Tally)],
        (settings, most): (&Settings, usize),
    ) -> Vec<Population> {
        let settings = Settings { keep_samples: false, ..settings.clone() };
        let mut found = Vec::with_capacity(chosen.len());
        while found.len() < chosen.len() {
            let first = found.len();
            let mut sum = 0;
            let fit = chosen[first..].iter().take_while(|(_, tally)| {
                sum += tally.samples;
                sum <= most as u64
            });
            let count = fit.count().max(1);
            let mut samples: Vec<Vec<f64>> = chosen[first..first + count]
                .iter()
                .map(|(_, tally)| Vec::with_capacity(tally.samples as usize))
                .collect();
            let mut recorded = Vec::new();
            part.rows.stretches(|stretch| {
                each(self.recorded, stretch, &mut recorded, |request, number| {
                    let slot = self.of(number).and_then(|level| level.checked_sub(first));
                    if let (Some(sample), Some(samples)) =
                        (request.sample(), slot.and_then(|slot| samples.get_mut(slot)))
                    {
                        samples.push(sample);
                    }
                });
            });
            found.extend(samples.into_iter().map(|clean| describe(clean, &[], None, Detail::Mixture, &settings)));
        }
        found
    }
}

/// The lowest level above which throughput grows no longer while the 95th percentile does: all that the intervals bear out.
fn plateau(levels: &[LoadLevel], p95: &[Option<Interval>], confidence: f64) -> Option<Plateau> {
    let z = normal_quantile(f64::midpoint(1.0, confidence))?;
    let (last, highest) = (levels.last()?, p95.last().copied().flatten()?);
    let stands = |(index, (level, interval)): &(usize, (&LoadLevel, &Option<Interval>))| {
        let above = &levels[index + 1..];
        let noise = (z * (1.0 / level.requests as f64 + 1.0 / last.requests as f64).sqrt()).exp();
        let (load, growth) = (last.level / level.level, last.rate / level.rate);
        let slower = highest.low.zip(interval.and_then(|interval| interval.high)).is_some_and(|(low, high)| low > high);
        above.iter().all(|other| other.rate < GROWTH * level.rate)
            && load >= LOAD_GROWTH
            && growth * noise < load
            && slower
    };
    let below = levels.len() - 1;
    let (_, (level, _)) = levels.iter().zip(p95).take(below).enumerate().find(stands)?;
    Some(Plateau { from: level.level, to: last.level })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(level: f64, rate: f64) -> LoadLevel {
        LoadLevel { level, requests: 1000, time: 1.0, rate, failed: None, p50: None, p95: None, p99: None }
    }

    #[test]
    fn throughput_stands_still_only_where_latency_rises_for_sure() {
        let around = |value: f64| Some(Interval { low: Some(value * 0.9), high: Some(value * 1.1), level: 0.95 });
        let rates = [100.0, 200.0, 206.0, 209.0];
        let levels: Vec<LoadLevel> =
            [16.0, 32.0, 64.0, 128.0].into_iter().zip(rates).map(|(at, rate)| level(at, rate)).collect();
        let rising = [around(0.2), around(0.2), around(0.31), around(0.64)];
        assert_eq!(plateau(&levels, &rising, 0.95), Some(Plateau { from: 32.0, to: 128.0 }));
        assert_eq!(plateau(&levels, &[around(0.3); 4], 0.95), None, "latency is what it was");
        let open = [around(0.2), around(0.2), around(0.31), Some(Interval { low: None, high: None, level: 0.95 })];
        assert_eq!(plateau(&levels, &open, 0.95), None, "nobody knows how slow it became");
        assert_eq!(plateau(&levels[..2], &rising[1..3], 0.95), None, "it grows");
        let near = [level(64.0, 206.0), level(66.0, 209.0)];
        assert_eq!(plateau(&near, &rising[2..], 0.95), None, "the load itself hardly grew");
    }
}
