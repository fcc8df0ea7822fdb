//! What every chart is drawn with: text and marks in pixels and percent, shapes in an inner viewport.

use std::fmt::Write as _;

use serde::Serialize;

use crate::measure::unit::Unit;
use crate::report::escape::html;
use crate::report::number;

use super::axis::{Axis, even_ticks};
use super::mark::{GAP, LabelSide, Mark, arranged};

/// Width of the inner viewport, in its own units.
pub(super) const WIDTH: f64 = 1000.0;
/// Height of one row of labels, in CSS pixels.
pub(super) const ROW: f64 = 15.0;
/// Height of a plot, in CSS pixels and in units of the inner viewport.
pub(super) const PLOT: f64 = 130.0;
/// Room below a plot for ticks and the name of the axis.
const BELOW: f64 = 38.0;
/// Room between the names of lines, in CSS pixels.
const LINE_NAME: f64 = 13.0;
/// Ticks that fit beside each other at 360 px.
pub(super) const MOST_TICKS: usize = 5;

/// A chart and what has to be said beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Chart {
    /// What it shows: `Distribution`, or the label of a group.
    pub name: String,
    /// The `<svg>` element, ready for a page: use it with `safe`.
    pub svg: String,
    /// What must be known to read it.
    pub notes: Vec<String>,
    /// Colours of groups.
    pub legend: Vec<LegendKey>,
}

/// A colour of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct LegendKey {
    /// The class of the shapes: `g1` to `g5`, `g0` for all others.
    pub class: String,
    /// The group.
    pub name: String,
}

