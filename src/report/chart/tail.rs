//! The share of samples at or above each value, on a logarithmic axis of shares: what percentiles are read off, far into the tail.
//!
//! In: shares that are exact where they are given (edges of bins, the largest samples), of a run and of its baseline. Out: the picture.

use std::fmt::Write as _;

use crate::report::contract::Histogram;
use crate::report::number::{self, Scale};

use super::axis::{Axis, axis_name, log_note};
use super::canvas::{Canvas, Chart, PLOT, WIDTH, short};

/// Shares at which there is a line.
const LINES: [f64; 8] = [1.0, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7];

/// A value, and the share of samples at or above it.
pub(crate) type Share = (f64, f64);

/// What a picture of a tail shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tail<'a> {
    /// Unique in the page.
    pub id: &'a str,
    /// What is measured, for the title.
    pub title: &'a str,
    /// The metric, for the axis.
    pub unit_of: &'a str,
    /// Ascending values with falling shares.
    pub shares: &'a [Share],
    /// The same of what it is compared with; empty where there is none.
    pub before: &'a [Share],
    /// What that is: `the baseline`.
    pub beside: &'a str,
    /// Whether the axis of values is logarithmic.
    pub log: bool,
    /// Unit and digits.
    pub scale: &'a Scale,
}

/// The shares at the lower edges of bins, and of the largest samples that are known one by one, largest first.
pub(crate) fn shares(histogram: &Histogram, largest: &[f64]) -> Vec<Share> {
    let samples: u64 = histogram.counts.iter().sum();
    let mut found = Vec::with_capacity(histogram.counts.len() + largest.len());
    let mut below = 0;
    for (edge, count) in histogram.edges.iter().zip(&histogram.counts) {
        found.push((*edge, (samples - below) as f64 / samples.max(1) as f64));
        below += count;
    }
    if let (true, Some(most)) = (largest.is_empty() && samples > 0, histogram.edges.last()) {
        found.push((*most, 1.0 / samples as f64));
    }
    found.extend(
        (1..).zip(largest).map(|(place, value): (u32, &f64)| (*value, f64::from(place) / samples.max(1) as f64)),
    );
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
    // Of equal values the one that is farthest from the largest says how many are at or above it.
    found.dedup_by(|later, kept| later.0 == kept.0);
    found.retain(|(_, share)| *share > 0.0);
    found
}

/// The shares at the lower edges of bins of which each holds a share.
pub(crate) fn shares_of_bins(edges: &[f64], shares: &[f64]) -> Vec<Share> {
    /// What is left of shares that add up to one.
    const NOTHING: f64 = 1e-9;
    let mut above: f64 = shares.iter().sum();
    let mut found = Vec::with_capacity(shares.len());
    for (edge, share) in edges.iter().zip(shares) {
        if above > NOTHING {
            found.push((*edge, above.min(1.0)));
        }
        above -= share;
    }
    found
}

