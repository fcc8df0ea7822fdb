//! Which group each row of a table belongs to.
//!
//! In: a table with columns of labels. Out: the columns that tell kinds of samples apart, a group for each label, and what
//! the groups are called. Labels that differ only in numbers are one group, unless their values differ beyond chance.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::label_names::{most_named, names_a_thing, names_somebody, without_common_numbers};
use super::row_names::{MOST_SWEPT, ROWS_EACH, each_row_is_another, has_clock, label_of_each_row, last_word};
use crate::measure::label::{LEADING, Label, pattern};
use crate::measure::unit::Dimension;
use crate::stats::kruskal_wallis::kruskal_wallis;
use crate::stats::measured::{LabelledNumbers, PART};
use crate::stats::settings::Settings;
use crate::stats::thin;
use crate::table::packed::{Cells, Kind, Reader};
use crate::table::{CellType, Role, Table};

/// Names by which the label that matters most is called where none of [`LEADING`] is, the most telling first.
const OTHER_NAMES: &[&str] =
    &["method", "action", "step", "task", "kind", "type", "category", "group", "model", "url", "service", "error_type"];

/// Designs that were tried through have at most so many rows and configurations; longer tables are recordings.
const MOST_ROWS_OF_DESIGN: usize = 20_000;
const MOST_OF_DESIGN: usize = 4096;
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
    /// Whether settings are part of it, or labels together stand for them.
    pub(super) by_settings: bool,
    /// Whether settings of an experiment without a clock are part of it: of all of them together nothing was asked.
    of_experiment: bool,
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
                        || labels.1.len() > MOST_OF_DESIGN.min(labels.0.rows() / 2)
                        || labels.0.rows() > MOST_ROWS_OF_DESIGN;
                    let rows_each = labels.0.rows() / labels.1.len().max(1);
                    // A model and its tasks, though some were tried more often than others.
                    let named = !names_rows
                        && rows_each >= FEWEST_ROWS_EACH
                        && labels.0.rows() <= MOST_ROWS_OF_DESIGN
                        && labels.1.len() <= MOST_OF_DESIGN
                        && with_settings[1..].iter().any(|setting| !table.columns[*setting].cells.is_number());
                    let few = named
                        || labels.1.len() <= MOST_SWEPT.max(labels.0.rows() / ROWS_EACH)
                        || is_design(table, &with_settings, &labels)
                        || !may_be_recording;
                    match (few, names_rows && settings.1.len() <= MOST_SWEPT) {
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
        let collapse = settings.collapse_labels && !table.labels_exact && !configurations;
        let apart = if collapse { labels_apart(table, &codes, &texts) } else { Vec::new() };
        Some(Self {
            label_column,
            by: columns,
            by_settings: configurations,
            of_experiment,
            ..Self::new(names.join(", "), codes, texts, collapse, &apart)
        })
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
        Self {
            columns,
            by: Vec::new(),
            label_column: None,
            of_code,
            groups,
            codes,
            texts,
            by_settings: false,
            of_experiment: false,
        }
    }
}

