//! What files of pyarrow, polars and parquet-rs become, compared with the same data as text; and damaged ones.

use std::path::Path;
use std::sync::Arc;

use parquet::basic::Type as Physical;
use parquet::data_type::{DoubleType, FloatType, Int64Type};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::ingest::{IngestError, SourceOptions, read};
use crate::measure::{FindingKind, Unit};
use crate::table::source::Source;
use crate::table::storage::Storage;
use crate::table::{Role, Table};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/parquet").join(name)).unwrap()
}

fn source(bytes: &[u8]) -> Source {
    read("some", bytes, &SourceOptions::default()).unwrap()
}

fn texts(table: &Table, column: &str) -> Vec<String> {
    let column = table.position(column).unwrap();
    let dictionary = &table.columns[column].dictionary;
    table.codes(column).into_iter().map(|code| dictionary[code as usize].clone()).collect()
}

fn numbers(table: &Table, column: &str) -> Vec<Option<f64>> {
    table.numbers(table.position(column).unwrap())
}

fn instants(table: &Table, column: &str) -> Vec<Option<i64>> {
    table.instants(table.position(column).unwrap())
}

/// A file of required columns; `write` fills one row group.
fn written(schema: &str, write: impl FnOnce(&mut SerializedRowGroupWriter<'_, Vec<u8>>)) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    write(&mut group);
    group.close().unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn files_of_both_writers_hold_what_the_text_holds() {
    let text = source(&fixture("requests.csv"));
    let text = &text.tables[0];
    for name in ["pyarrow.parquet", "polars.parquet"] {
        let source = source(&fixture(name));
        let table = &source.tables[0];
        assert_eq!((source.provenance.format, table.lines.rows(), source.provenance.lines), ("parquet", 300, 300));
        for column in ["latency_ms", "response_bytes", "queue_ms", "price"] {
            assert_eq!(numbers(table, column), numbers(text, column), "{name} {column}");
            let unit = |table: &Table| table.columns[table.position(column).unwrap()].unit();
            assert_eq!(unit(table), unit(text), "{name} {column}");
        }
        for column in ["endpoint", "success"] {
            assert_eq!(texts(table, column), texts(text, column), "{name} {column}");
        }
        assert_eq!(instants(table, "started"), instants(text, "started"), "{name}");
        for (column, cells) in table.columns.iter().zip(&text.columns) {
            assert_eq!((column.role, column.cells), (cells.role, cells.cells), "{name} {}", column.name);
        }
        // Parquet has no durations: the Arrow schema in the footer says that these are, and in which unit.
        assert_eq!(numbers(table, "think"), numbers(text, "think_us"), "{name}");
        let think = &table.columns[table.position("think").unwrap()];
        assert_eq!((think.unit(), think.role), (Unit::MICROSECOND, Role::Metric), "{name}");
        assert_eq!((table.lines.line(0), table.lines.line(299)), (Some(1), Some(300)));
    }
}

#[test]
fn an_older_file_without_an_arrow_schema_holds_the_same() {
    let (text, older) = (source(&fixture("requests.csv")), source(&fixture("pyarrow_v1_gzip.parquet")));
    let (text, older) = (&text.tables[0], &older.tables[0]);
    assert_eq!(numbers(older, "latency_ms"), numbers(text, "latency_ms"));
    assert_eq!(texts(older, "endpoint"), texts(text, "endpoint"));
    assert_eq!(instants(older, "started"), instants(text, "started"));
}

#[test]
fn absent_cells_are_counted_with_the_row_of_the_first() {
    let source = source(&fixture("pyarrow.parquet"));
    let empty = source.findings.iter().find(|finding| finding.kind == FindingKind::EmptyCell).unwrap();
    // Every fiftieth row, beginning with the eighth.
    assert_eq!((empty.count, empty.place.line), (6, Some(8)));
    assert_eq!(empty.place.column.as_deref(), Some("queue_ms"));
}

#[test]
fn columns_that_are_not_read_are_named_with_the_reason() {
    let source = source(&fixture("pyarrow.parquet"));
    let notes: Vec<&str> = source
        .findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::UnreadableField)
        .map(|finding| finding.reasons[0].as_str())
        .collect();
    assert_eq!(
        notes,
        ["`body`: documents or binary values", "`spans.list.element`: lists", "`where.at`: times of day"]
    );
    assert_eq!(texts(&source.tables[0], "where.rack")[..3], ["r0", "r1", "r2"]);
}

#[test]
fn numbers_are_what_their_types_say() {
    let schema = "message m {
        required int64 big (INTEGER(64, false)); required int64 amount (DECIMAL(18, 3)); required float ratio;
        required double value;
    }";
    let bytes = written(schema, |group| {
        for values in [[-1, 7, 8], [-12_345, 1, 10_000]] {
            let mut column = group.next_column().unwrap().unwrap();
            column.typed::<Int64Type>().write_batch(&values, None, None).unwrap();
            column.close().unwrap();
        }
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<FloatType>().write_batch(&[0.5, 0.25, 3.0], None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(&[1.5, f64::NAN, f64::NEG_INFINITY], None, None).unwrap();
        column.close().unwrap();
    });
    let source = source(&bytes);
    let table = &source.tables[0];
    assert_eq!(numbers(table, "big")[0], Some(18_446_744_073_709_551_615.0));
    assert_eq!(numbers(table, "amount"), [Some(-12.345), Some(0.001), Some(10.0)]);
    assert_eq!(numbers(table, "ratio"), [Some(0.5), Some(0.25), Some(3.0)]);
    assert_eq!(numbers(table, "value"), [Some(1.5), None, None]);
    let odd: Vec<(Option<u64>, Option<&str>)> = source
        .findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::NotFinite)
        .map(|finding| (finding.place.line, finding.value.as_deref()))
        .collect();
    assert_eq!(odd, [(Some(2), Some("NaN")), (Some(3), Some("-inf"))]);
}

