//! A heat map: how many samples took how long, over time. Time across, a logarithmic axis upwards, the darker the more.
//!
//! In: exact counts by stretch of time and row. Out: the picture; neighbouring cells of one shade are drawn as one stroke, which keeps
//! it small. Refuses a map of a single row: everything took as long.

use std::fmt::Write as _;

use crate::measure::unit::Unit;
use crate::report::number::{self, ClockText, Scale};

use super::axis::Axis;
use super::canvas::{Canvas, Chart, LegendKey, MOST_TICKS, short};

/// Height of a row, in CSS pixels.
const ROW: f64 = 8.0;
/// Shades from light to dark.
const SHADES: usize = 5;
/// How opaque each is for pages without style.
const OPACITY: [&str; SHADES] = [".18", ".36", ".56", ".78", "1"];
/// Lines of the grid.
const LINES: usize = 5;

/// What a heat map shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeatOverTime<'a> {
    /// Unique in the page.
    pub id: &'a str,
    /// What is measured, for the title.
    pub title: &'a str,
    /// Edges of the rows, ascending, base unit; the first one may be 0.
    pub edges: &'a [f64],
    /// Counts by stretch of time, each with where it begins and ends in seconds from the beginning of the run.
    pub stretches: &'a [(f64, f64, &'a [u64])],
    /// Width of a stretch; the first and the last one may be shorter.
    pub width: f64,
    /// Seconds of the run.
    pub length: f64,
    pub moments: ClockText,
    /// Unit and digits.
    pub scale: &'a Scale,
}

/// The picture; `None` where there is nothing to see.
pub(crate) fn heat(map: &HeatOverTime<'_>) -> Option<Chart> {
    let rows = map.edges.len().checked_sub(1).filter(|rows| *rows > 1)?;
    let most = map.stretches.iter().flat_map(|(.., counts)| counts.iter().copied()).max().filter(|most| *most > 0)?;
    let fits = |counts: &[u64]| counts.len() == rows;
    if !(map.width > 0.0 && map.length > 0.0 && map.stretches.iter().all(|(.., counts)| fits(counts))) {
        return None;
    }
    let height = rows as f64 * ROW;
    let mut canvas = Canvas::new(map.id, 18.0, height);
    canvas.class = "chart heat gutter";
    canvas.open(&format!("{} over time, as a heat map", map.title), &map.describe());
    map.grid(&mut canvas, rows)?;
    let cells = map.cells(rows, most);
    let columns = map.length / map.width;
    let before = map.before();
    let _ = write!(
        canvas.out,
        r#"<svg x="0" y="{}" width="100%" height="{}" viewBox="{} 0 {} {rows}" preserveAspectRatio="none" fill="none">{cells}</svg>"#,
        short(canvas.top),
        short(height),
        exact(before),
        exact(columns),
    );
    canvas.base();
    let ticks = map.moments.ticks(map.length, MOST_TICKS);
    for (index, (offset, text)) in ticks.iter().enumerate() {
        canvas.tick_below((offset / map.length).clamp(0.0, 1.0), text, index % 2 == 1);
    }
    canvas.axis_name(map.moments.axis());
    canvas.unit_beside(map.scale.symbol());
    let mut chart = canvas.close("Over time, as a heat map", vec![map.note(most)]);
    chart.legend = map.legend(most);
    Some(chart)
}

impl HeatOverTime<'_> {
    /// Where the run begins inside of the first stretch, in stretches.
    fn before(&self) -> f64 {
        self.stretches.first().map_or(0.0, |(_, to, _)| (1.0 - to / self.width).clamp(0.0, 1.0))
    }

    fn has_zeros(&self) -> bool {
        self.edges.first() == Some(&0.0)
    }

    /// Lines at round values, with their numbers beside the plot.
    fn grid(&self, canvas: &mut Canvas<'_>, rows: usize) -> Option<()> {
        let first = usize::from(self.has_zeros());
        let axis = Axis::new(*self.edges.get(first)?, *self.edges.last()?, true).filter(|axis| axis.log)?;
        let unit: Unit = self.scale.unit();
        let share = |inside: f64| (first as f64 + inside * (rows - first) as f64) / rows as f64;
        for (value, inside) in axis.ticks(unit, LINES) {
            let y = canvas.bottom() - share(inside) * canvas.height;
            canvas.line("grid", 0.0, 1.0, y, y);
            canvas.tick_beside(y, &number::axis_tick(value));
        }
        if first == 1 {
            canvas.tick_beside(canvas.bottom() - ROW / 2.0, "0");
        }
        Some(())
    }

    /// A stroke for each run of neighbouring cells of one shade, a path for each shade.
    fn cells(&self, rows: usize, most: u64) -> String {
        let mut paths = vec![String::new(); SHADES];
        for row in 0..rows {
            let line = rows - 1 - row;
            let shades: Vec<Option<usize>> =
                self.stretches.iter().map(|(.., counts)| shade(counts[row], most)).collect();
            let mut column = 0;
            for run in shades.chunk_by(|a, b| a == b) {
                if let Some(Some(shade)) = run.first() {
                    let _ = write!(paths[*shade], "M{column} {line}h{}", run.len());
                }
                column += run.len();
            }
        }
        let mut shapes = String::from(r#"<g transform="translate(0 .5)">"#);
        for (shade, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
            let opacity = OPACITY[shade];
            let _ = write!(
                shapes,
                r##"<path class="h{}" stroke="#2f5d8a" stroke-opacity="{opacity}" d="{path}"/>"##,
                shade + 1
            );
        }
        shapes + "</g>"
    }

    /// What each shade stands for: the counts that occur in it.
    fn legend(&self, most: u64) -> Vec<LegendKey> {
        let mut ranges: [Option<(u64, u64)>; SHADES] = [None; SHADES];
        for count in self.stretches.iter().flat_map(|(.., counts)| counts.iter().copied()) {
            if let Some(shade) = shade(count, most) {
                let (low, high) = ranges[shade].unwrap_or((count, count));
                ranges[shade] = Some((low.min(count), high.max(count)));
            }
        }
        let key = |(shade, range): (usize, &Option<(u64, u64)>)| {
            let (low, high) = (*range)?;
            let name = if low == high {
                number::count(low)
            } else {
                format!("{} to {}", number::count(low), number::count(high))
            };
            Some(LegendKey { class: format!("h{}", shade + 1), name })
        };
        ranges.iter().enumerate().filter_map(key).collect()
    }

    fn note(&self, most: u64) -> String {
        let zeros = if self.has_zeros() { " The lowest row holds what took no time at all." } else { "" };
        format!(
            "Samples in a cell of {} and a step of duration, {} at most. The axis of values is logarithmic.{zeros}",
            number::quantity(crate::measure::unit::Dimension::Time, self.width),
            number::count(most)
        )
    }

    fn describe(&self) -> String {
        let cells = || self.stretches.iter().flat_map(|(.., counts)| counts.iter().copied());
        let samples: u64 = cells().sum();
        let mut text = format!(
            "{} in {} and {}, values between {} and {}",
            number::counted(samples, "sample"),
            number::counted(self.stretches.len() as u64, "stretch of time")
                .replace("stretch of times", "stretches of time"),
            number::counted((self.edges.len() - 1) as u64, "step"),
            self.scale.full_or_absent(self.edges.first().copied()),
            self.scale.full_or_absent(self.edges.last().copied()),
        );
        let fullest = self.stretches.iter().flat_map(|(from, to, counts)| {
            counts.iter().enumerate().map(move |(row, count)| (*count, *from, *to, row))
        });
        if let Some((count, from, to, row)) = fullest.reduce(|best, one| if one.0 > best.0 { one } else { best }) {
            let _ = write!(
                text,
                "; most in a cell: {} from {}, between {} and {}",
                number::count(count),
                self.moments.between(from, to),
                self.scale.bare(self.edges[row]),
                self.scale.full(self.edges[row + 1]),
            );
        }
        text
    }
}

