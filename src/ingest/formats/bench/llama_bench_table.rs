//! The tables that `llama-bench` prints (`-o md`, and without `-o`): Markdown, in a text or alone.
//!
//! In: lines between bars under a header with `test` and `t/s`; `90.50 ± 0.10` is a mean with its standard deviation. Out: reported numbers
//! for each test, with the columns in which tests differ; what stands above a table as a title tells tests of the same name apart.

use std::collections::BTreeMap;

use crate::ingest::format::{AnyRecords, Head, IngestError, Polarity, Sink, Statistic, Unit};
use crate::ingest::summaries::{Summary, setting};

/// The column with the throughput.
const RATE: &str = "t/s";
/// The column with the test.
const TEST: &str = "test";
/// What describes a model rather than tells tests apart.
const OF_MODEL: [&str; 2] = ["size", "params"];

/// A row of a table: its cells by the names of their columns, and the title above its table.
struct Test {
    cells: BTreeMap<String, String>,
    /// The columns in their order.
    names: Vec<String>,
    title: String,
    line: u64,
}

/// The evidence that a text has such a table.
pub(super) fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let header = |line: &&[u8]| {
        let cells = cells(&String::from_utf8_lossy(line));
        let has = |name: &str| cells.iter().any(|cell| cell == name);
        has("model") && has(TEST) && has(RATE) && has("backend")
    };
    let found = head.lines().iter().any(header);
    found.then(|| {
        vec!["a Markdown table with the columns model, backend, test and t/s, as llama-bench prints it".to_owned()]
    })
}

/// The cells between bars; none where a line is no row.
fn cells(line: &str) -> Vec<String> {
    let inside = line.trim().strip_prefix('|').and_then(|rest| rest.strip_suffix('|'));
    inside.map_or_else(Vec::new, |inside| inside.split('|').map(|cell| cell.trim().to_owned()).collect())
}

/// Reads all tables of a text.
pub(super) fn read(
    records: &mut AnyRecords<'_>,
    (metric, meaning): (&str, &str),
    sink: &mut Sink,
) -> Result<(), IngestError> {
    let (mut header, mut tests, mut title) = (Vec::new(), Vec::new(), String::new());
    while let Some(record) = records.next()? {
        let line = String::from_utf8_lossy(record.bytes).into_owned();
        let row = cells(&line);
        if row.is_empty() {
            header.clear();
            note(&line, &mut title, sink);
            continue;
        }
        let is_rule = row.iter().all(|cell| !cell.is_empty() && cell.bytes().all(|byte| matches!(byte, b'-' | b':')));
        if header.is_empty() {
            header = row;
        } else if !is_rule && row.len() == header.len() {
            let cells = header.iter().cloned().zip(row).collect();
            tests.push(Test { cells, names: header.clone(), title: title.clone(), line: record.line });
        } else if !is_rule {
            sink.provenance.set_aside("a row with other fields than its header", record.line);
        }
    }
    tests.retain(|test: &Test| test.cells.contains_key(RATE) && test.cells.contains_key(TEST));
    give(&tests, (metric, meaning), sink);
    Ok(())
}

/// What a line outside of tables says: a title, or the build.
fn note(line: &str, title: &mut String, sink: &mut Sink) {
    let text = line.trim();
    if let Some(build) = text.strip_prefix("build:") {
        setting(sink, "llama.cpp", Some(build.trim()));
        title.clear();
    } else if text.starts_with(['#', '=']) {
        let inside = text.trim_matches(|letter: char| matches!(letter, '#' | '=') || letter.is_whitespace());
        if !inside.is_empty() {
            inside.clone_into(title);
        }
    }
}

