//! Numbers as a tool reports them, as lines for a terminal: the leading ones of the first rows.

use crate::measure::{Folded, Statistic};
use crate::report::number;
use crate::report::text_table::{Align, TextTable, clip};

use super::super::line::longest_name;
use super::super::reported::{ReportedRowView, ReportedView};

const LISTED_ROWS: usize = 8;
/// Statistics that are listed, the most telling first.
const STATISTICS: [Statistic; 8] = [
    Statistic::Count,
    Statistic::Failures,
    Statistic::Value,
    Statistic::Mean,
    Statistic::Median,
    Statistic::P95,
    Statistic::P99,
    Statistic::Max,
];
/// So many of them fit beside a name.
const COLUMNS: usize = 5;
/// Single numbers of a label that fit beside its name.
const SINGLES: usize = 3;
/// Columns of the name of such a number.
const LONGEST_HEAD: usize = 20;

/// What stands below them.
pub(super) const NO_SAMPLES: &str = "summarised by the tool: no samples, no intervals";

/// The lines of a file; its `first` ones say where they come from.
pub(super) fn lines(view: &ReportedView, columns: usize, first: bool) -> Vec<String> {
    let title = if first { "  as reported by the tool" } else { "  also reported" };
    let mut lines = Vec::new();
    if !view.rows.is_empty() {
        let wanted = STATISTICS.iter().filter_map(|name| view.columns.iter().position(|column| column == name));
        let places: Vec<usize> = wanted.take(COLUMNS).collect();
        let name = |row: &ReportedRowView| match &row.label {
            Some(label) => format!("  {} {label}", row.metric),
            None => format!("  {}", row.metric),
        };
        let head = places.iter().map(|place| view.columns[*place].to_string());
        let rows =
            view.rows.iter().map(|row| (name(row), places.iter().map(|place| row.short[*place].clone()).collect()));
        lines.extend(aligned(title, head.collect(), rows, columns));
    }
    let more = view.single_columns.len().saturating_sub(SINGLES);
    if let [only] = &view.singles[..]
        && more > 0
    {
        // One row of many columns: a line each.
        let name = |column: &String| match &only.label {
            Some(label) => format!("  {column} {label}"),
            None => format!("  {column}"),
        };
        let rows = view.single_columns.iter().zip(&only.cells).map(|(column, cell)| (name(column), vec![cell.clone()]));
        lines.extend(aligned(title, vec!["value".to_owned()], rows, columns));
    } else if !view.singles.is_empty() {
        let head = view.single_columns.iter().take(SINGLES).map(|name| clip(name, LONGEST_HEAD));
        let rows = view.singles.iter().map(|row| {
            let name = row.label.as_ref().map_or_else(|| "  all".to_owned(), |label| format!("  {label}"));
            (name, row.cells.iter().take(SINGLES).cloned().collect())
        });
        lines.extend(aligned(title, head.collect(), rows, columns));
        if more > 0 {
            lines.push(format!("  … and {} in the report", number::counted(more as u64, "more column")));
        }
    }
    lines
}

/// The first rows of a table with names on its left, and how many more there are.
fn aligned(
    title: &str,
    head: Vec<String>,
    rows: impl Iterator<Item = (String, Vec<String>)>,
    columns: usize,
) -> Vec<String> {
    let rows = Folded::of(rows, LISTED_ROWS);
    let mut table = TextTable::new(std::iter::once(Align::Left).chain(head.iter().map(|_| Align::Right)))
        .within(columns)
        .at_most(0, longest_name(columns));
    table.push(std::iter::once(title.to_owned()).chain(head));
    for (name, cells) in rows.first {
        table.push(std::iter::once(name).chain(cells));
    }
    let mut lines = table.lines();
    if rows.more > 0 {
        lines.push(format!("  … and {} in the report", number::counted(rows.more, "more row")));
    }
    lines
}
