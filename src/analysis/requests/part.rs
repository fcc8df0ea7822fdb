//! A part of a run: the rows of one table, and the label of each.
//!
//! In: a table, and which of the run's labels each of its labels is. Out: what the passes over a run ask for. A run has one part, or as
//! many as load generators wrote files.

use std::borrow::Cow;
use std::ops::Range;

use super::cause::Causes;
use super::rows::Rows;
use crate::analysis::metric::Metric;
use crate::table::Table;
use crate::table::packed::{Cells, Reader};

/// The rows of one table.
pub(super) struct Part<'a> {
    pub(super) rows: Rows<'a>,
    pub(super) labels: Option<Labels<'a>>,
    /// Absent where nothing failed.
    pub(super) causes: Option<Causes<'a>>,
}

/// The labels of a table.
pub(super) struct Labels<'a> {
    /// The label of each row, as it is written.
    pub(super) codes: &'a Cells,
    /// Which label of the run each of them is.
    pub(super) of_code: Cow<'a, [u32]>,
}

impl<'a> Labels<'a> {
    /// Reads the labels of one stretch of rows after the other.
    pub(super) fn reader(&'a self) -> LabelReader<'a> {
        LabelReader { reader: Reader::new(self.codes), of_code: &self.of_code }
    }
}

/// Labels that are being read.
pub(super) struct LabelReader<'a> {
    reader: Reader<'a>,
    of_code: &'a [u32],
}

impl LabelReader<'_> {
    /// The labels of some rows.
    pub(super) fn of(&mut self, rows: Range<usize>) -> impl Fn(usize) -> Option<u32> + '_ {
        let (codes, of_code) = (self.reader.codes(rows), self.of_code);
        move |offset| of_code.get(*codes.get(offset)? as usize).copied()
    }
}

/// The rows of a table as a part of a run, for which no causes are counted yet.
pub(super) fn part_of<'a>(
    table: &'a Table,
    columns: (usize, usize),
    metric: &Metric,
    range: Range<usize>,
    labels: Option<Labels<'a>>,
) -> Part<'a> {
    let status = metric.failures.as_ref().map(|failures| failures.column.as_str());
    let unusable = [metric.corrupted_rows().collect(), metric.foreign_rows().collect()];
    let rows = Rows::new(table, columns, status, unusable, range);
    Part { rows, labels, causes: None }
}

/// Causes of failures, none of which is counted yet; absent where nothing failed.
pub(super) fn causes_of<'a>(table: &'a Table, metric: &Metric) -> Option<Causes<'a>> {
    let failures = metric.failures.as_ref().filter(|failures| failures.failed > 0)?;
    Some(Causes::of(table, &failures.column))
}
