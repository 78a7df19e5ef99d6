//! The report as one page: figures and charts, a table for each section, and all nodes and
//! patches in tables that a reader can search.

use std::io::Write;

use anyhow::Result;

use crate::columns::{Column, Row};
use crate::render::RenderOptions;
use crate::render::html::bar_chart::BarChart;
use crate::render::html::data_table::DataTable;
use crate::render::html::line_chart::LineChart;
use crate::render::html::page::{write_page_foot, write_page_head};
use crate::render::html::parts::{
    FactList, write_figures, write_section_head, write_sentence, write_subheading,
};
use crate::render::html::static_table::{write_rows, write_texts};
use crate::render::report::section_writer::SectionWriter;
use crate::render::report::sections::write_sections;
use crate::render::tone::Tone;
use crate::report::Note;
use crate::report::fleet::FleetReport;

pub(super) fn write(
    report: &FleetReport,
    options: RenderOptions,
    out: &mut dyn Write,
) -> Result<Vec<Note>> {
    let mut writer = HtmlWriter {
        options,
        title: String::new(),
        sections: 0,
        is_in_section: false,
        facts: FactList::new(),
        limits: Vec::new(),
        out,
    };
    write_sections(report, &mut writer)?;
    writer.end_section()?;
    write_page_foot(writer.out)?;
    writer.out.flush()?;
    Ok(writer.limits)
}

struct HtmlWriter<'o> {
    options: RenderOptions,
    /// The last heading, which names the table below it.
    title: String,
    sections: usize,
    is_in_section: bool,
    /// Lines that are not written yet.
    facts: FactList,
    /// What the page cannot hold.
    limits: Vec<Note>,
    out: &'o mut dyn Write,
}

impl HtmlWriter<'_> {
    fn end_section(&mut self) -> Result<()> {
        self.facts.flush(self.out)?;
        if self.is_in_section {
            writeln!(self.out, "</section>")?;
        }
        self.is_in_section = false;
        Ok(())
    }

    fn begin_section(&mut self, title: &str) -> Result<()> {
        self.end_section()?;
        self.sections += 1;
        self.is_in_section = true;
        title.clone_into(&mut self.title);
        write_section_head(&format!("section-{}", self.sections), title, self.out)
    }
}

impl SectionWriter for HtmlWriter<'_> {
    fn title(&mut self, text: &str) -> Result<()> {
        write_page_head(text, None, self.options.now, self.out)
    }

    fn headline(&mut self, text: &str) -> Result<()> {
        write_sentence(text, Tone::Strong, "", self.out)
    }

    fn figures(&mut self, figures: &[(&str, u64, Tone)]) -> Result<()> {
        write_figures(figures, self.out)
    }

    fn heading(&mut self, text: &str) -> Result<()> {
        self.begin_section(text)
    }

    fn subheading(&mut self, text: &str) -> Result<()> {
        self.facts.flush(self.out)?;
        text.clone_into(&mut self.title);
        write_subheading(text, self.out)
    }

    fn sentence(&mut self, text: &str) -> Result<()> {
        self.facts.flush(self.out)?;
        write_sentence("", Tone::Plain, text, self.out)
    }

    fn status(&mut self, word: &str, tone: Tone, text: &str) -> Result<()> {
        write_sentence(word, tone, text, self.out)
    }

    fn item(&mut self, term: &str, text: &str) -> Result<()> {
        self.facts.add(term, text);
        Ok(())
    }

    fn remark(&mut self, text: &str) -> Result<()> {
        self.facts.add("", text);
        Ok(())
    }

    fn rows<R: Row>(&mut self, columns: &[&'static Column<R>], rows: &[&R]) -> Result<()> {
        write_rows(&self.title, columns, rows, self.out)
    }

    fn texts(&mut self, head: &[&str], numbers_from: usize, rows: &[Vec<String>]) -> Result<()> {
        write_texts(&self.title, head, numbers_from, rows, self.out)
    }

    fn bar_chart(&mut self, chart: &BarChart<'_>) -> Result<()> {
        chart.write(self.out)
    }

    fn line_chart(&mut self, chart: &LineChart<'_>) -> Result<()> {
        chart.write(self.out)
    }

    fn all_rows<R: Row>(
        &mut self,
        id: &'static str,
        title: &'static str,
        columns: Vec<&'static Column<R>>,
        rows: &[R],
    ) -> Result<()> {
        self.end_section()?;
        let mut table = DataTable::new(id, title, columns);
        table.write_head(self.out)?;
        for row in rows {
            table.write_row(row, self.out)?;
        }
        table.write_foot(self.out)?;
        self.limits.extend(table.omission());
        Ok(())
    }
}
