//! The gate's report in each of its formats, and the words they share.
//!
//! Each format has a file of its own.

pub(crate) mod asff;
mod github;
pub(super) mod json;
mod junit;
pub(super) mod ndjson;
mod sarif;
mod table;
mod wording;

use std::io::Write;

use anyhow::{Result, bail};

use crate::gate::GateReport;
use crate::render::gate::asff::FindingBatches;
use crate::render::openmetrics;
use crate::render::yaml::YamlState;
use crate::render::{Format, RenderOptions, Renderer};
use crate::report::{CheckFooter, FindingRow, Note};

/// Writes the report of the footer in place of rows.
pub(crate) struct GateRenderer {
    pub format: Format,
    pub options: RenderOptions,
}

impl Renderer<FindingRow> for GateRenderer {
    fn write_header(&mut self, _: &mut dyn Write) -> Result<()> {
        Ok(())
    }

    fn write_row(&mut self, _: &FindingRow, _: &mut dyn Write) -> Result<()> {
        Ok(())
    }

    fn write_footer(
        &mut self,
        footer: &CheckFooter,
        _: &[Note],
        out: &mut dyn Write,
    ) -> Result<()> {
        if self.format == Format::Asff {
            return FindingBatches::new(footer).write(0, out);
        }
        if self.format == Format::OpenMetrics {
            return openmetrics::write_gate(footer, self.options.now, out);
        }
        write(self.format, &footer.report, self.options, out)
    }
}

/// Writes the whole report.
///
/// # Errors
/// When the bytes cannot be written.
fn write(
    format: Format,
    report: &GateReport,
    options: RenderOptions,
    out: &mut dyn Write,
) -> Result<()> {
    match format {
        Format::Json => json::write(report, options, out),
        Format::Yaml => json::write(report, options, &mut YamlState::default().writer(out)),
        Format::Ndjson => ndjson::write(report, options, out),
        Format::Junit => junit::write(report, options, out),
        Format::Sarif => sarif::write(report, out),
        Format::Github => github::write(report, options, out),
        // Of the whole footer.
        Format::OpenMetrics | Format::Asff => bail!("-o {format} needs more than the report"),
        Format::Table
        | Format::Wide
        | Format::Csv
        | Format::AwsCsv
        | Format::Markdown
        | Format::Html
        | Format::Xlsx => table::write(report, options, out),
    }
}

#[cfg(test)]
mod tests;
