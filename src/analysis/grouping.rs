//! Which group each row of a table belongs to.
//!
//! In: a table with columns of labels. Out: the columns that tell kinds of samples apart, a group for each label, and what
//! the groups are called. Labels that differ only in numbers are one group, unless their values differ beyond chance.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::codes::{Labels, by_first_appearance, labels_of, labels_of_column};
use super::compared::were_compared;
use super::configurations::{
    MOST_OF_DESIGN, MOST_ROWS_OF_DESIGN, goes_in_loops, is_design, is_of_all_rows, sweep_of_labels, varied_settings,
};
use super::label_names::{most_named, names_a_thing, names_somebody, without_common_numbers};
use super::row_names::{
    MOST_SWEPT, ROWS_EACH, each_row_is_another, has_clock, label_of_each_row, rows_are_of_their_own,
};
use crate::measure::label::{LEADING, Label, SEPARATOR, last_word, pattern};
use crate::stats::corruption::LabelPatterns;
use crate::stats::kruskal_wallis::kruskal_wallis;
use crate::stats::measured::LabelledNumbers;
use crate::stats::settings::Settings;
use crate::stats::thin;
use crate::table::packed::Cells;
use crate::table::{Role, Table};

/// Names by which the label that matters most is called where none of [`LEADING`] is, the most telling first.
const OTHER_NAMES: &[&str] =
    &["method", "action", "step", "task", "kind", "type", "category", "group", "model", "url", "service", "error_type"];

/// Rows of a combination of a label and settings that are texts, on average.
const FEWEST_ROWS_EACH: usize = 3;

/// Which group each row belongs to.
pub(crate) struct Grouping<'a> {
    pub(super) columns: String,
    /// Those columns by their places.
    pub(crate) by: Vec<usize>,
    /// The column, where it is one column of text.
    pub(super) label_column: Option<usize>,
    /// Group of each label; of labels that no row has, the first one.
    pub(crate) of_code: Vec<u32>,
    pub(crate) groups: Vec<Label>,
    /// Label of each row, as written.
    pub(crate) codes: Cow<'a, Cells>,
    pub(super) texts: Vec<String>,
    /// What those texts are like.
    pub(super) patterns: LabelPatterns,
    /// Whether settings are part of it, or labels together stand for them.
    pub(super) by_settings: bool,
    /// Whether settings of an experiment without a clock are part of it: of all of them together nothing was asked.
    of_experiment: bool,
    /// Whether its groups are things that were compared.
    of_compared: bool,
}

