//! The lines `summary =` and `summary +` that JMeter prints while it runs and writes to `jmeter.log`.
//!
//! In: a text with such lines among others; milliseconds. Out: of each run the last `=`, which is of the whole of it. `+` is
//! a period of the run and not shown beside it. Definition: JMeter's `Summariser` and `SummariserRunningSample`.

use crate::ingest::format::{
    AnyRecords, Failures, Format, Head, Holds, IngestError, Polarity, RowKind, Sink, Statistic, Unit,
};
use crate::ingest::summaries::{Summary, caveat};
use crate::ingest::text::lines::Flaw;

const MEANING: &str = "time from just before sending to the last byte of the response, connecting included";

pub(crate) const FORMAT: Format = Format {
    name: "jmeter-summariser",
    about: "JMeter's lines `summary =` in its output or in jmeter.log",
    latency: MEANING,
    failures: Failures::Recorded("Err: how many"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "jmeter -n -t plan.jmx -l results.jtl | tee printed.txt && perfreport summarize printed.txt",
    upstream: "apache/jmeter, reporters/Summariser and SummariserRunningSample",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// What a line of the summariser says.
#[derive(Debug, Clone)]
struct State {
    /// Its name: `summary`, or what the property or the language says.
    name: String,
    /// Whether it is of the whole run so far, and not of a period.
    whole: bool,
    samples: f64,
    rate: Option<f64>,
    /// Mean, lowest, highest, failed.
    numbers: [Option<f64>; 4],
    time: String,
    line: u64,
}

/// `name = samples in time = rate/s Avg: a Min: b Max: c Err: d (e%)`, behind whatever a log puts before it.
fn parse(text: &str, line: u64) -> Option<State> {
    let (before, behind) = text.split_once("/s Avg:")?;
    let words: Vec<&str> = before.split_whitespace().collect();
    // The rate may stand directly behind its sign.
    let (rest, sign, samples, time, rate) = match words.as_slice() {
        [rest @ .., sign, samples, "in", time, "=", rate] => (rest, *sign, samples, time, *rate),
        [rest @ .., sign, samples, "in", time, rate] => (rest, *sign, samples, time, rate.strip_prefix('=')?),
        _ => return None,
    };
    let whole = match sign {
        "=" => true,
        "+" => false,
        _ => return None,
    };
    let after = |name: &str| -> Option<f64> {
        let (_, rest) = behind.split_once(name)?;
        rest.split_whitespace().next()?.parse().ok()
    };
    let name = rest.iter().rev().take_while(|word| !word.ends_with(':')).copied().collect::<Vec<_>>();
    Some(State {
        name: name.into_iter().rev().collect::<Vec<_>>().join(" "),
        whole,
        samples: samples.parse().ok()?,
        rate: rate.parse().ok(),
        numbers: [behind.split_whitespace().next()?.parse().ok(), after("Min:"), after("Max:"), after("Err:")],
        time: (*time).to_owned(),
        line,
    })
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(head.bytes);
    let found = text.lines().find_map(|line| parse(line, 0))?;
    Some(vec![format!("it has lines of JMeter's summariser (`{} …/s Avg: … Err: …`)", found.name)])
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let (mut runs, mut periods): (Vec<State>, Vec<State>) = (Vec::new(), Vec::new());
    while let Some(record) = records.next()? {
        if record.flaw == Flaw::Overlong {
            continue;
        }
        let Some(line) = parse(&String::from_utf8_lossy(record.bytes), record.line) else { continue };
        match runs.last_mut() {
            _ if !line.whole => periods.push(line),
            // Another run counts from the beginning again.
            Some(last) if line.samples >= last.samples && line.name == last.name => {
                sink.provenance.set_aside("the state of a run before its end", last.line);
                *last = line;
            }
            _ => runs.push(line),
        }
    }
    let is_whole = !runs.is_empty();
    for period in periods.iter().filter(|_| is_whole) {
        sink.provenance.set_aside("a period of a run, whose whole is shown", period.line);
    }
    let shown = if is_whole { &runs } else { &periods };
    let what = if is_whole { "run" } else { "period" };
    for (index, line) in shown.iter().enumerate() {
        let label = (shown.len() > 1).then(|| format!("{what} {}", index + 1));
        report(line, label.as_deref(), sink);
    }
    caveat(sink, "failed samples are among the response times");
    if !is_whole && shown.len() > 1 {
        caveat(sink, "There are only periods of a run (`+`) and no line of the whole (`=`): nothing is added up.");
    }
    Ok(())
}

fn report(line: &State, label: Option<&str>, sink: &mut Sink) {
    let at = Some(line.line);
    let mut elapsed = Summary::new("elapsed", Unit::MILLISECOND, Some(MEANING)).of(label);
    elapsed.add_at(Statistic::Count, Some(line.samples), at);
    let [mean, min, max, failed] = line.numbers;
    for (statistic, value) in
        [(Statistic::Failures, failed), (Statistic::Mean, mean), (Statistic::Min, min), (Statistic::Max, max)]
    {
        elapsed.add_at(statistic, value, at);
    }
    elapsed.give(sink);
    let meaning = format!("samples over {}", line.time);
    let mut rate =
        Summary::new("throughput", Unit::PER_SECOND, Some(&meaning)).of(label).polarity(Polarity::HigherIsBetter);
    rate.add_at(Statistic::Value, line.rate, at);
    rate.give(sink);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn the_last_line_of_the_whole_counts_and_periods_do_not() {
        let text = "Starting standalone test @ 2025 Mar 1\n\
            summary +     40 in 00:00:10 =    4.0/s Avg:   120 Min:    20 Max:   300 Err:     2 (5.00%) Active: 3 Started: 3 Finished: 0\n\
            summary =     40 in 00:00:10 =    4.0/s Avg:   120 Min:    20 Max:   300 Err:     2 (5.00%)\n\
            2025-03-01 10:00:20,000 INFO o.a.j.r.Summariser: summary =    100 in 00:00:20 =    5.0/s Avg:   110 Min:    15 Max:   420 Err:     3 (3.00%)\n\
            Tidying up ...\n";
        let found = read_text("printed.txt", text);
        assert_eq!(found.provenance.format, "jmeter-summariser");
        assert_eq!(found.reported.len(), 2);
        let elapsed = &found.reported[0];
        assert_eq!((elapsed.number(Statistic::Count), elapsed.number(Statistic::Failures)), (Some(100.0), Some(3.0)));
        assert_eq!((elapsed.number(Statistic::Mean), elapsed.number(Statistic::Max)), (Some(0.110), Some(0.420)));
        assert_eq!(found.reported[1].number(Statistic::Value), Some(5.0));
    }

    #[test]
    fn another_run_below_stands_apart_under_any_name() {
        let text = "生成概要结果 =  50 in 00:00:41 = 1.2/s Avg:     2 Min:     1 Max:    95 Err:     0 (0.00%)\n\
                    生成概要结果 =  20 in   1.3s =    1.5/s Avg:   631 Min:   290 Max:   973 Err:     1 (5.00%)\n";
        let found = read_text("printed.txt", text);
        let labels: Vec<&str> = found.reported.iter().filter_map(|one| one.label.as_deref()).collect();
        assert_eq!(labels, ["run 1", "run 1", "run 2", "run 2"]);
        assert_eq!(found.reported[2].number(Statistic::Failures), Some(1.0));
    }
}
