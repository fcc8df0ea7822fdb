//! Each column of every small fixture in turn replaced by something else: a report, a finding or an error, never a panic.

use std::sync::atomic::{AtomicUsize, Ordering};

use perfreport::{Options, analyse, compare};

use super::formats::metrics_fixtures;

/// Rows of a fixture that are used: enough for a header, a change of types and a guess.
const MOST_ROWS: usize = 40;
/// What a column is replaced by.
const CELLS: &[&str] = &[
    "7",
    "words",
    "2026-03-01T12:00:00Z",
    "",
    "1e308",
    "-12.5",
    "1e-310",
    "5e-324",
    "-0",
    "NaN",
    "0",
    "9007199254740993",
    "\u{1b}[31m",
];

/// A delimited text without quotes, as rows of cells.
fn rows(bytes: &[u8]) -> Option<(char, Vec<Vec<String>>)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let delimiter = [',', '\t', ';']
        .into_iter()
        .find(|delimiter| text.lines().next().is_some_and(|line| line.contains(*delimiter)))?;
    let rows: Vec<Vec<String>> =
        text.lines().take(MOST_ROWS).map(|line| line.split(delimiter).map(str::to_owned).collect()).collect();
    (!text.contains('"') && rows.len() > 2 && rows[0].len() > 1).then_some((delimiter, rows))
}

#[test]
fn any_column_may_hold_anything() {
    let options = Options::default();
    let seen = AtomicUsize::new(0);
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in metrics_fixtures() {
        let Some((delimiter, rows)) = rows(&bytes) else { continue };
        let width = rows[0].len().min(12);
        let separator = delimiter.to_string();
        let path = folder.path().join("swept.csv");
        let original: Vec<String> = rows.iter().map(|row| row.join(&separator)).collect();
        std::fs::write(&path, original.join("\n") + "\n").unwrap();
        let before = perfreport::read(&path).map(|source| analyse(&source, &options));
        for column in 0..width {
            for cell in CELLS {
                let swept: Vec<String> = rows
                    .iter()
                    .enumerate()
                    .map(|(index, row)| {
                        let mut row = row.clone();
                        if let Some(there) = row.get_mut(column).filter(|_| index > 0) {
                            (*cell).clone_into(there);
                        }
                        row.join(&separator)
                    })
                    .collect();
                std::fs::write(&path, swept.join("\n") + "\n").unwrap();
                let Ok(source) = perfreport::read(&path) else { continue };
                let analysis = analyse(&source, &options);
                if let Ok(before) = &before {
                    let changes = compare(before, &analysis).changes;
                    assert!(changes.iter().all(|change| !change.source.is_empty()), "{name}");
                }
                seen.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    let seen = seen.load(Ordering::Relaxed);
    assert!(seen > 500, "{seen}");
}

/// The same through every renderer, for the cells that charts and tables have to bear.
#[test]
fn every_output_bears_what_a_column_may_hold() {
    let place = crate::support::Place::new();
    for (index, cell) in CELLS.iter().enumerate() {
        for column in 0..4 {
            let row = |row: usize| {
                let mut cells = [
                    format!("2026-03-01T12:00:{:02}Z", row % 60),
                    ["a", "b"][row % 2].to_owned(),
                    format!("{}.5", 10 + row % 7),
                    ["200", "200", "500"][row % 3].to_owned(),
                ];
                if row.is_multiple_of(3) {
                    (*cell).clone_into(&mut cells[column]);
                }
                cells.join(",")
            };
            let rows: Vec<String> = (0..60).map(row).collect();
            let name = format!("s{index}-{column}.csv");
            place.write(&name, format!("time,endpoint,latency_ms,status\n{}\n", rows.join("\n")));
        }
    }
    let run = place.run("summarize . -q -o r.md -o r.html -o r.json -o r.txt -o r.xml --comment c.md --keep-going");
    run.exits(0);
    let page = place.read("r.html");
    assert!(page.len() < 20 << 20, "{}", page.len());
    let attributes = ["=\"NaN\"", "=\"inf\"", "=\"-inf\"", ",NaN", ",inf"];
    // No line or bar of a chart stands at a place that is none.
    for chart in page.split("<svg").skip(1).map(|rest| rest.split("</svg>").next().unwrap()) {
        assert!(attributes.iter().all(|nowhere| !chart.contains(nowhere)), "{chart}");
    }
    let files = place.files();
    for name in files.iter().filter(|name| name.starts_with('s')) {
        let run = place.run(&format!("check {name} -q"));
        assert!(matches!(run.code, Some(0..=2)) && !run.stderr.contains("panicked"), "{name}: {}", run.stderr);
    }
}
