//! What several counters of errors say together of how many failed.
//!
//! In: the columns of one object that count what was measured, what succeeded and what went wrong. Out: which of them say how many
//! failed. `timeout_errors`, `other_errors`, `rate_limited_429` are parts: they are added up where all minus the successes, or the
//! answers by code, prove the sum. A single part is not taken for all of them where something speaks against it.

use crate::table::{CellType, Table};

use super::name;
use super::tally::{self, Tally};
use super::vocabulary::{self, Words};

/// Words for what went wrong; what was dropped or lost may be of something else.
const WRONG: Words = Words::of("error errors failed failure failures fail fails");
/// Before such a word they say that it counts one kind of errors only.
const KINDS_OF_ERRORS: Words =
    Words::of("other misc timeout timeouts connection connect conn socket dns tls ssl network parse parsing");
/// More columns than this are a histogram, and no codes.
const MOST_CODES: usize = 64;

/// Columns, and the code of answers that each counts.
type Codes = Vec<(usize, u32)>;

/// What says how many failed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FailedBy {
    /// A counter of all of them.
    Counter(usize),
    /// All of these together, as another number proves.
    Sum(Vec<usize>),
    /// What did not succeed.
    NotSucceeded,
    /// Nothing counts any.
    Nothing,
    /// What counts some does not say how many in all.
    NotStated,
}

/// The counts of one object, as far as they are known.
pub(super) struct Known<'a> {
    pub(super) object: &'a str,
    pub(super) measured: Option<usize>,
    pub(super) succeeded: Option<usize>,
    /// What counts failures, or some of them, in the order of the table.
    pub(super) counters: &'a [usize],
    /// Whether it is requests that are counted: what did not succeed failed.
    pub(super) are_requests: bool,
}

/// Which columns say how many failed.
pub(super) fn failed_by(table: &Table, known: &Known<'_>) -> FailedBy {
    let counters = known.counters;
    let leaf = |column: usize| name::words(name::leaf(&table.columns[column].name));
    let is_whole = |column: &usize| leaf(*column).iter().all(|word| says_nothing_else(word));
    let is_part = |column: &usize| !is_whole(column) && WRONG.among(&leaf(*column)).is_some();
    let parts: Vec<usize> = counters.iter().copied().filter(is_part).collect();
    let whole = counters.iter().copied().find(is_whole);
    let chosen = whole.or_else(|| counters.first().copied().filter(|_| parts.len() < 2));
    let Some(measured) = known.measured else {
        return match chosen {
            Some(chosen) => FailedBy::Counter(chosen),
            None if counters.is_empty() => FailedBy::Nothing,
            None => FailedBy::NotStated,
        };
    };
    let sums = Sums { table, measured };
    let rest = known.succeeded.filter(|succeeded| sums.all(|sums, row| sums.of(&[*succeeded], row) <= sums.total(row)));
    let equals_rest = |columns: &[usize], succeeded: usize| {
        sums.all(|sums, row| sums.of(columns, row) == sums.total(row) - sums.of(&[succeeded], row))
    };
    if let Some(succeeded) = rest {
        // Where all that is called a total succeeded, what failed is not in it: that is told elsewhere.
        let all_succeeded = sums.all(|sums, row| sums.of(&[succeeded], row) == sums.total(row));
        if let Some(chosen) = chosen.filter(|chosen| all_succeeded || equals_rest(&[*chosen], succeeded)) {
            return FailedBy::Counter(chosen);
        }
        let proven = [counters, &parts].into_iter().find(|sum| sum.len() > 1 && equals_rest(sum, succeeded));
        if let Some(sum) = proven {
            return FailedBy::Sum(sum.to_vec());
        }
    }
    if let Some(by_codes) = by_codes(&sums, known, chosen, rest) {
        return by_codes;
    }
    match (rest, whole, chosen) {
        (Some(_), None, _) if !counters.is_empty() => {
            if known.are_requests {
                FailedBy::NotSucceeded
            } else {
                FailedBy::NotStated
            }
        }
        (_, Some(whole), _) => {
            // A part is never more than the whole.
            let is_within = |part: &usize| sums.all(|sums, row| sums.of(&[*part], row) <= sums.of(&[whole], row));
            if parts.iter().all(is_within) { FailedBy::Counter(whole) } else { FailedBy::NotStated }
        }
        (_, None, Some(only)) => {
            let is_kind = KINDS_OF_ERRORS.among(&leaf(only)).is_some() && is_part(&only);
            if is_kind { FailedBy::NotStated } else { FailedBy::Counter(only) }
        }
        _ if counters.is_empty() => FailedBy::Nothing,
        _ => FailedBy::NotStated,
    }
}

