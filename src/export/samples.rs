//! The samples behind a report: a row each, in base units, with the evidence about it.
//!
//! In: a source, the metrics of its tables, and whether what was set aside is wanted too. Out: batches of rows, metric by metric,
//! in the order of the file, so that no more than a stretch of a metric is held at a time. A sample is kept where the report's
//! numbers count it: neither corrupted, nor the duration of a failed row that stands apart. Copies texts once a table.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::analysis::anomaly::{Anomaly, Lines};
use crate::analysis::codes::labels_of_column;
use crate::analysis::grouping::Grouping;
use crate::analysis::metric::{Evidence, Metric};
use crate::analysis::outcome::OutcomeColumn;
use crate::measure::ending::Outcome;
use crate::measure::{Dimension, FindingKind};
use crate::report::words;
use crate::stats::settings::Settings;
use crate::table::packed::{Cells, PART};
use crate::table::source::Source;
use crate::table::{CellType, Role, Table};

/// The columns that every export has; a column for each label follows.
pub const COLUMNS: [&str; 13] = [
    "source",
    "table_index",
    "line_number",
    "metric",
    "unit",
    "value",
    "group",
    "run",
    "time",
    "outcome",
    "kept",
    "finding",
    "evidence",
];
/// What [`Outcome`] is called, by its number.
const OUTCOMES: [(Outcome, &str); 3] =
    [(Outcome::Failed, "failed"), (Outcome::Succeeded, "succeeded"), (Outcome::Unclear, "unclear")];
/// The code of a row without a text.
const ABSENT: u32 = u32::MAX;

/// The columns of an export.
#[derive(Debug, Clone)]
pub struct Schema {
    labels: Vec<String>,
    columns: Vec<String>,
}

impl Schema {
    /// Of all tables that are exported together: a label of any of them has a column.
    pub fn of<'a>(tables: impl Iterator<Item = &'a Table>) -> Self {
        let mut labels: Vec<String> = Vec::new();
        for table in tables {
            for column in table.columns_as(Role::Label) {
                let name = &table.columns[column].name;
                if !labels.contains(name) {
                    labels.push(name.clone());
                }
            }
        }
        let mut columns: Vec<String> = COLUMNS.map(str::to_owned).to_vec();
        for label in &labels {
            // Databases do not tell `Event` from `event`.
            let taken = |name: &str| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
            let mut name = if taken(label) { format!("label_{label}") } else { label.clone() };
            while taken(&name) {
                name.push('_');
            }
            columns.push(name);
        }
        Self { labels, columns }
    }

    /// The names of all columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }
}

/// Which samples, and how they were analysed.
#[derive(Debug, Clone, Copy)]
pub struct Selection<'a> {
    /// The columns.
    pub schema: &'a Schema,
    /// With those that were set aside.
    pub all: bool,
    /// The settings of the analysis, which decide the groups.
    pub settings: &'a Settings,
}

/// A text for each row of a batch, or none.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    texts: Arc<[String]>,
    /// Into the texts; empty where no row has one.
    codes: Vec<u32>,
}

impl Texts {
    /// The text of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        self.texts.get(self.code(row)? as usize).map(String::as_str)
    }

    /// The place of a row's text among [`texts`](Self::texts).
    pub fn code(&self, row: usize) -> Option<u32> {
        self.codes.get(row).copied().filter(|code| *code != ABSENT)
    }

    /// The different texts, which batches of a table share; not every one has to occur.
    #[cfg(any(feature = "parquet", feature = "frames"))]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }
}

/// Consecutive samples of a metric.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The source, as the report calls it.
    pub source: Arc<str>,
    /// The table in it, as the JSON report counts them.
    pub table: usize,
    /// The metric.
    pub metric: Arc<str>,
    /// The unit of the values; absent where nobody states one.
    pub unit: Option<&'static str>,
    /// The line of each sample.
    pub lines: Vec<u64>,
    /// The values, in base units.
    pub values: Vec<f64>,
    /// When each was recorded, in nanoseconds since 1970; empty where the table has no such clock.
    pub times: Vec<Option<i64>>,
    /// The group in which the report counts it.
    pub group: Texts,
    /// The run that it was measured in.
    pub run: Texts,
    /// `succeeded`, `failed` or `unclear`, where a status column says so.
    pub outcome: Texts,
    /// Whether the numbers of the report count it.
    pub kept: Vec<bool>,
    /// The kind of what is odd about it.
    pub finding: Texts,
    /// The evidence for that, in words.
    pub evidence: Texts,
    /// The labels of its row, in the order of the schema.
    pub labels: Vec<Texts>,
}

