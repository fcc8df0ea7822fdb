//! `ApacheBench`: the rows that `ab -g` writes for gnuplot, and the percentiles that `ab -e` writes.
//!
//! In: tab-separated rows, or `percentage,milliseconds`. Out: samples without an order (ab sorts them by total time before
//! it writes them), or reported percentiles. Neither file says which requests failed.

use serde::Deserialize;

use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Holds, IngestError, Role, RowKind, Sink, SourceOptions, Statistic, Unit,
};
use crate::ingest::settle;
use crate::ingest::signature;
use crate::ingest::summaries::{Summary, caveat};
use crate::ingest::text::csv_tables;
use crate::ingest::text::delimited;

const GNUPLOT_HEADER: &[u8] = b"starttime\tseconds\tctime\tdtime\tttime\twait";
const PERCENT_HEADER: &[u8] = b"Percentage served,Time in ms";
const PERCENT_COLUMNS: [&str; 2] = ["Percentage served", "Time in ms"];
/// Percentiles of the hundred in the file that are worth a place in a report.
const SHOWN: &[u32] = &[5, 10, 25, 50, 75, 90, 95, 98, 99];
const TOTAL: &str = "from the beginning of connecting to the last byte; closed loop";

pub(crate) const SAMPLES: Format = Format {
    name: "ab-gnuplot",
    about: "ApacheBench, a row a request (`ab -g`), sorted by total time",
    latency: "connecting, processing and both together, in whole milliseconds; closed loop",
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "ab -n 1000 -c 10 -g times.tsv http://localhost:8080/ && perfreport summarize times.tsv",
    upstream: "Apache httpd, support/ab.c, output_results",
    sniff: |head| signature::header_is(head, GNUPLOT_HEADER, "starttime seconds ctime dtime ttime wait", "ab -g"),
    read: read_samples,
};

pub(crate) const PERCENTILES: Format = Format {
    name: "ab-percentiles",
    about: "ApacheBench, percentiles of the total time (`ab -e`)",
    latency: TOTAL,
    failures: Failures::NotRecorded,
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "ab -n 1000 -c 10 -e percentiles.csv http://localhost:8080/ && perfreport summarize percentiles.csv",
    upstream: "Apache httpd, support/ab.c, output_results",
    sniff: |head| signature::header_is(head, PERCENT_HEADER, "Percentage served,Time in ms", "ab -e"),
    read: read_percentiles,
};

fn duration(column: &'static str, meaning: &'static str) -> Declared {
    Declared::time(column, Unit::MILLISECOND, meaning, "ab -g writes durations in whole milliseconds")
}

fn read_samples(records: &mut AnyRecords<'_>, options: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    sink.settle = Some(|source, _| settle::lead_with(source, "ttime"));
    sink.declared.extend([
        Declared::column("starttime", Role::Unused, "ab: the same as `seconds`, as text"),
        Declared::column("seconds", Role::Timestamp, "ab: when connecting began, in seconds since 1970"),
        duration("ctime", "from the beginning of connecting to the connection; 0 where it was kept alive"),
        duration("dtime", "from the connection to the last byte; closed loop"),
        duration("ttime", TOTAL),
        duration("wait", "from the request's last byte to the answer's first"),
    ]);
    sink.rows_sorted = true;
    let evidence = &mut sink.provenance.evidence;
    evidence.push("ab sorts the rows by total time: warm-up, drift and dependence cannot be read from them".to_owned());
    evidence.push(
        "which requests failed is not recorded: answers other than 2xx and of unexpected length are among the rows"
            .to_owned(),
    );
    delimited::read(records, options, sink)
}

/// A row of the percentiles.
#[derive(Deserialize)]
struct PercentileRow {
    #[serde(rename = "Percentage served")]
    share: u32,
    #[serde(rename = "Time in ms")]
    time: f64,
}

fn read_percentiles(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    // Files put behind each other each begin with the header.
    let tables = csv_tables::read(records, |row| row.iter().eq(PERCENT_COLUMNS))?;
    for (table, number) in tables.iter().zip(1..) {
        let label = (tables.len() > 1).then(|| format!("run {number}"));
        let mut total = Summary::new("ttime", Unit::MILLISECOND, Some(TOTAL)).of(label.as_deref());
        for row in &table.rows {
            let served = row
                .read(&table.header)
                .filter(|served: &PercentileRow| served.time.is_finite() && row.cells.len() == 2);
            let Some(PercentileRow { share, time }) = served else {
                sink.provenance.set_aside("not a percentage and a time", row.line);
                continue;
            };
            let statistic = match share {
                0 => Statistic::Min,
                50 => Statistic::Median,
                100 => Statistic::Max,
                share if SHOWN.contains(&share) => Statistic::Percentile(f64::from(share)),
                _ => continue,
            };
            total.add_at(statistic, Some(time), Some(row.line));
        }
        total.give(sink);
    }
    caveat(
        sink,
        "ab's percentile p is the sample at place n·p/100 (rounded to a whole place, counted from 0) of the sorted samples, \
         one place above the usual nearest rank; of the hundred in the file the usual ones are shown.",
    );
    caveat(sink, "Which requests failed is not recorded: their times are among the others.");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn blank_lines_above_a_header_hide_no_tool() {
        for (text, format) in [
            ("starttime\tseconds\tctime\tdtime\tttime\twait\na\t1700000000\t1\t5\t6\t4\n", "ab-gnuplot"),
            ("Percentage served,Time in ms\n50,12.5\n99,40\n", "ab-percentiles"),
            (
                "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n\
                 0.04,0.01,0.01,0.00,0.02,0.01,200,0.5\n",
                "hey-csv",
            ),
            (
                "request-start,DNS,DNS+dialup,Response-delay,request-duration,bytes,status\n0.1,0,0,0.2,0.3,10,200\n",
                "oha-csv",
            ),
            ("request-start,DNS,DNS+dialup,request-duration,bytes,status\n0.1,0,0,0.3,10,200\n", "oha-csv"),
        ] {
            for above in ["", "\n", "\r\n \n\n"] {
                let text = format!("{above}{text}");
                let found = read_text("run.csv", &text);
                assert_eq!(found.provenance.format, format, "{text:?}");
            }
        }
    }

    #[test]
    fn the_total_time_leads() {
        let text = "starttime\tseconds\tctime\tdtime\tttime\twait\na\t1700000000\t1\t5\t6\t4\n";
        let found = read_text("run.tsv", text);
        let table = &found.tables[0];
        let names: Vec<&str> =
            table.columns_as(Role::Metric).map(|column| table.columns[column].name.as_str()).collect();
        assert_eq!(names, ["ttime", "ctime", "dtime", "wait"]);
        assert_eq!(table.numbers(table.position("ctime").unwrap()), [Some(1.0)]);
    }
}
