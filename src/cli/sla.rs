//! `--sla`: time limits of patches by severity.

use anyhow::{Result, anyhow};
use clap::Args;

use crate::compliance::due_date::{Sla, SlaLimit};

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Due dates")]
pub(crate) struct SlaArgs {
    /// Time limits by severity, counted from the release of a patch: critical=7d,important=30d; `none`: no limits
    #[arg(long, value_name = "SEVERITY=TIME,...", value_delimiter = ',', value_parser = parse_sla)]
    sla: Vec<SlaValue>,
}

/// A value of `--sla`.
#[derive(Debug, Clone, Copy)]
enum SlaValue {
    None,
    Limit(SlaLimit),
}

fn parse_sla(text: &str) -> Result<SlaValue, String> {
    if text.trim().eq_ignore_ascii_case("none") {
        return Ok(SlaValue::None);
    }
    text.parse().map(SlaValue::Limit)
}

impl SlaArgs {
    /// Is there no limit?
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.sla.is_empty()
    }

    /// The limits.
    ///
    /// # Errors
    /// When a severity has two, or `none` is given with others.
    pub(crate) fn to_sla(&self) -> Result<Sla> {
        let limits = self.sla.iter().filter_map(|value| match value {
            SlaValue::None => None,
            SlaValue::Limit(limit) => Some(*limit),
        });
        let limits: Vec<SlaLimit> = limits.collect();
        if !limits.is_empty() && limits.len() < self.sla.len() {
            return Err(anyhow!("--sla: none cannot be combined with time limits"));
        }
        Sla::new(&limits).map_err(|cause| anyhow!("--sla: {cause}"))
    }
}
