//! Encodes a column chunk of texts that repeat, from the distinct texts and the index of each
//! cell. The column writer of the parquet crate takes texts only: it hashes each cell again to
//! find its index, and compares it with the smallest and the largest one.
//! Source: Parquet format, "Encodings" and "PageIndex".

use bytes::Bytes;
use parquet::basic::{BoundaryOrder, Compression, Encoding, PageType, Type};
use parquet::column::page::{CompressedPage, Page, PageWriter as _};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{
    ColumnChunkMetaData, ColumnIndexBuilder, OffsetIndexBuilder, PageEncodingStats,
};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

/// Rows of a page, and cells of one whose rows have lists. A page ends with a row.
const PAGE_ROWS: usize = 20_000;
const PAGE_CELLS: usize = 131_072;

/// A longer smallest or largest text is not kept as a statistic.
const MAX_STATISTIC_BYTES: usize = 64;

/// The cells of a chunk.
pub(super) struct DictionaryChunk<'a> {
    pub texts: &'a [ByteArray],
    /// Of the cells that have a text.
    pub indices: &'a [u32],
    /// Both empty where every row has one text.
    pub definition: &'a [i16],
    pub repetition: &'a [i16],
    /// The definition level of a cell that has a text.
    pub of_value: i16,
    /// Are the smallest and the largest text of each page kept?
    pub has_page_statistics: bool,
}

/// The smallest and the largest text of each page.
struct PageBounds {
    /// The place of each text in their order.
    ranks: Vec<u32>,
    /// The texts in that order.
    sorted: Vec<u32>,
    /// By rank; `None` of a page without texts. With the number of its NULLs.
    pages: Vec<(Option<(u32, u32)>, i64)>,
}

