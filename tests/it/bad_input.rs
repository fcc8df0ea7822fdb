//! Input that no program should meet, and this one does: a clear error or a finding, the right exit code, no panic, and
//! nothing half written.

use std::io::Write;

use crate::support::{Place, findings, fixture, lines, metric};

const GOOD: &str = "event,latency_ms\na,1.5\nb,2.5\na,3.5\n";

/// A file that is refused: exit 2, the reason said, nothing written.
#[track_caller]
fn refused(name: &str, content: impl AsRef<[u8]>, reason: &str) {
    let place = Place::new();
    place.write(name, content);
    place.run(&format!("summarize {name}")).exits(2).complains(name).complains(reason);
    assert_eq!(place.files(), [name], "nothing is written after an error");
}

#[test]
fn a_missing_file_is_named() {
    let place = Place::new();
    place.run("summarize nowhere.csv").exits(2).complains("nowhere.csv").complains("No such file");
    place.run_words(&["summarize", "nowhere/*.csv"], b"").exits(2).complains("nowhere/*.csv");
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    refused("empty.csv", "", "empty");
    refused("blank.csv", "\n  \n\n", "empty");
}

#[test]
fn a_header_without_rows_is_nothing_to_report() {
    refused("header.csv", "event,latency_ms\n", "nothing below it");
    let place = Place::new();
    place.write("header.csv", "event,latency_ms\n").write("good.csv", GOOD);
    place.run("summarize header.csv good.csv -o r.json").exits(0);
    assert_eq!(findings(&place.json("r.json"), "no_metric").len(), 1);
}

#[test]
fn a_folder_without_metrics_is_named() {
    let place = Place::new();
    place.write("stuff/readme.rst", "no metrics here");
    place.run("summarize stuff").exits(2).complains("stuff").complains(".csv");
}

#[test]
fn a_file_in_a_folder_that_is_no_metrics_file_is_passed_over_and_said_so() {
    let place = Place::new();
    place.write("in/good.csv", GOOD).write("in/notes.txt", "Dear diary,\nnothing happened, as usual.\n");
    place.run("summarize in -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(findings(&report, "unread_file")[0]["place"]["source"], "notes.txt");
    assert_eq!(report["sources"].as_array().unwrap().len(), 1);
}

#[test]
fn one_bad_file_among_good_ones_is_an_error_unless_told_to_go_on() {
    let place = Place::new();
    place.write("good.csv", GOOD).write("bad.csv", b"\x89PNG\r\n\x1a\n\0\0\0");
    place.run("summarize good.csv bad.csv -o r.json").exits(2).complains("bad.csv: this is a PNG image");
    assert!(!place.files().contains(&"r.json".to_owned()));
    place.run("summarize good.csv bad.csv -o r.json --keep-going").exits(0);
    assert_eq!(findings(&place.json("r.json"), "unread_file").len(), 1);
}

#[test]
fn binary_files_are_called_what_they_are() {
    refused("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG image");
    refused("zeros.csv", b"a,b\n1,\0\n", "zero byte");
}

#[test]
fn what_comes_from_a_tool_and_is_no_result_is_called_what_it_is() {
    let har = "{\"log\": {\"version\": \"1.2\", \"creator\": {\"name\": \"b\"}, \"entries\": \
               [{\"startedDateTime\": \"2026-03-01T12:00:00Z\", \"time\": 12}, {\"startedDateTime\": \"x\", \"time\": 9}]}}";
    refused("page.json", har, "HTTP archive");
    let printed = std::fs::read_to_string(crate::support::fixtures().join("ab/printed.txt")).unwrap();
    refused("ab.txt", &printed, "`ab -g times.tsv`");
}

#[test]
fn prose_and_source_code_are_not_taken_for_metrics() {
    refused("letter.txt", "Dear reader,\nthis is a letter, with commas,\nand nothing else.\n", "not recognised");
    refused("letter.txt", "Dear reader,\nwith commas,\nand nothing else.\n", "`perfreport formats` lists");
    refused("main.txt", "fn main() {\n    println!(\"{}\", 1 + 2);\n}\n", "not recognised");
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("secret.csv", GOOD);
    let path = place.path().join("secret.csv");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&path).is_ok() {
        return; // Root may read everything.
    }
    place.run("summarize secret.csv").exits(2).complains("secret.csv").complains("denied");
}

