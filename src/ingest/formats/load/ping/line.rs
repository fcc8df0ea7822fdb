//! What a line of `ping` says, on any system.
//!
//! In: a line. Out: the beginning of a run, a reply with its time, a request without one, or statistics. Definitions: iputils, `ping/ping.c` and
//! `ping_common.c`; FreeBSD and macOS, `ping.c`; busybox, `networking/ping.c`; the `ping` of Windows in several languages.

use std::net::IpAddr;

use crate::ingest::meaning::clock;

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Line {
    /// Another target, and the number that its first request has, where requests are numbered.
    Begins {
        target: String,
        first: Option<u64>,
    },
    /// A reply, with its time where one is stated, and its number.
    Reply {
        from: String,
        number: Option<u64>,
        ms: Option<f64>,
        again: bool,
    },
    /// A request without a reply, and what was said of it.
    Lost {
        number: Option<u64>,
        cause: String,
    },
    /// How many were sent and how many came back.
    Counted {
        sent: u64,
        received: u64,
    },
    /// The least, mean and largest time, and how far they deviate.
    Times([f64; 4]),
    /// The end of a reply is missing.
    CutOff,
    Other,
}

/// What a line says, and the instant in front of it, in seconds since 1970.
pub(super) fn parse(text: &str) -> (Line, Option<f64>) {
    let text = text.trim();
    if let Some((before, reply)) = split_reply(text) {
        return (of_reply(reply), instant(before));
    }
    if let Some(at) = ["From ", "no answer yet for ", "Request timeout for "].iter().find_map(|words| text.find(words))
        && (at == 0 || text[..at].ends_with([' ', ']']))
        && let Some(lost) = numbered_loss(&text[at..])
    {
        return (lost, instant(&text[..at]));
    }
    // A simulated host of a network laboratory: `10.0.0.1 icmp_seq=3 timeout`.
    if text.ends_with(" timeout")
        && let Some(number) = number_of(text)
    {
        return (Line::Lost { number: Some(number), cause: "timed out".to_owned() }, None);
    }
    (of_others(text), None)
}

/// What stands before `64 bytes from`, and the rest from those digits on.
fn split_reply(text: &str) -> Option<(&str, &str)> {
    let at = text.find(" bytes from ")?;
    let digits = text[..at].bytes().rev().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| text.split_at(at - digits))
}

/// The instant that a program wrote in front of a line: `[1700000000.123456]`, `2024-05-01 10:00:00`.
fn instant(before: &str) -> Option<f64> {
    let text = before.trim().trim_matches(['[', ']', ':', '-', '|']).trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return (1e9..4e9).contains(&seconds).then_some(seconds);
    }
    clock::instant(text.as_bytes()).map(|nanos| nanos as f64 / 1e9)
}

/// `64 bytes from host (10.0.0.1): icmp_seq=1 ttl=51 time=52.1 ms`.
fn of_reply(text: &str) -> Line {
    let Some((_, rest)) = text.split_once(" bytes from ") else { return Line::Other };
    let Some(number) = number_of(rest) else {
        // BSD: `92 bytes from 10.0.0.254: Destination Host Unreachable`, beside a timeout of its own.
        return if rest.contains(": ") { Line::Other } else { Line::CutOff };
    };
    let from = address(rest).to_owned();
    let again = ["(DUP!)", "(DIFFERENT ADDRESS!)"].iter().any(|mark| rest.contains(mark));
    if !rest.contains("time") {
        // So few bytes that no instant fits into them; or the end of the line is missing.
        return if rest.contains("ttl=") || rest.contains("hlim=") {
            Line::Reply { from, number: Some(number), ms: None, again }
        } else {
            Line::CutOff
        };
    }
    milliseconds(rest).map_or(Line::CutOff, |ms| Line::Reply { from, number: Some(number), ms: Some(ms), again })
}

/// Whose reply it is: the address in brackets behind a name that may be known or not, or what stands there.
fn address(text: &str) -> &str {
    let before = text.find("seq").map_or(text, |at| &text[..at]);
    let in_brackets = before.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inside, _)| inside);
    let first = || text.split([' ', ',']).next().unwrap_or_default().trim_end_matches(':');
    in_brackets.unwrap_or_else(first)
}

