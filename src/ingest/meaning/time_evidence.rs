//! The unit of durations that state none, from what their table says elsewhere.
//!
//! In: a table whose metrics have the units that names, cells and definitions state. Out: the same table, in which durations
//! without a unit have one where the evidence decides, with the reason. What is no evidence: how large the numbers look. Each
//! kind of evidence is a function of its own; where none speaks, the unit stays not stated.

use crate::measure::unit::{Dimension, Unit};
use crate::table::{CellType, Instants, Role, Table, UnitChoice};

use super::name;
use super::profile::counts_since_1970;
use super::vocabulary::{self, Kind};

/// The units that durations are recorded in.
pub(super) const UNITS: [Unit; 4] = [Unit::SECOND, Unit::MILLISECOND, Unit::MICROSECOND, Unit::NANOSECOND];
/// So many numbers of a column are looked at.
const LOOKED_AT: usize = 2048;
/// So large a part of the rows has to speak for a unit.
const MOST: f64 = 0.9;

/// What is done once before anything is asked.
const BUILDING: vocabulary::Words = vocabulary::Words::of(
    "save saving load loading build building index indexing train training setup init startup compile download upload import ingest",
);

/// A unit, and why.
type Evidence = Option<(Unit, String)>;

/// Gives durations without a stated unit the one that their table gives away.
pub(crate) fn decide(table: &mut Table) {
    share_among_statistics(table);
    let open = open_durations(table);
    if open.is_empty() {
        return;
    }
    let found: Vec<(usize, Evidence)> = open.iter().map(|column| (*column, of_column(table, *column))).collect();
    for (column, evidence) in &found {
        if let Some((unit, reason)) = evidence {
            table.columns[*column].unit =
                Some(UnitChoice { unit: *unit, reason: format!("no unit is stated: {reason}"), assumed: true });
        }
    }
    share(table);
}

/// Durations of single things whose unit nothing states; the length of the run lends them none and takes none.
fn open_durations(table: &Table) -> Vec<usize> {
    let open = |column: &usize| table.columns[*column].unit().dimension == Dimension::UnstatedTime;
    table.columns_as(Role::Metric).filter(open).collect()
}

fn of_column(table: &Table, column: usize) -> Evidence {
    same_elsewhere(table, column)
        .or_else(|| by_rate(table, column))
        .or_else(|| by_clock_step(table, column))
        .or_else(|| by_first_token(table, column))
        .or_else(|| in_words_of_jmeter(table, column))
        .or_else(|| one_after_another(table, column))
}

/// Durations of one row come from one clock: what is known of some holds for the others that nothing else decides. Numbers
/// whose names state their unit count as well, unless they are what was asked for.
fn share(table: &mut Table) {
    let open = open_durations(table);
    let lends = |table: &Table, column: usize| {
        let column = &table.columns[column];
        let words = name::words(&column.name);
        column.unit().dimension == Dimension::Time
            && name::read(&column.name).kind == Some(Kind::Duration)
            && vocabulary::TIME_SETTING.among(&words).is_none()
    };
    // What is built or saved is timed by another clock than what is asked.
    let is_built = |column: usize| BUILDING.among(&name::words(name::leaf(&table.columns[column].name))).is_some();
    let builders: Vec<bool> = (0..table.columns.len()).map(is_built).collect();
    for column in open {
        let own = &table.columns[column].name;
        if name::read(own).kind == Some(Kind::RunLength) || vocabulary::RUN_OR_LATENCY.has(&own.to_lowercase()) {
            continue;
        }
        if name::may_be_minutes(table.columns.iter().map(|one| one.name.as_str()), own) {
            continue;
        }
        let parent = parent(own);
        let lenders: Vec<usize> = table
            .columns_as(Role::Metric)
            .filter(|other| lends(table, *other) && parent == self::parent(&table.columns[*other].name))
            .filter(|other| builders[*other] == builders[column])
            .collect();
        let Some(first) = lenders.first().map(|lender| table.columns[*lender].unit()) else { continue };
        let agree = lenders.iter().all(|lender| table.columns[*lender].unit() == first);
        // What no word calls a duration may be another clock's, and has to be of the same size.
        let near = lenders.iter().any(|lender| {
            let ratio = typical(table, column) / typical(table, *lender);
            let called = vocabulary::DURATIONS.among(&name::words(&table.columns[*lender].name)).is_some();
            let limit = if called { 1e4 } else { 1e2 };
            (1.0 / limit..=limit).contains(&ratio)
        });
        if agree && near {
            let lender = &table.columns[lenders[0]].name;
            let reason = format!("no unit is stated: read in {} like `{lender}` beside it", first.symbol);
            table.columns[column].unit = Some(UnitChoice { unit: first, reason, assumed: true });
        }
    }
}

