//! What the program is built of: licences, and crates that an offline program has no use for.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Licences that may be combined with ours, as SPDX calls them.
const LICENCES: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "CC0-1.0",
    "Unlicense",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "BSL-1.0",
    "MPL-2.0",
    "bzip2-1.0.6",
];

/// Crates that reach networks or run servers, and by whom they come all the same. This list only gets shorter.
const NETWORK: &[(&str, &str)] = &[("mio", "tokio"), ("socket2", "tokio"), ("tokio", "polars-async")];
const REFUSED: &[&str] = &[
    "tokio",
    "mio",
    "socket2",
    "hyper",
    "reqwest",
    "ureq",
    "curl",
    "native-tls",
    "openssl",
    "rustls",
    "async-std",
    "h2",
];

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Whether one side of each "OR" of a licence consists of licences that are allowed.
fn is_allowed(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    plain.split(" OR ").any(|side| side.split(" AND ").all(|licence| LICENCES.contains(&licence.trim())))
}

#[test]
fn every_dependency_is_under_a_licence_that_fits() {
    for package in packages() {
        let (name, licence) = (package["name"].as_str().unwrap(), package["license"].as_str().unwrap_or_default());
        assert!(is_allowed(licence), "{name} is under {licence:?}");
    }
    assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0") && is_allowed("MIT/Apache-2.0"));
    assert!(!is_allowed("GPL-3.0") && !is_allowed("MIT AND GPL-3.0") && !is_allowed(""));
}

#[test]
fn what_reaches_networks_is_here_for_a_reason_or_not_at_all() {
    let packages = packages();
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        if !REFUSED.contains(&name) {
            continue;
        }
        let users = packages.iter().filter(|user| {
            let mut dependencies = user["dependencies"].as_array().unwrap().iter();
            // What a crate needs for its own tests or only with a feature is not built here.
            dependencies.any(|one| one["name"] == name && one["kind"].is_null() && one["optional"] == false)
        });
        let users: Vec<&str> = users.map(|user| user["name"].as_str().unwrap()).collect();
        let reason = NETWORK.iter().find(|(refused, _)| *refused == name).map(|(_, user)| *user);
        assert!(reason.is_some_and(|reason| users.contains(&reason) || users.is_empty()), "{name} comes by {users:?}");
        assert!(!users.contains(&"perfreport"), "{name} is our own dependency");
    }
}
