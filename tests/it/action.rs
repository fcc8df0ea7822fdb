//! The GitHub action: its scripts run as the runner runs them, with what a workflow gives as its inputs. Inputs are data, never a script.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use yaml_rust2::{Yaml, YamlLoader};

use crate::ci::path_with_the_program;
use crate::support::{Place, fixture};

/// The action as it stands in the repository.
struct Action(Yaml);

/// What a step said, and how it ended.
struct Step {
    code: Option<i32>,
    said: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Action {
    fn read() -> Self {
        let text = fs::read_to_string(root().join("action.yml")).unwrap();
        Self(YamlLoader::load_from_str(&text).unwrap().remove(0))
    }

    fn step(&self, id: &str) -> &Yaml {
        let steps = self.0["runs"]["steps"].as_vec().unwrap();
        steps.iter().find(|step| step["id"].as_str() == Some(id)).unwrap()
    }

    /// The variables of a step: what the workflow gives, else defaults. Only inputs and the runner's own facts are used.
    fn variables(&self, id: &str, given: &[(&str, &str)]) -> BTreeMap<String, String> {
        let environment = self.step(id)["env"].as_hash().unwrap();
        let value = |expression: &str| {
            let inside = expression.trim_start_matches("${{ ").trim_end_matches(" }}");
            let Some(name) = inside.strip_prefix("inputs.") else { return String::new() };
            let input = &self.0["inputs"][name];
            assert!(!input.is_badvalue(), "{name} is no input");
            let default = input["default"].as_str().unwrap_or_default();
            given.iter().find(|(input, _)| *input == name).map_or(default, |(_, value)| value).to_owned()
        };
        environment
            .iter()
            .map(|(name, one)| (name.as_str().unwrap().to_owned(), value(one.as_str().unwrap())))
            .collect()
    }

    /// Runs a step in a place, with programs of the test's own before all others.
    fn run(&self, id: &str, place: &Place, given: &[(&str, &str)], more: &[(&str, &str)]) -> Step {
        let mut command = Command::new("bash");
        command.args(["-e", "-o", "pipefail", "-c", self.step(id)["run"].as_str().unwrap()]);
        command.current_dir(place.path()).envs(self.variables(id, given));
        command.env("PATH", format!("{}:{}", place.path().join("fake").display(), path_with_the_program()));
        command.env("GITHUB_ACTION_PATH", root()).env("GITHUB_OUTPUT", place.path().join("output.txt"));
        command.env("GITHUB_PATH", place.path().join("path.txt")).env("RUNNER_TEMP", place.path().join("temp"));
        command.env_remove("GITHUB_STEP_SUMMARY").env_remove("GITHUB_REF").envs(more.iter().copied());
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        Step { code: output.status.code(), said }
    }
}

/// A place with a run and the one before it.
pub(crate) fn place() -> Place {
    let place = Place::new();
    place.write("results/after.csv", fs::read(fixture("compare/after.csv")).unwrap());
    place.write("base.csv", fs::read(fixture("compare/before.csv")).unwrap());
    place
}

/// Runs git there, with words separated by blanks.
pub(crate) fn git(place: &Place, words: &str) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=t", "-c", "user.email=t@t", "-c", "init.defaultBranch=main"]);
    let output = command.args(words.split_whitespace()).current_dir(place.path()).output().unwrap();
    assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A program of the test's own.
pub(crate) fn fake(place: &Place, name: &str, script: &str) {
    place.write(&format!("fake/{name}"), format!("#!/bin/bash\n{script}\n"));
    let made = Command::new("chmod").arg("755").arg(place.path().join("fake").join(name)).status().unwrap();
    assert!(made.success());
}

#[test]
fn a_report_is_written_and_the_gate_decides() {
    let (action, place) = (Action::read(), place());
    assert_eq!(action.0["runs"]["using"].as_str(), Some("composite"));
    let missing = [("files", "results/*.csv"), ("baseline", "none.json"), ("fail-on", "regression,corruption")];
    let Step { code, said } = action.run("report", &place, &missing, &[]);
    assert_eq!(code, Some(2), "a baseline that was deleted or misspelt never passes: {said}");
    assert!(said.contains("::error::none.json does not exist"), "{said}");
    let Step { code, said } = action.run("report", &place, &[&missing[..], &[("first-run", "allow")]].concat(), &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("::notice::none.json does not exist yet"), "{said}");
    for file in ["md", "html", "json", "xml"] {
        assert!(place.path().join(format!("performance_metrics_report.{file}")).exists(), "{file}\n{said}");
    }
    let given = [("files", "results/*.csv"), ("baseline", "base.csv"), ("fail-on", "regression")];
    let Step { code, said } = action.run("report", &place, &given, &[]);
    assert_eq!(code, Some(1), "{said}");
    for output in action.0["outputs"].as_hash().unwrap().keys().filter_map(Yaml::as_str) {
        assert!(place.read("output.txt").contains(&format!("{output}=")), "{output}");
    }
}

/// What asks for a comparison may stand in the action, with blanks or without, or in `perfreport.toml`.
#[test]
fn a_first_run_passes_wherever_the_gate_is_asked_for_and_is_held_to_all_the_rest() {
    let (action, place) = (Action::read(), place());
    let usual = [("files", "results/*.csv"), ("baseline", "none.json"), ("first-run", "allow")];
    let run = |fail_on: &str, config: &str| {
        place.write("perfreport.toml", config);
        action.run("report", &place, &[&usual[..], &[("fail-on", fail_on)]].concat(), &[])
    };
    let of_the_file = "fail_on = [\"regression\", \"inconclusive\"]\n";
    let met = "fail_on = [\"regression\", \"target\"]\n[[target]]\nmetric = \"*\"\np50 = \"< 1h\"\n";
    let missed = "fail_on = [\"regression\", \"target\"]\n[[target]]\nmetric = \"*\"\np50 = \"< 1us\"\n";
    for (fail_on, config, expected) in [
        ("", of_the_file, 0),
        ("regression", of_the_file, 0),
        ("corruption, regression , inconclusive", "", 0),
        ("", met, 0),
        ("target, regression", met, 0),
        ("", missed, 1),
        ("target, regression", missed, 1),
    ] {
        let Step { code, said } = run(fail_on, config);
        assert_eq!(code, Some(expected), "{fail_on:?} {config:?}: {said}");
        assert!(said.contains("::notice::none.json does not exist yet"), "{said}");
    }
}

/// A pull request that widens the margin, removes a target and replaces the baseline by its own run.
#[test]
fn with_a_base_nothing_of_a_pull_request_chooses_what_it_is_held_against() {
    let (action, place) = (Action::read(), Place::new());
    let after = fs::read(fixture("compare/after.csv")).unwrap();
    place.write("b.csv", fs::read(fixture("compare/before.csv")).unwrap());
    place.write("perfreport.toml", "margin = \"5%\"\n[[target]]\nmetric = \"*\"\np50 = \"< 1us\"\n");
    for words in ["init -q", "add .", "commit -qm base", "checkout -qb request"] {
        git(&place, words);
    }
    place.write("b.csv", &after).write("perfreport.toml", "margin = \"900%\"\n").write("results/run.csv", &after);
    for words in ["add .", "commit -qm request"] {
        git(&place, words);
    }
    let given = [("files", "results/*.csv"), ("baseline", "b.csv"), ("fail-on", "regression")];
    let run = |base: &str| action.run("report", &place, &[&given[..], &[("base-ref", base)]].concat(), &[]);
    let Step { code, said } = run("main");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.starts_with("perfreport.toml is taken from main"), "{said}");
    let changed = ["-margin = \"5%\"", "-p50 = ", "+margin = \"900%\""];
    assert!(changed.iter().all(|one| said.contains(one)) && said.contains("regressed"), "{said}");
    // Without it the request is believed.
    let Step { code, said } = run("");
    assert_ne!(code, Some(0), "the run is its own baseline: {said}");
    // Options of git are no branches, and those that run programs run none.
    for base in ["--upload-pack=touch pwned", "--output=pwned", "-h", "no-such-branch"] {
        let Step { code, said } = run(base);
        assert_eq!(code, Some(2), "{base}: {said}");
        assert!(said.contains("is no branch and no commit"), "{base}: {said}");
    }
    assert!(!place.path().join("pwned").exists());
}

