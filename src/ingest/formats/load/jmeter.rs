//! JMeter's result files as CSV (`.jtl`), of any version and configuration: columns, delimiter and format of the time
//! stamp can be chosen (`jmeter.save.saveservice.*`), and before 3.0 there was no header by default.
//!
//! In: a delimited text, read by the reader of delimited text. Out: its table; rows that sum up others (of a transaction
//! controller) and rows inside others (redirects, embedded resources) leave it for tables of their own. Definition: JMeter's `SampleSaveConfiguration`, `CSVSaveService` and the
//! glossary of its manual.

use crate::measure::finding::{Finding, Place};
use crate::table::source::{SUB_SAMPLES, Source};

use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, FindingKind, Format, Head, Holds, IngestError, Role, RowKind, Severity,
    Sink, SourceOptions, Unit,
};
use crate::ingest::settle;
use crate::ingest::signature;
use crate::ingest::text::delimited;

mod sub_samples;

pub(crate) const FORMAT: Format = Format {
    name: "jmeter",
    about: "JMeter results as CSV (.jtl), with or without a header",
    latency: "elapsed: from just before sending to the last byte of the response, connecting included",
    failures: Failures::Recorded("success is false"),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "jmeter -n -t plan.jmx -l results.jtl && perfreport summarize results.jtl",
    upstream: "JMeter SampleSaveConfiguration, CSVSaveService; glossary of the user's manual",
    sniff,
    read,
};

/// Names that the header of no other tool has together.
const SIGNATURE: &[&str] = &["timeStamp", "elapsed", "label"];
/// What `responseMessage` of a transaction controller's row begins with.
const TRANSACTION: &str = "Number of samples in transaction";
/// The table of such rows.
const TRANSACTIONS: &str = "transactions";
/// Digits of milliseconds since 1970, from 2001 to 2286.
const MILLISECOND_DIGITS: usize = 13;
/// Where `success` stands in rows without a header.
const SUCCESS: usize = 7;

/// Columns in the order in which JMeter writes them where there is no header, for each set that a version writes by
/// default: before 3.0, the same with counts of threads, and 3.0 and later without and with the URL.
const DEFAULT_COLUMNS: [&str; 4] = [
    "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,bytes,Latency",
    "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,bytes,grpThreads,\
     allThreads,Latency",
    "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,\
     sentBytes,grpThreads,allThreads,Latency,IdleTime,Connect",
    "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,\
     sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect",
];

/// What the columns of JMeter are, in CSV and, under the same names, in XML.
pub(crate) fn columns() -> Vec<Declared> {
    let time = |column, meaning, reason| Declared::time(column, Unit::MILLISECOND, meaning, reason);
    let bytes = |column, meaning, reason| Declared::amount(column, Unit::BYTE, meaning, reason);
    let mut columns = vec![
        Declared::column("timeStamp", Role::Timestamp, "JMeter: when the sample began"),
        time(
            "elapsed",
            "time from just before sending to the last byte of the response, connecting included",
            "JMeter: milliseconds to the last byte",
        ),
        Declared::column("label", Role::Label, "JMeter: name of the sampler"),
        Declared::column("responseCode", Role::Status, "JMeter: code of the response; `success` decides"),
        Declared::column("responseMessage", Role::Unused, "JMeter: text of the response's status"),
        Declared::column("threadName", Role::Identifier, "JMeter: names the virtual user"),
        Declared::column("dataType", Role::Unused, "JMeter: kind of the content"),
        Declared::column("success", Role::Status, "JMeter: whether the sample succeeded, assertions included"),
        Declared::column("failureMessage", Role::Unused, "JMeter: text of the failed assertion"),
        bytes("bytes", "size of the response, headers included", "JMeter: bytes received"),
        bytes("sentBytes", "size of the request", "JMeter: bytes sent"),
        Declared::column(
            "grpThreads",
            Role::Unused,
            "JMeter: virtual users of the group at that time: load, no result",
        ),
        Declared::column("allThreads", Role::Unused, "JMeter: all virtual users at that time: load, no result"),
        Declared::column("URL", Role::Unused, "JMeter: address of the request"),
        Declared::column("Filename", Role::Unused, "JMeter: file that the response was saved to"),
        Declared::column("Encoding", Role::Unused, "JMeter: encoding of the content"),
        Declared::column("Hostname", Role::Identifier, "JMeter: machine that made the request"),
        Declared::column("SampleCount", Role::Unused, "JMeter: samples that the row sums up"),
        Declared::column("ErrorCount", Role::Unused, "JMeter: failed samples that the row sums up"),
        time(
            "Latency",
            "time from just before sending to the first part of the response, connecting included",
            "JMeter: milliseconds to the first part of the response",
        ),
        Declared::column(
            "IdleTime",
            Role::Unused,
            "JMeter: pauses of the test plan inside the sample, -1 where whole milliseconds were rounded: no result",
        ),
        time(
            "Connect",
            "time to establish the connection, TLS included; 0 where one was used again",
            "JMeter: milliseconds to connect",
        ),
    ];
    columns
        .extend(UNTOLD.map(|name| Declared::column(name, Role::Unused, "JMeter: which column it is no header tells")));
    columns
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    if signature::header_has(head, SIGNATURE) {
        return Some(vec!["the header names timeStamp, elapsed and label, as JMeter does".to_owned()]);
    }
    let names = default_columns(head)?;
    Some(vec![format!(
        "no header, and {} fields in JMeter's order: milliseconds since 1970, a duration, a label, …, true or false",
        names.len()
    )])
}

