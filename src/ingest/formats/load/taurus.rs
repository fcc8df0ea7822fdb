//! Taurus' final statistics as CSV (`dump-csv` of its reporter `final-stats`): a row a label, and one without a label for all.
//!
//! In: numbers that Taurus has summarised, times in seconds. Out: reported numbers; `throughput` is the count of all samples, not a
//! rate. Definition: Taurus, `bzt/modules/reporting.py` and `aggregator.py`.

use crate::ingest::format::{
    AnyRecords, Failures, Format, Holds, IngestError, Polarity, RowKind, Sink, Statistic, Unit,
};
use crate::ingest::signature;
use crate::ingest::summaries::{Summary, caveat};
use crate::ingest::summary_tables::{self, TextRow};

const LATENCY: &str = "response time as the executor below Taurus measured it";
/// Names of the header that only Taurus writes together.
const SIGNATURE: &[&str] = &["label", "avg_rt", "avg_ct", "avg_lt", "succ", "fail", "throughput"];
/// What the names of percentiles and of response codes begin with.
const PERCENTILE: &str = "perc_";
const CODE: &str = "rc_";

pub(crate) const FORMAT: Format = Format {
    name: "taurus-csv",
    about: "Taurus' final statistics as CSV (`dump-csv`)",
    latency: LATENCY,
    failures: Failures::Recorded("`fail`: how many; `rc_…`: how many of each response code"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "bzt -o modules.final-stats.dump-csv=stats.csv test.yml && perfreport summarize stats.csv",
    upstream: "Blazemeter/taurus, bzt/modules/reporting.py and aggregator.py",
    sniff: |head| {
        signature::header_has(head, SIGNATURE)
            .then(|| vec![format!("the header names {}, as Taurus does", SIGNATURE.join(", "))])
    },
    read: |records, _, sink| read(records, sink),
};

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let rows = summary_tables::rows(records, b',', sink)?;
    let header = rows.first().map(|row| row.cells.clone()).unwrap_or_default();
    for row in rows.iter().filter(|row| row.cells != header) {
        let label = Some(row.named(&header, "label")).filter(|label| !label.is_empty());
        report(&header, row, label, sink);
    }
    summary_tables::whole_run_first(sink);
    caveat(sink, "Taurus' percentiles come from a histogram of milliseconds, failed requests among them");
    Ok(())
}

fn report(header: &[String], row: &TextRow, label: Option<&str>, sink: &mut Sink) {
    let cell = |name: &str| row.named(header, name);
    let mut requests = Summary::new("requests", Unit::COUNT, Some("requests, and those that failed")).of(label);
    summary_tables::add(&mut requests, Statistic::Count, cell("throughput"), row.line);
    summary_tables::add(&mut requests, Statistic::Failures, cell("fail"), row.line);
    requests.give(sink);
    let mut time =
        Summary::new("response time", Unit::SECOND, Some(LATENCY)).of(label).polarity(Polarity::LowerIsBetter);
    summary_tables::add(&mut time, Statistic::Mean, cell("avg_rt"), row.line);
    summary_tables::add(&mut time, Statistic::Stddev, cell("stdev_rt"), row.line);
    for (name, cell) in header.iter().zip(&row.cells) {
        let statistic = match name.strip_prefix(PERCENTILE).and_then(|percent| percent.parse::<f64>().ok()) {
            Some(0.0) => Statistic::Min,
            Some(100.0) => Statistic::Max,
            Some(percent) if (0.0..100.0).contains(&percent) => Statistic::Percentile(percent),
            _ => continue,
        };
        summary_tables::add(&mut time, statistic, cell, row.line);
    }
    time.give(sink);
    for (name, metric, meaning) in
        [("avg_lt", "latency", "to the first byte of the answer"), ("avg_ct", "connect", "until the connection stood")]
    {
        let mut summary = Summary::new(metric, Unit::SECOND, Some(meaning)).of(label).polarity(Polarity::LowerIsBetter);
        summary_tables::add(&mut summary, Statistic::Mean, cell(name), row.line);
        summary.give(sink);
    }
    let codes = header.iter().filter_map(|name| Some((name, name.strip_prefix(CODE)?)));
    let counts = codes.map(|(name, code)| (name.as_str(), format!("responses {code}"), Unit::COUNT));
    let others = [("concurrency", "concurrency".to_owned(), Unit::COUNT), ("bytes", "bytes".to_owned(), Unit::BYTE)];
    for (name, metric, unit) in others.into_iter().chain(counts) {
        let mut summary = Summary::new(&metric, unit, None).of(label);
        summary_tables::add(&mut summary, Statistic::Value, cell(name), row.line);
        summary.give(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn times_are_seconds_and_throughput_is_a_count() {
        let text = "label,avg_ct,avg_lt,avg_rt,bytes,concurrency,fail,perc_0.0,perc_50.0,perc_99.0,perc_100.0,rc_200,rc_500,stdev_rt,\
            succ,throughput\n\
            ,0.01,0.11,0.12,1000,10,5,0.05,0.11,0.4,0.9,95,5,0.05,95,100\n\
            /a,0.01,0.11,0.12,500,10,5,0.05,0.11,0.4,0.9,45,5,0.05,45,50\n";
        let found = read_text("stats.csv", text);
        assert_eq!(found.provenance.format, "taurus-csv");
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric && one.label.is_none()).unwrap();
        let time = of("response time");
        let numbers = [Statistic::Mean, Statistic::P50, Statistic::P99, Statistic::Max].map(|one| time.number(one));
        assert_eq!(numbers, [Some(0.12), Some(0.11), Some(0.4), Some(0.9)]);
        let requests = of("requests");
        assert_eq!((requests.number(Statistic::Count), requests.number(Statistic::Failures)), (Some(100.0), Some(5.0)));
        assert_eq!(of("responses 500").number(Statistic::Value), Some(5.0));
        assert_eq!(found.reported.iter().filter(|one| one.label.as_deref() == Some("/a")).count(), 8);
    }
}
