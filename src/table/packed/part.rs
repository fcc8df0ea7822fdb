//! A stretch of a column: its cells in the narrowest form that gives them back exactly.
//!
//! In: the numbers, codes or instants of up to [`PART`](crate::table::stretch::PART) rows. Out: the same again, block by block. Whole numbers
//! are kept as distances from their smallest in 8, 16 or 32 bits, what is constant or rises steadily as two numbers, everything
//! else as it is. Arrays are shared, so that a column with other gaps costs only its gaps.

use std::sync::Arc;

use crate::table::bits::Bits;
use crate::table::storage::{Extent, Storage};
use crate::table::stretch::PART;

/// Which rows of a stretch something is true of.
#[derive(Debug, Clone)]
pub(crate) enum Rows {
    None,
    All,
    Some(Box<Bits>),
    /// As words of 64 rows, on a spill file.
    Spilled(Extent, u32),
}

impl Rows {
    pub(crate) fn of(bits: &Bits, rows: usize, storage: &Storage, held: bool) -> Self {
        match bits.count() {
            0 => Self::None,
            all if all == rows => Self::All,
            _ if held => Self::Some(Box::new(bits.clone())),
            _ => {
                let bytes: Vec<u8> = bits.words().iter().flat_map(|word| word.to_le_bytes()).collect();
                match storage.put(&bytes) {
                    Some(spilled) => Self::Spilled(spilled, rows as u32),
                    None => Self::Some(Box::new(bits.clone())),
                }
            }
        }
    }

    pub(crate) fn get(&self, row: usize) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Some(bits) => bits.get(row),
            Self::Spilled(spilled, _) => {
                let mut byte = [0];
                spilled.read(row / 8, &mut byte);
                byte[0] >> (row % 8) & 1 == 1
            }
        }
    }

    /// The bits, where they are neither all nor none.
    pub(crate) fn mixed(&self) -> Option<std::borrow::Cow<'_, Bits>> {
        match self {
            Self::None | Self::All => None,
            Self::Some(bits) => Some(std::borrow::Cow::Borrowed(bits)),
            Self::Spilled(spilled, rows) => {
                let mut bytes = vec![0; (*rows as usize).div_ceil(64) * 8];
                spilled.read(0, &mut bytes);
                let words = bytes.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
                Some(std::borrow::Cow::Owned(Bits::from_words(words, *rows as usize)))
            }
        }
    }
}

/// How the cells of a stretch are held.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    /// `first + step * row`, exactly.
    Steady {
        first: f64,
        step: f64,
    },
    /// Distances from a base.
    Bytes(Arc<[u8]>, f64),
    Words(Arc<[u16]>, f64),
    Longs(Arc<[u32]>, f64),
    Doubles(Arc<[f64]>),
    Instants(Arc<[i64]>),
    /// The same on a spill file.
    Spilled(Extent, Width, f64),
}

/// How many bytes a spilled cell takes, and what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    Bytes,
    Words,
    Longs,
    Doubles,
    Instants,
}

impl Width {
    fn bytes(self) -> usize {
        match self {
            Self::Bytes => 1,
            Self::Words => 2,
            Self::Longs => 4,
            Self::Doubles | Self::Instants => 8,
        }
    }
}

/// The narrowest width of whole numbers up to `span` above their base.
fn width_of(span: f64) -> Option<Width> {
    match span {
        span if span <= f64::from(u8::MAX) => Some(Width::Bytes),
        span if span <= f64::from(u16::MAX) => Some(Width::Words),
        span if span <= f64::from(u32::MAX) => Some(Width::Longs),
        _ => None,
    }
}

