//! An agent swarm as ready strings: a section for each process, and one for clients that stand alone.

use serde::Serialize;

use super::fold::{fold, open};
use super::named_text::NamedText;
use crate::analysis::swarm::{Client, IntervalKind, Process, SnapshotInterval, Swarm};
use crate::measure::unit::{Dimension, Unit};
use crate::report::chart::{Chart, Level, OverTime, over_time};
use crate::report::contract::Report;
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT, Scale};
use crate::report::words;

/// Rows of the table over time; more are joined.
const MOST_ROWS: usize = 24;
/// Clients that a reader sees without opening anything.
const OPEN_CLIENTS: usize = 25;
/// The name of the format whose sources hold records of a swarm.
const FORMAT: &str = "agent-swarm";
/// Digits after the point of an average size, as the records have them.
const SIZE_DECIMALS: usize = 2;
/// What is said about sizes, once.
const SIZES: &str = "Sizes are in bytes or characters: the records do not say which.";

/// An agent swarm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SwarmView {
    /// Its processes.
    pub processes: Vec<SwarmProcessView>,
    /// Clients whose records stand alone.
    pub lone_clients: Vec<SwarmClientView>,
    /// `6 files of an agent swarm`.
    pub files: String,
    /// What the unit of sizes is.
    pub sizes: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SwarmProcessView {
    /// Its identity.
    pub id: String,
    /// Id of its section, unique in the page.
    pub anchor: String,
    /// `9 snapshots from … to …, 1 restart`.
    pub about: String,
    /// Totals, a name and a number each.
    pub totals: Vec<NamedText>,
    /// What explains differences between the numbers.
    pub remarks: Vec<String>,
    /// What happened over time.
    pub rows: Vec<SwarmRowView>,
    /// How rows were joined, and why some cells read `–`; empty where nothing has to be said.
    pub rows_notes: Vec<String>,
    /// Throughput and response time over time.
    pub charts: Vec<Chart>,
    /// Its clients.
    pub clients: Vec<SwarmClientView>,
    /// Clients that are folded.
    pub more_clients: Vec<SwarmClientView>,
    /// `12 more clients`; absent where there is nothing to fold.
    pub more_clients_title: Option<String>,
}

/// What happened up to a snapshot, or over several.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SwarmRowView {
    /// `2024-03-15T12:00:30Z`, the end.
    pub to: String,
    /// `first`, `restart`, or empty.
    pub kind: &'static str,
    /// Length.
    pub length: String,
    /// Executions finished.
    pub executions: String,
    /// Executions finished per second.
    pub throughput: String,
    /// Response time of an execution.
    pub response_time: String,
    /// Executions in flight at the end.
    pub in_flight: String,
    /// Clients present at the end.
    pub clients: String,
    /// Where the snapshot at the end stands.
    pub place: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SwarmClientView {
    /// Its identity.
    pub id: String,
    /// `left`, `made anew once`; empty where nothing is special.
    pub notes: String,
    /// Executions started.
    pub executions: String,
    /// Its share of the executions of the process.
    pub share_of_executions: String,
    /// Sum of the sizes of inputs.
    pub input_total: String,
    /// Mean size of an input.
    pub input_average: String,
    /// Sum of the sizes of outputs.
    pub output_total: String,
    /// Mean size of an output.
    pub output_average: String,
    /// Time spent.
    pub time_total: String,
    /// Time of an execution.
    pub time_average: String,
    /// Its share of the time of the process.
    pub share_of_time: String,
    /// When it was last seen.
    pub last_seen: String,
    /// What was asked for of its session, `name: value` each.
    pub session_data: Vec<String>,
}

/// Whether a source holds records of a swarm; such sources have no section of their own.
pub(super) fn is_swarm(format: &str) -> bool {
    format == FORMAT
}

impl SwarmView {
    pub(super) fn of(report: &Report) -> Option<Self> {
        let swarm = report.swarm.as_ref()?;
        let processes = swarm.processes.iter().enumerate();
        let files = report.sources.iter().filter(|source| is_swarm(&source.format)).count();
        Some(Self {
            processes: processes.map(|(index, process)| SwarmProcessView::of(index, process)).collect(),
            lone_clients: client_rows(&swarm.lone_clients),
            files: format!("{} of an agent swarm", number::counted(files as u64, "file")),
            sizes: SIZES,
        })
    }
}