/// One sample.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The batch that it is in.
    pub batch: &'a Batch,
    /// Its place there.
    pub row: usize,
}

impl Batch {
    /// How many samples.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// The samples, one by one.
    pub fn samples(&self) -> impl Iterator<Item = Sample<'_>> {
        (0..self.len()).map(|row| Sample { batch: self, row })
    }

    /// When a sample was recorded, in nanoseconds since 1970.
    pub fn time(&self, row: usize) -> Option<i64> {
        self.times.get(row).copied().flatten()
    }
}

/// The samples of a source, batch by batch: table by table, metric by metric, and within it row by row.
pub fn batches<'a>(
    source: &'a Source,
    metrics: &'a [Metric],
    selection: Selection<'a>,
) -> impl Iterator<Item = Batch> + 'a {
    let name: Arc<str> = source.provenance.name.as_str().into();
    source.tables.iter().enumerate().flat_map(move |(index, table)| {
        let rows = Arc::new(Rows::of(table, index, Arc::clone(&name), selection));
        columns(table, index, metrics).flat_map(move |(column, found)| {
            let metric = MetricColumn::of(Arc::clone(&rows), column, found, selection.all);
            let stretches = (0..metric.values.rows()).step_by(PART);
            let foreign = metric.foreign();
            stretches.filter_map(move |from| metric.batch(from)).chain(foreign)
        })
    })
}

/// The measured columns of a table, which has that index in its source, and the metric of each.
pub(crate) fn columns<'a>(
    table: &'a Table,
    index: usize,
    metrics: &'a [Metric],
) -> impl Iterator<Item = (usize, &'a Metric)> {
    let of_table = move |metric: &&Metric| metric.table == index as u64 && metric.evidence == Evidence::Samples;
    table.columns_as(Role::Metric).zip(metrics.iter().filter(of_table))
}

/// The unit of values in base units, in a word that is read back as that unit.
fn base_unit(dimension: Dimension) -> Option<&'static str> {
    match dimension {
        Dimension::Count => Some("count"),
        Dimension::Ratio => Some("ratio"),
        Dimension::Unknown => None,
        _ => Some(dimension.base_symbol()),
    }
}

/// Cells of codes, and the texts of these.
struct CodeCells<'a> {
    cells: std::borrow::Cow<'a, Cells>,
    texts: Arc<[String]>,
    /// The code of a cell that is empty.
    empty: Option<u32>,
}

impl<'a> CodeCells<'a> {
    fn of(table: &'a Table, column: usize) -> Self {
        let (cells, texts) = labels_of_column(table, column);
        let empty = texts.iter().position(String::is_empty).map(|place| place as u32);
        Self { cells, texts: texts.into(), empty }
    }

    fn of_rows(&self, rows: &Range<usize>, picked: &RowChoice) -> Texts {
        let mut codes = codes_of(&self.cells, rows, picked);
        if let Some(empty) = self.empty {
            codes.iter_mut().filter(|code| **code == empty).for_each(|code| *code = ABSENT);
        }
        Texts { texts: Arc::clone(&self.texts), codes }
    }
}

fn codes_of(cells: &Cells, rows: &Range<usize>, picked: &RowChoice) -> Vec<u32> {
    let mut codes = Vec::with_capacity(rows.len());
    cells.visit_codes(rows.clone(), |_, block| codes.extend_from_slice(block));
    picked.of(codes)
}

/// Which rows of a stretch are taken, ascending.
struct RowChoice {
    offsets: Vec<usize>,
    of: usize,
}

impl RowChoice {
    /// What stands in the rows that are taken, from what stands in all of them.
    fn of<T: Copy>(&self, all: Vec<T>) -> Vec<T> {
        if self.offsets.len() == self.of {
            return all;
        }
        self.offsets.iter().filter_map(|offset| all.get(*offset).copied()).collect()
    }
}

