//! Isolation: values that the tail of the sample cannot reach.
//!
//! In: an ascending slice of finite values. Out: the group of extreme values behind the most surprising gap, with a p-value that
//! is calibrated for heavy tails, where fences are not. Refuses fewer than [`MIN_POSITIVE`] positive values, and any gap narrower
//! than [`MIN_GAP_RATIO`]. Values <= 0 have no logarithm and are left out of the question. Isolation alone is suspicion; that a
//! value is corrupted needs other evidence too.
//!
//! The test: in a regularly varying tail with index alpha, the i-th log spacing from the top, times i, is exponential with mean
//! 1/alpha, independently for every i (Renyi 1953). Alpha comes from the k spacings below the gap (Hill 1975), so the ratio of the
//! two follows F(2, 2k) and p = (1 + i gap alpha / k)^-k exactly, which tends to exp(-alpha i gap) for large k. Tails lighter than
//! Pareto (lognormal, exponential, normal) have spacings that shrink outward, so p is then conservative.

/// Fewer positive values than this say too little about their tail.
pub const MIN_POSITIVE: usize = 10;
/// A gap must be at least this ratio wide. Corruption of the kinds looked for (a wrong unit, a foreign column, a sentinel) moves a
/// value by 60 times and more; below one decade a near-constant metric with one cold start would be accused.
pub const MIN_GAP_RATIO: f64 = 10.0;
/// The p-value below which a group counts as isolated, after the correction for all gaps looked at.
pub const ISOLATION_P: f64 = 1e-6;
/// No tail is believed to be lighter than Pareto with this index (finite variance, infinite third moment): a tiny spread of the
/// body says nothing about rare slow events, and would otherwise make any distance impossible.
const ALPHA_LIMIT_UPPER: f64 = 3.0;
/// The same towards zero, on 1/x. A density that is positive at zero has index 1 there, and a normal one cut off at zero lies
/// between: with 3 it raises a false alarm in 3 of 1,000 files, with 2 in fewer than 1.
const ALPHA_LIMIT_LOWER: f64 = 2.0;
/// The same where the sample holds values <= 0, and its density at zero is therefore positive.
const ALPHA_LIMIT_THROUGH_ZERO: f64 = 1.0;
/// At least this many of the most extreme gaps are looked at (a handful of bad rows)...
const MIN_SCANNED: usize = 10;
/// ...or one in this many values: more than 2% of a file is a population, not a few foreign values...
const SCANNED_SHARE: usize = 50;
/// ...but never more than one value in this many: a body must remain.
const MAX_SCANNED_SHARE: usize = 4;
/// ...and of more than a million values no more than these.
const MOST_SCANNED: usize = 20_000;
/// The share of the sample whose spacings estimate alpha: the upper tenth is the tail...
const HILL_SHARE: usize = 10;
/// ...but at least so many spacings (a standard error of 16%; 20 cost too much power)...
const HILL_MIN: usize = 40;
/// ...and at most so many: beyond, precision no longer matters, and the body would bias alpha.
const HILL_MAX: usize = 500;
/// So many values just above a gap, close together, are a second population (timeouts, a slow path).
const CLUSTER_SIZE: usize = 5;
/// "Close together": they span less than this share of the gap, on logs.
const CLUSTER_SPAN: f64 = 0.6;
/// Behind a gap this wide nothing is read as a second population of the same metric: a 10 us path and a 1 s timeout are five decades
/// apart.
const CLUSTER_RATIO: f64 = 1e5;
/// Two to four values close together are read as a second population only behind a gap below this ratio (half of the thousandfold
/// of a unit slip): timeouts lie that near to
/// the body. A tight group farther out (three byte counts in a latency column) stays suspicious.
const SMALL_CLUSTER_RATIO: f64 = 500.0;
/// Values within this ratio of each other keep company: timeouts lie within 2% of each other, the middle half of a slow
/// path with a lognormal sigma of 0.4 within 1.7.
const COMPANY_RATIO: f64 = 1.5;

/// What stands behind the gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IsolationKind {
    /// A few values, or values far apart from each other: nothing that looks like a population.
    Scattered,
    /// Values that lie close together just beyond the gap (at least five, or two to four behind a gap
    /// below 500-fold): a second
    /// population such as timeouts. Real until other evidence says otherwise.
    Cluster,
}

/// Which end of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tail {
    /// The smallest values.
    Lower,
    /// The largest values.
    Upper,
}

