//! Writes one table of one account and region: rows into columns in memory, a row group at
//! a time into a Parquet file, with the checksum of each column chunk.

mod column_buffer;
mod dictionary_chunk;
pub(super) mod row_cursor;

use std::sync::Arc;

use anyhow::Result;
use parquet::basic::Compression;
use parquet::file::metadata::{ColumnChunkMetaData, KeyValue};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;

use crate::source::dataset::checksum::{
    CHUNK_CHECKSUMS_KEY, ChunkChecksum, ChunkChecksums, RunningSha256, sha256_of,
};
use crate::source::dataset::layout;
use crate::source::dataset::manifest::ManifestFile;
use crate::source::dataset::parquet_schema::parquet_schema;
use crate::source::dataset::schema::{ColumnDefinition, ColumnKind, SCHEMA_VERSION, Table};
use crate::source::dataset::storage::{Storage, StoredFileWriter};
use crate::source::dataset::table_file::WRITER_PREFIX;
use crate::source::dataset::table_writer::column_buffer::ColumnBuffer;
use crate::source::dataset::table_writer::row_cursor::RowCursor;

/// The key of the schema's version in the footer.
const SCHEMA_VERSION_KEY: &str = "patchctl.schema-version";

/// A row group with more bytes of text in memory is written before it is full.
const MAX_TEXT_BYTES: usize = 8 << 20;

/// How many rows are added between two looks at the bytes of text.
const ROWS_BETWEEN_LOOKS: u64 = 1_024;

/// The columns that every table begins with, the same in all rows of a file.
const KEY_COLUMNS: usize = 3;

/// A file that is larger is followed by another one.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// Columns whose pages have statistics: filters on them skip pages.
const PAGE_STATISTICS: [&str; 4] = ["InstanceId", "KBId", "State", "Severity"];

/// The place of a file in the dataset.
#[derive(Debug, Clone)]
pub(crate) struct FilePlace {
    pub run_id: String,
    /// Empty where it is not known.
    pub account_id: String,
    pub region: String,
    /// The number of the first file.
    pub first_number: u32,
}

/// Writes the rows of one table.
pub(crate) struct TableWriter {
    storage: Storage,
    table: Table,
    place: FilePlace,
    columns: Vec<ColumnBuffer>,
    rows_in_group: u64,
    /// A row group with so many rows is full.
    rows_per_group: u64,
    file: Option<Box<OpenFile>>,
    files: Vec<ManifestFile>,
}

struct OpenFile {
    path: String,
    /// Writes into memory; after each row group, the bytes go to the storage.
    parquet: SerializedFileWriter<Vec<u8>>,
    stored: StoredFileWriter,
    hash: RunningSha256,
    bytes: u64,
    rows: u64,
    checksums: ChunkChecksums,
}

impl Table {
    /// Rows of a row group: as many as a few MB of memory take.
    const fn rows_per_group(self) -> u64 {
        match self {
            Self::Patches => 131_072,
            Self::Nodes | Self::Unread => 32_768,
        }
    }
}

impl TableWriter {
    #[must_use]
    pub(crate) fn new(storage: Storage, table: Table, place: FilePlace) -> Self {
        Self {
            storage,
            table,
            place,
            columns: table.columns().iter().map(ColumnBuffer::new).collect(),
            rows_in_group: 0,
            rows_per_group: table.rows_per_group(),
            file: None,
            files: Vec::new(),
        }
    }

    /// The same with row groups of so many rows.
    #[cfg(test)]
    pub(super) fn with_rows_per_group(mut self, rows: u64) -> Self {
        self.rows_per_group = rows;
        self
    }

    /// Adds a row: `fill` pushes its cells after those of the key, in the order of the
    /// columns.
    pub(super) fn push_row(&mut self, fill: impl FnOnce(&mut RowCursor<'_>)) {
        let mut row = RowCursor::new(&mut self.columns[KEY_COLUMNS..]);
        fill(&mut row);
        row.end();
        self.rows_in_group += 1;
    }

    /// Writes the row group, if it is full.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn flush_if_full(&mut self) -> Result<()> {
        let is_large = |writer: &Self| {
            let columns = writer.columns.iter();
            columns.map(ColumnBuffer::text_bytes).sum::<usize>() > MAX_TEXT_BYTES
        };
        let is_full = self.rows_in_group >= self.rows_per_group
            || (self.rows_in_group.is_multiple_of(ROWS_BETWEEN_LOOKS) && is_large(self));
        if is_full && self.rows_in_group > 0 {
            self.write_row_group().await?;
        }
        Ok(())
    }

