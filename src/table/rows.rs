//! A table: its columns, the line of every row, and its rows partitioned into tables of their own.

use std::ops::Range;

use crate::table::column::{Column, Role, Shape};
use crate::table::line_map::LineMap;
use crate::table::packed::Cells;
use crate::table::stretch::{BLOCK, Kind};

/// A table of measurements.
#[derive(Debug, Clone)]
pub struct Table {
    /// The path inside a JSON document; absent for the table of a CSV file.
    pub name: Option<String>,
    /// The line of the header, where there is one.
    pub header_line: Option<u64>,
    /// The line of each row.
    pub lines: LineMap,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Numbers of later tables that stand where a reader of this table's header would count them as its own.
    pub foreign_values: Vec<ForeignValue>,
    /// Rows at which another run begins, where runs were appended to one file; the first run begins at row 0.
    pub run_starts: Vec<usize>,
    /// What its labels name, by the format's definition.
    pub labels: LabelIdentity,
    /// Whether the format of a tool defines what its columns are.
    pub defined_by_tool: bool,
    /// Whether rows stand in the order in which they were recorded. Where a tool sorted them by their values, nothing that
    /// depends on order (warm-up, drift, dependence, pauses of the clock) can be read from them.
    pub order_is_recorded: bool,
}

/// What labels name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LabelIdentity {
    /// Kinds of rows; labels that differ only in numbers may be one kind.
    #[default]
    Kinds,
    /// Each a thing of its own: `BM_Sort/8` and `BM_Sort/64` are two benchmarks, and pooling them would describe none.
    Exact,
    /// Things of their own that are compared: no number over all of them describes one.
    Compared,
}

impl LabelIdentity {
    /// Whether labels that differ only in numbers are different things.
    pub fn are_exact(self) -> bool {
        self != Self::Kinds
    }
}

