//! HTML: one page that needs nothing else, opened from a disk or a mail. Streams rows.
//!
//! The page allows only its own style and script, by their hashes; no request leaves it.
//! Text from outside is escaped in the markup, and a JSON string in the data of the tables.

pub(super) mod bar_chart;
mod column_data;
pub(super) mod data_table;
pub(super) mod line_chart;
pub(super) mod page;
pub(super) mod parts;
pub(super) mod static_table;

use std::io::Write;

use anyhow::Result;

use crate::columns::Row;
use crate::render::html::data_table::DataTable;
use crate::render::html::page::{NoteList, write_page_foot, write_page_head};
use crate::render::{Charset, Columns, RenderFooter, RenderOptions, Renderer};
use crate::report::Note;

pub(super) struct HtmlRenderer<R: 'static> {
    table: DataTable<R>,
    options: RenderOptions,
}

impl<R: Row> HtmlRenderer<R> {
    pub(super) fn new(columns: Columns<R>, options: RenderOptions) -> Self {
        Self {
            table: DataTable::new("rows", R::TITLE, columns.list),
            options,
        }
    }
}

impl<R: Row<Footer: RenderFooter>> Renderer<R> for HtmlRenderer<R> {
    fn write_header(&mut self, out: &mut dyn Write) -> Result<()> {
        write_page_head("Patch compliance", Some(R::TITLE), self.options.now, out)?;
        self.table.write_head(out)
    }

    fn write_row(&mut self, row: &R, out: &mut dyn Write) -> Result<()> {
        // A remark on a node is among the notes, where there are notes.
        if row.is_note() && !self.options.quiet {
            return Ok(());
        }
        self.table.write_row(row, out)
    }

    fn limits(&self) -> Vec<Note> {
        self.table.omission().into_iter().collect()
    }

    fn write_footer(
        &mut self,
        footer: &R::Footer,
        notes: &[Note],
        out: &mut dyn Write,
    ) -> Result<()> {
        self.table.write_foot(out)?;
        if !self.options.quiet {
            let mut list = NoteList::new("notes", "Notes");
            for pieces in footer.head(None, Charset::default()) {
                let line: String = pieces.into_iter().map(|(text, _)| text).collect();
                list.add_line(&line);
            }
            for note in notes {
                list.add_note(note);
            }
            list.write(out)?;
        }
        write_page_foot(out)
    }
}

#[cfg(test)]
mod tests;
