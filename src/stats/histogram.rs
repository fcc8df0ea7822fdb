//! From histograms that a tool recorded to the numbers of their metrics.
//!
//! In: counts by bucket. Out: for each metric its population over all labels and by label, whose numbers stand in the middle
//! of their buckets, and by how much that can be off. Intervals of percentiles are those of order statistics and reach to the
//! outer edges of their buckets. Passes over buckets that are no range of finite numbers. What needs the order of the samples
//! (dependence, drift) or the samples themselves (outliers, modes) is absent.

use crate::measure::Polarity;
use crate::measure::reported::{Bucket, RecordedHistogram};
use crate::measure::unit::{Dimension, Unit};

use super::bins::Histogram;
use super::interval::Interval;
use super::population::Population;
use super::quantile::QuantileMethod;
use super::settings::Settings;
use super::summary::{Basics, Summary};

/// A metric that was recorded as histograms.
#[derive(Debug, Clone)]
pub struct HistogramAnalysis {
    /// Its name.
    pub metric: String,
    /// What it measures.
    pub dimension: Dimension,
    /// Unit in which it is recorded.
    pub recorded_unit: Unit,
    /// Whether nothing states that unit.
    pub unit_assumed: bool,
    /// Which way is better.
    pub polarity: Polarity,
    /// What exactly it measures, in words.
    pub meaning: Option<String>,
    /// All of it.
    pub overall: Counted,
    /// By label, in order of first appearance; empty where there is one only.
    pub groups: Vec<(String, Counted)>,
    /// The one label there is.
    pub only_label: Option<String>,
}

/// Counts by bucket, and what they say.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The buckets in base units, ascending, none empty, none twice.
    pub buckets: Vec<Bucket>,
    /// The numbers.
    pub population: Population,
}

impl HistogramAnalysis {
    /// Each value from the lower quartile up is known to within this share of itself: half the width of the widest bucket
    /// there, relative to its middle. Below, a bucket that begins at 0 would make it 100%, and matters to nobody.
    pub fn relative_error(&self) -> f64 {
        let of_bucket = |bucket: &Bucket| {
            let middle = middle(bucket);
            if bucket.low == bucket.high || middle == 0.0 { 0.0 } else { half_width(bucket) / middle.abs() }
        };
        self.parts().1.iter().map(of_bucket).fold(0.0, f64::max)
    }

    /// Each value below the lower quartile is known to within so much, in base units.
    pub fn error_below(&self) -> f64 {
        self.parts().0.iter().map(half_width).fold(0.0, f64::max)
    }

    /// The buckets below that of the lower quartile, and the others.
    fn parts(&self) -> (&[Bucket], &[Bucket]) {
        let buckets = &self.overall.buckets;
        let all: u64 = buckets.iter().map(|bucket| bucket.count).sum();
        let mut up_to = 0;
        let quartile = buckets.iter().position(|bucket| {
            up_to += bucket.count;
            up_to > all / 4
        });
        buckets.split_at(quartile.unwrap_or_default())
    }
}

/// The label of a histogram without one, beside others that have one.
const WITHOUT_LABEL: &str = "(no label)";

/// The metrics that histograms record, in order of first appearance. Histograms of one metric and label are added up.
pub fn analyse(histograms: &[RecordedHistogram], settings: &Settings) -> Vec<HistogramAnalysis> {
    let mut metrics: Vec<Vec<&RecordedHistogram>> = Vec::new();
    for histogram in histograms {
        let alike = |of_metric: &&mut Vec<&RecordedHistogram>| {
            let first = of_metric[0];
            first.metric == histogram.metric
                && first.meaning == histogram.meaning
                && first.unit.dimension == histogram.unit.dimension
        };
        match metrics.iter_mut().find(alike) {
            Some(of_metric) => of_metric.push(histogram),
            None => metrics.push(vec![histogram]),
        }
    }
    metrics.iter().filter_map(|of_metric| metric(of_metric, settings)).collect()
}

fn metric(histograms: &[&RecordedHistogram], settings: &Settings) -> Option<HistogramAnalysis> {
    let first = histograms.first()?;
    let mut labels: Vec<(Option<&str>, Vec<&RecordedHistogram>)> = Vec::new();
    for histogram in histograms {
        let label = histogram.label.as_deref();
        match labels.iter_mut().find(|(known, _)| *known == label) {
            Some((_, of_label)) => of_label.push(histogram),
            None => labels.push((label, vec![histogram])),
        }
    }
    let counted: Vec<(Option<&str>, Counted)> = labels
        .iter()
        .filter_map(|(label, of_label)| Some((*label, Counted::of(in_base_units(of_label), settings)?)))
        .collect();
    let only_label = if let [(label, _)] = &counted[..] { label.map(str::to_owned) } else { None };
    let groups = counted.into_iter().map(|(label, counted)| (label.unwrap_or(WITHOUT_LABEL).to_owned(), counted));
    let mut groups: Vec<(String, Counted)> = groups.collect();
    let overall = if groups.len() == 1 {
        groups.pop()?.1
    } else {
        Counted::of(groups.iter().flat_map(|(_, counted)| counted.buckets.iter().copied()).collect(), settings)?
    };
    Some(HistogramAnalysis {
        metric: first.metric.clone(),
        dimension: first.unit.dimension,
        recorded_unit: first.unit,
        unit_assumed: histograms.iter().any(|histogram| histogram.unit_assumed),
        polarity: first.polarity,
        meaning: first.meaning.clone(),
        overall,
        groups,
        only_label,
    })
}

