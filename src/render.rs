//! Rows to bytes: the renderer of each format, which has a file of its own.

mod changes;
mod column_widths;
pub(crate) mod config;
mod console_link;
mod csv;
mod doctor_header;
mod footer;
mod format;
pub(crate) mod gate;
mod html;
pub(crate) mod json;
mod large_stack;
mod markdown;
mod ndjson;
pub(crate) mod openmetrics;
mod query;
mod renderer;
pub(crate) mod report;
pub(crate) mod schema;
mod summary_header;
mod table;
pub(crate) mod template;
mod tone;
mod trend_plot;
mod xlsx;
pub(crate) mod yaml;

use anyhow::{Result, bail};

use crate::columns::Row;

pub(crate) use self::changes::ChangeTracker;
pub(crate) use self::format::{Format, NotePlacement};
pub(crate) use self::query::Query;
pub(crate) use self::renderer::{
    Charset, Columns, CsvOptions, Delimiter, RenderFooter, RenderOptions, Renderer, SCHEMA_VERSION,
    TimeFormat,
};

/// The renderer of a format.
///
/// # Errors
/// When the format has no columns.
pub(crate) fn renderer<R>(
    format: Format,
    columns: Columns<R>,
    options: RenderOptions,
) -> Result<Box<dyn Renderer<R>>>
where
    R: Row<Footer: RenderFooter>,
{
    Ok(match format {
        Format::Table | Format::Wide => Box::new(table::TableRenderer::new(columns, options)),
        Format::Json => Box::new(json::JsonRenderer::new(&columns, options)),
        Format::Yaml => Box::new(yaml::YamlRenderer {
            document: json::JsonRenderer::new(&columns, options),
            yaml: yaml::YamlState::default(),
        }),
        Format::Ndjson => Box::new(ndjson::NdjsonRenderer::new(&columns, options)),
        Format::Csv => Box::new(csv::CsvRenderer::new(columns, options)),
        Format::AwsCsv => Box::new(csv::CsvRenderer::new(columns, options).with_index()),
        Format::Markdown => Box::new(markdown::MarkdownRenderer::new(columns, options)),
        Format::Html => Box::new(html::HtmlRenderer::new(columns, options)),
        Format::Xlsx => Box::new(xlsx::XlsxRenderer::new(columns, options)),
        Format::OpenMetrics | Format::Asff | Format::Junit | Format::Sarif | Format::Github => {
            bail!("-o {format} has no rows")
        }
    })
}