/// A group of extreme values and the gap that separates it from the body.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Isolation {
    /// Which end of the sample.
    pub tail: Tail,
    /// Number of values beyond the gap.
    pub count: usize,
    /// How many times the value before the gap fits into the one beyond it (>= [`MIN_GAP_RATIO`]).
    pub gap_ratio: f64,
    /// The tail index used (Hill's, at most 3 above and 2 below).
    pub alpha: f64,
    /// The probability of a gap like this in the tail of the body, corrected for the number of gaps looked at.
    pub p: f64,
    /// The value beyond the gap that is nearest to the body, in the unit of the values.
    pub threshold: f64,
    /// Whether the group looks like a population of its own.
    pub kind: IsolationKind,
}

impl Isolation {
    /// Whether the gap is beyond belief: p < [`ISOLATION_P`] and the group is no second population.
    pub fn is_suspicious(&self) -> bool {
        self.p < ISOLATION_P && self.kind == IsolationKind::Scattered
    }

    /// Whether a value belongs to the isolated group.
    pub fn includes(&self, value: f64) -> bool {
        match self.tail {
            Tail::Upper => value >= self.threshold,
            Tail::Lower => value > 0.0 && value <= self.threshold,
        }
    }

    /// Whether a value of the group has so much company that it belongs to a second population, although the group as a
    /// whole is scattered: timeouts stay timeouts where a foreign value lies beyond them. `sorted` is the sample, ascending.
    pub fn is_in_company(&self, value: f64, sorted: &[f64]) -> bool {
        let beyond = match self.tail {
            Tail::Upper => value / self.threshold,
            Tail::Lower => self.threshold / value,
        };
        let distance = beyond * self.gap_ratio;
        let first = sorted.partition_point(|other| *other < value / COMPANY_RATIO);
        let last = sorted.partition_point(|other| *other <= value * COMPANY_RATIO);
        let company = sorted[first..last].iter().filter(|other| self.includes(**other)).count();
        company >= CLUSTER_SIZE && distance < CLUSTER_RATIO || company > 1 && distance < SMALL_CLUSTER_RATIO
    }
}

/// How many values from the extreme inward the test looks at among so many positive ones.
pub(crate) fn looked_at(n: usize) -> usize {
    if n < MIN_POSITIVE {
        n
    } else {
        scanned_of(n) + (n / HILL_SHARE).clamp(HILL_MIN, HILL_MAX).min(n - 1 - scanned_of(n)) + 1
    }
}

/// The most surprising gap in a tail of `n` positive values of which only so many are known from the extreme inward.
pub(crate) fn isolation_of_end(n: usize, through_zero: bool, tail: Tail, end: &[f64]) -> Option<Isolation> {
    if end.len() < looked_at(n) { None } else { isolation_of(n, through_zero, tail, |place| end[place]) }
}

/// How many extreme gaps are looked at among so many positive values.
fn scanned_of(n: usize) -> usize {
    MIN_SCANNED.max(n / SCANNED_SHARE).min(n / MAX_SCANNED_SHARE).min(MOST_SCANNED)
}

/// The ends of a sample, as far as the test looks at them: enough for many values that nobody has sorted.
#[derive(Debug, Clone)]
pub(super) struct Ends {
    /// All values, and the positive ones among them.
    all: usize,
    positive: usize,
    min: f64,
    max: f64,
    /// How many values the test may look at on either side.
    reach: usize,
    /// The smallest positive values and the largest ones.
    lower: Vec<f64>,
    upper: Vec<f64>,
    /// Farther inside than these lies nothing that the test looks at.
    lower_limit: f64,
    upper_limit: f64,
}

impl Ends {
    /// For a sample of at most so many values.
    pub(super) fn new(most: usize) -> Self {
        Self {
            all: 0,
            positive: 0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            reach: scanned_of(most) + HILL_MAX + 1,
            lower: Vec::new(),
            upper: Vec::new(),
            lower_limit: f64::INFINITY,
            upper_limit: 0.0,
        }
    }

    /// Takes one more value.
    pub(super) fn add(&mut self, value: f64) {
        self.all += 1;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        if value <= 0.0 {
            return;
        }
        self.positive += 1;
        if value > self.upper_limit {
            self.upper.push(value);
            if self.upper.len() >= 2 * self.reach {
                self.upper_limit = *self.upper.select_nth_unstable_by(self.reach - 1, |a, b| b.total_cmp(a)).1;
                self.upper.truncate(self.reach);
            }
        }
        if value < self.lower_limit {
            self.lower.push(value);
            if self.lower.len() >= 2 * self.reach {
                self.lower_limit = *self.lower.select_nth_unstable_by(self.reach - 1, f64::total_cmp).1;
                self.lower.truncate(self.reach);
            }
        }
    }

