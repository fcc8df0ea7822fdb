//! A column under construction: what its cells hold, and the cells read so far.
//!
//! In: cells, or runs of cells that were read together. Out: a [`Column`] whose role is not known yet.

use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;

use crate::measure::label::pattern;
use crate::measure::unit::Dimension;
use crate::table::packed::{Cells, CellsBuilder, Kind};
use crate::table::storage::Storage;
use crate::table::{CellType, Column, Shape};

use crate::ingest::meaning::calendar::{self, LocalDates};
use crate::ingest::meaning::{clock, hours, name, vocabulary};
use crate::ingest::text::amounts::{self, Amounts};
use crate::ingest::text::cells::{self, DecimalMark};
use crate::ingest::text::duration_texts;
use crate::ingest::text::identifiers;
use crate::ingest::text::parts::{ABSENT, NO_DIGITS, NumberPart, PartColumn, Span, TextPart, WITH_UNIT};

/// Texts by code, codes by text.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    storage: Storage,
    pub(super) codes: HashMap<Box<[u8]>, u32, FixedState>,
    pub(super) texts: Vec<Box<[u8]>>,
    patterns: HashSet<String, FixedState>,
}

impl Dictionary {
    fn code(&mut self, text: &[u8]) -> u32 {
        if let Some(&code) = self.codes.get(text) {
            return code;
        }
        let code = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.storage.note_texts(3 * text.len() + Self::AROUND_TEXT);
        self.codes.insert(text.into(), code);
        self.texts.push(text.into());
        if self.patterns.len() < Self::PATTERNS {
            self.patterns.insert(pattern(&String::from_utf8_lossy(text)));
        }
        code
    }

    /// Bytes around a text: it stands twice in a table that is between half and seven eighths full, and later as a string.
    const AROUND_TEXT: usize = 110;
    /// Patterns remembered for [`knows`](Self::knows). A column with more is no label.
    const PATTERNS: usize = 1000;

    /// Whether this text, or one that differs only in numbers, was seen.
    pub(crate) fn knows(&self, text: &[u8]) -> bool {
        self.codes.contains_key(text) || self.patterns.contains(&pattern(&String::from_utf8_lossy(text)))
    }
}

/// The numbers of a column under construction.
#[derive(Debug)]
pub(crate) struct Numbers {
    pub(super) cells: CellsBuilder,
    pub(super) shape: Shape,
    pub(super) decimal: bool,
    /// Digits after the point of the last cell, to see whether the end of a file was cut off.
    pub(super) last_digits: usize,
}

impl Numbers {
    fn new(decimal: bool, storage: &Storage) -> Self {
        Self { cells: CellsBuilder::numbers(storage.clone()), shape: Shape::default(), decimal, last_digits: 0 }
    }

    fn push(&mut self, value: f64, digits: Option<usize>) {
        self.cells.push_number(value, digits == Some(0));
        self.decimal |= digits != Some(0);
        match digits {
            Some(digits) => self.shape.fraction_digits[digits.min(Shape::DIGITS - 1)] += 1,
            None => self.shape.exponents += 1,
        }
        self.last_digits = digits.unwrap_or(usize::MAX);
    }

    /// Takes the numbers of a span.
    fn append(&mut self, part: &NumberPart, span: &Span) {
        let rows = span.first..span.first + span.rows;
        let digits = &part.digits[rows.clone()];
        let mut counts = [0_u32; 256];
        for &digits in digits {
            counts[usize::from(digits)] += 1;
        }
        if counts[usize::from(ABSENT)] == 0 && (counts[0] == 0 || counts[0] as usize == digits.len()) {
            self.cells.extend_alike(&part.values[rows], counts[0] > 0);
        } else {
            let values = &part.values[rows];
            self.cells.extend_numbers(values, |index| digits[index] == ABSENT, |index| digits[index] == 0);
        }
        for (total, count) in self.shape.fraction_digits.iter_mut().zip(counts) {
            *total += u64::from(count);
        }
        let with_unit = u64::from(counts[usize::from(WITH_UNIT)]);
        let exponents = u64::from(counts[usize::from(NO_DIGITS)]) + with_unit;
        self.shape.exponents += exponents;
        self.shape.with_unit += with_unit;
        self.decimal |= exponents > 0 || counts[1..Shape::DIGITS].iter().any(|count| *count > 0);
        if let Some(&last) = digits.last()
            && last != ABSENT
        {
            self.last_digits = if last >= NO_DIGITS { usize::MAX } else { usize::from(last) };
        }
    }
}

