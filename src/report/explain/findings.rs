//! What makes each kind of finding, and what to do about it. What it is stands where the kind is defined.

use super::advice::Advice;
use crate::measure::finding::FindingKind;

/// What is said of a kind of finding. Long, because each kind is told apart.
pub(super) fn advice(kind: FindingKind) -> Advice {
    use FindingKind as K;
    let (made_by, to_do) = match kind {
        K::ForeignTable | K::ClosingRow | K::EmbeddedHeader | K::AppendedRun | K::RepeatedHeader => tables(kind),
        K::RaggedRow
        | K::TruncatedLine
        | K::UnclosedQuote
        | K::InvalidUtf8
        | K::OverlongLine
        | K::MalformedRecord
        | K::DuplicateKey
        | K::MissingHeader
        | K::UnreadableField => text(kind),
        K::NotANumber
        | K::UnreadColumn
        | K::Approximate
        | K::NoResult
        | K::NotFinite
        | K::EmptyCell
        | K::AmbiguousNumbers
        | K::RoundedIntegers
        | K::NoMetric => cells(kind),
        K::Negative
        | K::Sentinel
        | K::Saturated
        | K::UnitBlock
        | K::IsolatedForeign
        | K::Isolated
        | K::BeyondLimit
        | K::SetAside
        | K::StuckValue
        | K::DuplicateBlock
        | K::Contradiction => values(kind),
        K::ClockBackwards | K::ClockJump | K::RoundedClock => clock(kind),
        K::DuplicateFile | K::UnreadFile | K::FileChanged | K::InBaseline | K::OtherPlan => files(kind),
        K::DuplicateSnapshot | K::OutOfOrderSnapshot | K::Restart | K::UnusableSnapshot | K::LoneClient => swarm(kind),
        K::TwoClocks
        | K::OutOfOrder
        | K::DuplicateEvent
        | K::AnsweredTwice
        | K::ClosedTwice
        | K::OpenedTwice
        | K::NeverClosed
        | K::UnknownEvent
        | K::OrphanEvent
        | K::LateEvent
        | K::DeclaredWarmUp
        | K::ScheduleStall => service(kind),
    };
    Advice::new(made_by, to_do)
}

type Explanation = (&'static str, &'static str);

/// Several tables in one file.
fn tables(kind: FindingKind) -> Explanation {
    match kind {
        FindingKind::ForeignTable => (
            "A header inside the file starts another table, and its rows would have fitted under the first header.",
            "Nothing for this report: the row is counted under its own header. Write each table into a file of its own, \
             and correct older reports that pooled them.",
        ),
        FindingKind::ClosingRow => (
            "The last rows of a table say `total`, `mean` or the like, or are sums of the rows above.",
            "Nothing: the row is no sample and was set aside.",
        ),
        FindingKind::EmbeddedHeader => (
            "A row of names stands inside the file, and what follows has other columns.",
            "Nothing for this report; write each table into a file of its own.",
        ),
        FindingKind::AppendedRun => (
            "Behind another table rows of the first one go on without a header: a recorder appended to an old file.",
            "Runs are told apart and shown; write each run into a file of its own, so that their noise is known.",
        ),
        _ => (
            "The header stands in the file again: a recorder appended to an old file, or repeats its header.",
            "Runs are told apart and shown; write each run into a file of its own, so that their noise is known.",
        ),
    }
}

/// Lines and records.
fn text(kind: FindingKind) -> Explanation {
    match kind {
        FindingKind::RaggedRow => (
            "A row has more or fewer fields than its header: an unquoted delimiter in a label, two writers at once, or a \
             decimal comma.",
            "Look at the line; quote labels, or let one writer write. The row was set aside.",
        ),
        FindingKind::TruncatedLine => (
            "The file, or what was compressed, ends in the middle of a record or a number: the recorder was ended, or the disk \
             was full, or the file was copied while it grew.",
            "Let the recorder end by itself and measure again; what stands before the cut counts.",
        ),
        FindingKind::UnclosedQuote => (
            "A quote opens a cell and does not close it; read as the rule says, it would swallow the rest of the file.",
            "Look at the line and write the quote twice inside of quotes. Rows below are read as if it were closed.",
        ),
        FindingKind::InvalidUtf8 => (
            "The file is in another encoding (Latin-1, a Windows code page), or binary data got into it.",
            "Numbers are read all the same; write UTF-8 for labels to be right.",
        ),
        FindingKind::OverlongLine => (
            "A line has no end for longer than any record of measurements: something else was written there.",
            "Look at the line; it was passed over.",
        ),
        FindingKind::MalformedRecord => (
            "A record does not follow the grammar of its format, or lacks what the format says it has.",
            "Look at the line; two writers in one file are the usual cause. The record was set aside.",
        ),
        FindingKind::DuplicateKey => (
            "A JSON object has the same key twice; readers disagree on which one counts.",
            "Correct what writes the object. The finding says which one was taken.",
        ),
        FindingKind::MissingHeader => (
            "The first row already holds numbers.",
            "Write a header with units (`latency_ms`), or say `--unit column_1=ms`.",
        ),
        _ => (
            "A field of a record is no number, no instant or no unit where the format has one.",
            "Look at what writes the field. What it stood for is not in the numbers.",
        ),
    }
}

