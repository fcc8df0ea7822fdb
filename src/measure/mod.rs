//! What a number is: its unit and dimension, the label it carries, the place it stands at, and what is odd about it. Knows
//! nobody. The nouns that everybody uses are named here.

pub mod ending;
pub mod finding;
pub(crate) mod finish_reason;
pub mod folded;
pub(crate) mod http_code;
pub mod label;
pub mod limit;
mod nearest;
mod operator;
mod polarity;
mod quantity;
mod refusal;
pub mod reported;
mod row_kind;
pub mod service_level;
mod statistic;
pub mod unit;
pub(crate) mod words;

pub use finding::{Finding, FindingKind, Place, Severity};
pub use folded::Folded;
pub(crate) use nearest::did_you_mean;
pub use operator::Operator;
pub use polarity::{Direction, Polarity};
pub(crate) use quantity::size;
pub use quantity::{Quantity, QuantityError};
pub use refusal::Refusal;
pub use row_kind::RowKind;
pub use statistic::{Statistic, StatisticError};
pub use unit::{Dimension, Unit};

/// Behind the name of a fact that somebody chose (`config.max_tokens (setting)`): it tells no machine from another.
pub(crate) const CHOSEN: &str = " (setting)";
