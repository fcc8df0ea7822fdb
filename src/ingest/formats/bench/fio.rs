//! fio: what `fio --output-format=json` writes.
//!
//! In: one document; latencies in nanoseconds by the names of their keys (microseconds in versions before 3), bandwidth in
//! KiB a second. Out: reported numbers, a job and a direction a label. `latency_us` and its relatives are shares of the
//! operations in buckets, no durations.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Sink, Statistic, Unit};
use crate::ingest::json::documents::{self, at, number};
use crate::ingest::summaries::{Summary, caveat, setting};

const TIME: &str = "one I/O operation";
/// Keys of latencies: from submission to completion, and their parts.
const LATENCIES: &[(&str, Unit)] = &[
    ("lat_ns", Unit::NANOSECOND),
    ("clat_ns", Unit::NANOSECOND),
    ("slat_ns", Unit::NANOSECOND),
    ("lat", Unit::MICROSECOND),
    ("clat", Unit::MICROSECOND),
    ("slat", Unit::MICROSECOND),
];

pub(crate) const FORMAT: Format = Format {
    name: "fio",
    about: "fio, the result of its jobs (`fio --output-format=json`)",
    latency: "submission (slat), completion (clat), and both together (lat)",
    failures: Failures::Recorded("whether a job ended with an error; not how many operations failed"),
    holds: Holds::Summaries,
    row: RowKind::Row,
    example: "fio --output-format=json --output=fio.json job.fio && perfreport summarize fio.json",
    upstream: "axboe/fio, stat.c, show_thread_status_json",
    sniff: |head| head.outline()?.evidence(&["fio version", "jobs.jobname"]),
    read: |records, _, sink| documents::each(records, sink, |document: Value, sink| take(&document, sink)),
};

fn take(document: &Value, sink: &mut Sink) {
    let jobs = document.get("jobs").and_then(Value::as_array);
    let several = jobs.is_some_and(|jobs| jobs.len() > 1);
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    let named = |job: &Value, name: &str| job.get("jobname").and_then(Value::as_str).unwrap_or("job") == name;
    for job in jobs.into_iter().flatten() {
        let own = job.get("jobname").and_then(Value::as_str).unwrap_or("job");
        // Jobs of one name are processes of their own, each with its numbers.
        let place = names.entry(own).and_modify(|place| *place += 1).or_insert(1);
        let alike = jobs.is_some_and(|jobs| jobs.iter().filter(|job| named(job, own)).count() > 1);
        let name = if alike { format!("{own} #{place}") } else { own.to_owned() };
        // With unified_rw_reporting all directions are one.
        for direction in ["read", "write", "trim", "mixed"] {
            let Some(found) = job.get(direction).filter(|found| number(found, &["total_ios"]) != Some(0.0)) else {
                continue;
            };
            let label = if several { format!("{name}, {direction}") } else { direction.to_owned() };
            take_direction(&label, found, sink);
        }
        // How many operations failed stands nowhere.
        if let Some(error) = number(job, &["error"]).filter(|error| *error != 0.0) {
            caveat(sink, &format!("The job `{name}` ended with error {error}: its numbers are of what ran before."));
        }
    }
    setting(sink, "fio version", at(document, &["fio version"]).and_then(Value::as_str));
    caveat(sink, "fio computes its percentiles from buckets.");
}

