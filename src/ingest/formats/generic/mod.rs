//! Notations that any program writes.

pub(crate) mod aligned;
pub(crate) mod boxed;
pub(crate) mod delimited;
pub(crate) mod json;
pub(crate) mod logfmt;
pub(crate) mod named_values;
pub(crate) mod ndjson;
pub(crate) mod parquet;
