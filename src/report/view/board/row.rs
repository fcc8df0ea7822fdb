//! A row of the one table: the numbers of a population, its small distribution, and its change.

use serde::Serialize;

use super::basis::{Basis, mini};
use crate::analysis::requests::{EndpointSummary, RequestSummary};
use crate::compare::outcome::{Change, Verdict};
use crate::measure::{Dimension, Statistic};
use crate::report::chart::{Axis, ChangeAxis, MiniChange, MiniDistribution, mini_change, mini_distribution};
use crate::report::contract::{Metric, Population, PopulationFailures, Reported, RequestRun, Summary};
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT, Scale};
use crate::report::view::change::{EffectView, is_quiet};
use crate::report::view::charts::{Charts, are_many};
use crate::report::view::numbers::{at, at_least, row_scale, shown};
use crate::report::view::reported::scale as scale_among;
use crate::report::words::change as words;

/// Samples that are drawn one by one; more of them are bins.
const MOST_DOTS: u64 = 24;

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct BoardRow {
    /// The id of the row, made of names.
    pub anchor: String,
    pub name: String,
    pub unit: &'static str,
    /// Requests where they are counted, samples otherwise.
    pub n: String,
    #[serde(skip)]
    pub(super) counts_requests: bool,
    /// Requests a second.
    pub rate: Option<String>,
    /// The share that failed.
    pub failed: Option<String>,
    /// Whether that is failing.
    pub failing: bool,
    pub p50: String,
    /// The mean, or the one number that a tool says.
    pub mean: Option<String>,
    pub p95: Option<String>,
    pub p99: Option<String>,
    /// What stands behind "more columns".
    pub stddev: Option<String>,
    pub cv: Option<String>,
    pub mad: Option<String>,
    pub p90: Option<String>,
    pub p999: Option<String>,
    /// The id of the part with all about it; absent where there is none.
    pub details: Option<String>,
    /// The distribution, on the axis of its block.
    pub picture: Option<String>,
    pub change: Option<EffectView>,
    /// The change as a small picture.
    pub delta: Option<String>,
    pub verdict: Option<Verdict>,
    /// The verdict to be read: `regressed, slower`.
    pub word: Option<String>,
    /// Whether something is wrong with it.
    pub problem: bool,
    /// What is wrong with its data.
    pub note: Option<String>,
    #[serde(skip)]
    pub(super) severity: Severity,
}

/// How bad a row is: what is failing, then what changed for the worse, then what failed, then what is corrupted; of equal ones the
/// larger.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Severity {
    failing: bool,
    verdict: u8,
    failed: u64,
    any_failed: bool,
    corrupted: bool,
    pub(super) size: f64,
}

impl Severity {
    /// Whether anything failed.
    pub(super) fn failed_any(&self) -> bool {
        self.any_failed
    }

    /// All but the size, which only tells rows of one metric apart.
    pub(super) fn rank(&self) -> (bool, u8, u64, bool) {
        (self.failing, self.verdict, self.failed, self.corrupted)
    }
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Regressed => 6,
        Verdict::Missing => 5,
        Verdict::Incomparable => 4,
        Verdict::Changed => 3,
        Verdict::Inconclusive => 2,
        Verdict::Improved => 1,
        Verdict::CenterUnchanged | Verdict::Unchanged | Verdict::New => 0,
    }
}

impl<'r> Basis<'r> {
    /// The row of all samples of a metric.
    pub(super) fn whole_row(
        &self,
        metric: &'r Metric,
        population: &'r Population,
        name: String,
        axis: Option<&Axis>,
    ) -> BoardRow {
        let mut row = self.row(metric, population, name, axis);
        if let Some(run) = self.run_of(metric) {
            let totals = run.totals();
            row.set_requests(totals.rate, totals.requests, totals.failed);
            if totals.failed == Some(totals.requests) {
                row.leave_out_zeros(population);
            }
        } else if let Some(failures) = metric.failures.as_ref().filter(|_| metric.leads) {
            row.set_failed(failures.failed, failures.total);
        }
        self.set_failing(&mut row, metric, None);
        row.set_change_of_failures(self.change_of_failures(metric, None));
        row
    }

