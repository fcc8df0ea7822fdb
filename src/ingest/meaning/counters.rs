//! The columns of a summary that count: how many were measured, how many of them succeeded and how many failed.
//!
//! In: the columns of a table of summaries and the metrics that their statistics are of. Out: what each column that counts is. A
//! count is of the object that it stands in; what failed is said by a count of its own, by the successes where all are counted, by
//! a share that leaves no doubt, or by the answers by code.

use std::collections::BTreeMap;

use crate::measure::Statistic;
use crate::table::{CellType, Column, Role, Table};

use super::error_parts::{self, FailedBy, Known};
use super::name::{self, NameMeaning};
use super::tally::{self, Counter, Tally};
use super::vocabulary;

/// What a metric is called of which the columns only name statistics.
pub(super) const NAMELESS: &str = "reported";

/// What a column of a summary holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// A statistic of the metric of that name, or how many of it were measured or failed.
    Statistic(String, Statistic),
    /// How many succeeded: with those of the column beside it that failed, how many of a metric were tried.
    Succeeded(String, usize),
    /// How many succeeded of those that the column beside it counts: the others failed.
    NotFailed(String, usize),
    /// Which share of those that the column beside it counts failed, or succeeded.
    Share(String, usize, ShareOf),
    /// How many were answered with each code, in the columns of all codes and in those of failures.
    Codes(String, Vec<usize>, Vec<usize>),
    /// How many failed, as the sum of several columns.
    FailedSum(String, Vec<usize>),
    /// A number of its own: a rate, a share.
    Value,
}

impl Part {
    /// Whether it counts what was tried, what succeeded or what failed.
    pub(super) fn counts(&self) -> bool {
        match self {
            Self::Statistic(_, statistic) => statistic.is_count(),
            Self::Value => false,
            Self::Succeeded(..) | Self::NotFailed(..) | Self::Share(..) | Self::Codes(..) | Self::FailedSum(..) => true,
        }
    }

    /// The metric that the numbers of the column count and nothing else; a share or a code says something of its own.
    pub(super) fn count_of(&self) -> Option<&str> {
        match self {
            Self::Statistic(metric, _) | Self::Succeeded(metric, _) | Self::NotFailed(metric, _) => Some(metric),
            Self::Share(..) | Self::Codes(..) | Self::FailedSum(..) | Self::Value => None,
        }
    }
}

/// How a share tells how many failed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ShareOf {
    /// What one is.
    whole: f64,
    /// Whether it is the share of those that succeeded.
    succeeded: bool,
}

impl ShareOf {
    /// How many of so many failed, by their share.
    pub(super) fn failed(self, share: f64, all: f64) -> f64 {
        let of_all = (share / self.whole * all).round();
        if self.succeeded { all - of_all } else { of_all }
    }
}

/// The columns of a summary that count.
pub(super) struct Counts {
    pub(super) parts: BTreeMap<usize, Part>,
    /// What more is known by columns that are numbers of their own.
    pub(super) more: Vec<(usize, Part)>,
    /// Whether rows count how many succeeded and how many failed, several of them each.
    pub(super) several_a_row: bool,
    /// Whether they say how many of several failed.
    pub(super) say_failures: bool,
    /// Requests, and what counts some of their failures each without saying how many failed in all.
    pub(super) singly: Option<Singly>,
}

/// Counters of failures that may overlap: each is said by itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Singly {
    /// The column of the requests.
    pub(super) measured: usize,
    /// The columns of the counters.
    pub(super) counters: Vec<usize>,
}

/// The counts of one object.
#[derive(Default)]
struct Counted {
    measured: Vec<usize>,
    succeeded: Option<usize>,
    /// The first column that counts failures.
    failed: Option<usize>,
    /// All columns that count failures or some of them.
    counters: Vec<usize>,
    total: Option<usize>,
    /// What they are called, where a name says it.
    noun: Option<&'static str>,
}