/// The number of a request: `icmp_seq=5`, `seq=5`, `icmp_seq 5`, `icmp_req=5`, `icmp_seq=5.`
fn number_of(text: &str) -> Option<u64> {
    let words = ["icmp_seq=", "icmp_seq ", "icmp_req=", "seq="];
    let rest = words.iter().find_map(|word| text.split_once(word))?.1;
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    // Digits at the very end may be cut.
    rest[..end].parse().ok()
}

/// The time in front of `ms`: `time=52.1 ms`, `time<1ms`, `Zeit=12ms`, `temps=12 ms`. Less than one is none at all.
fn milliseconds(text: &str) -> Option<f64> {
    let mut from = 0;
    while let Some(at) = text[from..].find("ms").map(|at| from + at) {
        let before = text[..at].trim_end();
        let digit = |letter: char| letter.is_ascii_digit() || letter == '.' || letter == ',';
        let number = &before[before.rfind(|letter: char| !digit(letter)).map_or(0, |last| last + 1)..];
        let sign = before[..before.len() - number.len()].chars().next_back();
        if let Some(sign) = sign.filter(|sign| matches!(sign, '=' | '<') && !number.is_empty()) {
            let ms = number.replace(',', ".").parse::<f64>().ok()?;
            return Some(if sign == '<' { 0.0 } else { ms });
        }
        from = at + 2;
    }
    None
}

/// `From 10.0.0.1 icmp_seq=3 Destination Host Unreachable`, `no answer yet for icmp_seq=3`, `Request timeout for icmp_seq 3`.
fn numbered_loss(text: &str) -> Option<Line> {
    let number = number_of(text)?;
    let cause = if text.starts_with("Request timeout") {
        "timed out".to_owned()
    } else if text.starts_with("no answer") {
        "no reply".to_owned()
    } else {
        let said =
            text.split_once("seq=").map(|(_, rest)| rest.trim_start_matches(|letter: char| letter.is_ascii_digit()));
        let said = said.unwrap_or_default().trim_matches([' ', '.', ':']);
        // A router says that there is a better one, and forwards the request.
        if said.is_empty() || said.starts_with("Redirect") || said.starts_with("Source Quench") {
            return None;
        }
        said.to_owned()
    };
    Some(Line::Lost { number: Some(number), cause })
}

/// Lines without a number of a request.
fn of_others(text: &str) -> Line {
    if let Some(target) = begins_unix(text) {
        return target;
    }
    if text.contains("packets transmitted") {
        return counted(text).unwrap_or(Line::Other);
    }
    if text.contains("min/avg/max") {
        return times(text).map_or(Line::Other, Line::Times);
    }
    of_windows(text)
}

/// `PING host (10.0.0.1) 56(84) bytes of data.`, `PING host (10.0.0.1): 56 data bytes`, `PING6(56=40+8+8 bytes) ::1 --> ::1`.
fn begins_unix(text: &str) -> Option<Line> {
    if text.starts_with("PING6(") {
        let target = text.split_once("--> ")?.1.trim().to_owned();
        return Some(Line::Begins { target, first: Some(0) });
    }
    let rest = text.strip_prefix("PING ").filter(|rest| rest.contains("data"))?;
    let target = rest.split([' ', '(', ':']).next().filter(|target| !target.is_empty());
    // An address of version 6 has colons of its own.
    let first_word = rest.split_whitespace().next()?.trim_end_matches([':', ',']);
    let target = if first_word.parse::<IpAddr>().is_ok() { first_word } else { target? };
    // What came from BSD writes a colon and counts from 0, iputils from 1.
    let first = u64::from(!rest.contains("): "));
    Some(Line::Begins { target: target.to_owned(), first: Some(first) })
}

/// `5 packets transmitted, 4 received, 20% packet loss`.
fn counted(text: &str) -> Option<Line> {
    let count = |word: &str| {
        let part = text.split(',').find(|part| part.contains(word) && !part.contains('+'))?;
        part.split_whitespace().next()?.parse().ok()
    };
    Some(Line::Counted { sent: count("transmitted")?, received: count("received")? })
}

/// `rtt min/avg/max/mdev = 0.042/0.047/0.053/0.005 ms`, with or without the deviation.
fn times(text: &str) -> Option<[f64; 4]> {
    let (_, numbers) = text.split_once('=')?;
    let numbers: Vec<f64> =
        numbers.trim().split([' ', '/']).map_while(|number| number.replace(',', ".").parse().ok()).collect();
    match numbers[..] {
        [min, mean, max] => Some([min, mean, max, f64::NAN]),
        [min, mean, max, deviation] => Some([min, mean, max, deviation]),
        _ => None,
    }
}

