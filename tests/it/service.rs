//! The metrics of a service against the truth of a simulation, for all shapes of its records.

use serde_json::Value;

use crate::simulator::{DEADLINE, Truth, log_of, run};
use crate::support::{Place, findings, fixture, lines};

const NANOS: f64 = 1e9;
/// Decimal seconds since 1970 and nanoseconds in a double are exact to a microsecond at worst.
const CLOSE: f64 = 2e-6;

fn service(place: &Place, name: &str, text: &str) -> Value {
    place.write(name, text);
    place.run(&format!("summarize {name} -o {name}.json")).exits(0);
    let report = place.json(&format!("{name}.json"));
    assert_eq!(report["service"].as_array().unwrap().len(), 1, "{name}");
    report
}

fn shapes() -> (Truth, Vec<Value>) {
    let truth = run(7, 40);
    let place = Place::new();
    let reports = vec![
        service(&place, "events.csv", &truth.event_log()),
        service(&place, "requests.csv", &truth.request_log()),
        service(&place, "new.jsonl", &truth.aiperf(false)),
        service(&place, "old.jsonl", &truth.aiperf(true)),
    ];
    (truth, reports)
}

#[track_caller]
fn close(found: &Value, expected: f64, tolerance: f64, what: &str) {
    let found = found.as_f64().unwrap_or_else(|| panic!("{what} is absent"));
    assert!((found - expected).abs() <= tolerance, "{what}: {found}, not {expected}");
}

fn distribution<'a>(report: &'a Value, name: &str) -> &'a Value {
    let all = report["service"][0]["distributions"].as_array().unwrap();
    &all.iter().find(|metric| metric["name"] == name).unwrap_or_else(|| panic!("no {name}"))["overall"]["clean"]
}

#[track_caller]
fn same(report: &Value, name: &str, nanos: impl Iterator<Item = i64>) {
    let mut values: Vec<f64> = nanos.map(|nanos| nanos as f64 / NANOS).collect();
    values.sort_by(f64::total_cmp);
    let found = distribution(report, name);
    assert_eq!(found["n"], values.len(), "{name}");
    close(&found["mean"], values.iter().sum::<f64>() / values.len() as f64, CLOSE, name);
    close(&found["min"], values[0], CLOSE, name);
    close(&found["max"], values[values.len() - 1], CLOSE, name);
    let middle = values.len() / 2;
    let median = if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) };
    close(&found["median"], median, CLOSE, name);
}

#[test]
fn latencies_and_outcomes_are_the_true_ones_in_every_shape() {
    let (truth, reports) = shapes();
    let failed = truth.messages.iter().filter(|message| message.error.is_some()).count();
    let timed_out = truth.messages.iter().filter(|message| message.reported.is_some()).count();
    for report in &reports {
        same(report, "time to first chunk", truth.messages.iter().filter_map(|m| Some(m.chunks.first()? - m.sent)));
        same(report, "time to response", truth.messages.iter().filter_map(|m| Some(m.end? - m.sent)));
        same(report, "time to failure", truth.messages.iter().filter_map(|m| Some(m.error?.1 - m.sent)));
        let service = &report["service"][0];
        assert_eq!(service["messages"]["sent"], truth.messages.len());
        assert_eq!(service["messages"]["timed_out"], timed_out);
        assert_eq!(service["messages"]["failed"], failed - timed_out);
        assert_eq!(service["never_first_chunk"]["sent"], failed);
        assert_eq!(service["never_completed"]["timed_out"], timed_out);
    }
    for report in [&reports[0], &reports[2], &reports[3]] {
        let gaps = truth.messages.iter().flat_map(|m| m.chunks.windows(2).map(|pair| pair[1] - pair[0]));
        same(report, "gap between chunks", gaps);
    }
}

#[test]
fn errors_have_their_rates_and_intervals_by_type() {
    let (truth, reports) = shapes();
    for report in &reports {
        let errors = &report["service"][0]["errors"];
        for name in ["timeout", "ai_error", "disconnect"] {
            let expected = truth.messages.iter().filter(|m| m.error.is_some_and(|(error, _)| error == name)).count();
            let found = errors["types"].as_array().unwrap().iter().find(|error| error["name"] == name).unwrap();
            assert_eq!(found["count"], expected, "{name}");
            let share = expected as f64 / truth.messages.len() as f64 * 1000.0;
            close(&found["per_thousand"], share, 1e-9, name);
            assert!(
                found["interval"]["low"].as_f64().unwrap() < share
                    && found["interval"]["high"].as_f64().unwrap() > share
            );
        }
    }
}

