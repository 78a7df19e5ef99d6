//! The cells of one column of a row group, in memory: typed values and levels, as the
//! column writer of the parquet crate takes them.

use std::collections::HashMap;

use bytes::Bytes;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use parquet::errors::Result;
use parquet::file::writer::{SerializedColumnWriter, SerializedRowGroupWriter};
use parquet::schema::types::ColumnDescPtr;

use crate::source::dataset::schema::{ColumnDefinition, ColumnKind};
use crate::source::dataset::table_writer::dictionary_chunk::DictionaryChunk;

/// How many texts are handed over at once: each takes 32 bytes for that time.
const BATCH: usize = 4_096;

/// Texts of more bytes are no dictionary: the parquet crate then writes most of them as they
/// are.
const MAX_DICTIONARY_BYTES: usize = 1 << 20;

/// So few texts are compared one by one.
const FEW_TEXTS: usize = 8;

/// The leaves of a column: two of a map, else one.
#[derive(Debug)]
pub(super) struct ColumnBuffer {
    pub leaves: Vec<Leaf>,
}

/// The cells of a leaf of the schema.
#[derive(Debug)]
pub(super) struct Leaf {
    levels: Levels,
    values: Values,
}

/// Definition and repetition levels of Parquet; both empty where every row has one value.
#[derive(Debug, Default)]
struct Levels {
    definition: Vec<i16>,
    repetition: Vec<i16>,
    /// The definition level of a value that is there.
    of_value: i16,
}

#[derive(Debug)]
enum Values {
    Words(Words),
    Texts(Texts),
    Integers(Vec<i64>),
    Bools(Vec<bool>),
}

/// Texts that repeat: each once, and the index of each cell.
#[derive(Debug, Default)]
struct Words {
    indices_by_text: HashMap<Bytes, u32>,
    texts: Vec<ByteArray>,
    /// Of each text: most texts that differ differ in it, without a look at their memory.
    keys: Vec<u64>,
    indices: Vec<u32>,
    /// Of each text, the one that followed it last, at first itself: nodes have the same
    /// patches in one order, and their own columns repeat.
    successors: Vec<u32>,
    bytes: usize,
    text_bytes: usize,
}

/// Texts one after another.
#[derive(Debug, Default)]
struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl ColumnBuffer {
    pub(super) fn new(column: &ColumnDefinition) -> Self {
        let words = || Values::Words(Words::default());
        let values = match column.kind {
            ColumnKind::Text => vec![Values::Texts(Texts::default())],
            ColumnKind::Word | ColumnKind::TextList => vec![words()],
            ColumnKind::TextMap => vec![words(), words()],
            ColumnKind::Count | ColumnKind::Time => vec![Values::Integers(Vec::new())],
            ColumnKind::Bool => vec![Values::Bools(Vec::new())],
        };
        let is_nested = matches!(column.kind, ColumnKind::TextList | ColumnKind::TextMap);
        let leaf = |values| Leaf {
            levels: Levels {
                of_value: i16::from(is_nested) + i16::from(!column.is_required),
                ..Levels::default()
            },
            values,
        };
        Self {
            leaves: values.into_iter().map(leaf).collect(),
        }
    }

    /// Pushes one text for so many rows.
    pub(super) fn repeat_text(&mut self, text: &str, rows: usize) {
        if let Values::Words(words) = &mut self.leaves[0].values {
            let index = words.index_of(text, key_of(text));
            words.indices.resize(rows, index);
        }
    }

    /// About how many bytes its texts take.
    pub(super) fn text_bytes(&self) -> usize {
        let leaves = self.leaves.iter();
        leaves
            .map(|leaf| match &leaf.values {
                Values::Words(words) => words.bytes,
                Values::Texts(texts) => texts.bytes.len(),
                Values::Integers(_) | Values::Bools(_) => 0,
            })
            .sum()
    }

    pub(super) fn push_text(&mut self, text: Option<&str>) {
        self.leaves[0].push_if_known(text, Values::push_text);
    }

    pub(super) fn push_integer(&mut self, value: Option<i64>) {
        self.leaves[0].push_if_known(value, |values, value| match values {
            Values::Integers(all) => all.push(value),
            _ => unreachable!("the column is not of integers"),
        });
    }

    pub(super) fn push_bool(&mut self, value: bool) {
        self.leaves[0].push_if_known(Some(value), |values, value| match values {
            Values::Bools(all) => all.push(value),
            _ => unreachable!("the column is not of bools"),
        });
    }

    /// Pushes a list; `None` is NULL.
    pub(super) fn push_list<'a>(&mut self, list: Option<impl Iterator<Item = &'a str>>) {
        let leaf = &mut self.leaves[0];
        match list {
            None => leaf.levels.push(0, 0),
            Some(texts) => leaf.push_repeated(texts),
        }
    }

    pub(super) fn push_map<'a>(
        &mut self,
        entries: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    ) {
        self.leaves[0].push_repeated(entries.clone().map(|(key, _)| key));
        self.leaves[1].push_repeated(entries.map(|(_, value)| value));
    }
}

