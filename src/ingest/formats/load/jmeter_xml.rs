//! JMeter's result files as XML: `<testResults>` around `<httpSample>` and `<sample>`, each with the samples in it.
//!
//! In: the text, streamed: no more than one event of the XML reader is ever held. Out: a table of the outermost samples,
//! and one of those inside them (embedded resources, redirects, the samples of a transaction), which the outer ones
//! contain. Passes over the texts of requests and responses. Definition: JMeter's `SampleResultConverter`.

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::measure::finding::{Finding, Place};
use crate::table::source::SUB_SAMPLES;
use crate::table::storage::Storage;

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Failures, FindingKind, Format, Head, Holds, IngestError, RowKind, Severity, Sink,
    SourceOptions,
};
use crate::ingest::formats::load::jmeter;
use crate::ingest::text::row::RowBuffer;

pub(crate) const FORMAT: Format = Format {
    name: "jmeter-xml",
    about: "JMeter results as XML (.jtl, .xml)",
    latency: "t: from just before sending to the last byte of the response, connecting included",
    failures: Failures::Recorded("s is false"),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "jmeter -n -t plan.jmx -l results.jtl -Jjmeter.save.saveservice.output_format=xml && perfreport summarize results.jtl",
    upstream: "JMeter SampleResultConverter",
    sniff,
    read,
};

/// An event of the XML reader that is longer is no sample: the text of a response may be, and is held while it is read.
const LONGEST_EVENT: usize = 64 << 20;
/// Samples nested deeper are no samples.
const DEEPEST: usize = 1000;

/// Attributes that are read, the columns of the CSV form they stand for, and what they hold.
const ATTRIBUTES: &[(&str, &str, CellType)] = &[
    ("ts", "timeStamp", CellType::Integer),
    ("t", "elapsed", CellType::Integer),
    ("lb", "label", CellType::Text),
    ("rc", "responseCode", CellType::Text),
    ("rm", "responseMessage", CellType::Text),
    ("tn", "threadName", CellType::Text),
    ("s", "success", CellType::Boolean),
    ("by", "bytes", CellType::Integer),
    ("sby", "sentBytes", CellType::Integer),
    ("ng", "grpThreads", CellType::Integer),
    ("na", "allThreads", CellType::Integer),
    ("lt", "Latency", CellType::Integer),
    ("it", "IdleTime", CellType::Integer),
    ("ct", "Connect", CellType::Integer),
];

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let mut rest = head.bytes.trim_ascii_start();
    // A declaration and comments may stand above the root.
    while let Some(begin) = rest.strip_prefix(b"<?").or_else(|| rest.strip_prefix(b"<!")) {
        let end = memchr::memchr(b'>', begin)?;
        rest = begin[end + 1..].trim_ascii_start();
    }
    let root = rest.strip_prefix(b"<testResults")?;
    let ends = root.first().is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'));
    ends.then(|| vec!["the root element is <testResults>, as JMeter writes it".to_owned()])
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    sink.settle = Some(jmeter::settle);
    sink.declared = jmeter::columns();
    let mut text = RecordStream { records, line: 1, left: LONGEST_EVENT };
    let outcome = read_samples(&mut text, sink);
    sink.provenance.lines = text.line;
    let SampleRows { outer, inner, unknown, .. } = outcome?;
    for (name, line) in &unknown {
        sink.provenance.set_aside(&format!("`<{name}>`, which is no sample as JMeter itself writes it"), *line);
    }
    if let Some((name, line)) = unknown.first() {
        let reason = format!(
            "{} of the elements in <testResults> are no samples as JMeter itself writes them, the first one `<{name}>`: a \
             plug-in's, whose fields are not known",
            unknown.len()
        );
        let action =
            "they were not read; the plug-in's sampler, or a listener that writes CSV, writes samples that are";
        let kind = FindingKind::MalformedRecord;
        sink.find(Severity::Suspicious, kind, *line, reason, action).count = unknown.len() as u64;
    }
    if inner.rows() > 0 {
        sink.provenance.evidence.push(format!(
            "{} samples stand inside others (embedded resources, redirects, the samples of a transaction): they are a \
             table of their own, because the outer samples contain their time",
            inner.rows()
        ));
    }
    if outer.rows() > 0 || unknown.is_empty() {
        sink.tables.push(outer.builder);
    }
    if inner.rows() > 0 {
        sink.tables.push(inner.builder);
    }
    Ok(())
}

