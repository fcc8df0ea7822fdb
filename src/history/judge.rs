//! From the runs of a history to what changed.
//!
//! In: a [`History`] and what is wanted of it. Out: a [`HistoryReport`]. Each metric is searched for changes of level in each
//! environment by itself; false discoveries are controlled over all of them (Benjamini & Hochberg 1995, and within those that are
//! selected at the level that is left for them: Benjamini & Bogomolov 2014).

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::compare::margin::DEFAULT_MARGIN;
use crate::compare::pattern::NamePattern;
use crate::compare::verdict::discovery_level;
use crate::measure::{Direction, Polarity, Refusal};
use crate::stats::change_points::{FEWEST, LEVEL, Line, NEAR, Scan, Tables, inflation, shift};
use crate::stats::sample::median_of;

use super::beyond::mark_zeroed;
use super::boundary::{boundaries, environment_facts};
use super::contract::{
    ChangeState, Distributions, Drift, DriftLine, HistoryCounts, HistoryPoint, HistoryReport, HistorySettings, Level,
    LevelChange, MetricHistory, REPORT_VERSION, RunFacts, Withdrawn,
};
use super::file::History;
use super::gate::{DAY, FailOn, Outcome, failing, gate};
use super::line::{Acknowledgement, Run, instant};
use super::names::behind_files;
use super::newest::newest;
use super::series::{Aspect, Series, environments, series};
use super::shape::{Shape, distributions};
use super::slow::slow_runs;
use super::state::{same_commit, set_states};

/// Level of the intervals of sizes.
const CONFIDENCE: f64 = 0.95;
/// What was reported before so many of the newest runs and is not any more is said.
const REPORTED_BEFORE: usize = 3;
/// In longer histories only the newest run is left out: each search takes as long as the whole report.
const MANY_RUNS: usize = 2_000;
/// So many runs on odd hosts, and this share of all, are no accidents.
const FEWEST_IN_TURN: usize = 3;
const SHARE_IN_TURN: f64 = 0.1;

/// What is wanted of a history.
#[derive(Debug, Default)]
pub struct HistoryQuestion {
    /// What of a run is followed.
    pub followed: Aspect,
    /// Only these metrics.
    pub metric: Option<NamePattern>,
    /// Only runs so many days before the newest.
    pub since_days: Option<f64>,
    /// Only runs of this branch.
    pub branch: Option<String>,
    /// What fails.
    pub fail_on: FailOn,
    /// A run that is not in the history and is looked at as its newest.
    pub beside: Option<Run>,
    /// What matters; [`DEFAULT_MARGIN`] where nothing else is said.
    pub margin: Option<f64>,
}

/// A metric in one environment.
struct Family<'a> {
    series: usize,
    points: Vec<&'a HistoryPoint>,
    values: Vec<f64>,
}

struct SeriesScan {
    places: Vec<(usize, f64)>,
    inflation: f64,
    dependence: f64,
    drift: Option<Slopes>,
}

/// Straight lines, each from a place on, and whether steps were looked for beside them.
struct Slopes {
    lines: Vec<(usize, Line)>,
    steps_tested: bool,
}

