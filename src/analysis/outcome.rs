//! Which rows failed, by what a status column says.
//!
//! In: a table with a status column. Out: for each row failed, succeeded, not said, or not understood, and the convention
//! by which that was read. A word that is not known is never taken for success.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::convention::{Convention, Words, convention_of_numbers, unanswered};
use super::endings::Endings;
use super::error_beside::{self, ErrorsBeside};
use super::grouping::Grouping;
use super::unanswered;
use crate::measure::ending::{self, Outcome};
use crate::measure::label::Label;
use crate::stats::clusters::EventRuns;
use crate::stats::interval::{Interval, wilson_inflated};
use crate::stats::measured::PART;
use crate::table::packed::Cells;
use crate::table::{Bits, CellType, Column, Role, Table};

/// Rows that failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Failures {
    /// The status column.
    pub column: String,
    /// How its cells were read: `HTTP status, 400 and above (and 0) failed`.
    pub convention: String,
    /// How many failed.
    pub failed: u64,
    /// Of how many that have a status.
    pub total: u64,
    /// Rows without a status.
    pub not_said: u64,
    /// Those of them whose status is not understood: they are not counted as failed.
    pub unclear: u64,
    /// Failures per 1,000.
    pub per_thousand: f64,
    /// Wilson interval of the share, per 1,000.
    pub interval: Interval,
    /// Where failures come in clusters, as outages make them: what they are worth. The interval allows for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clusters: Option<FailureClusters>,
    /// Whether each measured row failed, run by run in recorded order, where samples are kept. Only of the first metric of a
    /// table that has such rows.
    #[serde(skip)]
    pub runs: Vec<Vec<bool>>,
    /// The same label by label, where the rows have several labels. Only of the metric that stands for its table's rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupFailures>,
    /// The most frequent codes or messages of them, where rows are known only as they were counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<CauseCount>,
    /// Rows of which nobody knows how they ended: of all, and of each label that has such rows. What a comparison needs.
    #[serde(skip)]
    pub unknown: Vec<UnknownOutcomes>,
    /// With which codes or words the rows ended that did not fail, where samples are kept. What a comparison needs.
    #[serde(skip)]
    pub endings: Vec<Endings>,
    /// Those of `unclear` that have no duration, of requests: how long they took nobody knows either.
    #[serde(skip)]
    pub unanswered: u64,
}

/// Rows of which nobody knows how they ended: without a status, or with one that is not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownOutcomes {
    /// Their label; absent for all of them.
    pub label: Option<String>,
    /// How many they are.
    pub unknown: u64,
    /// Of how many rows.
    pub total: u64,
}

impl UnknownOutcomes {
    /// Of rows by their outcome; `None` where it is known of each.
    pub(crate) fn of(label: Option<&str>, [succeeded, failed, not_said, unclear]: [u64; 4]) -> Option<Self> {
        let unknown = not_said.saturating_add(unclear);
        let total = unknown.saturating_add(succeeded).saturating_add(failed);
        (unknown > 0).then(|| Self { label: label.map(str::to_owned), unknown, total })
    }
}

/// How many rows failed of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CauseCount {
    /// The code or the message.
    pub cause: String,
    /// How many failed so.
    pub failed: u64,
}

impl Failures {
    /// Adds what is known label by label; with `keep_runs`, also whether each row failed.
    pub(super) fn tell_by_group(&mut self, table: &Table, among: Among<'_>, grouping: &Grouping<'_>, keep_runs: bool) {
        let (groups, unknown) = by_group(table, among, &self.column, grouping, keep_runs);
        self.groups = groups;
        self.unknown.extend(unknown);
    }

    /// So many failed of so many, taken as independent; what the rows say of it is still to be told.
    pub(crate) fn counted(failed: u64, total: u64, level: f64) -> Option<Self> {
        let share = wilson_inflated(failed, total, 1.0, level)?;
        Some(Self {
            column: String::new(),
            convention: String::new(),
            failed,
            total,
            not_said: 0,
            unclear: 0,
            per_thousand: failed as f64 / total as f64 * PER,
            interval: Interval { low: share.low.map(|low| low * PER), high: share.high.map(|high| high * PER), level },
            clusters: None,
            runs: Vec::new(),
            groups: Vec::new(),
            causes: Vec::new(),
            unknown: Vec::new(),
            endings: Vec::new(),
            unanswered: 0,
        })
    }
}

