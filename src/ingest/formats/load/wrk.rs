//! wrk and wrk2: the text that they print, and percentile spectra as `HdrHistogram` prints them (`.hgrm`).
//!
//! In: lines of text, every number with its unit. Out: reported numbers. Durations longer than wrk's timeout are counted
//! as timeouts and missing from the latencies, which is said.

use crate::measure::finding::{Finding, Place};

use crate::ingest::format::{
    AnyRecords, Failures, FindingKind, Format, Head, Holds, IngestError, Polarity, RowKind, Severity, Sink,
    SourceOptions, Statistic, Unit,
};
use crate::ingest::summaries::{Summary, cause, caveat, setting};

const WRK_LATENCY: &str = "from sending to the last byte, connecting not included; closed loop";
const WRK2_LATENCY: &str = "from when the request was due to the last byte; open loop at a constant rate";
const WRK2_UNCORRECTED: &str = "from sending to the last byte, not counting how late the request was sent";
/// A text of wrk is a screen long; a spectrum has a row for each percentile.
const LARGEST: usize = 16 << 20;

pub(crate) const WRK: Format = Format {
    name: "wrk",
    about: "wrk and wrk2, the text that they print",
    latency: "wrk: from sending to the last byte, closed loop; wrk2: from when the request was due, open loop",
    failures: Failures::Recorded("answers other than 2xx and 3xx, socket errors and timeouts, counted"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "wrk -t2 -c10 -d30s --latency http://localhost:8080/ > wrk.txt && perfreport summarize wrk.txt",
    upstream: "wg/wrk, src/wrk.c, main; giltene/wrk2, src/wrk.c",
    sniff,
    read: |records, _, sink| read(records, sink),
};

pub(crate) const SPECTRUM: Format = Format {
    name: "hgrm",
    about: "HdrHistogram, a percentile spectrum as text (`.hgrm`)",
    latency: "whatever was recorded; the file does not say, nor its unit",
    failures: Failures::NotRecorded,
    holds: Holds::Summaries,
    row: RowKind::Row,
    example: "histogram.outputPercentileDistribution(file, 1000000.0); then perfreport summarize latency.hgrm",
    upstream: "HdrHistogram, AbstractHistogram.outputPercentileDistribution",
    sniff: |head| {
        let line = head.bytes.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty())?;
        is_spectrum_header(&String::from_utf8_lossy(line)).then(|| {
            vec!["header `Value Percentile TotalCount 1/(1-Percentile)`, as HdrHistogram prints it".to_owned()]
        })
    },
    read: |records, options, sink| read_spectrum(records, options, sink),
};

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(head.bytes);
    let mut lines = text.lines().map(str::trim);
    let begins = lines.by_ref().take(20).find(|line| is_first(line))?;
    text.contains("Thread Stats")
        .then(|| vec![format!("the lines `{}` and `Thread Stats`, as wrk prints them", short(begins))])
}

fn is_first(line: &str) -> bool {
    line.starts_with("Running ") && line.contains(" test @ ")
}

/// A line, in two where another run begins within it: wrk's last line has no line break where a file was put together by
/// hand.
fn parts(line: &str) -> impl Iterator<Item = &str> {
    let glued = line.find("Running ").filter(|at| *at > 0 && line.trim_start().starts_with("Transfer/sec:"));
    let at = glued.filter(|at| is_first(&line[*at..])).unwrap_or(line.len());
    let (before, behind) = line.split_at(at);
    std::iter::once(before).chain(Some(behind).filter(|behind| !behind.is_empty()))
}

fn short(line: &str) -> &str {
    line.split(" test @ ").next().unwrap_or(line)
}

/// A quantity of wrk: `42.28ms`, `1.5k`, `852.59KB`, `66.67%`. Its size units count by 1024.
fn quantity(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    number.parse().ok().map(|number: f64| (number, unit))
}

