//! Every kind of corruption is planted into realistic files; what is found is counted. Clean files are left alone.
//!
//! ```text
//! cargo test --release --test it planted -- --nocapture
//! ```

use std::collections::BTreeMap;

use perfreport::ingest::{SourceOptions, read};
use perfreport::model::finding::{FindingKind, Severity};
use perfreport::model::unit::Dimension;
use perfreport::stats::analysis::analyse;
use perfreport::stats::corruption::{Evidence, suspects};
use perfreport::stats::population::Settings;
use perfreport::stats::rng::Rng;
use rayon::prelude::*;

#[path = "plant.rs"]
mod plant;

use plant::{File, Kind, Law, Style};

/// Something that the program reports: how bad, what, first and last line.
#[derive(Debug, Clone, Copy)]
struct Found {
    severity: Severity,
    kind: FindingKind,
    first: u64,
    last: u64,
}

/// Everything that has a line, as ingest and statistics give it.
fn examine(text: &str) -> Vec<Found> {
    let source = read("planted", text.as_bytes(), &SourceOptions::default()).unwrap();
    let mut all = Vec::new();
    for finding in &source.findings {
        let Some(first) = finding.place.line else { continue };
        // Findings that stand for several places name each in brackets.
        let named = finding.reasons[0].rsplit_once("(line").map_or("", |(_, list)| list);
        let named: Vec<u64> = named.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
        let lines = if named.is_empty() {
            vec![(first, finding.place.last_line.unwrap_or(first))]
        } else {
            named.into_iter().map(|line| (line, line)).collect()
        };
        all.extend(lines.into_iter().map(|(first, last)| Found {
            severity: finding.severity,
            kind: finding.kind,
            first,
            last,
        }));
    }
    for table in &source.tables {
        let line = |row: usize| table.lines.line(row as u64).unwrap();
        let mut add = |severity, kind, first, last| all.push(Found { severity, kind, first, last });
        let analysis = analyse(table, &Settings::default());
        for intruder in &table.intruders {
            add(Severity::Corrupted, FindingKind::ForeignTable, intruder.line, intruder.line);
        }
        for metric in &analysis.metrics {
            for located in &metric.suspects {
                add(located.suspect.severity, located.suspect.kind, line(located.row), line(located.row));
            }
            for repeat in &metric.repeats {
                let last = line(repeat.again + repeat.length - 1);
                add(Severity::Suspicious, FindingKind::DuplicateBlock, line(repeat.again), last);
            }
            if let Some(stuck) = metric.stuck {
                let last = line(stuck.start + stuck.length - 1);
                add(Severity::Suspicious, FindingKind::StuckValue, line(stuck.start), last);
            }
        }
        for clock in analysis.clock.iter() {
            for &row in &clock.backwards {
                add(Severity::Suspicious, FindingKind::ClockBackwards, line(row), line(row));
            }
            for &row in &clock.jumps {
                add(Severity::Note, FindingKind::ClockJump, line(row), line(row));
            }
        }
    }
    all
}

/// What is counted for a kind of corruption.
#[derive(Debug, Clone, Copy, Default)]
struct Score {
    files: usize,
    planted: usize,
    found: usize,
    narrow: (usize, usize),
    reported: usize,
    right: usize,
}

impl Score {
    fn add(self, other: Self) -> Self {
        Self {
            files: self.files + other.files,
            planted: self.planted + other.planted,
            found: self.found + other.found,
            narrow: (self.narrow.0 + other.narrow.0, self.narrow.1 + other.narrow.1),
            reported: self.reported + other.reported,
            right: self.right + other.right,
        }
    }
}

