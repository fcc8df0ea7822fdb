//! How a status column says that its row failed: a number or a word, by one of a few conventions.
//!
//! In: the name of a column and its numbers or words. Out: the [`Convention`] that they show, and by one what each of them says. A word
//! or a number for which a convention has no place is never taken for success.

use crate::measure::ending::{self, Outcome};
use crate::measure::finish_reason;
use crate::measure::http_code::{self, CodeCount};
use crate::table::packed::Cells;
use crate::table::{Role, Table};

/// How a status column says that its row failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Convention {
    ExitCode,
    /// HTTP status; 0 stands for no answer.
    Http,
    /// A number that counts or names failures.
    ErrorCode,
    FailureFlag,
    SuccessFlag,
    /// The severity of a line of log.
    Severity,
    Words,
    /// Words of tests, of which each but those for success says that one did not pass.
    States,
    FailureWords,
}

impl Convention {
    const ALL: [Self; 9] = [
        Self::ExitCode,
        Self::Http,
        Self::ErrorCode,
        Self::FailureFlag,
        Self::SuccessFlag,
        Self::Severity,
        Self::Words,
        Self::States,
        Self::FailureWords,
    ];

    /// As reports and plans say it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::ExitCode => "0 is success",
            Self::Http => "HTTP status, 400 and above (and 0) failed",
            Self::ErrorCode => "0 is no failure, by the column's name",
            Self::FailureFlag => "1 is failure, by the column's name",
            Self::SuccessFlag => "1 is success, by the column's name",
            Self::Severity => "severity of a log, 50 and above is an error",
            Self::Words => "by the words",
            Self::States => "by words for passing and failing",
            Self::FailureWords => "a word means failure",
        }
    }

    /// The one that is said in these words.
    pub(crate) fn of_words(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|convention| convention.words() == words)
    }

    /// Whether it is about words.
    pub(crate) fn is_of_words(self) -> bool {
        matches!(self, Self::Words | Self::States | Self::FailureWords)
    }

    /// Whether a number says that its row failed.
    pub(super) fn failed(self, number: f64) -> bool {
        match self {
            Self::ExitCode | Self::ErrorCode | Self::FailureFlag => number != 0.0,
            Self::Http => number >= 400.0 || number == 0.0,
            Self::SuccessFlag => number == 0.0,
            Self::Severity => number >= ending::ERROR_SEVERITY,
            Self::Words | Self::States | Self::FailureWords => false,
        }
    }

    /// What a number says; one that the convention has no place for is not understood.
    pub(super) fn outcome(self, number: f64) -> Outcome {
        let has_place = match self {
            Self::Http => is_http(number),
            Self::FailureFlag | Self::SuccessFlag => is_flag(number),
            _ => true,
        };
        match (has_place, self.failed(number)) {
            (false, _) => Outcome::Unclear,
            (true, true) => Outcome::Failed,
            (true, false) => Outcome::Succeeded,
        }
    }
}

fn is_http(number: f64) -> bool {
    number == 0.0 || http_code::of_number(number).is_some()
}

fn is_flag(number: f64) -> bool {
    (0.0..=1.0).contains(&number)
}

/// Numbers follow a convention that their name and range show, or none.
pub(super) fn convention_of_numbers(cells: &Cells, name: &str) -> Option<Convention> {
    const TURNED: [&str; 6] = ["invalid", "incorrect", "unverified", "unsorted", "unsolved", "diverged"];
    const REACHED: [&str; 9] =
        ["correct", "valid", "verified", "verification", "sorted", "found", "reached", "solved", "converged"];
    let (mut flags, mut http, mut answered) = (true, CodeCount::default(), false);
    cells.visit_present(0..cells.count(), |block| {
        flags = flags && block.iter().all(|number| is_flag(*number));
        http.count(block);
        answered = answered || block.iter().any(|number| (200.0..400.0).contains(number));
    });
    if name.rsplit('.').next() == Some("level") {
        return Some(Convention::Severity);
    }
    if name.contains("exit")
        || name.contains("returncode")
        || name.contains("return_code")
        || matches!(name.rsplit('.').next(), Some("rc" | "retcode"))
        || name.contains("grpc")
        || name.contains("errno")
    {
        return Some(Convention::ExitCode);
    }
    // `error_code` 0 is no error, unless it holds the answers of a server.
    if says_failure(name) && !flags && !answered {
        return Some(Convention::ErrorCode);
    }
    if http.are_codes() && !flags {
        return Some(Convention::Http);
    }
    let turned = TURNED.iter().any(|word| name.contains(word));
    let of_success = ["success", "ok", "pass"].iter().any(|word| name.contains(word))
        || !turned && REACHED.iter().any(|word| name.contains(word));
    if flags && says_failure(name) {
        return Some(Convention::FailureFlag);
    }
    (flags && of_success).then_some(Convention::SuccessFlag)
}