/// What somebody might put where an input is expected. Some inputs are names of files that are written, by whoever runs the tests: nothing here
/// leads out of the folder of the test.
pub(crate) const HOSTILE: [&str; 20] = [
    "$(touch pwned)",
    "`touch pwned`",
    "; touch pwned",
    "| touch pwned",
    "&& touch pwned",
    "\"; touch pwned; \"",
    "'; touch pwned; '",
    "x\ntouch pwned\n",
    "${IFS}touch${IFS}pwned",
    "<(touch pwned)",
    "--config=pwned",
    "-rf",
    "--output=pwned.md",
    "a  b\tc",
    "x\n::error::from outside",
    "x%0A::error::from outside",
    "x\r::stop-commands::y",
    "##[error]from outside",
    "\u{1b}[2J\u{202e}x",
    "*",
];

#[test]
fn no_input_is_ever_a_part_of_a_script() {
    let (action, place) = (Action::read(), place());
    // Nobody is asked for anything: neither a server nor cargo.
    for program in ["cargo", "curl", "wget", "gh"] {
        fake(&place, program, "echo \"$0 was asked\" >&2; exit 1");
    }
    let inputs: Vec<&str> = action.0["inputs"].as_hash().unwrap().keys().filter_map(Yaml::as_str).collect();
    let usual = [("files", "results/*.csv"), ("baseline", "base.csv"), ("fail-on", "regression")];
    for hostile in HOSTILE {
        assert!(!hostile.contains("../") && !hostile.starts_with('/'), "{hostile:?} leads out of the folder");
        for input in &inputs {
            let mut given: Vec<(&str, &str)> = usual.iter().copied().filter(|(name, _)| name != input).collect();
            given.push((input, hostile));
            let id = match *input {
                "version" | "sha256" => "install",
                "token" => "comment",
                _ => "report",
            };
            let version = [("version", "1.0.0")];
            if *input == "sha256" {
                given.extend(version);
            }
            let more = [("RELEASES", "/nowhere"), ("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_REPOSITORY", "o/r")];
            let Step { said, .. } = action.run(id, &place, &given, &more);
            let files: Vec<String> =
                place.files().into_iter().filter(|name| *name == "pwned" || name.starts_with("touch")).collect();
            assert!(files.is_empty(), "{input}: {hostile:?} made {files:?}\n{said}");
            // The action's own commands may quote it, on their one line; none begins with it.
            let injected = ["::error::from", "::stop-commands"];
            for line in said.split(['\n', '\r']).map(str::trim_start) {
                let begins = |with: &&str| line.starts_with(*with);
                assert!(!injected.iter().any(begins), "{input}: {hostile:?} became {line:?}\n{said}");
            }
            assert!(!said.lines().any(|line| line.starts_with("##[")), "{input}: {hostile:?}\n{said}");
            assert!(!said.contains('\u{1b}'), "{input}: {hostile:?} reaches the log as it is\n{said:?}");
        }
    }
}

