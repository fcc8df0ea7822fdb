//! Any bytes give a report, a finding or an error; never a panic.

use perfreport::analysis::table::analyse;
use perfreport::ingest::{SourceOptions, read};
use perfreport::stats::settings::Settings;
use proptest::prelude::*;

/// Reads and analyses; the account of rows must add up.
fn survive(bytes: &[u8]) {
    let Ok(source) = read("any", bytes, &SourceOptions::default()) else { return };
    let rows: u64 = source.tables.iter().map(|table| table.lines.rows()).sum();
    let aside: u64 = source.provenance.set_aside.iter().map(|entry| entry.rows).sum();
    assert_eq!(source.provenance.rows_read, rows + aside);
    for table in &source.tables {
        assert!(table.columns.iter().all(|column| column.data.rows() as u64 == table.lines.rows()));
        let mut before = 0;
        for row in 0..table.lines.rows() {
            let line = table.lines.line(row).unwrap();
            assert!(line >= before && line <= source.provenance.lines.max(1), "row {row} line {line}");
            before = line;
        }
        for metric in analyse("made", 0, table, None, &Settings::default()).metrics {
            if let Some(summary) = &metric.overall.clean {
                assert!(summary.min <= summary.median && summary.median <= summary.max);
            }
        }
    }
}

/// Text made of the pieces that metrics files are made of.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("event,latency\n".to_owned()),
        Just("memory_current,memory_peak\n".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just(",".to_owned()),
        Just(";".to_owned()),
        Just("\"".to_owned()),
        Just("#".to_owned()),
        Just("{\"a\":".to_owned()),
        Just("[1,2".to_owned()),
        Just("}".to_owned()),
        Just("]".to_owned()),
        Just("NaN".to_owned()),
        Just("1e308".to_owned()),
        Just("2024-03-15T12:00:00Z".to_owned()),
        Just("user_msg_1,".to_owned()),
        "[a-z]{1,4}",
        "-?[0-9]{1,4}(\\.[0-9]{1,17})?",
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// A table with clean rows.
fn table() -> impl Strategy<Value = Vec<(String, f64)>> {
    prop::collection::vec(("[a-z]{1,6}", 0.001_f64..1e6), 2..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survive(&bytes);
    }

    #[test]
    fn any_mixture_of_pieces_is_survived(text in pieces()) {
        survive(text.as_bytes());
    }

    #[test]
    fn damaged_tables_are_survived(rows in table(), cut in 0_usize..600, flip in 0_usize..600, byte in any::<u8>()) {
        let mut text = String::from("event,latency\n");
        for (label, value) in &rows {
            text.push_str(&format!("{label},{value}\n"));
        }
        let mut bytes = text.into_bytes();
        let length = bytes.len();
        bytes[flip % length] = byte;
        bytes.truncate(length - cut % length);
        survive(&bytes);
    }

    /// Whatever the delimiter, the quoting and the line breaks: the same table.
    #[test]
    fn a_table_is_the_same_in_every_notation(rows in table()) {
        let write = |delimiter: &str, quote: &str, end: &str, bom: &str| {
            let mut text = format!("{bom}{quote}event{quote}{delimiter}latency_ms{end}");
            for (label, value) in &rows {
                text.push_str(&format!("{quote}{label}{quote}{delimiter}{value:?}{end}"));
            }
            text
        };
        let values = |text: &str| {
            let source = read("any", text.as_bytes(), &SourceOptions::default()).unwrap();
            let table = &source.tables[0];
            (table.numbers(1), table.columns[0].dictionary.clone(), table.lines.ranges())
        };
        let plain = values(&write(",", "", "\n", ""));
        let expected: Vec<Option<f64>> = rows.iter().map(|(_, value)| Some(*value)).collect();
        prop_assert_eq!(&plain.0, &expected);
        for text in [
            write(";", "", "\n", ""),
            write("\t", "", "\r\n", ""),
            write("|", "\"", "\n", "\u{feff}"),
            write(",", "\"", "\r\n", "\u{feff}"),
        ] {
            prop_assert_eq!(&values(&text), &plain, "{}", text);
        }
    }
}
