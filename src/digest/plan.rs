//! The plan of a run: what columns are, decided once for all of its shards.
//!
//! In: sources that were read, as samples of all shards. Out: a [`Plan`], which is written as JSON and read again. What it says is
//! applied row by row, so that no shard decides by what happens to be in it. Refuses (with [`PlanError`]) samples of different formats,
//! and plans that were written by a newer program.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::analysis::Analysis;
use crate::analysis::convention::Convention;
use crate::analysis::grouping::Grouping;
use crate::analysis::label_names::collapses;
use crate::analysis::outcome::OutcomeColumn;
use crate::analysis::requests::Moment;
use crate::analysis::table::leader;
use crate::measure::Polarity;
use crate::measure::ending::{FAILED_WORDS, Outcome};
use crate::measure::label::pattern;
use crate::measure::unit::{Dimension, Unit};
use crate::stats::settings::Settings;
use crate::table::source::Source;
use crate::table::{CellType, Instants, Role, Table};

/// The version that is written; those before are read, and taken for it.
const VERSION: u32 = 2;

/// How the shards of a run are understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// Version of the plan.
    #[serde(rename = "plan")]
    version: u32,
    /// Name of the format.
    pub(crate) format: String,
    /// The first line of the samples, where it is a header: parts of a divided file do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) header: Option<String>,
    /// What the columns are, by name.
    pub(crate) columns: BTreeMap<String, PlannedColumn>,
    /// What is measured.
    pub(crate) metrics: Vec<PlannedMetric>,
    /// Columns whose labels form groups.
    pub(crate) group_by: Vec<String>,
    /// Patterns of labels that are one group each; every other label is one by itself.
    pub(crate) collapsed: BTreeSet<String>,
    /// How it is known which rows failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<PlannedOutcome>,
    /// The column that says why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<String>,
    /// What says when, where rows with an instant are a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) clock: Option<PlannedClock>,
}

/// What says when each row was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedClock {
    /// The column.
    pub(crate) column: String,
    /// Which moment of a request it records.
    pub(crate) moment: Moment,
    /// How that is known.
    pub(crate) reason: String,
    /// Whether the rows are requests.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) are_requests: bool,
}

/// What a column is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedColumn {
    /// What it is used as.
    pub(crate) role: Role,
    /// What its numbers measure, where they do and do not say so themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dimension: Option<Dimension>,
    /// Their unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<String>,
    /// Which way is better.
    pub(crate) polarity: Polarity,
    /// Whether its dates begin with the day, where they could begin with the month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) day_first: Option<bool>,
}

/// What is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedMetric {
    /// Index of the table in its source.
    pub(crate) table: u64,
    /// Name of the column.
    pub(crate) name: String,
    /// What it measures.
    pub(crate) dimension: Dimension,
    /// The unit in which it is recorded.
    pub(crate) unit: String,
    /// Whether that was assumed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unit_assumed: bool,
    /// Which way is better.
    pub(crate) polarity: Polarity,
    /// What exactly it measures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) meaning: Option<String>,
    /// Whether it stands for the rows of its table.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) leads: bool,
}

/// How it is known which rows failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedOutcome {
    /// The column.
    pub(crate) column: String,
    /// How its cells are read, in words.
    pub(crate) convention: String,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    /// The samples are of different formats.
    #[error("the samples are of different formats, {0} and {1}: one plan is for shards of one kind")]
    Formats(String, String),
    /// Nothing is measured in them.
    #[error("no sample has a column of measured values: there is nothing to plan")]
    Nothing,
    /// It is none.
    #[error("this is no plan of perfreport: {0}")]
    NoPlan(String),
    /// It says of failures what this program does not know.
    #[error(
        "this plan says that `{0}` is read as \"{1}\", which perfreport does not know; make it with `perfreport plan`"
    )]
    Convention(String, String),
    /// It was written by a newer program.
    #[error("this plan is of version {0}, which a newer perfreport has written; this one reads version {VERSION}")]
    Newer(u32),
}

/// A sample of the shards: what was read, and what it says.
pub(crate) struct Sample<'a> {
    /// What was read.
    pub(crate) source: &'a Source,
    /// What it says.
    pub(crate) analysis: &'a Analysis,
}