/// A duration of wrk, in milliseconds.
fn milliseconds(text: &str) -> Option<f64> {
    let (number, unit) = quantity(text)?;
    // Products of decimals as printed; by division where that keeps them as they are.
    Some(match unit {
        "us" => number / 1e3,
        "ms" => number,
        "s" => number * 1e3,
        "m" => number * 6e4,
        "h" => number * 3.6e6,
        _ => return None,
    })
}

/// A plain number of wrk with its metric prefix.
fn plain(text: &str) -> Option<f64> {
    let (number, unit) = quantity(text)?;
    let scale = match unit {
        "" => 1.0,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        _ => return None,
    };
    Some(number * scale)
}

/// A size of wrk, in bytes.
fn bytes(text: &str) -> Option<f64> {
    let (number, unit) = quantity(text)?;
    let scale = match unit {
        "B" => 1.0,
        "KB" => 1024.0,
        "MB" => 1024.0 * 1024.0,
        "GB" => 1024.0 * 1024.0 * 1024.0,
        "TB" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some(number * scale)
}

/// What the lines that follow belong to.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// The lines around the distributions.
    Summary,
    /// The latency distribution.
    Corrected,
    /// The latencies of wrk2 as if every request had been sent in time.
    Uncorrected,
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let bytes_read = records.rest(LARGEST)?;
    let text = String::from_utf8_lossy(&bytes_read);
    sink.provenance.lines = text.lines().count() as u64;
    let constant_rate = text.contains("HdrHistogram");
    let mut runs: Vec<RunNumbers> = Vec::new();
    for (index, line) in text.lines().enumerate().flat_map(|(index, line)| parts(line).map(move |part| (index, part))) {
        if is_first(line.trim()) {
            let target = line.trim().split(" test @ ").nth(1).map(str::to_owned);
            runs.push(RunNumbers { target, ..RunNumbers::new(constant_rate) });
        }
        if let Some(run) = runs.last_mut() {
            run.take(line.trim(), index as u64 + 1);
        }
    }
    let truncated = runs.last().is_some_and(RunNumbers::is_open);
    let labels = labels_of(&runs);
    let several = runs.len();
    note_load(&runs, sink);
    for (run, label) in runs.into_iter().zip(labels) {
        run.give(label.as_deref(), sink);
    }
    if sink.reported.is_empty() {
        return Err(IngestError::Malformed(
            "it begins as wrk prints it, but holds no numbers: the run was interrupted or could not connect".to_owned(),
        ));
    }
    if several > 1 {
        let text = "runs stand one after the other; their numbers are labelled by the run's target, and its load where targets come again.";
        caveat(sink, &format!("{several} {text}"));
    }
    if truncated {
        // The last numbers may be cut as well: `46.51ms` without its end is another number.
        let place = Place::line(&sink.provenance.name, sink.provenance.lines);
        let reason = "the text ends before the line `Requests/sec`: the run was interrupted, or the file was cut";
        let action = "what stands before was read; its last number may lack digits";
        sink.findings.push(Finding::new(Severity::Corrupted, FindingKind::TruncatedLine, place, reason, action));
        caveat(sink, "The text ends before the line `Requests/sec`: the run was interrupted.");
    }
    if text.contains("Detailed Percentile spectrum") {
        caveat(
            sink,
            "wrk2's detailed percentile spectrum is not shown: it has the percentiles of the distribution above it, and more \
             between them.",
        );
    }
    if constant_rate {
        caveat(
            sink,
            "wrk2 counts from when a request was due, so that waiting for a slow answer is in the latency of the next one.",
        );
    } else {
        caveat(
            sink,
            "wrk sends the next request when the answer is there (closed loop): a stall delays requests without making their \
             latency longer (coordinated omission).",
        );
    }
    caveat(
        sink,
        "Requests that took longer than the timeout (2 s unless --timeout says otherwise) are counted as timeouts and are not \
         in the latencies; answers with an error status are.",
    );
    caveat(sink, "wrk prints two decimals of the unit that suits each number: the last digit is rounded.");
    Ok(())
}

