//! What `tegrastats` of NVIDIA's Jetson prints: a line an interval, a name before each number.
//!
//! In: lines such as `RAM 2274/6834MB (lfb 27x4MB) CPU [99%@1189,off] GR3D_FREQ 22% CPU@40C VDD_IN 5542mW/5542mW`, maybe behind a date and a
//! time. Out: a table with a row a line: memory in use, the load of each processor and of units, temperatures, and power at that
//! moment; the mean that stands behind a power is of all lines so far, and no sample. Definition: NVIDIA's documentation of the Tegrastats
//! utility. Its megabytes are those of the kernel, 1,048,576 bytes. A date in front may have the month or the day first and is no instant.

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, FindingKind, Format, Head, Holds, IngestError, Polarity, RowKind,
    Severity, Sink, Unit,
};
use crate::ingest::text::row::RowBuffer;
use crate::table::source::Families;

pub(crate) const FORMAT: Format = Format {
    name: "tegrastats",
    about: "lines of `tegrastats` on a Jetson: memory, processors, temperatures, power",
    latency: "none: counters of a machine",
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Row,
    example: "tegrastats --interval 1000 --logfile tegrastats.log; perfreport summarize tegrastats.log",
    upstream: "NVIDIA Jetson Linux Developer Guide, Tegrastats Utility",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// One number of a line.
struct Reading {
    name: String,
    number: f64,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Memory(&'static str),
    Load,
    Megahertz,
    Celsius,
    Milliwatts,
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(head.bytes);
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    is_line(first)
        .then(|| vec!["memory as `RAM 1/2MB` and processors as `CPU [1%@2]`, as tegrastats prints them".to_owned()])
}

/// Whether a line is one of tegrastats.
fn is_line(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let memory = words.windows(2).any(|pair| pair[0] == "RAM" && used_of(pair[1]).is_some());
    let processors = words.windows(2).any(|pair| pair[0] == "CPU" && pair[1].starts_with('['));
    memory && processors
}

/// `2274/6834MB`: what is used, and the unit.
fn used_of(word: &str) -> Option<(f64, &'static str)> {
    let (used, total) = word.split_once('/')?;
    let digits = total.find(|letter: char| !letter.is_ascii_digit())?;
    total[..digits].parse::<f64>().ok()?;
    let unit = match total[digits..].get(..2)? {
        "MB" => "MiB",
        "kB" => "KiB",
        _ => return None,
    };
    Some((used.parse().ok()?, unit))
}

/// `99%@1189`, `7%@[305,305]`, `22%`.
fn load(word: &str) -> Option<(f64, Option<f64>)> {
    let (share, rest) = word.split_once('%')?;
    let clock = rest.strip_prefix('@').and_then(|clock| clock.parse().ok());
    Some((share.parse().ok()?, clock))
}

/// The numbers of a line.
fn readings(line: &str) -> Vec<Reading> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut found = Vec::new();
    let mut add = |name: String, number: f64, what: What| found.push(Reading { name, number, what });
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        if let Some((used, unit)) = used_of(next).filter(|_| matches!(*word, "RAM" | "SWAP" | "IRAM")) {
            add((*word).to_owned(), used, What::Memory(unit));
        } else if let (true, Some(cores)) = (*word == "CPU", next.strip_prefix('[')) {
            let cores = cores.trim_end_matches(']').split(',').enumerate();
            for (core, (share, clock)) in cores.filter_map(|(core, text)| Some((core, load(text)?))) {
                add(format!("CPU{core} load"), share, What::Load);
                if let Some(clock) = clock {
                    add(format!("CPU{core} clock"), clock, What::Megahertz);
                }
            }
        } else if let Some((share, clock)) = load(next).filter(|_| word.ends_with("_FREQ")) {
            add((*word).to_owned(), share, What::Load);
            if let Some(clock) = clock {
                add(format!("{word} clock"), clock, What::Megahertz);
            }
        } else if let Some((name, degrees)) = word.strip_suffix('C').and_then(|rest| rest.split_once('@'))
            && let Ok(degrees) = degrees.parse()
        {
            add(format!("{name} temperature (C)"), degrees, What::Celsius);
        } else if word.starts_with(|first: char| first.is_ascii_uppercase())
            && let Some((now, mean)) = next.split_once('/')
            && let (Ok(now), Ok(_)) = (now.trim_end_matches("mW").parse(), mean.trim_end_matches("mW").parse::<f64>())
        {
            add((*word).to_owned(), now, What::Milliwatts);
        }
    }
    found
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    sink.provenance.families = Families::ByHeader;
    let mut table = TableBuilder::new(&sink.storage, Vec::new(), &[]);
    while let Some(record) = records.next()? {
        let line = record.line;
        let text = String::from_utf8_lossy(record.bytes).into_owned();
        if text.trim().is_empty() {
            continue;
        }
        if !is_line(&text) {
            sink.provenance.set_aside("no line of tegrastats", line);
            let kind = if record_is_cut(&text) { FindingKind::TruncatedLine } else { FindingKind::RaggedRow };
            let reason = "the line has no memory or no processors, as every line of tegrastats has";
            sink.find(Severity::Corrupted, kind, line, reason, "the line was set aside");
            continue;
        }
        let readings = readings(&text);
        for reading in &readings {
            if !table.header.contains(&reading.name) {
                table.add_column(&reading.name, CellType::Decimal);
                sink.declared_by_file.push((reading.name.clone(), declared(reading.what)));
            }
        }
        let mut row = RowBuffer::default();
        for name in &table.header {
            let number =
                readings.iter().find(|reading| reading.name == *name).map(|reading| reading.number.to_string());
            row.push(number.unwrap_or_default().as_bytes());
        }
        table.push(row.row(), line);
    }
    let mean = "behind each power stands the mean of all lines so far, which is no sample and left out";
    sink.provenance.evidence.push(mean.to_owned());
    sink.tables.push(table);
    Ok(())
}