fn in_base_units(histograms: &[&RecordedHistogram]) -> Vec<Bucket> {
    let of_one = |histogram: &&RecordedHistogram| {
        let unit = histogram.unit;
        let base = move |bucket: &Bucket| Bucket {
            low: unit.to_base(bucket.low) + 0.0,
            high: unit.to_base(bucket.high) + 0.0,
            count: bucket.count,
        };
        histogram.buckets.iter().map(base).collect::<Vec<Bucket>>()
    };
    histograms.iter().flat_map(of_one).collect()
}

fn half_width(bucket: &Bucket) -> f64 {
    (bucket.high - bucket.low) / 2.0
}

fn middle(bucket: &Bucket) -> f64 {
    f64::midpoint(bucket.low, bucket.high)
}

impl Counted {
    fn of(buckets: Vec<Bucket>, settings: &Settings) -> Option<Self> {
        let mut buckets: Vec<Bucket> = buckets
            .into_iter()
            .filter(|bucket| bucket.low.is_finite() && bucket.high.is_finite() && bucket.low <= bucket.high)
            .filter(|bucket| bucket.count > 0)
            .collect();
        let ends = |bucket: &Bucket| (bucket.low, bucket.high);
        buckets.sort_by(|a, b| middle(a).total_cmp(&middle(b)).then(a.low.total_cmp(&b.low)));
        buckets.dedup_by(|next, kept| {
            let same = ends(next) == ends(kept);
            if same {
                kept.count = kept.count.saturating_add(next.count);
            }
            same
        });
        let ranked = Ranked::of(&buckets)?;
        let population = ranked.population(settings);
        Some(Self { buckets, population })
    }
}

/// Buckets that know how many samples lie in and below each.
struct Ranked<'a> {
    buckets: &'a [Bucket],
    /// Samples in this bucket and those below it.
    up_to: Vec<u64>,
    n: usize,
}

impl<'a> Ranked<'a> {
    fn of(buckets: &'a [Bucket]) -> Option<Self> {
        let mut up_to: Vec<u64> = Vec::with_capacity(buckets.len());
        for bucket in buckets {
            up_to.push(up_to.last().copied().unwrap_or(0).checked_add(bucket.count)?);
        }
        let n = usize::try_from(*up_to.last()?).ok()?;
        Some(Self { buckets, up_to, n })
    }

    /// The bucket of the sample of a rank, from 0.
    fn at(&self, rank: usize) -> &Bucket {
        let index = self.up_to.partition_point(|up_to| *up_to <= rank as u64);
        &self.buckets[index.min(self.buckets.len() - 1)]
    }

    fn sum(&self, of: impl Fn(&Bucket) -> f64) -> f64 {
        self.buckets.iter().map(|bucket| of(bucket) * bucket.count as f64).sum()
    }

    fn population(&self, settings: &Settings) -> Population {
        // Harrell and Davis weigh every sample, which buckets do not hold.
        let quantile_method = match settings.quantile_method {
            QuantileMethod::HarrellDavis => QuantileMethod::NearestRank,
            other => other,
        };
        let settings = &Settings { quantile_method, ..settings.clone() };
        let size = self.n as f64;
        let mean = self.sum(middle) / size;
        let squares = self.sum(|bucket| (middle(bucket) - mean).powi(2));
        let stddev = (self.n > 1).then(|| (squares / (size - 1.0)).sqrt());
        let median = middle(self.at(self.n / 2));
        let basics =
            Basics { mean, stddev, sum: self.sum(middle), mad: self.mad(median), shamos: None, effective: None };
        let mut summary = Summary::of(self.n, |rank| middle(self.at(rank)), &basics, settings);
        let lows = Summary::of(self.n, |rank| self.at(rank).low, &basics, settings);
        let highs = Summary::of(self.n, |rank| self.at(rank).high, &basics, settings);
        let reaching = |low: Option<Interval>, high: Option<Interval>| {
            Some(Interval { low: low?.low, high: high?.high, level: settings.confidence })
        };
        summary.median_interval = reaching(lows.median_interval, highs.median_interval);
        for (place, percentile) in summary.percentiles.iter_mut().enumerate() {
            percentile.interval = reaching(lows.percentiles[place].interval, highs.percentiles[place].interval);
        }
        let below = self.sum(|bucket| middle(bucket) - bucket.low) / size;
        summary.mean_interval = summary.mean_interval.map(|interval| Interval {
            low: interval.low.map(|low| low - below),
            high: interval.high.map(|high| high + below),
            ..interval
        });
        let counts_below = |edges: &[f64]| -> Vec<u64> {
            edges
                .iter()
                .map(|edge| {
                    let buckets = self.buckets.partition_point(|bucket| middle(bucket) < *edge);
                    buckets.checked_sub(1).map_or(0, |last| self.up_to[last])
                })
                .collect()
        };
        Population {
            clean: Some(summary),
            histogram: Histogram::of(self.n, |rank| middle(self.at(rank)), counts_below),
            ..Population::default()
        }
    }

