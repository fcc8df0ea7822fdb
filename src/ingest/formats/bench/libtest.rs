//! The text of Rust's built-in benchmarks (`cargo bench` with `#[bench]`): `test name ... bench: 1,234 ns/iter (+/- 56)`.
//!
//! In: such lines among others. Out: reported numbers: the median, and how far the fastest and the slowest are apart.
//! Definition: rust-lang/rust, `library/test/src/bench.rs`.

use crate::measure::unit::Dimension;

use crate::ingest::benchmarks;
use crate::ingest::format::{
    AnyRecords, Failures, Format, Holds, IngestError, Polarity, RowKind, Sink, Statistic, Unit,
};
use crate::ingest::summaries::Summary;

const MEANING: &str = "time of one iteration, the median of the samples";

pub(crate) const FORMAT: Format = Format {
    name: "libtest",
    about: "Rust's built-in benchmarks, as `cargo bench` prints them",
    latency: MEANING,
    failures: Failures::NotRecorded,
    holds: Holds::Summaries,
    row: RowKind::Run,
    example: "cargo +nightly bench > bench.txt && perfreport summarize bench.txt",
    upstream: "rust-lang/rust, library/test/src/bench.rs, fmt_bench_samples",
    sniff: |head| {
        let text = String::from_utf8_lossy(head.bytes);
        text.lines().find_map(parse)?;
        Some(vec!["it has lines `test … bench: … ns/iter (+/- …)`".to_owned()])
    },
    read: |records, _, sink| read(records, sink),
};

/// A line of a benchmark.
struct BenchLine<'l> {
    name: &'l str,
    unit: Unit,
    median: f64,
    spread: Option<f64>,
    /// Megabytes a second.
    rate: Option<f64>,
}

/// `test name ... bench: 1,234 ns/iter (+/- 56) = 78 MB/s`; other harnesses write other units of time.
fn parse(line: &str) -> Option<BenchLine<'_>> {
    let (name, rest) = line.trim().strip_prefix("test ")?.split_once("... bench:")?;
    let number = |text: &str| text.trim().replace(',', "").parse::<f64>().ok();
    let (time, rest) = rest.split_once("/iter")?;
    let (time, unit) = time.trim().rsplit_once(' ')?;
    let unit = Unit::parse(unit).filter(|unit| unit.dimension == Dimension::Time)?;
    let spread = rest.split_once("(+/-").and_then(|(_, rest)| number(rest.split_once(')')?.0));
    let rate = rest.rsplit_once('=').and_then(|(_, rest)| number(rest.trim().strip_suffix("MB/s")?));
    Some(BenchLine { name: name.trim(), unit, median: number(time)?, spread, rate })
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    while let Some(record) = records.next()? {
        let (text, line) = (String::from_utf8_lossy(record.bytes), record.line);
        let Some(BenchLine { name, unit, median, spread, rate }) = parse(&text) else { continue };
        let mut summary = benchmarks::summary("time", unit, name, MEANING);
        summary.add_at(Statistic::Median, Some(median), Some(line));
        summary.give(sink);
        let meaning = "the slowest sample less the fastest";
        let mut apart = Summary::new("time, spread", unit, Some(meaning)).of(Some(name)).polarity(Polarity::Unknown);
        apart.add_at(Statistic::Value, spread, Some(line));
        apart.give(sink);
        let megabytes = Unit::parse("MB/s").unwrap_or(Unit::UNKNOWN);
        let mut throughput =
            Summary::new("throughput", megabytes, None).of(Some(name)).polarity(Polarity::HigherIsBetter);
        throughput.add_at(Statistic::Value, rate, Some(line));
        throughput.give(sink);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn a_thousands_comma_is_no_decimal_comma() {
        let text = "running 2 tests\ntest sort::big ... bench:   1,234,567 ns/iter (+/- 8,901) = 81 MB/s\n\
                    test sort::small ... bench:          12.50 us/iter (+/- 0.25)\n\ntest result: ok.\n";
        let found = read_text("bench.txt", text);
        assert_eq!(found.provenance.format, "libtest");
        let medians: Vec<Option<f64>> =
            found.reported.iter().filter(|one| one.metric == "time").map(|one| one.number(Statistic::Median)).collect();
        assert_eq!(medians, [Some(1_234_567.0 / 1e9), Some(12.5 / 1e6)]);
        let rate = found.reported.iter().find(|one| one.metric == "throughput").unwrap();
        assert_eq!(rate.number(Statistic::Value), Some(81e6));
    }
}
