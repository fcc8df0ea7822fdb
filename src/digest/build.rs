//! From a shard to its digest.
//!
//! In: a source that was read by a plan, and its analysis. Out: its [`Digest`]. What is corrupted is left out, and the durations of
//! failed rows stand apart, as in the analysis; everything else is what a row says by itself.

use std::collections::{BTreeMap, HashMap};

use super::found;
use super::key::key_of;
use super::numbers::Collector;
use super::parts::{Causes, Digest, Group, MOST_GROUPS, Part};
use super::plan::{Plan, PlannedMetric};
use super::refine::Ask;
use super::refine::answer::{Counters, Places};
use super::refine::shown::plan_of;
use super::time::TimeCounts;
use crate::analysis::Analysis;
use crate::analysis::codes::labels_of;
use crate::analysis::metric::Metric;
use crate::analysis::outcome::OutcomeColumn;
use crate::measure::ending::Outcome;
use crate::measure::finding::Finding;
use crate::measure::unit::Dimension;
use crate::table::packed::Cells;
use crate::table::source::{SetAside, Source};
use crate::table::{Instants, Table};

/// Nanoseconds of a second.
const NANOS: f64 = 1e9;
/// Rows that are looked at together.
const STRETCH: usize = 1 << 14;

/// A shard that was read, and what it says.
pub(crate) struct Shard<'a> {
    /// What it is called.
    pub(crate) name: &'a str,
    /// What was read.
    pub(crate) source: &'a Source,
    /// What it says.
    pub(crate) analysis: &'a Analysis,
    /// What is odd about it.
    pub(crate) findings: Vec<Finding>,
    /// Digest of its bytes as they are stored, and how many they are.
    pub(crate) stored: (String, u64),
    /// Digest of what they hold, where they are packed.
    pub(crate) content: Option<String>,
    /// Lines that stood before it when it was read, and do not in its file: a header.
    pub(crate) lines_before: u64,
    /// What is asked of it, in a further round.
    pub(crate) ask: Option<&'a Ask>,
}

/// The digest of a shard.
///
/// # Errors
/// Where it has more groups than a digest may have, or was asked about other shards or by another plan.
pub(crate) fn digest(shard: Shard<'_>, plan: Plan) -> Result<Digest, String> {
    let Shard { name, source, analysis, findings, stored, content, lines_before, ask } = shard;
    if ask.is_some_and(|ask| ask.plan != plan_of(&plan)) {
        return Err(format!("{name}: the ask is about digests of another plan"));
    }
    let mut counters = ask.map(Counters::of);
    let mut built = Digest {
        parts: BTreeMap::new(),
        groups: vec![BTreeMap::new(); plan.metrics.len()],
        causes: Causes::default(),
        time: TimeCounts::default(),
        found: BTreeMap::new(),
        refinement: None,
        plan,
    };
    let line = |line: u64| line.saturating_sub(lines_before);
    for (index, table) in source.tables.iter().enumerate() {
        let rows = Rows { name, table, index: index as u64, plan: &built.plan, lines_before };
        let (groups, causes, time) = rows.look(analysis, &mut counters)?;
        for (place, of_metric) in groups {
            built.groups[place] = of_metric;
        }
        for (cause, count) in causes {
            built.causes.add(&cause, count);
        }
        built.time.merge(&time).ok_or("more rows than can be counted")?;
    }
    let refinement = counters.map(Counters::finish).transpose();
    built.refinement = refinement.map_err(|reason| format!("{name}: {reason}"))?;
    built.causes.settle();
    for mut finding in findings {
        finding.place.line = finding.place.line.map(line).filter(|line| *line > 0);
        finding.place.last_line = finding.place.last_line.map(line);
        finding.set_aside.iter_mut().for_each(|(first, last)| (*first, *last) = (line(*first), line(*last)));
        found::add(&mut built.found, finding);
    }
    found::settle(&mut built.found);
    let provenance = &source.provenance;
    let set_aside =
        |one: &SetAside| SetAside { first_lines: one.first_lines.iter().map(|at| line(*at)).collect(), ..one.clone() };
    let part = Part {
        name: name.to_owned(),
        digest: stored.0,
        bytes: stored.1,
        content,
        span: built.time.span(),
        lines: line(provenance.lines),
        rows_read: provenance.rows_read,
        rows_used: analysis.sources.iter().map(|source| source.rows_used).sum(),
        set_aside: provenance.set_aside.iter().map(set_aside).collect(),
    };
    built.parts.insert(part.key(), part);
    Ok(built)
}

/// The rows of a table of a shard.
struct Rows<'a> {
    name: &'a str,
    table: &'a Table,
    index: u64,
    plan: &'a Plan,
    lines_before: u64,
}

/// Groups of the metrics of that place in the plan, how often each cause occurs, and the rows over time.
type ShardCounts = (Vec<(usize, BTreeMap<String, Group>)>, HashMap<String, u64>, TimeCounts);

