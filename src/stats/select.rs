//! Exact order statistics of very many samples without sorting or copying them.
//!
//! In: [`Samples`], a map that is applied to each (a distance from the median, for example), and ranks. Out: the values of
//! these ranks, exactly as a sort would give them; and how many values lie below given ones. Refuses nothing; no value may
//! be NaN.
//!
//! One pass counts the values by the leading bits in which they differ. A second one collects the values of the buckets that
//! hold wanted ranks. Buckets with too many values (ties, or a narrow body with far outliers) are counted by their next bits
//! first, once for all of them. Memory is bounded by the number of ranks, not of samples.

use super::samples::{Samples, by_parts};
use super::sorting::{from_key, key};

/// 2 to this power buckets at most: their counts stay in the cache that belongs to one core.
const BITS: u32 = 16;
/// Bits by which a bucket with too many values is counted again.
const MORE_BITS: u32 = 12;
/// A bucket with more values is counted again instead of being collected.
const COLLECTED: u64 = 1 << 16;

/// Counts of samples by their leading bits.
pub(super) struct Selector<'a, S: Samples + ?Sized, M: Fn(f64) -> f64 + Sync> {
    samples: &'a S,
    map: M,
    low: u64,
    shift: u32,
    /// For each bucket the number of values in buckets before it; one more than buckets.
    before: Vec<u64>,
}

/// Values with common leading bits, some of whose ranks are wanted.
struct Node {
    low: u64,
    /// Bits in which the keys of the node may differ.
    bits: u32,
    count: u64,
    /// Wanted ranks within the node, and where their values go.
    wanted: Vec<(u64, usize)>,
}

impl<'a, S: Samples + ?Sized, M: Fn(f64) -> f64 + Sync> Selector<'a, S, M> {
    /// Counts the samples, all of which must be mapped into the range.
    pub(super) fn new(samples: &'a S, range: (f64, f64), map: M) -> Self {
        let (low, high) = (key(range.0), key(range.1));
        let shift = (u64::BITS - high.saturating_sub(low).leading_zeros()).saturating_sub(BITS);
        let buckets = (high.saturating_sub(low) >> shift) as usize + 1;
        let counts = by_parts(
            samples,
            || vec![0_u64; buckets],
            |counts, _, block| {
                for value in block {
                    let bucket = (key(map(*value)).saturating_sub(low) >> shift) as usize;
                    counts[bucket.min(buckets - 1)] += 1;
                }
            },
            added,
        );
        let mut before = Vec::with_capacity(buckets + 1);
        before.push(0);
        before.extend(counts.iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        }));
        Self { samples, map, low, shift, before }
    }

    fn bucket(&self, value: f64) -> usize {
        ((key(value).saturating_sub(self.low) >> self.shift) as usize).min(self.before.len() - 2)
    }

    /// The values of the ranks (from 0, each below the number of samples), in the order of the ranks.
    pub(super) fn values(&self, ranks: &[usize]) -> Vec<f64> {
        let mut values = vec![0.0; ranks.len()];
        let mut places: Vec<usize> = (0..ranks.len()).collect();
        places.sort_unstable_by_key(|place| ranks[*place]);
        let mut nodes: Vec<Node> = Vec::new();
        let mut last = usize::MAX;
        for place in places {
            let rank = ranks[place] as u64;
            let bucket = self.before.partition_point(|before| *before <= rank) - 1;
            let wanted = (rank - self.before[bucket], place);
            if bucket == last {
                nodes.last_mut().into_iter().for_each(|node| node.wanted.push(wanted));
                continue;
            }
            last = bucket;
            let low = self.low + ((bucket as u64) << self.shift);
            let count = self.before[bucket + 1] - self.before[bucket];
            nodes.push(Node { low, bits: self.shift, count, wanted: vec![wanted] });
        }
        while !nodes.is_empty() {
            nodes = self.look(nodes, &mut values);
        }
        values
    }

    /// One pass: nodes with few values are answered, the others become smaller ones.
    fn look(&self, nodes: Vec<Node>, values: &mut [f64]) -> Vec<Node> {
        let (known, nodes): (Vec<Node>, Vec<Node>) = nodes.into_iter().partition(|node| node.bits == 0);
        for node in known {
            node.wanted.iter().for_each(|(_, place)| values[*place] = from_key(node.low));
        }
        if nodes.is_empty() {
            return nodes;
        }
        let mut of_interest = vec![false; self.before.len() - 1];
        for node in &nodes {
            of_interest[self.bucket(from_key(node.low))] = true;
        }
        let fine = |node: &Node| node.bits.saturating_sub(MORE_BITS);
        let found = by_parts(
            self.samples,
            || {
                nodes
                    .iter()
                    .map(
                        |node| if node.count > COLLECTED { vec![0; 1 << (node.bits - fine(node))] } else { Vec::new() },
                    )
                    .collect()
            },
            |found: &mut Vec<Vec<u64>>, _, block| {
                for value in block {
                    let value = (self.map)(*value);
                    if !of_interest[self.bucket(value)] {
                        continue;
                    }
                    let key = key(value);
                    let Some(index) = nodes.partition_point(|node| node.low <= key).checked_sub(1) else { continue };
                    let node = &nodes[index];
                    let inside = key - node.low;
                    if inside >> node.bits > 0 {
                        continue;
                    }
                    if node.count > COLLECTED {
                        found[index][(inside >> fine(node)) as usize] += 1;
                    } else {
                        found[index].push(key);
                    }
                }
            },
            |left, right| {
                left.into_iter()
                    .zip(right)
                    .zip(&nodes)
                    .map(
                        |((left, right), node)| {
                            if node.count > COLLECTED { added(left, right) } else { joined(left, right) }
                        },
                    )
                    .collect()
            },
        );
        let mut smaller = Vec::new();
        for (node, mut found) in nodes.iter().zip(found) {
            if node.count <= COLLECTED {
                found.sort_unstable();
                for (rank, place) in &node.wanted {
                    values[*place] = found.get(*rank as usize).map_or(0.0, |key| from_key(*key));
                }
                continue;
            }
            let mut wanted = node.wanted.iter().peekable();
            let mut before = 0;
            for (index, count) in found.into_iter().enumerate() {
                let inside: Vec<(u64, usize)> =
                    std::iter::from_fn(|| wanted.next_if(|(rank, _)| *rank < before + count))
                        .map(|(rank, place)| (rank - before, *place))
                        .collect();
                if !inside.is_empty() {
                    let low = node.low + ((index as u64) << fine(node));
                    smaller.push(Node { low, bits: fine(node), count, wanted: inside });
                }
                before += count;
            }
        }
        smaller
    }

    /// For each of the ascending thresholds the number of values below it.
    pub(super) fn below(&self, thresholds: &[f64]) -> Vec<u64> {
        let last = self.before.len() - 2;
        // Thresholds beyond the range of the samples need no look.
        let bucket_of = |threshold: f64| {
            let key = key(threshold);
            let bucket = key.checked_sub(self.low)? >> self.shift;
            (bucket <= last as u64).then_some(bucket as usize)
        };
        let buckets: Vec<Option<usize>> = thresholds.iter().map(|threshold| bucket_of(*threshold)).collect();
        let mut of_interest = vec![false; last + 1];
        buckets.iter().flatten().for_each(|bucket| of_interest[*bucket] = true);
        let inside = by_parts(
            self.samples,
            || vec![0_u64; thresholds.len()],
            |counts, _, block| {
                for value in block {
                    let value = (self.map)(*value);
                    let bucket = self.bucket(value);
                    if of_interest[bucket] {
                        let beyond = thresholds.partition_point(|threshold| *threshold <= value);
                        let same = buckets[beyond..].iter().take_while(|of| **of == Some(bucket)).count();
                        counts[beyond..beyond + same].iter_mut().for_each(|count| *count += 1);
                    }
                }
            },
            added,
        );
        let counted = |(index, inside): (usize, u64)| match buckets[index] {
            Some(bucket) => self.before[bucket] + inside,
            None if key(thresholds[index]) < self.low => 0,
            None => self.before[last + 1],
        };
        inside.into_iter().enumerate().map(counted).collect()
    }
}

