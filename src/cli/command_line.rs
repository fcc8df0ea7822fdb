//! The words of the process as a command: a path in the place of a command is summarised.
//!
//! In: the words as they were typed. Out: [`Cli`], a help that was asked for, or why neither. Names of commands win over files of
//! the same name; `./check` is the file.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use clap::{Command as Syntax, CommandFactory, Parser};

use super::args::Cli;
use crate::measure::did_you_mean;

/// What a path means without a command.
const IMPLIED: &str = "summarize";
/// Commands that the screen of frequent ones names in a line.
const LESS_FREQUENT: [&str; 9] =
    ["digest", "plan", "merge", "refine", "formats", "schema", "template", "completions", "man"];
/// Options of files that the screen of the program does without.
const OF_ITS_OWN_SCREEN: [&str; 4] = ["comment", "config", "format", "group_by"];

const SCREEN: &str = "\
{about}

{usage-heading} {usage}

Options:
{options}

Commands:
{subcommands}{after-help}";

const SCREEN_END: &str = "\
Also: digest, plan, merge, refine, formats, schema, template, completions, man; `help COMMAND` says more.

Examples:
  perfreport results/ -o report.html                search a folder, write a page
  perfreport check results/*.csv                    is the data sound? exit 1 if not
  perfreport run.csv --save-baseline perf-baseline.json
  perfreport run.csv --baseline perf-baseline.json --fail-on regression
  perfreport compare before.csv after.csv           what changed?

All options of a path: summarize --help-all. Exit codes: 0 done, 1 a check failed, 2 an error.";

/// Why the words are no command.
pub(super) enum NoCommand {
    /// They are no command as it should be, or ask for a help.
    Syntax(clap::Error),
    /// The screen of frequent options was asked for, or nothing.
    Screen {
        /// Whether it was asked for.
        asked: bool,
    },
    /// The first word is neither a command nor a path.
    Unknown(String),
}

/// The command that the words are.
pub(super) fn parse(words: Vec<OsString>) -> Result<Cli, NoCommand> {
    let syntax = syntax();
    let meant = match meaning(&words, &syntax) {
        Meaning::Command => words,
        Meaning::Paths => with_implied(words),
        Meaning::Screen { asked } => return Err(NoCommand::Screen { asked }),
        Meaning::Unknown(word) => {
            let known = syntax.get_subcommands().map(Syntax::get_name);
            let meant = did_you_mean(&word, known);
            return Err(NoCommand::Unknown(format!("{word}: there is no such file and no such command{meant}")));
        }
    };
    Cli::try_parse_from(meant).map_err(NoCommand::Syntax)
}

/// The program's own syntax.
pub(super) fn syntax() -> Syntax {
    Cli::command()
}

/// The program with the options that a path without a command takes, for its first screen and for completions.
pub(super) fn with_options_of_paths(syntax: Syntax) -> Syntax {
    let of_paths = syntax.find_subcommand(IMPLIED).map(|implied| implied.get_arguments().cloned().collect());
    let of_paths: Vec<clap::Arg> = of_paths.unwrap_or_default();
    of_paths.into_iter().fold(syntax, |whole, argument| whole.arg(argument.help_heading(None).required(false)))
}

/// The screen of the program: frequent options first.
pub(super) fn screen() -> Syntax {
    let hidden = |syntax: Syntax, name: &str| syntax.mut_subcommand(name, |command| command.hide(true));
    let whole = LESS_FREQUENT.into_iter().fold(with_options_of_paths(syntax()), hidden);
    OF_ITS_OWN_SCREEN
        .into_iter()
        .fold(whole, |whole, name| whole.mut_arg(name, |argument| argument.hide_short_help(true)))
        .disable_help_subcommand(true)
        .override_usage("perfreport [OPTIONS] PATH...\n       perfreport COMMAND ...")
        .help_template(SCREEN)
        .after_help(SCREEN_END)
}

/// What words mean.
enum Meaning {
    /// A command with its arguments.
    Command,
    /// Paths, with options between them.
    Paths,
    /// The first screen.
    Screen { asked: bool },
    /// The first word is neither.
    Unknown(String),
}

fn meaning(words: &[OsString], syntax: &Syntax) -> Meaning {
    let options = words.iter().skip(1).map(|word| word.to_string_lossy());
    let Some(first) = FirstWord::of(words, syntax) else {
        let options: Vec<_> = options.collect();
        let asked = |names: &[&str]| options.iter().any(|option| names.contains(&option.as_ref()));
        return match () {
            () if options.is_empty() => Meaning::Screen { asked: false },
            () if asked(&["--help-all", "-V", "--version"]) => Meaning::Command,
            () if asked(&["-h", "--help"]) => Meaning::Screen { asked: true },
            () => Meaning::Paths,
        };
    };
    let word = words[first.at].to_string_lossy().into_owned();
    let is_command = |word: &str| word == "help" || syntax.find_subcommand(word).is_some();
    match () {
        () if first.only_a_path => Meaning::Paths,
        () if is_command(&word) => Meaning::Command,
        () if looks_like_a_path(&words[first.at]) => Meaning::Paths,
        () => Meaning::Unknown(word),
    }
}

/// The first word that is no option and no value of one.
struct FirstWord {
    at: usize,
    /// Whether it stands behind `--`.
    only_a_path: bool,
}

impl FirstWord {
    fn of(words: &[OsString], syntax: &Syntax) -> Option<Self> {
        let known = || {
            let of_paths = syntax.find_subcommand(IMPLIED).into_iter().flat_map(Syntax::get_arguments);
            syntax.get_arguments().chain(of_paths)
        };
        let long =
            |name: &str| known().any(|option| option.get_long() == Some(name) && option.get_action().takes_values());
        let short = |letter: char| {
            known().any(|option| option.get_short() == Some(letter) && option.get_action().takes_values())
        };
        let mut at = 1;
        while at < words.len() {
            let word = words[at].to_string_lossy();
            if word == "--" {
                return (at + 1 < words.len()).then_some(Self { at: at + 1, only_a_path: true });
            }
            let value_follows = match (word.strip_prefix("--"), word.strip_prefix('-')) {
                (Some(name), _) => long(name),
                // The rest of the word is the value of the first letter that takes one.
                (None, Some(letters)) if !letters.is_empty() => letters
                    .char_indices()
                    .find(|(_, letter)| short(*letter))
                    .is_some_and(|(position, letter)| position + letter.len_utf8() == letters.len()),
                _ => return Some(Self { at, only_a_path: false }),
            };
            at += 1 + usize::from(value_follows);
        }
        None
    }
}

/// Whether it is there, or is written as paths are.
fn looks_like_a_path(word: &OsString) -> bool {
    let text = word.to_string_lossy();
    text.contains(['/', '\\', '.', '*', '?', '[']) || text == "-" || fs::symlink_metadata(Path::new(word)).is_ok()
}

fn with_implied(mut words: Vec<OsString>) -> Vec<OsString> {
    words.insert(1, IMPLIED.into());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(words: &str) -> &'static str {
        let words: Vec<OsString> =
            std::iter::once("perfreport").chain(words.split_whitespace()).map(OsString::from).collect();
        match meaning(&words, &syntax()) {
            Meaning::Command => "command",
            Meaning::Paths => "paths",
            Meaning::Screen { .. } => "screen",
            Meaning::Unknown(_) => "unknown",
        }
    }

    #[test]
    fn a_path_needs_no_command_and_commands_win() {
        for (words, expected) in [
            ("run.csv", "paths"),
            ("results/", "paths"),
            ("-", "paths"),
            ("-o out.html run.csv", "paths"),
            ("-qo out.html run.csv", "paths"),
            ("--unit latency=ms -oout.html run.csv", "paths"),
            ("--output=out.html run.csv", "paths"),
            ("--threads 4 run.csv", "paths"),
            ("-- check", "paths"),
            ("-o out.html", "paths"),
            ("src", "paths"),
            ("check", "command"),
            ("summarize run.csv", "command"),
            ("--threads 4 summarize run.csv", "command"),
            ("help summarize", "command"),
            ("--version", "command"),
            ("--help-all", "command"),
            ("", "screen"),
            ("--help", "screen"),
            ("-h", "screen"),
            ("sumarize", "unknown"),
            ("-q nothing", "unknown"),
        ] {
            assert_eq!(meant(words), expected, "{words}");
        }
    }

    #[test]
    fn the_syntax_has_no_slips() {
        syntax().debug_assert();
        screen().debug_assert();
    }
}