impl GroupFailures {
    /// So many of a label failed.
    pub(crate) fn counted(label: &str, failed: u64, total: u64, unclear: u64) -> Self {
        Self { label: label.to_owned(), failed, total, unclear, clusters: None, runs: Vec::new(), unanswered: 0 }
    }
}

/// Failures that come in clusters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailureClusters {
    /// Failures or several of them with no success in between.
    pub count: u64,
    /// How many independent rows say as much about the share of failures.
    pub effective_sample_size: f64,
}

impl FailureClusters {
    /// Of rows one after the other; `None` where failures are like independent ones.
    pub(crate) fn of(runs: EventRuns, total: u64) -> Option<Self> {
        let found = runs.clusters();
        let effective_sample_size = total as f64 / found.inflation;
        (found.inflation > 1.0).then_some(Self { count: found.count, effective_sample_size })
    }
}

/// By what factor clusters of failures multiply the variance of their share.
pub(crate) fn inflation_of(clusters: Option<FailureClusters>, total: u64) -> f64 {
    clusters.map_or(1.0, |clusters| total as f64 / clusters.effective_sample_size)
}

/// Rows of one label that failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupFailures {
    /// The label, as the groups of the metric are called.
    pub label: String,
    /// How many failed.
    pub failed: u64,
    /// Of how many that have a status.
    pub total: u64,
    /// Those of them whose status is not understood.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unclear: u64,
    /// Where they come in clusters: what they are worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clusters: Option<FailureClusters>,
    /// Whether each row failed, run by run in recorded order, where samples are kept.
    #[serde(skip)]
    pub runs: Vec<Vec<bool>>,
    /// Those of `unclear` that have no duration, of requests.
    #[serde(skip)]
    pub unanswered: u64,
}

/// Whether there are no such rows.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_none(rows: &u64) -> bool {
    *rows == 0
}

/// Error rates are given per thousand.
const PER: f64 = 1000.0;

