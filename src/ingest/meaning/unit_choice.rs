//! The unit of each metric of a table.
//!
//! In: a table whose columns have roles, and what the user says. Out: the same table with units. Cells that carry their unit come
//! first, then what the user says, the metric's name, a column of units, and last an assumption, in which all durations of a row
//! agree.

use crate::measure::Polarity;
use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::unit::{Dimension, Unit};
use crate::table::packed::{Cells, Kind};
use crate::table::{CellType, Column, Role, Table, UnitChoice};

use crate::ingest::meaning::{given, name, scored, time_evidence, units, vocabulary};
use crate::ingest::options::SourceOptions;

/// So many numbers of a long column show what they usually are.
const MOST_LOOKED_AT: usize = 1 << 16;

/// Gives a metric its unit, its polarity and its limit.
pub(crate) fn assign_unit(
    table: &mut Table,
    index: usize,
    options: &SourceOptions,
    source: &str,
    findings: &mut Vec<Finding>,
) {
    let name = table.columns[index].name.clone();
    let given = options.column(&name);
    let counted = counted_instead(table, index);
    let said = given.and_then(|column| column.unit);
    let overruled = said.filter(|unit| is_overruled(table.columns[index].cells, *unit));
    if let Some(unit) = overruled.filter(|_| !options.roles_are_decided) {
        findings.push(is_said_by_cells(&name, unit, source));
    }
    let unit = match (said.filter(|_| overruled.is_none()), table.columns[index].cells) {
        (Some(unit), _) => Some(UnitChoice { unit, reason: "given by the user".into(), assumed: false }),
        (None, CellType::Quantity(dimension)) => Some(UnitChoice {
            unit: base_unit(dimension),
            reason: "the cells state their units".into(),
            assumed: false,
        }),
        _ => {
            let mut values = table.values(index).some(MOST_LOOKED_AT);
            if values.len() < table.values(index).count() {
                values.push(largest(table.values(index)));
            }
            let inferred = units::infer(&name, &values, table.columns[index].shape.as_ref());
            match inferred {
                _ if counted.is_some() => counted.clone().filter(|choice| choice.unit != Unit::UNKNOWN),
                Some(choice) if !choice.assumed && choice.unit.dimension != Dimension::Count => {
                    Some(by_every_row(table, index, &choice).unwrap_or(choice))
                }
                assumed => stated_by_rows(table, index, assumed, source, findings),
            }
        }
    };
    let dimension = unit.as_ref().map_or(Dimension::Unknown, |choice| choice.unit.dimension);
    // Cells in MB/s say what they are, whatever their column is called: `transfer_sec`.
    let by_cells = matches!(table.columns[index].cells, CellType::Quantity(_))
        && units::stated(&name).is_some_and(|unit| unit.dimension != dimension);
    let inferred = match &counted {
        Some(_) => Polarity::Unknown,
        None => match units::polarity(if by_cells { "" } else { &name }, dimension) {
            Polarity::Unknown if scored::are_grades(table, index) => Polarity::HigherIsBetter,
            polarity => polarity,
        },
    };
    let limit = given.and_then(|column| column.limit);
    let limit = limit.map(|limit| limit.base(unit.as_ref().map_or(Unit::UNKNOWN, |choice| choice.unit)));
    let polarity = given.and_then(|column| column.polarity).unwrap_or(inferred);
    let set_aside = given.map(|column| column.set_aside.clone()).unwrap_or_default();
    let column = &mut table.columns[index];
    column.unit = unit;
    column.polarity = polarity;
    column.limit = limit;
    column.set_aside = set_aside;
}

/// Whether cells say their unit themselves, so that another one cannot be that of their numbers: those are in base units already.
fn is_overruled(cells: CellType, said: Unit) -> bool {
    // `1.2k` is a number whose unit stands elsewhere.
    matches!(cells, CellType::Quantity(dimension) if !matches!(dimension, Dimension::Count | Dimension::Unknown)
        && (dimension != said.dimension || said.to_base(1.0) != 1.0))
}