    async fn write_row_group(&mut self) -> Result<()> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => Box::new(self.open_file().await?),
        };
        let FilePlace {
            run_id,
            account_id,
            region,
            ..
        } = &self.place;
        let rows = usize::try_from(self.rows_in_group)?;
        for (column, text) in self.columns.iter_mut().zip([run_id, account_id, region]) {
            column.repeat_text(text, rows);
        }
        let columns = self.columns.iter_mut().zip(self.table.columns());
        file.write_row_group(columns, self.rows_in_group).await?;
        self.rows_in_group = 0;
        if file.bytes < MAX_FILE_BYTES {
            self.file = Some(file);
        } else {
            let file = file.close(self.table, &self.place).await?;
            self.files.push(file);
        }
        Ok(())
    }

    async fn open_file(&self) -> Result<OpenFile> {
        let number = u32::try_from(self.files.len())?;
        let FilePlace {
            run_id,
            account_id,
            region,
            first_number,
        } = &self.place;
        let number = first_number + number;
        let path = layout::table_file(self.table, run_id, account_id, region, number);
        let schema = parquet_schema(self.table)?;
        Ok(OpenFile {
            parquet: SerializedFileWriter::new(Vec::new(), schema, properties(self.table))?,
            stored: self.storage.writer(&path).await?,
            path,
            hash: RunningSha256::default(),
            bytes: 0,
            rows: 0,
            checksums: ChunkChecksums::default(),
        })
    }

    /// Writes what is left. A table without rows has no file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn finish(mut self) -> Result<Vec<ManifestFile>> {
        if self.rows_in_group > 0 {
            self.write_row_group().await?;
        }
        if let Some(file) = self.file.take() {
            let file = file.close(self.table, &self.place).await?;
            self.files.push(file);
        }
        Ok(self.files)
    }
}

/// Writes a file without rows for each table that has none: some engines cannot read a
/// table without files.
///
/// # Errors
/// When it cannot be written.
pub(crate) async fn write_empty_tables(
    storage: &Storage,
    place: &FilePlace,
    files: &mut Vec<ManifestFile>,
) -> Result<()> {
    for table in Table::ALL {
        if files.iter().all(|file| file.table != table.as_str()) {
            let writer = TableWriter::new(storage.clone(), table, place.clone());
            let file = writer.open_file().await?;
            files.push(file.close(table, place).await?);
        }
    }
    Ok(())
}

impl OpenFile {
    async fn write_row_group(
        &mut self,
        columns: impl Iterator<Item = (&mut ColumnBuffer, &ColumnDefinition)>,
        rows: u64,
    ) -> Result<()> {
        let mut descriptors = self.parquet.schema_descr().columns().to_vec().into_iter();
        let mut group = self.parquet.next_row_group()?;
        for (column, definition) in columns {
            let has_statistics = PAGE_STATISTICS.contains(&definition.name);
            for (leaf, descriptor) in column.leaves.iter_mut().zip(&mut descriptors) {
                leaf.append_to(&mut group, descriptor, rows, has_statistics)?;
            }
        }
        let group = group.close()?;
        let start = self.bytes;
        let bytes = self.take_bytes()?;
        let chunk = |(offset, length): (u64, u64)| {
            let from = usize::try_from(offset - start)?;
            let until = from + usize::try_from(length)?;
            Ok(ChunkChecksum {
                offset,
                length,
                sha256: sha256_of(&bytes[from..until]),
            })
        };
        let chunks = group.columns().iter().map(ColumnChunkMetaData::byte_range);
        let chunks: Result<Vec<ChunkChecksum>> = chunks.map(chunk).collect();
        self.checksums.0.push(chunks?);
        self.rows += rows;
        self.stored.write(bytes.into()).await
    }

    /// The bytes that were written since the last call.
    fn take_bytes(&mut self) -> Result<Vec<u8>> {
        self.parquet.flush()?;
        let bytes = std::mem::take(self.parquet.inner_mut());
        self.hash.update(&bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes)
    }

    async fn close(mut self, table: Table, place: &FilePlace) -> Result<ManifestFile> {
        self.parquet.append_key_value_metadata(KeyValue::new(
            CHUNK_CHECKSUMS_KEY.to_owned(),
            self.checksums.to_text(),
        ));
        self.parquet.finish()?;
        let footer = self.take_bytes()?;
        let (footer_bytes, footer_sha256) = (footer.len() as u64, sha256_of(&footer));
        self.stored.write(footer.into()).await?;
        self.stored.finish().await?;
        Ok(ManifestFile {
            path: self.path,
            table: table.as_str().to_owned(),
            account_id: place.account_id.clone(),
            region: place.region.clone(),
            rows: self.rows,
            bytes: self.bytes,
            sha256: self.hash.finish(),
            footer_bytes,
            footer_sha256,
        })
    }
}

/// Snappy, and dictionaries for all but texts that rarely repeat.
fn properties(table: Table) -> WriterPropertiesPtr {
    let version = KeyValue::new(SCHEMA_VERSION_KEY.to_owned(), SCHEMA_VERSION.to_string());
    let mut properties = WriterProperties::builder()
        .set_created_by(format!("{WRITER_PREFIX}{}", env!("CARGO_PKG_VERSION")))
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(vec![version]));
    for column in table.columns() {
        let path = ColumnPath::from(column.name);
        if column.kind == ColumnKind::Text {
            properties = properties.set_column_dictionary_enabled(path.clone(), false);
        }
        if PAGE_STATISTICS.contains(&column.name) {
            properties = properties.set_column_statistics_enabled(path, EnabledStatistics::Page);
        }
    }
    Arc::new(properties.build())
}
