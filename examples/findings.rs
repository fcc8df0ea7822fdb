//! What is wrong with a file, and how many samples each of its metrics keeps.
//!
//! ```sh
//! cargo run --release --example findings -- fixtures/corrupt/ragged.csv
//! ```

use perfreport::{Finding, Options, Summary, analyse, read};

fn main() -> Result<(), perfreport::Error> {
    let options = Options::default();
    for path in std::env::args().skip(1) {
        let analysis = analyse(&read(&path)?, &options);
        for Finding { place, kind, .. } in &analysis.findings {
            println!("{place}: {kind:?}");
        }
        for metric in &analysis.metrics {
            let kept = metric.overall.clean.as_ref().map_or(0, |Summary { n, .. }| *n);
            println!("{}: {kept} samples, {} set aside", metric.name, metric.overall.corrupted);
        }
    }
    Ok(())
}
