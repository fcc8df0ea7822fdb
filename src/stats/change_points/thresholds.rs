//! How large the largest score of a whole scan gets by chance. Of points in random order it depends on their number alone: this table
//! was simulated (`benches/history.rs thresholds`: 20,000 series up to 113 points, 10,000 up to 226, 4,000 up to 640, 2,000 up to 1,280,
//! 400 and 200 beyond).

/// Probabilities of the columns.
const PROBABILITIES: [f64; 8] = [0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
/// Points, and the scores that are exceeded with these probabilities.
const SCORES: &[(usize, [f64; 8])] = &[
    (10, [2.1653, 2.3094, 2.3940, 2.5927, 2.5927, 2.6548, 2.6548, 2.6548]),
    (14, [2.3094, 2.5125, 2.6548, 2.8295, 3.0905, 3.0905, 3.2908, 3.4032]),
    (20, [2.5381, 2.7946, 2.9749, 3.2090, 3.4032, 3.5403, 3.6543, 3.8284]),
    (28, [2.6960, 2.9381, 3.1655, 3.4220, 3.5698, 3.7120, 3.8963, 4.0483]),
    (40, [2.8774, 3.1562, 3.3613, 3.5873, 3.7234, 3.9252, 4.1264, 4.2984]),
    (57, [3.0474, 3.2622, 3.4723, 3.7234, 3.8948, 4.0766, 4.2697, 4.4030]),
    (80, [3.2080, 3.4103, 3.5873, 3.8315, 3.9707, 4.1422, 4.3031, 4.4262]),
    (113, [3.3441, 3.5403, 3.7243, 3.9444, 4.0891, 4.2708, 4.4434, 4.5596]),
    (160, [3.4564, 3.6317, 3.8335, 4.0492, 4.1998, 4.3400, 4.5015, 4.6316]),
    (226, [3.5612, 3.7578, 3.9304, 4.1417, 4.3213, 4.4435, 4.6536, 4.8008]),
    (320, [3.6451, 3.8506, 4.0359, 4.2677, 4.3899, 4.4859, 4.6375, 4.7559]),
    (452, [3.7719, 3.9595, 4.1172, 4.3317, 4.4597, 4.5744, 4.7274, 4.8886]),
    (640, [3.8591, 4.0305, 4.2093, 4.4209, 4.5596, 4.7168, 4.7923, 4.9006]),
    (905, [3.9677, 4.1516, 4.3152, 4.4816, 4.6255, 4.7585, 4.8427, 4.9527]),
    (1280, [4.0345, 4.2186, 4.3859, 4.5620, 4.6818, 4.7678, 4.9006, 4.9717]),
    (2560, [4.2367, 4.3919, 4.5042, 4.6758, 4.7928, 4.8768, 5.0068, 5.0764]),
    (5120, [4.3691, 4.4628, 4.6190, 4.7865, 4.9008, 4.9831, 5.1103, 5.1785]),
    (10_240, [4.4671, 4.5702, 4.7230, 4.8870, 4.9990, 5.0796, 5.2045, 5.2715]),
];

/// The score that the largest of a scan exceeds by chance with this probability.
pub(super) fn threshold(n: usize, probability: f64) -> f64 {
    let row = row(n);
    let last = PROBABILITIES.len() - 1;
    if probability >= PROBABILITIES[0] {
        return row[0];
    }
    if probability <= PROBABILITIES[last] {
        // Beyond the table it falls as the tail of a normal curve does.
        return (row[last] * row[last] - 2.0 * (probability.max(f64::MIN_POSITIVE) / PROBABILITIES[last]).ln()).sqrt();
    }
    let at = PROBABILITIES.iter().rposition(|known| *known >= probability).unwrap_or(0).min(last - 1);
    let share = (PROBABILITIES[at] / probability).ln() / (PROBABILITIES[at] / PROBABILITIES[at + 1]).ln();
    row[at] * (1.0 - share) + row[at + 1] * share
}

/// The probability that the largest score of a scan is at least this; 1 where it is more than a fifth.
pub(super) fn probability(n: usize, score: f64) -> f64 {
    let row = row(n);
    let last = PROBABILITIES.len() - 1;
    if score <= row[0] {
        return 1.0;
    }
    if score > row[last] {
        return PROBABILITIES[last] * ((row[last] * row[last] - score * score) / 2.0).exp();
    }
    // Of few points several columns are the same score: the smallest probability that it belongs to would be too small.
    let at = row.iter().position(|known| *known >= score).unwrap_or(last).max(1) - 1;
    let width = row[at + 1] - row[at];
    let share = if width > 0.0 { (score - row[at]) / width } else { 0.0 };
    PROBABILITIES[at] * (PROBABILITIES[at + 1] / PROBABILITIES[at]).powf(share)
}

/// Scores for so many points, straight in the logarithm of their number.
fn row(n: usize) -> [f64; 8] {
    let (first, last) = (SCORES[0], SCORES[SCORES.len() - 1]);
    if n <= first.0 {
        return first.1;
    }
    let Some(pair) = SCORES.windows(2).find(|pair| n < pair[1].0) else { return last.1 };
    let ((from, low), (to, high)) = (pair[0], pair[1]);
    let share = (n as f64 / from as f64).ln() / (to as f64 / from as f64).ln();
    let mut row = low;
    for (score, high) in row.iter_mut().zip(high) {
        *score = (1.0 - share) * *score + share * high;
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_exceeded_with_its_probability() {
        for n in [40, 100, 1000, 20_000] {
            for p in [0.15, 0.05, 0.03, 0.004, 0.001, 1e-6] {
                let back = probability(n, threshold(n, p));
                assert!((back / p - 1.0).abs() < 1e-6, "{n} {p}: {back}");
            }
        }
        assert_eq!(probability(100, 0.0), 1.0);
    }

    #[test]
    fn more_points_need_a_larger_score() {
        let thresholds: Vec<f64> = [10, 50, 200, 1000, 10_000].map(|n| threshold(n, 0.05)).to_vec();
        assert!(thresholds.is_sorted(), "{thresholds:?}");
    }
}
