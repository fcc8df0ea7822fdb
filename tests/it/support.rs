//! Runs the program in a folder of its own and shows everything when it did not do what was expected.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The fixtures of the project.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A fixture as a word of the command line.
pub(crate) fn fixture(name: &str) -> String {
    fixtures().join(name).to_string_lossy().into_owned()
}

/// The largest resident set of a program in kB, as the kernel counts it, until the program is gone.
#[cfg(target_os = "linux")]
pub(crate) fn peak_until_it_ends(child: &mut std::process::Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0_u64;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        peak = peak.max(line.trim().trim_end_matches(" kB").parse().unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    peak
}

/// An empty folder in which the program runs.
pub(crate) struct Place {
    folder: TempDir,
}

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    command: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// The text of a file that the program wrote.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    /// The names of all files in the folder, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Runs the program with words separated by blanks.
    pub(crate) fn run(&self, arguments: &str) -> Run {
        self.run_words(&arguments.split_whitespace().collect::<Vec<_>>(), b"")
    }

    pub(crate) fn run_words(&self, words: &[&str], stdin: &[u8]) -> Run {
        self.run_with(words, stdin, &[])
    }

    /// Runs the program with variables in its environment.
    pub(crate) fn run_with(&self, words: &[&str], stdin: &[u8], variables: &[(&str, &str)]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_perfreport"));
        command.args(words).current_dir(self.path()).env_remove("SOURCE_DATE_EPOCH").env_remove("NO_COLOR");
        for variable in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"] {
            command.env_remove(variable);
        }
        command.envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let bytes = stdin.to_vec();
        let writer = std::thread::spawn(move || {
            // The program may stop reading early.
            let _ = input.write_all(&bytes);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Run {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            command: format!("perfreport {}", words.join(" ")),
        }
    }
}

impl Run {
    fn describe(&self) -> String {
        format!(
            "command: {}\nexit code: {:?}\nstdout:\n{}\nstderr:\n{}",
            self.command, self.code, self.stdout, self.stderr
        )
    }

    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{}", self.describe());
        assert!(!self.stderr.contains("panicked"), "{}", self.describe());
        self
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.stdout.contains(text), "stdout lacks {text:?}\n{}", self.describe());
        self
    }

    /// What is nowhere on standard output.
    #[track_caller]
    pub(crate) fn never_says(&self, text: &str) -> &Self {
        assert!(!self.stdout.contains(text), "it does say: {text}\n{}", self.describe());
        self
    }

    #[track_caller]
    pub(crate) fn complains(&self, text: &str) -> &Self {
        assert!(self.stderr.contains(text), "stderr lacks {text:?}\n{}", self.describe());
        self
    }
}

/// The JSON report about a file.
pub(crate) fn report(name: &str, text: &str) -> Value {
    let place = Place::new();
    place.write(name, text).run(&format!("summarize {name} -o report.json")).exits(0);
    place.json("report.json")
}

/// The names of the metrics of a JSON report.
pub(crate) fn names(report: &Value) -> Vec<&str> {
    report["metrics"].as_array().unwrap().iter().map(|metric| metric["name"].as_str().unwrap()).collect()
}

/// How many groups a metric of a JSON report has.
pub(crate) fn groups(report: &Value, name: &str) -> usize {
    metric(report, name)["groups"].as_array().map_or(0, Vec::len)
}

/// The unit in which a metric of a JSON report was recorded; empty where nothing states it.
pub(crate) fn unit<'r>(report: &'r Value, name: &str) -> &'r str {
    metric(report, name)["recorded_unit"].as_str().unwrap_or_default()
}

/// A number that nobody would choose.
pub(crate) fn measured(row: usize) -> f64 {
    20.0 + 7.3 * ((row * 37) % 41) as f64 / 11.0
}

/// Whether a JSON report has no finding but notes.
pub(crate) fn is_clean(report: &Value) -> bool {
    report["findings"].as_array().unwrap().iter().all(|finding| finding["severity"] == "note")
}

/// The findings of a JSON report of one kind, as `place` and the whole object.
pub(crate) fn findings<'a>(report: &'a Value, kind: &str) -> Vec<&'a Value> {
    report["findings"].as_array().unwrap().iter().filter(|finding| finding["kind"] == kind).collect()
}

/// Lines of findings of one kind.
pub(crate) fn lines(report: &Value, kind: &str) -> Vec<u64> {
    findings(report, kind).iter().filter_map(|finding| finding["place"]["line"].as_u64()).collect()
}

/// A metric of a JSON report.
#[track_caller]
pub(crate) fn metric<'a>(report: &'a Value, name: &str) -> &'a Value {
    report["metrics"]
        .as_array()
        .unwrap()
        .iter()
        .find(|metric| metric["name"] == name)
        .unwrap_or_else(|| panic!("no metric {name} in {:#}", report["metrics"]))
}
