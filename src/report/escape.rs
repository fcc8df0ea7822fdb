//! Escaping: one function for each output format, so that no label, file name or value can break out of its place.
//!
//! In: text that came from a measured file. Out: text that is shown as it stands. HTML is escaped by the template
//! engine with [`html`]; Markdown with [`markdown`] and, for names, [`code`]. Text for any output first goes through
//! [`visible`], which makes control characters and marks that reverse the direction of writing visible.
//!
//! Markdown is meant to be read as plain text too. It is therefore escaped where a character would act, not wherever
//! it occurs: `memory_usage_metrics.csv`, `[17.8, 19.2] ms` and `p < 0.001` stay as they are.

use std::fmt::Write as _;
use std::io::{self, Write};

/// Control characters become their pictures (`␛`), others that are invisible or reverse text become `\u{202e}`.
/// Line ends and tabs become a space in the end of the chain; here they are pictures like all others.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    text.chars().for_each(|character| push_visible(&mut shown, character));
    shown
}

fn push_visible(shown: &mut String, character: char) {
    match character {
        '\u{0}'..='\u{1f}' => shown.push(picture(character)),
        '\u{7f}' => shown.push('␡'),
        _ if is_invisible(character) => shown.extend(character.escape_unicode()),
        _ => shown.push(character),
    }
}

/// Whether a character is a control of the upper half, or invisible, or turns the direction of writing around.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{80}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// A JSON document in which such characters stand as their escapes: they occur in its strings only, which mean the same.
pub(crate) fn json(document: Vec<u8>) -> Vec<u8> {
    let is_concerned = |character: char| is_invisible(character) || character == '\u{7f}';
    let Some(text) = std::str::from_utf8(&document).ok().filter(|text| text.contains(is_concerned)) else {
        return document;
    };
    let mut escaped = String::with_capacity(text.len() + 64);
    for character in text.chars() {
        if is_concerned(character) {
            // None of them lies beyond the first 65,536.
            let _ = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped.into_bytes()
}

fn picture(control: char) -> char {
    char::from_u32(0x2400 + u32::from(control)).unwrap_or('\u{fffd}')
}

/// Text that XML 1.0 can hold: control characters become [`visible`], and the two characters that Unicode keeps for
/// itself become a replacement mark (<https://www.w3.org/TR/xml/#charsets>). Not escaped yet.
pub(crate) fn xml_text(text: &str) -> String {
    visible(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// HTML text and attribute values, double or single quoted. Whatever a file held, nothing that acts on a terminal leaves here.
pub(crate) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // `##[` is a command of GitHub's runner wherever it stands in a log.
            '[' if escaped.ends_with("##") => escaped.push_str("&#91;"),
            '\n' | '\r' | '\t' => escaped.push(' '),
            _ => push_visible(&mut escaped, character),
        }
    }
    escaped
}

/// A sentence of the program in which names stand between backticks, as Markdown: the names become code. Where the
/// backticks do not pair (a name has one of its own), all of them are shown.
pub(crate) fn prose_markdown(sentence: &str) -> String {
    prose(sentence, markdown, code)
}

/// As [`prose_markdown`], as HTML.
pub(crate) fn prose_html(sentence: &str) -> String {
    prose(sentence, html, |name| format!("<code>{}</code>", html(name)))
}

fn prose(sentence: &str, text: fn(&str) -> String, name: fn(&str) -> String) -> String {
    let parts: Vec<&str> = sentence.split('`').collect();
    let paired = !parts.len().is_multiple_of(2) && parts.iter().skip(1).step_by(2).all(|name| !name.is_empty());
    if !paired {
        return text(sentence);
    }
    let is_name = |index: usize| !index.is_multiple_of(2);
    parts.iter().enumerate().map(|(index, part)| if is_name(index) { name(part) } else { text(part) }).collect()
}

/// [`html`] in the form that the template engine asks for.
///
/// # Errors
/// Those of the writer.
pub(crate) fn write_html(text: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(html(text).as_bytes())
}

/// [`markdown`] in the form that the template engine asks for.
///
/// # Errors
/// Those of the writer.
pub(crate) fn write_markdown(text: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(markdown(text).as_bytes())
}

/// A name in GitHub Markdown, as code: shown letter by letter, in text and in a table cell alike.
pub(crate) fn code(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() {
        return "<code></code>".to_owned();
    }
    let edged = text.starts_with(' ') || text.ends_with(' ');
    if edged || text.contains(['`', '|']) || text.contains("##[") { html_code(&text) } else { format!("`{text}`") }
}

/// Code for names that Markdown's own notation cannot hold in a table: every mark becomes an entity.
fn html_code(text: &str) -> String {
    let mut escaped = String::from("<code>");
    for character in text.chars() {
        if character.is_ascii_punctuation() {
            push_entity(&mut escaped, character);
        } else {
            escaped.push(character);
        }
    }
    escaped + "</code>"
}

/// Running text in GitHub Markdown, in a paragraph or a table cell.
pub(crate) fn markdown(text: &str) -> String {
    let text = one_line(text);
    let characters: Vec<char> = text.chars().collect();
    let mut escaped = String::with_capacity(text.len() + 16);
    for (index, character) in characters.iter().enumerate() {
        let around = Around { characters: &characters, index };
        match around.treatment() {
            Treatment::Keep => escaped.push(*character),
            Treatment::Backslash => {
                escaped.push('\\');
                escaped.push(*character);
            }
            Treatment::Entity => push_entity(&mut escaped, *character),
            Treatment::Apart => {
                escaped.push_str("<span>");
                escaped.push(*character);
                escaped.push_str("</span>");
            }
        }
    }
    escaped
}

fn push_entity(text: &mut String, character: char) {
    text.push_str("&#");
    text.push_str(&u32::from(character).to_string());
    text.push(';');
}

/// The text on one line, with nothing in it that a reader does not see.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' | '\t' => line.push(' '),
            _ => push_visible(&mut line, character),
        }
    }
    line
}

