//! The names by which people call the columns and the events of a chat service.

use crate::measure::unit::{Dimension, Unit};

use crate::analysis::chat::options::{EventKind, Field};

/// Words at the end of a name that only say that it is an instant.
const INSTANT_WORDS: &[&str] = &["at", "time", "timestamp", "ts", "utc", "iso", "on", "instant"];

/// Names of columns, without separators and units, the most telling first.
const FIELDS: &[(Field, &[&str])] = &[
    (
        Field::Time,
        &[
            "timestamp",
            "time",
            "ts",
            "datetime",
            "eventtime",
            "instant",
            "when",
            "epoch",
            "monotonic",
            "date",
            "at",
            "t",
        ],
    ),
    (
        Field::Session,
        &[
            "session",
            "sessionid",
            "sid",
            "conversation",
            "conversationid",
            "chatsession",
            "chatsessionid",
            "chatid",
            "usersession",
            "usersessionid",
            "sessionname",
            "sessionnum",
            "sessionkey",
            "dialogid",
            "convid",
        ],
    ),
    (
        Field::Message,
        &[
            "message",
            "messageid",
            "msg",
            "msgid",
            "requestid",
            "xrequestid",
            "request",
            "turn",
            "turnid",
            "turnindex",
            "messageno",
            "messageindex",
            "msgno",
            "msgindex",
            "exchangeid",
            "promptid",
        ],
    ),
    (Field::Event, &["event", "eventtype", "eventkind", "eventname", "kind", "action", "type"]),
    (
        Field::Error,
        &[
            "errortype",
            "errorkind",
            "errorclass",
            "errorname",
            "error",
            "exception",
            "failure",
            "failurereason",
            "reason",
        ],
    ),
    (
        Field::Status,
        &[
            "status",
            "success",
            "succeeded",
            "ok",
            "outcome",
            "result",
            "statuscode",
            "httpstatus",
            "responsecode",
            "httpcode",
        ],
    ),
    (
        Field::Sent,
        &["sent", "requestsent", "messagesent", "send", "submitted", "requeststart", "start", "started", "requested"],
    ),
    (
        Field::First,
        &[
            "firstchunk",
            "firsttoken",
            "ttft",
            "timetofirsttoken",
            "timetofirstchunk",
            "ttfc",
            "firstresponse",
            "firstchunklatency",
            "firsttokenlatency",
            "firstresponsechunk",
        ],
    ),
    (
        Field::Completed,
        &[
            "completed",
            "complete",
            "responsecompleted",
            "requestend",
            "responseend",
            "end",
            "ended",
            "finished",
            "finish",
            "lastchunk",
            "done",
            "finalresponse",
            "requestlatency",
            "responselatency",
            "responsetime",
            "timetoresponse",
            "timetofullresponse",
            "timetocompletion",
            "timetolasttoken",
            "timetolastchunk",
            "totallatency",
            "endtoendlatency",
            "e2elatency",
            "latency",
            "duration",
            "elapsed",
            "totaltime",
        ],
    ),
    (Field::TimeoutDetected, &["timeoutdetected", "timeoutdetect", "timedout"]),
    (Field::TimeoutReported, &["timeoutreported", "timeoutreport", "timeoutnotified"]),
    (
        Field::Memory,
        &[
            "memorycurrent",
            "currentmemory",
            "memory",
            "memoryused",
            "memoryusage",
            "rss",
            "memoryrss",
            "mem",
            "heapused",
        ],
    ),
    (Field::MemoryPeak, &["memorypeak", "peakmemory", "peakrss", "rsspeak", "maxrss", "memorymax", "mempeak"]),
];

/// Names of events, without separators.
const EVENTS: &[(EventKind, &[&str])] = &[
    (
        EventKind::Open,
        &[
            "sessionopen",
            "sessionopened",
            "sessionstart",
            "sessionstarted",
            "sessionbegin",
            "sessioncreated",
            "startsession",
            "opensession",
            "open",
            "opened",
            "connect",
            "connected",
            "connectionopen",
            "connectionopened",
        ],
    ),
    (
        EventKind::Close,
        &[
            "sessionclose",
            "sessionclosed",
            "sessionend",
            "sessionended",
            "sessionfinished",
            "endsession",
            "closesession",
            "close",
            "closed",
            "connectionclosed",
            "connectionclose",
        ],
    ),
    (EventKind::Disconnect, &["disconnect", "disconnected", "sessiondisconnect", "sessionlost", "connectionlost"]),
    (
        EventKind::Sent,
        &[
            "messagesent",
            "messagesend",
            "msgsent",
            "sendmessage",
            "sent",
            "send",
            "request",
            "requestsent",
            "requeststart",
            "requeststarted",
            "usermessage",
            "usermsg",
            "prompt",
            "promptsent",
            "userprompt",
            "question",
            "query",
        ],
    ),
    (
        EventKind::First,
        &[
            "firstchunk",
            "firsttoken",
            "firstbyte",
            "firstresponse",
            "firstresponsechunk",
            "firstdata",
            "streamstart",
            "responsestart",
            "responsestarted",
            "ttft",
        ],
    ),
    (
        EventKind::Chunk,
        &[
            "chunk",
            "token",
            "responsechunk",
            "streamchunk",
            "chunkreceived",
            "delta",
            "partial",
            "partialresponse",
            "data",
        ],
    ),
    (
        EventKind::End,
        &[
            "messageend",
            "messagecomplete",
            "messagecompleted",
            "messageresponse",
            "response",
            "responseend",
            "responsecomplete",
            "responsecompleted",
            "responsereceived",
            "finalresponse",
            "complete",
            "completed",
            "done",
            "end",
            "finished",
            "streamend",
            "lastchunk",
            "requestend",
            "requestcomplete",
            "requestcompleted",
            "reply",
            "answer",
            "messagereceived",
        ],
    ),
    (
        EventKind::Error,
        &[
            "error",
            "messageerror",
            "requesterror",
            "responseerror",
            "aierror",
            "failed",
            "failure",
            "messagefailed",
            "requestfailed",
            "exception",
        ],
    ),
    (
        EventKind::TimeoutDetected,
        &[
            "timeoutdetected",
            "timeout",
            "timedout",
            "aitimeout",
            "aitimeoutdetected",
            "messagetimeout",
            "requesttimeout",
            "responsetimeout",
        ],
    ),
    (
        EventKind::TimeoutReported,
        &["timeoutreported", "reporttimeout", "timeoutreport", "timeoutnotified", "aitimeoutreported", "timeoutshown"],
    ),
    (EventKind::Memory, &["memory", "memorysample", "memoryusage", "memorysnapshot", "mem", "rss"]),
];

