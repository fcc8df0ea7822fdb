//! A metric over many runs: its values with their intervals, the levels between changes, and what happened when.
//!
//! In: values by place among the runs. Out: the picture, a small one for a line of text, and a row of a heat map. Runs are evenly spaced:
//! what matters is which run was the first of a new level, and nights without one would be gaps. More points than the picture is wide
//! are drawn as the range of what stands at one place.

use std::fmt::Write as _;

use crate::report::contract::SeriesPoint;
use crate::report::number::Scale;

use super::axis::Axis;
use super::canvas::{Canvas, Chart, MOST_TICKS, PLOT, ROW, WIDTH, short};
use super::mark::Mark;
use super::mini::{self, small};

/// Places of a picture at which a value is drawn.
const MOST_PLACES: usize = 500;
/// Places of a small one.
const MOST_SMALL: usize = 80;
/// Cells of a row of a heat map.
pub(crate) const CELLS: usize = 60;
/// Levels whose words stand above a picture.
const MOST_WORDS: usize = 4;

/// The value of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PlotPoint {
    /// Place of the run.
    pub run: usize,
    pub value: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Whether it counts.
    pub counts: bool,
}

/// A level, from its first to its last run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PlotLevel {
    pub from: usize,
    pub to: usize,
    pub first: f64,
    pub last: f64,
}

/// Something that happened before a run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HistoryMark {
    pub run: usize,
    /// `worse`, `better`, `changed`, `accepted` or `boundary`.
    pub class: &'static str,
    /// In a word or two.
    pub text: String,
}

/// What is drawn of a metric.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HistoryPlot<'a> {
    /// Unique in the page.
    pub id: &'a str,
    pub title: &'a str,
    pub description: &'a str,
    /// Runs of the whole history.
    pub runs: usize,
    pub points: &'a [PlotPoint],
    pub levels: &'a [PlotLevel],
    /// The lines of a drift.
    pub drift: &'a [PlotLevel],
    pub marks: &'a [HistoryMark],
    pub scale: &'a Scale,
    /// Places to be named below, with their words.
    pub ticks: &'a [(usize, String)],
    /// What a pointer is told about each run.
    pub spots: &'a [String],
}

fn share_of(run: usize, runs: usize) -> f64 {
    (run as f64 + 0.5) / runs.max(1) as f64
}

/// The axis of values: as far as values reach, and intervals no further than half as much again.
fn axis_of(points: &[PlotPoint]) -> Option<Axis> {
    let values = points.iter().map(|point| SeriesPoint {
        min: point.value,
        median: point.value,
        p95: None,
        max: point.value,
        group: None,
    });
    Axis::of_points(&values.collect::<Vec<_>>(), &[], false)
}

/// The picture; `None` of fewer than two values.
pub(crate) fn history_chart(plot: &HistoryPlot<'_>) -> Option<Chart> {
    if plot.points.len() < 2 {
        return None;
    }
    let axis = axis_of(plot.points)?;
    let worded = plot.marks.iter().filter(|mark| !mark.text.is_empty()).count().min(MOST_WORDS);
    let top = worded as f64 * ROW + 16.0;
    let mut canvas = Canvas::new(plot.id, top, PLOT);
    canvas.class = "chart gutter history";
    canvas.open(plot.title, plot.description);
    canvas.value_grid(&axis, plot.scale.unit(), MOST_TICKS - 1);
    canvas.shapes(&shapes(plot, &axis));
    canvas.base();
    // The newest ones have words, so that there are never more than fit.
    let (silent, named): (Vec<&HistoryMark>, Vec<&HistoryMark>) =
        plot.marks.iter().partition(|mark| mark.text.is_empty());
    let (without, with) = named.split_at(named.len() - worded);
    for mark in silent.iter().chain(without) {
        let share = mark.run as f64 / plot.runs as f64;
        canvas.line(class_of(mark), share, share, top - 4.0, top + PLOT);
    }
    let marks: Vec<Mark> = with
        .iter()
        .map(|mark| Mark { share: mark.run as f64 / plot.runs as f64, class: class_of(mark), text: mark.text.clone() })
        .collect();
    canvas.marks(&marks);
    // On a narrow screen there is room for the first, the middle and the last.
    for (index, (run, text)) in plot.ticks.iter().enumerate() {
        canvas.tick_below(share_of(*run, plot.runs), text, index % 2 == 1);
    }
    canvas.unit_beside(plot.scale.symbol());
    canvas.axis_name("runs in the order of time, evenly spaced");
    if plot.runs <= MOST_PLACES {
        canvas.open_spots();
        for (run, words) in plot.spots.iter().enumerate().filter(|(_, words)| !words.is_empty()) {
            canvas.spot(run as f64 / plot.runs as f64, (run + 1) as f64 / plot.runs as f64, words);
        }
        canvas.close_spots();
    }
    Some(canvas.close(plot.title, Vec::new()))
}

