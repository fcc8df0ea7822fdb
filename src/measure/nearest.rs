//! Which of the names that there are somebody may have meant.
//!
//! In: a name that matches nothing, and the names that there are. Out: the nearest of them by the fewest slips of the pen (a letter
//! too many, too few, another one, or two swapped; after Damerau and Levenshtein), where they are few for the length of the name.

/// One slip for every so many letters is taken for the same name.
const LETTERS_A_SLIP: usize = 3;

/// The nearest name; the first of several as near, and `None` where nothing is near.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    // What stands around a pattern's stars is what was meant literally.
    let meant = letters(&name.replace(['*', '?'], ""));
    let slips = |candidate: &str| {
        let other = letters(candidate);
        let most = (meant.len().max(other.len()) / LETTERS_A_SLIP).max(1);
        Some(distance(&meant, &other)).filter(|slips| *slips <= most && *slips < meant.len())
    };
    known
        .into_iter()
        .filter_map(|candidate| Some((slips(candidate)?, candidate)))
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, found)| found)
}

/// `; did you mean …?` for the end of a sentence, empty where nothing is near.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map_or_else(String::new, |found| format!("; did you mean `{found}`?"))
}

/// How many slips lie between two words, two letters swapped being one.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (index, row) in rows.iter_mut().enumerate() {
        row[0] = index;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let other = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + other);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted_and_a_swap_is_one() {
        let between = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        for (a, b, slips) in
            [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("latency", "latnecy", 1), ("a", "b", 1)]
        {
            assert_eq!((between(a, b), between(b, a)), (slips, slips), "{a} {b}");
        }
    }

    #[test]
    fn a_name_with_a_slip_finds_what_was_meant_and_another_name_finds_nothing() {
        let known = ["latency_ms", "memory_peak", "throughput"];
        assert_eq!(nearest("latncy_ms", known), Some("latency_ms"));
        assert_eq!(nearest("Latency", known), Some("latency_ms"));
        assert_eq!(nearest("memroy_*peak", known), Some("memory_peak"));
        assert_eq!(nearest("cost", known), None);
        assert_eq!(nearest("x", ["y"]), None, "nothing of it is the same");
        assert_eq!(did_you_mean("troughput", known), "; did you mean `throughput`?");
        assert_eq!(did_you_mean("cost", known), "");
    }
}
