//! From histograms that a tool recorded to the numbers of their metrics.
//!
//! In: counts by bucket. Out: for each metric its population over all labels and by label, whose numbers stand in the middle
//! of their buckets, and by how much that can be off. Intervals of percentiles are those of order statistics and reach to the
//! outer edges of their buckets. Passes over buckets that are no range of finite numbers. What needs the order of the samples
//! (dependence, drift) or the samples themselves (outliers, modes) is absent.

use super::metric::{Evidence, Metric};
use crate::measure::label::Label;
use crate::measure::reported::{Bucket, RecordedHistogram};
use crate::stats::bins::Histogram;
use crate::stats::dependence::Inflations;
use crate::stats::exact::Exact;
use crate::stats::interval::Interval;
use crate::stats::moments::Moments;
use crate::stats::population::Population;
use crate::stats::settings::Settings;
use crate::stats::spread::SHAMOS_LIMIT;
use crate::stats::summary::{Basics, Summary};
use crate::stats::tail;

/// What labels of histograms and of reported numbers are grouped by.
pub const GROUPED_BY: &str = "label";
/// The label of a histogram without one, beside others that have one.
const WITHOUT_LABEL: &str = "(no label)";

/// The metrics that histograms record, in order of first appearance. Histograms of one metric and label are added up.
/// `source` is the name of their source, `tables` how many tables it has: they belong to none of them.
pub fn analyse(source: &str, tables: usize, histograms: &[RecordedHistogram], settings: &Settings) -> Vec<Metric> {
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
    metrics.iter().filter_map(|of_metric| metric(source, tables, of_metric, settings)).collect()
}

fn metric(source: &str, tables: usize, histograms: &[&RecordedHistogram], settings: &Settings) -> Option<Metric> {
    let first = histograms.first()?;
    let mut labels: Vec<(Option<&str>, Vec<&RecordedHistogram>)> = Vec::new();
    for histogram in histograms {
        let label = histogram.label.as_deref();
        match labels.iter_mut().find(|(known, _)| *known == label) {
            Some((_, of_label)) => of_label.push(histogram),
            None => labels.push((label, vec![histogram])),
        }
    }
    let counted = labels.iter().filter_map(|(label, of_label)| {
        let label = label.map(|text| Label { text: text.to_owned(), members: 1, examples: vec![text.to_owned()] });
        Some(Population { label, ..population(in_base_units(of_label), settings)? })
    });
    let mut groups: Vec<Population> = counted.collect();
    let overall = if groups.len() == 1 {
        groups.pop()?
    } else {
        for group in &mut groups {
            let without =
                || Label { text: WITHOUT_LABEL.to_owned(), members: 1, examples: vec![WITHOUT_LABEL.to_owned()] };
            group.label.get_or_insert_with(without);
        }
        population(groups.iter().flat_map(|group| group.buckets.iter().copied()).collect(), settings)?
    };
    let unit_assumed = histograms.iter().any(|histogram| histogram.unit_assumed);
    let symbol = first.unit.symbol;
    let reason = match symbol {
        "" => {
            "the histogram does not state its unit, and none can be inferred: its values are shown without one".into()
        }
        symbol => format!("the histogram does not state its unit: read as {symbol}"),
    };
    let (below, above) = parts(&overall.buckets);
    Some(Metric {
        id: format!("{source}#histogram/{}", first.metric),
        recorded_unit: Some(symbol.to_owned()).filter(|symbol| !symbol.is_empty()),
        unit_assumed,
        unit_reason: unit_assumed.then_some(reason),
        meaning: first.meaning.clone(),
        evidence: Evidence::Histogram {
            relative_error: above.iter().map(relative_error).fold(0.0, f64::max),
            error_below: below.iter().map(half_width).fold(0.0, f64::max),
            buckets: overall.buckets.len() as u64,
        },
        grouped_by: (overall.label.is_some() || !groups.is_empty()).then(|| GROUPED_BY.to_owned()),
        overall,
        groups,
        ..Metric::new(source, tables, &first.metric, first.unit.dimension, first.polarity)
    })
}

/// Half the width of a bucket, relative to its middle.
fn relative_error(bucket: &Bucket) -> f64 {
    let middle = middle(bucket);
    if bucket.low == bucket.high || middle == 0.0 { 0.0 } else { half_width(bucket) / middle.abs() }
}

/// The buckets below that of the lower quartile, and the others. A bucket that begins at 0 would make the relative error
/// 100%, and matters to nobody.
fn parts(buckets: &[Bucket]) -> (&[Bucket], &[Bucket]) {
    let all: u64 = buckets.iter().map(|bucket| bucket.count).sum();
    let mut up_to = 0;
    let quartile = buckets.iter().position(|bucket| {
        up_to += bucket.count;
        up_to > all / 4
    });
    buckets.split_at(quartile.unwrap_or_default())
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

/// The numbers of counts by bucket.
fn population(buckets: Vec<Bucket>, settings: &Settings) -> Option<Population> {
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
    of_buckets(buckets, None, settings)
}

/// The numbers of counts by ascending bucket, with the sums of the samples themselves where those are known.
pub(crate) fn of_buckets(buckets: Vec<Bucket>, sums: Option<&Exact>, settings: &Settings) -> Option<Population> {
    let population = BucketRanks::of(&buckets, sums)?.population(settings);
    Some(Population { buckets, ..population })
}

/// What samples add up to, each in the middle of its bucket where their own sums are not known.
pub(crate) fn moments(buckets: &[Bucket], sums: Option<&Exact>) -> Moments {
    Moments::of_counted(buckets.iter().map(|bucket| (middle(bucket), bucket.count)), sums)
}

/// Buckets that know how many samples lie in and below each.
struct BucketRanks<'a> {
    buckets: &'a [Bucket],
    /// What the samples themselves add up to.
    sums: Option<&'a Exact>,
    /// Samples in this bucket and those below it.
    up_to: Vec<u64>,
    n: usize,
}

