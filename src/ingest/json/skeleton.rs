//! Lines of JSON that differ in their values only.
//!
//! In: an object that was read with care, and what its names became. Out: a [`Skeleton`], the text between its values, by
//! which later lines of the same program are split without a parser. Refuses arrays, names with escapes and whatever
//! else needs a look; a line that departs from the skeleton in a single byte is not split.

/// Objects nested deeper are rare, and the stack of names stays short.
const DEEPEST: usize = 8;

/// The text between the values of an object, and the column of each value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Skeleton {
    /// What stands before each value.
    before: Vec<(Box<[u8]>, usize)>,
    /// What stands after the last one.
    end: Box<[u8]>,
    /// Columns of the table; those without a value in the object are empty.
    columns: usize,
}

impl Skeleton {
    /// The skeleton of a line whose names, joined by dots, have columns by `column_of`; absent where it is not plain.
    pub(crate) fn learn(line: &[u8], columns: usize, column_of: impl Fn(&str) -> Option<usize>) -> Option<Self> {
        let mut before: Vec<(Box<[u8]>, usize)> = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        let mut paths: Vec<String> = Vec::new();
        let mut literal = 0;
        let mut at = blanks(line, 0);
        at = exactly(line, at, b'{')?;
        loop {
            at = blanks(line, at);
            let (from, to) = string(line, at)?;
            let name = std::str::from_utf8(&line[from..to]).ok()?;
            at = exactly(line, blanks(line, to + 1), b':')?;
            at = blanks(line, at);
            names.push(name);
            // A name that stands twice has the value that stands last; that needs a look.
            let path = names.join(".");
            if paths.contains(&path) {
                return None;
            }
            if line.get(at) == Some(&b'{') {
                if names.len() == DEEPEST {
                    return None;
                }
                paths.push(path);
                at += 1;
                continue;
            }
            let column = column_of(&path)?;
            paths.push(path);
            if before.iter().any(|(_, other)| *other == column) {
                return None;
            }
            before.push((line[literal..at].into(), column));
            at = value(line, at)?.1;
            literal = at;
            names.pop();
            loop {
                at = blanks(line, at);
                match line.get(at)? {
                    b',' => break,
                    b'}' => {
                        at += 1;
                        if names.pop().is_none() {
                            let rest = blanks(line, at);
                            let end = line[literal..].into();
                            return (rest == line.len()).then_some(Self { before, end, columns });
                        }
                    }
                    _ => return None,
                }
            }
            at += 1;
        }
    }

    /// How many columns it knows.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// The cells of a line, by column. Says whether the line has this skeleton.
    pub(crate) fn split(&self, line: &[u8], cells: &mut Vec<(usize, usize)>) -> bool {
        cells.clear();
        cells.resize(self.columns, (0, 0));
        let mut at = 0;
        for (before, column) in &self.before {
            if !line[at..].starts_with(before) {
                return false;
            }
            let Some((cell, next)) = value(line, at + before.len()) else { return false };
            cells[*column] = cell;
            at = next;
        }
        line[at..] == *self.end
    }
}

fn blanks(line: &[u8], at: usize) -> usize {
    at + line[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count()
}

fn exactly(line: &[u8], at: usize, byte: u8) -> Option<usize> {
    (line.get(at) == Some(&byte)).then_some(at + 1)
}

/// Start and end of a string without its quotes; absent where it has escapes or control characters.
fn string(line: &[u8], at: usize) -> Option<(usize, usize)> {
    let from = exactly(line, at, b'"')?;
    let plain = |byte: &u8| *byte != b'"' && *byte != b'\\' && *byte >= b' ';
    let to = from + line[from..].iter().take_while(|byte| plain(byte)).count();
    (line.get(to) == Some(&b'"')).then_some((from, to))
}

/// The cell of a value that is neither object nor array, and what follows it. `null` is an empty cell.
fn value(line: &[u8], at: usize) -> Option<((usize, usize), usize)> {
    match line.get(at)? {
        b'"' => string(line, at).map(|(from, to)| ((from, to), to + 1)),
        b'n' => line[at..].starts_with(b"null").then_some(((0, 0), at + 4)),
        b't' => line[at..].starts_with(b"true").then_some(((at, at + 4), at + 4)),
        b'f' => line[at..].starts_with(b"false").then_some(((at, at + 5), at + 5)),
        _ => number(line, at).map(|end| ((at, end), end)),
    }
}

/// The end of a number as JSON has them.
fn number(line: &[u8], at: usize) -> Option<usize> {
    let digits = |from: usize| from + line[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let from = at + usize::from(line.get(at) == Some(&b'-'));
    let mut end = digits(from);
    if end == from || (line[from] == b'0' && end > from + 1) {
        return None;
    }
    if line.get(end) == Some(&b'.') {
        let fraction = end + 1;
        end = digits(fraction);
        if end == fraction {
            return None;
        }
    }
    if matches!(line.get(end), Some(b'e' | b'E')) {
        let sign = end + 1;
        let exponent = sign + usize::from(matches!(line.get(sign), Some(b'+' | b'-')));
        end = digits(exponent);
        if end == exponent {
            return None;
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(line: &str) -> Option<Skeleton> {
        const NAMES: &[&str] = &["a", "b", "c.d", "c.e.f"];
        Skeleton::learn(line.as_bytes(), NAMES.len(), |name| NAMES.iter().position(|known| *known == name))
    }

    fn cells(skeleton: &Skeleton, line: &str) -> Option<Vec<String>> {
        let mut cells = Vec::new();
        let text = |(from, to): &(usize, usize)| line[*from..*to].to_owned();
        skeleton.split(line.as_bytes(), &mut cells).then(|| cells.iter().map(text).collect())
    }

    #[test]
    fn lines_with_the_same_names_are_split() {
        let skeleton = learn(r#"{"b": "x", "c": {"d": 1, "e": {"f": true}}, "a": null} "#).unwrap();
        let line = r#"{"b": "y z", "c": {"d": -1.5e3, "e": {"f": false}}, "a": 7} "#;
        assert_eq!(cells(&skeleton, line).unwrap(), ["7", "y z", "-1.5e3", "false"]);
        for odd in [
            r#"{"b": "y", "c": {"d": 01, "e": {"f": false}}, "a": 7} "#,
            r#"{"b": "y\n", "c": {"d": 1, "e": {"f": false}}, "a": 7} "#,
            r#"{"b": "y", "c": {"d": 1, "e": {"f": false}}, "a": 7}"#,
            r#"{"b": "y", "c": {"d": 1, "e": {"f": false}}, "a": NaN} "#,
            r#"{"b": "y", "c": {"d": 1, "e": {"f": false}}, "a": 7."#,
            r#"{"b": "y""#,
            "",
        ] {
            assert_eq!(cells(&skeleton, odd), None, "{odd}");
        }
    }

    #[test]
    fn what_needs_a_look_has_no_skeleton() {
        for line in [
            r#"{"a": 1, "a": 2}"#,
            r#"{"a": 1, "a": {"x": 2}}"#,
            r#"{"c": {"d": 1}, "c": {"e": {"f": 2}}}"#,
            r#"{"c": 1, "c": {"d": 1}}"#,
            r#"{"a": [1]}"#,
            r#"{"z": 1}"#,
            r#"{"a": 1} x"#,
            "{}",
            "",
            r#"{"a\n": 1}"#,
            r#"{"c":{}}"#,
        ] {
            assert_eq!(learn(line), None, "{line}");
        }
    }
}
