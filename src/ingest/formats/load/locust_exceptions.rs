//! Locust's `X_exceptions.csv`: how often the script itself failed, and where.
//!
//! In: a text with commas. Out: reported counts, by message; tracebacks are passed over. Definition: Locust's
//! `StatsCSV.exceptions_csv`.

use crate::measure::reported::Reported;
use crate::measure::{Polarity, Statistic};

use crate::ingest::format::{AnyRecords, Failures, Format, Head, Holds, IngestError, Sink, SourceOptions};
use crate::ingest::formats::load::locust;
use crate::ingest::signature;

pub(crate) const FORMAT: Format = Format {
    name: "locust-exceptions",
    about: "Locust's _exceptions.csv",
    latency: "it has none: counts of exceptions",
    failures: Failures::Recorded("Count of each exception of the script"),
    holds: Holds::Summaries,
    example: "locust --headless -t 1m --csv results; perfreport summarize results_*.csv",
    upstream: "Locust stats.py, StatsCSV.exceptions_csv",
    generic: false,
    sniff,
    read,
    settle: None,
};

const SIGNATURE: &[&str] = &["Count", "Message", "Traceback", "Nodes"];

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    signature::header_begins(head, SIGNATURE)
        .then(|| vec!["the header begins with Count, Message, Traceback, Nodes, as Locust writes it".to_owned()])
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let mut above = true;
    let (mut rows, mut total) = (Vec::new(), 0.0);
    signature::each_row(records, sink, |row, _| {
        if std::mem::take(&mut above) {
            return true;
        }
        let Some(count) = locust::number(row.cell(0)) else { return false };
        total += count;
        rows.push(reported(Some(String::from_utf8_lossy(row.cell(1)).into_owned()), count));
        true
    })?;
    sink.reported = vec![reported(None, total)];
    sink.reported.append(&mut rows);
    sink.reported_caveats =
        vec!["exceptions of the script, not failed requests: those stand in the failures of the run".to_owned()];
    sink.reported_caveats.extend(locust::companions(&mut sink.provenance));
    Ok(())
}

fn reported(label: Option<String>, count: f64) -> Reported {
    let mut value = locust::count(Statistic::Failures, count, 0);
    value.line = None;
    Reported {
        metric: "exceptions".to_owned(),
        label,
        meaning: Some("exceptions of the script, by message".to_owned()),
        polarity: Polarity::LowerIsBetter,
        values: vec![value],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read as ingest;

    #[test]
    fn a_traceback_over_lines_is_one_row() {
        let text =
            "Count,Message,Traceback,Nodes\n21,no order,\"  File \"\"x.py\"\"\n    raise\n\",local\n2,other,t,local\n";
        let found = ingest("r.csv", text.as_bytes(), &SourceOptions::default()).unwrap();
        assert_eq!(found.provenance.format, "locust-exceptions");
        let counts: Vec<Option<f64>> = found.reported.iter().map(|one| one.number(Statistic::Failures)).collect();
        assert_eq!(counts, [Some(23.0), Some(21.0), Some(2.0)]);
    }
}
