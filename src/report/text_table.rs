//! The one table for text that stands in columns, by the width that a terminal gives each character.
//!
//! In: rows of cells. Out: lines without blanks at their ends. East Asian characters take two columns, combining marks
//! none. Refuses nothing: a cell that is wider than its column may be runs over, and the line is longer for it.

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

/// Between two columns.
const GAP: &str = "  ";

/// On which side of its column a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Rows that are aligned once all of them are known.
///
/// A row may have fewer cells than there are columns: its last cell then runs on over the others and widens none.
#[derive(Debug, Clone)]
pub(crate) struct TextTable {
    columns: Vec<(Align, usize)>,
    rows: Vec<Vec<String>>,
    line: usize,
}

impl TextTable {
    /// An empty table.
    pub(crate) fn new(columns: impl IntoIterator<Item = Align>) -> Self {
        let columns = columns.into_iter().map(|align| (align, usize::MAX)).collect();
        Self { columns, rows: Vec::new(), line: usize::MAX }
    }

    /// A column that is never wider than this.
    pub(crate) fn at_most(mut self, column: usize, width: usize) -> Self {
        self.columns[column].1 = width;
        self
    }

    /// Lines that are never wider than this, as long as the first column can give way: its cells then lose their middles and stay
    /// different.
    pub(crate) fn within(mut self, line: usize) -> Self {
        self.line = line;
        self
    }

    /// A row more.
    pub(crate) fn push(&mut self, row: impl IntoIterator<Item = String>) {
        self.rows.push(row.into_iter().collect());
    }

    /// The rows as lines.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut widths: Vec<usize> = (0..self.columns.len()).map(|column| self.width(column)).collect();
        let others: usize = widths.iter().skip(1).map(|width| width + GAP.len()).sum();
        // A bound of the first column of lines that must not be too wide holds, too.
        let bound = self.columns.first().map_or(usize::MAX, |first| first.1);
        let room = self.line.saturating_sub(others).min(if self.line == usize::MAX { usize::MAX } else { bound });
        if let Some(first) = widths.first_mut().filter(|_| self.line < usize::MAX) {
            *first = self.rows.iter().filter_map(|row| row.first()).map(|cell| width(cell)).max().unwrap_or(0);
        }
        let cut = widths.first().is_some_and(|first| *first > room);
        let firsts: Vec<String> = self.rows.iter().map(|row| row.first().cloned().unwrap_or_default()).collect();
        let firsts = if cut { shortened_apart(&firsts, room) } else { firsts };
        if let Some(first) = widths.first_mut().filter(|_| cut) {
            *first = room;
        }
        let line = |(row, first): (&Vec<String>, &String)| {
            let cells = row.iter().enumerate().map(|(column, cell)| match column {
                0 if cut => padded(first, self.columns[0].0, room),
                _ if self.runs_on(row, column) => cell.clone(),
                _ => padded(cell, self.columns[column].0, widths[column]),
            });
            cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
        };
        self.rows.iter().zip(&firsts).map(line).collect()
    }

    fn width(&self, column: usize) -> usize {
        let rows = self.rows.iter().filter(|row| !self.runs_on(row, column));
        let widest = rows.filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0);
        widest.min(self.columns[column].1)
    }

    fn runs_on(&self, row: &[String], column: usize) -> bool {
        row.len() < self.columns.len() && column + 1 == row.len()
    }
}

/// Columns that a text takes.
pub(crate) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text with blanks beside it, so that it takes this many columns.
pub(crate) fn padded(text: &str, align: Align, columns: usize) -> String {
    let blanks = " ".repeat(columns.saturating_sub(width(text)));
    match align {
        Align::Left => format!("{text}{blanks}"),
        Align::Right => format!("{blanks}{text}"),
    }
}

/// Cuts a text that is too wide and marks the cut.
pub(crate) fn clip(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let ends = text.char_indices().map(|(start, character)| start + character.len_utf8());
    let end = ends.take_while(|end| width(&text[..*end]) < columns).last().unwrap_or(0);
    format!("{}…", &text[..end])
}

/// Cuts the middle out of a name that is too wide: names of one kind begin alike, and their ends tell them apart.
pub(crate) fn shortened_in_the_middle(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(1);
    let behind = room / 2;
    let starts = text.char_indices().map(|(start, _)| start).rev();
    let start = starts.take_while(|start| width(&text[*start..]) <= behind).last().unwrap_or(text.len());
    // A wide letter that does not fit into one half leaves its room to the other.
    let end = shortened_to(text, room - width(&text[start..])).len();
    format!("{}…{}", &text[..end], &text[start.max(end)..])
}

/// Names without their middles where they are too wide. Different names stay different: where the ends that are left are the same,
/// the cut is made before the first letter in which the names differ, and where even that does not tell them apart they are numbered.
pub(crate) fn shortened_apart(names: &[String], columns: usize) -> Vec<String> {
    let mut short: Vec<String> = names.iter().map(|name| shortened_in_the_middle(name, columns)).collect();
    let mut alike: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, name) in short.iter().enumerate() {
        alike.entry(name).or_default().push(place);
    }
    let mut apart: Vec<(usize, String)> = Vec::new();
    for places in alike.values() {
        let Some(other) = places.iter().find(|other| names[**other] != names[places[0]]) else { continue };
        let shared = places.iter().map(|place| &names[*place]).filter(|name| **name != names[*other]);
        let shared = shared.map(|name| shared_letters(name, &names[*other])).min().unwrap_or(0);
        let mut taken: BTreeMap<String, &str> = BTreeMap::new();
        for (number, place) in places.iter().enumerate() {
            let name = &names[*place];
            let mut cut = cut_before(name, shared, columns);
            if taken.get(&cut).is_some_and(|by| by != name) {
                let mark = format!(" #{}", number + 1);
                cut = shortened_in_the_middle(name, columns.saturating_sub(width(&mark))) + &mark;
            }
            taken.insert(cut.clone(), name);
            apart.push((*place, cut));
        }
    }
    for (place, cut) in apart {
        short[place] = cut;
    }
    short
}

