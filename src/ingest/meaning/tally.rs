//! Columns that count: how many were measured, how many succeeded and how many failed, and of which object they are counts.
//!
//! In: the name of a column of a summary. Out: what it counts. A count belongs to the object that it stands in
//! (`fullkv.n`), never to the whole document, and it counts requests only where the name says so.

use crate::table::{CellType, Table};

use super::name::{self, NameMeaning};
use super::vocabulary::{self, Kind};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tally {
    /// How many were measured.
    Measured,
    /// How many of them succeeded.
    Succeeded,
    /// How many of them failed.
    Failed,
    /// The total of something: of those that succeeded and failed, where both stand beside it.
    Total,
}

/// A count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counter {
    pub(crate) tally: Tally,
    /// The path of the object whose count it is; empty for a whole row.
    pub(crate) object: String,
    /// What is counted, where the name says that it is something that can fail.
    pub(crate) noun: Option<&'static str>,
}

/// What a column counts, where its name says that it counts at all.
pub(crate) fn read(column: &str, meaning: &NameMeaning) -> Option<Counter> {
    let path = column.trim();
    let leaf = name::words(name::leaf(path));
    let object = name::parent(path);
    let above = name::words(name::leaf(object));
    let among = |known: vocabulary::Words, words: &[String]| known.among(words).is_some();
    let plain = !matches!(meaning.kind, Some(Kind::Share | Kind::Rate | Kind::Duration | Kind::Bytes));
    // `errors.count`, `requests.total`: the object above says what is counted.
    let bare = leaf.iter().all(|word| vocabulary::HOW_MANY.has(word));
    // `PainterCount` is how many painters there are: what is counted is measured only where the name says which measurements.
    let of_measurements = vocabulary::MEASURED.among(&leaf).is_some_and(|word| !vocabulary::HOW_MANY.has(word))
        || leaf.iter().all(|word| vocabulary::MEASURED.has(word) || vocabulary::HOW_MANY.has(word));
    let tally = match () {
        () if !plain || meaning.statistic.is_some() => return None,
        () if among(vocabulary::FAILED, &leaf) || bare && among(vocabulary::FAILED, &above) => Tally::Failed,
        // A few of all at a time: `concurrent_requests`, `requests_per_user`.
        () if among(vocabulary::NOT_ALL, &leaf) => return None,
        () if leaf.iter().all(|word| {
            vocabulary::SUCCEEDED.has(word)
                || vocabulary::REQUESTS.has(word)
                || vocabulary::TESTS.has(word)
                || vocabulary::HOW_MANY.has(word)
        }) && among(vocabulary::SUCCEEDED, &leaf) =>
        {
            Tally::Succeeded
        }
        () if of_measurements && among(vocabulary::MEASURED, &leaf)
            || among(vocabulary::REQUESTS, &leaf)
            || leaf.iter().all(|word| vocabulary::TESTS.has(word) || vocabulary::HOW_MANY.has(word))
                && among(vocabulary::TESTS, &leaf)
            || bare && among(vocabulary::MEASURED, &above) =>
        {
            Tally::Measured
        }
        () if matches!(&leaf[..], [only] if only == "total") => Tally::Total,
        () => return None,
    };
    let counted_above = among(vocabulary::MEASURED, &above) || bare && among(vocabulary::FAILED, &above);
    let noun = match () {
        () if among(vocabulary::REQUESTS, &leaf) || counted_above && among(vocabulary::REQUESTS, &above) => {
            Some("requests")
        }
        () if among(vocabulary::TESTS, &leaf) => Some("tests"),
        () => None,
    };
    let object = if counted_above { name::parent(object) } else { object };
    Some(Counter { tally, object: object.to_owned(), noun })
}

/// Whether a column counts by its name; what is called a total may be that of anything.
pub(crate) fn counts(column: &str, meaning: &NameMeaning) -> bool {
    read(column, meaning).is_some_and(|counter| counter.tally != Tally::Total)
}