/// What the rows of a table have beside their values.
struct Rows<'a> {
    table: &'a Table,
    index: usize,
    source: Arc<str>,
    grouping: Option<Grouping<'a>>,
    groups: Arc<[String]>,
    run: Option<CodeCells<'a>>,
    /// Texts of the runs that were appended to each other.
    appended: Arc<[String]>,
    clock: Option<Clock<'a>>,
    outcomes: Arc<[String]>,
    labels: Vec<Option<CodeCells<'a>>>,
}

impl<'a> Rows<'a> {
    fn of(table: &'a Table, index: usize, source: Arc<str>, selection: Selection<'a>) -> Self {
        let grouping = Grouping::choose(table, selection.settings);
        let groups = grouping.iter().flat_map(|grouping| &grouping.groups).map(|label| label.text.clone()).collect();
        let label = |name: &String| {
            let column = table.columns_as(Role::Label).find(|column| table.columns[*column].name == *name)?;
            Some(CodeCells::of(table, column))
        };
        let runs = if table.run_starts.is_empty() { 0 } else { table.run_starts.len() + 1 };
        Self {
            table,
            index,
            source,
            grouping,
            groups,
            run: table.columns_as(Role::Run).next().map(|column| CodeCells::of(table, column)),
            appended: (1..=runs).map(|run| run.to_string()).collect(),
            clock: Clock::of(table),
            outcomes: OUTCOMES.iter().map(|(_, text)| (*text).to_owned()).collect(),
            labels: selection.schema.labels.iter().map(label).collect(),
        }
    }

    fn groups_of(&self, rows: &Range<usize>, picked: &RowChoice) -> Texts {
        let Some(grouping) = &self.grouping else { return Texts::default() };
        let mut codes = codes_of(&grouping.codes, rows, picked);
        for code in &mut codes {
            *code = grouping.of_code.get(*code as usize).copied().unwrap_or(ABSENT);
        }
        Texts { texts: Arc::clone(&self.groups), codes }
    }

    fn runs_of(&self, rows: &Range<usize>, picked: &RowChoice) -> Texts {
        if let Some(run) = &self.run {
            return run.of_rows(rows, picked);
        }
        let starts = &self.table.run_starts;
        if starts.is_empty() {
            return Texts::default();
        }
        let codes = rows.clone().map(|row| starts.partition_point(|start| *start <= row) as u32).collect();
        Texts { texts: Arc::clone(&self.appended), codes: picked.of(codes) }
    }
}

/// The instants of a table's rows, where they are counted from 1970.
struct Clock<'a> {
    cells: &'a Cells,
    /// Nanoseconds of one of the numbers; absent where the cells are instants.
    nanos: Option<i64>,
}

impl<'a> Clock<'a> {
    fn of(table: &'a Table) -> Option<Self> {
        /// From 2001 to 2096, in seconds: a clock that starts at zero says nothing about when.
        const SINCE_1970: Range<f64> = 1e9..4e9;
        let column = table.columns_as(Role::Timestamp).next()?;
        if table.columns[column].cells == CellType::Timestamp {
            return Some(Self { cells: table.instant_cells(column), nanos: None });
        }
        let cells = table.values(column);
        let mut latest = f64::NEG_INFINITY;
        cells.visit_present(0..cells.count(), |block| latest = block.iter().fold(latest, |most, at| most.max(*at)));
        let nanos = [1_000_000_000, 1_000_000, 1000, 1];
        let nanos = nanos.into_iter().find(|nanos| SINCE_1970.contains(&(latest * *nanos as f64 / 1e9)))?;
        Some(Self { cells, nanos: Some(nanos) })
    }

    fn of_rows(&self, rows: &Range<usize>, picked: &RowChoice) -> Vec<Option<i64>> {
        let mut times = Vec::with_capacity(rows.len());
        match self.nanos {
            None => self.cells.visit_instants_of(rows.clone(), |instant| times.push(instant)),
            // The fraction apart: the product of a whole number of milliseconds would be rounded.
            Some(nanos) => self.cells.visit(rows.clone(), |block| {
                times.extend(block.numbers.iter().enumerate().map(|(offset, number)| {
                    let fraction = (number.fract() * nanos as f64).round() as i64;
                    let instant = (number.trunc() as i64).saturating_mul(nanos).saturating_add(fraction);
                    block.has(offset).then_some(instant)
                }));
            }),
        }
        picked.of(times)
    }
}