/// The names of the columns of a file without a header, if its first row is one of JMeter's.
fn default_columns(head: &Head<'_>) -> Option<Vec<&'static str>> {
    columns_of_row(signature::first_line(head))
}

/// The names of JMeter's columns, where a header names fewer than the rows below it have: samples were appended to a file that
/// was begun with other settings, and JMeter writes no second header.
fn columns_behind_header(head: &Head<'_>) -> Option<Vec<&'static str>> {
    let mut lines = head.bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let (header, row) = (lines.next()?, lines.next()?);
    let names = columns_of_row(row)?;
    let delimiter = *b",;\t|".iter().find(|delimiter| signature::cells(row, **delimiter).len() == names.len())?;
    (signature::cells(header, delimiter).len() < names.len()).then_some(names)
}

/// The names of the columns of a row, if it is one of JMeter's in an order of its defaults.
fn columns_of_row(line: &[u8]) -> Option<Vec<&'static str>> {
    let digits = |cell: &str| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
    b",;\t|"
        .iter()
        .find_map(|delimiter| {
            let cells = signature::cells(line, *delimiter);
            let names = DEFAULT_COLUMNS.iter().map(|names| names.split(',').collect::<Vec<_>>());
            let names = names.into_iter().find(|names| names.len() == cells.len())?;
            let fits = cells[0].len() == MILLISECOND_DIGITS
                && digits(&cells[0])
                && digits(&cells[1])
                && matches!(cells[SUCCESS].as_str(), "true" | "false");
            fits.then_some(names)
        })
        .or_else(|| chosen_columns(line))
}

/// Names for what stands behind the columns that a row alone tells; nothing is read from those.
const UNTOLD: [&str; 12] = [
    "field 7", "field 8", "field 9", "field 10", "field 11", "field 12", "field 13", "field 14", "field 15",
    "field 16", "field 17", "field 18",
];

/// The names of the columns of a row in an order that was chosen (`jmeter.save.saveservice.*`), as far as its cells tell: JMeter
/// leaves columns out and never moves one. The only `true` or `false` is `success`, a name with two numbers the thread, and what
/// stands between them and the label are the code and its message.
fn chosen_columns(line: &[u8]) -> Option<Vec<&'static str>> {
    let digits = |cell: &str| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
    let is_thread = |cell: &String| {
        let (_, numbers) = cell.rsplit_once(' ')?;
        let (group, thread) = numbers.split_once('-')?;
        (digits(group) && digits(thread)).then_some(())
    };
    b",;\t|".iter().find_map(|delimiter| {
        let cells = signature::cells(line, *delimiter);
        if cells.len() < 7 || cells[0].len() != MILLISECOND_DIGITS || !digits(&cells[0]) || !digits(&cells[1]) {
            return None;
        }
        let ends: Vec<usize> = (3..cells.len()).filter(|at| matches!(cells[*at].as_str(), "true" | "false")).collect();
        let &[success] = &ends[..] else { return None };
        let thread = (3..success).find(|at| is_thread(&cells[*at]).is_some())?;
        let mut names = vec!["timeStamp", "elapsed", "label"];
        match thread {
            3 => {}
            4 => names.push("responseCode"),
            5 => names.extend(["responseCode", "responseMessage"]),
            _ => return None,
        }
        names.push("threadName");
        match success - thread {
            1 => {}
            2 => names.push("dataType"),
            _ => return None,
        }
        names.push("success");
        // An assertion's message is no number.
        if !digits(&cells[success + 1..].first().cloned().unwrap_or_default()) && success + 1 < cells.len() {
            names.push("failureMessage");
        }
        if cells.get(names.len()).is_some_and(|cell| digits(cell)) {
            names.push("bytes");
        }
        let rest = cells.len() - names.len();
        names.extend(UNTOLD.get(..rest)?);
        Some(names)
    })
}

