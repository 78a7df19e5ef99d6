//! The output formats and what each of them can do. A new format is a file beside this
//! one and an arm in each `match` below.

use std::fmt;

use crate::columns::{Column, Row};

/// A format of the output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Table,
    Wide,
    Json,
    Yaml,
    Ndjson,
    Csv,
    AwsCsv,
    Markdown,
    Html,
    Xlsx,
    OpenMetrics,
    Junit,
    Sarif,
    Github,
    Asff,
}

/// Where a format shows the notes that belong to the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotePlacement {
    /// Below the rows.
    BelowRows,
    /// In members of the document.
    Members,
    /// On stderr, as the format holds rows only.
    Stderr,
}

impl Format {
    /// Every format, in the order in which help lists them.
    pub const ALL: [Self; 15] = [
        Self::Table,
        Self::Wide,
        Self::Json,
        Self::Yaml,
        Self::Ndjson,
        Self::Csv,
        Self::AwsCsv,
        Self::Markdown,
        Self::Html,
        Self::Xlsx,
        Self::OpenMetrics,
        Self::Junit,
        Self::Sarif,
        Self::Github,
        Self::Asff,
    ];

    /// The value of `-o`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Wide => "wide",
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::AwsCsv => "aws-csv",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Xlsx => "xlsx",
            Self::OpenMetrics => "openmetrics",
            Self::Junit => "junit",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Asff => "asff",
        }
    }

    /// The names of those formats that are like this, for a message.
    #[must_use]
    pub fn names(is_like: fn(Self) -> bool) -> String {
        let formats = Self::ALL.into_iter().filter(|format| is_like(*format));
        formats.map(Self::name).collect::<Vec<_>>().join(", ")
    }

    /// One line for the help.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::Table => "For people: fits the terminal",
            Self::Wide => "The table with names, platforms and addresses",
            Self::Json => "One JSON document",
            Self::Yaml => "The JSON document as YAML, as the AWS CLI prints it",
            Self::Ndjson => "One JSON object per line",
            Self::Csv => "For spreadsheets: RFC 4180, formulas neutralised",
            Self::AwsCsv => "CSV with the columns of AWS's patch compliance reports",
            Self::Markdown => "A table for GitHub: issues, pull requests, job summaries",
            Self::Html => "One self-contained page, to search, sort, filter and print",
            Self::Xlsx => "A workbook with typed cells, notes and definitions, for --output-file",
            Self::OpenMetrics => "Metrics for Prometheus and node_exporter's textfile collector",
            Self::Junit => "JUnit XML, for Jenkins, GitLab and Azure",
            Self::Sarif => "SARIF 2.1.0, for code scanning",
            Self::Github => "Workflow commands, for GitHub Actions",
            Self::Asff => "Findings for Security Hub, one a node; --output-file NAME-{n}.json",
        }
    }

    /// Can it print the rows of any command?
    #[must_use]
    pub const fn is_tabular(self) -> bool {
        !matches!(
            self,
            Self::AwsCsv
                | Self::OpenMetrics
                | Self::Junit
                | Self::Sarif
                | Self::Github
                | Self::Asff
        )
    }

    /// Can `states` and `patches` be printed in it?
    #[must_use]
    pub const fn is_for_nodes(self) -> bool {
        self.is_tabular() || matches!(self, Self::AwsCsv)
    }

    /// Can `summary` and `trend` be printed in it?
    #[must_use]
    pub const fn is_for_summary(self) -> bool {
        self.is_tabular() || matches!(self, Self::OpenMetrics)
    }

    /// Can `check` be printed in it?
    #[must_use]
    pub const fn is_for_check(self) -> bool {
        !matches!(self, Self::AwsCsv)
    }

    /// Is it CSV, with its flags?
    #[must_use]
    pub const fn is_csv(self) -> bool {
        matches!(self, Self::Csv | Self::AwsCsv)
    }

    /// Are its columns given, so that none can be selected?
    #[must_use]
    pub const fn has_fixed_columns(self) -> bool {
        matches!(self, Self::AwsCsv | Self::OpenMetrics)
    }

    /// Is it the JSON document, in one notation or another?
    #[must_use]
    pub const fn is_document(self) -> bool {
        matches!(self, Self::Json | Self::Yaml)
    }

    /// Can `report` write the whole fleet in it?
    #[must_use]
    pub const fn is_report(self) -> bool {
        matches!(
            self,
            Self::Json | Self::Yaml | Self::Markdown | Self::Html | Self::Xlsx
        )
    }

    /// Can `check` print columns in it?
    #[must_use]
    pub const fn has_columns(self) -> bool {
        self.is_tabular() && !self.is_document()
    }

    /// Has `check` a report of its own in it, rather than rows?
    #[must_use]
    pub const fn has_gate_report(self) -> bool {
        !matches!(
            self,
            Self::Wide | Self::Csv | Self::Markdown | Self::Html | Self::Xlsx
        )
    }

    /// Is it a table that fits the terminal, and so holds its rows until the end?
    #[must_use]
    pub const fn is_table(self) -> bool {
        matches!(self, Self::Table | Self::Wide)
    }

    /// Would its bytes be noise on a terminal?
    #[must_use]
    pub const fn is_binary(self) -> bool {
        matches!(self, Self::Xlsx)
    }

    /// Does it print the columns of a table, rather than all that cost no call?
    #[must_use]
    pub const fn has_table_columns(self) -> bool {
        self.is_table() || matches!(self, Self::Markdown | Self::Html)
    }

    /// Does it show the names of nodes that were found? Documents keep their members.
    #[must_use]
    pub const fn has_names(self) -> bool {
        self.has_table_columns() || matches!(self, Self::Csv | Self::Xlsx)
    }

    /// Where the notes of an answer stand.
    #[must_use]
    pub const fn prints_notes(self) -> NotePlacement {
        match self {
            Self::Table | Self::Wide | Self::Markdown | Self::Html | Self::Xlsx => {
                NotePlacement::BelowRows
            }
            Self::Json | Self::Yaml | Self::Junit | Self::Sarif | Self::Github => {
                NotePlacement::Members
            }
            Self::Ndjson | Self::Csv | Self::AwsCsv | Self::OpenMetrics | Self::Asff => {
                NotePlacement::Stderr
            }
        }
    }

    /// The columns that are printed unless `--columns` names others.
    #[must_use]
    pub fn default_columns<R: Row>(self) -> Vec<&'static Column<R>> {
        match self {
            Self::Wide => Column::wide_columns(),
            Self::AwsCsv => R::CONSOLE_COLUMNS.iter().collect(),
            Self::Table | Self::Markdown | Self::Html => {
                let all = Column::default_columns().into_iter();
                all.filter(|column| column.rank.is_some()).collect()
            }
            _ => Column::default_columns(),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
