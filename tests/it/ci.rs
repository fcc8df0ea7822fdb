//! What a CI job sees: annotations, summaries, test results, and the snippets of the documentation.

use std::fs;
use std::path::Path;
use std::process::Command;

use yaml_rust2::{Yaml, YamlLoader};

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
fn the_action_is_well_formed_and_its_steps_do_what_they_say() {
    let text = fs::read_to_string(root().join("action.yml")).unwrap();
    let action = &YamlLoader::load_from_str(&text).unwrap()[0];
    assert_eq!(action["runs"]["using"].as_str(), Some("composite"));
    let steps = action["runs"]["steps"].as_vec().unwrap();
    let names: Vec<&str> = action["inputs"].as_hash().unwrap().keys().filter_map(Yaml::as_str).collect();
    let script: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();

    let place = Place::new();
    place.write("results/after.csv", fs::read(fixture("compare/after.csv")).unwrap());
    place.write("base.csv", fs::read(fixture("compare/before.csv")).unwrap());
    let environment = steps[1]["env"].as_hash().unwrap();
    let run = |given: &[(&str, &str)]| {
        let mut command = Command::new("bash");
        command.args(["-e", "-o", "pipefail", "-c", &script.join("\n")]).current_dir(place.path());
        for (variable, expression) in environment {
            let name = expression.as_str().unwrap().trim_start_matches("${{ inputs.").trim_end_matches(" }}");
            assert!(names.contains(&name), "{name} is no input");
            let default = action["inputs"][name]["default"].as_str().unwrap_or_default();
            let value = given.iter().find(|(input, _)| *input == name).map_or(default, |(_, value)| value);
            command.env(variable.as_str().unwrap(), value);
        }
        let output = place.path().join("output.txt");
        command.env("PATH", path_with_the_program()).env("GITHUB_OUTPUT", output).env_remove("GITHUB_STEP_SUMMARY");
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text)
    };
    let missing = [("files", "results/*.csv"), ("baseline", "none.json"), ("fail-on", "regression,corruption")];
    let (code, said) = run(&missing);
    assert_eq!(code, Some(2), "a baseline that was deleted or misspelt never passes: {said}");
    assert!(said.contains("::error::none.json does not exist"), "{said}");
    let (code, said) = run(&[&missing[..], &[("first-run", "allow")]].concat());
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("::notice::none.json does not exist yet"), "{said}");
    for file in ["md", "html", "json", "xml"] {
        assert!(place.path().join(format!("performance_metrics_report.{file}")).exists(), "{file}\n{said}");
    }
    let (code, said) = run(&[("files", "results/*.csv"), ("baseline", "base.csv"), ("fail-on", "regression")]);
    assert_eq!(code, Some(1), "{said}");
    for output in action["outputs"].as_hash().unwrap().keys().filter_map(Yaml::as_str) {
        assert!(place.read("output.txt").contains(&format!("{output}=")), "{output}");
    }
}

/// A pull request that widens the margin, removes a target and replaces the baseline by its own run.
#[test]
fn with_a_base_nothing_of_a_pull_request_chooses_what_it_is_held_against() {
    let text = fs::read_to_string(root().join("action.yml")).unwrap();
    let action = &YamlLoader::load_from_str(&text).unwrap()[0];
    let step = &action["runs"]["steps"][1];
    let place = Place::new();
    let git = |words: &str| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=t", "-c", "user.email=t@t", "-c", "init.defaultBranch=main"]);
        let output = command.args(words.split_whitespace()).current_dir(place.path()).output().unwrap();
        assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let after = fs::read(fixture("compare/after.csv")).unwrap();
    place.write("b.csv", fs::read(fixture("compare/before.csv")).unwrap());
    place.write("perfreport.toml", "margin = \"5%\"\n[[target]]\nmetric = \"*\"\np50 = \"< 1us\"\n");
    for words in ["init -q", "add .", "commit -qm base", "checkout -qb request"] {
        git(words);
    }
    place.write("b.csv", &after).write("perfreport.toml", "margin = \"900%\"\n").write("results/run.csv", &after);
    for words in ["add .", "commit -qm request"] {
        git(words);
    }
    let run = |base: &str| {
        let mut command = Command::new("bash");
        command.args(["-e", "-o", "pipefail", "-c", step["run"].as_str().unwrap()]).current_dir(place.path());
        for (variable, expression) in step["env"].as_hash().unwrap() {
            let input = expression.as_str().unwrap().trim_start_matches("${{ inputs.").trim_end_matches(" }}");
            let value = match input {
                "files" => "results/*.csv",
                "baseline" => "b.csv",
                "fail-on" => "regression",
                "base-ref" => base,
                _ => action["inputs"][input]["default"].as_str().unwrap_or_default(),
            };
            command.env(variable.as_str().unwrap(), value);
        }
        let output = command.env("PATH", path_with_the_program()).env_remove("GITHUB_STEP_SUMMARY").output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, said) = run("main");
    assert_eq!(code, Some(1), "{said}");
    let told: Vec<&str> = said.lines().take(3).collect();
    assert!(told[0].starts_with("perfreport.toml is taken from main"), "{said}");
    assert!(
        said.contains("-margin = \"5%\"") && said.contains("-p50 = ") && said.contains("+margin = \"900%\""),
        "{said}"
    );
    assert!(said.contains("regressed"), "{said}");
    // Without it the request is believed.
    let (code, said) = run("");
    assert_ne!(code, Some(0), "the run is its own baseline: {said}");
}

#[test]
fn the_snippets_of_the_documentation_are_well_formed_and_run() {
    let text = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    let blocks: Vec<&str> = text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 2);
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

fn path_with_the_program() -> String {
    let folder = Path::new(env!("CARGO_BIN_EXE_perfreport")).parent().unwrap();
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}