impl Counted {
    /// The column of those that were measured: one that does not contradict the others.
    fn all(&self, table: &Table) -> Option<usize> {
        let holds = |measured: &usize| {
            let parts = [self.failed, self.succeeded].into_iter().flatten();
            parts.into_iter().all(|part| is_within(table, part, *measured))
        };
        // `num_samples` beside `total_requests`: those that succeeded and failed are all of one of them.
        let made_up = self.succeeded.zip(self.failed).and_then(|(succeeded, failed)| {
            self.measured.iter().copied().find(|all| tally::are_all(table, *all, succeeded, failed))
        });
        let fits = made_up.or_else(|| self.measured.iter().copied().find(holds));
        fits.or_else(|| self.measured.first().copied())
    }
}

/// Whether no row has more in one column than in another.
fn is_within(table: &Table, part: usize, whole: usize) -> bool {
    let (part, whole) = (table.values(part), table.values(whole));
    part.iter().zip(whole.iter()).all(|(part, whole)| part.zip(whole).is_none_or(|(part, whole)| part <= whole))
}

impl Counts {
    /// In each object the first column of a kind counts; further ones are numbers of their own.
    pub(super) fn of(
        table: &Table,
        columns: &[(usize, NameMeaning)],
        bases: &BTreeMap<String, Vec<Statistic>>,
    ) -> Self {
        let mut objects: BTreeMap<String, Counted> = BTreeMap::new();
        let pairs = pairs_apart(table, columns);
        for (index, meaning) in columns {
            let column = &table.columns[*index];
            let counter = pairs.get(index).cloned().or_else(|| tally::read(&column.name, meaning));
            let Some(counter) = counter else { continue };
            // How many were asked for says nothing of how many were measured.
            if name::words(name::parent(&column.name)).last().is_some_and(|last| vocabulary::SETTINGS_OBJECT.has(last))
            {
                continue;
            }
            // Nothing is counted in fractions; and of requests that succeeded no column of text tells.
            let whole = column.cells == CellType::Integer;
            let in_whole_numbers = || column.data.iter().flatten().all(|number| number.fract() == 0.0);
            if counter.tally == Tally::Succeeded && !whole || !in_whole_numbers() {
                continue;
            }
            let object = objects.entry(counter.object).or_default();
            let is_first = match counter.tally {
                Tally::Measured => {
                    object.measured.push(*index);
                    object.measured.len() == 1
                }
                Tally::Succeeded => object.succeeded.is_none().then(|| object.succeeded = Some(*index)).is_some(),
                Tally::Failed => {
                    object.counters.push(*index);
                    object.failed.is_none().then(|| object.failed = Some(*index)).is_some()
                }
                Tally::Total => {
                    object.total = object.total.or(Some(*index));
                    false
                }
            };
            if is_first {
                object.noun = object.noun.or(counter.noun);
            }
        }
        let mut counts =
            Self { parts: BTreeMap::new(), more: Vec::new(), several_a_row: false, say_failures: false, singly: None };
        for (object, counted) in &mut objects {
            completed_of(table, counted);
            total_of(table, counted);
            counts.add(table, columns, bases, object, counted);
        }
        counts.add_codes(table, columns);
        let Self { parts, .. } = &mut counts;
        for (index, metric) in counted_behind(columns, bases) {
            let whole = table.columns[index].cells == CellType::Integer;
            if whole && !parts.contains_key(&index) && !objects_count(parts, &metric) {
                parts.insert(index, Part::Statistic(metric, Statistic::Count));
            }
        }
        // What succeeded and is in no sum is shown all the same.
        for (index, meaning) in columns {
            let counter = || tally::read(&table.columns[*index].name, meaning);
            let whole = table.columns[*index].cells == CellType::Integer;
            if whole && !parts.contains_key(index) && counter().is_some_and(|one| one.tally == Tally::Succeeded) {
                parts.insert(*index, Part::Value);
            }
        }
        counts
    }