/// How a character of running text is written.
#[derive(Clone, Copy)]
enum Treatment {
    Keep,
    Backslash,
    Entity,
    /// In an element of its own: GitHub looks for mentions, references, formulas and emoji in the finished text,
    /// where an escape is no longer visible.
    Apart,
}

/// A character and what stands next to it.
struct Around<'a> {
    characters: &'a [char],
    index: usize,
}

impl Around<'_> {
    fn at(&self, offset: isize) -> Option<char> {
        self.index.checked_add_signed(offset).and_then(|index| self.characters.get(index)).copied()
    }

    fn next_is(&self, test: impl Fn(char) -> bool) -> bool {
        self.at(1).is_some_and(test)
    }

    fn is_first(&self) -> bool {
        self.index == 0
    }

    fn treatment(&self) -> Treatment {
        use Treatment::{Apart, Backslash, Entity, Keep};
        let act = match self.characters[self.index] {
            '`' | '*' | '|' | '~' => true,
            '\\' => self.at(1).is_none_or(|next| next.is_ascii_punctuation()),
            '_' => !(self.word_at(-1) && self.word_at(1)),
            '[' => !self.is_interval(),
            '<' => self.next_is(|next| next.is_ascii_alphabetic() || "/!?".contains(next)),
            '&' => self.starts_entity(),
            '>' | '=' => self.is_first(),
            '-' | '+' => self.is_first() && self.at(1).is_none_or(|next| next == ' ' || next == '-'),
            '.' | ')' => self.ends_list_number(),
            '#' if self.is_first() => true,
            '#' => return if self.next_is(|next| next.is_ascii_digit()) { Apart } else { Keep },
            '@' => return if self.next_is(|next| next.is_ascii_alphanumeric()) { Apart } else { Keep },
            '$' => return Apart,
            ':' if self.starts_address() => return Entity,
            ':' => return if self.starts_emoji() { Apart } else { Keep },
            _ => false,
        };
        if act { Backslash } else { Keep }
    }

    fn word_at(&self, offset: isize) -> bool {
        self.at(offset).is_some_and(char::is_alphanumeric)
    }

    /// `[17.8, 19.2]` or `[+9.8%, ×4.2]` without anything behind it that would make it a link.
    fn is_interval(&self) -> bool {
        let rest = &self.characters[self.index + 1..];
        let Some(end) = rest.iter().position(|character| *character == ']' || *character == ')') else { return false };
        let numeric = |character: &char| character.is_ascii_digit() || ".,-+%×<>∞e \u{a0}".contains(*character);
        end > 2
            && rest[..end].contains(&',')
            && rest[..end].iter().all(numeric)
            && rest.get(end + 1).is_none_or(|next| !"([:".contains(*next))
    }

    /// The mark behind the digits with which the text begins, where it would start a numbered list.
    fn ends_list_number(&self) -> bool {
        self.index > 0
            && self.characters[..self.index].iter().all(char::is_ascii_digit)
            && self.at(1).is_none_or(|next| next == ' ')
    }

    fn starts_entity(&self) -> bool {
        let rest = &self.characters[self.index + 1..];
        let end = rest.iter().position(|character| !(character.is_ascii_alphanumeric() || *character == '#'));
        end.is_some_and(|end| end > 0 && rest[end] == ';')
    }

    fn starts_address(&self) -> bool {
        self.at(1) == Some('/') && self.at(2) == Some('/')
    }

    /// `:name:`, which GitHub replaces by a picture; not `10:15:00`.
    fn starts_emoji(&self) -> bool {
        let rest = &self.characters[self.index + 1..];
        let Some(end) = rest.iter().position(|character| *character == ':') else { return false };
        let name = &rest[..end];
        let allowed = |character: &char| character.is_ascii_alphanumeric() || "_+-".contains(*character);
        end > 1 && name.iter().all(allowed) && (end > 2 || !name.iter().all(char::is_ascii_digit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_sentences_stay_as_they_are() {
        for text in [
            "3 corrupted samples in memory_usage_metrics.csv:82-84",
            "median in [17.8, 19.2] ms, p < 0.001, a > b, x = y",
            "open above: [95.1, ∞) ms",
            "+12.3% [+9.8%, +15.0%], ×4.2 [>-0.01%, ×5.1]",
            "10:15:00 to 10:45:00, -5.2 ms, R&D, C:\\temp, 50% – 60%",
        ] {
            assert_eq!(markdown(text), text);
        }
    }

    #[test]
    fn nothing_in_running_text_acts_as_markdown() {
        for (nasty, safe) in [
            ("<script>alert(1)</script>", "\\<script>alert(1)\\</script>"),
            ("a|b", "a\\|b"),
            ("`code`", "\\`code\\`"),
            ("*bold* _em_ ~~no~~", "\\*bold\\* \\_em\\_ \\~\\~no\\~\\~"),
            ("user_msg_*_*", "user_msg\\_\\*\\_\\*"),
            ("# heading", "\\# heading"),
            ("[link](http://x)", "\\[link](http&#58;//x)"),
            ("![image](x)", "!\\[image](x)"),
            ("[1, 2](x)", "\\[1, 2](x)"),
            ("@mention", "<span>@</span>mention"),
            ("fixes #12", "fixes <span>#</span>12"),
            ("$x$", "<span>$</span>x<span>$</span>"),
            (":tada:", "<span>:</span>tada:"),
            ("&lt;b&gt;", "\\&lt;b\\&gt;"),
            ("two\nlines\r\n| x |", "two lines  \\| x \\|"),
            ("- item", "\\- item"),
            ("---", "\\---"),
            ("1. item", "1\\. item"),
            ("> quote", "\\> quote"),
            ("end\\", "end\\\\"),
            ("\\|", "\\\\\\|"),
        ] {
            assert_eq!(markdown(nasty), safe, "{nasty}");
        }
    }

    #[test]
    fn names_are_code_that_cannot_end_early_or_split_a_cell() {
        assert_eq!(code("user_msg_*_*"), "`user_msg_*_*`");
        assert_eq!(code("<script>"), "`<script>`");
        assert_eq!(code("@mention"), "`@mention`");
        assert_eq!(code("a|b"), "<code>a&#124;b</code>");
        assert_eq!(code("`x` <b>"), "<code>&#96;x&#96; &#60;b&#62;</code>");
        assert_eq!(code("two\nlines"), "`two lines`");
        assert_eq!(code("##[x]"), "<code>&#35;&#35;&#91;x&#93;</code>");
        assert_eq!(code(" edge"), "<code> edge</code>");
        assert_eq!(code(""), "<code></code>");
    }

    #[test]
    fn names_in_sentences_are_code_and_cannot_break_out() {
        assert_eq!(
            prose_markdown("its label `a_*|<b>` is odd"),
            "its label <code>a&#95;&#42;&#124;&#60;b&#62;</code> is odd"
        );
        assert_eq!(prose_markdown("column `event`, *not*"), "column `event`, \\*not\\*");
        assert_eq!(prose_html("its label `<b>` & more"), "its label <code>&lt;b&gt;</code> &amp; more");
        assert_eq!(prose_markdown("its label `a`b` is odd"), "its label \\`a\\`b\\` is odd");
        assert_eq!(prose_html("``"), "``");
    }

    #[test]
    fn html_cannot_be_left() {
        assert_eq!(html("##[x]"), "##&#91;x]");
        assert_eq!(html("<a href=\"x\" title='y'>&"), "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;");
    }

    #[test]
    fn what_cannot_be_seen_is_made_visible() {
        assert_eq!(visible("a\u{1b}[31m\nb\u{202e}c\u{7f}"), "a␛[31m␊b\\u{202e}c␡");
        assert_eq!(visible("größer 日本"), "größer 日本");
    }
}