/// A table that gains a column when an attribute first appears.
struct Growing {
    builder: TableBuilder,
    /// Of each attribute, its column in the table.
    column: [Option<usize>; ATTRIBUTES.len()],
    row: RowBuffer,
}

impl Growing {
    fn new(storage: &Storage, name: Option<&str>) -> Self {
        Self {
            builder: TableBuilder::of(storage, name, &[]),
            column: [None; ATTRIBUTES.len()],
            row: RowBuffer::default(),
        }
    }

    fn rows(&self) -> u64 {
        self.builder.rows()
    }

    fn take(&mut self, values: &[Option<Vec<u8>>; ATTRIBUTES.len()], line: u64) {
        for (attribute, (_, name, cells)) in ATTRIBUTES.iter().enumerate() {
            if values[attribute].is_some() && self.column[attribute].is_none() {
                self.column[attribute] = Some(self.builder.columns.len());
                self.builder.add_column(name, *cells);
            }
        }
        let mut attribute_of = vec![0; self.builder.columns.len()];
        for (attribute, column) in self.column.iter().enumerate() {
            if let Some(column) = column {
                attribute_of[*column] = attribute;
            }
        }
        self.row.clear();
        for attribute in attribute_of {
            self.row.push(values[attribute].as_deref().unwrap_or_default());
        }
        self.builder.push(self.row.row(), line);
    }
}

/// The samples read so far.
struct SampleRows {
    outer: Growing,
    inner: Growing,
    /// For each open element, whether it is a sample.
    open: Vec<bool>,
    too_deep: bool,
    /// Names and lines of elements in the root that are no samples.
    unknown: Vec<(String, u64)>,
}

impl SampleRows {
    /// Remembers an element that stands where samples do and is none.
    fn note_unknown(&mut self, element: &BytesStart<'_>, line: u64, is_sample: bool) {
        if !is_sample && self.open.len() == 1 {
            self.unknown.push((String::from_utf8_lossy(element.name().as_ref()).into_owned(), line));
        }
    }

    /// Takes an element if it is a sample. Says whether it is.
    fn take(&mut self, element: &BytesStart<'_>, line: u64) -> bool {
        let mut values: [Option<Vec<u8>>; ATTRIBUTES.len()] = Default::default();
        for attribute in element.attributes().with_checks(false).flatten() {
            let Some(index) = ATTRIBUTES.iter().position(|(name, ..)| name.as_bytes() == attribute.key.as_ref()) else {
                continue;
            };
            // An entity that is not known leaves the text as it was written.
            let value =
                attribute.unescape_value().map_or_else(|_| attribute.value.to_vec(), |text| text.as_bytes().to_vec());
            values[index] = Some(value);
        }
        let has = |name: &str| {
            ATTRIBUTES.iter().position(|(other, ..)| *other == name).is_some_and(|at| values[at].is_some())
        };
        let named_so = element.local_name().as_ref().ends_with(b"ample");
        if !(named_so || has("t") && (has("lb") || has("ts"))) {
            return false;
        }
        // A sample without its duration is a row with an empty cell, around the samples in it as any other.
        if let Some(time) = ATTRIBUTES.iter().position(|(name, ..)| *name == "t") {
            values[time].get_or_insert_default();
        }
        let inside = self.open.iter().any(|sample| *sample);
        if inside {
            self.inner.take(&values, line);
        } else {
            self.outer.take(&values, line);
        }
        true
    }
}

