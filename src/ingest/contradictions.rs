//! Numbers of a tool that cannot all be true of the same requests.
//!
//! In: what a source reports. Out: a finding for each kind of contradiction, at its first line. Durations only: percentiles of rates
//! are counted from either end, and tools round them as they like.

use crate::measure::reported::{Reported, ReportedValue};
use crate::measure::{Finding, FindingKind, Place, Severity, Statistic};
use crate::table::source::Source;

/// Tools round percentiles to two digits, or to the bucket of a histogram: only what is further apart contradicts.
const ROUNDING: f64 = 1.1;

/// Says which numbers contradict each other.
pub(crate) fn note(source: &mut Source) {
    let found: [fn(&Reported) -> Option<Contradiction>; 4] = [two_medians, falling_percentiles, mean_outside, too_many];
    let each =
        found.into_iter().filter_map(|find| told(source, &source.reported.iter().filter_map(find).collect::<Vec<_>>()));
    let parts =
        told(source, &source.reported.iter().filter_map(|total| parts_differ(total, source)).collect::<Vec<_>>());
    let all: Vec<Finding> = each.chain(parts).collect();
    source.findings.extend(all);
}

/// Two statements that contradict each other.
struct Contradiction {
    subject: String,
    said: String,
    line: Option<u64>,
}

impl Contradiction {
    fn of(reported: &Reported, said: String, line: Option<u64>) -> Self {
        let label = reported.label.as_ref().map_or_else(String::new, |label| format!(" of `{label}`"));
        Self { subject: format!("`{}`{label}", reported.metric), said, line }
    }
}

/// One finding for all of a kind.
fn told(source: &Source, all: &[Contradiction]) -> Option<Finding> {
    let first = all.first()?;
    let name = &source.provenance.name;
    let place = first.line.map_or_else(|| Place::source(name), |line| Place::line(name, line));
    let reason = format!("{}: {}", first.subject, first.said);
    let action = "shown as the tool states them; they cannot all be of the same requests";
    let finding = Finding::new(Severity::Suspicious, FindingKind::Contradiction, place, reason, action);
    Some(finding.value(&first.said).count(all.len() as u64))
}

/// `median 800 ms`.
fn quoted(value: &ReportedValue) -> String {
    let unit = if value.unit.symbol.is_empty() { String::new() } else { format!(" {}", value.unit.symbol) };
    format!("{} {}{unit}", value.statistic, value.value)
}

fn are_durations(reported: &Reported) -> bool {
    reported.dimension().is_time()
}

fn find(reported: &Reported, statistic: Statistic) -> Option<(&ReportedValue, f64)> {
    let value = reported.values.iter().find(|value| value.statistic == statistic)?;
    Some((value, value.base()?))
}

/// Whether one of two durations is the larger by more than rounding.
fn exceeds(larger: f64, smaller: f64) -> bool {
    smaller >= 0.0 && larger > smaller * ROUNDING
}

/// A median under its name and another one among the percentiles.
fn two_medians(reported: &Reported) -> Option<Contradiction> {
    let ((named, median), (ranked, p50)) = (find(reported, Statistic::Median)?, find(reported, Statistic::P50)?);
    let differ = are_durations(reported) && (exceeds(median, p50) || exceeds(p50, median));
    let said = format!("{}, but {}", quoted(named), quoted(ranked));
    differ.then(|| Contradiction::of(reported, said, ranked.line))
}

/// A percentile, or the largest of all, below one that fewer are above.
fn falling_percentiles(reported: &Reported) -> Option<Contradiction> {
    let rank = |statistic: Statistic| match statistic {
        Statistic::Min => Some(0.0),
        Statistic::Max => Some(100.0),
        // The one under its name has a check of its own.
        Statistic::Percentile(percent) => Some(percent),
        _ => None,
    };
    let mut ranked: Vec<(f64, f64, &ReportedValue)> =
        reported.values.iter().filter_map(|value| Some((rank(value.statistic)?, value.base()?, value))).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let falls = |pair: &&[(f64, f64, &ReportedValue)]| pair[0].0 < pair[1].0 && exceeds(pair[0].1, pair[1].1);
    let pair = ranked.windows(2).find(falls).filter(|_| are_durations(reported))?;
    Some(Contradiction::of(reported, format!("{}, but {}", quoted(pair[0].2), quoted(pair[1].2)), pair[1].2.line))
}

/// A mean above the largest or below the smallest.
fn mean_outside(reported: &Reported) -> Option<Contradiction> {
    let (mean, value) = find(reported, Statistic::Mean).filter(|_| are_durations(reported))?;
    let above = find(reported, Statistic::Max).filter(|(_, max)| exceeds(value, *max));
    let below = find(reported, Statistic::Min).filter(|(_, min)| exceeds(*min, value));
    let (other, _) = above.or(below)?;
    Some(Contradiction::of(reported, format!("{}, but {}", quoted(mean), quoted(other)), mean.line))
}

