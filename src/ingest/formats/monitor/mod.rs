//! What systems of monitoring and tracing answer and export.

pub(crate) mod dstat;
pub(crate) mod iostat;
pub(crate) mod otlp;
pub(crate) mod perf_stat;
pub(crate) mod prometheus;
pub(crate) mod prometheus_text;
pub(crate) mod tegrastats;