/// Where nothing was answered, the codes of HTTP are 0 in all rows: by the name of the column, or beside addresses that were asked. Elsewhere
/// 0 may be how a call or a process ended that did well.
pub(super) fn unanswered(table: &Table, cells: &Cells, name: &str) -> Option<Convention> {
    const OF_HTTP: [&str; 3] = ["http", "response_code", "responsecode"];
    // `/package.Service/Method` is a call of gRPC, whose 0 is success.
    let is_address = |text: &String| {
        // `GET /a`.
        let of_method = text.split_once(' ').filter(|(method, _)| method.bytes().all(|byte| byte.is_ascii_uppercase()));
        let path = of_method.map_or(text.as_str(), |(_, path)| path);
        path.starts_with('/') && !path.contains(['.', ' '])
            || text.starts_with("http://")
            || text.starts_with("https://")
    };
    let asks = |column: usize| {
        let texts = &table.columns[column].dictionary;
        !texts.is_empty() && texts.iter().all(is_address)
    };
    let is_of_http = OF_HTTP.iter().any(|known| name.contains(known)) || table.columns_as(Role::Label).any(asks);
    (is_of_http && cells.count() > 0 && cells.all(|number| number == 0.0)).then_some(Convention::Http)
}

/// What the words of a status column are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum WordKind {
    /// Failures, by the name of the column.
    Failures,
    /// States of tests.
    States,
    /// Why a model stopped.
    FinishReasons,
    /// Any others.
    Plain,
}

impl WordKind {
    /// Of a column with a name; what nothing in it says may be states.
    fn of(name: &str, are_states: impl Fn() -> bool) -> Self {
        match () {
            () if says_failure(&name.to_ascii_lowercase()) => Self::Failures,
            () if finish_reason::is_called(name) => Self::FinishReasons,
            () if are_states() => Self::States,
            () => Self::Plain,
        }
    }
}

/// How the words of a status column are understood.
#[derive(Clone, Copy)]
pub(super) struct Words {
    /// What they are.
    pub(super) kind: WordKind,
    /// Whether codes of HTTP stand among them: then `1` is no yes, and `0` no answer.
    pub(super) codes: bool,
}

impl Words {
    /// As the name and the texts of a column ask for.
    pub(super) fn of(name: &str, texts: &[String]) -> Self {
        let kind = WordKind::of(name, || ending::are_states(texts.iter().map(String::as_str)));
        let codes = kind != WordKind::Failures && texts.iter().any(|text| http_code::of_text(text).is_some());
        Self { kind, codes }
    }

    /// By a convention that others have shown.
    pub(super) fn planned(name: &str, convention: Convention) -> Self {
        let kind = WordKind::of(name, || convention == Convention::States);
        Self { kind, codes: false }
    }

    /// What one says.
    pub(super) fn outcome(self, text: &str) -> Outcome {
        if let Some(number) = text.trim().parse().ok().filter(|number: &f64| self.codes && number.is_finite()) {
            return Convention::Http.outcome(number);
        }
        if self.kind == WordKind::FinishReasons {
            return finish_reason::outcome(text);
        }
        match ending::of_text(text, self.kind == WordKind::Failures) {
            // Beside tests that passed and failed, one that was `BLOCKED` did not pass.
            Outcome::Unclear if self.kind == WordKind::States && ending::is_state(text) => Outcome::Failed,
            said => said,
        }
    }

