//! What is odd about the recording of a metric or of a table, with the lines concerned: evidence, of which the report makes
//! findings.

use crate::stats::corruption::Suspect;
use crate::stats::recording::Clock;
use crate::table::line_map::LineMap;

/// First and last line of a stretch of rows.
pub type Lines = (u64, u64);

/// Something odd.
#[derive(Debug, Clone, PartialEq)]
pub enum Anomaly {
    /// A number of another table, which a reader of the first header would have counted.
    ForeignValue {
        /// Its line.
        line: u64,
        /// As it was written.
        text: String,
        /// What it would be under the first header, base unit.
        would_be: f64,
        /// The header that explains it.
        header: String,
        /// Line of that header.
        header_line: u64,
    },
    /// A sample that may be no measurement.
    Suspect {
        /// Why.
        suspect: Suspect,
        /// Its row in the table.
        row: usize,
        /// The line of that row.
        line: Option<u64>,
        /// The value as recorded.
        recorded: f64,
        /// Its label.
        label: Option<String>,
    },
    /// A block of values that occurs twice.
    Repeat {
        /// Where it is first.
        first: Lines,
        /// Where it is again.
        again: Lines,
        /// How many values.
        length: u64,
    },
    /// A value that stays the same.
    Stuck {
        /// Where.
        lines: Lines,
        /// The value, base unit.
        value: f64,
        /// How many times.
        length: u64,
    },
    /// Values in another unit, as it looks.
    UnitBlock {
        /// The first and the last of them.
        lines: Lines,
        /// The stretches of lines that hold nothing else.
        stretches: Vec<Lines>,
        /// The factor between the units.
        factor: f64,
        /// Whether they are too large; too small otherwise.
        above: bool,
        /// How many values.
        length: u64,
    },
    /// Values that the configuration sets aside.
    SetAside {
        /// Where.
        lines: Lines,
        /// How many values.
        length: u64,
    },
    /// Rows that a status calls a success and a text beside it an error.
    Contradicted {
        /// The first lines of them.
        lines: Vec<u64>,
        /// How many.
        count: u64,
        /// The status column.
        status: String,
        /// The column of errors.
        error: String,
    },
    /// Numbers that are no codes in a column of codes.
    OddCodes {
        /// The first lines of them.
        lines: Vec<u64>,
        /// How many.
        count: u64,
        /// Some of them, each once.
        numbers: Vec<f64>,
        /// The column.
        column: String,
    },
    /// Instants that lie well before the one of the row above.
    ClockBackwards(Vec<u64>),
    /// Pauses far longer than all others stand before these lines.
    ClockJump(Vec<u64>),
}

/// What the clock of a table did, with the lines of its rows.
pub(super) fn of_clock(clock: &Clock, lines: &LineMap) -> Vec<Anomaly> {
    let of_rows = |rows: &[usize]| -> Vec<u64> { rows.iter().filter_map(|row| lines.line(*row as u64)).collect() };
    let backwards = Some(of_rows(&clock.backwards)).filter(|lines| !lines.is_empty()).map(Anomaly::ClockBackwards);
    let jumps = Some(of_rows(&clock.jumps)).filter(|lines| !lines.is_empty()).map(Anomaly::ClockJump);
    backwards.into_iter().chain(jumps).collect()
}
