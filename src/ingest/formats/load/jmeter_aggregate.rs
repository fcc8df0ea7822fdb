//! JMeter's listeners "Aggregate Report" and "Summary Report" as saved to CSV, in the language of whoever saved it.
//!
//! In: a row a label and one of all, with numbers that JMeter has summarised; milliseconds. Out: reported numbers. The order
//! of the columns is the same in every language, so that the percentiles (`90% Line`, `90% 百分位`) and the share of errors
//! show what the others are. Definition: JMeter's `StatGraphVisualizer` and `SummaryReport`.

use crate::ingest::format::{
    AnyRecords, Failures, Format, Head, Holds, IngestError, Polarity, RowKind, Sink, Statistic, Unit,
};
use crate::ingest::signature;
use crate::ingest::summaries::{Summary, caveat};
use crate::ingest::summary_tables::{self, TextRow, number};

const MEANING: &str = "time from just before sending to the last byte of the response, connecting included";

pub(crate) const FORMAT: Format = Format {
    name: "jmeter-aggregate",
    about: "JMeter's Aggregate Report and Summary Report as CSV, in any language",
    latency: MEANING,
    failures: Failures::Recorded("the share of errors; their number where the share leaves one only"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "JMeterPluginsCMD.sh --generate-csv aggregate.csv --input-jtl results.jtl --plugin-type AggregateReport && perfreport summarize aggregate.csv",
    upstream: "apache/jmeter, StatGraphVisualizer, StatVisualizer and SummaryReport; messages.properties of each language",
    sniff: |head| {
        let (delimiter, layout) = find(head)?;
        let what = if layout.percentiles.is_empty() { "Summary Report" } else { "Aggregate Report" };
        Some(vec![format!("the header has the columns of JMeter's {what}, between `{}`", char::from(delimiter))])
    },
    read: |records, _, sink| read(records, sink),
};

/// `aggregate_report_total_label` of the languages that JMeter has.
const TOTALS: &[&str] = &["TOTAL", "Total", "GESAMT", "总体", "總計", "合計", "총계", "TOTALT", "RAZEM", "TOPLAM"];
/// `aggregate_report_stddev` of the languages in which it stands behind other columns.
const STDDEV: &[&str] = &[
    "std. dev.",
    "stddev",
    "aggregate_report_stddev",
    "标准偏差",
    "標準偏差",
    "ecart type",
    "écart type",
    "standardabweichung",
    "desv. estándar",
    "desviación estándar",
];

/// Which column is what.
struct Layout {
    percentiles: Vec<(usize, f64)>,
    median: Option<usize>,
    min: usize,
    max: usize,
    stddev: Option<usize>,
    errors: usize,
    sent: Option<usize>,
    /// Columns that somebody put behind those of JMeter: what was varied, in files of several runs.
    others: Vec<usize>,
}

/// The percent that a name of a column begins with or has within: `90% Line`, `aggregate_report_90%_line`.
fn percent(name: &str) -> Option<f64> {
    let (before, _) = name.split_once('%')?;
    let digits = before.trim_start_matches(|first: char| !first.is_ascii_digit());
    digits.parse().ok().filter(|percent| (0.0..=100.0).contains(percent))
}

fn layout(header: &[String]) -> Option<Layout> {
    let counts = header.get(1).filter(|name| name.starts_with('#') || *name == "aggregate_report_count");
    counts.filter(|_| header.len() >= 9)?;
    let percentiles: Vec<(usize, f64)> =
        (4..header.len()).map_while(|index| Some((index, percent(&header[index])?))).collect();
    let is_share = |index: usize| header.get(index).is_some_and(|name| name.contains('%') && percent(name).is_none());
    // Behind both: throughput and what was received, which all versions have.
    let (median, min, max, stddev, errors) = match percentiles.last() {
        Some((last, _)) => (Some(3), last + 1, last + 2, None, last + 3),
        None => (None, 3, 4, Some(5), 6),
    };
    let mut found = Layout { percentiles, median, min, max, stddev, errors, sent: None, others: Vec::new() };
    if !is_share(errors) {
        return None;
    }
    for (index, name) in header.iter().enumerate().skip(errors + 3) {
        let name = name.to_lowercase();
        let is_rate = ["kb/", "ko/", "sent_bytes", "kb /"].iter().any(|part| name.contains(part));
        if is_rate && found.sent.is_none() && index == errors + 3 {
            found.sent = Some(index);
        } else if STDDEV.contains(&name.as_str()) && found.stddev.is_none() {
            found.stddev = Some(index);
        } else if found.median.is_none() && index <= errors + 4 && found.others.is_empty() {
            // The mean size of an answer is the last column of a Summary Report.
        } else {
            found.others.push(index);
        }
    }
    Some(found)
}

fn find(head: &Head<'_>) -> Option<(u8, Layout)> {
    let line = signature::first_line(head);
    b",;\t|".iter().find_map(|delimiter| {
        let header: Vec<String> =
            signature::cells(line, *delimiter).iter().map(|cell| cell.trim().to_owned()).collect();
        Some((*delimiter, layout(&header)?))
    })
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let Some((delimiter, layout)) = find(&Head::of(records)?) else {
        return Err(IngestError::Malformed(
            "the first line is no header of JMeter's Aggregate or Summary Report".into(),
        ));
    };
    let rows = summary_tables::rows(records, delimiter, sink)?;
    let header = rows.first().map(|row| row.cells.clone()).unwrap_or_default();
    // A file to which runs are appended has the header again.
    let rows: Vec<&TextRow> = rows.iter().filter(|row| row.cells != header).collect();
    for (index, row) in rows.iter().enumerate() {
        if number(row.cell(1)).is_none() {
            sink.provenance.set_aside("a row without a number of samples", row.line);
            continue;
        }
        let label = label(&header, &layout, row, &rows);
        let total = is_total(&rows[..index], row, index + 1 == rows.len());
        let is_whole = total && label == row.cell(0);
        report(&layout, row, Some(label.as_str()).filter(|_| !is_whole), sink);
    }
    summary_tables::whole_run_first(sink);
    caveat(sink, "failed samples are among the response times");
    if !layout.percentiles.is_empty() {
        caveat(sink, "the row of all (`TOTAL`) is the whole run and is shown as such, not as one more request");
    }
    Ok(())
}

/// Whether a row is of all labels: by its name, or because it is the last one and has the samples of all before it.
fn is_total(before: &[&TextRow], row: &TextRow, last: bool) -> bool {
    let sum: f64 = before.iter().filter_map(|row| number(row.cell(1))).sum();
    TOTALS.contains(&row.cell(0)) || last && before.len() > 1 && Some(sum) == number(row.cell(1))
}

/// The label, with the columns that tell rows of one label apart.
fn label(header: &[String], layout: &Layout, row: &TextRow, rows: &[&TextRow]) -> String {
    let name = row.cell(0);
    let alike = rows.iter().filter(|other| other.cell(0) == name).count();
    let differing =
        layout.others.iter().filter(|index| rows.iter().any(|other| other.cell(**index) != row.cell(**index)));
    let told: Vec<String> = differing.map(|index| format!("{}={}", header[*index], row.cell(*index))).collect();
    let told = if told.is_empty() { format!("line {}", row.line) } else { told.join(", ") };
    if alike > 1 { format!("{name} [{told}]") } else { name.to_owned() }
}

/// How many failed, where a share of so many digits leaves one number only.
fn failures(share: &str, samples: f64) -> Option<f64> {
    let digits = share.trim().strip_suffix('%')?.trim();
    let percent = number(digits)?;
    let decimals = digits.rsplit_once(['.', ',']).map_or(0, |(_, fraction)| fraction.len());
    let half = 0.5 * 10.0_f64.powi(-i32::try_from(decimals).unwrap_or(0)) / 100.0 * samples;
    (half < 0.5).then(|| (samples * percent / 100.0).round())
}

fn report(layout: &Layout, row: &TextRow, label: Option<&str>, sink: &mut Sink) {
    let mut elapsed = Summary::new("elapsed", Unit::MILLISECOND, Some(MEANING)).of(label);
    let samples = number(row.cell(1)).unwrap_or_default();
    let share = row.cell(layout.errors);
    summary_tables::add(&mut elapsed, Statistic::Count, row.cell(1), row.line);
    let failed = failures(share, samples);
    elapsed.add_at(Statistic::Failures, failed, Some(row.line));
    let percentiles = layout.percentiles.iter().map(|(index, percent)| (Some(*index), Statistic::Percentile(*percent)));
    for (index, statistic) in
        [(Some(2), Statistic::Mean), (layout.median, Statistic::Median)].into_iter().chain(percentiles).chain([
            (Some(layout.min), Statistic::Min),
            (Some(layout.max), Statistic::Max),
            (layout.stddev, Statistic::Stddev),
        ])
    {
        if let Some(index) = index {
            summary_tables::add(&mut elapsed, statistic, row.cell(index), row.line);
        }
    }
    elapsed.give(sink);
    if failed.is_none() && share.ends_with('%') {
        let mut errors = Summary::new("error_rate", Unit::PERCENT, Some("share of samples that failed"))
            .of(label)
            .polarity(Polarity::LowerIsBetter);
        errors.add_at(Statistic::Value, number(share.trim_end_matches('%')), Some(row.line));
        errors.give(sink);
    }
    let kibibytes = Unit::parse("KiB/s").unwrap_or(Unit::UNKNOWN);
    let (throughput, per) = match row.cell(layout.errors + 1).split_once('/') {
        Some((number, "min")) => (number, Unit::parse("/min").unwrap_or(Unit::UNKNOWN)),
        Some((number, "hour")) => (number, Unit::parse("/h").unwrap_or(Unit::UNKNOWN)),
        Some((number, _)) => (number, Unit::PER_SECOND),
        None => (row.cell(layout.errors + 1), Unit::PER_SECOND),
    };
    for (metric, unit, polarity, cell) in [
        ("throughput", per, Polarity::HigherIsBetter, throughput),
        ("received", kibibytes, Polarity::Unknown, row.cell(layout.errors + 2)),
        ("sent", kibibytes, Polarity::Unknown, layout.sent.map_or("", |index| row.cell(index))),
    ] {
        let mut summary = Summary::new(metric, unit, None).of(label).polarity(polarity);
        summary_tables::add(&mut summary, Statistic::Value, cell, row.line);
        summary.give(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;
    use crate::measure::reported::Reported;
    use crate::table::source::Source;

    fn source(text: &str) -> Source {
        let found = read_text("aggregate.csv", text);
        assert_eq!(found.provenance.format, "jmeter-aggregate", "{text}");
        found
    }

    fn elapsed<'s>(found: &'s Source, label: Option<&str>) -> &'s Reported {
        found.reported.iter().find(|one| one.metric == "elapsed" && one.label.as_deref() == label).unwrap()
    }

    #[test]
    fn the_row_of_all_is_the_whole_run_in_every_language() {
        for (header, total) in [
            (
                "Label,# Samples,Average,Median,90% Line,95% Line,99% Line,Min,Max,Error %,Throughput,Received KB/sec,Sent KB/sec",
                "TOTAL",
            ),
            (
                "Label,# 样本,平均值,中位数,90% 百分位,95% 百分位,99% 百分位,最小值,最大值,异常 %,吞吐量,接收 KB/sec,标准偏差",
                "总体",
            ),
            (
                "Etiqueta,# Muestras,Media,Mediana,90% Line,95% Line,99% Line,Mín,Máx,% Error,Rendimiento,Kb/sec,Sent KB/sec",
                "Todos",
            ),
        ] {
            let found = source(&format!(
                "{header}\na,40,20,18,30,35,39,5,40,\"5,000%\",\"4,5\",\"1,5\",\"0,5\"\n\
                 b,10,60,58,70,75,79,45,80,\"0,000%\",\"1,5\",\"1,5\",\"0,5\"\n\
                 {total},50,28,20,66,70,78,5,80,\"4,000%\",\"6,0\",\"3,0\",\"1,0\"\n"
            ));
            let whole = elapsed(&found, None);
            assert_eq!((whole.number(Statistic::Count), whole.number(Statistic::Failures)), (Some(50.0), Some(2.0)));
            assert_eq!(whole.number(Statistic::Median), Some(0.020));
            assert_eq!(whole.number(Statistic::Percentile(95.0)), Some(0.070));
            assert_eq!(elapsed(&found, Some("a")).number(Statistic::Failures), Some(2.0));
            let rate = found.reported.iter().find(|one| one.metric == "throughput").unwrap();
            assert_eq!(rate.number(Statistic::Value), Some(6.0));
            assert!(found.tables.is_empty());
        }
    }

    #[test]
    fn a_summary_report_has_a_deviation_and_no_percentiles() {
        let found = source(
            "Label,# Samples,Average,Min,Max,Std. Dev.,Error %,Throughput,Received KB/sec,Sent KB/sec,Avg. Bytes\n\
             a,4,25,10,40,11.5,0.000%,30.0/min,1.0,0.1,200.0\nTOTAL,4,25,10,40,11.5,0.000%,30.0/min,1.0,0.1,200.0\n",
        );
        let whole = elapsed(&found, None);
        assert_eq!(whole.number(Statistic::Stddev), Some(0.0115));
        assert_eq!(whole.number(Statistic::Max), Some(0.040));
        let rate = found.reported.iter().find(|one| one.metric == "throughput").unwrap();
        assert_eq!(rate.number(Statistic::Value), Some(0.5));
    }

    #[test]
    fn a_share_that_is_too_coarse_is_no_number_of_failures() {
        let text = "Label,# Samples,Average,Median,90% Line,Min,Max,Error %,Throughput,KB/sec,Users\n\
                    a,90000,20,18,30,5,40,0.13%,4.5,1.5,10\na,80000,20,18,30,5,40,0.00%,4.5,1.5,20\n";
        let found = source(text);
        let labels: Vec<&str> = found.reported.iter().filter_map(|one| one.label.as_deref()).collect();
        assert!(labels.contains(&"a [Users=10]") && labels.contains(&"a [Users=20]"), "{labels:?}");
        assert_eq!(elapsed(&found, Some("a [Users=10]")).number(Statistic::Failures), None);
        let errors = found.reported.iter().find(|one| one.metric == "error_rate").unwrap();
        assert_eq!(errors.number(Statistic::Value), Some(0.0013));
    }
}
