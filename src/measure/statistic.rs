//! The statistics that there are, under the names that they have everywhere: in reports of tools, in baselines, in targets and
//! in comparisons.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::measure::unit::Dimension;

/// A statistic of a metric. Its name is its text: `n`, `mean`, `p99.9`, `failure_share`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub enum Statistic {
    /// Hodges and Lehmann's estimate of the ratio or shift between two sides; beside it stand their medians.
    Center,
    /// How many were measured.
    Count,
    /// How many failed.
    Failures,
    /// Smallest.
    Min,
    /// Arithmetic mean.
    Mean,
    /// The median under that name; as a percentile it is [`P50`](Self::P50).
    Median,
    /// A percentile, 0 to 100: tools report the ends as percentiles too.
    Percentile(f64),
    /// Largest.
    Max,
    /// Sample standard deviation.
    Stddev,
    /// Coefficient of variation.
    Cv,
    /// Half of the 99.9% confidence interval of the mean, as JMH and `BenchmarkDotNet` state it.
    MeanError,
    /// The one number that there is: a rate over the whole run, a share, a score.
    Value,
    /// Failures per one.
    FailureShare,
    /// Samples beyond a limit per one, of a comparison: slow requests.
    SlowShare,
    /// Samples that are zero per one, of a comparison.
    ZeroShare,
    /// The center of the samples that are not zero.
    NonZero,
}

impl Statistic {
    /// The median as a percentile.
    pub const P50: Self = Self::Percentile(50.0);
    /// The 95th percentile.
    pub const P95: Self = Self::Percentile(95.0);
    /// The 99th percentile.
    pub const P99: Self = Self::Percentile(99.0);

    /// The percentile that it is, in percent.
    pub fn percent(self) -> Option<f64> {
        match self {
            Self::Median => Some(50.0),
            Self::Percentile(percent) => Some(percent),
            _ => None,
        }
    }

    /// What the number measures, for a metric of a dimension.
    pub fn dimension(self, of_metric: Dimension) -> Dimension {
        match self {
            Self::Count | Self::Failures => Dimension::Count,
            Self::Cv | Self::FailureShare | Self::SlowShare | Self::ZeroShare => Dimension::Ratio,
            _ => of_metric,
        }
    }

    /// Whether it counts samples or rows instead of saying something in the metric's unit.
    pub fn is_count(self) -> bool {
        matches!(self, Self::Count | Self::Failures)
    }

    /// The order of rows and columns: by the variant, percentiles by their percent, the word median before p50.
    fn place(self) -> (u8, f64, bool) {
        let rank = match self {
            Self::Center => 0,
            Self::Count => 1,
            Self::Failures => 2,
            Self::Min => 3,
            Self::Mean => 4,
            Self::Median | Self::Percentile(_) => 5,
            Self::Max => 6,
            Self::Stddev => 7,
            Self::Cv => 8,
            Self::MeanError => 9,
            Self::Value => 10,
            Self::FailureShare => 11,
            Self::SlowShare => 12,
            Self::ZeroShare => 13,
            Self::NonZero => 14,
        };
        (rank, self.percent().unwrap_or_default(), matches!(self, Self::Percentile(_)))
    }
}

// Equal by derivation: no percentile is NaN, which its text could not say either.
impl Eq for Statistic {}

impl Ord for Statistic {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mine, theirs) = (self.place(), other.place());
        mine.0.cmp(&theirs.0).then(mine.1.total_cmp(&theirs.1)).then(mine.2.cmp(&theirs.2))
    }
}

impl PartialOrd for Statistic {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Center => "center",
            Self::Count => "n",
            Self::Failures => "failures",
            Self::Min => "min",
            Self::Mean => "mean",
            Self::Median => "median",
            Self::Percentile(percent) => return write!(f, "p{percent}"),
            Self::Max => "max",
            Self::Stddev => "stddev",
            Self::Cv => "cv",
            Self::MeanError => "mean_error",
            Self::Value => "value",
            Self::FailureShare => "failure_share",
            Self::SlowShare => "slow_share",
            Self::ZeroShare => "zero_share",
            Self::NonZero => "nonzero_center",
        })
    }
}

/// Why a text names no statistic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatisticError {
    /// None is called so.
    #[error("no statistic is called so")]
    Unknown,
    /// It looks like a percentile and is none.
    #[error("a percentile lies between 0 and 100")]
    Percentile,
}

impl FromStr for Statistic {
    type Err = StatisticError;

    /// Reads a name; targets say `count` for `n` and `error_rate` for `failure_share`.
    fn from_str(text: &str) -> Result<Self, StatisticError> {
        Ok(match text {
            "center" => Self::Center,
            "n" | "count" => Self::Count,
            "failures" => Self::Failures,
            "min" => Self::Min,
            "mean" => Self::Mean,
            "median" => Self::Median,
            "max" => Self::Max,
            "stddev" => Self::Stddev,
            "cv" => Self::Cv,
            "mean_error" => Self::MeanError,
            "value" => Self::Value,
            "failure_share" | "error_rate" => Self::FailureShare,
            "slow_share" => Self::SlowShare,
            "zero_share" => Self::ZeroShare,
            "nonzero_center" => Self::NonZero,
            _ => {
                let digits =
                    text.strip_prefix('p').filter(|digits| digits.starts_with(|first: char| first.is_ascii_digit()));
                let digits = digits.ok_or(StatisticError::Unknown)?;
                let plain = digits.chars().all(|character| character.is_ascii_digit() || character == '.');
                let percent = digits.parse().ok().filter(|percent| plain && *percent <= 100.0);
                Self::Percentile(percent.ok_or(StatisticError::Percentile)?)
            }
        })
    }
}

impl TryFrom<String> for Statistic {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|error| format!("`{text}`: {error}"))
    }
}

impl From<Statistic> for String {
    fn from(statistic: Statistic) -> Self {
        statistic.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back_and_no_other_is() {
        let names = [
            "center",
            "n",
            "failures",
            "min",
            "mean",
            "p0",
            "p5",
            "median",
            "p50",
            "p99.9",
            "p100",
            "max",
            "stddev",
            "cv",
            "value",
            "failure_share",
            "slow_share",
            "zero_share",
            "nonzero_center",
        ];
        let read: Vec<Statistic> = names.iter().map(|name| name.parse().unwrap()).collect();
        assert!(read.is_sorted(), "{read:?}");
        for (statistic, name) in read.iter().zip(names) {
            assert_eq!(statistic.to_string(), name);
            assert_eq!(serde_json::to_string(statistic).unwrap(), format!("\"{name}\""));
        }
        assert_eq!(("count".parse(), "error_rate".parse()), (Ok(Statistic::Count), Ok(Statistic::FailureShare)));
        for (text, error) in
            [("q95", StatisticError::Unknown), ("p", StatisticError::Unknown), ("p101", StatisticError::Percentile)]
        {
            assert_eq!(text.parse::<Statistic>(), Err(error));
        }
        assert!(serde_json::from_str::<Statistic>("\"pi\"").unwrap_err().to_string().contains("`pi`"));
    }
}
