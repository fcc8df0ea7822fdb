//! The job for GitLab: its script runs as a runner runs it, with inputs in variables. Inputs are data, never a script.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use yaml_rust2::{Yaml, YamlLoader};

use crate::action::{HOSTILE, fake, git, place};
use crate::ci::path_with_the_program;
use crate::support::{Place, fixture};

/// What `packaging/gitlab.yml` holds: the inputs, and the job.
struct Component {
    inputs: Yaml,
    job: Yaml,
}

impl Component {
    fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/gitlab.yml");
        let documents = YamlLoader::load_from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let [spec, jobs] = &documents[..] else { panic!("a specification and a job") };
        let (_, job) = jobs.as_hash().unwrap().iter().next().unwrap();
        Self { inputs: spec["spec"]["inputs"].clone(), job: job.clone() }
    }

    /// A value of the job with what was given, else the defaults, in the place of its inputs.
    fn filled(&self, text: &str, given: &[(&str, &str)]) -> String {
        let mut text = text.to_owned();
        for (name, input) in self.inputs.as_hash().unwrap() {
            let name = name.as_str().unwrap();
            let default = input["default"].as_str().unwrap_or_default();
            let value = given.iter().find(|(other, _)| *other == name).map_or(default, |(_, value)| value);
            text = text.replace(&format!("$[[ inputs.{name} ]]"), value);
        }
        assert!(!text.contains("$[["), "{text} names an input that is none");
        text
    }

    fn variables(&self, given: &[(&str, &str)]) -> BTreeMap<String, String> {
        let variables = self.job["variables"].as_hash().unwrap();
        let one = |(name, value): (&Yaml, &Yaml)| {
            assert_eq!(value["expand"].as_bool(), Some(false), "{name:?} would be expanded");
            (name.as_str().unwrap().to_owned(), self.filled(value["value"].as_str().unwrap(), given))
        };
        variables.iter().map(one).collect()
    }

    /// Runs the script, with programs of the test's own before all others: its exit code, and what it said.
    fn run(&self, place: &Place, given: &[(&str, &str)]) -> (Option<i32>, String) {
        let script: Vec<&str> = self.job["script"].as_vec().unwrap().iter().filter_map(Yaml::as_str).collect();
        assert!(!script.join("\n").contains("$[["), "an input is a part of the script");
        let mut command = Command::new("sh");
        command.args(["-c", &script.join("\n")]).current_dir(place.path()).envs(self.variables(given));
        command.env("PATH", format!("{}:{}", place.path().join("fake").display(), path_with_the_program()));
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), said)
    }
}

#[test]
fn the_job_of_gitlab_reports_and_its_gate_decides() {
    let (component, place) = (Component::read(), place());
    let usual = [("files", "results/*.csv"), ("fail-on", "regression,corruption")];
    let with = |more: &[(&str, &str)]| component.run(&place, &[&usual[..], more].concat());
    let (code, said) = with(&[("baseline", "none.json")]);
    assert_eq!(code, Some(2), "a baseline that was deleted or misspelt never passes: {said}");
    assert!(said.contains("none.json does not exist"), "{said}");
    let (code, said) = with(&[("baseline", "none.json"), ("first-run", "allow")]);
    assert_eq!(code, Some(0), "{said}");
    // What asks for a comparison may stand behind a blank, or in perfreport.toml.
    for (fail_on, config) in [("corruption, regression", ""), ("", "fail_on = [\"regression\"]\n")] {
        place.write("perfreport.toml", config);
        let first =
            [("files", "results/*.csv"), ("baseline", "none.json"), ("first-run", "allow"), ("fail-on", fail_on)];
        let (code, said) = component.run(&place, &first);
        assert_eq!(code, Some(0), "{fail_on:?} {config:?}: {said}");
    }
    place.write("perfreport.toml", "");
    // What the artifacts name is there.
    let reports = &component.job["artifacts"]["reports"];
    for file in [&reports["junit"], &reports["metrics"], &component.job["artifacts"]["paths"][1]] {
        let name = component.filled(file.as_str().unwrap(), &usual);
        assert!(place.path().join(&name).exists(), "{name}\n{said}");
    }
    assert!(place.read("performance_metrics_report.txt").ends_with("# EOF\n"));
    let (code, said) = with(&[("baseline", "base.csv")]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("regressed"), "{said}");
    let (code, said) = with(&[("baseline", "base.csv"), ("arguments", "--margin 90%"), ("fail-on", "regression")]);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn a_merge_request_does_not_choose_what_it_is_compared_with() {
    let (component, place) = (Component::read(), Place::new());
    let after = fs::read(fixture("compare/after.csv")).unwrap();
    place.write("b.csv", fs::read(fixture("compare/before.csv")).unwrap());
    place.write("perfreport.toml", "margin = \"5%\"\n");
    for words in ["init -q", "add .", "commit -qm base", "remote add origin .", "checkout -qb request"] {
        git(&place, words);
    }
    place.write("b.csv", &after).write("perfreport.toml", "margin = \"900%\"\n").write("results/run.csv", &after);
    for words in ["add .", "commit -qm request"] {
        git(&place, words);
    }
    let run = |base: &str| {
        let given = [("files", "results/*.csv"), ("baseline", "b.csv"), ("fail-on", "regression"), ("base-ref", base)];
        component.run(&place, &given)
    };
    let (code, said) = run("main");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("taken from the base") && said.contains("regressed"), "{said}");
    for base in ["--upload-pack=touch pwned", "-h", "no-such-branch"] {
        let (code, said) = run(base);
        assert_eq!(code, Some(2), "{base}: {said}");
        assert!(said.contains("is no branch and no commit"), "{base}: {said}");
    }
    assert!(!place.path().join("pwned").exists());
}

#[test]
fn no_input_is_ever_a_part_of_the_script_of_gitlab() {
    let (component, place) = (Component::read(), place());
    for program in ["curl", "wget"] {
        fake(&place, program, "echo \"$0 was asked\" >&2; exit 1");
    }
    let usual = [("files", "results/*.csv"), ("baseline", "base.csv"), ("fail-on", "regression")];
    for hostile in HOSTILE {
        for input in component.inputs.as_hash().unwrap().keys().filter_map(Yaml::as_str) {
            let mut given: Vec<(&str, &str)> = usual.iter().copied().filter(|(name, _)| *name != input).collect();
            given.push((input, hostile));
            let (_, said) = component.run(&place, &given);
            let made = |name: &String| *name == "pwned" || name.starts_with("touch");
            let files: Vec<String> = place.files().into_iter().filter(made).collect();
            assert!(files.is_empty(), "{input}: {hostile:?} made {files:?}\n{said}");
            assert!(!said.contains('\u{1b}'), "{input}: {hostile:?} reaches the log as it is\n{said:?}");
        }
    }
}

#[test]
fn the_example_of_the_documentation_names_inputs_that_exist() {
    let component = Component::read();
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci.md")).unwrap();
    let example = text.split("```yaml\n").nth(3).unwrap().split("```").next().unwrap();
    let example = &YamlLoader::load_from_str(example).unwrap()[0]["include"][0]["inputs"];
    for name in example.as_hash().unwrap().keys() {
        assert!(!component.inputs[name.as_str().unwrap()].is_badvalue(), "{name:?} is no input");
    }
}