impl<'a> BucketRanks<'a> {
    fn of(buckets: &'a [Bucket], sums: Option<&'a Exact>) -> Option<Self> {
        let mut up_to: Vec<u64> = Vec::with_capacity(buckets.len());
        for bucket in buckets {
            up_to.push(up_to.last().copied().unwrap_or(0).checked_add(bucket.count)?);
        }
        let n = usize::try_from(*up_to.last()?).ok()?;
        Some(Self { buckets, sums, up_to, n })
    }

    /// The bucket of the sample of a rank, from 0.
    fn at(&self, rank: usize) -> &Bucket {
        let index = self.up_to.partition_point(|up_to| *up_to <= rank as u64);
        &self.buckets[index.min(self.buckets.len() - 1)]
    }

    /// Every few-th order statistic.
    fn some(&self) -> Vec<f64> {
        (0..self.n).step_by(self.n.div_ceil(SHAMOS_LIMIT)).map(|rank| middle(self.at(rank))).collect()
    }

    fn mean_of(&self, of: impl Fn(&Bucket) -> f64) -> f64 {
        self.buckets.iter().map(|bucket| of(bucket) * bucket.count as f64).sum::<f64>() / self.n as f64
    }

    fn population(&self, settings: &Settings) -> Population {
        let settings = &settings.without_single_samples();
        let median = middle(self.at(self.n / 2));
        let basics = Basics {
            moments: moments(self.buckets, self.sums),
            mad: self.mad(median),
            shamos: None,
            inflations: Inflations::default(),
            // Buckets that a tool has recorded are too wide to see where they thin out.
            heavy_tail: self.sums.and_then(|_| tail::deciding(&self.some())),
        };
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
        // The mean is known better than the middles of buckets, where the sums are.
        let below = self.sums.map_or_else(|| self.mean_of(|bucket| middle(bucket) - bucket.low), |_| 0.0);
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
    use crate::measure::Polarity;
    use crate::measure::unit::Unit;

    /// How well the values are known: relative, and absolute below the lower quartile.
    fn errors(metric: &Metric) -> (f64, f64) {
        let Evidence::Histogram { relative_error, error_below, .. } = metric.evidence else { panic!("a histogram") };
        (relative_error, error_below)
    }

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
        let found = analyse("h", 0, &[histogram(None, &[(9.0, 11.0, 900), (19.0, 21.0, 100)])], &Settings::default());
        let [found] = &found[..] else { panic!("one metric") };
        let clean = found.overall.clean.as_ref().unwrap();
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
        assert!((errors(found).0 - 0.1).abs() < 1e-12);
        assert_eq!(errors(found).1, 0.0);
        assert_eq!(found.overall.histogram.as_ref().unwrap().counts.iter().sum::<u64>(), 1000);
    }

    #[test]
    fn labels_are_groups_and_their_counts_add_up() {
        let of_labels = [
            histogram(Some("a"), &[(1.0, 1.0, 5), (2.0, 2.0, 5)]),
            histogram(Some("b"), &[(2.0, 2.0, 7)]),
            histogram(Some("a"), &[(1.0, 1.0, 3)]),
        ];
        let found = analyse("h", 0, &of_labels, &Settings::default());
        let groups: Vec<(&str, u64)> = found[0]
            .groups
            .iter()
            .map(|group| (group.label.as_ref().unwrap().text.as_str(), group.clean.as_ref().unwrap().n))
            .collect();
        assert_eq!(groups, [("a", 13), ("b", 7)]);
        assert_eq!(found[0].overall.clean.as_ref().unwrap().n, 20);
        assert_eq!(found[0].overall.buckets.len(), 2);
        assert_eq!(errors(&found[0]).0, 0.0);
    }

    #[test]
    fn the_lowest_quarter_is_known_to_an_absolute_error() {
        // A bucket that begins at 0 is off by all of its middle, and says nothing about the others.
        let found = analyse("h", 0, &[histogram(None, &[(0.0, 2.0, 10), (98.0, 102.0, 90)])], &Settings::default());
        assert!((errors(&found[0]).0 - 0.02).abs() < 1e-12);
        assert!((errors(&found[0]).1 - 0.001).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_bucket_is_passed_over() {
        let odd = [(f64::NAN, 1.0, 1), (2.0, 1.0, 1), (1.0, f64::INFINITY, 1), (1.0, 2.0, 0)];
        assert!(analyse("h", 0, &[histogram(None, &odd)], &Settings::default()).is_empty());
        let many = histogram(None, &[(1.0, 1.0, u64::MAX), (2.0, 2.0, 1)]);
        assert!(analyse("h", 0, &[many], &Settings::default()).is_empty());
    }
}
