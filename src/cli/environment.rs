//! Where a run was measured: what the user says, and what this machine says of itself. Nothing that names a person, a
//! host or a network is looked at.

use std::collections::BTreeMap;
use std::fs;
use std::thread;

use anyhow::{Result, anyhow, bail};

use crate::compare::capture::Environment;

/// The environment of a run that is measured now; `flags` are `--env`, `config` is the configuration's table.
pub(super) fn environment(flags: &[String], config: &BTreeMap<String, String>) -> Result<Environment> {
    let mut given = config.clone();
    let mut said: BTreeMap<&str, &str> = BTreeMap::new();
    for flag in flags {
        let (key, value) = flag
            .split_once('=')
            .filter(|(key, _)| !key.trim().is_empty())
            .ok_or_else(|| anyhow!("--env {flag}: write KEY=VALUE, for example build=release"))?;
        let (key, value) = (key.trim(), value.trim());
        if let Some(other) = said.insert(key, value).filter(|other| *other != value) {
            bail!("--env {key}: given as {other} and as {value}");
        }
        given.insert(key.to_owned(), value.to_owned());
    }
    Ok(Environment { given, found: found(), ..Environment::default() })
}

/// Operating system, processor and cores.
fn found() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    found.insert("os".to_owned(), format!("{} {}", std::env::consts::OS, std::env::consts::ARCH));
    if let Some(model) = processor() {
        found.insert("cpu".to_owned(), model);
    }
    if let Ok(cores) = thread::available_parallelism() {
        found.insert("cores".to_owned(), cores.to_string());
    }
    found
}

/// The processor's model where Linux says it; other systems do not say it without a program or a library.
fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    let (_, model) = line.split_once(':')?;
    Some(model.split_whitespace().collect::<Vec<_>>().join(" "))
}
