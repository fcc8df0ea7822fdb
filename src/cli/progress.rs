//! What a person sees of a long read: a bar with the time that the rest of it will take, on a terminal and nowhere else.
//!
//! The estimate is of the reading alone, at the pace of the last seconds. What comes behind it takes a time that nobody knows before, so
//! that none is given: then the bar says what is done and for how long already.

use std::fmt::Write;
use std::io::Read;
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};

use super::inputs::NamedSource;
use super::terminal::Stream;

/// Less than this is read before a bar could be drawn.
const WORTH_A_BAR: u64 = 64 << 20;
/// How often the time is drawn anew while nothing is read.
const TICK: Duration = Duration::from_millis(250);

const READING: &str = "reading {wide_bar} {bytes} of {total_bytes}{rest}";
const ANALYSING: &str = "read {total_bytes}, analysing for {elapsed}";

/// The time left, once enough is read to say one: of the first bytes it would be hours.
fn rest(state: &ProgressState, text: &mut dyn Write) {
    const ENOUGH: u64 = 50;
    if state.len().is_some_and(|total| state.pos() >= total / ENOUGH) {
        // A bar that cannot be drawn is no reason to end.
        let _ = write!(text, ", about {:#} left to read", HumanDuration(state.eta()));
    }
}

/// The bar of one reading.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar, where it is worth one and somebody looks.
    pub(super) fn of(sources: &[NamedSource]) -> Option<Self> {
        let total: u64 = sources.iter().map(|source| source.bytes).sum();
        if total < WORTH_A_BAR || !Stream::Err.is_terminal() || std::env::var_os("CI").is_some() {
            return None;
        }
        let style = ProgressStyle::with_template(READING).ok()?.with_key("rest", rest);
        Some(Self { bar: ProgressBar::new(total).with_style(style) })
    }

    /// A reader that moves the bar.
    pub(super) fn wrap<R: Read>(&self, stored: R) -> impl Read + use<R> {
        self.bar.wrap_read(stored)
    }

    /// A source was read. Where it was the last one there is nothing left to estimate.
    pub(super) fn has_read(&self) {
        let all = self.bar.length().is_some_and(|total| self.bar.position() >= total);
        if let Some(style) = ProgressStyle::with_template(ANALYSING).ok().filter(|_| all) {
            self.bar.reset_elapsed();
            self.bar.set_style(style);
            self.bar.enable_steady_tick(TICK);
        }
    }

    /// Takes the bar away.
    pub(super) fn end(self) {
        self.bar.finish_and_clear();
    }
}