impl Grouping<'_> {
    /// Whether it tells so many configurations apart that no number over all of them means anything.
    pub(super) fn is_sweep(&self) -> bool {
        let few_each = self.groups.len() * ROWS_EACH > self.codes.rows();
        self.by_settings && self.groups.len() > 1 && (few_each || self.of_experiment)
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

/// How many different texts or numbers of a column rows have.
fn texts_in_use(table: &Table, column: usize) -> usize {
    let (codes, texts) = labels_of_column(table, column);
    by_first_appearance(&codes, texts.len()).len()
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

/// Settings with several values: rows that differ in them are never pooled.
fn varied_settings(table: &Table) -> Vec<usize> {
    let rows = table.lines.rows();
    // A row or a few for each size are a sweep, however many there are.
    let swept = |texts: u64, column: usize| {
        table.columns[column].cells.is_number() && texts <= MOST_OF_DESIGN as u64 && !has_clock(table)
    };
    let several = |column: &usize| {
        let texts = labels_of_column(table, *column).1.len() as u64;
        texts > 1 && (texts <= (MOST_SWEPT as u64).max(rows / ROWS_EACH as u64) || swept(texts, *column))
    };
    table.columns_as(Role::Setting).filter(several).collect()
}

/// All labels and settings of a small table in which few rows have the same ones: each row, or each few, is another configuration.
/// `None` where one label names the rows, or they are recordings.
fn sweep_of_labels<'t>(table: &'t Table, others: &[usize]) -> Option<(Vec<usize>, Labels<'t>)> {
    let rows = usize::try_from(table.lines.rows()).ok()?;
    if rows > MOST_ROWS_OF_DESIGN {
        return None;
    }
    // A part of a divided table knows texts that none of its rows have.
    let varied = |column: &usize| (2..rows).contains(&texts_in_use(table, *column));
    let is_text = |column: &usize| matches!(table.columns[*column].cells, CellType::Text | CellType::Boolean);
    let texts = table.columns_as(Role::Label).chain(table.columns_as(Role::Setting)).filter(is_text);
    let labels: Vec<usize> = texts.filter(varied).collect();
    let crossed_with_one = || crossed_with_first(table, others);
    let telling =
        others.first().is_some_and(|first| labels.contains(first) || table.columns[*first].role == Role::Setting);
    // A text of its own in each row, beside settings and labels that tell the rows apart as well: names of files are made of them.
    let named = others.first().is_some_and(|first| texts_in_use(table, *first) == rows);
    if labels.is_empty() || !named && (!telling || labels.len() < 2) {
        return None;
    }
    let settings = others.iter().copied().filter(|column| table.columns[*column].role == Role::Setting);
    let settings = settings.filter(|column| !labels.contains(column));
    let columns: Vec<usize> = labels.iter().copied().chain(settings).collect();
    let together = labels_of(table, &columns);
    if named && !telling {
        let apart = rows > MOST_SWEPT && together.1.len() == rows && are_configurations(table, &columns, &together);
        return apart.then_some((columns, together));
    }
    // Each text of each with each of the others, and no text more often than another: nobody but a loop over all of them does that.
    let tried_through = together.1.len() <= MOST_OF_DESIGN
        && is_full_grid(table, &columns, &together)
        && is_balanced(table, &labels, &labels_of(table, &labels));
    if rows > MOST_SWEPT * ROWS_EACH {
        let apart = tried_through
            || are_alike(table, &labels, &together)
            || are_crossed(table, &labels) && together.1.len() <= MOST_OF_DESIGN.min(rows / 2)
            || are_configurations(table, &columns, &together);
        return if apart {
            Some((columns, together))
        } else {
            all_of_a_design(table, &columns).or_else(crossed_with_one)
        };
    }
    let few_rows_each = together.1.len() <= MOST_SWEPT && together.1.len() * ROWS_EACH > rows;
    // Several things were tried with each other: no label alone tells all of the combinations.
    let crossed = columns.iter().all(|column| labels_of_column(table, *column).1.len() < together.1.len());
    let few = together.1.len() <= MOST_SWEPT || is_full_grid(table, &labels, &together);
    let is_design = crossed && few && is_balanced(table, &labels, &together);
    // Each combination once, or each as often as one of very few other numbers of times: a design with gaps.
    let with_gaps = are_configurations(table, &columns, &together) || are_alike(table, &labels, &together);
    if few_rows_each || is_design || tried_through || with_gaps {
        return Some((columns, together));
    }
    all_of_a_design(table, &columns).or_else(crossed_with_one)
}

/// Whether a column of texts is called like what came out, which nobody tried.
fn is_result(name: &str) -> bool {
    const COMES_OUT: &[&str] = &[
        "actual",
        "predicted",
        "prediction",
        "answer",
        "response",
        "verdict",
        "result",
        "match",
        "grade",
        "reason",
        "output",
        "outcome",
        "status",
        "cached",
        "hit",
        "error",
        "winner",
        "message",
        "correct",
        "passed",
    ];
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| COMES_OUT.contains(&word))
}

/// Whether a column of texts is called like what was asked: the samples of a configuration.
fn is_asked(name: &str) -> bool {
    matches!(last_word(name).as_str(), "prompt" | "question" | "sentence" | "text" | "input" | "query")
}

