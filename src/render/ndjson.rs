//! NDJSON: each row a JSON object on a line of its own. Streams.

use std::io::Write;

use anyhow::Result;

use crate::columns::Row;
use crate::render::json::ObjectWriter;
use crate::render::{Columns, RenderOptions, Renderer};
use crate::report::Note;

pub(super) struct NdjsonRenderer<R: 'static>(ObjectWriter<R>);

impl<R: Row> NdjsonRenderer<R> {
    pub(super) fn new(columns: &Columns<R>, options: RenderOptions) -> Self {
        Self(ObjectWriter::new(columns, options))
    }
}

impl<R: Row> Renderer<R> for NdjsonRenderer<R> {
    fn write_row(&mut self, row: &R, out: &mut dyn Write) -> Result<()> {
        self.0.write(out, row)?;
        out.write_all(b"\n")?;
        Ok(())
    }

    fn write_footer(&mut self, _: &R::Footer, _: &[Note], _: &mut dyn Write) -> Result<()> {
        Ok(())
    }
}
