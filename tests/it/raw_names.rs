//! What stands in files, names and baselines reaches no terminal, log or runner as anything but text.

use std::fs;

use crate::support::{Place, Run};

/// A name that would colour, retitle, and speak to a CI service.
const NASTY: &str = "x\u{1b}[31m\u{1b}]0;t\u{7}\n::error::PWN\r##[stop-commands]z";
/// The commands that the program itself writes.
const OURS: [&str; 3] = ["::error ", "::warning ", "::notice "];

/// No control character but line ends leaves, and no line is a command that the program did not write.
#[track_caller]
fn quiet(run: &Run, what: &str) {
    for (stream, text) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
        for line in text.lines() {
            assert!(!line.chars().any(char::is_control), "{what}: {stream}: {line:?}");
            let start = line.trim_start();
            assert!(!start.starts_with("::") || OURS.iter().any(|ours| start.starts_with(ours)), "{what}: {line:?}");
            assert!(!line.contains("##["), "{what}: {stream}: {line:?}");
        }
    }
    assert!(!run.stderr.contains("panicked"), "{what}: {}", run.stderr);
}

fn csv(column: &str, label: &str) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let rows: Vec<String> = (0..40).map(|row| format!("{},{}", quoted(label), 5 + row % 7)).collect();
    format!("event,{}\n{}\n", quoted(column), rows.join("\n"))
}

#[test]
fn names_from_files_never_act_where_people_read() {
    let place = Place::new();
    place.write("col.csv", csv(&format!("{NASTY}_ms"), "a"));
    place.write("labels.csv", csv("latency_ms", NASTY));
    place.write("worse.csv", csv("latency_ms", NASTY).replace(",5\n", ",-5\n"));
    let json = serde_json::json!([{NASTY: 1.5, "event": NASTY}, {NASTY: 2.5, "event": "b"}]);
    place.write("keys.json", json.to_string());
    for command in [
        "summarize col.csv --unit nope=ms",
        "summarize col.csv --group-by nope",
        "summarize col.csv --slo nope<3s",
        "summarize col.csv -o r.txt -o r.md -o r.xml",
        "summarize col.csv -o -",
        "summarize labels.csv -o -",
        "summarize keys.json -o -",
        "check col.csv",
        "check worse.csv",
        "summarize labels.csv --save-baseline b.json",
        "summarize worse.csv --baseline b.json --fail-on regression,corruption --margin nope=5%",
        "summarize worse.csv --baseline b.json --fail-on regression,corruption --ci github",
        "compare labels.csv worse.csv --ci github",
        "baseline add b.json col.csv",
        "baseline show b.json",
        "export col.csv -o x.csv",
        "export nothing.csv -o x.csv",
    ] {
        quiet(&place.run(command), command);
    }
    for name in ["r.txt", "r.md", "r.xml"] {
        let text = place.read(name);
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{name}");
    }
    // Data for other programs keeps what it was.
    place.run_words(&["export", "labels.csv", "-o", "kept.csv"], b"").exits(0);
    assert!(place.read("kept.csv").contains(NASTY));
}

/// What reverses the direction of writing is no control character, and acts all the same.
#[test]
fn standard_output_carries_nothing_that_acts_in_any_form() {
    let place = Place::new();
    let name = format!("{NASTY}\u{202e}\u{9b}2J\u{7f}\u{200b}");
    place.write("run.csv", csv(&format!("{name}_ms"), &name));
    for form in ["-", "openmetrics=-", "bmf=-", "gab=-", "gab-bigger=-"] {
        let run = place.run_words(&["summarize", "run.csv", "-q", "-o", form], b"");
        quiet(run.exits(0), form);
        assert!(!run.stdout.contains(['\u{202e}', '\u{200b}']), "{form}: {:?}", run.stdout);
    }
    // JSON means the same all the same.
    let run = place.run_words(&["summarize", "run.csv", "-q", "-o", "bmf=-"], b"");
    let bmf: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(bmf.as_object().unwrap().keys().any(|key| key.contains("\u{202e}")), "{bmf}");
    place.run_words(&["summarize", "run.csv", "-q", "-o", "r.html", "-o", "r.md"], b"").exits(0);
    for file in ["r.html", "r.md"] {
        let acts = |c: char| c == '\u{202e}' || c.is_control() && c != '\n';
        assert!(!place.read(file).contains(acts), "{file}");
    }
}

/// A digest is no text: it goes to standard output byte for byte.
#[test]
fn what_is_data_goes_to_standard_output_as_it_is() {
    let place = Place::new();
    place.write("run.csv", csv("latency_ms", "a"));
    place.run("digest run.csv -o run.digest").exits(0);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_perfreport"));
    let output = command.args(["digest", "run.csv", "-o", "-"]).current_dir(place.path()).output().unwrap();
    assert!(output.stdout == fs::read(place.path().join("run.digest")).unwrap());
}

#[test]
fn what_a_baseline_or_an_environment_says_is_shown_and_does_not_act() {
    let place = Place::new();
    place.write("run.csv", csv("latency_ms", "a"));
    let env = format!("{NASTY}={NASTY}");
    let words = ["summarize", "run.csv", "-q", "--save-baseline", "b.json", "--env", &env];
    quiet(&place.run_words(&words, b""), "save");
    let run = place.run("baseline show b.json");
    quiet(run.exits(0), "show");
    run.says("␛[31m");
    quiet(&place.run("summarize run.csv --baseline b.json --fail-on regression --ci github"), "against");
    quiet(&place.run_words(&["summarize", "run.csv", "--title", NASTY, "-o", "-"], b""), "title");
    quiet(&place.run_words(&["summarize", NASTY], b""), "a file that is not there");
    quiet(&place.run_words(&["summarize", "run.csv", &format!("--{NASTY}")], b""), "an option that is not there");
}

#[cfg(unix)]
#[test]
fn names_of_files_do_not_act_either() {
    let place = Place::new();
    let name = "::error::y\u{1b}[1m\n::warning::z.csv";
    place.write(name, csv("latency_ms", "a").replace(",5\n", ",-5\n"));
    place.write("no.csv", "Dear reader,\nnothing here.\n");
    fs::rename(place.path().join("no.csv"), place.path().join("\n::error::no.csv")).unwrap();
    for words in [
        &["summarize", name][..],
        &["summarize", ".", "-o", "-"],
        &["check", "."],
        &["summarize", ".", "--ci", "github"],
        &["summarize", name, "\n::error::no.csv"],
        &["export", name, "-o", "x.parquet", "-o", "x.csv"],
        &["baseline", "add", "b.json", name],
        &["baseline", "show", name],
        &["compare", name, "\n::error::no.csv"],
    ] {
        quiet(&place.run_words(words, b""), &words.join(" "));
    }
}

#[test]
fn colour_is_for_terminals() {
    let place = Place::new();
    place.write("run.csv", csv("latency_ms", "a"));
    quiet(place.run("summarize run.csv").exits(0), "no terminal");
    let run = place.run("summarize run.csv --color always");
    assert!(run.stdout.starts_with("\u{1b}[1m"), "{:?}", run.stdout);
}
