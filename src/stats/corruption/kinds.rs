//! Which values are compared with each other: the kinds of labels, and between which powers of two the values of each lie.

use std::ops::Range;

use rayon::prelude::*;

use super::case::Case;
use super::patterns::LabelPatterns;

/// A kind of label held by at most this share of rows is unlike the others.
const ODD_LABEL_SHARE: f64 = 0.05;
/// Numbers as labels that stand in one row each are values of another table and no categories, up to this share of rows.
/// A dozen foreign rows in a short file exceed [`ODD_LABEL_SHARE`].
const ODD_SINGLE_SHARE: f64 = 0.2;
/// Of more labels no thread keeps counts of its own.
const FEW_LABELS: usize = 4096;

/// What the labels are like.
pub(super) struct LabelKinds<'a> {
    /// For each label the number of its pattern.
    pub(super) patterns: &'a [usize],
    /// For each label whether it is unlike the others.
    pub(super) odd: Vec<bool>,
}

impl<'a> LabelKinds<'a> {
    pub(super) fn new(case: &Case<'a>) -> Self {
        let LabelPatterns { numbers, wordless } = case.patterns;
        let uses = case.measured.labels_counted(case.texts.len());
        let of_wordless: Vec<usize> =
            (0..uses.len()).filter(|label| wordless[*label]).map(|label| uses[label]).collect();
        let share = of_wordless.iter().sum::<usize>() as f64 / case.measured.len().max(1) as f64;
        let single = of_wordless.iter().all(|uses| *uses <= 1);
        let rare = share <= if single { ODD_SINGLE_SHARE } else { ODD_LABEL_SHARE };
        Self { patterns: numbers, odd: wordless.iter().map(|wordless| *wordless && rare).collect() }
    }
}

/// Which powers of two the positive values of a group lie between, one bit each.
///
/// A tenfold gap leaves at least two of them empty, so that most groups need no closer look: one pass over all values
/// instead of a sort for each group.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Binades(u128);

impl Binades {
    /// The bit of 1; the first and the last one stand for all that is smaller or larger.
    const ONE: i64 = 64;
    const LAST: i64 = 127;

    pub(super) fn add(&mut self, value: f64) {
        if value > 0.0 {
            let exponent = (value.to_bits() >> 52).cast_signed() - 1023 + Self::ONE;
            self.0 |= 1 << exponent.clamp(0, Self::LAST);
        }
    }

    /// Whether a value may be larger than this.
    pub(super) fn may_exceed(self, limit: f64) -> bool {
        let mut at_limit = Self::default();
        at_limit.add(limit);
        self.0.leading_zeros() <= at_limit.0.leading_zeros()
    }

    /// Whether two empty ones lie between others, or values lie beyond.
    pub(super) fn may_hold_gap(self) -> bool {
        let bits = self.0;
        if bits == 0 {
            return false;
        }
        let beyond = bits & 1 == 1 || bits >> Self::LAST == 1;
        // With the lowest occupied one at bit 0 and the one above each filled, only wide gaps stay open.
        let bits = bits >> bits.trailing_zeros();
        let whole = u128::MAX >> bits.leading_zeros();
        beyond || (bits | bits << 1) & whole != whole
    }
}

/// The binades of each pattern of labels and of all values.
pub(super) struct Decades {
    pub(super) all: Binades,
    /// For each pattern.
    pub(super) groups: Vec<Binades>,
    /// Number of values of each pattern.
    pub(super) sizes: Vec<usize>,
}

impl Decades {
    pub(super) fn of(case: &Case<'_>, kinds: Option<&LabelKinds<'_>>, taken: &[usize]) -> Self {
        let texts = case.texts.len();
        let unit = case.unit;
        let look = |mut seen: (Vec<Binades>, Vec<usize>, Binades), part: Range<usize>| {
            let mut untaken = taken[taken.partition_point(|index| *index < part.start)..].iter().copied().peekable();
            case.measured.visit_labelled(part, |first, block, codes| {
                for (offset, recorded) in block.iter().enumerate() {
                    let code = codes.get(offset).map_or(usize::MAX, |code| *code as usize);
                    if let Some(size) = seen.1.get_mut(code) {
                        *size += 1;
                    }
                    if untaken.next_if_eq(&(first + offset)).is_some() {
                        continue;
                    }
                    let value = unit.to_base(*recorded);
                    match seen.0.get_mut(code) {
                        Some(binades) => binades.add(value),
                        None => seen.2.add(value),
                    }
                }
            });
            seen
        };
        let empty = || (vec![Binades::default(); texts], vec![0; texts], Binades::default());
        let parts: Vec<Range<usize>> = case.measured.parts().collect();
        let (binades, counts, others) = if texts <= FEW_LABELS {
            parts.into_par_iter().fold(empty, look).reduce(empty, |mut a, b| {
                a.0.iter_mut().zip(b.0).for_each(|(a, b)| a.0 |= b.0);
                a.1.iter_mut().zip(b.1).for_each(|(a, b)| *a += b);
                (a.0, a.1, Binades(a.2.0 | b.2.0))
            })
        } else {
            parts.into_iter().fold(empty(), look)
        };
        let patterns = kinds.map_or(0, |_| case.patterns.count());
        let mut found = Self { all: others, groups: vec![Binades::default(); patterns], sizes: vec![0; patterns] };
        for (label, (binades, count)) in binades.into_iter().zip(counts).enumerate() {
            found.all.0 |= binades.0;
            if let Some(pattern) = kinds.and_then(|kinds| kinds.patterns.get(label)) {
                found.groups[*pattern].0 |= binades.0;
                found.sizes[*pattern] += count;
            }
        }
        found
    }
}
