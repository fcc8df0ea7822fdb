//! llama.cpp's `llama-bench` as JSON (`-o json`, `-o jsonl`): a test for each combination of settings, with a throughput
//! for each repetition; and as CSV (`-o csv`), which has the same fields but no repetitions. Its tables for people: `llama_bench_table`.
//!
//! In: JSON documents, a list of tests or a test each. Out: a row a repetition with its tokens per second; what has no
//! samples is reported numbers. A benchmark is the test (`pp512` for a prompt, `tg128` for generation) with all settings, so
//! that no two configurations are ever pooled; settings that all of a file share are left out of its names.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::table::source::Source;

use crate::ingest::benchmarks::{self, Bench, Sample};
use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Head, Holds, IngestError, Polarity, Role, RowKind, Sink, Statistic, Unit,
};
use crate::ingest::formats::bench::llama_bench_table;
use crate::ingest::json::outline::Outline;
use crate::ingest::json::value::{LineCounter, Text, entries};
use crate::ingest::signature;
use crate::ingest::summary_tables;

pub(crate) const FORMAT: Format = Format {
    name: "llama-bench",
    about: "llama-bench's JSON: tokens per second of each repetition, by test and settings; its CSV and its tables",
    latency: "none: tokens per second, of processing a prompt (pp) or of generating (tg)",
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "llama-bench -m model.gguf -r 10 -o json > llama.json && perfreport summarize llama.json",
    upstream: "ggml-org/llama.cpp: tools/llama-bench/llama-bench.cpp (test::get_fields, json_printer)",
    sniff,
    read: |records, _, sink| read(records, sink),
};

const THROUGHPUT: &str = "tokens_per_second";
const MEANING: &str = "tokens of a test over the time of a repetition, warm-up not included";

const DECLARED: [Declared; 1] = [Declared::metric(
    THROUGHPUT,
    Some(Unit::PER_SECOND),
    Some(Polarity::HigherIsBetter),
    Some(MEANING),
    "llama-bench: an entry of `samples_ts`",
)];

/// Fields that are no settings: the test itself, its outcome, and what is noted of the machine.
const NO_SETTINGS: &[&str] = &[
    "build_commit",
    "build_number",
    "cpu_info",
    "gpu_info",
    "backends",
    "model_size",
    "model_n_params",
    "n_prompt",
    "n_gen",
    "n_depth",
    "test_time",
];
/// Beginnings of the names of outcomes; forks add some of their own, such as `samples_ipc`.
const OUTCOMES: [&str; 3] = ["avg_", "stddev_", "samples_"];
/// Between the parts of a name until all names of a file are known.
const PARTS: char = '\u{1f}';

#[derive(Deserialize)]
struct Test<'t> {
    n_prompt: u64,
    n_gen: u64,
    #[serde(default)]
    n_depth: u64,
    build_commit: Option<String>,
    build_number: Option<u64>,
    cpu_info: Option<String>,
    gpu_info: Option<String>,
    backends: Option<String>,
    model_type: Option<String>,
    #[serde(borrow)]
    avg_ts: Option<&'t RawValue>,
    #[serde(borrow)]
    stddev_ts: Option<&'t RawValue>,
    #[serde(borrow, default)]
    samples_ts: Vec<&'t RawValue>,
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    const KEYS: &[&str] = &["n_prompt", "n_gen", "avg_ts", "stddev_ts"];
    if signature::header_has(head, KEYS) {
        return Some(vec![format!("the header names {}, as llama-bench writes it", KEYS.join(", "))]);
    }
    let opens = head.bytes.trim_ascii_start().first().is_some_and(|first| matches!(first, b'[' | b'{'));
    if !opens {
        return llama_bench_table::sniff(head);
    }
    Outline::of_first_object(head.bytes).filter(|first| first.has_at(1, KEYS))?;
    Some(benchmarks::keys_evidence("objects", KEYS))
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    if llama_bench_table::sniff(&Head::of(records)?).is_some() {
        return llama_bench_table::read(records, (THROUGHPUT, MEANING), sink);
    }
    sink.settle = Some(|source, _| name_by_what_differs(source));
    let is_csv = !Head::of(records)?.bytes.trim_ascii_start().starts_with(b"[")
        && !Head::of(records)?.bytes.trim_ascii_start().starts_with(b"{");
    if is_csv { read_csv(records, sink) } else { benchmarks::read_documents(records, sink, DECLARED, take) }
}

