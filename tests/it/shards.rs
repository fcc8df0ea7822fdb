//! A shard decides nothing by what happens to be in it: what a plan says of columns, failures, units and headers holds in each of them, and
//! what does not fit is said.

use std::io::Write;

use serde_json::Value;

use crate::support::{Place, findings, metric};

const HEADER: &str = "timestamp,endpoint,latency_ms,status\n";

/// Rows of two endpoints, 40 ms one after the other; every twentieth failed.
fn rows(from: usize, n: usize) -> Vec<String> {
    let row = |row: usize| {
        let (latency, status) = (20 + row * 7919 % 280, if row.is_multiple_of(20) { 503 } else { 200 });
        format!(
            "{},/{},{latency},{status}\n",
            1_764_000_000_000 + row * 40,
            if row.is_multiple_of(3) { 'a' } else { 'b' }
        )
    };
    (from..from + n).map(row).collect()
}

/// The plan of the first of two shards, both digests and their merge, and a report about that and one about all rows in one file.
fn two(place: &Place, first: &str, second: &str) -> (Value, Value) {
    place.write("a.csv", HEADER.to_owned() + first).write("b.csv", second);
    place.run("plan a.csv -o plan.json").exits(0);
    let whole = HEADER.to_owned() + first + second.strip_prefix(HEADER).unwrap_or(second);
    place.write("whole.csv", whole);
    place.run("summarize whole.csv -o whole.json").exits(0);
    (merged(place, &["a.csv", "b.csv"]), place.json("whole.json"))
}

/// The report about shards by the plan that is there.
fn merged(place: &Place, shards: &[&str]) -> Value {
    // Several at once, as engines do.
    let numbered: Vec<(usize, &&str)> = shards.iter().enumerate().collect();
    std::thread::scope(|scope| {
        for some in numbered.chunks(shards.len().div_ceil(4)) {
            scope.spawn(move || {
                for (number, shard) in some {
                    let digest = format!("{number}.digest");
                    place.run_words(&["digest", shard, "--plan", "plan.json", "-o", &digest], b"").exits(0);
                }
            });
        }
    });
    let digests: Vec<String> = (0..shards.len()).map(|number| format!("{number}.digest")).collect();
    place.run(&format!("merge {} -o all.digest", digests.join(" "))).exits(0);
    place.run("summarize all.digest -o all.json").exits(0);
    place.json("all.json")
}

/// Samples, failed rows, rows with a status, rows that are not understood, and requests on the clock.
fn counted(report: &Value) -> [u64; 5] {
    let latency = metric(report, "latency_ms");
    let of = |value: &Value| value.as_u64().unwrap_or_default();
    let failures = &latency["failures"];
    let requests = of(&report["requests"][0]["requests"]);
    let samples = of(&latency["overall"]["clean"]["n"]);
    [samples, of(&failures["failed"]), of(&failures["total"]), of(&failures["unclear"]), requests]
}

fn told(report: &Value) -> String {
    findings(report, "other_plan").iter().map(|finding| finding["reasons"].to_string()).collect()
}

#[test]
fn a_shard_in_which_every_request_failed_counts_as_that() {
    let place = Place::new();
    for empty in ["", "n/a"] {
        let failed: String =
            (500..800).map(|row| format!("{},/a,{empty},503\n", 1_764_000_000_000_u64 + row * 40)).collect();
        let (found, whole) = two(&place, &rows(0, 500).concat(), &(HEADER.to_owned() + &failed));
        assert_eq!(counted(&found), counted(&whole), "`{empty}`");
        assert_eq!(counted(&found)[1..], [325, 800, 0, 800]);
        assert_eq!(found["requests"][0]["length"], whole["requests"][0]["length"]);
        place.run("digest b.csv --plan plan.json --strict-plan -o b.digest").exits(0);
    }
    // Requests that came back and have no duration are another thing.
    let no_number: String = (500..530).map(|row| format!("{},/a,,200\n", 1_764_000_000_000_u64 + row * 40)).collect();
    place.write("c.csv", HEADER.to_owned() + &no_number);
    let strict = place.run("digest c.csv --plan plan.json --strict-plan -o c.digest");
    strict.exits(2).complains("`latency_ms`, which the plan counts, has no number here");
}

