//! Flags of a table's format and destination.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::{Args, ValueHint};
use jiff::Timestamp;

use crate::cli::value_parsers::{DELIMITER_PARSER, TIME_FORMAT_PARSER, format_parser};
use crate::render::template::Template;
use crate::render::yaml::YamlState;
use crate::render::{Delimiter, Format, Query, TimeFormat};

/// Stands for the number of a file in `--output-file`.
const FILE_NUMBER: &str = "{n}";

fn parse_query(text: &str) -> Result<Query, String> {
    Query::parse(text)
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Output format
    #[arg(short = 'o', long, value_name = "FORMAT", value_parser = format_parser(Format::is_tabular), ignore_case = true, default_value_t = Format::Table)]
    pub output: Format,
    /// Print the result of this JMESPath expression on the JSON document, as the AWS CLI does, as JSON or with -o yaml as YAML; holds the document in memory
    #[arg(long, value_name = "EXPRESSION", value_parser = parse_query)]
    pub query: Option<Query>,
    /// Fill this template with the JSON document: a file, or slack, mail-text, mail-html or jira; implies -o json; holds the document in memory
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub template: Option<PathBuf>,
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
    /// What is made of the JSON document, if not the document is printed. Found to be valid
    /// before any call. `document` is which one.
    ///
    /// # Errors
    /// When another format was typed, or the template cannot be used.
    pub(crate) fn json_rewrite(&self, document: &str) -> Result<Option<JsonRewrite<'_>>> {
        let flag = match (&self.query, &self.template) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => bail!("--query cannot be combined with --template"),
            (Some(_), None) => "--query",
            (None, Some(_)) => "--template",
        };
        let is_made = match self.query {
            Some(_) => self.output.is_document(),
            None => self.output == Format::Json,
        };
        if !is_made {
            let format = self.output;
            bail!(
                "{flag} needs the JSON document: leave out -o {format}, or select columns and \
                 rows with --columns and --where"
            );
        }
        let template = self.template.as_deref();
        let template = template.map(|path| Template::load(path, document));
        let query = self.query.as_ref().map(|query| JsonRewrite::Query {
            query,
            is_yaml: self.output == Format::Yaml,
        });
        Ok(query.or(template.transpose()?.map(JsonRewrite::Template)))
    }

    /// The format in which the answer is made: a query is applied to JSON.
    #[must_use]
    pub(crate) fn answer_format(&self) -> Format {
        match self.query {
            Some(_) => Format::Json,
            None => self.output,
        }
    }

    /// Is each of several files numbered by its name?
    #[must_use]
    pub(crate) fn has_numbered_files(&self) -> bool {
        let path = self.output_file.as_deref().and_then(Path::to_str);
        self.output == Format::Asff && path.is_some_and(|path| path.contains(FILE_NUMBER))
    }

    /// The file to write, the first being 1; of formats that take several, by its number.
    #[must_use]
    pub(crate) fn file(&self, number: usize) -> Option<PathBuf> {
        let path = self.output_file.as_deref()?;
        match path.to_str() {
            Some(text) if self.has_numbered_files() => {
                Some(text.replace(FILE_NUMBER, &format!("{number:04}")).into())
            }
            _ => Some(path.to_path_buf()),
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

/// What is made of the JSON document.
#[derive(Debug)]
pub(crate) enum JsonRewrite<'a> {
    Query { query: &'a Query, is_yaml: bool },
    Template(Template),
}

impl JsonRewrite<'_> {
    /// Writes what is made of a document.
    ///
    /// # Errors
    /// When it does not fit the document, or cannot be written.
    pub(crate) fn write(
        &self,
        document: &[u8],
        to_terminal: bool,
        now: Timestamp,
        out: &mut dyn Write,
    ) -> Result<()> {
        match self {
            Self::Query {
                query,
                is_yaml: true,
            } => query.write(document, false, &mut YamlState::default().writer(out)),
            Self::Query { query, .. } => query.write(document, to_terminal, out),
            Self::Template(template) => template.write(document, now, out),
        }
    }
}
