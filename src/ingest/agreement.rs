//! The fast path and the careful path read the same: a test on generated text with every oddity, in blocks so small that
//! every oddity stands at every border.

#![allow(clippy::format_push_string, reason = "texts are short here")]

use proptest::prelude::*;

use crate::table::Column;
use crate::table::packed::Cells;
use crate::table::source::Source;
use crate::table::storage::Storage;

use super::options::SourceOptions;
use super::read_at_pace;
use crate::ingest::text::lines::Pace;

/// Everything that a source says, as text, except how its lines are held.
fn told(text: &[u8], pace: Pace) -> (String, Option<Source>) {
    match read_at_pace(&Storage::MEMORY, "any", text, &SourceOptions::default(), pace) {
        Err(error) => (error.to_string(), None),
        Ok(source) => {
            let mut told = format!("{:?}\n{:?}\n", source.provenance, source.findings);
            for table in &source.tables {
                let lines: Vec<Option<u64>> = (0..table.lines.rows()).map(|row| table.lines.line(row)).collect();
                told += &format!(
                    "{:?} {:?} {lines:?} {:?}\n{:?}\n{:?} {:?}\n",
                    table.name,
                    table.header_line,
                    table.lines.ranges(),
                    table.columns.iter().map(without_cells).collect::<Vec<Column>>(),
                    table.foreign_values,
                    table.run_starts
                );
                for column in 0..table.columns.len() {
                    let numbers: Vec<Option<u64>> =
                        table.numbers(column).into_iter().map(|number| number.map(f64::to_bits)).collect();
                    let whole: Vec<bool> = (0..numbers.len()).map(|row| table.values(column).is_whole(row)).collect();
                    told += &format!("{numbers:?} {whole:?} {:?} {:?}\n", table.codes(column), table.instants(column));
                }
            }
            (told, Some(source))
        }
    }
}

/// What is known of a column; how its cells are held is nobody's business.
fn without_cells(column: &Column) -> Column {
    Column { data: Cells::EMPTY, ..column.clone() }
}

fn agree(text: &[u8], block: usize) {
    let (careful, _) = told(text, Pace::CAREFUL);
    for blocks_a_thread in [1, 3] {
        let (fast, source) = told(text, Pace { block, blocks_a_thread });
        assert!(fast == careful, "blocks of {block}\n{}\n{careful}\n{fast}", String::from_utf8_lossy(text));
        for table in source.iter().flat_map(|source| &source.tables) {
            for column in 0..table.columns.len() {
                let mut values = Vec::new();
                table
                    .values(column)
                    .visit_present(0..table.values(column).count(), |block| values.extend_from_slice(block));
                let numbers: Vec<f64> = table.numbers(column).into_iter().flatten().collect();
                assert_eq!(values, numbers, "what is read in place is what is copied");
            }
        }
    }
}

/// A line of a file of events, usual or odd.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let usual =
        ("[a-e]{1,2}(_[0-9])?", "[0-9]{1,3}\\.[0-9]{1,18}").prop_map(|(label, number)| format!("{label},{number}"));
    let cell = prop_oneof![
        Just(String::new()),
        Just("NaN".to_owned()),
        Just("n/a".to_owned()),
        Just(" 7 ".to_owned()),
        Just("\"x,y\"".to_owned()),
        Just("\"x\"\"y\"".to_owned()),
        Just("\"open".to_owned()),
        Just("\"two\nlines\"".to_owned()),
        Just("5\" disk".to_owned()),
        Just("true".to_owned()),
        Just("2024-03-15T12:00:00Z".to_owned()),
        Just("500ms".to_owned()),
        Just("1e-3".to_owned()),
        Just("-0".to_owned()),
        Just("-12.50".to_owned()),
        Just("+5".to_owned()),
        Just("1,234.5".to_owned()),
        Just(".5".to_owned()),
        Just("5.".to_owned()),
        Just("1e999".to_owned()),
        Just("inf".to_owned()),
        Just("123456789012345678901234567890.5".to_owned()),
        Just("0.1234567890123456789012345".to_owned()),
        "[0-9]{1,25}",
        "-?[0-9]{1,9}\\.[0-9]{1,9}",
        "[a-z]{1,3}",
        "\"[a-z ]{0,3}\"",
    ];
    let cells = prop::collection::vec(cell, 1..4).prop_map(|cells| cells.join(","));
    let whole = prop_oneof![
        Just("event,latency".to_owned()),
        Just("memory_current,memory_peak".to_owned()),
        Just("name,count,total".to_owned()),
        Just("name,count".to_owned()),
        Just("x,1,2".to_owned()),
        Just("y,3,4".to_owned()),
        Just("12,34".to_owned()),
        Just(String::new()),
        Just("  ".to_owned()),
        Just("# comment".to_owned()),
        Just("#a,0.5".to_owned()),
        Just(" a , 0.25 ".to_owned()),
        Just(",".to_owned()),
        Just("a,".to_owned()),
        Just("\r".to_owned()),
    ];
    let bytes = prop_oneof![12 => usual.prop_map(String::into_bytes), 2 => cells.prop_map(String::into_bytes),
        2 => whole.prop_map(String::into_bytes), 1 => Just(b"\xff\xfe,0.5".to_vec())];
    (bytes, prop_oneof![9 => Just("\n"), 1 => Just("\r\n")])
        .prop_map(|(bytes, end)| [bytes, end.as_bytes().to_vec()].concat())
}

