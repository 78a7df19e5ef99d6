//! A Parquet file of a table, opened for reading: every byte is checked before it is
//! decoded, by the checksums of the manifest and of the footer.

mod footer;

use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, Result, anyhow, bail};
use parquet::basic::{LogicalType, TimeUnit};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::statistics::Statistics;

use crate::panics;
use crate::source::dataset::checksum::{ChunkChecksum, ChunkChecksums, sha256_of};
use crate::source::dataset::decode;
use crate::source::dataset::decode::{ColumnChunk, Rows, TextColumn, TextMaps};
use crate::source::dataset::manifest::ManifestFile;
use crate::source::dataset::storage::Storage;
use crate::source::dataset::table_file::footer::{chunk_checksums, parse_footer, read_footer};

/// More rows in one row group are not read: they would not fit the memory.
const MAX_GROUP_ROWS: usize = 4 << 20;

/// How the name of the writer starts in the footers of files that this program wrote.
pub(super) const WRITER_PREFIX: &str = "patchctl ";

/// A file.
#[derive(Debug, Clone)]
pub(super) struct TableFile {
    storage: Storage,
    path: Arc<str>,
    metadata: Arc<ParquetMetaData>,
    checksums: Option<Arc<ChunkChecksums>>,
}

/// The column chunks of some columns of one row group.
#[derive(Debug)]
pub(super) struct RowGroup {
    path: Arc<str>,
    number: usize,
    pub rows: usize,
    columns: Vec<(&'static str, Vec<RawChunk>)>,
}

#[derive(Debug)]
struct RawChunk {
    chunk: ColumnChunk,
    /// The checksum, in a file that has some.
    expected: Option<String>,
    /// Are these the bytes that were written? Compared once.
    is_intact: OnceLock<bool>,
}

impl TableFile {
    /// Reads and checks the footer.
    ///
    /// # Errors
    /// When the file cannot be read, or is not what the manifest says.
    pub(super) async fn open(storage: &Storage, file: &ManifestFile) -> Result<Self> {
        let path: Arc<str> = file.path.as_str().into();
        let footer = read_footer(storage, file)
            .await
            .with_context(|| path.to_string())?;
        let parsed = move || -> Result<_> {
            let metadata = parse_footer(&footer)?;
            let checksums = chunk_checksums(&metadata)?;
            Ok((metadata, checksums))
        };
        let (metadata, checksums) = run_guarded(parsed).with_context(|| path.to_string())?;
        let rows = metadata.file_metadata().num_rows();
        if u64::try_from(rows).ok() != Some(file.rows) {
            bail!(
                "{path}: it has {rows} rows, and its manifest says {}",
                file.rows
            );
        }
        let file = Self {
            storage: storage.clone(),
            path,
            metadata: Arc::new(metadata),
            checksums: checksums.map(Arc::new),
        };
        let mut sum = 0u64;
        for group in 0..file.groups() {
            sum += file.group_rows(group)? as u64;
        }
        if sum != u64::try_from(rows)? {
            bail!(
                "{}: its row groups have {sum} rows, and its footer says {rows}",
                file.path
            );
        }
        Ok(file)
    }

    /// Is it read without waiting for the network?
    pub(super) fn is_local(&self) -> bool {
        self.storage.is_local()
    }

    /// Runs work on what was read of it. Tasks that wait for the network share their thread
    /// with others, so they leave it to another one.
    pub(super) async fn run_work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if self.is_local() {
            work()
        } else {
            tokio::task::spawn_blocking(work).await?
        }
    }

    /// How many row groups it has.
    pub(super) fn groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    /// The rows of a row group.
    ///
    /// # Errors
    /// When there are too many.
    pub(super) fn group_rows(&self, group: usize) -> Result<usize> {
        let rows = self.metadata.row_group(group).num_rows();
        let rows = usize::try_from(rows)
            .ok()
            .filter(|rows| *rows <= MAX_GROUP_ROWS);
        rows.with_context(|| {
            let path = &self.path;
            format!("{path}: a row group has more than {MAX_GROUP_ROWS} rows")
        })
    }