#[test]
fn more_rows_than_are_decoded_at_once_stay_in_their_order() {
    let values: Vec<i64> = (0..20_000).map(|row| row * 37 % 1009).collect();
    let bytes = written("message m { required int64 latency_us; }", |group| {
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&values, None, None).unwrap();
        column.close().unwrap();
    });
    let source = source(&bytes);
    let expected: Vec<Option<f64>> = values.iter().map(|value| Some(*value as f64)).collect();
    assert_eq!(numbers(&source.tables[0], "latency_us"), expected);
}

#[test]
fn a_file_that_was_cut_off_says_so() {
    let bytes = fixture("polars.parquet");
    let error = read("some", &bytes[..bytes.len() - 100], &SourceOptions::default()).unwrap_err();
    assert!(error.to_string().contains("cut off"), "{error}");
}

#[test]
fn rows_before_a_damaged_group_stand() {
    let mut bytes = fixture("pyarrow.parquet");
    let file = SerializedFileReader::new(bytes::Bytes::from(bytes.clone())).unwrap();
    let latency = file.metadata().row_group(2).column(3);
    assert_eq!((latency.column_path().string().as_str(), latency.column_type()), ("latency_ms", Physical::DOUBLE));
    let (start, length) = latency.byte_range();
    let start = usize::try_from(start).unwrap();
    bytes[start..start + usize::try_from(length).unwrap()].fill(0xff);
    let source = source(&bytes);
    // Groups of 128 rows.
    assert_eq!(source.tables[0].lines.rows(), 256);
    let broken = source.findings.iter().find(|finding| finding.kind == FindingKind::MalformedRecord).unwrap();
    assert_eq!(broken.place.line, Some(257));
}

/// A storage that holds nothing beyond memory.
struct Nowhere;
impl crate::table::storage::SpillFile for Nowhere {
    fn reserve(&self, _: u64) -> u64 {
        0
    }
    fn put(&self, _: u64, _: &[u8]) {}
    fn get(&self, _: u64, _: &mut [u8]) {}
    fn failure(&self) -> Option<String> {
        None
    }
}

