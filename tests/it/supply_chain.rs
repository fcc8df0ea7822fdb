//! What the program is built of: licences, and crates that an offline program has no use for.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What is allowed, refused and known: `deny.toml`, which cargo-deny reads too.
fn deny() -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml");
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

/// Of the crates for all platforms where they are here (`cargo fetch`), else of those for this one: tests ask no network.
fn metadata() -> Value {
    let rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("-vV").output().unwrap();
    let said = String::from_utf8(rustc.stdout).unwrap();
    let host = said.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let with = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command.args(["metadata", "--format-version", "1", "--locked", "--offline"]).args(more);
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).output().unwrap()
    };
    let all = with(&[]);
    let output = if all.status.success() { all } else { with(&["--filter-platform", host]) };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn packages(metadata: &Value) -> &Vec<Value> {
    metadata["packages"].as_array().unwrap()
}

/// Whether one side of each "OR" of a licence consists of licences that are allowed.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    plain.split(" OR ").any(|side| side.split(" AND ").all(|licence| allowed.contains(&licence.trim())))
}

#[test]
fn every_dependency_is_under_a_licence_that_fits() {
    let deny = deny();
    let allowed: Vec<&str> =
        deny["licenses"]["allow"].as_array().unwrap().iter().map(|licence| licence.as_str().unwrap()).collect();
    for package in packages(&metadata()) {
        let (name, licence) = (package["name"].as_str().unwrap(), package["license"].as_str().unwrap_or_default());
        assert!(is_allowed(licence, &allowed), "{name} is under {licence:?}");
    }
    assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0", &allowed) && is_allowed("MIT/Apache-2.0", &allowed));
    assert!(!is_allowed("GPL-3.0", &allowed) && !is_allowed("MIT AND GPL-3.0", &allowed) && !is_allowed("", &allowed));
}

#[test]
fn what_reaches_networks_is_here_for_a_reason_or_not_at_all() {
    let (deny, metadata) = (deny(), metadata());
    let name_of = |id: &Value| {
        let package = packages(&metadata).iter().find(|package| package["id"] == *id).unwrap();
        package["name"].as_str().unwrap()
    };
    for refused in deny["bans"]["deny"].as_array().unwrap() {
        let name = refused["crate"].as_str().unwrap();
        let wrappers: Vec<&str> = refused
            .get("wrappers")
            .and_then(toml::Value::as_array)
            .map(|all| all.iter().map(|one| one.as_str().unwrap()).collect())
            .unwrap_or_default();
        for node in metadata["resolve"]["nodes"].as_array().unwrap() {
            if node["deps"].as_array().unwrap().iter().any(|one| name_of(&one["pkg"]) == name) {
                let user = name_of(&node["id"]);
                assert!(wrappers.contains(&user), "{user} brings {name}");
            }
        }
        assert!(!wrappers.contains(&"perfreport"), "{name} is our own dependency");
    }
}

#[test]
fn no_crate_is_here_twice_without_a_reason() {
    let (deny, metadata) = (deny(), metadata());
    let skipped: Vec<(&str, &str)> = deny["bans"]["skip"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            assert!(
                one.get("reason").and_then(toml::Value::as_str).is_some_and(|reason| !reason.is_empty()),
                "{one:?} says no reason"
            );
            one["crate"].as_str().unwrap().split_once('@').unwrap()
        })
        .collect();
    let mut names: Vec<(&str, &str)> = packages(&metadata)
        .iter()
        .map(|package| (package["name"].as_str().unwrap(), package["version"].as_str().unwrap()))
        .filter(|(name, version)| {
            let is_skipped = |of: &(&str, &str)| of.0 == *name && version.starts_with(&format!("{}.", of.1));
            !skipped.iter().any(is_skipped)
        })
        .collect();
    names.sort_unstable();
    let twice: Vec<_> = names.windows(2).filter(|two| two[0].0 == two[1].0).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
