//! Whether a table holds the records of a chat service, in which shape, and which column is what.
//!
//! In: a table of the model and what the user says. Out: the columns, with the evidence. Conservative: a file of
//! durations, or a load test of plain requests, is no chat service; a user's mapping overrules that.

use crate::table::{CellType, Role, Table};

use crate::analysis::chat::names;
use crate::analysis::chat::options::{EventKind, Field, ServiceOptions};
use crate::analysis::chat::result::Shape;

/// At least this share of an event log's rows is of a known kind.
const KNOWN_SHARE: f64 = 0.5;

/// A column that the service uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UsedColumn {
    pub(crate) index: usize,
    pub(crate) field: Field,
    /// The role that it therefore has; absent where its own stands (it is a measurement).
    pub(crate) role: Option<Role>,
}

/// A recognised table.
#[derive(Debug, Clone)]
pub(crate) struct Recognition {
    pub(crate) shape: Shape,
    pub(crate) columns: Vec<UsedColumn>,
    pub(crate) evidence: Vec<String>,
}

impl Recognition {
    pub(crate) fn column(&self, field: Field) -> Option<usize> {
        self.columns.iter().find(|column| column.field == field).map(|column| column.index)
    }
}

/// Gives the columns of a service's table the roles that they have in the service.
pub(crate) fn assign_roles(columns: &[UsedColumn], table: &mut Table) {
    for used in columns {
        if let (Some(role), Some(column)) = (used.role, table.columns.get_mut(used.index)) {
            column.role = role;
            column.role_reason = format!("`{}` of the service", used.field.name());
            column.unit = None;
        }
    }
}

/// Looks at a table.
pub(crate) fn recognise(table: &Table, options: &ServiceOptions) -> Option<Recognition> {
    if options.enabled == Some(false) || table.lines.rows() == 0 {
        return None;
    }
    aiperf(table).or_else(|| events(table, options)).or_else(|| requests(table, options))
}

/// The column for a field: the one the user names, else the one whose name fits best.
fn find(table: &Table, options: &ServiceOptions, field: Field) -> Option<usize> {
    if let Some(name) = options.columns.get(&field) {
        return table.position(name);
    }
    let taken = |name: &str| options.columns.values().any(|other| other == name);
    // Where nothing was ever answered, no answer has an instant.
    let may_be_empty = matches!(field, Field::First | Field::Completed);
    let fits = |cells: CellType| match field {
        Field::Time
        | Field::Sent
        | Field::First
        | Field::Completed
        | Field::TimeoutDetected
        | Field::TimeoutReported => cells == CellType::Timestamp || cells.is_number(),
        Field::Event => cells == CellType::Text,
        Field::Error => matches!(cells, CellType::Text | CellType::Boolean | CellType::Integer),
        Field::Memory | Field::MemoryPeak => cells.is_number(),
        Field::Session | Field::Message | Field::Status => cells != CellType::Timestamp,
    };
    table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| (fits(column.cells) || may_be_empty && column.is_blank()) && !taken(&column.name))
        .filter_map(|(index, column)| Some((names::rank(field, &column.name)?, index)))
        .filter(|(_, index)| {
            let timeout = matches!(field, Field::TimeoutDetected | Field::TimeoutReported);
            let flag = is_flag(table, *index);
            // Neither an instant nor a duration is only ever 0 or 1; a number in an error column is only ever that.
            if timeout { !flag } else { field != Field::Error || flag || table.columns[*index].cells == CellType::Text }
        })
        .min()
        .map(|(_, index)| index)
}

/// Whether a column says yes or no: true and false, or 0 and 1 and nothing else.
fn is_flag(table: &Table, index: usize) -> bool {
    match table.columns[index].cells {
        CellType::Boolean => true,
        CellType::Integer => table.values(index).all(|number| number == 0.0 || number == 1.0),
        _ => false,
    }
}

/// A column that says of each request whether it timed out.
pub(crate) fn timeout_flag(table: &Table) -> Option<usize> {
    (0..table.columns.len()).find(|index| {
        is_flag(table, *index) && names::rank(Field::TimeoutDetected, &table.columns[*index].name).is_some()
    })
}

/// The role of a column that is used as a field.
fn role(field: Field) -> Option<Role> {
    match field {
        Field::Time | Field::Sent => Some(Role::Timestamp),
        Field::Session | Field::Message => Some(Role::Identifier),
        Field::Event | Field::Error => Some(Role::Label),
        Field::Status => Some(Role::Status),
        // Whether the first four hold instants or durations is found out by their values; memory is a measurement.
        Field::First
        | Field::Completed
        | Field::TimeoutDetected
        | Field::TimeoutReported
        | Field::Memory
        | Field::MemoryPeak => None,
    }
}

