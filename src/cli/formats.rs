//! `perfreport formats`: what is read, as blocks of text for a terminal or as a table for `docs/formats.md`.

use crate::ingest::{Failures, Format, Holds, formats};
use crate::report::text_table::wrapped;

/// Columns of a terminal.
const WIDTH: usize = 100;
/// Columns before the text of a field.
const INDENT: usize = 12;

/// What holds for all of them.
const FOOT: &str = "A file is recognised by what is in it, not by its name; --format NAME forces a format.\n\
                    Files with .gz and .zst are read as they are.\n";

/// A block of lines for each format.
pub(super) fn text() -> String {
    let blocks: Vec<String> = formats().map(block).collect();
    format!("{}\n{FOOT}", blocks.join("\n"))
}

fn block(format: &Format) -> String {
    let fields = [
        ("what", format.about.to_owned()),
        ("holds", holds(format.holds).to_owned()),
        ("latency", format.latency.to_owned()),
        ("failures", failures(format.failures)),
        ("example", format.example.to_owned()),
        ("definition", format.upstream.to_owned()),
    ];
    let mut block = format!("{}\n", format.name);
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        for (index, line) in wrapped(value, WIDTH - INDENT - 2).iter().enumerate() {
            let name = if index == 0 { *name } else { "" };
            let line = format!("  {name:<INDENT$}{line}\n");
            block.push_str(&line);
        }
    }
    block
}

fn holds(holds: Holds) -> &'static str {
    match holds {
        Holds::Samples => "samples",
        Holds::Summaries => "summaries only: shown as the tool reports them, without intervals",
        Holds::Histograms => "histograms: known to the width of a bucket",
    }
}

fn failures(failures: Failures) -> String {
    match failures {
        Failures::Recorded(how) => format!("recorded: {how}"),
        Failures::NotRecorded => "not recorded: the tool cannot write them".to_owned(),
        Failures::ByColumn => "whatever its columns say".to_owned(),
    }
}

/// The table of `docs/formats.md`.
pub(super) fn markdown() -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let code = |text: &str| if text.is_empty() { String::new() } else { format!("`{}`", cell(text)) };
    let rows = formats().map(|format| {
        format!(
            "| `{}` | {} | {} | {} | {} | {} | {} |\n",
            format.name,
            cell(format.about),
            cell(format.latency),
            cell(&failures(format.failures)),
            cell(holds(format.holds)),
            code(format.example),
            cell(format.upstream),
        )
    });
    let head = "| `--format` | what is read | what a duration means | failures | holds | a command that writes it | definition |\n\
                |---|---|---|---|---|---|---|\n";
    head.to_owned() + &rows.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_fits_a_terminal() {
        let text = text();
        for line in text.lines() {
            assert!(line.chars().count() <= WIDTH || !line.trim().contains(' '), "{line}");
        }
        assert!(
            formats().all(|format| text.contains(&format!("\n{}\n", format.name)) || text.starts_with(format.name))
        );
    }
}
