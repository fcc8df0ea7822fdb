//! `perfreport export`: every sample behind the report, in base units, with its evidence, in forms that are read back.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::support::{Place, fixture, fixtures, metric};

const COLUMNS: &str = "source,table_index,line_number,metric,unit,value,group,run,time,outcome,kept,finding,evidence";

/// The rows of a CSV file, by column.
fn csv_rows(text: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

fn ndjson_rows(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The percentile of definition 6, as the report takes it by default.
fn percentile(values: &mut [f64], p: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let place = (p * (values.len() + 1) as f64).clamp(1.0, values.len() as f64);
    let (low, part) = (values[place.floor() as usize - 1], place.fract());
    let high = values[(place.floor() as usize).min(values.len() - 1)];
    low + part * (high - low)
}

fn p95(summary: &Value) -> Option<f64> {
    let all = summary["percentiles"].as_array().unwrap();
    all.iter().find(|percentile| percentile["percent"] == 95.0).and_then(|percentile| percentile["value"].as_f64())
}

#[track_caller]
fn close(one: f64, two: f64, what: &str) {
    assert!((one - two).abs() <= 1e-9 * one.abs().max(two.abs()), "{what}: {one} and {two}");
}

#[test]
fn a_row_a_sample_in_base_units_with_its_line_and_its_time() {
    let place = Place::new();
    let run = place.run(&format!("export {} -o -", fixture("load/requests.csv")));
    run.exits(0);
    let text = fs::read_to_string(fixtures().join("load/requests.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(run.stdout.lines().next(), Some(&*format!("{COLUMNS},endpoint")));
    let rows = csv_rows(&run.stdout);
    // The durations of the requests that failed stand apart; their sizes do not.
    let failed = lines[1..].iter().filter(|line| line.split(';').nth(2).unwrap().starts_with('5')).count();
    assert_eq!(rows.len(), 2 * (lines.len() - 1) - failed);
    let first = &rows[0];
    let expected = [
        ("source", "requests.csv"),
        ("table_index", "0"),
        ("line_number", "2"),
        ("metric", "latency_ms"),
        ("unit", "s"),
        ("value", "0.078441"),
        ("group", "POST /order"),
        ("run", ""),
        ("time", "2026-03-15T12:00:00.058Z"),
        ("outcome", "succeeded"),
        ("kept", "true"),
        ("finding", ""),
        ("endpoint", "POST /order"),
    ];
    for (column, value) in expected {
        assert_eq!(first[column], value, "{column}");
    }
    for row in &rows {
        let line: usize = row["line_number"].parse().unwrap();
        let cells: Vec<&str> = lines[line - 1].split(';').collect();
        let value: f64 = row["value"].parse().unwrap();
        match row["metric"].as_str() {
            "latency_ms" => assert_eq!(value, cells[3].parse::<f64>().unwrap() / 1000.0, "line {line}"),
            _ => assert_eq!(value, cells[4].parse::<f64>().unwrap(), "line {line}"),
        }
        assert_eq!(row["endpoint"], cells[1], "line {line}");
    }
}

#[test]
fn what_was_set_aside_comes_with_its_evidence_only_where_it_is_asked_for() {
    let place = Place::new();
    let input = fixture("chat");
    place.run(&format!("summarize {input} -o report.json")).exits(0);
    let report = place.json("report.json");
    let corrupted = report["verdict"]["corrupted_samples"].as_u64().unwrap() as usize;
    assert!(corrupted > 0);
    place.run(&format!("export {input} -o kept.csv")).exits(0).says("set aside (--all writes them too)");
    let kept = csv_rows(&place.read("kept.csv"));
    let n: u64 =
        report["metrics"].as_array().unwrap().iter().map(|m| m["overall"]["clean"]["n"].as_u64().unwrap()).sum();
    assert_eq!(kept.len() as u64, n);
    assert!(kept.iter().all(|row| row["kept"] == "true"));
    place.run(&format!("export {input} --all -o all.csv")).exits(0).says("were set aside");
    let all = csv_rows(&place.read("all.csv"));
    let aside: Vec<_> = all.iter().filter(|row| row["kept"] == "false").collect();
    assert_eq!(aside.len(), all.len() - kept.len());
    let mut found = 0;
    for finding in report["findings"].as_array().unwrap() {
        let (Some(line), Some(metric)) = (finding["place"]["line"].as_u64(), finding["metric"].as_str()) else {
            continue;
        };
        let here = |row: &&&BTreeMap<String, String>| {
            row["source"] == finding["place"]["source"].as_str().unwrap()
                && row["line_number"] == line.to_string()
                && row["metric"] == metric
        };
        if finding["severity"] == "corrupted" && finding["count"] == 1 {
            let row = aside.iter().find(here).unwrap_or_else(|| panic!("{finding:#} is in no row"));
            let reasons: Vec<&str> =
                finding["reasons"].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap()).collect();
            assert_eq!(
                (row["finding"].as_str(), &row["evidence"]),
                (finding["kind"].as_str().unwrap(), &reasons.join("; "))
            );
            found += 1;
        }
    }
    assert!(found > 0);
}

#[test]
fn failed_rows_stand_apart_as_in_the_report() {
    let place = Place::new();
    let mut text = "path,latency_ms,status\n".to_owned();
    for index in 1..=60 {
        text += &format!("/a,{index}.5,{}\n", if index % 3 == 0 { 503 } else { 200 });
    }
    place.write("run.csv", text);
    place.run("export run.csv -o kept.csv").exits(0).says("40 samples of 1 metric; 20 were set aside");
    assert!(csv_rows(&place.read("kept.csv")).iter().all(|row| row["outcome"] == "succeeded"));
    place.run("export run.csv --all -o all.csv").exits(0);
    for row in csv_rows(&place.read("all.csv")) {
        let line: u64 = row["line_number"].parse().unwrap();
        let failed = (line - 1).is_multiple_of(3);
        assert_eq!(row["outcome"], if failed { "failed" } else { "succeeded" });
        assert_eq!((row["kept"].as_str(), row["finding"].as_str()), (if failed { "false" } else { "true" }, ""));
    }
}

/// All values of a metric, and those of each group.
type OfMetric = (Vec<f64>, BTreeMap<String, Vec<f64>>);

#[test]
fn the_samples_of_every_fixture_give_the_numbers_of_its_report() {
    let place = Place::new();
    let input = fixtures().to_string_lossy().into_owned();
    place.run(&format!("summarize {input} -o report.json")).exits(0);
    place.run(&format!("export {input} -o samples.ndjson")).exits(0).says("not exported, for want of samples");
    let mut metrics: BTreeMap<String, OfMetric> = BTreeMap::new();
    for row in ndjson_rows(&place.read("samples.ndjson")) {
        let text = |column: &str| row[column].as_str().unwrap_or_default().to_owned();
        let id = format!("{}#{}/{}", text("source"), row["table_index"], text("metric"));
        let value = row["value"].as_f64().unwrap();
        let (all, groups) = metrics.entry(id).or_default();
        all.push(value);
        groups.entry(text("group")).or_default().push(value);
    }
    let (mut tried, mut groups_tried) = (0, 0);
    for metric in place.json("report.json")["metrics"].as_array().unwrap() {
        let id = metric["id"].as_str().unwrap();
        let clean = &metric["overall"]["clean"];
        if clean.is_null() || metric["evidence"]["kind"] == "histogram" {
            assert!(!metrics.contains_key(id), "{id}");
            continue;
        }
        let (all, groups) = metrics.get_mut(id).unwrap_or_else(|| panic!("{id} was not exported"));
        assert_eq!(clean["n"].as_u64(), Some(all.len() as u64), "{id}");
        close(all.iter().sum::<f64>() / all.len() as f64, clean["mean"].as_f64().unwrap(), id);
        if let Some(p95) = p95(clean) {
            close(percentile(all, 0.95), p95, id);
        }
        for group in metric["groups"].as_array().unwrap() {
            let (label, clean) = (group["label"]["text"].as_str().unwrap(), &group["clean"]);
            if let Some(n) = clean["n"].as_u64() {
                let values = &groups[label];
                assert_eq!(n, values.len() as u64, "{id}: {label}");
                close(values.iter().sum::<f64>() / n as f64, clean["mean"].as_f64().unwrap(), id);
                groups_tried += 1;
            }
        }
        tried += 1;
    }
    assert_eq!(tried, metrics.len());
    assert!(tried > 50 && groups_tried > 50, "{tried} {groups_tried}");
}

#[test]
fn exports_are_read_back_with_the_same_numbers() {
    let endings: &[&str] = if cfg!(feature = "parquet") { &["csv", "ndjson", "parquet"] } else { &["csv", "ndjson"] };
    for input in ["load/requests.csv", "chat/memory_usage_metrics.csv", "chat/timeout_metrics.csv", "compare/after.csv"]
    {
        let place = Place::new();
        place.run(&format!("summarize {} -o report.json", fixture(input))).exits(0);
        let report = place.json("report.json");
        for ending in endings {
            place.run(&format!("export {} -o samples.{ending}", fixture(input))).exits(0);
            place.run(&format!("summarize samples.{ending} --no-collapse -o again.json")).exits(0);
            let again = place.json("again.json");
            for before in report["metrics"].as_array().unwrap() {
                let name = before["name"].as_str().unwrap();
                let after = metric(&again, name);
                let what = format!("{input} as {ending}: {name}");
                let (one, two) = (&before["overall"]["clean"], &after["overall"]["clean"]);
                assert_eq!(before["dimension"], after["dimension"], "{what}");
                assert_eq!(one["n"], two["n"], "{what}");
                close(one["mean"].as_f64().unwrap(), two["mean"].as_f64().unwrap(), &what);
                assert_eq!(p95(one).is_some(), p95(two).is_some(), "{what}");
                if let (Some(one), Some(two)) = (p95(one), p95(two)) {
                    close(one, two, &what);
                }
            }
        }
    }
}

#[test]
fn every_form_says_the_same_of_every_sample() {
    let place = Place::new();
    place.run(&format!("export {} --all -o all.csv -o all.ndjson", fixture("chat"))).exits(0);
    let (texts, objects) = (csv_rows(&place.read("all.csv")), ndjson_rows(&place.read("all.ndjson")));
    assert_eq!(texts.len(), objects.len());
    for (text, object) in texts.iter().zip(&objects) {
        for (column, cell) in text {
            match &object[column] {
                Value::Null => assert_eq!(cell, "", "{column}"),
                Value::String(value) => assert_eq!(cell, value, "{column}"),
                Value::Bool(value) => assert_eq!(cell, &value.to_string(), "{column}"),
                number => assert_eq!(cell.parse::<f64>().unwrap(), number.as_f64().unwrap(), "{column}"),
            }
        }
    }
}

#[test]
fn texts_are_quoted_and_kept_and_labels_have_columns_of_their_own() {
    let place = Place::new();
    let odd = "a \"quoted\", divided;\ntext";
    let quoted = odd.replace('"', "\"\"");
    let mut text = "Source,endpoint,latency_ms\n".to_owned();
    for index in 0..30 {
        let source = if index % 2 == 0 { "cache" } else { "=1+1" };
        text += &format!("{source},\"{quoted}\",{index}.25\n");
    }
    place.write("run.csv", text);
    let run = place.run("export run.csv -o -");
    assert_eq!(run.exits(0).stdout.lines().next(), Some(&*format!("{COLUMNS},label_Source,endpoint")));
    let rows = csv_rows(&run.stdout);
    assert_eq!(rows.len(), 30);
    assert!(rows.iter().all(|row| row["endpoint"] == odd && row["source"] == "run.csv"));
    assert_eq!(rows.iter().filter(|row| row["label_Source"] == "=1+1").count(), 15);
}

#[test]
fn standard_input_and_several_files_go_into_one_export() {
    let place = Place::new();
    let input = fs::read(fixtures().join("load/requests.csv")).unwrap();
    let run = place.run_words(&["export", "-", "-o", "-"], &input);
    run.exits(0).complains("");
    let alone = csv_rows(&run.stdout).len();
    place.run(&format!("export {} {} -o two.csv", fixture("load/requests.csv"), fixture("runs"))).exits(0);
    let rows = csv_rows(&place.read("two.csv"));
    assert!(rows.len() > alone);
    assert_eq!(rows.iter().filter(|row| row["source"] == "requests.csv").count(), alone);
}

#[test]
fn the_bound_of_memory_does_not_change_a_byte() {
    let place = Place::new();
    let mut text = "event,latency_ms\n".to_owned();
    for index in 0..60_000_u64 {
        text += &format!("e{},{}.{}\n", index % 7, index * 7919 % 1013, index % 10);
    }
    place.write("run.csv", text);
    for ending in if cfg!(feature = "parquet") { &["csv", "parquet"][..] } else { &["csv"] } {
        place.run(&format!("export run.csv -q -o one.{ending}")).exits(0);
        place.run(&format!("export run.csv -q -o two.{ending} --memory 48MiB --threads 1")).exits(0);
        let read = |name: &str| fs::read(place.path().join(format!("{name}.{ending}"))).unwrap();
        assert!(read("one") == read("two"), "{ending}");
    }
}

#[test]
fn what_cannot_be_exported_is_refused_and_nothing_is_written() {
    let place = Place::new();
    place.write("run.csv", "event,latency_ms\na,1\na,2\nb,3\n");
    place.write("odd.csv", "latency_ms\n-1\n-1\n-1\n");
    let before = place.files();
    let wrk = fixture("wrk/wrk.txt");
    for (arguments, complaint) in [
        ("export run.csv", "--output"),
        ("export run.csv -o samples.xlsx", "must be .csv, .parquet or .ndjson"),
        ("export run.csv -o samples", "must be .csv, .parquet or .ndjson"),
        ("export run.csv -o run.csv", "this is one of the files to be read; write the output somewhere else"),
        ("export run.csv -o ./a.csv -o a.csv", "given twice"),
        ("export run.csv -o nowhere/a.csv", "the folder nowhere does not exist"),
        ("export odd.csv -o a.csv", "3 samples) was set aside; --all writes it"),
        (&format!("export {wrk} -o a.csv"), "that a tool has summarised; `perfreport summarize` reports them"),
    ] {
        place.run(arguments).exits(2).complains(complaint);
        assert_eq!(place.files(), before, "{arguments}");
    }
    place.run("export odd.csv --all -o a.csv").exits(0);
    assert!(csv_rows(&place.read("a.csv")).iter().all(|row| row["finding"] == "sentinel" && row["value"] == "-0.001"));
}
