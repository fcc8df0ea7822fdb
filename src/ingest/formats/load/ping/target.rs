//! What was sent to one target of `ping`, request by request.
//!
//! In: replies and losses in the order in which they were printed. Out: one outcome for each request. Requests between two numbers were lost,
//! unless their replies come later.

/// A request and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Probe {
    /// How long its reply took.
    pub(super) ms: Option<f64>,
    /// Why there was none; empty where there was one.
    pub(super) cause: String,
    /// The line that says so.
    pub(super) line: u64,
    /// When that was printed, in seconds since 1970.
    pub(super) at: Option<f64>,
}

/// What became of a reply that is no row.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Taken {
    /// Why it was set aside.
    pub(super) set_aside: Option<&'static str>,
    /// Whether its number has come before, so that another run begins with it.
    pub(super) restarts: bool,
}

/// The requests that were sent to one target.
#[derive(Debug, Default)]
pub(super) struct Target {
    pub(super) name: String,
    /// Whose replies they were.
    from: String,
    /// Requests whose rows are not yet written, each with its number, which goes on where that of the protocol begins anew.
    pub(super) probes: Vec<(Option<u64>, Probe)>,
    /// The number that the next request has.
    next: Option<u64>,
    /// How many requests are known, and how many of them were lost.
    known: u64,
    failed: u64,
    /// How many were sent and received, where nothing else was printed.
    pub(super) only_counted: Option<(u64, u64)>,
}

/// Of what was lost without a word.
const NO_REPLY: &str = "lost: no reply";

/// A number has 16 bits.
const TURN: u64 = 1 << 16;

impl Target {
    /// So many requests may still be answered.
    pub(super) const KEPT: usize = 2048;

    /// A target of that name, whose first request has that number where requests are numbered.
    pub(super) fn new(name: String, first: Option<u64>) -> Self {
        Self { name, next: first, ..Self::default() }
    }

    /// Another run whose first lines are missing: of the same target where the same one answers.
    pub(super) fn again(&self, from: &str, first: Option<u64>) -> Self {
        let name = if self.from == from { self.name.as_str() } else { from };
        Self::new(name.to_owned(), first)
    }

    /// Whether a reply is of another one than those before: the lines between them are missing.
    pub(super) fn is_of_another(&self, from: &str) -> bool {
        !self.from.is_empty() && !from.is_empty() && self.from != from
    }

    /// A number of the protocol as one that goes on.
    fn number(&self, written: u64) -> u64 {
        const NEAR: u64 = TURN / 4;
        let Some(next) = self.next else { return written };
        let turned = next / TURN * TURN + written;
        match () {
            () if turned + TURN < next + NEAR => turned + TURN,
            () if turned > next + TURN - NEAR && turned >= TURN => turned - TURN,
            () => turned,
        }
    }

    /// Takes a reply.
    pub(super) fn reply(&mut self, from: &str, written: Option<u64>, probe: Probe, again: bool) -> Taken {
        if self.name.is_empty() {
            from.clone_into(&mut self.name);
        }
        if self.from != from {
            from.clone_into(&mut self.from);
        }
        let set_aside = |why: &'static str| Taken { set_aside: Some(why), restarts: false };
        let Some(number) = written.map(|written| self.number(written)) else {
            self.push(None, probe);
            return Taken::default();
        };
        if again {
            return set_aside("a second reply to the same request");
        }
        let next = self.next.unwrap_or(number);
        if number >= next {
            self.lose_until(number, probe.line);
            self.next = Some(number + 1);
            self.push(Some(number), probe);
            return Taken::default();
        }
        match self.probes.iter().rposition(|(known, _)| *known == Some(number)) {
            Some(at) if self.probes[at].1.cause.is_empty() => Taken { set_aside: None, restarts: true },
            Some(at) => {
                // Its row stands where it was printed.
                self.probes.remove(at);
                self.known -= 1;
                self.failed -= 1;
                self.push(Some(number), probe);
                Taken::default()
            }
            None => Taken { set_aside: None, restarts: true },
        }
    }

    /// Takes a request without a reply.
    pub(super) fn lost(&mut self, written: Option<u64>, probe: Probe) {
        let Some(number) = written.map(|written| self.number(written)) else {
            self.push(None, probe);
            return;
        };
        if number >= self.next.unwrap_or(number) {
            self.lose_until(number, probe.line);
            self.next = Some(number + 1);
            self.push(Some(number), probe);
        } else if let Some((_, known)) =
            self.probes.iter_mut().rev().find(|(known, one)| *known == Some(number) && !one.cause.is_empty())
        {
            known.cause = probe.cause;
        }
    }

    /// The requests in front of a number, of which nothing was said.
    fn lose_until(&mut self, number: u64, line: u64) {
        /// Before the first reply: where more are missing, their lines are.
        const MOST_AT_THE_START: u64 = 20;
        let from = self.next.unwrap_or(number);
        if self.probes.is_empty() && number - from > MOST_AT_THE_START {
            return;
        }
        for missing in from..number {
            self.push(Some(missing), Self::without_reply(line));
        }
    }

    fn without_reply(line: u64) -> Probe {
        Probe { ms: None, cause: NO_REPLY.to_owned(), line, at: None }
    }

    fn push(&mut self, number: Option<u64>, probe: Probe) {
        self.known += 1;
        self.failed += u64::from(!probe.cause.is_empty());
        self.probes.push((number, probe));
    }

    /// Takes the closing statistics: what was sent and is not known yet had no reply, as far as that many were not received.
    /// Says how many replies it counts that are not printed: where their numbers are missing, nothing was lost.
    pub(super) fn counted(&mut self, sent: u64, received: u64, line: u64) -> usize {
        if self.known == 0 && received > 0 {
            self.only_counted = Some((sent, received));
            return 0;
        }
        let too_many = self.failed.saturating_sub(sent.saturating_sub(received));
        let before = self.probes.len();
        for _ in 0..too_many {
            let is_gap = |(number, probe): &(Option<u64>, Probe)| number.is_some() && probe.cause == NO_REPLY;
            let Some(at) = self.probes.iter().rposition(is_gap) else { break };
            self.probes.remove(at);
            self.known -= 1;
            self.failed -= 1;
        }
        let not_printed = before - self.probes.len();
        let unknown = sent.saturating_sub(self.known);
        let not_received = sent.saturating_sub(received).saturating_sub(self.failed);
        for _ in 0..unknown.min(not_received) {
            self.push(None, Self::without_reply(line));
        }
        (self.next, self.known, self.failed) = (None, 0, 0);
        not_printed
    }
}