fn class_of(mark: &HistoryMark) -> &'static str {
    match mark.class {
        "worse" => "mark worse",
        "better" => "mark better",
        "accepted" => "mark accepted",
        "boundary" => "mark boundary",
        _ => "mark changed",
    }
}

fn shapes(plot: &HistoryPlot<'_>, axis: &Axis) -> String {
    let x = |run: usize| short(share_of(run, plot.runs) * WIDTH);
    let y = |value: f64| short((1.0 - axis.share(value)) * PLOT);
    let (mut ranges, mut dots, mut aside) = (String::new(), String::new(), String::new());
    if plot.points.len() <= MOST_PLACES {
        for point in plot.points {
            if let Some((low, high)) = point.low.zip(point.high) {
                let _ = write!(ranges, "M{} {}V{}", x(point.run), y(low), y(high));
            }
            let path = if point.counts { &mut dots } else { &mut aside };
            let _ = write!(path, "M{} {}h0", x(point.run), y(point.value));
        }
    } else {
        for (place, values) in binned(plot.points, plot.runs, MOST_PLACES) {
            let at = short((place as f64 + 0.5) / MOST_PLACES as f64 * WIDTH);
            let _ = write!(ranges, "M{at} {}V{}", y(values[0]), y(values[values.len() - 1]));
            let _ = write!(dots, "M{at} {}h0", y(values[values.len() / 2]));
        }
    }
    let mut levels = String::new();
    for level in plot.levels {
        let (from, to) =
            (level.from as f64 / plot.runs as f64 * WIDTH, (level.to + 1) as f64 / plot.runs as f64 * WIDTH);
        let _ = write!(levels, "M{} {}H{}", short(from), y(level.first), short(to));
    }
    let mut lines = String::new();
    for line in plot.drift {
        let _ = write!(lines, "M{} {}L{} {}", x(line.from), y(line.first), x(line.to), y(line.last));
    }
    let drift = if lines.is_empty() {
        lines
    } else {
        format!(r##"<path class="drift" fill="none" stroke="#8a5a00" d="{lines}"/>"##)
    };
    format!(
        r##"<path class="range g1" fill="none" stroke="#5b7da8" d="{ranges}"/><path class="dots g1" fill="none" stroke="#5b7da8" stroke-width="4" stroke-linecap="round" d="{dots}"/><path class="dots aside" fill="none" stroke="#999" stroke-width="4" stroke-linecap="round" d="{aside}"/><path class="steps" fill="none" stroke="#222" stroke-width="2" d="{levels}"/>{drift}"##
    )
}

/// Values at each of so many places, ascending; places without one are left out.
fn binned(points: &[PlotPoint], runs: usize, places: usize) -> Vec<(usize, Vec<f64>)> {
    let mut bins: Vec<Vec<f64>> = vec![Vec::new(); places];
    for point in points {
        bins[(point.run * places / runs.max(1)).min(places - 1)].push(point.value);
    }
    let filled = bins.into_iter().enumerate().filter(|(_, values)| !values.is_empty());
    filled
        .map(|(place, mut values)| {
            values.sort_unstable_by(f64::total_cmp);
            (place, values)
        })
        .collect()
}

/// A small picture of the values with their levels; `None` of fewer than two values.
pub(crate) fn history_spark(points: &[PlotPoint], levels: &[PlotLevel], runs: usize) -> Option<String> {
    if points.len() < 2 {
        return None;
    }
    let axis = axis_of(points)?;
    let y = |value: f64| short(1.0 + (1.0 - axis.share(value)) * (mini::HEIGHT - 2.0));
    let places = runs.min(MOST_SMALL);
    let mut line = String::new();
    for (place, values) in binned(points, runs, places) {
        let at = short((place as f64 + 0.5) / places as f64 * mini::WIDTH);
        let _ = write!(line, "{}{at} {}", if line.is_empty() { 'M' } else { 'L' }, y(values[values.len() / 2]));
    }
    let mut steps = String::new();
    for level in levels {
        let at = |run: usize| short(run as f64 / runs as f64 * mini::WIDTH);
        let _ = write!(steps, "M{} {}H{}", at(level.from), y(level.first), at(level.to + 1));
    }
    let shapes = format!(
        r##"<path class="line faint" fill="none" stroke="#5b7da8" d="{line}"/><path class="steps" fill="none" stroke="#222" d="{steps}"/>"##
    );
    Some(small("spark", None, &shapes))
}

/// A row of a heat map: each cell is how much worse (above 0) or better its runs are than usual, as a logarithm; `None` without a run.
pub(crate) fn heat_row(cells: &[Option<f64>], words: &str) -> String {
    /// A cell is as dark as it gets at this logarithm of the ratio: 30%.
    const DARKEST: f64 = 0.262;
    /// Shades, so that a row is a few paths and no cell an element.
    const SHADES: usize = 4;
    let step = mini::WIDTH / cells.len().max(1) as f64;
    let mut paths: [[String; SHADES]; 3] = Default::default();
    for (index, cell) in cells.iter().enumerate() {
        let Some(cell) = cell else { continue };
        let shade = ((cell.abs() / DARKEST * SHADES as f64) as usize).min(SHADES);
        let (kind, shade) = match shade.checked_sub(1) {
            None => (2, 0),
            Some(shade) => (usize::from(*cell < 0.0), shade),
        };
        let (from, to) = (short(index as f64 * step), short((index + 1) as f64 * step));
        let _ = write!(paths[kind][shade], "M{from} 0H{to}V{}H{from}z", mini::HEIGHT);
    }
    let mut shapes = String::new();
    for (kind, color, shades) in
        [("worse", "#b3261e", &paths[0]), ("better", "#1f6f43", &paths[1]), ("usual", "#999", &paths[2])]
    {
        for (shade, path) in shades.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
            let opacity = if kind == "usual" {
                "0.18".to_owned()
            } else {
                format!("{:.2}", 0.3 + 0.7 * shade as f64 / (SHADES - 1) as f64)
            };
            let _ = write!(shapes, r#"<path class="heat {kind}" fill="{color}" fill-opacity="{opacity}" d="{path}"/>"#);
        }
    }
    small("heat", Some(words), &shapes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::unit::Dimension;

    fn points(runs: usize) -> Vec<PlotPoint> {
        let value = |run: usize| if run < runs / 2 { 1.0 } else { 2.0 };
        (0..runs)
            .map(|run| PlotPoint { run, value: value(run), low: Some(0.9), high: Some(2.1), counts: run != 3 })
            .collect()
    }

    #[test]
    fn a_history_shows_its_runs_and_levels_and_many_runs_as_ranges() {
        let scale = Scale::of_value(Dimension::Time, 1.0);
        let levels = [
            PlotLevel { from: 0, to: 9, first: 1.0, last: 1.0 },
            PlotLevel { from: 10, to: 19, first: 2.0, last: 2.0 },
        ];
        let marks = [HistoryMark { run: 10, class: "worse", text: "+100%".to_owned() }];
        let of = |points: &[PlotPoint], runs: usize| {
            let plot = HistoryPlot {
                id: "a",
                title: "latency",
                description: "20 runs",
                runs,
                points,
                levels: &levels,
                drift: &[],
                marks: &marks,
                scale: &scale,
                ticks: &[],
                spots: &[],
            };
            history_chart(&plot).map(|chart| chart.svg)
        };
        let svg = of(&points(20), 20).unwrap();
        assert_eq!(svg.matches("h0").count(), 20, "a dot a run: {svg}");
        assert!(svg.contains("+100%") && svg.contains("mark worse"));
        let many = of(&points(5000), 5000).unwrap();
        assert_eq!(many.matches("h0").count(), MOST_PLACES);
        assert_eq!(of(&points(1), 1), None, "one run is no history");
    }

    #[test]
    fn a_heat_row_is_darker_where_it_is_worse() {
        let row = heat_row(&[Some(0.0), None, Some(0.1), Some(0.5), Some(-0.3)], "worse");
        assert!(row.contains("heat usual") && row.contains("heat better"));
        assert_eq!(row.matches("heat worse").count(), 2, "two shades: {row}");
    }
}
