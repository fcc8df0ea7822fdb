//! The README's commands run and do what they say.

use std::fs;
use std::path::Path;

use crate::support::{Place, fixture, fixtures};

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The commands in the blocks marked `sh`, without their comments.
fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line.trim_end() == "```sh";
        } else if inside && !line.trim().is_empty() {
            commands.push(line.split("  #").next().unwrap().trim().to_owned());
        }
    }
    commands
}

#[test]
fn every_perfreport_command_of_the_readme_works() {
    let place = Place::new();
    for (from, to) in
        [("chat", "results"), ("load", "results"), ("json", "results"), ("swarm", "swarm"), ("service", "results")]
    {
        for entry in fs::read_dir(fixtures().join(from)).unwrap() {
            let path = entry.unwrap().path();
            place.write(&format!("{to}/{}", path.file_name().unwrap().to_string_lossy()), fs::read(&path).unwrap());
        }
    }
    place.write("run.csv", fs::read(fixtures().join("load/requests.csv")).unwrap());
    place.write("wrk.txt", fs::read(fixtures().join("wrk/wrk.txt")).unwrap());
    place.write("my.md", "{{ verdict.headline }}\n");
    place.write("data.js", fs::read(fixtures().join("github-action-benchmark/data.js")).unwrap());
    for (name, from) in [
        ("before.csv", "compare/before.csv"),
        ("after.csv", "compare/after.csv"),
        ("more/run.csv", "runs/run-1.csv"),
        ("part-001.csv", "runs/run-1.csv"),
        ("part-002.csv", "runs/run-2.csv"),
    ] {
        place.write(name, fs::read(fixtures().join(from)).unwrap());
    }
    let mut tried = 0;
    for command in
        commands(&readme()).iter().filter(|command| command.contains("perfreport ") && !command.contains("cargo"))
    {
        let folder = Path::new(env!("CARGO_BIN_EXE_perfreport")).parent().unwrap();
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
        let output = std::process::Command::new("sh")
            .arg("-c")
            .arg(command)
            .env("PATH", path)
            .current_dir(place.path())
            .output()
            .unwrap();
        // The files of the chat service have corrupted samples.
        let expected = i32::from(command.contains("perfreport check") || command.contains("--fail-on"));
        assert_eq!(
            output.status.code(),
            Some(expected),
            "{command}\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        tried += 1;
    }
    assert!(tried >= 8, "only {tried} commands were found in the README");
}

#[test]
fn the_history_of_the_readme_is_what_the_program_prints() {
    let run = Place::new().run(&format!("history report {}", fixture("history/perf-history.jsonl")));
    run.exits(0);
    let readme = readme();
    for line in run.stdout.lines() {
        assert!(readme.contains(line.trim_end()), "the README's excerpt lacks: {line}");
    }
}

#[test]
fn the_two_commands_stand_in_the_readme_and_in_the_check_script() {
    let readme = commands(&readme());
    let script = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/run")).unwrap();
    for command in ["cargo run --release --locked -- summarize fixtures", "cargo test --release --locked"] {
        assert!(readme.iter().any(|line| line.starts_with(command)), "{command} is not in the README");
        assert!(script.contains(command), "{command} is not in the check script");
    }
}

/// Every line that a run prints stands in the README.
#[track_caller]
fn stands_in_the_readme(arguments: &str) {
    let readme = readme();
    let run = Place::new().run(arguments);
    run.exits(0);
    for line in run.stdout.lines().filter(|line| !line.trim().is_empty()) {
        assert!(readme.contains(line.trim_end()), "the README's excerpt lacks: {line}");
    }
}

#[test]
fn the_excerpts_of_the_readme_are_what_the_program_prints() {
    let (memory, timeouts) = (fixture("chat/memory_usage_metrics.csv"), fixture("chat/timeout_metrics.csv"));
    stands_in_the_readme(&format!("summarize {memory} {timeouts}"));
    stands_in_the_readme(&format!("summarize {} -o chat.html", fixture("service/chat_events.csv")));
    stands_in_the_readme(&format!("summarize {} -o swarm.html", fixture("swarm")));
    stands_in_the_readme(&format!("summarize {}", fixture("wrk/wrk.txt")));
    let (before, after) = (fixture("compare/before.csv"), fixture("compare/after.csv"));
    let run = Place::new().run(&format!("compare {before} {after}"));
    let (changes, _) = run.exits(0).stdout.split_once("\nafter.csv (csv").unwrap();
    assert!(readme().contains(changes), "the README's excerpt lacks:\n{changes}");
}

#[test]
fn every_format_stands_in_the_readme_with_the_command_that_writes_and_reports_it() {
    let readme = readme();
    for format in perfreport::ingest::formats() {
        let command = format.example.replace('|', "\\|");
        assert!(command.contains("perfreport summarize "), "{}: {command}", format.name);
        assert!(readme.contains(&format!("| `{}` | `{command}` |", format.name)), "{}: {command}", format.name);
    }
}

#[test]
fn links_to_files_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = readme();
    for (at, _) in text.match_indices("](") {
        let target = text[at + 2..].split(')').next().unwrap();
        if target.contains("://") || target.starts_with('#') {
            continue;
        }
        assert!(root.join(target).exists(), "{target}");
    }
}
