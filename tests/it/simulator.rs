//! A simulated chat service whose truth is known, written in all three shapes that are read.
//!
//! Sessions open one after the other (warm-up), talk for a while and close one after the other (drain). Messages are
//! answered, fail, or time out; for a while nothing is sent at all.

use std::fmt::Write as _;

/// 2026-03-15T12:00:00Z in nanoseconds.
const EPOCH: i64 = 1_773_576_000_000_000_000;
/// Timeouts are detected after this and reported a little later, in nanoseconds.
pub(crate) const DEADLINE: i64 = 10_000_000_000;

/// A message; instants in nanoseconds since the start.
pub(crate) struct Message {
    pub(crate) session: usize,
    pub(crate) sent: i64,
    pub(crate) chunks: Vec<i64>,
    pub(crate) end: Option<i64>,
    pub(crate) error: Option<(&'static str, i64)>,
    pub(crate) reported: Option<i64>,
}

/// What happened.
pub(crate) struct Truth {
    pub(crate) messages: Vec<Message>,
    /// When each session opened and closed.
    pub(crate) sessions: Vec<(i64, i64)>,
    /// Samples of memory.
    pub(crate) memory: Vec<(i64, u64)>,
    /// The stretch in which nothing was sent.
    pub(crate) stall: (i64, i64),
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Exponential, in whole microseconds, as nanoseconds.
    fn wait(&mut self, mean_seconds: f64) -> i64 {
        ((-(1.0 - self.next()).ln() * mean_seconds * 1e6) as i64 + 1) * 1000
    }
}

const SECOND: i64 = 1_000_000_000;

/// A run of `sessions` sessions; the same seed gives the same run.
pub(crate) fn run(seed: u64, sessions: usize) -> Truth {
    let mut random = Random(seed);
    let stall = (70 * SECOND, 76 * SECOND);
    let mut truth = Truth { messages: Vec::new(), sessions: Vec::new(), memory: Vec::new(), stall };
    for session in 0..sessions {
        let open = (session as i64 * 20 * SECOND) / sessions as i64;
        let close = 120 * SECOND + open + 1_000_000;
        let mut now = open;
        loop {
            now += random.wait(1.0);
            if (stall.0..stall.1).contains(&now) {
                now = stall.1 + random.wait(0.5);
            }
            if now + 12 * SECOND > close {
                break;
            }
            let mut message =
                Message { session, sent: now, chunks: Vec::new(), end: None, error: None, reported: None };
            let fate = random.next();
            if fate < 0.02 {
                now += DEADLINE + random.wait(0.005);
                message.error = Some(("timeout", now));
                now += random.wait(0.02);
                message.reported = Some(now);
            } else if fate < 0.05 {
                now += random.wait(0.3);
                message.error = Some(("ai_error", now));
            } else if fate < 0.06 {
                now += random.wait(0.3);
                message.error = Some(("disconnect", now));
            } else {
                for wait in [0.3, 0.1, 0.1, 0.1] {
                    now += random.wait(wait);
                    message.chunks.push(now);
                }
                now += random.wait(0.02);
                message.end = Some(now);
            }
            truth.messages.push(message);
        }
        truth.sessions.push((open, close));
    }
    truth.messages.sort_by_key(|message| message.sent);
    truth.memory = (0..140).map(|second| (second * SECOND, 50_000_000 + (second as u64 % 60) * 10_000)).collect();
    truth
}

fn epoch_seconds(at: i64) -> String {
    let nanos = EPOCH + at;
    format!("{}.{:06}", nanos / SECOND, nanos % SECOND / 1000)
}

impl Truth {
    /// The rows of the event log, by instant.
    pub(crate) fn events(&self) -> Vec<String> {
        let mut rows: Vec<(i64, String)> = Vec::new();
        for (session, (open, close)) in self.sessions.iter().enumerate() {
            rows.push((*open, format!("s{session},,session_open,,")));
            rows.push((*close, format!("s{session},,session_close,,")));
        }
        for (index, message) in self.messages.iter().enumerate() {
            let id = format!("s{},m{index}", message.session);
            rows.push((message.sent, format!("{id},message_sent,,")));
            for (place, at) in message.chunks.iter().enumerate() {
                rows.push((*at, format!("{id},{},,", if place == 0 { "first_chunk" } else { "chunk" })));
            }
            rows.extend(message.end.map(|at| (at, format!("{id},message_end,,"))));
            if let Some((name, at)) = message.error {
                let event = if name == "timeout" { "timeout_detected" } else { "error" };
                rows.push((at, format!("{id},{event},{name},")));
            }
            rows.extend(message.reported.map(|at| (at, format!("{id},timeout_reported,timeout,"))));
        }
        rows.extend(self.memory.iter().map(|(at, bytes)| (*at, format!(",,memory,,{bytes}"))));
        rows.sort_by_key(|(at, _)| *at);
        rows.into_iter().map(|(at, row)| format!("{},{row}", epoch_seconds(at))).collect()
    }

