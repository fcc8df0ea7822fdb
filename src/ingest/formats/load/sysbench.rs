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
    let begins = text.lines().any(begins_run);
    (begins && text.contains("atency (ms):")).then(|| vec!["it names sysbench and has `Latency (ms):`".to_owned()])
}

/// With what the report of a run begins.
fn begins_run(line: &str) -> bool {
    line.starts_with("sysbench 1.") || line.starts_with("sysbench 0.")
}

/// A run of sysbench, of which one text may hold several.
#[derive(Default)]
struct Run {
    /// What was tested, in a word, and its settings that tell it from other runs.
    test: Option<&'static str>,
    operation: Option<String>,
    threads: Option<f64>,
    /// Its metrics, by name.
    metrics: Vec<Summary>,
    events: Vec<(Statistic, Option<f64>, u64)>,
    latency: Vec<(Statistic, Option<f64>, u64)>,
    counted: bool,
    section: String,
}

/// The lines by which a test is known, and what it is called.
const TESTS: &[(&str, &str)] = &[
    ("CPU speed", "cpu"),
    ("Running memory speed test", "memory"),
    ("File operations", "fileio"),
    ("SQL statistics", "sql"),
];

/// Rates that stand on a line of their own, what they are called here, and their unit.
const RATES: &[(&str, &str, &str)] = &[
    ("events per second", "events_per_second", "/s"),
    ("events/s (eps)", "events_per_second", "/s"),
    ("reads/s", "reads_per_second", "/s"),
    ("writes/s", "writes_per_second", "/s"),
    ("fsyncs/s", "fsyncs_per_second", "/s"),
    ("read, MiB/s", "read", "MiB/s"),
    ("written, MiB/s", "written", "MiB/s"),
];

impl Run {
    /// Takes a line of the report.
    fn take(&mut self, text: &str, line: u64) {
        if let Some((_, test)) = TESTS.iter().find(|(words, _)| text.starts_with(words)) {
            self.test = Some(test);
        }
        // `10240.00 MiB transferred (50358.78 MiB/sec)`
        if text.contains(" transferred (") {
            let rate = in_brackets(text);
            self.rate("transferred", Unit::parse("MiB/s").filter(|_| text.contains("MiB/sec)")), rate, line);
        }
        let Some((name, rest)) = text.split_once(':') else { return };
        if rest.trim().is_empty() {
            name.clone_into(&mut self.section);
            return;
        }
        // `transactions: 12345 (205.70 per sec.)`
        let number = rest.split_whitespace().next().and_then(|word| word.trim_end_matches("ms").parse::<f64>().ok());
        let in_latency = self.section.starts_with("Latency (ms)");
        if let Some((_, metric, unit)) = RATES.iter().find(|(written, ..)| *written == name) {
            self.rate(metric, Unit::parse(unit), number, line);
            return;
        }
        match name {
            "min" if in_latency => self.latency.push((Statistic::Min, number, line)),
            "avg" if in_latency => self.latency.push((Statistic::Mean, number, line)),
            "max" if in_latency => self.latency.push((Statistic::Max, number, line)),
            "total number of events" => {
                self.counted = true;
                self.events.push((Statistic::Count, number, line));
            }
            "ignored errors" => self.events.push((Statistic::Failures, number, line)),
            "Total operations" => self.rate("operations_per_second", Some(Unit::PER_SECOND), in_brackets(rest), line),
            "transactions" | "queries" | "reconnects" => {
                self.rate(&format!("{name}_per_second"), Some(Unit::PER_SECOND), in_brackets(rest), line);
            }
            "operation" => self.operation = Some(rest.trim().to_owned()),
            "Number of threads" => self.threads = number,
            other if in_latency => {
                // `95th percentile`; 0 stands for none where the percentile was switched off.
                let percent = other.strip_suffix("th percentile").and_then(|digits| digits.parse::<f64>().ok());
                if let Some(percent) = percent.filter(|_| number != Some(0.0)) {
                    self.latency.push((Statistic::Percentile(percent), number, line));
                }
            }
            _ => {}
        }
    }

    fn rate(&mut self, metric: &str, unit: Option<Unit>, value: Option<f64>, line: u64) {
        let mut summary = Summary::new(metric, unit.unwrap_or(Unit::UNKNOWN), None);
        if metric == "reconnects_per_second" {
            summary = summary.polarity(Polarity::LowerIsBetter);
        }
        summary.add_at(Statistic::Value, value, Some(line));
        self.metrics.push(summary);
    }

