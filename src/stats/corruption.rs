//! Corrupted samples: values that are no measurements of their metric.
//!
//! In: the values of one metric with how they were written, their labels and what limits them. Out: suspects with their
//! evidence. Nothing is removed here; the caller decides what leaves the clean statistics. Slow but real values are
//! never suspects by their size alone: that takes a second kind of evidence (see `docs/statistics.md`).

use std::collections::HashMap;

use crate::model::finding::{FindingKind, Severity};
use crate::model::label::pattern;
use crate::model::table::Shape;
use crate::model::unit::Dimension;

use super::isolation::{ISOLATION_P, Isolation, IsolationKind, MIN_POSITIVE, lower_isolation, upper_isolation};

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
/// Factors by which a value is wrong when its unit was mistaken.
const UNIT_SLIPS: &[UnitSlip] = &[
    UnitSlip { factor: 1e3, words: "1,000", evidence: SlipEvidence::ExactMultiple },
    UnitSlip { factor: 60.0, words: "60", evidence: SlipEvidence::ExactMultiple },
    UnitSlip { factor: 1e6, words: "1,000,000", evidence: SlipEvidence::Among },
    UnitSlip { factor: 1e9, words: "1,000,000,000", evidence: SlipEvidence::Among },
];
/// Round times at which programs give up. A lone value just above one of them is a timeout, not a slip of the unit.
const DEADLINES: &[f64] = &[
    1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0, 600.0, 900.0, 1800.0,
    3600.0,
];
/// How far above its deadline a timeout is still recorded.
const DEADLINE_SLACK: f64 = 0.02;
/// A whole number is odd only among numbers that usually have this many digits after the point.
const LONG_FRACTION: usize = 6;
/// And only where at least this share of all numbers have a fraction.
const DECIMAL_SHARE: f64 = 0.9;
/// A kind of label held by at most this share of rows is unlike the others.
const ODD_LABEL_SHARE: f64 = 0.05;
/// Numbers as labels that stand in one row each are values of another table and no categories, up to this share of rows.
/// A dozen foreign rows in a short file exceed [`ODD_LABEL_SHARE`].
const ODD_SINGLE_SHARE: f64 = 0.2;
/// A duration is impossible from so many times the span of the timestamps on, the least mistake of a unit that is looked
/// for. Shorter ones are real where timestamps mark starts: a burst of requests may be sent within a second and wait for
/// half a minute.
const IMPOSSIBLE_SPANS: f64 = 60.0;
/// A group of samples is judged by itself from this size on; smaller ones are judged among all samples.
const GROUP_OF_ITS_OWN: usize = 20;

/// A factor between units, and what shows that it was mistaken.
struct UnitSlip {
    factor: f64,
    words: &'static str,
    evidence: SlipEvidence,
}

/// What shows that a unit was mistaken.
#[derive(Clone, Copy)]
enum SlipEvidence {
    /// Corrected, the value lies among the others.
    Among,
    /// The value is exactly that multiple of another one.
    ExactMultiple,
}

/// The labels of the values.
#[derive(Debug, Clone, Copy)]
pub struct Labels<'a> {
    /// For each value the index of its label.
    pub codes: &'a [u32],
    /// The labels.
    pub texts: &'a [String],
}

/// The values of one metric, and what is known about them.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// Values in base units, in recorded order.
    pub values: &'a [f64],
    /// The same as recorded.
    pub recorded: &'a [f64],
    /// The row of each value, an index into the shape.
    pub rows: &'a [usize],
    /// How the numbers were written.
    pub shape: Option<&'a Shape>,
    /// The labels, where there are any.
    pub labels: Option<Labels<'a>>,
    /// What is measured.
    pub dimension: Dimension,
    /// Whether values below zero are as good as others: differences, offsets.
    pub signed: bool,
    /// Values beyond this were declared impossible (base units).
    pub limit: Option<f64>,
    /// Seconds between the first and the last timestamp of the file.
    pub span: Option<f64>,
}

/// A value that may be no measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// Its index among the values.
    pub index: usize,
    /// Corrupted, or suspicious only.
    pub severity: Severity,
    /// What kind of thing it is.
    pub kind: FindingKind,
    /// The evidence.
    pub reasons: Vec<Reason>,
}

