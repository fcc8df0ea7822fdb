//! The direction of data, read from the `use` lines: `measure` knows nobody, `ingest` and `stats` do not know each other,
//! `report` does not know `ingest`, nobody but `main` knows `cli`; no two files use each other.

use std::fs;
use std::path::{Path, PathBuf};

use crate::circles::House;

/// Arrows from a file to another that close a circle and are still to be cut. This list only gets shorter.
const TO_BE_CUT: &[(&str, &str)] = &[];

/// A longer file says in its head why it is one: a line of it begins with "Long because".
const LONGEST_FILE: usize = 600;

/// Files that are longer and do not say why. This list only gets shorter.
const TOO_LONG: &[&str] = &[];

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
        ("history", &["compare", "history", "analysis", "stats", "table", "measure"]),
        ("report", &["compare", "history", "report", "analysis", "stats", "table", "measure"]),
        ("digest", &["analysis", "digest", "stats", "table", "measure"]),
        ("export", &["analysis", "export", "report", "stats", "table", "measure"]),
        ("config.rs", &["analysis", "config", "compare", "ingest", "table", "measure"]),
        ("config", &["config", "compare", "measure"]),
        (
            "cli",
            &[
                "analysis", "cli", "compare", "config", "digest", "export", "history", "ingest", "stats", "report",
                "table", "measure",
            ],
        ),
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
        if inside.starts_with("cli") || ["main.rs", "lib.rs", "library.rs"].contains(&inside.as_str()) || is_tests {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for forbidden in ["println!", "eprintln!", "std::fs", "File::open", "process::exit", "SystemTime", "std::env"] {
            assert!(!code.contains(forbidden), "{inside} has {forbidden}");
        }
    }
}

#[test]
fn text_leaves_the_process_in_one_place() {
    for (name, text) in texts() {
        if name == "cli/terminal.rs" || name.ends_with("/tests.rs") || name.contains("/tests/") {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap().replace("use_stderr()", "");
        let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for forbidden in ["stdout()", "stderr()", "print!(", "println!(", "eprint!(", "eprintln!(", "dbg!("] {
            assert!(
                !code.contains(forbidden),
                "{name} has {forbidden}: what people read leaves through cli/terminal.rs"
            );
        }
    }
}

/// Names of the files inside of `src`, with slashes, and their texts.
fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files.sort();
    let name = |file: &Path| file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    files.iter().map(|file| (name(file), fs::read_to_string(file).unwrap())).collect()
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let house = House::new(&texts());
    assert!(house.arrows.len() > 100, "{} arrows: the files are not read as they are written", house.arrows.len());
    if let Some(circle) = house.circle(TO_BE_CUT) {
        panic!("a circle of files:\n{circle}");
    }
    for (from, to) in TO_BE_CUT {
        let rest: Vec<(&str, &str)> = TO_BE_CUT.iter().copied().filter(|arrow| arrow != &(*from, *to)).collect();
        assert!(house.circle(&rest).is_some(), "{from} -> {to} closes no circle any more: take it from the list");
    }
}

#[test]
fn circles_are_found_with_the_names_that_tie_them() {
    let circle = |files: &[(&str, &str)]| {
        let sources: Vec<(String, String)> =
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        House::new(&sources).circle(&[])
    };
    let found = circle(&[
        ("a/mod.rs", "mod b;\nmod c;\npub struct Noun;\nfn f() { b::make() }"),
        ("a/b.rs", "use super::{Noun, c::{self, Other as Same}};\nfn make() -> Noun { Same }"),
        ("a/c.rs", "pub struct Other;"),
    ]);
    assert_eq!(found.as_deref(), Some("a/b.rs uses Noun of a/mod.rs\na/mod.rs uses make of a/b.rs"));
    let nothing: [&[(&str, &str)]; 4] = [
        // Declared and handed on, not used.
        &[("a/mod.rs", "mod b;\npub use b::Made;\npub struct Noun;"), ("a/b.rs", "pub struct Made(super::Noun);")],
        // What is handed on stands where it was made.
        &[
            ("a/mod.rs", "mod b;\nmod c;\npub use b::Made;\nfn f() { c::g() }"),
            ("a/b.rs", "pub struct Made;"),
            ("a/c.rs", "use super::Made;"),
        ],
        // Tests may use whatever they want; comments and strings are no paths.
        &[
            ("a.rs", "use crate::b::Noun;\n#[cfg(test)]\nmod tests { use super::*; }"),
            ("b.rs", "// crate::a::f\nconst S: &str = \"crate::a::f\";\n#[cfg(test)]\nmod tests { use crate::a::f; }"),
        ],
        &[("a.rs", "use crate::b::Noun;"), ("b.rs", "#[cfg(test)]\nmod tests;"), ("b/tests.rs", "use crate::a::f;")],
    ];
    for files in nothing {
        assert_eq!(circle(files), None, "{files:?}");
    }
    let inline = [("a.rs", "fn f() { crate::b::g::<u8>(crate::b::h) }"), ("b.rs", "use crate::a; fn g() { a::f() }")];
    assert_eq!(circle(&inline).as_deref(), Some("a.rs uses g, h of b.rs\nb.rs uses f of a.rs"));
}

#[test]
fn files_are_short_or_say_why_not() {
    for (name, text) in texts() {
        let lines = text.lines().count();
        let head: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
        let fits = lines <= LONGEST_FILE || head.contains("Long because");
        let listed = TOO_LONG.contains(&name.as_str());
        assert!(fits || listed, "{name} has {lines} lines: divide it, or say in its head `Long because ...`");
        assert!(!(fits && listed), "{name} is short enough now: take it from the list");
    }
}

#[test]
fn paths_from_far_above_begin_at_the_crate() {
    for (name, text) in texts() {
        assert!(!text.contains(&["super"; 3].join("::")), "{name} goes up three modules: use crate::");
    }
}