fn read(records: &mut AnyRecords<'_>, options: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    sink.settle = Some(settle);
    let head = Head::of(records)?;
    let behind_header = if signature::header_has(&head, SIGNATURE) { columns_behind_header(&head) } else { None };
    if let Some(names) = behind_header {
        records.next()?;
        sink.declared = columns();
        sink.findings.push(Finding::new(
            Severity::Note,
            FindingKind::MissingHeader,
            Place::line(&sink.provenance.name, 1),
            format!(
                "the header names fewer columns than the {} of the rows below it: samples were appended with other settings",
                names.len()
            ),
            "the columns have the names and the order that JMeter gives them by default, which the rows fit",
        ));
        return delimited::read_named(records, options, sink, Some(&names));
    }
    let names = if signature::header_has(&head, SIGNATURE) { None } else { default_columns(&head) };
    if names.is_none() && !signature::header_has(&head, &["elapsed"]) {
        return Err(IngestError::Malformed(
            "its first line names no column `elapsed` and has no fields in the order of JMeter's defaults: it is no result \
             of JMeter; leave --format out, or say what its columns are with --role and --unit"
                .to_owned(),
        ));
    }
    sink.declared = columns();
    if names.is_some() {
        sink.findings.push(Finding::new(
            Severity::Note,
            FindingKind::MissingHeader,
            Place::line(&sink.provenance.name, 1),
            "there is no header; JMeter writes none where jmeter.save.saveservice.print_field_names is false",
            "the columns have the names that JMeter gives them in that order",
        ));
    }
    delimited::read_named(records, options, sink, names.as_deref())
}

/// Takes the rows of transaction controllers and those inside others out of the requests, and columns without content out of the metrics.
pub(crate) fn settle(source: &mut Source, options: &SourceOptions) {
    apart_transactions(source);
    apart_sub_samples(source);
    for table in &mut source.tables {
        for index in 0..table.columns.len() {
            let given = options.column(&table.columns[index].name).is_some_and(|column| column.role.is_some());
            let column = &table.columns[index];
            if given {
                continue;
            }
            let reason = match column.role {
                Role::Timestamp if column.cells == CellType::Text => {
                    "its texts are no dates in a notation that is read"
                }
                // How long a request took is always measured: refused ones take less than a millisecond.
                Role::Metric
                    if !column.name.eq_ignore_ascii_case("elapsed")
                        && table.values(index).iter().flatten().all(|value| value == 0.0) =>
                {
                    "JMeter: 0 in every row, which is also what it writes for what was not measured"
                }
                _ => continue,
            };
            table.columns[index].role = Role::Unused;
            reason.clone_into(&mut table.columns[index].role_reason);
        }
        match table.name.as_deref() {
            Some(TRANSACTIONS) => {
                settle::name_metrics_apart(table, "of a whole transaction, which contains its samples");
            }
            Some(SUB_SAMPLES) => settle::name_metrics_apart(table, "of a sample inside another, which contains it"),
            _ => {}
        }
    }
}

/// The durations of a transaction's samples stand in rows of their own: both together would count them twice.
fn apart_transactions(source: &mut Source) {
    let mut apart = Vec::new();
    for table in source.tables.iter_mut().filter(|table| table.name.is_none()) {
        let Some(message) = table.position("responseMessage") else { continue };
        let (transactions, requests) = settle::part(table, message, |text| text.starts_with(TRANSACTION));
        let Some(mut transactions) = transactions else { continue };
        let count = transactions.lines.rows();
        let Some(requests) = requests else {
            source.provenance.evidence.push(format!("all {count} rows are transactions: there are no other rows"));
            continue;
        };
        source.provenance.evidence.push(format!(
            "{count} rows are transactions, which sum up samples of other rows (\"{TRANSACTION}\"): they stand in a table \
             of their own and are not counted among the samples"
        ));
        transactions.name = Some(TRANSACTIONS.to_owned());
        *table = requests;
        apart.push(transactions);
    }
    source.tables.append(&mut apart);
}

