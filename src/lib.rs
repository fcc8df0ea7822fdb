//! Offline metrics reports that tell the truth about a run.
//!
//! Read a file of raw metrics, analyse it, compare two of them:
//!
//! ```
//! use perfreport::{Options, analyse, compare, read};
//!
//! let options = Options::default();
//! let before = analyse(&read("fixtures/compare/before.csv")?, &options);
//! let after = analyse(&read("fixtures/compare/after.csv")?, &options);
//!
//! let latency = after.metric("latency_ms").expect("the file has that column");
//! let p95 = latency.percentile(95.0).expect("a percentile that is computed");
//! println!("p95 {:?} s, interval {:?}, needs {} samples", p95.value, p95.interval, p95.needs);
//!
//! for change in compare(&before, &after).changes {
//!     println!("{:?}: {} {:?}", change.verdict, change.metric, change.group);
//! }
//! # Ok::<(), perfreport::Error>(())
//! ```
//!
//! Numbers are in base units: seconds, bytes, plain counts. An [`Analysis`] is serialised as it is and is what every part of the
//! program reads: comparison, targets, the report, the export of samples. `perfreport schema` prints the JSON Schema of the
//! report around it, and [`Report`] is its type; a field that changes its meaning or goes raises the version of the schema.
//!
//! What stands on this page is the library. The modules behind it are private; the feature `internals` shows them to the tests and
//! benches of this repository alone. `docs/architecture.md` says what each of them is for.

mod cli;
mod library;

#[cfg(not(feature = "internals"))]
mod analysis;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod analysis;
#[cfg(not(feature = "internals"))]
mod compare;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod compare;
#[cfg(not(feature = "internals"))]
mod config;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod config;
#[cfg(not(feature = "internals"))]
mod digest;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod digest;
#[cfg(not(feature = "internals"))]
mod export;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod export;
#[cfg(not(feature = "internals"))]
mod history;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod history;
#[cfg(not(feature = "internals"))]
mod ingest;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod ingest;
#[cfg(not(feature = "internals"))]
mod measure;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod measure;
#[cfg(not(feature = "internals"))]
mod report;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod report;
#[cfg(not(feature = "internals"))]
mod stats;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod stats;
#[cfg(not(feature = "internals"))]
mod table;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod table;

pub use analysis::Analysis;
pub use analysis::metric::Metric;
#[doc(hidden)]
pub use cli::main as program;
pub use compare::outcome::{Comparison, Gate, Verdict};
#[cfg(feature = "frames")]
pub use library::visit_samples;
pub use library::{Error, Options, analyse, compare, read, read_with};
pub use measure::finding::Finding;
pub use report::contract::Report;
pub use stats::summary::Summary;
pub use table::Table;
pub use table::source::Source;
