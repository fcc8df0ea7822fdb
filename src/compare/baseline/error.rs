//! What may be wrong with a baseline file: what, where, and what to do.

use crate::compare::sketch::SketchFault;

/// Why a baseline cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BaselineError {
    /// The text is no JSON.
    #[error(
        "it is not JSON: {problem} (line {line}, column {column}); restore it from version control or capture it again"
    )]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What stands there.
        problem: String,
    },
    /// The text ends in the middle.
    #[error(
        "it ends in the middle, at line {line}, as if it had not been written completely; restore it from version control \
         or capture it again"
    )]
    CutOff {
        /// The last line, from 1.
        line: usize,
    },
    /// A merge left both sides in the file.
    #[error(
        "line {line} is the mark of a merge conflict; take one side as a whole, then add the runs of the other with \
         `perfreport baseline add`"
    )]
    MergeConflict {
        /// Line of the first mark, from 1.
        line: usize,
    },
    /// A pointer stands in place of the file.
    #[error("it is a pointer of Git LFS, not the file itself; run `git lfs pull`")]
    LfsPointer,
    /// It is JSON, but no baseline.
    #[error("it is not a perfreport baseline: {found}")]
    NotABaseline {
        /// What it is instead.
        found: OtherFile,
    },
    /// It was written by a perfreport that knows more.
    #[error(
        "it was written by {tool}, version {version} of the format; this program reads up to {reads}: update perfreport"
    )]
    Newer {
        /// Program and version, as the file says.
        tool: String,
        /// Version of its format.
        version: u64,
        /// The newest version that is read.
        reads: u32,
    },
    /// There never was such a version.
    #[error("its `version` is {found}, which no perfreport has written; restore it or capture it again")]
    NoSuchVersion {
        /// What the file says.
        found: String,
    },
    /// A field is missing, unknown, or of the wrong kind.
    #[error(
        "it is damaged: {problem} (line {line}, column {column}); restore it from version control or capture it again"
    )]
    Damaged {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        problem: String,
    },
    /// A value cannot have been measured.
    #[error("{fault} (at {path}); capture it again")]
    Invalid {
        /// Where, as a path of fields: `captures[0].metrics[2].runs[1]`, and the metric in words.
        path: String,
        /// What is wrong.
        fault: Fault,
    },
    /// The digest is not that of the content.
    #[error(
        "its content does not fit its digest: it was changed by hand, by another tool, or damaged; restore it from version \
         control or capture it again (runs are added with `perfreport baseline add`)"
    )]
    Changed,
    /// Nothing was measured.
    #[error("there are no clean samples and no failures in {} to hold later runs against; nothing was added", quoted(.files))]
    NothingToAdd {
        /// The files.
        files: Vec<String>,
    },
    /// A run that is already there.
    #[error("the baseline already holds this run: the content of {} is the same; nothing was added", quoted(.files))]
    SameRunTwice {
        /// The files, by the name in the later capture.
        files: Vec<String>,
    },
}

/// What a file is that is no baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OtherFile {
    /// A report of this program.
    #[error(
        "it is a report of perfreport as JSON; capture a baseline from the metrics themselves with `perfreport baseline add`"
    )]
    Report,
    /// Some other JSON.
    #[error("it is some other JSON; if it holds metrics, capture a baseline from it with `perfreport baseline add`")]
    OtherJson,
}

/// What cannot have been measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A capture without files.
    #[error("a capture names no files")]
    NoSources,
    /// A capture that repeats an earlier one.
    #[error("the same run stands in the baseline twice")]
    Twice,
    /// A capture without metrics.
    #[error("a capture holds neither samples nor failures")]
    NothingMeasured,
    /// A file without digest.
    #[error("a file has no digest")]
    NoDigest,
    /// A metric of a file that the capture does not have.
    #[error("the capture does not name the file of this metric")]
    ForeignSource,
    /// A metric without runs.
    #[error("a metric has no runs")]
    NoRuns,
    /// A run without samples.
    #[error("a run has no samples")]
    NoSamples,
    /// A number that is none.
    #[error("a sample is not a finite number")]
    NotFinite,
    /// A mean outside the samples.
    #[error("the mean does not lie between the smallest and the largest sample")]
    Mean,
    /// A standard deviation that cannot be.
    #[error("the standard deviation is negative, not finite, or that of a single sample")]
    Deviation,
    /// A factor below 1.
    #[error("a dependence is below 1 or not finite")]
    Dependence,
    /// More failures than tries, or no tries.
    #[error("a share of failures has more failures than rows, or no rows")]
    Share,
    /// A sketch that no samples could have given.
    #[error("a sketch is damaged: {0}")]
    Sketch(SketchFault),
}

/// The first names, the rest counted.
fn quoted(files: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = files.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match files.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
