//! The keys of the first JSON object of a text, by which the file of a tool is recognised.
//!
//! In: the first bytes of a text, which need not be JSON to its end. Out: its keys with the names around them and with
//! their depth, as far as the first bytes show them.

use std::collections::HashSet;

/// Keys nested deeper tell no tools apart.
const DEEPEST: usize = 3;
/// A text with more different keys has data for keys.
const MOST_KEYS: usize = 1 << 14;

/// The keys of an object and of the objects in it.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    /// By depth (how many brackets are open): names joined by dots, arrays passed through.
    keys: Vec<HashSet<String>>,
    /// Whether the object ends within the text.
    pub(crate) is_whole: bool,
}

/// A bracket that is open.
struct Open {
    is_object: bool,
    /// Length of the path outside it, and how many names it has.
    path: usize,
    names: usize,
}

impl Outline {
    /// The outline of a text that begins with an object.
    pub(crate) fn of(text: &[u8]) -> Option<Self> {
        let text = text.trim_ascii_start();
        text.starts_with(b"{").then(|| Self::scan(text))
    }

    /// The outline of the first object in a text, whatever stands before it.
    pub(crate) fn of_first_object(text: &[u8]) -> Option<Self> {
        memchr::memchr(b'{', text).map(|start| Self::scan(&text[start..]))
    }

    fn scan(text: &[u8]) -> Self {
        let mut outline = Self::default();
        let mut open: Vec<Open> = Vec::new();
        let (mut path, mut names) = (String::new(), 0);
        let (mut found, mut expects_key, mut at) = (0, false, 0);
        while at < text.len() && found < MOST_KEYS {
            match text[at] {
                b'"' => {
                    let Some(length) = string_length(&text[at + 1..]) else { break };
                    let key = &text[at + 1..at + 1 + length];
                    at += length + 1;
                    if let Some(around) = open.last().filter(|around| expects_key && around.is_object) {
                        expects_key = false;
                        path.truncate(around.path);
                        names = around.names + 1;
                        if names <= DEEPEST {
                            if around.names > 0 {
                                path.push('.');
                            }
                            path.push_str(&String::from_utf8_lossy(key));
                            found += usize::from(outline.add(open.len(), &path));
                        }
                    }
                }
                bracket @ (b'{' | b'[') => {
                    // What stands in an array has the path of the array.
                    let (path, names) = match open.last() {
                        Some(array) if !array.is_object => (array.path, array.names),
                        _ => (path.len(), names),
                    };
                    expects_key = bracket == b'{';
                    open.push(Open { is_object: expects_key, path, names });
                }
                b'}' | b']' => {
                    open.pop();
                    if open.is_empty() {
                        outline.is_whole = true;
                        break;
                    }
                }
                b',' => expects_key = true,
                _ => {}
            }
            at += 1;
        }
        outline
    }

    /// Remembers a key. Says whether it is new.
    fn add(&mut self, depth: usize, path: &str) -> bool {
        if self.keys.len() <= depth {
            self.keys.resize_with(depth + 1, HashSet::new);
        }
        !self.keys[depth].contains(path) && self.keys[depth].insert(path.to_owned())
    }

    /// Whether all of these keys are in it, each with the names around it, joined by dots.
    pub(crate) fn has(&self, paths: &[&str]) -> bool {
        paths.iter().all(|path| self.keys.iter().any(|keys| keys.contains(*path)))
    }

    /// Whether all of these names are keys at a depth, under whatever names: 1 for the object itself.
    pub(crate) fn has_at(&self, depth: usize, names: &[&str]) -> bool {
        let Some(keys) = self.keys.get(depth) else { return names.is_empty() };
        names.iter().all(|name| keys.iter().any(|path| is_named(path, name)))
    }

    /// Whether all of these names are keys somewhere in it.
    pub(crate) fn has_anywhere(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.keys.iter().flatten().any(|path| is_named(path, name)))
    }

    /// How many keys the object itself has.
    pub(crate) fn len(&self) -> usize {
        self.keys.get(1).map_or(0, HashSet::len)
    }

    /// The keys as evidence, where all are in it.
    pub(crate) fn evidence(&self, paths: &[&str]) -> Option<Vec<String>> {
        let listed = || paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
        self.has(paths).then(|| vec![format!("a JSON object with {}", listed())])
    }
}

/// Whether a path ends in a name.
fn is_named(path: &str, name: &str) -> bool {
    path.strip_suffix(name).is_some_and(|around| around.is_empty() || around.ends_with('.'))
}

/// Bytes up to the quote that ends a string.
fn string_length(bytes: &[u8]) -> Option<usize> {
    let mut escaped = false;
    bytes.iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str) -> Option<Outline> {
        Outline::of(text.as_bytes())
    }

    #[test]
    fn keys_are_found_even_where_the_document_is_cut() {
        let found = outline(r#"{"a":{"b":[{"c":1,"d":{"e":2}}]},"f \"g\"": "h", "last": {"#).unwrap();
        assert!(found.has(&["a", "a.b", "a.b.c", "a.b.d", "last"]));
        assert!(!found.has(&["h"]) && !found.has(&["a.b.d.e"]));
        assert!(found.has_at(1, &["a", "last"]) && found.has_at(2, &["b"]) && found.has_at(4, &["c", "d"]));
        assert!(!found.has_at(2, &["a"]) && !found.has_at(3, &["c"]));
        assert!(found.has_anywhere(&["d", "last"]) && !found.has_anywhere(&["h"]));
        assert!(outline("[1]").is_none() && outline("").is_none());
    }

    #[test]
    fn elements_of_an_array_have_its_path() {
        let found = outline(r#"{"a":[{"b":{"c":1}},{"d":1}],"e":[[{"f":1}]]}"#).unwrap();
        assert!(found.has(&["a.b.c", "a.d", "e.f"]) && found.is_whole);
    }

    #[test]
    fn only_the_first_object_counts() {
        assert!(!outline(r#"{"a":1} {"b":2}"#).unwrap().has(&["b"]));
        let keys = |text: &str, names: &[&str]| {
            let found = Outline::of_first_object(text.as_bytes()).unwrap();
            found.len() == names.len() && found.has_at(1, names)
        };
        assert!(keys(r#"[ {"a":{"b":[{"c":1}]},"d":"e:\"f","g":["#, &["a", "d", "g"]));
        assert!(keys(r#"{"a":1}{"b":2}"#, &["a"]));
        assert!(keys(r#"{"a":"unclosed"#, &["a"]));
        assert!(Outline::of_first_object(b"a,b\n1,2").is_none());
        assert!(outline(r#"{"a":1}"#).unwrap().is_whole);
        assert!(!outline(r#"{"a":1"#).unwrap().is_whole);
    }
}
