//! A file of a run: where its data came from, what became of its rows, and what its columns were taken for.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::anomaly::Anomaly;
use crate::measure::RowKind;
use crate::table::source::{self, Families, SetAside};
use crate::table::{self, Role};

/// Stretches of lines of a table that are named. Metrics that take turns line by line would have one for each row.
const NAMED_RANGES: usize = 1000;

/// Where the data came from.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// The name by which the report calls it; unique in the report.
    pub name: String,
    /// Digest of the bytes as they are stored, `blake3:` and hexadecimal digits.
    pub digest: String,
    /// Size as stored, in bytes.
    pub bytes: u64,
    /// `gzip`, `zstd`, or absent.
    pub compression: Option<String>,
    /// The format that was recognised.
    pub format: String,
    /// What a row of that format is.
    #[serde(default)]
    pub row: RowKind,
    /// What showed it, a clause each.
    pub evidence: Vec<String>,
    /// Lines of text.
    pub lines: u64,
    /// Rows of data read, over all tables and including the ones set aside.
    pub rows_read: u64,
    /// Rows with at least one value in the statistics.
    pub rows_used: u64,
    /// Rows read and not used, by reason.
    pub set_aside: Vec<SetAside>,
    /// Tables found in the file.
    pub tables: Vec<Table>,
    /// What the file says about the machine and the set-up that it was measured on, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// What must be known about the numbers in `reported` of this file: how they are rounded, what they leave out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported_caveats: Vec<String>,
    /// What its tool was told to hold and did not, in words, as the file says: thresholds of a load test.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missed: Vec<String>,
    /// What the names of all files of its run begin with, where its tool writes several files a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The labels and settings that all rows of its tables share.
    #[serde(skip)]
    pub constants: Vec<String>,
    /// Its place among the files of its run: the one with the main numbers first.
    #[serde(skip)]
    pub place_in_run: usize,
    /// Which of its tables record the same requests.
    #[serde(skip)]
    pub families: Families,
}

/// A table inside a file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Table {
    /// Its name: the path inside a JSON document; absent for CSV.
    pub name: Option<String>,
    /// Line of the header; absent where there is none.
    pub header_line: Option<u64>,
    /// First and last line of each stretch of rows.
    pub line_ranges: Vec<(u64, u64)>,
    /// Further stretches that are not named here, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more_line_ranges: Option<u64>,
    /// Rows.
    pub rows: u64,
    /// Its columns.
    pub columns: Vec<Column>,
    /// What is odd about its clock; the findings of a report are made of it.
    #[serde(skip)]
    pub anomalies: Vec<Anomaly>,
    /// So many groups whose numbers would take more memory than there is: nothing was analysed.
    #[serde(skip)]
    pub too_many_groups: Option<usize>,
    /// The labels of its rows, where samples are kept: a target may be about one of which no sample is left.
    #[serde(skip)]
    pub row_labels: Option<RowLabels>,
}

/// The labels that rows have, whether they hold a sample or not.
#[derive(Debug, Clone)]
pub struct RowLabels {
    /// The columns of the labels, joined by `, `.
    pub columns: String,
    /// The labels in order of first appearance, as the groups of metrics are called.
    pub labels: Vec<String>,
}

/// A column and what it was taken for.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Column {
    /// Name from the header.
    pub name: String,
    /// Type of its cells: text, integer, decimal, timestamp, duration, boolean.
    pub cell_type: String,
    /// What it is used as: label, metric, timestamp, status, identifier, unused.
    pub role: Role,
    /// Why.
    pub role_reason: String,
    /// Unit of its values as recorded, for metrics.
    pub unit: Option<String>,
    /// Where the unit comes from.
    pub unit_reason: Option<String>,
}

impl Source {
    /// What is known of a source before its tables are analysed.
    pub(crate) fn of(data: &source::Source) -> Self {
        let provenance = &data.provenance;
        Self {
            name: provenance.name.clone(),
            digest: format!("{DIGEST}{}", provenance.digest),
            bytes: provenance.bytes,
            compression: provenance.compression.map(str::to_owned),
            format: provenance.format.to_owned(),
            row: provenance.row,
            evidence: provenance.evidence.clone(),
            lines: provenance.lines,
            rows_read: provenance.rows_read,
            rows_used: 0,
            set_aside: provenance.set_aside.clone(),
            tables: data.tables.iter().map(Table::of).collect(),
            environment: provenance.environment.clone(),
            reported_caveats: data.reported_caveats.clone(),
            missed: provenance.missed.clone(),
            run: provenance.part.as_ref().map(|part| part.run.clone()),
            constants: data.tables.iter().flat_map(constants).collect(),
            place_in_run: provenance.part.as_ref().map_or(0, |part| part.place),
            families: provenance.families,
        }
    }

    /// The digest alone, without the name of its function.
    pub fn plain_digest(&self) -> &str {
        self.digest.trim_start_matches(DIGEST)
    }

    /// What a table is called beside others.
    pub fn table_name(&self, index: usize) -> String {
        let name = self.tables.get(index).and_then(|table| table.name.clone());
        name.unwrap_or_else(|| format!("table {}", index + 1))
    }
}

/// The labels and settings that all rows of a table share.
fn constants(table: &table::Table) -> Vec<String> {
    const MOST: usize = 20;
    let columns = table.columns_as(Role::Label).chain(table.columns_as(Role::Setting));
    let only = |index: usize| {
        let column = &table.columns[index];
        if !column.cells.is_number() {
            let [text] = &column.dictionary[..] else { return None };
            return Some(text.clone()).filter(|text| !text.is_empty());
        }
        let (cells, mut first) = (table.values(index), None);
        let same = cells.all(|number| *first.get_or_insert(number) == number);
        first.filter(|_| same).map(|number| column.cells.written(number))
    };
    columns.filter_map(only).take(MOST).collect()
}

/// What stands before the digits of a digest.
const DIGEST: &str = "blake3:";

impl Table {
    fn of(table: &table::Table) -> Self {
        let (line_ranges, more) = table.lines.first_ranges(NAMED_RANGES);
        Self {
            name: table.name.clone(),
            header_line: table.header_line,
            line_ranges,
            more_line_ranges: (more > 0).then_some(more),
            rows: table.lines.rows(),
            columns: table.columns.iter().map(Column::of).collect(),
            anomalies: Vec::new(),
            too_many_groups: None,
            row_labels: None,
        }
    }
}

impl Column {
    fn of(column: &table::Column) -> Self {
        let unit = column.unit.as_ref();
        Self {
            name: column.name.clone(),
            cell_type: column.cells.name().to_owned(),
            role: column.role,
            role_reason: column.role_reason.clone(),
            unit: unit.map(|choice| choice.unit.symbol.to_owned()).filter(|symbol| !symbol.is_empty()),
            unit_reason: unit.map(|choice| choice.reason.clone()),
        }
    }
}
