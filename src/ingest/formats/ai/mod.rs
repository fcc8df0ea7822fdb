//! What tools for AI services write.

pub(crate) mod agent_swarm;
pub(crate) mod aiperf;
pub(crate) mod genai_perf;
pub(crate) mod guidellm;
pub(crate) mod inference_perf;
pub(crate) mod mlperf;
pub(crate) mod perf_analyzer;
mod run_settings;
pub(crate) mod sglang;
pub(crate) mod vllm;
