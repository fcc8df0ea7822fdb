//! The main job: files in, reports out.

use std::io::Write;

use crate::support::{Place, findings, fixture, fixtures, metric};

#[test]
fn the_default_is_a_markdown_report_and_a_short_summary() {
    let place = Place::new();
    let run = place.run(&format!("summarize {}", fixture("chat/memory_usage_metrics.csv")));
    run.exits(0).says("3 corrupted samples").says("wrote performance_metrics_report.md");
    assert_eq!(place.files(), ["performance_metrics_report.md"]);
    let report = place.read("performance_metrics_report.md");
    assert!(report.contains("**Measured: "), "{report}");
    let badge = "Data: **corrupted**: 3 corrupted samples set aside in memory_usage_metrics.csv";
    assert!(report.contains(badge), "{report}");
}

#[test]
fn the_ending_chooses_the_form_and_a_dash_is_standard_output() {
    let place = Place::new();
    let file = fixture("load/requests.csv");
    let run = place.run(&format!("summarize {file} -o a.md -o b.html -o c.json -o d.txt -o -"));
    run.exits(0).complains("wrote a.md");
    assert_eq!(run.stdout, place.read("a.md"));
    assert!(place.read("b.html").starts_with("<!doctype html>") || place.read("b.html").starts_with("<!DOCTYPE html>"));
    assert_eq!(place.json("c.json")["schema_version"], 2);
    assert!(place.read("d.txt").contains("latency_ms"));
    place.run(&format!("summarize {file} -o report.pdf")).exits(2).complains("must be .md, .html, .json, .txt or .xml");
}

#[test]
fn standard_input_compressed_files_folders_and_globs_are_read() {
    let place = Place::new();
    let text = std::fs::read(fixtures().join("load/requests.csv")).unwrap();
    place.run_words(&["summarize", "-", "-o", "stdin.json"], &text).exits(0);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&text).unwrap();
    place.write("in/one.csv.gz", gzip.finish().unwrap());
    place.write("in/two.csv.zst", zstd::encode_all(&text[..], 0).unwrap());
    place.write("in/deeper/three.csv", &text);
    place.run("summarize in -o folder.json").exits(0);
    place.run_words(&["summarize", "in/*.gz", "-o", "glob.json"], b"").exits(0);
    let mean = |report: &str, index: usize| place.json(report)["metrics"][index]["overall"]["clean"]["mean"].clone();
    assert_eq!(place.json("folder.json")["sources"].as_array().unwrap().len(), 3);
    for (report, index) in [("folder.json", 0), ("folder.json", 2), ("folder.json", 4), ("glob.json", 0)] {
        assert_eq!(mean(report, index), mean("stdin.json", 0), "{report} {index}");
    }
    assert_eq!(place.json("glob.json")["sources"][0]["compression"], "gzip");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let place = Place::new();
    let all = fixtures().to_string_lossy().into_owned();
    for run in ["a", "b"] {
        place.run(&format!("summarize {all} -o {run}.md -o {run}.html -o {run}.json")).exits(0);
    }
    for ending in ["md", "html", "json"] {
        assert_eq!(place.read(&format!("a.{ending}")), place.read(&format!("b.{ending}")));
    }
    let place_name = place.path().to_string_lossy().into_owned();
    assert!(!place.read("a.json").contains(&place_name) && !place.read("a.md").contains(&all));
}

#[test]
fn a_date_is_printed_only_when_it_is_given() {
    let place = Place::new();
    let file = fixture("load/requests.csv");
    place.run(&format!("summarize {file} -o a.json")).exits(0);
    assert_eq!(place.json("a.json")["generated"], serde_json::Value::Null);
    place.run(&format!("summarize {file} -o a.json --timestamp 2026-03-15T12:00:00Z")).exits(0);
    assert_eq!(place.json("a.json")["generated"], "2026-03-15T12:00:00Z");
    place.run(&format!("summarize {file} --timestamp yesterday")).exits(2).complains("--timestamp yesterday");
}

