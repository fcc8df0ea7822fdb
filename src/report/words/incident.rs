//! Sentences about the incidents of a run.

use crate::analysis::requests::RequestRun;
use crate::measure::unit::Dimension;
use crate::report::number::{self, Scale};
use crate::stats::incident::{Incident, Level, Symptom};

use super::requests::moments;

/// `12:05:00 to 12:05:30`.
pub(in crate::report) fn when(run: &RequestRun, incident: &Incident) -> String {
    let moments = moments(run);
    format!("{}{}", moments.between(incident.from, incident.to), moments.zone())
}

/// What moved, in words: `median 90.0 → 270.0 ms, failed 0.4% → 6.2%`.
pub(in crate::report) fn moved(run: &RequestRun, incident: &Incident) -> String {
    let values = |dimension: Dimension, level: &Level| {
        let scale = Scale::of_value(dimension, level.around).whole_if(&[level.around, level.within]);
        format!("{} → {}", scale.bare(level.around), scale.full(level.within))
    };
    let said = incident.moved.iter().filter_map(|moved| match moved {
        Symptom::Latency => {
            let doubled = |level: &Option<Level>| {
                level.as_ref().and_then(Level::factor).is_some_and(|factor| factor >= SAID_FROM)
            };
            let median = incident.median.as_ref().map(|level| ("median", level)).filter(|_| doubled(&incident.median));
            let (name, level) = median.or_else(|| Some(("p95", incident.p95.as_ref()?)))?;
            Some(format!("{name} {}", values(run.dimension, level)))
        }
        Symptom::Failures => {
            let level = incident.failed.as_ref()?;
            Some(format!("failed {} → {}", number::share(level.around), number::share(level.within)))
        }
        Symptom::Rate => Some(format!("rate {}", values(Dimension::Rate, &incident.rate))),
    });
    said.collect::<Vec<String>>().join(", ")
}

/// A median that moved by less is not what moved; the tail is.
const SAID_FROM: f64 = 1.25;

/// `incident 12:05:00 to 12:05:30 UTC: median 90.0 → 270.0 ms`.
pub(in crate::report) fn sentence(run: &RequestRun, incident: &Incident) -> String {
    format!("incident {}: {}", when(run, incident), moved(run, incident))
}

/// The first incident of all runs for the headline, and how many more there are.
pub(in crate::report) fn headline(runs: &[RequestRun]) -> Option<String> {
    let found: Vec<(&RequestRun, &Incident)> =
        RequestRun::whole(runs).flat_map(|run| run.found_incidents().map(move |one| (run, one))).collect();
    // The one that most requests met.
    let (run, first) =
        found.iter().max_by(|a, b| a.1.requests.cmp(&b.1.requests).then(b.1.from.total_cmp(&a.1.from)))?;
    let more = found.len() as u64 - 1;
    let more = if more > 0 { format!(" and {}", number::counted(more, "more incident")) } else { String::new() };
    Some(format!("{}{more}", sentence(run, first)))
}

/// What the search found, as a fact.
pub(in crate::report) fn fact(run: &RequestRun) -> String {
    let Some(search) = &run.incidents else {
        let why = if run.counted { "digests do not keep single requests" } else { "too few requests" };
        return format!("not searched: {why}");
    };
    let sampled =
        search.picked_one_in.map_or_else(String::new, |one_in| format!(" (one request in {one_in} was looked at)"));
    if search.found.is_empty() {
        return format!("none: no stretch of time leaves the rest of the run beyond chance{sampled}");
    }
    let said = search.found.iter().map(|incident| {
        format!(
            "{} ({}): {}",
            when(run, incident),
            number::counted(incident.requests, super::requests::noun(run)),
            moved(run, incident)
        )
    });
    format!("{}{sampled}", said.collect::<Vec<String>>().join("; "))
}