fn read_samples(text: &mut RecordStream<'_, '_>, sink: &mut Sink) -> Result<SampleRows, IngestError> {
    let mut samples = SampleRows {
        outer: Growing::new(&sink.storage, None),
        inner: Growing::new(&sink.storage, Some(SUB_SAMPLES)),
        open: Vec::new(),
        too_deep: false,
        unknown: Vec::new(),
    };
    let source = sink.provenance.name.clone();
    let mut reader = Reader::from_reader(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    let mut buffer = Vec::new();
    let mut ended = false;
    loop {
        buffer.clear();
        reader.get_mut().left = LONGEST_EVENT;
        let event = reader.read_event_into(&mut buffer);
        match event {
            Ok(Event::Start(element)) => {
                let line = reader.get_ref().line;
                let is_sample = samples.open.len() < DEEPEST && samples.take(&element, line);
                samples.note_unknown(&element, line, is_sample);
                samples.too_deep |= samples.open.len() >= DEEPEST;
                if samples.open.len() < 2 * DEEPEST {
                    samples.open.push(is_sample);
                }
            }
            Ok(Event::Empty(element)) => {
                let line = reader.get_ref().line;
                let is_sample = samples.take(&element, line);
                samples.note_unknown(&element, line, is_sample);
            }
            Ok(Event::End(_)) => {
                samples.open.pop();
                ended = samples.open.is_empty();
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(quick_xml::Error::Io(error)) if error.kind() != io::ErrorKind::InvalidData => {
                return Err(io::Error::new(error.kind(), error.to_string()).into());
            }
            Err(error) => {
                let line = reader.get_ref().line;
                let reason = format!("the text stops being XML here: {error}");
                let (kind, action) = (FindingKind::MalformedRecord, "the rest of the file was not read");
                sink.findings.push(Finding::new(Severity::Corrupted, kind, Place::line(&source, line), reason, action));
                ended = true;
                break;
            }
        }
    }
    if !ended {
        let line = reader.get_ref().line;
        sink.findings.push(Finding::new(
            Severity::Corrupted,
            FindingKind::TruncatedLine,
            Place::line(&source, line),
            "the file ends before </testResults>: the run was interrupted, or the file was cut",
            "the samples up to here were read",
        ));
    }
    if samples.too_deep {
        let reason = format!("elements are nested deeper than {DEEPEST} levels");
        let place = Place::source(&source);
        let (kind, action) = (FindingKind::MalformedRecord, "what lies deeper was not read");
        sink.findings.push(Finding::new(Severity::Suspicious, kind, place, reason, action));
    }
    Ok(samples)
}

/// The records' bytes as a stream that counts lines and lets no single event become too long.
struct RecordStream<'a, 'r> {
    records: &'a mut AnyRecords<'r>,
    line: u64,
    left: usize,
}

impl BufRead for RecordStream<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("an element or a text is longer than {} MiB", LONGEST_EVENT >> 20),
            ));
        }
        self.records.peek(1)
    }

    fn consume(&mut self, count: usize) {
        self.left = self.left.saturating_sub(count);
        // What was filled lies in the buffer, so that looking at it again reads nothing.
        if let Ok(bytes) = self.records.peek(0) {
            self.line += memchr::memchr_iter(b'\n', &bytes[..count.min(bytes.len())]).count() as u64;
        }
        self.records.skip(count);
    }
}

