//! Writes large metrics files of every shape, for measuring.
//!
//! ```text
//! cargo run --release --example make_data -- SHAPE ROWS FILE [--seed N] [--labels N]
//! cargo run --release --example make_data -- events 30000000 /tmp/events_30m.csv
//! ```
//!
//! Seeded: the same arguments write the same bytes, with any number of threads. `-` as FILE is standard output. `--labels`
//! is for the shape `labels` (a tenth of the rows unless it says otherwise).

mod shapes;

use std::fs::File;
use std::io::{self, BufWriter, Write};

use shapes::{SHAPES, write};

/// The seed, unless `--seed` says otherwise.
const SEED: u64 = 0x5eed_da7a;
/// Rows for each label of the shape `labels`, on average, unless `--labels` says otherwise.
const ROWS_A_LABEL: u64 = 10;

fn main() -> io::Result<()> {
    let mut words = std::env::args().skip(1);
    let (mut plain, mut seed, mut labels) = (Vec::new(), SEED, None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seed" => seed = number(words.next())?,
            "--labels" => labels = Some(number(words.next())?),
            _ => plain.push(word),
        }
    }
    let [shape, rows, file] = plain.as_slice() else {
        return Err(wrong("use: make_data SHAPE ROWS FILE [--seed N] [--labels N]"));
    };
    let Some(shape) = SHAPES.iter().find(|known| known.name == shape) else {
        let names: Vec<&str> = SHAPES.iter().map(|known| known.name).collect();
        return Err(wrong(&format!("no shape {shape:?}; there are {}", names.join(", "))));
    };
    let rows = number(Some(rows.clone()))?;
    let labels = labels.unwrap_or(rows / ROWS_A_LABEL).max(1);
    let sink: Box<dyn Write> = if file == "-" { Box::new(io::stdout().lock()) } else { Box::new(File::create(file)?) };
    write(shape, rows, labels, seed, &mut BufWriter::new(sink))
}

fn wrong(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

/// A whole number, with underscores where one likes them.
fn number(word: Option<String>) -> io::Result<u64> {
    let word = word.unwrap_or_default().replace('_', "");
    word.parse().map_err(|_| wrong(&format!("{word:?} is no whole number")))
}
