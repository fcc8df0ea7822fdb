//! What digests promise: the same of the same rows, however they were divided and in whatever order they were merged.

use proptest::prelude::*;

use super::codec::Writer;
use super::file::{DigestError, packed};
use super::numbers::{BUCKET_BITS, Collector, MOST_BUCKETS, Numbers};
use super::parts::{Causes, Digest, Group, MergeError, Part};
use super::plan::Plan;
use super::time::TimeCounts;
use crate::measure::finding::{Finding, FindingKind, Place, Severity};

const PLAN: &str = r#"{"plan": 2, "format": "csv", "columns": {}, "group_by": ["endpoint"], "collapsed": [],
    "metrics": [{"table": 0, "name": "ms", "dimension": "time", "unit": "ms", "polarity": "lower_is_better", "leads": true}]}"#;

fn numbers(shard: &str, values: &[f64]) -> Numbers {
    let mut collector = Collector::default();
    for (line, value) in values.iter().enumerate() {
        collector.push(*value, || line as u64 + 2);
    }
    collector.finish(shard)
}

/// A digest of rows: label, value, and whether it failed.
pub(super) fn digest(name: &str, rows: &[(u8, f64, bool)]) -> Digest {
    let hash = blake3::hash(format!("{name} {rows:?}").as_bytes()).to_hex().to_string();
    let part = Part {
        name: name.to_owned(),
        digest: hash.clone(),
        bytes: 20 * rows.len() as u64,
        content: None,
        span: None,
        lines: rows.len() as u64,
        rows_read: rows.len() as u64,
        rows_used: rows.len() as u64,
        set_aside: Vec::new(),
    };
    let mut found = super::found::FindingCounts::default();
    let mut causes = Causes::default();
    let mut groups = std::collections::BTreeMap::new();
    let labels: std::collections::BTreeSet<u8> = rows.iter().map(|row| row.0).collect();
    for label in labels {
        let of = |failed: bool| -> Vec<f64> {
            rows.iter().filter(|row| row.0 == label && row.2 == failed).map(|row| row.1).collect()
        };
        let (others, failed) = (of(false), of(true));
        if others.is_empty() && failed.is_empty() {
            continue;
        }
        causes.add(&format!("cause {label}"), failed.len() as u64);
        let finding =
            Finding::new(Severity::Note, FindingKind::EmptyCell, Place::line(name, u64::from(label)), "x", "y");
        super::found::add(&mut found, finding);
        let group = Group {
            members: [u64::from(label)].into(),
            examples: [format!("/{label}")].into(),
            corrupted: 0,
            outcomes: [others.len() as u64, failed.len() as u64, 0, 0],
            others: numbers(name, &others),
            failed: numbers(name, &failed),
        };
        groups.insert(format!("/{label}"), group);
    }
    causes.settle();
    let mut time = TimeCounts::default();
    for (_, value, failed) in rows {
        time.add((value * 1e13) as i64, 1000, *failed);
    }
    super::found::settle(&mut found);
    Digest {
        plan: Plan::parse(PLAN.as_bytes()).unwrap(),
        parts: [((hash, name.to_owned()), part)].into(),
        groups: vec![groups],
        causes,
        time,
        found,
        refinement: None,
    }
}

pub(super) fn merged(digests: &[Digest]) -> Digest {
    let mut all = digests[0].clone();
    digests[1..].iter().for_each(|digest| all.merge(digest).unwrap());
    all
}

