//! From a table to the analysis of its metrics.
//!
//! In: a table with roles and units. Out: for each metric its populations, its corrupted samples and what the recording
//! shows. Values become base units here and stay so.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::measure::Polarity;
use crate::measure::finding::Severity;
use crate::measure::label::{Label, pattern};
use crate::measure::unit::{Dimension, Unit};
use crate::table::packed::{Cells, Kind, Reader};
use crate::table::{CellType, Role, Table};

use super::apart::{self, Apart};
use super::corruption::{Case, Suspect, suspects};
use super::describe::describe;
use super::failure::{Failures, failures};
use super::groups::{Gathered, Kept};
use super::kruskal_wallis::kruskal_wallis;
use super::large::{self, GroupOf};
use super::measured::{Measured, PART};
use super::population::{Detail, Population};
use super::recording::{Clock, Repeat, Stuck, clock, repeats, stuck};
use super::run_samples::RunSamples;
use super::samples::{Kept as KeptSamples, Samples};
use super::settings::Settings;
use super::thin;

/// Names by which the label that matters most is usually called, the most telling first.
const LABEL_NAMES: &[&str] = &[
    "event",
    "label",
    "endpoint",
    "operation",
    "op",
    "name",
    "command",
    "test",
    "benchmark",
    "scenario",
    "route",
    "path",
    "request",
    "transaction",
    "query",
    "method",
    "action",
    "step",
    "task",
    "kind",
    "type",
    "category",
    "group",
    "model",
    "url",
    "service",
    "error_type",
];
/// Up to so many groups each get all details; of more, only the summary.
const DETAILED_GROUPS: usize = 40;
/// So many groups whose samples do not even overlap are populations that the label explains.
const EXPLAINED_GROUPS: std::ops::RangeInclusive<usize> = 2..=8;
/// And their medians are at least this many times apart.
const EXPLAINED_RATIO: f64 = 2.0;
/// And chance would separate them so cleanly in fewer than one of a hundred cases.
const EXPLAINED_CHANCE: f64 = 0.01;
/// What the numbers of a group take from here to the report. Measured: 90,806 groups, 6.3 kB each.
pub const GROUP_BYTES: u64 = 6500;
/// So many groups fit wherever the program fits.
const FEW_GROUPS: usize = 2000;
/// Repeated blocks that are named.
const NAMED_REPEATS: usize = 5;

/// A suspect and where it is.
#[derive(Debug, Clone)]
pub struct Located {
    /// The suspect.
    pub suspect: Suspect,
    /// Its row in the table.
    pub row: usize,
    /// The value as recorded.
    pub recorded: f64,
    /// Its label.
    pub label: Option<String>,
}

/// The analysis of a metric.
#[derive(Debug, Clone)]
pub struct MetricAnalysis {
    /// Column in its table.
    pub column: usize,
    /// Its name.
    pub name: String,
    /// What it measures.
    pub dimension: Dimension,
    /// The unit in which it is recorded, where one is known.
    pub recorded_unit: Option<Unit>,
    /// Which way is better.
    pub polarity: Polarity,
    /// What exactly it measures, in words, where the format's definition says so.
    pub meaning: Option<String>,
    /// The columns that form the groups.
    pub grouped_by: Option<String>,
    /// All samples.
    pub overall: Population,
    /// By label, in order of first appearance; empty where there is one group only.
    pub groups: Vec<Population>,
    /// The one group there is, where all samples are in it, and the columns that form it.
    pub only_group: Option<(String, Label)>,
    /// Whether the groups are separate populations, so that numbers over all of them describe none.
    pub explained_by_label: bool,
    /// Whether each label is a thing of its own by the format's definition, such as a benchmark.
    pub labels_exact: bool,
    /// Samples that may be no measurements.
    pub suspects: Vec<Located>,
    /// Numbers of other tables that were counted into the raw numbers (base units).
    pub intruders: usize,
    /// Blocks of values that occur twice, as rows.
    pub repeats: Vec<Repeat>,
    /// A value that stays the same, as rows.
    pub stuck: Option<Stuck>,
    /// Failed rows.
    pub failures: Option<Failures>,
    /// The durations of rows that failed, where all the numbers above are of the others.
    pub failed: Option<Population>,
    /// Whether every duration is of a failed row, so that the numbers above are theirs.
    pub only_failed: bool,
    /// The groups of which every duration is of a failed row: they have no numbers of their own, except where labels are exact.
    pub failed_groups: Vec<String>,
}

