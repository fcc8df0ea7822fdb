//! `plan`, `digest` and `merge`: a run of many shards, on as many machines as there are.

use std::cell::RefCell;
use std::fs::File;
use std::io::{Cursor, Read, stdin};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use rayon::prelude::*;

use crate::analysis::chat::{self, ServiceOptions};
use crate::analysis::{self, Analysis};
use crate::config;
use crate::digest::plan::{PlannedColumn, Sample};
use crate::digest::{Digest, Plan, Shard, digest as digest_of};
use crate::ingest::input::Input;
use crate::ingest::{self, ColumnOptions, ENDS_EARLY, IngestError, SharedInput, SourceOptions};
use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::report::build::told;
use crate::report::escape::visible;
use crate::report::number::counted;
use crate::stats::settings::{Depth, Settings};
use crate::table::source::Source;

use super::args;
use super::digest_file::{load, load_ask, load_plan, target};
use super::options::{self, flag_options};
use super::outputs::{Target, write_all};
use super::places::{Places, Use};
use super::read::{self, FileKind, ReadOptions, refuse_baseline};
use super::stamp::Stamp;
use super::storage::storage;
use super::terminal::{Line, Stream, say};

/// Messages are put together of rows that may stand in several shards.
const NO_SERVICES: &str = "these are messages of an interactive service, which are put together of their events and have no digest: use `summarize`";
/// A first line that is longer is no header.
const LONGEST_HEADER: u64 = 1 << 20;
/// Digests that join the others together: a large digest is gone through once for all of them.
const TOGETHER: usize = 32;

