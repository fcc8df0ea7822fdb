//! Whether the rows of a table are a run of requests, and what their clock records.
//!
//! In: a table, its format, and the metric that leads it. Out: whether a run can be made of it, whether the rows are called
//! requests, and which moment of a request its instant is: by the definition of the format, by the column's name, or by the order
//! in which rows were written; else that is not known, and said so.

use super::result::Moment;
use crate::measure::unit::Dimension;
use crate::table::{COUNTED_IN_ROWS, CellType, Column, Role, Table};

/// Fewer rows are no run.
pub(super) const FEWEST_ROWS: u64 = 10;

/// Formats of which each row is a request, and what the instant of a row is by their definition.
const FORMATS: &[(&str, Moment, &str)] = &[
    ("jmeter", Moment::Start, "JMeter: when the sample began"),
    ("jmeter-xml", Moment::Start, "JMeter: when the sample began"),
    ("gatling", Moment::Start, "Gatling: when the request began"),
    ("vegeta-json", Moment::Start, "vegeta: when the request was sent"),
    ("vegeta-csv", Moment::Start, "vegeta: when the request was sent"),
    ("hey-csv", Moment::Start, "hey: when the request began"),
    ("oha-csv", Moment::Start, "oha: when the request began"),
    ("phout", Moment::Start, "phout: when the request was sent"),
    ("locust-requests", Moment::Start, "Locust: when the request was sent"),
    ("aiperf-jsonl", Moment::Start, "AIPerf: when the request was sent"),
    ("k6-json", Moment::End, "k6: when the request had ended"),
    ("k6-csv", Moment::End, "k6: when the request had ended"),
    ("pgbench-log", Moment::End, "pgbench: when the transaction had ended"),
    ("access-log", Moment::Unknown, "nginx logs the end of a request, Apache its beginning"),
];
/// Words in names of columns that say that rows are requests.
const REQUEST_WORDS: &[&str] = &[
    "request", "requests", "req", "endpoint", "url", "uri", "path", "route", "method", "http", "https", "api", "rpc",
    "grpc", "query",
];
/// Words in the name of an instant that say that something began.
const START_WORDS: &[&str] =
    &["start", "started", "begin", "began", "sent", "send", "submitted", "issued", "scheduled"];
/// And that it ended.
const END_WORDS: &[&str] = &["end", "ended", "finish", "finished", "complete", "completed", "done", "received", "stop"];
/// Words in the names of metrics that are statistics of many requests.
const STATISTIC_WORDS: &[&str] = &[
    "p50",
    "p75",
    "p90",
    "p95",
    "p99",
    "p999",
    "avg",
    "average",
    "mean",
    "median",
    "percentile",
    "stddev",
    "stdev",
    "std",
    "max",
    "min",
];

/// What a table's rows are as a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recognition {
    /// The column of instants.
    pub(super) instant: usize,
    /// Whether the rows are called requests.
    pub(super) are_requests: bool,
    /// Which moment the instant is, and how that is known; absent where only the order of rows can tell.
    pub(super) moment: Option<(Moment, String)>,
}

/// The words of a name, in lower case.
fn words(name: &str) -> impl Iterator<Item = String> + '_ {
    name.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn has_word(name: &str, known: &[&str]) -> bool {
    words(name).any(|word| known.contains(&word.as_str()))
}

