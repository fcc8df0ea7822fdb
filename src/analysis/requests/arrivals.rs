//! Whether how many rows of a run came in a second says something of what was measured.
//!
//! In: a run and the source that it is of. Out: yes or no. Requests are a load, and so are rows that nobody calls anything; repetitions of
//! a benchmark come one after the other, as quickly as somebody starts them, and fewer pauses are better. The one place that knows: where
//! the first line says a rate, a comparison looks at it.

use super::result::RequestRun;
use crate::analysis::source::{Column, Source};
use crate::measure::RowKind;
use crate::measure::words::{Words, apart};
use crate::table::COUNTED_IN_ROWS;

/// Words in names of columns that tell repetitions of something from each other.
const REPETITIONS: Words = Words::of(
    "benchmark benchmarks bench microbenchmark repetition repetitions trial trials epoch epochs step steps commit revision",
);
/// Words in names of columns of rows of which there had better be few.
const INTERRUPTIONS: Words = Words::of(
    "gc pause pauses stall stalls stw safepoint freeze freezes jank outage outages downtime incident incidents",
);

/// Whether the rate of a run is said and compared.
pub(crate) fn says_a_rate(run: &RequestRun, source: &Source) -> bool {
    if run.are_requests {
        return true;
    }
    let is_other = |name: &str| {
        let words = apart(name);
        REPETITIONS.among(&words).is_some() || INTERRUPTIONS.among(&words).is_some()
    };
    // Rows that count requests come as often as somebody wrote one.
    let counts = |column: &Column| column.role_reason == COUNTED_IN_ROWS;
    let columns = source.tables.get(run.table as usize).map_or(&[][..], |table| &table.columns);
    source.row != RowKind::Run
        && !is_other(&run.metric)
        && !columns.iter().any(|column| is_other(&column.name) || counts(column))
}
