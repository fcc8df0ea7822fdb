//! Tables whose columns are aligned or separated by blanks, as tools print them for people: `vmstat`, `sar`, `pidstat`,
//! `kubectl top`.
//!
//! In: lines. Out: a table for each header. Recognised only where a header of words stands above rows of as many cells with numbers
//! in them, and nothing else holds numbers: a text with tables in it is no table. Averages that a tool prints below its rows are set
//! aside; a header that is printed again for every page begins nothing.

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, Format, Head, Holds, IngestError, Polarity, Role, RowKind, Sink, Unit,
};
use crate::ingest::meaning::clock;
use crate::ingest::text::cells::{self, DecimalMark};
use crate::ingest::text::column_types::column_types;
use crate::ingest::text::heading::with_unit;
use crate::ingest::text::row::{Row, RowBuffer};
use crate::table::LabelIdentity;
use crate::table::source::Families;

mod commas;
mod titles;
mod unnamed;

use titles::Titles;
use unnamed::{DATE, TIME};

pub(crate) const FORMAT: Format = Format {
    name: "aligned",
    about: "tables with blanks between their columns: vmstat, sar, pidstat, kubectl top; without a header up to three columns of numbers, or six in ten lines",
    latency: "whatever its columns say",
    failures: Failures::ByColumn,
    holds: Holds::Samples,
    row: RowKind::Unnamed,
    example: "vmstat 1 60 > vmstat.txt && perfreport summarize vmstat.txt",
    upstream: "what the tools print",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// Fewer rows below a header may be a sentence with numbers in it.
const FEWEST_ROWS: usize = 2;
/// Rows that the types of columns are read from.
const SAMPLE_ROWS: usize = 400;
/// What `kubectl top` calls the cores in use.
const CORES: &str = "CPU(cores)";

/// Shares of processor time of `vmstat`, whose names are two letters.
const VMSTAT: [Declared; 5] = [
    share("us", "processor time of programs"),
    share("sy", "processor time of the kernel"),
    share("id", "processor time that was idle"),
    share("wa", "processor time waiting for input and output"),
    share("st", "processor time taken by other guests"),
];

const fn share(column: &'static str, meaning: &'static str) -> Declared {
    Declared::metric(
        column,
        Some(Unit::PERCENT),
        Some(Polarity::Unknown),
        Some(meaning),
        "vmstat: percent of processor time",
    )
}

enum Line {
    /// Names of columns, or something like them: the line below decides.
    Words,
    /// A row of as many cells as the header has.
    Row(RowBuffer),
    /// An average over the rows above.
    Average,
    /// A line with numbers that fits nowhere.
    Misfit,
    /// Nothing, or a rule between parts.
    Nothing,
}

/// The header of the rows that follow.
#[derive(Default)]
struct Reader {
    header: Vec<String>,
    /// Words whose rows have not come yet, in each way in which they may be names, and their line.
    pending: Option<(Vec<Vec<String>>, u64)>,
    /// Where the header stands.
    header_line: u64,
    /// Whether a comma is the decimal mark.
    decimal_comma: bool,
}

impl Reader {
    /// Looks at a line. Says also whether the row is the first below a new header.
    fn take(&mut self, text: &[u8], line: u64) -> (Line, bool) {
        let mut cells = split(text);
        if self.decimal_comma {
            for cell in &mut cells {
                commas::to_point(cell);
            }
        }
        let Some(first) = cells.first() else { return (Line::Nothing, false) };
        let number = |cell: &String| {
            let look = cells::look(cell.as_bytes(), DecimalMark::Point);
            look.is_value() && !is_time_of_day(cell)
        };
        if first.eq_ignore_ascii_case("average:") || first.eq_ignore_ascii_case("summary:") {
            return (Line::Average, false);
        }
        if !cells.iter().any(number) {
            let words = cells.iter().all(|cell| cell.bytes().any(|byte| byte.is_ascii_alphabetic() || byte == b'%'));
            if cells.len() > 1 && (words || is_time_of_day(first)) {
                let above = self.pending.take();
                let names = match above.and_then(|(above, _)| with_units(&above, &cells)) {
                    Some(names) => names,
                    None => ways(text, &cells),
                };
                if !names.contains(&self.header) {
                    self.pending = Some((names, line));
                }
                return (Line::Words, false);
            }
            return (Line::Nothing, false);
        }
        let fitting = |(ways, _): &(Vec<Vec<String>>, u64)| ways.iter().position(|names| names.len() == cells.len());
        let way = self.pending.as_ref().and_then(fitting);
        let new = self.pending.take_if(|_| way.is_some()).zip(way);
        let is_new = new.is_some();
        if let Some(((mut ways, line), way)) = new {
            (self.header, self.header_line) = (ways.swap_remove(way), line);
        }
        if self.header.len() != cells.len() {
            return (Line::Misfit, false);
        }
        let mut row = RowBuffer::default();
        for (index, (cell, name)) in cells.iter().zip(&self.header).enumerate() {
            // A day and the time of day behind it are one instant.
            let time = cells.get(index + 1).filter(|_| {
                let next = self.header.get(index + 1);
                name.eq_ignore_ascii_case(DATE) && next.is_some_and(|next| next.eq_ignore_ascii_case(TIME))
            });
            let joined =
                time.map(|time| format!("{cell} {time}")).filter(|text| clock::instant(text.as_bytes()).is_some());
            row.push(joined.unwrap_or_else(|| plain(cell, name)).as_bytes());
        }
        (Line::Row(row), is_new)
    }
}

/// The cells of a line; a time of day keeps its half.
fn split(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text).into_owned();
    let mut cells: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    if cells.first().is_some_and(|first| first == "#") {
        cells.remove(0);
    }
    if cells.len() > 1 && is_time_of_day(&cells[0]) && matches!(cells[1].as_str(), "AM" | "PM") {
        let half = cells.remove(1);
        cells[0] = format!("{} {half}", cells[0]);
    }
    cells
}

