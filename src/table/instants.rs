//! The instants of a column, whether they were written as dates or as numbers.

use std::ops::Range;

use crate::measure::unit::Dimension;
use crate::table::packed::Cells;
use crate::table::{CellType, Table};

/// The instants of a column.
pub struct Instants<'a> {
    cells: &'a Cells,
    /// Nanoseconds of a number's unit; absent where the cells are instants.
    factor: Option<f64>,
}

impl<'a> Instants<'a> {
    /// Those of a column of dates or of numbers.
    pub fn of(table: &'a Table, column: usize) -> Self {
        /// What begins below counts from a beginning of its own, not since 1970.
        const LEAST_SINCE_1970: f64 = 1e9;
        if table.columns[column].cells == CellType::Timestamp {
            return Self { cells: table.instant_cells(column), factor: None };
        }
        let cells = table.values(column);
        let (mut least, mut typical) = (f64::INFINITY, 0.0_f64);
        cells.visit_present(0..cells.count(), |block| {
            (least, typical) = block.iter().fold((least, typical), |(least, most), at| (least.min(*at), most.max(*at)));
        });
        // A clock that counts from its own beginning does so in the unit that is stated.
        let unit = table.columns[column].unit();
        // Nanoseconds that begin above it are seconds since 1970 no more: the unit goes before how many digits they have.
        let own = least < LEAST_SINCE_1970 || typical < unit.of_base(LEAST_SINCE_1970);
        if unit.dimension == Dimension::Time && own {
            return Self { cells, factor: Some(unit.to_base(1e9).round()) };
        }
        // Seconds since 1970 have ten digits, milliseconds thirteen, and so on; anything shorter counts seconds itself.
        let nanos = [1e9, 1e12, 1e15, 1e18].iter().position(|scale| typical < scale * 4.0).unwrap_or(3);
        Self { cells, factor: Some([1e9, 1e6, 1e3, 1.0][nanos]) }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.cells.count()
    }

    /// Hands over every instant that is there with its row, in nanoseconds.
    pub fn each(&self, take: &mut dyn FnMut(usize, i64)) {
        let mut row = 0;
        self.visit(0..self.cells.rows(), |instant| {
            if let Some(instant) = instant {
                take(row, instant);
            }
            row += 1;
        });
    }

    /// Hands over the instants of a range of rows, absent ones included, in order, in nanoseconds.
    pub fn visit(&self, rows: Range<usize>, mut take: impl FnMut(Option<i64>)) {
        match self.factor {
            None => self.cells.visit_instants_of(rows, take),
            Some(factor) => self.cells.visit(rows, |block| {
                for (offset, number) in block.numbers.iter().enumerate() {
                    take(block.has(offset).then(|| nanos(*number, factor)));
                }
            }),
        }
    }

    /// Whether not all of them are the same: an instant that all rows share tells none of them apart. Only the first rows of a long table
    /// are looked at one by one.
    pub fn goes_on(&self) -> bool {
        const LOOKED_AT: usize = 20_000;
        let rows = self.cells.rows();
        let (mut first, mut differ) = (None, rows > LOOKED_AT);
        self.visit(0..rows.min(LOOKED_AT), |instant| {
            differ |= instant.is_some() && first.is_some() && instant != first;
            first = first.or(instant);
        });
        differ
    }

    /// Whether each instant is that of a record with several samples: it stands in as many rows, one after the other, as every other, and
    /// texts that vary do so from record to record and never within one. Only the first rows of a long table are looked at.
    pub fn are_of_records(&self, table: &Table) -> bool {
        const LOOKED_AT: usize = 4096;
        const FEWEST_RECORDS: usize = 3;
        let rows = self.cells.rows();
        let first = self.at(0);
        let each = (1..rows.min(LOOKED_AT)).take_while(|row| self.at(*row) == first).count() + 1;
        if first.is_none() || each < 2 || !rows.is_multiple_of(each) || rows / each < FEWEST_RECORDS {
            return false;
        }
        let looked_at = rows.min(LOOKED_AT / each * each);
        let same_inside = |same: &dyn Fn(usize, usize) -> bool| {
            (0..looked_at).filter(|row| row % each != 0).all(|row| same(row - 1, row))
        };
        // Of two records one after the other some may have the same instant, to the second.
        let differ = |same: &dyn Fn(usize, usize) -> bool| {
            (each..looked_at).step_by(each).filter(|row| !same(row - 1, *row)).count()
        };
        let at = |one: usize, other: usize| self.at(one) == self.at(other);
        if !same_inside(&at) || differ(&at) + 1 < FEWEST_RECORDS {
            return false;
        }
        let texts: Vec<usize> = (0..table.columns.len())
            .filter(|index| table.columns[*index].cells == CellType::Text && table.columns[*index].dictionary.len() > 1)
            .collect();
        let mut varies = false;
        texts.iter().all(|index| {
            let cells = table.text_cells(*index);
            let same = |one: usize, other: usize| cells.code(one) == cells.code(other);
            varies |= differ(&same) > 0;
            same_inside(&same)
        }) && varies
    }

    /// The instant of a row.
    pub fn at(&self, row: usize) -> Option<i64> {
        match self.factor {
            None => {
                let mut found = None;
                self.cells.visit_instants_of(row..row + 1, |instant| found = instant);
                found
            }
            Some(factor) => self.cells.number(row).map(|number| nanos(number, factor)),
        }
    }
}

/// A number in nanoseconds: seconds since 1970 take ten digits, so that a product with all of them would not be exact.
fn nanos(number: f64, factor: f64) -> i64 {
    let whole = number.trunc();
    (whole as i64).saturating_mul(factor as i64).saturating_add(((number - whole) * factor).round() as i64)
}