/// A column under construction.
#[derive(Debug)]
pub(crate) enum ColumnBuilder {
    /// Whole or decimal numbers.
    Number(Numbers),
    /// Numbers with units in their cells.
    Quantity(Numbers, Dimension),
    /// Text or booleans.
    Text(CellsBuilder, Dictionary, CellType),
    /// Instants.
    Timestamp(CellsBuilder),
}

/// What a cell became on its way into a column.
#[derive(Debug, Clone, Copy)]
pub(super) enum CellValue {
    Number(f64, Option<usize>),
    Absent,
    Text,
    Timestamp(i64),
}

impl ColumnBuilder {
    /// An empty column for cells of a type.
    pub(super) fn new(cells: CellType, storage: &Storage) -> Self {
        match cells {
            CellType::Text | CellType::Boolean => {
                let dictionary = Dictionary { storage: storage.clone(), ..Dictionary::default() };
                Self::Text(CellsBuilder::codes(storage.clone()), dictionary, cells)
            }
            CellType::Integer | CellType::Decimal => Self::Number(Numbers::new(cells == CellType::Decimal, storage)),
            CellType::Timestamp => Self::Timestamp(CellsBuilder::instants(storage.clone())),
            CellType::Quantity(dimension) => Self::Quantity(Numbers::new(false, storage), dimension),
        }
    }

    /// The type of its cells, as far as it has been seen.
    pub(crate) fn cell_type(&self) -> CellType {
        match self {
            Self::Number(numbers) if numbers.decimal => CellType::Decimal,
            Self::Number(_) => CellType::Integer,
            Self::Quantity(_, dimension) => CellType::Quantity(*dimension),
            Self::Text(_, _, cells) => *cells,
            Self::Timestamp(_) => CellType::Timestamp,
        }
    }

    pub(super) fn parse(&self, cell: &[u8], mark: DecimalMark) -> Option<CellValue> {
        match self {
            Self::Text(..) => Some(CellValue::Text),
            Self::Number(_) => {
                let value = cells::number(cell, mark).filter(|value| value.is_finite())?;
                Some(CellValue::Number(value, cells::fraction_digits(cell, mark)))
            }
            Self::Quantity(_, dimension) => match cells::quantity(cell, mark) {
                Some((value, found)) if found == *dimension => Some(CellValue::Number(value, None)),
                _ => None,
            },
            Self::Timestamp(_) => clock::instant(cell).map(CellValue::Timestamp),
        }
    }

    pub(super) fn push(&mut self, parsed: CellValue, cell: &[u8]) {
        match (self, parsed) {
            (Self::Number(numbers), CellValue::Number(value, digits)) => numbers.push(value, digits),
            (Self::Quantity(numbers, _), CellValue::Number(value, digits)) => {
                numbers.push(value, digits);
                numbers.shape.with_unit += u64::from(!cell.contains(&b':'));
            }
            (Self::Number(numbers) | Self::Quantity(numbers, _), _) => numbers.cells.push_absent(),
            (Self::Text(codes, dictionary, _), _) => codes.push_code(dictionary.code(cell)),
            (Self::Timestamp(instants), CellValue::Timestamp(nanos)) => instants.push_instant(Some(nanos)),
            (Self::Timestamp(instants), _) => instants.push_instant(None),
        }
    }

    /// Takes the cells of a span.
    pub(super) fn append(&mut self, part: &PartColumn, span: &Span) {
        match (self, part) {
            (Self::Number(numbers) | Self::Quantity(numbers, _), PartColumn::Numbers(part)) => {
                numbers.append(part, span);
            }
            (Self::Text(codes, dictionary, _), PartColumn::Texts(part)) => append_texts(codes, dictionary, part, span),
            (Self::Timestamp(instants), PartColumn::Instants(part)) => {
                part[span.first..span.first + span.rows].iter().for_each(|instant| instants.push_instant(*instant));
            }
            _ => debug_assert!(false, "a part is made for the columns of its table"),
        }
    }
}

