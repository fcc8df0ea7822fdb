//! What each column is: label, metric, timestamp, status, identifier; and the unit of each metric.
//!
//! In: tables as they were built, and what the user says about them. Out: a [`Source`] with tables of the model. Every
//! role has a reason that the report shows; nothing here decides silently.

use rayon::prelude::*;

use crate::measure::Statistic;
use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::unit::{Dimension, Unit};
use crate::table::source::Source;
use crate::table::{CellType, Column, LabelIdentity, Role, Table, UnitChoice};

use crate::ingest::builder::{InvalidCells, TableBuilder};
use crate::ingest::meaning::declared::Declared;
use crate::ingest::meaning::summary_table::Summarised;
use crate::ingest::meaning::unit_choice::{assign_unit, share_time_unit, units_of_several_kinds};
use crate::ingest::meaning::vocabulary;
use crate::ingest::meaning::{
    attempts, began_ended, between_clocks, bits_or_bytes, block_lines, calendar, changed_places, closing_rows,
    contradicted_sibling, contradicted_unit, counted_failures, counted_phase, counted_rows, flag_of_absence, given,
    impossible, in_turn, instants, interval, interval_bounds, label_design, limits, merged_cells, metric_names,
    minus_one, name, no_answer, no_clock, no_result, not_run, only_outcomes, only_successes, part_outcome,
    percentile_rows, process_start, processes, role, running, said_in_label, same_size, siblings, so_far,
    spread_beside, summary_table, time_evidence, titles, tried, units, unnamed_matrix, which, words_among_codes,
};
use crate::ingest::options::SourceOptions;
use crate::ingest::settle;
use crate::ingest::sink::Sink;
use crate::ingest::text::duration_texts;