/// Looks at a history.
///
/// # Errors
/// Where there is nothing to look at.
pub fn report(history: &History, wish: &HistoryQuestion) -> Result<HistoryReport, Refusal> {
    let margin = wish.margin.unwrap_or(DEFAULT_MARGIN);
    let runs = chosen(history, wish);
    if runs.is_empty() {
        let of = wish.branch.as_ref().filter(|_| !history.runs.is_empty());
        let of = of.map_or_else(String::new, |branch| format!(" of the branch {branch}"));
        return Err(Refusal(format!("there is no run in it{of}")));
    }
    let matches = |name: &str| wish.metric.as_ref().is_none_or(|pattern| pattern.matches(name));
    let all = series(&runs, wish.followed, &matches);
    if all.is_empty() {
        let pattern = wish.metric.as_ref().map_or("*", NamePattern::text);
        let mut known = history.names();
        known.truncate(8);
        return Err(Refusal(format!("no metric matches `{pattern}`; there are {}", known.join(", "))));
    }
    let environments = environments(&runs);
    let slow = slow_runs(&all, &environments, margin.ln_1p());
    let facts = facts(&runs, &environments, &slow);
    let families = families(&all, &facts);
    let (found, withdrawn) = search(&families, &all, &facts);
    let mut metrics: Vec<MetricHistory> = all.iter().map(blank).collect();
    for (family, found) in families.iter().zip(&found) {
        fill(&mut metrics[family.series], family, found, &facts, margin, &history.acknowledgements);
    }
    if wish.followed == Aspect::Center {
        mark_zeroed(&mut metrics, &runs);
    }
    let environment = facts.last().map_or(0, |run| run.environment);
    for metric in &mut metrics {
        let here = metric.points.iter().filter(|point| facts[point.run].environment == environment);
        metric.enough_runs = here.count() >= FEWEST;
        metric.levels.sort_by_key(|level| level.from);
        metric.changes.sort_by_key(|change| change.run);
        if wish.followed != Aspect::Failures {
            show_distributions(metric, &runs);
        }
    }
    let counts = counts(&metrics, facts.len());
    let failing = failing(&runs, &environments);
    let newest = newest(&runs, &facts, &metrics, margin, wish.followed, wish.beside.is_none());
    let outcome =
        Outcome { metrics: &metrics, runs: &facts, failing: &failing, newest: newest.as_ref(), tested: counts.tested };
    let gate = gate(wish.fail_on, &outcome);
    let boundaries = boundaries(&facts, &metrics, margin);
    let mut notes = notes(history, &runs, &metrics, wish);
    notes.extend(wish.beside.as_ref().and_then(|run| behind_files(history, run)));
    notes.extend(hosts_in_turn(&facts));
    metrics.sort_by(|one, other| rank(one).cmp(&rank(other)).then_with(|| one.name.cmp(&other.name)));
    Ok(HistoryReport {
        format: "perfreport history report".to_owned(),
        version: REPORT_VERSION,
        settings: HistorySettings {
            false_discoveries: LEVEL,
            margin,
            statistic: wish.followed.name().to_owned(),
            metric: wish.metric.as_ref().map(|pattern| pattern.text().to_owned()),
            since_days: wish.since_days,
            branch: wish.branch.clone(),
        },
        environments: environment_facts(&runs, &environments),
        boundaries,
        runs: facts,
        metrics,
        withdrawn,
        notes,
        newest,
        failing,
        counts,
        gate,
    })
}

/// How samples were distributed around each change that is listed.
fn show_distributions(metric: &mut MetricHistory, runs: &[&Run]) {
    let shape = |run: usize| {
        let here = runs[run].metrics.iter().find(|one| one.dimension == metric.dimension && one.name() == metric.name);
        here.map_or_else(Shape::default, |one| one.shape)
    };
    let of_level = |is_its: &dyn Fn(&Level) -> bool| {
        let level = metric.levels.iter().find(|level| is_its(level));
        let runs = level.map_or(0..=0, |level| level.from..=level.to);
        metric.points.iter().map(|point| point.run).filter(move |run| level.is_some() && runs.contains(run))
    };
    let changes = metric.changes.iter().map(|change| {
        let before = of_level(&|level| level.to == change.after_run).map(shape);
        let after = of_level(&|level| level.from == change.run).map(shape);
        change.matters.then(|| distributions(before, after)).flatten()
    });
    let found: Vec<Option<Distributions>> = changes.collect();
    for (change, found) in metric.changes.iter_mut().zip(found) {
        change.distributions = found;
    }
}

/// The runs that are wanted.
fn chosen<'a>(history: &'a History, wish: &'a HistoryQuestion) -> Vec<&'a Run> {
    let of_branch = |run: &&Run| wish.branch.is_none() || run.branch == wish.branch;
    let runs: Vec<&Run> = history.runs.iter().map(|one| &one.run).filter(of_branch).collect();
    let newest = runs.last().map_or(0, |run| run.at);
    let first = wish.since_days.map_or(i64::MIN, |days| newest - (days * DAY) as i64);
    runs.into_iter().filter(|run| run.at >= first).chain(&wish.beside).collect()
}

