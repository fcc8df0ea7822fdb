//! Locust's `X_failures.csv`: how often which request failed with which error.
//!
//! In: a text with commas. Out: reported counts. Definition: Locust's `StatsCSV.failures_csv`.

use crate::measure::reported::Reported;
use crate::measure::{Polarity, Statistic};

use crate::ingest::format::{AnyRecords, Failures, Format, Head, Holds, IngestError, Sink, SourceOptions};
use crate::ingest::formats::load::locust;
use crate::ingest::signature;

pub(crate) const FORMAT: Format = Format {
    name: "locust-failures",
    about: "Locust's _failures.csv",
    latency: "it has none: counts of failures",
    failures: Failures::Recorded("Occurrences of each error of each request"),
    holds: Holds::Summaries,
    example: "locust --headless -t 1m --csv results; perfreport summarize results_*.csv",
    upstream: "Locust stats.py, StatsCSV.failures_csv",
    generic: false,
    sniff,
    read,
    settle: None,
};

const SIGNATURE: &[&str] = &["Method", "Name", "Error", "Occurrences"];

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    signature::header_begins(head, SIGNATURE)
        .then(|| vec!["the header begins with Method, Name, Error, Occurrences, as Locust writes it".to_owned()])
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let mut above = true;
    let (mut rows, mut total) = (Vec::new(), 0.0);
    signature::each_row(records, sink, |row, line| {
        if std::mem::take(&mut above) {
            return true;
        }
        let Some(occurrences) = locust::number(row.cell(3)) else { return false };
        total += occurrences;
        let label = locust::label(row.cell(0), row.cell(1));
        let error = String::from_utf8_lossy(row.cell(2)).into_owned();
        rows.push(reported(Some(format!("{label}: {error}")), occurrences, Some(line)));
        true
    })?;
    // Without a row the file says that nothing failed, which is worth a number too.
    sink.reported = vec![reported(None, total, None)];
    sink.reported.append(&mut rows);
    sink.reported_caveats =
        vec!["totals of the whole run: nothing says when the failures happened but the first and last".to_owned()];
    sink.reported_caveats.extend(locust::companions(&mut sink.provenance));
    Ok(())
}

fn reported(label: Option<String>, failures: f64, line: Option<u64>) -> Reported {
    let mut value = locust::count(Statistic::Failures, failures, 0);
    value.line = line;
    Reported {
        metric: "failures".to_owned(),
        label,
        meaning: Some("failed requests, by request and error".to_owned()),
        polarity: Polarity::LowerIsBetter,
        values: vec![value],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read as ingest;

    #[test]
    fn each_error_of_each_request_has_its_count() {
        let text = "Method,Name,Error,Occurrences,First Seen,Last Seen\nGET,/a,\"HTTPError('503, busy')\",22,x,y\nPOST,/b,no,3,x,y\n";
        let found = ingest("r.csv", text.as_bytes(), &SourceOptions::default()).unwrap();
        assert_eq!(found.provenance.format, "locust-failures");
        let counts: Vec<(Option<&str>, Option<f64>)> =
            found.reported.iter().map(|one| (one.label.as_deref(), one.number(Statistic::Failures))).collect();
        let expected = [
            (None, Some(25.0)),
            (Some("GET /a: HTTPError('503, busy')"), Some(22.0)),
            (Some("POST /b: no"), Some(3.0)),
        ];
        assert_eq!(counts, expected);
    }

    #[test]
    fn a_run_without_failures_says_so() {
        let found = ingest("r.csv", &b"Method,Name,Error,Occurrences\n"[..], &SourceOptions::default()).unwrap();
        assert_eq!(found.reported[0].number(Statistic::Failures), Some(0.0));
    }
}