#[test]
fn no_expression_stands_in_a_script_of_the_action() {
    let action = Action::read();
    for step in action.0["runs"]["steps"].as_vec().unwrap() {
        let script = step["run"].as_str().unwrap_or_default();
        assert!(!script.contains("${{"), "{script}");
        if let Some(uses) = step["uses"].as_str() {
            let (_, commit) = uses.split_once('@').unwrap();
            assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{uses}");
        }
    }
}

/// A release in a folder: `PERFREPORT_BUILT` packs the program of the tests.
#[test]
fn a_release_is_taken_by_its_checksum_and_cargo_is_the_last_resort() {
    let (action, place) = (Action::read(), place());
    fake(&place, "perfreport-made", "echo perfreport 9.9.9");
    fake(
        &place,
        "cargo",
        "echo \"cargo $*\" >> \"$GITHUB_PATH.cargo\"; mkdir -p \"${@: -1}/bin\"; cp /bin/true \"${@: -1}/bin/perfreport\"",
    );
    let packages = place.path().join("packages");
    let machine = if cfg!(target_arch = "aarch64") { "aarch64" } else { "x86_64" };
    let target = format!("{machine}-unknown-linux-musl");
    let version = env!("CARGO_PKG_VERSION");
    let packed = Command::new(root().join("packaging/dist"))
        .args([target.as_str(), packages.to_str().unwrap()])
        .env("PERFREPORT_BUILT", place.path().join("fake/perfreport-made"))
        .output()
        .unwrap();
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    if !cfg!(target_os = "linux") {
        return;
    }
    let archive = packages.join(format!("perfreport-{version}-{target}.tar.gz"));
    let stated =
        fs::read_to_string(archive.with_file_name(format!("perfreport-{version}-{target}.tar.gz.sha256"))).unwrap();
    let digest = stated.split(' ').next().unwrap().to_owned();
    let releases = [("RELEASES", packages.to_str().unwrap())];
    let installed = place.path().join("temp/perfreport-bin/perfreport");
    let install = |given: &[(&str, &str)]| {
        let _ = fs::remove_file(&installed);
        action.run("install", &place, given, &releases)
    };
    for given in [&[("version", version)][..], &[("version", version), ("sha256", digest.as_str())][..]] {
        let Step { code, said } = install(given);
        assert_eq!(code, Some(0), "{said}");
        let output = Command::new(&installed).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "perfreport 9.9.9\n");
    }
    assert!(place.read("path.txt").contains("perfreport-bin"));
    // Another checksum is an error, whatever lies beside the archive.
    let other = "0".repeat(64);
    let Step { code, said } = install(&[("version", version), ("sha256", other.as_str())]);
    assert_eq!(code, Some(2), "{said}");
    assert!(!installed.exists() && said.contains("nothing was installed"), "{said}");
    // No such release: cargo.
    let Step { code, said } = install(&[("version", "7.7.7")]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("::warning::") && place.read("path.txt.cargo").contains("install --locked"), "{said}");
}

