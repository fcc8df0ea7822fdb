//! A tiny seeded generator for the random steps of the statistics.
//!
//! In: a seed, usually derived from the data itself with [`seed_from`]. Out: a reproducible stream of integers, uniforms and
//! normal deviates, so that the same input always gives the same report. Refuses to be a cryptographic or a time-seeded generator:
//! there is no constructor without a seed.

/// Increment of the Weyl sequence of `SplitMix64` (Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators").
const GOLDEN_GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
/// First multiplier of the `SplitMix64` finaliser (Stafford's mix 13).
const MIX_1: u64 = 0xBF58_476D_1CE4_E5B9;
/// Second multiplier of the `SplitMix64` finaliser (Stafford's mix 13).
const MIX_2: u64 = 0x94D0_49BB_1331_11EB;
/// Number of values a double in `[0, 1)` can take: 2^53.
#[cfg(any(test, feature = "internals"))]
const UNIT_STEPS: f64 = 9_007_199_254_740_992.0;

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(MIX_1);
    z = (z ^ (z >> 27)).wrapping_mul(MIX_2);
    z ^ (z >> 31)
}

/// `SplitMix64`: 64 bits of state, equidistributed, passes `BigCrush`; plenty for permutations and simulations.
#[derive(Debug, Clone)]
pub struct Rng {
    state: u64,
}

impl Rng {
    /// A generator that always yields the same stream for the same seed.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 random bits.
    pub const fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN_GAMMA);
        mix(self.state)
    }

    /// Passes over so many numbers of the stream at once.
    pub const fn skip(&mut self, numbers: usize) {
        self.state = self.state.wrapping_add(GOLDEN_GAMMA.wrapping_mul(numbers as u64));
    }

    /// A uniform index in `0..bound` (multiply-shift; the bias is below `bound / 2^64`). `bound = 0` gives 0.
    pub const fn below(&mut self, bound: usize) -> usize {
        ((self.next_u64() as u128 * bound as u128) >> 64) as usize
    }

    /// Shuffles in place (Fisher & Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// Deviates, for what is simulated.
#[cfg(any(test, feature = "internals"))]
impl Rng {
    /// A uniform value in `[0, 1)` with 53 random bits.
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / UNIT_STEPS
    }

    /// An exponential deviate with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -(1.0 - self.uniform()).ln()
    }

    /// A standard normal deviate (Box & Muller 1958; the second one of the pair is thrown away to keep the state one word).
    pub fn normal(&mut self) -> f64 {
        (2.0 * self.exponential()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// A seed made of the bits and the order of the values; negative zero counts as zero, so that equal data give equal seeds.
pub fn seed_from(values: &[f64]) -> u64 {
    values.iter().fold(mix(values.len() as u64 ^ GOLDEN_GAMMA), |seed, &value| {
        mix(seed ^ (value + 0.0).to_bits()).wrapping_add(GOLDEN_GAMMA)
    })
}

/// Noise that is the sum of eight slower and slower ones: close to H = 0.8 over many scales.
#[cfg(test)]
pub(crate) fn slow_noise(n: usize, rng: &mut Rng) -> Vec<f64> {
    let mut parts = [0.0_f64; 8];
    (0..n)
        .map(|_| {
            for (scale, part) in parts.iter_mut().enumerate() {
                let fades = 1.0 - 4.0_f64.powf(-(scale as f64));
                let weight = 4.0_f64.powf(-0.4 * scale as f64 / 2.0);
                *part = fades * *part + weight * (1.0 - fades * fades).sqrt() * rng.normal();
            }
            parts.iter().sum()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_splitmix64() {
        // First outputs for seed 1234567 of the public reference implementation (Vigna, splitmix64.c).
        let mut rng = Rng::new(1_234_567);
        assert_eq!(rng.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next_u64(), 3_203_168_211_198_807_973);
        let (mut drawn, mut passed) = (rng.clone(), rng);
        (0..5).for_each(|_| _ = drawn.next_u64());
        passed.skip(5);
        assert_eq!(drawn.next_u64(), passed.next_u64());
    }

    #[test]
    fn the_same_data_give_the_same_seed_and_other_order_another() {
        assert_eq!(seed_from(&[1.0, 0.0]), seed_from(&[1.0, -0.0]));
        assert_ne!(seed_from(&[1.0, 2.0]), seed_from(&[2.0, 1.0]));
        assert_ne!(seed_from(&[]), seed_from(&[0.0]));
    }

    #[test]
    fn normal_deviates_have_mean_0_and_variance_1() {
        let mut rng = Rng::new(7);
        let draws: Vec<f64> = (0..100_000).map(|_| rng.normal()).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03);
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<u32> = (0..100).collect();
        Rng::new(3).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
        assert_eq!(Rng::new(1).below(0), 0);
    }
}