impl Table {
    /// Indexes of the columns with a role.
    pub fn columns_as(&self, role: Role) -> impl Iterator<Item = usize> + '_ {
        self.columns.iter().enumerate().filter(move |(_, column)| column.role == role).map(|(index, _)| index)
    }

    /// The column of that name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The recorded numbers of a column, with an absent one for each cell without a number. Empty for other columns.
    pub fn numbers(&self, column: usize) -> Vec<Option<f64>> {
        self.values(column).iter().collect()
    }

    /// The rows of each run, of so many rows: those between the starts of runs.
    pub fn runs(&self, rows: usize) -> impl Iterator<Item = Range<usize>> + '_ {
        let starts = std::iter::once(0).chain(self.run_starts.iter().copied());
        let ends = self.run_starts.iter().copied().chain([rows]);
        starts.zip(ends).map(|(start, end)| start..end)
    }

    /// Bytes of memory that there are for it, where that is bounded.
    pub fn memory(&self) -> Option<u64> {
        self.columns.first().and_then(|column| column.data.storage().memory())
    }

    /// The cells of a column of numbers where they stand. Without rows for other columns.
    pub fn values(&self, column: usize) -> &Cells {
        self.cells(column, Kind::Numbers)
    }

    /// The cells of a column of text where they stand. Without rows for other columns.
    pub fn text_cells(&self, column: usize) -> &Cells {
        self.cells(column, Kind::Codes)
    }

    /// The codes of a text column. Empty for other columns.
    pub fn codes(&self, column: usize) -> Vec<u32> {
        self.text_cells(column).codes()
    }

    /// The instants of a timestamp column, in nanoseconds since 1970. Empty for other columns.
    pub fn instants(&self, column: usize) -> Vec<Option<i64>> {
        self.instant_cells(column).instants().collect()
    }

    /// The cells of a column of timestamps where they stand. Without rows for other columns.
    pub fn instant_cells(&self, column: usize) -> &Cells {
        self.cells(column, Kind::Instants)
    }

    fn cells(&self, column: usize, kind: Kind) -> &Cells {
        static NONE: Cells = Cells::EMPTY;
        self.columns.get(column).filter(|column| column.cells.kind() == kind).map_or(&NONE, |column| &column.data)
    }

    /// The rows for which `mask` is true, as a table of their own. `None` where there are none.
    pub fn only(&self, mask: &[bool]) -> Option<Self> {
        let place_of = |rows: Range<usize>, places: &mut Vec<u32>| {
            places.extend(rows.map(|row| if mask.get(row) == Some(&true) { 0 } else { u32::MAX }));
        };
        self.partitioned(1, &place_of).pop().flatten()
    }

    /// The rows of each text of a column, as tables of their own, in the order of the texts; those without rows are left out.
    pub fn by_text(&self, column: usize) -> Vec<(u32, Self)> {
        let texts = self.columns.get(column).map_or(0, |column| column.dictionary.len());
        let codes = self.text_cells(column);
        let place_of = |rows: Range<usize>, places: &mut Vec<u32>| {
            codes.visit_codes(rows, |_, block| places.extend_from_slice(block));
        };
        (0..).zip(self.partitioned(texts, &place_of)).filter_map(|(code, part)| Some((code, part?))).collect()
    }

    /// The rows partitioned into tables by the text of a column: `of_text` names the table of each. Absent where one has
    /// no row.
    pub fn by_kind_of_text(&self, column: usize, of_text: &[u32], parts: usize) -> Vec<Option<Self>> {
        let codes = self.text_cells(column);
        let place = |code: &u32| of_text.get(*code as usize).copied().unwrap_or(u32::MAX);
        let place_of = |rows: Range<usize>, places: &mut Vec<u32>| {
            codes.visit_codes(rows, |_, block| places.extend(block.iter().map(place)));
        };
        self.partitioned(parts, &place_of)
    }

    /// Partitions the rows into tables, each to the one of its place, and to none beyond the last; absent where one has
    /// no row.
    fn partitioned(&self, parts: usize, place_of: &dyn Fn(Range<usize>, &mut Vec<u32>)) -> Vec<Option<Self>> {
        let rows = usize::try_from(self.lines.rows()).unwrap_or(usize::MAX);
        let mut lines = vec![LineMap::default(); parts];
        let mut run_starts: Vec<Vec<usize>> = vec![Vec::new(); parts];
        let mut starts = self.run_starts.iter().copied().peekable();
        let mut places = Vec::new();
        for from in (0..rows).step_by(BLOCK) {
            places.clear();
            place_of(from..(from + BLOCK).min(rows), &mut places);
            for (row, place) in (from..).zip(&places) {
                if starts.next_if(|start| *start <= row).is_some() {
                    for (starts, lines) in run_starts.iter_mut().zip(&lines) {
                        starts.push(usize::try_from(lines.rows()).unwrap_or(usize::MAX));
                    }
                }
                if let (Some(lines), Some(line)) = (lines.get_mut(*place as usize), self.lines.line(row as u64)) {
                    lines.push(line);
                }
            }
        }
        let mut columns: Vec<Vec<Column>> = vec![Vec::with_capacity(self.columns.len()); parts];
        for column in &self.columns {
            let partitioned = column.data.partitioned(column.cells.kind(), parts, place_of);
            for (columns, data) in columns.iter_mut().zip(partitioned) {
                let shape = column.shape.as_ref().map(|shape| {
                    let numbers = data.count();
                    let whole = data.count_whole();
                    let mut of_part = Shape::default();
                    // The digits of single cells are not kept; the usual number of the whole column stands for them.
                    of_part.fraction_digits[0] += whole as u64;
                    of_part.fraction_digits[shape.usual_digits()] += (numbers - whole) as u64;
                    of_part
                });
                columns.push(Column { data, shape, ..column.without_data() });
            }
        }
        lines
            .into_iter()
            .zip(columns)
            .zip(run_starts)
            .map(|((lines, columns), mut run_starts)| {
                run_starts.dedup();
                run_starts.retain(|start| (1..lines.rows()).contains(&(*start as u64)));
                let (name, header_line) = (self.name.clone(), self.header_line);
                let foreign_values = Vec::new();
                let (labels, order_is_recorded) = (self.labels, self.order_is_recorded);
                let defined_by_tool = self.defined_by_tool;
                (lines.rows() > 0).then_some(Self {
                    name,
                    header_line,
                    lines,
                    columns,
                    foreign_values,
                    run_starts,
                    labels,
                    defined_by_tool,
                    order_is_recorded,
                })
            })
            .collect()
    }

    /// The rows below a line, as a table of their own. `None` where there are none.
    pub fn below(&self, line: u64) -> Option<Self> {
        let is_below = |row: u64| self.lines.line(row).is_some_and(|of_row| of_row > line);
        self.only(&(0..self.lines.rows()).map(is_below).collect::<Vec<bool>>())
    }
}

/// A number of another table that looks like one of this table's to a reader who knows only the first header.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignValue {
    /// Column of the table intruded upon.
    pub column: usize,
    /// Line of the number.
    pub line: u64,
    /// The number, as recorded.
    pub value: f64,
    /// The number as it was written.
    pub text: String,
    /// The header that explains it, as written, and its line.
    pub header: String,
    /// Line of that header.
    pub header_line: u64,
}
