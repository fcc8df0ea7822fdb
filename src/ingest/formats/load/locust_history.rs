//! Locust's `X_stats_history.csv`: once a second, how many users there were and what the rates were.
//!
//! In: a text with commas, read by the reader of delimited text. Out: a table of users and rates over time. Percentiles and
//! totals are counted from the beginning of the run and are therefore no samples. Definition: Locust's
//! `StatsCSVFileWriter`.

use crate::table::source::Source;

use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Head, Holds, IngestError, Polarity, Role, RowKind, Sink, SourceOptions,
    Unit,
};
use crate::ingest::formats::load::locust;
use crate::ingest::settle;
use crate::ingest::signature;
use crate::ingest::text::delimited;

pub(crate) const FORMAT: Format = Format {
    name: "locust-history",
    about: "Locust's _stats_history.csv: users and rates over time",
    latency: "not used: its percentiles are cumulative, or of the last ten seconds",
    failures: Failures::Recorded("Failures/s"),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "locust --headless -t 1m --csv results; perfreport summarize results_*.csv",
    upstream: "Locust stats.py, StatsCSVFileWriter",
    sniff: |head| signature::header_of(head, SIGNATURE, "Locust"),
    read,
};

const SIGNATURE: &[&str] = &["Timestamp", "User Count", "Type", "Name"];

fn read(records: &mut AnyRecords<'_>, options: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    sink.settle = Some(settle);
    let first = signature::first_line(&Head::of(records)?).to_vec();
    let metric = |column, unit, polarity, meaning| {
        let reason = "Locust: a rate or a count at that second";
        Declared::metric(column, Some(unit), Some(polarity), Some(meaning), reason)
    };
    sink.declared = vec![
        Declared::column("Timestamp", Role::Timestamp, "Locust: seconds since 1970"),
        metric("User Count", Unit::COUNT, Polarity::Unknown, "users at that second: load, no result"),
        Declared::column("Type", Role::Unused, "Locust: type of the request"),
        Declared::column("Name", Role::Label, "Locust: name of the request, or Aggregated"),
        metric("Requests/s", Unit::PER_SECOND, Polarity::HigherIsBetter, "requests a second over the last ten seconds"),
        metric("Failures/s", Unit::PER_SECOND, Polarity::LowerIsBetter, "failures a second over the last ten seconds"),
    ];
    let not_samples = "Locust: cumulative, or over the last ten seconds: no samples";
    let names = signature::cells(&first, b',').into_iter();
    let rest = names.filter(|name| name.ends_with('%') || name.starts_with("Total "));
    sink.declared_by_file = rest.map(|name| (name, Declared::column("", Role::Unused, not_samples))).collect();
    let companions = locust::companions(&mut sink.provenance);
    sink.provenance.evidence.extend(companions);
    delimited::read_named(records, options, sink, None)
}

/// With the full history each second has a row for every request and one for all of them.
fn settle(source: &mut Source, _: &SourceOptions) {
    let mut apart = Vec::new();
    for table in &mut source.tables {
        let Some(name) = table.position("Name") else { continue };
        let (aggregated, requests) = settle::part(table, name, |text| text == locust::AGGREGATED);
        let (Some(aggregated), Some(mut requests)) = (aggregated, requests) else { continue };
        requests.name = Some("requests".to_owned());
        settle::name_metrics_apart(&mut requests, "of one request, which the whole run contains");
        *table = aggregated;
        apart.push(requests);
    }
    source.tables.append(&mut apart);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn rates_are_samples_and_cumulative_numbers_are_not() {
        let header = "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,100%,Total Request Count";
        let text = format!(
            "{header}\n1795276954,0,,Aggregated,0.000000,0.000000,N/A,N/A,0\n1795276955,5,GET,/a,7.5,0.5,8,130,74\n\
             1795276955,5,,Aggregated,7.5,0.5,8,130,74\n1795276956,5,,Aggregated,8.5,0.0,8,130,80\n"
        );
        let found = read_text("r_stats_history.csv", text);
        assert_eq!(found.provenance.format, "locust-history");
        let table = &found.tables[0];
        let metrics: Vec<&str> =
            table.columns_as(Role::Metric).map(|index| table.columns[index].name.as_str()).collect();
        assert_eq!(metrics, ["User Count", "Requests/s", "Failures/s"]);
        assert_eq!(table.numbers(4), [Some(0.0), Some(7.5), Some(8.5)]);
        assert_eq!(found.tables[1].lines.rows(), 1, "the row of one request stands apart");
    }
}