    /// Puts the ends in order, once all values were added.
    pub(super) fn sort(&mut self) {
        super::sorting::sort(&mut self.lower);
        super::sorting::sort(&mut self.upper);
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.all
    }

    /// The most surprising gap of a tail.
    pub(super) fn isolation(&self, tail: Tail) -> Option<Isolation> {
        isolation_of(self.positive, self.positive < self.all, tail, |place| match tail {
            Tail::Upper => self.upper[self.upper.len() - 1 - place],
            Tail::Lower => self.lower[place],
        })
    }

    /// The ascending end that holds all values beyond a gap.
    pub(super) fn of(&self, tail: Tail) -> &[f64] {
        match tail {
            Tail::Upper => &self.upper,
            Tail::Lower => &self.lower,
        }
    }

    /// The smallest and the largest value on this side of a gap.
    pub(super) fn body(&self, gap: &Isolation) -> Option<(f64, f64)> {
        let end = self.of(gap.tail);
        match gap.tail {
            Tail::Upper => {
                let inside = end.partition_point(|value| !gap.includes(*value));
                Some((self.min, *end.get(inside.checked_sub(1)?)?))
            }
            Tail::Lower if self.positive < self.all => Some((self.min, self.max)),
            Tail::Lower => Some((*end.get(end.partition_point(|value| gap.includes(*value)))?, self.max)),
        }
    }
}

/// The most surprising gap in a tail of `n` positive values, which `value_at` gives from the extreme inward; `None` without a gap of at least one decade.
///
/// A result is returned whatever its p, so that a caller can combine it with other evidence; ask
/// [`is_suspicious`](Isolation::is_suspicious). A suspicious scattered group wins over a cluster, then the smaller p wins.
fn isolation_of(n: usize, through_zero: bool, tail: Tail, value_at: impl Fn(usize) -> f64) -> Option<Isolation> {
    if n < MIN_POSITIVE {
        return None;
    }
    let scanned = scanned_of(n);
    let k = (n / HILL_SHARE).clamp(HILL_MIN, HILL_MAX).min(n - 1 - scanned);
    let alpha_limit = match tail {
        Tail::Upper => ALPHA_LIMIT_UPPER,
        Tail::Lower if through_zero => ALPHA_LIMIT_THROUGH_ZERO,
        Tail::Lower => ALPHA_LIMIT_LOWER,
    };
    // Logarithms from the extreme inward; distances outward are positive in both tails.
    let logs: Vec<f64> = (0..=scanned + k).map(|place| value_at(place).ln()).collect();
    let spacing = |i: usize| (logs[i - 1] - logs[i]).abs();
    // weighted[i] = sum over j <= i of j times the j-th spacing.
    let mut weighted = vec![0.0; scanned + k + 1];
    for i in 1..=scanned + k {
        weighted[i] = weighted[i - 1] + i as f64 * spacing(i);
    }
    // Gaps below a second population (timeouts): beyond one, the spacings of that population describe the tail, not the body's.
    let shores: Vec<usize> = (CLUSTER_SIZE..=scanned + k)
        .filter(|&i| {
            let gap = spacing(i);
            gap >= MIN_GAP_RATIO.ln() && kind_of(&logs, i, gap) == IsolationKind::Cluster
        })
        .collect();
    let mut best: Option<Isolation> = None;
    for i in 1..=scanned {
        let gap = spacing(i);
        if gap < MIN_GAP_RATIO.ln() {
            continue;
        }
        let k = shores.iter().find(|&&shore| shore > i + CLUSTER_SIZE).map_or(k, |shore| k.min(shore - i - 1));
        let hill = k as f64 / (weighted[i + k] - weighted[i]).max(f64::MIN_POSITIVE);
        let distance = i as f64 * gap;
        let exact = (-(k as f64) * (distance * hill / k as f64).ln_1p()).exp();
        let light = (-alpha_limit * distance).exp();
        let found = Isolation {
            tail,
            count: i,
            gap_ratio: gap.exp().min(f64::MAX),
            alpha: hill.min(alpha_limit),
            p: (exact.max(light) * scanned as f64).min(1.0),
            threshold: value_at(i - 1),
            kind: kind_of(&logs, i, gap),
        };
        if best.is_none_or(|best| better(&found, &best)) {
            best = Some(found);
        }
    }
    best
}

