//! The distribution of a run with that of its baseline behind it.

use std::fmt::Write as _;

use crate::compare::outcome::Drawing;
use crate::report::number::{self, Scale};

use super::axis::{Axis, axis_name, even_ticks, log_note};
use super::canvas::{Canvas, Chart, PLOT, ROW, WIDTH, short};
use super::mark::marks;

/// Lines of the grid of shares.
const SHARE_TICKS: usize = 3;

/// What an overlay shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Overlay<'a> {
    /// Unique in the page.
    pub id: &'a str,
    /// Metric and group, for the title.
    pub title: &'a str,
    /// The metric, for the axis.
    pub unit_of: &'a str,
    /// The bins of both sides.
    pub drawing: &'a Drawing,
    /// Unit and digits.
    pub scale: &'a Scale,
    /// Median of the baseline.
    pub before: Option<f64>,
    /// Median of the run.
    pub after: Option<f64>,
}

/// The plot; `None` where there is nothing to draw.
pub(crate) fn overlay(plot: &Overlay) -> Option<Chart> {
    let Drawing { log, edges, before, after } = plot.drawing;
    let axis = Axis::new(*edges.first()?, *edges.last()?, *log)?;
    let most = before.iter().chain(after).copied().max_by(f64::total_cmp)?;
    let whole = edges.len() == before.len() + 1 && edges.len() == after.len() + 1;
    if !(whole && most.is_finite() && most > 0.0) {
        return None;
    }
    let marks = marks(
        &axis,
        plot.scale,
        &[("median before", "mark before", plot.before), ("median after", "mark after", plot.after)],
    );
    let mut canvas = Canvas::new(plot.id, ROW * marks.len() as f64 + 6.0, PLOT);
    canvas.open(&format!("Distribution of {}, before and after", plot.title), &describe(plot));
    for share in even_ticks(0.0, most * 100.0, SHARE_TICKS).into_iter().filter(|share| *share > 0.0) {
        let y = canvas.bottom() - share / 100.0 / most * PLOT;
        canvas.line("grid", 0.0, 1.0, y, y);
        canvas.tick_beside(y, &format!("{}%", number::tick(share)));
    }
    canvas.shapes(&format!(
        r##"<path class="before" fill="#999" fill-opacity="0.45" d="{}"/><path class="after" fill="#5b7da8" fill-opacity="0.25" stroke="#2f5d8a" d="{}"/>"##,
        steps(&axis, edges, before, most),
        steps(&axis, edges, after, most),
    ));
    canvas.line("base", 0.0, 1.0, canvas.bottom(), canvas.bottom());
    canvas.marks(&marks);
    canvas.value_ticks(&axis, plot.scale.unit());
    canvas.axis_name(&axis_name(plot.unit_of, plot.scale));
    Some(canvas.close(plot.title, log_note(axis.log)))
}

/// The outline of one side as steps down to the base.
fn steps(axis: &Axis, edges: &[f64], shares: &[f64], most: f64) -> String {
    let x = |edge: f64| short(axis.share(edge) * WIDTH);
    let mut path = String::new();
    for (ends, share) in edges.windows(2).zip(shares) {
        if path.is_empty() {
            let _ = write!(path, "M{} {}", x(ends[0]), short(PLOT));
        }
        let _ = write!(path, "V{}H{}", short((1.0 - share / most) * PLOT), x(ends[1]));
    }
    let _ = write!(path, "V{}", short(PLOT));
    path
}

fn describe(plot: &Overlay) -> String {
    let edges = &plot.drawing.edges;
    format!(
        "Values between {} and {}; median {} before and {} after",
        plot.scale.full_or_absent(edges.first().copied()),
        plot.scale.full_or_absent(edges.last().copied()),
        plot.scale.full_or_absent(plot.before),
        plot.scale.full_or_absent(plot.after),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::unit::Dimension;

    #[test]
    fn both_sides_stand_on_one_axis_and_what_does_not_fit_together_is_not_drawn() {
        let drawing =
            Drawing { log: true, edges: vec![0.01, 0.1, 1.0], before: vec![0.75, 0.25], after: vec![0.5, 0.5] };
        let scale = Scale::of_value(Dimension::Time, 0.1);
        let plot = Overlay {
            id: "a",
            title: "<latency>",
            unit_of: "latency",
            drawing: &drawing,
            scale: &scale,
            before: Some(0.08),
            after: Some(9.0),
        };
        let drawn = overlay(&plot).unwrap();
        assert!(drawn.svg.contains("median before 80.0"), "{}", drawn.svg);
        assert!(!drawn.svg.contains("median after 9"), "a median beyond the axis has no mark");
        assert!(drawn.svg.contains("d=\"M0 130V0H500V86.7H1000V130\""), "{}", drawn.svg);
        assert!(!drawn.svg.contains("<latency>"));
        assert_eq!(drawn.notes, ["The axis of values is logarithmic."]);
        for broken in [
            Drawing { after: vec![0.5], ..drawing.clone() },
            Drawing { edges: Vec::new(), before: Vec::new(), after: Vec::new(), log: false },
            Drawing { before: vec![0.0, 0.0], after: vec![0.0, 0.0], ..drawing.clone() },
        ] {
            assert_eq!(overlay(&Overlay { drawing: &broken, ..plot }), None);
        }
    }
}
