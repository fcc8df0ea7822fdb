//! Units without a dimension: nothing is converted into them, and numbers are shown with them as they were stated.

use super::{Dimension, FREQUENCIES, POWER_NAMES, Unit, electric, quotient};

/// The symbol of a recorded unit, where its numbers have no dimension and are shown with it as they were written.
pub(crate) fn as_written(symbol: Option<&str>, dimension: Dimension) -> Option<String> {
    let known = |symbol: &&str| dimension == Dimension::Unknown && Unit::as_written(symbol).is_some();
    symbol.filter(known).map(str::to_owned)
}

impl Unit {
    /// The unit without a dimension whose symbol this is: `W`, `kWh/token`, `kg`.
    pub(crate) fn as_written(symbol: &str) -> Option<Self> {
        let listed = FREQUENCIES.iter().chain(&[Self::KILOGRAM, Self::LITRE]);
        let power = POWER_NAMES.iter().map(|(_, unit)| unit);
        listed.chain(power).chain(electric::all()).chain(quotient::all()).find(|unit| unit.symbol == symbol).copied()
    }
}
