//! Numbers that say the same as the size beside them: `size_bytes` 1024 where `file_size` is `1 KB`.
//!
//! In: a table with roles. Out: the same, in which such numbers are neither metrics nor settings of their own. People write `KB` for 1,000
//! bytes and for 1,024: what is one number for each label, and one of both in every row, was not measured.

use std::collections::BTreeMap;

use crate::measure::unit::Dimension;
use crate::table::{CellType, Column, Role, Table};

/// So many different sizes are looked at; what goes on beyond was measured.
const MOST_SIZES: usize = 64;

/// Takes numbers that repeat a size from among metrics and settings.
pub(super) fn settle(table: &mut Table) {
    for size in 0..table.columns.len() {
        let Some(said) = Said::of(&table.columns[size]) else { continue };
        for index in 0..table.columns.len() {
            let column = &table.columns[index];
            let numbers = matches!(column.cells, CellType::Integer | CellType::Decimal);
            let counts = matches!(column.role, Role::Metric | Role::Setting);
            if index != size && numbers && counts && says_the_same(table, index, size, &said) {
                let reason = format!("the number that `{}` says in letters", table.columns[size].name);
                let column = &mut table.columns[index];
                (column.role, column.role_reason, column.unit) = (Role::Unused, reason, None);
            }
        }
    }
}

/// What the cells of a column say in bytes.
enum Said {
    /// Sizes that were chosen, read by thousands.
    Numbers,
    /// Labels, each by thousands and by 1,024.
    Texts(Vec<[f64; 2]>),
}

impl Said {
    /// Of labels that are all sizes, and of sizes that were chosen.
    fn of(column: &Column) -> Option<Self> {
        match column.cells {
            CellType::Quantity(Dimension::Bytes) if column.role == Role::Setting => Some(Self::Numbers),
            CellType::Text if column.role == Role::Label && column.dictionary.len() <= MOST_SIZES => {
                column.dictionary.iter().map(|text| bytes_of(text)).collect::<Option<Vec<_>>>().map(Self::Texts)
            }
            _ => None,
        }
    }
}

/// Whether each row has the number that its size says, by thousands or by 1,024, for two sizes at least.
fn says_the_same(table: &Table, index: usize, size: usize, said: &Said) -> bool {
    let values = table.values(index);
    let mut of_size: BTreeMap<[u64; 2], u64> = BTreeMap::new();
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    for row in 0..rows {
        let said = match said {
            Said::Numbers => table.values(size).number(row).map(by_thousands_and_by_1024),
            Said::Texts(texts) => table.text_cells(size).code(row).and_then(|code| texts.get(code as usize).copied()),
        };
        let (Some(said), Some(number)) = (said, values.number(row)) else { return false };
        let one = *of_size.entry(said.map(f64::to_bits)).or_insert_with(|| number.to_bits());
        if one != number.to_bits() || !said.contains(&number) || of_size.len() > MOST_SIZES {
            return false;
        }
    }
    of_size.len() >= 2
}

/// A number of bytes that was read by thousands, and the one by 1,024 that may have been meant.
fn by_thousands_and_by_1024(bytes: f64) -> [f64; 2] {
    let thousands = [1e12, 1e9, 1e6, 1e3].into_iter().zip([4, 3, 2, 1]).find(|(unit, _)| bytes >= *unit);
    [bytes, thousands.map_or(bytes, |(unit, power)| bytes / unit * 1024_f64.powi(power))]
}

/// What a text such as `4K`, `1 KB` or `16MiB` says in bytes, by thousands and by 1,024.
fn bytes_of(text: &str) -> Option<[f64; 2]> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let number: f64 = text[..end].parse().ok()?;
    let unit = text[end..].trim().to_ascii_lowercase();
    let power = match unit.trim_end_matches('b').trim_end_matches('i') {
        "" if unit == "b" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        _ => return None,
    };
    Some([number * 1000_f64.powi(power), number * 1024_f64.powi(power)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_may_be_meant_by_thousands_and_by_1024() {
        assert_eq!(bytes_of("4K"), Some([4000.0, 4096.0]));
        assert_eq!(bytes_of("1 KB"), Some([1000.0, 1024.0]));
        assert_eq!(bytes_of("16MiB"), Some([16e6, 16_777_216.0]));
        assert_eq!(bytes_of("512 B"), Some([512.0, 512.0]));
        assert_eq!(bytes_of("4 cores"), None);
        assert_eq!(by_thousands_and_by_1024(100_000.0), [100_000.0, 102_400.0]);
    }
}
