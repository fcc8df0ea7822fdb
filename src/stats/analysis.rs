//! From a table to the analysis of its metrics.
//!
//! In: a table with roles and units. Out: for each metric its populations, its corrupted samples and what the recording
//! shows. Values become base units here and stay so.

use std::collections::HashMap;

use rayon::prelude::*;
use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::model::finding::Severity;
use crate::model::label::pattern;
use crate::model::table::{CellType, Polarity, Role, Table};
use crate::model::unit::{Dimension, Unit};

use super::corruption::{Evidence, Labels, Suspect, suspects};
use super::failure::{Failures, failures};
use super::population::{Detail, Population, Settings};
use super::recording::{Clock, Repeat, Stuck, clock, repeats, stuck};

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
/// Repeated blocks that are named.
const NAMED_REPEATS: usize = 5;

/// A group of samples that share a label.
#[derive(Debug, Clone)]
pub struct Group {
    /// The label, or the pattern that its labels share.
    pub text: String,
    /// How many different labels it stands for.
    pub members: usize,
    /// The first few of them.
    pub examples: Vec<String>,
    /// Its numbers.
    pub population: Population,
    /// Row of each extreme sample.
    pub extreme_rows: Vec<usize>,
    /// Row of the first sample after a level shift.
    pub shift_row: Option<usize>,
}

/// The one group of a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlyGroup {
    /// The columns that form the groups.
    pub columns: String,
    /// Its label, or the pattern that its labels share.
    pub text: String,
    /// How many different labels it stands for.
    pub members: usize,
}

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
    /// The columns that form the groups.
    pub grouped_by: Option<String>,
    /// The column whose labels name samples.
    pub label_column: Option<usize>,
    /// All samples.
    pub overall: Population,
    /// Row of each extreme sample of the whole.
    pub extreme_rows: Vec<usize>,
    /// Row of the first sample after a level shift of the whole.
    pub shift_row: Option<usize>,
    /// By label, in order of first appearance; empty where there is one group only.
    pub groups: Vec<Group>,
    /// The one group there is, where all samples are in it.
    pub only_group: Option<OnlyGroup>,
    /// Whether the groups are separate populations, so that numbers over all of them describe none.
    pub explained_by_label: bool,
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
}

/// The analysis of a table.
#[derive(Debug, Clone, Default)]
pub struct TableAnalysis {
    /// Its metrics, in the order of the columns.
    pub metrics: Vec<MetricAnalysis>,
    /// What its clock did; indexes are rows.
    pub clock: Option<Clock>,
}

/// Analyses a table.
pub fn analyse(table: &Table, settings: &Settings) -> TableAnalysis {
    let metrics: Vec<usize> = table.columns_as(Role::Metric).collect();
    let clock = table_clock(table, &metrics);
    let span = clock.as_ref().and_then(|clock| clock.span).map(|nanos| nanos as f64 / 1e9);
    let grouping = Grouping::choose(table, settings);
    let metrics = metrics
        .into_par_iter()
        .map(|column| Metric { table, column, settings, grouping: grouping.as_ref(), span }.analyse())
        .collect();
    TableAnalysis { metrics, clock }
}

/// The instants of a table, from text or from numbers.
fn table_clock(table: &Table, metrics: &[usize]) -> Option<Clock> {
    let column = table.columns_as(Role::Timestamp).next()?;
    let instants: Vec<Option<i64>> = if table.columns[column].cells == CellType::Timestamp {
        table.instants(column)
    } else {
        let numbers = table.numbers(column);
        let typical = numbers.iter().flatten().copied().fold(0.0, f64::max);
        // Seconds since 1970 have ten digits, milliseconds thirteen, and so on; anything shorter counts seconds itself.
        let nanos = [1e9, 1e12, 1e15, 1e18].iter().position(|scale| typical < scale * 4.0).unwrap_or(3);
        let factor = [1e9, 1e6, 1e3, 1.0][nanos];
        numbers.into_iter().map(|number| number.map(|number| (number * factor) as i64)).collect()
    };
    let longest = metrics
        .iter()
        .filter(|metric| table.columns[**metric].unit().dimension == Dimension::Time)
        .flat_map(|metric| {
            table.numbers(*metric).into_iter().flatten().map(|value| table.columns[*metric].to_base(value))
        })
        .filter(|seconds| *seconds < 86_400.0)
        .fold(0.0, f64::max);
    // A row may be written after it ended, with pauses inside that its duration leaves out: hence twice.
    Some(clock(&instants, (2.0 * longest * 1e9) as i64))
}

