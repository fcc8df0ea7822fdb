//! What a faster or an unchanged duration hides: fewer rows a second, messages that nobody answers, another unit, and work that is not done.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Place, measured};

/// 2026-03-01T12:00:00Z.
const START: f64 = 1_772_366_400.0;
/// The golden ratio's fraction: its multiples spread evenly.
const STEP: f64 = 0.618_033_988_749_895;

/// So many rows, so many a second: when each came, and how long it took.
#[derive(Clone, Copy)]
struct Rows {
    count: usize,
    rate: f64,
    offset: usize,
}

const RUN: Rows = Rows { count: 300, rate: 20.0, offset: 0 };

impl Rows {
    fn each(self) -> impl Iterator<Item = (f64, f64)> {
        (0..self.count).map(move |row| {
            let place = ((row + self.offset) as f64 * STEP).fract();
            (START + (row as f64 + 0.9 * place) / self.rate, measured(row + self.offset) + place)
        })
    }
}

fn written(head: &str, rows: Rows, row: impl Fn(f64, f64) -> String) -> String {
    rows.each().fold(head.to_owned(), |text, (at, took)| text + &row(at, took) + "\n")
}

fn plain(rows: Rows) -> String {
    written("timestamp,latency_ms\n", rows, |at, took| format!("{at:.3},{took:.3}"))
}

fn whole_seconds(rows: Rows) -> String {
    written("timestamp,latency_ms\n", rows, |at, took| format!("{at:.0},{took:.3}"))
}

fn with_outcome(rows: Rows) -> String {
    written("", rows, |at, took| format!("{{\"ts\":{at:.3},\"latency_ms\":{took:.3},\"ok\":true}}"))
}

fn with_endpoint(rows: Rows) -> String {
    written("timestamp,endpoint,status,latency_ms\n", rows, |at, took| format!("{at:.3},/pay,200,{took:.3}"))
}

fn k6(rows: Rows) -> String {
    let head = "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,\
                service,status,subproto,tls_version,url,extra_tags,metadata\n";
    written(head, rows, |at, took| {
        let end = "GET,http://h/,HTTP/1.1,default,,200,,,http://h/,,";
        format!("http_req_duration,{at:.0},{took:.4},,,,true,,{end}")
    })
}

/// The exit code of a comparison with a gate on regressions.
fn code(place: &Place, ending: &str, before: &str, after: &str, more: &str) -> i32 {
    place.write(&format!("before.{ending}"), before).write(&format!("after.{ending}"), after);
    place.run(&format!("compare before.{ending} after.{ending} --fail-on regression {more}")).code.unwrap()
}

/// Whether it passes as long as it is expected to, and never again after that.
#[track_caller]
fn passes_until(codes: &[i32], passing: usize, what: &str) {
    let expected: Vec<i32> = (0..codes.len()).map(|place| i32::from(place >= passing)).collect();
    assert_eq!(codes, expected, "{what}");
}

/// What a form is called, its ending, and how it is written.
type Form = (&'static str, &'static str, fn(Rows) -> String);

#[test]
fn whatever_comes_at_half_the_rate_does_not_pass() {
    let place = Place::new();
    let forms: [Form; 5] = [
        ("plain", "csv", plain),
        ("whole seconds", "csv", whole_seconds),
        ("with an outcome", "ndjson", with_outcome),
        ("with an endpoint", "csv", with_endpoint),
        ("k6", "csv", k6),
    ];
    for (name, ending, form) in forms {
        for (count, rate) in [(300, 75.0), (300, 9.0), (3000, 75.0)] {
            let before = form(Rows { count, rate, ..RUN });
            let of = |share: f64| form(Rows { count, rate: rate * share, offset: 17 });
            let codes: Vec<i32> =
                [1.0, 0.8, 0.5, 0.33, 0.1, 0.02].map(|share| code(&place, ending, &before, &of(share), "-q")).into();
            passes_until(&codes, 2, &format!("{name}, {count} at {rate}"));
        }
    }
    let said = place.write("before.csv", plain(RUN)).write("after.csv", plain(Rows { rate: 6.0, ..RUN }));
    let run = said.run("compare before.csv after.csv --fail-on regression");
    run.says("rows of after.csv came at 30% of the rate of the baseline").says("row rate 20.0");
}

#[test]
fn a_third_of_the_rows_in_the_same_time_is_less_and_in_a_third_of_it_is_not() {
    let place = Place::new();
    let before = plain(Rows { count: 900, ..RUN });
    let fewer = plain(Rows { count: 300, rate: RUN.rate / 3.0, offset: 5 });
    let cut = plain(Rows { count: 300, offset: 1000, ..RUN });
    assert_eq!(code(&place, "csv", &before, &fewer, "-q"), 1);
    assert_eq!(code(&place, "csv", &before, &cut, "-q"), 0);
}

