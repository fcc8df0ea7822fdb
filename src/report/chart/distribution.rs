//! The distribution of samples: bars from zero, with marks.

use std::fmt::Write as _;

use crate::report::contract::Histogram;
use crate::report::number::{self, Scale};

use super::axis::{Axis, axis_name, log_note};
use super::canvas::{Canvas, Chart, PLOT, ROW, WIDTH, short};
use super::mark::marks;

/// Height of the plot of one group.
const STRIP: f64 = 44.0;
/// A bar is at least this wide, in units of the inner viewport, so that it can be seen.
const THINNEST: f64 = 3.0;

/// Modes that are marked.
const MOST_MODES: usize = 4;

/// What a distribution plot shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Distribution<'a> {
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
    /// Where the modes are, where there are several.
    pub modes: &'a [f64],
}

/// The distribution: bars, with marks for median, p95 and the fence.
pub(crate) fn distribution(plot: &Distribution) -> Option<Chart> {
    let bars = Bars::of(plot.histogram, None)?;
    let mut named = vec![
        ("median", "mark", plot.median),
        ("p95", "mark p95", plot.p95),
        ("outliers above", "mark fence", plot.fence),
    ];
    named.extend(plot.modes.iter().take(MOST_MODES).map(|mode| ("mode", "mark mode", Some(*mode))));
    let marks = marks(&bars.axis, plot.scale, &named);
    let mut canvas = Canvas::new(plot.id, ROW * marks.len() as f64 + 6.0, PLOT);
    canvas.open(&format!("Distribution of {}", plot.title), &describe(plot));
    canvas.counts_axis(bars.most);
    canvas.shapes(&format!(r##"<path class="bars" fill="#5b7da8" d="{}"/>"##, bars.path(PLOT)));
    canvas.marks(&marks);
    canvas.value_ticks(&bars.axis, plot.scale.unit());
    canvas.axis_name(&axis_name(plot.title, plot.scale));
    Some(canvas.close("Distribution", log_note(bars.axis.log)))
}

/// A low plot of one group on the axis of the whole metric, so that groups can be compared by eye.
pub(crate) fn strip(plot: &Distribution, whole: &Histogram) -> Option<Chart> {
    let axis = Axis::of_histogram(whole)?;
    let bars = Bars::of(plot.histogram, Some(axis))?;
    let mut canvas = Canvas::new(plot.id, 2.0, STRIP);
    canvas.class = "chart";
    canvas.below = 18.0;
    canvas.open(&format!("Distribution of {}", plot.title), &describe(plot));
    canvas.shapes(&format!(r##"<path class="bars thin" fill="#5b7da8" d="{}"/>"##, bars.path(STRIP)));
    if let Some(median) = plot.median {
        let share = axis.share(median);
        canvas.line("mark", share, share, 0.0, canvas.bottom());
    }
    canvas.value_ticks(&axis, plot.scale.unit());
    Some(canvas.close(plot.title, log_note(axis.log)))
}

fn describe(plot: &Distribution) -> String {
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
    for mode in plot.modes {
        let _ = write!(text, "; mode {}", plot.scale.full(*mode));
    }
    text
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::unit::Dimension;

    fn histogram(log: bool, edges: &[f64], counts: &[u64]) -> Histogram {
        Histogram { log, edges: edges.to_vec(), counts: counts.to_vec() }
    }

    fn scale() -> Scale {
        Scale::of_value(Dimension::Time, 0.065)
    }

    fn plot<'a>(histogram: &'a Histogram, scale: &'a Scale, title: &'a str) -> Distribution<'a> {
        Distribution {
            id: "m1",
            title,
            histogram,
            scale,
            median: Some(0.065),
            p95: Some(0.098),
            fence: Some(9.0),
            modes: &[],
        }
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
    fn modes_are_marked_where_there_are_several() {
        let histogram = histogram(false, &[0.0, 0.05, 0.1, 0.15], &[9, 1, 9]);
        let scale = scale();
        let drawn =
            distribution(&Distribution { modes: &[0.02, 0.12], ..plot(&histogram, &scale, "latency") }).unwrap();
        assert!(drawn.svg.contains(">mode 20.00</text>") && drawn.svg.contains(">mode 120.00</text>"));
        assert!(drawn.svg.contains("; mode 20.00") && drawn.svg.contains("; mode 120.00"));
    }

    #[test]
    fn a_logarithmic_axis_is_stated() {
        let histogram = histogram(true, &[0.001, 0.01, 0.1, 1.0, 10.0], &[3, 10, 1, 2]);
        let scale = scale();
        let drawn = distribution(&plot(&histogram, &scale, "latency")).unwrap();
        assert_eq!(drawn.notes, ["The axis of values is logarithmic."]);
        for tick in [">1<", ">10<", ">100<", ">1,000<", ">10k<"] {
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
}
