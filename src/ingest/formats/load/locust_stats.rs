//! Locust's `X_stats.csv`: a row a request with numbers that Locust has summarised, and one of all of them.
//!
//! In: a text with commas. Out: reported numbers; nothing is recomputed. Columns vary with the version and the
//! configuration, blank lines happen. Definition: Locust's `StatsCSV.requests_csv` and `StatsEntry`.

use crate::measure::reported::{Reported, ReportedValue};
use crate::measure::unit::Unit;
use crate::measure::{Polarity, Statistic};

use crate::ingest::format::{AnyRecords, Failures, Format, Head, Holds, IngestError, Sink, SourceOptions};
use crate::ingest::formats::load::locust;
use crate::ingest::signature;
use crate::ingest::text::row::Row;

pub(crate) const FORMAT: Format = Format {
    name: "locust-stats",
    about: "Locust's _stats.csv",
    latency: locust::MEANING,
    failures: Failures::Recorded("Failure Count; kinds in _failures.csv"),
    holds: Holds::Summaries,
    example: "locust --headless -t 1m --csv results; perfreport summarize results_*.csv",
    upstream: "Locust stats.py, StatsCSV.requests_csv",
    generic: false,
    sniff,
    read,
    settle: None,
};

const SIGNATURE: &[&str] = &["Type", "Name", "Request Count", "Failure Count"];

/// The same before version 1.0.
const EARLIER: &[&[&str]] =
    &[&["Type", "Name", "# requests", "# failures"], &["Method", "Name", "# requests", "# failures"]];

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    if EARLIER.iter().any(|names| signature::header_begins(head, names)) {
        return Some(vec!["the header has # requests and # failures, as Locust wrote it before 1.0".to_owned()]);
    }
    signature::header_begins(head, SIGNATURE).then(|| {
        vec!["the header begins with Type, Name, Request Count, Failure Count, as Locust writes it".to_owned()]
    })
}

/// A column that is read: the metric it belongs to, which statistic, and its unit.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Meaning {
    metric: usize,
    statistic: Statistic,
    unit: Unit,
}

/// Metrics of a row: name, which way is better.
const METRICS: &[(&str, Polarity)] = &[
    ("response time", Polarity::LowerIsBetter),
    ("requests per second", Polarity::HigherIsBetter),
    ("failures per second", Polarity::LowerIsBetter),
    ("content size", Polarity::Unknown),
];

/// What a column means, by its name in the header.
fn meaning(name: &str) -> Option<Meaning> {
    let of = |metric, statistic, unit| Some(Meaning { metric, statistic, unit });
    match name.to_ascii_lowercase().as_str() {
        "request count" | "# requests" => of(0, Statistic::Count, Unit::COUNT),
        "failure count" | "# failures" => of(0, Statistic::Failures, Unit::COUNT),
        "median response time" => of(0, Statistic::Median, Unit::MILLISECOND),
        "average response time" => of(0, Statistic::Mean, Unit::MILLISECOND),
        "min response time" => of(0, Statistic::Min, Unit::MILLISECOND),
        "max response time" => of(0, Statistic::Max, Unit::MILLISECOND),
        "requests/s" => of(1, Statistic::Value, Unit::PER_SECOND),
        "failures/s" | "requests failed/s" => of(2, Statistic::Value, Unit::PER_SECOND),
        "average content size" => of(3, Statistic::Mean, Unit::BYTE),
        _ => {
            let percent: f64 = name.strip_suffix('%')?.parse().ok()?;
            (0.0..=100.0).contains(&percent).then_some(())?;
            of(0, Statistic::Percentile(percent), Unit::MILLISECOND)
        }
    }
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let mut columns: Vec<Option<Meaning>> = Vec::new();
    let mut reported = Vec::new();
    signature::each_row(records, sink, |row, line| {
        if columns.is_empty() {
            columns = row.iter().map(|name| meaning(&String::from_utf8_lossy(name))).collect();
            return true;
        }
        // Of a row that was cut, the last number is not what it was.
        let whole = row.len() >= columns.len();
        if whole {
            reported.extend(of_row(row, &columns, line));
        }
        whole
    })?;
    // The whole run stands first, and each metric with its labels.
    reported
        .sort_by_key(|one: &Reported| (METRICS.iter().position(|(name, _)| *name == one.metric), one.label.is_some()));
    sink.reported = reported;
    sink.reported_caveats = vec![
        "Locust rounds each response time before it counts it: to whole milliseconds below 100 ms, to two digits above. \
         Percentiles and the median have that precision, and a percentile can exceed the maximum, which is not rounded"
            .to_owned(),
        "failed requests are among the response times".to_owned(),
        "Locust writes this file while the run goes on, and the last seconds of a run can be missing from it; what it prints \
         at the end is the whole"
            .to_owned(),
        "the row `Aggregated` is the whole run and is shown as such, not as one more request".to_owned(),
    ];
    sink.reported_caveats.extend(locust::companions(&mut sink.provenance));
    Ok(())
}

