//! JMH's CSV (`-rf csv`): a row a benchmark with its score, and one for each secondary metric and percentile.
//!
//! In: rows with a unit of their own. Out: reported numbers: nothing of what JMH summarised is a sample. Two rows of one
//! benchmark with other parameters or another mode stand apart. Definition: JMH's `XSVResultFormat`.

use crate::measure::unit::Dimension;

use crate::ingest::format::{
    AnyRecords, Failures, Format, Holds, IngestError, Polarity, RowKind, Sink, Statistic, Unit,
};
use crate::ingest::formats::bench::jmh::{self, Mode};
use crate::ingest::signature;
use crate::ingest::summaries::{Summary, caveat};
use crate::ingest::summary_tables::{self, TextRow, number};

pub(crate) const FORMAT: Format = Format {
    name: "jmh-csv",
    about: "JMH's CSV: the score of each benchmark with its error",
    latency: "time of one operation in modes avgt, sample and ss; mode thrpt measures operations per time",
    failures: Failures::NotRecorded,
    holds: Holds::Summaries,
    row: RowKind::Run,
    example: "java -jar benchmarks.jar -rf csv -rff jmh.csv && perfreport summarize jmh.csv",
    upstream: "openjdk/jmh: results/format/XSVResultFormat.java",
    sniff: |head| signature::header_of(head, &["Benchmark", "Mode", "Threads", "Samples", "Score"], "JMH"),
    read: |records, _, sink| read(records, sink),
};

/// What the name of a column with a parameter begins with.
pub(super) const PARAMETER: &str = "Param: ";
/// What a score is.
pub(super) const CAVEAT: &str =
    "A score is the mean over all iterations of all forks; `-rf json` writes every iteration.";

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let rows = summary_tables::rows(records, b',', sink)?;
    let header = rows.first().map(|row| row.cells.clone()).unwrap_or_default();
    let rows: Vec<&TextRow> = rows.iter().filter(|row| row.cells != header).collect();
    take(&header, &rows, sink);
    caveat(sink, CAVEAT);
    Ok(())
}

/// Takes the rows below a header.
pub(super) fn take(header: &[String], rows: &[&TextRow], sink: &mut Sink) {
    let threads = rows.iter().any(|row| row.named(header, "Threads") != rows[0].named(header, "Threads"));
    // The rows of percentiles stand behind that of their benchmark.
    let mut open: Option<(String, Summary)> = None;
    for row in rows {
        let Some(mode) = jmh::MODES.iter().find(|mode| mode.written == row.named(header, "Mode")) else {
            sink.provenance.set_aside("a benchmark of a mode that is not known", row.line);
            continue;
        };
        let (benchmark, secondary) = match row.cell(0).split_once(':') {
            Some((benchmark, secondary)) => (benchmark, Some(secondary.trim_start_matches(['\u{b7}', '+']))),
            None => (row.cell(0), None),
        };
        let label = label(header, row, benchmark, threads);
        let percentile = secondary.and_then(percentile);
        match (percentile, &mut open) {
            (Some(statistic), Some((of, summary))) if *of == label => {
                summary_tables::add(summary, statistic, row.named(header, "Score"), row.line);
                continue;
            }
            _ => {}
        }
        if let Some((_, summary)) = open.take() {
            summary.give(sink);
        }
        let summary = summary(header, row, mode, secondary, &label);
        match secondary {
            None => open = Some((label, summary)),
            Some(_) => summary.give(sink),
        }
    }
    if let Some((_, summary)) = open {
        summary.give(sink);
    }
}

