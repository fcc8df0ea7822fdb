//! Charts: inline SVG made from the histogram and the series of a population.
//!
//! In: bins or points in base units, and the [`Scale`](crate::report::number::Scale) of the metric. Out: one `<svg>`
//! element without script, style or outside reference. Refuses to draw what cannot be drawn (no bins, no points, no
//! finite range): `None`.
//!
//! The text is not scaled with the picture. Shapes stand in an inner viewport that stretches; text, marks and ticks
//! are placed beside them in percent, so that a label has the same size at 360 px as on a wide screen. Colours come
//! from classes (`templates/report.css`); the `fill` and `stroke` attributes are for pages without that style.
//! Bars begin at zero. A line may begin elsewhere, and the axis then says so.

mod axis;
mod canvas;
mod distribution;
mod heat;
mod history;
mod in_order;
mod interval_plot;
mod levels;
mod mark;
mod mini;
mod over_time;
mod overlay;
mod run;
mod tail;

pub(crate) use axis::Axis;
pub(crate) use canvas::{Chart, LegendKey};
pub(crate) use distribution::{Distribution, distribution, strip};
pub(crate) use heat::{HeatOverTime, heat};
pub(crate) use history::{
    CELLS, HistoryMark, HistoryPlot, PlotLevel, PlotPoint, heat_row, history_chart, history_spark,
};
pub(crate) use in_order::{GROUP_SLOTS, InOrder, OrderCross, in_order};
pub(crate) use interval_plot::{IntervalLine, IntervalRow, interval_plot, symbol};
pub(crate) use levels::{ByLoad, LevelPoint, by_load};
pub(crate) use mini::{ChangeAxis, MiniChange, MiniDistribution, SparkKind, mini_change, mini_distribution, spark};
pub(crate) use over_time::{Level, OverTime, over_time};
pub(crate) use overlay::{Overlay, overlay};
pub(crate) use run::{RunCross, RunOverTime, RunSlot, RunStretch, StretchKind, run_over_time};
pub(crate) use tail::{Tail, shares, shares_of_bins, tail};