/// What the verdict rests on.
pub(super) fn facts(swarm: &Swarm) -> Vec<String> {
    let mut facts = Vec::new();
    if !swarm.processes.is_empty() {
        let executions: u64 = swarm.processes.iter().map(|process| process.executions).sum();
        facts.push(processes(swarm.processes.len()));
        facts.push(number::counted(executions, "execution"));
    }
    if !swarm.lone_clients.is_empty() {
        facts.push(format!("{} without a process", number::counted(swarm.lone_clients.len() as u64, "client")));
    }
    facts
}

fn processes(count: usize) -> String {
    if count == 1 { "1 process".to_owned() } else { format!("{} processes", number::count(count as u64)) }
}

/// The lines for a terminal.
pub(super) fn lines(swarm: &Swarm) -> Vec<String> {
    let mut lines = Vec::new();
    for process in &swarm.processes {
        let restarts = if process.restarts == 0 {
            String::new()
        } else {
            format!(", {}", number::counted(process.restarts, "restart"))
        };
        lines.push(format!(
            "process {} ({}{restarts}, {})",
            visible(&process.id),
            number::counted(process.snapshots, "snapshot"),
            number::counted(process.clients.len() as u64, "client"),
        ));
        let response = time(process.average_response_time);
        let rate = process.throughput.map_or_else(|| ABSENT.to_owned(), rate);
        let in_flight =
            process.balance.in_flight.map_or_else(String::new, |count| format!(", {} in flight", number::count(count)));
        lines.push(format!(
            "  {}, {response} each, {rate}{in_flight}",
            number::counted(process.executions, "execution")
        ));
    }
    if !swarm.lone_clients.is_empty() {
        lines.push(format!("{} without a process", number::counted(swarm.lone_clients.len() as u64, "client")));
    }
    lines
}

fn time(seconds: Option<f64>) -> String {
    seconds.map_or_else(|| ABSENT.to_owned(), |seconds| number::quantity(Dimension::Time, seconds))
}

fn rate(per_second: f64) -> String {
    number::quantity(Dimension::Rate, per_second)
}

impl SwarmProcessView {
    fn of(index: usize, process: &Process) -> Self {
        let anchor = format!("process-{}", index + 1);
        let open = open(process.clients.len(), OPEN_CLIENTS);
        let (clients, more_clients, more_clients_title) = fold(client_rows(&process.clients), open, "more client");
        let (rows, rows_notes) = rows(process);
        Self {
            id: visible(&process.id),
            about: about(process),
            totals: totals(process),
            remarks: words::swarm::remarks(process).iter().map(|remark| visible(remark)).collect(),
            rows,
            rows_notes,
            charts: charts(process, &anchor),
            anchor,
            clients,
            more_clients,
            more_clients_title,
        }
    }
}

fn about(process: &Process) -> String {
    let snapshots = number::counted(process.snapshots, "snapshot");
    let mut about = match (&process.first, &process.last) {
        (Some(first), Some(last)) if first != last => {
            let length = process.intervals.last().and_then(|interval| interval.offset);
            format!("{snapshots} from {} to {} ({})", visible(first), visible(last), time(length))
        }
        (Some(first), _) => format!("{snapshots}, {}", visible(first)),
        _ => format!("{snapshots} without a time"),
    };
    if process.restarts > 0 {
        about = format!("{about}, {}", number::counted(process.restarts, "restart"));
    }
    about
}

pub(super) fn totals(process: &Process) -> Vec<NamedText> {
    let present = process.clients.iter().filter(|client| client.present).count() as u64;
    let left = process.clients.len() as u64 - present;
    let clients = if left == 0 {
        format!("{} present", number::count(present))
    } else {
        format!("{} present, {} left", number::count(present), number::count(left))
    };
    [
        ("Executions finished", number::count(process.executions)),
        ("Response time, total", time(Some(process.response_time))),
        ("Response time of an execution", time(process.average_response_time)),
        ("Throughput between snapshots", process.throughput.map_or_else(|| ABSENT.to_owned(), rate)),
        (
            "In flight at the last snapshot",
            process.balance.in_flight.map_or_else(|| "not known".to_owned(), number::count),
        ),
        ("Clients", clients),
    ]
    .into_iter()
    .map(|(name, text)| NamedText::new(name, text))
    .collect()
}