/// Numbers in their narrowest form. `numbers` where nothing is present may be anything finite.
pub(crate) fn pack(numbers: &[f64], storage: &Storage) -> (Data, bool) {
    /// Whole numbers beyond this are not exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let Some(&first) = numbers.first() else { return (Data::Steady { first: 0.0, step: 0.0 }, true) };
    let (low, high) = bounds(numbers);
    let step = numbers.get(1).map_or(0.0, |second| second - first);
    // The sign of a zero is lost in whole numbers.
    let steady = |row: usize, number: f64| first + step * row as f64 == number && !is_negative_zero(number);
    let whole = |number: f64| number.trunc() == number && !is_negative_zero(number);
    let small = low > -EXACT && high < EXACT;
    if small
        && (step == 0.0 || whole(step) && whole(first))
        && numbers.iter().enumerate().all(|(row, n)| steady(row, *n))
    {
        return (Data::Steady { first, step }, true);
    }
    let width = width_of(high - low).filter(|_| small && whole(first) && whole(low) && are_whole(numbers, low));
    let bytes = width.map_or(8, Width::bytes) * numbers.len();
    let held = storage.holds(bytes);
    let distances = || numbers.iter().map(|number| distance(*number, low));
    let data = match (width, held) {
        (Some(Width::Bytes), true) => Data::Bytes(distances().map(|cell| cell as u8).collect(), low),
        (Some(Width::Words), true) => Data::Words(distances().map(|cell| cell as u16).collect(), low),
        (Some(Width::Longs), true) => Data::Longs(distances().collect(), low),
        (_, true) => Data::Doubles(numbers.into()),
        (width, false) => {
            let bytes: Vec<u8> = match width {
                Some(Width::Bytes) => distances().map(|cell| cell as u8).collect(),
                Some(Width::Words) => distances().flat_map(|cell| (cell as u16).to_le_bytes()).collect(),
                Some(Width::Longs) => distances().flat_map(u32::to_le_bytes).collect(),
                _ => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
            };
            match storage.put(&bytes) {
                Some(spilled) => Data::Spilled(spilled, width.unwrap_or(Width::Doubles), low),
                None => Data::Doubles(numbers.into()),
            }
        }
    };
    (data, held)
}

/// The double from which on neighbours are whole numbers: added to a smaller one, its last bits are the whole number.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// The smallest and the largest number. Several at a time, each in its own lane, so that no comparison waits for the one before.
fn bounds(numbers: &[f64]) -> (f64, f64) {
    const LANES: usize = 8;
    let (mut low, mut high) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
    let (blocks, rest) = numbers.as_chunks::<LANES>();
    for block in blocks {
        for lane in 0..LANES {
            low[lane] = if block[lane] < low[lane] { block[lane] } else { low[lane] };
            high[lane] = if block[lane] > high[lane] { block[lane] } else { high[lane] };
        }
    }
    (
        low.iter().chain(rest).copied().fold(f64::INFINITY, f64::min),
        high.iter().chain(rest).copied().fold(f64::NEG_INFINITY, f64::max),
    )
}

/// Whether all numbers are a whole distance above `low`, which is whole, and give themselves back from it.
fn are_whole(numbers: &[f64], low: f64) -> bool {
    const BLOCK: usize = 1024;
    // Bits, because a branch for each number would keep several from being looked at in one step.
    let faults = |number: f64| {
        let distance = number - low;
        u64::from((distance + WHOLE) - WHOLE != distance)
            | u64::from(low + distance != number)
            | u64::from(is_negative_zero(number))
    };
    numbers.chunks(BLOCK).all(|block| block.iter().fold(0, |found, number| found | faults(*number)) == 0)
}

fn is_negative_zero(number: f64) -> bool {
    number.to_bits() == 1 << 63
}

/// How far a number is above `low`: a whole number below 2^32, as [`are_whole`] has found.
fn distance(number: f64, low: f64) -> u32 {
    ((number - low) + WHOLE).to_bits() as u32
}

