//! What a shell and `man` are told about the program: completions and manual pages, made of the syntax itself.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man as Page;

use super::args::Man;
use super::command_line::{syntax, with_options_of_paths};
use super::outputs::{Target, write_all};
use super::terminal::{Line, Stream, document, say};
use crate::measure::did_you_mean;

/// Prints the completions of a shell. A path without a command is completed with its options, too.
pub(super) fn completions(shell: Shell) -> Result<ExitCode> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut with_options_of_paths(syntax()), "perfreport", &mut text);
    document(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints a manual page, or writes all of them.
pub(super) fn man(arguments: &Man) -> Result<ExitCode> {
    let mut whole = syntax();
    whole.build();
    let Some(folder) = &arguments.out else {
        document(&page(find(&whole, &arguments.command)?)?)?;
        return Ok(ExitCode::SUCCESS);
    };
    if !folder.is_dir() {
        fs::create_dir(folder).with_context(|| format!("--out {}: cannot be made", folder.display()))?;
    }
    let mut pages = Vec::new();
    add_pages(&whole, folder, &mut pages)?;
    write_all(&pages)?;
    say(Stream::Out, &[Line::new(format!("wrote {} pages into {}", pages.len(), folder.display()))], false)?;
    Ok(ExitCode::SUCCESS)
}

/// The command that words name.
fn find<'a>(whole: &'a Command, words: &[String]) -> Result<&'a Command> {
    let mut found = whole;
    for word in words {
        let known = || found.get_subcommands().map(Command::get_name);
        let Some(next) = found.find_subcommand(word) else {
            bail!("{word}: there is no such command{}", did_you_mean(word, known()));
        };
        found = next;
    }
    Ok(found)
}

/// The pages of a command and of those below it; pages of `help` would say nothing.
fn add_pages(command: &Command, folder: &Path, pages: &mut Vec<(Target, Vec<u8>)>) -> Result<()> {
    pages.push((Target::File(folder.join(Page::new(command.clone()).get_filename())), page(command)?));
    let below = command.get_subcommands().filter(|below| below.get_name() != "help");
    below.into_iter().try_for_each(|below| add_pages(below, folder, pages))
}

fn page(command: &Command) -> Result<Vec<u8>> {
    // A page shows everything, what the first screen leaves out too.
    let whole = command.clone().mut_args(|argument| argument.hide_short_help(false));
    let version = concat!("perfreport ", env!("CARGO_PKG_VERSION"));
    let mut text = Vec::new();
    Page::new(whole).source(version).render(&mut text).context("the manual page cannot be written")?;
    Ok(text)
}
