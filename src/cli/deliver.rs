//! What is done with a report: rendered in the forms that were asked for, written, summed up on the terminal, told to the
//! CI service, and turned into an exit code.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};

use crate::report::contract::Report;
use crate::report::render::{Form, built_in, built_in_names, render, render_template};
use crate::report::view::TerminalView;

use super::args::{Colour, Output, Understanding};
use super::ci;
use super::gate::CHECK_FAILED;
use super::inputs::Inputs;
use super::options;
use super::outputs::{Destination, Target, placed, write_all};
use super::places::{Places, Use};
use super::terminal::{Line, Stream, columns, command, say};

/// Lines that a small window shows.
const SCREEN: usize = 25;

/// Where a report goes, found out before anything is read: what cannot be written must not cost a long run.
pub(super) struct Delivery<'a> {
    arguments: &'a Output,
    targets: Vec<Destination>,
    comment: Option<Target>,
    template: Option<Template>,
    /// All files that are read or written.
    pub(super) places: Places,
    /// Where each source of the report is, as the user named it.
    paths: BTreeMap<String, String>,
    /// When, where the caller gives it.
    pub(super) generated: Option<String>,
}

impl<'a> Delivery<'a> {
    /// `default` is written to where nothing else is asked for. `understanding` says which configuration is read.
    pub(super) fn new(arguments: &'a Output, understanding: &Understanding, default: Option<&str>) -> Result<Self> {
        let targets = targets(arguments, default)?;
        let mut places = Places::default();
        let standard = Path::new("-");
        let written = targets.iter().map(|one| match &one.target {
            Target::File(path) => path.as_path(),
            Target::Stdout => standard,
        });
        written.into_iter().try_for_each(|path| places.add(Use::Output, path))?;
        arguments.comment.iter().try_for_each(|path| places.add(Use::Comment, path))?;
        options::config_path(understanding).map_or(Ok(()), |path| places.add(Use::Config, path))?;
        let template = arguments.template.as_deref().map(Path::new).filter(|path| path.is_file());
        template.map_or(Ok(()), |path| places.add(Use::Template, path))?;
        Ok(Self {
            arguments,
            targets,
            comment: arguments.comment.as_deref().map(Target::new),
            places,
            paths: BTreeMap::new(),
            template: arguments.template.as_deref().map(load_template).transpose()?,
            generated: generated(arguments.timestamp.as_deref())?,
        })
    }

    /// Whether durations over time are shown for each label: a page draws them, JSON holds them, a template may ask for them.
    pub(super) fn shows_label_heat(&self) -> bool {
        self.template.is_some() || self.targets.iter().any(Destination::shows_label_heat)
    }

    /// A report must never take the place of the data it is about.
    pub(super) fn protect(&mut self, inputs: &Inputs) -> Result<()> {
        let named = inputs.sources.iter().filter_map(|source| Some((source.name.clone(), source.path()?)));
        self.paths.extend(named.map(|(name, path)| (name, path.display().to_string())));
        self.places.add_inputs(inputs)
    }

    /// Renders, writes (`more` beside the report, all or nothing), prints with `notes`, and says how the process ends.
    pub(super) fn deliver(
        self,
        report: &Report,
        more: Vec<(Target, Vec<u8>)>,
        notes: &[String],
        colour: Colour,
    ) -> Result<ExitCode> {
        let Self { arguments, targets, comment, template, paths, .. } = self;
        let left_out: Vec<String> = targets.iter().filter_map(|target| target.left_out(report)).collect();
        let notes = [notes, &left_out].concat();
        let mut outputs = render_all(report, targets, template.as_ref(), arguments.print_details)?;
        if let Some(target) = comment {
            outputs.push(placed(target, render(report, Form::Comment)?));
        }
        outputs.extend(more);
        write_all(&outputs)?;
        let to_stderr = outputs.iter().any(|(target, _)| *target == Target::Stdout);
        let stream = if to_stderr { Stream::Err } else { Stream::Out };
        if !arguments.quiet {
            say(stream, &summary(report, &outputs, &notes), stream.has_colour(colour))?;
        }
        command(stream, &ci::tell(arguments.ci, report, &paths)?)?;
        let failed = report.gate.as_ref().is_some_and(|gate| !gate.passed);
        Ok(if failed { ExitCode::from(CHECK_FAILED) } else { ExitCode::SUCCESS })
    }
}

