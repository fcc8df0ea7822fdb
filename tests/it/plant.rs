//! Files of measurements as programs write them, and corruption planted into them at known lines.
//!
//! Seeded: the same seed gives the same bytes. Nothing here knows how the program looks for corruption.

use std::collections::BTreeMap;

use perfreport::stats::rng::Rng;
use statrs::distribution::{ContinuousCDF, Normal};

/// Milliseconds since 1970 at which every recording begins.
const BEGIN: i64 = 1_773_576_000_000;
/// The typical latency, seconds.
const TYPICAL: f64 = 0.05;

/// How latencies are distributed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Law {
    /// Lognormal with this sigma.
    Lognormal(f64),
    /// Pareto with this index.
    Pareto(f64),
    /// Lognormal with sigma 0.4, and a share that gives up at a deadline (seconds), under a label of its own or not.
    Timeouts { share: f64, deadline: f64, labelled: bool },
    /// Lognormal with sigma 0.4, and a share that takes so many times as long, under a label of its own or not.
    SlowPath { share: f64, times: f64, labelled: bool },
    /// Hardly any spread, and a first sample so many times as long.
    ColdStart(f64),
    /// Lognormal with sigma 0.5, and a share of zeros (answers from a cache, finer than the clock).
    Zeros(f64),
}

impl Law {
    /// Whether the body spans so little that a value from a thousandfold away stands out.
    pub(crate) fn is_narrow(self) -> bool {
        matches!(self, Self::Lognormal(sigma) if sigma <= 0.5)
    }

    /// The laws of the bodies into which corruption is planted.
    pub(crate) fn any(rng: &mut Rng) -> Self {
        let deadline = if rng.below(2) == 0 { 10.0 } else { 30.0 };
        let timeouts = Self::Timeouts { share: 0.01 + 0.04 * rng.uniform(), deadline, labelled: rng.below(2) == 0 };
        let laws = [
            Self::Lognormal(0.3),
            Self::Lognormal(0.5),
            Self::Lognormal(1.0),
            Self::Lognormal(1.5),
            Self::Pareto(1.5),
            Self::Pareto(2.5),
            timeouts,
        ];
        // Half of all files are well-behaved services.
        if rng.below(2) == 0 { laws[rng.below(2)] } else { laws[2 + rng.below(5)] }
    }
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// `event,latency`: seconds with all digits of a floating-point clock.
    Seconds,
    /// `timestamp,label,elapsed`: whole milliseconds.
    Millis,
    /// JSON lines: `ts`, `operation`, `duration_ms`.
    Json,
}

impl Style {
    pub(crate) const ALL: [Self; 3] = [Self::Seconds, Self::Millis, Self::Json];
    /// Those with a header and columns.
    pub(crate) const TABLES: [Self; 2] = [Self::Seconds, Self::Millis];
    /// Those with a clock.
    pub(crate) const TIMED: [Self; 2] = [Self::Millis, Self::Json];

    fn header(self) -> Option<&'static str> {
        match self {
            Self::Seconds => Some("event,latency"),
            Self::Millis => Some("timestamp,label,elapsed"),
            Self::Json => None,
        }
    }

    /// A duration as the file writes it.
    fn cell(self, seconds: f64) -> String {
        match self {
            Self::Seconds => format!("{seconds}"),
            Self::Millis => format!("{:.0}", (seconds * 1e3).max(0.0)),
            Self::Json => format!("{:.3}", seconds * 1e3),
        }
    }

    /// The factor from seconds to what the file writes.
    fn scale(self) -> f64 {
        if self == Self::Seconds { 1.0 } else { 1e3 }
    }
}

/// A sample before it is written.
#[derive(Debug, Clone)]
struct Sample {
    at: i64,
    label: String,
    seconds: f64,
    /// What is written instead of the duration.
    cell: Option<String>,
}

#[derive(Debug, Clone)]
enum Content {
    Sample(Sample),
    Other(String),
}

