//! A bound of memory is a promise for every format, and what a name means is private in every one.

use std::fmt::Write as _;
use std::io::Write as _;

use crate::support::{Place, metric};

/// A place with a file that repeats a text until it is so large.
fn repeated(name: &str, before: &str, text: &str, bytes: usize, behind: &str) -> Place {
    let place = Place::new();
    let times = bytes / text.len();
    let mut file = std::io::BufWriter::new(std::fs::File::create(place.path().join(name)).unwrap());
    file.write_all(before.as_bytes()).unwrap();
    for _ in 0..times {
        file.write_all(text.as_bytes()).unwrap();
    }
    file.write_all(behind.as_bytes()).unwrap();
    file.flush().unwrap();
    drop(file);
    place
}

/// The largest resident set of the program, in bytes, and how it ended.
#[cfg(target_os = "linux")]
fn peak(place: &Place, words: &[&str]) -> (u64, Option<i32>, String) {
    use std::process::{Command, Stdio};

    let mut child = Command::new(env!("CARGO_BIN_EXE_perfreport"))
        .args(words)
        .current_dir(place.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let peak = crate::support::peak_until_it_ends(&mut child);
    let output = child.wait_with_output().unwrap();
    (peak << 10, output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Of a program that is not optimised a little more is in memory than of the one that is measured in the documentation.
#[cfg(target_os = "linux")]
const BOUND: u64 = 64 << 20;

#[cfg(target_os = "linux")]
#[test]
fn a_large_array_of_objects_is_read_inside_the_bound() {
    let element = "{\"latency_ms\":1.25,\"note\":\"                                        \"},";
    let place = repeated("a.json", "[", element, 48 << 20, "{\"latency_ms\":2.5}]");
    let (bytes, code, said) = peak(&place, &["summarize", "a.json", "-o", "r.json", "--memory", "64MiB"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(bytes <= BOUND, "{bytes}");
    let rows = (48 << 20) / element.len() + 1;
    assert_eq!(metric(&place.json("r.json"), "latency_ms")["overall"]["clean"]["n"], rows);
}

#[cfg(target_os = "linux")]
#[test]
fn what_does_not_fit_is_refused_inside_the_bound_and_said_once() {
    let place = repeated("a.json", "{\"results\":[", "{\"latency_ms\":1.25},", 100 << 20, "{\"latency_ms\":2}]}");
    let (bytes, code, said) = peak(&place, &["summarize", "a.json", "--memory", "64MiB"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(bytes <= BOUND, "{bytes}");
    assert_eq!(said.matches("the document is larger than 8 MiB").count(), 1, "{said}");
    assert!(said.contains("give more --memory"), "{said}");
    // An array of which an element never ends.
    let place = repeated("a.json", "[{\"a\":[", "1.5,", 100 << 20, "");
    let (bytes, code, said) = peak(&place, &["summarize", "a.json", "--memory", "64MiB"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(bytes <= BOUND && said.contains("larger than"), "{bytes} {said}");
}

/// Twenty thousand files take 300 MB at most; a tenth of them is enough to see it, and takes a tenth of the time.
#[cfg(target_os = "linux")]
#[test]
fn very_many_small_files_take_little_memory_each() {
    let place = Place::new();
    for file in 0..2000 {
        let rows: String = (0..4).fold(String::new(), |mut rows, row| {
            let _ = writeln!(rows, "a,{}", 1 + (file * 7 + row * 13) % 97);
            rows
        });
        place.write(&format!("d/run_{file}_x.csv"), format!("event,latency_ms\n{rows}"));
    }
    let (bytes, code, said) = peak(&place, &["summarize", "d", "-o", "r.md", "-o", "r.html"]);
    assert_eq!(code, Some(0), "{said}");
    // What the program takes for itself and for the page, and a tenth of what the files may take.
    assert!(bytes <= (60 << 20) + (240 << 20) / 10, "{bytes}");
    let text = place.read("r.md");
    assert!(text.contains("200 of the files are shown, the JSON report has all"), "{}", &text[..600]);
    assert!(text.len() < 3 << 20, "{}", text.len());
    place.run("summarize d -q -o r.json").exits(0);
    assert_eq!(place.json("r.json")["sources"].as_array().unwrap().len(), 2000);
}

const SECRET: &str = "ZQSECRETQZ";

/// Each way to write the name, in each format, in each command: in no output.
#[test]
fn session_data_reaches_no_output_whatever_the_format_and_however_the_name_is_written() {
    let names =
        ["sessionState", "SessionMemory", "sessionMemory ", "session_state", "SESSION-MEMORY", "user.sessionState.a"];
    for name in names {
        let rows = |row: &dyn Fn(usize) -> String| (0..6).map(row).collect::<Vec<_>>();
        let objects =
            rows(&|index| format!("{{\"event\":\"a\",\"latency_ms\":{index}.5,\"{name}\":\"{SECRET}{index}\"}}"));
        let plain = rows(&|index| format!("a,{index}.5,{SECRET}{index}"));
        let place = Place::new();
        place
            .write("a.csv", format!("event,latency_ms,{name}\n{}\n", plain.join("\n")))
            .write("a.tsv", format!("event\tlatency_ms\t{name}\n{}\n", plain.join("\n").replace(',', "\t")))
            .write("a.json", format!("[{}]", objects.join(",")))
            .write("one.json", format!("{{\"rows\":[{}],\"{name}\":\"{SECRET}\"}}", objects.join(",")))
            .write("a.ndjson", objects.join("\n") + "\n")
            .write("cut.ndjson", objects.join("\n") + &format!("\n{{\"latency_ms\":1,\"{name}\":\"{SECRET}"))
            .write("odd.csv", format!("event,latency_ms\na,1\nb,2\n\"{{\"\"{name}\"\":\"\"{SECRET}\"\"}}\",x\nc,3\n"))
            .write("prose.txt", format!("Dear reader,\n{name}: {SECRET}\n"));
        for file in ["a.csv", "a.tsv", "a.json", "one.json", "a.ndjson", "cut.ndjson", "odd.csv", "prose.txt"] {
            for command in [
                "summarize FILE -o r.md -o r.html -o r.json -o r.txt -o r.xml --comment c.md --ci github",
                "summarize FILE -q --save-baseline b.json -o r2.json",
                "check FILE",
                "export FILE -o x.csv -o x.ndjson --all",
                "baseline add b2.json FILE",
                "compare FILE FILE -o r3.md",
                "summarize FILE --unit nope=ms",
                "summarize FILE --group-by nope",
                "summarize FILE --format csv -o r4.md",
                "summarize FILE --format agent-swarm -o r5.md",
            ] {
                let run = place.run(&command.replace("FILE", file));
                for text in [&run.stdout, &run.stderr] {
                    assert!(!text.contains(SECRET), "{name} {file} {command}: {text}");
                }
            }
        }
        for file in place.files() {
            let is_input = ["a.csv", "a.tsv", "a.json", "one.json", "a.ndjson", "cut.ndjson", "odd.csv", "prose.txt"];
            if !is_input.contains(&file.as_str()) {
                assert!(!place.read(&file).contains(SECRET), "{name}: {file}");
            }
        }
        place.run("summarize a.csv").exits(2).complains("session data");
        place.run("summarize a.json -q -o r.json").exits(0);
    }
    // An amount of memory is nobody's data.
    let place = Place::new();
    place.write("a.csv", "event,session_memory_mb\na,1\na,2\na,3\n");
    place.run("summarize a.csv -q").exits(0);
}