fn facts(runs: &[&Run], environments: &[usize], slow: &[Option<f64>]) -> Vec<RunFacts> {
    let differing = |of: fn(&Run) -> Vec<(&String, &String)>, place: usize| -> BTreeMap<String, String> {
        let before = place.checked_sub(1).map(|before| of(runs[before]));
        let other = |pair: &(&String, &String)| before.as_ref().is_some_and(|before| !before.contains(pair));
        of(runs[place]).into_iter().filter(other).map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    let fact = |(place, run): (usize, &&Run)| RunFacts {
        at: instant(run.at),
        seconds: run.at,
        commit: run.commit.clone(),
        branch: run.branch.clone(),
        environment: environments[place],
        slow_host: slow[place],
        new_host: differing(|run| run.found.iter().collect(), place),
        new_environment: differing(|run| run.given.iter().chain(&run.machine).collect(), place),
    };
    runs.iter().enumerate().map(fact).collect()
}

/// Each metric in each environment; runs on a slow host do not count.
fn families<'a>(all: &'a [Series], runs: &[RunFacts]) -> Vec<Family<'a>> {
    let mut families = Vec::new();
    for (index, one) in all.iter().enumerate() {
        let mut by_environment: BTreeMap<usize, Vec<&HistoryPoint>> = BTreeMap::new();
        for point in one.points.iter().filter(|point| runs[point.run].slow_host.is_none()) {
            by_environment.entry(runs[point.run].environment).or_default().push(point);
        }
        families.extend(by_environment.into_values().map(|points| {
            let values = points.iter().map(|point| point.value).collect();
            Family { series: index, points, values }
        }));
    }
    families
}