#[test]
fn throughput_and_the_steady_part_are_those_of_the_simulation() {
    let (truth, reports) = shapes();
    for report in &reports {
        let service = &report["service"][0];
        let last = truth.messages.iter().map(|m| m.reported.or(m.end).or(m.error.map(|e| e.1)).unwrap()).max().unwrap();
        let throughput = &service["throughput"];
        // A report of a timeout at the very end is not in every shape.
        let window = (last - truth.messages[0].sent) as f64 / NANOS;
        close(&throughput["window"], window, 0.2, "window");
        close(&throughput["offered"], truth.messages.len() as f64 / window, 0.05, "offered");
        let start = truth.messages[0].sent.min(0) as f64 / NANOS;
        let (from, to) = (service["steady"]["from"].as_f64().unwrap(), service["steady"]["to"].as_f64().unwrap());
        // 40 sessions open over 20 s and close from 120 s on; nine tenths are open after 18 s.
        assert!((15.0..21.0).contains(&(from - start)) && (100.0..125.0).contains(&to), "{from} {to}");
        let steady = throughput["steady_offered"].as_f64().unwrap();
        let origin = if report["service"][0]["shape"] == "events" { 0 } else { truth.messages[0].sent };
        let inside = |at: i64| ((at - origin) as f64 / NANOS) >= from && ((at - origin) as f64 / NANOS) < to;
        let sent = truth.messages.iter().filter(|m| inside(m.sent)).count() as f64;
        close(&throughput["steady_offered"], sent / (to - from), 0.05, "steady");
        assert!(steady > throughput["offered"].as_f64().unwrap());
        let series = service["series"].as_array().unwrap();
        assert_eq!(series.iter().map(|slot| slot["sent"].as_u64().unwrap()).sum::<u64>(), truth.messages.len() as u64);
    }
}

#[test]
fn sessions_memory_and_timeouts_are_those_of_the_simulation() {
    let (truth, reports) = shapes();
    let events = &reports[0]["service"][0];
    assert_eq!(events["concurrency"]["stable"]["peak"], 40);
    let area: i64 = truth.sessions.iter().map(|(open, close)| close - open).sum();
    let span = 140.0_f64.max(truth.sessions.iter().map(|s| s.1).max().unwrap() as f64 / NANOS);
    close(&events["concurrency"]["active"]["average"], area as f64 / NANOS / span, 0.3, "average sessions");
    same(&reports[0], "session duration", truth.sessions.iter().map(|(open, close)| close - open));
    assert_eq!(events["session_duration"]["still_open"], 0);
    assert_eq!(events["memory"]["samples"], 140);
    assert_eq!(events["memory"]["peak"], 50_590_000.0);
    let held: u64 = truth.memory[..139].iter().map(|(_, bytes)| bytes).sum();
    close(&events["memory"]["time_weighted"], held as f64 / 139.0, 1.0, "memory");
    for report in &reports {
        assert_eq!(report["service"][0]["sessions"].as_array().unwrap().len(), 40);
        let timeouts = || truth.messages.iter().filter(|m| m.reported.is_some());
        same(report, "time to detect a timeout", timeouts().map(|m| m.error.unwrap().1 - m.sent));
        if report["service"][0]["shape"] != "aiperf" {
            same(report, "detection to report", timeouts().map(|m| m.reported.unwrap() - m.error.unwrap().1));
        }
    }
}

