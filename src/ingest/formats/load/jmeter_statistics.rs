//! `statistics.json` of JMeter's dashboard report: for each label, and for `Total`, numbers that JMeter has summarised.
//!
//! In: one JSON document. Out: reported numbers; nothing is recomputed. Definition: JMeter's `SamplingStatistic` and
//! `StatisticsSummaryData`.

use serde_json::Value;

use crate::ingest::format::{
    AnyRecords, Failures, Format, Head, Holds, IngestError, Polarity, RowKind, Sink, SourceOptions, Statistic, Unit,
};
use crate::ingest::json::documents;
use crate::ingest::summaries::Summary;

pub(crate) const FORMAT: Format = Format {
    name: "jmeter-statistics",
    about: "statistics.json of JMeter's dashboard",
    latency: "elapsed: from just before sending to the last byte of the response, connecting included",
    failures: Failures::Recorded("errorCount"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "jmeter -n -t plan.jmx -l results.jtl -e -o report && perfreport summarize report/statistics.json",
    upstream: "JMeter SamplingStatistic, StatisticsSummaryData",
    sniff,
    read,
};

/// The entry of the whole run.
const TOTAL: &str = "Total";
const MEANING: &str = "time from just before sending to the last byte of the response, connecting included";

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let keys = head.outline()?;
    let known = ["sampleCount", "errorPct", "meanResTime", "pct1ResTime"];
    keys.has_at(2, &known).then(|| {
        vec!["its entries have sampleCount, errorPct, meanResTime and pct1ResTime, as JMeter writes them".to_owned()]
    })
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    documents::each(records, sink, |document: Value, sink| {
        for (key, entry) in document.as_object().into_iter().flatten() {
            let label = (key != TOTAL).then(|| entry["transaction"].as_str().unwrap_or(key));
            report(label, entry, sink);
        }
    })?;
    // The whole run stands first, wherever the file has it.
    sink.reported.sort_by_key(|one| one.label.is_some());
    sink.reported_caveats = vec![
        "JMeter computes these percentiles from the last 20,000 samples of each label alone \
         (jmeter.reportgenerator.statistic_window): of a longer run they describe the end"
            .to_owned(),
        "the file names its percentiles pct1, pct2 and pct3; they are read as 90, 95 and 99, which JMeter's settings \
         (aggregate_rpt_pct1 to 3) may have changed"
            .to_owned(),
        "failed samples are among the response times".to_owned(),
    ];
    Ok(())
}

fn report(label: Option<&str>, entry: &Value, sink: &mut Sink) {
    const TIMES: &[(&str, Statistic)] = &[
        ("sampleCount", Statistic::Count),
        ("errorCount", Statistic::Failures),
        ("meanResTime", Statistic::Mean),
        ("medianResTime", Statistic::Median),
        ("minResTime", Statistic::Min),
        ("maxResTime", Statistic::Max),
        ("pct1ResTime", Statistic::Percentile(90.0)),
        ("pct2ResTime", Statistic::Percentile(95.0)),
        ("pct3ResTime", Statistic::Percentile(99.0)),
    ];
    let rate = Unit::parse("KiB/s").unwrap_or(Unit::UNKNOWN);
    let (lower, unknown) = (Polarity::LowerIsBetter, Polarity::Unknown);
    for (metric, unit, polarity, numbers) in [
        ("elapsed", Unit::MILLISECOND, lower, TIMES),
        ("throughput", Unit::PER_SECOND, Polarity::HigherIsBetter, &[("throughput", Statistic::Value)]),
        ("received", rate, unknown, &[("receivedKBytesPerSec", Statistic::Value)]),
        ("sent", rate, unknown, &[("sentKBytesPerSec", Statistic::Value)]),
    ] {
        let meaning = (metric == "elapsed").then_some(MEANING);
        let mut summary = Summary::new(metric, unit, meaning).of(label).polarity(polarity);
        for (key, statistic) in numbers {
            summary.add(*statistic, entry[key].as_f64());
        }
        summary.give(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn the_total_is_the_whole_run_and_labels_stand_apart() {
        let entry = |name: &str, count: u32| {
            format!(
                "\"{name}\" : {{ \"transaction\" : \"{name}\", \"sampleCount\" : {count}, \"errorCount\" : 2, \
                 \"errorPct\" : 5.0, \"meanResTime\" : 12.5, \"medianResTime\" : 11.0, \"minResTime\" : 3.0, \
                 \"maxResTime\" : 40.0, \"pct1ResTime\" : 20.0, \"pct2ResTime\" : 30.0, \"pct3ResTime\" : 39.0, \
                 \"throughput\" : 7.25, \"receivedKBytesPerSec\" : 1.5, \"sentKBytesPerSec\" : 0.5 }}"
            )
        };
        let text = format!("{{ {}, {} }}", entry("Home", 40), entry("Total", 80));
        let found = read_text("statistics.json", text);
        assert_eq!(found.provenance.format, "jmeter-statistics");
        let total = &found.reported[0];
        assert_eq!((total.metric.as_str(), &total.label), ("elapsed", &None));
        assert_eq!(total.number(Statistic::Count), Some(80.0));
        assert_eq!(total.number(Statistic::Percentile(99.0)), Some(0.039));
        let home = found.reported.iter().find(|one| one.label.as_deref() == Some("Home")).unwrap();
        assert_eq!(home.number(Statistic::Count), Some(40.0));
        assert!(found.reported_caveats.iter().any(|caveat| caveat.contains("20,000")));
    }
}