impl Read for RecordStream<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let there = self.fill_buf()?;
        let count = there.len().min(buffer.len());
        buffer[..count].copy_from_slice(&there[..count]);
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;
    use crate::table::Role;
    use crate::table::source::Source;

    fn source(text: &str) -> Source {
        read_text("results.jtl", text)
    }

    fn elapsed(source: &Source, table: usize) -> Vec<f64> {
        let name = ["elapsed", "sub-samples.elapsed"][table];
        let table = &source.tables[table];
        table.numbers(table.position(name).unwrap()).into_iter().flatten().collect()
    }

    const NESTED: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testResults version=\"1.2\">\n\
        <httpSample t=\"120\" lt=\"80\" ts=\"1700000000000\" s=\"true\" lb=\"Home &amp; away\" rc=\"200\" rm=\"OK\">\n\
        <httpSample t=\"30\" lt=\"20\" ts=\"1700000000080\" s=\"true\" lb=\"style.css\" rc=\"200\" rm=\"OK\"/>\n\
        <responseData class=\"java.lang.String\">&lt;html t=\"9\"></responseData>\n</httpSample>\n\
        <sample t=\"90\" lt=\"0\" ts=\"1700000000200\" s=\"false\" lb=\"Cart\" rc=\"500\" rm=\"no\" by=\"77\"/>\n";

    #[test]
    fn outer_samples_are_counted_and_inner_ones_stand_apart() {
        let found = source(&format!("{NESTED}</testResults>\n"));
        assert_eq!(found.provenance.format, "jmeter-xml");
        assert_eq!((elapsed(&found, 0), elapsed(&found, 1)), (vec![120.0, 90.0], vec![30.0]));
        assert_eq!(found.tables[1].name.as_deref(), Some("sub-samples"));
        let labels = found.tables[0].position("label").unwrap();
        assert_eq!(found.tables[0].columns[labels].dictionary, ["Home & away", "Cart"]);
        assert_eq!(found.tables[0].columns[labels].role, Role::Label);
        let lines: Vec<Option<u64>> = (0..2).map(|row| found.tables[0].lines.line(row)).collect();
        assert_eq!(lines, [Some(3), Some(7)]);
        assert!(found.findings.iter().all(|finding| finding.severity == Severity::Note), "{:?}", found.findings);
    }

    #[test]
    fn a_file_that_was_cut_keeps_what_came_before() {
        for (text, kind) in [
            (NESTED.to_owned(), FindingKind::TruncatedLine),
            (format!("{NESTED}<sample t=\"1"), FindingKind::MalformedRecord),
        ] {
            let found = source(&text);
            assert_eq!(elapsed(&found, 0), [120.0, 90.0]);
            assert!(found.findings.iter().any(|finding| finding.kind == kind), "{:?}", found.findings);
        }
    }

    #[test]
    fn a_sample_without_its_duration_is_a_row_with_an_empty_cell_around_its_own_samples() {
        let found = source(&format!("{}</testResults>\n", NESTED.replace("<httpSample t=\"120\" ", "<httpSample ")));
        let table = &found.tables[0];
        assert_eq!(table.numbers(table.position("elapsed").unwrap()), [None, Some(90.0)]);
        assert_eq!(elapsed(&found, 1), [30.0], "what stands in it does not become an outer sample");
        let empty = found.findings.iter().find(|finding| finding.kind == FindingKind::EmptyCell).unwrap();
        assert_eq!((empty.metric.as_deref(), empty.place.line), (Some("elapsed"), Some(3)));
    }

    #[test]
    fn an_element_of_a_plug_in_is_named() {
        let found = source(
            "<testResults>\n<org.shop.Sample2><elapsedTime>5</elapsedTime></org.shop.Sample2>\n</testResults>\n",
        );
        let said: Vec<&str> = found.findings.iter().flat_map(|one| one.reasons.iter().map(String::as_str)).collect();
        assert!(said.iter().any(|reason| reason.contains("`<org.shop.Sample2>`")), "{said:?}");
        assert!(said.iter().all(|reason| !reason.contains("nothing was measured")), "{said:?}");
    }

    #[test]
    fn other_roots_are_others() {
        for text in ["<testResultsX/>", "<html><body/></html>", "<?xml?>", "<!-- <testResults> "] {
            assert!(sniff(&Head::new(text.as_bytes(), true)).is_none(), "{text}");
        }
    }
}