/// The picture; `None` where there is nothing to draw.
pub(crate) fn tail(plot: &Tail<'_>) -> Option<Chart> {
    let all = || plot.shares.iter().chain(plot.before);
    let least = all().map(|(value, _)| *value).min_by(f64::total_cmp)?;
    let most = all().map(|(value, _)| *value).max_by(f64::total_cmp)?;
    let smallest = all().map(|(_, share)| *share).min_by(f64::total_cmp).filter(|share| *share > 0.0)?;
    let axis = Axis::new(least, most, plot.log)?;
    if plot.shares.len() < 2 || least >= most || smallest >= 1.0 {
        return None;
    }
    let rare = Axis::new(smallest, 1.0, true)?;
    let mut canvas = Canvas::new(plot.id, 10.0, PLOT);
    let beside = if plot.before.is_empty() { "" } else { ", before and after" };
    canvas.open(&format!("Tail of {}{beside}", plot.title), &describe(plot));
    for share in LINES.into_iter().filter(|share| *share >= smallest * 0.999) {
        let y = canvas.bottom() - rare.share(share) * PLOT;
        canvas.line("grid", 0.0, 1.0, y, y);
        canvas.tick_beside(y, &number::share(share));
    }
    let mut shapes = String::new();
    if !plot.before.is_empty() {
        let path = line(plot.before, &axis, &rare);
        let _ = write!(shapes, r##"<path class="curve g0" fill="none" stroke="#777" d="{path}"/>"##);
    }
    let path = line(plot.shares, &axis, &rare);
    let _ = write!(shapes, r##"<path class="curve g1" fill="none" stroke="#2f5d8a" d="{path}"/>"##);
    canvas.shapes(&shapes);
    canvas.base();
    canvas.value_ticks(&axis, plot.scale.unit());
    canvas.axis_name(&axis_name(plot.unit_of, plot.scale));
    let mut notes = vec!["Share of samples at or above each value, on a logarithmic axis.".to_owned()];
    notes.extend(log_note(axis.log));
    if !plot.before.is_empty() {
        notes.push(format!("Grey: {}.", plot.beside));
    }
    Some(canvas.close("Tail", notes))
}

fn line(shares: &[Share], axis: &Axis, rare: &Axis) -> String {
    let mut path = String::new();
    for (value, share) in shares {
        let letter = if path.is_empty() { 'M' } else { 'L' };
        let (x, y) = (short(axis.share(*value) * WIDTH), short((1.0 - rare.share(*share)) * PLOT));
        let _ = write!(path, "{letter}{x} {y}");
    }
    path
}

fn describe(plot: &Tail<'_>) -> String {
    let side = |shares: &[Share]| {
        let at = |share: f64| {
            let (value, found) = shares.iter().find(|(_, found)| *found <= share)?;
            Some(format!("{} at or above {}", number::share(*found), plot.scale.full(*value)))
        };
        let mut told: Vec<String> = [0.5, 0.1, 0.01, 1e-3].into_iter().filter_map(at).collect();
        told.dedup();
        told.join(", ")
    };
    let mut text = side(plot.shares);
    if !plot.before.is_empty() {
        text = format!("{text}; before: {}", side(plot.before));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::unit::Dimension;

    #[test]
    fn shares_are_those_of_the_samples_themselves() {
        // 1, 1, 2, 3, 3, 3, 8, 9 in bins of [1, 2), [2, 4), [4, 9].
        let histogram = Histogram { log: false, edges: vec![1.0, 2.0, 4.0, 9.0], counts: vec![2, 4, 2] };
        let found = shares(&histogram, &[9.0, 8.0, 3.0]);
        assert_eq!(found, [(1.0, 1.0), (2.0, 0.75), (3.0, 0.375), (4.0, 0.25), (8.0, 0.25), (9.0, 0.125)]);
        assert_eq!(shares(&histogram, &[]).last(), Some(&(9.0, 0.125)));
        assert_eq!(shares_of_bins(&[1.0, 2.0, 4.0, 9.0], &[0.25, 0.75, 0.0]), [(1.0, 1.0), (2.0, 0.75)]);
    }

    #[test]
    fn both_axes_have_their_lines_and_both_sides_their_curve() {
        let scale = Scale::of_value(Dimension::Time, 0.05);
        let after = [(0.01, 1.0), (0.1, 0.1), (1.0, 0.01)];
        let before = [(0.01, 1.0), (0.05, 0.1), (0.2, 0.02)];
        let plot = Tail {
            id: "a",
            title: "<latency>",
            unit_of: "latency",
            shares: &after,
            before: &before,
            beside: "the baseline",
            log: true,
            scale: &scale,
        };
        let drawn = tail(&plot).unwrap();
        for part in
            [">100%<", ">10%<", ">1%<", ">1,000<", "M0 0L500 65L1000 130", "curve g0", "before: 10% at or above"]
        {
            assert!(drawn.svg.contains(part), "{part}: {}", drawn.svg);
        }
        assert!(!drawn.svg.contains("<latency>"));
        assert_eq!(drawn.notes.len(), 3);
        assert_eq!(tail(&Tail { shares: &after[..1], before: &[], ..plot }), None);
        assert_eq!(tail(&Tail { shares: &[(1.0, 1.0), (1.0, 0.5)], before: &[], ..plot }), None, "one value");
    }
}