impl Plan {
    /// The plan that samples show: what the largest of them says, and of labels what all of them say.
    pub(crate) fn of(samples: &[Sample<'_>], settings: &Settings) -> Result<Self, PlanError> {
        let size = |sample: &&Sample<'_>| sample.source.tables.iter().map(|table| table.lines.rows()).sum::<u64>();
        // Of equally large ones the first.
        let largest = samples.iter().rev().max_by_key(size).ok_or(PlanError::Nothing)?;
        let format = |sample: &Sample<'_>| sample.source.provenance.format.to_owned();
        // A line of JSON is a document as well; by the plan it is read as the others are.
        let is_line =
            |sample: &Sample<'_>| format(sample) == "json" && format(largest) == "ndjson" && size(&sample) <= 1;
        if let Some(other) = samples.iter().find(|other| format(other) != format(largest) && !is_line(other)) {
            return Err(PlanError::Formats(format(largest), format(other)));
        }
        let tables = &largest.source.tables;
        let metrics: Vec<PlannedMetric> = largest.analysis.metrics.iter().map(PlannedMetric::of).collect();
        if metrics.is_empty() {
            return Err(PlanError::Nothing);
        }
        let named = |(table, column): (&Table, usize)| table.columns[column].name.clone();
        let lead = tables.iter().find(|table| leader(table).is_some());
        let grouping = lead.and_then(|table| Some((table, Grouping::choose(table, settings)?)));
        let group_by = grouping.map_or_else(Vec::new, |(table, grouping)| {
            grouping.by.iter().map(|column| named((table, *column))).collect::<Vec<String>>()
        });
        let failures = largest.analysis.metrics.iter().find_map(|metric| metric.failures.as_ref());
        let causes = || largest.analysis.requests.iter().flat_map(|run| &run.causes);
        Ok(Self {
            version: VERSION,
            format: format(largest),
            header: None,
            columns: tables.iter().flat_map(|table| &table.columns).map(PlannedColumn::of).collect(),
            metrics,
            collapsed: collapsed(samples, &group_by, settings),
            group_by,
            outcome: failures
                .map(|found| PlannedOutcome { column: found.column.clone(), convention: found.convention.clone() }),
            cause: causes().find_map(|cause| cause.column.clone()),
            clock: largest.analysis.requests.first().map(|run| PlannedClock {
                column: run.clock.column.clone(),
                moment: run.clock.moment,
                reason: run.clock.reason.clone(),
                are_requests: run.are_requests,
            }),
        })
    }

    /// Reads one.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, PlanError> {
        #[derive(Deserialize)]
        struct Version {
            plan: u32,
        }
        let no_plan = |error: serde_json::Error| PlanError::NoPlan(error.to_string());
        let Version { plan } = serde_json::from_slice(bytes).map_err(no_plan)?;
        if plan > VERSION {
            return Err(PlanError::Newer(plan));
        }
        let mut read: Self = serde_json::from_slice(bytes).map_err(no_plan)?;
        if let Some(odd) = read.outcome.as_ref().filter(|outcome| outcome.convention().is_none()) {
            return Err(PlanError::Convention(odd.column.clone(), odd.convention.clone()));
        }
        // What is made by it from now on is not what older programs made by it.
        read.version = VERSION;
        Ok(read)
    }

    /// Whether it is of a version that this program knows.
    pub(super) fn is_known(&self) -> bool {
        (1..=VERSION).contains(&self.version)
    }

