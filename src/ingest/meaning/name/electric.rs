//! Volts, amperes and degrees in brackets behind a name: `U(V)`, `Core [V]`, `Package Temperature (C)`.

use crate::ingest::meaning::vocabulary::Words;
use crate::measure::unit::Unit;

use super::words::words;

/// Behind one of these, a letter is the unit of a voltage, of a current, of a temperature.
const VOLTAGE: Words = Words::of("u v voltage voltages volt volts vcc vdd vbus vin vout vcore spannung");
const CURRENT: Words = Words::of("i current currents amperage strom");
const TEMPERATURE: Words = Words::of("temp temps temperature temperatures thermal hotspot temperatur");

/// The unit that stands in brackets behind a name. A single letter may be a class (`Group (A)`): the name says whether it is a unit, or square
/// brackets, in which loggers of sensors write nothing else.
pub(super) fn in_brackets(before: &str, inner: &str, square: bool) -> Option<Unit> {
    Unit::of_electricity(inner).or_else(|| {
        let letter = Unit::of_electric_letter(inner)?;
        let words = words(before);
        let quantity = match letter.symbol {
            "V" => VOLTAGE,
            "A" => CURRENT,
            _ => TEMPERATURE,
        };
        (square && letter.symbol != "°C" || quantity.among(&words).is_some()).then_some(letter)
    })
}