/// The analysis of a table.
#[derive(Debug, Clone, Default)]
pub struct TableAnalysis {
    /// Its metrics, in the order of the columns.
    pub metrics: Vec<MetricAnalysis>,
    /// What its clock did; indexes are rows.
    pub clock: Option<Clock>,
    /// So many groups whose numbers would take more memory than there is: nothing was analysed.
    pub too_many_groups: Option<usize>,
}

/// Analyses a table.
pub fn analyse(table: &Table, settings: &Settings) -> TableAnalysis {
    let metrics: Vec<usize> = table.columns_as(Role::Metric).collect();
    let mut clock = table_clock(table, &metrics);
    if !table.order_is_recorded {
        // Neither the steps of a clock nor its ends say anything where rows are not in its order.
        clock = None;
    }
    let span = clock.as_ref().and_then(|clock| clock.span).map(|nanos| nanos as f64 / 1e9);
    let grouping = Grouping::choose(table, settings);
    let groups = grouping.as_ref().map_or(0, |grouping| grouping.groups.len());
    let room = table.columns.first().and_then(|column| column.data.storage().memory());
    if room.is_some_and(|room| groups as u64 * GROUP_BYTES * metrics.len() as u64 > room / 2 && groups > FEW_GROUPS) {
        return TableAnalysis { metrics: Vec::new(), clock, too_many_groups: Some(groups * metrics.len()) };
    }
    let all_rows = OnceLock::new();
    let (grouping, all_rows) = (grouping.as_ref(), &all_rows);
    let runs = table.columns_as(Role::Run).next().map(|column| labels_of_column(table, column).0);
    let runs = runs.as_deref();
    let analysed = |column| Metric { table, column, settings, grouping, span, all_rows, runs }.analyse();
    let scarce = table.columns.first().is_some_and(|column| column.data.storage().is_scarce());
    let metrics = if scarce {
        metrics.into_iter().map(analysed).collect()
    } else {
        metrics.into_par_iter().map(analysed).collect()
    };
    TableAnalysis { metrics, clock, too_many_groups: None }
}

/// The instants of a table, from text or from numbers.
fn table_clock(table: &Table, metrics: &[usize]) -> Option<Clock> {
    let column = table.columns_as(Role::Timestamp).next()?;
    let longest = metrics
        .iter()
        .filter(|metric| table.columns[**metric].unit().dimension == Dimension::Time)
        .map(|metric| longest_duration(table, *metric))
        .fold(0.0, f64::max);
    // A row may be written after it ended, with pauses inside that its duration leaves out: hence twice.
    let tolerance = (2.0 * longest * 1e9) as i64;
    if table.columns[column].cells == CellType::Timestamp {
        let instants = table.instant_cells(column);
        return Some(clock(&|take| instants.visit_instants(take), tolerance));
    }
    let numbers = table.values(column);
    let mut typical: f64 = 0.0;
    numbers.visit_present(0..numbers.count(), |block| typical = block.iter().fold(typical, |most, at| most.max(*at)));
    // Seconds since 1970 have ten digits, milliseconds thirteen, and so on; anything shorter counts seconds itself.
    let nanos = [1e9, 1e12, 1e15, 1e18].iter().position(|scale| typical < scale * 4.0).unwrap_or(3);
    let factor = [1e9, 1e6, 1e3, 1.0][nanos];
    Some(clock(&|take| numbers.visit_as_instants(factor, take), tolerance))
}

