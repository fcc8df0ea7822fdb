//! Units and dimensions.
//!
//! In: a unit's name as people write it (`ms`, `MiB`, `req/s`). Out: a [`Unit`] that converts recorded values to the
//! base unit of its dimension (seconds, bytes, plain counts, ratio, per second) and back. Refuses names it does not
//! know, by `None`: guessing a unit is the business of ingest, which has to give its reason.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod as_written;
mod electric;
mod quotient;
pub(crate) use as_written::as_written;

/// What a number measures. Each dimension has one base unit, in which all statistics are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Durations; base unit second.
    Time,
    /// Amounts of memory or transfer; base unit byte.
    Bytes,
    /// Things counted; base unit one.
    Count,
    /// A share; base unit 1 (shown in percent).
    Ratio,
    /// Events per time; base unit 1/s.
    Rate,
    /// Bytes per time; base unit byte/s.
    ByteRate,
    /// Durations whose unit nobody stated and nothing gives away; shown as they are.
    UnstatedTime,
    /// A number whose unit nobody stated and nothing gives away; shown as it is.
    Unknown,
}

impl Dimension {
    /// The symbol of the base unit; empty for pure numbers.
    pub fn base_symbol(self) -> &'static str {
        match self {
            Self::Time => "s",
            Self::Bytes => "B",
            Self::Rate => "/s",
            Self::ByteRate => "B/s",
            Self::Count | Self::Ratio | Self::UnstatedTime | Self::Unknown => "",
        }
    }

    /// Whether the numbers are durations, be their unit stated or not.
    pub fn is_time(self) -> bool {
        matches!(self, Self::Time | Self::UnstatedTime)
    }

    /// The units in which values of this dimension are shown, smallest first.
    pub fn ladder(self) -> &'static [Unit] {
        match self {
            Self::Time => TIME_LADDER,
            Self::Bytes => BYTES_LADDER,
            Self::Ratio => RATIO_LADDER,
            Self::Rate => RATE_LADDER,
            Self::ByteRate => BYTE_RATE_LADDER,
            Self::Count | Self::UnstatedTime | Self::Unknown => NUMBER_LADDER,
        }
    }

    /// The unit of the [ladder](Self::ladder) in which `magnitude` (base units) reads best: the largest one not above
    /// it. Zero and non-finite magnitudes give the base unit.
    pub fn display_unit(self, magnitude: f64) -> Unit {
        let ladder = self.ladder();
        let base = ladder.iter().find(|unit| unit.is_base()).copied().unwrap_or(ladder[0]);
        if magnitude == 0.0 || !magnitude.is_finite() {
            return base;
        }
        ladder.iter().rev().find(|unit| magnitude.abs() >= unit.to_base(1.0)).copied().unwrap_or(ladder[0])
    }
}

/// A unit of a dimension: one of it is `multiply / divide` base units. Both are whole numbers wherever the unit is
/// decimal, so that 351 ms becomes the `f64` nearest to 0.351 s, not a multiple of a rounded 0.001.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Unit {
    /// What it measures.
    pub dimension: Dimension,
    /// How it is written.
    pub symbol: &'static str,
    multiply: f64,
    divide: f64,
}

impl Unit {
    const fn new(dimension: Dimension, symbol: &'static str, multiply: f64, divide: f64) -> Self {
        Self { dimension, symbol, multiply, divide }
    }

    /// Seconds, the base unit of time.
    pub const SECOND: Self = Self::new(Dimension::Time, "s", 1.0, 1.0);
    /// Milliseconds.
    pub const MILLISECOND: Self = Self::new(Dimension::Time, "ms", 1.0, 1e3);
    /// Microseconds.
    pub const MICROSECOND: Self = Self::new(Dimension::Time, "µs", 1.0, 1e6);
    /// Nanoseconds.
    pub const NANOSECOND: Self = Self::new(Dimension::Time, "ns", 1.0, 1e9);
    /// Kilowatt hours. Power and energy are shown as written, and nothing is converted into another.
    pub const KILOWATT_HOUR: Self = Self::new(Dimension::Unknown, "kWh", 1.0, 1.0);
    /// Watts.
    pub const WATT: Self = Self::new(Dimension::Unknown, "W", 1.0, 1.0);
    /// Kilograms.
    pub const KILOGRAM: Self = Self::new(Dimension::Unknown, "kg", 1.0, 1.0);
    /// Litres.
    pub const LITRE: Self = Self::new(Dimension::Unknown, "l", 1.0, 1.0);
    /// Gigabytes.
    pub(crate) const GIGABYTE: Self = GIGABYTE;
    /// Bytes, the base unit of memory.
    pub const BYTE: Self = Self::new(Dimension::Bytes, "B", 1.0, 1.0);
    /// Plain counts.
    pub const COUNT: Self = Self::new(Dimension::Count, "", 1.0, 1.0);
    /// Shares of one.
    pub const RATIO: Self = Self::new(Dimension::Ratio, "", 1.0, 1.0);
    /// Percent.
    pub const PERCENT: Self = Self::new(Dimension::Ratio, "%", 1.0, 1e2);
    /// Events per second.
    pub const PER_SECOND: Self = Self::new(Dimension::Rate, "/s", 1.0, 1.0);
    /// Durations in a unit that nobody stated.
    pub const UNSTATED_TIME: Self = Self::new(Dimension::UnstatedTime, "", 1.0, 1.0);
    /// No unit known.
    pub const UNKNOWN: Self = Self::new(Dimension::Unknown, "", 1.0, 1.0);

