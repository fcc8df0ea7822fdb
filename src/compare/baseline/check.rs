//! Whether what a capture says can have been measured. In: a capture. Out: nothing, or the first thing that cannot be,
//! and where it stands.

use crate::compare::capture::{Capture, Dependence, MetricRuns, Recording, Share, ShareRuns, Values};

use super::error::{BaselineError, Fault};

/// By how much, relative to the largest sample, a mean may lie outside the samples because it was rounded.
const MEAN_ROUNDING: f64 = 1e-9;

/// Checks a capture, which is or will be the one at `place` of a baseline.
pub(super) fn capture(capture: &Capture, place: usize) -> Result<(), BaselineError> {
    let invalid = |path: String, fault| BaselineError::Invalid { path, fault };
    let whole = whole(capture);
    whole.map_err(|fault| invalid(format!("captures[{place}]"), fault))?;
    for (index, source) in capture.sources.iter().enumerate() {
        if source.digest.is_empty() {
            return Err(invalid(format!("captures[{place}].sources[{index}], {}", source.name), Fault::NoDigest));
        }
    }
    let known = |name: &str| capture.sources.iter().any(|source| source.name == name);
    for (index, metric) in capture.metrics.iter().enumerate() {
        let path = |run: &str| format!("captures[{place}].metrics[{index}]{run}, {}", words(metric));
        if !known(&metric.source) {
            return Err(invalid(path(""), Fault::ForeignSource));
        }
        if metric.runs.is_empty() {
            return Err(invalid(path(""), Fault::NoRuns));
        }
        for (run, values) in metric.runs.iter().enumerate() {
            recording(values).map_err(|fault| invalid(path(&format!(".runs[{run}]")), fault))?;
        }
    }
    for (index, numbers) in capture.reported.iter().enumerate() {
        let path = format!("captures[{place}].reported[{index}], {} of {}", numbers.metric, numbers.source);
        if !known(&numbers.source) {
            return Err(invalid(path, Fault::ForeignSource));
        }
        if numbers.values.is_empty() {
            return Err(invalid(path, Fault::NoSamples));
        }
        if numbers.values.values().any(|value| !value.is_finite()) {
            return Err(invalid(path, Fault::NotFinite));
        }
    }
    for (index, failures) in capture.shares.iter().enumerate() {
        let ShareRuns { source, metric, group, runs } = failures;
        let group = group.as_ref().map(|group| format!(" where {group}")).unwrap_or_default();
        let path = |run: &str| format!("captures[{place}].shares[{index}]{run}, {metric}{group} of {source}");
        if !known(source) {
            return Err(invalid(path(""), Fault::ForeignSource));
        }
        if runs.is_empty() {
            return Err(invalid(path(""), Fault::NoRuns));
        }
        for (run, values) in runs.iter().enumerate() {
            share(values).map_err(|fault| invalid(path(&format!(".runs[{run}]")), fault))?;
        }
    }
    Ok(())
}

fn words(metric: &MetricRuns) -> String {
    let group = metric.group.as_ref().map(|group| format!(" where {group}")).unwrap_or_default();
    format!("{}{group} of {}", metric.metric, metric.source)
}

fn whole(capture: &Capture) -> Result<(), Fault> {
    if capture.sources.is_empty() {
        return Err(Fault::NoSources);
    }
    if capture.is_empty() {
        return Err(Fault::NothingMeasured);
    }
    Ok(())
}

fn recording(run: &Recording) -> Result<(), Fault> {
    let (low, high) = match &run.values {
        Values::Samples(samples) if samples.is_empty() => return Err(Fault::NoSamples),
        Values::Samples(samples) if samples.iter().any(|sample| !sample.is_finite()) => return Err(Fault::NotFinite),
        Values::Samples(samples) => {
            samples.iter().fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(*value), high.max(*value)))
        }
        Values::Sketch(sketch) => {
            sketch.check().map_err(Fault::Sketch)?;
            sketch.ends()
        }
    };
    let slack = low.abs().max(high.abs()) * MEAN_ROUNDING;
    if !run.mean.is_finite() || run.mean < low - slack || run.mean > high + slack {
        return Err(Fault::Mean);
    }
    if run.stddev.is_some_and(|stddev| !stddev.is_finite() || stddev < 0.0 || run.values.len() == 1) {
        return Err(Fault::Deviation);
    }
    let Dependence { center, p50, p95, p99, mean } = run.dependence;
    factors(&[center, p50, p95, p99, mean])
}

fn factors(factors: &[f64]) -> Result<(), Fault> {
    if factors.iter().all(|factor| factor.is_finite() && *factor >= 1.0) { Ok(()) } else { Err(Fault::Dependence) }
}

fn share(share: &Share) -> Result<(), Fault> {
    if share.total == 0 || share.failed > share.total {
        return Err(Fault::Share);
    }
    factors(&[share.dependence])
}
