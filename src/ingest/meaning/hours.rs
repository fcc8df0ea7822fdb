//! Hours and minutes, where a header says that its cells are written so: `Time (HH:MM)`.
//!
//! In: the name of a column and its cells, of which two numbers were read as minutes and seconds. Out: the same cells in seconds of hours and
//! minutes.

use crate::table::packed::{Cells, Kind};

/// Cells under a header of hours and minutes; absent where it says nothing of the kind, or where its cells have seconds of their own.
pub(crate) fn of_minutes(name: &str, cells: &Cells) -> Option<Cells> {
    const MINUTE: f64 = 60.0;
    if !says_hours_and_minutes(name) {
        return None;
    }
    // `00:54:00` under such a header was read with its hours: nothing is left below the minute, which minutes and seconds always have.
    let parts = cells.all(|seconds| seconds.fract() == 0.0) && !cells.all(|seconds| seconds % MINUTE == 0.0);
    if !parts {
        return None;
    }
    let mut hours = cells.to_builder(Kind::Numbers);
    for number in cells.iter() {
        match number {
            Some(number) => hours.push_number(number * MINUTE, true),
            None => hours.push_absent(),
        }
    }
    Some(hours.finish())
}

/// Whether a name writes out `HH:MM`, and no seconds behind it.
fn says_hours_and_minutes(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let stands = |form: &str| {
        lower.match_indices(form).any(|(at, _)| {
            let before = lower[..at].chars().next_back();
            let behind = lower[at + form.len()..].chars().next();
            before.is_none_or(|letter| !letter.is_alphanumeric() && !matches!(letter, ':' | ']'))
                && behind.is_none_or(|letter| !letter.is_alphanumeric() && letter != ':')
        })
    };
    stands("hh:mm") || stands("h:mm") || stands("h:m")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_hours_and_minutes_stands_alone() {
        for name in ["Time (HH:MM)", "hh:mm", "duration [h:mm]", "Elapsed HH:MM"] {
            assert!(says_hours_and_minutes(name), "{name}");
        }
        for name in ["Time (HH:MM:SS)", "mm:ss", "Time", "[DD:]HH:MM", "graph:mm"] {
            assert!(!says_hours_and_minutes(name), "{name}");
        }
    }
}
