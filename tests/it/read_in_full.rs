//! Texts of `ping` and `httperf`, results of Lighthouse; rows that nothing but one text tells apart; numbers with a suffix; counts of requests
//! that make up all; what a tool says that it missed.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, metric, names, report};

/// What the terminal says of a file.
fn said(name: &str, text: &str) -> String {
    let place = Place::new();
    place.write(name, text);
    place.run(&format!("summarize {name} -o report.md")).exits(0).stdout.clone()
}

fn first_line(name: &str, text: &str) -> String {
    said(name, text).lines().next().unwrap_or_default().to_owned()
}

fn labels(report: &Value, name: &str) -> Vec<String> {
    let groups = metric(report, name)["groups"].as_array().cloned().unwrap_or_default();
    groups.iter().filter_map(|group| Some(group["label"]["text"].as_str()?.to_owned())).collect()
}

#[test]
fn places_where_file_systems_are_mounted_stand_apart() {
    let text = "Filesystem,Type,Used,Use%,Mounted on\ntmpfs,tmpfs,7.6M,1%,/dev/shm\ntmpfs,tmpfs,534M,10%,/run\n\
                tmpfs,tmpfs,12M,1%,/run/user/0\ntmpfs,tmpfs,13M,1%,/run/user/1000\n/dev/sda1,xfs,367M,37%,/boot\n";
    let found = report("disks.csv", text);
    assert_eq!(labels(&found, "Used"), ["/dev/shm", "/run", "/run/user/0", "/run/user/1000", "/boot"]);
}

#[test]
fn names_of_functions_with_their_arguments_are_names() {
    let kinds = ["EMA", "KAMA", "WMA", "ROC", "MOM", "CCI", "ADX", "ATR", "BOP", "OBV", "SAR", "TRIX"];
    let each = |size: usize| {
        let rows = (0..36).map(|row| {
            let name = format!("{}{}({})", kinds[row % 12], ["", "X", "Y"][row / 12], 5 + row % 12);
            let name = if row == 35 { "T(5)".to_owned() } else { name };
            format!(r#"{{"name": "{name}", "c_us": {}.5}}"#, (row + 1) * size)
        });
        rows.collect::<Vec<String>>().join(", ")
    };
    let found = report("functions.json", &format!(r#"{{"100": [{}], "1000": [{}]}}"#, each(1), each(10)));
    assert_eq!(labels(&found, "100.c_us").len(), 36);
}

#[test]
fn hosts_that_were_asked_have_no_number_in_common() {
    let mut text = "time,host,status,rtt_ms\n".to_owned();
    for minute in 0..12 {
        let _ = writeln!(text, "2026-01-05 10:{minute:02}:00,10.9.8.7,OK,20.{minute}");
        let _ = writeln!(text, "2026-01-05 10:{minute:02}:03,10.9.8.1,OK,1.{minute}");
    }
    let first = first_line("hosts.csv", &text);
    assert!(first.contains("24 rows") && first.contains("none failed") && !first.contains("rtt_ms"), "{first}");
    // Hosts that answered the requests of one service did it together.
    let served =
        text.replace("time,host", "time,path,host").replace(":00,", ":00,/cart,").replace(":03,", ":03,/cart,");
    assert!(first_line("served.csv", &served).contains("rtt_ms"));
}

#[test]
fn an_instant_of_a_record_is_none_of_its_samples() {
    let mut text = String::new();
    for run in 0..12 {
        let (label, time) = if run % 2 == 0 { ("naive/1m", 4 * run + 100) } else { ("tight/1m", 2 * run + 10) };
        let _ = writeln!(
            text,
            r#"{{"time": "2026-01-05T1{}:0{}:00Z", "label": "{label}", "times": [0.{time}, 0.{}, 0.{}]}}"#,
            run / 6,
            run % 6,
            time + 1,
            time + 3
        );
    }
    let first = first_line("bench.jsonl", &text);
    assert!(!first.contains("/s") && !first.contains("p95"), "{first}");
    assert_eq!(labels(&report("bench.jsonl", &text), "times"), ["naive/1m", "tight/1m"]);
}

#[test]
fn how_many_ran_at_a_time_is_a_setting_beside_counts_of_requests() {
    let rows =
        [(10, 500.5, 1000), (50, 166.7, 911), (75, 120.2, 880), (150, 74.1, 840), (125, 90.3, 850), (400, 48.8, 512)];
    let mut text = String::new();
    for (parallel, latency, succeeded) in rows {
        let _ = writeln!(
            text,
            r#"{{"latency": {latency}, "num_requests": 1000, "successful_requests": {succeeded}, "other": {{"parallel": {parallel}}}}}"#
        );
    }
    let found = report("runs.jsonl", &text);
    assert_eq!(labels(&found, "latency").len(), 6, "{:?}", labels(&found, "latency"));
    assert!(
        first_line("runs.jsonl", &text).contains("6,000 requests, 16.8% failed"),
        "{}",
        first_line("runs.jsonl", &text)
    );
}

#[test]
fn all_requests_are_those_that_succeeded_and_failed() {
    let text = "server,latency_ms,successful_requests,failed_requests,total_requests,num_samples,batch_size\n\
                local,0.49,620,0,620,500,1\nremote,1.35,600,20,620,500,1\nlocal,0.67,183,0,183,500,8\nremote,25.4,183,0,183,500,8\n";
    let first = first_line("servers.csv", text);
    assert!(first.contains("1,606 requests, 1.25% failed"), "{first}");
    assert_eq!(labels(&report("servers.csv", text), "latency_ms")[0], "local, batch_size=1");
}

#[test]
fn numbers_that_are_shortened_beyond_a_length_are_numbers() {
    let text = "Time RX-Data TX-Data Disk-Use\n6, 670376, 670371, 5174MB\n17, 661801, 661803, 5174MB\n28, 1203K, 1204K, 5299MB\n\
                39, 2068K, 2067K, 5704MB\n50, 829881, 829883, 5705MB\n";
    let found = report("traffic.csv", text);
    assert!(names(&found).starts_with(&["RX-Data", "TX-Data"]), "{:?}", names(&found));
    assert_eq!(metric(&found, "RX-Data")["overall"]["clean"]["max"], 2_068_000.0);
    assert!(said("traffic.csv", text).contains("data: clean"));
    let rates = "file,mode,time,rate\na.c,one,7.5 s,110.5 m\na.c,two,3.25 s,207.25 m\nb.c,one,0.5 s,inf m\nb.c,two,2.5 s,120.5 M\n\
                 c.c,one,2.75 s,88.5 m\nc.c,two,1.5 s,199.5 M\n";
    let found = report("rates.csv", rates);
    assert_eq!(names(&found), ["time", "rate (m)"]);
    assert_eq!(metric(&found, "time")["groups"].as_array().unwrap().len(), 6);
}

#[test]
fn packets_that_ping_lost_are_requests_that_failed() {
    let mut text = "PING a.example (10.1.2.3) 56(84) bytes of data.\n".to_owned();
    for number in (1..=20).filter(|number| number % 5 != 0) {
        let _ = writeln!(text, "64 bytes from 10.1.2.3: icmp_seq={number} ttl=51 time={}.5 ms", 20 + number % 7);
    }
    text += "\n--- a.example ping statistics ---\n20 packets transmitted, 16 received, 20% packet loss, time 19020ms\n";
    let first = first_line("ping.txt", &text);
    assert!(first.contains("20 requests") && first.contains("20% failed"), "{first}");
    let other = text.replace("a.example", "b.example").replace("10.1.2.3", "10.9.9.9");
    let found = report("ping.txt", &format!("{text}\n{other}"));
    assert_eq!(labels(&found, "rtt"), ["a.example", "b.example"]);
    let both = first_line("ping.txt", &format!("{text}\n{other}"));
    assert!(!both.contains("rtt"), "no number over two targets: {both}");
}

#[test]
fn a_result_of_lighthouse_is_a_run_of_its_page() {
    let one = |paint: f64, score: f64| {
        format!(
            r#"{{"lighthouseVersion":"12.1.0","requestedUrl":"https://a.example/","fetchTime":"2026-01-05T10:00:00.000Z","audits":{{
              "first-contentful-paint":{{"scoreDisplayMode":"numeric","numericValue":{paint},"numericUnit":"millisecond"}},
              "diagnostics":{{"scoreDisplayMode":"informative","details":{{"type":"debugdata","items":[{{"line":17,"column":4}}]}}}}}},
              "categories":{{"performance":{{"score":{score}}}}}}}"#
        )
    };
    let place = Place::new();
    for (number, paint) in [1250.5, 1300.25, 1225.75].into_iter().enumerate() {
        place.write(&format!("run-{}.json", number + 1), one(paint, 0.75));
    }
    place.run("summarize run-1.json run-2.json run-3.json -o report.json").exits(0);
    let report = place.json("report.json");
    assert_eq!(names(&report)[..2], ["first-contentful-paint", "performance score"]);
    let paint = metric(&report, "first-contentful-paint");
    assert_eq!(
        (&paint["recorded_unit"], &paint["overall"]["clean"]["median"]),
        (&Value::from("ms"), &Value::from(1.2505))
    );
}

