//! Locust's `X_exceptions.csv`: how often the script itself failed, and where.
//!
//! In: a text with commas. Out: reported counts, by message; tracebacks are passed over. Definition: Locust's
//! `StatsCSV.exceptions_csv`.

use serde::Deserialize;

use crate::ingest::format::{
    AnyRecords, Failures, Format, Holds, IngestError, Polarity, RowKind, Sink, SourceOptions, Unit,
};
use crate::ingest::formats::load::locust;
use crate::ingest::signature;
use crate::ingest::summaries::{Summary, caveat};

pub(crate) const FORMAT: Format = Format {
    name: "locust-exceptions",
    about: "Locust's _exceptions.csv",
    latency: "it has none: counts of exceptions",
    failures: Failures::Recorded("Count of each exception of the script"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "locust --headless -t 1m --csv results; perfreport summarize results_*.csv",
    upstream: "Locust stats.py, StatsCSV.exceptions_csv",
    sniff: |head| signature::header_of(head, SIGNATURE, "Locust"),
    read,
};

const SIGNATURE: &[&str] = &["Count", "Message", "Traceback", "Nodes"];

/// A row of the file.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Exception {
    count: f64,
    message: String,
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let summary = || {
        let meaning = "exceptions of the script, by message";
        Summary::new("exceptions", Unit::COUNT, Some(meaning)).polarity(Polarity::LowerIsBetter)
    };
    locust::read_counts(records, sink, SIGNATURE, summary, |table, row| {
        let Exception { count, message } = row.read(&table.header)?;
        Some((message, count))
    })?;
    caveat(sink, "exceptions of the script, not failed requests: those stand in the failures of the run");
    sink.reported_caveats.extend(locust::companions(&mut sink.provenance));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    #[test]
    fn a_traceback_over_lines_is_one_row() {
        let text =
            "Count,Message,Traceback,Nodes\n21,no order,\"  File \"\"x.py\"\"\n    raise\n\",local\n2,other,t,local\n";
        let found = read_text("r.csv", text);
        assert_eq!(found.provenance.format, "locust-exceptions");
        let counts: Vec<Option<f64>> = found.reported.iter().map(|one| one.number(Statistic::Failures)).collect();
        assert_eq!(counts, [Some(23.0), Some(21.0), Some(2.0)]);
    }
}
