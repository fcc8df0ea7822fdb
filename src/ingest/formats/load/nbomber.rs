//! `NBomber`'s report as CSV: a row a scenario (`global information`) and one for each of its steps.
//!
//! In: numbers that `NBomber` has summarised, in milliseconds; of requests that succeeded under `ok_`, of the others under
//! `fail_`; before version 2 without these. Out: reported numbers. Definition: `NBomber`'s `CsvReport`.

use crate::ingest::format::{
    AnyRecords, Failures, Format, Holds, IngestError, Polarity, RowKind, Sink, Statistic, Unit,
};
use crate::ingest::signature;
use crate::ingest::summaries::{Summary, caveat};
use crate::ingest::summary_tables::{self, TextRow, number};

const LATENCY: &str = "from the beginning of a step to its end, as the step's code defines it";

pub(crate) const FORMAT: Format = Format {
    name: "nbomber-csv",
    about: "NBomber's report as CSV",
    latency: LATENCY,
    failures: Failures::Recorded("`failed`: how many; latencies of failed requests under `fail_`"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "perfreport summarize reports/*/nbomber_report_*.csv",
    upstream: "PragmaticFlow/NBomber, Reporting/CsvReport.fs",
    sniff: |head| {
        signature::header_has(head, &["scenario", "step_name", "request_count", "ok", "failed"]).then(|| {
            vec!["the header names scenario, step_name, request_count, ok and failed, as NBomber does".to_owned()]
        })
    },
    read: |records, _, sink| read(records, sink),
};

/// The step that stands for its scenario.
const WHOLE: &str = "global information";
/// Names behind `ok_` and `fail_`.
const TIMES: &[(&str, Statistic)] = &[
    ("min", Statistic::Min),
    ("mean", Statistic::Mean),
    ("max", Statistic::Max),
    ("50_percent", Statistic::Median),
    ("75_percent", Statistic::Percentile(75.0)),
    ("95_percent", Statistic::Percentile(95.0)),
    ("99_percent", Statistic::Percentile(99.0)),
    ("std_dev", Statistic::Stddev),
];

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let rows = summary_tables::rows(records, b',', sink)?;
    let header = rows.first().map(|row| row.cells.clone()).unwrap_or_default();
    let rows: Vec<&TextRow> = rows.iter().filter(|row| row.cells != header).collect();
    let several = rows.iter().any(|row| row.named(&header, "scenario") != rows[0].named(&header, "scenario"));
    for row in rows {
        let (scenario, step) = (row.named(&header, "scenario"), row.named(&header, "step_name"));
        let label = match (several, step == WHOLE) {
            (false, true) => None,
            (true, true) => Some(scenario.to_owned()),
            (false, false) => Some(step.to_owned()),
            (true, false) => Some(format!("{scenario} / {step}")),
        };
        report(&header, row, label.as_deref(), sink);
    }
    summary_tables::whole_run_first(sink);
    caveat(sink, "NBomber keeps the latencies of failed requests apart from those of the others");
    Ok(())
}

fn report(header: &[String], row: &TextRow, label: Option<&str>, sink: &mut Sink) {
    let mut requests = Summary::new("requests", Unit::COUNT, Some("requests, and those that failed")).of(label);
    summary_tables::add(&mut requests, Statistic::Count, row.named(header, "request_count"), row.line);
    summary_tables::add(&mut requests, Statistic::Failures, row.named(header, "failed"), row.line);
    requests.give(sink);
    for (prefix, metric) in [("ok_", "latency"), ("", "latency"), ("fail_", "latency of failed requests")] {
        // Where none failed, or none succeeded, zeros stand for no latency at all.
        let count = row.named(header, if prefix == "fail_" { "failed" } else { "ok" });
        if number(count) == Some(0.0) {
            continue;
        }
        let mut summary = Summary::new(metric, Unit::MILLISECOND, Some(LATENCY)).of(label);
        for (name, statistic) in TIMES {
            let cell = row.named(header, &format!("{prefix}{name}"));
            summary_tables::add(&mut summary, *statistic, cell, row.line);
        }
        summary.give(sink);
        let mut rate =
            Summary::new("requests_per_second", Unit::PER_SECOND, Some("requests of the kind over the duration"))
                .of(label)
                .polarity(Polarity::HigherIsBetter);
        if prefix != "fail_" {
            summary_tables::add(&mut rate, Statistic::Value, row.named(header, &format!("{prefix}rps")), row.line);
        }
        rate.give(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn a_percentile_is_a_latency_and_the_scenario_is_the_whole() {
        let text = "test_suite,test_name,scenario,duration,step_name,request_count,ok,failed,ok_rps,ok_min,ok_mean,ok_max,\
            ok_50_percent,ok_95_percent,ok_std_dev\n\
            s,t,shop,00:01:00,global information,600,590,10,9.8,2,20.5,300,15.5,90,30\n\
            s,t,shop,00:01:00,cart,600,590,10,9.8,2,20.5,300,15.5,90,30\n";
        let found = read_text("nbomber_report.csv", text);
        assert_eq!(found.provenance.format, "nbomber-csv");
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric && one.label.is_none()).unwrap();
        assert_eq!(of("latency").number(Statistic::Median), Some(0.0155));
        assert_eq!(of("requests").number(Statistic::Failures), Some(10.0));
        assert_eq!(found.reported.iter().filter(|one| one.label.as_deref() == Some("cart")).count(), 3);
    }
}
