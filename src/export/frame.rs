//! Samples as polars frames.
//!
//! In: batches of samples. Out: a frame for each, with the columns of every export; texts are categories of the global ones, so
//! that frames can be stacked.

use polars::prelude::{
    BooleanChunked, Column, DataFrame, Float64Chunked, IntoColumn, IntoSeries, NewChunkedArray, PolarsResult,
    UInt64Chunked,
};

use super::samples::{Batch, Schema, Texts};
use crate::table::frame::{categories, datetimes};

impl Batch {
    /// The batch as a frame.
    ///
    /// # Errors
    /// When polars cannot hold it.
    pub fn frame(&self, schema: &Schema) -> PolarsResult<DataFrame> {
        let rows = self.len();
        let mut names = schema.columns().iter().map(String::as_str);
        let mut name = || names.next().unwrap_or_default();
        let same = |name: &str, text: Option<&str>| {
            let texts: Vec<String> = text.map(str::to_owned).into_iter().collect();
            categories(name, &texts, std::iter::repeat_n(text.map(|_| 0), rows))
        };
        let each = |name: &str, texts: &Texts| categories(name, texts.texts(), (0..rows).map(|row| texts.code(row)));
        let whole =
            |name: &str, numbers: Vec<u64>| UInt64Chunked::from_vec(name.into(), numbers).into_series().into_column();
        let mut columns: Vec<Column> = vec![
            same(name(), Some(&self.source))?,
            whole(name(), vec![self.table as u64; rows]),
            whole(name(), self.lines.clone()),
            same(name(), Some(&self.metric))?,
            same(name(), self.unit)?,
            Float64Chunked::from_slice(name().into(), &self.values).into_series().into_column(),
            each(name(), &self.group)?,
            each(name(), &self.run)?,
            datetimes(name(), (0..rows).map(|row| self.time(row))),
            each(name(), &self.outcome)?,
            BooleanChunked::from_slice(name().into(), &self.kept).into_series().into_column(),
            each(name(), &self.finding)?,
            each(name(), &self.evidence)?,
        ];
        for label in &self.labels {
            columns.push(each(name(), label)?);
        }
        DataFrame::new(rows, columns)
    }
}
