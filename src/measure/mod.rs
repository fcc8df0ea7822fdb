//! What a number is: its unit and dimension, the label it carries, the place it stands at, and what is odd about it. Knows
//! nobody.

pub mod ending;
pub mod finding;
pub mod folded;
pub mod label;
pub mod limit;
mod nearest;
mod operator;
mod polarity;
mod quantity;
pub mod reported;
mod row_kind;
pub mod service_level;
mod statistic;
pub mod unit;
pub(crate) mod words;

pub(crate) use nearest::did_you_mean;
pub use operator::Operator;
pub use polarity::Polarity;
pub use quantity::{Quantity, QuantityError};
pub use row_kind::RowKind;
pub use statistic::{Statistic, StatisticError};
