//! Columns with one value a row: texts, integers, yes and no.

use anyhow::{Context as _, Result, bail};
use parquet::basic::{Encoding, Type};

use crate::source::dataset::decode::chunk::{
    ColumnChunk, ColumnPage, DataPage, PageEvent, Presence, Values,
};
use crate::source::dataset::decode::hybrid::HybridDecoder;
use crate::source::dataset::decode::rows::Rows;
use crate::source::dataset::decode::texts::{TextColumn, Texts};

/// Stands for NULL among integers. The service reports no such number.
pub(crate) const NULL_INTEGER: i64 = i64::MIN;

/// The texts of these rows.
pub(crate) fn read_texts(chunk: &ColumnChunk, rows: &Rows) -> Result<TextColumn> {
    check_type(chunk, &[Type::BYTE_ARRAY])?;
    let mut column = TextColumn::default();
    let mut dictionary = 0;
    let mut scratch = Scratch::default();
    each_selected(chunk, rows, |event| {
        match event {
            Selected::Dictionary { bytes, values } => {
                dictionary = values;
                read_dictionary(bytes, values, &mut column.texts)?;
            }
            Selected::Page { page, ranges } => match page.values.encoding {
                Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                    let indices = scratch.read_indices(page, dictionary)?;
                    for range in ranges {
                        column.indices.extend_from_slice(&indices[range.clone()]);
                    }
                }
                Encoding::PLAIN => read_plain_texts(page, ranges, &mut column)?,
                other => bail!("texts in the encoding {other}"),
            },
        }
        Ok(())
    })?;
    Ok(column)
}

/// The integers of these rows; [`NULL_INTEGER`] for NULL.
pub(crate) fn read_integers(chunk: &ColumnChunk, rows: &Rows) -> Result<Vec<i64>> {
    check_type(chunk, &[Type::INT64, Type::INT32])?;
    let is_long = chunk.metadata.column_type() == Type::INT64;
    let mut column = Vec::new();
    let mut dictionary: Vec<i64> = Vec::new();
    let mut scratch = Scratch::default();
    each_selected(chunk, rows, |event| {
        match event {
            Selected::Dictionary { bytes, values } => {
                dictionary = plain_integers(bytes, values, is_long)?;
            }
            Selected::Page { page, ranges } => {
                let all: Vec<i64> = match page.values.encoding {
                    Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                        let indices = scratch.read_indices(page, dictionary.len())?;
                        let value = |index: &u32| dictionary.get(*index as usize).copied();
                        indices
                            .iter()
                            .map(|index| value(index).unwrap_or(NULL_INTEGER))
                            .collect()
                    }
                    Encoding::PLAIN => {
                        let values =
                            plain_integers(&page.values.bytes, page.present(chunk), is_long)?;
                        page.spread(chunk, &values, NULL_INTEGER)?
                    }
                    other => bail!("integers in the encoding {other}"),
                };
                for range in ranges {
                    column.extend_from_slice(&all[range.clone()]);
                }
            }
        }
        Ok(())
    })?;
    Ok(column)
}

/// Yes or no of these rows; `None` for NULL.
pub(crate) fn read_bools(chunk: &ColumnChunk, rows: &Rows) -> Result<Vec<Option<bool>>> {
    check_type(chunk, &[Type::BOOLEAN])?;
    let mut column = Vec::new();
    each_selected(chunk, rows, |event| {
        let Selected::Page { page, ranges } = event else {
            bail!("a dictionary of yes and no");
        };
        let Values { encoding, bytes } = &page.values;
        let present = page.present(chunk);
        let mut values = Vec::new();
        match encoding {
            Encoding::PLAIN => {
                HybridDecoder::packed(bytes, 1, present)?.read(present, &mut values)?;
            }
            Encoding::RLE => {
                let bytes = bytes.get(4..).context("a run is missing")?;
                HybridDecoder::new(bytes, 1)?.read(present, &mut values)?;
            }
            other => bail!("yes and no in the encoding {other}"),
        }
        let values: Vec<Option<bool>> = values.into_iter().map(|bit| Some(bit == 1)).collect();
        let all = page.spread(chunk, &values, None)?;
        for range in ranges {
            column.extend_from_slice(&all[range.clone()]);
        }
        Ok(())
    })?;
    Ok(column)
}

/// A dictionary, or a page with some of the rows.
enum Selected<'a> {
    Dictionary {
        bytes: &'a [u8],
        values: usize,
    },
    Page {
        page: &'a DataPage,
        ranges: &'a [std::ops::Range<usize>],
    },
}