#[test]
fn a_configuration_gives_deadline_rate_and_names() {
    let truth = run(7, 40);
    let place = Place::new();
    let log = truth.event_log().replace("message_sent", "ask").replace("timestamp,session,", "moment,who,");
    place.write("odd.csv", log);
    place.run("summarize odd.csv -o odd.json");
    place.write(
        "perfreport.toml",
        "[[source]]\nmatch = \"odd.csv\"\n[source.service]\ndeadline = \"10s\"\nrate = \"25/s\"\n\
         [source.service.columns]\ntime = \"moment\"\nsession = \"who\"\n[source.service.events]\nask = \"message_sent\"\n",
    );
    place.run("summarize odd.csv -o odd.json").exits(0);
    let report = place.json("odd.json");
    let service = &report["service"][0];
    assert_eq!(service["messages"]["sent"], truth.messages.len());
    let late = truth.messages.iter().filter(|m| m.reported.is_some()).map(|m| m.error.unwrap().1 - m.sent - DEADLINE);
    same(&report, "detection after the deadline", late);
    let stall = &service["schedule"]["stalls"][0];
    assert!(stall["from"].as_f64().unwrap() <= truth.stall.0 as f64 / NANOS);
    assert!(stall["length"].as_f64().unwrap() >= (truth.stall.1 - truth.stall.0) as f64 / NANOS);
    assert_eq!(findings(&report, "schedule_stall").len(), 1);
    place.write("perfreport.toml", "[[source]]\nmatch = \"*\"\n[source.service]\ndeadline = \"10 MB\"\n");
    place.run("summarize odd.csv").exits(2).complains("service.deadline");
}

#[test]
fn every_oddity_is_a_finding_and_the_rest_stays_right() {
    let truth = run(7, 40);
    let mut rows = truth.events();
    let answered = truth.messages.iter().position(|m| m.end.is_some()).unwrap();
    let session = truth.messages[answered].session;
    let last = rows.last().unwrap().split(',').next().unwrap().to_owned();
    let end = rows.iter().position(|row| row.contains(&format!(",m{answered},message_end"))).unwrap();
    let sent = rows.iter().position(|row| row.contains(&format!(",m{answered},message_sent"))).unwrap();
    let (end_row, sent_row) = (rows[end].clone(), rows[sent].clone());
    rows.push(sent_row);
    rows.push(format!("{last},{}", end_row.split_once(',').unwrap().1));
    rows.push(format!("{last},s{session},,session_close,,"));
    rows.push(format!("{last},late,,session_open,,"));
    rows.push(format!("{last},s1,,coffee_break,,"));
    rows.push("1234.5,s1,m99999,message_sent,,".to_owned());
    rows.push(format!("{last},s1,nobody,message_end,,"));
    rows.push(format!("{last},late,hanging,message_sent,,"));
    let place = Place::new();
    let report = service(&place, "odd.csv", &log_of(&rows));
    for kind in [
        "duplicate_event",
        "answered_twice",
        "closed_twice",
        "never_closed",
        "unknown_event",
        "two_clocks",
        "orphan_event",
        "out_of_order",
    ] {
        let found = findings(&report, kind);
        assert_eq!(found.len(), 1, "{kind}: {:#}", report["findings"]);
        assert!(found[0]["place"]["line"].as_u64().is_some(), "{kind}");
    }
    assert_eq!(lines(&report, "two_clocks"), [rows.len() as u64 - 1]);
    let service = &report["service"][0];
    assert_eq!(service["messages"]["sent"], truth.messages.len() + 1);
    assert_eq!(service["messages"]["open"], 1);
    assert_eq!(service["session_duration"]["still_open"], 1);
    same(&report, "time to response", truth.messages.iter().filter_map(|m| Some(m.end? - m.sent)));
    same(&report, "session duration", truth.sessions.iter().map(|(open, close)| close - open));
}

#[test]
fn requests_on_two_clocks_or_recorded_twice_are_findings() {
    let truth = run(7, 10);
    let log = truth.request_log();
    let mut rows: Vec<String> = log.lines().map(str::to_owned).collect();
    rows.push(rows[3].clone());
    rows.push("x,s1,1773576050.5,1773576049.5,1773576051.5,ok,,,".to_owned());
    let place = Place::new();
    let report = service(&place, "requests.csv", &rows.join("\n"));
    assert_eq!(lines(&report, "duplicate_event"), [rows.len() as u64 - 1]);
    assert_eq!(lines(&report, "two_clocks"), [rows.len() as u64]);
    assert_eq!(report["service"][0]["messages"]["contradicting"], 1);
    same(&report, "time to response", truth.messages.iter().filter_map(|m| Some(m.end? - m.sent)));
}

