//! Clients over the snapshots in which they stand.
//!
//! In: the clients of each snapshot, in order of time. Out: their totals over restarts, and who is present. A client
//! whose own counter falls was made anew; one that is not in a snapshot any more has left, and keeps what it had.

use std::collections::BTreeMap;

use crate::measure::finding::Place;
use crate::table::swarm::{ClientRecord, SessionDatum};

use crate::analysis::swarm::anomaly::{Anomaly, AnomalyKind};
use crate::analysis::swarm::check;
use crate::analysis::swarm::moment::{self, SourceRecord};
use crate::analysis::swarm::result::{Balance, Client, Process};

/// Executions of a client that stands alone which may be in flight: it cannot be known, and one is usual.
const LONE_IN_FLIGHT: u64 = 1;

/// Counters of a client as last seen.
#[derive(Debug, Clone, Copy, Default)]
struct Counters {
    executions: Option<u64>,
    input: Option<f64>,
    output: Option<f64>,
    time: Option<f64>,
}

impl Counters {
    fn of(record: &ClientRecord) -> Self {
        Self {
            executions: record.executions,
            input: record.input_total,
            output: record.output_total,
            time: record.time_total.map(|time| time.seconds),
        }
    }

    /// Whether one of them fell.
    fn fell(&self, before: &Self) -> bool {
        let less = |new: Option<f64>, old: Option<f64>| matches!((new, old), (Some(new), Some(old)) if new < old);
        let count = |count: Option<u64>| count.map(|count| count as f64);
        less(count(self.executions), count(before.executions))
            || less(self.time, before.time)
            || less(self.input, before.input)
            || less(self.output, before.output)
    }

    /// The newer ones; an absent one stays what it was.
    fn or(self, before: Self) -> Self {
        Self {
            executions: self.executions.or(before.executions),
            input: self.input.or(before.input),
            output: self.output.or(before.output),
            time: self.time.or(before.time),
        }
    }

    fn plus(self, other: Self) -> Self {
        let sum = |left: Option<f64>, right: Option<f64>| match (left, right) {
            (Some(left), Some(right)) => Some(moment::plus(left, right)),
            (left, right) => left.or(right),
        };
        let executions = match (self.executions, other.executions) {
            (Some(left), Some(right)) => Some(left.saturating_add(right)),
            (left, right) => left.or(right),
        };
        Self {
            executions,
            input: sum(self.input, other.input),
            output: sum(self.output, other.output),
            time: sum(self.time, other.time),
        }
    }
}

/// A client so far.
#[derive(Debug, Default)]
struct Account {
    /// What earlier lives had.
    closed: Counters,
    /// Executions of earlier lives since the process last started.
    closed_in_run: u64,
    /// What this life has; absent after a restart until it is seen again.
    current: Option<Counters>,
    present: bool,
    records: u64,
    restarts: u64,
    last_seen: Option<i64>,
    session_data: Vec<SessionDatum>,
}

impl Account {
    fn take(&mut self, record: &ClientRecord, at: Option<i64>) {
        let seen = Counters::of(record);
        match self.current {
            Some(before) if seen.fell(&before) => {
                self.closed = self.closed.plus(before);
                self.closed_in_run += before.executions.unwrap_or(0);
                self.restarts += 1;
                self.current = Some(seen);
            }
            Some(before) => self.current = Some(seen.or(before)),
            None => {
                self.restarts += u64::from(self.records > 0);
                self.current = Some(seen);
            }
        }
        self.records += 1;
        self.present = true;
        self.last_seen = at.or(self.last_seen);
        self.session_data.clone_from(&record.session_data);
    }

    /// The process started again.
    fn restart(&mut self) {
        if let Some(current) = self.current.take() {
            self.closed = self.closed.plus(current);
        }
        self.closed_in_run = 0;
        self.present = false;
    }

    fn started_in_run(&self) -> u64 {
        self.closed_in_run + self.current.and_then(|current| current.executions).unwrap_or(0)
    }

    /// The client of these records.
    fn finish(self, id: &str) -> Client {
        let Counters { executions, input, output, time } = self.closed.plus(self.current.unwrap_or_default());
        let average = |total: Option<f64>| Some(total? / executions.filter(|count| *count > 0)? as f64);
        Client {
            id: id.to_owned(),
            records: self.records,
            present: self.present,
            last_seen: self.last_seen.map(moment::iso),
            restarts: self.restarts,
            executions,
            input_total: input,
            input_average: average(input),
            output_total: output,
            output_average: average(output),
            time_total: time,
            time_average: average(time),
            share_of_executions: None,
            share_of_time: None,
            also_in: None,
            session_data: self.session_data,
        }
    }
}

