//! Access logs of nginx and Apache in a format like "combined" that also records the time of each request.
//!
//! In: lines with an instant in brackets, the request in quotes and a status, and behind them a time: named
//! (`rt=0.120`, `request_time=0.120`), or a number in the last place. Out: a row a request. A number with three decimals is
//! nginx' `$request_time`, in seconds; another one without a name may be Apache's `%D` (microseconds) or `%T` (seconds) or
//! something else, and has no name, no unit and no direction here. A line whose time or status is `-` is a request all the same, and so is
//! one that was cut off: none is dropped without a word. Definition: nginx, `ngx_http_log_module`; Apache, `mod_log_config`.

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, FindingKind, Format, Head, Holds, IngestError, Polarity, Role, RowKind,
    Severity, Sink, Unit,
};
use crate::ingest::text::lines::Flaw;
use crate::ingest::text::row::RowBuffer;
use crate::measure::finding::{Finding, Place};
use crate::measure::folded::Folded;

const LATENCY: &str = "from the first byte of the request to the last byte of the answer, as the server saw it";

pub(crate) const FORMAT: Format = Format {
    name: "access-log",
    about: "access logs of nginx and Apache that record the time of each request",
    latency: LATENCY,
    failures: Failures::Recorded("the status code, 400 and above"),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "perfreport summarize /var/log/nginx/access.log  # with rt=$request_time in its log_format",
    upstream: "nginx, ngx_http_log_module; Apache httpd, mod_log_config",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// Names of the time of a request, of nginx' times in seconds.
const NAMED: &[&str] = &["rt", "request_time", "req_time", "reqtime", "response_time", "request-time"];
const TIME: &str = "request_time";
/// A number that nothing names.
const LAST: &str = "last_field";
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Lines that a finding names.
const NAMED_LINES: usize = 8;
/// Lines of which one must be a request with its time.
const LOOKED_AT: usize = 20;

/// What stands for the request where a client sent none that could be read.
const NO_REQUEST: &str = "-";
/// With what servers write that a log of errors holds a line of.
const OF_ERRORS: [&str; 4] = ["[error]", "[crit]", "[alert]", "[emerg]"];

/// A request of a log.
struct Request<'l> {
    instant: String,
    name: String,
    /// The code of the answer; nothing where none was written.
    status: &'l str,
    /// How long it took; nothing where no number was written.
    time: Option<String>,
    /// Whether the time is in seconds for certain.
    seconds: bool,
}

/// What a line of a log is.
enum Line<'l> {
    Request(Request<'l>),
    /// It begins as a request does, and ends before its status.
    Cut(String),
    /// A whole request, of a log without times.
    Untimed,
    Other,
}

/// `10/Oct/2024:13:55:36 +0200` as an instant that is read.
fn instant(text: &str) -> Option<String> {
    let (date, rest) = text.split_once(':')?;
    let (clock, zone) = rest.split_once(' ')?;
    let mut parts = date.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let (hours, minutes) = zone.split_at_checked(3)?;
    Some(format!("{year}-{month:02}-{day}T{clock}{hours}:{minutes}"))
}

/// The part of a line between two marks, and what stands behind it.
fn between(text: &str, open: char, close: char) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once(open)?;
    rest.split_once(close)
}

fn parse(line: &str) -> Line<'_> {
    let Some((instant, rest)) = between(line, '[', ']').and_then(|(text, rest)| Some((instant(text)?, rest))) else {
        return Line::Other;
    };
    let Some((request, rest)) = between(rest, '"', '"') else {
        return if rest.trim_start().starts_with('"') { Line::Cut(instant) } else { Line::Other };
    };
    let Some(status) = rest.split_whitespace().next() else { return Line::Cut(instant) };
    // nginx writes 000 where a client went away before any answer.
    let status = match status.parse::<u32>() {
        _ if status == "-" => "",
        Ok(0) if status == "000" => "0",
        Ok(code) if (100..600).contains(&code) => status,
        _ => return Line::Other,
    };
    let Some((time, seconds)) = time(rest) else { return Line::Untimed };
    Line::Request(Request { instant, name: name(request), status, time, seconds })
}

/// Method and path: a query tells single requests apart, and may hold what is nobody's business.
fn name(request: &str) -> String {
    let mut words = request.split(' ');
    let method = words.next().unwrap_or_default();
    let is_method = (3..=8).contains(&method.len()) && method.bytes().all(|byte| byte.is_ascii_uppercase());
    match words.next().filter(|_| is_method) {
        Some(path) => format!("{method} {}", path.split(['?', '#']).next().unwrap_or(path)),
        None => NO_REQUEST.to_owned(),
    }
}

/// A number as a time is written; a comma may be its point. Below zero it is none.
fn number(text: &str) -> Option<String> {
    let text = text.replacen(',', ".", 1);
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite) && !text.starts_with(['+', '-']);
    is_number.then_some(text)
}

/// The time of a request, and whether it is in seconds: a named one, else the number in the last place, behind status and size. Where
/// something else stands there (`-`, nothing, -1) it is not known; absent where a line has no place for it.
fn time(rest: &str) -> Option<(Option<String>, bool)> {
    for word in rest.split_whitespace() {
        if let Some((name, value)) = word.split_once(['=', ':'])
            && NAMED.contains(&name.trim_matches('"').to_lowercase().as_str())
        {
            return Some((number(value.trim_matches('"')), true));
        }
    }
    let words: Vec<&str> = rest.split_whitespace().collect();
    // Inside quotes stands the name of a program, or a referrer.
    let last = words.last().filter(|last| words.len() > 2 && !last.ends_with('"'))?;
    if *last == "-" {
        return Some((None, false));
    }
    let milliseconds = last.split_once('.').is_some_and(|(_, digits)| digits.len() == 3);
    let found = number(last).filter(|_| !last.contains(','))?;
    Some((Some(found), milliseconds))
}