#[test]
fn cells_that_state_their_unit_are_in_no_other_one() {
    let place = Place::new();
    let with_units: String = rows(500, 300)
        .iter()
        .map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            format!("{},{},{}s,{}", cells[0], cells[1], cells[2].parse::<f64>().unwrap() / 1000.0, cells[3])
        })
        .collect();
    place.write("a.csv", HEADER.to_owned() + &rows(0, 500).concat()).write("b.csv", HEADER.to_owned() + &with_units);
    place.run("plan a.csv -o plan.json").exits(0);
    let found = merged(&place, &["a.csv", "b.csv"]);
    place.write("whole.csv", HEADER.to_owned() + &rows(0, 800).concat());
    place.run("summarize whole.csv -o whole.json").exits(0);
    let whole = place.json("whole.json");
    for number in ["n", "min", "max", "median"] {
        let of = |report: &Value| metric(report, "latency_ms")["overall"]["clean"][number].as_f64().unwrap();
        assert!((of(&found) / of(&whole) - 1.0).abs() < 1e-12, "{number}: {} and {}", of(&found), of(&whole));
    }
    // On one machine as well, whatever is said of the column; and that is told.
    place.run("summarize b.csv -o plain.json").exits(0);
    place.run("summarize b.csv --unit latency_ms=ms -o said.json").exits(0);
    let [plain, said] = ["plain.json", "said.json"].map(|name| place.json(name));
    let clean = |report: &Value| metric(report, "latency_ms")["overall"]["clean"].clone();
    assert_eq!(clean(&said), clean(&plain));
    let contradiction = findings(&said, "contradiction");
    assert!(contradiction[0]["reasons"].to_string().contains("states its unit"), "{contradiction:?}");
    assert!(findings(&plain, "contradiction").is_empty());
}

#[test]
fn how_failures_are_read_is_decided_by_the_plan() {
    let place = Place::new();
    // Nothing was answered: 0 alone is no HTTP status of itself.
    let refused = rows(500, 300).concat().replace(",200\n", ",0\n").replace(",503\n", ",0\n");
    let (found, whole) = two(&place, &rows(0, 500).concat(), &(HEADER.to_owned() + &refused));
    assert_eq!(counted(&found), counted(&whole));
    assert_eq!((counted(&found)[1], told(&found)), (325, String::new()));
    place.run("digest b.csv --plan plan.json --strict-plan -o b.digest").exits(0);
    // A number that is no status is not understood, and takes nothing from the others.
    for odd in ["-1", "999"] {
        let mut rows = rows(500, 300);
        rows[7] = rows[7].replace(",200\n", &format!(",{odd}\n"));
        place.write("b.csv", HEADER.to_owned() + &rows.concat());
        let found = merged(&place, &["a.csv", "b.csv"]);
        assert_eq!(counted(&found), [760, 40, 800, 1, 800], "{odd}");
        assert!(told(&found).contains("of which the plan knows nothing, in 1 row"), "{}", told(&found));
        let strict = place.run("digest b.csv --plan plan.json --strict-plan -o b.digest");
        strict.exits(2).complains("`status`");
    }
    // Words for codes are understood as words, and are not those of the plan.
    let words = rows(500, 300).concat().replace(",200\n", ",OK\n").replace(",503\n", ",FAILED\n");
    place.write("b.csv", HEADER.to_owned() + &words);
    let found = merged(&place, &["a.csv", "b.csv"]);
    assert_eq!(counted(&found), [760, 40, 800, 0, 800]);
    assert!(told(&found).contains("has words here"), "{}", told(&found));
    // What the plan says is known, or is no plan.
    let odd = place.read("plan.json").replace("HTTP status, 400", "HTTP status, 500");
    place.write("odd.json", odd);
    place.run("digest b.csv --plan odd.json -o b.digest").exits(2).complains("which perfreport does not know");
}