    /// A value of this unit in base units.
    pub fn to_base(self, value: f64) -> f64 {
        if self.divide == 1.0 { value * self.multiply } else { value * self.multiply / self.divide }
    }

    /// A value in base units, in this unit.
    pub fn of_base(self, value: f64) -> f64 {
        if self.multiply == 1.0 { value * self.divide } else { value * self.divide / self.multiply }
    }

    /// Whether recorded and base values are the same numbers.
    pub fn is_base(self) -> bool {
        self.multiply == 1.0 && self.divide == 1.0
    }

    /// The unit that people mean by `name`; `None` where it is not known. Case matters only where it tells units
    /// apart (`MB` is megabyte, `mb` is read the same; `Ms` is nothing).
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.trim();
        NAMES
            .iter()
            .find(|(spelling, _)| *spelling == name)
            // Metres by second are no millions by second.
            .or_else(|| {
                let any_case =
                    |spelling: &str| !matches!(spelling, "M/s" | "G/s" | "T/s") && spelling.eq_ignore_ascii_case(name);
                NAMES.iter().find(|(spelling, _)| any_case(spelling))
            })
            .map(|(_, unit)| *unit)
    }
}

impl Unit {
    /// The unit of power or energy that a word is behind a name that speaks of it (`gpu_power_w`): such numbers have no dimension
    /// here, and the unit is said beside them.
    pub(crate) fn of_power(word: &str) -> Option<Self> {
        POWER_NAMES.iter().find(|(spelling, _)| *spelling == word).map(|(_, unit)| *unit)
    }
}

impl Unit {
    /// The unit of a clock's frequency (`MHz`): how fast something ticks is no number of events, and stays as it is written.
    pub(crate) fn of_frequency(word: &str) -> Option<Self> {
        FREQUENCIES.iter().find(|unit| unit.symbol.eq_ignore_ascii_case(word)).copied()
    }

    /// Minutes.
    pub(crate) const MINUTE: Self = MINUTE;
}

static FREQUENCIES: &[Unit] = &[
    Unit::new(Dimension::Unknown, "kHz", 1.0, 1.0),
    Unit::new(Dimension::Unknown, "MHz", 1.0, 1.0),
    Unit::new(Dimension::Unknown, "GHz", 1.0, 1.0),
];

