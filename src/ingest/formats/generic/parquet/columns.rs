//! What the columns of a Parquet file hold, as far as it can be used.
//!
//! In: the schema of the file. Out: for each leaf of it either how its values become cells, or why they are set aside.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor};

use crate::measure::unit::Unit;
use crate::table::CellType;

use crate::ingest::formats::generic::parquet::arrow_schema::Durations;

/// Nanoseconds of a second, a millisecond, a microsecond; and of a day.
const SECOND: i64 = 1_000_000_000;
const MILLISECOND: i64 = 1_000_000;
const MICROSECOND: i64 = 1_000;
const DAY: i64 = 86_400 * SECOND;

/// How the values of a column become cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Meaning {
    Number,
    /// A whole number without a sign.
    Unsigned,
    /// A whole number of units of 10^-n.
    Decimal(u32),
    /// Whole numbers of so many nanoseconds since 1970.
    Instant(i64),
    /// A duration in a unit.
    Duration(Unit),
    Text,
    /// True or false.
    Boolean,
}

impl Meaning {
    /// The type of the cells.
    pub(crate) fn cells(self) -> CellType {
        match self {
            // Numbers are whole until one with a fraction comes.
            Self::Number | Self::Unsigned | Self::Decimal(_) | Self::Duration(_) => CellType::Integer,
            Self::Instant(_) => CellType::Timestamp,
            Self::Text => CellType::Text,
            Self::Boolean => CellType::Boolean,
        }
    }
}

/// A column that is read.
#[derive(Debug, Clone)]
pub(crate) struct LeafColumn {
    /// Its place among the leaves of the schema.
    pub(crate) leaf: usize,
    /// Its name, dotted where it is nested.
    pub(crate) name: String,
    pub(crate) meaning: Meaning,
    /// The definition level of a value that is present.
    pub(crate) present: i16,
}

/// The columns that are read, and the names of the others by reason. `annotated` says whether the writer marks texts as
/// such: old ones of Impala and Spark do not, and their texts are bytes like any.
pub(crate) fn wanted(
    schema: &SchemaDescriptor,
    durations: &Durations,
    annotated: bool,
) -> (Vec<LeafColumn>, Vec<(String, &'static str)>) {
    let (mut wanted, mut others) = (Vec::new(), Vec::new());
    for (leaf, column) in schema.columns().iter().enumerate() {
        let name = column.path().parts().join(".");
        let meaning = match durations.unit(column.path().parts()) {
            Some(unit) if column.physical_type() == Type::INT64 => Ok(Meaning::Duration(unit)),
            _ => meaning(column, annotated),
        };
        match meaning {
            _ if column.max_rep_level() > 0 => others.push((name, "lists")),
            Ok(meaning) => wanted.push(LeafColumn { leaf, name, meaning, present: column.max_def_level() }),
            Err(reason) => others.push((name, reason)),
        }
    }
    (wanted, others)
}

fn meaning(column: &ColumnDescriptor, annotated: bool) -> Result<Meaning, &'static str> {
    let logical = column.logical_type_ref();
    let converted = column.converted_type();
    match column.physical_type() {
        Type::BOOLEAN => Ok(Meaning::Boolean),
        Type::FLOAT | Type::DOUBLE => Ok(Meaning::Number),
        Type::INT96 => Ok(Meaning::Instant(1)),
        Type::INT32 | Type::INT64 => whole(logical, converted, column.type_scale()),
        Type::BYTE_ARRAY => match (logical, converted) {
            (Some(LogicalType::Decimal(_)), _) | (_, ConvertedType::DECIMAL) => decimal(column.type_scale()),
            (Some(LogicalType::String | LogicalType::Enum), _) | (None, ConvertedType::UTF8 | ConvertedType::ENUM) => {
                Ok(Meaning::Text)
            }
            (None, ConvertedType::NONE) if !annotated => Ok(Meaning::Text),
            _ => Err("documents or binary values"),
        },
        Type::FIXED_LEN_BYTE_ARRAY => match (logical, converted) {
            (Some(LogicalType::Decimal(_)), _) | (_, ConvertedType::DECIMAL) => decimal(column.type_scale()),
            (Some(LogicalType::Uuid), _) => Err("identifiers"),
            (_, ConvertedType::INTERVAL) => Err("intervals of months, days and milliseconds"),
            _ => Err("binary values"),
        },
    }
}

fn decimal(scale: i32) -> Result<Meaning, &'static str> {
    u32::try_from(scale).map(Meaning::Decimal).map_err(|_| "decimals with a negative scale")
}

fn whole(logical: Option<&LogicalType>, converted: ConvertedType, scale: i32) -> Result<Meaning, &'static str> {
    // Files written before 2019 have converted types only; newer ones both, and only the logical one knows nanoseconds.
    match (logical, converted) {
        (Some(LogicalType::Timestamp(stamp)), _) => Ok(Meaning::Instant(match stamp.unit {
            TimeUnit::MILLIS => MILLISECOND,
            TimeUnit::MICROS => MICROSECOND,
            TimeUnit::NANOS => 1,
        })),
        (None, ConvertedType::TIMESTAMP_MILLIS) => Ok(Meaning::Instant(MILLISECOND)),
        (None, ConvertedType::TIMESTAMP_MICROS) => Ok(Meaning::Instant(MICROSECOND)),
        (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Ok(Meaning::Instant(DAY)),
        (Some(LogicalType::Time(_)), _) | (None, ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS) => {
            Err("times of day")
        }
        (Some(LogicalType::Decimal(_)), _) | (None, ConvertedType::DECIMAL) => decimal(scale),
        (Some(LogicalType::Integer(kind)), _) if !kind.is_signed => Ok(Meaning::Unsigned),
        (None, ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64) => {
            Ok(Meaning::Unsigned)
        }
        (None | Some(LogicalType::Integer(_)), _) => Ok(Meaning::Number),
        _ => Err("values of a kind that is not known"),
    }
}
