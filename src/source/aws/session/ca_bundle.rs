//! The certificates to trust instead of the system's.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::bounded_read;

/// A system's whole bundle has some 250 KB.
const MAX_BYTES: u64 = 4 << 20;

const FIRST_LINE: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// A file that holds PEM certificates. It is read and decoded by the first call over
/// HTTPS: for a system's whole bundle, that takes longer than a call.
#[derive(Debug, Clone)]
pub(super) struct CaBundle {
    path: PathBuf,
}

impl CaBundle {
    /// Finds the file of `AWS_CA_BUNDLE` or the profile's `ca_bundle`, as in the AWS
    /// CLI; the SDK reads neither. Of its content, only the first certificate's first
    /// line is looked for.
    ///
    /// # Errors
    /// If it cannot be read, or holds no certificate.
    pub(super) fn find(of_profile: Option<&str>) -> Result<Option<Self>> {
        let path = std::env::var_os("AWS_CA_BUNDLE")
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
            .or_else(|| of_profile.map(PathBuf::from));
        let Some(path) = path else { return Ok(None) };
        let bundle = Self { path };
        let file = bounded_read::open_regular_file(&bundle.path, MAX_BYTES)
            .with_context(|| bundle.cannot_be_used())?;
        if !bundle.has_certificate(BufReader::new(file))? {
            return Err(anyhow!("no certificate in it").context(bundle.cannot_be_used()));
        }
        Ok(Some(bundle))
    }

    fn has_certificate(&self, mut content: impl BufRead) -> Result<bool> {
        let start = content.fill_buf().with_context(|| self.cannot_be_used())?;
        if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
            bounded_read::check_text(self.path.display(), start)?;
        }
        for line in content.take(MAX_BYTES).split(b'\n') {
            let line = line.with_context(|| self.cannot_be_used())?;
            let mut parts = line.split(|byte| *byte == b'\r');
            if parts.any(|part| part.trim_ascii_end() == FIRST_LINE) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// # Errors
    /// If the file cannot be read any more.
    pub(super) fn read(&self) -> Result<Vec<u8>> {
        bounded_read::read_regular_file(&self.path, MAX_BYTES)
            .with_context(|| self.cannot_be_used())
    }

    /// Why these certificates cannot be used; the SDK says it with a panic.
    pub(super) fn problem(&self, pem: &[u8]) -> anyhow::Error {
        let mut store = rustls::RootCertStore::empty();
        let checked = CertificateDer::pem_slice_iter(pem).try_for_each(|certificate| {
            let certificate = certificate.map_err(|error| anyhow!("not PEM: {error}"))?;
            Ok(store.add(certificate)?)
        });
        let cause = checked.err();
        cause
            .unwrap_or_else(|| anyhow!("the TLS library refuses it"))
            .context(self.cannot_be_used())
    }

    fn cannot_be_used(&self) -> String {
        format!("AWS_CA_BUNDLE {} cannot be used", self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_found_on_whichever_line_it_starts() {
        let bundle = CaBundle {
            path: "ca.pem".into(),
        };
        let comments = "# Issuer: one\n".repeat(10_000);
        let first = "-----BEGIN CERTIFICATE-----";
        for (content, expected) in [
            (format!("{first}\nAAAA\n"), true),
            (format!("{comments}{first} \t\r\nAAAA\n"), true),
            (format!("# one\r{first}\rAAAA"), true),
            (first.to_owned(), true),
            (format!("# {first}\n"), false),
            (format!(" {first}\n"), false),
            (comments, false),
            (String::new(), false),
        ] {
            let found = bundle.has_certificate(content.as_bytes()).unwrap();
            assert_eq!(found, expected, "{content:.60}");
        }
        let utf16: Vec<u8> = format!("\u{feff}{first}\n")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let error = bundle.has_certificate(utf16.as_slice()).unwrap_err();
        assert!(error.to_string().contains("UTF-16"), "{error}");
    }
}
