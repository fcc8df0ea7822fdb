//! A name and a number in each line, as scripts print them: `4: 6732712ns`, `insert 0.818`, `warm start = 12.5 ms`.
//!
//! In: lines. Out: whole numbers in front as a column of their own, or a metric for each name. Recognised only where every line of the head is
//! one, and the names are numbers or come again: a list of settings has each of its names once.

use std::collections::HashMap;

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Failures, FindingKind, Format, Head, Holds, IngestError, RowKind, Severity, Sink,
};
use crate::ingest::text::cells::{self, DecimalMark, Look};
use crate::ingest::text::column_types::column_types;
use crate::ingest::text::row::{Row, RowBuffer};

pub(crate) const FORMAT: Format = Format {
    name: "named-values",
    about: "a name or a number and one value in each line: `4: 6.73 ms`, `insert = 0.82`",
    latency: "whatever its names say",
    failures: Failures::ByColumn,
    holds: Holds::Samples,
    row: RowKind::Unnamed,
    example: "for n in 1 2 4; do echo \"$n: $(./bench $n)\"; done > scaling.txt && perfreport summarize scaling.txt",
    upstream: "what a script prints",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// Fewer lines may be anything.
const FEWEST_LINES: usize = 3;
/// A longer name is a sentence.
const LONGEST_NAME: usize = 40;
/// Rows that the types of columns are read from.
const SAMPLE_ROWS: usize = 400;

/// The name of a line and its number, with its unit where it has one.
fn parts(line: &[u8]) -> Option<(&str, &str)> {
    let text = std::str::from_utf8(line).ok()?.trim();
    let (name, value) = match text.rsplit_once([':', '=']) {
        Some(parts) => parts,
        None => in_words(text)?,
    };
    let (name, value) = (name.trim(), value.trim());
    let is_named = !name.is_empty() && name.len() <= LONGEST_NAME && !name.contains([',', ';', '\t', '{', '"']);
    (is_named && is_value(value)).then_some((name, value))
}

/// `insert 0.818`, `0 7.35 ms`: the last word that is a number begins the value.
fn in_words(text: &str) -> Option<(&str, &str)> {
    let (before, last) = text.rsplit_once(char::is_whitespace)?;
    if last.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
        return Some((before, last));
    }
    let (name, _) = before.trim_end().rsplit_once(char::is_whitespace)?;
    Some((name, text.get(name.len()..)?.trim_start()))
}

/// Whether a text is a number, or an amount with a unit.
fn is_value(text: &str) -> bool {
    cells::look(text.as_bytes(), DecimalMark::Point).is_value()
}

fn row_of(name: &str, value: &str) -> RowBuffer {
    let mut row = RowBuffer::default();
    row.push(name.as_bytes());
    row.push(value.as_bytes());
    row
}

/// Whether all names are whole numbers.
fn are_numbers<'n>(mut names: impl Iterator<Item = &'n str>) -> bool {
    names.all(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether what stands in front are amounts themselves, and no name: `12.3%  45MiB /` before a limit.
fn is_of_amounts(name: &str) -> bool {
    let words = || name.split_whitespace().filter(|word| *word != "/");
    let is_amount = |word: &str| matches!(cells::look(word.as_bytes(), DecimalMark::Point), Look::Quantity(..));
    words().count() > 1 && words().all(is_amount)
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let lines = head.lines();
    let mut lines = lines.iter().filter(|line| !line.trim_ascii().is_empty());
    let named: Vec<(&str, &str)> = lines.by_ref().map(|line| parts(line)).collect::<Option<_>>()?;
    let mut often: HashMap<&str, usize> = HashMap::new();
    for (name, _) in &named {
        *often.entry(name).or_default() += 1;
    }
    let numbered = are_numbers(named.iter().map(|(name, _)| *name));
    if named.iter().all(|(name, _)| is_of_amounts(name)) {
        return None;
    }
    (named.len() >= FEWEST_LINES && (numbered || often.values().all(|count| *count >= 2)))
        .then(|| vec![format!("a name and a number in each of the first {} lines", named.len())])
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let storage = sink.storage.clone();
    let mut waiting: Vec<(RowBuffer, u64)> = Vec::new();
    let mut numbered = true;
    let mut table: Option<TableBuilder> = None;
    let open = |waiting: &mut Vec<(RowBuffer, u64)>, numbered: bool| {
        let names = if numbered { ["", ""] } else { ["metric", "value"] };
        let rows: Vec<Row<'_>> = waiting.iter().map(|(row, _)| row.row()).collect();
        let types: Vec<CellType> = column_types(&rows, names.len(), DecimalMark::Point);
        let mut table = TableBuilder::new(&storage, names.map(str::to_owned).to_vec(), &types);
        waiting.drain(..).for_each(|(row, line)| table.push(row.row(), line));
        (table.rows() > 0).then_some(table)
    };
    while let Some(record) = records.next()? {
        let line = record.line;
        let Some((name, value)) = parts(record.bytes) else {
            if !record.bytes.trim_ascii().is_empty() {
                sink.provenance.set_aside("no name with a number behind it", line);
            }
            continue;
        };
        let row = row_of(name, value);
        if let Some(table) = &mut table {
            table.push(row.row(), line);
        } else {
            numbered &= are_numbers(std::iter::once(name));
            waiting.push((row, line));
        }
        if waiting.len() == SAMPLE_ROWS {
            table = open(&mut waiting, numbered);
        }
    }
    sink.tables.extend(table.take().or_else(|| open(&mut waiting, numbered)));
    if numbered {
        let reason = "each line is a number and a value, so the columns have no names";
        let action = "columns are called column_1 and column_2; roles and units are inferred from the values alone";
        sink.find(Severity::Note, FindingKind::MissingHeader, 1, reason, action);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;
    use crate::table::Role;

    #[test]
    fn a_line_is_a_name_and_a_number_with_or_without_its_unit() {
        for (line, expected) in [
            ("4: 6732712ns", Some(("4", "6732712ns"))),
            ("0 7.35471 ms", Some(("0", "7.35471 ms"))),
            ("insert 0.818375", Some(("insert", "0.818375"))),
            ("warm start = 12.5 ms", Some(("warm start", "12.5 ms"))),
            ("PHP[8.1]: 10 1.50", None),
            ("environment: tf-1.13", None),
            ("======", None),
            ("12", None),
        ] {
            assert_eq!(parts(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn numbers_in_front_are_a_column_and_names_are_metrics() {
        let swept = read_text("scaling.txt", "1: 9755472ns\n2: 6640167ns\n4: 6732712ns\n8: 7150701ns\n");
        assert_eq!(swept.provenance.format, "named-values");
        let roles: Vec<Role> = swept.tables[0].columns.iter().map(|column| column.role).collect();
        assert_eq!(roles, [Role::Setting, Role::Metric]);
        let named = read_text("t.txt", "int 0.81\ndouble 1.18\nerrors 0\nint 0.72\ndouble 1.09\nerrors 0\n");
        let names: Vec<&str> = named.tables.iter().filter_map(|table| table.name.as_deref()).collect();
        assert_eq!(names, ["int", "double", "errors"]);
    }

    #[test]
    fn a_list_of_settings_is_none() {
        let head = |text: &'static str| sniff(&Head::new(text.as_bytes(), true));
        assert!(head("threads: 4\nport: 8080\nretries: 3\n").is_none());
        assert!(head("a 1\nb 2\n").is_none());
        assert!(head("the 3\nfirst: x\nline 4\n").is_none());
    }
}