/// Whether a line ends within itself: it begins as one of tegrastats does.
fn record_is_cut(text: &str) -> bool {
    text.split_whitespace().any(|word| word == "RAM")
}

fn declared(what: What) -> Declared {
    let (unit, meaning, reason) = match what {
        What::Memory(unit) => (
            Unit::parse(unit).unwrap_or(Unit::UNKNOWN),
            "memory in use",
            "tegrastats: memory in units of 1,024 bytes and their like",
        ),
        What::Load => (Unit::PERCENT, "load of a unit", "tegrastats: percent"),
        What::Megahertz => (Unit::of_frequency("MHz").unwrap_or(Unit::UNKNOWN), "clock rate", "tegrastats: megahertz"),
        What::Celsius => (Unit::UNKNOWN, "temperature", "tegrastats: degrees Celsius"),
        What::Milliwatts => {
            (Unit::of_power("mW").unwrap_or(Unit::UNKNOWN), "power at that moment", "tegrastats: milliwatts")
        }
    };
    Declared::metric("", Some(unit), Some(Polarity::Unknown), Some(meaning), reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_a_line_has_its_name() {
        let line = "10-01-2025 20:05:55 RAM 2274/6834MB (lfb 27x4MB) SWAP 5/34MB (cached 2MB) CPU [99%@1189,off] EMC_FREQ 0% GR3D_FREQ 22%@905 \
                    CPU@40.5C VDD_IN 5542mW/5500mW VDD_SOC 12/13";
        let found: Vec<(String, f64)> = readings(line).into_iter().map(|one| (one.name, one.number)).collect();
        let wanted = [
            ("RAM", 2274.0),
            ("SWAP", 5.0),
            ("CPU0 load", 99.0),
            ("CPU0 clock", 1189.0),
            ("EMC_FREQ", 0.0),
            ("GR3D_FREQ", 22.0),
            ("GR3D_FREQ clock", 905.0),
            ("CPU temperature (C)", 40.5),
            ("VDD_IN", 5542.0),
            ("VDD_SOC", 12.0),
        ];
        assert_eq!(found, wanted.map(|(name, number)| (name.to_owned(), number)));
        assert!(is_line(line) && !is_line("RAM 12/13 is a road") && !is_line("CPU [1%@2]"));
    }
}
