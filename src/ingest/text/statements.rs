//! Lines below a table that state one number of the whole run: `Average Power (Watt) = 14.19`.
//!
//! In: a row of one cell. Out: what it reports. Only a name that states its unit says what is measured; `Threads: 4` may be a setting.

use crate::ingest::meaning::{name, units};
use crate::ingest::sink::Sink;
use crate::measure::Statistic;
use crate::measure::reported::{Reported, ReportedValue};

use super::cells::{self, DecimalMark};
use super::row::Row;

/// A longer name is a sentence.
const LONGEST_NAME: usize = 60;

/// Sets a line below a table aside, and keeps what it reports of the whole run.
pub(super) fn set_aside(row: Row<'_>, mark: DecimalMark, line: u64, sink: &mut Sink) {
    let stated = reported(row, mark, line).filter(|_| sink.declared.is_empty());
    let what = match stated {
        Some(_) => "lines below a table that state a number of the whole run: shown as reported",
        None => "lines of text below a table",
    };
    sink.reported.extend(stated);
    sink.provenance.set_aside(what, line);
}

/// What a line below a table reports of the whole run.
fn reported(row: Row<'_>, mark: DecimalMark, line: u64) -> Option<Reported> {
    if row.len() != 1 {
        return None;
    }
    let text = std::str::from_utf8(row.cell(0)).ok()?;
    let (metric, number) = text.rsplit_once('=').or_else(|| text.rsplit_once(':'))?;
    let (metric, number) = (metric.trim(), number.trim());
    let unit = units::stated(metric).filter(|_| !metric.is_empty() && metric.len() <= LONGEST_NAME)?;
    if !cells::look(number.as_bytes(), mark).is_number() {
        return None;
    }
    let value = number.parse::<f64>().ok().filter(|value| value.is_finite())?;
    Some(Reported {
        metric: metric.to_owned(),
        label: None,
        meaning: Some("stated below the rows, of the whole run".to_owned()),
        polarity: name::read(metric).polarity,
        values: vec![ReportedValue::stated(Statistic::Value, value, unit, Some(line))],
    })
}