impl Leaf {
    fn push_if_known<T>(&mut self, value: Option<T>, push: impl FnOnce(&mut Values, T)) {
        if self.levels.of_value > 0 {
            self.levels.definition.push(i16::from(value.is_some()));
        }
        if let Some(value) = value {
            push(&mut self.values, value);
        }
    }

    fn push_repeated<'a>(&mut self, texts: impl Iterator<Item = &'a str>) {
        let of_value = self.levels.of_value;
        let mut repetition = 0;
        for text in texts {
            self.levels.push(of_value, repetition);
            self.values.push_text(text);
            repetition = 1;
        }
        if repetition == 0 {
            self.levels.push(of_value - 1, 0);
        }
    }

    /// Appends the cells to a row group of so many rows, and forgets them.
    pub(super) fn append_to(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
        column: ColumnDescPtr,
        rows: u64,
        has_page_statistics: bool,
    ) -> Result<()> {
        match &mut self.values {
            Values::Words(words) if words.text_bytes <= MAX_DICTIONARY_BYTES => {
                let chunk = DictionaryChunk {
                    texts: &words.texts,
                    indices: &words.indices,
                    definition: &self.levels.definition,
                    repetition: &self.levels.repetition,
                    of_value: self.levels.of_value,
                    has_page_statistics,
                };
                chunk.append_to(group, column, rows)?;
                words.clear();
            }
            _ => {
                if let Some(mut column) = group.next_column()? {
                    self.write_to(&mut column)?;
                    column.close()?;
                }
            }
        }
        self.levels.definition.clear();
        self.levels.repetition.clear();
        Ok(())
    }

    /// Writes the cells to their column and forgets the values.
    fn write_to(&mut self, column: &mut SerializedColumnWriter<'_>) -> Result<()> {
        let Self { levels, values } = self;
        match values {
            Values::Integers(all) => {
                let writer = column.typed::<Int64Type>();
                writer.write_batch(all, levels.definitions(), None)?;
                all.clear();
            }
            Values::Bools(all) => {
                let writer = column.typed::<BoolType>();
                writer.write_batch(all, levels.definitions(), None)?;
                all.clear();
            }
            Values::Words(words) => {
                let text = |at: usize| words.texts[words.indices[at] as usize].clone();
                levels.write_texts(column, words.indices.len(), text)?;
                words.clear();
            }
            Values::Texts(texts) => {
                let Texts { bytes, ends } = std::mem::take(texts);
                let bytes = Bytes::from(bytes);
                let text = |at: usize| {
                    let start = at.checked_sub(1).map_or(0, |before| ends[before]);
                    ByteArray::from(bytes.slice(start..ends[at]))
                };
                levels.write_texts(column, ends.len(), text)?;
            }
        }
        Ok(())
    }
}

