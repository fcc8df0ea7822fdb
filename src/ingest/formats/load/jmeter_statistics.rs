//! `statistics.json` of JMeter's dashboard report: for each label, and for `Total`, numbers that JMeter has summarised.
//!
//! In: one JSON document. Out: reported numbers; nothing is recomputed. Definition: JMeter's `SamplingStatistic` and
//! `StatisticsSummaryData`.

use serde_json::Value;

use crate::measure::reported::{Reported, ReportedValue};
use crate::measure::unit::Unit;
use crate::measure::{Polarity, Statistic};

use crate::ingest::format::{AnyRecords, Failures, Format, Head, Holds, IngestError, Sink, SourceOptions};
use crate::ingest::json::documents;

pub(crate) const FORMAT: Format = Format {
    name: "jmeter-statistics",
    about: "statistics.json of JMeter's dashboard",
    latency: "elapsed: from just before sending to the last byte of the response, connecting included",
    failures: Failures::Recorded("errorCount"),
    holds: Holds::Summaries,
    example: "jmeter -n -t plan.jmx -l results.jtl -e -o report && perfreport summarize report/statistics.json",
    upstream: "JMeter SamplingStatistic, StatisticsSummaryData",
    generic: false,
    sniff,
    read,
    settle: None,
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
            let label = (key != TOTAL).then(|| entry["transaction"].as_str().unwrap_or(key).to_owned());
            sink.reported.extend(reported(label.as_ref(), entry));
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

fn reported(label: Option<&String>, entry: &Value) -> Vec<Reported> {
    let value = |key: &str, statistic: Statistic, unit: Unit| {
        let value = entry[key].as_f64()?;
        Some(ReportedValue { statistic, value, unit, line: None })
    };
    let of = |metric: &str, meaning: Option<&str>, polarity: Polarity, values: Vec<Option<ReportedValue>>| Reported {
        metric: metric.to_owned(),
        label: label.cloned(),
        meaning: meaning.map(str::to_owned),
        polarity,
        values: values.into_iter().flatten().collect(),
    };
    let ms = Unit::MILLISECOND;
    let rate = Unit::parse("KiB/s").unwrap_or(Unit::UNKNOWN);
    let all = [
        of(
            "elapsed",
            Some(MEANING),
            Polarity::LowerIsBetter,
            vec![
                value("sampleCount", Statistic::Count, Unit::COUNT),
                value("errorCount", Statistic::Failures, Unit::COUNT),
                value("meanResTime", Statistic::Mean, ms),
                value("medianResTime", Statistic::Median, ms),
                value("minResTime", Statistic::Min, ms),
                value("maxResTime", Statistic::Max, ms),
                value("pct1ResTime", Statistic::Percentile(90.0), ms),
                value("pct2ResTime", Statistic::Percentile(95.0), ms),
                value("pct3ResTime", Statistic::Percentile(99.0), ms),
            ],
        ),
        of("throughput", None, Polarity::HigherIsBetter, vec![value("throughput", Statistic::Value, Unit::PER_SECOND)]),
        of("received", None, Polarity::Unknown, vec![value("receivedKBytesPerSec", Statistic::Value, rate)]),
        of("sent", None, Polarity::Unknown, vec![value("sentKBytesPerSec", Statistic::Value, rate)]),
    ];
    all.into_iter().filter(|one| !one.values.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read as ingest;

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
        let found = ingest("statistics.json", text.as_bytes(), &SourceOptions::default()).unwrap();
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
