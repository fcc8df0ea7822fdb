//! One gate, whatever a run is held against: a file, a baseline or a history. What is too much to be passed over is refused by all three, and
//! what is none passes all three.

use std::fmt::Write as _;

use crate::history::FILE;
use crate::support::Place;

/// The golden ratio's fraction: its multiples spread evenly.
const STEP: f64 = 0.618_033_988_749_895;
const ENDPOINTS: [&str; 3] = ["/list", "/search", "/pay"];
/// Nights of a history.
const NIGHTS: usize = 12;

/// A run of requests: how many a second, and what a row holds whose usual value is this many milliseconds.
struct Requests<'a> {
    rows: usize,
    rate: f64,
    /// Moves all of its values a little.
    phase: usize,
    value: &'a dyn Fn(usize, f64) -> String,
}

/// As it is measured.
fn plain(_: usize, milliseconds: f64) -> String {
    format!("{milliseconds:.2}")
}

const RUN: Requests<'static> = Requests { rows: 240, rate: 10.0, phase: 50, value: &plain };

impl Requests<'_> {
    fn csv(&self) -> String {
        let level = 100.0 * (1.0 + 0.03 * ((self.phase as f64 * STEP * 7.0).fract() - 0.5));
        let row = |index: usize| {
            let place = (index as f64 * STEP + self.phase as f64 * 0.137).fract();
            let later = (index as f64 * STEP * 3.0 + self.phase as f64 * 0.31).fract();
            // Each second of its own time has the same number of requests, a little shifted.
            let at = 1_764_500_000.0 + (index as f64 + 0.6 * later) / self.rate;
            let endpoint = ENDPOINTS[(index * 7 + index / 5) % 3];
            format!("{at:.3},{endpoint},200,{}\n", (self.value)(index, level * (0.8 + 0.4 * place)))
        };
        (0..self.rows).fold("timestamp,endpoint,status,latency_ms\n".to_owned(), |text, index| text + &row(index))
    }
}

/// Where the nights before are known in every form.
fn before(nights: impl Fn(usize) -> String) -> Place {
    let place = Place::new();
    for night in 0..NIGHTS {
        place.write("night.csv", nights(night));
        let at = format!("2026-10-{:02}T02:00:00Z", night + 1);
        place.run(&format!("history add {FILE} night.csv --at {at} --commit {night:07x}")).exits(0);
    }
    place.write("before.csv", nights(NIGHTS));
    place.run("summarize before.csv -q --save-baseline baseline.json").exits(0);
    place
}

fn usual() -> Place {
    before(|phase| Requests { phase, ..RUN }.csv())
}

/// What the three gates answer: the exit codes, and what they say.
fn answers(place: &Place, run: &str) -> ([i32; 3], String) {
    place.write("run.csv", run);
    let mut said = String::new();
    let codes = [
        "compare before.csv run.csv --fail-on regression".to_owned(),
        "summarize run.csv --baseline baseline.json --fail-on regression".to_owned(),
        format!("history compare {FILE} run.csv --at 2026-10-24T02:00:00Z --fail-on regression"),
    ]
    .map(|command| {
        let run = place.run(&command);
        assert!(matches!(run.code, Some(0..=1)) && !run.stderr.contains("panicked"), "{command}: {}", run.stderr);
        writeln!(said, "$ {command}\n{}", run.stdout).unwrap();
        run.code.unwrap()
    });
    (codes, said)
}

#[track_caller]
fn all_refuse(place: &Place, what: &str, run: &str) {
    let (codes, said) = answers(place, run);
    assert_eq!(codes, [1; 3], "{what}: {said}");
    assert!(!said.contains("nothing that the runs before it do not explain"), "{what}: {said}");
}

#[track_caller]
fn all_pass(place: &Place, what: &str, run: &str) {
    let (codes, said) = answers(place, run);
    assert_eq!(codes, [0; 3], "{what}: {said}");
}

/// Every so many-th of 100 rows, spread evenly.
fn is_one_of(index: usize, percent: usize) -> bool {
    (index * 37 + index / 100) % 100 < percent
}

