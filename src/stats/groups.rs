//! The samples of a metric, group by group, without a copy of them all at once.
//!
//! In: a column of a table, the label of each row, and the group of each label. Out: the samples of one group after the
//! other, in recorded order, with their places. Groups are gathered a few million samples at a time, in one pass over the
//! labels for each such batch; lists of rows for every group would take as much memory as the table.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::model::table::Table;
use crate::model::unit::Unit;

/// Samples that are gathered at a time, with their places: 48 MB. A larger group is gathered by itself.
const GATHERED: usize = 1 << 22;
/// Labels that are looked at before the samples that belong to a batch are moved.
const BLOCK: usize = 1024;
/// Stands for a label whose group is not in the batch.
const ELSEWHERE: u32 = u32::MAX;

/// The cells of a column that hold numbers.
pub(super) struct Cells<'a> {
    /// The numbers as recorded.
    pub(super) recorded: Cow<'a, [f64]>,
    /// The row of each, where some rows have none; otherwise the index is the row.
    pub(super) rows: Option<Vec<usize>>,
    /// The label of each; empty without labels.
    pub(super) codes: Cow<'a, [u32]>,
}

impl<'a> Cells<'a> {
    /// The numbers of a column, and the labels of their rows.
    pub(super) fn of(table: &'a Table, column: usize, codes: Option<&'a [u32]>) -> Self {
        let values = table.values(column);
        let codes = codes.unwrap_or_default();
        if let Some(recorded) = values.as_slice() {
            return Self { recorded: Cow::Borrowed(recorded), rows: None, codes: Cow::Borrowed(codes) };
        }
        let (rows, recorded): (Vec<usize>, Vec<f64>) =
            values.iter().enumerate().filter_map(|(row, value)| Some((row, value?))).unzip();
        let codes = if codes.is_empty() { Vec::new() } else { rows.iter().map(|row| codes[*row]).collect() };
        Self { recorded: Cow::Owned(recorded), rows: Some(rows), codes: Cow::Owned(codes) }
    }

    /// The row of a number.
    pub(super) fn row(&self, index: usize) -> usize {
        self.rows.as_ref().map_or(index, |rows| rows[index])
    }

    /// How many numbers stand in rows before a row.
    pub(super) fn before(&self, row: usize) -> usize {
        self.rows.as_ref().map_or(row, |rows| rows.partition_point(|other| *other < row)).min(self.recorded.len())
    }
}

/// The samples of one group.
pub(super) struct Members<'a> {
    /// Its number.
    pub(super) group: usize,
    /// The samples in base units, in recorded order.
    pub(super) values: &'a [f64],
    /// The places of the samples among the cells.
    pub(super) places: &'a [u32],
    /// What was taken out of it.
    pub(super) taken: Vec<f64>,
}

/// The groups that have samples left.
pub(super) struct Kept<'a> {
    cells: &'a Cells<'a>,
    left_out: &'a [usize],
    unit: Unit,
    of_code: &'a [u32],
    /// Number and size of each group, ascending by number.
    sizes: Vec<(usize, usize)>,
    /// Values that were left out, with their groups, ascending by group.
    taken: Vec<(usize, f64)>,
}

impl<'a> Kept<'a> {
    /// Counts the samples of each group. A label whose every sample is corrupted is no population; its samples are in the
    /// findings.
    pub(super) fn of(
        cells: &'a Cells<'a>,
        left_out: &'a [usize],
        unit: Unit,
        of_code: &'a [u32],
        groups: usize,
    ) -> Self {
        let mut of_label = vec![0_usize; of_code.len()];
        cells.codes.iter().for_each(|code| of_label[*code as usize] += 1);
        let mut sizes = vec![0_usize; groups];
        for (count, group) in of_label.iter().zip(of_code).filter(|(count, _)| **count > 0) {
            sizes[*group as usize] += count;
        }
        let group_at = |index: usize| of_code[cells.codes[index] as usize] as usize;
        let mut taken: Vec<(usize, f64)> =
            left_out.iter().map(|index| (group_at(*index), unit.to_base(cells.recorded[*index]))).collect();
        taken.sort_by_key(|(group, _)| *group);
        for (group, _) in &taken {
            sizes[*group] -= 1;
        }
        let sizes = sizes.into_iter().enumerate().filter(|(_, size)| *size > 0).collect();
        Self { cells, left_out, unit, of_code, sizes, taken }
    }

    /// How many groups have samples left.
    pub(super) fn groups(&self) -> usize {
        self.sizes.len()
    }

    /// The only group, if it is one.
    pub(super) fn only(&self) -> Option<usize> {
        if let [(group, _)] = self.sizes[..] { Some(group) } else { None }
    }

    /// What `look` makes of each group, in the order of their numbers.
    pub(super) fn each<T: Send>(&self, look: impl Fn(Members<'_>) -> T + Sync) -> Vec<T> {
        let mut results = Vec::with_capacity(self.sizes.len());
        let mut rest = &self.sizes[..];
        while !rest.is_empty() {
            let mut sum = 0;
            let fit = rest.iter().take_while(|(_, size)| {
                sum += size;
                sum <= GATHERED
            });
            let (batch, later) = rest.split_at(fit.count().max(1));
            let (values, places) = self.gathered(batch);
            let mut start = 0;
            let parts: Vec<(usize, std::ops::Range<usize>)> = batch
                .iter()
                .map(|(group, size)| {
                    start += size;
                    (*group, start - size..start)
                })
                .collect();
            results.par_extend(parts.into_par_iter().map(|(group, part)| {
                let of_group = |limit: usize| self.taken.partition_point(|(other, _)| *other < limit);
                let taken = self.taken[of_group(group)..of_group(group + 1)].iter().map(|(_, value)| *value).collect();
                look(Members { group, values: &values[part.clone()], places: &places[part], taken })
            }));
            rest = later;
        }
        results
    }

    /// The samples of a batch of groups, one group after the other, and their places.
    fn gathered(&self, batch: &[(usize, usize)]) -> (Vec<f64>, Vec<u32>) {
        let mut slot_of_group = vec![ELSEWHERE; self.sizes.last().map_or(0, |(group, _)| group + 1)];
        let mut next = Vec::with_capacity(batch.len());
        let mut total = 0;
        for (slot, (group, size)) in batch.iter().enumerate() {
            slot_of_group[*group] = slot as u32;
            next.push(total);
            total += size;
        }
        let slot_of = |group: &u32| slot_of_group.get(*group as usize).copied().unwrap_or(ELSEWHERE);
        let slots: Vec<u32> = self.of_code.iter().map(slot_of).collect();
        let (mut values, mut places) = (vec![0.0; total], vec![0_u32; total]);
        let mut left_out = self.left_out.iter().copied().peekable();
        let mut chosen = [0_u32; BLOCK];
        for (block, codes) in self.cells.codes.chunks(BLOCK).enumerate() {
            let first = block * BLOCK;
            let mut count = 0;
            // Without a branch: which labels belong to the batch cannot be foreseen.
            for (offset, code) in codes.iter().enumerate() {
                chosen[count] = offset as u32;
                count += usize::from(slots[*code as usize] != ELSEWHERE);
            }
            for offset in &chosen[..count] {
                let place = first + *offset as usize;
                while left_out.next_if(|out| *out < place).is_some() {}
                if left_out.peek() == Some(&place) {
                    continue;
                }
                let next = &mut next[slots[codes[*offset as usize] as usize] as usize];
                values[*next] = self.unit.to_base(self.cells.recorded[place]);
                places[*next] = place as u32;
                *next += 1;
            }
        }
        (values, places)
    }
}