    /// The convention that they follow.
    pub(super) fn convention(self) -> Convention {
        match self.kind {
            WordKind::Failures => Convention::FailureWords,
            WordKind::States => Convention::States,
            WordKind::FinishReasons | WordKind::Plain => Convention::Words,
        }
    }
}

/// Whether the name of a column says that what stands in it is a failure.
pub(super) fn says_failure(name: &str) -> bool {
    ["fail", "err", "exception", "timed_out", "timed out", "timedout", "time_out"]
        .iter()
        .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::measured::tests::column;

    #[test]
    fn numbers_follow_the_convention_of_their_name_and_range() {
        let failed = |numbers: &[f64], name: &str| {
            let read = convention_of_numbers(&column(numbers), name)?;
            Some(numbers.iter().filter(|number| read.outcome(**number) == Outcome::Failed).count())
        };
        assert_eq!(failed(&[200.0, 503.0, 0.0], "status"), Some(2));
        assert_eq!(failed(&[0.0, 0.0, 14.0], "grpc_status"), Some(1));
        assert_eq!(failed(&[0.0, 0.0, 1.0], "exit_code"), Some(1));
        assert_eq!(failed(&[1.0, 1.0, 0.0], "success"), Some(1));
        assert_eq!(failed(&[1.0, 1.0, 0.0], "is_sorted"), Some(1));
        assert_eq!(failed(&[1.0, 1.0, 0.0], "invalid"), None, "nobody says whether that is good");
        assert_eq!(failed(&[1.0, 1.0, 0.0], "error"), Some(2));
        assert_eq!(failed(&[0.0, 110.0, 0.0], "error_code"), Some(1));
        assert_eq!(failed(&[200.0, 503.0, 200.0], "error_code"), Some(1));
        assert_eq!(failed(&[0.0, 1.0], "status"), None, "nobody says whether 0 is good");
        assert_eq!(failed(&[7.0, 9.0], "result"), None);
        // One odd number takes nothing away from all others.
        for odd in [-1.0, 7.0, 999.0, 1000.0, 92.14] {
            let numbers: Vec<f64> = (0..20).map(|row| if row == 3 { odd } else { 503.0 }).collect();
            assert_eq!(failed(&numbers, "status"), Some(19), "{odd}");
            assert_eq!(failed(&numbers[..5], "status"), None, "{odd}: too few to tell");
        }
    }

    #[test]
    fn among_codes_numbers_are_none_of_yes_and_no() {
        let of = |texts: &[&str], text: &str| {
            Words::of("status", &texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).outcome(text)
        };
        let codes = ["200", "503", "ETIMEDOUT", "1", "0"];
        assert_eq!(of(&codes, "1"), Outcome::Unclear);
        assert_eq!(of(&codes, "0"), Outcome::Failed);
        assert_eq!(of(&codes, "000"), Outcome::Failed);
        assert_eq!(of(&codes, "ETIMEDOUT"), Outcome::Failed);
        assert_eq!(of(&codes, "nan"), Outcome::NotSaid);
        assert_eq!(of(&["1", "0"], "1"), Outcome::Succeeded);
    }

    #[test]
    fn a_convention_is_known_by_its_words_and_has_no_place_for_some_numbers() {
        for convention in Convention::ALL {
            assert_eq!(Convention::of_words(convention.words()), Some(convention));
        }
        assert_eq!(Convention::of_words("by the stars"), None);
        assert_eq!(
            [-1.0, 0.0, 200.0, 503.0, 999.0].map(|number| Convention::Http.outcome(number)),
            [Outcome::Unclear, Outcome::Failed, Outcome::Succeeded, Outcome::Failed, Outcome::Unclear]
        );
        assert_eq!(Convention::SuccessFlag.outcome(7.0), Outcome::Unclear);
        assert_eq!(Convention::ExitCode.outcome(-9.0), Outcome::Failed);
    }
}