/// Which group each row belongs to.
struct Grouping {
    columns: String,
    /// The column, where it is one column of text.
    label_column: Option<usize>,
    /// Group of each row.
    of_row: Vec<u32>,
    groups: Vec<GroupName>,
    /// Labels as written, for findings.
    codes: Vec<u32>,
    texts: Vec<String>,
}

struct GroupName {
    text: String,
    members: usize,
    examples: Vec<String>,
}

impl Grouping {
    /// The columns asked for, or the label that tells kinds of samples apart best.
    fn choose(table: &Table, settings: &Settings) -> Option<Self> {
        let asked: Vec<usize> = settings.group_by.iter().filter_map(|name| table.position(name)).collect();
        let columns = if asked.is_empty() { vec![most_telling_label(table)?] } else { asked };
        let names: Vec<&str> = columns.iter().map(|column| table.columns[*column].name.as_str()).collect();
        let (codes, texts) = labels_of(table, &columns);
        let label_column = match columns[..] {
            [only] if !table.columns[only].cells.is_number() => Some(only),
            _ => None,
        };
        let apart = if settings.collapse { labels_apart(table, &codes, &texts) } else { Vec::new() };
        Some(Self { label_column, ..Self::new(names.join(", "), codes, texts, settings.collapse, &apart) })
    }

    /// `apart` are patterns whose labels stay apart although they differ only in numbers.
    fn new(columns: String, codes: Vec<u32>, texts: Vec<String>, collapse: bool, apart: &[String]) -> Self {
        const EXAMPLES: usize = 3;
        let mut used = vec![false; texts.len()];
        let mut members: HashMap<String, usize> = HashMap::new();
        for code in &codes {
            if let Some(seen) = used.get_mut(*code as usize)
                && !std::mem::replace(seen, true)
            {
                *members.entry(pattern(&texts[*code as usize])).or_default() += 1;
            }
        }
        let name_of = |text: &str| {
            let pattern = pattern(text);
            let shared = members.get(&pattern).is_some_and(|count| *count > 1) && !apart.contains(&pattern);
            if collapse && shared { pattern } else { text.to_owned() }
        };
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut groups: Vec<GroupName> = Vec::new();
        let mut of_code: Vec<Option<u32>> = vec![None; texts.len()];
        let mut of_row = Vec::with_capacity(codes.len());
        for code in &codes {
            let slot = &mut of_code[*code as usize];
            let group = *slot.get_or_insert_with(|| {
                let text = &texts[*code as usize];
                let name = name_of(text);
                let number = *numbers.entry(name.clone()).or_insert_with(|| {
                    groups.push(GroupName { text: name, members: 0, examples: Vec::new() });
                    groups.len() as u32 - 1
                });
                let group = &mut groups[number as usize];
                group.members += 1;
                if group.examples.len() < EXAMPLES {
                    group.examples.push(text.clone());
                }
                number
            });
            of_row.push(group);
        }
        Self { columns, label_column: None, of_row, groups, codes, texts }
    }
}

