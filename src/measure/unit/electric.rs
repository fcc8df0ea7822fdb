//! Volts, amperes and degrees: numbers in them have no dimension here, and are shown with the unit as it was written.

use super::{Dimension, Unit};

const fn of(symbol: &'static str) -> Unit {
    Unit::new(Dimension::Unknown, symbol, 1.0, 1.0)
}

/// Spellings of units that are nothing else.
static NAMES: &[(&str, Unit)] = &[
    ("kV", of("kV")),
    ("mV", of("mV")),
    ("µV", of("µV")),
    ("uV", of("µV")),
    ("volt", of("V")),
    ("volts", of("V")),
    ("Volt", of("V")),
    ("Volts", of("V")),
    ("mA", of("mA")),
    ("µA", of("µA")),
    ("uA", of("µA")),
    ("mAh", of("mAh")),
    ("ampere", of("A")),
    ("amperes", of("A")),
    ("Ampere", of("A")),
    ("amps", of("A")),
    ("Amps", of("A")),
    ("°C", DEGREE),
    ("℃", DEGREE),
    ("degC", DEGREE),
    ("deg C", DEGREE),
    ("celsius", DEGREE),
    ("Celsius", DEGREE),
];

const DEGREE: Unit = of("°C");
const VOLT: Unit = of("V");
const AMPERE: Unit = of("A");

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Unit> {
    NAMES.iter().map(|(_, unit)| unit)
}

impl Unit {
    /// The unit of electricity or temperature that a word is, whatever stands before it.
    pub(crate) fn of_electricity(word: &str) -> Option<Self> {
        NAMES.iter().find(|(spelling, _)| *spelling == word.trim()).map(|(_, unit)| *unit)
    }

    /// The same of a single letter, which is a unit only behind the name of such a quantity.
    pub(crate) fn of_electric_letter(letter: &str) -> Option<Self> {
        match letter.trim() {
            "V" => Some(VOLT),
            "A" => Some(AMPERE),
            "C" => Some(DEGREE),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_found_again_by_its_symbol() {
        for unit in all() {
            assert_eq!(Unit::as_written(unit.symbol), Some(*unit), "{}", unit.symbol);
        }
    }
}
