//! Detection: every fixture is of exactly one format, and what is no metrics file is of none.

use std::fs;
use std::path::{Path, PathBuf};

use perfreport::ingest::{SourceOptions, formats, read};

use super::support::{Place, fixtures};

/// Stands for no format at all: programs that write fixtures, and what a tool prints beside its file.
const NONE: &str = "";

/// What the files of a folder, or a file, are recognised as. The longest path that fits a file holds.
const EXPECTED: &[(&str, &str)] = &[
    ("ab/percentiles.csv", "ab-percentiles"),
    ("ab/printed.txt", NONE),
    ("ab/times.tsv", "ab-gnuplot"),
    ("aiperf/one_record.jsonl", "aiperf-jsonl"),
    ("aiperf/profile_export_aiperf.csv", "aiperf-csv"),
    ("aiperf/profile_export_aiperf.json", "aiperf-json"),
    ("artillery", "artillery"),
    ("autocannon", "autocannon"),
    ("benchmark-dotnet", "benchmark-dotnet"),
    ("chat", "csv"),
    ("bombardier", "bombardier"),
    ("compare", "csv"),
    ("corrupt", "csv"),
    ("criterion", "criterion"),
    ("criterion/sum/1000/new/raw.csv", "criterion-csv"),
    ("fio", "fio"),
    ("fortio", "fortio"),
    ("ghz", "ghz"),
    ("go-bench", "go-bench"),
    ("google-benchmark", "google-benchmark"),
    ("google-benchmark/printed.csv", "google-benchmark-csv"),
    ("guidellm", "guidellm"),
    ("hdrhistogram", "hlog"),
    ("hdrhistogram/make.py", NONE),
    ("hdrhistogram/spectrum.hgrm", "hgrm"),
    ("hey", "hey-csv"),
    ("hyperfine/commands.csv", "hyperfine-csv"),
    ("hyperfine/commands.json", "hyperfine"),
    ("inference-perf", "inference-perf"),
    ("jmh", "jmh"),
    ("llama-bench", "llama-bench"),
    ("gatling", "gatling"),
    ("gatling/stats.json", "gatling-stats"),
    ("jmeter", "jmeter"),
    ("jmeter/parents.xml", "jmeter-xml"),
    ("jmeter/statistics.json", "jmeter-statistics"),
    ("json/benchmarks.json", "json"),
    ("json/spans.ndjson", "ndjson"),
    ("k6", "k6-summary"),
    ("k6/samples.csv", "k6-csv"),
    ("k6/samples.json.gz", "k6-json"),
    ("load", "csv"),
    ("oha", "oha-csv"),
    ("oha/oha.json", "oha-json"),
    ("parquet", "parquet"),
    ("parquet/requests.csv", "csv"),
    ("pyperf", "pyperf"),
    ("benchmarktools", "benchmarktools-jl"),
    ("pytest-benchmark", "pytest-benchmark"),
    ("locust/run_exceptions.csv", "locust-exceptions"),
    ("locust/run_failures.csv", "locust-failures"),
    ("locust/run_requests.csv", "locust-requests"),
    ("locust/run_stats.csv", "locust-stats"),
    ("locust/run_stats_history.csv", "locust-history"),
    ("runs", "csv"),
    ("service", "csv"),
    ("service/aiperf_profile_export.jsonl", "aiperf-jsonl"),
    ("siege", "siege"),
    ("swarm", "agent-swarm"),
    ("target.py", NONE),
    ("vegeta/report.json", "vegeta-report"),
    ("vegeta/results.csv", "vegeta-csv"),
    ("vegeta/results.ndjson", "vegeta-json"),
    ("vitest", "vitest"),
    ("vllm", "vllm"),
    ("jmeter/aggregate.csv", "jmeter-aggregate"),
    ("jmeter/aggregate_zh.csv", "jmeter-aggregate"),
    ("jmeter/printed.txt", "jmeter-summariser"),
    ("locust/statistics.json", "locust-json"),
    ("nbomber/report.csv", "nbomber-csv"),
    ("siege/siege.log", "siege-log"),
    ("phout/phout.log", "phout"),
    ("ping", "ping"),
    ("httperf", "httperf"),
    ("lighthouse", "lighthouse"),
    ("taurus", "taurus-csv"),
    ("loadtest", "loadtest"),
    ("gatling/simulation-2.0.log", "gatling"),
    ("prometheus/range.json", "prometheus"),
    ("prometheus/metrics.prom", "prometheus-text"),
    ("otlp/traces.jsonl", "otlp"),
    ("dstat", "dstat"),
    ("iostat", "iostat"),
    ("tegrastats", "tegrastats"),
    ("perf-stat", "perf-stat"),
    ("haskell-criterion", "haskell-criterion"),
    ("codecarbon", "codecarbon"),
    ("github-action-benchmark/data.js", "github-action-benchmark"),
    ("github-action-benchmark/output.json", "github-action-benchmark"),
    ("jmh/shop.csv", "jmh-csv"),
    ("jmh/table.txt", "jmh-text"),
    ("perf-analyzer", "perf-analyzer"),
    ("benchmark-dotnet/Shop.Cart-report.csv", "benchmark-dotnet-csv"),
    ("llama-bench/tests.csv", "llama-bench"),
    ("llama-bench/tables.txt", "llama-bench"),
    ("sglang/runs.jsonl", "sglang"),
    ("sglang/earlier.jsonl", "sglang"),
    ("genai-perf/profile_export.json", "genai-perf"),
    ("iperf3/udp.json", "iperf3"),
    ("iperf", "iperf-text"),
    ("redis-benchmark/commands.csv", "redis-benchmark"),
    ("renaissance/renaissance.json", "renaissance"),
    ("cargo-criterion/messages.jsonl", "cargo-criterion"),
    ("mitata/mitata.json", "mitata"),
    ("deno/bench.json", "deno-bench"),
    ("asv", "asv"),
    ("catch2/bench.xml", "catch2"),
    ("libtest/bench.txt", "libtest"),
    ("rebench/rebench.data", "rebench"),
    ("memtier/memtier.json", "memtier"),
    ("sysbench/oltp.txt", "sysbench"),
    ("ycsb/workloada.txt", "ycsb"),
    ("pgbench/pgbench_log.4711", "pgbench-log"),
    ("pgbench/report.txt", "pgbench"),
    ("access-log/access.log", "access-log"),
    ("mlperf/mlperf_log_summary.txt", "mlperf-summary"),
    ("wrk", "wrk"),
];

