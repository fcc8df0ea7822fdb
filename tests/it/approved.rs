//! Every output for a small set of fixtures, compared with what was read and approved. All of them come from the built
//! program. A difference is shown as one; `INSTA_UPDATE=always cargo test --test it approved` approves what is there now:
//! read what it changed under `tests/approved`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde_json::Value;

use crate::support::{Place, Run, fixtures};

/// A JSON report that is longer is approved by its paths and types.
const LONG_JSON: usize = 12_000;

/// A line of a page with a chart in it is broken at its elements, so that a difference shows the element.
const LONG_LINE: usize = 300;

pub(crate) const REQUESTS: &str =
    "event,latency_ms\nlogin,10\nlogin,12\nlogin,11\nsearch,30\nsearch,34\nsearch,-1\nsearch,31\n";

const TARGETS: &str = r#"[[target]]
metric = "latency_ms"
p95 = "< 1s"
p50 = "< 1ms"
mean = "< 120ms"
"p99.99" = "< 1s"

[[target]]
metric = "latency_ms"
where = { endpoint = "GET *" }
p50 = "< 100ms"
"#;

/// A folder with the named fixtures, under the names that they have in the project.
pub(crate) fn place(inputs: &[&str]) -> Place {
    let place = Place::new();
    for input in inputs {
        copy(&fixtures().join(input), &place.path().join(input));
    }
    place
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

/// What was approved of one case. Differences are collected, so that one run shows all of them.
struct Approved {
    name: &'static str,
    different: Vec<String>,
}

impl Approved {
    fn new(name: &'static str) -> Self {
        Self { name, different: Vec::new() }
    }

    fn compare(&mut self, form: &str, text: &str) {
        // A snapshot knows neither carriage returns nor how its text ends; the last line says that nothing is missing.
        let text = without_run_id(&text.replace(env!("CARGO_PKG_VERSION"), "VERSION")).replace('\r', "␍") + "∎";
        let name = format!("{}.{form}", self.name);
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/approved"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let same = catch_unwind(AssertUnwindSafe(|| settings.bind(|| insta::assert_snapshot!(name.as_str(), text))));
        if same.is_err() {
            self.different.push(name);
        }
    }

    #[track_caller]
    fn end(self) {
        assert!(
            self.different.is_empty(),
            "not as approved: {}. If all of it is meant, INSTA_UPDATE=always cargo test --test it approved",
            self.different.join(", ")
        );
    }
}

/// The text without the digest of the run, which changes with every number: `written_files.rs` holds what it is.
fn without_run_id(text: &str) -> String {
    const MARK: &str = "VERSION, run ";
    const DIGITS: usize = 16;
    let lines = text.split_inclusive('\n').filter(|line| !line.contains("\"run_id\"") && !line.starts_with(".run_id"));
    let mut kept: String = lines.collect();
    while let Some(at) = kept.find(MARK) {
        let end = at + MARK.len();
        kept.replace_range(at + "VERSION".len()..end + DIGITS, "");
    }
    kept
}

/// Runs a command with every kind of output and compares each with what was approved.
#[track_caller]
fn approve(name: &'static str, place: &Place, command: &str) {
    let mut approved = Approved::new(name);
    let files = "-o out.md -o out.html -o out.json -o out.xml --comment comment.md";
    approved.compare("terminal.txt", &terminal(&place.run(&format!("{command} {files}"))));
    approved.compare("md", &place.read("out.md"));
    approved.compare("html", &readable(&place.read("out.html")));
    approved.compare("json", &data(&place.read("out.json")));
    approved.compare("junit.xml", &place.read("out.xml"));
    approved.compare("comment.md", &place.read("comment.md"));
    approved.compare("github.txt", &on_github(place, command));
    approved.end();
}

fn terminal(run: &Run) -> String {
    let code = run.code.unwrap();
    format!("{}{}exit code {code}\n", run.stdout, run.stderr)
}

/// What a run on GitHub says: annotations, outputs, and the summary of the step. GitLab reads the test results instead.
fn on_github(place: &Place, command: &str) -> String {
    let words: Vec<&str> = command.split_whitespace().chain(["-q", "-o", "again.md"]).collect();
    let variables =
        [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "summary.md"), ("GITHUB_OUTPUT", "output.txt")];
    let run = place.run_with(&words, b"", &variables);
    format!("{}\n{}\n{}", terminal(&run), place.read("output.txt"), place.read("summary.md"))
}