/// The longest duration of less than a day, in seconds.
fn longest_duration(table: &Table, metric: usize) -> f64 {
    const DAY: f64 = 86_400.0;
    let column = &table.columns[metric];
    let mut longest = 0.0;
    let values = table.values(metric);
    values.visit_present(0..values.count(), |block| {
        for recorded in block {
            // Conversion keeps the order, so that few values need it.
            if *recorded > longest && column.to_base(*recorded) < DAY {
                longest = *recorded;
            }
        }
    });
    column.to_base(longest)
}

/// Which group each row belongs to.
struct Grouping<'a> {
    columns: String,
    /// The column, where it is one column of text.
    label_column: Option<usize>,
    /// Group of each label; of labels that no row has, the first one.
    of_code: Vec<u32>,
    groups: Vec<Label>,
    /// Label of each row, as written.
    codes: Cow<'a, Cells>,
    texts: Vec<String>,
}

impl<'a> Grouping<'a> {
    /// The columns asked for, or the label that tells kinds of samples apart best.
    fn choose(table: &'a Table, settings: &Settings) -> Option<Self> {
        let asked: Vec<usize> = settings.group_by.iter().filter_map(|name| table.position(name)).collect();
        let columns = if asked.is_empty() { vec![most_telling_label(table)?] } else { asked };
        let names: Vec<&str> = columns.iter().map(|column| table.columns[*column].name.as_str()).collect();
        let (codes, texts) = labels_of(table, &columns);
        let label_column = match columns[..] {
            [only] if !table.columns[only].cells.is_number() => Some(only),
            _ => None,
        };
        let collapse = settings.collapse && !table.labels_exact;
        let apart = if collapse { labels_apart(table, &codes, &texts) } else { Vec::new() };
        Some(Self { label_column, ..Self::new(names.join(", "), codes, texts, collapse, &apart) })
    }

    /// `apart` are patterns whose labels stay apart although they differ only in numbers.
    fn new(columns: String, codes: Cow<'a, Cells>, texts: Vec<String>, collapse: bool, apart: &[String]) -> Self {
        const EXAMPLES: usize = 3;
        let in_use = by_first_appearance(&codes, texts.len());
        let mut members: HashMap<String, usize> = HashMap::new();
        for code in &in_use {
            *members.entry(pattern(&texts[*code as usize])).or_default() += 1;
        }
        let name_of = |text: &str| {
            let pattern = pattern(text);
            let shared = members.get(&pattern).is_some_and(|count| *count > 1) && !apart.contains(&pattern);
            if collapse && shared { pattern } else { text.to_owned() }
        };
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut groups: Vec<Label> = Vec::new();
        let mut of_code: Vec<u32> = vec![0; texts.len()];
        for code in in_use {
            let text = &texts[code as usize];
            let name = name_of(text);
            let number = *numbers.entry(name.clone()).or_insert_with(|| {
                groups.push(Label { text: name, members: 0, examples: Vec::new() });
                groups.len() as u32 - 1
            });
            let group = &mut groups[number as usize];
            group.members += 1;
            if group.examples.len() < EXAMPLES {
                group.examples.push(text.clone());
            }
            of_code[code as usize] = number;
        }
        Self { columns, label_column: None, of_code, groups, codes, texts }
    }
}

impl Grouping<'_> {
    /// Of each group whether it has samples among the failed ones, and none among the others.
    fn only_failed(&self, failed: &Cells, others: &Cells) -> Vec<bool> {
        let occur = |cells: &Cells| {
            let mut occur = vec![false; self.groups.len()];
            let counts = Measured::new(cells, Some(&self.codes)).labels_counted(self.of_code.len());
            for (_, group) in counts.iter().zip(&self.of_code).filter(|(count, _)| **count > 0) {
                occur[*group as usize] = true;
            }
            occur
        };
        occur(failed).into_iter().zip(occur(others)).map(|(failed, others)| failed && !others).collect()
    }
}

