//! Objects that are maps: `{"model-a": {"tps": 30.6}, "model-b": {"tps": 40.2}}`, whose keys name what their equal objects are
//! of.
//!
//! In: the entries of an object. Out: whether its keys are labels, not names of fields. Where they name what is measured
//! (`latency`, `memory_bytes`) they are none.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::value::RawValue;

use crate::ingest::json::value::{entries, first_byte};
use crate::ingest::meaning::name;
use crate::ingest::meaning::vocabulary::{self, Kind, Words};
use crate::ingest::privacy;
use crate::measure::ending;

/// A key and its value.
pub(super) type Entry<'t> = (Cow<'t, str>, &'t RawValue);

/// Whether an array of numbers, of objects or of arrays stands anywhere in an object, down to a depth.
pub(super) fn hold_arrays(object: &[Entry<'_>], depth: usize) -> bool {
    let telling = |array: &RawValue| {
        let first = array.get()[1..].bytes().find(|byte| !byte.is_ascii_whitespace());
        first.is_some_and(|first| matches!(first, b'{' | b'[' | b'-' | b'0'..=b'9'))
    };
    object.iter().any(|(_, value)| match first_byte(value) {
        b'[' => telling(value),
        b'{' => depth > 0 && hold_arrays(&entries(value), depth - 1),
        _ => false,
    })
}

/// Whether the keys of an object are labels: its values are objects with the same numbers or arrays. `arrays` says whether
/// the document holds samples in arrays; in one without, a map is only told from a record by an object with an error instead
/// of numbers, or where each object says by itself how it ended.
pub(super) fn is_map(object: &[Entry<'_>], arrays: bool) -> bool {
    if object.len() < 2 || object.iter().any(|(_, value)| first_byte(value) != b'{') {
        return false;
    }
    let names: BTreeSet<&str> = object.iter().map(|(key, _)| key.as_ref()).collect();
    if names.len() < object.len() || names.iter().any(|key| privacy::is_private(key)) {
        return false;
    }
    let inner: Vec<Vec<Entry<'_>>> = object.iter().map(|(_, value)| entries(value)).collect();
    // Keys may name what is measured where each object says its own unit.
    let states_unit =
        |one: &Vec<Entry<'_>>| one.iter().any(|(key, value)| vocabulary::UNIT.has(key) && first_byte(value) == b'"');
    if !inner.iter().all(states_unit) && names.iter().any(|key| names_a_metric(key)) {
        return false;
    }
    let (failed, whole): (Vec<&Vec<Entry<'_>>>, Vec<&Vec<Entry<'_>>>) = inner.iter().partition(|one| is_failure(one));
    let tells_a_map = arrays || have_points(&names, &inner) || inner.iter().all(|one| says_how_it_ended(one));
    if whole.is_empty() || failed.is_empty() && (whole.len() < 2 || !tells_a_map) {
        return false;
    }
    let keys = |one: &Vec<Entry<'_>>| -> BTreeSet<String> { one.iter().map(|(key, _)| key.to_string()).collect() };
    let (mut common, mut all) = (keys(whole[0]), BTreeSet::new());
    for one in &whole {
        let keys = keys(one);
        common.retain(|key| keys.contains(key));
        all.extend(keys);
    }
    let measured = |key: &&String| {
        whole.iter().all(|one| {
            one.iter().any(|(name, value)| name == *key && matches!(first_byte(value), b'[' | b'-' | b'0'..=b'9'))
        })
    };
    2 * common.len() >= all.len() && common.iter().filter(measured).any(|key| tells(key))
}

/// Whether keys with a point in them (`item.xml`) are those of objects with the same fields: the point is part of a name then, and no path, by
/// which the numbers of one would be taken for those of all.
fn have_points(names: &BTreeSet<&str>, inner: &[Vec<Entry<'_>>]) -> bool {
    /// Fewer fields are alike by chance.
    const FEWEST: usize = 3;
    let keys = |one: &Vec<Entry<'_>>| -> BTreeSet<String> { one.iter().map(|(key, _)| key.to_string()).collect() };
    let first = inner.first().map(keys).unwrap_or_default();
    names.iter().any(|key| name::segments(key).len() > 1)
        && first.len() >= FEWEST
        && inner.iter().all(|one| keys(one) == first)
}

/// An object that has a message of failure and no numbers.
fn is_failure(object: &[Entry<'_>]) -> bool {
    let failure = |key: &str| vocabulary::FAILURE.among(&name::words(key)).is_some();
    object.iter().any(|(key, value)| failure(key) && first_byte(value) == b'"')
        && !object.iter().any(|(_, value)| matches!(first_byte(value), b'{' | b'[' | b'-' | b'0'..=b'9'))
}

/// Whether all objects of a map are attempts, each of which says by itself how it ended.
pub(super) fn are_attempts(map: &[Entry<'_>]) -> bool {
    map.iter().all(|(_, object)| says_how_it_ended(&entries(object)))
}

/// Whether an object has a code with which a process ended, yes or no under a word for success, or a status in words that are known.
fn says_how_it_ended(object: &[Entry<'_>]) -> bool {
    object.iter().any(|(key, value)| {
        let words = name::words(key);
        let whole = words.iter().all(|word| vocabulary::STATUS.has(word) || vocabulary::BESIDE_STATUS.has(word));
        if !whole || vocabulary::STATUS.among(&words).is_none() {
            return false;
        }
        match first_byte(value) {
            b't' | b'f' => true,
            b'-' | b'0'..=b'9' => is_code_of_process(&words),
            b'"' => ending::by_first_word(value.get().trim_matches('"')).is_some(),
            _ => false,
        }
    })
}

/// `exit_code`, `returncode`.
fn is_code_of_process(words: &[String]) -> bool {
    const ENDS: Words = Words::of("exitcode returncode retcode rc");
    let ends = |word: &String| matches!(word.as_str(), "exit" | "return");
    ENDS.among(words).is_some() || words.iter().any(ends)
}

/// Whether a key says what is measured, so that it is the name of a metric and no label.
fn names_a_metric(key: &str) -> bool {
    let meaning = name::read(key);
    meaning.unit.is_some()
        || matches!(meaning.kind, Some(Kind::Duration | Kind::RunLength | Kind::Rate | Kind::Bytes | Kind::Share))
}

/// Whether a key inside says what is measured: not only a statistic, a number of samples, or that there are numbers.
fn tells(key: &str) -> bool {
    let meaning = name::read(key);
    let plain = |word: &String| {
        vocabulary::NEUTRAL.has(word)
            || vocabulary::HOW_MANY.has(word)
            || matches!(word.as_str(), "values" | "samples" | "percentiles" | "points" | "series")
    };
    let only_statistic = meaning.statistic.is_some() && meaning.base.is_empty();
    !(only_statistic || name::words(key).iter().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_labels_where_their_objects_hold_the_same_numbers() {
        let is = |text: &str, arrays| is_map(&entries(serde_json::from_str(text).unwrap()), arrays);
        let models = r#"{"a": {"tps": 3.5, "runs": [1]}, "b": {"tps": 4.5, "runs": [2]}}"#;
        assert!(is(models, true));
        assert!(!is(models, false), "a record without samples stays one");
        assert!(is(r#"{"a": {"tps": 3.5}, "b": {"error": "out of memory"}}"#, false));
        assert!(is(r#"{"a": {"tps": 3.5, "exit_code": 0}, "b": {"tps": 1.5, "exit_code": 2}}"#, false));
        let pages = r#"{"a.page": {"rate": 3.5, "requests": 1, "errors": null}, "b.page": {"rate": 2, "requests": 4, "errors": null}}"#;
        assert!(is(pages, false), "a point in a key is no path");
        assert!(!is(&pages.replace(".page", ""), false), "a record of two parts stays one");
        assert!(!is(&pages.replace("a.page", "a.latency_ms"), false), "a name of what is measured is no label");
        assert!(!is(r#"{"a": {"tps": 3.5, "code": 17}, "b": {"tps": 1.5, "code": 18}}"#, false));
        for other in [
            r#"{"latency": {"runs": [1]}, "throughput": {"runs": [2]}}"#,
            r#"{"cpu": {"samples": [1]}, "gpu": {"samples": [2]}}"#,
            r#"{"first": {"mean": 1, "p95": 2}, "second": {"mean": 1, "p95": 2}}"#,
            r#"{"machine": {"cores": 8}, "results": {"runs": [2]}}"#,
            r#"{"a": {"tps": 3.5}, "b": 3}"#,
            r#"{"a": {"tps": [3.5]}}"#,
        ] {
            assert!(!is(other, true), "{other}");
        }
    }
}