/// Codes in their narrowest form.
pub(crate) fn pack_codes(codes: &[u32], storage: &Storage) -> Data {
    let high = codes.iter().copied().max().unwrap_or_default();
    if codes.iter().all(|code| *code == high) {
        return Data::Steady { first: f64::from(high), step: 0.0 };
    }
    let width = width_of(f64::from(high)).unwrap_or(Width::Longs);
    if !storage.holds(width.bytes() * codes.len()) {
        let bytes: Vec<u8> = match width {
            Width::Bytes => codes.iter().map(|code| *code as u8).collect(),
            Width::Words => codes.iter().flat_map(|code| (*code as u16).to_le_bytes()).collect(),
            _ => codes.iter().flat_map(|code| code.to_le_bytes()).collect(),
        };
        if let Some(spilled) = storage.put(&bytes) {
            return Data::Spilled(spilled, width, 0.0);
        }
    }
    match width {
        Width::Bytes => Data::Bytes(codes.iter().map(|code| *code as u8).collect(), 0.0),
        Width::Words => Data::Words(codes.iter().map(|code| *code as u16).collect(), 0.0),
        _ => Data::Longs(codes.into(), 0.0),
    }
}

pub(crate) fn pack_instants(instants: &[i64], storage: &Storage) -> (Data, bool) {
    let held = storage.holds(8 * instants.len());
    if !held {
        let bytes: Vec<u8> = instants.iter().flat_map(|instant| instant.to_le_bytes()).collect();
        if let Some(spilled) = storage.put(&bytes) {
            return (Data::Spilled(spilled, Width::Instants, 0.0), false);
        }
    }
    (Data::Instants(instants.into()), held)
}

impl Data {
    /// The numbers of a range of rows, where they lie if they lie there as such, else in `room`.
    pub(crate) fn numbers<'a>(&'a self, from: usize, until: usize, room: &'a mut Room) -> &'a [f64] {
        let length = until - from;
        match self {
            Self::Doubles(numbers) => {
                return &numbers[from..until];
            }
            Self::Steady { first, step } => room.fill((from..until).map(|row| first + step * row as f64)),
            Self::Bytes(cells, base) => {
                room.fill(cells[from..until].iter().map(|cell| base + f64::from(*cell)));
            }
            Self::Words(cells, base) => {
                room.fill(cells[from..until].iter().map(|cell| base + f64::from(*cell)));
            }
            Self::Longs(cells, base) => {
                room.fill(cells[from..until].iter().map(|cell| base + f64::from(*cell)));
            }
            Self::Instants(instants) => {
                room.fill(instants[from..until].iter().map(|instant| *instant as f64));
            }
            Self::Spilled(spilled, width, base) => {
                let bytes = room.fetch(spilled, *width, from, length);
                let (pairs, quads, eights) =
                    (bytes.as_chunks::<2>().0, bytes.as_chunks::<4>().0, bytes.as_chunks::<8>().0);
                let numbers = &mut room.numbers;
                numbers.clear();
                match width {
                    Width::Bytes => numbers.extend(bytes.iter().map(|cell| base + f64::from(*cell))),
                    Width::Words => {
                        numbers.extend(pairs.iter().map(|cell| base + f64::from(u16::from_le_bytes(*cell))));
                    }
                    Width::Longs => {
                        numbers.extend(quads.iter().map(|cell| base + f64::from(u32::from_le_bytes(*cell))));
                    }
                    Width::Doubles => numbers.extend(eights.iter().map(|cell| f64::from_le_bytes(*cell))),
                    Width::Instants => numbers.extend(eights.iter().map(|cell| i64::from_le_bytes(*cell) as f64)),
                }
                room.bytes = bytes;
            }
        }
        &room.numbers
    }

    /// Whether its form alone says that no number is as far from zero as `limit`.
    pub(crate) fn is_surely_below(&self, limit: f64) -> bool {
        let below = |base: f64, span: f64| base.abs() + span < limit;
        match self {
            Self::Bytes(_, base) | Self::Spilled(_, Width::Bytes, base) => below(*base, f64::from(u8::MAX)),
            Self::Words(_, base) | Self::Spilled(_, Width::Words, base) => below(*base, f64::from(u16::MAX)),
            Self::Longs(_, base) | Self::Spilled(_, Width::Longs, base) => below(*base, f64::from(u32::MAX)),
            Self::Steady { first, step } => below(*first, step.abs() * PART as f64),
            _ => false,
        }
    }

