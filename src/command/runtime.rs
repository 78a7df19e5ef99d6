//! The asynchronous runtime.

use anyhow::{Context as _, Result};

/// One thread: the work is waiting for responses and parsing them.
///
/// # Errors
/// If the system refuses what it needs.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the asynchronous runtime")
}