/// What the file's author did to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// It is as it was measured.
    Clean,
    /// It belongs to the planted thing of this number.
    Thing(usize),
    /// It was planted too, but is no thing to be found by itself.
    Companion,
}

#[derive(Debug, Clone)]
struct Line {
    content: Content,
    mark: Mark,
}

/// A file and what was planted into it.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) style: Style,
    pub(crate) law: Law,
    lines: Vec<Line>,
    things: usize,
    /// The share of the last line that is left, without its break, where the file was cut off.
    cut: Option<f64>,
}

/// Kinds of corruption.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    ForeignRowsWithHeader,
    ForeignRowsWithoutHeader,
    NotANumber,
    Negative,
    Sentinel,
    /// An own value in another unit: the factor, and whether it is written as a whole number.
    UnitSlip(f64, bool),
    /// The row stands twice, the second time with its value in another unit.
    RecordedTwice(f64),
    RaggedRow,
    CutOff,
    CopiedBlock,
    StuckValue,
    ClockBackwards,
    RepeatedHeader,
    AppendedAfterTable,
    AppendedAfterPause,
}

impl Kind {
    /// The files that can have it.
    pub(crate) fn styles(self) -> &'static [Style] {
        match self {
            Self::ForeignRowsWithHeader
            | Self::ForeignRowsWithoutHeader
            | Self::RaggedRow
            | Self::RepeatedHeader
            | Self::AppendedAfterTable => &Style::TABLES,
            Self::ClockBackwards | Self::AppendedAfterPause => &Style::TIMED,
            // Whole milliseconds have no other shape than whole numbers.
            Self::UnitSlip(_, false) => &[Style::Seconds, Style::Json],
            _ => &Style::ALL,
        }
    }
}

/// The labels of a service and how slow each is.
fn labels(rng: &mut Rng) -> Vec<(&'static str, f64)> {
    match rng.below(4) {
        0 => vec![("user_msg_#_#", 1.0)],
        1 => vec![("start_session", 0.4), ("user_msg_#", 1.0), ("end_session", 0.6)],
        2 => vec![("GET /login", 0.5), ("GET /search", 1.0), ("POST /order", 2.5)],
        _ => vec![("query", 1.0)],
    }
}

fn numbered(pattern: &str, row: usize) -> String {
    match pattern.matches('#').count() {
        0 => pattern.to_owned(),
        1 => pattern.replace('#', &row.to_string()),
        _ => pattern.replacen('#', &(row / 10).to_string(), 1).replace('#', &(row % 10).to_string()),
    }
}

impl File {
    /// A clean file. `dependence` is the correlation of each sample with the one before.
    pub(crate) fn clean(rng: &mut Rng, style: Style, law: Law, rows: usize, dependence: f64) -> Self {
        let names = labels(rng);
        let normal = Normal::standard();
        let mut state = rng.normal();
        let mut at = BEGIN;
        let mut lines = Vec::with_capacity(rows);
        for row in 0..rows {
            state = dependence * state + (1.0 - dependence * dependence).sqrt() * rng.normal();
            let (name, slowness) = names[rng.below(names.len())];
            let mut label = numbered(name, row);
            let lognormal = |sigma: f64| TYPICAL * slowness * (sigma * state).exp();
            let seconds = match law {
                Law::Lognormal(sigma) => lognormal(sigma),
                Law::Pareto(alpha) => TYPICAL / 3.0 * slowness * normal.sf(state).powf(-1.0 / alpha),
                Law::Timeouts { share, deadline, labelled } if rng.uniform() < share => {
                    if labelled {
                        "timeout".clone_into(&mut label);
                    }
                    deadline + 0.004 * rng.exponential()
                }
                Law::SlowPath { share, times, labelled } if rng.uniform() < share => {
                    if labelled {
                        "nightly_batch".clone_into(&mut label);
                    }
                    lognormal(0.4) * times
                }
                Law::Timeouts { .. } | Law::SlowPath { .. } => lognormal(0.4),
                Law::ColdStart(times) if row == 0 => TYPICAL * times,
                Law::ColdStart(_) => TYPICAL * (1.0 + 0.002 * state),
                Law::Zeros(share) if rng.uniform() < share => 0.0,
                Law::Zeros(_) => lognormal(0.5),
            };
            at += (40.0 * rng.exponential()) as i64;
            lines.push(Line { content: Content::Sample(Sample { at, label, seconds, cell: None }), mark: Mark::Clean });
        }
        Self { style, law, lines, things: 0, cut: None }
    }

