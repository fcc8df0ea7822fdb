//! What other people's dashboards are given: every number as the report has it, nothing that a format cannot hold honestly.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Place, fixture};

/// A median of a report, by metric and label, with its interval.
fn medians(report: &Value) -> Vec<(String, Option<String>, f64, Value)> {
    let mut found = Vec::new();
    for metric in report["metrics"].as_array().unwrap() {
        let name = metric["name"].as_str().unwrap();
        for population in std::iter::once(&metric["overall"]).chain(metric["groups"].as_array().unwrap()) {
            let Some(median) = population["clean"]["median"].as_f64() else { continue };
            let label = population["label"]["text"].as_str().map(str::to_owned);
            found.push((name.to_owned(), label, median, population["clean"]["median_interval"].clone()));
        }
    }
    found
}

fn place() -> Place {
    let place = Place::new();
    let mut rows = String::from("endpoint,latency_ms,rows_per_s,score\n");
    for index in 0..400_u32 {
        let endpoint = ["GET /list", "POST /pay \"now\""][index as usize % 2];
        let endpoint = endpoint.replace('"', "\"\"");
        rows += &format!("\"{endpoint}\",{}.25,{},{}\n", 20 + index * 7 % 31, 900 + index * 13 % 57, index * 11 % 17);
    }
    place.write("run.csv", rows);
    place
}

#[test]
fn bencher_gets_values_with_the_ends_of_their_intervals() {
    let place = place();
    place.run("run.csv -o r.json -o bmf=m.json").exits(0).says("wrote m.json");
    let (report, bmf) = (place.json("r.json"), place.json("m.json"));
    // Bencher's schema: objects of objects of which each has a number `value`, and may have the two others.
    for measures in bmf.as_object().unwrap().values() {
        for (name, measure) in measures.as_object().unwrap() {
            assert!(name.chars().count() <= 64, "{name}");
            assert!(measure["value"].is_f64() || measure["value"].is_u64(), "{name}");
            let known = ["value", "lower_value", "upper_value"];
            assert!(measure.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{name}");
        }
    }
    let mut checked = 0;
    for (metric, label, median, interval) in medians(&report) {
        let benchmark = label.map_or_else(|| "run.csv".to_owned(), |label| format!("run.csv {label}"));
        let measures = bmf[&benchmark].as_object().unwrap();
        let wanted = format!("{metric} median");
        let Some((name, measure)) = measures.iter().find(|(name, _)| name.starts_with(&wanted)) else { continue };
        assert_eq!(measure["value"].as_f64(), Some(median), "{benchmark} {name}");
        assert_eq!(measure["lower_value"], interval["low"], "{benchmark} {name}");
        assert_eq!(measure["upper_value"], interval["high"], "{benchmark} {name}");
        checked += 1;
    }
    assert!(checked >= 6, "{checked}");
    let whole = bmf["run.csv GET /list"].as_object().unwrap();
    let latency: Vec<&String> = whole.keys().filter(|name| name.starts_with("latency_ms")).collect();
    assert_eq!(latency, ["latency_ms median (s)", "latency_ms p95 (s)", "latency_ms p99 (s)"]);
}

#[test]
fn github_action_benchmark_gets_one_direction_a_file_and_what_has_none_is_counted() {
    let place = place();
    let run = place.run("run.csv -o r.json -o gab=low.json -o gab-bigger=high.json");
    run.exits(0)
        .says("low.json: left out")
        .says("direction is not stated (--better)")
        .says("higher is better (-o gab-bigger=FILE)");
    run.says("high.json: left out").says("lower is better (-o gab=FILE)");
    let (low, high) = (place.json("low.json"), place.json("high.json"));
    let names = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
    };
    assert!(names(&low).iter().all(|name| name.contains("latency_ms")), "{:?}", names(&low));
    assert!(names(&high).iter().all(|name| name.contains("rows_per_s")), "{:?}", names(&high));
    for entry in low.as_array().unwrap() {
        assert_eq!(entry["unit"], "s");
        assert!(entry["value"].is_f64() && entry["range"].is_string() && entry["extra"].is_string(), "{entry}");
    }
    place.run("run.csv --better score=lower -o gab=all.json").exits(0).says("rows_per_s");
    assert!(names(&place.json("all.json")).iter().any(|name| name.contains("score")));
    // Our own reader finds the same numbers in it, and takes the list for what it is.
    place.run("low.json -o again.json").exits(0);
    let again = place.json("again.json");
    assert_eq!(again["sources"][0]["format"], "github-action-benchmark");
    let read: BTreeMap<&str, f64> = again["reported"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["metric"].as_str().unwrap(), one["values"][0]["value"].as_f64().unwrap()))
        .collect();
    assert_eq!(read.len(), low.as_array().unwrap().len());
    for entry in low.as_array().unwrap() {
        assert_eq!(read[entry["name"].as_str().unwrap()], entry["value"].as_f64().unwrap(), "{entry}");
    }
    for one in again["reported"].as_array().unwrap() {
        assert_eq!((&one["dimension"], &one["polarity"]), (&"time".into(), &"lower_is_better".into()));
    }
}

