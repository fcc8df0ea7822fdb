//! From the bytes of a file to a baseline in which everything fits together.

use serde::Deserialize;
use serde_json::Value;
use serde_json::error::{Category, Error};

use super::error::{BaselineError, Fault, OtherFile};
use super::write::FileV1;
use super::{Baseline, FORMAT, VERSION, check, same_run};

/// How far into a file its `format` may stand. perfreport writes it first; a tool that sorts keys puts it behind the
/// captures, and the digest would then refuse the file anyway where it changed more than spaces.
const SNIFFED: usize = 4_096;
/// What editors on Windows put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// How a pointer of Git LFS begins (git-lfs, docs/spec.md).
const LFS_POINTER: &[u8] = b"version https://git-lfs";
/// How Git marks the beginning of a conflict.
const CONFLICT: &[u8] = b"<<<<<<< ";

/// What tells the kind and version of a file. All else is passed over.
#[derive(Deserialize)]
struct Head {
    format: Option<Value>,
    version: Option<Value>,
    tool: Option<Value>,
    schema_version: Option<serde::de::IgnoredAny>,
    verdict: Option<serde::de::IgnoredAny>,
}

impl Baseline {
    /// Whether bytes look like the beginning of a baseline file (and not of a file of metrics). A damaged baseline still
    /// looks like one.
    pub fn sniff(bytes: &[u8]) -> bool {
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(SNIFFED)]);
        // A conflict that includes the first line still has the key below its mark.
        let object = start.trim_start().starts_with('{') || bytes.starts_with(CONFLICT);
        let named = |(at, _): (usize, &str)| {
            let rest = start[at + "\"format\"".len()..].trim_start();
            let value = rest.strip_prefix(':').map(str::trim_start).and_then(|rest| rest.strip_prefix('"'));
            value.and_then(|value| value.strip_prefix(FORMAT)).is_some_and(|rest| rest.starts_with('"'))
        };
        object && start.match_indices("\"format\"").any(named)
    }

    /// Reads a baseline file of this or an older version.
    ///
    /// # Errors
    /// Where the bytes are none, were written by a newer perfreport, or are damaged in any way; see [`BaselineError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, BaselineError> {
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let head = head(bytes)?;
        if head.format.as_ref().and_then(Value::as_str) != Some(FORMAT) {
            let report = head.schema_version.is_some() && head.verdict.is_some();
            let found = if report { OtherFile::Report } else { OtherFile::OtherJson };
            return Err(BaselineError::NotABaseline { found });
        }
        // An older version gets an arm that reads its own types, checks its own digest, and lifts it to today's.
        match head.version.as_ref().and_then(Value::as_u64) {
            // Version 2 only added fields that may be absent.
            Some(1..=5) => version_1(bytes),
            Some(version) if version > u64::from(VERSION) => {
                Err(BaselineError::Newer { tool: written_by(head.tool.as_ref()), version, reads: VERSION })
            }
            _ => {
                let found = head.version.map_or_else(|| "missing".to_owned(), |version| version.to_string());
                Err(BaselineError::NoSuchVersion { found })
            }
        }
    }
}

fn head(bytes: &[u8]) -> Result<Head, BaselineError> {
    // An array would be read as the fields of the head in their order.
    if bytes.trim_ascii_start().starts_with(b"[") {
        let syntax = serde_json::from_slice::<serde::de::IgnoredAny>(bytes);
        return Err(syntax.map_or_else(|error| no_head(bytes, &error), |_| other_json()));
    }
    serde_json::from_slice(bytes).map_err(|error| no_head(bytes, &error))
}

fn other_json() -> BaselineError {
    BaselineError::NotABaseline { found: OtherFile::OtherJson }
}

fn no_head(bytes: &[u8], error: &Error) -> BaselineError {
    if bytes.starts_with(LFS_POINTER) {
        return BaselineError::LfsPointer;
    }
    if let Some(place) = bytes.split(|byte| *byte == b'\n').position(|line| line.starts_with(CONFLICT)) {
        return BaselineError::MergeConflict { line: place + 1 };
    }
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        Category::Eof => BaselineError::CutOff { line },
        // In the middle of a number (`-`, `1.`).
        Category::Syntax if is_at_end(bytes, line, column) => BaselineError::CutOff { line },
        // A number or a text instead of an object; a key of the head that stands there twice.
        Category::Data if !bytes.trim_ascii_start().starts_with(b"{") => other_json(),
        Category::Data => BaselineError::Damaged { line, column, problem: problem(error) },
        Category::Syntax | Category::Io => BaselineError::NotJson { line, column, problem: problem(error) },
    }
}

/// Whether a place is behind the last byte.
fn is_at_end(bytes: &[u8], line: usize, column: usize) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    lines.nth(line.saturating_sub(1)).is_some_and(|text| column >= text.len()) && lines.next().is_none()
}

/// The message without the place, which stands beside it.
fn problem(error: &Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(problem, _)| problem.to_owned())
}

fn written_by(tool: Option<&Value>) -> String {
    let part = |key: &str| tool.and_then(|tool| tool.get(key)).and_then(Value::as_str);
    match (part("name"), part("version")) {
        (Some(name), Some(version)) => format!("{name} {version}"),
        _ => "a newer perfreport".to_owned(),
    }
}

fn version_1(bytes: &[u8]) -> Result<Baseline, BaselineError> {
    let file: FileV1<'_> = serde_json::from_slice(bytes).map_err(|error| BaselineError::Damaged {
        line: error.line(),
        column: error.column(),
        problem: problem(&error),
    })?;
    let digest = file.digest.into_owned();
    let baseline = Baseline {
        tool: file.tool.into_owned(),
        quantile_method: file.quantile_method.into_owned(),
        captures: file.captures.into_owned(),
    };
    for (place, capture) in baseline.captures.iter().enumerate() {
        check::capture(capture, place)?;
        if baseline.captures[..place].iter().any(|earlier| same_run(earlier, capture).is_some()) {
            return Err(BaselineError::Invalid { path: format!("captures[{place}]"), fault: Fault::Twice });
        }
    }
    if baseline.digest() == digest { Ok(baseline) } else { Err(BaselineError::Changed) }
}
