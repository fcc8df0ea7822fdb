//! The last touch: one newline at the end, no runs of blank lines, and Markdown tables whose columns stand below each
//! other, so that the report reads well as plain text.

use crate::report::number::UNIT_SPACE;
use crate::report::text_table::{Align, padded, width};

/// A table wider than this is left as it is: padding would only make its lines longer.
const WIDEST_TABLE: usize = 200;

/// Ends the text in one newline; with `blank_lines`, joins runs of them and cuts blanks at the ends of lines.
pub(super) fn tidy(text: &str, blank_lines: bool) -> String {
    let text = if blank_lines { join_blank_lines(text) } else { text.to_owned() };
    let mut text = text.trim_matches(['\n', '\r']).to_owned();
    text.push('\n');
    text
}

fn join_blank_lines(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut blank = false;
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && blank) {
            joined.push_str(line);
            joined.push('\n');
        }
        blank = line.is_empty();
    }
    joined
}

/// Pads the cells of every table, right-aligned where its rule says so.
pub(super) fn align_tables(markdown: &str) -> String {
    let lines: Vec<&str> = markdown.lines().collect();
    let mut aligned = String::with_capacity(markdown.len() * 5 / 4);
    let mut index = 0;
    while index < lines.len() {
        let length = lines[index..].iter().take_while(|line| line.starts_with('|')).count();
        if length > 1 && is_rule(lines[index + 1]) {
            push_table(&mut aligned, &lines[index..index + length]);
            index += length;
        } else {
            aligned.push_str(lines[index]);
            aligned.push('\n');
            index += 1;
        }
    }
    aligned
}

fn is_rule(line: &str) -> bool {
    line.chars().all(|character| "|-: ".contains(character)) && line.contains('-')
}

fn push_table(out: &mut String, lines: &[&str]) {
    let rows: Vec<Vec<&str>> = lines.iter().map(|line| cells(line)).collect();
    let columns = rows[0].len();
    let widest = |column: usize| -> usize {
        let texts = rows.iter().enumerate().filter(|(row, _)| *row != 1).filter_map(|(_, row)| row.get(column));
        texts.map(|cell| width(cell)).max().unwrap_or(0).max(3)
    };
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let even = rows.iter().all(|row| row.len() == columns);
    if !even || widths.iter().map(|width| width + 3).sum::<usize>() > WIDEST_TABLE {
        for line in lines {
            out.push_str(line);
            out.push('\n');
        }
        return;
    }
    for (index, row) in rows.iter().enumerate() {
        for ((cell, width), rule) in row.iter().zip(&widths).zip(&rows[1]) {
            out.push_str("| ");
            let align = if rule.ends_with(':') { Align::Right } else { Align::Left };
            out.push_str(&if index == 1 { rule_of(align, *width) } else { padded(cell, align, *width) });
            out.push(' ');
        }
        out.push_str("|\n");
    }
}

fn rule_of(align: Align, width: usize) -> String {
    let end = if align == Align::Right { ":" } else { "-" };
    "-".repeat(width.saturating_sub(1)) + end
}

/// The cells of a row; `\|` does not end one.
fn cells(line: &str) -> Vec<&str> {
    let inner = line.trim_end_matches([' ', UNIT_SPACE]);
    let inner = inner.strip_prefix('|').unwrap_or(inner);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let mut cells = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, character) in inner.char_indices() {
        match character {
            '\\' => escaped = !escaped,
            '|' if !escaped => {
                cells.push(inner[start..at].trim_matches(' '));
                start = at + 1;
            }
            _ => escaped = false,
        }
        if character == '|' {
            escaped = false;
        }
    }
    cells.push(inner[start..].trim_matches(' '));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_ends_in_one_newline_and_has_no_runs_of_blank_lines() {
        assert_eq!(tidy("\n\na  \n\n\n\nb\n\n\n", true), "a\n\nb\n");
        assert_eq!(tidy("a\n\n\nb", false), "a\n\n\nb\n");
    }

    #[test]
    fn tables_stand_in_columns() {
        let table = "| name | n |\n|---|--:|\n| a\\|b | 1 |\n| c | 1,000 |\ntext\n";
        let aligned = "| name |     n |\n| ---- | ----: |\n| a\\|b |     1 |\n| c    | 1,000 |\ntext\n";
        assert_eq!(align_tables(table), aligned);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let table = "| 名前 | n |\n|---|--:|\n| 平均値 | 1 |\n| c | 1,000 |\n";
        let aligned = "| 名前   |     n |\n| ------ | ----: |\n| 平均値 |     1 |\n| c      | 1,000 |\n";
        assert_eq!(align_tables(table), aligned);
    }

    #[test]
    fn a_table_with_long_cells_is_left_as_it_is() {
        let table = format!("| a | b |\n|---|---|\n| {} | 1 |\n", "x".repeat(300));
        assert_eq!(align_tables(&table), table);
    }
}
