//! Rounds end with the numbers of the samples themselves, however these lie and however they were divided.

use super::super::key::key_of;
use super::super::parts::{Digest, MergeError};
use super::super::read_back::{digest_source, reported};
use super::super::tests::{digest, merged};
use super::answer::{Counters, Refinement};
use super::ask::Ask;
use super::shown::next;
use crate::analysis::metric::{Evidence, Metric};
use crate::stats::bins::Histogram;
use crate::stats::dependence::Inflations;
use crate::stats::population::Population;
use crate::stats::rng::Rng;
use crate::stats::sample::Sample;
use crate::stats::settings::Settings;
use crate::stats::summary::{Summary, summarise};

/// Label, value, and whether it failed.
type Row = (u8, f64, bool);

fn answers(ask: &Ask, rows: &[Row]) -> Refinement {
    let mut counters = Counters::of(ask);
    for (label, value, failed) in rows {
        let places = counters.of_group(0, &format!("/{label}"));
        counters.push(&places[usize::from(*failed)], key_of(*value));
    }
    counters.finish().unwrap()
}

fn answered(ask: &Ask, name: &str, rows: &[Row]) -> Digest {
    Digest { refinement: Some(answers(ask, rows)), ..digest(name, rows) }
}

fn stored(digest: &Digest) -> Digest {
    Digest::parse(&digest.to_bytes().unwrap()).unwrap()
}

fn ask(all: &Digest) -> Ask {
    let ask = next(all, &Settings::default()).unwrap();
    let bytes = serde_json::to_vec(&ask).unwrap();
    assert_eq!(Ask::parse(&bytes).unwrap(), ask);
    ask
}

/// The digest of the last round, and how many there were.
fn refined(shards: &[Vec<Row>]) -> (Digest, u64) {
    let named = || shards.iter().enumerate().map(|(place, rows)| (format!("s{place}"), rows));
    let mut all = merged(&named().map(|(name, rows)| digest(&name, rows)).collect::<Vec<Digest>>());
    for round in 0.. {
        let ask = ask(&all);
        if ask.open == 0 {
            return (all, round);
        }
        assert!(round < 8, "{} questions are open after {round} rounds", ask.open);
        let backwards: Vec<Digest> =
            named().map(|(name, rows)| stored(&answered(&ask, &name, rows))).collect::<Vec<Digest>>();
        let straight = merged(&backwards);
        // In any order, and in a tree.
        let halves: Vec<Digest> = backwards.rchunks(backwards.len().div_ceil(2)).map(merged).collect();
        all = stored(&merged(&halves));
        assert_eq!(all, straight);
    }
    unreachable!("a round is the last one")
}

fn metric(digest: &Digest) -> Metric {
    let source = digest_source(digest, "all.digest", (String::new(), 0));
    reported(digest, &source, &Settings::default()).metrics.remove(0)
}

/// But the geometric mean, the Shamos spread and the tail, which are those of buckets.
fn assert_exact(found: Option<&Summary>, values: Vec<f64>, what: &str) {
    let found = found.unwrap();
    let sample = Sample::new(values).unwrap();
    let whole = summarise(&sample, Inflations::default(), &Settings::default());
    if let Some((near, exact)) = found.geometric_mean.zip(whole.geometric_mean) {
        assert!((near / exact - 1.0).abs() < 2e-3, "{what}: {near} and {exact}");
    }
    assert_eq!(found.heavy_tail.is_some(), whole.heavy_tail.is_some(), "{what}");
    let expected =
        Summary { geometric_mean: found.geometric_mean, shamos: found.shamos, heavy_tail: found.heavy_tail, ..whole };
    assert_eq!(*found, expected, "{what}");
}

fn assert_drawn(found: &Population, mut values: Vec<f64>, what: &str) {
    values.sort_unstable_by(f64::total_cmp);
    let below = |edges: &[f64]| edges.iter().map(|edge| values.partition_point(|value| value < edge) as u64).collect();
    assert_eq!(found.histogram, Histogram::of(values.len(), |rank| values[rank], below), "{what}");
}