/// Numbers of any magnitude, or of few digits.
fn values() -> impl Strategy<Value = Vec<f64>> {
    let wide =
        prop::collection::vec((-1.0..1.0_f64, -30..30_i32).prop_map(|(part, power)| part * 2_f64.powi(power)), 1..400);
    let narrow = prop::collection::vec((0..3000_u32).prop_map(|steps| f64::from(steps) / 1000.0), 1..400);
    prop_oneof![wide, narrow]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn numbers_are_the_same_however_they_were_divided(all in values(), cuts in prop::collection::vec(0..400_usize, 0..6)) {
        let whole = numbers("a", &all);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(all.len())).chain([0, all.len()]).collect();
        cuts.sort_unstable();
        let mut parts = Numbers::default();
        for pair in cuts.windows(2).rev() {
            parts.merge(&numbers("a", &all[pair[0]..pair[1]])).unwrap();
        }
        prop_assert_eq!((&parts.counts, &parts.sums, parts.dropped), (&whole.counts, &whole.sums, whole.dropped));
        prop_assert_eq!(parts.range(), whole.range());
        prop_assert_eq!(whole.check(), Ok(()));
    }

    #[test]
    fn any_order_of_merging_gives_the_same_bytes(
        rows in prop::collection::vec((0..6_u8, 0.0..5.0_f64, any::<bool>()), 8..120),
        seed in any::<u64>(),
    ) {
        let size = rows.len().div_ceil(5);
        let shards: Vec<Digest> =
            rows.chunks(size).enumerate().map(|(place, rows)| digest(&format!("s{place}"), rows)).collect();
        let straight = merged(&shards).to_bytes().unwrap();
        let mut shuffled = shards.clone();
        let length = shuffled.len();
        for place in 0..length {
            shuffled.swap(place, (seed as usize).wrapping_mul(place + 7) % length);
        }
        prop_assert_eq!(&merged(&shuffled).to_bytes().unwrap(), &straight);
        let mut at_once = shuffled[0].clone();
        at_once.merge_all(&shuffled[1..]).unwrap();
        prop_assert_eq!(&at_once.to_bytes().unwrap(), &straight);
        // As a tree instead of one by one, and through files.
        let halves: Vec<Digest> = shuffled.chunks(2).map(merged).collect();
        let stored: Vec<Digest> = halves.iter().map(|half| Digest::parse(&half.to_bytes().unwrap()).unwrap()).collect();
        prop_assert_eq!(&merged(&stored).to_bytes().unwrap(), &straight);
        prop_assert_eq!(Digest::parse(&straight).unwrap().to_bytes().unwrap(), straight);
    }

    #[test]
    fn whatever_is_changed_in_a_digest_is_refused_or_harmless(place in any::<prop::sample::Index>(), value in any::<u8>()) {
        let rows: Vec<(u8, f64, bool)> = (0..200).map(|row| (row % 3, f64::from(row) / 7.0, row % 11 == 0)).collect();
        let whole = digest("a", &rows).to_bytes().unwrap();
        // As it is stored: refused, or the same digest, where the compressed form has several ways to write one content (a bit of its frame
        // means nothing).
        let mut bytes = whole.clone();
        let at = place.index(bytes.len());
        bytes[at] = value;
        if let Ok(read) = Digest::parse(&bytes) {
            prop_assert_eq!(read.to_bytes().unwrap(), &whole[..]);
        }
        prop_assert!(Digest::parse(&whole[..at]).is_err());
        // With a digest that fits what was changed: refused, or a digest that can be merged and written.
        let mut content = digest("a", &rows).content();
        let at = place.index(content.len());
        content[at] = value;
        if let Ok(odd) = Digest::parse(&packed(&content).unwrap()) {
            let mut all = digest("b", &rows);
            if all.merge(&odd).is_ok() {
                prop_assert!(Digest::parse(&all.to_bytes().unwrap()).is_ok());
            }
        }
    }
}

#[test]
fn few_numbers_are_counted_and_many_are_known_to_twelve_bits() {
    let milliseconds: Vec<f64> = (0..10_000).map(|place| f64::from(place) / 1000.0).collect();
    assert!(numbers("a", &milliseconds).are_exact());
    let fractions =
        |n: u32| -> Vec<f64> { (1..=n).map(|place| (f64::from(place) * 0.618_033_988_749).fract() + 0.1).collect() };
    assert!(numbers("a", &fractions(2048)).are_exact());
    let wide = numbers("a", &fractions(20_000));
    assert_eq!(wide.dropped, 52 - BUCKET_BITS);
    assert_eq!(wide.relative_error(), 1.0 / 8192.0);
    for bucket in wide.buckets() {
        assert!((bucket.high - bucket.low) / 2.0 <= bucket.low / 8192.0);
    }
    // Over 40 powers of two not even twelve bits are few buckets.
    let far: Vec<f64> = (0..40_000).map(|place| fractions(1)[0] * 1.000_7_f64.powi(place)).collect();
    let far = numbers("a", &far);
    assert!(far.counts.len() <= MOST_BUCKETS && far.dropped > 52 - BUCKET_BITS && far.relative_error() < 2e-3);
}

