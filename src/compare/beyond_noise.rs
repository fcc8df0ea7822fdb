//! What is too much to be passed over, whatever the noise of a metric: the one place that says so, of a baseline and of a history.
//!
//! In: what is known of both sides of a metric ([`BothSides`]; what a caller does not know stays out). Out: the first [`BeyondNoise`] that
//! holds. Decides no verdict: what it finds keeps a gate from passing, and durations that became zero from being called better.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::another_unit::another_unit;
use super::capture::Share;
use super::margin::GLARING_FACTOR;
use super::share::independent_difference;
use crate::analysis::failing::is_failing;
use crate::measure::words::{Words, apart};

/// A slow end that became so many times as slow.
const DOUBLED: f64 = 2.0;
/// A column with fewer gaps is one that every row fills.
pub(crate) const GAPS: f64 = 0.01;
/// So many of all values are gone, beyond chance.
const GONE: f64 = 0.1;
/// Where fewer durations are zero, zero is no ordinary value of a metric.
const HARDLY_ANY: f64 = 0.05;
/// By so much the share of zeros has to rise then,
const POINTS: f64 = 0.02;
/// and by so much to take away that the metric improved.
const FEWEST_POINTS: f64 = 0.005;
/// By so much where it is one.
const MANY_POINTS: f64 = 0.4;
/// Where more of them are, a zero is what the metric usually is: a connection that was open already.
const USUAL: f64 = 0.5;
/// And where nearly all are, all may be.
const NEARLY_ALL: f64 = 0.9;
/// Zeros take so much of what a report may say by chance: they are one of several things that it looks at.
const SHARE_OF_CHANCE: f64 = 0.2;
/// Level of the intervals behind the tests.
const CONFIDENCE: f64 = 0.95;

/// What is too much to be passed over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum BeyondNoise {
    /// Durations became zero that were not rounded down: nothing was measured there.
    Zeros {
        /// Their share before.
        before: f64,
        /// Their share now.
        after: f64,
    },
    /// Durations became smaller by the factor between two units, and a side does not state its unit.
    OtherUnit {
        /// The factor: 1,000 between milliseconds and seconds.
        factor: f64,
    },
    /// Rows hold no value any more that all of them had.
    AbsentValues {
        /// Their share before.
        before: f64,
        /// Their share now.
        after: f64,
    },
    /// The slow end is so many times as slow.
    SlowEnd {
        /// After over before.
        ratio: f64,
    },
    /// What is not zero is so many times as slow.
    Others {
        /// After over before.
        ratio: f64,
    },
    /// Rows ended with another code or word than before, and none of them failed.
    OtherEndings {
        /// Its share before.
        before: f64,
        /// Its share now.
        after: f64,
    },
    /// So many requests came in a second.
    Rate {
        /// After over before.
        ratio: f64,
    },
}

/// Zeros among the durations of both sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Zeros {
    pub(crate) before: Share,
    pub(crate) after: Share,
    /// Whether zeros of the run are fast values that were rounded down.
    pub(crate) rounded: bool,
    /// Whether it is a time of waiting, or for what need not be done each time: of none is zero.
    pub(crate) of_waiting: bool,
}

/// Whether a metric is called after a time of waiting, or after what is not done for each request: then nothing to wait for is zero.
pub(crate) fn is_of_waiting(metric: &str) -> bool {
    const WAITING: Words = Words::of(
        "wait waits waited waiting queue queued queueing queuing blocked blocking lock locked locking stall stalled stalls pause pauses gc \
         idle dns lookup connect connecting tls ssl handshake handshaking throttle throttled backoff steal contention",
    );
    /// What is told beside these is how long the whole took.
    const WHOLE: Words = Words::of("total end response request requests latency first ttfb");
    let words = apart(metric);
    words.iter().any(|word| WAITING.has(word)) && !words.iter().any(|word| WHOLE.has(word))
}

/// By what factor something moved for the worse (where no direction is better: at all), and the p of independent samples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grown {
    /// At least 1.
    pub(crate) ratio: f64,
    pub(crate) p: f64,
}

