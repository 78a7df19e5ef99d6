//! NDJSON: each row a JSON object on a line of its own. Streams.

use std::io::Write;

use anyhow::Result;

use crate::columns::Row;
use crate::render::json::ObjectWriter;
use crate::render::{Columns, RenderOptions, Renderer};
use crate::report::Note;

pub(super) struct NdjsonRenderer<R: 'static> {
    object: ObjectWriter<R>,
    /// The row that is written, in one piece: a member at a time takes longer.
    line: Vec<u8>,
}

impl<R: Row> NdjsonRenderer<R> {
    pub(super) fn new(columns: &Columns<R>, options: RenderOptions) -> Self {
        Self {
            object: ObjectWriter::new(columns, options),
            line: Vec::new(),
        }
    }
}

impl<R: Row> Renderer<R> for NdjsonRenderer<R> {
    fn write_row(&mut self, row: &R, out: &mut dyn Write) -> Result<()> {
        self.line.clear();
        self.object.write(&mut self.line, row)?;
        self.line.push(b'\n');
        out.write_all(&self.line)?;
        Ok(())
    }

    fn write_footer(&mut self, _: &R::Footer, _: &[Note], _: &mut dyn Write) -> Result<()> {
        Ok(())
    }
}
