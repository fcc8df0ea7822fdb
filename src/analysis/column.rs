//! From a measured column to its metric.
//!
//! In: a column of a table, the groups of its rows, and what became of them. Out: the [`Metric`] with its populations and
//! what is odd about its values. Values become base units here and rows become lines, and both stay so.

use std::ops::Range;
use std::sync::OnceLock;

use super::anomaly::Anomaly;
use super::failed::{self, Apart};
use super::grouping::Grouping;
use super::groups::{GroupSamples, Partition};
use super::metric::Metric;
use super::outcome::{Among, Failures, failures};
use super::repetition;
use super::rows_of_one_kind;
use super::runs_apart;
use super::unanswered::{Durations, is_difference};
use crate::measure::words::Words;
use crate::measure::{Dimension, FindingKind};
use crate::stats::corruption::{Case, NO_LABELS, Suspect, suspects};
use crate::stats::describe::describe;
use crate::stats::large::{self, GroupOf};
use crate::stats::measured::LabelledNumbers;
use crate::stats::outlier::Outliers;
use crate::stats::population::{Detail, Population};
use crate::stats::recording::{Repeat, Stuck, repeats, stuck};
use crate::stats::run_samples::RunSamples;
use crate::stats::samples::{CleanSamples, Samples};
use crate::stats::series::CorruptedPlace;
use crate::stats::settings::Settings;
use crate::stats::unit_block::{UnitBlock, unit_blocks};
use crate::table::packed::Cells;
use crate::table::{ForeignValue, Role, Table};

/// Up to so many groups each get all details; of more, only the summary.
const DETAILED_GROUPS: usize = 40;
/// So many groups whose samples do not even overlap are populations that the label explains.
const EXPLAINED_GROUPS: std::ops::RangeInclusive<usize> = 2..=8;
/// And their medians are at least this many times apart.
const EXPLAINED_RATIO: f64 = 2.0;
/// And chance would separate them so cleanly in fewer than one of a hundred cases.
const EXPLAINED_CHANCE: f64 = 0.01;
/// Repeated blocks that are named.
const NAMED_REPEATS: usize = 5;
/// A longer recording is no sweep.
const LONGEST_SWEEP: usize = 400;
/// Repeated blocks of which whole rows are compared.
const TRIED_REPEATS: usize = 100;

/// A measured column of a table, and what is known of its rows.
pub(super) struct MetricColumn<'a> {
    /// Name of the source, and index of the table in it.
    pub(super) place: (&'a str, usize),
    pub(super) table: &'a Table,
    pub(super) column: usize,
    pub(super) settings: &'a Settings,
    pub(super) grouping: Option<&'a Grouping<'a>>,
    /// Seconds between the first and the last instant of the table.
    pub(super) span: Option<f64>,
    /// Its first and its last instant in nanoseconds since 1970, where it is one of a calendar.
    pub(super) clock: Option<(f64, f64)>,
    /// Failures of all rows, once somebody asked.
    pub(super) all_rows: &'a OnceLock<Option<Failures>>,
    /// The run of each row, where a column names it.
    pub(super) runs: Option<&'a Cells>,
    /// Whether it is the one that stands for the rows of its table.
    pub(super) leads: bool,
}

/// Whether a name says how long requests took; what is called a duration may be that of anything.
fn is_of_requests(name: &str) -> bool {
    const REQUESTS: Words = Words::of("latency latencies response request reply rtt roundtrip elapsed ttfb ttft");
    const OTHERS: Words = Words::of("lag age ttl idle uptime lifetime since");
    let lower = name.to_ascii_lowercase();
    let says = |words: Words| lower.split(|letter: char| !letter.is_alphanumeric()).any(|word| words.has(word));
    says(REQUESTS) && !says(OTHERS)
}