/// What each run is called: its target, where that comes again with its load, and where that comes again with its number.
fn labels_of(runs: &[RunNumbers]) -> Vec<Option<String>> {
    let again = |names: &[Option<String>], at: usize| names.iter().filter(|name| **name == names[at]).count() > 1;
    let targets: Vec<Option<String>> = runs.iter().map(|run| run.target.clone()).collect();
    let loaded = |at: usize| {
        let load = runs[at].load.as_ref().filter(|_| again(&targets, at));
        let load = load.map(|[threads, connections]| format!("{threads} threads, {connections} connections"));
        let parts: Vec<String> = [targets[at].clone(), load].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    };
    let loaded: Vec<Option<String>> = (0..runs.len()).map(loaded).collect();
    let numbered = |at: usize| {
        let name = loaded[at].clone()?;
        Some(if again(&loaded, at) { format!("{name}, run {}", at + 1) } else { name })
    };
    (0..runs.len()).map(numbered).collect()
}

/// The load, where it is that of all runs.
fn note_load(runs: &[RunNumbers], sink: &mut Sink) {
    let Some([threads, connections]) = runs.first().and_then(|run| run.load.as_ref()) else { return };
    if runs.iter().all(|run| run.load == runs[0].load) {
        setting(sink, "threads", threads.parse::<u32>().ok());
        setting(sink, "connections", connections.parse::<u32>().ok());
    }
}

/// The numbers of one run.
struct RunNumbers {
    target: Option<String>,
    /// How many threads and connections.
    load: Option<[String; 2]>,
    latency: Summary,
    uncorrected: Summary,
    rate: Summary,
    per_thread: Summary,
    transfer: Summary,
    requests: Option<(f64, u64)>,
    /// Failures by kind.
    causes: Vec<(String, f64)>,
    part: Part,
    has_rate: bool,
}

impl RunNumbers {
    fn new(constant_rate: bool) -> Self {
        let meaning = if constant_rate { WRK2_LATENCY } else { WRK_LATENCY };
        let bytes = Unit::parse("B/s").unwrap_or(Unit::UNKNOWN);
        Self {
            target: None,
            load: None,
            latency: Summary::new("latency", Unit::MILLISECOND, Some(meaning)),
            uncorrected: Summary::new("uncorrected_latency", Unit::MILLISECOND, Some(WRK2_UNCORRECTED)),
            rate: Summary::new(
                "requests_per_second",
                Unit::PER_SECOND,
                Some("all answers over the duration of the run"),
            ),
            per_thread: Summary::new(
                "requests_per_second_and_thread",
                Unit::PER_SECOND,
                Some("answers in each interval of 100 ms, of one thread"),
            ),
            transfer: Summary::new("bytes_per_second", bytes, Some("bytes of answers over the duration of the run")),
            requests: None,
            causes: Vec::new(),
            part: Part::Summary,
            has_rate: false,
        }
    }

    fn is_open(&self) -> bool {
        !self.has_rate
    }