/// The labels and settings of a table without a clock in which numbers were chosen: whatever was tried how often, no two configurations are
/// one population.
fn all_of_a_design<'t>(table: &'t Table, columns: &[usize]) -> Option<(Vec<usize>, Labels<'t>)> {
    let rows = usize::try_from(table.lines.rows()).ok()?;
    let is_setting = |column: &usize| table.columns[*column].role == Role::Setting;
    let numbers = |column: &usize| is_setting(column) && table.columns[*column].cells.is_number();
    // Beside a clock one number may belong to a recording.
    let fewest = if has_clock(table) { 2 } else { 1 };
    let varied = |column: &&usize| numbers(column) && texts_in_use(table, **column) > 1;
    if columns.iter().filter(varied).count() < fewest {
        return None;
    }
    let tried = |column: &usize| {
        let name = &table.columns[*column].name;
        is_setting(column)
            || 3 * texts_in_use(table, *column) <= rows
                && !names_somebody(table, *column)
                && !is_result(name)
                && !is_asked(name)
    };
    let columns: Vec<usize> = columns.iter().copied().filter(tried).collect();
    let together = labels_of(table, &columns);
    (2..=MOST_OF_DESIGN).contains(&together.1.len()).then_some((columns, together))
}

/// The label that leads a table without a clock, with the others that were tried with nearly all of its texts, and the settings: a
/// place and a network, a library and a test. How a row ended was not tried, and who made it says nothing.
fn crossed_with_first<'t>(table: &'t Table, others: &[usize]) -> Option<(Vec<usize>, Labels<'t>)> {
    const FILLED: f64 = 0.9;
    let first = others.first().copied().filter(|first| table.columns[*first].role == Role::Label)?;
    if has_clock(table) {
        return None;
    }
    let who = |column: usize| names_somebody(table, column);
    let rows = labels_of_column(table, first).0.rows();
    let of_first = texts_in_use(table, first);
    let is_crossed = |column: &usize| {
        let texts = texts_in_use(table, *column);
        let product = of_first * texts;
        *column != first
            && (2..=MOST_SWEPT).contains(&texts)
            && product * ROWS_EACH <= rows
            && !who(*column)
            && !is_result(&table.columns[*column].name)
            && labels_of(table, &[first, *column]).1.len() as f64 >= FILLED * product as f64
    };
    let texts = table.columns_as(Role::Label).filter(|column| table.columns[*column].cells == CellType::Text);
    let mut columns = vec![first];
    let mut together = labels_of(table, &columns);
    let mut more = false;
    let labels = (of_first > 1 && !who(first)).then(|| texts.filter(is_crossed)).into_iter().flatten();
    for column in labels.chain(others.iter().copied().skip(1)) {
        let with: Vec<usize> = columns.iter().copied().chain([column]).collect();
        let labels = labels_of(table, &with);
        // What says the same as the others adds nothing but length.
        let is_label = table.columns[column].role == Role::Label;
        // Recordings have many labels; those that leave few rows each tell people apart, not things.
        let most = if is_label { rows / ROWS_EACH } else { rows / 2 };
        if labels.1.len() > together.1.len() && labels.1.len() <= MOST_OF_DESIGN.min(most) {
            more |= is_label;
            (columns, together) = (with, labels);
        }
    }
    more.then_some((columns, together))
}

/// Whether settings, with a label or without, were tried through: without a clock each with each of the others, or each combination as
/// often.
fn is_design(table: &Table, columns: &[usize], together: &Labels<'_>) -> bool {
    together.1.len() <= MOST_OF_DESIGN
        && table.lines.rows() <= MOST_ROWS_OF_DESIGN as u64
        && (!has_clock(table) && is_full_grid(table, columns, together) || are_configurations(table, columns, together))
}

/// Whether every text of each column stands with every one of the others, and nothing else tells rows apart. What the columns before it
/// tell already is no column of its own: as many workers succeeded as there were.
fn is_full_grid(table: &Table, columns: &[usize], together: &Labels<'_>) -> bool {
    let (mut kept, mut combinations, mut product) = (Vec::new(), 1, 1_usize);
    for column in columns {
        kept.push(*column);
        let with = labels_of(table, &kept).1.len();
        if with == combinations && combinations > 1 {
            kept.pop();
            continue;
        }
        combinations = with;
        product = product.saturating_mul(texts_in_use(table, *column));
    }
    product == together.1.len()
}

/// Whether labels and settings tell all rows apart, or leave as many rows to each combination: nobody but a loop does that.
fn are_configurations(table: &Table, columns: &[usize], together: &Labels<'_>) -> bool {
    let chosen = columns.iter().filter(|column| table.columns[**column].role == Role::Setting).count();
    // Beside a clock one setting may be of a recording; several that were tried evenly with each other are not.
    (chosen >= 2 || chosen == 1 && !has_clock(table))
        && (2..=MOST_OF_DESIGN).contains(&together.1.len())
        && table.lines.rows() <= MOST_ROWS_OF_DESIGN as u64
        && is_balanced(table, columns, together)
}

