//! Samples in recorded order, with warm-up and level shift.

use std::fmt::Write as _;

use crate::report::contract::{Order, Series, SeriesPoint};
use crate::report::number::{self, Scale};

use super::axis::{Axis, even_ticks, log_note};
use super::canvas::{Canvas, Chart, LegendKey, MOST_TICKS, PLOT, ROW, WIDTH, percent, short};
use super::mark::Mark;
use super::run::cross_shape;

/// Colours that tell groups apart; slot 0 is for all others.
pub(crate) const GROUP_SLOTS: usize = 5;

/// Points that are drawn at most; more are joined, because a screen has no room for them.
const MOST_POINTS: usize = 400;

/// What an in-order plot shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InOrder<'a> {
    /// Unique in the page.
    pub id: &'a str,
    /// What is measured, for the title.
    pub title: &'a str,
    /// The points.
    pub series: &'a Series,
    /// Unit and digits.
    pub scale: &'a Scale,
    /// Samples in all.
    pub samples: u64,
    /// Whether the axis of values is logarithmic; ignored where a value is not positive.
    pub log: bool,
    /// Warm-up and level shift to mark.
    pub order: Option<&'a Order>,
    /// The colour slot of each group, 1 to [`GROUP_SLOTS`], 0 for all others.
    pub slots: &'a [usize],
    /// What those colours mean.
    pub legend: &'a [LegendKey],
    /// Corrupted samples, each with what it is and the id of its finding.
    pub crosses: &'a [OrderCross],
    /// Whether it is the one picture of a page: taller, and every point answers a pointer.
    pub leads: bool,
    /// Whether the axis reaches to the corrupted samples; at its edge they are otherwise.
    pub reaches: bool,
}

/// A corrupted sample in recorded order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OrderCross {
    /// How many clean samples stand before it.
    pub after: u64,
    /// What it would be, base unit.
    pub value: f64,
    /// The id of its finding in the page.
    pub finding: Option<String>,
    /// What it is.
    pub words: String,
}

/// Height of the plot among others, and of the one picture of a page.
const AMONG_OTHERS: f64 = PLOT + 20.0;
const LEADING: f64 = 210.0;

/// The samples in recorded order.
pub(crate) fn in_order(plot: &InOrder) -> Option<Chart> {
    let (stride, points) = thin(plot.series);
    let others: Vec<f64> = plot.crosses.iter().map(|cross| cross.value).filter(|_| plot.reaches).collect();
    // More than a decade is crossed on logarithms: on a straight axis the largest would press all others to the ground.
    let straight = Axis::of_points(&points, &others, false)?;
    let axis = Axis::of_points(&points, &others, plot.log || straight.most > 10.0 * straight.least)?;
    let label_rows = marked_order(plot.order);
    let mut canvas =
        Canvas::new(plot.id, ROW * label_rows as f64 + 16.0, if plot.leads { LEADING } else { AMONG_OTHERS });
    canvas.class = "chart order gutter";
    canvas.has_links = plot.crosses.iter().any(|cross| cross.finding.is_some());
    canvas.open(&format!("{} in recorded order", plot.title), &describe(plot, &axis));
    canvas.value_grid(&axis, plot.scale.unit(), MOST_TICKS - 1);
    let place = Place { stride, samples: plot.samples.max(1), axis, height: canvas.height };
    warm_up(&mut canvas, plot, &place);
    let (shapes, legend) = place.shapes(&points, plot);
    canvas.shapes(&shapes);
    canvas.base();
    level_shift(&mut canvas, plot, &place);
    sample_ticks(&mut canvas, plot.samples);
    canvas.axis_name("sample, in recorded order");
    canvas.unit_beside(plot.scale.symbol());
    if plot.leads {
        canvas.open_spots();
    }
    for (index, point) in points.iter().enumerate().filter(|_| plot.leads) {
        let first = index as u64 * stride;
        let last = (first + stride).min(plot.samples);
        canvas.spot(place.sample(first as f64), place.sample(last as f64), &spot(point, (first, last), plot.scale));
    }
    if plot.leads {
        canvas.close_spots();
    }
    for cross in plot.crosses {
        let y = match cross.value {
            value if plot.reaches => canvas.top + place.y(value),
            value if value >= axis.low => canvas.top,
            _ => canvas.bottom(),
        };
        let shape = cross_shape(&cross.words, cross.finding.as_deref());
        canvas.place(place.sample(cross.after as f64), y, &shape);
    }
    Some(Chart { legend, ..canvas.close("In recorded order", notes(&axis, stride, plot.scale)) })
}