/// Finishes the tables of a source.
pub(crate) fn assign(sink: Sink, options: &SourceOptions) -> Source {
    let mut source = Source {
        provenance: sink.provenance,
        tables: Vec::new(),
        swarm: sink.swarm,
        reported: sink.reported,
        reported_caveats: sink.reported_caveats,
        causes: sink.causes,
        histograms: sink.histograms,
        findings: sink.findings,
    };
    for histogram in &mut source.histograms {
        let given = options.column(&histogram.metric);
        if let Some(unit) = given.and_then(|given| given.unit) {
            (histogram.unit, histogram.unit_assumed) = (unit, false);
        }
        if let Some(polarity) = given.and_then(|given| given.polarity) {
            histogram.polarity = polarity;
        }
    }
    let definitions = Definitions {
        options,
        declared: &sink.declared,
        by_file: &sink.declared_by_file,
        above: &sink.above,
        rows_sorted: sink.rows_sorted,
    };
    // Rows that stand in a table of each competitor.
    let mut repeated = 0;
    for builder in sink.tables {
        let (beside_samples, has_axis) = (builder.beside_samples, !builder.axes.is_empty());
        let absence_is_told = beside_samples || builder.absence_is_told;
        let mut found = Vec::new();
        let mut table = assign_table(builder, &definitions, &source.provenance.name, &mut found);
        // What only some of the objects hold is missing in none.
        found.retain(|finding| !(absence_is_told && finding.kind == FindingKind::EmptyCell));
        source.findings.append(&mut found);
        // Curves of 10 and of 20 seconds are two, however many there are.
        table.labels = if has_axis && !sink.labels.are_exact() { LabelIdentity::Exact } else { sink.labels };
        table.defined_by_tool = definitions.are_of_format();
        if beside_samples {
            source.provenance.environment.extend(given::facts(&table));
            let place = summary_table::Place::BesideSamples;
            take_summary(&mut source, &mut table, options, place);
            continue;
        }
        if !definitions.are_of_format() {
            table = closing_rows::set_aside(table, &mut source.provenance, &mut source.findings);
        }
        let parts = split_by_metric(table, &definitions, &source.provenance.name, &mut source.findings);
        let apart = |part| split_by_unit(part, options, &source.provenance.name, &mut source.findings);
        let mut parts: Vec<Table> = parts.into_iter().flat_map(apart).collect();
        // Formats that declare what their columns are have said what is a summary; so has who calls a column a metric.
        if definitions.leaves_roles_open() {
            if !parts.iter().any(|part| definitions.names_a_metric_of(part)) {
                let of_each = |part| attempts::apart(part, &source.provenance.name, &mut source.findings);
                let rows = |parts: &[Table]| parts.iter().map(|part| part.lines.rows()).sum::<u64>();
                let before = rows(&parts);
                parts = parts.into_iter().flat_map(of_each).collect();
                repeated += rows(&parts) - before;
            }
            for part in parts.iter_mut().filter(|part| !definitions.names_a_metric_of(part)) {
                source.reported.extend(percentile_rows::take(part));
                source.reported.extend(running::take(part));
                source.reported.extend(counted_rows::so_far(part));
                let mut totals = so_far::take(part);
                counted_failures::join(part, &mut totals);
                source.reported.extend(totals);
                source.reported.extend(in_turn::take(part));
                if !take_summary(&mut source, part, options, summary_table::Place::Rows) {
                    source.reported.extend(counted_rows::summed(part));
                }
                interval_bounds::settle(part);
            }
            parts.iter_mut().for_each(settle::lead_with_the_answer);
        }
        source.tables.extend(parts);
    }
    if definitions.leaves_roles_open() {
        tried::set_lists_aside(&mut source.tables);
    }
    let aside: u64 = source.provenance.set_aside.iter().map(|entry| entry.rows).sum();
    source.tables.shrink_to_fit();
    source.provenance.rows_read = source.tables.iter().map(|table| table.lines.rows()).sum::<u64>() + aside - repeated;
    source.provenance.rows_read += source.swarm.len() as u64;
    let other_numbers = !source.reported.is_empty() || !source.histograms.is_empty() || !source.swarm.is_empty();
    if sink.no_tables || other_numbers {
        return source;
    }
    if source.tables.iter().all(|table| table.columns_as(Role::Metric).next().is_none()) {
        source.findings.push(Finding::new(
            Severity::Suspicious,
            FindingKind::NoMetric,
            Place::source(&source.provenance.name),
            no_metric(&source),
            "the file adds nothing to the report",
        ));
    }
    source
}

/// Takes what a table reports, where it is a summary. Says whether it is one.
fn take_summary(source: &mut Source, table: &mut Table, options: &SourceOptions, place: summary_table::Place) -> bool {
    let Some(Summarised { reported, causes }) = summary_table::take(table, options, place) else { return false };
    source.reported.extend(reported);
    if !causes.is_empty() {
        let kinds = causes.iter().map(|one| one.cause.as_str()).collect::<Vec<_>>().join(", ");
        source
            .reported_caveats
            .push(format!("what failed is counted by kind ({kinds}), which may overlap: no sum is made"));
        source.causes.extend(causes);
    }
    true
}

/// Why a source has no metric.
fn no_metric(source: &Source) -> String {
    let aside: Vec<String> =
        source.provenance.set_aside.iter().map(|entry| format!("{} {}", entry.rows, entry.reason)).collect();
    if source.provenance.rows_read == 0 && source.tables.iter().any(|table| table.header_line.is_some()) {
        "there is a header and nothing below it: nothing was measured, or the run was interrupted".to_owned()
    } else if source.tables.is_empty() && !aside.is_empty() {
        format!("it is a file of {} without measured values: {}", source.provenance.format, aside.join("; "))
    } else if source.provenance.rows_read == 0 {
        format!(
            "it was recognised as {}, and nothing in it was found that this format's files measure",
            source.provenance.format
        )
    } else {
        "no column holds measured values; --role COLUMN=metric names one".to_owned()
    }
}

/// What is known about columns before their cells are looked at.
struct Definitions<'a> {
    options: &'a SourceOptions,
    declared: &'a [Declared],
    by_file: &'a [(String, Declared)],
    /// Lines above the first table.
    above: &'a [String],
    rows_sorted: bool,
}