fn kind_of(logs: &[f64], i: usize, gap: f64) -> IsolationKind {
    let near = i.min(CLUSTER_SIZE);
    let reach = match near {
        CLUSTER_SIZE => CLUSTER_RATIO,
        1 => 1.0,
        _ => SMALL_CLUSTER_RATIO,
    };
    if gap < reach.ln() && (logs[i - near] - logs[i - 1]).abs() < CLUSTER_SPAN * gap {
        IsolationKind::Cluster
    } else {
        IsolationKind::Scattered
    }
}

fn better(new: &Isolation, old: &Isolation) -> bool {
    match (new.is_suspicious(), old.is_suspicious()) {
        (true, false) => true,
        (false, true) => false,
        _ => new.p < old.p,
    }
}

#[cfg(test)]
mod tests {
    use super::super::rng::Rng;
    use super::*;

    fn upper_isolation(sorted: &[f64]) -> Option<Isolation> {
        isolation(sorted, Tail::Upper)
    }

    fn lower_isolation(sorted: &[f64]) -> Option<Isolation> {
        isolation(sorted, Tail::Lower)
    }

    fn isolation(sorted: &[f64], tail: Tail) -> Option<Isolation> {
        let positive = &sorted[sorted.partition_point(|&x| x <= 0.0)..];
        let n = positive.len();
        isolation_of(n, n < sorted.len(), tail, |place| match tail {
            Tail::Upper => positive[n - 1 - place],
            Tail::Lower => positive[place],
        })
    }

    fn sorted(mut values: Vec<f64>) -> Vec<f64> {
        values.sort_unstable_by(f64::total_cmp);
        values
    }

    /// Kinds of clean files, as one value after another.
    const CLEAN: [&str; 9] = [
        "lognormal 1.5",
        "pareto 1.5",
        "exponential",
        "normal cv 30%",
        "near constant",
        "5% timeouts",
        "1% timeouts",
        "1% slow path",
        "pareto 1.0",
    ];

    fn draw(kind: &str, rng: &mut Rng) -> f64 {
        match kind {
            "lognormal 1.5" => (1.5 * rng.normal()).exp(),
            "pareto 1.5" => (rng.exponential() / 1.5).exp(),
            "pareto 1.0" => rng.exponential().exp(),
            "exponential" => rng.exponential(),
            "normal cv 30%" => 1.0 + 0.3 * rng.normal(),
            "near constant" => 1.0 + 0.001 * rng.normal(),
            "5% timeouts" | "1% timeouts" => {
                let share = if kind == "5% timeouts" { 0.05 } else { 0.01 };
                if rng.uniform() < share { 1.0 + 0.01 * rng.exponential() } else { 0.005 * (0.4 * rng.normal()).exp() }
            }
            _ => {
                if rng.uniform() < 0.01 {
                    (0.5 * rng.normal()).exp()
                } else {
                    0.005 * (0.4 * rng.normal()).exp()
                }
            }
        }
    }

    fn false_alarms(kind: &str, n: usize, files: usize, seed: u64) -> usize {
        let mut rng = Rng::new(seed ^ n as u64);
        (0..files)
            .filter(|_| {
                let values = sorted((0..n).map(|_| draw(kind, &mut rng)).collect());
                [upper_isolation(&values), lower_isolation(&values)]
                    .into_iter()
                    .flatten()
                    .any(|found| found.is_suspicious())
            })
            .count()
    }

    #[test]
    fn clean_files_are_hardly_ever_suspicious() {
        for kind in &CLEAN[..6] {
            for (n, files) in [(100, 300), (1000, 60), (10_000, 8)] {
                assert_eq!(false_alarms(kind, n, files, 42), 0, "{kind}, n = {n}");
            }
        }
    }

    #[test]
    #[ignore = "a simulation that prints false-alarm rates: cargo test --release -- --ignored --nocapture isolation"]
    fn prints_false_alarm_rates() {
        for kind in CLEAN {
            for (n, files) in [(12, 20_000), (30, 20_000), (100, 20_000), (1000, 5000), (10_000, 500), (100_000, 50)] {
                let alarms = false_alarms(kind, n, files, 1);
                println!("{kind:>15} n {n:>6}: {alarms} of {files}");
            }
        }
    }