/// The short summary, one line a thing, and what was written.
fn summary(report: &Report, outputs: &[(Target, Vec<u8>)], notes: &[String]) -> Vec<Line> {
    let mut lines: Vec<Line> = TerminalView::within(report, columns())
        .lines
        .iter()
        .map(|line| match line.severity {
            Some(severity) => Line::new(line.indent).toned(line.word, severity.tone()).text(&line.rest),
            None => Line::new(&line.text),
        })
        .collect();
    let wrote = outputs.iter().filter_map(|(target, _)| match target {
        Target::File(path) => Some(format!("wrote {}", path.display())),
        Target::Stdout => None,
    });
    let wrote: Vec<String> = wrote.chain(notes.iter().cloned()).collect();
    // With the blank line above what was written.
    let below = wrote.len() + usize::from(!wrote.is_empty());
    lines.extend(more_about_findings(report).filter(|_| lines.len() + below < SCREEN));
    if !wrote.is_empty() {
        lines.push(Line::default());
    }
    lines.extend(wrote.into_iter().map(Line::new));
    lines
}

/// Where a reader learns what the first finding means, where that fits in a line.
fn more_about_findings(report: &Report) -> Option<Line> {
    let first = report.findings.first()?;
    let hint = format!("(perfreport explain {}: what it means, and what to do)", first.kind.words());
    (hint.chars().count() <= columns()).then(|| Line::new(hint))
}

/// A template of the user's own, or a built-in one.
struct Template {
    name: String,
    text: String,
}

fn load_template(given: &str) -> Result<Template> {
    let path = Path::new(given);
    if !path.exists() {
        let name = if built_in(given).is_some() { given.to_owned() } else { format!("{given}.md") };
        if let Some(text) = built_in(&name) {
            return Ok(Template { name, text: text.to_owned() });
        }
    }
    let text = fs::read_to_string(path).with_context(|| {
        format!("--template {given}: cannot be read; built in are {}", built_in_names().collect::<Vec<_>>().join(", "))
    })?;
    let name = path.file_name().map_or_else(|| given.to_owned(), |name| name.to_string_lossy().into_owned());
    Ok(Template { name, text })
}

fn targets(arguments: &Output, default: Option<&str>) -> Result<Vec<Destination>> {
    if arguments.files.is_empty() {
        let nothing_said = default.filter(|_| arguments.template.is_none());
        let standard = arguments.template.as_ref().map(|_| "-");
        return Ok(standard.or(nothing_said).map(|name| Destination::new(Path::new(name))).into_iter().collect());
    }
    let targets: Vec<Destination> = arguments.files.iter().map(|path| Destination::new(path)).collect();
    let mut checked = targets.iter().filter(|target| arguments.template.is_none() || !target.is_our_own());
    checked.try_for_each(Destination::check)?;
    Ok(targets)
}

fn render_all(
    report: &Report,
    targets: Vec<Destination>,
    template: Option<&Template>,
    open: bool,
) -> Result<Vec<(Target, Vec<u8>)>> {
    let only = targets.len() == 1;
    let mut used = false;
    let mut outputs = Vec::new();
    for destination in targets {
        let fits = |template: &&Template| only || same_ending(&destination.target, &template.name);
        let bytes = match template.filter(|_| destination.is_our_own()).filter(fits) {
            Some(template) => {
                used = true;
                render_template(report, &template.name, &template.text)?
            }
            None => destination.render(report, open)?,
        };
        outputs.push(placed(destination.target, bytes));
    }
    if let Some(template) = template.filter(|_| !used) {
        bail!("--template {}: no output given with -o has the same ending", template.name);
    }
    Ok(outputs)
}

fn same_ending(target: &Target, template: &str) -> bool {
    let ending = |name: &str| Path::new(name).extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match target {
        Target::Stdout => ending(template).as_deref() == Some("md"),
        Target::File(path) => ending(&path.to_string_lossy()) == ending(template),
    }
}

/// The time to print, from the flag or from `SOURCE_DATE_EPOCH` (<https://reproducible-builds.org/specs/source-date-epoch/>).
fn generated(flag: Option<&str>) -> Result<Option<String>> {
    let timestamp = match (flag, std::env::var("SOURCE_DATE_EPOCH")) {
        (Some("now"), _) => jiff::Timestamp::now(),
        (Some(text), _) => text
            .parse::<jiff::Timestamp>()
            .map_err(|error| anyhow!("--timestamp {text}: {error}; write for example 2026-03-15T12:00:00Z"))?,
        (None, Ok(seconds)) => seconds
            .trim()
            .parse::<i64>()
            .ok()
            .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
            .ok_or_else(|| anyhow!("SOURCE_DATE_EPOCH={seconds}: must be whole seconds since 1970"))?,
        (None, Err(_)) => return Ok(None),
    };
    let seconds = jiff::Timestamp::from_second(timestamp.as_second()).unwrap_or(timestamp);
    Ok(Some(seconds.to_string()))
}