/// What both sides of a metric say, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BothSides {
    pub(crate) zeros: Option<Zeros>,
    /// By what factor durations shrank of which a side does not state its unit.
    pub(crate) shrunk: Option<f64>,
    /// Rows without a value on both sides.
    pub(crate) absent: Option<[Share; 2]>,
    pub(crate) slow_end: Option<Grown>,
    /// What is not zero, where some is.
    pub(crate) others: Option<Grown>,
    /// Requests a second: after over before, where its interval says that it fell.
    pub(crate) fallen_rate: Option<f64>,
}

/// What is too much to be passed over; `chance` is the p up to which one metric of the report says so by chance.
pub(crate) fn beyond_noise(sides: &BothSides, chance: f64) -> Option<BeyondNoise> {
    let grown = |grown: &Grown, least: f64| grown.ratio >= least && grown.p <= chance;
    let zeros = sides.zeros.filter(|zeros| zeros.rise_is_large(chance)).map(|zeros| {
        let [before, after] = zeros.shares();
        BeyondNoise::Zeros { before, after }
    });
    let unit = || sides.shrunk.and_then(another_unit).map(|factor| BeyondNoise::OtherUnit { factor });
    let absent = || {
        let [before, after] = sides.absent.filter(are_gone)?.map(Share::share);
        Some(BeyondNoise::AbsentValues { before, after })
    };
    let slow = || sides.slow_end.filter(|one| grown(one, DOUBLED)).map(|one| BeyondNoise::SlowEnd { ratio: one.ratio });
    let others =
        || sides.others.filter(|one| grown(one, GLARING_FACTOR)).map(|one| BeyondNoise::Others { ratio: one.ratio });
    let fell = |ratio: &f64| *ratio <= 1.0 / GLARING_FACTOR;
    let rate = || sides.fallen_rate.filter(fell).map(|ratio| BeyondNoise::Rate { ratio });
    zeros.or_else(unit).or_else(absent).or_else(slow).or_else(others).or_else(rate)
}

/// Whether values that the baseline has throughout are gone: many of them, beyond chance.
fn are_gone([before, after]: &[Share; 2]) -> bool {
    before.total > 0 && before.share() <= GAPS && is_failing(after.failed, after.total, GONE)
}

impl Zeros {
    /// Of all groups of a metric together: of a few rows each nobody can tell that some became zero, of all of them anybody can.
    fn pooled(groups: &[Self]) -> Self {
        let sum = |of: fn(&Self) -> Share| Share::pooled(&groups.iter().map(of).collect::<Vec<Share>>());
        Self {
            before: sum(|one| one.before),
            after: sum(|one| one.after),
            rounded: groups.iter().any(|one| one.rounded && one.after.failed > 0),
            of_waiting: groups.iter().any(|one| one.of_waiting),
        }
    }

    /// Those of all groups of a metric, where together they are too many to be passed over and there are several groups.
    pub(crate) fn of_all(groups: &[Self], chance: f64) -> Option<Self> {
        let all = Some(Self::pooled(groups)).filter(|_| groups.len() > 1);
        all.filter(|_| beyond_noise(&BothSides { zeros: all, ..BothSides::default() }, chance).is_some())
    }

    /// Of durations of which so many rows are zero, and so many are not.
    fn shares(&self) -> [f64; 2] {
        [self.before, self.after].map(Share::share)
    }

    /// By how much the share has to rise to be large; `None` where no rise is.
    fn least_rise(&self) -> Option<f64> {
        let [before, after] = self.shares();
        match before {
            before if before <= HARDLY_ANY => Some(POINTS),
            // There is less to wait for, unless nobody looks any more.
            before if self.of_waiting => (before < USUAL && after == 1.0).then_some(0.0),
            before if before < USUAL => Some(MANY_POINTS),
            // Nothing was measured any more.
            before if before < NEARLY_ALL && after == 1.0 => Some(0.0),
            _ => None,
        }
    }

    /// Whether more of them are no evidence of a faster run: zeros that nobody rounded, where they are no ordinary value or very many.
    pub(crate) fn are_no_evidence(&self) -> bool {
        let [before, after] = self.shares();
        let rise = after - before;
        !self.rounded && rise > 0.0 && (before <= HARDLY_ANY || self.least_rise().is_some_and(|least| rise >= least))
    }

    fn rise_is_large(&self, chance: f64) -> bool {
        let [before, after] = self.shares();
        let much = self.least_rise().is_some_and(|least| after - before >= least);
        self.are_no_evidence() && much && self.is_no_chance(chance * SHARE_OF_CHANCE)
    }

