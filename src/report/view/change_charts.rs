//! Pictures of changes: their intervals on one axis, and the distributions of both sides on top of each other.

use serde::Serialize;

use crate::compare::outcome::{Change, Scale, Verdict};
use crate::measure::{Folded, Statistic};
use crate::report::chart::{self, Chart, IntervalLine, IntervalRow, Overlay};
use crate::report::escape::visible;
use crate::report::number::Scale as Units;
use crate::report::words::change as words;

use super::change::{ChangeView, effect, is_quiet, median_differs, several_sources};

/// Changes whose intervals are drawn.
const DRAWN_INTERVALS: usize = 16;
/// Changes whose distributions are drawn.
const DRAWN_OVERLAYS: usize = 24;
/// The effects that are drawn.
const DRAWN_STATISTICS: [Statistic; 4] = [Statistic::Center, Statistic::P50, Statistic::P95, Statistic::P99];

/// A symbol of the picture and what it means.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SymbolView {
    pub verdict: Verdict,
    pub svg: String,
}

/// The changes that are drawn: relative ones, since only they share an axis; what is unchanged only where nothing else
/// is there to be seen.
fn drawn(changes: &[Change]) -> Vec<&Change> {
    let has_interval = |change: &&Change| {
        change.effects.iter().any(|effect| effect.scale == Scale::Ratio && effect.estimate.is_some())
    };
    let (quiet, loud): (Vec<&Change>, Vec<&Change>) =
        changes.iter().filter(has_interval).partition(|change| is_quiet(change.verdict));
    if loud.is_empty() { quiet } else { loud }
}

/// The intervals of the worst changes; `None` where there is nothing to draw.
pub(super) fn intervals(changes: &[Change]) -> Option<Chart> {
    let sources = several_sources(changes);
    let drawn = Folded::of(drawn(changes), DRAWN_INTERVALS);
    let rows: Vec<IntervalRow> = drawn.first.iter().map(|change| row(change, sources)).collect();
    let mut chart = chart::interval_plot("changes-intervals", &rows)?;
    if drawn.more > 0 {
        chart.notes.push(format!("The {} worst of {} changes are drawn.", rows.len(), drawn.count()));
    }
    Some(chart)
}

fn row(change: &Change, sources: bool) -> IntervalRow {
    let view = ChangeView::of(change);
    let medians = median_differs(change);
    let shown = DRAWN_STATISTICS.into_iter().filter(|statistic| medians || *statistic != Statistic::P50);
    let lines = shown.filter_map(|statistic| {
        let effect = effect(change, statistic).filter(|effect| effect.scale == Scale::Ratio)?;
        let text = match statistic {
            Statistic::P50 => &view.p50.text,
            Statistic::P95 => &view.p95.text,
            Statistic::P99 => &view.p99.text,
            _ => &view.center.text,
        };
        Some(IntervalLine {
            name: words::statistic(statistic),
            estimate: effect.estimate?,
            low: effect.low,
            high: effect.high,
            verdict: effect.verdict,
            text: text.clone(),
        })
    });
    IntervalRow { label: view.subject(sources), margin: change.margin, lines: lines.collect() }
}

/// The symbols that the picture uses, worst first.
pub(super) fn symbols(changes: &[Change]) -> Vec<SymbolView> {
    let mut used: Vec<Verdict> = drawn(changes)
        .iter()
        .take(DRAWN_INTERVALS)
        .flat_map(|change| &change.effects)
        .filter(|effect| effect.estimate.is_some() && DRAWN_STATISTICS.contains(&effect.statistic))
        .filter_map(|effect| effect.verdict)
        .collect();
    used.sort_unstable();
    used.dedup();
    used.into_iter().map(|verdict| SymbolView { verdict, svg: chart::symbol(verdict) }).collect()
}

/// The distributions of both sides of the changes that have them.
pub(super) fn overlays(changes: &[Change]) -> Vec<Chart> {
    let sources = several_sources(changes);
    let drawable = changes.iter().filter(|change| change.drawing.is_some()).take(DRAWN_OVERLAYS);
    drawable
        .enumerate()
        .filter_map(|(index, change)| overlay(&format!("change-{}", index + 1), change, sources))
        .collect()
}

/// Both distributions of the worst change that has them, for the first screen.
pub(super) fn lead(changes: &[Change]) -> Option<Chart> {
    let worst = changes.iter().find(|change| change.drawing.is_some() && !is_quiet(change.verdict))?;
    overlay("lead", worst, several_sources(changes))
}

pub(super) fn overlay(id: &str, change: &Change, sources: bool) -> Option<Chart> {
    let drawing = change.drawing.as_ref()?;
    let center = effect(change, Statistic::Center);
    let (before, after) = (center.and_then(|effect| effect.before), center.and_then(|effect| effect.after));
    let typical: Vec<f64> = [before, after].into_iter().flatten().collect();
    let scale = Units::of_values(change.dimension, &typical, before.zip(after).map(|(a, b)| (a - b).abs()));
    let name = ChangeView::of(change).subject(sources);
    chart::overlay(&Overlay {
        id,
        title: &name,
        unit_of: &visible(&change.metric),
        drawing,
        scale: &scale,
        before,
        after,
    })
}