    /// The row of the samples of a label.
    pub(super) fn labelled_row(
        &self,
        metric: &'r Metric,
        population: &'r Population,
        name: String,
        axis: Option<&Axis>,
    ) -> BoardRow {
        let mut row = self.row(metric, population, name, axis);
        let label = population.label.as_ref().map(|label| label.text.as_str());
        // Labels are counted over the whole run, which is not what the numbers are of where only its steady part was asked for.
        let whole = self.run_of(metric).filter(|run| run.used_phase().is_none());
        let counted = whole.and_then(|run| run.labels.iter().find(|one| Some(one.label.as_str()) == label));
        if let Some(one) = counted {
            let level = whole.and_then(|run| rate_at_level(run, metric, &one.label));
            row.set_requests(level.unwrap_or(one.rate), one.requests, one.failed);
            if one.failed == Some(one.requests) {
                row.leave_out_zeros(population);
            }
        }
        self.set_failing(&mut row, metric, label);
        row.set_change_of_failures(self.change_of_failures(metric, label));
        row
    }

    /// Rows of labels of which no request was answered: they have no durations.
    pub(super) fn unanswered(&self, metric: &'r Metric) -> Vec<BoardRow> {
        let Some(run) = self.run_of(metric).filter(|run| run.used_phase().is_none()) else { return Vec::new() };
        let has_samples = |label: &str| metric.labelled().any(|(text, _)| text == label);
        let rows = run.labels.iter().filter(|one| !has_samples(&one.label)).map(|one| {
            let absent = || Some(ABSENT.to_owned());
            let mut row = BoardRow {
                name: visible(&one.label),
                p50: ABSENT.to_owned(),
                p95: absent(),
                p99: absent(),
                ..BoardRow::default()
            };
            row.set_requests(one.rate, one.requests, one.failed);
            self.set_failing(&mut row, metric, Some(&one.label));
            if let Some(change) = self.change(&metric.source, &metric.name, Some(&one.label)) {
                row.set_change(change, mini(change).as_ref(), self.change_axis, self.drawn);
            }
            row.set_change_of_failures(self.change_of_failures(metric, Some(&one.label)));
            row
        });
        rows.collect()
    }

    /// The numbers of a population of a metric.
    fn row(&self, metric: &'r Metric, population: &'r Population, name: String, axis: Option<&Axis>) -> BoardRow {
        let scale = row_scale(metric, population, &self.scale(metric));
        let summary = shown(population);
        let percentile = |percent: f64| {
            let value = summary.and_then(|summary| at(summary, percent)?.value);
            Some(at_least(summary, value, scale.bare_or_absent(value)))
        };
        let median = summary.map(|summary| summary.median);
        // A page of very many metrics has no room for what stands among all numbers as well.
        let more = summary.filter(|_| !are_many(self.report.metrics.len()));
        let mut row = BoardRow {
            name,
            unit: scale.symbol(),
            n: number::count(summary.map_or(0, |summary| summary.n)),
            p50: at_least(summary, median, scale.bare_or_absent(median)),
            mean: summary.map(|summary| scale.bare(summary.mean)),
            p95: percentile(95.0),
            p99: percentile(99.0),
            stddev: more.map(|summary| scale.bare_or_absent(summary.stddev)),
            cv: more.map(|summary| number::percent_or_absent(summary.cv)),
            mad: more.map(|summary| scale.bare(summary.mad)),
            p90: more.and_then(|_| percentile(90.0)),
            p999: more.and_then(|_| percentile(99.9)),
            picture: self.picture(metric, population, &scale, axis),
            note: note(population),
            severity: Severity {
                corrupted: population.corrupted > 0,
                size: summary.map_or(0.0, |summary| summary.median),
                ..Severity::default()
            },
            ..BoardRow::default()
        };
        row.problem = population.corrupted > 0;
        let label = population.label.as_ref().map(|label| label.text.as_str());
        let change = self.change(&metric.source, &metric.name, label);
        // All samples of one label may stand under it or without.
        let change = change.or_else(|| {
            let is_whole = std::ptr::eq(population, &raw const metric.overall);
            self.change(&metric.source, &metric.name, None).filter(|_| is_whole)
        });
        if let Some(change) = change {
            row.set_change(change, mini(change).as_ref(), self.change_axis, self.drawn);
        }
        row
    }