/// Cells of measured columns.
fn cells(kind: FindingKind) -> Explanation {
    match kind {
        FindingKind::NotANumber => (
            "A cell of a measured column holds a text that is no number and no word for `no result`.",
            "Look at the line. Where the column is no measurement, `--role COLUMN=label` or `unused` says so.",
        ),
        FindingKind::UnreadColumn => (
            "A column is called like a duration, and its cells are texts that are read as no number.",
            "Write plain numbers, or durations with their units (`98ms`, `PT1.2S`). Where it is no duration, `--role COLUMN=label` says so.",
        ),
        FindingKind::Approximate => (
            "The cell says `~` before its number.",
            "Nothing: they count as the numbers that they name. Write what was measured where you can.",
        ),
        FindingKind::NoResult => (
            "A word like `timeout`, `OOM` or `n/a` stands where a number was due.",
            "Look at whether these runs failed: their durations are in no statistic, so the others look better than the whole.",
        ),
        FindingKind::NotFinite => (
            "NaN or an infinity was written: mostly a division by zero in the recorder.",
            "Correct the recorder. The value is not in the statistics.",
        ),
        FindingKind::EmptyCell => (
            "Nothing stands in the cell.",
            "Nothing, where not every row has a value; they count as absent, not as zero.",
        ),
        FindingKind::AmbiguousNumbers => (
            "Every number of a column has three digits behind one comma, so that `42,068` may be 42 or 42 thousand.",
            "Write a decimal point, or no groups. The finding says as which they were read.",
        ),
        FindingKind::RoundedIntegers => (
            "Whole numbers beyond 2^53 do not fit into a double.",
            "Nothing for durations and sizes. Where such a number is an identifier, `--role COLUMN=identifier`.",
        ),
        _ => (
            "No column of the file is taken for a measurement: labels, identifiers, settings or nothing.",
            "Say which one is: `--role COLUMN=metric`. `perfreport formats` lists what is read.",
        ),
    }
}

/// Values of which evidence speaks against.
fn values(kind: FindingKind) -> Explanation {
    match kind {
        FindingKind::Negative => (
            "A duration, size or count is below zero: a clock was set back, or a difference was taken the wrong way.",
            "Use a monotonic clock in the recorder. The value left the clean statistics.",
        ),
        FindingKind::Sentinel => (
            "The value is one that programs write for `none` and lies far away from the others.",
            "Let the recorder write nothing where nothing was measured. The value left the clean statistics.",
        ),
        FindingKind::Saturated => (
            "The value is the largest that a field of its width holds, or several samples stand at such an end.",
            "Let the recorder use a wider field. The true values are at least so large; percentiles there are lower bounds.",
        ),
        FindingKind::UnitBlock => (
            "A stretch of values lies a factor between units apart from its neighbours and is as spread as they are.",
            "Where the recorder changed its unit, write one; or paste the `set_aside` lines of the report into perfreport.toml.",
        ),
        FindingKind::IsolatedForeign => (
            "The value lies far from all others beyond a gap, and something else speaks against it: whole among decimals, a \
             label unlike all others, a factor between units, longer than the whole recording.",
            "Look at the line. It left the clean statistics; the report shows the numbers with it, too.",
        ),
        FindingKind::Isolated => (
            "The value lies beyond a gap that the tail of the others shows in fewer than one of a million files, and nothing \
             else speaks against it.",
            "Look at the line: it may be the slow request that matters. It was kept; `set_aside` takes it out.",
        ),
        FindingKind::BeyondLimit => (
            "`--limit` or `limit` in perfreport.toml says that nothing can be so large.",
            "Correct the recorder, or the limit. The value left the clean statistics.",
        ),
        FindingKind::SetAside => (
            "`set_aside` in perfreport.toml names these lines.",
            "Nothing; take the lines out of perfreport.toml once the file is sound.",
        ),
        FindingKind::StuckValue => (
            "The same value stands many times in a row in a metric that otherwise varies.",
            "Look at whether the recorder repeated its last value; then paste the `set_aside` lines of the report.",
        ),
        FindingKind::DuplicateBlock => (
            "Consecutive values repeat an earlier block of the file, which independent measurements do not do.",
            "If the rows were copied, delete one of the blocks.",
        ),
        _ => (
            "Numbers that belong together cannot all be true: a median beside another p50, parts that are no total, a mean \
             outside of its range.",
            "Look at what wrote them before you trust either number. The finding says which one was taken.",
        ),
    }
}