/// What the answers by code prove: where they are all that was measured, those of 400 and above failed, with what was counted as an
/// error beside them.
fn by_codes(sums: &Sums<'_>, known: &Known<'_>, chosen: Option<usize>, rest: Option<usize>) -> Option<FailedBy> {
    for codes in sets_of_codes(sums.table, known.object) {
        let all: Vec<usize> = codes.iter().map(|(column, _)| *column).collect();
        let mut failed: Vec<usize> = codes.iter().filter(|(_, code)| *code >= 400).map(|(column, _)| *column).collect();
        let others: Vec<usize> = known.counters.iter().copied().filter(|one| !all.contains(one)).collect();
        let with = |more: &[usize]| -> Vec<usize> { all.iter().chain(more).copied().collect() };
        let is_all = |columns: &[usize]| sums.all(|sums, row| sums.of(columns, row) == sums.total(row));
        let at_least = |sum: &[usize], of: &[usize]| sums.all(|sums, row| sums.of(sum, row) >= sums.of(of, row));
        let without_code = !is_all(&all);
        if without_code && !is_all(&with(&others)) {
            // They are not all, but may be more than what was counted as an error.
            let too_few = chosen.is_some_and(|chosen| !at_least(&[chosen], &failed));
            if too_few && sums.all(|sums, row| sums.of(&all, row) <= sums.total(row)) {
                return Some(FailedBy::NotStated);
            }
            continue;
        }
        if without_code {
            failed.extend(&others);
        }
        if let Some(chosen) = chosen.filter(|chosen| at_least(&[*chosen], &failed)) {
            return Some(FailedBy::Counter(chosen));
        }
        let is_rest = |succeeded: usize| {
            sums.all(|sums, row| sums.of(&failed, row) == sums.total(row) - sums.of(&[succeeded], row))
        };
        let contradicted = rest.is_some_and(|succeeded| !is_rest(succeeded)) || !at_least(&failed, &others);
        return Some(if contradicted { FailedBy::NotStated } else { FailedBy::Sum(failed) });
    }
    None
}

/// Numbers of a table, row by row.
struct Sums<'t> {
    table: &'t Table,
    measured: usize,
}

impl Sums<'_> {
    fn total(&self, row: usize) -> f64 {
        self.of(&[self.measured], row)
    }

    /// What is not there counts as none.
    fn of(&self, columns: &[usize], row: usize) -> f64 {
        columns.iter().filter_map(|column| self.table.values(*column).number(row)).sum()
    }

    /// Whether it is so in every row that says how many were measured.
    fn all(&self, so: impl Fn(&Self, usize) -> bool) -> bool {
        let measured = self.table.values(self.measured);
        (0..measured.rows()).filter(|row| measured.is_present(*row)).all(|row| so(self, row))
    }
}

/// Whether a word leaves open which failures are counted: `failed_requests`, `error_count`.
fn says_nothing_else(word: &str) -> bool {
    vocabulary::FAILED.has(word)
        || vocabulary::REQUESTS.has(word)
        || vocabulary::TESTS.has(word)
        || vocabulary::HOW_MANY.has(word)
        || vocabulary::MEASURED.has(word)
}

