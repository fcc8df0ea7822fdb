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

/// What a shell makes of a command, with the program of the tests on its path.
fn typed(command: &str, folder: &Path) -> std::process::Output {
    let program = Path::new(env!("CARGO_BIN_EXE_perfreport")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    std::process::Command::new("sh").arg("-c").arg(command).env("PATH", path).current_dir(folder).output().unwrap()
}

#[test]
fn every_command_of_the_tutorial_does_what_it_says() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tutorial.md")).unwrap();
    let place = Place::new();
    for (name, from) in [("before", "compare/before"), ("after", "compare/after")] {
        place.write(&format!("{name}.csv"), fs::read(fixtures().join(format!("{from}.csv"))).unwrap());
    }
    assert_eq!(does_what_it_says(&text, &place), 9);
}

/// Runs the commands of a document one after the other; how many there are. One that fails says so, and a gate may fail.
#[track_caller]
fn does_what_it_says(text: &str, place: &Place) -> usize {
    let commands = commands(text);
    for command in &commands {
        let fails = i32::from(text.contains(&format!("{command}  # exits 1")));
        let may_fail = i32::from(fails == 1 || !text.contains("# exits 1") && command.contains("--fail-on"));
        let output = typed(command, place.path());
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code().is_some_and(|code| (fails..=may_fail).contains(&code)), "{command}\n{said}");
    }
    commands.len()
}

/// Files by the names that documents give them.
const FILES: [(&str, &str); 33] = [
    ("before.csv", "compare/before.csv"),
    ("after.csv", "compare/after.csv"),
    ("run.csv", "load/requests.csv"),
    ("results/run.csv", "runs/run-1.csv"),
    ("more/run.csv", "runs/run-2.csv"),
    ("first.csv", "runs/run-1.csv"),
    ("last.csv", "runs/run-2.csv"),
    ("shard-07.csv", "runs/run-3.csv"),
    ("k6.csv", "k6/samples.csv"),
    ("results.jtl", "jmeter/no_header.jtl"),
    ("oha.csv", "oha/oha.csv"),
    ("wrk.txt", "wrk/wrk.txt"),
    ("commands.json", "hyperfine/commands.json"),
    ("sort.txt", "go-bench/sort.txt"),
    ("sort-new.txt", "go-bench/sort.txt"),
    ("modes.json", "jmh/modes.json"),
    ("rounds.json", "pytest-benchmark/rounds.json"),
    ("vllm.json", "vllm/appended.json"),
    ("guidellm.json", "guidellm/benchmarks.json"),
    ("aiperf.json", "aiperf/profile_export_aiperf.json"),
    ("pgbench_log.4711", "pgbench/pgbench_log.4711"),
    ("oltp.txt", "sysbench/oltp.txt"),
    ("redis.csv", "redis-benchmark/commands.csv"),
    ("iostat.log", "iostat/iostat.log"),
    ("metrics.prom", "prometheus/metrics.prom"),
    ("access.log", "access-log/access.log"),
    ("tagged.hlog", "hdrhistogram/tagged.hlog"),
    ("spectrum.hgrm", "hdrhistogram/spectrum.hgrm"),
    ("chat_events.csv", "service/chat_events.csv"),
    ("perf-history.jsonl", "history/perf-history.jsonl"),
    ("swarm/agents.json", "swarm/coder.19797.json"),
    ("data.js", "github-action-benchmark/data.js"),
    ("k6-summary.json", "k6/summary_export.json"),
];

#[test]
fn every_command_of_every_document_does_what_it_says() {
    let documents = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")).unwrap();
    let mut tried = 0;
    for document in documents.map(|entry| entry.unwrap().path()) {
        let name = document.file_name().unwrap().to_string_lossy().into_owned();
        // The tutorial has a test of its own; the architecture tells how to run the tests.
        if document.extension().is_none_or(|ending| ending != "md")
            || ["tutorial.md", "architecture.md"].contains(&name.as_str())
        {
            continue;
        }
        let place = Place::new();
        for (name, from) in FILES {
            place.write(name, fs::read(fixtures().join(from)).unwrap());
        }
        place.write("my.md", "{{ verdict.headline }}\n");
        tried += does_what_it_says(&fs::read_to_string(&document).unwrap(), &place);
    }
    assert!(tried >= 40, "only {tried} commands were found");
}

/// All documents: files that are there, and every one of them in the table of contents.
#[test]
fn links_of_documents_lead_somewhere_and_every_document_is_in_the_contents() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let contents = fs::read_to_string(root.join("docs/SUMMARY.md")).unwrap();
    let documents = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    for document in documents.filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        let name = document.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name == "SUMMARY.md" || contents.contains(&format!("({name})")), "{name} is not in docs/SUMMARY.md");
        let text = fs::read_to_string(&document).unwrap();
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split(')').next().unwrap();
            let file = target.split('#').next().unwrap();
            // What is no name of a file is an example of a formula or a pattern.
            let is_document = Path::new(file).extension().is_some_and(|ending| ending == "md");
            let is_file = is_document || file.contains('/') && !file.contains(' ');
            if is_file && !file.contains("://") {
                assert!(!file.starts_with("../"), "{name}: {target} is not in the book (`.ci/full site`)");
                assert!(root.join("docs").join(file).exists(), "{name}: {target}");
            }
        }
    }
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
        let output = typed(command, place.path());
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

/// What a visitor sees before scrolling: a picture of a page, ways to install in a line each, and what is typed first.
#[test]
fn the_first_screen_has_a_picture_three_ways_to_install_and_two_commands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = readme();
    let first = text.lines().take(30).collect::<Vec<&str>>().join("\n");
    for name in ["srcset=\"", "src=\""] {
        let picture = first.split_once(name).unwrap().1.split('"').next().unwrap();
        assert!(root.join(picture).metadata().unwrap().len() > 10_000, "{picture} is no picture");
    }
    let commands = commands(&first);
    let begins = |begin: &str| commands.iter().any(|command| command.starts_with(begin));
    assert!(begins("perfreport results/*.csv --save-baseline ") && begins("perfreport results/*.csv --baseline "));
    // Each of these is run, as it stands there, by the part of .ci/full that makes what it installs.
    for (begin, part) in
        [("PERFREPORT_FROM=packages sh ", "archive"), ("pip install ", "wheel"), ("npm install ", "npm")]
    {
        assert!(begins(begin), "{begin}");
        let script = fs::read_to_string(root.join(format!(".ci/full.d/{part}.sh"))).unwrap();
        assert!(script.contains(&format!("of_the_readme '{begin}'")), ".ci/full {part} does not run `{begin}…`");
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
