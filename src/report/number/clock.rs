//! Moments of a run as text.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::measure::unit::Dimension;

use super::quantity;

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// Distances between moments at an axis, in seconds.
const STEPS: [f64; 25] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0,
    900.0, 1800.0, 3600.0, 7200.0, 21_600.0, 43_200.0,
];

/// How the moments of a run are written: with the time of day where the clock tells it, else as the time since its beginning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ClockText {
    start: Option<f64>,
    date: bool,
    milliseconds: bool,
}

impl ClockText {
    /// Of a run that begins at `start`, in seconds since 1970, and has that length. `step` is the time that tells two moments apart.
    pub(crate) fn of(start: Option<f64>, length: f64, step: f64) -> Self {
        Self { start, date: length >= DAY, milliseconds: step < 1.0 }
    }

    /// A moment, in seconds from the beginning of the run: `12:03:15`, or `+75 s`.
    pub(crate) fn at(&self, offset: f64) -> String {
        let Some(start) = self.start else { return format!("+{}", quantity(Dimension::Time, offset)) };
        self.formatted(start + offset, self.date)
    }

    /// The same with its date, where the clock tells it.
    pub(crate) fn dated(&self, offset: f64) -> String {
        self.start.map_or_else(|| self.at(offset), |start| self.formatted(start + offset, true))
    }

    /// Two moments: `12:03:15 to 12:04:00`.
    pub(crate) fn between(&self, from: f64, to: f64) -> String {
        format!("{} to {}", self.at(from), self.at(to))
    }

    /// What is to be said of the clock behind a moment: ` UTC`.
    pub(crate) fn zone(&self) -> &'static str {
        if self.start.is_some() { " UTC" } else { "" }
    }

    pub(crate) fn axis(&self) -> &'static str {
        if self.start.is_some() { "time of day, UTC" } else { "time since the beginning of the run" }
    }

    /// Round moments of a run of some length, at most so many, each as its offset and its text.
    pub(crate) fn ticks(&self, length: f64, most: usize) -> Vec<(f64, String)> {
        let step = STEPS.into_iter().find(|step| length / step <= most as f64);
        let step = step.unwrap_or_else(|| (length / most as f64 / DAY).ceil() * DAY);
        let start = self.start.unwrap_or(0.0);
        let first = (start / step).ceil() as i64;
        let at = (first..).map(|index| index as f64 * step).take_while(|at| *at <= start + length);
        at.map(|at| (at - start, self.tick(at, step))).collect()
    }

    /// A round moment, as short as its distance from the next one allows.
    fn tick(&self, at: f64, step: f64) -> String {
        if self.start.is_none() {
            return quantity(Dimension::Time, at);
        }
        let text = Self { milliseconds: step < 1.0, ..*self }.formatted(at, step >= DAY);
        if step >= DAY {
            return text.split(' ').next().unwrap_or(&text).to_owned();
        }
        if step >= 60.0 { text.strip_suffix(":00").unwrap_or(&text).to_owned() } else { text }
    }

    fn formatted(&self, at: f64, date: bool) -> String {
        let scale = if self.milliseconds { 1e3 } else { 1.0 };
        let whole = (at * scale).round() / scale;
        let found = Timestamp::from_nanosecond((whole * 1e3).round() as i128 * 1_000_000);
        let Ok(found) = found else { return super::ABSENT.to_owned() };
        let civil = found.to_zoned(TimeZone::UTC).datetime();
        let (day, time) = (civil.date(), civil.time());
        let mut text = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
        if self.milliseconds {
            text = format!("{text}.{:03}", time.subsec_nanosecond() / 1_000_000);
        }
        if date { format!("{day} {text}") } else { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_its_time_of_day_or_the_time_since_the_beginning() {
        let moments = ClockText::of(Some(1_710_504_000.25), 60.0, 1.0);
        assert_eq!((moments.at(75.0), moments.dated(0.0)), ("12:01:15".to_owned(), "2024-03-15 12:00:00".to_owned()));
        let fine = ClockText::of(Some(1_710_504_000.25), 6.0, 0.1);
        assert_eq!(fine.at(1.5), "12:00:01.750");
        let days = ClockText::of(Some(1_710_504_000.0), 200_000.0, 3600.0);
        assert_eq!(days.at(86_400.0), "2024-03-16 12:00:00");
        let ticks: Vec<String> = moments.ticks(200.0, 5).into_iter().map(|(_, text)| text).collect();
        assert_eq!(ticks, ["12:01", "12:02", "12:03"]);
        assert_eq!(ClockText::of(None, 60.0, 1.0).at(75.0), "+75\u{a0}s");
    }
}