    /// The counts of one object.
    fn add(
        &mut self,
        table: &Table,
        columns: &[(usize, NameMeaning)],
        bases: &BTreeMap<String, Vec<Statistic>>,
        object: &str,
        counted: &Counted,
    ) {
        let (measured, succeeded) = (counted.all(table), counted.succeeded);
        let known = Known {
            object,
            measured,
            succeeded,
            counters: &counted.counters,
            are_requests: counted.noun == Some("requests"),
        };
        let by = error_parts::failed_by(table, &known);
        let (failed, sum) = match &by {
            FailedBy::Counter(failed) => (Some(*failed), None),
            FailedBy::Sum(sum) => (None, Some(sum.clone())),
            FailedBy::NotSucceeded | FailedBy::Nothing | FailedBy::NotStated => (None, None),
        };
        if let Some(measured) = measured.filter(|_| known.are_requests && self.singly.is_none()) {
            self.singly = singly(table, columns, &known, measured, &by);
        }
        let parts = &mut self.parts;
        // Of requests, those that did not succeed failed.
        let is_told = sum.is_some() || failed.is_some() || by == FailedBy::NotStated;
        let not_failed = succeeded.filter(|_| measured.is_some() && !is_told && counted.noun.is_some());
        // What succeeded is a number of its own where nothing says how many failed or were measured.
        let contradictory = measured
            .zip(succeeded)
            .zip(failed)
            .filter(|((measured, succeeded), failed)| only_successes(table, *measured, *succeeded, *failed));
        let succeeded = succeeded.filter(|_| measured.is_none() && failed.is_some());
        let Some(first) = measured.or(succeeded).or(failed) else { return };
        let metric = match (counted.noun, owner(object, bases)) {
            (Some(noun), _) => within(object, noun),
            (None, Some(base)) => base,
            (None, None) if succeeded.is_some() => within(object, "attempts"),
            (None, None) => table.columns[first].name.clone(),
        };
        // A count of nothing else in the table is a number like others.
        let alone = failed.is_none() && sum.is_none() && bases.get(&metric).is_none() && counted.noun.is_none();
        if let Some(measured) = measured.filter(|_| !alone) {
            // Where the total is that of the successes, all that was tried is both together.
            let count = Part::Statistic(metric.clone(), Statistic::Count);
            let of_both = contradictory.map(|(_, failed)| Part::Succeeded(metric.clone(), failed));
            parts.insert(measured, of_both.unwrap_or(count));
            let several = table.values(measured).iter().flatten().any(|number| number > 1.0);
            let fits = |part: usize| is_within(table, part, measured);
            self.say_failures |= several && (failed.is_some_and(fits) || contradictory.is_some());
            self.say_failures |= several && not_failed.is_some_and(fits);
        }
        if let Some((succeeded, measured)) = not_failed.zip(measured) {
            parts.insert(succeeded, Part::NotFailed(metric.clone(), measured));
        }
        if let Some((succeeded, failed)) = succeeded.zip(failed) {
            parts.insert(succeeded, Part::Succeeded(metric.clone(), failed));
            self.several_a_row |= tally::several_a_row(table, succeeded, failed);
            self.say_failures |= self.several_a_row;
        }
        if let Some(failed) = failed {
            parts.insert(failed, Part::Statistic(metric.clone(), Statistic::Failures));
        }
        if let Some((sum, measured)) = sum.as_ref().zip(measured) {
            self.more.push((measured, Part::FailedSum(metric.clone(), sum.clone())));
            self.say_failures |= table.values(measured).iter().flatten().any(|number| number > 1.0);
        }
        let is_told = failed.is_some() || sum.is_some() || not_failed.is_some();
        if let Some(measured) = measured.filter(|_| !is_told && counted.noun.is_some())
            && let Some((column, share)) = share_that_tells(table, columns, object, measured)
        {
            self.more.push((column, Part::Share(metric, measured, share)));
            self.say_failures |= table.values(measured).iter().flatten().any(|number| number > 1.0);
        }
    }

