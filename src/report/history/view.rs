//! What the templates of a history receive: ready strings.

use serde::Serialize;

use crate::history::contract::{ChangeState, HistoryOutcome, HistoryReport, LevelChange, MetricHistory, RunFacts};
use crate::history::shape::Shape;
use crate::measure::{Direction, Polarity};
use crate::report::chart::{
    CELLS, HistoryMark, HistoryPlot, PlotLevel, PlotPoint, Tail, heat_row, history_chart, history_spark, tail,
};
use crate::report::number::{self, Scale};
use crate::report::text_table::{Align, TextTable, width};

use super::environment;
use super::newest::NewestView;
use super::words;

/// Names of metrics stand above their lines where these would be wider than the terminal, and than this.
const LINE_COLUMNS: usize = 120;
/// Rows of the heat map at most: the first ones are the worst.
const MOST_ROWS: usize = 60;
/// Metrics with a picture of their own at most; the others have their row.
const MOST_PICTURES: usize = 200;
/// Slow runs that are named.
const MOST_SLOW: usize = 20;

/// A history, ready for its templates.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct HistoryView {
    /// The first line.
    pub headline: String,
    /// The class of its state.
    pub class: &'static str,
    pub gate: Option<GateView>,
    /// Runs, days, what was followed.
    pub facts: Vec<String>,
    /// The newest run beside the runs since the last change.
    pub newest: Option<NewestView>,
    /// Changes that matter, worst and newest first.
    pub changes: Vec<ChangeRow>,
    pub metrics: Vec<MetricRow>,
    pub heat: Vec<HeatRow>,
    /// How many metrics have no row in the heat map.
    pub heat_more: usize,
    /// Runs on a slow host.
    pub slow: Vec<String>,
    pub withdrawn: Vec<String>,
    /// Where other environments begin, and what differs with them.
    pub environments: Vec<String>,
    pub notes: Vec<String>,
    pub settings: Vec<String>,
    pub tool: String,
}

/// What became of the gate.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct GateView {
    pub class: &'static str,
    pub word: &'static str,
    pub reasons: Vec<String>,
}

/// A change in a line.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ChangeRow {
    pub metric: String,
    pub class: &'static str,
    pub state: String,
    pub size: String,
    pub interval: String,
    pub levels: String,
    pub since: String,
    pub commit: String,
    pub after_commit: String,
    /// The commits among which it is, as Git writes them: `0000027..0000028`.
    pub range: String,
    /// In which environment, where there are several.
    pub environment: Option<String>,
    pub p: String,
    pub note: Option<String>,
    pub with_new_host: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct MetricRow {
    pub name: String,
    pub anchor: String,
    pub about: String,
    pub spark: Option<String>,
    pub current: String,
    pub change: Option<ChangeRow>,
    pub changes: Vec<ChangeRow>,
    pub small: usize,
    pub drift: Option<String>,
    pub chart: Option<String>,
    /// How samples were distributed before and after that change.
    pub distribution: Option<DistributionView>,
    pub notes: Vec<String>,
}

/// Samples before and after a change.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DistributionView {
    pub svg: String,
    pub caption: String,
}

/// A row of the heat map.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct HeatRow {
    pub name: String,
    pub anchor: String,
    pub svg: String,
}

