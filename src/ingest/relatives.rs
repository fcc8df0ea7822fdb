//! What comes from a tool and is no file of results: the text that it prints for people, the plan of a test, a recording
//! of a browser.
//!
//! In: the first bytes of a source that is of no tool's format. Out: what it is and which file to give instead, in words.
//! It is asked before the notations, because a table for people reads as a table of numbers, of the wrong ones. A format
//! that the user names goes first.

/// A text that a tool writes.
struct Relative {
    /// With what it opens, white space left out; empty where that differs.
    opening: &'static str,
    /// What must stand somewhere in what detection sees.
    parts: &'static [&'static str],
    /// What it is, and what to do.
    words: &'static str,
}

const RELATIVES: &[Relative] = &[
    Relative {
        opening: "{\"log\":",
        parts: &["\"creator\"", "\"entries\"", "\"startedDateTime\""],
        words: "it is an HTTP archive (HAR): single requests that a browser recorded, not the result of a load test",
    },
    Relative {
        opening: "{",
        parts: &["\"panels\"", "\"gridPos\"", "\"targets\""],
        words: "it is a dashboard of Grafana: where numbers are drawn, not the numbers; a panel's Inspect, Data, Download CSV gives those",
    },
    Relative {
        opening: "{",
        parts: &["\"_postman_id\"", "\"item\"", "\"request\""],
        words: "it is a collection of Postman: requests to send, not the result of sending them",
    },
    Relative {
        opening: "{",
        parts: &["\"name\"", "\"version\"", "\"scripts\"", "ependencies\""],
        words: "it is the description of a package (package.json), not the result of a measurement",
    },
    Relative {
        opening: "ThisisApacheBench",
        parts: &["Version"],
        words: "it is what ab prints; `ab -g times.tsv` and `ab -e percentiles.csv` write files that are read",
    },
    Relative {
        opening: "Summary:",
        parts: &["Slowest:", "Fastest:", "esponse time histogram:"],
        words: "it is what hey or oha prints; `hey -o csv` and `oha --output-format csv` write every request",
    },
    Relative {
        opening: "Bombarding",
        parts: &["Reqs/sec", "Latency", "HTTP codes:"],
        words: "it is what bombardier prints; `bombardier -p r -o json` writes JSON",
    },
    Relative {
        opening: "",
        parts: &["benchmark name", "samples", "iterations", "low mean", "high std dev"],
        words: "it is what Catch2 prints; `-r xml` writes its benchmarks",
    },
    Relative {
        opening: "Benchmark1:",
        parts: &["Time (mean ± σ):"],
        words: "it is what hyperfine prints; `hyperfine --export-json runs.json` writes every run",
    },
    Relative {
        opening: "",
        parts: &["http_req_duration.", ": avg=", " p(95)="],
        words: "it is what k6 prints; `k6 run --out json=samples.json` writes every sample, `--summary-export` a summary",
    },
    Relative {
        opening: "Requests[total,rate",
        parts: &["Latencies"],
        words: "it is what `vegeta report` prints; `vegeta encode results.bin` writes every request",
    },
    Relative {
        opening: "",
        parts: &["│ Latency │", "│ Req/Sec"],
        words: "it is what autocannon prints; `autocannon -j` writes JSON",
    },
    Relative {
        opening: "#JMHversion:",
        parts: &["# Benchmark"],
        words: "it is what JMH prints; `-rf json -rff jmh.json` writes every iteration",
    },
    Relative {
        opening: "",
        parts: &["Name (time in ", "Rounds", "Iterations", "- benchmark: "],
        words: "it is what pytest-benchmark prints; `pytest --benchmark-json=bench.json` writes every round",
    },
    Relative {
        opening: "",
        parts: &["\nBenchmark ", " Time ", " CPU ", " Iterations"],
        words: "it is what google/benchmark prints; `--benchmark_out=bench.json` writes every repetition",
    },
    Relative {
        opening: "",
        parts: &[" time:   [", "s]"],
        words: "it is what criterion prints; `target/criterion/*/new/sample.json` has every sample of a benchmark, and `cargo criterion --message-format=json` writes a line for each",
    },
    Relative {
        opening: "",
        parts: &["<jmeterTestPlan"],
        words: "it is a test plan of JMeter, not a result; `jmeter -n -t plan.jmx -l results.jtl` writes one",
    },
];

/// What such a source is, in words.
pub(crate) fn of(bytes: &[u8]) -> Option<String> {
    let longest = RELATIVES.iter().map(|relative| relative.opening.len()).max().unwrap_or(0);
    let start: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).take(longest).collect();
    let has = |part: &&str| memchr::memmem::find(bytes, part.as_bytes()).is_some();
    RELATIVES
        .iter()
        .find(|relative| start.starts_with(relative.opening.as_bytes()) && relative.parts.iter().all(has))
        .map(|relative| relative.words.to_owned())
}

