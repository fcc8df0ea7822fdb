//! Whether a value is as far from the others as a unit is from another: it was recorded in the wrong one.

use std::ops::Range;

use rayon::prelude::*;

use super::case::Case;

/// Factors by which a value is wrong when its unit was mistaken.
const UNIT_SLIPS: &[UnitSlip] = &[
    UnitSlip { factor: 1e3, words: "1,000", evidence: SlipEvidence::ExactMultiple },
    UnitSlip { factor: 60.0, words: "60", evidence: SlipEvidence::ExactMultiple },
    UnitSlip { factor: 1e6, words: "1,000,000", evidence: SlipEvidence::Among },
    UnitSlip { factor: 1e9, words: "1,000,000,000", evidence: SlipEvidence::Among },
];

/// A factor between units, and what shows that it was mistaken.
struct UnitSlip {
    factor: f64,
    words: &'static str,
    evidence: SlipEvidence,
}

/// What shows that a unit was mistaken.
#[derive(Clone, Copy)]
enum SlipEvidence {
    /// Corrected, the value lies among the others.
    Among,
    /// The value is exactly that multiple of another one.
    ExactMultiple,
}

/// How a value lies far from the others.
pub(super) struct Far {
    /// The smallest and the largest of the others.
    pub(super) body: Option<(f64, f64)>,
    /// Whether it has no company.
    pub(super) alone: bool,
    /// Whether multiples of other samples are looked for.
    pub(super) multiples: bool,
}

/// The factor by which a mistaken unit explains the value.
///
/// A request a thousand times slower than the others is real often enough (a connection that is set up once, a pause
/// of a runtime), so being 10^3 or 60 times away is evidence only where the value is exactly that multiple of another
/// sample. Nothing real is 10^6 or 10^9 times slower, so there it is enough to fall among the others.
pub(super) fn unit_slip(case: &Case<'_>, far: &Far, index: usize) -> Option<&'static str> {
    let value = case.value(index);
    let (low, high) = far.body?;
    if low <= 0.0 {
        return None;
    }
    let above = value > high;
    UNIT_SLIPS.iter().find_map(|slip| {
        let explained = match slip.evidence {
            SlipEvidence::Among => {
                let moved = if above { value / slip.factor } else { value * slip.factor };
                // In a wide body any value would fall somewhere: that explains nothing.
                high / low < slip.factor.cbrt() && (low..=high).contains(&moved)
            }
            SlipEvidence::ExactMultiple => far.multiples && exact_multiple(case, slip.factor, above, index),
        };
        explained.then_some(slip.words)
    })
}

/// Whether the value is, as recorded, exactly that multiple of another sample (or the other way round).
fn exact_multiple(case: &Case<'_>, factor: f64, above: bool, index: usize) -> bool {
    /// Numbers with fewer digits are multiples of each other by chance.
    const DIGITS: f64 = 100.0;
    /// Decimal fractions are not exact in binary.
    const SLACK: f64 = 1e-12;
    let value = case.measured.at(index);
    let digits = |number: f64| {
        let mut scaled = number.abs();
        for _ in 0..6 {
            if (scaled - scaled.round()).abs() <= scaled * SLACK {
                break;
            }
            scaled *= 10.0;
        }
        scaled
    };
    let explains = |other: usize, recorded: f64| {
        let (small, large) = if above { (recorded, value) } else { (value, recorded) };
        (small * factor - large).abs() <= large.abs() * SLACK && other != index && digits(small) >= DIGITS
    };
    let parts: Vec<Range<usize>> = case.measured.parts().collect();
    parts.into_par_iter().any(|part| {
        let mut any = false;
        case.measured.visit(part, |first, block| {
            any = any || (first..).zip(block).any(|(other, recorded)| explains(other, *recorded));
        });
        any
    })
}