/// Decides how the shards of a run are understood.
pub(super) fn plan(arguments: &args::Plan) -> Result<ExitCode> {
    let understanding = &arguments.input.understanding;
    let config = options::config(understanding)?;
    let inputs = read::inputs(&arguments.input.paths, understanding)?;
    let mut places = Places::default();
    places.add(Use::Output, &arguments.file)?;
    places.add_inputs(&inputs)?;
    options::config_path(understanding).map_or(Ok(()), |path| places.add(Use::Config, path))?;
    let first: Vec<Option<PathBuf>> = inputs.sources.iter().map(|one| one.path().map(Path::to_path_buf)).collect();
    let reading = read::read(understanding, &config, inputs, &ReadOptions::default())?;
    if reading.analysed.iter().any(|one| one.service.is_some()) {
        bail!(NO_SERVICES);
    }
    let samples: Vec<Sample<'_>> =
        reading.analysed.iter().map(|one| Sample { source: &one.source, analysis: &one.analysis }).collect();
    let mut plan = Plan::of(&samples, &reading.settings)?;
    let headed = samples.iter().zip(&first).find(|(sample, _)| has_header(sample.source));
    if let Some((_, Some(path))) = headed {
        plan.header = Some(first_line(path)?);
    }
    let mut bytes = serde_json::to_vec_pretty(&plan).context("the plan cannot be written as JSON")?;
    bytes.push(b'\n');
    let target = Target::new(&arguments.file);
    let is_file = target != Target::Stdout;
    write_all(&[(target, bytes)])?;
    if is_file {
        let metrics: Vec<String> = plan.metrics.iter().map(|metric| format!("`{}`", visible(&metric.name))).collect();
        let grouped =
            if plan.group_by.is_empty() { "no groups".to_owned() } else { format!("by {}", plan.group_by.join(", ")) };
        let line = format!("wrote {}: {}, {grouped}", arguments.file.display(), metrics.join(", "));
        say(Stream::Out, &[Line::new(line)], false)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the first line of a source is the header of its first table.
fn has_header(source: &Source) -> bool {
    source.tables.first().is_some_and(|table| table.header_line == Some(1) && table.name.is_none())
}

fn first_line(path: &Path) -> Result<String> {
    let shown = || format!("{}: cannot be read", path.display());
    let mut head = Vec::new();
    let plain = File::open(path).and_then(ingest::plain).with_context(shown)?;
    plain.take(LONGEST_HEADER).read_to_end(&mut head).with_context(shown)?;
    Ok(line_of(&head).unwrap_or_default())
}

/// The first line of some bytes, without its end and without a mark of the encoding.
fn line_of(head: &[u8]) -> Option<String> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let line = head.split(|byte| *byte == b'\n').next()?;
    String::from_utf8(line.strip_suffix(b"\r").unwrap_or(line).to_vec()).ok()
}

/// Makes the digest of a shard.
pub(super) fn digest(arguments: &args::Digest) -> Result<ExitCode> {
    let planned = arguments.plan.as_deref().map(load_plan).transpose()?;
    let ask = arguments.refine.as_deref().map(load_ask).transpose()?;
    let mut places = Places::default();
    places.add(Use::Output, &arguments.file)?;
    if arguments.path.as_os_str() != "-" {
        places.add(Use::Input, &arguments.path)?;
    }
    let target = target(&arguments.file)?;
    let file = ShardFile::of(arguments, planned.as_ref())?;
    let read = file.read()?;
    let found = planned.as_ref().map(|plan| plan.misfits(&read.source, &read.analysis)).unwrap_or_default();
    // A part without rows fits every plan.
    let misfits = if read.is_empty { Vec::new() } else { found };
    if arguments.strict_plan && !misfits.is_empty() {
        bail!("{}: it does not fit the plan: {}", file.name, misfits.join("; "));
    }
    let mut findings = read.source.findings.clone();
    findings.extend(told(&read.analysis, &file.name));
    findings.extend(misfits.into_iter().map(|misfit| {
        let action = "what fits is counted; make another plan, or leave the shard out";
        Finding::new(Severity::Suspicious, FindingKind::OtherPlan, Place::source(&file.name), misfit, action)
    }));
    let plan = planned.clone().map_or_else(|| own_plan(&read, &file), Ok)?;
    let shard = Shard {
        name: &file.name,
        source: &read.source,
        analysis: &read.analysis,
        findings,
        stored: read.stored,
        content: read.content,
        lines_before: read.lines_before,
        ask: ask.as_ref(),
    };
    let digest = digest_of(shard, plan).map_err(|reason| anyhow!(reason))?;
    if let Some(failure) = read.failure {
        bail!(failure);
    }
    write_all(&[(target, digest.to_bytes()?)])?;
    Ok(ExitCode::SUCCESS)
}

/// The plan that a shard makes for itself.
fn own_plan(read: &ReadShard, file: &ShardFile<'_>) -> Result<Plan> {
    let sample = Sample { source: &read.source, analysis: &read.analysis };
    let nothing = || format!("{}: without --plan a shard has to show by itself what it is", file.name);
    Plan::of(&[sample], &file.settings).with_context(nothing)
}

/// A shard that is to be read, and how.
struct ShardFile<'a> {
    path: &'a Path,
    name: String,
    options: SourceOptions,
    settings: Settings,
    /// How a service would be recognised.
    service: ServiceOptions,
    plan: Option<&'a Plan>,
    memory: Option<u64>,
}

/// A shard that was read.
struct ReadShard {
    source: Source,
    analysis: Analysis,
    stored: (String, u64),
    /// The digest of what it holds, where it is packed.
    content: Option<String>,
    lines_before: u64,
    is_empty: bool,
    failure: Option<String>,
}

impl<'a> ShardFile<'a> {
    fn of(arguments: &'a args::Digest, plan: Option<&'a Plan>) -> Result<Self> {
        let (path, understanding) = (arguments.path.as_path(), &arguments.understanding);
        let config = options::config(understanding)?;
        let own = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = match (&arguments.name, path.as_os_str() == "-") {
            (Some(name), _) => name.clone(),
            (None, true) => bail!("-: a shard from standard input needs a name: --name N"),
            (None, false) => own(path).unwrap_or_default(),
        };
        if plan.is_some() {
            let said = [&understanding.unit, &understanding.role, &understanding.better, &understanding.group_by];
            if said.iter().any(|said| !said.is_empty())
                || understanding.format.is_some()
                || understanding.header.is_some()
            {
                bail!(
                    "--plan: the plan says what columns are; give --unit, --role, --better, --group-by, --format and --header to `perfreport plan`"
                );
            }
        }
        let mut options = config.options_for(path)?;
        config::overlay(&mut options, flag_options(understanding)?);
        let mut settings = Settings { depth: Depth::Summary, ..options::settings(understanding, &config)? };
        if let Some(plan) = plan {
            options.format = Some(plan.format.clone());
            options.header = plan.header.as_ref().map(|_| true).or(options.header);
            options.roles_are_decided = true;
            for (column, planned) in &plan.columns {
                let known = options.columns.entry(column.clone()).or_default();
                *known = planned_options(planned, known);
            }
            settings.group_by.clone_from(&plan.group_by);
        }
        if path.as_os_str() != "-" {
            options.path = None;
        }
        let service = config.service_for(path)?;
        Ok(Self { path, name, options, settings, service, plan, memory: understanding.memory })
    }

