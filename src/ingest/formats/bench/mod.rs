//! What benchmark tools write.

pub(crate) mod benchmark_dotnet;
pub(crate) mod benchmark_dotnet_csv;
pub(crate) mod criterion;
pub(crate) mod criterion_csv;
pub(crate) mod fio;
pub(crate) mod github_action_benchmark;
pub(crate) mod go_bench;
pub(crate) mod google_benchmark;
pub(crate) mod hyperfine;
pub(crate) mod hyperfine_csv;
pub(crate) mod iperf3;
pub(crate) mod jmh;
pub(crate) mod jmh_csv;
pub(crate) mod llama_bench;
pub(crate) mod pyperf;
pub(crate) mod pytest_benchmark;
pub(crate) mod vitest;