/// Reads rows, each as the object that `-o jsonl` writes of the same test.
fn read_csv(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let rows = summary_tables::rows(records, b',', sink)?;
    let header = rows.first().map(|row| row.cells.clone()).unwrap_or_default();
    let mut bench = Bench::new(sink, DECLARED);
    for row in rows.iter().filter(|row| row.cells != header) {
        let fields = header.iter().zip(&row.cells).map(|(name, cell)| {
            let number = cell.parse::<serde_json::Number>().map(serde_json::Value::Number);
            (name.clone(), number.unwrap_or_else(|_| cell.as_str().into()))
        });
        let object = serde_json::Value::Object(fields.collect()).to_string();
        let mut lines = LineCounter::new(Text { whole: &object, first_line: row.line });
        let taken = serde_json::from_str(&object).and_then(|raw| take(raw, &mut lines, &mut bench));
        if taken.is_err() {
            bench.set_aside("a row that is no test of llama-bench", row.line);
        }
    }
    bench.finish();
    Ok(())
}

fn take<'t>(document: &'t RawValue, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) -> serde_json::Result<()> {
    let is_list = document.get().starts_with('[');
    let tests: Vec<&RawValue> = if is_list { serde_json::from_str(document.get())? } else { vec![document] };
    for raw in tests {
        let test: Test<'t> = serde_json::from_str(raw.get())?;
        note_machine(&test, bench);
        let label = label(&test, raw);
        for sample in &test.samples_ts {
            let (line, values) = (lines.line(sample.get()), &[(THROUGHPUT, benchmarks::text_of(sample))]);
            bench.push(&Sample { label: &label, run: None, failed: None, unit: None, values, line });
        }
        if test.samples_ts.is_empty() {
            let summary = benchmarks::summary(THROUGHPUT, Unit::PER_SECOND, &label, MEANING);
            // A deviation of 0 is what it writes for a single repetition, which has none.
            let stddev = test.stddev_ts.filter(|stddev| benchmarks::number(Some(stddev)) != Some(0.0));
            let numbers = [(Statistic::Mean, test.avg_ts), (Statistic::Stddev, stddev)];
            bench.report(summary.polarity(Polarity::HigherIsBetter), numbers, lines);
        }
    }
    Ok(())
}

/// The test as llama-bench calls it in its tables, and all settings.
fn label(test: &Test<'_>, raw: &RawValue) -> String {
    let named = [("pp", test.n_prompt), ("tg", test.n_gen)].into_iter().filter(|(_, tokens)| *tokens > 0);
    let mut label = named.map(|(name, tokens)| format!("{name}{tokens}")).collect::<Vec<_>>().join("+");
    if test.n_depth > 0 {
        label = format!("{label} @ d{}", test.n_depth);
    }
    for (name, value) in entries(raw) {
        if !NO_SETTINGS.contains(&name.as_ref()) && !OUTCOMES.iter().any(|outcome| name.starts_with(outcome)) {
            // Folders say more about the machine than about the model.
            let value = benchmarks::text_of(value).rsplit(['/', '\\']).next().unwrap_or_default();
            label = format!("{label}{PARTS}{name}={value}");
        }
    }
    label
}

/// Leaves settings that all tests of the source share out of their names.
fn name_by_what_differs(source: &mut Source) {
    let mut names: Vec<&mut String> = Vec::new();
    for table in &mut source.tables {
        let labels = table.columns.iter_mut().filter(|column| column.role == Role::Label);
        names.extend(labels.flat_map(|column| &mut column.dictionary));
    }
    names.extend(source.reported.iter_mut().filter_map(|reported| reported.label.as_mut()));
    let all: Vec<Vec<String>> =
        names.iter().map(|name| name.split(PARTS).skip(1).map(str::to_owned).collect()).collect();
    let differs = |part: &&str| all.iter().any(|parts| !parts.iter().any(|other| other == part));
    let name_of = |name: &str| {
        let mut parts = name.split(PARTS);
        let test = parts.next().unwrap_or_default();
        let settings: Vec<&str> = parts.filter(differs).collect();
        if settings.is_empty() { test.to_owned() } else { format!("{test} [{}]", settings.join(", ")) }
    };
    names.extend(source.findings.iter_mut().filter_map(|finding| finding.label.as_mut()));
    names.extend(source.provenance.environment.get_mut(benchmarks::LABEL));
    for name in names {
        *name = name_of(name);
    }
}

