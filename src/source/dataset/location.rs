//! The address of a dataset, as it is typed.

use std::fmt;
use std::path::PathBuf;

use anyhow::{Result, bail};

/// The address of a dataset, as it is typed: a folder, or `s3://bucket/prefix`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DatasetLocation {
    Folder(PathBuf),
    S3 { bucket: String, prefix: String },
}

impl DatasetLocation {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is empty, has another scheme, or names no bucket.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if let Some(rest) = text.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            if bucket.is_empty() {
                bail!("`{text}` names no bucket; use s3://BUCKET/PREFIX");
            }
            return Ok(Self::S3 {
                bucket: bucket.to_owned(),
                prefix: prefix.trim_matches('/').to_owned(),
            });
        }
        if text.is_empty() || text.contains("://") {
            bail!("`{text}` is neither a folder nor s3://BUCKET/PREFIX");
        }
        Ok(Self::Folder(text.into()))
    }
}

impl fmt::Display for DatasetLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::S3 { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Self::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}
