//! A run of requests over time, in one picture: percentiles as lines on a logarithmic axis, throughput as an area below, failures as
//! bars beneath it, all on one clock. A line breaks where there are too few samples. Stretches (ramp, warm-up, incidents, runs that
//! were appended) are shaded through all plots and named above them; corrupted samples are crosses at the upper edge.
//!
//! In: slots of time with their numbers and words. Out: the picture. The numbers of the axes and the names of the lines stand beside
//! the plots, never over data.

use std::fmt::Write as _;

use crate::measure::unit::Dimension;
use crate::report::escape::html;
use crate::report::number::{self, ClockText, Scale};

use super::axis::Axis;
use super::canvas::{Canvas, Chart, LegendKey, MOST_TICKS, WIDTH, short};
use super::mark::{GAP, LETTER};

/// Heights of the plots, in CSS pixels.
const LATENCY: f64 = 118.0;
const RATE: f64 = 54.0;
const FAILED: f64 = 24.0;
/// Room above a plot for its name.
const NAME: f64 = 18.0;
/// Room for the names of stretches.
const NAMES: f64 = 16.0;
/// Between throughput and failures.
const BETWEEN: f64 = 6.0;
/// Room below for the moments.
const MOMENTS: f64 = 22.0;
/// Air at both ends of a logarithmic axis, as a factor.
const AIR: f64 = 1.15;
/// Gridlines of the percentiles.
const LINES: usize = 4;
/// Width of the plot on the narrowest screen, in CSS pixels.
const NARROWEST: f64 = 240.0;
/// The same on the narrowest screen that shows what is spare.
const WIDE: f64 = 520.0;

/// A stretch of time with its numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RunSlot {
    /// Seconds from the beginning of the picture.
    pub from: f64,
    pub to: f64,
    /// Requests, and how many a second.
    pub requests: u64,
    pub rate: f64,
    pub failed: Option<u64>,
    /// The 50th, 95th and 99th percentile.
    pub percentiles: [Option<f64>; 3],
    /// All of it in words.
    pub words: String,
}

impl RunSlot {
    fn failed_share(&self) -> f64 {
        self.failed.unwrap_or(0) as f64 / self.requests.max(1) as f64
    }
}

/// Where an axis of shares of failures ends that holds this one: at round shares, so that one failure in a hundred looks like little and
/// half of all like much.
pub(super) fn failures_end(most: f64) -> f64 {
    const ENDS: [f64; 3] = [0.01, 0.1, 0.5];
    ENDS.into_iter().find(|end| most <= *end).unwrap_or(1.0)
}

/// What a stretch of time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StretchKind {
    /// Outside of the steady part.
    Outside,
    /// The steady part: it is named and not shaded.
    Steady,
    Incident,
    /// One of several runs.
    Run,
}

/// A stretch of time with its name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RunStretch {
    pub kind: StretchKind,
    pub name: String,
    /// Seconds from the beginning of the picture.
    pub from: f64,
    pub to: f64,
}

/// A corrupted sample.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RunCross {
    /// Seconds from the beginning of the picture.
    pub at: f64,
    /// The id of its finding in the page.
    pub finding: Option<String>,
    /// What it is.
    pub words: String,
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
    pub moments: ClockText,
    pub stretches: &'a [RunStretch],
    pub crosses: &'a [RunCross],
}

/// The percentiles, and how each is drawn.
pub(super) const NAMED: [&str; 3] = ["p50", "p95", "p99"];
pub(super) const CURVES: [(&str, &str); 3] = [("p50 g1", "#0b62a4"), ("p95 g2", "#c2570c"), ("p99 g4", "#8e44a3")];

