//! What changed between two files.
//!
//! ```sh
//! cargo run --release --example changes -- fixtures/compare/before.csv fixtures/compare/after.csv
//! ```

use perfreport::{Options, Verdict, analyse, compare, read};

fn main() -> Result<(), perfreport::Error> {
    let mut paths = std::env::args().skip(1);
    let (Some(before), Some(after)) = (paths.next(), paths.next()) else {
        eprintln!("give two files");
        return Ok(());
    };
    let options = Options::default();
    let comparison = compare(&analyse(&read(before)?, &options), &analyse(&read(after)?, &options));
    for change in comparison.changes.iter().filter(|change| change.verdict != Verdict::Unchanged) {
        println!("{:?}: {} {}", change.verdict, change.metric, change.group.as_deref().unwrap_or_default());
    }
    Ok(())
}