    /// An event log with epoch seconds.
    pub(crate) fn event_log(&self) -> String {
        log_of(&self.events())
    }

    /// A request log with epoch milliseconds and microsecond fractions.
    pub(crate) fn request_log(&self) -> String {
        let mut text =
            "request_id,session_id,sent,first_chunk,completed,status,error_type,timeout_detected,timeout_reported\n"
                .to_owned();
        let at = |at: Option<i64>| at.map_or_else(String::new, epoch_seconds);
        for (index, message) in self.messages.iter().enumerate() {
            let (status, error) = message.error.map_or(("ok", ""), |(name, _)| ("failed", name));
            let end = message.end.or(message.error.map(|(_, at)| at));
            let detected = message.error.filter(|(name, _)| *name == "timeout").map(|(_, at)| at);
            let _ = writeln!(
                text,
                "m{index},s{},{},{},{},{status},{error},{},{}",
                message.session,
                epoch_seconds(message.sent),
                at(message.chunks.first().copied()),
                at(end),
                at(detected),
                at(message.reported),
            );
        }
        text
    }

    /// What `AIPerf` writes; `old` for the names of its earlier versions.
    pub(crate) fn aiperf(&self, old: bool) -> String {
        let mut text = String::new();
        let (start, first) = if old { ("timestamp_ns", "ttft") } else { ("request_start_ns", "time_to_first_token") };
        let millis = |from: i64, to: i64| (to - from) as f64 / 1e6;
        for (index, message) in self.messages.iter().enumerate() {
            let end = message.end.or(message.error.map(|(_, at)| at)).unwrap_or(message.sent);
            let metadata = format!(
                r#"{{"x_request_id":"m{index}","conversation_id":"s{}","turn_index":0,"{start}":{},"request_end_ns":{},"worker_id":"w"}}"#,
                message.session,
                EPOCH + message.sent,
                EPOCH + end,
            );
            let rest = match (message.error, message.chunks.first()) {
                (None, Some(chunk)) => {
                    let gaps: Vec<String> =
                        message.chunks.windows(2).map(|pair| millis(pair[0], pair[1]).to_string()).collect();
                    format!(
                        r#""metrics":{{"{first}":{{"value":{},"unit":"ms"}},"request_latency":{{"value":{},"unit":"ms"}},"inter_chunk_latency":{{"value":[{}],"unit":"ms"}}}},"error":null"#,
                        millis(message.sent, *chunk),
                        millis(message.sent, end),
                        gaps.join(","),
                    )
                }
                (error, _) => format!(
                    r#""metrics":{{"error_request_count":{{"value":1,"unit":"requests"}}}},"error":{{"code":500,"type":"{}","message":"m"}}"#,
                    error.map_or("", |(name, _)| name)
                ),
            };
            let _ = writeln!(text, r#"{{"metadata":{metadata},{rest}}}"#);
        }
        text
    }
}

/// Rows of an event log under their header.
pub(crate) fn log_of(rows: &[String]) -> String {
    format!("timestamp,session,message,event,error_type,memory_current\n{}\n", rows.join("\n"))
}