/// All clients of a process so far.
#[derive(Debug, Default)]
pub(crate) struct Clients<'a> {
    accounts: BTreeMap<&'a str, Account>,
    complete: bool,
}

impl<'a> Clients<'a> {
    /// The process started again: every client begins anew.
    pub(crate) fn restart(&mut self) {
        for account in self.accounts.values_mut() {
            account.restart();
        }
    }

    /// Takes the clients of a snapshot; the lines of those that stand in it twice come back.
    pub(crate) fn take(&mut self, clients: &'a [ClientRecord], at: Option<i64>) -> Vec<&'a ClientRecord> {
        for account in self.accounts.values_mut() {
            account.present = false;
        }
        self.complete = clients.iter().all(|client| client.executions.is_some());
        let mut twice = Vec::new();
        for record in clients {
            let account = self.accounts.entry(&record.id).or_default();
            if account.present {
                twice.push(record);
            } else {
                account.take(record, at);
            }
        }
        twice
    }

    /// Started executions against finished ones.
    pub(crate) fn balance(&self, finished: u64) -> Balance {
        let started = |present: bool| -> u64 {
            let accounts = self.accounts.values().filter(|account| account.present == present);
            accounts.map(Account::started_in_run).sum()
        };
        Balance::of(finished, started(true), started(false), self.complete)
    }

    pub(crate) fn present(&self) -> u64 {
        self.accounts.values().filter(|account| account.present).count() as u64
    }

    /// The clients, the one with the most time first, with their shares of what their process did.
    pub(crate) fn finish(self, executions: u64, response_time: f64) -> Vec<Client> {
        let mut clients: Vec<Client> = self.accounts.into_iter().map(|(id, account)| account.finish(id)).collect();
        for client in &mut clients {
            let own = client.executions.filter(|_| executions > 0);
            client.share_of_executions = own.map(|own| own as f64 / executions as f64);
            client.share_of_time = client.time_total.filter(|_| response_time > 0.0).map(|own| own / response_time);
        }
        let time = |client: &Client| client.time_total.unwrap_or(-1.0);
        clients.sort_by(|a, b| time(b).total_cmp(&time(a)));
        clients
    }
}

/// A client whose records stand alone.
pub(crate) fn lone(
    mut records: Vec<SourceRecord<'_, ClientRecord>>,
    processes: &[Process],
    anomalies: &mut Vec<Anomaly>,
) -> Client {
    let id = records.first().map(|first| first.record.id.clone()).unwrap_or_default();
    records.sort_by_key(|found| (found.at, found.record.executions));
    let also_in = processes.iter().find(|process| process.clients.iter().any(|client| client.id == id));
    let also_in = also_in.map(|process| process.id.clone());
    let mut account = Account::default();
    let mut last: Option<&SourceRecord<'_, ClientRecord>> = None;
    for found in &records {
        let mut note = |kind| anomalies.push(Anomaly::at(found.source, found.record.line, &id, kind));
        if let Some(last) = last.filter(|last| last.at == found.at && same(last.record, found.record)) {
            note(AnomalyKind::Duplicate(Place::line(last.source, last.record.line)));
            continue;
        }
        check::client(found.record, LONE_IN_FLIGHT).into_iter().for_each(&mut note);
        check::stamps(&found.record.stamps).into_iter().for_each(&mut note);
        account.take(found.record, found.at);
        last = Some(found);
    }
    if let Some(first) = records.first() {
        let kind = AnomalyKind::LoneClient { records: account.records, also_in: also_in.clone() };
        anomalies.push(Anomaly::at(first.source, first.record.line, &id, kind));
    }
    let day = last.filter(|last| moment::is_day_only(&last.record.stamps)).and(account.last_seen).map(moment::iso_day);
    let client = account.finish(&id);
    Client { last_seen: day.or(client.last_seen), also_in, ..client }
}

/// Whether two records say the same about a client.
pub(crate) fn same(left: &ClientRecord, right: &ClientRecord) -> bool {
    let counters = |record: &ClientRecord| {
        let counters = Counters::of(record);
        (counters.executions, counters.input, counters.output, counters.time)
    };
    left.id == right.id && counters(left) == counters(right)
}
