//! The CSV of criterion and gauge for Haskell: a row a benchmark with its estimates.
//!
//! In: CSV with criterion's header, times in **seconds**. Out: reported numbers; there are no samples in it. The bounds of the
//! estimates stay in the file. Definition: criterion, `Criterion.Main` (the header) and `Criterion.Internal` (a row).

use crate::ingest::benchmarks;
use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Statistic, Unit};
use crate::ingest::signature;
use crate::ingest::summaries::caveat;
use crate::ingest::summary_tables::{self, Columns};

const MEANING: &str = "time of one evaluation, as criterion estimates it";

pub(crate) const FORMAT: Format = Format {
    name: "haskell-criterion",
    about: "the CSV of criterion and gauge for Haskell: mean and standard deviation of each benchmark",
    latency: MEANING,
    failures: Failures::NotRecorded,
    holds: Holds::Summaries,
    row: RowKind::Run,
    example: "cabal bench --benchmark-options='--csv bench.csv' && perfreport summarize bench.csv",
    upstream: "haskell/criterion: Criterion/Main.hs",
    sniff: |head| signature::header_of(head, &["Name", "Mean", "MeanLB", "MeanUB", "Stddev"], "criterion for Haskell"),
    read: |records, _, sink| {
        let rows = summary_tables::rows(records, b',', sink)?;
        let header = rows.first().map(|row| row.cells.clone()).unwrap_or_default();
        // The header stands again where a run was appended.
        for row in rows.iter().filter(|row| row.cells != header) {
            TIME.give(&header, row, Some(&benchmarks::or_unnamed(Some(row.cell(0)))), sink);
        }
        caveat(sink, "criterion's bounds of the mean and of the standard deviation stay in the file.");
        Ok(())
    },
};

const TIME: Columns = Columns {
    metric: "time",
    unit: Unit::SECOND,
    polarity: Polarity::LowerIsBetter,
    meaning: MEANING,
    numbers: &[("Mean", Statistic::Mean), ("Stddev", Statistic::Stddev)],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn each_benchmark_has_its_own_mean_in_seconds() {
        let text = "Name,Mean,MeanLB,MeanUB,Stddev,StddevLB,StddevUB\n\
            insert/100,2.5e-6,2.4e-6,2.6e-6,1.0e-7,8.0e-8,1.2e-7\n\
            \"insert/1,000\",3.5e-5,3.4e-5,3.6e-5,1.0e-6,8.0e-7,1.2e-6\n";
        let found = read_text("bench.csv", text);
        assert_eq!(found.provenance.format, "haskell-criterion");
        assert!(found.tables.is_empty());
        let told: Vec<_> = found
            .reported
            .iter()
            .map(|one| (one.label.as_deref(), one.number(Statistic::Mean), one.number(Statistic::Stddev)))
            .collect();
        assert_eq!(
            told,
            [(Some("insert/100"), Some(2.5e-6), Some(1.0e-7)), (Some("insert/1,000"), Some(3.5e-5), Some(1.0e-6))]
        );
    }
}