/// That a unit was stated which the cells of a column contradict.
fn is_said_by_cells(name: &str, said: Unit, source: &str) -> Finding {
    let reason = format!("each cell of `{name}` states its unit, and {} was said of all of them", said.symbol);
    let action = "the cells decide";
    let place = Place::source(source).column(name);
    Finding::new(Severity::Note, FindingKind::Contradiction, place, reason, action).metric(name)
}

/// Whole numbers called `ops` beside a rate of them (`ops_per_sec`) or beside the length of the run say how many there were; those called
/// `wait times`, none or few in a row, how often. Where nothing tells how they count, their unit stays unknown.
fn counted_instead(table: &Table, index: usize) -> Option<UnitChoice> {
    /// Nobody measures durations that are whole numbers of at most so many, with none among them.
    const FEW_TIMES: f64 = 20.0;
    let unknown = || UnitChoice { unit: Unit::UNKNOWN, reason: String::new(), assumed: true };
    let column = &table.columns[index];
    let words = name::words(name::leaf(&column.name));
    if units::stated(&column.name).is_none() && is_sort(table, index, &words)
        || given::is_work_of_a_model(table, index, &words)
    {
        return Some(unknown());
    }
    if column.cells != CellType::Integer {
        return None;
    }
    if words.len() > 1 && words.last().is_some_and(|last| last == "times") {
        let cells = table.values(index);
        let few = cells.iter().flatten().all(|number| (0.0..=FEW_TIMES).contains(&number));
        return (few && cells.iter().flatten().any(|number| number == 0.0)).then(unknown);
    }
    // `ops`, `ops-best`: of one case and of another.
    let (first, of_case) = words.split_first()?;
    let case =
        |word: &String| matches!(word.as_str(), "best" | "average" | "avg" | "worst" | "total" | "count" | "case");
    if first != "ops" || !of_case.iter().all(case) {
        return None;
    }
    let others = || table.columns.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, other)| other);
    let is_its_rate = |other: &&Column| {
        let words = name::words(name::leaf(&other.name));
        words.len() > 1
            && words[0] == "ops"
            && name::read(&other.name).unit.is_some_and(|unit| unit.dimension == Dimension::Rate)
    };
    let is_run = |other: &Column| {
        let words = name::words(name::leaf(&other.name));
        matches!(&words[..], [first, ..] if first == "seconds" || vocabulary::RUN_OR_LATENCY.has(first))
    };
    if let Some(rate) = others().find(is_its_rate) {
        let reason = format!("whole numbers beside `{}`, which is their rate", rate.name);
        return Some(UnitChoice { unit: Unit::COUNT, reason, assumed: false });
    }
    // Beside what was tried they may be steps of an algorithm.
    let size = |other: &Column| other.role == Role::Setting && other.cells.is_number();
    others().any(|other| is_run(other) || size(other)).then(unknown)
}

/// Whether `heap` is heap sort: beside other ways to sort.
fn is_sort(table: &Table, index: usize, words: &[String]) -> bool {
    let sorts = |column: &Column| {
        let words = name::words(name::leaf(&column.name));
        words.first().is_some_and(|first| {
            matches!(
                first.as_str(),
                "quick" | "merge" | "bubble" | "insertion" | "selection" | "shell" | "radix" | "tim"
            )
        })
    };
    let others = table.columns.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, column)| column);
    words.first().is_some_and(|first| first == "heap") && others.filter(|column| sorts(column)).count() >= 2
}

/// The largest number of a column.
fn largest(cells: &Cells) -> f64 {
    let mut largest = f64::NEG_INFINITY;
    cells.visit_present(0..cells.count(), |block| {
        largest = block.iter().fold(largest, |most, number| most.max(*number));
    });
    largest
}

/// What the rows themselves say about the unit of a metric.
struct RowUnits {
    /// The column that says it.
    column: usize,
    /// The unit of each of its texts, where it is one.
    known: Vec<Option<Unit>>,
    /// Rows with a value, by text.
    values: Vec<u64>,
}

