//! Rows at the end of a table that sum up the rows above: a mean, a median, a percentile of each column, and no clock, name or
//! label where all rows above have one.
//!
//! In: a table with roles. Out: the same without those rows, which are set aside with a finding that says which statistics of
//! the rows above their numbers are. A row whose label was merely left out is none of them: its numbers are no statistics.

use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::table::packed::Kind;
use crate::table::source::Provenance;
use crate::table::{Role, Shape, Table};

use super::{name, tally, vocabulary};

/// More rows are no closing ones.
const MOST: usize = 10;
/// Fewer rows above have no statistics to speak of.
const FEWEST_ABOVE: usize = 3;

/// So many exact sums show that rows of that name are sums.
const FEWEST_SUMS: usize = 2;
/// And of all of that name such a share.
const SUMS: f64 = 0.9;
/// Statistics that no sample is by chance.
const UNLIKELY: [&str; 3] = ["mean", "sum", "standard deviation"];

/// Takes closing rows out of a table: those at its end, and those below each of its blocks.
pub(crate) fn set_aside(table: Table, provenance: &mut Provenance, findings: &mut Vec<Finding>) -> Table {
    let table = between_blocks(table, provenance, findings);
    let Some(closing) = Closing::of(&table).or_else(|| Closing::called_total(&table)) else { return table };
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let mask: Vec<bool> = (0..rows).map(|row| row < closing.from).collect();
    let Some(mut kept) = table.only(&mask) else { return table };
    for row in closing.from..rows {
        provenance
            .set_aside("closing rows that sum up the rows above", table.lines.line(row as u64).unwrap_or_default());
    }
    let place = Place {
        source: provenance.name.clone(),
        line: table.lines.line(closing.from as u64),
        last_line: table.lines.line(rows as u64 - 1),
        column: None,
    };
    let statistics = closing.statistics.join(", ");
    let missing = closing.missing.join(", ");
    let reason = closing.label.as_ref().map_or_else(
        || format!("without {missing}, which all rows above have: {statistics} of the rows above"),
        |label| format!("called `{label}`: {statistics} of the rows above"),
    );
    let finding = Finding::new(
        Severity::Note,
        FindingKind::ClosingRow,
        place,
        reason,
        "they sum up samples and are none: not used",
    );
    findings.push(finding.count((rows - closing.from) as u64));
    kept.foreign_values = table.foreign_values;
    kept
}