/// How many bytes two names begin with alike.
fn shared_letters(one: &str, other: &str) -> usize {
    let alike = one.char_indices().zip(other.chars()).find(|((_, a), b)| a != b);
    alike.map_or_else(|| one.len().min(other.len()), |((at, _), _)| at)
}

/// A name that keeps its blanks, and what stands from `from` on.
fn cut_before(name: &str, from: usize, columns: usize) -> String {
    let blanks = name.len() - name.trim_start().len();
    let (front, rest) = (&name[..blanks], name.get(from..).unwrap_or_default());
    let room = columns.saturating_sub(blanks + 1);
    let begin = shortened_to(&name[blanks..], room.saturating_sub(width(rest)));
    format!("{front}{begin}…{}", shortened_in_the_middle(rest, room))
}

/// The beginning of a text that fits.
fn shortened_to(text: &str, columns: usize) -> &str {
    let ends = text.char_indices().map(|(start, character)| start + character.len_utf8());
    &text[..ends.take_while(|end| width(&text[..*end]) <= columns).last().unwrap_or(0)]
}

/// The words of a text in lines of at most so many columns; a longer word has a line of its own.
pub(crate) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_long_name_keeps_both_of_its_ends() {
        assert_eq!(shortened_in_the_middle("BenchmarkEncode/size=10", 11), "Bench…ze=10");
        assert_eq!(shortened_in_the_middle("short", 5), "short");
        assert_eq!(width(&shortened_in_the_middle("日本語日本語日本語", 8)), 8 - 1);
    }

    use super::Align::{Left, Right};
    use super::*;

    fn row<const N: usize>(cells: [&str; N]) -> [String; N] {
        cells.map(str::to_owned)
    }

    #[test]
    fn columns_stand_below_each_other_in_any_script() {
        let mut table = TextTable::new([Left, Right, Left]);
        table.push(row(["name", "n", "unit"]));
        table.push(row(["延迟", "1,000", "ms"]));
        table.push(row(["e\u{301}te\u{301}", "7", "ms"]));
        table.push(row(["ｗｉｄｅ", "7", ""]));
        assert_eq!(
            table.lines(),
            ["name          n  unit", "延迟      1,000  ms", "e\u{301}te\u{301}           7  ms", "ｗｉｄｅ      7"]
        );
    }

    #[test]
    fn the_last_cell_of_a_short_row_runs_on() {
        let mut table = TextTable::new([Left, Right, Left]);
        table.push(row(["a", "1", "x"]));
        table.push(row(["bb", "a sentence that is longer than all"]));
        assert_eq!(table.lines(), ["a   1  x", "bb  a sentence that is longer than all"]);
    }

    #[test]
    fn a_table_that_is_too_wide_cuts_its_first_column_and_a_bounded_one_is_run_over() {
        let mut table = TextTable::new([Left, Right]).within(10);
        table.push(row(["名前名前名前", "1,000"]));
        table.push(row(["x", "2"]));
        assert_eq!(table.lines(), ["名…  1,000", "x        2"]);
        let mut table = TextTable::new([Left, Left]).at_most(0, 3);
        table.push(row(["abcdef", "1"]));
        table.push(row(["a", "2"]));
        assert_eq!(table.lines(), ["abcdef  1", "a    2"]);
    }

    #[test]
    fn a_cut_is_marked_and_never_splits_a_wide_character() {
        assert_eq!([clip("abc", 3), clip("abcd", 3)], ["abc", "ab…"]);
        assert_eq!([clip("日本語", 6), clip("日本語", 5), clip("日本語", 4)], ["日本語", "日本…", "日…"]);
    }

    #[test]
    fn names_that_are_cut_stay_different() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let all = names(&[
            "  Benchmark/encode/small/with-a-long-end",
            "  Benchmark/encode/large/with-a-long-end",
            "  Benchmark/decode/small/with-a-long-end",
            "  short",
            "  short",
        ]);
        for columns in [12, 16, 20, 30] {
            let short = shortened_apart(&all, columns);
            for (place, name) in short.iter().enumerate() {
                assert!(width(name) <= columns, "{name:?} in {columns}");
                let same = |other: usize| short[other] == *name && all[other] != all[place];
                assert!(!(0..all.len()).any(same), "{short:?} in {columns}");
            }
            assert_eq!(short[3..], all[3..], "what fits stays as it is");
        }
        assert_eq!(shortened_apart(&all, 99), all);
    }

    #[test]
    fn words_are_never_cut() {
        assert_eq!(wrapped("a bb ccc dddddddd e", 6), ["a bb", "ccc", "dddddddd", "e"]);
        assert_eq!(wrapped("日本 語", 6), ["日本", "語"]);
        assert!(wrapped("  ", 6).is_empty());
    }
}