impl DictionaryChunk<'_> {
    /// Appends the chunk to a row group of so many rows.
    pub(super) fn append_to(
        &self,
        group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
        column: ColumnDescPtr,
        rows: u64,
    ) -> Result<()> {
        let mut chunk = TrackedWrite::new(Vec::new());
        let mut pages = SerializedPageWriter::new(&mut chunk);
        let dictionary = self.dictionary();
        let count = u32::try_from(self.texts.len())?;
        let (buf, size) = compress(&dictionary)?;
        let page = Page::DictionaryPage {
            buf,
            num_values: count,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        let written = pages.write_page(CompressedPage::new(page, size))?;
        let data_page_offset = i64::try_from(written.bytes_written)?;
        let mut uncompressed = written.uncompressed_size;
        let mut offsets = OffsetIndexBuilder::new();
        let mut bounds = PageBounds::new(self.texts, self.has_page_statistics);
        let mut page_count = 0;
        let (mut cell, mut value) = (0, 0);
        while cell < self.cells() {
            let (end, page_rows) = self.page_end(cell);
            let levels = self.definition.get(cell..end).unwrap_or_default();
            let values = if self.definition.is_empty() {
                end - cell
            } else {
                levels
                    .iter()
                    .filter(|level| **level == self.of_value)
                    .count()
            };
            let indices = &self.indices[value..value + values];
            let (buf, size) = compress(&self.page(cell..end, indices))?;
            let page = Page::DataPage {
                buf,
                num_values: u32::try_from(end - cell)?,
                encoding: Encoding::RLE_DICTIONARY,
                def_level_encoding: Encoding::RLE,
                rep_level_encoding: Encoding::RLE,
                statistics: None,
            };
            let written = pages.write_page(CompressedPage::new(page, size))?;
            uncompressed += written.uncompressed_size;
            offsets.append_row_count(i64::try_from(page_rows)?);
            offsets.append_offset_and_size(
                i64::try_from(written.offset)?,
                i32::try_from(written.compressed_size)?,
            );
            if let Some(bounds) = &mut bounds {
                bounds.add_page(indices, i64::try_from(end - cell - values)?);
            }
            page_count += 1;
            (cell, value) = (end, value + values);
        }
        let compressed = i64::try_from(chunk.bytes_written())?;
        let chunk = Bytes::from(chunk.into_inner()?);
        let stats = |page_type, encoding, count| PageEncodingStats {
            page_type,
            encoding,
            count,
        };
        let metadata = ColumnChunkMetaData::builder(column)
            .set_compression(Compression::SNAPPY)
            .set_encodings(vec![
                Encoding::PLAIN,
                Encoding::RLE,
                Encoding::RLE_DICTIONARY,
            ])
            .set_page_encoding_stats(vec![
                stats(PageType::DICTIONARY_PAGE, Encoding::PLAIN, 1),
                stats(PageType::DATA_PAGE, Encoding::RLE_DICTIONARY, page_count),
            ])
            .set_total_compressed_size(compressed)
            .set_total_uncompressed_size(i64::try_from(uncompressed)?)
            .set_num_values(i64::try_from(self.cells())?)
            .set_dictionary_page_offset(Some(0))
            .set_data_page_offset(data_page_offset)
            .set_statistics(self.statistics());
        let closed = ColumnCloseResult {
            bytes_written: chunk.len() as u64,
            rows_written: rows,
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index: match bounds {
                Some(bounds) => Some(bounds.column_index(self.texts)?),
                None => None,
            },
            offset_index: Some(offsets.build()),
        };
        group.append_column(&chunk, closed)
    }

    /// How many cells there are; of a row without a text, one that is empty.
    fn cells(&self) -> usize {
        if self.definition.is_empty() {
            self.indices.len()
        } else {
            self.definition.len()
        }
    }

    /// The texts, each behind its length.
    fn dictionary(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for text in self.texts {
            let length = u32::try_from(text.len()).expect("a dictionary is small");
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(text.data());
        }
        bytes
    }

    /// The end of the page that starts with this cell, and its rows.
    fn page_end(&self, cell: usize) -> (usize, usize) {
        if self.repetition.is_empty() {
            let end = self.cells().min(cell + PAGE_ROWS);
            return (end, end - cell);
        }
        let mut rows = 0;
        for (at, level) in self.repetition[cell..].iter().enumerate() {
            if *level == 0 {
                if rows == PAGE_ROWS || at >= PAGE_CELLS {
                    return (cell + at, rows);
                }
                rows += 1;
            }
        }
        (self.cells(), rows)
    }

    /// The levels of these cells, and the indices of their texts.
    fn page(&self, cells: std::ops::Range<usize>, indices: &[u32]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut push_levels = |levels: &[i16], highest: i16| {
            let at = bytes.len();
            bytes.extend_from_slice(&[0; 4]);
            let level = |level: &i16| u32::from(level.unsigned_abs());
            encode_hybrid(
                levels,
                level,
                width_of(highest.unsigned_abs().into()),
                &mut bytes,
            );
            let length = u32::try_from(bytes.len() - at - 4).expect("a page is small");
            bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
        };
        if let Some(levels) = self.repetition.get(cells.clone()) {
            push_levels(levels, 1);
        }
        if self.of_value > 0 {
            push_levels(&self.definition[cells], self.of_value);
        }
        let highest = self.texts.len().saturating_sub(1);
        let width = width_of(u32::try_from(highest).expect("indices have 32 bits"));
        bytes.push(u8::try_from(width).expect("at most 32"));
        encode_hybrid(indices, |index| *index, width, &mut bytes);
        bytes
    }

    fn statistics(&self) -> Statistics {
        let is_short = |text: &&ByteArray| text.len() <= MAX_STATISTIC_BYTES;
        let by_bytes = |one: &&ByteArray, other: &&ByteArray| one.data().cmp(other.data());
        let least = self.texts.iter().min_by(by_bytes).filter(is_short);
        let most = self.texts.iter().max_by(by_bytes).filter(is_short);
        let nulls = (self.cells() - self.indices.len()) as u64;
        // One without the other is of no use to some readers.
        let (least, most) = least.cloned().zip(most.cloned()).unzip();
        Statistics::byte_array(least, most, None, Some(nulls), false)
    }
}

impl PageBounds {
    fn new(texts: &[ByteArray], is_kept: bool) -> Option<Self> {
        let is_short = texts.iter().all(|text| text.len() <= MAX_STATISTIC_BYTES);
        (is_kept && is_short).then(|| {
            let mut sorted: Vec<u32> = (0..).take(texts.len()).collect();
            sorted.sort_unstable_by_key(|at| texts[*at as usize].data());
            let mut ranks = vec![0; texts.len()];
            for (rank, at) in (0..).zip(&sorted) {
                ranks[*at as usize] = rank;
            }
            Self {
                ranks,
                sorted,
                pages: Vec::new(),
            }
        })
    }