/// Takes out the rows between blocks that are called `Average` or the like and hold a statistic of the block above.
fn between_blocks(table: Table, provenance: &mut Provenance, findings: &mut Vec<Finding>) -> Table {
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let is_word = |text: &String| vocabulary::SUMMARY_ROW.has_text(text);
    let labels = |column: &usize| {
        let column = &table.columns[*column];
        column.cells.kind() == Kind::Codes && column.dictionary.iter().any(is_word)
    };
    let Some(label) = table.columns_as(Role::Label).find(labels) else { return table };
    let dictionary = &table.columns[label].dictionary;
    let text = |row: usize| table.columns[label].data.code(row).and_then(|code| dictionary.get(code as usize));
    let metrics: Vec<usize> = table.columns_as(Role::Metric).collect();
    let mut mask = vec![true; rows];
    let mut from = 0;
    let mut found: Vec<&'static str> = Vec::new();
    // Sums of rows that were rounded before.
    let mut rounded = Vec::new();
    for row in (0..rows).filter(|row| text(*row).is_some_and(is_word)) {
        let above: Vec<(usize, Vec<(&'static str, f64)>)> = metrics
            .iter()
            .map(|metric| {
                let mut samples: Vec<f64> = table.values(*metric).iter().take(row).skip(from).flatten().collect();
                samples.sort_unstable_by(f64::total_cmp);
                (*metric, statistics(&samples))
            })
            .collect();
        if let Some((name, _)) = statistic_of_all(&table, &above, row).filter(|_| row > from + 1) {
            mask[row] = false;
            found.push(name);
        } else if text(row).is_some_and(|text| vocabulary::is_total(text))
            && is_near_sum(&table, &above, row, row - from)
        {
            rounded.push(row);
        }
        from = row + 1;
    }
    let sums = found.iter().filter(|name| **name == "sum").count();
    if sums >= FEWEST_SUMS {
        let totals: Vec<usize> =
            (0..rows).filter(|row| text(*row).is_some_and(|text| vocabulary::is_total(text))).collect();
        // A reading that a counter was late for is called as the others are.
        let all = (sums + rounded.len()) as f64 >= SUMS * totals.len() as f64;
        if all { totals } else { rounded }.into_iter().for_each(|row| mask[row] = false);
    }
    let first = mask.iter().position(|kept| !kept);
    let Some((first, kept)) = first.and_then(|first| Some((first, table.only(&mask)?))) else { return table };
    for (row, _) in mask.iter().enumerate().filter(|(_, kept)| !**kept) {
        provenance.set_aside("rows that sum up the rows above", table.lines.line(row as u64).unwrap_or_default());
    }
    let called = text(first).cloned().unwrap_or_default();
    found.sort_unstable();
    found.dedup();
    let place = Place::line(&provenance.name, table.lines.line(first as u64).unwrap_or_default());
    let count = mask.iter().filter(|kept| !**kept).count() as u64;
    let finding = Finding::new(
        Severity::Note,
        FindingKind::ClosingRow,
        place,
        format!("called `{called}`: {} of the rows above", found.join(", ")),
        "they sum up samples and are none: not used",
    );
    findings.push(finding.count(count));
    Table { foreign_values: table.foreign_values, ..kept }
}

/// The closing rows of a table.
struct Closing {
    /// The first of them.
    from: usize,
    /// What the only one of them is called, where that says that it sums up the others.
    label: Option<String>,
    /// What they have not: names of columns.
    missing: Vec<String>,
    /// What each of them is.
    statistics: Vec<&'static str>,
}

impl Closing {
    fn of(table: &Table) -> Option<Self> {
        let rows = usize::try_from(table.lines.rows()).ok().filter(|rows| *rows > FEWEST_ABOVE)?;
        let tells = |role: Role| matches!(role, Role::Timestamp | Role::Label | Role::Identifier | Role::Setting);
        let columns: Vec<usize> = (0..table.columns.len()).filter(|at| tells(table.columns[*at].role)).collect();
        // A look at the last row settles it for most tables.
        let telling: Vec<usize> = columns.iter().copied().filter(|at| is_empty(table, *at, rows - 1)).collect();
        if telling.is_empty() || telling.len() < columns.len() {
            return None;
        }
        let closes = |row: &usize| telling.iter().all(|column| is_empty(table, *column, *row));
        let from = (0..rows).rev().take(MOST + 1).take_while(closes).last()?;
        let whole = |row: usize| telling.iter().all(|column| !is_empty(table, *column, row));
        if rows - from > MOST || from < FEWEST_ABOVE || rows - from >= from || !(0..from).all(whole) {
            return None;
        }
        let above: Vec<(usize, Vec<(&'static str, f64)>)> = table
            .columns_as(Role::Metric)
            .map(|metric| {
                let mut samples: Vec<f64> = table.values(metric).iter().take(from).flatten().collect();
                samples.sort_unstable_by(f64::total_cmp);
                (metric, statistics(&samples))
            })
            .collect();
        let found: Vec<Option<(&'static str, usize)>> =
            (from..rows).map(|row| statistic_of_all(table, &above, row)).collect();
        // One number alone may equal one of those above by chance.
        let recomputed = found.iter().flatten().map(|(_, numbers)| numbers).sum::<usize>() >= 2
            || found.iter().flatten().any(|(name, _)| UNLIKELY.contains(name));
        let clock = telling.iter().any(|column| table.columns[*column].role == Role::Timestamp);
        if !(recomputed || clock && telling.len() >= 2) {
            return None;
        }
        let missing = telling.iter().map(|column| format!("`{}`", table.columns[*column].name)).collect();
        let statistics = found.into_iter().map(|one| one.map_or("no known statistic", |(name, _)| name)).collect();
        Some(Self { from, label: None, missing, statistics })
    }

    /// A last row that is called a total and holds the sums of the rows above: of two metrics, or of the only one.
    fn called_total(table: &Table) -> Option<Self> {
        let last = usize::try_from(table.lines.rows()).ok()?.checked_sub(1).filter(|last| *last >= 2)?;
        let text = |column: usize| {
            let column = &table.columns[column];
            column.dictionary.get(column.data.code(last)? as usize)
        };
        let mut labels =
            table.columns_as(Role::Label).filter(|column| table.columns[*column].cells.kind() == Kind::Codes);
        let label = labels.find_map(|column| text(column).filter(|text| vocabulary::is_total(text)))?.clone();
        let metrics: Vec<usize> = table.columns_as(Role::Metric).collect();
        // The total of a summary is shown as the whole.
        let sums_up = |column: &usize| {
            let meaning = name::read(&table.columns[*column].name);
            meaning.statistic.is_some() || tally::counts(&table.columns[*column].name, &meaning)
        };
        if metrics.iter().any(sums_up) {
            return None;
        }
        let is_sum = |column: &&usize| {
            let values = table.values(**column);
            let sum: f64 = values.iter().take(last).flatten().sum();
            values.number(last).is_some_and(|written| sum > 0.0 && (written - sum).abs() <= 1e-3 * sum)
        };
        let sums = metrics.iter().filter(is_sum).count();
        (sums >= metrics.len().min(2) && sums > 0).then(|| Self {
            from: last,
            label: Some(label),
            missing: Vec::new(),
            statistics: vec!["sum"],
        })
    }
}

fn is_empty(table: &Table, column: usize, row: usize) -> bool {
    let column = &table.columns[column];
    if column.cells.kind() != Kind::Codes {
        return !column.data.is_present(row);
    }
    let text = column.data.code(row).and_then(|code| column.dictionary.get(code as usize));
    text.is_none_or(String::is_empty)
}

/// The statistic of the rows above that all numbers of a row are, and how many numbers those are; `above` are the statistics of each
/// metric there.
fn statistic_of_all(
    table: &Table,
    above: &[(usize, Vec<(&'static str, f64)>)],
    row: usize,
) -> Option<(&'static str, usize)> {
    let mut common: Option<Vec<&'static str>> = None;
    let mut numbers = 0;
    for (metric, statistics) in above {
        let Some(number) = table.values(*metric).number(row) else { continue };
        numbers += 1;
        let of_column: Vec<&'static str> =
            statistics.iter().filter(|(_, value)| is_rounded(*value, number)).map(|(name, _)| *name).collect();
        common = Some(match common {
            None => of_column,
            Some(before) => before.into_iter().filter(|name| of_column.contains(name)).collect(),
        });
    }
    Some((common?.first().copied()?, numbers))
}

/// Whether the numbers of a row are the sums of so many rows above, each of which was rounded by itself.
fn is_near_sum(table: &Table, above: &[(usize, Vec<(&'static str, f64)>)], row: usize, parts: usize) -> bool {
    /// What is left of a sum between two readings of a counter.
    const SHARE: f64 = 1e-3;
    let near =
        |(metric, statistics): &(usize, Vec<(&'static str, f64)>)| {
            let sum = statistics.iter().find(|(name, _)| *name == "sum").map(|(_, sum)| *sum);
            let digits = table.columns[*metric].shape.as_ref().map_or(0, Shape::usual_digits);
            let step = 10_f64.powi(-i32::try_from(digits).unwrap_or_default());
            table.values(*metric).number(row).zip(sum).is_none_or(|(written, sum)| {
                (written - sum).abs() <= 0.5 * step * (parts + 1) as f64 + SHARE * sum.abs()
            })
        };
    parts > 1 && !above.is_empty() && above.iter().all(near)
}

/// The statistics of sorted samples that people put below a table.
fn statistics(sorted: &[f64]) -> Vec<(&'static str, f64)> {
    let n = sorted.len() as f64;
    let (Some(low), Some(high)) = (sorted.first(), sorted.last()) else { return Vec::new() };
    let sum: f64 = sorted.iter().sum();
    let mean = sum / n;
    let squares: f64 = sorted.iter().map(|value| (value - mean).powi(2)).sum();
    // Between the two samples on both sides of its place, as spreadsheets do.
    let percentile = |percent: f64| {
        let place = percent / 100.0 * (n - 1.0);
        let (below, above) = (place.floor() as usize, place.ceil() as usize);
        sorted[below] + (sorted[above.min(sorted.len() - 1)] - sorted[below]) * (place - place.floor())
    };
    vec![
        ("mean", mean),
        ("median", percentile(50.0)),
        ("p95", percentile(95.0)),
        ("p99", percentile(99.0)),
        ("p90", percentile(90.0)),
        ("p75", percentile(75.0)),
        ("p25", percentile(25.0)),
        ("sum", sum),
        ("minimum", *low),
        ("maximum", *high),
        ("standard deviation", (squares / (n - 1.0)).sqrt()),
        ("standard deviation", (squares / n).sqrt()),
        ("count", n),
    ]
}

/// Whether a number is another one, rounded to as many digits as it has behind the point.
fn is_rounded(value: f64, written: f64) -> bool {
    let digits = (0..=12).find(|digits| {
        let scale = 10_f64.powi(*digits);
        ((written * scale).round() / scale - written).abs() <= written.abs() * 1e-14
    });
    // A whole number is near too much.
    let half = digits.filter(|digits| *digits > 0).map_or(0.0, |digits| 0.5 * 10_f64.powi(-digits));
    (value - written).abs() <= half * 1.000_001 + value.abs() * 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_by_its_digits() {
        assert!(is_rounded(1.775, 1.775) && is_rounded(1.774_9, 1.77) && is_rounded(3.24, 3.24));
        assert!(!is_rounded(1.774, 1.78) && !is_rounded(1.0, 2.0));
    }
}