/// Draws of one value.
type Draw = fn(&mut Rng) -> f64;

const DRAWS: [(&str, Draw); 8] = [
    ("lognormal", |rng| 0.05 * (0.8 * rng.normal()).exp()),
    ("normal around zero", Rng::normal),
    ("heavy tail", |rng| rng.uniform().max(1e-12).powf(-1.0 / 1.5)),
    ("nearly all near zero", |rng| rng.uniform().powi(12)),
    // One bucket with more samples than an answer names, and the same again a level below.
    ("a crowd", |rng| 1000.0 + 1e-9 * rng.uniform()),
    ("ties among fractions", |rng| if rng.uniform() < 0.6 { 0.25 } else { rng.exponential() }),
    ("both signs and far", |rng| (rng.uniform() - 0.3) * 2_f64.powf(60.0 * rng.uniform() - 30.0)),
    ("two crowds", |rng| if rng.uniform() < 0.5 { 1.0 + 1e-12 * rng.normal() } else { 3.0 + 1e-9 * rng.uniform() }),
];

#[test]
fn rounds_end_with_the_numbers_of_the_samples() {
    for (seed, (what, draw)) in DRAWS.into_iter().enumerate() {
        let mut rng = Rng::new(seed as u64);
        let values: Vec<f64> = (0..12_000).map(|_| draw(&mut rng)).collect();
        let rows: Vec<Row> = values.iter().map(|value| (1, *value, false)).collect();
        let cut = [0, 1, 300, 8000, 12_000];
        let shards: Vec<Vec<Row>> = cut.windows(2).map(|pair| rows[pair[0]..pair[1]].to_vec()).collect();
        let (all, rounds) = refined(&shards);
        let found = metric(&all);
        assert_exact(found.overall.clean.as_ref(), values.clone(), what);
        assert_drawn(&found.overall, values, what);
        let Evidence::Digest { refined, relative_error, .. } = found.evidence else { panic!("{what}") };
        assert!(refined && relative_error > 0.0 && rounds <= 5, "{what}: {rounds} rounds");
    }
}

#[test]
fn however_rows_were_divided_the_rounds_end_with_the_same() {
    let mut rng = Rng::new(3);
    let rows: Vec<Row> = (0..16_000)
        .map(|_| {
            let label = (rng.uniform() * 3.0) as u8;
            (label, 0.01 * (rng.normal() + f64::from(label)).exp(), rng.uniform() < 0.4)
        })
        .collect();
    let of = |keep: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| keep(row)).map(|row| row.1).collect::<Vec<f64>>();
    let mut first: Option<Metric> = None;
    for parts in [1, 7, 48] {
        // Of very unequal size, and rows that are far from each other.
        let part = |row: usize| if row.is_multiple_of(3) { 0 } else { row * 7919 % parts };
        let shards: Vec<Vec<Row>> = (0..parts)
            .map(|shard| (0..rows.len()).filter(|row| part(*row) == shard).map(|row| rows[row]).collect())
            .collect();
        let found = metric(&refined(&shards).0);
        assert_exact(found.overall.clean.as_ref(), of(&|row| !row.2), "all");
        assert_exact(found.failed.as_ref(), of(&|row| row.2), "failed");
        for (label, group) in (0..3_u8).zip(&found.groups) {
            assert_exact(group.clean.as_ref(), of(&|row| !row.2 && row.0 == label), "a group");
        }
        let first = first.get_or_insert_with(|| found.clone());
        assert_eq!((&first.overall, &first.groups, &first.failed), (&found.overall, &found.groups, &found.failed));
    }
}