fn added(mut left: Vec<u64>, right: Vec<u64>) -> Vec<u64> {
    left.iter_mut().zip(right).for_each(|(left, right)| *left += right);
    left
}

fn joined(mut left: Vec<u64>, right: Vec<u64>) -> Vec<u64> {
    left.extend(right);
    left
}

#[cfg(test)]
mod tests {
    use super::super::rng::Rng;
    use super::super::samples::Slice;
    use super::*;

    #[test]
    fn ranks_and_counts_are_those_of_a_sort() {
        let draws: [fn(&mut Rng) -> f64; 5] = [
            |rng| rng.normal(),
            |rng| (rng.uniform() * 5.0).floor(),
            |rng| if rng.uniform() < 0.001 { 1e300 * rng.uniform() } else { 1.0 + 1e-9 * rng.uniform() },
            |rng| if rng.uniform() < 0.9 { 0.25 } else { -rng.exponential() },
            |_| 7.0,
        ];
        for draw in draws {
            let mut rng = Rng::new(3);
            let values: Vec<f64> = (0..400_000).map(|_| draw(&mut rng)).collect();
            let mut sorted = values.clone();
            super::super::sorting::sort(&mut sorted);
            let ranks = [399_999, 0, 200_000, 200_001, 17, 399_000, 17];
            let slice = Slice(&values);
            let selector = Selector::new(&slice, (sorted[0], sorted[399_999]), |value| value);
            assert_eq!(selector.values(&ranks), ranks.map(|rank| sorted[rank]));
            let mut thresholds = vec![-1e9, sorted[1000], sorted[200_000], sorted[200_000].next_up(), 1e301];
            thresholds.sort_unstable_by(f64::total_cmp);
            let expected: Vec<u64> =
                thresholds.iter().map(|border| sorted.partition_point(|value| value < border) as u64).collect();
            assert_eq!(selector.below(&thresholds), expected);
        }
    }

    #[test]
    fn a_map_is_applied_before() {
        let values: Vec<f64> = (0..1001).map(f64::from).collect();
        let slice = Slice(&values);
        let selector = Selector::new(&slice, (0.0, 500.0), |value| (value - 500.0).abs());
        assert_eq!(selector.values(&[500, 0, 1000]), [250.0, 0.0, 500.0]);
    }
}
