//! The requests of a run, side by side, for the search for incidents.
//!
//! In: the rows of a run. Out: what the search finds, on the clock of the run. Of very long runs one request in so many is looked at:
//! a stretch of the run holds enough of them all the same, and counts and rates are multiplied again.

use super::part::{Labels, Part};
use super::result::{IncidentSearch, Moment};
use super::rows::NO_INSTANT;
use super::time_bins::{SECOND, nanos};
use crate::stats::incident::{Incident, Requests, incidents};

/// At most so many requests are looked at.
const LOOKED_AT: u64 = 1 << 16;

/// Searches a run, of which `timed` requests have an instant; `None` where there are too few to say anything.
pub(super) fn search(
    parts: &[Part<'_>],
    (start, timed): (i64, u64),
    moment: Moment,
    recorded: bool,
) -> Option<IncidentSearch> {
    let stride = timed.div_ceil(LOOKED_AT).max(1);
    let most = usize::try_from(timed / stride + 1).unwrap_or_default();
    let (mut at, mut latency) = (Vec::with_capacity(most), Vec::with_capacity(most));
    let (mut failed, mut group) = (Vec::new(), Vec::new());
    let mut seen = 0;
    let labelled = parts.iter().all(|part| part.labels.is_some());
    for part in parts {
        let mut labels = part.labels.as_ref().filter(|_| labelled).map(Labels::reader);
        part.rows.stretches(|stretch| {
            let label_of = labels.as_mut().map(|labels| labels.of(stretch.rows()));
            for request in stretch.requests().filter(|request| request.at != NO_INSTANT) {
                seen += 1;
                if (seen - 1) % stride != 0 {
                    continue;
                }
                // What slows requests down slows down those that begin then.
                let length = if moment == Moment::End { request.duration.map_or(0, nanos) } else { 0 };
                at.push((request.at.saturating_sub(length).saturating_sub(start)) as f64 / SECOND as f64);
                latency.push(request.duration.unwrap_or(f64::NAN));
                if recorded {
                    failed.push(request.has_failed());
                }
                if let Some(label_of) = &label_of {
                    group.push(label_of(request.row - stretch.first_row).unwrap_or_default());
                }
            }
        });
    }
    let found = incidents(&Requests { at: &at, latency: &latency, failed: &failed, group: &group })?;
    let scaled = |mut incident: Incident| {
        incident.requests *= stride;
        incident.rate.within *= stride as f64;
        incident.rate.around *= stride as f64;
        incident
    };
    Some(IncidentSearch {
        resolution: found.resolution,
        picked_one_in: (stride > 1).then_some(stride),
        found: found.incidents.into_iter().map(scaled).collect(),
    })
}
