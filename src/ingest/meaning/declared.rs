//! What a format's definition says about a column, so that nothing has to be inferred from its name and cells.
//!
//! What the user says goes before it; what it leaves open is inferred as for any file.

use crate::measure::Polarity;
use crate::measure::unit::Unit;
use crate::table::Role;

/// What is known of a column by the definition of its format.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Declared {
    /// The column's name in the header.
    pub(crate) column: &'static str,
    /// What it is used as.
    pub(crate) role: Role,
    /// The unit of its values; inferred where absent.
    pub(crate) unit: Option<Unit>,
    /// Which way is better; inferred where absent.
    pub(crate) polarity: Option<Polarity>,
    /// What exactly it measures, in words, for metrics.
    pub(crate) meaning: Option<&'static str>,
    /// Why it has this role, as the report shows it: `JMeter: time to the last byte`.
    pub(crate) reason: &'static str,
}

impl Declared {
    /// A column that is no metric.
    pub(crate) const fn column(column: &'static str, role: Role, reason: &'static str) -> Self {
        Self { column, role, unit: None, polarity: None, meaning: None, reason }
    }

    /// A metric. What the format leaves open is inferred.
    pub(crate) const fn metric(
        column: &'static str,
        unit: Option<Unit>,
        polarity: Option<Polarity>,
        meaning: Option<&'static str>,
        reason: &'static str,
    ) -> Self {
        Self { column, role: Role::Metric, unit, polarity, meaning, reason }
    }

    /// A duration, of which less is better.
    pub(crate) const fn time(column: &'static str, unit: Unit, meaning: &'static str, reason: &'static str) -> Self {
        Self::metric(column, Some(unit), Some(Polarity::LowerIsBetter), Some(meaning), reason)
    }

    /// A size or a count of which neither more nor less is better.
    pub(crate) const fn amount(column: &'static str, unit: Unit, meaning: &'static str, reason: &'static str) -> Self {
        Self::metric(column, Some(unit), Some(Polarity::Unknown), Some(meaning), reason)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::ingest::meaning::roles;
    use crate::ingest::options::{ColumnOptions, SourceOptions};
    use crate::ingest::sink::Sink;
    use crate::ingest::text::delimited;
    use crate::ingest::text::lines::Records;
    use crate::table::source::Source;

    /// A CSV file whose format says something about its columns.
    fn read(text: &str, declared: Vec<Declared>, options: &SourceOptions) -> Source {
        let mut bytes = text.as_bytes();
        let mut records: Records<&mut dyn Read> = Records::new(&mut bytes as &mut dyn Read);
        let mut sink = Sink { declared, ..Sink::default() };
        delimited::read(&mut records, options, &mut sink).unwrap();
        roles::assign(sink, options)
    }

    fn metric(column: &'static str, unit: Unit) -> Declared {
        Declared {
            column,
            role: Role::Metric,
            unit: Some(unit),
            polarity: Some(Polarity::HigherIsBetter),
            meaning: Some("time to the last byte"),
            reason: "the tool's definition",
        }
    }

    #[test]
    fn a_declared_unit_goes_before_inference_and_the_limit_is_read_in_it() {
        let limit = ColumnOptions { limit: "500".parse().ok(), ..ColumnOptions::default() };
        let options = SourceOptions { columns: [("elapsed".to_owned(), limit)].into(), ..SourceOptions::default() };
        let text = "id,elapsed\n1,12\n2,13\n3,900\n";
        let source = read(text, vec![metric("elapsed", Unit::MILLISECOND)], &options);
        let column = source.tables[0].columns.iter().find(|column| column.name == "elapsed").unwrap();
        assert_eq!((column.unit(), column.limit), (Unit::MILLISECOND, Some(0.5)));
        assert_eq!(column.polarity, Polarity::HigherIsBetter);
        assert_eq!(column.meaning.as_deref(), Some("time to the last byte"));
        assert_eq!(column.role_reason, "the tool's definition");
    }

    #[test]
    fn the_user_goes_before_the_definition() {
        let given = ColumnOptions {
            unit: Some(Unit::SECOND),
            polarity: Some(Polarity::LowerIsBetter),
            limit: "3".parse().ok(),
            ..ColumnOptions::default()
        };
        let options = SourceOptions { columns: [("elapsed".to_owned(), given)].into(), ..SourceOptions::default() };
        let source = read("elapsed\n12\n13\n", vec![metric("elapsed", Unit::MILLISECOND)], &options);
        let column = &source.tables[0].columns[0];
        assert_eq!((column.unit(), column.limit, column.polarity), (Unit::SECOND, Some(3.0), Polarity::LowerIsBetter));
    }

    #[test]
    fn metrics_that_a_column_names_are_known_by_their_names_or_as_values() {
        let text = "metric_name,metric_value\nwaiting,12\nwaiting,13\nsize,900\nsize,901\n";
        let declared = vec![metric("waiting", Unit::MICROSECOND), metric("metric_value", Unit::MILLISECOND)];
        let source = read(text, declared, &SourceOptions::default());
        let units: Vec<(Option<&str>, Unit)> =
            source.tables.iter().map(|table| (table.name.as_deref(), table.columns[1].unit())).collect();
        assert_eq!(units, [(Some("waiting"), Unit::MICROSECOND), (Some("size"), Unit::MILLISECOND)]);
    }
}