    fn take(&mut self, line: &str, at: u64) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let after = |name: &str| line.strip_prefix(name).map(str::trim);
        match words[..] {
            ["Latency", average, stddev, max, _] if self.part == Part::Summary => {
                for (statistic, written) in
                    [(Statistic::Mean, average), (Statistic::Stddev, stddev), (Statistic::Max, max)]
                {
                    self.latency.add_written(statistic, written, milliseconds(written), at);
                }
            }
            ["Req/Sec", average, stddev, max, _] => {
                for (statistic, written) in
                    [(Statistic::Mean, average), (Statistic::Stddev, stddev), (Statistic::Max, max)]
                {
                    self.per_thread.add_written(statistic, written, plain(written), at);
                }
            }
            ["Latency", "Distribution", ..] => {
                self.part = if line.contains("Uncorrected") { Part::Uncorrected } else { Part::Corrected };
            }
            [share, time] if share.ends_with('%') && self.part != Part::Summary => {
                let percentile = share.trim_end_matches('%').parse::<f64>().ok().filter(|p| (0.0..=100.0).contains(p));
                let into = if self.part == Part::Uncorrected { &mut self.uncorrected } else { &mut self.latency };
                if let Some(percentile) = percentile {
                    let (statistic, again) = match percentile {
                        50.0 => (Statistic::Median, false),
                        // The table of threads above has the maximum of the corrected latencies already.
                        100.0 => (Statistic::Max, self.part == Part::Corrected),
                        other => (Statistic::Percentile(other), false),
                    };
                    if !again {
                        into.add_written(statistic, time, milliseconds(time), at);
                    }
                }
            }
            [threads, "threads", "and", connections, "connections"] => {
                self.load = Some([threads.to_owned(), connections.to_owned()]);
            }
            [count, "requests", "in", ..] => {
                self.requests = plain(count).map(|count| (count, at));
                self.part = Part::Summary;
            }
            _ => {}
        }
        if let Some(rest) = after("Socket errors:") {
            let kinds = rest.split(',').filter_map(|kind| kind.trim().rsplit_once(' '));
            let counts = kinds.filter_map(|(kind, count)| Some((format!("{kind} error"), count.parse::<f64>().ok()?)));
            self.causes.extend(counts);
        } else if let Some(rest) = after("Non-2xx or 3xx responses:") {
            self.causes.push(("status other than 2xx and 3xx".to_owned(), rest.parse::<f64>().unwrap_or(0.0)));
        } else if let Some(rest) = after("Requests/sec:") {
            self.rate.add_written(Statistic::Value, rest, plain(rest), at);
            self.has_rate = true;
        } else if let Some(rest) = after("Transfer/sec:") {
            self.transfer.add_written(Statistic::Value, rest, bytes(rest), at);
        }
    }

    fn give(self, label: Option<&str>, sink: &mut Sink) {
        let mut requests = Summary::new(
            "requests",
            Unit::COUNT,
            Some(
                "answers; failed: statuses other than 2xx and 3xx, and socket errors and timeouts, which have no answer",
            ),
        );
        if let Some((count, line)) = self.requests {
            requests.add_at(Statistic::Count, Some(count), Some(line));
            requests.add_at(Statistic::Failures, Some(self.causes.iter().map(|(_, count)| count).sum()), None);
        }
        requests.of(label).give(sink);
        for (kind, count) in &self.causes {
            cause(sink, label, kind, Some(*count));
        }
        for summary in [self.latency, self.uncorrected, self.rate, self.per_thread, self.transfer] {
            summary.of(label).give(sink);
        }
    }
}

fn is_spectrum_header(line: &str) -> bool {
    line.split_whitespace().eq(["Value", "Percentile", "TotalCount", "1/(1-Percentile)"])
        || line.trim() == "\"Value\",\"Percentile\",\"TotalCount\",\"1/(1-Percentile)\""
}

/// Percentiles that are shown; of the others a spectrum has very many.
const SHOWN: &[f64] = &[50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99, 99.999];

fn read_spectrum(records: &mut AnyRecords<'_>, options: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    const METRIC: &str = "value";
    let bytes_read = records.rest(LARGEST)?;
    let text = String::from_utf8_lossy(&bytes_read);
    sink.provenance.lines = text.lines().count() as u64;
    let unit = options.column(METRIC).and_then(|given| given.unit);
    let polarity = options.column(METRIC).and_then(|given| given.polarity).unwrap_or(Polarity::Unknown);
    let numbered: Vec<(&str, u64)> = text.lines().zip(1..).collect();
    let spectra: Vec<&[(&str, u64)]> = numbered
        .split(|(line, _)| is_spectrum_header(line))
        .filter(|lines| lines.iter().any(|(line, _)| !line.trim().is_empty()))
        .collect();
    for (lines, number) in spectra.iter().zip(1..) {
        let label = (spectra.len() > 1).then(|| format!("spectrum {number}"));
        let spectrum = Summary::new(METRIC, unit.unwrap_or(Unit::UNKNOWN), None).polarity(polarity);
        take_spectrum(lines, spectrum.of(label.as_deref()), sink);
    }
    if spectra.len() > 1 {
        caveat(
            sink,
            &format!("{} spectra stand one after the other; they are numbered in their order.", spectra.len()),
        );
    }
    if sink.reported.is_empty() {
        return Err(IngestError::Malformed(
            "there is the header of a percentile spectrum and no row below it".to_owned(),
        ));
    }
    if unit.is_none() {
        caveat(sink, "The file does not say what was measured nor in which unit; --unit value=ms says so.");
    }
    caveat(
        sink,
        "Of the spectrum's rows the first at or above each usual percentile is shown, as the percentile that it is; values \
         are the upper ends of the histogram's buckets.",
    );
    Ok(())
}