impl MetricColumn<'_> {
    pub(super) fn analyse(&self) -> Metric {
        let column = &self.table.columns[self.column];
        let unit = column.unit();
        let labels = self.grouping.map(|grouping| &*grouping.codes);
        let all = LabelledNumbers::new(self.table.values(self.column), labels);
        let suspects = self.suspects(&all);
        let left_out: Vec<usize> =
            suspects.iter().filter(|suspect| suspect.leaves()).map(|suspect| suspect.index).collect();
        let saturated = suspects.iter().filter(|suspect| suspect.kind == FindingKind::Saturated);
        let saturated_at = saturated.map(|suspect| unit.to_base(all.at(suspect.index))).find(|value| *value > 0.0);
        let level = self.settings.confidence;
        let among = among(self.table, self.column, self.leads);
        let failures = if all.has_gaps() || matches!(among, Among::Requests(_)) {
            failures(self.table, among, level)
        } else {
            self.all_rows.get_or_init(|| failures(self.table, Among::All, level)).clone()
        };
        let corrupted: Vec<usize> = left_out.iter().map(|index| all.row(*index)).collect();
        let (apart, failed_groups) = match &failures {
            Some(found) if unit.dimension.is_time() => self.apart(found, &corrupted),
            _ => (Apart::Nothing, Vec::new()),
        };
        let (cells, left_out) = match &apart {
            Apart::Some { others, .. } => {
                let cells = LabelledNumbers::new(others, labels);
                (cells, corrupted.iter().map(|row| cells.before(*row)).collect())
            }
            Apart::Nothing | Apart::All => (all, left_out),
        };
        let kept = self
            .grouping
            .map(|grouping| Partition::of(cells, &left_out, unit, &grouping.of_code, grouping.groups.len()));
        let several = kept.as_ref().is_some_and(|kept| kept.groups() > 1);
        let samples = CleanSamples::new(cells, unit, &left_out);
        let mut taken_out: Vec<f64> = left_out.iter().map(|index| unit.to_base(cells.at(*index))).collect();
        taken_out.extend(self.foreign().map(|foreign| unit.to_base(foreign.value)));
        let whole = || self.overall(&cells, &samples, &taken_out, several);
        // Failed rows stand apart: equal timeouts are no stuck value.
        let repetitions = || self.repetitions(&cells);
        let by_group = || {
            kept.as_ref().filter(|_| several).map(|kept| self.groups(&cells, kept, saturated_at)).unwrap_or_default()
        };
        // Where memory is scarce, what each of them holds must not come together.
        let ((mut overall, (repeats, stuck, blocks)), groups) = if all.storage().is_scarce() {
            ((whole(), repetitions()), by_group())
        } else {
            rayon::join(|| rayon::join(whole, repetitions), by_group)
        };
        if !self.table.order_is_recorded {
            overall.forget_order();
        }
        overall.divide(
            |row| cells.before(row) - left_out.partition_point(|index| cells.row(*index) < row),
            &self.table.run_starts,
        );
        if let Some(series) = &mut overall.series {
            series.corrupted = self.corrupted_places(&cells, &left_out);
        }
        let row_of = |index: usize| cells.row(samples.place(index));
        // A run may be numbered anew in each group, so that those of a mixture mean nothing.
        if let Some(runs) = self.runs.filter(|_| !several) {
            let mut all = Vec::with_capacity(samples.len());
            samples.visit(0..samples.len(), &mut |block| all.extend_from_slice(block));
            overall.divide_by_run(&all, |index| runs.code(row_of(index)).unwrap_or_default());
        }
        if let Some(value) = saturated_at {
            overall.saturate(value, |look| samples.visit(0..samples.len(), look));
        }
        let runs_apart = runs_apart::of_samples(self.table, &samples, row_of, self.settings);
        let failed = match &apart {
            Apart::Some { failed, .. } => failed::summary(failed, unit, self.settings),
            Apart::Nothing | Apart::All => None,
        };
        self.name_places(&mut overall, |index| (index < samples.len()).then(|| row_of(index)));
        let only = kept.as_ref().and_then(Partition::only).zip(self.grouping);
        let corrupted_groups = kept.as_ref().zip(self.grouping).map_or_else(Vec::new, |(kept, grouping)| {
            kept.emptied().into_iter().map(|group| grouping.groups[group].text.clone()).collect()
        });
        overall.label = only.map(|(group, grouping)| grouping.groups[group].clone());
        let choice = column.unit.as_ref();
        let (source, table) = self.place;
        Metric {
            recorded_unit: choice.map(|choice| choice.unit.symbol.to_owned()).filter(|symbol| !symbol.is_empty()),
            unit_assumed: choice.is_some_and(|choice| choice.assumed),
            unit_reason: choice.map(|choice| choice.reason.clone()),
            meaning: column.meaning.clone(),
            grouped_by: self.grouping.filter(|_| several || only.is_some()).map(|grouping| grouping.columns.clone()),
            measured_apart: (self.table.labels.are_exact() || self.grouping.is_some_and(Grouping::is_sweep))
                && !groups.is_empty(),
            explained_by_label: explained_by_label(&groups),
            overall,
            groups,
            failures,
            leads: self.leads,
            depth: self.settings.depth,
            failed,
            only_failed: matches!(apart, Apart::All),
            failed_groups,
            corrupted_groups,
            runs_apart,
            anomalies: self.anomalies(suspects, (repeats, stuck, blocks), &all, &cells),
            ..Metric::new(source, table, &column.name, unit.dimension, column.polarity)
        }
    }

    /// Numbers of other tables that a reader of this one's header would have counted.
    fn foreign(&self) -> impl Iterator<Item = &ForeignValue> {
        self.table.foreign_values.iter().filter(|foreign| foreign.column == self.column)
    }

    /// Where corrupted samples and numbers of other tables stand among the clean samples.
    fn corrupted_places(&self, cells: &LabelledNumbers<'_>, left_out: &[usize]) -> Vec<CorruptedPlace> {
        /// Beyond these, a picture would show nothing but them.
        const MOST: usize = 200;
        let unit = self.table.columns[self.column].unit();
        let lines = &self.table.lines;
        let suspects = left_out.iter().enumerate().map(|(before, index)| CorruptedPlace {
            after: (index - before) as u64,
            line: lines.line(cells.row(*index) as u64),
            value: unit.to_base(cells.at(*index)),
        });
        let foreign = self.foreign().map(|foreign| {
            let (mut low, mut high) = (0, lines.rows());
            while low < high {
                let middle = u64::midpoint(low, high);
                let is_before = lines.line(middle).is_some_and(|line| line < foreign.line);
                (low, high) = if is_before { (middle + 1, high) } else { (low, middle) };
            }
            let before = cells.before(low as usize);
            let corrupted = left_out.partition_point(|index| *index < before);
            CorruptedPlace {
                after: (before - corrupted) as u64,
                line: Some(foreign.line),
                value: unit.to_base(foreign.value),
            }
        });
        let mut places: Vec<CorruptedPlace> = suspects.take(MOST).chain(foreign.take(MOST)).collect();
        places.sort_by_key(|place| (place.after, place.line));
        places.truncate(MOST);
        places
    }

    /// What is odd about the values: rows become lines.
    fn anomalies(
        &self,
        suspects: Vec<Suspect>,
        (repeats, stuck, blocks): (Vec<Repeat>, Option<Stuck>, Vec<UnitBlock>),
        all: &LabelledNumbers<'_>,
        cells: &LabelledNumbers<'_>,
    ) -> Vec<Anomaly> {
        let unit = self.table.columns[self.column].unit();
        let line = |row: usize| self.table.lines.line(row as u64);
        let lines = |first: usize, length: usize| {
            let line_of = |index: usize| line(cells.row(index)).unwrap_or_default();
            (line_of(first), line_of(first + length - 1))
        };
        let foreign = self.foreign().map(|foreign| Anomaly::ForeignValue {
            line: foreign.line,
            text: foreign.text.clone(),
            would_be: unit.to_base(foreign.value),
            header: foreign.header.clone(),
            header_line: foreign.header_line,
        });
        let suspect = |suspect: Suspect| {
            let code = all.code(suspect.index);
            let label = self.grouping.zip(code).and_then(|(of, code)| of.texts.get(code as usize).cloned());
            let row = all.row(suspect.index);
            Anomaly::Suspect { row, line: line(row), recorded: all.at(suspect.index), label, suspect }
        };
        let repeat = |repeat: Repeat| Anomaly::Repeat {
            first: lines(repeat.first, repeat.length),
            again: lines(repeat.again, repeat.length),
            length: repeat.length as u64,
        };
        let stuck = stuck.map(|stuck| Anomaly::Stuck {
            lines: lines(stuck.start, stuck.length),
            value: unit.to_base(stuck.value),
            length: stuck.length as u64,
        });
        let block = |block: UnitBlock| Anomaly::UnitBlock {
            lines: lines(block.range.start, block.range.len()),
            stretches: if block.count == block.range.len() {
                vec![lines(block.range.start, block.range.len())]
            } else {
                block.range.clone().step_by(block.every()).map(|index| lines(index, 1)).collect()
            },
            factor: block.factor,
            above: block.above,
            length: block.count as u64,
        };
        let repeats = repeats.into_iter().map(repeat);
        let aside = set_aside(&suspects, &self.table.columns[self.column].set_aside, |index| line(all.row(index)));
        let suspects = suspects.into_iter().map(suspect);
        foreign.chain(aside).chain(suspects).chain(repeats).chain(stuck).chain(blocks.into_iter().map(block)).collect()
    }

    /// The durations of failed rows apart from the others, and the groups of which every row failed. A benchmark that always fails
    /// keeps its numbers: they are what was to be measured.
    fn apart(&self, found: &Failures, corrupted: &[usize]) -> (Apart, Vec<String>) {
        let apart = failed::part(self.table, self.column, found, corrupted, None);
        let (Apart::Some { failed, others }, Some(grouping)) = (&apart, self.grouping) else {
            return (apart, Vec::new());
        };
        let only_failed = grouping.only_failed(failed, others);
        let named = grouping.groups.iter().zip(&only_failed).filter(|(_, only)| **only);
        let named: Vec<String> = named.map(|(group, _)| group.text.clone()).collect();
        if named.is_empty() || !self.table.labels.are_exact() {
            return (apart, named);
        }
        let spared: Vec<bool> = grouping.of_code.iter().map(|group| only_failed[*group as usize]).collect();
        (failed::part(self.table, self.column, found, corrupted, Some((&grouping.codes, &spared))), named)
    }

    fn suspects(&self, cells: &LabelledNumbers<'_>) -> Vec<Suspect> {
        let column = &self.table.columns[self.column];
        let unit = column.unit();
        let set_aside = self.set_aside(cells);
        suspects(&Case {
            measured: *cells,
            unit,
            shape: column.shape.as_ref(),
            texts: self.grouping.map_or(&[], |grouping| &grouping.texts),
            patterns: self.grouping.map_or(&NO_LABELS, |grouping| &grouping.patterns),
            dimension: unit.dimension,
            signed: is_difference(&column.name),
            limit: column.limit,
            span: self.span,
            of_requests: is_of_requests(&column.name),
            clock: self.clock,
            set_aside: &set_aside,
        })
    }

    /// Indexes of the values in lines that the configuration sets aside.
    fn set_aside(&self, cells: &LabelledNumbers<'_>) -> Vec<usize> {
        let given = &self.table.columns[self.column].set_aside;
        if given.is_empty() {
            return Vec::new();
        }
        let line = |index: usize| self.table.lines.line(cells.row(index) as u64);
        let is_given = |line: u64| given.iter().any(|(first, last)| (*first..=*last).contains(&line));
        (0..cells.len()).filter(|index| line(*index).is_some_and(is_given)).collect()
    }

    fn overall(
        &self,
        cells: &LabelledNumbers<'_>,
        samples: &CleanSamples<'_>,
        taken_out: &[f64],
        several: bool,
    ) -> Population {
        let detail = match () {
            () if !self.table.order_is_recorded => Detail::Sorted,
            () if several => Detail::Mixture,
            () => Detail::Full,
        };
        let copied = || {
            let mut all = Vec::with_capacity(samples.len());
            samples.visit(0..samples.len(), &mut |block| all.extend_from_slice(block));
            all
        };
        let grouping = self.grouping.filter(|_| several);
        if large::is_large(samples.len(), self.settings) {
            let shared = grouping.map(|grouping| {
                move |range: Range<usize>| {
                    let places = samples.place(range.start)..samples.place(range.end.saturating_sub(1)) + 1;
                    let group = |code: u32| grouping.of_code[code as usize];
                    let first = group(cells.code(places.start)?);
                    let mut same = true;
                    cells.visit_codes(places, |from, codes| {
                        let stays = |(place, code): (usize, &u32)| {
                            group(*code) == first || samples.left_out.binary_search(&place).is_ok()
                        };
                        same = same && (from..).zip(codes).all(stays);
                    });
                    same.then_some(first)
                }
            });
            let group_of = shared.as_ref().map(|of| of as &GroupOf<'_>);
            let mut population = large::population(samples, taken_out, group_of, detail, self.settings);
            population.samples = self.settings.keep_samples.then(|| RunSamples::kept(copied(), self.settings));
            return population;
        }
        let group_of: Option<Vec<u32>> = grouping.map(|grouping| {
            let mut groups = Vec::with_capacity(cells.len());
            cells.visit_codes(0..cells.len(), |first, codes| {
                let kept = |place: &usize| samples.left_out.binary_search(place).is_err();
                let of_place = |(place, code): (usize, &u32)| kept(&place).then(|| grouping.of_code[*code as usize]);
                groups.extend((first..).zip(codes).filter_map(of_place));
            });
            groups
        });
        describe(copied(), taken_out, group_of.as_deref(), detail, self.settings)
    }

    fn groups(&self, cells: &LabelledNumbers<'_>, kept: &Partition<'_>, saturated_at: Option<f64>) -> Vec<Population> {
        let Some(grouping) = self.grouping else { return Vec::new() };
        let detail = match () {
            () if kept.groups() > DETAILED_GROUPS => Detail::Brief,
            () if self.table.order_is_recorded => Detail::Full,
            () => Detail::Sorted,
        };
        kept.each(|members| {
            let mut population = match &members.samples {
                GroupSamples::Memory(values, _) => {
                    describe(values.to_vec(), &members.taken, None, detail, self.settings)
                }
                GroupSamples::Spilled(spilled) if large::is_large(spilled.len(), self.settings) => {
                    large::population(*spilled, &members.taken, None, detail, self.settings)
                }
                GroupSamples::Spilled(spilled) => {
                    let mut values = Vec::with_capacity(spilled.len());
                    spilled.visit(0..spilled.len(), &mut |block| values.extend_from_slice(block));
                    describe(values, &members.taken, None, detail, self.settings)
                }
            };
            if !self.table.order_is_recorded {
                population.forget_order();
            }
            let row_of = |index: usize| members.samples.place(index).map(|place| cells.row(place));
            population.divide(|row| members.samples.before(|place| cells.row(place) < row), &self.table.run_starts);
            if let (Some(runs), GroupSamples::Memory(values, _)) = (self.runs, &members.samples) {
                let run_of = |index: usize| row_of(index).and_then(|row| runs.code(row)).unwrap_or_default();
                population.divide_by_run(values, run_of);
            }
            if let Some(value) = saturated_at {
                population.saturate(value, |look| match &members.samples {
                    GroupSamples::Memory(values, _) => look(values),
                    GroupSamples::Spilled(spilled) => spilled.visit(0..spilled.len(), look),
                });
            }
            self.name_places(&mut population, row_of);
            population.label = Some(grouping.groups[members.group].clone());
            population
        })
    }

    /// Says where the samples that a population names stand in the file: rows become lines.
    fn name_places(&self, population: &mut Population, row_of: impl Fn(usize) -> Option<usize>) {
        let line = |row: usize| self.table.lines.line(row as u64);
        let labels = self.grouping.filter(|grouping| grouping.label_column.is_some());
        for extreme in population.outliers.iter_mut().flat_map(Outliers::named_mut) {
            let row = row_of(extreme.index as usize);
            extreme.line = row.and_then(line);
            let label = labels.zip(row).and_then(|(labels, row)| labels.texts.get(labels.codes.code(row)? as usize));
            extreme.label = label.cloned();
        }
        if let Some(shift) = population.order.as_mut().and_then(|order| order.level_shift.as_mut()) {
            shift.line = row_of(shift.index as usize).and_then(line);
        }
    }

    /// What the order of values shows. Copied blocks and stuck values make sense for measurements, not for gauges and counters
    /// that may stand still.
    fn repetitions(&self, cells: &LabelledNumbers<'_>) -> (Vec<Repeat>, Option<Stuck>, Vec<UnitBlock>) {
        /// Rows of a benchmark in which a block can be told from another benchmark.
        const ROWS_EACH: usize = 5;
        let unit = self.table.columns[self.column].unit();
        if !self.table.order_is_recorded {
            return (Vec::new(), None, Vec::new());
        }
        let set_aside = self.set_aside(cells);
        let is_aside = |index: usize| set_aside.binary_search(&index).is_ok();
        // What was varied from row to row may well make a thousand times as much of something.
        // A sweep has another setting in nearly every row.
        let is_swept = |column: usize| {
            let numbers: Vec<Option<f64>> = self.table.values(column).iter().collect();
            let changes = numbers.windows(2).filter(|pair| pair[0] != pair[1]).count();
            2 * changes >= numbers.len()
        };
        let mut settings =
            self.table.columns_as(Role::Setting).filter(|one| self.table.columns[*one].cells.is_number());
        // Benchmarks with a row or a few each have nothing in common that a unit could be told by.
        let others = self.grouping.is_some_and(|grouping| {
            self.table.labels.are_exact()
                && grouping.groups.len() > 1
                && grouping.groups.len() * ROWS_EACH > cells.len()
        });
        let varied = others
            || self.grouping.is_some_and(|grouping| grouping.by_settings)
            || cells.len() <= LONGEST_SWEEP && settings.any(is_swept);
        let mut blocks = if varied { Vec::new() } else { unit_blocks(cells, unit.dimension) };
        blocks.retain(|block| !is_aside(block.range.start) && !repetition::is_label_of_its_own(cells, block));
        // A rate grows while a run begins, and falls while it ends.
        let is_rate = matches!(unit.dimension, Dimension::Rate | Dimension::ByteRate);
        let is_nothing = |range: Range<usize>| {
            let mut nothing = true;
            cells.visit(range, |_, block| nothing &= block.iter().all(|value| *value == 0.0));
            nothing
        };
        blocks
            .retain(|block| !is_rate || !is_nothing(0..block.range.start) && !is_nothing(block.range.end..cells.len()));
        if !unit.dimension.is_time() {
            return (Vec::new(), None, blocks);
        }
        // Only equality matters, so that the recorded values will do.
        let mut copies = repeats(cells, TRIED_REPEATS);
        copies.retain(|repeat| !is_aside(repeat.again) && !is_aside(repeat.first));
        copies.retain(|repeat| repetition::are_copies(self.table, cells, repeat));
        copies.truncate(NAMED_REPEATS);
        let stuck = stuck(cells).filter(|stuck| !is_aside(stuck.start));
        let stuck = stuck.filter(|stuck| !repetition::is_explained(self.table, self.column, cells, stuck));
        (copies, stuck, blocks)
    }
}