    #[test]
    fn the_p_value_is_exact_for_pareto_tails() {
        // Over many Pareto files the uncorrected p of the first gap is uniform: 5% of them lie below 0.05.
        let mut rng = Rng::new(5);
        let files = 4000;
        let mut below = 0;
        for _ in 0..files {
            let logs: Vec<f64> = {
                let mut logs: Vec<f64> = (0..100).map(|_| rng.exponential() / 1.5).collect();
                logs.sort_unstable_by(|a, b| b.total_cmp(a));
                logs
            };
            let k = 20;
            let sum: f64 = (2..=k + 1).map(|j| j as f64 * (logs[j - 1] - logs[j])).sum();
            let p = (1.0 + (logs[0] - logs[1]) / sum).powf(-(k as f64));
            below += usize::from(p < 0.05);
        }
        let share = f64::from(below as u32) / f64::from(files);
        assert!((share - 0.05).abs() < 0.011, "{share}");
    }

    #[test]
    fn three_foreign_values_among_243_are_caught() {
        for kind in &CLEAN[..6] {
            for factor in [1e3, 1e6, 1e9] {
                let mut caught = 0;
                for seed in 0..40 {
                    let mut rng = Rng::new(1000 + seed);
                    let mut values: Vec<f64> = (0..240).map(|_| draw(kind, &mut rng)).collect();
                    let top = values.iter().copied().fold(0.0, f64::max);
                    values.extend([top * factor, top * factor * 1.1, top * factor * 2.2]);
                    let found = upper_isolation(&sorted(values)).unwrap();
                    caught += usize::from(found.is_suspicious() && found.count == 3);
                }
                // A thousand times the largest value of a tail that is heavy itself is at the edge of what can be known.
                let heavy = kind.starts_with("pareto") || kind.starts_with("lognormal");
                let least = if factor == 1e3 && heavy { 1 } else { 39 };
                assert!(caught >= least, "{kind} x {factor:e}: {caught} of 40");
            }
        }
    }

    #[test]
    fn a_tiny_value_is_isolated_below() {
        let mut values: Vec<f64> = (0..100).map(|i| 1.0 + f64::from(i) * 0.01).collect();
        values.push(1e-6);
        let found = lower_isolation(&sorted(values)).unwrap();
        assert!(found.is_suspicious() && found.includes(1e-6) && !found.includes(0.5));
        assert!(!found.includes(0.0));
    }

    #[test]
    fn a_cold_start_of_a_steady_metric_is_no_suspect() {
        for factor in [2.0, 15.0, 50.0] {
            let mut values: Vec<f64> = (0..200).map(|i| 1.0 + f64::from(i) * 1e-5).collect();
            values.push(factor);
            let found = upper_isolation(&sorted(values));
            assert!(found.is_none_or(|found| !found.is_suspicious()), "x {factor}");
        }
    }

    #[test]
    fn timeouts_are_a_population() {
        let mut values: Vec<f64> = (0..990).map(|i| 0.002 + f64::from(i) * 1e-6).collect();
        values.extend([10.0; 10]);
        let found = upper_isolation(&sorted(values.clone())).unwrap();
        assert_eq!((found.count, found.kind), (10, IsolationKind::Cluster));
        assert!(found.p < ISOLATION_P && !found.is_suspicious());
        // ... and do not hide three foreign values beyond them.
        values.extend([1e10, 1.5e10, 3e10]);
        let found = upper_isolation(&sorted(values)).unwrap();
        assert!(found.is_suspicious() && found.count == 3, "{found:?}");
    }

    #[test]
    fn odd_data_are_answered_without_panic() {
        assert_eq!(upper_isolation(&[]), None);
        assert_eq!(upper_isolation(&[1.0; 9]), None);
        assert_eq!(upper_isolation(&[0.0; 50]), None);
        assert_eq!(upper_isolation(&[3.0; 50]), None);
        assert_eq!(lower_isolation(&[-1.0; 50]), None);
        let mut extremes = vec![1.0; 20];
        extremes.insert(0, 5e-324);
        extremes.push(1e308);
        assert!(upper_isolation(&extremes).unwrap().is_suspicious());
        assert!(lower_isolation(&extremes).unwrap().is_suspicious());
        assert!(upper_isolation(&extremes).unwrap().gap_ratio.is_finite());
    }
}
