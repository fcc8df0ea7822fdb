//! Locust's `X_failures.csv`: how often which request failed with which error.
//!
//! In: a text with commas. Out: reported counts. Definition: Locust's `StatsCSV.failures_csv`.

use std::cell::RefCell;

use serde::Deserialize;

use crate::ingest::format::{
    AnyRecords, Failures, Format, Holds, IngestError, Polarity, RowKind, Sink, SourceOptions, Unit,
};
use crate::ingest::formats::load::locust;
use crate::ingest::signature;
use crate::ingest::summaries::{Summary, cause, caveat};

pub(crate) const FORMAT: Format = Format {
    name: "locust-failures",
    about: "Locust's _failures.csv",
    latency: "it has none: counts of failures",
    failures: Failures::Recorded("Occurrences of each error of each request"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "locust --headless -t 1m --csv results; perfreport summarize results_*.csv",
    upstream: "Locust stats.py, StatsCSV.failures_csv",
    sniff: |head| signature::header_of(head, SIGNATURE, "Locust"),
    read,
};

const SIGNATURE: &[&str] = &["Method", "Name", "Error", "Occurrences"];

/// A row of the file.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Failure<'r> {
    method: &'r str,
    name: &'r str,
    error: &'r str,
    occurrences: f64,
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let summary = || {
        let meaning = "failed requests, by request and error";
        Summary::new("failures", Unit::COUNT, Some(meaning)).polarity(Polarity::LowerIsBetter)
    };
    let causes = RefCell::new(Vec::new());
    locust::read_counts(records, sink, SIGNATURE, summary, |table, row| {
        let Failure { method, name, error, occurrences } = row.read(&table.header)?;
        let label = locust::label(method, name);
        let said = format!("{label}: {error}");
        causes.borrow_mut().push((label, error.to_owned(), occurrences));
        Some((said, occurrences))
    })?;
    for (label, error, occurrences) in causes.into_inner() {
        cause(sink, Some(&label), &error, Some(occurrences));
    }
    caveat(sink, "totals of the whole run: nothing says when the failures happened but the first and last");
    sink.reported_caveats.extend(locust::companions(&mut sink.provenance));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    #[test]
    fn each_error_of_each_request_has_its_count() {
        let text = "Method,Name,Error,Occurrences,First Seen,Last Seen\nGET,/a,\"HTTPError('503, busy')\",22,x,y\nPOST,/b,no,3,x,y\n";
        let found = read_text("r.csv", text);
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
        let found = read_text("r.csv", b"Method,Name,Error,Occurrences\n");
        assert_eq!(found.reported[0].number(Statistic::Failures), Some(0.0));
    }
}
