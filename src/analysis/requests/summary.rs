//! Requests that a tool has summarised itself, in the words of a run of requests: how many, how many failed, how many a second, how
//! long they took, endpoint by endpoint, and what they failed of.
//!
//! In: what the tool reports of a source, and its metrics that are histograms. Out: a [`RequestSummary`], or none where nothing counts
//! requests. Nothing is estimated: what the tool does not say is absent. Only counts are added up, where it says nothing of all
//! endpoints together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::analysis::entries::Entries;
use crate::analysis::metric::{Evidence, Metric};
use crate::analysis::reported::Reported;
use crate::measure::reported::ReportedCause;
use crate::measure::{Dimension, RowKind, Statistic};
use crate::stats::interval::{Interval, wilson};
use crate::stats::population::Population;
use crate::table::Table;

/// Requests as their tool summarises them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RequestSummary {
    /// Name of its source.
    pub source: String,
    /// The metric that counts the requests.
    pub counted_by: Option<String>,
    /// The metric that says how many there are a second.
    pub rate_by: Option<String>,
    /// The metric that says how long they take.
    pub latency_by: Option<String>,
    /// What that measures: the numbers below are in the base unit of this.
    pub dimension: Dimension,
    /// All of them together; absent where the tool says nothing of the whole and the counts do not add up.
    pub all: Option<EndpointSummary>,
    /// Whether the counts of `all` are added up here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub added_up: bool,
    /// Endpoint by endpoint, in the order of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<EndpointSummary>,
    /// Failures by code or message, the most frequent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<CauseSummary>,
}

/// The numbers of an endpoint, or of all requests.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointSummary {
    /// Its label; absent for all of them together.
    pub label: Option<String>,
    /// Requests.
    pub requests: Option<u64>,
    /// How many failed.
    pub failed: Option<u64>,
    /// Failures per one.
    pub share: Option<f64>,
    /// Wilson interval of that.
    pub interval: Option<Interval>,
    /// Requests a second.
    pub rate: Option<f64>,
    /// Mean duration.
    pub mean: Option<f64>,
    /// Median duration.
    pub p50: Option<f64>,
    /// 95th percentile.
    pub p95: Option<f64>,
    /// 99th percentile.
    pub p99: Option<f64>,
    /// The longest one.
    pub max: Option<f64>,
}

/// Failures of one kind, as a tool counts them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CauseSummary {
    /// The endpoint, where the tool says it.
    pub label: Option<String>,
    /// The code or the message.
    pub cause: String,
    /// How many failed so.
    pub failed: u64,
}

/// What a source says of requests.
pub struct SummaryBasis<'a> {
    /// Its name.
    pub source: &'a str,
    /// What its rows are.
    pub row: RowKind,
    /// What its tool reports.
    pub reported: &'a [Reported],
    /// What it counts of failures.
    pub causes: &'a [ReportedCause],
    /// Its metrics.
    pub metrics: &'a [Metric],
    /// Its tables, and the format of them.
    pub tables: &'a [Table],
    /// The name of its format.
    pub format: &'a str,
    /// Level of intervals.
    pub confidence: f64,
}

