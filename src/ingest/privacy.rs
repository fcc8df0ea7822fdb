//! What may be users' data, and must stand in no report and no message unless the user asks for it.
//!
//! Today these are the fields of an agent swarm's records that hold what clients sent and were sent. Only the format that
//! defines them shows them, and only by name; whatever else reads a file asks here.

/// Fields that may hold users' data.
pub(crate) const FIELDS: [&str; 2] = ["sessionMemory", "sessionState"];

/// What is said where such fields were passed over.
pub(crate) const PASSED_OVER: &str = "`sessionMemory` and `sessionState` may hold users' data and were passed over";
/// What is said instead of a text that names such a field.
pub(crate) const NOT_QUOTED: &str = "it names session data, and is therefore not quoted here";
/// What stands instead of a cell of a row that names such a field.
pub(crate) const WITHHELD: &[u8] = b"(withheld)";
/// Why a text with such fields is not read as a table of cells, which would be quoted and grouped by.
pub(crate) const REFUSED: &str = "it holds session data of an agent swarm, which may be users' data and which only the format \
     agent-swarm knows how to leave out; read it without --format";

/// What is said of a table with a column of that meaning.
pub(crate) const COLUMN_REFUSED: &str = "it has a column of session data (by its name `sessionMemory` or `sessionState`, however that is \
     written), which may be users' data and is shown in no report; leave the column out";

/// The names without anything but their letters.
const LETTERS: [&[u8]; 2] = [b"sessionmemory", b"sessionstate"];
/// With such a word behind it a name is that of a number: `session_memory_mb` is an amount of memory, and nobody's data.
const AMOUNTS: &[&str] = &[
    "bytes", "byte", "kib", "mib", "gib", "kb", "mb", "gb", "b", "count", "size", "used", "usage", "total", "max",
    "min", "mean", "avg", "average", "percent", "pct", "limit", "free", "peak", "delta", "ms", "seconds", "duration",
    "changes", "p50", "p95", "p99", "in",
];

/// Whether a name, or a part of a dotted one, means what may be users' data: by its words, however they are joined and written.
pub(crate) fn is_private(name: &str) -> bool {
    // No part of a name that is shorter can hold both words.
    if name.len() < LETTERS[1].len() {
        return false;
    }
    let parts: Vec<&str> = name.split(['.', '/', '[', ']']).collect();
    // An object `session` with a `state` in it is the same, however it was flattened.
    parts.iter().any(|part| part_is_private(part)) || parts.windows(2).any(|pair| part_is_private(&pair.concat()))
}

fn part_is_private(part: &str) -> bool {
    let letters: String = part.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    LETTERS.iter().any(|field| {
        let Some(at) = memchr::memmem::find(letters.as_bytes(), field) else { return false };
        !is_amount(&letters[at + field.len()..])
    })
}

/// Whether letters are such words, one after the other.
fn is_amount(rest: &str) -> bool {
    let mut ends = AMOUNTS.iter().filter_map(|word| rest.strip_prefix(word));
    ends.any(|rest| rest.is_empty() || is_amount(rest))
}

/// Whether a text speaks of such a field in any way: then it is not quoted.
pub(crate) fn mentions_private(text: &[u8]) -> bool {
    LETTERS.iter().any(|field| {
        let mut found = 0;
        text.iter().filter(|byte| byte.is_ascii_alphanumeric()).any(|byte| {
            let byte = byte.to_ascii_lowercase();
            // What was found so far may end in a beginning of the field: `sessessionstate`.
            while found > 0 && byte != field[found] {
                found =
                    (0..found).rev().find(|shorter| field[..*shorter] == field[found - shorter..found]).unwrap_or(0);
            }
            found += usize::from(byte == field[found]);
            let whole = found == field.len();
            found = if whole { 0 } else { found };
            whole
        })
    })
}

/// Whether a text names such a field as a key of JSON.
pub(crate) fn has_private_key(text: &[u8]) -> bool {
    let mut quotes = memchr::memchr_iter(b'"', text);
    let Some(mut begin) = quotes.next() else { return false };
    quotes.any(|end| {
        let name = &text[begin + 1..end];
        begin = end;
        // In a cell of CSV its quotes are doubled, in a text of JSON they stand behind a backslash.
        let mut rest =
            text[end + 1..].iter().filter(|byte| !matches!(byte, b'"' | b'\\' | b' ' | b'\t' | b'\r' | b'\n'));
        rest.next().is_none_or(|byte| *byte == b':') && std::str::from_utf8(name).is_ok_and(is_private)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_data_is_known_by_what_its_name_means() {
        for name in [
            "sessionMemory",
            "sessionState",
            "SessionMemory",
            "sessionMemory ",
            "session_memory",
            "SESSION-STATE",
            "session state",
            "user.sessionState.phase",
            "clients[0].sessionMemory",
            "x_session_memory_json",
            "sessionStates",
            "session.state",
            "user.session.memory[0]",
        ] {
            assert!(is_private(name), "{name}");
            assert!(mentions_private(format!("what {name:?} was").as_bytes()), "{name}");
        }
        for name in [
            "session",
            "state",
            "session_id",
            "memory_session",
            "session_memory_mb",
            "session.memory_mb",
            "session.id.state",
            "sessionMemory.size_mb_x",
            "sessions",
        ] {
            let expected = name.starts_with("sessionMemory.");
            assert_eq!(is_private(name), expected, "{name}");
        }
        assert!(!is_private("session_memory_used_mb") && !is_private("sessionMemoryBytes"));
        assert!(!mentions_private(b"a session of the estate") && mentions_private(b"ses sessionState"));
    }

    #[test]
    fn a_key_of_json_is_found_in_any_text() {
        assert!(has_private_key(br#"a,{"SessionMemory" : 1}"#));
        assert!(has_private_key(br#"{"a":"b","session_state""#));
        assert!(has_private_key(br#"a,"{""sessionState"":1}""#) && has_private_key(br#"{"x":"{\"sessionState\":1}"}"#));
        assert!(!has_private_key(br#"sessionState,"b": 1"#));
        assert!(!has_private_key(br#"{"a":"sessionState"}"#));
    }
}