/// Several intervals as one; their executions, times and lengths add up.
struct JointRow<'a> {
    kind: IntervalKind,
    last: &'a SnapshotInterval,
    seconds: Option<f64>,
    executions: u64,
    response_time: f64,
}

impl<'a> JointRow<'a> {
    fn of(interval: &'a SnapshotInterval) -> Self {
        Self {
            kind: interval.kind,
            last: interval,
            seconds: interval.seconds,
            executions: interval.executions,
            response_time: interval.response_time,
        }
    }

    fn add(&mut self, interval: &'a SnapshotInterval) {
        self.last = interval;
        self.seconds = self.seconds.zip(interval.seconds).map(|(left, right)| left + right);
        self.executions += interval.executions;
        self.response_time += interval.response_time;
    }

    fn throughput(&self) -> Option<f64> {
        Some(self.executions as f64 / self.seconds.filter(|seconds| *seconds > 0.0)?)
    }

    fn average(&self) -> Option<f64> {
        (self.executions > 0).then(|| self.response_time / self.executions as f64)
    }
}

/// Neighbours joined until the table is short enough. What happened before the first snapshot and across a restart
/// stays apart: its length is not known.
fn joined(intervals: &[SnapshotInterval]) -> Vec<JointRow<'_>> {
    let between = intervals.iter().filter(|interval| interval.kind == IntervalKind::Between).count();
    let join = between.div_ceil(MOST_ROWS).max(1);
    let mut rows: Vec<JointRow<'_>> = Vec::new();
    let mut taken = 0;
    for interval in intervals {
        let open = taken > 0 && taken < join && interval.kind == IntervalKind::Between;
        if let Some(row) = rows.last_mut().filter(|_| open) {
            row.add(interval);
            taken += 1;
        } else {
            rows.push(JointRow::of(interval));
            taken = usize::from(interval.kind == IntervalKind::Between);
        }
    }
    rows
}

fn rows(process: &Process) -> (Vec<SwarmRowView>, Vec<String>) {
    let rows = joined(&process.intervals);
    let scale = |dimension, values: &dyn Fn(&JointRow) -> Option<f64>| {
        Scale::of_values(dimension, &rows.iter().filter_map(values).collect::<Vec<_>>(), None)
    };
    let times = scale(Dimension::Time, &|row| row.average());
    let rates = scale(Dimension::Rate, &|row| row.throughput());
    let views = rows
        .iter()
        .map(|row| SwarmRowView {
            to: row.last.to.as_deref().map_or_else(|| ABSENT.to_owned(), visible),
            kind: match row.kind {
                IntervalKind::First => "first",
                IntervalKind::Restart => "restart",
                IntervalKind::Between => "",
            },
            length: time(row.seconds),
            executions: number::count(row.executions),
            throughput: rates.full_or_absent(row.throughput()),
            response_time: times.full_or_absent(row.average()),
            in_flight: row.last.in_flight.map_or_else(|| ABSENT.to_owned(), number::count),
            clients: number::count(row.last.clients),
            place: format!("{}:{}", visible(&row.last.source), row.last.line),
        })
        .collect();
    let mut notes = Vec::new();
    if rows.len() < process.intervals.len() {
        notes.push(format!(
            "{} are joined into {} rows; the JSON report has each.",
            number::counted(process.intervals.len() as u64, "interval"),
            number::count(rows.len() as u64)
        ));
    }
    let has = |kind| rows.iter().any(|row| row.kind == kind);
    if has(IntervalKind::First) {
        notes.push(
            "`first`: since the process started, which is at a time that no record has; no throughput.".to_owned(),
        );
    }
    if has(IntervalKind::Restart) {
        notes.push("`restart`: since the process started again, between two snapshots; no throughput.".to_owned());
    }
    if rows.iter().any(|row| row.last.in_flight.is_none()) {
        notes.push(
            "In flight `–`: more finished than the clients of the snapshots started, because clients that left did \
             some of it."
                .to_owned(),
        );
    }
    (views, notes)
}

