//! Why requests failed, by the code or the message of each.
//!
//! In: the columns of a table that may say so, and its failed rows. Out: causes with how many failed so, and when first and last.
//! Messages that differ only in numbers are one cause. A column that only says that something failed says nothing of why.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::rows::{NO_INSTANT, Request};
use crate::measure::label::pattern;
use crate::table::packed::Cells;
use crate::table::{CellType, Role, Table};

/// Words in names of columns that say why something failed.
const CAUSE_WORDS: &[&str] = &["code", "status", "error", "err", "exception", "message", "failure", "reason", "cause"];
/// Those of them that speak of nothing but failures.
const FAILURE_WORDS: &[&str] = &["error", "exception", "failure", "cause"];
/// Words that only say whether something failed.
const BARE: &[&str] = &[
    "",
    "-",
    "ok",
    "ko",
    "true",
    "false",
    "yes",
    "no",
    "0",
    "none",
    "null",
    "nil",
    "nan",
    "n/a",
    "na",
    "success",
    "successful",
    "failed",
    "fail",
    "failure",
    "error",
    "pass",
    "passed",
];
/// Names of columns with codes that are none of HTTP's.
const OTHER_CODES: &[&str] = &["net", "exit", "grpc", "errno"];
/// More different texts are counted together.
const MOST_CAUSES: usize = 10_000;

/// How often a cause was seen, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sightings {
    pub(super) count: u64,
    /// The first and last instant, where there is one.
    pub(super) span: Option<(i64, i64)>,
}

impl Sightings {
    pub(super) const NONE: Self = Self { count: 0, span: None };

    /// One more.
    pub(super) fn add(&mut self, at: i64) {
        self.count += 1;
        if at != NO_INSTANT {
            self.span = Some(self.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
        }
    }

    /// Both together.
    pub(super) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.span = match (self.span, other.span) {
            (Some(mine), Some(theirs)) => Some((mine.0.min(theirs.0), mine.1.max(theirs.1))),
            (mine, theirs) => mine.or(theirs),
        };
    }
}

/// A cause as it was counted: the column that says so, and its code or the bits of its number.
type Key = (u8, u64);

/// The columns that may say why, the most telling first, and what was counted.
pub(super) struct Causes<'a> {
    columns: Vec<CauseColumn<'a>>,
    counted: HashMap<Key, Sightings, foldhash::fast::FixedState>,
    silent: Sightings,
    others: Sightings,
}

struct CauseColumn<'a> {
    name: &'a str,
    cells: &'a Cells,
    says: Says<'a>,
    /// Codes or bits of the rows of a stretch.
    stretch: Vec<Option<u64>>,
}

enum Says<'a> {
    Texts(&'a [String], Vec<bool>),
    /// Codes of HTTP.
    Status,
    /// Other codes, of which 0 is success.
    Code,
}

impl<'a> Causes<'a> {
    /// Of a table of which the column of that name says what failed.
    pub(super) fn of(table: &'a Table, status: &str) -> Self {
        let named = |name: &str| {
            let lower = name.to_lowercase();
            CAUSE_WORDS.iter().any(|word| lower.contains(word))
        };
        let mut columns: Vec<(u8, usize)> = Vec::new();
        for (index, column) in table.columns.iter().enumerate() {
            let may = match column.role {
                Role::Status => true,
                Role::Unused | Role::Label | Role::Identifier => {
                    named(&column.name) && column.cells != CellType::Boolean
                }
                _ => false,
            };
            let is_code = column.name.to_lowercase().contains("code") || column.cells.is_number();
            // A message of a failure says why where the code is one of success; beside it stands what the server said (`Created`).
            let lower = column.name.to_lowercase();
            let of_failure = FAILURE_WORDS.iter().any(|word| lower.contains(word));
            let rank = match (column.name == status, is_code) {
                (_, true) => 0,
                (false, false) => {
                    if of_failure {
                        1
                    } else {
                        2
                    }
                }
                (true, false) => 3,
            };
            if may && column.cells != CellType::Timestamp {
                columns.push((rank, index));
            }
        }
        columns.sort_unstable();
        let columns = columns.into_iter().map(|(_, index)| CauseColumn::of(table, index)).take(usize::from(u8::MAX));
        Self {
            columns: columns.collect(),
            counted: HashMap::default(),
            silent: Sightings::NONE,
            others: Sightings::NONE,
        }
    }

    /// Reads what the columns say of some rows, before [`add`](Self::add) asks for them.
    pub(super) fn read(&mut self, rows: Range<usize>) {
        for column in &mut self.columns {
            column.read(rows.clone());
        }
    }

