//! A column of texts: the distinct ones, and which of them each row has.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};

/// More text in one column of a row group is not read. Row groups that `collect` writes
/// have about 8 MiB in all.
const MAX_TEXT_BYTES: usize = 256 << 20;

/// Texts, one after the other.
#[derive(Debug, Default)]
pub(super) struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn push(&mut self, text: &[u8]) -> Result<u32> {
        let text = std::str::from_utf8(text).context("a text is not UTF-8")?;
        self.append(text)?;
        self.end()
    }

    /// Appends to the text that is being built.
    pub(super) fn append(&mut self, text: &str) -> Result<()> {
        if text.len() > MAX_TEXT_BYTES - self.text.len() {
            bail!("it has more than {MAX_TEXT_BYTES} bytes of text");
        }
        self.text.push_str(text);
        Ok(())
    }

    /// Ends the text that is being built, and returns its index.
    pub(super) fn end(&mut self) -> Result<u32> {
        let index = u32::try_from(self.ends.len())?;
        if index == TextColumn::NULL {
            bail!("too many texts");
        }
        self.ends.push(u32::try_from(self.text.len())?);
        Ok(index)
    }

    pub(super) fn get(&self, index: u32) -> Option<&str> {
        let index = index as usize;
        let end = *self.ends.get(index)? as usize;
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.text.get(start..end)
    }
}

/// The texts of some rows.
#[derive(Debug, Default)]
pub(crate) struct TextColumn {
    pub(super) texts: Texts,
    /// The index of its text for each row.
    pub(super) indices: Vec<u32>,
}

impl TextColumn {
    /// Stands for NULL.
    pub(crate) const NULL: u32 = u32::MAX;

    #[must_use]
    pub(crate) fn has_nulls(&self) -> bool {
        self.indices.contains(&Self::NULL)
    }

    /// The text of a row; `None` for NULL.
    #[must_use]
    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        self.texts.get(*self.indices.get(row)?)
    }

    /// The index of the text of each row, among those of `distinct`; larger ones are NULL.
    #[must_use]
    pub(crate) fn indices(&self) -> &[u32] {
        &self.indices
    }

    /// The texts that rows may have. Equal ones may stand there more than once.
    pub(crate) fn distinct(&self) -> impl ExactSizeIterator<Item = &str> {
        let texts = 0..self.texts.len();
        texts.map(|index| {
            self.texts
                .get(u32::try_from(index).unwrap_or(Self::NULL))
                .unwrap_or_default()
        })
    }

    /// So many rows that are all NULL.
    #[must_use]
    pub(crate) fn nulls(rows: usize) -> Self {
        Self {
            texts: Texts::default(),
            indices: vec![Self::NULL; rows],
        }
    }

    /// What `make` makes of the text of each row. It is called once for each distinct text
    /// that a row has; `None` stands for NULL.
    ///
    /// # Errors
    /// When `make` fails.
    pub(crate) fn map<T: Copy>(&self, make: impl Fn(Option<&str>) -> Result<T>) -> Result<Vec<T>> {
        let mut values = vec![None; self.texts.len()];
        let mut null = None;
        let value = |index: &u32| {
            let slot = values.get_mut(*index as usize).unwrap_or(&mut null);
            if let Some(value) = slot {
                return Ok(*value);
            }
            let value = make(self.texts.get(*index))?;
            *slot = Some(value);
            Ok(value)
        };
        self.indices.iter().map(value).collect()
    }

    /// The texts as values that rows can share.
    #[must_use]
    pub(crate) fn shared(self) -> SharedTexts {
        SharedTexts {
            made: vec![None; self.texts.len()],
            column: self,
        }
    }
}

/// Texts that become values when a row first needs them.
pub(crate) struct SharedTexts {
    column: TextColumn,
    made: Vec<Option<Arc<str>>>,
}

impl SharedTexts {
    /// The text of a row; `None` for NULL.
    pub(crate) fn get(&mut self, row: usize) -> Option<Arc<str>> {
        let index = *self.column.indices.get(row)?;
        let slot = self.made.get_mut(index as usize)?;
        if slot.is_none() {
            *slot = self.column.texts.get(index).map(Arc::from);
        }
        slot.clone()
    }
}