/// The codes that occur, in order of their first appearance.
fn by_first_appearance(codes: &Cells, labels: usize) -> Vec<u32> {
    let mut seen = vec![false; labels];
    let mut order = Vec::new();
    for from in (0..codes.rows()).step_by(PART) {
        codes.visit_codes(from..from + PART, |_, block| {
            for code in block {
                if let Some(seen) = seen.get_mut(*code as usize)
                    && !std::mem::replace(seen, true)
                {
                    order.push(*code);
                }
            }
        });
        if order.len() == labels {
            break;
        }
    }
    order
}

/// Patterns whose labels differ in more than their numbers: few labels with many samples each, whose values differ
/// beyond chance (Kruskal and Wallis 1952). `v1` and `v2` are what somebody wants to compare; `user_1` to `user_80` are not.
fn labels_apart(table: &Table, codes: &Cells, texts: &[String]) -> Vec<String> {
    /// More labels under one pattern count things.
    const MOST_LABELS: usize = 12;
    /// Fewer samples of a label say little about it.
    const FEWEST_SAMPLES: usize = 5;
    /// So small, because neighbouring samples depend on each other and the test assumes that they do not.
    const LEVEL: f64 = 1e-6;
    let time = |column: &usize| table.columns[*column].unit().dimension == Dimension::Time;
    let metrics: Vec<usize> = table.columns_as(Role::Metric).collect();
    let Some(metric) = metrics.iter().copied().find(time).or(metrics.first().copied()) else { return Vec::new() };
    let mut by_pattern: std::collections::BTreeMap<String, Vec<u32>> = std::collections::BTreeMap::new();
    for (code, text) in texts.iter().enumerate() {
        by_pattern.entry(pattern(text)).or_default().push(code as u32);
    }
    by_pattern.retain(|_, labels| (2..=MOST_LABELS).contains(&labels.len()));
    if by_pattern.is_empty() {
        return Vec::new();
    }
    // One of every few rows of a long table: so small a level is reached all the same where labels differ.
    let rows: Vec<usize> = thin::picked(codes.rows(), thin::stride(codes.rows(), thin::LONG_RUN)).collect();
    let values = table.values(metric);
    let numbers: Vec<Option<f64>> = rows.iter().map(|row| values.number(*row)).collect();
    let codes: Vec<u32> = rows.iter().filter_map(|row| codes.code(*row)).collect();
    by_pattern
        .into_iter()
        .filter(|(_, labels)| {
            let samples: Vec<Vec<f64>> = labels
                .iter()
                .map(|label| {
                    let of_label = codes.iter().zip(&numbers).filter(|(code, _)| *code == label);
                    of_label.filter_map(|(_, number)| number.filter(|number| number.is_finite())).collect()
                })
                .collect();
            samples.iter().all(|of_label| of_label.len() >= FEWEST_SAMPLES)
                && kruskal_wallis(&samples).is_some_and(|p| p < LEVEL)
        })
        .map(|(pattern, _)| pattern)
        .collect()
}

fn most_telling_label(table: &Table) -> Option<usize> {
    let labels: Vec<usize> = table.columns_as(Role::Label).collect();
    let rank = |column: &usize| {
        let name = table.columns[*column].name.to_ascii_lowercase();
        let last = name.rsplit(['.', '_', ' ']).next().unwrap_or(&name).to_owned();
        let known = LABEL_NAMES.iter().position(|known| *known == name || *known == last);
        let several = table.columns[*column].dictionary.len() > 1;
        (!several, known.unwrap_or(LABEL_NAMES.len()))
    };
    labels.into_iter().min_by_key(rank)
}

