//! Histograms.

pub(crate) mod hdr_log;
