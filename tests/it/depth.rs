//! Metrics beside the duration of requests: every number and every check, and the rest where `--deep` asks for it.

use std::fmt::Write as _;

use crate::support::{Place, findings, metric};

/// Requests whose answers have one of two sizes, one of them impossible.
fn jtl() -> String {
    let mut text = "timeStamp,elapsed,label,success,bytes\n".to_owned();
    for row in 0..400_i64 {
        let bytes = match row {
            333 => -5,
            _ if row % 3 == 0 => 9_000 + row * 7 % 90,
            _ => 500 + row * 7 % 90,
        };
        let _ = writeln!(text, "{},{},GET /,true,{bytes}", 1_710_504_000_000 + 100 * row, 50 + row * 13 % 40);
    }
    text
}

#[test]
fn what_stands_beside_the_duration_has_every_number_and_its_shape_only_on_request() {
    let place = Place::new();
    place.write("run.jtl", jtl());
    place.run("summarize run.jtl -o usual.json -o usual.md").exits(0);
    place.run("summarize run.jtl --deep -o deep.json").exits(0);
    place.write("deep.toml", "deep = true\n");
    place.run("summarize run.jtl --config deep.toml -o config.json").exits(0);
    let (usual, deep) = (place.json("usual.json"), place.json("deep.json"));
    let (shallow, whole) = (&metric(&usual, "bytes"), &metric(&deep, "bytes"));
    assert_eq!((shallow["depth"].as_str(), whole["depth"].as_str()), (Some("summary"), None));
    assert_eq!(metric(&usual, "elapsed"), metric(&deep, "elapsed"));
    assert_eq!(metric(&place.json("config.json"), "bytes"), *whole);
    for same in ["clean", "raw", "outliers", "histogram", "series", "corrupted"] {
        assert_eq!(shallow["overall"][same], whole["overall"][same], "{same}");
    }
    let dependence = |metric: &serde_json::Value| metric["overall"]["order"]["effective_sample_size"].clone();
    assert_eq!(dependence(shallow), dependence(whole));
    assert_eq!(findings(&usual, "negative").len(), 1);
    assert_eq!(findings(&usual, "negative"), findings(&deep, "negative"));
    assert!(shallow["overall"]["modality"].is_null());
    assert_eq!(whole["overall"]["modality"]["modes"].as_array().map(Vec::len), Some(2));
    assert!(place.read("usual.md").contains("were not looked for"));
}

#[test]
fn what_is_compared_is_looked_at_as_a_whole() {
    let place = Place::new();
    place.write("run.jtl", jtl());
    place.run("summarize run.jtl --save-baseline baseline.json -o saved.json").exits(0);
    assert!(metric(&place.json("saved.json"), "bytes")["depth"].is_null());
}
