//! A column of texts in a row group of a Parquet file: a page with the different texts, and a page with their codes.
//!
//! In: batches, whose texts are codes already. Out: the bytes of the column and its account. The crate's own writer would look
//! the text of every row up again; a test reads back what is written here.

use std::collections::HashMap;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::Result;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::samples::Texts;

/// The texts of a batch.
pub(super) enum Column<'a> {
    /// So many rows with the same text, or with none.
    Same(Option<&'a str>, usize),
    /// So many rows, each with its own.
    Each(&'a Texts, usize),
}

/// Encodes a column.
pub(super) fn encode<'a>(
    columns: impl Iterator<Item = Column<'a>>,
    descriptor: ColumnDescPtr,
) -> Result<(Bytes, ColumnCloseResult)> {
    let mut dictionary = Dictionary::default();
    columns.for_each(|column| dictionary.take(&column));
    let rows = dictionary.present.len();
    let mut data = Vec::new();
    if descriptor.max_def_level() > 0 {
        let mut levels = Vec::new();
        hybrid(&dictionary.present, 1, &mut levels);
        data.extend((levels.len() as u32).to_le_bytes());
        data.append(&mut levels);
    }
    let some = !dictionary.texts.is_empty();
    if some {
        let width = (u32::BITS - (dictionary.texts.len() as u32 - 1).leading_zeros()).max(1);
        data.push(width as u8);
        hybrid(&dictionary.codes, width, &mut data);
    }
    let encoding = if some { Encoding::RLE_DICTIONARY } else { Encoding::PLAIN };
    let mut sink = TrackedWrite::new(Vec::new());
    let mut writer = SerializedPageWriter::new(&mut sink);
    let mut written = Vec::new();
    if some {
        let mut texts = Vec::new();
        for text in &dictionary.texts {
            texts.extend((text.len() as u32).to_le_bytes());
            texts.extend_from_slice(text.as_bytes());
        }
        let (size, num_values) = (texts.len(), dictionary.texts.len() as u32);
        let page = Page::DictionaryPage { buf: texts.into(), num_values, encoding: Encoding::PLAIN, is_sorted: false };
        written.push(writer.write_page(CompressedPage::new(page, size))?);
    }
    let size = data.len();
    let page = Page::DataPage {
        buf: data.into(),
        num_values: rows as u32,
        encoding,
        def_level_encoding: Encoding::RLE,
        rep_level_encoding: Encoding::RLE,
        statistics: None,
    };
    written.push(writer.write_page(CompressedPage::new(page, size))?);
    writer.close()?;
    let total = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
    let offset = |place: Option<&parquet::column::page::PageWriteSpec>| place.map(|page| page.offset.cast_signed());
    let metadata = ColumnChunkMetaData::builder(descriptor)
        .set_compression(Compression::UNCOMPRESSED)
        .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, encoding])
        .set_num_values(total(rows))
        .set_total_compressed_size(total(written.iter().map(|page| page.compressed_size).sum()))
        .set_total_uncompressed_size(total(written.iter().map(|page| page.uncompressed_size).sum()))
        .set_dictionary_page_offset(offset(written.first().filter(|_| some)))
        .set_data_page_offset(offset(written.last()).unwrap_or_default())
        .build()?;
    let closed = ColumnCloseResult {
        bytes_written: written.iter().map(|page| page.bytes_written).sum(),
        rows_written: rows as u64,
        metadata,
        bloom_filter: None,
        column_index: None,
        offset_index: None,
    };
    Ok((sink.into_inner()?.into(), closed))
}

/// The different texts of a column, and the code of each row that has one.
#[derive(Default)]
struct Dictionary<'a> {
    texts: Vec<&'a str>,
    codes: Vec<u32>,
    /// 1 for each row that has a text, 0 for the others.
    present: Vec<u32>,
    known: HashMap<&'a str, u32>,
    /// The codes of the texts that the last batches share, where they are known.
    shared: Option<&'a [String]>,
    of_shared: Vec<Option<u32>>,
}

impl<'a> Dictionary<'a> {
    fn code(&mut self, text: &'a str) -> u32 {
        *self.known.entry(text).or_insert_with(|| {
            self.texts.push(text);
            self.texts.len() as u32 - 1
        })
    }