fn used(found: &[(Field, Option<usize>)]) -> Vec<UsedColumn> {
    let mut columns: Vec<UsedColumn> = Vec::new();
    for (field, index) in found {
        if let Some(index) = *index
            && !columns.iter().any(|column| column.index == index)
        {
            columns.push(UsedColumn { index, field: *field, role: role(*field) });
        }
    }
    columns
}

fn events(table: &Table, options: &ServiceOptions) -> Option<Recognition> {
    let look = |field| find(table, options, field);
    let (time, session) = (look(Field::Time)?, look(Field::Session)?);
    let event = match options.columns.get(&Field::Event) {
        Some(name) => table.position(name)?,
        None => best_event_column(table, options)?,
    };
    if table.columns[event].cells != CellType::Text || event == session {
        return None;
    }
    let kinds = kinds(table, event, options);
    let counts = kind_counts(table, event, &kinds);
    let has = |kind: EventKind| counts.get(&kind).is_some_and(|count| *count > 0);
    let answers = [EventKind::First, EventKind::Chunk, EventKind::End].into_iter().any(has);
    let known: u64 = counts.values().sum();
    let enough = options.says_anything() || known as f64 >= KNOWN_SHARE * table.lines.rows() as f64;
    let message = look(Field::Message);
    // Where nothing but errors came back, or nothing at all, that is what there is to say: unless something else was measured.
    let failures = [EventKind::Error, EventKind::TimeoutDetected, EventKind::TimeoutReported].into_iter().any(has);
    let sessions = message.is_some() && [EventKind::Open, EventKind::Close].into_iter().any(has);
    let down = (failures || sessions) && table.columns_as(Role::Metric).next().is_none();
    if !has(EventKind::Sent) || !(answers || down) || !enough {
        return None;
    }
    let columns = used(&[
        (Field::Time, Some(time)),
        (Field::Session, Some(session)),
        (Field::Event, Some(event)),
        (Field::Message, message),
        (Field::Error, look(Field::Error)),
        (Field::Memory, look(Field::Memory)),
        (Field::MemoryPeak, look(Field::MemoryPeak)),
    ]);
    let name = |index: usize| &table.columns[index].name;
    let evidence = vec![
        format!("`{}`, `{}` and `{}` are instant, session and kind of event", name(time), name(session), name(event)),
        format!("{known} of {} rows are events of a known kind", table.lines.rows()),
    ];
    Some(Recognition { shape: Shape::Events, columns, evidence })
}

/// Of the columns with a fitting name, the one whose texts are events.
fn best_event_column(table: &Table, options: &ServiceOptions) -> Option<usize> {
    table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.cells == CellType::Text && names::rank(Field::Event, &column.name).is_some())
        .map(|(index, column)| {
            let known = kinds(table, index, options).iter().filter(|kind| kind.is_some()).count();
            (std::cmp::Reverse(known), names::rank(Field::Event, &column.name), index)
        })
        .min()
        .map(|(.., index)| index)
}

/// The kind of each text of a column.
pub(crate) fn kinds(table: &Table, column: usize, options: &ServiceOptions) -> Vec<Option<EventKind>> {
    let kind = |text: &String| options.events.get(text).copied().or_else(|| names::event(text));
    table.columns[column].dictionary.iter().map(kind).collect()
}

fn kind_counts(
    table: &Table,
    column: usize,
    kinds: &[Option<EventKind>],
) -> std::collections::BTreeMap<EventKind, u64> {
    let mut of_code = vec![0_u64; kinds.len()];
    let cells = table.text_cells(column);
    cells.visit_codes(0..cells.rows(), |_, codes| {
        for code in codes {
            if let Some(count) = of_code.get_mut(*code as usize) {
                *count += 1;
            }
        }
    });
    let mut counts = std::collections::BTreeMap::new();
    for (kind, count) in kinds.iter().zip(of_code) {
        if let Some(kind) = kind {
            *counts.entry(*kind).or_default() += count;
        }
    }
    counts
}