/// A page whose charts have a line for each element, and without its style and script and their digests, which are the same in all of
/// them.
fn readable(page: &str) -> String {
    let without = |text: &str, from: &str, to: &str| {
        let (before, after) = text.split_once(from).unwrap();
        let (_, after) = after.split_once(to).unwrap();
        format!("{before}{from}{to}{after}")
    };
    let page = without(page, "style-src ", "; base-uri");
    let page = without(&without(&page, "<style>", "</style>"), "<script>", "</script>");
    let mut text = String::new();
    for line in page.split_inclusive('\n') {
        if line.len() > LONG_LINE {
            text += &line.replace("><", ">\n    <");
        } else {
            text += line;
        }
    }
    text
}

/// A JSON report, or the paths in it and the types that stand there.
fn data(text: &str) -> String {
    if text.len() < LONG_JSON {
        return text.to_owned();
    }
    let mut paths = BTreeMap::new();
    collect(&serde_json::from_str(text).unwrap(), String::new(), &mut paths);
    paths.iter().fold(String::new(), |mut text, (path, types)| {
        let types: Vec<&str> = types.iter().copied().collect();
        let _ = writeln!(text, "{path}: {}", types.join(" or "));
        text
    })
}

fn collect(value: &Value, path: String, paths: &mut BTreeMap<String, BTreeSet<&'static str>>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(items) => {
            for item in items {
                collect(item, format!("{path}[]"), paths);
            }
            "array"
        }
        Value::Object(entries) => {
            for (key, entry) in entries {
                collect(entry, format!("{path}.{key}"), paths);
            }
            "object"
        }
    };
    paths.entry(path).or_default().insert(kind);
}

#[test]
fn a_few_samples() {
    let place = Place::new();
    place.write("requests.csv", REQUESTS);
    approve("requests", &place, "summarize requests.csv");
    let mut approved = Approved::new("requests");
    approved.compare("check.txt", &terminal(&place.run("check requests.csv")));
    approved.end();
}

#[test]
fn samples_of_a_load_test() {
    approve("load", &place(&["load/requests.csv"]), "summarize load/requests.csv");
}

#[test]
fn several_runs() {
    approve("runs", &place(&["runs"]), "summarize runs");
}

#[test]
fn damaged_files() {
    let place = place(&["corrupt/sentinels.csv", "corrupt/ragged.csv", "corrupt/unclosed_quote.csv"]);
    approve("damaged", &place, "summarize corrupt --fail-on corruption");
}

#[test]
fn rows_of_another_unit() {
    let place = place(&["chat/memory_usage_metrics.csv"]);
    approve("foreign", &place, "summarize chat/memory_usage_metrics.csv --fail-on corruption");
    let mut approved = Approved::new("foreign");
    approved.compare("check.txt", &terminal(&place.run("check chat/memory_usage_metrics.csv")));
    approved.end();
}

#[test]
fn summaries_of_a_tool() {
    let place = place(&["k6/handle_summary.json", "locust/run_stats.csv"]);
    approve("summaries", &place, "summarize k6/handle_summary.json locust/run_stats.csv");
}

#[test]
fn a_histogram() {
    approve("histogram", &place(&["hdrhistogram/tagged.hlog"]), "summarize hdrhistogram/tagged.hlog");
}

