//! How a value becomes JSON text: line breaks, and what is escaped in strings.

use std::borrow::Cow;
use std::io::{self, Write};

use anyhow::Result;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::sanitize::is_unsafe;

/// Writes any value on one line: AWS's text, with control characters escaped, and
/// for a terminal with all that it would act on written as `\u202e`. It is the same
/// JSON.
pub(crate) fn write_value(
    out: &mut (impl Write + ?Sized),
    value: &(impl Serialize + ?Sized),
    to_terminal: bool,
) -> Result<()> {
    if to_terminal {
        value.serialize(&mut Serializer::with_formatter(out, EscapeUnsafe))?;
    } else {
        value.serialize(&mut Serializer::with_formatter(out, EscapeControls))?;
    }
    Ok(())
}

/// Writes a document: its members and the entries of its lists on a line each; those of
/// the list `nested` have lists whose entries are on a line each, too.
pub(crate) fn write_document(
    out: &mut dyn Write,
    document: &impl Serialize,
    nested: &'static str,
    to_terminal: bool,
) -> Result<()> {
    if to_terminal {
        document.serialize(&mut Serializer::with_formatter(
            &mut *out,
            LineBreaks::new(EscapeUnsafe, nested),
        ))?;
    } else {
        document.serialize(&mut Serializer::with_formatter(
            &mut *out,
            LineBreaks::new(EscapeControls, nested),
        ))?;
    }
    out.write_all(b"\n")?;
    Ok(())
}

/// A list whose entries are made one at a time, as they are written.
pub(crate) struct Each<'a, T, O> {
    items: &'a [T],
    object: fn(&'a T) -> O,
}

impl<'a, T, O> Each<'a, T, O> {
    pub(crate) fn new(items: &'a [T], object: fn(&'a T) -> O) -> Self {
        Self { items, object }
    }
}

impl<T, O: Serialize> Serialize for Each<'_, T, O> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.items.iter().map(self.object))
    }
}

impl<T, O: JsonSchema> JsonSchema for Each<'_, T, O> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        Vec::<O>::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<O>::json_schema(generator)
    }
}

struct LineBreaks<F> {
    escape: F,
    /// The member of the document whose entries have lists with lines.
    nested: &'static str,
    /// How many lists and objects are open: 1 in the document, 2 in its lists, 4 in the
    /// lists of their entries.
    depth: usize,
    /// Lists have an entry a line down to this depth.
    max_depth: usize,
    is_in_key: bool,
    /// Has the list at hand an entry?
    has_entry: bool,
}

impl<F> LineBreaks<F> {
    fn new(escape: F, nested: &'static str) -> Self {
        Self {
            escape,
            nested,
            depth: 0,
            max_depth: 2,
            is_in_key: false,
            has_entry: false,
        }
    }
}

/// What stands between two members or entries, or before the first.
fn separator(is_first: bool, breaks_line: bool) -> &'static [u8] {
    match (is_first, breaks_line) {
        (true, true) => b"\n",
        (true, false) => b"",
        (false, true) => b",\n",
        (false, false) => b",",
    }
}

impl<F: Formatter> Formatter for LineBreaks<F> {
    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        writer.write_all(b"{")
    }
    fn begin_object_key<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.is_in_key = self.depth == 1;
        writer.write_all(separator(first, self.depth == 1))
    }
    fn end_object_key<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_in_key = false;
        Ok(())
    }
    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(if self.depth == 0 { b"\n}" } else { b"}" })
    }
    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.has_entry = false;
        writer.write_all(b"[")
    }
    fn begin_array_value<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        writer.write_all(separator(first, self.depth <= self.max_depth))
    }
    fn end_array_value<W: Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_entry = true;
        Ok(())
    }
    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        let breaks_line = self.has_entry && self.depth <= self.max_depth;
        self.depth -= 1;
        writer.write_all(if breaks_line { b"\n]" } else { b"]" })
    }
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if self.is_in_key {
            self.max_depth = if fragment == self.nested { 4 } else { 2 };
        }
        self.escape.write_string_fragment(writer, fragment)
    }
}

/// Escapes DEL and the C1 controls, which JSON allows as they are, as it demands of
/// the others.
struct EscapeControls;

impl Formatter for EscapeControls {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // 0xc2 starts U+0080 to U+00BF. Never left early, so that it takes many bytes
        // at a time.
        let may_hold_some = |found, byte| found | matches!(byte, 0x7f | 0xc2);
        if fragment.bytes().fold(false, may_hold_some) {
            write_escaped(writer, fragment, char::is_control)
        } else {
            writer.write_all(fragment.as_bytes())
        }
    }
}

/// Escapes what a terminal would act on; the value stays the same.
struct EscapeUnsafe;

impl Formatter for EscapeUnsafe {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        write_escaped(writer, fragment, is_unsafe)
    }
}

/// Writes each letter, those that are to be escaped as `\u202e`.
fn write_escaped<W: Write + ?Sized>(
    writer: &mut W,
    text: &str,
    is_escaped: impl Fn(char) -> bool,
) -> io::Result<()> {
    for letter in text.chars() {
        if is_escaped(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
        } else {
            writer.write_all(letter.encode_utf8(&mut [0; 4]).as_bytes())?;
        }
    }
    Ok(())
}
