//! How well the numbers of digests are known, and where the outermost ones stand.

use crate::analysis::metric::{Evidence, Metric, PlacedValue, Remark, Topic};
use crate::measure::folded::Folded;
use crate::report::number;

/// Values that are named.
const NAMED: usize = 3;

/// What a reader should know beside the numbers of a metric that come from digests.
pub(super) fn remarks(metric: &Metric) -> Vec<Remark> {
    let Evidence::Digest { relative_error, refined, shards, smallest, largest } = &metric.evidence else {
        return Vec::new();
    };
    let of = number::counted(*shards, "shard");
    let known = if *relative_error == 0.0 {
        "every number is counted by itself: n, sum, mean, standard deviation and every percentile are exact".to_owned()
    } else if *refined {
        format!(
            "n, minimum, maximum, sum, mean and standard deviation are exact, and so are the median and every percentile with its interval, \
             IQR, MAD and the histogram, for which the shards were asked again; the geometric mean, and what a comparison computes of \
             other percentiles, is within {}",
            within(*relative_error)
        )
    } else {
        format!(
            "n, minimum, maximum, sum, mean and standard deviation are exact; the median and every percentile are within {} of the \
             sample that they stand for, and IQR and MAD, which are distances between such, by as much of those",
            within(*relative_error)
        )
    };
    let text = format!(
        "From digests of {of}: {known}. The order of the samples is not kept, so that every interval takes them as independent; \
         where neighbours depend on each other it is too narrow."
    );
    let mut remarks = vec![Remark { topic: Topic::Histogram, text }];
    let placed = |values: &[PlacedValue]| {
        let one = |one: &PlacedValue| format!("{} ({})", number::quantity(metric.dimension, one.value), one.place);
        values.iter().take(NAMED).map(one).collect::<Vec<String>>().join(", ")
    };
    if largest.len() > 1 {
        let text = format!("Largest: {}. Smallest: {}.", placed(largest), placed(smallest));
        remarks.push(Remark { topic: Topic::Histogram, text });
    }
    if let Some(failures) = metric.failures.as_ref().filter(|failures| !failures.causes.is_empty()) {
        let named = failures.causes.iter().map(|one| format!("`{}` {}", one.cause, number::count(one.failed)));
        let text = format!("What failed, by code or message: {}.", Folded::of(named, failures.causes.len()));
        remarks.push(Remark { topic: Topic::Failures, text });
    }
    remarks
}

/// A bound with the digits that such small ones have, never below itself.
fn within(share: f64) -> String {
    format!("{:.4}%", (share * 1e6).ceil() / 1e4)
}
