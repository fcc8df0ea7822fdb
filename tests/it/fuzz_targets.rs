//! The targets that are fuzzed (`fuzz/`), as ordinary tests: over their corpus, over the fixtures, and over mutations of both that are the
//! same every time. How far they are followed is a number of mutations, never a time: `FUZZ_ROUNDS` makes it larger.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::fixtures;

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use targets::{TARGETS, Target};

/// Mutations of each file of a corpus where nothing else is said.
const ROUNDS: u64 = 12;
/// A fixture is used up to here, to the end of a line.
const MOST_BYTES: usize = 2_500;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = fuzz().join("corpus").join(target);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{target} has no corpus");
    files.into_iter().map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect()
}

/// The tokens of the dictionary, without their quotes and escapes.
fn dictionary() -> Vec<Vec<u8>> {
    let text = fs::read_to_string(fuzz().join("dictionary.txt")).unwrap();
    let token = |line: &str| {
        let inside = line.strip_prefix('"')?.strip_suffix('"')?.as_bytes();
        let (mut bytes, mut at) = (Vec::new(), 0);
        while at < inside.len() {
            match (inside[at], inside.get(at + 1)) {
                (b'\\', Some(b'x')) => {
                    let digits = std::str::from_utf8(inside.get(at + 2..at + 4)?).ok()?;
                    bytes.push(u8::from_str_radix(digits, 16).ok()?);
                    at += 4;
                }
                (b'\\', Some(escaped @ (b'\\' | b'"'))) => {
                    bytes.push(*escaped);
                    at += 2;
                }
                (b'\\', _) => return None,
                (byte, _) => {
                    bytes.push(byte);
                    at += 1;
                }
            }
        }
        Some(bytes)
    };
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| token(line).unwrap_or_else(|| panic!("{line} is no token of a dictionary"))).collect()
}

/// xorshift64* (Vigna 2016): the same numbers on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as usize % bound.max(1)
    }
}

/// One to four changes of the bytes.
fn mutated(bytes: &[u8], other: &[u8], dictionary: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len() + 1);
        let end = (at + 1 + numbers.below(60)).min(bytes.len());
        match numbers.below(9) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(end..end, piece);
            }
            3 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << numbers.below(8);
                }
            }
            4 => {
                let from = numbers.below(other.len() + 1);
                let to = (from + numbers.below(200)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            // A number or a word in the place of one.
            5 | 6 => {
                let is_part = |byte: &u8| !matches!(byte, b',' | b';' | b'\n' | b'"' | b' ' | b':' | b'\t');
                let from = bytes[..at].iter().rposition(|byte| !is_part(byte)).map_or(0, |place| place + 1);
                let to = at + bytes[at..].iter().position(|byte| !is_part(byte)).unwrap_or(bytes.len() - at);
                let token = &dictionary[numbers.below(dictionary.len())];
                bytes.splice(from..to, token.iter().copied());
            }
            _ => {
                let token = &dictionary[numbers.below(dictionary.len())];
                bytes.splice(at..at, token.iter().copied());
            }
        }
    }
    bytes
}

/// Runs a target, and leaves what it did not bear where it can be looked at.
fn bears(target: Target, name: &str, bytes: &[u8]) {
    let (called, run) = target;
    let outcome = std::panic::catch_unwind(|| run(bytes));
    if let Err(panic) = outcome {
        let kept = std::env::temp_dir().join(format!("perfreport-fuzz-{called}"));
        fs::write(&kept, bytes).unwrap();
        eprintln!("{called}: {name}, changed to {}", kept.display());
        std::panic::resume_unwind(panic);
    }
}

fn follow(target: Target, files: &[(String, Vec<u8>)], rounds: u64) {
    let dictionary = dictionary();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for (name, bytes) in files {
        bears(target, name, bytes);
        for _ in 0..rounds {
            let other = &files[numbers.below(files.len())].1;
            bears(target, name, &mutated(bytes, other, &dictionary, &mut numbers));
        }
    }
}

fn rounds() -> u64 {
    std::env::var("FUZZ_ROUNDS").map_or(ROUNDS, |text| text.parse().unwrap())
}

fn target(wanted: &str) -> Target {
    *TARGETS.iter().find(|(name, _)| *name == wanted).unwrap()
}

#[test]
fn files_are_borne_by_every_renderer() {
    follow(target("report"), &corpus("report"), rounds());
}

#[test]
fn comparisons_bear_any_two_files() {
    follow(target("compare"), &corpus("compare"), rounds());
}

#[test]
fn exports_bear_any_file() {
    let files: Vec<_> = [corpus("export"), corpus("report")].concat();
    follow(target("export"), &files, rounds());
}

#[test]
fn histories_bear_any_line() {
    follow(target("history"), &corpus("history"), rounds());
}

#[test]
fn baselines_with_a_digest_that_fits_bear_any_content() {
    follow(target("baseline"), &corpus("baseline"), 4 * rounds());
}

#[test]
fn digests_with_a_seal_that_fits_bear_any_content() {
    follow(target("digest"), &corpus("digest"), 8 * rounds());
}

/// Where whoever fuzzes looks for what digests are made of: content of a digest as it is today, unpacked.
#[test]
fn the_corpus_of_digests_is_of_this_version() {
    for (name, bytes) in corpus("digest") {
        let border = bytes.windows(7).position(|part| part == b"\n=====\n").unwrap_or(bytes.len());
        let sealed = perfreport::digest::seal(&bytes[..border]).unwrap();
        perfreport::digest::Digest::parse(&sealed).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn configurations_are_read_or_refused() {
    follow(target("config"), &corpus("config"), 4 * rounds());
}

#[test]
fn templates_are_rendered_or_refused() {
    follow(target("template"), &corpus("template"), 4 * rounds());
}

/// The beginning of each fixture through every renderer and as a run of a history.
#[test]
fn the_beginning_of_every_fixture_is_borne() {
    let mut files = super::formats::metrics_fixtures();
    for (_, bytes) in &mut files {
        let end = bytes.iter().take(MOST_BYTES).rposition(|byte| *byte == b'\n').map_or(MOST_BYTES, |at| at + 1);
        bytes.truncate(end);
    }
    assert!(files.len() > 100 && fixtures().exists());
    let few = rounds() / ROUNDS;
    for name in ["report", "export", "history"] {
        follow(target(name), &files, few);
    }
}

/// cargo-fuzz finds a target by its file and its entry; a corpus belongs to each.
#[test]
fn every_target_has_a_file_an_entry_and_a_corpus() {
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"")), "{name}");
        let text = fs::read_to_string(fuzz().join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(text.contains(&format!("perfreport_fuzz::{name}(data)")), "{name}");
        let sizes = corpus(name).iter().map(|(_, bytes)| bytes.len()).max();
        assert!(sizes.is_some_and(|largest| largest < 16 << 10), "{name}: a corpus is small");
    }
}