/// Whether a name has one of these in it.
fn says(name: &str, words: &[&str]) -> bool {
    let lower = name.to_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// A format whose rows are totals up to their instants.
const HISTORY: &str = "locust-history";
/// Of a summary of k6 that metric is the rate of all requests.
const K6: &str = "k6-summary";
const K6_RATE: &str = "http_reqs per second";
/// What counts something else than requests.
const NO_REQUESTS: &[&str] = &["check", "vuser", "benchmark", "iteration", "message", "token", "exception"];
/// What is a part of a request's time, or another time.
const PARTS: &[&str] = &[
    "token",
    "ttft",
    "tpot",
    "itl",
    "first",
    "failed",
    "fail",
    "connect",
    "dns",
    "dial",
    "delay",
    "session",
    "chunk",
    "wait",
    "block",
    "tls",
    "sending",
    "receiving",
    "queue",
    "not rounded",
    "iteration",
];
/// What the time of a whole request is called.
const WHOLES: &[&str] = &["latency", "duration", "response", "elapsed", "request", "e2e"];
/// What rates of requests are called, and what those of anything else are.
const RATES: &[&str] = &["request", "req", "rps", "transaction", "rate", "throughput"];
const OTHER_RATES: &[&str] =
    &["fail", "err", "byte", "token", "output", "input", "good", "total_", "iteration", "data"];
/// Rates that were asked for, or allowed.
const ASKED_FOR_RATES: &[&str] = &[
    "target",
    "requested",
    "offered",
    "expected",
    "desired",
    "wanted",
    "configured",
    "intended",
    "planned",
    "scheduled",
    "max_",
    "maxr",
    "limit",
];
/// Rates that say by their names that they came out.
const ACHIEVED_RATES: &[&str] = &["actual", "achieved", "measured", "effective", "observed"];

impl SummaryBasis<'_> {
    /// The summary; `None` where the tool does not count requests.
    pub fn summary(&self) -> Option<RequestSummary> {
        if self.format == HISTORY {
            return self.totals();
        }
        let entries = Entries::of(self.reported);
        let of_all = |one: &&Reported| entries.label(one).is_none();
        let counted = self.counter();
        // Counts of the entries of a map: none of them says how many there are in all.
        if counted.is_some_and(|one| !of_all(&one)) {
            return None;
        }
        let rate = self.rate().filter(of_all);
        let latency = self.latency().filter(of_all);
        let histogram = if latency.is_none() { self.histogram() } else { None };
        let is_of_requests =
            self.row == RowKind::Request || counted.is_some_and(|one| says(&one.metric, &["request", "operation"]));
        if self.row == RowKind::Run || !is_of_requests || counted.is_none() && self.causes.is_empty() {
            return None;
        }
        let mut labels: Vec<Option<&str>> = Vec::new();
        let named = [counted, rate, latency].into_iter().flatten().map(|one| one.metric.as_str());
        let named: Vec<&str> = named.collect();
        for one in self.reported.iter().filter(|one| named.contains(&one.metric.as_str())) {
            if !labels.contains(&one.label.as_deref()) {
                labels.push(one.label.as_deref());
            }
        }
        let of = |metric: Option<&Reported>, label: Option<&str>| {
            let name = &metric?.metric;
            self.reported.iter().find(|one| one.metric == *name && one.label.as_deref() == label)
        };
        let endpoint = |label: Option<&str>| {
            let endpoint = EndpointSummary { label: label.map(str::to_owned), ..EndpointSummary::default() };
            let endpoint = endpoint.counted(of(counted, label), self.confidence);
            let population = histogram.and_then(|metric| population_of(metric, label));
            EndpointSummary { rate: of(rate, label).and_then(rate_of), ..endpoint }
                .timed(of(latency, label))
                .measured(population)
        };
        let all = endpoint(None);
        let endpoints: Vec<EndpointSummary> = labels.iter().copied().filter(Option::is_some).map(endpoint).collect();
        let (all, added_up) = self.whole(all, &endpoints);
        let mut causes: Vec<CauseSummary> = self.causes.iter().map(CauseSummary::of).collect();
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.failed));
        Some(RequestSummary {
            source: self.source.to_owned(),
            counted_by: counted.map(|one| one.metric.clone()),
            rate_by: rate.map(|one| one.metric.clone()),
            latency_by: latency.map(|one| one.metric.clone()).or_else(|| histogram.map(|one| one.name.clone())),
            dimension: latency
                .map(|one| one.dimension)
                .or(histogram.map(|one| one.dimension))
                .unwrap_or(Dimension::Time),
            all,
            added_up,
            endpoints,
            causes,
        })
    }

    /// The totals in the last row of a history.
    fn totals(&self) -> Option<RequestSummary> {
        let table = self.tables.first()?;
        let last = usize::try_from(table.lines.rows()).ok()?.checked_sub(1)?;
        let of = |name: &str| table.values(table.position(name)?).number(last);
        let seconds = |name: &str| of(name).map(|milliseconds| milliseconds / 1e3);
        let requests = of("Total Request Count").filter(|count| *count > 0.0)?;
        let all = EndpointSummary {
            requests: Some(requests as u64),
            mean: seconds("Total Average Response Time"),
            p50: seconds("Total Median Response Time"),
            max: seconds("Total Max Response Time"),
            ..EndpointSummary::default()
        };
        let failed = of("Total Failure Count").map(|failed| failed as u64);
        Some(RequestSummary {
            source: self.source.to_owned(),
            counted_by: Some("Total Request Count".to_owned()),
            rate_by: None,
            latency_by: Some("response time".to_owned()),
            dimension: Dimension::Time,
            all: Some(all.with_failed(failed, self.confidence)),
            added_up: false,
            endpoints: Vec::new(),
            causes: Vec::new(),
        })
    }

    /// What counts the requests: with failures where anything does.
    fn counter(&self) -> Option<&Reported> {
        let counts = |one: &&Reported| !says(&one.metric, NO_REQUESTS) && requests_of(one).is_some();
        let rank = |one: &&Reported| {
            let both = one.number(Statistic::Failures).is_some();
            (!both, !says(&one.metric, &["request", "req", "operation"]))
        };
        self.reported.iter().filter(counts).min_by_key(rank).filter(|one| {
            one.number(Statistic::Failures).is_some() || says(&one.metric, &["request", "req", "operation"])
        })
    }

    fn rate(&self) -> Option<&Reported> {
        let is_rate = |one: &&Reported| {
            one.dimension == Dimension::Rate
                && says(&one.metric, RATES)
                && !says(&one.metric, OTHER_RATES)
                && !says(&one.metric, ASKED_FOR_RATES)
                && !(says(&one.metric, &["tps"]) && self.is_about_tokens())
                && rate_of(one).is_some()
        };
        // A script of k6 may count requests of its own, each as it likes: the tool counts all of them.
        let is_of_tool = |one: &&Reported| self.format != K6 || one.metric == K6_RATE;
        let rank = |one: &&Reported| {
            // Vegeta writes both: those that were sent, and those that succeeded.
            let position = RATES.iter().position(|word| says(&one.metric, &[word]));
            (!says(&one.metric, ACHIEVED_RATES), position)
        };
        self.reported.iter().filter(is_rate).filter(is_of_tool).min_by_key(rank)
    }

    /// Whether tokens are counted or timed beside it: `tps` are tokens a second then, not transactions.
    fn is_about_tokens(&self) -> bool {
        self.reported.iter().any(|one| says(&one.metric, &["token", "ttft", "tpot"]))
    }

    fn latency(&self) -> Option<&Reported> {
        let is_time = |one: &&Reported| {
            one.dimension.is_time()
                && !says(&one.metric, PARTS)
                && [Statistic::Mean, Statistic::Median, Statistic::P50, Statistic::P95]
                    .iter()
                    .any(|statistic| one.number(*statistic).is_some())
        };
        self.reported.iter().filter(is_time).min_by_key(|one| !says(&one.metric, WHOLES))
    }

    fn histogram(&self) -> Option<&Metric> {
        let is_time = |metric: &&Metric| metric.dimension.is_time() && metric.evidence != Evidence::Samples;
        self.metrics.iter().find(is_time)
    }

    /// All requests: as the tool says, else as the counts of its endpoints add up. Load levels are no endpoints of one run.
    fn whole(&self, all: EndpointSummary, endpoints: &[EndpointSummary]) -> (Option<EndpointSummary>, bool) {
        if all.requests.is_some() || all.rate.is_some() && endpoints.is_empty() {
            return (Some(all), false);
        }
        let are_runs = endpoints.iter().filter_map(|one| one.label.as_deref()).any(is_of_a_run);
        if endpoints.is_empty() || are_runs {
            return (None, false);
        }
        if let [only] = endpoints {
            return (Some(EndpointSummary { label: None, ..only.clone() }), false);
        }
        let requests: Option<u64> = endpoints.iter().map(|one| one.requests).sum();
        let failed: Option<u64> = endpoints.iter().map(|one| one.failed).sum();
        let Some(requests) = requests else { return (None, false) };
        let whole = EndpointSummary { requests: Some(requests), ..all }.with_failed(failed, self.confidence);
        (Some(whole), true)
    }
}

