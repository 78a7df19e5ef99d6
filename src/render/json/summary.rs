//! What stands below the groups of `summary` in its JSON document.
//!
//! Knows only that: what they are grouped by, and all of them as one.

use std::io::Write;

use anyhow::Result;

use crate::columns::Column;
use crate::render::json::ObjectWriter;
use crate::report::NodeGroup;

/// Writes both, whatever columns the groups have.
pub(super) fn write(out: &mut dyn Write, total: &NodeGroup, to_terminal: bool) -> Result<()> {
    let objects = ObjectWriter::with_columns(&Column::<NodeGroup>::default_columns(), to_terminal);
    out.write_all(b",\n\"By\":")?;
    objects.write_string(out, &total.grouping_name)?;
    out.write_all(b",\n\"Total\":")?;
    objects.write(out, total)
}
