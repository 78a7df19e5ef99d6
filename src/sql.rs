//! The dataset as other engines read it: tables over the files, and views that select the
//! newest runs, judge nodes and compare two moments as this program does.

mod changes;
mod engine;
mod expression;
mod tables;
mod verdict_rule;
mod views;

use anyhow::{Result, bail};

use crate::duration::MaxAge;
use crate::source::dataset::location::DatasetLocation;

pub(crate) use self::engine::Engine;

/// The statements for an engine, each with its semicolon.
///
/// # Errors
/// When the engine cannot read that location.
pub(crate) fn ddl(engine: Engine, location: &DatasetLocation, max_age: MaxAge) -> Result<String> {
    let name = engine.name();
    if engine.reads_only_s3() && matches!(location, DatasetLocation::Folder(_)) {
        bail!("--at: {name} reads no local folder: `{location}`; use s3://BUCKET/PREFIX");
    }
    let location = location.to_string();
    // Quotation marks and escapes of literals, and patterns of file names.
    let is_special = |letter: char| letter.is_control() || "'\"`\\*?[]{};".contains(letter);
    if location.contains(is_special) {
        bail!(
            "--at: `{}` has characters that file patterns of SQL engines do not take",
            location.escape_debug()
        );
    }
    let mut statements = tables::statements(engine, location.trim_end_matches('/'));
    statements.extend(views::statements(engine, max_age));
    Ok(views::introduction(engine) + "\n" + &statements.join(";\n\n") + ";\n")
}