    fn read(&self) -> Result<ReadShard> {
        let shown = self.path.display().to_string();
        let is_file = self.path.as_os_str() != "-";
        if self.path.is_dir() {
            bail!("{shown}: a shard is one file; digest each of them, and merge the digests");
        }
        let file = is_file.then(|| File::open(self.path)).transpose();
        let file = file.with_context(|| format!("{shown}: cannot be opened"))?;
        let opened = file.as_ref().and_then(Stamp::of);
        let account = RefCell::new((blake3::Hasher::new(), 0));
        let stored: Box<dyn Read + '_> = match &file {
            Some(file) => Box::new(DigestReader { from: file, account: &account }),
            None => Box::new(DigestReader { from: stdin().lock(), account: &account }),
        };
        let (stored, kind) = refuse_baseline(stored, &shown)?;
        if kind == FileKind::Digest {
            bail!("{shown}: this is a digest already; `perfreport merge` makes one of many");
        }
        let input = RefCell::new(Input::new(stored, &[]).with_context(|| shown.clone())?);
        let is_packed = input.borrow().is_packed();
        let content = RefCell::new((blake3::Hasher::new(), 0));
        let plain: Box<dyn Read + '_> = if is_packed {
            Box::new(DigestReader { from: SharedInput(&input), account: &content })
        } else {
            Box::new(SharedInput(&input))
        };
        let (plain, lines_before) = self.headed(plain).with_context(|| shown.clone())?;
        let storage = storage(self.memory)?;
        let read = ingest::read_into(&storage, &self.name, plain, &self.options);
        let is_cut = input.borrow().ends_early();
        let (mut source, is_empty) = match read {
            Ok(source) => {
                let is_empty = source.tables.iter().all(|table| table.lines.rows() == 0);
                (source, is_empty)
            }
            Err(IngestError::Empty) if is_cut => bail!("{shown}: {ENDS_EARLY}, and nothing of it can be read"),
            Err(IngestError::Empty) if self.plan.is_some() => (self.nothing(), true),
            Err(error) => return Err(anyhow::Error::from(error).context(shown)),
        };
        if !source.swarm.is_empty() || source.tables.is_empty() && !is_empty {
            bail!("{shown}: it holds no samples row by row, and only those are counted in a digest");
        }
        let (digest, bytes) = digested(&account);
        let now = file.as_ref().and_then(Stamp::of);
        source.findings.extend(opened.and_then(|opened| opened.finding(now, bytes, &self.name)));
        source.findings.extend(is_cut.then(|| self.is_cut()));
        if chat::analyse(&self.name, &mut source.tables, &self.service, &self.settings).is_some() {
            bail!("{shown}: {NO_SERVICES}");
        }
        let analysis = analysis::analyse(&source, &self.settings);
        Ok(ReadShard {
            source,
            analysis,
            stored: (digest, bytes),
            content: is_packed.then(|| digested(&content).0),
            lines_before,
            is_empty,
            failure: storage.failure(),
        })
    }

    /// That it is packed, and ends where more was due.
    fn is_cut(&self) -> Finding {
        let action = "what stands before its end was read";
        Finding::new(Severity::Corrupted, FindingKind::TruncatedLine, Place::source(&self.name), ENDS_EARLY, action)
    }

    /// A shard without a row.
    fn nothing(&self) -> Source {
        let mut nothing = Source::default();
        nothing.provenance.name.clone_from(&self.name);
        nothing
    }

    /// The shard with the header that the plan knows, where it begins with a row instead; and how many lines stand before it now.
    fn headed<'s>(&self, mut plain: Box<dyn Read + 's>) -> Result<(Box<dyn Read + 's>, u64)> {
        let Some(header) = self.plan.and_then(|plan| plan.header.as_ref()) else { return Ok((plain, 0)) };
        let mut head = Vec::new();
        plain.by_ref().take(LONGEST_HEADER).read_to_end(&mut head)?;
        let begins_with_row = line_of(&head).is_some_and(|line| is_row(&line, header));
        let before = if begins_with_row { format!("{header}\n").into_bytes() } else { Vec::new() };
        Ok((Box::new(Cursor::new(before).chain(Cursor::new(head)).chain(plain)), u64::from(begins_with_row)))
    }
}

