//! The report: one value that holds everything, and its renderings.
//!
//! In: sources and the analyses of their tables. Out: a [`contract::Report`], and from it Markdown, HTML, JSON, a
//! terminal summary, or whatever a user's template makes of it. Touches no files.

pub mod annotations;
pub mod build;
pub(crate) mod chart;
pub mod contract;
pub(crate) mod escape;
pub(crate) mod explain;
pub mod history;
pub(crate) mod interchange;
pub(crate) mod number;
pub mod render;
pub(crate) mod starter;
pub(crate) mod text_table;
pub(crate) mod view;
pub(crate) mod words;
