//! Results that are compared and not measured: `result` = 953888195 whoever has worked it out, and however often.
//!
//! In: a column of whole numbers among the others of its table. Out: that it checks what was done, where all rows of the same texts and sizes have
//! the same number, whatever repetition they are, while what was measured differs among them.

use std::collections::BTreeMap;

use crate::table::{CellType, Role, Table};

use super::name;
use super::vocabulary::Words;

/// Called so and nothing else, numbers may check what was done.
const CHECKED: Words = Words::of("result checksum crc digest output answer");
/// Fewer rows show nothing.
const FEWEST: usize = 8;
const MOST_ROWS: u64 = 10_000;
/// Smaller numbers may be a code or how many there were.
const LARGE: f64 = 10_000.0;

/// What whole numbers are that are the same whenever the same was done; `None` where they may have been measured.
pub(super) fn infer(table: &Table, index: usize, words: &[String]) -> Option<(Role, String)> {
    let [only] = words else { return None };
    if !CHECKED.has(only) || table.columns[index].cells != CellType::Integer || table.lines.rows() > MOST_ROWS {
        return None;
    }
    let values = table.values(index);
    let rows = usize::try_from(table.lines.rows()).ok().filter(|rows| *rows >= FEWEST && *rows == values.count())?;
    let of_text = |column: &usize| table.columns[*column].cells == CellType::Text;
    let texts: Vec<usize> = (0..table.columns.len()).filter(of_text).collect();
    let timed = (0..table.columns.len()).find(|column| {
        let said = name::read(&table.columns[*column].name);
        *column != index && table.columns[*column].cells.is_number() && said.unit.is_some()
    })?;
    // Of each combination of texts the number, and what was measured.
    let mut of_same: BTreeMap<Vec<Option<u32>>, (u64, Vec<u64>)> = BTreeMap::new();
    for row in 0..rows {
        let key = texts.iter().map(|column| table.text_cells(*column).code(row)).collect();
        let number = values.number(row)?;
        let measured = table.values(timed).number(row)?.to_bits();
        let (first, all) = of_same.entry(key).or_insert((number.to_bits(), Vec::new()));
        if *first != number.to_bits() || number.abs() < LARGE {
            return None;
        }
        if !all.contains(&measured) {
            all.push(measured);
        }
    }
    let differ = of_same.values().any(|(number, _)| of_same.values().next().is_some_and(|(first, _)| first != number));
    let repeated = of_same.values().all(|(_, measured)| measured.len() > 1);
    (!texts.is_empty() && differ && repeated).then(|| {
        (
            Role::Unused,
            "the same number whenever the same was done: a check of the results, and nothing measured".into(),
        )
    })
}
