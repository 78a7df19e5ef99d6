//! Columns with lists and maps of texts.

use anyhow::{Result, bail};
use parquet::basic::{Encoding, Type};

use crate::source::dataset::decode::chunk::{
    ColumnChunk, ColumnPage, DataPage, PageEvent, Presence,
};
use crate::source::dataset::decode::flat::{Scratch, read_dictionary, take_text};
use crate::source::dataset::decode::rows::Rows;
use crate::source::dataset::decode::texts::{TextColumn, Texts};

/// The maps of some rows.
#[derive(Debug)]
pub(crate) struct TextMaps {
    keys: Elements,
    values: Elements,
}

impl TextMaps {
    /// The map of a row.
    pub(crate) fn get(&self, row: usize) -> impl Iterator<Item = (&str, &str)> {
        self.keys.of_row(row).zip(self.values.of_row(row))
    }
}

/// The lists of these rows, each joined by commas; NULL where there is no list.
pub(crate) fn read_text_lists(chunk: &ColumnChunk, rows: &Rows) -> Result<TextColumn> {
    let elements = read_elements(chunk, rows)?;
    let mut column = TextColumn::default();
    for row in 0..elements.rows() {
        let mut texts = elements.of_row(row).peekable();
        if texts.peek().is_none() {
            column.indices.push(TextColumn::NULL);
            continue;
        }
        for (at, text) in texts.enumerate() {
            if at > 0 {
                column.texts.append(",")?;
            }
            column.texts.append(text)?;
        }
        column.indices.push(column.texts.end()?);
    }
    Ok(column)
}

/// The maps of these rows.
pub(crate) fn read_text_maps(
    keys: &ColumnChunk,
    values: &ColumnChunk,
    rows: &Rows,
) -> Result<TextMaps> {
    let (keys, values) = (read_elements(keys, rows)?, read_elements(values, rows)?);
    if keys.ends != values.ends {
        bail!("keys and values of a map differ in number");
    }
    Ok(TextMaps { keys, values })
}

/// The elements of the lists of some rows.
#[derive(Debug, Default)]
struct Elements {
    texts: Texts,
    indices: Vec<u32>,
    /// For each row, the end of its elements.
    ends: Vec<u32>,
}

impl Elements {
    fn rows(&self) -> usize {
        self.ends.len()
    }

    fn of_row(&self, row: usize) -> impl Iterator<Item = &str> {
        let end = self.ends.get(row).copied().unwrap_or_default() as usize;
        let start = row
            .checked_sub(1)
            .and_then(|row| self.ends.get(row).copied());
        let indices = self.indices.get(start.unwrap_or_default() as usize..end);
        indices
            .unwrap_or_default()
            .iter()
            .map(|index| self.texts.get(*index).unwrap_or_default())
    }
}

fn read_elements(chunk: &ColumnChunk, rows: &Rows) -> Result<Elements> {
    let found = chunk.metadata.column_type();
    if found != Type::BYTE_ARRAY {
        bail!("it is of the type {found}");
    }
    if chunk.is_flat() {
        bail!("it is no list");
    }
    let mut reader = ElementReader {
        max: chunk.max_definition(),
        is_optional: chunk.is_optional(),
        rows: chunk.rows,
        selected: rows.iter().peekable(),
        row: None,
        dictionary: 0,
        scratch: Scratch::default(),
        elements: Elements::default(),
    };
    chunk.each_page(&Rows::all(chunk.rows), |event| match event {
        PageEvent::Skipped(_) => Ok(()),
        PageEvent::Page(ColumnPage::Dictionary { bytes, values }) => {
            reader.dictionary = values;
            read_dictionary(&bytes, values, &mut reader.elements.texts)
        }
        PageEvent::Page(ColumnPage::Data(page)) => reader.add_page(&page),
    })?;
    let read = reader.row.map_or(0, |row| row + 1);
    if read != chunk.rows {
        bail!("it has {read} lists for {} rows", chunk.rows);
    }
    Ok(reader.elements)
}

struct ElementReader<I: Iterator<Item = usize>> {
    max: u32,
    is_optional: bool,
    rows: usize,
    selected: std::iter::Peekable<I>,
    /// The row that is being read.
    row: Option<usize>,
    dictionary: usize,
    scratch: Scratch,
    elements: Elements,
}

impl<I: Iterator<Item = usize>> ElementReader<I> {
    /// Adds the lists of a page of empty ones, as maps of rare things are. The last may go
    /// on in the next page. Returns how many were added.
    fn add_empty_lists(&mut self, page: &DataPage) -> Result<usize> {
        let lists = page.levels.saturating_sub(1);
        if lists == 0 || !page.repetition.is_empty() || !matches!(page.presence, Presence::None) {
            return Ok(0);
        }
        let first = self.row.map_or(0, |row| row + 1);
        if lists > self.rows - first {
            bail!("it has more lists than rows");
        }
        self.row = Some(first + lists - 1);
        let end = u32::try_from(self.elements.indices.len())?;
        while let Some(row) = self.selected.next_if(|row| *row < first + lists) {
            if row >= first {
                self.elements.ends.push(end);
            }
        }
        Ok(lists)
    }

    fn add_page(&mut self, page: &DataPage) -> Result<()> {
        let first = self.add_empty_lists(page)?;
        let is_present = |level: usize| match &page.presence {
            Presence::All => true,
            Presence::None => false,
            Presence::Levels(levels) => levels[level] == self.max,
        };
        let present = (0..page.levels).filter(|level| is_present(*level)).count();
        let mut plain: &[u8] = &page.values.bytes;
        let mut indices = match page.values.encoding {
            Encoding::PLAIN => None,
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                let indices = self.scratch.read_present(page, present, self.dictionary)?;
                Some(indices.iter())
            }
            other => bail!("texts in the encoding {other}"),
        };
        let elements = &mut self.elements;
        for level in first..page.levels {
            if page.repetition.get(level).is_none_or(|level| *level == 0) {
                let row = self.row.map_or(0, |row| row + 1);
                if row >= self.rows {
                    bail!("it has more lists than rows");
                }
                self.row = Some(row);
                while self.selected.next_if(|selected| *selected < row).is_some() {}
                if self.selected.peek() == Some(&row) {
                    elements.ends.push(u32::try_from(elements.indices.len())?);
                }
            }
            let Some(row) = self.row else {
                bail!("a list has no beginning");
            };
            let is_selected = self.selected.peek() == Some(&row);
            let definition = match &page.presence {
                Presence::All => self.max,
                Presence::None => 0,
                Presence::Levels(levels) => levels[level],
            };
            let index = if definition == self.max {
                if let Some(indices) = &mut indices {
                    indices.next().copied()
                } else {
                    let text = take_text(&mut plain)?;
                    is_selected.then(|| elements.texts.push(text)).transpose()?
                }
            } else if self.is_optional && definition + 1 == self.max {
                Some(TextColumn::NULL)
            } else {
                None
            };
            if let Some(index) = index.filter(|_| is_selected) {
                elements.indices.push(index);
                if let Some(end) = elements.ends.last_mut() {
                    *end = u32::try_from(elements.indices.len())?;
                }
            }
        }
        Ok(())
    }
}
