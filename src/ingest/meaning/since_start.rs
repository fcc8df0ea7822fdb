//! Columns that count on from row to row: seconds since a beginning, numbers of frames, counters of a machine since it was started.
//!
//! In: a column of numbers among the others of its table. Out: that it is a clock or a counter, and how one sees it. What a sweep took rises as
//! well: where another column goes on with it, nothing is decided here.

use crate::table::packed::Cells;
use crate::table::{CellType, Column, Role, Table};

use super::name;
use super::profile::{Profile, even_steps};
use super::vocabulary::{self, Kind, Words};

/// Called so and nothing else, numbers in even steps are of a clock.
const SECONDS: Words = Words::of("seconds second sec secs elapsed");
/// What a machine counts from its start on.
const COUNTED: Words = Words::of("traffic sent received recv rx tx packets pkts interrupts ctxt jiffies ticks");
/// Ticks of the processor since it was started.
const TICKS: Words = Words::of("rdtsc tsc");
/// States of a processor, of each of which a machine counts the seconds since its start, and what else their names hold.
const STATES: Words = Words::of("user system sys kernel idle nice iowait irq softirq steal guest interrupt dpc");
const OF_STATES: Words = Words::of("cpu time times seconds secs sec s total cpus");
/// So many rows of a clock.
const FEWEST: usize = 5;

/// What numbers are that count on from row to row; `None` where one does not see it.
pub(super) fn infer(table: &Table, index: usize, profile: &Profile, words: &[String]) -> Option<(Role, String)> {
    let rises_always = profile.count >= FEWEST && profile.rises + 1 == profile.count;
    let alone = |known: Words| matches!(words, [only] if known.has(only));
    // `Elapsed Time (sec)`, `seconds_since_start`.
    let of_seconds = SECONDS.among(words).is_some()
        && words.iter().all(|word| SECONDS.has(word) || matches!(word.as_str(), "time" | "since" | "start" | "s"));
    if of_seconds && profile.falls == 0 && is_beside_ticks(table) {
        return Some((Role::Timestamp, "seconds since the log began, beside ticks of the processor: a clock".into()));
    }
    if of_seconds && index == 0 && rises_always && even_steps(table.values(index)) && has_other_that_falls(table, index)
    {
        return Some((
            Role::Timestamp,
            "seconds that go on in even steps in front of what was measured: a clock".into(),
        ));
    }
    if rises_always && is_of_episodes(table, index) {
        return Some((
            Role::Timestamp,
            "called `t` beside the reward `r` and the length `l` of each episode: a clock".into(),
        ));
    }
    let whole = table.columns[index].cells == CellType::Integer;
    if whole && alone(TICKS) {
        return Some((Role::Unused, "ticks of the processor since it was started: a clock".into()));
    }
    let stays_or_counts = profile.falls == 0 && profile.rises >= 2 && profile.rises == profile.by_ones;
    if whole && alone(vocabulary::COUNTER) && stays_or_counts && table.columns.len() > 1 {
        let reason =
            format!("called `{}`, the same or one more from row to row: it counts them", table.columns[index].name);
        return Some((Role::Identifier, reason));
    }
    None
}

/// Whether a log counts the ticks of the processor.
pub(super) fn is_beside_ticks(table: &Table) -> bool {
    let ticks = |column: &Column| {
        column.cells == CellType::Integer && matches!(&name::words(&column.name)[..], [only] if TICKS.has(only))
    };
    table.columns.iter().any(ticks)
}

/// Whether another column of numbers falls somewhere, as the results of a sweep in the order of its sizes do not.
fn has_other_that_falls(table: &Table, index: usize) -> bool {
    let falls = |(other, column): (usize, &Column)| {
        other != index && column.cells.is_number() && Profile::of(table.values(other)).falls > 0
    };
    table.columns.iter().enumerate().any(falls)
}

/// Whether a table has the columns that gym's monitor writes, and this is its clock.
fn is_of_episodes(table: &Table, index: usize) -> bool {
    let has = |name: &str| table.columns.iter().any(|column| column.name == name && column.cells.is_number());
    table.columns[index].name == "t" && has("r") && has("l") && has_other_that_falls(table, index)
}

