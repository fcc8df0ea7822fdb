//! The first few of many things, and how many more there are: what a person reads of a list that may be very long.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The first few of a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Folded<T> {
    /// The first ones, in order.
    pub first: Vec<T>,
    /// How many more there are.
    pub more: u64,
}

impl<T> Default for Folded<T> {
    fn default() -> Self {
        Self { first: Vec::new(), more: 0 }
    }
}

impl<T> Folded<T> {
    /// The first `most` of the items.
    pub fn of(items: impl IntoIterator<Item = T>, most: usize) -> Self {
        let mut items = items.into_iter();
        let first = items.by_ref().take(most).collect();
        Self { first, more: items.count() as u64 }
    }

    /// How many there are, the ones that are not named included.
    pub fn count(&self) -> u64 {
        self.first.len() as u64 + self.more
    }
}

impl<T: fmt::Display> fmt::Display for Folded<T> {
    /// `a, b, c and 5 more`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.first.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{item}")?;
        }
        if self.more > 0 { write!(f, " and {} more", self.more) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_named_and_the_others_counted() {
        let folded = Folded::of(1..=7, 5);
        assert_eq!(folded.to_string(), "1, 2, 3, 4, 5 and 2 more");
        assert_eq!(folded.count(), 7);
        assert_eq!(Folded::of(["a", "b"], 5).to_string(), "a, b");
    }
}
