//! What the numbers of a column look like: how they rise, and which clock they may be of.
//!
//! In: the cells of a column. Out: a [`Profile`], found in one pass.

use crate::table::packed::Cells;

use super::vocabulary;

/// Whether the steps from number to number are nearly all alike.
pub(super) fn even_steps(values: &Cells) -> bool {
    const EVEN: f64 = 1.1;
    let (mut smallest, mut largest, mut before) = (f64::INFINITY, f64::NEG_INFINITY, f64::NAN);
    values.visit_present(0..values.count(), |block| {
        for value in block {
            let step = value - before;
            // Not a number before the first.
            (smallest, largest) = (smallest.min(step), largest.max(step));
            before = *value;
        }
    });
    smallest > 0.0 && largest <= EVEN * smallest
}

/// Seconds since 1970 times the factor, and what they are called.
pub(super) const CLOCKS: [(f64, &str); 4] =
    [(1.0, "seconds"), (1e3, "milliseconds"), (1e6, "microseconds"), (1e9, "nanoseconds")];
/// 2001-09-09 and 2096-10-02: the range in which seconds since 1970 have ten digits and begin with 1 to 3.
pub(super) const UNIX_SECONDS: (f64, f64) = (1.0e9, 4.0e9);

/// What a number counts since 1970, where it lies in the range of such a clock.
pub(crate) fn counts_since_1970(number: f64) -> Option<&'static str> {
    let clock = CLOCKS.iter().find(|(scale, _)| (UNIX_SECONDS.0 * scale..UNIX_SECONDS.1 * scale).contains(&number));
    clock.map(|(_, name)| *name)
}

/// Whether a number is a power of two, one among them.
pub(crate) fn is_power_of_two(number: f64) -> bool {
    number >= 1.0 && number.log2().fract() == 0.0
}

/// What the numbers of a column look like, found in one pass.
pub(super) struct Profile {
    pub(super) count: usize,
    pub(super) low: f64,
    pub(super) high: f64,
    /// Numbers below the one above them, above it, and larger by exactly one.
    pub(super) falls: usize,
    pub(super) rises: usize,
    pub(super) by_ones: usize,
    /// Numbers within the range of each clock.
    pub(super) in_clock: [usize; CLOCKS.len()],
}

impl Profile {
    pub(super) fn of(values: &Cells) -> Self {
        let nothing = [0; CLOCKS.len()];
        let mut profile = Self {
            count: 0,
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            falls: 0,
            rises: 0,
            by_ones: 0,
            in_clock: nothing,
        };
        let mut before = f64::NAN;
        values.visit_present(0..values.count(), |block| {
            profile.count += block.len();
            let (mut high, mut falls, mut rises, mut by_ones) = (f64::NEG_INFINITY, 0, 0, 0);
            for &value in block {
                profile.low = profile.low.min(value);
                high = high.max(value);
                falls += usize::from(value < before);
                rises += usize::from(value > before);
                by_ones += usize::from(value - before == 1.0);
                before = value;
            }
            profile.high = profile.high.max(high);
            profile.falls += falls;
            profile.rises += rises;
            profile.by_ones += by_ones;
            if high >= UNIX_SECONDS.0 {
                for (count, (scale, _)) in profile.in_clock.iter_mut().zip(CLOCKS) {
                    let inside = UNIX_SECONDS.0 * scale..UNIX_SECONDS.1 * scale;
                    *count += block.iter().filter(|value| inside.contains(*value)).count();
                }
            }
        });
        profile
    }

    /// Whether the values hardly ever fall.
    pub(super) fn is_rising(&self) -> bool {
        self.falls as f64 <= 0.02 * self.count as f64
    }

    /// Whether the values say how far a training or a simulation had come: they hardly ever stay the same, or are called so and nothing
    /// else.
    pub(super) fn counts_progress(&self, words: &[String], whole: bool) -> bool {
        const FEWEST: usize = 9;
        let alone = match words {
            [only] => matches!(only.as_str(), "epoch" | "step"),
            [of, step] => of == "global" && step == "step",
            _ => false,
        };
        let counts = words.last().is_some_and(|last| vocabulary::PROGRESS.has(last));
        let always = whole && counts && 5 * self.rises >= 4 * self.count && self.count >= FEWEST;
        self.falls == 0 && (always || alone && self.rises >= 2)
    }
}