impl HistoryView {
    /// With pictures for a page, or without.
    pub(crate) fn of(report: &HistoryReport, pictures: bool) -> Self {
        let counts = &report.counts;
        let class = match (counts.worse, counts.changed, counts.better) {
            (1.., ..) => "regressed",
            (0, 1.., _) => "changed",
            (0, 0, 1..) => "improved",
            _ => "measured",
        };
        let mut changes: Vec<(&MetricHistory, &LevelChange)> = report
            .metrics
            .iter()
            .flat_map(|metric| metric.changes.iter().map(move |change| (metric, change)))
            .filter(|(_, change)| change.matters)
            .collect();
        changes.sort_by_key(|(_, change)| (order(change), std::cmp::Reverse(change.run)));
        let labels = environment::labels(report);
        let metrics: Vec<MetricRow> = report
            .metrics
            .iter()
            .enumerate()
            .map(|(index, metric)| metric_row(report, &labels, metric, index, pictures))
            .collect();
        let heat = if pictures { heat(report, &metrics) } else { Vec::new() };
        Self {
            headline: words::headline(report),
            class,
            gate: report.gate.as_ref().map(|gate| GateView {
                class: match gate.outcome {
                    HistoryOutcome::Pass => "passed",
                    HistoryOutcome::Fail => "failed",
                    HistoryOutcome::Undecided => "undecided",
                },
                word: words::outcome(gate.outcome),
                reasons: gate.reasons.clone(),
            }),
            facts: facts(report),
            newest: report.newest.as_ref().map(|newest| NewestView::of(report, newest)),
            changes: changes.into_iter().map(|(metric, change)| change_row(report, &labels, metric, change)).collect(),
            environments: environment::boundaries(report, &labels),
            heat_more: if pictures { metrics.len() - heat.len() } else { 0 },
            heat,
            metrics,
            slow: slow(report),
            withdrawn: report
                .withdrawn
                .iter()
                .map(|one| {
                    let run = &report.runs[one.run];
                    format!("`{}`: a change at {} {}", one.metric, words::day(&run.at), words::commit(&one.commit))
                })
                .collect(),
            notes: report.notes.clone(),
            settings: settings(report),
            tool: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
        }
    }

    /// The plain list: metric, size, state, since, commits. On a terminal, of so many columns, lines are no wider than that and
    /// [`LINE_COLUMNS`].
    pub(crate) fn text(&self, columns: Option<usize>) -> Vec<String> {
        let columns = columns.map_or(usize::MAX, |columns| columns.max(LINE_COLUMNS));
        let mut lines = vec![self.headline.clone()];
        lines.extend(self.facts.first().cloned());
        if let Some(newest) = self.newest.as_ref() {
            lines.push(String::new());
            lines.push(newest.facts());
            let rows = newest.rows.iter().map(|row| {
                let usual = format!("usual {}", row.usual);
                [row.metric.clone(), row.size.clone(), row.levels.clone(), usual, row.verdict.clone()]
            });
            lines.extend(listed(&rows.collect::<Vec<_>>(), columns));
        }
        if !self.changes.is_empty() {
            lines.push(String::new());
            let rows = self.changes.iter().map(|row| {
                [
                    row.metric.clone(),
                    row.size.clone(),
                    row.interval.clone(),
                    format!("since {}", row.since),
                    row.range.clone(),
                    row.whole_state(),
                ]
            });
            lines.extend(listed(&rows.collect::<Vec<_>>(), columns));
        }
        let drifts =
            self.metrics.iter().filter_map(|metric| Some(format!("{} {}", metric.name, metric.drift.as_ref()?)));
        let more = drifts.chain(self.environments.iter().map(|one| format!("environment: {one}")));
        let more = more.chain(self.slow.iter().map(|slow| format!("odd host: {slow}")));
        let more = more.chain(self.withdrawn.iter().map(|one| format!("withdrawn: {one}")));
        let more: Vec<String> = more.chain(self.notes.iter().map(|note| format!("note: {note}"))).collect();
        if !more.is_empty() {
            lines.push(String::new());
            lines.extend(more);
        }
        if let Some(gate) = &self.gate {
            lines.push(String::new());
            let reasons =
                if gate.reasons.is_empty() { String::new() } else { format!(": {}", gate.reasons.join("; ")) };
            lines.push(format!("gate {}{reasons}", gate.word));
        }
        lines
    }
}

impl ChangeRow {
    /// Its state with whatever else may explain it.
    fn whole_state(&self) -> String {
        let note = self.note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
        let environment = self.environment.as_ref().map_or_else(String::new, |one| format!(", with {one}"));
        let host = if self.with_new_host { "; the machine that added the runs changed with it" } else { "" };
        format!("{}{note}{environment}{host}", self.state)
    }
}

/// Rows whose first cell is a name, as lines. Whoever wants to acknowledge a change needs all of its name, so that nothing is cut: where a
/// line is wider than may be, names stand above the rest of their lines.
fn listed<const CELLS: usize>(rows: &[[String; CELLS]], columns: usize) -> Vec<String> {
    let align = |column: usize| if column == 1 { Align::Right } else { Align::Left };
    let mut whole = TextTable::new((0..CELLS).map(align));
    for row in rows {
        whole.push(row.clone());
    }
    let lines = whole.lines();
    if lines.iter().all(|line| width(line) <= columns) {
        return lines;
    }
    let mut rest = TextTable::new((1..CELLS).map(align));
    for row in rows {
        rest.push(row[1..].iter().cloned());
    }
    rows.iter().zip(rest.lines()).flat_map(|(row, rest)| [row[0].clone(), format!("  {rest}")]).collect()
}

