//! Corrupted samples: values that are no measurements of their metric.
//!
//! In: the values of one metric with how they were written, their labels and what limits them. Out: suspects with their
//! evidence. Nothing is removed here; the caller decides what leaves the clean statistics. Slow but real values are
//! never suspects by their size alone: that takes a second kind of evidence (see `docs/statistics.md`).

mod beyond;
mod case;
mod kinds;
mod patterns;
mod saturated;
mod signs;
mod unit_slip;

use crate::measure::{Dimension, FindingKind, Severity};
use std::collections::HashMap;

pub(crate) use case::Case;
use case::one_each;
pub use case::{Reason, Suspect};
use kinds::{Decades, LabelKinds};
pub(crate) use patterns::{LabelPatterns, NO_LABELS};
use signs::{FOREIGN_RATIO, IMPOSSIBLE_SPANS, is_timeout, longer_than_recording, whole_among_decimals};
use unit_slip::{Far, unit_slip};

use super::isolation::{Ends, ISOLATION_P, Isolation, IsolationKind, MIN_POSITIVE, Tail};
use super::measured::LabelledNumbers;

/// Numbers that programs write for "none" or "too much", as recorded.
const SENTINELS: &[(f64, &str)] = &[
    (2_147_483_647.0, "2^31-1, the largest 32-bit integer"),
    (4_294_967_295.0, "2^32-1, the largest unsigned 32-bit integer"),
    (9_223_372_036_854_775_807.0, "2^63-1, the largest 64-bit integer"),
    (18_446_744_073_709_551_615.0, "2^64-1, the largest unsigned 64-bit integer"),
    (-2_147_483_648.0, "-2^31, the smallest 32-bit integer"),
    (-9_223_372_036_854_775_808.0, "-2^63, the smallest 64-bit integer"),
];
/// No measurement in any unit is this large; 1e308 and the largest floats stand for "none".
const ABSURD: f64 = 1e300;
/// A lone duration up to so many times the largest of the others is slow, and nothing else.
pub(crate) const LONGEST_PAUSE: f64 = 100.0;
/// A group of samples is judged by itself from this size on; smaller ones are judged among all samples.
const GROUP_OF_ITS_OWN: usize = 20;
/// Each suspect is compared with every sample as its multiple; beyond so many pairs that is left out.
const MOST_MULTIPLES: usize = 1_000_000_000;

/// The suspects among values in base units about which nothing else is known than what they measure and, in seconds, how long
/// it was measured.
#[cfg(any(test, feature = "internals"))]
pub fn suspects_among(values: &[f64], dimension: Dimension, span: Option<f64>) -> Vec<Suspect> {
    let mut column = crate::table::packed::CellsBuilder::numbers(crate::table::storage::Storage::MEMORY);
    column.extend_numbers(values, |_| false, |_| false);
    let column = column.finish();
    suspects(&Case {
        measured: LabelledNumbers::new(&column, None),
        unit: crate::measure::unit::Unit::SECOND,
        shape: None,
        texts: &[],
        patterns: &NO_LABELS,
        dimension,
        signed: false,
        limit: None,
        span,
        of_requests: false,
        clock: None,
        set_aside: &[],
    })
}

/// Finds the suspects, in order of their index.
pub(crate) fn suspects(case: &Case<'_>) -> Vec<Suspect> {
    let mut suspects = one_each(case.aside().into_iter().chain(impossible(case)).collect());
    suspects.extend(saturated::saturated(case, &indexes(&suspects)));
    suspects = one_each(suspects);
    let taken = indexes(&suspects);
    let labels = case.measured.is_labelled().then(|| LabelKinds::new(case));
    let found = Decades::of(case, labels.as_ref(), &taken);
    let count = case.measured.len();
    // Each large group by itself.
    let groups: Vec<usize> = if labels.is_some() {
        let own = |size: usize| size >= GROUP_OF_ITS_OWN && size < count;
        (0..found.groups.len())
            .filter(|group| own(found.sizes[*group]) && found.groups[*group].may_hold_gap())
            .collect()
    } else {
        Vec::new()
    };
    if !groups.is_empty() {
        let members = Members { case, kinds: labels.as_ref(), groups: Some(&groups), taken: &taken };
        suspects.extend(isolated(&members, &groups.iter().map(|group| found.sizes[*group]).collect::<Vec<usize>>()));
    }
    // Then all of them together.
    if found.all.may_hold_gap() {
        let taken = indexes(&suspects);
        let members = Members { case, kinds: labels.as_ref(), groups: None, taken: &taken };
        suspects.extend(isolated(&members, &[count]));
    }
    if case.span.is_some_and(|span| found.all.may_exceed(IMPOSSIBLE_SPANS * span)) {
        let taken = indexes(&suspects);
        suspects.extend(beyond::beyond_recording(case, &taken));
    }
    suspects.sort_by_key(|suspect| suspect.index);
    suspects
}

