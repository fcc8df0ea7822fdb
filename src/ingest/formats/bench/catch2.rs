//! Catch2's XML (`-r xml`): the benchmarks among its tests.
//!
//! In: one XML document; nanoseconds that Catch2 has summarised. Out: reported numbers for each benchmark, and a finding for
//! those that failed. Definition: Catch2, `XmlReporter::benchmarkEnded`.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::ingest::benchmarks;
use crate::ingest::format::{
    AnyRecords, Failures, FindingKind, Format, Head, Holds, IngestError, RowKind, Severity, Sink, Statistic, Unit,
};
use crate::ingest::json::documents;
use crate::ingest::summaries::{self, Summary};

const MEANING: &str = "time of one call, with a bootstrapped mean";

pub(crate) const FORMAT: Format = Format {
    name: "catch2",
    about: "Catch2's benchmarks as XML (`-r xml`)",
    latency: MEANING,
    failures: Failures::Recorded("benchmarks that failed"),
    holds: Holds::Summaries,
    row: RowKind::Run,
    example: "./bench -r xml -o catch2.xml && perfreport summarize catch2.xml",
    upstream: "catchorg/Catch2, src/catch2/reporters/catch_reporter_xml.cpp",
    sniff,
    read: |records, _, sink| read(records, sink),
};

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let start = &head.bytes[..head.bytes.len().min(1024)];
    let has = |bytes: &[u8], text: &str| memchr::memmem::find(bytes, text.as_bytes()).is_some();
    let root = has(start, "<Catch2TestRun") || has(start, "<Catch ");
    (root && has(head.bytes, "<BenchmarkResults")).then(|| vec!["XML of Catch2 with <BenchmarkResults>".to_owned()])
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().with_checks(false).flatten().find(|one| one.key.as_ref() == name.as_bytes())?;
    found.unescape_value().ok().map(std::borrow::Cow::into_owned)
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let text = documents::whole_text(records, sink)?;
    let mut reader = Reader::from_str(&text);
    let (mut test, mut open): (String, Option<Summary>) = (String::new(), None);
    let (mut label, mut all, mut failed) = (String::new(), 0, 0);
    loop {
        let event = reader.read_event();
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
        let line = || memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count() as u64 + 1;
        match event {
            Ok(Event::Start(element) | Event::Empty(element)) => match element.name().as_ref() {
                b"TestCase" => test = attribute(&element, "name").unwrap_or_default(),
                b"BenchmarkResults" => {
                    all += 1;
                    let name = attribute(&element, "name").unwrap_or_default();
                    label = if test.is_empty() { name } else { format!("{test} / {name}") };
                    let mut summary = benchmarks::summary("time", Unit::NANOSECOND, &label, MEANING);
                    let samples = attribute(&element, "samples").and_then(|samples| samples.parse().ok());
                    summary.add_at(Statistic::Count, samples, Some(line()));
                    open = Some(summary);
                }
                name @ (b"mean" | b"standardDeviation") => {
                    let statistic = if name == b"mean" { Statistic::Mean } else { Statistic::Stddev };
                    if let (Some(summary), Some(value)) = (&mut open, attribute(&element, "value")) {
                        summary.add_written(statistic, &value, value.parse().ok(), line());
                    }
                }
                b"failed" if open.is_some() => {
                    failed += 1;
                    open = None;
                    let message = attribute(&element, "message").unwrap_or_default();
                    summaries::failed_benchmark(sink, Some(line()), &label, "failed", &message);
                }
                _ => {}
            },
            Ok(Event::End(element)) if element.name().as_ref() == b"BenchmarkResults" => {
                if let Some(summary) = open.take() {
                    summary.give(sink);
                }
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                let (kind, action) = (FindingKind::MalformedRecord, "the rest of the file was not read");
                sink.find(Severity::Corrupted, kind, line(), format!("the text stops being XML here: {error}"), action);
                break;
            }
        }
    }
    if failed > 0 {
        summaries::failed_benchmarks(sink, all, failed);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    #[test]
    fn the_mean_is_in_nanoseconds_behind_the_name_of_its_test() {
        let text = "<?xml version=\"1.0\"?>\n<Catch2TestRun name=\"b\"><TestCase name=\"Sort\">\n<BenchmarkResults name=\"10 &lt; n\" samples=\"50\" iterations=\"2\">\
            <mean value=\"2500.5\" lowerBound=\"1\" upperBound=\"3\"/><standardDeviation value=\"20\"/></BenchmarkResults>\n\
            <BenchmarkResults name=\"bad\" samples=\"50\"><failed message=\"thrown\"/></BenchmarkResults></TestCase></Catch2TestRun>";
        let found = read_text("c.xml", text);
        assert_eq!(found.provenance.format, "catch2");
        assert_eq!(found.reported[0].label.as_deref(), Some("Sort / 10 < n"));
        assert_eq!(found.reported[0].number(Statistic::Mean), Some(2500.5 / 1e9));
        assert_eq!(found.reported[1].number(Statistic::Failures), Some(1.0));
    }
}