/// Whether a line is a request with a time, or with the name of one.
fn is_timed(line: &str) -> bool {
    matches!(parse(line), Line::Request(Request { time, seconds, .. }) if time.is_some() || seconds)
}

/// Lines of which a reader has to know.
#[derive(Default)]
struct OddLines {
    cut: Folded<u64>,
    without_time: Folded<u64>,
    of_errors: Folded<u64>,
}

/// Remembers a line, by its number where it is one of the first.
fn remember(lines: &mut Folded<u64>, line: u64) {
    if lines.first.len() < NAMED_LINES {
        lines.first.push(line);
    } else {
        lines.more += 1;
    }
}

impl OddLines {
    fn note(&self, sink: &mut Sink) {
        let kinds = [
            (&self.cut, FindingKind::TruncatedLine, "lines end before the status of their request"),
            (&self.without_time, FindingKind::EmptyCell, "requests without a number for their time"),
            (&self.of_errors, FindingKind::MalformedRecord, "lines of a log of errors stand among the requests"),
        ];
        for (lines, kind, what) in kinds {
            let Some(first) = lines.first.first() else { continue };
            let place = Place::line(&sink.provenance.name, *first);
            let count = lines.count();
            let reason = format!("{count} {what} (lines {lines})");
            let action = match kind {
                FindingKind::MalformedRecord => "set aside; a request that failed has a line of its own",
                _ => "a request of each counts; none has a duration",
            };
            let finding = Finding::new(Severity::Suspicious, kind, place, reason, action);
            sink.findings.push(finding.count(count));
        }
    }
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(head.bytes);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let found = lines.by_ref().take(LOOKED_AT).any(is_timed);
    found.then(|| vec!["lines with an instant in brackets, a request in quotes, a status and a time".to_owned()])
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let columns = [
        ("instant", CellType::Timestamp),
        ("request", CellType::Text),
        ("status", CellType::Integer),
        (LAST, CellType::Integer),
    ];
    let mut table = TableBuilder::of(&sink.storage, None, &columns);
    let (mut in_seconds, mut row) = (false, RowBuffer::default());
    let mut odd = OddLines::default();
    while let Some(record) = records.next()? {
        let line = record.line;
        if record.bytes.trim_ascii().is_empty() || record.flaw == Flaw::Overlong {
            continue;
        }
        let text = String::from_utf8_lossy(record.bytes);
        let found = parse(&text);
        let is_cut = matches!(found, Line::Cut(_));
        let request = match found {
            Line::Request(request) => request,
            Line::Cut(instant) => {
                remember(&mut odd.cut, line);
                Request { instant, name: NO_REQUEST.to_owned(), status: "", time: None, seconds: false }
            }
            Line::Untimed | Line::Other => {
                if OF_ERRORS.iter().any(|word| text.contains(word)) {
                    remember(&mut odd.of_errors, line);
                }
                sink.provenance.set_aside("a line without a request and its time", line);
                continue;
            }
        };
        if request.time.is_none() && !is_cut {
            remember(&mut odd.without_time, line);
        }
        in_seconds |= request.seconds;
        row.clear();
        row.push(request.instant.as_bytes());
        row.push(request.name.as_bytes());
        row.push(request.status.as_bytes());
        row.push(request.time.unwrap_or_default().as_bytes());
        table.push(row.row(), line);
    }
    odd.note(sink);
    let metric = if in_seconds {
        TIME.clone_into(&mut table.header[3]);
        Declared::time(TIME, Unit::SECOND, LATENCY, "nginx: $request_time, in seconds with milliseconds")
    } else {
        let reason = "a number in the last place: Apache's %D would be microseconds, its %T seconds; --unit says which";
        Declared::metric(LAST, Some(Unit::UNKNOWN), Some(Polarity::Unknown), None, reason)
    };
    sink.declared.extend([
        Declared::column("instant", Role::Timestamp, "the server's clock"),
        Declared::column("request", Role::Label, "method and path, without the query"),
        Declared::column("status", Role::Status, "the status code of the answer"),
        metric,
    ]);
    sink.tables.push(table);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn a_time_with_a_point_is_seconds_and_a_whole_number_has_no_unit() {
        let before = r#"192.0.2.1 - - [03/Mar/2025:10:00:01 +0100] "GET /cart?id=7 HTTP/1.1" 200 512 "-" "curl/8.0""#;
        for (behind, name, unit, time) in [
            (" rt=0.125 urt=\"0.120\"", TIME, Unit::SECOND, 0.125),
            (" 0.125", TIME, Unit::SECOND, 0.125),
            (" request_time:0.125", TIME, Unit::SECOND, 0.125),
            (" 125000", LAST, Unit::UNKNOWN, 125_000.0),
        ] {
            let text = format!("{before}{behind}\n{before}{behind}\n");
            let found = read_text("access.log", text);
            assert_eq!(found.provenance.format, "access-log", "{behind}");
            let table = &found.tables[0];
            let column = table.position(name).unwrap();
            assert_eq!((table.columns[column].unit(), table.numbers(column)[0]), (unit, Some(time)), "{behind}");
            assert_eq!(table.columns[table.position("request").unwrap()].dictionary, ["GET /cart"]);
            assert_eq!(table.instants(0)[0], Some(1_740_992_401_000_000_000));
        }
    }

    #[test]
    fn a_log_without_times_is_none_of_these() {
        let text = r#"192.0.2.1 - - [03/Mar/2025:10:00:01 +0100] "GET / HTTP/1.1" 200 512 "-" "curl/8.0""#;
        assert!(sniff(&Head::new(text.as_bytes(), true)).is_none());
    }
}