impl RowUnits {
    /// The units of the rows that have a value and a unit, each once.
    fn units(&self) -> Vec<Unit> {
        let stated = self.known.iter().zip(&self.values).filter(|(_, values)| **values > 0);
        let mut units: Vec<Unit> = Vec::new();
        for unit in stated.filter_map(|(unit, _)| *unit) {
            if !units.contains(&unit) {
                units.push(unit);
            }
        }
        units
    }

    /// Whether a row has a value and no unit.
    fn leaves_some_out(&self) -> bool {
        self.known.iter().zip(&self.values).any(|(unit, values)| unit.is_none() && *values > 0)
    }
}

/// The unit that every row states beside the name of its metric, where the name says another: `latency_ms` in seconds, as in a
/// table of samples in base units.
fn by_every_row(table: &Table, index: usize, by_name: &UnitChoice) -> Option<UnitChoice> {
    table.columns_as(Role::MetricName).next()?;
    let rows = row_units(table, index, by_name.unit.dimension == Dimension::Time)?;
    let [unit] = rows.units()[..] else { return None };
    let name = &table.columns[rows.column].name;
    let reason = format!("`{name}` says {} in every row, whatever the metric's name says", unit.symbol);
    let another = unit != by_name.unit && unit.dimension == by_name.unit.dimension && !rows.leaves_some_out();
    another.then_some(UnitChoice { unit, reason, assumed: false })
}

/// The unit that the rows state, before the one that would be assumed. Where some rows state one, the value of a row that
/// states none is no measurement in any unit: it leaves the column, with a finding.
fn stated_by_rows(
    table: &mut Table,
    index: usize,
    assumed: Option<UnitChoice>,
    source: &str,
    findings: &mut Vec<Finding>,
) -> Option<UnitChoice> {
    let is_time = assumed.as_ref().is_some_and(|choice| choice.unit.dimension.is_time());
    let Some(rows) = row_units(table, index, is_time) else { return assumed };
    let units = rows.units();
    let Some(first) = units.first().copied() else { return assumed };
    let name = table.columns[rows.column].name.clone();
    if have_nothing_in_common(&units) {
        let reason = format!("`{name}` names units of different kinds: the numbers have no common one");
        return Some(UnitChoice { unit: Unit::UNKNOWN, reason, assumed: true });
    }
    let partly = rows.leaves_some_out();
    if partly {
        report_unknown(table, index, &rows, source, findings);
    }
    if units.len() > 1 {
        let unit = base_unit(first.dimension);
        change_rows(table, index, &rows, |number, unit| unit.to_base(number));
        let reason = format!("`{name}` states the unit of each row; converted");
        return Some(UnitChoice { unit, reason, assumed: false });
    }
    if partly {
        change_rows(table, index, &rows, |number, _| number);
    }
    let every = if partly { "every row that states a unit" } else { "every row" };
    Some(UnitChoice { unit: first, reason: format!("`{name}` says {} in {every}", first.symbol), assumed: false })
}

/// The column whose texts name units of different kinds for the rows of a metric, where there is one.
pub(crate) fn units_of_several_kinds(table: &Table, index: usize) -> Option<usize> {
    let rows = row_units(table, index, false)?;
    let units = rows.units();
    have_nothing_in_common(&units).then_some(rows.column)
}

/// Whether none of several units can be converted into another: they measure different things, or things of which nothing is converted.
fn have_nothing_in_common(units: &[Unit]) -> bool {
    units.windows(2).any(|pair| {
        pair[0].dimension != pair[1].dimension || pair[0].dimension == Dimension::Unknown && pair[0] != pair[1]
    })
}

/// The unit that a text beside a value states: one of ours, or one of which nothing is converted (`W`, `joules`).
fn unit_of_text(text: &str) -> Option<Unit> {
    /// Letters that are a unit and anything else.
    const AMBIGUOUS: usize = 2;
    let text = text.trim();
    let in_words = || Unit::of_power(&text.to_lowercase()).filter(|_| text.len() > AMBIGUOUS);
    name::unit(text).map(|(unit, _)| unit).or_else(|| Unit::as_written(text)).or_else(in_words)
}

