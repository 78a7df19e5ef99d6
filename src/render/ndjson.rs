//! NDJSON: each row an object on a line of its own, nothing around them.
//!
//! Knows only that; the object itself is the JSON document's. Streams.

use std::io::Write;

use anyhow::Result;

use crate::columns::Row;
use crate::render::json::Objects;
use crate::render::{Look, Render};
use crate::report::Tail;

pub struct Ndjson<'a, R: 'static> {
    objects: Objects<R>,
    out: &'a mut dyn Write,
}

impl<'a, R: Row> Ndjson<'a, R> {
    pub fn new(look: &Look<R>, out: &'a mut dyn Write) -> Self {
        Self {
            objects: Objects::new(look),
            out,
        }
    }
}

impl<R: Row> Render<R> for Ndjson<'_, R> {
    fn row(&mut self, row: &R) -> Result<()> {
        self.objects.write(self.out, row)?;
        self.out.write_all(b"\n")?;
        Ok(())
    }

    fn end(&mut self, _tail: &Tail) -> Result<()> {
        Ok(())
    }
}