impl<'a> Grouping<'a> {
    /// The columns asked for, or the label that tells kinds of samples apart best.
    pub(crate) fn choose(table: &'a Table, settings: &Settings) -> Option<Self> {
        let asked: Vec<usize> = settings.group_by.iter().filter_map(|name| table.position(name)).collect();
        let asked_none = asked.is_empty();
        let mut one_by_one = false;
        let (columns, (codes, texts)) = if asked_none {
            let label = label_of_each_row(table).or_else(|| most_telling_label(table));
            let with_settings: Vec<usize> = label.into_iter().chain(varied_settings(table)).collect();
            match (sweep_of_labels(table, &with_settings), label) {
                (Some(all), _) => all,
                (None, Some(label)) if with_settings.len() == 1 && each_row_is_another(table, label) => {
                    one_by_one = true;
                    (with_settings, labels_of(table, &[label]))
                }
                (None, Some(label)) if with_settings.len() > 1 => {
                    let labels = labels_of(table, &with_settings);
                    // A label that names rows one by one tells no kinds of them apart; settings do.
                    let settings = labels_of(table, &with_settings[1..]);
                    let names_rows = 2 * labels_of_column(table, label).1.len() > labels.0.rows();
                    let may_be_recording = names_rows
                        || names_somebody(table, label)
                        || has_clock(table)
                        || labels.1.len() > MOST_OF_DESIGN
                        || labels.0.rows() > MOST_ROWS_OF_DESIGN;
                    let rows_each = labels.0.rows() / labels.1.len().max(1);
                    // Rows that differ in what was chosen are never pooled, however few each configuration has.
                    let chosen = with_settings[1..].iter().any(|setting| {
                        is_of_all_rows(table, *setting) && (!has_clock(table) || goes_in_loops(table, *setting))
                    });
                    let splits = |labels: &Labels<'_>| {
                        chosen && labels.0.rows() <= MOST_ROWS_OF_DESIGN && labels.1.len() <= MOST_OF_DESIGN
                    };
                    // A model and its tasks, though some were tried more often than others.
                    let named = !names_rows
                        && rows_each >= FEWEST_ROWS_EACH
                        && labels.0.rows() <= MOST_ROWS_OF_DESIGN
                        && labels.1.len() <= MOST_OF_DESIGN
                        && with_settings[1..].iter().any(|setting| !table.columns[*setting].cells.is_number());
                    let few = named
                        || !names_rows && splits(&labels)
                        || labels.1.len() <= MOST_SWEPT.max(labels.0.rows() / ROWS_EACH)
                        || is_design(table, &with_settings, &labels)
                        || !may_be_recording;
                    match (few, names_rows && (settings.1.len() <= MOST_SWEPT || splits(&settings))) {
                        (true, _) => (with_settings, labels),
                        (false, true) => (with_settings[1..].to_vec(), settings),
                        (false, false) => (vec![label], labels_of(table, &[label])),
                    }
                }
                _ if with_settings.is_empty() => return None,
                _ => (with_settings.clone(), labels_of(table, &with_settings)),
            }
        } else {
            let labels = labels_of(table, &asked);
            (asked, labels)
        };
        let names: Vec<&str> = columns.iter().map(|column| table.columns[*column].name.as_str()).collect();
        let label_column = match columns[..] {
            [only] if !table.columns[only].cells.is_number() => Some(only),
            _ => None,
        };
        // Numbers of settings are what tells configurations apart.
        let configurations = columns.len() > 1 && asked_none
            || one_by_one
            || columns.iter().any(|column| table.columns[*column].role == Role::Setting);
        let of_experiment = asked_none
            && columns.iter().any(|column| table.columns[*column].role == Role::Setting)
            && !has_clock(table);
        let of_compared = asked_none && were_compared(table, &columns, &codes);
        let of_their_own = asked_none && columns.iter().any(|column| rows_are_of_their_own(table, *column));
        let collapse = settings.collapse_labels && !table.labels.are_exact() && !configurations && !of_their_own;
        let apart = if collapse { labels_apart(table, &codes, &texts) } else { Vec::new() };
        Some(Self {
            label_column,
            by: columns,
            by_settings: configurations,
            of_experiment,
            of_compared,
            ..Self::new(names.join(SEPARATOR), codes, texts, collapse, &apart)
        })
    }

    /// `apart` are patterns whose labels stay apart although they differ only in numbers.
    fn new(columns: String, codes: Cow<'a, Cells>, texts: Vec<String>, collapse: bool, apart: &[String]) -> Self {
        const EXAMPLES: usize = 3;
        let in_use = by_first_appearance(&codes, texts.len());
        let patterns = LabelPatterns::of(&texts);
        let mut members = vec![0_usize; patterns.count()];
        for code in &in_use {
            members[patterns.number(*code as usize)] += 1;
        }
        let name_of = |code: u32| {
            let text = &texts[code as usize];
            let shared = collapse && members[patterns.number(code as usize)] > 1;
            shared.then(|| pattern(text)).filter(|pattern| !apart.contains(pattern)).unwrap_or_else(|| text.clone())
        };
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut groups: Vec<Label> = Vec::new();
        let mut of_code: Vec<u32> = vec![0; texts.len()];
        for code in in_use {
            let text = &texts[code as usize];
            let name = name_of(code);
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
        Self {
            columns,
            by: Vec::new(),
            label_column: None,
            of_code,
            groups,
            codes,
            texts,
            patterns,
            by_settings: false,
            of_experiment: false,
            of_compared: false,
        }
    }
}

