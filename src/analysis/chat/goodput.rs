//! The goodput of a chat service.
//!
//! In: its messages. Out: a [`Goodput`]; none where no level is about them. `first_chunk` and `response` are counted from the
//! sending of a message; where a row is a request, its other columns can be levels too, and `time_per_output_token` is the time after
//! the first chunk per further token where no column says it.

use crate::analysis::chat::instants::seconds;
use crate::analysis::chat::log::{Log, Message, Outcome};
use crate::analysis::chat::result::Shape;
use crate::analysis::goodput::{Goodput, LevelValue, Measure, Tally, spelled};
use crate::measure::service_level::ServiceLevel;
use crate::measure::unit::Unit;
use crate::stats::settings::Settings;
use crate::table::Table;

/// What counts the tokens of an answer.
const OUTPUT_TOKENS: [&str; 6] =
    ["outputtokens", "completiontokens", "outputsequencelength", "outputlen", "numoutputtokens", "generatedtokens"];
/// What says the time per token.
const TOKEN_TIMES: [&str; 2] = ["timeperoutputtoken", "tpot"];
const FIRST: [&str; 4] = ["firstchunk", "timetofirstchunk", "ttft", "timetofirsttoken"];
const RESPONSE: [&str; 3] = ["response", "timetoresponse", "requestlatency"];

/// What shows a level.
enum By {
    FirstChunk,
    Response,
    /// A column of the request's row, with its numbers.
    Column(usize, Vec<Option<f64>>),
    /// The time after the first chunk, per token but the first; how many there are.
    Tokens(Vec<Option<f64>>),
}

/// The goodput of the messages of a log, which that table holds, over so many seconds.
pub(super) fn of_log(
    (source, index): (&str, usize),
    (shape, table): (Shape, &Table),
    log: &Log,
    length: f64,
    settings: &Settings,
) -> Option<Goodput> {
    let by: Vec<Option<By>> = settings.service_levels.iter().map(|level| shown_by(level, log, table, shape)).collect();
    if by.iter().all(Option::is_none) {
        return None;
    }
    let measure = |level, by: &Option<By>| {
        let name = match by {
            None => return Measure::none(),
            Some(By::Column(column, _)) => return Measure::of_column(level, &table.columns[*column]),
            Some(By::FirstChunk) => "time to first chunk",
            Some(By::Response) => "time to response",
            Some(By::Tokens(_)) => "time after the first chunk per token",
        };
        Measure::of(level, name, Unit::SECOND, false)
    };
    let levels = settings.service_levels.iter().zip(&by).map(|(level, by)| (level, measure(level, by)));
    let mut tally = Tally::new(levels.collect(), settings);
    let ends = log.messages.iter().any(|message| message.end.is_some());
    for message in &log.messages {
        let open = message.outcome == Outcome::Open && !(ends && message.end.is_none());
        let answered = message.outcome == Outcome::Answered || open;
        tally.request(answered, |level| by[level].as_ref().map_or(LevelValue::Nothing, |by| shown(by, message, table)));
    }
    tally.finish(source, index, Some(length), settings.confidence)
}

fn shown_by(level: &ServiceLevel, log: &Log, table: &Table, shape: Shape) -> Option<By> {
    let wanted = spelled(&level.subject);
    let rows_are_requests = shape != Shape::Events;
    let column = |is: &dyn Fn(&str) -> bool| {
        let number = |index: &usize| table.columns[*index].cells.is_number() && rows_are_requests;
        (0..table.columns.len()).filter(number).find(|index| is(&table.columns[*index].name))
    };
    if FIRST.contains(&wanted.as_str()) {
        return log.messages.iter().any(|message| message.first.is_some()).then_some(By::FirstChunk);
    }
    if RESPONSE.contains(&wanted.as_str()) {
        return log.messages.iter().any(|message| message.end.is_some()).then_some(By::Response);
    }
    let is_token_time = TOKEN_TIMES.contains(&wanted.as_str());
    let same = |name: &str| {
        let name = spelled(name);
        name == wanted || is_token_time && TOKEN_TIMES.contains(&name.as_str())
    };
    if let Some(found) = column(&|name| name == level.subject).or_else(|| column(&same)) {
        return Some(By::Column(found, table.numbers(found)));
    }
    let tokens = || column(&|name| OUTPUT_TOKENS.contains(&spelled(name.rsplit('.').next().unwrap_or(name)).as_str()));
    tokens().filter(|_| is_token_time).map(|column| By::Tokens(table.numbers(column)))
}

fn shown(by: &By, message: &Message, table: &Table) -> LevelValue {
    let since = |at: Option<i64>, from: i64| match at {
        Some(_) if message.contradicts => LevelValue::Corrupted,
        Some(at) => LevelValue::Number(seconds(from, at)),
        None => LevelValue::Nothing,
    };
    let number = |numbers: &[Option<f64>]| numbers.get(message.row as usize).copied().flatten();
    match by {
        By::FirstChunk => since(message.first, message.sent),
        By::Response => since(message.end, message.sent),
        By::Column(column, numbers) => {
            let unit = table.columns[*column].unit();
            number(numbers).map_or(LevelValue::Nothing, |value| LevelValue::Number(unit.to_base(value)))
        }
        By::Tokens(numbers) => match (message.first, number(numbers)) {
            (Some(first), Some(tokens)) if tokens >= 1.0 => match since(message.end, first) {
                // Behind a single token there is nothing to wait for.
                LevelValue::Number(after) => {
                    LevelValue::Number(if tokens > 1.0 { after / (tokens - 1.0) } else { 0.0 })
                }
                other => other,
            },
            _ => LevelValue::Nothing,
        },
    }
}