impl Definitions<'_> {
    /// Whether the format defines what its columns are.
    fn are_of_format(&self) -> bool {
        !self.declared.is_empty() || !self.by_file.is_empty()
    }

    /// Whether cells and names say what columns are, but for those of which the user does.
    fn leaves_roles_open(&self) -> bool {
        !self.are_of_format() && !self.options.roles_are_decided
    }

    /// The role that the user gives a column.
    fn given(&self, column: &Column) -> Option<Role> {
        self.options.column(&column.name).and_then(|column| column.role)
    }

    /// Whether the user says of a column of this table that it holds measured values.
    fn names_a_metric_of(&self, table: &Table) -> bool {
        table.columns.iter().any(|column| self.given(column) == Some(Role::Metric))
    }

    /// Gives columns the roles that the user said, whatever else speaks for another.
    fn keep_given(&self, table: &mut Table) {
        for column in &mut table.columns {
            if let Some(role) = self.given(column) {
                column.role = role;
                "given by the user".clone_into(&mut column.role_reason);
            }
        }
    }

    /// What the format's definition says of a column.
    fn declared(&self, column: &str) -> Option<&Declared> {
        let by_file = self.by_file.iter().filter(|(name, _)| name == column).map(|(_, declared)| declared);
        self.declared.iter().filter(|declared| declared.column == column).chain(by_file).next()
    }
}

fn assign_table(
    builder: TableBuilder,
    definitions: &Definitions<'_>,
    source: &str,
    findings: &mut Vec<Finding>,
) -> Table {
    let options = definitions.options;
    let storage = builder.storage.clone();
    let (inherited, axes) = (builder.inherited.clone(), builder.axes.clone());
    let (mut table, mut invalid) = builder.finish();
    table.order_is_recorded = !definitions.rows_sorted;
    for column in &mut table.columns {
        if let Some(day_first) = options.column(&column.name).and_then(|given| given.day_first) {
            calendar::read_in_order(column, day_first, &storage);
        }
    }
    let mut above_blocks = Vec::new();
    if definitions.leaves_roles_open() {
        above_blocks = block_lines::carry_down(&mut table, &mut invalid, &storage);
        titles::carry_down(&mut table, &mut invalid, &storage);
        merged_cells::fill_blocks(&mut table);
    }
    definitions.keep_given(&mut table);
    infer_roles(&mut table, definitions, [&inherited, &axes, &above_blocks]);
    if definitions.leaves_roles_open() {
        calendar::join_date_and_time(&mut table, &storage);
        let broken = instants::set_ends_aside(&mut table);
        between_clocks::note_broken(&table, &broken, source, findings);
        process_start::set_aside(&mut table);
        interval::set_aside(&mut table);
        so_far::set_positions_aside(&mut table);
        unnamed_matrix::set_aside(&mut table);
        processes::tell_apart(&mut table);
    }
    recognise_devices(&mut table, &invalid, definitions);
    if !definitions.are_of_format() {
        merged_cells::fill(&mut table);
    }
    // Before labels are settings: the names of metrics follow each other in stretches, too.
    metric_names::recognise(&mut table, |column| definitions.given(column).is_some());
    if definitions.leaves_roles_open() {
        limits::settle(&mut table);
        same_size::settle(&mut table);
        said_in_label::settle(&mut table);
        part_outcome::settle(&mut table);
        only_successes::settle(&mut table);
    }
    if definitions.leaves_roles_open() && table.order_is_recorded {
        label_design::settle(&mut table);
    }
    if definitions.leaves_roles_open() {
        flag_of_absence::settle(&mut table);
    }
    if !definitions.options.roles_are_decided {
        only_outcomes::settle(&mut table);
    }
    definitions.keep_given(&mut table);
    assign_units(&mut table, definitions, source, findings);
    if !definitions.are_of_format() {
        words_among_codes::join(&mut table, &invalid, &storage);
    }
    no_result::add_outcome(&mut table, &invalid);
    if definitions.leaves_roles_open() {
        minus_one::take(&mut table, &storage, source, findings);
        no_answer::take(&mut table, &storage, source, findings);
        no_clock::take(&mut table, &storage, source, findings);
        not_run::take(&mut table, &storage, source, findings);
        began_ended::add_durations(&mut table, &storage);
        changed_places::take(&mut table, &storage, source, findings);
    }
    no_result::note(&invalid, &table, source, findings);
    note_invalid_cells(&invalid, &table, source, findings);
    if definitions.leaves_roles_open() {
        note_unread_amounts(&table, source, findings);
        note_unread_durations(&table, definitions, source, findings);
    }
    let columns = &table.columns;
    table.foreign_values.retain(|one| columns[one.column].role == Role::Metric);
    table
}

