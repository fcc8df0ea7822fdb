//! Throughput and latency at several levels of load: the levels evenly spaced across, percentiles above on a logarithmic axis,
//! throughput below from zero. Where throughput stops growing while latency goes on is seen at once.

use std::fmt::Write as _;

use crate::measure::unit::Dimension;
use crate::report::number::{self, Scale};

use super::axis::Axis;
use super::canvas::{Canvas, Chart, WIDTH, short};
use super::run::{CURVES, NAMED, curve_legend};

/// Heights of the plots, in CSS pixels.
const LATENCY: f64 = 110.0;
const RATE: f64 = 70.0;
/// Room above a plot for its name.
const NAME: f64 = 18.0;
/// Air at both ends of a logarithmic axis, as a factor.
const AIR: f64 = 1.15;
/// Levels that have their names on a narrow screen.
const FEW: usize = 6;

/// A level of load with its numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LevelPoint {
    /// `64`.
    pub name: String,
    /// Requests a second.
    pub rate: Option<f64>,
    /// The 50th, 95th and 99th percentile.
    pub percentiles: [Option<f64>; 3],
}

/// What the picture shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByLoad<'a> {
    /// Unique in the page.
    pub id: &'a str,
    /// The load: `threads`.
    pub load: &'a str,
    /// The metric that says how long requests took.
    pub metric: &'a str,
    pub dimension: Dimension,
    /// What is counted: `requests`, `rows`.
    pub noun: &'a str,
    /// The levels, ascending.
    pub points: &'a [LevelPoint],
}

/// The picture; `None` where nothing is known at two levels.
pub(crate) fn by_load(plot: &ByLoad<'_>) -> Option<Chart> {
    let rates = || plot.points.iter().filter_map(|point| point.rate);
    let times = || plot.points.iter().flat_map(|point| point.percentiles).flatten().filter(|value| *value > 0.0);
    let most = rates().max_by(f64::total_cmp).filter(|most| *most > 0.0);
    let latency = times().min_by(f64::total_cmp).zip(times().max_by(f64::total_cmp));
    let latency = latency.and_then(|(least, most)| Axis::new(least / AIR, most * AIR, true));
    if plot.points.len() < 2 || rates().count() < 2 && times().count() < 2 {
        return None;
    }
    let height = latency.map_or(0.0, |_| NAME + LATENCY) + most.map_or(0.0, |_| NAME + RATE);
    let mut canvas = Canvas::new(plot.id, 0.0, height);
    canvas.class = "chart clock gutter ends";
    canvas.open(&format!("{} and throughput by {}", plot.metric, plot.load), &plot.describe());
    let mut bottom = 0.0;
    if let Some(axis) = latency {
        let unit = Scale::of_value(plot.dimension, (axis.low * axis.high).sqrt()).unit();
        let symbol = if unit.symbol.is_empty() { String::new() } else { format!(", {}", unit.symbol) };
        canvas.panel(bottom + NAME, LATENCY, &format!("{}{symbol}, logarithmic", plot.metric));
        canvas.value_grid(&axis, unit, 4);
        let mut curves = String::new();
        let mut ends = Vec::new();
        for (index, (class, colour)) in CURVES.into_iter().enumerate().rev() {
            let values: Vec<(usize, f64)> = (0..)
                .zip(plot.points)
                .filter_map(|(place, point)| Some((place, point.percentiles[index].filter(|value| *value > 0.0)?)))
                .collect();
            let path = plot.path(&values, &axis, LATENCY);
            if let Some((_, last)) = values.last() {
                let _ = write!(curves, r#"<path class="curve {class}" fill="none" stroke="{colour}" d="{path}"/>"#);
                ends.push((canvas.bottom() - axis.share(*last) * LATENCY, class, NAMED[index]));
            }
        }
        canvas.shapes(&curves);
        canvas.base();
        canvas.names_at_ends(ends);
        bottom = canvas.bottom();
    }
    if let Some(most) = most {
        let axis = Axis::new(0.0, most * 1.05, false)?;
        canvas.panel(bottom + NAME, RATE, &format!("{} a second", plot.noun));
        canvas.value_grid(&axis, Scale::of_value(Dimension::Rate, most).unit(), 3);
        let values: Vec<(usize, f64)> =
            (0..).zip(plot.points).filter_map(|(place, point)| Some((place, point.rate?))).collect();
        let path = plot.path(&values, &axis, RATE);
        canvas.shapes(&format!(r##"<path class="curve g1" fill="none" stroke="#2f5d8a" d="{path}"/>"##));
        canvas.base();
    }
    for (place, point) in plot.points.iter().enumerate() {
        canvas.tick_below(plot.share(place), &point.name, plot.points.len() > FEW && place % 2 == 1);
    }
    canvas.axis_name(plot.load);
    let mut chart = canvas.close("Throughput against latency", Vec::new());
    if latency.is_some() {
        chart.legend = curve_legend();
    }
    Some(chart)
}

impl ByLoad<'_> {
    /// Each level in the middle of its part of the width.
    fn share(&self, place: usize) -> f64 {
        (place as f64 + 0.5) / self.points.len() as f64
    }

    /// A line through the levels, with a mark at each.
    fn path(&self, values: &[(usize, f64)], axis: &Axis, height: f64) -> String {
        let mut path = String::new();
        for (place, value) in values {
            let letter = if path.is_empty() { 'M' } else { 'L' };
            let (x, y) = (self.share(*place) * WIDTH, (1.0 - axis.share(*value)) * height);
            let _ = write!(path, "{letter}{} {}", short(x), short(y));
        }
        path
    }

    fn describe(&self) -> String {
        let level = |point: &LevelPoint| {
            let rate = point.rate.map(|rate| number::short(Dimension::Rate, rate));
            let time = |index: usize| {
                let value = point.percentiles[index]?;
                Some(format!("{} {}", NAMED[index], number::short(self.dimension, value)))
            };
            let said: Vec<String> = [rate, time(0), time(1), time(2)].into_iter().flatten().collect();
            format!("{}: {}", point.name, said.join(", "))
        };
        self.points.iter().map(level).collect::<Vec<String>>().join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_stand_evenly_and_what_is_not_known_at_one_is_passed_over() {
        let point = |name: &str, rate: f64, p95: Option<f64>| LevelPoint {
            name: name.to_owned(),
            rate: Some(rate),
            percentiles: [Some(0.1), p95, None],
        };
        let points = [point("1", 100.0, Some(0.2)), point("8", 400.0, None), point("64", 410.0, Some(0.9))];
        let plot = ByLoad {
            id: "a",
            load: "threads",
            metric: "latency",
            dimension: Dimension::Time,
            noun: "requests",
            points: &points,
        };
        let drawn = by_load(&plot).unwrap();
        let p95 = drawn.svg.split("curve p95 g2").nth(1).unwrap().split("/>").next().unwrap();
        assert_eq!(p95.matches('L').count(), 1, "{p95}");
        assert!(p95.contains("M166.7 ") && p95.contains("L833.3 "), "{p95}");
        assert!(!drawn.svg.contains("curve p99"), "nothing is known of it");
        for part in [">64</text>", ">threads</text>", "64: 410 /s, p50 100 ms, p95 900 ms"] {
            assert!(drawn.svg.replace('\u{a0}', " ").contains(part), "{part}: {}", drawn.svg);
        }
        assert_eq!(by_load(&ByLoad { points: &points[..1], ..plot }), None);
        let unknown = LevelPoint { name: "2".to_owned(), rate: None, percentiles: [None; 3] };
        assert_eq!(by_load(&ByLoad { points: &[unknown.clone(), unknown], ..plot }), None);
    }
}