/// The shade of a cell, by the logarithm of its count; none where it is empty.
fn shade(count: u64, most: u64) -> Option<usize> {
    if count == 0 {
        return None;
    }
    if most == 1 {
        return Some(SHADES - 1);
    }
    let share = (count as f64).ln() / (most as f64).ln();
    Some(((share * (SHADES - 1) as f64).round() as usize).min(SHADES - 1))
}

fn exact(value: f64) -> String {
    number::tick((value * 1e4).round() / 1e4).replace(',', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::unit::Dimension;

    fn map<'a>(edges: &'a [f64], stretches: &'a [(f64, f64, &'a [u64])], scale: &'a Scale) -> HeatOverTime<'a> {
        HeatOverTime {
            id: "a",
            title: "<latency>",
            edges,
            stretches,
            width: 2.0,
            length: 5.0,
            moments: ClockText::of(None, 5.0, 2.0),
            scale,
        }
    }

    #[test]
    fn neighbouring_cells_of_one_shade_are_one_stroke_at_their_place() {
        let scale = Scale::of_value(Dimension::Time, 0.05);
        let edges = [0.01, 0.1, 1.0];
        let stretches: [(f64, f64, &[u64]); 3] = [(0.0, 1.0, &[9, 0]), (1.0, 3.0, &[9, 1]), (3.0, 5.0, &[0, 100])];
        let drawn = heat(&map(&edges, &stretches, &scale)).unwrap();
        assert!(drawn.svg.contains(r#"viewBox="0.5 0 2.5 2""#), "the first stretch is a half one: {}", drawn.svg);
        assert!(drawn.svg.contains("d=\"M0 1h2\""), "two cells of nine: {}", drawn.svg);
        assert!(drawn.svg.contains("d=\"M1 0h1\"") && drawn.svg.contains("d=\"M2 0h1\""));
        assert!(drawn.svg.contains("119 samples in 3 stretches of time and 2 steps"), "{}", drawn.svg);
        assert!(drawn.svg.contains("most in a cell: 100 from +3"), "{}", drawn.svg);
        assert!(!drawn.svg.contains("<latency>"));
        let names: Vec<&str> = drawn.legend.iter().map(|key| key.name.as_str()).collect();
        assert_eq!(names, ["1", "9", "100"]);
    }

    #[test]
    fn what_took_no_time_stands_below_the_axis_and_what_does_not_fit_is_not_drawn() {
        let scale = Scale::of_value(Dimension::Time, 0.05);
        let edges = [0.0, 0.01, 0.1, 1.0];
        let stretches: [(f64, f64, &[u64]); 1] = [(0.0, 5.0, &[4, 5, 6])];
        let drawn = heat(&map(&edges, &stretches, &scale)).unwrap();
        assert!(drawn.svg.contains(">0</text>") && drawn.svg.contains(">10</text>"), "{}", drawn.svg);
        assert!(drawn.notes[0].ends_with("took no time at all."));
        assert_eq!(heat(&map(&edges[1..3], &stretches, &scale)), None, "a single row");
        assert_eq!(heat(&map(&edges[1..], &stretches, &scale)), None, "counts of another map");
        let empty: [(f64, f64, &[u64]); 1] = [(0.0, 5.0, &[0, 0, 0])];
        assert_eq!(heat(&map(&edges, &empty, &scale)), None);
    }
}
