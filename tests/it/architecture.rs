//! The direction of data, read from the `use` lines: `measure` knows nobody, `ingest` and `stats` do not know each other,
//! `report` does not know `ingest`, nobody but `main` knows `cli`.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// Modules of the crate that a file names.
fn named(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.match_indices("crate::").map(move |(at, found)| &line[at + found.len()..]))
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

#[test]
fn data_flows_one_way() {
    let allowed: &[(&str, &[&str])] = &[
        ("measure", &["measure"]),
        ("table", &["table", "measure"]),
        ("ingest", &["ingest", "table", "measure"]),
        ("stats", &["stats", "table", "measure"]),
        ("analysis", &["analysis", "stats", "table", "measure"]),
        ("compare", &["compare", "analysis", "stats", "table", "measure"]),
        ("report", &["compare", "report", "analysis", "stats", "table", "measure"]),
        ("export", &["analysis", "export", "report", "stats", "table", "measure"]),
        ("config.rs", &["analysis", "config", "compare", "ingest", "table", "measure"]),
        ("config", &["config", "compare"]),
        ("cli", &["analysis", "cli", "compare", "config", "export", "ingest", "stats", "report", "table", "measure"]),
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 30);
    for file in files {
        let inside = file.strip_prefix(&root).unwrap();
        let room = inside.iter().next().unwrap().to_string_lossy().into_owned();
        let Some((_, may)) = allowed.iter().find(|(name, _)| *name == room) else { continue };
        for name in named(&fs::read_to_string(&file).unwrap()) {
            assert!(may.contains(&name.as_str()), "{} uses crate::{name}", inside.display());
        }
    }
}

#[test]
fn only_the_command_line_touches_the_world() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files {
        let inside = file.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        // Files that are tests as a whole are no part of the program.
        let is_tests =
            inside.replace('\\', "/").ends_with("/tests.rs") || inside.replace('\\', "/").contains("/tests/");
        if inside.starts_with("cli") || inside == "main.rs" || is_tests {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for forbidden in ["println!", "eprintln!", "std::fs", "File::open", "process::exit", "SystemTime", "std::env"] {
            assert!(!code.contains(forbidden), "{inside} has {forbidden}");
        }
    }
}
