//! What is asked about the values of a metric, and what is answered: suspects with their evidence.

use std::ops::Range;

use rayon::prelude::*;

use crate::measure::{Dimension, FindingKind, Severity, Unit};
use crate::stats::measured::LabelledNumbers;
use crate::table::Shape;

use super::patterns::LabelPatterns;

/// A value that may be no measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// Its index among the values.
    pub index: usize,
    /// Corrupted, or suspicious only.
    pub severity: Severity,
    /// What kind of thing it is.
    pub kind: FindingKind,
    /// The evidence.
    pub reasons: Vec<Reason>,
}

impl Suspect {
    /// Whether it leaves the clean numbers: it is corrupted, or was set aside by the user, to whom that is no news.
    pub fn leaves(&self) -> bool {
        self.severity == Severity::Corrupted || self.kind == FindingKind::SetAside
    }
}

/// A piece of evidence. Numbers are left to the report to format.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// It is one of the numbers that stand for "none".
    Sentinel(&'static str),
    /// It is negative where the metric cannot be.
    Negative,
    /// The configuration says that it is no measurement.
    SetAside,
    /// It exceeds the declared limit (base units).
    BeyondLimit(f64),
    /// It lies far from all other values.
    Isolated {
        /// How many times as large (or as small) as the next value.
        gap_ratio: f64,
        /// Probability of such a gap in the tail of the others.
        p: f64,
        /// Whether it is far above or far below.
        above: bool,
    },
    /// It is a whole number where the others have this many digits after the point.
    WholeAmongDecimals(usize),
    /// Its label is unlike all the others.
    OddLabel(String),
    /// Divided (or multiplied) by this factor it would lie in the middle of the others.
    UnitSlip(&'static str),
    /// A field ends at it: what was measured is at least so large.
    Saturated(&'static str),
    /// All values of its label lie so far away, and the label occurs nowhere else.
    OnlyFarAway,
    /// It is far longer than the whole file (seconds).
    LongerThanFile(f64),
    /// It lies far above all others, and so do some more.
    FarAbove {
        /// How many times as large as the largest of the others the smallest of them is.
        ratio: f64,
        /// How many there are.
        count: u64,
    },
    /// As a number it is an instant of the file's own clock.
    IsInstant,
}

/// The values of one metric, and what is known about them.
pub(crate) struct Case<'a> {
    /// As recorded, with their labels.
    pub(crate) measured: LabelledNumbers<'a>,
    /// What brings them to base units.
    pub(crate) unit: Unit,
    /// How the numbers were written.
    pub(crate) shape: Option<&'a Shape>,
    /// The labels by their codes.
    pub(crate) texts: &'a [String],
    /// What they are like.
    pub(crate) patterns: &'a LabelPatterns,
    /// What is measured.
    pub(crate) dimension: Dimension,
    /// Whether values below zero are as good as others: differences, offsets.
    pub(crate) signed: bool,
    /// Values beyond this were declared impossible (base units).
    pub(crate) limit: Option<f64>,
    /// Seconds between the first and the last timestamp of the file.
    pub(crate) span: Option<f64>,
    /// Whether the name says that it is how long requests took.
    pub(crate) of_requests: bool,
    /// The first and the last of them, in nanoseconds since 1970.
    pub(crate) clock: Option<(f64, f64)>,
    /// Indexes of values that the configuration sets aside, ascending.
    pub(crate) set_aside: &'a [usize],
}

impl Case<'_> {
    /// What the configuration sets aside.
    pub(super) fn aside(&self) -> Vec<Suspect> {
        let (severity, kind) = (Severity::Note, FindingKind::SetAside);
        let of = |index: &usize| Suspect { index: *index, severity, kind, reasons: vec![Reason::SetAside] };
        self.set_aside.iter().map(of).collect()
    }

    pub(super) fn value(&self, index: usize) -> f64 {
        self.unit.to_base(self.measured.at(index))
    }

    /// Whether all values, as recorded, are so.
    pub(super) fn all(&self, so: impl Fn(f64) -> bool + Sync) -> bool {
        let parts: Vec<Range<usize>> = self.measured.parts().collect();
        parts.into_par_iter().all(|part| {
            let mut all = true;
            self.measured.visit(part, |_, block| all = all && block.iter().all(|value| so(*value)));
            all
        })
    }
}

/// One suspect for each value, the first that is told, in order of their index.
pub(super) fn one_each(mut suspects: Vec<Suspect>) -> Vec<Suspect> {
    suspects.sort_by_key(|suspect| suspect.index);
    suspects.dedup_by_key(|suspect| suspect.index);
    suspects
}
