//! What must not be hidden by what stands beside it: other answers by their speed, one slow run by the others, old samples by their order,
//! outcomes that nobody knows by good nights, lost values of a digest. And what is none of it passes.

use crate::history::FILE;
use crate::support::Place;

/// The golden ratio's fraction: its multiples spread evenly.
const STEP: f64 = 0.618_033_988_749_895;
const ENDPOINTS: [&str; 3] = ["/list", "/search", "/pay"];
const ROWS: usize = 240;

/// Milliseconds of a row of a run.
fn usual(run: usize, row: usize) -> f64 {
    let level = 100.0 * (1.0 + 0.03 * ((run as f64 * STEP * 7.0).fract() - 0.5));
    level * (0.8 + 0.4 * (row as f64 * STEP + run as f64 * 0.137).fract())
}

fn endpoint(row: usize) -> &'static str {
    ENDPOINTS[(row * 7 + row / 5) % 3]
}

/// A run of requests, of which each row says its status and milliseconds.
fn requests(run: usize, cells: impl Fn(usize, f64) -> (String, f64)) -> String {
    let row = |row: usize| {
        let at = 1_764_500_000.0 + (row as f64 + 0.6 * (row as f64 * STEP * 3.0).fract()) / 10.0;
        let (status, taken) = cells(row, usual(run, row));
        format!("{at:.3},{},{status},{taken:.3}\n", endpoint(row))
    };
    (0..ROWS).fold("timestamp,endpoint,status,latency_ms\n".to_owned(), |text, index| text + &row(index))
}

fn plain(run: usize) -> String {
    requests(run, |_, taken| ("200".to_owned(), taken))
}

/// Exit code and text of a comparison of two files.
fn compared(before: &str, after: &str) -> (i32, String) {
    let place = Place::new();
    place.write("before.csv", before);
    place.write("after.csv", after);
    let run = place.run("compare before.csv after.csv --fail-on regression -o report.md");
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    (run.code.unwrap_or(-1), run.stdout.clone())
}

#[track_caller]
fn is_refused(before: &str, after: &str, why: &str) {
    let (code, said) = compared(before, after);
    assert!(code == 1 && said.contains(why), "{code}: {said}");
}

