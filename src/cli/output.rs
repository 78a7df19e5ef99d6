//! Flags of a table's format and destination.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use clap::builder::ArgPredicate;

use crate::cli::value_parsers::{DELIMITER_PARSER, TIME_FORMAT_PARSER, format_parser};
use crate::render::{Delimiter, Format, Query, TimeFormat};

fn parse_query(text: &str) -> Result<Query, String> {
    Query::parse(text)
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Output format
    #[arg(short = 'o', long, value_name = "FORMAT", value_parser = format_parser(Format::is_tabular), ignore_case = true, default_value_t = Format::Table, default_value_if("query", ArgPredicate::IsPresent, "json"))]
    pub output: Format,
    /// Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory
    #[arg(long, value_name = "EXPRESSION", value_parser = parse_query)]
    pub query: Option<Query>,
    /// Write to a file; an existing file is kept if nothing could be read; - is stdout
    #[arg(long, value_name = "PATH")]
    pub output_file: Option<PathBuf>,
    /// Omit the header line of the table or CSV
    #[arg(long)]
    pub no_headers: bool,
    /// Start CSV with a byte order mark, for spreadsheets that need one
    #[arg(long)]
    pub bom: bool,
    /// Separate the cells of CSV by this: , ; | or tab [default: ,]
    #[arg(long, value_name = "CHAR", value_parser = DELIMITER_PARSER)]
    pub delimiter: Option<Delimiter>,
    /// Write the times of CSV as rfc3339 or, for spreadsheets, as 2026-11-20 12:00:00 in UTC [default: rfc3339]
    #[arg(long, value_name = "FORMAT", value_parser = TIME_FORMAT_PARSER)]
    pub time_format: Option<TimeFormat>,
}

impl OutputArgs {
    /// The expression to apply, if any.
    ///
    /// # Errors
    /// When another format was typed.
    pub(crate) fn json_query(&self) -> Result<Option<&Query>> {
        if self.query.is_some() && !self.output.is_document() {
            bail!(
                "--query needs the JSON document: leave out -o {}, or select columns and rows with \
                 --columns and --where",
                self.output
            );
        }
        Ok(self.query.as_ref())
    }

    /// The format in which the answer is made: a query is applied to JSON.
    #[must_use]
    pub(crate) fn answer_format(&self) -> Format {
        match self.query {
            Some(_) => Format::Json,
            None => self.output,
        }
    }

    /// Whether the output goes to a file rather than to stdout.
    #[must_use]
    pub(crate) fn is_to_file(&self) -> bool {
        self.output_file
            .as_deref()
            .is_some_and(|path| path.as_os_str() != "-")
    }
}
