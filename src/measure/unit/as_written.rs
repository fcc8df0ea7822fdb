//! Units without a dimension: nothing is converted into them, and numbers are shown with them as they were stated.

use super::{FREQUENCIES, POWER_NAMES, Unit, electric, quotient};

impl Unit {
    /// The unit without a dimension whose symbol this is: `W`, `kWh/token`, `kg`.
    pub(crate) fn as_written(symbol: &str) -> Option<Self> {
        let listed = FREQUENCIES.iter().chain(&[Self::KILOGRAM, Self::LITRE]);
        let power = POWER_NAMES.iter().map(|(_, unit)| unit);
        listed.chain(power).chain(electric::all()).chain(quotient::all()).find(|unit| unit.symbol == symbol).copied()
    }
}
