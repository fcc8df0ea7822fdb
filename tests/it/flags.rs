//! The reference pages of the documentation say what the program says: flags, keys of the configuration, fields of the JSON.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command_line::commands;
use crate::support::{Place, fixture};

/// Text of an option begins here in the whole help; names of options stand before it.
const INDENT: usize = 10;

const INTRODUCTION: &str = "# Flags

All commands and all their options, as `perfreport COMMAND --help-all` says them. A test compares this page with the program;
`UPDATE_DOCS=1 cargo test --release --locked --test it flags` writes it anew.

## Commands

| command | what it does |
|---|---|
";

/// An option, and the commands that have it with this very text.
struct Flag {
    name: String,
    text: String,
    commands: Vec<String>,
}

fn document(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

/// The options of a command with what is said about each.
fn flags_of(help: &str) -> Vec<(String, String)> {
    let mut flags: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in help.lines() {
        let indent = line.len() - line.trim_start().len();
        let blank = line.trim().is_empty();
        if !blank && indent < INDENT {
            inside = line.trim_start().starts_with('-');
            if inside {
                flags.push((line.trim().to_owned(), String::new()));
            }
        } else if let Some((_, text)) = flags.last_mut().filter(|_| inside) {
            text.push_str(if blank { "" } else { &line[INDENT..] });
            text.push('\n');
        }
    }
    flags.into_iter().map(|(name, text)| (name, text.trim_matches('\n').to_owned())).collect()
}

/// The page as the program would have it.
fn page(place: &Place) -> String {
    let mut names = commands(place);
    names.sort_by_key(|name| name != "summarize");
    let (mut page, mut flags, mut told) = (INTRODUCTION.to_owned(), Vec::<Flag>::new(), 0);
    for name in names {
        let help = place.run(&format!("{name} --help-all")).exits(0).stdout.clone();
        let usage = help.lines().find_map(|line| line.strip_prefix("Usage: ")).unwrap();
        // What is nothing without a command below it has no options of its own.
        if usage.contains("<COMMAND>") {
            continue;
        }
        told += 1;
        let cell = |text: &str| text.replace('|', "\\|");
        page += &format!("| `{}` | {} |\n", cell(usage), cell(help.lines().next().unwrap()));
        for (flag, text) in flags_of(&help) {
            match flags.iter_mut().find(|known| known.name == flag && known.text == text) {
                Some(known) => known.commands.push(name.clone()),
                None => flags.push(Flag { name: flag, text, commands: vec![name.clone()] }),
            }
        }
    }
    page += "\n## Options\n";
    for Flag { name, text, commands } in flags {
        let listed: Vec<String> = commands.iter().map(|command| format!("`{command}`")).collect();
        let of = if commands.len() == told { "every command".to_owned() } else { listed.join(", ") };
        page += &format!("\n### `{name}`\n\nOf {of}.\n\n```text\n{text}\n```\n");
    }
    page
}

#[test]
fn the_page_of_flags_is_what_the_program_says() {
    let expected = page(&Place::new());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(document("flags.md"), &expected).unwrap();
    }
    let written = fs::read_to_string(document("flags.md")).unwrap();
    // Where lines are broken is the terminal's business.
    let parts = |text: &str| -> Vec<String> {
        text.split("\n### ").map(|part| part.split_whitespace().collect::<Vec<&str>>().join(" ")).collect()
    };
    let (written, expected) = (parts(&written), parts(&expected));
    for (index, expected) in expected.iter().enumerate() {
        assert_eq!(written.get(index), Some(expected), "docs/flags.md is stale: UPDATE_DOCS=1 writes it anew");
    }
    assert_eq!(written.len(), expected.len(), "docs/flags.md has options that are gone");
}

/// The names between backticks behind "expected", as the reader of the configuration lists them.
fn keys_in(error: &str) -> Vec<String> {
    let (_, listed) = error.split_once("expected ").unwrap_or_else(|| panic!("no keys are listed: {error}"));
    let listed = listed.lines().next().unwrap();
    listed.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_page_of_the_configuration_has_every_key() {
    let place = Place::new();
    let text = fs::read_to_string(document("configuration.md")).unwrap();
    for (section, config) in [
        ("## The top", "nonsense = 1"),
        ("## `[[source]]`", "[[source]]\nmatch = \"x\"\nnonsense = 1"),
        ("## `[source.columns.NAME]`", "[[source]]\nmatch = \"x\"\n[source.columns.a]\nnonsense = 1"),
        ("## `[source.service]`", "[[source]]\nmatch = \"x\"\n[source.service]\nnonsense = 1"),
        ("## `[[margin_for]]`", "[[margin_for]]\nnonsense = 1"),
    ] {
        place.write("perfreport.toml", config);
        let run = place.run(&format!("{} -o -", fixture("compare/before.csv")));
        let keys = keys_in(&run.exits(2).stderr);
        assert!(keys.len() > 1, "{section}: {}", run.stderr);
        let (_, part) = text.split_once(section).unwrap_or_else(|| panic!("{section} is not there"));
        let part = part.split("\n## ").next().unwrap();
        let told: BTreeSet<&str> =
            part.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        let known: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
        assert_eq!(told, known, "{section}");
    }
}

#[test]
fn every_example_of_the_configuration_is_read() {
    let text = fs::read_to_string(document("configuration.md")).unwrap();
    let place = Place::new();
    let mut tried = 0;
    for example in text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
        place.write("perfreport.toml", example);
        place.run(&format!("{} -o -", fixture("compare/before.csv"))).exits(0);
        tried += 1;
    }
    assert!(tried >= 5, "{tried}");
}

#[test]
fn the_page_of_the_json_has_every_field_of_the_report_and_says_which_are_always_there() {
    let place = Place::new();
    let text = fs::read_to_string(document("json.md")).unwrap();
    for (section, of) in
        [("## The report", ""), ("## A baseline", "baseline"), ("## The report of a history", "history")]
    {
        let schema: Value = serde_json::from_str(&place.run(&format!("schema {of}")).exits(0).stdout).unwrap();
        let (_, part) = text.split_once(section).unwrap_or_else(|| panic!("{section} is not there"));
        let part = part.split("\n## ").next().unwrap();
        let told: BTreeSet<String> = part.lines().filter(|line| line.starts_with("| `")).map(str::to_owned).collect();
        let required = schema["required"].as_array().unwrap();
        let row = |(name, field): (&String, &Value)| {
            let always = if required.iter().any(|one| one == name) { "always" } else { "where there is one" };
            let said = field["description"].as_str().unwrap_or_default().replace('\n', " ").replace('|', "\\|");
            format!("| `{name}` | {always} | {said} |")
        };
        let expected: BTreeSet<String> = schema["properties"].as_object().unwrap().iter().map(row).collect();
        assert_eq!(told, expected, "{section}");
    }
}
