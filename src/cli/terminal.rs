//! What people see: the one place through which text leaves the process on standard output and standard error.
//!
//! In: lines of parts, errors, documents that are escaped already. Whatever stood in a file, a name or an environment carries no
//! control character to a terminal or a log, and starts no command of a CI service there; the only colours are ours. Exported
//! samples and documents are data: their formats quote, and they are kept as they are.

use std::fmt;
use std::io::{self, ErrorKind, IsTerminal, Write};

use anyhow::{Context, Result};

use crate::report::escape::visible;
use crate::report::render::RenderError;
use crate::report::view::{Subject, Tone, WIDTH};

use super::args::Colour;

/// Fewer columns than this hold no table.
const FEWEST_COLUMNS: usize = 40;
/// With this GitHub's runner takes the line as a command (<https://github.com/actions/runner>, `ActionCommand`), spaces before it or not.
const COMMAND: &str = "::";
/// With this it takes the rest of the line as one, wherever it stands.
const OLD_COMMAND: &str = "##[";

/// Where people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

impl Stream {
    /// Whether a person sits there.
    pub(super) fn is_terminal(self) -> bool {
        match self {
            Self::Out => io::stdout().is_terminal(),
            Self::Err => io::stderr().is_terminal(),
        }
    }

    /// The columns of a terminal; `None` of a file or a pipe, whose lines may be of any length.
    pub(super) fn columns(self) -> Option<usize> {
        let size = match self {
            Self::Out => terminal_size::terminal_size_of(io::stdout()),
            Self::Err => terminal_size::terminal_size_of(io::stderr()),
        };
        size.filter(|_| self.is_terminal()).map(|(width, _)| usize::from(width.0))
    }