#[test]
fn where_words_among_numbers_are_failures_a_shard_without_them_has_none() {
    let place = Place::new();
    let row = |row: usize| match row % 50 {
        49 if row < 200 => "/a,timeout\n".to_owned(),
        _ => format!("/a,{}\n", 20 + row * 31 % 90),
    };
    let part = |rows: std::ops::Range<usize>| "endpoint,latency_ms\n".to_owned() + &rows.map(row).collect::<String>();
    place.write("a.csv", part(0..200)).write("b.csv", part(200..500)).write("whole.csv", part(0..500));
    place.run("plan a.csv -o plan.json").exits(0);
    place.run("summarize whole.csv -o whole.json").exits(0);
    let (found, whole) = (merged(&place, &["a.csv", "b.csv"]), place.json("whole.json"));
    assert_eq!(counted(&found), counted(&whole));
    assert_eq!((counted(&found)[1..3].to_vec(), told(&found)), (vec![4, 500], String::new()));
}

#[test]
fn the_first_row_of_a_part_without_a_header_is_a_row_whatever_stands_in_it() {
    let place = Place::new();
    let at = 1_764_000_020_000_u64;
    for first in [
        format!("{at},/a,,503\n"),
        format!("{at},\"/a,x\",242,200\n"),
        format!("{at},/b,timeout,503\n"),
        format!("{at},status,31,200\n"),
    ] {
        place.write("a.csv", HEADER.to_owned() + &rows(0, 500).concat());
        place.write("b.csv", first.clone() + &rows(501, 299).concat());
        place.run("plan a.csv -o plan.json").exits(0);
        let found = merged(&place, &["a.csv", "b.csv"]);
        assert_eq!(found["sources"][0]["rows_read"], 800, "{first}");
        assert_eq!(counted(&found)[2], 800, "{first}");
        assert_eq!(told(&found), "", "{first}");
    }
    // Headers are none, be they of other columns.
    for header in ["timestamp,endpoint,duration_s,status\n", "zeit,ziel,dauer,code\n"] {
        place.write("b.csv", header.to_owned() + &rows(500, 300).concat());
        let strict = place.run("digest b.csv --plan plan.json --strict-plan -o b.digest");
        strict.exits(2).complains("`latency_ms`, which the plan counts, is not there");
    }
}

#[test]
fn dates_are_read_in_the_order_of_the_plan() {
    let place = Place::new();
    let dated = |day: usize, n: usize| -> String {
        let row = |row: usize| {
            format!("{:02}/04/2025 00:{:02}:{:02},/a,{},200\n", day + row / 60, row % 60, row % 7, 20 + row * 31 % 90)
        };
        (0..n).map(row).collect()
    };
    // From 13 April on it is the day that stands first; before that it could be the month.
    let (first, second) = (dated(13, 400), dated(3, 400));
    let (found, _) = two(&place, &first, &(HEADER.to_owned() + &second));
    assert_eq!(place.json("plan.json")["columns"]["timestamp"]["day_first"], true);
    // From the first second of 3 April to the first second of 00:39 on 19 April.
    let run = &found["requests"][0];
    assert_eq!((&run["requests"], run["length"].as_f64()), (&800.into(), Some(16.0 * 86_400.0 + 39.0 * 60.0 + 1.0)));
    assert_eq!(told(&found), "");
    // Dates that cannot be read so, and none at all, are said.
    let month_first = (13..28).map(|day| format!("04/{day}/2025 00:00:00,/a,20,200\n")).collect::<String>();
    let none = (13..28).map(|day| format!(",/a,{day},200\n")).collect::<String>();
    let says = [
        "the dates of `timestamp` begin with the month here",
        "`timestamp`, the clock of the plan, has no instant here",
    ];
    for (rows, says) in [month_first, none].iter().zip(says) {
        place.write("c.csv", HEADER.to_owned() + rows);
        place.run("digest c.csv --plan plan.json --strict-plan -o c.digest").exits(2).complains(says);
    }
}

