//! What is written is written whole or not at all, where the user said, and takes the place of nothing that would be missed.

use std::fs;
use std::process::{Command, Stdio};

use crate::support::Place;

const RUN: &str = "event,latency_ms\na,1.5\nb,2.5\na,3.5\nb,4.5\n";
const CONFIG: &str = "title = \"ours\"\n";
const TEMPLATE: &str = "{{ title }}\n";

fn place() -> Place {
    let place = Place::new();
    place.write("run.csv", RUN).write("my.toml", CONFIG).write("t.md", TEMPLATE).write("t.html", TEMPLATE);
    place.run("summarize run.csv -q -o r.md --save-baseline b.json").exits(0);
    place
}

/// Each line names a file in two ways of which one would be lost.
#[test]
fn no_file_of_a_run_takes_the_place_of_another_one() {
    let place = place();
    let names = ["run.csv", "my.toml", "t.md", "b.json"];
    let before: Vec<String> = names.iter().map(|name| place.read(name)).collect();
    for command in [
        "summarize run.csv --config my.toml -o my.toml --template t.md",
        "summarize run.csv --config my.toml --comment ./my.toml",
        "summarize run.csv --config my.toml --save-baseline my.toml",
        "summarize run.csv --template t.md -o t.md",
        "summarize run.csv --template t.html -o x.html --comment t.html",
        "summarize run.csv -o x.json --save-baseline x.json",
        "summarize run.csv -o x.md --comment x.md",
        "summarize run.csv --comment x.md --save-baseline x.md",
        "summarize run.csv -o x.md -o ./x.md",
        "summarize run.csv -o run.csv",
        "summarize run.csv --comment run.csv",
        "summarize run.csv --save-baseline run.csv",
        "summarize run.csv --baseline b.json -o b.json",
        "summarize run.csv --baseline b.json --comment b.json",
        "compare b.json run.csv -o b.json",
        "compare b.json run.csv --comment run.csv",
        "compare b.json run.csv --config my.toml -o my.toml --template t.md",
        "export run.csv -o run.csv",
        "export run.csv --config my.toml -o my.toml",
        "baseline add my.toml run.csv --config my.toml",
        "baseline add run.csv run.csv",
    ] {
        place.run(command).exits(2);
        let after: Vec<String> = names.iter().map(|name| place.read(name)).collect();
        assert_eq!(after, before, "{command}");
    }
    assert_eq!(place.files(), ["b.json", "my.toml", "r.md", "run.csv", "t.html", "t.md"], "nothing else was written");
    // The configuration that lies there counts too.
    place.write("perfreport.toml", CONFIG);
    place.run("summarize run.csv --template t.md -o perfreport.toml").exits(2).complains("the configuration");
    place.run("summarize run.csv -q --baseline b.json --save-baseline b.json").exits(0);
}

/// Runs that are over can be measured by nobody again.
#[test]
fn no_document_takes_the_place_of_runs_that_were_recorded() {
    let place = place();
    place.write("empty.digest", "").write("part.csv", RUN);
    place.run("history add h.jsonl run.csv --at 2026-01-01T00:00:00Z").exits(0);
    place.run("digest run.csv -o run.digest").exits(0);
    place.write("perfreport.toml", CONFIG);
    let names = ["b.json", "h.jsonl", "part.csv", "perfreport.toml", "run.csv", "my.toml"];
    let before: Vec<String> = names.iter().map(|name| place.read(name)).collect();
    for (command, why) in [
        ("summarize run.csv -o b.json", "b.json: a baseline lies there"),
        ("summarize run.csv -o gab=h.jsonl", "h.jsonl: a history lies there"),
        ("summarize run.csv -o r.md --comment b.json", "b.json: a baseline lies there"),
        ("plan run.csv -o b.json", "b.json: a baseline lies there"),
        ("plan run.csv -o perfreport.toml", "the configuration"),
        ("plan run.csv --config my.toml -o my.toml", "the configuration"),
        ("digest run.csv -o part.csv", "part.csv: this file is no digest"),
        ("digest run.csv -o perfreport.toml", "perfreport.toml: this file is no digest"),
        ("merge run.digest -o b.json", "b.json: a baseline lies there"),
        ("merge run.digest -o my.toml", "my.toml: this file is no digest"),
        ("refine ask run.digest -o h.jsonl", "h.jsonl: a history lies there"),
    ] {
        place.run(command).exits(2).complains(why);
        let after: Vec<String> = names.iter().map(|name| place.read(name)).collect();
        assert_eq!(after, before, "{command}");
    }
    for command in
        ["digest run.csv -o empty.digest", "digest part.csv -o run.digest", "merge empty.digest -o run.digest"]
    {
        place.run(command).exits(0);
    }
}

#[test]
fn how_many_recordings_a_baseline_loses_is_said() {
    let place = place();
    place.write("other.csv", RUN.replace("1.5", "1.25"));
    place.run("baseline add b.json other.csv").exits(0);
    let run = place.run("summarize run.csv -o r.md --save-baseline b.json");
    run.exits(0).says("b.json: this run takes the place of 2 recordings; `perfreport baseline add` keeps them");
    place.run("baseline show b.json").exits(0).says("1 recording");
    let again = place.run("summarize run.csv -o r.md --save-baseline b.json");
    again.exits(0).never_says("takes the place");
}

