//! What stands below the groups of `summary` in its JSON document.
//!
//! Knows only that: what they are grouped by, and all of them as one.

use std::io::Write;

use anyhow::Result;

use crate::columns::Column;
use crate::render::json::Objects;
use crate::report::Group;

/// Writes both, whatever columns the groups have.
pub fn write(out: &mut dyn Write, total: &Group, to_terminal: bool) -> Result<()> {
    let objects = Objects::of(&Column::<Group>::all(), to_terminal);
    out.write_all(b",\n\"By\":")?;
    objects.string(out, &total.by)?;
    out.write_all(b",\n\"Total\":")?;
    objects.write(out, total)
}
