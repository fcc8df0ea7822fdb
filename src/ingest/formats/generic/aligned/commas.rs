//! Commas that are decimal marks in a table whose columns are aligned: `0,620` beside `5,108`.
//!
//! In: the lines of a text. Out: whether its commas are decimal marks, and a cell with a point instead. A comma that groups thousands has three
//! digits behind it and no nought alone before it; where a number has a point, commas are no decimal marks.

/// What stands around the comma of a number.
fn around_comma(cell: &str) -> Option<(&str, &str)> {
    let (whole, fraction) = cell.trim_start_matches(['-', '+']).split_once(',')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole) && digits(fraction)).then_some((whole, fraction))
}

/// Whether the numbers of these lines have decimal commas: several have a comma, of which one at least groups nothing, and none has a point.
pub(super) fn are_decimal(lines: &[&[u8]]) -> bool {
    const FEWEST: usize = 2;
    let (mut commas, mut proven) = (0, false);
    for line in lines {
        for cell in String::from_utf8_lossy(line).split_whitespace() {
            if let Some((whole, fraction)) = around_comma(cell) {
                commas += 1;
                proven |= fraction.len() != 3 || whole == "0";
            } else if cell.contains('.') && cell.parse::<f64>().is_ok() {
                return false;
            }
        }
    }
    proven && commas >= FEWEST
}

/// Writes a number with a point.
pub(super) fn to_point(cell: &mut String) {
    if around_comma(cell).is_some() {
        *cell = cell.replace(',', ".");
    }
}

#[cfg(test)]
mod tests {
    use super::are_decimal;

    #[test]
    fn commas_of_thousands_and_beside_points_are_no_decimal_marks() {
        let of = |text: &str| are_decimal(&text.lines().map(str::as_bytes).collect::<Vec<_>>());
        assert!(of("name  ms\na  0,620\nb  5,108\n") && of("name  ms\na  12,5\nb  3,25\n"));
        assert!(!of("name  n\na  1,620\nb  5,108\n"), "thousands or not: nobody knows");
        assert!(!of("name  n  ms\na  1,62  0.5\nb  5,10  0.7\n"));
        assert!(!of("name  n\na  12,5\n") && !of("a  1, 2\nb  x,y\n"));
    }
}