#[test]
fn what_is_too_much_is_refused_whatever_it_is_held_against() {
    let place = usual();
    let refused = |what: &str, value: &dyn Fn(usize, f64) -> String| {
        all_refuse(&place, what, &Requests { value, ..RUN }.csv());
    };
    for percent in [5, 30, 50, 80, 100] {
        refused(&format!("{percent}% are zero"), &|index, ms| {
            if is_one_of(index, percent) { "0".to_owned() } else { plain(index, ms) }
        });
    }
    refused("most are zero, and the others take twice as long", &|index, ms| {
        if is_one_of(index, 80) { "0".to_owned() } else { plain(index, 2.0 * ms) }
    });
    refused("half are negative", &|index, ms| if index % 2 == 0 { "-1".to_owned() } else { plain(index, ms) });
    refused("half are empty", &|index, ms| if index % 2 == 0 { String::new() } else { plain(index, ms) });
    refused("one in twelve takes eight times as long", &|index, ms| {
        plain(index, if index % 12 == 5 { 8.0 * ms } else { ms })
    });
    refused("the second half takes twice as long", &|index, ms| plain(index, if index >= 120 { 2.0 * ms } else { ms }));
    for slower in [1.5, 2.0, 5.0] {
        refused("all take longer", &|index, ms| plain(index, slower * ms));
    }
}

#[test]
fn what_is_as_before_or_faster_passes_whatever_it_is_held_against() {
    let place = usual();
    all_pass(&place, "as before", &RUN.csv());
    for faster in [2.0, 8.0] {
        let value = |index: usize, ms: f64| plain(index, ms / faster);
        all_pass(&place, "faster", &Requests { value: &value, ..RUN }.csv());
    }
    all_pass(&place, "more requests a second", &Requests { rate: 14.0, ..RUN }.csv());
    // One lone zero of 240 is no share of anything.
    let value = |index: usize, ms: f64| if index == 77 { "0".to_owned() } else { plain(index, ms) };
    all_pass(&place, "one zero", &Requests { value: &value, ..RUN }.csv());
}

#[test]
fn the_lower_the_rate_the_less_it_passes() {
    let place = usual();
    let rates = [10.0, 9.5, 8.5, 7.5, 6.5, 5.5, 4.0, 2.0, 1.0, 0.3, 0.05];
    let found = rates.map(|rate| answers(&place, &Requests { rate, ..RUN }.csv()));
    for gate in 0..3 {
        let codes: Vec<i32> = found.iter().map(|(codes, _)| codes[gate]).collect();
        assert_eq!(codes[0], 0, "as before: {}", found[0].1);
        let first = codes.iter().position(|code| *code == 1).unwrap_or(codes.len());
        assert!(first <= 6 && codes[first..].iter().all(|code| *code == 1), "{gate}: {codes:?}\n{}", found[9].1);
    }
    assert!(found[8].1.contains("requests came at 10% of the usual rate"), "{}", found[8].1);
}

/// Zero is a fast value where the body lies one or two steps of rounding from it.
#[test]
fn whole_milliseconds_that_became_faster_have_more_zeros() {
    let rounded = |divided: f64| move |_: usize, ms: f64| format!("{:.0}", (ms / divided).round());
    // 80 to 120 in forty milliseconds: 2 and 3 before.
    let before_value = rounded(40.0);
    let place = before(|phase| Requests { phase, value: &before_value, ..RUN }.csv());
    let (codes, said) = answers(&place, &Requests { value: &rounded(200.0), ..RUN }.csv());
    assert_eq!(codes[..2], [0, 0], "{said}");
    let spread =
        |by: f64| move |index: usize, ms: f64| format!("{:.0}", (ms / 30.0 * (index % 5) as f64 / 2.0 / by).floor());
    let before_value = spread(1.0);
    let place = before(|phase| Requests { phase, value: &before_value, ..RUN }.csv());
    let (codes, said) = answers(&place, &Requests { value: &spread(2.0), ..RUN }.csv());
    assert_eq!(codes[..2], [0, 0], "{said}");
    assert!(said.contains("improved"), "{said}");
    // Half of them not measured is another thing.
    let lost =
        |index: usize, ms: f64| if is_one_of(index, 50) { "0".to_owned() } else { before_value(index, 5.0 * ms) };
    let (codes, said) = answers(&place, &Requests { value: &lost, ..RUN }.csv());
    assert_eq!(codes[..2], [1, 1], "{said}");
}

/// A connection that is open already takes no time: what is mostly zero may be so more often.
#[test]
fn where_most_are_zero_more_of_them_are_no_alarm() {
    let connecting = |percent: usize| {
        move |index: usize, ms: f64| if is_one_of(index, percent) { "0".to_owned() } else { plain(index, ms / 5.0) }
    };
    let mostly = connecting(85);
    let place = before(|phase| Requests { phase, value: &mostly, ..RUN }.csv());
    for percent in [85, 90, 97] {
        let (codes, said) = answers(&place, &Requests { value: &connecting(percent), ..RUN }.csv());
        assert_eq!(codes, [0; 3], "{percent}%: {said}");
    }
}

