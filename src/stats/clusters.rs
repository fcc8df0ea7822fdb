//! Whether events come in clusters: failures in outages.
//!
//! In: events that happen or not, one after the other. Out: how many runs of them there were and by what factor clusters multiply the
//! variance of their share. Refuses nothing: events that are independent, that never happen or always, give 1.
//!
//! Runs of events and the gaps between them are taken to renew each other (Cox 1962, Renewal Theory, 7): the share of the time that
//! an alternating renewal process spends in one state varies by (D^2 var U + U^2 var D) / (U + D)^3 a step. That holds for outages of
//! any length, where a sum over lags ends too early, and gives exactly 1 for independent events.

use super::interval::{normal_quantile, student_quantile};

/// Standard errors by which runs or gaps must differ from those of independent events.
const NOISE: f64 = 2.0;
/// The level at which the factor allows for having been estimated from few clusters.
const LEVEL: f64 = 0.95;

/// Counts events one by one; holds nothing but sums.
#[derive(Debug, Clone, Copy, Default)]
pub struct EventRuns {
    events: u64,
    total: u64,
    /// Of runs of events, and of the gaps between them.
    spans: [Spans; 2],
    current: Option<(bool, u64)>,
}

/// The lengths of spans of one kind.
#[derive(Debug, Clone, Copy, Default)]
struct Spans {
    count: u64,
    sum: f64,
    squares: f64,
}

impl Spans {
    fn add(&mut self, length: u64) {
        let length = length as f64;
        self.count += 1;
        self.sum += length;
        self.squares += length * length;
    }

    fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }

    /// The variance; of a single span that of an exponential one, the square of its length.
    fn variance(&self) -> f64 {
        let mean = self.mean();
        if self.count < 2 {
            return mean * mean;
        }
        ((self.squares - self.sum * mean) / (self.count as f64 - 1.0)).max(0.0)
    }
}

impl EventRuns {
    /// Of all events of a run.
    pub fn of(events: impl IntoIterator<Item = bool>) -> Self {
        let mut runs = Self::default();
        for event in events {
            runs.push(event);
        }
        runs
    }

    /// One more observation.
    pub fn push(&mut self, event: bool) {
        self.events += u64::from(event);
        self.total += 1;
        match &mut self.current {
            Some((of, length)) if *of == event => *length += 1,
            current => {
                if let Some((of, length)) = current.replace((event, 1)) {
                    self.spans[usize::from(!of)].add(length);
                }
            }
        }
    }

    /// Another run begins: what lies on both sides of that is not one span.
    pub fn split(&mut self) {
        if let Some((of, length)) = self.current.take() {
            self.spans[usize::from(!of)].add(length);
        }
    }

    /// What the events show.
    pub fn clusters(mut self) -> Clusters {
        self.split();
        let [events, gaps] = self.spans;
        let none = Clusters { count: events.count, inflation: 1.0 };
        if events.count == 0 || gaps.count == 0 {
            return none;
        }
        let share = self.events as f64 / self.total as f64;
        let runs = events.count as f64;
        let (length, gap) = (events.mean(), gaps.mean());
        let cycle = length + gap;
        let renewal = (length * length * gaps.variance() + gap * gap * events.variance()) / cycle.powi(3);
        let renewal = renewal / (share * (1.0 - share));
        // Runs of independent events are geometric; gaps nearly exponential, whose estimated variance varies by 8/k (kurtosis 9).
        let expected = 1.0 / (1.0 - share);
        let error = (share.sqrt() * expected / runs.sqrt()).max(0.5 / runs);
        let longer = length > expected + NOISE * error;
        let uneven = renewal > 1.0 + NOISE * (8.0 / runs).sqrt();
        if !longer && !uneven {
            return none;
        }
        // A few outages that happen to be evenly spaced are still outages: at least what they would be at random (compound Poisson).
        let at_random = events.squares / events.sum * (1.0 - share);
        let allowance = student_quantile(f64::midpoint(LEVEL, 1.0), (runs - 1.0).max(1.0))
            .zip(normal_quantile(f64::midpoint(LEVEL, 1.0)))
            .map_or(1.0, |(student, normal)| (student / normal).powi(2));
        Clusters { count: events.count, inflation: renewal.max(at_random).max(1.0) * allowance }
    }
}

/// What the order of events shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clusters {
    /// Runs of events.
    pub count: u64,
    /// By what factor they multiply the variance of the share: 1 where they are like independent ones. It is larger where few clusters
    /// were seen, by the square of Student's quantile over the normal one.
    pub inflation: f64,
}

#[cfg(test)]
mod tests {
    use super::super::rng::Rng;
    use super::*;

    /// Outages of a mean length, in which all fails; `share` of the time.
    fn outages(n: usize, share: f64, length: f64, rng: &mut Rng) -> Vec<bool> {
        let mut down = rng.uniform() < share;
        (0..n)
            .map(|_| {
                let leaves = if down { 1.0 / length } else { share / (1.0 - share) / length };
                down ^= rng.uniform() < leaves;
                down
            })
            .collect()
    }

    #[test]
    fn outages_have_the_factor_of_their_process() {
        // A Markov chain that stays with a and b: (1 + a + b - 1) / (1 - (a + b - 1)).
        for (share, length) in [(0.1, 5.0), (0.05, 30.0), (0.02, 300.0)] {
            let memory: f64 = 1.0 - 1.0 / length - share / (1.0 - share) / length;
            let expected = (1.0 + memory) / (1.0 - memory);
            let found = EventRuns::of(outages(2_000_000, share, length, &mut Rng::new(1))).clusters();
            assert!((found.inflation / expected - 1.0).abs() < 0.25, "{length}: {} {expected}", found.inflation);
        }
    }

    #[test]
    fn independent_failures_come_in_no_clusters() {
        for share in [0.001, 0.05, 0.5, 0.95] {
            let alarms = (0..200).filter(|seed| {
                let mut rng = Rng::new(*seed);
                EventRuns::of((0..2000).map(|_| rng.uniform() < share)).clusters().inflation > 1.0
            });
            let alarms = alarms.count();
            assert!(alarms <= 20, "{share}: {alarms}");
        }
    }

    #[test]
    fn one_outage_says_how_little_is_known() {
        let one = EventRuns::of((0..1000).map(|index| (500..530).contains(&index))).clusters();
        assert_eq!(one.count, 1);
        assert!(one.inflation > 300.0, "{}", one.inflation);
        let alone = EventRuns::of((0..1000).map(|index| index == 500)).clusters();
        assert_eq!((alone.count, alone.inflation), (1, 1.0));
        for all in [true, false] {
            assert_eq!(EventRuns::of((0..50).map(|_| all)).clusters().inflation, 1.0);
        }
        assert_eq!(EventRuns::default().clusters(), Clusters { count: 0, inflation: 1.0 });
    }

    #[test]
    fn runs_end_where_another_run_begins() {
        let mut runs = EventRuns::of([false, true]);
        runs.split();
        runs.push(true);
        assert_eq!(runs.clusters().count, 2);
    }
}