#[test]
fn every_column_says_what_it_was_taken_for_and_why() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("load/requests.csv"))).exits(0);
    let report = place.json("r.json");
    let columns = report["sources"][0]["tables"][0]["columns"].as_array().unwrap();
    let roles: Vec<&str> = columns.iter().map(|column| column["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["timestamp", "label", "status", "metric", "metric"]);
    assert!(columns.iter().all(|column| !column["role_reason"].as_str().unwrap().is_empty()));
    let latency = metric(&report, "latency_ms");
    assert_eq!((&latency["unit"], &latency["recorded_unit"]), (&"s".into(), &"ms".into()));
    let failures = &latency["failures"];
    let failed = failures["failed"].as_u64().unwrap();
    assert_eq!(failures["total"], 600);
    assert_eq!(failures["per_thousand"], failed as f64 / 0.6);
    assert!(failures["interval"]["low"].as_f64() < failures["per_thousand"].as_f64());
}

#[test]
fn units_roles_and_groups_can_be_said() {
    let place = Place::new();
    place.write("old.csv", "kind,name,latency\na,x1,1500\nb,x2,2500\na,x1,3500\n");
    place.run("summarize old.csv -o r.json --unit latency=us --group-by kind --quantile-method 7").exits(0);
    let report = place.json("r.json");
    let latency = metric(&report, "latency");
    assert_eq!(latency["overall"]["clean"]["median"], 0.0025);
    assert_eq!(latency["groups"].as_array().unwrap().len(), 2);
    assert!(report["settings"]["quantile_method"].as_str().unwrap().contains('7'));
    place.run("summarize old.csv -o r.json --role latency=identifier").exits(2).complains("no samples");
    place.run("summarize old.csv --unit latency=parsec").exits(2).complains("parsec");
    place.run("summarize old.csv --group-by colour").exits(2).complains("kind, latency, name");
    place.run("summarize old.csv --quantile-method 5").exits(2).complains("quantile");
}

#[test]
fn a_configuration_says_the_same_once() {
    let place = Place::new();
    place.write("results/old.csv", "event,latency\na,1500\nb,2500\na,70000000\n");
    place.write(
        "perfreport.toml",
        "title = \"Nightly\"\n[[source]]\nmatch = \"results/*.csv\"\n[source.columns.latency]\nunit = \"us\"\nlimit = \"60s\"\n",
    );
    place.run("summarize results -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(report["title"], "Nightly");
    assert_eq!(metric(&report, "latency")["overall"]["clean"]["max"], 0.0025);
    assert_eq!(findings(&report, "beyond_limit").len(), 1);
    place.write("broken.toml", "colour = \"red\"\n");
    place.run("summarize results --config broken.toml").exits(2).complains("broken.toml").complains("colour");
    place.run("summarize results --config nowhere.toml").exits(2).complains("nowhere.toml");
}

#[test]
fn labels_that_differ_only_in_numbers_are_one_population_unless_kept_apart() {
    let place = Place::new();
    let file = fixture("chat/session_metrics.csv");
    place.run(&format!("summarize {file} -o r.json")).exits(0);
    let labels = |report: &serde_json::Value| -> Vec<String> {
        let groups = metric(report, "latency")["groups"].as_array().unwrap().clone();
        groups.iter().map(|group| group["label"]["text"].as_str().unwrap().to_owned()).collect()
    };
    let report = place.json("r.json");
    assert_eq!(labels(&report), ["start_session", "user_msg_*"]);
    assert_eq!(metric(&report, "latency")["groups"][1]["label"]["members"], 120);
    let assumed = report["assumptions"].as_array().unwrap();
    assert!(assumed.iter().any(|assumption| assumption["how_to_override"] == "--no-collapse"), "{assumed:?}");
    place.run(&format!("summarize {file} -o r.json --group-by event --no-collapse")).exits(0);
    assert_eq!(labels(&place.json("r.json")).len(), 121);
}

#[test]
fn a_mean_over_separate_populations_is_called_what_it_is() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.md", fixture("chat/timeout_metrics.csv"))).exits(0);
    let report = place.read("r.md");
    assert!(report.contains("separates 2 populations") && report.contains("describes none"), "{report}");
}

#[test]
fn a_warm_up_is_seen() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("chat/session_metrics.csv"))).exits(0);
    let report = place.json("r.json");
    let warm_up = &metric(&report, "latency")["groups"][1]["order"]["warm_up"];
    let samples = warm_up["samples"].as_u64().unwrap();
    assert!((18..=22).contains(&samples), "{warm_up}");
    assert!(warm_up["ratio"].as_f64().unwrap() > 2.0, "{warm_up}");
}

