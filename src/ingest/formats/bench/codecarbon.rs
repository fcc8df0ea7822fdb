//! `CodeCarbon`'s `emissions.csv`: what each tracked run took in time and energy, and what it emitted.
//!
//! In: CSV with a row a run, or a row whenever a run that goes on was written out (`flush`), with the totals so far. Out: a sample a run,
//! of its last row; the rows before it are set aside. Projects stand apart, tasks of a project too (`task_name`), and machines where a
//! file has several. What is 0 because no GPU was tracked, or because nobody said how much water energy takes, was not measured.
//! Definition: `codecarbon/output_methods/emissions_data.py`; units by its documentation: seconds, kWh, W, kg of CO2 equivalents, litres.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;

use crate::ingest::benchmarks::{self, Bench, Sample};
use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Head, Holds, IngestError, Polarity, RowKind, Sink, Unit,
};
use crate::ingest::signature;
use crate::ingest::text::csv_tables::{self, CsvTable};
use crate::measure::finding::{Finding, FindingKind, Place, Severity};

const MEANING: &str = "time from the start of a tracker to its end";

pub(crate) const FORMAT: Format = Format {
    name: "codecarbon",
    about: "CodeCarbon's emissions.csv: time, energy and emissions of each tracked run or task",
    latency: MEANING,
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "codecarbon monitor -- python train.py && perfreport summarize emissions.csv",
    upstream: "mlco2/codecarbon: codecarbon/output_methods/emissions_data.py",
    sniff,
    read: |records, _, sink| read(records, sink),
};

const PROJECT: &str = "project_name";
const RUN: &str = "run_id";
/// Columns of every version.
const COLUMNS: [&str; 6] = [PROJECT, RUN, "duration", "emissions", "energy_consumed", "codecarbon_version"];
/// What tells runs of a project apart, where a file has several of it.
const SET_UP: [&str; 8] =
    ["experiment_id", "cpu_model", "cpu_count", "gpu_model", "gpu_count", "country_name", "region", "cloud_region"];
/// Columns of which nothing is computed.
const OTHERS: [&str; 13] = [
    "timestamp",
    "task_name",
    "country_iso_code",
    "cloud_provider",
    "os",
    "python_version",
    "longitude",
    "latitude",
    "ram_total_size",
    "tracking_mode",
    "on_cloud",
    "pue",
    "wue",
];
const INTERIM: &str = "rows of runs that went on: the last row of a run has its totals";
const CUT: &str = "rows that were cut off";
const UNNAMED: &str = "rows without a run";

/// What is measured, in the order of the report, with its unit and which way is better.
const MEASURED: [(Declared, Needs); 15] = [
    (less("energy_consumed", Unit::KILOWATT_HOUR, "energy of processors, memory and GPUs together"), None),
    (less("emissions", Unit::KILOGRAM, "CO2 equivalents of the energy, by where it was taken from"), None),
    (less("duration", Unit::SECOND, MEANING), None),
    (less("cpu_energy", Unit::KILOWATT_HOUR, "energy of the processors"), None),
    (less("gpu_energy", Unit::KILOWATT_HOUR, "energy of the GPUs"), Some("gpu_count")),
    (less("ram_energy", Unit::KILOWATT_HOUR, "energy of the memory"), None),
    (less("water_consumed", Unit::LITRE, "water that the data centre evaporated for it"), Some("wue")),
    (level("cpu_power", Unit::WATT, "mean power of the processors"), None),
    (level("gpu_power", Unit::WATT, "mean power of the GPUs"), Some("gpu_count")),
    (level("ram_power", Unit::WATT, "mean power of the memory"), None),
    (level("cpu_utilization_percent", Unit::PERCENT, "mean utilization of the processors"), None),
    (level("gpu_utilization_percent", Unit::PERCENT, "mean utilization of the GPUs"), Some("gpu_count")),
    (level("ram_utilization_percent", Unit::PERCENT, "mean utilization of the memory"), None),
    (level("ram_used_gb", Unit::GIGABYTE, "mean use of memory"), None),
    (level("emissions_rate", Unit::UNKNOWN, "kg of CO2 equivalents a second"), None),
];
/// The column without a number above 0 in which 0 says nothing: no GPU was tracked, nobody stated how much water energy takes.
type Needs = Option<&'static str>;

/// What is said of the machine and the set-up: the name of the fact, and its column.
const FACTS: [(&str, &str); 8] = [
    ("cpu", "cpu_model"),
    ("gpu", "gpu_model"),
    ("os", "os"),
    ("python", "python_version"),
    ("codecarbon", "codecarbon_version"),
    ("country", "country_name"),
    ("region", "region"),
    ("tracking mode", "tracking_mode"),
];

const fn less(column: &'static str, unit: Unit, meaning: &'static str) -> Declared {
    Declared::metric(column, Some(unit), Some(Polarity::LowerIsBetter), Some(meaning), "CodeCarbon's definition")
}