const MINUTE: Unit = Unit::new(Dimension::Time, "min", 60.0, 1.0);
const HOUR: Unit = Unit::new(Dimension::Time, "h", 3600.0, 1.0);
const DAY: Unit = Unit::new(Dimension::Time, "d", 86_400.0, 1.0);
const KILOBYTE: Unit = Unit::new(Dimension::Bytes, "kB", 1e3, 1.0);
const MEGABYTE: Unit = Unit::new(Dimension::Bytes, "MB", 1e6, 1.0);
const GIGABYTE: Unit = Unit::new(Dimension::Bytes, "GB", 1e9, 1.0);
const TERABYTE: Unit = Unit::new(Dimension::Bytes, "TB", 1e12, 1.0);
const KIBIBYTE: Unit = Unit::new(Dimension::Bytes, "KiB", 1024.0, 1.0);
const MEBIBYTE: Unit = Unit::new(Dimension::Bytes, "MiB", 1_048_576.0, 1.0);
const GIBIBYTE: Unit = Unit::new(Dimension::Bytes, "GiB", 1_073_741_824.0, 1.0);
const TEBIBYTE: Unit = Unit::new(Dimension::Bytes, "TiB", 1_099_511_627_776.0, 1.0);
const BYTE_PER_SECOND: Unit = Unit::new(Dimension::ByteRate, "B/s", 1.0, 1.0);
const KILOBYTE_PER_SECOND: Unit = Unit::new(Dimension::ByteRate, "kB/s", 1e3, 1.0);
const MEGABYTE_PER_SECOND: Unit = Unit::new(Dimension::ByteRate, "MB/s", 1e6, 1.0);
const GIGABYTE_PER_SECOND: Unit = Unit::new(Dimension::ByteRate, "GB/s", 1e9, 1.0);
const KIBIBYTE_PER_SECOND: Unit = Unit::new(Dimension::ByteRate, "KiB/s", 1024.0, 1.0);
const MEBIBYTE_PER_SECOND: Unit = Unit::new(Dimension::ByteRate, "MiB/s", 1_048_576.0, 1.0);
const BIT: Unit = Unit::new(Dimension::Bytes, "bit", 1.0, 8.0);
const KILOBIT: Unit = Unit::new(Dimension::Bytes, "kbit", 1e3, 8.0);
const MEGABIT: Unit = Unit::new(Dimension::Bytes, "Mbit", 1e6, 8.0);
const GIGABIT: Unit = Unit::new(Dimension::Bytes, "Gbit", 1e9, 8.0);
const BIT_PER_SECOND: Unit = Unit::new(Dimension::ByteRate, "bit/s", 1.0, 8.0);
const KILOBIT_PER_SECOND: Unit = Unit::new(Dimension::ByteRate, "kbit/s", 1e3, 8.0);
const MEGABIT_PER_SECOND: Unit = Unit::new(Dimension::ByteRate, "Mbit/s", 1e6, 8.0);
const GIGABIT_PER_SECOND: Unit = Unit::new(Dimension::ByteRate, "Gbit/s", 1e9, 8.0);
const GIBIBYTE_PER_SECOND: Unit = Unit::new(Dimension::ByteRate, "GiB/s", 1_073_741_824.0, 1.0);
const PER_MINUTE: Unit = Unit::new(Dimension::Rate, "/min", 1.0, 60.0);
const THOUSAND_PER_SECOND: Unit = Unit::new(Dimension::Rate, "k/s", 1e3, 1.0);
const MILLION_PER_SECOND: Unit = Unit::new(Dimension::Rate, "M/s", 1e6, 1.0);
const BILLION_PER_SECOND: Unit = Unit::new(Dimension::Rate, "G/s", 1e9, 1.0);
const TRILLION_PER_SECOND: Unit = Unit::new(Dimension::Rate, "T/s", 1e12, 1.0);
const PER_HOUR: Unit = Unit::new(Dimension::Rate, "/h", 1.0, 3600.0);

// Long waits stay in seconds: "600 s" is what a person compares with a time-out of 600 s.
static TIME_LADDER: &[Unit] = &[Unit::NANOSECOND, Unit::MICROSECOND, Unit::MILLISECOND, Unit::SECOND];
static BYTES_LADDER: &[Unit] = &[Unit::BYTE, KILOBYTE, MEGABYTE, GIGABYTE, TERABYTE];
static RATIO_LADDER: &[Unit] = &[Unit::PERCENT];
// Thousands are read as they are; of billions nobody counts the zeros.
static RATE_LADDER: &[Unit] = &[Unit::PER_SECOND, MILLION_PER_SECOND, BILLION_PER_SECOND, TRILLION_PER_SECOND];
static BYTE_RATE_LADDER: &[Unit] = &[BYTE_PER_SECOND, KILOBYTE_PER_SECOND, MEGABYTE_PER_SECOND, GIGABYTE_PER_SECOND];
static NUMBER_LADDER: &[Unit] = &[Unit::UNKNOWN];