/// Gives each column the role that its definition or its evidence says. Numbers of an object around are no samples, nor is an axis; what stands
/// above blocks of rows is a setting.
fn infer_roles(table: &mut Table, definitions: &Definitions<'_>, [inherited, axes, above_blocks]: [&[usize]; 3]) {
    for index in 0..table.columns.len() {
        if definitions.given(&table.columns[index]).is_some() {
            continue;
        }
        let (role, reason) = match definitions.declared(&table.columns[index].name) {
            Some(declared) => (declared.role, declared.reason.to_owned()),
            None => match role::infer(table, index) {
                (Role::Metric | Role::Timestamp, _) if inherited.contains(&index) => {
                    (Role::Unused, "a number of the object around, which has it once".to_owned())
                }
                (Role::Metric, _) if axes.contains(&index) => {
                    (Role::Unused, "the first numbers of pairs, which rise in every array: an axis".to_owned())
                }
                (Role::Metric, _) if above_blocks.contains(&index) => {
                    (Role::Setting, "it stands in the lines above the blocks of rows".to_owned())
                }
                inferred => inferred,
            },
        };
        table.columns[index].role = role;
        table.columns[index].role_reason = reason;
    }
}

/// Gives metrics their units, and takes those away that the table contradicts.
fn assign_units(table: &mut Table, definitions: &Definitions<'_>, source: &str, findings: &mut Vec<Finding>) {
    let options = definitions.options;
    let named_by_rows = metric_names::long_value(table);
    for index in 0..table.columns.len() {
        // Values of several metrics have no unit in common: each gets its own once they are apart.
        if table.columns[index].role == Role::Metric && named_by_rows.is_none_or(|(_, value)| value != index) {
            assign_unit(table, index, options, source, findings);
            if let Some(declared) = definitions.declared(&table.columns[index].name) {
                declare(&mut table.columns[index], declared, options);
            }
        }
    }
    if !definitions.are_of_format() {
        siblings::settle(table, options);
        spread_beside::settle(table, options);
        between_clocks::settle(table);
        counted_phase::settle(table, options);
        contradicted_unit::settle(table, options, source, findings);
        impossible::settle(table, options, source, findings);
    }
    bits_or_bytes::settle(table, definitions.above, options);
    time_evidence::decide(table);
    if definitions.leaves_roles_open() {
        interval::settle_uptime(table);
    }
    if !definitions.are_of_format() {
        contradicted_sibling::settle(table);
    }
    name_units_of_clocks(table, options);
}

/// What a clock counts from its own beginning in, where its name or the user says it: `Time (ms)`, `offset_ns`.
fn name_units_of_clocks(table: &mut Table, options: &SourceOptions) {
    for column in &mut table.columns {
        if column.role != Role::Timestamp || !column.cells.is_number() {
            continue;
        }
        let given = options.column(&column.name).and_then(|given| given.unit);
        let said = name::read(&column.name);
        let named = said.unit.or_else(|| (said.statistic == Some(Statistic::Min)).then_some(Unit::MINUTE));
        let is_time = |unit: &Unit| unit.dimension == Dimension::Time;
        let named = named.filter(|unit| !instants::contradicts(&column.role_reason, *unit));
        if let Some(unit) = given.or(named).filter(is_time) {
            let reason = if given.is_some() { "given by the user" } else { "the name states it" };
            column.unit = Some(UnitChoice { unit, reason: reason.to_owned(), assumed: false });
        }
    }
}