    /// Whether its form alone says that every number is at least `low` and below `high`.
    pub(crate) fn is_surely_within(&self, low: f64, high: f64) -> bool {
        let within = |base: f64, span: f64| base >= low && base + span < high;
        match self {
            Self::Bytes(_, base) | Self::Spilled(_, Width::Bytes, base) => within(*base, f64::from(u8::MAX)),
            Self::Words(_, base) | Self::Spilled(_, Width::Words, base) => within(*base, f64::from(u16::MAX)),
            Self::Longs(_, base) | Self::Spilled(_, Width::Longs, base) => within(*base, f64::from(u32::MAX)),
            Self::Steady { first, step } => {
                let last = first + step * PART as f64;
                within(first.min(last), (last - first).abs())
            }
            _ => false,
        }
    }

    /// Whether a number may be a negative zero, which whole numbers above a base never are.
    pub(crate) fn may_hold_negative_zeros(&self) -> bool {
        matches!(self, Self::Doubles(_) | Self::Spilled(_, Width::Doubles, _))
    }

    /// The codes of a range of rows.
    pub(crate) fn codes<'a>(&'a self, from: usize, until: usize, room: &'a mut Room) -> &'a [u32] {
        let length = until - from;
        room.codes.clear();
        match self {
            Self::Longs(cells, _) => {
                return &cells[from..until];
            }
            Self::Bytes(cells, _) => {
                room.codes.extend(cells[from..until].iter().map(|cell| u32::from(*cell)));
            }
            Self::Words(cells, _) => {
                room.codes.extend(cells[from..until].iter().map(|cell| u32::from(*cell)));
            }
            Self::Steady { first, .. } => room.codes.resize(length, *first as u32),
            Self::Spilled(spilled, width, _) => {
                let bytes = room.fetch(spilled, *width, from, length);
                match width {
                    Width::Bytes => room.codes.extend(bytes.iter().map(|cell| u32::from(*cell))),
                    Width::Words => {
                        room.codes
                            .extend(bytes.as_chunks::<2>().0.iter().map(|cell| u32::from(u16::from_le_bytes(*cell))));
                    }
                    _ => room.codes.extend(bytes.as_chunks::<4>().0.iter().map(|cell| u32::from_le_bytes(*cell))),
                }
                room.bytes = bytes;
            }
            Self::Doubles(_) | Self::Instants(_) => room.codes.resize(length, 0),
        }
        &room.codes
    }

    /// The instants of a range of rows.
    pub(crate) fn instants(&self, from: usize, until: usize) -> Vec<i64> {
        match self {
            Self::Instants(instants) => instants[from..until].to_vec(),
            Self::Spilled(spilled, Width::Instants, _) => {
                let mut bytes = vec![0; 8 * (until - from)];
                spilled.read(8 * from, &mut bytes);
                bytes.as_chunks::<8>().0.iter().map(|cell| i64::from_le_bytes(*cell)).collect()
            }
            _ => vec![0; until - from],
        }
    }
}

/// Room for cells that have to be unpacked, used again and again.
#[derive(Debug, Default)]
pub(crate) struct Room {
    numbers: Vec<f64>,
    codes: Vec<u32>,
    bytes: Vec<u8>,
}

impl Room {
    fn fill(&mut self, numbers: impl Iterator<Item = f64>) {
        self.numbers.clear();
        self.numbers.extend(numbers);
    }

    /// The bytes of cells on a spill file, in the room's own buffer, which is to be given back.
    fn fetch(&mut self, spilled: &Extent, width: Width, from: usize, length: usize) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.resize(width.bytes() * length, 0);
        spilled.read(width.bytes() * from, &mut bytes);
        bytes
    }
}