fn take_direction(label: &str, found: &Value, sink: &mut Sink) {
    let mut operations = Summary::new("operations", Unit::COUNT, Some("I/O operations")).of(Some(label));
    operations.add_field(Statistic::Count, "total_ios", found.get("total_ios"));
    operations.give(sink);
    // The first one leads: the one with percentiles, which fio keeps of completion unless it is asked for another.
    let has_percentiles = |key: &str| found.get(key).is_some_and(|values| values.get("percentile").is_some());
    let mut latencies: Vec<(&str, Unit)> = LATENCIES.to_vec();
    latencies.sort_by_key(|(key, _)| !has_percentiles(key));
    for (key, unit) in latencies {
        let Some(values) = found.get(key).filter(|values| number(values, &["N"]) != Some(0.0)) else { continue };
        let name = key.trim_end_matches("_ns");
        let mut summary = Summary::new(name, unit, Some(TIME)).of(Some(label));
        summary.add_fields(
            Some(values),
            &[
                ("N", Statistic::Count),
                ("mean", Statistic::Mean),
                ("stddev", Statistic::Stddev),
                ("min", Statistic::Min),
                ("max", Statistic::Max),
            ],
        );
        for (percent, value) in values.get("percentile").and_then(Value::as_object).into_iter().flatten() {
            // Places of the list that were not used have the percent 0.
            if let Some(percent) = percent.parse::<f64>().ok().filter(|percent| *percent > 0.0) {
                summary.add_percentile(percent, "percentile", Some(value));
            }
        }
        summary.give(sink);
    }
    let kibibytes_per_second = Unit::parse("KiB/s").unwrap_or(Unit::UNKNOWN);
    for (key, name, unit) in [("iops", "iops", Unit::PER_SECOND), ("bw", "bandwidth", kibibytes_per_second)] {
        let mut rate = Summary::new(name, unit, None).of(Some(label)).polarity(Polarity::HigherIsBetter);
        rate.add_field(Statistic::Value, key, found.get(key));
        rate.give(sink);
    }
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    #[test]
    fn buckets_are_no_durations_and_the_unit_is_that_of_the_key() {
        let text = r#"{"fio version":"fio-3.36","jobs":[{"jobname":"seq","error":0,"elapsed":11,"read":{"total_ios":500,"bw":2048,
            "iops":50.5,"clat_ns":{"min":1000,"max":9000000,"mean":250000.5,"stddev":100.0,"N":500,"percentile":{"50.000000":200000,
            "99.900000":8000000}}},"write":{"total_ios":0},"latency_us":{"250":60.0,"500":40.0}}]}"#;
        let found = read_text("fio.json", text);
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("clat").number(Statistic::Percentile(99.9)), Some(0.008));
        assert_eq!(of("bandwidth").number(Statistic::Value), Some(2048.0 * 1024.0));
        assert!(found.reported.iter().all(|one| one.label.as_deref() == Some("read")), "{:?}", found.reported);
        assert!(found.tables.is_empty());
    }

    #[test]
    fn jobs_of_one_name_are_counted_each_and_the_whole_leads() {
        let job = |operations: u32| {
            format!(
                r#"{{"jobname":"disk","error":0,"read":{{"total_ios":{operations},"slat_ns":{{"mean":4000.0,"N":{operations}}},
                "lat_ns":{{"mean":4400000.0,"N":{operations},"percentile":{{"0.00":0}}}}}}}}"#
            )
        };
        let text = format!(r#"{{"fio version":"fio-3.36","jobs":[{},{},{}]}}"#, job(1000), job(3000), job(5000));
        let found = read_text("fio.json", &text);
        let counts = found.reported.iter().filter(|one| one.metric == "operations");
        let counts: Vec<_> = counts.map(|one| (one.label.as_deref().unwrap(), one.number(Statistic::Count))).collect();
        let expected = [1000.0, 3000.0, 5000.0].map(Some);
        assert_eq!(counts.iter().map(|(_, count)| *count).collect::<Vec<_>>(), expected);
        assert_eq!(counts[1].0, "disk #2, read");
        let time = found.reported.iter().find(|one| one.dimension().is_time()).unwrap();
        assert_eq!((time.metric.as_str(), time.number(Statistic::Percentile(0.0))), ("lat", None));
    }

    #[test]
    fn directions_reported_as_one_are_read() {
        let text = r#"{"fio version":"fio-3.28","jobs":[{"jobname":"rw","error":0,"mixed":{"total_ios":900,"iops":41.5,
            "lat_ns":{"mean":2000000.0,"N":900}}}]}"#;
        let found = read_text("fio.json", text);
        assert!(found.reported.iter().all(|one| one.label.as_deref() == Some("mixed")), "{:?}", found.reported);
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("operations").number(Statistic::Count), Some(900.0));
        assert_eq!(of("lat").number(Statistic::Mean), Some(0.002));
    }

    #[test]
    fn an_error_of_a_job_is_said_and_is_no_count_of_operations() {
        let text =
            r#"{"fio version":"fio-3.36","jobs":[{"jobname":"seq","error":5,"read":{"total_ios":500,"iops":50.5}}]}"#;
        let found = read_text("fio.json", text);
        assert!(found.reported.iter().all(|one| one.number(Statistic::Failures).is_none()), "{:?}", found.reported);
        assert!(found.reported_caveats.iter().any(|caveat| caveat.contains("`seq` ended with error 5")));
    }
}