    /// Objects whose keys are the codes of answers: `status_codes.200` beside `status_codes.503`.
    fn add_codes(&mut self, table: &Table, columns: &[(usize, NameMeaning)]) {
        for (object, codes) in codes(table, columns) {
            let metric = within(name::parent(&object), "requests");
            if objects_count(&self.parts, &metric) {
                continue;
            }
            let all: Vec<usize> = codes.iter().map(|(column, _)| *column).collect();
            let failed = codes.iter().filter(|(_, code)| *code >= 400).map(|(column, _)| *column).collect();
            self.say_failures |= all.iter().any(|column| table.values(*column).iter().flatten().any(|n| n > 1.0));
            self.more.push((all[0], Part::Codes(metric, all, failed)));
        }
    }
}

/// What counts failures of requests one kind at a time, where nothing says how many failed in all: none of it more than there were
/// requests. A number of timeouts is one of them.
fn singly(
    table: &Table,
    columns: &[(usize, NameMeaning)],
    known: &Known<'_>,
    measured: usize,
    by: &FailedBy,
) -> Option<Singly> {
    const TIMEOUTS: vocabulary::Words = vocabulary::Words::of("timeouts");
    const AROUND: vocabulary::Words = vocabulary::Words::of("count number num total request requests");
    let is_timeouts = |index: usize| {
        let column = &table.columns[index];
        let words = name::words(name::leaf(&column.name));
        column.cells == CellType::Integer
            && name::parent(&column.name) == known.object
            && TIMEOUTS.among(&words).is_some()
            && words.iter().all(|word| TIMEOUTS.has(word) || AROUND.has(word))
    };
    let told = match by {
        FailedBy::NotStated => true,
        FailedBy::Nothing => known.succeeded.is_none(),
        _ => false,
    };
    let timeouts = || columns.iter().map(|(index, _)| *index).filter(|index| is_timeouts(*index));
    let mut counters: Vec<usize> = known.counters.to_vec();
    if told {
        counters.extend(timeouts().filter(|index| !known.counters.contains(index)));
    }
    let fits = counters.iter().all(|counter| is_within(table, *counter, measured));
    (told && !counters.is_empty() && fits).then_some(Singly { measured, counters })
}

/// Means without another statistic, of rows each of which counts several: `avg_latency` beside `count` and `failed_count` is of all of them, and
/// no sample.
pub(super) fn lone_means(
    table: &Table,
    columns: &[(usize, NameMeaning)],
    counts: &Counts,
) -> BTreeMap<String, Vec<Statistic>> {
    let counts_several = |(index, part): (&usize, &Part)| {
        let whole = matches!(part, Part::Statistic(_, Statistic::Count) | Part::Succeeded(..));
        whole && table.values(*index).count() > 1 && table.values(*index).all(|number| number > 1.0)
    };
    // Repetitions are samples, whatever they counted.
    let repeats = |column: &Column| {
        vocabulary::REPETITION.among(&name::words(name::leaf(&column.name))).is_some() || column.role == Role::Run
    };
    if !counts.parts.iter().any(counts_several) || table.columns.iter().any(repeats) {
        return BTreeMap::new();
    }
    let mean = |(index, meaning): &(usize, NameMeaning)| {
        let is_time = table.columns[*index].unit().dimension.is_time();
        (meaning.statistic == Some(Statistic::Mean) && is_time).then(|| (base(meaning), vec![Statistic::Mean]))
    };
    columns.iter().filter_map(mean).collect()
}

/// The objects whose keys are the codes of answers, with their columns: of whole numbers under names that speak of such.
pub(super) fn codes(table: &Table, columns: &[(usize, NameMeaning)]) -> BTreeMap<String, Vec<(usize, u32)>> {
    const CODES: vocabulary::Words = vocabulary::Words::of("status statuses code codes responses http");
    let mut objects: BTreeMap<String, Vec<(usize, u32)>> = BTreeMap::new();
    for (index, _) in columns {
        let column = &table.columns[*index];
        let object = name::parent(&column.name);
        let code = name::leaf(&column.name).parse().ok().filter(|code| (100..600).contains(code));
        if CODES.among(&name::words(name::leaf(object))).is_some()
            && let Some(code) = code.filter(|_| column.cells == CellType::Integer)
        {
            objects.entry(object.to_owned()).or_default().push((*index, code));
        }
    }
    objects
}