/// One code a row over one or more columns, and the texts of the codes.
fn labels_of<'a>(table: &'a Table, columns: &[usize]) -> (Cow<'a, Cells>, Vec<String>) {
    let mut parts = columns.iter().map(|column| labels_of_column(table, *column));
    let Some((mut codes, mut texts)) = parts.next() else { return (Cow::Owned(Cells::EMPTY), Vec::new()) };
    for (more_codes, more_texts) in parts {
        let mut numbers: HashMap<(u32, u32), u32> = HashMap::new();
        let mut joined = Vec::new();
        let mut builder = codes.to_builder(Kind::Codes);
        let mut more_codes = Reader::new(&more_codes);
        codes.visit_codes(0..codes.rows(), |first_row, block| {
            let more = more_codes.codes(first_row..first_row + block.len());
            for (code, more) in block.iter().zip(more) {
                builder.push_code(*numbers.entry((*code, *more)).or_insert_with(|| {
                    joined.push(format!("{}, {}", texts[*code as usize], more_texts[*more as usize]));
                    joined.len() as u32 - 1
                }));
            }
        });
        (codes, texts) = (Cow::Owned(builder.finish()), joined);
    }
    (codes, texts)
}

fn labels_of_column(table: &Table, column: usize) -> (Cow<'_, Cells>, Vec<String>) {
    if matches!(table.columns[column].cells, CellType::Text | CellType::Boolean) {
        return (Cow::Borrowed(table.text_cells(column)), table.columns[column].dictionary.clone());
    }
    let mut numbers: HashMap<Option<u64>, u32> = HashMap::new();
    let mut texts = Vec::new();
    let values = table.values(column);
    let mut codes = values.to_builder(Kind::Codes);
    for value in values.iter() {
        codes.push_code(*numbers.entry(value.map(f64::to_bits)).or_insert_with(|| {
            texts.push(value.map_or_else(String::new, |value| value.to_string()));
            texts.len() as u32 - 1
        }));
    }
    (Cow::Owned(codes.finish()), texts)
}

/// A metric being analysed.
struct Metric<'a> {
    table: &'a Table,
    column: usize,
    settings: &'a Settings,
    grouping: Option<&'a Grouping<'a>>,
    span: Option<f64>,
    /// Failures of all rows, once somebody asked.
    all_rows: &'a OnceLock<Option<Failures>>,
    /// The run of each row, where a column names it.
    runs: Option<&'a Cells>,
}