#[test]
fn json_of_several_shapes_becomes_tables() {
    let place = Place::new();
    place
        .run(&format!("summarize {} {} -o r.json", fixture("json/spans.ndjson"), fixture("json/benchmarks.json")))
        .exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "duration_ms")["overall"]["clean"]["n"], 80);
    assert_eq!(metric(&report, "host.rss_bytes")["unit"], "B");
    assert_eq!(metric(&report, "chunk_ms")["overall"]["clean"]["n"], 240);
    let wall = metric(&report, "wall_ms");
    assert_eq!(wall["overall"]["clean"]["n"], 12);
    assert_eq!(wall["groups"][0]["label"]["text"], "parse");
    let median = wall["groups"][0]["clean"]["median"].as_f64().unwrap();
    assert!((median - 0.01225).abs() < 1e-12, "{median}");
}

#[test]
fn a_long_table_has_a_metric_for_each_name() {
    let place = Place::new();
    place.write(
        "long.csv",
        "metric_name,timestamp,metric_value,url\nduration_ms,1773576000,12.5,/a\nvus,1773576000,10,\n\
         duration_ms,1773576001,13.5,/a\nvus,1773576001,11,\nduration_ms,1773576002,14.5,/b\n",
    );
    place.run("summarize long.csv -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "duration_ms")["overall"]["clean"]["mean"], 0.0135);
    assert_eq!(metric(&report, "vus")["overall"]["clean"]["max"], 11.0);
}

#[test]
fn european_numbers_are_read() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("load/decimal_comma.csv"))).exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "Dauer (ms)")["overall"]["clean"]["median"], 0.0125);
    assert_eq!(metric(&report, "Größe_bytes")["overall"]["clean"]["max"], 2048.0);
}

#[test]
fn the_schema_describes_every_report() {
    let place = Place::new();
    let run = place.run("schema");
    run.exits(0);
    let schema: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    place.run(&format!("summarize {} -o r.json", fixture("chat/memory_usage_metrics.csv"))).exits(0);
    let report = place.json("r.json");
    let described: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    for key in report.as_object().unwrap().keys() {
        assert!(described.contains(&key), "{key} is not in the schema");
    }
    let round: perfreport::report::contract::Report = serde_json::from_value(report.clone()).unwrap();
    assert_eq!(serde_json::to_value(&round).unwrap(), report, "the report reads back as it was");
}

#[test]
fn templates_can_be_replaced() {
    let place = Place::new();
    let file = fixture("chat/memory_usage_metrics.csv");
    place.write("mine.md", "{{ verdict.headline }} / {{ report.sources | length }} file\n");
    place.run(&format!("summarize {file} --template mine.md")).exits(0).says(" / 1 file");
    place.run(&format!("summarize {file} --template mine.md -o x.md -o y.json")).exits(0);
    assert!(place.read("x.md").contains("/ 1 file"));
    place.write("bad.md", "{{ no_such_thing }}\n");
    place
        .run(&format!("summarize {file} --template bad.md -o z.md"))
        .exits(2)
        .complains("bad.md")
        .complains("no_such_thing");
    assert!(!place.files().contains(&"z.md".to_owned()), "nothing is written after an error");
    let listed = place.run("template");
    listed.exits(0).says("report.md").says("origin.md");
    place.run("template report.md").exits(0).says("{");
    place.run("template nothing").exits(2).complains("report.html");
}