    /// A file of any kind with 100 to 5,000 rows, into which things of one kind are planted.
    pub(crate) fn planted(seed: u64, kind: Kind) -> Self {
        let mut rng = Rng::new(seed);
        let styles = kind.styles();
        let style = styles[rng.below(styles.len())];
        let law = Law::any(&mut rng);
        // Small files are the usual ones, and the difficult ones.
        let rows = (100.0 * 50_f64.powf(rng.uniform().powi(3))) as usize;
        let dependence = [0.0, 0.0, 0.3, 0.7][rng.below(4)];
        let mut file = Self::clean(&mut rng, style, law, rows, dependence);
        file.plant(kind, &mut rng);
        file
    }

    /// Plants one to five things of a kind, each into a part of the file of its own.
    fn plant(&mut self, kind: Kind, rng: &mut Rng) {
        let block = match kind {
            Kind::CopiedBlock => 10 + rng.below(51),
            Kind::StuckValue => 10 + rng.below(31),
            _ => 1,
        };
        let block = block.min(self.lines.len() / 4);
        let places = match kind {
            // Of stuck values the longest stretch of a metric is named.
            Kind::CutOff | Kind::AppendedAfterTable | Kind::AppendedAfterPause | Kind::StuckValue => 1,
            _ => (1 + rng.below(5)).min(self.lines.len() / (4 * block)),
        };
        // From the last part to the first, so that what is inserted moves nothing that is still to come.
        for place in (0..places).rev() {
            let (start, end) = (self.lines.len() * place / places, self.lines.len() * (place + 1) / places);
            // Never the first rows, by which a reader learns what the file is.
            let start = start.max(10);
            let at = start + rng.below(end - start);
            match kind {
                Kind::ForeignRowsWithHeader => self.insert_foreign(at, true, rng),
                Kind::ForeignRowsWithoutHeader => self.insert_foreign(at, false, rng),
                Kind::NotANumber | Kind::Negative | Kind::Sentinel | Kind::UnitSlip(..) => {
                    let cell = self.wrong_cell(kind, at, rng);
                    self.overwrite(at, cell);
                }
                Kind::RecordedTwice(factor) => self.record_again(at, factor),
                Kind::RaggedRow => self.make_ragged(at, rng),
                Kind::CutOff => {
                    let last = self.lines.len() - 1;
                    self.lines[last].mark = self.new_thing();
                    self.cut = Some(rng.uniform());
                }
                Kind::CopiedBlock => self.copy(start, end, block, rng),
                Kind::StuckValue => self.hold(at.min(end - block), block),
                Kind::ClockBackwards => {
                    // Three seconds to an hour.
                    let back = (3e3 * 1200_f64.powf(rng.uniform())) as i64;
                    self.move_clock(at, -back);
                    self.lines[at].mark = self.new_thing();
                }
                Kind::RepeatedHeader => {
                    let text = self.style.header().unwrap_or_default().to_owned();
                    let mark = self.new_thing();
                    self.lines.insert(at, Line { content: Content::Other(text), mark });
                }
                Kind::AppendedAfterTable | Kind::AppendedAfterPause => self.append_run(kind, at, rng),
            }
        }
    }