impl Metric<'_> {
    fn analyse(&self) -> MetricAnalysis {
        let column = &self.table.columns[self.column];
        let unit = column.unit();
        let labels = self.grouping.map(|grouping| &*grouping.codes);
        let all = Measured::new(self.table.values(self.column), labels);
        let suspects = self.suspects(&all);
        let left_out: Vec<usize> = suspects
            .iter()
            .filter(|suspect| suspect.severity == Severity::Corrupted)
            .map(|suspect| suspect.index)
            .collect();
        let failures = if all.has_gaps() {
            failures(self.table, Some(self.table.values(self.column)))
        } else {
            self.all_rows.get_or_init(|| failures(self.table, None)).clone()
        };
        let corrupted: Vec<usize> = left_out.iter().map(|index| all.row(*index)).collect();
        let (apart, failed_groups) = match &failures {
            Some(found) if unit.dimension == Dimension::Time => self.apart(found, &corrupted),
            _ => (Apart::Nothing, Vec::new()),
        };
        let (cells, left_out) = match &apart {
            Apart::Some { others, .. } => {
                let cells = Measured::new(others, labels);
                (cells, corrupted.iter().map(|row| cells.before(*row)).collect())
            }
            Apart::Nothing | Apart::All => (all, left_out),
        };
        let intruders: Vec<f64> = self
            .table
            .intruders
            .iter()
            .filter(|intruder| intruder.column == self.column)
            .map(|intruder| unit.to_base(intruder.value))
            .collect();
        let kept =
            self.grouping.map(|grouping| Kept::of(cells, &left_out, unit, &grouping.of_code, grouping.groups.len()));
        let several = kept.as_ref().is_some_and(|kept| kept.groups() > 1);
        let samples = KeptSamples::new(cells, unit, &left_out);
        let mut taken_out: Vec<f64> = left_out.iter().map(|index| unit.to_base(cells.at(*index))).collect();
        taken_out.extend(&intruders);
        let whole = || self.overall(&cells, &samples, &taken_out, several);
        let repetitions = || self.repetitions(&all);
        let by_group = || kept.as_ref().filter(|_| several).map(|kept| self.groups(&cells, kept)).unwrap_or_default();
        // Where memory is scarce, what each of them holds must not come together.
        let ((mut overall, (repeats, stuck)), groups) = if all.storage().is_scarce() {
            ((whole(), repetitions()), by_group())
        } else {
            rayon::join(|| rayon::join(whole, repetitions), by_group)
        };
        if !self.table.order_is_recorded {
            overall.forget_order();
        }
        overall.divide(
            |row| cells.before(row) - left_out.partition_point(|index| cells.row(*index) < row),
            &self.table.run_starts,
        );
        let row_of = |index: usize| cells.row(samples.place(index));
        // A run may be numbered anew in each group, so that those of a mixture mean nothing.
        if let Some(runs) = self.runs.filter(|_| !several) {
            let mut all = Vec::with_capacity(samples.len());
            samples.visit(0..samples.len(), &mut |block| all.extend_from_slice(block));
            overall.divide_by_run(&all, |index| runs.code(row_of(index)).unwrap_or_default());
        }
        let failed = match &apart {
            Apart::Some { failed, .. } => Some(apart::population(failed, unit, self.settings)),
            Apart::Nothing | Apart::All => None,
        };
        self.name_places(&mut overall, |index| (index < samples.len()).then(|| row_of(index)));
        let only = kept.as_ref().and_then(Kept::only).zip(self.grouping);
        MetricAnalysis {
            column: self.column,
            name: column.name.clone(),
            dimension: unit.dimension,
            recorded_unit: column.unit.as_ref().map(|choice| choice.unit),
            polarity: column.polarity,
            meaning: column.meaning.clone(),
            grouped_by: self.grouping.filter(|_| several).map(|grouping| grouping.columns.clone()),
            labels_exact: self.table.labels_exact,
            explained_by_label: explained_by_label(&groups),
            overall,
            only_group: only.map(|(group, grouping)| (grouping.columns.clone(), grouping.groups[group].clone())),
            groups,
            suspects: self.located(suspects, &all),
            intruders: intruders.len(),
            repeats,
            stuck,
            failures,
            failed,
            only_failed: matches!(apart, Apart::All),
            failed_groups,
        }
    }

    /// The durations of failed rows apart from the others, and the groups of which every row failed. A benchmark that always fails
    /// keeps its numbers: they are what was to be measured.
    fn apart(&self, found: &Failures, corrupted: &[usize]) -> (Apart, Vec<String>) {
        let apart = apart::of(self.table, self.column, found, corrupted, None);
        let (Apart::Some { failed, others }, Some(grouping)) = (&apart, self.grouping) else {
            return (apart, Vec::new());
        };
        let only_failed = grouping.only_failed(failed, others);
        let named = grouping.groups.iter().zip(&only_failed).filter(|(_, only)| **only);
        let named: Vec<String> = named.map(|(group, _)| group.text.clone()).collect();
        if named.is_empty() || !self.table.labels_exact {
            return (apart, named);
        }
        let spared: Vec<bool> = grouping.of_code.iter().map(|group| only_failed[*group as usize]).collect();
        (apart::of(self.table, self.column, found, corrupted, Some((&grouping.codes, &spared))), named)
    }

    fn suspects(&self, cells: &Measured<'_>) -> Vec<Suspect> {
        let column = &self.table.columns[self.column];
        let unit = column.unit();
        suspects(&Case {
            measured: *cells,
            unit,
            shape: column.shape.as_ref(),
            texts: self.grouping.map_or(&[], |grouping| &grouping.texts),
            dimension: unit.dimension,
            signed: is_difference(&column.name),
            limit: column.limit,
            span: self.span,
        })
    }

    fn overall(&self, cells: &Measured<'_>, samples: &KeptSamples<'_>, taken_out: &[f64], several: bool) -> Population {
        let detail = if several || !self.table.order_is_recorded { Detail::Mixture } else { Detail::Full };
        let copied = || {
            let mut all = Vec::with_capacity(samples.len());
            samples.visit(0..samples.len(), &mut |block| all.extend_from_slice(block));
            all
        };
        let grouping = self.grouping.filter(|_| several);
        if large::is_large(samples.len(), self.settings) {
            let shared = grouping.map(|grouping| {
                move |range: Range<usize>| {
                    let places = samples.place(range.start)..samples.place(range.end.saturating_sub(1)) + 1;
                    let group = |code: u32| grouping.of_code[code as usize];
                    let first = group(cells.code(places.start)?);
                    let mut same = true;
                    cells.visit_codes(places, |from, codes| {
                        let stays = |(place, code): (usize, &u32)| {
                            group(*code) == first || samples.left_out.binary_search(&place).is_ok()
                        };
                        same = same && (from..).zip(codes).all(stays);
                    });
                    same.then_some(first)
                }
            });
            let group_of = shared.as_ref().map(|of| of as &GroupOf<'_>);
            let mut population = large::population(samples, taken_out, group_of, detail, self.settings);
            population.samples = self.settings.keep_samples.then(|| RunSamples::of(copied()));
            return population;
        }
        let group_of: Option<Vec<u32>> = grouping.map(|grouping| {
            let mut groups = Vec::with_capacity(cells.len());
            cells.visit_codes(0..cells.len(), |first, codes| {
                let kept = |place: &usize| samples.left_out.binary_search(place).is_err();
                let of_place = |(place, code): (usize, &u32)| kept(&place).then(|| grouping.of_code[*code as usize]);
                groups.extend((first..).zip(codes).filter_map(of_place));
            });
            groups
        });
        describe(copied(), taken_out, group_of.as_deref(), detail, self.settings)
    }

    fn groups(&self, cells: &Measured<'_>, kept: &Kept<'_>) -> Vec<Population> {
        let Some(grouping) = self.grouping else { return Vec::new() };
        let detail = match () {
            () if kept.groups() > DETAILED_GROUPS => Detail::Brief,
            () if self.table.order_is_recorded => Detail::Full,
            () => Detail::Mixture,
        };
        kept.each(|members| {
            let mut population = match &members.samples {
                Gathered::Held(values, _) => describe(values.to_vec(), &members.taken, None, detail, self.settings),
                Gathered::Shelved(dealt) if large::is_large(dealt.len(), self.settings) => {
                    large::population(*dealt, &members.taken, None, detail, self.settings)
                }
                Gathered::Shelved(dealt) => {
                    let mut values = Vec::with_capacity(dealt.len());
                    dealt.visit(0..dealt.len(), &mut |block| values.extend_from_slice(block));
                    describe(values, &members.taken, None, detail, self.settings)
                }
            };
            if !self.table.order_is_recorded {
                population.forget_order();
            }
            let row_of = |index: usize| members.samples.place(index).map(|place| cells.row(place));
            population.divide(|row| members.samples.before(|place| cells.row(place) < row), &self.table.run_starts);
            if let (Some(runs), Gathered::Held(values, _)) = (self.runs, &members.samples) {
                let run_of = |index: usize| row_of(index).and_then(|row| runs.code(row)).unwrap_or_default();
                population.divide_by_run(values, run_of);
            }
            self.name_places(&mut population, row_of);
            population.label = Some(grouping.groups[members.group].clone());
            population
        })
    }

    /// Says where the samples that a population names stand in the file: rows become lines.
    fn name_places(&self, population: &mut Population, row_of: impl Fn(usize) -> Option<usize>) {
        let line = |row: usize| self.table.lines.line(row as u64);
        let labels = self.grouping.filter(|grouping| grouping.label_column.is_some());
        for extreme in population.outliers.iter_mut().flat_map(|outliers| &mut outliers.extremes) {
            let row = row_of(extreme.index as usize);
            extreme.line = row.and_then(line);
            let label = labels.zip(row).and_then(|(labels, row)| labels.texts.get(labels.codes.code(row)? as usize));
            extreme.label = label.cloned();
        }
        if let Some(shift) = population.order.as_mut().and_then(|order| order.level_shift.as_mut()) {
            shift.line = row_of(shift.index as usize).and_then(line);
        }
    }

    /// Copied blocks and stuck values make sense for measurements, not for gauges and counters that may stand still.
    fn repetitions(&self, cells: &Measured<'_>) -> (Vec<Repeat>, Option<Stuck>) {
        let unit = self.table.columns[self.column].unit();
        if unit.dimension != Dimension::Time || !self.table.order_is_recorded {
            return (Vec::new(), None);
        }
        // Only equality matters, so that the recorded values will do.
        let found = repeats(cells, NAMED_REPEATS)
            .into_iter()
            .map(|repeat| Repeat {
                first: cells.row(repeat.first),
                again: cells.row(repeat.again),
                length: repeat.length,
            })
            .collect();
        let stuck = stuck(cells).map(|stuck| Stuck {
            start: cells.row(stuck.start),
            value: unit.to_base(stuck.value),
            ..stuck
        });
        (found, stuck)
    }

    fn located(&self, suspects: Vec<Suspect>, cells: &Measured<'_>) -> Vec<Located> {
        suspects
            .into_iter()
            .map(|suspect| {
                let code = cells.code(suspect.index);
                let label = self.grouping.zip(code).and_then(|(of, code)| of.texts.get(code as usize).cloned());
                Located { row: cells.row(suspect.index), recorded: cells.at(suspect.index), label, suspect }
            })
            .collect()
    }
}