#[test]
fn the_origin_template_prints_the_raw_summary() {
    let place = Place::new();
    let run = place.run(&format!(
        "summarize {} {} --template origin",
        fixture("chat/memory_usage_metrics.csv"),
        fixture("chat/timeout_metrics.csv")
    ));
    run.exits(0)
        .says("| file | samples | mean | median | min | max | p95 | stddev |")
        .says("| 243 |")
        .says("withheld (n < 20)");
}

#[test]
fn check_prints_findings_and_fails_only_on_corruption() {
    let place = Place::new();
    place.run(&format!("check {}", fixture("load/requests.csv"))).exits(0).says("clean:");
    let run = place.run(&format!("check {}", fixture("chat/memory_usage_metrics.csv")));
    run.exits(1).says("memory_usage_metrics.csv:83: corrupted: row of another table 26");
    let quiet = place.run(&format!("check -q {}", fixture("chat/memory_usage_metrics.csv")));
    assert_eq!(quiet.exits(1).stdout, "");
    assert_eq!(place.files(), Vec::<String>::new(), "check writes nothing");
}

#[test]
fn colour_is_for_terminals_or_on_request() {
    let place = Place::new();
    let file = fixture("load/requests.csv");
    assert!(!place.run(&format!("check {file}")).stdout.contains('\x1b'));
    assert!(place.run(&format!("check {file} --color always")).stdout.contains('\x1b'));
}

#[test]
fn the_formats_and_the_help_teach() {
    let place = Place::new();
    place.run("formats").exits(0).says("ndjson").says("csv");
    place.run("--help").exits(0).says("Exit codes").says("perfreport check results/*.csv");
    place.run("summarize --help").exits(0).says("--unit").says("the ending chooses the form");
    place.run("frobnicate").exits(2);
}

#[test]
fn labels_cannot_break_out_of_the_report() {
    let place = Place::new();
    place.write(
        "evil.csv",
        "event,latency_ms\n<script>alert(1)</script>,1\n<script>alert(1)</script>,2\n\"a|b`c\nd\",3\n\"a|b`c\nd\",4\n",
    );
    place.run("summarize evil.csv -o r.md -o r.html").exits(0);
    assert!(!place.read("r.html").contains("<script>alert"));
    assert!(!place.read("r.md").contains("<script>alert(1)</script> |"));
    let table_rows: Vec<String> =
        place.read("r.md").lines().filter(|line| line.starts_with("| ·")).map(str::to_owned).collect();
    assert_eq!(table_rows.len(), 2, "{table_rows:?}");
}

#[test]
fn the_page_loads_nothing_from_outside() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.html", fixtures().to_string_lossy())).exits(0);
    let page = place.read("r.html").to_lowercase();
    // What makes a browser ask for something. A URL that a file names, as a label or a path, is shown as text.
    for element in ["link", "img", "image", "iframe", "frame", "object", "embed", "audio", "video", "source", "base"] {
        for end in [" ", ">", "/", "\n"] {
            assert!(!page.contains(&format!("<{element}{end}")), "<{element}>");
        }
    }
    let blocks = |name: &str| -> String {
        let ends = format!("</{name}>");
        page.split(&format!("<{name}")).skip(1).filter_map(|rest| rest.split(&ends).next()).collect()
    };
    let (styles, scripts) = (blocks("style"), blocks("script"));
    assert!(styles.contains("prefers-color-scheme"));
    for loading in ["@import", "url(", "image-set(", "@font-face"] {
        assert!(!styles.contains(loading), "{loading}");
    }
    for loading in ["fetch(", "xmlhttprequest", "import", "websocket", "eventsource", "sendbeacon", "http"] {
        assert!(!scripts.contains(loading), "{loading}");
    }
    let tags: Vec<&str> = page.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect();
    for tag in tags {
        // The policy of the page forbids more than it allows.
        let policy = tag.contains("http-equiv=\"content-security-policy\" content=\"default-src 'none';");
        assert!((policy || !tag.contains("http-equiv")) && !tag.replace("url(#", "").contains("url("), "<{tag}>");
        for attribute in ["src", "srcset", "href", "xlink:href", "action", "formaction", "poster", "data", "background"]
        {
            for (at, found) in tag.match_indices(&format!(" {attribute}=")) {
                let value = tag[at + found.len()..].trim_start_matches(['"', '\'']);
                assert!(value.starts_with('#'), "<{tag}>");
            }
        }
    }
    assert!(page.contains("http://"), "the fixtures hold URLs, and they are shown");
    assert!(page.matches("<svg").count() >= 6, "a distribution and an in-order plot for each metric");
    assert!(page.contains("prefers-color-scheme"));
}