/// The rows at which a first column without a name begins anew that goes on in even steps; `None` where it is no clock. Without a second
/// beginning it may be anything that was sorted.
pub(super) fn begins_anew(cells: &Cells) -> Option<Vec<usize>> {
    /// Of the usual step.
    const EVEN: f64 = 0.1;
    const MOST_RUNS: usize = 100;
    /// Steps of which the middle one is the usual one.
    const LOOKED_AT: usize = 1000;
    let present = || cells.iter().enumerate().filter_map(|(row, number)| Some((row, number?)));
    let steps = || present().zip(present().skip(1)).map(|((_, before), (row, next))| (row, next, next - before));
    let (_, first) = present().next()?;
    let mut some: Vec<f64> = steps().map(|(.., step)| step).filter(|step| *step > 0.0).take(LOOKED_AT).collect();
    if some.len() < FEWEST {
        return None;
    }
    let middle = some.len() / 2;
    let usual = *some.select_nth_unstable_by(middle, f64::total_cmp).1;
    let mut starts = Vec::new();
    let mut forward = 0_usize;
    for (row, number, step) in steps() {
        match () {
            () if step > 0.0 && (step - usual).abs() <= EVEN * usual => forward += 1,
            // As near its beginning as the first run was.
            () if step < 0.0 && (number - first).abs() <= usual && starts.len() < MOST_RUNS => starts.push(row),
            () => return None,
        }
    }
    ((1..MOST_RUNS).contains(&starts.len()) && 4 * starts.len() <= forward).then_some(starts)
}

/// How numbers that never fall grow, between the rows at which they begin anew. Nothing is kept of each of them: a recording may be long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Growth {
    /// The first number.
    pub(super) first: f64,
    /// How many numbers there are.
    pub(super) count: usize,
    /// How many of them stand behind another one.
    pub(super) steps: usize,
    /// How many are above the one before.
    pub(super) rises: usize,
    /// The largest step.
    pub(super) largest: f64,
    /// By how much they grew in the first half of the rows, and in the other.
    pub(super) halves: [f64; 2],
}

/// Numbers taken one after the other, as long as none falls.
struct Growing {
    growth: Option<Growth>,
    before: Option<f64>,
    /// From this number on it is the second half.
    middle: usize,
}

impl Growing {
    fn new(count: usize) -> Self {
        Self { growth: None, before: None, middle: count / 2 }
    }

    /// Takes the next number; says whether it did not fall.
    fn take(&mut self, number: f64) -> bool {
        let growth = self.growth.get_or_insert(Growth {
            first: number,
            count: 0,
            steps: 0,
            rises: 0,
            largest: 0.0,
            halves: [0.0; 2],
        });
        growth.count += 1;
        let Some(before) = self.before.replace(number) else { return true };
        let step = number - before;
        growth.steps += 1;
        growth.rises += usize::from(step > 0.0);
        growth.largest = growth.largest.max(step);
        growth.halves[usize::from(growth.count > self.middle)] += step;
        step >= 0.0
    }
}

/// How a column grows in stretches that begin at these rows; `None` where it falls within one, and where there is no stretch or number.
pub(super) fn growth(cells: &Cells, starts: &[usize]) -> Option<Growth> {
    if starts.is_empty() {
        return None;
    }
    let mut starts = starts.iter().copied().peekable();
    let mut growing = Growing::new(cells.count());
    for (row, number) in cells.iter().enumerate() {
        while starts.next_if(|start| *start <= row).is_some() {
            growing.before = None;
        }
        if number.is_some_and(|number| !growing.take(number)) {
            return None;
        }
    }
    growing.growth
}

/// How numbers grow in the order given; `None` where they fall, and of none.
pub(super) fn growth_of(numbers: impl Iterator<Item = f64>) -> Option<Growth> {
    let mut growing = Growing::new(0);
    let mut numbers = numbers;
    numbers.all(|number| growing.take(number)).then_some(growing.growth).flatten()
}

/// Whether a column is called like what a machine counts from its start on.
pub(super) fn may_count(column: &str) -> bool {
    let words = name::words(column);
    let said = name::read(column);
    COUNTED.among(&words).is_some()
        && !matches!(said.kind, Some(Kind::Rate | Kind::Share | Kind::Duration | Kind::RunLength))
        && said.statistic.is_none()
        && vocabulary::MEMORY.among(&words).is_none()
        && !words.iter().any(|word| matches!(word.as_str(), "per" | "usage" | "used" | "free"))
}

/// How sure the numbers of a column are of a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    /// They fall, or are few, or hardly rise.
    No,
    /// They never fall, in many rows.
    Grows,
    /// They never fall, and are so large already that they grew for long before.
    BeganBefore,
}

