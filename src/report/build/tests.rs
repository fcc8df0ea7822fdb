//! What becomes of numbers that are no samples: summaries of tools and histograms, from the source to the page.

use std::collections::BTreeMap;

use crate::analysis::analyse;
use crate::analysis::metric::Evidence;
use crate::compare::capture::Environment;
use crate::compare::collect::{Reading, capture};
use crate::compare::judge;
use crate::compare::sides::{self, NamedCaptures};
use crate::measure::reported::{Bucket, RecordedHistogram, Reported, ReportedValue};
use crate::measure::{Polarity, Statistic, Unit};
use crate::report::contract::{DataStatus, Report, ServiceStatus};
use crate::report::number;
use crate::report::render::{Form, render};
use crate::stats::settings::Settings;
use crate::table::source::{Provenance, Source};

use super::{Material, SourceAnalysis, build};

fn value(statistic: Statistic, value: f64, unit: Unit) -> ReportedValue {
    ReportedValue::stated(statistic, value, unit, None)
}

fn summary(label: Option<&str>, mean: f64) -> Reported {
    Reported {
        metric: "latency".to_owned(),
        label: label.map(str::to_owned),
        meaning: Some("time to the last byte".to_owned()),
        polarity: Polarity::LowerIsBetter,
        values: vec![
            value(Statistic::Count, 1200.0, Unit::COUNT),
            value(Statistic::Mean, mean, Unit::MILLISECOND),
            value(Statistic::Percentile(99.9), 900.0, Unit::MILLISECOND),
            value(Statistic::Max, f64::NAN, Unit::MILLISECOND),
        ],
    }
}

fn rate() -> Reported {
    let values = vec![value(Statistic::Value, 12.5, Unit::PER_SECOND)];
    Reported { metric: "requests".to_owned(), polarity: Polarity::HigherIsBetter, values, ..summary(None, 0.0) }
}

fn analysed(source: Source) -> SourceAnalysis {
    let analysis = analyse(&source, &Settings::default());
    SourceAnalysis { source, analysis, service: None }
}

fn summarised(mean: f64) -> SourceAnalysis {
    let source = Source {
        provenance: Provenance {
            name: "stats.json".to_owned(),
            environment: BTreeMap::from([("cpu".to_owned(), "A | B".to_owned())]),
            ..Provenance::default()
        },
        reported: vec![summary(None, mean), summary(Some("GET /|x"), mean), rate()],
        reported_caveats: vec!["percentiles are rounded to two digits".to_owned()],
        ..Source::default()
    };
    analysed(source)
}

fn counted() -> SourceAnalysis {
    let buckets = (1..=100).map(|place| f64::from(place) * 10.0);
    let source = Source {
        provenance: Provenance { name: "run.hlog".to_owned(), ..Provenance::default() },
        histograms: vec![RecordedHistogram {
            metric: "latency".to_owned(),
            label: None,
            meaning: None,
            polarity: Polarity::LowerIsBetter,
            unit: Unit::MILLISECOND,
            unit_assumed: true,
            buckets: buckets.map(|low| Bucket { low, high: low * 1.01, count: 500 }).collect(),
        }],
        ..Source::default()
    };
    analysed(source)
}

fn built(analysed: SourceAnalysis, material: Material) -> Report {
    build(vec![analysed], material, Settings::default())
}

fn markdown(report: &Report) -> String {
    String::from_utf8(render(report, Form::Markdown).unwrap()).unwrap()
}