/// Units of power and energy: shown as written, and nothing is converted into another.
static POWER_NAMES: &[(&str, Unit)] = &[
    ("W", Unit::WATT),
    ("w", Unit::WATT),
    ("watt", Unit::WATT),
    ("watts", Unit::WATT),
    ("mW", Unit::new(Dimension::Unknown, "mW", 1.0, 1.0)),
    ("mw", Unit::new(Dimension::Unknown, "mW", 1.0, 1.0)),
    ("kW", Unit::new(Dimension::Unknown, "kW", 1.0, 1.0)),
    ("kw", Unit::new(Dimension::Unknown, "kW", 1.0, 1.0)),
    ("MW", Unit::new(Dimension::Unknown, "MW", 1.0, 1.0)),
    ("J", Unit::new(Dimension::Unknown, "J", 1.0, 1.0)),
    ("j", Unit::new(Dimension::Unknown, "J", 1.0, 1.0)),
    ("joule", Unit::new(Dimension::Unknown, "J", 1.0, 1.0)),
    ("joules", Unit::new(Dimension::Unknown, "J", 1.0, 1.0)),
    ("mJ", Unit::new(Dimension::Unknown, "mJ", 1.0, 1.0)),
    ("mj", Unit::new(Dimension::Unknown, "mJ", 1.0, 1.0)),
    ("kJ", Unit::new(Dimension::Unknown, "kJ", 1.0, 1.0)),
    ("kj", Unit::new(Dimension::Unknown, "kJ", 1.0, 1.0)),
    ("Wh", Unit::new(Dimension::Unknown, "Wh", 1.0, 1.0)),
    ("wh", Unit::new(Dimension::Unknown, "Wh", 1.0, 1.0)),
    ("mWh", Unit::new(Dimension::Unknown, "mWh", 1.0, 1.0)),
    ("mwh", Unit::new(Dimension::Unknown, "mWh", 1.0, 1.0)),
    ("kWh", Unit::KILOWATT_HOUR),
    ("kwh", Unit::KILOWATT_HOUR),
    ("KWh", Unit::KILOWATT_HOUR),
    ("MWh", Unit::new(Dimension::Unknown, "MWh", 1.0, 1.0)),
    ("GWh", Unit::new(Dimension::Unknown, "GWh", 1.0, 1.0)),
];