/// After a crash between two files nobody takes an old one for a new one.
#[test]
fn all_documents_of_a_run_carry_its_digest_and_those_of_another_one_another() {
    let place = place();
    let id = |csv: &str| {
        place.run(&format!("summarize {csv} -q -o r.md -o r.html -o r.json --comment c.md")).exits(0);
        let id = place.json("r.json")["run_id"].as_str().unwrap().to_owned();
        for name in ["r.md", "r.html", "c.md"] {
            assert_eq!(place.read(name).matches(&id).count().min(1), 1, "{name} lacks {id}");
        }
        id
    };
    place.write("other.csv", RUN.replace("1.5", "1.25")).write("again/run.csv", RUN);
    let first = id("run.csv");
    assert_eq!(first.len(), 16);
    assert_eq!(first, id("again/run.csv"), "no path and no clock is in it");
    assert_ne!(first, id("other.csv"));
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_modes_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = place();
    let path = |name: &str| place.path().join(name);
    for (target, link) in [("r.md", "link.md"), ("b.json", "link.json")] {
        fs::set_permissions(path(target), fs::Permissions::from_mode(0o600)).unwrap();
        symlink(target, path(link)).unwrap();
    }
    symlink("later.md", path("early.md")).unwrap();
    place.write("other.csv", RUN.replace("1.5", "1.25"));
    let old = place.read("r.md");
    place.run("summarize other.csv -q -o link.md -o early.md").exits(0);
    place.run("baseline add link.json other.csv").exits(0);
    for link in ["link.md", "link.json", "early.md"] {
        assert!(fs::symlink_metadata(path(link)).unwrap().is_symlink(), "{link}");
    }
    assert!(place.read("r.md") != old && place.read("r.md") == place.read("later.md"));
    place.run("baseline show b.json").exits(0).says("2 recordings");
    for target in ["r.md", "b.json"] {
        assert_eq!(fs::metadata(path(target)).unwrap().permissions().mode() & 0o777, 0o600, "{target}");
    }
}

#[test]
fn a_baseline_of_a_newer_program_is_not_replaced() {
    let place = place();
    let ours = place.read("b.json");
    let (head, rest) = ours.split_once("\"version\": ").unwrap();
    let newer = format!("{head}\"version\": 99{}", rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    place.write("b.json", &newer);
    for command in ["summarize run.csv --save-baseline b.json", "baseline add b.json run.csv"] {
        place.run(command).exits(2).complains("update perfreport");
        assert_eq!(place.read("b.json"), newer);
    }
    // One that nobody can read any more may be replaced.
    place.write("b.json", ours.replacen("0.0", "0.1", 1));
    place.run("summarize run.csv -q -o r.md --save-baseline b.json").exits(0);
    place.run("baseline show b.json").exits(0);
}

/// Twenty programs at once, five times: all hundred runs are there.
#[cfg(unix)]
#[test]
fn who_adds_a_run_at_the_same_time_loses_none() {
    const WRITERS: usize = 20;
    let place = Place::new();
    for round in 0..5 {
        let start = |writer: usize| {
            let name = format!("run-{round}-{writer}.csv");
            place.write(&name, RUN.replace("1.5", &format!("1.{round}{writer:02}5")));
            let mut command = Command::new(env!("CARGO_BIN_EXE_perfreport"));
            command.args(["baseline", "add", "b.json", &name]).current_dir(place.path());
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let children: Vec<_> = (0..WRITERS).map(start).collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        let captures = place.json("b.json")["captures"].as_array().unwrap().len();
        assert_eq!(captures, (round + 1) * WRITERS);
    }
    assert!(place.files().iter().all(|name| !name.starts_with('.')), "{:?}", place.files());
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_every_old_file_and_nothing_else() {
    use std::io::Read;
    let place = Place::new();
    let mut rows = String::from("event,latency_ms\n");
    for row in 0..20_000 {
        rows += &format!("event {},{}.5\n", row % 7, row % 90);
    }
    place.write("run.csv", rows).write("x.csv", "old");
    for signal in ["INT", "TERM", "HUP"] {
        // Nobody reads standard output, so the other file has to wait beside its place.
        let mut child = Command::new(env!("CARGO_BIN_EXE_perfreport"))
            .args(["export", "run.csv", "-o", "x.csv", "-o", "-"])
            .current_dir(place.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = [0];
        child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
        assert_eq!(place.files().len(), 3, "{:?}", place.files());
        let kill = Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status().unwrap();
        assert!(kill.success());
        assert!(!child.wait().unwrap().success());
        assert_eq!(place.files(), ["run.csv", "x.csv"], "{signal}");
        assert_eq!(place.read("x.csv"), "old");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_is_passed_over_and_named() {
    let place = Place::new();
    place.write("d/run.csv", RUN);
    let made = Command::new("mkfifo").arg(place.path().join("d/pipe.csv")).status().unwrap();
    assert!(made.success());
    place.run("summarize d -q -o r.json").exits(0);
    let report = place.json("r.json");
    let reasons = report["findings"].to_string();
    assert!(reasons.contains("pipes, sockets or devices in the folder: pipe.csv"), "{reasons}");
    let alone = Place::new();
    fs::create_dir(alone.path().join("d")).unwrap();
    assert!(Command::new("mkfifo").arg(alone.path().join("d/pipe.csv")).status().unwrap().success());
    alone.run("summarize d").exits(2).complains("no metrics files in this folder");
}
