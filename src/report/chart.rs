//! Charts: inline SVG made from the histogram and the series of a population.
//!
//! In: bins or points in base units, and the [`Scale`] of the metric. Out: one `<svg>` element without script, style
//! or outside reference. Refuses to draw what cannot be drawn (no bins, no points, no finite range): `None`.
//!
//! The text is not scaled with the picture. Shapes stand in an inner viewport that stretches; text, marks and ticks
//! are placed beside them in percent, so that a label has the same size at 360 px as on a wide screen. Colours come
//! from classes (`templates/report.css`); the `fill` and `stroke` attributes are for pages without that style.
//! Bars begin at zero. A line may begin elsewhere, and the axis then says so.

mod interval_plot;
mod over_time;
mod overlay;

use std::fmt::Write as _;

use crate::measure::unit::Unit;
use crate::report::contract::{Histogram, Order, Series, SeriesPoint};
use crate::report::escape::html;
use crate::report::number::{self, Scale};

pub use interval_plot::{IntervalLine, IntervalPlot, IntervalRow, interval_plot, symbol};
pub use over_time::{Level, OverTime, over_time};
pub use overlay::{Overlay, overlay};

/// Colours that tell groups apart; slot 0 is for all others.
pub const GROUP_SLOTS: usize = 5;

/// Width of the inner viewport, in its own units.
const WIDTH: f64 = 1000.0;
/// Height of one row of labels, in CSS pixels.
const ROW: f64 = 15.0;
/// Height of a plot, in CSS pixels and in units of the inner viewport.
const PLOT: f64 = 130.0;
/// Height of the plot of one group.
const STRIP: f64 = 44.0;
/// Room below a plot for ticks and the name of the axis.
const BELOW: f64 = 38.0;
/// Points that are drawn at most; more are joined, because a screen has no room for them.
const MOST_POINTS: usize = 400;
/// Ticks that fit beside each other at 360 px.
const MOST_TICKS: usize = 5;
/// Width of a plot on the narrowest screen, in CSS pixels; labels have to fit there.
const NARROWEST: f64 = 328.0;
/// Width of a letter at the size of the labels, in CSS pixels, on the generous side.
const LETTER: f64 = 6.8;
/// Room between a mark and its label, in CSS pixels.
const GAP: f64 = 5.0;
/// Air at both ends of an axis of values in order or of changes, as a share of it.
const AIR: f64 = 0.04;
/// A bar is at least this wide, in units of the inner viewport, so that it can be seen.
const THINNEST: f64 = 3.0;
/// An axis of values starts at zero unless the smallest value is above this share of the largest.
const NEAR_ZERO: f64 = 0.5;

/// What a distribution plot shows.
#[derive(Debug, Clone, Copy)]
pub struct Distribution<'a> {
    /// Unique in the page; the ids of title and description derive from it.
    pub id: &'a str,
    /// What is measured, for the title.
    pub title: &'a str,
    /// The bins.
    pub histogram: &'a Histogram,
    /// Unit and digits.
    pub scale: &'a Scale,
    /// The median.
    pub median: Option<f64>,
    /// The 95th percentile.
    pub p95: Option<f64>,
    /// The upper outlier fence.
    pub fence: Option<f64>,
}

/// What an in-order plot shows.
#[derive(Debug, Clone, Copy)]
pub struct InOrder<'a> {
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
}

/// A chart and what has to be said beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The `<svg>` element.
    pub svg: String,
    /// Facts about the axes that a reader must know.
    pub notes: Vec<String>,
}

