//! Numbers as a tool itself reports them: one table for a file, with a column for each statistic that occurs.

use std::collections::HashMap;

use serde::Serialize;

use super::named_text::{LabelRow, NamedText};
use crate::measure::{Dimension, Statistic};
use crate::report::contract::{Polarity, Report, Reported, ReportedValue, Source};
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT, Scale};
use crate::report::words::reported as words;

/// Rows that a page lists; a service with more labels is read in the JSON.
const MOST_ROWS: usize = 60;

/// What a tool reports.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ReportedView {
    pub note: &'static str,
    pub labels: bool,
    pub columns: Vec<Statistic>,
    pub rows: Vec<ReportedRowView>,
    pub single_columns: Vec<String>,
    pub singles: Vec<LabelRow>,
    pub left_out: Option<String>,
    pub meanings: Vec<NamedText>,
    pub caveats: Vec<String>,
}

/// A metric, or a metric of one label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ReportedRowView {
    pub metric: String,
    pub label: Option<String>,
    pub unit: &'static str,
    pub better: Option<&'static str>,
    pub cells: Vec<String>,
    /// The same for a terminal, each with the unit that suits it.
    #[serde(skip)]
    pub short: Vec<String>,
}

impl ReportedView {
    /// `None` where the tool reports nothing.
    pub(super) fn of(report: &Report, source: &Source) -> Option<Self> {
        Self::without(report, source, |_| false)
    }

    /// The same without the metrics of some names; `None` where nothing is left.
    pub(super) fn without(report: &Report, source: &Source, told: impl Fn(&str) -> bool) -> Option<Self> {
        let is_shown = |one: &&Reported| one.source == source.name && !told(&one.metric);
        let reported: Vec<&Reported> = report.reported.iter().filter(is_shown).collect();
        if reported.is_empty() {
            return None;
        }
        let (lone, several): (Vec<&Reported>, Vec<&Reported>) = reported.iter().partition(|one| one.values.len() == 1);
        let statistics = statistics(&several);
        let (single_columns, mut singles) = singles(&lone);
        let more = (several.len().saturating_sub(MOST_ROWS) + singles.len().saturating_sub(MOST_ROWS)) as u64;
        singles.truncate(MOST_ROWS);
        let mut meanings: Vec<NamedText> = Vec::new();
        for one in &reported {
            let Some(meaning) = &one.meaning else { continue };
            let meaning = NamedText::new(visible(&one.metric), visible(meaning));
            if !meanings.contains(&meaning) {
                meanings.push(meaning);
            }
        }
        Some(Self {
            note: words::NOTE,
            labels: reported.iter().any(|one| one.label.is_some()),
            single_columns,
            singles,
            rows: several.iter().take(MOST_ROWS).map(|one| ReportedRowView::of(one, &several, &statistics)).collect(),
            columns: statistics,
            left_out: (more > 0).then(|| format!("{} in the JSON.", number::counted(more, "more row"))),
            meanings,
            caveats: source.reported_caveats.iter().map(|caveat| visible(caveat)).collect(),
        })
    }
}

