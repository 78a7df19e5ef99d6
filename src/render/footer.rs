//! What renderers take from each footer beside its notes.

use std::io::Write;

use anyhow::Result;

use crate::render::RenderFooter;
use crate::render::json::footer;
use crate::render::tone::{Tone, TonedText};
use crate::render::{doctor_header, summary_header};
use crate::report::{
    CheckFooter, Diagnosis, EstimateFooter, GroupFooter, PatchAggregateFooter, PatchFooter,
    StateFooter,
};

impl RenderFooter for StateFooter {
    fn write_json(&self, rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        footer::write_states(out, self, rows)
    }
}

impl RenderFooter for GroupFooter {
    fn head(&self, width: Option<usize>) -> Vec<Vec<TonedText>> {
        summary_header::headline(&self.total, width)
    }

    fn write_json(&self, rows: u64, to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        footer::write_groups(out, self, rows, to_terminal)
    }
}

impl RenderFooter for PatchFooter {
    fn write_json(&self, rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        footer::write_patches(out, self, rows)
    }
}

impl RenderFooter for PatchAggregateFooter {
    fn write_json(&self, rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        footer::write_patch_aggregates(out, self, rows)
    }
}

impl RenderFooter for EstimateFooter {
    fn write_json(&self, rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        footer::write_estimate(out, self, rows)
    }
}

impl RenderFooter for Diagnosis {
    fn head(&self, _width: Option<usize>) -> Vec<Vec<TonedText>> {
        let lines = doctor_header::caller_lines(&self.callers);
        let lines = lines.into_iter().map(|line| vec![(line, Tone::Plain)]);
        lines.collect()
    }

    fn write_json(&self, _rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        footer::write_diagnosis(out, self)
    }
}

impl RenderFooter for CheckFooter {
    // The document of `check` is not made of columns: `render/gate/json.rs` writes it.
    fn write_json(&self, _rows: u64, _to_terminal: bool, _out: &mut dyn Write) -> Result<()> {
        Ok(())
    }
}
