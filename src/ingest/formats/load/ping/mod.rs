//! `ping`, the text that it prints on any system: a line a reply.
//!
//! In: text; times in milliseconds. Out: a row a request, with the target that it was sent to. Lost is what ping says was lost, what is missing
//! among the numbers of the replies, and what the closing statistics count beyond those; replies that came twice are set aside. Where only the
//! statistics were printed (`-q`) they are reported numbers.

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, FindingKind, Format, Head, Holds, IngestError, Role, RowKind, Severity,
    Sink, Statistic, Unit,
};
use crate::ingest::summaries::Summary;
use crate::ingest::text::row::RowBuffer;
use crate::table::LabelIdentity;

use line::Line;
use target::{Probe, Taken, Target};

mod line;
mod target;

const ROUND_TRIP: &str = "from sending an echo request to its reply";

pub(crate) const FORMAT: Format = Format {
    name: "ping",
    about: "ping on any system, the text that it prints",
    latency: ROUND_TRIP,
    failures: Failures::Recorded(
        "requests without a reply: as it says, by the gaps in their numbers, and by its statistics",
    ),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "ping -D -c 600 example.com > ping.txt; perfreport summarize ping.txt",
    upstream: "iputils/iputils, ping/ping_common.c; FreeBSD, sbin/ping/ping.c",
    sniff,
    read: |records, _, sink| read(records, sink),
};

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let (mut told, mut others) = (0_usize, 0_usize);
    for line in head.lines() {
        let text = String::from_utf8_lossy(line);
        match line::parse(&text).0 {
            _ if text.trim().is_empty() => {}
            Line::Reply { .. } | Line::Lost { .. } | Line::Counted { .. } => told += 1,
            Line::Begins { .. } | Line::Times(_) | Line::CutOff => {}
            Line::Other if text.contains("ping") => {}
            Line::Other => others += 1,
        }
    }
    // A few lines of ping may stand in any log.
    (told > 0 && told >= others).then(|| vec!["replies, or statistics of replies, as ping prints them".to_owned()])
}

fn declare(sink: &mut Sink) {
    // Each is as far away as it is.
    sink.labels = LabelIdentity::Compared;

    sink.declared.extend([
        Declared::time("rtt", Unit::MILLISECOND, ROUND_TRIP, "ping: milliseconds"),
        Declared::column("target", Role::Label, "ping: whom the request was sent to"),
        Declared::column("outcome", Role::Status, "ping: lost where there was no reply"),
        Declared::column("sequence", Role::Identifier, "ping: the number of the request"),
        Declared::column("at", Role::Timestamp, "when the line was printed, in seconds since 1970"),
    ]);
}

/// What was read so far.
struct Reading<'s> {
    table: Option<TableBuilder>,
    dated: bool,
    numbered: bool,
    target: Target,
    sink: &'s mut Sink,
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    declare(sink);
    let mut reading = Reading { table: None, dated: false, numbered: false, target: Target::default(), sink };
    while let Some(record) = records.next()? {
        let text = String::from_utf8_lossy(record.bytes).into_owned();
        let (line, at) = line::parse(&text);
        match line {
            Line::Other => {}
            Line::CutOff if !record.terminated => {
                let reason = "the line ends within itself";
                reading.sink.provenance.set_aside("cut off", record.line);
                let (kind, action) = (FindingKind::TruncatedLine, "the line was set aside");
                reading.sink.find(Severity::Corrupted, kind, record.line, reason, action);
            }
            Line::CutOff => reading.sink.provenance.set_aside("a reply without its number or its time", record.line),
            line => reading.take(line, at, record.line),
        }
    }
    reading.finish()
}

