//! The table that JMH prints at the end of a run: a line a benchmark with its score.
//!
//! In: lines of any kind, among them a header (`Benchmark (size) Mode Cnt Score Error Units`) and the lines below it. Out: reported
//! numbers, as from JMH's CSV. `Cnt` and `Error` are empty where there is one sample, so that a line is read from its mode and its unit
//! inwards. Definition: JMH's `TextResultFormat`.

use crate::ingest::format::{AnyRecords, Failures, FindingKind, Format, Holds, IngestError, RowKind, Severity, Sink};
use crate::ingest::formats::bench::{jmh, jmh_csv};
use crate::ingest::summaries::caveat;
use crate::ingest::summary_tables::TextRow;

pub(crate) const FORMAT: Format = Format {
    name: "jmh-text",
    about: "the table that JMH prints when a run ends: the score of each benchmark with its error",
    latency: "time of one operation in modes avgt, sample and ss; mode thrpt measures operations per time",
    failures: Failures::NotRecorded,
    holds: Holds::Summaries,
    row: RowKind::Run,
    example: "java -jar benchmarks.jar | tee jmh.txt && perfreport summarize jmh.txt",
    upstream: "openjdk/jmh: results/format/TextResultFormat.java",
    sniff: |head| {
        let text = String::from_utf8_lossy(head.bytes);
        let mut lines = text.lines().skip_while(|line| header(line).is_none());
        let parameters = header(lines.next()?)?;
        // Who prints the table anew may draw a line below the names.
        row(lines.find(|line| !is_rule(line))?, &parameters, 0)?;
        Some(vec!["a header `Benchmark … Mode … Score … Units` above lines with one of JMH's modes".to_owned()])
    },
    read: |records, _, sink| read(records, sink),
};

/// Stands between a score and its error.
const ERROR: &str = "±";
/// Stands before a score of which only the power of ten is printed.
const ABOUT: &str = "≈";

/// Whether a line is nothing but drawn.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.bytes().all(|byte| matches!(byte, b'-' | b'=' | b'_' | b'*'))
}

/// The names of the parameters in a header: the words in brackets between `Benchmark` and `Mode`.
fn header(line: &str) -> Option<Vec<String>> {
    let mut words = line.split_whitespace().skip_while(|word| *word != "Benchmark");
    words.next()?;
    let mut parameters = Vec::new();
    let mode = words.find(|word| {
        parameters.extend(word.strip_prefix('(').and_then(|word| word.strip_suffix(')')).map(str::to_owned));
        !word.starts_with('(')
    });
    let rest: Vec<&str> = words.collect();
    (mode == Some("Mode") && rest.contains(&"Score") && rest.last() == Some(&"Units")).then_some(parameters)
}

/// The line of a benchmark as a row of JMH's CSV; a score without digits of its own is an empty cell.
fn row(line: &str, parameters: &[String], number: u64) -> Option<TextRow> {
    let words: Vec<&str> = line.trim_start_matches("[INFO]").split_whitespace().collect();
    let (name, words) = words.split_first()?;
    let (unit, words) = words.split_last()?;
    let known = |word: &&str| jmh::MODES.iter().any(|mode| mode.written == *word);
    // A parameter may be called like a mode, or have blanks where it is the only one.
    let at = words.iter().skip(parameters.len()).position(known)? + parameters.len();
    let values = match parameters.len() {
        1 => vec![words[..at].join(" ")],
        count if count == at => words[..at].iter().map(|word| (*word).to_owned()).collect(),
        _ => return None,
    };
    let (count, score, error) = match &words[at + 1..] {
        [ABOUT, _] | [_, ABOUT, _] => ("", "", ""),
        [score] => ("", *score, ""),
        [count, score] => (*count, *score, ""),
        [score, ERROR, error] => ("", *score, *error),
        [count, score, ERROR, error] | [count, score, error] => (*count, *score, *error),
        _ => return None,
    };
    // Nothing groups the digits of a score: its comma is a decimal mark.
    let plain = |text: &str| text.replace(',', ".");
    let mut cells = vec![(*name).to_owned(), words[at].to_owned(), count.to_owned(), plain(score), plain(error)];
    cells.push((*unit).to_owned());
    cells.extend(values);
    Some(TextRow { cells, line: number })
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let mut tables: Vec<(Vec<String>, Vec<TextRow>)> = Vec::new();
    let mut without_digits: Vec<u64> = Vec::new();
    while let Some(record) = records.next()? {
        let (text, line) = (String::from_utf8_lossy(record.bytes), record.line);
        if let Some(parameters) = header(&text) {
            tables.push((parameters, Vec::new()));
            continue;
        }
        let Some((parameters, rows)) = tables.last_mut() else { continue };
        match row(&text, parameters, line) {
            Some(row) if row.cell(3).is_empty() => without_digits.push(line),
            Some(row) => rows.push(row),
            None if rows.is_empty() || text.trim().is_empty() || !text.contains(ERROR) => {}
            None => sink.provenance.set_aside("a line that is no row of the table", line),
        }
    }
    give(tables, sink);
    if let Some(&first) = without_digits.first() {
        let reason = "of this score nothing but its power of ten is printed (`≈ 10⁻³`)";
        let action = "it was left out; a finer unit (`-tu ns`) or `-rf json` gives its digits";
        let finding = sink.find(Severity::Note, FindingKind::NoResult, first, reason, action);
        finding.count = without_digits.len() as u64;
    }
    caveat(sink, jmh_csv::CAVEAT);
    Ok(())
}

