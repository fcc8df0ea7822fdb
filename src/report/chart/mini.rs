//! Small pictures that stand in a line of text or in a cell: what they show is said in words beside them, so that they have no text.
//!
//! In: values, bins, or a change with its interval. Out: an `<svg>` of a fixed view that stretches to its cell. Refuses what has no
//! extent: `None`.

use std::fmt::Write as _;

use crate::report::contract::Histogram;
use crate::report::escape::html;

use super::axis::Axis;
use super::canvas::short;
use super::run::failures_end;

/// The view of a small picture.
pub(super) const WIDTH: f64 = 160.0;
pub(super) const HEIGHT: f64 = 22.0;
/// Bins of a small distribution.
const BINS: usize = 32;
/// Half an axis of changes is at least this long, as a logarithm of the ratio: 10%.
const SHORTEST: f64 = 0.0953;
/// An axis of changes reaches no further than this, as a logarithm of the ratio: a factor of 4.
const LONGEST: f64 = 1.386;

/// How values over time are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SparkKind {
    /// A line that breaks where there is no value.
    Line,
    /// Bars of shares that failed, on the axis that a large picture of them has.
    Failures,
}

/// Values over time on an axis from zero; `None` where fewer than three are known, or all are zero.
pub(crate) fn spark(values: &[Option<f64>], kind: SparkKind) -> Option<String> {
    let most = values.iter().flatten().copied().filter(|value| value.is_finite()).max_by(f64::total_cmp)?;
    if values.iter().flatten().count() < 3 || most <= 0.0 {
        return None;
    }
    let end = if kind == SparkKind::Failures { failures_end(most) } else { most };
    let step = WIDTH / values.len() as f64;
    let height = |value: f64| (value / end * (HEIGHT - 2.0)).max(0.0);
    let mut path = String::new();
    let mut joined = false;
    for (index, value) in values.iter().enumerate() {
        let Some(value) = value.filter(|value| value.is_finite()) else {
            joined = false;
            continue;
        };
        let (x, y) = (step * index as f64, HEIGHT - height(value));
        let _ = match kind {
            SparkKind::Line => write!(path, "{}{} {}", if joined { 'L' } else { 'M' }, short(x + step / 2.0), short(y)),
            SparkKind::Failures if value > 0.0 => {
                write!(
                    path,
                    "M{} {}V{}H{}V{}z",
                    short(x),
                    short(HEIGHT),
                    short(y.min(HEIGHT - 2.0)),
                    short(x + step),
                    short(HEIGHT)
                )
            }
            SparkKind::Failures => Ok(()),
        };
        joined = true;
    }
    let shape = match kind {
        SparkKind::Line => format!(r##"<path class="line" fill="none" stroke="#5b7da8" d="{path}"/>"##),
        SparkKind::Failures => format!(r##"<path class="failures" fill="#b3261e" d="{path}"/>"##),
    };
    Some(small("spark", None, &shape))
}

/// What a small distribution shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MiniDistribution<'a> {
    /// Counts in bins; without them the range and the quartiles are drawn.
    pub histogram: Option<&'a Histogram>,
    /// The smallest and the largest value.
    pub range: (f64, f64),
    pub quartiles: Option<(f64, f64)>,
    pub median: f64,
    /// A few samples, each of which is a dot.
    pub dots: &'a [f64],
    /// Whether a bar from zero to the median stands behind.
    pub bar: bool,
    /// All of it in words.
    pub words: &'a str,
}

/// A distribution on the axis of all of its kind: bars whose area is the number of samples, or dots of a few samples, or the range
/// with the quartiles, each with a line for the median.
pub(crate) fn mini_distribution(of: &MiniDistribution<'_>, axis: &Axis) -> String {
    let x = |value: f64| axis.share(value) * WIDTH;
    let mut shapes = String::new();
    if of.bar {
        let _ = write!(
            shapes,
            r##"<path class="relative" fill="#5b7da8" fill-opacity="0.3" d="M0 4H{}V18H0z"/>"##,
            short(x(of.median))
        );
    }
    if !of.dots.is_empty() {
        let mut path = String::new();
        for value in of.dots {
            let _ = write!(path, "M{} {}h0", short(x(*value)), short(HEIGHT / 2.0));
        }
        let _ = write!(
            shapes,
            r##"<path class="dots" fill="none" stroke="#5b7da8" stroke-width="5" stroke-linecap="round" d="{path}"/>"##
        );
    } else if let Some(path) = of.histogram.and_then(|histogram| bars(histogram, axis)) {
        let _ = write!(shapes, r##"<path class="bars" fill="#5b7da8" d="{path}"/>"##);
    } else {
        let (low, high) = (x(of.range.0), x(of.range.1));
        let _ = write!(
            shapes,
            r##"<path class="line" fill="none" stroke="#5b7da8" d="M{} 11H{}"/>"##,
            short(low),
            short(high)
        );
        if let Some((first, third)) = of.quartiles {
            let (first, third) = (x(first), x(third));
            let _ = write!(
                shapes,
                r##"<path class="bars" fill="#5b7da8" d="M{} 5H{}V17H{}z"/>"##,
                short(first),
                short(third),
                short(first)
            );
        }
    }
    let _ = write!(shapes, r##"<path class="mark" fill="none" stroke="#222" d="M{} 0V22"/>"##, short(x(of.median)));
    small("dist", Some(of.words), &shapes)
}

/// Bars whose area is the number of samples: the bins of a straight axis differ in width on a logarithmic one.
fn bars(histogram: &Histogram, axis: &Axis) -> Option<String> {
    if histogram.edges.len() != histogram.counts.len() + 1 {
        return None;
    }
    let mut mass = [0.0f64; BINS];
    for (edges, count) in histogram.edges.windows(2).zip(&histogram.counts) {
        let at = |edge: f64| axis.share(edge) * WIDTH / WIDTH * BINS as f64;
        let (from, to) = (at(edges[0]), at(edges[1]));
        let (from, to) = (from.min(BINS as f64 - 1e-6), to.min(BINS as f64));
        if to - from < 1e-9 {
            mass[from as usize] += *count as f64;
            continue;
        }
        for (index, cell) in mass.iter_mut().enumerate().take((to.ceil() as usize).min(BINS)).skip(from as usize) {
            let overlap = (to.min(index as f64 + 1.0) - from.max(index as f64)).max(0.0);
            *cell += *count as f64 * overlap / (to - from);
        }
    }
    let most = mass.iter().copied().max_by(f64::total_cmp).filter(|most| *most > 0.0)?;
    let step = WIDTH / BINS as f64;
    let (mut path, mut open, mut last) = (String::new(), false, String::new());
    for (index, mass) in mass.iter().enumerate() {
        if *mass <= 0.0 {
            if open {
                let _ = write!(path, "V{}z", short(HEIGHT));
            }
            open = false;
            continue;
        }
        if !open {
            let _ = write!(path, "M{} {}", short(index as f64 * step), short(HEIGHT));
        }
        // A few among thousands stay in sight.
        let level = short(HEIGHT - (mass / most * (HEIGHT - 2.0)).max(1.0));
        let edge = short((index + 1) as f64 * step);
        if open && last == level {
            path.truncate(path.rfind('H').unwrap_or(path.len()));
            let _ = write!(path, "H{edge}");
        } else {
            let _ = write!(path, "V{level}H{edge}");
        }
        (open, last) = (true, level);
    }
    if open {
        let _ = write!(path, "V{}z", short(HEIGHT));
    }
    Some(path)
}

/// A change: ratios of after to before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct MiniChange {
    pub estimate: f64,
    /// Lower end; absent where open.
    pub low: Option<f64>,
    /// Upper end; absent where open.
    pub high: Option<f64>,
    /// What does not matter: 0.05 is 5%.
    pub margin: f64,
}

/// An axis that changes share: as long on both sides of no change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ChangeAxis(f64);

impl ChangeAxis {
    /// Wide enough for all estimates and for what of their intervals is not too far out.
    pub(crate) fn of(changes: &[MiniChange]) -> Self {
        let reach = changes
            .iter()
            .flat_map(|change| [Some(change.estimate), change.low, change.high, Some(1.0 + change.margin)]);
        let reach = reach.flatten().filter(|ratio| *ratio > 0.0 && ratio.is_finite()).map(|ratio| ratio.ln().abs());
        Self(reach.fold(SHORTEST, f64::max).min(LONGEST) * 1.08)
    }

    /// The change at its upper end, as a ratio.
    pub(crate) fn end(self) -> f64 {
        (self.0 / 1.08).exp()
    }

    fn x(self, ratio: f64) -> f64 {
        f64::midpoint(ratio.max(f64::MIN_POSITIVE).ln().clamp(-self.0, self.0) / self.0, 1.0) * WIDTH
    }

    fn contains(self, ratio: f64) -> bool {
        ratio > 0.0 && ratio.ln().abs() <= self.0
    }
}

/// A change with its interval; what does not matter is shaded, "no change" is a line. An end that is open or beyond the picture fades
/// into short dashes.
pub(crate) fn mini_change(change: &MiniChange, axis: ChangeAxis) -> Option<String> {
    if !(change.estimate.is_finite() && change.estimate > 0.0) {
        return None;
    }
    let x = |ratio: f64| short(axis.x(ratio));
    let middle = short(HEIGHT / 2.0);
    let (from, to) = (axis.x(1.0 / (1.0 + change.margin)), axis.x(1.0 + change.margin));
    let mut shapes = format!(
        r##"<rect class="margin" fill="#777" fill-opacity="0.15" x="{}" y="0" width="{}" height="{HEIGHT}"/><path class="zero" fill="none" stroke="#222" d="M{} 0V{HEIGHT}"/>"##,
        short(from),
        short(to - from),
        x(1.0),
    );
    let inside = |end: Option<f64>| end.filter(|ratio| axis.contains(*ratio));
    let (low, high) = (inside(change.low), inside(change.high));
    let estimate = axis.x(change.estimate);
    // Nothing is known of an open side: it has dashes only.
    let solid = (low.map_or(estimate, |low| axis.x(low)), high.map_or(estimate, |high| axis.x(high)));
    let mut faded = String::new();
    if low.is_none() {
        let _ = write!(faded, "M0 {middle}H{}", short(solid.0));
    }
    if high.is_none() {
        let _ = write!(faded, "M{} {middle}H{WIDTH}", short(solid.1));
    }
    let _ = write!(
        shapes,
        r##"<path class="interval" fill="none" stroke="#555" d="M{} {middle}H{}"/>"##,
        short(solid.0),
        short(solid.1)
    );
    if !faded.is_empty() {
        let _ = write!(
            shapes,
            r##"<path class="interval open" fill="none" stroke="#555" stroke-dasharray="2 4" d="{faded}"/>"##
        );
    }
    let _ = write!(
        shapes,
        r##"<path class="estimate" fill="none" stroke="#555" stroke-width="7" stroke-linecap="round" d="M{} {middle}h0"/>"##,
        short(estimate)
    );
    Some(small("delta", None, &shapes))
}

/// A small picture; one without words repeats what is said beside it.
pub(super) fn small(class: &str, words: Option<&str>, shapes: &str) -> String {
    let said = words.map_or_else(
        || r#"aria-hidden="true""#.to_owned(),
        |words| format!(r#"role="img" aria-label="{}""#, html(words)),
    );
    format!(
        r#"<svg class="mini {class}" {said} viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" width="{WIDTH}" height="{HEIGHT}">{shapes}</svg>"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pictures_start_at_zero_and_break_where_nothing_is_known() {
        let drawn = spark(&[Some(1.0), None, Some(2.0), Some(1.0)], SparkKind::Line).unwrap();
        assert!(
            drawn.contains("d=\"M20 12M100 2L140 12\""),
            "half of the largest stands at half of the height: {drawn}"
        );
        assert_eq!(spark(&[Some(1.0), None, Some(2.0)], SparkKind::Line), None, "two values are no course");
        assert_eq!(spark(&[Some(0.0); 5], SparkKind::Failures), None);
    }

    #[test]
    fn the_area_of_a_bar_is_its_count_on_any_axis() {
        let histogram = Histogram { log: false, edges: vec![1.0, 2.0, 100.0], counts: vec![10, 10] };
        let axis = Axis::shared(1.0, 100.0, false).unwrap();
        assert!(axis.log);
        let path = bars(&histogram, &axis).unwrap();
        // log10(2) is 15% of the axis: the same count on 85% is less than a fifth as tall.
        let heights: Vec<f64> =
            path.split('V').skip(1).filter_map(|part| part.split(['H', 'z']).next()?.parse().ok()).collect();
        let (first, last) = (22.0 - heights[0], 22.0 - heights[heights.len() - 2]);
        assert!(
            (first, last) == (20.0, 20.0 * 0.1505 / 0.8495) || (first - 20.0).abs() < 0.1 && (last - 3.54).abs() < 0.2,
            "{path}"
        );
    }

    #[test]
    fn an_open_end_fades_and_an_interval_has_its_ends() {
        let closed = MiniChange { estimate: 1.05, low: Some(1.01), high: Some(1.09), margin: 0.05 };
        let axis = ChangeAxis::of(&[closed]);
        assert!((axis.end() - 1.1).abs() < 1e-3, "at least ten percent: {}", axis.end());
        assert!(!mini_change(&closed, axis).unwrap().contains("dasharray"));
        let open = MiniChange { high: None, ..closed };
        assert!(mini_change(&open, axis).unwrap().contains("dasharray"));
        assert_eq!(mini_change(&MiniChange { estimate: f64::NAN, ..closed }, axis), None);
    }
}