    /// The first thing in which two plans differ.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let (mine, theirs) = (serde_json::to_value(self).ok()?, serde_json::to_value(other).ok()?);
        let (mine, theirs) = (mine.as_object()?, theirs.as_object()?);
        let names: BTreeSet<&String> = mine.keys().chain(theirs.keys()).collect();
        let name = names.into_iter().find(|name| mine.get(*name) != theirs.get(*name))?;
        let shown = |value: Option<&serde_json::Value>| {
            let text = value.map_or_else(|| "nothing".to_owned(), ToString::to_string);
            if text.chars().count() > 200 { format!("{}…", text.chars().take(200).collect::<String>()) } else { text }
        };
        Some(format!("`{name}` is {} in it and {} in the others", shown(mine.get(name)), shown(theirs.get(name))))
    }

    /// The name of the group of a label.
    pub(super) fn group_of(&self, label: &str) -> String {
        let pattern = pattern(label);
        if self.collapsed.contains(&pattern) { pattern } else { label.to_owned() }
    }

    /// In what a shard that was read by it does not fit it, a sentence each.
    pub(crate) fn misfits(&self, source: &Source, analysis: &Analysis) -> Vec<String> {
        let mut misfits = Vec::new();
        let found = &source.provenance.format;
        if *found != self.format {
            misfits.push(format!("it is {found}, and the plan is for {}", self.format));
        }
        let is_planned = |metric: &PlannedMetric| {
            analysis.metrics.iter().any(|found| metric.is(found.table, &found.name, found.dimension))
        };
        let missing = self.metrics.iter().filter(|metric| !is_planned(metric));
        misfits.extend(missing.map(|metric| {
            format!("`{}`, which the plan counts, is not there as a column of such numbers", metric.name)
        }));
        for found in &analysis.metrics {
            if !self.metrics.iter().any(|metric| metric.is(found.table, &found.name, found.dimension)) {
                misfits.push(format!("`{}` is not in the plan: it is not counted", found.name));
            }
        }
        misfits.extend(self.outcome.as_ref().and_then(|planned| self.misfit_of(planned, &source.tables)));
        misfits.extend(self.metrics.iter().filter(|metric| is_planned(metric)).filter_map(|metric| {
            let table = source.tables.get(usize::try_from(metric.table).ok()?)?;
            self.lacks_numbers(table, metric)
        }));
        misfits.extend(self.clock.as_ref().and_then(|clock| clock.misfit(&source.tables)));
        for column in source.tables.iter().flat_map(|table| &table.columns) {
            let planned = self.columns.get(&column.name).and_then(|planned| planned.day_first);
            if let Some((found, _)) = column.day_first.zip(planned).filter(|(found, planned)| found != planned) {
                let first = if found { "day" } else { "month" };
                misfits
                    .push(format!("the dates of `{}` begin with the {first} here, as one of them shows", column.name));
            }
        }
        misfits
    }

    /// That a metric of the plan has no number in any row of a table, unless all of them failed.
    fn lacks_numbers(&self, table: &Table, metric: &PlannedMetric) -> Option<String> {
        let column = table.position(&metric.name)?;
        if table.lines.rows() == 0 || table.values(column).count() > 0 {
            return None;
        }
        let all_failed =
            self.told(table).is_some_and(|told| told.of_all()[Outcome::Failed as usize] == table.lines.rows());
        (!all_failed).then(|| format!("`{}`, which the plan counts, has no number here", metric.name))
    }
}

impl PlannedOutcome {
    /// How its cells are read.
    pub(super) fn convention(&self) -> Option<Convention> {
        Convention::of_words(&self.convention)
    }
}

impl Plan {
    /// What became of the rows of a table.
    pub(super) fn told<'a>(&self, table: &'a Table) -> Option<OutcomeColumn<'a>> {
        let PlannedOutcome { column, .. } = self.outcome.as_ref()?;
        // Failures that are words among the numbers of a metric: where there are none, all that is measured came back.
        if column == FAILED_WORDS && table.position(column).is_none() {
            let leads = self.metrics.iter().find(|metric| metric.leads)?;
            return Some(OutcomeColumn::of_measured(table, table.position(&leads.name)?));
        }
        OutcomeColumn::planned(table, column, self.outcome.as_ref()?.convention()?)
    }

    /// In what the cells that say what failed are not those of the plan.
    fn misfit_of(&self, planned: &PlannedOutcome, tables: &[Table]) -> Option<String> {
        let found = tables.iter().find_map(|table| Some((table, self.told(table)?)));
        let counts = found.as_ref().map(|(_, told)| told.of_all()).unwrap_or_default();
        let Some((table, _)) = found.filter(|_| counts.iter().sum::<u64>() > counts[Outcome::NotSaid as usize]) else {
            return Some(format!("`{}`, which says what failed, is not there or says nothing", planned.column));
        };
        let PlannedOutcome { column, convention: says } = planned;
        let of_numbers = planned.convention().is_some_and(|convention| !convention.is_of_words());
        let are_numbers = table.columns.iter().any(|found| found.name == *column && found.cells.is_number());
        if of_numbers != are_numbers {
            let [here, there] = if are_numbers { ["numbers", "words"] } else { ["words", "numbers"] };
            return Some(format!("`{column}` has {here} here, and the plan reads {there}: \"{says}\""));
        }
        match counts[Outcome::Unclear as usize] {
            unclear if of_numbers && unclear > 0 => {
                let rows = if unclear == 1 { "1 row".to_owned() } else { format!("{unclear} rows") };
                Some(format!("`{column}` has numbers here of which the plan knows nothing, in {rows}: \"{says}\""))
            }
            _ => None,
        }
    }
}