    /// May a row of the row group have one of these words in a column? By the statistics of
    /// files that this program wrote; those of others are not relied on. No words mean any.
    pub(super) fn may_have(&self, group: usize, column: &str, words: &[String]) -> bool {
        let writer = self.metadata.file_metadata().created_by();
        let is_own =
            self.checksums.is_some() && writer.is_some_and(|by| by.starts_with(WRITER_PREFIX));
        if !is_own || words.is_empty() {
            return true;
        }
        let mut columns = self.metadata.row_group(group).columns().iter();
        let known = columns.find(|known| known.column_path().string() == column);
        let Some(Statistics::ByteArray(known)) = known.and_then(ColumnChunkMetaData::statistics)
        else {
            return true;
        };
        // Bounds may be cut to a few bytes, and stay bounds.
        let (Some(least), Some(most), Some(0)) = (
            known.min_bytes_opt(),
            known.max_bytes_opt(),
            known.null_count_opt(),
        ) else {
            return true;
        };
        let bounds = least..=most;
        words.iter().any(|word| bounds.contains(&word.as_bytes()))
    }

    /// Reads the chunks of these columns. A column that the file lacks has none.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) async fn read_group(
        &self,
        group: usize,
        columns: &[&'static str],
    ) -> Result<RowGroup> {
        let rows = self.group_rows(group)?;
        let metadata = self.metadata.row_group(group);
        let mut read = Vec::with_capacity(columns.len());
        for name in columns {
            let mut leaves = Vec::new();
            for (at, column) in metadata.columns().iter().enumerate() {
                if column.column_path().parts().first().map(String::as_str) != Some(*name) {
                    continue;
                }
                let range = run_guarded(|| Ok(column.byte_range()))
                    .with_context(|| self.path.to_string())?;
                let (start, length) = range;
                let expected = self.expected(group, at, start, length)?;
                let end = start
                    .checked_add(length)
                    .with_context(|| self.path.to_string())?;
                let bytes = self.storage.read_range(&self.path, start..end).await?;
                leaves.push(RawChunk {
                    chunk: ColumnChunk {
                        metadata: column.clone(),
                        rows,
                        bytes,
                    },
                    expected,
                    is_intact: OnceLock::new(),
                });
            }
            read.push((*name, leaves));
        }
        Ok(RowGroup {
            path: self.path.clone(),
            number: group,
            rows,
            columns: read,
        })
    }

    /// Reads the chunks of those of these columns that a row group lacks.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) async fn read_more(
        &self,
        mut group: RowGroup,
        columns: &[&'static str],
    ) -> Result<RowGroup> {
        let is_new = |name: &&&str| group.columns.iter().all(|(known, _)| known != *name);
        let new: Vec<&'static str> = columns.iter().filter(is_new).copied().collect();
        let more = self.read_group(group.number, &new).await?;
        group.columns.extend(more.columns);
        Ok(group)
    }

    /// Compares every column chunk with its checksum.
    ///
    /// # Errors
    /// When one cannot be read, or was changed.
    pub(super) async fn check_checksums(&self) -> Result<()> {
        for group in 0..self.groups() {
            let columns = self.metadata.row_group(group).columns();
            for (at, column) in columns.iter().enumerate() {
                let name = column.column_path().string();
                let of_column = || format!("{}: column {name} of row group {group}", self.path);
                let (start, length) =
                    run_guarded(|| Ok(column.byte_range())).with_context(of_column)?;
                let Some(expected) = self.expected(group, at, start, length)? else {
                    continue;
                };
                let end = start.checked_add(length).with_context(of_column)?;
                let bytes = self.storage.read_range(&self.path, start..end).await?;
                if sha256_of(&bytes) != expected {
                    bail!(
                        "{}: its bytes were changed: the checksum differs",
                        of_column()
                    );
                }
            }
        }
        Ok(())
    }

    /// The checksum of a chunk; `None` in a file that has none.
    fn expected(
        &self,
        group: usize,
        column: usize,
        start: u64,
        size: u64,
    ) -> Result<Option<String>> {
        let Some(ChunkChecksums(groups)) = self.checksums.as_deref() else {
            return Ok(None);
        };
        let known = groups.get(group).and_then(|columns| columns.get(column));
        match known {
            Some(ChunkChecksum {
                offset,
                length,
                sha256,
            }) if (*offset, *length) == (start, size) => Ok(Some(sha256.clone())),
            _ => bail!("{}: the checksum of a column chunk is missing", self.path),
        }
    }
}

impl RawChunk {
    fn is_intact(&self) -> bool {
        *self.is_intact.get_or_init(|| {
            let expected = self.expected.as_ref();
            expected.is_none_or(|expected| *expected == sha256_of(&self.chunk.bytes))
        })
    }
}

