//! Whether a limit is written in a unit of what it limits.
//!
//! In: a limit as written, and what a metric measures. Out: nothing where they fit, otherwise what the metric is and what to write.
//! A bare number fits what is counted, and what has no known unit; 1 of a duration could be a second or a millisecond.

use super::quantity::Quantity;
use super::unit::{Dimension, Unit};

/// Why a limit does not fit a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// What the metric is, as the end of a sentence: `is a time`.
    pub measured: &'static str,
    /// What to write instead.
    pub remedy: String,
}

/// Whether numbers of this dimension stand without a unit.
pub fn is_pure(dimension: Dimension) -> bool {
    matches!(dimension, Dimension::Count | Dimension::UnstatedTime | Dimension::Unknown)
}

/// Why `limit` is none for `metric`; `None` where it fits.
pub fn misfit(metric: &str, limit: Quantity, dimension: Dimension) -> Option<Misfit> {
    let of_limit = limit.unit.map(|unit| unit.dimension);
    let pure = is_pure(dimension);
    let fits = match of_limit {
        Some(of_limit) => of_limit == dimension || (pure && of_limit == Dimension::Count),
        None => pure,
    };
    if fits {
        return None;
    }
    let number = limit.value;
    let unit = common_unit(dimension);
    let remedy = match (of_limit, dimension) {
        (Some(_), Dimension::UnstatedTime | Dimension::Unknown) => {
            format!("write a bare number such as {number}, or say the unit, for example --unit {metric}=ms")
        }
        (Some(_), Dimension::Count) => format!("write a bare number such as {number}"),
        (Some(_), _) => format!("write a limit such as {number}{}", unit.symbol),
        (None, _) => format!("write a unit: {number}{}", unit.symbol),
    };
    Some(Misfit { measured: measured(dimension), remedy })
}

/// What a metric of a dimension is, as the end of a sentence.
pub fn measured(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Time => "is a time",
        Dimension::Bytes => "is an amount of bytes",
        Dimension::Count => "is a plain count",
        Dimension::Ratio => "is a share",
        Dimension::Rate => "is a rate",
        Dimension::ByteRate => "is an amount of bytes a second",
        Dimension::UnstatedTime => "is a time in a unit that nobody states",
        Dimension::Unknown => "has no known unit",
    }
}

/// A unit that many people would write for a limit.
fn common_unit(dimension: Dimension) -> Unit {
    let by_name = |name| Unit::parse(name).unwrap_or(Unit::UNKNOWN);
    match dimension {
        Dimension::Time => Unit::MILLISECOND,
        Dimension::Bytes => by_name("MB"),
        Dimension::ByteRate => by_name("MB/s"),
        Dimension::Rate => Unit::PER_SECOND,
        Dimension::Ratio => Unit::PERCENT,
        Dimension::Count | Dimension::UnstatedTime | Dimension::Unknown => Unit::UNKNOWN,
    }
}
