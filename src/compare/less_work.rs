//! What became quicker because less was asked of it: answers without a token, without a byte, without a row.
//!
//! In: the changes of a comparison, judged. Out: the same, in which durations and rates beside amounts of output that became nothing did not
//! improve, and a gate cannot tell. Amounts of what was sent in say nothing, and neither does output that is usually nothing.

use std::collections::BTreeMap;

use super::draft::ChangeDraft;
use super::outcome::{Change, Reason, Scale, Verdict};
use crate::measure::words::{Words, apart};
use crate::measure::{Dimension, Statistic};

/// What answers are made of.
const OUTPUT: Words = Words::of(
    "completion completions output outputs generated response responses body received downloaded returned bytes size rows records results \
     tokens token length chars characters",
);
/// What was asked, and what is no part of an answer.
const OTHER: Words = Words::of(
    "input prompt sent request uploaded cached cache reasoning thinking header headers memory mem heap rss disk swap gc alloc allocated \
     allocs batch block page buffer max min limit queue write written",
);
/// More of them are nothing by so much,
const POINTS: f64 = 0.02;
/// where so few were before.
const HARDLY_ANY: f64 = 0.05;
/// Output that shrank by this factor is another one.
const TENTH: f64 = 10.0;

/// An amount of output that became nothing.
#[derive(Debug, Clone, PartialEq)]
struct LessWork {
    metric: String,
    before: f64,
    after: f64,
}

/// Takes away what seems to have improved beside it.
pub(super) fn settle(drafts: &mut [ChangeDraft<'_>]) {
    let mut found: BTreeMap<(String, Option<String>), LessWork> = BTreeMap::new();
    for draft in drafts.iter() {
        if let Some(less) = of(&draft.change) {
            found.entry((draft.place.clone(), draft.change.group.clone())).or_insert(less);
        }
    }
    for draft in drafts.iter_mut().filter(|_| !found.is_empty()) {
        let Change { group, dimension, verdict, .. } = &draft.change;
        let is_speed = dimension.is_time() || matches!(dimension, Dimension::Rate | Dimension::ByteRate);
        if !is_speed || *verdict != Verdict::Improved {
            continue;
        }
        let own = found.get(&(draft.place.clone(), group.clone()));
        let whole = || found.iter().find(|((place, of), _)| *place == draft.place && (of.is_none() || group.is_none()));
        if let Some(less) = own.or_else(|| whole().map(|(_, less)| less)) {
            let LessWork { metric, before, after } = less.clone();
            draft.change.verdict = Verdict::Inconclusive;
            draft.change.reason = Some(Reason::LessWork { metric, before, after });
            draft.change.large = true;
        }
    }
}

/// What became nothing of an amount of output: the share of answers without any, or all of it.
fn of(change: &Change) -> Option<LessWork> {
    let words = apart(&change.metric);
    let is_amount = matches!(change.dimension, Dimension::Bytes | Dimension::Count | Dimension::Unknown);
    let is_output = words.iter().any(|word| OUTPUT.has(word)) && !words.iter().any(|word| OTHER.has(word));
    if !is_amount || !is_output {
        return None;
    }
    let of = |statistic: Statistic| {
        let effect = change.effects.iter().find(|effect| effect.statistic == statistic)?;
        Some((effect, effect.before?, effect.after?))
    };
    let less = |before: f64, after: f64| LessWork { metric: change.metric.clone(), before, after };
    if let Some((effect, before, after)) = of(Statistic::ZeroShare) {
        let certain = effect.low.is_some_and(|low| low > 0.0);
        if before <= HARDLY_ANY && after - before >= POINTS && certain {
            return Some(less(before, after));
        }
    }
    let (effect, before, after) = of(Statistic::Center)?;
    let certain = match effect.scale {
        Scale::Ratio => effect.high.is_some_and(|high| high < 1.0),
        Scale::Shift => effect.high.is_some_and(|high| high < 0.0),
    };
    let shrank = before > 0.0 && after >= 0.0 && after * TENTH <= before && certain;
    shrank.then(|| less(0.0, if after == 0.0 { 1.0 } else { 0.0 }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::outcome::Effect;
    use crate::measure::Polarity;

    fn is_less(metric: &str, dimension: Dimension, statistic: Statistic, values: [f64; 2], ends: [f64; 2]) -> bool {
        let effect = Effect {
            before: Some(values[0]),
            after: Some(values[1]),
            low: Some(ends[0]),
            high: Some(ends[1]),
            ..Effect::new(statistic, Scale::Shift)
        };
        let blank = Change::new("run.csv", metric, None, dimension, Polarity::Unknown);
        of(&Change { effects: vec![effect], ..blank }).is_some()
    }

    #[test]
    fn answers_that_became_nothing_are_less_and_what_was_sent_is_not() {
        use Statistic::{Center, ZeroShare};
        for (metric, dimension, statistic, values, ends, expected) in [
            ("completion_tokens", Dimension::Unknown, ZeroShare, [0.0, 0.3], [0.25, 0.35], true),
            ("completion_tokens", Dimension::Unknown, ZeroShare, [0.0, 0.01], [0.001, 0.02], false),
            ("completion_tokens", Dimension::Unknown, ZeroShare, [0.3, 0.6], [0.2, 0.4], false),
            ("prompt_tokens", Dimension::Unknown, ZeroShare, [0.0, 0.3], [0.25, 0.35], false),
            ("cached_tokens", Dimension::Unknown, ZeroShare, [0.0, 0.3], [0.25, 0.35], false),
            ("bytes", Dimension::Bytes, Center, [1000.0, 0.0], [-1010.0, -990.0], true),
            ("bytes", Dimension::Bytes, Center, [1000.0, 300.0], [-710.0, -690.0], false),
            ("bytes", Dimension::Bytes, Center, [0.0, 0.0], [0.0, 0.0], false),
            ("sentBytes", Dimension::Bytes, Center, [1000.0, 0.0], [-1010.0, -990.0], false),
            ("latency_ms", Dimension::Time, ZeroShare, [0.0, 0.3], [0.25, 0.35], false),
        ] {
            assert_eq!(is_less(metric, dimension, statistic, values, ends), expected, "{metric} {values:?}");
        }
    }
}