impl PlannedClock {
    /// That no row of a shard has an instant.
    fn misfit(&self, tables: &[Table]) -> Option<String> {
        let mut with_rows = tables.iter().filter(|table| table.lines.rows() > 0).peekable();
        with_rows.peek()?;
        let has_instant = |table: &Table| {
            let column = table.position(&self.column);
            column.is_some_and(|column| {
                let (instants, mut any) = (Instants::of(table, column), false);
                instants.visit(0..usize::try_from(table.lines.rows()).unwrap_or(usize::MAX), |at| any |= at.is_some());
                any
            })
        };
        (!with_rows.any(has_instant)).then(|| {
            format!(
                "`{}`, the clock of the plan, has no instant here: its rows are not among those over time",
                self.column
            )
        })
    }
}

impl PlannedMetric {
    fn of(metric: &crate::analysis::metric::Metric) -> Self {
        Self {
            table: metric.table,
            name: metric.name.clone(),
            dimension: metric.dimension,
            unit: metric.recorded_unit.clone().unwrap_or_default(),
            unit_assumed: metric.unit_assumed,
            polarity: metric.polarity,
            meaning: metric.meaning.clone(),
            leads: metric.leads,
        }
    }

    pub(super) fn is(&self, table: u64, name: &str, dimension: Dimension) -> bool {
        (self.table, self.name.as_str(), self.dimension) == (table, name, dimension)
    }
}

impl PlannedColumn {
    fn of(column: &crate::table::Column) -> (String, Self) {
        // Cells that carry their unit say it themselves, and only numbers that are measured have one.
        let stated = column.role == Role::Metric && !matches!(column.cells, CellType::Quantity(_));
        let unit = stated.then(|| column.unit());
        let planned = Self {
            role: column.role,
            dimension: unit.map(|unit| unit.dimension),
            unit: unit.map(|unit| unit.symbol.to_owned()).filter(|symbol| !symbol.is_empty()),
            polarity: column.polarity,
            day_first: column.day_first,
        };
        (column.name.clone(), planned)
    }

    /// The unit that its numbers are read in.
    pub(crate) fn unit(&self) -> Option<Unit> {
        match (&self.unit, self.dimension?) {
            (Some(symbol), _) => Unit::parse(symbol),
            (None, Dimension::Count) => Some(Unit::COUNT),
            (None, Dimension::Ratio) => Some(Unit::RATIO),
            (None, Dimension::UnstatedTime) => Some(Unit::UNSTATED_TIME),
            (None, _) => Some(Unit::UNKNOWN),
        }
    }
}

/// The patterns under which any sample puts labels together, and those of which labels in several samples are so many.
fn collapsed(samples: &[Sample<'_>], group_by: &[String], settings: &Settings) -> BTreeSet<String> {
    let settings = &Settings { group_by: group_by.to_vec(), ..settings.clone() };
    let mut together: BTreeSet<String> = BTreeSet::new();
    let mut apart: BTreeSet<String> = BTreeSet::new();
    let mut labels: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    if group_by.is_empty() {
        return together;
    }
    for table in samples.iter().flat_map(|sample| &sample.source.tables) {
        let Some(grouping) = Grouping::choose(table, settings) else { continue };
        let mut of_pattern: BTreeMap<String, usize> = BTreeMap::new();
        for group in &grouping.groups {
            if group.members > 1 {
                together.insert(group.text.clone());
            } else {
                let pattern = pattern(&group.text);
                *of_pattern.entry(pattern.clone()).or_default() += 1;
                labels.entry(pattern).or_default().insert(group.text.clone());
            }
        }
        apart.extend(of_pattern.into_iter().filter(|(_, count)| *count > 1).map(|(pattern, _)| pattern));
    }
    if settings.collapse_labels {
        let many = labels.into_iter().filter(|(pattern, labels)| collapses(pattern, labels.len()));
        together.extend(many.map(|(pattern, _)| pattern).filter(|pattern| !apart.contains(pattern)));
    }
    together
}
