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
//! [`analysis::chat`] puts the events of an interactive service together and measures it; [`analysis::swarm`] does for the cumulative records of an agent swarm what [`stats`] does for samples.
//!
//! [`measure`] and [`table`] hold the nouns that the stages share. Only [`cli`] opens files, prints, or exits; [`config`] is what a
//! user may say in `perfreport.toml`.
//!
//! ```
//! use perfreport::ingest::{SourceOptions, read};
//! use perfreport::stats::{analysis::analyse, population::Settings};
//!
//! let csv = "event,latency_ms\nlogin,10\nlogin,12\nlogin,-1\nlogin,11\n";
//! let source = read("run.csv", csv.as_bytes(), &SourceOptions::default())?;
//! let latency = &analyse(&source.tables[0], &Settings::default()).metrics[0];
//! assert_eq!(latency.overall.clean.as_ref().map(|clean| clean.median), Some(0.011));
//! assert_eq!(latency.suspects[0].row, 2, "-1 is no duration");
//! # Ok::<(), perfreport::ingest::IngestError>(())
//! ```

pub mod analysis;
pub mod cli;
pub mod compare;
pub mod config;
pub mod export;
pub mod ingest;
pub mod measure;
pub mod report;
pub mod stats;
pub mod table;