fn give(tests: &[Test], (metric, meaning): (&str, &str), sink: &mut Sink) {
    let differs = |name: &&String| {
        let is_other = ![RATE, TEST].contains(&name.as_str()) && !OF_MODEL.contains(&name.as_str());
        is_other && tests.iter().any(|test| test.cells.get(*name) != tests[0].cells.get(*name))
    };
    for name in tests.first().into_iter().flat_map(|test| &test.names).filter(|name| !differs(name)) {
        if ![RATE, TEST].contains(&name.as_str()) {
            setting(sink, name, tests[0].cells.get(name));
        }
    }
    let label = |test: &Test, titled: bool| {
        let of = |name: &String| format!("{name}={}", test.cells.get(name).map_or("", String::as_str));
        let title = Some(test.title.clone()).filter(|title| titled && !title.is_empty());
        let parts: Vec<String> = title.into_iter().chain(test.names.iter().filter(differs).map(of)).collect();
        let own = &test.cells[TEST];
        if parts.is_empty() { own.clone() } else { format!("{own} [{}]", parts.join(", ")) }
    };
    let times = |all: &[String], one: &String| all.iter().filter(|other| *other == one).count();
    let plain: Vec<String> = tests.iter().map(|test| label(test, false)).collect();
    let titled = plain.iter().any(|one| times(&plain, one) > 1);
    let labels: Vec<String> = tests.iter().map(|test| label(test, titled)).collect();
    for (index, test) in tests.iter().enumerate() {
        let before = times(&labels[..index], &labels[index]);
        let label = if before > 0 { format!("{} #{}", labels[index], before + 1) } else { labels[index].clone() };
        let written = &test.cells[RATE];
        let (mean, deviation) =
            written.split_once('±').map_or((written.as_str(), None), |(mean, rest)| (mean, Some(rest)));
        let mut summary =
            Summary::new(metric, Unit::PER_SECOND, Some(meaning)).of(Some(&label)).polarity(Polarity::HigherIsBetter);
        summary.add_written(Statistic::Mean, mean.trim(), mean.trim().parse().ok(), test.line);
        // A deviation of 0 is what it writes for a single repetition, which has none.
        let deviation = deviation.and_then(|deviation| deviation.trim().parse().ok()).filter(|one| *one != 0.0);
        summary.add_at(Statistic::Stddev, deviation, Some(test.line));
        summary.give(sink);
    }
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    #[test]
    fn each_row_is_a_test_and_titles_tell_tables_apart() {
        let table = |rate: &str| {
            format!(
                "| model | size | params | backend | ngl | test | t/s |\n| --- | ---: | ---: | --- | --: | ---: | ---: |\n\
                 | llama 7B Q4_0 | 3.56 GiB | 6.74 B | Vulkan | 99 | pp512 | {rate} ± 3.25 |\n\
                 | llama 7B Q4_0 | 3.56 GiB | 6.74 B | Vulkan | 99 | tg128 | 90.50 ± 0.00 |\n\nbuild: abc (1)\n\n"
            )
        };
        let found = read_text("a.md", table("1500.5"));
        assert_eq!(found.provenance.format, "llama-bench");
        let of = |found: &crate::table::source::Source| -> Vec<(String, Option<f64>, Option<f64>)> {
            let numbers = |one: &crate::measure::reported::Reported| {
                (one.label.clone().unwrap(), one.number(Statistic::Mean), one.number(Statistic::Stddev))
            };
            found.reported.iter().map(numbers).collect()
        };
        assert_eq!(of(&found), [("pp512".into(), Some(1500.5), Some(3.25)), ("tg128".into(), Some(90.5), None)]);
        assert_eq!(found.provenance.environment["llama.cpp"], "abc (1)");
        let two = format!("### GPU 0 ###\nggml_vulkan: found\n{}### GPU 1 ###\n{}", table("1500.5"), table("198.5"));
        let found = read_text("a.txt", two);
        let labels: Vec<String> = of(&found).into_iter().map(|(label, ..)| label).collect();
        assert_eq!(labels, ["pp512 [GPU 0]", "tg128 [GPU 0]", "pp512 [GPU 1]", "tg128 [GPU 1]"]);
    }
}