fn clock(kind: FindingKind) -> Explanation {
    match kind {
        FindingKind::ClockBackwards => (
            "Rows are not in the order of their timestamps: several threads write, or the clock was set back.",
            "Sort by start where order matters. Drift and warm-up follow the rows as they stand.",
        ),
        FindingKind::ClockJump => (
            "A pause is more than 100 times as long as all others: a machine slept, two runs stand in one file, or the clocks of two shards differ.",
            "Write each run into a file of its own.",
        ),
        _ => (
            "Nanoseconds since 1970 are larger than 2^53.",
            "Nothing: instants are exact to 256 ns. Microseconds would be held exactly.",
        ),
    }
}

fn files(kind: FindingKind) -> Explanation {
    match kind {
        FindingKind::DuplicateFile => (
            "The same file was named twice, or two files hold the same bytes, or all rows are those of the baseline.",
            "Leave the copy out. Where it is the baseline's own file, measure again: it was compared with itself.",
        ),
        FindingKind::UnreadFile => (
            "The file is no format that is read, is damaged, or was not looked at because of its ending.",
            "Name the file to have it read, `--format NAME` where it is not recognised. It is in no number.",
        ),
        FindingKind::FileChanged => (
            "The file was written to, or cut, while it was read.",
            "Wait until the recorder has ended, and run perfreport again.",
        ),
        FindingKind::OtherPlan => (
            "A shard was digested by a plan, and a column that the plan counts is not there or is something else, or another one is.",
            "What fits was counted. Leave the shard out, or make a plan that fits all of them (`perfreport plan`, docs/scale.md).",
        ),
        _ => (
            "Samples of the other side of a comparison cannot have been measured.",
            "`perfreport check` on that side names them. They were left out of the comparison.",
        ),
    }
}

/// Snapshots of an agent swarm.
fn swarm(kind: FindingKind) -> Explanation {
    match kind {
        FindingKind::DuplicateSnapshot => {
            ("The same moment with the same counters stands twice.", "Nothing: it was used once.")
        }
        FindingKind::OutOfOrderSnapshot => (
            "Snapshots stand below later ones, or the clock was set back between them.",
            "Nothing, where files were put together; otherwise look at the machine's clock.",
        ),
        FindingKind::Restart => (
            "Cumulative counters fell.",
            "Look at why the process ended. What it did after its last snapshot is not known.",
        ),
        FindingKind::UnusableSnapshot => (
            "The snapshot says no time, or no count of executions, or none that can be read.",
            "Look at what writes it. It was left out of the series.",
        ),
        _ => (
            "Records of a client stand in files without a record of its process.",
            "Give the file with the process's record, too: without it no share of the process can be told.",
        ),
    }
}

/// Events of an interactive service.
fn service(kind: FindingKind) -> Explanation {
    match kind {
        FindingKind::TwoClocks => (
            "An instant is days away from all others, or an answer stands before its message.",
            "Record both ends on one machine, or synchronise the clocks. No latency is made of such pairs.",
        ),
        FindingKind::OutOfOrder => (
            "An event's instant is before that of a row above: several threads write.",
            "Nothing: events were taken in the order of their instants.",
        ),
        FindingKind::DuplicateEvent => (
            "The same event stands twice: sent twice, or two logs in one file.",
            "Look at whether the client retries. The first one counts.",
        ),
        FindingKind::AnsweredTwice => (
            "A further answer comes to a message that has one.",
            "Look at the service: a client may have shown both. The first answer counts.",
        ),
        FindingKind::ClosedTwice => {
            ("A session is closed that was closed before.", "Look at the client. The first closing counts.")
        }
        FindingKind::OpenedTwice => {
            ("A session is opened that is open.", "Look at the client's session ids. The first opening counts.")
        }
        FindingKind::NeverClosed => (
            "The recording ends before the session does, or the closing was not written.",
            "Record until all sessions have ended. Its duration is only a lower bound and counts nowhere.",
        ),
        FindingKind::UnknownEvent => (
            "A kind of event, or a status, is none that is known.",
            "`events` under `[source.service]` in perfreport.toml names it. It was passed over.",
        ),
        FindingKind::OrphanEvent => (
            "An answer has no message, or a row has no session or no instant.",
            "Look at whether the beginning of the log is missing.",
        ),
        FindingKind::LateEvent => (
            "Something comes for a message that has ended: an answer after its timeout.",
            "Look at the client's timeout: the service did the work in vain. The first outcome counts.",
        ),
        FindingKind::DeclaredWarmUp => {
            ("The file marks these requests as warm-up.", "Nothing: they are left out of every number of the service.")
        }
        _ => (
            "Nothing was sent for a while in which the schedule has requests: the generator or its machine stood still.",
            "Measure again with a generator that keeps up: the service was not asked then, and looks better than it is.",
        ),
    }
}