#[test]
fn a_file_larger_than_its_share_of_the_memory_is_refused_with_the_remedy() {
    let bytes = fixture("pyarrow.parquet");
    let storage = Storage::bounded(4 * 10_000, 4 * 10_000, Box::new(Nowhere));
    let result = crate::ingest::read_into(&storage, "some", bytes.as_slice(), &SourceOptions::default());
    let Err(IngestError::Malformed(error)) = result else { panic!("{result:?}") };
    assert!(error.contains("--memory"), "{error}");
}

/// A stretch of bytes overwritten, or cut out.
fn damaged(mut bytes: Vec<u8>, damages: &[(f64, u8, bool)]) -> Vec<u8> {
    for &(place, byte, cut) in damages {
        let place = (place * bytes.len() as f64) as usize;
        if cut {
            bytes.drain(place..(place + usize::from(byte)).min(bytes.len()));
        } else if let Some(there) = bytes.get_mut(place) {
            *there = byte;
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_read_or_refused(
        which in 0..3_usize,
        damages in vec((0.0..1.0_f64, any::<u8>(), prop::bool::weighted(0.1)), 1..6),
    ) {
        let name = ["pyarrow.parquet", "polars.parquet", "pyarrow_v1_gzip.parquet"][which];
        let mut bytes = damaged(fixture(name), &damages);
        bytes.extend_from_slice(crate::ingest::formats::generic::parquet::MAGIC);
        let _ = read("some", bytes.as_slice(), &SourceOptions::default());
        bytes.truncate(bytes.len() - crate::ingest::formats::generic::parquet::MAGIC.len());
        let _ = read("some", bytes.as_slice(), &SourceOptions::default());
    }

    #[test]
    fn damaged_footers_are_read_or_refused(
        which in 0..3_usize,
        damages in vec((0.0..1.0_f64, any::<u8>()), 1..4),
    ) {
        let name = ["pyarrow.parquet", "polars.parquet", "pyarrow_v1_gzip.parquet"][which];
        let mut bytes = fixture(name);
        let end = bytes.len() - 8;
        let length = u32::from_le_bytes(bytes[end..end + 4].try_into().unwrap()) as usize;
        for (place, byte) in damages {
            bytes[end - length + (place * length as f64) as usize] = byte;
        }
        let _ = read("some", bytes.as_slice(), &SourceOptions::default());
    }

    #[test]
    fn any_bytes_between_the_marks_are_refused_or_read(bytes in vec(any::<u8>(), 0..300)) {
        let bytes = [crate::ingest::formats::generic::parquet::MAGIC, &bytes, crate::ingest::formats::generic::parquet::MAGIC].concat();
        let _ = read("some", bytes.as_slice(), &SourceOptions::default());
    }
}

#[test]
fn a_column_that_unfolds_to_very_much_more_is_refused_before_it_is_unfolded() {
    use parquet::basic::{Compression, ZstdLevel};
    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::properties::WriterProperties;
    let schema =
        Arc::new(parse_message_type("message m { required binary a (UTF8); required double latency_ms; }").unwrap());
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let text = ByteArray::from(vec![b'x'; 8 << 20]);
    column.typed::<ByteArrayType>().write_batch(&[text.clone(), text], None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&[1.0, 2.0], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    let bytes = writer.into_inner().unwrap();
    assert!(bytes.len() < 64 << 10, "{}", bytes.len());
    let storage = Storage::bounded(32 << 20, 32 << 20, Box::new(Nowhere));
    let error =
        crate::ingest::read_into(&storage, "bomb", &bytes[..], &SourceOptions::default()).unwrap_err().to_string();
    assert!(error.contains("times as much") && error.contains("--memory"), "{error}");
    let storage = Storage::bounded(1 << 30, 1 << 30, Box::new(Nowhere));
    assert!(crate::ingest::read_into(&storage, "bomb", &bytes[..], &SourceOptions::default()).is_ok());
}