impl Reading<'_> {
    fn take(&mut self, line: Line, at: Option<f64>, number: u64) {
        match line {
            Line::Begins { target, first } => {
                self.end_target();
                self.target = Target::new(target, first);
            }
            Line::Reply { from, number: sequence, ms, again } => {
                let probe = || Probe { ms, cause: String::new(), line: number, at };
                let taken = if self.target.is_of_another(&from) && !again {
                    Taken { restarts: true, ..Taken::default() }
                } else {
                    self.target.reply(&from, sequence, probe(), again)
                };
                if taken.restarts {
                    self.end_target();
                    self.target = self.target.again(&from, sequence);
                    self.target.reply(&from, sequence, probe(), false);
                }
                if let Some(why) = taken.set_aside {
                    self.sink.provenance.set_aside(why, number);
                }
            }
            Line::Lost { number: sequence, cause } => {
                let cause = format!("lost: {cause}");
                self.target.lost(sequence, Probe { ms: None, cause, line: number, at });
            }
            Line::Counted { sent, received } => {
                let not_printed = self.target.counted(sent, received, number);
                if not_printed > 0 {
                    let reason = format!("the statistics count {not_printed} more replies than stand above them");
                    let action = "their requests are not counted: they were not lost";
                    self.sink.find(Severity::Suspicious, FindingKind::Contradiction, number, reason, action);
                }
                self.flush(0);
            }
            Line::Times(times) => {
                if let Some((sent, received)) = self.target.only_counted.take() {
                    give_summary(&self.target.name, (sent, received), Some(times), number, self.sink);
                }
            }
            Line::CutOff | Line::Other => {}
        }
        self.flush(Target::KEPT);
    }

    /// Ends what was sent to a target.
    fn end_target(&mut self) {
        self.flush(0);
        if let Some(counts) = self.target.only_counted.take() {
            give_summary(&self.target.name, counts, None, 0, self.sink);
        }
    }

    /// Writes rows until so many are left that a late reply may still change.
    fn flush(&mut self, keep: usize) {
        if self.target.probes.len() <= 2 * keep {
            return;
        }
        let many = self.target.probes.len() - keep;
        for (number, probe) in self.target.probes.drain(..many) {
            let first = self.table.is_none();
            if first {
                (self.dated, self.numbered) = (probe.at.is_some(), number.is_some());
            }
            let mut columns = Vec::with_capacity(5);
            columns.extend(self.dated.then_some(("at", CellType::Decimal)));
            columns.extend(self.numbered.then_some(("sequence", CellType::Integer)));
            columns.extend([("rtt", CellType::Decimal), ("target", CellType::Text), ("outcome", CellType::Text)]);
            let storage = &self.sink.storage;
            let table = self.table.get_or_insert_with(|| TableBuilder::of(storage, None, &columns));
            let mut row = RowBuffer::default();
            if self.dated {
                row.push(probe.at.map(|at| at.to_string()).unwrap_or_default().as_bytes());
            }
            if self.numbered {
                row.push(number.map(|number| number.to_string()).unwrap_or_default().as_bytes());
            }
            row.push(probe.ms.map(|ms| ms.to_string()).unwrap_or_default().as_bytes());
            row.push(self.target.name.as_bytes());
            row.push(if probe.cause.is_empty() { b"ok" } else { probe.cause.as_bytes() });
            table.push(row.row(), probe.line);
        }
    }

    fn finish(mut self) -> Result<(), IngestError> {
        self.end_target();
        if let Some(mut table) = self.table {
            // What was lost has no time, which is no cell that somebody left empty.
            table.absence_is_told = true;
            self.sink.tables.push(table);
            return Ok(());
        }
        self.sink.no_tables = true;
        if self.sink.reported.is_empty() {
            let reason = "ping printed neither a reply nor its statistics".to_owned();
            return Err(IngestError::Malformed(reason));
        }
        Ok(())
    }
}