/// Columns that are called by nothing but a statistic are of one metric: `MIN_MS` says the unit of `PCT_50` too.
fn share_among_statistics(table: &mut Table) {
    let nameless = |table: &Table, column: usize| {
        let found = name::read(&table.columns[column].name);
        found.statistic.filter(|statistic| !statistic.is_count())?;
        let words = name::words(&found.base);
        words.iter().all(|word| Unit::parse(word).is_some()).then(|| table.columns[column].unit())
    };
    let columns: Vec<(usize, Unit)> =
        table.columns_as(Role::Metric).filter_map(|column| Some((column, nameless(table, column)?))).collect();
    let Some((lender, unit)) = columns.iter().find(|(_, unit)| unit.dimension != Dimension::Unknown).copied() else {
        return;
    };
    if columns.iter().any(|(_, other)| other.dimension != Dimension::Unknown && *other != unit) {
        return;
    }
    let polarity = table.columns[lender].polarity;
    let reason = format!("no unit is stated: read in {} like `{}`", unit.symbol, table.columns[lender].name);
    for (column, _) in columns.into_iter().filter(|(_, unit)| unit.dimension == Dimension::Unknown) {
        table.columns[column].unit = Some(UnitChoice { unit, reason: reason.clone(), assumed: true });
        table.columns[column].polarity = polarity;
    }
}

/// The object that a value stands in; a `.value` below its name is none.
fn parent(name: &str) -> &str {
    name::parent(name.strip_suffix(".value").unwrap_or(name))
}

/// The name of a value without the object that it stands in, and without a `.value` below it.
fn leaf(name: &str) -> &str {
    name::leaf(name.strip_suffix(".value").unwrap_or(name))
}

/// The numbers of some rows that have both.
fn pairs(table: &Table, one: usize, other: usize) -> Vec<(f64, f64)> {
    let (one, other) = (table.values(one), table.values(other));
    let rows = one.rows().min(other.rows());
    let step = rows.div_ceil(LOOKED_AT).max(1);
    (0..rows).step_by(step).filter_map(|row| one.number(row).zip(other.number(row))).collect()
}

/// The unit in which most of the pairs, of the duration and of what it should be in seconds, agree.
fn agreeing_unit(pairs: &[(f64, f64)], tolerance: f64) -> Option<Unit> {
    let agrees = |unit: &Unit| {
        let near = |(recorded, seconds): &&(f64, f64)| {
            let own = unit.to_base(*recorded);
            *seconds > 0.0 && (own - seconds).abs() <= tolerance * seconds
        };
        let speaking = pairs.iter().filter(|(recorded, _)| *recorded != 0.0).count();
        speaking > 0 && pairs.iter().filter(near).count() as f64 >= MOST * speaking as f64
    };
    UNITS.into_iter().find(agrees)
}