/// The code of answers that a leaf ends or begins with: `ok_200`, `status_5xx`, `404`.
fn code(leaf: &str) -> Option<u32> {
    let words: Vec<&str> = leaf.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    let of_word = |word: &&str| {
        let hundreds = word.strip_suffix("xx").or_else(|| word.strip_suffix("XX"));
        let whole = hundreds.and_then(|first| first.parse::<u32>().ok()).map(|first| first * 100);
        whole.or_else(|| word.parse().ok().filter(|_| word.len() == 3)).filter(|code| (100..600).contains(code))
    };
    // `non_2xx` counts everything else.
    let turned = words.iter().any(|word| word.to_ascii_lowercase().starts_with("non"));
    [words.last(), words.first()].into_iter().flatten().find_map(of_word).filter(|_| !turned)
}

/// The columns that count answers by code, beside the numbers of an object or in objects inside it.
fn sets_of_codes(table: &Table, object: &str) -> Vec<Codes> {
    let mut beside = Codes::new();
    let mut inside: Vec<(&str, Codes)> = Vec::new();
    for (index, column) in table.columns.iter().enumerate().filter(|(_, column)| column.cells == CellType::Integer) {
        let Some(code) = code(name::leaf(&column.name)) else { continue };
        let parent = name::parent(&column.name);
        if parent == object {
            beside.push((index, code));
        } else if name::parent(parent) == object {
            match inside.iter_mut().find(|(of, _)| *of == parent) {
                Some((_, codes)) => codes.push((index, code)),
                None => inside.push((parent, vec![(index, code)])),
            }
        }
    }
    let speaks_of_answers = |set: &[(usize, u32)]| set.iter().any(|(_, code)| (200..400).contains(code));
    let sets = std::iter::once(beside).chain(inside.into_iter().map(|(_, codes)| codes));
    sets.filter(|set| (1..=MOST_CODES).contains(&set.len()) && (set.len() > 1 || speaks_of_answers(set))).collect()
}

/// Whether a column counts answers of one code: it is called so, and with others that are called so and those that are counted as errors
/// it is all that was measured.
pub(super) fn counts_a_code(table: &Table, index: usize) -> bool {
    let column = &table.columns[index];
    if code(name::leaf(&column.name)).is_none() || column.cells != CellType::Integer {
        return false;
    }
    let object = name::parent(&column.name);
    let tally_of = |other: usize| {
        let column = &table.columns[other];
        let meaning = || name::read(&column.name);
        (column.cells == CellType::Integer && name::parent(&column.name) == object)
            .then(|| tally::read(&column.name, &meaning()))
            .flatten()
            .map(|counter| counter.tally)
    };
    let with = |wanted: Tally| -> Vec<usize> {
        (0..table.columns.len()).filter(|other| *other != index && tally_of(*other) == Some(wanted)).collect()
    };
    let set = sets_of_codes(table, object).into_iter().find(|set| set.iter().any(|(column, _)| *column == index));
    let Some(codes) = set.filter(|set| set.len() > 1) else { return false };
    let all: Vec<usize> = codes.iter().map(|(column, _)| *column).collect();
    let errors: Vec<usize> = with(Tally::Failed).into_iter().filter(|one| !all.contains(one)).collect();
    let both: Vec<usize> = all.iter().chain(&errors).copied().collect();
    with(Tally::Measured).into_iter().chain(with(Tally::Total)).any(|measured| {
        let sums = Sums { table, measured };
        let several = || table.values(measured).iter().flatten().any(|number| number > 1.0);
        let is_all = |columns: &[usize]| sums.all(|sums, row| sums.of(columns, row) == sums.total(row));
        several() && (is_all(&all) || is_all(&both))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_at_either_end_of_a_name() {
        for (leaf, expected) in [
            ("ok_200", Some(200)),
            ("status_5xx", Some(500)),
            ("404", Some(404)),
            ("429_rate_limited", Some(429)),
            ("non_2xx", None),
            ("p99", None),
            ("size_1024", None),
            ("total_requests", None),
        ] {
            assert_eq!(code(leaf), expected, "{leaf}");
        }
    }
}