fn append_texts(codes: &mut CellsBuilder, dictionary: &mut Dictionary, part: &TextPart, span: &Span) {
    let found = &part.codes[span.first..span.first + span.rows];
    let newest = found.iter().copied().max().filter(|code| *code >= part.known);
    let Some(newest) = newest else {
        codes.extend_codes(found.iter().copied());
        return;
    };
    // Texts get their codes in the order of rows, whatever was read before this part and inside it.
    let seen = &part.new[..=(newest - part.known) as usize];
    let final_codes: Vec<u32> = seen.iter().map(|text| dictionary.code(text)).collect();
    codes.extend_codes(found.iter().map(|&code| match code.checked_sub(part.known) {
        Some(new) => final_codes[new as usize],
        None => code,
    }));
}

pub(crate) struct FinalColumns {
    /// Its role is not known yet.
    pub(crate) column: Column,
    /// The second of two amounts that each of its cells held.
    pub(crate) second: Option<Column>,
    /// Rows whose texts hold no amount where others do, with these texts.
    pub(crate) without_amount: Vec<(u64, Box<[u8]>)>,
}

impl ColumnBuilder {
    /// The finished column, whatever its texts turn out to be.
    pub(crate) fn finish(self, name: String, mark: DecimalMark, storage: &Storage) -> FinalColumns {
        let amounts = self.amounts(&name, mark).unwrap_or_default();
        let (codes, dictionary) = match self {
            Self::Text(codes, dictionary, _) if !amounts.is_empty() => (codes.finish(), dictionary),
            other => {
                let column = other.into_column(name, storage);
                return FinalColumns { column, second: None, without_amount: Vec::new() };
            }
        };
        let mut without_amount = Vec::new();
        if let Some(first) = amounts.first() {
            let word = |code: u32| {
                let text = dictionary.texts.get(code as usize)?;
                let none = first.numbers.get(code as usize).is_some_and(Option::is_none);
                (none && !cells::is_empty_word(text)).then(|| text.clone())
            };
            codes.visit_codes(0..codes.rows(), |from, block| {
                let rows = block.iter().enumerate();
                without_amount.extend(rows.filter_map(|(row, code)| Some(((from + row) as u64, word(*code)?))));
            });
        }
        let mut columns = amounts.into_iter().map(|amounts| {
            let whole = amounts.numbers.iter().flatten().all(|number| number.fract() == 0.0);
            let plain = if whole { CellType::Integer } else { CellType::Decimal };
            let cells = amounts.dimension.map_or(plain, CellType::Quantity);
            Column::new(amounts.name, cells, decoded(&codes, &amounts.numbers, storage), Vec::new())
        });
        let first = columns.next();
        let second = columns.next();
        let column = first.unwrap_or_else(|| Column::new(name, CellType::Text, Cells::EMPTY, Vec::new()));
        FinalColumns { column, second, without_amount }
    }

    /// The amounts that its texts are; none where its name says that they name something.
    fn amounts(&self, name: &str, mark: DecimalMark) -> Option<Vec<Amounts>> {
        let Self::Text(_, dictionary, CellType::Text) = self else { return None };
        let words = name::words(name);
        let names_something = identifiers::ends_in_id(name)
            || is_key(name)
            || words.last().is_some_and(|word| vocabulary::UNIT.has(word) || vocabulary::LABEL_HEADER.has(word));
        let first: Vec<&[u8]> = dictionary.texts.iter().take(amounts::FIRST).map(AsRef::as_ref).collect();
        let texts = || dictionary.texts.iter().map(AsRef::as_ref).collect::<Vec<&[u8]>>();
        if names_something {
            return None;
        }
        if amounts::may_be(&first, mark) {
            return amounts::of(name, &texts(), mark);
        }
        let found = duration_texts::may_be(name, &first).then(|| duration_texts::of(name, &texts())).flatten();
        found.map(|found| vec![found])
    }

