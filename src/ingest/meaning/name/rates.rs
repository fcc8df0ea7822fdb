//! What words say that count by the second: the unit of a rate, and the multiple that it is counted in.

use crate::ingest::meaning::vocabulary::{self, Words};
use crate::measure::unit::{Dimension, Unit};

use super::words::Word;

/// The unit that a word for a rate states by itself.
pub(super) fn rate_word(word: &Word) -> Option<Unit> {
    match word.text.as_str() {
        // Bytes, but behind a hump every word is written so: `rxBps`.
        "bps" if word.written == "Bps" => Unit::parse("B/s").filter(|_| !word.at_hump),
        "rps" | "qps" | "tps" | "pps" | "ops" | "iops" | "hz" | "fps" | "flops" => Some(Unit::PER_SECOND),
        "mips" => Unit::parse("M/s"),
        _ => Unit::parse(&word.written).filter(|unit| unit.dimension == Dimension::ByteRate),
    }
}

/// How many a word counts by, and what: `gflops`, `kops`, `Mreq`.
pub(super) fn multiple(word: &str) -> Option<(Unit, &str)> {
    const COUNTED: Words = Words::of(
        "ops op hash hashes flops flop iops rps qps tps req reqs request requests msg msgs tok token tokens pps pix pixel pixels px elem elems cells",
    );
    let by = match word.chars().next()? {
        'k' => "k/s",
        'm' => "M/s",
        'g' => "G/s",
        't' => "T/s",
        _ => return None,
    };
    Some((Unit::parse(by)?, &word[1..])).filter(|(_, counted)| COUNTED.has(counted))
}

/// Whether a word is a rate by itself, and a multiple of it: `gflops`, `kops`, no `mreq`.
pub(super) fn is_multiple_of_rate(word: &str) -> bool {
    multiple(word).is_some_and(|(_, counted)| vocabulary::RATES.has(counted))
}

/// The multiple by which the last of some words counts by the second: `GFLOPS`, `M` and `Ops`, `k` and `req`.
pub(super) fn scaled(words: &[Word]) -> Option<Unit> {
    let (last, before) = words.split_last()?;
    let own = multiple(&last.text).map(|(unit, _)| unit);
    own.or_else(|| {
        let letter = &before.last()?.written;
        let alone = matches!(letter.as_str(), "k" | "K" | "M" | "G" | "T");
        multiple(&format!("{}{}", letter.to_lowercase(), last.text)).filter(|_| alone).map(|(unit, _)| unit)
    })
}

/// `bytes` and `byte` are `B` before `/s`.
pub(super) fn symbol(word: &Word) -> &str {
    match word.text.as_str() {
        "byte" | "bytes" => "B",
        "bit" | "bits" => "bit",
        _ => &word.written,
    }
}
