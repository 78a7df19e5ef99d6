//! What a format supplies for the sections of a report: what a heading, a sentence or a table
//! looks like.

use anyhow::Result;

use crate::columns::{Column, Row};
use crate::render::html::bar_chart::BarChart;
use crate::render::html::line_chart::LineChart;
use crate::render::tone::Tone;

/// What a format makes of the parts of a section. Texts come as they are: the format
/// escapes them.
pub(super) trait SectionWriter {
    fn title(&mut self, text: &str) -> Result<()>;
    /// The one sentence that stands first.
    fn headline(&mut self, text: &str) -> Result<()>;
    /// Counts with their names.
    fn figures(&mut self, figures: &[(&str, u64, Tone)]) -> Result<()>;
    fn heading(&mut self, text: &str) -> Result<()>;
    fn subheading(&mut self, text: &str) -> Result<()>;
    fn sentence(&mut self, text: &str) -> Result<()>;
    /// A word that decides, and what it means.
    fn status(&mut self, word: &str, tone: Tone, text: &str) -> Result<()>;
    /// A line of a list: a term, and what it is.
    fn item(&mut self, term: &str, text: &str) -> Result<()>;
    /// A line of a list without a term.
    fn remark(&mut self, text: &str) -> Result<()>;
    fn rows<R: Row>(&mut self, columns: &[&'static Column<R>], rows: &[&R]) -> Result<()>;
    /// A table of texts, numbers from this column on.
    fn texts(&mut self, head: &[&str], numbers_from: usize, rows: &[Vec<String>]) -> Result<()>;
    /// A picture beside the table that says the same.
    fn bar_chart(&mut self, _chart: &BarChart<'_>) -> Result<()> {
        Ok(())
    }
    /// The same of a share over time.
    fn line_chart(&mut self, _chart: &LineChart<'_>) -> Result<()> {
        Ok(())
    }
    /// A section with all rows, where a reader can search them.
    fn all_rows<R: Row>(
        &mut self,
        _id: &'static str,
        _title: &'static str,
        _columns: Vec<&'static Column<R>>,
        _rows: &[R],
    ) -> Result<()> {
        Ok(())
    }
}
