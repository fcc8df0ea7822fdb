//! What went wrong, in a column of its own beside the one that says how rows ended: `error`, `exception`, `error_message`.
//!
//! In: a table and its status column. Out: for each row the outcome that both say together. A connection that was refused has no code,
//! and a text beside the empty cell says so: the row failed. Where the status says that all went well and the text says the opposite,
//! nobody knows how the row ended.

use std::ops::Range;

use crate::measure::ending::{self, Outcome};
use crate::measure::finish_reason;
use crate::measure::words::{self, Words};
use crate::table::packed::Cells;
use crate::table::{CellType, Column, Role, Table};

/// Called so, a column says what went wrong.
const ERROR: Words = Words::of("error exception failure errmsg err");
/// What stands beside such a word.
const OF_ERROR: Words = Words::of("message msg text reason detail details");
/// What kinds of errors there are is as often what was tried as what happened.
const OF_KIND: Words = Words::of("type kind");

/// What a text says of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// No failure.
    Nothing,
    /// Something that is a failure where nothing else says how the row ended.
    Something,
    /// A failure, whatever stands beside it.
    Failure,
    /// The answer itself ended so, whatever the code of its transport.
    Ended,
}

/// A column of errors beside a status.
pub(super) struct ErrorsBeside<'a> {
    cells: &'a Cells,
    name: &'a str,
    /// By the code of a text.
    said: Vec<Said>,
    /// Whether a text of which nobody knows what it means makes a success doubtful: not where it may be of an earlier attempt, or a kind.
    doubts: bool,
}

/// The columns of errors beside the status column of that index: none beside another one of errors, beside the word of who knows the right
/// result, and where a format's definition says what each column is.
pub(super) fn of(table: &Table, status: usize) -> Vec<ErrorsBeside<'_>> {
    let own = &table.columns[status];
    let texts = own.dictionary.iter().map(String::as_str);
    if table.defined_by_tool
        || is_of_errors(own) && own.cells == CellType::Text
        || own.cells == CellType::Text && ending::are_of_a_judge(texts)
    {
        return Vec::new();
    }
    let others = table.columns_as(Role::Status).filter(|column| *column != status);
    let of_texts = others.filter(|column| table.columns[*column].cells == CellType::Text);
    let of_errors: Vec<usize> = of_texts.filter(|column| is_of_errors(&table.columns[*column])).collect();
    // An attempt that failed before the one that the status is of.
    let retries = !of_errors.is_empty() && table.columns.iter().any(|column| counts_retries(&column.name));
    let of_reasons =
        table.columns_as(Role::Status).filter(|column| *column != status && is_reason(&table.columns[*column]));
    let of_errors = of_errors.into_iter().chain(of_reasons);
    of_errors.map(|column| ErrorsBeside::of(table, column, retries)).filter(ErrorsBeside::speaks).collect()
}

/// Whether a column says why an answer ended.
pub(super) fn is_reason(column: &Column) -> bool {
    column.cells == CellType::Text && finish_reason::is_called(&column.name)
}

/// Whether a column says how often something was tried again.
fn counts_retries(name: &str) -> bool {
    const RETRIES: Words = Words::of("retry retries retried attempt attempts tries");
    // Of thousands of names hardly any has to be taken apart.
    let lower = name.to_ascii_lowercase();
    ["retr", "attempt", "tries"].iter().any(|part| lower.contains(part))
        && words::apart(name).iter().any(|word| RETRIES.has(word))
}

/// Whether a column is called after what went wrong and nothing else.
pub(super) fn is_of_errors(column: &Column) -> bool {
    let leaf = column.name.rsplit('.').next().unwrap_or_default();
    // `error.message`, `error_message`.
    let words = words::apart(if OF_ERROR.has(leaf) || OF_KIND.has(leaf) { &column.name } else { leaf });
    words.iter().any(|word| ERROR.has(word))
        && words.iter().all(|word| ERROR.has(word) || OF_ERROR.has(word) || OF_KIND.has(word))
}

