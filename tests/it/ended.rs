//! How rows ended, however a file says so: codes with a point and among other numbers, words in place of codes, an error beside an empty or a
//! contradicting status, one word throughout; and what looks like a failure and is none.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, findings, metric, report};

/// The golden ratio's fraction: its multiples spread evenly.
const STEP: f64 = 0.618_033_988_749_895;
const ROWS: usize = 300;
const PAY: usize = 2;

/// Calls of three endpoints; those for which `fails` holds have the second of the cells under `head`, and come back at once.
fn calls(head: &str, cells: [&str; 2], fails: impl Fn(usize) -> bool) -> String {
    (0..ROWS).fold(format!("at,endpoint,{head},latency_ms\n"), |mut text, row| {
        let endpoint = ["/list", "/find", "/pay"][row % 3];
        let place = (row as f64 * STEP).fract();
        let at = 1_772_366_400.0 + 0.5 * row as f64;
        let (cell, taken) = if fails(row) { (cells[1], 1.0 + place) } else { (cells[0], 80.0 + 40.0 * place) };
        let _ = writeln!(text, "{at:.3},{endpoint},{cell},{taken:.2}");
        text
    })
}

fn none(_: usize) -> bool {
    false
}

fn pay(row: usize) -> bool {
    row % 3 == PAY
}

fn all(_: usize) -> bool {
    true
}

/// How the program ends that compares two runs, and what it says.
fn compared(before: &str, after: &str) -> (Option<i32>, String) {
    let place = Place::new();
    place.write("before.csv", before).write("after.csv", after);
    let run = place.run("compare before.csv after.csv --fail-on regression");
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    (run.code, run.stdout)
}

/// What the first line says of one run, and how the program ends that has targets for it.
fn against_targets(run: &str) -> (Option<i32>, String) {
    let place = Place::new();
    let target = "[[target]]\nmetric = \"latency_ms\"\nerror_rate = \"< 2%\"\n";
    place.write("run.csv", run).write("perfreport.toml", target);
    let run = place.run("summarize run.csv -o report.md --fail-on target --strict");
    (run.code, run.stdout)
}

/// How many rows failed, of how many, and of how many of those nobody knows how they ended.
fn counts(report: &Value) -> [u64; 3] {
    let failures = &metric(report, "latency_ms")["failures"];
    ["failed", "total", "unclear"].map(|key| failures[key].as_u64().unwrap_or_else(|| panic!("no {key} in {failures}")))
}

/// Runs in which one endpoint fails, and everything, are failing.
#[track_caller]
fn fails(head: &str, cells: [&str; 2]) {
    let before = calls(head, cells, none);
    for (which, count) in [(pay as fn(usize) -> bool, 100), (all, 300)] {
        let after = calls(head, cells, which);
        let (code, said) = compared(&before, &after);
        assert_eq!(code, Some(1), "{head} {cells:?}: {said}");
        assert!(said.starts_with("Failing") && !said.contains("improved"), "{head} {cells:?}: {said}");
        let found = report("run.csv", &after);
        assert_eq!(counts(&found), [count, ROWS as u64, 0], "{head} {cells:?}");
        let (code, said) = against_targets(&after);
        assert_eq!(code, Some(1), "{head} {cells:?}: {said}");
    }
}

#[test]
fn a_code_is_one_however_it_is_written() {
    for cells in [["200.0", "503.0"], ["200", "5.03e2"], [" 200 ", " 503 "], ["\"200\"", "\"503\""]] {
        fails("status", cells);
    }
    fails("http_code", ["200.0", "503.0"]);
    fails("status_class", ["2xx", "5xx"]);
}