/// Whether the name says that values below zero are as good as others.
fn is_difference(name: &str) -> bool {
    const WORDS: &[&str] =
        &["delta", "diff", "difference", "offset", "skew", "drift", "change", "deviation", "residual"];
    let lower = name.to_ascii_lowercase();
    lower.split(|character: char| !character.is_alphanumeric()).any(|word| WORDS.contains(&word))
}

/// Whether the samples of different labels do not overlap and lie far apart.
fn explained_by_label(groups: &[Population]) -> bool {
    let mut ranges: Vec<(f64, f64, f64)> = groups
        .iter()
        .filter_map(|group| group.clean.as_ref())
        .filter(|summary| summary.n > 1)
        .map(|summary| (summary.median, summary.min, summary.max))
        .collect();
    let sizes: Vec<u64> = groups.iter().filter_map(|group| group.clean.as_ref()).map(|clean| clean.n).collect();
    ranges.sort_by(|a, b| a.0.total_cmp(&b.0));
    EXPLAINED_GROUPS.contains(&ranges.len())
        && separation_by_chance(&sizes) < EXPLAINED_CHANCE
        && ranges.windows(2).all(|pair| pair[0].2 < pair[1].1 && pair[1].0 >= EXPLAINED_RATIO * pair[0].0)
}

/// Probability that samples of one population, dealt out to groups of these sizes, do not overlap: the number of orders
/// of the groups over the number of ways to deal.
fn separation_by_chance(sizes: &[u64]) -> f64 {
    let ln_factorial = |n: u64| statrs::function::gamma::ln_gamma(n as f64 + 1.0);
    let total: u64 = sizes.iter().sum();
    (ln_factorial(sizes.len() as u64) + sizes.iter().map(|n| ln_factorial(*n)).sum::<f64>() - ln_factorial(total)).exp()
}
