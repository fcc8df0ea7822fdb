//! Lists of words that tell the same.

/// Words that tell the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words(&'static str);

impl Words {
    /// Words with blanks between them.
    pub(crate) const fn of(words: &'static str) -> Self {
        Self(words)
    }

    /// Whether a word is one of these.
    pub(crate) fn has(self, word: &str) -> bool {
        // Each name is looked up in dozens of lists: a search for the word in a whole list is quicker than to take the list apart.
        let (known, word) = (self.0.as_bytes(), word.as_bytes());
        let is_end = |at: usize| known.get(at).is_none_or(u8::is_ascii_whitespace);
        let is_word = |at: usize| (at == 0 || known[at - 1].is_ascii_whitespace()) && is_end(at + word.len());
        !word.is_empty()
            && !word.iter().any(u8::is_ascii_whitespace)
            && memchr::memmem::find_iter(known, word).any(is_word)
    }

    /// Whether a text is one of these that consist of letters, large or small, whatever blanks stand around it.
    pub(crate) fn has_text(self, text: &str) -> bool {
        let text = text.trim();
        text.chars().all(char::is_alphabetic) && self.has(&text.to_lowercase())
    }

    /// The same for bytes, large letters or small.
    pub(crate) fn has_in_any_case(self, word: &[u8]) -> bool {
        self.0.split_ascii_whitespace().any(|known| known.as_bytes().eq_ignore_ascii_case(word))
    }

    /// The first of the words of a name that is one of these.
    pub(crate) fn among(self, words: &[String]) -> Option<&str> {
        words.iter().map(String::as_str).find(|word| self.has(word))
    }
}

/// The words of a text in small letters: `LimitExceeded` and `requests per second` have several.
pub(crate) fn apart(text: &str) -> Vec<String> {
    let mut apart = String::with_capacity(text.len() + 4);
    let mut before = ' ';
    for letter in text.chars() {
        if before.is_lowercase() && letter.is_uppercase() {
            apart.push(' ');
        }
        apart.push(letter);
        before = letter;
    }
    let lower = apart.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_its_words_and_no_parts_of_them() {
        let list = Words::of("request req requests  a aa aaab");
        for word in ["request", "req", "requests", "a", "aa", "aaab"] {
            assert!(list.has(word), "{word}");
        }
        for other in ["", " ", "r", "reques", "quest", "ab", "aaa", "request req", "requests ", "a aa"] {
            assert!(!list.has(other), "`{other}`");
        }
    }
}
