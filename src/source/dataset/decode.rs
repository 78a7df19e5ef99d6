//! Decodes the columns of Parquet files: only the rows that are asked for, and each
//! distinct text once.
//!
//! The bytes are foreign: what they claim is checked before it is used.

mod chunk;
mod flat;
mod hybrid;
mod nested;
mod rows;
mod texts;

pub(crate) use self::chunk::ColumnChunk;
pub(crate) use self::flat::{NULL_INTEGER, read_bools, read_integers, read_texts};
pub(crate) use self::nested::{TextMaps, read_text_lists, read_text_maps};
pub(crate) use self::rows::Rows;
pub(crate) use self::texts::{SharedTexts, TextColumn};
