//! Changes on one axis: the interval of each effect around its estimate, the margin shaded, "no change" as a line
//! (a forest plot; Lewis & Clarke, BMJ 2001, 322:1479).
//!
//! Verdicts are told apart by shape as well as by colour. The axis is logarithmic, so that twice and half are equally
//! far from no change. An interval that is open, or reaches far beyond all estimates, ends in an arrow.

use std::fmt::Write as _;

use crate::compare::outcome::Verdict;
use crate::report::escape::html;
use crate::report::number;
use crate::report::words::change::verdict as word;

use super::axis::AIR;
use super::canvas::{Canvas, Chart, percent, short};
use super::mark::{GAP, LETTER, NARROWEST};

/// Height of the name of a change, in CSS pixels.
const NAME: f64 = 17.0;
/// Height of one interval, in CSS pixels.
const LINE: f64 = 16.0;
/// Room between changes, in CSS pixels.
const BETWEEN: f64 = 9.0;
/// Room above the first change, for the ticks.
const ABOVE: f64 = 20.0;
/// Where the axis begins and ends, as shares of the width; before it stand the names of the statistics.
const AXIS: (f64, f64) = (0.15, 0.97);
/// Smallest distance of two ticks as a share of the axis, so that their labels do not touch at 360 px.
const TICK_DISTANCE: f64 = 0.18;
/// Ticks on each side of no change that are tried.
const TICK_STEPS: i32 = 8;
/// Half an axis is at least this long, as a logarithm of the ratio: 2%.
const SHORTEST: f64 = 0.02;
/// Intervals are followed beyond the estimates by at least this, as a logarithm of the ratio: a factor of 1.5.
const LEAST_REACH: f64 = 0.405;
/// Ratios beyond this are drawn at the end of the axis.
const LARGEST_RATIO: f64 = 1e6;
/// Letters of a name that fit at 360 px.
const NAME_LETTERS: usize = (NARROWEST / LETTER) as usize;

/// A change.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct IntervalRow {
    /// Metric and group.
    pub label: String,
    /// Its margin: 0.05 is 5%.
    pub margin: f64,
    /// Its effects.
    pub lines: Vec<IntervalLine>,
}

/// An effect: ratios of after to before.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct IntervalLine {
    /// What it is about: `center`, `p95`.
    pub name: &'static str,
    /// The estimate.
    pub estimate: f64,
    /// Lower end; absent where open.
    pub low: Option<f64>,
    /// Upper end; absent where open.
    pub high: Option<f64>,
    /// The verdict on it.
    pub verdict: Option<Verdict>,
    /// The effect in words, for the tooltip.
    pub text: String,
}

/// The changes, worst first; `None` where there is nothing to draw. `id` is unique in the page.
pub(crate) fn interval_plot(id: &str, rows: &[IntervalRow]) -> Option<Chart> {
    let axis = LogAxis::of(rows)?;
    let mut canvas = Canvas::new(id, ABOVE, rows.iter().map(row_height).sum());
    canvas.class = "chart";
    canvas.open("Changes", &describe(rows));
    let mut top = ABOVE;
    for row in rows {
        let (low, high) = (axis.share(1.0 / (1.0 + row.margin)), axis.share(1.0 + row.margin));
        let _ = write!(
            canvas.out,
            r##"<rect class="margin" fill="#777" fill-opacity="0.14" x="{}" y="{}" width="{}" height="{}"/>"##,
            percent(low),
            short(top + NAME),
            percent(high - low),
            short(row_height(row) - NAME),
        );
        top += row_height(row);
    }
    for ratio in axis.ticks() {
        let share = axis.share(ratio);
        let class = if ratio == 1.0 { "base zero" } else { "grid" };
        canvas.line(class, share, share, ABOVE, canvas.bottom());
        let text = number::change_tick(ratio);
        canvas.text("tick", share, ABOVE - 6.0, "middle", 0.0, &text);
        canvas.tick_below(share, &text, false);
    }
    let mut top = ABOVE;
    for row in rows {
        canvas.text("name", 0.0, top + 12.0, "start", 0.0, &shortened(&row.label));
        for (index, line) in row.lines.iter().filter(|line| drawable(line)).enumerate() {
            interval(&mut canvas, &axis, row, line, top + NAME + (index as f64 + 0.5) * LINE);
        }
        top += row_height(row);
    }
    canvas.axis_name("change, after over before");
    let notes = vec!["Shaded: changes within the margin. The axis is logarithmic.".to_owned()];
    Some(canvas.close("Changes with their intervals", notes))
}