#[test]
fn what_only_all_shards_show_is_said() {
    let place = Place::new();
    let mut whole = rows(0, 600);
    whole[410] = format!("{},/b,100000000000,200\n", 1_764_000_016_400_u64);
    place.write("a.csv", HEADER.to_owned() + &whole[..405].concat());
    place
        .write("b.csv", HEADER.to_owned() + &whole[405..412].concat())
        .write("c.csv", HEADER.to_owned() + &whole[412..].concat());
    place.run("plan a.csv -o plan.json").exits(0);
    let found = merged(&place, &["a.csv", "b.csv", "c.csv"]);
    let isolated = findings(&found, "isolated");
    assert_eq!(isolated.len(), 1, "{isolated:?}");
    assert_eq!((&isolated[0]["place"]["source"], &isolated[0]["place"]["line"]), (&"b.csv".into(), &7.into()));
    assert!(findings(&found, "clock_jump").is_empty());
    // Two generators at the same time, one of them with a clock that is an hour ahead.
    let late = rows(90_000, 600).concat();
    place.write("b.csv", HEADER.to_owned() + &late);
    let found = merged(&place, &["a.csv", "b.csv"]);
    let jump = findings(&found, "clock_jump");
    assert!(jump[0]["reasons"].to_string().contains("clocks differ"), "{jump:?}");
    assert!(findings(&found, "isolated").is_empty());
}

#[test]
fn a_part_of_one_line_of_json_is_of_the_same_kind() {
    let place = Place::new();
    let line = |row: usize| format!("{{\"endpoint\":\"/a\",\"latency_ms\":{},\"status\":200}}\n", 20 + row * 31 % 90);
    let lines = |rows: std::ops::Range<usize>| rows.map(line).collect::<String>();
    place.write("a.ndjson", lines(0..1)).write("b.ndjson", lines(1..200)).write("c.ndjson", lines(200..201));
    place.run("plan a.ndjson b.ndjson c.ndjson -o plan.json").exits(0);
    let found = merged(&place, &["a.ndjson", "b.ndjson", "c.ndjson"]);
    assert_eq!(metric(&found, "latency_ms")["overall"]["clean"]["n"], 201);
    assert_eq!(told(&found), "");
    place.write("x.csv", HEADER.to_owned() + &rows(0, 90).concat());
    place.run("plan b.ndjson x.csv -o other.json").exits(2).complains("different formats");
}

#[test]
fn a_packed_shard_is_what_it_holds() {
    let place = Place::new();
    let content = HEADER.to_owned() + &rows(0, 300).concat();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(content.as_bytes()).unwrap();
    let packed = gzip.finish().unwrap();
    place.write("a.csv", &content).write("b.csv.gz", &packed).write("cut.csv.gz", &packed[..packed.len() - 40]);
    place.write("nothing.csv.gz", &packed[..12]);
    place.run("plan a.csv -o plan.json").exits(0);
    for name in ["a.csv", "b.csv.gz", "cut.csv.gz"] {
        place.run(&format!("digest {name} --plan plan.json -o {name}.digest")).exits(0);
    }
    let twice = place.run("merge a.csv.digest b.csv.gz.digest -o all.digest");
    twice.exits(2).complains("the shard b.csv.gz is there already as a.csv");
    // What was cut is not taken for the whole, nor for an empty part.
    place.run("check cut.csv.gz.digest").exits(1).says("ends in the middle");
    place.run("digest nothing.csv.gz --plan plan.json -o x.digest").exits(2).complains("ends in the middle");
}

#[test]
fn a_merge_writes_over_no_digest_that_it_reads() {
    let place = Place::new();
    place.write("a.csv", HEADER.to_owned() + &rows(0, 300).concat());
    place.write("b.csv", HEADER.to_owned() + &rows(300, 300).concat());
    place.run("plan a.csv -o plan.json").exits(0);
    merged(&place, &["a.csv", "b.csv"]);
    let before = std::fs::read(place.path().join("0.digest")).unwrap();
    place.run("merge 0.digest 1.digest -o 0.digest").exits(2).complains("one of the files to be read");
    assert_eq!(std::fs::read(place.path().join("0.digest")).unwrap(), before);
}

/// Rows as lines of JSON, or as JMeter writes them; each format begins with its header, where it has one.
fn in_format(format: &str, rows: &[String]) -> (String, Vec<String>) {
    let cells = |row: &String| -> Vec<String> { row.trim().split(',').map(str::to_owned).collect() };
    match format {
        "ndjson" => {
            let line = |row: &String| {
                let [at, endpoint, latency, status] = &cells(row)[..] else { panic!("{row}") };
                format!(
                    "{{\"timestamp\":{at},\"endpoint\":\"{endpoint}\",\"latency_ms\":{latency},\"status\":{status}}}\n"
                )
            };
            (String::new(), rows.iter().map(line).collect())
        }
        "jtl" => {
            let line = |row: &String| {
                let [at, endpoint, latency, status] = &cells(row)[..] else { panic!("{row}") };
                let success = status == "200";
                format!("{at},{latency},{endpoint},{status},said,threads 1-1,text,{success},1024,2,2,{latency},0,1\n")
            };
            let header = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,bytes,grpThreads,\
                          allThreads,Latency,IdleTime,Connect\n";
            (header.to_owned(), rows.iter().map(line).collect())
        }
        _ => (HEADER.to_owned(), rows.to_vec()),
    }
}