#[test]
fn what_is_no_chat_service_is_not_taken_for_one() {
    let place = Place::new();
    for name in ["chat", "load", "json"] {
        place.run(&format!("summarize {} -o r.json", fixture(name))).exits(0);
        assert_eq!(place.json("r.json")["service"], Value::Null, "{name}");
    }
    place.write(
        "jmeter.csv",
        "timeStamp,elapsed,label,responseCode,success,Latency\n1773576000000,12,home,200,true,10\n\
         1773576000100,14,home,200,true,11\n1773576000200,13,home,500,false,11\n",
    );
    place.run("summarize jmeter.csv -o r.json").exits(0);
    assert_eq!(place.json("r.json")["service"], Value::Null);
}

#[test]
fn errors_that_a_format_cannot_carry_are_not_zero() {
    let place = Place::new();
    let report = service(
        &place,
        "requests.csv",
        "session,sent_at,ttft_ms,latency_ms\na,0.5,120,400\na,1.5,110,300\nb,1.75,130,500\nb,3.5,90,410\n",
    );
    let service = &report["service"][0];
    assert_eq!(service["errors"]["recorded"], false);
    assert_eq!(service["errors"]["per_thousand"], Value::Null);
    close(&distribution(&report, "time to first chunk")["max"], 0.13, 1e-9, "first chunk");
    place.run("summarize requests.csv -o r.md -o r.html").exits(0).says("errors not recorded");
    assert!(place.read("r.md").contains("errors not recorded") && place.read("r.html").contains("Service metrics"));
}

#[test]
fn the_fixtures_of_all_shapes_are_read() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json", fixture("service"))).exits(0);
    let report = place.json("r.json");
    let shapes: Vec<&str> =
        report["service"].as_array().unwrap().iter().map(|service| service["shape"].as_str().unwrap()).collect();
    assert_eq!(shapes, ["aiperf", "events", "requests"]);
    for service in report["service"].as_array().unwrap() {
        assert_eq!(service["messages"]["sent"], report["service"][0]["messages"]["sent"]);
    }
}

/// Outcome counts of a small log: sent, answered, timed out, failed.
fn outcomes(text: &str, name: &str) -> [u64; 4] {
    let report = service(&Place::new(), name, text);
    let messages = &report["service"][0]["messages"];
    ["sent", "answered", "timed_out", "failed"].map(|key| messages[key].as_u64().unwrap())
}

#[test]
fn a_log_of_dates_and_words_alone_is_a_service() {
    let text = "timestamp,session,message,event\n\
                2024-03-15T10:00:00Z,a,m1,message_sent\n2024-03-15T10:00:01Z,a,m1,message_end\n\
                2024-03-15T10:00:02Z,a,m2,message_sent\n2024-03-15T10:00:04Z,a,m2,message_end\n";
    assert_eq!(outcomes(text, "iso.csv"), [2, 2, 0, 0]);
}

#[test]
fn failures_are_read_however_they_are_written() {
    let log = |header: &str, cells: [&str; 4]| {
        let rows: String = cells
            .iter()
            .enumerate()
            .map(|(row, cell)| format!("a,{},{},{cell}\n", 1_710_496_800 + row * 10, 1_710_496_802 + row * 10))
            .collect();
        format!("session,sent,completed,{header}\n{rows}")
    };
    for (header, cells, expected) in [
        ("status", ["200 OK", "200 OK", "503 Unavailable", "200 OK"], [4, 3, 0, 1]),
        ("http_status", ["200", "500", "200", "200"], [4, 3, 0, 1]),
        ("status", ["done", "finished", "failed", "ok"], [4, 3, 0, 1]),
        ("error", ["0", "1", "0", "1"], [4, 2, 0, 2]),
        ("error", ["true", "false", "false", "false"], [4, 3, 0, 1]),
        ("error", ["", "NaN", "rate limit", ""], [4, 3, 0, 1]),
        ("timed_out", ["0", "1", "0", "0"], [4, 3, 1, 0]),
        ("timed_out", ["false", "false", "true", "false"], [4, 3, 1, 0]),
    ] {
        assert_eq!(outcomes(&log(header, cells), "log.csv"), expected, "{header} {cells:?}");
    }
    let report = service(&Place::new(), "log.csv", &log("status", ["ok", "purple", "ok", "ok"]));
    assert_eq!(findings(&report, "unknown_event").len(), 1, "an unknown word is no verdict, and is said");
    let lines: String = (0..4)
        .map(|row| {
            let error = if row % 2 == 0 { "null" } else { "{\"type\":\"rate_limit\",\"message\":\"x\"}" };
            let (sent, completed) = (1_710_496_800 + row * 10, 1_710_496_802 + row * 10);
            format!("{{\"session\":\"a\",\"sent\":{sent},\"completed\":{completed},\"error\":{error}}}\n")
        })
        .collect();
    assert_eq!(outcomes(&lines, "log.ndjson"), [4, 2, 0, 2]);
}

