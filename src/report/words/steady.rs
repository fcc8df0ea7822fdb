//! Sentences about the steady part of runs, where only that was asked for.

use crate::analysis::requests::{LeftOut, RequestRun};
use crate::compare::outcome::Comparison;
use crate::measure::{Dimension, Folded};
use crate::report::escape::visible;
use crate::report::number;

use super::requests::noun;

/// Files that are named.
const NAMED: usize = 2;
/// Why there is no steady part.
const WHY: &str = "too short, or the load does not settle";

/// `first 30 s and last 4 s left out: 1,204 requests`; of several runs how many requests are left out of all.
pub(in crate::report) fn left_out(runs: &[RequestRun]) -> Option<String> {
    let cut: Vec<(&RequestRun, &LeftOut)> =
        RequestRun::whole(runs).filter_map(|run| Some((run, run.left_out()?))).collect();
    match cut[..] {
        [] => None,
        [(run, cut)] => Some(of_run(run, cut)),
        [(run, _), ..] => {
            let requests: u64 = cut.iter().map(|(_, cut)| cut.requests()).sum();
            let counted = number::counted(requests, noun(run));
            Some(format!("steady parts of {} only: {counted} left out", number::counted(cut.len() as u64, "run")))
        }
    }
}

fn of_run(run: &RequestRun, cut: &LeftOut) -> String {
    let time = |seconds: f64| number::quantity(Dimension::Time, seconds);
    let ends = [(cut.before, cut.requests_before, "first"), (cut.after, cut.requests_after, "last")];
    // What the ends of bins leave of a run without a request in it is nothing.
    let said = ends.iter().filter(|(seconds, requests, _)| *seconds > 0.0 && *requests > 0);
    let mut said: Vec<String> = said.map(|(seconds, _, end)| format!("{end} {}", time(*seconds))).collect();
    if cut.without_instant > 0 {
        said.push(format!("{} without an instant", number::count(cut.without_instant)));
    }
    if said.is_empty() {
        return "all of it is steady: nothing left out".to_owned();
    }
    format!("{} left out: {}", said.join(" and "), number::counted(cut.requests(), noun(run)))
}

/// What is counted of a run, as a fact about it.
pub(in crate::report) fn fact(run: &RequestRun) -> Option<String> {
    if run.is_unsettled() {
        return Some(format!("the whole run: no steady part was found ({WHY})"));
    }
    run.left_out().map(|cut| format!("the steady part: {}", of_run(run, cut)))
}

/// `no steady part in run.csv (too short, or the load does not settle): all of it is counted, nothing judged`.
pub(in crate::report) fn not_found(runs: &[RequestRun], comparison: Option<&Comparison>) -> Option<String> {
    let unsettled = runs.iter().filter(|run| run.shards.is_none() && run.is_unsettled());
    let mut names: Vec<&str> = unsettled.map(|run| run.source.as_str()).collect();
    names.extend(comparison.iter().flat_map(|comparison| &comparison.unsettled).map(String::as_str));
    names.sort_unstable();
    names.dedup();
    let listed = Folded::of(names.iter().map(|name| visible(name)), NAMED);
    (!names.is_empty())
        .then(|| format!("no steady part in {listed} ({WHY}): all of it is counted, and nothing is judged"))
}

/// Why numbers are not judged against each other.
pub(super) fn other_part(unsettled: &[String]) -> String {
    if unsettled.is_empty() {
        return "one side is the steady part of a run, the other all of it: read both with `--steady`, or neither"
            .to_owned();
    }
    let listed = Folded::of(unsettled.iter().map(|name| format!("`{name}`")), NAMED);
    format!("no steady part was found in {listed} ({WHY})")
}

/// What both sides left out: `steady parts only: 1,204 requests before and 980 after left out`.
pub(in crate::report) fn sides(comparison: &Comparison) -> Option<String> {
    let (before, after) = comparison.before.left_out.zip(comparison.after.left_out)?;
    Some(format!(
        "steady parts only: {} requests before and {} after left out",
        number::count(before),
        number::count(after)
    ))
}
