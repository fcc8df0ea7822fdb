//! iperf 2 and iperf3, the text that they print: intervals of a transfer, and its end.
//!
//! In: lines such as `[  5]   0.00-1.00   sec   112 MBytes   941 Mbits/sec    0   363 KBytes`, below a header; maybe a stamp before each.
//! Out: a row an interval, of all streams together where a line says so (`[SUM]`), else of each stream; and the lines about a whole transfer
//! as reported numbers, under the names of iperf3's JSON. Rates are **bits** a second by thousands; `MBytes/sec` (`-f M`) are 1,048,576 bytes.
//! A rate has three digits. Intervals that were omitted, and those of no length at the very end, are set aside. Definition: esnet/iperf,
//! `iperf_locale.c` and `units.c`; iperf 2, `ReportOutputs.c`.

use super::iperf3::{BITS, Ending, declare};
use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Failures, FindingKind, Format, Head, Holds, IngestError, RowKind, Severity, Sink,
};
use crate::ingest::text::row::RowBuffer;

pub(crate) const FORMAT: Format = Format {
    name: "iperf-text",
    about: "iperf 2 and iperf3, the text that they print",
    latency: "none: bits a second; jitter of UDP",
    failures: Failures::Recorded("lost datagrams of UDP, counted"),
    holds: Holds::Samples,
    row: RowKind::Row,
    example: "iperf3 -c server -t 60 > iperf3.txt && perfreport summarize iperf3.txt",
    upstream: "esnet/iperf, src/iperf_locale.c; iperf 2, src/ReportOutputs.c",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Interval,
    Omitted,
    /// A whole transfer, by who says so.
    Sent,
    Received,
}

/// A line of numbers.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    number: u64,
    stream: String,
    from: f64,
    to: f64,
    bits: f64,
    retransmits: Option<f64>,
    jitter: Option<f64>,
    /// Datagrams that were lost, and all of them.
    datagrams: Option<(f64, f64)>,
    scope: Scope,
}

impl Line {
    fn length(&self) -> f64 {
        self.to - self.from
    }

    /// Reads a line; `retransmits` says whether the header above it names them.
    fn parse(text: &str, number: u64, retransmits: bool) -> Option<Self> {
        let (stream, rest) = text[text.find('[')? + 1..].split_once(']')?;
        let stream = stream.trim();
        if stream != "SUM" && stream.parse::<u32>().is_err() {
            return None;
        }
        let (span, rest) = rest.split_once(" sec ")?;
        let (from, to) = span.split_once('-')?;
        let mut words = rest.split_whitespace();
        words.next()?.parse::<f64>().ok()?;
        words.next().filter(|unit| unit.ends_with("Bytes") || *unit == "Bytes")?;
        let rate: f64 = words.next()?.parse().ok()?;
        let bits = rate * bits_of(words.next()?)?;
        let words: Vec<&str> = words.collect();
        let is_whole = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
        let jitter = words.windows(2).find(|pair| pair[1] == "ms").and_then(|pair| pair[0].parse().ok());
        let datagrams = words.iter().enumerate().find_map(|(at, word)| {
            let (lost, all) = word.split_once('/')?;
            let all = if all.is_empty() { *words.get(at + 1)? } else { all };
            Some((lost.parse().ok()?, all.parse().ok()?))
        });
        let scope = match words.last().copied() {
            Some("sender") => Scope::Sent,
            Some("receiver") => Scope::Received,
            Some("(omitted)") => Scope::Omitted,
            _ => Scope::Interval,
        };
        Some(Self {
            number,
            stream: stream.to_owned(),
            from: from.trim().parse().ok()?,
            to: to.trim().parse().ok()?,
            bits,
            retransmits: words.first().filter(|word| retransmits && is_whole(word)).and_then(|word| word.parse().ok()),
            jitter,
            datagrams: datagrams.filter(|_| jitter.is_some()),
            scope,
        })
    }
}

/// Bits a second in a unit.
fn bits_of(unit: &str) -> Option<f64> {
    Some(match unit {
        "bits/sec" => 1.0,
        "Kbits/sec" => 1e3,
        "Mbits/sec" => 1e6,
        "Gbits/sec" => 1e9,
        "Tbits/sec" => 1e12,
        "Bytes/sec" => 8.0,
        "KBytes/sec" => 8.0 * 1024.0,
        "MBytes/sec" => 8.0 * 1024.0 * 1024.0,
        "GBytes/sec" => 8.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    })
}

fn is_header(line: &str) -> bool {
    line.contains("[ ID] Interval")
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(head.bytes);
    if has_only_failed(&text) {
        return Some(vec!["an error of iperf, and nothing that it measured".to_owned()]);
    }
    let mut below = text.lines().skip_while(|line| !is_header(line)).skip(1);
    below
        .any(|line| Line::parse(line, 1, false).is_some())
        .then(|| vec!["lines below `[ ID] Interval`, as iperf prints them".to_owned()])
}

