//! What came so many times a second: the word for it, in a comparison.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What came at a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RateOf {
    /// Requests.
    #[default]
    Requests,
    /// Rows of which nobody says what they stand for.
    Rows,
    /// Messages that were sent to a service.
    Messages,
}

impl RateOf {
    /// What several of them are called.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Rows => "rows",
            Self::Messages => "messages",
        }
    }

    /// What one of them is called.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Requests => "request",
            Self::Rows => "row",
            Self::Messages => "message",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
    pub(crate) fn are_requests(&self) -> bool {
        *self == Self::Requests
    }
}