impl RowGroup {
    fn leaves(&self, name: &str) -> &[RawChunk] {
        let column = self.columns.iter().find(|(known, _)| *known == name);
        column.map_or(&[], |(_, leaves)| leaves)
    }

    /// Was the column read, and does the file have it?
    pub(super) fn has(&self, name: &str) -> bool {
        !self.leaves(name).is_empty()
    }

    /// Decodes a column, unless the file lacks it.
    fn decode<T>(
        &self,
        name: &str,
        read: impl FnOnce(&[&ColumnChunk]) -> Result<T>,
    ) -> Result<Option<T>> {
        let leaves = self.leaves(name);
        if leaves.is_empty() {
            return Ok(None);
        }
        let decoded = run_guarded(|| {
            if !leaves.iter().all(RawChunk::is_intact) {
                bail!("its bytes were changed: the checksum differs");
            }
            let chunks: Vec<&ColumnChunk> = leaves.iter().map(|leaf| &leaf.chunk).collect();
            read(&chunks)
        });
        let at = || format!("{}: column {name} of row group {}", self.path, self.number);
        decoded.map(Some).with_context(at)
    }

    /// The texts of these rows; all NULL if the file lacks the column.
    pub(super) fn texts(&self, name: &str, rows: &Rows) -> Result<TextColumn> {
        let read = self.decode(name, |chunks| decode::read_texts(only(chunks)?, rows))?;
        Ok(read.unwrap_or_else(|| TextColumn::nulls(rows.len())))
    }

    /// The integers of these rows; all NULL if the file lacks the column.
    pub(super) fn integers(&self, name: &str, rows: &Rows) -> Result<Vec<i64>> {
        let read = self.decode(name, |chunks| decode::read_integers(only(chunks)?, rows))?;
        Ok(read.unwrap_or_else(|| vec![decode::NULL_INTEGER; rows.len()]))
    }

    /// Times of these rows, in microseconds since 1970.
    pub(super) fn times(&self, name: &str, rows: &Rows) -> Result<Vec<i64>> {
        let mut times = self.integers(name, rows)?;
        let unit = self.leaves(name).first().and_then(|leaf| {
            let kind = leaf.chunk.metadata.column_descr().logical_type_ref();
            match kind {
                Some(LogicalType::Timestamp(time)) => Some(time.unit),
                _ => None,
            }
        });
        let (factor, divisor) = match unit {
            Some(TimeUnit::MILLIS) => (1_000, 1),
            Some(TimeUnit::NANOS) => (1, 1_000),
            Some(TimeUnit::MICROS) | None => return Ok(times),
        };
        for time in times
            .iter_mut()
            .filter(|time| **time != decode::NULL_INTEGER)
        {
            *time = time.saturating_mul(factor).div_euclid(divisor);
        }
        Ok(times)
    }

    /// Yes or no of these rows; all NULL if the file lacks the column.
    pub(super) fn bools(&self, name: &str, rows: &Rows) -> Result<Vec<Option<bool>>> {
        let read = self.decode(name, |chunks| decode::read_bools(only(chunks)?, rows))?;
        Ok(read.unwrap_or_else(|| vec![None; rows.len()]))
    }

    /// The lists of these rows, joined by commas.
    pub(super) fn text_lists(&self, name: &str, rows: &Rows) -> Result<TextColumn> {
        let read = self.decode(name, |chunks| decode::read_text_lists(only(chunks)?, rows))?;
        Ok(read.unwrap_or_else(|| TextColumn::nulls(rows.len())))
    }

    /// The maps of these rows; all empty if the file lacks the column.
    pub(super) fn text_maps(&self, name: &str, rows: &Rows) -> Result<Option<TextMaps>> {
        self.decode(name, |chunks| match chunks {
            [keys, values] => decode::read_text_maps(keys, values, rows),
            _ => Err(anyhow!("it is no map")),
        })
    }

    /// An error about a value of a column.
    pub(super) fn wrong(&self, name: &str, what: &str) -> anyhow::Error {
        anyhow!(
            "{}: column {name} of row group {}: {what}",
            self.path,
            self.number
        )
    }
}

fn only<'a>(chunks: &[&'a ColumnChunk]) -> Result<&'a ColumnChunk> {
    match chunks {
        [chunk] => Ok(chunk),
        _ => bail!("it has several parts"),
    }
}

/// Runs code that foreign bytes may make panic.
fn run_guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    panics::catch(work).unwrap_or_else(|_| Err(anyhow!("it is damaged")))
}
