//! pgbench's report, the text that it prints at the end of a run.
//!
//! In: text; latencies in milliseconds. Out: reported numbers: transactions and those that failed or were skipped, latency, transactions a
//! second. Lines of progress (`-P`) are of parts of the run and are counted; sections of single scripts are passed over. Definition:
//! `PostgreSQL`, pgbench.c, printResults.

use crate::ingest::format::{AnyRecords, Failures, Format, Head, Holds, IngestError, RowKind, Sink, Statistic, Unit};
use crate::ingest::summaries::{Summary, cause, setting};

const LATENCY: &str = "time of a transaction; closed loop, or with --rate from when it was due";

pub(crate) const FORMAT: Format = Format {
    name: "pgbench",
    about: "pgbench, the report that it prints",
    latency: LATENCY,
    failures: Failures::Recorded("transactions that failed or were skipped, counted"),
    holds: Holds::Summaries,
    row: RowKind::Row,
    example: "pgbench -c 8 -T 60 > pgbench.txt && perfreport summarize pgbench.txt",
    upstream: "postgresql.org, pgbench.c, printResults",
    sniff,
    read: |records, _, sink| read(records, sink),
};

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let has = |text: &str| memchr::memmem::find(head.bytes, text.as_bytes()).is_some();
    let is_report =
        has("\nnumber of transactions actually processed: ") && has("\ntps = ") && has("transaction type: ");
    is_report.then(|| {
        vec!["it has `transaction type:`, `number of transactions actually processed:` and `tps =`".to_owned()]
    })
}

/// What the report says of the whole run.
#[derive(Default)]
struct Run {
    processed: Option<(f64, u64)>,
    failed: Option<f64>,
    skipped: Option<f64>,
    mean: Option<(f64, u64)>,
    stddev: Option<(f64, u64)>,
    /// Transactions a second, and whether the time to connect is left out of them.
    rate: Option<(f64, u64, bool)>,
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let mut run = Run::default();
    while let Some(record) = records.next()? {
        let text = String::from_utf8_lossy(record.bytes).trim().to_owned();
        if text.starts_with("progress: ") {
            sink.provenance.set_aside("lines of progress, of which the report has the sum", record.line);
        }
        // `SQL script 1: <builtin: TPC-B>`: what follows is of one script.
        if text.starts_with("SQL script ") {
            break;
        }
        run.take(&text, record.line, sink);
    }
    run.give(sink);
    Ok(())
}

/// The first number of a text: `9950/10000`, `3.950 ms`, `0 (0.000%)`.
fn number(text: &str) -> Option<f64> {
    let end = text.trim_start().find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let text = text.trim_start();
    text[..end.unwrap_or(text.len())].parse().ok()
}

impl Run {
    fn take(&mut self, text: &str, line: u64, sink: &mut Sink) {
        if let Some(version) = text.strip_prefix("pgbench (").and_then(|rest| rest.strip_suffix(')')) {
            setting(sink, "pgbench", Some(version));
        }
        let Some((name, value)) = text.split_once(": ").or_else(|| text.split_once(" = ")) else { return };
        let found = number(value);
        let at = found.map(|found| (found, line));
        match name {
            "transaction type" | "scaling factor" | "query mode" | "duration" => setting(sink, name, Some(value)),
            "number of clients" => setting(sink, "clients", found),
            "number of threads" => setting(sink, "threads", found),
            "number of transactions actually processed" => self.processed = at,
            "number of failed transactions" => self.failed = found,
            "number of transactions skipped" => self.skipped = found,
            "latency average" => self.mean = at,
            "latency stddev" => self.stddev = at,
            // Older versions print both, with the time to connect and without it.
            "tps" => {
                let without = value.contains("without") || value.contains("excluding");
                if self.rate.is_none_or(|(.., known)| without && !known) {
                    self.rate = found.map(|found| (found, line, without));
                }
            }
            _ => {}
        }
    }

    fn give(self, sink: &mut Sink) {
        let meaning = "transactions that were due, and those that failed or were skipped because they were too late";
        let mut transactions = Summary::new("transactions", Unit::COUNT, Some(meaning));
        if let Some((processed, line)) = self.processed {
            let missing = self.failed.unwrap_or_default() + self.skipped.unwrap_or_default();
            transactions.add_at(Statistic::Count, Some(processed + missing), Some(line));
            // Before version 15 a transaction that failed ended its client, and none is counted.
            let told = self.failed.or(self.skipped).is_some();
            transactions.add_at(Statistic::Failures, told.then_some(missing), Some(line));
        }
        transactions.give(sink);
        cause(sink, None, "failed", self.failed);
        cause(sink, None, "skipped", self.skipped);
        let mut latency = Summary::new("latency", Unit::MILLISECOND, Some(LATENCY));
        for (statistic, found) in [(Statistic::Mean, self.mean), (Statistic::Stddev, self.stddev)] {
            let (value, line) = found.unzip();
            latency.add_at(statistic, value, line);
        }
        latency.give(sink);
        let meaning = "transactions a second, without the time to connect where the report says so";
        let mut rate = Summary::new("tps", Unit::PER_SECOND, Some(meaning));
        if let Some((value, line, _)) = self.rate {
            rate.add_at(Statistic::Value, Some(value), Some(line));
        }
        rate.give(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn the_report_has_transactions_a_latency_in_milliseconds_and_a_rate() {
        let text = "pgbench (16.2)\nstarting vacuum...end.\nprogress: 5.0 s, 400.5 tps, lat 2.500 ms stddev 0.100, 3 failed\n\
            transaction type: <builtin: TPC-B (sort of)>\nscaling factor: 10\nnumber of clients: 4\nduration: 10 s\n\
            number of transactions actually processed: 4000\nnumber of failed transactions: 25 (0.621%)\n\
            number of transactions skipped: 5 (0.124%)\nlatency average = 2.500 ms\nlatency stddev = 0.250 ms\n\
            initial connection time = 8.000 ms\ntps = 400.250 (without initial connection time)\n\
            SQL script 1: a.sql\n - latency average = 99.000 ms\n";
        let found = read_text("pgbench.txt", text);
        assert_eq!(found.provenance.format, "pgbench");
        let of = |metric: &str, statistic| {
            found.reported.iter().find(|one| one.metric == metric).and_then(|one| one.number(statistic))
        };
        assert_eq!(of("transactions", Statistic::Count), Some(4030.0));
        assert_eq!(of("transactions", Statistic::Failures), Some(30.0));
        assert_eq!(of("latency", Statistic::Mean), Some(0.0025));
        assert_eq!(of("latency", Statistic::Stddev), Some(0.00025));
        assert_eq!(of("tps", Statistic::Value), Some(400.25));
        assert_eq!(found.provenance.set_aside[0].rows, 1);
        assert_eq!(found.causes.iter().map(|one| one.failed).collect::<Vec<_>>(), [25, 5]);
    }
}