    /// Counts a failed request, whose row stands at an offset into the rows that were read.
    pub(super) fn add(&mut self, request: &Request, offset: usize) {
        let said = |(number, column): (usize, &CauseColumn<'_>)| Some((number as u8, (*column.stretch.get(offset)?)?));
        let Some(key) = self.columns.iter().enumerate().find_map(said) else {
            self.silent.add(request.at);
            return;
        };
        let room = self.counted.len() < MOST_CAUSES;
        match self.counted.get_mut(&key) {
            Some(sightings) => sightings.add(request.at),
            None if room => {
                let mut sightings = Sightings::NONE;
                sightings.add(request.at);
                self.counted.insert(key, sightings);
            }
            None => self.others.add(request.at),
        }
    }

    /// The causes with the columns that say so; absent where a row says nothing.
    pub(super) fn finish(self) -> Vec<(Option<(String, String)>, Sightings)> {
        let mut patterns: BTreeMap<(u8, String), (Sightings, String, u64)> = BTreeMap::new();
        for (key, sightings) in self.counted {
            let text = self.columns[usize::from(key.0)].text(key.1);
            let entry = patterns.entry((key.0, pattern(&text))).or_insert((Sightings::NONE, text.clone(), 0));
            entry.0.merge(sightings);
            entry.2 += 1;
            if text < entry.1 {
                entry.1 = text;
            }
        }
        let mut found: Vec<(Option<(String, String)>, Sightings)> = patterns
            .into_iter()
            .map(|((column, pattern), (sightings, text, members))| {
                let cause = if members > 1 { pattern } else { text };
                (Some((cause, self.columns[usize::from(column)].name.to_owned())), sightings)
            })
            .collect();
        let mut silent = self.silent;
        silent.merge(self.others);
        if silent.count > 0 {
            found.push((None, silent));
        }
        found
    }
}

impl<'a> CauseColumn<'a> {
    fn of(table: &'a Table, index: usize) -> Self {
        let column = &table.columns[index];
        if column.cells.is_number() {
            let lower = column.name.to_lowercase();
            let says = if OTHER_CODES.iter().any(|word| lower.contains(word)) { Says::Code } else { Says::Status };
            return Self { name: &column.name, cells: table.values(index), says, stretch: Vec::new() };
        }
        let tells = column.dictionary.iter().map(|text| tells_why(text)).collect();
        let says = Says::Texts(&column.dictionary, tells);
        Self { name: &column.name, cells: table.text_cells(index), says, stretch: Vec::new() }
    }

    fn read(&mut self, rows: Range<usize>) {
        let stretch = &mut self.stretch;
        stretch.clear();
        match &self.says {
            Says::Texts(_, tells) => self.cells.visit_codes(rows, |_, codes| {
                let said = |code: &u32| tells.get(*code as usize).copied().unwrap_or(false).then_some(u64::from(*code));
                stretch.extend(codes.iter().map(said));
            }),
            says @ (Says::Status | Says::Code) => {
                let is_status = matches!(says, Says::Status);
                let tells = |number: f64| if is_status { number_tells_why(number) } else { number != 0.0 };
                self.cells.visit(rows, |block| {
                    for (offset, number) in block.numbers.iter().enumerate() {
                        stretch.push((block.has(offset) && tells(*number)).then(|| number.to_bits()));
                    }
                });
            }
        }
    }

    fn text(&self, code: u64) -> String {
        match &self.says {
            Says::Texts(texts, _) => texts.get(code as usize).cloned().unwrap_or_default(),
            // A status of HTTP is known by itself; other numbers are not known without their name.
            Says::Status if (400.0..600.0).contains(&f64::from_bits(code)) => f64::from_bits(code).to_string(),
            Says::Status | Says::Code => format!("{} {}", self.name, f64::from_bits(code)),
        }
    }
}

/// Whether a text says why, and not only that.
fn tells_why(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    match lower.parse::<f64>() {
        Ok(number) => number_tells_why(number),
        Err(_) => !BARE.contains(&lower.as_str()) && !lower.starts_with("200 "),
    }
}

/// Whether a number does: a code of success stands beside failures that the tool found out by other means, and a flag says only
/// that something failed.
fn number_tells_why(number: f64) -> bool {
    !matches!(number, 0.0 | 1.0 | -1.0) && !(100.0..400.0).contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_only_says_that_something_failed_says_nothing_of_why() {
        for (text, expected) in [
            ("503", true),
            ("200", false),
            ("", false),
            ("KO", false),
            ("false", false),
            ("Non HTTP response code: java.net.SocketException", true),
            ("expected 200, found 503", true),
        ] {
            assert_eq!(tells_why(text), expected, "{text}");
        }
        assert!(number_tells_why(110.0 + 400.0) && !number_tells_why(0.0) && !number_tells_why(301.0));
    }
}