/// Whether labels of a table without a clock were tried with each other, though some more often than others: nearly every text of each
/// stands with nearly every one of the others.
fn are_crossed(table: &Table, labels: &[usize]) -> bool {
    const FEWEST: usize = 3;
    const FILLED: f64 = 0.9;
    let counts: Vec<usize> = labels.iter().map(|column| texts_in_use(table, *column)).collect();
    let product = counts.iter().copied().fold(1, usize::saturating_mul);
    let who = |column: &usize| names_somebody(table, *column);
    counts.iter().all(|count| *count >= FEWEST)
        && labels_of(table, labels).1.len() as f64 >= FILLED * product as f64
        && !labels.iter().any(who)
        && !has_clock(table)
}

/// Whether each combination of labels stands in as many rows, as a design that was tried through has them. Users and threads take
/// turns as evenly, and are none.
fn is_balanced(table: &Table, labels: &[usize], together: &Labels<'_>) -> bool {
    let who = |column: &usize| names_somebody(table, *column);
    let (codes, texts) = together;
    let mut counts = vec![0_usize; texts.len()];
    codes.visit_codes(0..codes.rows(), |_, block| {
        for code in block {
            counts[*code as usize] += 1;
        }
    });
    counts.windows(2).all(|pair| pair[0] == pair[1]) && !labels.iter().any(who)
}

/// Whether combinations of labels of a table without a clock stand in so few different numbers of rows that somebody has chosen them:
/// some things were tried four times, and others eight times.
fn are_alike(table: &Table, labels: &[usize], (codes, texts): &Labels<'_>) -> bool {
    const FEWEST: usize = 6;
    const ROWS: usize = 3;
    const DIFFERENT: usize = 3;
    let mut counts = vec![0_usize; texts.len()];
    codes.visit_codes(0..codes.rows(), |_, block| {
        for code in block {
            counts[*code as usize] += 1;
        }
    });
    counts.sort_unstable();
    let fewest = counts.first().copied().unwrap_or_default();
    counts.dedup();
    let who = |column: &usize| names_somebody(table, *column);
    (FEWEST..=MOST_SWEPT).contains(&texts.len())
        && fewest >= ROWS
        && counts.len() <= DIFFERENT.min(texts.len() / 2)
        && !labels.iter().any(who)
        && !has_clock(table)
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

/// A code for each row, and the texts of the codes.
pub(crate) type Labels<'a> = (Cow<'a, Cells>, Vec<String>);

/// One code a row over one or more columns, and the texts of the codes.
pub(crate) fn labels_of<'a>(table: &'a Table, columns: &[usize]) -> Labels<'a> {
    let mut parts = columns.iter().map(|column| {
        let (codes, mut texts) = labels_of_column(table, *column);
        let column = &table.columns[*column];
        if column.role == Role::Setting {
            for text in &mut texts {
                *text = format!("{}={text}", column.name);
            }
        }
        (codes, texts)
    });
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

/// The texts of a column, a code for each row; numbers as text.
pub(crate) fn labels_of_column(table: &Table, column: usize) -> (Cow<'_, Cells>, Vec<String>) {
    if matches!(table.columns[column].cells, CellType::Text | CellType::Boolean) {
        return (Cow::Borrowed(table.text_cells(column)), table.columns[column].dictionary.clone());
    }
    let mut numbers: HashMap<Option<u64>, u32> = HashMap::new();
    let mut texts = Vec::new();
    let values = table.values(column);
    // Cells that state their units are kept in base units.
    let unit = match table.columns[column].cells {
        CellType::Quantity(Dimension::Bytes) => " B",
        CellType::Quantity(Dimension::Time) => " s",
        _ => "",
    };
    let mut codes = values.to_builder(Kind::Codes);
    for value in values.iter() {
        codes.push_code(*numbers.entry(value.map(f64::to_bits)).or_insert_with(|| {
            texts.push(value.map_or_else(String::new, |value| format!("{value}{unit}")));
            texts.len() as u32 - 1
        }));
    }
    (Cow::Owned(codes.finish()), texts)
}