/// Words of Windows for a request without a reply, as far as no other words stand beside them.
const WINDOWS_LOST: &[&str] = &[
    "Request timed out",
    "General failure",
    "Hardware error",
    "PING: transmit failed",
    "TTL expired in transit",
    "estination host unreachable",
    "estination net unreachable",
    "estination port unreachable",
    "eitüberschreitung der Anforderung",
    "ielhost nicht erreichbar",
    "lai d'attente de la demande d",
    "te de destination",
    "iempo de espera agotado",
    "ost de destino inaccesible",
    "sgotado o tempo limite",
    "ost de destino inacess",
    "ichiesta scaduta",
    "ревышен интервал ожидания",
    "请求超时",
    "無法連線到目的地主機",
    "无法访问目标主机",
    "要求がタイムアウト",
];

/// `Pinging host [10.0.0.1] with 32 bytes of data:`, `Reply from 10.0.0.1: bytes=32 time=12ms TTL=56`, and the same in other languages.
fn of_windows(text: &str) -> Line {
    let has_percent = text.contains('%') && text.matches("= ").count() >= 3;
    if has_percent && text.contains('(') {
        let numbers: Vec<u64> = text
            .split("= ")
            .skip(1)
            .filter_map(|rest| rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok())
            .collect();
        return match numbers[..] {
            [sent, received, _] => Line::Counted { sent, received },
            _ => Line::Other,
        };
    }
    if text.contains("TTL=")
        && let Some(ms) = milliseconds(text)
    {
        let from = text.split([' ', ':']).find(|word| word.parse::<IpAddr>().is_ok()).unwrap_or_default();
        return Line::Reply { from: from.to_owned(), number: None, ms: Some(ms), again: false };
    }
    let is_reply = text.starts_with("Reply from ");
    if is_reply && let Some(ms) = milliseconds(text) {
        let from = text["Reply from ".len()..].split(' ').next().unwrap_or_default().trim_end_matches(':');
        return Line::Reply { from: from.to_owned(), number: None, ms: Some(ms), again: false };
    }
    if WINDOWS_LOST.iter().any(|words| text.contains(words)) {
        let said = if is_reply { text.rsplit_once(": ").map_or(text, |(_, said)| said) } else { text };
        return Line::Lost { number: None, cause: said.trim_end_matches(['.', '。']).to_owned() };
    }
    begins_windows(text).unwrap_or(Line::Other)
}