impl<'a> ErrorsBeside<'a> {
    fn of(table: &'a Table, index: usize, retries: bool) -> Self {
        let column = &table.columns[index];
        let of_kind = words::apart(&column.name).iter().any(|word| OF_KIND.has(word));
        let is_reason = is_reason(column);
        let says = |text: &String| match ending::of_text(text, true) {
            _ if is_reason && finish_reason::outcome(text) == Outcome::Failed => Said::Ended,
            _ if is_reason => Said::Nothing,
            Outcome::Failed if ending::denies_a_failure(text) => Said::Nothing,
            Outcome::Failed if ending::names_a_failure(text) && !of_kind && !retries => Said::Failure,
            Outcome::Failed => Said::Something,
            _ => Said::Nothing,
        };
        let said = column.dictionary.iter().map(says).collect();
        Self { cells: table.text_cells(index), name: &column.name, said, doubts: !of_kind && !retries }
    }

    /// Whether any of its texts says something.
    fn speaks(&self) -> bool {
        self.said.iter().any(|said| *said != Said::Nothing)
    }

    fn says(&self, code: u32) -> Said {
        self.said.get(code as usize).copied().unwrap_or(Said::Nothing)
    }

    /// What it is called.
    pub(super) fn name(&self) -> &'a str {
        self.name
    }
}

/// What a status and the errors beside it say together.
const fn joined(status: Outcome, said: Said) -> Outcome {
    match (status, said) {
        (Outcome::NotSaid | Outcome::Unclear, Said::Something | Said::Failure) | (_, Said::Ended) => Outcome::Failed,
        (Outcome::Succeeded, Said::Failure) => Outcome::Unclear,
        (status, _) => status,
    }
}

/// Joins what the status says of a range of rows with what the errors beside it say.
pub(super) fn join(errors: &[ErrorsBeside<'_>], rows: Range<usize>, outcomes: &mut [Outcome]) {
    for column in errors {
        let first = rows.start;
        column.cells.visit_codes(rows.clone(), |row, codes| {
            let from = row.saturating_sub(first);
            for (outcome, code) in outcomes[from..].iter_mut().zip(codes) {
                *outcome = joined(*outcome, column.says(*code));
            }
        });
    }
}

/// Which rows of a range have a text of which nobody knows what it means: `true` is put where one has.
pub(super) fn doubts(errors: &[ErrorsBeside<'_>], rows: Range<usize>, doubts: &mut [bool]) {
    for column in errors.iter().filter(|column| column.doubts) {
        let first = rows.start;
        column.cells.visit_codes(rows.clone(), |row, codes| {
            let from = row.saturating_sub(first);
            for (doubt, code) in doubts[from..].iter_mut().zip(codes) {
                *doubt = *doubt || column.says(*code) == Said::Something;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_a_status_fails_a_row_that_has_none_and_contradicts_a_success() {
        use Outcome::{Failed, NotSaid, Succeeded, Unclear};
        for (status, said, expected) in [
            (NotSaid, Said::Nothing, NotSaid),
            (NotSaid, Said::Something, Failed),
            (NotSaid, Said::Failure, Failed),
            (Unclear, Said::Failure, Failed),
            (Succeeded, Said::Something, Succeeded),
            (Succeeded, Said::Failure, Unclear),
            (Failed, Said::Nothing, Failed),
            (Succeeded, Said::Ended, Failed),
        ] {
            assert_eq!(joined(status, said), expected, "{status:?} {said:?}");
        }
    }

    #[test]
    fn columns_of_errors_are_called_so_and_nothing_else() {
        let is = |name: &str| {
            let cells = Cells::EMPTY;
            is_of_errors(&Column::new(name.to_owned(), CellType::Text, cells, Vec::new()))
        };
        for name in ["error", "Exception", "errorMessage", "error_type", "error.message", "result.error"] {
            assert!(is(name), "{name}");
        }
        for name in ["injected_error", "error_rate", "message", "error_budget", "stop_on_error", "mean_error"] {
            assert!(!is(name), "{name}");
        }
    }
}
