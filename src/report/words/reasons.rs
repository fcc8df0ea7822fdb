//! Why a value is no measurement, piece by piece of evidence.

use crate::measure::Dimension;
use crate::report::number;
use crate::stats::corruption::Reason;

/// A piece of evidence as a clause.
pub(super) fn reason(reason: &Reason, dimension: Dimension) -> String {
    match reason {
        Reason::Sentinel(words) => format!("a value that programs write for \"none\": {words}"),
        Reason::Negative => match dimension {
            Dimension::Time => "a duration cannot be negative".to_owned(),
            Dimension::Bytes => "a size cannot be negative".to_owned(),
            Dimension::Count => "a count cannot be negative".to_owned(),
            _ => "this metric cannot be negative".to_owned(),
        },
        Reason::SetAside => "the configuration sets it aside".to_owned(),
        Reason::BeyondLimit(limit) => format!("above the declared limit of {}", number::quantity(dimension, *limit)),
        Reason::Isolated { gap_ratio, above, .. } => format!(
            "it lies {} all others, beyond a gap of {} times; the tail of the others shows such a gap in fewer than one of a \
             million files",
            if *above { "above" } else { "below" },
            number::plain(*gap_ratio),
        ),
        Reason::WholeAmongDecimals(digits) => {
            format!("a whole number, where the others have {digits} digits after the point")
        }
        Reason::OddLabel(label) if label.is_empty() => "its label is empty, unlike all others".to_owned(),
        Reason::OddLabel(label) => format!("its label `{label}` is a number, unlike all others"),
        Reason::UnitSlip(factor) => {
            format!("{factor} times another sample, as a value in another unit would be")
        }
        Reason::Saturated(words) => {
            format!("a field ends at such a number ({words}): what was measured is at least so large")
        }
        Reason::OnlyFarAway => "its label occurs nowhere but so far away".to_owned(),
        Reason::FarAbove { ratio, count } => format!(
            "it and {} lie at least {} times above all others",
            number::counted(count.saturating_sub(1), "more value"),
            number::plain(*ratio)
        ),
        Reason::IsInstant => "an instant of this file's own clock".to_owned(),
        Reason::LongerThanFile(span) => {
            format!("longer than the whole recording of {}", number::quantity(Dimension::Time, *span))
        }
    }
}