#[test]
fn what_a_tool_says_that_it_missed_stands_in_the_first_line() {
    let text = r#"{"metrics":{"http_reqs":{"count":500,"rate":50.5},
        "http_req_duration":{"avg":20.5,"min":1.5,"med":18.5,"max":90.5,"p(90)":40.5,"p(95)":60.5,"thresholds":{"p(95)<50":true}},
        "http_req_failed":{"passes":0,"fails":500,"value":0,"thresholds":{"rate<0.01":false}}},"root_group":{"name":"","path":"","id":"x","groups":{},"checks":{}}}"#;
    let first = first_line("summary.json", text);
    assert!(
        first.starts_with("Target missed: k6's threshold `p(95)<50` of http_req_duration was crossed; 500 requests"),
        "{first}"
    );
    let failures =
        "Method,Name,Error,Occurrences,First Seen,Last Seen\nGET,/a,\"HTTPError('503')\",22,x,y\nPOST,/b,no,3,x,y\n";
    let first = first_line("run_failures.csv", failures);
    assert_eq!(first, "Measured: 25 failures, of how many requests is not recorded");
}

#[test]
fn errors_that_name_who_failed_leave_each_its_own_outcome() {
    let text = "prompt,plain_latency,fast_latency,plain_status,fast_status,error\nq_1,1.25,0.61,ok,ok,\nq_2,1.31,0.0,ok,connection_error,fast:connection_error\n\
                q_3,1.19,0.66,ok,ok,\nq_4,1.27,0.58,ok,ok,\nq_5,1.22,0.64,ok,ok,\n";
    let found = report("attempts.csv", text);
    assert_eq!(metric(&found, "plain_latency")["overall"]["clean"]["n"], 5);
    assert_eq!(metric(&found, "fast_latency")["overall"]["clean"]["n"], 4);
}
