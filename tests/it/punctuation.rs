//! Quotes and commas that do not mean what they usually mean.

use crate::support::{Place, findings, lines, metric};

/// Eighty rows, tab-separated; `label` names the page of each.
fn pages(label: impl Fn(u64) -> String) -> String {
    let row = |row: u64| format!("{}\t{}\t{}\t200\n", 1_773_576_000 + row, label(row), 100 + row * 37 % 400);
    std::iter::once("ts\tpage\tlatency_ms\tstatus\n".to_owned()).chain((0..80).map(row)).collect()
}

#[test]
fn stray_quotes_swallow_no_rows() {
    let place = Place::new();
    let stray = |row| if row == 9 || row == 50 { "\"Sale".to_owned() } else { "/home".to_owned() };
    place.write("stray.tsv", pages(stray));
    place.run("summarize stray.tsv -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["n"], 80);
    // Row 9 stands on line 11, below the header.
    let found = findings(&report, "unclosed_quote");
    assert_eq!((found.len(), &found[0]["severity"], &found[0]["place"]["line"]), (1, &"suspicious".into(), &11.into()));
    let groups = metric(&report, "latency_ms")["groups"].as_array().unwrap();
    let of_label =
        |text: &str| groups.iter().find(|group| group["label"]["text"] == text).unwrap()["clean"]["n"].clone();
    assert_eq!((of_label("\"Sale"), of_label("/home")), (2.into(), 78.into()));
}

#[test]
fn a_quote_in_the_middle_of_a_field_opens_none() {
    let place = Place::new();
    let middle = |row| if row % 7 == 3 { "size 5 \"wide".to_owned() } else { "/home".to_owned() };
    place.write("middle.tsv", pages(middle));
    place.run("summarize middle.tsv -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["n"], 80);
    assert!(findings(&report, "unclosed_quote").is_empty());
}

#[test]
fn a_text_of_several_lines_is_one_field() {
    let place = Place::new();
    let text =
        |row| if row == 20 { "\"line one\nline \"\"two\"\"\n\nline four\"".to_owned() } else { "/home".to_owned() };
    place.write("text.tsv", pages(text));
    place.run("summarize text.tsv -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["n"], 80);
    assert_eq!(report["findings"].as_array().unwrap().len(), 0);
}

/// Values of a metric as the report has them.
fn measured(name: &str, text: &str, of: &str) -> (u64, f64, Vec<u64>) {
    let place = Place::new();
    place.write(name, text);
    place.run(&format!("summarize {name} -o r.json")).exits(0);
    let report = place.json("r.json");
    assert!(findings(&report, "ragged_row").is_empty(), "{report}");
    let clean = &metric(&report, of)["overall"]["clean"];
    (clean["n"].as_u64().unwrap(), clean["median"].as_f64().unwrap(), lines(&report, "ambiguous_numbers"))
}

#[test]
fn decimal_commas_and_groups_of_thousands_are_read_as_what_they_are() {
    // 7.25, 8, 9.125 and 11.5 ms: the median is halfway between 8 and 9.125.
    assert_eq!(measured("one.csv", "wait_ms\n7,25\n11,5\n8\n9,125\n", "wait_ms"), (4, 0.008_562_5, vec![]));
    // No group of thousands is 0.
    assert_eq!(measured("tab.tsv", "op\twait_ms\na\t0,450\na\t31,200\na\t17,008\n", "wait_ms"), (3, 0.017_008, vec![]));
    // Either may be meant, which is said.
    assert_eq!(measured("either.tsv", "op\twait_ms\na\t20,450\na\t31,200\na\t17,008\n", "wait_ms").2, [1]);
    let bytes = "\"host\";\"rx_bytes\"\n\"a\";2,721,992,142.5\n\"a\";1,833,214,475.25\n\"b\";1,900,000,000\n";
    assert_eq!(measured("groups.csv", bytes, "rx_bytes"), (3, 1_900_000_000.0, vec![]));
}

#[test]
fn integers_beyond_what_a_number_holds_are_said_or_kept_as_text() {
    let place = Place::new();
    let row = |row: u64| {
        format!("{},{},{}\n", 9_007_199_254_740_993_u64 + 2 * (row % 3), 9_007_199_254_740_993_u64 + row, 20 + row % 7)
    };
    let rows: String = (0..60).map(row).collect();
    place.write("large.csv", format!("trace_id,counter_bytes,latency_ms\n{rows}"));
    place.run("summarize large.csv -o r.json").exits(0);
    let report = place.json("r.json");
    let found = findings(&report, "rounded_integers");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["place"]["column"], &found[0]["count"]), (&"counter_bytes".into(), &60.into()));
    let columns = report["sources"][0]["tables"][0]["columns"].as_array().unwrap();
    assert_eq!(columns[0]["cell_type"], "text");
}

#[test]
fn tables_that_tools_align_by_blanks_are_read_under_their_headers() {
    let place = Place::new();
    let page = "procs -----------memory---------- -----cpu-----\n r  b   free   cache us sy id\n";
    place.write(
        "vm.txt",
        format!(
            "{page} 1  0   8132   51234  3  1 96\n 2  0   8131   51240  5  2 93\n{page} 0  1   8129   51250  4  1 95\n"
        ),
    );
    place.run("summarize vm.txt -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(report["sources"][0]["format"], "aligned");
    let cache = &metric(&report, "cache")["overall"]["clean"];
    assert_eq!((&cache["n"], cache["median"].as_f64()), (&3.into(), Some(51_240.0)));
    assert_eq!(metric(&report, "us")["overall"]["clean"]["n"], 3);
    assert!(report["findings"].as_array().unwrap().iter().all(|finding| finding["severity"] == "note"), "{report}");
    // A quarter of a core is no quarter of a minute, and a mebibyte no minute either.
    place.write(
        "top.txt",
        "NAME      CPU(cores)   MEMORY(bytes)\nweb-a     250m         300Mi\nweb-b     1500m        1024Mi\n",
    );
    place.run("summarize top.txt -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "CPU(cores)")["overall"]["clean"]["max"], 1.5);
    assert_eq!(metric(&report, "MEMORY(bytes)")["overall"]["clean"]["max"], 1_073_741_824.0);
    // Averages of the tool are no samples, and a time of day is no duration.
    let sar = "Linux 6.1.0 (web) \t03/01/2025 \t_x86_64_\t(4 CPU)\n\n11:00:01 AM     CPU     %user     %idle\n\
               11:10:01 AM     all      3.20     95.00\n11:20:01 AM     all      4.20     94.00\n\
               11:30:01 AM     all      5.20     93.00\nAverage:        all      4.20     94.00\n";
    place.write("sar.txt", sar);
    place.run("summarize sar.txt -o r.json").exits(0);
    let report = place.json("r.json");
    assert_eq!(metric(&report, "%user")["overall"]["clean"]["n"], 3);
    assert!(report["metrics"].as_array().unwrap().iter().all(|metric| metric["name"] != "time"));
    assert_eq!(report["sources"][0]["set_aside"][0]["rows"], 1);
    // A sentence with numbers in it is no table.
    place.write("prose.txt", "we ran the test\nit took  3 s\nand then  4 s more\n");
    place.run("summarize prose.txt -o r.json").exits(2);
}
