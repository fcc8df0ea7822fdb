//! The table of formats. One file a format and one line here; detection, `--format` and the help derive from it.

mod ai;
mod bench;
mod generic;
mod histogram;
mod load;
mod monitor;

use crate::ingest::format::Format;

/// The formats of particular tools, of which one at most may recognise a source.
pub(crate) static TOOLS: &[Format] = &[
    ai::agent_swarm::FORMAT,
    bench::hyperfine::FORMAT,
    bench::hyperfine_csv::FORMAT,
    bench::google_benchmark::FORMAT,
    bench::google_benchmark_csv::FORMAT,
    bench::pytest_benchmark::FORMAT,
    bench::criterion::FORMAT,
    bench::criterion_csv::FORMAT,
    bench::haskell_criterion::FORMAT,
    bench::jmh::FORMAT,
    bench::jmh_csv::FORMAT,
    bench::jmh_text::FORMAT,
    bench::benchmark_dotnet::FORMAT,
    bench::benchmark_dotnet_csv::FORMAT,
    bench::go_bench::FORMAT,
    bench::pyperf::FORMAT,
    bench::benchmarktools::FORMAT,
    bench::vitest::FORMAT,
    bench::fio::FORMAT,
    bench::llama_bench::FORMAT,
    bench::iperf3::FORMAT,
    bench::iperf_text::FORMAT,
    bench::renaissance::FORMAT,
    bench::cargo_criterion::FORMAT,
    bench::mitata::FORMAT,
    bench::deno::FORMAT,
    bench::asv::FORMAT,
    bench::catch2::FORMAT,
    bench::libtest::FORMAT,
    bench::rebench::FORMAT,
    bench::github_action_benchmark::FORMAT,
    load::jmeter::FORMAT,
    load::jmeter_xml::FORMAT,
    load::jmeter_statistics::FORMAT,
    load::jmeter_aggregate::FORMAT,
    load::jmeter_summariser::FORMAT,
    load::k6_csv::FORMAT,
    load::k6_json::FORMAT,
    load::k6_summary::FORMAT,
    load::locust_stats::FORMAT,
    load::locust_history::FORMAT,
    load::locust_failures::FORMAT,
    load::locust_exceptions::FORMAT,
    load::locust_requests::FORMAT,
    load::locust_json::FORMAT,
    load::gatling::FORMAT,
    load::vegeta::JSON,
    load::vegeta::CSV,
    load::hey::FORMAT,
    load::oha::CSV,
    load::oha::JSON,
    load::autocannon::FORMAT,
    load::wrk::WRK,
    load::wrk::SPECTRUM,
    load::ab::SAMPLES,
    load::ab::PERCENTILES,
    load::artillery::FORMAT,
    load::vegeta_report::FORMAT,
    load::bombardier::FORMAT,
    load::fortio::FORMAT,
    load::ghz::FORMAT,
    load::siege::FORMAT,
    load::gatling_stats::FORMAT,
    load::siege_log::FORMAT,
    load::nbomber::FORMAT,
    load::taurus::FORMAT,
    load::loadtest::FORMAT,
    load::phout::FORMAT,
    load::redis_benchmark::FORMAT,
    load::memtier::FORMAT,
    load::sysbench::FORMAT,
    load::ycsb::FORMAT,
    load::pgbench::FORMAT,
    load::access_log::FORMAT,
    histogram::hdr_log::FORMAT,
    ai::aiperf::RECORDS,
    ai::aiperf::CSV,
    ai::aiperf::JSON,
    ai::vllm::FORMAT,
    ai::sglang::FORMAT,
    ai::genai_perf::FORMAT,
    ai::perf_analyzer::FORMAT,
    ai::mlperf::FORMAT,
    ai::guidellm::FORMAT,
    ai::inference_perf::FORMAT,
    monitor::prometheus::FORMAT,
    monitor::prometheus_text::FORMAT,
    monitor::otlp::FORMAT,
    monitor::dstat::FORMAT,
    monitor::iostat::FORMAT,
    monitor::tegrastats::FORMAT,
    monitor::perf_stat::FORMAT,
    generic::parquet::FORMAT,
];

/// The notations that any program writes, in the order in which they are tried where no tool's format fits.
pub(crate) static NOTATIONS: &[Format] =
    &[generic::ndjson::FORMAT, generic::json::FORMAT, generic::delimited::FORMAT, generic::aligned::FORMAT];

/// All formats that are read.
pub fn formats() -> impl Iterator<Item = &'static Format> {
    TOOLS.iter().chain(NOTATIONS)
}