#[test]
fn numbers_that_are_counted_one_by_one_need_no_round() {
    let rows: Vec<Row> = (0..5000).map(|place| (1, f64::from(place % 700) / 1000.0, false)).collect();
    let (all, rounds) = refined(&[rows]);
    assert_eq!(rounds, 0);
    let Evidence::Digest { refined, .. } = metric(&all).evidence else { panic!("a digest") };
    assert!(!refined);
}

fn wide(seed: u64, n: usize) -> Vec<Row> {
    let mut rng = Rng::new(seed);
    (0..n).map(|_| (1, rng.exponential(), false)).collect()
}

#[test]
fn answers_of_another_ask_of_some_shards_or_of_none_are_not_taken_for_those_of_all() {
    let shards = [wide(1, 4000), wide(2, 4000)];
    let names = ["a", "b"];
    let plain: Vec<Digest> = names.iter().zip(&shards).map(|(name, rows)| digest(name, rows)).collect();
    let whole = ask(&merged(&plain));
    let both: Vec<Digest> = names.iter().zip(&shards).map(|(name, rows)| answered(&whole, name, rows)).collect();
    // With a digest that answers nothing, and with one that answers something else.
    assert_eq!(both[0].clone().merge(&plain[1]), Err(MergeError::OtherAsk));
    assert_eq!(plain[1].clone().merge(&both[0]), Err(MergeError::OtherAsk));
    let other = answered(&ask(&plain[0]), "b", &shards[1]);
    assert_eq!(both[0].clone().merge(&other), Err(MergeError::OtherAsk));
    // A shard is missing: its buckets are all that is known, and the next round is refused.
    let Evidence::Digest { refined, .. } = metric(&both[0]).evidence else { panic!("a digest") };
    assert!(!refined);
    assert!(next(&both[0], &Settings::default()).unwrap_err().contains("about 2 shards and holds 1"));
    // Answers that are not to what was counted are refused where all of them are there.
    let mut odd = merged(&both);
    let counts = &mut odd.refinement.as_mut().unwrap().answers[0].stretches[0];
    *counts.values_mut().next().unwrap() += 1;
    let error = Digest::parse(&odd.to_bytes().unwrap()).unwrap_err().to_string();
    assert!(error.contains("does not fit their counts"), "{error}");
}

#[test]
fn a_shard_with_more_than_was_asked_for_says_that_the_ask_is_about_others() {
    let whole = ask(&digest("a", &wide(1, 4000)));
    let mut counters = Counters::of(&whole);
    let places = counters.of_group(0, "/1");
    let stretch = whole.questions[0].stretches.iter().find(|stretch| stretch.shift == 0).unwrap();
    for key in stretch.from..(stretch.from + 5000).min(stretch.to) {
        counters.push(&places[0], key);
    }
    assert!(counters.finish().unwrap_err().contains("about other shards"));
}

#[test]
fn an_ask_that_nobody_asks_is_refused() {
    let whole = serde_json::to_value(ask(&digest("a", &wide(1, 4000)))).unwrap();
    let refused = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut odd = whole.clone();
        change(&mut odd);
        Ask::parse(&serde_json::to_vec(&odd).unwrap()).unwrap_err().to_string()
    };
    assert!(refused(&|ask| ask["ask"] = 2.into()).contains("newer perfreport"));
    assert!(refused(&|ask| ask["open"] = 9.into()).contains("not as many as it says"));
    assert!(refused(&|ask| ask["questions"][0]["stretches"][0]["to"] = 0.into()).contains("not ascending"));
    assert!(refused(&|ask| ask["questions"][0]["stretches"][0]["shift"] = 64.into()).contains("not ascending"));
    assert!(refused(&|ask| ask["more"] = 1.into()).contains("no ask"));
    let again = |ask: &mut serde_json::Value| {
        let first = ask["questions"][0].clone();
        ask["questions"].as_array_mut().unwrap().push(first);
        ask["open"] = 2.into();
    };
    assert!(refused(&again).contains("twice"));
    assert!(Ask::parse(b"latency_ms\n1\n").is_err());
}