/// The symbol of a verdict as a picture of its own, for a legend.
pub(crate) fn symbol(verdict: Verdict) -> String {
    format!(
        r#"<svg class="chart key {}" aria-hidden="true" width="14" height="14" viewBox="-7 -7 14 14" xmlns="http://www.w3.org/2000/svg">{}</svg>"#,
        word(verdict),
        shape(Some(verdict))
    )
}

fn row_height(row: &IntervalRow) -> f64 {
    NAME + row.lines.iter().filter(|line| drawable(line)).count() as f64 * LINE + BETWEEN
}

fn drawable(line: &IntervalLine) -> bool {
    line.estimate.is_finite() && line.estimate > 0.0
}

fn interval(canvas: &mut Canvas, axis: &LogAxis, row: &IntervalRow, line: &IntervalLine, y: f64) {
    let class = line.verdict.map_or("", word);
    let tip = format!("{}, {}: {}{}{class}", row.label, line.name, line.text, if class.is_empty() { "" } else { ", " });
    let _ = write!(
        canvas.out,
        r#"<g class="{class}"><title>{}</title><rect fill="none" pointer-events="all" x="0" y="{}" width="100%" height="{}"/>"#,
        html(&tip),
        short(y - LINE / 2.0),
        short(LINE),
    );
    canvas.text("tick", 0.0, y + 4.0, "start", 0.0, line.name);
    let inside =
        |end: Option<f64>| end.filter(|ratio| *ratio > 0.0 && axis.contains(*ratio)).map(|ratio| axis.share(ratio));
    let (low, high) = (inside(line.low), inside(line.high));
    canvas.line("interval", low.unwrap_or(AXIS.0), high.unwrap_or(AXIS.1), y, y);
    if low.is_none() {
        canvas.place(AXIS.0, y, r##"<path class="arrow" fill="none" stroke="#555" d="M4-4L0 0L4 4"/>"##);
    }
    if high.is_none() {
        canvas.place(AXIS.1, y, r##"<path class="arrow" fill="none" stroke="#555" d="M-4-4L0 0L-4 4"/>"##);
    }
    canvas.place(axis.share(line.estimate), y, &shape(line.verdict));
    canvas.out.push_str("</g>");
}

/// A shape for each verdict, so that they differ without colour.
fn shape(verdict: Option<Verdict>) -> String {
    let (class, path) = match verdict {
        Some(Verdict::Regressed | Verdict::Missing | Verdict::Incomparable) => ("solid", "M0-5.5L5.5 4.5H-5.5z"),
        Some(Verdict::Improved) => ("solid", "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z"),
        Some(Verdict::Changed) => ("solid", "M0-5.5L5.5 0L0 5.5L-5.5 0z"),
        Some(Verdict::Inconclusive) => ("hollow", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z"),
        Some(Verdict::CenterUnchanged | Verdict::Unchanged | Verdict::New) => ("solid", "M-3-3H3V3H-3z"),
        None => ("arrow", "M0-5V5"),
    };
    let fill = match class {
        "solid" => "#555",
        "hollow" => "#fff",
        _ => "none",
    };
    format!(r##"<path class="{class}" fill="{fill}" stroke="#555" d="{path}"/>"##)
}

/// A name that fits the narrowest screen; the middle goes, as names of groups often differ at their ends.
fn shortened(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= NAME_LETTERS {
        return name.to_owned();
    }
    let half = (NAME_LETTERS - 1) / 2;
    let (start, end) = (&letters[..half], &letters[letters.len() - half..]);
    start.iter().chain(&['…']).chain(end).collect()
}

fn describe(rows: &[IntervalRow]) -> String {
    let line = |row: &IntervalRow| -> String {
        let effects = row.lines.iter().filter(|line| drawable(line)).map(|line| {
            format!("{} {}{}", line.name, line.text, line.verdict.map_or(String::new(), |v| format!(", {}", word(v))))
        });
        format!("{}: {}", row.label, effects.collect::<Vec<_>>().join("; "))
    };
    rows.iter().map(line).collect::<Vec<_>>().join(". ")
}

/// An axis of ratios, between two logarithms; 1 always lies inside.
#[derive(Debug, Clone, Copy)]
struct LogAxis {
    low: f64,
    high: f64,
}

impl LogAxis {
    fn of(rows: &[IntervalRow]) -> Option<Self> {
        let log = |ratio: f64| ratio.clamp(LARGEST_RATIO.recip(), LARGEST_RATIO).ln();
        let lines = || rows.iter().flat_map(|row| &row.lines).filter(|line| drawable(line));
        lines().next()?;
        let margin = rows.iter().map(|row| log(1.0 + row.margin.abs())).fold(SHORTEST, f64::max);
        let (low, high) = lines()
            .fold((-margin, margin), |(low, high), line| (low.min(log(line.estimate)), high.max(log(line.estimate))));
        let reach = (high - low).max(LEAST_REACH);
        let ends = || lines().flat_map(|line| [line.low, line.high]).flatten().filter(|ratio| *ratio > 0.0).map(log);
        let (least, most) = (low - reach, high + reach);
        let low = ends().fold(low, f64::min).max(least);
        let high = ends().fold(high, f64::max).min(most);
        let air = (high - low) * AIR;
        Some(Self { low: low - air, high: high + air })
    }

    fn contains(&self, ratio: f64) -> bool {
        (self.low..=self.high).contains(&ratio.ln())
    }

    /// Where a ratio stands between both edges of the picture.
    fn share(&self, ratio: f64) -> f64 {
        let share = (ratio.ln().clamp(self.low, self.high) - self.low) / (self.high - self.low);
        AXIS.0 + share * (AXIS.1 - AXIS.0)
    }

    /// Round changes, as many as can be read: steps of a percentage, or else of a factor.
    fn ticks(&self) -> Vec<f64> {
        let steps = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
        let even = steps
            .iter()
            .map(|step| (-TICK_STEPS..=TICK_STEPS).map(|index| 1.0 + f64::from(index) * step).collect::<Vec<f64>>());
        let factors = [2.0f64, 5.0, 10.0, 100.0, 1000.0];
        let powers =
            factors.iter().map(|factor| (-TICK_STEPS..=TICK_STEPS).map(|power| factor.powi(power)).collect::<Vec<_>>());
        let inside = |ratios: Vec<f64>| -> Vec<f64> {
            ratios.into_iter().filter(|ratio| *ratio > 0.0 && self.contains(*ratio)).collect()
        };
        let readable = |ratios: &Vec<f64>| {
            let apart = TICK_DISTANCE * (AXIS.1 - AXIS.0) - GAP / NARROWEST;
            ratios.windows(2).all(|pair| self.share(pair[1]) - self.share(pair[0]) >= apart)
        };
        even.chain(powers).map(inside).find(readable).unwrap_or_else(|| vec![1.0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(estimate: f64, low: Option<f64>, high: Option<f64>, verdict: Verdict) -> IntervalRow {
        let line = IntervalLine { name: "center", estimate, low, high, verdict: Some(verdict), text: "x".to_owned() };
        IntervalRow { label: "latency / <start>".to_owned(), margin: 0.05, lines: vec![line] }
    }

    fn draw(rows: &[IntervalRow]) -> Option<String> {
        interval_plot("a", rows).map(|drawn| drawn.svg)
    }

    #[test]
    fn verdicts_differ_in_shape_and_names_cannot_leave_the_picture() {
        let verdicts = [Verdict::Regressed, Verdict::Improved, Verdict::Changed, Verdict::Inconclusive];
        let mut shapes: Vec<String> = verdicts.into_iter().map(|verdict| shape(Some(verdict))).collect();
        shapes.extend([shape(Some(Verdict::Unchanged)), shape(None)]);
        let all = shapes.len();
        shapes.sort();
        shapes.dedup();
        assert_eq!(shapes.len(), all);
        let svg = draw(&[row(1.12, Some(1.09), Some(1.15), Verdict::Regressed)]).unwrap();
        assert!(svg.contains("class=\"margin\"") && svg.contains("base zero") && !svg.contains("<start>"));
        assert!(!svg.contains("class=\"arrow\""));
    }

    #[test]
    fn open_and_far_ends_are_arrows_and_nothing_is_drawn_of_nothing() {
        let far = draw(&[row(1.1, Some(1e-9), None, Verdict::Inconclusive)]).unwrap();
        assert_eq!(far.matches("class=\"arrow\"").count(), 2);
        assert!(!far.contains("NaN") && !far.contains("inf"));
        assert_eq!(draw(&[]), None);
        assert_eq!(draw(&[row(f64::NAN, None, None, Verdict::Regressed)]), None);
        assert_eq!(draw(&[row(0.0, None, None, Verdict::Regressed)]), None);
    }

    #[test]
    fn ticks_are_round_changes_around_no_change() {
        let ticks = |low: f64, high: f64| LogAxis { low: low.ln(), high: high.ln() }.ticks();
        assert_eq!(ticks(0.93, 1.07), [0.95, 1.0, 1.05]);
        assert_eq!(ticks(0.9, 1.45), [1.0, 1.2, 1.4]);
        assert_eq!(ticks(0.05, 20.0), [0.2, 1.0, 5.0]);
        for (low, high) in [(0.999, 1.001), (0.5, 1.01), (1e-6, 1e6), (0.99, 1e6), (0.97, 3.0)] {
            let ticks = ticks(low, high);
            assert!(ticks.contains(&1.0) && (2..=7).contains(&ticks.len()), "{low} to {high}: {ticks:?}");
        }
    }
}
