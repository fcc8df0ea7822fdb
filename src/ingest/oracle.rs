//! On well-formed files this reader finds what the `csv` crate finds: a test on generated tables in every notation.

use csv::{QuoteStyle, ReaderBuilder, Terminator, WriterBuilder};
use proptest::prelude::*;

use crate::ingest::options::SourceOptions;
use crate::ingest::text::lines::Pace;
use crate::table::storage::Storage;

use super::read_at_pace;

/// Whether a column holds numbers, and its cells.
type Column = (bool, Vec<String>);

/// Columns of words and of numbers with as many cells as there are rows; at least one of numbers.
fn columns() -> impl Strategy<Value = Vec<Column>> {
    let word = || "([a-zß][a-z0-9 ,;|\t\"#\n\r.ü]{0,8}[a-z\"])?";
    let number = || {
        prop_oneof![
            any::<i32>().prop_map(|number| number.to_string()),
            any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(|number| format!("{number:?}")),
            "-?[0-9]{1,9}\\.[0-9]{1,12}",
        ]
    };
    (1_usize..40, prop::collection::vec(any::<bool>(), 1..4)).prop_flat_map(move |(rows, kinds)| {
        let column = move |is_number: bool| {
            let cell = if is_number { number().boxed() } else { word().boxed() };
            prop::collection::vec(cell, rows).prop_map(move |cells| (is_number, cells))
        };
        kinds.into_iter().chain([true]).map(column).collect::<Vec<_>>()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn well_formed_files_are_read_as_csv_reads_them(
        columns in columns(),
        delimiter in prop::sample::select(b",;\t|".to_vec()),
        quotes_all in any::<bool>(),
        returns in any::<bool>(),
        block in 1_usize..300,
    ) {
        let style = if quotes_all { QuoteStyle::Always } else { QuoteStyle::Necessary };
        let terminator = if returns { Terminator::CRLF } else { Terminator::Any(b'\n') };
        let mut writer =
            WriterBuilder::new().delimiter(delimiter).quote_style(style).terminator(terminator).from_writer(Vec::new());
        // A table of one column has no delimiter, which this test is about.
        let names = (0..=columns.len()).map(|index| format!("column {index}"));
        writer.write_record(names).unwrap();
        for row in 0..columns[0].1.len() {
            let cells = columns.iter().map(|(_, cells)| cells[row].as_str());
            writer.write_record(std::iter::once("row").chain(cells)).unwrap();
        }
        let text = writer.into_inner().unwrap();

        let options = SourceOptions {
            format: Some("csv".to_owned()),
            delimiter: Some(delimiter),
            header: Some(true),
            ..SourceOptions::default()
        };
        let pace = Pace { block, blocks_a_thread: 2 };
        let source = read_at_pace(&Storage::MEMORY, "any", &text[..], &options, pace).unwrap();
        let [table] = &source.tables[..] else { panic!("one table: {:?}", String::from_utf8_lossy(&text)) };
        let mut reader = ReaderBuilder::new().delimiter(delimiter).from_reader(&text[..]);
        let names: Vec<&str> = reader.headers().unwrap().iter().collect();
        prop_assert_eq!(names, table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>());
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(records.len() as u64, table.lines.rows());
        // Behind a carriage return the position of a record of that crate is off by a line.
        for (row, record) in records.iter().enumerate().filter(|_| !returns) {
            let line = table.lines.line(row as u64);
            prop_assert_eq!(line, record.position().map(csv::Position::line), "row {}", row);
        }
        for (index, (is_number, _)) in columns.iter().enumerate() {
            let column = index + 1;
            let expected = records.iter().map(|record| record.get(column).unwrap());
            if *is_number {
                let numbers = expected.map(|cell| cell.parse().ok()).collect::<Vec<Option<f64>>>();
                prop_assert_eq!(table.numbers(column), numbers);
            } else {
                let words = &table.columns[column].dictionary;
                let found: Vec<&str> =
                    table.codes(column).iter().map(|code| words[*code as usize].as_str()).collect();
                prop_assert_eq!(found, expected.collect::<Vec<_>>());
            }
        }
    }
}