/// A piece of evidence. Numbers are left to the report to format.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// It is one of the numbers that stand for "none".
    Sentinel(&'static str),
    /// It is negative where the metric cannot be.
    Negative,
    /// It exceeds the declared limit (base units).
    BeyondLimit(f64),
    /// It lies far from all other values.
    Isolated {
        /// How many times as large (or as small) as the next value.
        gap_ratio: f64,
        /// Probability of such a gap in the tail of the others.
        p: f64,
        /// Whether it is far above or far below.
        above: bool,
    },
    /// It is a whole number where the others have this many digits after the point.
    WholeAmongDecimals(usize),
    /// Its label is unlike all the others.
    OddLabel(String),
    /// Divided (or multiplied) by this factor it would lie in the middle of the others.
    UnitSlip(&'static str),
    /// It is far longer than the whole file (seconds).
    LongerThanFile(f64),
}

/// Finds the suspects, in order of their index.
pub fn suspects(evidence: &Evidence<'_>) -> Vec<Suspect> {
    let mut suspects = impossible(evidence);
    let mut taken = vec![false; evidence.values.len()];
    for suspect in &suspects {
        taken[suspect.index] = true;
    }
    let labels = evidence.labels.map(|labels| LabelKinds::new(&labels));
    for members in judged_together(evidence, labels.as_ref()) {
        let body: Vec<usize> = members.into_iter().filter(|index| !taken[*index]).collect();
        for suspect in isolated(evidence, labels.as_ref(), &body) {
            taken[suspect.index] = true;
            suspects.push(suspect);
        }
    }
    suspects.sort_by_key(|suspect| suspect.index);
    suspects
}

/// Values that are wrong by themselves, whatever the others are.
fn impossible(evidence: &Evidence<'_>) -> Vec<Suspect> {
    let never_negative = match evidence.dimension {
        _ if evidence.signed || often_negative(evidence.recorded) => false,
        Dimension::Time | Dimension::Bytes | Dimension::Count | Dimension::Rate | Dimension::ByteRate => true,
        Dimension::Ratio | Dimension::Unknown => {
            // A single kind of negative number, -1, among positive ones is "none".
            evidence.recorded.iter().all(|value| *value >= 0.0 || *value == -1.0)
                && evidence.recorded.iter().filter(|value| **value > 0.0).count() * 2 > evidence.recorded.len()
        }
    };
    let corrupted = |index, kind, reason| Suspect { index, severity: Severity::Corrupted, kind, reasons: vec![reason] };
    let mut suspects = Vec::new();
    for (index, (&value, &recorded)) in evidence.values.iter().zip(evidence.recorded).enumerate() {
        let sentinel = SENTINELS.iter().find(|(number, _)| *number == recorded).map(|(_, words)| *words);
        let sentinel = sentinel.or_else(|| (recorded.abs() >= ABSURD).then_some("larger than anything measured"));
        let sentinel = sentinel.or_else(|| (never_negative && recorded == -1.0).then_some("-1"));
        if let Some(words) = sentinel {
            suspects.push(corrupted(index, FindingKind::Sentinel, Reason::Sentinel(words)));
        } else if never_negative && value < 0.0 {
            suspects.push(corrupted(index, FindingKind::Negative, Reason::Negative));
        } else if let Some(limit) = evidence.limit.filter(|limit| value > *limit) {
            suspects.push(corrupted(index, FindingKind::BeyondLimit, Reason::BeyondLimit(limit)));
        }
    }
    suspects
}

/// Whether values below zero are so many, and so different, that they are measurements: a difference, whatever its name.
fn often_negative(recorded: &[f64]) -> bool {
    /// Fewer are mistakes.
    const OFTEN: f64 = 0.1;
    /// So few are mistakes, however small the file.
    const FEW: usize = 5;
    let mut negative = recorded.iter().filter(|value| **value < 0.0);
    let Some(first) = negative.next() else { return false };
    let (mut count, mut different) = (1, false);
    for value in negative {
        count += 1;
        different |= value != first;
    }
    different && count >= FEW && count as f64 >= OFTEN * recorded.len() as f64
}

/// What the labels are like.
struct LabelKinds {
    /// For each label the number of its pattern.
    patterns: Vec<usize>,
    /// For each label whether it is unlike the others.
    odd: Vec<bool>,
}

impl LabelKinds {
    fn new(labels: &Labels<'_>) -> Self {
        let mut numbers = HashMap::new();
        let patterns: Vec<usize> = labels
            .texts
            .iter()
            .map(|text| {
                let next = numbers.len();
                *numbers.entry(pattern(text)).or_insert(next)
            })
            .collect();
        let wordless: Vec<bool> = labels.texts.iter().map(|text| !text.chars().any(char::is_alphabetic)).collect();
        let mut uses = vec![0_usize; labels.texts.len()];
        for code in labels.codes {
            if let Some(count) = uses.get_mut(*code as usize) {
                *count += 1;
            }
        }
        let of_wordless: Vec<usize> =
            (0..uses.len()).filter(|label| wordless[*label]).map(|label| uses[label]).collect();
        let share = of_wordless.iter().sum::<usize>() as f64 / labels.codes.len().max(1) as f64;
        let single = of_wordless.iter().all(|uses| *uses <= 1);
        let rare = share <= if single { ODD_SINGLE_SHARE } else { ODD_LABEL_SHARE };
        Self { patterns, odd: wordless.into_iter().map(|wordless| wordless && rare).collect() }
    }
}

/// Which values are compared with each other: each large group by itself, then all values together.
fn judged_together(evidence: &Evidence<'_>, labels: Option<&LabelKinds>) -> Vec<Vec<usize>> {
    let everything: Vec<usize> = (0..evidence.values.len()).collect();
    let (Some(labels), Some(kinds)) = (evidence.labels, labels) else { return vec![everything] };
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); kinds.patterns.iter().max().map_or(0, |most| most + 1)];
    for (index, code) in labels.codes.iter().enumerate() {
        if let Some(&number) = kinds.patterns.get(*code as usize) {
            groups[number].push(index);
        }
    }
    groups.retain(|members| members.len() >= GROUP_OF_ITS_OWN);
    groups.retain(|members| members.len() < everything.len());
    groups.push(everything);
    groups
}