/// A metric whose samples are handed out.
struct MetricColumn<'a> {
    rows: Arc<Rows<'a>>,
    column: usize,
    found: &'a Metric,
    name: Arc<str>,
    values: &'a Cells,
    all: bool,
    findings: Findings,
    told: Option<OutcomeColumn<'a>>,
    /// Whether each group keeps its failed rows; absent where no failed rows stand apart.
    keeps_failed: Option<Vec<bool>>,
}

/// What is odd about the samples of a metric.
#[derive(Default)]
struct Findings {
    kinds: Arc<[String]>,
    evidence: Arc<[String]>,
    /// Row, evidence, and whether the sample is corrupted; ascending.
    rows: Vec<(usize, u32, bool)>,
    /// Lines of samples that are odd together.
    stretches: Vec<(Lines, u32)>,
    /// Lines and values of numbers of other tables, with their evidence.
    foreign: Vec<(u64, f64, u32)>,
}

impl Findings {
    fn of(found: &Metric, source: &str) -> Self {
        let (mut kinds, mut evidence) = (Vec::new(), Vec::new());
        let mut numbers: HashMap<(FindingKind, String), u32> = HashMap::new();
        let mut all = Self::default();
        for anomaly in &found.anomalies {
            let finding = words::finding(anomaly, Some(found), source);
            let text = finding.reasons.join("; ");
            let number = *numbers.entry((finding.kind, text.clone())).or_insert_with(|| {
                kinds.push(name_of(finding.kind));
                evidence.push(text);
                evidence.len() as u32 - 1
            });
            match anomaly {
                Anomaly::Suspect { suspect, row, .. } => {
                    all.rows.push((*row, number, suspect.leaves()));
                }
                // Where a document has one line, that line says nothing of its samples.
                Anomaly::Repeat { again: lines, .. }
                | Anomaly::Stuck { lines, .. }
                | Anomaly::UnitBlock { lines, .. }
                    if lines.0 < lines.1 =>
                {
                    all.stretches.push((*lines, number));
                }
                Anomaly::ForeignValue { line, would_be, .. } => all.foreign.push((*line, *would_be, number)),
                _ => {}
            }
        }
        all.rows.sort_unstable();
        (all.kinds, all.evidence) = (kinds.into(), evidence.into());
        all
    }

    fn suspects(&self, rows: &Range<usize>) -> &[(usize, u32, bool)] {
        let place = |row: usize| self.rows.partition_point(|(suspect, ..)| *suspect < row);
        &self.rows[place(rows.start)..place(rows.end)]
    }

    /// Kind and evidence of each row; both empty where nothing is odd. `lines` are those of the rows that are taken.
    fn of_rows(&self, rows: &Range<usize>, picked: &RowChoice, lines: &[u64]) -> (Texts, Texts) {
        let suspects = self.suspects(rows);
        let within = |(odd, number): &(Lines, u32)| {
            let from = lines.partition_point(|line| *line < odd.0);
            (from..lines.partition_point(|line| *line <= odd.1), *number)
        };
        let mut stretches = self.stretches.iter().map(within).filter(|(odd, _)| !odd.is_empty()).peekable();
        if suspects.is_empty() && stretches.peek().is_none() {
            return Default::default();
        }
        let mut codes = vec![ABSENT; rows.len()];
        for (row, number, _) in suspects {
            codes[row - rows.start] = *number;
        }
        let mut codes = picked.of(codes);
        for (odd, number) in stretches {
            codes[odd].iter_mut().filter(|code| **code == ABSENT).for_each(|code| *code = number);
        }
        self.texts(codes)
    }

    fn texts(&self, codes: Vec<u32>) -> (Texts, Texts) {
        let kinds = Texts { texts: Arc::clone(&self.kinds), codes: codes.clone() };
        (kinds, Texts { texts: Arc::clone(&self.evidence), codes })
    }
}

/// The name of a kind, as the JSON report has it.
fn name_of(kind: FindingKind) -> String {
    serde_json::to_value(kind).ok().and_then(|name| Some(name.as_str()?.to_owned())).unwrap_or_default()
}

