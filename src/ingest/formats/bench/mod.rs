//! What benchmark tools write.

pub(crate) mod asv;
pub(crate) mod benchmark_dotnet;
pub(crate) mod benchmark_dotnet_csv;
pub(crate) mod benchmarktools;
pub(crate) mod cargo_criterion;
pub(crate) mod catch2;
pub(crate) mod criterion;
pub(crate) mod criterion_csv;
pub(crate) mod deno;
pub(crate) mod fio;
pub(crate) mod github_action_benchmark;
pub(crate) mod go_bench;
pub(crate) mod google_benchmark;
pub(crate) mod hyperfine;
pub(crate) mod hyperfine_csv;
pub(crate) mod iperf3;
pub(crate) mod jmh;
pub(crate) mod jmh_csv;
pub(crate) mod libtest;
pub(crate) mod llama_bench;
pub(crate) mod mitata;
pub(crate) mod pyperf;
pub(crate) mod pytest_benchmark;
pub(crate) mod rebench;
pub(crate) mod renaissance;
pub(crate) mod vitest;
