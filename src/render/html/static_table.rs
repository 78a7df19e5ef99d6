//! Tables that are markup and nothing else, and the cells of those that have a script.

use std::borrow::Cow;
use std::io::Write;

use anyhow::Result;
use askama::Template;

use crate::columns::{Column, ColumnKind, Row};
use crate::render::html::column_data::{Value, cell_class, tone_class};
use crate::render::html::page::{page_time, write_template};
use crate::render::tone::Tone;
use crate::sanitize::sanitize;

/// The head of a column.
pub(in crate::render) struct Heading {
    pub text: Cow<'static, str>,
    pub help: &'static str,
    pub class: &'static str,
}

impl Heading {
    pub(in crate::render) fn new<R>(column: &'static Column<R>) -> Self {
        Self {
            text: match column.kind {
                ColumnKind::Time => format!("{} (UTC)", column.heading).into(),
                _ => sanitize(column.heading),
            },
            help: column.help,
            class: cell_class(column.kind),
        }
    }
}

/// A cell as markup.
pub(in crate::render) struct StaticCell<'a> {
    pub text: Cow<'a, str>,
    pub class: String,
}

impl<'a> StaticCell<'a> {
    /// The entries of a list, none of which is broken at a hyphen.
    fn items(&self) -> Option<Vec<&str>> {
        let is_list = self.class.split(' ').any(|class| class == "list");
        is_list.then(|| self.text.split(", ").collect())
    }

    pub(in crate::render) fn new(value: Value<'a>, kind: ColumnKind, tone: Tone) -> Self {
        let classes = [tone_class(tone), cell_class(kind)].into_iter();
        let classes: Vec<&str> = classes.filter(|class| !class.is_empty()).collect();
        Self {
            text: match value {
                Value::Unknown => "-".into(),
                Value::Count(n) => n.to_string().into(),
                Value::Time(moment) => page_time(moment).into(),
                Value::Text(text) | Value::Ranked(text, _) => sanitize(&text).into_owned().into(),
            },
            class: classes.join(" "),
        }
    }
}

/// The markup of one row.
#[derive(Template)]
#[template(path = "table_row.html")]
pub(in crate::render) struct TableRow<'a> {
    pub cells: &'a [StaticCell<'a>],
}

#[derive(Template)]
#[template(path = "static_table.html")]
struct StaticTable<'a> {
    title: &'a str,
    headings: Vec<Heading>,
    rows: Vec<Vec<StaticCell<'a>>>,
}

/// Writes a table of rows.
///
/// # Errors
/// When the bytes cannot be written.
pub(in crate::render) fn write_rows<R: Row>(
    title: &str,
    columns: &[&'static Column<R>],
    rows: &[&R],
    out: &mut dyn Write,
) -> Result<()> {
    let cell = |row, column: &Column<R>| {
        let cell = column.cell(row);
        let tone = Tone::of_cell(&cell, column.kind);
        StaticCell::new(Value::new(cell), column.kind, tone)
    };
    let mut cells = Vec::new();
    for row in rows {
        cells.push(columns.iter().map(|column| cell(row, column)).collect());
    }
    let table = StaticTable {
        title,
        headings: columns.iter().map(|column| Heading::new(column)).collect(),
        rows: cells,
    };
    write_template(&table, out)
}

/// Writes a table of texts, numbers from one column on.
///
/// # Errors
/// When the bytes cannot be written.
pub(in crate::render) fn write_texts(
    title: &str,
    head: &[&str],
    numbers_from: usize,
    rows: &[Vec<String>],
    out: &mut dyn Write,
) -> Result<()> {
    let class = |at: usize| if at < numbers_from { "" } else { "number" };
    let headings = head.iter().enumerate().map(|(at, text)| Heading {
        text: (*text).to_owned().into(),
        help: "",
        class: class(at),
    });
    let cell = |(at, text): (usize, &String)| StaticCell {
        text: sanitize(text).into_owned().into(),
        class: class(at).to_owned(),
    };
    let rows = rows.iter();
    let table = StaticTable {
        title,
        headings: headings.collect(),
        rows: rows
            .map(|row| row.iter().enumerate().map(cell).collect())
            .collect(),
    };
    write_template(&table, out)
}
