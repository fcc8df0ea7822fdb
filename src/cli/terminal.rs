//! Lines as a terminal shows them.

use std::io::{Write, stderr};

use crate::report::view::{Subject, Tone, WIDTH};

use super::args::Colour;

/// Fewer columns than this hold no table.
const FEWEST_COLUMNS: usize = 40;

/// The columns of a line: as many as the terminal has, at most [`WIDTH`]. Where standard output is none, `COLUMNS` may say so.
pub(super) fn columns() -> usize {
    let stated = || std::env::var("COLUMNS").ok()?.parse().ok();
    let of_terminal = terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    of_terminal
        .or_else(stated)
        .filter(|columns| *columns > 0)
        .map_or(WIDTH, |columns| columns.clamp(FEWEST_COLUMNS, WIDTH))
}

pub(super) fn use_colour(colour: Colour, terminal: bool) -> bool {
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        // https://no-color.org: any value but the empty one turns colour off.
        Colour::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}

pub(super) fn paint(word: &str, tone: Tone, colour: bool) -> String {
    let code = match tone {
        Tone::Bad => "1;31",
        Tone::Doubtful => "1;33",
        Tone::Good => "1;32",
        Tone::Neutral => "1",
    };
    if colour && !word.is_empty() { format!("\x1b[{code}m{word}\x1b[0m") } else { word.to_owned() }
}

pub(super) fn painted(subject: Subject, colour: bool) -> String {
    paint(subject.word(), subject.tone(), colour)
}

pub(super) fn as_lines(lines: &[String]) -> String {
    lines.join("\n") + "\n"
}

/// A line on standard error. Nothing is left to be done if even this cannot be written.
pub(super) fn complain(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}