/// What `ping -q` prints of a target.
fn give_summary(target: &str, (sent, received): (u64, u64), times: Option<[f64; 4]>, line: u64, sink: &mut Sink) {
    let at = (line > 0).then_some(line);
    let mut requests =
        Summary::new("requests", Unit::COUNT, Some("echo requests, and those without a reply")).of(Some(target));
    requests.add_at(Statistic::Count, Some(sent as f64), at);
    requests.add_at(Statistic::Failures, Some(sent.saturating_sub(received) as f64), at);
    requests.give(sink);
    let mut rtt = Summary::new("rtt", Unit::MILLISECOND, Some(ROUND_TRIP)).of(Some(target));
    for (statistic, number) in [Statistic::Min, Statistic::Mean, Statistic::Max, Statistic::Stddev]
        .into_iter()
        .zip(times.into_iter().flatten())
    {
        rtt.add_at(statistic, Some(number), at);
    }
    rtt.give(sink);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;
    use crate::table::source::Source;

    /// Times and outcomes, row by row.
    fn rows(found: &Source) -> Vec<(Option<f64>, String)> {
        let table = &found.tables[0];
        let outcome = &table.columns[table.position("outcome").unwrap()];
        let codes = table.codes(table.position("outcome").unwrap());
        let times = table.numbers(table.position("rtt").unwrap());
        times.into_iter().zip(codes.into_iter().map(|code| outcome.dictionary[code as usize].clone())).collect()
    }

    fn ok(ms: f64) -> (Option<f64>, String) {
        (Some(ms), "ok".to_owned())
    }

    fn lost(cause: &str) -> (Option<f64>, String) {
        (None, format!("lost: {cause}"))
    }

    #[test]
    fn a_gap_is_a_lost_packet_and_the_statistics_tell_of_the_last_ones() {
        let text = "PING a.test (10.1.2.3) 56(84) bytes of data.\n\
                    64 bytes from 10.1.2.3: icmp_seq=2 ttl=51 time=20.5 ms\n64 bytes from 10.1.2.3: icmp_seq=5 ttl=51 time=21.5 ms\n\
                    From 10.0.0.1 icmp_seq=6 Destination Host Unreachable\n\n--- a.test ping statistics ---\n\
                    8 packets transmitted, 2 received, +1 errors, 75% packet loss, time 7010ms\nrtt min/avg/max/mdev = 20.5/21.0/21.5/0.5 ms\n";
        let found = read_text("ping.txt", text);
        assert_eq!(found.provenance.format, "ping");
        let none = || lost("no reply");
        let unreachable = lost("Destination Host Unreachable");
        assert_eq!(rows(&found), [none(), ok(20.5), none(), none(), ok(21.5), unreachable, none(), none()]);
        assert!(found.findings.is_empty(), "{:?}", found.findings);
        assert!(found.reported.is_empty());
    }

    #[test]
    fn a_late_reply_is_one_and_a_second_one_is_none() {
        let text = "PING a.test (10.1.2.3): 56 data bytes\nRequest timeout for icmp_seq 0\n\
                    64 bytes from 10.1.2.3: icmp_seq=0 ttl=51 time=1500.5 ms\n64 bytes from 10.1.2.3: icmp_seq=1 ttl=51 time=20.5 ms\n\
                    64 bytes from 10.1.2.3: icmp_seq=1 ttl=51 time=25.5 ms (DUP!)\nRequest timeout for icmp_seq 2\n";
        let found = read_text("ping.txt", text);
        assert_eq!(rows(&found), [ok(1500.5), ok(20.5), lost("timed out")]);
        assert_eq!(found.provenance.set_aside.len(), 1);
    }

    #[test]
    fn targets_and_runs_of_windows_are_read_one_after_the_other() {
        let text = "Pinging a.test [10.1.2.3] with 32 bytes of data:\nReply from 10.1.2.3: bytes=32 time=12ms TTL=56\nRequest timed out.\n\
                    Reply from 10.0.0.9: Destination host unreachable.\n\nPing statistics for 10.1.2.3:\n    Packets: Sent = 3, Received = 2, Lost = 1 (33% loss),\n\
                    Approximate round trip times in milli-seconds:\n    Minimum = 12ms, Maximum = 12ms, Average = 12ms\n\n\
                    Pinging b.test [10.1.2.4] with 32 bytes of data:\nReply from 10.1.2.4: bytes=32 time<1ms TTL=64\n";
        let found = read_text("ping.txt", text);
        let expected = [ok(12.0), lost("Request timed out"), lost("Destination host unreachable"), ok(0.0)];
        assert_eq!(rows(&found), expected);
        let table = &found.tables[0];
        assert_eq!(table.columns[table.position("target").unwrap()].dictionary, ["a.test", "b.test"]);
    }

    #[test]
    fn replies_of_another_are_another_run() {
        let text = "PING 10.1.2.3 (10.1.2.3) 56(84) bytes of data.\n64 bytes from 10.1.2.3: icmp_seq=1 ttl=51 time=20.5 ms\n\
                    64 bytes from 10.9.9.9: icmp_seq=7 ttl=51 time=4.5 ms\n64 bytes from 10.9.9.9: icmp_seq=8 ttl=51 time=5.5 ms\n";
        assert_eq!(rows(&read_text("ping.txt", text)), [ok(20.5), ok(4.5), ok(5.5)]);
    }

    #[test]
    fn numbers_that_begin_again_are_another_run() {
        let block = "64 bytes from 10.1.2.3: icmp_seq=0 ttl=48 time=285.5 ms\n64 bytes from 10.1.2.3: icmp_seq=2 ttl=48 time=5.5 ms\n";
        let found = read_text("ping.log", block.repeat(2));
        let one = [ok(285.5), lost("no reply"), ok(5.5)];
        assert_eq!(rows(&found), [one.clone(), one].concat());
        let wrapped = "64 bytes from 10.1.2.3: icmp_seq=65535 ttl=48 time=4.5 ms\n64 bytes from 10.1.2.3: icmp_seq=1 ttl=48 time=5.5 ms\n";
        assert_eq!(rows(&read_text("ping.log", wrapped)), [ok(4.5), lost("no reply"), ok(5.5)]);
    }

    #[test]
    fn replies_that_were_counted_and_not_printed_are_not_lost() {
        let text = "PING a.test (10.1.2.3) 56(84) bytes of data.\n64 bytes from 10.1.2.3: icmp_seq=1 ttl=51 time=20.5 ms\n\
                    64 bytes from 10.1.2.3: icmp_seq=5 ttl=51 time=21.5 ms\n\n--- a.test ping statistics ---\n\
                    5 packets transmitted, 4 received, 20% packet loss, time 4010ms\n";
        let found = read_text("ping.txt", text);
        assert_eq!(rows(&found), [ok(20.5), lost("no reply"), ok(21.5)]);
        assert_eq!(found.findings.len(), 1);
    }

    #[test]
    fn quiet_statistics_are_reported() {
        let text = "PING a.test (10.1.2.3) 56(84) bytes of data.\n\n--- a.test ping statistics ---\n\
                    10 packets transmitted, 9 received, 10% packet loss, time 9010ms\nrtt min/avg/max/mdev = 1.5/2.5/4.5/0.5 ms\n";
        let found = read_text("ping.txt", text);
        assert!(found.tables.is_empty());
        assert_eq!(found.reported[0].number(Statistic::Failures), Some(1.0));
        assert_eq!(found.reported[1].number(Statistic::Mean), Some(0.0025));
    }
}
