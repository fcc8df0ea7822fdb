//! The files of one date as runs: one, or one for each machine that they name.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::cli::args::Understanding;
use crate::cli::inputs::{Inputs, NamedSource};
use crate::cli::read::{self, ReadOptions, Reading};
use crate::compare::capture::{Environment, is_of_machine};
use crate::config::Config;
use crate::history::line::Run;
use crate::history::measured::{Occasion, run};
use crate::history::stated::{Statement, is_on_named_date};
use crate::report::build::SourceAnalysis;

/// What files say of the machine that was measured.
type Machine = BTreeMap<String, String>;

/// Reads the files of a date. A single one that states its instant is of that, which has a zone and an hour. Files of several machines are
/// several runs, because environments are never mixed.
pub(super) fn of_date(
    named: i64,
    sources: Vec<(NamedSource, Statement)>,
    understanding: &Understanding,
    config: &Config,
) -> Result<Vec<Run>> {
    let (sources, statements): (Vec<NamedSource>, Vec<Statement>) = sources.into_iter().unzip();
    let stated = match &statements[..] {
        [only] => only.at.filter(|stated| is_on_named_date(*stated, named)),
        _ => None,
    };
    let inputs = Inputs { sources, findings: Vec::new() };
    let reading = read::read(understanding, config, inputs, &ReadOptions { samples: true, ..ReadOptions::default() })?;
    let mut machines: Vec<(Machine, Vec<&SourceAnalysis>)> = Vec::new();
    for one in &reading.analysed {
        let machine = machine_of(one);
        let agrees = |(known, _): &&mut (Machine, Vec<&SourceAnalysis>)| {
            machine.iter().all(|(key, value)| known.get(key).is_none_or(|known| known == value))
        };
        match machines.iter_mut().find(agrees) {
            Some((known, of_it)) => {
                known.extend(machine);
                of_it.push(one);
            }
            None => machines.push((machine, vec![one])),
        }
    }
    let occasion = Occasion { at: stated.unwrap_or(named), ..Occasion::default() };
    let one = |(_, of_it): &(Machine, Vec<&SourceAnalysis>)| {
        Ok(run(&Reading::capture_of(of_it, Environment::default()), occasion.clone())?)
    };
    machines.iter().map(one).collect()
}

fn machine_of(one: &SourceAnalysis) -> Machine {
    let said = one.analysis.sources.iter().flat_map(|source| &source.environment);
    said.filter(|(key, _)| is_of_machine(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}