/// How quickly repetitions of a benchmark come one after the other is nobody's load, and the fewer pauses the better.
#[test]
fn rows_of_which_nobody_counts_how_many_come() {
    let place = Place::new();
    for head in ["timestamp,benchmark,time_ms\n", "timestamp,gc_pause_ms\n", "timestamp,commit,time_ms\n"] {
        let name = if head.contains("gc") { "" } else { "parse," };
        let of = |rate: f64, offset: usize| {
            let rows = Rows { rate, offset, ..RUN };
            written(head, rows, |at, took| format!("{at:.3},{name}{took:.3}"))
        };
        place.write("before.csv", of(20.0, 3)).write("after.csv", of(5.0, 14));
        let run = place.run("compare before.csv after.csv --fail-on regression");
        run.never_says("came at").never_says("/s,").exits(0);
    }
}

/// What becomes of a message.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Answered,
    /// Half a millisecond after it was sent.
    AtOnce,
    Lost,
    Failed,
}

/// A service: so many messages, one each so many seconds, over four sessions.
#[derive(Clone, Copy)]
struct Chat {
    messages: usize,
    gap: f64,
    slower: f64,
    offset: usize,
    fate: fn(usize) -> Fate,
}

const CHAT: Chat = Chat { messages: 160, gap: 0.4, slower: 1.0, offset: 0, fate: |_| Fate::Answered };

impl Chat {
    /// When a message was sent, when its first chunk came and when its response was complete.
    fn instants(&self, message: usize) -> [f64; 3] {
        let place = ((message + self.offset) as f64 * STEP).fract();
        let sent = START + 1.0 + self.gap * (message as f64 + 0.8 * place);
        let took = match (self.fate)(message) {
            Fate::AtOnce => 0.000_5,
            _ => 0.2 * (0.7 + 0.6 * place) * self.slower,
        };
        [sent, sent + took, sent + 2.0 * took]
    }

    fn events(&self) -> String {
        let mut rows: Vec<(f64, String)> =
            (0..4).map(|session| (START + 0.1 * f64::from(session), format!("s{session},,session_open,"))).collect();
        for message in 0..self.messages {
            let [sent, first, end] = self.instants(message);
            let of = |event: &str| format!("s{},m{message},{event},", message % 4);
            rows.push((sent, of("message_sent")));
            match (self.fate)(message) {
                Fate::Answered | Fate::AtOnce => {
                    rows.extend([(first, of("first_chunk")), (end, of("response_complete"))]);
                }
                Fate::Failed => rows.push((first, of("error") + "overloaded")),
                Fate::Lost => {}
            }
        }
        rows.sort_by(|one, other| one.0.total_cmp(&other.0));
        rows.iter().fold("timestamp,session,message,event,error_type\n".to_owned(), |mut text, (at, row)| {
            writeln!(text, "{at:.6},{row}").unwrap();
            text
        })
    }

    fn requests(&self) -> String {
        let head = "request_id,session_id,sent,first_chunk,completed,status,error_type\n";
        (0..self.messages).fold(head.to_owned(), |mut text, message| {
            let [sent, first, end] = self.instants(message);
            let rest = match (self.fate)(message) {
                Fate::Answered | Fate::AtOnce => format!("{first:.6},{end:.6},ok,"),
                Fate::Failed => format!(",{first:.6},error,overloaded"),
                Fate::Lost => ",,,".to_owned(),
            };
            writeln!(text, "m{message},s{},{sent:.6},{rest}", message % 4).unwrap();
            text
        })
    }