#[track_caller]
fn passes(before: &str, after: &str) {
    let (code, said) = compared(before, after);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn answers_of_another_kind_are_quick_and_no_improvement() {
    for status in ["302", "204"] {
        let half =
            requests(50, |row, taken| if row % 2 == 0 { (status.to_owned(), 1.5) } else { ("200".to_owned(), taken) });
        is_refused(&plain(1), &half, &format!("ended with `{status}` (0% before)"));
        let pay =
            requests(
                50,
                |row, taken| {
                    if endpoint(row) == "/pay" { (status.to_owned(), 1.5) } else { ("200".to_owned(), taken) }
                },
            );
        is_refused(&plain(1), &pay, &format!("ended with `{status}` (0% before)"));
    }
    let words = |hits: usize, quick: f64| {
        requests(
            50,
            move |row, taken| if row % 10 < hits { ("cached".to_owned(), quick) } else { ("ok".to_owned(), taken) },
        )
    };
    is_refused(&words(0, 1.0), &words(6, 1.0), "ended with `cached`");
}

#[test]
fn from_no_redirect_to_nothing_else_never_comes_back() {
    let shares = [0, 2, 4, 6, 8, 9, 10].map(|share| {
        let run =
            requests(
                50,
                |row, taken| {
                    if (row * 7) % 10 < share { ("302".to_owned(), 1.5) } else { ("200".to_owned(), taken) }
                },
            );
        compared(&plain(1), &run).0
    });
    let first = shares.iter().position(|code| *code != 0).unwrap_or(shares.len());
    assert!(first <= 4 && shares[first..].iter().all(|code| *code != 0), "{shares:?}");
}

#[test]
fn what_ended_so_before_and_what_is_as_slow_is_no_other_answer() {
    let cached = |share: f64| {
        move |row: usize, taken: f64| {
            let is_hit = (row as f64 * STEP * 5.0).fract() < share;
            if is_hit { ("304".to_owned(), 0.2 * taken) } else { ("200".to_owned(), taken) }
        }
    };
    passes(&requests(1, cached(0.3)), &requests(50, cached(0.6)));
    // An answer that is called otherwise and takes as long.
    passes(&plain(1), &requests(50, |_, taken| ("201".to_owned(), taken)));
    // All of it became quicker, and nothing else did.
    passes(&plain(1), &requests(50, |_, taken| ("200".to_owned(), 0.5 * taken)));
}

/// Runs of one thing in a folder.
fn runs(place: &Place, folder: &str, first: usize, factors: &[f64]) {
    for (index, factor) in factors.iter().enumerate() {
        let run = requests(first + index, |_, taken| ("200".to_owned(), factor * taken));
        place.write(&format!("{folder}/run-{}.csv", index + 1), run);
    }
}

#[test]
fn one_slow_run_is_not_hidden_by_the_others() {
    let code = |before: &[f64], after: &[f64]| {
        let place = Place::new();
        runs(&place, "before", 1, before);
        runs(&place, "after", 20, after);
        let run = place.run("compare before after --fail-on regression -o report.md");
        (run.code.unwrap_or(-1), run.stdout.clone())
    };
    let steady = [1.0, 1.01, 0.99];
    for after in [&[1.0, 0.99, 2.0][..], &[1.0, 2.0, 2.1], &[2.0, 2.1, 2.05], &[1.0, 1.01, 0.99, 1.0, 1.0, 2.2]] {
        let (found, said) = code(&steady, after);
        assert_eq!(found, 1, "{after:?}: {said}");
    }
    assert!(code(&steady, &[1.0, 0.99, 2.0]).1.contains("one of several runs"));
    for (before, after) in
        [(&steady, &[1.0, 1.02, 0.98]), (&steady, &[1.0, 0.99, 1.2]), (&[1.0, 0.99, 2.1], &[1.0, 1.01, 2.1])]
    {
        let (found, said) = code(before, after);
        assert_eq!(found, 0, "{after:?}: {said}");
    }
}

/// Rows with a text of an error beside a code of success.
fn with_errors(run: usize, column: &str, error: &dyn Fn(usize) -> &'static str) -> String {
    (0..ROWS).fold(format!("endpoint,status,latency_ms,{column}\n"), |text, row| {
        format!("{text}{},200,{:.3},{}\n", endpoint(row), usual(run, row), error(row))
    })
}

#[test]
fn a_text_of_an_error_that_nobody_knows_is_no_success_as_before() {
    let before = with_errors(1, "error", &|_| "");
    for error in ["shed", "E1234", "boom"] {
        let some = with_errors(50, "error", &|row| if row % 3 == 0 { error } else { "" });
        is_refused(&before, &some, "rows of unknown outcome");
        let (code, said) = beside_history(|run| with_errors(run, "error", &|_| ""), &some);
        assert!(code == 1 && said.contains("nobody knows how they ended"), "{code} {said}");
    }
    // What stood there before, what says that there is none, and what kind of error was tried.
    passes(&with_errors(1, "error", &|_| "E1"), &with_errors(50, "error", &|_| "E1"));
    passes(&before, &with_errors(50, "error", &|_| "none"));
    passes(&with_errors(1, "error_type", &|_| ""), &with_errors(50, "error_type", &|_| "relative"));
}

/// The rows of a run in another order, or some of them.
fn rows_of(run: &str) -> (String, Vec<String>) {
    let mut lines = run.lines().map(str::to_owned);
    (lines.next().unwrap_or_default(), lines.collect())
}

#[test]
fn old_samples_in_another_order_or_a_part_of_them_are_old() {
    let before = plain(1);
    let (head, mut rows) = rows_of(&before);
    let text = |rows: &[String]| format!("{head}\n{}\n", rows.join("\n"));
    let half = text(&rows[..ROWS / 2]);
    is_refused(&before, &half, "nothing new in after.csv");
    rows.sort_by_key(|row| row.chars().rev().collect::<String>());
    is_refused(&before, &text(&rows), "nothing new in after.csv");
}

#[test]
fn whole_milliseconds_that_come_again_are_new() {
    let coarse = |run: usize| {
        let row = |row: usize| format!("{:.0}\n", usual(run, row));
        (0..400).fold("latency_ms\n".to_owned(), |text, index| text + &row(index))
    };
    let (code, said) = compared(&coarse(1), &coarse(50).lines().take(100).collect::<Vec<&str>>().join("\n"));
    assert!(!said.contains("nothing new"), "{code} {said}");
}

/// A history of nights, and what is said of another one.
fn beside_history(nights: impl Fn(usize) -> String, run: &str) -> (i32, String) {
    let place = Place::new();
    for night in 0..10 {
        place.write("night.csv", nights(night));
        let at = format!("2026-10-{:02}T02:00:00Z", night + 1);
        place.run(&format!("history add {FILE} night.csv --at {at} --commit {night:07x}")).exits(0);
    }
    place.write("run.csv", run);
    let run = place.run(&format!("history compare {FILE} run.csv --at 2026-10-24T02:00:00Z --fail-on regression"));
    (run.code.unwrap_or(-1), run.stdout.clone())
}

#[test]
fn a_history_knows_how_rows_ended() {
    for word in ["degraded", "-", "shed"] {
        let run = requests(50, |row, taken| (if row % 3 == 0 { word } else { "200" }.to_owned(), taken));
        let (code, said) = beside_history(plain, &run);
        assert!(code == 1 && said.contains("nobody knows how they ended"), "{word}: {code} {said}");
    }
    let pay = requests(
        50,
        |row, taken| {
            if endpoint(row) == "/pay" { ("302".to_owned(), 1.5) } else { ("200".to_owned(), taken) }
        },
    );
    let (code, said) = beside_history(plain, &pay);
    assert!(code == 1 && said.contains("another code or word"), "{code} {said}");
    let (code, said) = beside_history(plain, &plain(50));
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_history_of_outcomes_that_vary_passes_what_it_had() {
    let night = |run: usize, unknown: usize| {
        requests(run, move |row, taken| (if (row * 7) % 20 < unknown { "degraded" } else { "200" }.to_owned(), taken))
    };
    let (code, said) = beside_history(|run| night(run, run % 4), &night(50, 2));
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_digest_tells_of_rows_without_a_value() {
    let of = |row: &dyn Fn(usize, f64) -> String| {
        let place = Place::new();
        let file = |run: usize, row: &dyn Fn(usize, f64) -> String| {
            (0..ROWS).fold("endpoint,status,latency_ms\n".to_owned(), |text, index| {
                format!("{text}{},{}\n", endpoint(index), row(index, usual(run, index)))
            })
        };
        place.write("before.csv", file(1, &|_, taken| format!("200,{taken:.3}")));
        place.write("run.csv", file(50, row));
        place.run("plan before.csv -o plan.json").exits(0);
        for name in ["before", "run"] {
            place.run(&format!("digest {name}.csv --plan plan.json -o {name}.digest")).exits(0);
        }
        place.run("summarize before.digest -q --save-baseline baseline.json").exits(0);
        let run = place.run("summarize run.digest --baseline baseline.json --fail-on regression -o report.md");
        (run.code.unwrap_or(-1), format!("{}{}", run.stdout, run.stderr))
    };
    let (code, said) = of(&|index, taken| if index % 2 == 0 { "200,-1".to_owned() } else { format!("200,{taken:.3}") });
    assert!(code == 1 && said.contains("rows without latency_ms"), "{code} {said}");
    let (code, said) = of(&|_, _| "503,".to_owned());
    assert!(code == 1 && said.starts_with("Failing"), "{code} {said}");
    let (code, said) = of(&|_, taken| format!("200,{taken:.3}"));
    assert_eq!(code, 0, "{said}");
}

#[test]
fn the_more_of_an_uptime_the_better() {
    let rows = |run: usize, uptime: &dyn Fn(usize) -> f64| {
        (0..ROWS).fold("timestamp,uptime,latency_ms\n".to_owned(), |text, row| {
            let at = 1_764_500_000.0 + row as f64 / 10.0;
            format!("{text}{at:.3},{:.4},{:.3}\n", uptime(row), usual(run, row))
        })
    };
    let share = |run: usize, level: f64| {
        rows(run, &|row| level * (0.998 + 0.002 * (row as f64 * STEP * 5.0 + run as f64 * 0.37).fract()))
    };
    is_refused(&share(1, 99.9), &share(50, 50.0), "regressed");
    // The clock of a machine goes on, and is no share.
    let goes_on = |run: usize, from: f64| rows(run, &|row| from + row as f64 / 10.0);
    let (_, said) = compared(&goes_on(1, 5000.5), &goes_on(50, 100.5));
    assert!(!said.contains("regressed  uptime") && !said.contains("Regressed"), "{said}");
}

#[test]
fn fewer_waits_are_no_lost_durations() {
    let rows = |name: &str, run: usize, zeros: usize| {
        (0..ROWS).fold(format!("{name}\n"), |text, row| {
            let waits = (row * 7) % 10 >= zeros;
            format!("{text}{:.3}\n", if waits { usual(run, row) } else { 0.0 })
        })
    };
    passes(&rows("wait_ms", 1, 1), &rows("wait_ms", 50, 6));
    is_refused(&rows("latency_ms", 1, 1), &rows("latency_ms", 50, 6), "zeros");
    is_refused(&rows("wait_ms", 1, 1), &rows("wait_ms", 50, 10), "zero");
}

#[test]
fn a_queue_that_became_shorter_is_no_doubt() {
    let rows = |run: usize, level: f64| {
        (0..ROWS).fold("timestamp,queue_depth,latency_ms\n".to_owned(), |text, row| {
            let depth = (level * (0.6 + 0.8 * (row as f64 * STEP * 5.0).fract())).round();
            format!("{text}{:.3},{depth},{:.3}\n", 1_764_500_000.0 + row as f64 / 10.0, usual(run, row))
        })
    };
    passes(&rows(1, 50.0), &rows(50, 20.0));
    is_refused(&rows(1, 20.0), &rows(50, 50.0), "which way is better");
}

#[test]
fn a_gate_says_of_which_targets_it_does_not_know() {
    let place = Place::new();
    place
        .write("run.csv", (0..12).fold("latency_ms\n".to_owned(), |text, row| format!("{text}{:.3}\n", usual(1, row))));
    place.write("perfreport.toml", "[[target]]\nmetric = \"latency_ms\"\np50 = \"< 101ms\"\n");
    let said = place.run("summarize run.csv --fail-on target -o report.md").exits(0).stdout.clone();
    assert!(said.contains("Gate: passed (target), 1 target undecided (--strict fails it)"), "{said}");
}

#[test]
fn a_label_that_is_gone_takes_no_others_with_it() {
    let head =
        "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,bytes,Latency,Connect\n";
    let rows = |run: usize, labels: &[&str]| {
        (0..ROWS).fold(head.to_owned(), |text, row| {
            let (label, taken) = (labels[row % labels.len()], usual(run, row).round());
            let connect = if label == "login" { 30 + row % 7 } else { 0 };
            let at = 1_764_500_000_000_u64 + 100 * row as u64;
            format!("{text}{at},{taken},{label},200,OK,g 1-1,text,true,550,{taken},{connect}\n")
        })
    };
    let (code, said) = compared(&rows(1, &["login", "list", "show"]), &rows(50, &["list", "show"]));
    assert!(code == 1 && said.contains("Connect / login"), "{code} {said}");
    assert!(!said.contains("Connect / list") && !said.contains("Connect / show"), "{said}");
}
