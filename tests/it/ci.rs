//! What a CI job sees: annotations, summaries, test results, and the snippets of the documentation.

use std::fs;
use std::path::Path;
use std::process::Command;

use yaml_rust2::YamlLoader;

use crate::support::{Place, fixture};

/// The longest comment that GitHub takes is 65,536 characters.
const LONGEST_COMMENT: usize = 65_000;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn github_gets_annotations_a_summary_and_outputs() {
    let place = Place::new();
    let (before, after) = (fixture("compare/before.csv"), fixture("compare/after.csv"));
    let summary = place.path().join("summary.md").to_string_lossy().into_owned();
    let output = place.path().join("output.txt").to_string_lossy().into_owned();
    let variables =
        [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", summary.as_str()), ("GITHUB_OUTPUT", output.as_str())];
    let words = ["compare", &before, &after, "--fail-on", "regression"];
    place.write("summary.md", "written before\n");
    let run = place.run_with(&words, b"", &variables);
    run.exits(1).says("::error").says("GET /search");
    assert!(place.read("summary.md").starts_with("written before\n"), "other steps share the file");
    assert!(place.read("summary.md").contains("/search"));
    let outputs = place.read("output.txt");
    assert!(outputs.contains("passed=false\n") && outputs.contains("regressed=1\n"), "{outputs}");
    assert!(outputs.contains("outcome=fail\n") && outputs.contains("service=regressed\n"), "{outputs}");
    // Outside, and where it is not wanted, nothing of that happens.
    let quiet = place.run_words(&words, b"");
    assert!(!quiet.exits(1).stdout.contains("::error"));
    let none: Vec<&str> = words.iter().copied().chain(["--ci", "none"]).collect();
    assert!(!place.run_with(&none, b"", &variables).exits(1).stdout.contains("::error"));
}

#[test]
fn corrupted_samples_are_annotated_at_their_lines() {
    let place = Place::new();
    place.write("results/run.csv", fs::read(fixture("chat/memory_usage_metrics.csv")).unwrap());
    // By the path that GitHub knows, not by the short name of the report.
    place.run("summarize results/run.csv --ci github").exits(0).says("::error file=results/run.csv,line=83");
}

#[test]
fn a_comment_is_never_too_long_for_github() {
    let place = Place::new();
    let side = |factor: f64| {
        let rows = (0..3000_u32).flat_map(|label| {
            (0..12_u32).map(move |index| {
                format!("a quite long name of an endpoint {},{}\n", "x".repeat(1 + label as usize % 90), {
                    factor * f64::from(100 + label + index * 7 % 11)
                })
            })
        });
        format!("endpoint,latency_ms\n{}", rows.collect::<String>())
    };
    place.write("before.csv", side(1.0)).write("after.csv", side(1.5));
    place.run("compare before.csv after.csv --no-collapse --comment comment.md -q").exits(0);
    let comment = place.read("comment.md");
    assert!(comment.starts_with("<!-- perfreport -->"));
    assert!(comment.chars().count() < LONGEST_COMMENT, "{}", comment.chars().count());
}

#[test]
fn test_results_have_a_case_for_every_metric_and_target() {
    let place = Place::new();
    place.write("perfreport.toml", "[[target]]\nmetric = \"latency_ms\"\np95 = \"< 1s\"\np50 = \"< 1ms\"\n");
    let (before, after) = (fixture("compare/before.csv"), fixture("compare/after.csv"));
    place.run(&format!("compare {before} {after} -q -o junit.xml -o out.json")).exits(0);
    let (text, report) = (place.read("junit.xml"), place.json("out.json"));
    let changes = report["comparison"]["changes"].as_array().unwrap().len();
    assert_eq!(text.matches("<testcase ").count(), changes + 2);
    assert_eq!(text.matches("<failure ").count(), 2, "{text}");
    assert!(text.starts_with("<?xml"));
}

#[test]
fn the_snippets_of_the_documentation_are_well_formed_and_run() {
    let text = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    let blocks: Vec<&str> = text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 3, "the third is for tests/it/gitlab.rs");
    let workflow = &YamlLoader::load_from_str(blocks[0]).unwrap()[0];
    let step = &workflow["jobs"]["measure"]["steps"][2];
    let action = fs::read_to_string(root().join("action.yml")).unwrap();
    let action = &YamlLoader::load_from_str(&action).unwrap()[0];
    for name in step["with"].as_hash().unwrap().keys() {
        assert!(!action["inputs"][name.as_str().unwrap()].is_badvalue(), "{name:?} is no input of the action");
    }
    let gitlab = &YamlLoader::load_from_str(blocks[1]).unwrap()[0]["performance"];
    let place = Place::new();
    place.write("results/run.csv", fs::read(fixture("runs/run-1.csv")).unwrap());
    place.write("perfreport.toml", "[[target]]\nmetric = \"duration_ms\"\np50 = \"< 1s\"\n");
    place.write("old.csv", fs::read(fixture("runs/run-2.csv")).unwrap());
    place.run("summarize old.csv -q --save-baseline perf-baseline.json").exits(0);
    for command in gitlab["script"].as_vec().unwrap() {
        let mut shell = Command::new("sh");
        shell.args(["-c", command.as_str().unwrap()]).current_dir(place.path()).env("PATH", path_with_the_program());
        let output = shell.output().unwrap();
        assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    for file in [gitlab["artifacts"]["paths"][0].as_str(), gitlab["artifacts"]["reports"]["junit"].as_str()] {
        assert!(place.path().join(file.unwrap()).exists(), "{file:?}");
    }
}

pub(crate) fn path_with_the_program() -> String {
    let folder = Path::new(env!("CARGO_BIN_EXE_perfreport")).parent().unwrap();
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}
