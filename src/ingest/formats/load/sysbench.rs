//! sysbench's report, the text that it prints at the end of a run.
//!
//! In: text; a latency in milliseconds. Out: reported numbers. Definition: akopytov/sysbench, `src/sb_percentile.c`,
//! `src/lua/internal/sysbench.cmdline.lua` and `src/sysbench.c`.

use crate::ingest::format::{
    AnyRecords, Failures, Format, Head, Holds, IngestError, Polarity, RowKind, Sink, Statistic, Unit,
};
use crate::ingest::summaries::{Summary, setting};

const LATENCY: &str = "time of one event (a transaction, an operation); closed loop unless a rate was given";

pub(crate) const FORMAT: Format = Format {
    name: "sysbench",
    about: "sysbench, the report that it prints",
    latency: LATENCY,
    failures: Failures::Recorded("errors that were ignored, and reconnects, counted"),
    holds: Holds::Summaries,
    row: RowKind::Row,
    example: "sysbench oltp_read_write run > sysbench.txt && perfreport summarize sysbench.txt",
    upstream: "akopytov/sysbench, src/sysbench.c, report_cumulative",
    sniff,
    read: |records, _, sink| read(records, sink),
};

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(head.bytes);
    let begins = text.lines().any(|line| line.starts_with("sysbench 1.") || line.starts_with("sysbench 0."));
    (begins && text.contains("atency (ms):")).then(|| vec!["it names sysbench and has `Latency (ms):`".to_owned()])
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let mut latency = Summary::new("latency", Unit::MILLISECOND, Some(LATENCY));
    let mut events = Summary::new("events", Unit::COUNT, Some("events of the run; failed: ignored errors"));
    let mut section = String::new();
    let mut counted = false;
    while let Some(record) = records.next()? {
        let (text, line) = (String::from_utf8_lossy(record.bytes).trim().to_owned(), record.line);
        let Some((name, rest)) = text.split_once(':') else { continue };
        if rest.trim().is_empty() {
            name.clone_into(&mut section);
            continue;
        }
        // `transactions: 12345 (205.70 per sec.)`
        let number = rest.split_whitespace().next().and_then(|word| word.trim_end_matches("ms").parse::<f64>().ok());
        let rate = rest.split_once('(').and_then(|(_, rest)| rest.split_whitespace().next()?.parse::<f64>().ok());
        let in_latency = section.starts_with("Latency (ms)");
        match name {
            "min" if in_latency => latency.add_at(Statistic::Min, number, Some(line)),
            "avg" if in_latency => latency.add_at(Statistic::Mean, number, Some(line)),
            "max" if in_latency => latency.add_at(Statistic::Max, number, Some(line)),
            "total number of events" => {
                counted = true;
                events.add_at(Statistic::Count, number, Some(line))
            }
            "ignored errors" => events.add_at(Statistic::Failures, number, Some(line)),
            "transactions" | "queries" | "events per second" | "reconnects" => {
                let metric = if name == "events per second" { "events" } else { name };
                let per_second = rate.or(number.filter(|_| name == "events per second"));
                let mut summary = Summary::new(&format!("{metric}_per_second"), Unit::PER_SECOND, None);
                if name == "reconnects" {
                    summary = summary.polarity(Polarity::LowerIsBetter);
                }
                summary.add_at(Statistic::Value, per_second, Some(line));
                summary.give(sink);
                continue;
            }
            "Number of threads" => {
                setting(sink, "threads", number);
                continue;
            }
            other if in_latency => {
                // `95th percentile`; 0 stands for none where the percentile was switched off.
                let percent = other.strip_suffix("th percentile").and_then(|digits| digits.parse::<f64>().ok());
                let Some(percent) = percent.filter(|_| number != Some(0.0)) else { continue };
                latency.add_at(Statistic::Percentile(percent), number, Some(line))
            }
            _ => continue,
        };
    }
    if counted {
        events.give(sink);
    }
    latency.give(sink);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn a_latency_is_in_milliseconds_and_its_sum_is_none() {
        let text = "sysbench 1.0.20 (using system LuaJIT 2.1.0)\n\nRunning the test with following options:\nNumber of threads: 4\n\nSQL statistics:\n\
            \x20   transactions:                        500    (50.25 per sec.)\n    ignored errors:                      3      (0.30 per sec.)\n\n\
            General statistics:\n    total time:                          10.0s\n    total number of events:              500\n\n\
            Latency (ms):\n         min:                                    1.50\n         avg:                                    2.50\n\
            \x20        max:                                   20.00\n         95th percentile:                        4.50\n         sum:                                 1250.00\n";
        let found = read_text("sysbench.txt", text);
        assert_eq!(found.provenance.format, "sysbench");
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("latency").number(Statistic::Percentile(95.0)), Some(0.0045));
        assert_eq!(of("latency").values.len(), 4);
        assert_eq!(of("transactions_per_second").number(Statistic::Value), Some(50.25));
        assert_eq!(
            (of("events").number(Statistic::Count), of("events").number(Statistic::Failures)),
            (Some(500.0), Some(3.0))
        );
    }
}
