//! A column chunk, page by page.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result, bail};
use bytes::{Buf as _, Bytes};
use parquet::basic::{Encoding, Repetition};
use parquet::column::page::{Page, PageReader as _};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;

use crate::source::dataset::decode::hybrid::HybridDecoder;
use crate::source::dataset::decode::rows::Rows;

/// The bytes of a chunk that were checked, with what describes them.
#[derive(Debug, Clone)]
pub(crate) struct ColumnChunk {
    pub metadata: ColumnChunkMetaData,
    /// The rows of its row group.
    pub rows: usize,
    pub bytes: Bytes,
}

/// The values of a page behind its levels.
pub(super) struct Values {
    pub encoding: Encoding,
    pub bytes: Bytes,
}

/// Which of the values of a page are there.
pub(super) enum Presence {
    All,
    /// None of them, nor what contains them: NULL, or empty lists.
    None,
    /// A level for each; the largest one means that it is there.
    Levels(Vec<u32>),
}

/// A page of a column.
pub(super) enum ColumnPage {
    Dictionary { bytes: Bytes, values: usize },
    Data(DataPage),
}

pub(super) struct DataPage {
    /// How many levels it has: rows, unless rows have several.
    pub levels: usize,
    pub presence: Presence,
    /// Of columns with lists: 0 where a row begins. Empty if each level begins one.
    pub repetition: Vec<u32>,
    pub values: Values,
}

impl ColumnChunk {
    pub(super) fn max_definition(&self) -> u32 {
        u32::from(self.metadata.column_descr().max_def_level().unsigned_abs())
    }

    fn max_repetition(&self) -> u32 {
        u32::from(self.metadata.column_descr().max_rep_level().unsigned_abs())
    }

    /// May its values themselves be NULL, apart from what contains them?
    pub(super) fn is_optional(&self) -> bool {
        let basic = self.metadata.column_descr().self_type();
        let info = basic.get_basic_info();
        info.has_repetition() && info.repetition() == Repetition::OPTIONAL
    }

    /// Is it a plain column, without lists?
    pub(super) fn is_flat(&self) -> bool {
        self.max_repetition() == 0 && self.max_definition() <= 1
    }

    /// Its pages. Pages without any of the rows are left out, if each row has one level:
    /// `skipped` then gets how many rows that are.
    pub(super) fn each_page(
        &self,
        rows: &Rows,
        mut visit: impl FnMut(PageEvent) -> Result<()>,
    ) -> Result<()> {
        let (start, _) = self.metadata.byte_range();
        let source = Arc::new(ChunkBytes {
            start,
            bytes: self.bytes.clone(),
            read: AtomicU64::new(start),
        });
        let mut pages = SerializedPageReader::new(source.clone(), &self.metadata, self.rows, None)?;
        let is_flat = self.is_flat();
        let (mut first, mut elements) = (0usize, 0usize);
        while let Some(next) = pages.peek_next_page()? {
            source.check_page()?;
            let levels = next.num_levels.unwrap_or_default();
            if !is_flat && !next.is_dict {
                elements = elements.saturating_add(levels);
                if elements > MAX_LEVELS {
                    bail!("its lists have more than {MAX_LEVELS} elements");
                }
            }
            if is_flat && !next.is_dict {
                if first.saturating_add(levels) > self.rows {
                    bail!("it has more values than rows");
                }
                if rows.within(first..first + levels).next().is_none() {
                    pages.skip_next_page()?;
                    first += levels;
                    visit(PageEvent::Skipped(levels))?;
                    continue;
                }
            }
            let Some(page) = pages.get_next_page()? else {
                break;
            };
            let page = self.split(page)?;
            if let ColumnPage::Data(page) = &page {
                first = first.saturating_add(page.levels);
            }
            visit(PageEvent::Page(page))?;
        }
        if is_flat && first != self.rows {
            bail!("it has {first} values for {} rows", self.rows);
        }
        Ok(())
    }

