//! What is said of a metric's samples and of a run beside its numbers, and what a gate can be asked for. Definitions: `docs/statistics.md`,
//! `docs/requests.md`, `docs/targets.md`.

use super::advice::Advice;
use crate::compare::gate::FailOn;

/// Words about samples and runs: the word, the name of its field in the JSON, what it means.
pub(super) const SAMPLES: [(&str, &str, &str, Advice); 9] = [
    (
        "outlier",
        "outliers",
        "A sample far from the others. It is kept in every number: slow is not corrupted.",
        Advice::new(
            "a modified z-score above 3.5 (double MAD, on logarithms for positive right-skewed data)",
            "Look at the lines of the ten farthest. Where the tail is what you care about, ask for p99 and not for the mean.",
        ),
    ),
    (
        "warm-up",
        "warm_up",
        "A first part that is slower than the rest.",
        Advice::new(
            "a first part at least 10% slower, at most half of the run (p < 0.01); in a run of requests bins at its beginning at least 20% \
             and five robust deviations above its second half",
            "Leave it out where it is not what you ask about: warm up before measuring, or count the steady part alone (`--steady`).",
        ),
    ),
    (
        "drift",
        "drift",
        "Samples become slower or quicker over the run.",
        Advice::new(
            "a slope (Theil-Sen) of at least 5% of the median over the run, and p < 0.01 (Mann-Kendall, widened for dependence)",
            "Look for what fills up or heats up: a cache, a queue, memory, a processor that is throttled. Of such a run no single number holds.",
        ),
    ),
    (
        "level shift",
        "level_shift",
        "From one sample on all are slower or quicker.",
        Advice::new(
            "one change point on ranks with at least 5 samples and 5% of them on each side, beyond what other orders of the same samples show",
            "Look at what happened then: the report names the line. Another load, another machine or a deployment in between makes two runs.",
        ),
    ),
    (
        "several modes",
        "modality",
        "The samples are of several kinds, and a number over all of them describes none.",
        Advice::new(
            "a dip (Hartigan) with p < 0.01 and at least 5% of the samples in each mode",
            "Look for the column that tells them apart (hit and miss, two endpoints) and give it to `--group-by`.",
        ),
    ),
    (
        "dependence",
        "effective_sample_size",
        "Neighbouring samples are alike, so that they say less than as many independent ones. Every interval allows for it.",
        Advice::new(
            "autocorrelations of ranks in recorded order; a run of fewer than 100 samples with a clock is taken as dependent",
            "Nothing; more runs say more than a longer one. `--independent` where each sample was measured by itself.",
        ),
    ),
    (
        "goodput",
        "goodput",
        "The share of requests that were good enough, and how many of them there were a second.",
        Advice::new(
            "service levels (`--slo`, `[[slo]]`): a request is good that keeps all of them; failed and unanswered ones keep none",
            "Hold it to a target: `metric = \"goodput\"`, `value = \">= 95%\"`.",
        ),
    ),
    (
        "steady part",
        "steady",
        "The part of a run of requests in which its load stands still.",
        Advice::new(
            "bins within 25% of the median load between the first and the last that reach 90% of it, at least a fifth of the run",
            "`--steady` counts nothing else. Where there is none the run is too short, or its load never settles.",
        ),
    ),
    (
        "incident",
        "incidents",
        "A stretch of a run in which latency, failures or rate leave the rest of it.",
        Advice::new(
            "a stretch of at most a quarter of the run, as strong in at most 2 of 1,000 other orders of its bins, apart from what was before \
             it and behind it by a factor of 1.25 (p95: 1.5; failures also by a point)",
            "Look at what else happened at that time: the report has its begin, its end and its requests.",
        ),
    ),
];

/// What a word of `--fail-on` looks for.
pub(super) fn asked_of_a_gate(what: FailOn) -> (&'static str, Advice) {
    match what {
        FailOn::Regression => (
            "The gate fails where the run is worse than its baseline.",
            Advice::new(
                "a metric regressed; a population fails that did not; a metric vanished or cannot be compared any more. Undecided where nothing \
                 could be compared or a large change for the worse cannot be decided",
                "Give `--baseline FILE`, or `--first-run` for the run that makes it.",
            ),
        ),
        FailOn::Target => (
            "The gate fails where the run does not keep a target.",
            Advice::new(
                "a target is missed, has no data or matches nothing; with `--strict` also where one is undecided",
                "Write targets into perfreport.toml; `perfreport init` suggests some.",
            ),
        ),
        FailOn::Corruption => (
            "The gate fails where a sample cannot have been measured.",
            Advice::new("a sample is corrupted", "Look at the findings, each with its line."),
        ),
        FailOn::Suspicious => (
            "The gate fails where something is odd.",
            Advice::new("a finding is suspicious", "Look at the findings; set aside what is no measurement."),
        ),
        FailOn::Inconclusive => (
            "The gate fails where of a metric it cannot be told whether it changed.",
            Advice::new(
                "a metric is neither regressed nor improved nor unchanged, or is a summary of a tool",
                "Measure more samples, or more runs. As a gate it is the strictest: most pairs of short runs leave something undecided.",
            ),
        ),
    }
}
