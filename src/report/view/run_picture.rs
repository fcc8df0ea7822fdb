//! A run of requests as a picture: its stretches of time in words, what is shaded, and the corrupted samples at its edge.
//!
//! In: a run, and the report for the findings that crosses lead to. Out: the chart. Runs that were appended to one file stand in one
//! picture where they belong to one clock and do not lie far apart.

use super::finding::anchor_of;
use crate::analysis::requests::{Bin, PhaseKind, RequestRun};
use crate::measure::unit::Dimension;
use crate::report::chart::{Chart, RunCross, RunOverTime, RunSlot, RunStretch, StretchKind, run_over_time};
use crate::report::contract::Report;
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT, ClockText, Scale};
use crate::report::words::requests as words;

/// Runs of one file stand in one picture where they fill at least this share of it.
const FILLED: f64 = 0.4;

/// A run in a picture: seconds between the beginning of the picture and its own.
struct ShiftedRun<'r> {
    run: &'r RequestRun,
    offset: f64,
}

/// The picture of a run alone.
pub(super) fn alone(report: &Report, run: &RequestRun, id: &str) -> Option<Chart> {
    draw(report, &[ShiftedRun { run, offset: 0.0 }], id).map(|(chart, _)| chart)
}

/// The picture of a run and of those that were appended to the same file, and the corrupted samples in it.
pub(super) fn with_appended(report: &Report, run: &RequestRun, id: &str) -> Option<(Chart, Vec<RunCross>)> {
    draw(report, &appended(report, run), id)
}

/// The runs of the same table on one clock, or the run alone.
fn appended<'r>(report: &'r Report, run: &'r RequestRun) -> Vec<ShiftedRun<'r>> {
    let alone = || vec![ShiftedRun { run, offset: 0.0 }];
    let same = report
        .requests
        .iter()
        .filter(|other| other.shards.is_none() && other.source == run.source && other.table == run.table);
    let same: Vec<&RequestRun> = same.collect();
    let starts: Option<Vec<f64>> = same.iter().map(|run| run.clock.start).collect();
    let Some(starts) = starts.filter(|starts| starts.len() > 1 && run.shards.is_none()) else { return alone() };
    let first = starts.iter().copied().fold(f64::INFINITY, f64::min);
    let placed: Vec<ShiftedRun<'r>> =
        same.iter().zip(starts).map(|(run, start)| ShiftedRun { run, offset: start - first }).collect();
    let mut ends: Vec<(f64, f64)> = placed.iter().map(|one| (one.offset, one.offset + one.run.length)).collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let apart = ends.windows(2).all(|pair| pair[0].1 <= pair[1].0);
    let length = ends.last().map_or(0.0, |last| last.1);
    let filled: f64 = placed.iter().map(|one| one.run.length).sum();
    if apart && filled >= FILLED * length { placed } else { alone() }
}

fn draw(report: &Report, placed: &[ShiftedRun<'_>], id: &str) -> Option<(Chart, Vec<RunCross>)> {
    let run = placed.first()?.run;
    let first = placed.iter().min_by(|a, b| a.offset.total_cmp(&b.offset))?.run;
    let length = placed.iter().map(|one| one.offset + one.run.length).fold(0.0, f64::max);
    let moments = ClockText::of(first.clock.start, length, run.bin_width);
    let slots: Vec<RunSlot> =
        placed.iter().flat_map(|one| one.run.bins.iter().map(move |bin| slot(one.run, bin, one.offset))).collect();
    let mut stretches: Vec<RunStretch> = placed.iter().flat_map(|one| stretches(one, placed.len() > 1)).collect();
    stretches.sort_by(|a, b| a.from.total_cmp(&b.from));
    let crosses: Vec<RunCross> = placed.iter().flat_map(|one| crosses(report, one)).collect();
    let chart = run_over_time(&RunOverTime {
        id: &format!("{id}-time"),
        metric: &visible(&run.metric),
        dimension: run.dimension,
        noun: if run.are_requests { "requests" } else { "rows" },
        slots: &slots,
        length,
        moments,
        stretches: &stretches,
        crosses: &crosses,
    })?;
    Some((chart, crosses))
}

fn slot(run: &RequestRun, bin: &Bin, offset: f64) -> RunSlot {
    RunSlot {
        from: bin.from + offset,
        to: bin.to + offset,
        requests: bin.requests,
        rate: bin.rate,
        failed: bin.failed,
        percentiles: [bin.p50, bin.p95, bin.p99],
        words: in_words(run, bin),
    }
}

/// `12:00:04 to 12:00:06: 24.5 /s, 49 requests, 1 failed; p50 106.5 ms, p95 362.3 ms, p99 –, n 48`.
fn in_words(run: &RequestRun, bin: &Bin) -> String {
    let moments = words::moments(run);
    let failed = bin.failed.map_or_else(String::new, |failed| format!(", {} failed", number::count(failed)));
    let typical = bin.p50.or(bin.p95).unwrap_or(0.0);
    let scale = Scale::to_read(run.dimension, typical, None, None);
    let percentile = |name: &str, value: Option<f64>| {
        format!("{name} {}", value.map_or_else(|| ABSENT.to_owned(), |value| scale.full(value)))
    };
    format!(
        "{}: {}, {}{failed}; {}, {}, {}, n {}",
        moments.between(bin.from, bin.to),
        number::short(Dimension::Rate, bin.rate),
        number::counted(bin.requests, words::noun(run)),
        percentile("p50", bin.p50),
        percentile("p95", bin.p95),
        percentile("p99", bin.p99),
        number::count(bin.samples),
    )
}

fn stretches(one: &ShiftedRun<'_>, several: bool) -> Vec<RunStretch> {
    let ShiftedRun { run, offset } = *one;
    let stretch =
        |kind, name: String, from: f64, to: f64| RunStretch { kind, name, from: from + offset, to: to + offset };
    let mut found = Vec::new();
    if several {
        let name = run.run.map_or_else(|| "run".to_owned(), |number| format!("run {number}"));
        found.push(stretch(StretchKind::Run, name, 0.0, run.length));
    }
    if run.phases.len() > 1 {
        for phase in &run.phases {
            let kind = if phase.kind == PhaseKind::Steady { StretchKind::Steady } else { StretchKind::Outside };
            found.push(stretch(kind, words::phase_name(phase.kind).to_owned(), phase.from, phase.to));
        }
    }
    for (number, incident) in (1..).zip(run.found_incidents()) {
        let name = if run.found_incidents().count() > 1 { format!("incident {number}") } else { "incident".to_owned() };
        found.push(stretch(StretchKind::Incident, name, incident.from, incident.to));
    }
    found
}

fn crosses(report: &Report, one: &ShiftedRun<'_>) -> Vec<RunCross> {
    let ShiftedRun { run, offset } = *one;
    let moments = words::moments(run);
    run.corrupted
        .iter()
        .map(|corrupted| {
            let place = corrupted.line.map_or_else(|| moments.at(corrupted.at), |line| format!("line {line}"));
            RunCross {
                at: corrupted.at + offset,
                finding: corrupted.line.and_then(|line| anchor_of(&report.findings, &run.source, line, &run.metric)),
                words: place,
            }
        })
        .collect()
}
