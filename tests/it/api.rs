//! The public names of the library: a change of them is a change of the API, and has to be meant.

use std::fs;
use std::path::Path;

/// What `lib.rs` shows, in alphabetical order.
const APPROVED: &[&str] = &[
    "Analysis",
    "Comparison",
    "Error",
    "Finding",
    "Gate",
    "Metric",
    "Options",
    "Report",
    "Source",
    "Summary",
    "Table",
    "Verdict",
    "analyse",
    "compare",
    "read",
    "read_with",
    "visit_samples",
];

#[test]
fn the_library_shows_these_names_and_no_others() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let mut names: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("pub use ")?.strip_suffix(';'))
        .filter(|path| *path != "cli::main as program")
        .flat_map(|path| {
            let last = path.rsplit("::").next().unwrap_or(path);
            let listed = path.split_once('{').map_or(last, |(_, listed)| listed.trim_end_matches('}'));
            listed.split(',').map(str::trim)
        })
        .collect();
    names.sort_unstable();
    assert_eq!(names, APPROVED);
    let modules = text.lines().filter(|line| line.starts_with("pub mod")).count();
    let for_tests = text.matches("#[cfg(feature = \"internals\")]\n#[doc(hidden)]\npub mod").count();
    assert_eq!(modules, for_tests, "a module is no part of the API");
}