fn score(kind: Kind, files: u64) -> Score {
    let one = |seed: u64| {
        let file = File::planted(seed, kind);
        let found = examine(&file.text());
        let things = file.things();
        let hits = things.iter().filter(|lines| is_found(kind, lines, &found)).count();
        let planted = |found: &Found| {
            let lines = found.first..=found.last;
            let count = lines.clone().count();
            lines.filter(|line| file.is_planted(*line)).count() * 2 >= count
        };
        if std::env::var("SHOW").is_ok() {
            for thing in things.iter().filter(|lines| !is_found(kind, lines, &found)) {
                println!(
                    "  {kind:?} seed {seed} {:?} {:?} n {} missed {:?} of {}",
                    file.style,
                    file.law,
                    file.seconds().len(),
                    thing,
                    things.len()
                );
            }
            for wrong in found.iter().filter(|found| !planted(found)) {
                println!(
                    "  {kind:?} seed {seed} {:?} {:?} n {} wrong {wrong:?}",
                    file.style,
                    file.law,
                    file.seconds().len()
                );
            }
        }
        let narrow = if file.law.is_narrow() { (things.len(), hits) } else { (0, 0) };
        Score {
            files: 1,
            planted: things.len(),
            found: hits,
            narrow,
            reported: found.len(),
            right: found.iter().filter(|found| planted(found)).count(),
        }
    };
    (0..files).into_par_iter().map(|index| one(index.wrapping_mul(7919) + 1)).reduce(Score::default, Score::add)
}

/// Whether at least half of the lines of a planted thing are reported as they should be.
fn is_found(kind: Kind, lines: &[u64], found: &[Found]) -> bool {
    let expected = |found: &&Found| match kind {
        Kind::CopiedBlock => found.kind == FindingKind::DuplicateBlock,
        Kind::StuckValue => found.kind == FindingKind::StuckValue,
        Kind::ClockBackwards => found.kind == FindingKind::ClockBackwards,
        Kind::RepeatedHeader => found.kind == FindingKind::RepeatedHeader,
        Kind::AppendedAfterTable => found.kind == FindingKind::AppendedRun,
        Kind::AppendedAfterPause => found.kind == FindingKind::ClockJump,
        _ => found.severity == Severity::Corrupted,
    };
    let covered = |line: &&u64| found.iter().filter(expected).any(|found| (found.first..=found.last).contains(line));
    lines.iter().filter(covered).count() * 2 >= lines.len()
}

#[test]
fn what_is_planted_is_found() {
    let mut kinds = vec![
        Kind::ForeignRowsWithHeader,
        Kind::ForeignRowsWithoutHeader,
        Kind::NotANumber,
        Kind::Negative,
        Kind::Sentinel,
        Kind::RaggedRow,
        Kind::CutOff,
        Kind::CopiedBlock,
        Kind::StuckValue,
        Kind::ClockBackwards,
        Kind::RepeatedHeader,
        Kind::AppendedAfterTable,
        Kind::AppendedAfterPause,
    ];
    for factor in [60.0, 1e3, 1e6, 1e9] {
        kinds.extend([Kind::UnitSlip(factor, true), Kind::UnitSlip(factor, false), Kind::RecordedTwice(factor)]);
    }
    for kind in kinds {
        let begin = std::time::Instant::now();
        let score = score(kind, 120);
        println!("{kind:?} {score:?} {:?}", begin.elapsed());
    }
    let _ = (BTreeMap::<u8, u8>::new(), Law::ColdStart(1.0), Style::ALL, Rng::new(1), Dimension::Time);
    let _ = suspects(&Evidence {
        values: &[],
        recorded: &[],
        rows: &[],
        shape: None,
        labels: None,
        dimension: Dimension::Time,
        limit: None,
        span: None,
    });
}

/// What is counted over clean files: of how many, and in how many of them samples were called corrupted or suspicious.
#[derive(Debug, Clone, Copy, Default)]
struct Alarms {
    files: usize,
    corrupted: usize,
    suspicious: usize,
}

impl Alarms {
    fn add(self, other: Self) -> Self {
        Self {
            files: self.files + other.files,
            corrupted: self.corrupted + other.corrupted,
            suspicious: self.suspicious + other.suspicious,
        }
    }

    fn of(severities: &[Severity]) -> Self {
        Self {
            files: 1,
            corrupted: usize::from(severities.contains(&Severity::Corrupted)),
            suspicious: usize::from(severities.contains(&Severity::Suspicious)),
        }
    }