/// Whether whole numbers of how many succeeded stand beside those of how many failed, in one object: then neither says how
/// its row ended.
pub(crate) fn beside_failures(table: &Table, index: usize) -> bool {
    let of = |index: usize| {
        let name = &table.columns[index].name;
        read(name, &name::read(name)).filter(|_| table.columns[index].cells == CellType::Integer)
    };
    let Some(own) = of(index).filter(|own| own.tally == Tally::Succeeded) else { return false };
    let beside = |other: &usize| of(*other).is_some_and(|one| one.tally == Tally::Failed && one.object == own.object);
    (0..table.columns.len()).find(beside).is_some_and(|failed| several_a_row(table, index, failed))
}

/// How many succeeded and how many failed of something that both are called after: `client_success` beside `client_failed`.
pub(crate) struct Pair {
    /// The path of the object that they stand in.
    pub(crate) object: String,
    /// What stands before the words.
    pub(crate) of: String,
    pub(crate) succeeded: usize,
    pub(crate) failed: usize,
}

/// What stands before a last word, and whether that says that something succeeded or failed.
fn before_outcome(column: &str) -> Option<(Vec<String>, Tally)> {
    const FAILED: vocabulary::Words = vocabulary::Words::of("failed failure failures fail fails error errors");
    let mut words = name::words(name::leaf(column));
    let last = words.pop()?;
    let known =
        |word: &String| vocabulary::REQUESTS.has(word) || vocabulary::TESTS.has(word) || vocabulary::HOW_MANY.has(word);
    let tally = match () {
        () if words.iter().all(known) => return None,
        () if vocabulary::SUCCEEDED.has(&last) => Tally::Succeeded,
        () if FAILED.has(&last) => Tally::Failed,
        () => return None,
    };
    Some((words, tally))
}

/// The counts of successes and failures that are called alike but for the last word, several of them in some row.
pub(crate) fn pairs(table: &Table) -> Vec<Pair> {
    let whole = table.columns.iter().enumerate().filter(|(_, column)| column.cells == CellType::Integer);
    let read = |(index, column): (usize, &crate::table::Column)| {
        let (before, tally) = before_outcome(&column.name)?;
        Some((index, name::parent(&column.name).to_owned(), before, tally))
    };
    let found: Vec<(usize, String, Vec<String>, Tally)> = whole.filter_map(read).collect();
    let mut pairs = Vec::new();
    for (succeeded, object, before, _) in found.iter().filter(|one| one.3 == Tally::Succeeded) {
        let is_other = |other: &&(usize, String, Vec<String>, Tally)| {
            other.3 == Tally::Failed && other.1 == *object && other.2 == *before
        };
        if let Some((failed, ..)) = found.iter().find(is_other).filter(|one| several_a_row(table, *succeeded, one.0)) {
            pairs.push(Pair { object: object.clone(), of: before.join("_"), succeeded: *succeeded, failed: *failed });
        }
    }
    pairs
}

/// Whether a column is one of two that count successes and failures of the same.
pub(crate) fn is_of_pair(table: &Table, index: usize) -> bool {
    before_outcome(&table.columns[index].name).is_some()
        && pairs(table).iter().any(|pair| pair.succeeded == index || pair.failed == index)
}

/// Whether a column is called a number of failures (`failure_count`) and stands beside a number of all or of the successes, several of
/// them in some row: then it says of no row that it failed, however few were counted.
pub(crate) fn counts_failures(table: &Table, index: usize) -> bool {
    let of = |index: usize| {
        let column = &table.columns[index];
        (column.cells == CellType::Integer).then(|| read(&column.name, &name::read(&column.name))).flatten()
    };
    let own_words = name::words(name::leaf(&table.columns[index].name));
    if vocabulary::HOW_MANY.among(&own_words).is_none() {
        return false;
    }
    let Some(own) = of(index).filter(|own| own.tally == Tally::Failed) else { return false };
    let several = |other: usize| table.values(other).iter().flatten().any(|number| number > 1.0);
    (0..table.columns.len()).any(|other| {
        other != index
            && of(other).is_some_and(|one| one.tally != Tally::Failed && one.object == own.object)
            && several(other)
    })
}