#[test]
fn what_a_tool_reports_is_shown_as_it_is_with_its_caveats() {
    let report = built(summarised(120.5), Material::default());
    assert_eq!((report.verdict.service, report.verdict.data), (ServiceStatus::Measured, DataStatus::Clean));
    assert_eq!(report.verdict.headline, "2 metrics as reported by the tool (3 rows) in 1 file");
    assert_eq!(report.reported.len(), 3);
    // A number that is none is left out; the others are in base units.
    let values: Vec<(Statistic, f64)> =
        report.reported[0].values.iter().map(|value| (value.statistic, value.value)).collect();
    assert_eq!(values, [(Statistic::Count, 1200.0), (Statistic::Mean, 0.1205), (Statistic::Percentile(99.9), 0.9)]);
    // Without the padding that aligns the cells.
    let words = |page: &str| page.replace(" |", "").split_whitespace().collect::<Vec<_>>().join(" ");
    let page = markdown(&report);
    for part in [
        "### As reported by the tool",
        "Nothing is recomputed from them, and they have no intervals",
        "| label metric unit n mean p99.9",
        "| **all** `latency` ms 1,200 120.5 900.0",
        "| label `requests`",
        "| **all** 12.50 /s",
        "percentiles are rounded to two digits",
        "`latency`: time to the last byte",
        "Measured on: cpu",
    ] {
        assert!(words(&page).contains(part), "{part}\n{page}");
    }
    let html = String::from_utf8(render(&report, Form::Html).unwrap()).unwrap();
    for part in ["As reported by the tool", "GET /|x", "percentiles are rounded", "Measured on: cpu"] {
        assert!(html.contains(part), "{part}");
    }
    let text = String::from_utf8(render(&report, Form::Text).unwrap()).unwrap();
    assert!(text.contains("as reported by the tool") && text.contains("120.5"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100 || line.starts_with("Measured")), "{text}");
}

#[test]
fn a_reported_number_keeps_the_value_that_was_recorded() {
    let report = built(summarised(46.51), Material::default());
    let mean = report.reported[0].values.iter().find(|value| value.statistic == Statistic::Mean).unwrap();
    // 46.51 / 1000 has no exact binary form, so that the base value need not read like the recorded one.
    assert_eq!((mean.recorded, mean.unit.as_deref()), (Some(46.51), Some("ms")));
    assert!((mean.value - 0.046_51).abs() < 1e-12);
}

#[test]
fn histograms_are_metrics_that_say_how_well_they_are_known() {
    let report = built(counted(), Material::default());
    let [metric] = &report.metrics[..] else { panic!("one metric") };
    let Evidence::Histogram { relative_error, buckets, .. } = metric.evidence else { panic!("a histogram") };
    // Half of 0.01 over 1.005.
    assert!((relative_error - 0.005 / 1.005).abs() < 1e-9, "{relative_error}");
    let clean = metric.overall.clean.as_ref().unwrap();
    assert_eq!((clean.n, buckets), (50_000, 100));
    assert!((clean.median - 0.505 * 1.005).abs() < 0.006, "{}", clean.median);
    assert!(clean.percentiles.iter().all(|percentile| percentile.interval.is_some()));
    assert!(report.assumptions[0].text.contains("unit"));
    let page = markdown(&report);
    assert!(page.contains("come from a histogram") && page.contains("0.498%"), "{page}");
    let headline = report.verdict.headline.replace('\u{a0}', " ");
    assert_eq!(headline, "50,000 samples of `latency`, p95 964.3 ms");
}

#[test]
fn summaries_and_histograms_can_be_held_against_a_baseline() {
    let captured = |analysed: &SourceAnalysis| {
        capture(&[Reading { analysis: &analysed.analysis, service: None }], Environment::default())
    };
    let held = |name: &str, analysed: &SourceAnalysis| NamedCaptures {
        name: name.to_owned(),
        captures: vec![captured(analysed)],
    };
    let settings = judge::Criteria::default();
    let after = summarised(180.0);
    let comparison = sides::comparison(&held("old", &summarised(120.0)), &held("new", &after), Vec::new(), &settings);
    let report = built(after, Material { comparison: Some(comparison), ..Material::default() });
    let page = markdown(&report).replace(number::UNIT_SPACE, " ");
    for part in ["+50.0%", "summary only: no interval", "120 → 180 ms"] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert_eq!(report.verdict.service, ServiceStatus::Undecided);
    let (before, after) = (counted(), counted());
    let comparison = sides::comparison(&held("old", &before), &held("new", &after), Vec::new(), &settings);
    assert_eq!(comparison.counts.unchanged, 1, "{:?}", comparison.changes);
    assert!(comparison.changes[0].before.unwrap().value_error > 0.005);
}

#[test]
fn a_row_of_zeros_stands_in_the_unit_of_the_rows_beside_it() {
    let mut tool = summarised(120.5);
    let mut idle = summary(Some("idle"), 0.0);
    for value in &mut idle.values {
        value.value = 0.0;
    }
    tool.source.reported.push(idle);
    let page = markdown(&built(analysed(tool.source), Material::default()));
    let row = page.lines().find(|line| line.contains("idle")).unwrap();
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    assert!(cells.contains(&"ms") && !cells.contains(&"s"), "{row}");
}
