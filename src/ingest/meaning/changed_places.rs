//! Rows in which two measured cells changed places: a size where the duration stands, and the duration where the size does.
//!
//! In: a table with roles. Out: the same without those cells, and a finding. Both cells of a row have to fit the other column, by how its
//! numbers are written and how large they are, and neither its own: a whole number among decimals is no more than that.

use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::folded::Folded;
use crate::table::packed::Cells;
use crate::table::storage::Storage;
use crate::table::{Role, Shape, Table};

use super::minus_one::without;

/// Fewer rows are mistakes of another kind.
const FEWEST: usize = 3;
/// Of more rows than this share nobody knows which order is the right one.
const MOST_SHARE: f64 = 0.4;
/// So many columns of a kind are held against those of the other.
const MOST_COLUMNS: usize = 8;
/// A number fits a column within this factor of its range, and is foreign beyond the other.
const FITS: f64 = 2.0;
const FOREIGN: f64 = 3.0;
/// Lines that the finding names; the rest are counted.
const NAMED_LINES: usize = 8;

/// Takes the cells of such rows away.
pub(super) fn take(table: &mut Table, storage: &Storage, source: &str, findings: &mut Vec<Finding>) {
    let few = |some: u64, all: usize| some >= FEWEST as u64 && (some as f64) <= MOST_SHARE * all as f64;
    let of_kind = |is: &dyn Fn(&Shape, usize) -> bool| -> Vec<usize> {
        let metrics = table.columns_as(Role::Metric);
        let fits = |index: &usize| {
            table.columns[*index].shape.as_ref().is_some_and(|shape| is(shape, table.values(*index).count()))
        };
        metrics.filter(fits).take(MOST_COLUMNS).collect()
    };
    // How numbers are written was counted while they were read: most tables end here.
    let decimals = of_kind(&|shape, all| few(shape.fraction_digits[0], all));
    let wholes = of_kind(&|shape, all| few(shape.decimals(), all));
    let pairs = decimals.iter().flat_map(|one| wholes.iter().map(move |other| (*one, *other)));
    let found = pairs.filter(|(one, other)| one != other).find_map(|(decimal, whole)| {
        let rows = changed(table.values(decimal), table.values(whole))?;
        Some((decimal, whole, rows))
    });
    let Some((decimal, whole, rows)) = found else { return };
    let lines: Vec<u64> = rows.iter().filter_map(|row| table.lines.line(*row as u64)).collect();
    let [one, other] = [decimal, whole].map(|column| table.columns[column].name.clone());
    let reason = format!(
        "`{one}` and `{other}` changed places in {} rows: each holds what all other rows of the other hold (lines {})",
        rows.len(),
        Folded::of(&lines, NAMED_LINES)
    );
    let place =
        Place { source: source.to_owned(), line: lines.first().copied(), last_line: None, column: Some(one.clone()) };
    let action = "both cells of these rows are left out";
    let finding = Finding::new(Severity::Corrupted, FindingKind::Contradiction, place, reason, action);
    findings.push(finding.metric(&one).count(rows.len() as u64));
    for column in [decimal, whole] {
        table.columns[column].data = without(table.values(column), &rows, storage);
    }
}

/// The rows in which a column of decimals has a whole number and one of whole numbers a decimal, where these are all decimals of the latter and
/// each number is of the other column by its size.
fn changed(decimal: &Cells, whole: &Cells) -> Option<Vec<usize>> {
    let mut rows = Vec::new();
    let (mut of_decimal, mut of_whole) = (Range::EMPTY, Range::EMPTY);
    for (row, (one, other)) in decimal.iter().zip(whole.iter()).enumerate() {
        let is_odd = other.is_some() && !whole.is_whole(row);
        if is_odd && (one.is_none() || !decimal.is_whole(row)) {
            return None;
        }
        if is_odd {
            rows.push(row);
        } else {
            if let Some(one) = one {
                of_decimal.take(one);
            }
            if let Some(other) = other {
                of_whole.take(other);
            }
        }
    }
    let is_changed = |row: &usize| {
        let numbers = decimal.number(*row).zip(whole.number(*row));
        numbers.is_some_and(|(one, other)| {
            of_whole.holds(one, FITS)
                && !of_decimal.holds(one, FOREIGN)
                && of_decimal.holds(other, FITS)
                && !of_whole.holds(other, FOREIGN)
        })
    };
    (rows.len() >= FEWEST && rows.iter().all(is_changed)).then_some(rows)
}

/// From the least to the largest of some positive numbers.
#[derive(Clone, Copy)]
struct Range {
    low: f64,
    high: f64,
}

impl Range {
    const EMPTY: Self = Self { low: f64::INFINITY, high: 0.0 };

    fn take(&mut self, number: f64) {
        (self.low, self.high) = (self.low.min(number), self.high.max(number));
    }

    /// Whether a number is no further away than by a factor.
    fn holds(&self, number: f64, factor: f64) -> bool {
        self.low > 0.0 && number >= self.low / factor && number <= self.high * factor
    }
}
