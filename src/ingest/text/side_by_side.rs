//! Samples of one thing that stand side by side in a row: a single row of many numbers, a line of them for each of several metrics, or columns
//! `run1`, `run2`, `run3`.
//!
//! In: the only row of a text, or the names and types of its columns. Out: which cells are samples and which hold for all of them,
//! and the rows with one sample each. What the other columns hold is said once for several samples: a setting or a label of theirs, and
//! no measurement (`Average` is none).

use std::collections::BTreeSet;

use crate::ingest::meaning::name;
use crate::ingest::meaning::vocabulary::Words;
use crate::ingest::text::cells::{self, DecimalMark, Look};
use crate::ingest::text::column_types::column_type;
use crate::ingest::text::row::{Row, RowBuffer};
use crate::table::CellType;

/// What columns of repetitions are called, with a number behind it.
const RUNS: Words = Words::of("run runs trial rep repetition iteration iter attempt measurement sample execution exec");
/// What the column of the samples is called.
const NAME: &str = "measured";

/// Which columns of a table hold samples of one thing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SideBySide {
    /// The names of all columns, as the header has them; none where there is no header.
    pub(super) names: Vec<String>,
    others: Vec<usize>,
    samples: Vec<usize>,
}

impl SideBySide {
    /// A row that holds samples of one thing and nothing else, with their type: many numbers, all whole or all decimal, and near
    /// each other.
    pub(super) fn of_row(row: Row<'_>) -> Option<(Self, CellType)> {
        const FEWEST: usize = 50;
        /// Numbers of unlike things lie farther apart.
        const FARTHEST: f64 = 1000.0;
        let mark = DecimalMark::Point;
        let cells = column_type((0..row.len()).map(|index| row.cell(index)), mark);
        let numbers: Vec<f64> = row.iter().filter_map(|cell| cells::number(cell, mark)).collect();
        // A few may be wrong.
        let mut sorted = numbers.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let few = numbers.len() / 20;
        let (low, high) = (sorted.get(few).copied()?, sorted.get(numbers.len() - 1 - few).copied()?);
        let alike = cells == CellType::Decimal || row.iter().all(|cell| cells::look(cell, mark) == Look::Integer);
        let many = numbers.len() >= FEWEST && numbers.len() == row.len();
        let near = low > 0.0 && high <= FARTHEST * low;
        let found = Self { names: Vec::new(), others: Vec::new(), samples: (0..row.len()).collect() };
        (many && near && cells.is_number() && alike).then_some((found, cells))
    }

    /// Few lines of many numbers each, behind a name that no other line has: a line a metric, with the names and types of the table that has
    /// one sample in a row. Most of the names speak of a quantity: of things that have many numbers each nobody says which are alike.
    pub(super) fn of_lines(rows: &[RowBuffer]) -> Option<(Self, Vec<String>, Vec<CellType>)> {
        const FEWEST_NUMBERS: usize = 20;
        const MOST_LINES: usize = 40;
        /// So many times as wide as it is long.
        const WIDE: usize = 5;
        let width = rows.first()?.row().len();
        if !(2..=MOST_LINES).contains(&rows.len()) || width <= FEWEST_NUMBERS.max(WIDE * rows.len()) {
            return None;
        }
        let mark = DecimalMark::Point;
        let mut named = BTreeSet::new();
        let (mut of_quantities, mut decimal) = (0_usize, false);
        for row in rows.iter().map(RowBuffer::row) {
            let text = std::str::from_utf8(row.cell(0)).ok()?.trim();
            let is_new = text.starts_with(char::is_alphabetic) && named.insert(text.to_owned());
            let numbers = (1..row.len()).all(|index| cells::look(row.cell(index), mark).is_number());
            if row.len() != width || !is_new || !numbers {
                return None;
            }
            of_quantities += usize::from(name::read(text).kind.is_some());
            decimal |= (1..row.len()).any(|index| cells::look(row.cell(index), mark) != Look::Integer);
        }
        let cells = if decimal { CellType::Decimal } else { CellType::Integer };
        let found = Self { names: Vec::new(), others: vec![0], samples: (1..width).collect() };
        (2 * of_quantities > rows.len())
            .then(|| (found, vec!["metric".to_owned(), "value".to_owned()], vec![CellType::Text, cells]))
    }