/// Whether a label names a run of its own (`max_concurrency=8`, `1: synchronous`), and no endpoint.
fn is_of_a_run(label: &str) -> bool {
    let numbered = label.split_once(": ").is_some_and(|(number, _)| number.parse::<u64>().is_ok());
    let is_setting = |part: &str| {
        part.split_once('=').is_some_and(|(name, value)| {
            !name.is_empty()
                && !value.is_empty()
                && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
        })
    };
    numbered || label.split([' ', ',']).filter(|part| !part.is_empty()).all(is_setting)
}

/// How many requests a metric counts: k6 states the number itself.
fn requests_of(one: &Reported) -> Option<u64> {
    let count = one.number(Statistic::Count).or_else(|| {
        let counts = one.dimension == Dimension::Count && one.values.len() == 1;
        one.number(Statistic::Value).filter(|_| counts && says(&one.metric, &["reqs", "requests"]))
    });
    count.filter(|count| *count >= 0.0).map(|count| count as u64)
}

fn rate_of(one: &Reported) -> Option<f64> {
    one.number(Statistic::Value).or_else(|| one.number(Statistic::Mean))
}

fn population_of<'a>(metric: &'a Metric, label: Option<&str>) -> Option<&'a Population> {
    let is_of = |population: &&Population| population.label.as_ref().map(|label| label.text.as_str()) == label;
    match label {
        Some(_) => metric.groups.iter().chain([&metric.overall]).find(is_of),
        None => Some(&metric.overall),
    }
}