/// More failures than there are.
fn too_many(reported: &Reported) -> Option<Contradiction> {
    let ((all, n), (failures, failed)) = (find(reported, Statistic::Count)?, find(reported, Statistic::Failures)?);
    let said = format!("{}, but {}", quoted(failures), quoted(all));
    (failed > n).then(|| Contradiction::of(reported, said, failures.line))
}

/// A total whose parts make up all of its requests, but not as many failures.
fn parts_differ(total: &Reported, source: &Source) -> Option<Contradiction> {
    if total.label.is_some() {
        return None;
    }
    let ((_, n), (failures, failed)) = (find(total, Statistic::Count)?, find(total, Statistic::Failures)?);
    let parts = source.reported.iter().filter(|one| one.metric == total.metric && one.label.is_some());
    let counts: Vec<(f64, f64)> = parts
        .map(|part| Some((find(part, Statistic::Count)?.1, find(part, Statistic::Failures)?.1)))
        .collect::<Option<_>>()?;
    let (requests, failed_parts) = counts.iter().fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    let all_there = counts.len() > 1 && requests == n;
    let said = format!("{} in total, but {failed_parts} in its {} parts together", quoted(failures), counts.len());
    (all_there && failed_parts != failed).then(|| Contradiction::of(total, said, failures.line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Polarity;
    use crate::measure::unit::Unit;

    fn reported(label: Option<&str>, unit: &str, values: &[(Statistic, f64)]) -> Reported {
        let unit = Unit::parse(unit).unwrap_or(Unit::UNKNOWN);
        let value = |&(statistic, value): &(Statistic, f64)| {
            let unit = if statistic.is_count() { Unit::UNKNOWN } else { unit };
            ReportedValue::stated(statistic, value, unit, Some(3))
        };
        Reported {
            metric: "response time".to_owned(),
            label: label.map(str::to_owned),
            meaning: None,
            polarity: Polarity::LowerIsBetter,
            values: values.iter().map(value).collect(),
        }
    }

    fn reasons(all: Vec<Reported>) -> Vec<String> {
        let mut source = Source { reported: all, ..Source::default() };
        note(&mut source);
        source.findings.iter().map(|finding| finding.reasons[0].clone()).collect()
    }

    #[test]
    fn numbers_that_cannot_be_of_the_same_requests_are_said() {
        use Statistic::{Max, Mean, Median, Min};
        let of = |values: &[(Statistic, f64)]| reasons(vec![reported(Some("huge"), "ms", values)]);
        for (values, expected) in [
            (
                vec![(Median, 800.0), (Statistic::P50, 420.0)],
                "`response time` of `huge`: median 800 ms, but p50 420 ms",
            ),
            (
                vec![(Statistic::P95, 300.0), (Statistic::P99, 200.0)],
                "`response time` of `huge`: p95 300 ms, but p99 200 ms",
            ),
            (vec![(Statistic::P99, 630.0), (Max, 420.0)], "`response time` of `huge`: p99 630 ms, but max 420 ms"),
            (vec![(Min, 100.0), (Mean, 60.0)], "`response time` of `huge`: mean 60 ms, but min 100 ms"),
        ] {
            assert_eq!(of(&values), [expected]);
        }
    }

    #[test]
    fn what_a_tool_rounds_is_no_contradiction() {
        use Statistic::{Max, Mean, Median, Min};
        let rounded =
            [(Min, 12.0), (Median, 64.0), (Statistic::P50, 65.0), (Statistic::P99, 630.0), (Max, 627.4), (Mean, 90.0)];
        assert_eq!(reasons(vec![reported(None, "ms", &rounded)]), Vec::<String>::new());
        // Rates are ranked from either end.
        let rates = [(Statistic::P95, 300.0), (Statistic::P99, 200.0)];
        assert_eq!(reasons(vec![reported(None, "/s", &rates)]), Vec::<String>::new());
    }

    #[test]
    fn failures_of_parts_are_those_of_the_total_where_the_parts_are_all() {
        use Statistic::{Count, Failures};
        let of = |label, n: f64, failed: f64| reported(label, "ms", &[(Count, n), (Failures, failed)]);
        let all = |failed| vec![of(None, 300.0, failed), of(Some("a"), 100.0, 4.0), of(Some("b"), 200.0, 1.0)];
        assert_eq!(reasons(all(5.0)), Vec::<String>::new());
        assert_eq!(reasons(all(50.0)), ["`response time`: failures 50 in total, but 5 in its 2 parts together"]);
        let some_parts = vec![of(None, 300.0, 50.0), of(Some("a"), 100.0, 4.0), of(Some("b"), 100.0, 1.0)];
        assert_eq!(reasons(some_parts), Vec::<String>::new());
        assert_eq!(reasons(vec![of(None, 3.0, 4.0)]), ["`response time`: failures 4, but n 3"]);
    }
}
