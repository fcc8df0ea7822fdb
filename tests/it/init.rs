//! `perfreport init` writes what the program takes, and what the files that it was written from pass.

use serde_json::Value;

use crate::support::{Place, fixture};

/// Numbers of a report that a configuration must not change.
fn numbers(report: &Value) -> Vec<Value> {
    let clean = |population: &Value| serde_json::json!([population["label"], population["clean"]]);
    let metrics = report["metrics"].as_array().unwrap().iter();
    metrics
        .map(|metric| {
            let groups: Vec<Value> = metric["groups"].as_array().unwrap().iter().map(clean).collect();
            serde_json::json!([
                metric["id"],
                metric["dimension"],
                metric["polarity"],
                clean(&metric["overall"]),
                groups
            ])
        })
        .collect()
}

#[test]
fn what_is_written_is_taken_passes_on_the_same_files_and_changes_no_number() {
    for input in [
        "load/requests.csv",
        "chat",
        "load",
        "json",
        "compare/after.csv",
        "runs",
        "wrk/wrk.txt",
        "service",
        "swarm",
        "hyperfine",
        "google-benchmark",
        "k6",
        "jmeter",
        "locust",
        "pytest-benchmark",
    ] {
        let place = Place::new();
        let path = fixture(input);
        if !std::path::Path::new(&path).exists() {
            continue;
        }
        place.run(&format!("summarize {path} -q -o before.json")).exits(0);
        let init = place.run(&format!("init {path}"));
        if init.code == Some(2) {
            assert!(init.stderr.contains("nothing is measured in these files"), "{input}: {}", init.stderr);
            continue;
        }
        init.exits(0).says("wrote perfreport.toml").says("--save-baseline perf-baseline.json");
        let written = place.read("perfreport.toml");
        assert!(written.contains("margin = ") && written.contains("[[source]]"), "{written}");
        // The file lies where the program looks for it, and its own gate passes.
        let after = place.run(&format!("summarize {path} -q -o after.json"));
        assert_eq!(after.code, Some(0), "{input}\n{written}\n{}", after.stderr);
        let (before, after) = (place.json("before.json"), place.json("after.json"));
        assert_eq!(numbers(&before), numbers(&after), "{input}\n{written}");
        for target in after["targets"].as_array().into_iter().flatten() {
            assert_eq!(target["outcome"], "met", "{input}: {target}");
        }
        // Strictly, too: nothing of it is undecided.
        let strict = place.run(&format!("summarize {path} -q -o s.json --strict"));
        assert_eq!(strict.code, Some(0), "{input}: {}", strict.stderr);
    }
}

#[test]
fn what_is_assumed_stands_in_a_comment_and_what_is_stated_does_not() {
    let place = Place::new();
    let mut rows = String::from("endpoint,latency_ms,rows_per_s,score,trace_id\n");
    for index in 0..400_u32 {
        rows += &format!(
            "GET /{},{}.25,{},{},x{index}y\n",
            index % 2,
            20 + index * 7 % 31,
            900 + index * 13 % 57,
            index * 11 % 17
        );
    }
    place.write("run \"1\".csv", rows);
    place.run_words(&["init", "run \"1\".csv"], b"").exits(0).says("--fail-on regression,target");
    let written = place.read("perfreport.toml");
    for line in [
        "match = \"*.csv\"",
        "[source.columns.\"latency_ms\"]\n# unit = \"ms\"  # stated",
        "better = \"lower\"",
        "# [source.columns.\"score\"]\n# unit = \"ms\"  # not stated, or none",
        "# better = \"lower\"  # not stated",
        "# endpoint: label",
        "fail_on = [\"target\"]",
        "margin = \"5%\"",
        "the noise between runs is not known",
        "[[target]]\nmetric = \"latency_ms\"",
        "[[target]]\nmetric = \"rows_per_s\"",
    ] {
        assert!(written.contains(line), "lacks {line}\n{written}");
    }
    // p95 of 20.25 to 50.25 ms, a fifth of room above the upper end of its interval, rounded up to two digits.
    let limit = written.lines().find(|line| line.starts_with("p95 = ")).unwrap();
    assert!(limit == "p95 = \"< 60ms\"" || limit == "p95 = \"< 61ms\"", "{limit}");
}