/// Looks for the column that names the unit of another one: `latency_unit` or `latency.unit` for `latency` and
/// `latency.value`; `unit` for any metric; `time_unit` for durations.
fn row_units(table: &Table, index: usize, is_time: bool) -> Option<RowUnits> {
    // Only a text names a unit; a table of thousands of numbers is not gone through for each of them.
    let texts: Vec<usize> =
        (0..table.columns.len()).filter(|other| table.columns[*other].cells == CellType::Text).collect();
    if texts.is_empty() {
        return None;
    }
    let metric = name::words(&table.columns[index].name);
    let metric = metric.strip_suffix(&["value".to_owned()]).unwrap_or(&metric);
    let is_value = |name: &str| name::words(name::leaf(name)).iter().all(|word| vocabulary::VALUE.has(word));
    let own = is_value(&table.columns[index].name);
    // A bare `unit` is that of the value that it stands beside, where one is called so: `value` and `unit` say nothing of `extra.time`.
    let parent = name::parent(&table.columns[index].name);
    let has_value = |parent: &str| {
        let is = |column: &Column| {
            column.role == Role::Metric && is_value(&column.name) && name::parent(&column.name) == parent
        };
        table.columns.iter().any(is)
    };
    let another = || !own && has_value(parent) || !parent.is_empty() && has_value("");
    // What is counted is counted in no unit, whatever stands beside it.
    let said = name::read(&table.columns[index].name);
    let counts = said.kind == Some(vocabulary::Kind::Count);
    let is_bare_statistic = said.statistic.is_some_and(|statistic| !statistic.is_count()) && said.kind.is_none();
    let rank = |column: &Column| {
        let words = name::words(&column.name);
        let (last, base) = words.split_last()?;
        match () {
            // An object of units beside one of numbers: `unit.loop_cost` for `metrics.loop_cost`.
            () if vocabulary::UNIT.has(&words[0]) && words.len() > 1 && metric.ends_with(&words[1..]) => Some(0),
            () if !vocabulary::UNIT.has(last) => None,
            () if !base.is_empty() && (base.ends_with(metric) || metric.ends_with(base)) => Some(0),
            () if base.is_empty() && !counts && !another() => Some(1),
            () if is_time && base == ["time"] => Some(2),
            // `latency-unit` beside `mean` and `q90`, which say nothing of what they are of.
            () if is_bare_statistic && base.len() == 1 && vocabulary::DURATIONS.has(&base[0]) => Some(3),
            () => None,
        }
    };
    let best = texts.into_iter().filter_map(|other| Some((rank(&table.columns[other])?, other))).min();
    let (_, column) = best?;
    let known: Vec<Option<Unit>> = table.columns[column].dictionary.iter().map(|text| unit_of_text(text)).collect();
    let mut values = vec![0; known.len()];
    let numbers = table.values(index);
    table.text_cells(column).visit_codes(0..numbers.rows(), |first, codes| {
        for (offset, code) in codes.iter().enumerate() {
            // A row without a value needs no unit.
            if numbers.is_present(first + offset)
                && let Some(values) = values.get_mut(*code as usize)
            {
                *values += 1;
            }
        }
    });
    Some(RowUnits { column, known, values })
}

/// Changes the numbers of a column, each by the unit of its row; those of rows without one become absent.
fn change_rows(table: &mut Table, index: usize, rows: &RowUnits, change: impl Fn(f64, Unit) -> f64) {
    let cells = table.values(index);
    let mut changed = cells.to_builder(Kind::Numbers);
    let mut numbers = cells.iter();
    table.text_cells(rows.column).visit_codes(0..cells.rows(), |first, codes| {
        for (offset, code) in codes.iter().enumerate() {
            let unit = rows.known.get(*code as usize).copied().flatten();
            match numbers.next().flatten().zip(unit) {
                Some((number, unit)) => changed.push_number(change(number, unit), cells.is_whole(first + offset)),
                None => changed.push_absent(),
            }
        }
    });
    drop(numbers);
    table.columns[index].data = changed.finish();
}

