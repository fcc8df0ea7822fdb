//! Small reports, compared with what was read and approved. `UPDATE_GOLDEN=1` writes them anew: read the difference.

use std::fs;
use std::path::Path;

use crate::support::Place;

const REQUESTS: &str = "event,latency_ms\nlogin,10\nlogin,12\nlogin,11\nsearch,30\nsearch,34\nsearch,-1\nsearch,31\n";

fn compare(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, found).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(found == expected, "{name} differs from what was approved.\nfound:\n{found}\nexpected:\n{expected}");
}

#[test]
fn a_small_markdown_report() {
    let place = Place::new();
    place.write("requests.csv", REQUESTS);
    place.run("summarize requests.csv -o -").exits(0);
    compare(
        "requests.md",
        &place.run("summarize requests.csv -o - -q").stdout.replace(env!("CARGO_PKG_VERSION"), "VERSION"),
    );
}

#[test]
fn a_small_terminal_summary_and_a_check() {
    let place = Place::new();
    place.write("requests.csv", REQUESTS);
    compare("requests.txt", &place.run("summarize requests.csv").stdout);
    compare("requests.check.txt", &place.run("check requests.csv").stdout);
}
