//! What keeps a change from being called better or unchanged: rows that ended in other ways, one of several runs that is far slower.
//!
//! In: a [`Reason`]. Out: its clause, and the short one of a first line; `None` for any other reason.

use crate::compare::outcome::Reason;
use crate::report::number;

/// As it stands beside the verdict.
pub(super) fn reason(reason: &Reason) -> Option<String> {
    match reason {
        Reason::OtherEndings { ended, before, after } => {
            let [before, after] = [*before, *after].map(number::share);
            Some(format!(
                "{after} of what did not fail ended with `{ended}` ({before} before): look whether the same was measured"
            ))
        }
        Reason::OneRun { source, ratio } => Some(format!(
            "`{source}`, one of several runs, is {} times as slow as the slowest one of the baseline",
            number::plain((ratio * 10.0).round() / 10.0)
        )),
        _ => None,
    }
}

/// As it stands in a first line.
pub(super) fn short(reason: &Reason) -> Option<String> {
    match reason {
        Reason::OtherEndings { ended, before, after } => {
            let [before, after] = [*before, *after].map(number::share);
            Some(format!("{after} ended with `{ended}` ({before} before)"))
        }
        Reason::OneRun { .. } => self::reason(reason),
        _ => None,
    }
}
