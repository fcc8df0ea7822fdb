//! The signs by which one sees that numbers were chosen, what each weighs, and what a report says of it.
//!
//! Most points come from 640 columns of 210 public files of which somebody had written down whether they were chosen: a logistic regression of
//! these signs, on a scale on which [`super::ENOUGH`] is the even chance, rounded. `docs/meaning.md` prints the table and says which are set by hand.

/// What says for or against that numbers were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// Called by a word for a setting at the end: `batch_size`.
    Called,
    /// By a word for one that nobody measures: `concurrency`.
    Always,
    /// By a word for a setting within the name.
    CalledWithin,
    /// A single letter.
    Letter,
    /// `n_…`, `thread_num`.
    HowMany,
    /// And others beside it are called alike.
    Alike,
    /// Called like what was given to something: `prompt_tokens`, `input_size`.
    Given,
    /// Called like what is counted.
    Count,
    /// `processed`, `generated`.
    Done,
    /// `total`, `actual`.
    Total,
    /// Whole numbers.
    Whole,
    /// As people write numbers who try things: fives, tens, hundreds, powers of two.
    Round,
    /// At most one.
    OneDigit,
    /// Powers of two, several.
    Powers,
    /// Fractions of more than two digits: 0.5 may be chosen, 0.5123 was measured.
    Fractions,
    /// Whole numbers next to each other, above two: levels of trees, attempts.
    Neighbours,
    /// In so few rows that any order may be one.
    FewRows,
    /// More than four digits in some.
    Precise,
    /// The largest at least sixteen times the smallest.
    Wide,
    /// Each times the same as the one before.
    Geometric,
    /// At most twenty in at least two rows each.
    Few,
    /// At most six in at least four rows each.
    VeryFew,
    /// Each in as many rows.
    Evenly,
    /// Another one in each row.
    Distinct,
    /// In the first column.
    First,
    /// In the first column of numbers, behind texts.
    FirstNumber,
    /// Larger from row to row.
    Rises,
    /// Larger from row to row in the first column.
    FirstRises,
    /// Round, and larger from row to row.
    RoundRises,
    /// Never smaller, in blocks of the same.
    Blocks,
    /// The same in stretches of rows.
    Stretches,
    /// The same way up, again and again.
    Passes,
    /// In no order that one sees, beside nothing evenly.
    Shuffled,
    /// Many different numbers of many digits, up and down.
    Scattered,
    /// Without it some rows would have the same settings and labels, and with it hardly any.
    TellsApart,
    /// Each of its numbers beside each of those of another column.
    GridWithNumber,
    /// Each of its numbers beside each of the texts.
    GridWithTexts,
    /// The same numbers beside most texts, each as often.
    SameBesideTexts,
    /// Larger from row to row beside each label.
    RisesBesideTexts,
    /// A column beside it tells when each row was.
    BesideClock,
}

/// Each sign with its points and its words.
pub(super) const WEIGHTS: [(Sign, i32, &str); 40] = [
    (Sign::Called, 10, "called like a setting"),
    (Sign::Always, 4, "a word for what nobody measures"),
    (Sign::CalledWithin, 3, "a word for a setting in its name"),
    (Sign::Letter, 3, "a single letter"),
    (Sign::HowMany, 5, "called like how many were to be used"),
    (Sign::Alike, 6, "others are called alike"),
    (Sign::Given, 4, "called like what is given"),
    (Sign::Count, -1, "called like what is counted"),
    (Sign::Done, -1, "called like what was done"),
    (Sign::Total, -2, "called like a total"),
    (Sign::Whole, 4, "whole numbers"),
    (Sign::Round, 5, "round numbers"),
    (Sign::OneDigit, 3, "one digit before zeros"),
    (Sign::Powers, 4, "powers of two"),
    (Sign::Fractions, -6, "fractions of many digits"),
    (Sign::Neighbours, -5, "numbers next to each other"),
    (Sign::FewRows, -4, "four rows at most"),
    (Sign::Precise, -3, "many digits"),
    (Sign::Wide, 3, "far apart"),
    (Sign::Geometric, 2, "each as many times the one before"),
    (Sign::Few, 3, "few values"),
    (Sign::VeryFew, 3, "a handful of values"),
    (Sign::Evenly, 2, "each value in as many rows"),
    (Sign::Distinct, 1, "another one in each row"),
    (Sign::First, 6, "in the first column"),
    (Sign::FirstNumber, 3, "the first numbers of the row"),
    (Sign::Rises, 3, "larger from row to row"),
    (Sign::FirstRises, 4, "the first column rises from row to row"),
    (Sign::RoundRises, 3, "round numbers that rise from row to row"),
    (Sign::Blocks, 2, "in blocks of rows, one value after the other"),
    (Sign::Stretches, 2, "the same in stretches of rows"),
    (Sign::Passes, 2, "the same way up again and again"),
    (Sign::Shuffled, -3, "in no order"),
    (Sign::Scattered, -10, "many numbers, up and down"),
    (Sign::TellsApart, 4, "without it some rows have the same settings"),
    (Sign::GridWithNumber, 3, "each value with each of another column"),
    (Sign::GridWithTexts, 3, "each value with each label"),
    (Sign::SameBesideTexts, 3, "the same values for each label"),
    (Sign::RisesBesideTexts, 3, "larger from row to row beside each label"),
    (Sign::BesideClock, -3, "beside a clock"),
];

impl Sign {
    /// What it weighs; below nothing where it says that the numbers came out.
    pub(super) const fn points(self) -> i32 {
        WEIGHTS[self as usize].1
    }

    /// What a reason says of it.
    pub(super) const fn says(self) -> &'static str {
        WEIGHTS[self as usize].2
    }
}

#[cfg(test)]
mod tests {
    use super::WEIGHTS;

    #[test]
    fn each_sign_stands_at_its_place_in_the_table() {
        for (place, (sign, ..)) in WEIGHTS.iter().enumerate() {
            assert_eq!(*sign as usize, place, "{sign:?}");
        }
    }

    #[test]
    fn the_documentation_prints_the_table() {
        let page = include_str!("../../../../docs/meaning.md");
        for (_, points, says) in WEIGHTS {
            let row = format!("| {says} | {points} |");
            assert!(page.contains(&row), "docs/meaning.md lacks `{row}`");
        }
    }
}