/// `total` beside `passed` and `failed`, never less than both: some were skipped, or ended otherwise.
fn total_of(table: &Table, counted: &mut Counted) {
    let Counted { succeeded: Some(ok), failed: Some(failed), total: Some(total), .. } = *counted else { return };
    let rows = table.values(total).rows();
    let number = |column: usize, row: usize| table.values(column).number(row).unwrap_or_default();
    // What is far more than both is the total of something else.
    let fits = |row: usize| {
        let both = number(ok, row) + number(failed, row);
        (both..=2.0 * both).contains(&number(total, row))
    };
    if counted.measured.is_empty() && (0..rows).all(fits) {
        counted.measured.push(total);
    }
}

/// `completed` beside `num_prompts`: of those that were sent, so many came back.
fn completed_of(table: &Table, counted: &mut Counted) {
    let is_called = |column: usize, known: &str| {
        name::words(name::leaf(&table.columns[column].name)).iter().any(|word| word == known)
    };
    let completed = counted.measured.iter().copied().find(|column| is_called(*column, "completed"));
    let Some(completed) = completed.filter(|_| counted.succeeded.is_none()) else { return };
    let sent = |column: &usize| {
        !is_called(*column, "completed")
            && vocabulary::REQUESTS.among(&name::words(name::leaf(&table.columns[*column].name))).is_some()
            && is_within(table, completed, *column)
    };
    if counted.measured.iter().any(sent) {
        counted.measured.retain(|column| *column != completed);
        counted.succeeded = Some(completed);
        counted.noun = counted.noun.or(Some("requests"));
    }
}

/// The share of an object that says how many of those measured failed: `error_rate`, `success_rate`. Whether it is in percent has to
/// show: numbers above 1 are, of successes none are below a percent, and what is counted is whole.
fn share_that_tells(
    table: &Table,
    columns: &[(usize, NameMeaning)],
    object: &str,
    measured: usize,
) -> Option<(usize, ShareOf)> {
    const OF_FAILURE: vocabulary::Words = vocabulary::Words::of("error errors failure failures fail failed");
    const OF_SUCCESS: vocabulary::Words = vocabulary::Words::of("success pass passed");
    const SHARE: vocabulary::Words = vocabulary::Words::of("rate ratio share percent pct percentage");
    columns.iter().find_map(|(index, _)| {
        let column = &table.columns[*index];
        let words = name::words(name::without_brackets(name::leaf(&column.name)));
        let [what, share] = &words[..] else { return None };
        let succeeded = OF_SUCCESS.has(what);
        let called = (succeeded || OF_FAILURE.has(what)) && SHARE.has(share);
        if !called || name::parent(&column.name) != object {
            return None;
        }
        let (shares, all) = (table.values(*index), table.values(measured));
        let rows = || shares.iter().zip(all.iter()).filter_map(|(share, all)| share.zip(all));
        let digits = column.shape.as_ref().map_or(0, |shape| u8::try_from(shape.usual_digits()).unwrap_or(u8::MAX));
        // What is counted is whole; where rounding of the share leaves a doubt about the number, it is not told.
        let tells = |whole: f64| {
            rows().all(|(share, all)| {
                let number = share / whole * all;
                let (off, rounding) =
                    ((number - number.round()).abs(), 0.5 * 10_f64.powi(-i32::from(digits)) / whole * all);
                (0.0..=whole).contains(&share) && (off <= 1e-6 || rounding < 0.5 && off <= rounding)
            })
        };
        let called_percent = share.starts_with('p');
        let above_one = rows().any(|(share, _)| share > 1.0);
        let whole = match () {
            () if rows().next().is_none() => return None,
            () if above_one || called_percent => 100.0,
            () if succeeded => 1.0,
            () if rows().all(|(share, _)| share == 0.0) || tells(1.0) && !tells(100.0) => 1.0,
            () => return None,
        };
        tells(whole).then_some((*index, ShareOf { whole, succeeded }))
    })
}