    fn add_page(&mut self, indices: &[u32], nulls: i64) {
        let ranks = || indices.iter().map(|index| self.ranks[*index as usize]);
        self.pages.push((ranks().min().zip(ranks().max()), nulls));
    }

    fn column_index(self, texts: &[ByteArray]) -> Result<ColumnIndexMetaData> {
        let mut index = ColumnIndexBuilder::new(Type::BYTE_ARRAY);
        let text = |rank: u32| texts[self.sorted[rank as usize] as usize].data().to_vec();
        for (bounds, nulls) in &self.pages {
            let (least, most) = bounds
                .map(|(least, most)| (text(least), text(most)))
                .unzip();
            let (least, most) = (least.unwrap_or_default(), most.unwrap_or_default());
            index.append(bounds.is_none(), least, most, *nulls, None);
        }
        let known = || self.pages.iter().filter_map(|(bounds, _)| *bounds);
        let is_ascending = |one: &(u32, u32), next: &(u32, u32)| one.0 <= next.0 && one.1 <= next.1;
        let is_descending = |one: &(u32, u32), next: &(u32, u32)| is_ascending(next, one);
        index.set_boundary_order(if known().is_sorted_by(is_ascending) {
            BoundaryOrder::ASCENDING
        } else if known().is_sorted_by(is_descending) {
            BoundaryOrder::DESCENDING
        } else {
            BoundaryOrder::UNORDERED
        });
        index.build()
    }
}

/// The bytes as Snappy, and how many there were.
fn compress(bytes: &[u8]) -> Result<(Bytes, usize)> {
    let compressed = snap::raw::Encoder::new().compress_vec(bytes);
    let compressed = compressed.map_err(|error| ParquetError::External(Box::new(error)))?;
    Ok((compressed.into(), bytes.len()))
}

/// How many bits the integers up to this one take.
const fn width_of(highest: u32) -> u32 {
    u32::BITS - highest.leading_zeros()
}

/// Appends integers of so many bits as runs of "RLE / bit-packed hybrid".
fn encode_hybrid<T: PartialEq>(
    all: &[T],
    integer: impl Fn(&T) -> u32,
    width: u32,
    to: &mut Vec<u8>,
) {
    let mut packed_from = 0;
    let mut at = 0;
    while at < all.len() {
        let run = all[at..]
            .iter()
            .take_while(|next| **next == all[at])
            .count();
        // Those before it are packed in eights, with the first ones of the run.
        let missing = (at - packed_from).next_multiple_of(8) - (at - packed_from);
        let end = at + run;
        if run >= missing + 8 {
            pack(&all[packed_from..at + missing], &integer, width, to);
            push_varint((run - missing) << 1, to);
            let bytes = integer(&all[at]).to_le_bytes();
            to.extend_from_slice(&bytes[..width.div_ceil(8) as usize]);
            packed_from = end;
        }
        at = end;
    }
    pack(&all[packed_from..], &integer, width, to);
}

/// Appends a run of integers one after another, the lowest bit first.
fn pack<T>(all: &[T], integer: impl Fn(&T) -> u32, width: u32, to: &mut Vec<u8>) {
    if all.is_empty() {
        return;
    }
    let groups = all.len().div_ceil(8);
    push_varint(groups << 1 | 1, to);
    let end = to.len() + groups * width as usize;
    // Fewer than 32 bits wait.
    let (mut waiting, mut bits) = (0u64, 0);
    for value in all {
        waiting |= u64::from(integer(value)) << bits;
        bits += width;
        if bits >= 32 {
            to.extend_from_slice(&waiting.to_le_bytes()[..4]);
            waiting >>= 32;
            bits -= 32;
        }
    }
    to.extend_from_slice(&waiting.to_le_bytes()[..bits.div_ceil(8) as usize]);
    to.resize(end, 0);
}