/// What the format's definition says about a metric, unless the user said otherwise.
fn declare(column: &mut Column, declared: &Declared, options: &SourceOptions) {
    let given = options.column(&column.name);
    // Cells that state their units hold base units already, whatever the definition says of plain numbers.
    let plain = !matches!(column.cells, CellType::Quantity(_));
    if let Some(unit) = declared.unit.filter(|_| plain && given.is_none_or(|given| given.unit.is_none())) {
        column.unit = Some(UnitChoice { unit, reason: declared.reason.to_owned(), assumed: false });
        column.limit = given.and_then(|given| given.limit).map(|limit| limit.base(unit));
    }
    if let Some(polarity) = declared.polarity.filter(|_| given.is_none_or(|given| given.polarity.is_none())) {
        column.polarity = polarity;
    }
    column.meaning = declared.meaning.map(str::to_owned);
}

/// Small whole numbers under the name of a device, with words among them (`0`, `1`, `V100`), name the device.
fn recognise_devices(table: &mut Table, invalid: &InvalidCells, definitions: &Definitions<'_>) {
    for (index, column) in table.columns.iter_mut().enumerate() {
        let words = name::words(name::leaf(&column.name));
        let device = matches!(&words[..], [only] if vocabulary::DEVICE.has(only)) || which::is_item(&words);
        let free = definitions.declared(&column.name).is_none() && definitions.given(column).is_none();
        let has_words = invalid.counts.contains_key(&(index, FindingKind::NotANumber));
        if device && free && has_words && column.role == Role::Metric && column.cells == CellType::Integer {
            column.role = Role::Identifier;
            column.role_reason = format!("called `{}`, with numbers and names: it says which one", column.name);
        }
    }
}

/// A long table becomes one table for each metric it names, its values under the metric's own name.
fn split_by_metric(
    table: Table,
    definitions: &Definitions<'_>,
    source: &str,
    findings: &mut Vec<Finding>,
) -> Vec<Table> {
    let options = definitions.options;
    let Some((names, value)) = metric_names::long_value(&table) else { return vec![table] };
    let rest = metric_names::rows_without(&table, (names, value));
    let several = rest.is_some();
    let is_named = |(code, _): &(u32, Table)| !table.columns[names].dictionary[*code as usize].is_empty();
    let parts =
        table.by_text(names).into_par_iter().filter(|part| !several || is_named(part)).map(|(code, mut part)| {
            let metric = table.columns[names].dictionary[code as usize].clone();
            part.name = Some(metric.clone());
            part.columns[value].name.clone_from(&metric);
            if several {
                metric_names::set_blank_aside(&mut part);
            }
            let mut found = Vec::new();
            assign_unit(&mut part, value, options, source, &mut found);
            // A definition may speak of each metric by its name, or of the values of all of them.
            if let Some(declared) =
                definitions.declared(&metric).or_else(|| definitions.declared(&table.columns[value].name))
            {
                declare(&mut part.columns[value], declared, options);
            }
            (part, found)
        });
    let (mut parts, found): (Vec<Table>, Vec<Vec<Finding>>) = parts.unzip();
    findings.extend(found.into_iter().flatten());
    share_time_unit(&mut parts, value);
    rest.into_iter().chain(parts).collect()
}

