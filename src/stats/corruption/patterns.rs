//! What the texts of labels are like: found once for all metrics of a table.

use std::collections::HashMap;

use crate::measure::label::pattern;

/// What the texts of labels are like, whatever is measured beside them.
#[derive(Debug)]
pub(crate) struct LabelPatterns {
    /// For each label the number of its pattern.
    pub(super) numbers: Vec<usize>,
    /// For each label whether it has no letter.
    pub(super) wordless: Vec<bool>,
}

/// Those of no labels.
pub(crate) static NO_LABELS: LabelPatterns = LabelPatterns { numbers: Vec::new(), wordless: Vec::new() };

impl LabelPatterns {
    /// Those of labels by their codes.
    pub(crate) fn of(texts: &[String]) -> Self {
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut number = |text: &String| {
            let next = known.len();
            *known.entry(pattern(text)).or_insert(next)
        };
        Self {
            numbers: texts.iter().map(&mut number).collect(),
            wordless: texts.iter().map(|text| !text.chars().any(char::is_alphabetic)).collect(),
        }
    }

    /// The number of the pattern of a label.
    pub(crate) fn number(&self, code: usize) -> usize {
        self.numbers[code]
    }

    /// How many patterns there are.
    pub(crate) fn count(&self) -> usize {
        self.numbers.iter().max().map_or(0, |most| most + 1)
    }
}
