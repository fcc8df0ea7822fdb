//! `history report` and `history compare`: what changed, in the forms that were asked for, and the exit code.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};

use crate::cli::args::{Aspect as FollowedFlag, Colour, HistoryCompare, HistoryReport as Arguments, Question};
use crate::cli::gate::CHECK_FAILED;
use crate::cli::outputs::{Target, placed, write_all};
use crate::cli::places::{Places, Use};
use crate::cli::terminal::{Line, Stream, say};
use crate::compare::margin::parse_margin;
use crate::compare::pattern::{Case, NamePattern};
use crate::history::contract::{HistoryOutcome, HistoryReport};
use crate::history::file::{History, RunDetail};
use crate::history::gate::FailOn;
use crate::history::judge::{self, HistoryQuestion};
use crate::history::series::Aspect;
use crate::report::history::{HistoryView, render_history};
use crate::report::render::Form;
use crate::report::view::Tone;

use super::add::{is_not_in, run_of};
use super::file::load;

pub(super) fn report(arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { file, branch, question, keep_going, color } = arguments;
    let mut wish = wish(question)?;
    wish.branch.clone_from(branch);
    let mut places = Places::default();
    places.add(Use::Input, file)?;
    let history = |followed| load(file, kept(followed), *keep_going);
    answer(file, question, *color, &mut places, &wish, history)
}

/// Compares files with a history, as if they were its newest run.
pub(super) fn compare(arguments: &HistoryCompare) -> Result<ExitCode> {
    let HistoryCompare { file, input, occasion, question } = arguments;
    let mut wish = wish(question)?;
    let mut places = Places::default();
    places.add(Use::Input, file)?;
    let understanding = &input.understanding;
    // A history that is not there is told before files are read.
    let history = load(file, kept(wish.followed), understanding.keep_going)?;
    let run = run_of(input, occasion, history.runs.last().map(|newest| newest.run.at + 1), &mut places)?;
    is_not_in(&history, &run, file)?;
    wish.beside = Some(run);
    answer(file, question, understanding.color, &mut places, &wish, |_| Ok(history))
}

fn kept(followed: Aspect) -> RunDetail {
    match followed {
        Aspect::P95 | Aspect::P99 => RunDetail::Percentiles,
        Aspect::Center | Aspect::Failures => RunDetail::Center,
    }
}

/// Writes and prints what a history says.
fn answer(
    file: &Path,
    question: &Question,
    color: Colour,
    places: &mut Places,
    wish: &HistoryQuestion,
    history: impl FnOnce(Aspect) -> Result<History>,
) -> Result<ExitCode> {
    let Question { files, quiet, .. } = question;
    files.iter().try_for_each(|path| places.add(Use::Output, path))?;
    let targets: Vec<Target> = files.iter().map(|path| Target::new(path)).collect();
    let forms: Vec<Form> = targets.iter().map(form).collect::<Result<_>>()?;
    let report = judge::report(&history(wish.followed)?, wish).with_context(|| file.display().to_string())?;
    let mut outputs = Vec::new();
    for (target, form) in targets.into_iter().zip(forms) {
        let bytes = render_history(&report, form)?;
        outputs.push(placed(target, bytes));
    }
    write_all(&outputs)?;
    let stream = if outputs.iter().any(|(target, _)| *target == Target::Stdout) { Stream::Err } else { Stream::Out };
    if !quiet {
        let mut lines = lines(&report, stream);
        lines.extend(outputs.iter().filter_map(|(target, _)| match target {
            Target::File(path) => Some(Line::new(format!("wrote {}", path.display()))),
            Target::Stdout => None,
        }));
        say(stream, &lines, stream.has_colour(color))?;
    }
    let failed = report.gate.as_ref().is_some_and(|gate| gate.outcome != HistoryOutcome::Pass);
    Ok(if failed { ExitCode::from(CHECK_FAILED) } else { ExitCode::SUCCESS })
}

fn wish(question: &Question) -> Result<HistoryQuestion> {
    let metric = question.metric.as_deref().map(|text| NamePattern::new(text, Case::Ignored).context("--metric"));
    let margin = question.margin.as_deref().map(|text| parse_margin(text).with_context(|| format!("--margin {text}")));
    let since = question.since.as_deref().map(|text| days(text).with_context(|| format!("--since {text}")));
    Ok(HistoryQuestion {
        followed: match question.statistic {
            FollowedFlag::Center => Aspect::Center,
            FollowedFlag::P95 => Aspect::P95,
            FollowedFlag::P99 => Aspect::P99,
            FollowedFlag::Failures => Aspect::Failures,
        },
        metric: metric.transpose()?,
        since_days: since.transpose()?,
        branch: None,
        fail_on: question.fail_on.as_deref().map(fail_on).transpose()?.unwrap_or_default(),
        margin: margin.transpose()?,
        beside: None,
    })
}

/// `change`, `change:30d`, `regression`, or both with a comma between them.
fn fail_on(text: &str) -> Result<FailOn> {
    let hint = || {
        anyhow!(
            "--fail-on {text}: write change:30d, for changes that began in the 30 days before the newest run, regression, for a \
             newest run that is worse than those before it, or both with a comma"
        )
    };
    let mut all = FailOn::default();
    for word in text.split(',').map(str::trim) {
        match word.split_once(':') {
            None if word == "change" => all.change_days = Some(f64::MAX / 1e6),
            None if word == "regression" => all.regression = true,
            Some(("change", time)) => all.change_days = Some(days(time).map_err(|_| hint())?),
            _ => return Err(hint()),
        }
    }
    Ok(all)
}

/// A number of days, weeks or hours.
fn days(text: &str) -> Result<f64> {
    let split = text.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let in_days = match unit {
        "d" => 1.0,
        "w" => 7.0,
        "h" => 1.0 / 24.0,
        _ => bail!("write for example 90d, 12w or 36h"),
    };
    let number: f64 = number.trim().parse().map_err(|_| anyhow!("write for example 90d, 12w or 36h"))?;
    if !(number.is_finite() && number > 0.0) {
        bail!("it has to be more than zero");
    }
    Ok(number * in_days)
}

/// The form that an ending chooses; a history has no test cases.
fn form(target: &Target) -> Result<Form> {
    match target.form()? {
        Form::Junit => bail!("-o {}: a history is written as .md, .html, .json or .txt", target.shown()),
        form => Ok(form),
    }
}

/// The plain list, its first line in the colour of its state.
fn lines(report: &HistoryReport, stream: Stream) -> Vec<Line> {
    let view = HistoryView::of(report, false);
    let counts = &report.counts;
    let tone = match (counts.worse, counts.changed, counts.better) {
        (1.., ..) => Tone::Bad,
        (0, 1.., _) => Tone::Doubtful,
        (0, 0, 1..) => Tone::Good,
        _ => Tone::Neutral,
    };
    let mut texts = view.text(stream.columns()).into_iter();
    let first = texts.next().unwrap_or_default();
    let mut lines = vec![Line::default().toned(&first, tone)];
    lines.extend(texts.map(Line::new));
    lines
}