/// The names of a header; the time at which a tool began stands where the name of its times would.
fn names(cells: &[String]) -> Vec<String> {
    let name =
        |cell: &String| if is_time_of_day(cell) { TIME.to_owned() } else { cell.trim_start_matches('#').to_owned() };
    cells.iter().map(name).collect()
}

/// The ways in which a line of words may name columns: a word each; with the brackets behind a word (`Bandwidth (MB/s)`); or as wide gaps
/// divide it (`Avg Latency(us)`).
fn ways(text: &[u8], cells: &[String]) -> Vec<Vec<String>> {
    let mut ways = vec![names(cells)];
    let mut joined: Vec<String> = Vec::new();
    for cell in names(cells) {
        match joined.last_mut() {
            Some(last) if is_in_brackets(&cell) => *last = format!("{last} {cell}"),
            _ => joined.push(cell),
        }
    }
    let text = String::from_utf8_lossy(text).replace('\t', "  ");
    let in_gaps = text.trim().trim_start_matches('#').split("  ").map(str::trim).filter(|name| !name.is_empty());
    ways.push(joined);
    ways.push(in_gaps.map(str::to_owned).collect());
    ways.dedup();
    ways
}

fn is_in_brackets(cell: &str) -> bool {
    cell.len() > 2 && (cell.starts_with('(') && cell.ends_with(')') || cell.starts_with('[') && cell.ends_with(']'))
}

/// The names of the line above with the units that stand below them in brackets, one for each.
fn with_units(above: &[Vec<String>], cells: &[String]) -> Option<Vec<Vec<String>>> {
    let names = above.iter().find(|names| names.len() == cells.len())?;
    let joined = || names.iter().zip(cells).map(|(name, unit)| with_unit(name, unit)).collect();
    (cells.len() > 1 && cells.iter().all(|cell| is_in_brackets(cell))).then(|| vec![joined()])
}