/// The indexes of suspects, ascending.
fn indexes(suspects: &[Suspect]) -> Vec<usize> {
    let mut indexes: Vec<usize> = suspects.iter().map(|suspect| suspect.index).collect();
    indexes.sort_unstable();
    indexes
}

/// Values that are wrong by themselves, whatever the others are.
fn impossible(case: &Case<'_>) -> Vec<Suspect> {
    let limit = case.limit.unwrap_or(f64::INFINITY);
    // Most files hold nothing but these; no sentinel is one.
    let ordinary = |recorded: f64| (0.0..SENTINELS[0].0).contains(&recorded) && case.unit.to_base(recorded) <= limit;
    if case.limit.is_none() && case.measured.cells().are_surely_within(0.0, SENTINELS[0].0) || case.all(ordinary) {
        return Vec::new();
    }
    let never_negative = match case.dimension {
        _ if case.signed || often_negative(&case.measured) => false,
        Dimension::Time
        | Dimension::UnstatedTime
        | Dimension::Bytes
        | Dimension::Count
        | Dimension::Rate
        | Dimension::ByteRate => true,
        Dimension::Ratio | Dimension::Unknown => {
            // A single kind of negative number, -1, among positive ones is "none".
            let mut positive = 0;
            case.measured.visit(0..case.measured.len(), |_, block| {
                positive += block.iter().filter(|value| **value > 0.0).count();
            });
            case.all(|value| value >= 0.0 || value == -1.0) && positive * 2 > case.measured.len()
        }
    };
    let corrupted = |index, kind, reason| Suspect { index, severity: Severity::Corrupted, kind, reasons: vec![reason] };
    let mut suspects = Vec::new();
    case.measured.visit(0..case.measured.len(), |first, block| {
        for (index, &recorded) in (first..).zip(block) {
            if ordinary(recorded) {
                continue;
            }
            let value = case.unit.to_base(recorded);
            let sentinel = SENTINELS.iter().find(|(number, _)| *number == recorded).map(|(_, words)| *words);
            let sentinel = sentinel.or_else(|| (recorded.abs() >= ABSURD).then_some("larger than anything measured"));
            let sentinel = sentinel.or_else(|| (never_negative && recorded == -1.0).then_some("-1"));
            if let Some(words) = sentinel {
                suspects.push(corrupted(index, FindingKind::Sentinel, Reason::Sentinel(words)));
            } else if never_negative && value < 0.0 {
                suspects.push(corrupted(index, FindingKind::Negative, Reason::Negative));
            } else if let Some(limit) = case.limit.filter(|limit| value > *limit) {
                suspects.push(corrupted(index, FindingKind::BeyondLimit, Reason::BeyondLimit(limit)));
            }
        }
    });
    suspects
}

/// Whether values below zero are so many, and so different, that they are measurements: a difference, whatever its name.
fn often_negative(measured: &LabelledNumbers<'_>) -> bool {
    /// Fewer are mistakes.
    const OFTEN: f64 = 0.1;
    /// So few are mistakes, however small the file.
    const FEW: usize = 5;
    let (mut first, mut count, mut different) = (None, 0, false);
    measured.visit(0..measured.len(), |_, block| {
        for value in block.iter().filter(|value| **value < 0.0) {
            count += 1;
            different |= *first.get_or_insert(*value) != *value;
        }
    });
    different && count >= FEW && count as f64 >= OFTEN * measured.len() as f64
}

/// Values that are compared with each other: those of several groups, each by itself, or all together.
struct Members<'a> {
    case: &'a Case<'a>,
    kinds: Option<&'a LabelKinds<'a>>,
    /// Patterns of the groups; absent where all values are one.
    groups: Option<&'a [usize]>,
    /// Indexes of what was taken out before, ascending.
    taken: &'a [usize],
}

