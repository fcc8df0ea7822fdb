//! The samples of a population, run by run.

use super::settings::{Settings, ShortRuns};

/// The clean samples of a population in recorded order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunSamples {
    /// The samples, base unit.
    pub values: Vec<f64>,
    /// Indexes at which another run begins; the first run begins at 0.
    pub run_starts: Vec<usize>,
    /// Whether they were sorted before they were written, so that their order says nothing.
    pub order_lost: bool,
    /// Whether runs too short to show it are taken to be of dependent samples.
    pub assumed_dependent: bool,
    /// Where the largest of them end a field: they are at least so large.
    pub saturated_at: Option<f64>,
}

impl RunSamples {
    /// The samples of one run, with what the settings assume of short ones.
    pub(crate) fn kept(values: Vec<f64>, settings: &Settings) -> Self {
        Self { assumed_dependent: settings.short_runs == ShortRuns::Dependent, ..Self::of(values) }
    }

    pub(crate) fn of(values: Vec<f64>) -> Self {
        Self { values, run_starts: Vec::new(), order_lost: false, assumed_dependent: false, saturated_at: None }
    }
}