/// Most values are zero, nobody says what they are, and all others doubled.
#[test]
fn a_metric_of_which_nothing_can_be_told_does_not_pass_where_all_of_it_doubled() {
    let rows = |times: usize, named: bool| {
        let mut text = if named { "step,column,latency_ms\n".to_owned() } else { String::new() };
        for index in 0..900_usize {
            // Long stretches of zeros: its order says that it depends on itself.
            let value = if (index / 90) % 2 == 0 { 0 } else { 1 + (index * 7) % 13 + (index % 4) };
            let latency = 100.0 + 20.0 * (index as f64 * STEP).fract();
            if named {
                writeln!(text, "{index},{},{latency:.3}", times * value).unwrap();
            } else {
                writeln!(text, "{index} - {}", times * value).unwrap();
            }
        }
        text
    };
    let place = Place::new();
    place
        .write("before.txt", rows(1, false))
        .write("same.txt", rows(1, false) + "900 - 0\n")
        .write("after.txt", rows(2, false));
    place.run("compare before.txt after.txt --fail-on regression").exits(1).says("Gate: undecided");
    place.run("compare after.txt before.txt --fail-on regression").exits(1);
    place.run("compare before.txt same.txt --fail-on regression").exits(0);
}

/// A history whose nights became zero in part has no change for the better.
#[test]
fn nights_of_which_half_is_zero_are_not_better() {
    let place = Place::new();
    let half = |index: usize, ms: f64| if is_one_of(index, 60) { "0".to_owned() } else { plain(index, ms) };
    for night in 0..18 {
        let value: &dyn Fn(usize, f64) -> String = if night >= 13 { &half } else { &plain };
        place.write("night.csv", Requests { phase: night, value, ..RUN }.csv());
        let at = format!("2026-10-{:02}T02:00:00Z", night + 1);
        place.run(&format!("history add {FILE} night.csv --at {at} --commit {night:07x}")).exits(0);
    }
    let said = place.run(&format!("history report {FILE} --fail-on change:30d")).exits(1).stdout.clone();
    assert!(said.contains("durations that became zero") && !said.contains("better"), "{said}");
    assert!(said.contains("gate undecided") && said.contains("which is no improvement"), "{said}");
}

/// A column that only some rows fill is as it was, and an older history does not say how many did.
#[test]
fn a_column_with_gaps_is_no_news() {
    let gaps = |index: usize, ms: f64| if index.is_multiple_of(2) { String::new() } else { plain(index, ms) };
    let nights = |phase: usize| Requests { phase, value: &gaps, ..RUN }.csv();
    let place = before(nights);
    all_pass(&place, "gaps as before", &Requests { value: &gaps, ..RUN }.csv());
    // Without a status nothing in older lines counts the rows.
    let without_status = |text: String| text.replace(",200,", ",").replace("status,", "");
    let place = before(|phase| without_status(nights(phase)));
    let lines: String =
        place.read(FILE).lines().map(|line| line.replace(r#","absent":"#, r#","other":"#) + "\n").collect();
    place.write(FILE, lines);
    let run = without_status(Requests { value: &gaps, ..RUN }.csv());
    all_pass(&place, "gaps that older lines do not count", &run);
}

/// Which way is better is not known of one metric beside others: it fails no gate, whether it is decided or not.
#[test]
fn a_metric_without_a_direction_fails_no_history_beside_others() {
    let place = Place::new();
    let line = |run: usize, odd: f64, more: &str| {
        let noise = 1.0 + 0.02 * ((run as f64 * STEP).fract() - 0.5);
        format!(
            "{{\"history\":1,\"at\":\"2026-03-{:02}T02:00:00Z\",\"metrics\":[{more}{{\"m\":\"odd\",\"d\":\"unknown\",\"c\":{:.6}}}]}}\n",
            run + 1,
            odd * noise
        )
    };
    let latency = "{\"m\":\"latency\",\"d\":\"time\",\"b\":\"<\",\"c\":1.0},";
    for factor in [1.0, 1.05, 1.1, 1.2, 1.5, 2.0, 5.0] {
        let nights =
            |more: &str| (0..20).map(|run| line(run, if run == 19 { factor } else { 1.0 }, more)).collect::<String>();
        place.write(FILE, nights(latency));
        place.run(&format!("history report {FILE} -q --fail-on regression")).exits(0);
        place.write(FILE, nights(""));
        let code = place.run(&format!("history report {FILE} -q --fail-on regression")).code;
        assert!(factor < 1.2 || code == Some(1), "{factor}: {code:?}");
    }
}
