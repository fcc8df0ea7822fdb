//! Performance records of an agent swarm: JSON records of processes (`processId`, `clients`, cumulative counters) and of
//! clients (`clientId`, `executionCount`, …), alone, in arrays, one a line, or one after the other.
//!
//! In: text. Out: [`SwarmRecord`]s with their lines; [`crate::table::swarm`] says what they hold. A record that is cut
//! off or no JSON costs only itself. `sessionMemory` and `sessionState` may hold users' data: they are passed over while
//! parsing, and no message of this reader quotes the text of a record (the fields that it does quote are numbers,
//! durations and dates). Definitions: `docs/swarm-records.md`.

mod fields;
mod values;

use serde_json::value::RawValue;

use crate::ingest::format::{AnyRecords, Failures, Format, Head, Holds, IngestError, RowKind, Sink, SourceOptions};
use crate::ingest::json::documents::whole_text;
use crate::ingest::json::outline::Outline;
use crate::ingest::privacy;

use fields::RecordReader;

/// The format's name; its sources hold records, not tables.
pub(crate) const NAME: &str = "agent-swarm";

pub(crate) const FORMAT: Format = Format {
    name: NAME,
    about: "performance records of an agent swarm: processes and their clients, JSON in any arrangement",
    latency: "time of a finished execution, from counters",
    failures: Failures::NotRecorded,
    holds: Holds::Summaries,
    row: RowKind::Row,
    example: "perfreport summarize swarm/",
    upstream: "docs/swarm-records.md",
    sniff,
    read,
};

/// Fields that a process's record has beside `processId`.
const PROCESS_FIELDS: [&str; 5] =
    ["clients", "totalExecutionCount", "totalResponseTime", "averageResponseTime", "momentStamp"];
/// Fields that a client's record has beside `clientId`.
const CLIENT_FIELDS: [&str; 8] = [
    "executionCount",
    "executionTimeTotal",
    "executionTimeAverage",
    "executionInputTotal",
    "executionOutputTotal",
    "executionInputAverage",
    "sessionMemory",
    "sessionState",
];
/// So many of them are no coincidence.
const ENOUGH_FIELDS: usize = 2;
/// Lines at which detection looks for the beginning of a record.
const SAMPLE_LINES: usize = 3;
/// Broken records that are named; the rest are counted.
const NAMED_BROKEN: u64 = 50;

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let opens = |line: &&[u8]| matches!(line.trim_ascii_start().first(), Some(b'{' | b'['));
    let lines = head.bytes.split(|byte| *byte == b'\n').filter(opens).take(SAMPLE_LINES);
    std::iter::once(head.bytes).chain(lines).find_map(signature)
}

/// What shows that a text begins with a record.
fn signature(text: &[u8]) -> Option<Vec<String>> {
    let keys = Outline::of_first_object(text)?;
    let has = |name: &str| keys.has_at(1, &[name]);
    let among = |names: &[&'static str]| names.iter().copied().filter(|name| has(name)).collect::<Vec<_>>();
    let (process, client) = (among(&PROCESS_FIELDS), among(&CLIENT_FIELDS));
    if has("processId") && process.len() >= ENOUGH_FIELDS {
        return Some(vec![format!("a record has the keys `processId`, `{}`", process.join("`, `"))]);
    }
    // Keys in the order of the alphabet put the clients first, and the file may end among them.
    let inside = |name: &str| memchr::memmem::find(text, name.as_bytes()).is_some();
    if !keys.is_whole && has("clients") && inside("\"clientId\"") && inside("\"executionCount\"") {
        return Some(vec!["a record has the key `clients`, with `clientId` and `executionCount` inside".to_owned()]);
    }
    if has("clientId") && client.len() >= ENOUGH_FIELDS {
        return Some(vec![format!("a record has the keys `clientId`, `{}`", client.join("`, `"))]);
    }
    // A session can be longer than what detection looks at. Where nothing else stands before it, its name is enough.
    let session = !among(&privacy::FIELDS).is_empty();
    if session && !keys.is_whole && keys.len() == client.len() + usize::from(has("clientId")) {
        return Some(vec![format!("a record that goes on for long has the keys `{}`", client.join("`, `"))]);
    }
    None
}

fn read(records: &mut AnyRecords<'_>, options: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let text = whole_text(records, sink)?;
    let mut walk = Walk { text: &text, at: 0, line: 1, broken: 0 };
    let mut reader = RecordReader::new(sink, &options.session_data);
    while let Some(start) = walk.next_value() {
        let mut documents = serde_json::Deserializer::from_str(&text[start..]).into_iter::<&RawValue>();
        let line = walk.line;
        match documents.next() {
            Some(Ok(value)) => {
                reader.take(value, line, &text);
                walk.advance(start + documents.byte_offset());
            }
            Some(Err(error)) => {
                let at_end = error.is_eof();
                walk.broken += 1;
                if walk.broken <= NAMED_BROKEN {
                    reader.note_broken(line, at_end, line + error.line().saturating_sub(1) as u64);
                } else {
                    reader.count_broken(line);
                }
                walk.recover(start);
            }
            None => break,
        }
    }
    let unnamed = walk.broken.saturating_sub(NAMED_BROKEN);
    // A folder of snapshots may hold one that was cut off: the others still count, so that this is no error.
    reader.finish(unnamed);
    Ok(())
}

/// Goes from record to record. Brackets and commas of an array around records are passed over, so that arrays, lines
/// and documents one after the other are the same thing.
struct Walk<'t> {
    text: &'t str,
    at: usize,
    line: u64,
    broken: u64,
}

impl Walk<'_> {
    /// Where the next value begins; its line is in `line`.
    fn next_value(&mut self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let passed =
            bytes[self.at..].iter().take_while(|byte| byte.is_ascii_whitespace() || b"[],".contains(byte)).count();
        self.advance(self.at + passed);
        (self.at < bytes.len()).then_some(self.at)
    }

    fn advance(&mut self, to: usize) {
        self.line += memchr::memchr_iter(b'\n', &self.text.as_bytes()[self.at..to]).count() as u64;
        self.at = to;
    }

    /// Goes on after a broken record: at the next line that opens an object and is indented no deeper than it. A line
    /// that is indented deeper belongs to the broken record (one of its clients).
    fn recover(&mut self, start: usize) {
        let bytes = self.text.as_bytes();
        let indent = |line: usize| bytes[line..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let line_start = bytes[..start].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let own = indent(line_start);
        let mut at = start;
        while let Some(end) = memchr::memchr(b'\n', &bytes[at..]) {
            let next = at + end + 1;
            let column = indent(next);
            if column <= own && bytes.get(next + column) == Some(&b'{') {
                self.advance(next);
                return;
            }
            at = next;
        }
        self.advance(bytes.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_recognised_by_its_keys() {
        let seen = |text: &str| sniff(&Head::new(text.as_bytes(), true)).is_some();
        assert!(seen(r#"{"processId":"p","clients":[],"totalExecutionCount":0}"#));
        assert!(seen(r#"[{"clientId":"c","executionCount":1,"executionTimeTotal":"5ms"}]"#));
        assert!(seen("{\"proc\n{\"processId\":\"p\",\"clients\":[],\"totalExecutionCount\":0}"));
        assert!(seen(r#"{"sessionMemory":{"never":"#));
        assert!(!seen(r#"{"clientId":"c","latency_ms":5}"#));
        assert!(!seen(r#"{"sessionState":"open","latency_ms":5}"#));
        assert!(!seen("clientId,executionCount\na,1\n"));
    }
}