fn each_selected(
    chunk: &ColumnChunk,
    rows: &Rows,
    mut visit: impl FnMut(Selected<'_>) -> Result<()>,
) -> Result<()> {
    if !chunk.is_flat() {
        bail!("it is a list");
    }
    let (mut first, mut has_dictionary) = (0, false);
    chunk.each_page(rows, |event| match event {
        PageEvent::Skipped(skipped) => {
            first += skipped;
            Ok(())
        }
        PageEvent::Page(ColumnPage::Dictionary { bytes, values }) => {
            if std::mem::replace(&mut has_dictionary, true) {
                bail!("it has two dictionaries");
            }
            visit(Selected::Dictionary {
                bytes: &bytes,
                values,
            })
        }
        PageEvent::Page(ColumnPage::Data(page)) => {
            let ranges: Vec<_> = rows.within(first..first + page.levels).collect();
            first += page.levels;
            visit(Selected::Page {
                page: &page,
                ranges: &ranges,
            })
        }
    })
}

fn check_type(chunk: &ColumnChunk, expected: &[Type]) -> Result<()> {
    let found = chunk.metadata.column_type();
    if !expected.contains(&found) {
        bail!("it is of the type {found}");
    }
    Ok(())
}

impl DataPage {
    /// How many values are there.
    pub(super) fn present(&self, chunk: &ColumnChunk) -> usize {
        match &self.presence {
            Presence::All => self.levels,
            Presence::None => 0,
            Presence::Levels(levels) => {
                let max = chunk.max_definition();
                levels.iter().filter(|level| **level == max).count()
            }
        }
    }

    /// The values with `null` in the place of those that are not there.
    fn spread<T: Copy>(&self, chunk: &ColumnChunk, values: &[T], null: T) -> Result<Vec<T>> {
        let levels = match &self.presence {
            Presence::All => return Ok(values.to_vec()),
            Presence::None => return Ok(vec![null; self.levels]),
            Presence::Levels(levels) => levels,
        };
        let max = chunk.max_definition();
        let mut values = values.iter();
        let value = |level: &u32| {
            if *level != max {
                return Ok(null);
            }
            values.next().copied().context("a value is missing")
        };
        levels.iter().map(value).collect()
    }
}

/// Buffers for one page after the other.
#[derive(Default)]
pub(super) struct Scratch {
    packed: Vec<u32>,
    indices: Vec<u32>,
}

impl Scratch {
    /// The index of each value of the page in a dictionary of so many.
    pub(super) fn read_indices(&mut self, page: &DataPage, dictionary: usize) -> Result<&[u32]> {
        self.indices.clear();
        let present = match &page.presence {
            Presence::All => page.levels,
            Presence::None => {
                self.indices.resize(page.levels, TextColumn::NULL);
                return Ok(&self.indices);
            }
            Presence::Levels(levels) => {
                let max = levels.iter().copied().max().unwrap_or_default();
                levels.iter().filter(|level| **level == max.max(1)).count()
            }
        };
        self.read_present(page, present, dictionary)?;
        let Presence::Levels(levels) = &page.presence else {
            std::mem::swap(&mut self.packed, &mut self.indices);
            return Ok(&self.indices);
        };
        let mut packed = self.packed.iter();
        // A plain column has one level for a value.
        let index = |level: &u32| match level {
            0 => TextColumn::NULL,
            _ => packed.next().copied().unwrap_or(TextColumn::NULL),
        };
        self.indices.extend(levels.iter().map(index));
        Ok(&self.indices)
    }

    /// The indices of the values that are there.
    pub(super) fn read_present(
        &mut self,
        page: &DataPage,
        present: usize,
        dictionary: usize,
    ) -> Result<&[u32]> {
        self.packed.clear();
        if present == 0 {
            return Ok(&self.packed);
        }
        let Some((width, runs)) = page.values.bytes.split_first() else {
            bail!("indices are missing");
        };
        HybridDecoder::new(runs, u32::from(*width))?.read(present, &mut self.packed)?;
        let largest = self.packed.iter().copied().max().unwrap_or_default();
        if largest as usize >= dictionary {
            bail!("an index is outside the dictionary");
        }
        Ok(&self.packed)
    }
}

/// Appends the texts of some rows of a page without dictionary.
fn read_plain_texts(
    page: &DataPage,
    ranges: &[std::ops::Range<usize>],
    column: &mut TextColumn,
) -> Result<()> {
    let mut rest: &[u8] = &page.values.bytes;
    let mut ranges = ranges.iter().cloned().peekable();
    for row in 0..page.levels {
        let text = match &page.presence {
            Presence::None => None,
            Presence::Levels(levels) if levels[row] == 0 => None,
            _ => Some(take_text(&mut rest)?),
        };
        while ranges.next_if(|range| range.end <= row).is_some() {}
        if ranges.peek().is_some_and(|range| range.contains(&row)) {
            let index = text.map(|text| column.texts.push(text)).transpose()?;
            column.indices.push(index.unwrap_or(TextColumn::NULL));
        }
    }
    Ok(())
}

/// The next text of a plain encoding: its length, then its bytes.
pub(super) fn take_text<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8]> {
    let Some((size, after)) = rest.split_first_chunk() else {
        bail!("a text is missing");
    };
    let Some((text, after)) = after.split_at_checked(u32::from_le_bytes(*size) as usize) else {
        bail!("a text breaks off");
    };
    *rest = after;
    Ok(text)
}

/// The texts of a dictionary.
pub(super) fn read_dictionary(bytes: &[u8], values: usize, texts: &mut Texts) -> Result<()> {
    let mut rest = bytes;
    for _ in 0..values {
        texts.push(take_text(&mut rest)?)?;
    }
    Ok(())
}

fn plain_integers(bytes: &[u8], values: usize, is_long: bool) -> Result<Vec<i64>> {
    let size = if is_long { 8 } else { 4 };
    let Some(bytes) = values.checked_mul(size).and_then(|size| bytes.get(..size)) else {
        bail!("an integer is missing");
    };
    let (longs, _) = bytes.as_chunks::<8>();
    let (ints, _) = bytes.as_chunks::<4>();
    Ok(if is_long {
        longs
            .iter()
            .map(|bytes| i64::from_le_bytes(*bytes))
            .collect()
    } else {
        ints.iter()
            .map(|bytes| i64::from(i32::from_le_bytes(*bytes)))
            .collect()
    })
}