/// Patterns whose labels differ in more than their numbers: few labels with many samples each, whose values differ
/// beyond chance (Kruskal and Wallis 1952). `v1` and `v2` are what somebody wants to compare; `user_1` to `user_80` are not.
fn labels_apart(table: &Table, codes: &[u32], texts: &[String]) -> Vec<String> {
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
    let numbers = table.numbers(metric);
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

/// p-value of the Kruskal-Wallis test, with the correction for ties; `None` where all values are equal.
fn kruskal_wallis(samples: &[Vec<f64>]) -> Option<f64> {
    let pooled: Vec<f64> = samples.iter().flatten().copied().collect();
    let n = pooled.len() as f64;
    let ranks = super::order::ranks(&pooled);
    let mut start = 0;
    let mut between = 0.0;
    for sample in samples {
        let sum: f64 = ranks[start..start + sample.len()].iter().sum();
        between += sum * sum / sample.len() as f64;
        start += sample.len();
    }
    let mut sorted = pooled;
    sorted.sort_unstable_by(f64::total_cmp);
    let ties: f64 = sorted.chunk_by(|a, b| a == b).map(|tied| (tied.len() as f64).powi(3) - tied.len() as f64).sum();
    let correction = 1.0 - ties / (n.powi(3) - n);
    if correction <= 0.0 {
        return None;
    }
    let statistic = (12.0 / (n * (n + 1.0)) * between - 3.0 * (n + 1.0)) / correction;
    let distribution = ChiSquared::new(samples.len() as f64 - 1.0).ok()?;
    Some(distribution.sf(statistic.max(0.0)))
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
fn labels_of(table: &Table, columns: &[usize]) -> (Vec<u32>, Vec<String>) {
    let mut parts = columns.iter().map(|column| labels_of_column(table, *column));
    let Some((mut codes, mut texts)) = parts.next() else { return (Vec::new(), Vec::new()) };
    for (more_codes, more_texts) in parts {
        let mut numbers: HashMap<(u32, u32), u32> = HashMap::new();
        let mut joined = Vec::new();
        for (code, more) in codes.iter_mut().zip(&more_codes) {
            *code = *numbers.entry((*code, *more)).or_insert_with(|| {
                joined.push(format!("{}, {}", texts[*code as usize], more_texts[*more as usize]));
                joined.len() as u32 - 1
            });
        }
        texts = joined;
    }
    (codes, texts)
}

fn labels_of_column(table: &Table, column: usize) -> (Vec<u32>, Vec<String>) {
    if matches!(table.columns[column].cells, CellType::Text | CellType::Boolean) {
        return (table.codes(column), table.columns[column].dictionary.clone());
    }
    let mut numbers: HashMap<Option<u64>, u32> = HashMap::new();
    let mut texts = Vec::new();
    let codes = table
        .numbers(column)
        .into_iter()
        .map(|value| {
            *numbers.entry(value.map(f64::to_bits)).or_insert_with(|| {
                texts.push(value.map_or_else(String::new, |value| value.to_string()));
                texts.len() as u32 - 1
            })
        })
        .collect();
    (codes, texts)
}

/// A metric being analysed.
struct Metric<'a> {
    table: &'a Table,
    column: usize,
    settings: &'a Settings,
    grouping: Option<&'a Grouping>,
    span: Option<f64>,
}

impl Metric<'_> {
    fn analyse(&self) -> MetricAnalysis {
        let column = &self.table.columns[self.column];
        let unit = column.unit();
        let (rows, recorded): (Vec<usize>, Vec<f64>) = self
            .table
            .numbers(self.column)
            .into_iter()
            .enumerate()
            .filter_map(|(row, value)| value.map(|value| (row, value)))
            .unzip();
        let values: Vec<f64> = recorded.iter().map(|value| unit.to_base(*value)).collect();
        let suspects = self.suspects(&values, &recorded, &rows);
        let corrupted: Vec<bool> = corrupted_mask(values.len(), &suspects);
        let intruders: Vec<f64> = self
            .table
            .intruders
            .iter()
            .filter(|intruder| intruder.column == self.column)
            .map(|intruder| unit.to_base(intruder.value))
            .collect();
        let groups = self.groups(&values, &rows, &corrupted);
        let several = groups.len() > 1;
        let (clean, clean_rows) = select(&values, &rows, |index| !corrupted[index]);
        let mut taken_out: Vec<f64> =
            (0..values.len()).filter(|index| corrupted[*index]).map(|index| values[index]).collect();
        taken_out.extend(&intruders);
        let group_of: Option<Vec<u32>> = self
            .grouping
            .filter(|_| several)
            .map(|grouping| clean_rows.iter().map(|row| grouping.of_row[*row]).collect());
        let (repeats, stuck) = self.repetitions(&values, &rows);
        let detail = if several { Detail::Mixture } else { Detail::Full };
        let mut overall = Population::new(clean, &taken_out, group_of.as_deref(), detail, self.settings);
        overall.divide(&clean_rows, &self.table.run_starts);
        let rows_of = |indexes: &[usize]| indexes.iter().map(|index| clean_rows[*index]).collect::<Vec<usize>>();
        let shift = overall.order.as_ref().and_then(|order| order.level_shift);
        MetricAnalysis {
            column: self.column,
            name: column.name.clone(),
            dimension: unit.dimension,
            recorded_unit: column.unit.as_ref().map(|choice| choice.unit),
            polarity: column.polarity,
            grouped_by: self.grouping.filter(|_| several).map(|grouping| grouping.columns.clone()),
            extreme_rows: rows_of(&overall.extremes),
            shift_row: shift.and_then(|shift| clean_rows.get(shift.index).copied()),
            explained_by_label: explained_by_label(&groups),
            overall,
            only_group: match (&groups[..], self.grouping) {
                ([only], Some(grouping)) => Some(OnlyGroup {
                    columns: grouping.columns.clone(),
                    text: only.text.clone(),
                    members: only.members,
                }),
                _ => None,
            },
            groups: if several { groups } else { Vec::new() },
            label_column: self.grouping.and_then(|grouping| grouping.label_column),
            suspects: self.located(suspects, &rows, &recorded),
            intruders: intruders.len(),
            repeats,
            stuck,
            failures: failures(self.table, &rows),
        }
    }

    fn suspects(&self, values: &[f64], recorded: &[f64], rows: &[usize]) -> Vec<Suspect> {
        let column = &self.table.columns[self.column];
        let codes: Option<Vec<u32>> =
            self.grouping.map(|grouping| rows.iter().map(|row| grouping.codes[*row]).collect());
        let labels =
            self.grouping.zip(codes.as_ref()).map(|(grouping, codes)| Labels { codes, texts: &grouping.texts });
        suspects(&Evidence {
            values,
            recorded,
            rows,
            shape: column.shape.as_ref(),
            labels,
            dimension: column.unit().dimension,
            signed: is_difference(&column.name),
            limit: column.limit,
            span: self.span,
        })
    }

    fn groups(&self, values: &[f64], rows: &[usize], corrupted: &[bool]) -> Vec<Group> {
        let Some(grouping) = self.grouping else { return Vec::new() };
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); grouping.groups.len()];
        for (index, row) in rows.iter().enumerate() {
            members[grouping.of_row[*row] as usize].push(index);
        }
        // A label whose every sample is corrupted is no population; its samples are in the findings.
        let kept: Vec<(usize, Vec<usize>)> = members
            .into_iter()
            .enumerate()
            .filter(|(_, indexes)| indexes.iter().any(|index| !corrupted[*index]))
            .collect();
        let detail = if kept.len() > DETAILED_GROUPS { Detail::Brief } else { Detail::Full };
        kept.into_par_iter()
            .map(|(number, indexes)| {
                let clean: Vec<usize> = indexes.iter().copied().filter(|index| !corrupted[*index]).collect();
                let taken: Vec<f64> =
                    indexes.iter().filter(|index| corrupted[**index]).map(|index| values[*index]).collect();
                let numbers = clean.iter().map(|index| values[*index]).collect();
                let clean_rows: Vec<usize> = clean.iter().map(|index| rows[*index]).collect();
                let mut population = Population::new(numbers, &taken, None, detail, self.settings);
                population.divide(&clean_rows, &self.table.run_starts);
                let name = &grouping.groups[number];
                let shift = population.order.as_ref().and_then(|order| order.level_shift);
                Group {
                    text: name.text.clone(),
                    members: name.members,
                    examples: name.examples.clone(),
                    extreme_rows: population.extremes.iter().map(|index| clean_rows[*index]).collect(),
                    shift_row: shift.and_then(|shift| clean_rows.get(shift.index).copied()),
                    population,
                }
            })
            .collect()
    }

    /// Copied blocks and stuck values make sense for measurements, not for gauges and counters that may stand still.
    fn repetitions(&self, values: &[f64], rows: &[usize]) -> (Vec<Repeat>, Option<Stuck>) {
        if self.table.columns[self.column].unit().dimension != Dimension::Time {
            return (Vec::new(), None);
        }
        let found = repeats(values, NAMED_REPEATS)
            .into_iter()
            .map(|repeat| Repeat { first: rows[repeat.first], again: rows[repeat.again], length: repeat.length })
            .collect();
        (found, stuck(values).map(|stuck| Stuck { start: rows[stuck.start], ..stuck }))
    }

    fn located(&self, suspects: Vec<Suspect>, rows: &[usize], recorded: &[f64]) -> Vec<Located> {
        suspects
            .into_iter()
            .map(|suspect| {
                let row = rows[suspect.index];
                let label =
                    self.grouping.and_then(|grouping| grouping.texts.get(grouping.codes[row] as usize).cloned());
                Located { row, recorded: recorded[suspect.index], label, suspect }
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

fn corrupted_mask(length: usize, suspects: &[Suspect]) -> Vec<bool> {
    let mut mask = vec![false; length];
    for suspect in suspects.iter().filter(|suspect| suspect.severity == Severity::Corrupted) {
        mask[suspect.index] = true;
    }
    mask
}

fn select(values: &[f64], rows: &[usize], keep: impl Fn(usize) -> bool) -> (Vec<f64>, Vec<usize>) {
    (0..values.len()).filter(|index| keep(*index)).map(|index| (values[index], rows[index])).unzip()
}

/// Whether the samples of different labels do not overlap and lie far apart.
fn explained_by_label(groups: &[Group]) -> bool {
    let mut ranges: Vec<(f64, f64, f64)> = groups
        .iter()
        .filter_map(|group| group.population.clean.as_ref())
        .filter(|summary| summary.n > 1)
        .map(|summary| (summary.median, summary.min, summary.max))
        .collect();
    let sizes: Vec<usize> =
        groups.iter().filter_map(|group| group.population.clean.as_ref()).map(|clean| clean.n).collect();
    ranges.sort_by(|a, b| a.0.total_cmp(&b.0));
    EXPLAINED_GROUPS.contains(&ranges.len())
        && separation_by_chance(&sizes) < EXPLAINED_CHANCE
        && ranges.windows(2).all(|pair| pair[0].2 < pair[1].1 && pair[1].0 >= EXPLAINED_RATIO * pair[0].0)
}

/// Probability that samples of one population, dealt out to groups of these sizes, do not overlap: the number of orders
/// of the groups over the number of ways to deal.
fn separation_by_chance(sizes: &[usize]) -> f64 {
    let ln_factorial = |n: usize| statrs::function::gamma::ln_gamma(n as f64 + 1.0);
    let total: usize = sizes.iter().sum();
    (ln_factorial(sizes.len()) + sizes.iter().map(|n| ln_factorial(*n)).sum::<f64>() - ln_factorial(total)).exp()
}