/// The rows among which the failed ones are counted.
#[derive(Clone, Copy)]
pub enum Among<'a> {
    /// All.
    All,
    /// Those in which a column of numbers has one.
    With(&'a Cells),
    /// Those, and the ones without that failed or ended in a way that is not understood: a request that never came back took no time,
    /// and failed all the same.
    WithOrFailed(&'a Cells),
    /// Those in which any column of a table was measured, where rows of one kind measure this or that, and the ones without that failed.
    MeasuredOrFailed(&'a Table),
    /// Those, and requests of which a status tells and nobody how long they took: whether such a request was answered is not known.
    Requests(unanswered::Durations<'a>),
}

impl Among<'_> {
    fn counts(self, row: usize, outcome: Outcome) -> bool {
        match self {
            Self::All => true,
            Self::With(cells) => cells.is_present(row),
            Self::WithOrFailed(cells) => matches!(outcome, Outcome::Failed | Outcome::Unclear) || cells.is_present(row),
            Self::MeasuredOrFailed(table) => {
                matches!(outcome, Outcome::Failed | Outcome::Unclear)
                    || table.columns_as(Role::Metric).any(|column| table.values(column).is_present(row))
            }
            Self::Requests(durations) => outcome != Outcome::NotSaid || durations.is_present(row),
        }
    }

    /// Whether a row is called a success and has no duration.
    fn is_unanswered(self, row: usize, outcome: Outcome) -> bool {
        match self {
            Self::Requests(durations) => outcome == Outcome::Succeeded && !durations.is_measured(row),
            _ => false,
        }
    }

    /// What a row counts as.
    fn outcome(self, row: usize, outcome: Outcome) -> Outcome {
        if self.is_unanswered(row, outcome) { Outcome::Unclear } else { outcome }
    }
}

/// Counts the failed ones among rows, by the first status column that tells. `None` where no column does.
pub fn failures(table: &Table, among: Among<'_>, level: f64) -> Option<Failures> {
    statuses(table).into_iter().find_map(|column| {
        let (told, convention) = OutcomeColumn::of(table, column)?;
        let (counts, unanswered) = told.counts(among);
        let of = |wanted: Outcome| counts[wanted as usize];
        let (failed, unclear) = (of(Outcome::Failed), of(Outcome::Unclear));
        // Leaving out what is not understood would make few failures all of them.
        let total = failed + of(Outcome::Succeeded) + unclear;
        // What is contradicted was understood.
        if total == unclear && (total == 0 || told.errors.is_empty()) {
            return None;
        }
        let ordered = failed > 0 && failed < total && table.order_is_recorded;
        let clusters = ordered.then(|| clusters(&told, &table.run_starts, among, total)).flatten();
        let share = wilson_inflated(failed, total, inflation_of(clusters, total), level)?;
        let doubtful = told.doubtful(among);
        let by_outcome = [of(Outcome::Succeeded) - doubtful, failed, of(Outcome::NotSaid), unclear + doubtful];
        Some(Failures {
            column: table.columns[column].name.clone(),
            convention: convention.words().to_owned(),
            failed,
            total,
            not_said: of(Outcome::NotSaid),
            unclear,
            per_thousand: failed as f64 / total as f64 * PER,
            interval: Interval { low: share.low.map(|low| low * PER), high: share.high.map(|high| high * PER), level },
            clusters,
            runs: Vec::new(),
            groups: Vec::new(),
            causes: Vec::new(),
            unknown: UnknownOutcomes::of(None, by_outcome).into_iter().collect(),
            endings: Vec::new(),
            unanswered,
        })
    })
}

/// The status columns of a table in the order in which they are asked. Errors in words come after what says how each row ended, wherever they
/// stand: an empty cell of theirs is no success beside a code of failure.
fn statuses(table: &Table) -> Vec<usize> {
    let mut columns: Vec<usize> = table.columns_as(Role::Status).collect();
    // Who knows the right result has the last word on an answer.
    let is_judge = |column: &Column| {
        column.cells == CellType::Text && ending::are_of_a_judge(column.dictionary.iter().map(String::as_str))
    };
    let is_beside = |column: &Column| {
        let is_of_errors = column.cells == CellType::Text && error_beside::is_of_errors(column);
        !table.defined_by_tool && (is_of_errors || error_beside::is_reason(column))
    };
    columns.sort_by_key(|index| {
        let column = &table.columns[*index];
        (!is_judge(column), is_beside(column), column.cells != CellType::Boolean, *index)
    });
    columns
}

/// Whether failures come in clusters, run by run.
fn clusters(told: &OutcomeColumn<'_>, run_starts: &[usize], among: Among<'_>, total: u64) -> Option<FailureClusters> {
    let (mut events, mut starts) = (EventRuns::default(), run_starts.iter().copied().peekable());
    let mut row = 0;
    told.visit(0..told.cells.rows(), |outcome| {
        if starts.next_if(|start| *start <= row).is_some() {
            events.split();
        }
        if let Some(failed) = outcome.has_failed().filter(|_| among.counts(row, outcome)) {
            events.push(failed);
        }
        row += 1;
    });
    FailureClusters::of(events, total)
}

/// Whether each row failed, run by run, by the status column of that name; runs without any such row are left out.
pub(super) fn runs(table: &Table, among: Among<'_>, status: &str) -> Vec<Vec<bool>> {
    let Some(said) = status_column(table, status).and_then(|status| outcomes(table, status)) else { return Vec::new() };
    let run = |rows: Range<usize>| {
        let rows = rows.filter(|row| among.counts(*row, said[*row]));
        rows.filter_map(|row| said[row].has_failed()).collect::<Vec<bool>>()
    };
    table.runs(said.len()).map(run).filter(|run| !run.is_empty()).collect()
}

/// Failures label by label, by the status column of that name; labels without any row that says are left out. With
/// `keep_runs`, also whether each row failed.
fn by_group(
    table: &Table,
    among: Among<'_>,
    status: &str,
    grouping: &Grouping<'_>,
    keep_runs: bool,
) -> (Vec<GroupFailures>, Vec<UnknownOutcomes>) {
    let Some(told) = OutcomeColumn::by(table, status) else { return (Vec::new(), Vec::new()) };
    let blank = |label: &Label| GroupFailures::counted(&label.text, 0, 0, 0);
    let mut groups: Vec<GroupFailures> = grouping.groups.iter().map(blank).collect();
    let mut not_said = vec![0_u64; groups.len()];
    let mut doubted = not_said.clone();
    let mut events = vec![EventRuns::default(); groups.len()];
    let (rows, mut starts) = (grouping.codes.rows(), table.run_starts.iter().copied().peekable());
    let (mut run, mut said) = (0, Vec::with_capacity(PART.min(rows)));
    // The run in which the last row of each group stands.
    let mut run_of = vec![0; groups.len()];
    let mut last_run = vec![usize::MAX; if keep_runs { groups.len() } else { 0 }];
    for from in (0..rows).step_by(PART) {
        let range = from..(from + PART).min(rows);
        said.clear();
        told.visit(range.clone(), |outcome| said.push(outcome));
        let doubts = told.doubts(range.clone());
        grouping.codes.visit_codes(range, |first_row, codes| {
            for (row, code) in (first_row..).zip(codes) {
                while starts.next_if(|start| *start <= row).is_some() {
                    run += 1;
                }
                let outcome = said.get(row - from).copied().unwrap_or(Outcome::NotSaid);
                let Some(number) = grouping.of_code.get(*code as usize).map(|group| *group as usize) else { continue };
                let group = &mut groups[number];
                group.unanswered += u64::from(among.is_unanswered(row, outcome));
                let outcome = among.outcome(row, outcome);
                group.unclear += u64::from(outcome == Outcome::Unclear && among.counts(row, outcome));
                not_said[number] += u64::from(outcome == Outcome::NotSaid && among.counts(row, outcome));
                let doubtful = outcome == Outcome::Succeeded && doubts.get(row - from) == Some(&true);
                doubted[number] += u64::from(doubtful && among.counts(row, outcome));
                let Some(failed) = outcome.has_failed().filter(|_| among.counts(row, outcome)) else { continue };
                group.failed += u64::from(failed);
                group.total += 1;
                if run_of[number] != run {
                    run_of[number] = run;
                    events[number].split();
                }
                events[number].push(failed);
                if keep_runs {
                    if last_run[number] != run {
                        last_run[number] = run;
                        group.runs.push(Vec::new());
                    }
                    if let Some(run) = group.runs.last_mut() {
                        run.push(failed);
                    }
                }
            }
        });
    }
    if table.order_is_recorded {
        for (group, events) in groups.iter_mut().zip(events) {
            group.clusters = FailureClusters::of(events, group.total);
        }
    }
    let unknown = groups.iter().zip(not_said.into_iter().zip(doubted)).filter_map(|(group, (not_said, doubted))| {
        let GroupFailures { label, failed, total, unclear, .. } = group;
        UnknownOutcomes::of(Some(label), [total - failed - unclear - doubted, *failed, not_said, unclear + doubted])
    });
    let unknown = unknown.collect();
    groups.retain(|group| group.total > group.unclear);
    (groups, unknown)
}

/// What each row's status says, by one status column.
pub(crate) struct OutcomeColumn<'a> {
    cells: &'a Cells,
    by: Says,
    /// What stands beside it of what went wrong.
    errors: Vec<ErrorsBeside<'a>>,
}

/// What the cells of a status column say.
enum Says {
    Numbers(Convention),
    /// Numbers where words are expected.
    NumbersAsWords(Words),
    /// What each word says.
    Words(Vec<Outcome>),
    /// That a number is there.
    Measured,
}

impl<'a> OutcomeColumn<'a> {
    /// By the status column of that name; `None` where its convention is not known.
    pub(crate) fn by(table: &'a Table, name: &str) -> Option<Self> {
        Some(Self::of(table, status_column(table, name)?)?.0)
    }

    /// By the status column of that name, row by row by a convention that others have shown, whatever stands in this table.
    pub(crate) fn planned(table: &'a Table, name: &str, convention: Convention) -> Option<Self> {
        let index = status_column(table, name)?;
        let column = &table.columns[index];
        let words = Words::planned(name, convention);
        let errors = error_beside::of(table, index);
        if column.cells.is_number() {
            let by = if convention.is_of_words() { Says::NumbersAsWords(words) } else { Says::Numbers(convention) };
            return Some(Self { cells: table.values(index), by, errors });
        }
        let said = |text: &String| match text.trim().parse() {
            Ok(number) if !convention.is_of_words() => convention.outcome(number),
            _ => words.outcome(text),
        };
        let of_text = column.dictionary.iter().map(said).collect();
        Some(Self { cells: table.text_cells(index), by: Says::Words(of_text), errors })
    }

    /// By a column of numbers: what has one succeeded.
    pub(crate) fn of_measured(table: &'a Table, index: usize) -> Self {
        Self { cells: table.values(index), by: Says::Measured, errors: Vec::new() }
    }

    /// By a column, with its convention; `None` where that is not known.
    fn of(table: &'a Table, index: usize) -> Option<(Self, Convention)> {
        let column = &table.columns[index];
        let name = column.name.to_ascii_lowercase();
        let errors = error_beside::of(table, index);
        if column.cells.is_number() {
            let cells = table.values(index);
            let convention = convention_of_numbers(cells, &name).or_else(|| unanswered(table, cells, &name))?;
            return Some((Self { cells, by: Says::Numbers(convention), errors }, convention));
        }
        let words = Words::of(&name, &column.dictionary);
        let of_text = column.dictionary.iter().map(|text| words.outcome(text)).collect();
        Some((Self { cells: table.text_cells(index), by: Says::Words(of_text), errors }, words.convention()))
    }

    /// How many rows have each outcome, and how many of them are requests without a duration.
    fn counts(&self, among: Among<'_>) -> ([u64; 4], u64) {
        let (mut counts, mut unanswered, mut row) = ([0; 4], 0, 0);
        self.visit(0..self.cells.rows(), |outcome| {
            counts[among.outcome(row, outcome) as usize] += u64::from(among.counts(row, outcome));
            unanswered += u64::from(among.is_unanswered(row, outcome));
            row += 1;
        });
        (counts, unanswered)
    }

    /// How many rows of all have each outcome.
    pub(crate) fn of_all(&self) -> [u64; 4] {
        self.counts(Among::All).0
    }

    /// How many rows succeeded, and have a text beside them that may say the opposite.
    fn doubtful(&self, among: Among<'_>) -> u64 {
        let mut count = 0;
        let rows = if self.errors.is_empty() { 0 } else { self.cells.rows() };
        for from in (0..rows).step_by(PART) {
            let range = from..(from + PART).min(rows);
            let (doubts, mut at) = (self.doubts(range.clone()), 0);
            self.visit(range, |outcome| {
                let doubtful = outcome == Outcome::Succeeded && doubts[at] && among.counts(from + at, outcome);
                count += u64::from(doubtful);
                at += 1;
            });
        }
        count
    }

    /// For each of a range of rows whether a text beside it may say that it did not succeed.
    fn doubts(&self, rows: Range<usize>) -> Vec<bool> {
        let mut doubts = vec![false; rows.len()];
        error_beside::doubts(&self.errors, rows, &mut doubts);
        doubts
    }

    /// Hands over the outcome of each of a range of rows, in order.
    pub(crate) fn visit(&self, rows: Range<usize>, mut take: impl FnMut(Outcome)) {
        if self.errors.is_empty() {
            self.visit_own(rows, take);
            return;
        }
        self.visit_both(rows, |_, joined| take(joined));
    }

    /// Hands over what the column alone says of each of a range of rows, and what all say together.
    fn visit_both(&self, rows: Range<usize>, mut take: impl FnMut(Outcome, Outcome)) {
        let until = rows.end.min(self.cells.rows());
        let (mut alone, mut joined) = (Vec::with_capacity(PART.min(rows.len())), Vec::new());
        for from in rows.step_by(PART) {
            let part = from..(from + PART).min(until);
            alone.clear();
            self.visit_own(part.clone(), |outcome| alone.push(outcome));
            joined.clone_from(&alone);
            error_beside::join(&self.errors, part, &mut joined);
            alone.iter().zip(&joined).for_each(|(alone, joined)| take(*alone, *joined));
        }
    }

    /// What the column alone says.
    fn visit_own(&self, rows: Range<usize>, mut take: impl FnMut(Outcome)) {
        match &self.by {
            Says::Numbers(convention) => self.visit_numbers(rows, |number| convention.outcome(number), take),
            Says::Measured => self.visit_numbers(rows, |_| Outcome::Succeeded, take),
            Says::NumbersAsWords(words) => self.visit_numbers(rows, |number| words.outcome(&number.to_string()), take),
            Says::Words(of_text) => self.cells.visit_codes(rows, |_, codes| {
                for code in codes {
                    take(of_text.get(*code as usize).copied().unwrap_or(Outcome::NotSaid));
                }
            }),
        }
    }

    /// What stands beside it of what went wrong is called so.
    pub(super) fn error_column(&self) -> Option<&'a str> {
        self.errors.first().map(ErrorsBeside::name)
    }

    /// Hands over the rows that the column calls a success and a text beside it a failure.
    pub(super) fn visit_contradictions(&self, mut take: impl FnMut(usize)) {
        let mut row = 0;
        self.visit_both(0..self.cells.rows(), |alone, joined| {
            if alone == Outcome::Succeeded && joined == Outcome::Unclear {
                take(row);
            }
            row += 1;
        });
    }

    /// Hands over the numbers that are no codes, in a column of codes of HTTP, with their rows.
    pub(super) fn visit_odd_codes(&self, mut take: impl FnMut(usize, f64)) {
        let Says::Numbers(Convention::Http) = &self.by else { return };
        let mut row = 0;
        self.cells.visit(0..self.cells.rows(), |block| {
            for (offset, number) in block.numbers.iter().enumerate() {
                if block.has(offset) && Convention::Http.outcome(*number) == Outcome::Unclear {
                    take(row, *number);
                }
                row += 1;
            }
        });
    }

    fn visit_numbers(&self, rows: Range<usize>, says: impl Fn(f64) -> Outcome, mut take: impl FnMut(Outcome)) {
        self.cells.visit(rows, |block| {
            for (offset, number) in block.numbers.iter().enumerate() {
                take(if block.has(offset) { says(*number) } else { Outcome::NotSaid });
            }
        });
    }

    /// A bit for each of a range of rows, true where it failed.
    pub(super) fn failed(&self, rows: Range<usize>) -> Bits {
        let mut bits = Bits::default();
        match &self.by {
            _ if !self.errors.is_empty() => {
                self.visit(rows, |outcome| bits.extend(std::iter::once(outcome == Outcome::Failed)));
            }
            Says::Numbers(convention) => self.cells.visit(rows, |block| {
                let failed = |(offset, number): (usize, &f64)| block.has(offset) && convention.failed(*number);
                bits.extend(block.numbers.iter().enumerate().map(failed));
            }),
            Says::Words(of_text) => self.cells.visit_codes(rows, |_, codes| {
                bits.extend(codes.iter().map(|code| of_text.get(*code as usize) == Some(&Outcome::Failed)));
            }),
            Says::NumbersAsWords(_) | Says::Measured => {
                self.visit(rows, |outcome| bits.extend(std::iter::once(outcome == Outcome::Failed)));
            }
        }
        bits
    }
}

/// The status column of that name.
fn status_column(table: &Table, name: &str) -> Option<usize> {
    table.columns_as(Role::Status).find(|column| table.columns[*column].name == name)
}

/// What each row's status says; `None` where the column's convention is not known.
pub fn outcomes(table: &Table, index: usize) -> Option<Vec<Outcome>> {
    let (told, _) = OutcomeColumn::of(table, index)?;
    let mut outcomes = Vec::with_capacity(told.cells.rows());
    told.visit(0..told.cells.rows(), |outcome| outcomes.push(outcome));
    Some(outcomes)
}
