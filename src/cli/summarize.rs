//! `summarize`: read, analyse, compare with a baseline and targets if there are any, report.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::compare::baseline::Baseline;
use crate::compare::gate::GateRules;
use crate::compare::sides;
use crate::report::build::{Heading, Material};

use super::args::Summarize;
use super::baseline_file::{BaselineFile, hold};
use super::compare::{Operand, criteria_of};
use super::deliver::Delivery;
use super::environment::environment;
use super::gate::{check_margins, gate_rules, require, results};
use super::options;
use super::places::Use;
use super::read::{self, ReadOptions};

/// Written where nothing else is asked for.
const DEFAULT_OUTPUT: &str = "performance_metrics_report.md";

pub(super) fn summarize(arguments: &Summarize) -> Result<ExitCode> {
    let understanding = &arguments.input.understanding;
    let config = options::config(understanding)?;
    let mut delivery = Delivery::new(&arguments.output, understanding, Some(DEFAULT_OUTPUT))?;
    let gate_rules = gate_rules(&arguments.gate, &config)?;
    let gate_rules = if arguments.first_run { gate_rules.and_then(GateRules::without_comparison) } else { gate_rules };
    require(gate_rules.as_ref(), arguments.baseline.as_deref(), &config)?;
    let criteria = criteria_of(understanding, &arguments.gate, &config)?;
    let saved = arguments.save_baseline.as_deref();
    saved.map_or(Ok(()), |path| delivery.places.add(Use::Save, path))?;
    let saved = saved.map(BaselineFile::replacing).transpose()?;
    let mut notes = Vec::new();
    let inputs = read::inputs(&arguments.input.paths, understanding)?;
    let inputs = if arguments.baseline.is_some() || saved.is_some() { inputs.into_a_side() } else { inputs };
    delivery.protect(&inputs)?;
    if arguments.baseline.is_none() {
        read::stay_alone(&inputs);
    }
    let environment = environment(&arguments.env, &config.environment)?;
    let before = arguments.baseline.as_deref();
    let load = |path: &Path| {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Operand::load(name, path, understanding, &config, &[], &mut delivery)
    };
    let before = before.map(load).transpose()?;
    let wanted = ReadOptions {
        samples: before.is_some() || arguments.save_baseline.is_some() || !config.target.is_empty(),
        label_heat: delivery.shows_label_heat(),
        seen: before.iter().flat_map(Operand::sources).collect(),
    };
    let mut reading = read::read(understanding, &config, inputs, &wanted)?;
    if before.is_some() || arguments.save_baseline.is_some() {
        reading.refuse_records()?;
    }
    reading.findings.extend(before.iter().flat_map(Operand::findings));
    let comparison = before.map(|before| {
        let after =
            sides::NamedCaptures { name: "this run".to_owned(), captures: vec![reading.captured(environment.clone())] };
        sides::comparison(&before.captures, &after, reading.grown(), &criteria)
    });
    comparison.iter().try_for_each(|comparison| check_margins(&arguments.gate, comparison))?;
    let targets = results(&config.target, &reading, comparison.as_ref())?;
    let title = arguments.output.title.clone().or_else(|| config.title.clone());
    let heading = Heading { title, generated: delivery.generated.clone() };
    let mut captured = saved.is_some().then(|| (reading.settings.quantile_method, reading.captured_whole(environment)));
    let report =
        read::report(reading, Material { comparison, targets, gate: gate_rules, heading, ..Material::default() })?;
    let passed = report.gate.as_ref().is_none_or(|gate| gate.passed);
    let mut more = Vec::new();
    let mut _held = None;
    if let Some((path, file)) = arguments.save_baseline.as_deref().zip(saved) {
        if passed {
            if let Some((method, captured)) = captured.take() {
                let mut baseline = Baseline::new(method.name());
                baseline.add(captured)?;
                _held = Some(hold(path));
                file.unchanged()?;
                notes.extend(replaced(path, file.recordings));
                more.push((file.target(), baseline.to_bytes()));
            }
        } else {
            notes.push(format!("not saved: {} (the gate failed)", path.display()));
        }
    }
    delivery.deliver(&report, more, &notes, understanding.color)
}

/// What is said of a baseline of several recordings, which becomes one of a single run.
fn replaced(path: &Path, recordings: usize) -> Option<String> {
    let shown = path.display();
    let said = || {
        format!("{shown}: this run takes the place of {recordings} recordings; `perfreport baseline add` keeps them")
    };
    (recordings > 1).then(said)
}