impl Rows<'_> {
    fn look(&self, analysis: &Analysis, counters: &mut Option<Counters<'_>>) -> Result<ShardCounts, String> {
        let planned = |metric: &Metric| {
            let mut all = self.plan.metrics.iter();
            all.position(|one| one.is(metric.table, &metric.name, metric.dimension))
        };
        let mut groups = Vec::new();
        let (mut causes, mut time) = (HashMap::new(), TimeCounts::default());
        for metric in analysis.metrics.iter().filter(|metric| metric.table == self.index) {
            let (Some(place), Some(column)) = (planned(metric), self.table.position(&metric.name)) else { continue };
            let planned = &self.plan.metrics[place];
            groups.push((place, self.groups(metric, column, (place, planned), counters)?));
            if planned.leads {
                causes = self.causes();
                time = self.time(metric, column);
            }
        }
        Ok((groups, causes, time))
    }

    /// The columns by which rows are grouped, where all of them are there.
    fn grouped_by(&self) -> Vec<usize> {
        let columns: Option<Vec<usize>> = self.plan.group_by.iter().map(|name| self.table.position(name)).collect();
        columns.unwrap_or_default()
    }

    fn told(&self) -> Option<OutcomeColumn<'_>> {
        self.plan.told(self.table)
    }

    fn groups(
        &self,
        metric: &Metric,
        column: usize,
        (place, planned): (usize, &PlannedMetric),
        counters: &mut Option<Counters<'_>>,
    ) -> Result<BTreeMap<String, Group>, String> {
        let (codes, texts) = labels_of(self.table, &self.grouped_by());
        let mut names: Vec<String> = Vec::new();
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut of_text = |text: &String| {
            let name = self.plan.group_of(text);
            *numbers.entry(name.clone()).or_insert_with(|| {
                names.push(name);
                names.len() - 1
            })
        };
        let of_code: Vec<usize> = texts.iter().map(&mut of_text).collect();
        let ungrouped = texts.is_empty();
        if ungrouped {
            names.push(String::new());
        }
        if names.len() > MOST_GROUPS {
            return Err(format!(
                "{}: {} groups of `{}`, and a digest holds {MOST_GROUPS}: group by another column, or let the plan put labels together",
                self.name,
                names.len(),
                self.plan.group_by.join(", ")
            ));
        }
        let told = self.told();
        let unit = self.table.columns[column].unit();
        let mut corrupted: Vec<usize> = metric.corrupted_rows().collect();
        corrupted.sort_unstable();
        corrupted.dedup();
        let mut corrupted = corrupted.into_iter().peekable();
        let parts_failed = unit.dimension.is_time();
        let mut builders: Vec<Builder> = names.iter().map(|_| Builder::default()).collect();
        let asked: Vec<[Places; 2]> = match &counters {
            Some(counters) => names.iter().map(|name| counters.of_group(place, name)).collect(),
            None => Vec::new(),
        };
        let mut seen = vec![false; texts.len()];
        let labels = (!ungrouped).then_some(&*codes);
        self.stretches(column, labels, told.as_ref(), |row, value, code, outcome| {
            let group = if ungrouped { 0 } else { of_code[code as usize] };
            let builder = &mut builders[group];
            if !ungrouped && !std::mem::replace(&mut seen[code as usize], true) {
                builder.labels.push(code);
            }
            // A request that never came back took no time, and is counted with the metric that stands for the rows.
            let is_lost = planned.leads && matches!(outcome, Outcome::Failed | Outcome::Unclear);
            if told.is_some() && (value.is_some() || is_lost) {
                builder.outcomes[place_of(outcome)] += 1;
            }
            while corrupted.next_if(|at| *at < row).is_some() {}
            let Some(value) = value else { return };
            if corrupted.peek() == Some(&row) {
                builder.corrupted += 1;
                return;
            }
            let base = unit.to_base(value);
            if !base.is_finite() {
                return;
            }
            let line = || self.table.lines.line(row as u64).unwrap_or_default().saturating_sub(self.lines_before);
            let failed = parts_failed && outcome == Outcome::Failed;
            if let Some((counters, places)) = counters.as_mut().zip(asked.get(group)) {
                counters.push(&places[usize::from(failed)], key_of(base));
            }
            if failed { &mut builder.failed } else { &mut builder.others }.push(base, line);
        });
        let named = names.into_iter().zip(builders);
        let groups = named.filter(|(_, builder)| !builder.is_empty()).map(|(name, builder)| {
            let group = builder.finish(self.name, &texts);
            (name, group)
        });
        Ok(groups.collect())
    }

    /// How often each text of the planned column stands in a row that failed.
    fn causes(&self) -> HashMap<String, u64> {
        let column = self.plan.cause.as_ref().and_then(|name| self.table.position(name));
        let (Some(column), Some(told)) = (column, self.told()) else { return HashMap::new() };
        let (codes, texts) = labels_of(self.table, &[column]);
        let mut counts = vec![0_u64; texts.len()];
        let mut outcomes = Vec::new();
        for from in (0..codes.rows()).step_by(STRETCH) {
            let range = from..(from + STRETCH).min(codes.rows());
            outcomes.clear();
            told.visit(range.clone(), |outcome| outcomes.push(outcome));
            codes.visit_codes(range, |first, block| {
                for (row, code) in (first..).zip(block) {
                    counts[*code as usize] += u64::from(outcomes.get(row - from) == Some(&Outcome::Failed));
                }
            });
        }
        let counted = texts.into_iter().zip(counts).filter(|(text, count)| *count > 0 && !text.is_empty());
        counted.collect()
    }

    /// The rows over time: those that the metric counts, and whose instant is known.
    fn time(&self, metric: &Metric, column: usize) -> TimeCounts {
        let mut time = TimeCounts::default();
        let clock = self.plan.clock.as_ref().and_then(|clock| self.table.position(&clock.column));
        let Some(clock) = clock else { return time };
        let instants = Instants::of(self.table, clock);
        let unit = self.table.columns[column].unit();
        let is_time = unit.dimension == Dimension::Time;
        let mut corrupted: Vec<usize> = metric.corrupted_rows().collect();
        corrupted.sort_unstable();
        let (mut waiting, mut from) = (Vec::new(), 0..0);
        self.stretches(column, None, self.told().as_ref(), |row, value, _, outcome| {
            if !from.contains(&row) {
                from = row..row + STRETCH;
                waiting.clear();
                instants.visit(from.clone(), |at| waiting.push(at));
            }
            let failed = outcome == Outcome::Failed;
            let Some(at) = waiting.get(row - from.start).copied().flatten().filter(|_| value.is_some() || failed)
            else {
                return;
            };
            let known = value.filter(|_| is_time && corrupted.binary_search(&row).is_err());
            let length = known.map_or(0.0, |value| unit.to_base(value) * NANOS).round();
            time.add(at, length as i64, failed);
        });
        time
    }

    /// Hands over row, value, code of the label and outcome of every row: a column without a number has rows all the same.
    fn stretches(
        &self,
        column: usize,
        codes: Option<&Cells>,
        told: Option<&OutcomeColumn<'_>>,
        mut take: impl FnMut(usize, Option<f64>, u32, Outcome),
    ) {
        let values = self.table.values(column);
        let rows = usize::try_from(self.table.lines.rows()).unwrap_or_default();
        let (mut numbers, mut labels, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
        for from in (0..rows).step_by(STRETCH) {
            let range = from..(from + STRETCH).min(rows);
            numbers.clear();
            values.visit(range.clone(), |block| {
                numbers.extend(block.numbers.iter().enumerate().map(|(at, value)| block.has(at).then_some(*value)));
            });
            numbers.resize(range.len(), None);
            labels.clear();
            if let Some(codes) = codes {
                codes.visit_codes(range.clone(), |_, block| labels.extend_from_slice(block));
            }
            outcomes.clear();
            if let Some(told) = told {
                told.visit(range.clone(), |outcome| outcomes.push(outcome));
            }
            for (at, value) in numbers.iter().enumerate() {
                let outcome = outcomes.get(at).copied().unwrap_or(Outcome::NotSaid);
                take(from + at, *value, labels.get(at).copied().unwrap_or_default(), outcome);
            }
        }
    }
}

/// The place of an outcome among the counts of a group.
fn place_of(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Succeeded => 0,
        Outcome::Failed => 1,
        Outcome::NotSaid => 2,
        Outcome::Unclear => 3,
    }
}

/// A group whose rows are being counted.
#[derive(Default)]
struct Builder {
    /// Codes of its labels.
    labels: Vec<u32>,
    corrupted: u64,
    outcomes: [u64; 4],
    others: Collector,
    failed: Collector,
}

impl Builder {
    fn is_empty(&self) -> bool {
        self.others.is_empty() && self.failed.is_empty() && self.corrupted == 0 && self.outcomes == [0; 4]
    }

    fn finish(self, shard: &str, texts: &[String]) -> Group {
        let mut group = Group {
            corrupted: self.corrupted,
            outcomes: self.outcomes,
            others: self.others.finish(shard),
            failed: self.failed.finish(shard),
            ..Group::default()
        };
        for text in self.labels.iter().map(|code| &texts[*code as usize]) {
            let hash = blake3::hash(text.as_bytes());
            group.members.insert(u64::from_le_bytes(std::array::from_fn(|at| hash.as_bytes()[at])));
            group.examples.insert(text.clone());
            group.settle();
        }
        group
    }
}
