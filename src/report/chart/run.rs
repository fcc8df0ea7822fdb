//! A run of requests over time, in one picture: throughput as an area, failures as bars beneath, and percentiles as lines on a
//! logarithmic axis, all on one clock. A line breaks where there are too few samples. What lies outside of the steady part is shaded
//! lightly, an incident strongly.

use std::fmt::Write as _;

use crate::measure::unit::Dimension;
use crate::report::number::{self, Moments, Scale};

use super::axis::Axis;
use super::canvas::{Canvas, Chart, LegendKey, MOST_TICKS, WIDTH, short};

/// Heights of the plots, in CSS pixels.
const RATE: f64 = 90.0;
const FAILED: f64 = 34.0;
const LATENCY: f64 = 150.0;
/// Room above each plot for its name.
const NAME: f64 = 20.0;
/// Air at both ends of a logarithmic axis, as a factor.
const AIR: f64 = 1.15;

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RunSlot {
    /// Seconds from the beginning of the run.
    pub from: f64,
    pub to: f64,
    /// Requests a second.
    pub rate: f64,
    pub failed: Option<u64>,
    /// The 50th, 95th and 99th percentile.
    pub percentiles: [Option<f64>; 3],
}

/// What the picture shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunOverTime<'a> {
    /// Unique in the page.
    pub id: &'a str,
    /// What the durations are, and in which dimension.
    pub metric: &'a str,
    pub dimension: Dimension,
    /// What a row is.
    pub noun: &'a str,
    pub slots: &'a [RunSlot],
    /// Seconds.
    pub length: f64,
    pub moments: Moments,
    /// The steady part.
    pub steady: Option<(f64, f64)>,
    /// Incidents, each with its number.
    pub incidents: &'a [(f64, f64)],
}