    /// What is written instead of a duration.
    fn wrong_cell(&self, kind: Kind, at: usize, rng: &mut Rng) -> String {
        const WORDS: &[&str] = &["NaN", "inf", "-Infinity", "corrupt", "x 12", "1.2.3"];
        const JSON_WORDS: &[&str] = &["\"NaN\"", "\"corrupt\"", "\"Infinity\"", "\"x 12\""];
        const SENTINELS: &[&str] = &[
            "-1",
            "2147483647",
            "4294967295",
            "9223372036854775807",
            "18446744073709551615",
            "1e308",
            "1.7976931348623157e308",
            "-2147483648",
        ];
        let seconds = self.sample(at).seconds;
        match (kind, self.style) {
            (Kind::NotANumber, Style::Json) => (*choice(rng, JSON_WORDS)).to_owned(),
            (Kind::NotANumber, _) => (*choice(rng, WORDS)).to_owned(),
            (Kind::Sentinel, _) => (*choice(rng, SENTINELS)).to_owned(),
            // Not -1, which is a sentinel.
            (Kind::Negative, Style::Millis) => format!("{:.0}", (-seconds * 1e3).min(-2.0)),
            (Kind::Negative, style) => style.cell(-seconds.max(0.002)),
            (Kind::UnitSlip(factor, true), style) => format!("{:.0}", (seconds * style.scale() * factor).max(1.0)),
            (Kind::UnitSlip(factor, false), style) => style.cell(seconds * factor),
            _ => unreachable!("{kind:?} changes no cell"),
        }
    }

    fn record_again(&mut self, at: usize, factor: f64) {
        let mut again = self.sample(at).clone();
        let written: f64 = self.style.cell(again.seconds).parse().unwrap();
        // As a program writes it that knows the number to nine digits after the point.
        let text = format!("{:.9}", written * factor);
        again.cell = Some(match self.style {
            Style::Millis => format!("{:.0}", written * factor),
            _ => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        });
        let mark = self.new_thing();
        self.lines.insert(at + 1, Line { content: Content::Sample(again), mark });
    }

    fn make_ragged(&mut self, at: usize, rng: &mut Rng) {
        let whole = self.render(&self.lines[at].content);
        let text = match rng.below(3) {
            0 => format!("{whole},7"),
            1 => whole.rsplit_once(',').map_or(whole.clone(), |(kept, _)| kept.to_owned()),
            // Two rows that were written into one line.
            _ => format!("{whole}{whole}"),
        };
        let mark = self.new_thing();
        self.lines[at] = Line { content: Content::Other(text), mark };
    }

    /// The sensor gives the same value for a while.
    fn hold(&mut self, from: usize, rows: usize) {
        let seconds = self.sample(from).seconds;
        let mark = self.new_thing();
        for line in &mut self.lines[from..from + rows] {
            line.mark = mark;
            if let Content::Sample(sample) = &mut line.content {
                sample.seconds = seconds;
            }
        }
    }

    /// Memory of the process in bytes, as a collector writes it between two runs.
    fn insert_foreign(&mut self, at: usize, header: bool, rng: &mut Rng) {
        let rows = 1 + rng.below(3);
        let mut lines = Vec::new();
        if header {
            let names = ["memory_current,memory_peak", "timestamp,memory_current,memory_peak"];
            let text = names[usize::from(self.style != Style::Seconds)].to_owned();
            lines.push(Line { content: Content::Other(text), mark: Mark::Companion });
        }
        let instant = self.sample(at).at;
        for _ in 0..rows {
            let current = 2_500_000 + rng.below(200_000_000);
            let peak = current + 33_000 + rng.below(3_000_000);
            let text = match self.style {
                Style::Seconds => format!("{current},{peak}"),
                _ => format!("{instant},{current},{peak}"),
            };
            let mark = self.new_thing();
            lines.push(Line { content: Content::Other(text), mark });
        }
        // That the first table goes on below is true, too.
        if let Some(next) = self.lines.get_mut(at).filter(|next| header && next.mark == Mark::Clean) {
            next.mark = Mark::Companion;
        }
        self.lines.splice(at..at, lines);
    }