    /// Whether the program's own colours are shown there.
    pub(super) fn has_colour(self, colour: Colour) -> bool {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        match colour {
            Colour::Always => true,
            Colour::Never => false,
            // https://no-color.org: any value but the empty one turns colour off.
            Colour::Auto => {
                self.is_terminal() && !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }
}

/// A line of parts, of which those with a tone may have a colour.
#[derive(Debug, Clone, Default)]
pub(super) struct Line(Vec<(String, Option<Tone>)>);

impl Line {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self::default().text(text)
    }

    #[must_use]
    pub(super) fn text(mut self, text: impl Into<String>) -> Self {
        self.0.push((text.into(), None));
        self
    }

    #[must_use]
    pub(super) fn toned(mut self, word: &str, tone: Tone) -> Self {
        self.0.push((word.to_owned(), Some(tone)));
        self
    }

    #[must_use]
    pub(super) fn subject(self, subject: Subject) -> Self {
        self.toned(subject.word(), subject.tone())
    }

    /// The line as it leaves, without its end.
    fn shown(&self, colour: bool) -> String {
        let mut shown = String::new();
        for (text, tone) in &self.0 {
            let text = visible(text).replace(OLD_COMMAND, "# #[");
            match tone.filter(|_| colour && !text.is_empty()) {
                Some(tone) => shown.push_str(&painted(&text, tone)),
                None => shown.push_str(&text),
            }
        }
        let begin = shown.len() - shown.trim_start().len();
        if shown[begin..].starts_with(COMMAND) {
            shown.insert(begin, '\\');
        }
        shown
    }
}

fn painted(text: &str, tone: Tone) -> String {
    let code = match tone {
        Tone::Bad => "1;31",
        Tone::Doubtful => "1;33",
        Tone::Good => "1;32",
        Tone::Neutral => "1",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}

/// An error of several lines, each of which is one: a line end inside of it came from somewhere else.
#[derive(Debug)]
pub(super) struct Lines(pub(super) Vec<String>);

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Lines {}

/// Says lines.
///
/// # Errors
/// When they cannot be written; a reader that went away (`| head`) is none.
pub(super) fn say(stream: Stream, lines: &[Line], colour: bool) -> Result<()> {
    let text: String = lines.iter().map(|line| line.shown(colour) + "\n").collect();
    write(stream, text.as_bytes())
}

/// Commands for a CI service, a line each: made where everything in them is escaped as the service has it.
///
/// # Errors
/// As [`say`].
pub(super) fn command(stream: Stream, commands: &[String]) -> Result<()> {
    let text: String = commands.iter().map(|command| command.clone() + "\n").collect();
    write(stream, text.as_bytes())
}

/// A whole document on standard output.
///
/// # Errors
/// As [`say`].
pub(super) fn document(bytes: &[u8]) -> Result<()> {
    write(Stream::Out, bytes)
}

/// A report for standard output, behind which a terminal or a log may stand: only line ends and tabs are left of what acts there. It is
/// escaped as its form has it; a form that cannot escape everything (`OpenMetrics`), and a template of somebody's own, need this.
pub(super) fn shown_report(text: &str) -> String {
    let shown = |line: &str| {
        let (line, end) = line.strip_suffix('\r').map_or((line, ""), |line| (line, "\r"));
        let parts: Vec<String> = line.split('\t').map(visible).collect();
        parts.join("\t").replace(OLD_COMMAND, "# #[") + end
    };
    text.split('\n').map(shown).collect::<Vec<String>>().join("\n")
}

/// Standard output for samples that are exported.
pub(super) fn samples() -> Box<dyn Write + Send> {
    Box::new(io::stdout())
}

fn write(stream: Stream, bytes: &[u8]) -> Result<()> {
    let written = match stream {
        Stream::Out => {
            let mut out = io::stdout().lock();
            out.write_all(bytes).and_then(|()| out.flush())
        }
        Stream::Err => io::stderr().lock().write_all(bytes),
    };
    match (written, stream) {
        (Err(error), Stream::Out) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        (written, Stream::Out) => written.context("standard output: cannot be written"),
        (written, Stream::Err) => written.context("standard error: cannot be written"),
    }
}

/// Lines on standard error. Nothing is left to be done if even they cannot be written.
pub(super) fn complain(lines: impl IntoIterator<Item = String>) {
    let lines: Vec<Line> = lines.into_iter().map(Line::new).collect();
    let _ = say(Stream::Err, &lines, false);
}

/// What ended the program.
pub(super) fn complain_of(error: &anyhow::Error) {
    complain(lines_of(error));
}

/// An error with what led to it, as lines: only errors that are made of lines have several.
pub(super) fn lines_of(error: &anyhow::Error) -> Vec<String> {
    let mut lines = vec!["error".to_owned()];
    for cause in error.chain() {
        let text = cause.to_string();
        let mut parts: Vec<String> = match cause.downcast_ref::<Lines>() {
            Some(several) => several.0.clone(),
            // These show a place in a file that the user wrote.
            None if cause.is::<RenderError>() => text.lines().map(str::to_owned).collect(),
            None => vec![text],
        };
        if let Some(last) = lines.last_mut().filter(|_| !parts.is_empty()) {
            last.push_str(": ");
            last.push_str(&parts.remove(0));
        }
        lines.append(&mut parts);
    }
    lines
}

/// The columns of a line: as many as the terminal has, at most [`WIDTH`]. Where standard output is none, `COLUMNS` may say so.
pub(super) fn columns() -> usize {
    let stated = || std::env::var("COLUMNS").ok()?.parse().ok();
    let of_terminal = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    of_terminal
        .or_else(stated)
        .filter(|columns| *columns > 0)
        .map_or(WIDTH, |columns| columns.clamp(FEWEST_COLUMNS, WIDTH))
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn nothing_in_a_text_acts_on_a_terminal_or_a_runner() {
        for (text, shown) in [
            ("a\u{1b}[31mb\u{1b}]0;title\u{7}", "a␛[31mb␛]0;title␇"),
            ("a\n::error::b", "a␊::error::b"),
            ("::stop-commands::x", "\\::stop-commands::x"),
            ("  ::error::x", "  \\::error::x"),
            ("see ##[add-mask]x", "see # #[add-mask]x"),
            ("c\u{9b}31m d\u{202e}e", "c\\u{9b}31m d\\u{202e}e"),
            ("größer 日本 C:\\temp x::y", "größer 日本 C:\\temp x::y"),
        ] {
            assert_eq!(Line::new(text).shown(true), shown, "{text:?}");
        }
        let line = Line::new("::").toned("bad\u{1b}", Tone::Bad).text("\u{1b}[0m");
        assert_eq!(line.shown(true), "\\::\u{1b}[1;31mbad␛\u{1b}[0m␛[0m");
        assert_eq!(line.shown(false), "\\::bad␛␛[0m");
    }

    #[test]
    fn of_a_report_nothing_is_left_that_acts_but_line_ends_and_tabs() {
        for (text, shown) in [
            ("a\tb\r\nc\n", "a\tb\r\nc\n"),
            ("a\u{1b}[2J\rb\n", "a␛[2J␍b\n"),
            ("x{l=\"\u{202e}##[add-mask]\"} 1\n# EOF\n", "x{l=\"\\u{202e}# #[add-mask]\"} 1\n# EOF\n"),
            ("größer 日本\u{a0}ms", "größer 日本\u{a0}ms"),
        ] {
            assert_eq!(shown_report(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_line_end_in_a_name_does_not_end_the_line_of_an_error() {
        let error = anyhow!("x\n::error::y: no such column").context("file\n.csv");
        assert_eq!(lines_of(&error), ["error: file\n.csv: x\n::error::y: no such column"]);
        let several = anyhow::Error::from(Lines(vec!["one\nname".to_owned(), "two".to_owned()])).context("c");
        assert_eq!(lines_of(&several), ["error: c: one\nname", "two"]);
    }
}
