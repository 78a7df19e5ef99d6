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
            let prefix = prefix.trim_matches('/');
            if bucket.is_empty() {
                bail!("`{text}` names no bucket; use s3://BUCKET/PREFIX");
            }
            if !is_bucket_name(bucket) {
                bail!("`{bucket}` is not the name of a bucket, or the alias of an access point");
            }
            if bucket.ends_with("--x-s3") {
                bail!(
                    "`{bucket}` is a directory bucket; only general purpose buckets are supported"
                );
            }
            if !prefix.is_empty() && !prefix.split('/').all(is_key_part) {
                bail!("`{text}` has an empty name, `.`, `..` or a control character in its prefix");
            }
            return Ok(Self::S3 {
                bucket: bucket.to_owned(),
                prefix: prefix.to_owned(),
            });
        }
        if text.is_empty() || text.contains("://") {
            bail!("`{text}` is neither a folder nor s3://BUCKET/PREFIX");
        }
        Ok(Self::Folder(text.into()))
    }
}

/// Source: S3 user guide, "Bucket naming rules"; before 2018, buckets in us-east-1 had up
/// to 255 characters, capital letters and underscores among them.
fn is_bucket_name(bucket: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (3..=255).contains(&bucket.len()) && bucket.bytes().all(is_of_name)
}

fn is_key_part(name: &str) -> bool {
    !["", ".", ".."].contains(&name) && !name.contains(char::is_control)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_folder_or_a_bucket_with_a_prefix() {
        for (text, expected) in [
            ("data", "data"),
            ("/srv/fleet data", "/srv/fleet data"),
            ("s3://fleet-data", "s3://fleet-data"),
            ("s3://fleet-data/", "s3://fleet-data"),
            ("s3://fleet.data/a/b=1/", "s3://fleet.data/a/b=1"),
            ("s3://Old_Name/AWS Logs", "s3://Old_Name/AWS Logs"),
        ] {
            let location = DatasetLocation::parse(text).unwrap();
            assert_eq!(location.to_string(), expected);
        }
        for (text, cause) in [
            ("", "neither a folder"),
            ("https://x", "neither a folder"),
            ("s3://", "names no bucket"),
            ("s3:///a", "names no bucket"),
            ("s3://ab", "not the name of a bucket"),
            ("s3://user:hush@evil.example/a", "not the name of a bucket"),
            (
                "s3://arn:aws:s3:eu-west-1:1:accesspoint/x",
                "not the name of a bucket",
            ),
            ("s3://x--usw2-az1--x-s3/a", "directory bucket"),
            ("s3://fleet/a//b", "an empty name"),
            ("s3://fleet/../b", "an empty name"),
        ] {
            let error = DatasetLocation::parse(text).unwrap_err().to_string();
            assert!(error.contains(cause), "{text}: {error}");
        }
    }
}
