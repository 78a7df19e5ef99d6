//! The document of `report` in each of its formats.

pub(super) mod columns;
mod html;
pub(super) mod json;
mod markdown;
mod section_writer;
mod sections;
mod xlsx;

use std::io::Write;

use anyhow::{Result, bail};

use crate::render::yaml::YamlState;
use crate::render::{Format, RenderOptions};
use crate::report::Note;
use crate::report::fleet::FleetReport;

/// Writes the whole document. Returns what it cannot hold.
///
/// # Errors
/// When the bytes cannot be written, or the format has no such document.
pub(crate) fn write_report(
    format: Format,
    report: &FleetReport,
    options: RenderOptions,
    out: &mut dyn Write,
) -> Result<Vec<Note>> {
    match format {
        Format::Json => json::write(report, options, out)?,
        Format::Yaml => json::write(report, options, &mut YamlState::default().writer(out))?,
        Format::Markdown => markdown::write(report, out)?,
        Format::Html => return html::write(report, options, out),
        Format::Xlsx => xlsx::write(report, options, out)?,
        _ => bail!("-o {format} is not a format of report"),
    }
    Ok(Vec::new())
}
