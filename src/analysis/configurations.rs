//! Which labels and settings of a table tell configurations apart, so that no two of them are pooled.
//!
//! In: a table with roles. Out: the columns that were tried with each other, with a code for each row. What was tried through stands evenly:
//! each text with each of the others, each combination as often, or in few different numbers of rows. A recording has a clock and labels
//! of any number.

use super::codes::{Labels, labels_of, labels_of_column, texts_in_use};
use super::label_names::names_somebody;
use super::row_names::{MOST_SWEPT, ROWS_EACH, has_clock};
use crate::measure::label::last_word;
use crate::table::{CellType, Role, Table};

/// Designs that were tried through have at most so many rows and configurations; longer tables are recordings.
pub(super) const MOST_ROWS_OF_DESIGN: usize = 20_000;
pub(super) const MOST_OF_DESIGN: usize = 4096;

/// Settings with several values: rows that differ in them are never pooled.
pub(super) fn varied_settings(table: &Table) -> Vec<usize> {
    let rows = table.lines.rows();
    // A row or a few for each size are a sweep, however many there are, and whenever each of them was.
    let swept = |texts: u64, column: usize| {
        table.columns[column].cells.is_number()
            && texts <= MOST_OF_DESIGN as u64
            && (!has_clock(table) || rows <= MOST_ROWS_OF_DESIGN as u64 && goes_in_loops(table, column))
    };
    let several = |column: &usize| {
        let texts = labels_of_column(table, *column).1.len() as u64;
        texts > 1 && (texts <= (MOST_SWEPT as u64).max(rows / ROWS_EACH as u64) || swept(texts, *column))
    };
    table.columns_as(Role::Setting).filter(several).collect()
}

/// All labels and settings of a small table in which few rows have the same ones: each row, or each few, is another configuration.
/// `None` where one label names the rows, or they are recordings.
pub(super) fn sweep_of_labels<'t>(table: &'t Table, others: &[usize]) -> Option<(Vec<usize>, Labels<'t>)> {
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
pub(super) fn is_result(name: &str) -> bool {
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

/// The labels and settings of a table in which numbers were chosen: whatever was tried how often and when, no two configurations are one
/// population.
fn all_of_a_design<'t>(table: &'t Table, columns: &[usize]) -> Option<(Vec<usize>, Labels<'t>)> {
    let rows = usize::try_from(table.lines.rows()).ok()?;
    let is_setting = |column: &usize| table.columns[*column].role == Role::Setting;
    let numbers = |column: &usize| is_setting(column) && table.columns[*column].cells.is_number();
    let varied: Vec<usize> =
        columns.iter().copied().filter(|column| numbers(column) && texts_in_use(table, *column) > 1).collect();
    // Beside a clock one number may belong to a recording, and what few rows have is of another kind of row.
    let stands = |column: &usize| is_of_all_rows(table, *column) && goes_in_loops(table, *column);
    if varied.is_empty() || has_clock(table) && varied.len() < 2 && !varied.iter().any(stands) {
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

/// Whether numbers stay for rows and go up again and again, as those do that somebody goes through in a loop. A load that grows does not come
/// back, and what each request has of its own does not stay.
pub(super) fn goes_in_loops(table: &Table, column: usize) -> bool {
    const ROWS_EACH_TIME: usize = 2;
    const RISES_TO_A_FALL: usize = 2;
    let (mut rises, mut falls) = (0_usize, 0_usize);
    let mut before = f64::NAN;
    for number in table.values(column).iter().flatten() {
        rises += usize::from(number > before);
        falls += usize::from(number < before);
        before = number;
    }
    falls > 0
        && RISES_TO_A_FALL * falls <= rises
        && ROWS_EACH_TIME * (rises + falls + 1) <= table.values(column).count()
}

/// Whether nearly all rows have a number in a column; rows that failed may lack it.
pub(super) fn is_of_all_rows(table: &Table, column: usize) -> bool {
    5 * table.values(column).count() as u64 >= 4 * table.lines.rows()
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
pub(super) fn is_design(table: &Table, columns: &[usize], together: &Labels<'_>) -> bool {
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
        // It only grows.
        if product > together.1.len() {
            return false;
        }
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

/// In how many rows each combination stands.
fn rows_of_each((codes, texts): &Labels<'_>) -> Vec<usize> {
    let mut counts = vec![0_usize; texts.len()];
    codes.visit_codes(0..codes.rows(), |_, block| {
        for code in block {
            counts[*code as usize] += 1;
        }
    });
    counts
}

/// Whether each combination of labels stands in as many rows, as a design that was tried through has them. Users and threads take
/// turns as evenly, and are none.
fn is_balanced(table: &Table, labels: &[usize], together: &Labels<'_>) -> bool {
    let who = |column: &usize| names_somebody(table, *column);
    let counts = rows_of_each(together);
    counts.windows(2).all(|pair| pair[0] == pair[1]) && !labels.iter().any(who)
}

/// Whether combinations of labels of a table without a clock stand in so few different numbers of rows that somebody has chosen them:
/// some things were tried four times, and others eight times.
fn are_alike(table: &Table, labels: &[usize], together: &Labels<'_>) -> bool {
    const FEWEST: usize = 6;
    const ROWS: usize = 3;
    const DIFFERENT: usize = 3;
    let mut counts = rows_of_each(together);
    counts.sort_unstable();
    let fewest = counts.first().copied().unwrap_or_default();
    counts.dedup();
    let who = |column: &usize| names_somebody(table, *column);
    (FEWEST..=MOST_SWEPT).contains(&together.1.len())
        && fewest >= ROWS
        && counts.len() <= DIFFERENT.min(together.1.len() / 2)
        && !labels.iter().any(who)
        && !has_clock(table)
}
