//! Load-test tools: our numbers against those that the tool itself printed about the same run, and what explains each
//! difference.

use perfreport::ingest::{SourceOptions, read};
use perfreport::measure::Statistic;
use perfreport::table::Table;
use perfreport::table::source::Source;

use super::support::{Place, fixture, fixtures, metric};

fn source(name: &str) -> Source {
    let bytes = std::fs::read(fixtures().join(name)).unwrap();
    read(name, &bytes[..], &SourceOptions::default()).unwrap()
}

fn values(table: &Table, column: &str) -> Vec<f64> {
    let mut values: Vec<f64> = table.numbers(table.position(column).unwrap()).into_iter().flatten().collect();
    values.sort_by(f64::total_cmp);
    values
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Rows of a table with a text in a column.
fn count(table: &Table, column: &str, text: &str) -> usize {
    let column = table.position(column).unwrap();
    let wanted = table.columns[column].dictionary.iter().position(|other| other == text);
    let codes = table.codes(column);
    wanted.map_or(0, |wanted| codes.iter().filter(|code| **code as usize == wanted).count())
}

/// Locust's rounding before it counts a response time: whole milliseconds below 100 ms, two digits above.
fn rounded_by_locust(time: f64) -> f64 {
    let step = match time {
        time if time < 100.0 => 1.0,
        time if time < 1000.0 => 10.0,
        time if time < 10_000.0 => 100.0,
        _ => 1000.0,
    };
    (time / step).round() * step
}

#[test]
fn the_requests_of_locust_are_those_that_it_counted() {
    // What Locust printed at the end of the run that wrote fixtures/locust: name, requests, failures, Avg, Min, Max, Med.
    let printed = [
        ("/broken", 19, 24.0, 8.0, 61.0, 23.0),
        ("/fast", 66, 29.0, 4.0, 328.0, 18.0),
        ("/flaky", 19, 26.0, 4.0, 44.0, 25.0),
        ("/slow?id=[id]", 50, 49.0, 15.0, 320.0, 34.0),
    ];
    let found = source("locust/run_requests.csv");
    let table = &found.tables[0];
    let all = values(table, "response_time_ms");
    assert_eq!(all.len(), 154);
    // It cuts Avg, Min and Max to whole milliseconds.
    assert_eq!((mean(&all).floor(), all[0].floor(), all[153].floor()), (34.0, 4.0, 328.0));
    for (name, requests, average, least, most, median) in printed {
        assert_eq!(count(table, "name", name), requests, "{name}");
        let label = table.position("name").unwrap();
        let code = table.columns[label].dictionary.iter().position(|other| other == name).unwrap();
        let mask: Vec<bool> = table.codes(label).iter().map(|other| *other as usize == code).collect();
        let times = values(&table.only(&mask).unwrap(), "response_time_ms");
        assert_eq!(
            (mean(&times).floor(), times[0].floor(), times[times.len() - 1].floor()),
            (average, least, most),
            "{name}"
        );
        // Its median is the upper one of two, of rounded times.
        assert_eq!(rounded_by_locust(times[times.len() / 2]), median, "{name}");
    }
    // 50%, 66%, 75%, 80%, 90%, 95%, 98% of all requests as printed: the smallest time that so many do not exceed, rounded.
    for (percent, printed) in [(50, 25.0), (66, 33.0), (75, 37.0), (80, 38.0), (90, 49.0), (95, 61.0), (98, 260.0)] {
        assert_eq!(rounded_by_locust(all[154 * percent / 100]), printed, "{percent}%");
    }
}

#[test]
fn the_stats_of_locust_are_shown_as_it_wrote_them_and_the_aggregate_is_no_request() {
    let found = source("locust/run_stats.csv");
    let total = found.reported.iter().find(|one| one.label.is_none() && one.metric == "response time").unwrap();
    // The file is behind the run: Locust printed 154 requests at its end, and had written 133 before.
    assert_eq!((total.number(Statistic::Count), total.number(Statistic::Failures)), (Some(133.0), Some(5.0)));
    let of_requests = found.reported.iter().filter(|one| one.label.is_some() && one.metric == "response time");
    assert_eq!(of_requests.filter_map(|one| one.number(Statistic::Count)).sum::<f64>(), 133.0, "the rows add up to it");
    assert_eq!(total.number(Statistic::Percentile(98.0)), Some(0.3));
    let failures = source("locust/run_failures.csv");
    assert_eq!(failures.reported[0].number(Statistic::Failures), Some(5.0));
    let exceptions = source("locust/run_exceptions.csv");
    assert_eq!(exceptions.reported[0].number(Statistic::Failures), Some(3.0));
}

#[test]
fn the_files_of_a_locust_run_stand_in_one_report_and_nothing_is_counted_twice() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("locust"))).exits(0);
    let report = place.json("r.json");
    let found = metric(&report, "response_time_ms");
    assert_eq!((&found["overall"]["clean"]["n"], &found["failed"]["n"]), (&149.into(), &5.into()), "154 requests");
    let sources = report["sources"].as_array().unwrap().iter();
    let names: Vec<String> =
        sources.map(|source| source["name"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect();
    // By name they would begin with the exceptions.
    let together = ["run_stats.csv", "run_stats_history.csv", "run_failures.csv", "run_exceptions.csv"];
    assert_eq!(names[..4], together);
    let text = place.run(&format!("summarize {} -o r.md", fixture("locust"))).exits(0).stdout.clone();
    assert_eq!(text.lines().filter(|line| line.starts_with("+ ")).count(), 3, "{text}");
    assert!(place.read("r.md").contains("of the same run as `"));
}

#[test]
fn jmeter_counts_transactions_among_its_samples_and_we_do_not() {
    // JMeter's summariser printed: `summary = 108 in 2.2s … Avg: 59 Min: 3 Max: 1630 Err: 12`. 36 of these samples are
    // transactions, which sum up two samples each; every failure therefore stands there twice.
    let found = source("jmeter/no_header.jtl");
    let (requests, transactions) = (&found.tables[0], &found.tables[1]);
    let (times, sums) = (values(requests, "elapsed"), values(transactions, "transactions.elapsed"));
    assert_eq!((times.len(), sums.len()), (72, 36));
    let both = (times.iter().sum::<f64>() + sums.iter().sum::<f64>()) / 108.0;
    assert_eq!(both.floor(), 59.0, "together they are what JMeter printed");
    assert_eq!((times[0], sums[35]), (3.0, 1630.0));
    assert_eq!(count(requests, "success", "false") + count(transactions, "success", "false"), 12);
    assert_eq!(count(requests, "success", "false"), 6);
}

#[test]
fn jmeters_semicolons_and_dates_are_read_as_its_commas_and_milliseconds() {
    // `summary = 108 in 2s … Avg: 48 Min: 4 Max: 1083 Err: 12`
    let found = source("jmeter/semicolons.jtl");
    let times = values(&found.tables[0], "elapsed");
    let sums = values(&found.tables[1], "transactions.elapsed");
    let both = (times.iter().sum::<f64>() + sums.iter().sum::<f64>()) / 108.0;
    assert_eq!((times.len(), sums.len(), both.floor(), times[0], sums[35]), (72, 36, 48.0, 4.0, 1083.0));
    assert!(found.tables[0].instants(0).iter().all(Option::is_some));
}

#[test]
fn of_jmeters_nested_samples_the_outer_ones_are_counted() {
    // `summary = 36 in 3s … Avg: 175 Min: 12 Max: 1985 Err: 9`: here JMeter too counts the outer samples alone.
    let found = source("jmeter/parents.xml");
    let outer = values(&found.tables[0], "elapsed");
    assert_eq!((outer.len(), mean(&outer).floor(), outer[0], outer[35]), (36, 175.0, 12.0, 1985.0));
    assert_eq!(count(&found.tables[0], "success", "false"), 9);
    assert_eq!(values(&found.tables[1], "sub-samples.elapsed").len(), 72);
}

#[test]
fn both_forms_of_gatlings_log_give_the_same_requests() {
    let (text, binary) = (source("gatling/text.log"), source("gatling/binary.log"));
    for table in 0..2 {
        let told = |source: &Source| {
            let table = &source.tables[table];
            let column = |index: usize| {
                let texts = table
                    .codes(index)
                    .into_iter()
                    .map(|code| table.columns[index].dictionary.get(code as usize).cloned());
                (table.columns[index].name.clone(), table.numbers(index), texts.collect::<Vec<_>>())
            };
            (0..table.columns.len()).map(column).collect::<Vec<_>>()
        };
        assert_eq!(told(&text), told(&binary));
    }
    let times = values(&text.tables[0], "response_time");
    // By the script that wrote both files.
    assert_eq!((times.len(), times[0], times[59]), (60, 10.0, 90.0));
    assert!((mean(&times) - 53.633_333_333_333_33).abs() < 1e-12);
    assert_eq!(count(&text.tables[0], "status", "KO"), 3);
}

#[test]
fn all_forms_of_a_k6_run_agree() {
    let (csv, json) = (source("k6/samples.csv"), source("k6/samples.json.gz"));
    for found in [&csv, &json] {
        let names: Vec<&str> = found.tables.iter().filter_map(|table| table.name.as_deref()).collect();
        assert_eq!(names[..2], ["http_req_duration", "iteration_duration"]);
        assert!(!names.contains(&"http_reqs") && !names.contains(&"http_req_failed"), "{names:?}");
    }
    let of = |found: &Source| values(&found.tables[0], "http_req_duration");
    assert_eq!(of(&csv), of(&json));
    assert_eq!(count(&csv.tables[0], "expected_response", "false"), 3);
    for name in ["k6/summary_export.json", "k6/handle_summary.json", "k6/machine_summary.json"] {
        let summary = source(name);
        let duration = &summary.reported[0];
        assert_eq!(duration.metric, "http_req_duration", "{name}");
        let times = of(&csv);
        assert!((duration.number(Statistic::Mean).unwrap() * 1e3 - mean(&times)).abs() < 1e-9, "{name}");
        assert_eq!(duration.number(Statistic::Max), Some(times[29] / 1e3), "{name}");
        let failed = summary.reported.iter().find(|one| one.metric == "http_req_failed").unwrap();
        assert_eq!(failed.number(Statistic::Failures), Some(3.0), "{name}");
    }
}
