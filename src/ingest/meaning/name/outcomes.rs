//! Which way numbers of outcomes are better: `success_rate`, `packet_loss_pct`, `http_5xx`, `timeouts_per_s`.
//!
//! In: the words of a name and its kind. Out: the better direction, where the name says how something ended and that this is a share, a
//! rate or a number of them. Refuses durations, amounts of data, what was chosen (`target_success_rate`), what turns a word around
//! (`loss_reduction_pct`) and names that say both.

use crate::ingest::meaning::vocabulary::{self, Kind, Words};
use crate::measure::Polarity;
use crate::measure::unit::Unit;

/// What went well.
const WELL: Words = Words::of(
    "success successes successful succeeded ok pass passes passed passing hit hits completion completed delivered uptime \
     availability",
);
/// What went wrong, said of a part of all.
const WRONG: Words = Words::of(
    "failure failures fail fails failed failing error errors errored timeout timeouts timedout loss losses lost drop drops dropped \
     reject rejects rejected rejection rejections miss misses missed abort aborts aborted crash crashes crashed retry retries \
     retransmit retransmits retransmission retransmissions downtime ko 5xx 4xx",
);
/// Of these the name alone says that they went wrong, whether they are a share or counted: `drop` may be of a voltage, `timeout` a setting.
const WRONG_BY_ITSELF: Words = Words::of(
    "failure failures fail fails lost drops rejects rejected rejection rejections timeouts aborts retransmits retransmissions 5xx 4xx",
);
/// A part of a whole, or something by time.
const PART: Words = Words::of("rate ratio pct percent percentage share fraction");
/// How far something has come, where it is said in percent.
const PROGRESS: Words = Words::of("completion completed");
/// Beside these a word says nothing of the better direction.
const TURNED: Words = Words::of(
    "reduction reduced improvement improved saved saving savings avoided avoidance prevented prevention fixed resolved recovered recovery \
     detected detection caught handled between without non no change changes delta diff difference target limit threshold budget expected \
     configured wanted desired intended planned scheduled requested allowed tolerated permitted accepted acceptable injected injection \
     simulated fault faults false wrong spurious negative win wins profit stop return weight headroom remaining until before",
);

/// Which way is better.
pub(super) fn direction(words: &[&str], kind: Option<Kind>) -> Option<Polarity> {
    if matches!(kind, Some(Kind::Duration | Kind::Bytes | Kind::Other)) || words.iter().any(|word| TURNED.has(word)) {
        return None;
    }
    let any = |known: Words| words.iter().any(|word| known.has(word));
    let (well, wrong) = (any(WELL), any(WRONG));
    if well == wrong {
        return None;
    }
    let at = words.iter().rposition(|word| WELL.has(word) || WRONG.has(word))?;
    let (outcome, behind) = (words[at], &words[at + 1..]);
    // `pass_through_rate`, `hit_points_pct`: of something else, which is only called so. Tokens of a completion are no completed ones.
    let counts = |word: &str| {
        [vocabulary::COUNTS, vocabulary::HOW_MANY, vocabulary::TESTS].into_iter().any(|known| known.has(word))
    };
    let by_time = |word: &str| matches!(word, "per" | "s" | "sec" | "second" | "min" | "minute");
    let is_percent = |word: &str| Unit::parse(word) == Some(Unit::PERCENT);
    let is_part = |word: &str| PART.has(word) || is_percent(word);
    let says_no_more = |word: &&str| is_part(word) || !PROGRESS.has(outcome) && (counts(word) || by_time(word));
    if !behind.iter().all(says_no_more) {
        return None;
    }
    let in_parts = kind == Some(Kind::Share) || words.iter().any(|word| is_part(word));
    match (well, in_parts) {
        (true, true) if PROGRESS.has(outcome) && words.iter().any(|word| is_percent(word)) => None,
        (true, true) => Some(Polarity::HigherIsBetter),
        (true, false) => None,
        (false, true) => Some(Polarity::LowerIsBetter),
        (false, false) => {
            let counted = kind == Some(Kind::Rate) || WRONG_BY_ITSELF.has(outcome);
            // The loss of a network or of a training, and nothing behind it.
            let is_loss = kind.is_none() && matches!(outcome, "loss" | "losses") && behind.is_empty();
            (counted || is_loss).then_some(Polarity::LowerIsBetter)
        }
    }
}