/// The same quantity stands elsewhere in the row with its unit: `latency_ms` beside `latency`, `avgLatency` in two objects.
fn same_elsewhere(table: &Table, column: usize) -> Evidence {
    /// Rounding of one of the two.
    const ROUNDED: f64 = 0.02;
    let base = |name: &str| {
        let mut words = name::words(leaf(name));
        words.retain(|word| Unit::parse(word).is_none_or(|unit| unit.dimension != Dimension::Time));
        words
    };
    let own = base(&table.columns[column].name);
    let stated = |other: &usize| {
        let candidate = &table.columns[*other];
        *other != column && candidate.unit().dimension == Dimension::Time && base(&candidate.name) == own
    };
    table.columns_as(Role::Metric).filter(stated).find_map(|other| {
        let unit = table.columns[other].unit();
        let pairs: Vec<(f64, f64)> =
            pairs(table, column, other).into_iter().map(|(own, other)| (own, unit.to_base(other))).collect();
        let found = agreeing_unit(&pairs, ROUNDED)?;
        let other = &table.columns[other].name;
        Some((found, format!("`{other}` says the same in {}, so these are {}", unit.symbol, plural(found))))
    })
}

/// Something counted, divided by the duration, is a rate that the row states too. A rate that states no time is taken by the
/// second, so that it speaks for seconds only.
fn by_rate(table: &Table, column: usize) -> Evidence {
    const TOLERANCE: f64 = 0.01;
    /// So many different rates fit by chance to no other column.
    const SPEAKING: usize = 3;
    /// Each column is compared with each pair of others. A document with more numbers than this is a tree of summaries, whose
    /// branches divide into each other by chance.
    const WIDEST: usize = 64;
    // All of them divided by their mean is nothing.
    if name::read(&table.columns[column].name).statistic.is_some() {
        return None;
    }
    let numbers: Vec<usize> =
        (0..table.columns.len()).filter(|index| table.columns[*index].cells.is_number()).collect();
    if numbers.len() > WIDEST {
        return None;
    }
    let rate_unit = |index: usize| match table.columns[index].unit() {
        unit if unit.dimension == Dimension::Rate => Some((unit, true)),
        _ => (name::read(&table.columns[index].name).kind == Some(Kind::Rate)).then_some((Unit::PER_SECOND, false)),
    };
    for (rate, (per_second, stated)) in numbers.iter().filter_map(|index| Some((*index, rate_unit(*index)?))) {
        let of_rate = pairs(table, column, rate);
        let mut different: Vec<u64> = of_rate.iter().map(|(_, rate)| rate.to_bits()).collect();
        different.sort_unstable();
        different.dedup();
        let counts = numbers.iter().copied().filter(|index| *index != column && *index != rate);
        let may_be = |count: &usize| {
            different.len() >= SPEAKING || counts_what(&table.columns[*count].name, &table.columns[rate].name)
        };
        for count in counts.filter(may_be) {
            let of_count = pairs(table, column, count);
            if of_count.len() != of_rate.len() {
                continue;
            }
            let expected: Vec<(f64, f64)> = of_count
                .iter()
                .zip(&of_rate)
                .map(|((own, count), (_, rate))| (*own, count / per_second.to_base(*rate)))
                .collect();
            if let Some(unit) = agreeing_unit(&expected, TOLERANCE).filter(|unit| stated || *unit == Unit::SECOND) {
                let (count, rate) = (&table.columns[count].name, &table.columns[rate].name);
                return Some((unit, format!("`{count}` by these {} is `{rate}`", plural(unit))));
            }
        }
    }
    None
}

/// Whether a rate may be of what a column counts: `tokens` and `tokens_per_second`, `requests` and `rps`.
pub(super) fn counts_what(count: &str, rate: &str) -> bool {
    let stem = |word: &String| word.trim_end_matches('s').to_owned();
    let (count, rate) = (name::words(count), name::words(rate));
    let requests = ["request", "req", "transaction", "sample", "count", "iteration", "operation", "op", "n"];
    let of_requests =
        rate.iter().any(|word| matches!(word.as_str(), "rps" | "qps" | "tps" | "throughput" | "rate" | "ops"));
    let counted: Vec<String> = count.iter().map(stem).filter(|word| word.len() > 1 && word != "total").collect();
    counted.iter().any(|word| rate.iter().map(stem).any(|other| other == *word))
        || of_requests && counted.iter().any(|word| requests.contains(&word.as_str()))
}