/// Says which values have no unit that is known, the first of each text by its line.
fn report_unknown(table: &Table, index: usize, rows: &RowUnits, source: &str, findings: &mut Vec<Finding>) {
    /// Texts that are named; the rest are counted.
    const NAMED: usize = 20;
    let (metric, stating) = (&table.columns[index], &table.columns[rows.column]);
    let unknown: Vec<usize> =
        (0..rows.known.len()).filter(|code| rows.known[*code].is_none() && rows.values[*code] > 0).collect();
    let mut first_rows: Vec<Option<usize>> = vec![None; unknown.len().min(NAMED)];
    let numbers = table.values(index);
    table.text_cells(rows.column).visit_codes(0..numbers.rows(), |first, codes| {
        for (offset, code) in codes.iter().enumerate() {
            let place = unknown.iter().take(NAMED).position(|unknown| *unknown == *code as usize);
            if let Some(place) = place
                && first_rows[place].is_none()
                && numbers.is_present(first + offset)
            {
                first_rows[place] = Some(first + offset);
            }
        }
    });
    let about = |line: Option<u64>, reason: String, count: u64| {
        let place = Place { source: source.to_owned(), line, last_line: None, column: Some(stating.name.clone()) };
        let action =
            if count == 1 { "the value is not in the statistics" } else { "the values are not in the statistics" };
        Finding::new(Severity::Corrupted, FindingKind::UnreadableField, place, reason, action)
            .metric(&metric.name)
            .count(count)
    };
    for (code, row) in unknown.iter().zip(&first_rows) {
        let (text, count) = (&stating.dictionary[*code], rows.values[*code]);
        let what = if text.trim().is_empty() {
            format!("`{}` is empty here, and other rows state a unit", stating.name)
        } else {
            format!("`{}` holds no unit that is known here, and other rows state one", stating.name)
        };
        let more = if count > 1 { format!("; the same in {count} rows with a value") } else { String::new() };
        let finding = about(row.and_then(|row| table.lines.line(row as u64)), format!("{what}{more}"), count);
        findings.push(if text.trim().is_empty() { finding } else { finding.value(text) });
    }
    if unknown.len() > NAMED {
        let count: u64 = unknown[NAMED..].iter().map(|code| rows.values[*code]).sum();
        findings.push(about(None, format!("{count} more values stand in rows without a unit that is known"), count));
    }
}

fn base_unit(dimension: Dimension) -> Unit {
    match dimension {
        Dimension::Time => Unit::SECOND,
        Dimension::Bytes => Unit::BYTE,
        Dimension::Ratio => Unit::RATIO,
        Dimension::Rate => Unit::PER_SECOND,
        Dimension::Count => Unit::COUNT,
        Dimension::ByteRate => Unit::parse("B/s").unwrap_or(Unit::UNKNOWN),
        Dimension::UnstatedTime => Unit::UNSTATED_TIME,
        Dimension::Unknown => Unit::UNKNOWN,
    }
}

/// One tool wrote all metrics of a long table, in one unit of time: where it is inferred for some, it holds for the others.
pub(crate) fn share_time_unit(parts: &mut [Table], value: usize) {
    for part in parts.iter_mut() {
        time_evidence::decide(part);
    }
    let known = |part: &Table| {
        let choice = part.columns[value].unit.as_ref();
        choice.filter(|choice| choice.assumed && choice.unit.dimension == Dimension::Time).map(|choice| choice.unit)
    };
    let Some(leader) = parts.iter().find(|part| known(part).is_some()) else { return };
    let (name, unit) = (leader.columns[value].name.clone(), leader.columns[value].unit());
    if parts.iter().filter_map(known).any(|other| other != unit) {
        return;
    }
    let open = |part: &&mut Table| part.columns[value].unit().dimension == Dimension::UnstatedTime;
    for part in parts.iter_mut().filter(open) {
        let reason = format!("no unit is stated: read like `{name}` of the same table");
        part.columns[value].unit = Some(UnitChoice { unit, reason, assumed: true });
    }
}

#[cfg(test)]
#[allow(clippy::format_push_string, reason = "texts are short here")]
mod tests {
    use super::*;
    use crate::ingest::read as ingest;
    use crate::table::source::Source;