#[test]
fn a_service() {
    approve("service", &place(&["service/chat_requests.csv"]), "summarize service/chat_requests.csv");
}

#[test]
fn events_of_a_service() {
    let place = place(&["service/chat_events.csv"]);
    place.run("summarize service/chat_events.csv -q -o out.md -o out.json").exits(0);
    let mut approved = Approved::new("service-events");
    approved.compare("md", &place.read("out.md"));
    approved.compare("json", &data(&place.read("out.json")));
    approved.end();
}

#[test]
fn a_swarm() {
    approve("swarm", &place(&["swarm"]), "summarize swarm");
}

#[test]
fn benchmarks() {
    let place = place(&["hyperfine/commands.json"]);
    approve("benchmarks", &place, "summarize hyperfine/commands.json");
}

#[test]
fn a_comparison() {
    let place = place(&["compare"]);
    approve("comparison", &place, "compare compare/before.csv compare/after.csv --fail-on regression,inconclusive");
}

#[test]
fn a_comparison_of_everything_else() {
    let sides = ["service/chat_requests.csv", "hdrhistogram", "k6", "locust/run_stats.csv", "go-bench", "runs"];
    let place = place(&sides);
    place.write("after/chat_requests.csv", answered_later(&place.read("service/chat_requests.csv")));
    place.write("after/sort.txt", place.read("go-bench/sort.txt").replace(" ns/op", "0 ns/op"));
    place.write("after/run_stats.csv", place.read("locust/run_stats.csv").replace(",1", ",3"));
    for (name, before, after) in [
        ("comparison-service", "service/chat_requests.csv", "after/chat_requests.csv"),
        ("comparison-histogram", "hdrhistogram/v1.hlog", "hdrhistogram/tagged.hlog"),
        ("comparison-summaries", "k6/handle_summary.json", "k6/summary_export.json"),
        ("comparison-locust", "locust/run_stats.csv", "after/run_stats.csv"),
        ("comparison-benchmarks", "go-bench/sort.txt", "after/sort.txt"),
        ("comparison-runs", "runs/run-1.csv", "runs"),
    ] {
        let mut approved = Approved::new(name);
        let run = place.run(&format!("compare {before} {after} -o out.md -o out.xml --comment comment.md"));
        approved.compare("terminal.txt", &terminal(&run));
        approved.compare("md", &place.read("out.md"));
        approved.compare("junit.xml", &place.read("out.xml"));
        approved.compare("comment.md", &place.read("comment.md"));
        approved.end();
    }
}

/// The same requests, each answered half a second later.
pub(crate) fn answered_later(requests: &str) -> String {
    requests.lines().fold(String::new(), |text, line| {
        let mut cells: Vec<String> = line.split(',').map(ToOwned::to_owned).collect();
        if let Ok(completed) = cells[4].parse::<f64>() {
            cells[4] = format!("{:.6}", completed + 0.5);
        }
        text + &cells.join(",") + "\n"
    })
}

#[test]
fn targets() {
    let place = place(&["compare/before.csv"]);
    place.write("perfreport.toml", TARGETS);
    approve("targets", &place, "summarize compare/before.csv --fail-on target");
}

#[test]
fn a_history() {
    let place = place(&["history"]);
    let mut approved = Approved::new("history");
    let command = "history report history/perf-history.jsonl -o out.md -o out.json";
    approved.compare("terminal.txt", &terminal(&place.run(command)));
    approved.compare("md", &place.read("out.md"));
    approved.compare("json", &data(&place.read("out.json")));
    approved.end();
}

#[test]
fn the_style_of_a_page() {
    let place = Place::new();
    place.write("requests.csv", REQUESTS);
    place.run("summarize requests.csv -q -o out.html").exits(0);
    let page = place.read("out.html");
    let (_, after) = page.split_once("<style>").unwrap();
    let mut approved = Approved::new("page");
    approved.compare("css", after.split_once("</style>").unwrap().0);
    approved.end();
}
