//! httperf, the text that it prints at the end of a run.
//!
//! In: text; times in milliseconds, rates by second, sizes in bytes, traffic in 1,024 bytes a second. Out: reported numbers of each run in the
//! text. A reply with 4xx or 5xx failed, and so did what httperf counts as an error: a call without a reply, or a connection that was never
//! made. Requests that were under way when somebody stopped it did not. Definition: httperf/httperf, `src/stat/basic.c` and `sess_stat.c`.

use crate::ingest::format::{AnyRecords, Failures, Format, Head, Holds, IngestError, RowKind, Sink, Statistic, Unit};
use crate::ingest::summaries::{Summary, cause, caveat, setting};

const RESPONSE: &str =
    "mean time from sending a request to the first byte of its reply; open loop where a rate was given";

pub(crate) const FORMAT: Format = Format {
    name: "httperf",
    about: "httperf, the text that it prints",
    latency: RESPONSE,
    failures: Failures::Recorded("errors (timeouts, refused and reset connections), and replies with 4xx and 5xx"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "httperf --server localhost --rate 100 --num-conns 1000 > httperf.txt && perfreport summarize httperf.txt",
    upstream: "httperf/httperf, src/stat/basic.c, dump",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// What httperf counts apart as errors.
const ERRORS: &[&str] =
    &["client-timo", "socket-timo", "connrefused", "connreset", "fd-unavail", "addrunavail", "ftab-full", "other"];
/// Options by which runs are told apart.
const OPTIONS: &[&str] = &["server", "port", "uri", "rate", "num-conns", "num-calls", "wsess", "wsesslog", "timeout"];

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(head.bytes);
    let mut lines = text.lines().map(unquoted);
    let known = lines.any(|line| begins_run(line) || is_total(line));
    known.then(|| vec!["the command line or the totals of httperf".to_owned()])
}

/// A line without the mark of a comment or a quotation in front.
fn unquoted(line: &str) -> &str {
    line.trim_start_matches(['#', '>', ' ', '\t']).trim_end()
}

/// The command line as httperf repeats it, with all that was not said.
fn begins_run(line: &str) -> bool {
    line.starts_with("httperf --") && line.contains("--client=") && line.contains("--send-buffer=")
}

fn is_total(line: &str) -> bool {
    ["Total: connections ", " requests ", " replies ", " test-duration "].iter().all(|words| line.contains(words))
}

/// The number behind a word: `requests 100`, `2xx=100`.
fn behind(line: &str, word: &str) -> Option<f64> {
    let at = line.find(word)? + word.len();
    let rest = line[at..].trim_start_matches([' ', '=', ':']);
    let end =
        rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.' && letter != '-').unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// A number and the line that it stands on.
type Written = (f64, u64);

/// What one run printed.
#[derive(Debug, Default)]
struct Run {
    options: Vec<(String, String)>,
    duration: Option<f64>,
    connections: Option<Written>,
    requests: Option<Written>,
    replies: f64,
    errors: Vec<(&'static str, f64)>,
    errors_in_all: f64,
    statuses: Vec<(&'static str, f64)>,
    sessions: Option<(f64, f64, u64)>,
    metrics: Vec<Summary>,
}

impl Run {
    /// Takes a line.
    fn take(&mut self, text: &str, line: u64) {
        if begins_run(text) {
            self.options = options_of(text);
        } else if is_total(text) {
            let number = |word: &str| behind(text, word).map(|number| (number, line));
            (self.connections, self.requests) = (number("connections"), number("requests"));
            self.replies = behind(text, "replies").unwrap_or_default();
            self.duration = behind(text, "test-duration");
        } else if text.starts_with("Errors:") {
            self.errors_in_all = behind(text, "total").unwrap_or(self.errors_in_all);
            let counted = ERRORS.iter().filter_map(|error| Some((*error, behind(text, &format!("{error} "))?)));
            self.errors.extend(counted);
        } else if text.starts_with("Reply status:") {
            self.statuses = ["4xx", "5xx"].into_iter().filter_map(|code| Some((code, behind(text, code)?))).collect();
        } else if self.requests.is_some() {
            self.take_metric(text, line);
        }
    }

    fn take_metric(&mut self, text: &str, line: u64) {
        const SPREAD: [(&str, Statistic); 4] =
            [("min", Statistic::Min), ("avg", Statistic::Mean), ("max", Statistic::Max), ("stddev", Statistic::Stddev)];
        let Some((name, rest)) = text.split_once(':') else { return };
        let first = || rest.split_whitespace().next().and_then(|word| word.parse::<f64>().ok());
        let several = |statistics: &[(&str, Statistic)]| -> Vec<(Statistic, f64)> {
            statistics.iter().filter_map(|(word, statistic)| Some((*statistic, behind(rest, word)?))).collect()
        };
        let kilobytes = Unit::parse("KiB/s").unwrap_or(Unit::UNKNOWN);
        let replied = self.replies > 0.0;
        match name {
            "Connection rate" => {
                self.add("connection_rate", Unit::PER_SECOND, None, &[(Statistic::Value, first())], line);
            }
            "Request rate" => self.add("request_rate", Unit::PER_SECOND, None, &[(Statistic::Value, first())], line),
            "Connection time [ms]" if rest.contains("connect ") => {
                let connect = behind(rest, "connect").filter(|_| replied);
                let meaning = Some("mean time until a connection was made");
                self.add("connect_time", Unit::MILLISECOND, meaning, &[(Statistic::Mean, connect)], line);
            }
            // Without a connection that ended well, all of them are zeros.
            "Connection time [ms]" if behind(rest, "max").is_some_and(|most| most > 0.0) => {
                let numbers = several(&[&SPREAD[..], &[("median", Statistic::Median)]].concat());
                let meaning = Some("life of a connection that ended well, with all of its calls");
                self.add_all("connection_time", Unit::MILLISECOND, meaning, &numbers, line);
            }
            "Reply rate [replies/s]" if behind(rest, "(").is_some_and(|samples| samples > 0.0) => {
                let meaning = Some("replies a second, by stretches of five seconds");
                self.add_all("reply_rate", Unit::PER_SECOND, meaning, &several(&SPREAD), line);
            }
            "Reply time [ms]" if replied => {
                for (metric, word, meaning) in [
                    ("response_time", "response", RESPONSE),
                    ("transfer_time", "transfer", "mean time from the first byte of a reply to its last"),
                ] {
                    let mean = [(Statistic::Mean, behind(rest, word))];
                    self.add(metric, Unit::MILLISECOND, Some(meaning), &mean, line);
                }
            }
            "Reply size [B]" if replied => {
                let mean = [(Statistic::Mean, behind(rest, "(total"))];
                self.add("reply_size", Unit::BYTE, Some("mean size of a reply with its header"), &mean, line);
            }
            "Net I/O" => self.add("net_io", kilobytes, None, &[(Statistic::Value, first())], line),
            "Session rate [sess/s]" => {
                let counts = rest.rsplit_once('(').and_then(|(_, counts)| counts.trim_end_matches(')').split_once('/'));
                let number = |text: &str| text.trim().parse::<f64>().ok();
                self.sessions = counts.and_then(|(ended, all)| Some((number(ended)?, number(all)?, line)));
            }
            _ => {}
        }
    }

    fn add(
        &mut self,
        metric: &str,
        unit: Unit,
        meaning: Option<&str>,
        numbers: &[(Statistic, Option<f64>)],
        line: u64,
    ) {
        let numbers: Vec<(Statistic, f64)> =
            numbers.iter().filter_map(|(statistic, number)| Some((*statistic, (*number)?))).collect();
        self.add_all(metric, unit, meaning, &numbers, line);
    }

    fn add_all(&mut self, metric: &str, unit: Unit, meaning: Option<&str>, numbers: &[(Statistic, f64)], line: u64) {
        let mut summary = Summary::new(metric, unit, meaning);
        for (statistic, number) in numbers {
            summary.add_at(*statistic, Some(*number), Some(line));
        }
        self.metrics.push(summary);
    }

    /// How many requests were tried and how many failed. An error is a request without a reply, or, where there are more errors than those,
    /// a connection on which none was ever sent.
    fn counts(&self) -> Option<(f64, f64, u64)> {
        let (requests, line) = self.requests?;
        let unanswered = (requests - self.replies).max(0.0);
        let without_reply = if self.errors_in_all > 0.0 { self.errors_in_all.max(unanswered) } else { 0.0 };
        let never_sent = (self.errors_in_all - unanswered).max(0.0);
        let refused: f64 = self.statuses.iter().map(|(_, count)| count).sum();
        Some((requests + never_sent, without_reply + refused, line))
    }

    fn give(self, label: Option<&str>, sink: &mut Sink) {
        let Some((all, failed, line)) = self.counts() else { return };
        let meaning = "requests that were sent, and connections that failed before one was; failed: errors, and replies with 4xx or 5xx";
        let mut requests = Summary::new("requests", Unit::COUNT, Some(meaning)).of(label);
        requests.add_at(Statistic::Count, Some(all), Some(line));
        requests.add_at(Statistic::Failures, Some(failed), Some(line));
        requests.give(sink);
        // The time of an answer leads.
        let (leading, others): (Vec<Summary>, Vec<Summary>) =
            self.metrics.into_iter().partition(|summary| summary.metric() == "response_time");
        for summary in leading.into_iter().chain(others) {
            summary.of(label).give(sink);
        }
        if let Some((ended, all, line)) = self.sessions {
            let mut sessions = Summary::new("sessions", Unit::COUNT, Some("sessions, and those that failed")).of(label);
            sessions.add_at(Statistic::Count, Some(all), Some(line));
            sessions.add_at(Statistic::Failures, Some(all - ended), Some(line));
            sessions.give(sink);
        }
        for (name, count) in self.errors.iter().chain(&self.statuses) {
            cause(sink, label, name, Some(*count));
        }
    }
}

/// The options of a command line, of those by which runs are told apart.
fn options_of(line: &str) -> Vec<(String, String)> {
    let words = line.split_whitespace().filter_map(|word| word.strip_prefix("--")?.split_once('='));
    let known = words.filter(|(name, _)| OPTIONS.contains(name));
    known.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What tells each run from the others: the options that differ, and a number where none does.
fn labels(runs: &[Run]) -> Vec<String> {
    let of =
        |run: &Run, name: &str| run.options.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let differ = |name: &&&str| runs.iter().any(|run| of(run, name) != of(&runs[0], name));
    let names: Vec<&&str> = OPTIONS.iter().filter(differ).collect();
    let mut found: Vec<String> = Vec::new();
    for run in runs {
        let said = names.iter().filter_map(|name| Some(format!("{name}={}", of(run, name)?)));
        let said = said.collect::<Vec<_>>().join(", ");
        let said = if said.is_empty() { "run".to_owned() } else { said };
        let alike = found.iter().filter(|one| **one == said || one.starts_with(&format!("{said} #"))).count();
        found.push(if alike == 0 { said } else { format!("{said} #{}", alike + 1) });
    }
    found
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    sink.no_tables = true;
    let mut runs: Vec<Run> = vec![Run::default()];
    while let Some(record) = records.next()? {
        let text = String::from_utf8_lossy(record.bytes).into_owned();
        let text = unquoted(&text);
        let counted = runs.last().is_some_and(|run| run.requests.is_some());
        if counted && (begins_run(text) || is_total(text)) {
            runs.push(Run::default());
        }
        if let Some(run) = runs.last_mut() {
            run.take(text, record.line);
        }
    }
    // A command that was stopped at once printed no totals.
    runs.retain(|run| run.requests.is_some());
    let Some(first) = runs.first() else {
        return Err(IngestError::Malformed("httperf printed no totals (`Total: connections …`)".to_owned()));
    };
    if runs.len() == 1 {
        for (name, value) in &first.options {
            setting(sink, name, Some(value));
        }
        setting(sink, "test-duration", first.duration.map(|seconds| format!("{seconds} s")));
    }
    let labels = labels(&runs);
    let several = runs.len() > 1;
    for (run, label) in runs.into_iter().zip(&labels) {
        run.give(several.then_some(label.as_str()), sink);
    }
    caveat(
        sink,
        "httperf rounds its times to tenths of a millisecond, and the median of a connection's life to its bins of one.",
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    fn report(rate: u32, totals: &str, statuses: &str, errors: &str) -> String {
        format!(
            "httperf --client=0/1 --server=shop.test --port=80 --uri=/ --rate={rate} --send-buffer=4096 --recv-buffer=16384 --num-conns=200 --num-calls=1\n\
             Maximum connect burst length: 1\n\nTotal: {totals} test-duration 10.000 s\n\n\
             Connection rate: 20.0 conn/s (50.0 ms/conn, <=4 concurrent connections)\n\
             Connection time [ms]: min 2.5 avg 8.0 max 40.5 median 6.5 stddev 3.0\nConnection time [ms]: connect 0.5\n\
             Connection length [replies/conn]: 1.000\n\nRequest rate: 20.0 req/s (50.0 ms/req)\nRequest size [B]: 70.0\n\n\
             Reply rate [replies/s]: min 19.0 avg 19.5 max 20.0 stddev 0.7 (2 samples)\nReply time [ms]: response 7.5 transfer 0.5\n\
             Reply size [B]: header 150.0 content 850.0 footer 0.0 (total 1000.0)\nReply status: {statuses}\n\n\
             CPU time [s]: user 1.00 system 8.00 (user 10.0% system 80.0% total 90.0%)\nNet I/O: 20.0 KB/s (0.2*10^6 bps)\n\n\
             Errors: total {errors}\n"
        )
    }

    const NONE: &str = "0 client-timo 0 socket-timo 0 connrefused 0 connreset 0\nErrors: fd-unavail 0 addrunavail 0 ftab-full 0 other 0";

    fn counted(text: &str) -> (Option<f64>, Option<f64>) {
        let found = read_text("httperf.txt", text);
        assert_eq!(found.provenance.format, "httperf");
        let requests = found.reported.iter().find(|one| one.metric == "requests").unwrap();
        (requests.number(Statistic::Count), requests.number(Statistic::Failures))
    }

    #[test]
    fn times_are_milliseconds_and_a_status_of_500_is_a_failure() {
        let text = report(20, "connections 200 requests 200 replies 200", "1xx=0 2xx=190 3xx=2 4xx=5 5xx=3", NONE);
        assert_eq!(counted(&text), (Some(200.0), Some(8.0)));
        let found = read_text("httperf.txt", &text);
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("response_time").number(Statistic::Mean), Some(0.0075));
        assert_eq!(of("connection_time").number(Statistic::Median), Some(0.0065));
        assert_eq!(of("request_rate").number(Statistic::Value), Some(20.0));
        assert_eq!(of("net_io").number(Statistic::Value), Some(20.0 * 1024.0));
        assert_eq!(of("reply_rate").number(Statistic::Min), Some(19.0));
        assert_eq!(found.provenance.environment["rate"], "20");
        assert_eq!(found.causes.len(), 2);
    }

    #[test]
    fn an_error_is_a_request_without_a_reply_or_a_connection_without_a_request() {
        let timeouts = "7 client-timo 7 socket-timo 0 connrefused 0 connreset 0\nErrors: fd-unavail 0 addrunavail 0 ftab-full 0 other 0";
        let sent = report(20, "connections 200 requests 200 replies 193", "1xx=0 2xx=193 3xx=0 4xx=0 5xx=0", timeouts);
        assert_eq!(counted(&sent), (Some(200.0), Some(7.0)));
        let refused = "200 client-timo 0 socket-timo 0 connrefused 200 connreset 0\nErrors: fd-unavail 0 addrunavail 0 ftab-full 0 other 0";
        let none = report(20, "connections 200 requests 0 replies 0", "1xx=0 2xx=0 3xx=0 4xx=0 5xx=0", refused);
        assert_eq!(counted(&none), (Some(200.0), Some(200.0)));
        let stopped = report(20, "connections 200 requests 200 replies 196", "1xx=0 2xx=196 3xx=0 4xx=0 5xx=0", NONE);
        assert_eq!(counted(&stopped), (Some(200.0), Some(0.0)));
    }

    #[test]
    fn runs_of_one_text_stand_apart_by_what_differs() {
        let one =
            |rate| report(rate, "connections 200 requests 200 replies 200", "1xx=0 2xx=200 3xx=0 4xx=0 5xx=0", NONE);
        let found = read_text("httperf.txt", format!("{}{}{}", one(20), one(40), one(40)));
        let labels: Vec<&str> = found
            .reported
            .iter()
            .filter(|one| one.metric == "requests")
            .filter_map(|one| one.label.as_deref())
            .collect();
        assert_eq!(labels, ["rate=20", "rate=40", "rate=40 #2"]);
    }
}