/// What the configuration sets aside, stretch by stretch.
fn set_aside(suspects: &[Suspect], given: &[(u64, u64)], line: impl Fn(usize) -> Option<u64>) -> Vec<Anomaly> {
    let aside = suspects.iter().filter(|suspect| suspect.kind == FindingKind::SetAside);
    let lines: Vec<u64> = aside.filter_map(|suspect| line(suspect.index)).collect();
    let of = |stretch: &(u64, u64)| {
        let within: Vec<u64> = lines.iter().copied().filter(|line| (stretch.0..=stretch.1).contains(line)).collect();
        let length = within.len() as u64;
        Some(Anomaly::SetAside { lines: (*within.first()?, *within.last()?), length })
    };
    given.iter().filter_map(of).collect()
}

/// The rows that stand for a column with gaps.
pub(super) fn among(table: &Table, column: usize, leads: bool) -> Among<'_> {
    let values = table.values(column);
    match leads {
        true if rows_of_one_kind::measure_this_or_that(table, column) => Among::MeasuredOrFailed(table),
        true => Durations::of(table, column).map_or(Among::WithOrFailed(values), Among::Requests),
        false => Among::With(values),
    }
}

/// Whether the samples of different labels do not overlap and lie far apart.
fn explained_by_label(groups: &[Population]) -> bool {
    let mut ranges: Vec<(f64, f64, f64)> = groups
        .iter()
        .filter_map(|group| group.clean.as_ref())
        .filter(|summary| summary.n > 1)
        .map(|summary| (summary.median, summary.min, summary.max))
        .collect();
    let sizes: Vec<u64> = groups.iter().filter_map(|group| group.clean.as_ref()).map(|clean| clean.n).collect();
    ranges.sort_by(|a, b| a.0.total_cmp(&b.0));
    EXPLAINED_GROUPS.contains(&ranges.len())
        && separation_by_chance(&sizes) < EXPLAINED_CHANCE
        && ranges.windows(2).all(|pair| pair[0].2 < pair[1].1 && pair[1].0 >= EXPLAINED_RATIO * pair[0].0)
}

/// Probability that samples of one population, divided at random into groups of these sizes, do not overlap: the number
/// of orders of the groups over the number of ways to divide.
fn separation_by_chance(sizes: &[u64]) -> f64 {
    let ln_factorial = |n: u64| statrs::function::gamma::ln_gamma(n as f64 + 1.0);
    let total: u64 = sizes.iter().sum();
    (ln_factorial(sizes.len() as u64) + sizes.iter().map(|n| ln_factorial(*n)).sum::<f64>() - ln_factorial(total)).exp()
}