impl RunOverTime<'_> {
    fn share(&self, at: f64) -> f64 {
        (at / self.length).clamp(0.0, 1.0)
    }

    fn x(&self, at: f64) -> String {
        short(self.share(at) * WIDTH)
    }

    fn most_failed(&self) -> u64 {
        self.slots.iter().filter_map(|slot| slot.failed).max().unwrap_or(0)
    }

    /// The axis of the percentiles; absent where there is none.
    fn latencies(&self) -> Option<Axis> {
        let values = || self.slots.iter().flat_map(|slot| slot.percentiles).flatten().filter(|value| *value > 0.0);
        let (least, most) = (values().min_by(f64::total_cmp)?, values().max_by(f64::total_cmp)?);
        Axis::new(least / AIR, most * AIR, true)
    }

    /// Stretches that are shaded in every plot.
    fn shades(&self, height: f64) -> String {
        let mut shapes = String::new();
        let mut shade = |class: &str, fill: &str, opacity: &str, from: f64, to: f64| {
            let (x, width) = (self.x(from), short((self.share(to) - self.share(from)) * WIDTH));
            let _ = write!(
                shapes,
                r#"<rect class="{class}" fill="{fill}" fill-opacity="{opacity}" x="{x}" y="0" width="{width}" height="{}"/>"#,
                short(height)
            );
        };
        if let Some((from, to)) = self.steady {
            for (from, to) in [(0.0, from), (to, self.length)].into_iter().filter(|(from, to)| to > from) {
                shade("outside", "#777", "0.1", from, to);
            }
        }
        for (from, to) in self.incidents {
            shade("incident", "#b3261e", "0.16", *from, *to);
        }
        shapes
    }

    fn area(&self, most: f64) -> String {
        let (mut line, mut band) = (String::new(), String::new());
        let y = |rate: f64| short((1.0 - rate / most) * RATE);
        for (index, slot) in self.slots.iter().enumerate() {
            let (from, to, height) = (self.x(slot.from), self.x(slot.to), y(slot.rate));
            let _ = write!(line, "{}{from} {height}H{to}", if index == 0 { 'M' } else { 'L' });
            let _ = write!(band, "M{from} {}V{height}H{to}V{}z", short(RATE), short(RATE));
        }
        format!(
            r##"<path class="band" fill="#5b7da8" fill-opacity="0.25" d="{band}"/><path class="line" fill="none" stroke="#5b7da8" d="{line}"/>"##
        )
    }

    fn bars(&self, most: u64) -> String {
        let mut bars = String::new();
        for slot in self.slots {
            let failed = slot.failed.unwrap_or(0);
            if failed > 0 {
                let y = short((1.0 - failed as f64 / most as f64) * FAILED);
                let _ =
                    write!(bars, "M{} {}V{y}H{}V{}z", self.x(slot.from), short(FAILED), self.x(slot.to), short(FAILED));
            }
        }
        format!(r##"<path class="failures" fill="#b3261e" d="{bars}"/>"##)
    }

    fn curves(&self, axis: &Axis) -> String {
        let mut curves = String::new();
        for (index, (class, colour)) in CURVES.into_iter().enumerate() {
            let mut path = String::new();
            let mut joined = false;
            for slot in self.slots {
                let Some(value) = slot.percentiles[index].filter(|value| *value > 0.0) else {
                    joined = false;
                    continue;
                };
                let (x, y) = (self.x(f64::midpoint(slot.from, slot.to)), short((1.0 - axis.share(value)) * LATENCY));
                // A line of no length is a dot: a single stretch between two gaps stays in sight.
                let _ = if joined { write!(path, "L{x} {y}") } else { write!(path, "M{x} {y}h0") };
                joined = true;
            }
            let _ = write!(curves, r#"<path class="curve {class}" fill="none" stroke="{colour}" d="{path}"/>"#);
        }
        curves
    }

    fn describe(&self) -> String {
        let rates = || self.slots.iter().map(|slot| slot.rate);
        let (least, most) = (rates().min_by(f64::total_cmp), rates().max_by(f64::total_cmp));
        let scale = Scale::of_value(Dimension::Rate, most.unwrap_or(0.0));
        let mut text =
            format!("{} between {} and {}", self.noun, scale.full_or_absent(least), scale.full_or_absent(most));
        let failed: u64 = self.slots.iter().filter_map(|slot| slot.failed).sum();
        let _ = write!(text, "; {} failed", number::count(failed));
        for (name, index) in NAMES.into_iter().zip(0..) {
            let values = || self.slots.iter().filter_map(|slot| slot.percentiles[index]);
            if let Some((least, most)) = values().min_by(f64::total_cmp).zip(values().max_by(f64::total_cmp)) {
                let scale = Scale::of_value(self.dimension, most);
                let _ = write!(text, "; {name} between {} and {}", scale.full(least), scale.full(most));
            }
        }
        for (from, to) in self.incidents {
            let _ = write!(text, "; incident {}", self.moments.between(*from, *to));
        }
        text
    }
}

/// The percentiles, and how each is drawn.
const NAMES: [&str; 3] = ["p50", "p95", "p99"];
const CURVES: [(&str, &str); 3] = [("g1", "#0b62a4"), ("g2", "#c2570c"), ("g4", "#8e44a3")];

/// The picture; `None` where there is nothing to draw.
pub(crate) fn run_over_time(run: &RunOverTime<'_>) -> Option<Chart> {
    let most = run.slots.iter().map(|slot| slot.rate).max_by(f64::total_cmp).filter(|most| *most > 0.0)?;
    if !(run.length.is_finite() && run.length > 0.0) {
        return None;
    }
    let (failed, latencies) = (run.most_failed(), run.latencies());
    let mut height = NAME + RATE;
    height += if failed > 0 { NAME + FAILED } else { 0.0 };
    height += if latencies.is_some() { NAME + LATENCY } else { 0.0 };
    let mut canvas = Canvas::new(run.id, 0.0, height);
    let title = format!("{} over time", capital(run.noun));
    canvas.open(&title, &run.describe());

    let rate = Axis::new(0.0, most * 1.05, false)?;
    let scale = Scale::of_value(Dimension::Rate, most);
    panel(&mut canvas, 0.0, RATE, &format!("{} a second", run.noun));
    canvas.value_grid(&rate, scale.unit(), false);
    canvas.shapes(&(run.shades(RATE) + &run.area(most * 1.05)));
    canvas.value_grid(&rate, scale.unit(), true);
    let mut bottom = canvas.bottom();
    if failed > 0 {
        panel(&mut canvas, bottom, FAILED, &format!("failed, up to {} in a bin", number::count(failed)));
        canvas.shapes(&(run.shades(FAILED) + &run.bars(failed)));
        canvas.line("base", 0.0, 1.0, canvas.bottom(), canvas.bottom());
        bottom = canvas.bottom();
    }
    let mut legend = Vec::new();
    if let Some(axis) = latencies {
        let scale = Scale::of_value(run.dimension, f64::midpoint(axis.low, axis.high));
        panel(&mut canvas, bottom, LATENCY, &format!("{} (logarithmic)", run.metric));
        canvas.value_grid(&axis, scale.unit(), false);
        canvas.shapes(&(run.shades(LATENCY) + &run.curves(&axis)));
        canvas.value_grid(&axis, scale.unit(), true);
        let key =
            |(name, (class, _)): (&str, (&str, &str))| LegendKey { class: class.to_owned(), name: name.to_owned() };
        legend = NAMES.into_iter().zip(CURVES).map(key).collect();
    }
    for (offset, text) in run.moments.ticks(run.length, MOST_TICKS) {
        canvas.tick_below(run.share(offset), &text);
    }
    canvas.axis_name(run.moments.axis());
    let mut notes = Vec::new();
    if run.steady.is_some_and(|(from, to)| from > 0.0 || to < run.length) {
        notes.push("Grey: outside of the steady part.".to_owned());
    }
    if !run.incidents.is_empty() {
        notes.push("Red: incidents.".to_owned());
    }
    if run.slots.iter().any(|slot| slot.percentiles.iter().any(Option::is_none)) {
        notes.push("A line breaks where there are too few samples.".to_owned());
    }
    let mut chart = canvas.close(title, notes);
    chart.legend = legend;
    Some(chart)
}

/// Goes on to the next plot, below the one before.
fn panel(canvas: &mut Canvas<'_>, above: f64, height: f64, name: &str) {
    canvas.top = above + NAME;
    canvas.height = height;
    canvas.text("name", 0.0, above + NAME - 5.0, "start", 0.0, name);
}

fn capital(noun: &str) -> String {
    let mut letters = noun.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_gaps_and_plots_without_anything_are_left_out() {
        let slot = |index: usize, p95: Option<f64>| RunSlot {
            from: index as f64,
            to: index as f64 + 1.0,
            rate: 10.0,
            failed: Some(0),
            percentiles: [Some(0.1), p95, None],
        };
        let slots = [slot(0, Some(0.2)), slot(1, None), slot(2, Some(0.3)), slot(3, Some(0.4))];
        let run = RunOverTime {
            id: "a",
            metric: "latency",
            dimension: Dimension::Time,
            noun: "requests",
            slots: &slots,
            length: 4.0,
            moments: Moments::of(None, 4.0, 1.0),
            steady: Some((1.0, 4.0)),
            incidents: &[(2.0, 3.0)],
        };
        let chart = run_over_time(&run).unwrap();
        let p95 = chart.svg.split("curve g2").nth(1).unwrap().split("/>").next().unwrap();
        assert_eq!((p95.matches('M').count(), p95.matches('L').count()), (2, 1), "{p95}");
        assert!(!chart.svg.contains("class=\"failures\""), "nothing failed");
        assert_eq!(chart.svg.matches("class=\"incident\"").count(), 2, "one in each plot");
        assert_eq!(chart.legend.len(), 3);
        assert!(run_over_time(&RunOverTime { slots: &[], ..run }).is_none());
    }
}