    /// The row of an endpoint as a tool has summarised it.
    pub(super) fn summary_row(&self, summary: &RequestSummary, one: &EndpointSummary) -> BoardRow {
        let typical: Vec<f64> = [one.p50, one.mean, one.p95].into_iter().flatten().take(1).collect();
        let all: Vec<f64> = [one.p50, one.p95, one.p99].into_iter().flatten().collect();
        let scale = Scale::to_read(summary.dimension, typical.first().copied().unwrap_or(0.0), None, None);
        let scale = scale.whole_if(&all);
        let value = |value: Option<f64>| value.map(|value| scale.bare(value));
        let mut row = BoardRow {
            name: one.label.as_deref().map_or_else(|| "all".to_owned(), visible),
            unit: if typical.is_empty() { "" } else { scale.symbol() },
            n: one.requests.map_or_else(|| ABSENT.to_owned(), number::count),
            counts_requests: true,
            rate: one.rate.map(|rate| number::short(Dimension::Rate, rate)),
            p50: value(one.p50).unwrap_or_else(|| ABSENT.to_owned()),
            mean: value(one.mean),
            p95: value(one.p95),
            p99: value(one.p99),
            ..BoardRow::default()
        };
        if let Some((failed, requests)) = one.failed.zip(one.requests) {
            row.set_failed(failed, requests);
        }
        let said = |failures: &&PopulationFailures| failures.source == summary.source && failures.label == one.label;
        if self.report.verdict.failures.iter().find(said).is_some_and(|failures| failures.failing) {
            (row.failing, row.problem, row.severity.failing) = (true, true, true);
        }
        let of = summary.latency_by.as_deref().unwrap_or_default();
        if let Some(change) = self.change(&summary.source, of, one.label.as_deref()) {
            row.set_change(change, mini(change).as_ref(), self.change_axis, self.drawn);
        }
        row
    }

    /// Says that all of them, or far too many, failed.
    fn set_failing(&self, row: &mut BoardRow, metric: &Metric, label: Option<&str>) {
        let said = self.report.verdict.failures.iter().find(|one| {
            one.label.as_deref() == label
                && one.source == metric.source
                && one.table.is_none_or(|table| table == metric.table)
        });
        let Some(said) = said.filter(|_| metric.leads) else { return };
        if row.failed.is_none() {
            row.set_failed(said.failed, said.total);
        }
        if said.failing {
            (row.failing, row.problem, row.severity.failing) = (true, true, true);
        }
    }

    fn picture(&self, metric: &Metric, population: &Population, scale: &Scale, axis: Option<&Axis>) -> Option<String> {
        if self.drawn == Charts::LeftOut {
            return None;
        }
        let (axis, clean) = (axis?, population.clean.as_ref()?);
        let series = population.series.as_ref().filter(|series| series.stride == 1 && clean.n <= MOST_DOTS);
        let dots: Vec<f64> = series.iter().flat_map(|series| &series.points).map(|point| point.median).collect();
        let quartile = |percent: f64| at(clean, percent).and_then(|percentile| percentile.value);
        let words = picture_words(clean, scale);
        Some(mini_distribution(
            &MiniDistribution {
                histogram: population.histogram.as_ref().filter(|histogram| histogram.counts.len() > 1),
                range: (clean.min, clean.max),
                quartiles: quartile(25.0).zip(quartile(75.0)),
                median: clean.median,
                dots: &dots,
                bar: axis.low == 0.0 && metric.measured_apart,
                words: &words,
            },
            axis,
        ))
    }
}

/// The rate at a level of load: over the time at it, where a label stands for one.
fn rate_at_level(run: &RequestRun, metric: &Metric, label: &str) -> Option<f64> {
    let levels = run.levels.as_ref().filter(|levels| metric.grouped_by.as_deref() == Some(levels.column.as_str()))?;
    let number = label.strip_prefix(levels.column.as_str())?.strip_prefix('=')?.parse::<f64>().ok()?;
    levels.levels.iter().find(|one| one.level == number).map(|one| one.rate)
}

fn picture_words(clean: &Summary, scale: &Scale) -> String {
    format!("{} to {}, median {}", scale.bare(clean.min), scale.full(clean.max), scale.bare(clean.median))
}

fn note(population: &Population) -> Option<String> {
    let corrupted = number::counted(population.corrupted, "corrupted sample");
    (population.corrupted > 0).then(|| format!("{corrupted} left out"))
}

impl BoardRow {
    /// Requests of which each failed in no time at all have no durations.
    fn leave_out_zeros(&mut self, population: &Population) {
        if shown(population).is_some_and(|summary| summary.max == 0.0) {
            ABSENT.clone_into(&mut self.p50);
            for cell in [&mut self.mean, &mut self.p90, &mut self.p95, &mut self.p99, &mut self.p999] {
                *cell = Some(ABSENT.to_owned());
            }
            for cell in [&mut self.stddev, &mut self.cv, &mut self.mad, &mut self.picture] {
                *cell = None;
            }
        }
    }