/// The metrics of which there is one number, and for each label those numbers. A label that stands twice has two rows.
fn singles(lone: &[&Reported]) -> (Vec<String>, Vec<LabelRow>) {
    let name = |one: &Reported| match one.values.first().map(|value| value.statistic) {
        Some(Statistic::Value) | None => visible(&one.metric),
        Some(statistic) if statistic.to_string() == one.metric => visible(&one.metric),
        Some(statistic) => format!("{}, {statistic}", visible(&one.metric)),
    };
    let mut columns: Vec<String> = Vec::new();
    for one in lone {
        let name = name(one);
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    let mut places: HashMap<(Option<&str>, usize), usize> = HashMap::new();
    let mut seen: HashMap<(Option<&str>, usize), usize> = HashMap::new();
    let mut rows: Vec<LabelRow> = Vec::new();
    for one in lone {
        let Some(value) = one.values.first() else { continue };
        let name = name(one);
        let Some(column) = columns.iter().position(|column| *column == name) else { continue };
        let label = one.label.as_deref();
        let occurrence = seen.entry((label, column)).or_default();
        let row = *places.entry((label, *occurrence)).or_insert_with(|| {
            let cells = vec![ABSENT.to_owned(); columns.len()];
            rows.push(LabelRow { label: label.map(visible), cells });
            rows.len() - 1
        });
        *occurrence += 1;
        let scale = own_scale(one);
        rows[row].cells[column] = match value.dimension {
            Dimension::Count => cell(value, one, &scale),
            _ => scale.full(value.value),
        };
    }
    (columns, rows)
}

/// The statistics that occur, in the order of the columns.
fn statistics(reported: &[&Reported]) -> Vec<Statistic> {
    let mut found: Vec<Statistic> = Vec::new();
    for value in reported.iter().flat_map(|one| &one.values) {
        if !found.contains(&value.statistic) {
            found.push(value.statistic);
        }
    }
    let place = |statistic: &Statistic| match statistic {
        Statistic::Count => (0, 0.0),
        Statistic::Failures => (1, 0.0),
        Statistic::Value => (2, 0.0),
        Statistic::Mean => (3, 0.0),
        Statistic::Median => (4, 0.0),
        Statistic::Percentile(percent) => (5, *percent),
        Statistic::Min => (6, 0.0),
        Statistic::Max => (7, 0.0),
        _ => (8, 0.0),
    };
    found.sort_by(|a, b| place(a).0.cmp(&place(b).0).then(place(a).1.total_cmp(&place(b).1)));
    found
}

/// The unit and digits of a row among others: one of nothing but zeros has those of the first row of its metric that has
/// more, so that zeros stand in the unit of what they are read beside.
pub(super) fn scale(reported: &Reported, all: &[&Reported]) -> Scale {
    let is_zero = |one: &Reported| {
        one.values.iter().filter(|value| value.dimension == one.dimension).all(|value| value.value == 0.0)
    };
    if !is_zero(reported) {
        return own_scale(reported);
    }
    let alike =
        |one: &&&Reported| one.metric == reported.metric && one.dimension == reported.dimension && !is_zero(one);
    own_scale(all.iter().find(alike).unwrap_or(&reported))
}

/// The unit and digits of a row alone: those of its central number, or else of its smallest one that is not 0.
pub(super) fn own_scale(reported: &Reported) -> Scale {
    let of_metric = || reported.values.iter().filter(|value| value.dimension == reported.dimension);
    let central = [Statistic::Median, Statistic::P50, Statistic::Mean, Statistic::Value]
        .iter()
        .find_map(|wanted| of_metric().find(|value| value.statistic == *wanted && value.value != 0.0));
    let values: Vec<f64> = match central {
        Some(central) => vec![central.value],
        None => of_metric().map(|value| value.value).collect(),
    };
    let all: Vec<f64> = of_metric().map(|value| value.value).collect();
    let typical = values.into_iter().filter(|value| *value != 0.0).min_by(|a, b| a.abs().total_cmp(&b.abs()));
    let stated = of_metric().find_map(|value| value.unit.as_deref());
    Scale::to_read(reported.dimension, typical.unwrap_or(0.0), None, None).as_written(stated).whole_if(&all)
}

fn cell(value: &ReportedValue, reported: &Reported, scale: &Scale) -> String {
    match value.dimension {
        Dimension::Count if value.value >= 0.0 && value.value.fract() == 0.0 => number::count(value.value as u64),
        other if other == reported.dimension => scale.bare(value.value),
        other => number::short(other, value.value),
    }
}

impl ReportedRowView {
    fn of(reported: &Reported, all: &[&Reported], statistics: &[Statistic]) -> Self {
        let scale = scale(reported, all);
        let of = |wanted: &Statistic| {
            let value = reported.values.iter().find(|value| value.statistic == *wanted);
            value.map_or_else(|| ABSENT.to_owned(), |value| cell(value, reported, &scale))
        };
        let short = |wanted: &Statistic| {
            let value = reported.values.iter().find(|value| value.statistic == *wanted);
            value.map_or_else(
                || ABSENT.to_owned(),
                |value| number::short_as_written(value.dimension, value.unit.as_deref(), value.value),
            )
        };
        Self {
            metric: visible(&reported.metric),
            label: reported.label.as_deref().map(visible),
            unit: if scale.symbol().is_empty() { ABSENT } else { scale.symbol() },
            better: match reported.polarity {
                Polarity::LowerIsBetter => Some("lower is better"),
                Polarity::HigherIsBetter => Some("higher is better"),
                Polarity::Unknown => None,
            },
            cells: statistics.iter().map(of).collect(),
            short: statistics.iter().map(short).collect(),
        }
    }
}
