//! What a piece of something costs: `s/GiB`, `MB/token`.
//!
//! Such numbers have no dimension here: nothing is converted, and the unit is said beside them as it is.

use super::{Dimension, Unit};

/// The units by what they are divided by, each with the symbol of the amount.
macro_rules! quotients {
    ($($by:literal),*) => {
        &[$(($by, &quotients!(@amounts $by, "ns", "µs", "ms", "s", "min", "h", "B", "kB", "MB", "GB", "KiB", "MiB", "GiB", "bit",
            "W", "mW", "kW", "J", "mJ", "kJ", "Wh", "mWh", "kWh"))),*]
    };
    (@amounts $by:literal, $($amount:literal),*) => {
        [$(($amount, Unit::new(Dimension::Unknown, concat!($amount, "/", $by), 1.0, 1.0))),*]
    };
}

/// So many amounts may be divided.
const AMOUNTS: usize = 23;

static QUOTIENTS: &[(&str, &[(&str, Unit); AMOUNTS])] = quotients!(
    "bit",
    "B",
    "kB",
    "MB",
    "GB",
    "TB",
    "KiB",
    "MiB",
    "GiB",
    "TiB",
    "token",
    "element",
    "item",
    "row",
    "user",
    "image",
    "frame",
    "step",
    "request",
    "op",
    "query",
    "message",
    "iteration",
    "call"
);

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Unit> {
    QUOTIENTS.iter().flat_map(|(_, amounts)| amounts.iter().map(|(_, unit)| unit))
}

impl Unit {
    /// This unit for each of what `by` names; `None` where that is nothing known.
    pub(crate) fn by(self, by: &str) -> Option<Self> {
        let singular = match by {
            "tok" | "toks" => "token",
            "elem" | "elems" => "element",
            "req" | "reqs" => "request",
            "img" => "image",
            "msg" => "message",
            "iter" => "iteration",
            "queries" => "query",
            _ => by.strip_suffix('s').unwrap_or(by),
        };
        let data = Self::parse(by).filter(|unit| unit.dimension == Dimension::Bytes).map(|unit| unit.symbol);
        let (_, amounts) = QUOTIENTS.iter().find(|(known, _)| *known == data.unwrap_or(singular))?;
        amounts.iter().find(|(amount, _)| *amount == self.symbol).map(|(_, unit)| *unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_by_another_is_written_as_both() {
        let by = |amount: &str, by: &str| Unit::parse(amount).and_then(|unit| unit.by(by)).map(|unit| unit.symbol);
        assert_eq!(by("s", "gib"), Some("s/GiB"));
        assert_eq!(by("MB", "tok"), Some("MB/token"));
        assert_eq!(by("ns", "bytes"), Some("ns/B"));
        assert_eq!(by("ms", "furlong"), None);
        assert_eq!(Unit::of_power("J").and_then(|unit| unit.by("tokens")).map(|unit| unit.symbol), Some("J/token"));
    }
}