/// The line for any script, and what a service makes of its step: the same line, also with a name that YAML, a shell and Groovy would each
/// take for something else.
#[cfg(unix)]
#[test]
fn the_step_is_printed_for_each_service_and_means_the_same_line() {
    let place = Place::new();
    let name = "run: #1 'a' \\.csv";
    let rows: String = (0..40).map(|row| format!("{}\n", 5 + row % 7)).collect();
    place.write(name, format!("latency_ms\n{rows}"));
    let printed = place.run_words(&["init", name], b"").exits(0).stdout.clone();
    let line = printed.lines().find(|line| line.starts_with("  perfreport ") && line.contains("--baseline ")).unwrap();
    let part = |from: &str| {
        let (_, rest) = printed.split_once(from).unwrap_or_else(|| panic!("lacks {from}\n{printed}"));
        let rest = rest.split("\n\n").next().unwrap().to_owned();
        yaml_rust2::YamlLoader::load_from_str(&rest).unwrap().remove(0)
    };
    let github = part("GitHub Actions, a step of a job:\n");
    assert_eq!(github[0]["run"].as_str().unwrap().trim(), line.trim());
    let gitlab = part("GitLab, in a job:\n");
    assert_eq!(gitlab["script"][0].as_str().unwrap().trim(), line.trim());
    assert_eq!(gitlab["artifacts"]["reports"]["junit"].as_str(), Some("junit.xml"));
    let jenkins = printed.lines().last().unwrap().trim();
    assert!(jenkins.starts_with("sh '''perfreport ") && jenkins.ends_with("-o junit.xml'''"), "{jenkins}");
    // It is run as it was printed.
    place.run_words(&["summarize", name, "--save-baseline", "perf-baseline.json"], b"").exits(0);
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_perfreport")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut shell = std::process::Command::new("sh");
    let output = shell.args(["-c", line.trim()]).env("PATH", path).current_dir(place.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(place.read("junit.xml").contains("<testsuites") && place.read("report.html").contains("<html"));
}

#[test]
fn a_file_that_is_there_is_only_replaced_by_force() {
    let place = Place::new();
    place.write("run.csv", "latency_ms\n1\n2\n3\n").write("perfreport.toml", "title = \"mine\"\n");
    place.run("init run.csv").exits(2).complains("there is one already; --force writes it anew");
    assert_eq!(place.read("perfreport.toml"), "title = \"mine\"\n");
    place.run("init run.csv -o other.toml").exits(0).says("--config other.toml");
    place.run("init run.csv --force").exits(0);
    assert!(place.read("perfreport.toml").contains("[[source]]"));
    place.run("init run.csv -o run.csv --force").exits(2).complains("one of the files to be read");
    place.run("init gone.csv --force").exits(2);
    assert!(place.read("perfreport.toml").contains("[[source]]"), "an error leaves the file as it was");
}

#[test]
fn the_margin_follows_the_noise_between_runs() {
    let place = Place::new();
    for (run, shift) in [(1, 0), (2, 12), (3, 24)] {
        let rows: String = (0..200).map(|index| format!("{}\n", 100 + shift + index % 10)).collect();
        place.write(&format!("runs/run-{run}.csv"), format!("latency_ms\n{rows}"));
    }
    place.run("init runs").exits(0);
    let written = place.read("perfreport.toml");
    // Medians of 104.5, 116.5 and 128.5: a standard deviation of 12 around 116.5 is 10.3%, twice that 20.6%.
    assert!(written.contains("medians of 3 runs differ by 10.3%"), "{written}");
    assert!(written.contains("margin = \"21%\""), "{written}");
    assert_eq!(written.matches("[[source]]").count(), 1, "the runs are one source: {written}");
    assert!(written.contains("match = \"run-*.csv\""), "{written}");
    place.run("runs --strict -o r.md").exits(0);
}