impl CauseSummary {
    fn of(cause: &ReportedCause) -> Self {
        Self { label: cause.label.clone(), cause: cause.cause.clone(), failed: cause.failed }
    }
}

impl EndpointSummary {
    fn counted(self, by: Option<&Reported>, confidence: f64) -> Self {
        let Some(by) = by else { return self };
        let failed = by.number(Statistic::Failures).filter(|count| *count >= 0.0).map(|count| count as u64);
        Self { requests: requests_of(by), ..self }.with_failed(failed, confidence)
    }

    /// More failures than requests are failures of something else.
    fn with_failed(self, failed: Option<u64>, confidence: f64) -> Self {
        let both = failed.zip(self.requests).filter(|(failed, all)| failed <= all && *all > 0);
        Self {
            failed: both.map(|(failed, _)| failed),
            share: both.map(|(failed, all)| failed as f64 / all as f64),
            interval: both.and_then(|(failed, all)| wilson(failed, all, confidence)),
            ..self
        }
    }

    fn timed(self, by: Option<&Reported>) -> Self {
        let of = |statistics: &[Statistic]| by.and_then(|by| statistics.iter().find_map(|one| by.number(*one)));
        Self {
            mean: of(&[Statistic::Mean]),
            p50: of(&[Statistic::Median, Statistic::P50]),
            p95: of(&[Statistic::P95]),
            p99: of(&[Statistic::P99]),
            max: of(&[Statistic::Max]),
            ..self
        }
    }

    fn measured(self, population: Option<&Population>) -> Self {
        let Some(clean) = population.and_then(|population| population.clean.as_ref()) else { return self };
        let at = |percent: f64| clean.percentiles.iter().find(|one| one.percent == percent).and_then(|one| one.value);
        Self {
            mean: Some(clean.mean),
            p50: Some(clean.median),
            p95: at(95.0),
            p99: at(99.0),
            max: Some(clean.max),
            ..self
        }
    }
}

impl RequestSummary {
    /// Whether any endpoint or the whole has a number that `of` picks.
    pub fn has<T>(&self, of: impl Fn(&EndpointSummary) -> Option<T>) -> bool {
        self.rows().any(|one| of(one).is_some())
    }

    /// All of them together, then endpoint by endpoint.
    pub fn rows(&self) -> impl Iterator<Item = &EndpointSummary> {
        self.all.iter().chain(&self.endpoints)
    }

    /// Whether its numbers hold those of a metric of that name.
    pub fn covers(&self, metric: &str) -> bool {
        [&self.counted_by, &self.rate_by, &self.latency_by].into_iter().flatten().any(|name| name == metric)
    }
}