/// Takes the lines of one spectrum, below its header.
fn take_spectrum(lines: &[(&str, u64)], mut spectrum: Summary, sink: &mut Sink) {
    let mut wanted = SHOWN.iter().copied().peekable();
    let mut first = true;
    let (mut max, mut stddev): (f64, Option<(f64, u64)>) = (0.0, None);
    for (line, at) in lines {
        let (line, at) = (*line, Some(*at));
        if let Some(footer) = line.trim().strip_prefix("#[") {
            for part in footer.trim_end_matches(']').split(',') {
                let Some((name, number)) = part.split_once('=') else { continue };
                let number: Option<f64> = number.trim().parse().ok();
                let statistic = match name.trim() {
                    "Mean" => Statistic::Mean,
                    "StdDeviation" => {
                        stddev = number.zip(at);
                        continue;
                    }
                    "Max" => Statistic::Max,
                    "Total count" | "TotalCount" => Statistic::Count,
                    _ => continue,
                };
                max = max.max(number.filter(|_| statistic == Statistic::Max).unwrap_or(0.0));
                spectrum.add_at(statistic, number, at);
            }
            continue;
        }
        let numbers: Vec<f64> =
            line.split([',', ' ', '\t']).filter(|cell| !cell.is_empty()).filter_map(|cell| cell.parse().ok()).collect();
        let [value, share, ..] = numbers[..] else { continue };
        let percentile = share * 100.0;
        if !(0.0..=100.0).contains(&percentile) {
            continue;
        }
        if std::mem::take(&mut first) && percentile == 0.0 {
            spectrum.add_at(Statistic::Min, Some(value), at);
            continue;
        }
        // The first row at or above a percentile; it is shown as the percentile that it is.
        let reached = std::iter::from_fn(|| wanted.next_if(|next| *next <= percentile)).count();
        if reached > 0 && percentile < 100.0 {
            let statistic = if percentile == 50.0 { Statistic::Median } else { Statistic::Percentile(percentile) };
            spectrum.add_at(statistic, Some(value), at);
        }
    }
    match stddev {
        // Values from 0 to the maximum cannot spread more than that; the Python printer forgets to scale this one.
        Some((stddev, _)) if stddev > max => {
            caveat(
                sink,
                "The stated standard deviation is larger than the maximum, which is impossible; it is left out.",
            );
        }
        Some((stddev, line)) => {
            spectrum.add_at(Statistic::Stddev, Some(stddev), Some(line));
        }
        None => {}
    }
    spectrum.give(sink);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_in_all_units_of_wrk() {
        assert_eq!(milliseconds("42.28ms"), Some(42.28));
        assert_eq!(milliseconds("750.00us"), Some(0.75));
        assert_eq!(milliseconds("1.23s"), Some(1230.0));
        assert_eq!(milliseconds("1.50m"), Some(90_000.0));
        assert_eq!(milliseconds("nan"), None);
        assert_eq!(plain("1.50k"), Some(1500.0));
        assert_eq!(bytes("2.00KB"), Some(2048.0));
        assert_eq!(bytes("7.00B"), Some(7.0));
    }
}
