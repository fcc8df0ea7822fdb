//! Messages that nobody answered, although the records go on for long enough to hold an answer.
//!
//! In: the log of a service. Out: how many, of how many; `None` where each message has an answer, or failed, or was sent so late that
//! nobody can tell. They are no errors: nothing says what became of them. Where no message of the whole log has the end of a response,
//! its first chunk is the answer, because ends may not be recorded.

use super::instants::seconds;
use super::log::{Log, Message, Outcome};
use super::result::Unanswered;
use crate::stats::quantile::{QuantileMethod, quantile};

/// So many times as long as nearly all answers take is an answer waited for.
const TIMES: f64 = 3.0;
/// Nearly all answers.
const NEARLY_ALL: f64 = 0.95;

/// Counts them; `end` is the last instant of the records.
pub(crate) fn unanswered(log: &Log, end: i64) -> Option<Unanswered> {
    let ends = log.messages.iter().any(|message| message.end.is_some());
    let answer = |message: &Message| if ends { message.end } else { message.first };
    let lengths = log.messages.iter().filter(|message| !message.contradicts);
    let lengths = lengths.filter_map(|message| Some(seconds(message.sent, answer(message)?)));
    let mut lengths: Vec<f64> = lengths.filter(|length| *length >= 0.0).collect();
    lengths.sort_unstable_by(f64::total_cmp);
    // Where no answer ever came none of them came too late to be seen.
    let patience =
        if lengths.is_empty() { 0.0 } else { TIMES * quantile(&lengths, NEARLY_ALL, QuantileMethod::default()) };
    let mut found = Unanswered { messages: 0, of: 0, patience };
    for message in &log.messages {
        let until = match message.outcome {
            Outcome::Open => Some(end),
            Outcome::SessionClosed => log.sessions.get(message.session as usize).and_then(|session| session.closed),
            Outcome::Answered | Outcome::TimedOut | Outcome::Failed => None,
        };
        let Some(until) = until.filter(|_| answer(message).is_none()) else {
            found.of += 1;
            continue;
        };
        // A response whose chunks still come is not lost.
        if seconds(message.last(), until) >= patience {
            found.messages += 1;
            found.of += 1;
        }
    }
    (found.messages > 0).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn message(sent: i64, answer: Option<i64>) -> Message {
        let outcome = if answer.is_some() { Outcome::Answered } else { Outcome::Open };
        Message { end: answer.map(|after| (sent + after) * SECOND), outcome, ..Message::new(0, 0, sent * SECOND) }
    }

    fn found(messages: Vec<Message>, end: i64) -> Option<(u64, u64)> {
        let log = Log { messages, ..Log::new(None) };
        unanswered(&log, end * SECOND).map(|found| (found.messages, found.of))
    }

    #[test]
    fn an_answer_that_had_time_to_come_is_missing_and_one_that_had_none_is_not() {
        let answered = || (0..30).map(|at| message(at, Some(2)));
        assert_eq!(found(answered().collect(), 32), None);
        let with = |sent: i64| answered().chain([message(sent, None)]).collect::<Vec<Message>>();
        assert_eq!(found(with(20), 32), Some((1, 31)), "12 seconds are six times as long as an answer takes");
        assert_eq!(found(with(28), 32), None, "4 seconds are not three times as long");
        let mut streaming = with(20);
        streaming[30].last_chunk = Some(31 * SECOND);
        assert_eq!(found(streaming, 32), None, "its chunks still come");
    }

    #[test]
    fn what_failed_had_its_end_and_a_first_chunk_is_an_answer_where_ends_are_not_recorded() {
        let mut messages: Vec<Message> = (0..30).map(|at| message(at, None)).collect();
        assert_eq!(found(messages.clone(), 30), Some((30, 30)));
        messages[3].outcome = Outcome::Failed;
        assert_eq!(found(messages.clone(), 30), Some((29, 30)));
        for message in &mut messages[4..] {
            message.first = Some(message.sent + SECOND);
        }
        assert_eq!(found(messages, 40), Some((3, 30)));
    }
}
