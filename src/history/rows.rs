//! Tables in which every row is a run, or a benchmark of one: `data.js` of github-action-benchmark, CSV as Otava reads it.
//!
//! In: a source as it was read, with the roles and units that its file gives. Out: a run for each instant and commit. Refuses a source
//! without a column of instants, because its rows have no order in time that anybody stated.

use std::collections::BTreeMap;

use crate::measure::Refusal;
use crate::table::source::Source;
use crate::table::{CellType, Role, Table};

use super::line::{Estimate, Line, Run, RunMetric, short_digest};

/// How columns are called that hold the commit of a row.
const COMMITS: &[&str] =
    &["commit", "commit_id", "commit_hash", "git_commit", "revision", "rev", "sha", "hash", "git_sha"];
/// How the one is called that holds its branch.
const BRANCHES: &[&str] = &["branch", "git_branch"];
/// The metric of a table that has a unit in the place of a name: the benchmarks are its labels.
const VALUE: &str = "value";

/// The runs of a source, by instant.
///
/// # Errors
/// Where it holds none.
pub fn runs(source: &Source) -> Result<Vec<Run>, Refusal> {
    let mut runs: BTreeMap<(i64, String), Run> = BTreeMap::new();
    let mut timed = false;
    for table in &source.tables {
        let Some(clock) = table.columns_as(Role::Timestamp).next() else { continue };
        timed = true;
        add(table, clock, &mut runs);
    }
    if !timed {
        let nowhere = "no column says when each row was measured, and neither the file nor its name states one instant for all of it";
        return Err(Refusal::new(nowhere));
    }
    if runs.is_empty() {
        return Err(Refusal::new("no column was measured"));
    }
    let mut runs: Vec<Run> = runs.into_values().collect();
    for run in &mut runs {
        run.digest = digest(run);
    }
    Ok(runs)
}

/// A digest of what a run holds: the file around it grows with every other one.
fn digest(run: &Run) -> String {
    let text = Line::Run(Box::new(run.clone())).to_text();
    short_digest(&blake3::hash(text.as_bytes()).to_hex())
}

fn add(table: &Table, clock: usize, runs: &mut BTreeMap<(i64, String), Run>) {
    let instants = crate::table::Instants::of(table, clock);
    let named = |names: &[&str]| {
        let known = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        (0..table.columns.len()).find(|column| known(&table.columns[*column].name))
    };
    let (commit, branch) = (named(COMMITS), named(BRANCHES));
    let labels: Vec<usize> =
        table.columns_as(Role::Label).filter(|column| Some(*column) != commit && Some(*column) != branch).collect();
    let metrics: Vec<(usize, Vec<Option<f64>>)> = table
        .columns_as(Role::Metric)
        .filter(|column| Some(*column) != commit)
        .map(|column| (column, table.numbers(column)))
        .collect();
    let texts = |column: Option<usize>| column.map(|column| Texts::of(table, column));
    let (commits, branches) = (texts(commit), texts(branch));
    let labels: Vec<Texts<'_>> = labels.into_iter().map(|column| Texts::of(table, column)).collect();
    instants.each(&mut |row, nanos| {
        let at = nanos.div_euclid(1_000_000_000);
        let text = |texts: &Option<Texts<'_>>| texts.as_ref().and_then(|texts| texts.at(row));
        let commit = text(&commits).unwrap_or_default();
        let parts: Vec<String> = labels.iter().filter_map(|texts| texts.at(row)).collect();
        let group = (!parts.is_empty()).then(|| parts.join(" "));
        let run = runs.entry((at, commit.clone())).or_insert_with(|| Run {
            at,
            commit,
            branch: text(&branches),
            given: BTreeMap::new(),
            machine: BTreeMap::new(),
            found: BTreeMap::new(),
            digest: String::new(),
            metrics: Vec::new(),
            absent: None,
            endings: None,
        });
        for (column, numbers) in &metrics {
            let Some(recorded) = numbers.get(row).copied().flatten() else { continue };
            let column = &table.columns[*column];
            // A column that is called by its unit is no name: the benchmark is one.
            let (metric, group) = match &group {
                Some(group) if column.name.starts_with(VALUE) => (group.clone(), None),
                group => (column.name.clone(), group.clone()),
            };
            let same = |one: &RunMetric| one.metric == metric && one.group == group;
            if run.metrics.iter().any(same) {
                // A benchmark that stands twice in a run has no one value; the first is kept, as its tool shows it.
                continue;
            }
            let center = Estimate { value: column.to_base(recorded), low: None, high: None };
            let dimension = column.unit().dimension;
            run.metrics.push(RunMetric::bare(&metric, group.as_deref(), dimension, column.polarity, center));
        }
    });
    runs.retain(|_, run| !run.metrics.is_empty());
}

/// The cells of a column as texts.
struct Texts<'a> {
    dictionary: &'a [String],
    codes: Vec<u32>,
    numbers: Vec<Option<f64>>,
}

impl<'a> Texts<'a> {
    fn of(table: &'a Table, column: usize) -> Self {
        let held = &table.columns[column];
        let coded = matches!(held.cells, CellType::Text | CellType::Boolean);
        Self {
            dictionary: &held.dictionary,
            codes: if coded { table.codes(column) } else { Vec::new() },
            numbers: if coded || held.cells == CellType::Timestamp { Vec::new() } else { table.numbers(column) },
        }
    }

    fn at(&self, row: usize) -> Option<String> {
        let text = match self.codes.get(row) {
            Some(code) => self.dictionary.get(*code as usize)?.clone(),
            // A commit of digits alone was read as a number.
            None => format!("{}", self.numbers.get(row).copied().flatten()?),
        };
        (!text.is_empty()).then_some(text)
    }
}
