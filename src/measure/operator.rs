//! How a number is compared with a limit.
//!
//! In: a number and a limit, or the text of a condition. Out: whether it is kept, or the [`Operator`] and the rest of the text.

/// How a number is compared with a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Operator {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether `value` keeps `limit`.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Less => value < limit,
            Self::AtMost => value <= limit,
            Self::Greater => value > limit,
            Self::AtLeast => value >= limit,
        }
    }

    /// Whether it sets an upper limit.
    pub fn is_upper(self) -> bool {
        matches!(self, Self::Less | Self::AtMost)
    }

    /// The operator at the beginning of a text, where there is one, and the rest.
    pub fn split(text: &str) -> (Option<Self>, &str) {
        let operators = [
            ("<=", Self::AtMost),
            (">=", Self::AtLeast),
            ("≤", Self::AtMost),
            ("≥", Self::AtLeast),
            ("<", Self::Less),
            (">", Self::Greater),
        ];
        let found = operators.iter().find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)));
        found.map_or((None, text), |(operator, rest)| (Some(operator), rest.trim()))
    }
}