    fn set_requests(&mut self, rate: f64, requests: u64, failed: Option<u64>) {
        self.n = number::count(requests);
        self.counts_requests = true;
        self.rate = Some(number::short(Dimension::Rate, rate));
        if let Some(failed) = failed.filter(|_| requests > 0) {
            self.set_failed(failed, requests);
        }
    }

    fn set_failed(&mut self, failed: u64, requests: u64) {
        let share = failed as f64 / requests.max(1) as f64;
        self.failed = Some(number::share(share));
        // In parts of a thousand: what is less bad by a hair comes by its size.
        self.severity.failed = (share * 1000.0) as u64;
        self.severity.any_failed = failed > 0;
        self.problem |= share >= 0.01;
    }

    /// Says how the share that failed changed, where that is no better than the change of what the rest took.
    fn set_change_of_failures(&mut self, change: Option<&Change>) {
        let Some(change) = change.filter(|change| !is_quiet(change.verdict) && rank(change.verdict) > 2) else {
            return;
        };
        self.problem = true;
        if rank(change.verdict) <= self.severity.verdict {
            self.word = self.word.take().map(|slow| format!("{slow}, failures"));
            return;
        }
        let view = words::leading(change).map(|effect| EffectView::of(change, effect));
        self.change = view.filter(|view| view.estimate != ABSENT);
        self.delta = None;
        self.verdict = Some(change.verdict);
        self.word = Some(format!("{}, failures", words::verdict(change.verdict)));
        self.severity.verdict = rank(change.verdict);
    }

    /// Says how it changed.
    pub(super) fn set_change(&mut self, change: &Change, mini: Option<&MiniChange>, axis: ChangeAxis, drawn: Charts) {
        let view = words::leading(change).map(|effect| EffectView::of(change, effect));
        self.change = view.filter(|view| view.estimate != ABSENT);
        self.delta = mini.filter(|_| drawn == Charts::Drawn).and_then(|mini| mini_change(mini, axis));
        self.verdict = Some(change.verdict);
        let word = words::verdict(change.verdict).to_owned();
        self.word = Some(words::direction(change).map_or(word.clone(), |direction| format!("{word}, {direction}")));
        self.severity.verdict = rank(change.verdict);
        self.problem |=
            !is_quiet(change.verdict) && !matches!(change.verdict, Verdict::Inconclusive | Verdict::Improved);
    }
}

/// The row of what a tool has summarised itself.
pub(super) fn reported_row(one: &Reported, all: &[&Reported]) -> BoardRow {
    let scale = scale_among(one, all);
    let value = |statistic: Statistic| one.number(statistic).map(|value| scale.bare(value));
    let count = |statistic: Statistic| one.number(statistic).filter(|value| *value >= 0.0);
    let n = count(Statistic::Count);
    let mut row = BoardRow {
        name: one.label.as_deref().map_or_else(|| "all".to_owned(), visible),
        unit: scale.symbol(),
        n: n.map_or_else(|| ABSENT.to_owned(), |n| number::count(n as u64)),
        p50: value(Statistic::P50).or_else(|| value(Statistic::Median)).unwrap_or_else(|| ABSENT.to_owned()),
        p95: value(Statistic::P95),
        p99: value(Statistic::P99),
        mean: value(Statistic::Mean).or_else(|| value(Statistic::Value)),
        ..BoardRow::default()
    };
    if let Some((failed, n)) = count(Statistic::Failures).zip(n) {
        row.set_failed(failed as u64, n as u64);
    }
    row
}

/// The row of a change that has no numbers of its own in the run.
pub(super) fn changed_row(change: &Change) -> BoardRow {
    let group = change.group.as_deref().map_or_else(String::new, |group| format!(" / {}", visible(group)));
    let after = change.after.as_ref().map(|side| side.samples).filter(|samples| *samples > 0);
    let value = words::leading(change).and_then(|effect| {
        let dimension = effect.statistic.dimension(change.dimension);
        effect.after.map(|after| match dimension {
            Dimension::Ratio => number::share(after),
            _ => number::short(dimension, after),
        })
    });
    BoardRow {
        name: format!("{}{group}", visible(&change.metric)),
        n: after.map_or_else(|| ABSENT.to_owned(), number::count),
        p50: value.unwrap_or_else(|| ABSENT.to_owned()),
        ..BoardRow::default()
    }
}