    fn copy(&mut self, start: usize, end: usize, block: usize, rng: &mut Rng) {
        let from = start + rng.below((end - start).saturating_sub(2 * block).max(1));
        let to = (from + block + rng.below((end - from).saturating_sub(2 * block).max(1))).min(end);
        let mark = self.new_thing();
        let mut lines = self.lines[from..from + block].to_vec();
        for line in &mut lines {
            line.mark = mark;
        }
        self.lines.splice(to..to, lines);
    }

    /// The rows from `at` on are a second run.
    fn append_run(&mut self, kind: Kind, at: usize, rng: &mut Rng) {
        let at = at.clamp(20, self.lines.len() - 20);
        self.lines[at].mark = self.new_thing();
        if kind == Kind::AppendedAfterPause {
            // A quarter of an hour to a day.
            self.move_clock(at, (9e5 * 96_f64.powf(rng.uniform())) as i64);
        } else {
            let things = self.things;
            self.insert_foreign(at, true, rng);
            self.things = things;
            for line in self.lines.iter_mut().filter(|line| matches!(line.content, Content::Other(_))) {
                line.mark = Mark::Companion;
            }
        }
    }

    fn move_clock(&mut self, from: usize, by: i64) {
        for line in &mut self.lines[from..] {
            if let Content::Sample(sample) = &mut line.content {
                sample.at += by;
            }
        }
    }

    fn new_thing(&mut self) -> Mark {
        self.things += 1;
        Mark::Thing(self.things - 1)
    }

    fn sample(&self, at: usize) -> &Sample {
        let after = self.lines[at..].iter().chain(self.lines[..at].iter().rev());
        let mut samples = after.filter_map(|line| match &line.content {
            Content::Sample(sample) => Some(sample),
            Content::Other(_) => None,
        });
        samples.next().unwrap()
    }

    fn overwrite(&mut self, at: usize, text: String) {
        self.lines[at].mark = self.new_thing();
        if let Content::Sample(sample) = &mut self.lines[at].content {
            sample.cell = Some(text);
        }
    }

    fn render(&self, content: &Content) -> String {
        let sample = match content {
            Content::Other(text) => return text.clone(),
            Content::Sample(sample) => sample,
        };
        let Sample { at, label, seconds, cell } = sample;
        let cell = cell.clone().unwrap_or_else(|| self.style.cell(*seconds));
        match self.style {
            Style::Seconds => format!("{label},{cell}"),
            Style::Millis => format!("{at},{label},{cell}"),
            Style::Json => format!("{{\"ts\":{at},\"operation\":\"{label}\",\"duration_ms\":{cell}}}"),
        }
    }

    /// The file's text.
    pub(crate) fn text(&self) -> String {
        let mut text = self.style.header().map_or_else(String::new, |header| format!("{header}\n"));
        for line in &self.lines {
            text.push_str(&self.render(&line.content));
            text.push('\n');
        }
        if let (Some(cut), Some(last)) = (self.cut, self.lines.last()) {
            let length = self.render(&last.content).len();
            // At least one byte is left and at least one is missing, the line break not counted.
            let kept = 1 + (cut * (length - 1) as f64) as usize;
            text.truncate(text.len() - 1 - (length - kept));
        }
        text
    }

    /// For each planted thing its lines.
    pub(crate) fn things(&self) -> Vec<Vec<u64>> {
        let mut things: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
        for (index, line) in self.lines.iter().enumerate() {
            if let Mark::Thing(number) = line.mark {
                things.entry(number).or_default().push(self.line_number(index));
            }
        }
        things.into_values().collect()
    }

    /// Whether something was done to the line.
    pub(crate) fn is_planted(&self, number: u64) -> bool {
        let index = (number as usize).checked_sub(1 + usize::from(self.style.header().is_some()));
        index.and_then(|index| self.lines.get(index)).is_some_and(|line| line.mark != Mark::Clean)
    }

    fn line_number(&self, index: usize) -> u64 {
        (index + 1 + usize::from(self.style.header().is_some())) as u64
    }
}

fn choice<'a, T>(rng: &mut Rng, items: &'a [T]) -> &'a T {
    &items[rng.below(items.len())]
}