/// The words of a name: split at everything that is no letter or digit, and where camelCase has its humps.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut fresh, mut lower) = (true, false);
    for character in name.chars() {
        if !character.is_alphanumeric() {
            fresh = true;
            continue;
        }
        if fresh || (character.is_uppercase() && lower) {
            words.push(String::new());
            fresh = false;
        }
        lower = character.is_lowercase();
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words
}

/// The unit of time in which a name says that its numbers are, in seconds.
pub(crate) fn seconds_of_name(name: &str) -> Option<f64> {
    let words = words(name);
    let last = words.last().filter(|_| words.len() > 1)?;
    Unit::parse(last).filter(|unit| unit.dimension == Dimension::Time).map(|unit| unit.to_base(1.0))
}

/// The spellings under which a column may be known: without its path and unit, then without words such as `at`.
fn spellings(name: &str) -> Vec<String> {
    let mut words = words(name.rsplit('.').next().unwrap_or(name));
    let mut spellings = vec![words.concat()];
    let unit = |word: &String| {
        Unit::parse(word).is_some_and(|unit| matches!(unit.dimension, Dimension::Time | Dimension::Bytes))
    };
    if words.len() > 1 && words.last().is_some_and(unit) {
        words.pop();
        spellings.push(words.concat());
    }
    while words.len() > 1 && words.last().is_some_and(|word| INSTANT_WORDS.contains(&word.as_str())) {
        words.pop();
        spellings.push(words.concat());
    }
    spellings
}

/// How well a column's name fits a field: smaller is better.
pub(crate) fn rank(field: Field, name: &str) -> Option<usize> {
    let (_, known) = FIELDS.iter().find(|(other, _)| *other == field)?;
    let spellings = spellings(name);
    known.iter().position(|known| spellings.iter().any(|spelling| spelling == known))
}

/// Whether a name says that its numbers are durations, not instants.
pub(crate) fn is_duration(name: &str) -> bool {
    const DURATIONS: &[&str] =
        &["ttft", "ttfc", "latency", "duration", "elapsed", "timeto", "responsetime", "totaltime"];
    let joined = words(name).concat();
    DURATIONS.iter().any(|word| joined.contains(word))
}

/// The kind of event that a text names.
pub(crate) fn event(text: &str) -> Option<EventKind> {
    let joined = words(text).concat();
    EVENTS.iter().find(|(_, known)| known.contains(&joined.as_str())).map(|(kind, _)| *kind)
}

/// Whether the name of a column says that something was sent or asked for, rather than that something began.
pub(crate) fn says_sent(name: &str) -> bool {
    words(name)
        .iter()
        .any(|word| ["sent", "send", "request", "requested", "submitted", "message"].contains(&word.as_str()))
}

/// Whether a text stands where there is none.
pub(crate) fn is_none(text: &str) -> bool {
    const NONE: &[&str] = &["", "-", "null", "none", "nil", "nan", "na", "n/a", "undefined"];
    NONE.iter().any(|none| none.eq_ignore_ascii_case(text.trim()))
}

/// Whether a type of error is a timeout.
pub(crate) fn is_timeout(error: &str) -> bool {
    let joined = words(error).concat();
    ["timeout", "timedout", "deadlineexceeded"].iter().any(|word| joined.contains(word))
}

/// Whether a text in a column of statuses or errors says that all went well.
pub(crate) fn is_success(text: &str) -> bool {
    const SUCCESS: &[&str] = &[
        "",
        "ok",
        "success",
        "succeeded",
        "successful",
        "true",
        "completed",
        "complete",
        "passed",
        "none",
        "null",
        "0",
    ];
    let joined = words(text).concat();
    SUCCESS.contains(&joined.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_events_are_known_in_many_spellings() {
        for (field, name) in [
            (Field::Session, "session_id"),
            (Field::Session, "sessionId"),
            (Field::Sent, "sent_at_ms"),
            (Field::Sent, "start_time"),
            (Field::First, "first_token_ns"),
            (Field::First, "data.ttft_ms"),
            (Field::Completed, "completedAt"),
            (Field::Memory, "memory_bytes"),
        ] {
            assert!(rank(field, name).is_some(), "{name}");
        }
        assert_eq!(rank(Field::Completed, "append"), None);
        assert_eq!(event("Message-Sent"), Some(EventKind::Sent));
        assert_eq!(event("firstToken"), Some(EventKind::First));
        assert_eq!(event("user_msg_3_7"), None);
        assert!(is_duration("ttft_ms") && !is_duration("first_chunk"));
        assert!(is_timeout("RequestTimeoutError") && !is_timeout("disconnect"));
    }
}