/// Whether the lines of a text may be rows with blanks between their cells.
pub(crate) fn may_have_columns(bytes: &[u8]) -> bool {
    /// Fewer lines are as long by chance.
    const FEWEST: usize = 3;
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect();
    let width = |line: &[u8]| line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count();
    let number = |word: &[u8]| word.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    let has_number = |line: &&[u8]| line.split(u8::is_ascii_whitespace).any(|word| !word.is_empty() && number(word));
    let Some(usual) = lines.get(lines.len() / 2).map(|line| width(line)) else { return false };
    let alike = lines.iter().filter(|line| width(line) == usual && has_number(line)).count();
    usual > 1 && alike >= FEWEST && alike * 2 > lines.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tool_prints_for_people_is_called_by_its_name() {
        for (text, named) in [
            (
                "{ \"panels\": [{ \"gridPos\": {\"h\": 8, \"w\": 12}, \"targets\": [{\"expr\": \"up\"}] }], \"refresh\": \"5s\" }",
                "dashboard of Grafana",
            ),
            ("{\"name\": \"a\", \"version\": \"1.0.0\", \"scripts\": {}, \"devDependencies\": {}}", "package.json"),
            ("This is ApacheBench, Version 2.3 <$Revision$>\n", "`ab -g times.tsv`"),
            (
                "\nSummary:\n  Total:\t1.0 secs\n  Slowest:\t0.1 secs\n  Fastest:\t0.1 secs\n\nResponse time histogram:\n",
                "hey",
            ),
            (
                "Bombarding http://x for 5s using 10 connection(s)\n[====] 5s\nStatistics  Avg  Stdev  Max\n  Reqs/sec  1 1 1\n\
                 Latency  1ms 1ms 1ms\n  HTTP codes:\n    1xx - 0\n",
                "`bombardier -p r -o json`",
            ),
            (
                "Summary:\n  Success rate:\t100.00%\n  Total:\t1 sec\n  Slowest:\t0.1 sec\n  Fastest:\t0.1 sec\n\nResponse time histogram:\n",
                "--output-format",
            ),
            (
                "benchmark name  samples  iterations  est run time\n  mean  low mean  high mean\n  std dev  low std dev  high std dev\n\
                 Fib 10  100  60000  5 ms\n  50 ns  49 ns  51 ns\n",
                "`-r xml`",
            ),
            ("Benchmark 1: sleep 0.1\n  Time (mean ± σ):     101.5 ms ±   0.4 ms\n", "--export-json"),
            ("     http_req_duration..............: avg=130ms min=1ms med=2ms max=3ms p(90)=4ms p(95)=5ms\n", "k6"),
            ("Requests      [total, rate, throughput]  50, 1.0, 1.0\nLatencies     [min, mean]\n", "vegeta encode"),
            ("sort/100    time:   [98.0 ns 98.2 ns 98.4 ns]\n", "`cargo criterion --message-format=json`"),
            ("<?xml version=\"1.0\"?>\n<jmeterTestPlan version=\"1.2\">\n", "test plan"),
            (
                "----\nBenchmark          Time             CPU   Iterations\n----\nBM_a  1 ns  1 ns  5\n",
                "--benchmark_out",
            ),
            (
                "{ \"log\": {\"version\": \"1.2\", \"creator\": {}, \"entries\": [{\"startedDateTime\": \"x\"}]}}",
                "HTTP archive",
            ),
        ] {
            assert!(of(text.as_bytes()).is_some_and(|words| words.contains(named)), "{text}");
        }
    }

    #[test]
    fn lines_of_as_many_words_with_numbers_may_be_a_table_with_blanks() {
        assert!(may_have_columns(b"a run\n1 x 5\n2 y 6\n3 z 7\n"));
        assert!(!may_have_columns(b"the first line\nthe next line\nthe last line\n"));
        assert!(!may_have_columns(b"1\n2\n3\n") && !may_have_columns(b""));
    }

    #[test]
    fn tables_and_prose_are_nothing_of_the_kind() {
        for text in [
            "",
            "Benchmark,Time,CPU,Iterations\na,1,2,3\n",
            "{\"log\": [{\"latency_ms\": 5}]}",
            "Summary: the latency went down.\n",
            "time,http_req_duration\n1,2\n",
        ] {
            assert_eq!(of(text.as_bytes()), None, "{text}");
        }
    }
}
