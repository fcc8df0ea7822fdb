//! Durations over time as counts in cells, for each label of a run by itself.
//!
//! In: the parts of a run, and the map of all of its requests. Out: maps of the labels with the most requests, with edges of the map of
//! all, so that one compares with another; rows below the fastest and above the slowest sample of a label are left out. A label with
//! so few samples that there is nothing to see has none, and neither has the only label of a run: its map is that of the run.

use super::heat::{FEWEST_SAMPLES, HeatMap};
use super::part::Part;
use super::rows::NO_INSTANT;
use super::time_bins::{Finder, TimeBins};

/// Labels with a map; as many as a page draws.
const MOST_LABELS: usize = 24;

/// A map for each label of a run, in the order of `requests`, which says how many each has.
pub(super) fn by_label(
    parts: &[Part<'_>],
    bins: TimeBins,
    whole: Option<&HeatMap>,
    requests: &[u64],
) -> Vec<Option<HeatMap>> {
    let none = || vec![None; requests.len()];
    let Some(whole) = whole else { return none() };
    let mut most: Vec<usize> = (0..requests.len()).filter(|label| requests[*label] >= FEWEST_SAMPLES).collect();
    if requests.iter().filter(|requests| **requests > 0).count() < 2 || most.is_empty() {
        return none();
    }
    most.sort_by_key(|label| std::cmp::Reverse(requests[*label]));
    most.truncate(MOST_LABELS);
    let mut slots: Vec<Option<usize>> = vec![None; requests.len()];
    for (slot, label) in most.iter().enumerate() {
        slots[*label] = Some(slot);
    }
    let counts = count(parts, bins, whole, (&slots, most.len()));
    let mut found = none();
    for (label, counts) in most.into_iter().zip(counts) {
        found[label] = whole.part(&counts);
    }
    found
}

/// For each of so many slots the samples of its label by bin and row.
fn count(
    parts: &[Part<'_>],
    bins: TimeBins,
    whole: &HeatMap,
    (slots, labels): (&[Option<usize>], usize),
) -> Vec<Vec<Vec<u64>>> {
    let mut counts = vec![vec![vec![0; whole.rows()]; bins.count]; labels];
    let mut finder = Finder::new(bins);
    for part in parts {
        let Some(labels) = &part.labels else { continue };
        let mut labels = labels.reader();
        part.rows.stretches(|stretch| {
            let label_of = labels.of(stretch.rows());
            for request in stretch.requests().filter(|request| request.at != NO_INSTANT) {
                let label = label_of(request.row - stretch.first_row);
                let slot = label.and_then(|label| slots.get(label as usize).copied().flatten());
                if let Some((slot, sample)) = slot.zip(request.sample()) {
                    counts[slot][finder.index(request.at)][whole.row_of(sample)] += 1;
                }
            }
        });
    }
    counts
}