fn begins_windows(text: &str) -> Option<Line> {
    let lower = text.to_lowercase();
    let begins = lower.contains("ping") && lower.contains(" 32 ") && text.ends_with([':', '：'])
        || lower.starts_with("pinging ") && lower.contains(" bytes of data");
    if !begins {
        return None;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let named = words.windows(2).find(|pair| pair[1].starts_with('[')).map(|pair| pair[0]);
    let target = named.or_else(|| words.iter().copied().find(|word| word.parse::<IpAddr>().is_ok()))?;
    Some(Line::Begins { target: target.to_owned(), first: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(from: &str, number: Option<u64>, ms: f64) -> Line {
        Line::Reply { from: from.to_owned(), number, ms: Some(ms), again: false }
    }

    #[test]
    fn replies_of_every_system_are_read() {
        for (text, expected) in [
            ("64 bytes from a.test (10.1.2.3): icmp_seq=7 ttl=51 time=52.1 ms", reply("10.1.2.3", Some(7), 52.1)),
            ("64 bytes from 10.1.2.3: icmp_seq=0 ttl=48 time=285.682 ms", reply("10.1.2.3", Some(0), 285.682)),
            ("64 bytes from 10.1.2.3: seq=4 ttl=113 time=7.25 ms", reply("10.1.2.3", Some(4), 7.25)),
            ("64 bytes from 10.1.2.3: icmp_seq=2 ttl=51 time=0,5 ms", reply("10.1.2.3", Some(2), 0.5)),
            ("84 bytes from 10.1.2.3 icmp_seq=4 ttl=62 time=9.5 ms", reply("10.1.2.3", Some(4), 9.5)),
            ("16 bytes from ::1, icmp_seq=0 hlim=64 time=0.125 ms", reply("::1", Some(0), 0.125)),
            ("Reply from 10.1.2.3: bytes=32 time=12ms TTL=56", reply("10.1.2.3", None, 12.0)),
            ("Reply from 10.1.2.3: bytes=32 time<1ms TTL=56", reply("10.1.2.3", None, 0.0)),
            ("Antwort von 10.1.2.3: Bytes=32 Zeit=9ms TTL=56", reply("10.1.2.3", None, 9.0)),
            ("Réponse de 10.1.2.3 : octets=32 temps=12 ms TTL=56", reply("10.1.2.3", None, 12.0)),
            ("来自 10.1.2.3 的回复: 字节=32 时间=5ms TTL=56", reply("10.1.2.3", None, 5.0)),
        ] {
            assert_eq!(parse(text), (expected, None), "{text}");
        }
        let (line, at) = parse("[1700000000.250000] 64 bytes from 10.1.2.3: icmp_seq=1 ttl=51 time=4.5 ms (DUP!)");
        assert!(matches!(line, Line::Reply { again: true, .. }));
        assert_eq!(at, Some(1_700_000_000.25));
        assert_eq!(parse("2023-11-14 22:13:20 64 bytes from 10.1.2.3: icmp_seq=1 ttl=5 time=4 ms").1, Some(1.7e9));
        assert_eq!(parse("64 bytes from 10.1.2.3: icmp_seq=2 ttl=51 time=4").0, Line::CutOff);
    }

    #[test]
    fn what_was_lost_says_why() {
        let lost = |number, cause: &str| Line::Lost { number, cause: cause.to_owned() };
        for (text, expected) in [
            ("From 10.0.0.1 icmp_seq=3 Destination Host Unreachable", lost(Some(3), "Destination Host Unreachable")),
            ("From gw (10.0.0.1): icmp_seq=3 Time to live exceeded", lost(Some(3), "Time to live exceeded")),
            ("no answer yet for icmp_seq=9", lost(Some(9), "no reply")),
            ("Request timeout for icmp_seq 4", lost(Some(4), "timed out")),
            ("10.0.0.1 icmp_seq=3 timeout", lost(Some(3), "timed out")),
            ("Request timed out.", lost(None, "Request timed out")),
            ("Reply from 10.0.0.9: Destination host unreachable.", lost(None, "Destination host unreachable")),
            ("Zeitüberschreitung der Anforderung.", lost(None, "Zeitüberschreitung der Anforderung")),
            ("From 10.0.0.1: icmp_seq=2 Redirect Host(New nexthop: 10.0.0.2)", Line::Other),
        ] {
            assert_eq!(parse(text).0, expected, "{text}");
        }
    }

    #[test]
    fn targets_and_statistics_are_read() {
        let begins = |target: &str, first| Line::Begins { target: target.to_owned(), first };
        for (text, expected) in [
            ("PING a.test (10.1.2.3) 56(84) bytes of data.", begins("a.test", Some(1))),
            ("PING a.test(a.test (2001:db8::1)) 56 data bytes", begins("a.test", Some(1))),
            ("PING 10.1.2.3 (10.1.2.3) from 10.0.0.5 wlan0: 56(84) bytes of data.", begins("10.1.2.3", Some(1))),
            ("PING a.test (10.1.2.3): 56 data bytes", begins("a.test", Some(0))),
            ("PING6(56=40+8+8 bytes) ::1 --> 2001:db8::1", begins("2001:db8::1", Some(0))),
            ("Pinging a.test [10.1.2.3] with 32 bytes of data:", begins("a.test", None)),
            ("Ping wird ausgeführt für 10.1.2.3 mit 32 Bytes Daten:", begins("10.1.2.3", None)),
            (
                "5 packets transmitted, 4 received, +1 errors, 20% packet loss, time 4022ms",
                Line::Counted { sent: 5, received: 4 },
            ),
            ("5 packets transmitted, 5 packets received, 0.0% packet loss", Line::Counted { sent: 5, received: 5 }),
            ("Packets: Sent = 4, Received = 3, Lost = 1 (25% loss),", Line::Counted { sent: 4, received: 3 }),
            ("rtt min/avg/max/mdev = 0.042/0.047/0.053/0.005 ms", Line::Times([0.042, 0.047, 0.053, 0.005])),
            ("round-trip min/avg/max/stddev = 1.5/2.5/3.5/0.5 ms", Line::Times([1.5, 2.5, 3.5, 0.5])),
            ("Minimum = 12ms, Maximum = 15ms, Average = 13ms", Line::Other),
        ] {
            assert_eq!(parse(text).0, expected, "{text}");
        }
    }
}