/// Values far away from the others, with whatever else speaks against them.
fn isolated(evidence: &Evidence<'_>, labels: Option<&LabelKinds>, members: &[usize]) -> Vec<Suspect> {
    if members.len() < MIN_POSITIVE {
        return Vec::new();
    }
    let mut sorted: Vec<f64> = members.iter().map(|index| evidence.values[*index]).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let gaps: Vec<(Isolation, bool)> = [(upper_isolation(&sorted), true), (lower_isolation(&sorted), false)]
        .into_iter()
        .filter_map(|(gap, above)| Some((gap.filter(|gap| gap.p < ISOLATION_P)?, above)))
        .collect();
    let mut suspects = Vec::new();
    for (gap, above) in gaps {
        let inside: Vec<usize> =
            members.iter().copied().filter(|index| gap.includes(evidence.values[*index])).collect();
        for &index in &inside {
            if explained_by_label(evidence, labels, members, &inside, index) {
                continue;
            }
            // Values close to each other are a second population, unless something else speaks against them.
            let alone = gap.kind == IsolationKind::Scattered && !gap.is_in_company(evidence.values[index], &sorted);
            let mut reasons = vec![Reason::Isolated { gap_ratio: gap.gap_ratio, p: gap.p, above }];
            reasons.extend(further_evidence(evidence, labels, &sorted, &gap, alone, index));
            let corrupted = reasons.len() > 1;
            if !corrupted && !alone {
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
    evidence: &Evidence<'_>,
    kinds: Option<&LabelKinds>,
    members: &[usize],
    inside: &[usize],
    index: usize,
) -> bool {
    let (Some(labels), Some(kinds)) = (evidence.labels, kinds) else { return false };
    let pattern_of = |index: usize| kinds.patterns.get(labels.codes[index] as usize);
    if kinds.odd.get(labels.codes[index] as usize) == Some(&true) {
        return false;
    }
    let own = pattern_of(index);
    let of_label = members.iter().filter(|other| pattern_of(**other) == own).count();
    of_label < members.len() && inside.iter().filter(|other| pattern_of(**other) == own).count() == of_label
}

fn further_evidence(
    evidence: &Evidence<'_>,
    kinds: Option<&LabelKinds>,
    sorted: &[f64],
    gap: &Isolation,
    alone: bool,
    index: usize,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(shape) = evidence.shape {
        let usual = shape.usual_digits();
        let mostly_decimals = shape.decimals() as f64 >= DECIMAL_SHARE * evidence.values.len() as f64;
        if usual >= LONG_FRACTION && mostly_decimals && shape.integers.get(evidence.rows[index]) {
            reasons.push(Reason::WholeAmongDecimals(usual));
        }
    }
    if let (Some(labels), Some(kinds)) = (evidence.labels, kinds) {
        let code = labels.codes[index] as usize;
        if kinds.odd.get(code) == Some(&true) {
            reasons.push(Reason::OddLabel(labels.texts.get(code).cloned().unwrap_or_default()));
        }
    }
    // A population is no slip, and a timeout may outlast a burst of requests.
    if !alone || is_timeout(evidence, index) {
        return reasons;
    }
    if let Some(slip) = unit_slip(evidence, sorted, gap, index) {
        reasons.push(Reason::UnitSlip(slip));
    }
    let impossible = |span: &f64| *span > 0.0 && evidence.values[index] > IMPOSSIBLE_SPANS * span;
    if let Some(span) = evidence.span.filter(|_| evidence.dimension == Dimension::Time).filter(impossible) {
        reasons.push(Reason::LongerThanFile(span));
    }
    reasons
}

/// Whether the value is a duration just above a round time at which programs give up.
fn is_timeout(evidence: &Evidence<'_>, index: usize) -> bool {
    let value = evidence.values[index];
    evidence.dimension == Dimension::Time
        && DEADLINES.iter().any(|deadline| value >= *deadline && value <= deadline * (1.0 + DEADLINE_SLACK))
}

/// The factor by which a mistaken unit explains the value.
///
/// A request a thousand times slower than the others is real often enough (a connection that is set up once, a pause
/// of a runtime), so being 10^3 or 60 times away is evidence only where the value is exactly that multiple of another
/// sample. Nothing real is 10^6 or 10^9 times slower, so there it is enough to fall among the others.
fn unit_slip(evidence: &Evidence<'_>, sorted: &[f64], gap: &Isolation, index: usize) -> Option<&'static str> {
    let value = evidence.values[index];
    let body: Vec<f64> = sorted.iter().copied().filter(|other| !gap.includes(*other)).collect();
    let (low, high) = (*body.first()?, *body.last()?);
    if low <= 0.0 {
        return None;
    }
    let above = value > high;
    UNIT_SLIPS.iter().find_map(|slip| {
        let explained = match slip.evidence {
            SlipEvidence::Among => {
                let moved = if above { value / slip.factor } else { value * slip.factor };
                // In a wide body any value would fall somewhere: that explains nothing.
                high / low < slip.factor.cbrt() && (low..=high).contains(&moved)
            }
            SlipEvidence::ExactMultiple => exact_multiple(evidence, slip.factor, above, index),
        };
        explained.then_some(slip.words)
    })
}

/// Whether the value is, as recorded, exactly that multiple of another sample (or the other way round).
fn exact_multiple(evidence: &Evidence<'_>, factor: f64, above: bool, index: usize) -> bool {
    /// Numbers with fewer digits are multiples of each other by chance.
    const DIGITS: f64 = 100.0;
    /// Decimal fractions are not exact in binary.
    const SLACK: f64 = 1e-12;
    let value = evidence.recorded[index];
    let digits = |number: f64| {
        let mut scaled = number.abs();
        for _ in 0..6 {
            if (scaled - scaled.round()).abs() <= scaled * SLACK {
                break;
            }
            scaled *= 10.0;
        }
        scaled
    };
    evidence.recorded.iter().enumerate().any(|(other, recorded)| {
        let (small, large) = if above { (*recorded, value) } else { (value, *recorded) };
        other != index && digits(small) >= DIGITS && (small * factor - large).abs() <= large.abs() * SLACK
    })
}

#[cfg(test)]
mod tests {
    use super::super::rng::Rng;
    use super::*;

    fn lognormal(seed: u64, n: usize, sigma: f64) -> Vec<f64> {
        let mut rng = Rng::new(seed);
        (0..n).map(|_| 0.05 * (sigma * rng.normal()).exp()).collect()
    }

    /// Durations about which nothing else is known.
    fn evidence<'a>(values: &'a [f64], rows: &'a [usize]) -> Evidence<'a> {
        Evidence {
            values,
            recorded: values,
            rows,
            shape: None,
            labels: None,
            dimension: Dimension::Time,
            signed: false,
            limit: None,
            span: None,
        }
    }

    fn judge(values: &[f64]) -> Vec<Suspect> {
        let rows: Vec<usize> = (0..values.len()).collect();
        suspects(&evidence(values, &rows))
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
        let rows: Vec<usize> = (0..200).collect();
        let evidence = Evidence { span: Some(7.0), ..evidence(&values, &rows) };
        assert_eq!(suspects(&evidence), []);
        // ... and a foreign value beyond them accuses none of them.
        let mut values = values.clone();
        values[150] = 3e7;
        let found = suspects(&Evidence { values: &values, recorded: &values, ..evidence });
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
        let rows: Vec<usize> = (0..160).collect();
        let evidence = Evidence { labels: Some(Labels { codes: &codes, texts: &texts }), ..evidence(&values, &rows) };
        let found = suspects(&evidence);
        assert_eq!(found.iter().filter(|suspect| suspect.severity == Severity::Corrupted).count(), 10);
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
        let rows: Vec<usize> = (0..100).collect();
        let evidence = Evidence { labels: Some(Labels { codes: &codes, texts: &texts }), ..evidence(&values, &rows) };
        assert_eq!(suspects(&evidence), []);
        let texts = ["request".to_owned(), "2600804".to_owned()];
        let evidence = Evidence { labels: Some(Labels { codes: &codes, texts: &texts }), ..evidence };
        assert_eq!(suspects(&evidence).len(), 3);
    }
}