/// Whether iperf says nothing but that it failed, maybe below what it says of its connection.
fn has_only_failed(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    let is_known = |line: &str| {
        let of_connection = line.starts_with("TCP window size") || line.starts_with("iperf Done") || is_header(line);
        error_of(line).is_some()
            || begins_transfer(line)
            || of_connection
            || line.starts_with("---")
            || line.starts_with("- -")
    };
    let mut failed = false;
    lines.all(|line| {
        failed |= error_of(line).is_some();
        is_known(line)
    }) && failed
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    declare(sink);
    let (mut failure, mut measured) = (None, false);
    let mut transfer = Transfer::default();
    let mut retransmits = false;
    while let Some(record) = records.next()? {
        let (line, terminated) = (record.line, record.terminated);
        let text = String::from_utf8_lossy(record.bytes).into_owned();
        if is_header(&text) {
            retransmits = text.contains("Retr");
        } else if let Some(parsed) = Line::parse(&text, line, retransmits) {
            measured = true;
            transfer.lines.push(parsed);
        } else if begins_transfer(&text) && !transfer.lines.is_empty() {
            std::mem::take(&mut transfer).give(sink);
        } else if text.contains("Server Report:") {
            transfer.reported_from = Some(transfer.lines.len());
        } else if let Some(error) = error_of(&text) {
            failure.get_or_insert_with(|| error.to_owned());
            let (kind, action) = (FindingKind::MalformedRecord, "what was measured before is shown");
            sink.find(Severity::Suspicious, kind, line, format!("iperf ended with an error: {error}"), action);
        } else if !terminated && text.trim_start().starts_with('[') {
            let reason = "the line ends within itself";
            sink.provenance.set_aside("cut off", line);
            sink.find(Severity::Corrupted, FindingKind::TruncatedLine, line, reason, "the line was set aside");
        }
    }
    if let Some(failure) = failure.filter(|_| !measured) {
        return Err(IngestError::Malformed(format!("iperf failed, and measured nothing: {failure}")));
    }
    transfer.give(sink);
    Ok(())
}

/// Whether another transfer begins: a connection is made, or waited for.
fn begins_transfer(text: &str) -> bool {
    let words = ["Connecting to host", "Client connecting to", "Accepted connection from", "Server listening"];
    words.iter().any(|words| text.contains(words)) || text.contains("] local ") && text.contains(" connected ")
}

fn error_of(text: &str) -> Option<&str> {
    let error = text.trim();
    let is_error = error.starts_with("iperf3: error") || error.contains("connect failed:");
    is_error.then_some(error)
}

/// The lines of one transfer.
#[derive(Debug, Default)]
struct Transfer {
    lines: Vec<Line>,
    /// The first line of what the server of iperf 2 tells of its side.
    reported_from: Option<usize>,
}

impl Transfer {
    /// Gives its intervals as a table, and what is said of it as a whole.
    fn give(mut self, sink: &mut Sink) {
        for line in self.lines.iter_mut().skip(self.reported_from.unwrap_or(usize::MAX)) {
            line.scope = Scope::Received;
        }
        let joint = self.lines.iter().any(|line| line.stream == "SUM");
        let (intervals, wholes) = self.split();
        let mut measured = Vec::new();
        for line in intervals.into_iter().filter(|line| !joint || line.stream == "SUM") {
            if line.scope == Scope::Omitted {
                sink.provenance.set_aside("intervals that iperf omits as warm-up", line.number);
            } else if line.length() <= 0.0 {
                sink.provenance.set_aside("an interval of no length at the end of a transfer", line.number);
            } else {
                measured.push(line);
            }
        }
        let mut streams: Vec<&str> = measured.iter().map(|line| line.stream.as_str()).collect();
        streams.dedup();
        streams.sort_unstable();
        streams.dedup();
        push(&measured, streams.len() > 1, sink);
        for line in wholes.into_iter().filter(|line| !joint || line.stream == "SUM") {
            let ending = match line.scope {
                Scope::Sent => Ending::Sent,
                Scope::Received => Ending::Received,
                Scope::Interval | Scope::Omitted => Ending::All,
            };
            // What a sender says of datagrams is that it lost none.
            let datagrams = line.datagrams.filter(|_| line.scope != Scope::Sent);
            let stream = (streams.len() > 1).then_some(line.stream.as_str());
            ending.report(stream, Some(line.bits), (datagrams, line.jitter.filter(|_| datagrams.is_some())), sink);
        }
    }

    /// Its intervals, and the lines about all of it: those that say so, and those of iperf 2 that begin where the first interval of
    /// their stream does and are longer, or are alone.
    fn split(&self) -> (Vec<&Line>, Vec<&Line>) {
        let is_interval = |line: &&Line| matches!(line.scope, Scope::Interval | Scope::Omitted);
        let first = |stream: &str| self.lines.iter().find(|line| line.stream == stream && is_interval(line));
        let alone = |one: &Line| {
            let of_stream = self.lines.iter().filter(|line| line.stream == one.stream && is_interval(line));
            of_stream.count() == 1
        };
        self.lines.iter().partition(|line| {
            let spans = |first: &Line| line.from == first.from && line.length() > 1.5 * first.length();
            is_interval(line) && !alone(line) && !first(&line.stream).is_some_and(spans)
        })
    }
}