    fn into_column(self, name: String, storage: &Storage) -> Column {
        let cells = self.cell_type();
        let mut begins_with_day = None;
        let (cells, data, dictionary, shape) = match self {
            Self::Number(numbers) => {
                let data = numbers.cells.finish();
                let dated = (cells == CellType::Integer).then(|| calendar::instants(&name, &data, storage));
                match dated.flatten() {
                    Some(instants) => (CellType::Timestamp, instants, Vec::new(), None),
                    None => (cells, data, Vec::new(), Some(numbers.shape)),
                }
            }
            Self::Quantity(numbers, dimension) => {
                let data = numbers.cells.finish();
                let hours = (dimension == Dimension::Time).then(|| hours::of_minutes(&name, &data));
                (cells, hours.flatten().unwrap_or(data), Vec::new(), Some(numbers.shape))
            }
            Self::Timestamp(instants) => (cells, instants.finish(), Vec::new(), None),
            Self::Text(codes, dictionary, cells) => {
                let data = codes.finish();
                let texts: Vec<String> =
                    dictionary.texts.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect();
                let identifiers =
                    identifiers::is_name(&name) && texts.iter().any(|text| identifiers::loses_digits(text.as_bytes()));
                let numbers =
                    numbers_after_all(&texts).filter(|_| cells == CellType::Text && !identifiers && !is_key(&name));
                let stamps = || Some(LocalDates::Instants(calendar::of_stamps(&name, &texts, data.rows())?, None));
                let dates = || calendar::of_texts(&texts).or_else(stamps).filter(|_| cells == CellType::Text);
                match numbers {
                    None => match dates() {
                        Some(LocalDates::Instants(instants, day_first)) => {
                            begins_with_day = day_first;
                            (CellType::Timestamp, dated(&data, &instants, storage), Vec::new(), None)
                        }
                        _ => (cells, data, texts, None),
                    },
                    Some(numbers) => {
                        let whole = numbers.iter().flatten().all(|number| number.fract() == 0.0);
                        let cells = if whole { CellType::Integer } else { CellType::Decimal };
                        (cells, decoded(&data, &numbers, storage), Vec::new(), None)
                    }
                }
            }
        };
        Column { shape, day_first: begins_with_day, ..Column::new(name, cells, data, dictionary) }
    }
}

/// Whether texts are the keys of a map, which name its entries even where they are numbers.
fn is_key(name: &str) -> bool {
    name == "key"
}

/// The instants that codes stand for.
fn dated(codes: &Cells, instants: &[Option<i64>], storage: &Storage) -> Cells {
    let mut dated = CellsBuilder::instants(storage.clone());
    codes.visit_codes(0..codes.rows(), |_, block| {
        for code in block {
            dated.push_instant(instants.get(*code as usize).copied().flatten());
        }
    });
    dated.finish()
}

/// The numbers that codes stand for.
fn decoded(codes: &Cells, numbers: &[Option<f64>], storage: &Storage) -> Cells {
    let mut decoded = CellsBuilder::of(Kind::Numbers, storage.clone());
    codes.visit_codes(0..codes.rows(), |_, block| {
        for code in block {
            match numbers.get(*code as usize).copied().flatten() {
                Some(number) => decoded.push_number(number, false),
                None => decoded.push_absent(),
            }
        }
    });
    decoded.finish()
}

/// The bracket that was left behind every number of a column (`6.533]`), as where the end of a list was cut out: decimals, so that `1)` and `2)`
/// stay names of items.
fn stray_mark(texts: &[String]) -> Option<char> {
    const MARKS: [char; 3] = [']', ')', '}'];
    let some = || texts.iter().filter(|text| !cells::is_empty_word(text.as_bytes()));
    let mark = some().next()?.chars().next_back().filter(|last| MARKS.contains(last))?;
    let number = |text: &str| text.trim_end().bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let decimal = |text: &String| text.contains('.');
    let all = some().all(|text| text.strip_suffix(mark).is_some_and(number));
    (all && some().any(decimal)).then_some(mark)
}

/// The numbers of a column that began empty and was therefore taken for text, if all its texts are numbers.
fn numbers_after_all(texts: &[String]) -> Option<Vec<Option<f64>>> {
    let mut any = false;
    let stray = stray_mark(texts);
    let numbers: Option<Vec<Option<f64>>> = texts
        .iter()
        .map(|text| {
            if cells::is_empty_word(text.as_bytes()) {
                return Some(None);
            }
            any = true;
            let text = stray.map_or(text.as_str(), |mark| text.trim_end_matches(mark));
            cells::number(text.trim_end().as_bytes(), DecimalMark::Point).filter(|number| number.is_finite()).map(Some)
        })
        .collect();
    numbers.filter(|_| any)
}
