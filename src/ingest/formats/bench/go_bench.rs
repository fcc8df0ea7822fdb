//! The text that `go test -bench` prints: `BenchmarkX-8 1000 123 ns/op 16 B/op 1 allocs/op`.
//!
//! In: lines of text, of one or several packages. Out: a row for each benchmark line; a line is one run of the benchmark
//! over N iterations, and N is no measurement. What the benchmark itself prints, and PASS, FAIL and `ok` lines, are
//! passed over; a benchmark that is named as failed, or that panicked, is one of which every row failed.

use std::collections::BTreeSet;

use crate::measure::finding::{Finding, Place};

use crate::ingest::benchmarks::{Bench, Sample};
use crate::ingest::format::{
    AnyRecords, Declared, Failures, FindingKind, Format, Head, Holds, IngestError, Polarity, RowKind, Severity, Sink,
    SourceOptions, Unit,
};

pub(crate) const FORMAT: Format = Format {
    name: "go-bench",
    about: "text of go test -bench: a line a run of a benchmark, with time, bytes, allocations and units of its own",
    latency: MEANING,
    failures: Failures::Recorded("`--- FAIL` lines and panics: all of such a benchmark failed"),
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "go test -bench . -benchmem -count 10 > bench.txt && perfreport summarize bench.txt",
    upstream: "golang/proposal: design/14313-benchmark-format.md",
    sniff,
    read,
};

/// Damaged lines that are named; the rest are counted.
const NAMED_DAMAGED: u64 = 50;

const MEANING: &str = "wall time of one operation, averaged over the iterations of a run";

/// The units of the testing package with the metric each is of, named as benchstat names them.
const KNOWN: [(&str, &str); 4] =
    [("ns/op", "time/op"), ("B/op", "alloc/op"), ("allocs/op", "allocs/op"), ("MB/s", "speed")];

fn declared() -> [Declared; 4] {
    let lower = Some(Polarity::LowerIsBetter);
    let higher = Some(Polarity::HigherIsBetter);
    let allocated = "memory allocated for one operation";
    [
        Declared::metric("time/op", Some(Unit::NANOSECOND), lower, Some(MEANING), "go test: ns/op"),
        Declared::metric("alloc/op", Some(Unit::BYTE), lower, Some(allocated), "go test: B/op"),
        Declared::metric(
            "allocs/op",
            Some(Unit::COUNT),
            lower,
            Some("allocations for one operation"),
            "go test: allocs/op",
        ),
        // A megabyte is a million bytes there.
        Declared::metric("speed", Unit::parse("MB/s"), higher, Some("bytes handled per second"), "go test: MB/s"),
    ]
}

/// A line of results.
#[derive(Debug, PartialEq)]
struct Line<'a> {
    name: &'a str,
    /// Values as written, and their units.
    values: Vec<(&'a str, &'a str)>,
}

/// A benchmark's name: `Benchmark`, then no lower-case letter.
fn is_name(word: &str) -> bool {
    word.strip_prefix("Benchmark").is_some_and(|rest| !rest.starts_with(char::is_lowercase))
}

/// `N value unit value unit …`
fn results<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<Vec<(&'a str, &'a str)>> {
    words.next()?.parse::<u64>().ok()?;
    let mut values = Vec::new();
    while let Some(value) = words.next() {
        // Go writes NaN and infinities as `NaN`, `+Inf`.
        value.parse::<f64>().ok()?;
        values.push((value, words.next()?));
    }
    (!values.is_empty()).then_some(values)
}

fn parse(line: &str) -> Option<Line<'_>> {
    let mut words = line.split_whitespace();
    let name = words.next().filter(|word| is_name(word))?;
    Some(Line { name, values: results(words)? })
}

/// Whether a line of results is damaged: it has a count, and what follows begins as results do and does not end so. What
/// a benchmark prints behind its name is no such line.
fn is_damaged<'a>(words: impl Iterator<Item = &'a str>, terminated: bool) -> bool {
    let words: Vec<&str> = words.collect();
    let Some((count, rest)) = words.split_first() else { return false };
    let known = |word: &&str| KNOWN.iter().any(|(unit, _)| unit == word);
    let begun = |word: &&str| !known(word) && KNOWN.iter().any(|(unit, _)| unit.starts_with(word));
    let timed = rest.iter().any(known);
    match results(words.iter().copied()) {
        // The last unit was cut off with the file, or one has lost its end.
        Some(values) if !terminated => values.last().is_some_and(|(_, unit)| begun(unit)),
        Some(values) => !timed && values.iter().any(|(_, unit)| begun(unit)),
        None => {
            let number = |word: &&str| word.parse::<f64>().is_ok();
            count.parse::<u64>().is_ok() && (timed || !terminated && rest.iter().all(number))
        }
    }
}

/// Whether a line says that the run did not end well: a panic, or the word of `go test` for a package that failed.
fn is_end(text: &str) -> bool {
    text.starts_with("panic: ") || text == "FAIL" || text.starts_with("FAIL\t")
}