#[test]
fn invalid_utf8_is_a_finding_and_costs_no_number() {
    let place = Place::new();
    place.write("latin1.csv", b"event,latency_ms\ncaf\xe9,1\nb,2\nc,3\n");
    place.run("summarize latin1.csv -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(lines(&report, "invalid_utf8"), [2]);
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["n"], 3);
}

#[test]
fn an_overlong_line_is_passed_over_in_bounded_memory() {
    let place = Place::new();
    let mut file = std::fs::File::create(place.path().join("long.csv")).unwrap();
    file.write_all(b"event,latency_ms\na,1\n").unwrap();
    let block = vec![b'x'; 1 << 20];
    for _ in 0..64 {
        file.write_all(&block).unwrap();
    }
    file.write_all(b"\nb,2\nc,3\n").unwrap();
    drop(file);
    place.run("summarize long.csv -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(lines(&report, "overlong_line"), [3]);
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["n"], 3);
}

#[test]
fn an_unclosed_quote_costs_its_own_row_only() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("corrupt/unclosed_quote.csv"))).exits(0);
    let report = place.json("r.json");
    assert_eq!(lines(&report, "unclosed_quote"), [3]);
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["n"], 4);
}

#[test]
fn ragged_rows_are_set_aside_with_their_lines() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("corrupt/ragged.csv"))).exits(0);
    let report = place.json("r.json");
    assert_eq!(lines(&report, "ragged_row"), [4, 5]);
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["n"], 3);
    let source = &report["sources"][0];
    assert_eq!((&source["rows_read"], &source["rows_used"]), (&5.into(), &3.into()));
    assert_eq!(source["set_aside"][0]["rows"], 2);
}

#[test]
fn a_truncated_last_line_is_seen() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("corrupt/truncated.csv"))).exits(0);
    let report = place.json("r.json");
    assert_eq!(lines(&report, "truncated_line"), [6]);
    assert_eq!(metric(&report, "latency")["overall"]["clean"]["n"], 4);
    place.write("cut.csv", "event,latency_ms,bytes\na,1.5,10\nb,2.5,10\na,3.");
    place.run("summarize cut.csv -o r.json").exits(0);
    assert_eq!(lines(&place.json("r.json"), "truncated_line"), [4]);
}

#[test]
fn cells_without_a_number_are_named_and_empty_ones_counted() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("corrupt/sentinels.csv"))).exits(0);
    let report = place.json("r.json");
    assert_eq!(lines(&report, "sentinel"), [4, 6]);
    assert_eq!(lines(&report, "not_finite"), [8, 10]);
    assert_eq!(lines(&report, "negative"), [12]);
    // `timeout` says that there is no result: nothing is corrupted there.
    assert_eq!(lines(&report, "no_result"), [13]);
    assert_eq!(findings(&report, "empty_cell")[0]["count"], 1);
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["n"], 6);
    assert_eq!(report["verdict"]["corrupted_samples"], 5);
    let failures = &metric(&report, "latency_ms")["failures"];
    assert_eq!((failures["failed"].as_u64(), failures["column"].as_str()), (Some(1), Some("words among numbers")));
    place.write("words.csv", "id,latency_ms\n1,5.5\n2,6.5\n3,banana\n4,5.25\n");
    place.run("summarize words.csv -o w.json").exits(0);
    assert_eq!(lines(&place.json("w.json"), "not_a_number"), [4]);
}

#[test]
fn broken_json_says_where_it_breaks() {
    refused("cut.json", "{\"times\": [1.5, 2.5", "ends too early");
    let place = Place::new();
    place.write(
        "nan.json",
        "[{\"latency_ms\": 1.5},\n {\"latency_ms\": NaN, \"note\": \"NaN \\\" NaN\"},\n {\"latency_ms\": -Infinity}]",
    );
    place.run("summarize nan.json -o r.json").exits(0);
    assert_eq!(lines(&place.json("r.json"), "not_finite"), [2, 3], "what JSON does not have, and programs write");
    place.write("mixed.ndjson", "{\"latency_ms\":1}\nnot json\n{\"latency_ms\":2}\n{\"latency_ms\":3}\n{\"latency");
    place.run("summarize mixed.ndjson -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(lines(&report, "malformed_record"), [2]);
    assert_eq!(lines(&report, "truncated_line"), [5]);
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["n"], 3);
}