impl<'a> MetricColumn<'a> {
    fn of(rows: Arc<Rows<'a>>, column: usize, found: &'a Metric, all: bool) -> Self {
        let table = rows.table;
        let told = found.failures.as_ref().and_then(|failures| OutcomeColumn::by(table, &failures.column));
        let keeps = |group: &String| table.labels.are_exact() && found.failed_groups.contains(group);
        let keeps_failed = found.failed.as_ref().map(|_| rows.groups.iter().map(keeps).collect());
        Self {
            column,
            found,
            name: found.name.as_str().into(),
            values: table.values(column),
            all,
            findings: Findings::of(found, &rows.source),
            told,
            keeps_failed,
            rows,
        }
    }

    /// The samples of the stretch that begins at a row; `None` where it has none.
    fn batch(&self, from: usize) -> Option<Batch> {
        let rows = from..(from + PART).min(self.values.rows());
        let table = self.rows.table;
        let every = RowChoice { offsets: (0..rows.len()).collect(), of: rows.len() };
        let mut outcomes = Vec::new();
        if let Some(told) = &self.told {
            outcomes.reserve(rows.len());
            told.visit(rows.clone(), |outcome| {
                let place = OUTCOMES.iter().position(|(known, _)| *known == outcome);
                outcomes.push(place.map_or(ABSENT, |place| place as u32));
            });
        }
        let mut kept = vec![true; rows.len()];
        if let Some(keeps) = &self.keeps_failed {
            let groups = self.rows.groups_of(&rows, &every);
            for (offset, kept) in kept.iter_mut().enumerate() {
                let failed = outcomes.get(offset) == Some(&0);
                *kept = !failed || groups.code(offset).is_some_and(|group| keeps[group as usize]);
            }
        }
        for (row, _, corrupted) in self.findings.suspects(&rows) {
            kept[row - from] &= !corrupted;
        }
        let column = &table.columns[self.column];
        let mut values = Vec::with_capacity(rows.len());
        let mut offsets = Vec::with_capacity(rows.len());
        self.values.visit(rows.clone(), |block| {
            for (offset, number) in block.numbers.iter().enumerate() {
                let place = block.first_row - from + offset;
                if block.has(offset) && (self.all || kept[place]) {
                    offsets.push(place);
                    values.push(column.to_base(*number));
                }
            }
        });
        if values.is_empty() {
            return None;
        }
        let picked = RowChoice { offsets, of: rows.len() };
        let line = |offset: &usize| table.lines.line((from + offset) as u64).unwrap_or_default();
        let lines: Vec<u64> = picked.offsets.iter().map(line).collect();
        let (finding, evidence) = self.findings.of_rows(&rows, &picked, &lines);
        Some(Batch {
            lines,
            values,
            times: self.rows.clock.as_ref().map(|clock| clock.of_rows(&rows, &picked)).unwrap_or_default(),
            group: self.rows.groups_of(&rows, &picked),
            run: self.rows.runs_of(&rows, &picked),
            outcome: Texts { texts: Arc::clone(&self.rows.outcomes), codes: picked.of(outcomes) },
            kept: picked.of(kept),
            finding,
            evidence,
            labels: self
                .rows
                .labels
                .iter()
                .map(|label| label.as_ref().map(|label| label.of_rows(&rows, &picked)).unwrap_or_default())
                .collect(),
            ..self.empty()
        })
    }

    /// The numbers of other tables that a reader of this one's header would have counted; `None` where there are none.
    fn foreign(&self) -> Option<Batch> {
        let foreign = &self.findings.foreign;
        if foreign.is_empty() || !self.all {
            return None;
        }
        let (finding, evidence) = self.findings.texts(foreign.iter().map(|(.., number)| *number).collect());
        Some(Batch {
            lines: foreign.iter().map(|(line, ..)| *line).collect(),
            values: foreign.iter().map(|(_, value, _)| *value).collect(),
            kept: vec![false; foreign.len()],
            finding,
            evidence,
            ..self.empty()
        })
    }

    fn empty(&self) -> Batch {
        Batch {
            source: Arc::clone(&self.rows.source),
            table: self.rows.index,
            metric: Arc::clone(&self.name),
            unit: base_unit(self.found.dimension),
            lines: Vec::new(),
            values: Vec::new(),
            times: Vec::new(),
            group: Texts::default(),
            run: Texts::default(),
            outcome: Texts::default(),
            kept: Vec::new(),
            finding: Texts::default(),
            evidence: Texts::default(),
            labels: vec![Texts::default(); self.rows.labels.len()],
        }
    }
}
