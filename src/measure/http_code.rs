//! Codes of HTTP, however they are written: as numbers (`503`, `503.0`), as texts (` 503 `, `5.03e2`, `503 Service Unavailable`), and as
//! classes of codes (`5xx`).
//!
//! In: numbers or texts of a column. Out: the code of each, and whether a column holds such codes although some of its numbers are none.

/// From this code on an answer is a failure.
pub(crate) const FIRST_FAILURE: u32 = 400;

/// The code that a number is.
pub(crate) fn of_number(number: f64) -> Option<u32> {
    (number.fract() == 0.0 && (100.0..600.0).contains(&number)).then_some(number as u32)
}

/// The code that a text holds; the first of a class.
pub(crate) fn of_text(text: &str) -> Option<u32> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return of_number(number);
    }
    let first = text.split_whitespace().next().unwrap_or_default();
    let digits = || first.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok();
    class(first).or_else(|| digits().filter(|code| (100..600).contains(code)))
}

/// The first code of a class: 500 of `5xx`.
pub(crate) fn class(text: &str) -> Option<u32> {
    match text.as_bytes() {
        [first @ b'1'..=b'5', b'x' | b'X', b'x' | b'X'] => Some(u32::from(first - b'0') * 100),
        _ => None,
    }
}

/// Whether servers send that code: one that is registered, or that a proxy in wide use sends.
pub(crate) fn is_sent(code: u32) -> bool {
    matches!(
        code,
        100..=103
            | 200..=208
            | 226
            | 300..=308
            | 400..=418
            | 420..=426
            | 428
            | 429
            | 431
            | 440
            | 444
            | 449..=451
            | 460
            | 463
            | 494..=499
            | 500..=511
            | 520..=527
            | 529
            | 530
            | 561
            | 598
            | 599
    )
}

/// How many numbers of a column are codes of HTTP.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct CodeCount {
    /// Codes of answers that servers send.
    sent: u64,
    /// Other numbers from 100 to 599; the codes below 200 are also those with which processes end.
    unsent: u64,
    /// 0, which stands for no answer.
    zeros: u64,
    /// -1, which some clients write where there was no answer.
    minus_ones: u64,
    others: u64,
}

impl CodeCount {
    /// Counts some numbers more.
    pub(crate) fn count(&mut self, numbers: &[f64]) {
        for number in numbers {
            *match of_number(*number) {
                Some(code) if code >= 200 && is_sent(code) => &mut self.sent,
                Some(_) => &mut self.unsent,
                None if *number == 0.0 => &mut self.zeros,
                None if *number == -1.0 => &mut self.minus_ones,
                None => &mut self.others,
            } += 1;
        }
    }

    /// Whether the numbers are codes of HTTP: all of them; or at least ten, and nine of ten of those that say anything. One odd number takes
    /// nothing away from what all others say.
    pub(crate) fn are_codes(self) -> bool {
        self.others == 0 && self.minus_ones == 0 || self.are_mostly_codes()
    }

    /// Whether at least ten of the numbers are codes that servers send, and nine of ten of those that say anything.
    pub(crate) fn are_mostly_codes(self) -> bool {
        const FEWEST: u64 = 10;
        self.sent >= FEWEST && self.sent >= 9 * (self.unsent + self.others)
    }

    /// Whether each number is a code that servers send, or stands for no answer.
    pub(crate) fn has_only_codes(self) -> bool {
        self.has_codes() && self.unsent + self.minus_ones + self.others == 0
    }

    /// Whether any number is a code that servers send.
    pub(crate) fn has_codes(self) -> bool {
        self.sent > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_however_it_is_written() {
        for text in ["503", "503.0", " 503 ", "5.03e2", "503 Service Unavailable", "503: busy"] {
            assert_eq!(of_text(text), Some(503), "{text}");
        }
        assert_eq!((of_text("5xx"), of_text("2XX"), of_text("4xx Client Error")), (Some(500), Some(200), Some(400)));
        for text in ["", "0", "-1", "7", "999", "1000", "92.14", "503.5", "NaN", "inf", "ok", "6xx", "5x", "abc 503"] {
            assert_eq!(of_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_column_holds_codes_although_a_few_of_its_numbers_are_none() {
        let of = |numbers: &[(f64, usize)]| {
            let mut count = CodeCount::default();
            for (number, times) in numbers {
                count.count(&vec![*number; *times]);
            }
            count.are_codes()
        };
        for odd in [-1.0, 7.0, 999.0, 1000.0, 92.14] {
            assert!(of(&[(200.0, 9), (odd, 1), (503.0, 9)]), "{odd}");
            assert!(of(&[(200.0, 18), (odd, 2)]), "{odd}");
            assert!(odd == -1.0 || !of(&[(200.0, 17), (odd, 3)]), "{odd}");
            assert!(!of(&[(200.0, 9), (odd, 1)]), "{odd}: fewer than ten codes");
        }
        assert!(of(&[(200.0, 30), (-1.0, 300), (0.0, 300)]), "no answer");
        assert!(of(&[(200.0, 1), (0.0, 1)]));
        assert!(!of(&[(0.0, 20), (-1.0, 5)]), "how processes end");
        assert!(!of(&[(0.0, 280), (101.0, 20), (2.0, 1)]), "how processes end");
        assert!(!of(&[(250.0, 20), (610.0, 2)]), "no server sends 250");
    }
}