#[test]
fn a_pull_request_gets_one_comment_that_is_brought_up_to_date() {
    let (action, place) = (Action::read(), place());
    place.write("c.md", "<!-- perfreport -->\nnumbers\n");
    let given = [("comment", "c.md"), ("token", "t")];
    let request = [("GITHUB_REF", "refs/pull/7/merge"), ("GITHUB_REPOSITORY", "o/r")];
    let calls = |script: &str, more: &[(&str, &str)]| {
        place.write("calls", "");
        fake(&place, "gh", &format!("echo \"$*\" >> {}\n{script}", place.path().join("calls").display()));
        let Step { code, said } = action.run("comment", &place, &given, more);
        assert_eq!(code, Some(0), "{said}");
        (place.read("calls"), said)
    };
    let (called, _) = calls("exit 0", &request);
    assert!(called.contains("--method POST repos/o/r/issues/7/comments -F body=@"), "{called}");
    let (called, said) = calls("case \"$*\" in *--jq*) echo 41; echo 42;; esac", &request);
    assert!(called.contains("--method PATCH repos/o/r/issues/comments/41 -F body=@") && said.contains("up to date"));
    assert!(called.contains("user.type == \"Bot\""), "somebody else's comment is left alone: {called}");
    // A fork's token may not write, and that fails nothing.
    let (_, said) = calls("echo 'HTTP 403: Resource not accessible by integration' >&2; exit 1", &request);
    assert!(said.contains("::notice::No comment"), "{said}");
    // A push is no pull request.
    let (called, _) = calls("exit 0", &[("GITHUB_REF", "refs/heads/main"), ("GITHUB_REPOSITORY", "o/r")]);
    assert_eq!(called, "");
}