/// Whether a line is a row under a header, and none itself: a header names the columns, be they some others.
fn is_row(line: &str, header: &str) -> bool {
    let separators = [',', ';', '\t', '|'];
    let separator = separators.into_iter().max_by_key(|separator| header.matches(*separator).count());
    let Some(separator) = separator.filter(|separator| header.contains(*separator) <= line.contains(*separator)) else {
        return false;
    };
    let cells = |line: &str| -> Vec<String> {
        line.split(separator).map(|cell| cell.trim().trim_matches('"').trim().to_owned()).collect()
    };
    let (names, cells) = (cells(header), cells(line));
    let named = cells.iter().filter(|cell| !cell.is_empty() && names.contains(cell)).count();
    // Names of other columns are words; a row has an instant, a number or a status.
    let is_number =
        |cell: &String| cell.trim_start_matches(['+', '-', '.']).starts_with(|first: char| first.is_ascii_digit());
    2 * named < names.len() && cells.iter().any(is_number)
}

fn planned_options(planned: &PlannedColumn, known: &ColumnOptions) -> ColumnOptions {
    ColumnOptions {
        role: Some(planned.role),
        unit: planned.unit(),
        polarity: Some(planned.polarity),
        limit: known.limit,
        set_aside: known.set_aside.clone(),
        day_first: planned.day_first,
    }
}

/// The digest of what was read so far, and how many bytes that are.
fn digested(account: &RefCell<(blake3::Hasher, u64)>) -> (String, u64) {
    let (hasher, bytes) = &*account.borrow();
    (hasher.finalize().to_hex().to_string(), *bytes)
}

/// What is read, counted and digested on the way.
struct DigestReader<'a, R> {
    from: R,
    account: &'a RefCell<(blake3::Hasher, u64)>,
}

impl<R: Read> Read for DigestReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.from.read(buffer)?;
        let (hasher, bytes) = &mut *self.account.borrow_mut();
        hasher.update(&buffer[..length]);
        *bytes += length as u64;
        Ok(length)
    }
}

/// Makes one digest of many.
pub(super) fn merge(arguments: &args::Merge) -> Result<ExitCode> {
    let mut places = Places::default();
    places.add(Use::Output, &arguments.file)?;
    arguments.paths.iter().try_for_each(|path| places.add(Use::Input, path))?;
    let target = target(&arguments.file)?;
    let mut all: Option<Digest> = None;
    for some in arguments.paths.chunks(TOGETHER) {
        let mut read = some.par_iter().map(|path| load(path)).collect::<Result<Vec<Digest>>>()?;
        let known = usize::from(all.is_none());
        let sum = all.get_or_insert_with(|| read.remove(0));
        sum.merge_all(&read).map_err(|(place, error)| {
            let path = place.and_then(|place| some.get(place + known));
            path.map_or_else(|| anyhow!("{error}"), |path| anyhow!("{}: {error}", path.display()))
        })?;
    }
    let Some(all) = all else { bail!("no digest: there is nothing to merge") };
    let is_file = target != Target::Stdout;
    write_all(&[(target, all.to_bytes()?)])?;
    if is_file {
        let shards = counted(all.parts().len() as u64, "shard");
        let line = format!("wrote {}: {shards}, {}", arguments.file.display(), counted(all.samples(), "sample"));
        say(Stream::Out, &[Line::new(line)], false)?;
    }
    Ok(ExitCode::SUCCESS)
}