/// A table whose one value column has units of several kinds, row by row, becomes a table for each unit: what has no unit in
/// common is no population.
fn split_by_unit(table: Table, options: &SourceOptions, source: &str, findings: &mut Vec<Finding>) -> Vec<Table> {
    let values: Vec<usize> = table.columns_as(Role::Metric).collect();
    let apart = values.iter().find_map(|value| Some((*value, units_of_several_kinds(&table, *value)?)));
    let Some((value, units)) = apart else { return vec![table] };
    let mut parts = Vec::new();
    for (code, mut part) in table.by_text(units) {
        let unit = &table.columns[units].dictionary[code as usize];
        let name = format!("{} ({unit})", table.columns[value].name);
        part.name = Some(name.clone());
        part.columns[value].name = name;
        assign_unit(&mut part, value, options, source, findings);
        parts.push(part);
    }
    parts
}

/// Findings about columns of texts whose names state a unit and whose cells begin with a number: two numbers in a cell, as `wrk` prints
/// a mean and its deviation, are read as none.
fn note_unread_amounts(table: &Table, source: &str, findings: &mut Vec<Finding>) {
    for column in table.columns.iter().filter(|column| column.cells == CellType::Text) {
        if column.role == Role::Unused
            && column.role_reason == role::LISTS_OF_NUMBERS
            && let Some(text) = column.dictionary.iter().find(|text| !text.is_empty())
        {
            let place = Place::source(source).column(&column.name);
            let reason = "its cells are lists of numbers, which are not read";
            let action = "none of them is a sample here; one number in a row is one";
            findings.push(Finding::new(Severity::Note, FindingKind::NotANumber, place, reason, action).value(text));
        }
        let begins = |text: &String| text.is_empty() || text.starts_with(|first: char| first.is_ascii_digit());
        let several = |text: &String| text.split_whitespace().filter(|word| begins(&(*word).to_owned())).count() > 1;
        let said = name::read(&column.name);
        let stated = said.unit.is_some() && units::stated(&column.name).is_some();
        if !stated || !column.dictionary.iter().all(begins) || !column.dictionary.iter().any(several) {
            continue;
        }
        let text = column.dictionary.iter().find(|text| !text.is_empty()).map_or("", String::as_str);
        let place = Place::source(source).column(&column.name);
        let reason = "its cells hold several numbers each";
        let finding =
            Finding::new(Severity::Suspicious, FindingKind::NotANumber, place, reason, "none of them is used");
        findings.push(finding.value(text));
    }
}

/// A finding for each column that is called like a duration and holds texts that are none, unless the user says what it is.
fn note_unread_durations(table: &Table, definitions: &Definitions<'_>, source: &str, findings: &mut Vec<Finding>) {
    // Where another duration was read, the table says how long its rows took.
    if table.columns_as(Role::Metric).any(|column| table.columns[column].unit().dimension.is_time()) {
        return;
    }
    for column in &table.columns {
        let is_open = matches!(column.role, Role::Label | Role::Setting | Role::Identifier | Role::Unused);
        if column.cells != CellType::Text
            || !is_open
            || definitions.given(column).is_some()
            || !duration_texts::are_unread(&column.name, &column.dictionary, table.lines.rows())
        {
            continue;
        }
        let texts = column.dictionary.iter().filter(|text| !text.trim().is_empty());
        let text = texts.clone().next().map_or("", String::as_str);
        let place = Place::source(source).column(&column.name);
        let reason = format!("`{}` was not read: its cells are no numbers (`{text}`)", column.name);
        let action = "none of them is a sample; --role says so where it is no duration";
        let finding = Finding::new(Severity::Suspicious, FindingKind::UnreadColumn, place, reason, action);
        findings.push(finding.value(text).count(texts.count() as u64));
    }
}

/// Whether a text is a sentence of several words, none of which a recorder writes for a number that was lost.
fn is_sentence(text: &str) -> bool {
    const FEWEST_WORDS: usize = 6;
    let words = text.split_whitespace().filter(|word| word.chars().filter(|letter| letter.is_alphabetic()).count() > 1);
    words.count() >= FEWEST_WORDS
}