impl Members<'_> {
    /// The pattern of a value's label.
    fn pattern(&self, index: usize) -> Option<usize> {
        self.kinds?.patterns.get(self.case.measured.code(index)? as usize).copied()
    }

    /// Hands over every value with the place of its group.
    fn each(&self, mut take: impl FnMut(usize, usize, f64)) {
        let mut place_of: Vec<usize> = Vec::new();
        if let (Some(groups), Some(kinds)) = (self.groups, self.kinds) {
            let places: HashMap<usize, usize> =
                groups.iter().enumerate().map(|(place, group)| (*group, place)).collect();
            place_of =
                kinds.patterns.iter().map(|pattern| places.get(pattern).copied().unwrap_or(usize::MAX)).collect();
        }
        let mut taken = self.taken.iter().copied().peekable();
        let unit = self.case.unit;
        self.case.measured.visit_labelled(0..self.case.measured.len(), |first, block, codes| {
            for (offset, recorded) in block.iter().enumerate() {
                let index = first + offset;
                if taken.next_if_eq(&index).is_some() {
                    continue;
                }
                let place = if self.groups.is_some() {
                    let of_code = codes.get(offset).and_then(|code| place_of.get(*code as usize));
                    of_code.copied().unwrap_or(usize::MAX)
                } else {
                    0
                };
                if place != usize::MAX {
                    take(place, index, unit.to_base(*recorded));
                }
            }
        });
    }
}

/// Values far away from the others, with whatever else speaks against them. `sizes` are those of the groups at most.
fn isolated(members: &Members<'_>, sizes: &[usize]) -> Vec<Suspect> {
    let mut ends: Vec<Ends> = sizes.iter().map(|size| Ends::new(*size)).collect();
    members.each(|place, _, value| ends[place].add(value));
    ends.iter_mut().for_each(Ends::sort);
    let gaps: Vec<(usize, Isolation)> = ends
        .iter()
        .enumerate()
        .filter(|(_, ends)| ends.len() >= MIN_POSITIVE)
        .flat_map(|(place, ends)| [Tail::Upper, Tail::Lower].map(|tail| (place, ends.isolation(tail))))
        .filter_map(|(place, gap)| Some((place, gap.filter(|gap| gap.p < ISOLATION_P)?)))
        .collect();
    if gaps.is_empty() {
        return Vec::new();
    }
    let mut gaps_of: Vec<Vec<usize>> = vec![Vec::new(); ends.len()];
    gaps.iter().enumerate().for_each(|(number, (place, _))| gaps_of[*place].push(number));
    let mut inside: Vec<Vec<usize>> = vec![Vec::new(); gaps.len()];
    let mut of_pattern: HashMap<Option<usize>, usize> = HashMap::new();
    let whole = members.groups.is_none() && members.kinds.is_some();
    members.each(|place, index, value| {
        if whole {
            *of_pattern.entry(members.pattern(index)).or_default() += 1;
        }
        for number in &gaps_of[place] {
            if gaps[*number].1.includes(value) {
                inside[*number].push(index);
            }
        }
    });
    let mut suspects = Vec::new();
    for ((place, gap), inside) in gaps.iter().zip(&inside) {
        let ends = &ends[*place];
        let multiples = inside.len().saturating_mul(members.case.measured.len()) <= MOST_MULTIPLES;
        for &index in inside {
            let value = members.case.value(index);
            // A group of its own has one pattern, which explains nothing.
            if whole && explained_by_label(members, &of_pattern, ends.len(), inside, index) {
                let evidence = foreign_label(members.case, gap, inside, index);
                if !evidence.is_empty() {
                    let (severity, kind) = (Severity::Corrupted, FindingKind::IsolatedForeign);
                    let isolated = Reason::Isolated { gap_ratio: gap.gap_ratio, p: gap.p, above: true };
                    let reasons = [isolated, Reason::OnlyFarAway].into_iter().chain(evidence).collect();
                    suspects.push(Suspect { index, severity, kind, reasons });
                }
                continue;
            }
            // Values close to each other are a second population, unless something else speaks against them.
            let alone = gap.kind == IsolationKind::Scattered && !gap.is_in_company(value, ends.of(gap.tail));
            let above = gap.tail == Tail::Upper;
            let mut reasons = vec![Reason::Isolated { gap_ratio: gap.gap_ratio, p: gap.p, above }];
            let far = Far { body: ends.body(gap), alone, multiples };
            reasons.extend(further_evidence(members.case, members.kinds, &far, index));
            let corrupted = reasons.len() > 1;
            // A pause of a runtime or a connection that is set up once makes one request a hundred times as long as others.
            let pause = above
                && members.case.dimension.is_time()
                && far.body.is_some_and(|(_, high)| value < LONGEST_PAUSE * high);
            if !corrupted && (!alone || pause) {
                continue;
            }
            suspects.push(Suspect {
                index,
                severity: if corrupted { Severity::Corrupted } else { Severity::Suspicious },
                kind: if corrupted { FindingKind::IsolatedForeign } else { FindingKind::Isolated },
                reasons,
            });
        }
    }
    suspects
}

