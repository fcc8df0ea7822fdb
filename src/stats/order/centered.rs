//! A series less its mean, and by what factor dependence multiplies the variance of its mean.
//!
//! In: a [`Centered`] series: values, ranks, or ones and zeros. Out: autocorrelations, and the inflation by Geyer's initial positive
//! sequence. Refuses nothing: series that are short or equal throughout give 1.

use super::blocks::MIN_RUN;

/// Autocorrelations are summed over at most this many lags...
const MAX_LAG: usize = 200;
/// ...and at most this many products in all, which bounds the cost for long runs (batch means see the longer lags there).
const MAX_LAG_PRODUCTS: usize = 20_000_000;
/// From this many values the spread of batch means also counts (Flegal & Jones 2010: batches of about sqrt(n)).
const BATCHED_FROM: usize = 10_000;
/// The spread of the means of stretches counts from so many standard errors on: there are too few of them to count each.
const STRETCH_NOISE: f64 = 2.0;

pub(super) fn autocovariance(centered: &[f64], lag: usize) -> f64 {
    centered[lag..].iter().zip(centered).map(|(a, b)| a * b).sum()
}

/// A series less its mean, in recorded order: a run, or stretches of one, all of the same length.
pub(crate) trait Centered {
    /// How many values.
    fn len(&self) -> usize;
    /// How long a stretch is; all of them where it is one run.
    fn stretch(&self) -> usize;
    /// The sum of the squares.
    fn squares(&self) -> f64;
    /// The sum of the products of values `lag` apart in one stretch.
    fn products(&self, lag: usize) -> f64;
    /// The sums of consecutive batches of so many values; what is left over is left out.
    fn batch_sums(&self, batch: usize) -> Vec<f64>;
}

/// Values less their mean.
pub(crate) struct Values<'a> {
    centered: &'a [f64],
    squares: f64,
    stretch: usize,
}

impl<'a> Values<'a> {
    /// Of one run, or of stretches of so many values each.
    pub(crate) fn of(centered: &'a [f64], stretch: usize) -> Self {
        Self { centered, squares: centered.iter().map(|d| d * d).sum(), stretch }
    }
}

impl Centered for Values<'_> {
    fn len(&self) -> usize {
        self.centered.len()
    }

    fn stretch(&self) -> usize {
        self.stretch
    }

    fn squares(&self) -> f64 {
        self.squares
    }

    fn products(&self, lag: usize) -> f64 {
        self.centered.chunks_exact(self.stretch).map(|stretch| autocovariance(stretch, lag)).sum()
    }

    fn batch_sums(&self, batch: usize) -> Vec<f64> {
        self.centered.chunks_exact(batch).map(|chunk| chunk.iter().sum()).collect()
    }
}

/// The autocorrelation at a lag, from pairs within a stretch.
pub(super) fn correlation(series: &impl Centered, lag: usize) -> f64 {
    let (n, stretch) = (series.len(), series.stretch());
    let share = series.products(lag) / series.squares();
    if stretch == n {
        return share;
    }
    share * (n as f64 / (n / stretch * (stretch - lag)) as f64)
}

/// Values two and three apart that depend on each other while those next to each other do not are rare: so many standard errors.
const FARTHER_NOISE: f64 = 2.0;

/// How much neighbours have to do with each other, in standard errors of independent values.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct NeighbourScores {
    /// Values next to each other.
    next: f64,
    /// Those two and three apart, as one.
    farther: f64,
}

impl NeighbourScores {
    /// Of a series; 0 of short and of equal values.
    pub(crate) fn of(series: &impl Centered) -> Self {
        let (n, squares) = (series.len(), series.squares());
        if n < MIN_RUN || squares <= 0.0 || !squares.is_finite() {
            return Self::default();
        }
        let [one, two, three] = [1, 2, 3].map(|lag| correlation(series, lag) * (n as f64).sqrt());
        Self { next: one, farther: (two + three) * std::f64::consts::FRAC_1_SQRT_2 }
    }

    /// Of several series of one thing, each with how many values it has.
    pub(crate) fn together(of: impl Iterator<Item = (Self, f64)>) -> Self {
        let (next, farther, size) = of.fold((0.0, 0.0, 0.0), |(next, farther, size), (one, n)| {
            (next + one.next * n.sqrt(), farther + one.farther * n.sqrt(), size + n)
        });
        if size > 0.0 { Self { next: next / size.sqrt(), farther: farther / size.sqrt() } } else { Self::default() }
    }

    /// Whether neighbours are below so many standard errors, and those farther apart below [`FARTHER_NOISE`].
    pub(crate) fn are_below(self, noise: f64) -> bool {
        self.next < noise && self.farther < FARTHER_NOISE
    }
}

/// By what factor dependence multiplies the variance of the mean of a series; the work of [`effective_sample_size`]. Dependence of
/// fewer than `noise` standard errors of independent values counts as none. 1 for short and for equal values.
pub(crate) fn inflation_of(series: &impl Centered, noise: f64) -> f64 {
    let n = series.len();
    let squares = series.squares();
    if n < MIN_RUN || squares <= 0.0 || !squares.is_finite() {
        return 1.0;
    }
    let size = n as f64;
    let most = MAX_LAG.min(n / 2).min(MAX_LAG_PRODUCTS / n);
    let first = correlation(series, 1);
    // Kendall 1954, Marriott & Pope 1954: the sample autocorrelation of an AR(1) is low by about (1 + 4 r)/n at lag 1.
    let bias = (1.0 + 4.0 * first.max(0.0)) / size;
    let corrected = |lag: usize| {
        let raw = if lag == 1 { first } else { correlation(series, lag) };
        if raw > 0.0 { raw + bias } else { raw }
    };
    // Bartlett 1946: an autocorrelation of independent values has variance 1/n, a pair of them 2/n.
    let floor = noise * (2.0 / size).sqrt();
    let mut sum = 0.0;
    let mut lag = 1;
    while lag < most.max(2) {
        let pair = if lag == 1 { 1.0 + corrected(1) } else { corrected(lag - 1) + corrected(lag) };
        if pair <= floor {
            break;
        }
        sum += pair;
        lag += 2;
    }
    // The pairs are (0,1), (2,3), ...: 1 + 2 sum over lags >= 1 is 2 * (sum over all) - 1.
    let mut inflation = (2.0 * sum - 1.0).max(1.0);
    if lag <= 3 && first * size.sqrt() < noise {
        inflation = 1.0;
    }
    if n >= BATCHED_FROM {
        let whole = series.stretch() == n;
        let batch = if whole { size.sqrt() as usize } else { series.stretch() };
        let doubt = if whole { noise } else { noise.max(STRETCH_NOISE) };
        let sums = series.batch_sums(batch);
        let spread = sums.iter().map(|sum| sum * sum).sum::<f64>() / sums.len() as f64;
        let batched = spread / batch as f64 / (squares / size);
        if batched > 1.0 + doubt * (2.0 / sums.len() as f64).sqrt() {
            inflation = inflation.max(batched);
        }
    }
    inflation.min(size)
}
