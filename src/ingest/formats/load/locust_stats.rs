//! Locust's `X_stats.csv`: a row a request with numbers that Locust has summarised, and one of all of them.
//!
//! In: a text with commas. Out: reported numbers; nothing is recomputed. Columns vary with the version and the
//! configuration, blank lines happen. Definition: Locust's `StatsCSV.requests_csv` and `StatsEntry`.

use csv::StringRecord;

use crate::ingest::format::{
    AnyRecords, Failures, Format, Head, Holds, IngestError, Polarity, RowKind, Sink, SourceOptions, Statistic, Unit,
};
use crate::ingest::formats::load::locust;
use crate::ingest::signature;
use crate::ingest::summaries::Summary;
use crate::ingest::text::csv_tables::{self, CsvRow};

pub(crate) const FORMAT: Format = Format {
    name: "locust-stats",
    about: "Locust's _stats.csv",
    latency: locust::MEANING,
    failures: Failures::Recorded("Failure Count; kinds in _failures.csv"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "locust --headless -t 1m --csv results; perfreport summarize results_*.csv",
    upstream: "Locust stats.py, StatsCSV.requests_csv",
    sniff,
    read,
};

const SIGNATURE: &[&str] = &["Type", "Name", "Request Count", "Failure Count"];

/// The same before version 1.0.
const EARLIER: &[&[&str]] =
    &[&["Type", "Name", "# requests", "# failures"], &["Method", "Name", "# requests", "# failures"]];

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    if EARLIER.iter().any(|names| signature::header_begins(head, names)) {
        return Some(vec!["the header has # requests and # failures, as Locust wrote it before 1.0".to_owned()]);
    }
    signature::header_of(head, SIGNATURE, "Locust")
}

/// Metrics of a row: name, unit, which way is better.
const METRICS: [(&str, Unit, Polarity); 4] = [
    ("response time", Unit::MILLISECOND, Polarity::LowerIsBetter),
    ("requests per second", Unit::PER_SECOND, Polarity::HigherIsBetter),
    ("failures per second", Unit::PER_SECOND, Polarity::LowerIsBetter),
    ("content size", Unit::BYTE, Polarity::Unknown),
];

/// The metric that a column is of, by its name in the header, and which of its numbers.
fn meaning(column: &str) -> Option<(usize, Statistic)> {
    Some(match column.to_ascii_lowercase().as_str() {
        "request count" | "# requests" => (0, Statistic::Count),
        "failure count" | "# failures" => (0, Statistic::Failures),
        "median response time" => (0, Statistic::Median),
        "average response time" => (0, Statistic::Mean),
        "min response time" => (0, Statistic::Min),
        "max response time" => (0, Statistic::Max),
        "requests/s" => (1, Statistic::Value),
        "failures/s" | "requests failed/s" => (2, Statistic::Value),
        "average content size" => (3, Statistic::Mean),
        _ => {
            let percent: f64 = column.strip_suffix('%')?.parse().ok()?;
            (0, Statistic::Percentile(Some(percent).filter(|percent| (0.0..=100.0).contains(percent))?))
        }
    })
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let is_header = |row: &StringRecord| row.get(1) == Some("Name") && row.iter().any(|name| meaning(name).is_some());
    for table in csv_tables::read(records, is_header)? {
        for row in &table.rows {
            // Of a row that was cut, the last number is not what it was.
            if table.header.is_empty() || row.cells.len() < table.header.len() {
                sink.provenance.set_aside(locust::NO_ROW, row.line);
            } else {
                report(&table.header, row, sink);
            }
        }
    }
    // The whole run stands first, and each metric with its labels.
    sink.reported.sort_by_key(|one| (METRICS.iter().position(|(name, ..)| *name == one.metric), one.label.is_some()));
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

fn report(header: &StringRecord, row: &CsvRow, sink: &mut Sink) {
    let (kind, name) = (&row.cells[0], &row.cells[1]);
    // Before 1.0 it was called `Total` for a while, and had the type `None`.
    let is_total = matches!(name, locust::AGGREGATED | "Total") && matches!(kind, "" | "None");
    let label = (!is_total).then(|| locust::label(kind, name));
    for (index, (metric, unit, polarity)) in METRICS.into_iter().enumerate() {
        let meant = (index == 0).then_some(locust::MEANING);
        let mut summary = Summary::new(metric, unit, meant).of(label.as_deref()).polarity(polarity);
        for (column, cell) in header.iter().zip(&row.cells) {
            if let Some((_, statistic)) = meaning(column).filter(|(of, _)| *of == index) {
                // `N/A` is no number.
                summary.add_at(statistic, cell.parse().ok(), Some(row.line));
            }
        }
        summary.give(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;
    use crate::table::source::Source;

    fn source(text: &str) -> Source {
        read_text("out/run_stats.csv", text)
    }

    const TEXT: &str = "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,\
        Max Response Time,Average Content Size,Requests/s,Failures/s,50%,99.9%,100%\n\n\
        GET,\"/a, b\",10,1,200,221.5,196.1,469.3,100.0,10.5,1.5,200,480,480\n\nGET,/never,0,0,N/A,0,0,0,0,0,0,N/A,N/A,N/A\n\
        ,Aggregated,10,1,200,221.5,196.1,469.3,100.0,10.5,1.5,200,480,480\n";

    #[test]
    fn the_aggregate_is_the_whole_run_and_numbers_stand_as_locust_wrote_them() {
        let found = source(TEXT);
        assert_eq!(found.provenance.format, "locust-stats");
        let times: Vec<&crate::measure::reported::Reported> =
            found.reported.iter().filter(|one| one.metric == "response time").collect();
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