/// Whether all values of the same, ordinary label are far away: then the label is the explanation.
fn explained_by_label(
    members: &Members<'_>,
    of_pattern: &HashMap<Option<usize>, usize>,
    size: usize,
    inside: &[usize],
    index: usize,
) -> bool {
    let (Some(code), Some(kinds)) = (members.case.measured.code(index), members.kinds) else { return false };
    if kinds.odd.get(code as usize) == Some(&true) {
        return false;
    }
    let own = members.pattern(index);
    let of_label = of_pattern.get(&own).copied().unwrap_or_default();
    of_label < size && inside.iter().filter(|other| members.pattern(**other) == own).count() == of_label
}

/// What else speaks against a label all of whose values lie far above the others: they are longer than the recording, or written
/// in another way. A slow kind of request has neither.
fn foreign_label(case: &Case<'_>, gap: &Isolation, inside: &[usize], index: usize) -> Vec<Reason> {
    if gap.tail != Tail::Upper || gap.gap_ratio < FOREIGN_RATIO || is_timeout(case, index) {
        return Vec::new();
    }
    let whole = whole_among_decimals(case, inside, case.measured.len() - inside.len());
    whole.into_iter().chain(longer_than_recording(case, index)).collect()
}

fn further_evidence(case: &Case<'_>, kinds: Option<&LabelKinds<'_>>, far: &Far, index: usize) -> Vec<Reason> {
    let whole = whole_among_decimals(case, &[index], case.measured.len());
    let mut reasons: Vec<Reason> = whole.into_iter().collect();
    if let (Some(code), Some(kinds)) = (case.measured.code(index), kinds) {
        let code = code as usize;
        if kinds.odd.get(code) == Some(&true) {
            reasons.push(Reason::OddLabel(case.texts.get(code).cloned().unwrap_or_default()));
        }
    }
    // A population is no slip, and a timeout may outlast a burst of requests.
    if !far.alone || is_timeout(case, index) {
        return reasons;
    }
    if let Some(slip) = unit_slip(case, far, index) {
        reasons.push(Reason::UnitSlip(slip));
    }
    reasons.extend(longer_than_recording(case, index));
    reasons
}

#[cfg(test)]
mod tests {
    use super::super::measured::tests::{column, labels};
    use super::super::rng::Rng;
    use super::kinds::Binades;
    use super::*;

    fn lognormal(seed: u64, n: usize, sigma: f64) -> Vec<f64> {
        let mut rng = Rng::new(seed);
        (0..n).map(|_| 0.05 * (sigma * rng.normal()).exp()).collect()
    }

    /// Durations about which nothing else is known.
    fn case<'a>(measured: LabelledNumbers<'a>, texts: &'a [String]) -> Case<'a> {
        Case {
            measured,
            unit: crate::measure::unit::Unit::SECOND,
            shape: None,
            texts,
            patterns: &NO_LABELS,
            dimension: Dimension::Time,
            signed: false,
            limit: None,
            span: None,
            of_requests: false,
            clock: None,
            set_aside: &[],
        }
    }

    fn judge(values: &[f64]) -> Vec<Suspect> {
        suspects_among(values, Dimension::Time, None)
    }

    fn judge_labelled(values: &[f64], codes: &[u32], texts: &[String]) -> Vec<Suspect> {
        let patterns = LabelPatterns::of(texts);
        let (values, codes) = (column(values), labels(codes));
        suspects(&Case { patterns: &patterns, ..case(LabelledNumbers::new(&values, Some(&codes)), texts) })
    }

    #[test]
    fn a_slow_request_is_no_suspect() {
        for seed in 0..200 {
            let values = lognormal(seed, 500, 1.5);
            assert!(judge(&values).iter().all(|suspect| suspect.severity != Severity::Corrupted), "seed {seed}");
        }
    }