#[test]
fn open_metrics_has_a_family_for_each_unit_and_is_read_back_with_equal_numbers() {
    let place = place();
    place.run("run.csv -o r.json -o openmetrics=m.prom").exits(0);
    let text = place.read("m.prom");
    assert!(text.ends_with("# EOF\n") && text.matches("# EOF").count() == 1);
    let mut families: Vec<&str> = Vec::new();
    for line in text.lines() {
        let family = line.strip_prefix("# TYPE ").map(|rest| rest.strip_suffix(" gauge").unwrap());
        if let Some(family) = family {
            assert!(!families.contains(&family), "the lines of a family stand together");
            families.push(family);
        } else if let Some(declared) = line.strip_prefix("# UNIT ") {
            let (family, unit) = declared.split_once(' ').unwrap();
            assert!(family.ends_with(&format!("_{unit}")), "{line}");
        } else if !line.starts_with('#') {
            assert_eq!(line.split_once('{').unwrap().0, *families.last().unwrap());
        }
    }
    assert_eq!(
        families,
        ["perfreport_unit_not_stated", "perfreport_per_second", "perfreport_samples", "perfreport_seconds"]
    );
    place.run("m.prom -o again.json").exits(0);
    let again = place.json("again.json");
    assert_eq!(again["sources"][0]["format"], "prometheus-text");
    let read: BTreeMap<(&str, &str), f64> = again["reported"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let labels = one["label"].as_str().unwrap();
            ((one["metric"].as_str().unwrap(), labels), one["values"][0]["value"].as_f64().unwrap())
        })
        .collect();
    assert_eq!(read.len(), text.lines().filter(|line| !line.starts_with('#')).count(), "no two have the same labels");
    let mut checked = 0;
    for (metric, label, median, _) in
        medians(&place.json("r.json")).into_iter().filter(|(name, ..)| name == "latency_ms")
    {
        let group = label.map(|label| format!("group=\"{label}\", ")).unwrap_or_default();
        let labels = format!("source=\"run.csv\", metric=\"{metric}\", {group}statistic=\"median\"");
        assert_eq!(read.get(&("perfreport_seconds", labels.as_str())), Some(&median), "{labels} {read:?}");
        checked += 1;
    }
    assert!(checked >= 2);
}

#[test]
fn a_format_is_named_before_its_file_and_other_endings_are_still_refused() {
    let place = place();
    place.run("run.csv -o r.xyz").exits(2).complains("-o bmf=FILE");
    place.run("run.csv -o nonsense=r.xyz").exits(2).complains("the ending chooses the form");
    place.run("run.csv -o bmf=-").exits(0).says("latency_ms median (s)");
    place.run("run.csv -o bmf=run.csv").exits(2).complains("one of the files to be read");
    place.run("run.csv -o a.json -o openmetrics=a.json").exits(2).complains("given twice");
    place.run("run.csv -o ./gab=r.json").exits(0);
    assert!(place.json("gab=r.json")["metrics"].is_array(), "a file of that name is reached by its folder");
}