/// A clock leaves its step in the digits: differences of a clock that counts nanoseconds, in seconds, are multiples of 1e-9;
/// in milliseconds, of 1e-6; differences of seconds since 1970 are multiples of 2^-22, the distance of neighbouring doubles
/// there. Where a quarter of numbers with as many digits are hundredths and less, they are seconds as well: no clock of
/// milliseconds counts finer.
fn by_clock_step(table: &Table, column: usize) -> Evidence {
    /// Rounded numbers have fewer digits.
    const DIGITS: usize = 9;
    /// By chance so many numbers hardly lie near multiples.
    const FEWEST: usize = 5;
    /// In milliseconds these would be shorter than a tenth of a thousandth of a second, with digits below a picosecond.
    const SHORT: f64 = 0.1;
    /// The distance of neighbouring doubles around seconds since 1970.
    const EPOCH_STEP: f64 = 1.0 / 4_194_304.0;
    /// How far subtraction moves them, in steps.
    const NOISE: f64 = 0.15;
    let shape = table.columns[column].shape.as_ref()?;
    let digits = shape.usual_digits();
    if digits < DIGITS {
        return None;
    }
    let values: Vec<f64> = table.values(column).some(LOOKED_AT).into_iter().filter(|value| *value != 0.0).collect();
    let share = |step: f64, tolerance: f64| {
        let near = |value: &&f64| {
            let steps = **value / step;
            (steps - steps.round()).abs() <= tolerance
        };
        values.iter().filter(near).count() as f64 / values.len() as f64
    };
    let multiples = |step: f64, tolerance: f64| values.len() >= FEWEST && share(step, tolerance) >= MOST;
    // Multiples of a coarser step are no clock's that counts so finely.
    let exactly = |step: f64| multiples(step, NOISE) && share(10.0 * step, NOISE / 10.0) < 0.5;
    let of_epoch = |scale: f64| multiples(EPOCH_STEP * scale, 1e-3);
    let said = |unit: Unit, because: &str| Some((unit, format!("{digits} digits behind the point, {because}")));
    match () {
        // Steps times 1,000 are steps as well.
        () if of_epoch(1e3) => {
            said(Unit::MILLISECOND, "in the steps that a clock of seconds since 1970 has, times 1,000: milliseconds")
        }
        // The mean of several in milliseconds, `(end - start) / 20 * 1000`, is in such steps as well, each so many times as wide.
        () if [3.0, 5.0].into_iter().any(of_epoch) => None,
        () if of_epoch(1.0) => said(Unit::SECOND, "in the steps that a clock of seconds since 1970 has: seconds"),
        // Whole thousandths with noise behind them may be of either clock, and so may what was rounded to a few digits more.
        () if multiples(1e-3, 1e-3) || multiples(1e-5, 1e-4) => None,
        () if exactly(1e-6) => said(Unit::MILLISECOND, "in millionths: a clock of nanoseconds, in milliseconds"),
        () if exactly(1e-9) => said(Unit::SECOND, "in thousandths of millionths: a clock of nanoseconds, in seconds"),
        () if values.iter().filter(|value| **value < SHORT).count() * 4 >= values.len() => {
            said(Unit::SECOND, "of fractions, as clocks in seconds give")
        }
        () => None,
    }
}

/// What language models can do: no first token within 5 ms and none after 100 s, no token within 10 µs and none after 5 s.
fn by_first_token(table: &Table, column: usize) -> Evidence {
    let words = name::words(leaf(&table.columns[column].name));
    let has = |known: &[&str]| known.iter().any(|word| words.iter().any(|own| own == word));
    let first = has(&["ttft"]) || has(&["first"]) && has(&["token", "chunk"]);
    let each = has(&["tpot", "itl", "tbt"]) || has(&["inter", "per"]) && has(&["token"]);
    let typical = typical(table, column);
    let (seconds_below, milliseconds_above) = match (first, each) {
        (true, _) => (5.0, 100.0),
        (_, true) => (0.2, 5.0),
        _ => return None,
    };
    match typical {
        value if value <= 0.0 => None,
        value if value < seconds_below => {
            Some((Unit::SECOND, "no model gives its tokens so fast in milliseconds: seconds".to_owned()))
        }
        value if value > milliseconds_above => {
            Some((Unit::MILLISECOND, "no model gives its tokens so slowly in seconds: milliseconds".to_owned()))
        }
        _ => None,
    }
}