const fn level(column: &'static str, unit: Unit, meaning: &'static str) -> Declared {
    Declared::amount(column, unit, meaning, "CodeCarbon's definition")
}

/// Whether a row names what every version writes, and nothing that somebody added: of that only the names and cells tell what it is.
fn is_header(row: &StringRecord) -> bool {
    let is_known = |name: &str| {
        let measured = MEASURED.iter().any(|(declared, _)| declared.column == name);
        measured || OTHERS.contains(&name) || COLUMNS.contains(&name) || SET_UP.contains(&name)
    };
    COLUMNS.iter().all(|name| row.iter().any(|cell| cell == *name)) && row.iter().all(is_known)
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let names = signature::cells(signature::first_line(head), b',');
    is_header(&StringRecord::from(names)).then(|| vec![format!("the header has `{}`", COLUMNS.join("`, `"))])
}

/// A row by the names of its columns.
struct Tracked<'r> {
    header: &'r StringRecord,
    cells: &'r StringRecord,
    line: u64,
}

impl<'r> Tracked<'r> {
    fn cell(&self, column: &str) -> &'r str {
        let at = self.header.iter().position(|name| name == column);
        at.and_then(|at| self.cells.get(at)).unwrap_or_default()
    }

    /// The task, without the number that a second task of the name gets.
    fn task(&self) -> &'r str {
        let name = self.cell("task_name");
        match name.rsplit_once('_') {
            Some((task, number)) if is_uuid(number) => task,
            _ => name,
        }
    }

    /// The run, and the task of it.
    fn tracked(&self) -> (&'r str, &'r str) {
        (self.cell(RUN), self.cell("task_name"))
    }

    /// What a column says of the set-up: one GPU is `1` in a row and `1.0` in another.
    fn set_up(&self, column: &str) -> String {
        let cell = self.cell(column);
        let count = cell.parse::<f64>().ok().filter(|_| column.ends_with("_count"));
        count.map_or_else(|| cell.to_owned(), |count| count.to_string())
    }

    fn duration(&self) -> f64 {
        self.cell("duration").parse().unwrap_or(f64::NAN)
    }

    fn is_above_zero(&self, column: &str) -> bool {
        self.cell(column).parse::<f64>().is_ok_and(|number| number > 0.0)
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let tables = csv_tables::read(records, is_header)?;
    if tables.iter().all(|table| table.header.is_empty()) {
        return Err(IngestError::Malformed(
            "no header of CodeCarbon's emissions.csv was found, or one with columns of somebody else".to_owned(),
        ));
    }
    let mut bench = Bench::new(sink, MEASURED.map(|(declared, _)| declared));
    let rows: Vec<Tracked<'_>> = tables.iter().flat_map(rows_of).collect();
    let (cut, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.cells.len() < row.header.len());
    for row in &cut {
        let place = Place::line(&bench.sink.provenance.name, row.line);
        let reason = format!("{} of {} cells: the row was cut off", row.cells.len(), row.header.len());
        let action = "it is set aside; the other rows are used";
        bench.sink.findings.push(Finding::new(Severity::Corrupted, FindingKind::TruncatedLine, place, reason, action));
        bench.set_aside(CUT, row.line);
    }
    let (known, unknown): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| !row.cell(RUN).is_empty());
    for row in &unknown {
        bench.set_aside(UNNAMED, row.line);
    }
    let several = |column: &&'static str| known.iter().map(|row| row.set_up(column)).collect::<BTreeSet<_>>().len() > 1;
    let differing: Vec<&str> = [PROJECT].iter().chain(&SET_UP).copied().filter(several).collect();
    // From the last row on, so that the next row of a run is known: totals that fall are those of something else.
    let mut next: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    let mut interim = vec![false; known.len()];
    for (at, row) in known.iter().enumerate().rev() {
        let later = next.insert(row.tracked(), row.duration());
        interim[at] = later.is_some_and(|later| later >= row.duration());
    }
    for (row, interim) in known.iter().zip(interim) {
        if interim {
            bench.set_aside(INTERIM, row.line);
        } else {
            take(row, &label(row, &differing), &mut bench);
        }
    }
    bench.finish();
    Ok(())
}

fn rows_of(table: &CsvTable) -> impl Iterator<Item = Tracked<'_>> {
    let rows = table.rows.iter().filter(|_| !table.header.is_empty());
    rows.map(|row| Tracked { header: &table.header, cells: &row.cells, line: row.line })
}

/// The project or its task, and what else tells the runs of the file apart.
fn label(row: &Tracked<'_>, differing: &[&str]) -> String {
    let task = row.task();
    let project = Some(row.cell(PROJECT)).filter(|_| task.is_empty() || differing.contains(&PROJECT));
    let set_up = differing.iter().filter(|column| **column != PROJECT).map(|column| match *column {
        column @ ("cpu_count" | "gpu_count" | "experiment_id") => format!("{column}={}", row.set_up(column)),
        column => row.set_up(column),
    });
    let parts = project.into_iter().chain([task]).map(str::to_owned).chain(set_up);
    parts.filter(|part| !part.is_empty() && !part.ends_with('=')).collect::<Vec<_>>().join(", ")
}