/// A wider table is a document with numbers of all kinds.
const MOST_COLUMNS: usize = 256;

/// Whether a column is one of three that count requests or tests: all of them, those that succeeded and those that failed, which make up
/// all in each row. They came out, however evenly they stand.
pub(crate) fn is_of_sum(table: &Table, index: usize) -> bool {
    let of = |index: usize| {
        let column = &table.columns[index];
        let whole = column.cells == CellType::Integer;
        whole.then(|| read(&column.name, &name::read(&column.name))).flatten().filter(|one| one.noun.is_some())
    };
    if table.columns.len() > MOST_COLUMNS {
        return false;
    }
    let Some(own) = of(index) else { return false };
    let beside: Vec<(usize, Tally)> = (0..table.columns.len())
        .filter_map(|other| of(other).filter(|one| one.object == own.object).map(|one| (other, one.tally)))
        .collect();
    let called = |tally: Tally| beside.iter().filter(move |one| one.1 == tally).map(|one| one.0);
    let Some((succeeded, failed)) = called(Tally::Succeeded).next().zip(called(Tally::Failed).next()) else {
        return false;
    };
    let mut all = called(Tally::Measured).filter(|all| are_all(table, *all, succeeded, failed));
    all.any(|all| [all, succeeded, failed].contains(&index))
}

/// Whether those that succeeded and those that failed are all of them, in each row.
pub(crate) fn are_all(table: &Table, all: usize, succeeded: usize, failed: usize) -> bool {
    let (ok, not) = (table.values(succeeded), table.values(failed));
    let mut parts = ok.iter().zip(not.iter());
    table.values(all).iter().all(|all| {
        let sum = parts.next().and_then(|(ok, not)| Some(ok? + not?));
        all.is_some() && all == sum
    })
}

/// Whether some row counts more than one that succeeded or failed.
pub(crate) fn several_a_row(table: &Table, succeeded: usize, failed: usize) -> bool {
    let (ok, not) = (table.values(succeeded), table.values(failed));
    ok.iter().zip(not.iter()).any(|(ok, not)| ok.unwrap_or_default() + not.unwrap_or_default() > 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_of_its_object_and_of_requests_only_where_the_name_says_so() {
        let of = |column: &str| {
            let found = read(column, &name::read(column))?;
            Some((found.tally, found.object, found.noun))
        };
        let count = |tally, object: &str, noun| Some((tally, object.to_owned(), noun));
        assert_eq!(of("light.fullkv.n"), count(Tally::Measured, "light.fullkv", None));
        assert_eq!(of("load.count"), count(Tally::Measured, "load", None));
        assert_eq!(of("Request Count"), count(Tally::Measured, "", Some("requests")));
        assert_eq!(of("num_prompts"), count(Tally::Measured, "", Some("requests")));
        assert_eq!(of("totalTests"), count(Tally::Measured, "", Some("tests")));
        assert_eq!(of("http.requests.total"), count(Tally::Measured, "http", Some("requests")));
        assert_eq!(of("requests.failed"), count(Tally::Failed, "", Some("requests")));
        assert_eq!(of("phase.errors.count"), count(Tally::Failed, "phase", None));
        assert_eq!(of("fullkv.ok"), count(Tally::Succeeded, "fullkv", None));
        assert_eq!(of("success_count"), count(Tally::Succeeded, "", None));
        assert_eq!(of("passedTests"), count(Tally::Succeeded, "", Some("tests")));
        for other in [
            "PainterCount",
            "Table_Aggregate.Count_table",
            "error_rate",
            "latency_ms",
            "mean_calls",
            "ok_ms",
            "requests_per_second",
            "requestsPerUser",
            "concurrent_requests",
            "unit_test_coverage",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
