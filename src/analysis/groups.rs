//! The samples of a metric, group by group, without a copy of them all at once.
//!
//! In: a column of a table, the label of each row, and the group of each label. Out: the samples of one group after the
//! other, in recorded order, with their places. Groups are gathered a few million samples at a time, in one pass over the
//! labels for each such batch; lists of rows for every group would take as much memory as the table.

use rayon::prelude::*;

use crate::measure::unit::Unit;
use crate::table::packed::BLOCK;

use super::partition::{BundleSamples, Partitioner, Record};
use crate::stats::measured::LabelledNumbers;

/// Samples that are gathered at a time, with their places: 48 MB. A larger group is gathered by itself.
const GATHERED: usize = 1 << 22;
/// Of the memory that the program may take, one byte in so many for each sample that is gathered (12 bytes).
const GATHERED_SHARE: u64 = 128;
/// Fewer are not worth a batch.
const FEWEST_GATHERED: usize = 1 << 17;
/// Batches for each of which the table is passed over.
const MOST_PASSES: usize = 16;
/// Stands for a label whose group is not in the batch.
const ELSEWHERE: u32 = u32::MAX;

/// The samples of one group.
pub(super) struct Members<'a> {
    /// Its number.
    pub(super) group: usize,
    /// The samples in base units, in recorded order, and their places among the cells.
    pub(super) samples: GroupSamples<'a>,
    /// What was taken out of it.
    pub(super) taken: Vec<f64>,
}

/// Where the samples of a group are.
pub(super) enum GroupSamples<'a> {
    Memory(&'a [f64], &'a [u32]),
    /// In the spill file.
    Spilled(&'a BundleSamples),
}

impl GroupSamples<'_> {
    /// The place of a sample among the cells.
    pub(super) fn place(&self, index: usize) -> Option<usize> {
        match self {
            Self::Memory(_, places) => places.get(index).map(|place| *place as usize),
            Self::Spilled(samples) => (index < samples.len()).then(|| samples.place(index) as usize),
        }
    }

    /// How many samples stand at places for which `is_before` is true; it must be of the first ones.
    pub(super) fn before(&self, is_before: impl Fn(usize) -> bool) -> usize {
        match self {
            Self::Memory(_, places) => places.partition_point(|place| is_before(*place as usize)),
            Self::Spilled(samples) => samples.before(|place| is_before(place as usize)),
        }
    }
}

/// The groups that have samples left.
pub(super) struct Partition<'a> {
    measured: LabelledNumbers<'a>,
    left_out: &'a [usize],
    unit: Unit,
    of_code: &'a [u32],
    /// Number and size of each group, ascending by number.
    sizes: Vec<(usize, usize)>,
    /// Values that were left out, with their groups, ascending by group.
    taken: Vec<(usize, f64)>,
}

impl<'a> Partition<'a> {
    /// Counts the samples of each group. A label whose every sample is corrupted is no population; its samples are in the
    /// findings.
    pub(super) fn of(
        measured: LabelledNumbers<'a>,
        left_out: &'a [usize],
        unit: Unit,
        of_code: &'a [u32],
        groups: usize,
    ) -> Self {
        let of_label = measured.labels_counted(of_code.len());
        let mut sizes = vec![0_usize; groups];
        for (count, group) in of_label.iter().zip(of_code).filter(|(count, _)| **count > 0) {
            sizes[*group as usize] += count;
        }
        let group_at = |index: usize| measured.code(index).map_or(0, |code| of_code[code as usize] as usize);
        let mut taken: Vec<(usize, f64)> =
            left_out.iter().map(|index| (group_at(*index), unit.to_base(measured.at(*index)))).collect();
        taken.sort_by_key(|(group, _)| *group);
        for (group, _) in &taken {
            sizes[*group] -= 1;
        }
        let sizes = sizes.into_iter().enumerate().filter(|(_, size)| *size > 0).collect();
        Self { measured, left_out, unit, of_code, sizes, taken }
    }

    /// How many groups have samples left.
    pub(super) fn groups(&self) -> usize {
        self.sizes.len()
    }

    /// The only group, if it is one.
    pub(super) fn only(&self) -> Option<usize> {
        if let [(group, _)] = self.sizes[..] { Some(group) } else { None }
    }

    /// The groups that had samples and have none left.
    pub(super) fn emptied(&self) -> Vec<usize> {
        let mut groups: Vec<usize> = self.taken.iter().map(|(group, _)| *group).collect();
        groups.dedup();
        groups.retain(|group| self.sizes.binary_search_by_key(group, |(known, _)| *known).is_err());
        groups
    }