    fn take(&mut self, column: &Column<'a>) {
        match *column {
            Column::Same(text, rows) => {
                self.present.extend(std::iter::repeat_n(u32::from(text.is_some()), rows));
                if let Some(text) = text {
                    let code = self.code(text);
                    self.codes.extend(std::iter::repeat_n(code, rows));
                }
            }
            Column::Each(texts, rows) => {
                if !self.shared.is_some_and(|shared| std::ptr::eq(shared, texts.texts())) {
                    self.shared = Some(texts.texts());
                    self.of_shared.clear();
                    self.of_shared.resize(texts.texts().len(), None);
                }
                for row in 0..rows {
                    let code = texts.code(row);
                    self.present.push(u32::from(code.is_some()));
                    let Some(code) = code else { continue };
                    let known = self.of_shared[code as usize];
                    let number = known.unwrap_or_else(|| self.code(&texts.texts()[code as usize]));
                    self.of_shared[code as usize] = Some(number);
                    self.codes.push(number);
                }
            }
        }
    }
}

/// Numbers of so many bits in Parquet's hybrid encoding: runs of the same number, and groups of eight packed ones.
fn hybrid(numbers: &[u32], width: u32, out: &mut Vec<u8>) {
    /// Fewer of the same are packed.
    const RUN: usize = 8;
    let mut from = 0;
    // Numbers that wait to be packed are those from here up to `from`.
    let mut waiting = 0;
    while from < numbers.len() {
        let run = numbers[from..].iter().take_while(|number| **number == numbers[from]).count();
        // A group is filled before a run begins.
        let lacks = (RUN - (from - waiting) % RUN) % RUN;
        if run < RUN + lacks {
            from += run;
            continue;
        }
        from += lacks;
        pack(&numbers[waiting..from], width, out);
        let run = run - lacks;
        varint((run as u64) << 1, out);
        out.extend_from_slice(&numbers[from].to_le_bytes()[..width.div_ceil(8) as usize]);
        from += run;
        waiting = from;
    }
    pack(&numbers[waiting..], width, out);
}

/// Packs numbers in groups of eight, the last one filled with zeros.
fn pack(numbers: &[u32], width: u32, out: &mut Vec<u8>) {
    if numbers.is_empty() {
        return;
    }
    let groups = numbers.len().div_ceil(8);
    varint((groups as u64) << 1 | 1, out);
    let (mut bits, mut held) = (0_u64, 0);
    for number in numbers.iter().copied().chain(std::iter::repeat_n(0, groups * 8 - numbers.len())) {
        bits |= u64::from(number) << held;
        held += width;
        while held >= 8 {
            out.push(bits as u8);
            bits >>= 8;
            held -= 8;
        }
    }
}

fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition (<https://parquet.apache.org/docs/file-format/data-pages/encodings/>), bit by bit.
    fn decoded(mut bytes: &[u8], width: u32, count: usize) -> Vec<u32> {
        let mut numbers = Vec::new();
        while numbers.len() < count {
            let (mut head, mut shift) = (0_u64, 0);
            loop {
                head |= u64::from(bytes[0] & 0x7f) << shift;
                let more = bytes[0] >= 0x80;
                bytes = &bytes[1..];
                shift += 7;
                if !more {
                    break;
                }
            }
            if head & 1 == 0 {
                let (value, rest) = bytes.split_at(width.div_ceil(8) as usize);
                let number = value.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte));
                numbers.extend(std::iter::repeat_n(number, (head >> 1) as usize));
                bytes = rest;
            } else {
                let (packed, rest) = bytes.split_at((head >> 1) as usize * width as usize);
                let bit = |place: usize| u32::from(packed[place / 8] >> (place % 8) & 1);
                let number = |from: usize| (0..width as usize).fold(0, |number, of| number | bit(from + of) << of);
                numbers.extend((0..packed.len() * 8 / width as usize).map(|index| number(index * width as usize)));
                bytes = rest;
            }
        }
        assert!(bytes.is_empty());
        numbers.truncate(count);
        numbers
    }

    #[test]
    fn codes_come_back_from_runs_and_packed_groups() {
        for width in [1, 2, 7, 8, 9, 17, 32] {
            let most = (u64::MAX >> (64 - width)) as u32;
            for runs in [&[1][..], &[3, 7, 9, 1, 1, 20], &[8, 8], &[5, 300, 2], &[16, 1, 1, 1, 15, 40_000, 3]] {
                let numbers: Vec<u32> = (0_u32..)
                    .zip(runs)
                    .flat_map(|(index, run)| std::iter::repeat_n(most.wrapping_sub(index * 5) & most, *run))
                    .collect();
                let mut bytes = Vec::new();
                hybrid(&numbers, width, &mut bytes);
                assert!(decoded(&bytes, width, numbers.len()) == numbers, "{width} bits, {runs:?}");
            }
        }
    }
}