    fn over(files: u64, one: impl Fn(u64) -> Self + Sync + Send) -> Self {
        (0..files).into_par_iter().map(one).reduce(Self::default, Self::add)
    }
}

/// Clean files that are written, read and analysed as a user's are.
fn alarms_in_files(files: u64, draw: impl Fn(&mut Rng) -> File + Sync) -> Alarms {
    Alarms::over(files, |seed| {
        let file = draw(&mut Rng::new(seed.wrapping_mul(0x9e37_79b9) + 17));
        let found = examine(&file.text());
        if std::env::var("SHOW").is_ok() {
            for found in found.iter().filter(|found| found.severity != Severity::Note) {
                println!(
                    "  seed {seed} {:?} {:?} n {} {found:?} {}",
                    file.style,
                    file.law,
                    file.seconds().len(),
                    file.text().lines().nth(found.first as usize - 1).unwrap()
                );
            }
        }
        let severities: Vec<Severity> = found.into_iter().map(|found| found.severity).collect();
        Alarms::of(&severities)
    })
}

/// Clean samples given to the detector itself, for the many and the large ones.
fn alarms_in_samples(files: u64, n: usize, draw: impl Fn(&mut Rng) -> f64 + Sync) -> Alarms {
    Alarms::over(files, |seed| {
        let mut rng = Rng::new(seed.wrapping_mul(0x517c_c1b7) + n as u64);
        let values: Vec<f64> = (0..n).map(|_| draw(&mut rng)).collect();
        let rows: Vec<usize> = (0..n).collect();
        let found = suspects(&Evidence {
            values: &values,
            recorded: &values,
            rows: &rows,
            shape: None,
            labels: None,
            dimension: Dimension::Time,
            limit: None,
            span: Some(n as f64 * 0.01),
        });
        let severities: Vec<Severity> = found.into_iter().map(|suspect| suspect.severity).collect();
        Alarms::of(&severities)
    })
}