#[test]
fn deep_duplicate_and_mixed_json_is_survived() {
    let place = Place::new();
    let deep = format!("{{\"latency_ms\":1,\"deep\":{}1{}}}", "{\"a\":".repeat(5000), "}".repeat(5000));
    place.write("deep.ndjson", format!("{deep}\n{{\"latency_ms\":2}}\n{{\"latency_ms\":3}}\n"));
    place.run("summarize deep.ndjson -o r.json").exits(0);
    assert_eq!(metric(&place.json("r.json"), "latency_ms")["overall"]["clean"]["n"], 3);
    let brackets = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    place.write("deep.json", brackets);
    let run = place.run("summarize deep.json");
    assert!(run.code == Some(0) || run.code == Some(2), "no crash: {:?}", run.code);

    place.write("twice.json", "[{\"latency_ms\":1,\"latency_ms\":100},{\"latency_ms\":2}]");
    place.run("summarize twice.json -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(findings(&report, "duplicate_key").len(), 1);
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["max"], 0.1, "the last one wins");

    place.write(
        "mixed.json",
        "[{\"latency_ms\":1},{\"latency_ms\":\"slow\"},{\"latency_ms\":null},{\"latency_ms\":true},{\"other\":5},\n\
         {\"latency_ms\":3},{\"latency_ms\":4},{\"latency_ms\":5},{\"latency_ms\":6},{\"latency_ms\":7}]",
    );
    place.run("summarize mixed.json -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["n"], 6);
    assert_eq!(findings(&report, "not_a_number").len(), 2);
}

#[test]
fn two_files_of_the_same_name_are_told_apart_and_one_given_twice_is_read_once() {
    let place = Place::new();
    place.write("old/run.csv", GOOD).write("new/run.csv", GOOD.replace("1.5", "1.6"));
    place.run("summarize old/run.csv new/run.csv ./old/run.csv -o r.json").exits(0);
    let report = place.json("r.json");
    let names: Vec<&str> =
        report["sources"].as_array().unwrap().iter().map(|source| source["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["old/run.csv", "new/run.csv"]);
    assert_eq!(findings(&report, "duplicate_file").len(), 1);
    place.write("copy.csv", GOOD);
    place.run("summarize old/run.csv copy.csv -o r.json").exits(0);
    assert_eq!(findings(&place.json("r.json"), "duplicate_file")[0]["severity"], "suspicious");
}

#[test]
fn an_output_that_cannot_be_written_leaves_nothing_behind() {
    let place = Place::new();
    place.write("good.csv", GOOD);
    place.run("summarize good.csv -o missing/r.md").exits(2).complains("missing").complains("create it first");
    place.write("r.md", "the old report");
    place.run("summarize good.csv -o r.md -o missing/r.json").exits(2);
    assert_eq!(place.read("r.md"), "the old report", "all or nothing");
    place.write("folder/x", "");
    std::fs::create_dir(place.path().join("taken.md")).unwrap();
    place.run("summarize good.csv -o taken.md").exits(2).complains("folder");
    assert!(place.files().iter().all(|name| !name.starts_with(".perfreport")), "{:?}", place.files());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let place = Place::new();
    place.write("good.csv", GOOD);
    place.run("summarize good.csv -o /dev/full").exits(2).complains("/dev/full").complains("No space left");
    let shell = std::process::Command::new("sh")
        .arg("-c")
        .arg(format!("{} summarize good.csv -o - > /dev/full", env!("CARGO_BIN_EXE_perfreport")))
        .current_dir(place.path())
        .output()
        .unwrap();
    assert_eq!(shell.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::new();
    place.write("good.csv", GOOD);
    let shell = std::process::Command::new("sh")
        .arg("-c")
        .arg(format!("{} summarize good.csv -q -o - | head -n 1", env!("CARGO_BIN_EXE_perfreport")))
        .current_dir(place.path())
        .output()
        .unwrap();
    assert!(shell.status.success());
    assert!(String::from_utf8_lossy(&shell.stderr).is_empty());
}