/// The score of a row, and its error beside it.
fn summary(header: &[String], row: &TextRow, mode: &Mode, secondary: Option<&str>, label: &str) -> Summary {
    let unit = jmh::unit_of(row.named(header, "Unit"));
    let name = secondary.unwrap_or(mode.metric);
    let unit_known = unit.unwrap_or(Unit::UNKNOWN);
    let polarity = match (secondary, unit_known.dimension) {
        (None, _) => mode.polarity,
        (Some(_), Dimension::Time | Dimension::Bytes) => Polarity::LowerIsBetter,
        _ => Polarity::Unknown,
    };
    let meaning = secondary.is_none().then_some(mode.meaning);
    let mut score = Summary::new(name, unit_known, meaning).of(Some(label)).polarity(polarity);
    summary_tables::add(&mut score, Statistic::Count, row.named(header, "Samples"), row.line);
    summary_tables::add(&mut score, Statistic::Mean, row.named(header, "Score"), row.line);
    // One sample has no error: NaN stands for none.
    let column = header.iter().position(|name| name.starts_with("Score Error"));
    let error = column.and_then(|index| number(row.cell(index)));
    score.add_at(Statistic::MeanError, error, Some(row.line));
    score
}

/// The percentile that a secondary name of mode `sample` stands for: `get·p0.99`.
fn percentile(name: &str) -> Option<Statistic> {
    let (_, share) =
        name.rsplit_once("\u{b7}p").or_else(|| name.split_once('p').filter(|(before, _)| before.is_empty()))?;
    let share: f64 = share.parse().ok()?;
    let percent = share * 100.0;
    Some(match percent {
        0.0 => Statistic::Min,
        50.0 => Statistic::Median,
        100.0 => Statistic::Max,
        // 0.9999 * 100 is not 99.99 to the last digit.
        _ => Statistic::Percentile((percent * 1e6).round() / 1e6),
    })
}

fn label(header: &[String], row: &TextRow, benchmark: &str, threads: bool) -> String {
    let parameters = header.iter().zip(&row.cells).filter_map(|(name, cell)| {
        let name = name.strip_prefix(PARAMETER)?;
        (!cell.is_empty()).then(|| format!("{name}={cell}"))
    });
    let threads = threads.then(|| format!("threads={}", row.named(header, "Threads")));
    let all: Vec<String> = parameters.chain(threads).collect();
    if all.is_empty() { benchmark.to_owned() } else { format!("{benchmark} [{}]", all.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn each_row_has_its_unit_its_direction_and_its_parameters() {
        let text = "\"Benchmark\",\"Mode\",\"Threads\",\"Samples\",\"Score\",\"Score Error (99,9%)\",\"Unit\",\"Param: n\"\n\
            \"a.B.put\",\"thrpt\",1,10,\"3099,5\",NaN,\"ops/ms\",10\n\
            \"a.B.put\",\"avgt\",1,10,12.5,0.5,\"us/op\",10\n\
            \"a.B.put:gc.alloc.rate.norm\",\"avgt\",1,10,48.0,0.1,\"B/op\",10\n\
            \"a.B.get\",\"sample\",1,900,5.5,0.5,\"us/op\",20\n\
            \"a.B.get:get\u{b7}p0.50\",\"sample\",1,1,5.0,NaN,\"us/op\",20\n\
            \"a.B.get:get\u{b7}p0.9999\",\"sample\",1,1,95.0,NaN,\"us/op\",20\n";
        let found = read_text("jmh.csv", text);
        assert_eq!(found.provenance.format, "jmh-csv");
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        let thrpt = of("throughput");
        assert_eq!((thrpt.number(Statistic::Mean), thrpt.polarity), (Some(3_099_500.0), Polarity::HigherIsBetter));
        let avgt = of("average time");
        assert_eq!((avgt.number(Statistic::Mean), avgt.polarity), (Some(12.5e-6), Polarity::LowerIsBetter));
        assert_eq!(of("gc.alloc.rate.norm").number(Statistic::Mean), Some(48.0));
        assert_eq!(avgt.number(Statistic::MeanError), Some(0.5e-6));
        let sampled = of("sampled time");
        assert_eq!(sampled.label.as_deref(), Some("a.B.get [n=20]"));
        assert_eq!(sampled.number(Statistic::Percentile(99.99)), Some(95e-6));
        assert!(found.findings.is_empty(), "{:?}", found.findings);
    }
}
