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

/// Whether a name is one of those that may hold users' data.
pub(crate) fn is_private(name: &str) -> bool {
    FIELDS.contains(&name)
}

/// Whether a text speaks of such a field in any way: then it is not quoted.
pub(crate) fn mentions_private(text: &[u8]) -> bool {
    FIELDS.iter().any(|name| memchr::memmem::find(text, name.as_bytes()).is_some())
}

/// Whether a text names such a field as a key of JSON.
pub(crate) fn has_private_key(text: &[u8]) -> bool {
    FIELDS.iter().any(|name| {
        let after = |at: usize| text[at + name.len()..].strip_prefix(b"\"").map(<[u8]>::trim_ascii_start);
        let mut found = memchr::memmem::find_iter(text, name.as_bytes());
        found.any(|at| after(at).is_some_and(|rest| rest.first().is_none_or(|byte| *byte == b':')))
    })
}