/// `elapsed` in whole numbers beside `label` and a `timestamp` in milliseconds since 1970 are what JMeter calls them.
fn in_words_of_jmeter(table: &Table, column: usize) -> Evidence {
    let elapsed = &table.columns[column];
    let times = table.columns_as(Role::Timestamp).next()?;
    let called = |index: usize, name: &str| table.columns[index].name.eq_ignore_ascii_case(name);
    let label = (0..table.columns.len()).any(|index| called(index, "label"));
    let counts_milliseconds = counts_since_1970(typical(table, times)) == Some("milliseconds");
    (called(column, "elapsed")
        && elapsed.cells == CellType::Integer
        && label
        && called(times, "timestamp")
        && table.columns[times].cells == CellType::Integer
        && counts_milliseconds)
        .then(|| (Unit::MILLISECOND, "`elapsed`, `label` and `timestamp` are JMeter's words: milliseconds".to_owned()))
}

/// One request after another: each begins where the one before ended, so that the steps of the clock are the durations.
fn one_after_another(table: &Table, column: usize) -> Evidence {
    const FEWEST: usize = 10;
    /// Between two requests of a loop.
    const TOLERANCE: f64 = 0.1;
    /// Clocks are written to a thousandth of a second and better.
    const CLOCK: f64 = 0.001;
    if !table.order_is_recorded {
        return None;
    }
    let times = table.columns_as(Role::Timestamp).next()?;
    let instants = seconds(table, times)?;
    let values = table.values(column);
    let rows: Vec<(f64, f64, f64)> = (0..values.rows().min(instants.len()).min(LOOKED_AT))
        .collect::<Vec<usize>>()
        .windows(2)
        .filter_map(|rows| {
            let gap = instants[rows[1]]? - instants[rows[0]]?;
            Some((gap, values.number(rows[0])?, values.number(rows[1])?))
        })
        .collect();
    if rows.len() < FEWEST {
        return None;
    }
    let fits = |unit: &&Unit, own: fn(&(f64, f64, f64)) -> f64| {
        let near = |row: &&(f64, f64, f64)| {
            let duration = unit.to_base(own(row));
            duration > 5.0 * CLOCK && (row.0 - duration).abs() <= TOLERANCE * duration + 2.0 * CLOCK
        };
        rows.iter().filter(near).count() as f64 >= MOST * rows.len() as f64
    };
    let unit = UNITS.iter().find(|unit| fits(unit, |row| row.1) || fits(unit, |row| row.2))?;
    Some((*unit, format!("the clock goes on by as much from row to row: {}", plural(*unit))))
}

/// The instants of some of the first rows, in seconds; `None` where numbers are not counted from 1970.
fn seconds(table: &Table, column: usize) -> Option<Vec<Option<f64>>> {
    let rows = usize::try_from(table.lines.rows()).ok()?.min(LOOKED_AT);
    let numbers = table.columns[column].cells != CellType::Timestamp;
    if numbers && counts_since_1970(typical(table, column)).is_none() {
        return None;
    }
    let mut instants = Vec::with_capacity(rows);
    Instants::of(table, column).visit(0..rows, |instant| instants.push(instant.map(|nanos| nanos as f64 / 1e9)));
    Some(instants)
}

/// The median of some numbers of a column, as recorded; 0 where it has none.
pub(crate) fn typical(table: &Table, column: usize) -> f64 {
    let mut numbers = table.values(column).some(1 << 16);
    let middle = numbers.len() / 2;
    if numbers.is_empty() { 0.0 } else { *numbers.select_nth_unstable_by(middle, f64::total_cmp).1 }
}

fn plural(unit: Unit) -> &'static str {
    match unit.symbol {
        "s" => "seconds",
        "ms" => "milliseconds",
        "µs" => "microseconds",
        _ => "nanoseconds",
    }
}