    /// Splits a page into levels and values.
    fn split(&self, page: Page) -> Result<ColumnPage> {
        let (max_definition, max_repetition) = (self.max_definition(), self.max_repetition());
        Ok(ColumnPage::Data(match page {
            Page::DictionaryPage {
                buf,
                num_values,
                encoding,
                ..
            } => {
                if !matches!(encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY) {
                    bail!("a dictionary in the encoding {encoding}");
                }
                return Ok(ColumnPage::Dictionary {
                    values: num_values as usize,
                    bytes: buf,
                });
            }
            Page::DataPage {
                buf,
                num_values,
                encoding,
                ..
            } => {
                let levels = checked_levels(num_values)?;
                let mut bytes = buf;
                let mut take_levels = |max: u32| -> Result<Bytes> {
                    if max == 0 {
                        return Ok(Bytes::new());
                    }
                    let size = bytes.try_get_u32_le().context("levels are missing")?;
                    split_off(&mut bytes, size as usize)
                };
                let repetition = take_levels(max_repetition)?;
                let definition = take_levels(max_definition)?;
                DataPage {
                    levels,
                    repetition: read_repetition(&repetition, max_repetition, levels)?,
                    presence: read_presence(&definition, max_definition, levels)?,
                    values: Values { encoding, bytes },
                }
            }
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let levels = checked_levels(num_values)?;
                let mut bytes = buf;
                let repetition = split_off(&mut bytes, rep_levels_byte_len as usize)?;
                let definition = split_off(&mut bytes, def_levels_byte_len as usize)?;
                DataPage {
                    levels,
                    repetition: read_repetition(&repetition, max_repetition, levels)?,
                    presence: read_presence(&definition, max_definition, levels)?,
                    values: Values { encoding, bytes },
                }
            }
        }))
    }
}

/// What `each_page` reports.
pub(super) enum PageEvent {
    Page(ColumnPage),
    /// So many rows of which none is asked for.
    Skipped(usize),
}

/// More values in one page are not read, nor more elements of lists in one row group.
/// Row groups that `collect` writes have at most 131,072 rows and about 8 MiB of text.
const MAX_LEVELS: usize = 4 << 20;

/// A page that is larger when it is decompressed is not read. `DuckDB` writes up to 100 MB.
const MAX_PAGE_BYTES: u64 = 128 << 20;

fn checked_levels(values: u32) -> Result<usize> {
    let values = values as usize;
    if values > MAX_LEVELS {
        bail!("a page of {values} values");
    }
    Ok(values)
}

fn split_off(bytes: &mut Bytes, size: usize) -> Result<Bytes> {
    if size > bytes.len() {
        bail!("levels break off");
    }
    Ok(bytes.split_to(size))
}

fn read_repetition(bytes: &[u8], max: u32, levels: usize) -> Result<Vec<u32>> {
    let mut read = Vec::new();
    if max > 0 {
        let mut decoder = HybridDecoder::new(bytes, bits(max))?;
        if !decoder.is_all(levels, 0)? {
            decoder.read(levels, &mut read)?;
        }
    }
    Ok(read)
}

fn read_presence(bytes: &[u8], max: u32, levels: usize) -> Result<Presence> {
    if max == 0 {
        return Ok(Presence::All);
    }
    let mut decoder = HybridDecoder::new(bytes, bits(max))?;
    if decoder.is_all(levels, max)? {
        return Ok(Presence::All);
    }
    if decoder.is_all(levels, 0)? {
        return Ok(Presence::None);
    }
    let mut read = Vec::new();
    decoder.read(levels, &mut read)?;
    Ok(Presence::Levels(read))
}

/// The bits that a number up to `max` takes.
fn bits(max: u32) -> u32 {
    u32::BITS - max.leading_zeros()
}

/// A part of a file, at the offsets of the file.
struct ChunkBytes {
    start: u64,
    bytes: Bytes,
    /// Where was read last: at the header of a page, when the page was looked at.
    read: AtomicU64,
}

impl ChunkBytes {
    fn from(&self, offset: u64) -> ParquetResult<Bytes> {
        let at = offset
            .checked_sub(self.start)
            .and_then(|at| usize::try_from(at).ok());
        match at.filter(|at| *at <= self.bytes.len()) {
            Some(at) => Ok(self.bytes.slice(at..)),
            None => Err(ParquetError::EOF("a page is outside its chunk".to_owned())),
        }
    }

    /// Checks the size of the page that was looked at: its memory is taken before it is
    /// decompressed.
    fn check_page(&self) -> Result<()> {
        let header = self.from(self.read.load(Ordering::Relaxed))?;
        let size = uncompressed_size(&header).context("a page has no size")?;
        if size > MAX_PAGE_BYTES {
            bail!("a page has {size} bytes, more than {MAX_PAGE_BYTES}");
        }
        Ok(())
    }
}

/// The size in the header of a page, which starts with its type and this size. Source:
/// parquet.thrift, `PageHeader`, and the compact protocol of Thrift: each is a byte, one
/// field further and an i32, and a zigzag varint.
fn uncompressed_size(header: &[u8]) -> Option<u64> {
    const NEXT_I32: u8 = 0x15;
    let mut bytes = header.iter();
    let mut take = || {
        bytes.next().filter(|byte| **byte == NEXT_I32)?;
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let byte = *bytes.next()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    };
    let _page_type = take()?;
    let size = take()?;
    // A negative one is odd.
    (size & 1 == 0).then_some(size >> 1)
}

