//! Throughput against latency as ready strings.

use serde::Serialize;

use crate::analysis::requests::{LoadLevel, LoadLevels, RequestRun};
use crate::measure::unit::Dimension;
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
    pub(super) fn of(run: &RequestRun, levels: &LoadLevels) -> Self {
        let typical: Vec<f64> = levels.levels.iter().filter_map(|level| level.p50).collect();
        let scale = Scale::of_values(run.dimension, &typical, None);
        Self {
            column: visible(&levels.column),
            rows: levels.levels.iter().map(|level| LoadLevelView::of(level, levels.measured, &scale)).collect(),
            notes: [words::measured(levels), words::plateau(run, levels), words::elsewhere(run, levels)]
                .into_iter()
                .flatten()
                .collect(),
        }
    }
}

impl LoadLevelView {
    fn of(level: &LoadLevel, measured: bool, scale: &Scale) -> Self {
        let share = |failed: u64| number::share(failed as f64 / level.requests as f64);
        Self {
            level: if measured { number::plain(level.level) } else { number::tick(level.level) },
            requests: number::count(level.requests),
            time: number::quantity(Dimension::Time, level.time),
            rate: number::quantity(Dimension::Rate, level.rate),
            failed: level.failed.map_or_else(|| ABSENT.to_owned(), share),
            p50: scale.full_or_absent(level.p50),
            p95: scale.full_or_absent(level.p95),
            p99: scale.full_or_absent(level.p99),
        }
    }
}
