//! The failures that targets speak of: what tools report, rows, labels without a sample, messages of a service.

use crate::analysis::failing::attempts;
use crate::analysis::histogram::GROUPED_BY;
use crate::analysis::metric::Metric;
use crate::analysis::outcome::{Failures, GroupFailures, inflation_of};
use crate::measure::Statistic;

use super::collect::{Reading, broken_lines};
use super::target::SubjectShare;
use super::unmeasured::silent;

/// The failures that targets speak of.
pub fn subject_shares<'a>(readings: &[Reading<'a>]) -> Vec<SubjectShare<'a>> {
    let mut shares = Vec::new();
    for reading in readings {
        shares.extend(reading.analysis.reported.iter().filter_map(|found| {
            let count = |statistic| found.number(statistic).filter(|count| *count >= 0.0).map(|count| count as u64);
            let (failed, total) = (count(Statistic::Failures)?, count(Statistic::Count)?);
            let total = attempts(failed, total);
            let (source, metric) = (&found.source, &found.metric);
            let group = found.label.as_deref();
            let grouped_by = group.map(|_| GROUPED_BY);
            let share = SubjectShare {
                source,
                metric,
                grouped_by,
                group,
                failed,
                total,
                unclear: 0,
                silent: 0,
                inflation: 1.0,
            };
            (total > 0).then_some(share)
        }));
        let told = reading.sampled().filter_map(|found| Some((found, found.failures.as_ref()?)));
        let broken = reading.source().next().map_or(0, broken_lines);
        shares.extend(told.flat_map(|told| failures_of(told, broken).chain(silent(reading.analysis, told))));
        if let Some((service, source)) = reading.service.zip(reading.source().next())
            && let Some(failed) = service.errors.failed.filter(|_| !service.nothing_answered())
        {
            let source = source.name.as_str();
            let total = service.messages.sent;
            let unclear = service.unanswered.map_or(0, |unanswered| unanswered.messages);
            let inflation = inflation_of(service.errors.clusters, total);
            shares.extend(service.distributions.iter().map(|found| SubjectShare {
                source,
                metric: &found.name,
                grouped_by: None,
                group: None,
                failed,
                total,
                unclear,
                silent: 0,
                inflation,
            }));
        }
    }
    shares
}

/// The failures of a metric's rows: of all, and label by label. Of rows without a status, where they are more than a few, and of lines that are
/// no records nobody knows how they ended.
fn failures_of<'a>(
    (found, failures): (&'a Metric, &'a Failures),
    broken: u64,
) -> impl Iterator<Item = SubjectShare<'a>> {
    /// Fewer of a hundred are passed over.
    const FEW: u64 = 1;
    let Failures { failed, total, unclear, not_said, .. } = *failures;
    let unknown = broken + not_said;
    let unknown = if found.leads && 100 * unknown >= FEW * (total + unknown) { unknown } else { 0 };
    let share = move |group: Option<&'a str>, [failed, total, unclear, silent]: [u64; 4], clusters| SubjectShare {
        source: &found.source,
        metric: &found.name,
        grouped_by: found.grouped_by.as_deref(),
        group,
        failed,
        total,
        unclear,
        silent,
        inflation: inflation_of(clusters, total),
    };
    let all = share(None, [failed, total, unclear, unknown], failures.clusters);
    let of_label =
        move |one: &'a GroupFailures| share(Some(&one.label), [one.failed, one.total, one.unclear, 0], one.clusters);
    std::iter::once(all).chain(failures.groups.iter().map(of_label))
}