/// The name of something in an object.
fn within(object: &str, leaf: &str) -> String {
    if object.is_empty() { leaf.to_owned() } else { format!("{object}.{leaf}") }
}

/// Whether in every row what is called the total is the number of those that succeeded, although others failed.
fn only_successes(table: &Table, measured: usize, succeeded: usize, failed: usize) -> bool {
    let (all, ok, not) = (table.values(measured), table.values(succeeded), table.values(failed));
    all.iter().zip(ok.iter()).all(|(all, ok)| all == ok) && not.iter().flatten().any(|not| not > 0.0)
}

/// Whether some part counts a metric.
fn objects_count(parts: &BTreeMap<usize, Part>, metric: &str) -> bool {
    parts.values().any(|part| match part {
        Part::Statistic(of, Statistic::Count) | Part::Succeeded(of, _) => of == metric,
        _ => false,
    })
}

/// Counts of successes and failures that are called alike but for that word (`client_success`, `client_failed`): of all that the object
/// around counts, where they are the only ones in it, and otherwise of what stands before.
fn pairs_apart(table: &Table, columns: &[(usize, NameMeaning)]) -> BTreeMap<usize, Counter> {
    let pairs = tally::pairs(table);
    let mut apart = BTreeMap::new();
    for pair in &pairs {
        let counts_all = |(index, meaning): &(usize, NameMeaning)| {
            let read = || tally::read(&table.columns[*index].name, meaning);
            name::parent(&table.columns[*index].name) == pair.object
                && read().is_some_and(|counter| counter.tally == Tally::Measured)
        };
        let only = pairs.iter().filter(|other| other.object == pair.object).count() == 1;
        // Of all that is counted only where both together are all of it.
        let are_all = |(index, _): &(usize, NameMeaning)| {
            let number = |column: usize, row: usize| table.values(column).number(row).unwrap_or_default();
            let rows = table.values(*index).rows();
            (0..rows).all(|row| number(pair.succeeded, row) + number(pair.failed, row) == number(*index, row))
        };
        let of_all = only && columns.iter().any(|column| counts_all(column) && are_all(column));
        let object = if of_all { pair.object.clone() } else { within(&pair.object, &pair.of) };
        for (index, tally) in [(pair.succeeded, Tally::Succeeded), (pair.failed, Tally::Failed)] {
            apart.insert(index, Counter { tally, object: object.clone(), noun: None });
        }
    }
    apart
}

/// Columns called like a metric with a word for a number behind it (`latency_n` beside `latency_p50_s`), and that metric.
fn counted_behind(columns: &[(usize, NameMeaning)], bases: &BTreeMap<String, Vec<Statistic>>) -> Vec<(usize, String)> {
    let of = |(index, meaning): &(usize, NameMeaning)| {
        let words = name::words(&meaning.base);
        let (last, before) = words.split_last().filter(|(_, before)| !before.is_empty())?;
        let counts = matches!(last.as_str(), "n" | "count" | "num") && meaning.statistic.is_none();
        // A unit may stand behind the name of the metric.
        let called = |base: &&String| {
            let words = name::words(base);
            words.starts_with(before) && words.len() <= before.len() + 1
        };
        bases.keys().find(called).filter(|_| counts).map(|base| (*index, base.clone()))
    };
    columns.iter().filter_map(of).collect()
}

/// The metric whose count stands in an object: the one that the object is, or the only one in it.
fn owner(object: &str, bases: &BTreeMap<String, Vec<Statistic>>) -> Option<String> {
    if bases.contains_key(object) {
        return Some(object.to_owned());
    }
    let mut inside = bases.keys().filter(|base| name::parent(base) == object);
    inside.next().filter(|_| inside.next().is_none()).cloned()
}

pub(super) fn base(meaning: &NameMeaning) -> String {
    if meaning.base.is_empty() { NAMELESS.to_owned() } else { meaning.base.clone() }
}