/// A name without the number of processors behind it.
fn bare(name: &str) -> &str {
    let is_number = |rest: &&str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    name.rsplit_once('-').filter(|(_, rest)| is_number(rest)).map_or(name, |(name, _)| name)
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(head.bytes);
    let line = text
        .lines()
        .find(|line| parse(line).is_some_and(|found| found.values.iter().any(|(_, unit)| unit.contains('/'))))?;
    let name = line.split_whitespace().next().unwrap_or_default();
    Some(vec![format!("a line reads `{name} N value unit`, as go test -bench prints")])
}

/// What was read, until it is known whether all lines have the same units.
#[derive(Default)]
struct BenchRows {
    rows: Vec<BenchRow>,
    packages: BTreeSet<String>,
    /// What failed: package, name and line.
    failed: Vec<(String, String, u64)>,
    /// With what the run ended other than its results: `panic: …`, `FAIL`.
    ended: Option<(String, u64)>,
}

/// What a panic is called that stands behind no benchmark.
const PANIC: &str = "(panic)";

struct BenchRow {
    package: String,
    name: String,
    values: Vec<(String, String)>,
    line: u64,
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let mut bench = Bench::new(sink, declared());
    let mut found = BenchRows::default();
    let mut package = String::new();
    let mut system: [String; 2] = Default::default();
    // A benchmark that prints splits its line: the name stands before what it prints, the numbers behind.
    let mut waiting: Option<String> = None;
    let mut damaged: u64 = 0;
    while let Some(record) = records.next()? {
        let (line, terminated) = (record.line, record.terminated);
        let text = String::from_utf8_lossy(record.bytes);
        let text = text.trim();
        let named = text.split_whitespace().next().is_some_and(is_name);
        let behind_name = text.split_whitespace().skip(usize::from(named));
        if is_end(text) {
            // A benchmark that panics has written its name and nothing else.
            if text.starts_with("panic: ") {
                let name = waiting.take().unwrap_or_else(|| PANIC.to_owned());
                found.failed.push((package.clone(), name, line));
            }
            found.ended.get_or_insert_with(|| (text.to_owned(), line));
        } else if (named || waiting.is_some()) && is_damaged(behind_name, terminated) {
            damaged += 1;
            note_damaged(text, line, terminated, damaged, &mut bench);
            waiting = None;
        } else if let Some(of_line) = parse(text) {
            found.push(&package, of_line.name, &of_line.values, line);
            waiting = None;
        } else if let Some((key, value)) = text.split_once(": ").filter(|(key, _)| !key.contains(' ')) {
            match key {
                "goos" => value.clone_into(&mut system[0]),
                "goarch" => value.clone_into(&mut system[1]),
                "cpu" => bench.fact("cpu", value),
                "pkg" => {
                    value.clone_into(&mut package);
                    found.packages.insert(package.clone());
                }
                _ => {}
            }
        } else if let Some(failed) = text.strip_prefix("--- FAIL: ").filter(|rest| is_name(rest)) {
            waiting = None;
            let name = failed.split_whitespace().next().unwrap_or(failed).to_owned();
            bench.set_aside(&format!("`{name}` failed"), line);
            found.failed.push((package.clone(), name, line));
        } else if let Some(name) = text.split_whitespace().next().filter(|word| is_name(word)) {
            // Its name was written without an end of line.
            let panicked = text[name.len()..].trim_start().starts_with("panic: ");
            if panicked {
                found.failed.push((package.clone(), name.to_owned(), line));
            }
            waiting = (!panicked).then(|| name.to_owned());
        } else if let Some(name) = waiting.clone()
            && let Some(values) = results(text.split_whitespace())
        {
            found.push(&package, &name, &values, line);
            waiting = None;
        }
    }
    if damaged > NAMED_DAMAGED {
        let more = damaged - NAMED_DAMAGED;
        let reason = format!("{more} more lines of results cannot be read");
        let place = Place::source(&bench.sink.provenance.name);
        let finding =
            Finding::new(Severity::Corrupted, FindingKind::MalformedRecord, place, reason, "the lines were set aside");
        bench.sink.findings.push(finding.count(more));
    }
    bench.fact("os", &system.join(" "));
    found.give(&mut bench);
    bench.finish();
    Ok(())
}

/// Says that a line of results cannot be read.
fn note_damaged(text: &str, line: u64, terminated: bool, damaged: u64, bench: &mut Bench<'_>) {
    bench.set_aside("lines of results that are not pairs of a value and its unit", line);
    if damaged > NAMED_DAMAGED {
        return;
    }
    let (kind, reason) = if terminated {
        (FindingKind::MalformedRecord, "a line of results that is not pairs of a value and its unit")
    } else {
        (FindingKind::TruncatedLine, "the last line of results was cut off")
    };
    let place = Place::line(&bench.sink.provenance.name, line);
    let finding = Finding::new(Severity::Corrupted, kind, place, reason, "the line was set aside");
    bench.sink.findings.push(finding.value(text));
}

