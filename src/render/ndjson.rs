//! NDJSON: each row an object on a line of its own, nothing around them.
//!
//! Knows only that; the object itself is the JSON document's. Streams.

use std::io::Write;

use anyhow::Result;

use crate::columns::Row;
use crate::render::json::ObjectWriter;
use crate::render::{Columns, RenderOptions, Renderer};
use crate::report::Footer;

pub struct NdjsonRenderer<'a, R: 'static> {
    objects: ObjectWriter<R>,
    out: &'a mut dyn Write,
}

impl<'a, R: Row> NdjsonRenderer<'a, R> {
    pub fn new(columns: &Columns<R>, options: RenderOptions, out: &'a mut dyn Write) -> Self {
        Self {
            objects: ObjectWriter::new(columns, options),
            out,
        }
    }
}

impl<R: Row> Renderer<R> for NdjsonRenderer<'_, R> {
    fn write_row(&mut self, row: &R) -> Result<()> {
        self.objects.write(self.out, row)?;
        self.out.write_all(b"\n")?;
        Ok(())
    }

    fn write_footer(&mut self, _tail: &Footer) -> Result<()> {
        Ok(())
    }
}
