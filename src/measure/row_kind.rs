//! What a row of a file is, as far as its format says.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the tool of a format writes a row for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// A request, or requests of one kind.
    Request,
    /// A run of a benchmark.
    Run,
    /// Something else.
    #[default]
    Row,
    /// Any program writes this notation: only names say what its rows are.
    Unnamed,
}