#[test]
fn the_same_shard_twice_is_refused_wherever_it_comes_in() {
    let [a, b, c] = ["a", "b", "c"].map(|name| digest(name, &[(1, 0.5, false), (2, 0.25, true)]));
    let mut ab = merged(&[a.clone(), b.clone()]);
    let again = ab.merge(&merged(&[c, a])).unwrap_err();
    assert!(matches!(&again, MergeError::Twice { name, .. } if name == "a"), "{again}");
    // By its bytes, whatever it is called.
    let mut copy = b.clone();
    let key = copy.parts.keys().next().unwrap().clone();
    let part = Part { name: "copy".to_owned(), ..copy.parts.remove(&key).unwrap() };
    copy.parts.insert((key.0, "copy".to_owned()), part);
    let mut b = b;
    assert!(matches!(b.merge(&copy), Err(MergeError::Twice { .. })));
}

#[test]
fn another_plan_is_refused_with_what_differs() {
    let mut a = digest("a", &[(1, 0.5, false)]);
    let mut b = digest("b", &[(1, 0.5, false)]);
    b.plan.group_by = vec!["status".to_owned()];
    let error = a.merge(&b).unwrap_err().to_string();
    assert!(error.contains("`group_by` is [\"status\"] in it and [\"endpoint\"] in the others"), "{error}");
}

#[test]
fn digests_of_the_first_version_are_read_and_not_mixed_with_newer_ones() {
    let content = digest("a", &[(1, 0.5, false)]).content();
    let at = content.windows(9).position(|bytes| bytes == b"{\"plan\":2").unwrap();
    let older = [&content[..at], b"{\"plan\":1", &content[at + 9..]].concat();
    let mut file = packed(&older).unwrap();
    file[b"perfreport-digest ".len()] = b'1';
    let mut read = Digest::parse(&file).unwrap();
    assert_eq!(read.samples(), 1);
    let error = read.merge(&digest("b", &[(1, 0.5, false)])).unwrap_err().to_string();
    assert!(error.contains("`plan` is 2 in it and 1 in the others"), "{error}");
}

#[test]
fn what_is_no_digest_says_so() {
    let whole = digest("a", &[(1, 0.5, false)]).to_bytes().unwrap();
    assert_eq!(Digest::parse(b"latency_ms\n12\n"), Err(DigestError::NoDigest));
    assert_eq!(Digest::parse(b"perfreport-digest 3\n..."), Err(DigestError::Newer(3)));
    assert_eq!(Digest::parse(&whole[..30]), Err(DigestError::Damaged("it ends in the middle")));
    let longer = [&whole[..], b"x"].concat();
    assert!(matches!(Digest::parse(&longer), Err(DigestError::Damaged(_))));
    // Much from few bytes, and counts of what is not there.
    let zeros = packed(&vec![0; 64 << 20]).unwrap();
    assert!(zeros.len() < 10_000);
    assert!(matches!(Digest::parse(&zeros), Err(DigestError::Impossible(_))));
    let mut writer = Writer::default();
    writer.number(u128::from(u64::MAX));
    assert!(matches!(Digest::parse(&packed(&writer.bytes).unwrap()), Err(DigestError::Impossible(_))));
}

#[test]
fn entries_that_are_claimed_and_not_there_cost_nothing() {
    let began = std::time::Instant::now();
    let whole = digest("a", &[(1, 0.5, false), (1, 0.25, true)]).content();
    for at in 0..whole.len() {
        // 2^60, in the place of whatever number, text or count stands there: most of them end in the middle.
        let mut content = whole[..at].to_vec();
        content.extend([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]);
        content.extend(&whole[at..]);
        if let Ok(odd) = Digest::parse(&packed(&content).unwrap()) {
            assert!(odd.to_bytes().unwrap().len() < 4096);
        }
        // The last number of all may be as large: it is the line of a value.
        assert!(Digest::parse(&packed(&content[..at + 9]).unwrap()).is_err() || at + 1 == whole.len(), "{at}");
    }
    // Ten bytes, as they are and with a seal.
    for bytes in [&b"perfreport"[..], b"\x80\x80\x80\x80\x80\x80\x80\x80\x10\0"] {
        assert_eq!(Digest::parse(bytes), Err(DigestError::NoDigest));
        assert!(matches!(Digest::parse(&packed(bytes).unwrap()), Err(DigestError::Impossible(_))));
    }
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}

#[test]
fn more_than_can_be_counted_is_an_error_and_no_wrong_number() {
    let mut huge = digest("a", &[(1, 0.5, false)]);
    let group = huge.groups[0].get_mut("/1").unwrap();
    group.outcomes[0] = u64::MAX;
    assert_eq!(huge.merge(&digest("b", &[(1, 0.5, false)])), Err(MergeError::TooMany));
}