/// Writes the element: text and marks in pixels and percent, shapes in an inner viewport.
pub(super) struct Canvas<'a> {
    id: &'a str,
    /// The classes of the element: `gutter` leaves room on the left for the numbers of an axis, so that none stands over data;
    /// `ends` leaves room on the right for the names of lines.
    pub(super) class: &'static str,
    /// Whether something in it can be followed; a picture is one thing otherwise.
    pub(super) has_links: bool,
    pub(super) top: f64,
    pub(super) height: f64,
    pub(super) below: f64,
    pub(super) out: String,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(id: &'a str, top: f64, height: f64) -> Self {
        Self { id, class: "chart gutter", has_links: false, top, height, below: BELOW, out: String::new() }
    }

    pub(super) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub(super) fn open(&mut self, title: &str, description: &str) {
        let (id, total) = (html(self.id), short(self.bottom() + self.below));
        let _ = write!(
            self.out,
            r#"<svg class="{}" role="{}" aria-labelledby="{id}-title {id}-desc" width="100%" height="{total}" font-size="12" xmlns="http://www.w3.org/2000/svg"><title id="{id}-title">{}</title><desc id="{id}-desc">{}</desc>"#,
            self.class,
            if self.has_links { "group" } else { "img" },
            html(title),
            html(description),
        );
    }

    pub(super) fn close(mut self, name: impl Into<String>, notes: Vec<String>) -> Chart {
        self.out.push_str("</svg>");
        Chart { name: name.into(), svg: self.out, notes, legend: Vec::new() }
    }

    pub(super) fn shapes(&mut self, shapes: &str) {
        let (top, height) = (short(self.top), short(self.height));
        let _ = write!(
            self.out,
            r#"<svg x="0" y="{top}" width="100%" height="{height}" viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="none" overflow="visible">{shapes}</svg>"#,
        );
    }

    pub(super) fn line(&mut self, class: &str, from: f64, to: f64, top: f64, bottom: f64) {
        let (x1, x2, y1, y2) = (percent(from), percent(to), short(top), short(bottom));
        let _ = write!(self.out, r##"<line class="{class}" stroke="#777" x1="{x1}" x2="{x2}" y1="{y1}" y2="{y2}"/>"##);
    }

    pub(super) fn text(&mut self, class: &str, share: f64, y: f64, anchor: &str, shift: f64, text: &str) {
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
    pub(super) fn mark(&mut self, row: usize, mark: &Mark, side: LabelSide) {
        let top = row as f64 * ROW;
        self.line(mark.class, mark.share, mark.share, top + 3.0, self.bottom());
        let (anchor, shift) = match side {
            LabelSide::Left => ("end", -GAP),
            LabelSide::Right => ("start", GAP),
        };
        self.text("name", mark.share, top + 12.0, anchor, shift, &mark.text);
    }

    /// All marks, as many rows of labels as there are of them.
    pub(super) fn marks(&mut self, marks: &[Mark]) {
        for (row, (mark, side)) in arranged(marks).into_iter().enumerate() {
            self.mark(row, mark, side);
        }
    }

    pub(super) fn counts_axis(&mut self, most: u64) {
        let highest = even_ticks(0.0, most as f64, 3).into_iter().filter(|value| *value >= 1.0);
        for value in highest.filter(|value| value.fract() == 0.0) {
            let y = self.bottom() - value / most as f64 * self.height;
            self.line("grid", 0.0, 1.0, y, y);
            self.tick_beside(y, &number::axis_tick(value));
        }
        self.line("base", 0.0, 1.0, self.bottom(), self.bottom());
    }

    pub(super) fn value_ticks(&mut self, axis: &Axis, unit: Unit) {
        for (value, share) in axis.ticks(unit, MOST_TICKS) {
            self.tick_below(share, &number::axis_tick(value), false);
        }
    }

    /// A number below the plot; a spare one is left out on a narrow screen.
    pub(super) fn tick_below(&mut self, share: f64, text: &str, spare: bool) {
        let anchor = if share < 0.04 {
            "start"
        } else if share > 0.96 {
            "end"
        } else {
            "middle"
        };
        let bottom = self.bottom();
        self.line("base", share, share, bottom, bottom + 4.0);
        self.text(if spare { "tick spare" } else { "tick" }, share, bottom + 16.0, anchor, 0.0, text);
    }

    pub(super) fn axis_name(&mut self, name: &str) {
        self.text("axis", 0.0, self.bottom() + 33.0, "start", 0.0, name);
    }

    /// A number of an axis of values, to the left of the plot.
    pub(super) fn tick_beside(&mut self, y: f64, text: &str) {
        self.text("tick", 0.0, y + 4.0, "end", -6.0, text);
    }

    /// The unit of an axis of values, above its numbers.
    pub(super) fn unit_beside(&mut self, symbol: &str) {
        if !symbol.is_empty() {
            self.text("axis", 0.0, self.top - 7.0, "end", -6.0, symbol);
        }
    }

    /// Lines of an axis of values behind the samples, with their numbers beside the plot.
    pub(super) fn value_grid(&mut self, axis: &Axis, unit: Unit, most: usize) {
        for (value, share) in axis.ticks(unit, most) {
            let y = self.bottom() - share * self.height;
            self.line("grid", 0.0, 1.0, y, y);
            self.tick_beside(y, &number::axis_tick(value));
        }
    }

    /// The line on which a plot stands.
    pub(super) fn base(&mut self) {
        self.line("base", 0.0, 1.0, self.bottom(), self.bottom());
    }

    /// Goes on to the next plot, with its name above it.
    pub(super) fn panel(&mut self, top: f64, height: f64, name: &str) {
        self.top = top;
        self.height = height;
        self.text("name", 0.0, top - 5.0, "start", 0.0, name);
    }

    /// The names of lines at their ends, apart from each other: where each ends, its class and its name.
    pub(super) fn names_at_ends(&mut self, mut ends: Vec<(f64, &str, &str)>) {
        ends.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(b.2)));
        let mut free = self.bottom() + 4.0;
        for (y, class, name) in ends {
            let y = (y + 4.0).min(free);
            free = y - LINE_NAME;
            self.text(&format!("end {class}"), 1.0, y, "start", 6.0, name);
        }
    }

    /// A shape of its own size at a share of the width: the picture around it stretches.
    pub(super) fn place(&mut self, share: f64, y: f64, shape: &str) {
        let (x, y) = (percent(share), short(y));
        let _ = write!(self.out, r#"<svg x="{x}" y="{y}" width="1" height="1" overflow="visible">{shape}</svg>"#);
    }

    /// A stretch that answers a pointer with its words; a script shows the same beside the picture.
    pub(super) fn spot(&mut self, from: f64, to: f64, words: &str) {
        let (x, width) = (percent(from), percent(to - from));
        let _ = write!(self.out, r#"<rect x="{x}" width="{width}" height="{}"><title>"#, short(self.bottom()));
        self.out.push_str(&html(words));
        self.out.push_str("</title></rect>");
    }

    /// Opens the stretches that answer a pointer.
    pub(super) fn open_spots(&mut self) {
        self.out.push_str(r#"<g class="spots" fill="none" pointer-events="all">"#);
    }

    /// Closes them.
    pub(super) fn close_spots(&mut self) {
        self.out.push_str("</g>");
    }
}

/// A share as an SVG length: `37.25%`.
pub(super) fn percent(share: f64) -> String {
    format!("{}%", short(share * 100.0))
}

/// A coordinate without needless digits.
pub(super) fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
