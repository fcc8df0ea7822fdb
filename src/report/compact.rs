//! Pictures of a page in fewer bytes: the same points of a path, said from one to the next where that is shorter, and no attribute that
//! says what holds without it.
//!
//! In: a finished page. Out: one that shows the same. Coordinates have one digit behind the point, and are added up in tenths, so that no
//! point moves. Elements without a page around them keep what they need alone: colours for where the page's style is missing, and the
//! name of the language.

/// What holds without being said.
const DEFAULTS: &[(&str, &[&str])] = &[
    ("<line ", &[" x1=\"0%\"", " stroke=\"#777\""]),
    ("<text ", &[" x=\"0%\"", " dx=\"0\"", " text-anchor=\"start\"", " fill=\"#555\""]),
    ("<svg ", &[" x=\"0\"", " xmlns=\"http://www.w3.org/2000/svg\""]),
];
/// How a page begins whose elements need no names of languages.
const PAGE: &str = "<!doctype html>";
/// Where the style of the page colours what the pictures would colour themselves.
const STYLED: &str = ".chart .base {";

/// The same page with its pictures in fewer bytes; others than pages of our style stay as they are.
pub(super) fn pictures(page: String) -> String {
    let is_page = page.get(..PAGE.len()).is_some_and(|first| first.eq_ignore_ascii_case(PAGE));
    if !is_page || !page.contains(STYLED) {
        return page;
    }
    let mut short = String::with_capacity(page.len());
    let mut rest = page.as_str();
    while let Some(at) = rest.find("<svg ") {
        let (before, picture) = rest.split_at(at);
        short.push_str(before);
        let end = end_of(picture);
        tags(&picture[..end], &mut short);
        rest = &picture[end..];
    }
    short.push_str(rest);
    short
}

/// Where a picture ends, with those inside it.
fn end_of(picture: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(found) = picture[at..].find("svg") {
        let (before, behind) = (&picture[..at + found], at + found + "svg".len());
        if before.ends_with("</") {
            depth = depth.saturating_sub(1);
        } else if before.ends_with('<') {
            depth += 1;
        }
        at = behind;
        if depth == 0 {
            return (at + 1).min(picture.len());
        }
    }
    picture.len()
}

/// Writes a picture, tag by tag.
fn tags(picture: &str, short: &mut String) {
    for part in picture.split_inclusive('>') {
        let (text, tag) = part.split_at(part.find('<').unwrap_or(part.len()));
        short.push_str(text);
        // Heat maps are short as they are, and say each cell by its place.
        let is_path = tag.starts_with("<path ") && !tag.starts_with("<path class=\"h");
        if let Some(at) = tag.find(" d=\"").filter(|_| is_path) {
            let from = at + " d=\"".len();
            let end = tag[from..].find('"').map_or(tag.len(), |end| from + end);
            short.push_str(&tag[..from]);
            short.push_str(&path(&tag[from..end]).unwrap_or_else(|| tag[from..end].to_owned()));
            short.push_str(&tag[end..]);
            continue;
        }
        let defaults = DEFAULTS.iter().find(|(element, _)| tag.starts_with(element)).map(|(_, defaults)| *defaults);
        let said =
            defaults.unwrap_or_default().iter().fold(tag.to_owned(), |tag, default| tag.replacen(default, "", 1));
        short.push_str(&said);
    }
}

/// A step of a path, to where it goes in tenths.
enum Step {
    /// To a point, drawing or not.
    To {
        draws: bool,
        x: i64,
        y: i64,
    },
    Across(i64),
    Down(i64),
    Close,
}

/// The same path in fewer letters; `None` for one with curves, or with more digits.
fn path(written: &str) -> Option<String> {
    let mut out = Written::default();
    let (mut at, mut start) = ((0, 0), (0, 0));
    for step in steps(written)? {
        match step {
            Step::To { draws, x, y } => {
                let (absolute, relative) = if draws { ('L', 'l') } else { ('M', 'm') };
                out.shorter((absolute, &[x, y]), (relative, &[x - at.0, y - at.1]));
                at = (x, y);
                if !draws {
                    start = at;
                }
            }
            Step::Across(x) => {
                out.shorter(('H', &[x]), ('h', &[x - at.0]));
                at.0 = x;
            }
            Step::Down(y) => {
                out.shorter(('V', &[y]), ('v', &[y - at.1]));
                at.1 = y;
            }
            Step::Close => {
                out.text.push('z');
                out.letter = Some('z');
                at = start;
            }
        }
    }
    Some(out.text)
}

/// What the steps of a path are.
fn steps(written: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let (mut at, mut start) = ((0, 0), (0, 0));
    let mut rest = written;
    let mut letter = None;
    while let Some(first) = rest.chars().next() {
        if first == ' ' {
            rest = &rest[1..];
            continue;
        }
        if first.is_ascii_alphabetic() {
            letter = Some(first);
            rest = &rest[1..];
            if first == 'z' {
                steps.push(Step::Close);
                at = start;
            }
            continue;
        }
        let relative = letter?.is_ascii_lowercase();
        let from = |of: i64| if relative { of } else { 0 };
        let (number, behind) = tenths(rest)?;
        rest = behind;
        match letter?.to_ascii_uppercase() {
            'H' => {
                at.0 = number + from(at.0);
                steps.push(Step::Across(at.0));
            }
            'V' => {
                at.1 = number + from(at.1);
                steps.push(Step::Down(at.1));
            }
            kind @ ('M' | 'L') => {
                let (y, behind) = tenths(rest)?;
                rest = behind;
                at = (number + from(at.0), y + from(at.1));
                let draws = kind == 'L';
                if !draws {
                    start = at;
                    letter = Some(if relative { 'l' } else { 'L' });
                }
                steps.push(Step::To { draws, x: at.0, y: at.1 });
            }
            _ => return None,
        }
    }
    Some(steps)
}