#[test]
fn rows_that_end_in_a_delimiter_keep_their_header() {
    let place = Place::new();
    place.write("run.csv", "label,latency_ms\na,10.5,\nb,11.5,\nc,12.5,\n");
    place.run("summarize run.csv -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["median"], 0.0115);
    assert_eq!(report["findings"].as_array().unwrap().len(), 0);
}

#[test]
fn a_column_of_units_is_believed_row_by_row_and_for_its_own_metric() {
    let place = Place::new();
    place.write("one.csv", "name,real_time,time_unit\na,1500,us\na,2500,us\n");
    place.run("summarize one.csv -o r.json").exits(0);
    assert_eq!(metric(&place.json("r.json"), "real_time")["overall"]["clean"]["mean"], 0.002);
    place.write("two.csv", "name,real_time,time_unit\na,1500,us\na,2.5,ms\n");
    place.run("summarize two.csv -o r.json").exits(0);
    assert_eq!(metric(&place.json("r.json"), "real_time")["overall"]["clean"]["mean"], 0.002);
    place.write(
        "own.csv",
        "name,ttft,ttft_unit,latency,latency_unit\na,0.21,s,600,ms\na,0.23,s,610,ms\na,0.25,s,620,ms\n",
    );
    place.run("summarize own.csv -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "ttft")["overall"]["clean"]["median"], 0.23);
    assert_eq!(metric(&report, "latency")["overall"]["clean"]["median"], 0.61);
    place.write("unlike.csv", "what,value,unit\na,1500,us\nb,2.5,MB\n");
    place.run("summarize unlike.csv -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "value (us)")["dimension"], "time", "no common unit: each has its own numbers");
    assert_eq!(metric(&report, "value (MB)")["dimension"], "bytes");
}

#[test]
fn durations_of_one_row_agree_on_an_assumed_unit() {
    let place = Place::new();
    place.write("chat.csv", "kind,ttft,latency\na,0.158,4.064\na,0.395,3.534\na,0.268,3.164\n");
    place.run("summarize chat.csv -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "ttft")["overall"]["clean"]["median"], 0.268);
    assert_eq!(metric(&report, "latency")["overall"]["clean"]["median"], 3.534);
}

#[test]
fn times_of_day_are_not_measured() {
    let place = Place::new();
    place.write("day.csv", "time,latency_ms\n10:00:00,15\n10:00:01,16\n10:00:02,17\n");
    place.run("summarize day.csv -o r.json").exits(0);
    assert_eq!(place.json("r.json")["metrics"].as_array().unwrap().len(), 1);
}

#[test]
fn failures_are_read_by_a_stated_convention_and_never_guessed() {
    let place = Place::new();
    let cases = [
        ("success", ["yes", "no", "yes", "yes"], Some((1, 4)), ""),
        ("failed", ["F", "F", "T", "F"], Some((1, 4)), ""),
        ("grpc_status", ["0", "0", "14", "0"], Some((1, 4)), "0 is success"),
        ("status", ["200", "503", "", "200"], Some((1, 3)), "HTTP"),
        ("status", ["ok", "purple", "timeout", "ok"], Some((1, 4)), "words"),
        ("error", ["", "connection reset", "", ""], Some((1, 4)), ""),
        ("status", ["0", "1", "0", "0"], None, ""),
    ];
    for (column, cells, expected, convention) in cases {
        let rows: Vec<String> =
            cells.iter().enumerate().map(|(row, cell)| format!("get,{}.5,{cell}", row + 10)).collect();
        place.write("run.csv", format!("op,latency_ms,{column}\n{}\n", rows.join("\n")));
        place.run("summarize run.csv -o r.json").exits(0);
        let report = place.json("r.json");
        let failures = &metric(&report, "latency_ms")["failures"];
        match expected {
            Some((failed, total)) => {
                assert_eq!(
                    (&failures["failed"], &failures["total"]),
                    (&failed.into(), &total.into()),
                    "{column} {cells:?}"
                );
                assert!(failures["convention"].as_str().unwrap().contains(convention), "{failures}");
                assert_eq!(failures["total"].as_u64().unwrap() + failures["not_said"].as_u64().unwrap(), 4);
            }
            None => assert!(failures.is_null(), "{column} {cells:?}: {failures}"),
        }
    }
}

#[test]
fn labels_that_clearly_differ_stay_apart() {
    let place = Place::new();
    let rows = |label: &str, median: i32| -> String {
        (0..40).map(|row| format!("{label},{}.{row:03}\n", median + row * 7 % 5)).collect()
    };
    place.write("versions.csv", format!("version_label,latency_ms\n{}{}", rows("api v1", 10), rows("api v2", 100)));
    place.run("summarize versions.csv -o r.json").exits(0);
    let report = place.json("r.json");
    let groups = metric(&report, "latency_ms")["groups"].as_array().unwrap().len();
    assert_eq!(groups, 2);
}

#[test]
fn a_report_never_takes_the_place_of_its_data_nor_is_read_as_data() {
    let place = Place::new();
    place.write("in/data.json", "[{\"latency_ms\":1.5},{\"latency_ms\":2.5}]");
    place.run("summarize in/data.json -o ./in/data.json").exits(2).complains("one of the files to be read");
    place.run("summarize in -o in/data.json").exits(2);
    assert!(place.read("in/data.json").starts_with("[{"));
    place.run("summarize in -o in/report.json").exits(0);
    let first = place.read("in/report.json");
    place.write("out.txt", "");
    place.run("summarize in -o again.json").exits(0);
    let again = place.json("again.json");
    assert_eq!(again["metrics"].as_array().unwrap().len(), 1);
    assert_eq!(findings(&again, "unread_file").len(), 1);
    assert!(first.len() > 1000);
    place.run("summarize in/data.json -o a.md -o ./a.md").exits(2).complains("given twice");
}

#[test]
fn flags_that_match_nothing_are_errors() {
    let place = Place::new();
    place.write("run.csv", "op,latency_ms\na,1\nb,2\nc,99\n");
    place.run("summarize run.csv --limit latency=2ms").exits(2).complains("no file has a column of that name");
    place.run("summarize run.csv --limit latency_ms=50 -o r.json").exits(0);
    assert_eq!(findings(&place.json("r.json"), "beyond_limit").len(), 1, "a bare limit is in the column's unit");
}

#[test]
fn columns_of_json_and_pairs_become_rows() {
    let place = Place::new();
    place.write("columns.json", "{\"op\":[\"a\",\"b\",\"a\"],\"latency_ms\":[1.5,2.5,3.5]}");
    place.run("summarize columns.json -o r.json").exits(0);
    assert_eq!(metric(&place.json("r.json"), "latency_ms")["groups"][0]["clean"]["n"], 2);
    place.write("pairs.json", "[[1700000000,1.5],[1700000001,2.5],[1700000002,3.5]]");
    place.run("summarize pairs.json -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(report["metrics"].as_array().unwrap().len(), 1);
    assert_eq!(metric(&report, "column_2")["overall"]["clean"]["mean"], 2.5);
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let place = Place::new();
    let paths = fixture("");
    for threads in ["1", "2", "3"] {
        place.run(&format!("summarize {paths} -q --threads {threads} -o {threads}.json -o {threads}.html")).exits(0);
    }
    assert_eq!(place.read("1.json"), place.read("2.json"));
    assert_eq!(place.read("1.json"), place.read("3.json"));
    assert_eq!(place.read("1.html"), place.read("2.html"));
    place.run(&format!("check {paths} --threads 0")).exits(2).complains("--threads");
}