fn push_varint(mut value: usize, to: &mut Vec<u8>) {
    while value >= 0x80 {
        to.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    to.push(value.to_le_bytes()[0]);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::column::reader::get_typed_column_reader;
    use parquet::data_type::ByteArrayType;
    use parquet::file::properties::WriterProperties;
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use proptest::prelude::*;

    use super::*;

    /// A column that is never NULL, one that may be, and a list.
    const SCHEMAS: [&str; 3] = [
        "message t { required binary c (STRING); }",
        "message t { optional binary c (STRING); }",
        "message t { optional group c (LIST) { repeated group list { required binary element (STRING); } } }",
    ];

    /// A row: NULL, or texts, by their numbers.
    type Row = Option<Vec<u32>>;

    /// Rows that repeat, often many times.
    fn rows(texts: u32, most: usize) -> impl Strategy<Value = Vec<Row>> {
        let row = proptest::option::of(proptest::collection::vec(0..texts, 0..most));
        let run = (row, prop_oneof![1..4usize, 1..40usize, Just(30_000)]);
        let runs = proptest::collection::vec(run, 1..40);
        runs.prop_map(|runs| {
            let runs = runs.into_iter();
            let all = runs.flat_map(|(row, count)| vec![row; count]);
            all.collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn a_chunk_is_read_as_it_was_written(
            kind in 0..3usize,
            (count, rows) in prop_oneof![1..3u32, 1..400u32]
                .prop_flat_map(|count| (Just(count), rows(count, 3))),
        ) {
            let texts: Vec<ByteArray> = (0..count)
                .map(|number| ByteArray::from(format!("{}-{number}", number % 7).as_str()))
                .collect();
            let (mut indices, mut definition, mut repetition) = (Vec::new(), Vec::new(), Vec::new());
            for row in &rows {
                match (kind, row) {
                    (0, row) => indices.push(row.iter().flatten().sum::<u32>() % count),
                    (1, None) => definition.push(0),
                    (1, Some(of_row)) => {
                        definition.push(1);
                        indices.push(of_row.iter().sum::<u32>() % count);
                    }
                    (_, None) => {
                        definition.push(0);
                        repetition.push(0);
                    }
                    (_, Some(of_row)) => {
                        definition.extend(vec![2; of_row.len()]);
                        definition.extend(of_row.is_empty().then_some(1));
                        let after_first = of_row.len().saturating_sub(1);
                        repetition.extend([&[0][..], &vec![1; after_first]].concat());
                        indices.extend(of_row);
                    }
                }
            }
            let schema = Arc::new(parse_message_type(SCHEMAS[kind]).unwrap());
            let properties = Arc::new(WriterProperties::default());
            let mut file = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
            let column = file.schema_descr().column(0);
            let mut group = file.next_row_group().unwrap();
            let chunk = DictionaryChunk {
                texts: &texts,
                indices: &indices,
                definition: &definition,
                repetition: &repetition,
                of_value: i16::try_from(kind).unwrap(),
                has_page_statistics: true,
            };
            chunk.append_to(&mut group, column, rows.len() as u64).unwrap();
            group.close().unwrap();
            let file = Bytes::from(file.into_inner().unwrap());
            let reader = SerializedFileReader::new(file).unwrap();
            let metadata = reader.metadata().row_group(0).column(0).clone();
            let statistics = metadata.statistics().unwrap();
            let least = texts.iter().map(ByteArray::data).min();
            prop_assert_eq!(statistics.min_bytes_opt(), least);
            let nulls = chunk.cells() - indices.len();
            prop_assert_eq!(statistics.null_count_opt(), Some(nulls as u64));
            let group = reader.get_row_group(0).unwrap();
            let column = group.get_column_reader(0).unwrap();
            let mut column = get_typed_column_reader::<ByteArrayType>(column);
            let (mut read, mut levels, mut lists) = (Vec::new(), Vec::new(), Vec::new());
            column
                .read_records(usize::MAX, Some(&mut levels), Some(&mut lists), &mut read)
                .unwrap();
            let expected = indices.iter().map(|index| texts[*index as usize].clone());
            prop_assert_eq!(read, expected.collect::<Vec<_>>());
            prop_assert_eq!(levels, definition);
            prop_assert_eq!(lists, repetition);
        }
    }
}