/// `samples 13 to 24: 17.8 to 35.1 ms, median 20.2 ms`.
fn spot(point: &SeriesPoint, (first, last): (u64, u64), scale: &Scale) -> String {
    if last <= first + 1 {
        return format!("sample {}: {}", number::count(first + 1), scale.full(point.median));
    }
    let p95 = point.p95.map_or_else(String::new, |p95| format!(", p95 {}", scale.full(p95)));
    format!(
        "samples {} to {}: {} to {}, median {}{p95}",
        number::count(first + 1),
        number::count(last),
        scale.bare(point.min),
        scale.full(point.max),
        scale.full(point.median)
    )
}

fn notes(axis: &Axis, stride: u64, scale: &Scale) -> Vec<String> {
    let mut notes = log_note(axis.log);
    if !axis.log && axis.low > 0.0 {
        notes.push(format!("The axis of values starts at {}, not at zero.", scale.full(axis.low)));
    }
    if stride > 1 {
        notes.push(format!(
            "Each point stands for {stride} consecutive samples: their range, median and, of 20 or more, p95."
        ));
    }
    notes
}

fn describe(plot: &InOrder, axis: &Axis) -> String {
    let mut text = format!(
        "{} from first to last, values between {} and {}",
        number::counted(plot.samples, "sample"),
        plot.scale.full(axis.least),
        plot.scale.full(axis.most),
    );
    if let Some(warm_up) = plot.order.and_then(|order| order.warm_up.as_ref()) {
        let _ = write!(text, "; warm-up: the first {}", number::counted(warm_up.samples, "sample"));
    }
    if let Some(shift) = plot.order.and_then(|order| order.level_shift.as_ref()) {
        let sample = number::count(shift.index + 1);
        let (before, after) = (plot.scale.bare(shift.before), plot.scale.full(shift.after));
        let _ = write!(text, "; level shift at sample {sample}, median {before} before and {after} after");
    }
    text
}

fn marked_order(order: Option<&Order>) -> usize {
    order.map_or(0, |order| usize::from(order.warm_up.is_some()) + usize::from(order.level_shift.is_some()))
}

/// Joins neighbouring points until they can be drawn.
fn thin(series: &Series) -> (u64, Vec<SeriesPoint>) {
    let join = series.points.len().div_ceil(MOST_POINTS).max(1);
    let points = series.points.chunks(join).map(joined).collect();
    (series.stride.max(1) * join as u64, points)
}

fn joined(points: &[SeriesPoint]) -> SeriesPoint {
    let mut medians: Vec<f64> = points.iter().map(|point| point.median).collect();
    medians.sort_by(f64::total_cmp);
    let first = points.first().and_then(|point| point.group);
    SeriesPoint {
        // Of joined points nobody knows it any more.
        p95: points.first().and_then(|point| point.p95).filter(|_| points.len() == 1),
        min: points.iter().map(|point| point.min).fold(f64::INFINITY, f64::min),
        median: medians.get(medians.len() / 2).copied().unwrap_or(f64::NAN),
        max: points.iter().map(|point| point.max).fold(f64::NEG_INFINITY, f64::max),
        group: first.filter(|_| points.iter().all(|point| point.group == first)),
    }
}

/// Where samples and values stand in an in-order plot.
struct Place {
    stride: u64,
    samples: u64,
    axis: Axis,
    height: f64,
}

impl Place {
    /// Share of the width at which the sample with this index (from 0) begins.
    fn sample(&self, index: f64) -> f64 {
        (index / self.samples as f64).clamp(0.0, 1.0)
    }

    fn x(&self, point: usize) -> f64 {
        self.sample((point as f64 + 0.5) * self.stride as f64) * WIDTH
    }

    fn y(&self, value: f64) -> f64 {
        (1.0 - self.axis.share(value)) * self.height
    }

    /// Single samples are dots. Where a point stands for several, its range is a band (or a bar in the colour of its
    /// group) and its median a line (or a dot). A band and a line have no colours to explain.
    fn shapes(&self, points: &[SeriesPoint], plot: &InOrder) -> (String, Vec<LegendKey>) {
        let grouped = !plot.slots.is_empty() && points.iter().any(|point| point.group.is_some());
        match (self.stride, grouped) {
            (1, _) | (_, true) => (self.by_group(points, plot.slots), plot.legend.to_vec()),
            _ => {
                let p95 = self.p95_line(points);
                let key = |class: &str, name: &str| LegendKey { class: class.to_owned(), name: name.to_owned() };
                let named = [("g1", "median"), ("g2", "p95")].map(|(class, name)| key(class, name));
                let legend = if p95.is_empty() { Vec::new() } else { named.to_vec() };
                (self.band(points) + &p95 + &self.median_line(points), legend)
            }
        }
    }