/// New changes for the worse, then of unknown direction, for the better, accepted, undone.
fn order(change: &LevelChange) -> u8 {
    match (change.state, change.direction) {
        (ChangeState::New, Direction::Worse) => 0,
        (ChangeState::New, Direction::Changed) => 1,
        (ChangeState::New, Direction::Better) => 2,
        (ChangeState::Acknowledged, _) => 3,
        (ChangeState::Recovered, _) => 4,
    }
}

fn facts(report: &HistoryReport) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some((first, last)) = report.runs.first().zip(report.runs.last()) {
        let runs = number::counted(report.runs.len() as u64, "run");
        facts.push(format!("{runs} from {} to {}", words::day(&first.at), words::day(&last.at)));
        if !last.commit.is_empty() {
            facts.push(format!("newest commit {}", words::commit(&last.commit)));
        }
    }
    facts.push(format!("{} followed", report.settings.statistic));
    let environments = report.runs.iter().map(|run| run.environment).max().map_or(0, |most| most + 1);
    if environments > 1 {
        facts.push(format!("{environments} environments, never compared with each other"));
    }
    facts
}

fn settings(report: &HistoryReport) -> Vec<String> {
    let settings = &report.settings;
    let mut lines = vec![
        format!(
            "of what is shown {} is expected to be false, over all metrics together",
            number::level(settings.false_discoveries)
        ),
        format!(
            "a change matters from {} of the level on; smaller ones are drawn and not listed",
            number::level(settings.margin)
        ),
        "a change is where ranks before and after differ by more than the dependence of neighbours explains".to_owned(),
    ];
    lines.extend(settings.metric.as_ref().map(|metric| format!("only metrics that fit `{metric}`")));
    lines.extend(
        settings
            .since_days
            .map(|days| format!("only runs of the {} before the newest", number::counted(days.ceil() as u64, "day"))),
    );
    lines.extend(settings.branch.as_ref().map(|branch| format!("only runs of the branch `{branch}`")));
    lines
}

fn slow(report: &HistoryReport) -> Vec<String> {
    let slow = report.runs.iter().filter_map(|run| {
        let factor = run.slow_host?;
        let way = if factor > 1.0 { "slower" } else { "faster" };
        let size = number::change_size(if factor > 1.0 { factor } else { 1.0 / factor });
        let commit = if run.commit.is_empty() { String::new() } else { format!(" {}", words::commit(&run.commit)) };
        Some(format!(
            "{}{commit}: the whole suite was {size} {way} than before and after; it counts for no change",
            run.at
        ))
    });
    let mut slow: Vec<String> = slow.collect();
    if slow.len() > MOST_SLOW {
        let more = slow.len() - MOST_SLOW;
        slow.drain(..more);
        slow.push(format!("and {more} earlier ones"));
    }
    slow
}

fn change_row(
    report: &HistoryReport,
    labels: &[Option<String>],
    metric: &MetricHistory,
    change: &LevelChange,
) -> ChangeRow {
    let [before, first] = [&change.after_commit, &change.commit].map(|commit| words::commit(commit));
    ChangeRow {
        metric: metric.name.clone(),
        class: words::class(change),
        state: words::state_of(metric, change),
        size: words::size(metric, change),
        interval: words::interval(metric, change),
        levels: number::before_after(metric.dimension, Some(change.before), Some(change.after)),
        since: words::day(&change.at),
        range: if before.is_empty() || before == first { first.clone() } else { format!("{before}..{first}") },
        environment: label_of(labels, &report.runs[change.run]),
        commit: first,
        after_commit: before,
        p: number::p_value(change.p),
        note: change.note.clone(),
        with_new_host: change.with_new_host,
    }
}

/// What the environment of a run is called.
fn label_of(labels: &[Option<String>], run: &RunFacts) -> Option<String> {
    labels.get(run.environment)?.clone()
}