    /// Whether so many more are zero that nothing else of the run is an improvement.
    pub(crate) fn rule_out_better(&self, chance: f64) -> bool {
        let [before, after] = self.shares();
        self.are_no_evidence() && after - before >= FEWEST_POINTS && self.is_no_chance(chance)
    }

    fn is_no_chance(&self, chance: f64) -> bool {
        let rise = independent_difference(self.before, self.after, CONFIDENCE);
        rise.is_some_and(|rise| rise.p <= chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(failed: u64, total: u64) -> Share {
        Share { failed, total, dependence: 4.0 }
    }

    fn zeros(before: u64, after: u64, rounded: bool) -> BothSides {
        BothSides {
            zeros: Some(Zeros { before: share(before, 400), after: share(after, 400), rounded, of_waiting: false }),
            ..BothSides::default()
        }
    }

    #[test]
    fn a_rise_of_zeros_is_large_from_two_points_on_and_never_comes_back() {
        let large = |before: u64, after: u64| beyond_noise(&zeros(before, after, false), 0.05).is_some();
        // By Fisher's test 8 of 400 are no chance beside none, and 20 of 400 need more than two points.
        for (before, least) in [(0, 8), (4, 8), (40, 40), (120, 40), (190, 40)] {
            let found: Vec<bool> = (before..=400).map(|after| large(before, after)).collect();
            let first = found.iter().position(|large| *large).unwrap();
            assert!(found[first..].iter().all(|large| *large) && first >= least, "{before}: {first}");
        }
        assert!(!large(300, 390), "zero is what it usually is");
        assert!(large(300, 400) && !large(380, 400), "nothing is left");
        assert_eq!(beyond_noise(&zeros(0, 300, true), 0.05), None);
    }

    #[test]
    fn fewer_waits_are_no_zeros_that_nobody_measured() {
        let large = |before: u64, after: u64| {
            let zeros =
                Zeros { before: share(before, 400), after: share(after, 400), rounded: false, of_waiting: true };
            beyond_noise(&BothSides { zeros: Some(zeros), ..BothSides::default() }, 0.05).is_some()
        };
        assert!(!large(40, 240) && !large(40, 399) && !large(240, 400) && !large(380, 400));
        assert!(large(0, 200) && large(40, 400), "what always waited, and what is not looked at any more");
        for (name, of_waiting) in [
            ("wait_ms", true),
            ("queue_wait_ms", true),
            ("dns_ms", true),
            ("Connect", true),
            ("http_req_blocked", true),
            ("latency_ms", false),
            ("first_queue_response_ms", false),
            ("total_wait_and_latency", false),
        ] {
            assert_eq!(is_of_waiting(name), of_waiting, "{name}");
        }
    }

    #[test]
    fn each_of_them_is_found_and_nothing_of_what_is_not_known() {
        assert_eq!(beyond_noise(&BothSides::default(), 0.05), None);
        let grown = |ratio: f64, p: f64| Some(Grown { ratio, p });
        let of = |sides: BothSides| beyond_noise(&sides, 0.05);
        let blank = BothSides::default;
        assert_eq!(of(BothSides { shrunk: Some(1100.0), ..blank() }), Some(BeyondNoise::OtherUnit { factor: 1000.0 }));
        assert_eq!(of(BothSides { shrunk: Some(25.0), ..blank() }), None);
        let absent = |after: u64| BothSides { absent: Some([share(1, 200), share(after, 200)]), ..blank() };
        assert_eq!(of(absent(100)), Some(BeyondNoise::AbsentValues { before: 0.005, after: 0.5 }));
        assert_eq!(of(absent(10)), None);
        assert_eq!(of(BothSides { slow_end: grown(3.0, 0.01), ..blank() }), Some(BeyondNoise::SlowEnd { ratio: 3.0 }));
        assert_eq!(of(BothSides { slow_end: grown(3.0, 0.2), ..blank() }), None);
        assert_eq!(of(BothSides { others: grown(1.9, 0.01), ..blank() }), Some(BeyondNoise::Others { ratio: 1.9 }));
        for (ratio, found) in [(0.9, false), (0.58, false), (0.57, true), (0.1, true), (1e-6, true)] {
            assert_eq!(of(BothSides { fallen_rate: Some(ratio), ..blank() }).is_some(), found, "{ratio}");
        }
    }
}
