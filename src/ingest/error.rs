//! Why a source cannot be read: words that say what was seen and what to do.

use thiserror::Error;

/// Why a source cannot be read as metrics.
#[derive(Debug, Error)]
pub enum IngestError {
    /// Reading failed.
    #[error("cannot read: {0}")]
    Io(std::io::Error),
    /// There is nothing in it.
    #[error("the file is empty: nothing was measured, or the run was interrupted before its first sample")]
    Empty,
    /// It is not text.
    #[error("this is {what}, not a metrics file; give a CSV, JSON or NDJSON file (.gz and .zst are read as they are)")]
    Binary {
        /// What it seems to be.
        what: String,
    },
    /// It is text of a structure that is not known.
    #[error(
        "not recognised as metrics: {seen}; CSV, JSON, NDJSON and the files of the tools that `perfreport formats` lists are \
         read; --format NAME forces one"
    )]
    Unrecognised {
        /// What was seen instead.
        seen: String,
    },
    /// Several formats recognise it.
    #[error("it could be {candidates}; --format NAME says which")]
    Ambiguous {
        /// The formats, each with its evidence.
        candidates: String,
    },
    /// It is of a known format but broken beyond use.
    #[error("{0}")]
    Malformed(String),
    /// `--format` names no format.
    #[error("no format is called {name:?}; known formats are {known}")]
    UnknownFormat {
        /// The name given.
        name: String,
        /// The known formats.
        known: String,
    },
}

impl From<std::io::Error> for IngestError {
    /// The message says it already: as a source it would be told twice.
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}