#[test]
fn every_format_has_the_numbers_of_the_whole_in_any_parts() {
    let rows = rows(0, 6000);
    for (format, name, parts) in [
        ("csv", "latency_ms", 500),
        ("ndjson", "latency_ms", 7),
        ("ndjson", "latency_ms", 48),
        ("jtl", "elapsed", 7),
        ("jtl", "elapsed", 48),
    ] {
        let place = Place::new();
        let (header, lines) = in_format(format, &rows);
        let file = |number: usize| format!("part-{number:03}.{format}");
        place.write(&format!("whole.{format}"), header.clone() + &lines.concat());
        // Of very unequal size, and only the first with a header.
        let cuts: Vec<usize> = (0..=parts).map(|part| lines.len() * part * part / (parts * parts)).collect();
        let mut shards = Vec::new();
        for (number, cut) in cuts.windows(2).enumerate().filter(|(_, cut)| cut[0] < cut[1]) {
            let content = lines[cut[0]..cut[1]].concat();
            place.write(&file(number), if shards.is_empty() { header.clone() + &content } else { content });
            shards.push(file(number));
        }
        place.run(&format!("plan whole.{format} -o plan.json")).exits(0);
        place.run(&format!("summarize whole.{format} -o whole.json")).exits(0);
        let found = merged(&place, &shards.iter().map(String::as_str).collect::<Vec<_>>());
        let whole = place.json("whole.json");
        let of = |report: &Value| metric(report, name).clone();
        let (mine, theirs) = (of(&found), of(&whole));
        for number in ["n", "sum", "mean", "stddev", "min", "max", "median", "mad"] {
            assert_eq!(
                mine["overall"]["clean"][number], theirs["overall"]["clean"][number],
                "{number} of {parts} {format}"
            );
            assert_eq!(mine["failed"][number], theirs["failed"][number], "{number} of failed of {parts} {format}");
        }
        for metric in whole["metrics"].as_array().unwrap() {
            let same = found["metrics"].as_array().unwrap().iter().find(|one| one["name"] == metric["name"]).unwrap();
            for number in ["failed", "total", "not_said", "unclear", "convention"] {
                assert_eq!(same["failures"][number], metric["failures"][number], "{} of {format}", metric["name"]);
            }
        }
        assert_eq!(told(&found), "", "{parts} {format}");
        assert_eq!(found["requests"][0]["requests"], whole["requests"][0]["requests"], "{format}");
        assert_eq!(found["requests"][0]["length"], whole["requests"][0]["length"], "{format}");
    }
}

#[cfg(unix)]
#[test]
fn the_script_for_a_shell_goes_all_rounds_wherever_its_folder_is() {
    let place = Place::new();
    let wide = |from: usize| -> String {
        let row = |row: usize| format!("/a,{:.9}\n", 20.0 + (row as f64 * 0.618_033_988_749).fract() * 80.0);
        "endpoint,latency_ms\n".to_owned() + &(from..from + 3000).map(row).collect::<String>()
    };
    place.write("a.csv", wide(0)).write("b.csv", wide(3000)).write("a folder/x", "");
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("integrations/parallel/perfreport-parallel");
    let run = |words: &[&str]| {
        let mut command = std::process::Command::new("sh");
        command.arg(&script).args(words).current_dir(place.path()).env("PERFREPORT", env!("CARGO_BIN_EXE_perfreport"));
        command.env("TMPDIR", place.path().join("a folder")).env("EXACT", "1").env("JOBS", "2").output().unwrap()
    };
    let done = run(&["report.json", "a.csv", "b.csv"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(metric(&place.json("report.json"), "latency_ms")["evidence"]["refined"], true);
    let nothing = run(&[]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("usage"), "{nothing:?}");
}