/// The time of a redirect stands in the row of the sample that was redirected, too.
fn apart_sub_samples(source: &mut Source) {
    let mut apart = Vec::new();
    for table in source.tables.iter_mut().filter(|table| table.name.is_none()) {
        let Some(label) = table.position("label") else { continue };
        let inside = sub_samples::labels(table, label);
        let (inner, outer) = settle::part(table, label, |text| inside.contains(text));
        let Some((mut inner, outer)) = inner.zip(outer) else { continue };
        source.provenance.evidence.push(format!(
            "{} samples stand inside others, by whose labels and a number theirs are made (embedded resources, redirects): \
             they are a table of their own, because the outer samples contain their time",
            inner.lines.rows()
        ));
        inner.name = Some(SUB_SAMPLES.to_owned());
        *table = outer;
        apart.push(inner);
    }
    source.tables.append(&mut apart);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;
    use crate::table::Table;

    fn source(text: &str) -> Source {
        read_text("results.jtl", text)
    }

    fn numbers(table: &Table, name: &str) -> Vec<f64> {
        table.numbers(table.position(name).unwrap()).into_iter().flatten().collect()
    }

    const HEADER: &str = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,\
                          bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect\n";

    #[test]
    fn each_column_is_what_jmeter_says() {
        let text = format!(
            "{HEADER}1700000000000,120,Home,200,OK,T 1-1,text,true,,900,100,1,2,null,80,0,30\n\
             1700000000200,90,Cart,500,Oops,T 1-1,text,false,no cart,800,100,1,2,null,70,0,0\n"
        );
        let found = source(&text);
        assert_eq!(found.provenance.format, "jmeter");
        let table = &found.tables[0];
        let role = |name: &str| table.columns[table.position(name).unwrap()].role;
        assert_eq!(role("label"), Role::Label);
        assert_eq!(role("success"), Role::Status);
        assert_eq!(role("timeStamp"), Role::Timestamp);
        assert_eq!(role("allThreads"), Role::Unused);
        assert_eq!(role("IdleTime"), Role::Unused, "nothing but zeros");
        let elapsed = &table.columns[table.position("elapsed").unwrap()];
        assert_eq!(elapsed.unit().symbol, "ms");
        assert!(elapsed.meaning.as_ref().unwrap().contains("last byte"));
        assert_eq!(numbers(table, "elapsed"), [120.0, 90.0]);
    }

    #[test]
    fn rows_that_were_appended_below_a_shorter_header_keep_their_outcome() {
        let text = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,success\n\
                    1700000000000,120,Home,200,OK,T 1-1,text,true,,900,100,1,2,null,80,0,30\n\
                    1700000000200,90,Cart,500,Oops,T 1-1,text,false,no cart,800,100,1,2,null,70,0,0\n\
                    1700000000400,95,Cart,200,OK,T 1-1,text,true,,800,100,1,2,null,71,0,0\n";
        let found = source(text);
        let table = &found.tables[0];
        assert_eq!(numbers(table, "elapsed"), [120.0, 90.0, 95.0]);
        assert_eq!(table.columns[table.position("success").unwrap()].role, Role::Status);
        assert_eq!(table.columns[table.position("timeStamp").unwrap()].role, Role::Timestamp);
        assert!(found.findings.iter().any(|one| one.reasons[0].contains("names fewer columns than the 17")));
        assert!(!found.findings.iter().any(|finding| finding.severity == Severity::Corrupted), "{:?}", found.findings);
    }

    #[test]
    fn transactions_are_not_counted_among_the_requests() {
        let text = format!(
            "{HEADER}1700000000000,120,A,200,OK,T 1-1,text,true,,900,100,1,2,null,80,0,30\n\
             1700000000120,80,B,200,OK,T 1-1,text,true,,900,100,1,2,null,70,0,0\n\
             1700000000000,200,Both,200,\"Number of samples in transaction : 2, number of failing samples : 0\",T 1-1,,true\
             ,,1800,200,1,2,null,150,0,30\n"
        );
        let found = source(&text);
        assert_eq!(found.tables.len(), 2);
        assert_eq!(numbers(&found.tables[0], "elapsed"), [120.0, 80.0]);
        assert_eq!(found.tables[1].name.as_deref(), Some("transactions"));
        assert_eq!(numbers(&found.tables[1], "transactions.elapsed"), [200.0]);
        assert!(found.provenance.evidence.iter().any(|line| line.contains("1 rows are transactions")));
    }

    #[test]
    fn redirects_are_not_counted_beside_the_samples_that_contain_them() {
        let rows = |inside: u64| -> String {
            let row = |at: u64, elapsed: u64, label: &str, thread: u64| {
                format!("{at},{elapsed},{label},200,OK,T 1-{thread},text,true,,900,100,1,2,null,80,0,30\n")
            };
            let of = |one: u64| {
                let at = 1_700_000_000_000 + 700 * one;
                let redirects = row(at, 40, "Home-0", one % 3) + &row(at + inside, 60, "Home-1", one % 3);
                row(at, 100 + one, "Home", one % 3) + &redirects
            };
            (0..9).map(of).collect()
        };
        let found = source(&format!("{HEADER}{}", rows(40)));
        assert_eq!(numbers(&found.tables[0], "elapsed"), (100..109).map(f64::from).collect::<Vec<f64>>());
        assert_eq!(found.tables[1].name.as_deref(), Some("sub-samples"));
        assert_eq!(numbers(&found.tables[1], "sub-samples.elapsed").len(), 18);
        assert!(found.provenance.evidence.iter().any(|line| line.contains("18 samples stand inside others")));
        // What failed inside a request that did not would be lost with it.
        let failed = format!("{HEADER}{}", rows(40)).replacen(
            "60,Home-1,200,OK,T 1-0,text,true",
            "60,Home-1,500,No,T 1-0,text,false",
            1,
        );
        assert_eq!(numbers(&source(&failed).tables[0], "elapsed").len(), 27);
        // Without threads nobody knows what lies inside what.
        let names = format!("{HEADER}{}", rows(40)).replace(",threadName", ",ownName");
        assert_eq!(numbers(&source(&names).tables[0], "elapsed").len(), 27);
        // Names like these alone say nothing: here only half of the rows lie inside.
        let elsewhere = source(&format!("{HEADER}{}", rows(400)));
        assert_eq!(numbers(&elsewhere.tables[0], "elapsed").len(), 27);
    }

    #[test]
    fn a_file_without_a_header_has_the_default_columns() {
        let row = "1700000000000,120,Home,200,OK,T 1-1,text,true,900,80\n";
        let found = source(&format!("{row}{row}1700000000300,130,Home,200,OK,T 1-1,text,true,900,90\n"));
        assert_eq!(found.provenance.format, "jmeter");
        assert_eq!(numbers(&found.tables[0], "elapsed"), [120.0, 120.0, 130.0]);
        assert_eq!(numbers(&found.tables[0], "Latency"), [80.0, 80.0, 90.0]);
        assert_eq!(found.findings.iter().filter(|it| it.kind == FindingKind::MissingHeader).count(), 1);
    }

    #[test]
    fn delimiter_date_and_line_breaks_may_be_others() {
        let text = "timeStamp;elapsed;label;success\n2024/03/15 12:00:00.250;120;\"a\nb\";true\n\
                    2024/03/15 12:00:00.500;90;c;false\n";
        let found = source(text);
        let table = &found.tables[0];
        assert_eq!(numbers(table, "elapsed"), [120.0, 90.0]);
        assert_eq!(table.instants(0), [Some(1_710_504_000_250_000_000), Some(1_710_504_000_500_000_000)]);
        assert_eq!(table.columns[2].dictionary, ["a\nb", "c"]);
    }

    #[test]
    fn a_file_cut_in_its_last_row_keeps_the_others() {
        let text = format!("{HEADER}1700000000000,120,Home,200,OK,T 1-1,text,true,,900,100,1,2,null,80,0,30\n17000000");
        let found = source(&text);
        assert_eq!(numbers(&found.tables[0], "elapsed"), [120.0]);
        assert!(found.findings.iter().any(|finding| finding.kind == FindingKind::TruncatedLine));
    }
}