impl Values {
    fn push_text(&mut self, text: &str) {
        match self {
            Self::Words(words) => words.push(text),
            Self::Texts(texts) => {
                texts.bytes.extend_from_slice(text.as_bytes());
                texts.ends.push(texts.bytes.len());
            }
            Self::Integers(_) | Self::Bools(_) => unreachable!("the column is not of texts"),
        }
    }
}

impl Words {
    fn push(&mut self, text: &str) {
        let key = key_of(text);
        let Some(last) = self.indices.last().copied() else {
            let index = self.index_of(text, key);
            return self.indices.push(index);
        };
        let expected = self.successors[last as usize];
        let index = if self.is(expected, text, key) {
            expected
        } else {
            let index = self.index_of(text, key);
            self.successors[last as usize] = index;
            index
        };
        self.indices.push(index);
    }

    fn is(&self, index: u32, text: &str, key: u64) -> bool {
        let at = index as usize;
        self.keys[at] == key && self.texts[at].data() == text.as_bytes()
    }

    fn index_of(&mut self, text: &str, key: u64) -> u32 {
        let index = if self.texts.len() <= FEW_TEXTS {
            let mut indices = (0..).take(self.texts.len());
            indices.find(|index| self.is(*index, text, key))
        } else {
            self.indices_by_text.get(text.as_bytes()).copied()
        };
        index.unwrap_or_else(|| self.add(text, key))
    }

    fn add(&mut self, text: &str, key: u64) -> u32 {
        let word = Bytes::copy_from_slice(text.as_bytes());
        let index = u32::try_from(self.texts.len()).expect("a row group has fewer words");
        self.texts.push(ByteArray::from(word.clone()));
        self.keys.push(key);
        self.successors.push(index);
        self.indices_by_text.insert(word, index);
        // With both handles and the entry of the map.
        self.bytes += text.len() + 124;
        self.text_bytes += text.len();
        index
    }

    /// Forgets all of them, and keeps the memory of the cells.
    fn clear(&mut self) {
        *self = Self {
            indices: std::mem::take(&mut self.indices),
            ..Self::default()
        };
        self.indices.clear();
    }
}

/// The last bytes of a text with its length.
fn key_of(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let end = match bytes.last_chunk() {
        Some(end) => u64::from_le_bytes(*end),
        None => bytes
            .iter()
            .fold(0, |end, byte| end << 8 | u64::from(*byte)),
    };
    end ^ (bytes.len() as u64).rotate_right(8)
}

impl Levels {
    fn push(&mut self, definition: i16, repetition: i16) {
        self.definition.push(definition);
        self.repetition.push(repetition);
    }

    fn definitions(&self) -> Option<&[i16]> {
        (self.of_value > 0).then_some(&*self.definition)
    }

    /// Writes this many texts in batches that end with a row.
    fn write_texts(
        &self,
        column: &mut SerializedColumnWriter<'_>,
        count: usize,
        text: impl Fn(usize) -> ByteArray,
    ) -> Result<()> {
        let writer = column.typed::<ByteArrayType>();
        let mut batch = Vec::with_capacity(BATCH.min(count));
        let cells = match self.definitions() {
            Some(definitions) => definitions.len(),
            None => count,
        };
        let (mut cell, mut value) = (0, 0);
        while cell < cells {
            let mut end = cells.min(cell + BATCH);
            while self.repetition.get(end).is_some_and(|level| *level > 0) {
                end += 1;
            }
            let definitions = self.definitions().map(|all| &all[cell..end]);
            let values = definitions.map_or(end - cell, |levels| {
                let is_value = |level: &&i16| **level == self.of_value;
                levels.iter().filter(is_value).count()
            });
            batch.extend((value..value + values).map(&text));
            let repetitions = self.repetition.get(cell..end);
            let repetitions = repetitions.filter(|_| !self.repetition.is_empty());
            writer.write_batch(&batch, definitions, repetitions)?;
            batch.clear();
            (cell, value) = (end, value + values);
        }
        Ok(())
    }
}
