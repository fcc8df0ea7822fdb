//! Shares of failures: the difference between two of them.
//!
//! In: failures and totals of the runs of both sides. Out: the difference of the shares with Newcombe's hybrid score interval
//! (1998), and p by Fisher's exact test or, for dependent or very many failures, by the score test with effective sizes.
//! Refuses (with `None`) sides without a single observation.

use statrs::function::gamma::ln_gamma;

use super::capture::Share;
use super::center::Estimate;
use super::noise::{EffectiveSize, Noise, two_sided};
use super::replicate::Between;

/// More failures than this on both sides together are tested by their scores: the exact sum would only cost time.
const MOST_EXACT: u64 = 10_000;

impl Share {
    /// All runs of a side in one; the dependence weighs by the observations of its run.
    pub(crate) fn pooled(runs: &[Self]) -> Self {
        // What a tool states may be any number.
        let sum = |of: fn(&Self) -> u64| runs.iter().map(of).fold(0_u64, u64::saturating_add);
        let total = sum(|run| run.total);
        let weighted: f64 = runs.iter().map(|run| run.total as f64 * run.dependence.max(1.0)).sum();
        let dependence = if total == 0 { 1.0 } else { (weighted / total as f64).max(1.0) };
        Self { failed: sum(|run| run.failed.min(run.total)), total, dependence }
    }

    pub(crate) fn share(self) -> f64 {
        self.failed as f64 / self.total as f64
    }

    pub(crate) fn effective_size(self) -> EffectiveSize {
        EffectiveSize { samples: self.total as f64, inflation: self.dependence }
    }
}

/// The same of two shares of which each row is taken for itself: that failures stand together makes them no chance.
pub(crate) fn independent_difference(before: Share, after: Share, confidence: f64) -> Option<Estimate> {
    let [before, after] = [before, after].map(|share| [Share { dependence: 1.0, ..share }]);
    difference(&before, &after, confidence).map(|(estimate, ..)| estimate)
}

/// The share of `after` less that of `before`, from all their runs; and what the runs say where there are several.
pub(crate) fn difference(
    before: &[Share],
    after: &[Share],
    confidence: f64,
) -> Option<(Estimate, Noise, Option<Between>)> {
    let (first, second) = (Share::pooled(before), Share::pooled(after));
    if first.total == 0 || second.total == 0 {
        return None;
    }
    let noise = Noise::of(first.effective_size(), second.effective_size());
    let score = super::noise::quantile(1.0 - confidence, noise.degrees_of_freedom);
    let [(low1, high1), (low2, high2)] = [first, second].map(|side| wilson(side, score));
    let (p1, p2) = (first.share(), second.share());
    let estimate = p2 - p1 + 0.0;
    let exact =
        first.dependence <= 1.0 && second.dependence <= 1.0 && first.failed.saturating_add(second.failed) <= MOST_EXACT;
    let within = Estimate {
        value: estimate,
        low: Some(estimate - (p2 - low2).hypot(high1 - p1) + 0.0),
        high: Some(estimate + (high2 - p2).hypot(p1 - low1) + 0.0),
        p: if exact { fisher(first, second) } else { score_p(first, second, noise) },
    };
    let shares = |runs: &[Share]| -> Vec<f64> {
        runs.iter().filter(|run| run.total > 0).map(|run| run.failed as f64 / run.total as f64).collect()
    };
    let between = Between::of(&shares(before), &shares(after));
    Some((between.map_or(within, |between| between.joined(within, confidence)), noise, between))
}

/// Wilson's score interval (1927) at a score, with the effective number of observations.
fn wilson(side: Share, score: f64) -> (f64, f64) {
    let (n, share) = (side.effective_size().effective(), side.share());
    let shrink = 1.0 + score * score / n;
    let middle = (share + score * score / (2.0 * n)) / shrink;
    let half = score / shrink * (share * (1.0 - share) / n + score * score / (4.0 * n * n)).sqrt();
    let low = if side.failed == 0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if side.failed == side.total { 1.0 } else { (middle + half).min(1.0) };
    (low, high)
}

/// The score test of equal shares with effective sizes.
fn score_p(before: Share, after: Share, noise: Noise) -> f64 {
    let common = (before.failed as f64 + after.failed as f64) / (before.total as f64 + after.total as f64);
    let variance = common * (1.0 - common) * (1.0 / before.total as f64 + 1.0 / after.total as f64) * noise.inflation;
    if variance <= 0.0 {
        return 1.0;
    }
    two_sided((after.share() - before.share()) / variance.sqrt(), noise.degrees_of_freedom)
}

/// Fisher's exact test, two-sided as twice the smaller tail: the same when the sides are swapped.
fn fisher(before: Share, after: Share) -> f64 {
    // In one order, so that not even the last bit feels which side is which.
    let (before, after) =
        if (before.total, before.failed) > (after.total, after.failed) { (after, before) } else { (before, after) };
    let failed = before.failed + after.failed;
    let all = before.total.saturating_add(after.total);
    let (least, most) = (failed.saturating_sub(after.total), failed.min(before.total));
    if least == most {
        return 1.0;
    }
    let ln_choose =
        |n: u64, k: u64| ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0);
    let whole = ln_choose(all, failed);
    let (mut lower, mut upper) = (0.0, 0.0);
    for count in least..=most {
        let weight = (ln_choose(before.total, count) + ln_choose(after.total, failed - count) - whole).exp();
        if count <= before.failed {
            lower += weight;
        }
        if count >= before.failed {
            upper += weight;
        }
    }
    (2.0 * f64::min(lower, upper)).clamp(f64::MIN_POSITIVE, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(failed: u64, total: u64) -> Share {
        Share { failed, total, dependence: 1.0 }
    }

    #[test]
    fn newcombe_gives_the_published_interval() {
        // Newcombe 1998, method 10, example (a): 56/70 against 48/80 is 0.2, from 0.0524 to 0.3339.
        let (found, _, _) = difference(&[run(48, 80)], &[run(56, 70)], 0.95).unwrap();
        assert!((found.value - 0.2).abs() < 1e-12);
        assert!((found.low.unwrap() - 0.0524).abs() < 5e-5 && (found.high.unwrap() - 0.3339).abs() < 5e-5, "{found:?}");
    }

    #[test]
    fn fisher_of_the_lady_tasting_tea() {
        // Fisher 1935: 3 of 4 right by chance has one-sided p 17/70.
        let p = fisher(Share::pooled(&[run(3, 4)]), Share::pooled(&[run(1, 4)]));
        assert!((p - 34.0 / 70.0).abs() < 1e-9, "{p}");
        assert_eq!(fisher(Share::pooled(&[run(0, 100)]), Share::pooled(&[run(0, 100)])), 1.0);
    }

    #[test]
    fn clustered_failures_say_less() {
        let clustered = |failed| [Share { failed, total: 1000, dependence: 20.0 }];
        let (plain, _, _) = difference(&[run(10, 1000)], &[run(40, 1000)], 0.95).unwrap();
        let (wide, _, _) = difference(&clustered(10), &clustered(40), 0.95).unwrap();
        assert!(plain.p < 1e-3 && wide.p > 0.1, "{} {}", plain.p, wide.p);
        assert!(wide.low < plain.low && wide.high > plain.high);
    }
}
