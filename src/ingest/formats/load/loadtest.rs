//! What the npm package `loadtest` prints at the end of a run, plain or behind the date and `INFO` of its log.
//!
//! In: text; latencies in milliseconds. Out: reported numbers; errors by their code. Lines of progress are passed over: they say
//! the same of a part of the run. Definition: alexfernandez/loadtest, `lib/result.js` (`lib/show.js` before version 6).

use crate::ingest::format::{
    AnyRecords, Failures, Format, Head, Holds, IngestError, Polarity, RowKind, Sink, Statistic, Unit,
};
use crate::ingest::summaries::{Summary, cause, caveat, setting};

const LATENCY: &str = "from sending a request to the end of its answer, failed requests among them";

pub(crate) const FORMAT: Format = Format {
    name: "loadtest",
    about: "loadtest (npm), the summary that it prints",
    latency: LATENCY,
    failures: Failures::Recorded("`Total errors`, and errors by their code"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "loadtest -n 1000 -c 10 http://localhost:8080/ > loadtest.txt && perfreport summarize loadtest.txt",
    upstream: "alexfernandez/loadtest, lib/result.js",
    sniff,
    read: |records, _, sink| read(records, sink),
};

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    const NAMES: &[&str] = &["Target URL:", "Completed requests:", "Total errors:", "Mean latency:"];
    let text = String::from_utf8_lossy(head.bytes);
    let begins = |name: &&str| text.lines().any(|line| printed(line).starts_with(name));
    NAMES.iter().all(begins).then(|| vec![format!("it has {}, as loadtest prints them", NAMES.join(", "))])
}

/// A line without what a log writes before it: `[Wed May 18 2022 15:12:17 GMT+0530 (…)] INFO `.
fn printed(line: &str) -> &str {
    let line = line.rsplit_once("] INFO").map_or(line, |(_, rest)| rest);
    line.strip_prefix("INFO").unwrap_or(line).trim()
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let mut requests =
        Summary::new("requests", Unit::COUNT, Some("completed requests, and those that ended in an error"));
    let mut latency = Summary::new("latency", Unit::MILLISECOND, Some(LATENCY)).polarity(Polarity::LowerIsBetter);
    let mut rate =
        Summary::new("requests_per_second", Unit::PER_SECOND, Some("completed requests over the time of the run"))
            .polarity(Polarity::HigherIsBetter);
    let mut ended = false;
    while let Some(record) = records.next()? {
        let (text, line) = (String::from_utf8_lossy(record.bytes).into_owned(), Some(record.line));
        let text = printed(&text);
        // `99%      14 ms`, `100%      26 ms (longest request)`
        if let Some((percent, rest)) = text.split_once('%') {
            let mut words = rest.split_whitespace();
            let (value, unit) = (words.next().and_then(|word| word.parse().ok()), words.next());
            if let (Ok(percent), Some(value), Some("ms")) = (percent.parse::<f64>(), value, unit) {
                let statistic = if percent >= 100.0 { Statistic::Max } else { Statistic::Percentile(percent) };
                if !latency.has(statistic) {
                    latency.add_at(statistic, Some(value), line);
                }
            }
            continue;
        }
        let Some((name, rest)) = text.split_once(':') else { continue };
        let number = rest.split_whitespace().next().and_then(|word| word.parse::<f64>().ok());
        match name {
            "Completed requests" => requests.add_at(Statistic::Count, number, line),
            "Total errors" => requests.add_at(Statistic::Failures, number, line),
            "Mean latency" => latency.add_at(Statistic::Mean, number, line),
            "Total time" => {
                // What stands above the total time under the name of a rate is the one that was asked for.
                ended = true;
                setting(sink, "total time", Some(rest.trim()));
                continue;
            }
            "Effective rps" | "Requests per second" if ended => rate.add_at(Statistic::Value, number, line),
            "Concurrency level" | "Concurrent clients" | "Agent" | "Target rps" => {
                setting(sink, &name.to_lowercase(), Some(rest.trim()));
                continue;
            }
            code if rest.trim_end().ends_with(" errors") && code.trim().parse::<i32>().is_ok() => {
                let mut errors =
                    Summary::new(&format!("errors {}", code.trim()), Unit::COUNT, Some("requests that ended so"))
                        .polarity(Polarity::LowerIsBetter);
                errors.add_at(Statistic::Value, number, line);
                errors.give(sink);
                cause(sink, None, code.trim(), number);
                continue;
            }
            _ => continue,
        };
    }
    for summary in [requests, latency, rate] {
        summary.give(sink);
    }
    caveat(sink, "loadtest rounds percentiles to whole milliseconds");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    const PRINTED: &str = "Requests: 0 (0%), requests per second: 0, mean latency: 0 ms\n\nTarget URL:          http://localhost:80/\n\
        Max requests:        1000\nConcurrency level:   10\nAgent:               none\nRequests per second: 1000\n\n\
        Completed requests:  1000\nTotal errors:        12\nTotal time:          1.25 s\nRequests per second: 800\n\
        Mean latency:        4.3 ms\n\nPercentage of the requests served within a certain time\n  50%      4 ms\n  99%      14 ms\n\
        \x20100%      26 ms (longest request)\n\n 100%      26 ms (longest request)\n\n   503:   12 errors\n";

    #[test]
    fn the_summary_is_read_plain_and_behind_the_words_of_a_log() {
        let lines: Vec<&str> = PRINTED.lines().collect();
        let before = "[Wed May 18 2022 15:12:17 GMT+0530 (Some Time)] INFO ";
        let logged = format!("{before}{}\n", lines.join(&format!("\n{before}")));
        for text in [PRINTED.to_owned(), logged] {
            let found = read_text("out.txt", text);
            assert_eq!(found.provenance.format, "loadtest");
            let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
            let requests = of("requests");
            assert_eq!(
                [Statistic::Count, Statistic::Failures].map(|one| requests.number(one)),
                [Some(1000.0), Some(12.0)]
            );
            let numbers =
                [Statistic::Mean, Statistic::P50, Statistic::P99, Statistic::Max].map(|one| of("latency").number(one));
            assert_eq!(numbers, [Some(0.0043), Some(0.004), Some(0.014), Some(0.026)]);
            assert_eq!(of("requests_per_second").number(Statistic::Value), Some(800.0));
            assert_eq!(of("errors 503").number(Statistic::Value), Some(12.0));
        }
    }
}