#[test]
fn counts_and_lists_of_jobs_are_no_service() {
    let place = Place::new();
    place.write("weeks.csv", "week,sent,first_response,completed,failed\n1,300,280,250,3\n2,290,270,260,2\n3,310,300,255,4\n4,280,270,240,1\n");
    place.write(
        "jobs.csv",
        "session,start,end\na,1710496800,1710496900\nb,1710496850,1710496950\nc,1710496860,1710496990\n",
    );
    for file in ["weeks.csv", "jobs.csv"] {
        place.run(&format!("summarize {file} -o r.json"));
        if place.files().contains(&"r.json".to_owned()) {
            assert!(place.json("r.json")["service"].as_array().is_none_or(Vec::is_empty), "{file}");
            std::fs::remove_file(place.path().join("r.json")).unwrap();
        }
    }
}

#[test]
fn an_answer_after_the_session_closed_comes_too_late() {
    let text = "timestamp,session,message,event\n1710496800,a,,session_open\n1710496801,a,m1,message_sent\n\
                1710496802,a,,session_close\n1710496804,a,m1,message_end\n1710496805,b,,session_open\n\
                1710496806,b,m1,message_sent\n1710496807,b,m1,message_end\n1710496808,b,,session_close\n";
    let report = service(&Place::new(), "late.csv", text);
    assert_eq!(report["service"][0]["messages"]["answered"], 1);
    assert_eq!(report["service"][0]["messages"]["session_closed"], 1);
    assert_eq!(findings(&report, "late_answer").len() + findings(&report, "late_event").len(), 1);
}

#[test]
fn a_request_log_in_the_words_of_the_report_is_a_service() {
    let place = Place::new();
    let row = |row: u64| format!("{}.5,s{},0.3{},0.8{},ok\n", 1_773_576_000 + row, row % 3, row % 10, row % 10);
    let rows: String = (0..30).map(row).collect();
    let header = "sent_at,session_id,time_to_first_chunk_s,time_to_response_s,status\n";
    let report = service(&place, "requests.csv", &format!("{header}{rows}"));
    let all = report["service"][0]["distributions"].as_array().unwrap();
    assert!(!all.is_empty());
    assert_eq!(report["service"][0]["messages"]["sent"], 30);
}

#[test]
fn messages_without_names_belong_to_their_session_row_by_row() {
    // Two sessions take turns; each message is answered after half a second, and every fifth one fails.
    let log = |id: &dyn Fn(u64) -> String| {
        let mut text = String::from("timestamp,session_id,message_id,event\n");
        for message in 0..40_u64 {
            let at = 1_773_576_000.0 + 2.0 * message as f64;
            let (session, id) = (message % 2, id(message));
            let end = if message % 5 == 4 { "error" } else { "response_completed" };
            for (offset, event) in [(0.0, "message_sent"), (0.5, "first_chunk"), (0.9, end)] {
                if event == "first_chunk" && end == "error" {
                    continue;
                }
                text.push_str(&format!("{:.3},s{session},{id},{event}\n", at + offset));
            }
        }
        text
    };
    let place = Place::new();
    let named = |message: u64| format!("m{message}");
    let none = |_: u64| String::new();
    let some = |message: u64| if message.is_multiple_of(3) { String::new() } else { format!("m{message}") };
    let word = |_: u64| "null".to_owned();
    let ids: [(&str, &dyn Fn(u64) -> String); 4] =
        [("named.csv", &named), ("none.csv", &none), ("some.csv", &some), ("word.csv", &word)];
    for (name, id) in ids {
        let report = service(&place, name, &log(id));
        let first = distribution(&report, "time to first chunk");
        assert_eq!(first["n"], 32, "{name}");
        close(&first["max"], 0.5, 1e-6, name);
    }
}
