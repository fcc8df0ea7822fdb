//! Offline metrics reports that tell the truth about a run.
//!
//! Data flows one way through the stages of this crate, and each stage is a module that takes plain values and returns
//! plain values:
//!
//! 1. [`ingest`] reads the bytes of a source and finds out what they are: tables, roles of columns, units;
//! 2. [`stats`] says what the numbers say, and which of them are no measurements;
//! 3. [`report`] makes one [`Report`](report::contract::Report) of it and renders that as Markdown, HTML, JSON or
//!    through a template.
//!
//! [`model`] holds the nouns that the stages share. Only [`cli`] opens files, prints, or exits; [`config`] is what a
//! user may say in `perfreport.toml`.

pub mod cli;
pub mod config;
pub mod ingest;
pub mod model;
pub mod report;
pub mod stats;