/// All files below a folder, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The fixtures, all but the page about them and a history of this program, with their path inside the folder of fixtures.
pub(crate) fn metrics_fixtures() -> Vec<(String, Vec<u8>)> {
    files_below(&fixtures())
        .into_iter()
        .filter(|path| path.file_name().is_none_or(|name| name != "README.md" && name != "perf-history.jsonl"))
        .filter(|path| cfg!(feature = "parquet") || path.extension().is_none_or(|kind| kind != "parquet"))
        .map(|path| {
            let name = path.strip_prefix(fixtures()).unwrap().to_string_lossy().replace('\\', "/");
            (name, fs::read(path).unwrap())
        })
        .collect()
}

fn recognised(name: &str, bytes: &[u8]) -> Result<&'static str, String> {
    let source = read(name, bytes, &SourceOptions::default());
    source.map(|source| source.provenance.format).map_err(|error| error.to_string())
}

#[test]
fn every_fixture_is_of_exactly_one_format() {
    let mut wrong = Vec::new();
    for (name, bytes) in metrics_fixtures() {
        let fits = |path: &str| name == path || name.starts_with(&format!("{path}/"));
        let expected = EXPECTED.iter().filter(|(path, _)| fits(path)).max_by_key(|(path, _)| path.len());
        let found = recognised(&name, &bytes);
        match (expected, &found) {
            (Some((_, expected)), Ok(found)) if expected == found => {}
            (Some((_, NONE)), Err(error)) if error.starts_with("not recognised") => {}
            (Some((_, expected)), found) => wrong.push(format!("{name}: expected {expected}, {found:?}")),
            (None, found) => wrong.push(format!("{name}: not in EXPECTED, {found:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_name_in_the_matrix_is_that_of_a_format_and_of_a_fixture() {
    for (path, expected) in EXPECTED {
        assert!(*expected == NONE || formats().any(|format| format.name == *expected), "{expected}");
        assert!(fixtures().join(path).exists(), "{path}");
    }
    let mut names: Vec<&str> = formats().map(|format| format.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "two formats of one name");
}

#[test]
fn an_arrow_file_is_refused_with_a_command_that_converts_it() {
    for (bytes, remedy) in [
        (&b"ARROW1\0\0\xff\xff\xff\xff"[..], "read_ipc("),
        (b"\xff\xff\xff\xff\x30\x01\0\0\x10\0\0\0", "read_ipc_stream("),
    ] {
        let error = recognised("some", bytes).unwrap_err();
        assert!(error.contains(remedy), "{error}");
    }
}

#[test]
#[cfg(not(feature = "parquet"))]
fn a_parquet_file_is_refused_with_the_feature_that_reads_it() {
    let error = recognised("some", &fs::read(fixtures().join("parquet/polars.parquet")).unwrap()).unwrap_err();
    assert!(error.contains("--features parquet") && error.contains("duckdb -c"), "{error}");
}

/// Whether a format is that of a particular tool, and not a notation that any program writes.
fn is_of_a_tool(format: &str) -> bool {
    !["csv", "json", "ndjson"].contains(&format)
}

#[test]
fn what_is_no_metrics_file_is_of_no_tool() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut others: Vec<(String, Vec<u8>)> =
        ["README.md", "Cargo.toml", "Cargo.lock", "src/lib.rs", "src/ingest/detect.rs"]
            .into_iter()
            .chain([
                "templates/report.html",
                "templates/report.css",
                ".ci/run",
                "docs/formats.md",
                "fixtures/README.md",
            ])
            .map(|name| (name.to_owned(), fs::read(root.join(name)).unwrap()))
            .collect();
    let log = "2026-03-01 12:00:01,123 INFO  [main] Server - started in 231 ms\n\
               2026-03-01 12:00:02,456 WARN  [worker-1] Pool - 3 of 8 connections in use\n\
               2026-03-01 12:00:03,001 ERROR [worker-2] Handler - request failed: timeout after 5000ms\n";
    let prose = "The benchmark shows that latency went down. Nobody knows why; the report of last week says otherwise.\n\
                 We measured for ten minutes, and the results were never written down.\n";
    for (name, text) in [
        ("log", log),
        ("prose", prose),
        ("svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"><path d=\"M0 0h1v1\"/></svg>\n"),
        ("xml", "<?xml version=\"1.0\"?>\n<project><version>1.0</version></project>\n"),
        ("yaml", "name: ci\non: [push]\njobs:\n  test:\n    runs-on: ubuntu\n"),
        ("package", "{\"name\": \"shop\", \"version\": \"1.0.0\", \"scripts\": {\"test\": \"node test.js\"}}\n"),
        ("words", "lorem\nipsum\ndolor\n"),
    ] {
        others.push((name.to_owned(), text.as_bytes().to_vec()));
    }
    for (name, magic) in
        [("png", &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..]), ("elf", b"\x7fELF\x02\x01\x01\0"), ("zip", b"PK\x03\x04")]
    {
        others.push((name.to_owned(), magic.to_vec()));
    }
    for (name, bytes) in others {
        if let Ok(format) = recognised(&name, &bytes) {
            assert!(!is_of_a_tool(format), "{name} is taken for {format}");
        }
    }
}

#[test]
fn the_documentation_lists_every_format_as_the_program_does() {
    let place = Place::new();
    let run = place.run("formats --markdown");
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats.md")).unwrap();
    assert!(
        page.ends_with(&run.exits(0).stdout),
        "the table of docs/formats.md is stale; below its last heading there should stand:\n{}",
        run.stdout
    );
    let text = place.run("formats").exits(0).stdout.clone();
    for format in formats() {
        assert!(text.contains(format.name), "{}", format.name);
        for (what, said) in [("about", format.about), ("latency", format.latency), ("upstream", format.upstream)] {
            assert!(!said.is_empty(), "{} has no {what}", format.name);
        }
    }
}

/// Latencies of three processes that take turns; each is `step` ms slower than the one before it.
fn three_processes(step: u32) -> String {
    let mut text = "process,latency_ms\n".to_owned();
    for sample in 0..12_u32 {
        for process in 0..3_u32 {
            let value = 100 + process * step + sample * 7 % 12;
            text += &format!("p{process},{value}.25\n");
        }
    }
    text
}

#[test]
fn a_column_that_names_the_run_makes_runs_the_unit_of_replication() {
    let place = Place::new();
    place.write("before.csv", three_processes(40)).write("after.csv", three_processes(40));
    place.run("summarize before.csv --role process=run -o one.json -o one.md --save-baseline base.json").exits(0);
    let report = place.json("one.json");
    let runs = &report["metrics"][0]["overall"]["runs"];
    assert_eq!((runs["count"].as_u64(), runs["most_samples"].as_u64()), (Some(3), Some(12)));
    // The samples of a process are 100.25 to 111.25 ms in steps of one, and 80 ms more in the third one.
    assert_eq!(runs["lowest_median"].as_f64(), Some(0.10575));
    assert_eq!(runs["highest_median"].as_f64(), Some(0.18575));
    assert_eq!(runs["differ"].as_bool(), Some(true));
    let page = place.read("one.md");
    assert!(page.contains("3 runs of 12 samples; their medians differ by 75.7%"), "{page}");
    place.run("compare base.json after.csv --role process=run -o two.json").exits(0);
    let change = &place.json("two.json")["comparison"]["changes"][0];
    assert_eq!((change["before"]["runs"].as_u64(), change["after"]["runs"].as_u64()), (Some(3), Some(3)));
    // Without the role they are groups, and none of them has runs.
    place.run("summarize before.csv -o groups.json").exits(0);
    assert_eq!(place.json("groups.json")["metrics"][0]["groups"].as_array().map(Vec::len), Some(3));
}
