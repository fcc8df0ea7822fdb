//! `compare`: two sides, each a saved baseline or files of raw metrics.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::compare::capture::{CapturedSource, Environment};
use crate::compare::judge::Criteria;
use crate::compare::sides;
use crate::config::Config;
use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::report::build::{Heading, Material, SourceAnalysis};
use crate::stats::settings::FAILING_SHARE;

use super::args::{Compare, Gate, Understanding};
use super::baseline_file::load_baseline;
use super::deliver::Delivery;
use super::gate::{check_margins, gate_rules, margins, results};
use super::inputs;
use super::options;
use super::places::Use;
use super::read::{self, ReadOptions, Reading};

/// A side as it was named and read.
pub(super) struct Operand {
    /// What it holds.
    pub(super) captures: sides::NamedCaptures,
    /// What was read, where it is files.
    reading: Option<Reading>,
}

impl Operand {
    /// Reads a side. `seen` is what the other side has: of files that begin with it only new rows are captured.
    pub(super) fn load(
        name: String,
        path: &Path,
        understanding: &Understanding,
        config: &Config,
        seen: &[&CapturedSource],
        delivery: &mut Delivery<'_>,
    ) -> Result<Self> {
        if let Some(baseline) = load_baseline(path)? {
            delivery.places.add(Use::Baseline, path)?;
            return Ok(Self { captures: sides::NamedCaptures { name, captures: baseline.captures }, reading: None });
        }
        let inputs = read::inputs(&[path.to_path_buf()], understanding)?.into_a_side();
        delivery.protect(&inputs)?;
        let wanted = ReadOptions { samples: true, label_heat: delivery.shows_label_heat(), seen: seen.to_vec() };
        let reading = read::read(understanding, config, inputs, &wanted)?;
        // This machine is not the one that was measured; what the files say of that one is captured with them.
        let captures = vec![reading.captured(Environment::default())];
        // What is known only to have failed is compared by that; of a service nothing may have been measured because each message failed, or
        // has no answer.
        let failed = captures[0].shares.iter().flat_map(|share| &share.runs).any(|run| run.failed > 0);
        let is_service = reading.analysed.iter().any(|item| item.service.is_some());
        let is_empty = captures[0].metrics.is_empty() && captures[0].reported.is_empty() && !failed && !is_service;
        if is_empty && reading.grown().is_empty() {
            reading.refuse_records().with_context(|| path.display().to_string())?;
            bail!("{}: no samples: there is nothing to compare", path.display());
        }
        Ok(Self { captures: sides::NamedCaptures { name, captures }, reading: Some(reading) })
    }

    /// What was wrong with its files, in few words: nobody reads a report about the older side.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let Some(reading) = &self.reading else { return Vec::new() };
        let suspects =
            |item: &SourceAnalysis| item.analysis.metrics.iter().map(|metric| metric.overall.corrupted).sum::<u64>();
        let corrupted = reading.analysed.iter().map(|item| (&item.source.provenance.name, suspects(item)));
        corrupted
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| {
                let place = Place::source(format!("{}: {name}", self.captures.name));
                let reason = format!("{count} corrupted samples among those that the run is compared with");
                Finding::new(
                    Severity::Note,
                    FindingKind::InBaseline,
                    place,
                    reason,
                    "left out of the comparison; `perfreport check` names them",
                )
            })
            .collect()
    }

    /// The files it was made of.
    pub(super) fn sources(&self) -> impl Iterator<Item = &CapturedSource> {
        self.captures.captures.iter().flat_map(|capture| &capture.sources)
    }
}

/// How sides are compared, by flags and configuration.
pub(super) fn criteria_of(understanding: &Understanding, gate: &Gate, config: &Config) -> Result<Criteria> {
    let confidence = options::settings(understanding, config)?.confidence;
    let failing = config.failing.unwrap_or(FAILING_SHARE);
    Ok(Criteria { confidence, margins: margins(gate, config)?, failing, ..Criteria::default() })
}

/// What the sides are called: no report depends on where a checkout lies.
fn names(before: &Path, after: &Path) -> [String; 2] {
    let mut names = inputs::shortest_unique_ends(&[before, after]);
    let after = names.pop().unwrap_or_default();
    [names.pop().unwrap_or_default(), after]
}

pub(super) fn compare(arguments: &Compare) -> Result<ExitCode> {
    let understanding = &arguments.understanding;
    let config = options::config(understanding)?;
    let mut delivery = Delivery::new(&arguments.output, understanding, None)?;
    let gate_rules = gate_rules(&arguments.gate, &config)?;
    let criteria = criteria_of(understanding, &arguments.gate, &config)?;
    let [before, after] = &names(&arguments.before, &arguments.after);
    let before = Operand::load(before.clone(), &arguments.before, understanding, &config, &[], &mut delivery)?;
    let seen: Vec<&CapturedSource> = before.sources().collect();
    let after = Operand::load(after.clone(), &arguments.after, understanding, &config, &seen, &mut delivery)?;
    let grown = after.reading.as_ref().map(Reading::grown).unwrap_or_default();
    let comparison = sides::comparison(&before.captures, &after.captures, grown, &criteria);
    check_margins(&arguments.gate, &comparison)?;
    let analysis = options::settings(understanding, &config)?;
    let mut reading = after.reading.unwrap_or_else(|| Reading::nothing(analysis));
    reading.findings.extend(before.findings());
    let targets = results(&config.target, &reading, Some(&comparison))?;
    let title = arguments.output.title.clone().or_else(|| config.title.clone());
    let heading = Heading { title, generated: delivery.generated.clone() };
    let report = read::report(
        reading,
        Material { comparison: Some(comparison), targets, gate: gate_rules, heading, ..Material::default() },
    )?;
    delivery.deliver(&report, Vec::new(), &[], understanding.color)
}