    /// What `look` makes of each group, in the order of their numbers.
    pub(super) fn each<T: Send>(&self, look: impl Fn(Members<'_>) -> T + Sync) -> Vec<T> {
        let batches = self.batches();
        // The table is passed over for each batch, which beyond a few is slower than partitioning the samples.
        if batches.len() > MOST_PASSES
            && let Some(results) = self.partitioned(&batches, &look)
        {
            return results;
        }
        let mut results = Vec::with_capacity(self.sizes.len());
        for batch in batches {
            let (values, places) = self.gathered(batch);
            results.extend(self.look_at(batch, &values, &places, &look));
        }
        results
    }

    /// Samples that are gathered at a time.
    fn most_gathered(&self) -> usize {
        self.measured.storage().memory().map_or(GATHERED, |memory| {
            usize::try_from(memory / GATHERED_SHARE).unwrap_or(usize::MAX).clamp(FEWEST_GATHERED, GATHERED)
        })
    }

    /// Consecutive groups that are gathered together.
    fn batches(&self) -> Vec<&[(usize, usize)]> {
        let most = self.most_gathered();
        let mut batches = Vec::new();
        let mut rest = &self.sizes[..];
        while !rest.is_empty() {
            let mut sum = 0;
            let fit = rest.iter().take_while(|(_, size)| {
                sum += size;
                sum <= most
            });
            let (batch, later) = rest.split_at(fit.count().max(1));
            batches.push(batch);
            rest = later;
        }
        batches
    }

    fn look_at<T: Send>(
        &self,
        batch: &[(usize, usize)],
        values: &[f64],
        places: &[u32],
        look: &(impl Fn(Members<'_>) -> T + Sync),
    ) -> Vec<T> {
        let mut start = 0;
        let parts: Vec<(usize, std::ops::Range<usize>)> = batch
            .iter()
            .map(|(group, size)| {
                start += size;
                (*group, start - size..start)
            })
            .collect();
        let parts = parts.into_par_iter().map(|(group, part)| {
            let samples = GroupSamples::Memory(&values[part.clone()], &places[part]);
            look(Members { group, samples, taken: self.taken(group) })
        });
        parts.collect()
    }

    fn taken(&self, group: usize) -> Vec<f64> {
        let of_group = |limit: usize| self.taken.partition_point(|(other, _)| *other < limit);
        self.taken[of_group(group)..of_group(group + 1)].iter().map(|(_, value)| *value).collect()
    }

    /// The same by way of the spill file. Absent where there is none.
    fn partitioned<T: Send>(
        &self,
        batches: &[&[(usize, usize)]],
        look: &(impl Fn(Members<'_>) -> T + Sync),
    ) -> Option<Vec<T>> {
        let of_batch = |batch: &&[(usize, usize)]| batch.iter().map(|(_, size)| size).sum::<usize>();
        let sizes: Vec<usize> = batches.iter().map(of_batch).collect();
        let mut partitioner = Partitioner::new(&sizes, self.measured.storage())?;
        let mut home = vec![(u32::MAX, 0); self.sizes.last().map_or(0, |(group, _)| group + 1)];
        for (bundle, batch) in batches.iter().enumerate() {
            for (slot, (group, _)) in batch.iter().enumerate() {
                home[*group] = (bundle as u32, slot as u32);
            }
        }
        let mut left_out = self.left_out.iter().copied().peekable();
        self.measured.visit_labelled(0..self.measured.len(), |first, numbers, codes| {
            for (offset, (number, code)) in numbers.iter().zip(codes).enumerate() {
                let place = first + offset;
                if left_out.next_if_eq(&place).is_some() {
                    continue;
                }
                let group = self.of_code[*code as usize] as usize;
                let (bundle, slot) = home.get(group).copied().unwrap_or((u32::MAX, 0));
                let value = self.unit.to_base(*number) + 0.0;
                partitioner.add(bundle as usize, Record { value, place: place as u32, slot });
            }
        });
        let mut results = Vec::with_capacity(self.sizes.len());
        for (batch, partitioned) in batches.iter().zip(partitioner.finish()) {
            if let [(group, size)] = batch
                && *size > self.most_gathered()
            {
                let samples = GroupSamples::Spilled(&partitioned);
                results.push(look(Members { group: *group, samples, taken: self.taken(*group) }));
                continue;
            }
            let mut next = Vec::with_capacity(batch.len());
            let mut total = 0;
            for (_, size) in *batch {
                next.push(total);
                total += size;
            }
            let (mut values, mut places) = (vec![0.0; total], vec![0_u32; total]);
            partitioned.records(0..partitioned.len(), |record| {
                if let Some(next) = next.get_mut(record.slot as usize) {
                    values[*next] = record.value;
                    places[*next] = record.place;
                    *next += 1;
                }
            });
            results.extend(self.look_at(batch, &values, &places, look));
        }
        Some(results)
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
        self.measured.visit_labelled(0..self.measured.len(), |first, numbers, codes| {
            let mut count = 0;
            // Without a branch: which labels belong to the batch cannot be foreseen.
            for (offset, code) in codes.iter().enumerate() {
                chosen[count] = offset as u32;
                count += usize::from(slots[*code as usize] != ELSEWHERE);
            }
            for offset in &chosen[..count] {
                let offset = *offset as usize;
                let place = first + offset;
                while left_out.next_if(|out| *out < place).is_some() {}
                if left_out.peek() == Some(&place) {
                    continue;
                }
                let next = &mut next[slots[codes[offset] as usize] as usize];
                values[*next] = self.unit.to_base(numbers[offset]);
                places[*next] = place as u32;
                *next += 1;
            }
        });
        (values, places)
    }
}