impl Growth {
    /// How sure they are of a counter.
    pub(super) fn counts(&self) -> Counts {
        /// In so many rows traffic never rises throughout by chance.
        const MANY: usize = 20;
        /// And in so many hardly; what five days brought may have grown.
        const SOME: usize = 8;
        const FEWEST_RISES: usize = 3;
        /// So many times the largest step.
        const LONG_BEFORE: f64 = 10.0;
        match () {
            () if self.rises < FEWEST_RISES => Counts::No,
            () if self.first >= LONG_BEFORE * self.largest && self.count >= SOME => Counts::BeganBefore,
            () if self.count >= MANY && 4 * self.rises >= self.count => Counts::Grows,
            () => Counts::No,
        }
    }
}

/// How sure the numbers of a column are of a counter, between the rows at which it begins anew.
fn counts(table: &Table, column: usize, starts: &[usize]) -> Counts {
    growth(table.values(column), starts).map_or(Counts::No, |growth| growth.counts())
}

/// Whether a column is a counter of a machine that began before the first row: beside a clock, called like what it counts, never falling
/// between the starts, and so large already that it grew for long before, or in many rows.
pub(super) fn is_counter(table: &Table, column: usize, starts: &[usize]) -> bool {
    may_count(&table.columns[column].name)
        && table.columns_as(Role::Timestamp).next().is_some()
        && counts(table, column, starts) != Counts::No
}

/// The columns of a table that a machine counts together: at least two states of a processor, or two of its traffic, which never fall and
/// began long before, in the order in which they were recorded. Beside a clock states of a processor may have begun with the rows.
pub(super) fn counted_together(table: &Table, metrics: &[usize], starts: &[usize]) -> Vec<usize> {
    let beside_clock = table.columns_as(Role::Timestamp).next().is_some();
    if !beside_clock && !table.order_is_recorded {
        return Vec::new();
    }
    let starts = if starts.is_empty() { &[0][..] } else { starts };
    let is_state = |column: &usize| {
        let words = name::words(name::without_brackets(name::leaf(&table.columns[*column].name)));
        let said = name::read(&table.columns[*column].name);
        STATES.among(&words).is_some()
            && words.iter().all(|word| STATES.has(word) || OF_STATES.has(word))
            && !matches!(said.kind, Some(Kind::Rate | Kind::Share))
    };
    let of_traffic = |column: &usize| !beside_clock && may_count(&table.columns[*column].name);
    let mut found = Vec::new();
    for called in [&is_state as &dyn Fn(&usize) -> bool, &of_traffic] {
        let candidates: Vec<usize> = metrics.iter().copied().filter(called).collect();
        if candidates.len() < 2 {
            continue;
        }
        let sure = |column: &usize| match counts(table, *column, starts) {
            Counts::BeganBefore => true,
            Counts::Grows => beside_clock,
            Counts::No => false,
        };
        let counted: Vec<usize> = candidates.into_iter().filter(sure).collect();
        if counted.len() >= 2 {
            found.extend(counted);
        }
    }
    found
}

/// The columns without a name that a machine counts: several of many rows beside a clock, all of which never fall but where all of them begin
/// anew; with the rows where they do.
pub(super) fn unnamed_counters(table: &Table) -> Option<(Vec<usize>, Vec<usize>)> {
    const MANY: usize = 40;
    const FEWEST_COLUMNS: usize = 3;
    const MOST_STARTS: usize = 20;
    table.columns_as(Role::Timestamp).next()?;
    let unnamed = table.columns_as(Role::Metric).filter(|column| table.columns[*column].name.starts_with("column_"));
    let mut found: Vec<(usize, Vec<usize>)> = Vec::new();
    for column in unnamed {
        // Sizes that were tried one after the other begin with as much as they grow by.
        let first = table.values(column).iter().flatten().next().unwrap_or_default();
        let (mut before, mut starts, mut rises, mut largest) = (f64::NAN, vec![0], 0_usize, 0.0_f64);
        for (row, number) in table.values(column).iter().enumerate() {
            let Some(number) = number else { continue };
            if number < before {
                starts.push(row);
            }
            rises += usize::from(number > before);
            largest = largest.max(number - before);
            before = number;
            if starts.len() > MOST_STARTS {
                break;
            }
        }
        if starts.len() <= MOST_STARTS && 10 * rises >= table.values(column).count() && first >= 2.0 * largest {
            found.push((column, starts));
        }
    }
    let rows = usize::try_from(table.lines.rows()).ok()?;
    let (_, starts) = found.iter().max_by_key(|(_, starts)| starts.len())?.clone();
    let together = found.iter().all(|(_, own)| own.iter().all(|start| starts.contains(start)));
    (rows >= MANY && found.len() >= FEWEST_COLUMNS && together)
        .then(|| (found.into_iter().map(|(column, _)| column).collect(), starts))
}