    /// What tells it from the other runs of its text.
    fn label(&self) -> String {
        let words = [self.test, self.operation.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let test = if words.is_empty() { "run".to_owned() } else { words };
        self.threads.map_or(test.clone(), |threads| format!("{test}, threads={threads}"))
    }

    /// Gives its numbers to the sink.
    fn give(self, label: Option<&str>, sink: &mut Sink) {
        for summary in self.metrics {
            summary.of(label).give(sink);
        }
        let mut events = Summary::new(
            "events",
            Unit::COUNT,
            Some("events that were tried; failed: ignored errors, which are none of those that sysbench counts"),
        )
        .of(label);
        let of = |wanted: Statistic| self.events.iter().find(|(statistic, ..)| *statistic == wanted)?.1;
        let errors = of(Statistic::Failures).filter(|errors| *errors > 0.0);
        let with_errors = |(statistic, number, line): (Statistic, Option<f64>, u64)| match statistic {
            Statistic::Count => (statistic, number.map(|number| number + errors.unwrap_or(0.0)), line),
            _ => (statistic, number, line),
        };
        let tried: Vec<(Statistic, Option<f64>, u64)> = self.events.iter().copied().map(with_errors).collect();
        let mut latency = Summary::new("latency", Unit::MILLISECOND, Some(LATENCY)).of(label);
        for (summary, numbers) in [(&mut events, tried), (&mut latency, self.latency)] {
            for (statistic, number, line) in numbers {
                summary.add_at(statistic, number, Some(line));
            }
        }
        if self.counted {
            events.give(sink);
        }
        latency.give(sink);
    }
}

/// The number behind the first bracket: `(205.70 per sec.)`.
fn in_brackets(text: &str) -> Option<f64> {
    text.split_once('(').and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok())
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let mut runs: Vec<Run> = Vec::new();
    while let Some(record) = records.next()? {
        let text = String::from_utf8_lossy(record.bytes).trim().to_owned();
        // `[ 10s ] thds: 4 tps: 205.70 …`, with --report-interval.
        if text.starts_with("[ ") && text.contains("s ] thds: ") {
            sink.provenance.set_aside("lines of intervals, of which the report has the sum", record.line);
            continue;
        }
        if begins_run(&text) || runs.is_empty() {
            // What stands above the first report is none.
            let is_first = runs.len() == 1 && !runs[0].counted && runs[0].latency.is_empty();
            if is_first {
                runs.clear();
            }
            runs.push(Run::default());
        }
        if let Some(run) = runs.last_mut() {
            run.take(&text, record.line);
        }
    }
    if let [run] = &runs[..] {
        setting(sink, "threads", run.threads);
    }
    let labels: Vec<String> = runs.iter().map(Run::label).collect();
    let several = runs.len() > 1;
    for (index, run) in runs.into_iter().enumerate() {
        let alike = labels[..index].iter().filter(|label| **label == labels[index]).count();
        let label = match alike {
            0 => labels[index].clone(),
            alike => format!("{} ({})", labels[index], alike + 1),
        };
        run.give(several.then_some(label.as_str()), sink);
    }
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
            (Some(503.0), Some(3.0)),
            "an error that was ignored is none of the 500"
        );
    }

    #[test]
    fn runs_of_one_text_stand_apart_by_their_test_and_threads() {
        let run = |threads: u32, test: &str, events: u32, latency: f64| {
            format!(
                "== next ==\nsysbench 1.0.20 (using system LuaJIT 2.1.0)\nNumber of threads: {threads}\n{test}\n\
                 General statistics:\n    total number of events:   {events}\nLatency (ms):\n    avg:    {latency}\n"
            )
        };
        let cpu = "CPU speed:\n    events per second:  1500.5";
        let memory = "Running memory speed test with the following options:\n  operation: read\n\
            Total operations: 1024 (512.5 per second)\n1024.00 MiB transferred (512.25 MiB/sec)";
        let text = run(1, cpu, 900, 0.5) + &run(8, cpu, 4100, 1.5) + &run(8, memory, 1024, 0.25);
        let found = read_text("sysbench.txt", text);
        let of = |metric: &str, label: &str| {
            let mut all = found.reported.iter().filter(|one| one.label.as_deref() == Some(label));
            all.find(|one| one.metric == metric)
                .and_then(|one| one.number(Statistic::Value).or(one.number(Statistic::Mean)))
        };
        assert_eq!(of("latency", "cpu, threads=1"), Some(0.0005));
        assert_eq!(of("latency", "cpu, threads=8"), Some(0.0015));
        assert_eq!(of("operations_per_second", "memory read, threads=8"), Some(512.5));
        assert_eq!(of("transferred", "memory read, threads=8"), Some(512.25 * 1_048_576.0));
        assert!(found.reported.iter().all(|one| one.label.is_some()));
        assert!(!found.provenance.environment.contains_key("threads"));
    }
}