#[test]
fn one_odd_number_turns_no_column_of_codes_off() {
    for odd in ["-1", "7", "999", "1000", "92.14"] {
        let with_odd = |run: String, was: &str| {
            let row = format!(",/find,{was},");
            run.replacen(&row, &format!(",/find,{odd},"), 1)
        };
        let before = with_odd(calls("status", ["200", "503"], none), "200");
        let after = with_odd(calls("status", ["200", "503"], all), "503");
        let (code, said) = compared(&before, &after);
        assert_eq!(code, Some(1), "{odd}: {said}");
        assert!(said.starts_with("Failing"), "{odd}: {said}");
        let found = report("run.csv", &after);
        assert_eq!(counts(&found), [299, 300, 1], "{odd}");
        let named = findings(&found, "unreadable_field");
        assert_eq!(named.len(), 1, "{odd}: {named:?}");
        assert_eq!((named[0]["severity"].as_str(), named[0]["value"].as_str()), (Some("note"), Some(odd)));
    }
    // What clients write where there was no answer: nobody knows, and a gate does not pass it.
    let [before, after] = [none as fn(usize) -> bool, pay].map(|which| calls("status", ["200", "-1"], which));
    assert_eq!(counts(&report("run.csv", &after)), [0, 300, 100]);
    let (code, said) = compared(&before, &after);
    assert!(code == Some(1) && said.starts_with("Undecided") && !said.contains("improved"), "{said}");
}

#[test]
fn a_word_in_place_of_a_code_says_why_there_was_no_answer() {
    for word in ["ETIMEDOUT", "ECONNREFUSED", "ECONNRESET", "EAI_AGAIN", "timeout", "refused", "socket hang up"] {
        fails("status", ["200", word]);
    }
    // A few words among numbers are no less.
    let run = calls("status", ["200", "ETIMEDOUT"], |row| row % 30 == 7);
    assert_eq!(counts(&report("run.csv", &run)), [10, 300, 0]);
    let (code, said) = compared(&calls("status", ["200", "ETIMEDOUT"], none), &run);
    assert!(code == Some(1) && said.contains("failed rows"), "{said}");
}