fn requests(table: &Table, options: &ServiceOptions) -> Option<Recognition> {
    let look = |field| find(table, options, field);
    let (first, completed, session) = (look(Field::First), look(Field::Completed)?, look(Field::Session));
    let explicit = look(Field::Sent);
    let sent = match (explicit, first) {
        (Some(sent), _) => sent,
        (None, Some(_)) => look(Field::Time)?,
        (None, None) => return None,
    };
    let instants = |index: usize| !names::is_duration(&table.columns[index].name);
    // Start and end alone are what any list of jobs has; a request also has an outcome, an id, or was "sent".
    let requested = explicit.is_some_and(|sent| names::says_sent(&table.columns[sent].name));
    let outcome = [Field::Status, Field::Error, Field::Message].into_iter().any(|field| look(field).is_some());
    let complete = first.is_some() || (session.is_some() && instants(completed) && (requested || outcome));
    let complete = complete && (options.says_anything() || goes_on(table, sent));
    // That nothing was answered is news of what says that it was sent, by sessions, and of nothing that was measured.
    let measured = table.columns_as(Role::Metric).next().is_some();
    if table.columns[completed].is_blank() && (session.is_none() || !requested || measured) {
        return None;
    }
    if sent == completed || first == Some(completed) || !(complete || options.says_anything()) {
        return None;
    }
    let columns = used(&[
        (Field::Sent, Some(sent)),
        (Field::First, first),
        (Field::Completed, Some(completed)),
        (Field::Session, session),
        (Field::Message, look(Field::Message)),
        (Field::Error, look(Field::Error)),
        (Field::Status, look(Field::Status)),
        (Field::TimeoutDetected, look(Field::TimeoutDetected)),
        (Field::TimeoutReported, look(Field::TimeoutReported)),
        (Field::Memory, look(Field::Memory)),
        (Field::MemoryPeak, look(Field::MemoryPeak)),
    ]);
    let name = |index: usize| table.columns[index].name.clone();
    let named = [Some(sent), first, Some(completed), session].into_iter().flatten();
    let listed: Vec<String> = named.map(|index| format!("`{}`", name(index))).collect();
    let what = match (first.is_some(), session.is_some()) {
        (true, true) => "sent, first chunk, completed and session",
        (true, false) => "sent, first chunk and completed",
        (false, _) => "sent, completed and session",
    };
    let evidence = vec![format!("{} are {what} of a request", listed.join(", "))];
    Some(Recognition { shape: Shape::Requests, columns, evidence })
}

/// Whether a column of instants is one: dates, a clock since 1970, or numbers that hardly ever fall. Counts go up and
/// down.
fn goes_on(table: &Table, index: usize) -> bool {
    const FALLS: f64 = 0.1;
    const SINCE_1970: f64 = 1e9;
    if !table.columns[index].cells.is_number() {
        return true;
    }
    let values = table.values(index);
    let (mut falls, mut before) = (0, f64::NEG_INFINITY);
    values.visit_present(0..values.count(), |block| {
        for number in block {
            falls += usize::from(*number < before);
            before = *number;
        }
    });
    values.all(|number| number >= SINCE_1970) || falls as f64 <= FALLS * values.count() as f64
}

/// Columns of `AIPerf`, older names behind newer ones.
fn aiperf(table: &Table) -> Option<Recognition> {
    let any = |names: &[&str]| names.iter().find_map(|name| table.position(name));
    let sent = any(&["metadata.request_start_ns", "metadata.timestamp_ns"])?;
    let latency = any(&["request_latency", "metrics.request_latency.value", "metrics.request_latency"]);
    let first = any(&[
        "time_to_first_token",
        "metrics.time_to_first_token.value",
        "metrics.ttft.value",
        "metrics.time_to_first_token",
    ]);
    let end = any(&["metadata.request_end_ns"]);
    let completed = latency.or(end)?;
    let session =
        any(&["metadata.x_correlation_id", "metadata.conversation_id", "metadata.session_num", "metadata.session_id"]);
    let mut columns = used(&[
        (Field::Sent, Some(sent)),
        (Field::First, first),
        (Field::Completed, Some(completed)),
        (Field::Session, session),
        (Field::Message, any(&["metadata.x_request_id"])),
        (Field::Error, any(&["error.type", "error.code", "error.message"])),
    ]);
    // Further instants are no measurements either.
    for name in ["metadata.request_end_ns", "metadata.request_ack_ns", "metadata.cancellation_time_ns"] {
        if let Some(index) = table.position(name)
            && !columns.iter().any(|column| column.index == index)
        {
            columns.push(UsedColumn { index, field: Field::Completed, role: Some(Role::Timestamp) });
        }
    }
    let evidence =
        vec![format!("`{}` and `{}` as AIPerf writes them", table.columns[sent].name, table.columns[completed].name)];
    Some(Recognition { shape: Shape::AiPerf, columns, evidence })
}