/// Gives the rows of all tables to the sink. Where several runs of the same benchmarks stand in one text, the number of its table tells
/// the numbers of a benchmark apart.
fn give(tables: Vec<(Vec<String>, Vec<TextRow>)>, sink: &mut Sink) {
    let key = |row: &TextRow| [&row.cells[..2], &row.cells[6..]].concat();
    let mut seen: Vec<Vec<String>> = Vec::new();
    let mut several = false;
    for (_, rows) in &tables {
        let here: Vec<Vec<String>> = rows.iter().map(key).collect();
        several |= here.iter().any(|key| seen.contains(key));
        seen.extend(here);
    }
    for (number, (mut parameters, mut rows)) in (1..).zip(tables) {
        if several {
            parameters.push("table".to_owned());
            for row in &mut rows {
                row.cells.push(format!("{number}"));
            }
        }
        let mut header = ["Benchmark", "Mode", "Samples", "Score", "Score Error", "Unit"].map(str::to_owned).to_vec();
        header.extend(parameters.iter().map(|name| format!("{}{name}", jmh_csv::PARAMETER)));
        jmh_csv::take(&header, &rows.iter().collect::<Vec<_>>(), sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;
    use crate::measure::{Polarity, Statistic};

    #[test]
    fn counts_and_errors_may_be_missing_and_parameters_tell_benchmarks_apart() {
        let text = "# Run complete. Total time: 00:01:20\n\n\
            Benchmark            (kind)  (size)   Mode  Cnt     Score    Error   Units\n\
            Sort.quick            array     100   avgt          0,012            ms/op\n\
            Sort.quick            array   10000   avgt    5  1789,367 ±  3,200  ms/op\n\
            Sort.quick             list     100   avgt         ≈ 10⁻³            ms/op\n\
            Sort.quick:·gc.alloc  array     100   avgt    5    48.000 ±  0.100    B/op\n\
            Sort.merge            array     100  thrpt    5    12.500 ±  0.250  ops/ms\n";
        let found = read_text("jmh.txt", text);
        assert_eq!(found.provenance.format, "jmh-text");
        let of = |label: &str| found.reported.iter().find(|one| one.label.as_deref() == Some(label)).unwrap();
        let small = of("Sort.quick [kind=array, size=100]");
        assert_eq!((small.number(Statistic::Mean), small.polarity), (Some(12e-6), Polarity::LowerIsBetter));
        let large = of("Sort.quick [kind=array, size=10000]");
        assert_eq!((large.number(Statistic::Mean), large.number(Statistic::Count)), (Some(1.789_367), Some(5.0)));
        assert_eq!(large.number(Statistic::MeanError), Some(3.2e-3));
        let merge = of("Sort.merge [kind=array, size=100]");
        assert_eq!((merge.number(Statistic::Mean), merge.polarity), (Some(12_500.0), Polarity::HigherIsBetter));
        assert!(found.reported.iter().all(|one| one.label.as_deref() != Some("Sort.quick [kind=list, size=100]")));
        assert_eq!(found.findings.len(), 1, "{:?}", found.findings);
    }

    #[test]
    fn the_same_benchmark_in_two_tables_is_told_apart() {
        let table = |score: &str| {
            format!("Benchmark  (n)  Mode  Cnt  Score  Error  Units\nA.b  10  avgt  {score}  us/op\n\nBUILD SUCCESS\n")
        };
        let found = read_text("jmh.txt", table("1.5") + &table("3  2.5 ± 0.5"));
        let labels: Vec<&str> = found.reported.iter().filter_map(|one| one.label.as_deref()).collect();
        assert_eq!(labels, ["A.b [n=10, table=1]", "A.b [n=10, table=2]"]);
    }

    #[test]
    fn a_line_may_be_drawn_below_the_names_and_commas_are_decimal() {
        let text = "Benchmark   Mode  Cnt  Score  Error  Units\n=====\nplain  avgt  1  0,730  0,000  ns/op\nproxy  avgt  1  4,218  0,000  ns/op\n";
        let found = read_text("jmh.txt", text);
        assert_eq!(found.provenance.format, "jmh-text");
        let scores: Vec<Option<f64>> = found.reported.iter().map(|one| one.number(Statistic::Mean)).collect();
        assert_eq!(scores, [Some(0.73e-9), Some(4.218e-9)]);
    }

    #[test]
    fn a_header_of_another_tool_is_none() {
        assert_eq!(header("Benchmark          Time             CPU   Iterations"), None);
        assert_eq!(header("Benchmark Mode Samples Score Score error Units"), Some(Vec::new()));
        assert_eq!(header("[INFO] Benchmark (n) Mode Cnt Score Error Units"), Some(vec!["n".to_owned()]));
    }
}