    /// Median of the absolute deviations, each in the middle of its bucket.
    fn mad(&self, median: f64) -> f64 {
        let mut deviations: Vec<(f64, u64)> =
            self.buckets.iter().map(|bucket| ((middle(bucket) - median).abs(), bucket.count)).collect();
        deviations.sort_by(|a, b| a.0.total_cmp(&b.0));
        let half = (self.n as u64).div_ceil(2);
        let mut before = 0;
        let reached = deviations.iter().find(|(_, count)| {
            before += count;
            before >= half
        });
        reached.map_or(0.0, |(deviation, _)| *deviation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(label: Option<&str>, buckets: &[(f64, f64, u64)]) -> RecordedHistogram {
        let buckets = buckets.iter().map(|(low, high, count)| Bucket { low: *low, high: *high, count: *count });
        RecordedHistogram {
            metric: "latency".to_owned(),
            label: label.map(str::to_owned),
            meaning: None,
            polarity: Polarity::LowerIsBetter,
            unit: Unit::MILLISECOND,
            unit_assumed: false,
            buckets: buckets.collect(),
        }
    }

    #[test]
    fn numbers_stand_in_the_middle_of_their_bucket_and_intervals_reach_to_its_edges() {
        let found = analyse(&[histogram(None, &[(9.0, 11.0, 900), (19.0, 21.0, 100)])], &Settings::default());
        let [found] = &found[..] else { panic!("one metric") };
        let clean = found.overall.population.clean.as_ref().unwrap();
        let near = |value: f64, expected: f64| (value - expected).abs() < 1e-12;
        assert_eq!(clean.n, 1000);
        assert!(near(clean.min, 0.01) && near(clean.median, 0.01) && near(clean.max, 0.02), "{clean:?}");
        // Arithmetic: (900 * 10 + 100 * 20) / 1000 ms.
        assert!((clean.mean - 0.011).abs() < 1e-12);
        // Variance: (900 * 1 + 100 * 81) / 999 ms².
        assert!((clean.stddev.unwrap() - (9000.0_f64 / 999.0).sqrt() / 1e3).abs() < 1e-12);
        let interval = clean.median_interval.unwrap();
        assert_eq!((interval.low, interval.high), (Some(0.009), Some(0.011)));
        // 1 ms of 10 ms.
        assert!((found.relative_error() - 0.1).abs() < 1e-12);
        assert_eq!(found.error_below(), 0.0);
        assert_eq!(found.overall.population.histogram.as_ref().unwrap().counts.iter().sum::<u64>(), 1000);
    }

    #[test]
    fn labels_are_groups_and_their_counts_add_up() {
        let of_labels = [
            histogram(Some("a"), &[(1.0, 1.0, 5), (2.0, 2.0, 5)]),
            histogram(Some("b"), &[(2.0, 2.0, 7)]),
            histogram(Some("a"), &[(1.0, 1.0, 3)]),
        ];
        let found = analyse(&of_labels, &Settings::default());
        let groups: Vec<(&str, u64)> = found[0]
            .groups
            .iter()
            .map(|(label, counted)| (label.as_str(), counted.population.clean.as_ref().unwrap().n))
            .collect();
        assert_eq!(groups, [("a", 13), ("b", 7)]);
        assert_eq!(found[0].overall.population.clean.as_ref().unwrap().n, 20);
        assert_eq!(found[0].overall.buckets.len(), 2);
        assert_eq!(found[0].relative_error(), 0.0);
    }

    #[test]
    fn the_lowest_quarter_is_known_to_an_absolute_error() {
        // A bucket that begins at 0 is off by all of its middle, and says nothing about the others.
        let found = analyse(&[histogram(None, &[(0.0, 2.0, 10), (98.0, 102.0, 90)])], &Settings::default());
        assert!((found[0].relative_error() - 0.02).abs() < 1e-12);
        assert!((found[0].error_below() - 0.001).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_bucket_is_passed_over() {
        let odd = [(f64::NAN, 1.0, 1), (2.0, 1.0, 1), (1.0, f64::INFINITY, 1), (1.0, 2.0, 0)];
        assert!(analyse(&[histogram(None, &odd)], &Settings::default()).is_empty());
        let many = histogram(None, &[(1.0, 1.0, u64::MAX), (2.0, 2.0, 1)]);
        assert!(analyse(&[many], &Settings::default()).is_empty());
    }
}
