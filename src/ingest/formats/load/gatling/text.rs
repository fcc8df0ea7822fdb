//! The text form: one record a line, fields separated by tabs.
//!
//! `REQUEST` is `[scenario] [user] groups name start end OK|KO message`, where the fields in brackets depend on the
//! version: the two instants before the status show where the others stand.

use crate::ingest::format::{AnyRecords, FindingKind, Head, IngestError};
use crate::ingest::formats::load::gatling::log::Log;
use crate::ingest::text::lines::Flaw;

/// Lines of assertions that may stand above the run's.
const LINES_LOOKED_AT: usize = 50;
/// Fields of a record of the run, the oldest version's.
const RUN_FIELDS: usize = 4;
/// Where the tag stands in logs of 2.0 and 2.1.
const TAG_BEFORE_2_2: usize = 2;

pub(crate) fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let mut lines = head.bytes.split(|byte| *byte == b'\n').take(LINES_LOOKED_AT);
    let run = lines.find(|line| !line.starts_with(b"ASSERTION\t") && !line.trim_ascii().is_empty())?;
    let fields: Vec<&[u8]> = run.split(|byte| *byte == b'\t').collect();
    // Before 2.2 the tag stood third: `simulation \t id \t RUN \t start`.
    let tagged = fields[0] == b"RUN" || fields.get(TAG_BEFORE_2_2).is_some_and(|tag| *tag == b"RUN");
    let is_run = tagged && fields.len() >= RUN_FIELDS && fields.iter().any(|field| number(field).is_some());
    is_run.then(|| vec!["it begins with a RUN record of Gatling, with tabs".to_owned()])
}

pub(crate) fn read(records: &mut AnyRecords<'_>, log: &mut Log) -> Result<(), IngestError> {
    let mut name = Vec::new();
    while let Some(record) = records.next()? {
        let (line, terminated) = (record.line, record.terminated);
        if record.flaw == Flaw::Overlong || record.bytes.trim_ascii().is_empty() {
            continue;
        }
        let fields: Vec<&[u8]> = record.bytes.split(|byte| *byte == b'\t').collect();
        let is_tag = |field: &[u8]| matches!(field, b"REQUEST" | b"GROUP" | b"USER" | b"RUN" | b"ERROR");
        let old = fields.get(TAG_BEFORE_2_2).is_some_and(|tag| is_tag(tag)) && !is_tag(fields[0]);
        let taken = match fields[if old { TAG_BEFORE_2_2 } else { 0 }] {
            b"REQUEST" if old => request_before_2_2(&fields, &mut name, log, line),
            b"REQUEST" => request(&fields, &mut name, log, line),
            b"GROUP" => group(&fields, log, line),
            b"USER" => {
                log.users += u64::from(fields.contains(&&b"START"[..]));
                Some(())
            }
            b"ERROR" => {
                log.errors += 1;
                Some(())
            }
            b"RUN" => {
                let text =
                    |index: usize| fields.get(index).map(|field| String::from_utf8_lossy(field).trim().to_owned());
                log.run = vec![
                    (
                        // In 2.0 the last field is the version, too.
                        "Gatling",
                        fields.last().map(|field| String::from_utf8_lossy(field).trim().to_owned()).unwrap_or_default(),
                    ),
                    ("simulation", text(usize::from(!old)).unwrap_or_default()),
                    (
                        "description:",
                        text(fields.len().saturating_sub(2)).filter(|_| fields.len() > 5).unwrap_or_default(),
                    ),
                ];
                Some(())
            }
            b"ASSERTION" => Some(()),
            _ => None,
        };
        if taken.is_none() {
            if terminated {
                let reason = "this is no record of Gatling".to_owned();
                log.note_broken(Some(line), FindingKind::MalformedRecord, reason, "the line was set aside");
            } else {
                let reason = "the last record is cut off: the run was interrupted, or the file was cut".to_owned();
                log.note_broken(Some(line), FindingKind::TruncatedLine, reason, "the line was set aside");
            }
        }
    }
    Ok(())
}