/// What is found in all families, with false discoveries controlled over them; and what was reported before the newest runs.
fn search(families: &[Family<'_>], all: &[Series], runs: &[RunFacts]) -> (Vec<SeriesScan>, Vec<Withdrawn>) {
    let longest = families.iter().map(|family| family.values.len()).max().unwrap_or(0);
    let earlier = if longest > MANY_RUNS { 1 } else { REPORTED_BEFORE };
    let lengths: BTreeSet<usize> =
        families.iter().flat_map(|family| (0..=earlier).map(|less| family.values.len().saturating_sub(less))).collect();
    let tables: BTreeMap<usize, Tables> =
        lengths.into_par_iter().map(|length| (length, Tables::of(length))).collect::<Vec<_>>().into_iter().collect();
    let look = |less: usize| -> (Vec<Scan<'_>>, Vec<Vec<(usize, f64)>>) {
        let cut = |family: &Family<'_>| family.values.len().saturating_sub(less);
        let scans: Vec<Scan<'_>> =
            families.par_iter().map(|family| Scan::of(&family.values[..cut(family)], &tables[&cut(family)])).collect();
        let tested = families.iter().zip(&scans).filter(|(family, _)| cut(family) >= FEWEST);
        let level = discovery_level(tested.map(|(_, scan)| scan.p()).collect(), LEVEL);
        let places = scans.par_iter().map(|scan| places(scan, level)).collect();
        (scans, places)
    };
    let (scans, now) = look(0);
    let mut withdrawn: Vec<Withdrawn> = Vec::new();
    for less in 1..=earlier {
        let (_, before) = look(less);
        for (((family, scan), before), now) in families.iter().zip(&scans).zip(before).zip(&now) {
            // Of a slope every step stands somewhere.
            if scan.is_drifting() || slope(&family.values, now).is_some() {
                continue;
            }
            for (place, _) in before {
                let run = family.points[place].run;
                let name = &all[family.series].name;
                let stays = now.iter().any(|(other, _)| other.abs_diff(place) <= NEAR);
                let said = withdrawn.iter().any(|one| one.metric == *name && one.run.abs_diff(run) <= NEAR);
                if !stays && !said {
                    withdrawn.push(Withdrawn { metric: name.clone(), run, commit: runs[run].commit.clone() });
                }
            }
        }
    }
    let found =
        families.iter().zip(&scans).zip(now).map(|((family, scan), places)| found(&family.values, scan, places));
    (found.collect(), withdrawn)
}

/// The changes that stand at a level, with their probabilities.
fn places(scan: &Scan<'_>, level: f64) -> Vec<(usize, f64)> {
    let changes = if scan.p() <= level { scan.changes(level) } else { Vec::new() };
    changes.iter().map(|change| (change.at, change.p)).collect()
}

fn found(values: &[f64], scan: &Scan<'_>, places: Vec<(usize, f64)>) -> SeriesScan {
    let drift = if scan.is_drifting() {
        let ends: Vec<usize> = [0].into_iter().chain(scan.breaks()).chain([values.len()]).collect();
        let lines = ends.windows(2).map(|pair| (pair[0], Line::through(&values[pair[0]..pair[1]]))).collect();
        Some(Slopes { lines, steps_tested: false })
    } else {
        slope(values, &places).map(|line| Slopes { lines: vec![(0, line)], steps_tested: true })
    };
    let dependence = scan.dependence(&places.iter().map(|(at, _)| *at).collect::<Vec<usize>>());
    SeriesScan { places, inflation: inflation(dependence), dependence, drift }
}

/// One line through everything, where it leaves less than the steps do for what it needs (Schwarz 1978): a slope looks like stairs.
fn slope(values: &[f64], places: &[(usize, f64)]) -> Option<Line> {
    if places.is_empty() {
        return None;
    }
    let n = values.len() as f64;
    let ends: Vec<usize> = [0].into_iter().chain(places.iter().map(|(at, _)| *at)).chain([values.len()]).collect();
    let steps: f64 = ends
        .windows(2)
        .map(|pair| {
            let part = &values[pair[0]..pair[1]];
            let mean = part.iter().sum::<f64>() / part.len() as f64;
            part.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
        })
        .sum();
    let line = Line::through(values);
    // Each step is a place and a level.
    let criterion = |left: f64, parameters: f64| n * left.max(f64::MIN_POSITIVE).ln() + parameters * n.ln();
    (criterion(line.left(), 2.0) < criterion(steps, 1.0 + 2.0 * places.len() as f64)).then_some(line)
}

fn blank(series: &Series) -> MetricHistory {
    MetricHistory {
        name: series.name.clone(),
        dimension: series.dimension,
        polarity: series.polarity,
        points: series.points.clone(),
        levels: Vec::new(),
        changes: Vec::new(),
        drift: None,
        dependence: None,
        enough_runs: false,
    }
}

/// Adds what was found in one environment to a metric.
fn fill(
    metric: &mut MetricHistory,
    family: &Family<'_>,
    found: &SeriesScan,
    runs: &[RunFacts],
    margin: f64,
    acks: &[Acknowledgement],
) {
    let n = family.values.len();
    let ends: Vec<usize> = [0].into_iter().chain(found.places.iter().map(|(at, _)| *at)).chain([n]).collect();
    let level = |pair: &[usize]| {
        let values = &family.values[pair[0]..pair[1]];
        Level {
            from: family.points[pair[0]].run,
            to: family.points[pair[1] - 1].run,
            runs: values.len(),
            value: median_of(values),
        }
    };
    let levels: Vec<Level> = ends.windows(2).map(level).collect();
    let change = |(index, (at, p)): (usize, &(usize, f64))| {
        let sides = [&family.values[ends[index]..*at], &family.values[*at..ends[index + 2]]];
        let sized = Size::of(sides, found.inflation);
        let (run, after_run) = (family.points[*at].run, family.points[at - 1].run);
        let (before, after) = (levels[index].value, levels[index + 1].value);
        let moved = sized.ratio.map_or_else(|| (after - before) / before.abs(), f64::ln);
        let direction = match (metric.polarity, sized.up) {
            (Polarity::Unknown, _) => Direction::Changed,
            (Polarity::LowerIsBetter, true) | (Polarity::HigherIsBetter, false) => Direction::Worse,
            _ => Direction::Better,
        };
        LevelChange {
            run,
            after_run,
            commit: runs[run].commit.clone(),
            after_commit: runs[after_run].commit.clone(),
            at: runs[run].at.clone(),
            before,
            after,
            ratio: sized.ratio,
            low: sized.low,
            high: sized.high,
            p: *p,
            direction,
            // On logarithms, so that up and down are alike; a level of zero has no share, and any change of it matters.
            matters: moved.abs() >= margin.ln_1p() || moved.is_nan(),
            state: ChangeState::New,
            note: None,
            became_zero: false,
            with_new_host: runs[after_run + 1..=run].iter().any(|run| !run.new_host.is_empty()),
            distributions: None,
        }
    };
    let mut changes: Vec<LevelChange> = found.places.iter().enumerate().map(change).collect();
    set_states(&metric.name, &mut changes, &levels, acks, runs, margin);
    let newest = runs.last().map(|run| run.environment);
    if family.points.last().is_some_and(|point| Some(runs[point.run].environment) == newest) {
        metric.dependence = (n >= FEWEST).then_some(found.dependence);
        metric.drift = found.drift.as_ref().map(|Slopes { lines, steps_tested }| {
            let ends: Vec<usize> = lines.iter().skip(1).map(|(from, _)| *from).chain([n]).collect();
            let line = |((from, line), end): (&(usize, Line), usize)| DriftLine {
                from: family.points[*from].run,
                to: family.points[end - 1].run,
                first: line.first,
                last: line.last,
            };
            Drift { lines: lines.iter().zip(ends).map(line).collect(), steps_tested: *steps_tested }
        });
    }
    metric.levels.extend(levels);
    metric.changes.extend(changes);
}

/// How large a change is.
struct Size {
    ratio: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    up: bool,
}

impl Size {
    /// As a ratio where all values are positive, else as a difference.
    fn of([before, after]: [&[f64]; 2], inflation: f64) -> Self {
        if before.iter().chain(after).all(|value| *value > 0.0) {
            let logs = |values: &[f64]| values.iter().map(|value| value.ln()).collect::<Vec<f64>>();
            let found = shift(&logs(before), &logs(after), inflation, CONFIDENCE);
            let up = found.estimate > 0.0;
            return Self {
                ratio: Some(found.estimate.exp()),
                low: found.low.map(f64::exp),
                high: found.high.map(f64::exp),
                up,
            };
        }
        let found = shift(before, after, inflation, CONFIDENCE);
        Self { ratio: None, low: found.low, high: found.high, up: found.estimate > 0.0 }
    }
}

/// The order of metrics: with a new change for the worse first, then other new ones, then the rest; the newest first.
fn rank(metric: &MetricHistory) -> (u8, std::cmp::Reverse<usize>) {
    let newest =
        |wanted: &dyn Fn(&&LevelChange) -> bool| metric.changes.iter().filter(wanted).map(|change| change.run).max();
    let new = |change: &&LevelChange| change.matters && change.state == ChangeState::New;
    let worse = newest(&|change| new(change) && change.direction == Direction::Worse);
    if let Some(run) = worse {
        return (0, std::cmp::Reverse(run));
    }
    if let Some(run) = newest(&|change| new(change)) {
        return (1, std::cmp::Reverse(run));
    }
    match newest(&|change| change.matters) {
        Some(run) => (2, std::cmp::Reverse(run)),
        None => (if metric.drift.is_some() { 3 } else { 4 }, std::cmp::Reverse(0)),
    }
}

fn counts(metrics: &[MetricHistory], runs: usize) -> HistoryCounts {
    let mut counts = HistoryCounts { runs, metrics: metrics.len(), ..HistoryCounts::default() };
    for metric in metrics {
        counts.tested += usize::from(metric.enough_runs);
        for change in &metric.changes {
            let count = match (change.matters, change.state, change.direction) {
                (false, ..) => &mut counts.small,
                (_, ChangeState::Acknowledged, _) => &mut counts.acknowledged,
                (_, ChangeState::Recovered, _) => &mut counts.recovered,
                (_, ChangeState::New, Direction::Worse) => &mut counts.worse,
                (_, ChangeState::New, Direction::Better) => &mut counts.better,
                (_, ChangeState::New, Direction::Changed) => &mut counts.changed,
            };
            *count += 1;
        }
    }
    counts
}

/// More odd hosts than nights go wrong: machines of several kinds take turns.
fn hosts_in_turn(runs: &[RunFacts]) -> Option<String> {
    let odd: Vec<f64> = runs.iter().filter_map(|run| run.slow_host).collect();
    (odd.len() >= FEWEST_IN_TURN && odd.len() as f64 > SHARE_IN_TURN * runs.len() as f64).then(|| {
        format!(
            "{} of {} runs were on an odd host (×{:.2} in the middle): this history alternates between kinds of machines, which `--env` keeps apart",
            odd.len(),
            runs.len(),
            median_of(&odd)
        )
    })
}

fn notes(history: &History, runs: &[&Run], metrics: &[MetricHistory], wish: &HistoryQuestion) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(history.bad.iter().map(|bad| format!("line {} was passed over: {}", bad.number, bad.error)));
    let branches: BTreeSet<&str> = runs.iter().filter_map(|run| run.branch.as_deref()).collect();
    if branches.len() > 1 && wish.branch.is_none() {
        let named: Vec<&str> = branches.into_iter().collect();
        notes
            .push(format!("runs of several branches ({}) stand in one series: --branch chooses one", named.join(", ")));
    }
    let short = metrics.iter().filter(|metric| !metric.enough_runs).count();
    if short > 0 {
        let of = metrics.len();
        notes.push(format!("{short} of {of} metrics have fewer than {FEWEST} runs in the newest environment: nothing is said of them there"));
    }
    for ack in &history.acknowledgements {
        let shown = metrics.iter().find(|metric| metric.name == ack.metric);
        let found = shown.is_some_and(|metric| metric.changes.iter().any(|change| change.note.is_some()));
        let here = runs.iter().any(|run| same_commit(&run.commit, &ack.commit));
        if shown.is_some() && here && !found {
            notes
                .push(format!("`{}` has no change at {} any more, where one was acknowledged", ack.metric, ack.commit));
        }
    }
    notes
}