fn of_row(row: Row<'_>, columns: &[Option<Meaning>], line: u64) -> Vec<Reported> {
    // Before 1.0 it was called `Total` for a while, and had the type `None`.
    let is_total = matches!(row.cell(1), b"Aggregated" | b"Total") && matches!(row.cell(0), b"" | b"None");
    let label = (!is_total).then(|| locust::label(row.cell(0), row.cell(1)));
    let values = |metric: usize| -> Vec<ReportedValue> {
        let of_metric = columns.iter().enumerate().filter_map(|(index, column)| Some((index, column.as_ref()?)));
        let of_metric = of_metric.filter(|(_, column)| column.metric == metric);
        of_metric
            .filter_map(|(index, column)| {
                let value = locust::number(row.cell(index))?;
                Some(ReportedValue { statistic: column.statistic, value, unit: column.unit, line: Some(line) })
            })
            .collect()
    };
    let all = METRICS.iter().enumerate().map(|(index, (metric, polarity))| Reported {
        metric: (*metric).to_owned(),
        label: label.clone(),
        meaning: (index == 0).then(|| locust::MEANING.to_owned()),
        polarity: *polarity,
        values: values(index),
    });
    all.filter(|one| !one.values.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read as ingest;
    use crate::table::source::Source;

    fn source(text: &str) -> Source {
        ingest("out/run_stats.csv", text.as_bytes(), &SourceOptions::default()).unwrap()
    }

    const TEXT: &str = "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,\
        Max Response Time,Average Content Size,Requests/s,Failures/s,50%,99.9%,100%\n\n\
        GET,\"/a, b\",10,1,200,221.5,196.1,469.3,100.0,10.5,1.5,200,480,480\n\nGET,/never,0,0,N/A,0,0,0,0,0,0,N/A,N/A,N/A\n\
        ,Aggregated,10,1,200,221.5,196.1,469.3,100.0,10.5,1.5,200,480,480\n";

    #[test]
    fn the_aggregate_is_the_whole_run_and_numbers_stand_as_locust_wrote_them() {
        let found = source(TEXT);
        assert_eq!(found.provenance.format, "locust-stats");
        let times: Vec<&Reported> = found.reported.iter().filter(|one| one.metric == "response time").collect();
        let labels: Vec<Option<&str>> = times.iter().map(|one| one.label.as_deref()).collect();
        assert_eq!(labels, [None, Some("GET /a, b"), Some("GET /never")]);
        assert_eq!(times[1].number(Statistic::Count), Some(10.0));
        assert_eq!(times[1].number(Statistic::Failures), Some(1.0));
        assert_eq!(times[1].number(Statistic::Max), Some(0.4693));
        assert_eq!(times[1].number(Statistic::Percentile(99.9)), Some(0.48), "as it stands, above the maximum");
        assert_eq!(times[2].number(Statistic::Median), None, "N/A is no number");
        assert!(found.reported_caveats.iter().any(|caveat| caveat.contains("`run_failures.csv`")));
        assert!(found.tables.is_empty());
    }

    #[test]
    fn names_of_versions_before_1_0_are_known() {
        let found = source(
            "\"Type\",\"Name\",\"# requests\",\"# failures\",\"Median response time\",\"Requests/s\",\"Requests Failed/s\"\n\
             \"GET\",\"/a\",10,1,200,10.5,1.5\n\"None\",\"Aggregated\",10,1,200,10.5,1.5\n",
        );
        assert_eq!(found.provenance.format, "locust-stats");
        assert_eq!(
            (found.reported[0].label.as_deref(), found.reported[0].number(Statistic::Median)),
            (None, Some(0.2))
        );
        assert_eq!(found.reported.iter().filter(|one| one.label.is_none()).count(), 3);
    }

    #[test]
    fn a_cut_row_is_set_aside() {
        let found = source(&format!("{TEXT}GET,/x"));
        assert_eq!(found.provenance.set_aside[0].rows, 1);
    }
}