/// The name of a field of an interval, and its value.
type Field = (&'static str, fn(&Line) -> Option<f64>);

/// A table of intervals; what only some of them state is left out where it is nothing but a cut.
fn push(intervals: &[&Line], several: bool, sink: &mut Sink) {
    if intervals.is_empty() {
        return;
    }
    let values: [Field; 4] = [
        ("retransmits", |line| line.retransmits),
        ("jitter_ms", |line| line.jitter),
        ("lost_packets", |line| line.datagrams.map(|(lost, _)| lost)),
        ("packets", |line| line.datagrams.map(|(_, all)| all)),
    ];
    let stated: Vec<_> =
        values.into_iter().filter(|(_, value)| intervals.iter().any(|line| value(line).is_some())).collect();
    let mut columns = vec![("start", CellType::Decimal), (BITS, CellType::Decimal)];
    columns.extend(stated.iter().map(|(name, _)| (*name, CellType::Decimal)));
    if several {
        columns.push(("stream", CellType::Text));
    }
    let mut table = TableBuilder::of(&sink.storage, None, &columns);
    for line in intervals {
        let mut row = RowBuffer::default();
        row.push(line.from.to_string().as_bytes());
        row.push(line.bits.to_string().as_bytes());
        for (_, value) in &stated {
            row.push(value(line).map(|value| value.to_string()).unwrap_or_default().as_bytes());
        }
        if several {
            row.push(line.stream.as_bytes());
        }
        table.push(row.row(), line.number);
    }
    sink.tables.push(table);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    #[test]
    fn lines_of_both_programs_are_read() {
        let line = |text: &str| Line::parse(text, 1, text.contains("Retr")).unwrap();
        let three = line("[  5]   2.00-3.02   sec  1.22 GBytes  10.3 Gbits/sec    2   3.00 MBytes");
        assert_eq!((three.from, three.to, three.bits, three.retransmits), (2.0, 3.02, 10.3e9, None));
        let two = line("[  3]  0.0- 1.0 sec   112 MBytes   942 Mbits/sec");
        assert_eq!((two.from, two.to, two.bits), (0.0, 1.0, 942e6));
        let datagrams = line("[  3]  0.0-10.0 sec  1.25 MBytes  1.05 Mbits/sec   0.085 ms    2/  893 (0.22%)");
        assert_eq!((datagrams.jitter, datagrams.datagrams), (Some(0.085), Some((2.0, 893.0))));
        assert_eq!(line("12:00:01 [SUM]   0.00-1.00   sec  4.81 MBytes  5.00 MBytes/sec  154").bits, 5.0 * 8_388_608.0);
        assert!(Line::parse("[  4] local 10.0.2.15 port 45687 connected to 10.0.0.1 port 5201", 1, false).is_none());
    }

    #[test]
    fn a_whole_transfer_is_no_interval() {
        let text = "Client connecting to 10.0.0.1, TCP port 5001\n[ ID] Interval       Transfer     Bandwidth\n\
                    [  3]  0.0- 1.0 sec   112 MBytes   940 Mbits/sec\n[  3]  1.0- 2.0 sec   113 MBytes   950 Mbits/sec\n\
                    [  3]  0.0- 2.0 sec   225 MBytes   945 Mbits/sec\n";
        let found = read_text("iperf.txt", text);
        assert_eq!(found.provenance.format, "iperf-text");
        let table = &found.tables[0];
        assert_eq!(table.numbers(table.position(BITS).unwrap()), [Some(940e6), Some(950e6)]);
        assert_eq!(found.reported[0].number(Statistic::Value), Some(945e6 / 8.0), "in bytes, as every rate of data");
    }

    #[test]
    fn streams_are_joined_only_where_a_line_does_so() {
        let header = "[ ID] Interval           Transfer     Bitrate         Retr  Cwnd\n";
        let both = "[  5]   0.00-1.00   sec   100 MBytes   840 Mbits/sec    3   895 KBytes\n\
                    [  7]   0.00-1.00   sec   100 MBytes   860 Mbits/sec    0   895 KBytes\n";
        let sum = "[SUM]   0.00-1.00   sec   200 MBytes  1.70 Gbits/sec    3\n";
        let later = both.replace("0.00-1.00", "1.00-2.00");
        let apart = read_text("iperf.txt", format!("{header}{both}{later}"));
        assert_eq!(apart.tables[0].numbers(0).len(), 4);
        assert!(apart.tables[0].position("stream").is_some());
        let joint =
            read_text("iperf.txt", format!("{header}{both}{sum}{later}{}", sum.replace("0.00-1.00", "1.00-2.00")));
        let table = &joint.tables[0];
        assert_eq!(table.numbers(table.position(BITS).unwrap()), [Some(1.7e9), Some(1.7e9)]);
        assert_eq!(table.numbers(table.position("retransmits").unwrap()), [Some(3.0), Some(3.0)]);
    }
}
