//! A value over time: a level line for each interval, because the value is a mean over the whole of it.

use std::fmt::Write as _;

use crate::measure::unit::Dimension;
use crate::report::number::{self, Scale};

use super::axis::{Axis, even_ticks};
use super::canvas::{Canvas, Chart, MOST_TICKS, PLOT, ROW, WIDTH, short};
use super::mark::Mark;

/// A value that holds for an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Level {
    /// Where the interval begins, in seconds from the beginning of the plot.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// The value, in base units.
    pub value: f64,
}

/// What a plot over time shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OverTime<'a> {
    /// Unique in the page.
    pub id: &'a str,
    /// What is measured, for the title.
    pub title: &'a str,
    /// The levels, in order of time.
    pub levels: &'a [Level],
    /// Length of the plot in seconds.
    pub length: f64,
    /// Moments to mark, in seconds, each with a word.
    pub marks: &'a [(f64, &'static str)],
    /// The steady part, in seconds: what lies outside of it is shaded.
    pub steady: Option<(f64, f64)>,
    /// Unit and digits.
    pub scale: &'a Scale,
    /// With what the time begins: `the first snapshot`.
    pub since: &'a str,
}

/// What the part is called that is not shaded.
const STEADY: &str = "steady part";

/// Units of time for the axis: the length from which each is used, in seconds, its size, its name.
const AXIS_UNITS: [(f64, f64, &str); 4] =
    [(4.0 * 86_400.0, 86_400.0, "days"), (10_800.0, 3600.0, "h"), (300.0, 60.0, "min"), (0.0, 1.0, "s")];

/// The plot; `None` where there is nothing to draw.
pub(crate) fn over_time(plot: &OverTime) -> Option<Chart> {
    let most = plot.levels.iter().map(|level| level.value).max_by(f64::total_cmp)?;
    let axis = Axis::new(0.0, if most > 0.0 { most * 1.05 } else { 1.0 }, false)?;
    if !(plot.length.is_finite() && plot.length > 0.0) {
        return None;
    }
    // One row of labels is enough: the word of several marks stands at the first.
    let named = !plot.marks.is_empty() || plot.steady.is_some();
    let top = if named { ROW + 16.0 } else { 16.0 };
    let mut canvas = Canvas::new(plot.id, top, PLOT);
    canvas.open(&format!("{} over time", plot.title), &describe(plot));
    canvas.value_grid(&axis, plot.scale.unit(), MOST_TICKS - 1);
    canvas.shapes(&(plot.shades() + &shapes(plot, &axis)));
    canvas.base();
    if let Some((from, _)) = plot.steady {
        canvas.text("name", plot.share(from), 12.0, "start", 0.0, STEADY);
    }
    for (index, (at, word)) in plot.marks.iter().enumerate() {
        let text = if index == 0 { (*word).to_owned() } else { String::new() };
        let mark = Mark { share: plot.share(*at), class: "mark shift", text };
        canvas.mark(0, &mark, mark.best_side());
    }
    let (_, size, unit) = AXIS_UNITS.into_iter().find(|(from, ..)| plot.length >= *from)?;
    for value in even_ticks(0.0, plot.length / size, MOST_TICKS) {
        canvas.tick_below(value * size / plot.length, &number::axis_tick(value), false);
    }
    canvas.unit_beside(plot.scale.symbol());
    canvas.axis_name(&format!("time since {}, {unit}", plot.since));
    let notes = plot.steady.iter().map(|_| "Grey: outside of the steady part.".to_owned()).collect();
    Some(canvas.close(format!("{} over time", plot.title), notes))
}

impl OverTime<'_> {
    /// Where a moment stands, as a share of the width.
    fn share(&self, at: f64) -> f64 {
        (at / self.length).clamp(0.0, 1.0)
    }

    /// What lies outside of the steady part.
    fn shades(&self) -> String {
        let Some((from, to)) = self.steady else { return String::new() };
        let mut shapes = String::new();
        for (from, to) in [(0.0, self.share(from)), (self.share(to), 1.0)] {
            let (x, width) = (short(from * WIDTH), short((to - from) * WIDTH));
            let _ = write!(
                shapes,
                r##"<rect class="outside" fill="#777" fill-opacity="0.1" x="{x}" y="0" width="{width}" height="{PLOT}"/>"##
            );
        }
        shapes
    }
}

/// The levels as one line that breaks where nothing is known, on a band down to zero.
fn shapes(plot: &OverTime, axis: &Axis) -> String {
    let x = |at: f64| short(plot.share(at) * WIDTH);
    let y = |value: f64| short((1.0 - axis.share(value)) * PLOT);
    let (mut line, mut band) = (String::new(), String::new());
    let mut end: Option<f64> = None;
    for level in plot.levels {
        let join = if end == Some(level.from) { 'L' } else { 'M' };
        let (from, to, height) = (x(level.from), x(level.to), y(level.value));
        let _ = write!(line, "{join}{from} {height}H{to}");
        let _ = write!(band, "M{from} {}V{height}H{to}V{}z", short(PLOT), short(PLOT));
        end = Some(level.to);
    }
    format!(
        r##"<path class="band" fill="#5b7da8" fill-opacity="0.25" d="{band}"/><path class="line" fill="none" stroke="#5b7da8" d="{line}"/>"##
    )
}

fn describe(plot: &OverTime) -> String {
    let values = || plot.levels.iter().map(|level| level.value);
    let (least, most) = (values().min_by(f64::total_cmp), values().max_by(f64::total_cmp));
    let mut text = format!(
        "{} between {} and {}",
        number::counted(plot.levels.len() as u64, "interval"),
        plot.scale.full_or_absent(least),
        plot.scale.full_or_absent(most),
    );
    for (_, word) in plot.marks {
        let _ = write!(text, "; {word}");
    }
    if let Some((from, to)) = plot.steady {
        let time = |seconds: f64| number::short(Dimension::Time, seconds);
        let _ = write!(text, "; {STEADY} from {} to {}", time(from), time(to));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_that_touch_are_one_line_and_gaps_break_it() {
        let level = |from: f64, value: f64| Level { from, to: from + 30.0, value };
        let levels = [level(0.0, 1.0), level(30.0, 2.0), level(90.0, 0.0)];
        let scale = Scale::of_value(Dimension::Rate, 1.0);
        let marks = [(75.0, "restart")];
        let plot = OverTime {
            id: "a",
            title: "throughput",
            levels: &levels,
            length: 120.0,
            marks: &marks,
            steady: None,
            scale: &scale,
            since: "the first snapshot",
        };
        let svg = over_time(&plot).unwrap().svg;
        let line = svg.split("class=\"line\"").nth(1).unwrap();
        assert_eq!(line.matches('M').count(), 2, "{line}");
        assert_eq!(line.matches('L').count(), 1, "{line}");
        assert!(svg.contains("restart") && !svg.contains("class=\"outside\""));
        let steady = over_time(&OverTime { marks: &[], steady: Some((30.0, 90.0)), ..plot }).unwrap();
        assert!(steady.svg.contains("x=\"0\" y=\"0\" width=\"250\""), "before it: {}", steady.svg);
        assert!(steady.svg.contains("x=\"750\" y=\"0\" width=\"250\""), "after it: {}", steady.svg);
        let words = steady.svg.replace('\u{a0}', " ");
        assert!(words.contains("steady part from 30 s to 90 s") && steady.notes.len() == 1, "{words}");
        assert!(over_time(&OverTime { levels: &[], ..plot }).is_none());
        assert!(over_time(&OverTime { length: 0.0, ..plot }).is_none());
    }
}
