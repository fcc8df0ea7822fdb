//! The 95th percentile of every metric of a file, with its interval.
//!
//! ```sh
//! cargo run --release --example p95 -- fixtures/compare/after.csv
//! ```

use perfreport::{Options, analyse, read};

fn main() -> Result<(), perfreport::Error> {
    let options = Options::default();
    for path in std::env::args().skip(1) {
        let analysis = analyse(&read(&path)?, &options);
        for metric in &analysis.metrics {
            match metric.percentile(95.0) {
                Some(p95) => match (p95.value, p95.interval) {
                    (Some(value), Some(interval)) => {
                        println!(
                            "{path}: {} {value} {} {:?} to {:?}",
                            metric.name, metric.unit, interval.low, interval.high
                        );
                    }
                    _ => println!("{path}: {} needs {} samples", metric.name, p95.needs),
                },
                None => println!("{path}: {} has no clean samples", metric.name),
            }
        }
    }
    Ok(())
}