    fn source(text: &str) -> Source {
        ingest("run.txt", text.as_bytes(), &SourceOptions::default()).unwrap()
    }

    /// The unit of a metric, and its numbers in base units.
    fn metric(source: &Source, name: &str) -> (Unit, Vec<Option<f64>>) {
        let (table, column) =
            source.tables.iter().find_map(|table| Some((table, table.position(name)?))).expect("the metric is there");
        let numbers = table.numbers(column).into_iter();
        let column = &table.columns[column];
        assert!(!column.unit.as_ref().unwrap().assumed, "{:?}", column.unit);
        (column.unit(), numbers.map(|number| number.map(|number| column.to_base(number))).collect())
    }

    fn without_unit(source: &Source) -> Vec<&Finding> {
        source.findings.iter().filter(|finding| finding.kind == FindingKind::UnreadableField).collect()
    }

    #[test]
    fn a_row_without_a_value_needs_no_unit() {
        let mut text = String::new();
        for number in 0..30 {
            let value = f64::from(number) + 20.5;
            text += &format!("{{\"latency\": {{\"value\": {value}, \"unit\": \"s\"}}, \"error\": null}}\n");
            text += "{\"failed\": {\"value\": 1, \"unit\": \"requests\"}, \"error\": \"timeout\"}\n";
        }
        let found = source(&text);
        let (unit, numbers) = metric(&found, "latency.value");
        assert_eq!(unit, Unit::SECOND);
        assert_eq!(numbers.iter().flatten().count(), 30);
        assert_eq!(numbers[0], Some(20.5));
        assert!(without_unit(&found).is_empty(), "{:?}", found.findings);
    }

    #[test]
    fn a_value_whose_row_states_no_known_unit_leaves_and_the_others_keep_theirs() {
        for (odd, written) in [("", None), ("parsecs", Some("parsecs"))] {
            let mut text = "name,elapsed,unit\n".to_owned();
            for number in 1..=20 {
                let unit = if number == 7 { odd } else { "ns" };
                text += &format!("f,{},{unit}\n", number * 1000);
            }
            let found = source(&text);
            let (unit, numbers) = metric(&found, "elapsed");
            assert_eq!(unit.symbol, "ns");
            let expected: Vec<Option<f64>> =
                (1..=20).map(|number| (number != 7).then(|| f64::from(number) / 1e6)).collect();
            assert_eq!(numbers, expected);
            let findings = without_unit(&found);
            assert_eq!(findings.len(), 1, "{:?}", found.findings);
            assert_eq!((findings[0].place.line, findings[0].count), (Some(8), 1));
            assert_eq!(findings[0].severity, Severity::Corrupted);
            assert_eq!(findings[0].value.as_deref(), written);
        }
    }

    #[test]
    fn units_may_differ_from_row_to_row_and_one_may_be_missing() {
        let text = "name,time,unit\na,1000,us\nb,2,ms\nc,3,\nd,4000000,ns\n";
        let found = source(text);
        let (_, numbers) = metric(&found, "time");
        let expected = [Some(0.001), Some(0.002), None, Some(0.004)];
        for (number, expected) in numbers.iter().zip(expected) {
            assert!(number.zip(expected).is_none_or(|(number, expected)| (number - expected).abs() < 1e-12));
            assert_eq!(number.is_some(), expected.is_some());
        }
        assert_eq!(without_unit(&found).len(), 1);
    }

    #[test]
    fn each_metric_of_a_long_table_has_the_units_of_its_own_rows() {
        let mut text = "metric,value,unit\n".to_owned();
        for number in 1..=12 {
            text += &format!("latency,{number}.5,us\nwait,{number},ms\nsize,{},bytes\n", number * 100);
        }
        let found = source(&text);
        assert_eq!(metric(&found, "latency").0.symbol, Unit::parse("us").unwrap().symbol);
        assert_eq!(metric(&found, "wait").0, Unit::MILLISECOND);
        assert_eq!(metric(&found, "size").0.dimension, Dimension::Bytes);
        assert_eq!(metric(&found, "wait").1[0], Some(0.001));
    }
}
