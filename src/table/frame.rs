//! Tables as polars frames.
//!
//! In: a table. Out: a frame with the line of each row and its columns as they were recorded: numbers as numbers, texts as
//! categories (of the global ones, so that frames can be stacked), instants as dates with times. Whole or in pieces, so that
//! memory stays bounded.

use std::collections::HashSet;
use std::ops::Range;

use polars::prelude::{
    Categorical32Type, CategoricalChunked, Categories, Column as Series, DataFrame, DataType, Float64Chunked,
    Int64Chunked, IntoColumn, IntoSeries, NewChunkedArray, PolarsResult, TimeUnit, UInt32Chunked, UInt64Chunked,
};

use crate::table::column::Column;
use crate::table::rows::Table;
use crate::table::stretch::Kind;

impl Table {
    /// The whole table as a frame.
    ///
    /// # Errors
    /// When polars cannot hold it.
    pub fn frame(&self) -> PolarsResult<DataFrame> {
        self.frame_of(0..self.rows())
    }

    /// The table in frames of at most so many rows, in order.
    pub fn frames(&self, rows: usize) -> impl Iterator<Item = PolarsResult<DataFrame>> {
        let (all, step) = (self.rows(), rows.max(1));
        (0..all).step_by(step).map(move |from| self.frame_of(from..(from + step).min(all)))
    }

    fn rows(&self) -> usize {
        usize::try_from(self.lines.rows()).unwrap_or(usize::MAX)
    }

    fn frame_of(&self, rows: Range<usize>) -> PolarsResult<DataFrame> {
        let lines = rows.clone().map(|row| self.lines.line(row as u64));
        let mut columns = vec![UInt64Chunked::from_iter_options("line".into(), lines).into_series().into_column()];
        let mut taken = HashSet::from(["line".to_owned()]);
        for column in &self.columns {
            let mut name = column.name.clone();
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            columns.push(column.series(&name, rows.clone())?);
        }
        DataFrame::new(rows.len(), columns)
    }
}

impl Column {
    fn series(&self, name: &str, rows: Range<usize>) -> PolarsResult<Series> {
        match self.cells.kind() {
            Kind::Numbers => {
                let mut numbers = Vec::with_capacity(rows.len());
                self.data.visit(rows, |block| {
                    let present = |(offset, number): (usize, &f64)| block.has(offset).then_some(*number);
                    numbers.extend(block.numbers.iter().enumerate().map(present));
                });
                let numbers = Float64Chunked::from_iter_options(name.into(), numbers.into_iter());
                Ok(numbers.into_series().into_column())
            }
            Kind::Codes => {
                let mut codes = Vec::with_capacity(rows.len());
                self.data.visit_codes(rows, |_, block| codes.extend_from_slice(block));
                let filled = |code: u32| self.dictionary.get(code as usize).is_some_and(|text| !text.is_empty());
                let codes = codes.into_iter().map(|code| Some(code).filter(|code| filled(*code)));
                categories(name, &self.dictionary, codes)
            }
            Kind::Instants => {
                let mut instants = Vec::with_capacity(rows.len());
                self.data.visit_instants_of(rows, |instant| instants.push(instant));
                Ok(datetimes(name, instants.into_iter()))
            }
        }
    }
}

/// A column of nanoseconds since 1970.
pub(crate) fn datetimes(name: &str, instants: impl Iterator<Item = Option<i64>>) -> Series {
    let instants = Int64Chunked::from_iter_options(name.into(), instants);
    instants.into_datetime(TimeUnit::Nanoseconds, None).into_series().into_column()
}

/// A column of texts by their codes. Only texts that occur become categories.
pub(crate) fn categories(
    name: &str,
    texts: &[String],
    codes: impl Iterator<Item = Option<u32>>,
) -> PolarsResult<Series> {
    let all = Categories::global();
    let mapping = all.mapping();
    let mut known: Vec<Option<u32>> = vec![None; texts.len()];
    let mut of_code = |code: u32| -> PolarsResult<Option<u32>> {
        let Some(known) = known.get_mut(code as usize) else { return Ok(None) };
        if known.is_none() {
            *known = Some(mapping.insert_cat(&texts[code as usize])?);
        }
        Ok(*known)
    };
    let codes: PolarsResult<Vec<Option<u32>>> = codes.map(|code| code.map_or(Ok(None), &mut of_code)).collect();
    let codes = UInt32Chunked::from_iter_options(name.into(), codes?.into_iter());
    let kind = DataType::from_categories(all);
    Ok(CategoricalChunked::<Categorical32Type>::from_cats_and_dtype(codes, kind).into_series().into_column())
}
