//! The certificates to trust instead of the system's.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::bounded_read;

/// A system's whole bundle has some 250 KB.
const MAX_BYTES: u64 = 4 << 20;

const FIRST_LINE: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// A file that holds PEM certificates. It is decoded by the first call over HTTPS:
/// for a system's whole bundle, that takes longer than a call.
#[derive(Debug, Clone)]
pub(super) struct CaBundle {
    path: PathBuf,
    pem: Vec<u8>,
}

impl CaBundle {
    /// Reads the file of `AWS_CA_BUNDLE` or the profile's `ca_bundle`, as in the AWS
    /// CLI; the SDK reads neither.
    ///
    /// # Errors
    /// If it cannot be read, or holds no certificate.
    pub(super) fn read(of_profile: Option<&str>) -> Result<Option<Self>> {
        let path = std::env::var_os("AWS_CA_BUNDLE")
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
            .or_else(|| of_profile.map(PathBuf::from));
        let Some(path) = path else { return Ok(None) };
        let pem = bounded_read::read_regular_file(&path, MAX_BYTES)
            .with_context(|| cannot_be_used(&path))?;
        if pem.starts_with(b"\xff\xfe") || pem.starts_with(b"\xfe\xff") {
            bounded_read::check_text(path.display(), &pem)?;
        }
        let mut lines = pem.split(|byte| matches!(byte, b'\n' | b'\r'));
        if !lines.any(|line| line.trim_ascii_end() == FIRST_LINE) {
            return Err(anyhow!("no certificate in it").context(cannot_be_used(&path)));
        }
        Ok(Some(Self { path, pem }))
    }

    pub(super) fn pem(&self) -> &[u8] {
        &self.pem
    }

    /// Why the certificates cannot be used; the SDK says it with a panic.
    pub(super) fn problem(&self) -> anyhow::Error {
        let mut store = rustls::RootCertStore::empty();
        let checked = CertificateDer::pem_slice_iter(&self.pem).try_for_each(|certificate| {
            let certificate = certificate.map_err(|error| anyhow!("not PEM: {error}"))?;
            Ok(store.add(certificate)?)
        });
        let cause = checked.err();
        cause
            .unwrap_or_else(|| anyhow!("the TLS library refuses it"))
            .context(cannot_be_used(&self.path))
    }
}

fn cannot_be_used(path: &Path) -> String {
    format!("AWS_CA_BUNDLE {} cannot be used", path.display())
}
