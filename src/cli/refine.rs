//! `refine ask`: what the shards of a run have to be asked, so that the numbers of wide columns are exact.

use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};

use crate::digest::next_ask;
use crate::report::number::counted;
use crate::stats::settings::Settings;

use super::args;
use super::digest_file::load;
use super::options;
use super::outputs::{Target, write_all};
use super::places::{Places, Use};
use super::terminal::{Line, Stream, say};

/// Writes the next ask.
pub(super) fn ask(arguments: &args::Ask) -> Result<ExitCode> {
    let config_path = options::config_named(arguments.config.as_deref());
    let config = options::config_in(config_path)?;
    let (quantile_method, confidence) =
        options::percentiles(arguments.quantile_method.as_ref(), arguments.confidence, &config)?;
    let mut places = Places::default();
    places.add(Use::Output, &arguments.file)?;
    places.add(Use::Input, &arguments.path)?;
    config_path.map_or(Ok(()), |path| places.add(Use::Config, path))?;
    let digest = load(&arguments.path)?;
    let settings = Settings { quantile_method, confidence, ..Settings::default() };
    let shown = arguments.path.display();
    let ask = next_ask(&digest, &settings).map_err(|reason| anyhow!("{shown}: {reason}"))?;
    let mut bytes = serde_json::to_vec(&ask).context("the ask cannot be written as JSON")?;
    bytes.push(b'\n');
    let target = Target::new(&arguments.file);
    let is_file = target != Target::Stdout;
    write_all(&[(target, bytes)])?;
    if is_file {
        let file = arguments.file.display();
        let line = match ask.open {
            0 => format!("wrote {file}: nothing is left to ask, every order statistic that a report shows is exact"),
            open => format!(
                "wrote {file}: round {} for {}, {} to answer",
                ask.round,
                counted(ask.shards, "shard"),
                counted(open, "question")
            ),
        };
        say(Stream::Out, &[Line::new(line)], false)?;
    }
    Ok(ExitCode::SUCCESS)
}