impl Length for ChunkBytes {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for ChunkBytes {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        self.read.store(start, Ordering::Relaxed);
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let bytes = self.from(start)?;
        if length > bytes.len() {
            return Err(ParquetError::EOF("a page breaks off".to_owned()));
        }
        Ok(bytes.slice(..length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::dataset::decode::flat::read_texts;
    use crate::source::dataset::decode::nested::read_text_lists;
    use parquet::basic::Compression;
    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::properties::WriterProperties;
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    /// A column of lists of one text, in one row group.
    fn lists(sizes: &[usize]) -> ColumnChunk {
        let schema = "message m { required group l (LIST) { repeated group list { required binary element (UTF8); } } }";
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        for size in sizes {
            let values = vec![ByteArray::from("CVE-2026-1"); *size];
            let mut repetition = vec![1; *size];
            repetition[0] = 0;
            let typed = column.typed::<ByteArrayType>();
            typed
                .write_batch(&values, Some(&vec![1; *size]), Some(&repetition))
                .unwrap();
        }
        column.close().unwrap();
        group.close().unwrap();
        chunk_of(writer.into_inner().unwrap(), sizes.len())
    }

    /// The only column chunk of a file.
    fn chunk_of(file: Vec<u8>, rows: usize) -> ColumnChunk {
        let bytes = Bytes::from(file);
        let file = SerializedFileReader::new(bytes.clone()).unwrap();
        let metadata = file.metadata().row_group(0).column(0).clone();
        let (start, length) = metadata.byte_range();
        let start = usize::try_from(start).unwrap();
        ColumnChunk {
            rows,
            bytes: bytes.slice(start..start + usize::try_from(length).unwrap()),
            metadata,
        }
    }

    #[test]
    fn pages_without_a_row_that_is_asked_for_are_not_decompressed() {
        let schema =
            Arc::new(parse_message_type("message m { required binary t (UTF8); }").unwrap());
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_dictionary_enabled(false)
            .set_data_page_row_count_limit(100)
            .set_write_batch_size(100);
        let properties = Arc::new(properties.build());
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let texts: Vec<ByteArray> = (0..1_000)
            .map(|row| ByteArray::from(format!("text {row}").as_str()))
            .collect();
        let typed = column.typed::<ByteArrayType>();
        typed.write_batch(&texts, None, None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
        let chunk = chunk_of(writer.into_inner().unwrap(), 1_000);
        let mut rows = Rows::one(250);
        rows.push(420..450);
        let mut pages = Vec::new();
        let visit = |event| {
            pages.push(matches!(event, PageEvent::Page(_)));
            Ok(())
        };
        chunk.each_page(&rows, visit).unwrap();
        assert_eq!(
            pages,
            (0..10)
                .map(|page| page == 2 || page == 4)
                .collect::<Vec<_>>()
        );
        // Bytes of the others may be anything: they are not looked at.
        let mut bytes = chunk.bytes.to_vec();
        let end = bytes.len();
        bytes[end - 50..].fill(0xff);
        let spoilt = ColumnChunk {
            bytes: bytes.into(),
            ..chunk
        };
        let read = read_texts(&spoilt, &rows).unwrap();
        assert_eq!(
            (read.get(0), read.get(30)),
            (Some("text 250"), Some("text 449"))
        );
        assert!(read_texts(&spoilt, &Rows::all(1_000)).is_err());
    }

    #[test]
    fn lists_with_more_elements_than_fit_the_memory_are_refused() {
        let read = |chunk: &ColumnChunk| read_text_lists(chunk, &Rows::all(chunk.rows));
        let few = read(&lists(&[2, 1])).unwrap();
        assert_eq!(few.get(0), Some("CVE-2026-1,CVE-2026-1"));
        let half = MAX_LEVELS / 2 + 1;
        let error = read(&lists(&[half, half])).unwrap_err();
        assert!(error.to_string().contains("elements"), "{error}");
    }

    #[test]
    fn a_page_that_says_that_it_is_huge_is_not_decompressed() {
        let mut chunk = lists(&[1]);
        assert!(uncompressed_size(&chunk.bytes).unwrap() < 100);
        // The type, then the size as a zigzag varint.
        let mut bytes = chunk.bytes[..3].to_vec();
        bytes.extend([0x80, 0x80, 0x80, 0x80, 0x08]);
        let rest = chunk.bytes[3..].iter();
        bytes.extend(rest.skip_while(|byte| **byte & 0x80 != 0).skip(1));
        chunk.bytes = bytes.into();
        let error = read_text_lists(&chunk, &Rows::all(1)).unwrap_err();
        let size = 1u64 << 30;
        assert!(error.to_string().contains(&size.to_string()), "{error}");
    }
}