fn heavy_tails() -> [(&'static str, Law, fn(&mut Rng) -> f64); 2] {
    [
        ("lognormal, sigma 1.5", Law::Lognormal(1.5), |rng| 0.05 * (1.5 * rng.normal()).exp()),
        ("Pareto, index 1.5", Law::Pareto(1.5), |rng| 0.02 * (rng.exponential() / 1.5).exp()),
    ]
}

fn print_alarms(what: &str, n: &str, alarms: Alarms) {
    println!("| {what} | {n} | {} | {} | {} |", alarms.files, alarms.corrupted, alarms.suspicious);
}

#[test]
fn slow_requests_of_a_heavy_tail_are_not_called_corrupted() {
    for (name, law, draw) in heavy_tails() {
        let mut all = Alarms::default();
        for (n, files) in [(100, 400), (1000, 60), (10_000, 4)] {
            let alarms = alarms_in_files(files, |rng| {
                let style = Style::ALL[rng.below(3)];
                File::clean(rng, style, law, n, 0.0)
            });
            print_alarms(name, &format!("{n} (files)"), alarms);
            all = all.add(alarms);
        }
        for (n, files) in [(100, 1500), (1000, 600), (10_000, 100), (100_000, 4)] {
            let alarms = alarms_in_samples(files, n, draw);
            print_alarms(name, &n.to_string(), alarms);
            all = all.add(alarms);
        }
        assert!(all.files >= 2000 && all.corrupted * 1000 <= all.files, "{name}: {all:?}");
    }
}

#[test]
#[ignore = "20,000 files and more: cargo test --release --test it planted -- --ignored --nocapture"]
fn slow_requests_of_a_heavy_tail_are_not_called_corrupted_in_20_000_files() {
    for (name, _, draw) in heavy_tails() {
        for (n, files) in [(100, 7000), (1000, 3000), (10_000, 500), (100_000, 20)] {
            let alarms = alarms_in_samples(files, n, draw);
            print_alarms(name, &n.to_string(), alarms);
            assert!(alarms.corrupted * 1000 <= alarms.files, "{name} {n}: {alarms:?}");
        }
    }
}

#[test]
fn clean_files_of_every_kind_are_left_alone() {
    let pick = |rng: &mut Rng| Style::ALL[rng.below(3)];
    let rows = |rng: &mut Rng| (100.0 * 20_f64.powf(rng.uniform())) as usize;
    let deadline = |rng: &mut Rng| if rng.below(2) == 0 { 10.0 } else { 30.0 };
    let kinds: Vec<(&str, Box<dyn Fn(&mut Rng) -> File + Sync>)> = vec![
        (
            "whole milliseconds",
            Box::new(|rng| {
                let law = Law::Lognormal([0.3, 0.5, 1.0][rng.below(3)]);
                let n = rows(rng);
                File::clean(rng, Style::Millis, law, n, 0.3)
            }),
        ),
        (
            "timeouts, unlabelled",
            Box::new(|rng| {
                let law =
                    Law::Timeouts { share: 0.01 + 0.04 * rng.uniform(), deadline: deadline(rng), labelled: false };
                let (style, n) = (pick(rng), rows(rng));
                File::clean(rng, style, law, n, 0.0)
            }),
        ),
        (
            "timeouts, labelled",
            Box::new(|rng| {
                let law = Law::Timeouts { share: 0.01 + 0.04 * rng.uniform(), deadline: deadline(rng), labelled: true };
                let (style, n) = (pick(rng), rows(rng));
                File::clean(rng, style, law, n, 0.0)
            }),
        ),
        (
            "slow path, labelled",
            Box::new(|rng| {
                let law = Law::SlowPath {
                    share: 0.002 + 0.05 * rng.uniform(),
                    times: 10_f64.powf(1.0 + 3.0 * rng.uniform()),
                    labelled: true,
                };
                let (style, n) = (pick(rng), rows(rng));
                File::clean(rng, style, law, n, 0.0)
            }),
        ),
        (
            "bimodal, unlabelled",
            Box::new(|rng| {
                let law = Law::SlowPath {
                    share: 0.05 + 0.45 * rng.uniform(),
                    times: 10_f64.powf(1.0 + 3.0 * rng.uniform()),
                    labelled: false,
                };
                let (style, n) = (pick(rng), rows(rng));
                File::clean(rng, style, law, n, 0.0)
            }),
        ),
        (
            "rare slow path, unlabelled",
            Box::new(|rng| {
                let law = Law::SlowPath {
                    share: 0.002 + 0.02 * rng.uniform(),
                    times: 10_f64.powf(1.0 + 2.0 * rng.uniform()),
                    labelled: false,
                };
                let (style, n) = (pick(rng), rows(rng));
                File::clean(rng, style, law, n, 0.0)
            }),
        ),
        (
            "steady, with a cold start",
            Box::new(|rng| {
                let law = Law::ColdStart(10_f64.powf(0.3 + 2.7 * rng.uniform()));
                let (style, n) = (pick(rng), rows(rng));
                File::clean(rng, style, law, n, 0.5)
            }),
        ),
        (
            "zeros among latencies",
            Box::new(|rng| {
                let law = Law::Zeros(0.02 + 0.5 * rng.uniform());
                let (style, n) = (pick(rng), rows(rng));
                File::clean(rng, style, law, n, 0.0)
            }),
        ),
        (
            "dependent samples",
            Box::new(|rng| {
                let law = Law::Lognormal([0.3, 0.5, 1.0][rng.below(3)]);
                let (style, n) = (pick(rng), rows(rng));
                File::clean(rng, style, law, n, 0.9)
            }),
        ),
        (
            "5 to 50 rows",
            Box::new(|rng| {
                let law = Law::any(rng);
                let (style, n) = (pick(rng), 5 + rng.below(46));
                File::clean(rng, style, law, n, 0.0)
            }),
        ),
    ];
    for (name, draw) in kinds {
        let begin = std::time::Instant::now();
        let alarms = alarms_in_files(300, draw);
        print_alarms(name, "", alarms);
        println!("{:?}", begin.elapsed());
    }
}