    #[test]
    fn sentinels_and_negative_durations_are_corrupted_by_themselves() {
        let mut values = lognormal(1, 50, 0.3);
        values[7] = -1.0;
        values[9] = -0.02;
        values[11] = 2_147_483_647.0;
        values[13] = 1e308;
        let found = judge(&values);
        let kinds: Vec<(usize, FindingKind)> = found.iter().map(|suspect| (suspect.index, suspect.kind)).collect();
        let sentinel = FindingKind::Sentinel;
        assert_eq!(kinds, [(7, sentinel), (9, FindingKind::Negative), (11, sentinel), (13, sentinel)]);
    }

    #[test]
    fn a_value_in_another_unit_is_corrupted_and_a_timeout_is_not() {
        let mut values = lognormal(2, 500, 0.3);
        values[100] = 50_000.0;
        let found = judge(&values);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].index, found[0].severity), (100, Severity::Corrupted));
        assert!(found[0].reasons.contains(&Reason::UnitSlip("1,000,000")));
        values[100] = 82.5;
        assert!(judge(&values).iter().all(|suspect| suspect.severity == Severity::Suspicious), "slow, and real");
        // Away from the round times at which programs give up.
        let other = values.iter().position(|value| (0.065..0.085).contains(value)).unwrap();
        values[100] = values[other] * 1e3;
        assert_eq!(judge(&values)[0].reasons.last(), Some(&Reason::UnitSlip("1,000")));
        values[100] = 30.004;
        assert!(judge(&values).iter().all(|suspect| suspect.severity != Severity::Corrupted));
    }

    #[test]
    fn a_burst_of_requests_may_time_out_long_after_the_last_one_was_sent() {
        let mut values = lognormal(4, 200, 0.4);
        for index in [40, 41, 90] {
            values[index] = 10.0 + index as f64 * 1e-5;
        }
        let within = |values: &[f64]| {
            suspects(&Case { span: Some(7.0), ..case(LabelledNumbers::new(&column(values), None), &[]) })
        };
        assert_eq!(within(&values), []);
        // ... and a foreign value beyond them accuses none of them.
        let mut values = values.clone();
        values[150] = 3e7;
        let found = within(&values);
        assert_eq!(found.iter().map(|suspect| suspect.index).collect::<Vec<_>>(), [150]);
        assert_eq!(found[0].severity, Severity::Corrupted);
    }

    #[test]
    fn a_dozen_numbers_as_labels_are_no_categories() {
        let mut values = lognormal(5, 160, 0.3);
        let mut codes = vec![0_u32; 160];
        let mut texts = vec!["query".to_owned()];
        for place in 0..10 {
            values[10 + place * 15] = 2.0e6 * (1.0 + place as f64).powi(3);
            codes[10 + place * 15] = texts.len() as u32;
            texts.push((2_600_000 + place).to_string());
        }
        let found = judge_labelled(&values, &codes, &texts);
        assert_eq!(found.iter().filter(|suspect| suspect.severity == Severity::Corrupted).count(), 10);
    }

    #[test]
    fn no_tenfold_gap_is_missed() {
        let holds = |values: &[f64]| {
            let mut binades = Binades::default();
            for value in values {
                binades.add(*value);
            }
            binades.may_hold_gap()
        };
        let mut rng = Rng::new(9);
        for _ in 0..10_000 {
            let low = (20.0 * rng.normal()).exp();
            let gap = 10.0 * (0.01 + rng.exponential()).exp();
            assert!(holds(&[low, low * gap, low * gap * 2.0, -1.0, 0.0]), "{low} {gap}");
        }
        assert!(!holds(&[0.9, 1.0, 3.9, 8.0, 4.0, 31.0, 0.0]));
        assert!(!holds(&[]) && !holds(&[0.0, -3.0]));
        assert!(holds(&[1.0, 1e-300]) && holds(&[1e-300, 1e-301]) && holds(&[1e-30, f64::MAX]));
    }

    #[test]
    fn an_ordinary_label_explains_a_population_far_away() {
        let mut values = lognormal(3, 100, 0.3);
        let mut codes = vec![0_u32; 100];
        for index in [10, 50, 90] {
            values[index] = 5_000.0 + index as f64;
            codes[index] = 1;
        }
        let texts = ["request".to_owned(), "nightly_batch".to_owned()];
        assert_eq!(judge_labelled(&values, &codes, &texts), []);
        let texts = ["request".to_owned(), "2600804".to_owned()];
        assert_eq!(judge_labelled(&values, &codes, &texts).len(), 3);
    }
}
