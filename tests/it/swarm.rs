//! Performance records of an agent swarm: reading, differencing, contradictions, and session data that stays inside.

use perfreport::ingest::{self, SourceOptions};
use perfreport::table::source::Source;
use perfreport::table::swarm::SwarmRecord;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Place, Run, findings, fixture, fixtures, report};

/// Planted in session data; it must be in no output.
const SECRET: &str = "PLANTED-SECRET-4711";
/// Milliseconds of 1,000 hours.
const LONGEST: u64 = 1000 * 3_600_000;

fn read(text: &str) -> Source {
    ingest::read("records.json", text.as_bytes(), &SourceOptions::default()).unwrap()
}

/// The total time of a record that says `duration`, in seconds.
fn seconds(duration: &str) -> Option<f64> {
    let source = read(&json!({"clientId": "c", "executionCount": 1, "executionTimeTotal": duration}).to_string());
    match &source.swarm[..] {
        [SwarmRecord::Client(client)] => client.time_total.map(|time| time.seconds),
        other => panic!("{other:?}"),
    }
}

/// `HH:MM:SS.ms` as the format has it: what follows the dot is not padded.
fn clock(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}.{}", seconds % 60, milliseconds % 1000)
}

/// `500ms` below a second, `1.23s` from there on.
fn with_unit(milliseconds: u64) -> String {
    if milliseconds < 1000 { format!("{milliseconds}ms") } else { format!("{}s", milliseconds as f64 / 1000.0) }
}

fn client(id: &str, executions: u64, milliseconds: u64) -> Value {
    json!({
        "clientId": id,
        "sessionMemory": {"words": SECRET},
        "sessionState": SECRET,
        "executionCount": executions,
        "executionInputTotal": executions * 100,
        "executionOutputTotal": executions * 30,
        "executionInputAverage": if executions > 0 { 100.0 } else { 0.0 },
        "executionOutputAverage": if executions > 0 { 30.0 } else { 0.0 },
        "executionTimeTotal": clock(milliseconds),
    })
}

/// A snapshot on 2024-03-15, `time` seconds after midnight UTC.
fn snapshot(id: &str, time: u64, executions: u64, milliseconds: u64, clients: &[Value]) -> Value {
    json!({
        "processId": id,
        "clients": clients,
        "totalExecutionCount": executions,
        "totalResponseTime": clock(milliseconds),
        "momentStamp": 19_797,
        "timeStamp": time,
    })
}

