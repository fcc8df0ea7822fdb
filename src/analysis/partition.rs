//! Samples partitioned by group in the spill file, where they do not fit into memory.
//!
//! In: sample after sample, each with the bundle of groups it belongs to. Out: bundle by bundle the same samples in recorded
//! order, or those of one large group as [`Samples`] that are looked at where they are. One pass over the table instead of
//! one for every bundle.

use std::ops::Range;

use crate::table::storage::{Extent, Storage};

use crate::stats::samples::Samples;

/// Bytes of a sample in the spill file: its value, its place among the cells, its slot in the bundle.
const RECORD: usize = 16;
/// Samples of a bundle that are written at once, at most.
const MOST_WAITING: usize = 4096;
/// Samples that are read at once.
const READ: usize = 4096;

/// A sample on its way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Record {
    /// In base units.
    pub(super) value: f64,
    /// Its place among the cells.
    pub(super) place: u32,
    /// Its slot in the bundle.
    pub(super) slot: u32,
}

/// The samples of a bundle of groups.
struct Bundle {
    shelved: Extent,
    /// Samples written.
    written: usize,
    waiting: Vec<u8>,
}

/// Bundles being filled.
pub(super) struct Partitioner {
    bundles: Vec<Bundle>,
    /// Bytes that wait for each bundle before they are written.
    most: usize,
}

impl Partitioner {
    /// For bundles of so many samples. Absent without a spill file.
    pub(super) fn new(sizes: &[usize], storage: &Storage) -> Option<Self> {
        let memory = usize::try_from(storage.memory()?).unwrap_or(usize::MAX);
        // All that waits takes an eighth of the memory at most.
        let most = (memory / 8 / RECORD / sizes.len().max(1)).clamp(16, MOST_WAITING) * RECORD;
        let bundle = |size: &usize| {
            Some(Bundle { shelved: storage.reserve(size * RECORD)?, written: 0, waiting: Vec::with_capacity(most) })
        };
        Some(Self { bundles: sizes.iter().map(bundle).collect::<Option<_>>()?, most })
    }

    /// Takes a sample.
    pub(super) fn add(&mut self, bundle: usize, record: Record) {
        let Some(bundle) = self.bundles.get_mut(bundle) else { return };
        bundle.waiting.extend_from_slice(&record.value.to_le_bytes());
        bundle.waiting.extend_from_slice(&record.place.to_le_bytes());
        bundle.waiting.extend_from_slice(&record.slot.to_le_bytes());
        if bundle.waiting.len() >= self.most {
            bundle.write();
        }
    }

    /// The bundles, filled.
    pub(super) fn finish(mut self) -> Vec<BundleSamples> {
        self.bundles.iter_mut().for_each(Bundle::write);
        self.bundles
            .into_iter()
            .map(|bundle| BundleSamples { shelved: bundle.shelved, samples: bundle.written })
            .collect()
    }
}

impl Bundle {
    fn write(&mut self) {
        self.shelved.write(self.written * RECORD, &self.waiting);
        self.written += self.waiting.len() / RECORD;
        self.waiting.clear();
    }
}

/// The samples of a bundle, in recorded order.
pub(super) struct BundleSamples {
    shelved: Extent,
    samples: usize,
}

impl BundleSamples {
    /// Hands over a range of the samples.
    pub(super) fn records(&self, range: Range<usize>, mut take: impl FnMut(Record)) {
        let mut bytes = Vec::new();
        for from in range.clone().step_by(READ) {
            let until = (from + READ).min(range.end);
            bytes.resize((until - from) * RECORD, 0);
            self.shelved.read(from * RECORD, &mut bytes);
            for record in bytes.as_chunks::<RECORD>().0 {
                let (value, rest) = record.split_at(8);
                let (place, slot) = rest.split_at(4);
                let word = |bytes: &[u8]| bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
                take(Record {
                    value: value.first_chunk().map_or(0.0, |bytes| f64::from_le_bytes(*bytes)),
                    place: word(place),
                    slot: word(slot),
                });
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.samples
    }

    /// The place of a sample among the cells.
    pub(super) fn place(&self, index: usize) -> u32 {
        let mut place = 0;
        self.records(index..index + 1, |record| place = record.place);
        place
    }

    /// How many samples stand at places before the one for which `is_before` is no longer true.
    pub(super) fn before(&self, is_before: impl Fn(u32) -> bool) -> usize {
        let mut open = 0..self.samples;
        while open.start < open.end {
            let middle = usize::midpoint(open.start, open.end);
            if is_before(self.place(middle)) { open.start = middle + 1 } else { open.end = middle }
        }
        open.start
    }
}

impl Samples for BundleSamples {
    fn len(&self) -> usize {
        self.samples
    }

    fn visit(&self, range: Range<usize>, take: &mut dyn FnMut(&[f64])) {
        let mut values = Vec::with_capacity(READ);
        for from in range.clone().step_by(READ) {
            values.clear();
            self.records(from..(from + READ).min(range.end), |record| values.push(record.value));
            take(&values);
        }
    }

    fn at(&self, index: usize) -> f64 {
        let mut value = 0.0;
        self.records(index..index + 1, |record| value = record.value);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::storage::memory::MemorySpill;

    #[test]
    fn every_sample_comes_back_in_its_bundle() {
        let storage = Storage::bounded(1 << 20, 0, Box::new(MemorySpill::default()));
        let records: Vec<(usize, Record)> = (0..50_000_u32)
            .map(|place| ((place % 3) as usize, Record { value: f64::from(place) / 7.0, place, slot: place % 5 }))
            .collect();
        let of = |bundle: usize| records.iter().filter(move |(other, _)| *other == bundle).map(|(_, record)| *record);
        let sizes: Vec<usize> = (0..3).map(|bundle| of(bundle).count()).collect();
        let mut partitioner = Partitioner::new(&sizes, &storage).unwrap();
        for (bundle, record) in &records {
            partitioner.add(*bundle, *record);
        }
        for (bundle, samples) in partitioner.finish().into_iter().enumerate() {
            let mut back = Vec::new();
            samples.records(0..samples.len(), |record| back.push(record));
            assert_eq!(back, of(bundle).collect::<Vec<Record>>());
            assert_eq!((samples.at(777), samples.place(777)), (back[777].value, back[777].place));
            assert_eq!(
                samples.before(|place| place < 30_000),
                back.iter().filter(|record| record.place < 30_000).count()
            );
            let mut values = 0;
            samples.visit(5000..9001, &mut |block| values += block.len());
            assert_eq!(values, 4001);
        }
        assert!(Partitioner::new(&sizes, &Storage::default()).is_none());
    }
}