/// Spellings, the ones that need their case first.
static NAMES: &[(&str, Unit)] = &[
    ("ns", Unit::NANOSECOND),
    ("nanos", Unit::NANOSECOND),
    ("nsec", Unit::NANOSECOND),
    ("nanosecond", Unit::NANOSECOND),
    ("nanoseconds", Unit::NANOSECOND),
    ("us", Unit::MICROSECOND),
    ("µs", Unit::MICROSECOND),
    ("μs", Unit::MICROSECOND),
    ("usec", Unit::MICROSECOND),
    ("micros", Unit::MICROSECOND),
    ("microsecond", Unit::MICROSECOND),
    ("microseconds", Unit::MICROSECOND),
    ("ms", Unit::MILLISECOND),
    ("msec", Unit::MILLISECOND),
    ("msecs", Unit::MILLISECOND),
    ("millis", Unit::MILLISECOND),
    ("millisecond", Unit::MILLISECOND),
    ("milliseconds", Unit::MILLISECOND),
    ("s", Unit::SECOND),
    ("sec", Unit::SECOND),
    ("secs", Unit::SECOND),
    ("second", Unit::SECOND),
    ("seconds", Unit::SECOND),
    ("segundos", Unit::SECOND),
    ("secondes", Unit::SECOND),
    ("sekunden", Unit::SECOND),
    ("сек", Unit::SECOND),
    ("сек.", Unit::SECOND),
    ("секунд", Unit::SECOND),
    ("秒", Unit::SECOND),
    ("milisegundos", Unit::MILLISECOND),
    ("millisecondes", Unit::MILLISECOND),
    ("millisekunden", Unit::MILLISECOND),
    ("мс", Unit::MILLISECOND),
    ("毫秒", Unit::MILLISECOND),
    ("min", MINUTE),
    ("mins", MINUTE),
    ("minute", MINUTE),
    ("minutes", MINUTE),
    ("h", HOUR),
    ("hr", HOUR),
    ("hour", HOUR),
    ("hours", HOUR),
    ("d", DAY),
    ("day", DAY),
    ("days", DAY),
    ("B", Unit::BYTE),
    ("byte", Unit::BYTE),
    ("bytes", Unit::BYTE),
    ("kB", KILOBYTE),
    ("kilobytes", KILOBYTE),
    ("MB", MEGABYTE),
    ("megabytes", MEGABYTE),
    ("GB", GIGABYTE),
    ("gigabytes", GIGABYTE),
    ("TB", TERABYTE),
    ("KiB", KIBIBYTE),
    ("MiB", MEBIBYTE),
    ("GiB", GIBIBYTE),
    ("TiB", TEBIBYTE),
    ("%", Unit::PERCENT),
    ("pct", Unit::PERCENT),
    ("percent", Unit::PERCENT),
    ("percentage", Unit::PERCENT),
    ("ratio", Unit::RATIO),
    ("fraction", Unit::RATIO),
    ("count", Unit::COUNT),
    ("1", Unit::COUNT),
    ("/s", Unit::PER_SECOND),
    ("1/s", Unit::PER_SECOND),
    ("hz", Unit::PER_SECOND),
    ("rps", Unit::PER_SECOND),
    ("qps", Unit::PER_SECOND),
    ("tps", Unit::PER_SECOND),
    ("req/s", Unit::PER_SECOND),
    ("reqs/s", Unit::PER_SECOND),
    ("requests/s", Unit::PER_SECOND),
    ("requests/sec", Unit::PER_SECOND),
    ("ops/s", Unit::PER_SECOND),
    ("ops/sec", Unit::PER_SECOND),
    ("per_second", Unit::PER_SECOND),
    ("per_sec", Unit::PER_SECOND),
    ("/min", PER_MINUTE),
    ("per_minute", PER_MINUTE),
    ("rpm", PER_MINUTE),
    ("k/s", THOUSAND_PER_SECOND),
    ("M/s", MILLION_PER_SECOND),
    ("G/s", BILLION_PER_SECOND),
    ("T/s", TRILLION_PER_SECOND),
    ("/h", PER_HOUR),
    ("B/s", BYTE_PER_SECOND),
    ("bytes/s", BYTE_PER_SECOND),
    ("kB/s", KILOBYTE_PER_SECOND),
    ("MB/s", MEGABYTE_PER_SECOND),
    ("GB/s", GIGABYTE_PER_SECOND),
    ("KiB/s", KIBIBYTE_PER_SECOND),
    ("MiB/s", MEBIBYTE_PER_SECOND),
    ("GiB/s", GIBIBYTE_PER_SECOND),
    ("kbps", KILOBIT_PER_SECOND),
    ("mbps", MEGABIT_PER_SECOND),
    ("gbps", GIGABIT_PER_SECOND),
    ("kBps", KILOBYTE_PER_SECOND),
    ("KBps", KILOBYTE_PER_SECOND),
    ("MBps", MEGABYTE_PER_SECOND),
    ("GBps", GIGABYTE_PER_SECOND),
    ("bit", BIT),
    ("bits", BIT),
    ("kbit", KILOBIT),
    ("Mbit", MEGABIT),
    ("Gbit", GIGABIT),
    ("kbits", KILOBIT),
    ("Mbits", MEGABIT),
    ("Gbits", GIGABIT),
    ("bit/s", BIT_PER_SECOND),
    ("bits/s", BIT_PER_SECOND),
    ("bps", BIT_PER_SECOND),
    ("kbit/s", KILOBIT_PER_SECOND),
    ("kbits/s", KILOBIT_PER_SECOND),
    ("Mbit/s", MEGABIT_PER_SECOND),
    ("Mbits/s", MEGABIT_PER_SECOND),
    ("Mbps", MEGABIT_PER_SECOND),
    ("Mb/s", MEGABIT_PER_SECOND),
    ("Gb/s", GIGABIT_PER_SECOND),
    ("Gbit/s", GIGABIT_PER_SECOND),
    ("Gbits/s", GIGABIT_PER_SECOND),
    ("Gbps", GIGABIT_PER_SECOND),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_millisecond_value_becomes_the_nearest_double_in_seconds() {
        assert_eq!(Unit::MILLISECOND.to_base(351.0).to_bits(), 0.351_f64.to_bits());
        assert_eq!(Unit::MILLISECOND.of_base(0.351).to_bits(), 351.0_f64.to_bits());
    }

    #[test]
    fn every_spelling_is_found_as_itself() {
        for (name, unit) in NAMES {
            assert_eq!(Unit::parse(name), Some(*unit), "{name}");
        }
        assert_eq!(Unit::parse("parsec"), None);
        assert_eq!(Unit::parse(" MS ").map(|unit| unit.symbol), Some("ms"));
    }

    #[test]
    fn values_are_shown_in_the_largest_unit_not_above_them() {
        assert_eq!(Dimension::Time.display_unit(0.065).symbol, "ms");
        assert_eq!(Dimension::Time.display_unit(65.0).symbol, "s");
        assert_eq!(Dimension::Time.display_unit(0.0).symbol, "s");
        assert_eq!(Dimension::Time.display_unit(1e-12).symbol, "ns");
        assert_eq!(Dimension::Bytes.display_unit(2_633_826.0).symbol, "MB");
    }
}
