//! Access logs of nginx and Apache in a format like "combined" that also records the time of each request.
//!
//! In: lines with an instant in brackets, the request in quotes and a status, and behind them a time: named
//! (`rt=0.120`, `request_time=0.120`), or a number in the last place. Out: a row a request. A number with three decimals is
//! nginx' `$request_time`, in seconds; another one without a name may be Apache's `%D` (microseconds) or `%T` (seconds) or
//! something else, and has no name, no unit and no direction here. Definition: nginx, `ngx_http_log_module`; Apache, `mod_log_config`.

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, Format, Head, Holds, IngestError, Polarity, Role, RowKind, Sink, Unit,
};
use crate::ingest::text::lines::Flaw;
use crate::ingest::text::row::RowBuffer;

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
/// Lines of which one must be a request with its time.
const LOOKED_AT: usize = 20;

/// A request of a log.
struct Request<'l> {
    instant: String,
    name: String,
    status: &'l str,
    time: &'l str,
    /// Whether the time is in seconds for certain.
    seconds: bool,
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

fn parse(line: &str) -> Option<Request<'_>> {
    let (bracket, rest) = between(line, '[', ']')?;
    let instant = instant(bracket)?;
    let (request, rest) = between(rest, '"', '"')?;
    let mut words = request.split(' ');
    let (method, path) = (words.next()?, words.next()?);
    let is_method = (3..=8).contains(&method.len()) && method.bytes().all(|byte| byte.is_ascii_uppercase());
    let status = rest.split_whitespace().next()?;
    let code: u32 = status.parse().ok()?;
    if !is_method || !(100..600).contains(&code) {
        return None;
    }
    let (time, seconds) = time(rest)?;
    // A query tells single requests apart, and may hold what is nobody's business.
    let path = path.split(['?', '#']).next().unwrap_or(path);
    Some(Request { instant, name: format!("{method} {path}"), status, time, seconds })
}

/// The time of a request: a named one, else the number in the last place, behind status and size.
fn time(rest: &str) -> Option<(&str, bool)> {
    let is_number = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite) && !text.starts_with(['+', '-']);
    for word in rest.split_whitespace() {
        if let Some((name, value)) = word.split_once(['=', ':']) {
            let value = value.trim_matches('"');
            if NAMED.contains(&name.trim_matches('"').to_lowercase().as_str()) && is_number(value) {
                return Some((value, true));
            }
        }
    }
    let words: Vec<&str> = rest.split_whitespace().collect();
    // Inside quotes stands the name of a program, or a referrer.
    let last = words.last().filter(|last| words.len() > 2 && !last.ends_with('"'))?;
    let milliseconds = last.split_once('.').is_some_and(|(_, digits)| digits.len() == 3);
    is_number(last).then_some((last, milliseconds))
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(head.bytes);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let found = lines.by_ref().take(LOOKED_AT).any(|line| parse(line).is_some());
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
    while let Some(record) = records.next()? {
        let line = record.line;
        if record.bytes.trim_ascii().is_empty() || record.flaw == Flaw::Overlong {
            continue;
        }
        let text = String::from_utf8_lossy(record.bytes);
        let Some(request) = parse(&text) else {
            sink.provenance.set_aside("a line without a request and its time", line);
            continue;
        };
        in_seconds |= request.seconds;
        row.clear();
        row.push(request.instant.as_bytes());
        row.push(request.name.as_bytes());
        row.push(request.status.as_bytes());
        row.push(request.time.as_bytes());
        table.push(row.row(), line);
    }
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