fn take(row: &Tracked<'_>, label: &str, bench: &mut Bench<'_>) {
    for (fact, column) in FACTS {
        bench.fact(fact, row.cell(column));
    }
    let wanted = MEASURED.iter().filter(|(_, needs)| needs.is_none_or(|column| row.is_above_zero(column)));
    let values: Vec<(&str, &str)> =
        wanted.map(|(one, _)| (one.column, row.cell(one.column))).filter(|(_, cell)| !cell.is_empty()).collect();
    let label = &benchmarks::or_unnamed(Some(label));
    bench.push(&Sample { label, run: None, failed: None, unit: None, values: &values, line: row.line });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    const HEADER: &str = "timestamp,project_name,run_id,duration,emissions,cpu_energy,gpu_energy,energy_consumed,codecarbon_version,cpu_model,gpu_count,\
                          gpu_model,pue\n";

    fn labels(found: &crate::ingest::Source) -> Vec<&str> {
        let table = &found.tables[0];
        let label = &table.columns[table.position(benchmarks::LABEL).unwrap()];
        label.dictionary.iter().map(String::as_str).collect()
    }

    #[test]
    fn the_last_row_of_a_run_has_its_totals_and_the_others_are_counted() {
        let text = format!(
            "{HEADER}2026-01-05T10:00:01,train,a1,10.5,0.001,0.002,0,0.003,3.2.3,Ada,,,1.0\n\
             2026-01-05T10:00:11,train,a1,20.25,0.002,0.004,0,0.006,3.2.3,Ada,,,1.0\n\
             2026-01-05T10:01:00,infer,b2,1.5,0.0001,0.0002,0,0.0003,3.2.3,Ada,,,1.0\n"
        );
        let found = read_text("emissions.csv", &text);
        assert_eq!(found.provenance.format, "codecarbon");
        assert_eq!(labels(&found), ["train", "infer"]);
        let table = &found.tables[0];
        let of = |name: &str| table.values(table.position(name).unwrap()).iter().flatten().collect::<Vec<f64>>();
        assert_eq!((of("energy_consumed"), of("duration")), (vec![0.006, 0.0003], vec![20.25, 1.5]));
        // No GPU was there to be measured.
        assert_eq!((table.position("gpu_energy"), table.position("pue")), (None, None));
        let aside: Vec<(u64, &str)> =
            found.provenance.set_aside.iter().map(|entry| (entry.rows, entry.reason.as_str())).collect();
        assert_eq!(aside, [(1, INTERIM)]);
        // A file that was cut in its last row says so.
        let cut = read_text("emissions.csv", &text[..text.len() - 12]);
        assert_eq!((cut.findings.len(), cut.findings[0].kind), (1, FindingKind::TruncatedLine));
        assert_eq!(labels(&cut), ["train"]);
    }

    #[test]
    fn machines_stand_apart_and_second_tasks_have_the_name_of_the_first() {
        let text = format!(
            "{HEADER}2026-01-05T10:00:01,train,a1,10.5,0.001,0.002,0.5,0.503,3.2.3,Ada,1,X1,1.0\n\
             2026-01-05T10:00:11,train,a2,20.25,0.002,0.004,0.5,0.506,3.2.3,Bea,1.0,X1,1.0\n"
        );
        assert_eq!(labels(&read_text("emissions.csv", &text)), ["train, Ada", "train, Bea"]);
        // What else differs does so too, and rows that do not go on are not of one tracker.
        let text = format!(
            "{HEADER}t,train,a1,10.5,0.001,0.002,0.5,0.503,3.2.3,Ada,1,X1,1.0\n\
             t,train,a1,9.25,0.001,0.002,0.5,0.506,3.2.3,Ada,2,X1,1.0\n"
        );
        let found = read_text("emissions.csv", &text);
        assert_eq!(labels(&found), ["train, gpu_count=1", "train, gpu_count=2"]);
        assert!(found.provenance.set_aside.is_empty());
        // What somebody added is read as in any table.
        let own = text.replace("pue", "batch_size");
        assert_eq!(read_text("emissions.csv", &own).provenance.format, "csv");
        let header = HEADER.replace("timestamp", "task_name");
        let text = format!(
            "{header}load,t,a1,0.5,0.001,0.002,0,0.003,3.2.3,Ada,,,1.0\n\
             load_093e24e0-737f-4b99-ab22-599657ddf45a,t,a1,0.75,0.001,0.002,0,0.003,3.2.3,Ada,,,1.0\n"
        );
        let found = read_text("emissions_base.csv", &text);
        assert_eq!((labels(&found), found.tables[0].lines.rows()), (vec!["load"], 2));
    }
}