fn note_machine(test: &Test<'_>, bench: &mut Bench<'_>) {
    let build = test.build_number.map(|number| format!("({number})"));
    let build: Vec<&str> = [test.build_commit.as_deref(), build.as_deref()].into_iter().flatten().collect();
    bench.fact("llama.cpp", &build.join(" "));
    for (fact, value) in
        [("cpu", &test.cpu_info), ("gpu", &test.gpu_info), ("backends", &test.backends), ("model", &test.model_type)]
    {
        bench.fact(fact, value.as_deref().unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    fn test(n_prompt: u32, n_gen: u32, threads: u32, rest: &str) -> String {
        format!(
            r#"{{"build_commit":"c","build_number":1,"model_filename":"/m/a.gguf","n_threads":{threads},"n_prompt":{n_prompt},"n_gen":{n_gen},"n_depth":0,"avg_ts":10.5,"stddev_ts":0.5{rest}}}"#
        )
    }

    fn labels(source: &Source) -> Vec<String> {
        source.tables.iter().flat_map(|table| &table.columns).flat_map(|column| column.dictionary.clone()).collect()
    }

    fn source(text: &str) -> Source {
        let source = read_text("llama.json", text);
        assert_eq!(source.provenance.format, "llama-bench");
        source
    }

    #[test]
    fn configurations_are_never_pooled_and_named_by_what_differs() {
        let samples = r#","samples_ns":[1,2],"samples_ts":[10,11]"#;
        let tests = [test(512, 0, 4, samples), test(0, 128, 4, samples), test(0, 128, 8, samples)];
        let expected = ["pp512 [n_threads=4]", "tg128 [n_threads=4]", "tg128 [n_threads=8]"];
        for text in [format!("[{}]", tests.join(",\n")), tests.join("\n")] {
            let found = source(&text);
            assert_eq!(labels(&found), expected);
            let throughput = found.tables[0].position(THROUGHPUT).unwrap();
            assert_eq!(found.tables[0].columns[throughput].polarity, Polarity::HigherIsBetter);
            assert_eq!(found.tables[0].numbers(throughput)[..2], [Some(10.0), Some(11.0)]);
        }
        assert_eq!(labels(&source(&format!("[{},{}]", tests[0], tests[1]))), ["pp512", "tg128"]);
    }

    #[test]
    fn a_table_has_the_numbers_of_each_test_and_settings_are_none() {
        let text = "build_commit,build_number,n_batch,n_threads,n_prompt,n_gen,n_depth,avg_ns,stddev_ns,avg_ts,stddev_ts\n\
                    \"c\",\"1\",\"2048\",\"4\",\"512\",\"0\",\"0\",\"70\",\"1\",\"7313.5\",\"46.25\"\n\
                    \"c\",\"1\",\"2048\",\"8\",\"0\",\"128\",\"0\",\"70\",\"1\",\"119.25\",\"0.5\"\n";
        let found = source(text);
        let numbers: Vec<(Option<&str>, Option<f64>)> =
            found.reported.iter().map(|one| (one.label.as_deref(), one.number(Statistic::Mean))).collect();
        assert_eq!(numbers, [(Some("pp512 [n_threads=4]"), Some(7313.5)), (Some("tg128 [n_threads=8]"), Some(119.25))]);
        assert!(found.tables.is_empty());
    }

    #[test]
    fn without_samples_its_numbers_are_reported() {
        let found = source(&test(512, 128, 4, ""));
        let reported = &found.reported[0];
        assert_eq!(reported.label.as_deref(), Some("pp512+tg128"));
        assert_eq!((reported.number(Statistic::Mean), reported.number(Statistic::Stddev)), (Some(10.5), Some(0.5)));
        assert_eq!(reported.polarity, Polarity::HigherIsBetter);
    }
}
