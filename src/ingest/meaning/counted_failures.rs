//! Failures that a counter has counted up to each row, beside one of requests: `errors_total` and `requests_total`.
//!
//! In: a table and the totals that were found in it. Out: the total of requests says how many of them failed: by what both grew while the rows
//! were written, because a counter may have begun long before. Names decide, and numbers may only object: whole ones that never fall, and
//! never more failures than requests. Refuses counters that began anew on the way, and several of a kind.

use crate::measure::reported::{Reported, ReportedValue};
use crate::measure::{Statistic, Unit};
use crate::table::packed::Cells;
use crate::table::{CellType, Role, Table};

use super::name;
use super::vocabulary::Words;

/// What is counted,
const REQUESTS: Words = Words::of("request requests req reqs calls queries operations ops transactions responses");
/// what of it failed,
const FAILURES: Words = Words::of("error errors err errs failure failures failed timeouts exceptions");
/// and what else the names of such counters hold.
const BESIDE: Words =
    Words::of("total count counter cumulative cum num number of http https grpc server client api n all");

/// Says of a total of requests how many of them failed, where one counter beside it does so.
pub(super) fn join(table: &mut Table, totals: &mut [Reported]) {
    let is_total = |column: &usize| {
        let name = &table.columns[*column].name;
        totals.iter().any(|total| total.metric == *name && total.label.is_none())
    };
    let words = |column: usize| name::words(name::leaf(&table.columns[column].name));
    let each = 0..table.columns.len();
    let whole = |column: &usize| table.columns[*column].cells == CellType::Integer;
    let requests: Vec<usize> =
        each.clone().filter(|column| whole(column) && is_total(column) && are_requests(&words(*column))).collect();
    let [requests] = requests[..] else { return };
    let may_count = |column: &usize| table.columns[*column].role == Role::Metric || is_total(column);
    let failures: Vec<usize> =
        each.filter(|column| whole(column) && may_count(column) && are_failures(&words(*column))).collect();
    let [failures] = failures[..] else { return };
    let Some([failed, of]) = grown([failures, requests].map(|column| table.values(column))) else { return };
    let name = table.columns[requests].name.clone();
    let Some(total) = totals.iter_mut().find(|total| total.metric == name) else { return };
    let line = total.values.first().and_then(|value| value.line);
    let counts = [(Statistic::Count, of), (Statistic::Failures, failed)];
    total.values.extend(counts.map(|(statistic, count)| ReportedValue::stated(statistic, count, Unit::COUNT, line)));
    let column = &mut table.columns[failures];
    // What is zero throughout may as well be counted row by row.
    if column.role == Role::Metric && failed > 0.0 {
        column.role = Role::Unused;
        column.role_reason = format!("failures up to each row, counted beside `{name}`, and no sample");
    }
}

fn are_requests(words: &[String]) -> bool {
    REQUESTS.among(words).is_some() && words.iter().all(|word| REQUESTS.has(word) || BESIDE.has(word))
}

fn are_failures(words: &[String]) -> bool {
    let known = |word: &String| FAILURES.has(word) || REQUESTS.has(word) || BESIDE.has(word);
    FAILURES.among(words).is_some() && words.iter().all(known)
}

/// By what failures and requests grew, where both are counters and there are never more of the first.
fn grown([failures, requests]: [&Cells; 2]) -> Option<[f64; 2]> {
    let mut pairs = failures.iter().zip(requests.iter()).filter_map(|(failed, of)| failed.zip(of));
    let first = pairs.next()?;
    let mut last = first;
    for pair in pairs {
        let steps = [pair.0 - last.0, pair.1 - last.1];
        if steps[0] < 0.0 || steps[1] < 0.0 {
            return None;
        }
        last = pair;
    }
    let grown = [last.0 - first.0, last.1 - first.1];
    (grown[1] > 0.0 && grown[0] <= grown[1] && first.0 >= 0.0).then_some(grown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_counters_hold_nothing_else() {
        let words = |text: &str| name::words(text);
        assert!(are_requests(&words("requests_total")) && are_requests(&words("http_requests_total")));
        assert!(!are_requests(&words("request_bytes_total")) && !are_requests(&words("errors_total")));
        assert!(are_failures(&words("errors_total")) && are_failures(&words("failed_requests")));
        assert!(!are_failures(&words("error_margin")) && !are_failures(&words("retries_total")));
    }
}