fn number(field: &[u8]) -> Option<i64> {
    std::str::from_utf8(field).ok()?.trim().parse().ok()
}

/// The position of the status behind two instants.
fn status_behind_instants(fields: &[&[u8]]) -> Option<usize> {
    let is_status = |field: &[u8]| matches!(field, b"OK" | b"KO");
    (3..fields.len())
        .find(|at| is_status(fields[*at]) && number(fields[at - 1]).is_some() && number(fields[at - 2]).is_some())
}

fn request(fields: &[&[u8]], name: &mut Vec<u8>, log: &mut Log, line: u64) -> Option<()> {
    let status = status_behind_instants(fields).filter(|at| *at >= 4)?;
    let (start, end) = (number(fields[status - 2])?, number(fields[status - 1])?);
    // Field 0 is the tag: a record without a field for groups has none.
    let groups = if status > 4 { fields[status - 4] } else { b"" };
    full_name(groups, fields[status - 3], name);
    let message = fields.get(status + 1).copied().unwrap_or_default().trim_ascii();
    log.request(name, start, end, fields[status], message, line);
    Some(())
}

/// `scenario user REQUEST groups name start sent answered end OK|KO message`.
fn request_before_2_2(fields: &[&[u8]], name: &mut Vec<u8>, log: &mut Log, line: u64) -> Option<()> {
    let [_, _, _, groups, request, start, _, _, end, status, ..] = fields else { return None };
    let (start, end) = (number(start)?, number(end)?);
    if !matches!(*status, b"OK" | b"KO") {
        return None;
    }
    full_name(groups, request, name);
    let message = fields.get(10).copied().unwrap_or_default().trim_ascii();
    log.request(name, start, end, status, message, line);
    Some(())
}

/// The name of a request behind the groups around it.
fn full_name(groups: &[u8], request: &[u8], name: &mut Vec<u8>) {
    name.clear();
    if !groups.trim_ascii().is_empty() {
        for group in groups.split(|byte| *byte == b',') {
            name.extend_from_slice(group);
            name.extend_from_slice(b" / ");
        }
    }
    name.extend_from_slice(request);
}

fn group(fields: &[&[u8]], log: &mut Log, line: u64) -> Option<()> {
    // `groups start end cumulated status`, behind scenario and user in older versions.
    let status = (4..fields.len()).find(|at| matches!(fields[*at], b"OK" | b"KO"))?;
    let of = |back: usize| number(fields[status - back]);
    let (start, end, cumulated) = (of(3)?, of(2)?, of(1)?);
    let name = String::from_utf8_lossy(fields.get(status.checked_sub(4)?)?).replace(',', " / ");
    log.group(name.as_bytes(), start, end, cumulated, fields[status], line);
    Some(())
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;

    #[test]
    fn a_log_of_2_0_has_its_tag_third_and_four_instants() {
        let text = "sim.Shop\tshop\tRUN\t1700000000000\t \t2.0\nBuy\t5-0\tUSER\tSTART\t1700000000000\t0\n\
            Buy\t5-0\tREQUEST\tcheckout\tpay\t1700000000100\t1700000000101\t1700000000180\t1700000000190\tOK\t \n\
            Buy\t5-0\tREQUEST\t\tlist\t1700000000300\t1700000000301\t1700000000350\t1700000000360\tKO\tstatus 500\n\
            Buy\t5-0\tGROUP\tcheckout\t1700000000100\t1700000000200\t90\tOK\n";
        let found = read_text("simulation.log", text);
        assert_eq!(found.provenance.format, "gatling");
        let table = &found.tables[0];
        assert_eq!(table.numbers(table.position("response_time").unwrap()), [Some(90.0), Some(60.0)]);
        assert_eq!(table.columns[table.position("request").unwrap()].dictionary, ["checkout / pay", "list"]);
        assert_eq!(table.columns[table.position("status").unwrap()].dictionary, ["OK", "KO"]);
        assert_eq!(found.tables[1].name.as_deref(), Some("groups"));
        assert!(found.provenance.set_aside.is_empty() && found.findings.is_empty(), "{:?}", found.findings);
    }
}