/// Findings about cells of metrics that hold no number.
fn note_invalid_cells(invalid: &InvalidCells, table: &Table, source: &str, findings: &mut Vec<Finding>) {
    let unmeasured = no_result::unmeasured(table, invalid);
    no_result::note_unmeasured(&unmeasured, invalid, table, source, findings);
    let is_unmeasured = |column: usize, kind| kind == FindingKind::NotFinite && unmeasured.contains(&column);
    let label = table.columns_as(Role::Label).next();
    let label_of = |row: u64| {
        let code = table.text_cells(label?).code(usize::try_from(row).ok()?)?;
        table.columns[label?].dictionary.get(code as usize).filter(|label| !label.is_empty()).cloned()
    };
    // In a long table the row says whose value it is.
    let named_by_rows = metric_names::long_value(table);
    let metric_of = |column: usize, row: u64| {
        let (names, _) = named_by_rows.filter(|(_, value)| *value == column)?;
        let code = table.text_cells(names).code(usize::try_from(row).ok()?)?;
        table.columns[names].dictionary.get(code as usize)
    };
    for cell in &invalid.named {
        let name = &table.columns[cell.column].name;
        if table.columns[cell.column].role == Role::Timestamp && cell.kind == FindingKind::NotANumber {
            let (reason, action) =
                ("the cell of a column of instants is none", "the row was kept, without its instant");
            let place = Place::line(source, cell.line).column(name);
            findings.push(Finding::new(Severity::Suspicious, cell.kind, place, reason, action).value(&cell.text));
        }
        let is_absent = matches!(cell.kind, FindingKind::EmptyCell | FindingKind::NoResult | FindingKind::Approximate)
            || is_unmeasured(cell.column, cell.kind);
        if table.columns[cell.column].role != Role::Metric || is_absent {
            continue;
        }
        let reason = match cell.kind {
            FindingKind::NotFinite => "the value is not finite",
            _ => "the cell of a measured column is not a number",
        };
        let place = Place::line(source, cell.line).column(name);
        // Where others have a number, a sentence remarks on it.
        let remark = cell.kind == FindingKind::NotANumber && is_sentence(&cell.text);
        let severity = if remark { Severity::Note } else { Severity::Corrupted };
        let mut finding = Finding::new(severity, cell.kind, place, reason, "the value is not in the statistics")
            .metric(metric_of(cell.column, cell.row).unwrap_or(name))
            .value(&cell.text);
        finding.label = label_of(cell.row);
        findings.push(finding);
    }
    let mut counts: Vec<(&(usize, FindingKind), &u64)> = invalid.counts.iter().collect();
    counts.sort();
    for (&(column, kind), &count) in counts {
        let name = &table.columns[column].name;
        if table.columns[column].role != Role::Metric || is_unmeasured(column, kind) {
            continue;
        }
        let first = invalid.named.iter().find(|cell| cell.column == column && cell.kind == kind).map(|cell| cell.line);
        let place = Place { source: source.to_owned(), line: first, last_line: None, column: Some(name.clone()) };
        if kind == FindingKind::EmptyCell {
            let reason = format!("{count} of {} cells are empty, the first one here", table.lines.rows());
            let finding = Finding::new(Severity::Note, kind, place, reason, "they count as absent, not as zero");
            findings.push(finding.metric(name).count(count));
        } else if kind == FindingKind::Approximate {
            let reason = format!(
                "{count} of {} cells say `~`, about so much, or bear the mark of a footnote",
                table.lines.rows()
            );
            let finding = Finding::new(Severity::Note, kind, place, reason, "they count as the numbers that they name");
            findings.push(finding.metric(name).count(count));
        } else if count > InvalidCells::NAMED {
            let more = count - InvalidCells::NAMED;
            let reason = format!("{more} more cells of this column are odd in the same way");
            let place = Place { line: None, ..place };
            let severity = if kind == FindingKind::NoResult { Severity::Note } else { Severity::Corrupted };
            let finding = Finding::new(severity, kind, place, reason, "the values are not in the statistics");
            findings.push(finding.metric(name).count(more));
        }
    }
}
