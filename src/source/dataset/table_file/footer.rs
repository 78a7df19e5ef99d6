//! The footer of a Parquet file, checked before it is parsed.

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use crate::source::dataset::checksum::{CHUNK_CHECKSUMS_KEY, ChunkChecksums, sha256_of};
use crate::source::dataset::layout;
use crate::source::dataset::manifest::ManifestFile;
use crate::source::dataset::storage::Storage;

/// A larger footer is not read. That of a file of 256 MB is below 1 MB.
const MAX_FOOTER_BYTES: u64 = 64 << 20;

pub(super) async fn read_footer(storage: &Storage, file: &ManifestFile) -> Result<Bytes> {
    if !layout::is_safe_path(&file.path) {
        bail!("its path leaves the dataset");
    }
    if file.footer_bytes > MAX_FOOTER_BYTES || file.footer_bytes > file.bytes {
        bail!("a footer of {} bytes", file.footer_bytes);
    }
    if file.footer_bytes > 0 {
        let from = file.bytes - file.footer_bytes;
        let footer = storage.read_range(&file.path, from..file.bytes).await?;
        if sha256_of(&footer) != file.footer_sha256 {
            bail!("its footer was changed: the checksum differs from that of its manifest");
        }
        return Ok(footer);
    }
    // Others may write files without checksums.
    let Some(from) = file.bytes.checked_sub(8) else {
        bail!("it is too short");
    };
    let end = storage.read_range(&file.path, from..file.bytes).await?;
    let size = footer_size(&end)? as u64;
    if size > MAX_FOOTER_BYTES {
        bail!("a footer of {size} bytes");
    }
    let from = from.checked_sub(size).context("it is too short")?;
    storage.read_range(&file.path, from..file.bytes).await
}

/// The bytes of the metadata, as the last bytes of the file say.
fn footer_size(footer: &[u8]) -> Result<usize> {
    let Some((_, [a, b, c, d, b'P', b'A', b'R', b'1'])) = footer.split_last_chunk() else {
        bail!("it is no Parquet file");
    };
    Ok(u32::from_le_bytes([*a, *b, *c, *d]) as usize)
}

pub(super) fn parse_footer(footer: &[u8]) -> Result<ParquetMetaData> {
    let size = footer_size(footer)?;
    let end = footer.len() - 8;
    let Some(metadata) = end.checked_sub(size).and_then(|from| footer.get(from..end)) else {
        bail!("its footer breaks off");
    };
    Ok(ParquetMetaDataReader::decode_metadata(metadata)?)
}

pub(super) fn chunk_checksums(metadata: &ParquetMetaData) -> Result<Option<ChunkChecksums>> {
    let pairs = metadata.file_metadata().key_value_metadata();
    let mut pairs = pairs.into_iter().flatten();
    let Some(pair) = pairs.find(|pair| pair.key == CHUNK_CHECKSUMS_KEY) else {
        return Ok(None);
    };
    let text = pair.value.as_deref().unwrap_or_default();
    let checksums = ChunkChecksums::parse(text);
    checksums.map(Some).context("its checksums cannot be read")
}
