//! What a format's definition says about a column, so that nothing has to be inferred from its name and cells.
//!
//! What the user says goes before it; what it leaves open is inferred as for any file.

use crate::model::table::{Polarity, Role};
use crate::model::unit::Unit;

/// What is known of a column by the definition of its format.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Declared {
    /// The column's name in the header.
    pub(super) column: &'static str,
    /// What it is used as.
    pub(super) role: Role,
    /// The unit of its values; inferred where absent.
    pub(super) unit: Option<Unit>,
    /// Which way is better; inferred where absent.
    pub(super) polarity: Option<Polarity>,
    /// What exactly it measures, in words, for metrics.
    pub(super) meaning: Option<&'static str>,
    /// Why it has this role, as the report shows it: `JMeter: time to the last byte`.
    pub(super) reason: &'static str,
}