impl BenchRows {
    fn push(&mut self, package: &str, name: &str, values: &[(&str, &str)], line: u64) {
        let metric =
            |unit: &str| KNOWN.iter().find(|(known, _)| *known == unit).map_or(unit, |(_, name)| *name).to_owned();
        let values = values.iter().map(|(value, unit)| (metric(unit), (*value).to_owned())).collect();
        self.rows.push(BenchRow { package: package.to_owned(), name: name.to_owned(), values, line });
    }

    fn give(self, bench: &mut Bench<'_>) {
        let units: BTreeSet<Vec<&str>> =
            self.rows.iter().map(|row| row.values.iter().map(|(metric, _)| metric.as_str()).collect()).collect();
        for metric in units.iter().flatten() {
            let declared =
                Declared::metric("", own_unit(metric), None, None, "go test: a unit that the benchmark reports");
            bench.declare(metric, declared);
        }
        let named = |package: &str, name: &str| match self.packages.len() {
            0 | 1 => name.to_owned(),
            _ => format!("{package}.{name}"),
        };
        let any = !self.failed.is_empty();
        // One table where all lines have the same units, otherwise one for each: no cell is empty then.
        let together = units.len() == 1;
        for row in &self.rows {
            let failed = any.then(|| self.has_failed(row));
            let values: Vec<(&str, &str)> =
                row.values.iter().map(|(metric, value)| (metric.as_str(), value.as_str())).collect();
            let (label, width) = (named(&row.package, &row.name), if together { values.len() } else { 1 });
            for values in values.chunks(width) {
                bench.push(&Sample { label: &label, run: None, failed, unit: None, values, line: row.line });
            }
        }
        // What failed before it had a result has a row without one.
        let metrics: BTreeSet<&str> = units.iter().flatten().copied().collect();
        let metrics: Vec<&str> = match units.first().filter(|_| together) {
            Some(all) => all.clone(),
            None => metrics.into_iter().collect(),
        };
        for (package, name, line) in self.without_rows() {
            let values: Vec<(&str, &str)> = metrics.iter().map(|metric| (*metric, "")).collect();
            let (label, width) = (named(package, name), if together { values.len() } else { 1 });
            for values in values.chunks(width.max(1)) {
                bench.push(&Sample { label: &label, run: None, failed: Some(true), unit: None, values, line: *line });
            }
        }
        if let Some((text, line)) = &self.ended {
            let reason = format!("the run ended with `{text}`: not everything in it did well");
            let action = "what it measured before was read";
            bench.find(Severity::Suspicious, FindingKind::NoResult, *line, reason, action);
        }
    }

    /// Whether a benchmark is named as failed: whatever it measured before.
    fn has_failed(&self, row: &BenchRow) -> bool {
        self.failed.iter().any(|(package, name, _)| *package == row.package && bare(name) == bare(&row.name))
    }

    /// What failed and has no row, each once; of a benchmark with parts only the parts.
    fn without_rows(&self) -> impl Iterator<Item = &(String, String, u64)> {
        let has_row = |failed: &(String, String, u64)| {
            self.rows.iter().any(|row| row.package == failed.0 && bare(&row.name) == bare(&failed.1))
        };
        let has_parts = |(package, name, _): &(String, String, u64)| {
            let part = format!("{}/", bare(name));
            self.failed.iter().any(|(of, other, _)| of == package && other.starts_with(&part))
        };
        let first = |index: usize| {
            let (package, name, _) = &self.failed[index];
            !self.failed[..index].iter().any(|(of, other, _)| of == package && other == name)
        };
        let each = self.failed.iter().enumerate();
        each.filter(move |(index, failed)| first(*index) && !has_row(failed) && !has_parts(failed))
            .map(|(_, failed)| failed)
    }
}

/// The unit of a metric that a benchmark names itself, where the name ends in one by Go's convention: `p99-ns/op`.
fn own_unit(metric: &str) -> Option<Unit> {
    let amount = metric.split('/').next()?;
    match amount.rsplit('-').next()? {
        "ns" => Some(Unit::NANOSECOND),
        "B" | "bytes" => Some(Unit::BYTE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_name_a_count_and_pairs() {
        let line = parse("BenchmarkSort/n=64-2  \t 31814\t 2937 ns/op\t 174.35 MB/s\t 2 allocs/op").unwrap();
        assert_eq!(line.name, "BenchmarkSort/n=64-2");
        assert_eq!(line.values, [("2937", "ns/op"), ("174.35", "MB/s"), ("2", "allocs/op")]);
        for text in
            ["Benchmarking 3 4 x/y", "BenchmarkX", "BenchmarkX 5", "BenchmarkX 5 6", "BenchmarkX a 6 ns/op", "ok x 1s"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn own_units_end_in_one_that_is_known() {
        assert_eq!(own_unit("p99-ns/op"), Some(Unit::NANOSECOND));
        assert_eq!(own_unit("items/op"), None);
    }
}