fn lines_of(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

/// The Markdown about one file.
fn page(name: &str, text: &str) -> String {
    let place = Place::new();
    place.write(name, text);
    place.run(&format!("summarize {name} -o r.md")).exits(0);
    place.read("r.md")
}

fn processes(report: &Value) -> &Vec<Value> {
    report["swarm"]["processes"].as_array().unwrap()
}

fn numbers(process: &Value, field: &str) -> Vec<Option<f64>> {
    process["intervals"].as_array().unwrap().iter().map(|interval| interval[field].as_f64()).collect()
}

#[test]
fn every_duration_of_the_format_is_read_exactly() {
    for (text, expected) in [
        ("500ms", 0.5),
        ("1.23s", 1.23),
        ("00:00:01.5", 1.005),
        ("00:00:01.50", 1.05),
        ("00:00:00.1000", 1.0),
        ("03:25:45.678", 12_345.678),
        ("100:00:00.0", 360_000.0),
    ] {
        assert_eq!(seconds(text), Some(expected), "{text}");
    }
    for text in ["", "12", "1.5 minutes", "-00:00:01.0", "00:00:01.1001", "00:70:00.0", "PT5S"] {
        assert_eq!(seconds(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn durations_up_to_a_thousand_hours_come_back(milliseconds in 0..=LONGEST) {
        let expected = milliseconds as f64 / 1000.0;
        for text in [clock(milliseconds), with_unit(milliseconds), format!("{milliseconds}ms")] {
            prop_assert_eq!(seconds(&text), Some(expected), "{}", text);
        }
    }

    #[test]
    fn no_series_gives_a_negative_number_and_every_execution_is_counted(
        steps in prop::collection::vec((0_u64..50, 0_u64..90_000, prop::bool::weighted(0.2)), 1..12),
    ) {
        let (mut executions, mut milliseconds, mut total, mut total_time) = (0, 0, 0, 0);
        let mut records = Vec::new();
        for (index, (more, longer, restart)) in steps.iter().enumerate() {
            // A restart that does less than before is seen; one that does more cannot be.
            if *restart && *more < executions {
                (executions, milliseconds) = (0, 0);
            }
            executions += more;
            milliseconds += longer;
            total += more;
            total_time += longer;
            records.push(snapshot("p", 30 * index as u64, executions, milliseconds, &[client("c", executions, milliseconds)]));
        }
        let records: Vec<SwarmRecord> = read(&lines_of(&records)).swarm;
        let input = perfreport::analysis::swarm::Input { source: "s", records: &records };
        let swarm = perfreport::analysis::swarm::analyse(&[input]).unwrap();
        let process = &swarm.processes[0];
        prop_assert_eq!(process.executions, total);
        prop_assert!((process.response_time - total_time as f64 / 1000.0).abs() < 1e-6);
        prop_assert_eq!(process.clients[0].executions, Some(total));
        for interval in &process.intervals {
            prop_assert!(interval.response_time >= 0.0);
            prop_assert!(interval.throughput.is_none_or(|rate| rate >= 0.0));
        }
    }
}

#[test]
fn both_notations_of_a_date_are_read_and_checked_against_the_stamps() {
    let dated = |date: &str| {
        let mut record = snapshot("p", 43_200, 1, 1000, &[]);
        record["date"] = json!(date);
        report("r.json.txt", &record.to_string())
    };
    for date in ["2024-03-15T12:00:00Z", "2024-03-15T13:00:00.250+01:00", "Fri, 15 Mar 2024 12:00:00 GMT"] {
        let report = dated(date);
        assert_eq!(findings(&report, "contradiction").len(), 0, "{date}");
        assert_eq!(processes(&report)[0]["first"], "2024-03-15T12:00:00Z");
    }
    for date in ["2024-03-15T12:00:05Z", "Fri, 15 Mar 2024 13:00:00 GMT"] {
        let report = dated(date);
        let found = findings(&report, "contradiction");
        assert_eq!(found.len(), 1, "{date}");
        assert_eq!(found[0]["value"], date);
        assert_eq!(found[0]["place"]["line"], 1);
    }
    assert_eq!(findings(&dated("last Friday"), "unreadable_field").len(), 1);
    // Without stamps the date is all there is.
    let text = r#"{"processId":"p","clients":[],"totalExecutionCount":1,"totalResponseTime":"1s","date":"Fri, 15 Mar 2024 12:00:00 GMT"}"#;
    assert_eq!(processes(&report("d.json", text))[0]["first"], "2024-03-15T12:00:00Z");
}

/// Computed by hand from the numbers in `fixtures/swarm`.
#[test]
fn a_restart_in_the_middle_and_a_client_that_leaves() {
    let place = Place::new();
    place.run(&format!("summarize {} -o r.json -o r.md -o r.html", fixture("swarm"))).exits(0).says("agents-7f3a");
    let report = place.json("r.json");
    let process = &processes(&report)[0];
    assert_eq!(process["executions"], 57);
    assert_eq!(process["response_time"], 55.1);
    assert_eq!(process["restarts"], 1);
    assert_eq!(process["in_flight"], 1);
    assert_eq!(numbers(process, "executions"), [10.0, 15.0, 14.0, 6.0, 12.0].map(Some));
    assert_eq!(numbers(process, "response_time"), [12.5, 21.0, 12.0, 3.0, 6.6].map(Some));
    assert_eq!(numbers(process, "average_response_time"), [1.25, 1.4, 12.0 / 14.0, 0.5, 6.6 / 12.0].map(Some));
    assert_eq!(numbers(process, "throughput"), [None, Some(0.5), Some(14.0 / 30.0), None, Some(0.4)]);
    assert_eq!(process["throughput"].as_f64(), Some(41.0 / 90.0));
    let clients = process["clients"].as_array().unwrap();
    let of = |id: &str| clients.iter().find(|client| client["id"] == id).unwrap();
    assert_eq!((of("coder")["executions"].as_u64(), of("coder")["time_total"].as_f64()), (Some(36), Some(38.8)));
    assert_eq!((of("planner")["executions"].as_u64(), of("planner")["present"].as_bool()), (Some(9), Some(false)));
    assert_eq!(of("planner")["last_seen"], "2024-03-15T12:00:30Z");
    assert_eq!(of("reviewer")["input_total"], 6500.0);
    assert_eq!(of("reviewer")["share_of_executions"].as_f64(), Some(12.0 / 57.0));
    assert_eq!(findings(&report, "restart")[0]["place"]["source"], "19797.43290.json");
    assert_eq!(findings(&report, "lone_client").len(), 1);
    assert_eq!(report["verdict"]["data"], "clean", "differences that can be explained are no contradictions");
    assert_eq!(report["metrics"], json!([]), "counters are no samples");
    let page = place.read("r.html");
    assert_eq!(page.matches("<svg class=\"chart ").count(), 3, "the first screen has one, the process both");
    assert!(page.contains("bytes or characters") && place.read("r.md").contains("bytes or characters"));
    assert!(place.read("r.md").contains("| `planner` "));
}

#[test]
fn every_arrangement_of_the_records_gives_the_same_analysis() {
    let records: Vec<Value> = [43_200, 43_230, 43_260, 43_290, 43_320]
        .iter()
        .map(|time| {
            let text = std::fs::read_to_string(fixtures().join(format!("swarm/19797.{time}.json"))).unwrap();
            serde_json::from_str(&text).unwrap()
        })
        .collect();
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    let arrangements = [
        ("array.json", json!(records).to_string()),
        ("pretty.json", pretty(&json!(records))),
        ("lines.ndjson", lines_of(&records)),
        ("documents.json", records.iter().map(|record| pretty(record) + "\n").collect()),
        ("arrays.json", records.iter().map(|record| json!([record]).to_string() + "\n").collect()),
    ];
    let place = Place::new();
    for (index, record) in records.iter().enumerate() {
        place.write(&format!("folder/{index}.json"), pretty(record));
    }
    // The place of a snapshot differs, nothing else.
    let analysis = |mut report: Value| {
        let process = &mut report["swarm"]["processes"][0];
        for interval in process["intervals"].as_array_mut().unwrap() {
            interval["source"].take();
            interval["line"].take();
        }
        process.take()
    };
    place.run("summarize folder -o folder.json.json").exits(0);
    let expected = analysis(place.json("folder.json.json"));
    assert_eq!(expected["snapshots"], 5);
    for (name, text) in arrangements {
        assert_eq!(analysis(report(name, &text)), expected, "{name}");
    }
}

#[test]
fn a_record_that_contradicts_itself_is_a_finding() {
    let mut wrong = snapshot("p", 100, 4, 10_000, &[client("c", 4, 10_000)]);
    wrong["averageResponseTime"] = json!("00:00:02.503");
    wrong["clients"][0]["executionInputAverage"] = json!(100.02);
    wrong["clients"][0]["executionTimeAverage"] = json!("2.8s");
    let found = report("a.json", &wrong.to_string());
    let fields: Vec<&str> =
        findings(&found, "contradiction").iter().map(|finding| finding["metric"].as_str().unwrap()).collect();
    assert_eq!(fields.len(), 3, "{fields:?}");
    for field in ["averageResponseTime", "executionInputAverage", "executionTimeAverage"] {
        assert!(fields.contains(&field), "{fields:?}");
    }
    assert_eq!(found["verdict"]["data"], "suspicious");
    assert_eq!(processes(&found)[0]["average_response_time"], 2.5, "averages are recomputed");
    // Within rounding: a millisecond, a hundredth, and the digits of `1.23s`.
    let mut right = wrong.clone();
    right["averageResponseTime"] = json!("00:00:02.501");
    right["clients"][0]["executionInputAverage"] = json!(100.01);
    right["clients"][0]["executionTimeAverage"] = json!("2.50s");
    assert_eq!(findings(&report("a.json", &right.to_string()), "contradiction").len(), 0);
}

#[test]
fn clients_against_their_process_are_explained() {
    // 3 started and not finished; then 5 finished by a client that no snapshot showed.
    let in_flight = report("a.json", &snapshot("p", 100, 7, 7000, &[client("c", 10, 7000)]).to_string());
    assert_eq!(processes(&in_flight)[0]["in_flight"], 3);
    assert_eq!(in_flight["findings"], json!([]));
    let text = snapshot("p", 100, 15, 15_000, &[client("c", 10, 7000)]).to_string();
    let unseen = report("a.json", &text);
    assert_eq!(processes(&unseen)[0]["unaccounted"], 5);
    assert_eq!(processes(&unseen)[0]["in_flight"], Value::Null);
    assert!(page("a.json", &text).contains("the other 5 belong to clients that left"));
    assert_eq!(unseen["findings"], json!([]));
    // More time than the process itself, and nothing in flight: that cannot be explained.
    let more = report("a.json", &snapshot("p", 100, 10, 7000, &[client("c", 10, 9000)]).to_string());
    assert_eq!(findings(&more, "contradiction").len(), 1);
}

#[test]
fn duplicates_and_disorder_are_stated_and_do_no_harm() {
    let a = snapshot("p", 100, 10, 10_000, &[]);
    let b = snapshot("p", 130, 25, 40_000, &[]);
    let c = snapshot("p", 160, 40, 70_000, &[]);
    let found = report("a.ndjson", &lines_of(&[a.clone(), c, b.clone(), b]));
    let process = &processes(&found)[0];
    assert_eq!(process["restarts"], 0);
    assert_eq!(numbers(process, "executions"), [10.0, 15.0, 15.0].map(Some));
    assert_eq!(findings(&found, "out_of_order_snapshot")[0]["place"]["line"], 3);
    assert_eq!(findings(&found, "duplicate_snapshot")[0]["place"]["line"], 4);
    assert_eq!(found["sources"][0]["rows_used"], 3);
    let other = snapshot("p", 100, 11, 11_000, &[]);
    let conflict = report("a.ndjson", &lines_of(&[a, other]));
    assert_eq!(processes(&conflict)[0]["executions"], 11);
    assert_eq!(findings(&conflict, "contradiction").len(), 1);
}

#[test]
fn a_new_process_is_a_process_of_its_own() {
    let records = [
        snapshot("old", 100, 10, 10_000, &[]),
        snapshot("old", 130, 20, 20_000, &[]),
        snapshot("new", 160, 3, 3000, &[]),
        snapshot("new", 190, 6, 9000, &[]),
    ];
    let found = report("a.ndjson", &lines_of(&records));
    let [old, new] = &processes(&found)[..] else { panic!("{found:#}") };
    assert_eq!((old["executions"].as_u64(), new["executions"].as_u64()), (Some(20), Some(6)));
    assert_eq!(new["throughput"], 0.1);
    assert_eq!((&new["follows"]["id"], &new["follows"]["gap"]), (&json!("old"), &json!(30.0)));
    let page = page("a.ndjson", &lines_of(&records));
    assert!(page.contains("30\u{a0}s after the last one of `old`"), "{page}");
}

#[test]
fn a_client_that_is_made_anew_keeps_what_it_did() {
    let records =
        [snapshot("p", 100, 9, 9000, &[client("c", 9, 9000)]), snapshot("p", 130, 12, 12_000, &[client("c", 3, 3000)])];
    let found = report("a.ndjson", &lines_of(&records));
    let process = &processes(&found)[0];
    assert_eq!(process["restarts"], 0);
    assert_eq!(process["clients"][0]["executions"], 12);
    assert_eq!(process["clients"][0]["restarts"], 1);
    assert_eq!(process["in_flight"], 0);
}

#[test]
fn a_client_alone_is_a_row_of_its_own() {
    let place = Place::new();
    place.write("agent.19797.json", client("agent", 4, 2000).to_string());
    place.write("agent.19798.json", client("agent", 10, 5000).to_string());
    place
        .run("summarize agent.19797.json agent.19798.json -o r.json -o r.md")
        .exits(0)
        .says("1 client without a process");
    let found = place.json("r.json");
    let lone = &found["swarm"]["lone_clients"][0];
    assert_eq!((lone["records"].as_u64(), lone["executions"].as_u64()), (Some(2), Some(10)));
    assert_eq!(lone["time_average"], 0.5);
    assert_eq!(lone["last_seen"], "2024-03-16");
    assert_eq!(lone["share_of_time"], Value::Null);
    assert!(place.read("r.md").contains("## Clients without their process"));
}

#[test]
fn a_damaged_record_costs_only_itself() {
    let whole = |time: u64, executions: u64| {
        snapshot("p", time, executions, executions * 1000, &[client("c", executions, executions * 1000)]).to_string()
    };
    let cut = whole(130, 20)[..180].to_owned();
    let text = format!("{}\n{cut}\n{}\n{}", whole(100, 10), whole(160, 30), &whole(190, 40)[..100]);
    let found = report("a.ndjson", &text);
    assert_eq!(numbers(&processes(&found)[0], "executions"), [10.0, 20.0].map(Some));
    assert_eq!(findings(&found, "malformed_record")[0]["place"]["line"], 2);
    assert_eq!(findings(&found, "truncated_line")[0]["place"]["line"], 4);
    assert_eq!(found["sources"][0]["rows_read"], 4);
    // In an indented array the clients of a broken record are not taken for records.
    let pretty = serde_json::to_string_pretty(&json!([
        snapshot("p", 100, 10, 10_000, &[client("c", 10, 10_000), client("d", 0, 0)]),
        snapshot("p", 130, 20, 20_000, &[client("c", 20, 20_000), client("d", 0, 0)]),
    ]))
    .unwrap();
    let broken = pretty.replacen("\"executionCount\": 10,", "\"executionCount\": 10 10,", 1);
    let found = report("a.json", &broken);
    assert_eq!(processes(&found)[0]["executions"], 20);
    assert_eq!(found["swarm"]["lone_clients"], json!([]));
    // Fields that cannot be read count as absent.
    let text = whole(100, 10).replace("\"totalExecutionCount\":10", "\"totalExecutionCount\":\"ten\"");
    let found = report("a.ndjson", &format!("{text}\n{}", whole(130, 20)));
    let field = findings(&found, "unreadable_field");
    assert_eq!((&field[0]["value"], &field[0]["place"]["column"]), (&json!("ten"), &json!("totalExecutionCount")));
    assert_eq!(findings(&found, "unusable_snapshot").len(), 1);
    // One snapshot of a folder that was cut off does not stop the others.
    let place = Place::new();
    place.write("s/1.json", whole(100, 10)).write("s/2.json", &whole(130, 20)[..150]).write("s/3.json", whole(160, 30));
    place.run("summarize s -o r.json").exits(0);
    assert_eq!(processes(&place.json("r.json"))[0]["snapshots"], 2);
    place.run("summarize s/1.json s/2.json s/3.json -o r.json").exits(0);
    place.run("check s/2.json").exits(1).says("2.json:1: corrupted").says("ends too early");
}

#[test]
fn long_series_are_joined_in_the_report_and_whole_in_the_data() {
    let records: Vec<Value> = (0..240).map(|index| snapshot("p", 30 * index, 7 * index, 900 * index, &[])).collect();
    let place = Place::new();
    place.write("long.ndjson", lines_of(&records));
    place.run("summarize long.ndjson -o r.json -o r.md -o r.html").exits(0);
    assert_eq!(processes(&place.json("r.json"))[0]["intervals"].as_array().unwrap().len(), 240);
    let markdown = place.read("r.md");
    assert!(markdown.contains("240 intervals are joined into 25 rows"), "{markdown}");
    assert!(markdown.contains("0.2333"), "7 executions in 30 s in every joined row");
}

#[test]
fn records_stand_beside_other_metrics() {
    let place = Place::new();
    place.run(&format!("summarize {} {} -o r.json -o r.md", fixture("swarm"), fixture("load/requests.csv"))).exits(0);
    let found = place.json("r.json");
    assert!(found["metrics"].as_array().unwrap().iter().all(|metric| metric["source"] == "requests.csv"));
    assert!(found["verdict"]["headline"].as_str().unwrap().contains("57 executions of 1 process"));
    assert!(place.read("r.md").contains("## `requests.csv`"));
}

fn outputs(run: &Run) -> String {
    format!("{}\n{}", run.stdout, run.stderr)
}

#[test]
fn session_data_stays_inside_whatever_happens() {
    let whole = snapshot("p", 100, 10, 10_000, &[client("c", 10, 10_000)]).to_string();
    let alone = client("agent", 4, 2000).to_string();
    let first = format!(r#"{{"sessionMemory":{{"a":"{SECRET}"}},"clientId":"c","executionCount":1}}"#);
    let deep = format!(
        r#"{{"clientId":"c","sessionState":{}"{SECRET}"{},"executionCount":1}}"#,
        "[".repeat(500),
        "]".repeat(500)
    );
    let huge =
        format!(r#"{{"sessionMemory":["{SECRET}","{}"],"clientId":"c","executionCount":1}}"#, "x".repeat(200_000));
    let inputs: Vec<(&str, String)> = vec![
        ("whole.json", whole.clone()),
        ("alone.json", alone.clone()),
        ("array.json", format!("[{whole},{alone}]")),
        ("lines.ndjson", format!("{whole}\n{alone}\n")),
        ("first.json", first.clone()),
        ("deep.json", deep),
        ("huge.json", huge),
        ("cut.json", whole[..whole.find(SECRET).unwrap() + SECRET.len()].to_owned()),
        ("cut_first.json", first[..first.find(SECRET).unwrap() + SECRET.len()].to_owned()),
        ("no_comma.json", whole.replace(",\"executionCount\"", " \"executionCount\"")),
        ("wrong_types.json", alone.replace("\"agent\"", "{\"x\":1}")),
        ("no_id.json", alone.replace("clientId", "klientId")),
        ("half.ndjson", format!("{}\n{whole}\n{}\n", &whole[..200], &alone[..120])),
        ("prose.json", format!("sessionMemory: {SECRET}\n")),
        ("fragment.json", format!("\"sessionMemory\": \"{SECRET}\"}}\n")),
        (
            "other.json",
            format!(
                r#"{{"rows":[{{"latency_ms":1,"sessionState":"{SECRET}"}},{{"latency_ms":2,"sessionState":"{SECRET}"}}]}}"#
            ),
        ),
        ("twice.json", alone.replace("\"clientId\"", &format!("\"sessionState\":\"{SECRET}\",\"clientId\""))),
    ];
    for (name, text) in inputs {
        let place = Place::new();
        place.write(name, &text);
        assert!(text.contains(SECRET));
        for format in
            ["", " --format agent-swarm", " --format json", " --format ndjson", " --format csv", " --keep-going"]
        {
            let summary = place.run(&format!("summarize {name}{format} -o o.md -o o.html -o o.json -o o.txt"));
            let printed = place.run(&format!("summarize {name}{format} -o -"));
            let check = place.run(&format!("check {name}{format}"));
            for run in [summary, printed, check] {
                let said = outputs(&run);
                assert!(!said.contains(SECRET) && !said.contains("panicked"), "{name}{format}: {said}");
            }
            for output in ["o.md", "o.html", "o.json", "o.txt"] {
                if place.files().contains(&output.to_owned()) {
                    assert!(!place.read(output).contains(SECRET), "{name}{format}: {output}");
                    std::fs::remove_file(place.path().join(output)).unwrap();
                }
            }
        }
    }
}

#[test]
fn other_metrics_with_such_a_name_stay_metrics() {
    let lines: String = (1..6).map(|index| format!("{{\"sessionState\":\"open\",\"latency_ms\":{index}}}\n")).collect();
    let found = report("a.ndjson", &lines);
    assert_eq!(found["metrics"][0]["overall"]["clean"]["n"], 5);
    assert_eq!(found["sources"][0]["format"], "ndjson");
    assert_eq!(found["swarm"], Value::Null);
}

#[test]
fn identities_cannot_break_out_of_the_report() {
    let place = Place::new();
    let id = "<script>alert(1)</script>|`x`\"";
    place.write("a.json", snapshot(id, 100, 10, 10_000, &[client(id, 10, 10_000)]).to_string());
    place.run("summarize a.json -o r.md -o r.html").exits(0);
    assert!(!place.read("r.html").contains("<script>alert"));
    let markdown = place.read("r.md");
    assert!(!markdown.contains("<script>"));
    let row = markdown.lines().filter(|line| line.contains("alert") && line.starts_with('|')).count();
    assert_eq!(row, 1);
}

#[test]
fn session_data_is_shown_where_it_is_named() {
    let place = Place::new();
    let mut record = client("agent", 4, 2000);
    record["sessionState"] = json!({"phase": "waiting", "other": SECRET});
    place.write("a.json", record.to_string());
    let run = place.run("summarize a.json --show-session-data sessionState.phase -o r.md -o r.html -o r.json");
    run.exits(0);
    for output in ["r.md", "r.html", "r.json"] {
        assert!(place.read(output).contains("waiting"), "{output}");
        assert!(!place.read(output).contains(SECRET), "{output}");
    }
    place.run("summarize a.json --show-session-data phase").exits(2).complains("sessionState.phase");
    place.run("summarize --help-all").exits(0).says("WARNING");
}

#[test]
fn every_record_has_its_line() {
    let pretty = serde_json::to_string_pretty(&json!([client("a", 1, 1000), client("b", 1, 1000)])).unwrap();
    let second = pretty.lines().position(|line| line.contains("\"b\"")).unwrap() as u64;
    let source = read(&pretty);
    assert_eq!(source.swarm.iter().map(SwarmRecord::line).collect::<Vec<_>>(), [2, second]);
}

#[test]
fn a_clock_that_is_set_back_invents_no_restart() {
    // Nine snapshots a minute apart; before the seventh the clock is set back by ten minutes.
    let at = |index: u64| 40_000 + 60 * index - if index >= 6 { 600 } else { 0 };
    let rows: Vec<Value> =
        (0..9).map(|index| snapshot("p", at(index), 10 * (index + 1), 5000 * (index + 1), &[])).collect();
    let found = report("a.ndjson", &lines_of(&rows));
    let process = &processes(&found)[0];
    assert_eq!((&process["executions"], &process["restarts"]), (&json!(90), &json!(0)));
    assert_eq!(process["response_time"], json!(45.0));
    let back = findings(&found, "out_of_order_snapshot");
    assert_eq!((back.len(), &back[0]["place"]["line"]), (1, &json!(7)));
    assert!(back[0]["reasons"][0].as_str().unwrap().contains("set back"), "{}", back[0]);
    assert!(findings(&found, "restart").is_empty());
}
