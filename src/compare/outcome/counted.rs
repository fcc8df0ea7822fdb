//! How many metrics got each verdict.

use super::{Counts, Verdict};

impl FromIterator<Verdict> for Counts {
    fn from_iter<I: IntoIterator<Item = Verdict>>(verdicts: I) -> Self {
        let mut counts = Self::default();
        for verdict in verdicts {
            *match verdict {
                Verdict::Regressed => &mut counts.regressed,
                Verdict::Missing => &mut counts.missing,
                Verdict::Incomparable => &mut counts.incomparable,
                Verdict::Changed => &mut counts.changed,
                Verdict::Inconclusive => &mut counts.inconclusive,
                Verdict::Improved => &mut counts.improved,
                Verdict::CenterUnchanged => &mut counts.center_unchanged,
                Verdict::Unchanged => &mut counts.unchanged,
                Verdict::New => &mut counts.new,
            } += 1;
        }
        counts
    }
}