    fn both(&self) -> [(&'static str, String); 2] {
        [("events", self.events()), ("requests", self.requests())]
    }
}

/// The exit codes of chats beside the usual one, for both kinds of logs.
#[track_caller]
fn chats_pass_until(chats: &[Chat], passing: usize, what: &str) {
    let place = Place::new();
    for (kind, (name, before)) in CHAT.both().into_iter().enumerate() {
        let of = |chat: &Chat| code(&place, "csv", &before, &chat.both()[kind].1, "-q");
        let codes: Vec<i32> = chats.iter().map(of).collect();
        passes_until(&codes, passing, &format!("{what}, {name}"));
    }
}

#[test]
fn a_service_to_which_half_as_much_is_sent_does_not_pass() {
    let slower: Vec<Chat> =
        [1.0, 1.2, 2.0, 2.5, 10.0].map(|gap| Chat { gap: CHAT.gap * gap, offset: 31, ..CHAT }).into();
    chats_pass_until(&slower, 2, "fewer messages a second");
    let place = Place::new();
    place.write("before.csv", CHAT.events()).write("after.csv", Chat { gap: 1.0, ..CHAT }.events());
    let run = place.run("compare before.csv after.csv --fail-on regression");
    run.exits(1).says("messages of after.csv came at 4").says("message rate 2.5");
}

#[test]
fn messages_that_nobody_answers_are_worse_whatever_they_are_called() {
    let fates: [fn(usize) -> Fate; 6] = [
        |_| Fate::Answered,
        |message| if message % 10 < 2 { Fate::Lost } else { Fate::Answered },
        |message| if message % 10 < 4 { Fate::Lost } else { Fate::Answered },
        |message| if message % 10 < 9 { Fate::Lost } else { Fate::Answered },
        // An outage, after which the service works again.
        |message| if (40..90).contains(&message) { Fate::Lost } else { Fate::Answered },
        |_| Fate::Lost,
    ];
    let chats: Vec<Chat> = fates.map(|fate| Chat { fate, offset: 7, ..CHAT }).into();
    chats_pass_until(&chats, 1, "lost");
    let place = Place::new();
    place.write("before.csv", CHAT.events()).write("after.csv", chats[2].events());
    let run = place.run("compare before.csv after.csv --fail-on regression -o out.json");
    run.exits(1).says("Regressed: messages without an answer: 40% (was 0%)").says("0% failed, 40% without an answer");
    assert_eq!(place.json("out.json")["service"][0]["unanswered"]["messages"], 64);
}

#[test]
fn what_nobody_answered_may_have_failed_and_keeps_no_target() {
    let place = Place::new();
    place.write("perfreport.toml", "[[target]]\nmetric = \"time to first chunk\"\nerror_rate = \"< 2%\"\n");
    let lost: fn(usize) -> Fate = |message| if message % 3 == 0 { Fate::Lost } else { Fate::Answered };
    place.write("run.csv", Chat { fate: lost, ..CHAT }.events());
    place.run("summarize run.csv --fail-on target -o out.json").exits(0).says("1 target undecided");
    place.run("summarize run.csv --fail-on target --strict").exits(1);
    place.write("run.csv", Chat { messages: 2000, gap: 0.05, ..CHAT }.events());
    place.run("summarize run.csv --fail-on target --strict").exits(0);
    for (_, text) in (Chat { fate: |_| Fate::Lost, ..CHAT }).both() {
        place.write("run.csv", text);
        place.run("summarize run.csv --fail-on target").exits(1);
    }
}

#[test]
fn an_answer_that_need_not_have_come_yet_is_not_missing() {
    let place = Place::new();
    // The log ends 0.3 s after the last message: the answers of the last three would come later.
    let cut = |text: &str| {
        let (head, rows) = text.split_once('\n').unwrap();
        let last = START + 1.0 + CHAT.gap * 150.0 + 0.3;
        let kept = rows.lines().filter(|row| row.split(',').next().unwrap().parse::<f64>().unwrap() < last);
        kept.fold(format!("{head}\n"), |text, row| text + row + "\n")
    };
    let slow = Chat { slower: 2.0, ..CHAT };
    place.write("before.csv", cut(&slow.events())).write("after.csv", cut(&Chat { offset: 40, ..slow }.events()));
    let run = place.run("compare before.csv after.csv --fail-on regression -o out.json");
    run.exits(0).says("still open at the end of the file").never_says("without an answer");
    assert_eq!(place.json("out.json")["service"][0]["unanswered"], Value::Null);
    // Who leaves at once has not waited.
    let mut left = CHAT.events();
    for index in 0..40 {
        let at = START + 80.0 + f64::from(index);
        let rows = ["session_open", "message_sent", "session_close"].into_iter().zip([0.0, 0.1, 0.4]);
        for (event, after) in rows {
            let message = if event == "message_sent" { format!("x{index}") } else { String::new() };
            writeln!(left, "{:.6},t{index},{message},{event},", at + after).unwrap();
        }
    }
    place.write("left.csv", left);
    place.run("summarize left.csv -o out.json").exits(0).says("unanswered when their session was closed");
    assert_eq!(place.json("out.json")["service"][0]["unanswered"], Value::Null);
}

#[test]
fn where_each_message_failed_or_none_was_answered_the_service_is_failing() {
    let place = Place::new();
    for (fate, said) in [
        (Fate::Failed, "Failing: 160 of 160 messages failed (100%"),
        (Fate::Lost, "Failing: none of 160 messages has an answer"),
    ] {
        let chat = match fate {
            Fate::Failed => Chat { fate: |_| Fate::Failed, ..CHAT },
            _ => Chat { fate: |_| Fate::Lost, ..CHAT },
        };
        for ((_, before), (kind, after)) in CHAT.both().into_iter().zip(chat.both()) {
            place.write("before.csv", before).write("after.csv", after);
            let run = place.run("compare before.csv after.csv --fail-on regression");
            assert!(run.code == Some(1) && run.stdout.starts_with(said), "{kind}: {}{}", run.stdout, run.stderr);
            place.run("summarize after.csv -o out.json").exits(0).says(said);
        }
    }
}

/// Lines that say what was sent and what went wrong are no service where something else was measured.
#[test]
fn a_table_of_durations_stays_one() {
    let place = Place::new();
    let rows: String = (0..60)
        .map(|row| {
            let event = if row % 3 == 0 { "error" } else { "message_sent" };
            format!("{:.3},s{},m{row},{event},{:.3}\n", START + row as f64, row % 4, measured(row))
        })
        .collect();
    place.write("run.csv", format!("timestamp,session,message,event,encode_ms\n{rows}"));
    place.run("summarize run.csv -o out.json").exits(0);
    assert_eq!(place.json("out.json")["service"].as_array().map_or(0, Vec::len), 0);
}

/// Samples of some things, each divided by what it became quicker.
fn samples(head: &str, quicker: &[f64], offset: usize) -> String {
    let each = (0..40).flat_map(|row| quicker.iter().enumerate().map(move |(thing, factor)| (row, thing, factor)));
    each.fold(format!("{head}\n"), |mut text, (row, thing, factor)| {
        let took = measured(row + offset) * (thing + 3) as f64 / factor;
        writeln!(text, "thing{thing},{took:.9}").unwrap();
        text
    })
}

#[test]
fn where_nobody_states_the_unit_what_shrinks_by_thirty_is_no_improvement() {
    let place = Place::new();
    let of = |quicker: &[f64], offset: usize| samples("endpoint,latency", quicker, offset);
    let before = of(&[1.0, 1.0, 1.0], 0);
    // In seconds instead of milliseconds: faster, as fast, and up to 30 times as slow.
    for slower in [0.5, 1.0, 1.2, 2.0, 3.0, 20.0, 30.0] {
        let quicker = 1000.0 / slower;
        for after in [[quicker, quicker, quicker], [quicker, 1.0, 1.0]] {
            assert_eq!(code(&place, "csv", &before, &of(&after, 11), "-q"), 1, "{slower} {after:?}");
        }
    }
    for quicker in [[5.0, 5.0, 5.0], [20.0, 1.0, 1.0], [3.0, 1.0, 20.0]] {
        assert_eq!(code(&place, "csv", &before, &of(&quicker, 11), "-q"), 0, "{quicker:?}");
    }
    // Who says the unit decides.
    let one = of(&[40.0, 1.0, 1.0], 11);
    assert_eq!(code(&place, "csv", &before, &one, "-q"), 1);
    assert_eq!(code(&place, "csv", &before, &one, "-q --unit latency=ms"), 0);
    let said = place.run("compare before.csv after.csv --fail-on regression");
    said.exits(1).never_says("Improved");
}

#[test]
fn what_is_ten_times_as_quick_throughout_is_looked_at() {
    let place = Place::new();
    for head in ["endpoint,latency_ms", "benchmark,time_ms"] {
        let of = |quicker: &[f64], offset: usize| samples(head, quicker, offset);
        for (quicker, expected) in [
            (&[5.0][..], 0),
            (&[9.0], 0),
            (&[12.0], 1),
            (&[1000.0], 1),
            (&[5.0; 5], 0),
            (&[20.0; 5], 1),
            (&[1000.0; 5], 1),
            (&[20.0, 1.0, 1.0, 1.0, 1.0], 0),
            (&[1.0, 1000.0, 1.0, 1.0, 1.0], 1),
            (&[1.0, 10_000.0, 1.0, 1.0, 1.0], 1),
        ] {
            let before = of(&vec![1.0; quicker.len()], 0);
            assert_eq!(code(&place, "csv", &before, &of(quicker, 11), "-q"), expected, "{head} {quicker:?}");
        }
    }
    let run = place.run("compare before.csv after.csv --fail-on regression");
    run.exits(1).says("Undecided").says("became 10000 times as quick: look whether the same was measured");
    place.run("compare before.csv after.csv --fail-on regression --undecided pass").exits(0);
}

#[test]
fn answers_that_come_at_once_are_no_improvement() {
    let at_once: Vec<Chat> =
        [|_| Fate::AtOnce, |message: usize| if message.is_multiple_of(2) { Fate::AtOnce } else { Fate::Answered }]
            .map(|fate: fn(usize) -> Fate| Chat { fate, offset: 9, ..CHAT })
            .into();
    chats_pass_until(&at_once, 0, "at once");
    let faster = [2.0, 4.0].map(|times| Chat { slower: 1.0 / times, offset: 9, ..CHAT });
    chats_pass_until(&faster, 2, "four times as fast");
}
