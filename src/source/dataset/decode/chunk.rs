//! A column chunk, page by page.

use std::sync::Arc;

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
    /// Of columns with lists: 0 where a row begins.
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
        });
        let mut pages = SerializedPageReader::new(source, &self.metadata, self.rows, None)?;
        let is_flat = self.is_flat();
        let mut first = 0usize;
        while let Some(next) = pages.peek_next_page()? {
            let levels = next.num_levels.unwrap_or_default();
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
                    repetition: read_levels(&repetition, max_repetition, levels)?,
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
                    repetition: read_levels(&repetition, max_repetition, levels)?,
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

/// More values than this in one page are not read.
const MAX_LEVELS: usize = 16 << 20;

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

fn read_levels(bytes: &[u8], max: u32, levels: usize) -> Result<Vec<u32>> {
    let mut read = Vec::new();
    if max > 0 {
        HybridDecoder::new(bytes, bits(max))?.read(levels, &mut read)?;
    }
    Ok(read)
}

fn read_presence(bytes: &[u8], max: u32, levels: usize) -> Result<Presence> {
    if max == 0 || HybridDecoder::new(bytes, bits(max))?.is_all(levels, max)? {
        return Ok(Presence::All);
    }
    read_levels(bytes, max, levels).map(Presence::Levels)
}

/// The bits that a number up to `max` takes.
fn bits(max: u32) -> u32 {
    u32::BITS - max.leading_zeros()
}

/// A part of a file, at the offsets of the file.
struct ChunkBytes {
    start: u64,
    bytes: Bytes,
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
}

impl Length for ChunkBytes {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for ChunkBytes {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
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