/// The picture of the first screen, with the id of the section that it belongs to and the name of its process.
pub(super) fn lead(swarm: &Swarm) -> Option<(String, String, Chart)> {
    let process = swarm.processes.first()?;
    Some(("process-1".to_owned(), visible(&process.id), charts(process, "lead").into_iter().next()?))
}

fn charts(process: &Process, anchor: &str) -> Vec<Chart> {
    let length = process.intervals.last().and_then(|interval| interval.offset).unwrap_or(0.0);
    let marks: Vec<(f64, &'static str)> = process
        .intervals
        .iter()
        .filter(|interval| interval.kind == IntervalKind::Restart)
        .filter_map(|interval| Some((interval.offset?, "seen after a restart")))
        .collect();
    let levels = |value: &dyn Fn(&SnapshotInterval) -> Option<f64>| -> Vec<Level> {
        let level = |interval: &SnapshotInterval| {
            let to = interval.offset?;
            Some(Level { from: to - interval.seconds?, to, value: value(interval)? })
        };
        process.intervals.iter().filter_map(level).collect()
    };
    let plots = [
        ("Throughput", "throughput", Dimension::Rate, levels(&|interval| interval.throughput)),
        ("Response time", "response time", Dimension::Time, levels(&|interval| interval.average_response_time)),
    ];
    plots
        .into_iter()
        .filter_map(|(name, title, dimension, levels)| {
            let values: Vec<f64> = levels.iter().map(|level| level.value).collect();
            let scale = Scale::of_values(dimension, &values, None);
            let id = format!("{anchor}-{}", title.replace(' ', "-"));
            let plot = OverTime {
                id: &id,
                title,
                levels: &levels,
                length,
                marks: &marks,
                steady: None,
                scale: &scale,
                since: "the first snapshot",
            };
            Some(Chart { name: name.to_owned(), ..over_time(&plot)? })
        })
        .collect()
}

fn client_rows(clients: &[Client]) -> Vec<SwarmClientView> {
    let scale = |values: &dyn Fn(&Client) -> Option<f64>| {
        Scale::of_values(Dimension::Time, &clients.iter().filter_map(values).collect::<Vec<_>>(), None)
    };
    let totals = scale(&|client| client.time_total);
    let averages = scale(&|client| client.time_average);
    let size = |size: Option<f64>| {
        let text = |size: f64| number::fixed(size, Unit::UNKNOWN, if size.fract() == 0.0 { 0 } else { SIZE_DECIMALS });
        size.map_or_else(|| ABSENT.to_owned(), text)
    };
    let mean = |size: Option<f64>| {
        size.map_or_else(|| ABSENT.to_owned(), |size| number::fixed(size, Unit::UNKNOWN, SIZE_DECIMALS))
    };
    clients
        .iter()
        .map(|client| SwarmClientView {
            id: visible(&client.id),
            notes: notes(client),
            executions: client.executions.map_or_else(|| ABSENT.to_owned(), number::count),
            share_of_executions: number::percent_or_absent(client.share_of_executions),
            input_total: size(client.input_total),
            input_average: mean(client.input_average),
            output_total: size(client.output_total),
            output_average: mean(client.output_average),
            time_total: totals.full_or_absent(client.time_total),
            time_average: averages.full_or_absent(client.time_average),
            share_of_time: number::percent_or_absent(client.share_of_time),
            last_seen: client.last_seen.as_deref().map_or_else(|| ABSENT.to_owned(), visible),
            session_data: client
                .session_data
                .iter()
                .map(|datum| format!("{}: {}", visible(&datum.key), visible(&datum.value)))
                .collect(),
        })
        .collect()
}

fn notes(client: &Client) -> String {
    let mut notes = Vec::new();
    if !client.present {
        notes.push("left".to_owned());
    }
    if client.restarts > 0 {
        notes.push(number::counted(client.restarts, "restart"));
    }
    if let Some(process) = &client.also_in {
        notes.push(format!("also in {}", visible(process)));
    }
    notes.join(", ")
}