impl Grouping<'_> {
    /// Whether it tells so many configurations apart that no number over all of them means anything.
    pub(super) fn is_sweep(&self) -> bool {
        let few_each = self.groups.len() * ROWS_EACH > self.codes.rows();
        self.groups.len() > 1 && (self.of_compared || self.by_settings && (few_each || self.of_experiment))
    }

    /// Of each group whether it has samples among the failed ones, and none among the others.
    pub(super) fn only_failed(&self, failed: &Cells, others: &Cells) -> Vec<bool> {
        let occur = |cells: &Cells| {
            let mut occur = vec![false; self.groups.len()];
            let counts = LabelledNumbers::new(cells, Some(&self.codes)).labels_counted(self.of_code.len());
            for (_, group) in counts.iter().zip(&self.of_code).filter(|(count, _)| **count > 0) {
                occur[*group as usize] = true;
            }
            occur
        };
        occur(failed).into_iter().zip(occur(others)).map(|(failed, others)| failed && !others).collect()
    }
}

/// Patterns whose labels differ in more than their numbers: few labels with many samples each, whose values differ
/// beyond chance (Kruskal and Wallis 1952). `v1` and `v2` are what somebody wants to compare; `user_1` to `user_80` are not.
fn labels_apart(table: &Table, codes: &Cells, texts: &[String]) -> Vec<String> {
    /// More labels under one pattern count things.
    const MOST_LABELS: usize = 12;
    /// Fewer samples of a label say little about it.
    const FEWEST_SAMPLES: usize = 3;
    /// So small, because neighbouring samples depend on each other and the test assumes that they do not.
    const LEVEL: f64 = 1e-6;
    let time = |column: &usize| table.columns[*column].unit().dimension.is_time();
    let metrics: Vec<usize> = table.columns_as(Role::Metric).collect();
    let Some(metric) = metrics.iter().copied().find(time).or(metrics.first().copied()) else { return Vec::new() };
    let mut by_pattern: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (code, text) in texts.iter().enumerate() {
        by_pattern.entry(pattern(text)).or_default().push(code as u32);
    }
    by_pattern.retain(|_, labels| labels.len() > 1);
    let told = |labels: &[u32]| labels.iter().map(|code| texts[*code as usize].as_str()).collect::<Vec<_>>();
    let (named, mut by_pattern): (BTreeMap<_, _>, BTreeMap<_, _>) =
        by_pattern.into_iter().partition(|(pattern, labels)| {
            labels.len() <= most_named(&without_common_numbers(pattern, &told(labels)))
                || names_a_thing(pattern, texts.len())
        });
    let mut apart: Vec<String> = named.into_keys().collect();
    by_pattern.retain(|_, labels| labels.len() <= MOST_LABELS);
    if by_pattern.is_empty() {
        return apart;
    }
    // One of every few rows of a long table: so small a level is reached all the same where labels differ.
    let rows: Vec<usize> = thin::picked(codes.rows(), thin::stride(codes.rows(), thin::LONG_RUN)).collect();
    let values = table.values(metric);
    let numbers: Vec<Option<f64>> = rows.iter().map(|row| values.number(*row)).collect();
    let codes: Vec<u32> = rows.iter().filter_map(|row| codes.code(*row)).collect();
    let differ = by_pattern
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
                && (kruskal_wallis(&samples).is_some_and(|p| p < LEVEL) || far_apart(&samples))
        })
        .map(|(pattern, _)| pattern);
    apart.extend(differ);
    apart
}

/// Whether some labels lie wholly above others, by a factor of two and more: `parse_10_items` and `parse_100000_items`.
fn far_apart(samples: &[Vec<f64>]) -> bool {
    const FACTOR: f64 = 2.0;
    let mut ranges: Vec<(f64, f64)> = samples
        .iter()
        .map(|of_label| {
            of_label
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)))
        })
        .collect();
    ranges.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    ranges.windows(2).any(|pair| pair[0].1 > 0.0 && pair[1].0 >= FACTOR * pair[0].1)
}

fn most_telling_label(table: &Table) -> Option<usize> {
    let labels: Vec<usize> = table.columns_as(Role::Label).collect();
    let rank = |column: &usize| {
        let name = table.columns[*column].name.to_ascii_lowercase();
        let last = last_word(&name);
        let known = LEADING.iter().chain(OTHER_NAMES).position(|known| *known == name || *known == last);
        let several = table.columns[*column].dictionary.len() > 1;
        (!several, known.unwrap_or(usize::MAX))
    };
    labels.into_iter().min_by_key(rank)
}