/// Looks at a table that a metric leads.
pub(super) fn recognise(table: &Table, format: &str, leader: usize) -> Option<Recognition> {
    let by_format = FORMATS.iter().find(|(name, ..)| *name == format);
    let column = &table.columns[leader];
    // A number of an access log that nobody names is a duration all the same.
    let dimension = column.unit().dimension;
    // Bytes that k6 has sent are none.
    let is_duration = dimension.is_time() || by_format.is_some() && dimension == Dimension::Unknown;
    let instant = table.columns_as(Role::Timestamp).find(|column| table.columns[*column].cells != CellType::Text)?;
    let statistics =
        table.columns_as(Role::Metric).filter(|metric| has_word(&table.columns[*metric].name, STATISTIC_WORDS));
    let is_summary = by_format.is_none() && (has_word(&column.name, STATISTIC_WORDS) || statistics.count() > 1);
    let are_requests = by_format.is_some()
        || table.columns.iter().any(|column| {
            column.role != Role::Metric
                && column.role_reason != COUNTED_IN_ROWS
                && has_word(&column.name, REQUEST_WORDS)
        });
    let is_history = !are_requests && is_history(table);
    if !is_duration || is_summary || is_history || table.labels.are_exact() || table.lines.rows() < FEWEST_ROWS {
        return None;
    }
    let name = &table.columns[instant].name;
    let moment = match by_format {
        Some((_, Moment::Unknown, _)) | None => by_name(name),
        Some((_, moment, reason)) => Some((*moment, (*reason).to_owned())),
    };
    let moment = moment.or_else(|| by_format.map(|(_, moment, reason)| (*moment, (*reason).to_owned())));
    Some(Recognition { instant, are_requests, moment })
}

/// Whether rows are of commits, few of each: what a benchmark took at each state of a program, and nothing that came in.
fn is_history(table: &Table) -> bool {
    const COMMITS: &[&str] = &["commit", "commits", "revision", "changeset"];
    const FEWEST: usize = 3;
    /// So many rows of a commit may be its benchmarks; a run of requests has more, of one commit.
    const ROWS_EACH: u64 = 20;
    let of_commits = |column: &Column| {
        let texts = column.dictionary.len();
        column.role != Role::Metric
            && has_word(&column.name, COMMITS)
            && texts >= FEWEST
            && texts as u64 * ROWS_EACH >= table.lines.rows()
    };
    table.columns.iter().any(of_commits)
}

fn by_name(name: &str) -> Option<(Moment, String)> {
    let says = |moment, what: &str| Some((moment, format!("the name `{name}` says that it is {what}")));
    match (has_word(name, START_WORDS), has_word(name, END_WORDS)) {
        (true, false) => says(Moment::Start, "the beginning"),
        (false, true) => says(Moment::End, "the end"),
        _ => None,
    }
}

/// Which moment the instants are, by the order in which rows were written: a row is written when its request has ended, so that
/// ends go on from row to row. `steps` are pairs of neighbouring rows, `back` those of them in which the instant steps back, and
/// `ends_back` those in which it does with the duration added.
pub(super) fn by_order(steps: u64, back: u64, ends_back: u64) -> (Moment, String) {
    /// Fewer steps back are chance.
    const FEWEST: u64 = 10;
    /// In so many times fewer steps does the true end go back.
    const FACTOR: u64 = 10;
    if steps > 0 && back >= FEWEST && ends_back * FACTOR <= back {
        let reason = "rows stand in the order of instant + duration, as they are written when a request has ended";
        return (Moment::Start, reason.to_owned());
    }
    (Moment::Unknown, "nothing says whether it is the beginning or the end of a request".to_owned())
}

/// Whether a duration ends before its request does: of it nobody knows how many were in progress.
pub(super) fn is_part_of_request(metric: &str) -> bool {
    const PARTS: [&str; 5] = ["ttft", "ttfb", "tpot", "itl", "first"];
    let lower = metric.to_lowercase();
    lower.split(|letter: char| !letter.is_alphanumeric()).any(|word| PARTS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_the_order_of_rows_say_which_moment_it_is() {
        assert_eq!(by_name("request_start_ns").map(|(moment, _)| moment), Some(Moment::Start));
        assert_eq!(by_name("completed at").map(|(moment, _)| moment), Some(Moment::End));
        assert_eq!(by_name("timestamp"), None);
        assert_eq!(by_order(1000, 300, 2).0, Moment::Start);
        assert_eq!(by_order(1000, 0, 400).0, Moment::Unknown, "ends in order, or sorted by beginning");
        assert_eq!(by_order(1000, 300, 280).0, Moment::Unknown);
    }
}
