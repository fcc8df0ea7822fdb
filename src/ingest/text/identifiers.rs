//! Identifiers of more digits than a number holds: rounded, two of them would be one, so that they are texts.

/// Every smaller whole number is held exactly.
const EXACT: u128 = 1 << 53;
/// What the names of columns of identifiers end in.
const NAMES: &[&str] = &["id", "ids", "uuid", "guid", "key", "hash", "token", "trace", "span"];

/// Whether a column of that name holds identifiers: `trace_id`, `requestId`.
pub(crate) fn is_name(name: &str) -> bool {
    let known = |word: &str| NAMES.iter().any(|known| known.eq_ignore_ascii_case(word));
    let hump = name.rfind(|c: char| c.is_uppercase()).filter(|at| name[*at..].len() < name.len());
    let word = name.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    known(word) || hump.is_some_and(|at| known(&name[at..]))
}

/// Whether a name ends in `id`: whatever its cells look like, they are no amounts.
pub(crate) fn ends_in_id(name: &str) -> bool {
    is_name(name) && ["id", "ids", "Id", "Ids", "ID", "IDs"].iter().any(|end| name.trim_end().ends_with(end))
}

/// Whether a whole number cannot be held exactly.
pub(crate) fn loses_digits(cell: &[u8]) -> bool {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u128>().ok());
    number.is_some_and(|number| number >= EXACT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_digits_of_identifiers_are_known() {
        assert!(["id", "ID", "trace_id", "requestId", "span.id"].iter().all(|name| is_name(name)));
        assert!(!["latency", "paid", "bytes", "Id_time"].iter().any(|name| is_name(name)));
        assert!(loses_digits(b"9007199254740993") && loses_digits(b"-18446744073709551615"));
        assert!(!loses_digits(b"9007199254740991") && !loses_digits(b"1e20") && !loses_digits(b"12.5"));
    }
}