fn is_time_of_day(cell: &str) -> bool {
    let clock = cell.split_whitespace().next().unwrap_or_default();
    let parts: Vec<&str> = clock.split(':').collect();
    parts.len() == 3 && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A cell as it is read: quantities of Kubernetes as numbers and bytes (`250m` of a core is a quarter of one, and no 250 minutes).
fn plain(cell: &str, name: &str) -> String {
    let number = |digits: &str| digits.parse::<f64>().ok();
    if name == CORES
        && let Some(thousandths) = cell.strip_suffix('m').and_then(number)
    {
        return format!("{}", thousandths / 1e3);
    }
    let binary = ["Ki", "Mi", "Gi", "Ti"]
        .iter()
        .any(|unit| cell.strip_suffix(unit).is_some_and(|digits| number(digits).is_some()));
    if binary { format!("{cell}B") } else { cell.to_owned() }
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let lines = head.lines();
    if let Some(names) = unnamed::names(&lines).filter(|names| unnamed::are_few(names, &lines)) {
        return Some(vec![format!("blanks separate {} columns of numbers, without a header", names.len())]);
    }
    let mut reader = Reader { decimal_comma: commas::are_decimal(&lines), ..Reader::default() };
    let (mut rows, mut aligned, mut measured) = (0, is_plain(&lines), false);
    for (line, text) in (1..).zip(&lines) {
        match reader.take(text, line) {
            (Line::Misfit, _) => return None,
            (Line::Row(row), _) => {
                rows += 1;
                aligned |= text.trim_ascii().windows(2).any(|pair| pair == b"  ");
                let number = |cell: &[u8]| cells::look(cell, DecimalMark::Point).is_number();
                measured |= row.row().iter().any(number);
            }
            _ => {}
        }
    }
    let header = reader.header.join(", ");
    (rows >= FEWEST_ROWS && aligned && (measured || header.contains("(bytes)")))
        .then(|| vec![format!("blanks separate {} columns below a header: {header}", reader.header.len())])
}

/// Whether single blanks separate the cells, so that nothing is aligned: a row of different names stands above rows of as many
/// words, and a column of numbers has one in every row.
fn is_plain(lines: &[&[u8]]) -> bool {
    let mut rows = lines.iter().map(|line| split(line)).filter(|cells| !cells.is_empty());
    let Some(names) = rows.next() else { return false };
    let is_name = |name: &String| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && !name.ends_with(['.', ',', ':', ';', '!', '?'])
    };
    let distinct = names.iter().enumerate().all(|(index, name)| is_name(name) && !names[..index].contains(name));
    let mut numbers = vec![true; names.len()];
    let mut fits = |cells: Vec<String>| {
        let alike = cells.len() == names.len() && cells.iter().all(|cell| !cell.ends_with([',', ';', '|']));
        for (numbers, cell) in numbers.iter_mut().zip(&cells) {
            *numbers &= cells::look(cell.as_bytes(), DecimalMark::Point).is_number();
        }
        alike
    };
    let all_fit = rows.all(&mut fits);
    names.len() > 1 && distinct && all_fit && numbers.contains(&true)
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    sink.provenance.families = Families::ByHeader;
    sink.declared = vec![
        Declared::column("UID", Role::Identifier, "the user's number"),
        Declared::column("PID", Role::Identifier, "the process's number"),
        Declared::column("CPU", Role::Label, "which processor"),
        Declared::metric(CORES, Some(Unit::COUNT), Some(Polarity::Unknown), Some("cores in use"), "kubectl top: cores"),
    ];
    let storage = sink.storage.clone();
    let head = Head::of(records)?;
    let decimal_comma = commas::are_decimal(&head.lines());
    let mut reader = Reader { header: unnamed::announced(&head, sink), decimal_comma, ..Reader::default() };
    let mut titles = Titles::default();
    // Rows of the newest header, until there are enough to see what its columns hold.
    let mut waiting: Vec<(RowBuffer, u64)> = Vec::new();
    let mut table: Option<TableBuilder> = None;
    let open = |reader: &Reader, waiting: &mut Vec<(RowBuffer, u64)>| -> Option<TableBuilder> {
        let rows: Vec<Row<'_>> = waiting.iter().map(|(row, _)| row.row()).collect();
        let types: Vec<CellType> = column_types(&rows, reader.header.len(), DecimalMark::Point);
        let mut table = TableBuilder::new(&storage, reader.header.clone(), &types);
        table.header_line = (reader.header_line > 0).then_some(reader.header_line);
        waiting.drain(..).for_each(|(row, line)| table.push(row.row(), line));
        (table.rows() > 0).then_some(table)
    };
    while let Some(record) = records.next()? {
        let line = record.line;
        let text = String::from_utf8_lossy(record.bytes).into_owned();
        let before = (reader.header.clone(), reader.header_line);
        match reader.take(record.bytes, line) {
            (Line::Row(row), is_new) => {
                if is_new {
                    let now = std::mem::replace(&mut reader.header, before.0);
                    let now_line = std::mem::replace(&mut reader.header_line, before.1);
                    let done = table.take().or_else(|| open(&reader, &mut waiting));
                    sink.tables.extend(done.map(|done| titles.give(done)));
                    (reader.header, reader.header_line) = (now, now_line);
                }
                titles.take_row();
                match &mut table {
                    Some(table) => table.push(row.row(), line),
                    None => waiting.push((row, line)),
                }
                if waiting.len() == SAMPLE_ROWS {
                    table = open(&reader, &mut waiting);
                }
            }
            (Line::Average, _) => sink.provenance.set_aside("average of the rows above", line),
            (Line::Misfit, _) => sink.provenance.set_aside("wrong number of fields", line),
            (Line::Words | Line::Nothing, _) => titles.take_words(&text),
        }
    }
    let done = table.take().or_else(|| open(&reader, &mut waiting));
    sink.tables.extend(done.map(|done| titles.give(done)));
    // Under titles of their own stand things that somebody compares.
    if sink.tables.iter().any(|table| !table.titles.is_empty()) {
        sink.labels = LabelIdentity::Compared;
    }
    // A column of plain numbers that is called so holds what somebody measured.
    let is_measured = |table: &TableBuilder| {
        let named = table.header.iter().zip(&table.columns).filter(|(name, _)| *name == TIME);
        named.clone().any(|(_, column)| matches!(column.cell_type(), CellType::Integer | CellType::Decimal))
    };
    if !sink.tables.iter().any(is_measured) {
        sink.declared.push(Declared::column(TIME, Role::Unused, "a time of day without its date"));
    }
    let of_vmstat =
        |table: &TableBuilder| ["us", "sy", "id"].iter().all(|name| table.header.iter().any(|own| own == name));
    if sink.tables.iter().any(of_vmstat) {
        sink.declared.extend(VMSTAT);
    }
    Ok(())
}