#[test]
fn numbers_of_tools_and_shares_of_failures_go_out_too() {
    let place = Place::new();
    place.run(&format!("{} -o openmetrics=m.prom -o bmf=b.json", fixture("wrk/wrk.txt"))).exits(0);
    assert!(place.read("m.prom").contains("statistic=\"p99\""), "{}", place.read("m.prom"));
    let mut rows = String::from("endpoint,latency_ms,status\n");
    for index in 0..100 {
        rows += &format!("a,{},{}\n", 5 + index % 7, if index % 10 == 0 { 500 } else { 200 });
    }
    place.write("run.csv", rows);
    place.run("run.csv -o gab=low.json").exits(0);
    let low = place.json("low.json");
    let share = low.as_array().unwrap().iter().find(|entry| entry["name"] == "run.csv failures share").unwrap();
    assert_eq!((share["value"].as_f64(), share["unit"].as_str()), (Some(0.1), Some("ratio")));
}

/// Prometheus keeps one of two, and the parser of its own client refuses both.
#[track_caller]
fn no_series_comes_twice(text: &str) {
    let mut series: Vec<&str> =
        text.lines().filter(|line| !line.starts_with('#')).map(|line| line.rsplit_once(' ').unwrap().0).collect();
    let all = series.len();
    series.sort_unstable();
    series.dedup();
    assert_eq!(series.len(), all, "{text}");
}

#[test]
fn an_empty_label_and_a_number_that_is_measured_and_reported_make_no_series_twice() {
    let place = Place::new();
    // vLLM says the median of samples that stand beside it, of each run.
    place.run(&format!("{} -o openmetrics=m.prom", fixture("vllm/appended.json"))).exits(0);
    let text = place.read("m.prom");
    no_series_comes_twice(&text);
    let medians =
        text.lines().filter(|line| line.contains("metric=\"ttft\",group=") && line.contains("statistic=\"median\"}"));
    assert_eq!(medians.count(), 2, "one of each run\n{text}");
    // Groups of which one has an empty label, beside the whole.
    let rows: String = (0..90).map(|row| format!("{},{}\n", ["", "a", "b"][row % 3], 10 + row % 7)).collect();
    place.write("run.csv", format!("endpoint,latency_ms\n{rows}"));
    place.run("run.csv -o openmetrics=m.prom -o bmf=b.json").exits(0);
    no_series_comes_twice(&place.read("m.prom"));
    assert!(place.read("m.prom").contains("group=\"(no label)\""), "{}", place.read("m.prom"));
    assert!(place.json("b.json")["run.csv (no label)"].is_object());
}

#[test]
fn repetitions_that_a_tool_reports_apart_keep_names_of_their_own() {
    let place = Place::new();
    let run = |repetition: u32, time: f64| {
        format!(
            "{{\"name\":\"sort/8\",\"run_name\":\"sort/8\",\"run_type\":\"iteration\",\"repetitions\":3,\"repetition_index\":{repetition},\
             \"iterations\":1000,\"real_time\":{time},\"cpu_time\":{time},\"time_unit\":\"ns\"}}"
        )
    };
    let context = "{\"date\":\"2026-01-01T00:00:00Z\",\"num_cpus\":4,\"library_build_type\":\"release\"}";
    let runs = [run(0, 12.5), run(1, 13.0), run(2, 12.75)].join(",");
    place.write("bench.json", format!("{{\"context\":{context},\"benchmarks\":[{runs}]}}"));
    place.run("bench.json -o bmf=b.json -o openmetrics=m.prom -o gab=g.json").exits(0);
    no_series_comes_twice(&place.read("m.prom"));
    let list = place.json("g.json");
    let mut names: Vec<&str> = list.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "{names:?}");
}