    /// Columns of numbers that are called like repetitions, counted on by one; with the names and types of the table that has one
    /// sample in a row.
    pub(super) fn of_columns(names: &[String], types: &[CellType]) -> Option<(Self, Vec<String>, Vec<CellType>)> {
        const FEWEST: usize = 3;
        let numbered: Vec<(usize, NumberedName<'_>)> = names
            .iter()
            .enumerate()
            .filter(|(index, _)| types[*index].is_number())
            .filter_map(|(index, name)| Some((index, NumberedName::of(name)?)))
            .collect();
        let (_, first) = numbered.first()?;
        let in_a_row = numbered
            .iter()
            .zip(first.number..)
            .all(|((_, one), number)| one.number == number && one.before == first.before && one.behind == first.behind);
        if numbered.len() < FEWEST || first.number > 1 || !in_a_row {
            return None;
        }
        let samples: Vec<usize> = numbered.iter().map(|(index, _)| *index).collect();
        let others: Vec<usize> = (0..names.len()).filter(|index| !samples.contains(index)).collect();
        let decimal = samples.iter().any(|index| types[*index] == CellType::Decimal);
        let cells = if decimal { CellType::Decimal } else { CellType::Integer };
        let new_names = others.iter().map(|index| names[*index].clone()).chain([format!("{NAME}{}", first.behind)]);
        let new_types = others.iter().map(|index| types[*index]).chain([cells]);
        let (new_names, new_types) = (new_names.collect(), new_types.collect());
        Some((Self { names: names.to_vec(), others, samples }, new_names, new_types))
    }

    /// How many columns hold for several samples; they stand before those.
    pub(super) fn inherited(&self) -> usize {
        self.others.len()
    }

    /// How many cells a row has.
    pub(super) fn width(&self) -> usize {
        self.others.len() + self.samples.len()
    }

    /// Hands over a row for each sample that is there.
    pub(super) fn each(&self, row: Row<'_>, mut take: impl FnMut(Row<'_>)) {
        let mut cells: Vec<(usize, usize)> = self.others.iter().map(|index| row.cells[*index]).collect();
        for sample in self.samples.iter().filter(|sample| !row.cell(**sample).is_empty()) {
            cells.push(row.cells[*sample]);
            take(Row { text: row.text, cells: &cells });
            cells.pop();
        }
    }
}

/// A name with a number in it: `run_3 (ms)`.
#[derive(PartialEq)]
struct NumberedName<'n> {
    before: &'n str,
    number: u64,
    behind: &'n str,
}

impl<'n> NumberedName<'n> {
    fn of(name: &'n str) -> Option<Self> {
        let start = name.find(|letter: char| letter.is_ascii_digit())?;
        let digits = name[start..].bytes().take_while(u8::is_ascii_digit).count();
        let (before, behind) = (&name[..start], &name[start + digits..]);
        let word = before.trim_end_matches([' ', '_', '-', '#', '.']).to_lowercase();
        let number = name[start..start + digits].parse().ok()?;
        (RUNS.has(&word) && !behind.contains(|letter: char| letter.is_ascii_digit())).then_some(Self {
            before,
            number,
            behind,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_repetitions_are_samples_of_one_thing() {
        let of = |names: &[&str]| {
            let types: Vec<CellType> =
                names.iter().map(|name| if *name == "tool" { CellType::Text } else { CellType::Decimal }).collect();
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            SideBySide::of_columns(&names, &types).map(|(_, names, _)| names)
        };
        assert_eq!(of(&["tool", "Run1", "Run2", "Run3", "Average"]).unwrap(), ["tool", "Average", "measured"]);
        assert_eq!(of(&["tool", "run_0_ms", "run_1_ms", "run_2_ms"]).unwrap(), ["tool", "measured_ms"]);
        assert_eq!(of(&["trial 1 (s)", "trial 2 (s)", "trial 3 (s)"]).unwrap(), ["measured (s)"]);
        for other in [
            &["run1", "run2"][..],
            &["run1", "run3", "run5"],
            &["cpu0", "cpu1", "cpu2"],
            &["p50", "p95", "p99"],
            &["run1_ms", "run2_s", "run3_ms"],
        ] {
            assert_eq!(of(other), None, "{other:?}");
        }
    }
}