/// A file: a first line that makes a table of it, lines, and perhaps no line break at the end.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let head = prop_oneof![
        Just("event,latency\na,0.5\n"),
        Just("event,latency\na,5\nb,6\n"),
        Just("event,value,at\na,5,2024-03-15T12:00:00Z\n"),
        Just("name,count,total\nx,1,2\n"),
        Just("a,0.25\nb,0.5\n"),
        Just("x,y\n1,2\n3,4\n"),
        Just("event,latency\na,5ms\nb,6ms\n"),
        Just("event,ok\na,true\nb,false\n"),
        Just(""),
    ];
    (head, prop::collection::vec(line(), 0..60), any::<bool>()).prop_map(|(head, lines, cut)| {
        let mut text = head.as_bytes().to_vec();
        text.extend(lines.concat());
        if cut {
            text.pop();
        }
        text
    })
}

/// A line of NDJSON, usual or odd.
fn object() -> impl Strategy<Value = String> {
    let value = || {
        prop_oneof![
            6 => "[0-9]{1,3}\\.[0-9]{1,9}",
            3 => "[1-9][0-9]{0,3}",
            3 => "\"[a-e]{1,2}\"",
            1 => Just("null".to_owned()),
            1 => Just("true".to_owned()),
            1 => Just("NaN".to_owned()),
            1 => Just("1e999".to_owned()),
            1 => Just("-1.5e-3".to_owned()),
            1 => Just("01".to_owned()),
            1 => Just("\"12\"".to_owned()),
            1 => Just("\" q\\n\"".to_owned()),
            1 => Just("[1,2]".to_owned()),
            1 => Just("{\"d\":1}".to_owned()),
        ]
    };
    let usual = ("[a-c]{1,2}", "[0-9]{1,2}\\.[0-9]{1,12}")
        .prop_map(|(label, number)| format!("{{\"metric\":\"{label}\",\"value\":{number}}}"));
    let odd = (value(), value(), value(), 0_u8..8).prop_map(|(a, b, c, form)| match form {
        0 => format!("{{\"metric\":{a},\"value\":{b}}}"),
        1 => format!("{{\"metric\": {a}, \"value\": {b}}} "),
        2 => format!("{{\"value\":{a},\"metric\":{b}}}"),
        3 => format!("{{\"metric\":{a},\"value\":{b},\"value\":{c}}}"),
        4 => format!("{{\"metric\":{a},\"tags\":{{\"x\":{b},\"y\":{c}}}}}"),
        5 => format!("{{\"metric\":{a}}}"),
        6 => format!("{{\"metric\":{a},\"sessionState\":{b}}}"),
        _ => format!("{{\"metric\":{a},\"value\":{b}"),
    });
    (prop_oneof![12 => usual, 3 => odd, 1 => Just(String::new())], prop_oneof![9 => Just("\n"), 1 => Just("\r\n")])
        .prop_map(|(line, end)| line + end)
}

/// Enough usual lines that the types of the columns are decided, and what comes then.
fn objects() -> impl Strategy<Value = Vec<u8>> {
    let usual = |row: u32| format!("{{\"metric\":\"m{}\",\"value\":{row}.5}}\n", row % 3);
    (prop_oneof![Just(0_u32), Just(199), Just(205)], prop::collection::vec(object(), 0..60), any::<bool>()).prop_map(
        move |(first, lines, cut)| {
            let mut text = (0..first).map(usual).collect::<String>() + &lines.concat();
            if cut {
                text.pop();
            }
            text.into_bytes()
        },
    )
}

/// How texts are read does not depend on features: without them a part of the texts is enough.
const CASES: u32 = if cfg!(feature = "parquet") { 1500 } else { 150 };

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn both_paths_read_the_same(text in file(), block in 1_usize..120) {
        agree(&text, block);
    }

    #[test]
    fn both_paths_read_the_same_json_lines(text in objects(), block in 1_usize..200) {
        agree(&text, block);
    }

    /// Rows that end in a delimiter, and other delimiters than the comma.
    #[test]
    fn both_paths_read_the_same_in_other_notations(text in file(), block in 1_usize..120, kind in 0_u8..3) {
        let text = String::from_utf8_lossy(&text).into_owned();
        let text = match kind {
            0 => text.replace(',', ";"),
            1 => text.replace(',', ";").replace('.', ","),
            _ => text.replacen('\n', ",\n", usize::MAX).replacen(",\n", "\n", 1),
        };
        agree(text.as_bytes(), block);
    }
}

#[test]
fn a_long_file_with_one_table_inside_reads_the_same() {
    let mut text = String::from("event,latency\n");
    for row in 0..4000_u32 {
        if row == 1500 {
            text += "memory_current,memory_peak\n";
        }
        let number = f64::from(row.wrapping_mul(2_654_435_761) >> 8) / 16_777_216.0 + 0.01;
        if (1500..1520).contains(&row) {
            text += &format!("{row}.5,{row}.75\n");
        } else {
            text += &format!("label_{},{number:.17}\n", row % 80);
        }
    }
    for block in [64, 1000, 5000, 20_000] {
        agree(text.as_bytes(), block);
    }
}