/// The distribution: bars, with marks for median, p95 and the fence.
pub fn distribution(plot: &Distribution) -> Option<Drawn> {
    let bars = Bars::of(plot.histogram, None)?;
    let marks = marks(plot, &bars.axis);
    let top = ROW * marks.len() as f64 + 6.0;
    let mut canvas = Canvas::new(plot.id, top, PLOT);
    let description = describe_distribution(plot);
    canvas.open(&format!("Distribution of {}", plot.title), &description);
    canvas.counts_axis(bars.most);
    canvas.shapes(&format!(r##"<path class="bars" fill="#5b7da8" d="{}"/>"##, bars.path(PLOT)));
    for (row, (mark, side)) in arranged(&marks).into_iter().enumerate() {
        canvas.mark(row, mark, side);
    }
    canvas.value_ticks(&bars.axis, plot.scale.unit());
    canvas.axis_name(&axis_name(plot.title, plot.scale));
    Some(Drawn { svg: canvas.close(), notes: log_note(bars.axis.log) })
}

/// A low plot of one group on the axis of the whole metric, so that groups can be compared by eye.
pub fn strip(plot: &Distribution, whole: &Histogram) -> Option<Drawn> {
    let axis = Axis::of_histogram(whole)?;
    let bars = Bars::of(plot.histogram, Some(axis))?;
    let mut canvas = Canvas::new(plot.id, 2.0, STRIP);
    canvas.below = 18.0;
    canvas.open(&format!("Distribution of {}", plot.title), &describe_distribution(plot));
    canvas.shapes(&format!(r##"<path class="bars thin" fill="#5b7da8" d="{}"/>"##, bars.path(STRIP)));
    if let Some(median) = plot.median {
        let share = axis.share(median);
        canvas.line("mark", share, share, 0.0, canvas.bottom());
    }
    canvas.value_ticks(&axis, plot.scale.unit());
    Some(Drawn { svg: canvas.close(), notes: log_note(axis.log) })
}

/// The samples in recorded order.
pub fn in_order(plot: &InOrder) -> Option<Drawn> {
    let (stride, points) = thin(plot.series);
    let axis = Axis::of_points(&points, plot.log)?;
    let label_rows = marked_order(plot.order);
    let mut canvas = Canvas::new(plot.id, ROW * label_rows as f64 + 16.0, PLOT + 20.0);
    canvas.open(&format!("{} in recorded order", plot.title), &describe_order(plot, &axis));
    canvas.value_grid(&axis, plot.scale.unit(), false);
    let place = Place { stride, samples: plot.samples.max(1), axis, height: canvas.height };
    canvas.warm_up(plot, &place);
    canvas.shapes(&place.shapes(&points, plot.slots));
    canvas.value_grid(&axis, plot.scale.unit(), true);
    canvas.level_shift(plot, &place);
    canvas.sample_ticks(plot.samples);
    canvas.axis_name("sample, in recorded order");
    Some(Drawn { svg: canvas.close(), notes: order_notes(&axis, stride, plot.scale) })
}

fn axis_name(title: &str, scale: &Scale) -> String {
    match scale.symbol() {
        "" => title.to_owned(),
        symbol => format!("{title}, {symbol}"),
    }
}

fn log_note(log: bool) -> Vec<String> {
    if log { vec!["The axis of values is logarithmic.".to_owned()] } else { Vec::new() }
}

fn order_notes(axis: &Axis, stride: u64, scale: &Scale) -> Vec<String> {
    let mut notes = log_note(axis.log);
    if !axis.log && axis.low > 0.0 {
        notes.push(format!("The axis of values starts at {}, not at zero.", scale.full(axis.low)));
    }
    if stride > 1 {
        notes.push(format!("Each point stands for {stride} consecutive samples: their range and median."));
    }
    notes
}

fn describe_distribution(plot: &Distribution) -> String {
    let edges = &plot.histogram.edges;
    let samples: u64 = plot.histogram.counts.iter().sum();
    let (low, high) = (edges.first().copied(), edges.last().copied());
    let mut text = format!(
        "{} between {} and {}",
        number::counted(samples, "sample"),
        plot.scale.full_or_absent(low),
        plot.scale.full_or_absent(high),
    );
    for (name, value) in [("median", plot.median), ("p95", plot.p95), ("upper outlier fence", plot.fence)] {
        if let Some(value) = value {
            let _ = write!(text, "; {name} {}", plot.scale.full(value));
        }
    }
    text
}

fn describe_order(plot: &InOrder, axis: &Axis) -> String {
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

/// A value marked in a plot.
struct Mark {
    share: f64,
    class: &'static str,
    text: String,
}

fn marks(plot: &Distribution, axis: &Axis) -> Vec<Mark> {
    let all =
        [("median", "mark", plot.median), ("p95", "mark p95", plot.p95), ("outliers above", "mark fence", plot.fence)];
    let mut marks: Vec<Mark> = all
        .into_iter()
        .filter_map(|(name, class, value)| Some((name, class, value.filter(|value| axis.contains(*value))?)))
        .map(|(name, class, value)| Mark {
            share: axis.share(value),
            class,
            text: format!("{name} {}", plot.scale.bare(value)),
        })
        .collect();
    marks.sort_by(|a, b| a.share.total_cmp(&b.share));
    marks
}

/// On which side of its mark a label stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

impl Mark {
    /// Share of the width that the label takes on the narrowest screen.
    fn width(&self) -> f64 {
        (self.text.chars().count() as f64 * LETTER + GAP) / NARROWEST
    }

    fn fits(&self, side: Side) -> bool {
        match side {
            Side::Right => self.share + self.width() <= 1.0,
            Side::Left => self.share >= self.width(),
        }
    }

    fn best_side(&self) -> Side {
        if self.fits(Side::Right) { Side::Right } else { Side::Left }
    }
}

/// Rows of labels from the top such that no line runs through a label: all on the right with the leftmost on top, or
/// all on the left with the rightmost on top. Where neither fits, each on the side that does.
fn arranged(marks: &[Mark]) -> Vec<(&Mark, Side)> {
    if marks.iter().all(|mark| mark.fits(Side::Right)) {
        marks.iter().map(|mark| (mark, Side::Right)).collect()
    } else if marks.iter().all(|mark| mark.fits(Side::Left)) {
        marks.iter().rev().map(|mark| (mark, Side::Left)).collect()
    } else {
        marks.iter().map(|mark| (mark, mark.best_side())).collect()
    }
}

/// Bars with their axis.
struct Bars<'a> {
    histogram: &'a Histogram,
    axis: Axis,
    most: u64,
}

impl<'a> Bars<'a> {
    fn of(histogram: &'a Histogram, axis: Option<Axis>) -> Option<Self> {
        let axis = match axis {
            Some(axis) => axis,
            None => Axis::of_histogram(histogram)?,
        };
        let most = histogram.counts.iter().copied().max().filter(|most| *most > 0)?;
        (histogram.edges.len() == histogram.counts.len() + 1).then_some(Self { histogram, axis, most })
    }

    fn path(&self, height: f64) -> String {
        let mut path = String::new();
        for (edges, count) in self.histogram.edges.windows(2).zip(&self.histogram.counts) {
            if *count > 0 {
                let (left, right) = (self.axis.share(edges[0]) * WIDTH, self.axis.share(edges[1]) * WIDTH);
                // A bar of one sample among thousands stays visible.
                let tall = (*count as f64 / self.most as f64 * height).max(1.0);
                let width = (right - left).max(THINNEST);
                let _ = write!(
                    path,
                    "M{} {}v-{}h{}v{}z",
                    short(left),
                    short(height),
                    short(tall),
                    short(width),
                    short(tall)
                );
            }
        }
        path
    }
}

/// An axis of values.
#[derive(Debug, Clone, Copy)]
struct Axis {
    /// Where the axis begins and ends.
    low: f64,
    high: f64,
    /// The smallest and largest value.
    least: f64,
    most: f64,
    log: bool,
}

impl Axis {
    fn new(low: f64, high: f64, log: bool) -> Option<Self> {
        if !(low.is_finite() && high.is_finite() && low <= high) {
            return None;
        }
        // A single value stands in the middle of an axis of its own.
        let (start, end) = if low < high {
            (low, high)
        } else if low == 0.0 {
            (-1.0, 1.0)
        } else {
            (low - low.abs() / 2.0, high + high.abs() / 2.0)
        };
        Some(Self { low: start, high: end, least: low, most: high, log: log && start > 0.0 })
    }

    fn of_histogram(histogram: &Histogram) -> Option<Self> {
        Self::new(*histogram.edges.first()?, *histogram.edges.last()?, histogram.log)
    }

    fn of_points(points: &[SeriesPoint], log: bool) -> Option<Self> {
        let low = points.iter().map(|point| point.min).min_by(f64::total_cmp)?;
        let high = points.iter().map(|point| point.max).max_by(f64::total_cmp)?;
        let mut axis = Self::new(low, high, log)?;
        if axis.log {
            let air = (axis.high / axis.low).powf(AIR);
            axis.low /= air;
            axis.high *= air;
        } else {
            let from_zero = low >= 0.0 && low <= high * NEAR_ZERO;
            let air = (axis.high - axis.low) * AIR;
            axis.low = if from_zero { 0.0 } else { axis.low - air };
            axis.high += air;
        }
        Some(axis)
    }

    fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Where a value stands between the ends, 0 to 1.
    fn share(&self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        if self.log {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// Values to write at the axis, in its own unit, and where each stands.
    fn ticks(&self, unit: Unit, most: usize) -> Vec<(f64, f64)> {
        let (low, high) = (unit.from_base(self.low), unit.from_base(self.high));
        let values = if self.log { log_ticks(low, high, most) } else { even_ticks(low, high, most) };
        values.into_iter().map(|value| (value, self.share(unit.to_base(value)))).collect()
    }
}

/// Round values at even distances: 1, 2 or 5 times a power of ten.
fn even_ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let rough = (high - low) / most.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|step| *step >= rough);
    let step = step.unwrap_or(10.0 * power);
    let first = (low / step).ceil();
    (0..=most).map(|index| (first + index as f64) * step).filter(|value| *value <= high * (1.0 + 1e-12)).collect()
}

/// Round values for a logarithmic axis: powers of ten where there are many, else 1-2-5, else even distances.
fn log_ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let decades = (high / low).log10();
    let exponents = low.log10().floor() as i32..=high.log10().ceil() as i32;
    let inside = |value: &f64| (low..=high).contains(value);
    for factors in [&[1.0, 2.0, 5.0][..], &[1.0, 3.0], &[1.0]] {
        let values =
            exponents.clone().flat_map(|exponent| factors.iter().map(move |factor| factor * 10f64.powi(exponent)));
        let values: Vec<f64> = values.filter(inside).collect();
        if values.len() <= most && values.len() >= 2 {
            return values;
        }
    }
    if decades <= 1.0 {
        return even_ticks(low, high, most);
    }
    let every = (decades / most as f64).ceil().max(1.0) as usize;
    exponents.step_by(every).map(|exponent| 10f64.powi(exponent)).filter(inside).collect()
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
    /// group) and its median a line (or a dot).
    fn shapes(&self, points: &[SeriesPoint], slots: &[usize]) -> String {
        let grouped = !slots.is_empty() && points.iter().any(|point| point.group.is_some());
        match (self.stride, grouped) {
            (1, _) | (_, true) => self.by_group(points, slots),
            _ => self.band(points) + &self.median_line(points),
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

    fn line_through(&self, points: impl Iterator<Item = (usize, f64)>) -> String {
        let mut path = String::new();
        for (index, value) in points {
            let letter = if path.is_empty() { 'M' } else { 'L' };
            let _ = write!(path, "{letter}{:.0} {:.0}", self.x(index), self.y(value));
        }
        path
    }
}

/// Writes the element: text and marks in pixels and percent, shapes in an inner viewport.
struct Canvas<'a> {
    id: &'a str,
    top: f64,
    height: f64,
    below: f64,
    out: String,
}

impl<'a> Canvas<'a> {
    fn new(id: &'a str, top: f64, height: f64) -> Self {
        Self { id, top, height, below: BELOW, out: String::new() }
    }

    fn bottom(&self) -> f64 {
        self.top + self.height
    }

    fn open(&mut self, title: &str, description: &str) {
        let (id, total) = (html(self.id), short(self.bottom() + self.below));
        let _ = write!(
            self.out,
            r#"<svg class="chart" role="img" aria-labelledby="{id}-title {id}-desc" width="100%" height="{total}" font-size="12" xmlns="http://www.w3.org/2000/svg"><title id="{id}-title">{}</title><desc id="{id}-desc">{}</desc>"#,
            html(title),
            html(description),
        );
    }

    fn close(mut self) -> String {
        self.out.push_str("</svg>");
        self.out
    }

    fn shapes(&mut self, shapes: &str) {
        let (top, height) = (short(self.top), short(self.height));
        let _ = write!(
            self.out,
            r#"<svg x="0" y="{top}" width="100%" height="{height}" viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="none" overflow="visible">{shapes}</svg>"#,
        );
    }

    fn line(&mut self, class: &str, from: f64, to: f64, top: f64, bottom: f64) {
        let (x1, x2, y1, y2) = (percent(from), percent(to), short(top), short(bottom));
        let _ = write!(self.out, r##"<line class="{class}" stroke="#777" x1="{x1}" x2="{x2}" y1="{y1}" y2="{y2}"/>"##);
    }

    fn text(&mut self, class: &str, share: f64, y: f64, anchor: &str, shift: f64, text: &str) {
        let _ = write!(
            self.out,
            r##"<text class="{class}" fill="#555" x="{}" y="{}" dx="{}" text-anchor="{anchor}">{}</text>"##,
            percent(share),
            short(y),
            short(shift),
            html(text),
        );
    }

    /// A vertical line with its name beside the upper end.
    fn mark(&mut self, row: usize, mark: &Mark, side: Side) {
        let top = row as f64 * ROW;
        self.line(mark.class, mark.share, mark.share, top + 3.0, self.bottom());
        let (anchor, shift) = match side {
            Side::Left => ("end", -GAP),
            Side::Right => ("start", GAP),
        };
        self.text("name", mark.share, top + 12.0, anchor, shift, &mark.text);
    }

    fn counts_axis(&mut self, most: u64) {
        let highest = even_ticks(0.0, most as f64, 3).into_iter().filter(|value| *value >= 1.0);
        for value in highest.filter(|value| value.fract() == 0.0) {
            let y = self.bottom() - value / most as f64 * self.height;
            self.line("grid", 0.0, 1.0, y, y);
            self.text("tick", 1.0, y - 3.0, "end", 0.0, &number::tick(value));
        }
        self.line("base", 0.0, 1.0, self.bottom(), self.bottom());
    }

    fn value_ticks(&mut self, axis: &Axis, unit: Unit) {
        for (value, share) in axis.ticks(unit, MOST_TICKS) {
            self.tick_below(share, &number::tick(value));
        }
    }

    fn tick_below(&mut self, share: f64, text: &str) {
        let anchor = if share < 0.04 {
            "start"
        } else if share > 0.96 {
            "end"
        } else {
            "middle"
        };
        let bottom = self.bottom();
        self.line("base", share, share, bottom, bottom + 4.0);
        self.text("tick", share, bottom + 16.0, anchor, 0.0, text);
    }

    fn axis_name(&mut self, name: &str) {
        self.text("axis", 0.0, self.bottom() + 33.0, "start", 0.0, name);
    }

    /// The lines stand behind the samples, their numbers before them.
    fn value_grid(&mut self, axis: &Axis, unit: Unit, numbers: bool) {
        let ticks = axis.ticks(unit, MOST_TICKS - 1);
        let last = ticks.len().saturating_sub(1);
        for (index, (value, share)) in ticks.into_iter().enumerate() {
            let y = self.bottom() - share * self.height;
            let text = number::tick(value);
            let text = if index == last { format!("{text} {}", unit.symbol) } else { text };
            if numbers {
                self.text("tick", 0.0, y - 3.0, "start", 0.0, text.trim_end());
            } else {
                self.line("grid", 0.0, 1.0, y, y);
            }
        }
        if numbers {
            self.line("base", 0.0, 1.0, self.bottom(), self.bottom());
        }
    }

    fn sample_ticks(&mut self, samples: u64) {
        let steps = even_ticks(0.0, samples as f64, MOST_TICKS);
        for value in steps.into_iter().filter(|value| *value >= 1.0 && value.fract() == 0.0) {
            self.tick_below((value - 0.5) / samples as f64, &number::tick(value));
        }
    }

    fn warm_up(&mut self, plot: &InOrder, place: &Place) {
        let Some(warm_up) = plot.order.and_then(|order| order.warm_up.as_ref()) else { return };
        let share = place.sample(warm_up.samples as f64);
        let (width, height) = (percent(share), short(self.bottom()));
        let _ = write!(
            self.out,
            r##"<rect class="warm-up" fill="#777" fill-opacity="0.12" x="0" y="0" width="{width}" height="{height}"/>"##
        );
        self.text("name", 0.0, 12.0, "start", 3.0, "warm-up");
    }

    fn level_shift(&mut self, plot: &InOrder, place: &Place) {
        let Some(shift) = plot.order.and_then(|order| order.level_shift.as_ref()) else { return };
        let row = marked_order(plot.order).saturating_sub(1);
        let text = format!("level shift {} → {}", plot.scale.bare(shift.before), plot.scale.bare(shift.after));
        let mark = Mark { share: place.sample(shift.index as f64), class: "mark shift", text };
        self.mark(row, &mark, mark.best_side());
        for (from, to, value) in [(0.0, mark.share, shift.before), (mark.share, 1.0, shift.after)] {
            let y = self.top + place.y(value);
            self.line("level", from, to, y, y);
        }
    }
}

/// A share as an SVG length: `37.25%`.
fn percent(share: f64) -> String {
    format!("{}%", short(share * 100.0))
}

/// A coordinate without needless digits.
fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::unit::Dimension;
    use crate::report::contract::{LevelShift, WarmUp};

    fn histogram(log: bool, edges: &[f64], counts: &[u64]) -> Histogram {
        Histogram { log, edges: edges.to_vec(), counts: counts.to_vec() }
    }

    fn scale() -> Scale {
        Scale::of_value(Dimension::Time, 0.065)
    }

    fn plot<'a>(histogram: &'a Histogram, scale: &'a Scale, title: &'a str) -> Distribution<'a> {
        Distribution { id: "m1", title, histogram, scale, median: Some(0.065), p95: Some(0.098), fence: Some(9.0) }
    }

    fn series(points: usize) -> Series {
        let point = |index: usize| {
            let value = 0.05 + (index % 7) as f64 * 0.01;
            SeriesPoint { min: value, median: value, max: value, group: Some(u32::from(index.is_multiple_of(2))) }
        };
        Series { stride: 1, points: (0..points).map(point).collect() }
    }

    #[test]
    fn a_distribution_marks_what_lies_inside_its_axis_and_says_all_in_its_description() {
        let histogram = histogram(false, &[0.0, 0.05, 0.1, 0.15], &[3, 10, 1]);
        let scale = scale();
        let drawn = distribution(&plot(&histogram, &scale, "latency")).unwrap();
        assert!(drawn.svg.contains("role=\"img\""));
        assert!(drawn.svg.contains(">median 65.00</text>"));
        assert!(drawn.svg.contains(">p95 98.00</text>"));
        assert!(!drawn.svg.contains("outliers above"), "the fence lies beyond the axis");
        assert!(drawn.svg.contains("14 samples between"));
        assert!(drawn.notes.is_empty());
    }

    #[test]
    fn a_logarithmic_axis_is_stated() {
        let histogram = histogram(true, &[0.001, 0.01, 0.1, 1.0, 10.0], &[3, 10, 1, 2]);
        let scale = scale();
        let drawn = distribution(&plot(&histogram, &scale, "latency")).unwrap();
        assert_eq!(drawn.notes, ["The axis of values is logarithmic."]);
        for tick in [">1<", ">10<", ">100<", ">1,000<", ">10,000<"] {
            assert!(drawn.svg.contains(tick), "{tick}");
        }
    }

    #[test]
    fn a_title_cannot_leave_the_picture() {
        let histogram = histogram(false, &[0.0, 0.1], &[3]);
        let scale = scale();
        let drawn = distribution(&plot(&histogram, &scale, "</title><script>\"")).unwrap();
        assert!(!drawn.svg.contains("<script>"));
    }

    #[test]
    fn what_cannot_be_drawn_is_not_drawn() {
        let scale = scale();
        for broken in [
            histogram(false, &[], &[]),
            histogram(false, &[0.0, f64::NAN], &[1]),
            histogram(false, &[0.0, 1.0], &[0]),
            histogram(false, &[0.0, 1.0], &[1, 2]),
        ] {
            assert_eq!(distribution(&plot(&broken, &scale, "latency")), None);
        }
    }

    #[test]
    fn one_value_has_a_picture_too() {
        let histogram = histogram(true, &[0.065, 0.065], &[5]);
        let scale = scale();
        let drawn = distribution(&plot(&histogram, &scale, "latency")).unwrap();
        assert!(!drawn.svg.contains("NaN") && !drawn.svg.contains("inf"), "{}", drawn.svg);
    }

    #[test]
    fn an_in_order_plot_tells_groups_apart_and_marks_warm_up_and_level_shift() {
        let order = Order {
            lag1_autocorrelation: None,
            effective_sample_size: None,
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
        let plot = InOrder {
            id: "m1",
            title: "latency",
            series: &series,
            scale: &scale,
            samples: 120,
            log: false,
            order: Some(&order),
            slots: &[1, 2],
        };
        let drawn = in_order(&plot).unwrap();
        for part in ["dots g1", "dots g2", "warm-up", "level shift 60.00 → 90.00", "x1=\"50%\""] {
            assert!(drawn.svg.contains(part), "{part}");
        }
        assert!(drawn.notes.is_empty(), "the axis starts at zero: {:?}", drawn.notes);
    }

    #[test]
    fn an_axis_that_does_not_start_at_zero_says_so() {
        let point = |value: f64| SeriesPoint { min: value, median: value, max: value, group: None };
        let series = Series { stride: 1, points: vec![point(2.60), point(2.63)] };
        let scale = Scale::of_values(Dimension::Time, &[2.6], Some(0.01));
        let plot = InOrder {
            id: "m",
            title: "latency",
            series: &series,
            scale: &scale,
            samples: 2,
            log: false,
            order: None,
            slots: &[],
        };
        assert!(in_order(&plot).unwrap().notes[0].ends_with("not at zero."));
    }

    #[test]
    fn many_points_are_joined_and_stay_small() {
        let (series, scale) = (series(5000), scale());
        let plot = InOrder {
            id: "m1",
            title: "latency",
            series: &series,
            scale: &scale,
            samples: 5000,
            log: true,
            order: None,
            slots: &[1, 2],
        };
        let drawn = in_order(&plot).unwrap();
        assert!(drawn.svg.len() < 15_000, "{}", drawn.svg.len());
        assert!(drawn.notes.iter().any(|note| note.contains("13 consecutive samples")), "{:?}", drawn.notes);
    }

    #[test]
    fn no_line_runs_through_a_label_where_that_can_be_avoided() {
        let mark = |share: f64| Mark { share, class: "mark", text: "p95 98.25".to_owned() };
        let sides = |shares: &[f64]| -> Vec<(f64, Side)> {
            let marks: Vec<Mark> = shares.iter().copied().map(mark).collect();
            arranged(&marks).into_iter().map(|(mark, side)| (mark.share, side)).collect()
        };
        assert_eq!(sides(&[0.2, 0.5]), [(0.2, Side::Right), (0.5, Side::Right)]);
        assert_eq!(sides(&[0.5, 0.95]), [(0.95, Side::Left), (0.5, Side::Left)]);
        assert_eq!(sides(&[0.05, 0.95]), [(0.05, Side::Right), (0.95, Side::Left)]);
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(even_ticks(0.0, 24.0, 5), [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert_eq!(log_ticks(17.0, 351.0, 5), [20.0, 50.0, 100.0, 200.0]);
        assert_eq!(log_ticks(0.9, 1.1e9, 5), [10.0, 1_000.0, 100_000.0, 10_000_000.0, 1_000_000_000.0]);
    }
}