fn metric_row(
    report: &HistoryReport,
    labels: &[Option<String>],
    metric: &MetricHistory,
    index: usize,
    pictures: bool,
) -> MetricRow {
    let shown: Vec<&LevelChange> = metric.changes.iter().filter(|change| change.matters).collect();
    let newest = report.runs.last().map_or(0, |run| run.environment);
    let current = metric.levels.iter().rev().find(|level| report.runs[level.to].environment == newest);
    let chosen = shown.iter().min_by_key(|change| (order(change), std::cmp::Reverse(change.run)));
    let mut notes = Vec::new();
    if !metric.enough_runs {
        notes.push("too few runs in the newest environment to say anything".to_owned());
    }
    notes.extend(metric.dependence.filter(|phi| *phi >= 0.3).map(|phi| {
        format!(
            "neighbouring runs depend on each other (coefficient {}), which is allowed for",
            number::plain((phi * 100.0).round() / 100.0)
        )
    }));
    let anchor = format!("metric-{}", index + 1);
    MetricRow {
        name: metric.name.clone(),
        about: format!("{}; {}", number::counted(metric.points.len() as u64, "run"), words::direction(metric.polarity)),
        spark: pictures.then(|| history_spark(&points(report, metric), &levels(metric), report.runs.len())).flatten(),
        current: current
            .map_or_else(|| number::ABSENT.to_owned(), |level| number::quantity(metric.dimension, level.value)),
        change: chosen.map(|change| change_row(report, labels, metric, change)),
        changes: shown.iter().rev().map(|change| change_row(report, labels, metric, change)).collect(),
        small: metric.changes.len() - shown.len(),
        drift: words::drift(metric, report),
        chart: (pictures && index < MOST_PICTURES).then(|| chart(report, labels, metric, &anchor)).flatten(),
        distribution: chosen
            .filter(|_| pictures && index < MOST_PICTURES)
            .and_then(|change| distribution(metric, change, &anchor)),
        notes,
        anchor,
    }
}

/// How samples were distributed before and after a change, as far as runs of a history say it.
fn distribution(metric: &MetricHistory, change: &LevelChange, anchor: &str) -> Option<DistributionView> {
    let found = change.distributions.as_ref()?;
    let shares = |quantiles: &[f64]| -> Vec<(f64, f64)> {
        Shape::shares().zip(quantiles).map(|(share, value)| (*value, 1.0 - share)).collect()
    };
    let (before, after) = (shares(&found.before), shares(&found.after));
    let all: Vec<f64> = found.before.iter().chain(&found.after).copied().collect();
    let (least, most) = all.iter().fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(*value), high.max(*value)));
    let drawn = tail(&Tail {
        id: &format!("{anchor}-distribution"),
        title: &metric.name,
        unit_of: &metric.name,
        shares: &after,
        before: &before,
        beside: "before",
        log: least > 0.0 && most > 10.0 * least,
        scale: &Scale::of_values(metric.dimension, &all, None),
    })?;
    let runs = found.runs.map(|runs| number::counted(runs as u64, "run"));
    let caption = format!(
        "Share of samples at or above each value, {} {}: {} after it, {} before it (grey)",
        words::size(metric, change),
        words::commit(&change.commit),
        runs[1],
        runs[0]
    );
    Some(DistributionView { svg: drawn.svg, caption })
}

fn points(report: &HistoryReport, metric: &MetricHistory) -> Vec<PlotPoint> {
    let point = |point: &crate::history::contract::HistoryPoint| PlotPoint {
        run: point.run,
        value: point.value,
        low: point.low,
        high: point.high,
        counts: report.runs[point.run].slow_host.is_none(),
    };
    metric.points.iter().map(point).collect()
}

fn levels(metric: &MetricHistory) -> Vec<PlotLevel> {
    let standing = metric.drift.as_ref().is_none_or(|drift| drift.steps_tested);
    let levels = metric.levels.iter().filter(|_| standing);
    levels.map(|level| PlotLevel { from: level.from, to: level.to, first: level.value, last: level.value }).collect()
}

