//! `baseline add` and `baseline show`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::compare::baseline::Baseline as Saved;
use crate::compare::capture::CapturedSource;
use crate::compare::judge;
use crate::compare::outcome::Change;
use crate::measure::{Dimension, Statistic};
use crate::report::build::Material;
use crate::report::escape::visible;
use crate::report::number;
use crate::report::text_table::{Align, TextTable};

use super::args::{Add, Baseline};
use super::baseline_file::{BaselineFile, hold, load_baseline};
use super::environment::environment;
use super::options;
use super::outputs::write_all;
use super::places::{Places, Use};
use super::read::{self, ReadOptions};
use super::terminal::{Line, Stream, say};

pub(super) fn run(command: &Baseline) -> Result<ExitCode> {
    match command {
        Baseline::Add(arguments) => add(arguments),
        Baseline::Show { file } => show(file),
    }
}

/// Adds a run. Of files that the baseline has seen in part, only the new rows are another run.
fn add(arguments: &Add) -> Result<ExitCode> {
    let Add { file, input, env } = arguments;
    let understanding = &input.understanding;
    let config = options::config(understanding)?;
    let mut places = Places::default();
    places.add(Use::Save, file)?;
    options::config_path(understanding).map_or(Ok(()), |path| places.add(Use::Config, path))?;
    // From here to the end of this function nobody else adds to it.
    let _held = hold(file);
    let (place, old) = BaselineFile::adding_to(file)?;
    let created = old.is_none();
    let environment = environment(env, &config.environment)?;
    let inputs = read::inputs(&input.paths, understanding)?.into_a_side();
    places.add_inputs(&inputs)?;
    let seen: Vec<&CapturedSource> =
        old.iter().flat_map(|baseline| &baseline.captures).flat_map(|capture| &capture.sources).collect();
    let reading =
        read::read(understanding, &config, inputs, &ReadOptions { samples: true, seen, ..ReadOptions::default() })?;
    let mut baseline = old.unwrap_or_else(|| Saved::new(reading.settings.quantile_method.name()));
    reading.refuse_records()?;
    let (captured, grown) = (reading.captured(environment), reading.grown());
    let report = read::report(reading, Material::default())?;
    baseline.add(captured).with_context(|| file.display().to_string())?;
    place.unchanged()?;
    write_all(&[(place.target(), baseline.to_bytes())])?;
    let mut lines = vec![report.verdict.headline];
    lines.extend(grown.iter().map(|grown| {
        format!(
            "{}: its first {} lines are in the baseline; {} new ones were added",
            grown.source, grown.seen_lines, grown.new_lines
        )
    }));
    lines.push(format!("{} {} ({})", if created { "wrote" } else { "added to" }, file.display(), describe(&baseline)));
    say(Stream::Out, &lines.into_iter().map(Line::new).collect::<Vec<_>>(), false)?;
    Ok(ExitCode::SUCCESS)
}

fn show(file: &Path) -> Result<ExitCode> {
    let Some(baseline) = load_baseline(file)? else {
        let what = if file.exists() { "is no baseline" } else { "does not exist" };
        bail!("{}: {what}; make one with `perfreport summarize results/*.csv --save-baseline FILE`", file.display());
    };
    let mut lines = vec![format!("{}: {}", file.display(), describe(&baseline))];
    for (index, capture) in baseline.captures.iter().enumerate() {
        let environment = &capture.environment;
        let said = environment
            .given
            .iter()
            .chain(&environment.measured)
            .chain(&environment.found)
            .map(|(key, value)| format!("{key} {value}"));
        lines.push(format!("  {}: {}", index + 1, said.collect::<Vec<_>>().join(", ")));
        let files = capture.sources.iter();
        lines.extend(files.map(|source| {
            format!("     {} ({}, {})", visible(&source.name), number::counted(source.lines, "line"), source.format)
        }));
    }
    lines.push(String::new());
    lines.extend(table(&baseline));
    say(Stream::Out, &lines.into_iter().map(Line::new).collect::<Vec<_>>(), false)?;
    Ok(ExitCode::SUCCESS)
}

fn describe(baseline: &Saved) -> String {
    let captures = number::counted(baseline.captures.len() as u64, "recording");
    format!("{captures} by {} {}", baseline.tool.name, baseline.tool.version)
}

/// A line for each metric: how many runs and samples, and how much its runs differ.
fn table(baseline: &Saved) -> Vec<String> {
    use Align::{Left, Right};
    let held = |metric: &Change| {
        let side = metric.before.as_ref();
        let statistic = |wanted: Statistic| {
            let effect = metric.effects.iter().find(|effect| effect.statistic == wanted);
            let value = effect.and_then(|effect| effect.before);
            value.map_or_else(|| number::ABSENT.to_owned(), |value| number::quantity(metric.dimension, value))
        };
        let several = side.is_some_and(|side| side.runs > 1);
        let noise = metric.noise_floor.filter(|_| several);
        let main = if metric.dimension == Dimension::Ratio && metric.effects.len() == 1 {
            Statistic::FailureShare
        } else {
            Statistic::P50
        };
        [
            visible(&metric.source),
            visible(&metric.metric),
            metric.group.as_deref().map(visible).unwrap_or_default(),
            side.map_or(0, |side| side.runs).to_string(),
            number::count(side.map_or(0, |side| side.samples)),
            statistic(main),
            statistic(Statistic::P95),
            noise.map_or_else(|| "one run".to_owned(), |share| number::percent_or_absent(Some(share))),
        ]
    };
    // Compared with itself a baseline says everything about both of its sides.
    let mut rows: Vec<_> = judge::compare(&baseline.captures, &baseline.captures, &judge::Criteria::default())
        .changes
        .iter()
        .map(held)
        .collect();
    rows.sort();
    let head = ["file", "metric", "group", "runs", "samples", "median", "p95", "noise between runs"].map(str::to_owned);
    rows.insert(0, head);
    let mut table = TextTable::new([Left, Left, Left, Right, Right, Right, Right, Right]);
    for row in rows {
        table.push(row);
    }
    table.lines()
}