    fn by_group(&self, points: &[SeriesPoint], slots: &[usize]) -> String {
        let mut shapes = String::new();
        for slot in 0..=GROUP_SLOTS {
            let slot_of = |point: &SeriesPoint| {
                point.group.and_then(|group| slots.get(usize::try_from(group).ok()?)).copied().unwrap_or(0)
            };
            let (mut ranges, mut dots) = (String::new(), String::new());
            for (index, point) in points.iter().enumerate().filter(|(_, point)| slot_of(point) == slot) {
                let x = format!("{:.0}", self.x(index));
                if point.min < point.max {
                    let _ = write!(ranges, "M{x} {:.0}V{:.0}", self.y(point.min), self.y(point.max));
                }
                let _ = write!(dots, "M{x} {:.0}h0", self.y(point.median));
            }
            if !ranges.is_empty() {
                let _ = write!(shapes, r##"<path class="range g{slot}" fill="none" stroke="#5b7da8" d="{ranges}"/>"##);
            }
            if !dots.is_empty() {
                let _ = write!(
                    shapes,
                    r##"<path class="dots g{slot}" fill="none" stroke="#5b7da8" stroke-width="4" stroke-linecap="round" d="{dots}"/>"##
                );
            }
        }
        shapes
    }

    fn band(&self, points: &[SeriesPoint]) -> String {
        let upper = points.iter().enumerate().map(|(index, point)| (index, point.max));
        let lower = points.iter().enumerate().rev().map(|(index, point)| (index, point.min));
        let path = self.line_through(upper.chain(lower));
        format!(r##"<path class="band" fill="#5b7da8" fill-opacity="0.25" d="{path}z"/>"##)
    }

    fn median_line(&self, points: &[SeriesPoint]) -> String {
        let path = self.line_through(points.iter().enumerate().map(|(index, point)| (index, point.median)));
        format!(r##"<path class="line" fill="none" stroke="#5b7da8" d="{path}"/>"##)
    }

    /// Absent where a point stands for too few samples.
    fn p95_line(&self, points: &[SeriesPoint]) -> String {
        let all: Option<Vec<f64>> = points.iter().map(|point| point.p95).collect();
        let Some(all) = all else { return String::new() };
        let path = self.line_through(all.into_iter().enumerate());
        format!(r##"<path class="curve p95 g2" fill="none" stroke="#c2570c" d="{path}"/>"##)
    }

    fn line_through(&self, points: impl Iterator<Item = (usize, f64)>) -> String {
        let mut path = String::new();
        for (index, value) in points {
            let letter = if path.is_empty() { 'M' } else { 'L' };
            let _ = write!(path, "{letter}{:.0} {:.0}", self.x(index), self.y(value));
        }
        path
    }
}

fn sample_ticks(canvas: &mut Canvas, samples: u64) {
    let steps = even_ticks(0.0, samples as f64, MOST_TICKS);
    for value in steps.into_iter().filter(|value| *value >= 1.0 && value.fract() == 0.0) {
        canvas.tick_below((value - 0.5) / samples as f64, &number::axis_tick(value), false);
    }
}

fn warm_up(canvas: &mut Canvas, plot: &InOrder, place: &Place) {
    let Some(warm_up) = plot.order.and_then(|order| order.warm_up.as_ref()) else { return };
    let share = place.sample(warm_up.samples as f64);
    let (width, height) = (percent(share), short(canvas.bottom()));
    let _ = write!(
        canvas.out,
        r##"<rect class="warm-up" fill="#777" fill-opacity="0.12" x="0" y="0" width="{width}" height="{height}"/>"##
    );
    canvas.text("name", 0.0, 12.0, "start", 3.0, "warm-up");
}

fn level_shift(canvas: &mut Canvas, plot: &InOrder, place: &Place) {
    let Some(shift) = plot.order.and_then(|order| order.level_shift.as_ref()) else { return };
    let row = marked_order(plot.order).saturating_sub(1);
    let text = format!("level shift {} → {}", plot.scale.bare(shift.before), plot.scale.bare(shift.after));
    let mark = Mark { share: place.sample(shift.index as f64), class: "mark shift", text };
    canvas.mark(row, &mark, mark.best_side());
    for (from, to, value) in [(0.0, mark.share, shift.before), (mark.share, 1.0, shift.after)] {
        let y = canvas.top + place.y(value);
        canvas.line("level", from, to, y, y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::unit::Dimension;
    use crate::stats::order::{LevelShift, WarmUp};

    fn scale() -> Scale {
        Scale::of_value(Dimension::Time, 0.065)
    }

    fn series(points: usize) -> Series {
        let point = |index: usize| {
            let value = 0.05 + (index % 7) as f64 * 0.01;
            SeriesPoint {
                min: value,
                median: value,
                p95: None,
                max: value,
                group: Some(u32::from(index.is_multiple_of(2))),
            }
        };
        Series { stride: 1, points: (0..points).map(point).collect(), corrupted: Vec::new() }
    }

    fn plot<'a>(series: &'a Series, scale: &'a Scale, legend: &'a [LegendKey]) -> InOrder<'a> {
        let samples = series.points.len() as u64;
        InOrder {
            id: "m1",
            title: "latency",
            series,
            scale,
            samples,
            log: false,
            order: None,
            slots: &[1, 2],
            legend,
            crosses: &[],
            leads: false,
            reaches: false,
        }
    }

    #[test]
    fn an_in_order_plot_tells_groups_apart_and_marks_warm_up_and_level_shift() {
        let order = Order {
            lag1_autocorrelation: None,
            effective_sample_size: None,
            hurst: None,
            warm_up: Some(WarmUp { samples: 10, ratio: 2.0, p: 0.001, thinned: false }),
            drift: None,
            thinned: false,
            level_shift: Some(LevelShift {
                index: 60,
                line: None,
                before: 0.06,
                after: 0.09,
                p: 0.001,
                thinned: false,
            }),
        };
        let (series, scale) = (series(120), scale());
        let legend = [LegendKey { class: "g1".to_owned(), name: "start".to_owned() }];
        let plot = InOrder { order: Some(&order), ..plot(&series, &scale, &legend) };
        let drawn = in_order(&plot).unwrap();
        for part in ["dots g1", "dots g2", "warm-up", "level shift 60.00 → 90.00", "x1=\"50%\""] {
            assert!(drawn.svg.contains(part), "{part}");
        }
        assert!(drawn.notes.is_empty(), "the axis starts at zero: {:?}", drawn.notes);
        assert_eq!(drawn.legend, legend);
    }

    #[test]
    fn an_axis_that_does_not_start_at_zero_says_so() {
        let point = |value: f64| SeriesPoint { min: value, median: value, p95: None, max: value, group: None };
        let series = Series { stride: 1, points: vec![point(2.60), point(2.63)], corrupted: Vec::new() };
        let scale = Scale::of_values(Dimension::Time, &[2.6], Some(0.01));
        assert!(in_order(&plot(&series, &scale, &[])).unwrap().notes[0].ends_with("not at zero."));
    }

    #[test]
    fn long_series_show_p95_beside_the_median_and_corrupted_samples_on_their_axis_where_asked_for() {
        let point = |value: f64| SeriesPoint {
            min: value / 2.0,
            median: value,
            p95: Some(value * 2.0),
            max: value * 3.0,
            group: None,
        };
        let series = Series {
            stride: 25,
            points: (1..=40).map(|at| point(0.01 * f64::from(at))).collect(),
            corrupted: Vec::new(),
        };
        let scale = scale();
        let cross = OrderCross { after: 500, value: 1e6, finding: None, words: "line 7".to_owned() };
        let plot = InOrder { samples: 1000, crosses: std::slice::from_ref(&cross), ..plot(&series, &scale, &[]) };
        let drawn = in_order(&plot).unwrap();
        assert!(drawn.svg.contains("curve p95 g2"));
        assert_eq!(drawn.legend.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), ["median", "p95"]);
        assert_eq!(drawn.notes[0], "The axis of values is logarithmic.", "more than a decade is crossed");
        assert!(!drawn.svg.contains(">1M<"), "{}", drawn.svg);
        assert!(in_order(&InOrder { reaches: true, ..plot }).unwrap().svg.contains(">1M<"), "a million ms and more");
    }

    #[test]
    fn many_points_are_joined_and_stay_small() {
        let (series, scale) = (series(5000), scale());
        let plot = InOrder { log: true, ..plot(&series, &scale, &[]) };
        let drawn = in_order(&plot).unwrap();
        assert!(drawn.svg.len() < 15_000, "{}", drawn.svg.len());
        assert!(drawn.notes.iter().any(|note| note.contains("13 consecutive samples")), "{:?}", drawn.notes);
    }
}