#[test]
fn an_outcome_that_nobody_knows_is_no_success() {
    for cells in [["ok", "shed"], ["200", "degraded"], ["200", "-"]] {
        let [before, after, whole] = [none as fn(usize) -> bool, pay, all].map(|which| calls("status", cells, which));
        let (code, said) = compared(&before, &after);
        assert_eq!(code, Some(1), "{cells:?}: {said}");
        assert!(said.starts_with("Undecided") && !said.contains("improved"), "{cells:?}: {said}");
        assert!(said.contains("rows of unknown outcome"), "{cells:?}: {said}");
        let (code, said) = compared(&before, &whole);
        assert!(code == Some(1) && !said.contains("improved"), "{cells:?}: {said}");
        // As many on both sides are no news; samples of the baseline itself would be none either.
        let again = |line: &str| if line.starts_with("at,") { line.to_owned() } else { format!("{line}4") };
        let shorter: String = after.lines().take(ROWS - 2).fold(String::new(), |text, line| text + &again(line) + "\n");
        let (code, said) = compared(&after, &shorter);
        assert!(code == Some(0) && !said.contains("rows of unknown outcome"), "{cells:?}: {said}");
    }
    let run = calls("status", ["ok", "shed"], pay);
    let (code, said) = against_targets(&run);
    assert!(
        code == Some(1) && said.contains("100 of unknown outcome") && said.contains("1 target undecided"),
        "{said}"
    );
    // Where even all of them would not miss it, the target is met.
    let (code, said) = against_targets(&calls("status", ["ok", "shed"], none));
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn an_error_beside_a_status_that_is_empty_fails_the_row() {
    for error in ["connection refused", "read timeout", "ReadTimeout"] {
        for head in ["status,error", "status,error_message", "status,exception"] {
            fails(head, ["200,", &format!(",{error}")]);
        }
        fails("error,status", [",200", &format!("{error},")]);
    }
    // In whichever order both stand, what has a code of failure failed.
    for (head, cells) in [("error,status", [",200", ",503"]), ("status,error", ["200,", "503,"])] {
        fails(head, cells);
    }
}

#[test]
fn an_error_beside_a_success_contradicts_it() {
    for (head, cells) in [
        ("status,error", ["200,", "200,connection refused"]),
        ("error,status", [",200", "connection refused,200"]),
        ("success,error_message", ["true,", "true,read timeout"]),
    ] {
        let [before, after, whole] = [none as fn(usize) -> bool, pay, all].map(|which| calls(head, cells, which));
        let found = report("run.csv", &after);
        assert_eq!(counts(&found), [0, 300, 100], "{head}");
        let named = findings(&found, "contradiction");
        assert_eq!(named.len(), 1, "{head}: {named:?}");
        assert_eq!((named[0]["severity"].as_str(), named[0]["count"].as_u64()), (Some("suspicious"), Some(100)));
        for run in [after, whole] {
            let (code, said) = compared(&before, &run);
            assert!(code == Some(1) && said.contains("suspicious") && !said.contains("improved"), "{head}: {said}");
        }
    }
    // Beside an empty status one that has a text went wrong, whatever it is; beside a success the text has to say so.
    for (head, cells, expected) in [
        ("status,error", ["200,", "200,see ticket 12"], [0, 300, 0]),
        ("status,error", ["200,", ",boom"], [100, 300, 0]),
    ] {
        assert_eq!(counts(&report("run.csv", &calls(head, cells, pay))), expected, "{cells:?}");
    }
    // An attempt that failed before the one that succeeded, what kind of error was handled, what was no error.
    for (head, cells) in [
        ("status,retries,error", ["200,0,", "200,1,read timeout"]),
        ("status,error_type", ["200,", "200,TimeoutError"]),
        ("status,error", ["200,", "200,no timeout"]),
        ("status,injected_error", ["200,", "200,read timeout"]),
    ] {
        let found = report("run.csv", &calls(head, cells, pay));
        assert_eq!(counts(&found), [0, 300, 0], "{head} {cells:?}");
        assert!(findings(&found, "contradiction").is_empty(), "{head} {cells:?}");
    }
}

#[test]
fn one_word_throughout_says_how_all_rows_ended() {
    for (head, cells) in [
        ("verdict", ["PASS", "FAIL"]),
        ("ergebnis", ["ok", "fehler"]),
        ("state", ["done", "crashed"]),
        ("final_state", ["finished", "timeout"]),
    ] {
        fails(head, cells);
    }
    // Under any other name it may be what was tried, or which of several these are.
    for (head, cell) in [
        ("grade_of_it", "FAIL"),
        ("lookup", "failed"),
        ("leader", "killed"),
        ("scenario", "timeout"),
        ("policy", "abort"),
        ("fault", "crash"),
        ("inject", "failed"),
        ("reason", "failed"),
        ("mode", "crashed"),
        ("state", "OPEN"),
        ("kind", "error"),
        ("expected", "fail"),
        ("region", "ko"),
    ] {
        let found = report("run.csv", &calls(head, [cell, cell], all));
        assert!(metric(&found, "latency_ms")["failures"].is_null(), "{head} {cell}");
    }
}

#[test]
fn codes_under_a_name_that_says_less() {
    for (head, cells) in [("response", ["204", "503"]), ("error", ["0", "503"])] {
        let found = report("run.csv", &calls(head, cells, pay));
        assert_eq!(counts(&found), [100, 300, 0], "{head}");
        let found = report("run.csv", &calls(head, cells, all));
        assert_eq!(counts(&found), [300, 300, 0], "{head}");
    }
    // Sizes, and errors that are measured or counted.
    for (head, cells) in
        [("response", ["200", "500"]), ("error", ["12", "7"]), ("error", ["0.5", "0.7"]), ("error", ["0", "500"])]
    {
        let found = report("run.csv", &calls(head, cells, pay));
        assert!(metric(&found, "latency_ms")["failures"].is_null(), "{head} {cells:?}");
    }
}

#[test]
fn numbers_that_end_well_with_nought_stay_so() {
    for (head, cells) in
        [("exit_code", ["0", "1"]), ("grpc_status", ["0", "14"]), ("rc", ["0", "255"]), ("exit_code", ["0.0", "1.0"])]
    {
        let found = report("run.csv", &calls(head, cells, pay));
        assert_eq!(counts(&found), [100, 300, 0], "{head}");
    }
    // A number of classes is none of rows, and neither are measured numbers that are called a result.
    let classes = report("classes.csv", "status_class,count,mean_ms\n2xx,350,12.5\n4xx,7,3.1\n5xx,12,2.5\n");
    assert!(classes["metrics"].as_array().unwrap().iter().all(|metric| metric["failures"].is_null()));
    for (head, cells) in [("result", ["120.0", "350.0"]), ("status", ["0", "1"]), ("outcome", ["250.5", "610.5"])] {
        let found = report("run.csv", &calls(head, cells, pay));
        assert!(metric(&found, "latency_ms")["failures"].is_null(), "{head} {cells:?}");
    }
}
