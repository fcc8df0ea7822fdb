//! Files of digests and of plans: read, and taken for what they stand for.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::digest::{Ask, Digest, Plan, digest_source, reported, sniff};
use crate::report::build::SourceAnalysis;
use crate::stats::settings::Settings;

use super::outputs::Target;
use super::places::HEAD;

/// What a digest stands for, as files do.
pub(super) fn analysed(mut stored: impl Read, name: &str, settings: &Settings) -> Result<SourceAnalysis> {
    let mut bytes = Vec::new();
    stored.read_to_end(&mut bytes)?;
    let digest = Digest::parse(&bytes)?;
    let source = digest_source(&digest, name, (blake3::hash(&bytes).to_hex().to_string(), bytes.len() as u64));
    let analysis = reported(&digest, &source, settings);
    Ok(SourceAnalysis { source, analysis, service: None })
}

/// The digest in a file.
pub(super) fn load(path: &Path) -> Result<Digest> {
    let shown = || path.display().to_string();
    let mut bytes = Vec::new();
    File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).with_context(shown)?;
    Digest::parse(&bytes).with_context(shown)
}

/// Where a digest goes. What lies there has to be one, or to hold nothing: a shard that was named for it by mistake is not lost.
///
/// # Errors
/// Where something else lies there.
pub(super) fn target(path: &Path) -> Result<Target> {
    let target = Target::new(path);
    if target == Target::Stdout || !path.is_file() {
        return Ok(target);
    }
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| file.take(HEAD).read_to_end(&mut head))
        .with_context(|| path.display().to_string())?;
    if head.is_empty() || sniff(&head) {
        return Ok(target);
    }
    bail!("{}: this file is no digest and is not replaced; choose another name", path.display())
}

/// The plan in a file.
pub(super) fn load_plan(path: &Path) -> Result<Plan> {
    let bytes = fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    Plan::parse(&bytes).with_context(|| path.display().to_string())
}

/// The ask in a file.
pub(super) fn load_ask(path: &Path) -> Result<Ask> {
    let bytes = fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    Ask::parse(&bytes).with_context(|| path.display().to_string())
}
