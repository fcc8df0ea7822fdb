//! The report as annotations of GitHub Actions: workflow commands, a line each.
//!
//! In: a [`Report`]. Out: lines for standard output. GitHub shows ten annotations of each level and step and drops the
//! rest without a word, so the last one here says how many more there are.

use crate::compare::outcome::{Change, Comparison, Reason, TargetOutcome, TargetResult, Verdict};
use crate::measure::finding::{Finding, Severity};

use super::contract::{PopulationFailures, Report, Source};
use super::escape::visible;
use super::number;
use super::view::{ChangeView, TargetView};
use super::words::{change as words, headline};

/// Annotations of one level that GitHub shows for a step
/// (<https://docs.github.com/en/actions/reference/limits>; ten warnings, ten errors and ten notices).
const SHOWN: usize = 10;

/// A level of annotations, most serious first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// An annotation before it is written.
struct Annotation {
    level: Level,
    file: Option<String>,
    line: Option<u64>,
    title: String,
    message: String,
}

impl Annotation {
    /// `::error file=run.csv,line=12,title=Corrupted::message`, without a control character, wherever one came from.
    fn command(&self) -> String {
        let mut properties: Vec<String> = Vec::new();
        properties.extend(self.file.as_ref().map(|file| format!("file={}", property(file))));
        properties.extend(self.line.filter(|_| self.file.is_some()).map(|line| format!("line={line}")));
        properties.push(format!("title={}", property(&self.title)));
        format!("::{} {}::{}", self.level.word(), properties.join(","), data(&self.message))
    }
}

/// The annotations as workflow commands, errors first; at most ten of each level. `path_of` gives the path of a source,
/// by which GitHub finds it, from its name in the report.
pub fn annotations(report: &Report, path_of: impl Fn(&str) -> String) -> Vec<String> {
    let comparison = report.comparison.as_ref();
    let mut all: Vec<Annotation> =
        report.verdict.failures.iter().filter(|one| one.failing).map(|one| failing(one, &report.sources)).collect();
    all.extend(comparison.map(changes).unwrap_or_default());
    all.extend(report.targets.iter().filter_map(target));
    all.extend(report.findings.iter().filter_map(finding));
    for file in all.iter_mut().filter_map(|annotation| annotation.file.as_mut()) {
        *file = path_of(file);
    }
    Level::ALL.into_iter().flat_map(|level| commands(&all, level)).collect()
}

fn commands(all: &[Annotation], level: Level) -> Vec<String> {
    let of_level: Vec<&Annotation> = all.iter().filter(|annotation| annotation.level == level).collect();
    if of_level.len() <= SHOWN {
        return of_level.iter().map(|annotation| annotation.command()).collect();
    }
    let mut commands: Vec<String> = of_level.iter().take(SHOWN - 1).map(|annotation| annotation.command()).collect();
    let left = number::count((of_level.len() - commands.len()) as u64);
    let more = Annotation {
        level,
        file: None,
        line: None,
        title: format!("{left} more"),
        message: format!("{left} more of this level stand in the report; GitHub shows {SHOWN}"),
    };
    commands.push(more.command());
    commands
}

fn failing(one: &PopulationFailures, sources: &[Source]) -> Annotation {
    let label = one.label.as_ref().map_or(String::new(), |label| format!(": {label}"));
    Annotation {
        level: Level::Error,
        file: Some(one.source.clone()),
        line: None,
        title: format!("Failing{label}"),
        message: headline::failed(one, sources),
    }
}

fn changes(comparison: &Comparison) -> Vec<Annotation> {
    comparison.changes.iter().filter_map(change).collect()
}

fn change(change: &Change) -> Option<Annotation> {
    let level = match change.verdict {
        Verdict::Inconclusive | Verdict::Incomparable if change.large => Level::Warning,
        Verdict::Incomparable if matches!(change.reason, Some(Reason::EnvironmentDiffers { .. })) => return None,
        Verdict::Regressed | Verdict::Missing | Verdict::Incomparable => Level::Error,
        Verdict::Inconclusive => Level::Notice,
        Verdict::Changed | Verdict::Improved | Verdict::CenterUnchanged | Verdict::Unchanged | Verdict::New => {
            return None;
        }
    };
    let view = ChangeView::of(change);
    let message = match words::explanation(change) {
        Some(explanation) => explanation,
        None => view.sentence(),
    };
    let title = format!("{} {}", view.subject(false), words::verdict(change.verdict));
    Some(Annotation { level, file: Some(change.source.clone()), line: None, title, message })
}

fn target(target: &TargetResult) -> Option<Annotation> {
    let level = match target.outcome {
        TargetOutcome::Missed | TargetOutcome::NoData => Level::Error,
        TargetOutcome::Undecided => Level::Notice,
        TargetOutcome::Met => return None,
    };
    let title = format!("Target {}", words::outcome(target.outcome));
    Some(Annotation {
        level,
        file: target.source.clone(),
        line: None,
        title,
        message: TargetView::of(target).sentence(),
    })
}

fn finding(finding: &Finding) -> Option<Annotation> {
    let (level, title) = match finding.severity {
        Severity::Corrupted => (Level::Error, "Corrupted"),
        Severity::Suspicious => (Level::Warning, "Suspicious"),
        Severity::Note => return None,
    };
    let value = finding.value.as_ref().map_or(String::new(), |value| format!(" {value}"));
    let message = format!("{}{value}: {}", finding.kind.words(), finding.reasons.join("; "));
    let title = format!("{title}: {}", finding.kind.words());
    Some(Annotation { level, file: Some(finding.place.source.clone()), line: finding.place.line, title, message })
}

/// The message of a command; see `escapeData` of <https://github.com/actions/toolkit>. Line ends are no longer there.
fn data(text: &str) -> String {
    visible(text).replace('%', "%25").replace("##[", "# #[")
}

/// A property of a command; see `escapeProperty` there.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_or_message_ends_a_command_or_starts_another() {
        let annotation = Annotation {
            level: Level::Error,
            file: Some("a,line=9::b\n::error::c.csv".to_owned()),
            line: Some(3),
            title: "100%: x,y".to_owned(),
            message: "50%\r\n::warning::no".to_owned(),
        };
        assert_eq!(
            annotation.command(),
            "::error file=a%2Cline=9%3A%3Ab␊%3A%3Aerror%3A%3Ac.csv,line=3,title=100%25%3A x%2Cy::50%25␍␊::warning::no"
        );
    }

    #[test]
    fn the_tenth_of_a_level_says_how_many_more() {
        let annotation =
            |level: Level| Annotation { level, file: None, line: None, title: "t".to_owned(), message: "m".to_owned() };
        let all: Vec<Annotation> =
            (0..25).map(|_| annotation(Level::Warning)).chain((0..10).map(|_| annotation(Level::Error))).collect();
        assert_eq!(commands(&all, Level::Error).len(), 10);
        assert!(commands(&all, Level::Notice).is_empty());
        let warnings = commands(&all, Level::Warning);
        assert_eq!(warnings.len(), 10);
        assert_eq!(warnings[9], "::warning title=16 more::16 more of this level stand in the report; GitHub shows 10");
    }
}