impl RunOverTime<'_> {
    fn share(&self, at: f64) -> f64 {
        (at / self.length).clamp(0.0, 1.0)
    }

    fn x(&self, at: f64) -> String {
        short(self.share(at) * WIDTH)
    }

    /// Where the axis of failures ends; absent where nothing failed.
    fn failures_end(&self) -> Option<f64> {
        let most = self.slots.iter().map(RunSlot::failed_share).max_by(f64::total_cmp)?;
        (most > 0.0).then(|| failures_end(most))
    }

    /// The axis of the percentiles; absent where there is none.
    fn latencies(&self) -> Option<Axis> {
        let values = || self.slots.iter().flat_map(|slot| slot.percentiles).flatten().filter(|value| *value > 0.0);
        let (least, most) = (values().min_by(f64::total_cmp)?, values().max_by(f64::total_cmp)?);
        Axis::new(least / AIR, most * AIR, true)
    }

    /// Stretches that are shaded through all plots.
    fn shades(&self, height: f64) -> String {
        let mut shapes = String::new();
        for stretch in self.stretches {
            let (class, fill, opacity) = match stretch.kind {
                StretchKind::Outside => ("outside", "#777", "0.1"),
                StretchKind::Incident => ("incident", "#b3261e", "0.16"),
                StretchKind::Steady | StretchKind::Run => continue,
            };
            let (x, width) = (self.x(stretch.from), short((self.share(stretch.to) - self.share(stretch.from)) * WIDTH));
            let _ = write!(
                shapes,
                r#"<rect class="{class}" fill="{fill}" fill-opacity="{opacity}" x="{x}" y="0" width="{width}" height="{}"/>"#,
                short(height)
            );
        }
        shapes
    }

    /// The names of stretches above the plots, as far as they do not run into each other on the narrowest screen.
    fn names(&self, canvas: &mut Canvas<'_>) {
        let mut free = [f64::NEG_INFINITY; 2];
        for stretch in self.stretches {
            let (from, to) = (self.share(stretch.from), self.share(stretch.to));
            if matches!(stretch.kind, StretchKind::Run | StretchKind::Steady) && from > 0.0 {
                canvas.line("grid", from, from, NAMES, canvas.bottom());
            }
            let width = stretch.name.chars().count() as f64 * LETTER;
            let mut fits = |screen: usize, plot: f64| {
                let left = (from * plot).min(plot - width);
                let fits = left >= free[screen] && left >= 0.0;
                if fits {
                    free[screen] = left + width + GAP;
                }
                fits
            };
            let wide = fits(1, WIDE);
            let class = match (fits(0, NARROWEST), stretch.kind == StretchKind::Incident) {
                (true, true) => "name bad",
                (true, false) => "name",
                // Where there is room for it on a wide screen, it is left out on a narrow one.
                (false, _) if !wide => continue,
                (false, true) => "name bad spare",
                (false, false) => "name spare",
            };
            // A name that would leave the picture stands at its end.
            if from * NARROWEST > NARROWEST - width {
                canvas.text(class, to, NAMES - 4.0, "end", 0.0, &stretch.name);
            } else {
                canvas.text(class, from, NAMES - 4.0, "start", 0.0, &stretch.name);
            }
        }
    }

    fn area(&self, most: f64, height: f64) -> String {
        let (mut line, mut band) = (String::new(), String::new());
        let y = |rate: f64| short((1.0 - rate / most) * height);
        let mut end = None;
        for slot in self.slots {
            let (from, to, level) = (self.x(slot.from), self.x(slot.to), y(slot.rate));
            // Between two runs there is no line.
            let letter = if end == Some(slot.from) { 'L' } else { 'M' };
            let _ = write!(line, "{letter}{from} {level}H{to}");
            let _ = write!(band, "M{from} {}V{level}H{to}V{}z", short(height), short(height));
            end = Some(slot.to);
        }
        format!(
            r##"<path class="band" fill="#5b7da8" fill-opacity="0.25" d="{band}"/><path class="line" fill="none" stroke="#5b7da8" d="{line}"/>"##
        )
    }

    fn bars(&self, end: f64) -> String {
        let mut bars = String::new();
        for slot in self.slots {
            let failed = slot.failed_share();
            if failed > 0.0 {
                // One failure among thousands stays in sight.
                let y = short(((1.0 - failed / end) * FAILED).min(FAILED - 2.0));
                let _ =
                    write!(bars, "M{} {}V{y}H{}V{}z", self.x(slot.from), short(FAILED), self.x(slot.to), short(FAILED));
            }
        }
        format!(r##"<path class="failures" fill="#b3261e" d="{bars}"/>"##)
    }

    fn curves(&self, axis: &Axis) -> String {
        let mut curves = String::new();
        for (index, (class, colour)) in CURVES.into_iter().enumerate().rev() {
            let known = |slot: &RunSlot| slot.percentiles[index].filter(|value| *value > 0.0);
            let (mut path, mut dots) = (String::new(), String::new());
            // Lines run through slots that follow each other; a single one between two gaps is a dot, which stays in sight.
            let joined = |a: &RunSlot, b: &RunSlot| known(a).is_some() && known(b).is_some() && a.to == b.from;
            for stretch in self.slots.chunk_by(joined) {
                let points = stretch.iter().filter_map(|slot| {
                    let y = short((1.0 - axis.share(known(slot)?)) * LATENCY);
                    Some(format!("{} {y}", self.x(f64::midpoint(slot.from, slot.to))))
                });
                let points = points.collect::<Vec<String>>();
                match &points[..] {
                    [] => {}
                    [alone] => {
                        let _ = write!(dots, "M{alone}h0");
                    }
                    several => {
                        let _ = write!(path, "M{}", several.join("L"));
                    }
                }
            }
            if !path.is_empty() {
                let _ = write!(curves, r#"<path class="curve {class}" fill="none" stroke="{colour}" d="{path}"/>"#);
            }
            if !dots.is_empty() {
                let slot = class.split(' ').next_back().unwrap_or_default();
                let _ = write!(
                    curves,
                    r#"<path class="dots {slot}" fill="none" stroke="{colour}" stroke-width="4" stroke-linecap="round" d="{dots}"/>"#
                );
            }
        }
        curves
    }

    /// The names of the lines at their ends, apart from each other.
    fn line_names(&self, canvas: &mut Canvas<'_>, axis: &Axis) {
        let last = |index: usize| self.slots.iter().rev().find_map(|slot| slot.percentiles[index]);
        let ends = (0..CURVES.len()).filter_map(|index| {
            Some((canvas.bottom() - axis.share(last(index)?) * LATENCY, CURVES[index].0, NAMED[index]))
        });
        let ends = ends.collect();
        canvas.names_at_ends(ends);
    }

    fn cross_marks(&self, canvas: &mut Canvas<'_>) {
        for cross in self.crosses {
            let shape = cross_shape(&cross.words, cross.finding.as_deref());
            canvas.place(self.share(cross.at), NAMES + NAME, &shape);
        }
    }

    fn describe(&self) -> String {
        let rates = || self.slots.iter().map(|slot| slot.rate);
        let (least, most) = (rates().min_by(f64::total_cmp), rates().max_by(f64::total_cmp));
        let scale = Scale::of_value(Dimension::Rate, most.unwrap_or(0.0));
        let mut text =
            format!("{} between {} and {}", self.noun, scale.full_or_absent(least), scale.full_or_absent(most));
        let failed: u64 = self.slots.iter().filter_map(|slot| slot.failed).sum();
        let _ = write!(text, "; {} failed", number::count(failed));
        for (name, index) in NAMED.into_iter().zip(0..) {
            let values = || self.slots.iter().filter_map(|slot| slot.percentiles[index]);
            if let Some((least, most)) = values().min_by(f64::total_cmp).zip(values().max_by(f64::total_cmp)) {
                let scale = Scale::of_value(self.dimension, most);
                let _ = write!(text, "; {name} between {} and {}", scale.full(least), scale.full(most));
            }
        }
        for stretch in self.stretches {
            let _ = write!(text, "; {} {}", stretch.name, self.moments.between(stretch.from, stretch.to));
        }
        if !self.crosses.is_empty() {
            let _ = write!(text, "; {}", number::counted(self.crosses.len() as u64, "corrupted sample"));
        }
        text
    }
}

/// A cross for a corrupted sample, linked to its finding.
pub(super) fn cross_shape(words: &str, finding: Option<&str>) -> String {
    let shape = format!(
        r##"<path class="cross" fill="none" stroke="#b3261e" d="M-4-4L4 4M4-4L-4 4"/><rect fill="none" pointer-events="all" x="-6" y="-6" width="12" height="12"><title>{}</title></rect>"##,
        html(words)
    );
    match finding {
        Some(id) => format!(r##"<a href="#{}" aria-label="{}">{shape}</a>"##, html(id), html(words)),
        None => shape,
    }
}

/// The picture; `None` where there is nothing to draw.
pub(crate) fn run_over_time(run: &RunOverTime<'_>) -> Option<Chart> {
    let most = run.slots.iter().map(|slot| slot.rate).max_by(f64::total_cmp).filter(|most| *most > 0.0)?;
    if !(run.length.is_finite() && run.length > 0.0) {
        return None;
    }
    let (failures, latencies) = (run.failures_end(), run.latencies());
    let rate_height = if latencies.is_some() { RATE } else { LATENCY };
    let mut height = NAMES + NAME + rate_height;
    height += latencies.map_or(0.0, |_| NAME + LATENCY);
    height += failures.map_or(0.0, |_| BETWEEN + FAILED);
    let mut canvas = Canvas::new(run.id, 0.0, height);
    canvas.class = "chart clock gutter ends";
    canvas.has_links = run.crosses.iter().any(|cross| cross.finding.is_some());
    canvas.below = MOMENTS;
    let title = format!("{} over time", capital(run.noun));
    canvas.open(&title, &run.describe());
    run.names(&mut canvas);
    let mut bottom = NAMES;
    if let Some(axis) = latencies {
        let unit = Scale::of_value(run.dimension, (axis.low * axis.high).sqrt()).unit();
        let symbol = if unit.symbol.is_empty() { String::new() } else { format!(", {}", unit.symbol) };
        canvas.panel(bottom + NAME, LATENCY, &format!("{}{symbol}, logarithmic", run.metric));
        canvas.value_grid(&axis, unit, LINES);
        canvas.shapes(&(run.shades(LATENCY) + &run.curves(&axis)));
        canvas.base();
        run.line_names(&mut canvas, &axis);
        bottom = canvas.bottom();
    }
    let rate = Axis::new(0.0, most * 1.05, false)?;
    let unit = Scale::of_value(Dimension::Rate, most).unit();
    canvas.panel(bottom + NAME, rate_height, &format!("{} a second", run.noun));
    canvas.value_grid(&rate, unit, 3);
    canvas.shapes(&(run.shades(rate_height) + &run.area(most * 1.05, rate_height)));
    canvas.base();
    if let Some(end) = failures {
        canvas.top = canvas.bottom() + BETWEEN;
        canvas.height = FAILED;
        canvas.line("grid", 0.0, 1.0, canvas.top, canvas.top);
        canvas.shapes(&(run.shades(FAILED) + &run.bars(end)));
        canvas.base();
        let (low, high) = (canvas.bottom(), canvas.top);
        canvas.text("tick bad", 0.0, low - 3.0, "end", -6.0, "failed");
        canvas.text("tick", 1.0, high + 9.0, "start", 6.0, &number::share(end));
    }
    let ticks = run.moments.ticks(run.length, MOST_TICKS);
    // On a narrow screen every second one is left out.
    let crowded =
        ticks.iter().map(|(_, text)| text.chars().count() as f64 * LETTER + 2.0 * GAP).sum::<f64>() > NARROWEST;
    for (index, (offset, text)) in ticks.iter().enumerate() {
        canvas.tick_below(run.share(*offset), text, crowded && index % 2 == 1);
    }
    canvas.open_spots();
    for slot in run.slots {
        canvas.spot(run.share(slot.from), run.share(slot.to), &slot.words);
    }
    canvas.close_spots();
    run.cross_marks(&mut canvas);
    let mut chart = canvas.close(title, notes(run));
    if latencies.is_some() {
        chart.legend = curve_legend();
    }
    Some(chart)
}

/// The colours of the percentiles.
pub(super) fn curve_legend() -> Vec<LegendKey> {
    let key = |(name, (class, _)): (&str, (&str, &str))| LegendKey {
        class: class.split(' ').next_back().unwrap_or_default().to_owned(),
        name: name.to_owned(),
    };
    NAMED.into_iter().zip(CURVES).map(key).collect()
}

fn notes(run: &RunOverTime<'_>) -> Vec<String> {
    let mut notes = vec![format!("Across: {}.", run.moments.axis())];
    let any = |kind: StretchKind| run.stretches.iter().any(|stretch| stretch.kind == kind);
    if any(StretchKind::Outside) {
        notes.push("Grey: outside of the steady part.".to_owned());
    }
    if any(StretchKind::Incident) {
        notes.push("Red: incidents.".to_owned());
    }
    if let Some(end) = run.failures_end() {
        notes.push(format!("Failed: share of the {}, up to {}.", run.noun, number::share(end)));
    }
    if run.slots.iter().any(|slot| slot.percentiles.iter().any(Option::is_none)) {
        notes.push("A line breaks where there are too few samples.".to_owned());
    }
    notes
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
            requests: 10,
            rate: 10.0,
            failed: Some(0),
            percentiles: [Some(0.1), p95, None],
            words: format!("slot {index}"),
        };
        let slots = [slot(0, Some(0.2)), slot(1, None), slot(2, Some(0.3)), slot(3, Some(0.4))];
        let stretch = |kind, name: &str, from, to| RunStretch { kind, name: name.to_owned(), from, to };
        let stretches = [
            stretch(StretchKind::Outside, "warm-up", 0.0, 1.0),
            stretch(StretchKind::Steady, "steady", 1.0, 4.0),
            stretch(StretchKind::Incident, "incident", 2.0, 3.0),
        ];
        let crosses = [RunCross { at: 2.0, finding: Some("finding-1".to_owned()), words: "line 7 <b>".to_owned() }];
        let run = RunOverTime {
            id: "a",
            metric: "latency",
            dimension: Dimension::Time,
            noun: "requests",
            slots: &slots,
            length: 4.0,
            moments: ClockText::of(None, 4.0, 1.0),
            stretches: &stretches,
            crosses: &crosses,
        };
        let chart = run_over_time(&run).unwrap();
        let p95 = chart.svg.split("curve p95 g2").nth(1).unwrap().split("/>").next().unwrap();
        assert_eq!((p95.matches('M').count(), p95.matches('L').count()), (1, 1), "{p95}");
        assert!(chart.svg.contains("class=\"dots g2\""), "a single stretch between two gaps is a dot");
        assert!(!chart.svg.contains("class=\"failures\""), "nothing failed");
        assert_eq!(chart.svg.matches("class=\"incident\"").count(), 2, "one in each plot");
        assert_eq!(chart.svg.matches("<title>slot ").count(), 4, "each stretch answers");
        assert!(chart.svg.contains("href=\"#finding-1\"") && chart.svg.contains("role=\"group\""));
        assert!(!chart.svg.contains("<b>"));
        assert_eq!(chart.legend.len(), 3);
        assert_eq!([0.002, 0.01, 0.04, 0.4, 0.6].map(failures_end), [0.01, 0.01, 0.1, 0.5, 1.0]);
        let some = [slot(0, None), RunSlot { failed: Some(1), requests: 25, ..slot(1, None) }];
        let some = run_over_time(&RunOverTime { slots: &some, length: 2.0, ..run }).unwrap();
        assert!(some.svg.contains(">10%</text>") && some.svg.contains("V14.4H1000"), "4% of 10%: {}", some.svg);
        assert!(run_over_time(&RunOverTime { slots: &[], ..run }).is_none());
        let unlinked = run_over_time(&RunOverTime { crosses: &[], ..run }).unwrap();
        assert!(unlinked.svg.contains("role=\"img\""), "a picture is one thing where nothing in it can be followed");
    }
}
