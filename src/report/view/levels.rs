//! Throughput against latency as ready strings.

use serde::Serialize;

use super::charts::Charts;
use crate::analysis::requests::{LoadLevel, LoadLevels, RequestRun};
use crate::measure::unit::Dimension;
use crate::report::chart::{ByLoad, Chart, LevelPoint, by_load};
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT, Scale};
use crate::report::words::levels as words;

/// The requests of a run by load.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct LevelsView {
    /// Name of the column.
    pub column: String,
    /// A row for each level, ascending.
    pub rows: Vec<LoadLevelView>,
    /// Where throughput grows no longer, and what is in no row.
    pub notes: Vec<String>,
    /// Throughput and latency by level.
    pub charts: Vec<Chart>,
}

/// The requests at one level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct LoadLevelView {
    pub level: String,
    pub requests: String,
    pub time: String,
    pub rate: String,
    /// The share of them.
    pub failed: String,
    pub p50: String,
    pub p95: String,
    pub p99: String,
}

impl LevelsView {
    pub(super) fn of(run: &RequestRun, levels: &LoadLevels, id: &str, drawn: Charts) -> Self {
        let typical = levels.levels.iter().filter_map(|level| level.p50).min_by(f64::total_cmp);
        let scale = Scale::to_read(run.dimension, typical.unwrap_or(0.0), None, None);
        let points = || levels.levels.iter().map(|level| point(level, levels.measured)).collect::<Vec<LevelPoint>>();
        let chart = || {
            by_load(&ByLoad {
                id: &format!("{id}-load"),
                load: &visible(&levels.column),
                metric: &visible(&run.metric),
                dimension: run.dimension,
                noun: if run.are_requests { "requests" } else { "rows" },
                points: &points(),
            })
        };
        Self {
            charts: drawn.of(|| chart().into_iter().collect()),
            column: visible(&levels.column),
            rows: levels.levels.iter().map(|level| LoadLevelView::of(level, levels.measured, &scale)).collect(),
            notes: [words::measured(levels), words::plateau(run, levels), words::elsewhere(run, levels)]
                .into_iter()
                .flatten()
                .collect(),
        }
    }
}

fn level_name(level: &LoadLevel, measured: bool) -> String {
    if measured { number::plain(level.level) } else { number::tick(level.level) }
}

fn point(level: &LoadLevel, measured: bool) -> LevelPoint {
    LevelPoint {
        name: level_name(level, measured),
        rate: Some(level.rate),
        percentiles: [level.p50, level.p95, level.p99],
    }
}

impl LoadLevelView {
    fn of(level: &LoadLevel, measured: bool, scale: &Scale) -> Self {
        let share = |failed: u64| number::share(failed as f64 / level.requests as f64);
        Self {
            level: level_name(level, measured),
            requests: number::count(level.requests),
            time: number::short(Dimension::Time, level.time),
            rate: number::short(Dimension::Rate, level.rate),
            failed: level.failed.map_or_else(|| ABSENT.to_owned(), share),
            p50: scale.full_or_absent(level.p50),
            p95: scale.full_or_absent(level.p95),
            p99: scale.full_or_absent(level.p99),
        }
    }
}
