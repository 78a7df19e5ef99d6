//! The report in Markdown, as GitHub renders it: a heading and a table for each section.
//! Text from outside is escaped, so that it is shown as it is.

use std::io::Write;

use anyhow::Result;

use crate::columns::{Column, Row};
use crate::render::markdown::{escape, write_table_head, write_table_row};
use crate::render::report::section_writer::SectionWriter;
use crate::render::report::sections::write_sections;
use crate::render::tone::Tone;
use crate::report::fleet::FleetReport;

pub(super) fn write(report: &FleetReport, out: &mut dyn Write) -> Result<()> {
    let is_in_list = false;
    write_sections(report, &mut MarkdownWriter { is_in_list, out })?;
    out.flush()?;
    Ok(())
}

struct MarkdownWriter<'o> {
    /// Is the last line one of a list?
    is_in_list: bool,
    out: &'o mut dyn Write,
}

impl MarkdownWriter<'_> {
    /// A blank line, which parts what follows from what stands before it.
    fn begin_block(&mut self) -> Result<()> {
        self.is_in_list = false;
        self.out.write_all(b"\n")?;
        Ok(())
    }

    fn list_line(&mut self, text: &str) -> Result<()> {
        if !self.is_in_list {
            self.begin_block()?;
            self.is_in_list = true;
        }
        writeln!(self.out, "- {text}")?;
        Ok(())
    }

    fn table_line(&mut self, cells: impl IntoIterator<Item = String>) -> Result<()> {
        for cell in cells {
            write!(self.out, "| {cell} ")?;
        }
        self.out.write_all(b"|\n")?;
        Ok(())
    }
}

impl SectionWriter for MarkdownWriter<'_> {
    fn title(&mut self, text: &str) -> Result<()> {
        writeln!(self.out, "# {}", escape(text))?;
        Ok(())
    }

    fn headline(&mut self, text: &str) -> Result<()> {
        self.begin_block()?;
        writeln!(self.out, "**{}**", escape(text))?;
        Ok(())
    }

    fn figures(&mut self, figures: &[(&str, u64, Tone)]) -> Result<()> {
        let head: Vec<&str> = figures.iter().map(|(name, ..)| *name).collect();
        let row = figures.iter().map(|(_, n, _)| n.to_string()).collect();
        self.texts(&head, 0, &[row])
    }

    fn heading(&mut self, text: &str) -> Result<()> {
        self.begin_block()?;
        writeln!(self.out, "## {}", escape(text))?;
        Ok(())
    }

    fn subheading(&mut self, text: &str) -> Result<()> {
        self.begin_block()?;
        writeln!(self.out, "### {}", escape(text))?;
        Ok(())
    }

    fn sentence(&mut self, text: &str) -> Result<()> {
        self.begin_block()?;
        writeln!(self.out, "{}", escape(text))?;
        Ok(())
    }

    fn status(&mut self, word: &str, _: Tone, text: &str) -> Result<()> {
        self.begin_block()?;
        writeln!(self.out, "**{word}**: {}", escape(text))?;
        Ok(())
    }

    fn item(&mut self, term: &str, text: &str) -> Result<()> {
        self.list_line(&format!("{}: {}", escape(term), escape(text)))
    }

    fn remark(&mut self, text: &str) -> Result<()> {
        self.list_line(&escape(text))
    }

    fn rows<R: Row>(&mut self, columns: &[&'static Column<R>], rows: &[&R]) -> Result<()> {
        self.begin_block()?;
        write_table_head(columns, self.out)?;
        rows.iter()
            .try_for_each(|row| write_table_row(columns, *row, self.out))
    }

    fn texts(&mut self, head: &[&str], numbers_from: usize, rows: &[Vec<String>]) -> Result<()> {
        self.begin_block()?;
        self.table_line(head.iter().map(|text| (*text).to_owned()))?;
        let rules = (0..head.len()).map(|at| if at < numbers_from { "---" } else { "---:" });
        self.table_line(rules.map(str::to_owned))?;
        rows.iter()
            .try_for_each(|row| self.table_line(row.iter().map(|text| escape(text))))
    }
}
