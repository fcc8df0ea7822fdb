//! Whatever bytes a reader gets: a report, a finding or an error, never a panic, and an end.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use perfreport::ingest::{SourceOptions, formats, read};
use perfreport::measure::unit::Unit;
use proptest::collection::vec;
use proptest::prelude::*;

use super::formats::metrics_fixtures;

/// Bytes of a fixture that are used: enough for headers and some hundred rows.
const MOST_BYTES: usize = 24 << 10;
/// A file of this size is read in some milliseconds; so much longer, and something is not linear.
const LONGEST: Duration = Duration::from_secs(30);

fn samples() -> &'static [(String, Vec<u8>)] {
    static SAMPLES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let cut = |(name, mut bytes): (String, Vec<u8>)| {
            bytes.truncate(MOST_BYTES);
            (name, bytes)
        };
        metrics_fixtures().into_iter().map(cut).collect()
    })
}

/// A way to damage a file; places are shares of its length.
#[derive(Debug, Clone)]
enum Damage {
    Cut(f64),
    Behead(f64),
    Flip(f64, u8),
    Put(f64, Vec<u8>),
    Delete(f64, usize),
    Twice(f64, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = || 0.0..1.0_f64;
    let odd = prop_oneof![
        vec(any::<u8>(), 1..6),
        prop_oneof![
            Just("\n"),
            Just("\r\n"),
            Just(","),
            Just("\t"),
            Just("\""),
            Just("{"),
            Just("}"),
            Just("["),
            Just("]"),
            Just("null"),
            Just("NaN"),
            Just("-1"),
            Just("1e999"),
            Just("99999999999999999999"),
            Just("é"),
            Just("\u{feff}"),
            Just("<"),
            Just("/>"),
        ]
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        at().prop_map(Damage::Cut),
        at().prop_map(Damage::Behead),
        (at(), 1..=255_u8).prop_map(|(place, bits)| Damage::Flip(place, bits)),
        (at(), odd).prop_map(|(place, bytes)| Damage::Put(place, bytes)),
        (at(), 1..400_usize).prop_map(|(place, length)| Damage::Delete(place, length)),
        (at(), 1..400_usize).prop_map(|(place, length)| Damage::Twice(place, length)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        let place = |share: f64| (share * bytes.len() as f64) as usize;
        match damage {
            Damage::Cut(at) => {
                let end = place(*at);
                bytes.truncate(end);
            }
            Damage::Behead(at) => {
                let start = place(*at);
                bytes.drain(..start);
            }
            Damage::Flip(at, bits) => {
                let at = place(*at);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= bits;
                }
            }
            Damage::Put(at, more) => {
                let at = place(*at);
                bytes.splice(at..at, more.iter().copied());
            }
            Damage::Delete(at, length) => {
                let at = place(*at);
                let end = (at + length).min(bytes.len());
                bytes.drain(at..end);
            }
            Damage::Twice(at, length) => {
                let at = place(*at);
                let end = (at + length).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(end..end, piece);
            }
        }
    }
    bytes
}

/// Reads bytes to their end, as the format of that name or as what they are recognised as.
fn end_of(bytes: &[u8], format: Option<&str>) {
    let mut options = SourceOptions { format: format.map(str::to_owned), ..SourceOptions::default() };
    options.columns.entry("latency".to_owned()).or_default().unit = Some(Unit::MILLISECOND);
    let start = Instant::now();
    if let Ok(source) = read("any", bytes, &options) {
        for table in &source.tables {
            for column in &table.columns {
                assert!(!column.role_reason.is_empty());
            }
        }
        for histogram in &source.histograms {
            assert!(histogram.buckets.iter().all(|bucket| bucket.count > 0));
        }
    }
    let taken = start.elapsed();
    assert!(taken < LONGEST, "{format:?} took {taken:?} for {} bytes", bytes.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_read_or_refused(which in any::<prop::sample::Index>(), damages in vec(damage(), 1..5)) {
        let (_, bytes) = &samples()[which.index(samples().len())];
        end_of(&damaged(bytes.clone(), &damages), None);
    }

    #[test]
    fn files_of_one_format_forced_into_another_are_read_or_refused(
        which in any::<prop::sample::Index>(),
        format in any::<prop::sample::Index>(),
        damages in vec(damage(), 0..3),
    ) {
        let names: Vec<&str> = formats().map(|format| format.name).collect();
        let (_, bytes) = &samples()[which.index(samples().len())];
        end_of(&damaged(bytes.clone(), &damages), Some(names[format.index(names.len())]));
    }

    #[test]
    fn any_bytes_forced_into_a_format_are_read_or_refused(
        bytes in prop_oneof![vec(any::<u8>(), 0..400), "[ -~\n\t]{0,400}".prop_map(String::into_bytes)],
        format in any::<prop::sample::Index>(),
    ) {
        let names: Vec<&str> = formats().map(|format| format.name).collect();
        end_of(&bytes, Some(names[format.index(names.len())]));
    }
}

#[test]
fn a_format_can_be_forced_onto_every_fixture() {
    for format in formats() {
        for (_, bytes) in samples() {
            end_of(bytes, Some(format.name));
        }
    }
}
