//! Nothing leaves the machine: no command asks the system for anything that reaches a network.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::{Place, fixture};

/// Every command with files that the ones before it have written.
const COMMANDS: [&str; 26] = [
    "summarize before.csv -o r.md -o r.html -o r.json -o r.txt -o r.xml -o bmf=b.json -o gab=g.json -o openmetrics=m.prom \
     --save-baseline base.json --comment c.md --ci github",
    "after.csv --baseline base.json -o -",
    "check before.csv",
    "compare base.json after.csv -o c.html",
    "baseline add base.json after.csv",
    "baseline show base.json",
    "plan before.csv -o plan.json",
    "digest before.csv --plan plan.json -o 1.digest",
    "digest after.csv --plan plan.json -o 2.digest",
    "merge 1.digest 2.digest -o all.digest",
    "refine ask all.digest -o ask.json",
    "export before.csv -o x.csv -o x.ndjson",
    "history add h.jsonl before.csv --at 2026-11-28T02:00:00Z",
    "history report perf-history.jsonl -o h.html",
    "history compare h.jsonl after.csv",
    "history ack perf-history.jsonl memory e95ef31 --note known",
    "history import data.js -o other.jsonl",
    "init before.csv -o suggested.toml",
    "completions bash",
    "man summarize",
    "man --out pages",
    "schema",
    "formats",
    "template report.md",
    "explain center unchanged",
    "--help-all",
];

/// The pipe by which a signal wakes a thread, inside of the process: a pair of sockets without an address, and reading from it.
const HARMLESS: [&str; 2] = ["socketpair(AF_UNIX", "recvfrom("];

fn place() -> Place {
    let place = Place::new();
    for name in
        ["compare/before.csv", "compare/after.csv", "github-action-benchmark/data.js", "history/perf-history.jsonl"]
    {
        place.write(name.split('/').next_back().unwrap(), std::fs::read(fixture(name)).unwrap());
    }
    place
}

/// Runs a program with another one around it; absent where that one is not here.
fn run(around: &[&str], program: &str, words: &[&str], folder: &Path) -> Option<Output> {
    let mut command = Command::new(around[0]);
    command.args(&around[1..]).arg(program).args(words).current_dir(folder);
    for variable in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"] {
        command.env_remove(variable);
    }
    command.output().ok()
}

/// What a program and its threads ask of networks, a call a line, as strace writes it.
fn calls(program: &str, words: &[&str], place: &Place) -> Option<(Output, Vec<String>)> {
    let around = ["strace", "-f", "-qq", "-e", "trace=network", "-e", "signal=none", "-o", "calls.txt"];
    let output = run(&around, program, words, place.path())?;
    let text = std::fs::read_to_string(place.path().join("calls.txt")).ok()?;
    let call = |line: &str| line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').to_owned();
    // The end of a call that began on another line.
    Some((output, text.lines().map(call).filter(|call| !call.starts_with("<...")).collect()))
}

/// Whether strace is here, may follow programs, and sees a connection.
fn strace_sees() -> bool {
    let place = Place::new();
    let found = calls("bash", &["-c", "exec 3<>/dev/udp/127.0.0.1/9"], &place);
    found.is_some_and(|(_, calls)| calls.iter().any(|call| call.starts_with("connect(")))
}

#[test]
fn no_command_reaches_for_a_network() {
    let place = place();
    let program = env!("CARGO_BIN_EXE_perfreport");
    let traced = strace_sees();
    let alone = ["unshare", "--map-root-user", "--net"];
    let apart = run(&alone, "true", &[], place.path()).is_some_and(|output| output.status.success());
    if !traced && !apart {
        eprintln!(
            "SKIPPED: neither strace nor unshare works here, so that nothing tells whether a network is reached for"
        );
        return;
    }
    for command in COMMANDS {
        let words: Vec<&str> = command.split_whitespace().collect();
        let output = if traced {
            let (output, calls) = calls(program, &words, &place).unwrap();
            let reaching: Vec<&String> =
                calls.iter().filter(|call| !HARMLESS.iter().any(|harmless| call.starts_with(harmless))).collect();
            assert!(reaching.is_empty(), "{command}: {reaching:?}");
            output
        } else {
            // Without a network everything is as with one.
            run(&alone, program, &words, place.path()).unwrap()
        };
        assert_eq!(output.status.code(), Some(0), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    let pages = std::fs::read_dir(place.path().join("pages")).unwrap();
    for page in pages.map(|page| page.unwrap().file_name().to_string_lossy().into_owned()) {
        let command =
            page.trim_start_matches("perfreport").trim_start_matches('-').trim_end_matches(".1").replace('-', " ");
        assert!(COMMANDS.iter().any(|tried| tried.starts_with(&command)), "{command} is not tried");
    }
}