fn chart(report: &HistoryReport, labels: &[Option<String>], metric: &MetricHistory, anchor: &str) -> Option<String> {
    /// Dates below a picture.
    const TICKS: usize = 5;
    let runs = report.runs.len();
    let points = points(report, metric);
    let mut marks: Vec<HistoryMark> = metric
        .changes
        .iter()
        .map(|change| HistoryMark {
            run: change.run,
            class: match words::state(change) {
                "worse" => "worse",
                "better" => "better",
                "acknowledged" | "recovered" => "accepted",
                _ => "changed",
            },
            text: if change.matters {
                format!("{} {}", words::size(metric, change), words::commit(&change.commit))
            } else {
                String::new()
            },
        })
        .collect();
    for (run, pair) in report.runs.windows(2).enumerate() {
        if pair[0].environment != pair[1].environment {
            // The first run of an environment says which one it is; where they take turns there would be no room for more.
            let begins = report.boundaries.iter().any(|boundary| boundary.run == run + 1);
            let text = Some(&pair[1]).filter(|_| begins).and_then(|run| label_of(labels, run));
            marks.push(HistoryMark { run: run + 1, class: "boundary", text: text.unwrap_or_default() });
        }
    }
    let shown = TICKS.min(runs);
    let tick = |index: usize| {
        let run = if shown > 1 { index * (runs - 1) / (shown - 1) } else { 0 };
        (run, words::day(&report.runs[run].at))
    };
    let ticks: Vec<(usize, String)> = (0..shown).map(tick).collect();
    let values: Vec<f64> = points.iter().map(|point| point.value).collect();
    let scale = Scale::of_values(metric.dimension, &values, None);
    let mut spots = vec![String::new(); runs];
    for point in &metric.points {
        let run = &report.runs[point.run];
        let slow = if run.slow_host.is_some() { ", slow host" } else { "" };
        spots[point.run] = format!(
            "{} {}: {}{slow}{}",
            run.at,
            words::commit(&run.commit),
            number::quantity(metric.dimension, point.value),
            label_of(labels, run).map_or_else(String::new, |label| format!(", {label}"))
        );
    }
    let description = format!(
        "{} runs with {} levels{}",
        metric.points.len(),
        metric.levels.len(),
        metric.changes.last().map_or_else(String::new, |change| format!(
            "; the last change is {} since {}",
            words::size(metric, change),
            words::day(&change.at)
        ))
    );
    let lines = metric.drift.iter().flat_map(|drift| &drift.lines);
    let drift: Vec<PlotLevel> =
        lines.map(|line| PlotLevel { from: line.from, to: line.to, first: line.first, last: line.last }).collect();
    let plot = HistoryPlot {
        id: anchor,
        title: &format!("{} over the runs", metric.name),
        description: &description,
        runs,
        points: &points,
        levels: &levels(metric),
        drift: &drift,
        marks: &marks,
        scale: &scale,
        ticks: &ticks,
        spots: &spots,
    };
    history_chart(&plot).map(|chart| chart.svg)
}

/// How each metric stood over time against its own usual value.
fn heat(report: &HistoryReport, rows: &[MetricRow]) -> Vec<HeatRow> {
    let runs = report.runs.len();
    let cells = CELLS.min(runs);
    let row = |(metric, row): (&MetricHistory, &MetricRow)| {
        let positive: Vec<f64> = metric.points.iter().map(|point| point.value).filter(|value| *value > 0.0).collect();
        let usual = middle(positive)?;
        let mut bins: Vec<Vec<f64>> = vec![Vec::new(); cells];
        for point in metric.points.iter().filter(|point| point.value > 0.0) {
            bins[(point.run * cells / runs).min(cells - 1)].push((point.value / usual).ln());
        }
        let sign = if metric.polarity == Polarity::HigherIsBetter { -1.0 } else { 1.0 };
        let values: Vec<Option<f64>> = bins.into_iter().map(|bin| Some(sign * middle(bin)?)).collect();
        let summary = row
            .change
            .as_ref()
            .map_or_else(|| "no change".to_owned(), |change| format!("{} since {}", change.size, change.since));
        let words = format!("{} over time: {summary}", metric.name);
        Some(HeatRow { name: row.name.clone(), anchor: row.anchor.clone(), svg: heat_row(&values, &words) })
    };
    if runs < 2 { Vec::new() } else { report.metrics.iter().zip(rows).take(MOST_ROWS).filter_map(row).collect() }
}

fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