/// The number in front of a text, in tenths, and what stands behind it.
fn tenths(text: &str) -> Option<(i64, &str)> {
    let text = text.trim_start_matches([' ', ',']);
    let sign = usize::from(text.starts_with('-'));
    let mut points = 0;
    let digits = text[sign..].find(|letter: char| {
        points += u8::from(letter == '.');
        !letter.is_ascii_digit() && (letter != '.' || points > 1)
    });
    let end = digits.map_or(text.len(), |digits| digits + sign);
    let (whole, fraction) = text[sign..end].split_once('.').unwrap_or((&text[sign..end], ""));
    let fraction = match fraction {
        "" => 0,
        one if one.len() == 1 => one.parse::<i64>().ok()?,
        _ => return None,
    };
    let whole = if whole.is_empty() { 0 } else { whole.parse::<i64>().ok()? };
    let number = 10 * whole + fraction;
    (end > sign).then_some((if sign == 1 { -number } else { number }, &text[end..]))
}

/// A path as it is written, and by which letter its last numbers are meant.
#[derive(Default)]
struct Written {
    text: String,
    letter: Option<char>,
}

impl Written {
    /// Goes on in one of two ways that mean the same.
    fn shorter(&mut self, absolute: (char, &[i64]), relative: (char, &[i64])) {
        let [one, other] = [absolute, relative].map(|(letter, numbers)| (letter, self.ways(letter, numbers)));
        let (letter, text) = if other.1.len() < one.1.len() { other } else { one };
        self.text.push_str(&text);
        // Behind the first point, numbers without a letter are lines.
        self.letter = Some(match letter {
            'M' => 'L',
            'm' => 'l',
            other => other,
        });
    }

    /// A step as it would be written next.
    fn ways(&self, letter: char, numbers: &[i64]) -> String {
        let mut text = String::new();
        if self.letter != Some(letter) {
            text.push(letter);
        }
        for number in numbers {
            let sign = if *number < 0 { "-" } else { "" };
            let (whole, fraction) = (number.abs() / 10, number.abs() % 10);
            let whole_text = if whole == 0 && fraction != 0 { String::new() } else { whole.to_string() };
            let written =
                if fraction == 0 { format!("{sign}{whole_text}") } else { format!("{sign}{whole_text}.{fraction}") };
            let before = text.chars().last().or_else(|| self.text.chars().last());
            if before.is_some_and(|before| before.is_ascii_digit()) && !written.starts_with('-') {
                // `1.5.5` is two numbers, and some that read it do not know.
                text.push(' ');
            }
            text.push_str(&written);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every point that a path goes through, in tenths.
    fn points(path: &str) -> Vec<(i64, i64)> {
        let (mut at, mut start, mut all) = ((0, 0), (0, 0), Vec::new());
        for step in steps(path).unwrap() {
            match step {
                Step::To { draws, x, y } => {
                    at = (x, y);
                    start = if draws { start } else { at };
                }
                Step::Across(x) => at.0 = x,
                Step::Down(y) => at.1 = y,
                Step::Close => at = start,
            }
            all.push(at);
        }
        all
    }

    #[test]
    fn a_shorter_path_goes_through_the_same_points() {
        for (written, expected) in [
            ("M2 47L6 44L10 46L15 46", "M2 47l4-3 4 2 5 0"),
            ("M0 130v-1h16.7v1zM116.7 130v-1h16.7v1z", "M0 130v-1h16.7v1zm116.7 0v-1h16.7v1z"),
            ("M4-4L0 0L4 4", "M4-4 0 0 4 4"),
            ("M0 130V10.2H10.7V130zM10.7 130V9.8H21.4V130z", "M0 130V10.2H10.7V130zm10.7 0V9.8H21.4V130z"),
        ] {
            let short = path(written).unwrap();
            assert_eq!(points(&short), points(written), "{written}: {short}");
            assert_eq!(short, expected);
        }
        assert_eq!(path("M0 0C1 1 2 2 3 3"), None);
        assert_eq!(path("M0.25 0"), None);
    }

    #[test]
    fn what_holds_without_being_said_is_left_out() {
        let picture = "<svg class=\"c\" xmlns=\"http://www.w3.org/2000/svg\"><svg x=\"0\" y=\"1\"><path d=\"M1 1L2 2\"/></svg>\
                       <text x=\"0%\" dx=\"0\" text-anchor=\"start\" fill=\"#555\">x=\"0%\" svg</text></svg>";
        let page =
            |picture: &str| format!("<!doctype html><style>.chart .base {{}}</style><p dx=\"0\">{picture}<p dx=\"0\">");
        let expected = "<svg class=\"c\"><svg y=\"1\"><path d=\"M1 1 2 2\"/></svg><text>x=\"0%\" svg</text></svg>";
        assert_eq!(pictures(page(picture)), page(expected));
        let alone = format!("<html>{picture}</html>");
        assert_eq!(pictures(alone.clone()), alone, "no page of ours");
    }
}
